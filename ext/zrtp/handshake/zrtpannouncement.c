/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Announced Hello hashes come or change (RFC 6189 8, 8.1).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* Removes remotes that were not announced. TRUE if there were any. */
static gboolean
refuse_unannounced (ZrtpStream * stream, gint64 now)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && !zrtp_hello_hash_is_known (stream, remote->hello)) {
      if (!stream->outer)
        zrtp_hello_hash_keep (stream, remote, now);
      zrtp_remote_clear (remote);
      any = TRUE;
    }
  }
  return any;
}

static void
hear (ZrtpStream * stream, const ZrtpRemote * kept, gint64 now)
{
  ZrtpPacket packet = {.ssrc = kept->ssrc };
  ZrtpMessage message;

  packet.message = g_bytes_get_data (kept->hello, &packet.message_size);
  if (zrtp_message_parse (packet.message, packet.message_size, &message)
      != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_settle (stream, zrtp_hello_process (stream, &packet,
          &message.u.hello, now), now);
}

/* Kept Hellos that fit the announcement come now. */
static void
process_kept (ZrtpStream * stream, gint64 now)
{
  if (stream->outer || stream->step == ZRTP_STEP_IDLE || stream->exchange
      || (zrtp_stream_is_settled (stream)
          && !zrtp_hello_hash_is_transfer (stream)))
    return;
  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++) {
    ZrtpRemote *refused = &stream->announced.kept[i];
    ZrtpRemote kept = *refused;

    if (!kept.hello || !zrtp_hello_hash_is_announced (stream, kept.hello))
      continue;
    refused->hello = NULL;
    hear (stream, &kept, now);
    zrtp_remote_clear (&kept);
  }
}

/* The peer in use was announced, and now another endpoint is: no tampering, since
 * the application names where the call goes. */
static void
transfer (ZrtpStream * stream, gint64 now)
{
  zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_ABSENT);
  if (!zrtp_stream_is_settled (stream)) {
    zrtp_hello_hash_move (stream, now);
    return;
  }
  zrtp_hello_hash_keep_all (stream, now);
  /* The call goes on until the announced Hello comes. Our answer in the signalling
   * has to have the Hello of the next exchange. */
  if (stream->step == ZRTP_STEP_SECURE && stream->own.chain_spent) {
    zrtp_stream_make_hello (stream);
    zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
  }
}

/* Before an exchange: an endpoint that was not announced is no peer. */
static void
check_remotes (ZrtpStream * stream, gint64 now)
{
  const gboolean refused = refuse_unannounced (stream, now);
  const ZrtpRemote *best = zrtp_remotes_best (stream);

  if (best) {
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
    if (refused)
      zrtp_stream_publish_peer (stream, best);
  } else if (refused) {
    zrtp_stream_forget_peer (stream);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
  }
}

static ZrtpRemote *
peer_in_use (ZrtpStream * stream)
{
  return stream->exchange ? &stream->exchange->peer : &stream->bound.remote;
}

void
zrtp_hello_hash_check (ZrtpStream * stream, gint64 now)
{
  ZrtpRemote *peer = peer_in_use (stream);

  stream->announced.refused = FALSE;
  if (stream->announced.hashes->len == 0) {
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_ABSENT);
    process_kept (stream, now);
    return;
  }
  stream->discovery.zrtp_seen_until = ZRTP_NEVER;
  if (!peer->hello) {
    check_remotes (stream, now);
  } else if (zrtp_hello_hash_is_known (stream, peer->hello)) {
    refuse_unannounced (stream, now);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
  } else if (peer->announced) {
    transfer (stream, now);
  } else {
    refuse_unannounced (stream, now);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
    stream->guard.tampered = TRUE;      /* the signalling is proof */
    zrtp_stream_fail_security (stream, ZRTP_ERROR_NONE,
        "the peer's Hello is not the one that the signalling announced "
        "(a=zrtp-hash)", now);
  }
  process_kept (stream, now);
}

void
zrtp_hello_hash_announce (ZrtpStream * stream, GArray * hashes, gint64 now)
{
  ZrtpRemote *peer = peer_in_use (stream);

  if (peer->hello && zrtp_hello_hash_is_known (stream, peer->hello))
    peer->announced = TRUE;
  g_array_unref (stream->announced.hashes);
  stream->announced.hashes = hashes;
  /* The later word of the application counts. */
  if (hashes->len > 0)
    stream->remotes.only_one = FALSE;
  zrtp_trial_end (stream);
  zrtp_hello_hash_check (stream, now);
}
