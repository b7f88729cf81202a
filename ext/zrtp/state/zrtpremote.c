/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The endpoints whose Hello came: which is the peer, which stay, which are banned.
 */
#include "zrtp/state/zrtpstate.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* How long a chain is left alone that was part of an attack. */
#define BAN_TIME ZRTP_FAILED_TIME
/* Of the endpoints that said Hello first so many stay, however many others
 * do. */
#define EARLY_PLACES 2

void
zrtp_remote_clear (ZrtpRemote * remote)
{
  g_clear_pointer (&remote->hello, g_bytes_unref);
}

void
zrtp_remote_copy (ZrtpRemote * to, const ZrtpRemote * from)
{
  GBytes *hello = g_bytes_ref (from->hello);

  zrtp_remote_clear (to);
  *to = *from;
  to->hello = hello;
}

/* Neither a replayed call nor a changed message shall keep the genuine peer
 * out: a chain that was found out has to wait, others need not. */
void
zrtp_stream_ban (ZrtpStream * stream, const ZrtpRemote * peer, gint64 now)
{
  ZrtpBan *oldest = &stream->remotes.bans[0];

  if (!peer->hello)
    return;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    if (stream->remotes.slots[i].hello
        && memcmp (stream->remotes.slots[i].h3, peer->h3, ZRTP_IMAGE_SIZE) == 0)
      zrtp_remote_clear (&stream->remotes.slots[i]);
    if (stream->remotes.bans[i].until < oldest->until)
      oldest = &stream->remotes.bans[i];
  }
  memcpy (oldest->h3, peer->h3, ZRTP_IMAGE_SIZE);
  oldest->until = now + BAN_TIME;
}

void
zrtp_remote_read_lists (const ZrtpRemote * remote,
    ZrtpAlgorithmList lists[ZRTP_N_KINDS])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (remote->hello, &size);
  ZrtpMessage message;

  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_negotiate_read_hello (&message.u.hello, lists);
}

gboolean
zrtp_remotes_is_of_call (const ZrtpStream * stream, const ZrtpRemote * remote)
{
  const ZrtpSession *session = stream->session;

  return session && session->have_sess
      && memcmp (remote->zid, session->info.peer_zid, ZRTP_ZID_SIZE) == 0;
}

static gboolean
has_chain (const ZrtpRemote * remote, const guint8 h3[ZRTP_IMAGE_SIZE])
{
  return memcmp (remote->h3, h3, ZRTP_IMAGE_SIZE) == 0;
}

/* An endpoint that answers has our Commit. Third parties may send DHPart1 at any
 * time; the first answer is most likely one. */
static gboolean
answered_before (const ZrtpRemote * a, const ZrtpRemote * b)
{
  return a->answered != 0 && (b->answered == 0 || a->answered < b->answered);
}

static gboolean
is_better (ZrtpStream * stream, const ZrtpRemote * a, const ZrtpRemote * b)
{
  const gboolean a_heard_us = stream->discovery.hello_acked
      && stream->discovery.acked_ssrc == a->ssrc;
  const gboolean b_heard_us = stream->discovery.hello_acked
      && stream->discovery.acked_ssrc == b->ssrc;
  const gboolean a_is_of_call = zrtp_remotes_is_of_call (stream, a);

  if (a_is_of_call != zrtp_remotes_is_of_call (stream, b))
    return a_is_of_call;
  if (a->answered != b->answered)
    return answered_before (a, b);
  if (a_heard_us != b_heard_us)
    return a_heard_us;
  if (a->unanswered != b->unanswered)
    return a->unanswered < b->unanswered;
  /* 9: no other endpoint can have an H3 before its owner said Hello. Any third
   * party can have a chain of its own under another SSRC; so can that endpoint,
   * restarted. */
  if (has_chain (a, b->h3))
    return a->arrival < b->arrival;
  return stream->remotes.unanswered_commits % 2 == 0 ? a->last_seen >
      b->last_seen : a->arrival < b->arrival;
}

ZrtpRemote *
zrtp_remotes_best (ZrtpStream * stream)
{
  ZrtpRemote *best = NULL;

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && !remote->unsuitable
        && (!best || is_better (stream, remote, best)))
      best = remote;
  }
  return best;
}

gboolean
zrtp_remotes_drop_forged (ZrtpStream * stream, const ZrtpRemote * peer,
    const guint8 h1[ZRTP_IMAGE_SIZE])
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (!remote->hello || !has_chain (remote, peer->h3))
      continue;
    if (zrtp_chain_check (h1, 2, remote->h3, remote->hello) == ZRTP_CHAIN_OPENS)
      any |= remote->ssrc == peer->ssrc;
    else
      zrtp_remote_clear (remote);
  }
  return any;
}

static void
note_peer (ZrtpStream * stream, const ZrtpRemote * remote)
{
  ZrtpStreamInfo *info = &stream->info;
  gsize size;
  const guint8 *data = g_bytes_get_data (remote->hello, &size);
  ZrtpMessage message;
  guint8 digest[32];
  guint n = ZRTP_CLIENT_ID_SIZE;

  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_sha256 (data, size, digest);

  info->have_peer = TRUE;
  info->peer_ssrc = remote->ssrc;
  memcpy (info->peer_zid, remote->zid, ZRTP_ZID_SIZE);
  info->peer_passive = message.u.hello.passive;
  info->peer_mitm = message.u.hello.mitm;
  info->peer_signature_capable = message.u.hello.signature_capable;
  zrtp_hex (digest, sizeof digest, info->peer_hello_hash);

  memcpy (info->peer_client, message.u.hello.client_id, n);
  while (n > 0 && (info->peer_client[n - 1] == ' '
          || info->peer_client[n - 1] == '\0'))
    n--;
  info->peer_client[n] = '\0';
  for (guint i = 0; i < n; i++) {
    if (!g_ascii_isprint (info->peer_client[i]))
      info->peer_client[i] = '?';
  }
}

void
zrtp_stream_publish_peer (ZrtpStream * stream, const ZrtpRemote * remote)
{
  note_peer (stream, remote);
  stream->limits.peer_untold = FALSE;
  zrtp_stream_event (stream, ZRTP_EVENT_PEER);
}

void
zrtp_stream_publish_peer_limited (ZrtpStream * stream,
    const ZrtpRemote * remote, gint64 now)
{
  if (zrtp_unproven_may_tell (stream, now)) {
    zrtp_stream_publish_peer (stream, remote);
  } else {
    note_peer (stream, remote);
    stream->limits.peer_untold = TRUE;
  }
}

void
zrtp_stream_forget_peer (ZrtpStream * stream)
{
  ZrtpStreamInfo *info = &stream->info;

  info->have_peer = info->peer_passive = info->peer_mitm = FALSE;
  info->peer_signature_capable = FALSE;
  info->peer_ssrc = 0;
  memset (info->peer_zid, 0, sizeof info->peer_zid);
  memset (info->peer_client, 0, sizeof info->peer_client);
  memset (info->peer_hello_hash, 0, sizeof info->peer_hello_hash);
}

ZrtpRemote *
zrtp_remotes_find (ZrtpStream * stream, guint32 ssrc, const guint8 * data,
    gsize size)
{
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && remote->ssrc == ssrc
        && g_bytes_get_size (remote->hello) == size
        && memcmp (g_bytes_get_data (remote->hello, NULL), data, size) == 0)
      return remote;
  }
  return NULL;
}

static gboolean
is_early (const ZrtpStream * stream, const ZrtpRemote * remote)
{
  guint before = 0;

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++)
    before += stream->remotes.slots[i].hello
        && stream->remotes.slots[i].arrival < remote->arrival;
  return before < EARLY_PLACES;
}

/* Less worth keeping. Endpoints with the ZID of the call's peer stay, which may
 * have restarted. The two that came first stay, as others could say Hello all
 * the time; then the one that answered us last and says Hello no more. */
static gboolean
is_older (const ZrtpStream * stream, const ZrtpRemote * a, const ZrtpRemote * b)
{
  const gboolean a_was_first = is_early (stream, a);
  const gboolean b_was_first = is_early (stream, b);
  const gboolean a_answered = stream->discovery.acked_ssrc == a->ssrc;
  const gboolean b_answered = stream->discovery.acked_ssrc == b->ssrc;
  const gboolean b_is_of_call = zrtp_remotes_is_of_call (stream, b);

  if (zrtp_remotes_is_of_call (stream, a) != b_is_of_call)
    return b_is_of_call;
  if (a->answered != b->answered)
    return answered_before (b, a);
  if ((a->committed > 0) != (b->committed > 0))
    return b->committed > 0;
  if (a_was_first != b_was_first)
    return b_was_first;
  return a_answered != b_answered ? b_answered : a->last_seen < b->last_seen;
}

/* A free slot, else that of the endpoint not heard for longest. */
static ZrtpRemote *
free_candidate (ZrtpStream * stream)
{
  ZrtpRemote *oldest = &stream->remotes.slots[0];
  /* A restarted peer says Hello once. */
  const guint n = stream->outer || stream->step == ZRTP_STEP_SECURE ?
      ZRTP_MAX_REMOTES : ZRTP_USUAL_REMOTES;

  for (guint i = 0; i < n; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (!remote->hello)
      return remote;
    if (is_older (stream, remote, oldest))
      oldest = remote;
  }
  zrtp_remote_clear (oldest);
  return oldest;
}

ZrtpRemote *
zrtp_remotes_add (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello)
{
  ZrtpRemote *remote;

  /* The same source with another chain was restarted: it has not seen our
   * Hello, whichever endpoint acknowledged it. While an exchange runs we would
   * not send it. */
  for (guint i = 0; !stream->exchange && i < ZRTP_MAX_REMOTES; i++) {
    if (stream->remotes.slots[i].hello
        && stream->remotes.slots[i].ssrc == packet->ssrc
        && stream->discovery.acked_ssrc == packet->ssrc)
      stream->discovery.hello_acked = FALSE;
  }
  remote = free_candidate (stream);
  memset (remote, 0, sizeof *remote);
  remote->hello = g_bytes_new (packet->message, packet->message_size);
  remote->ssrc = packet->ssrc;
  remote->arrival = ++stream->remotes.last_arrival;
  memcpy (remote->h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (remote->zid, hello->zid, ZRTP_ZID_SIZE);
  return remote;
}

ZrtpRemote *
zrtp_remotes_restore (ZrtpStream * stream, const ZrtpRemote * remote,
    gint64 now)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (remote->hello, &size);
  ZrtpRemote *slot = zrtp_remotes_find (stream, remote->ssrc, data, size);

  if (!slot) {
    slot = free_candidate (stream);
    memset (slot, 0, sizeof *slot);
    zrtp_remote_copy (slot, remote);
    slot->arrival = ++stream->remotes.last_arrival;
  }
  slot->last_seen = now;
  return slot;
}

gboolean
zrtp_remote_is_same_hello (const ZrtpRemote * a, const ZrtpRemote * b)
{
  return a->hello && b->hello && a->ssrc == b->ssrc
      && g_bytes_equal (a->hello, b->hello);
}

gboolean
zrtp_remotes_is_banned (ZrtpStream * stream, const ZrtpHello * hello,
    gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    if (stream->remotes.bans[i].until > now
        && memcmp (stream->remotes.bans[i].h3, hello->h3, ZRTP_IMAGE_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
zrtp_remotes_is_unknown (ZrtpStream * stream, guint32 ssrc)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    if (stream->remotes.slots[i].hello && stream->remotes.slots[i].ssrc == ssrc)
      return FALSE;
    any = any || stream->remotes.slots[i].hello;
  }
  return any;
}

void
zrtp_remotes_clear (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++)
    zrtp_remote_clear (&stream->remotes.slots[i]);
}
