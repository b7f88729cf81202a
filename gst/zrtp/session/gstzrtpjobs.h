/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drains the engine: packets, events, and jobs on their pools and back.
 */
#ifndef GST_ZRTP_JOBS_H
#define GST_ZRTP_JOBS_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

void gst_zrtp_transport_drain (GstZrtpTransport * transport);
void gst_zrtp_transport_update_handshake_pending (GstZrtpTransport * transport);

/* Takes what the streams put out: after every call of the engine. */
void gst_zrtp_session_drain (GstZrtpSession * session);

G_END_DECLS

#endif
