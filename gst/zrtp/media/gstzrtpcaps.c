/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media/gstzrtpcaps.h"

/* What srtpenc and srtpdec put into caps. */
static gboolean
is_srtp_field (const char *name)
{
  return g_str_has_prefix (name, "srtp-") || g_str_has_prefix (name, "srtcp-")
      || g_str_equal (name, "roc") || g_str_equal (name, "mki");
}

static gboolean
keep_field (GQuark field, GValue * value, gpointer unused)
{
  return !is_srtp_field (g_quark_to_string (field));
}

static void
append_renamed (GstCaps * caps, const GstStructure * s, const char *name)
{
  GstStructure *copy = gst_structure_copy (s);

  gst_structure_set_name (copy, name);
  gst_structure_filter_and_map_in_place (copy, keep_field, NULL);
  gst_caps_append_structure (caps, copy);
}

static gboolean
is_rtcp (const GstStructure * s)
{
  return gst_structure_has_name (s, GST_ZRTP_CAPS_RTCP)
      || gst_structure_has_name (s, GST_ZRTP_CAPS_SRTCP);
}

static gboolean
is_rtp (const GstStructure * s)
{
  return gst_structure_has_name (s, GST_ZRTP_CAPS_RTP)
      || gst_structure_has_name (s, GST_ZRTP_CAPS_SRTP);
}

/* @rtp and @rtcp: the names to give, in order, up to NULL. */
static GstCaps *
rename_all (GstCaps * caps, const char *const *rtp, const char *const *rtcp)
{
  GstCaps *result;

  if (gst_caps_is_any (caps))
    return gst_caps_ref (caps);
  result = gst_caps_new_empty ();
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    const GstStructure *s = gst_caps_get_structure (caps, i);
    const char *const *names = is_rtcp (s) ? rtcp : rtp;

    if (is_rtcp (s) || is_rtp (s))
      for (; *names; names++)
        append_renamed (result, s, *names);
  }
  return result;
}

GstCaps *
gst_zrtp_caps_protect (GstCaps * caps)
{
  static const char *const rtp[] = { GST_ZRTP_CAPS_SRTP, NULL };
  static const char *const rtcp[] = { GST_ZRTP_CAPS_SRTCP, NULL };

  return rename_all (caps, rtp, rtcp);
}

GstCaps *
gst_zrtp_caps_unprotect (GstCaps * caps)
{
  static const char *const rtp[] = { GST_ZRTP_CAPS_RTP, NULL };
  static const char *const rtcp[] = { GST_ZRTP_CAPS_RTCP, NULL };

  return rename_all (caps, rtp, rtcp);
}

GstCaps *
gst_zrtp_caps_receivable (GstCaps * caps)
{
  static const char *const rtp[] = {
    GST_ZRTP_CAPS_SRTP, GST_ZRTP_CAPS_RTP, NULL
  };
  static const char *const rtcp[] = {
    GST_ZRTP_CAPS_SRTCP, GST_ZRTP_CAPS_RTCP, NULL
  };

  return rename_all (caps, rtp, rtcp);
}

static GstCaps *
take_intersection (GstCaps * a, GstCaps * b)
{
  GstCaps *result = gst_caps_intersect_full (a, b, GST_CAPS_INTERSECT_FIRST);

  gst_caps_unref (a);
  return result;
}

void
gst_zrtp_caps_answer (GstPad * pad, GstPad * other, GstQuery * query,
    GstZrtpCapsFunc translate)
{
  GstCaps *peer = gst_pad_peer_query_caps (other, NULL);
  GstCaps *result = translate (peer);
  GstCaps *limit = gst_pad_get_pad_template_caps (pad);
  GstCaps *filter;

  result = take_intersection (result, limit);
  gst_query_parse_caps (query, &filter);
  if (filter) {
    GstCaps *all = result;

    result = gst_caps_intersect_full (filter, all, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  gst_query_set_caps_result (query, result);
  gst_caps_unref (result);
  gst_caps_unref (limit);
  gst_caps_unref (peer);
}

gboolean
gst_zrtp_caps_get_ssrc (GstCaps * caps, guint32 * ssrc)
{
  guint value;

  if (!gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc",
          &value))
    return FALSE;
  *ssrc = value;
  return TRUE;
}

gboolean
gst_zrtp_caps_is_video (GstCaps * caps)
{
  return g_strcmp0 (gst_structure_get_string (gst_caps_get_structure (caps, 0),
          "media"), "video") == 0;
}

guint8
gst_zrtp_caps_get_marked (GstCaps * caps)
{
  const GstStructure *s = gst_caps_get_structure (caps, 0);
  gint payload;

  return is_rtp (s) && gst_structure_get_int (s, "payload", &payload)
      && payload >= 64 && payload <= 95 ? 0x80 | payload : 0;
}
