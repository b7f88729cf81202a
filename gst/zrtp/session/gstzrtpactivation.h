/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements start and stop, and with them the transport and the session.
 */
#ifndef GST_ZRTP_ACTIVATION_H
#define GST_ZRTP_ACTIVATION_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS /* READY to PAUSED and back. */ void gst_zrtp_transport_activate
    (GstZrtpTransport * transport, GstZrtpSide side);
void gst_zrtp_transport_deactivate (GstZrtpTransport * transport,
    GstZrtpSide side);
/* Waits until nothing is being opened any more (3 s at most) and what was learned
 * of the peer is on the disk, and until the application was told what happened
 * and has no handler running: it may throw away what those need. For what is left
 * of the thread's GstZrtpStopBudget. */
void gst_zrtp_transport_wait_stored (GstZrtpTransport * transport);
void gst_zrtp_transport_wait_notified (GstZrtpTransport * transport);

/* Must be called with call->lock held. */
/* An element starts, an element stops. The last one takes ZRTPSess along; no
 * stream may be in the session then. gst_zrtp_session_refresh() comes next after
 * the first. */
void gst_zrtp_session_enter (GstZrtpSession * session);
void gst_zrtp_session_leave (GstZrtpSession * session);

G_END_DECLS

#endif
