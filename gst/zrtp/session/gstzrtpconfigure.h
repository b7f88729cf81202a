/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings become what the engine's streams and session follow.
 */
#ifndef GST_ZRTP_CONFIGURE_H
#define GST_ZRTP_CONFIGURE_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* Settings changed: tells the stream. */
void gst_zrtp_transport_apply_settings (GstZrtpTransport * transport);
/* FALSE if the text is no such value. */
gboolean gst_zrtp_transport_apply_peer_hash (GstZrtpTransport * transport,
    const char *text);

/* Settings or members changed: works out again what counts. */
void gst_zrtp_session_refresh (GstZrtpSession * session);
/* The policy of a stream with these settings. Must be called with call->lock held. */
void gst_zrtp_transport_get_policy (GstZrtpTransport * transport,
    GstZrtpSettings * settings, ZrtpPolicy * policy);
void gst_zrtp_transport_warn_of_contradictions (GstZrtpTransport * transport);

G_END_DECLS

#endif
