/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What applications get wrong: names, caps, links and the order of things. They
 * are told as by any other element; nothing crashes, hangs or leaves in clear.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

/* -- Requests -- */

static GstPad *
request (GstElement * element, const char *template, const char *name)
{
  return gst_element_request_pad (element,
      gst_element_get_pad_template (element, template), name, NULL);
}

GST_START_TEST (test_names)
{
  static const char *const bad[] = { "rtp_sink_", "rtp_sink_x", "rtp_sink_-1",
    "rtp_sink_4294967296", "rtp_sink_0x", "rtp_sink", "rtp_src_0", "sink",
    "zrtp_src_0", "send_rtp_sink_0"
  };
  GstElement *enc = propertywatch_make ("zrtpenc", "names");
  GstPad *pad;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    fail_unless (gst_element_request_pad_simple (enc, bad[i]) == NULL, "%s",
        bad[i]);
  fail_unless_equals_int (GST_ELEMENT (enc)->numpads, 0);
  pad = gst_element_request_pad_simple (enc, "rtp_sink_4294967295");
  fail_unless (pad != NULL);
  gst_element_release_request_pad (enc, pad);
  gst_object_unref (pad);
  propertywatch_drop (enc);
}

GST_END_TEST;

/* Without a name, or with the template's as gst_element_request_pad_simple() and
 * many applications have it: the next free number. */
GST_START_TEST (test_no_names)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "no-names");
  const char *const names[] = { NULL, "rtp_sink_%u" };
  GstPad *pads[4];

  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    char *wanted = g_strdup_printf ("rtp_sink_%u", i);

    pads[i] = i < 2 ? request (enc, "rtp_sink_%u", names[i])
        : gst_element_request_pad_simple (enc, "rtp_sink_%u");
    fail_unless (pads[i] != NULL);
    fail_unless_equals_string (GST_PAD_NAME (pads[i]), wanted);
    g_free (wanted);
  }
  gst_element_release_request_pad (enc, pads[1]);
  gst_object_unref (pads[1]);
  pads[1] = request (enc, "rtp_sink_%u", NULL);
  fail_unless_equals_string (GST_PAD_NAME (pads[1]), "rtp_sink_1");
  for (guint i = 0; i < G_N_ELEMENTS (pads); i++)
    gst_object_unref (pads[i]);
  propertywatch_drop (enc);
}

GST_END_TEST;

/* GStreamer itself complains about it, whatever the element; this one gives no
 * second pad, and the first is as good as before. */
GST_START_TEST (test_requested_twice)
{
  static const char *const names[] = { "rtp_sink_3", "rtcp_sink_3",
    "zrtp_src"
  };
  GstElement *enc = propertywatch_make ("zrtpenc", "twice");
  GLogLevelFlags fatal;

  fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GstPad *pad = gst_element_request_pad_simple (enc, names[i]);
    GstPad *other = NULL;

    fail_unless (pad != NULL);
    ASSERT_CRITICAL (other = gst_element_request_pad_simple (enc, names[i]));
    fail_unless (other == NULL);
    other = gst_element_get_static_pad (enc, names[i]);
    fail_unless (other == pad);
    gst_object_unref (other);
    gst_element_release_request_pad (enc, pad);
    fail_unless (gst_element_get_static_pad (enc, names[i]) == NULL);
    gst_object_unref (pad);
  }
  g_log_set_always_fatal (fatal);
  fail_unless_equals_int (enc->numpads, 0);
  propertywatch_drop (enc);
}

GST_END_TEST;

#define N_THREADS 4
#define N_PADS 100

static gint waiting;            /* atomic: threads that have yet to start */

static gpointer
request_many (gpointer enc)
{
  g_atomic_int_add (&waiting, -1);
  while (g_atomic_int_get (&waiting) > 0);
  for (guint i = 0; i < N_PADS; i++) {
    GstPad *pad = gst_element_request_pad_simple (enc, "rtp_sink_%u");

    fail_unless (pad != NULL);
    if (i % 2)
      gst_element_release_request_pad (enc, pad);
    gst_object_unref (pad);
  }
  return NULL;
}

/* No thread gets a number that another thread just got, or is giving back. */
GST_START_TEST (test_requested_at_once)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "at-once");
  GThread *threads[N_THREADS];

  waiting = N_THREADS;
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("application", request_many, enc);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  fail_unless_equals_int (enc->numsinkpads, N_THREADS * N_PADS / 2);
  fail_unless_equals_int (enc->numsrcpads, N_THREADS * N_PADS / 2);
  propertywatch_drop (enc);
}

GST_END_TEST;

/* -- Caps -- */

/* Refused at the pad, and what was agreed before still counts. */
GST_START_TEST (test_wrong_caps)
{
  static const char *const wrong[] = { "audio/x-raw", "application/x-srtp",
    "application/x-rtcp", "text/plain"
  };
  Harness *harness = harness_new ();
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstPad *in = gst_element_get_static_pad (harness->enc_a, "rtp_sink_0");

  harness_secure (harness);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    GstCaps *caps = gst_caps_from_string (wrong[i]);

    fail_if (gst_pad_send_event (in, gst_event_new_caps (caps)), "%s",
        wrong[i]);
    if (i != 1)
      fail_if (gst_pad_send_event (sink, gst_event_new_caps (caps)), "%s",
          wrong[i]);
    gst_caps_unref (caps);
  }
  fail_unless_equals_int (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, 1, 20, 1)), GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 1);
  gst_object_unref (in);
  gst_object_unref (sink);
  harness_free (harness);
}

GST_END_TEST;

/* Links that make no sense are refused when they are made. */
GST_START_TEST (test_wrong_links)
{
  Endpoint *e = endpoint_new ("audiotestsrc name=raw fakesink name=sink "
      "rtppcmapay name=pay rtppcmadepay name=depay zrtpenc name=enc "
      "cache=:memory: zrtpdec name=dec");
  GstBin *bin = GST_BIN (e->pipeline);
  GstElement *raw = gst_bin_get_by_name (bin, "raw");
  GstElement *pay = gst_bin_get_by_name (bin, "pay");
  GstElement *depay = gst_bin_get_by_name (bin, "depay");

  fail_if (gst_element_link_pads (raw, "src", e->enc, "rtp_sink_0"));
  fail_if (gst_element_link_pads (raw, "src", e->dec, "rtp_sink"));
  fail_if (gst_element_link_pads (pay, "src", e->enc, "rtcp_sink_0"));
  fail_if (gst_element_link_pads (pay, "src", e->dec, "rtcp_sink"));
  fail_if (gst_element_link_pads (e->dec, "rtcp_src", depay, "sink"));
  fail_unless (gst_element_link_pads (pay, "src", e->enc, "rtp_sink_0"));
  /* What is encrypted is no RTP to a depayloader. */
  fail_if (gst_element_link_pads (e->enc, "rtp_src_0", depay, "sink"));
  gst_object_unref (raw);
  gst_object_unref (pay);
  gst_object_unref (depay);
  endpoint_free (e);
}

GST_END_TEST;

/* -- Missing links -- */

static const char *const loose[] = {
  "zrtpenc cache=:memory: zrtpdec",
  "zrtpenc name=enc cache=:memory: zrtpdec enc.zrtp_src ! fakesink async=false",
  /* no way in */
  VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! fakesink "
      "async=false zrtpdec",
  /* no way out of the decoder */
  "audiotestsrc is-live=true ! alawenc ! rtppcmapay ! zrtpdec zrtpenc "
      "cache=:memory:",
  /* RTCP alone */
  "fakesrc is-live=true do-timestamp=true sizetype=fixed sizemax=8 filltype=zero "
      "! application/x-rtcp ! zrtpenc name=enc cache=:memory: "
      "enc.rtcp_src_0 ! fakesink async=false zrtpdec"
};

/* Up and down through all states, with whatever is not linked. */
GST_START_TEST (test_loose_ends)
{
  Endpoint *e = endpoint_new ("%s", loose[__i__]);

  for (guint i = 0; i < 5; i++) {
    propertywatch_set_state (e->pipeline, GST_STATE_READY);
    propertywatch_set_state (e->pipeline, GST_STATE_PAUSED);
    propertywatch_set_state (e->pipeline, GST_STATE_PLAYING);
    propertywatch_set_state (e->pipeline,
        i % 2 ? GST_STATE_NULL : GST_STATE_PAUSED);
    propertywatch_set_state (e->pipeline, GST_STATE_NULL);
  }
  endpoint_free (e);
}

GST_END_TEST;

/* A source whose packets can't go anywhere stops with the error that it has
 * behind any element. */
GST_START_TEST (test_no_way_out)
{
  Harness *harness = harness_new ();
  GstHarness *h;
  GstPad *pad;

  harness_secure (harness);
  pad = gst_element_request_pad_simple (harness->enc_a, "rtp_sink_9");
  h = gst_harness_new_with_element (harness->enc_a, "rtp_sink_9", NULL);
  gst_harness_set_src_caps_str (h, BENCH_CAPS);
  fail_unless_equals_int (gst_harness_push (h, harness_make_rtp (77, 1, 20, 1)),
      GST_FLOW_NOT_LINKED);
  gst_object_unref (pad);
  gst_harness_teardown (h);
  harness_free (harness);
}

GST_END_TEST;

/* -- Pads released while data flows -- */

typedef struct
{
  GstPad *out;                  /* feeds the pad that is released */
  gint pushed;                  /* atomic: packets */
  guint32 ssrc;
} Feeder;

static gpointer
feed (gpointer data)
{
  Feeder *feeder = data;
  GstFlowReturn ret = GST_FLOW_OK;

  for (guint16 seq = 0; ret == GST_FLOW_OK; seq++) {
    ret =
        gst_pad_push (feeder->out, harness_make_rtp (feeder->ssrc, seq, 40, 0));
    g_atomic_int_inc (&feeder->pushed);
    propertywatch_poke ();
  }
  return GINT_TO_POINTER (ret);
}

static void
start_stream (GstPad * pad)
{
  GstCaps *caps = gst_caps_from_string (BENCH_CAPS);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_set_active (pad, TRUE);
  gst_pad_push_event (pad, gst_event_new_stream_start ("feeder"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

/* The thread that pushes gets out, and the other media do not notice. With and
 * without keys, so that the release comes upon every step. */
GST_START_TEST (test_released)
{
  gboolean secure = __i__ == 1;
  Harness *harness = harness_new ();

  if (secure)
    harness_secure (harness);
  for (guint round = 0; round < 50; round++) {
    Feeder feeder = { gst_pad_new ("out", GST_PAD_SRC), 0, 1000 + round };
    GstPad *sink =
        gst_element_request_pad_simple (harness->enc_a, "rtp_sink_5");
    GstPad *src = gst_element_get_static_pad (harness->enc_a, "rtp_src_5");
    GstHarness *net = gst_harness_new_with_element (harness->enc_a, NULL,
        "rtp_src_5");
    GstFlowReturn ret;
    GThread *thread;

    fail_unless_equals_int (gst_pad_link (feeder.out, sink), GST_PAD_LINK_OK);
    start_stream (feeder.out);
    thread = g_thread_new ("feeder", feed, &feeder);
    /* Not yet secure, this one waits in there: no element said that it is
     * live. */
    propertywatch_wait_counter (&feeder.pushed, secure ? round % 4 : 0,
        "pushed");
    gst_element_release_request_pad (harness->enc_a, sink);
    ret = GPOINTER_TO_INT (g_thread_join (thread));
    fail_unless (ret == GST_FLOW_FLUSHING || ret == GST_FLOW_NOT_LINKED, "%s",
        gst_flow_get_name (ret));
    gst_harness_teardown (net);
    gst_object_unref (sink);
    gst_object_unref (src);
    gst_pad_set_active (feeder.out, FALSE);
    gst_object_unref (feeder.out);
  }
  if (!secure)
    harness_secure (harness);
  fail_unless_equals_int (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, 1, 20, 1)), GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, 1, 20, 1);
  harness_free (harness);
}

GST_END_TEST;

/* -- Released where it hurts -- */

static gint blocked;

static GstPadProbeReturn
block (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  g_atomic_int_set (&blocked, TRUE);
  propertywatch_poke ();
  return GST_PAD_PROBE_OK;
}

static gpointer
push_packet (gpointer out)
{
  return GINT_TO_POINTER (gst_pad_push (out, harness_make_rtp (77, 1, 20, 1)));
}

/* Feeds "rtp_sink_5" of @enc, which it requests. */
static GstPad *
make_feeder (GstElement * enc)
{
  GstPad *sink = gst_element_request_pad_simple (enc, "rtp_sink_5");
  GstPad *out = gst_pad_new ("out", GST_PAD_SRC);

  fail_unless_equals_int (gst_pad_link (out, sink), GST_PAD_LINK_OK);
  start_stream (out);
  gst_object_unref (sink);
  return out;
}

static void
release (GstElement * enc)
{
  GstPad *sink = gst_element_get_static_pad (enc, "rtp_sink_5");

  gst_element_release_request_pad (enc, sink);
  gst_object_unref (sink);
}

/* The application holds what leaves, as it does to change links, and then does
 * away with all of it. */
GST_START_TEST (test_released_while_blocked)
{
  Harness *harness = harness_new ();
  GstPad *out, *src;
  GThread *thread;

  harness_secure (harness);
  out = make_feeder (harness->enc_a);
  src = gst_element_get_static_pad (harness->enc_a, "rtp_src_5");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BLOCK | GST_PAD_PROBE_TYPE_BUFFER,
      block, NULL, NULL);
  thread = g_thread_new ("feeder", push_packet, out);
  propertywatch_wait_counter (&blocked, TRUE, "packets held");
  release (harness->enc_a);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_FLUSHING);
  gst_object_unref (src);
  gst_pad_set_active (out, FALSE);
  gst_object_unref (out);
  harness_free (harness);
}

GST_END_TEST;

static void
note_end (gpointer ended, GObject * pad)
{
  *(gboolean *) ended = TRUE;
}

static GstPadProbeReturn
release_inside (GstPad * pad, GstPadProbeInfo * info, gpointer enc)
{
  gboolean ended = FALSE;

  g_object_weak_ref (G_OBJECT (pad), note_end, &ended);
  release (enc);
  fail_if (ended, "the pad is gone in the middle of a push on it");
  g_object_weak_unref (G_OBJECT (pad), note_end, &ended);
  return GST_PAD_PROBE_DROP;
}

/* From the thread that pushes, so that no thread can wait for it to get out. */
GST_START_TEST (test_released_inside)
{
  Harness *harness = harness_new ();
  GstPad *out, *src;

  harness_secure (harness);
  out = make_feeder (harness->enc_a);
  src = gst_element_get_static_pad (harness->enc_a, "rtp_src_5");
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, release_inside, harness->enc_a, NULL);
  gst_object_unref (src);
  if (__i__) {
    GstBufferList *list = gst_buffer_list_new ();

    gst_buffer_list_add (list, harness_make_rtp (77, 1, 20, 1));
    gst_pad_push_list (out, list);
  } else {
    push_packet (out);
  }
  fail_unless (gst_element_get_static_pad (harness->enc_a,
          "rtp_src_5") == NULL);
  gst_pad_set_active (out, FALSE);
  gst_object_unref (out);
  harness_free (harness);
}

GST_END_TEST;

/* -- Dropped while it runs -- */

/* GStreamer complains; the partner and its next one are none the worse. */
GST_START_TEST (test_dropped_while_running)
{
  GstElement *partner =
      propertywatch_make (__i__ ? "zrtpenc" : "zrtpdec", "dropped");
  const char *type = __i__ ? "zrtpdec" : "zrtpenc";
  GstElement *element = propertywatch_make (type, "dropped");
  GList *pads = NULL, *sinks = NULL, *sources = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  g_object_set (partner, "cache", ":memory:", NULL);
  if (!__i__)
    gst_object_unref (gst_element_request_pad_simple (element, "zrtp_src"));
  propertywatch_set_state (partner, GST_STATE_PLAYING);
  propertywatch_set_state (element, GST_STATE_PLAYING);
  /* Those of the template that are always there GStreamer leaves behind. */
  if (__i__) {
    pads = element->pads;
    sinks = element->sinkpads;
    sources = element->srcpads;
  }
  ASSERT_CRITICAL (gst_object_unref (element));
  g_list_free_full (pads, (GDestroyNotify) gst_object_unparent);
  g_list_free (sinks);
  g_list_free (sources);

  element = propertywatch_make (type, "dropped");
  propertywatch_set_state (element, GST_STATE_PLAYING);
  propertywatch_assert_same (element, partner, "hello-hash");
  propertywatch_drop (element);
  propertywatch_drop (partner);
}

GST_END_TEST;

static Suite *
misuse_suite (void)
{
  Suite *s = suite_create ("misuse");
  TCase *tc = tcase_create ("misuse");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_names);
  tcase_add_test (tc, test_no_names);
  tcase_add_test (tc, test_requested_twice);
  tcase_add_test (tc, test_requested_at_once);
  tcase_add_test (tc, test_wrong_caps);
  tcase_add_test (tc, test_wrong_links);
  tcase_add_loop_test (tc, test_loose_ends, 0, G_N_ELEMENTS (loose));
  tcase_add_test (tc, test_no_way_out);
  tcase_add_loop_test (tc, test_released, 0, 2);
  tcase_add_test (tc, test_released_while_blocked);
  tcase_add_loop_test (tc, test_released_inside, 0, 2);
  tcase_add_loop_test (tc, test_dropped_while_running, 0, 2);
  return s;
}

GST_CHECK_MAIN (misuse);
