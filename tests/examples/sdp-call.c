/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call with an SDP offer and answer that announce the ZRTP endpoints by
 * a=zrtp-hash. Alice and Bob are both in this process; what goes from one to
 * the other is the text of offer and answer, and packets on loopback. Ends with
 * status 0 when both are secure, with the endpoint that was announced.
 */
#include <gst/gst.h>
#include <gst/sdp/sdp.h>

#define PATIENCE 30             /* seconds */
#define CALL                                                                 \
  "audiotestsrc is-live=true ! alawenc ! rtppcmapay pt=8 ! "                 \
  "zrtpenc name=enc cache=:memory: "                                         \
  "enc.rtp_src_0 ! udpsink name=send async=false sync=false "                \
  "udpsrc name=receive port=0 ! zrtpdec name=dec ! "                         \
  "rtppcmadepay ! alawdec ! fakesink async=false"

typedef struct
{
  const gchar *name;
  GstElement *pipeline;
  GstElement *zrtp;
  gchar *sas;
  gchar *status;                /* whether the peer is the one announced */
  gboolean secure;
} Person;

static GMainLoop *loop;
static Person alice = {.name = "alice" };
static Person bob = {.name = "bob" };

static GstElement *
get (Person * person, const gchar * name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (person->pipeline), name);

  /* The pipeline keeps it. */
  gst_object_unref (element);
  return element;
}

/* -- Signalling -- */

static void
add_voice (GstSDPMessage * sdp, guint port)
{
  GstSDPMedia *media;

  gst_sdp_media_new (&media);
  gst_sdp_media_set_media (media, "audio");
  gst_sdp_media_set_port_info (media, port, 1);
  /* Not RTP/SAVP: that there will be SRTP, the endpoints find out. */
  gst_sdp_media_set_proto (media, "RTP/AVP");
  gst_sdp_media_add_format (media, "8");
  gst_sdp_media_add_attribute (media, "rtpmap", "8 PCMA/8000");
  gst_sdp_message_add_media (sdp, media);
  gst_sdp_media_free (media);
}

/* An offer or an answer. The pipeline is in READY: it has its port. */
static gchar *
describe (Person * person)
{
  GstSDPMessage *sdp;
  gboolean done = FALSE;
  gchar *text;
  gint port;

  g_object_get (get (person, "receive"), "port", &port, NULL);
  gst_sdp_message_new (&sdp);
  gst_sdp_message_set_version (sdp, "0");
  gst_sdp_message_set_origin (sdp, person->name, "1", "1", "IN", "IP4",
      "127.0.0.1");
  gst_sdp_message_set_session_name (sdp, "-");
  gst_sdp_message_set_connection (sdp, "IN", "IP4", "127.0.0.1", 0, 0);
  gst_sdp_message_add_time (sdp, "0", "0", NULL);
  add_voice (sdp, port);
  g_signal_emit_by_name (person->zrtp, "write-sdp", sdp, 0, &done);
  g_assert (done);
  text = gst_sdp_message_as_text (sdp);
  gst_sdp_message_free (sdp);
  g_print ("%s says:\n%s\n", person->name, text);
  return text;
}

/* The other one's offer or answer came. */
static gboolean
accept_description (Person * person, const gchar * text)
{
  const GstSDPConnection *connection;
  const GstSDPMedia *media = NULL;
  GstSDPMessage *sdp;
  gboolean done = FALSE;
  GstCaps *caps = NULL;

  if (gst_sdp_message_new_from_text (text, &sdp) != GST_SDP_OK)
    return FALSE;
  connection = gst_sdp_message_get_connection (sdp);
  if (gst_sdp_message_medias_len (sdp) == 1 && connection->address) {
    media = gst_sdp_message_get_media (sdp, 0);
    caps = gst_sdp_media_get_caps_from_media (media, 8);
  }
  if (caps) {
    gst_structure_set_name (gst_caps_get_structure (caps, 0),
        "application/x-rtp");
    g_object_set (get (person, "receive"), "caps", caps, NULL);
    gst_caps_unref (caps);
    g_object_set (get (person, "send"), "host", connection->address,
        "port", gst_sdp_media_get_port (media), NULL);
    g_signal_emit_by_name (person->zrtp, "read-sdp", sdp, 0, &done);
  }
  gst_sdp_message_free (sdp);
  return done;
}

/* -- The call -- */

static void
note (gchar ** where, const GstStructure * message, const gchar * field)
{
  g_free (*where);
  *where = g_strdup (gst_structure_get_string (message, field));
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Person *person = user_data;
  const GstStructure *structure = gst_message_get_structure (message);
  GError *error = NULL;
  const gchar *state;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s: %s\n", person->name, error->message);
    g_error_free (error);
    g_main_loop_quit (loop);
  } else if (gst_message_has_name (message, "GstZrtpSas")) {
    note (&person->sas, structure, "sas");
  } else if (gst_message_has_name (message, "GstZrtpPeerMismatch")
      || gst_message_has_name (message, "GstZrtpDowngrade")
      || gst_message_has_name (message, "GstZrtpSecurity")) {
    g_print ("%s: ALARM: %s\n", person->name,
        gst_structure_get_string (structure, "text"));
  } else if (gst_message_has_name (message, "GstZrtpHelloHash")) {
    note (&person->status, structure, "status");
  } else if (gst_message_has_name (message, "GstZrtpState")) {
    state = gst_structure_get_string (structure, "state");
    person->secure = g_strcmp0 (state, "secure") == 0;
    if ((alice.secure && bob.secure) || g_strcmp0 (state, "failed") == 0)
      g_main_loop_quit (loop);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_patience_ends (gpointer user_data)
{
  g_printerr ("It takes too long.\n");
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
pick_up (Person * person)
{
  GError *error = NULL;
  GstBus *bus;

  person->pipeline = gst_parse_launch (CALL, &error);
  if (error) {
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    return FALSE;
  }
  person->zrtp = get (person, "enc");
  bus = gst_element_get_bus (person->pipeline);
  gst_bus_add_watch (bus, on_message, person);
  gst_object_unref (bus);
  return gst_element_set_state (person->pipeline, GST_STATE_READY) !=
      GST_STATE_CHANGE_FAILURE;
}

static void
hang_up (Person * person)
{
  GstBus *bus;

  if (!person->pipeline)
    return;
  gst_element_set_state (person->pipeline, GST_STATE_NULL);
  bus = gst_element_get_bus (person->pipeline);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (person->pipeline);
  g_free (person->sas);
  g_free (person->status);
}

/* The answer comes while Bob's first packets may be on their way already. */
static gboolean
offer_and_answer (void)
{
  gchar *offer = describe (&alice);
  gchar *answer = NULL;
  gboolean done;

  done = accept_description (&bob, offer);
  if (done) {
    answer = describe (&bob);
    gst_element_set_state (bob.pipeline, GST_STATE_PLAYING);
    done = accept_description (&alice, answer);
    gst_element_set_state (alice.pipeline, GST_STATE_PLAYING);
  }
  g_free (offer);
  g_free (answer);
  return done;
}

static gboolean
is_good (Person * person)
{
  g_print ("%s: SAS %s, hello-hash-status %s\n", person->name,
      person->sas ? person->sas : "none",
      person->status ? person->status : "absent");
  return person->secure && g_strcmp0 (person->status, "match") == 0;
}

int
main (int argc, char **argv)
{
  gboolean good = FALSE;

  gst_init (&argc, &argv);
  loop = g_main_loop_new (NULL, FALSE);
  if (pick_up (&alice) && pick_up (&bob) && offer_and_answer ()) {
    g_timeout_add_seconds (PATIENCE, on_patience_ends, NULL);
    g_main_loop_run (loop);
    good = is_good (&alice);
    good = is_good (&bob) && good && g_strcmp0 (alice.sas, bob.sas) == 0;
  }
  hang_up (&alice);
  hang_up (&bob);
  g_main_loop_unref (loop);
  return good ? 0 : 1;
}
