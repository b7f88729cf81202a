/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstzrtpdec.h"
#include "gstzrtpenc.h"

#include <libintl.h>
#include "zrtp/zrtp.h"

static void
report_memory (void)
{
  ZrtpMemoryInfo info;

  zrtp_memory_get_info (&info);
  if (!info.gmp_wipes)
    GST_WARNING ("GMP does not wipe what it frees: another library has set its "
        "memory functions");
  if (!info.sqlite_wipes)
    GST_WARNING ("SQLite does not wipe what it frees: it was started before "
        "this plugin was loaded");
}

static gboolean
plugin_init (GstPlugin * plugin)
{
  char *error = NULL;

  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");

  zrtp_memory_init ();
  report_memory ();
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
