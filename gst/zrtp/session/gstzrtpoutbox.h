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

/* Wants a key frame of this SSRC of the peer. */
void gst_zrtp_pair_lose_picture (GstZrtpPair * pair, guint32 ssrc);
/* Queues. With the call's lock or without any. Takes @packet. */
void gst_zrtp_pair_send (GstZrtpPair * pair, ZrtpOutPacket * packet);
void gst_zrtp_pair_want_keyframes (GstZrtpPair * pair);
void gst_zrtp_pair_give_up_ssrc (GstZrtpPair * pair, guint32 ssrc);

G_END_DECLS

#endif
