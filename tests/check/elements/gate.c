/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What happens to media, and to the end of it, before there are keys.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#include <string.h>

static Harness *harness;

/* zrtpenc says in its log when it holds something: a wait that was not entered
 * could not be seen to end. */
static GMutex log_lock;
static GCond logged;
static gboolean holding;
static GMutex stall;            /* a thread that holds something waits for it
                                 * first */

static void
listen (GstDebugCategory * category, GstDebugLevel level, const gchar * file,
    const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer unused)
{
  if (!g_str_has_prefix (gst_debug_message_get (message), "holding "))
    return;
  g_mutex_lock (&log_lock);
  holding = TRUE;
  g_cond_broadcast (&logged);
  g_mutex_unlock (&log_lock);
  g_mutex_lock (&stall);
  g_mutex_unlock (&stall);
}

static void
wait_until_held (void)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  g_mutex_lock (&log_lock);
  while (!holding)
    fail_unless (g_cond_wait_until (&logged, &log_lock, until),
        "nothing is held");
  g_mutex_unlock (&log_lock);
}

/* Once: each change of the list of log functions leaves the old one behind. */
static void
start_listening (void)
{
  static gboolean listening;

  if (listening)
    return;
  gst_debug_set_threshold_for_name ("zrtpenc", GST_LEVEL_DEBUG);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (listen, NULL, NULL);
  listening = TRUE;
}

static void
setup (void)
{
  holding = FALSE;
  start_listening ();
  harness = harness_new ();
}

static void
teardown (void)
{
  harness_free (harness);
}

static guint64
sent_drops (void)
{
  return endpoint_get_stat (harness->enc_a, "sent-drops/before-secure");
}

/* Pushes one packet; the result is the flow. */
static gpointer
push_one (gpointer unused)
{
  return GINT_TO_POINTER (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, 1, 20, 9)));
}

static gpointer
push_list (gpointer unused)
{
  GstBufferList *list = gst_buffer_list_new ();

  gst_buffer_list_add (list, harness_make_rtp (BENCH_SSRC, 1, 20, 9));
  gst_buffer_list_add (list, harness_make_rtp (BENCH_SSRC, 2, 20, 9));
  return GINT_TO_POINTER (gst_pad_push_list (harness->in->srcpad, list));
}

static GThread *
hold (GThreadFunc func)
{
  GThread *thread;

  gst_harness_set_live (harness->in, FALSE);
  thread = g_thread_new ("source", func, NULL);
  wait_until_held ();
  return thread;
}

/* A live source loses what no peer may hear. */
GST_START_TEST (test_live_is_dropped)
{
  for (guint i = 0; i < 3; i++)
    fail_unless_equals_int (gst_harness_push (harness->in,
            harness_make_rtp (BENCH_SSRC, i, 20, 9)), GST_FLOW_OK);
  fail_unless_equals_uint64 (sent_drops (), 3);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

/* ... unless it is to wait; and others need not. */
GST_START_TEST (test_property_decides)
{
  GThread *thread;

  gst_harness_set_live (harness->in, FALSE);
  gst_util_set_object_arg (G_OBJECT (harness->dec_a), "before-secure", "drop");
  fail_unless_equals_int (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, 0, 20, 9)), GST_FLOW_OK);
  fail_unless_equals_uint64 (sent_drops (), 1);

  gst_harness_set_live (harness->in, TRUE);
  gst_util_set_object_arg (G_OBJECT (harness->dec_a), "before-secure", "block");
  thread = g_thread_new ("source", push_one, NULL);
  wait_until_held ();
  harness_secure (harness);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 9);
}

GST_END_TEST;

/* Does not answer the first time, as where links are still being made. */
static gboolean
answer_late (GstPad * pad, GstObject * parent, GstQuery * query)
{
  static gint asked;

  if (GST_QUERY_TYPE (query) != GST_QUERY_LATENCY)
    return gst_pad_query_default (pad, parent, query);
  if (g_atomic_int_add (&asked, 1) == 0)
    return FALSE;
  gst_query_set_latency (query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

/* Where no element answers, one can't tell whether it is live: it is not held
 * for good. */
GST_START_TEST (test_live_is_known_late)
{
  gst_pad_set_query_function (harness->in->srcpad, answer_late);
  fail_unless_equals_int (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, 1, 20, 9)), GST_FLOW_OK);
  fail_unless_equals_uint64 (sent_drops (), 1);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

/* A file waits, and nothing of it is lost. */
GST_START_TEST (test_held_until_secure)
{
  GThread *thread = hold (push_one);

  harness_secure (harness);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 9);
  fail_unless_equals_uint64 (sent_drops (), 0);
}

GST_END_TEST;

GST_START_TEST (test_list_held_until_secure)
{
  GThread *thread = hold (push_list);

  harness_secure (harness);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 9);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 2, 20, 9);
}

GST_END_TEST;

/* Z-4-06: nothing of what was held leaves in the clear, whatever ends it. */
GST_START_TEST (test_released_by_flush)
{
  GThread *thread = hold (push_one);

  gst_harness_push_event (harness->in, gst_event_new_flush_start ());
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_FLUSHING);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

GST_START_TEST (test_released_by_state_change)
{
  GThread *thread = hold (push_one);

  fail_unless_equals_int (gst_element_set_state (harness->enc_a,
          GST_STATE_NULL), GST_STATE_CHANGE_SUCCESS);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_FLUSHING);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

GST_START_TEST (test_released_by_pad_release)
{
  GThread *thread = hold (push_one);
  GstPad *pad = gst_element_get_static_pad (harness->enc_a, "rtp_sink_0");

  gst_element_release_request_pad (harness->enc_a, pad);
  gst_object_unref (pad);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_FLUSHING);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

/* A flush that ends while the element stops: it is no permission to wait. */
static GstHarness *flushed;
static GstPad *late_out;
static GThread *late;

static gpointer
push_late (gpointer unused)
{
  return GINT_TO_POINTER (gst_pad_push (late_out,
          harness_make_rtp (BENCH_SSRC + 1, 1, 20, 9)));
}

/* Pads stop in the order in which they were made: the other is still active. */
static gboolean
flush_other (GstPad * pad, GstObject * parent, GstPadMode mode, gboolean active)
{
  GstSegment segment;

  if (active)
    return TRUE;
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (flushed, gst_event_new_flush_start ());
  gst_harness_push_event (flushed, gst_event_new_flush_stop (TRUE));
  gst_harness_push_event (flushed, gst_event_new_segment (&segment));
  late_out = flushed->srcpad;
  late = g_thread_new ("late", push_late, NULL);
  wait_until_held ();
  return TRUE;
}

GST_START_TEST (test_flushed_during_state_change)
{
  GstPad *stops_first =
      gst_element_get_static_pad (harness->enc_a, "rtp_src_0");

  flushed = gst_harness_new_with_element (harness->enc_a, "rtp_sink_1",
      "rtp_src_1");
  gst_harness_set_src_caps_str (flushed, BENCH_CAPS);
  gst_harness_set_live (flushed, FALSE);
  gst_pad_set_activatemode_function (stops_first, flush_other);
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  fail_unless (late != NULL);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (late)),
      GST_FLOW_FLUSHING);
  gst_object_unref (stops_first);
  gst_harness_teardown (flushed);
}

GST_END_TEST;

/* Nor is there any on a pad that comes too late. */
static gboolean
request_another (GstPad * pad, GstObject * parent, GstPadMode mode,
    gboolean active)
{
  GstCaps *caps;
  GstPad *sink;

  if (active)
    return TRUE;
  caps = gst_caps_from_string (BENCH_CAPS);
  sink = gst_element_request_pad_simple (harness->enc_a, "rtp_sink_2");
  late_out = gst_pad_new ("out", GST_PAD_SRC);
  fail_unless_equals_int (gst_pad_link (late_out, sink), GST_PAD_LINK_OK);
  gst_object_unref (sink);
  gst_pad_set_active (late_out, TRUE);
  gst_check_setup_events_with_stream_id (late_out, harness->enc_a, caps,
      GST_FORMAT_TIME, "late");
  gst_caps_unref (caps);
  late = g_thread_new ("late", push_late, NULL);
  wait_until_held ();
  return TRUE;
}

GST_START_TEST (test_requested_during_state_change)
{
  GstPad *stops_first =
      gst_element_get_static_pad (harness->enc_a, "rtp_src_0");

  gst_pad_set_activatemode_function (stops_first, request_another);
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  fail_unless (late != NULL);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (late)),
      GST_FLOW_FLUSHING);
  gst_object_unref (stops_first);
  gst_pad_set_active (late_out, FALSE);
  gst_object_unref (late_out);
}

GST_END_TEST;

/* A source that is taken out of a running pipeline: its thread can't stop while it
 * waits in here, and there may never be keys. */
GST_START_TEST (test_released_by_unlink)
{
  Endpoint *endpoint = endpoint_new ("( name=music " VOICE_FILE ") ! zrtpenc "
      "name=enc cache=:memory: enc.rtp_src_0 ! fakesink async=false zrtpdec");
  GstElement *music = gst_bin_get_by_name (GST_BIN (endpoint->pipeline),
      "music");

  endpoint_play (endpoint);
  wait_until_held ();
  fail_unless (gst_bin_remove (GST_BIN (endpoint->pipeline), music));
  fail_unless_equals_int (gst_element_set_state (music, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (music);
  endpoint_free (endpoint);
}

GST_END_TEST;

/* Another one in its place waits as the first did. */
GST_START_TEST (test_held_after_relink)
{
  GThread *thread = hold (push_one);
  GstPad *sink = gst_element_get_static_pad (harness->enc_a, "rtp_sink_0");

  gst_pad_unlink (harness->in->srcpad, sink);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_FLUSHING);
  fail_unless_equals_int (gst_pad_link (harness->in->srcpad, sink),
      GST_PAD_LINK_OK);
  holding = FALSE;
  thread = hold (push_one);
  harness_secure (harness);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 9);
  gst_object_unref (sink);
}

GST_END_TEST;

/* Who does not want it to wait any more need not end the call. */
GST_START_TEST (test_released_by_property)
{
  GThread *thread = hold (push_one);

  gst_util_set_object_arg (G_OBJECT (harness->dec_a), "before-secure", "drop");
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  fail_unless_equals_uint64 (sent_drops (), 1);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

/* A policy refuses the peer: there will be no keys, so nothing to wait for. */
GST_START_TEST (test_released_by_failure)
{
  GThread *thread;

  g_object_set (harness->enc_a, "require-verified", TRUE, NULL);
  thread = hold (push_one);
  gst_element_set_state (harness->enc_b, GST_STATE_PLAYING);
  harness_wait_state (harness, harness->enc_a, "failed");
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  fail_unless_equals_uint64 (sent_drops (), 1);
  fail_unless_equals_int (harness_count_wire (harness), 0);
}

GST_END_TEST;

/* Lets b's Hellos through, nothing else. */
static GstPadProbeReturn
only_hello (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  GstBuffer *buffer = gst_pad_probe_info_get_buffer (info);

  return gst_buffer_memcmp (buffer, 16, "Hello", 5) == 0 ? GST_PAD_PROBE_PASS
      : GST_PAD_PROBE_DROP;
}

static gpointer
push_eos (gpointer unused)
{
  return GINT_TO_POINTER (gst_harness_push_event (harness->in,
          gst_event_new_eos ()));
}

/* The end of a stream that may leave in the clear, while the other side still
 * needs our answers. */
static GThread *
hold_eos (gulong * probe, GstPad ** pad)
{
  GThread *thread;

  g_object_set (harness->enc_a, "require-encryption", FALSE, NULL);
  *pad = gst_element_get_static_pad (harness->enc_b, "zrtp_src");
  *probe = gst_pad_add_probe (*pad, GST_PAD_PROBE_TYPE_BUFFER, only_hello,
      NULL, NULL);
  gst_element_set_state (harness->enc_b, GST_STATE_PLAYING);
  harness_wait_state (harness, harness->enc_a, "negotiating");
  thread = g_thread_new ("source", push_eos, NULL);
  wait_until_held ();
  return thread;
}

static gboolean
got_eos (void)
{
  GstPad *pad = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  gboolean result = GST_PAD_IS_EOS (pad);

  gst_object_unref (pad);
  return result;
}

GST_START_TEST (test_eos_waits_for_replies)
{
  gulong probe;
  GstPad *pad;
  GThread *thread = hold_eos (&probe, &pad);

  fail_if (got_eos ());
  gst_pad_remove_probe (pad, probe);
  gst_object_unref (pad);
  harness_wait_state (harness, harness->enc_a, "secure");
  harness_wait_state (harness, harness->enc_b, "secure");
  fail_unless (GPOINTER_TO_INT (g_thread_join (thread)));
  fail_unless (got_eos ());
}

GST_END_TEST;

/* For a bounded time. */
GST_START_TEST (test_eos_does_not_wait_for_ever)
{
  gulong probe;
  GstPad *pad;
  GThread *thread = hold_eos (&probe, &pad);

  fail_unless (GPOINTER_TO_INT (g_thread_join (thread)));
  fail_unless (got_eos ());
  gst_object_unref (pad);
}

GST_END_TEST;

GST_START_TEST (test_eos_released_by_state_change)
{
  gulong probe;
  GstPad *pad;
  GThread *thread = hold_eos (&probe, &pad);
  gint64 before = g_get_monotonic_time ();

  gst_element_set_state (harness->enc_a, GST_STATE_NULL);
  g_thread_join (thread);
  fail_unless (g_get_monotonic_time () - before < G_USEC_PER_SEC);
  gst_object_unref (pad);
}

GST_END_TEST;

static gint ends;
static gint seqnum;             /* atomic: of the last end */

static GstPadProbeReturn
see_end (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  GstEvent *event = gst_pad_probe_info_get_event (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    g_atomic_int_set (&seqnum, gst_event_get_seqnum (event));
    g_atomic_int_inc (&ends);
    propertywatch_poke ();
  }
  return GST_PAD_PROBE_OK;
}

/* The application ends what has no source of its own, and starts again before
 * that end is out: the next stream ends when it is told to. */
GST_START_TEST (test_eos_not_in_next_stream)
{
  GstPad *pad = gst_element_get_static_pad (harness->enc_b, "zrtp_src");
  GstEvent *event = gst_event_new_eos ();
  guint32 wanted = gst_event_get_seqnum (event);

  fail_if (gst_element_send_event (harness->enc_b, gst_event_new_eos ()),
      "ended before it started");
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, see_end, NULL,
      NULL);
  harness_secure (harness);
  g_mutex_lock (&stall);
  fail_unless (gst_element_send_event (harness->enc_b, gst_event_new_eos ()));
  wait_until_held ();
  propertywatch_set_state (harness->enc_b, GST_STATE_READY);
  propertywatch_set_state (harness->enc_b, GST_STATE_PLAYING);
  g_mutex_unlock (&stall);
  fail_unless (gst_element_send_event (harness->enc_b, event));
  propertywatch_wait_counter (&ends, 1, "ends");
  fail_unless_equals_int (g_atomic_int_get (&seqnum), wanted);
  gst_object_unref (pad);
}

GST_END_TEST;

static Suite *
gate_suite (void)
{
  Suite *s = suite_create ("gate");
  TCase *tc = tcase_create ("before secure");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_live_is_dropped);
  tcase_add_test (tc, test_property_decides);
  tcase_add_test (tc, test_live_is_known_late);
  tcase_add_test (tc, test_held_until_secure);
  tcase_add_test (tc, test_list_held_until_secure);
  tcase_add_test (tc, test_released_by_flush);
  tcase_add_test (tc, test_released_by_state_change);
  tcase_add_test (tc, test_released_by_pad_release);
  tcase_add_test (tc, test_flushed_during_state_change);
  tcase_add_test (tc, test_requested_during_state_change);
  tcase_add_test (tc, test_released_by_unlink);
  tcase_add_test (tc, test_held_after_relink);
  tcase_add_test (tc, test_released_by_property);
  tcase_add_test (tc, test_released_by_failure);
  tcase_add_test (tc, test_eos_waits_for_replies);
  tcase_add_test (tc, test_eos_does_not_wait_for_ever);
  tcase_add_test (tc, test_eos_released_by_state_change);
  tcase_add_test (tc, test_eos_not_in_next_stream);
  return s;
}

GST_CHECK_MAIN (gate);
