/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The peer's Commit: whose it is, whether it is to be answered, and its answer
 * (RFC 6189 4.4.1.2, 4.4.2.3, 4.4.3.1, 5.4, 9).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* 4.4.2.3: if we do not find the key our own DH Commit is the answer, for which
 * what was prepared still serves. */
static ZrtpOutcome
continue_preshared (ZrtpStream * stream, gint64 now)
{
  if (zrtp_preshared_find (stream)) {
    zrtp_preshared_derive (stream);
    zrtp_confirm_send_confirm1 (stream, now);
    return ZRTP_OK;
  }
  stream->backoff.no_preshared = TRUE;
  if (stream->policy.passive)
    return ZRTP_FAILED (NO_SHARED_SECRET);
  stream->backoff.go_secure_requested = TRUE;   /* the peer asked for keys */
  zrtp_commit_withdraw (stream, ZRTP_STEP_RETRYING);
  zrtp_timer_stop (stream, ZRTP_TIMER_SILENCE);
  zrtp_commit_try (stream, now);
  return ZRTP_OK;
}

/* Responder: the next message is due when all that it takes is there. */
ZrtpOutcome
zrtp_commit_answer (ZrtpStream * stream, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  if (stream->step != ZRTP_STEP_COMMIT_RECEIVED)
    return ZRTP_OK;
  if (x->mode == ZRTP_COMMIT_MULTISTREAM) {
    zrtp_confirm_derive_multistream (stream);
    zrtp_confirm_send_confirm1 (stream, now);
    return ZRTP_OK;
  }
  if (x->mode == ZRTP_COMMIT_DH
      && !zrtp_exchange_ensure_key_pair (stream, &x->suite))
    return ZRTP_OK;
  if (!x->secrets_ready) {
    if (!zrtp_exchange_ensure_lookup (stream, x->peer.zid, now))
      return ZRTP_OK;
    zrtp_exchange_use_secrets (stream, x);
  }
  if (x->mode == ZRTP_COMMIT_PRESHARED)
    return continue_preshared (stream, now);
  zrtp_exchange_use_key_pair (stream, x);
  zrtp_dhpart_send_dhpart1 (stream, now);
  return ZRTP_OK;
}

/* The endpoint that a Commit is of: the Hello whose chain fits and whose MAC its key opens
 * (9, 5.2). *@tampered: the chain fits but no MAC does, and such Hellos are
 * forgotten: the genuine one, if there is one, comes again. */
static ZrtpRemote *
find_committer (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpCommit * commit, gboolean * tampered)
{
  const gboolean is_idle = zrtp_step_is_discovery (stream)
      || stream->step == ZRTP_STEP_FAILED;

  *tampered = FALSE;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];
    ZrtpChainCheck check;

    if (!remote->hello || remote->ssrc != packet->ssrc)
      continue;
    check = zrtp_chain_check (commit->h2, 1, remote->h3, remote->hello);
    if (check == ZRTP_CHAIN_OPENS) {
      *tampered = FALSE;
      return remote;
    }
    if (check == ZRTP_CHAIN_OTHER)
      continue;
    *tampered = TRUE;
    if (is_idle)
      zrtp_remote_clear (remote);
  }
  return NULL;
}

static ZrtpDecision
check_commit (ZrtpStream * stream, const ZrtpRemote * peer,
    const ZrtpCommit * commit, gint64 now, ZrtpSuite * suite,
    ZrtpErrorCode * error)
{
  ZrtpSession *session = stream->session;
  ZrtpDecision decision;
  ZrtpCommitRank rank;

  if (memcmp (commit->zid, peer->zid, ZRTP_ZID_SIZE) != 0) {
    *error = ZRTP_ERROR_HELLO_MISMATCH;
    return ZRTP_DECISION_FAIL;
  }
  zrtp_commit_rank_of (commit, &rank);
  decision = zrtp_contention_decide (stream, peer, &rank, now, error);
  if (decision != ZRTP_DECISION_ACCEPT)
    return decision;
  /* 4.4.2.3: where Preshared is not on offer our own DH Commit is the answer. */
  if (rank.mode == ZRTP_COMMIT_PRESHARED
      && !zrtp_algorithm_list_has (&stream->own.offer[ZRTP_KIND_KEY_AGREEMENT],
          &zrtp_key_agreement_prsh.base)) {
    *error = ZRTP_ERROR_NO_SHARED_SECRET;
    return stream->policy.passive ? ZRTP_DECISION_FAIL : ZRTP_DECISION_DROP;
  }
  *error = zrtp_negotiate_accept (stream->own.offer, commit, suite);
  if (*error != ZRTP_ERROR_NONE)
    return ZRTP_DECISION_FAIL;
  if (rank.mode == ZRTP_COMMIT_MULTISTREAM) {
    *error = ZRTP_ERROR_NO_SHARED_SECRET;
    if (!session->have_sess)    /* our side of the first may be about to end */
      return session->exchanging ? ZRTP_DECISION_DROP : ZRTP_DECISION_FAIL;
    *error = ZRTP_ERROR_HELLO_MISMATCH; /* 4.4.3: one ZID for all streams */
    if (memcmp (commit->zid, session->info.peer_zid, ZRTP_ZID_SIZE) != 0)
      return ZRTP_DECISION_FAIL;
    /* Still the one that we gave up answering: another one comes. */
    if (memcmp (commit->nonce, peer->nonce, ZRTP_NONCE_SIZE) == 0)
      return ZRTP_DECISION_DROP;
    *error = ZRTP_ERROR_NONCE_REUSED;
    if (zrtp_session_knows_nonce (session, commit->nonce))
      return ZRTP_DECISION_FAIL;
  }
  return zrtp_contention_acquire (stream, peer, &rank, now);
}

/* The keys that only we ever had. In Multistream mode ZRTPSess makes the next. */
static void
give_up_keys (ZrtpStream * stream, gint64 now)
{
  zrtp_exchange_aborted (stream, now);
  zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
  zrtp_bound_wipe_keys (stream);
  stream->info.exchange_done = FALSE;
  zrtp_step_set (stream, ZRTP_STEP_RETRYING);
}

/* Another stream's exchange ends for the one that begins. */
static void
make_way (ZrtpStream * other, gint64 now)
{
  if (other->step == ZRTP_STEP_COMMIT_SENT) {
    zrtp_commit_withdraw (other, ZRTP_STEP_DISCOVERY);
    zrtp_step_publish (other);
  } else {
    zrtp_stream_abandon (other, now);
  }
}

static ZrtpOutcome
accept_commit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpRemote * peer, const ZrtpCommit * commit,
    const ZrtpSuite * suite, gint64 now)
{
  const ZrtpCommitMode mode = zrtp_commit_mode (commit);
  ZrtpStream *other = stream->session->exchanging;
  ZrtpExchange *x;

  if (mode != ZRTP_COMMIT_MULTISTREAM)
    zrtp_session_forget (stream->session);
  if (stream->step == ZRTP_STEP_CLEAR)
    zrtp_clear_resume (stream, now);
  if (stream->step == ZRTP_STEP_SECURE)
    give_up_keys (stream, now);
  else
    zrtp_exchange_aborted (stream, now);
  if (stream->step == ZRTP_STEP_COMMIT_SENT)
    zrtp_commit_withdraw (stream, ZRTP_STEP_RETRYING);
  else if (mode != ZRTP_COMMIT_MULTISTREAM && other && other != stream)
    make_way (other, now);
  /* 6: a Commit ends Hellos, too: it is proof that the peer has ours. */
  zrtp_stream_stop_repeating (stream);
  zrtp_soft_error_clear (stream);
  zrtp_discovery_set_acked (stream, packet->ssrc);

  x = zrtp_exchange_begin (stream, peer, mode, suite, ZRTP_ROLE_RESPONDER, now);
  x->commit = g_bytes_new (packet->message, packet->message_size);
  memcpy (x->peer_h2, commit->h2, ZRTP_IMAGE_SIZE);
  memcpy (x->key_id, commit->key_id, ZRTP_KEY_ID_SIZE);
  if (mode == ZRTP_COMMIT_DH)
    memcpy (x->hvi_or_nonce, commit->hvi, ZRTP_HVI_SIZE);
  else
    memcpy (x->hvi_or_nonce, commit->nonce, ZRTP_NONCE_SIZE);
  zrtp_step_set (stream, ZRTP_STEP_COMMIT_RECEIVED);
  zrtp_timer_set (stream, ZRTP_TIMER_SILENCE,
      now + zrtp_stream_silence (stream));
  zrtp_step_publish (stream);
  return zrtp_commit_answer (stream, now);
}

/* What is under way or secure does not fall for a stray Commit, and ours for that of
 * its own peer alone. */
static ZrtpOutcome
refuse_commit (ZrtpStream * stream, const ZrtpRemote * peer,
    ZrtpErrorCode error, gint64 now)
{
  if (stream->step == ZRTP_STEP_COMMIT_SENT
      && g_bytes_equal (peer->hello, stream->exchange->peer.hello))
    return ZRTP_OUTCOME (UNEXPECTED, EXCHANGE, error, NULL);
  if (zrtp_step_is_discovery (stream) || stream->step == ZRTP_STEP_FAILED)
    zrtp_unproven_refuse (stream, error, now);
  else if (stream->step == ZRTP_STEP_CLEAR
      && error == ZRTP_ERROR_NO_SHARED_SECRET)
    zrtp_send_error (stream, error, now);
  return ZRTP_DROPPED (UNEXPECTED);
}

ZrtpOutcome
zrtp_commit_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPacket *packet = received->packet;
  const ZrtpCommit *commit = &received->message->u.commit;
  ZrtpErrorCode error = ZRTP_ERROR_NONE;
  ZrtpRemote *peer;
  gboolean tampered;
  ZrtpSuite suite;

  if (stream->exchange && stream->exchange->commit
      && g_bytes_get_size (stream->exchange->commit) == packet->message_size
      && memcmp (g_bytes_get_data (stream->exchange->commit, NULL),
          packet->message, packet->message_size) == 0) {
    zrtp_soft_error_clear_unless_confirm (stream);
    return ZRTP_OK;             /* its answer is being made */
  }

  peer = find_committer (stream, packet, commit, &tampered);
  if (!peer) {
    /* The chain may be a third party's: the Hello goes, nothing else. */
    if (tampered && zrtp_step_is_discovery (stream)) {
      zrtp_unproven_alarm (stream, ZRTP_ERROR_HELLO_MISMATCH,
          "the Hello of an endpoint was changed on its way", now);
      zrtp_unproven_refuse (stream, ZRTP_ERROR_HELLO_MISMATCH, now);
    }
    return tampered ? ZRTP_DROPPED (BAD_MAC) : ZRTP_DROPPED (BAD_PREIMAGE);
  }

  if (stream->outer)
    peer->committed = now;
  switch (check_commit (stream, peer, commit, now, &suite, &error)) {
    case ZRTP_DECISION_ACCEPT:
      peer->served = stream->outer != NULL;
      memcpy (peer->nonce, commit->nonce, ZRTP_NONCE_SIZE);
      return accept_commit (stream, packet, peer, commit, &suite, now);
    case ZRTP_DECISION_IGNORE:
      /* The peer has not seen ours, or was busy with another call. */
      zrtp_commit_resend (stream, now);
      return ZRTP_OK;
    case ZRTP_DECISION_DROP:
      zrtp_fork_committed (stream, peer, now);
      return ZRTP_DROPPED (UNEXPECTED);
    case ZRTP_DECISION_FAIL:
      break;
  }
  return refuse_commit (stream, peer, error, now);
}
