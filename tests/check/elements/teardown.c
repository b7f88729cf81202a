/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An element of a pair stops or leaves while the other one runs: keys, rollover
 * counters and the Hello stay for the next call.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#define SIZE 160

/* Pads that were inactive have forgotten their events; as new ones they get
 * them. */
static void
relink (GstPad * src, GstPad * sink)
{
  gst_pad_unlink (src, sink);
  fail_unless_equals_int (gst_pad_link_full (src, sink,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
}

static void
link_decoder (Harness * harness, GstElement * dec)
{
  GstPad *src = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  GstPad *sink = gst_element_get_static_pad (dec, "rtp_sink");
  GstPad *old = gst_pad_get_peer (src);

  if (old) {
    gst_pad_unlink (src, old);
    gst_object_unref (old);
  }
  relink (src, sink);
  gst_object_unref (src);
  gst_object_unref (sink);
}

static void
push (Harness * harness, guint16 seq)
{
  fail_unless_equals_int (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, seq, SIZE, seq)), GST_FLOW_OK);
}

static void
assert_heard (GstHarness * out, guint16 seq)
{
  GstBuffer *buffer = gst_harness_pull (out);

  fail_unless (buffer != NULL, "packet %u was not understood", seq);
  harness_check_rtp (buffer, BENCH_SSRC, seq, SIZE, seq);
}

/* Secure, and over the first end of the sequence numbers: a counter that starts
 * again can't go on from here. */
static Harness *
make_bench (void)
{
  Harness *harness = harness_new ();

  harness_secure (harness);
  for (guint seq = 0xfffd; seq <= 0x10001; seq++) {
    push (harness, seq);
    assert_heard (harness->out, seq);
  }
  return harness;
}

static guint
get_roc (GstElement * element)
{
  GstStructure *stats;
  const GstStructure *stream;
  guint roc = 0;

  g_object_get (element, "stats", &stats, NULL);
  stream = gst_value_get_structure (gst_value_array_get_value
      (gst_structure_get_value (stats, "streams"), 0));
  fail_unless (gst_structure_get_uint (stream, "roc", &roc));
  gst_structure_free (stats);
  return roc;
}

/* What stays as it is. */
typedef struct
{
  GBytes *key;
  char *hash;
  guint64 sent;
} Before;

static Before
remember (GstElement * element)
{
  Before before;

  g_object_get (element, "exported-key", &before.key, "hello-hash",
      &before.hash, NULL);
  before.sent = endpoint_get_stat (element, "zrtp-sent");
  return before;
}

static void
assert_same (GstElement * element, Before before)
{
  Before now = remember (element);

  propertywatch_assert (element, "state", "secure");
  fail_unless (now.key && g_bytes_equal (now.key, before.key));
  fail_unless_equals_string (now.hash, before.hash);
  fail_unless_equals_uint64 (now.sent, before.sent);
  g_bytes_unref (now.key);
  g_bytes_unref (before.key);
  g_free (now.hash);
  g_free (before.hash);
}

/* By way of READY and NULL. */
GST_START_TEST (test_decoder_returns)
{
  Harness *harness = make_bench ();
  Before before = remember (harness->enc_b);

  propertywatch_set_state (harness->dec_b,
      __i__ ? GST_STATE_NULL : GST_STATE_READY);
  /* No thread listens to this one. */
  fail_if (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, 2, SIZE, 2)) == GST_FLOW_ERROR);
  propertywatch_set_state (harness->dec_b, GST_STATE_PLAYING);
  link_decoder (harness, harness->dec_b);
  push (harness, 3);
  assert_heard (harness->out, 3);
  fail_unless_equals_int (get_roc (harness->dec_b), 1);
  assert_same (harness->enc_b, before);
  harness_free (harness);
}

GST_END_TEST;

/* Nor does it ever use a packet index twice. */
GST_START_TEST (test_encoder_returns)
{
  Harness *harness = make_bench ();
  Before before = remember (harness->dec_a);
  GstPad *sink = gst_element_get_static_pad (harness->enc_a, "rtp_sink_0");

  propertywatch_set_state (harness->enc_a,
      __i__ ? GST_STATE_NULL : GST_STATE_READY);
  propertywatch_assert (harness->dec_a, "state", "secure");
  propertywatch_set_state (harness->enc_a, GST_STATE_PLAYING);
  relink (harness->in->srcpad, sink);
  push (harness, 2);
  assert_heard (harness->out, 2);
  fail_unless_equals_int (get_roc (harness->enc_a), 1);
  assert_same (harness->dec_a, before);

  push (harness, 1);
  fail_unless_equals_int (gst_harness_buffers_in_queue (harness->out), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-drops/repeated"), 1);
  gst_object_unref (sink);
  harness_free (harness);
}

GST_END_TEST;

/* Another element in its place, as when an application rebuilds its receiving
 * branch. */
GST_START_TEST (test_decoder_replaced)
{
  Harness *harness = make_bench ();
  Before before = remember (harness->enc_b);
  char *session_id = propertywatch_get (harness->dec_b, "session-id");
  GstElement *dec = propertywatch_make ("zrtpdec", session_id);
  GstHarness *out;

  propertywatch_set_state (harness->dec_b, GST_STATE_NULL);
  out = gst_harness_new_with_element (dec, NULL, "rtp_src");
  link_decoder (harness, dec);
  push (harness, 2);
  assert_heard (out, 2);
  propertywatch_assert (dec, "state", "secure");
  fail_unless_equals_int (get_roc (dec), 1);
  assert_same (harness->enc_b, before);
  g_free (session_id);
  gst_harness_teardown (out);
  propertywatch_drop (dec);
  harness_free (harness);
}

GST_END_TEST;

/* The same of the sending branch: its source has the SSRC that it had. */
GST_START_TEST (test_encoder_replaced)
{
  Harness *harness = make_bench ();
  Before before = remember (harness->dec_a);
  char *session_id = propertywatch_get (harness->enc_a, "session-id");
  GstElement *enc = propertywatch_make ("zrtpenc", session_id);
  GstPad *old = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstHarness *in;
  GstPad *src;

  propertywatch_set_state (harness->enc_a, GST_STATE_NULL);
  gst_object_unref (gst_element_request_pad_simple (enc, "rtp_sink_0"));
  src = gst_element_get_static_pad (enc, "rtp_src_0");
  gst_pad_unlink (old, sink);
  relink (src, sink);
  in = gst_harness_new_with_element (enc, "rtp_sink_0", NULL);
  gst_harness_set_src_caps_str (in, BENCH_CAPS);
  fail_unless_equals_int (gst_harness_push (in,
          harness_make_rtp (BENCH_SSRC, 2, SIZE, 2)), GST_FLOW_OK);
  fail_unless_equals_uint64 (endpoint_get_stat (enc,
          "sent-drops/ssrc-collision"), 0);
  assert_heard (harness->out, 2);
  fail_unless_equals_int (get_roc (enc), 1);
  assert_same (harness->dec_a, before);
  g_free (session_id);
  gst_object_unref (old);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_harness_teardown (in);
  propertywatch_drop (enc);
  harness_free (harness);
}

GST_END_TEST;

/* The last one takes the keys along. */
GST_START_TEST (test_last_one_leaves)
{
  Harness *harness = make_bench ();
  GBytes *key;

  propertywatch_set_state (harness->dec_b, GST_STATE_READY);
  propertywatch_set_state (harness->enc_b, GST_STATE_READY);
  g_object_get (harness->enc_b, "exported-key", &key, NULL);
  fail_unless (key == NULL);
  propertywatch_assert (harness->enc_b, "state", "idle");
  propertywatch_assert (harness->enc_b, "sas", "");
  /* What a still sends can't be read any more, and does not pass unread. */
  propertywatch_set_state (harness->dec_b, GST_STATE_PLAYING);
  link_decoder (harness, harness->dec_b);
  push (harness, 2);
  fail_unless_equals_int (gst_harness_buffers_in_queue (harness->out), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->dec_b,
          "recv-drops/before-secure"), 1);
  harness_free (harness);
}

GST_END_TEST;

/* What was counted can be read when the call is over; the next counts again. */
GST_START_TEST (test_counts)
{
  static const char *const counts[] = { "zrtp-sent", "zrtp-received",
    "recv-count", "recv-octets", "recv-drop-count", "sent-count"
  };
  Harness *harness = make_bench ();
  GstPad *src = gst_element_get_static_pad (harness->enc_b, "zrtp_src");
  GstPad *sink = gst_element_get_static_pad (harness->dec_a, "rtp_sink");
  GstPad *in = gst_element_get_static_pad (harness->dec_b, "rtp_sink");

  fail_unless_equals_int (gst_pad_chain (in, harness_get_wire (harness, 0)),
      GST_FLOW_OK);
  propertywatch_set_state (harness->dec_b, GST_STATE_READY);
  propertywatch_set_state (harness->enc_b, GST_STATE_READY);
  for (guint i = 0; i < 5; i++)
    fail_if (endpoint_get_stat (harness->enc_b, counts[i]) == 0, "%s",
        counts[i]);
  fail_unless_equals_int (endpoint_count_streams (harness->enc_b), 1);

  /* So that it does not say Hello at once. */
  gst_pad_unlink (src, sink);
  propertywatch_set_state (harness->dec_b, GST_STATE_PLAYING);
  propertywatch_set_state (harness->enc_b, GST_STATE_PLAYING);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    fail_unless (endpoint_get_stat (harness->enc_b, counts[i]) == 0, "%s",
        counts[i]);
  fail_unless_equals_int (endpoint_count_streams (harness->enc_b), 0);

  /* a is in its first call still. */
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a, "sent-count"),
      5);
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  propertywatch_set_state (harness->enc_a, GST_STATE_PLAYING);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a, "sent-count"),
      5);
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  propertywatch_set_state (harness->dec_a, GST_STATE_READY);
  propertywatch_set_state (harness->enc_a, GST_STATE_PLAYING);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a, "sent-count"),
      0);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_object_unref (in);
  harness_free (harness);
}

GST_END_TEST;

/* -- Who is still at it -- */

static gint held_up, may_go;

static GstPadProbeReturn
hold_up (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  if (g_atomic_int_compare_and_exchange (&held_up, FALSE, TRUE)) {
    propertywatch_poke ();
    propertywatch_wait_counter (&may_go, 1, "leaves to go");
  }
  return GST_PAD_PROBE_OK;
}

static gpointer
let_go (gpointer unused)
{
  /* Longer than it takes to come down and up without waiting. */
  g_usleep (G_USEC_PER_SEC / 10);
  g_atomic_int_set (&may_go, TRUE);
  propertywatch_poke ();
  return NULL;
}

/* A Hello of the last run is still in the hands of the thread that pushes it when
 * the next run begins. It must not come before that run's events. */
GST_START_TEST (test_late_push)
{
  Endpoint *endpoint = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! fakesink async=false zrtpdec");
  GstPad *src = gst_element_get_static_pad (endpoint->enc, "rtp_src_0");
  GThread *thread;

  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER, hold_up, NULL, NULL);
  endpoint_play (endpoint);
  propertywatch_wait_counter (&held_up, 1, "pushes");
  thread = g_thread_new ("let go", let_go, NULL);
  propertywatch_set_state (endpoint->pipeline, GST_STATE_READY);
  propertywatch_set_state (endpoint->pipeline, GST_STATE_PAUSED);
  g_thread_join (thread);
  endpoint_play (endpoint);
  endpoint_wait_state (endpoint, "discovering");
  gst_object_unref (src);
  endpoint_free (endpoint);
}

GST_END_TEST;

static Suite *
teardown_suite (void)
{
  Suite *s = suite_create ("teardown");
  TCase *tc = tcase_create ("leaving");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_decoder_returns, 0, 2);
  tcase_add_loop_test (tc, test_encoder_returns, 0, 2);
  tcase_add_test (tc, test_decoder_replaced);
  tcase_add_test (tc, test_encoder_replaced);
  tcase_add_test (tc, test_last_one_leaves);
  tcase_add_test (tc, test_counts);
  tcase_add_test (tc, test_late_push);
  return s;
}

GST_CHECK_MAIN (teardown);
