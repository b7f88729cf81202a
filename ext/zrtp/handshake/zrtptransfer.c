/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A stream moves to another endpoint of its transport: one that the application
 * names, or that the signalling announced.
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* A HelloACK silences an endpoint that waits, so this is long. */
#define LIFETIME (600 * ZRTP_SEC)

/* Signalling names other endpoints for all streams of the call: its ZRTPSess is over
 * where the first of them moves, and the endpoint there has none. */
static void
leave_session (ZrtpStream * stream)
{
  ZrtpSession *session = stream->session;

  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other != stream && zrtp_stream_is_settled (other)
        && !zrtp_hello_hash_is_transfer (other))
      return;
  }
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    other->restart.stale |= other != stream && other->step == ZRTP_STEP_SECURE;
  }
  if (!session->exchanging)
    zrtp_session_forget (session);
}

void
zrtp_hello_hash_move (ZrtpStream * stream, gint64 now)
{
  const guint32 ssrc = stream->ssrc;

  zrtp_hello_hash_keep_all (stream, now);
  zrtp_lifecycle_reset (stream, TRUE, now);
  leave_session (stream);
  stream->backoff.go_secure_requested = TRUE;   /* the application asked for the call */
  stream->remotes.only_one = FALSE;
  zrtp_lifecycle_start (stream, ssrc, now);
}

static gboolean
is_named (ZrtpStream * stream, const ZrtpRemote * fork,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  return fork->hello && now - fork->last_seen <= LIFETIME
      && memcmp (fork->zid, zid, ZRTP_ZID_SIZE) == 0
      && zrtp_hello_hash_is_announced (stream, fork->hello);
}

gboolean
zrtp_transfer_knows (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE],
    gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    if (is_named (stream, &stream->forks.slots[i], zid, now))
      return TRUE;
  }
  return FALSE;
}

/* 6: their Hellos were acknowledged, so they do not come again. There may be
 * several of one ZID, which any third party can copy; the exchange tells them
 * apart. */
static void
take_forks (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_FORKS; i++) {
    ZrtpRemote *fork = &stream->forks.slots[i];

    if (is_named (stream, fork, zid, now)) {
      const gint64 last_seen = fork->last_seen;

      zrtp_remotes_restore (stream, fork, now)->last_seen = last_seen;
      zrtp_remote_clear (fork);
    }
  }
}

void
zrtp_transfer_to_fork (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE],
    gint64 now)
{
  zrtp_stream_make_hello (stream);
  zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
  stream->backoff.go_secure_requested = TRUE;   /* the user asks for this exchange */
  stream->remotes.only_one = TRUE;
  memcpy (stream->remotes.only_zid, zid, ZRTP_ZID_SIZE);
  zrtp_lifecycle_start (stream, stream->ssrc, now);
  take_forks (stream, zid, now);
  zrtp_discovery_note_evidence (stream, now);
  zrtp_stream_publish_peer (stream, zrtp_remotes_best (stream));
}
