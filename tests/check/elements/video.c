/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Video through rtpbin, from encoders that make a key frame only when they are
 * asked to: what the other side sees of it.
 */
#include "endpoint.h"

#include <gst/video/video-event.h>

static const struct
{
  const char *encode, *decode, *encoding;
} codecs[] = {
  {"vp8enc name=encoder deadline=1 keyframe-max-dist=1000000 ! rtpvp8pay pt=97",
      "rtpvp8depay name=depay request-keyframe=true ! vp8dec", "VP8"},
  {"openh264enc name=encoder gop-size=1000000 ! rtph264pay pt=97 "
        "config-interval=-1 aggregate-mode=zero-latency",
      "rtph264depay name=depay request-keyframe=true ! h264parse ! "
        "openh264dec", "H264"}
};

#define END "rtpbin name=rtp rtp-profile=avpf latency=50 " \
    "zrtpenc name=enc cache=:memory: zrtpdec name=dec " \
    "videotestsrc is-live=true ! " \
    "video/x-raw,format=I420,width=160,height=120,framerate=20/1 ! %s ! " \
    "application/x-rtp%s ! rtp.send_rtp_sink_0 rtp.send_rtp_src_0 ! enc.rtp_sink_0 " \
    "rtp.send_rtcp_src_0 ! enc.rtcp_sink_0 " \
    "enc.rtp_src_0 ! out. enc.rtcp_src_0 ! out. " \
    "funnel name=out ! " NET_SINK "async=false sync=false " \
    "udpsrc name=net_src address=127.0.0.1 port=0 caps=\"application/x-rtp," \
    "media=video,clock-rate=90000,encoding-name=%s,payload=97,%s\" ! " \
    "dec.rtp_sink dec.rtp_src ! rtp.recv_rtp_sink_0 " \
    "dec.rtcp_src ! rtp.recv_rtcp_sink_0 " \
    "%s ! fakesink name=ear signal-handoffs=true async=false sync=false"

static void
media_appeared (GstElement * rtpbin, GstPad * pad, GstBin * pipeline)
{
  GstElement *depay;
  GstPad *sink;

  if (!g_str_has_prefix (GST_PAD_NAME (pad), "recv_rtp_src_"))
    return;
  depay = gst_bin_get_by_name (pipeline, "depay");
  sink = gst_element_get_static_pad (depay, "sink");
  gst_pad_link (pad, sink);
  gst_object_unref (sink);
  gst_object_unref (depay);
}

/* @extension: caps behind the payloader. @feedback: more caps of what is
 * received, which let rtpbin answer by RTCP. */
static Endpoint *
end_new (guint codec, const char *extension, const char *feedback)
{
  Endpoint *e = endpoint_new (END, codecs[codec].encode, extension,
      codecs[codec].encoding, feedback, codecs[codec].decode);
  GstElement *rtp = gst_bin_get_by_name (GST_BIN (e->pipeline), "rtp");

  g_signal_connect (rtp, "pad-added", G_CALLBACK (media_appeared), e->pipeline);
  gst_object_unref (rtp);
  return e;
}

static void
wait_for_drops (Endpoint * e, guint64 n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  while (endpoint_get_stat (e->enc, "sent-drops/before-secure") < n) {
    endpoint_pump (e);
    fail_unless (g_get_monotonic_time () < until);
  }
}

/* The only key frame went by before there was a peer: zrtpenc asks for the next
 * when the other side can read it. */
GST_START_TEST (test_first_picture)
{
  Endpoint *a = end_new (__i__, "", "feedback=none");
  Endpoint *b = end_new (__i__, "", "feedback=none");

  endpoint_connect (a, b);
  endpoint_play (a);
  wait_for_drops (a, 5);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (b, 10);
  endpoint_wait_media (a, 10);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

typedef struct
{
  gint lose;                    /* atomic: packets that are yet to be lost */
  gint asked;                   /* atomic: for a key frame, since then */
} Loss;

static GstPadProbeReturn
lose (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Loss *loss = data;

  if (g_atomic_int_get (&loss->lose) == 0)
    return GST_PAD_PROBE_OK;
  g_atomic_int_add (&loss->lose, -1);
  return GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
see_request (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  if (gst_video_event_is_force_key_unit (gst_pad_probe_info_get_event (info)))
    g_atomic_int_inc (&((Loss *) data)->asked);
  return GST_PAD_PROBE_OK;
}

static void
watch_pad (Endpoint * e, const char *element, const char *pad_name,
    GstPadProbeType type, GstPadProbeCallback callback, Loss * loss)
{
  GstElement *found = gst_bin_get_by_name (GST_BIN (e->pipeline), element);
  GstPad *pad = gst_element_get_static_pad (found, pad_name);

  gst_pad_add_probe (pad, type, callback, loss, NULL);
  gst_object_unref (pad);
  gst_object_unref (found);
}

/* Who lost packets asks by RTCP, which reaches the encoder at the other end. */
GST_START_TEST (test_lost_picture)
{
  Endpoint *a = end_new (__i__, "", "rtcp-fb-nack-pli=1");
  Endpoint *b = end_new (__i__, "", "rtcp-fb-nack-pli=1");
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  Loss loss = { 0, 0 };

  watch_pad (a, "enc", "rtp_src_0", GST_PAD_PROBE_TYPE_BUFFER
      | GST_PAD_PROBE_TYPE_BUFFER_LIST, lose, &loss);
  watch_pad (a, "encoder", "src", GST_PAD_PROBE_TYPE_EVENT_UPSTREAM,
      see_request, &loss);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (b, 20);

  g_atomic_int_set (&loss.asked, 0);
  g_atomic_int_set (&loss.lose, 5);
  while (g_atomic_int_get (&loss.asked) == 0) {
    endpoint_pump (a);
    fail_unless (g_get_monotonic_time () < until, "no element asks");
  }
  endpoint_wait_media (b, 10);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

#define TWCC "extmap-1=(string)\"http://www.ietf.org/id/" \
    "draft-holmer-rmcat-transport-wide-cc-extensions-01\""

static guint
get_reported (Endpoint * e)
{
  GstElement *rtp = gst_bin_get_by_name (GST_BIN (e->pipeline), "rtp");
  GstStructure *stats = NULL;
  GstElement *session = NULL;
  guint n = 0;

  g_signal_emit_by_name (rtp, "get-session", 0, &session);
  g_object_get (session, "twcc-stats", &stats, NULL);
  if (stats) {
    gst_structure_get_uint (stats, "packets-recv", &n);
    gst_structure_free (stats);
  }
  gst_object_unref (session);
  gst_object_unref (rtp);
  return n;
}

/* Transport-wide congestion control: the numbers in header extensions get there,
 * and what the other side says of them comes back. */
GST_START_TEST (test_congestion_control)
{
  Endpoint *a = end_new (__i__, "," TWCC, TWCC ",rtcp-fb-transport-cc=1");
  Endpoint *b = end_new (__i__, "," TWCC, TWCC ",rtcp-fb-transport-cc=1");
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  while (get_reported (a) == 0) {
    endpoint_pump (a);
    fail_unless (g_get_monotonic_time () < until, "nothing is reported");
  }
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
video_suite (void)
{
  Suite *s = suite_create ("video");
  TCase *tc = tcase_create ("video");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_first_picture, 0, G_N_ELEMENTS (codecs));
  tcase_add_loop_test (tc, test_lost_picture, 0, G_N_ELEMENTS (codecs));
  tcase_add_loop_test (tc, test_congestion_control, 0, G_N_ELEMENTS (codecs));
  return s;
}

GST_CHECK_MAIN (video);
