/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sinks, applications and neighbours that block: what they may hold up, and what
 * not.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#define ENC "zrtpenc name=enc cache=:memory: "
#define WHOLE VOICE "! " ENC "enc.rtp_src_0 ! " NET_SINK "async=false " \
    NET_SRC "! zrtpdec name=dec ! " EAR

/* Two calls in one process of which one is PAUSED, so that its handshake packet
 * hangs in the sink: the other goes on. */
GST_START_TEST (test_paused_neighbour)
{
  Endpoint *stuck =
      endpoint_new (VOICE_FILE "! " ENC "enc.rtp_src_0 ! " NET_SINK NET_SRC
      "! zrtpdec name=dec ! " EAR);
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);
  char *text;

  gst_element_set_state (stuck->pipeline, GST_STATE_PAUSED);
  text = endpoint_wait_warning (stuck, "has been blocked in");
  fail_unless (strstr (text, "async=false") && strstr (text, "rtp_src_0")
      && strstr (text, "net_sink"));
  g_free (text);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_free (stuck);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* For callbacks to wake the test up. */
static GMutex lock;
static GCond told;
static gboolean was_told;

static void
tell (void)
{
  g_mutex_lock (&lock);
  was_told = TRUE;
  g_cond_signal (&told);
  g_mutex_unlock (&lock);
}

static void
wait_until_told (void)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  g_mutex_lock (&lock);
  while (!was_told)
    fail_unless (g_cond_wait_until (&told, &lock, until), "it hangs");
  was_told = FALSE;
  g_mutex_unlock (&lock);
}

/* An application that takes its time over a signal holds up nothing. */
static GMutex gate;

static void
dawdle (GstElement * element, gpointer unused)
{
  g_mutex_lock (&gate);
  g_mutex_unlock (&gate);
}

GST_START_TEST (test_slow_application)
{
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);

  g_mutex_lock (&gate);
  g_signal_connect (a->enc, "state-changed", G_CALLBACK (dawdle), NULL);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_state (b, "secure");
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  g_mutex_unlock (&gate);
  endpoint_wait_state (a, "secure");
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* After NULL the application may throw away what its handlers need: none runs,
 * and all that happened was told. */
typedef struct
{
  gint inside, calls;           /* atomic */
  GMutex lock;
  GCond opened;
  gboolean open;
} Needed;

static void
use (GstElement * element, gint state, guint error, const char *reason,
    Needed * needed)
{
  g_atomic_int_inc (&needed->inside);
  if (g_atomic_int_add (&needed->calls, 1) == 0)
    tell ();
  g_mutex_lock (&needed->lock);
  while (!needed->open)
    g_cond_wait (&needed->opened, &needed->lock);
  g_mutex_unlock (&needed->lock);
  g_atomic_int_add (&needed->inside, -1);
}

static gpointer
open_gate (gpointer data)
{
  Needed *needed = data;

  g_mutex_lock (&needed->lock);
  needed->open = TRUE;
  g_cond_signal (&needed->opened);
  g_mutex_unlock (&needed->lock);
  return NULL;
}

GST_START_TEST (test_handlers_are_over)
{
  Endpoint *a = endpoint_new (WHOLE);
  Needed needed = { 0 };
  GThread *thread;

  g_mutex_init (&needed.lock);
  g_cond_init (&needed.opened);
  g_signal_connect (a->enc, "state-changed", G_CALLBACK (use), &needed);
  endpoint_play (a);
  wait_until_told ();
  fail_unless_equals_int (g_atomic_int_get (&needed.inside), 1);
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  thread = g_thread_new ("gate", open_gate, &needed);
  gst_element_set_state (a->pipeline, GST_STATE_NULL);
  fail_unless_equals_int (g_atomic_int_get (&needed.inside), 0);
  /* "discovering" and "idle". */
  fail_unless_equals_int (g_atomic_int_get (&needed.calls), 2);
  g_thread_join (thread);
  g_signal_handlers_disconnect_by_data (a->enc, &needed);
  g_mutex_clear (&needed.lock);
  g_cond_clear (&needed.opened);
  endpoint_free (a);
}

GST_END_TEST;

/* It may even stop the element from there. */
static void
stop_it (GstElement * element, gint state, guint error, const char *reason,
    GstElement * pipeline)
{
  static gint calls;

  if (g_atomic_int_add (&calls, 1) > 0)
    return;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  tell ();
}

GST_START_TEST (test_stopped_from_signal)
{
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);

  g_signal_connect (a->dec, "state-changed", G_CALLBACK (stop_it), a->pipeline);
  endpoint_connect (a, b);
  endpoint_play (b);
  endpoint_play (a);
  wait_until_told ();
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static GstPadProbeReturn
see_segment (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  GstEvent *event = gst_pad_probe_info_get_event (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    tell ();
  return GST_PAD_PROBE_OK;
}

/* A sink that never gets anything keeps the pipeline from PLAYING, so that our
 * packets and gaps hang in the other sinks, while live sources run already and
 * want to tell of their segments. It must be possible to stop all the same. */
GST_START_TEST (test_stop_while_sinks_wait)
{
  Endpoint *a = endpoint_new (VOICE "! " ENC "enc.rtp_src_0 ! " NET_SINK NET_SRC
      "! zrtpdec name=dec ! " EAR "udpsrc address=127.0.0.1 port=0 ! fakesink");
  Endpoint *b = endpoint_new (WHOLE);
  GstElement *src = gst_bin_get_by_name (GST_BIN (a->pipeline), "net_src");
  GstPad *pad = gst_element_get_static_pad (src, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, see_segment,
      NULL, NULL);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  wait_until_told ();
  fail_unless_equals_int (gst_element_set_state (a->pipeline, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (pad);
  gst_object_unref (src);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* Every thread that has to wake up comes late where others compute: a received
 * packet is dealt with in the thread that brings it. */
GST_START_TEST (test_received_at_once)
{
  static const guint8 damaged[28] = { 0x10, 0, 0, 0, 'Z', 'R', 'T', 'P' };
  GstElement *enc = propertywatch_make ("zrtpenc", "at-once");
  GstElement *dec = propertywatch_make ("zrtpdec", "at-once");
  GstHarness *in;

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_set_state (enc, GST_STATE_PAUSED);
  in = gst_harness_new_with_element (dec, "rtp_sink", NULL);
  gst_harness_set_src_caps_str (in, BENCH_CAPS);
  for (guint i = 1; i <= 100; i++) {
    fail_unless_equals_int (gst_harness_push (in,
            gst_buffer_new_memdup (damaged, sizeof damaged)), GST_FLOW_OK);
    fail_unless_equals_uint64 (endpoint_get_stat (dec, "zrtp-drops/bad-crc"),
        i);
  }
  gst_harness_teardown (in);
  propertywatch_drop (enc);
  propertywatch_drop (dec);
}

GST_END_TEST;

static Suite *
threads_suite (void)
{
  Suite *s = suite_create ("threads");
  TCase *tc = tcase_create ("blocking");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_paused_neighbour);
  tcase_add_test (tc, test_slow_application);
  tcase_add_test (tc, test_handlers_are_over);
  tcase_add_test (tc, test_stopped_from_signal);
  tcase_add_test (tc, test_stop_while_sinks_wait);
  tcase_add_test (tc, test_received_at_once);
  return s;
}

GST_CHECK_MAIN (threads);
