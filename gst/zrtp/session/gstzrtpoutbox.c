/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpoutbox.h"

/* More can't be due at a time; what is older has long been repeated. */
#define MAX_PACKETS 16

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
