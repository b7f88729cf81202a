/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpoutbox.h"

#include "gstzrtpbin.h"
#include "session/gstzrtpnotification.h"

/* A push that takes longer may hang in a sink that waits for another, which waits
 * for media. */
#define HANG_TIME (G_TIME_SPAN_SECOND / 10)
/* One that takes longer still gets a warning. */
#define STALL_TIME (3 * G_TIME_SPAN_SECOND)
/* More can't be due at a time; what is older has long been repeated. */
#define MAX_PACKETS 16

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

/* A repeated message makes those that still wait pointless. */
static void
remove_retransmissions (GQueue * packets)
{
  for (GList * link = packets->head, *next; link; link = next) {
    ZrtpOutPacket *packet = link->data;

    next = link->next;
    if (packet->retransmission) {
      g_free (packet);
      g_queue_delete_link (packets, link);
    }
  }
}

void
gst_zrtp_pair_send (GstZrtpPair * pair, ZrtpOutPacket * packet)
{
  GstZrtpOutbox *outbox = &pair->outbox;

  g_mutex_lock (&outbox->lock);
  if (packet->retransmission)
    remove_retransmissions (&outbox->packets);
  g_queue_push_tail (&outbox->packets, packet);
  if (outbox->packets.length > MAX_PACKETS)
    g_free (g_queue_pop_head (&outbox->packets));
  g_mutex_unlock (&outbox->lock);
  gst_zrtp_runner_poke (&pair->pusher);
}

void
gst_zrtp_pair_want_keyframes (GstZrtpPair * pair)
{
  g_mutex_lock (&pair->outbox.lock);
  pair->outbox.keyframes = TRUE;
  g_mutex_unlock (&pair->outbox.lock);
  gst_zrtp_runner_poke (&pair->pusher);
}

static void
add_ssrc (GstZrtpPair * pair, GArray * list, guint32 ssrc)
{
  g_mutex_lock (&pair->outbox.lock);
  g_array_append_val (list, ssrc);
  g_mutex_unlock (&pair->outbox.lock);
  gst_zrtp_runner_poke (&pair->pusher);
}

void
gst_zrtp_pair_give_up_ssrc (GstZrtpPair * pair, guint32 ssrc)
{
  add_ssrc (pair, pair->outbox.collisions, ssrc);
}

void
gst_zrtp_pair_lose_picture (GstZrtpPair * pair, guint32 ssrc)
{
  add_ssrc (pair, pair->outbox.lost_pictures, ssrc);
}

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

typedef void (*SsrcFunc) (GstZrtpBin * enc, guint32 ssrc);

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
