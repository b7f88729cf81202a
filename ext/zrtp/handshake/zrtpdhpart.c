/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Diffie-Hellman mode: DHPart1, DHPart2 and s0 (RFC 6189 4.4.1, 5.5, 5.6).
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

/* DHPart1 as responder, DHPart2 as initiator; MAC under H0. */
GBytes *
zrtp_dhmode_make_part (ZrtpStream * stream, ZrtpRole role)
{
  const ZrtpExchange *x = stream->exchange;
  ZrtpMessage message = {.type = role == ZRTP_ROLE_INITIATOR ?
        ZRTP_MESSAGE_DHPART2 : ZRTP_MESSAGE_DHPART1
  };
  ZrtpDHPart *part = &message.u.dhpart;
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  gsize size;

  memcpy (part->h1, stream->h[1], ZRTP_IMAGE_SIZE);
  zrtp_secrets_ids (&x->secrets, x->suite.hash, role, stream->h[3], part);
  part->public_size = x->suite.key_agreement->public_size;
  memcpy (part->public_value, stream->key_pair.public_value, part->public_size);
  size = zrtp_message_write (&message, buffer, sizeof buffer);
  zrtp_message_seal (buffer, size, stream->h[0]);

  return g_bytes_new (buffer, size);
}

/* 4.4.1.1, 4.4.1.2: once its public half was shown a pair serves no second
 * exchange. A Commit showed a hash only: who loses contention keeps it (4.2). */
static void
spend_key_pair (ZrtpStream * stream)
{
  zrtp_wipe (&stream->key_pair, sizeof stream->key_pair);
}

static void
request_agreement (ZrtpStream * stream, const ZrtpDHPart * received)
{
  ZrtpExchange *x = stream->exchange;
  ZrtpJob *job = zrtp_job_new (ZRTP_TASK_AGREE);

  job->key_agreement = x->suite.key_agreement;
  memcpy (job->private_value, x->private_value, x->private_size);
  job->private_size = x->private_size;
  memcpy (job->public_value, received->public_value,
      x->suite.key_agreement->public_size);
  x->agree_serial = job->serial;
  zrtp_wipe (x->private_value, sizeof x->private_value);
  if (stream->info.role == ZRTP_ROLE_INITIATOR)
    spend_key_pair (stream);
  zrtp_stream_give_job (stream, job);
}

static gboolean
acceptable_value (const ZrtpExchange * x, const ZrtpDHPart * part)
{
  const ZrtpKeyAgreement *ka = x->suite.key_agreement;

  return part->public_size == ka->public_size
      && ka->validate (ka, part->public_value);
}

void
zrtp_dhmode_send_dhpart1 (ZrtpStream * stream, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  x->dhpart1 = zrtp_dhmode_make_part (stream, ZRTP_ROLE_RESPONDER);
  spend_key_pair (stream);
  stream->step = ZRTP_STEP_DHPART1_SENT;
  zrtp_stream_answer (stream, zrtp_octets_of (x->commit),
      g_bytes_ref (x->dhpart1));
}

/* All endpoints of a transport get our Commit. On trial the restarted peer may
 * answer one that was meant for another endpoint with its ZID; then it is asked. */
static gboolean
ask_who_answers (ZrtpStream * stream, const ZrtpPacket * packet,
    const guint8 h2[ZRTP_IMAGE_SIZE], const guint8 h3[ZRTP_IMAGE_SIZE],
    gint64 now)
{
  for (guint i = 0; stream->outer && i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];
    const guint8 *data;
    gsize size;

    if (!candidate->hello || candidate->answered
        || candidate->ssrc != packet->ssrc
        || !zrtp_equal (h3, candidate->h3, ZRTP_IMAGE_SIZE))
      continue;
    data = g_bytes_get_data (candidate->hello, &size);
    if (!zrtp_message_check_mac (data, size, h2))
      continue;
    candidate->answered = now;
    if (zrtp_contention_awaits_answer (stream, now))
      return TRUE;
    /* Whether it acknowledged our Hello or not, it has it. */
    stream->acked = TRUE;
    stream->acked_ssrc = candidate->ssrc;
    zrtp_commit_again (stream, now);
    return TRUE;
  }
  return FALSE;
}

/* Initiator, 4.4.1.3. */
void
zrtp_receive_dhpart1 (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpDHPart * part, gint64 now)
{
  ZrtpExchange *x = stream->exchange;
  guint8 h2[ZRTP_IMAGE_SIZE], h3[ZRTP_IMAGE_SIZE];
  gsize size;
  const guint8 *hello;

  if (stream->step != ZRTP_STEP_COMMIT_SENT || x->mode != ZRTP_COMMIT_DH) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  /* 9: the responder never sent H2; it is one step below H1. */
  zrtp_sha256 (part->h1, ZRTP_IMAGE_SIZE, h2);
  zrtp_sha256 (h2, ZRTP_IMAGE_SIZE, h3);
  if (packet->ssrc != x->peer.ssrc
      || !zrtp_equal (h3, x->peer.h3, ZRTP_IMAGE_SIZE)) {
    if (!ask_who_answers (stream, packet, h2, h3, now))
      zrtp_stream_drop (stream, ZRTP_DROP_BAD_PREIMAGE);
    return;
  }
  hello = g_bytes_get_data (x->peer.hello, &size);
  if (!zrtp_message_check_mac (hello, size, h2)) {
    zrtp_stream_drop (stream, ZRTP_DROP_BAD_MAC);
    if (zrtp_discovery_sift (stream, &x->peer, h2))
      zrtp_commit_again (stream, now);
    else
      zrtp_stream_fail_security (stream, ZRTP_ERROR_HELLO_MISMATCH,
          "the peer's Hello was changed on its way", now);
    return;
  }
  if (!acceptable_value (x, part)) {
    zrtp_stream_fail_security (stream, ZRTP_ERROR_BAD_PUBLIC_VALUE,
        zrtp_error_text (ZRTP_ERROR_BAD_PUBLIC_VALUE), now);
    return;
  }

  zrtp_doubt_settle (stream);
  memcpy (x->peer_h1, part->h1, ZRTP_IMAGE_SIZE);
  x->dhpart1 = g_bytes_new (packet->message, packet->message_size);
  zrtp_secrets_match (&x->secrets, x->suite.hash, ZRTP_ROLE_INITIATOR,
      x->peer.h3, part, &x->matched);
  if (zrtp_trial_refuse (stream, x->matched.s1.size > 0, now))
    return;
  if (stream->repeat.sent == 0)
    stream->info.counters.round_trip = now - stream->repeat.first_sent;
  zrtp_contention_accepted (stream);
  stream->step = ZRTP_STEP_DHPART2_SENT;
  zrtp_stream_update_media (stream);
  zrtp_stream_send_repeated (stream, g_bytes_ref (x->dhpart2), now);
  request_agreement (stream, part);
}

/* 4.4.1.2: the commitment was to this DHPart2 and to our Hello. */
static gboolean
hvi_fits (ZrtpStream * stream, const ZrtpPacket * packet)
{
  const ZrtpExchange *x = stream->exchange;
  guint8 digest[ZRTP_MAX_HASH_SIZE];
  const ZrtpOctets parts[2] = {
    zrtp_octets (packet->message, packet->message_size),
    zrtp_octets_of (stream->hello)
  };

  x->suite.hash->digest (parts, 2, digest);
  return zrtp_equal (digest, x->hvi_or_nonce, ZRTP_HVI_SIZE);
}

/* Responder, 4.4.1.2. */
void
zrtp_receive_dhpart2 (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpDHPart * part, gint64 now)
{
  const ZrtpOctets octets = { packet->message, packet->message_size };
  ZrtpExchange *x = stream->exchange;
  guint8 h2[ZRTP_IMAGE_SIZE];
  const guint8 *commit;
  gsize size;

  if (zrtp_stream_answer_duplicate (stream, octets, now))
    return;
  if (stream->step == ZRTP_STEP_DHPART2_RECEIVED)
    zrtp_doubt_peer_waits (stream);     /* its answer is being made */
  if (stream->step != ZRTP_STEP_DHPART1_SENT) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  zrtp_sha256 (part->h1, ZRTP_IMAGE_SIZE, h2);
  if (!zrtp_equal (h2, x->peer_h2, ZRTP_IMAGE_SIZE)) {
    zrtp_stream_drop (stream, ZRTP_DROP_BAD_PREIMAGE);
    return;
  }
  commit = g_bytes_get_data (x->commit, &size);
  /* The whole chain may be a third party's: it goes, discovery goes on. */
  if (!zrtp_message_check_mac (commit, size, part->h1)) {
    zrtp_stream_drop (stream, ZRTP_DROP_BAD_MAC);
    zrtp_unproven_drop (stream, ZRTP_ERROR_MALFORMED,
        "the Commit of an endpoint was changed on its way", now);
    return;
  }
  if (!hvi_fits (stream, packet)) {
    zrtp_stream_drop (stream, ZRTP_DROP_BAD_MAC);
    zrtp_unproven_drop (stream, ZRTP_ERROR_BAD_HVI,
        zrtp_error_text (ZRTP_ERROR_BAD_HVI), now);
    return;
  }
  if (!acceptable_value (x, part)) {
    zrtp_unproven_drop (stream, ZRTP_ERROR_BAD_PUBLIC_VALUE,
        zrtp_error_text (ZRTP_ERROR_BAD_PUBLIC_VALUE), now);
    return;
  }

  zrtp_doubt_settle (stream);
  memcpy (x->peer_h1, part->h1, ZRTP_IMAGE_SIZE);
  x->dhpart2 = g_bytes_new (packet->message, packet->message_size);
  zrtp_secrets_match (&x->secrets, x->suite.hash, ZRTP_ROLE_RESPONDER,
      x->peer.h3, part, &x->matched);
  if (zrtp_trial_refuse (stream, x->matched.s1.size > 0, now))
    return;
  stream->step = ZRTP_STEP_DHPART2_RECEIVED;
  zrtp_stream_update_media (stream);
  stream->timers[ZRTP_TIMER_SILENCE] = now + zrtp_stream_silence (stream);
  request_agreement (stream, part);
}

/* 4.4.1.4 */
static void
derive_s0 (ZrtpStream * stream, const guint8 * dh_result)
{
  ZrtpExchange *x = stream->exchange;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  const guint8 *zidi = initiator ? stream->zid : x->peer.zid;
  const guint8 *zidr = initiator ? x->peer.zid : stream->zid;
  GBytes *messages[4] = {
    initiator ? x->peer.hello : stream->hello, x->commit, x->dhpart1,
    x->dhpart2
  };
  ZrtpOctets parts[4];

  for (guint i = 0; i < 4; i++)
    parts[i] = zrtp_octets_of (messages[i]);
  zrtp_keys_context (x->suite.hash, zidi, zidr, parts, 4, &x->context);
  zrtp_keys_s0_dh (x->suite.hash, dh_result,
      x->suite.key_agreement->result_size, &x->context, x->matched.s1,
      x->matched.s2, x->matched.s3, x->s0);
}

void
zrtp_dhmode_agreed (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  if (!x || job->serial != x->agree_serial)
    return;
  x->agree_serial = 0;
  if (!job->ok) {
    zrtp_stream_fail_security (stream, ZRTP_ERROR_BAD_PUBLIC_VALUE,
        zrtp_error_text (ZRTP_ERROR_BAD_PUBLIC_VALUE), now);
    return;
  }
  derive_s0 (stream, job->result);
  zrtp_confirm_derive (stream);
  zrtp_session_derive (stream->session, stream);
  /* 4.4.1.4: DHResult goes with the job; s1 to s3 go here. */
  zrtp_secrets_clear (&x->secrets);
  zrtp_signature_ask (stream, now);
  zrtp_confirm_continue (stream, now);
}
