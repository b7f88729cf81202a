/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/agreement/zrtpexchangelock.h"

#include <string.h>

/* Whoever holds a pair for longer (a peer that fell silent, or never was one)
 * no longer keeps others out; that what two exchanges leave in the caches may
 * then differ is what rs2 is for. Less than a Commit's retransmissions take. */
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
  const ZrtpClaim *holder;
  gint64 expires;               /* of the holder */
  GQueue waiting;               /* of ZrtpClaim */
  guint64 last_ticket;
  gboolean committed;           /* the holder's Commit, .bid, is out */
  gboolean accepted;            /* it was accepted, or the peer's by us */
  ZrtpBid bid;
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
  ZrtpPairs *pairs;
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

ZrtpPairs *
zrtp_pairs_new (void)
{
  ZrtpPairs *pairs = g_new0 (ZrtpPairs, 1);

  g_atomic_ref_count_init (&pairs->refs);
  g_mutex_init (&pairs->lock);
  pairs->pairs = g_hash_table_new_full (hash_zids, equal_zids, NULL, g_free);
  return pairs;
}

ZrtpPairs *
zrtp_pairs_ref (ZrtpPairs * pairs)
{
  g_atomic_ref_count_inc (&pairs->refs);
  return pairs;
}

void
zrtp_pairs_unref (ZrtpPairs * pairs)
{
  if (!g_atomic_ref_count_dec (&pairs->refs))
    return;
  g_hash_table_unref (pairs->pairs);
  g_mutex_clear (&pairs->lock);
  g_free (pairs);
}

void
zrtp_bid_of_commit (const ZrtpCommit * commit, ZrtpBid * bid)
{
  memset (bid, 0, sizeof *bid);
  bid->mode = zrtp_commit_mode (commit);
  if (bid->mode == ZRTP_COMMIT_DH)
    memcpy (bid->value, commit->hvi, ZRTP_HVI_SIZE);
  else
    memcpy (bid->value, commit->nonce, ZRTP_NONCE_SIZE);
}

gboolean
zrtp_bid_stands (const ZrtpBid * ours, const ZrtpBid * received,
    gboolean own_mitm, gboolean peer_mitm)
{
  /* DH beats Preshared. */
  if (ours->mode != received->mode && received->mode != ZRTP_COMMIT_MULTISTREAM)
    return ours->mode == ZRTP_COMMIT_DH;
  /* Preshared with exactly one M flag: whoever has it responds. */
  if (received->mode == ZRTP_COMMIT_PRESHARED && peer_mitm != own_mitm)
    return peer_mitm;
  return memcmp (ours->value, received->value, ZRTP_HVI_SIZE) > 0;
}

ZrtpClaim *
zrtp_claim_new (ZrtpPairs * pairs)
{
  ZrtpClaim *claim = g_new0 (ZrtpClaim, 1);

  claim->pairs = zrtp_pairs_ref (pairs);
  claim->link.data = claim;
  return claim;
}

ZrtpClaim *
zrtp_claim_new_beside (const ZrtpClaim * claim)
{
  ZrtpClaim *other = zrtp_claim_new (claim->pairs);

  zrtp_claim_set_hook (other, claim->hook, claim->owner);
  return other;
}

void
zrtp_claim_set_hook (ZrtpClaim * claim, const ZrtpTurnHook * hook,
    gpointer owner)
{
  claim->hook = hook;
  claim->owner = owner;
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

/* @claim may be NULL. */
static Turn
turn_of (const ZrtpClaim * claim)
{
  Turn turn = { NULL, NULL };

  if (claim && claim->hook) {
    turn.hook = claim->hook;
    turn.owner = claim->hook->ref (claim->owner);
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
stop_waiting (ZrtpClaim * claim)
{
  if (claim->ticket)
    g_queue_unlink (&claim->pair->waiting, &claim->link);
  claim->ticket = 0;
}

/* Whose turn it is then. */
static Turn
leave (ZrtpClaim * claim)
{
  Turn turn = { NULL, NULL };
  Pair *pair = claim->pair;
  gboolean was_next;

  if (!pair)
    return turn;
  was_next = pair->holder == claim
      || (!pair->holder && g_queue_peek_head (&pair->waiting) == claim);
  stop_waiting (claim);
  claim->pair = NULL;
  if (pair->holder == claim)
    pair->holder = NULL;
  if (was_next)
    turn = next_turn (pair);
  if (--pair->users == 0)
    g_hash_table_remove (claim->pairs->pairs, pair->zids);
  return turn;
}

/* Moves the claim to another pair. Whose turn it is in the one that it left. */
static Turn
join (ZrtpClaim * claim, const guint8 * own, const guint8 * peer)
{
  guint8 zids[2 * ZRTP_ZID_SIZE];
  Turn turn = { NULL, NULL };
  Pair *pair;

  memcpy (zids, own, ZRTP_ZID_SIZE);
  memcpy (zids + ZRTP_ZID_SIZE, peer, ZRTP_ZID_SIZE);
  if (claim->pair && equal_zids (claim->pair->zids, zids))
    return turn;
  turn = leave (claim);
  pair = g_hash_table_lookup (claim->pairs->pairs, zids);
  if (!pair) {
    pair = g_new0 (Pair, 1);
    memcpy (pair->zids, zids, sizeof zids);
    /* Who was here before and comes back must not take it for the same. */
    pair->generation = claim->pairs->ended;
    g_hash_table_insert (claim->pairs->pairs, pair->zids, pair);
  }
  pair->users++;
  claim->pair = pair;
  return turn;
}

static gboolean
is_holding_another (const ZrtpClaim * claim, const guint8 * own,
    const guint8 * peer)
{
  const Pair *pair = claim->pair;

  return pair && pair->holder == claim
      && (memcmp (pair->zids, own, ZRTP_ZID_SIZE) != 0
      || memcmp (pair->zids + ZRTP_ZID_SIZE, peer, ZRTP_ZID_SIZE) != 0);
}

/* A pair that is free, or was held for too long. Whoever waits first has the
 * first go: somebody who calls again and again can't keep others out. */
static gboolean
is_open (Pair * pair, const ZrtpClaim * claim, gint64 now)
{
  ZrtpClaim *first;

  if (pair->holder && now < pair->expires)
    return FALSE;
  while ((first = g_queue_peek_head (&pair->waiting)) && first != claim
      && now - first->asked >= TURN)
    stop_waiting (first);
  return !first || first == claim;
}

static void
hold (ZrtpClaim * claim, gboolean accepted, gint64 now)
{
  Pair *pair = claim->pair;

  stop_waiting (claim);
  pair->holder = claim;
  pair->expires = now + HOLD_LIMIT;
  pair->committed = FALSE;
  pair->accepted = accepted;
}

/* When to ask again. */
static gint64
wait_for (ZrtpClaim * claim, gint64 now)
{
  Pair *pair = claim->pair;
  const ZrtpClaim *first;

  claim->asked = now;
  if (!claim->ticket) {
    claim->ticket = ++pair->last_ticket;
    g_queue_push_tail_link (&pair->waiting, &claim->link);
  }
  /* The time of a holder that is overdue ends without a call of the hook. */
  if (claim->hook)
    return pair->holder && pair->expires > now
        ? MIN (pair->expires, now + MAX_ASK_AGAIN) : now + MAX_ASK_AGAIN;
  first = g_queue_peek_head (&pair->waiting);
  return now + MIN (ASK_AGAIN * (gint64) (1 + claim->ticket - first->ticket),
      MAX_ASK_AGAIN);
}

void
zrtp_claim_free (ZrtpClaim * claim)
{
  Turn turn;

  g_mutex_lock (&claim->pairs->lock);
  turn = leave (claim);
  g_mutex_unlock (&claim->pairs->lock);
  tell (&turn);
  zrtp_pairs_unref (claim->pairs);
  g_free (claim);
}

guint
zrtp_claim_generation (ZrtpClaim * claim, const guint8 own[ZRTP_ZID_SIZE],
    const guint8 peer[ZRTP_ZID_SIZE])
{
  Turn turn = { NULL, NULL };
  guint generation = 0;

  g_mutex_lock (&claim->pairs->lock);
  if (!is_holding_another (claim, own, peer)) {
    turn = join (claim, own, peer);
    generation = claim->pair->generation;
  }
  g_mutex_unlock (&claim->pairs->lock);
  tell (&turn);
  return generation;
}

gint64
zrtp_claim_take (ZrtpClaim * claim, const guint8 own[ZRTP_ZID_SIZE],
    const guint8 peer[ZRTP_ZID_SIZE], gint64 now)
{
  Turn turn = { NULL, NULL };
  gint64 due = now;

  g_mutex_lock (&claim->pairs->lock);
  if (is_holding_another (claim, own, peer)) {
    due = now + MAX_ASK_AGAIN;
  } else {
    turn = join (claim, own, peer);
    if (claim->pair->holder != claim) {
      if (is_open (claim->pair, claim, now))
        hold (claim, FALSE, now);
      else
        due = wait_for (claim, now);
    }
  }
  g_mutex_unlock (&claim->pairs->lock);
  tell (&turn);
  return due;
}

gboolean
zrtp_claim_bid (ZrtpClaim * claim, const ZrtpBid * bid)
{
  Pair *pair;
  gboolean ours;

  g_mutex_lock (&claim->pairs->lock);
  pair = claim->pair;
  ours = pair && pair->holder == claim;
  if (ours) {
    pair->committed = TRUE;
    pair->bid = *bid;
  }
  g_mutex_unlock (&claim->pairs->lock);
  return ours;
}

void
zrtp_claim_accepted (ZrtpClaim * claim)
{
  g_mutex_lock (&claim->pairs->lock);
  if (claim->pair && claim->pair->holder == claim)
    claim->pair->accepted = TRUE;
  g_mutex_unlock (&claim->pairs->lock);
}

gboolean
zrtp_claim_is_held (ZrtpClaim * claim)
{
  gboolean ours;

  g_mutex_lock (&claim->pairs->lock);
  ours = claim->pair && claim->pair->holder == claim;
  g_mutex_unlock (&claim->pairs->lock);
  return ours;
}

/* A session that holds the pair and has not sent its Commit gives way; one whose
 * Commit is out does if that is the lower. */
static ZrtpClaimVerdict
judge_answer (Pair * pair, const ZrtpClaim * claim, const ZrtpBid * received,
    gboolean own_mitm, gboolean peer_mitm, gint64 now)
{
  if (pair->holder == claim)
    return ZRTP_CLAIM_OURS;
  if (!pair->holder || pair->accepted || now >= pair->expires)
    return is_open (pair, claim, now) ? ZRTP_CLAIM_OURS : ZRTP_CLAIM_BUSY;
  if (!pair->committed)
    return ZRTP_CLAIM_OURS;
  return zrtp_bid_stands (&pair->bid, received, own_mitm, peer_mitm) ?
      ZRTP_CLAIM_OUTBID : ZRTP_CLAIM_OURS;
}

ZrtpClaimVerdict
zrtp_claim_answer (ZrtpClaim * claim, const guint8 own[ZRTP_ZID_SIZE],
    const guint8 peer[ZRTP_ZID_SIZE], const ZrtpBid * received,
    gboolean own_mitm, gboolean peer_mitm, gint64 now)
{
  Turn turn, holder = { NULL, NULL };
  ZrtpClaimVerdict verdict;

  g_mutex_lock (&claim->pairs->lock);
  turn = join (claim, own, peer);
  verdict = judge_answer (claim->pair, claim, received, own_mitm, peer_mitm,
      now);
  if (verdict == ZRTP_CLAIM_OURS)
    hold (claim, TRUE, now);
  if (verdict == ZRTP_CLAIM_OUTBID)
    holder = turn_of (claim->pair->holder);
  g_mutex_unlock (&claim->pairs->lock);
  tell (&turn);
  tell (&holder);
  return verdict;
}

void
zrtp_claim_release (ZrtpClaim * claim, gboolean done)
{
  Turn turn;

  g_mutex_lock (&claim->pairs->lock);
  if (done && claim->pair)
    claim->pair->generation = ++claim->pairs->ended;
  turn = leave (claim);
  g_mutex_unlock (&claim->pairs->lock);
  tell (&turn);
}
