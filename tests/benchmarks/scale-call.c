/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "scale-call.h"

#include <string.h>

#include "plugins.h"

#define HEADER 12
#define PAYLOAD 160
#define PAYLOAD_TYPE 8
#define SAMPLES 160
#define SRTP_KEY_SIZE 30        /* AES-128 and a salt */
#define CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=8,ssrc=(uint)%u"

/* RFC 6189 6: T1, in milliseconds. */
#define HELLO_FIRST 50
#define HELLO_CAP 200

static gint secure_ends;        /* atomic: so far */

/* From a thread of the plugin. */
static void
on_state (GstElement * enc, gint state, guint error, const char *reason,
    gpointer unused)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (enc),
      "state");
  GEnumValue *value = g_enum_get_value
      (G_PARAM_SPEC_ENUM (pspec)->enum_class, state);

  if (g_str_equal (value->value_nick, "secure"))
    g_atomic_int_inc (&secure_ends);
  else if (g_str_equal (value->value_nick, "failed"))
    g_error ("a call fails: %s", reason);
}

static GstFlowReturn
count (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  ScaleEnd *end = gst_pad_get_element_private (pad);

  end->heard++;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static GstElement *
make (const char *factory, const char *session_id)
{
  GstElement *element = plugins_make (factory);

  gst_object_ref_sink (element);
  g_object_set (element, "session-id", session_id, "cache", ":memory:",
      "key-agreements", "X255", NULL);
  return element;
}

static GstPad *
make_pad (GstPadDirection direction, GstPadChainFunction chain, gpointer data)
{
  GstPad *pad = gst_pad_new (NULL, direction);

  gst_pad_set_element_private (pad, data);
  if (chain)
    gst_pad_set_chain_function (pad, chain);
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static void
link_pads (GstPad * src, GstPad * sink)
{
  if (gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING)
      != GST_PAD_LINK_OK)
    g_error ("pads can't be linked");
}

static void
link_to (GstPad * pad, GstElement * element, const char *name)
{
  GstPad *other = gst_element_get_static_pad (element, name);

  if (!other)
    other = gst_element_request_pad_simple (element, name);
  if (gst_pad_get_direction (pad) == GST_PAD_SRC)
    link_pads (pad, other);
  else
    link_pads (other, pad);
  gst_object_unref (other);
}

static void
play (GstElement * element)
{
  if (gst_element_set_state (element, GST_STATE_PLAYING)
      == GST_STATE_CHANGE_FAILURE)
    g_error ("%s does not start", GST_ELEMENT_NAME (element));
}

static void
push_events (GstPad * pad, guint32 ssrc)
{
  char *text = g_strdup_printf (CAPS, ssrc);
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start ("benchmark"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  g_free (text);
}

static void
drop_pad (GstPad * pad)
{
  gst_pad_set_active (pad, FALSE);
  gst_object_unref (pad);
}

static void
drop_element (GstElement * element)
{
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

/* Pads and states; with events the voice may begin. */
static void
start (ScaleCall * call)
{
  for (guint e = 0; e < 2; e++) {
    ScaleEnd *end = &call->ends[e];

    end->in = make_pad (GST_PAD_SRC, NULL, end);
    end->out = make_pad (GST_PAD_SINK, count, end);
    link_to (end->in, end->enc, "rtp_sink_0");
    link_to (end->out, end->dec, "rtp_src");
  }
  for (guint e = 0; e < 2; e++) {
    GstPad *src = gst_element_get_static_pad (call->ends[e].enc, "rtp_src_0");

    link_to (src, call->ends[1 - e].dec, "rtp_sink");
    gst_object_unref (src);
  }
  for (guint e = 0; e < 2; e++) {
    play (call->ends[e].dec);
    play (call->ends[e].enc);
  }
  for (guint e = 0; e < 2; e++)
    push_events (call->ends[e].in, call->ends[e].ssrc);
}

void
scale_call_open (ScaleCall * call, guint number)
{
  memset (call, 0, sizeof *call);
  for (guint e = 0; e < 2; e++) {
    ScaleEnd *end = &call->ends[e];
    char *id = g_strdup_printf ("call-%u-%u", number, e);

    end->ssrc = 2 * number + e + 1;
    end->enc = make ("zrtpenc", id);
    end->dec = make ("zrtpdec", id);
    g_signal_connect (end->enc, "state-changed", G_CALLBACK (on_state), NULL);
    g_free (id);
  }
  start (call);
}

void
scale_call_open_srtp (ScaleCall * call, guint number)
{
  memset (call, 0, sizeof *call);
  for (guint e = 0; e < 2; e++) {
    ScaleEnd *end = &call->ends[e];
    GstBuffer *key = gst_buffer_new_allocate (NULL, SRTP_KEY_SIZE, NULL);

    gst_buffer_memset (key, 0, number + e, SRTP_KEY_SIZE);
    end->ssrc = 2 * number + e + 1;
    end->enc = gst_object_ref_sink (plugins_make ("srtpenc"));
    end->dec = gst_object_ref_sink (plugins_make ("srtpdec"));
    /* srtpdec finds it in the caps. */
    g_object_set (end->enc, "key", key, NULL);
    gst_buffer_unref (key);
  }
  start (call);
}

void
scale_call_close (ScaleCall * call)
{
  for (guint e = 0; e < 2; e++) {
    ScaleEnd *end = &call->ends[e];

    drop_element (end->enc);
    drop_element (end->dec);
    drop_pad (end->in);
    drop_pad (end->out);
  }
}

guint
scale_call_count_missing (guint n)
{
  return 2 * n - g_atomic_int_get (&secure_ends);
}

GstBuffer *
scale_call_make_packet (ScaleEnd * end)
{
  GstBuffer *buffer = gst_buffer_new_allocate (NULL, HEADER + PAYLOAD, NULL);
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_WRITE))
    g_error ("no memory");
  memset (map.data, 0, map.size);
  map.data[0] = 0x80;
  map.data[1] = PAYLOAD_TYPE;
  GST_WRITE_UINT16_BE (map.data + 2, end->seq);
  GST_WRITE_UINT32_BE (map.data + 4, SAMPLES * end->seq);
  GST_WRITE_UINT32_BE (map.data + 8, end->ssrc);
  gst_buffer_unmap (buffer, &map);
  end->seq++;
  return buffer;
}

/* Timers */

/* A Hello leaves. When it should have depends on when the last one did. */
static GstFlowReturn
clock_hello (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  ScaleLonely *lonely = gst_pad_get_element_private (pad);
  gint64 now = g_get_monotonic_time ();

  if (lonely->n > 0) {
    gint64 wait = MIN (HELLO_FIRST << MIN (lonely->n - 1, 2), HELLO_CAP);
    double lag = (now - lonely->last) / 1e3 - wait;

    g_array_append_val (lonely->lags, lag);
  }
  lonely->n++;
  lonely->last = now;
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

void
scale_lonely_open (ScaleLonely * lonely, guint number)
{
  char *id = g_strdup_printf ("lonely-%u", number);

  memset (lonely, 0, sizeof *lonely);
  lonely->lags = g_array_new (FALSE, FALSE, sizeof (double));
  lonely->enc = make ("zrtpenc", id);
  lonely->dec = make ("zrtpdec", id);
  lonely->in = make_pad (GST_PAD_SRC, NULL, NULL);
  lonely->out = make_pad (GST_PAD_SINK, clock_hello, lonely);
  link_to (lonely->in, lonely->enc, "rtp_sink_0");
  link_to (lonely->out, lonely->enc, "rtp_src_0");
  play (lonely->dec);
  play (lonely->enc);
  push_events (lonely->in, number + 1);
  g_free (id);
}

void
scale_lonely_close (ScaleLonely * lonely)
{
  drop_element (lonely->enc);
  drop_element (lonely->dec);
  drop_pad (lonely->in);
  drop_pad (lonely->out);
  g_array_unref (lonely->lags);
}
