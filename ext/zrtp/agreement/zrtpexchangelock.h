/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One DH or Preshared exchange at a time between two ZIDs, over all calls of a
 * process (RFC 6189 4.2, 4.4.1, 4.4.2): two at once would each put another rs1
 * into the cache of known peers, and in another order on either side.
 *
 * Thread-safe: sessions that share a table may live in different threads.
 */
#ifndef ZRTP_PAIRS_H
#define ZRTP_PAIRS_H

#include "zrtp/message/zrtpmessage.h"

G_BEGIN_DECLS

/* The pairs of ZIDs that exchange keys now. */
typedef struct _ZrtpPairs ZrtpPairs;

ZrtpPairs *zrtp_pairs_new (void);
ZrtpPairs *zrtp_pairs_ref (ZrtpPairs * pairs);
void zrtp_pairs_unref (ZrtpPairs * pairs);

/* What decides between two Commits that crossed (4.2). */
typedef struct
{
  ZrtpCommitMode mode;
  guint8 value[ZRTP_HVI_SIZE];  /* hvi, or the nonce and zeros */
} ZrtpBid;

void zrtp_bid_of_commit (const ZrtpCommit * commit, ZrtpBid * bid);
/* TRUE if our Commit stands and the received one is to be dropped. */
gboolean zrtp_bid_stands (const ZrtpBid * ours, const ZrtpBid * received,
    gboolean own_mitm, gboolean peer_mitm);

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

/* A session's part in the table: it holds one pair at most, and an exchange that
 * takes longer than it should does not shut out the others for ever. */
typedef struct _ZrtpClaim ZrtpClaim;

ZrtpClaim *zrtp_claim_new (ZrtpPairs * pairs);
/* Another one in the same table, with the same hook. */
ZrtpClaim *zrtp_claim_new_beside (const ZrtpClaim * claim);
void zrtp_claim_free (ZrtpClaim * claim);
/* Before the claim is used. @owner is borrowed until the claim is freed. Without a
 * hook the session has to ask again at the times that zrtp_claim_take() gives. */
void zrtp_claim_set_hook (ZrtpClaim * claim, const ZrtpTurnHook * hook,
    gpointer owner);

/* Another number once an exchange of this pair has ended: what the cache said
 * before is stale. */
guint zrtp_claim_generation (ZrtpClaim * claim,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE]);

/* @now: the pair is ours. Later: another session is at it. The hook is called when
 * it is our turn. Ask again at the returned time all the same, to keep the turn: a
 * session that does not ask for a second loses it. */
gint64 zrtp_claim_take (ZrtpClaim * claim, const guint8 own[ZRTP_ZID_SIZE],
    const guint8 peer[ZRTP_ZID_SIZE], gint64 now);
/* Our Commit is about to go out. FALSE if meanwhile we lost the pair. */
gboolean zrtp_claim_bid (ZrtpClaim * claim, const ZrtpBid * bid);
/* The peer accepted it: other Commits come too late. */
void zrtp_claim_accepted (ZrtpClaim * claim);
gboolean zrtp_claim_is_held (ZrtpClaim * claim);

typedef enum
{
  ZRTP_CLAIM_OURS,              /* the received Commit may be accepted */
  ZRTP_CLAIM_OUTBID,            /* that of another session of ours stands, which is
                                 * told by its hook: the peer may not have it */
  ZRTP_CLAIM_BUSY               /* another exchange is past its Commit */
} ZrtpClaimVerdict;

/* A Commit of this peer came. ZRTP_CLAIM_OURS: the pair is ours, and a session
 * whose Commit lost will find that out. */
ZrtpClaimVerdict zrtp_claim_answer (ZrtpClaim * claim,
    const guint8 own[ZRTP_ZID_SIZE], const guint8 peer[ZRTP_ZID_SIZE],
    const ZrtpBid * received, gboolean own_mitm, gboolean peer_mitm,
    gint64 now);
/* The exchange is over. @done: it changed what both sides keep. */
void zrtp_claim_release (ZrtpClaim * claim, gboolean done);

G_END_DECLS

#endif
