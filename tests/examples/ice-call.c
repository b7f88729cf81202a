/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A voice call over ICE, through NATs: each of the two users starts it and gives
 * the other, by chat or mail, the lines that it prints, up to the empty one.
 *
 *     ice-call call known-peers.sqlite       one of them
 *     ice-call answer known-peers.sqlite     the other
 *
 * Then the same terminal asks about the SAS. RTP and RTCP share one port. The
 * environment may name STUN=HOST:PORT, a server that tells an endpoint behind a
 * NAT its public address, and SOURCE and SINK in place of microphone and
 * loudspeaker.
 */
#include <glib-unix.h>
#include <gst/gst.h>
#include <nice/agent.h>
#include <stdio.h>
#include <stdlib.h>

#define CAPS "application/x-rtp,media=audio,clock-rate=48000," \
    "encoding-name=OPUS,payload=96"

/* No Hello before ICE has found a way. */
#define CALL                                                                 \
  "rtpbin name=rtp  zrtpenc name=enc cache=\"%s\" auto-discover=false "      \
  "zrtpdec name=dec  funnel name=out  "                                      \
  "%s ! audioconvert ! audioresample ! opusenc bitrate-type=cbr ! "          \
  "  rtpopuspay pt=96 ! rtp.send_rtp_sink_0 "                                \
  "rtp.send_rtp_src_0 ! enc.rtp_sink_0  enc.rtp_src_0 ! out. "               \
  "rtp.send_rtcp_src_0 ! enc.rtcp_sink_0  enc.rtcp_src_0 ! out. "            \
  "out. ! nicesink name=send async=false sync=false "                        \
  "nicesrc name=receive ! " CAPS " ! dec.rtp_sink "                          \
  "dec.rtp_src ! rtp.recv_rtp_sink_0  dec.rtcp_src ! rtp.recv_rtcp_sink_0 "  \
  "rtp. ! rtpopusdepay ! opusdec ! audioconvert ! audioresample ! %s"

typedef struct
{
  GMainLoop *loop;
  GstElement *pipeline;
  GstElement *zrtp;             /* either element of the pair would do */
  NiceAgent *agent;
  guint stream;
  gboolean ready;               /* ICE has found a way */
  GString *theirs;              /* the other one's lines; NULL once all came */
} Call;

/* -- ICE -- */

static void
discover (Call * call)
{
  gboolean done;

  g_signal_emit_by_name (call->zrtp, "discover", &done);
}

static void
on_component_state (NiceAgent * agent, guint stream, guint component,
    guint state, gpointer user_data)
{
  Call *call = user_data;

  g_print ("ICE: %s\n", nice_component_state_to_string (state));
  call->ready = state == NICE_COMPONENT_STATE_READY;
  if (call->ready)
    discover (call);
  else if (state == NICE_COMPONENT_STATE_FAILED)
    g_main_loop_quit (call->loop);
}

static void
on_new_pair (NiceAgent * agent, guint stream, guint component,
    NiceCandidate * local, NiceCandidate * remote, gpointer user_data)
{
  Call *call = user_data;

  if (call->ready)
    discover (call);
}

/* All that the other side has to know. */
static void
on_gathered (NiceAgent * agent, guint stream, gpointer user_data)
{
  Call *call = user_data;
  gchar *sdp = nice_agent_generate_local_stream_sdp (agent, stream, FALSE);
  gchar *hash;

  g_object_get (call->zrtp, "hello-hash", &hash, NULL);
  g_print ("Give these lines to the other one, and enter theirs:\n");
  g_print ("%sa=zrtp-hash:%s\n\n", sdp, hash);
  g_free (hash);
  g_free (sdp);
}

static void
use_stun (Call * call)
{
  const gchar *stun = g_getenv ("STUN");
  gchar **parts = stun ? g_strsplit (stun, ":", 2) : NULL;

  if (parts && parts[1])
    g_object_set (call->agent, "stun-server", parts[0], "stun-server-port",
        (guint) atoi (parts[1]), NULL);
  g_strfreev (parts);
}

static void
make_agent (Call * call, gboolean calls)
{
  call->agent = nice_agent_new_full (NULL, NICE_COMPATIBILITY_RFC5245,
      NICE_AGENT_OPTION_REGULAR_NOMINATION);
  g_object_set (call->agent, "controlling-mode", calls, "ice-tcp", FALSE,
      "upnp", FALSE, NULL);
  use_stun (call);
  call->stream = nice_agent_add_stream (call->agent, 1);
  nice_agent_set_stream_name (call->agent, call->stream, "audio");
  g_signal_connect (call->agent, "candidate-gathering-done",
      G_CALLBACK (on_gathered), call);
  g_signal_connect (call->agent, "component-state-changed",
      G_CALLBACK (on_component_state), call);
  g_signal_connect (call->agent, "new-selected-pair-full",
      G_CALLBACK (on_new_pair), call);
}

/* FALSE if the lines are not what the program prints. */
static gboolean
use_their_lines (Call * call)
{
  const gchar *hash = strstr (call->theirs->str, "a=zrtp-hash:");
  gchar *ufrag = NULL, *password = NULL, *value;
  GSList *candidates;
  gboolean good;

  candidates = nice_agent_parse_remote_stream_sdp (call->agent, call->stream,
      call->theirs->str, &ufrag, &password);
  good = hash && ufrag && password
      && nice_agent_set_remote_credentials (call->agent, call->stream, ufrag,
      password)
      && nice_agent_set_remote_candidates (call->agent, call->stream, 1,
      candidates) > 0;
  if (good) {
    value = g_strndup (strchr (hash, ':') + 1, strcspn (hash, "\r\n")
        - strlen ("a=zrtp-hash:"));
    g_object_set (call->zrtp, "peer-hello-hash", value, NULL);
    g_free (value);
  }
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  g_free (ufrag);
  g_free (password);
  return good;
}

/* -- The terminal -- */

static void
answer_question (Call * call, const gchar * line)
{
  gboolean done;

  if (*line == 'y')
    g_signal_emit_by_name (call->zrtp, "verify-sas", &done);
  else if (*line == 'n')
    g_signal_emit_by_name (call->zrtp, "reject-sas", &done);
}

static void
take_line (Call * call, const gchar * line)
{
  if (!call->theirs) {
    answer_question (call, line);
  } else if (*line != '\n') {
    g_string_append (call->theirs, line);
  } else if (call->theirs->len > 0) {
    if (!use_their_lines (call)) {
      g_printerr ("That is not what the other one's program printed.\n");
      g_main_loop_quit (call->loop);
    }
    g_string_free (g_steal_pointer (&call->theirs), TRUE);
  }
}

static gboolean
on_input (GIOChannel * input, GIOCondition condition, gpointer user_data)
{
  gchar *line = NULL;

  if (g_io_channel_read_line (input, &line, NULL, NULL, NULL) !=
      G_IO_STATUS_NORMAL)
    return G_SOURCE_REMOVE;
  take_line (user_data, line);
  g_free (line);
  return G_SOURCE_CONTINUE;
}

static void
show (Call * call, const GstStructure * message)
{
  const gchar *trust = gst_structure_get_string (message, "trust");

  if (gst_structure_has_name (message, "GstZrtpState")) {
    g_print ("state: %s\n", gst_structure_get_string (message, "state"));
  } else if (gst_structure_has_name (message, "GstZrtpSas")) {
    g_print ("SAS: %s\n", gst_structure_get_string (message, "sas"));
    if (g_strcmp0 (trust, "verified") != 0)
      g_print ("Read it to each other. Is it the same (y/n)?\n");
  } else if (gst_structure_has_name (message, "GstZrtpTrust")) {
    g_print ("trust: %s\n", trust);
    if (g_strcmp0 (trust, "sas-mismatch") == 0)
      g_main_loop_quit (call->loop);
  } else if (gst_structure_has_name (message, "GstZrtpPeerMismatch")
      || gst_structure_has_name (message, "GstZrtpDowngrade")
      || gst_structure_has_name (message, "GstZrtpSecurity")) {
    g_print ("ALARM: %s\n", gst_structure_get_string (message, "text"));
  } else if (gst_structure_has_name (message, "GstZrtpHelloHash")) {
    g_print ("announced peer: %s\n",
        gst_structure_get_string (message, "status"));
  }
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  Call *call = user_data;
  GError *error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT) {
    show (call, gst_message_get_structure (message));
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning (message, &error, NULL);
  } else if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error (message, &error, NULL);
    g_main_loop_quit (call->loop);
  }
  if (error)
    g_printerr ("%s\n", error->message);
  g_clear_error (&error);
  return G_SOURCE_CONTINUE;
}

/* -- The call -- */

static gboolean
make_pipeline (Call * call, const gchar * cache)
{
  const gchar *source = g_getenv ("SOURCE"), *sink = g_getenv ("SINK");
  GError *error = NULL;
  gchar *line = g_strdup_printf (CALL, cache, source ? source : "autoaudiosrc",
      sink ? sink : "autoaudiosink");
  GstBus *bus;

  call->pipeline = gst_parse_launch (line, &error);
  g_free (line);
  if (error) {
    g_printerr ("%s\n", error->message);
    g_error_free (error);
    return FALSE;
  }
  gst_child_proxy_set (GST_CHILD_PROXY (call->pipeline),
      "send::agent", call->agent, "send::stream", call->stream,
      "send::component", 1, "receive::agent", call->agent,
      "receive::stream", call->stream, "receive::component", 1, NULL);
  call->zrtp = gst_bin_get_by_name (GST_BIN (call->pipeline), "enc");
  bus = gst_element_get_bus (call->pipeline);
  gst_bus_add_watch (bus, on_message, call);
  gst_object_unref (bus);
  return TRUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static void
run (Call * call)
{
  GIOChannel *input = g_io_channel_unix_new (fileno (stdin));

  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input, call);
  g_io_channel_unref (input);
  g_unix_signal_add (SIGINT, on_interrupt, call->loop);
  gst_element_set_state (call->pipeline, GST_STATE_PLAYING);
  if (nice_agent_gather_candidates (call->agent, call->stream))
    g_main_loop_run (call->loop);
  gst_element_set_state (call->pipeline, GST_STATE_NULL);
}

static void
clean_up (Call * call)
{
  if (call->pipeline) {
    GstBus *bus = gst_element_get_bus (call->pipeline);

    gst_bus_remove_watch (bus);
    gst_object_unref (bus);
    gst_clear_object (&call->zrtp);
    gst_object_unref (call->pipeline);
  }
  g_object_unref (call->agent);
  g_main_loop_unref (call->loop);
  if (call->theirs)
    g_string_free (call->theirs, TRUE);
}

int
main (int argc, char **argv)
{
  Call call = { NULL, NULL, NULL, NULL, 0, FALSE, NULL };
  gboolean calls, good;

  gst_init (&argc, &argv);
  calls = argc == 3 && g_str_equal (argv[1], "call");
  if (!calls && (argc != 3 || !g_str_equal (argv[1], "answer"))) {
    g_printerr ("usage: %s call|answer CACHE-FILE\n", argv[0]);
    return 2;
  }
  setvbuf (stdout, NULL, _IOLBF, 0);
  call.loop = g_main_loop_new (NULL, FALSE);
  call.theirs = g_string_new (NULL);
  make_agent (&call, calls);
  good = make_pipeline (&call, argv[2]);
  if (good)
    run (&call);
  clean_up (&call);
  return good ? 0 : 1;
}
