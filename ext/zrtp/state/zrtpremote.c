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
/* Of those who said Hello so many stay, whoever else does. */
#define EARLY_PLACES 2

void
zrtp_candidate_clear (ZrtpCandidate * candidate)
{
  g_clear_pointer (&candidate->hello, g_bytes_unref);
}

void
zrtp_candidate_copy (ZrtpCandidate * to, const ZrtpCandidate * from)
{
  GBytes *hello = g_bytes_ref (from->hello);

  zrtp_candidate_clear (to);
  *to = *from;
  to->hello = hello;
}

/* Neither a replayed call nor a changed message shall keep the genuine peer
 * out: who was found out has to wait, others need not. */
void
zrtp_stream_ban (ZrtpStream * stream, const ZrtpCandidate * peer, gint64 now)
{
  ZrtpBan *oldest = &stream->remotes.bans[0];

  if (!peer->hello)
    return;
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->remotes.slots[i].hello
        && memcmp (stream->remotes.slots[i].h3, peer->h3, ZRTP_IMAGE_SIZE) == 0)
      zrtp_candidate_clear (&stream->remotes.slots[i]);
    if (stream->remotes.bans[i].until < oldest->until)
      oldest = &stream->remotes.bans[i];
  }
  memcpy (oldest->h3, peer->h3, ZRTP_IMAGE_SIZE);
  oldest->until = now + BAN_TIME;
}

void
zrtp_candidate_read_lists (const ZrtpCandidate * candidate,
    ZrtpAlgorithmList lists[ZRTP_N_KINDS])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (candidate->hello, &size);
  ZrtpMessage message;

  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_negotiate_read_hello (&message.u.hello, lists);
}

gboolean
zrtp_discovery_is_of_call (const ZrtpStream * stream,
    const ZrtpCandidate * candidate)
{
  const ZrtpSession *session = stream->session;

  return session && session->have_sess
      && memcmp (candidate->zid, session->info.peer_zid, ZRTP_ZID_SIZE) == 0;
}

static gboolean
has_chain (const ZrtpCandidate * candidate, const guint8 h3[ZRTP_IMAGE_SIZE])
{
  return memcmp (candidate->h3, h3, ZRTP_IMAGE_SIZE) == 0;
}

/* An endpoint that answers has our Commit. Third parties may send DHPart1 at any
 * time; the first answer is most likely one. */
static gboolean
answered_before (const ZrtpCandidate * a, const ZrtpCandidate * b)
{
  return a->answered != 0 && (b->answered == 0 || a->answered < b->answered);
}

static gboolean
is_better (ZrtpStream * stream, const ZrtpCandidate * a,
    const ZrtpCandidate * b)
{
  const gboolean a_heard_us = stream->discovery.hello_acked
      && stream->discovery.acked_ssrc == a->ssrc;
  const gboolean b_heard_us = stream->discovery.hello_acked
      && stream->discovery.acked_ssrc == b->ssrc;
  const gboolean a_is_of_call = zrtp_discovery_is_of_call (stream, a);

  if (a_is_of_call != zrtp_discovery_is_of_call (stream, b))
    return a_is_of_call;
  if (a->answered != b->answered)
    return answered_before (a, b);
  if (a_heard_us != b_heard_us)
    return a_heard_us;
  if (a->unanswered != b->unanswered)
    return a->unanswered < b->unanswered;
  /* 9: nobody else can have an H3 before its owner said Hello. A chain of its own
   * under somebody's SSRC anybody can have; so can that endpoint, started anew. */
  if (has_chain (a, b->h3))
    return a->place < b->place;
  return stream->remotes.unanswered_commits % 2 == 0 ? a->last_seen >
      b->last_seen : a->place < b->place;
}

ZrtpCandidate *
zrtp_discovery_best (ZrtpStream * stream)
{
  ZrtpCandidate *best = NULL;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->remotes.slots[i];

    if (candidate->hello && !candidate->unsuitable
        && (!best || is_better (stream, candidate, best)))
      best = candidate;
  }
  return best;
}

gboolean
zrtp_discovery_sift (ZrtpStream * stream, const ZrtpCandidate * peer,
    const guint8 h2[ZRTP_IMAGE_SIZE])
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->remotes.slots[i];
    const guint8 *data;
    gsize size;

    if (!candidate->hello || !has_chain (candidate, peer->h3))
      continue;
    data = g_bytes_get_data (candidate->hello, &size);
    if (zrtp_message_check_mac (data, size, h2))
      any |= candidate->ssrc == peer->ssrc;
    else
      zrtp_candidate_clear (candidate);
  }
  return any;
}

static void
note_peer (ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  ZrtpStreamInfo *info = &stream->info;
  gsize size;
  const guint8 *data = g_bytes_get_data (candidate->hello, &size);
  ZrtpMessage message;
  guint8 digest[32];
  guint n = ZRTP_CLIENT_ID_SIZE;

  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_sha256 (data, size, digest);

  info->have_peer = TRUE;
  info->peer_ssrc = candidate->ssrc;
  memcpy (info->peer_zid, candidate->zid, ZRTP_ZID_SIZE);
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
zrtp_discovery_set_peer (ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  note_peer (stream, candidate);
  stream->limits.peer_untold = FALSE;
  zrtp_stream_event (stream, ZRTP_EVENT_PEER);
}

void
zrtp_discovery_show_peer (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  if (zrtp_unproven_may_tell (stream, now)) {
    zrtp_discovery_set_peer (stream, candidate);
  } else {
    note_peer (stream, candidate);
    stream->limits.peer_untold = TRUE;
  }
}

void
zrtp_discovery_forget_peer (ZrtpStream * stream)
{
  ZrtpStreamInfo *info = &stream->info;

  info->have_peer = info->peer_passive = info->peer_mitm = FALSE;
  info->peer_signature_capable = FALSE;
  info->peer_ssrc = 0;
  memset (info->peer_zid, 0, sizeof info->peer_zid);
  memset (info->peer_client, 0, sizeof info->peer_client);
  memset (info->peer_hello_hash, 0, sizeof info->peer_hello_hash);
}

ZrtpCandidate *
zrtp_remotes_find (ZrtpStream * stream, guint32 ssrc, const guint8 * data,
    gsize size)
{
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->remotes.slots[i];

    if (candidate->hello && candidate->ssrc == ssrc
        && g_bytes_get_size (candidate->hello) == size
        && memcmp (g_bytes_get_data (candidate->hello, NULL), data, size) == 0)
      return candidate;
  }
  return NULL;
}

static gboolean
is_early (const ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  guint before = 0;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++)
    before += stream->remotes.slots[i].hello
        && stream->remotes.slots[i].place < candidate->place;
  return before < EARLY_PLACES;
}

/* Less worth keeping. Endpoints with the ZID of the call's peer stay, which may
 * have restarted. The two who came first stay, as others could say Hello all
 * the time; then who answered us last and says Hello no more. */
static gboolean
is_older (const ZrtpStream * stream, const ZrtpCandidate * a,
    const ZrtpCandidate * b)
{
  const gboolean a_was_first = is_early (stream, a);
  const gboolean b_was_first = is_early (stream, b);
  const gboolean a_answered = stream->discovery.acked_ssrc == a->ssrc;
  const gboolean b_answered = stream->discovery.acked_ssrc == b->ssrc;
  const gboolean b_is_of_call = zrtp_discovery_is_of_call (stream, b);

  if (zrtp_discovery_is_of_call (stream, a) != b_is_of_call)
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
static ZrtpCandidate *
free_candidate (ZrtpStream * stream)
{
  ZrtpCandidate *oldest = &stream->remotes.slots[0];
  /* A restarted peer says Hello once. */
  const guint n = stream->outer || stream->step == ZRTP_STEP_SECURE ?
      ZRTP_MAX_CANDIDATES : ZRTP_USUAL_CANDIDATES;

  for (guint i = 0; i < n; i++) {
    ZrtpCandidate *candidate = &stream->remotes.slots[i];

    if (!candidate->hello)
      return candidate;
    if (is_older (stream, candidate, oldest))
      oldest = candidate;
  }
  zrtp_candidate_clear (oldest);
  return oldest;
}

ZrtpCandidate *
zrtp_remotes_add (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello)
{
  ZrtpCandidate *candidate;

  /* The same source with another chain was started anew: it has not seen our
   * Hello, whoever acknowledged it. While an exchange runs we would not send it. */
  for (guint i = 0; !stream->exchange && i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->remotes.slots[i].hello
        && stream->remotes.slots[i].ssrc == packet->ssrc
        && stream->discovery.acked_ssrc == packet->ssrc)
      stream->discovery.hello_acked = FALSE;
  }
  candidate = free_candidate (stream);
  memset (candidate, 0, sizeof *candidate);
  candidate->hello = g_bytes_new (packet->message, packet->message_size);
  candidate->ssrc = packet->ssrc;
  candidate->place = ++stream->remotes.last_arrival;
  memcpy (candidate->h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (candidate->zid, hello->zid, ZRTP_ZID_SIZE);
  return candidate;
}

ZrtpCandidate *
zrtp_discovery_remember (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (candidate->hello, &size);
  ZrtpCandidate *slot = zrtp_remotes_find (stream, candidate->ssrc, data, size);

  if (!slot) {
    slot = free_candidate (stream);
    memset (slot, 0, sizeof *slot);
    zrtp_candidate_copy (slot, candidate);
    slot->place = ++stream->remotes.last_arrival;
  }
  slot->last_seen = now;
  return slot;
}

gboolean
zrtp_remote_is_same_hello (const ZrtpCandidate * a, const ZrtpCandidate * b)
{
  return a->hello && b->hello && a->ssrc == b->ssrc
      && g_bytes_equal (a->hello, b->hello);
}

gboolean
zrtp_remotes_is_banned (ZrtpStream * stream, const ZrtpHello * hello,
    gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->remotes.bans[i].until > now
        && memcmp (stream->remotes.bans[i].h3, hello->h3, ZRTP_IMAGE_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
zrtp_discovery_is_stranger (ZrtpStream * stream, guint32 ssrc)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->remotes.slots[i].hello && stream->remotes.slots[i].ssrc == ssrc)
      return FALSE;
    any = any || stream->remotes.slots[i].hello;
  }
  return any;
}

void
zrtp_remotes_clear (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++)
    zrtp_candidate_clear (&stream->remotes.slots[i]);
}
