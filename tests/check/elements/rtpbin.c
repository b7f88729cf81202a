/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements inside rtpbin, which asks for them by signals, has them in NULL
 * and without a parent, and starts them with its own lock held.
 */
#include "endpoint.h"

typedef struct
{
  Endpoint *endpoint;
  GstElement *rtpbin, *enc, *dec;
} Phone;

/* What rtpbin wants is there when the handler returns: both pads. */
static GstElement *
request_encoder (GstElement * rtpbin, guint session, Phone * phone)
{
  char *name = g_strdup_printf ("rtp_sink_%u", session);
  GstPad *pad = gst_element_request_pad_simple (phone->enc, name);

  gst_object_unref (pad);
  g_free (name);
  return gst_object_ref (phone->enc);
}

static GstElement *
request_rtcp_encoder (GstElement * rtpbin, guint session, Phone * phone)
{
  char *name = g_strdup_printf ("rtcp_sink_%u", session);
  GstPad *pad = gst_element_request_pad_simple (phone->enc, name);

  gst_object_unref (pad);
  g_free (name);
  return gst_object_ref (phone->enc);
}

static GstElement *
request_decoder (GstElement * rtpbin, guint session, Phone * phone)
{
  return gst_object_ref (phone->dec);
}

static GstCaps *
request_pt_map (GstElement * rtpbin, guint session, guint pt, gpointer unused)
{
  return gst_caps_from_string (VOICE_CAPS);
}

static GstElement *
get (Phone * phone, const char *name)
{
  GstElement *element =
      gst_bin_get_by_name (GST_BIN (phone->endpoint->pipeline), name);

  fail_unless (element != NULL);
  gst_object_unref (element);
  return element;
}

static void
pad_added (GstElement * rtpbin, GstPad * pad, Phone * phone)
{
  GstPad *sink;

  if (!g_str_has_prefix (GST_PAD_NAME (pad), "recv_rtp_src_"))
    return;
  sink = gst_element_get_static_pad (get (phone, "depay"), "sink");
  if (!gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
  gst_object_unref (sink);
}

/* All but the links to rtpbin, which make it ask. */
static Phone *
phone_new (const char *session_id)
{
  Phone *phone = g_new0 (Phone, 1);

  phone->endpoint = endpoint_new (VOICE "ssrc=%u name=pay "
      "udpsrc name=net_src address=127.0.0.1 port=0 "
      "udpsink name=net_sink host=127.0.0.1 async=false sync=false "
      "udpsrc name=rtcp_src address=127.0.0.1 port=0 "
      "udpsink name=rtcp_sink host=127.0.0.1 async=false sync=false "
      "rtppcmadepay name=depay ! fakesink name=ear signal-handoffs=true "
      "async=false rtpbin name=rtpbin latency=0", g_random_int ());
  phone->rtpbin = get (phone, "rtpbin");
  phone->enc = gst_object_ref_sink (gst_element_factory_make ("zrtpenc", NULL));
  phone->dec = gst_object_ref_sink (gst_element_factory_make ("zrtpdec", NULL));
  g_object_set (phone->enc, "cache", ":memory:", "session-id", session_id,
      NULL);
  g_object_set (phone->dec, "session-id", session_id, NULL);
  g_signal_connect (phone->rtpbin, "request-rtp-encoder",
      G_CALLBACK (request_encoder), phone);
  g_signal_connect (phone->rtpbin, "request-rtcp-encoder",
      G_CALLBACK (request_rtcp_encoder), phone);
  g_signal_connect (phone->rtpbin, "request-rtp-decoder",
      G_CALLBACK (request_decoder), phone);
  g_signal_connect (phone->rtpbin, "request-rtcp-decoder",
      G_CALLBACK (request_decoder), phone);
  g_signal_connect (phone->rtpbin, "request-pt-map",
      G_CALLBACK (request_pt_map), NULL);
  g_signal_connect (phone->rtpbin, "pad-added", G_CALLBACK (pad_added), phone);
  return phone;
}

static void
phone_link (Phone * phone)
{
  static const char *const links[][4] = {
    {"pay", "src", "rtpbin", "send_rtp_sink_0"},
    {"rtpbin", "send_rtp_src_0", "net_sink", "sink"},
    {"rtpbin", "send_rtcp_src_0", "rtcp_sink", "sink"},
    {"net_src", "src", "rtpbin", "recv_rtp_sink_0"},
    {"rtcp_src", "src", "rtpbin", "recv_rtcp_sink_0"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    fail_unless (gst_element_link_pads (get (phone, links[i][0]), links[i][1],
            get (phone, links[i][2]), links[i][3]), "%s to %s", links[i][1],
        links[i][3]);
}

static void
phone_free (Phone * phone)
{
  endpoint_free (phone->endpoint);
  gst_object_unref (phone->enc);
  gst_object_unref (phone->dec);
  g_free (phone);
}

static void
point (Phone * from, const char *sink, Phone * to, const char *src)
{
  gint port;

  g_object_get (get (to, src), "port", &port, NULL);
  g_object_set (get (from, sink), "port", port, NULL);
}

/* Linked before anything runs, or while all runs already. */
GST_START_TEST (test_call)
{
  gboolean late = __i__ == 1;
  Phone *phones[2] = { phone_new ("rtpbin-a"), phone_new ("rtpbin-b") };
  Endpoint *a = phones[0]->endpoint, *b = phones[1]->endpoint;

  for (guint i = 0; i < 2; i++) {
    if (!late)
      phone_link (phones[i]);
    gst_element_set_state (phones[i]->endpoint->pipeline, GST_STATE_READY);
  }
  for (guint i = 0; i < 2; i++) {
    point (phones[i], "net_sink", phones[1 - i], "net_src");
    point (phones[i], "rtcp_sink", phones[1 - i], "rtcp_src");
  }
  /* A source without a peer would be an error. */
  for (guint i = 0; i < 2 && late; i++) {
    gst_element_set_locked_state (get (phones[i], "net_src"), TRUE);
    gst_element_set_locked_state (get (phones[i], "rtcp_src"), TRUE);
    gst_element_set_locked_state (get (phones[i], "pay"), FALSE);
    gst_element_set_state (get (phones[i], "rtpbin"), GST_STATE_PLAYING);
    phone_link (phones[i]);
    gst_element_set_locked_state (get (phones[i], "net_src"), FALSE);
    gst_element_set_locked_state (get (phones[i], "rtcp_src"), FALSE);
  }
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  fail_unless (endpoint_get_stat (phones[0]->dec, "recv-count") >= 10);
  fail_unless_equals_uint64 (endpoint_get_stat (phones[0]->enc,
          "sent-clear-count"), 0);
  phone_free (phones[0]);
  phone_free (phones[1]);
}

GST_END_TEST;

static Suite *
rtpbin_suite (void)
{
  Suite *s = suite_create ("rtpbin");
  TCase *tc = tcase_create ("rtpbin");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_call, 0, 2);
  return s;
}

GST_CHECK_MAIN (rtpbin);
