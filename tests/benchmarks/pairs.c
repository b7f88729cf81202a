/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pairs.h"

#include "plugins.h"

#define PATIENCE (20 * G_TIME_SPAN_SECOND)

GstCaps *
pairs_make_caps (const char *type, guint32 ssrc)
{
  char *text = g_strdup_printf ("%s,media=audio,clock-rate=8000,"
      "encoding-name=PCMA,payload=96,ssrc=(uint)%u", type, ssrc);
  GstCaps *caps = gst_caps_from_string (text);

  g_free (text);
  return caps;
}

Way *
pairs_make_way (GstElement * element, const char *sink, const char *src,
    const char *type, guint32 ssrc, GstPad * relay)
{
  GstCaps *caps = pairs_make_caps (type, ssrc);
  Way *way = way_new (element, sink, src, caps, relay);

  gst_caps_unref (caps);
  return way;
}

static GstElement *
make_element (const char *factory, const char *name, const char *end,
    const char *cipher)
{
  GstElement *element = plugins_make (factory);
  char *id = g_strdup_printf ("%s-%s", name, end);

  g_object_set (element, "session-id", id, "cache", ":memory:",
      "ciphers", cipher, NULL);
  g_free (id);
  return element;
}

static gboolean
is_secure (Way * way)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS
      (way->element), "state");
  GEnumValue *value;
  gint state;

  g_object_get (way->element, "state", &state, NULL);
  value = g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, state);
  return value && g_str_equal (value->value_nick, "secure");
}

static void
wait_secure (Pairs * pairs, const char *wanted)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE;
  char *cipher;

  while (!is_secure (pairs->encrypt) || !is_secure (pairs->back[0])) {
    if (g_get_monotonic_time () > end)
      g_error ("the call does not get secure");
    g_usleep (1000);
  }
  g_object_get (pairs->encrypt->element, "cipher", &cipher, NULL);
  if (!g_str_equal (cipher, wanted))
    g_error ("%s instead of %s", cipher, wanted);
  g_free (cipher);
}

void
pairs_open (Pairs * pairs, const char *name, const char *cipher, guint32 ssrc)
{
  pairs->decrypt = pairs_make_way (make_element ("zrtpdec", name, "b", cipher),
      "rtp_sink", "rtp_src", PAIRS_SRTP, ssrc, NULL);
  pairs->back[1] = pairs_make_way (make_element ("zrtpdec", name, "a", cipher),
      "rtp_sink", "rtp_src", PAIRS_SRTP, ssrc + 1, NULL);
  pairs->encrypt = pairs_make_way (make_element ("zrtpenc", name, "a", cipher),
      "rtp_sink_0", "rtp_src_0", PAIRS_RTP, ssrc, pairs->decrypt->in);
  pairs->back[0] = pairs_make_way (make_element ("zrtpenc", name, "b", cipher),
      "rtp_sink_0", "rtp_src_0", PAIRS_RTP, ssrc + 1, pairs->back[1]->in);
  wait_secure (pairs, cipher);
  pairs->encrypt->relay = pairs->back[0]->relay = NULL;
}

void
pairs_close (Pairs * pairs)
{
  way_free (pairs->encrypt);
  way_free (pairs->decrypt);
  for (guint i = 0; i < G_N_ELEMENTS (pairs->back); i++)
    g_clear_pointer (&pairs->back[i], way_free);
}
