/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstzrtpdec.h"
#include "gstzrtpenc.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  char *error = NULL;

  /* Here and not later: this changes what the whole process encrypts with, and
   * must not meet another thread in libsrtp2. */
  if (!zrtp_srtp_init (&error)) {
    GST_ERROR ("no SRTP: %s", error);
    g_free (error);
    return FALSE;
  }
  return GST_ELEMENT_REGISTER (zrtpenc, plugin)
      && GST_ELEMENT_REGISTER (zrtpdec, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, zrtp,
    "Encrypted RTP with keys agreed on over the media path (ZRTP, RFC 6189)",
    plugin_init, GST_PLUGIN_VERSION, GST_LICENSE, GST_PACKAGE_NAME,
    GST_PACKAGE_ORIGIN)
