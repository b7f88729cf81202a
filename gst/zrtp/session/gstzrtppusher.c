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
push_packets (GstZrtpPair * pair, GstZrtpBin * enc)
{
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (enc);
  ZrtpOutPacket *packet;

  while ((packet = next_packet (&pair->outbox))) {
    gint64 now = g_get_monotonic_time ();

    gst_zrtp_timer_set (&pair->hang, now + HANG_TIME);
    gst_zrtp_timer_set (&pair->stall, now + STALL_TIME);
    klass->push_handshake (enc, gst_buffer_new_wrapped_full (0, packet->data,
            packet->size, 0, packet->size, packet, g_free));
    gst_zrtp_timer_clear (&pair->stall);
    gst_zrtp_timer_clear (&pair->hang);
    g_atomic_int_set (&pair->hangs, FALSE);
  }
}

static void
for_each_ssrc (GstZrtpPair * pair, GstZrtpBin * enc, GArray * list,
    SsrcFunc func)
{
  for (;;) {
    guint32 ssrc = 0;
    gboolean found;

    g_mutex_lock (&pair->outbox.lock);
    found = list->len > 0;
    if (found) {
      ssrc = g_array_index (list, guint32, 0);
      g_array_remove_index (list, 0);
    }
    g_mutex_unlock (&pair->outbox.lock);
    if (!found)
      return;
    func (enc, ssrc);
  }
}

static void
push_upstream (GstZrtpPair * pair, GstZrtpBin * enc)
{
  GstZrtpBinClass *klass = GST_ZRTP_BIN_GET_CLASS (enc);
  gboolean keyframes;

  for_each_ssrc (pair, enc, pair->outbox.collisions, klass->give_up_ssrc);
  for_each_ssrc (pair, enc, pair->outbox.lost_pictures, klass->report_loss);

  g_mutex_lock (&pair->outbox.lock);
  keyframes = pair->outbox.keyframes;
  pair->outbox.keyframes = FALSE;
  g_mutex_unlock (&pair->outbox.lock);
  if (keyframes)
    klass->ask_for_keyframes (enc);
}

void
gst_zrtp_pair_push_handshake (gpointer data)
{
  GstZrtpPair *pair = data;
  GstElement *enc = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_ENC);

  if (enc) {
    push_upstream (pair, (GstZrtpBin *) enc);
    push_packets (pair, (GstZrtpBin *) enc);
    gst_object_unref (enc);
  } else {
    gst_zrtp_outbox_flush (&pair->outbox);
  }

  gst_zrtp_call_lock (pair->call);
  gst_zrtp_pair_update_busy (pair);
  gst_zrtp_call_unlock (pair->call);
}

void
gst_zrtp_pair_open_sinks (GstZrtpPair * pair)
{
  GstElement *dec = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_DEC);

  if (!dec)
    return;
  GST_ZRTP_BIN_GET_CLASS (dec)->open ((GstZrtpBin *) dec);
  gst_object_unref (dec);
}

void
gst_zrtp_pair_warn_of_stall (GstZrtpPair * pair)
{
  GstElement *enc = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_ENC);
  GstPad *pad, *peer;
  char *pad_name, *peer_name;

  if (!enc)
    return;
  pad = GST_ZRTP_BIN_GET_CLASS (enc)->get_handshake_pad ((GstZrtpBin *) enc);
  peer = pad ? gst_pad_get_peer (pad) : NULL;
  pad_name = pad ? gst_object_get_path_string (GST_OBJECT (pad)) : NULL;
  peer_name = peer ? gst_object_get_path_string (GST_OBJECT (peer)) : NULL;
  gst_zrtp_pair_notify (pair, gst_zrtp_notice_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_FAILED, NULL, "A handshake packet pushed on %s "
          "has been blocked for 3 s in %s, so there will be no keys. A sink "
          "may wait for PLAYING: set async=false and sync=false on it",
          pad_name ? pad_name : "a pad", peer_name ? peer_name : "downstream"));
  g_free (pad_name);
  g_free (peer_name);
  gst_clear_object (&peer);
  gst_clear_object (&pad);
  gst_object_unref (enc);
}
