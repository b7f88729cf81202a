/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP sources that come back, resume, repeat themselves or share an SSRC: packets
 * are dropped for good reason, and the application is told once.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#define SIZE 160
/* More packets than it takes until a WARNING. */
#define MANY 200

static Harness *harness;
static GstBus *bus_a, *bus_b;

static void
setup (void)
{
  harness = harness_new ();
  bus_a = gst_bus_new ();
  bus_b = gst_bus_new ();
  gst_element_set_bus (harness->enc_a, bus_a);
  gst_element_set_bus (harness->enc_b, bus_b);
  harness_secure (harness);
}

static void
teardown (void)
{
  /* A message on the bus of its element keeps both. */
  gst_bus_set_flushing (bus_a, TRUE);
  gst_bus_set_flushing (bus_b, TRUE);
  harness_free (harness);
  gst_object_unref (bus_a);
  gst_object_unref (bus_b);
}

static void
push (guint16 seq)
{
  fail_unless_equals_int (gst_harness_push (harness->in,
          harness_make_rtp (BENCH_SSRC, seq, SIZE, seq)), GST_FLOW_OK);
}

static void
push_heard (guint16 seq)
{
  push (seq);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, seq, SIZE,
      seq);
}

static void
wait_for_warning (GstBus * bus, const char *part)
{
  char *text = propertywatch_pop (bus, GST_MESSAGE_WARNING, part);

  g_free (text);
}

static guint
count_collisions (GstHarness * source)
{
  GstEvent *event;
  guint n = 0;

  while ((event = gst_harness_try_pull_upstream_event (source))) {
    const GstStructure *fields = gst_event_get_structure (event);

    if (fields && gst_structure_has_name (fields, "GstRTPCollision")) {
      guint ssrc = 0;

      fail_unless (gst_structure_get_uint (fields, "ssrc", &ssrc));
      fail_unless_equals_uint64 (ssrc, BENCH_SSRC);
      n++;
    }
    gst_event_unref (event);
  }
  return n;
}

/* A source that was good only fails: one WARNING after some seconds, none when it
 * was a burst, none more. */
GST_START_TEST (test_failing)
{
  const gint64 start = g_get_monotonic_time ();
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstMessage *message = NULL;

  for (guint seq = 1; seq <= 3; seq++)
    push_heard (seq);
  for (guint i = 0; i < MANY; i++)
    gst_pad_chain (sink, harness_get_wire (harness, 1));
  push_heard (4);
  propertywatch_assert_none (bus_b, GST_MESSAGE_WARNING, NULL);

  while (!message) {
    fail_unless (g_get_monotonic_time () - start < PATIENCE / 1000,
        "no WARNING");
    gst_pad_chain (sink, harness_get_wire (harness, 1));
    message = gst_bus_pop_filtered (bus_b, GST_MESSAGE_WARNING);
    g_thread_yield ();
  }
  gst_message_unref (message);
  for (guint i = 0; i < MANY; i++)
    gst_pad_chain (sink, harness_get_wire (harness, 1));
  push_heard (5);
  propertywatch_set_state (harness->dec_b, GST_STATE_READY);
  propertywatch_assert_none (bus_b, GST_MESSAGE_WARNING, NULL);
  gst_object_unref (sink);
}

GST_END_TEST;

/* A source resumes at a lower sequence number and can't change its SSRC. */
GST_START_TEST (test_resumed)
{
  for (guint seq = 9000; seq < 9100; seq++)
    push_heard (seq);
  for (guint i = 0; i < MANY; i++)
    push (5000 + i);
  fail_unless_equals_int (count_collisions (harness->in), 1);
  wait_for_warning (bus_a, "resumed at a lower sequence number");
  fail_unless_equals_int (gst_harness_buffers_in_queue (harness->out), 0);

  /* It is asked each time, the application is told once. */
  push_heard (9100);
  for (guint i = 0; i < MANY; i++)
    push (5000 + i);
  fail_unless_equals_int (count_collisions (harness->in), 1);
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  propertywatch_assert_none (bus_a, GST_MESSAGE_WARNING, NULL);
}

GST_END_TEST;

/* The same in lists. */
GST_START_TEST (test_resumed_in_lists)
{
  GstPad *src = harness->in->srcpad;

  push_heard (9000);
  for (guint i = 0; i < MANY / 10; i++) {
    GstBufferList *list = gst_buffer_list_new ();

    for (guint j = 0; j < 10; j++)
      gst_buffer_list_add (list, harness_make_rtp (BENCH_SSRC,
              5000 + 10 * i + j, SIZE, 1));
    fail_unless_equals_int (gst_pad_push_list (src, list), GST_FLOW_OK);
  }
  fail_unless_equals_int (count_collisions (harness->in), 1);
  wait_for_warning (bus_a, "resumed at a lower sequence number");
}

GST_END_TEST;

/* A payloader with a fixed SSRC and first number goes to READY and back: it takes
 * another SSRC, and its media goes on. */
GST_START_TEST (test_payloader_resumed)
{
  GstElement *pay = gst_element_factory_make ("rtppcmapay", NULL);
  GstPad *sink = gst_element_get_static_pad (harness->enc_a, "rtp_sink_0");
  GstPad *src = gst_element_get_static_pad (pay, "src");
  guint32 ssrc = BENCH_SSRC;
  GstHarness *in;

  g_object_set (pay, "ssrc", BENCH_SSRC, "seqnum-offset", 1000, NULL);
  gst_pad_unlink (harness->in->srcpad, sink);
  in = gst_harness_new_with_element (pay, "sink", NULL);
  fail_unless_equals_int (gst_pad_link (src, sink), GST_PAD_LINK_OK);

  for (guint run = 0; run < 2; run++) {
    gst_harness_play (in);
    gst_harness_set_src_caps_str (in, "audio/x-alaw,rate=8000,channels=1");
    for (guint i = 0; i < 50; i++) {
      GstBuffer *buffer = gst_harness_create_buffer (in, SIZE);

      gst_buffer_memset (buffer, 0, 0x55, SIZE);
      GST_BUFFER_PTS (buffer) = i * 20 * GST_MSECOND;
      fail_unless_equals_int (gst_harness_push (in, buffer), GST_FLOW_OK);
      while ((buffer = gst_harness_try_pull (harness->out))) {
        gst_buffer_extract (buffer, 8, &ssrc, sizeof ssrc);
        ssrc = GUINT32_FROM_BE (ssrc);
        gst_buffer_unref (buffer);
      }
    }
    fail_unless (run == 1 ? ssrc != BENCH_SSRC : ssrc == BENCH_SSRC,
        "SSRC %08x in run %u", ssrc, run);
    if (run == 0)
      propertywatch_set_state (pay, GST_STATE_READY);
  }
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  propertywatch_assert_none (bus_a, GST_MESSAGE_WARNING, NULL);
  gst_object_unref (src);
  gst_object_unref (sink);
  gst_harness_teardown (in);
  gst_object_unref (pay);
}

GST_END_TEST;

/* Upstream sends lost packets again under the same SSRC. */
GST_START_TEST (test_resent)
{
  for (guint seq = 1; seq <= MANY; seq++) {
    push_heard (seq);
    if (seq % 2)
      push (seq);
  }
  fail_unless_equals_int (count_collisions (harness->in), 0);
  wait_for_warning (bus_a, "allow-repeat-tx");
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  propertywatch_assert_none (bus_a, GST_MESSAGE_WARNING, NULL);
}

GST_END_TEST;

/* Media and its FEC (ST 2022-1), all of one SSRC, on pads of their own. */
GST_START_TEST (test_shared_ssrc)
{
  GstHarness *fec = gst_harness_new_with_element (harness->enc_a, "rtp_sink_1",
      "rtp_src_1");

  gst_harness_set_src_caps_str (fec, BENCH_CAPS);
  push_heard (1);
  for (guint i = 0; i < MANY; i++)
    fail_unless_equals_int (gst_harness_push (fec, harness_make_rtp (BENCH_SSRC,
                i, SIZE, 1)), GST_FLOW_OK);
  fail_unless_equals_int (count_collisions (fec), 1);
  wait_for_warning (bus_a, "rtp_sink_1");
  push_heard (2);
  propertywatch_set_state (harness->enc_a, GST_STATE_READY);
  propertywatch_assert_none (bus_a, GST_MESSAGE_WARNING, NULL);
  gst_harness_teardown (fec);
}

GST_END_TEST;

/* Video of 1400 packets a second that comes 150 ms late: the default window takes
 * it, once. */
GST_START_TEST (test_late)
{
  const guint late = 210;
  GstPad *src = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");

  gst_pad_unlink (src, sink);
  for (guint seq = 0; seq <= late; seq++)
    gst_harness_push (harness->in, harness_make_rtp (BENCH_SSRC, seq, SIZE,
            seq));
  for (guint n = 1; n <= late; n++)
    gst_pad_chain (sink, harness_get_wire (harness, n));
  for (guint i = 0; i < 2; i++)
    gst_pad_chain (sink, harness_get_wire (harness, 0));
  fail_unless_equals_int (gst_harness_buffers_received (harness->out),
      late + 1);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->dec_b,
          "recv-drops/replayed"), 1);
  gst_object_unref (src);
  gst_object_unref (sink);
}

GST_END_TEST;

/* Payload types 64 to 95 with the marker look like RTCP, unless the caps say so. */
GST_START_TEST (test_payload_types)
{
  const guint type = 64 + __i__;
  char *caps = g_strdup_printf ("application/x-rtp,media=audio,"
      "clock-rate=8000,encoding-name=X,payload=%u", type);
  GstBuffer *buffer;
  GstEvent *event;
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstCaps *received = gst_caps_from_string (caps);

  gst_harness_set_src_caps_str (harness->in, caps);
  event = gst_event_new_caps (received);
  gst_pad_send_event (sink, event);
  for (guint seq = 1; seq <= 2; seq++) {
    guint8 octet = (seq == 1 ? 0x80 : 0) | type;

    buffer = harness_make_rtp (BENCH_SSRC, seq, SIZE, 1);
    gst_buffer_fill (buffer, 1, &octet, 1);
    fail_unless_equals_int (gst_harness_push (harness->in, buffer),
        GST_FLOW_OK);
    buffer = gst_harness_try_pull (harness->out);
    fail_unless (buffer != NULL, "payload type %u does not pass", type);
    fail_unless (gst_buffer_memcmp (buffer, 1, &octet, 1) == 0);
    gst_buffer_unref (buffer);
  }
  fail_unless_equals_uint64 (endpoint_get_stat (harness->dec_b, "recv-count"),
      2);
  gst_caps_unref (received);
  gst_object_unref (sink);
  g_free (caps);
}

GST_END_TEST;

/* A fork of a process that had calls says that it can have none. */
GST_START_TEST (test_forked)
{
  GstElement *enc;
  GstMessage *message;
  int status;
  pid_t pid;

  propertywatch_set_state (harness->enc_a, GST_STATE_NULL);
  pid = fork ();
  fail_unless (pid >= 0);
  if (pid == 0) {
    GstBus *bus = gst_bus_new ();

    alarm (20);
    enc = gst_element_factory_make ("zrtpenc", NULL);
    g_object_set (enc, "cache", ":memory:", NULL);
    gst_element_set_bus (enc, bus);
    gst_element_set_state (enc, GST_STATE_READY);
    message = gst_bus_pop_filtered (bus, GST_MESSAGE_WARNING);
    _exit (message ? 0 : 1);
  }
  fail_unless_equals_int (waitpid (pid, &status, 0), pid);
  fail_unless (WIFEXITED (status) && WEXITSTATUS (status) == 0,
      "no WARNING in the fork (%d)", status);
  propertywatch_assert_none (bus_a, GST_MESSAGE_WARNING, NULL);
}

GST_END_TEST;

static Suite *
sources_suite (void)
{
  Suite *s = suite_create ("sources");
  TCase *tc = tcase_create ("sources");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_failing);
  tcase_add_test (tc, test_resumed);
  tcase_add_test (tc, test_resumed_in_lists);
  tcase_add_test (tc, test_payloader_resumed);
  tcase_add_test (tc, test_resent);
  tcase_add_test (tc, test_shared_ssrc);
  tcase_add_test (tc, test_late);
  tcase_add_loop_test (tc, test_payload_types, 0, 32);
  tcase_add_test (tc, test_forked);
  return s;
}

GST_CHECK_MAIN (sources);
