/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The property "stats".
 */
#ifndef GST_ZRTP_STATS_H
#define GST_ZRTP_STATS_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* Must be called with session->lock held. */
GstStructure *gst_zrtp_transport_make_stats (GstZrtpTransport * transport);

G_END_DECLS

#endif
