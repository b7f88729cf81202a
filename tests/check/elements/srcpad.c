/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source pad that a streaming thread and a worker push into: in whatever order
 * they come, no packet is downstream before its segment.
 */
#include <gst/check/gstcheck.h>

#include "media/gstzrtpsrcpad.h"

/* For a second thread to get as far as it can while the first one is held. Too
 * short a time on a busy machine hides a fault, and invents none. */
#define HEAD_START (100 * G_TIME_SPAN_MILLISECOND)
#define PATIENCE (30 * G_TIME_SPAN_SECOND)

static GMutex lock;
static GCond changed;
static GstZrtpSrcPad src_pad;
static GstPad *src, *sink;
/* All under the lock. */
static GString *order;          /* a letter for each thing that came */
static GstEventType held_type;  /* an event of that type is held until ... */
static gboolean is_held, may_go;        /* ... this is set, or a buffer comes */
static gboolean hold_buffers;   /* the sink holds buffers, too */
static guint n_done;            /* threads that are through */

static void
record (char letter)
{
  g_mutex_lock (&lock);
  g_string_append_c (order, letter);
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

static void
wait_held (void)
{
  const gint64 until = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&lock);
  while (!is_held)
    fail_unless (g_cond_wait_until (&changed, &lock, until), "nothing is held");
  g_mutex_unlock (&lock);
}

static void
let_go (void)
{
  g_mutex_lock (&lock);
  may_go = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

/* Holds the first event of that type, for as long as another thread may use. */
static GstPadProbeReturn
hold_event (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  gint64 until;

  g_mutex_lock (&lock);
  if (!is_held && GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) == held_type) {
    is_held = TRUE;
    g_cond_broadcast (&changed);
    until = g_get_monotonic_time () + HEAD_START;
    while (!may_go && !strchr (order->str, 'b'))
      if (!g_cond_wait_until (&changed, &lock, until))
        break;
  }
  g_mutex_unlock (&lock);
  return GST_PAD_PROBE_OK;
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_SEGMENT:
      record ('s');
      break;
    case GST_EVENT_CAPS:
      record ('c');
      break;
    case GST_EVENT_TAG:
      record ('t');
      break;
    case GST_EVENT_GAP:
      record ('g');
      break;
    case GST_EVENT_EOS:
      record ('e');
      break;
    default:
      break;
  }
  gst_event_unref (event);
  return TRUE;
}

static GstFlowReturn
sink_chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  record ('b');
  gst_buffer_unref (buffer);
  g_mutex_lock (&lock);
  if (hold_buffers) {
    is_held = TRUE;
    g_cond_broadcast (&changed);
  }
  while (hold_buffers && !may_go)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
  return GST_FLOW_OK;
}

static void
link_pads (void)
{
  fail_unless_equals_int (gst_pad_link (src, sink), GST_PAD_LINK_OK);
}

static GstEvent *
make_segment (void)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_event_new_segment (&segment);
}

static void
push_caps (void)
{
  GstCaps *caps = gst_caps_new_empty_simple ("application/x-rtp");

  gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_caps (caps));
  gst_caps_unref (caps);
}

static void
push_three (void)
{
  gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_stream_start ("stream"));
  push_caps ();
  gst_zrtp_src_pad_push_event (&src_pad, make_segment ());
}

static void
setup (void)
{
  order = g_string_new (NULL);
  is_held = may_go = hold_buffers = FALSE;
  held_type = GST_EVENT_UNKNOWN;
  n_done = 0;
  src = gst_pad_new ("src", GST_PAD_SRC);
  sink = gst_pad_new ("sink", GST_PAD_SINK);
  gst_pad_set_event_function (sink, sink_event);
  gst_pad_set_chain_function (sink, sink_chain);
  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, hold_event, NULL,
      NULL);
  gst_pad_set_active (src, TRUE);
  gst_pad_set_active (sink, TRUE);
  gst_zrtp_src_pad_init (&src_pad, src, "application/x-rtp", FALSE);
}

static void
teardown (void)
{
  gst_zrtp_src_pad_set_active (&src_pad, FALSE);
  gst_pad_set_active (src, FALSE);
  gst_pad_set_active (sink, FALSE);
  gst_pad_unlink (src, sink);
  gst_zrtp_src_pad_clear (&src_pad);
  gst_object_unref (src);
  gst_object_unref (sink);
  g_string_free (order, TRUE);
}

/* -- What a thread pushes -- */

static gpointer
push_what (gpointer data)
{
  GstBufferList *list;

  switch (*(const char *) data) {
    case 'w':
      gst_zrtp_src_pad_work (&src_pad, gst_buffer_new_and_alloc (1));
      break;
    case 'G':
      gst_zrtp_src_pad_work_event (&src_pad, gst_event_new_gap (0, 1));
      break;
    case 'b':
      gst_zrtp_src_pad_push (&src_pad, gst_buffer_new_and_alloc (1));
      break;
    case 'l':
      list = gst_buffer_list_new ();
      gst_buffer_list_add (list, gst_buffer_new_and_alloc (1));
      gst_zrtp_src_pad_push_list (&src_pad, list);
      break;
    case 's':
      gst_zrtp_src_pad_push_event (&src_pad, make_segment ());
      break;
    case 'g':
      gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_gap (0, 1));
      break;
    case 't':
      gst_zrtp_src_pad_push_event (&src_pad,
          gst_event_new_tag (gst_tag_list_new_empty ()));
      break;
    case 'e':
      gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_eos ());
      break;
    default:
      g_assert_not_reached ();
  }
  g_mutex_lock (&lock);
  n_done++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  return NULL;
}

static GThread *
start (const char *what)
{
  return g_thread_new (what, push_what, (gpointer) what);
}

/* No buffer before a segment. */
static void
assert_order (const char *first, const char *second)
{
  const char *segment = strchr (order->str, 's');
  const char *buffer = strchr (order->str, 'b');

  fail_unless (segment && (!buffer || segment < buffer),
      "%s, then %s: %s", first, second, order->str);
}

/* One thread is held while it pushes an event that goes before another thread's. */
static const struct
{
  const char *first, *second;
} races[] = {
  {"w", "t"}, {"w", "g"}, {"w", "b"}, {"w", "l"}, {"w", "s"}, {"w", "w"},
  {"b", "w"}, {"l", "w"}, {"b", "G"}, {"G", "b"},
  /* From here on the first thread pushes an event that needs a segment. */
  {"t", "w"}, {"g", "w"}, {"e", "w"}, {"s", "w"}, {"t", "G"},
};

#define N_WITHOUT_EVENTS 10

static void
race (guint n, GstEventType type)
{
  GThread *first, *second;

  held_type = type;
  first = start (races[n].first);
  wait_held ();
  second = start (races[n].second);
  g_thread_join (first);
  g_thread_join (second);
  assert_order (races[n].first, races[n].second);
}

/* The events are on the pad, and were nowhere to go before it was linked. */
GST_START_TEST (test_linked_late)
{
  push_three ();
  link_pads ();
  race (__i__, GST_EVENT_STREAM_START);
}

GST_END_TEST;

/* There are none yet: stand-ins go ahead. */
GST_START_TEST (test_stand_ins)
{
  link_pads ();
  race (__i__, GST_EVENT_CAPS);
}

GST_END_TEST;

/* A flush takes the segment from the pad. */
GST_START_TEST (test_flush)
{
  GThread *worker;

  link_pads ();
  push_three ();
  hold_buffers = TRUE;
  worker = start ("w");
  wait_held ();
  gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_flush_start ());
  gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_gap (0, 1));
  let_go ();
  gst_zrtp_src_pad_push_event (&src_pad, gst_event_new_flush_stop (TRUE));
  g_thread_join (worker);
  g_string_truncate (order, 0);
  push_what ((gpointer) "w");
  fail_unless_equals_string (order->str, "sb");
}

GST_END_TEST;

/* A worker's packet hangs in a sink. No event hangs behind it, and all come in
 * their order, before the next buffer. */
GST_START_TEST (test_hanging_sink)
{
  static const char *const events[] = { "t", "s", "g", "e" };
  GThread *worker, *streaming = NULL;

  link_pads ();
  push_three ();
  fail_unless_equals_string (order->str, "cs");
  hold_buffers = TRUE;
  worker = start ("w");
  wait_held ();
  /* Would hang here. */
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    if (__i__ & 1 << i)
      push_what ((gpointer) events[i]);
  }
  if (!(__i__ & 8))
    streaming = start ("b");
  fail_unless_equals_string (order->str, "csb");
  let_go ();
  g_thread_join (worker);
  if (streaming)
    g_thread_join (streaming);

  g_string_erase (order, 0, 3);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++) {
    const char *at = strchr (order->str, *events[i]);
    const char *end = strchr (order->str, 'b');

    if (*events[i] == 'e' || *events[i] == 'g')
      fail_unless (!at == !(__i__ & 1 << i), "%s", order->str);
    fail_unless (!at || !end || at < end, "%s", order->str);
  }
  fail_unless (!streaming || strchr (order->str, 'b'));
}

GST_END_TEST;

/* What was left to a worker belongs to a stream that another one replaced. */
GST_START_TEST (test_new_stream)
{
  GThread *worker;

  link_pads ();
  push_three ();
  hold_buffers = TRUE;
  worker = start ("w");
  wait_held ();
  push_what ((gpointer) "e");
  push_three ();
  let_go ();
  g_thread_join (worker);
  g_string_truncate (order, 0);
  push_what ((gpointer) "b");
  fail_unless_equals_string (order->str, "csb");
}

GST_END_TEST;

/* A stop lets all go that wait. */
GST_START_TEST (test_stop)
{
  GThread *worker, *streaming;

  link_pads ();
  push_three ();
  hold_buffers = TRUE;
  worker = start ("w");
  wait_held ();
  push_what ((gpointer) "g");
  streaming = start ("b");
  gst_zrtp_src_pad_set_active (&src_pad, FALSE);
  g_thread_join (streaming);
  fail_unless_equals_string (order->str, "csb");
  let_go ();
  g_thread_join (worker);
  fail_unless_equals_string (order->str, "csb");
}

GST_END_TEST;

static Suite *
srcpad_suite (void)
{
  Suite *s = suite_create ("srcpad");
  TCase *tc = tcase_create ("srcpad");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, test_linked_late, 0, G_N_ELEMENTS (races));
  tcase_add_loop_test (tc, test_stand_ins, 0, N_WITHOUT_EVENTS);
  tcase_add_test (tc, test_flush);
  tcase_add_loop_test (tc, test_hanging_sink, 0, 16);
  tcase_add_test (tc, test_new_stream);
  tcase_add_test (tc, test_stop);
  return s;
}

GST_CHECK_MAIN (srcpad);
