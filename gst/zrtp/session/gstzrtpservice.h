/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's work: feeds it what came, deadlines and starts. It never blocks.
 */
#ifndef GST_ZRTP_SERVICE_H
#define GST_ZRTP_SERVICE_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS GstZrtpTransport *gst_zrtp_transport_new (GstZrtpSession *
    session, guint stream_id);
/* The handshake may start, or go on with another SSRC. Without locks. */
void gst_zrtp_transport_start (GstZrtpTransport * transport, guint32 ssrc);
/* The transport changed under us. */
void gst_zrtp_transport_restart_discovery (GstZrtpTransport * transport);
/* The application says that, or that it is ready now. FALSE if no element is in
 * READY. */
gboolean gst_zrtp_transport_discover (GstZrtpTransport * transport);
/* A datagram that is ZRTP; copied. gst_zrtp_transport_serve() is due then. FALSE if too
 * many wait already. Like the next two, also with the receiver's lock held. */
gboolean gst_zrtp_transport_receive (GstZrtpTransport * transport,
    const guint8 * data, gsize size);
/* Media of that kind came. */
void gst_zrtp_transport_media_received (GstZrtpTransport * transport,
    ZrtpMedia kind);
/* Gives the engine what was received. That takes it microseconds, and it pushes
 * nothing and waits for nothing: the thread that brings a packet does it, as
 * one that has to wake up first comes late where others compute. Unless media
 * comes the same way, which a flood of packets must not hold up, or the call is
 * busy: then a worker does it. Without locks. */
void gst_zrtp_transport_serve (GstZrtpTransport * transport);

G_END_DECLS

#endif
