/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media/gstzrtpdebug.h"

#define GST_CAT_DEFAULT gst_zrtp_debug_get_category ()

GstDebugCategory *
gst_zrtp_debug_get_category (void)
{
  static gsize category;

  if (g_once_init_enter (&category)) {
    GstDebugCategory *made = NULL;

    GST_DEBUG_CATEGORY_INIT (made, "zrtp", 0, "ZRTP handshake");
    g_once_init_leave (&category, (gsize) made);
  }
  return (GstDebugCategory *) category;
}

gboolean
gst_zrtp_debug_is_on (GstDebugLevel level)
{
  return G_UNLIKELY (level <= _gst_debug_min
      && gst_debug_category_get_threshold (gst_zrtp_debug_get_category ())
      >= level);
}

void
gst_zrtp_debug_drop (const char *direction, const char *cause, guint n)
{
  if (gst_zrtp_debug_is_on (GST_LEVEL_LOG))
    GST_LOG ("dropped %u media packets %s as %s", n, direction, cause);
}
