/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work that pushes handshake packets and upstream events out of zrtpenc. It may
 * block.
 */
#ifndef GST_ZRTP_PUSHER_H
#define GST_ZRTP_PUSHER_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* The pusher's work. */
void gst_zrtp_transport_push_handshake (gpointer transport);
/* The service's and the notifier's parts when a push takes too long. */
void gst_zrtp_transport_preroll_sinks (GstZrtpTransport * transport);
void gst_zrtp_transport_warn_of_stalled_push (GstZrtpTransport * transport);

G_END_DECLS

#endif
