/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a worker sends out of zrtpenc: handshake packets, and events to the
 * sources upstream. At most one push is under way for a transport; while it
 * blocks, a new retransmission takes the place of one that waits.
 */
#ifndef GST_ZRTP_HANDSHAKE_H
#define GST_ZRTP_HANDSHAKE_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

void gst_zrtp_outbox_init (GstZrtpOutbox * outbox);
void gst_zrtp_outbox_clear (GstZrtpOutbox * outbox);
void gst_zrtp_outbox_flush (GstZrtpOutbox * outbox);
/* Nothing waits and no push is under way. */
gboolean gst_zrtp_outbox_is_empty (GstZrtpOutbox * outbox);

/* Queues. With the call's lock or without any. Takes @packet. */
void gst_zrtp_pair_send (GstZrtpPair * pair, ZrtpOutPacket * packet);
void gst_zrtp_pair_want_keyframes (GstZrtpPair * pair);
void gst_zrtp_pair_give_up_ssrc (GstZrtpPair * pair, guint32 ssrc);

/* The pusher's work. */
void gst_zrtp_pair_push_handshake (gpointer pair);
/* The service's and the notifier's parts when a push takes too long. */
void gst_zrtp_pair_open_sinks (GstZrtpPair * pair);
void gst_zrtp_pair_warn_of_stall (GstZrtpPair * pair);

G_END_DECLS

#endif
