/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whose Commit stands, and whose turn it is: on one stream, between the streams
 * of a call (RFC 6189 4.2, 4.4.1, 4.4.3), and between calls with one peer
 * (zrtpexchangelock.h).
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

/* Guesses at the SAS, see zrtp_contention_count_guess(). */
#define GUESS_INTERVAL (8 * ZRTP_SEC)
/* An exchange that proved nothing by now gives way to another. */
#define GIVE_WAY_AFTER (1 * ZRTP_SEC)
/* After a hold, for the endpoint that acknowledged our Hello: its Commit is
 * repeated at least each 1.2 s (6), and one may be lost. */
#define PREFERENCE_TIME (2500 * ZRTP_MSEC)
/* Our Hello leaves an exchange alone for its first moments. */
#define HELLO_AFTER (250 * ZRTP_MSEC)
/* An exchange that has not got past DHPart1 by now gives way to another. */
#define DISPLACE_AFTER (1 * ZRTP_SEC)
/* One past DHPart2 has longer, as both applications may want to sign; but less
 * than a Commit's retransmissions take. */
#define DISPLACE_UNCONFIRMED_AFTER (8 * ZRTP_SEC)
#define DISPLACE_TRIAL_AFTER (ZRTP_SEC / 2)
/* An endpoint that answered a Commit takes another after DISPLACE_AFTER. */
#define ANSWER_AFTER (DISPLACE_AFTER + ZRTP_SEC / 4)
/* A Commit is retransmitted sooner than that. */
#define COMES_AGAIN (3 * ZRTP_SEC / 2)
/* In units of T2; all retransmissions together take 63 of them. */
#define START_OVER_AFTER 30

/* An active attacker learns the SAS from our DHPart and breaks off if it is of no
 * use: one guess, with a chance of 1 in 65,536 or less. Its Commit looks like that
 * of a third party off the path, which never sees our DHPart and has no guess.
 * Eight are free. Each further one comes back after GUESS_INTERVAL, so a third
 * party that stops holds the genuine call for 8 s at most. Users wait for a call for about a
 * minute: an attacker then has 16 guesses, 1 chance in 4,096, and 458 in an hour.
 * An exchange lost after a proof costs more (zrtp_exchange_aborted()). */
void
zrtp_contention_count_guess (ZrtpStream * stream, gint64 now)
{
  stream->limits.guesses = MAX (stream->limits.guesses, now) + GUESS_INTERVAL;
  stream->backoff.hold_until = MAX (stream->backoff.hold_until,
      stream->limits.guesses - (ZRTP_BURST - 1) * GUESS_INTERVAL);
}

/* A HelloACK carries no proof: ten chains a second with one each can still take
 * every turn (see "pause by guesses" in tests/data/attacks.md). */
gboolean
zrtp_contention_is_held (const ZrtpStream * stream, const ZrtpRemote * peer,
    gint64 now)
{
  if (now < stream->backoff.hold_until)
    return TRUE;
  if (!zrtp_step_is_discovery (stream) || stream->backoff.hold_until == 0
      || now - stream->backoff.hold_until >= PREFERENCE_TIME
      || !stream->discovery.hello_acked
      || stream->discovery.acked_ssrc == peer->ssrc)
    return FALSE;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    if (stream->remotes.slots[i].hello && !stream->remotes.slots[i].unsuitable
        && stream->remotes.slots[i].ssrc == stream->discovery.acked_ssrc)
      return TRUE;
  }
  return FALSE;
}

gboolean
zrtp_contention_is_unproven (const ZrtpStream * stream)
{
  return stream->exchange && !zrtp_step_is_proven (stream);
}

/* The schedule goes on through an exchange of a chain that may be a third
 * party's: the peer that waits for our Hello must hear of us. */
gint64
zrtp_contention_next_hello (const ZrtpStream * stream)
{
  return stream->own.sent + MAX (ZRTP_SLOW_HELLO,
      4 * stream->policy.hello_timeout_ms * ZRTP_MSEC);
}

void
zrtp_contention_schedule_hello (ZrtpStream * stream, gint64 now)
{
  zrtp_timer_set (stream, ZRTP_TIMER_HELLO, MAX (now + HELLO_AFTER,
          zrtp_contention_next_hello (stream)));
}

gboolean
zrtp_contention_gives_way (const ZrtpStream * stream, gint64 now)
{
  const gint64 t2 = stream->policy.retry_timeout_ms * ZRTP_MSEC;
  const ZrtpExchange *x = stream->exchange;

  switch (stream->step) {
    case ZRTP_STEP_COMMIT_RECEIVED:
    case ZRTP_STEP_DHPART1_SENT:
    case ZRTP_STEP_CONFIRM1_SENT:
      return zrtp_contention_is_unproven (stream)
          && now - x->started >= MAX (GIVE_WAY_AFTER, 6 * t2);
    default:
      return FALSE;
  }
}

/* The rank of our Commit on @stream. */
static ZrtpCommitRank
own_rank (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;
  ZrtpCommitRank rank = { 0 };

  rank.mode = x->mode;
  memcpy (rank.value, x->hvi_or_nonce,
      x->mode == ZRTP_COMMIT_DH ? ZRTP_HVI_SIZE : ZRTP_NONCE_SIZE);
  return rank;
}

static gboolean
our_commit_wins (const ZrtpStream * stream, const ZrtpCommitRank * received)
{
  const ZrtpCommitRank ours = own_rank (stream);

  return zrtp_commit_wins (&ours, received, stream->policy.mitm,
      stream->info.peer_mitm);
}

/* The peer whose keys these are, or were before a GoClear. */
static gboolean
is_bound (const ZrtpStream * stream, const ZrtpRemote * peer)
{
  return peer->ssrc == stream->bound.remote.ssrc
      && g_bytes_equal (peer->hello, stream->bound.remote.hello);
}

/* An initiator that never got a Conf2ACK gives up and comes again, while we, as
 * responder, are secure already. That is believable after all its T2, and as
 * long as it has shown no SRTP; sooner it is an old Commit that strayed, later
 * an attack with an old H2. */
static gboolean
peer_starts_over (ZrtpStream * stream, const ZrtpRemote * peer,
    ZrtpCommitMode mode, gint64 now)
{
  const gint64 t2 = stream->policy.retry_timeout_ms * ZRTP_MSEC;

  /* A peer without ZRTPSess can't do it in Multistream mode. */
  if (mode == ZRTP_COMMIT_MULTISTREAM
      && stream->info.key_agreement != &zrtp_key_agreement_mult)
    return FALSE;
  return stream->info.role == ZRTP_ROLE_RESPONDER && !stream->media_confirmed
      && now - stream->info.counters.secured >= START_OVER_AFTER * t2
      && is_bound (stream, peer);
}

/* 4.4.3: as long as another stream is secure all further ones are Multistream:
 * no DH Commit replaces what the users compared. */
static gboolean
is_for_multistream (const ZrtpStream * stream)
{
  return stream->session->have_sess
      && zrtp_session_has_other_secure_stream (stream->session, stream);
}

/* Any third party could have brought our exchange this far: ours with another
 * endpoint, or one that we answered before the other side had to show a
 * secret. */
static gboolean
is_unproven (const ZrtpStream * stream, const ZrtpRemote * peer)
{
  const ZrtpExchange *x = stream->exchange;

  switch (stream->step) {
    case ZRTP_STEP_COMMIT_SENT:
      return !g_bytes_equal (peer->hello, x->peer.hello);
    case ZRTP_STEP_DHPART1_SENT:
      return TRUE;
    case ZRTP_STEP_CONFIRM1_SENT:
      return x->mode != ZRTP_COMMIT_DH;
    default:
      return FALSE;
  }
}

/* An endpoint that came so far may still be any that sees our Hello. */
static gboolean
is_unconfirmed (const ZrtpStream * stream)
{
  return stream->step == ZRTP_STEP_DHPART2_RECEIVED
      || (stream->step == ZRTP_STEP_CONFIRM1_SENT
      && !stream->exchange->held_confirm);
}

/* On trial several endpoints of one ZID may send Commits, of which one can prove
 * anything: each has its turn, in the order in which they came. */
static gboolean
is_another_first (const ZrtpStream * stream, const ZrtpRemote * peer,
    gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    const ZrtpRemote *other = &stream->remotes.slots[i];

    if (other->hello && other != peer && other->committed > 0
        && now - other->committed < COMES_AGAIN && !other->served
        && (peer->served || other->arrival < peer->arrival))
      return TRUE;
  }
  return FALSE;
}

/* An exchange that any third party could have begun: must it give way now? */
static gboolean
gives_way (const ZrtpStream * stream, const ZrtpRemote * peer, gint64 now)
{
  const gint64 age = now - stream->exchange->started;

  if (stream->outer)
    return age >= DISPLACE_TRIAL_AFTER && !is_another_first (stream, peer, now);
  return age >= (is_unproven (stream, peer) ? DISPLACE_AFTER :
      DISPLACE_UNCONFIRMED_AFTER);
}

/* Where the stream stands, may it do with a Commit what is not contention? */
static gboolean
may_answer (ZrtpStream * stream, const ZrtpRemote * peer,
    ZrtpCommitMode mode, gint64 now)
{
  /* Another's Commit, or the same one's next, counts once ours or theirs has
   * led nowhere for a while: an exchange started by a recording must not keep
   * the genuine peer out. */
  if (is_unproven (stream, peer) || is_unconfirmed (stream))
    return gives_way (stream, peer, now);
  switch (stream->step) {
    case ZRTP_STEP_DISCOVERY:
    case ZRTP_STEP_NO_PEER:
    case ZRTP_STEP_RETRYING:
    case ZRTP_STEP_RESUMING:
    case ZRTP_STEP_FAILED:
      return TRUE;
    case ZRTP_STEP_CLEAR:
      /* The way back leads to the peer of the call, and nowhere else. */
      return is_bound (stream, peer);
    case ZRTP_STEP_SECURE:
      return peer_starts_over (stream, peer, mode, now);
    default:
      return FALSE;
  }
}

gboolean
zrtp_contention_awaits_answer (const ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;

  return stream->outer && stream->step == ZRTP_STEP_COMMIT_SENT
      && x->peer.answered && now - x->started < ANSWER_AFTER;
}

ZrtpDecision
zrtp_contention_decide (ZrtpStream * stream, const ZrtpRemote * peer,
    const ZrtpCommitRank * received, gint64 now, ZrtpErrorCode * error)
{
  const gboolean multistream = received->mode == ZRTP_COMMIT_MULTISTREAM;
  const ZrtpExchange *x = stream->exchange;
  ZrtpStream *other = stream->session->exchanging;

  if (zrtp_contention_is_held (stream, peer, now))
    return ZRTP_DECISION_DROP;
  if (zrtp_contention_awaits_answer (stream, now)
      && !g_bytes_equal (peer->hello, x->peer.hello))
    return ZRTP_DECISION_DROP;
  /* On trial our Commit may have been meant for another endpoint of the ZID; the
   * peer, which got it, compares it with its own all the same. */
  if (stream->step == ZRTP_STEP_COMMIT_SENT
      && (stream->outer || !is_unproven (stream, peer))) {
    if ((x->mode == ZRTP_COMMIT_MULTISTREAM) != multistream) {
      *error = ZRTP_ERROR_SOFTWARE;
      return ZRTP_DECISION_FAIL;
    }
    return our_commit_wins (stream, received) ? ZRTP_DECISION_IGNORE :
        ZRTP_DECISION_ACCEPT;
  }
  if (!may_answer (stream, peer, received->mode, now))
    return ZRTP_DECISION_DROP;
  if (multistream)
    return ZRTP_DECISION_ACCEPT;
  if (is_for_multistream (stream))
    return ZRTP_DECISION_DROP;
  if (!other || other == stream)
    return ZRTP_DECISION_ACCEPT;
  /* 4.4.1: one DH exchange at a time between two ZIDs. */
  if (zrtp_contention_gives_way (other, now))
    return ZRTP_DECISION_ACCEPT;
  if (other->step != ZRTP_STEP_COMMIT_SENT)
    return ZRTP_DECISION_DROP;
  return our_commit_wins (other, received) ? ZRTP_DECISION_IGNORE :
      ZRTP_DECISION_ACCEPT;
}

/* 4.4.1: one DH exchange at a time; 4.4.3: the others follow by Multistream. */
gboolean
zrtp_contention_may_commit (ZrtpSession * session, ZrtpStream * stream,
    const ZrtpRemote * peer, ZrtpCommitMode * mode)
{
  if (session->have_sess) {
    *mode = ZRTP_COMMIT_MULTISTREAM;
    return !session->exchanging
        && memcmp (peer->zid, session->info.peer_zid, ZRTP_ZID_SIZE) == 0;
  }
  *mode = ZRTP_COMMIT_DH;
  return !session->exchanging || session->exchanging == stream;
}

void
zrtp_contention_begin (ZrtpSession * session, ZrtpStream * stream)
{
  session->exchanging = stream;
  session->update_serial = 0;
}

void
zrtp_contention_end (ZrtpSession * session, ZrtpStream * stream, gint64 now)
{
  zrtp_contention_stopped (session, stream, TRUE);
  /* Streams that waited: Multistream if there is a ZRTPSess now, else the next
   * one's DH exchange. */
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other == stream)
      continue;
    /* Where algorithms were refused for a first exchange, those that another
     * stream agreed on will do. */
    for (guint k = 0; session->have_sess && k < ZRTP_MAX_REMOTES; k++)
      other->remotes.slots[k].unsuitable = FALSE;
    if (session->have_sess && other->step == ZRTP_STEP_FAILED
        && other->info.error >= ZRTP_ERROR_HASH
        && other->info.error <= ZRTP_ERROR_NO_SHARED_SECRET)
      zrtp_todo_add (other, ZRTP_TODO_RESTART);
    zrtp_todo_add (other, ZRTP_TODO_COMMIT);
  }
}

/* A stream that keeps nothing of a peer may run several exchanges with it at
 * once. */
ZrtpExchangeLease *
zrtp_contention_get_lease (const ZrtpStream * stream)
{
  return stream->policy.cacheless ? NULL : stream->session->lease;
}

ZrtpDecision
zrtp_contention_acquire (ZrtpStream * stream, const ZrtpRemote * peer,
    const ZrtpCommitRank * received, gint64 now)
{
  ZrtpExchangeLease *lease = zrtp_contention_get_lease (stream);

  if (!lease || received->mode == ZRTP_COMMIT_MULTISTREAM)
    return ZRTP_DECISION_ACCEPT;
  switch (zrtp_exchange_lease_contend (lease, stream->zid, peer->zid, received,
          stream->policy.mitm, stream->info.peer_mitm, now)) {
    case ZRTP_LEASE_OURS:
      return ZRTP_DECISION_ACCEPT;
    case ZRTP_LEASE_LOST:
      return ZRTP_DECISION_IGNORE;
    case ZRTP_LEASE_BUSY:
      break;
  }
  return ZRTP_DECISION_DROP;    /* it comes again */
}

gint64
zrtp_contention_take_turn (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  ZrtpExchangeLease *lease = zrtp_contention_get_lease (stream);

  return lease ? zrtp_exchange_lease_acquire (lease, stream->zid, zid,
      now) : now;
}

gboolean
zrtp_contention_rank (ZrtpStream * stream)
{
  ZrtpExchangeLease *lease = zrtp_contention_get_lease (stream);
  ZrtpCommitRank rank;

  if (!lease || stream->exchange->mode == ZRTP_COMMIT_MULTISTREAM)
    return TRUE;
  rank = own_rank (stream);
  return zrtp_exchange_lease_rank (lease, &rank);
}

void
zrtp_contention_accepted (ZrtpStream * stream)
{
  ZrtpExchangeLease *lease = zrtp_contention_get_lease (stream);

  if (lease && stream->exchange->mode != ZRTP_COMMIT_MULTISTREAM)
    zrtp_exchange_lease_accepted (lease);
}

guint
zrtp_contention_generation (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE])
{
  ZrtpExchangeLease *lease = zrtp_contention_get_lease (stream);

  return lease ? zrtp_exchange_lease_generation (lease, stream->zid, zid) : 0;
}

void
zrtp_contention_stopped (ZrtpSession * session, ZrtpStream * stream,
    gboolean written)
{
  if (session->exchanging != stream)
    return;
  session->exchanging = NULL;
  if (!written)
    session->update_serial = 0;
  if (session->lease && session->update_serial == 0)
    zrtp_exchange_lease_release (session->lease, FALSE);
}

void
zrtp_contention_updated (ZrtpSession * session, const ZrtpJob * job)
{
  if (job->serial != session->update_serial)
    return;
  session->update_serial = 0;
  if (session->lease)
    zrtp_exchange_lease_release (session->lease, TRUE);
}
