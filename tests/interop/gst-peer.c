/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint as an application would build it: zrtpenc and zrtpdec between
 * udpsink, udpsrc and the application's media; RTCP shares the port.
 */
#include "peer.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <gst/app/app.h>
#include <gst/gst.h>
#include <unistd.h>

#include "media.h"

#define RTP_CAPS "media=audio,payload=0,clock-rate=8000,encoding-name=PCMU"

/* What one channel adds to the pipeline; %1$u is its number. */
static const char channel_format[] =
    " zrtpenc name=enc%1$u session-id=call stream-id=%1$u"
    " zrtpdec name=dec%1$u session-id=call stream-id=%1$u"
    " appsrc name=rtp%1$u is-live=true format=time do-timestamp=true"
    " caps=application/x-rtp," RTP_CAPS ",ssrc=(uint)%2$u"
    " ! enc%1$u.rtp_sink_0"
    " appsrc name=rtcp%1$u is-live=true format=time do-timestamp=true"
    " caps=application/x-rtcp ! enc%1$u.rtcp_sink_0"
    " enc%1$u.rtp_src_0 ! udpsink name=rtpout%1$u"
    " enc%1$u.rtcp_src_0 ! udpsink name=rtcpout%1$u"
    " udpsrc name=in%1$u caps=application/x-srtp," RTP_CAPS
    " ! dec%1$u.rtp_sink"
    " dec%1$u.rtp_src ! appsink name=rtpgot%1$u async=false sync=false"
    " dec%1$u.rtcp_src ! appsink name=rtcpgot%1$u async=false sync=false";

typedef struct
{
  guint index;
  guint32 ssrc;
  GstElement *enc, *dec, *rtp, *rtcp;
  gboolean secure, aux_mismatch;
  PeerMedia media;              /* under the lock of the app */
} Channel;

static struct
{
  PeerOptions options;
  GstElement *pipeline;
  GMainLoop *loop;
  Channel channel[PEER_MAX_CHANNELS];
  guint n_channels;
  GMutex lock;
  gint64 start_time;
  gboolean done, failed;
} app;

static GstElement *
get_element (const char *name, guint index)
{
  char *full = g_strdup_printf ("%s%u", name, index);
  GstElement *element = gst_bin_get_by_name (GST_BIN (app.pipeline), full);

  g_assert (element != NULL);
  gst_object_unref (element);   /* the pipeline keeps it */
  g_free (full);
  return element;
}

/* Wire */

static GstPadProbeReturn
on_packet_out (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMapInfo map;
  gboolean passes;

  gst_buffer_map (buffer, &map, GST_MAP_READ);
  passes = peer_passes_out (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  return passes ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_packet_in (GstPad * pad, GstPadProbeInfo * info, gpointer user_data)
{
  return peer_passes_in ()? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void
add_probe (GstElement * element, const char *pad_name,
    GstPadProbeCallback callback)
{
  GstPad *pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, callback, NULL, NULL);
  gst_object_unref (pad);
}

static gboolean
set_up_wire (Channel * channel)
{
  GSocket *socket = g_socket_new_from_fd (app.options.fd[channel->index],
      NULL);
  GSocketAddress *remote = g_socket_get_remote_address (socket, NULL);
  char *host;
  int port;
  GstElement *in = get_element ("in", channel->index);
  const char *const outs[] = { "rtpout", "rtcpout" };

  if (remote == NULL)
    return FALSE;
  host = g_inet_address_to_string (g_inet_socket_address_get_address
      (G_INET_SOCKET_ADDRESS (remote)));
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (remote));
  for (guint i = 0; i < G_N_ELEMENTS (outs); i++) {
    GstElement *out = get_element (outs[i], channel->index);

    g_object_set (out, "socket", socket, "close-socket", FALSE, "host", host,
        "port", port, "async", FALSE, "sync", FALSE, NULL);
    add_probe (out, "sink", on_packet_out);
  }
  g_object_set (in, "socket", socket, "close-socket", FALSE, NULL);
  add_probe (in, "src", on_packet_in);
  g_object_unref (remote);
  g_object_unref (socket);
  g_free (host);
  return TRUE;
}

/* Media */

static void
push (GstElement * source, const guint8 * data, gsize size)
{
  GstBuffer *buffer = gst_buffer_new_memdup (data, size);

  gst_app_src_push_buffer (GST_APP_SRC (source), buffer);
}

static void
send_media (Channel * channel)
{
  guint8 packet[MEDIA_MAX_SIZE];
  PeerMedia *media = &channel->media;

  if (!channel->secure || media->sent >= (guint) app.options.send)
    return;
  if (app.options.rtcp && media->sent % PEER_RTP_PER_RTCP == 0)
    push (channel->rtcp, packet, media_make_rtcp (packet, channel->ssrc,
            media->rtcp_sent++));
  push (channel->rtp, packet, media_make_rtp (packet, channel->ssrc,
          app.options.first_sequence + media->sent++));
}

static void
take_sample (GstAppSink * sink, gboolean (*check) (const guint8 *, gsize,
        guint32 *), guint * good, guint * bad)
{
  GstSample *sample = gst_app_sink_pull_sample (sink);
  GstMapInfo map;
  guint32 ssrc;

  if (sample == NULL)
    return;
  gst_buffer_map (gst_sample_get_buffer (sample), &map, GST_MAP_READ);
  g_mutex_lock (&app.lock);
  *(check (map.data, map.size, &ssrc) ? good : bad) += 1;
  g_mutex_unlock (&app.lock);
  gst_buffer_unmap (gst_sample_get_buffer (sample), &map);
  gst_sample_unref (sample);
}

static GstFlowReturn
on_rtp (GstAppSink * sink, gpointer user_data)
{
  PeerMedia *media = &((Channel *) user_data)->media;

  take_sample (sink, media_check_rtp, &media->received, &media->bad);
  return GST_FLOW_OK;
}

static GstFlowReturn
on_rtcp (GstAppSink * sink, gpointer user_data)
{
  PeerMedia *media = &((Channel *) user_data)->media;

  take_sample (sink, media_check_rtcp, &media->rtcp_received, &media->rtcp_bad);
  return GST_FLOW_OK;
}

/* What the elements tell */

/* A property as text, enumerations by nick. */
static char *
get_text (GstElement * element, const char *name)
{
  GValue value = G_VALUE_INIT;
  char *text;

  g_object_get_property (G_OBJECT (element), name, &value);
  if (G_VALUE_HOLDS_ENUM (&value)) {
    GEnumClass *klass = g_type_class_ref (G_VALUE_TYPE (&value));

    text = g_strdup (g_enum_get_value (klass,
            g_value_get_enum (&value))->value_nick);
    g_type_class_unref (klass);
  } else {
    text = g_strdup (g_value_get_string (&value));
  }
  g_value_unset (&value);
  return text != NULL ? g_strchomp (text) : g_strdup ("");
}

static void
tell_secure (Channel * channel)
{
  static const char *const names[] = {
    "role", "sas", "hash", "cipher", "auth-tag", "key-agreement", "sas-type",
    "trust"
  };
  char *text[G_N_ELEMENTS (names)];
  PeerAgreement agreement;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    text[i] = get_text (channel->enc, names[i]);
  agreement = (PeerAgreement) {
    .initiator = g_str_equal (text[0], "initiator"),
        /* libbzrtp writes the two words of B256 with a colon between them. */
  .sas =
        channel->index == 0 ? g_strdelimit (text[1], " ",
        ':') : "",.hash = text[2],.cipher = text[3],.auth_tag =
        text[4],.key_agreement = text[5],.sas_type =
        text[6],.cache_mismatch =
        g_str_equal (text[7], "cache-mismatch"),.verified =
        g_str_equal (text[7], "verified"),.aux =
        app.options.aux_secret ==
        NULL ? "unset" : channel->aux_mismatch ? "mismatch" : "match"};
  channel->secure = TRUE;
  peer_tell_secure (channel->index, &agreement, app.start_time);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (text[i]);
  if (app.options.verify && channel->index == 0)
    g_object_set (channel->enc, "sas-verified", TRUE, NULL);
}

static void
on_zrtp_message (Channel * channel, const GstStructure * message)
{
  const char *text;
  gboolean accepted;

  if (gst_structure_has_name (message, "GstZrtpState")) {
    text = gst_structure_get_string (message, "state");
    if (g_strcmp0 (text, "secure") == 0)
      tell_secure (channel);
    else
      peer_note ("note channel=%u state=%s", channel->index, text);
  } else if (gst_structure_has_name (message, "GstZrtpPeerMismatch")) {
    text = gst_structure_get_string (message, "kind");
    channel->aux_mismatch |= g_strcmp0 (text, "aux-secret") == 0;
  } else if (gst_structure_has_name (message, "GstZrtpFork")) {
    peer_note ("note channel=%u fork accept=%d", channel->index,
        app.options.accept_fork);
    if (app.options.accept_fork)
      g_signal_emit_by_name (channel->enc, "accept-fork",
          gst_structure_get_string (message, "zid"), &accepted);
  }
}

static gboolean
on_message (GstBus * bus, GstMessage * message, gpointer user_data)
{
  const GstStructure *structure = gst_message_get_structure (message);
  char *text;

  if (!(GST_MESSAGE_TYPE (message) & (GST_MESSAGE_ERROR | GST_MESSAGE_WARNING
              | GST_MESSAGE_ELEMENT)))
    return G_SOURCE_CONTINUE;
  text = gst_structure_to_string (structure);
  peer_note ("note %s %s", GST_MESSAGE_SRC_NAME (message), text);
  g_free (text);
  for (guint i = 0; i < app.n_channels; i++)
    if (GST_MESSAGE_SRC (message) == GST_OBJECT (app.channel[i].enc))
      on_zrtp_message (&app.channel[i], structure);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    app.failed = TRUE;
    g_main_loop_quit (app.loop);
  }
  return G_SOURCE_CONTINUE;
}

/* The loop */

static gboolean
is_done (void)
{
  gboolean done = TRUE;

  g_mutex_lock (&app.lock);
  for (guint i = 0; i < app.n_channels; i++)
    done = done && app.channel[i].secure
        && peer_media_done (&app.options, &app.channel[i].media);
  g_mutex_unlock (&app.lock);
  return done;
}

static gboolean
on_tick (gpointer user_data)
{
  for (guint i = 0; i < app.n_channels; i++)
    send_media (&app.channel[i]);
  if (!app.done && is_done ()) {
    app.done = TRUE;
    peer_note ("done");
    if (!app.options.linger)
      g_main_loop_quit (app.loop);
  }
  return G_SOURCE_CONTINUE;
}

static gboolean
on_start (gpointer user_data)
{
  app.start_time = g_get_monotonic_time ();
  gst_element_set_state (app.pipeline, GST_STATE_PLAYING);
  peer_note ("started");
  return G_SOURCE_REMOVE;
}

static gboolean
on_timeout (gpointer user_data)
{
  if (!app.done)
    peer_note ("timeout");
  g_main_loop_quit (app.loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_input (int fd, GIOCondition condition, gpointer user_data)
{
  char octet;

  if (read (fd, &octet, 1) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (app.loop);
  return G_SOURCE_REMOVE;
}

/* Set-up */

static void
set_text (GstElement * element, const char *name, const char *value)
{
  if (value != NULL)
    g_object_set (element, name, value, NULL);
}

static void
set_up_zrtp (Channel * channel)
{
  const PeerOptions *o = &app.options;
  GstElement *enc = channel->enc;

  set_text (enc, "cache", o->cache != NULL ? o->cache : ":memory:");
  set_text (enc, "hashes", o->hashes);
  set_text (enc, "ciphers", o->ciphers);
  set_text (enc, "auth-tags", o->auth_tags);
  set_text (enc, "key-agreements", o->key_agreements);
  set_text (enc, "sas-types", o->sas_types);
  if (o->srtcp_tag_size == 4)
    gst_util_set_object_arg (G_OBJECT (enc), "srtcp-tag", "32");
  if (o->aux_secret != NULL)
    gst_util_set_object_arg (G_OBJECT (enc), "aux-secret", o->aux_secret);
}

static gboolean
set_up_channel (Channel * channel)
{
  GstAppSinkCallbacks rtp = {.new_sample = on_rtp };
  GstAppSinkCallbacks rtcp = {.new_sample = on_rtcp };
  guint index = channel->index;

  channel->enc = get_element ("enc", index);
  channel->dec = get_element ("dec", index);
  channel->rtp = get_element ("rtp", index);
  channel->rtcp = get_element ("rtcp", index);
  gst_app_sink_set_callbacks (GST_APP_SINK (get_element ("rtpgot", index)),
      &rtp, channel, NULL);
  gst_app_sink_set_callbacks (GST_APP_SINK (get_element ("rtcpgot", index)),
      &rtcp, channel, NULL);
  set_up_zrtp (channel);
  return set_up_wire (channel);
}

static gboolean
set_up_pipeline (void)
{
  GString *text = g_string_new (NULL);
  GError *error = NULL;
  gboolean ok;

  for (guint i = 0; i < app.n_channels; i++)
    g_string_append_printf (text, channel_format, i, app.options.ssrc[i]);
  app.pipeline = gst_parse_launch_full (text->str, NULL,
      GST_PARSE_FLAG_FATAL_ERRORS, &error);
  g_string_free (text, TRUE);
  ok = app.pipeline != NULL;
  if (!ok)
    g_printerr ("%s\n", error->message);
  g_clear_error (&error);
  for (guint i = 0; ok && i < app.n_channels; i++) {
    app.channel[i].index = i;
    app.channel[i].ssrc = app.options.ssrc[i];
    ok = set_up_channel (&app.channel[i]);
  }
  return ok;
}

static void
exchange_hashes (void)
{
  char value[256];

  for (guint i = 0; app.options.print_hash && i < app.n_channels; i++) {
    char *hash = get_text (app.channel[i].enc, "hello-hash");

    peer_tell_hash (i, hash);
    g_free (hash);
  }
  for (guint i = 0; i < app.n_channels; i++)
    if (peer_read_hash (&app.options, i, value))
      set_text (app.channel[i].enc, "peer-hello-hash", value);
}

int
main (int argc, char **argv)
{
  GstBus *bus;

  gst_init (NULL, NULL);
  if (!peer_init (&argc, &argv, &app.options))
    return 1;
  app.n_channels = app.options.channels;
  if (!set_up_pipeline ())
    return 1;
  exchange_hashes ();
  app.loop = g_main_loop_new (NULL, FALSE);
  bus = gst_pipeline_get_bus (GST_PIPELINE (app.pipeline));
  gst_bus_add_watch (bus, on_message, NULL);
  g_timeout_add (app.options.start_delay_ms, on_start, NULL);
  g_timeout_add (PEER_MEDIA_INTERVAL / G_TIME_SPAN_MILLISECOND, on_tick, NULL);
  g_timeout_add_seconds (app.options.timeout_s, on_timeout, NULL);
  if (app.options.linger)
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, NULL);
  g_main_loop_run (app.loop);

  gst_element_set_state (app.pipeline, GST_STATE_NULL);
  for (guint i = 0; i < app.n_channels; i++)
    peer_tell_media (i, &app.channel[i].media);
  gst_bus_remove_watch (bus);
  gst_object_unref (bus);
  gst_object_unref (app.pipeline);
  g_main_loop_unref (app.loop);
  peer_clear (&app.options);
  return app.failed ? 1 : app.done ? 0 : 2;
}
