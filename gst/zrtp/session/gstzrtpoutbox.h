/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a worker sends out of zrtpenc: handshake packets, and events to the
 * sources upstream. At most one push is under way for a transport; while it
 * blocks, a new retransmission takes the place of one that waits.
 */
#ifndef GST_ZRTP_OUTBOX_H
#define GST_ZRTP_OUTBOX_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS /* Wants a key frame of this SSRC of the peer. */ void
    gst_zrtp_transport_request_keyframe (GstZrtpTransport * transport,
    guint32 ssrc);
/* Queues. With the call's lock or without any. Takes ownership of @packet. */
void gst_zrtp_transport_send (GstZrtpTransport * transport,
    ZrtpOutPacket * packet);
void gst_zrtp_transport_force_key_units (GstZrtpTransport * transport);
void gst_zrtp_transport_resolve_ssrc_collision (GstZrtpTransport * transport,
    guint32 ssrc);

G_END_DECLS

#endif
