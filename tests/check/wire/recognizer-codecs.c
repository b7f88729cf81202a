/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP as GStreamer's encoders and payloaders make it is found within four
 * packets, and with the extensions, redundancy and RTCP that rtpbin adds.
 */
#include <gst/check/gstcheck.h>

#include "wirerecognizer.h"

#define PICTURE "videotestsrc pattern=snow num-buffers=6 ! " \
  "video/x-raw,width=320,height=240,framerate=15/1 ! videoconvert ! "
#define VOICE "audiotestsrc num-buffers=12 samplesperbuffer=160 ! " \
  "audio/x-raw,rate=8000,channels=1 ! audioconvert ! "
#define WIDE "audiotestsrc num-buffers=100 samplesperbuffer=960 ! " \
  "audio/x-raw,rate=48000,channels=2 ! audioconvert ! audioresample ! "

static const char *const senders[] = {
  VOICE "mulawenc ! rtppcmupay",
  VOICE "alawenc ! rtppcmapay",
  VOICE "gsmenc ! rtpgsmpay",
  VOICE "speexenc ! rtpspeexpay",
  WIDE "opusenc ! rtpopuspay",
  WIDE "audio/x-raw,format=S16BE,rate=44100 ! rtpL16pay pt=10",
  WIDE "audio/x-raw,format=S24BE ! rtpL24pay",
  WIDE "vorbisenc ! rtpvorbispay",
  PICTURE "vp8enc deadline=1 ! rtpvp8pay",
  PICTURE "vp9enc deadline=1 ! rtpvp9pay",
  PICTURE "video/x-raw,format=I420 ! jpegenc ! rtpjpegpay",
  PICTURE "theoraenc ! rtptheorapay",
  PICTURE "video/x-raw,format=UYVY ! rtpvrawpay",
  VOICE "mulawenc ! rtppcmupay pt=96 ! rtpredenc pt=97 distance=1",
};

/* Packet after packet, in the pipeline's own time. */
GST_START_TEST (test_found)
{
  char *line = g_strdup_printf ("%s ! appsink name=sink sync=false",
      senders[__i__]);
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (line, &error), *sink;
  WireRecognizer recognizer;
  guint n = 0;

  fail_unless (pipeline && !error, "%s", error ? error->message : line);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  wire_recognizer_init (&recognizer, 5004, 5004);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  while (recognizer.kind == WIRE_FLOW_UNDECIDED) {
    GstSample *sample;
    GstMapInfo map;
    GstBuffer *buffer;

    g_signal_emit_by_name (sink, "pull-sample", &sample);
    fail_unless (sample != NULL, "%s: not found in %u packets",
        senders[__i__], n);
    buffer = gst_sample_get_buffer (sample);
    fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
    n++;
    wire_recognizer_packet (&recognizer, WIRE_FROM_INSIDE, map.data, map.size,
        n * 20000);
    gst_buffer_unmap (buffer, &map);
    gst_sample_unref (sample);
  }
  fail_unless_equals_int (recognizer.kind, WIRE_FLOW_RTP);
  fail_unless_equals_int (n, 4);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (sink);
  gst_object_unref (pipeline);
  g_free (line);
}

GST_END_TEST;

static Suite *
recognizer_codecs_suite (void)
{
  Suite *suite = suite_create ("recognizer-codecs");
  TCase *tcase = tcase_create ("codecs");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_found, 0, G_N_ELEMENTS (senders));
  return suite;
}

GST_CHECK_MAIN (recognizer_codecs);
