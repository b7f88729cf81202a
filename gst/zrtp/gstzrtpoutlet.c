/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpoutlet.h"

enum
{
  SENT_STREAM_START = 1 << 0,
  SENT_CAPS = 1 << 1,
  SENT_SEGMENT = 1 << 2,
  SENT_ALL = SENT_STREAM_START | SENT_CAPS | SENT_SEGMENT
};

void
gst_zrtp_outlet_init (GstZrtpOutlet * outlet, GstPad * pad,
    const char *caps_name, gboolean ask_downstream)
{
  outlet->pad = gst_object_ref (pad);
  outlet->caps_name = caps_name;
  outlet->ask_downstream = ask_downstream;
  g_mutex_init (&outlet->lock);
  g_cond_init (&outlet->turn);
  outlet->taken = outlet->flushing = outlet->bare = FALSE;
  outlet->sent = 0;
}

void
gst_zrtp_outlet_clear (GstZrtpOutlet * outlet)
{
  gst_clear_object (&outlet->pad);
  g_mutex_clear (&outlet->lock);
  g_cond_clear (&outlet->turn);
}

static void
set_flushing (GstZrtpOutlet * outlet, gboolean flushing)
{
  g_mutex_lock (&outlet->lock);
  outlet->flushing = flushing;
  g_cond_broadcast (&outlet->turn);
  g_mutex_unlock (&outlet->lock);
}

void
gst_zrtp_outlet_set_active (GstZrtpOutlet * outlet, gboolean active)
{
  set_flushing (outlet, !active);
  g_atomic_int_set (&outlet->sent, 0);
}

static gboolean
take_turn (GstZrtpOutlet * outlet)
{
  gboolean ok;

  g_mutex_lock (&outlet->lock);
  while (outlet->taken && !outlet->flushing)
    g_cond_wait (&outlet->turn, &outlet->lock);
  ok = !outlet->flushing;
  if (ok)
    outlet->taken = TRUE;
  g_mutex_unlock (&outlet->lock);
  return ok;
}

static void
give_turn (GstZrtpOutlet * outlet)
{
  g_mutex_lock (&outlet->lock);
  outlet->taken = FALSE;
  g_cond_broadcast (&outlet->turn);
  g_mutex_unlock (&outlet->lock);
}

static GstEvent *
make_stream_start (GstZrtpOutlet * outlet)
{
  guint group = gst_util_group_id_next ();
  char *id = g_strdup_printf ("zrtp-%u-%s", group,
      GST_PAD_NAME (outlet->pad));
  GstEvent *event = gst_event_new_stream_start (id);

  gst_event_set_group_id (event, group);
  g_free (id);
  return event;
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

/* With the turn. */
static void
push_caps (GstZrtpOutlet * outlet)
{
  GstCaps *caps = outlet->ask_downstream ? get_downstream_caps (outlet) : NULL;

  g_mutex_lock (&outlet->lock);
  outlet->bare = !caps;
  g_mutex_unlock (&outlet->lock);
  if (!caps)
    caps = gst_caps_new_empty_simple (outlet->caps_name);
  gst_pad_push_event (outlet->pad, gst_event_new_caps (caps));
  gst_caps_unref (caps);
}

static void
push_segment (GstZrtpOutlet * outlet)
{
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (outlet->pad, gst_event_new_segment (&segment));
}

/* With the turn. The other side may have been faster. */
static void
push_missing (GstZrtpOutlet * outlet)
{
  gint sent = g_atomic_int_get (&outlet->sent);

  if (!(sent & SENT_STREAM_START))
    gst_pad_push_event (outlet->pad, make_stream_start (outlet));
  if (!(sent & SENT_CAPS))
    push_caps (outlet);
  if (!(sent & SENT_SEGMENT))
    push_segment (outlet);
  g_atomic_int_or (&outlet->sent, SENT_ALL);
}

GstFlowReturn
gst_zrtp_outlet_open (GstZrtpOutlet * outlet)
{
  if (G_LIKELY (g_atomic_int_get (&outlet->sent) == SENT_ALL))
    return GST_FLOW_OK;
  if (!gst_pad_is_active (outlet->pad) || !take_turn (outlet))
    return GST_FLOW_FLUSHING;
  push_missing (outlet);
  give_turn (outlet);
  return GST_FLOW_OK;
}

/* Payloaders and live sources speak of time; anything else would make sinks
 * choke on packets that have none. */
static GstEvent *
in_time (GstEvent * event)
{
  const GstSegment *segment;
  GstSegment time;
  GstEvent *result;

  gst_event_parse_segment (event, &segment);
  if (segment->format == GST_FORMAT_TIME)
    return event;
  gst_segment_init (&time, GST_FORMAT_TIME);
  result = gst_event_new_segment (&time);
  gst_event_set_seqnum (result, gst_event_get_seqnum (event));
  gst_event_unref (event);
  return result;
}

gboolean
gst_zrtp_outlet_push_event (GstZrtpOutlet * outlet, GstEvent * event)
{
  gint bit = 0;
  gboolean result;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      bit = SENT_STREAM_START;
      break;
    case GST_EVENT_CAPS:
      bit = SENT_CAPS;
      break;
    case GST_EVENT_SEGMENT:
      bit = SENT_SEGMENT;
      event = in_time (event);
      break;
    case GST_EVENT_FLUSH_START:
      set_flushing (outlet, TRUE);
      return gst_pad_push_event (outlet->pad, event);
    case GST_EVENT_FLUSH_STOP:
      g_atomic_int_and (&outlet->sent, ~SENT_SEGMENT);
      result = gst_pad_push_event (outlet->pad, event);
      set_flushing (outlet, FALSE);
      return result;
    default:
      return gst_pad_push_event (outlet->pad, event);
  }

  if (!take_turn (outlet)) {
    gst_event_unref (event);
    return FALSE;
  }
  if (bit == SENT_CAPS) {
    g_mutex_lock (&outlet->lock);
    outlet->bare = FALSE;
    g_mutex_unlock (&outlet->lock);
  }
  result = gst_pad_push_event (outlet->pad, event);
  g_atomic_int_or (&outlet->sent, bit);
  give_turn (outlet);
  return result;
}

GstFlowReturn
gst_zrtp_outlet_push (GstZrtpOutlet * outlet, GstBuffer * buffer)
{
  GstFlowReturn ret = gst_zrtp_outlet_open (outlet);

  if (G_UNLIKELY (ret != GST_FLOW_OK)) {
    gst_buffer_unref (buffer);
    return ret;
  }
  return gst_pad_push (outlet->pad, buffer);
}

GstFlowReturn
gst_zrtp_outlet_push_list (GstZrtpOutlet * outlet, GstBufferList * list)
{
  GstFlowReturn ret = gst_zrtp_outlet_open (outlet);

  if (G_UNLIKELY (ret != GST_FLOW_OK)) {
    gst_buffer_list_unref (list);
    return ret;
  }
  return gst_pad_push_list (outlet->pad, list);
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
