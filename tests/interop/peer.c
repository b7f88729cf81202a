/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media.h"

#define MAX_DROPS 16
#define ZRTP_HEADER_SIZE 12

typedef struct
{
  char type[9];
  guint left;
} Drop;

/* What loses packets. GStreamer's threads share it. */
static struct
{
  GMutex lock;
  guint loss;                   /* percent */
  guint64 random;
  Drop drops[MAX_DROPS];
  guint n_drops;
} loser;

/* Loss */

/* xorshift64*: repeatable loss is all that is asked of it. Locked. */
static gboolean
is_lost (void)
{
  guint32 number;

  if (loser.loss == 0)
    return FALSE;
  loser.random ^= loser.random >> 12;
  loser.random ^= loser.random << 25;
  loser.random ^= loser.random >> 27;
  number = (loser.random * G_GUINT64_CONSTANT (2685821657736338717)) >> 32;
  return number % 100 < loser.loss;
}

/* Locked. */
static gboolean
is_dropped (const guint8 * data, gsize size)
{
  char type[9];

  if (media_probe (data, size) != MEDIA_ZRTP)
    return FALSE;
  peer_message_type (data, size, type);
  for (guint i = 0; i < loser.n_drops; i++) {
    if (loser.drops[i].left > 0 && g_str_equal (loser.drops[i].type, type)) {
      loser.drops[i].left--;
      return TRUE;
    }
  }
  return FALSE;
}

gboolean
peer_passes_out (const guint8 * data, gsize size)
{
  gboolean passes;

  g_mutex_lock (&loser.lock);
  passes = !is_dropped (data, size) && !is_lost ();
  g_mutex_unlock (&loser.lock);
  return passes;
}

gboolean
peer_passes_in (void)
{
  gboolean passes;

  g_mutex_lock (&loser.lock);
  passes = !is_lost ();
  g_mutex_unlock (&loser.lock);
  return passes;
}

void
peer_message_type (const guint8 * packet, gsize size, char type[9])
{
  memset (type, 0, 9);
  if (size < ZRTP_HEADER_SIZE + 12)
    return;
  memcpy (type, packet + ZRTP_HEADER_SIZE + 4, 8);
  g_strchomp (type);
}

/* Output */

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
peer_tell_hash (guint channel, const char *value)
{
  peer_note ("hello-hash channel=%u value=%s", channel, value);
}

void
peer_tell_secure (guint channel, const PeerAgreement * a, gint64 started)
{
  peer_note ("secure channel=%u role=%s sas=%s hash=%s cipher=%s auth=%s ka=%s "
      "sas-type=%s cache-mismatch=%d verified=%d aux=%s ms=%.1f",
      channel, a->initiator ? "initiator" : "responder", a->sas, a->hash,
      a->cipher, a->auth_tag, a->key_agreement, a->sas_type,
      a->cache_mismatch, a->verified, a->aux,
      (g_get_monotonic_time () - started) / 1000.0);
}

void
peer_tell_media (guint channel, const PeerMedia * m)
{
  peer_note ("media channel=%u srtp-received=%u srtp-bad=%u srtp-early=%u "
      "srtcp-received=%u srtcp-bad=%u srtp-sent=%u srtcp-sent=%u", channel,
      m->received, m->bad, m->early, m->rtcp_received, m->rtcp_bad, m->sent,
      m->rtcp_sent);
}

gboolean
peer_media_done (const PeerOptions * options, const PeerMedia * media)
{
  if (media->sent < (guint) options->send
      || media->received < (guint) options->expect)
    return FALSE;
  return !options->rtcp || options->expect == 0 || media->rtcp_received > 0;
}

/* Input */

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

gboolean
peer_read_hash (const PeerOptions * options, guint channel, char value[256])
{
  char **hashes = options->peer_hashes;

  if (hashes == NULL || channel >= g_strv_length (hashes))
    return FALSE;
  g_strlcpy (value, hashes[channel], 256);
  if (g_str_equal (value, "-") && fgets (value, 256, stdin) == NULL)
    return FALSE;
  g_strstrip (value);
  return TRUE;
}

static gboolean
parse_drops (const char *text)
{
  char **items = g_strsplit (text ? text : "", ",", -1);
  gboolean ok = TRUE;

  for (guint i = 0; items[i] != NULL && ok; i++) {
    Drop *drop = &loser.drops[loser.n_drops++];

    ok = loser.n_drops < MAX_DROPS
        && sscanf (items[i], "%8[^:]:%u", drop->type, &drop->left) == 2;
  }
  g_strfreev (items);
  return ok;
}

/* Numbers separated by commas, exactly @n of them. */
static gboolean
parse_numbers (const char *text, int *out, guint n)
{
  char **items = g_strsplit (text ? text : "", ",", -1);
  gboolean ok = g_strv_length (items) == n;

  for (guint i = 0; ok && i < n; i++)
    out[i] = atoi (items[i]);
  g_strfreev (items);
  return ok;
}

static int
connect_ports (int local, int remote)
{
  struct sockaddr_in from = {.sin_family = AF_INET }, to = from;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  from.sin_addr.s_addr = to.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  from.sin_port = htons (local);
  to.sin_port = htons (remote);
  if (fd < 0 || bind (fd, (struct sockaddr *) &from, sizeof from) != 0
      || connect (fd, (struct sockaddr *) &to, sizeof to) != 0) {
    g_printerr ("UDP port %d: %s\n", local, g_strerror (errno));
    return -1;
  }
  return fd;
}

/* Each channel has its socket: inherited, or made from two ports. */
static gboolean
open_sockets (PeerOptions * o, const char *sockets, const char *local,
    const char *remote)
{
  int from[PEER_MAX_CHANNELS], to[PEER_MAX_CHANNELS];

  if (sockets != NULL)
    return parse_numbers (sockets, o->fd, o->channels);
  if (!parse_numbers (local, from, o->channels)
      || !parse_numbers (remote, to, o->channels)) {
    g_printerr ("Give --local-port and --remote-port\n");
    return FALSE;
  }
  for (int i = 0; i < o->channels; i++)
    if ((o->fd[i] = connect_ports (from[i], to[i])) < 0)
      return FALSE;
  return TRUE;
}

gboolean
peer_init (int *argc, char ***argv, PeerOptions * o)
{
  char *sockets = NULL, *local = NULL, *remote = NULL, *drops = NULL;
  gint64 seed = 1;
  int ssrc = 0x1000, loss = 0;
  const GOptionEntry entries[] = {
    {"local-port", 0, 0, G_OPTION_ARG_STRING, &local,
        "UDP ports of ours, one a channel", "PORT,..."},
    {"remote-port", 0, 0, G_OPTION_ARG_STRING, &remote,
        "UDP ports of the peer's", "PORT,..."},
    {"socket", 0, 0, G_OPTION_ARG_STRING, &sockets,
        "Inherited, connected UDP sockets instead of ports", "FD,..."},
    {"ssrc", 0, 0, G_OPTION_ARG_INT, &ssrc,
        "Of the first channel; the next has the next", "N"},
    {"channels", 0, 0, G_OPTION_ARG_INT, &o->channels, "1 or 2", "N"},
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
    {"accept-fork", 0, 0, G_OPTION_ARG_NONE, &o->accept_fork,
        "Move to another endpoint that calls", NULL},
    {"peer-hash", 0, 0, G_OPTION_ARG_STRING_ARRAY, &o->peer_hashes,
        "The peer's a=zrtp-hash, or - for a line of standard input", "VALUE"},
    {"print-hash", 0, 0, G_OPTION_ARG_NONE, &o->print_hash,
        "Print our a=zrtp-hash first", NULL},
    {"loss", 0, 0, G_OPTION_ARG_INT, &loss,
        "Lose so many packets, both ways", "PERCENT"},
    {"seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of the loss", "N"},
    {"drop", 0, 0, G_OPTION_ARG_STRING, &drops,
        "Do not send the first N of a type, e.g. Commit:1", "TYPE:N,..."},
    {"send", 0, 0, G_OPTION_ARG_INT, &o->send,
        "SRTP packets to send when secure", "N"},
    {"expect", 0, 0, G_OPTION_ARG_INT, &o->expect,
        "SRTP packets to wait for", "N"},
    {"first-sequence", 0, 0, G_OPTION_ARG_INT, &o->first_sequence,
        "RTP sequence number to start with", "N"},
    {"rtcp", 0, 0, G_OPTION_ARG_NONE, &o->rtcp,
        "SRTCP too, on the same port", NULL},
    {"any-media", 0, 0, G_OPTION_ARG_NONE, &o->any_media,
        "Whatever authenticates counts as received", NULL},
    {"start-delay", 0, 0, G_OPTION_ARG_INT, &o->start_delay_ms,
        "Be deaf and dumb at first", "MS"},
    {"timeout", 0, 0, G_OPTION_ARG_INT, &o->timeout_s, "", "SECONDS"},
    {"linger", 0, 0, G_OPTION_ARG_NONE, &o->linger,
        "When done go on until standard input ends", NULL},
    {NULL}
  };
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;
  gboolean ok;

  memset (o, 0, sizeof *o);
  o->channels = 1;
  o->timeout_s = 30;
  o->srtcp_tag_size = 10;
  g_option_context_add_main_entries (context, entries, NULL);
  ok = g_option_context_parse (context, argc, argv, &error) && *argc == 1
      && o->channels >= 1 && o->channels <= PEER_MAX_CHANNELS
      && parse_drops (drops);
  if (!ok)
    g_printerr ("%s\n", error ? error->message : "Wrong options");
  g_clear_error (&error);
  g_option_context_free (context);
  for (guint i = 0; i < PEER_MAX_CHANNELS; i++)
    o->ssrc[i] = ssrc + i;
  loser.loss = loss;
  loser.random = seed * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) + 1;
  ok = ok && open_sockets (o, sockets, local, remote);
  g_free (sockets);
  g_free (local);
  g_free (remote);
  g_free (drops);
  return ok;
}

void
peer_clear (PeerOptions * o)
{
  for (int i = 0; i < o->channels; i++)
    close (o->fd[i]);
  g_free (o->hashes);
  g_free (o->ciphers);
  g_free (o->auth_tags);
  g_free (o->key_agreements);
  g_free (o->sas_types);
  g_free (o->cache);
  g_free (o->aux_secret);
  g_strfreev (o->peer_hashes);
}
