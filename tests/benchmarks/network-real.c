/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements on a network with delay and loss, in real time. Calls mostly wait, so
 * that many run at a time; a new one starts when the last has had time to
 * compute. Where nothing is delayed or lost calls do nothing but compute, and
 * would wait for each other's computing: there they run one after the other.
 */
#include "network.h"

#include "bench.h"
#include "delay.h"
#include "plugins.h"

#define SPACING (12 * 1000)     /* microseconds */
#define ZRTP "zrtpenc, zrtpdec"
#define DTLS "dtlssrtpenc, dtlssrtpdec"
#define RTP_CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=8,ssrc=(uint)"

typedef struct
{
  NetworkRow *row;
  guint index;                  /* in the row */
  GstElement *enc[2], *dec[2];
  GstPad *voice[2];             /* ours, before the encoders */
  Delay *ways[2];
  gint64 start;
  GMutex lock;
  guint missing;                /* signs of security still to come */
  gint64 secured;               /* 0: not yet */
} Call;

static gboolean have_dtls;

static void
tell (Call * call)
{
  g_mutex_lock (&call->lock);
  if (call->missing > 0 && --call->missing == 0)
    call->secured = g_get_monotonic_time ();
  g_mutex_unlock (&call->lock);
}

static void
on_state (GstElement * enc, gint state, guint error, const char *reason,
    Call * call)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (enc),
      "state");
  GEnumValue *value = g_enum_get_value
      (G_PARAM_SPEC_ENUM (pspec)->enum_class, state);

  if (g_str_equal (value->value_nick, "secure"))
    tell (call);
}

static void
make_zrtp (Call * call, guint e, guint serial)
{
  char *id = g_strdup_printf ("network-%u-%u", serial, e);

  call->enc[e] = plugins_make ("zrtpenc");
  call->dec[e] = plugins_make ("zrtpdec");
  g_object_set (call->enc[e], "session-id", id, "cache", ":memory:",
      "key-agreements", "X255", NULL);
  g_object_set (call->dec[e], "session-id", id, NULL);
  g_signal_connect (call->enc[e], "state-changed", G_CALLBACK (on_state), call);
  call->missing++;
  g_free (id);
}

static void
make_dtls (Call * call, guint e, guint serial)
{
  char *id = g_strdup_printf ("network-%u-%u", serial, e);
  GstIterator *inner;
  GValue value = G_VALUE_INIT;

  /* In this order. */
  call->dec[e] = plugins_make ("dtlssrtpdec");
  g_object_set (call->dec[e], "connection-id", id, NULL);
  call->enc[e] = plugins_make ("dtlssrtpenc");
  g_object_set (call->enc[e], "connection-id", id, "is-client", e == 0, NULL);
  inner = gst_bin_iterate_all_by_element_factory_name (GST_BIN (call->dec[e]),
      "dtlsdec");
  if (gst_iterator_next (inner, &value) != GST_ITERATOR_OK)
    g_error ("dtlssrtpdec has no dtlsdec");
  g_signal_connect_swapped (g_value_get_object (&value), "on-key-received",
      G_CALLBACK (tell), call);
  g_signal_connect_swapped (call->enc[e], "on-key-set", G_CALLBACK (tell),
      call);
  call->missing += 2;
  g_value_unset (&value);
  gst_iterator_free (inner);
  g_free (id);
}

static GstCaps *
make_caps (guint32 ssrc)
{
  char *text = g_strdup_printf (RTP_CAPS "%u", ssrc);
  GstCaps *caps = gst_caps_from_string (text);

  g_free (text);
  return caps;
}

/* A source that has caps but nothing to say yet. */
static void
add_voice (Call * call, guint e)
{
  GstPad *sink = gst_element_request_pad_simple (call->enc[e], "rtp_sink_0");

  call->voice[e] = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_active (call->voice[e], TRUE);
  if (gst_pad_link_full (call->voice[e], sink, GST_PAD_LINK_CHECK_NOTHING)
      != GST_PAD_LINK_OK)
    g_error ("pads can't be linked");
  gst_object_unref (sink);
}

static void
push_events (Call * call, guint e)
{
  GstCaps *caps = make_caps (e + 1);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (call->voice[e], gst_event_new_stream_start ("voice"));
  gst_pad_push_event (call->voice[e], gst_event_new_caps (caps));
  gst_pad_push_event (call->voice[e], gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

/* From end @e to the other. */
static void
add_way (Call * call, guint e, gboolean is_zrtp)
{
  const NetworkCondition *condition = &call->row->condition;
  GstCaps *caps = is_zrtp ? make_caps (e + 1)
      : gst_caps_new_empty_simple ("application/x-srtp");
  GstPad *from = gst_element_get_static_pad (call->enc[e],
      is_zrtp ? "rtp_src_0" : "src");
  GstPad *to = gst_element_get_static_pad (call->dec[1 - e],
      is_zrtp ? "rtp_sink" : "sink");

  call->ways[e] = delay_new (from, to, caps, 500 * condition->rtt,
      condition->loss);
  gst_object_unref (from);
  gst_object_unref (to);
  gst_caps_unref (caps);
}

static void
play (GstElement * element)
{
  if (gst_element_set_state (element, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    g_error ("%s does not start", GST_ELEMENT_NAME (element));
}

/* One end is there; the time counts from when the other one comes, too, and both
 * have something to tell the other. */
static void
open_call (Call * call)
{
  static guint serial;
  const gboolean is_zrtp = g_str_equal (call->row->subject, ZRTP);

  serial++;
  g_mutex_init (&call->lock);
  for (guint e = 0; e < 2; e++) {
    (is_zrtp ? make_zrtp : make_dtls) (call, e, serial);
    gst_object_ref_sink (call->enc[e]);
    gst_object_ref_sink (call->dec[e]);
    add_voice (call, e);
  }
  for (guint e = 0; e < 2; e++)
    play (call->dec[e]);
  for (guint e = 0; e < 2; e++)
    add_way (call, e, is_zrtp);
  play (call->enc[1]);
  call->start = g_get_monotonic_time ();
  play (call->enc[0]);
  for (guint e = 0; e < 2; e++)
    push_events (call, e);
}

static void
close_call (Call * call)
{
  for (guint e = 0; e < 2; e++) {
    gst_element_set_state (call->enc[e], GST_STATE_NULL);
    gst_element_set_state (call->dec[e], GST_STATE_NULL);
    delay_free (call->ways[e]);
    gst_object_unref (call->enc[e]);
    gst_object_unref (call->dec[e]);
    gst_pad_set_active (call->voice[e], FALSE);
    gst_object_unref (call->voice[e]);
  }
  g_mutex_clear (&call->lock);
}

/* TRUE if it is over. */
static gboolean
look (Call * call)
{
  NetworkRow *row = call->row;
  gint64 secured;
  double ms;

  g_mutex_lock (&call->lock);
  secured = call->secured;
  g_mutex_unlock (&call->lock);
  ms = ((secured ? secured : g_get_monotonic_time ()) - call->start) / 1e3;
  if (!secured && ms < NETWORK_PATIENCE_MS)
    return FALSE;
  row->ms[call->index] = MIN (ms, NETWORK_PATIENCE_MS);
  row->failed += !secured;
  close_call (call);
  return TRUE;
}

static void
look_at_all (GQueue * open)
{
  for (GList * link = open->head, *next; link; link = next) {
    next = link->next;
    if (look (link->data)) {
      g_free (link->data);
      g_queue_delete_link (open, link);
    }
  }
}

static void
wait_until (gint64 time, GQueue * open)
{
  do {
    gint64 wait = time - g_get_monotonic_time ();

    if (wait > 0)
      g_usleep (MIN (wait, SPACING));
    look_at_all (open);
  } while (g_get_monotonic_time () < time);
}

static void
start_call (NetworkRow * row, guint index, GQueue * open)
{
  Call *call = g_new0 (Call, 1);

  call->row = row;
  call->index = index;
  open_call (call);
  g_queue_push_tail (open, call);
}

static void
wait_for_all (GQueue * open)
{
  do
    wait_until (g_get_monotonic_time () + SPACING, open);
  while (!g_queue_is_empty (open));
}

/* A call of each row in turn, for those that run @alone or for the others. */
static void
run_rows (NetworkRow ** rows, guint n, gboolean alone)
{
  GQueue open = G_QUEUE_INIT;
  guint most = 0;

  for (guint r = 0; r < n; r++)
    most = MAX (most, rows[r]->calls);
  for (guint i = 0; i < most; i++) {
    for (guint r = 0; r < n; r++) {
      if (i >= rows[r]->calls
          || network_is_alone (&rows[r]->condition) != alone)
        continue;
      start_call (rows[r], i, &open);
      if (alone)
        wait_for_all (&open);
      wait_until (g_get_monotonic_time () + SPACING, &open);
    }
  }
  wait_for_all (&open);
}

void
network_run_real (NetworkRow ** rows, guint n)
{
  run_rows (rows, n, TRUE);
  run_rows (rows, n, FALSE);
}

void
network_start_real (void)
{
  plugins_init ("coreelements", NULL);
  have_dtls = plugins_try ("srtp") && plugins_try ("dtls");
  plugins_load_zrtp ();
}

gboolean
network_has_real (const char *subject)
{
  return g_str_equal (subject, ZRTP)
      || (g_str_equal (subject, DTLS) && have_dtls);
}
