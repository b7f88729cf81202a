/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtptransport.h"

GstZrtpTransport *
gst_zrtp_transport_ref (GstZrtpTransport * transport)
{
  g_atomic_int_inc (&transport->refs);
  return transport;
}

void
gst_zrtp_transport_unref (GstZrtpTransport * transport)
{
  if (!g_atomic_int_dec_and_test (&transport->refs))
    return;
  g_assert (!transport->stream);
  for (guint i = 0; i < GST_ZRTP_N_TRANSPORT_TIMERS; i++)
    gst_zrtp_timer_clear (&transport->timers[i].timer);
  gst_zrtp_work_clear (&transport->engine_work);
  gst_zrtp_work_clear (&transport->push_work);
  gst_zrtp_work_clear (&transport->notify_work);
  for (guint side = 0; side < GST_ZRTP_N_SIDES; side++) {
    g_weak_ref_clear (&transport->slots[side].element);
    if (transport->slots[side].settings)
      gst_zrtp_settings_unref (transport->slots[side].settings);
  }
  g_queue_clear_full (&transport->inbox.packets,
      (GDestroyNotify) g_bytes_unref);
  g_mutex_clear (&transport->inbox.lock);
  gst_zrtp_outbox_clear (&transport->outbox);
  g_queue_clear_full (&transport->notifications,
      (GDestroyNotify) gst_zrtp_notification_free);
  g_queue_clear_full (&transport->held,
      (GDestroyNotify) gst_zrtp_notification_free);
  gst_zrtp_backlog_unref (transport->backlog);
  g_mutex_clear (&transport->notifications_lock);
  g_cond_clear (&transport->stored);
  gst_zrtp_sender_clear (&transport->sender);
  gst_zrtp_receiver_clear (&transport->receiver);
  g_clear_pointer (&transport->hello.settings, gst_zrtp_settings_unref);
  g_clear_pointer (&transport->hello.due, gst_zrtp_settings_unref);
  gst_zrtp_settings_unref (transport->settings);
  g_free (transport->applied_peer_hash);
  gst_clear_structure (&transport->peer);
  g_clear_pointer (&transport->refusal, g_free);
  gst_zrtp_session_unref (transport->session);
  g_free (transport);
}

gboolean
gst_zrtp_transport_is_active (GstZrtpTransport * transport)
{
  return transport->slots[GST_ZRTP_SIDE_SEND].active
      || transport->slots[GST_ZRTP_SIDE_RECEIVE].active;
}

GstElement *
gst_zrtp_transport_get_element (GstZrtpTransport * transport, GstZrtpSide side)
{
  return g_weak_ref_get (&transport->slots[side].element);
}

void
gst_zrtp_outbox_init (GstZrtpOutbox * outbox)
{
  g_mutex_init (&outbox->lock);
  g_queue_init (&outbox->packets);
  outbox->collisions = g_array_new (FALSE, FALSE, sizeof (guint32));
  outbox->pli_ssrcs = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
gst_zrtp_outbox_clear (GstZrtpOutbox * outbox)
{
  g_queue_clear_full (&outbox->packets, g_free);
  g_array_unref (outbox->collisions);
  g_array_unref (outbox->pli_ssrcs);
  g_mutex_clear (&outbox->lock);
}

void
gst_zrtp_outbox_flush (GstZrtpOutbox * outbox)
{
  g_mutex_lock (&outbox->lock);
  g_queue_clear_full (&outbox->packets, g_free);
  g_array_set_size (outbox->collisions, 0);
  g_array_set_size (outbox->pli_ssrcs, 0);
  outbox->keyframes = FALSE;
  g_mutex_unlock (&outbox->lock);
}

gboolean
gst_zrtp_outbox_is_empty (GstZrtpOutbox * outbox)
{
  gboolean result;

  g_mutex_lock (&outbox->lock);
  result = outbox->packets.length == 0 && !outbox->pushing;
  g_mutex_unlock (&outbox->lock);
  return result;
}

GstObject *
gst_zrtp_registry_get_toplevel (GstElement * element)
{
  GstObject *top = gst_object_get_parent (GST_OBJECT (element));
  GstObject *parent;

  if (!top)
    return NULL;
  while ((parent = gst_object_get_parent (top))) {
    gst_object_unref (top);
    top = parent;
  }
  return top;
}

GPtrArray *
gst_zrtp_registry_list (GstZrtpTransport * transport, gboolean whole_call)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (gst_object_unref);
  GstZrtpSession *session = transport->session;

  gst_zrtp_session_lock (session);
  for (guint i = 0; i < session->transports->len; i++) {
    GstZrtpTransport *other = g_ptr_array_index (session->transports, i);

    for (guint side = 0; side < GST_ZRTP_N_SIDES; side++) {
      GstElement *element = other == transport || whole_call
          ? gst_zrtp_transport_get_element (other, side) : NULL;

      if (element)
        g_ptr_array_add (result, element);
    }
  }
  gst_zrtp_session_unlock (session);
  return result;
}
