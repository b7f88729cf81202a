/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other endpoints on the transport of a call (RFC 6189 5): the application is told
 * of each, and may name the one to move to. A Hello proves nothing, so later ones
 * never replace an endpoint that the application was told of.
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

static ZrtpRemote *
find_fork (ZrtpStream * stream, const ZrtpRemote * remote)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpRemote *fork = &stream->forks.slots[i];

    if (fork->hello && fork->ssrc == remote->ssrc
        && g_bytes_equal (fork->hello, remote->hello))
      return fork;
  }
  return NULL;
}

/* A free entry, else that of the endpoint that is silent for longest. */
static ZrtpRemote *
free_fork (ZrtpStream * stream)
{
  ZrtpRemote *oldest = &stream->forks.slots[0];

  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpRemote *fork = &stream->forks.slots[i];

    if (!fork->hello)
      return fork;
    if (fork->last_seen < oldest->last_seen)
      oldest = fork;
  }
  return oldest;
}

void
zrtp_fork_report (ZrtpStream * stream, const ZrtpRemote * remote, gint64 now)
{
  ZrtpRemote *fork = find_fork (stream, remote);
  ZrtpEvent *event;

  if (fork) {
    fork->last_seen = now;
    return;
  }
  if (!zrtp_rate_limit_allow (&stream->forks.events, ZRTP_BURST, ZRTP_SEC, now))
    return;
  fork = free_fork (stream);
  zrtp_remote_copy (fork, remote);
  fork->last_seen = now;
  event = zrtp_stream_event (stream, ZRTP_EVENT_FORK);
  event->ssrc = remote->ssrc;
  memcpy (event->zid, remote->zid, ZRTP_ZID_SIZE);
}

void
zrtp_fork_note_hello (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  ZrtpRemote remote = { NULL };

  if (stream->outer)
    return;
  remote.hello = g_bytes_new (packet->message, packet->message_size);
  remote.ssrc = packet->ssrc;
  memcpy (remote.h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (remote.zid, hello->zid, ZRTP_ZID_SIZE);
  zrtp_fork_report (stream, &remote, now);
  zrtp_remote_clear (&remote);
}

void
zrtp_fork_committed (ZrtpStream * stream, const ZrtpRemote * remote, gint64 now)
{
  const ZrtpRemote *peer = stream->exchange ? &stream->exchange->peer :
      &stream->bound.remote;

  /* An endpoint with the ZID of the peer is the peer, restarted. */
  if (!stream->outer && peer->hello
      && memcmp (remote->zid, peer->zid, ZRTP_ZID_SIZE) != 0)
    zrtp_fork_report (stream, remote, now);
}

void
zrtp_fork_forget (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++)
    zrtp_remote_clear (&stream->forks.slots[i]);
}
