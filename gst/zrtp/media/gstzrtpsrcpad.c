/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media/gstzrtpsrcpad.h"

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
  outlet->known = outlet->settled = 0;
  g_mutex_init (&outlet->lock);
  g_cond_init (&outlet->changed);
  outlet->working = outlet->pushing = outlet->stored = FALSE;
  g_queue_init (&outlet->later);
  outlet->inactive = outlet->bare = FALSE;
  outlet->end = NULL;
}

/* Must be called with outlet->lock held, or by the only user. */
static void
drop_later (GstZrtpOutlet * outlet)
{
  g_queue_clear_full (&outlet->later, (GDestroyNotify) gst_event_unref);
}

void
gst_zrtp_outlet_clear (GstZrtpOutlet * outlet)
{
  gst_clear_object (&outlet->pad);
  gst_clear_event (&outlet->end);
  drop_later (outlet);
  g_mutex_clear (&outlet->lock);
  g_cond_clear (&outlet->changed);
}

static void
set_inactive (GstZrtpOutlet * outlet, gboolean inactive)
{
  g_mutex_lock (&outlet->lock);
  outlet->inactive = inactive;
  if (inactive)
    drop_later (outlet);
  g_cond_broadcast (&outlet->changed);
  g_mutex_unlock (&outlet->lock);
}

/* The three are not on the pad any more, or some of them. */
static void
forget (GstZrtpOutlet * outlet, gint bits)
{
  g_atomic_int_set (&outlet->settled, FALSE);
  g_atomic_int_and (&outlet->known, ~bits);
}

void
gst_zrtp_outlet_set_active (GstZrtpOutlet * outlet, gboolean active)
{
  set_inactive (outlet, !active);
  g_mutex_lock (&outlet->lock);
  gst_clear_event (&outlet->end);
  g_mutex_unlock (&outlet->lock);
  forget (outlet, ALL);
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

/* Must be called with outlet->lock held. Whether a worker's push may take events of
 * the streaming thread along, so that buffers behind these have to wait for it. */
static gboolean
has_left_events (GstZrtpOutlet * outlet)
{
  return outlet->stored || outlet->later.length > 0;
}

/* Must be called with outlet->lock held, while no other thread pushes events. */
static void
begin_events (GstZrtpOutlet * outlet)
{
  outlet->pushing = TRUE;
  /* Before the pad's mark goes: see is_settled(). */
  g_atomic_int_set (&outlet->settled, FALSE);
}

/* Must be called with outlet->lock held. */
static void
end_events (GstZrtpOutlet * outlet)
{
  outlet->pushing = FALSE;
  g_atomic_int_set (&outlet->settled,
      g_atomic_int_get (&outlet->known) == ALL && !has_left_events (outlet));
  g_cond_broadcast (&outlet->changed);
}

/* Pushes @event, and before it what is on the pad and not yet downstream. Takes
 * ownership of @event. begin_events() came before. */
static gboolean
push_alone (GstZrtpOutlet * outlet, GstEvent * event)
{
  gboolean result = gst_pad_push_event (outlet->pad, event);

  g_mutex_lock (&outlet->lock);
  end_events (outlet);
  g_mutex_unlock (&outlet->lock);
  return result;
}

/* Whether nothing has to go before a buffer. The order of the two counts: the
 * thread that pushes events clears the second before the first. */
static gboolean
is_settled (GstZrtpOutlet * outlet)
{
  return !(g_atomic_int_get ((gint *) & GST_OBJECT_FLAGS (outlet->pad))
      & GST_PAD_FLAG_PENDING_EVENTS) && g_atomic_int_get (&outlet->settled);
}

/* Sees to it that stream-start, caps and segment are downstream before a buffer.
 * FALSE if the pad stops or flushes meanwhile. */
static gboolean
settle (GstZrtpOutlet * outlet, gboolean is_worker)
{
  GstEvent *segment;

  if (G_LIKELY (is_settled (outlet)))
    return TRUE;
  g_mutex_lock (&outlet->lock);
  while ((outlet->pushing || (!is_worker && has_left_events (outlet)))
      && !outlet->inactive)
    g_cond_wait (&outlet->changed, &outlet->lock);
  if (outlet->inactive) {
    g_mutex_unlock (&outlet->lock);
    return FALSE;
  }
  begin_events (outlet);
  g_mutex_unlock (&outlet->lock);

  put_missing (outlet, ALL);
  /* It is on the pad already: this pushes what is still pending. */
  segment = gst_pad_get_sticky_event (outlet->pad, GST_EVENT_SEGMENT, 0);
  if (segment)
    gst_pad_push_event (outlet->pad, segment);

  g_mutex_lock (&outlet->lock);
  end_events (outlet);
  g_mutex_unlock (&outlet->lock);
  return TRUE;
}

/* Must be called with outlet->lock held. */
static void
note_stored (GstZrtpOutlet * outlet)
{
  outlet->stored = outlet->working;
  g_atomic_int_set (&outlet->settled, FALSE);
}

/* One of the three. */
static gboolean
push_real (GstZrtpOutlet * outlet, gint bit, GstEvent * event)
{
  gboolean result;

  /* A source that never heard of caps sends none. */
  put_missing (outlet, bit - 1);
  g_mutex_lock (&outlet->lock);
  /* What a worker has still to push belongs to the stream before. */
  if (bit == STREAM_START)
    drop_later (outlet);
  result = put (outlet, bit, event);
  if (bit == CAPS)
    outlet->bare = FALSE;
  if (!result || outlet->working || outlet->pushing) {
    note_stored (outlet);
    g_mutex_unlock (&outlet->lock);
    gst_event_unref (event);
    return result;
  }
  begin_events (outlet);
  g_mutex_unlock (&outlet->lock);
  return push_alone (outlet, event);
}

/* Must be called with outlet->lock held, while a worker pushes. Takes ownership of
 * @event. */
static gboolean
leave_to_worker (GstZrtpOutlet * outlet, GstEvent * event)
{
  gboolean result = TRUE;

  if (GST_EVENT_IS_STICKY (event) && GST_EVENT_TYPE (event) != GST_EVENT_EOS) {
    result = gst_pad_store_sticky_event (outlet->pad, event) == GST_FLOW_OK;
    gst_event_unref (event);
    note_stored (outlet);
  } else {
    g_queue_push_tail (&outlet->later, event);
    g_atomic_int_set (&outlet->settled, FALSE);
  }
  return result;
}

/* Any other that goes in the order of the buffers. */
static gboolean
push_serialized (GstZrtpOutlet * outlet, GstEvent * event)
{
  gboolean result;

  g_mutex_lock (&outlet->lock);
  while (outlet->pushing && !outlet->working && !outlet->inactive)
    g_cond_wait (&outlet->changed, &outlet->lock);
  if (outlet->inactive) {
    g_mutex_unlock (&outlet->lock);
    gst_event_unref (event);
    return FALSE;
  }
  if (outlet->working) {
    result = leave_to_worker (outlet, event);
    g_mutex_unlock (&outlet->lock);
    return result;
  }
  begin_events (outlet);
  g_mutex_unlock (&outlet->lock);
  return push_alone (outlet, event);
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
      /* The segment goes from the pad, so a worker's buffer must not come. */
      gst_zrtp_outlet_wait_worker (outlet);
      result = gst_pad_push_event (outlet->pad, event);
      forget (outlet, SEGMENT);
      set_inactive (outlet, FALSE);
      return result;
    default:
      return GST_EVENT_IS_SERIALIZED (event) ? push_serialized (outlet, event)
          : gst_pad_push_event (outlet->pad, event);
  }
}

GstFlowReturn
gst_zrtp_outlet_push (GstZrtpOutlet * outlet, GstBuffer * buffer)
{
  if (G_LIKELY (settle (outlet, FALSE)))
    return gst_pad_push (outlet->pad, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_FLUSHING;
}

GstFlowReturn
gst_zrtp_outlet_push_list (GstZrtpOutlet * outlet, GstBufferList * list)
{
  if (G_LIKELY (settle (outlet, FALSE)))
    return gst_pad_push_list (outlet->pad, list);
  gst_buffer_list_unref (list);
  return GST_FLOW_FLUSHING;
}

void
gst_zrtp_outlet_end (GstZrtpOutlet * outlet, GstEvent * event)
{
  settle (outlet, FALSE);
  push_serialized (outlet, event);
  forget (outlet, ALL);
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
  while ((outlet->pushing || outlet->working) && !outlet->inactive)
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

/* And what the streaming thread left to this worker. */
static void
end_work (GstZrtpOutlet * outlet)
{
  GstEvent *event;

  g_mutex_lock (&outlet->lock);
  while ((event = g_queue_peek_head (&outlet->later))) {
    if (outlet->pushing) {
      g_cond_wait (&outlet->changed, &outlet->lock);
      continue;
    }
    gst_event_ref (event);
    begin_events (outlet);
    g_mutex_unlock (&outlet->lock);
    gst_pad_push_event (outlet->pad, gst_event_ref (event));
    g_mutex_lock (&outlet->lock);
    /* Unless all were dropped meanwhile. */
    if (g_queue_remove (&outlet->later, event))
      gst_event_unref (event);
    gst_event_unref (event);
    end_events (outlet);
  }
  outlet->working = outlet->stored = FALSE;
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
  if (settle (outlet, TRUE)) {
    ret = gst_pad_push (outlet->pad, buffer);
  } else {
    gst_buffer_unref (buffer);
    ret = GST_FLOW_FLUSHING;
  }
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
  if (settle (outlet, TRUE))
    gst_pad_push_event (outlet->pad, event);
  else
    gst_event_unref (event);
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
  if (settle (outlet, TRUE))
    gst_pad_push_event (outlet->pad, event);
  else
    gst_event_unref (event);
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
