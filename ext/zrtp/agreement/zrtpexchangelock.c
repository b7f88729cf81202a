/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/agreement/zrtpexchangelock.h"

#include <string.h>

/* A session that holds a pair for longer (a peer that fell silent, or never was
 * one) no longer keeps others out; that what two exchanges leave in the caches
 * may then differ is what rs2 is for. Less than a Commit's retransmissions
 * take. */
#define HOLD_LIMIT (4 * G_USEC_PER_SEC)
/* A session without a hook asks again after this time, for each that is before
 * it. */
#define ASK_AGAIN (20 * 1000)
/* A session that waits for its turn asks this often to keep it ... */
#define MAX_ASK_AGAIN (G_USEC_PER_SEC / 2)
/* ... and the first of them loses its turn if it does not. */
#define TURN G_USEC_PER_SEC

typedef struct
{
  guint8 zids[2 * ZRTP_ZID_SIZE];       /* own, peer; the key */
  guint users;
  guint generation;
  const ZrtpExchangeLease *holder;
  gint64 expires;               /* of the holder */
  GQueue waiting;               /* of ZrtpExchangeLease */
  guint64 last_ticket;
  gboolean committed;           /* the holder's Commit, .rank, is out */
  gboolean accepted;            /* it was accepted, or the peer's by us */
  ZrtpCommitRank rank;
} Pair;

struct _ZrtpPairs
{
  gatomicrefcount refs;
  GMutex lock;
  GHashTable *pairs;            /* Pair.zids to Pair */
  guint ended;                  /* exchanges, of whatever pair */
};

struct _ZrtpClaim
{
  ZrtpExchangeLocks *pairs;
  const ZrtpTurnHook *hook;     /* or NULL; called for ... */
  gpointer owner;
  Pair *pair;                   /* counted in its .users; or NULL */
  GList link;                   /* in .waiting, while .ticket is not 0 */
  guint64 ticket;
  gint64 asked;
};

static guint
hash_zids (gconstpointer key)
{
  guint hash;

  memcpy (&hash, (const guint8 *) key + 2 * ZRTP_ZID_SIZE - sizeof hash,
      sizeof hash);
  return hash;
}

static gboolean
equal_zids (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, 2 * ZRTP_ZID_SIZE) == 0;
}

ZrtpExchangeLocks *
zrtp_exchange_locks_new (void)
{
  ZrtpExchangeLocks *pairs = g_new0 (ZrtpExchangeLocks, 1);

  g_atomic_ref_count_init (&pairs->refs);
  g_mutex_init (&pairs->lock);
  pairs->pairs = g_hash_table_new_full (hash_zids, equal_zids, NULL, g_free);
  return pairs;
}

ZrtpExchangeLocks *
zrtp_exchange_locks_ref (ZrtpExchangeLocks * pairs)
{
  g_atomic_ref_count_inc (&pairs->refs);
  return pairs;
}

void
zrtp_exchange_locks_unref (ZrtpExchangeLocks * pairs)
{
  if (!g_atomic_ref_count_dec (&pairs->refs))
    return;
  g_hash_table_unref (pairs->pairs);
  g_mutex_clear (&pairs->lock);
  g_free (pairs);
}

void
zrtp_commit_rank_of (const ZrtpCommit * commit, ZrtpCommitRank * rank)
{
  memset (rank, 0, sizeof *rank);
  rank->mode = zrtp_commit_mode (commit);
  if (rank->mode == ZRTP_COMMIT_DH)
    memcpy (rank->value, commit->hvi, ZRTP_HVI_SIZE);
  else
    memcpy (rank->value, commit->nonce, ZRTP_NONCE_SIZE);
}

gboolean
zrtp_commit_wins (const ZrtpCommitRank * ours, const ZrtpCommitRank * received,
    gboolean own_mitm, gboolean peer_mitm)
{
  /* DH beats Preshared. */
  if (ours->mode != received->mode && received->mode != ZRTP_COMMIT_MULTISTREAM)
    return ours->mode == ZRTP_COMMIT_DH;
  /* Preshared with exactly one M flag: the endpoint that has it responds. */
  if (received->mode == ZRTP_COMMIT_PRESHARED && peer_mitm != own_mitm)
    return peer_mitm;
  return memcmp (ours->value, received->value, ZRTP_HVI_SIZE) > 0;
}

ZrtpExchangeLease *
zrtp_exchange_lease_new (ZrtpExchangeLocks * pairs)
{
  ZrtpExchangeLease *lease = g_new0 (ZrtpExchangeLease, 1);

  lease->pairs = zrtp_exchange_locks_ref (pairs);
  lease->link.data = lease;
  return lease;
}

ZrtpExchangeLease *
zrtp_exchange_lease_new_beside (const ZrtpExchangeLease * lease)
{
  ZrtpExchangeLease *other = zrtp_exchange_lease_new (lease->pairs);

  zrtp_exchange_lease_set_hook (other, lease->hook, lease->owner);
  return other;
}

void
zrtp_exchange_lease_set_hook (ZrtpExchangeLease * lease,
    const ZrtpTurnHook * hook, gpointer owner)
{
  lease->hook = hook;
  lease->owner = owner;
}

/* A session to be told that its turn came, once the lock is released. */
typedef struct
{
  const ZrtpTurnHook *hook;     /* NULL: none */
  gpointer owner;               /* a reference */
} Turn;

/* Must be called without locks. */
static void
tell (const Turn * turn)
{
  if (turn->hook)
    turn->hook->turn (turn->owner);
}

/* Those below must be called with pairs->lock held. */

/* @lease may be NULL. */
static Turn
turn_of (const ZrtpExchangeLease * lease)
{
  Turn turn = { NULL, NULL };

  if (lease && lease->hook) {
    turn.hook = lease->hook;
    turn.owner = lease->hook->ref (lease->owner);
  }
  return turn;
}

/* The first session that waits for a free pair. */
static Turn
next_turn (Pair * pair)
{
  return turn_of (pair->holder ? NULL : g_queue_peek_head (&pair->waiting));
}

static void
stop_waiting (ZrtpExchangeLease * lease)
{
  if (lease->ticket)
    g_queue_unlink (&lease->pair->waiting, &lease->link);
  lease->ticket = 0;
}

/* Whose turn it is then. */
static Turn
leave (ZrtpExchangeLease * lease)
{
  Turn turn = { NULL, NULL };
  Pair *pair = lease->pair;
  gboolean was_next;

  if (!pair)
    return turn;
  was_next = pair->holder == lease
      || (!pair->holder && g_queue_peek_head (&pair->waiting) == lease);
  stop_waiting (lease);
  lease->pair = NULL;
  if (pair->holder == lease)
    pair->holder = NULL;
  if (was_next)
    turn = next_turn (pair);
  if (--pair->users == 0)
    g_hash_table_remove (lease->pairs->pairs, pair->zids);
  return turn;
}

/* Moves the lease to another pair. Whose turn it is in the one that it left. */
static Turn
join (ZrtpExchangeLease * lease, const guint8 * own, const guint8 * peer)
{
  guint8 zids[2 * ZRTP_ZID_SIZE];
  Turn turn = { NULL, NULL };
  Pair *pair;

  memcpy (zids, own, ZRTP_ZID_SIZE);
  memcpy (zids + ZRTP_ZID_SIZE, peer, ZRTP_ZID_SIZE);
  if (lease->pair && equal_zids (lease->pair->zids, zids))
    return turn;
  turn = leave (lease);
  pair = g_hash_table_lookup (lease->pairs->pairs, zids);
  if (!pair) {
    pair = g_new0 (Pair, 1);
    memcpy (pair->zids, zids, sizeof zids);
    /* A session that was here before and comes back must not take it for the
     * same. */
    pair->generation = lease->pairs->ended;
    g_hash_table_insert (lease->pairs->pairs, pair->zids, pair);
  }
  pair->users++;
  lease->pair = pair;
  return turn;
}

static gboolean
is_holding_another (const ZrtpExchangeLease * lease, const guint8 * own,
    const guint8 * peer)
{
  const Pair *pair = lease->pair;

  return pair && pair->holder == lease
      && (memcmp (pair->zids, own, ZRTP_ZID_SIZE) != 0
      || memcmp (pair->zids + ZRTP_ZID_SIZE, peer, ZRTP_ZID_SIZE) != 0);
}

/* A pair that is free, or was held for too long. The session that waited first
 * comes first: one that calls again and again can't keep others out. */
static gboolean
is_open (Pair * pair, const ZrtpExchangeLease * lease, gint64 now)
{
  ZrtpExchangeLease *first;

  if (pair->holder && now < pair->expires)
    return FALSE;
  while ((first = g_queue_peek_head (&pair->waiting)) && first != lease
      && now - first->asked >= TURN)
    stop_waiting (first);
  return !first || first == lease;
}

static void
hold (ZrtpExchangeLease * lease, gboolean accepted, gint64 now)
{
  Pair *pair = lease->pair;

  stop_waiting (lease);
  pair->holder = lease;
  pair->expires = now + HOLD_LIMIT;
  pair->committed = FALSE;
  pair->accepted = accepted;
}

/* When to ask again. */
static gint64
wait_for (ZrtpExchangeLease * lease, gint64 now)
{
  Pair *pair = lease->pair;
  const ZrtpExchangeLease *first;

  lease->asked = now;
  if (!lease->ticket) {
    lease->ticket = ++pair->last_ticket;
    g_queue_push_tail_link (&pair->waiting, &lease->link);
  }
  /* The time of a holder that is overdue ends without a call of the hook. */
  if (lease->hook)
    return pair->holder && pair->expires > now
        ? MIN (pair->expires, now + MAX_ASK_AGAIN) : now + MAX_ASK_AGAIN;
  first = g_queue_peek_head (&pair->waiting);
  return now + MIN (ASK_AGAIN * (gint64) (1 + lease->ticket - first->ticket),
      MAX_ASK_AGAIN);
}

void
zrtp_exchange_lease_free (ZrtpExchangeLease * lease)
{
  Turn turn;

  g_mutex_lock (&lease->pairs->lock);
  turn = leave (lease);
  g_mutex_unlock (&lease->pairs->lock);
  tell (&turn);
  zrtp_exchange_locks_unref (lease->pairs);
  g_free (lease);
}

guint
zrtp_exchange_lease_generation (ZrtpExchangeLease * lease,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE])
{
  Turn turn = { NULL, NULL };
  guint generation = 0;

  g_mutex_lock (&lease->pairs->lock);
  if (!is_holding_another (lease, own, peer)) {
    turn = join (lease, own, peer);
    generation = lease->pair->generation;
  }
  g_mutex_unlock (&lease->pairs->lock);
  tell (&turn);
  return generation;
}

gint64
zrtp_exchange_lease_acquire (ZrtpExchangeLease * lease,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE],
    gint64 now)
{
  Turn turn = { NULL, NULL };
  gint64 due = now;

  g_mutex_lock (&lease->pairs->lock);
  if (is_holding_another (lease, own, peer)) {
    due = now + MAX_ASK_AGAIN;
  } else {
    turn = join (lease, own, peer);
    if (lease->pair->holder != lease) {
      if (is_open (lease->pair, lease, now))
        hold (lease, FALSE, now);
      else
        due = wait_for (lease, now);
    }
  }
  g_mutex_unlock (&lease->pairs->lock);
  tell (&turn);
  return due;
}

gboolean
zrtp_exchange_lease_rank (ZrtpExchangeLease * lease,
    const ZrtpCommitRank * rank)
{
  Pair *pair;
  gboolean ours;

  g_mutex_lock (&lease->pairs->lock);
  pair = lease->pair;
  ours = pair && pair->holder == lease;
  if (ours) {
    pair->committed = TRUE;
    pair->rank = *rank;
  }
  g_mutex_unlock (&lease->pairs->lock);
  return ours;
}

void
zrtp_exchange_lease_accepted (ZrtpExchangeLease * lease)
{
  g_mutex_lock (&lease->pairs->lock);
  if (lease->pair && lease->pair->holder == lease)
    lease->pair->accepted = TRUE;
  g_mutex_unlock (&lease->pairs->lock);
}

gboolean
zrtp_exchange_lease_is_held (ZrtpExchangeLease * lease)
{
  gboolean ours;

  g_mutex_lock (&lease->pairs->lock);
  ours = lease->pair && lease->pair->holder == lease;
  g_mutex_unlock (&lease->pairs->lock);
  return ours;
}

/* A session that holds the pair and has not sent its Commit gives way; one whose
 * Commit is out does if that is the lower. */
static ZrtpLeaseDecision
judge_answer (Pair * pair, const ZrtpExchangeLease * lease,
    const ZrtpCommitRank * received, gboolean own_mitm, gboolean peer_mitm,
    gint64 now)
{
  if (pair->holder == lease)
    return ZRTP_LEASE_OURS;
  if (!pair->holder || pair->accepted || now >= pair->expires)
    return is_open (pair, lease, now) ? ZRTP_LEASE_OURS : ZRTP_LEASE_BUSY;
  if (!pair->committed)
    return ZRTP_LEASE_OURS;
  return zrtp_commit_wins (&pair->rank, received, own_mitm, peer_mitm) ?
      ZRTP_LEASE_LOST : ZRTP_LEASE_OURS;
}

ZrtpLeaseDecision
zrtp_exchange_lease_contend (ZrtpExchangeLease * lease,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE],
    const ZrtpCommitRank * received, gboolean own_mitm, gboolean peer_mitm,
    gint64 now)
{
  Turn turn, holder = { NULL, NULL };
  ZrtpLeaseDecision decision;

  g_mutex_lock (&lease->pairs->lock);
  turn = join (lease, own, peer);
  decision = judge_answer (lease->pair, lease, received, own_mitm, peer_mitm,
      now);
  if (decision == ZRTP_LEASE_OURS)
    hold (lease, TRUE, now);
  if (decision == ZRTP_LEASE_LOST)
    holder = turn_of (lease->pair->holder);
  g_mutex_unlock (&lease->pairs->lock);
  tell (&turn);
  tell (&holder);
  return decision;
}

void
zrtp_exchange_lease_release (ZrtpExchangeLease * lease, gboolean done)
{
  Turn turn;

  g_mutex_lock (&lease->pairs->lock);
  if (done && lease->pair)
    lease->pair->generation = ++lease->pairs->ended;
  turn = leave (lease);
  g_mutex_unlock (&lease->pairs->lock);
  tell (&turn);
}
