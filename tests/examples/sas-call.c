/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A voice call that shows the short authentication string (SAS), asks whether
 * the other one reads the same, and tells zrtpenc the answer. Both sides run it:
 *
 *     sas-call 5004 192.0.2.7 5004 known-peers.sqlite
 *
 * RTP goes to and from the given ports, RTCP to and from the ones above them.
 * SOURCE and SINK in the environment replace microphone and loudspeaker.
 */
#include <stdio.h>
#include <stdlib.h>

#include <glib-unix.h>
#include <gst/gst.h>

#define CALL                                                                 \
  "rtpbin name=rtp  zrtpenc name=enc cache=\"%s\"  zrtpdec name=dec "        \
  "%s ! audioconvert ! audioresample ! opusenc bitrate-type=cbr ! "          \
  "  rtpopuspay ! rtp.send_rtp_sink_0 "                                      \
  "rtp.send_rtp_src_0 ! enc.rtp_sink_0 "                                     \
  "enc.rtp_src_0 ! udpsink host=%s port=%d async=false sync=false "          \
  "rtp.send_rtcp_src_0 ! enc.rtcp_sink_0 "                                   \
  "enc.rtcp_src_0 ! udpsink host=%s port=%d async=false sync=false "         \
  "udpsrc port=%d caps=\"application/x-rtp,media=audio,clock-rate=48000,"    \
  "  encoding-name=OPUS,payload=96\" ! dec.rtp_sink "                        \
  "dec.rtp_src ! rtp.recv_rtp_sink_0 "                                       \
  "udpsrc port=%d caps=application/x-rtcp ! dec.rtcp_sink "                  \
  "dec.rtcp_src ! rtp.recv_rtcp_sink_0 "                                     \
  "rtp. ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! %s"

typedef struct
{
  GMainLoop *loop;
  GstElement *zrtp;             /* either element of the pair would do */
  gboolean listening;           /* to the keyboard */
} Call;

/* The user's answer. Until it comes the call is encrypted, but with whom is not
 * known; the media flows all the same. */
static gboolean
on_answer (GIOChannel * input, GIOCondition condition, gpointer user_data)
{
  Call *call = user_data;
  gboolean done = FALSE, enrolled;
  gchar *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) !=
      G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;
  if (g_str_has_prefix (line, "e"))
    g_signal_emit_by_name (call->zrtp, "accept-enrollment", &enrolled);
  if (g_str_has_prefix (line, "y")) {
    g_signal_emit_by_name (call->zrtp, "verify-sas", &done);
  } else if (g_str_has_prefix (line, "n")) {
    g_signal_emit_by_name (call->zrtp, "reject-sas", &done);
  }
  g_free (line);
  call->listening = !done;
  return done ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* A PBX may bring another SAS while the question is open. */
static void
listen_to_user (Call * call)
{
  GIOChannel *input;

  if (call->listening)
    return;
  input = g_io_channel_unix_new (fileno (stdin));
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_answer, call);
  g_io_channel_unref (input);
  call->listening = TRUE;
}

static void
on_enrollment (Call * call, const gchar * enrollment)
{
  g_print ("enrollment: %s\n", enrollment);
  if (g_strcmp0 (enrollment, "offered") == 0) {
    g_print
        ("This PBX wants to be trusted with the SAS of your calls. It could "
        "listen to them all. Agree by e.\n");
    listen_to_user (call);
  }
}

static void
on_zrtp_message (Call * call, const GstStructure * message)
{
  const gchar *trust = gst_structure_get_string (message, "trust");

  if (gst_structure_has_name (message, "GstZrtpState")) {
    g_print ("state: %s\n", gst_structure_get_string (message, "state"));
  } else if (gst_structure_has_name (message, "GstZrtpSas")) {
    g_print ("SAS: %s\n", gst_structure_get_string (message, "sas"));
    if (g_strcmp0 (trust, "verified") != 0) {
      g_print ("Read it to each other. Is it the same (y/n)?\n");
      listen_to_user (call);
    }
  } else if (gst_structure_has_name (message, "GstZrtpTrust")) {
    g_print ("trust: %s\n", trust);
    if (g_strcmp0 (trust, "sas-mismatch") == 0) {
      g_print ("An attacker is between you: hanging up.\n");
      g_main_loop_quit (call->loop);
    }
  } else if (gst_structure_has_name (message, "GstZrtpPeerMismatch")
      || gst_structure_has_name (message, "GstZrtpDowngrade")
      || gst_structure_has_name (message, "GstZrtpSecurity")) {
    g_print ("ALARM: %s\n", gst_structure_get_string (message, "text"));
  } else if (gst_structure_has_name (message, "GstZrtpEnrollment")) {
    on_enrollment (call, gst_structure_get_string (message, "enrollment"));
  }
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Call *call = user_data;
  const GstStructure *structure = gst_message_get_structure (message);
  GError *error = NULL;

  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_ELEMENT:
      if (g_str_has_prefix (gst_structure_get_name (structure), "GstZrtp"))
        on_zrtp_message (call, structure);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      break;
    case GST_MESSAGE_ERROR:
      gst_message_parse_error (message, &error, NULL);
      g_printerr ("%s\n", error->message);
      g_main_loop_quit (call->loop);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit (call->loop);
      break;
    default:
      break;
  }
  g_clear_error (&error);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Call call = { NULL, NULL, FALSE };
  GstElement *pipeline;
  GError *error = NULL;
  gchar *line;
  GstBus *bus;
  const gchar *source = g_getenv ("SOURCE"), *sink = g_getenv ("SINK");
  int port, peer_port;

  gst_init (&argc, &argv);
  if (argc != 5) {
    g_printerr ("usage: %s PORT PEER-HOST PEER-PORT CACHE-FILE\n", argv[0]);
    return 2;
  }
  setvbuf (stdout, NULL, _IOLBF, 0);
  port = atoi (argv[1]);
  peer_port = atoi (argv[3]);
  line = g_strdup_printf (CALL, argv[4], source ? source : "autoaudiosrc",
      argv[2], peer_port, argv[2], peer_port + 1, port, port + 1,
      sink ? sink : "autoaudiosink");
  pipeline = gst_parse_launch (line, &error);
  g_free (line);
  if (error) {
    g_printerr ("%s\n", error->message);
    return 1;
  }

  call.loop = g_main_loop_new (NULL, FALSE);
  call.zrtp = gst_bin_get_by_name (GST_BIN (pipeline), "enc");
  bus = gst_element_get_bus (pipeline);
  gst_bus_add_watch (bus, on_message, &call);
  g_unix_signal_add (SIGINT, on_interrupt, call.loop);

  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_main_loop_run (call.loop);
  gst_element_set_state (pipeline, GST_STATE_NULL);

  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (call.zrtp);
  gst_object_unref (pipeline);
  g_main_loop_unref (call.loop);
  return 0;
}
