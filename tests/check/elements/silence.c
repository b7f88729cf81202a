/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Real pipelines in which media or the handshake can't go, or goes elsewhere: the
 * application gets one WARNING that says so. All of them run at once, as each waits.
 */
#include "endpoint.h"
#include "propertywatch.h"

#define ENC "zrtpenc name=enc cache=:memory: "
#define DEC NET_SRC "! zrtpdec name=dec dec.rtp_src ! " EAR "async=false "
#define TO_NETWORK "! enc.rtp_sink_0 enc.rtp_src_0 ! " NET_SINK \
    "async=false sync=false "

#define RTCP_SRC "udpsrc address=127.0.0.1 port=0 caps=application/x-rtcp "
#define RTCP_SINK "fakesink async=false sync=false "

/* What a handler of rtpbin's request signals gives back. */
typedef enum
{
  HANDLER_NONE,
  HANDLER_PARENT,               /* an element that is in the pipeline already */
  HANDLER_NO_RTCP               /* nothing for RTCP */
} Handler;

typedef struct
{
  const char *name;
  const char *description;
  const char *warning;
  Handler handler;
  gboolean plain_peer;          /* a sender of RTP in clear */
} Case;

static const Case cases[] = {
  {"an encoder with a parent", ENC "zrtpdec name=dec " NET_SRC
        "! dec.rtp_sink dec.rtp_src ! fakesink async=false rtpbin name=rtp ",
      "request-rtp-encoder", HANDLER_PARENT},
  {"no encoder for RTCP", "zrtpdec name=dec " NET_SRC "! dec.rtp_sink "
        "dec.rtp_src ! fakesink async=false rtpbin name=rtp ",
      "request-rtcp-encoder", HANDLER_NO_RTCP},
  {"no decoder in use", VOICE TO_NETWORK ENC "zrtpdec name=dec "
        "dec.rtp_src ! fakesink async=false ", "rtp_sink of this zrtpdec"},
  {"RTCP past the decoder", VOICE TO_NETWORK ENC NET_SRC
        "! zrtpdec name=dec dec.rtp_src ! rtp.recv_rtp_sink_0 "
        RTCP_SRC "! rtp.recv_rtcp_sink_0 rtpbin name=rtp ",
      "enters this rtpbin"},
  {"RTCP past the encoder",
        VOICE "! rtp.send_rtp_sink_0 " "rtp.send_rtp_src_0 ! queue " TO_NETWORK
        ENC DEC "rtp.send_rtcp_src_0 ! " RTCP_SINK "rtpbin name=rtp ",
      "leaves this rtpbin"},
  {"RTCP through queues", VOICE "! rtp.send_rtp_sink_0 "
        "rtp.send_rtp_src_0 ! queue " TO_NETWORK ENC NET_SRC
        "! zrtpdec name=dec dec.rtp_src ! queue ! rtp.recv_rtp_sink_0 "
        RTCP_SRC "! dec.rtcp_sink dec.rtcp_src ! queue ! identity ! "
        "rtp.recv_rtcp_sink_0 rtp.send_rtcp_src_0 ! queue ! enc.rtcp_sink_0 "
        "enc.rtcp_src_0 ! " RTCP_SINK "rtpbin name=rtp ",
      "nothing has come back"},
  {"no way out", VOICE "! enc.rtp_sink_0 " ENC DEC, "no handshake can begin"},
  {"no way out of a file", VOICE_FILE "! enc.rtp_sink_0 " ENC DEC,
      "no handshake can begin"},
  {"no peer", VOICE TO_NETWORK ENC DEC, "nothing has come back"},
  {"a peer without ZRTP", VOICE TO_NETWORK ENC DEC, "no ZRTP Hello",
      HANDLER_NONE, TRUE},
  {"media in clear to a peer without ZRTP", VOICE TO_NETWORK
        ENC "require-encryption=false " DEC, "Media goes in clear",
      HANDLER_NONE, TRUE},
};

/* rtpbin takes ownership of what it gets, whether it has a parent or not. */
static GstElement *
give_encoder (GstElement * rtpbin, guint session, gpointer pipeline)
{
  GstElement *enc = gst_bin_get_by_name (pipeline, "enc");

  if (!enc) {
    enc = gst_element_factory_make ("zrtpenc", "enc");
    g_object_set (enc, "cache", ":memory:", NULL);
  } else {
    gst_object_ref (enc);       /* rtpbin drops one that is not its own */
  }
  gst_object_unref (gst_element_request_pad_simple (enc, "rtp_sink_0"));
  return enc;
}

static void
link_rtpbin (Endpoint * endpoint)
{
  GstElement *rtpbin = gst_bin_get_by_name (GST_BIN (endpoint->pipeline),
      "rtp");
  GstElement *source = gst_parse_bin_from_description (VOICE, TRUE, NULL);
  GstElement *sinks[2];

  g_signal_connect (rtpbin, "request-rtp-encoder", G_CALLBACK (give_encoder),
      endpoint->pipeline);
  gst_bin_add (GST_BIN (endpoint->pipeline), source);
  fail_unless (gst_element_link_pads (source, "src", rtpbin,
          "send_rtp_sink_0"));
  for (guint i = 0; i < 2; i++) {
    sinks[i] = gst_element_factory_make ("fakesink", NULL);
    g_object_set (sinks[i], "async", FALSE, "sync", FALSE, NULL);
    gst_bin_add (GST_BIN (endpoint->pipeline), sinks[i]);
    fail_unless (gst_element_link_pads (rtpbin, i ? "send_rtcp_src_0"
            : "send_rtp_src_0", sinks[i], "sink"));
  }
  gst_object_unref (rtpbin);
}

/* Sends RTP in clear to the endpoint, for as long as it lives. */
static Endpoint *
start_plain_peer (Endpoint * endpoint)
{
  Endpoint *peer = endpoint_new (VOICE "! " NET_SINK "async=false sync=false ");

  gst_element_set_state (endpoint->pipeline, GST_STATE_READY);
  gst_element_set_state (peer->pipeline, GST_STATE_READY);
  endpoint_point (peer, endpoint);
  endpoint_play (peer);
  return peer;
}

/* The WARNING that was expected is the only one. */
static void
assert_warned (Endpoint * endpoint, const Case * c)
{
  char *text = endpoint_wait_warning (endpoint, c->warning);

  GST_INFO ("%s: %s", c->name, text);
  g_free (text);
  endpoint_assert_quiet (endpoint);
}

GST_START_TEST (test_warned)
{
  Endpoint *endpoints[G_N_ELEMENTS (cases)];
  Endpoint *peers[G_N_ELEMENTS (cases)] = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    endpoints[i] = endpoint_new ("%s", cases[i].description);
    /* While others are waited for, more may be wrong. */
    endpoints[i]->may_warn = TRUE;
    if (cases[i].handler != HANDLER_NONE)
      link_rtpbin (endpoints[i]);
    if (cases[i].plain_peer)
      peers[i] = start_plain_peer (endpoints[i]);
    endpoint_play (endpoints[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_warned (endpoints[i], &cases[i]);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    endpoint_free (endpoints[i]);
    if (peers[i])
      endpoint_free (peers[i]);
  }
}

GST_END_TEST;

/* An application that would rather stop. */
GST_START_TEST (test_error_on_bypass)
{
  GstElement *pipeline = gst_parse_launch (VOICE TO_NETWORK ENC
      "zrtpdec name=dec error-on-bypass=true dec.rtp_src ! fakesink async=false",
      NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  char *text;

  fail_unless (pipeline != NULL);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  text = propertywatch_pop (bus, GST_MESSAGE_ERROR, "rtp_sink of this zrtpdec");
  GST_INFO ("%s", text);
  g_free (text);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (bus);
  gst_object_unref (pipeline);
}

GST_END_TEST;

typedef enum
{
  PAIR_USUAL,
  PAIR_FIXED_SSRCS,             /* sources that take no other SSRC */
  PAIR_ONE_WAY                  /* the second one hears nothing */
} PairKind;

/* Two endpoints between which no call comes about. */
typedef struct
{
  const char *name;
  const char *descriptions[2];  /* "%s": a folder of this test */
  const char *warnings[2];      /* NULL: of the first one alone */
  PairKind kind;
} PairCase;

#define STRICT "strict-algorithms=true "
#define MUTE "audiotestsrc is-live=true samplesperbuffer=160 num-buffers=5 ! " \
    "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay "

static const PairCase pairs[] = {
  {"both passive", {VOICE TO_NETWORK ENC "passive=true " DEC,
          VOICE TO_NETWORK ENC "passive=true " DEC},
      {"passive=false", "passive=false"}},
  {"one SSRC", {"audiotestsrc is-live=true samplesperbuffer=160 ! "
              "audio/x-raw,rate=8000,channels=1 ! alawenc ! "
              "rtppcmapay ssrc=7 " TO_NETWORK ENC DEC,
          "audiotestsrc is-live=true samplesperbuffer=160 ! "
              "audio/x-raw,rate=8000,channels=1 ! alawenc ! "
              "rtppcmapay ssrc=7 " TO_NETWORK ENC DEC},
      {"set another SSRC", "set another SSRC"}, PAIR_FIXED_SSRCS},
  {"one ZID", {VOICE TO_NETWORK "zrtpenc name=enc cache=%s/one " DEC,
          VOICE TO_NETWORK "zrtpenc name=enc cache=%s/one " DEC},
      {"Set the property \"cache\"", "Set the property \"cache\""}},
  {"no cipher in common", {VOICE TO_NETWORK ENC STRICT "ciphers=AES1 " DEC,
          VOICE TO_NETWORK ENC STRICT "ciphers=AES3 " DEC},
      {"strict-algorithms", "strict-algorithms"}},
  {"a policy", {VOICE TO_NETWORK ENC "require-verified=true " DEC,
          VOICE TO_NETWORK ENC DEC}, {"require-verified", NULL}},
  {"one way", {VOICE TO_NETWORK ENC DEC, VOICE TO_NETWORK ENC DEC},
      {"no key agreement", "nothing has come back"}, PAIR_ONE_WAY},
  {"sources that ended", {MUTE TO_NETWORK ENC DEC, VOICE TO_NETWORK ENC DEC},
      {"has ended", "nothing has come back"}, PAIR_ONE_WAY},
};

static GstPadProbeReturn
refuse_collision (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  return gst_event_has_name (event, "GstRTPCollision") ?
      GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

static void
fix_ssrc (Endpoint * endpoint)
{
  GstPad *sink = gst_element_get_static_pad (endpoint->enc, "rtp_sink_0");
  GstPad *src = gst_pad_get_peer (sink);

  gst_pad_add_probe (src, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, refuse_collision,
      NULL, NULL);
  gst_object_unref (src);
  gst_object_unref (sink);
}

static void
start_pair (const PairCase * c, const char *folder, Endpoint * ends[2])
{
  for (guint i = 0; i < 2; i++) {
    char **parts = g_strsplit (c->descriptions[i], "%s", -1);
    char *text = g_strjoinv (folder, parts);

    ends[i] = endpoint_new ("%s", text);
    ends[i]->may_warn = TRUE;
    if (c->kind == PAIR_FIXED_SSRCS)
      fix_ssrc (ends[i]);
    g_free (text);
    g_strfreev (parts);
  }
  if (c->kind == PAIR_ONE_WAY) {
    gst_element_set_state (ends[0]->pipeline, GST_STATE_READY);
    endpoint_point (ends[1], ends[0]);
  } else {
    endpoint_connect (ends[0], ends[1]);
  }
  endpoint_play (ends[0]);
  endpoint_play (ends[1]);
}

/* Some of them at once, as each waits. */
#define PAIRS_AT_ONCE 4

GST_START_TEST (test_pairs)
{
  const guint first = __i__ * PAIRS_AT_ONCE;
  const guint end = MIN (first + PAIRS_AT_ONCE, G_N_ELEMENTS (pairs));
  char *folder = endpoint_make_folder ();
  Endpoint *ends[G_N_ELEMENTS (pairs)][2];
  gboolean done = TRUE;

  for (guint i = first; i < end; i++)
    start_pair (&pairs[i], folder, ends[i]);
  for (guint i = first; i < end; i++) {
    for (guint k = 0; k < 2 && pairs[i].warnings[k]; k++) {
      char *text = endpoint_wait_warning (ends[i][k], pairs[i].warnings[k]);

      GST_INFO ("%s: %s", pairs[i].name, text);
      g_free (text);
    }
  }
  if (first == 0) {
    /* Neither of two passive endpoints may begin. */
    g_signal_emit_by_name (ends[0][0]->enc, "go-secure", &done);
    fail_if (done);
  }
  for (guint i = first; i < end; i++) {
    endpoint_free (ends[i][0]);
    endpoint_free (ends[i][1]);
  }
  endpoint_remove_folder (folder);
}

GST_END_TEST;

/* The peer of a secure call is gone, and another endpoint sends plain RTP. */
GST_START_TEST (test_clear_in_secure_call)
{
  Endpoint *a = endpoint_new (VOICE TO_NETWORK ENC DEC);
  Endpoint *b = endpoint_new (VOICE TO_NETWORK ENC DEC);
  Endpoint *plain;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 5);
  endpoint_free (b);
  plain = endpoint_new (VOICE "! " NET_SINK "async=false");
  endpoint_point (plain, a);
  endpoint_play (plain);
  g_free (endpoint_wait_warning (a, "none could be decrypted"));
  endpoint_free (plain);
  endpoint_free (a);
}

GST_END_TEST;

/* The application stops and starts again in mid-call. The peer, of another stack, goes
 * on: its SRTP must not pass as RTP, nor may ours leave in clear. */
GST_START_TEST (test_lost_call)
{
  Endpoint *a = endpoint_new (VOICE TO_NETWORK ENC "require-encryption=false "
      DEC);
  Endpoint *b =
      endpoint_new ("audiotestsrc is-live=true samplesperbuffer=160 ! "
      "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay ssrc=1234 "
      TO_NETWORK ENC DEC);
  Endpoint *ignorant;
  guint64 sent;
  gint heard;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 5);
  sent = endpoint_get_stat (a->enc, "sent-clear-count");
  endpoint_free (b);
  ignorant = endpoint_new ("audiotestsrc is-live=true samplesperbuffer=160 ! "
      "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay ssrc=1234 ! "
      NET_SINK "async=false");
  endpoint_play (ignorant);
  /* Its udpsrc keeps the port, as the process would. */
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  endpoint_point (ignorant, a);
  heard = g_atomic_int_get (&a->heard);
  endpoint_play (a);
  /* A second start knows as much as the first. */
  endpoint_wait_state (a, "discovering");
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  endpoint_point (ignorant, a);
  endpoint_play (a);
  g_free (endpoint_wait_warning (a, "hang up there"));
  propertywatch_assert (a->enc, "state", "discovering");
  fail_unless_equals_int (g_atomic_int_get (&a->heard), heard);
  fail_unless (endpoint_get_stat (a->enc, "recv-drops/before-secure") > 50);
  fail_unless (sent <= 50);
  fail_unless_equals_uint64 (endpoint_get_stat (a->enc, "sent-clear-count"), 0);
  endpoint_free (ignorant);
  endpoint_free (a);
}

GST_END_TEST;

/* A calls B, which is in a call with C. */
GST_START_TEST (test_peer_in_another_call)
{
  Endpoint *a = endpoint_new (VOICE TO_NETWORK ENC DEC);
  Endpoint *b = endpoint_new (VOICE TO_NETWORK ENC DEC);
  Endpoint *c = endpoint_new (VOICE TO_NETWORK ENC DEC);

  endpoint_connect (b, c);
  endpoint_play (b);
  endpoint_play (c);
  endpoint_wait_secure (b, c);
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  endpoint_point (a, b);
  endpoint_point (b, a);
  endpoint_play (a);
  g_free (endpoint_wait_warning (a, "sends none"));
  endpoint_free (a);
  endpoint_free (b);
  endpoint_free (c);
}

GST_END_TEST;

static Suite *
silence_suite (void)
{
  Suite *suite = suite_create ("silence");
  TCase *tcase = tcase_create ("warnings");

  tcase_add_test (tcase, test_warned);
  tcase_add_test (tcase, test_error_on_bypass);
  tcase_add_loop_test (tcase, test_pairs, 0,
      (G_N_ELEMENTS (pairs) + PAIRS_AT_ONCE - 1) / PAIRS_AT_ONCE);
  tcase_add_test (tcase, test_clear_in_secure_call);
  tcase_add_test (tcase, test_peer_in_another_call);
  tcase_add_test (tcase, test_lost_call);
  suite_add_tcase (suite, tcase);
  return suite;
}

GST_CHECK_MAIN (silence);
