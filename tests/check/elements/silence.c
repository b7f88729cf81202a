/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Real pipelines in which media or the handshake can't go, or goes elsewhere: the
 * application gets one WARNING that says so. All of them run at once, as each waits.
 */
#include "endpoint.h"

#define ENC "zrtpenc name=enc cache=:memory: "
#define DEC NET_SRC "! zrtpdec name=dec dec.rtp_src ! " EAR "async=false "
#define TO_NETWORK "! enc.rtp_sink_0 enc.rtp_src_0 ! " NET_SINK \
    "async=false sync=false "

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
  {"no way out", VOICE "! enc.rtp_sink_0 " ENC DEC, "no handshake can begin"},
  {"no way out of a file", VOICE_FILE "! enc.rtp_sink_0 " ENC DEC,
      "no handshake can begin"},
  {"nobody there", VOICE TO_NETWORK ENC DEC, "nothing has come back"},
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

/* Two endpoints of which neither begins. */
GST_START_TEST (test_both_passive)
{
  Endpoint *a = endpoint_new (VOICE TO_NETWORK ENC "passive=true " DEC);
  Endpoint *b = endpoint_new (VOICE TO_NETWORK ENC "passive=true " DEC);
  gboolean done = TRUE;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  g_free (endpoint_wait_warning (a, "passive=false"));
  g_free (endpoint_wait_warning (b, "passive=false"));
  g_signal_emit_by_name (a->enc, "go-secure", &done);
  fail_if (done);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
silence_suite (void)
{
  Suite *suite = suite_create ("silence");
  TCase *tcase = tcase_create ("warnings");

  tcase_add_test (tcase, test_warned);
  tcase_add_test (tcase, test_both_passive);
  suite_add_tcase (suite, tcase);
  return suite;
}

GST_CHECK_MAIN (silence);
