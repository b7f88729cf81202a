/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our Commit: its peer, time and contents, and stepping back from it (RFC 6189
 * 4.2, 4.4.1.1, 4.4.2.1, 4.4.3.1, 5.4).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* Unanswered Commits after which another endpoint that said Hello comes
 * first. */
#define COMMITS_BEFORE_ANOTHER 3
/* An endpoint that let so many exchanges run dry while others say Hello is
 * forgotten. */
#define MAX_UNANSWERED 3
/* Shortest time between two Commits that are sent again out of turn. */
#define RESEND_AGAIN (10 * ZRTP_MSEC)
/* Getting ready takes a few milliseconds. */
#define PREPARE_AGAIN (100 * ZRTP_MSEC)

/* Is there another endpoint that we would call if we were free? */
static gboolean
is_another_waiting (ZrtpStream * stream)
{
  const ZrtpRemote *peer = &stream->exchange->peer;

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    const ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && !remote->unsuitable
        && !g_bytes_equal (remote->hello, peer->hello))
      return TRUE;
  }
  return FALSE;
}

/* Our Commit went unanswered, or the peer of an exchange that we answered fell
 * silent, while another endpoint says Hello. */
static gboolean
leave_for_another (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = stream->session;

  if (!is_another_waiting (stream))
    return FALSE;
  if (stream->step == ZRTP_STEP_COMMIT_SENT)
    return zrtp_commit_give_way (stream, now);
  if (stream->policy.passive || !zrtp_contention_gives_way (stream, now))
    return FALSE;
  zrtp_stream_abandon (stream, now);
  zrtp_contention_end (session, stream, now);
  return TRUE;
}

void
zrtp_commit_hello_timeout (ZrtpStream * stream, gint64 now)
{
  if (!zrtp_contention_is_unproven (stream) || leave_for_another (stream, now))
    return;
  /* With a Commit it leaves more often. */
  if (now >= zrtp_contention_next_hello (stream))
    zrtp_stream_send_hello (stream, TRUE, now);
  zrtp_contention_schedule_hello (stream, now);
}

void
zrtp_commit_note_hello (ZrtpStream * stream, const ZrtpRemote * remote,
    gboolean is_new, gint64 now)
{
  if (!zrtp_contention_is_unproven (stream)
      || g_bytes_equal (remote->hello, stream->exchange->peer.hello)
      || leave_for_another (stream, now) || !is_new)
    return;
  /* It came up just now and has not heard our earlier ones. */
  if (zrtp_unproven_may_answer (stream, now)) {
    /* An endpoint that acknowledged our Hello may have started again. */
    stream->backoff.commit_paused = stream->step == ZRTP_STEP_COMMIT_SENT
        && stream->discovery.acked_late;
    zrtp_stream_send_hello (stream, TRUE, now);
    zrtp_contention_schedule_hello (stream, now);
  }
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

  memcpy (commit->h2, stream->own.chain[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, stream->zid, ZRTP_ZID_SIZE);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    memcpy (commit->names[kind], names[kind]->name, 4);
  memcpy (commit->key_id, x->key_id, ZRTP_KEY_ID_SIZE);
  if (x->mode == ZRTP_COMMIT_DH)
    memcpy (commit->hvi, x->hvi_or_nonce, ZRTP_HVI_SIZE);
  else
    memcpy (commit->nonce, x->hvi_or_nonce, ZRTP_NONCE_SIZE);

  size = zrtp_message_write (&message, buffer, sizeof buffer);
  zrtp_message_sign (buffer, size, stream->own.chain[1]);
  x->commit = g_bytes_new (buffer, size);
  zrtp_step_set (stream, ZRTP_STEP_COMMIT_SENT);
  if (!zrtp_contention_rank (stream)) {
    zrtp_commit_yield (stream, now);
    return;
  }
  stream->backoff.commit_paused = FALSE;
  zrtp_step_publish (stream);
  zrtp_stream_send_repeated (stream, g_bytes_ref (x->commit), now);
}

/* 4.4.1.1: DHPart2 is final before its hash goes out. */
static void
initiate_dh (ZrtpStream * stream, const ZrtpRemote * peer,
    const ZrtpSuite * suite, gint64 now)
{
  ZrtpExchange *x = zrtp_exchange_begin (stream, peer, ZRTP_COMMIT_DH, suite,
      ZRTP_ROLE_INITIATOR, now);
  guint8 digest[ZRTP_MAX_HASH_SIZE];
  ZrtpOctets parts[2];

  zrtp_exchange_use_key_pair (stream, x);
  zrtp_exchange_use_secrets (stream, x);
  x->dhpart2 = zrtp_dhpart_make (stream, ZRTP_ROLE_INITIATOR);
  parts[0] = zrtp_octets_of (x->dhpart2);
  parts[1] = zrtp_octets_of (x->peer.hello);
  suite->hash->digest (parts, 2, digest);
  memcpy (x->hvi_or_nonce, digest, ZRTP_HVI_SIZE);
  send_commit (stream, x, now);
}

static void
initiate_multistream (ZrtpStream * stream, const ZrtpRemote * peer,
    const ZrtpSuite * suite, gint64 now)
{
  ZrtpExchange *x = zrtp_exchange_begin (stream, peer, ZRTP_COMMIT_MULTISTREAM,
      suite, ZRTP_ROLE_INITIATOR, now);

  do {
    zrtp_random_fill (stream->random, x->hvi_or_nonce, ZRTP_NONCE_SIZE);
  } while (zrtp_session_knows_nonce (stream->session, x->hvi_or_nonce));
  send_commit (stream, x, now);
}

/* 4.4.2.2 */
static void
initiate_preshared (ZrtpStream * stream, const ZrtpRemote * peer,
    const ZrtpSuite * suite, gint64 now)
{
  ZrtpExchange *x = zrtp_exchange_begin (stream, peer, ZRTP_COMMIT_PRESHARED,
      suite, ZRTP_ROLE_INITIATOR, now);

  x->suite.key_agreement = &zrtp_key_agreement_prsh;
  zrtp_exchange_publish_suite (stream, &x->suite, ZRTP_ROLE_INITIATOR);
  zrtp_exchange_use_secrets (stream, x);
  zrtp_preshared_prepare (stream);
  send_commit (stream, x, now);
}

/* Preshared mode needs no key pair; until the look-up tells whether it is to be
 * that, none is made. */
static gboolean
without_key_pair (ZrtpStream * stream, const ZrtpAlgorithmList * peer_list)
{
  return stream->prepared.looked_up ? zrtp_preshared_is_possible (stream,
      peer_list) : zrtp_preshared_is_offered (stream, peer_list);
}

/* Look-up and key pair serve one ZID and one key agreement; third parties could
 * say Hello with others faster than this endpoint gets ready. */
static gboolean
may_prepare (ZrtpStream * stream, const guint8 * zid,
    const ZrtpKeyAgreement * ka, gint64 now)
{
  const ZrtpKeyAgreement *ready = stream->prepared.key_pair.key_agreement;

  return (memcmp (stream->prepared.zid, zid, ZRTP_ZID_SIZE) == 0
      && (!ready || ready == ka))
      || zrtp_rate_limit_allow (&stream->limits.preparations, ZRTP_BURST,
      PREPARE_AGAIN, now);
}

/* Its Hello leaves us nothing to agree on. It may be a third party's: the peer's
 * Hello still counts, and ours goes on. */
static void
refuse_remote (ZrtpStream * stream, ZrtpRemote * remote,
    ZrtpErrorCode error, gint64 now)
{
  remote->unsuitable = TRUE;
  remote->refused_with = error;
  if (zrtp_remotes_best (stream)) {
    zrtp_commit_try (stream, now);
    return;
  }
  zrtp_stream_hinder (stream, &stream->limits.nothing_in_common, error, now);
}

void
zrtp_commit_try (ZrtpStream * stream, gint64 now)
{
  ZrtpRemote *peer = zrtp_remotes_best (stream);
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpCommitMode mode;
  ZrtpErrorCode error;
  gboolean may, ready;
  ZrtpSuite suite;

  if (!zrtp_step_is_discovery (stream) || !peer)
    return;
  may = zrtp_contention_may_commit (stream->session, stream, peer, &mode);
  zrtp_remote_read_lists (peer, lists);
  if (mode == ZRTP_COMMIT_MULTISTREAM) {
    if (!zrtp_remotes_is_of_call (stream, peer))
      return;
    if (!zrtp_algorithm_list_has (&lists[ZRTP_KIND_KEY_AGREEMENT],
            &zrtp_key_agreement_mult.base)) {
      refuse_remote (stream, peer, ZRTP_ERROR_KEY_AGREEMENT, now);
      return;
    }
    multistream_suite (stream, &suite);
    ready = TRUE;
  } else {
    error = zrtp_negotiate_choose (stream->own.offer, lists, &suite);
    if (error != ZRTP_ERROR_NONE) {
      refuse_remote (stream, peer, error, now);
      return;
    }
    if (!may_prepare (stream, peer->zid, suite.key_agreement, now)) {
      zrtp_timer_set (stream, ZRTP_TIMER_HOLD, now + PREPARE_AGAIN);
      return;
    }
    /* 4.1.2: both sides prepare at once; the role does not matter. */
    ready = zrtp_exchange_ensure_lookup (stream, peer->zid, now);
    if (!without_key_pair (stream, &lists[ZRTP_KIND_KEY_AGREEMENT]))
      ready = zrtp_exchange_ensure_key_pair (stream, &suite) && ready;
  }

  if (!may && stream->session->exchanging
      && zrtp_contention_gives_way (stream->session->exchanging, now)) {
    zrtp_stream_abandon (stream->session->exchanging, now);
    may = zrtp_contention_may_commit (stream->session, stream, peer, &mode);
  }
  if (!may || !ready || stream->policy.passive)
    return;
  if (now < stream->backoff.hold_until) {
    zrtp_timer_set (stream, ZRTP_TIMER_HOLD, stream->backoff.hold_until);
    return;
  }
  if (!stream->policy.auto_secure && !stream->backoff.go_secure_requested)
    return;
  /* 5.4: only once the peer has our Hello. */
  if (!stream->discovery.hello_acked
      || stream->discovery.acked_ssrc != peer->ssrc)
    return;
  if (mode != ZRTP_COMMIT_MULTISTREAM) {
    const gint64 turn = zrtp_contention_take_turn (stream, peer->zid, now);

    if (turn > now) {
      zrtp_timer_set (stream, ZRTP_TIMER_HOLD, turn);
      return;
    }
    /* An exchange of another call may have ended just now. */
    if (!zrtp_exchange_ensure_lookup (stream, peer->zid, now))
      return;
  }
  if (mode == ZRTP_COMMIT_MULTISTREAM)
    initiate_multistream (stream, peer, &suite, now);
  else if (zrtp_preshared_is_possible (stream, &lists[ZRTP_KIND_KEY_AGREEMENT]))
    initiate_preshared (stream, peer, &suite, now);
  else
    initiate_dh (stream, peer, &suite, now);
}

void
zrtp_commit_resend (ZrtpStream * stream, gint64 now)
{
  if (stream->step == ZRTP_STEP_COMMIT_SENT && stream->session->lease
      && zrtp_rate_limit_allow (&stream->limits.commit_resends, ZRTP_BURST,
          RESEND_AGAIN, now))
    zrtp_stream_send (stream, stream->retransmit.message.message, TRUE);
}

/* Steps back from our own Commit, here or on another stream of the session,
 * whose turn comes when this exchange is over. */
void
zrtp_commit_withdraw (ZrtpStream * stream, ZrtpStep step)
{
  zrtp_stream_stop_repeating (stream);
  if (stream->exchange->mode != ZRTP_COMMIT_MULTISTREAM
      && !stream->exchange->have_keys) {
    /* 4.2: its public value serves again, and the cache was read already. An
     * exchange that had keys, in Preshared mode, has it read again: of that
     * nothing is left. */
    zrtp_peer_clear (&stream->prepared.peer);
    stream->prepared.peer = stream->exchange->secrets.peer;
    memset (&stream->exchange->secrets.peer, 0, sizeof (ZrtpPeer));
    memcpy (stream->prepared.zid, stream->exchange->peer.zid, ZRTP_ZID_SIZE);
    stream->prepared.looked_up = TRUE;
  }
  zrtp_exchange_free (stream);
  zrtp_step_set (stream, step);
}

void
zrtp_commit_yield (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = stream->session;

  zrtp_commit_withdraw (stream, ZRTP_STEP_DISCOVERY);
  zrtp_step_publish (stream);
  session->exchanging = NULL;
  zrtp_timer_set (stream, ZRTP_TIMER_HOLD, now + 1);
}

void
zrtp_commit_again (ZrtpStream * stream, gint64 now)
{
  zrtp_commit_withdraw (stream, ZRTP_STEP_RETRYING);
  zrtp_commit_try (stream, now);
}

gboolean
zrtp_commit_fall_back (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;

  if (stream->step != ZRTP_STEP_COMMIT_SENT || x->mode == ZRTP_COMMIT_DH)
    return FALSE;
  if (x->mode == ZRTP_COMMIT_MULTISTREAM) {
    /* After a GoClear the peer's ZRTPSess may be lost (see zrtpgoclear.c). */
    if (zrtp_session_has_other_secure_stream (stream->session, stream))
      return FALSE;
    if (!stream->session->exchanging)
      zrtp_session_forget (stream->session);
  }
  stream->backoff.no_preshared = TRUE;
  zrtp_commit_withdraw (stream, ZRTP_STEP_RETRYING);
  zrtp_commit_try (stream, now);
  return TRUE;
}

/* Another endpoint that said Hello may be our peer started again, or our peer
 * while this one is a recording: discovery starts again. */
gboolean
zrtp_commit_give_way (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;
  const gboolean acked = stream->discovery.hello_acked;
  guint patience = COMMITS_BEFORE_ANOTHER;
  const ZrtpRemote *best;

  /* On trial a peer that answered a Commit answers the next one after a
   * second. */
  if (stream->outer && x->peer.answered)
    patience++;
  if (stream->retransmit.message.sent < patience)
    return FALSE;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && g_bytes_equal (remote->hello, x->peer.hello))
      remote->answered = 0;
  }
  /* A new HelloACK shows which endpoint has our Hello. */
  stream->discovery.hello_acked = FALSE;
  best = zrtp_remotes_best (stream);
  stream->discovery.hello_acked = acked;
  if (!best || g_bytes_equal (best->hello, x->peer.hello))
    return FALSE;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    if (stream->remotes.slots[i].unanswered >= MAX_UNANSWERED)
      zrtp_remote_clear (&stream->remotes.slots[i]);
  }
  zrtp_stream_stop_repeating (stream);
  zrtp_exchange_free (stream);
  zrtp_discovery_start (stream, now);
  zrtp_contention_end (stream->session, stream, now);
  return TRUE;
}

static void
count_unanswered (ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  stream->remotes.unanswered_commits++;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && g_bytes_equal (remote->hello, x->peer.hello))
      remote->unanswered++;
  }
}

/* The Commit goes unanswered. */
void
zrtp_commit_timeout (ZrtpStream * stream, gint64 now)
{
  if (stream->retransmit.message.sent == COMMITS_BEFORE_ANOTHER) {
    count_unanswered (stream);
    if (zrtp_commit_give_way (stream, now))
      return;
  }
  /* An endpoint that has our Hello takes a Commit, whichever Hello that commits to,
   * and some never take another one. */
  if (stream->backoff.commit_paused
      && stream->retransmit.message.sent < COMMITS_BEFORE_ANOTHER)
    return;
  /* The HelloACK may have been forged: without our Hello there is no answer. */
  zrtp_stream_send_hello (stream, TRUE, now);
  zrtp_stream_send (stream, stream->retransmit.message.message, TRUE);
}

void
zrtp_commit_take_turn (ZrtpSession * session, gint64 now)
{
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    zrtp_contention_check (stream, now);
    zrtp_commit_resend (stream, now);
    zrtp_commit_try (stream, now);
  }
  if (session->successor)
    zrtp_commit_take_turn (session->successor, now);
}

void
zrtp_contention_check (ZrtpStream * stream, gint64 now)
{
  if (stream->step == ZRTP_STEP_COMMIT_SENT
      && zrtp_contention_get_lease (stream)
      && stream->exchange->mode != ZRTP_COMMIT_MULTISTREAM
      && !zrtp_exchange_lease_is_held (zrtp_contention_get_lease (stream)))
    zrtp_commit_yield (stream, now);
}
