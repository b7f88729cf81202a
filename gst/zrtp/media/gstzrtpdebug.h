/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The debug category "zrtp", which tells the story of a call.
 */
#ifndef GST_ZRTP_DEBUG_H
#define GST_ZRTP_DEBUG_H

#include <gst/gst.h>

G_BEGIN_DECLS

GstDebugCategory *gst_zrtp_debug_get_category (void);
gboolean gst_zrtp_debug_is_on (GstDebugLevel level);
/* @n media packets were dropped: at level 6. @direction: "sent", "received". */
void gst_zrtp_debug_drop (const char *direction, const char *cause, guint n);

G_END_DECLS

#endif
