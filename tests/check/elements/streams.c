/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many SSRCs, many pads and several sessions of rtpbin on one transport (BUNDLE,
 * simulcast, RTX, FEC): one exchange, whose keys serve all.
 */
#include "harness.h"
#include "endpoint.h"

#include <stdio.h>
#include <string.h>

/* -- On one pad -- */

#define N_SSRCS 500

static guint32
make_ssrc (guint i)
{
  return BENCH_SSRC + i * 2654435761u;
}

/* Hundreds of sources as behind a conference server, in any order, all of them
 * over the end of their sequence numbers. */
GST_START_TEST (test_many)
{
  Harness *harness = harness_new ();
  guint64 sent;

  harness_secure (harness);
  sent = endpoint_get_stat (harness->enc_a, "zrtp-sent");
  for (guint round = 0; round < 4; round++) {
    guint16 seq = 0xfffe + round;

    for (guint k = 0; k < N_SSRCS; k++) {
      /* 199 has no divisor in common with 500. */
      guint i = k * 199 % N_SSRCS;
      GstBuffer *buffer;

      fail_unless_equals_int (gst_harness_push (harness->in,
              harness_make_rtp (make_ssrc (i), seq, 40, i)), GST_FLOW_OK);
      buffer = gst_harness_pull (harness->out);
      fail_unless (GST_BUFFER_IS_DISCONT (buffer) == (round == 0));
      harness_check_rtp (buffer, make_ssrc (i), seq, 40, i);
    }
  }
  fail_unless_equals_uint64 (endpoint_get_stat (harness->dec_b, "recv-count"),
      4 * N_SSRCS);
  fail_unless_equals_int (endpoint_count_streams (harness->enc_a), N_SSRCS);
  fail_unless_equals_int (endpoint_count_streams (harness->dec_b), N_SSRCS);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a, "zrtp-sent"),
      sent);
  harness_free (harness);
}

GST_END_TEST;

/* -- On many pads -- */

/* One way in; what leaves joins the others on the wire. */
typedef struct
{
  GstHarness *in;
  GstPad *receiver;
} Layer;

static Layer
layer_new (Harness * harness, guint id)
{
  char *sink = g_strdup_printf ("rtp_sink_%u", id);
  char *src = g_strdup_printf ("rtp_src_%u", id);
  Layer layer = { gst_harness_new_with_element (harness->enc_a, sink, src),
    gst_element_get_static_pad (harness->dec_b, "rtp_sink")
  };

  gst_harness_set_src_caps_str (layer.in, "application/x-rtp,media=video,"
      "clock-rate=90000,encoding-name=VP8,payload=96");
  g_free (sink);
  g_free (src);
  return layer;
}

static void
layer_send (Layer * layer, GstBuffer * buffer)
{
  fail_unless_equals_int (gst_harness_push (layer->in, buffer), GST_FLOW_OK);
  fail_unless_equals_int (gst_pad_chain (layer->receiver,
          gst_harness_pull (layer->in)), GST_FLOW_OK);
}

/* Layers of simulcast, each with its own retransmissions and repair packets. */
GST_START_TEST (test_simulcast)
{
  enum
  { LAYERS = 3, KINDS = 3 };
  Harness *harness = harness_new ();
  Layer layers[LAYERS];

  harness_secure (harness);
  for (guint i = 0; i < LAYERS; i++)
    layers[i] = layer_new (harness, 1 + i);
  for (guint seq = 0; seq < 5; seq++) {
    for (guint i = 0; i < LAYERS; i++) {
      for (guint kind = 0; kind < KINDS; kind++) {
        guint32 ssrc = make_ssrc (1 + i * KINDS + kind);

        layer_send (&layers[i], harness_make_rtp (ssrc, seq, 100 << i, kind));
        harness_check_rtp (gst_harness_pull (harness->out), ssrc, seq, 100 << i,
            kind);
      }
    }
  }
  fail_unless_equals_int (endpoint_count_streams (harness->dec_b),
      LAYERS * KINDS);
  for (guint i = 0; i < LAYERS; i++) {
    gst_object_unref (layers[i].receiver);
    gst_harness_teardown (layers[i].in);
  }
  harness_free (harness);
}

GST_END_TEST;

/* The first of two media has ended, or goes nowhere, before the other side comes:
 * the handshake takes the way of the second. */
GST_START_TEST (test_first_is_over)
{
  Harness *harness = harness_new ();
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstPad *old = gst_pad_get_peer (sink), *in, *src;
  GstHarness *wire = NULL, *other;

  in = gst_element_request_pad_simple (harness->enc_a, "rtp_sink_1");
  src = gst_element_get_static_pad (harness->enc_a, "rtp_src_1");
  fail_unless (gst_pad_unlink (old, sink));
  if (__i__) {
    wire = gst_harness_new_with_element (harness->enc_a, NULL, "rtp_src_0");
    gst_harness_push_event (harness->in, gst_event_new_eos ());
  }
  fail_unless_equals_int (gst_pad_link_full (src, sink,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
  other = gst_harness_new_with_element (harness->enc_a, "rtp_sink_1", NULL);
  gst_harness_set_src_caps_str (other, BENCH_CAPS);
  harness_secure (harness);
  fail_unless_equals_int (gst_harness_push (other,
          harness_make_rtp (BENCH_SSRC + 1, 1, 20, 3)), GST_FLOW_OK);
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC + 1, 1, 20, 3);
  gst_object_unref (old);
  gst_object_unref (sink);
  gst_object_unref (src);
  gst_object_unref (in);
  gst_harness_teardown (other);
  g_clear_pointer (&wire, gst_harness_teardown);
  harness_free (harness);
}

GST_END_TEST;

/* An SSRC whose pad left may go on elsewhere, and goes on with its counter. */
GST_START_TEST (test_moved)
{
  Harness *harness = harness_new ();
  guint32 ssrc = make_ssrc (7);

  harness_secure (harness);
  for (guint i = 0; i < 3; i++) {
    guint16 seq = 0xffff + i;
    Layer layer = layer_new (harness, 1 + i);

    layer_send (&layer, harness_make_rtp (ssrc, seq, 30, i));
    harness_check_rtp (gst_harness_pull (harness->out), ssrc, seq, 30, i);
    gst_object_unref (layer.receiver);
    gst_harness_teardown (layer.in);
  }
  harness_free (harness);
}

GST_END_TEST;

/* -- Headers -- */

/* Extensions and CSRCs stay readable for those on the way, and stay as they
 * are (RFC 3711 3.1). */
GST_START_TEST (test_header)
{
  static const struct
  {
    guint8 octets[32];
    gsize size;
  } headers[] = {
    /* one-byte form (RFC 8285 4.2): audio level, sequence number, padding */
    {{0x90, 96, 0, 1, 0, 0, 0, 9, 1, 2, 3, 4, 0xbe, 0xde, 0, 2, 0x10, 0x8a,
            0x31, 0x12, 0x34, 0, 0, 0}, 24},
    /* two-byte form (4.3), with an element of no octets */
    {{0x90, 96, 0, 2, 0, 0, 0, 9, 1, 2, 3, 4, 0x10, 0x00, 0, 1, 5, 1, 0xff, 6,
            0}, 20},
    /* one that no endpoint knows, and one of no words */
    {{0x90, 96, 0, 3, 0, 0, 0, 9, 1, 2, 3, 4, 0xab, 0xcd, 0, 1, 1, 2, 3, 4},
        20},
    {{0x90, 96, 0, 4, 0, 0, 0, 9, 1, 2, 3, 4, 0xbe, 0xde, 0, 0}, 16},
    /* two CSRCs and the marker */
    {{0x82, 96 | 0x80, 0, 5, 0, 0, 0, 9, 1, 2, 3, 4, 9, 9, 9, 9, 8, 8, 8, 8},
        20}
  };
  Harness *harness = harness_new ();

  harness_secure (harness);
  for (guint i = 0; i < G_N_ELEMENTS (headers); i++) {
    gsize size = headers[i].size + 50;
    guint8 *packet = g_malloc (size), *kept;
    GstBuffer *wire, *out;

    memset (packet, 0x55, size);
    memcpy (packet, headers[i].octets, headers[i].size);
    kept = g_memdup2 (packet, size);
    fail_unless_equals_int (gst_harness_push (harness->in,
            gst_buffer_new_wrapped (packet, size)), GST_FLOW_OK);
    wire = harness_get_wire (harness, i);
    fail_unless (gst_buffer_memcmp (wire, 0, kept, headers[i].size) == 0);
    fail_if (gst_buffer_memcmp (wire, headers[i].size, kept
            + headers[i].size, 50) == 0);
    out = gst_harness_pull (harness->out);
    fail_unless_equals_uint64 (gst_buffer_get_size (out), size);
    fail_unless (gst_buffer_memcmp (out, 0, kept, size) == 0);
    gst_buffer_unref (wire);
    gst_buffer_unref (out);
    g_free (kept);
  }
  harness_free (harness);
}

GST_END_TEST;

/* -- Several sessions of rtpbin -- */

#define BUNDLE "rtpbin name=rtp latency=0 zrtpenc name=enc cache=:memory: " \
    "zrtpdec name=dec funnel name=out ! " NET_SINK "async=false sync=false " \
    NET_SRC "! dec.rtp_sink rtpssrcdemux name=demux " \
    "dec.rtp_src ! demux.sink dec.rtcp_src ! demux.rtcp_sink " \
    VOICE "ssrc=%u ! rtp.send_rtp_sink_0 " VOICE "ssrc=%u ! rtp.send_rtp_sink_1 " \
    "rtp.send_rtp_src_0 ! enc.rtp_sink_0 rtp.send_rtp_src_1 ! enc.rtp_sink_1 " \
    "rtp.send_rtcp_src_0 ! enc.rtcp_sink_0 rtp.send_rtcp_src_1 ! enc.rtcp_sink_1 " \
    "enc.rtp_src_0 ! out. enc.rtp_src_1 ! out. " \
    "enc.rtcp_src_0 ! out. enc.rtcp_src_1 ! out. " \
    "rtppcmadepay name=depay0 ! fakesink name=ear signal-handoffs=true " \
    "async=false rtppcmadepay name=depay1 ! fakesink name=ear1 async=false " \
    "signal-handoffs=true"

/* Which session an SSRC belongs to, applications know from signalling: here, odd
 * ones to the second. */
static void
source_appeared (GstElement * demux, GstPad * pad, GstElement * rtpbin)
{
  const char *format = "recv_rtp_sink_%u";
  guint ssrc;
  char *name;

  if (sscanf (GST_PAD_NAME (pad), "src_%u", &ssrc) != 1) {
    fail_unless (sscanf (GST_PAD_NAME (pad), "rtcp_src_%u", &ssrc) == 1);
    format = "recv_rtcp_sink_%u";
  }
  name = g_strdup_printf (format, ssrc % 2);
  fail_unless (gst_element_link_pads (demux, GST_PAD_NAME (pad), rtpbin, name));
  g_free (name);
}

static void
media_appeared (GstElement * rtpbin, GstPad * pad, GstBin * pipeline)
{
  const char *name = GST_PAD_NAME (pad);
  GstElement *depay;
  GstPad *sink;

  if (!g_str_has_prefix (name, "recv_rtp_src_"))
    return;
  depay = gst_bin_get_by_name (pipeline, name[13] == '0' ? "depay0" : "depay1");
  sink = gst_element_get_static_pad (depay, "sink");
  gst_pad_link (pad, sink);
  gst_object_unref (sink);
  gst_object_unref (depay);
}

static void
count_second (GstElement * sink, GstBuffer * buffer, GstPad * pad, gint * heard)
{
  g_atomic_int_inc (heard);
}

static Endpoint *
bundle_new (gint * heard)
{
  Endpoint *e = endpoint_new (BUNDLE, g_random_int () & ~1u,
      g_random_int () | 1u);
  GstElement *rtp = gst_bin_get_by_name (GST_BIN (e->pipeline), "rtp");
  GstElement *demux = gst_bin_get_by_name (GST_BIN (e->pipeline), "demux");
  GstElement *ear = gst_bin_get_by_name (GST_BIN (e->pipeline), "ear1");

  g_signal_connect (ear, "handoff", G_CALLBACK (count_second), heard);
  g_signal_connect (demux, "pad-added", G_CALLBACK (source_appeared), rtp);
  g_signal_connect (rtp, "pad-added", G_CALLBACK (media_appeared), e->pipeline);
  gst_object_unref (demux);
  gst_object_unref (rtp);
  gst_object_unref (ear);
  return e;
}

/* BUNDLE (RFC 9143): two media, two sessions, RTP and RTCP, on one port. */
GST_START_TEST (test_bundle)
{
  gint heard[2] = { 0, 0 };
  Endpoint *ends[2] = { bundle_new (&heard[0]), bundle_new (&heard[1]) };

  endpoint_connect (ends[0], ends[1]);
  endpoint_play (ends[0]);
  endpoint_play (ends[1]);
  endpoint_wait_secure (ends[0], ends[1]);
  for (guint i = 0; i < 2; i++) {
    endpoint_wait_media (ends[i], 10);
    while (g_atomic_int_get (&heard[i]) < 10)
      endpoint_pump (ends[i]);
    fail_unless_equals_int (endpoint_count_streams (ends[i]->enc), 4);
    fail_unless_equals_uint64 (endpoint_get_stat (ends[i]->enc,
            "sent-clear-count"), 0);
    fail_unless_equals_uint64 (endpoint_get_stat (ends[i]->enc,
            "sent-drops/ssrc-collision"), 0);
  }
  endpoint_free (ends[0]);
  endpoint_free (ends[1]);
}

GST_END_TEST;

static Suite *
streams_suite (void)
{
  Suite *s = suite_create ("streams");
  TCase *tc = tcase_create ("streams");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_many);
  tcase_add_test (tc, test_simulcast);
  tcase_add_loop_test (tc, test_first_is_over, 0, 2);
  tcase_add_test (tc, test_moved);
  tcase_add_test (tc, test_header);
  tcase_add_test (tc, test_bundle);
  return s;
}

GST_CHECK_MAIN (streams);
