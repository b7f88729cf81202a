/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received DHPart1 and DHPart2, and the shared secret (RFC 6189 4.4.1, 5.5, 5.6).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

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
    zrtp_dhpart_spend_key_pair (stream);
  zrtp_stream_queue_job (stream, job);
}

static gboolean
acceptable_value (const ZrtpExchange * x, const ZrtpDHPart * part)
{
  const ZrtpKeyAgreement *ka = x->suite.key_agreement;

  return part->public_size == ka->public_size
      && ka->validate (ka, part->public_value);
}

/* All endpoints of a transport get our Commit. On trial the restarted peer may
 * answer one that was meant for another endpoint with its ZID; then it is asked. */
static gboolean
retry_with_answering_remote (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpDHPart * part, gint64 now)
{
  for (guint i = 0; stream->outer && i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (!remote->hello || remote->answered
        || remote->ssrc != packet->ssrc
        || zrtp_chain_check (part->h1, 2, remote->h3,
            remote->hello) != ZRTP_CHAIN_OPENS)
      continue;
    remote->answered = now;
    if (zrtp_contention_awaits_answer (stream, now))
      return TRUE;
    /* Whether it acknowledged our Hello or not, it has it. */
    zrtp_discovery_set_acked (stream, remote->ssrc);
    zrtp_commit_again (stream, now);
    return TRUE;
  }
  return FALSE;
}

/* Initiator, 4.4.1.3. */
ZrtpOutcome
zrtp_dhpart1_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPacket *packet = received->packet;
  const ZrtpDHPart *part = &received->message->u.dhpart;
  ZrtpExchange *x = stream->exchange;
  ZrtpChainCheck check;

  if (x->mode != ZRTP_COMMIT_DH)
    return ZRTP_DROPPED (UNEXPECTED);
  /* 9: the responder never sent H2; it is one step below H1. */
  check = zrtp_chain_check (part->h1, 2, x->peer.h3, x->peer.hello);
  if (packet->ssrc != x->peer.ssrc || check == ZRTP_CHAIN_OTHER)
    return retry_with_answering_remote (stream, packet, part, now) ? ZRTP_OK :
        ZRTP_DROPPED (BAD_PREIMAGE);
  if (check == ZRTP_CHAIN_CHANGED) {
    if (!zrtp_remotes_drop_forged (stream, &x->peer, part->h1))
      return ZRTP_OUTCOME (BAD_MAC, SECURITY, ZRTP_ERROR_HELLO_MISMATCH,
          "the peer's Hello was changed on its way");
    zrtp_commit_again (stream, now);
    return ZRTP_DROPPED (BAD_MAC);
  }
  if (!acceptable_value (x, part))
    return ZRTP_TAMPERED (BAD_PUBLIC_VALUE);

  zrtp_soft_error_clear (stream);
  memcpy (x->peer_h1, part->h1, ZRTP_IMAGE_SIZE);
  x->dhpart1 = g_bytes_new (packet->message, packet->message_size);
  zrtp_secrets_match (&x->secrets, x->suite.hash, ZRTP_ROLE_INITIATOR,
      x->peer.h3, part, &x->matched);
  if (zrtp_probe_refuse (stream, x->matched.s1.size > 0, now))
    return ZRTP_OK;
  if (stream->retransmit.message.sent == 0)
    stream->info.counters.round_trip =
        now - stream->retransmit.message.first_sent;
  zrtp_contention_accepted (stream);
  zrtp_step_set (stream, ZRTP_STEP_DHPART2_SENT);
  zrtp_stream_update_media (stream);
  zrtp_stream_send_repeated (stream, g_bytes_ref (x->dhpart2), now);
  request_agreement (stream, part);
  return ZRTP_OK;
}

/* 4.4.1.2: the commitment was to this DHPart2 and to our Hello. */
static gboolean
hvi_fits (ZrtpStream * stream, const ZrtpPacket * packet)
{
  const ZrtpExchange *x = stream->exchange;
  guint8 digest[ZRTP_MAX_HASH_SIZE];
  const ZrtpOctets parts[2] = {
    zrtp_octets (packet->message, packet->message_size),
    zrtp_octets_of (stream->own.message)
  };

  x->suite.hash->digest (parts, 2, digest);
  return zrtp_equal (digest, x->hvi_or_nonce, ZRTP_HVI_SIZE);
}

/* Responder, 4.4.1.2. */
ZrtpOutcome
zrtp_dhpart2_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPacket *packet = received->packet;
  const ZrtpDHPart *part = &received->message->u.dhpart;
  ZrtpExchange *x = stream->exchange;
  ZrtpChainCheck check;

  if (stream->step == ZRTP_STEP_DHPART2_RECEIVED) {
    zrtp_soft_error_clear_unless_confirm (stream);      /* its answer is being made */
    return ZRTP_DROPPED (UNEXPECTED);
  }
  check = zrtp_chain_check (part->h1, 1, x->peer_h2, x->commit);
  if (check == ZRTP_CHAIN_OTHER)
    return ZRTP_DROPPED (BAD_PREIMAGE);
  /* The whole chain may be a third party's: it goes, discovery goes on. */
  if (check == ZRTP_CHAIN_CHANGED)
    return ZRTP_OUTCOME (BAD_MAC, CHAIN, ZRTP_ERROR_MALFORMED,
        "the Commit of an endpoint was changed on its way");
  if (!hvi_fits (stream, packet))
    return ZRTP_OUTCOME (BAD_MAC, CHAIN, ZRTP_ERROR_BAD_HVI,
        zrtp_error_text (ZRTP_ERROR_BAD_HVI));
  if (!acceptable_value (x, part))
    return ZRTP_OUTCOME (NONE, CHAIN, ZRTP_ERROR_BAD_PUBLIC_VALUE,
        zrtp_error_text (ZRTP_ERROR_BAD_PUBLIC_VALUE));

  zrtp_soft_error_clear (stream);
  memcpy (x->peer_h1, part->h1, ZRTP_IMAGE_SIZE);
  x->dhpart2 = g_bytes_new (packet->message, packet->message_size);
  zrtp_secrets_match (&x->secrets, x->suite.hash, ZRTP_ROLE_RESPONDER,
      x->peer.h3, part, &x->matched);
  if (zrtp_probe_refuse (stream, x->matched.s1.size > 0, now))
    return ZRTP_OK;
  zrtp_step_set (stream, ZRTP_STEP_DHPART2_RECEIVED);
  zrtp_stream_update_media (stream);
  zrtp_timer_set (stream, ZRTP_TIMER_SILENCE,
      now + zrtp_stream_silence (stream));
  request_agreement (stream, part);
  return ZRTP_OK;
}

ZrtpOutcome
zrtp_dhpart_agreed (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  if (!x || job->serial != x->agree_serial)
    return ZRTP_OK;
  x->agree_serial = 0;
  if (!job->ok)
    return ZRTP_TAMPERED (BAD_PUBLIC_VALUE);
  zrtp_derive_s0_dh (stream, job->result);
  zrtp_confirm_derive (stream);
  zrtp_session_derive (stream->session, stream);
  /* 4.4.1.4: DHResult goes with the job; s1 to s3 go here. */
  zrtp_secrets_clear (&x->secrets);
  zrtp_signature_ask (stream, now);
  return zrtp_confirm_continue (stream, now);
}
