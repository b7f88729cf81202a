/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole calls: two endpoints, real sockets, media both ways.
 */
#include "endpoint.h"

#define END(more) VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! " \
    NET_SINK more NET_SRC "! zrtpdec name=dec ! " EAR

/* Two endpoints on loopback agree on keys, see one SAS, hear each other. */
GST_START_TEST (test_udp)
{
  Endpoint *a = endpoint_new (END ("async=false ") "async=false");
  Endpoint *b = endpoint_new (END ("async=false ") "async=false");
  char *sas, *cipher, *zid, *peer_zid;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 20);
  endpoint_wait_media (b, 20);

  g_object_get (a->dec, "sas", &sas, "cipher", &cipher, "zid", &zid, NULL);
  g_object_get (b->enc, "peer-zid", &peer_zid, NULL);
  fail_unless_equals_string (sas, a->sas);
  fail_unless_equals_string (cipher, "AES1");
  fail_unless_equals_string (zid, peer_zid);
  g_free (sas);
  g_free (cipher);
  g_free (zid);
  g_free (peer_zid);
  fail_unless (endpoint_get_stat (a->enc, "recv-count") >= 20);
  fail_unless_equals_uint64 (endpoint_get_stat (a->enc, "sent-clear-count"), 0);
  endpoint_assert_quiet (a);
  endpoint_assert_quiet (b);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* The line that a newcomer types: sinks as they come wait for a first buffer
 * and for each other. */
GST_START_TEST (test_default_sinks)
{
  Endpoint *a = endpoint_new (END ("") "sync=true");
  Endpoint *b = endpoint_new (END ("") "sync=true");

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 20);
  endpoint_wait_media (b, 20);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* A file does not run away before there are keys, and its end waits for them: all
 * of it arrives. */
GST_START_TEST (test_file)
{
  Endpoint *a = endpoint_new (VOICE_FILE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK NET_SRC "! zrtpdec name=dec ! " EAR);
  Endpoint *b = endpoint_new (END ("async=false ") "async=false");

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_heard (b, 50);
  fail_unless_equals_uint64 (endpoint_get_stat (a->enc,
          "sent-drops/before-secure"), 0);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* Nothing is said yet: the handshake takes an SSRC of its own choice, and the
 * voice that comes later has it. */
GST_START_TEST (test_muted)
{
  Endpoint *a = endpoint_new ("audiotestsrc is-live=true samplesperbuffer=160 "
      "! audio/x-raw,rate=8000,channels=1 ! valve name=mute drop=true ! alawenc "
      "! rtppcmapay name=pay ! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! "
      NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " EAR);
  Endpoint *b = endpoint_new (END ("async=false ") "async=false");
  GstElement *mute, *pay;
  GstStructure *peer;
  guint told, used;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  peer = endpoint_wait (b, "GstZrtpPeer");
  fail_unless (gst_structure_get_uint (peer, "ssrc", &told));
  gst_structure_free (peer);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 5);

  mute = gst_bin_get_by_name (GST_BIN (a->pipeline), "mute");
  g_object_set (mute, "drop", FALSE, NULL);
  endpoint_wait_media (b, 5);
  pay = gst_bin_get_by_name (GST_BIN (a->pipeline), "pay");
  g_object_get (pay, "stats", &peer, NULL);
  fail_unless (gst_structure_get_uint (peer, "ssrc", &used));
  fail_unless_equals_uint64 (used, told);
  gst_structure_free (peer);
  gst_object_unref (mute);
  gst_object_unref (pay);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* An end that only listens answers through zrtp_src. */
GST_START_TEST (test_listener)
{
  Endpoint *a = endpoint_new (END ("async=false ") "async=false");
  Endpoint *b = endpoint_new ("zrtpenc name=enc cache=:memory: enc.zrtp_src ! "
      NET_SINK NET_SRC "! zrtpdec name=dec ! " EAR);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (b, 20);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* It ends as others do: the end of stream that the application sends reaches
 * the sink of the handshake too, whether or not there is a peer. */
GST_START_TEST (test_listener_ends)
{
  Endpoint *a = endpoint_new (END ("async=false ") "async=false");
  Endpoint *b = endpoint_new ("zrtpenc name=enc cache=:memory: enc.zrtp_src ! "
      NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " EAR
      "async=false");

  endpoint_connect (a, b);
  endpoint_play (b);
  if (__i__) {
    endpoint_play (a);
    endpoint_wait_secure (a, b);
    endpoint_wait_media (b, 5);
  }
  fail_unless (gst_element_send_event (b->pipeline, gst_event_new_eos ()));
  endpoint_wait_eos (b);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* Likewise where the way out has a bin of its own, with no other source in it. */
GST_START_TEST (test_listener_in_bins_ends)
{
  Endpoint *b = endpoint_new (NET_SRC "! zrtpdec ! " EAR "async=false");
  GstElement *way = gst_bin_new ("way"), *outer = gst_bin_new ("outer");
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  g_object_set (enc, "cache", ":memory:", NULL);
  g_object_set (sink, "async", FALSE, NULL);
  gst_bin_add_many (GST_BIN (way), enc, sink, NULL);
  gst_bin_add (GST_BIN (outer), way);
  gst_bin_add (GST_BIN (b->pipeline), outer);
  fail_unless (gst_element_link_pads (enc, "zrtp_src", sink, "sink"));
  endpoint_play (b);
  fail_unless (gst_element_send_event (b->pipeline, gst_event_new_eos ()));
  endpoint_wait_eos (b);
  endpoint_free (b);
}

GST_END_TEST;

/* Two endpoints in one process, one's source pad linked to the other's sink
 * pad: neither thread may wait for the other. */
GST_START_TEST (test_back_to_back)
{
  Endpoint *e = endpoint_new (VOICE "! zrtpenc name=enc session-id=a "
      "cache=:memory: enc.rtp_src_0 ! zrtpdec name=bdec session-id=b ! " EAR
      VOICE "! zrtpenc name=benc session-id=b cache=:memory: benc.rtp_src_0 ! "
      "zrtpdec name=dec session-id=a ! fakesink");
  GstElement *other = gst_bin_get_by_name (GST_BIN (e->pipeline), "bdec");
  char *sas, *other_sas;

  endpoint_play (e);
  endpoint_wait_media (e, 30);
  g_object_get (e->enc, "sas", &sas, NULL);
  g_object_get (other, "sas", &other_sas, NULL);
  fail_unless (sas != NULL);
  fail_unless_equals_string (sas, other_sas);
  g_free (sas);
  g_free (other_sas);
  gst_object_unref (other);
  endpoint_free (e);
}

GST_END_TEST;

/* Clear until secure, if the application wants it so. */
GST_START_TEST (test_opportunistic)
{
  Endpoint *a = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "require-encryption=false auto-secure=false enc.rtp_src_0 ! " NET_SINK
      "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false");
  Endpoint *b = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "auto-secure=false enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC
      "! zrtpdec name=dec require-encryption=false ! " EAR "async=false");
  gboolean ok = FALSE;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  fail_unless (endpoint_get_stat (a->enc, "recv-clear-count") >= 10);
  fail_unless_equals_uint64 (endpoint_get_stat (a->enc, "recv-count"), 0);

  g_signal_emit_by_name (a->enc, "go-secure", &ok);
  fail_unless (ok);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  fail_unless (endpoint_get_stat (a->enc, "recv-count") > 0);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* The other side has never heard of ZRTP: the user is told; media passes only
 * where that was allowed. */
static void
call_without_zrtp (gboolean require)
{
  Endpoint *a = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "hello-timeout=10 require-encryption=%d enc.rtp_src_0 ! " NET_SINK
      "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false",
      require);
  Endpoint *b = endpoint_new (VOICE "! " NET_SINK "async=false " NET_SRC "! "
      EAR "async=false");

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  gst_structure_free (endpoint_wait (a, "GstZrtpPeerUnsupported"));
  fail_unless_equals_string (a->state, "no-zrtp");
  if (require) {
    fail_unless_equals_int (g_atomic_int_get (&a->heard), 0);
    fail_unless (endpoint_get_stat (a->dec, "recv-drops/before-secure") > 0);
    fail_unless (endpoint_get_stat (a->dec, "sent-drops/before-secure") > 0);
    fail_unless_equals_uint64 (endpoint_get_stat (a->dec, "sent-clear-count"),
        0);
  } else {
    endpoint_wait_media (a, 5);
  }
  endpoint_free (a);
  endpoint_free (b);
}

GST_START_TEST (test_no_zrtp)
{
  call_without_zrtp (__i__ == 1);
}

GST_END_TEST;

/* Audio and video on transports of their own: one call, one SAS, Multistream for
 * the second. */
GST_START_TEST (test_two_transports)
{
  static const char *const description =
      VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! " NET_SINK
      "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false "
      "videotestsrc is-live=true ! video/x-raw,width=64,height=48,framerate=15/1 "
      "! rtpvrawpay ! zrtpenc name=enc2 stream-id=1 enc2.rtp_src_0 ! "
      "udpsink name=net_sink2 host=127.0.0.1 async=false "
      "udpsrc name=net_src2 address=127.0.0.1 port=0 "
      "caps=\"application/x-rtp,media=video,clock-rate=90000,"
      "encoding-name=RAW,sampling=YCbCr-4:2:0,depth=(string)8,"
      "width=(string)64,height=(string)48,payload=96\" "
      "! zrtpdec name=dec2 stream-id=1 ! fakesink name=eye async=false";
  Endpoint *ends[2];
  GstElement *enc2[2];

  for (guint i = 0; i < 2; i++) {
    ends[i] = endpoint_new ("%s", description);
    enc2[i] = gst_bin_get_by_name (GST_BIN (ends[i]->pipeline), "enc2");
  }
  endpoint_connect (ends[0], ends[1]);
  for (guint i = 0; i < 2; i++) {
    GstElement *sink = gst_bin_get_by_name (GST_BIN (ends[i]->pipeline),
        "net_sink2");
    GstElement *src = gst_bin_get_by_name (GST_BIN (ends[1 - i]->pipeline),
        "net_src2");
    gint port;

    g_object_get (src, "port", &port, NULL);
    g_object_set (sink, "port", port, NULL);
    gst_object_unref (sink);
    gst_object_unref (src);
  }
  endpoint_play (ends[0]);
  endpoint_play (ends[1]);
  for (guint i = 0; i < 2; i++) {
    guint secure = 0, multistream = 0;

    /* One message for each transport. */
    while (secure < 2) {
      GstStructure *s = endpoint_wait (ends[i], "GstZrtpState");

      if (g_strcmp0 (gst_structure_get_string (s, "state"), "secure") == 0) {
        secure++;
        if (g_strcmp0 (gst_structure_get_string (s, "key-agreement"),
                "Mult") == 0)
          multistream++;
      }
      gst_structure_free (s);
    }
    fail_unless_equals_int (multistream, 1);
  }
  for (guint i = 0; i < 2; i++) {
    char *sas, *sas2;

    g_object_get (ends[i]->enc, "sas", &sas, NULL);
    g_object_get (enc2[1 - i], "sas", &sas2, NULL);
    fail_unless (sas != NULL);
    fail_unless_equals_string (sas, sas2);
    g_free (sas);
    g_free (sas2);
    gst_object_unref (enc2[i]);
  }
  endpoint_free (ends[0]);
  endpoint_free (ends[1]);
}

GST_END_TEST;

#define SENDER VOICE "! zrtpenc name=enc cache=:memory: session-id=half " \
    "enc.rtp_src_0 ! " NET_SINK "async=false"
#define RECEIVER NET_SRC "! zrtpdec name=dec session-id=half ! " EAR

/* While one of the two stops, the other keeps the keys: media goes on without
 * another handshake. */
GST_START_TEST (test_restart_of_half)
{
  Endpoint *out = endpoint_new (SENDER);
  Endpoint *in = endpoint_new (RECEIVER);
  Endpoint *b = endpoint_new (END ("async=false ") "async=false");
  guint64 sent;

  gst_element_set_state (out->pipeline, GST_STATE_READY);
  gst_element_set_state (in->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  endpoint_point (out, b);
  endpoint_point (b, in);
  endpoint_play (b);
  endpoint_play (in);
  endpoint_play (out);
  endpoint_wait_secure (out, b);
  endpoint_wait_media (b, 10);
  endpoint_wait_media (in, 10);
  sent = endpoint_get_stat (in->dec, "zrtp-sent");

  gst_element_set_state (out->pipeline, GST_STATE_READY);
  endpoint_wait_media (in, 10);
  endpoint_play (out);
  endpoint_wait_media (b, 10);
  fail_unless_equals_uint64 (endpoint_get_stat (in->dec, "zrtp-sent"), sent);
  fail_unless_equals_string (b->state, "secure");
  endpoint_free (out);
  endpoint_free (in);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
call_suite (void)
{
  Suite *s = suite_create ("call");
  TCase *tc = tcase_create ("udp");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_udp);
  tcase_add_test (tc, test_default_sinks);
  tcase_add_test (tc, test_file);
  tcase_add_test (tc, test_muted);
  tcase_add_test (tc, test_listener);
  tcase_add_loop_test (tc, test_listener_ends, 0, 2);
  tcase_add_test (tc, test_listener_in_bins_ends);
  tcase_add_test (tc, test_back_to_back);
  tcase_add_test (tc, test_opportunistic);
  tcase_add_loop_test (tc, test_no_zrtp, 0, 2);
  tcase_add_test (tc, test_two_transports);
  tcase_add_test (tc, test_restart_of_half);
  return s;
}

GST_CHECK_MAIN (call);
