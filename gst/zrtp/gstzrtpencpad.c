/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpencpad.h"

#include "media/gstzrtpcaps.h"
#include "media/gstzrtpupstream.h"
#include "session/gstzrtpsourcewarnings.h"

#include <string.h>

GST_DEBUG_CATEGORY (gst_zrtp_enc_debug);
#define GST_CAT_DEFAULT gst_zrtp_enc_debug

/* Longest wait of an end of stream for the handshake's last replies. */
#define EOS_TIME (2 * G_TIME_SPAN_SECOND)
/* Time for upstream to take another SSRC, in packets. */
#define MAX_REFUSED 64
/* A thread that holds media asks this often whether the source is live, and
 * whether another thread waits for it. */
#define HOLD_TIME (G_TIME_SPAN_SECOND / 10)
/* Successive answers that make it let go: an application's thread holds the state
 * lock of a source for moments only, unless it waits. */
#define MAX_LOCKED 3

/* For all pad functions but the chain functions, which begin before the port and
 * the pad part: a reference, or NULL after that. */
static GstZrtpEncPort *
get_port (GstPad * pad)
{
  GstZrtpEncPort *port;

  GST_OBJECT_LOCK (pad);
  port = gst_pad_get_element_private (pad);
  if (port)
    gst_zrtp_enc_port_ref (port);
  GST_OBJECT_UNLOCK (pad);
  return port;
}

/* -- The gate: what happens before there are keys -- */

static GstFlowReturn
refuse_collision (GstZrtpEncPort * port, GstZrtpPair * pair, guint32 ssrc)
{
  if (port->have_refused && port->refused_ssrc == ssrc) {
    if (port->n_refused < MAX_REFUSED && ++port->n_refused == MAX_REFUSED)
      gst_zrtp_pair_warn_of_shared_ssrc (pair, ssrc, GST_PAD_NAME (port->sink));
  } else {
    port->have_refused = TRUE;
    port->refused_ssrc = ssrc;
    port->n_refused = 0;
    GST_WARNING_OBJECT (port->sink, "SSRC %08x belongs to another pad, asking "
        "upstream for another", ssrc);
    gst_zrtp_enc_port_refuse_ssrc (port, ssrc);
  }
  return GST_FLOW_OK;
}

void
gst_zrtp_enc_port_refuse_ssrc (GstZrtpEncPort * port, guint32 ssrc)
{
  if (port->sink)
    gst_pad_push_event (port->sink,
        gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
            gst_structure_new ("GstRTPCollision", "ssrc", G_TYPE_UINT, ssrc,
                NULL)));
}

/* The first packet tells what caps may not have told. FALSE if the SSRC belongs
 * to another pad. */
static gboolean
learn_ssrc (GstZrtpEncPort * port, GstZrtpSender * sender, guint32 ssrc)
{
  gboolean ok, fresh;

  g_mutex_lock (&sender->lock);
  ok = gst_zrtp_sender_claim (sender, &port->gate, port, ssrc)
      != GST_ZRTP_SEND_COLLISION;
  g_mutex_unlock (&sender->lock);
  if (!ok)
    return FALSE;

  GST_OBJECT_LOCK (port->enc);
  fresh = !port->have_ssrc;
  if (fresh) {
    port->have_ssrc = TRUE;
    port->ssrc = ssrc;
  }
  GST_OBJECT_UNLOCK (port->enc);
  if (fresh)
    port->owner->check_start (port->enc);
  return TRUE;
}

static gboolean
is_live (GstZrtpEncPort * port)
{
  if (!port->live_known) {
    GstQuery *query = gst_query_new_latency ();
    gboolean live = FALSE;

    port->live_known = gst_pad_peer_query (port->sink, query);
    if (port->live_known)
      gst_query_parse_latency (query, &live, NULL, NULL);
    port->live = live;
    gst_query_unref (query);
  }
  return port->live;
}

static gboolean
should_hold (GstZrtpEncPort * port, gint before_secure)
{
  switch (before_secure) {
    case GST_ZRTP_BEFORE_SECURE_DROP:
      return FALSE;
    case GST_ZRTP_BEFORE_SECURE_BLOCK:
      return TRUE;
    default:
      return !is_live (port);
  }
}

/* Waits for as long as the application wants media to wait and upstream does not
 * say that it is live. GstBaseSrc makes a thread that sends EOS to a source, or
 * stops it, wait for this one: media is dropped rather than both threads hang. */
static GstZrtpWait
hold (GstZrtpEncPort * port, GstZrtpSender * sender)
{
  GstZrtpWait result = GST_ZRTP_WAIT_CHANGED;
  guint n_locked = 0;

  while (result == GST_ZRTP_WAIT_CHANGED) {
    gint before_secure = g_atomic_int_get (&sender->before_secure);

    if (!should_hold (port, before_secure))
      return result;
    /* What happens after the look is seen by the wait. */
    gst_zrtp_sender_unlink_port (sender, &port->gate, FALSE);
    if (!gst_pad_is_linked (port->sink))
      return GST_ZRTP_WAIT_STOPPED;
    GST_DEBUG_OBJECT (port->sink, "holding media until it may leave");
    result = gst_zrtp_sender_wait (sender, &port->gate, before_secure,
        g_get_monotonic_time () + HOLD_TIME);
    if (result != GST_ZRTP_WAIT_CHANGED)
      break;
    n_locked = gst_zrtp_upstream_is_locked (port->sink) ? n_locked + 1 : 0;
    if (n_locked >= MAX_LOCKED) {
      GST_INFO_OBJECT (port->sink, "dropping held media: another thread sends "
          "the source an event or stops it");
      result = GST_ZRTP_WAIT_VAIN;
    }
  }
  return result;
}

/* What may become of media whose first packet is @buffer: ZRTP_MEDIA_BLOCKED
 * means that it goes nowhere, and *ret is the flow to return. Counts one drop
 * for each of @n packets. */
static ZrtpMedia
pass_gate (GstZrtpEncPort * port, GstZrtpPair * pair, GstBuffer * buffer,
    guint n, GstFlowReturn * ret)
{
  GstZrtpSender *sender = &pair->sender;
  guint8 header[GST_ZRTP_RTP_HEADER_SIZE];
  gsize size = gst_buffer_extract (buffer, 0, header, sizeof header);
  GstZrtpPacketKind kind = gst_zrtp_packet_get_kind (header, size,
      g_atomic_int_get (&port->marked));
  ZrtpMedia mode;

  *ret = GST_FLOW_OK;
  if (kind != GST_ZRTP_PACKET_RTP && kind != GST_ZRTP_PACKET_RTCP) {
    gst_zrtp_sender_count_drops (sender, GST_ZRTP_SEND_DROP_MALFORMED, n);
    return ZRTP_MEDIA_BLOCKED;
  }
  if (kind == GST_ZRTP_PACKET_RTP
      && !learn_ssrc (port, sender, gst_zrtp_rtp_get_ssrc (header))) {
    refuse_collision (port, pair, gst_zrtp_rtp_get_ssrc (header));
    return ZRTP_MEDIA_BLOCKED;
  }

  mode = gst_zrtp_sender_get_mode (sender);
  /* RTCP of a file has nothing to lose. */
  if (mode == ZRTP_MEDIA_BLOCKED && !port->is_rtcp) {
    if (hold (port, sender) == GST_ZRTP_WAIT_STOPPED)
      *ret = GST_FLOW_FLUSHING;
    else
      mode = gst_zrtp_sender_get_mode (sender);
  }
  if (mode != ZRTP_MEDIA_BLOCKED)
    return mode;
  gst_zrtp_sender_count_drops (sender, GST_ZRTP_SEND_DROP_BEFORE_SECURE, n);
  return ZRTP_MEDIA_BLOCKED;
}

/* -- The data path -- */

/* With the sender's lock. @data has @size octets and room behind them. */
static GstZrtpSendResult
protect (GstZrtpEncPort * port, GstZrtpSender * sender, guint8 * data,
    gsize * size)
{
  GstZrtpPacketKind kind = gst_zrtp_packet_get_kind (data, *size,
      g_atomic_int_get (&port->marked));

  if (G_UNLIKELY (kind != GST_ZRTP_PACKET_RTP && kind != GST_ZRTP_PACKET_RTCP)) {
    sender->drops[GST_ZRTP_SEND_DROP_MALFORMED]++;
    return GST_ZRTP_SEND_DROPPED;
  }
  return gst_zrtp_sender_protect (sender, &port->gate, port, data, size,
      kind == GST_ZRTP_PACKET_RTCP);
}

/* Copies what is in @buffer. Memory by memory, without the detour over the buffer:
 * gst_buffer_extract() takes twice the time for a voice packet. */
static gboolean
gather (GstBuffer * buffer, guint8 * data)
{
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    GstMapInfo map;

    if (G_UNLIKELY (!gst_memory_map (memory, &map, GST_MAP_READ)))
      return FALSE;
    memcpy (data, map.data, map.size);
    data += map.size;
    gst_memory_unmap (memory, &map);
  }
  return TRUE;
}

/* With the sender's lock. Encrypts what is in a writable buffer, into a copy in
 * one piece with room for the tag: payloaders make packets of several pieces,
 * and what lies behind the last is the next packet's. @ssrc: of a packet that
 * collides. */
static GstZrtpSendResult
seal (GstZrtpEncPort * port, GstZrtpSender * sender, GstBuffer * buffer,
    guint32 * ssrc)
{
  gsize size = gst_buffer_get_size (buffer);
  const gsize room = size + ZRTP_SRTP_MAX_TRAILER;
  guint8 *data = g_malloc (room);
  GstZrtpSendResult result = GST_ZRTP_SEND_DROPPED;

  if (G_LIKELY (gather (buffer, data)))
    result = protect (port, sender, data, &size);
  else
    sender->drops[GST_ZRTP_SEND_DROP_FAILED]++;
  if (G_LIKELY (result == GST_ZRTP_SEND_OK)) {
    gst_buffer_replace_all_memory (buffer, gst_memory_new_wrapped (0, data,
            room, 0, size, data, g_free));
    return result;
  }
  if (result == GST_ZRTP_SEND_COLLISION)
    *ssrc = gst_zrtp_rtp_get_ssrc (data);
  g_free (data);
  return result;
}

/* Must be called without locks. */
static void
report_repeated (GstZrtpEncPort * port, GstZrtpPair * pair,
    GstZrtpSendReport report, guint32 ssrc)
{
  switch (report) {
    case GST_ZRTP_SEND_REPORT_RESTARTED:
      GST_WARNING_OBJECT (port->sink, "SSRC %08x resumed at a lower sequence "
          "number, asking upstream for another SSRC", ssrc);
      gst_zrtp_enc_port_refuse_ssrc (port, ssrc);
      break;
    case GST_ZRTP_SEND_REPORT_STUCK:
      gst_zrtp_pair_warn_of_restarted_source (pair, ssrc);
      break;
    case GST_ZRTP_SEND_REPORT_REPEATS:
      gst_zrtp_pair_warn_of_repeated_packets (pair, ssrc);
      break;
    case GST_ZRTP_SEND_REPORT_NONE:
      break;
  }
}

/* NULL if the packet does not leave. */
static GstBuffer *
seal_one (GstZrtpEncPort * port, GstZrtpPair * pair, GstBuffer * buffer)
{
  GstZrtpSender *sender = &pair->sender;
  guint32 ssrc, report_ssrc;
  GstZrtpSendResult result;
  GstZrtpSendReport report;

  buffer = gst_buffer_make_writable (buffer);
  g_mutex_lock (&sender->lock);
  result = seal (port, sender, buffer, &ssrc);
  report = gst_zrtp_sender_take_report (&port->gate, &report_ssrc);
  g_mutex_unlock (&sender->lock);
  if (G_UNLIKELY (report != GST_ZRTP_SEND_REPORT_NONE))
    report_repeated (port, pair, report, report_ssrc);
  if (G_LIKELY (result == GST_ZRTP_SEND_OK))
    return buffer;
  if (result == GST_ZRTP_SEND_COLLISION)
    refuse_collision (port, pair, ssrc);
  gst_zrtp_pair_warn_of_crowd (port->enc->pair, &sender->crowded, "sent");
  gst_buffer_unref (buffer);
  return NULL;
}

static GstFlowReturn
send_secure (GstZrtpEncPort * port, GstZrtpPair * pair, GstBuffer * buffer)
{
  buffer = seal_one (port, pair, buffer);
  return G_LIKELY (buffer) ? gst_zrtp_outlet_push (&port->outlet, buffer)
      : GST_FLOW_OK;
}

static void
count_clear (GstZrtpSender * sender, guint n)
{
  g_mutex_lock (&sender->lock);
  sender->clear_packets += n;
  g_mutex_unlock (&sender->lock);
}

static GstFlowReturn
take_buffer (GstZrtpEncPort * port, GstBuffer * buffer)
{
  GstZrtpPair *pair = port->enc->pair;
  ZrtpMedia mode = gst_zrtp_sender_get_mode (&pair->sender);
  GstFlowReturn ret;

  if (G_UNLIKELY (mode != ZRTP_MEDIA_SECURE))
    mode = pass_gate (port, pair, buffer, 1, &ret);
  if (G_LIKELY (mode == ZRTP_MEDIA_SECURE))
    return send_secure (port, pair, buffer);
  if (mode == ZRTP_MEDIA_CLEAR) {
    count_clear (&pair->sender, 1);
    return gst_zrtp_outlet_push (&port->outlet, buffer);
  }
  gst_buffer_unref (buffer);
  return ret;
}

/* A release waits for this to end, unless it comes from downstream of here: hence
 * the reference. */
static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstZrtpEncPort *port =
      gst_zrtp_enc_port_ref (gst_pad_get_element_private (pad));
  GstFlowReturn ret = take_buffer (port, buffer);

  gst_zrtp_enc_port_unref (port);
  return ret;
}

/* With the sender's lock. Encrypts a writable list; what does not leave is taken
 * out. TRUE if there was a collision, the last of @ssrc. */
static gboolean
seal_list (GstZrtpEncPort * port, GstZrtpSender * sender, GstBufferList * list,
    guint32 * ssrc)
{
  gboolean collided = FALSE;
  guint i = 0;

  while (i < gst_buffer_list_length (list)) {
    GstZrtpSendResult result = seal (port, sender,
        gst_buffer_list_get_writable (list, i), ssrc);

    collided |= result == GST_ZRTP_SEND_COLLISION;
    if (G_LIKELY (result == GST_ZRTP_SEND_OK))
      i++;
    else
      gst_buffer_list_remove (list, i, 1);
  }
  return collided;
}

/* One lock for the whole list. */
static GstFlowReturn
send_list_secure (GstZrtpEncPort * port, GstZrtpPair * pair,
    GstBufferList * list)
{
  guint32 ssrc, report_ssrc;
  GstZrtpSendReport report;
  gboolean collided;

  list = gst_buffer_list_make_writable (list);
  g_mutex_lock (&pair->sender.lock);
  collided = seal_list (port, &pair->sender, list, &ssrc);
  report = gst_zrtp_sender_take_report (&port->gate, &report_ssrc);
  g_mutex_unlock (&pair->sender.lock);
  if (G_UNLIKELY (report != GST_ZRTP_SEND_REPORT_NONE))
    report_repeated (port, pair, report, report_ssrc);
  if (G_UNLIKELY (collided))
    refuse_collision (port, pair, ssrc);
  gst_zrtp_pair_warn_of_crowd (pair, &pair->sender.crowded, "sent");
  if (G_LIKELY (gst_buffer_list_length (list) > 0))
    return gst_zrtp_outlet_push_list (&port->outlet, list);
  gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

static GstFlowReturn
take_list (GstZrtpEncPort * port, GstBufferList * list)
{
  GstZrtpPair *pair = port->enc->pair;
  ZrtpMedia mode = gst_zrtp_sender_get_mode (&pair->sender);
  guint n = gst_buffer_list_length (list);
  GstFlowReturn ret = GST_FLOW_OK;

  if (n == 0)
    mode = ZRTP_MEDIA_BLOCKED;
  else if (G_UNLIKELY (mode != ZRTP_MEDIA_SECURE))
    mode = pass_gate (port, pair, gst_buffer_list_get (list, 0), n, &ret);
  if (G_LIKELY (mode == ZRTP_MEDIA_SECURE))
    return send_list_secure (port, pair, list);
  if (mode == ZRTP_MEDIA_CLEAR) {
    count_clear (&pair->sender, n);
    return gst_zrtp_outlet_push_list (&port->outlet, list);
  }
  gst_buffer_list_unref (list);
  return ret;
}

static GstFlowReturn
chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstZrtpEncPort *port =
      gst_zrtp_enc_port_ref (gst_pad_get_element_private (pad));
  GstFlowReturn ret = take_list (port, list);

  gst_zrtp_enc_port_unref (port);
  return ret;
}

GstFlowReturn
gst_zrtp_enc_port_send_rtcp (GstZrtpEncPort * port, const guint8 * data,
    gsize size)
{
  GstZrtpPair *pair = gst_zrtp_bin_get_pair (port->enc);
  GstBuffer *buffer;

  /* The element may have stopped meanwhile. */
  if (!pair)
    return GST_FLOW_FLUSHING;
  buffer = seal_one (port, pair, gst_buffer_new_memdup (data, size));
  gst_zrtp_pair_unref (pair);
  return buffer ? gst_zrtp_outlet_work (&port->outlet, buffer) : GST_FLOW_OK;
}

/* -- Events and queries -- */

typedef void (*SetGate) (GstZrtpSender * sender, GstZrtpSendPort * gate,
    gboolean on);

static void
set_gate (GstZrtpEncPort * port, SetGate set, gboolean on)
{
  GstZrtpPair *pair = gst_zrtp_bin_get_pair (port->enc);

  if (pair) {
    set (&pair->sender, &port->gate, on);
    gst_zrtp_pair_unref (pair);
  }
}

static gboolean
take_caps (GstZrtpEncPort * port, GstEvent * event)
{
  GstCaps *caps, *out;
  GstEvent *new_event;
  guint32 ssrc;

  gst_event_parse_caps (event, &caps);
  if (!port->is_rtcp) {
    g_atomic_int_set (&port->marked, gst_zrtp_caps_get_marked (caps));
    GST_OBJECT_LOCK (port->enc);
    port->is_video = gst_zrtp_caps_is_video (caps);
    if (gst_zrtp_caps_get_ssrc (caps, &ssrc)) {
      port->have_ssrc = TRUE;
      port->ssrc = ssrc;
    }
    GST_OBJECT_UNLOCK (port->enc);
  }
  out = gst_zrtp_caps_protect (caps);
  new_event = gst_event_new_caps (out);
  gst_event_set_seqnum (new_event, gst_event_get_seqnum (event));
  gst_event_unref (event);
  gst_caps_unref (out);
  return gst_zrtp_outlet_push_event (&port->outlet, new_event);
}

/* After the end of stream nothing can leave here any more, but the other side
 * may still need an answer. */
static void
wait_for_replies (GstZrtpEncPort * port)
{
  GstZrtpPair *pair = gst_zrtp_bin_get_pair (port->enc);

  if (!pair)
    return;
  GST_DEBUG_OBJECT (port->outlet.pad,
      "holding the end of stream until replies are out");
  gst_zrtp_sender_wait_idle (&pair->sender, &port->gate,
      g_get_monotonic_time () + EOS_TIME);
  gst_zrtp_pair_unref (pair);
}

void
gst_zrtp_enc_port_end (GstZrtpEncPort * port)
{
  wait_for_replies (port);
  gst_zrtp_outlet_work_end (&port->outlet);
}

static gboolean
take_event (GstZrtpEncPort * port, GstEvent * event)
{
  gboolean result;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      port->live_known = FALSE;
      set_gate (port, gst_zrtp_sender_end_port, FALSE);
      break;
    case GST_EVENT_CAPS:
      result = take_caps (port, event);
      port->owner->check_start (port->enc);
      return result;
    case GST_EVENT_EOS:
      set_gate (port, gst_zrtp_sender_end_port, FALSE);
      if (!port->is_rtcp)
        wait_for_replies (port);
      break;
    case GST_EVENT_FLUSH_START:
      set_gate (port, gst_zrtp_sender_flush_port, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      port->live_known = FALSE;
      result = gst_zrtp_outlet_push_event (&port->outlet, event);
      set_gate (port, gst_zrtp_sender_end_port, FALSE);
      set_gate (port, gst_zrtp_sender_flush_port, FALSE);
      return result;
    default:
      break;
  }
  return gst_zrtp_outlet_push_event (&port->outlet, event);
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstZrtpEncPort *port = get_port (pad);
  gboolean result = FALSE;

  if (port) {
    result = take_event (port, event);
    gst_zrtp_enc_port_unref (port);
  } else {
    gst_event_unref (event);
  }
  return result;
}

/* A source that has no SSRC yet is offered the one that the handshake took;
 * one that has may keep it. */
static void
offer_ssrc (GstZrtpEncPort * port, GstQuery * query)
{
  GstCaps *caps, *filter, *offer;
  guint32 ssrc;

  if (!port->owner->get_offered_ssrc (port->enc, port, &ssrc))
    return;
  gst_query_parse_caps_result (query, &caps);
  gst_query_parse_caps (query, &filter);
  offer = gst_caps_copy (caps);
  gst_caps_set_simple (offer, "ssrc", G_TYPE_UINT, ssrc, NULL);
  if (filter) {
    GstCaps *all = offer;

    offer = gst_caps_intersect_full (all, filter, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (all);
  }
  gst_caps_append (offer, gst_caps_ref (caps));
  gst_query_set_caps_result (query, offer);
  gst_caps_unref (offer);
}

static gboolean
sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstZrtpEncPort *port;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS || !(port = get_port (pad)))
    return gst_pad_query_default (pad, parent, query);
  gst_zrtp_caps_answer (pad, port->outlet.pad, query, gst_zrtp_caps_unprotect);
  offer_ssrc (port, query);
  gst_zrtp_enc_port_unref (port);
  return TRUE;
}

static gboolean
src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstZrtpEncPort *port;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS || !(port = get_port (pad)))
    return gst_pad_query_default (pad, parent, query);
  gst_zrtp_caps_answer (pad, port->sink, query, gst_zrtp_caps_protect);
  gst_zrtp_enc_port_unref (port);
  return TRUE;
}

/* Never NULL: default handlers of latency and events depend on it. */
static GstIterator *
iterate_internal_links (GstPad * pad, GstObject * parent)
{
  GstZrtpEncPort *port = get_port (pad);
  GValue value = G_VALUE_INIT;
  GstIterator *iterator;
  GstPad *other = NULL;

  if (port)
    other = pad == port->sink ? port->outlet.pad : port->sink;
  g_value_init (&value, GST_TYPE_PAD);
  g_value_set_object (&value, other);
  iterator = gst_iterator_new_single (GST_TYPE_PAD, other ? &value : NULL);
  g_value_unset (&value);
  if (port)
    gst_zrtp_enc_port_unref (port);
  return iterator;
}

static void
src_linked (GstPad * pad, GstPad * peer, gpointer unused)
{
  GstZrtpEncPort *port = get_port (pad);

  if (!port)
    return;
  port->owner->linked (port->enc);
  gst_zrtp_enc_port_unref (port);
}

/* Upstream can't be stopped as long as its thread waits in here. */
static void
sink_unlinked (GstPad * pad, GstPad * peer, gpointer unused)
{
  GstZrtpEncPort *port = get_port (pad);

  if (!port)
    return;
  set_gate (port, gst_zrtp_sender_unlink_port, TRUE);
  gst_zrtp_enc_port_unref (port);
}

/* -- Life -- */

static void
attach (GstZrtpEncPort * port, GstPad * pad)
{
  gst_pad_set_element_private (pad, gst_zrtp_enc_port_ref (port));
  gst_pad_set_iterate_internal_links_function (pad,
      GST_DEBUG_FUNCPTR (iterate_internal_links));
}

static void
detach (GstPad * pad)
{
  GstZrtpEncPort *port;

  GST_OBJECT_LOCK (pad);
  port = gst_pad_get_element_private (pad);
  gst_pad_set_element_private (pad, NULL);
  GST_OBJECT_UNLOCK (pad);
  if (port)
    gst_zrtp_enc_port_unref (port);
}

GstZrtpEncPort *
gst_zrtp_enc_port_new (const GstZrtpEncPortOwner * owner, GstZrtpBin * enc,
    guint id, GstPad * sink, GstPad * src, gboolean is_rtcp)
{
  GstZrtpEncPort *port = g_new0 (GstZrtpEncPort, 1);

  port->refs = 1;
  port->owner = owner;
  port->enc = enc;
  port->id = id;
  port->is_rtcp = is_rtcp;
  gst_zrtp_outlet_init (&port->outlet, src,
      is_rtcp ? GST_ZRTP_CAPS_SRTCP : GST_ZRTP_CAPS_SRTP, FALSE);
  attach (port, src);
  if (!is_rtcp)
    g_signal_connect (src, "linked", G_CALLBACK (src_linked), NULL);
  if (sink) {
    port->sink = gst_object_ref (sink);
    attach (port, sink);
    g_signal_connect (sink, "unlinked", G_CALLBACK (sink_unlinked), NULL);
    gst_pad_set_query_function (src, GST_DEBUG_FUNCPTR (src_query));
    gst_pad_set_chain_function (sink, GST_DEBUG_FUNCPTR (chain));
    gst_pad_set_chain_list_function (sink, GST_DEBUG_FUNCPTR (chain_list));
    gst_pad_set_event_function (sink, GST_DEBUG_FUNCPTR (sink_event));
    gst_pad_set_query_function (sink, GST_DEBUG_FUNCPTR (sink_query));
  }
  return port;
}

GstZrtpEncPort *
gst_zrtp_enc_port_ref (GstZrtpEncPort * port)
{
  g_atomic_int_inc (&port->refs);
  return port;
}

void
gst_zrtp_enc_port_unref (GstZrtpEncPort * port)
{
  if (!g_atomic_int_dec_and_test (&port->refs))
    return;
  gst_clear_object (&port->sink);
  gst_zrtp_outlet_clear (&port->outlet);
  g_free (port);
}

void
gst_zrtp_enc_port_expect_eos (GstZrtpEncPort * port)
{
  set_gate (port, gst_zrtp_sender_end_port, TRUE);
}

void
gst_zrtp_enc_port_set_active (GstZrtpEncPort * port, gboolean active)
{
  set_gate (port, gst_zrtp_sender_end_port, FALSE);
  set_gate (port, gst_zrtp_sender_stop_port, !active);
  gst_zrtp_outlet_set_active (&port->outlet, active);
}

void
gst_zrtp_enc_port_release (GstZrtpEncPort * port)
{
  GstZrtpPair *pair = gst_zrtp_bin_get_pair (port->enc);

  if (pair) {
    gst_zrtp_sender_release (&pair->sender, port);
    gst_zrtp_pair_unref (pair);
  }
  detach (port->outlet.pad);
  if (port->sink)
    detach (port->sink);
}
