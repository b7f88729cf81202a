/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements start and stop, and with them the transport and the session.
 */
#ifndef GST_ZRTP_ACTIVATION_H
#define GST_ZRTP_ACTIVATION_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* READY to PAUSED and back. */
void gst_zrtp_pair_activate (GstZrtpPair * pair, GstZrtpHalf half);
void gst_zrtp_pair_deactivate (GstZrtpPair * pair, GstZrtpHalf half);
/* Waits until nothing is being opened any more (3 s at most) and what was learned
 * of the peer is on the disk, and until the application was told what happened
 * and has no handler running: it may throw away what those need. For what is left
 * of the thread's GstZrtpStopBudget. */
void gst_zrtp_pair_wait_stored (GstZrtpPair * pair);
void gst_zrtp_pair_wait_told (GstZrtpPair * pair);

/* Must be called with call->lock held. */
/* An element starts, an element stops. The last one takes ZRTPSess along; no
 * stream may be in the session then. gst_zrtp_call_refresh() comes next after
 * the first. */
void gst_zrtp_call_enter (GstZrtpCall * call);
void gst_zrtp_call_leave (GstZrtpCall * call);

G_END_DECLS

#endif
