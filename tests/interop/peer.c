/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media.h"

#define MEDIA_INTERVAL (20 * G_TIME_SPAN_MILLISECOND)
#define RTP_PER_RTCP 5
#define MAX_DROPS 16

typedef struct
{
  char type[9];
  guint left;
} Drop;

/* The command line, apart from PeerOptions. */
static struct
{
  char *local_ports, *remote_ports, *sockets;
  char *drops;
  char **peer_hashes;
  int ssrc, channels;
  int loss;
  gint64 seed;
  int send, expect, first_sequence;
  gboolean rtcp;
  int start_delay_ms, timeout_s;
  gboolean print_hash, linger;
} option = {.ssrc = 0x1000,.channels = 1,.seed = 1,.timeout_s = 30 };

static struct
{
  guint64 random;
  Drop drops[MAX_DROPS];
  guint n_drops;
  gboolean started, done, quit;
  gint64 start_time, end_time;
} state;

/* xorshift64*: repeatable loss is all that is asked of it. */
static guint32
random_next (void)
{
  state.random ^= state.random >> 12;
  state.random ^= state.random << 25;
  state.random ^= state.random >> 27;
  return (state.random * G_GUINT64_CONSTANT (2685821657736338717)) >> 32;
}

static gboolean
is_lost (void)
{
  return option.loss > 0 && random_next () % 100 < (guint) option.loss;
}

void
peer_note (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

void
peer_message_type (const guint8 * packet, gsize size, char type[9])
{
  memset (type, 0, 9);
  if (size < 12 + 12)
    return;
  memcpy (type, packet + 12 + 4, 8);
  g_strchomp (type);
}

gboolean
peer_parse_hex (const char *hex, GByteArray * out)
{
  gsize length = strlen (hex);

  if (length % 2 != 0)
    return FALSE;
  for (gsize i = 0; i < length; i += 2) {
    int high = g_ascii_xdigit_value (hex[i]);
    int low = g_ascii_xdigit_value (hex[i + 1]);
    guint8 octet = high << 4 | low;

    if (high < 0 || low < 0)
      return FALSE;
    g_byte_array_append (out, &octet, 1);
  }
  return TRUE;
}

static void
send_datagram (PeerChannel * channel, const guint8 * data, gsize size)
{
  if (is_lost ())
    return;
  /* A peer that is not there yet answers with ECONNREFUSED: nothing to do. */
  if (send (channel->fd, data, size, 0) < 0 && errno != ECONNREFUSED)
    peer_note ("note channel=%u send-error=%d", channel->index, errno);
}

void
peer_send (PeerChannel * channel, const guint8 * data, gsize size)
{
  char type[9];

  peer_message_type (data, size, type);
  for (guint i = 0; i < state.n_drops; i++) {
    if (state.drops[i].left > 0 && g_str_equal (state.drops[i].type, type)) {
      state.drops[i].left--;
      return;
    }
  }
  send_datagram (channel, data, size);
}

void
peer_secure (PeerChannel * channel, const PeerAgreement * a)
{
  gint64 now = g_get_monotonic_time ();

  channel->secure = TRUE;
  channel->next_send = now;
  peer_note ("secure channel=%u role=%s sas=%s hash=%s cipher=%s auth=%s ka=%s "
      "sas-type=%s cache-mismatch=%d verified=%d aux=%s ms=%.1f",
      channel->index, a->initiator ? "initiator" : "responder", a->sas,
      a->hash, a->cipher, a->auth_tag, a->key_agreement, a->sas_type,
      a->cache_mismatch, a->verified, a->aux,
      (now - state.start_time) / 1000.0);
}

/* Media */

static void
send_one (PeerChannel * channel, gboolean rtcp)
{
  guint8 packet[MEDIA_MAX_SIZE + PEER_TRAILER];
  gsize size;

  if (rtcp)
    size = media_make_rtcp (packet, channel->ssrc, channel->rtcp_sent++);
  else
    size = media_make_rtp (packet, channel->ssrc,
        option.first_sequence + channel->sent++);
  if (channel->peer->backend->protect (channel, rtcp, packet, &size)
      == PEER_MEDIA_OK)
    send_datagram (channel, packet, size);
  else
    peer_note ("note channel=%u protect-failed", channel->index);
}

static void
send_media (PeerChannel * channel, gint64 now)
{
  while (channel->secure && channel->sent < (guint) option.send
      && channel->next_send <= now) {
    if (option.rtcp && channel->sent % RTP_PER_RTCP == 0)
      send_one (channel, TRUE);
    send_one (channel, FALSE);
    channel->next_send += MEDIA_INTERVAL;
  }
}

static void
receive_media (PeerChannel * channel, gboolean rtcp, guint8 * data, gsize size)
{
  guint32 ssrc;

  switch (channel->peer->backend->unprotect (channel, rtcp, data, &size)) {
    case PEER_MEDIA_OK:
      if (rtcp && media_check_rtcp (data, size, &ssrc))
        channel->rtcp_received++;
      else if (!rtcp && media_check_rtp (data, size, &ssrc))
        channel->received++;
      else if (rtcp)
        channel->rtcp_bad++;
      else
        channel->bad++;
      break;
    case PEER_MEDIA_NO_KEYS:
      channel->early++;
      break;
    case PEER_MEDIA_BAD:
      if (rtcp)
        channel->rtcp_bad++;
      else
        channel->bad++;
      break;
  }
}

static void
receive_datagram (PeerChannel * channel)
{
  guint8 data[4096];
  gssize size = recv (channel->fd, data, sizeof data, 0);

  if (size <= 0 || !state.started || is_lost ())
    return;
  switch (media_probe (data, size)) {
    case MEDIA_ZRTP:
      channel->peer->backend->receive (channel, data, size);
      break;
    case MEDIA_RTP:
      receive_media (channel, FALSE, data, size);
      break;
    case MEDIA_RTCP:
      receive_media (channel, TRUE, data, size);
      break;
    case MEDIA_OTHER:
      break;
  }
}

static gboolean
is_done (Peer * peer)
{
  for (guint i = 0; i < peer->n_channels; i++) {
    PeerChannel *channel = &peer->channel[i];

    if (!channel->secure || channel->sent < (guint) option.send
        || channel->received < (guint) option.expect)
      return FALSE;
    if (option.rtcp && option.expect > 0 && channel->rtcp_received == 0)
      return FALSE;
  }
  return TRUE;
}

/* The loop */

static void
start (Peer * peer)
{
  state.started = TRUE;
  peer->backend->start (peer);
  peer_note ("started");
}

static gint64
get_wake_up (Peer * peer)
{
  gint64 wake_up = state.end_time;

  if (!state.started)
    return MIN (wake_up, state.start_time);
  wake_up = MIN (wake_up, peer->backend->get_deadline (peer));
  for (guint i = 0; i < peer->n_channels; i++)
    if (peer->channel[i].secure && peer->channel[i].sent < (guint) option.send)
      wake_up = MIN (wake_up, peer->channel[i].next_send);
  return wake_up;
}

static void
wait_and_receive (Peer * peer)
{
  struct pollfd fds[PEER_MAX_CHANNELS + 1];
  gint64 left = get_wake_up (peer) - g_get_monotonic_time ();
  guint n = peer->n_channels;

  for (guint i = 0; i < n; i++)
    fds[i] = (struct pollfd) {.fd = peer->channel[i].fd,.events = POLLIN };
  /* With --linger the end of standard input is the end. */
  fds[n] = (struct pollfd) {
    .fd = option.linger ? STDIN_FILENO : -1,.events = POLLIN
  };
  if (poll (fds, n + 1, left <= 0 ? 0 : (left + 999) / 1000) <= 0)
    return;
  for (guint i = 0; i < n; i++)
    if (fds[i].revents != 0)
      receive_datagram (&peer->channel[i]);
  if (fds[n].revents != 0) {
    char octet;

    state.quit = read (STDIN_FILENO, &octet, 1) <= 0;
  }
}

static int
run (Peer * peer)
{
  state.start_time = g_get_monotonic_time ()
      + option.start_delay_ms * G_TIME_SPAN_MILLISECOND;
  state.end_time = state.start_time + option.timeout_s * G_TIME_SPAN_SECOND;
  while (!state.quit) {
    gint64 now = g_get_monotonic_time ();

    if (now >= state.end_time) {
      if (!state.done)
        peer_note ("timeout");
      break;
    }
    if (!state.started && now >= state.start_time)
      start (peer);
    if (state.started)
      peer->backend->tick (peer);
    for (guint i = 0; i < peer->n_channels; i++)
      send_media (&peer->channel[i], now);
    if (!state.done && is_done (peer)) {
      state.done = TRUE;
      peer_note ("done");
      if (!option.linger)
        break;
    }
    wait_and_receive (peer);
  }
  for (guint i = 0; i < peer->n_channels; i++) {
    PeerChannel *c = &peer->channel[i];

    peer_note ("media channel=%u srtp-received=%u srtp-bad=%u srtp-early=%u "
        "srtcp-received=%u srtcp-bad=%u srtp-sent=%u srtcp-sent=%u", c->index,
        c->received, c->bad, c->early, c->rtcp_received, c->rtcp_bad,
        c->sent, c->rtcp_sent);
  }
  return state.done ? 0 : 2;
}

/* Set-up */

static gboolean
parse_drops (void)
{
  char **items = g_strsplit (option.drops ? option.drops : "", ",", -1);
  gboolean ok = TRUE;

  for (guint i = 0; items[i] != NULL && ok; i++) {
    Drop *drop = &state.drops[state.n_drops++];

    ok = state.n_drops < MAX_DROPS
        && sscanf (items[i], "%8[^:]:%u", drop->type, &drop->left) == 2;
  }
  g_strfreev (items);
  return ok;
}

static gboolean
connect_ports (PeerChannel * channel, const char *local, const char *remote)
{
  struct sockaddr_in from = {.sin_family = AF_INET }, to = from;

  from.sin_addr.s_addr = to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  from.sin_port = htons (atoi (local));
  to.sin_port = htons (atoi (remote));
  channel->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  return channel->fd >= 0
      && bind (channel->fd, (struct sockaddr *) &from, sizeof from) == 0
      && connect (channel->fd, (struct sockaddr *) &to, sizeof to) == 0;
}

/* Each channel has its socket: connected and inherited, or made from ports. */
static gboolean
open_sockets (Peer * peer)
{
  char **sockets = g_strsplit (option.sockets ? option.sockets : "", ",", -1);
  char **local = g_strsplit (option.local_ports ? option.local_ports : "",
      ",", -1);
  char **remote = g_strsplit (option.remote_ports ? option.remote_ports : "",
      ",", -1);
  gboolean ok = TRUE;

  for (guint i = 0; i < peer->n_channels && ok; i++) {
    if (g_strv_length (sockets) == peer->n_channels)
      peer->channel[i].fd = atoi (sockets[i]);
    else
      ok = g_strv_length (local) == peer->n_channels
          && g_strv_length (remote) == peer->n_channels
          && connect_ports (&peer->channel[i], local[i], remote[i]);
  }
  g_strfreev (sockets);
  g_strfreev (local);
  g_strfreev (remote);
  return ok;
}

/* "--peer-hash -" reads the value from standard input, a line a channel. */
static gboolean
apply_peer_hashes (Peer * peer)
{
  for (guint i = 0; option.peer_hashes != NULL && option.peer_hashes[i]; i++) {
    char line[256];

    if (i >= peer->n_channels)
      return FALSE;
    g_strlcpy (line, option.peer_hashes[i], sizeof line);
    if (g_str_equal (line, "-") && fgets (line, sizeof line, stdin) == NULL)
      return FALSE;
    if (!peer->backend->set_peer_hash (&peer->channel[i], g_strstrip (line)))
      return FALSE;
  }
  return TRUE;
}

static void
print_hashes (Peer * peer)
{
  for (guint i = 0; i < peer->n_channels; i++) {
    char *hash = peer->backend->get_hello_hash (&peer->channel[i]);

    peer_note ("hello-hash channel=%u value=%s", i, hash);
    g_free (hash);
  }
}

static gboolean
parse_options (int *argc, char ***argv, PeerOptions * o)
{
  const GOptionEntry entries[] = {
    {"local-port", 0, 0, G_OPTION_ARG_STRING, &option.local_ports,
        "UDP ports of ours, one a channel", "PORT,..."},
    {"remote-port", 0, 0, G_OPTION_ARG_STRING, &option.remote_ports,
        "UDP ports of the peer's", "PORT,..."},
    {"socket", 0, 0, G_OPTION_ARG_STRING, &option.sockets,
        "Inherited, connected UDP sockets instead of ports", "FD,..."},
    {"ssrc", 0, 0, G_OPTION_ARG_INT, &option.ssrc,
        "Of the first channel; the next has the next", "N"},
    {"channels", 0, 0, G_OPTION_ARG_INT, &option.channels, "1 or 2", "N"},
    {"hashes", 0, 0, G_OPTION_ARG_STRING, &o->hashes, "", "NAME,..."},
    {"ciphers", 0, 0, G_OPTION_ARG_STRING, &o->ciphers, "", "NAME,..."},
    {"auth-tags", 0, 0, G_OPTION_ARG_STRING, &o->auth_tags, "", "NAME,..."},
    {"key-agreements", 0, 0, G_OPTION_ARG_STRING, &o->key_agreements, "",
        "NAME,..."},
    {"sas-types", 0, 0, G_OPTION_ARG_STRING, &o->sas_types, "", "NAME,..."},
    {"cache", 0, 0, G_OPTION_ARG_FILENAME, &o->cache,
        "SQLite file of known peers", "FILE"},
    {"forget-secrets", 0, 0, G_OPTION_ARG_NONE, &o->forget_secrets,
        "Lose the cache's secrets, keep the ZID", NULL},
    {"aux", 0, 0, G_OPTION_ARG_STRING, &o->aux_secret, "auxsecret", "HEX"},
    {"srtcp-tag", 0, 0, G_OPTION_ARG_INT, &o->srtcp_tag_size,
        "Octets of an SRTCP tag with HS32: 10 or 4", "N"},
    {"mark-verified", 0, 0, G_OPTION_ARG_NONE, &o->verify,
        "The user compared the SAS", NULL},
    {"peer-hash", 0, 0, G_OPTION_ARG_STRING_ARRAY, &option.peer_hashes,
        "The peer's a=zrtp-hash, or - for a line of standard input", "VALUE"},
    {"print-hash", 0, 0, G_OPTION_ARG_NONE, &option.print_hash,
        "Print our a=zrtp-hash first", NULL},
    {"loss", 0, 0, G_OPTION_ARG_INT, &option.loss,
        "Lose so many packets, both ways", "PERCENT"},
    {"seed", 0, 0, G_OPTION_ARG_INT64, &option.seed, "Of the loss", "N"},
    {"drop", 0, 0, G_OPTION_ARG_STRING, &option.drops,
        "Do not send the first N of a type, e.g. Commit:1", "TYPE:N,..."},
    {"send", 0, 0, G_OPTION_ARG_INT, &option.send,
        "SRTP packets to send when secure", "N"},
    {"expect", 0, 0, G_OPTION_ARG_INT, &option.expect,
        "SRTP packets to wait for", "N"},
    {"first-sequence", 0, 0, G_OPTION_ARG_INT, &option.first_sequence,
        "RTP sequence number to start with", "N"},
    {"rtcp", 0, 0, G_OPTION_ARG_NONE, &option.rtcp,
        "SRTCP too, on the same port", NULL},
    {"start-delay", 0, 0, G_OPTION_ARG_INT, &option.start_delay_ms,
        "Be deaf and dumb at first", "MS"},
    {"timeout", 0, 0, G_OPTION_ARG_INT, &option.timeout_s, "", "SECONDS"},
    {"linger", 0, 0, G_OPTION_ARG_NONE, &option.linger,
        "When done go on until standard input ends", NULL},
    {NULL}
  };
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  ok = g_option_context_parse (context, argc, argv, &error) && *argc == 1
      && option.channels >= 1 && option.channels <= PEER_MAX_CHANNELS
      && parse_drops ();
  if (!ok)
    g_printerr ("%s\n", error ? error->message : "Wrong options");
  g_clear_error (&error);
  g_option_context_free (context);
  return ok;
}

int
peer_main (int argc, char **argv, const PeerBackend * backend)
{
  Peer peer = {.backend = backend,.options.srtcp_tag_size = 10 };
  int status = 1;

  if (!parse_options (&argc, &argv, &peer.options))
    return 1;
  peer.n_channels = option.channels;
  state.random = option.seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + 1;
  for (guint i = 0; i < peer.n_channels; i++) {
    peer.channel[i].peer = &peer;
    peer.channel[i].index = i;
    peer.channel[i].ssrc = option.ssrc + i;
  }
  if (!open_sockets (&peer)) {
    g_printerr ("No sockets: %s\n", g_strerror (errno));
    return 1;
  }
  if (!backend->open (&peer))
    return 1;
  if (option.print_hash)
    print_hashes (&peer);
  if (apply_peer_hashes (&peer))
    status = run (&peer);
  else
    g_printerr ("Unusable --peer-hash\n");
  backend->close (&peer);
  return status;
}
