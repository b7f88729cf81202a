/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What becomes of single packets and lists in the elements.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#include <string.h>

static Harness *harness;

static void
setup (void)
{
  harness = harness_new ();
  harness_secure (harness);
}

static void
teardown (void)
{
  harness_free (harness);
}

static void
push (GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (harness->in, buffer), GST_FLOW_OK);
}

/* Straight to the receiver, as from the network. */
static void
inject (GstBuffer * buffer)
{
  GstPad *pad = gst_element_get_static_pad (harness->dec_b, "rtp_sink");

  fail_unless_equals_int (gst_pad_chain (pad, buffer), GST_FLOW_OK);
  gst_object_unref (pad);
}

static guint64
count (const char *path)
{
  return endpoint_get_stat (harness->dec_b, path);
}

/* What left is no longer what came, and grew by the tag of HS80. */
GST_START_TEST (test_encrypts)
{
  guint8 payload[160];
  GstBuffer *wire;

  push (harness_make_rtp (BENCH_SSRC, 7, 160, 0x55));
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 7, 160, 0x55);

  wire = harness_get_wire (harness, 0);
  fail_unless_equals_int (gst_buffer_get_size (wire), 12 + 160 + 10);
  memset (payload, 0x55, sizeof payload);
  fail_unless (gst_buffer_memcmp (wire, 12, payload, sizeof payload) != 0);
  gst_buffer_unref (wire);
}

GST_END_TEST;

/* Metadata goes along; another owner's buffer and what lies behind it stay. */
GST_START_TEST (test_pieces)
{
  GstBuffer *in = harness_make_rtp_pieces (BENCH_SSRC, 1, 100, 0x33);
  GstBuffer *out, *kept = gst_buffer_ref (in);
  guint8 behind[100];
  GstMapInfo map;

  GST_BUFFER_PTS (in) = 5 * GST_SECOND;
  GST_BUFFER_FLAG_SET (in, GST_BUFFER_FLAG_MARKER);
  push (in);
  out = gst_harness_pull (harness->out);
  fail_unless_equals_uint64 (GST_BUFFER_PTS (out), 5 * GST_SECOND);
  fail_unless (GST_BUFFER_FLAG_IS_SET (out, GST_BUFFER_FLAG_MARKER));
  harness_check_rtp (out, BENCH_SSRC, 1, 100, 0x33);

  memset (behind, 0xee, sizeof behind);
  fail_unless (gst_buffer_map_range (kept, 1, 1, &map, GST_MAP_READ));
  fail_unless (memcmp (map.data + 100, behind, sizeof behind) == 0);
  gst_buffer_unmap (kept, &map);
  harness_check_rtp (kept, BENCH_SSRC, 1, 100, 0x33);
}

GST_END_TEST;

/* While a thread writes to a piece no other may read it. What is there instead
 * of it, whatever the memory held before, must not leave. */
GST_START_TEST (test_unreadable_piece)
{
  GstBuffer *in = gst_buffer_append (harness_make_rtp (BENCH_SSRC, 1, 50, 0x33),
      gst_buffer_new_memdup ("0123456789", 10));
  GstMemory *piece = gst_memory_ref (gst_buffer_peek_memory (in, 1));
  const guint before = harness_count_wire (harness);
  GstMapInfo map;

  fail_unless (gst_memory_map (piece, &map, GST_MAP_WRITE));
  push (in);
  fail_unless_equals_int (harness_count_wire (harness), before);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-drops/failed"), 1);
  gst_memory_unmap (piece, &map);
  gst_memory_unref (piece);

  push (harness_make_rtp (BENCH_SSRC, 1, 50, 0x33));
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 50, 0x33);
}

GST_END_TEST;

/* Lists stay lists, and may mix SSRCs and RTCP. */
GST_START_TEST (test_list)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint i = 0; i < 5; i++)
    gst_buffer_list_add (list, harness_make_rtp (BENCH_SSRC + i % 2, 100 + i,
            50 + i, i));
  gst_buffer_list_insert (list, 2, harness_make_rtcp (BENCH_SSRC));
  fail_unless_equals_int (gst_pad_push_list (harness->in->srcpad, list),
      GST_FLOW_OK);
  for (guint i = 0; i < 5; i++)
    harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC + i % 2,
        100 + i, 50 + i, i);
  fail_unless_equals_uint64 (count ("recv-count"), 5);
  fail_unless_equals_uint64 (count ("recv-rtcp-count"), 1);
}

GST_END_TEST;

/* A list that another owner has too is not written to. */
GST_START_TEST (test_shared_list)
{
  GstBufferList *list = gst_buffer_list_new (), *kept;
  GstPad *pad = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstBuffer *wire[3];

  for (guint i = 0; i < 3; i++) {
    push (harness_make_rtp (BENCH_SSRC, i, 80, i));
    gst_buffer_unref (gst_harness_pull (harness->out));
  }
  /* The same packets again: replays, but to be judged without a write. */
  for (guint i = 0; i < 3; i++) {
    wire[i] = harness_get_wire (harness, i);
    gst_buffer_list_add (list, gst_buffer_ref (wire[i]));
  }
  kept = gst_buffer_list_ref (list);
  fail_unless_equals_int (gst_pad_chain_list (pad, list), GST_FLOW_OK);
  fail_unless_equals_int (gst_buffer_list_length (kept), 3);
  for (guint i = 0; i < 3; i++) {
    GstBuffer *again = harness_get_wire (harness, i);
    GstMapInfo map;

    fail_unless (gst_buffer_list_get (kept, i) == wire[i]);
    fail_unless (gst_buffer_map (again, &map, GST_MAP_READ));
    fail_unless (gst_buffer_memcmp (wire[i], 0, map.data, map.size) == 0);
    gst_buffer_unmap (again, &map);
    gst_buffer_unref (again);
    gst_buffer_unref (wire[i]);
  }
  gst_buffer_list_unref (kept);
  fail_unless_equals_uint64 (count ("recv-drops/replayed"), 3);
  gst_object_unref (pad);
}

GST_END_TEST;

/* A tee in front of zrtpdec: the other branch keeps the packet as it came. */
GST_START_TEST (test_shared_buffer)
{
  GstBuffer *wire, *kept;
  GstMapInfo map;

  push (harness_make_rtp (BENCH_SSRC, 1, 80, 1));
  gst_buffer_unref (gst_harness_pull (harness->out));
  wire = harness_get_wire (harness, 0);
  kept = gst_buffer_copy_deep (wire);
  inject (gst_buffer_ref (wire));
  fail_unless (gst_buffer_map (kept, &map, GST_MAP_READ));
  fail_unless (gst_buffer_memcmp (wire, 0, map.data, map.size) == 0);
  gst_buffer_unmap (kept, &map);
  gst_buffer_unref (kept);
  gst_buffer_unref (wire);
}

GST_END_TEST;

/* Forged, damaged, replayed, clear, foreign: dropped, each with its cause, and
 * nothing of it is an error. */
GST_START_TEST (test_bad_input)
{
  GstBuffer *damaged;
  guint8 byte;

  push (harness_make_rtp (BENCH_SSRC, 1, 80, 1));
  gst_buffer_unref (gst_harness_pull (harness->out));
  inject (harness_get_wire (harness, 0));
  fail_unless_equals_uint64 (count ("recv-drops/replayed"), 1);

  push (harness_make_rtp (BENCH_SSRC, 2, 80, 1));
  gst_buffer_unref (gst_harness_pull (harness->out));
  damaged = harness_get_wire (harness, 1);
  gst_buffer_extract (damaged, 3, &byte, 1);
  byte++;
  gst_buffer_fill (damaged, 3, &byte, 1);
  inject (damaged);
  /* Z-4-06: nothing in the clear passes any more. */
  inject (harness_make_rtp (BENCH_SSRC, 3, 80, 1));
  fail_unless_equals_uint64 (count ("recv-drops/bad-auth"), 2);

  inject (gst_buffer_new_memdup ("\x00\x01\x00\x00\x21\x12\xa4\x42", 8));
  inject (gst_buffer_new_memdup ("\x16", 1));
  inject (gst_buffer_new ());
  fail_unless_equals_uint64 (count ("recv-drops/not-rtp"), 3);
  fail_unless_equals_int (gst_harness_buffers_in_queue (harness->out), 0);

  push (harness_make_rtp (BENCH_SSRC, 3, 80, 1));
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 3, 80, 1);
}

GST_END_TEST;

/* Each source's first packet after the keys, so that depayloaders start
 * again. */
GST_START_TEST (test_discont)
{
  GstBuffer *buffer;

  for (guint i = 0; i < 2; i++) {
    for (guint ssrc = BENCH_SSRC; ssrc < BENCH_SSRC + 2; ssrc++) {
      push (harness_make_rtp (ssrc, i, 20, 0));
      buffer = gst_harness_pull (harness->out);
      fail_unless (GST_BUFFER_IS_DISCONT (buffer) == (i == 0));
      gst_buffer_unref (buffer);
    }
  }
}

GST_END_TEST;

/* A flush is no new key: the rollover counter goes on, no keystream repeats. */
GST_START_TEST (test_flush_keeps_index)
{
  GstSegment segment;

  push (harness_make_rtp (BENCH_SSRC, 65535, 20, 1));
  push (harness_make_rtp (BENCH_SSRC, 0, 20, 2));
  gst_harness_push_event (harness->in, gst_event_new_flush_start ());
  gst_harness_push_event (harness->in, gst_event_new_flush_stop (FALSE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness->in, gst_event_new_segment (&segment));
  while (gst_harness_buffers_in_queue (harness->out) > 0)
    gst_buffer_unref (gst_harness_pull (harness->out));

  push (harness_make_rtp (BENCH_SSRC, 1, 20, 3));
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 3);
  /* The same index once more, with other contents: that must not leave. */
  push (harness_make_rtp (BENCH_SSRC, 0, 20, 4));
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-drops/repeated"), 1);
}

GST_END_TEST;

static gboolean
is_collision (GstEvent * event, guint32 ssrc)
{
  const GstStructure *s = gst_event_get_structure (event);
  guint value;

  return s && gst_structure_has_name (s, "GstRTPCollision")
      && gst_structure_get_uint (s, "ssrc", &value) && value == ssrc;
}

/* Two pads with one SSRC would repeat keystream: the second is told to choose
 * another. */
GST_START_TEST (test_collision)
{
  GstHarness *other;
  GstEvent *event;
  gboolean seen = FALSE;

  push (harness_make_rtp (BENCH_SSRC, 1, 20, 1));
  gst_buffer_unref (gst_harness_pull (harness->out));

  other = gst_harness_new_with_element (harness->enc_a, "rtp_sink_1",
      "rtp_src_1");
  gst_harness_set_src_caps_str (other, BENCH_CAPS);
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (gst_harness_push (other,
            harness_make_rtp (BENCH_SSRC, 2 + i, 20, 1)), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_buffers_received (other), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-drops/ssrc-collision"), 3);
  while ((event = gst_harness_try_pull_upstream_event (other))) {
    fail_if (seen && is_collision (event, BENCH_SSRC), "told twice");
    seen |= is_collision (event, BENCH_SSRC);
    gst_event_unref (event);
  }
  fail_unless (seen);

  fail_unless_equals_int (gst_harness_push (other,
          harness_make_rtp (BENCH_SSRC + 1, 2, 20, 1)), GST_FLOW_OK);
  fail_unless_equals_int (gst_harness_buffers_received (other), 1);
  gst_harness_teardown (other);
}

GST_END_TEST;

/* RTCP on the RTP pad (RFC 5761) is SRTCP on the wire and comes out of
 * rtcp_src. */
static GstBus *
propertywatch_bus (GstElement * element)
{
  GstBus *bus = gst_bus_new ();

  gst_element_set_bus (element, bus);
  return bus;
}

static void
assert_warned_once (GstElement * element, GstBus * bus)
{
  g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING, "1024 SSRCs"));
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
}

/* A packet each from many SSRCs takes a limited memory, on both sides; those
 * that are known go on. */
GST_START_TEST (test_too_many_sources)
{
  const guint n = 1024;
  GstBus *bus_a = propertywatch_bus (harness->enc_a), *bus_b =
      propertywatch_bus (harness->enc_b);

  for (guint i = 0; i < n; i++)
    push (harness_make_rtp (BENCH_SSRC + i, 1, 20, 1));
  fail_unless_equals_int (gst_harness_buffers_received (harness->out), n);
  for (guint i = 0; i < 50; i++)
    push (harness_make_rtp (BENCH_SSRC + n + i, 1, 20, 1));
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-drops/too-many-sources"), 50);
  fail_unless_equals_int (harness_count_wire (harness), n);
  for (guint i = 0; i < 50; i++)
    inject (harness_make_rtp (BENCH_SSRC + n + i, 1, 20, 1));
  fail_unless_equals_uint64 (count ("recv-drops/too-many-sources"), 50);
  fail_unless_equals_uint64 (count ("recv-count"), n);
  fail_unless_equals_int (endpoint_count_streams (harness->dec_b), n);
  assert_warned_once (harness->enc_a, bus_a);
  assert_warned_once (harness->enc_b, bus_b);

  push (harness_make_rtp (BENCH_SSRC, 2, 20, 1));
  push (harness_make_rtp (BENCH_SSRC + n - 1, 2, 20, 1));
  fail_unless_equals_uint64 (count ("recv-count"), n + 2);
}

GST_END_TEST;

GST_START_TEST (test_rtcp_mux)
{
  GstPad *pad = gst_element_get_static_pad (harness->dec_b, "rtcp_src");
  GstHarness *rtcp;
  GstBuffer *wire, *out;
  GstCaps *caps;

  rtcp = gst_harness_new_with_element (harness->dec_b, NULL, "rtcp_src");
  push (harness_make_rtcp (BENCH_SSRC));
  wire = harness_get_wire (harness, 0);
  fail_unless_equals_int (gst_buffer_get_size (wire), 8 + 4 + 10);
  gst_buffer_unref (wire);
  out = gst_harness_pull (rtcp);
  fail_unless_equals_int (gst_buffer_get_size (out), 8);
  gst_buffer_unref (out);
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "application/x-rtcp"));
  gst_caps_unref (caps);
  gst_object_unref (pad);
  gst_harness_teardown (rtcp);
}

GST_END_TEST;

/* RTCP on pads of its own. */
GST_START_TEST (test_rtcp_pads)
{
  GstHarness *in = gst_harness_new_with_element (harness->enc_a, "rtcp_sink_0",
      "rtcp_src_0");
  GstHarness *out = gst_harness_new_with_element (harness->dec_b, "rtcp_sink",
      "rtcp_src");
  GstBuffer *buffer;

  gst_harness_set_src_caps_str (in, "application/x-rtcp");
  gst_harness_set_src_caps_str (out, "application/x-srtcp");
  fail_unless_equals_int (gst_harness_push (in, harness_make_rtcp (BENCH_SSRC)),
      GST_FLOW_OK);
  buffer = gst_harness_pull (in);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 8 + 4 + 10);
  fail_unless_equals_int (gst_harness_push (out, buffer), GST_FLOW_OK);
  buffer = gst_harness_pull (out);
  fail_unless_equals_int (gst_buffer_get_size (buffer), 8);
  gst_buffer_unref (buffer);
  gst_harness_teardown (in);
  gst_harness_teardown (out);
}

GST_END_TEST;

static Suite *
datapath_suite (void)
{
  Suite *s = suite_create ("datapath");
  TCase *tc = tcase_create ("secure");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_encrypts);
  tcase_add_test (tc, test_pieces);
  tcase_add_test (tc, test_unreadable_piece);
  tcase_add_test (tc, test_list);
  tcase_add_test (tc, test_shared_list);
  tcase_add_test (tc, test_shared_buffer);
  tcase_add_test (tc, test_bad_input);
  tcase_add_test (tc, test_discont);
  tcase_add_test (tc, test_flush_keeps_index);
  tcase_add_test (tc, test_collision);
  tcase_add_test (tc, test_too_many_sources);
  tcase_add_test (tc, test_rtcp_mux);
  tcase_add_test (tc, test_rtcp_pads);
  return s;
}

GST_CHECK_MAIN (datapath);
