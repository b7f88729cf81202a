/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-zrtpdec
 * @title: zrtpdec
 * @see_also: zrtpenc, srtpdec
 *
 * zrtpdec receives what zrtpenc of the other endpoint sends: it hands the
 * handshake over to its zrtpenc, and decrypts RTP and RTCP with the keys that
 * come of it. See zrtpenc for how the two find each other.
 *
 * A `udpsrc` in front of it needs caps, since nothing else tells what the packets
 * are. Without them zrtpdec takes the caps that its downstream neighbour asks
 * for, if that is one thing, else bare `application/x-rtp`, which is enough for
 * rtpbin (with its signal request-pt-map), but not for a depayloader.
 *
 * RTCP multiplexed on the RTP port (RFC 5761) comes out of `rtcp_src`, which then
 * ends when RTP does. What can't be decrypted or was seen before is dropped and counted (#GstZrtpBin:stats);
 * nothing received ever makes an error. Once the call is secure nothing
 * that came in the clear passes.
 *
 * Where sinks wait for each other, so that the handshake hangs in one of them and
 * there would never be media for the other, zrtpdec makes that one ready: it sends
 * caps, a segment and a gap ahead.
 *
 * ## Example pipelines
 *
 * |[
 * gst-launch-1.0 -m audiotestsrc is-live=true wave=ticks ! opusenc ! rtpopuspay pt=96 ! zrtpenc name=enc cache=zrtp-a.sqlite enc.rtp_src_0 ! udpsink host=127.0.0.1 port=5004 async=false udpsrc port=5006 caps="application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96" ! zrtpdec ! rtpopusdepay ! opusdec ! audioconvert ! autoaudiosink
 * ]| One end of a voice call.
 * |[
 * gst-launch-1.0 -m udpsrc port=5004 caps="application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96" ! zrtpdec ! rtpopusdepay ! opusdec ! audioconvert ! autoaudiosink zrtpenc name=enc cache=zrtp-b.sqlite enc.zrtp_src ! udpsink host=127.0.0.1 port=5006 async=false
 * ]| An end that only listens: the handshake needs a way out all the same, the
 * pad `zrtp_src`.
 *
 * Since: 0.1
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstzrtpdec.h"

#include "gstzrtpbypass.h"
#include "media/gstzrtpcaps.h"
#include "media/gstzrtpsrcpad.h"
#include "session/gstzrtpoutbox.h"
#include "session/gstzrtpservice.h"
#include "session/gstzrtpsourcewarnings.h"

GST_DEBUG_CATEGORY_STATIC (gst_zrtp_dec_debug);
#define GST_CAT_DEFAULT gst_zrtp_dec_debug

/* How long caps from upstream are waited for before sinks are made ready without
 * them. */
#define CAPS_TIME (G_TIME_SPAN_SECOND / 10)

/* From a sink pad to its source pad. */
typedef struct
{
  GstPad *sink;                 /* the element's */
  guint8 marked;                /* gst_zrtp_caps_get_marked(); streaming thread */
  GstZrtpSrcPad src_pad;
} Path;

struct _GstZrtpDec
{
  GstZrtpBin parent;

  Path rtp, rtcp;
  GstZrtpTimer no_caps;
  GstZrtpWork preroll_work;     /* makes sinks ready */
  gint opened;                  /* atomic: that was done, or media came */
  gint is_video;                /* atomic */
  gint warned_of_caps;          /* atomic */

  gboolean running;             /* object lock */
};

G_DEFINE_TYPE (GstZrtpDec, gst_zrtp_dec, GST_TYPE_ZRTP_BIN);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (zrtpdec, "zrtpdec", GST_RANK_NONE,
    GST_TYPE_ZRTP_DEC,
    GST_DEBUG_CATEGORY_INIT (gst_zrtp_dec_debug, "zrtpdec", 0,
        "ZRTP decrypter"));

static GstStaticPadTemplate rtp_sink_template =
    GST_STATIC_PAD_TEMPLATE ("rtp_sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_SRTP "; " GST_ZRTP_CAPS_RTP));

static GstStaticPadTemplate rtp_src_template =
GST_STATIC_PAD_TEMPLATE ("rtp_src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_RTP));

static GstStaticPadTemplate rtcp_sink_template =
    GST_STATIC_PAD_TEMPLATE ("rtcp_sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_SRTCP "; " GST_ZRTP_CAPS_RTCP));

static GstStaticPadTemplate rtcp_src_template =
GST_STATIC_PAD_TEMPLATE ("rtcp_src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_RTCP));

/* -- Making sinks ready before media comes -- */

/* Timer thread. */
static void
no_caps_fired (gpointer data)
{
  GstZrtpDec *self = data;

  gst_zrtp_work_schedule (&self->preroll_work);
}

static void
open_downstream (gpointer data)
{
  GstZrtpDec *self = data;

  if (!g_atomic_int_compare_and_exchange (&self->opened, FALSE, TRUE))
    return;
  gst_zrtp_src_pad_work_event (&self->rtp.src_pad, gst_event_new_gap (0,
          GST_CLOCK_TIME_NONE));
}

/* Decoders guess at caps for it, and since depayloaders keep the segment back,
 * muxers and mixers complain: so this is for sinks that would wait forever. */
static void
open_later (GstZrtpDec * self)
{
  GST_OBJECT_LOCK (self);
  if (self->running && !g_atomic_int_get (&self->opened))
    gst_zrtp_timer_set (&self->no_caps, g_get_monotonic_time () + CAPS_TIME);
  GST_OBJECT_UNLOCK (self);
}

static gboolean
has_stuck_partner (GstZrtpDec * self)
{
  return g_atomic_int_get (&GST_ZRTP_BIN (self)->transport->push_blocked);
}

static void
gst_zrtp_dec_inspect (GstZrtpBin * bin, GstZrtpSample * sample)
{
  GstZrtpDec *self = GST_ZRTP_DEC (bin);

  GST_OBJECT_LOCK (self);
  sample->unused_dec = self->running;
  GST_OBJECT_UNLOCK (self);
  sample->unused_dec = sample->unused_dec
      && !gst_pad_is_linked (self->rtp.sink);
  gst_zrtp_bypass_inspect_dec (GST_ELEMENT (bin), sample);
}

static void
gst_zrtp_dec_open (GstZrtpBin * bin)
{
  GstZrtpDec *self = GST_ZRTP_DEC (bin);

  if (gst_pad_has_current_caps (self->rtp.sink))
    gst_zrtp_work_schedule (&self->preroll_work);
  else
    open_later (self);
}

/* -- The data path -- */

typedef enum
{
  WAY_NONE,
  WAY_RTP,
  WAY_RTCP,
  WAY_ZRTP                      /* the transport has it, and is to be served */
} Route;

/* With the receiver's lock: what is to become of a packet. *size shrinks. */
static Route
classify (GstZrtpDec * self, GstZrtpTransport * transport, Path * lane,
    guint8 * data, gsize * size, gboolean * discont)
{
  GstZrtpReceiver *receiver = &transport->receiver;
  GstZrtpPacketKind kind = gst_zrtp_packet_get_kind (data, *size,
      lane->marked);
  GstZrtpVerdict verdict;

  if (G_UNLIKELY (kind == GST_ZRTP_PACKET_ZRTP)) {
    if (lane != &self->rtcp
        && gst_zrtp_transport_receive (transport, data, *size))
      return WAY_ZRTP;
    if (lane == &self->rtcp)
      gst_zrtp_receiver_drop (receiver, GST_ZRTP_RECEIVE_DROP_ZRTP_ON_RTCP);
    else
      gst_zrtp_receiver_drop (receiver, GST_ZRTP_RECEIVE_DROP_ZRTP_OVERFLOW);
    return WAY_NONE;
  }
  if (G_UNLIKELY (kind == GST_ZRTP_PACKET_OTHER
          || (kind == GST_ZRTP_PACKET_RTP && lane == &self->rtcp))) {
    gst_zrtp_receiver_drop (receiver, GST_ZRTP_RECEIVE_DROP_NOT_RTP);
    return WAY_NONE;
  }

  verdict = gst_zrtp_receiver_take (receiver, kind, data, size);
  if (G_UNLIKELY (verdict.tell != ZRTP_MEDIA_BLOCKED))
    gst_zrtp_transport_media_received (transport, verdict.tell);
  if (G_UNLIKELY (verdict.failing))
    gst_zrtp_transport_warn_of_failing_source (transport, verdict.ssrc,
        verdict.drop);
  if (!verdict.pass) {
    gst_zrtp_transport_warn_of_crowd (transport, &receiver->crowded,
        "received");
    return WAY_NONE;
  }
  if (G_UNLIKELY (verdict.short_rtcp))
    g_atomic_int_set (&transport->sender.short_rtcp, TRUE);
  *discont = verdict.first;
  if (G_UNLIKELY (verdict.first && g_atomic_int_get (&self->is_video)
          && g_atomic_int_get (&transport->request_keyframe)))
    gst_zrtp_transport_request_keyframe (transport, verdict.ssrc);
  return kind == GST_ZRTP_PACKET_RTP ? WAY_RTP : WAY_RTCP;
}

/* Maps a writable buffer in one piece that no other element sees: its memory,
 * without the detour over the buffer that costs a tenth of a voice packet. */
static gboolean
map_packet (GstBuffer * buffer, GstMapInfo * map)
{
  if (G_LIKELY (gst_buffer_n_memory (buffer) == 1
          && gst_memory_map (gst_buffer_peek_memory (buffer, 0), map,
              GST_MAP_READWRITE)))
    return TRUE;
  /* This copies it together. */
  if (!gst_buffer_map (buffer, map, GST_MAP_READWRITE))
    return FALSE;
  gst_buffer_unmap (buffer, map);
  return gst_buffer_n_memory (buffer) == 1
      && gst_memory_map (gst_buffer_peek_memory (buffer, 0), map,
      GST_MAP_READWRITE);
}

/* Why map_packet() failed. */
static GstZrtpReceiveDrop
get_map_failure (GstBuffer * buffer)
{
  return gst_buffer_get_size (buffer) == 0 ? GST_ZRTP_RECEIVE_DROP_NOT_RTP
      : GST_ZRTP_RECEIVE_DROP_FAILED;
}

/* After the lock. */
static void
finish (GstBuffer * buffer, GstMapInfo * map, gsize size, gboolean discont)
{
  gst_memory_unmap (map->memory, map);
  if (size != map->size)
    gst_memory_resize (map->memory, 0, size);
  if (G_UNLIKELY (discont))
    GST_BUFFER_FLAG_SET (buffer, GST_BUFFER_FLAG_DISCONT);
}

/* What the neighbour would have liked to see. */
static void
warn_of_caps (GstZrtpDec * self)
{
  GstCaps *caps = gst_pad_peer_query_caps (self->rtp.src_pad.pad, NULL);
  char *text = NULL;

  if (!g_atomic_int_compare_and_exchange (&self->warned_of_caps, FALSE, TRUE)) {
    gst_caps_unref (caps);
    return;
  }
  if (!gst_caps_is_any (caps) && !gst_caps_is_empty (caps)) {
    caps = gst_caps_fixate (caps);
    text = gst_caps_to_string (caps);
  }
  GST_ELEMENT_WARNING (self, STREAM, FORMAT,
      ("Nothing tells what the received packets are. Set caps on the source, "
          "for example udpsrc caps=\"%s\"", text ? text : GST_ZRTP_CAPS_RTP
          ",media=audio,clock-rate=48000,encoding-name=OPUS,payload=96"),
      ("%" GST_PTR_FORMAT " did not take bare " GST_ZRTP_CAPS_RTP,
          self->rtp.src_pad.pad));
  g_free (text);
  gst_caps_unref (caps);
}

/* A missing downstream element is no reason to stop receiving: the handshake
 * comes this way too. Nor is one that had enough of the RTCP among RTP. */
static GstFlowReturn
judge_flow (GstZrtpDec * self, Path * lane, Route way, GstFlowReturn ret)
{
  if (G_LIKELY (ret == GST_FLOW_OK))
    return ret;
  if (ret == GST_FLOW_NOT_LINKED)
    return GST_FLOW_OK;
  if (lane == &self->rtp && way == WAY_RTCP
      && (ret == GST_FLOW_FLUSHING || ret == GST_FLOW_EOS))
    return GST_FLOW_OK;
  if (ret == GST_FLOW_NOT_NEGOTIATED && way == WAY_RTP
      && gst_zrtp_src_pad_is_bare (&self->rtp.src_pad))
    warn_of_caps (self);
  return ret;
}

static GstFlowReturn
take_buffer (GstZrtpDec * self, Path * lane, GstBuffer * buffer)
{
  GstZrtpTransport *transport = GST_ZRTP_BIN (self)->transport;
  gboolean discont = FALSE;
  GstMapInfo map;
  gsize size;
  Route way;

  /* In place, unless another element sees the packet too. */
  buffer = gst_buffer_make_writable (buffer);
  if (G_UNLIKELY (!map_packet (buffer, &map))) {
    gst_zrtp_receiver_count_drop (&transport->receiver,
        get_map_failure (buffer));
    gst_buffer_unref (buffer);
    return GST_FLOW_OK;
  }
  size = map.size;
  g_mutex_lock (&transport->receiver.lock);
  way = classify (self, transport, lane, map.data, &size, &discont);
  g_mutex_unlock (&transport->receiver.lock);
  finish (buffer, &map, size, discont);

  if (way == WAY_RTP) {
    if (G_UNLIKELY (!g_atomic_int_get (&self->opened)))
      g_atomic_int_set (&self->opened, TRUE);
    return judge_flow (self, lane, way,
        gst_zrtp_src_pad_push (&self->rtp.src_pad, buffer));
  }
  if (way == WAY_RTCP)
    return judge_flow (self, lane, way,
        gst_zrtp_src_pad_push (&self->rtcp.src_pad, buffer));
  gst_buffer_unref (buffer);
  if (way == WAY_ZRTP)
    gst_zrtp_transport_serve (transport);
  return GST_FLOW_OK;
}

static GstFlowReturn
chain_rtp (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstZrtpDec *self = GST_ZRTP_DEC (parent);

  return take_buffer (self, &self->rtp, buffer);
}

static GstFlowReturn
chain_rtcp (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  GstZrtpDec *self = GST_ZRTP_DEC (parent);

  return take_buffer (self, &self->rtcp, buffer);
}

/* With the receiver's lock. Sorts a writable list: what stays in it is RTP,
 * RTCP goes to @rtcp. Lists may mix SSRCs and kinds. TRUE if the transport is
 * to be served. */
static gboolean
sort_list (GstZrtpDec * self, GstZrtpTransport * transport, Path * lane,
    GstBufferList * list, GstBufferList * rtcp)
{
  gboolean serve = FALSE;
  guint i = 0;

  while (i < gst_buffer_list_length (list)) {
    GstBuffer *buffer = gst_buffer_list_get_writable (list, i);
    gboolean discont = FALSE;
    Route way = WAY_NONE;
    GstMapInfo map;

    if (map_packet (buffer, &map)) {
      gsize size = map.size;

      way = classify (self, transport, lane, map.data, &size, &discont);
      finish (buffer, &map, size, discont);
    } else {
      gst_zrtp_receiver_drop (&transport->receiver, get_map_failure (buffer));
    }
    if (way == WAY_RTP) {
      i++;
      continue;
    }
    if (way == WAY_RTCP)
      gst_buffer_list_add (rtcp, gst_buffer_ref (buffer));
    serve |= way == WAY_ZRTP;
    gst_buffer_list_remove (list, i, 1);
  }
  return serve;
}

static GstFlowReturn
push_list (GstZrtpDec * self, Path * lane, Route way, GstBufferList * list)
{
  Path *to = way == WAY_RTP ? &self->rtp : &self->rtcp;

  if (gst_buffer_list_length (list) == 0) {
    gst_buffer_list_unref (list);
    return GST_FLOW_OK;
  }
  if (way == WAY_RTP)
    g_atomic_int_set (&self->opened, TRUE);
  return judge_flow (self, lane, way,
      gst_zrtp_src_pad_push_list (&to->src_pad, list));
}

static GstFlowReturn
take_list (GstZrtpDec * self, Path * lane, GstBufferList * list)
{
  GstZrtpTransport *transport = GST_ZRTP_BIN (self)->transport;
  GstBufferList *rtcp = gst_buffer_list_new_sized (1);
  GstFlowReturn ret, rtcp_ret;
  gboolean serve;

  list = gst_buffer_list_make_writable (list);
  g_mutex_lock (&transport->receiver.lock);
  serve = sort_list (self, transport, lane, list, rtcp);
  g_mutex_unlock (&transport->receiver.lock);
  if (serve)
    gst_zrtp_transport_serve (transport);
  ret = push_list (self, lane, WAY_RTP, list);
  rtcp_ret = push_list (self, lane, WAY_RTCP, rtcp);
  return ret == GST_FLOW_OK ? rtcp_ret : ret;
}

static GstFlowReturn
chain_list_rtp (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstZrtpDec *self = GST_ZRTP_DEC (parent);

  return take_list (self, &self->rtp, list);
}

static GstFlowReturn
chain_list_rtcp (GstPad * pad, GstObject * parent, GstBufferList * list)
{
  GstZrtpDec *self = GST_ZRTP_DEC (parent);

  return take_list (self, &self->rtcp, list);
}

/* -- Events and queries -- */

static Path *
get_lane (GstZrtpDec * self, GstPad * pad)
{
  return pad == self->rtp.sink || pad == self->rtp.src_pad.pad ? &self->rtp
      : &self->rtcp;
}

static gboolean
take_caps (GstZrtpDec * self, Path * lane, GstEvent * event)
{
  GstCaps *caps, *out;
  GstEvent *new_event;
  gboolean result;

  gst_event_parse_caps (event, &caps);
  if (lane == &self->rtp) {
    lane->marked = gst_zrtp_caps_get_marked (caps);
    g_atomic_int_set (&self->is_video, gst_zrtp_caps_is_video (caps));
  }
  out = gst_zrtp_caps_unprotect (caps);
  new_event = gst_event_new_caps (out);
  gst_event_set_seqnum (new_event, gst_event_get_seqnum (event));
  gst_event_unref (event);
  gst_caps_unref (out);
  result = gst_zrtp_src_pad_push_event (&lane->src_pad, new_event);
  if (lane == &self->rtp && has_stuck_partner (self))
    gst_zrtp_work_schedule (&self->preroll_work);
  return result;
}

/* What ends or flushes RTP does so to the RTCP among it, which has no other way
 * in. */
static void
share_with_rtcp (GstZrtpDec * self, GstEvent * event)
{
  GstZrtpSrcPad *src_pad = &self->rtcp.src_pad;

  if (gst_pad_is_linked (self->rtcp.sink))
    return;
  switch (GST_EVENT_TYPE (event)) {
    case GST_EVENT_EOS:
      gst_zrtp_src_pad_end (src_pad, gst_event_ref (event));
      break;
    case GST_EVENT_FLUSH_START:
    case GST_EVENT_FLUSH_STOP:
      gst_zrtp_src_pad_push_event (src_pad, gst_event_ref (event));
      break;
    default:
      break;
  }
}

static gboolean
sink_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  GstZrtpDec *self = GST_ZRTP_DEC (parent);
  Path *lane = get_lane (self, pad);

  if (GST_EVENT_TYPE (event) == GST_EVENT_CAPS)
    return take_caps (self, lane, event);
  if (lane == &self->rtp)
    share_with_rtcp (self, event);
  return gst_zrtp_src_pad_push_event (&lane->src_pad, event);
}

static gboolean
sink_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  Path *lane = get_lane (GST_ZRTP_DEC (parent), pad);

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return gst_pad_query_default (pad, parent, query);
  gst_zrtp_caps_answer (pad, lane->src_pad.pad, query,
      gst_zrtp_caps_receivable);
  return TRUE;
}

static gboolean
src_query (GstPad * pad, GstObject * parent, GstQuery * query)
{
  Path *lane = get_lane (GST_ZRTP_DEC (parent), pad);

  if (GST_QUERY_TYPE (query) != GST_QUERY_CAPS)
    return gst_pad_query_default (pad, parent, query);
  gst_zrtp_caps_answer (pad, lane->sink, query, gst_zrtp_caps_unprotect);
  return TRUE;
}

static GstIterator *
iterate_internal_links (GstPad * pad, GstObject * parent)
{
  Path *lane = get_lane (GST_ZRTP_DEC (parent), pad);
  GValue value = G_VALUE_INIT;
  GstIterator *iterator;

  g_value_init (&value, GST_TYPE_PAD);
  g_value_set_object (&value,
      pad == lane->sink ? lane->src_pad.pad : lane->sink);
  iterator = gst_iterator_new_single (GST_TYPE_PAD, &value);
  g_value_unset (&value);
  return iterator;
}

/* -- States -- */

static void
gst_zrtp_dec_start (GstZrtpBin * bin)
{
  GstZrtpDec *self = GST_ZRTP_DEC (bin);

  g_atomic_int_set (&self->opened, FALSE);
  g_atomic_int_set (&self->warned_of_caps, FALSE);
  gst_zrtp_src_pad_set_active (&self->rtp.src_pad, TRUE);
  gst_zrtp_src_pad_set_active (&self->rtcp.src_pad, TRUE);
}

static void
gst_zrtp_dec_started (GstZrtpBin * bin)
{
  GstZrtpDec *self = GST_ZRTP_DEC (bin);

  GST_OBJECT_LOCK (self);
  self->running = TRUE;
  GST_OBJECT_UNLOCK (self);
  if (has_stuck_partner (self))
    open_later (self);
}

static void
gst_zrtp_dec_unblock (GstZrtpBin * bin)
{
  GstZrtpDec *self = GST_ZRTP_DEC (bin);

  gst_zrtp_src_pad_set_active (&self->rtp.src_pad, FALSE);
  gst_zrtp_src_pad_set_active (&self->rtcp.src_pad, FALSE);
}

static void
gst_zrtp_dec_stop (GstZrtpBin * bin)
{
  GstZrtpDec *self = GST_ZRTP_DEC (bin);

  gst_zrtp_src_pad_wait_worker (&self->rtp.src_pad);
  gst_zrtp_src_pad_wait_worker (&self->rtcp.src_pad);
  GST_OBJECT_LOCK (self);
  self->running = FALSE;
  GST_OBJECT_UNLOCK (self);
  gst_zrtp_timer_clear (&self->no_caps);
}

/* -- The class -- */

static void
gst_zrtp_dec_finalize (GObject * object)
{
  GstZrtpDec *self = GST_ZRTP_DEC (object);

  gst_zrtp_src_pad_clear (&self->rtp.src_pad);
  gst_zrtp_src_pad_clear (&self->rtcp.src_pad);
  gst_zrtp_work_clear (&self->preroll_work);
  G_OBJECT_CLASS (gst_zrtp_dec_parent_class)->finalize (object);
}

static void
gst_zrtp_dec_class_init (GstZrtpDecClass * klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstZrtpBinClass *bin_class = (GstZrtpBinClass *) klass;

  G_OBJECT_CLASS (klass)->finalize = gst_zrtp_dec_finalize;
  bin_class->side = GST_ZRTP_SIDE_RECEIVE;
  bin_class->start = gst_zrtp_dec_start;
  bin_class->started = gst_zrtp_dec_started;
  bin_class->unblock = gst_zrtp_dec_unblock;
  bin_class->open = gst_zrtp_dec_open;
  bin_class->inspect = gst_zrtp_dec_inspect;
  bin_class->stop = gst_zrtp_dec_stop;

  gst_element_class_add_static_pad_template (element_class, &rtp_sink_template);
  gst_element_class_add_static_pad_template (element_class, &rtp_src_template);
  gst_element_class_add_static_pad_template (element_class,
      &rtcp_sink_template);
  gst_element_class_add_static_pad_template (element_class, &rtcp_src_template);
  gst_element_class_set_static_metadata (element_class, "ZRTP decrypter",
      "Filter/Network/SRTP",
      "Decrypts RTP and RTCP with keys agreed on with the other side by ZRTP "
      "(RFC 6189)", "The gst-zrtp project");
}

static void
add_lane (GstZrtpDec * self, Path * lane, GstStaticPadTemplate * sink,
    GstStaticPadTemplate * src, const char *caps_name)
{
  GstPad *pad = gst_pad_new_from_static_template (src, src->name_template);

  gst_zrtp_src_pad_init (&lane->src_pad, pad, caps_name, lane == &self->rtp);
  gst_pad_set_query_function (pad, GST_DEBUG_FUNCPTR (src_query));
  gst_pad_set_iterate_internal_links_function (pad,
      GST_DEBUG_FUNCPTR (iterate_internal_links));

  lane->sink = gst_pad_new_from_static_template (sink, sink->name_template);
  gst_pad_set_event_function (lane->sink, GST_DEBUG_FUNCPTR (sink_event));
  gst_pad_set_query_function (lane->sink, GST_DEBUG_FUNCPTR (sink_query));
  gst_pad_set_iterate_internal_links_function (lane->sink,
      GST_DEBUG_FUNCPTR (iterate_internal_links));

  gst_element_add_pad (GST_ELEMENT (self), lane->sink);
  gst_element_add_pad (GST_ELEMENT (self), pad);
}

static void
gst_zrtp_dec_init (GstZrtpDec * self)
{
  add_lane (self, &self->rtp, &rtp_sink_template, &rtp_src_template,
      GST_ZRTP_CAPS_RTP);
  gst_pad_set_chain_function (self->rtp.sink, GST_DEBUG_FUNCPTR (chain_rtp));
  gst_pad_set_chain_list_function (self->rtp.sink,
      GST_DEBUG_FUNCPTR (chain_list_rtp));
  add_lane (self, &self->rtcp, &rtcp_sink_template, &rtcp_src_template,
      GST_ZRTP_CAPS_RTCP);
  gst_pad_set_chain_function (self->rtcp.sink, GST_DEBUG_FUNCPTR (chain_rtcp));
  gst_pad_set_chain_list_function (self->rtcp.sink,
      GST_DEBUG_FUNCPTR (chain_list_rtcp));

  gst_zrtp_timer_init (&self->no_caps, no_caps_fired, self);
  gst_zrtp_work_init (&self->preroll_work, GST_ZRTP_POOL_BLOCKING,
      open_downstream, self, gst_object_ref, gst_object_unref);
}
