/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "phone.h"

#include <stdio.h>

#include "propertywatch.h"

#define RTX_CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=RTX,payload=97,apt=(string)8"

/* -- What rtpbin asks for -- */

/* Unless it is there still, from the last time. */
static void
request_pad (GstElement * element, const char *format, guint session)
{
  char *name = g_strdup_printf (format, session);
  GstPad *pad = gst_element_get_static_pad (element, name);

  if (!pad)
    pad = gst_element_request_pad_simple (element, name);
  fail_unless (pad != NULL, "no pad %s", name);
  gst_object_unref (pad);
  g_free (name);
}

/* Both pads are there when this returns, and the element stays ours. */
static GstElement *
give_encoder (Phone * phone, guint session, const char *format)
{
  request_pad (phone->enc[session], format, session);
  return gst_object_ref (phone->enc[session]);
}

static GstElement *
request_rtp_encoder (GstElement * rtpbin, guint session, Phone * phone)
{
  g_atomic_int_inc (&phone->requests[PHONE_RTP_ENCODER]);
  return give_encoder (phone, session, "rtp_sink_%u");
}

static GstElement *
request_rtcp_encoder (GstElement * rtpbin, guint session, Phone * phone)
{
  g_atomic_int_inc (&phone->requests[PHONE_RTCP_ENCODER]);
  return give_encoder (phone, session, "rtcp_sink_%u");
}

static GstElement *
request_rtp_decoder (GstElement * rtpbin, guint session, Phone * phone)
{
  g_atomic_int_inc (&phone->requests[PHONE_RTP_DECODER]);
  return gst_object_ref (phone->dec[session]);
}

static GstElement *
request_rtcp_decoder (GstElement * rtpbin, guint session, Phone * phone)
{
  g_atomic_int_inc (&phone->requests[PHONE_RTCP_DECODER]);
  return gst_object_ref (phone->dec[session]);
}

static GstCaps *
request_pt_map (GstElement * rtpbin, guint session, guint pt, gpointer unused)
{
  return gst_caps_from_string (pt == 97 ? RTX_CAPS : VOICE_CAPS);
}

static GstElement *
request_aux (GstElement * rtpbin, guint session, const char *type)
{
  GstStructure *map = gst_structure_new ("application/x-rtp-pt-map",
      "8", G_TYPE_UINT, 97, NULL);
  GstElement *bin = gst_bin_new (NULL);
  GstElement *rtx = gst_element_factory_make (type, NULL);
  const char *const names[] = { "sink", "src" };

  g_object_set (rtx, "payload-type-map", map, NULL);
  gst_structure_free (map);
  gst_bin_add (GST_BIN (bin), rtx);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GstPad *pad = gst_element_get_static_pad (rtx, names[i]);
    char *name = g_strdup_printf ("%s_%u", names[i], session);

    gst_element_add_pad (bin, gst_ghost_pad_new (name, pad));
    g_free (name);
    gst_object_unref (pad);
  }
  return bin;
}

static GstElement *
request_aux_sender (GstElement * rtpbin, guint session, Phone * phone)
{
  return request_aux (rtpbin, session, "rtprtxsend");
}

static GstElement *
request_aux_receiver (GstElement * rtpbin, guint session, Phone * phone)
{
  return request_aux (rtpbin, session, "rtprtxreceive");
}

/* Media comes out by "recv_rtp_src_SESSION_SSRC_PT". */
static void
pad_added (GstElement * rtpbin, GstPad * pad, Phone * phone)
{
  guint session;
  GstPad *sink;

  if (sscanf (GST_PAD_NAME (pad), "recv_rtp_src_%u_", &session) != 1)
    return;
  sink = gst_element_get_static_pad (phone_get (phone, "depay", session),
      "sink");
  if (!gst_pad_is_linked (sink))
    gst_pad_link (pad, sink);
  gst_object_unref (sink);
}

/* -- Building -- */

GstElement *
phone_get (Phone * phone, const char *name, guint session)
{
  char *full = g_strdup_printf ("%s%u", name, session);
  GstElement *element = gst_bin_get_by_name
      (GST_BIN (phone->endpoint->pipeline), full);

  fail_unless (element != NULL, "no %s", full);
  gst_object_unref (element);
  g_free (full);
  return element;
}

static void
add_session (Phone * phone, GString * text, guint session)
{
  if (!(phone->flags & PHONE_LISTENS))
    g_string_append_printf (text, VOICE "ssrc=%u name=pay%u ",
        g_random_int (), session);
  g_string_append_printf (text,
      "udpsrc name=net_src%u address=127.0.0.1 port=0 caps=\"" VOICE_CAPS "\" "
      "udpsink name=net_sink%u host=127.0.0.1 async=false sync=false "
      "rtppcmadepay name=depay%u ! ears. ", session, session, session);
  if (phone->flags & PHONE_MUX)
    g_string_append_printf (text, "funnel name=funnel%u ! net_sink%u. ",
        session, session);
  else
    g_string_append_printf (text,
        "udpsrc name=rtcp_src%u address=127.0.0.1 port=0 "
        "caps=application/x-rtcp "
        "udpsink name=rtcp_sink%u host=127.0.0.1 async=false sync=false ",
        session, session);
}

static void
connect (Phone * phone)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
    PhoneFlags flags;
  } signals[] = {
    {"request-rtp-encoder", G_CALLBACK (request_rtp_encoder), PHONE_SIGNALS},
    {"request-rtcp-encoder", G_CALLBACK (request_rtcp_encoder), PHONE_SIGNALS},
    {"request-rtp-decoder", G_CALLBACK (request_rtp_decoder), PHONE_SIGNALS},
    {"request-rtcp-decoder", G_CALLBACK (request_rtcp_decoder), PHONE_SIGNALS},
    {"request-aux-sender", G_CALLBACK (request_aux_sender), PHONE_RTX},
    {"request-aux-receiver", G_CALLBACK (request_aux_receiver), PHONE_RTX},
    {"request-pt-map", G_CALLBACK (request_pt_map), 0},
    {"pad-added", G_CALLBACK (pad_added), 0}
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    if (!signals[i].flags || (phone->flags & signals[i].flags))
      g_signal_connect (phone->rtpbin, signals[i].signal, signals[i].callback,
          phone);
}

Phone *
phone_new (const char *session_id, guint n_sessions, PhoneFlags flags)
{
  Phone *phone = g_new0 (Phone, 1);
  GString *text = g_string_new ("funnel name=ears ! fakesink name=ear "
      "signal-handoffs=true async=false sync=false rtpbin name=rtpbin0 ");

  phone->flags = flags;
  phone->n_sessions = n_sessions;
  g_string_append (text, flags & PHONE_RTX ? "latency=500 rtp-profile=avpf "
      "do-retransmission=true " : "latency=0 ");
  for (guint i = 0; i < n_sessions; i++)
    add_session (phone, text, i);
  phone->endpoint = endpoint_new ("%s", text->str);
  g_string_free (text, TRUE);
  phone->rtpbin = phone_get (phone, "rtpbin", 0);
  connect (phone);
  for (guint i = 0; i < n_sessions; i++) {
    phone->enc[i] = propertywatch_make ("zrtpenc", session_id);
    phone->dec[i] = propertywatch_make ("zrtpdec", session_id);
    g_object_set (phone->enc[i], "cache", ":memory:", "stream-id", i, NULL);
    g_object_set (phone->dec[i], "stream-id", i, NULL);
    propertywatch_start (phone->enc[i], "state");
    if (!(flags & PHONE_SIGNALS))
      gst_bin_add_many (GST_BIN (phone->endpoint->pipeline), phone->enc[i],
          phone->dec[i], NULL);
  }
  return phone;
}

void
phone_free (Phone * phone)
{
  endpoint_free (phone->endpoint);
  for (guint i = 0; i < phone->n_sessions; i++) {
    gst_object_unref (phone->enc[i]);
    gst_object_unref (phone->dec[i]);
  }
  g_free (phone);
}

/* -- Linking -- */

static void
link_pads (GstElement * from, const char *src, GstElement * to,
    const char *sink, guint session)
{
  char *src_name = g_strdup_printf (src, session);
  char *sink_name = g_strdup_printf (sink, session);

  fail_unless (gst_element_link_pads (from, src_name, to, sink_name),
      "%s to %s", src_name, sink_name);
  g_free (src_name);
  g_free (sink_name);
}

static void
link_way_out (Phone * phone, guint session)
{
  gboolean by_signals = phone->flags & PHONE_SIGNALS;
  gboolean mux = phone->flags & PHONE_MUX;
  GstElement *enc = phone->enc[session], *rtpbin = phone->rtpbin;
  GstElement *out = phone_get (phone, mux ? "funnel" : "net_sink", session);
  GstElement *rtcp_out = mux ? out : phone_get (phone, "rtcp_sink", session);

  if (!by_signals)
    link_pads (rtpbin, "send_rtcp_src_%u", enc, "rtcp_sink_%u", session);
  link_pads (by_signals ? rtpbin : enc, by_signals ? "send_rtcp_src_%u"
      : "rtcp_src_%u", rtcp_out, mux ? "sink_1" : "sink", session);
  if (phone->flags & PHONE_LISTENS) {
    /* With signals only rtpbin's request puts it into the pipeline. */
    link_pads (enc, "zrtp_src", out, mux ? "sink_0" : "sink", session);
    return;
  }
  link_pads (phone_get (phone, "pay", session), "src", rtpbin,
      "send_rtp_sink_%u", session);
  if (!by_signals)
    link_pads (rtpbin, "send_rtp_src_%u", enc, "rtp_sink_%u", session);
  link_pads (by_signals ? rtpbin : enc, by_signals ? "send_rtp_src_%u"
      : "rtp_src_%u", out, mux ? "sink_0" : "sink", session);
}

static void
link_way_in (Phone * phone, guint session)
{
  gboolean by_signals = phone->flags & PHONE_SIGNALS;
  gboolean mux = phone->flags & PHONE_MUX;
  GstElement *dec = phone->dec[session], *rtpbin = phone->rtpbin;
  GstElement *in = phone_get (phone, "net_src", session);

  if (by_signals) {
    link_pads (in, "src", rtpbin, "recv_rtp_sink_%u", session);
    if (mux)
      request_pad (rtpbin, "recv_rtcp_sink_%u", session);
    else
      link_pads (phone_get (phone, "rtcp_src", session), "src", rtpbin,
          "recv_rtcp_sink_%u", session);
    return;
  }
  link_pads (in, "src", dec, "rtp_sink", session);
  if (!mux)
    link_pads (phone_get (phone, "rtcp_src", session), "src", dec,
        "rtcp_sink", session);
  link_pads (dec, "rtp_src", rtpbin, "recv_rtp_sink_%u", session);
  link_pads (dec, "rtcp_src", rtpbin, "recv_rtcp_sink_%u", session);
}

void
phone_link (Phone * phone)
{
  for (guint i = 0; i < phone->n_sessions; i++) {
    GObject *rtp_session = NULL;

    link_way_out (phone, i);
    link_way_in (phone, i);
    /* Reports several times a second, which 5 % of a voice does not allow; and
     * the first packet counts as one that came. */
    g_signal_emit_by_name (phone->rtpbin, "get-internal-session", i,
        &rtp_session);
    g_object_set (rtp_session, "rtcp-min-interval",
        (guint64) (100 * GST_MSECOND), "bandwidth", 1000000.,
        "probation", 0, NULL);
    g_object_unref (rtp_session);
  }
}

static void
point (Phone * from, const char *sink, Phone * to, const char *src,
    guint session)
{
  gint port;

  g_object_get (phone_get (to, src, session), "port", &port, NULL);
  fail_unless (port > 0);
  g_object_set (phone_get (from, sink, session), "port", port, NULL);
}

static void
point_all (Phone * from, Phone * to)
{
  for (guint i = 0; i < from->n_sessions; i++) {
    point (from, "net_sink", to, "net_src", i);
    if (!(from->flags & PHONE_MUX))
      point (from, "rtcp_sink", to, "rtcp_src", i);
  }
}

void
phone_connect (Phone * a, Phone * b)
{
  gst_element_set_state (a->endpoint->pipeline, GST_STATE_READY);
  gst_element_set_state (b->endpoint->pipeline, GST_STATE_READY);
  point_all (a, b);
  point_all (b, a);
}

void
phone_play (Phone * a, Phone * b)
{
  endpoint_play (a->endpoint);
  endpoint_play (b->endpoint);
}

void
phone_wait_secure (Phone * a, Phone * b)
{
  for (guint i = 0; i < a->n_sessions; i++) {
    propertywatch_wait (a->enc[i], "state", "secure");
    propertywatch_wait (b->enc[i], "state", "secure");
    propertywatch_assert_same (a->enc[0], a->enc[i], "sas");
    propertywatch_assert_same (a->enc[0], b->enc[i], "sas");
  }
}

/* -- What rtpbin knows -- */

static GstStructure *
find_source (GObject * rtp_session, gboolean internal, const char *field)
{
  GstStructure *stats = NULL, *found = NULL;
  const GValue *sources;
  GValueArray *array;

  g_object_get (rtp_session, "stats", &stats, NULL);
  sources = gst_structure_get_value (stats, "source-stats");
  array = g_value_get_boxed (sources);
  for (guint i = 0; array && i < array->n_values && !found; i++) {
    const GstStructure *s = gst_value_get_structure (&array->values[i]);
    gboolean is_internal = FALSE, sends = FALSE, wanted = FALSE;

    gst_structure_get (s, "internal", G_TYPE_BOOLEAN, &is_internal,
        "is-sender", G_TYPE_BOOLEAN, &sends, field, G_TYPE_BOOLEAN, &wanted,
        NULL);
    if (is_internal == internal && (sends || !internal) && wanted)
      found = gst_structure_copy (s);
  }
  gst_structure_free (stats);
  return found;
}

GstStructure *
phone_wait_source (Phone * phone, guint session, gboolean internal,
    const char *field)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  GObject *rtp_session = NULL;
  GstStructure *result;

  g_signal_emit_by_name (phone->rtpbin, "get-internal-session", session,
      &rtp_session);
  while (!(result = find_source (rtp_session, internal, field))) {
    fail_unless (g_get_monotonic_time () < until, "no source with %s", field);
    endpoint_pump (phone->endpoint);
  }
  g_object_unref (rtp_session);
  return result;
}
