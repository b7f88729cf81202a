/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtptransport.h"

GstZrtpPair *
gst_zrtp_pair_ref (GstZrtpPair * pair)
{
  g_atomic_int_inc (&pair->refs);
  return pair;
}

void
gst_zrtp_pair_unref (GstZrtpPair * pair)
{
  if (!g_atomic_int_dec_and_test (&pair->refs))
    return;
  g_assert (!pair->stream);
  gst_zrtp_timer_clear (&pair->deadline);
  gst_zrtp_timer_clear (&pair->hang);
  gst_zrtp_timer_clear (&pair->stall);
  gst_zrtp_timer_clear (&pair->look);
  gst_zrtp_timer_clear (&pair->held_due);
  gst_zrtp_runner_clear (&pair->service);
  gst_zrtp_runner_clear (&pair->pusher);
  gst_zrtp_runner_clear (&pair->notifier);
  for (guint half = 0; half < GST_ZRTP_N_HALVES; half++) {
    g_weak_ref_clear (&pair->members[half].element);
    if (pair->members[half].settings)
      gst_zrtp_settings_unref (pair->members[half].settings);
  }
  g_queue_clear_full (&pair->inbox.packets, (GDestroyNotify) g_bytes_unref);
  g_mutex_clear (&pair->inbox.lock);
  gst_zrtp_outbox_clear (&pair->outbox);
  g_queue_clear_full (&pair->notices, (GDestroyNotify) gst_zrtp_notice_free);
  g_queue_clear_full (&pair->held, (GDestroyNotify) gst_zrtp_notice_free);
  gst_zrtp_backlog_unref (pair->backlog);
  g_mutex_clear (&pair->notices_lock);
  g_cond_clear (&pair->stored);
  gst_zrtp_sender_clear (&pair->sender);
  gst_zrtp_receiver_clear (&pair->receiver);
  g_clear_pointer (&pair->hello_settings, gst_zrtp_settings_unref);
  g_clear_pointer (&pair->hello_due, gst_zrtp_settings_unref);
  gst_zrtp_settings_unref (pair->settings);
  g_free (pair->applied_peer_hash);
  gst_clear_structure (&pair->peer);
  g_clear_pointer (&pair->refusal, g_free);
  gst_zrtp_call_unref (pair->call);
  g_free (pair);
}

gboolean
gst_zrtp_pair_is_active (GstZrtpPair * pair)
{
  return pair->members[GST_ZRTP_HALF_ENC].active
      || pair->members[GST_ZRTP_HALF_DEC].active;
}

GstElement *
gst_zrtp_pair_get_element (GstZrtpPair * pair, GstZrtpHalf half)
{
  return g_weak_ref_get (&pair->members[half].element);
}

void
gst_zrtp_outbox_init (GstZrtpOutbox * outbox)
{
  g_mutex_init (&outbox->lock);
  g_queue_init (&outbox->packets);
  outbox->collisions = g_array_new (FALSE, FALSE, sizeof (guint32));
  outbox->lost_pictures = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
gst_zrtp_outbox_clear (GstZrtpOutbox * outbox)
{
  g_queue_clear_full (&outbox->packets, g_free);
  g_array_unref (outbox->collisions);
  g_array_unref (outbox->lost_pictures);
  g_mutex_clear (&outbox->lock);
}

void
gst_zrtp_outbox_flush (GstZrtpOutbox * outbox)
{
  g_mutex_lock (&outbox->lock);
  g_queue_clear_full (&outbox->packets, g_free);
  g_array_set_size (outbox->collisions, 0);
  g_array_set_size (outbox->lost_pictures, 0);
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
gst_zrtp_registry_list (GstZrtpPair * pair, gboolean whole_call)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (gst_object_unref);
  GstZrtpCall *call = pair->call;

  gst_zrtp_call_lock (call);
  for (guint i = 0; i < call->pairs->len; i++) {
    GstZrtpPair *other = g_ptr_array_index (call->pairs, i);

    for (guint half = 0; half < GST_ZRTP_N_HALVES; half++) {
      GstElement *element = other == pair || whole_call
          ? gst_zrtp_pair_get_element (other, half) : NULL;

      if (element)
        g_ptr_array_add (result, element);
    }
  }
  gst_zrtp_call_unlock (call);
  return result;
}
