/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commit: who initiates, with what, and what happens when both do (RFC 6189
 * 4.2, 4.4.1.1, 4.4.3.1, 5.4).
 */
#include "zrtpstream-private.h"

#include <string.h>

/* Unanswered Commits after which we look for who else said Hello. */
#define COMMITS_BEFORE_DOUBT 3
/* Getting ready takes a few milliseconds. */
#define PREPARE_AGAIN (100 * ZRTP_MSEC)
/* A call does not wait for a disk that hangs. Who holds a lock is waited for in
 * the cache, and reported there. */
#define LOOKUP_TIME (ZRTP_CACHE_BUSY_MS * ZRTP_MSEC + ZRTP_SEC)

void
zrtp_exchange_free (ZrtpStream * stream)
{
  ZrtpExchange *x = g_steal_pointer (&stream->exchange);

  if (!x)
    return;
  zrtp_candidate_clear (&x->peer);
  zrtp_secrets_clear (&x->secrets);
  g_clear_pointer (&x->commit, g_bytes_unref);
  g_clear_pointer (&x->dhpart1, g_bytes_unref);
  g_clear_pointer (&x->dhpart2, g_bytes_unref);
  g_clear_pointer (&x->early_confirm1, g_bytes_unref);
  g_clear_pointer (&x->confirm2, g_bytes_unref);
  g_clear_pointer (&x->signature, g_bytes_unref);
  stream->timers[ZRTP_TIMER_SIGN] = ZRTP_NEVER;
  zrtp_wipe (x, sizeof *x);
  g_free (x);
}

/* A man in the middle runs one exchange with each side and has won if both SAS
 * come out equal, one chance in 65,536 at 16 bits. He knows them before either
 * user does (as initiator from DHPart1 on), so he must not be able to break
 * exchanges off and try again at will: each one lost after we showed our public
 * value makes the next wait twice as long, up to a minute. */
void
zrtp_exchange_lost (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;
  const gboolean gave_a_guess = stream->step == ZRTP_STEP_SECURE
      || stream->step == ZRTP_STEP_DHPART1_SENT
      || (x && x->mode == ZRTP_COMMIT_DH && (x->have_keys || x->agree_serial));

  if (!gave_a_guess)
    return;
  stream->hold_until = now + (ZRTP_SEC << MIN (stream->spoiled, 6));
  stream->spoiled++;
}

static void
show_suite (ZrtpStream * stream, const ZrtpSuite * suite, ZrtpRole role)
{
  stream->info.hash = suite->hash;
  stream->info.cipher = suite->cipher;
  stream->info.auth_tag = suite->auth_tag;
  stream->info.key_agreement = suite->key_agreement;
  stream->info.role = role;
}

static ZrtpExchange *
begin_exchange (ZrtpStream * stream, const ZrtpCandidate * peer,
    ZrtpCommitMode mode, const ZrtpSuite * suite, ZrtpRole role, gint64 now)
{
  ZrtpSession *session = stream->session;
  ZrtpExchange *x = g_new0 (ZrtpExchange, 1);

  zrtp_exchange_free (stream);
  zrtp_stop_error (stream);
  stream->exchange = x;
  x->started = now;
  x->epoch = session->epoch;
  zrtp_candidate_copy (&x->peer, peer);
  x->mode = mode;
  x->suite = *suite;
  zrtp_secrets_init (&x->secrets, stream->random);
  x->secrets_ready = mode == ZRTP_COMMIT_MULTISTREAM;
  stream->have_last_request = FALSE;
  show_suite (stream, suite, role);
  zrtp_session_take_aux (stream, x);
  zrtp_discovery_set_peer (stream, peer);
  if (mode != ZRTP_COMMIT_MULTISTREAM)
    zrtp_session_begin (session, stream);
  return x;
}

/* Draws a private value and has the public one made. 4.8: a value that can't
 * be used is drawn anew. */
static void
request_key_pair (ZrtpStream * stream, const ZrtpKeyAgreement * ka,
    const ZrtpCipher * cipher)
{
  ZrtpJob *job = zrtp_job_new (ZRTP_TASK_KEY_PAIR);

  job->key_agreement = ka;
  job->private_size = ka->private_size (cipher);
  zrtp_random_fill (stream->random, job->private_value, job->private_size);
  stream->key_pair.key_agreement = ka;
  stream->key_pair.ready = FALSE;
  stream->key_pair.private_size = job->private_size;
  stream->key_pair.serial = job->serial;
  zrtp_stream_give_job (stream, job);
}

/* TRUE once there is a key pair that goes with the suite (5.1.5: the DH
 * exponent's length follows the cipher). */
static gboolean
have_key_pair (ZrtpStream * stream, const ZrtpSuite * suite)
{
  ZrtpKeyPair *pair = &stream->key_pair;

  if (pair->key_agreement == suite->key_agreement
      && pair->private_size >=
      suite->key_agreement->private_size (suite->cipher)
      && (pair->ready || pair->serial))
    return pair->ready;
  request_key_pair (stream, suite->key_agreement, suite->cipher);
  return FALSE;
}

/* Ahead of need: most peers list what we list, and while a Hello travels there
 * is time. If it was the wrong one have_key_pair() makes the right one. */
void
zrtp_commit_prepare (ZrtpStream * stream)
{
  ZrtpSuite suite;

  if (!stream->session->have_sess
      && !zrtp_algorithm_list_has (&stream->offer[ZRTP_KIND_KEY_AGREEMENT],
          &zrtp_key_agreement_prsh.base)
      && zrtp_negotiate_choose (stream->offer, stream->offer, &suite)
      == ZRTP_ERROR_NONE)
    have_key_pair (stream, &suite);
}

static gboolean
have_lookup (ZrtpStream * stream, const guint8 * zid, gint64 now)
{
  const guint generation = zrtp_contention_generation (stream, zid);
  ZrtpJob *job;

  if ((stream->looked_up || stream->lookup_serial)
      && stream->looked_up_generation == generation
      && memcmp (stream->looked_up_zid, zid, ZRTP_ZID_SIZE) == 0)
    return stream->looked_up;
  job = zrtp_job_new (ZRTP_TASK_LOOKUP);
  stream->looked_up_generation = generation;
  memcpy (job->zid, zid, ZRTP_ZID_SIZE);
  memcpy (stream->looked_up_zid, zid, ZRTP_ZID_SIZE);
  stream->looked_up = FALSE;
  stream->lookup_serial = job->serial;
  stream->timers[ZRTP_TIMER_LOOKUP] = now + LOOKUP_TIME;
  zrtp_stream_give_job (stream, job);
  return FALSE;
}

/* The prepared pair and secrets move into the exchange; each serves once. */
static void
take_key_pair (ZrtpStream * stream, ZrtpExchange * x)
{
  ZrtpKeyPair *pair = &stream->key_pair;

  memcpy (x->private_value, pair->private_value, sizeof x->private_value);
  x->private_size = pair->private_size;
}

static void
take_secrets (ZrtpStream * stream, ZrtpExchange * x)
{
  zrtp_peer_clear (&x->secrets.peer);
  x->secrets.peer = stream->looked_up_peer;
  memset (&stream->looked_up_peer, 0, sizeof stream->looked_up_peer);
  stream->looked_up = FALSE;
  x->held_rs1 = x->secrets.peer.have_rs1 && !x->secrets.peer.expired
      && x->secrets.peer.shared;
  x->unread = stream->lookup_failed;
  x->secrets_ready = TRUE;
  zrtp_session_set_known_name (stream->session, x->secrets.peer.name);
}

/* Multistream: the first exchange's algorithms again (4.4.3.1). */
static void
multistream_suite (ZrtpStream * stream, ZrtpSuite * suite)
{
  *suite = stream->session->sess_suite;
  suite->key_agreement = &zrtp_key_agreement_mult;
}

static void
send_commit (ZrtpStream * stream, ZrtpExchange * x, gint64 now)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  ZrtpCommit *commit = &message.u.commit;
  const ZrtpAlgorithm *names[ZRTP_N_KINDS] = {
    &x->suite.hash->base, &x->suite.cipher->base, &x->suite.auth_tag->base,
    &x->suite.key_agreement->base, &x->suite.sas_type->base
  };
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  gsize size;

  memcpy (commit->h2, stream->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, stream->zid, ZRTP_ZID_SIZE);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    memcpy (commit->names[kind], names[kind]->name, 4);
  memcpy (commit->key_id, x->key_id, ZRTP_KEY_ID_SIZE);
  if (x->mode == ZRTP_COMMIT_DH)
    memcpy (commit->hvi, x->hvi_or_nonce, ZRTP_HVI_SIZE);
  else
    memcpy (commit->nonce, x->hvi_or_nonce, ZRTP_NONCE_SIZE);

  size = zrtp_message_write (&message, buffer, sizeof buffer);
  zrtp_message_seal (buffer, size, stream->h[1]);
  x->commit = g_bytes_new (buffer, size);
  stream->step = ZRTP_STEP_COMMIT_SENT;
  if (!zrtp_contention_bid (stream)) {
    zrtp_commit_yield (stream, now);
    return;
  }
  zrtp_stream_set_state (stream, ZRTP_STATE_NEGOTIATING);
  zrtp_stream_send_repeated (stream, g_bytes_ref (x->commit), now);
}

/* 4.4.1.1: DHPart2 is final before its hash goes out. */
static void
initiate_dh (ZrtpStream * stream, const ZrtpCandidate * peer,
    const ZrtpSuite * suite, gint64 now)
{
  ZrtpExchange *x = begin_exchange (stream, peer, ZRTP_COMMIT_DH, suite,
      ZRTP_ROLE_INITIATOR, now);
  guint8 digest[ZRTP_MAX_HASH_SIZE];
  ZrtpOctets parts[2];

  take_key_pair (stream, x);
  take_secrets (stream, x);
  x->dhpart2 = zrtp_dhmode_make_part (stream, ZRTP_ROLE_INITIATOR);
  parts[0] = zrtp_octets_of (x->dhpart2);
  parts[1] = zrtp_octets_of (x->peer.hello);
  suite->hash->digest (parts, 2, digest);
  memcpy (x->hvi_or_nonce, digest, ZRTP_HVI_SIZE);
  send_commit (stream, x, now);
}

static void
initiate_multistream (ZrtpStream * stream, const ZrtpCandidate * peer,
    const ZrtpSuite * suite, gint64 now)
{
  ZrtpExchange *x = begin_exchange (stream, peer, ZRTP_COMMIT_MULTISTREAM,
      suite, ZRTP_ROLE_INITIATOR, now);

  do {
    zrtp_random_fill (stream->random, x->hvi_or_nonce, ZRTP_NONCE_SIZE);
  } while (!zrtp_session_take_nonce (stream->session, x->hvi_or_nonce));
  send_commit (stream, x, now);
}

/* 4.4.2.2 */
static void
initiate_preshared (ZrtpStream * stream, const ZrtpCandidate * peer,
    const ZrtpSuite * suite, gint64 now)
{
  ZrtpExchange *x = begin_exchange (stream, peer, ZRTP_COMMIT_PRESHARED,
      suite, ZRTP_ROLE_INITIATOR, now);

  x->suite.key_agreement = &zrtp_key_agreement_prsh;
  show_suite (stream, &x->suite, ZRTP_ROLE_INITIATOR);
  take_secrets (stream, x);
  zrtp_preshared_prepare (stream);
  send_commit (stream, x, now);
}

void
zrtp_candidate_read_lists (const ZrtpCandidate * candidate,
    ZrtpAlgorithmList lists[ZRTP_N_KINDS])
{
  gsize size;
  const guint8 *data = g_bytes_get_data (candidate->hello, &size);
  ZrtpMessage message;

  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_negotiate_read_hello (&message.u.hello, lists);
}

/* Preshared mode needs no key pair; until the look-up tells whether it is to be
 * that, none is made. */
static gboolean
without_key_pair (ZrtpStream * stream, const ZrtpAlgorithmList * peer_list)
{
  return stream->looked_up ? zrtp_preshared_is_possible (stream, peer_list) :
      zrtp_preshared_is_offered (stream, peer_list);
}

/* Look-up and key pair serve one ZID and one key agreement; strangers could say
 * Hello with others faster than we get ready for them. */
static gboolean
may_prepare (ZrtpStream * stream, const guint8 * zid,
    const ZrtpKeyAgreement * ka, gint64 now)
{
  const ZrtpKeyAgreement *ready = stream->key_pair.key_agreement;

  return (memcmp (stream->looked_up_zid, zid, ZRTP_ZID_SIZE) == 0
      && (!ready || ready == ka))
      || zrtp_allowance_take (&stream->preparations, PREPARE_AGAIN, now);
}

void
zrtp_commit_try (ZrtpStream * stream, gint64 now)
{
  ZrtpCandidate *peer = zrtp_discovery_best (stream);
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpCommitMode mode;
  ZrtpErrorCode error;
  gboolean may, ready;
  ZrtpSuite suite;

  if (stream->step != ZRTP_STEP_DISCOVERY || !peer)
    return;
  may = zrtp_session_may_commit (stream->session, stream, peer, &mode);
  zrtp_candidate_read_lists (peer, lists);
  if (mode == ZRTP_COMMIT_MULTISTREAM) {
    if (!zrtp_discovery_is_of_call (stream, peer))
      return;
    if (!zrtp_algorithm_list_has (&lists[ZRTP_KIND_KEY_AGREEMENT],
            &zrtp_key_agreement_mult.base)) {
      zrtp_stream_fail (stream, ZRTP_ERROR_KEY_AGREEMENT, now);
      return;
    }
    multistream_suite (stream, &suite);
    ready = TRUE;
  } else {
    error = zrtp_negotiate_choose (stream->offer, lists, &suite);
    if (error != ZRTP_ERROR_NONE) {
      zrtp_stream_fail (stream, error, now);
      return;
    }
    if (!may_prepare (stream, peer->zid, suite.key_agreement, now)) {
      stream->timers[ZRTP_TIMER_HOLD] = now + PREPARE_AGAIN;
      return;
    }
    /* 4.1.2: both sides prepare at once; who initiates does not matter. */
    ready = have_lookup (stream, peer->zid, now);
    if (!without_key_pair (stream, &lists[ZRTP_KIND_KEY_AGREEMENT]))
      ready = have_key_pair (stream, &suite) && ready;
  }

  if (!may || !ready || stream->policy.passive)
    return;
  if (now < stream->hold_until) {
    stream->timers[ZRTP_TIMER_HOLD] = stream->hold_until;
    return;
  }
  if (!stream->policy.auto_secure && !stream->wanted)
    return;
  /* 5.4: only once the peer has our Hello. */
  if (!stream->acked || stream->acked_ssrc != peer->ssrc)
    return;
  if (mode != ZRTP_COMMIT_MULTISTREAM) {
    const gint64 turn = zrtp_contention_take_turn (stream, peer->zid, now);

    if (turn > now) {
      stream->timers[ZRTP_TIMER_HOLD] = turn;
      return;
    }
    /* An exchange of another call may have ended just now. */
    if (!have_lookup (stream, peer->zid, now))
      return;
  }
  if (mode == ZRTP_COMMIT_MULTISTREAM)
    initiate_multistream (stream, peer, &suite, now);
  else if (zrtp_preshared_is_possible (stream, &lists[ZRTP_KIND_KEY_AGREEMENT]))
    initiate_preshared (stream, peer, &suite, now);
  else
    initiate_dh (stream, peer, &suite, now);
}

/* Steps back from our own Commit, here or on another stream of the session,
 * whose turn comes when this exchange is over. */
static void
withdraw_commit (ZrtpStream * stream)
{
  zrtp_stream_stop_repeating (stream);
  if (stream->exchange->mode != ZRTP_COMMIT_MULTISTREAM) {
    /* 4.2: its public value serves again, and the cache was read already. */
    zrtp_peer_clear (&stream->looked_up_peer);
    stream->looked_up_peer = stream->exchange->secrets.peer;
    memset (&stream->exchange->secrets.peer, 0, sizeof (ZrtpPeer));
    memcpy (stream->looked_up_zid, stream->exchange->peer.zid, ZRTP_ZID_SIZE);
    stream->looked_up = TRUE;
  }
  zrtp_exchange_free (stream);
  stream->step = ZRTP_STEP_DISCOVERY;
}

void
zrtp_commit_yield (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = stream->session;

  withdraw_commit (stream);
  zrtp_stream_set_state (stream, ZRTP_STATE_DISCOVERING);
  session->exchanging = NULL;
  stream->timers[ZRTP_TIMER_HOLD] = now + 1;
}

/* 4.4.2.3: if we do not find the key our own DH Commit is the answer, for which
 * what was prepared still serves. */
static void
continue_preshared (ZrtpStream * stream, gint64 now)
{
  if (zrtp_preshared_find (stream)) {
    zrtp_preshared_derive (stream);
    zrtp_confirm_send_confirm1 (stream, now);
    return;
  }
  stream->no_preshared = TRUE;
  if (stream->policy.passive) {
    zrtp_stream_fail (stream, ZRTP_ERROR_NO_SHARED_SECRET, now);
    return;
  }
  stream->wanted = TRUE;        /* the peer asked for keys */
  withdraw_commit (stream);
  stream->timers[ZRTP_TIMER_SILENCE] = ZRTP_NEVER;
  zrtp_commit_try (stream, now);
}

/* Responder: the next message is due when all that it takes is there. */
static void
continue_as_responder (ZrtpStream * stream, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  if (stream->step != ZRTP_STEP_COMMIT_RECEIVED)
    return;
  if (x->mode == ZRTP_COMMIT_MULTISTREAM) {
    zrtp_confirm_derive_multistream (stream);
    zrtp_confirm_send_confirm1 (stream, now);
    return;
  }
  if (x->mode == ZRTP_COMMIT_DH && !have_key_pair (stream, &x->suite))
    return;
  if (!x->secrets_ready) {
    if (!have_lookup (stream, x->peer.zid, now))
      return;
    take_secrets (stream, x);
  }
  if (x->mode == ZRTP_COMMIT_PRESHARED) {
    continue_preshared (stream, now);
    return;
  }
  take_key_pair (stream, x);
  zrtp_dhmode_send_dhpart1 (stream, now);
}

gboolean
zrtp_commit_fall_back (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;

  if (stream->step != ZRTP_STEP_COMMIT_SENT || x->mode == ZRTP_COMMIT_DH)
    return FALSE;
  if (x->mode == ZRTP_COMMIT_MULTISTREAM) {
    /* After a GoClear the peer's ZRTPSess may be lost (see zrtpclear.c). */
    if (zrtp_session_is_secure_beside (stream->session, stream))
      return FALSE;
    if (!stream->session->exchanging)
      zrtp_session_forget (stream->session);
  }
  stream->no_preshared = TRUE;
  withdraw_commit (stream);
  zrtp_commit_try (stream, now);
  return TRUE;
}

void
zrtp_commit_key_pair_ready (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  ZrtpKeyPair *pair = &stream->key_pair;

  if (job->serial != pair->serial)
    return;
  pair->serial = 0;
  if (!job->ok) {
    pair->key_agreement = NULL;
  } else {
    memcpy (pair->private_value, job->private_value, job->private_size);
    memcpy (pair->public_value, job->public_value,
        pair->key_agreement->public_size);
    pair->ready = TRUE;
  }
  continue_as_responder (stream, now);
  zrtp_commit_try (stream, now);
}

/* Takes @peer, or NULL: the cache could not be read. */
static void
looked_up (ZrtpStream * stream, ZrtpPeer * peer, gint64 now)
{
  stream->timers[ZRTP_TIMER_LOOKUP] = ZRTP_NEVER;
  stream->lookup_serial = 0;
  stream->looked_up = TRUE;
  stream->lookup_failed = peer == NULL;
  zrtp_peer_clear (&stream->looked_up_peer);
  if (peer) {
    stream->looked_up_peer = *peer;
    memset (peer, 0, sizeof *peer);
  }
  continue_as_responder (stream, now);
  zrtp_commit_try (stream, now);
}

void
zrtp_commit_lookup_ready (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  if (job->serial == stream->lookup_serial)
    looked_up (stream, job->ok ? &job->peer : NULL, now);
}

void
zrtp_commit_lookup_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpEvent *event;

  if (!stream->lookup_serial)
    return;
  event = zrtp_stream_event (stream, ZRTP_EVENT_CACHE_FAILED);
  event->text = g_strdup ("the disk does not answer");
  looked_up (stream, NULL, now);
}

/* The Commit goes unanswered. If there is somebody else who said Hello, that
 * may be our peer started anew, or our peer while this one was a recording: ask
 * again from the start. */
void
zrtp_commit_timeout (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;
  const ZrtpCandidate *best;

  if (stream->repeat.sent != COMMITS_BEFORE_DOUBT)
    return;
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello && g_bytes_equal (candidate->hello, x->peer.hello))
      candidate->unanswered++;
  }
  best = zrtp_discovery_best (stream);
  if (!best || g_bytes_equal (best->hello, x->peer.hello))
    return;
  zrtp_stream_stop_repeating (stream);
  zrtp_exchange_free (stream);
  zrtp_discovery_start (stream, now);
  zrtp_session_end (stream->session, stream, now);
}

/* Whose Commit it is: the Hello whose chain fits and whose MAC its key opens
 * (9, 5.2). *@tampered: the chain fits but no MAC does. */
static ZrtpCandidate *
find_committer (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpCommit * commit, gboolean * tampered)
{
  guint8 h3[ZRTP_IMAGE_SIZE];

  *tampered = FALSE;
  zrtp_sha256 (commit->h2, ZRTP_IMAGE_SIZE, h3);
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];
    const guint8 *data;
    gsize size;

    if (!candidate->hello || candidate->ssrc != packet->ssrc
        || !zrtp_equal (h3, candidate->h3, ZRTP_IMAGE_SIZE))
      continue;
    data = g_bytes_get_data (candidate->hello, &size);
    if (zrtp_message_check_mac (data, size, commit->h2)) {
      *tampered = FALSE;
      return candidate;
    }
    *tampered = TRUE;
  }
  return NULL;
}

static ZrtpVerdict
judge_commit (ZrtpStream * stream, const ZrtpCandidate * peer,
    const ZrtpCommit * commit, gint64 now, ZrtpSuite * suite,
    ZrtpErrorCode * error)
{
  ZrtpSession *session = stream->session;
  ZrtpVerdict verdict;
  ZrtpBid bid;

  if (memcmp (commit->zid, peer->zid, ZRTP_ZID_SIZE) != 0) {
    *error = ZRTP_ERROR_HELLO_MISMATCH;
    return ZRTP_VERDICT_FAIL;
  }
  zrtp_bid_of_commit (commit, &bid);
  verdict = zrtp_contention_judge (stream, peer, &bid, now, error);
  if (verdict != ZRTP_VERDICT_ACCEPT)
    return verdict;
  /* 4.4.2.3: where Preshared is not on offer our own DH Commit is the answer. */
  if (bid.mode == ZRTP_COMMIT_PRESHARED
      && !zrtp_algorithm_list_has (&stream->offer[ZRTP_KIND_KEY_AGREEMENT],
          &zrtp_key_agreement_prsh.base)) {
    *error = ZRTP_ERROR_NO_SHARED_SECRET;
    return stream->policy.passive ? ZRTP_VERDICT_FAIL : ZRTP_VERDICT_DROP;
  }
  *error = zrtp_negotiate_accept (stream->offer, commit, suite);
  if (*error != ZRTP_ERROR_NONE)
    return ZRTP_VERDICT_FAIL;
  if (bid.mode == ZRTP_COMMIT_MULTISTREAM) {
    *error = ZRTP_ERROR_NO_SHARED_SECRET;
    if (!session->have_sess)    /* our side of the first may be about to end */
      return session->exchanging ? ZRTP_VERDICT_DROP : ZRTP_VERDICT_FAIL;
    *error = ZRTP_ERROR_HELLO_MISMATCH; /* 4.4.3: one ZID for all streams */
    if (memcmp (commit->zid, session->info.peer_zid, ZRTP_ZID_SIZE) != 0)
      return ZRTP_VERDICT_FAIL;
    /* Still the one that we gave up answering: another one comes. */
    if (memcmp (commit->nonce, peer->nonce, ZRTP_NONCE_SIZE) == 0)
      return ZRTP_VERDICT_DROP;
    *error = ZRTP_ERROR_NONCE_REUSED;
    if (!zrtp_session_take_nonce (session, commit->nonce))
      return ZRTP_VERDICT_FAIL;
  }
  return zrtp_contention_claim (stream, peer, &bid, now);
}

/* The keys that only we ever had. In Multistream mode ZRTPSess makes the next. */
static void
give_up_keys (ZrtpStream * stream, gint64 now)
{
  zrtp_exchange_lost (stream, now);
  zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
  zrtp_wipe (&stream->keys, sizeof stream->keys);
  stream->info.exchange_done = FALSE;
  stream->step = ZRTP_STEP_DISCOVERY;
}

static void
accept_commit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpCandidate * peer, const ZrtpCommit * commit,
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
  else if (stream->step == ZRTP_STEP_DHPART1_SENT)
    zrtp_exchange_lost (stream, now);
  if (stream->step == ZRTP_STEP_COMMIT_SENT)
    withdraw_commit (stream);
  else if (mode != ZRTP_COMMIT_MULTISTREAM && other && other != stream) {
    withdraw_commit (other);
    zrtp_stream_set_state (other, ZRTP_STATE_DISCOVERING);
  }
  /* 6: a Commit ends Hellos, too: it is proof that the peer has ours. */
  zrtp_stream_stop_repeating (stream);
  stream->acked = TRUE;
  stream->acked_ssrc = packet->ssrc;

  x = begin_exchange (stream, peer, mode, suite, ZRTP_ROLE_RESPONDER, now);
  x->commit = g_bytes_new (packet->message, packet->message_size);
  memcpy (x->peer_h2, commit->h2, ZRTP_IMAGE_SIZE);
  memcpy (x->key_id, commit->key_id, ZRTP_KEY_ID_SIZE);
  if (mode == ZRTP_COMMIT_DH)
    memcpy (x->hvi_or_nonce, commit->hvi, ZRTP_HVI_SIZE);
  else
    memcpy (x->hvi_or_nonce, commit->nonce, ZRTP_NONCE_SIZE);
  stream->step = ZRTP_STEP_COMMIT_RECEIVED;
  stream->timers[ZRTP_TIMER_SILENCE] = now + ZRTP_SILENCE;
  zrtp_stream_set_state (stream, ZRTP_STATE_NEGOTIATING);
  continue_as_responder (stream, now);
}

void
zrtp_receive_commit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpCommit * commit, gint64 now)
{
  const ZrtpOctets octets = { packet->message, packet->message_size };
  ZrtpErrorCode error = ZRTP_ERROR_NONE;
  ZrtpCandidate *peer;
  gboolean tampered;
  ZrtpSuite suite;

  if (zrtp_stream_answer_duplicate (stream, octets, now))
    return;
  if (stream->exchange && stream->exchange->commit
      && g_bytes_get_size (stream->exchange->commit) == octets.size
      && memcmp (g_bytes_get_data (stream->exchange->commit, NULL),
          octets.data, octets.size) == 0)
    return;                     /* its answer is being made */

  peer = find_committer (stream, packet, commit, &tampered);
  if (!peer) {
    zrtp_stream_drop (stream, tampered ? ZRTP_DROP_BAD_MAC :
        ZRTP_DROP_BAD_PREIMAGE);
    if (tampered && stream->step == ZRTP_STEP_DISCOVERY)
      zrtp_stream_fail_security (stream, ZRTP_ERROR_HELLO_MISMATCH,
          "the peer's Hello was changed on its way", now);
    return;
  }

  switch (judge_commit (stream, peer, commit, now, &suite, &error)) {
    case ZRTP_VERDICT_ACCEPT:
      memcpy (peer->nonce, commit->nonce, ZRTP_NONCE_SIZE);
      accept_commit (stream, packet, peer, commit, &suite, now);
      break;
    case ZRTP_VERDICT_IGNORE:
      break;
    case ZRTP_VERDICT_DROP:
      zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
      break;
    case ZRTP_VERDICT_FAIL:
      /* What is under way or secure does not fall for a stray Commit, and ours
       * for nobody's but the peer's. */
      if (stream->step == ZRTP_STEP_DISCOVERY
          || (stream->step == ZRTP_STEP_COMMIT_SENT
              && g_bytes_equal (peer->hello, stream->exchange->peer.hello)))
        zrtp_stream_fail (stream, error, now);
      else if (stream->step == ZRTP_STEP_CLEAR
          && error == ZRTP_ERROR_NO_SHARED_SECRET)
        zrtp_send_error (stream, error, now);
      else
        zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
      break;
  }
}
