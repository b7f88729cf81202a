/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ZIDs and algorithms as text.
 */
#include "api/gstzrtpnames.h"

#include <string.h>

char *
gst_zrtp_zid_to_string (const guint8 zid[ZRTP_ZID_SIZE])
{
  char *text = g_malloc (2 * ZRTP_ZID_SIZE + 1);

  for (guint i = 0; i < ZRTP_ZID_SIZE; i++)
    g_snprintf (text + 2 * i, 3, "%02x", zid[i]);
  return text;
}

gboolean
gst_zrtp_zid_from_string (const char *text, guint8 zid[ZRTP_ZID_SIZE])
{
  if (!text || strlen (text) != 2 * ZRTP_ZID_SIZE)
    return FALSE;
  for (guint i = 0; i < ZRTP_ZID_SIZE; i++) {
    const gint high = g_ascii_xdigit_value (text[2 * i]);
    const gint low = g_ascii_xdigit_value (text[2 * i + 1]);

    if (high < 0 || low < 0)
      return FALSE;
    zid[i] = high << 4 | low;
  }
  return TRUE;
}

char *
gst_zrtp_algorithm_to_string (const ZrtpAlgorithm * algorithm)
{
  return algorithm ? g_strchomp (g_strndup (algorithm->name, 4)) : NULL;
}

GstZrtpAuxMatched
gst_zrtp_get_aux_matched (const ZrtpSessionInfo * info)
{
  if (!info->have_sas)
    return GST_ZRTP_AUX_MATCHED_NONE;
  return info->aux_matched ? GST_ZRTP_AUX_MATCHED_MATCHED : info->aux_mismatch ?
      GST_ZRTP_AUX_MATCHED_MISMATCH : GST_ZRTP_AUX_MATCHED_NONE;
}
