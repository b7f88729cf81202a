/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other endpoints on the transport of a call (RFC 6189 5): the application is told
 * of each, and may name the one to move to. A Hello proves nothing, so later ones
 * never replace an endpoint that the application was told of.
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

/* A HelloACK silences an endpoint that waits, so this is long. */
#define LIFETIME (600 * ZRTP_SEC)
/* An endpoint that waits repeats its Commit for so long. */
#define LIVE_TIME (10 * ZRTP_SEC)

static ZrtpCandidate *
find_fork (ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpCandidate *fork = &stream->forks[i];

    if (fork->hello && fork->ssrc == candidate->ssrc
        && g_bytes_equal (fork->hello, candidate->hello))
      return fork;
  }
  return NULL;
}

/* A free entry, else that of the endpoint that is silent for longest. */
static ZrtpCandidate *
free_fork (ZrtpStream * stream)
{
  ZrtpCandidate *oldest = &stream->forks[0];

  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpCandidate *fork = &stream->forks[i];

    if (!fork->hello)
      return fork;
    if (fork->last_seen < oldest->last_seen)
      oldest = fork;
  }
  return oldest;
}

void
zrtp_fork_report (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  ZrtpCandidate *fork = find_fork (stream, candidate);
  ZrtpEvent *event;

  if (fork) {
    fork->last_seen = now;
    return;
  }
  if (!zrtp_rate_limit_allow (&stream->fork_events, ZRTP_BURST, ZRTP_SEC, now))
    return;
  fork = free_fork (stream);
  zrtp_candidate_copy (fork, candidate);
  fork->last_seen = now;
  event = zrtp_stream_event (stream, ZRTP_EVENT_FORK);
  event->ssrc = candidate->ssrc;
  memcpy (event->zid, candidate->zid, ZRTP_ZID_SIZE);
}

void
zrtp_fork_hear (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  ZrtpCandidate candidate = { NULL };

  if (stream->outer)
    return;
  candidate.hello = g_bytes_new (packet->message, packet->message_size);
  candidate.ssrc = packet->ssrc;
  memcpy (candidate.h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (candidate.zid, hello->zid, ZRTP_ZID_SIZE);
  zrtp_fork_report (stream, &candidate, now);
  zrtp_candidate_clear (&candidate);
}

static void
report_live (ZrtpStream * stream, const ZrtpCandidate * candidates, guint n,
    gint64 now)
{
  for (guint i = 0; i < n; i++) {
    const ZrtpCandidate *candidate = &candidates[i];

    if (candidate->hello && !candidate->unsuitable
        && now - candidate->last_seen <= LIVE_TIME)
      zrtp_fork_committed (stream, candidate, now);
  }
}

void
zrtp_fork_secured (ZrtpStream * stream, gint64 now)
{
  report_live (stream, stream->candidates, ZRTP_MAX_CANDIDATES, now);
  report_live (stream, stream->refused_hellos, ZRTP_MAX_REFUSED_HELLOS, now);
}

void
zrtp_fork_committed (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  const ZrtpCandidate *peer = stream->exchange ? &stream->exchange->peer :
      &stream->bound;

  /* An endpoint with the ZID of the peer is the peer, restarted. */
  if (!stream->outer && peer->hello
      && memcmp (candidate->zid, peer->zid, ZRTP_ZID_SIZE) != 0)
    zrtp_fork_report (stream, candidate, now);
}

void
zrtp_fork_forget (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++)
    zrtp_candidate_clear (&stream->forks[i]);
}

static gboolean
is_named (ZrtpStream * stream, const ZrtpCandidate * fork,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  return fork->hello && now - fork->last_seen <= LIFETIME
      && memcmp (fork->zid, zid, ZRTP_ZID_SIZE) == 0
      && zrtp_hello_hash_is_announced (stream, fork->hello);
}

static gboolean
knows_fork (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    if (is_named (stream, &stream->forks[i], zid, now))
      return TRUE;
  }
  return FALSE;
}

/* 6: their Hellos were acknowledged, so they do not come again. There may be
 * several of one ZID, which anybody can copy; the exchange tells them apart. */
static void
take_forks (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpCandidate *fork = &stream->forks[i];

    if (is_named (stream, fork, zid, now)) {
      const gint64 last_seen = fork->last_seen;

      zrtp_discovery_remember (stream, fork, now)->last_seen = last_seen;
      zrtp_candidate_clear (fork);
    }
  }
}

static void
move_to_fork (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  const guint32 ssrc = stream->ssrc;

  zrtp_stream_reset (stream, TRUE, now);
  zrtp_stream_make_hello (stream);
  zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
  stream->wanted = TRUE;        /* the user asks for this exchange */
  stream->one_zid = TRUE;
  memcpy (stream->only_zid, zid, ZRTP_ZID_SIZE);
  zrtp_stream_start (stream, ssrc, now);
  take_forks (stream, zid, now);
  zrtp_discovery_note_evidence (stream, now);
  zrtp_discovery_set_peer (stream, zrtp_discovery_best (stream));
}

gboolean
zrtp_stream_accept_fork (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE],
    gint64 now)
{
  ZrtpSession *session = stream->session;

  if (!knows_fork (stream, zid, now))
    return FALSE;
  move_to_fork (stream, zid, now);
  /* 4.4.3: one peer for all streams. Those that heard of it as well move with
   * this one, those that it refused try again. */
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (knows_fork (other, zid, now))
      move_to_fork (other, zid, now);
    else if (other->step == ZRTP_STEP_FAILED && !other->outer)
      zrtp_discovery_start (other, now);
  }
  return TRUE;
}
