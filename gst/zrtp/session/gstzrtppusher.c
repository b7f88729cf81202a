/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work that pushes handshake packets and upstream events out of zrtpenc. It may
 * block.
 */
#include "session/gstzrtppusher.h"

#include "session/gstzrtpjobs.h"
#include "session/gstzrtpmember.h"
#include "session/gstzrtpnotifier.h"

/* A push that takes longer may hang in a sink that waits for another, which waits
 * for media. */
#define HANG_TIME (G_TIME_SPAN_SECOND / 10)
/* One that takes longer still gets a warning. */
#define STALL_TIME (3 * G_TIME_SPAN_SECOND)

typedef void (*SsrcFunc) (GstZrtpBin * enc, guint32 ssrc);

static ZrtpOutPacket *
next_packet (GstZrtpOutbox * outbox)
{
  ZrtpOutPacket *packet;

  g_mutex_lock (&outbox->lock);
  packet = g_queue_pop_head (&outbox->packets);
  outbox->pushing = packet != NULL;
  g_mutex_unlock (&outbox->lock);
  return packet;
}

static void
push_packets (GstZrtpTransport * transport, GstZrtpBin * enc)
{
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (enc);
  ZrtpOutPacket *packet;

  while ((packet = next_packet (&transport->outbox))) {
    gint64 now = g_get_monotonic_time ();

    gst_zrtp_timer_set (&transport->timers[GST_ZRTP_TRANSPORT_BLOCKED].timer,
        now + HANG_TIME);
    gst_zrtp_timer_set (&transport->timers[GST_ZRTP_TRANSPORT_STALLED].timer,
        now + STALL_TIME);
    klass->push_handshake (enc, gst_buffer_new_wrapped_full (0, packet->data,
            packet->size, 0, packet->size, packet, g_free));
    gst_zrtp_timer_clear (&transport->timers[GST_ZRTP_TRANSPORT_STALLED].timer);
    gst_zrtp_timer_clear (&transport->timers[GST_ZRTP_TRANSPORT_BLOCKED].timer);
    g_atomic_int_set (&transport->push_blocked, FALSE);
  }
}

static void
for_each_ssrc (GstZrtpTransport * transport, GstZrtpBin * enc, GArray * list,
    SsrcFunc func)
{
  for (;;) {
    guint32 ssrc = 0;
    gboolean found;

    g_mutex_lock (&transport->outbox.lock);
    found = list->len > 0;
    if (found) {
      ssrc = g_array_index (list, guint32, 0);
      g_array_remove_index (list, 0);
    }
    g_mutex_unlock (&transport->outbox.lock);
    if (!found)
      return;
    func (enc, ssrc);
  }
}

static void
push_upstream (GstZrtpTransport * transport, GstZrtpBin * enc)
{
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (enc);
  gboolean keyframes;

  for_each_ssrc (transport, enc, transport->outbox.collisions,
      klass->resolve_ssrc_collision);
  for_each_ssrc (transport, enc, transport->outbox.pli_ssrcs, klass->send_pli);

  g_mutex_lock (&transport->outbox.lock);
  keyframes = transport->outbox.keyframes;
  transport->outbox.keyframes = FALSE;
  g_mutex_unlock (&transport->outbox.lock);
  if (keyframes)
    klass->force_key_units (enc);
}

void
gst_zrtp_transport_push_handshake (gpointer data)
{
  GstZrtpTransport *transport = data;
  GstElement *enc =
      gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_SEND);

  if (enc) {
    push_upstream (transport, (GstZrtpBin *) enc);
    push_packets (transport, (GstZrtpBin *) enc);
    gst_object_unref (enc);
  } else {
    gst_zrtp_outbox_flush (&transport->outbox);
  }

  gst_zrtp_session_lock (transport->session);
  gst_zrtp_transport_update_handshake_pending (transport);
  gst_zrtp_session_unlock (transport->session);
}

void
gst_zrtp_transport_preroll_sinks (GstZrtpTransport * transport)
{
  GstElement *dec =
      gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_RECEIVE);

  if (!dec)
    return;
  GST_ZRTP_BIN_GET_CLASS (dec)->open ((GstZrtpBin *) dec);
  gst_object_unref (dec);
}

void
gst_zrtp_transport_warn_of_stalled_push (GstZrtpTransport * transport)
{
  GstElement *enc =
      gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_SEND);
  GstPad *pad, *peer;
  char *pad_name, *peer_name;

  if (!enc)
    return;
  pad = GST_ZRTP_BIN_GET_CLASS (enc)->get_handshake_pad ((GstZrtpBin *) enc);
  peer = pad ? gst_pad_get_peer (pad) : NULL;
  pad_name = pad ? gst_object_get_path_string (GST_OBJECT (pad)) : NULL;
  peer_name = peer ? gst_object_get_path_string (GST_OBJECT (peer)) : NULL;
  gst_zrtp_transport_notify (transport,
      gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_FAILED, NULL,
          "A handshake packet pushed on %s has been blocked in %s for "
          "3 s, so the handshake cannot complete. A sink may wait for "
          "PLAYING: set async=false and sync=false on it",
          pad_name ? pad_name : "a pad", peer_name ? peer_name : "downstream"));
  g_free (pad_name);
  g_free (peer_name);
  gst_clear_object (&peer);
  gst_clear_object (&pad);
  gst_object_unref (enc);
}
