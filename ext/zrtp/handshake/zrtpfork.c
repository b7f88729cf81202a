/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other endpoints on the transport of a call (RFC 6189 5): the application is told
 * of each, and may name the one to move to. A Hello proves nothing, so later ones
 * never replace an endpoint that the application was told of.
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

static ZrtpCandidate *
find_fork (ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpCandidate *fork = &stream->forks.slots[i];

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
  ZrtpCandidate *oldest = &stream->forks.slots[0];

  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpCandidate *fork = &stream->forks.slots[i];

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
  if (!zrtp_rate_limit_allow (&stream->forks.events, ZRTP_BURST, ZRTP_SEC, now))
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

void
zrtp_fork_committed (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  const ZrtpCandidate *peer = stream->exchange ? &stream->exchange->peer :
      &stream->bound.remote;

  /* An endpoint with the ZID of the peer is the peer, restarted. */
  if (!stream->outer && peer->hello
      && memcmp (candidate->zid, peer->zid, ZRTP_ZID_SIZE) != 0)
    zrtp_fork_report (stream, candidate, now);
}

void
zrtp_fork_forget (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++)
    zrtp_candidate_clear (&stream->forks.slots[i]);
}
