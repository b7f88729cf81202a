/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One DH or Preshared exchange at a time between two ZIDs, over all calls of a
 * process (RFC 6189 4.2, 4.4.1, 4.4.2): two at once would each put another rs1
 * into the cache of known peers, and in another order on either side.
 *
 * Thread-safe: sessions that share a table may live in different threads.
 */
#ifndef ZRTP_EXCHANGE_LOCK_H
#define ZRTP_EXCHANGE_LOCK_H

#include "zrtp/message/zrtpmessage.h"

G_BEGIN_DECLS

/* The pairs of ZIDs that exchange keys now. */
typedef struct _ZrtpPairs ZrtpExchangeLocks;

ZrtpExchangeLocks *zrtp_exchange_locks_new (void);
ZrtpExchangeLocks *zrtp_exchange_locks_ref (ZrtpExchangeLocks * pairs);
void zrtp_exchange_locks_unref (ZrtpExchangeLocks * pairs);

/* What decides between two Commits that crossed (4.2). */
typedef struct
{
  ZrtpCommitMode mode;
  guint8 value[ZRTP_HVI_SIZE];  /* hvi, or the nonce and zeros */
} ZrtpCommitRank;

void zrtp_commit_rank_of (const ZrtpCommit * commit, ZrtpCommitRank * rank);
/* TRUE if our Commit stands and the received one is to be dropped. */
gboolean zrtp_commit_wins (const ZrtpCommitRank * ours,
    const ZrtpCommitRank * received, gboolean own_mitm, gboolean peer_mitm);

/* Tells the owner of a session that its turn came, from a thread of another
 * session. */
typedef struct
{
  /* Returns a new reference to @owner. Called with the table's lock held. */
  gpointer (*ref) (gpointer owner);
  /* Has zrtp_session_take_turn() called soon, on a thread of its own. Takes
   * ownership of the reference. Called without locks of the engine; the caller's own
   * may be held, so it must not block and must not call the engine. */
  void (*turn) (gpointer owner);
} ZrtpTurnHook;

/* A session's part in the table: it holds one pair at most, and an exchange
 * that takes longer than it should does not shut out the others forever. */
typedef struct _ZrtpClaim ZrtpExchangeLease;

ZrtpExchangeLease *zrtp_exchange_lease_new (ZrtpExchangeLocks * pairs);
/* Another one in the same table, with the same hook. */
ZrtpExchangeLease *zrtp_exchange_lease_new_beside (const ZrtpExchangeLease *
    lease);
void zrtp_exchange_lease_free (ZrtpExchangeLease * lease);
/* Before the lease is used. @owner is borrowed until the lease is freed.
 * Without a hook the session has to ask again at the times that
 * zrtp_exchange_lease_acquire() gives. */
void zrtp_exchange_lease_set_hook (ZrtpExchangeLease * lease,
    const ZrtpTurnHook * hook, gpointer owner);

/* Another number once an exchange of this pair has ended: what the cache said
 * before is stale. */
guint zrtp_exchange_lease_generation (ZrtpExchangeLease * lease,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE]);

/* @now: the pair is ours. Later: another session is at it. The hook is called when
 * it is our turn. Ask again at the returned time all the same, to keep the turn: a
 * session that does not ask for a second loses it. */
gint64 zrtp_exchange_lease_acquire (ZrtpExchangeLease * lease,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE], gint64 now);
/* Our Commit is about to go out. FALSE if meanwhile we lost the pair. */
gboolean zrtp_exchange_lease_rank (ZrtpExchangeLease * lease,
    const ZrtpCommitRank * rank);
/* The peer accepted it: other Commits come too late. */
void zrtp_exchange_lease_accepted (ZrtpExchangeLease * lease);
gboolean zrtp_exchange_lease_is_held (ZrtpExchangeLease * lease);

typedef enum
{
  ZRTP_LEASE_OURS,              /* the received Commit may be accepted */
  ZRTP_LEASE_LOST,            /* that of another session of ours stands, which is
                                 * told by its hook: the peer may not have it */
  ZRTP_LEASE_BUSY               /* another exchange is past its Commit */
} ZrtpLeaseDecision;

/* A Commit of this peer came. ZRTP_LEASE_OURS: the pair is ours, and a session
 * whose Commit lost will find that out. */
ZrtpLeaseDecision zrtp_exchange_lease_contend (ZrtpExchangeLease * lease,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE],
    const ZrtpCommitRank * received, gboolean own_mitm, gboolean peer_mitm,
    gint64 now);
/* The exchange is over. @done: it changed what both sides keep. */
void zrtp_exchange_lease_release (ZrtpExchangeLease * lease, gboolean done);

G_END_DECLS

#endif
