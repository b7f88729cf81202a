/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What zrtpenc asks of the sources: key frames, and another SSRC.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#include <gst/video/video-event.h>

#define VIDEO_CAPS "application/x-rtp,media=video,clock-rate=90000," \
    "encoding-name=VP8,payload=96,ssrc=(uint)" G_STRINGIFY (BENCH_SSRC)

static Harness *harness;

static void
setup (void)
{
  harness = harness_new ();
}

static void
teardown (void)
{
  harness_free (harness);
}

static guint
count_key_unit_events (GstHarness * source)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (source))) {
    if (gst_video_event_is_force_key_unit (event))
      n++;
    gst_event_unref (event);
  }
  return n;
}

static void
wait_for_key_unit_event (GstHarness * source)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  while (count_key_unit_events (source) == 0) {
    fail_unless (g_get_monotonic_time () < until, "no key frame is asked for");
    g_thread_yield ();
  }
}

/* What was sent before no peer could read: start with a whole picture. */
GST_START_TEST (test_key_frame)
{
  gst_harness_set_src_caps_str (harness->in, VIDEO_CAPS);
  harness_secure (harness);
  wait_for_key_unit_event (harness->in);
}

GST_END_TEST;

/* Sound has none. Sources are asked in the order of their pads. */
GST_START_TEST (test_no_key_frame_of_sound)
{
  GstHarness *video = gst_harness_new_with_element (harness->enc_a,
      "rtp_sink_1", "rtp_src_1");

  gst_harness_set_src_caps_str (video, "application/x-rtp,media=video");
  harness_secure (harness);
  wait_for_key_unit_event (video);
  fail_unless_equals_int (count_key_unit_events (harness->in), 0);
  gst_harness_teardown (video);
}

GST_END_TEST;

/* The receiver's own request, once for each source: an SRTCP packet that says
 * picture loss (RFC 4585 6.3.1). */
GST_START_TEST (test_picture_loss)
{
  GstHarness *rtcp = gst_harness_new_with_element (harness->dec_a, NULL,
      "rtcp_src");
  GstBuffer *buffer;
  GstMapInfo map;

  g_object_set (harness->dec_b, "request-keyframe", TRUE, NULL);
  gst_harness_set_src_caps_str (harness->in, VIDEO_CAPS);
  harness_secure (harness);
  for (guint i = 0; i < 3; i++) {
    gst_harness_push (harness->in, harness_make_rtp (BENCH_SSRC, i, 20, 1));
    gst_buffer_unref (gst_harness_pull (harness->out));
  }
  buffer = gst_harness_pull (rtcp);
  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  fail_unless_equals_int (map.size, 20);
  fail_unless_equals_int (map.data[1], 201);
  fail_unless_equals_int (map.data[8], 0x81);
  fail_unless_equals_int (map.data[9], 206);
  fail_unless_equals_uint64 (GST_READ_UINT32_BE (map.data + 16), BENCH_SSRC);
  fail_unless (GST_READ_UINT32_BE (map.data + 4)
      == GST_READ_UINT32_BE (map.data + 12));
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
  fail_unless_equals_int (gst_harness_buffers_in_queue (rtcp), 0);
  gst_harness_teardown (rtcp);
}

GST_END_TEST;

/* Z-4.1-08 Z-4.1-09: both sides drew the same SSRC. They choose others, and the
 * call becomes secure. */
GST_START_TEST (test_equal_ssrcs)
{
  static const char *const description = VOICE "ssrc=4711 name=pay ! zrtpenc "
      "name=enc cache=:memory: enc.rtp_src_0 ! " NET_SINK "async=false "
      NET_SRC "! zrtpdec name=dec ! " EAR "async=false";
  Endpoint *a = endpoint_new ("%s", description);
  Endpoint *b = endpoint_new ("%s", description);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* Who is silent is offered the SSRC that the handshake has, among those that it
 * asks about. */
GST_START_TEST (test_offered_ssrc)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "offered");
  GstCaps *filter = gst_caps_from_string (BENCH_CAPS ",ssrc=(uint)5; "
      "application/x-rtp,media=video"), *caps;
  GstHarness *h;
  GstPad *sink;
  guint ssrc;

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_start (enc, "state");
  sink = gst_element_request_pad_simple (enc, "rtp_sink_0");
  h = gst_harness_new_with_element (enc, NULL, "rtp_src_0");
  propertywatch_wait (enc, "state", "discovering");

  caps = gst_pad_query_caps (sink, NULL);
  fail_unless (gst_structure_get_uint (gst_caps_get_structure (caps, 0), "ssrc",
          &ssrc));
  gst_caps_unref (caps);
  caps = gst_pad_query_caps (sink, filter);
  fail_unless (gst_caps_is_subset (caps, filter));
  fail_unless_equals_int (gst_caps_get_size (caps), 3);
  gst_caps_unref (caps);
  gst_caps_unref (filter);
  gst_object_unref (sink);
  gst_harness_teardown (h);
  propertywatch_drop (enc);
}

GST_END_TEST;

static Suite *
upstream_suite (void)
{
  Suite *s = suite_create ("upstream");
  TCase *tc = tcase_create ("bench");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_key_frame);
  tcase_add_test (tc, test_no_key_frame_of_sound);
  tcase_add_test (tc, test_picture_loss);
  tc = tcase_create ("offer");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_offered_ssrc);
  tc = tcase_create ("pipelines");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_equal_ssrcs);
  return s;
}

GST_CHECK_MAIN (upstream);
