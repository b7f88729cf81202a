/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pads: requesting and releasing them, caps, queries, events.
 */
#include "harness.h"
#include "endpoint.h"

static GstCaps *
query_caps (GstElement * element, const char *pad_name)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);
  GstCaps *caps = gst_pad_query_caps (pad, NULL);

  gst_object_unref (pad);
  return caps;
}

static void
assert_caps (GstCaps * caps, const char *text)
{
  GstCaps *wanted = gst_caps_from_string (text);
  char *shown = gst_caps_to_string (caps);

  fail_unless (gst_caps_is_equal (caps, wanted), "%s, not %s", shown, text);
  g_free (shown);
  gst_caps_unref (wanted);
  gst_caps_unref (caps);
}

/* Pads may be requested without a name, and released again. */
GST_START_TEST (test_pads)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  static const char *const templates[] = { "rtp_sink_%u", "rtcp_sink_%u" };

  for (guint t = 0; t < G_N_ELEMENTS (templates); t++) {
    GstPadTemplate *template = gst_element_get_pad_template (enc,
        templates[t]);
    GstPad *pad0 = gst_element_request_pad (enc, template, NULL, NULL);
    GstPad *pad1 = gst_element_request_pad (enc, template, NULL, NULL);
    GstPad *src;
    char *name;

    name = g_strdup_printf (templates[t], 0);
    fail_unless_equals_string (GST_PAD_NAME (pad0), name);
    g_free (name);
    name = g_strdup_printf (templates[t], 1);
    fail_unless_equals_string (GST_PAD_NAME (pad1), name);
    g_free (name);
    name = g_strdup_printf (t == 0 ? "rtp_src_%u" : "rtcp_src_%u", 1);
    src = gst_element_get_static_pad (enc, name);
    fail_unless (src != NULL);
    gst_object_unref (src);
    gst_element_release_request_pad (enc, pad1);
    gst_object_unref (pad1);
    fail_unless (gst_element_get_static_pad (enc, name) == NULL);
    g_free (name);
    gst_object_unref (pad0);
  }
  gst_object_unref (enc);
}

GST_END_TEST;

/* A name that is taken or no number is refused. */
GST_START_TEST (test_bad_requests)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  GstPad *pad = gst_element_request_pad_simple (enc, "zrtp_src");

  fail_unless (pad != NULL);
  fail_unless (gst_element_request_pad (enc, gst_element_get_pad_template (enc,
              "zrtp_src"), NULL, NULL) == NULL);
  gst_element_release_request_pad (enc, pad);
  gst_object_unref (pad);
  pad = gst_element_request_pad_simple (enc, "zrtp_src");
  fail_unless (pad != NULL);
  gst_object_unref (pad);
  gst_object_unref (enc);
}

GST_END_TEST;

/* Pads that are requested or released while all runs. */
GST_START_TEST (test_pads_while_playing)
{
  Harness *harness = harness_new ();
  GstHarness *h;

  harness_secure (harness);
  for (guint i = 0; i < 3; i++) {
    h = gst_harness_new_with_element (harness->enc_a, "rtp_sink_5",
        "rtp_src_5");
    gst_harness_set_src_caps_str (h, BENCH_CAPS);
    fail_unless_equals_int (gst_harness_push (h, harness_make_rtp (77, i, 30,
                1)), GST_FLOW_OK);
    gst_buffer_unref (gst_harness_pull (h));
    /* This releases the pad. */
    gst_harness_teardown (h);
    fail_unless (gst_element_get_static_pad (harness->enc_a, "rtp_src_5")
        == NULL);
  }
  /* The first pad still has the handshake and its own media. */
  fail_unless_equals_int (gst_harness_push (harness->in, harness_make_rtp
          (BENCH_SSRC, 1, 20, 1)), GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 1);
  harness_free (harness);
}

GST_END_TEST;

/* Caps are translated in both directions, in queries and events, without what
 * srtpenc and srtpdec write into them. */
GST_START_TEST (test_caps)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  GstElement *dec = gst_element_factory_make ("zrtpdec", NULL);
  GstHarness *in, *out;
  GstCaps *caps;
  GstPad *pad;

  g_object_set (enc, "cache", ":memory:", "session-id", "caps", NULL);
  g_object_set (dec, "session-id", "caps", NULL);
  in = gst_harness_new_with_element (enc, "rtp_sink_0", "rtp_src_0");
  assert_caps (query_caps (enc, "rtp_sink_0"), "application/x-rtp");
  assert_caps (query_caps (enc, "rtp_src_0"), "application/x-srtp");
  gst_harness_set_sink_caps_str (in, "application/x-srtp,payload=8");
  assert_caps (query_caps (enc, "rtp_sink_0"), "application/x-rtp,payload=8");
  gst_harness_set_src_caps_str (in, "application/x-rtp,payload=8,media=audio");
  pad = gst_element_get_static_pad (enc, "rtp_src_0");
  caps = gst_pad_get_current_caps (pad);
  assert_caps (caps, "application/x-srtp,payload=8,media=audio");
  gst_object_unref (pad);
  gst_harness_teardown (in);

  out = gst_harness_new_with_element (dec, "rtp_sink", "rtp_src");
  assert_caps (query_caps (dec, "rtp_sink"),
      "application/x-srtp; application/x-rtp");
  gst_harness_set_sink_caps_str (out, "application/x-rtp,payload=8");
  assert_caps (query_caps (dec, "rtp_sink"),
      "application/x-srtp,payload=8; application/x-rtp,payload=8");
  gst_harness_set_src_caps_str (out, "application/x-srtp,payload=8,"
      "srtp-key=(buffer)00,srtp-cipher=null,srtcp-auth=null,roc=(uint)3,mki=(buffer)00");
  pad = gst_element_get_static_pad (dec, "rtp_src");
  caps = gst_pad_get_current_caps (pad);
  assert_caps (caps, "application/x-rtp,payload=8");
  gst_object_unref (pad);
  gst_harness_teardown (out);
  gst_object_unref (enc);
  gst_object_unref (dec);
}

GST_END_TEST;

/* Latency passes through, and nothing is added. */
GST_START_TEST (test_latency)
{
  Harness *harness = harness_new ();
  GstPad *pad = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  GstQuery *query = gst_query_new_latency ();
  GstClockTime min;
  gboolean live;

  gst_harness_set_upstream_latency (harness->in, 30 * GST_MSECOND);
  fail_unless (gst_pad_query (pad, query));
  gst_query_parse_latency (query, &live, &min, NULL);
  fail_unless (live);
  fail_unless_equals_uint64 (min, 30 * GST_MSECOND);
  gst_query_unref (query);
  gst_object_unref (pad);

  /* The way out of an endpoint that only listens has nothing behind it. */
  pad = gst_element_get_static_pad (harness->enc_b, "zrtp_src");
  query = gst_query_new_latency ();
  if (gst_pad_query (pad, query)) {
    gst_query_parse_latency (query, NULL, &min, NULL);
    fail_unless_equals_uint64 (min, 0);
  }
  gst_query_unref (query);
  gst_object_unref (pad);
  harness_free (harness);
}

GST_END_TEST;

static GstEvent *
get_sticky (GstElement * element, const char *pad_name, GstEventType type)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);
  GstEvent *event = gst_pad_get_sticky_event (pad, type, 0);

  gst_object_unref (pad);
  return event;
}

/* What the handshake sends first has all that must come before it, and so has
 * what the receiver opens sinks with. */
GST_START_TEST (test_sticky_events)
{
  Harness *harness = harness_new ();
  const GstSegment *segment;
  GstEvent *event;
  GstCaps *caps;

  harness_secure (harness);
  event = get_sticky (harness->enc_b, "zrtp_src", GST_EVENT_STREAM_START);
  fail_unless (event != NULL);
  gst_event_unref (event);
  event = get_sticky (harness->enc_b, "zrtp_src", GST_EVENT_CAPS);
  gst_event_parse_caps (event, &caps);
  assert_caps (gst_caps_ref (caps), "application/x-srtp");
  gst_event_unref (event);
  event = get_sticky (harness->enc_b, "zrtp_src", GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &segment);
  fail_unless_equals_int (segment->format, GST_FORMAT_TIME);
  gst_event_unref (event);
  harness_free (harness);
}

GST_END_TEST;

/* Bytes from a file of packets: what leaves speaks of time. */
GST_START_TEST (test_segment_in_bytes)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  const GstSegment *out;
  GstSegment bytes;
  GstHarness *h;
  GstEvent *event;

  g_object_set (enc, "cache", ":memory:", "session-id", "bytes", NULL);
  h = gst_harness_new_with_element (enc, "rtp_sink_0", "rtp_src_0");
  gst_harness_set_src_caps_str (h, BENCH_CAPS);
  gst_segment_init (&bytes, GST_FORMAT_BYTES);
  gst_harness_push_event (h, gst_event_new_segment (&bytes));
  event = get_sticky (enc, "rtp_src_0", GST_EVENT_SEGMENT);
  gst_event_parse_segment (event, &out);
  fail_unless_equals_int (out->format, GST_FORMAT_TIME);
  gst_event_unref (event);
  gst_harness_teardown (h);
  gst_object_unref (enc);
}

GST_END_TEST;

/* Packets of an unknown kind in front of a depayloader: told which caps to set,
 * by its neighbour's own wish. */
GST_START_TEST (test_missing_caps)
{
  Endpoint *a = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK "async=false udpsrc name=net_src "
      "address=127.0.0.1 port=0 ! zrtpdec name=dec ! " EAR "async=false");
  Endpoint *b = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC
      "! zrtpdec name=dec ! " EAR "async=false");
  char *text;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  text = endpoint_wait_warning (a, "udpsrc caps=");
  fail_unless (strstr (text, "payload=(int)8") != NULL, "%s", text);
  g_free (text);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* A neighbour that takes one thing only needs no element to say it. */
GST_START_TEST (test_caps_of_neighbour)
{
  Endpoint *a = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK "async=false udpsrc name=net_src "
      "address=127.0.0.1 port=0 ! zrtpdec name=dec ! " VOICE_CAPS " ! " EAR
      "async=false");
  Endpoint *b = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC
      "! zrtpdec name=dec ! " EAR "async=false");

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 5);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
pads_suite (void)
{
  Suite *s = suite_create ("pads");
  TCase *tc = tcase_create ("pads");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_pads);
  tcase_add_test (tc, test_bad_requests);
  tcase_add_test (tc, test_pads_while_playing);
  tcase_add_test (tc, test_caps);
  tcase_add_test (tc, test_latency);
  tcase_add_test (tc, test_sticky_events);
  tcase_add_test (tc, test_segment_in_bytes);
  tcase_add_test (tc, test_missing_caps);
  tcase_add_test (tc, test_caps_of_neighbour);
  return s;
}

GST_CHECK_MAIN (pads);
