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
static GstZrtpEncPad *
get_enc_pad (GstPad * pad)
{
  GstZrtpEncPad *enc_pad;

  GST_OBJECT_LOCK (pad);
  enc_pad = gst_pad_get_element_private (pad);
  if (enc_pad)
    gst_zrtp_enc_pad_ref (enc_pad);
  GST_OBJECT_UNLOCK (pad);
  return enc_pad;
}

/* -- The gate: what happens before there are keys -- */

static GstFlowReturn
refuse_collision (GstZrtpEncPad * enc_pad, GstZrtpTransport * transport,
    guint32 ssrc)
{
  if (enc_pad->have_refused && enc_pad->refused_ssrc == ssrc) {
    if (enc_pad->n_refused < MAX_REFUSED && ++enc_pad->n_refused == MAX_REFUSED)
      gst_zrtp_transport_warn_of_shared_ssrc (transport, ssrc,
          GST_PAD_NAME (enc_pad->sink));
  } else {
    enc_pad->have_refused = TRUE;
    enc_pad->refused_ssrc = ssrc;
    enc_pad->n_refused = 0;
    GST_WARNING_OBJECT (enc_pad->sink,
        "SSRC %08x belongs to another pad, asking " "upstream for another",
        ssrc);
    gst_zrtp_enc_pad_refuse_ssrc (enc_pad, ssrc);
  }
  return GST_FLOW_OK;
}

void
gst_zrtp_enc_pad_refuse_ssrc (GstZrtpEncPad * enc_pad, guint32 ssrc)
{
  if (enc_pad->sink)
    gst_pad_push_event (enc_pad->sink,
        gst_event_new_custom (GST_EVENT_CUSTOM_UPSTREAM,
            gst_structure_new ("GstRTPCollision", "ssrc", G_TYPE_UINT, ssrc,
                NULL)));
}

/* The first packet tells what caps may not have told. FALSE if the SSRC belongs
 * to another pad. */
static gboolean
learn_ssrc (GstZrtpEncPad * enc_pad, GstZrtpSender * sender, guint32 ssrc)
{
  gboolean ok, fresh;

  g_mutex_lock (&sender->lock);
  ok = gst_zrtp_sender_claim (sender, &enc_pad->gate, enc_pad, ssrc)
      != GST_ZRTP_SEND_COLLISION;
  g_mutex_unlock (&sender->lock);
  if (!ok)
    return FALSE;

  GST_OBJECT_LOCK (enc_pad->enc);
  fresh = !enc_pad->have_ssrc;
  if (fresh) {
    enc_pad->have_ssrc = TRUE;
    enc_pad->ssrc = ssrc;
  }
  GST_OBJECT_UNLOCK (enc_pad->enc);
  if (fresh)
    enc_pad->owner->check_start (enc_pad->enc);
  return TRUE;
}

static gboolean
is_live (GstZrtpEncPad * enc_pad)
{
  if (!enc_pad->live_known) {
    GstQuery *query = gst_query_new_latency ();
    gboolean live = FALSE;

    enc_pad->live_known = gst_pad_peer_query (enc_pad->sink, query);
    if (enc_pad->live_known)
      gst_query_parse_latency (query, &live, NULL, NULL);
    enc_pad->live = live;
    gst_query_unref (query);
  }
  return enc_pad->live;
}

static gboolean
should_hold (GstZrtpEncPad * enc_pad, gint before_secure)
{
  switch (before_secure) {
    case GST_ZRTP_BEFORE_SECURE_DROP:
      return FALSE;
    case GST_ZRTP_BEFORE_SECURE_BLOCK:
      return TRUE;
    default:
      return !is_live (enc_pad);
  }
}

/* Waits for as long as the application wants media to wait and upstream does not
 * say that it is live. GstBaseSrc makes a thread that sends EOS to a source, or
 * stops it, wait for this one: media is dropped rather than both threads hang. */
static GstZrtpWait
hold (GstZrtpEncPad * enc_pad, GstZrtpSender * sender)
{
  GstZrtpWait result = GST_ZRTP_WAIT_CHANGED;
  guint n_locked = 0;

  while (result == GST_ZRTP_WAIT_CHANGED) {
    gint before_secure = g_atomic_int_get (&sender->before_secure);

    if (!should_hold (enc_pad, before_secure))
      return result;
    /* What happens after the look is seen by the wait. */
    gst_zrtp_sender_unlink_port (sender, &enc_pad->gate, FALSE);
    if (!gst_pad_is_linked (enc_pad->sink))
      return GST_ZRTP_WAIT_STOPPED;
    GST_DEBUG_OBJECT (enc_pad->sink, "holding media until it may leave");
    result = gst_zrtp_sender_wait (sender, &enc_pad->gate, before_secure,
        g_get_monotonic_time () + HOLD_TIME);
    if (result != GST_ZRTP_WAIT_CHANGED)
      break;
    n_locked = gst_zrtp_upstream_is_locked (enc_pad->sink) ? n_locked + 1 : 0;
    if (n_locked >= MAX_LOCKED) {
      GST_INFO_OBJECT (enc_pad->sink,
          "dropping held media: another thread sends "
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
pass_gate (GstZrtpEncPad * enc_pad, GstZrtpTransport * transport,
    GstBuffer * buffer, guint n, GstFlowReturn * ret)
{
  GstZrtpSender *sender = &transport->sender;
  guint8 header[GST_ZRTP_RTP_HEADER_SIZE];
  gsize size = gst_buffer_extract (buffer, 0, header, sizeof header);
  GstZrtpPacketKind kind = gst_zrtp_packet_get_kind (header, size,
      g_atomic_int_get (&enc_pad->marked));
  ZrtpMedia mode;

  *ret = GST_FLOW_OK;
  if (kind != GST_ZRTP_PACKET_RTP && kind != GST_ZRTP_PACKET_RTCP) {
    gst_zrtp_sender_count_drops (sender, GST_ZRTP_SEND_DROP_MALFORMED, n);
    return ZRTP_MEDIA_BLOCKED;
  }
  if (kind == GST_ZRTP_PACKET_RTP
      && !learn_ssrc (enc_pad, sender, gst_zrtp_rtp_get_ssrc (header))) {
    refuse_collision (enc_pad, transport, gst_zrtp_rtp_get_ssrc (header));
    return ZRTP_MEDIA_BLOCKED;
  }

  mode = gst_zrtp_sender_get_mode (sender);
  /* RTCP of a file has nothing to lose. */
  if (mode == ZRTP_MEDIA_BLOCKED && !enc_pad->is_rtcp) {
    if (hold (enc_pad, sender) == GST_ZRTP_WAIT_STOPPED)
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
protect (GstZrtpEncPad * enc_pad, GstZrtpSender * sender, guint8 * data,
    gsize * size)
{
  GstZrtpPacketKind kind = gst_zrtp_packet_get_kind (data, *size,
      g_atomic_int_get (&enc_pad->marked));

  if (G_UNLIKELY (kind != GST_ZRTP_PACKET_RTP && kind != GST_ZRTP_PACKET_RTCP)) {
    gst_zrtp_sender_drop (sender, GST_ZRTP_SEND_DROP_MALFORMED, 1);
    return GST_ZRTP_SEND_DROPPED;
  }
  return gst_zrtp_sender_protect (sender, &enc_pad->gate, enc_pad, data, size,
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
seal (GstZrtpEncPad * enc_pad, GstZrtpSender * sender, GstBuffer * buffer,
    guint32 * ssrc)
{
  gsize size = gst_buffer_get_size (buffer);
  const gsize room = size + ZRTP_SRTP_MAX_TRAILER;
  guint8 *data = g_malloc (room);
  GstZrtpSendResult result = GST_ZRTP_SEND_DROPPED;

  if (G_LIKELY (gather (buffer, data)))
    result = protect (enc_pad, sender, data, &size);
  else
    gst_zrtp_sender_drop (sender, GST_ZRTP_SEND_DROP_FAILED, 1);
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
report_repeated (GstZrtpEncPad * enc_pad, GstZrtpTransport * transport,
    GstZrtpSendReport report, guint32 ssrc)
{
  switch (report) {
    case GST_ZRTP_SEND_REPORT_RESTARTED:
      GST_WARNING_OBJECT (enc_pad->sink,
          "SSRC %08x resumed at a lower sequence "
          "number, asking upstream for another SSRC", ssrc);
      gst_zrtp_enc_pad_refuse_ssrc (enc_pad, ssrc);
      break;
    case GST_ZRTP_SEND_REPORT_STUCK:
      gst_zrtp_transport_warn_of_restarted_source (transport, ssrc);
      break;
    case GST_ZRTP_SEND_REPORT_REPEATS:
      gst_zrtp_transport_warn_of_repeated_packets (transport, ssrc);
      break;
    case GST_ZRTP_SEND_REPORT_NONE:
      break;
  }
}

/* NULL if the packet does not leave. */
static GstBuffer *
seal_one (GstZrtpEncPad * enc_pad, GstZrtpTransport * transport,
    GstBuffer * buffer)
{
  GstZrtpSender *sender = &transport->sender;
  guint32 ssrc, report_ssrc;
  GstZrtpSendResult result;
  GstZrtpSendReport report;

  buffer = gst_buffer_make_writable (buffer);
  g_mutex_lock (&sender->lock);
  result = seal (enc_pad, sender, buffer, &ssrc);
  report = gst_zrtp_sender_take_report (&enc_pad->gate, &report_ssrc);
  g_mutex_unlock (&sender->lock);
  if (G_UNLIKELY (report != GST_ZRTP_SEND_REPORT_NONE))
    report_repeated (enc_pad, transport, report, report_ssrc);
  if (G_LIKELY (result == GST_ZRTP_SEND_OK))
    return buffer;
  if (result == GST_ZRTP_SEND_COLLISION)
    refuse_collision (enc_pad, transport, ssrc);
  gst_zrtp_transport_warn_of_crowd (enc_pad->enc->transport, &sender->crowded,
      "sent");
  gst_buffer_unref (buffer);
  return NULL;
}

static GstFlowReturn
send_secure (GstZrtpEncPad * enc_pad, GstZrtpTransport * transport,
    GstBuffer * buffer)
{
  buffer = seal_one (enc_pad, transport, buffer);
  return G_LIKELY (buffer) ? gst_zrtp_src_pad_push (&enc_pad->src_pad, buffer)
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
take_buffer (GstZrtpEncPad * enc_pad, GstBuffer * buffer)
{
  GstZrtpTransport *transport = enc_pad->enc->transport;
  ZrtpMedia mode = gst_zrtp_sender_get_mode (&transport->sender);
  GstFlowReturn ret;

  if (G_UNLIKELY (mode != ZRTP_MEDIA_SECURE))
    mode = pass_gate (enc_pad, transport, buffer, 1, &ret);
  if (G_LIKELY (mode == ZRTP_MEDIA_SECURE))
    return send_secure (enc_pad, transport, buffer);
  if (mode == ZRTP_MEDIA_CLEAR) {
    count_clear (&transport->sender, 1);
    return gst_zrtp_src_pad_push (&enc_pad->src_pad, buffer);
  }
  gst_buffer_unref (buffer);
  return ret;
}

/* A release waits for this to end, unless it comes from downstream of here: hence
 * the reference. */
static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstZrtpEncPad *enc_pad =
      gst_zrtp_enc_pad_ref (gst_pad_get_element_private (pad));
  GstFlowReturn ret = take_buffer (enc_pad, buffer);

  gst_zrtp_enc_pad_unref (enc_pad);
  return ret;
}

/* With the sender's lock. Encrypts a writable list; what does not leave is taken
 * out. TRUE if there was a collision, the last of @ssrc. */
static gboolean
seal_list (GstZrtpEncPad * enc_pad, GstZrtpSender * sender,
    GstBufferList * list, guint32 * ssrc)
{
  gboolean collided = FALSE;
  guint i = 0;

  while (i < gst_buffer_list_length (list)) {
    GstZrtpSendResult result = seal (enc_pad, sender,
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
send_list_secure (GstZrtpEncPad * enc_pad, GstZrtpTransport * transport,
    GstBufferList * list)
{
  guint32 ssrc, report_ssrc;
  GstZrtpSendReport report;
  gboolean collided;

  list = gst_buffer_list_make_writable (list);
  g_mutex_lock (&transport->sender.lock);
  collided = seal_list (enc_pad, &transport->sender, list, &ssrc);
  report = gst_zrtp_sender_take_report (&enc_pad->gate, &report_ssrc);
  g_mutex_unlock (&transport->sender.lock);
  if (G_UNLIKELY (report != GST_ZRTP_SEND_REPORT_NONE))
    report_repeated (enc_pad, transport, report, report_ssrc);
  if (G_UNLIKELY (collided))
    refuse_collision (enc_pad, transport, ssrc);
  gst_zrtp_transport_warn_of_crowd (transport, &transport->sender.crowded,
      "sent");
  if (G_LIKELY (gst_buffer_list_length (list) > 0))
    return gst_zrtp_src_pad_push_list (&enc_pad->src_pad, list);
  gst_buffer_list_unref (list);
  return GST_FLOW_OK;
}

static GstFlowReturn
take_list (GstZrtpEncPad * enc_pad, GstBufferList * list)
{
  GstZrtpTransport *transport = enc_pad->enc->transport;
  ZrtpMedia mode = gst_zrtp_sender_get_mode (&transport->sender);
  guint n = gst_buffer_list_length (list);
  GstFlowReturn ret = GST_FLOW_OK;

  if (n == 0)
    mode = ZRTP_MEDIA_BLOCKED;
  else if (G_UNLIKELY (mode != ZRTP_MEDIA_SECURE))
    mode =
        pass_gate (enc_pad, transport, gst_buffer_list_get (list, 0), n, &ret);
  if (G_LIKELY (mode == ZRTP_MEDIA_SECURE))
    return send_list_secure (enc_pad, transport, list);
  if (mode == ZRTP_MEDIA_CLEAR) {
    count_clear (&transport->sender, n);
    return gst_zrtp_src_pad_push_list (&enc_pad->src_pad, list);
  }
  gst_buffer_list_unref (list);
  return ret;
}

static GstFlowReturn
chain_list (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstZrtpEncPad *enc_pad =
      gst_zrtp_enc_pad_ref (gst_pad_get_element_private (pad));
  GstFlowReturn ret = take_list (enc_pad, list);

  gst_zrtp_enc_pad_unref (enc_pad);
  return ret;
}

GstFlowReturn
gst_zrtp_enc_pad_send_rtcp (GstZrtpEncPad * enc_pad, const guint8 * data,
    gsize size)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (enc_pad->enc);
  GstBuffer *buffer;

  /* The element may have stopped meanwhile. */
  if (!transport)
    return GST_FLOW_FLUSHING;
  buffer = seal_one (enc_pad, transport, gst_buffer_new_memdup (data, size));
  gst_zrtp_transport_unref (transport);
  return buffer ? gst_zrtp_src_pad_work (&enc_pad->src_pad,
      buffer) : GST_FLOW_OK;
}

/* -- Events and queries -- */

typedef void (*SetGate) (GstZrtpSender * sender, GstZrtpSendPort * gate,
    gboolean on);

static void
set_gate (GstZrtpEncPad * enc_pad, SetGate set, gboolean on)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (enc_pad->enc);

  if (transport) {
    set (&transport->sender, &enc_pad->gate, on);
    gst_zrtp_transport_unref (transport);
  }
}

static gboolean
take_caps (GstZrtpEncPad * enc_pad, GstEvent * event)
{
  GstCaps *caps, *out;
  GstEvent *new_event;
  guint32 ssrc;

  gst_event_parse_caps (event, &caps);
  if (!enc_pad->is_rtcp) {
    g_atomic_int_set (&enc_pad->marked, gst_zrtp_caps_get_marked (caps));
    GST_OBJECT_LOCK (enc_pad->enc);
    enc_pad->is_video = gst_zrtp_caps_is_video (caps);
    if (gst_zrtp_caps_get_ssrc (caps, &ssrc)) {
      enc_pad->have_ssrc = TRUE;
      enc_pad->ssrc = ssrc;
    }
    GST_OBJECT_UNLOCK (enc_pad->enc);
  }
  out = gst_zrtp_caps_protect (caps);
  new_event = gst_event_new_caps (out);
  gst_event_set_seqnum (new_event, gst_event_get_seqnum (event));
  gst_event_unref (event);
  gst_caps_unref (out);
  return gst_zrtp_src_pad_push_event (&enc_pad->src_pad, new_event);
}

/* After the end of stream nothing can leave here any more, but the other side
 * may still need an answer. */
static void
wait_for_replies (GstZrtpEncPad * enc_pad)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (enc_pad->enc);

  if (!transport)
    return;
  GST_DEBUG_OBJECT (enc_pad->src_pad.pad,
      "holding the end of stream until replies are out");
  gst_zrtp_sender_wait_idle (&transport->sender, &enc_pad->gate,
      g_get_monotonic_time () + EOS_TIME);
  gst_zrtp_transport_unref (transport);
}

void
gst_zrtp_enc_pad_end (GstZrtpEncPad * enc_pad)
{
  wait_for_replies (enc_pad);
  gst_zrtp_src_pad_work_end (&enc_pad->src_pad);
}

static gboolean
take_event (GstZrtpEncPad * enc_pad, GstEvent * event)
{
  gboolean result;

  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_STREAM_START:
      enc_pad->live_known = FALSE;
      set_gate (enc_pad, gst_zrtp_sender_end_port, FALSE);
      break;
    case GST_EVENT_CAPS:
      result = take_caps (enc_pad, event);
      enc_pad->owner->check_start (enc_pad->enc);
      return result;
    case GST_EVENT_EOS:
      set_gate (enc_pad, gst_zrtp_sender_end_port, FALSE);
      if (!enc_pad->is_rtcp)
        wait_for_replies (enc_pad);
      break;
    case GST_EVENT_FLUSH_START:
      set_gate (enc_pad, gst_zrtp_sender_flush_port, TRUE);
      break;
    case GST_EVENT_FLUSH_STOP:
      enc_pad->live_known = FALSE;
      result = gst_zrtp_src_pad_push_event (&enc_pad->src_pad, event);
      set_gate (enc_pad, gst_zrtp_sender_end_port, FALSE);
      set_gate (enc_pad, gst_zrtp_sender_flush_port, FALSE);
      return result;
    default:
      break;
  }
  return gst_zrtp_src_pad_push_event (&enc_pad->src_pad, event);
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstZrtpEncPad *enc_pad = get_enc_pad (pad);
  gboolean result = FALSE;

  if (enc_pad) {
    result = take_event (enc_pad, event);
    gst_zrtp_enc_pad_unref (enc_pad);
  } else {
    gst_event_unref (event);
  }
  return result;
}

/* A source that has no SSRC yet is offered the one that the handshake took;
 * one that has may keep it. */
static void
offer_ssrc (GstZrtpEncPad * enc_pad, GstQuery * query)
{
  GstCaps *caps, *filter, *offer;
  guint32 ssrc;

  if (!enc_pad->owner->get_offered_ssrc (enc_pad->enc, enc_pad, &ssrc))
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
  GstZrtpEncPad *enc_pad;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS
      || !(enc_pad = get_enc_pad (pad)))
    return gst_pad_query_default (pad, parent, query);
  gst_zrtp_caps_answer (pad, enc_pad->src_pad.pad, query,
      gst_zrtp_caps_unprotect);
  offer_ssrc (enc_pad, query);
  gst_zrtp_enc_pad_unref (enc_pad);
  return TRUE;
}

static gboolean
src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  GstZrtpEncPad *enc_pad;

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS
      || !(enc_pad = get_enc_pad (pad)))
    return gst_pad_query_default (pad, parent, query);
  gst_zrtp_caps_answer (pad, enc_pad->sink, query, gst_zrtp_caps_protect);
  gst_zrtp_enc_pad_unref (enc_pad);
  return TRUE;
}

/* Never NULL: default handlers of latency and events depend on it. */
static GstIterator *
iterate_internal_links (GstPad * pad, GstObject * parent)
{
  GstZrtpEncPad *enc_pad = get_enc_pad (pad);
  GValue value = G_VALUE_INIT;
  GstIterator *iterator;
  GstPad *other = NULL;

  if (enc_pad)
    other = pad == enc_pad->sink ? enc_pad->src_pad.pad : enc_pad->sink;
  g_value_init (&value, GST_TYPE_PAD);
  g_value_set_object (&value, other);
  iterator = gst_iterator_new_single (GST_TYPE_PAD, other ? &value : NULL);
  g_value_unset (&value);
  if (enc_pad)
    gst_zrtp_enc_pad_unref (enc_pad);
  return iterator;
}

static void
src_linked (GstPad * pad, GstPad * peer, gpointer unused)
{
  GstZrtpEncPad *enc_pad = get_enc_pad (pad);

  if (!enc_pad)
    return;
  enc_pad->owner->linked (enc_pad->enc);
  gst_zrtp_enc_pad_unref (enc_pad);
}

/* Upstream can't be stopped as long as its thread waits in here. */
static void
sink_unlinked (GstPad * pad, GstPad * peer, gpointer unused)
{
  GstZrtpEncPad *enc_pad = get_enc_pad (pad);

  if (!enc_pad)
    return;
  set_gate (enc_pad, gst_zrtp_sender_unlink_port, TRUE);
  gst_zrtp_enc_pad_unref (enc_pad);
}

/* -- Life -- */

static void
attach (GstZrtpEncPad * enc_pad, GstPad * pad)
{
  gst_pad_set_element_private (pad, gst_zrtp_enc_pad_ref (enc_pad));
  gst_pad_set_iterate_internal_links_function (pad,
      GST_DEBUG_FUNCPTR (iterate_internal_links));
}

static void
detach (GstPad * pad)
{
  GstZrtpEncPad *enc_pad;

  GST_OBJECT_LOCK (pad);
  enc_pad = gst_pad_get_element_private (pad);
  gst_pad_set_element_private (pad, NULL);
  GST_OBJECT_UNLOCK (pad);
  if (enc_pad)
    gst_zrtp_enc_pad_unref (enc_pad);
}

GstZrtpEncPad *
gst_zrtp_enc_pad_new (const GstZrtpEncPadOwner * owner, GstZrtpBin * enc,
    guint id, GstPad * sink, GstPad * src, gboolean is_rtcp)
{
  GstZrtpEncPad *enc_pad = g_new0 (GstZrtpEncPad, 1);

  enc_pad->refs = 1;
  enc_pad->owner = owner;
  enc_pad->enc = enc;
  enc_pad->id = id;
  enc_pad->is_rtcp = is_rtcp;
  gst_zrtp_src_pad_init (&enc_pad->src_pad, src,
      is_rtcp ? GST_ZRTP_CAPS_SRTCP : GST_ZRTP_CAPS_SRTP, FALSE);
  attach (enc_pad, src);
  if (!is_rtcp)
    g_signal_connect (src, "linked", G_CALLBACK (src_linked), NULL);
  if (sink) {
    enc_pad->sink = gst_object_ref (sink);
    attach (enc_pad, sink);
    g_signal_connect (sink, "unlinked", G_CALLBACK (sink_unlinked), NULL);
    gst_pad_set_query_function (src, GST_DEBUG_FUNCPTR (src_query));
    gst_pad_set_chain_function (sink, GST_DEBUG_FUNCPTR (chain));
    gst_pad_set_chain_list_function (sink, GST_DEBUG_FUNCPTR (chain_list));
    gst_pad_set_event_function (sink, GST_DEBUG_FUNCPTR (sink_event));
    gst_pad_set_query_function (sink, GST_DEBUG_FUNCPTR (sink_query));
  }
  return enc_pad;
}

GstZrtpEncPad *
gst_zrtp_enc_pad_ref (GstZrtpEncPad * enc_pad)
{
  g_atomic_int_inc (&enc_pad->refs);
  return enc_pad;
}

void
gst_zrtp_enc_pad_unref (GstZrtpEncPad * enc_pad)
{
  if (!g_atomic_int_dec_and_test (&enc_pad->refs))
    return;
  gst_clear_object (&enc_pad->sink);
  gst_zrtp_src_pad_clear (&enc_pad->src_pad);
  g_free (enc_pad);
}

void
gst_zrtp_enc_pad_expect_eos (GstZrtpEncPad * enc_pad)
{
  set_gate (enc_pad, gst_zrtp_sender_end_port, TRUE);
}

void
gst_zrtp_enc_pad_set_active (GstZrtpEncPad * enc_pad, gboolean active)
{
  set_gate (enc_pad, gst_zrtp_sender_end_port, FALSE);
  set_gate (enc_pad, gst_zrtp_sender_stop_port, !active);
  gst_zrtp_src_pad_set_active (&enc_pad->src_pad, active);
}

void
gst_zrtp_enc_pad_release (GstZrtpEncPad * enc_pad)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (enc_pad->enc);

  if (transport) {
    gst_zrtp_sender_release (&transport->sender, enc_pad);
    gst_zrtp_transport_unref (transport);
  }
  detach (enc_pad->src_pad.pad);
  if (enc_pad->sink)
    detach (enc_pad->sink);
}
