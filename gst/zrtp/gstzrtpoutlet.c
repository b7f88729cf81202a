/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpoutlet.h"

/* Longest wait for a worker at the end of a run. */
#define LEAVING_TIME (G_TIME_SPAN_SECOND / 2)

enum
{
  STREAM_START = 1 << 0,
  CAPS = 1 << 1,
  SEGMENT = 1 << 2,
  ALL = STREAM_START | CAPS | SEGMENT
};

void
gst_zrtp_outlet_init (GstZrtpOutlet * outlet, GstPad * pad,
    const char *caps_name, gboolean ask_downstream)
{
  outlet->pad = gst_object_ref (pad);
  outlet->caps_name = caps_name;
  outlet->ask_downstream = ask_downstream;
  outlet->known = 0;
  g_mutex_init (&outlet->lock);
  g_cond_init (&outlet->changed);
  outlet->working = outlet->streaming = FALSE;
  outlet->inactive = outlet->bare = FALSE;
  outlet->end = NULL;
}

void
gst_zrtp_outlet_clear (GstZrtpOutlet * outlet)
{
  gst_clear_object (&outlet->pad);
  gst_clear_event (&outlet->end);
  g_mutex_clear (&outlet->lock);
  g_cond_clear (&outlet->changed);
}

static void
set_inactive (GstZrtpOutlet * outlet, gboolean inactive)
{
  g_mutex_lock (&outlet->lock);
  outlet->inactive = inactive;
  g_cond_broadcast (&outlet->changed);
  g_mutex_unlock (&outlet->lock);
}

void
gst_zrtp_outlet_set_active (GstZrtpOutlet * outlet, gboolean active)
{
  set_inactive (outlet, !active);
  g_mutex_lock (&outlet->lock);
  gst_clear_event (&outlet->end);
  g_mutex_unlock (&outlet->lock);
  g_atomic_int_set (&outlet->known, 0);
}

/* A worker between the events that it put on the pad and its push would come
 * before the next run's events. One that hangs further down is past that, and who
 * takes down this element alone can't wait for it. */
void
gst_zrtp_outlet_wait_worker (GstZrtpOutlet * outlet)
{
  const gint64 end = g_get_monotonic_time () + LEAVING_TIME;

  g_mutex_lock (&outlet->lock);
  while (outlet->working)
    if (!g_cond_wait_until (&outlet->changed, &outlet->lock, end))
      break;
  g_mutex_unlock (&outlet->lock);
}

/* -- Stand-ins -- */

static GstEvent *
make_stream_start (GstZrtpOutlet * outlet)
{
  guint group = gst_util_group_id_next ();
  char *id = g_strdup_printf ("zrtp-%u-%s", group, GST_PAD_NAME (outlet->pad));
  GstEvent *event = gst_event_new_stream_start (id);

  gst_event_set_group_id (event, group);
  g_free (id);
  return event;
}

static GstEvent *
make_segment (void)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  return gst_event_new_segment (&segment);
}

/* What downstream takes, if that is one thing. */
static GstCaps *
get_downstream_caps (GstZrtpOutlet * outlet)
{
  GstCaps *caps = gst_pad_peer_query_caps (outlet->pad, NULL);

  if (caps && !gst_caps_is_any (caps) && gst_caps_is_fixed (caps))
    return caps;
  gst_clear_caps (&caps);
  return NULL;
}

/* With the lock. Only onto the pad: it goes out with the next push. */
static gboolean
put (GstZrtpOutlet * outlet, gint bit, GstEvent * event)
{
  gboolean ok = gst_pad_store_sticky_event (outlet->pad, event) == GST_FLOW_OK;

  if (ok)
    g_atomic_int_or (&outlet->known, bit);
  return ok;
}

static void
put_stand_in (GstZrtpOutlet * outlet, gint bit, GstEvent * event)
{
  if (!(g_atomic_int_get (&outlet->known) & bit))
    put (outlet, bit, event);
  gst_event_unref (event);
}

static void
put_caps (GstZrtpOutlet * outlet, GstCaps * caps)
{
  if (!(g_atomic_int_get (&outlet->known) & CAPS))
    outlet->bare = !caps;
  if (!caps)
    caps = gst_caps_new_empty_simple (outlet->caps_name);
  put_stand_in (outlet, CAPS, gst_event_new_caps (caps));
  gst_caps_unref (caps);
}

/* What must precede @bits and is not there yet. */
static void
put_missing (GstZrtpOutlet * outlet, gint bits)
{
  gint missing = bits & ~g_atomic_int_get (&outlet->known);
  GstCaps *caps = NULL;

  if (G_LIKELY (missing == 0))
    return;
  if (outlet->ask_downstream && (missing & CAPS))
    caps = get_downstream_caps (outlet);
  g_mutex_lock (&outlet->lock);
  if (missing & STREAM_START)
    put_stand_in (outlet, STREAM_START, make_stream_start (outlet));
  if (missing & CAPS)
    put_caps (outlet, caps);
  if (missing & SEGMENT)
    put_stand_in (outlet, SEGMENT, make_segment ());
  g_mutex_unlock (&outlet->lock);
}

/* -- The streaming thread -- */

/* Payloaders and live sources speak of time; anything else would make sinks
 * choke on packets that have none. */
static GstEvent *
in_time (GstEvent * event)
{
  const GstSegment *segment;
  GstEvent *result;

  gst_event_parse_segment (event, &segment);
  if (segment->format == GST_FORMAT_TIME)
    return event;
  result = make_segment ();
  gst_event_set_seqnum (result, gst_event_get_seqnum (event));
  gst_event_unref (event);
  return result;
}

/* One of the three. */
static gboolean
push_real (GstZrtpOutlet * outlet, gint bit, GstEvent * event)
{
  gboolean result;

  /* A source that never heard of caps sends none. */
  put_missing (outlet, bit - 1);
  g_mutex_lock (&outlet->lock);
  result = put (outlet, bit, event);
  if (bit == CAPS)
    outlet->bare = FALSE;
  if (!result || outlet->working) {
    g_mutex_unlock (&outlet->lock);
    gst_event_unref (event);
    return result;
  }
  outlet->streaming = TRUE;
  g_mutex_unlock (&outlet->lock);

  result = gst_pad_push_event (outlet->pad, event);

  g_mutex_lock (&outlet->lock);
  outlet->streaming = FALSE;
  g_cond_broadcast (&outlet->changed);
  g_mutex_unlock (&outlet->lock);
  return result;
}

gboolean
gst_zrtp_outlet_push_event (GstZrtpOutlet * outlet, GstEvent * event)
{
  gboolean result;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      return push_real (outlet, STREAM_START, event);
    case GST_EVENT_CAPS:
      return push_real (outlet, CAPS, event);
    case GST_EVENT_SEGMENT:
      return push_real (outlet, SEGMENT, in_time (event));
    case GST_EVENT_FLUSH_START:
      set_inactive (outlet, TRUE);
      return gst_pad_push_event (outlet->pad, event);
    case GST_EVENT_FLUSH_STOP:
      result = gst_pad_push_event (outlet->pad, event);
      g_atomic_int_and (&outlet->known, ~SEGMENT);
      set_inactive (outlet, FALSE);
      return result;
    default:
      return gst_pad_push_event (outlet->pad, event);
  }
}

GstFlowReturn
gst_zrtp_outlet_push (GstZrtpOutlet * outlet, GstBuffer * buffer)
{
  put_missing (outlet, ALL);
  return gst_pad_push (outlet->pad, buffer);
}

GstFlowReturn
gst_zrtp_outlet_push_list (GstZrtpOutlet * outlet, GstBufferList * list)
{
  put_missing (outlet, ALL);
  return gst_pad_push_list (outlet->pad, list);
}

void
gst_zrtp_outlet_end (GstZrtpOutlet * outlet, GstEvent * event)
{
  put_missing (outlet, ALL);
  gst_pad_push_event (outlet->pad, event);
  g_atomic_int_set (&outlet->known, 0);
}

/* -- Workers -- */

/* One at a time: who came second would overtake the events that the first one's
 * push takes along. @end: where to put the end of stream, without which there is
 * nothing to do; or NULL. */
static gboolean
begin_work (GstZrtpOutlet * outlet, GstEvent ** end)
{
  gboolean ok;

  g_mutex_lock (&outlet->lock);
  while ((outlet->streaming || outlet->working) && !outlet->inactive)
    g_cond_wait (&outlet->changed, &outlet->lock);
  ok = !outlet->working && !outlet->inactive && gst_pad_is_active (outlet->pad);
  if (ok && end) {
    *end = g_steal_pointer (&outlet->end);
    ok = *end != NULL;
  }
  if (ok)
    outlet->working = TRUE;
  g_mutex_unlock (&outlet->lock);
  return ok;
}

static void
end_work (GstZrtpOutlet * outlet)
{
  g_mutex_lock (&outlet->lock);
  outlet->working = FALSE;
  g_cond_broadcast (&outlet->changed);
  g_mutex_unlock (&outlet->lock);
}

GstFlowReturn
gst_zrtp_outlet_work (GstZrtpOutlet * outlet, GstBuffer * buffer)
{
  GstFlowReturn ret;

  if (!begin_work (outlet, NULL)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }
  put_missing (outlet, ALL);
  ret = gst_pad_push (outlet->pad, buffer);
  end_work (outlet);
  return ret;
}

void
gst_zrtp_outlet_work_event (GstZrtpOutlet * outlet, GstEvent * event)
{
  if (!begin_work (outlet, NULL)) {
    gst_event_unref (event);
    return;
  }
  put_missing (outlet, ALL);
  gst_pad_push_event (outlet->pad, event);
  end_work (outlet);
}

gboolean
gst_zrtp_outlet_want_end (GstZrtpOutlet * outlet, GstEvent * event)
{
  gboolean ok;

  g_mutex_lock (&outlet->lock);
  ok = !outlet->inactive && gst_pad_is_active (outlet->pad);
  if (ok)
    gst_event_replace (&outlet->end, event);
  g_mutex_unlock (&outlet->lock);
  gst_event_unref (event);
  return ok;
}

void
gst_zrtp_outlet_work_end (GstZrtpOutlet * outlet)
{
  GstEvent *event;

  if (!begin_work (outlet, &event))
    return;
  put_missing (outlet, ALL);
  gst_pad_push_event (outlet->pad, event);
  end_work (outlet);
}

gboolean
gst_zrtp_outlet_is_bare (GstZrtpOutlet * outlet)
{
  gboolean bare;

  g_mutex_lock (&outlet->lock);
  bare = outlet->bare;
  g_mutex_unlock (&outlet->lock);
  return bare;
}
