/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTCP through a pair, on pads of its own and among RTP: lengths of its tag, and
 * the feedback that video lives on.
 */
#include "harness.h"
#include "endpoint.h"

#include <string.h>

/* RTCP from an encoder to the decoder of the other side, on pads of its own. */
typedef struct
{
  GstHarness *in, *out;
  gsize grown;                  /* octets that the last packet grew by */
} Way;

static Way
way_new (GstElement * enc, GstElement * dec)
{
  Way way = { gst_harness_new_with_element (enc, "rtcp_sink_0", "rtcp_src_0"),
    gst_harness_new_with_element (dec, "rtcp_sink", "rtcp_src"), 0
  };

  gst_harness_set_src_caps_str (way.in, "application/x-rtcp");
  gst_harness_set_src_caps_str (way.out, "application/x-srtcp");
  return way;
}

static void
way_free (Way * way)
{
  gst_harness_teardown (way->in);
  gst_harness_teardown (way->out);
}

/* Whether a packet comes out at the other end, as it was. */
static gboolean
carry (Way * way, GstBuffer * packet)
{
  gsize size = gst_buffer_get_size (packet);
  GstBuffer *kept = gst_buffer_copy_deep (packet), *wire, *out;
  GstMapInfo map;
  gboolean came;

  fail_unless_equals_int (gst_harness_push (way->in, packet), GST_FLOW_OK);
  wire = gst_harness_pull (way->in);
  way->grown = gst_buffer_get_size (wire) - size;
  fail_unless (gst_buffer_map (kept, &map, GST_MAP_READ));
  fail_unless (gst_buffer_memcmp (wire, 8, map.data + 8, size - 8) != 0
      || size == 8);
  fail_unless_equals_int (gst_harness_push (way->out, wire), GST_FLOW_OK);
  out = gst_harness_try_pull (way->out);
  came = out != NULL;
  if (came) {
    fail_unless_equals_uint64 (gst_buffer_get_size (out), size);
    fail_unless (gst_buffer_memcmp (out, 0, map.data, size) == 0);
    gst_buffer_unref (out);
  }
  gst_buffer_unmap (kept, &map);
  gst_buffer_unref (kept);
  return came;
}

static gboolean
carry_report (Way * way)
{
  return carry (way, harness_make_rtcp (BENCH_SSRC));
}

/* Without what came before there was a peer to answer. */
static guint64
count_drops (GstElement * dec)
{
  return endpoint_get_stat (dec, "recv-drop-count")
      - endpoint_get_stat (dec, "recv-drops/no-partner");
}

#define INDEX 4                 /* octets in front of the tag */

/* Both have the default: 80 bits, also where media has 32. */
GST_START_TEST (test_tag_auto)
{
  Harness *harness = harness_new_with ("auth-tags", __i__ ? "HS32" : "HS80");
  Way there, back;

  harness_secure (harness);
  there = way_new (harness->enc_a, harness->dec_b);
  back = way_new (harness->enc_b, harness->dec_a);
  for (guint i = 0; i < 5; i++) {
    fail_unless (carry_report (&there));
    fail_unless_equals_uint64 (there.grown, INDEX + 10);
    fail_unless (carry_report (&back));
    fail_unless_equals_uint64 (back.grown, INDEX + 10);
  }
  way_free (&there);
  way_free (&back);
  harness_free (harness);
}

GST_END_TEST;

/* A peer that shortens tags is understood, and answered in its manner. */
GST_START_TEST (test_tag_of_peer)
{
  Harness *harness = harness_new_with ("auth-tags", "HS32");
  Way there, back;

  gst_util_set_object_arg (G_OBJECT (harness->enc_b), "srtcp-tag", "32");
  harness_secure (harness);
  there = way_new (harness->enc_a, harness->dec_b);
  back = way_new (harness->enc_b, harness->dec_a);

  fail_if (carry_report (&there));
  fail_unless_equals_uint64 (there.grown, INDEX + 10);
  for (guint i = 0; i < 3; i++) {
    fail_unless (carry_report (&back));
    fail_unless_equals_uint64 (back.grown, INDEX + 4);
    fail_unless (carry_report (&there));
    fail_unless_equals_uint64 (there.grown, INDEX + 4);
  }
  fail_unless_equals_uint64 (count_drops (harness->dec_a), 0);
  way_free (&there);
  way_free (&back);
  harness_free (harness);
}

GST_END_TEST;

/* One length by property, whatever the other side does. */
GST_START_TEST (test_tag_forced)
{
  static const char *const values[] = { "80", "32" };
  Harness *harness = harness_new_with ("auth-tags", "HS32");
  gsize length = __i__ ? 4 : 10;
  Way there, back;

  gst_util_set_object_arg (G_OBJECT (harness->enc_a), "srtcp-tag",
      values[__i__]);
  gst_util_set_object_arg (G_OBJECT (harness->enc_b), "srtcp-tag",
      values[1 - __i__]);
  harness_secure (harness);
  there = way_new (harness->enc_a, harness->dec_b);
  back = way_new (harness->enc_b, harness->dec_a);
  for (guint i = 0; i < 3; i++) {
    fail_if (carry_report (&back));
    fail_if (carry_report (&there));
    fail_unless_equals_uint64 (there.grown, INDEX + length);
  }
  fail_unless_equals_uint64 (count_drops (harness->dec_b), 3);
  way_free (&there);
  way_free (&back);
  harness_free (harness);
}

GST_END_TEST;

/* Compound packets as video calls send them, with an empty receiver report in
 * front. */
#define REPORT "80c9000101020304"
static const struct
{
  const char *name, *octets;
} feedback[] = {
  {"PLI (RFC 4585 6.3.1)", REPORT "81ce00020102030405060708"},
  {"NACK (RFC 4585 6.2.1)",
      REPORT "81cd000401020304050607081234ff0112990000"},
  {"FIR (RFC 5104 4.3.1)",
      REPORT "84ce000401020304000000000506070809000000"},
  {"transport-wide congestion control",
      REPORT "8fcd00050102030405060708000100020000070320024044"},
  {"REMB", REPORT "8fce0005010203040000000052454d42010393ed05060708"},
  {"PLI alone (RFC 5506)", "81ce00020102030405060708"},
  {"BYE", REPORT "81cb000101020304"}
};

static GstBuffer *
make_feedback (guint i)
{
  const char *hex = feedback[i].octets;
  gsize size = strlen (hex) / 2;
  guint8 *data = g_malloc (size);

  for (gsize k = 0; k < size; k++)
    data[k] = g_ascii_xdigit_value (hex[2 * k]) * 16
        + g_ascii_xdigit_value (hex[2 * k + 1]);
  return gst_buffer_new_wrapped (data, size);
}

static void
check_feedback (GstBuffer * buffer, guint i)
{
  GstBuffer *wanted = make_feedback (i);
  GstMapInfo map;

  fail_unless (gst_buffer_map (wanted, &map, GST_MAP_READ));
  fail_unless_equals_uint64 (gst_buffer_get_size (buffer), map.size);
  fail_unless (gst_buffer_memcmp (buffer, 0, map.data, map.size) == 0, "%s",
      feedback[i].name);
  gst_buffer_unmap (wanted, &map);
  gst_buffer_unref (wanted);
  gst_buffer_unref (buffer);
}

GST_START_TEST (test_feedback)
{
  Harness *harness = harness_new ();
  Way there;

  harness_secure (harness);
  there = way_new (harness->enc_a, harness->dec_b);
  for (guint i = 0; i < G_N_ELEMENTS (feedback); i++)
    fail_unless (carry (&there, make_feedback (i)), "%s", feedback[i].name);
  way_free (&there);
  harness_free (harness);
}

GST_END_TEST;

/* The same among RTP (RFC 5761), alone and in lists: it leaves zrtpdec by
 * rtcp_src. */
GST_START_TEST (test_feedback_muxed)
{
  Harness *harness = harness_new ();
  GstBufferList *list = gst_buffer_list_new ();
  GstHarness *rtcp;

  harness_secure (harness);
  rtcp = gst_harness_new_with_element (harness->dec_b, NULL, "rtcp_src");
  for (guint i = 0; i < G_N_ELEMENTS (feedback); i++) {
    gst_harness_push (harness->in, harness_make_rtp (BENCH_SSRC, i, 20, i));
    gst_harness_push (harness->in, make_feedback (i));
    gst_buffer_list_add (list, harness_make_rtp (BENCH_SSRC, 100 + i, 20, i));
    gst_buffer_list_add (list, make_feedback (i));
  }
  fail_unless_equals_int (gst_pad_push_list (harness->in->srcpad, list),
      GST_FLOW_OK);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (feedback); i++) {
    guint n = i % G_N_ELEMENTS (feedback);

    check_feedback (gst_harness_pull (rtcp), n);
    harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC,
        (i < G_N_ELEMENTS (feedback) ? 0 : 100) + n, 20, n);
  }
  fail_unless_equals_uint64 (count_drops (harness->dec_b), 0);
  gst_harness_teardown (rtcp);
  harness_free (harness);
}

GST_END_TEST;

/* What has no other way in ends with RTP; a stream of its own goes on. */
GST_START_TEST (test_end_muxed)
{
  Harness *harness = harness_new ();
  GstHarness *rtcp = gst_harness_new_with_element (harness->dec_b,
      __i__ ? "rtcp_sink" : NULL, "rtcp_src");

  harness_secure (harness);
  if (__i__)
    gst_harness_set_src_caps_str (rtcp, "application/x-srtcp");
  gst_harness_push (harness->in, make_feedback (0));
  check_feedback (gst_harness_pull (rtcp), 0);
  fail_unless (gst_harness_push_event (harness->in, gst_event_new_eos ()));
  fail_unless (GST_PAD_IS_EOS (harness->out->sinkpad));
  fail_unless (GST_PAD_IS_EOS (rtcp->sinkpad) == !__i__);
  gst_harness_teardown (rtcp);
  harness_free (harness);
}

GST_END_TEST;

/* Both go on after a flush, and where another stream follows. */
GST_START_TEST (test_on_after_end_muxed)
{
  Harness *harness = harness_new ();
  GstHarness *rtcp = gst_harness_new_with_element (harness->dec_b, NULL,
      "rtcp_src");
  GstSegment segment;

  harness_secure (harness);
  fail_unless (gst_harness_push_event (harness->in, gst_event_new_eos ()));
  fail_unless (GST_PAD_IS_EOS (rtcp->sinkpad));
  if (__i__) {
    gst_harness_push_event (harness->in, gst_event_new_flush_start ());
    gst_harness_push_event (harness->in, gst_event_new_flush_stop (TRUE));
    fail_if (GST_PAD_IS_EOS (rtcp->sinkpad));
  } else {
    gst_harness_push_event (harness->in, gst_event_new_stream_start ("next"));
  }
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness->in, gst_event_new_segment (&segment));
  for (guint i = 0; i < 3; i++) {
    fail_unless_equals_int (gst_harness_push (harness->in, make_feedback (i)),
        GST_FLOW_OK);
    check_feedback (gst_harness_pull (rtcp), i);
    fail_unless_equals_int (gst_harness_push (harness->in,
            harness_make_rtp (BENCH_SSRC, i, 20, i)), GST_FLOW_OK);
    harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, i, 20, i);
  }
  gst_harness_teardown (rtcp);
  harness_free (harness);
}

GST_END_TEST;

static GstFlowReturn
refuse (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  gst_buffer_unref (buffer);
  return GPOINTER_TO_INT (gst_pad_get_element_private (pad));
}

/* The reader of the RTCP among RTP may leave: the other media and the handshake
 * come the same way and go on. What is an error stays one. */
GST_START_TEST (test_flow_muxed)
{
  static const struct
  {
    GstFlowReturn theirs, ours;
  } flows[] = {
    {GST_FLOW_EOS, GST_FLOW_OK},
    {GST_FLOW_FLUSHING, GST_FLOW_OK},
    {GST_FLOW_ERROR, GST_FLOW_ERROR},
    {GST_FLOW_NOT_NEGOTIATED, GST_FLOW_NOT_NEGOTIATED},
  };
  Harness *harness = harness_new ();
  GstPad *src = gst_element_get_static_pad (harness->dec_b, "rtcp_src");
  GstPad *reader = gst_pad_new ("reader", GST_PAD_SINK);

  harness_secure (harness);
  gst_pad_set_chain_function (reader, refuse);
  gst_pad_set_active (reader, TRUE);
  fail_unless_equals_int (gst_pad_link (src, reader), GST_PAD_LINK_OK);
  for (guint i = 0; i < G_N_ELEMENTS (flows); i++) {
    GstBufferList *list = gst_buffer_list_new ();

    gst_pad_set_element_private (reader, GINT_TO_POINTER (flows[i].theirs));
    fail_unless_equals_int (gst_harness_push (harness->in,
            harness_make_rtcp (BENCH_SSRC)), flows[i].ours);
    gst_buffer_list_add (list, harness_make_rtcp (BENCH_SSRC));
    gst_buffer_list_add (list, harness_make_rtp (BENCH_SSRC, i, 20, i));
    fail_unless_equals_int (gst_pad_push_list (harness->in->srcpad, list),
        flows[i].ours);
    harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, i, 20, i);
  }
  gst_pad_set_active (reader, FALSE);
  gst_pad_unlink (src, reader);
  gst_object_unref (src);
  gst_object_unref (reader);
  harness_free (harness);
}

GST_END_TEST;

/* Pads of its own stop their source as any others do. */
GST_START_TEST (test_flow_of_its_own)
{
  Harness *harness = harness_new ();
  Way there;

  harness_secure (harness);
  there = way_new (harness->enc_a, harness->dec_b);
  fail_unless (carry_report (&there));
  gst_pad_set_active (there.out->sinkpad, FALSE);
  fail_unless_equals_int (gst_harness_push (there.in,
          harness_make_rtcp (BENCH_SSRC)), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_push (there.out,
          gst_harness_pull (there.in)), GST_FLOW_FLUSHING);
  way_free (&there);
  harness_free (harness);
}

GST_END_TEST;

static Suite *
rtcp_suite (void)
{
  Suite *s = suite_create ("rtcp");
  TCase *tc = tcase_create ("tags");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_tag_auto, 0, 2);
  tcase_add_test (tc, test_tag_of_peer);
  tcase_add_loop_test (tc, test_tag_forced, 0, 2);
  tc = tcase_create ("feedback");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_feedback);
  tcase_add_test (tc, test_feedback_muxed);
  tcase_add_loop_test (tc, test_end_muxed, 0, 2);
  tcase_add_loop_test (tc, test_on_after_end_muxed, 0, 2);
  tcase_add_test (tc, test_flow_muxed);
  tcase_add_test (tc, test_flow_of_its_own);
  return s;
}

GST_CHECK_MAIN (rtcp);
