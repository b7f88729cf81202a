/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Answers a voice call, says nothing and stores what it hears, until Ctrl-C:
 *
 *     recorder 5004 192.0.2.7 5004 known-peers.sqlite message.ogg
 *
 * An endpoint that is made to let others listen, now or later, says so by the
 * disclosure flag (RFC 6189 section 11): the caller's zrtpenc has
 * peer-disclosure TRUE, which is for the user to know. The flag is under the MAC
 * of Confirm, so no attacker on the way can take it off.
 */
#include <stdio.h>
#include <stdlib.h>

#include <glib-unix.h>
#include <gst/gst.h>

/* The handshake has no media to leave with: zrtp_src is its way out. */
#define CALL                                                                 \
  "zrtpenc name=enc cache=\"%s\" disclosure=true  zrtpdec name=dec "         \
  "enc.zrtp_src ! udpsink host=%s port=%d async=false sync=false "           \
  "udpsrc port=%d caps=\"application/x-rtp,media=audio,clock-rate=48000,"    \
  "  encoding-name=OPUS,payload=96\" ! dec.rtp_sink "                        \
  "dec.rtp_src ! rtpjitterbuffer ! rtpopusdepay ! opusparse ! oggmux ! "     \
  "filesink location=\"%s\" async=false"

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
} Recorder;

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Recorder *recorder = user_data;
  const GstStructure *structure = gst_message_get_structure (message);
  GError *error = NULL;

  if (gst_message_has_name (message, "GstZrtpState")) {
    g_print ("state: %s\n", gst_structure_get_string (structure, "state"));
  } else if (gst_message_has_name (message, "GstZrtpSas")) {
    /* No user is here to read it aloud: an operator may compare it later. */
    g_print ("SAS: %s\n", gst_structure_get_string (structure, "sas"));
  } else if (gst_message_has_name (message, "GstZrtpPeerMismatch")
      || gst_message_has_name (message, "GstZrtpDowngrade")
      || gst_message_has_name (message, "GstZrtpSecurity")) {
    g_print ("ALARM: %s\n", gst_structure_get_string (structure, "text"));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS) {
    g_main_loop_quit (recorder->loop);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    g_main_loop_quit (recorder->loop);
  }
  return G_SOURCE_CONTINUE;
}

/* The file is whole when the end of the stream has reached it. */
static gboolean
on_interrupt (gpointer user_data)
{
  Recorder *recorder = user_data;

  gst_element_send_event (recorder->pipeline, gst_event_new_eos ());
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char **argv)
{
  Recorder recorder = { NULL, NULL };
  GError *error = NULL;
  gchar *line;
  GstBus *bus;

  gst_init (&argc, &argv);
  if (argc != 6) {
    g_printerr ("usage: %s PORT PEER-HOST PEER-PORT CACHE-FILE OGG-FILE\n",
        argv[0]);
    return 2;
  }
  setvbuf (stdout, NULL, _IOLBF, 0);
  line = g_strdup_printf (CALL, argv[4], argv[2], atoi (argv[3]),
      atoi (argv[1]), argv[5]);
  recorder.pipeline = gst_parse_launch (line, &error);
  g_free (line);
  if (error) {
    g_printerr ("%s\n", error->message);
    return 1;
  }

  recorder.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_element_get_bus (recorder.pipeline);
  gst_bus_add_watch (bus, on_message, &recorder);
  g_unix_signal_add (SIGINT, on_interrupt, &recorder);

  gst_element_set_state (recorder.pipeline, GST_STATE_PLAYING);
  g_main_loop_run (recorder.loop);
  gst_element_set_state (recorder.pipeline, GST_STATE_NULL);

  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (recorder.pipeline);
  g_main_loop_unref (recorder.loop);
  return 0;
}
