/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Hellos against what the signalling announced (RFC 6189 8, 8.1). The
 * announcement may change: another endpoint answers a forked call, or the call is
 * transferred. Hellos that do not fit are kept, since a HelloACK silences their
 * senders (6), and count as if they came when the announcement changes.
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

/* A kept Hello gives way to another after this time in silence. */
#define REFUSED_LIFE (60 * ZRTP_SEC)
#define REFUSED_OF_ONE_SSRC 2

void
zrtp_hello_hash_set_status (ZrtpStream * stream, ZrtpHelloHashStatus status)
{
  if (stream->info.hello_hash_status == status)
    return;
  stream->info.hello_hash_status = status;
  zrtp_stream_event (stream, ZRTP_EVENT_HELLO_HASH);
}

gboolean
zrtp_hello_hash_is_known (ZrtpStream * stream, GBytes * hello)
{
  guint8 digest[32];
  gsize size;
  const guint8 *data = g_bytes_get_data (hello, &size);

  zrtp_sha256 (data, size, digest);
  for (guint i = 0; i < stream->peer_hashes->len; i++) {
    if (zrtp_equal (digest, stream->peer_hashes->data + i * 32, 32))
      return TRUE;
  }
  return FALSE;
}

gboolean
zrtp_hello_hash_is_announced (ZrtpStream * stream, GBytes * hello)
{
  return stream->peer_hashes->len == 0
      || zrtp_hello_hash_is_known (stream, hello);
}

/* NULL if there is no room. A Hello that is kept never gives way to another soon:
 * a third party could say Hello all the time. */
static ZrtpCandidate *
find_room (ZrtpStream * stream, guint32 ssrc, gint64 now)
{
  ZrtpCandidate *room = NULL;
  guint n_of_ssrc = 0;

  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++) {
    ZrtpCandidate *refused = &stream->refused_hellos[i];
    const gboolean is_free = !refused->hello;

    if (is_free || now - refused->last_seen > REFUSED_LIFE) {
      if (!room || (is_free && room->hello))
        room = refused;
    } else if (refused->ssrc == ssrc) {
      n_of_ssrc++;
    }
  }
  return n_of_ssrc < REFUSED_OF_ONE_SSRC ? room : NULL;
}

/* TRUE if it is kept. */
static gboolean
keep (ZrtpStream * stream, const ZrtpCandidate * candidate, gint64 now)
{
  ZrtpCandidate *refused;

  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++) {
    refused = &stream->refused_hellos[i];
    if (refused->hello && refused->ssrc == candidate->ssrc
        && g_bytes_equal (refused->hello, candidate->hello)) {
      refused->last_seen = candidate->last_seen;
      return TRUE;
    }
  }
  refused = find_room (stream, candidate->ssrc, now);
  if (!refused)
    return FALSE;
  zrtp_candidate_clear (refused);
  memset (refused, 0, sizeof *refused);
  refused->hello = g_bytes_ref (candidate->hello);
  refused->ssrc = candidate->ssrc;
  refused->last_seen = candidate->last_seen;
  memcpy (refused->h3, candidate->h3, ZRTP_IMAGE_SIZE);
  memcpy (refused->zid, candidate->zid, ZRTP_ZID_SIZE);
  return TRUE;
}

gboolean
zrtp_hello_hash_admit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  ZrtpCandidate candidate = { NULL };
  gboolean ok;

  if (stream->peer_hashes->len == 0
      || memcmp (hello->version, ZRTP_VERSION, 3) != 0
      || memcmp (hello->zid, stream->zid, ZRTP_ZID_SIZE) == 0)
    return TRUE;
  candidate.hello = g_bytes_new (packet->message, packet->message_size);
  candidate.ssrc = packet->ssrc;
  candidate.last_seen = now;
  memcpy (candidate.h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (candidate.zid, hello->zid, ZRTP_ZID_SIZE);
  ok = zrtp_hello_hash_is_known (stream, candidate.hello)
      || keep (stream, &candidate, now);
  zrtp_candidate_clear (&candidate);
  return ok;
}

void
zrtp_hello_hash_forget (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++)
    zrtp_candidate_clear (&stream->refused_hellos[i]);
}

/* Takes candidates that were not announced away. TRUE if there were any. */
static gboolean
refuse_unannounced (ZrtpStream * stream, gint64 now)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello
        && !zrtp_hello_hash_is_known (stream, candidate->hello)) {
      if (!stream->outer)
        keep (stream, candidate, now);
      zrtp_candidate_clear (candidate);
      any = TRUE;
    }
  }
  return any;
}

/* All of them, for another exchange. */
static void
keep_candidates (ZrtpStream * stream, gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello)
      keep (stream, candidate, now);
    zrtp_candidate_clear (candidate);
  }
}

static void
hear (ZrtpStream * stream, const ZrtpCandidate * kept, gint64 now)
{
  ZrtpPacket packet = {.ssrc = kept->ssrc };
  ZrtpMessage message;

  packet.message = g_bytes_get_data (kept->hello, &packet.message_size);
  if (zrtp_message_parse (packet.message, packet.message_size, &message)
      != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_discovery_hear (stream, &packet, &message.u.hello, now);
}

/* Kept Hellos that fit the announcement come now. */
static void
hear_kept (ZrtpStream * stream, gint64 now)
{
  if (stream->outer || stream->step == ZRTP_STEP_IDLE || stream->exchange
      || (zrtp_stream_is_settled (stream)
          && !zrtp_hello_hash_is_transfer (stream)))
    return;
  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++) {
    ZrtpCandidate *refused = &stream->refused_hellos[i];
    ZrtpCandidate kept = *refused;

    if (!kept.hello || !zrtp_hello_hash_is_announced (stream, kept.hello))
      continue;
    refused->hello = NULL;
    hear (stream, &kept, now);
    zrtp_candidate_clear (&kept);
  }
}

gboolean
zrtp_hello_hash_is_transfer (ZrtpStream * stream)
{
  return !stream->outer && zrtp_stream_is_settled (stream)
      && stream->peer_hashes->len > 0
      && !zrtp_hello_hash_is_known (stream, stream->bound.hello);
}

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

    other->stale |= other != stream && other->step == ZRTP_STEP_SECURE;
  }
  if (!session->exchanging)
    zrtp_session_forget (session);
}

void
zrtp_hello_hash_move (ZrtpStream * stream, gint64 now)
{
  const guint32 ssrc = stream->ssrc;

  keep_candidates (stream, now);
  zrtp_stream_reset (stream, TRUE, now);
  leave_session (stream);
  stream->wanted = TRUE;        /* the application asked for the call */
  stream->one_zid = FALSE;
  zrtp_stream_start (stream, ssrc, now);
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
  keep_candidates (stream, now);
  /* The call goes on until the announced Hello comes. Our answer in the signalling
   * has to have the Hello of the next exchange. */
  if (stream->step == ZRTP_STEP_SECURE && stream->chain_spent) {
    zrtp_stream_make_hello (stream);
    zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
  }
}

/* Before an exchange: an endpoint that was not announced is no peer. */
static void
check_candidates (ZrtpStream * stream, gint64 now)
{
  const gboolean refused = refuse_unannounced (stream, now);
  const ZrtpCandidate *best = zrtp_discovery_best (stream);

  if (best) {
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
    if (refused)
      zrtp_discovery_set_peer (stream, best);
  } else if (refused) {
    zrtp_discovery_forget_peer (stream);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
  }
}

static ZrtpCandidate *
peer_in_use (ZrtpStream * stream)
{
  return stream->exchange ? &stream->exchange->peer : &stream->bound;
}

void
zrtp_hello_hash_check (ZrtpStream * stream, gint64 now)
{
  ZrtpCandidate *peer = peer_in_use (stream);

  stream->peer_hash_refused = FALSE;
  if (stream->peer_hashes->len == 0) {
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_ABSENT);
    hear_kept (stream, now);
    return;
  }
  stream->evidence_until = ZRTP_NEVER;
  if (!peer->hello) {
    check_candidates (stream, now);
  } else if (zrtp_hello_hash_is_known (stream, peer->hello)) {
    refuse_unannounced (stream, now);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
  } else if (peer->announced) {
    transfer (stream, now);
  } else {
    refuse_unannounced (stream, now);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
    stream->tampered = TRUE;    /* the signalling is proof */
    zrtp_stream_fail_security (stream, ZRTP_ERROR_NONE,
        "the peer's Hello is not the one that the signalling announced "
        "(a=zrtp-hash)", now);
  }
  hear_kept (stream, now);
}

void
zrtp_hello_hash_announce (ZrtpStream * stream, GArray * hashes, gint64 now)
{
  ZrtpCandidate *peer = peer_in_use (stream);

  if (peer->hello && zrtp_hello_hash_is_known (stream, peer->hello))
    peer->announced = TRUE;
  g_array_unref (stream->peer_hashes);
  stream->peer_hashes = hashes;
  /* The later word of the application counts. */
  if (hashes->len > 0)
    stream->one_zid = FALSE;
  zrtp_trial_end (stream);
  zrtp_hello_hash_check (stream, now);
}
