/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Hellos against what the signalling announced (RFC 6189 8, 8.1).
 */
#include "zrtpstream-private.h"

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

/* Clears candidates that were not announced. TRUE if there were any. */
static gboolean
clear_unannounced (ZrtpStream * stream)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello
        && !zrtp_hello_hash_is_known (stream, candidate->hello)) {
      zrtp_candidate_clear (candidate);
      any = TRUE;
    }
  }
  return any;
}

/* Before an exchange: whoever was not announced is no peer. */
static void
check_candidates (ZrtpStream * stream)
{
  const gboolean refused = clear_unannounced (stream);
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

/* The signalling's word came, or changed, after Hellos did (8.1). */
void
zrtp_hello_hash_check (ZrtpStream * stream, gint64 now)
{
  GBytes *in_use = stream->exchange ? stream->exchange->peer.hello :
      stream->bound.hello;

  stream->peer_hash_refused = FALSE;
  if (stream->peer_hashes->len == 0) {
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_ABSENT);
    return;
  }
  stream->evidence_until = ZRTP_NEVER;
  if (!in_use) {
    check_candidates (stream);
  } else if (zrtp_hello_hash_is_known (stream, in_use)) {
    clear_unannounced (stream);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
  } else {
    clear_unannounced (stream);
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
    stream->tampered = TRUE;    /* the signalling is proof */
    zrtp_stream_fail_security (stream, ZRTP_ERROR_NONE,
        "the peer's Hello is not the one that the signalling announced "
        "(a=zrtp-hash)", now);
  }
}
