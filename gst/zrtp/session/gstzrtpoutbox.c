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
gst_zrtp_transport_send (GstZrtpTransport * transport, ZrtpOutPacket * packet)
{
  GstZrtpOutbox *outbox = &transport->outbox;

  g_mutex_lock (&outbox->lock);
  if (packet->retransmission)
    remove_retransmissions (&outbox->packets);
  g_queue_push_tail (&outbox->packets, packet);
  if (outbox->packets.length > MAX_PACKETS)
    g_free (g_queue_pop_head (&outbox->packets));
  g_mutex_unlock (&outbox->lock);
  gst_zrtp_work_schedule (&transport->push_work);
}

void
gst_zrtp_transport_force_key_units (GstZrtpTransport * transport)
{
  g_mutex_lock (&transport->outbox.lock);
  transport->outbox.keyframes = TRUE;
  g_mutex_unlock (&transport->outbox.lock);
  gst_zrtp_work_schedule (&transport->push_work);
}

static void
add_ssrc (GstZrtpTransport * transport, GArray * list, guint32 ssrc)
{
  g_mutex_lock (&transport->outbox.lock);
  g_array_append_val (list, ssrc);
  g_mutex_unlock (&transport->outbox.lock);
  gst_zrtp_work_schedule (&transport->push_work);
}

void
gst_zrtp_transport_resolve_ssrc_collision (GstZrtpTransport * transport,
    guint32 ssrc)
{
  add_ssrc (transport, transport->outbox.collisions, ssrc);
}

void
gst_zrtp_transport_request_keyframe (GstZrtpTransport * transport, guint32 ssrc)
{
  add_ssrc (transport, transport->outbox.pli_ssrcs, ssrc);
}
