/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two pairs of zrtpenc and zrtpdec, with a network between them that changes, loses,
 * doubles and forges, and an application that does anything in any order: pads,
 * buffers, lists, events, queries, states, properties, actions. There is no critical
 * warning, no media leaves in the clear that has to be encrypted, and media that is
 * received is the peer's.
 */
#define _GNU_SOURCE
#include "fuzz-threads.h"

#include <gst/gst.h>

#include "fuzz.h"
#include "zrtp/zrtp.h"

GST_PLUGIN_STATIC_DECLARE (zrtp);

#define MAX_STEPS 120
#define MAX_WAITING 64
#define SSRC 0x11223340
/* Payload of all media. Nothing else in a packet looks like so many of it. */
#define PLAIN 0x5a
#define RUN 12
/* Bytes of heap that an input may use, and leave behind: types and quarks. */
#define MAX_HEAP (4 << 20)

/* The first octet of an input. */
#define WANT_OPPORTUNISTIC 0x01 /* media in the clear before secure */
#define WANT_CLEAR 0x02         /* and GoClear */
#define WANT_PASSIVE 0x04       /* the second */
#define WANT_IDLE 0x08          /* they start in NULL */

typedef struct
{
  GstElement *enc, *dec;
  GstPad *in, *wire, *net, *out;
  GQueue waiting;               /* GstBuffer: on their way to its zrtpdec */
  guint16 seq;
} End;

typedef struct
{
  Input input;
  guint8 wants;
  End ends[2];
} Call;

/* -- What must hold -- */

static gboolean
has_run (GstBuffer * buffer)
{
  guint8 expected[RUN];
  GstMapInfo map;
  gboolean result;

  memset (expected, PLAIN, sizeof expected);
  FUZZ_CHECK (gst_buffer_map (buffer, &map, GST_MAP_READ));
  result = memmem (map.data, map.size, expected, sizeof expected) != NULL;
  gst_buffer_unmap (buffer, &map);
  return result;
}

static gint
get_state (GstElement * element)
{
  gint state;

  g_object_get (element, "state", &state, NULL);
  return state;
}

static GstFlowReturn
on_wire (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Call *call = gst_pad_get_element_private (pad);
  const guint e = call->ends[0].wire == pad ? 0 : 1;
  End *to = &call->ends[1 - e];

  if (has_run (buffer)) {
    FUZZ_CHECK (call->wants & WANT_OPPORTUNISTIC);
    FUZZ_CHECK (get_state (call->ends[e].enc) != ZRTP_STATE_SECURE);
  }
  g_queue_push_tail (&to->waiting, buffer);
  if (g_queue_get_length (&to->waiting) > MAX_WAITING)
    gst_buffer_unref (g_queue_pop_head (&to->waiting));
  return GST_FLOW_OK;
}

/* RTP that passed is the peer's if it had to be encrypted: a third party has no keys. */
static GstFlowReturn
on_received (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Call *call = gst_pad_get_element_private (pad);
  guint8 header[12];
  const gboolean is_rtp = gst_buffer_extract (buffer, 0, header, 12) == 12
      && (header[1] < 192 || header[1] > 223);

  if (is_rtp && !(call->wants & WANT_OPPORTUNISTIC))
    FUZZ_CHECK (gst_buffer_get_size (buffer) < 12 + RUN || has_run (buffer));
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
on_event (GstPad * pad, GstObject * parent, GstEvent * event)
{
  gst_event_unref (event);
  return TRUE;
}

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer unused)
{
  gst_message_unref (message);
  return GST_BUS_DROP;
}

/* -- The call -- */

static GstStaticPadTemplate templates[] = {
  GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
      GST_STATIC_CAPS_ANY),
  GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
      GST_STATIC_CAPS_ANY)
};

static GstPad *
make_pad (Call * call, GstPadChainFunction chain)
{
  GstPad *pad = gst_pad_new_from_static_template (&templates[chain != NULL],
      NULL);

  gst_pad_set_element_private (pad, call);
  if (chain) {
    gst_pad_set_chain_function (pad, chain);
    gst_pad_set_event_function (pad, on_event);
  }
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static GstElement *
make_element (const char *type, guint e)
{
  GstElement *element = gst_element_factory_make (type, NULL);
  GstBus *bus = gst_bus_new ();
  const char id[] = { 'e', (char) ('0' + e), '\0' };

  FUZZ_CHECK (element);
  gst_object_ref_sink (element);
  gst_bus_set_sync_handler (bus, on_message, NULL, NULL);
  gst_element_set_bus (element, bus);
  gst_object_unref (bus);
  g_object_set (element, "session-id", id, "cache", ":memory:", NULL);
  return element;
}

static void
link_pads (GstPad * pad, GstElement * element, const char *name)
{
  GstPad *other = gst_element_get_static_pad (element, name);

  if (!other)
    return;
  if (GST_PAD_IS_SRC (pad))
    gst_pad_link_full (pad, other, GST_PAD_LINK_CHECK_NOTHING);
  else
    gst_pad_link_full (other, pad, GST_PAD_LINK_CHECK_NOTHING);
  gst_object_unref (other);
}

/* NULL if there is such a pad: GStreamer says that asking for it is a mistake. */
static GstPad *
request_pad (GstElement * element, const char *name)
{
  GstPad *pad = gst_element_get_static_pad (element, name);

  if (!pad)
    return gst_element_request_pad_simple (element, name);
  gst_object_unref (pad);
  return NULL;
}

static void
link_in (End * end)
{
  GstPad *sink = request_pad (end->enc, "rtp_sink_0");

  if (sink)
    gst_object_unref (sink);
  link_pads (end->in, end->enc, "rtp_sink_0");
  link_pads (end->wire, end->enc, "rtp_src_0");
}

static void
push_events (GstPad * pad, guint e)
{
  GstCaps *caps = gst_caps_new_simple ("application/x-rtp", "media",
      G_TYPE_STRING, "audio", "clock-rate", G_TYPE_INT, 8000, "payload",
      G_TYPE_INT, 8, "ssrc", G_TYPE_UINT, SSRC + e, NULL);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start ("fuzz"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
}

static void
set_states (Call * call, GstState state)
{
  for (guint e = 0; e < 2; e++) {
    gst_element_set_state (call->ends[e].dec, state);
    gst_element_set_state (call->ends[e].enc, state);
  }
  fuzz_threads_run ();
}

static void
open_end (Call * call, guint e)
{
  End *end = &call->ends[e];
  const gboolean strict = !(call->wants & WANT_OPPORTUNISTIC);

  end->enc = make_element ("zrtpenc", e);
  end->dec = make_element ("zrtpdec", e);
  gst_util_set_object_arg (G_OBJECT (end->enc), "before-secure", "drop");
  g_object_set (end->enc, "require-encryption", strict, "allow-clear",
      !!(call->wants & WANT_CLEAR), "passive",
      e == 1 && call->wants & WANT_PASSIVE, NULL);
  g_object_set (end->dec, "require-encryption", strict, NULL);
  end->in = make_pad (call, NULL);
  end->wire = make_pad (call, on_wire);
  end->net = make_pad (call, NULL);
  end->out = make_pad (call, on_received);
  link_pads (end->net, end->dec, "rtp_sink");
  link_pads (end->out, end->dec, "rtp_src");
  link_in (end);
}

static void
close_end (End * end)
{
  GstPad *pads[] = { end->in, end->wire, end->net, end->out };

  gst_element_set_state (end->enc, GST_STATE_NULL);
  gst_element_set_state (end->dec, GST_STATE_NULL);
  fuzz_threads_run ();
  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    gst_pad_set_active (pads[i], FALSE);
    gst_object_unref (pads[i]);
  }
  gst_element_set_bus (end->enc, NULL);
  gst_element_set_bus (end->dec, NULL);
  gst_object_unref (end->enc);
  gst_object_unref (end->dec);
  g_queue_clear_full (&end->waiting, (GDestroyNotify) gst_buffer_unref);
}

/* -- Packets -- */

/* Media in the shapes that payloaders make. */
static GstBuffer *
make_packet (Call * call, guint e)
{
  const guint8 shape = fuzz_take (&call->input);
  const gsize size = 12 + RUN + (shape & 0x1f);
  guint8 *data = g_malloc (size);
  GstBuffer *buffer;

  memset (data, PLAIN, size);
  data[0] = 0x80;
  data[1] = 8;
  GST_WRITE_UINT16_BE (data + 2, ++call->ends[e].seq);
  GST_WRITE_UINT32_BE (data + 8, SSRC + e + (shape & 0x20 ? 2 : 0));
  if ((shape & 0xc0) == 0xc0) { /* RTCP */
    data[1] = 201;
    data[2] = 0;
    data[3] = 1;
    GST_WRITE_UINT32_BE (data + 4, SSRC + e);
    memset (data + 8, 0, size - 8);
    return gst_buffer_new_wrapped (data, size);
  }
  buffer = gst_buffer_new_wrapped (data, size);
  if (shape & 0x40) {           /* in two memories */
    GstBuffer *first = gst_buffer_copy_region (buffer,
        GST_BUFFER_COPY_MEMORY, 0, 12 + (shape & 7));

    gst_buffer_copy_into (first, buffer, GST_BUFFER_COPY_MEMORY,
        12 + (shape & 7), -1);
    gst_buffer_unref (buffer);
    buffer = first;
  }
  if (shape & 0x80)             /* of a size that is none */
    gst_buffer_resize (buffer, 0, shape & 0x0f);
  return buffer;
}

static void
push (Call * call, guint e)
{
  gst_pad_push (call->ends[e].in, make_packet (call, e));
}

static void
push_list (Call * call, guint e)
{
  GstBufferList *list = gst_buffer_list_new ();

  for (guint n = fuzz_take (&call->input) % 5; n > 0; n--)
    gst_buffer_list_add (list, make_packet (call, e));
  gst_pad_push_list (call->ends[e].in, list);
}

static void
deliver (End * end)
{
  GstBuffer *buffer = g_queue_pop_head (&end->waiting);

  if (buffer)
    gst_pad_push (end->net, buffer);
  fuzz_threads_run ();
}

static void
deliver_list (End * end, guint n)
{
  GstBufferList *list = gst_buffer_list_new ();
  GstBuffer *buffer;

  while (n-- > 0 && (buffer = g_queue_pop_head (&end->waiting)))
    gst_buffer_list_add (list, buffer);
  gst_pad_push_list (end->net, list);
  fuzz_threads_run ();
}

static void
deliver_changed (Call * call, End * end)
{
  const guint8 at = fuzz_take (&call->input), by = fuzz_take (&call->input);
  const guint8 cut = fuzz_take (&call->input);
  GstBuffer *buffer = g_queue_peek_head (&end->waiting);
  gpointer data;
  gsize size;

  if (!buffer)
    return;
  gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
  if (size > 0)
    ((guint8 *) data)[at % size] ^= by;
  gst_pad_push (end->net, gst_buffer_new_wrapped_full (0, data, size, 0,
          size - MIN (size, cut & 0x3f), data, g_free));
  fuzz_threads_run ();
}

static void
forge (Call * call, guint e)
{
  const guint8 kind = fuzz_take (&call->input);
  const gsize size = fuzz_take (&call->input) % 80;
  guint8 *data = g_malloc0 (MAX (size, 12));

  for (gsize i = 0; i < size; i++)
    data[i] = fuzz_take (&call->input);
  if (kind & 1) {               /* SRTP of the peer, as far as can be seen */
    data[0] = 0x80;
    data[1] = kind & 2 ? 200 : 8;
    GST_WRITE_UINT32_BE (data + (kind & 2 ? 4 : 8), SSRC + 1 - e);
  }
  gst_pad_push (call->ends[e].net, gst_buffer_new_wrapped (data, size));
  fuzz_threads_run ();
}

/* All that waits arrives, and what comes of it, a few times. */
static void
let_flow (Call * call, guint rounds)
{
  fuzz_threads_run ();
  while (rounds-- > 0)
    for (guint e = 0; e < 2; e++)
      for (guint n = g_queue_get_length (&call->ends[e].waiting); n > 0; n--)
        deliver (&call->ends[e]);
}

/* -- The application and its pipeline -- */

static void
push_event (Call * call, guint e)
{
  End *end = &call->ends[e];
  const guint8 what = fuzz_take (&call->input);
  GstPad *pad = what & 0x80 ? end->net : end->in;

  switch (what % 8) {
    case 0:
      gst_pad_push_event (pad, gst_event_new_eos ());
      break;
    case 1:
      gst_pad_push_event (pad, gst_event_new_gap (0, GST_SECOND));
      break;
    case 2:
      gst_pad_push_event (pad, gst_event_new_flush_start ());
      break;
    case 3:
      gst_pad_push_event (pad, gst_event_new_flush_stop (what & 8));
      break;
    case 4:
      push_events (pad, e);
      break;
    case 5:
      gst_pad_push_event (end->out, gst_event_new_reconfigure ());
      gst_pad_push_event (end->wire, gst_event_new_reconfigure ());
      break;
    case 6:
      gst_pad_push_event (end->out, gst_event_new_custom
          (GST_EVENT_CUSTOM_UPSTREAM, gst_structure_new_empty
              ("GstForceKeyUnit")));
      break;
    case 7:
      gst_pad_push_event (pad, gst_event_new_custom
          (GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty
              ("GstRTPPacketLost")));
      break;
  }
}

static void
query (Call * call, guint e)
{
  End *end = &call->ends[e];
  GstQuery *latency = gst_query_new_latency ();

  gst_pad_peer_query (end->in, latency);
  gst_pad_peer_query (end->out, latency);
  gst_query_unref (latency);
  gst_caps_unref (gst_pad_peer_query_caps (end->in, NULL));
  gst_caps_unref (gst_pad_peer_query_caps (end->net, NULL));
}

static void
change_state (Call * call, guint e)
{
  End *end = &call->ends[e];
  const guint8 what = fuzz_take (&call->input);
  GstElement *element = what & 4 ? end->dec : end->enc;

  gst_element_set_state (element, GST_STATE_NULL + what % 4);
  if (what & 8)
    push_events (what & 4 ? end->net : end->in, e);
}

static void
set_property (Call * call, guint e)
{
  static const char *const flags[] = { "auto-discover", "auto-secure",
    "disclosure", "enroll", "request-keyframe", "allow-repeat-tx", "sign-sas",
    "unattended", "require-verified", "signalling-trusted"
  };
  static const char *const texts[] = { "peer-hello-hash", "peer-name",
    "key-agreements", "hashes", "ciphers", "auth-tags", "sas-types"
  };
  static const char *const values[] = { "", "X255,Mult", "S384", "AES3,AES2",
    "HS32", "B256,B32", "1.10 00", "Prsh,X448", "\xff", NULL
  };
  const guint8 what = fuzz_take (&call->input);
  const guint8 value = fuzz_take (&call->input);
  GstElement *element = value & 0x80 ? call->ends[e].dec : call->ends[e].enc;

  if (what & 0x80)
    g_object_set (element, texts[what % G_N_ELEMENTS (texts)],
        values[value % G_N_ELEMENTS (values)], NULL);
  else
    g_object_set (element, flags[what % G_N_ELEMENTS (flags)], value & 1, NULL);
}

static void
get_properties (GstElement * element)
{
  guint n;
  GParamSpec **pspecs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);

  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    if (!(pspecs[i]->flags & G_PARAM_READABLE))
      continue;
    g_value_init (&value, pspecs[i]->value_type);
    g_object_get_property (G_OBJECT (element), pspecs[i]->name, &value);
    g_value_unset (&value);
  }
  g_free (pspecs);
}

static void
act (Call * call, guint e)
{
  static const char *const actions[] = { "discover", "go-secure", "go-clear",
    "accept-clear", "verify-sas", "reject-sas", "forget-peer", "unverify-sas"
  };
  const guint8 what = fuzz_take (&call->input);
  GstElement *element = what & 0x80 ? call->ends[e].dec : call->ends[e].enc;
  gboolean ok;

  if (g_signal_lookup (actions[what % 8], G_OBJECT_TYPE (element)))
    g_signal_emit_by_name (element, actions[what % 8], &ok);
}

static void
change_pads (Call * call, guint e)
{
  static const char *const names[] = { "rtp_sink_%u", "rtcp_sink_%u",
    "zrtp_src", "rtcp_sink_0", "rtp_sink_7"
  };
  End *end = &call->ends[e];
  const guint8 what = fuzz_take (&call->input);
  GstPad *pad;

  if (what & 0x80) {
    pad = gst_element_get_static_pad (end->enc, "rtp_sink_0");
    if (pad) {
      gst_element_release_request_pad (end->enc, pad);
      gst_object_unref (pad);
    }
    if (what & 0x40)
      link_in (end);
    return;
  }
  pad = request_pad (end->enc, names[what % G_N_ELEMENTS (names)]);
  if (pad && !(what & 0x40))
    gst_element_release_request_pad (end->enc, pad);
  if (pad)
    gst_object_unref (pad);
}

static void
step (Call * call)
{
  const guint8 code = fuzz_take (&call->input);
  const guint e = code >> 7;
  End *end = &call->ends[e];

  switch (code & 0x0f) {
    case 0:
      push (call, e);
      break;
    case 1:
      push_list (call, e);
      break;
    case 2:
      let_flow (call, 1 + (code >> 4 & 3));
      break;
    case 3:
      deliver (end);
      break;
    case 4:
      if (!g_queue_is_empty (&end->waiting))
        gst_buffer_unref (g_queue_pop_head (&end->waiting));
      break;
    case 5:
      deliver_changed (call, end);
      break;
    case 6:
      if (!g_queue_is_empty (&end->waiting))
        gst_pad_push (end->net,
            gst_buffer_ref (g_queue_peek_head (&end->waiting)));
      break;
    case 7:
      forge (call, e);
      break;
    case 8:
      push_event (call, e);
      break;
    case 9:
      change_state (call, e);
      break;
    case 10:
      set_property (call, e);
      break;
    case 11:
      act (call, e);
      break;
    case 12:
      change_pads (call, e);
      break;
    case 13:
      query (call, e);
      get_properties (code & 0x40 ? end->enc : end->dec);
      break;
    case 14:
      fuzz_threads_wait (code & 0x40 ? 10 * G_USEC_PER_SEC : G_USEC_PER_SEC);
      break;
    case 15:
      deliver_list (end, code >> 4 & 7);
      break;
  }
  if (code & 0x10 || (code & 0x0f) != 0)
    fuzz_threads_run ();
}

/* Data before a segment is what the input wants. */
static void
ignore_warning (const char *domain, GLogLevelFlags level, const char *text,
    gpointer unused)
{
}

static void
start (void)
{
  g_setenv ("GST_PLUGIN_SYSTEM_PATH_1_0", "", TRUE);
  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  g_log_set_handler ("GStreamer", G_LOG_LEVEL_WARNING, ignore_warning, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  GST_PLUGIN_STATIC_REGISTER (zrtp);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  static gboolean started;
  Call call = {.input = {data, size} };
  gsize heap;

  if (!started)
    start ();
  started = TRUE;
  heap = fuzz_get_heap ();
  fuzz_threads_reset ();
  call.wants = fuzz_take (&call.input);
  for (guint e = 0; e < 2; e++)
    open_end (&call, e);
  if (!(call.wants & WANT_IDLE)) {
    set_states (&call, GST_STATE_PLAYING);
    for (guint e = 0; e < 2; e++) {
      push_events (call.ends[e].net, 1 - e);
      push_events (call.ends[e].in, e);
    }
  }
  for (guint n = 0; n < MAX_STEPS && call.input.left > 0; n++)
    step (&call);
  FUZZ_CHECK (fuzz_get_heap () <= heap + MAX_HEAP);
  for (guint e = 0; e < 2; e++)
    close_end (&call.ends[e]);
  while (fuzz_threads_wait (G_MAXINT32));
  return 0;
}
