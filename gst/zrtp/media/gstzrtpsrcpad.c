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
gst_zrtp_src_pad_init (GstZrtpSrcPad * src_pad, GstPad * pad,
    const char *caps_name, gboolean ask_downstream)
{
  src_pad->pad = gst_object_ref (pad);
  src_pad->caps_name = caps_name;
  src_pad->ask_downstream = ask_downstream;
  src_pad->known = src_pad->settled = 0;
  g_mutex_init (&src_pad->lock);
  g_cond_init (&src_pad->changed);
  src_pad->working = src_pad->pushing = src_pad->stored = FALSE;
  g_queue_init (&src_pad->later);
  src_pad->inactive = src_pad->bare = FALSE;
  src_pad->end = NULL;
}

/* Must be called with src_pad->lock held, or by the only user. */
static void
drop_later (GstZrtpSrcPad * src_pad)
{
  g_queue_clear_full (&src_pad->later, (GDestroyNotify) gst_event_unref);
}

void
gst_zrtp_src_pad_clear (GstZrtpSrcPad * src_pad)
{
  gst_clear_object (&src_pad->pad);
  gst_clear_event (&src_pad->end);
  drop_later (src_pad);
  g_mutex_clear (&src_pad->lock);
  g_cond_clear (&src_pad->changed);
}

static void
set_inactive (GstZrtpSrcPad * src_pad, gboolean inactive)
{
  g_mutex_lock (&src_pad->lock);
  src_pad->inactive = inactive;
  if (inactive)
    drop_later (src_pad);
  g_cond_broadcast (&src_pad->changed);
  g_mutex_unlock (&src_pad->lock);
}

/* The three are not on the pad any more, or some of them. */
static void
forget (GstZrtpSrcPad * src_pad, gint bits)
{
  g_atomic_int_set (&src_pad->settled, FALSE);
  g_atomic_int_and (&src_pad->known, ~bits);
}

void
gst_zrtp_src_pad_set_active (GstZrtpSrcPad * src_pad, gboolean active)
{
  set_inactive (src_pad, !active);
  g_mutex_lock (&src_pad->lock);
  gst_clear_event (&src_pad->end);
  g_mutex_unlock (&src_pad->lock);
  forget (src_pad, ALL);
}

/* A worker between the events that it put on the pad and its push would come
 * before the next run's events. One that blocks further down is past that, and
 * a thread that takes down this element alone can't wait for it. */
void
gst_zrtp_src_pad_wait_worker (GstZrtpSrcPad * src_pad)
{
  const gint64 end = g_get_monotonic_time () + LEAVING_TIME;

  g_mutex_lock (&src_pad->lock);
  while (src_pad->working)
    if (!g_cond_wait_until (&src_pad->changed, &src_pad->lock, end))
      break;
  g_mutex_unlock (&src_pad->lock);
}

/* -- Stand-ins -- */

static GstEvent *
make_stream_start (GstZrtpSrcPad * src_pad)
{
  guint group = gst_util_group_id_next ();
  char *id = g_strdup_printf ("zrtp-%u-%s", group, GST_PAD_NAME (src_pad->pad));
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
get_downstream_caps (GstZrtpSrcPad * src_pad)
{
  GstCaps *caps = gst_pad_peer_query_caps (src_pad->pad, NULL);

  if (caps && !gst_caps_is_any (caps) && gst_caps_is_fixed (caps))
    return caps;
  gst_clear_caps (&caps);
  return NULL;
}

/* With the lock. Only onto the pad: it goes out with the next push. */
static gboolean
put (GstZrtpSrcPad * src_pad, gint bit, GstEvent * event)
{
  gboolean ok = gst_pad_store_sticky_event (src_pad->pad, event) == GST_FLOW_OK;

  if (ok)
    g_atomic_int_or (&src_pad->known, bit);
  return ok;
}

static void
put_stand_in (GstZrtpSrcPad * src_pad, gint bit, GstEvent * event)
{
  if (!(g_atomic_int_get (&src_pad->known) & bit))
    put (src_pad, bit, event);
  gst_event_unref (event);
}

static void
put_caps (GstZrtpSrcPad * src_pad, GstCaps * caps)
{
  if (!(g_atomic_int_get (&src_pad->known) & CAPS))
    src_pad->bare = !caps;
  if (!caps)
    caps = gst_caps_new_empty_simple (src_pad->caps_name);
  put_stand_in (src_pad, CAPS, gst_event_new_caps (caps));
  gst_caps_unref (caps);
}

/* What must precede @bits and is not there yet. */
static void
put_missing (GstZrtpSrcPad * src_pad, gint bits)
{
  gint missing = bits & ~g_atomic_int_get (&src_pad->known);
  GstCaps *caps = NULL;

  if (G_LIKELY (missing == 0))
    return;
  if (src_pad->ask_downstream && (missing & CAPS))
    caps = get_downstream_caps (src_pad);
  g_mutex_lock (&src_pad->lock);
  if (missing & STREAM_START)
    put_stand_in (src_pad, STREAM_START, make_stream_start (src_pad));
  if (missing & CAPS)
    put_caps (src_pad, caps);
  if (missing & SEGMENT)
    put_stand_in (src_pad, SEGMENT, make_segment ());
  g_mutex_unlock (&src_pad->lock);
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

/* Must be called with src_pad->lock held. Whether a worker's push may take
 * events of the streaming thread along, so that buffers behind these have to
 * wait for it. */
static gboolean
has_left_events (GstZrtpSrcPad * src_pad)
{
  return src_pad->stored || src_pad->later.length > 0;
}

/* Must be called with src_pad->lock held, while no other thread pushes
 * events. */
static void
begin_events (GstZrtpSrcPad * src_pad)
{
  src_pad->pushing = TRUE;
  /* Before the pad's mark goes: see is_settled(). */
  g_atomic_int_set (&src_pad->settled, FALSE);
}

/* Must be called with src_pad->lock held. */
static void
end_events (GstZrtpSrcPad * src_pad)
{
  src_pad->pushing = FALSE;
  g_atomic_int_set (&src_pad->settled,
      g_atomic_int_get (&src_pad->known) == ALL && !has_left_events (src_pad));
  g_cond_broadcast (&src_pad->changed);
}

/* Pushes @event, and before it what is on the pad and not yet downstream. Takes
 * ownership of @event. begin_events() came before. */
static gboolean
push_alone (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  gboolean result = gst_pad_push_event (src_pad->pad, event);

  g_mutex_lock (&src_pad->lock);
  end_events (src_pad);
  g_mutex_unlock (&src_pad->lock);
  return result;
}

/* Whether nothing has to go before a buffer. The order of the two counts: the
 * thread that pushes events clears the second before the first. */
static gboolean
is_settled (GstZrtpSrcPad * src_pad)
{
  return !(g_atomic_int_get ((gint *) & GST_OBJECT_FLAGS (src_pad->pad))
      & GST_PAD_FLAG_PENDING_EVENTS) && g_atomic_int_get (&src_pad->settled);
}

/* Sees to it that stream-start, caps and segment are downstream before a buffer.
 * FALSE if the pad stops or flushes meanwhile. */
static gboolean
settle (GstZrtpSrcPad * src_pad, gboolean is_worker)
{
  GstEvent *segment;

  if (G_LIKELY (is_settled (src_pad)))
    return TRUE;
  g_mutex_lock (&src_pad->lock);
  while ((src_pad->pushing || (!is_worker && has_left_events (src_pad)))
      && !src_pad->inactive)
    g_cond_wait (&src_pad->changed, &src_pad->lock);
  if (src_pad->inactive) {
    g_mutex_unlock (&src_pad->lock);
    return FALSE;
  }
  begin_events (src_pad);
  g_mutex_unlock (&src_pad->lock);

  put_missing (src_pad, ALL);
  /* It is on the pad already: this pushes what is still pending. */
  segment = gst_pad_get_sticky_event (src_pad->pad, GST_EVENT_SEGMENT, 0);
  if (segment)
    gst_pad_push_event (src_pad->pad, segment);

  g_mutex_lock (&src_pad->lock);
  end_events (src_pad);
  g_mutex_unlock (&src_pad->lock);
  return TRUE;
}

/* Must be called with src_pad->lock held. */
static void
note_stored (GstZrtpSrcPad * src_pad)
{
  src_pad->stored = src_pad->working;
  g_atomic_int_set (&src_pad->settled, FALSE);
}

/* One of the three. */
static gboolean
push_real (GstZrtpSrcPad * src_pad, gint bit, GstEvent * event)
{
  gboolean result;

  /* A source that never heard of caps sends none. */
  put_missing (src_pad, bit - 1);
  g_mutex_lock (&src_pad->lock);
  /* What a worker has still to push belongs to the stream before. */
  if (bit == STREAM_START)
    drop_later (src_pad);
  result = put (src_pad, bit, event);
  if (bit == CAPS)
    src_pad->bare = FALSE;
  if (!result || src_pad->working || src_pad->pushing) {
    note_stored (src_pad);
    g_mutex_unlock (&src_pad->lock);
    gst_event_unref (event);
    return result;
  }
  begin_events (src_pad);
  g_mutex_unlock (&src_pad->lock);
  return push_alone (src_pad, event);
}

/* Must be called with src_pad->lock held, while a worker pushes. Takes
 * ownership of @event. */
static gboolean
leave_to_worker (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  gboolean result = TRUE;

  if (GST_EVENT_IS_STICKY (event) && GST_EVENT_TYPE (event) != GST_EVENT_EOS) {
    result = gst_pad_store_sticky_event (src_pad->pad, event) == GST_FLOW_OK;
    gst_event_unref (event);
    note_stored (src_pad);
  } else {
    g_queue_push_tail (&src_pad->later, event);
    g_atomic_int_set (&src_pad->settled, FALSE);
  }
  return result;
}

/* Any other that goes in the order of the buffers. */
static gboolean
push_serialized (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  gboolean result;

  g_mutex_lock (&src_pad->lock);
  while (src_pad->pushing && !src_pad->working && !src_pad->inactive)
    g_cond_wait (&src_pad->changed, &src_pad->lock);
  if (src_pad->inactive) {
    g_mutex_unlock (&src_pad->lock);
    gst_event_unref (event);
    return FALSE;
  }
  if (src_pad->working) {
    result = leave_to_worker (src_pad, event);
    g_mutex_unlock (&src_pad->lock);
    return result;
  }
  begin_events (src_pad);
  g_mutex_unlock (&src_pad->lock);
  return push_alone (src_pad, event);
}

gboolean
gst_zrtp_src_pad_push_event (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  gboolean result;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      return push_real (src_pad, STREAM_START, event);
    case GST_EVENT_CAPS:
      return push_real (src_pad, CAPS, event);
    case GST_EVENT_SEGMENT:
      return push_real (src_pad, SEGMENT, in_time (event));
    case GST_EVENT_FLUSH_START:
      set_inactive (src_pad, TRUE);
      return gst_pad_push_event (src_pad->pad, event);
    case GST_EVENT_FLUSH_STOP:
      /* The segment goes from the pad, so a worker's buffer must not come. */
      gst_zrtp_src_pad_wait_worker (src_pad);
      result = gst_pad_push_event (src_pad->pad, event);
      forget (src_pad, SEGMENT);
      set_inactive (src_pad, FALSE);
      return result;
    default:
      return GST_EVENT_IS_SERIALIZED (event) ? push_serialized (src_pad, event)
          : gst_pad_push_event (src_pad->pad, event);
  }
}

GstFlowReturn
gst_zrtp_src_pad_push (GstZrtpSrcPad * src_pad, GstBuffer * buffer)
{
  if (G_LIKELY (settle (src_pad, FALSE)))
    return gst_pad_push (src_pad->pad, buffer);
  gst_buffer_unref (buffer);
  return GST_FLOW_FLUSHING;
}

GstFlowReturn
gst_zrtp_src_pad_push_list (GstZrtpSrcPad * src_pad, GstBufferList * list)
{
  if (G_LIKELY (settle (src_pad, FALSE)))
    return gst_pad_push_list (src_pad->pad, list);
  gst_buffer_list_unref (list);
  return GST_FLOW_FLUSHING;
}

void
gst_zrtp_src_pad_end (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  settle (src_pad, FALSE);
  push_serialized (src_pad, event);
  forget (src_pad, ALL);
}

/* -- Workers -- */

/* One at a time: the second thread would overtake the events that the first
 * one's push takes along. @end: where to put the end of stream, without which
 * there is nothing to do; or NULL. */
static gboolean
begin_work (GstZrtpSrcPad * src_pad, GstEvent ** end)
{
  gboolean ok;

  g_mutex_lock (&src_pad->lock);
  while ((src_pad->pushing || src_pad->working) && !src_pad->inactive)
    g_cond_wait (&src_pad->changed, &src_pad->lock);
  ok = !src_pad->working && !src_pad->inactive
      && gst_pad_is_active (src_pad->pad);
  if (ok && end) {
    *end = g_steal_pointer (&src_pad->end);
    ok = *end != NULL;
  }
  if (ok)
    src_pad->working = TRUE;
  g_mutex_unlock (&src_pad->lock);
  return ok;
}

/* And what the streaming thread left to this worker. */
static void
end_work (GstZrtpSrcPad * src_pad)
{
  GstEvent *event;

  g_mutex_lock (&src_pad->lock);
  while ((event = g_queue_peek_head (&src_pad->later))) {
    if (src_pad->pushing) {
      g_cond_wait (&src_pad->changed, &src_pad->lock);
      continue;
    }
    gst_event_ref (event);
    begin_events (src_pad);
    g_mutex_unlock (&src_pad->lock);
    gst_pad_push_event (src_pad->pad, gst_event_ref (event));
    g_mutex_lock (&src_pad->lock);
    /* Unless all were dropped meanwhile. */
    if (g_queue_remove (&src_pad->later, event))
      gst_event_unref (event);
    gst_event_unref (event);
    end_events (src_pad);
  }
  src_pad->working = src_pad->stored = FALSE;
  g_cond_broadcast (&src_pad->changed);
  g_mutex_unlock (&src_pad->lock);
}

GstFlowReturn
gst_zrtp_src_pad_work (GstZrtpSrcPad * src_pad, GstBuffer * buffer)
{
  GstFlowReturn ret;

  if (!begin_work (src_pad, NULL)) {
    gst_buffer_unref (buffer);
    return GST_FLOW_FLUSHING;
  }
  if (settle (src_pad, TRUE)) {
    ret = gst_pad_push (src_pad->pad, buffer);
  } else {
    gst_buffer_unref (buffer);
    ret = GST_FLOW_FLUSHING;
  }
  end_work (src_pad);
  return ret;
}

void
gst_zrtp_src_pad_work_event (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  if (!begin_work (src_pad, NULL)) {
    gst_event_unref (event);
    return;
  }
  if (settle (src_pad, TRUE))
    gst_pad_push_event (src_pad->pad, event);
  else
    gst_event_unref (event);
  end_work (src_pad);
}

gboolean
gst_zrtp_src_pad_want_end (GstZrtpSrcPad * src_pad, GstEvent * event)
{
  gboolean ok;

  g_mutex_lock (&src_pad->lock);
  ok = !src_pad->inactive && gst_pad_is_active (src_pad->pad);
  if (ok)
    gst_event_replace (&src_pad->end, event);
  g_mutex_unlock (&src_pad->lock);
  gst_event_unref (event);
  return ok;
}

void
gst_zrtp_src_pad_work_end (GstZrtpSrcPad * src_pad)
{
  GstEvent *event;

  if (!begin_work (src_pad, &event))
    return;
  if (settle (src_pad, TRUE))
    gst_pad_push_event (src_pad->pad, event);
  else
    gst_event_unref (event);
  end_work (src_pad);
}

gboolean
gst_zrtp_src_pad_is_bare (GstZrtpSrcPad * src_pad)
{
  gboolean bare;

  g_mutex_lock (&src_pad->lock);
  bare = src_pad->bare;
  g_mutex_unlock (&src_pad->lock);
  return bare;
}
