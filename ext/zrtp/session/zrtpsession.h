/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call with one peer endpoint: what its streams share (ZRTPSess, SAS,
 * trust, retained secrets). See zrtpstream.h for threading and draining.
 */
#ifndef ZRTP_SESSION_H
#define ZRTP_SESSION_H

#include "zrtp/agreement/zrtpexchangelock.h"
#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS

ZrtpSession *zrtp_session_new (void);
/* All its streams must have left. Wipes ZRTPSess (4.5.2). */
void zrtp_session_free (ZrtpSession * session);

/* Before the first exchange: all sessions that share one table, in whatever
 * threads, run one DH or Preshared exchange at a time with a peer (4.4.1). */
void zrtp_session_share (ZrtpSession * session, ZrtpExchangeLocks * pairs);
/* After that: @hook is called when an exchange that this session waited for is
 * over. @owner is borrowed. Without it the session asks again by itself, which
 * takes longer where many wait. */
void zrtp_session_set_turn_hook (ZrtpSession * session,
    const ZrtpTurnHook * hook, gpointer owner);
/* What the hook asks for. Harmless at any other time. */
void zrtp_session_take_turn (ZrtpSession * session, gint64 now);

/* All streams of a session have one ZID (4.4.3): FALSE if this one's differs.
 * Its counters begin again; they stay when it leaves. */
gboolean zrtp_session_add (ZrtpSession * session, ZrtpStream * stream);
void zrtp_session_remove (ZrtpSession * session, ZrtpStream * stream);

const ZrtpSessionInfo *zrtp_session_get_info (ZrtpSession * session);

/* 4.3: a secret that both users provisioned. NULL for none. Counts from the
 * next exchange on. */
void zrtp_session_set_aux_secret (ZrtpSession * session, const guint8 * data,
    gsize size);
/* 8.2: the SRTP master key and after it the salt that the signalling agreed on,
 * as in the "inline" of an SDES attribute. srtps, made of it for each exchange,
 * is then the auxsecret, and not what zrtp_session_set_aux_secret() set. NULL for
 * none. Counts from the next exchange on. FALSE if no crypto suite of SRTP has
 * key and salt of that @size together: nothing changes. */
gboolean zrtp_session_set_sdes_key (ZrtpSession * session,
    const guint8 * data, gsize size);
/* How many of those @size octets are the salt; 0 if @size is none that counts. */
gsize zrtp_sdes_salt_size (gsize size);
/* The peer that the user expects (12). Compared with the name kept for the
 * peer's ZID; stored with it once the SAS is verified. NULL for none. */
void zrtp_session_set_peer_name (ZrtpSession * session, const char *name,
    gint64 now);

/* The user compared the SAS and they match (7.1): V is set and kept, a cache
 * update that waited for this (4.6.1.1) is made. FALSE before a SAS. */
gboolean zrtp_session_verify_sas (ZrtpSession * session, gint64 now);
/* The user no longer vouches for it: V is cleared. */
gboolean zrtp_session_unverify_sas (ZrtpSession * session, gint64 now);
/* They do not match: trust is ZRTP_TRUST_SAS_MISMATCH, and no media passes on
 * streams whose policy has stop_on_reject until the SAS is verified. V and the
 * secrets kept of this peer are erased (7.1); but not those of a PBX that
 * relayed the SAS, since then the attacker is on its other leg. */
gboolean zrtp_session_reject_sas (ZrtpSession * session, gint64 now);
/* The user trusts this PBX to relay SAS (7.3.1), and to listen: the pbxsecret is
 * stored. FALSE if none was offered, without a cache, or while something speaks
 * against this peer (trust is a mismatch). */
gboolean zrtp_session_accept_enrollment (ZrtpSession * session, gint64 now);
/* Removes this peer from the cache; a PBX is trusted no longer, and what it
 * relayed gives way to our own SAS. */
gboolean zrtp_session_forget_peer (ZrtpSession * session, gint64 now);

/* 4.7.2: asks the peer to go back to clear media, on all streams. FALSE if it
 * does not allow that (its A flag), we require encryption, or there is nothing
 * to end. zrtp_stream_go_secure() leads back. */
gboolean zrtp_session_go_clear (ZrtpSession * session, gint64 now);
/* The user agrees to what ZRTP_EVENT_CLEAR_REQUESTED told: clear media may
 * flow. FALSE if the peer did not ask. */
gboolean zrtp_session_accept_clear (ZrtpSession * session, gint64 now);

/* 4.5.2; FALSE before a SAS. @out holds ZRTP_MAX_HASH_SIZE. */
gboolean zrtp_session_get_exported_key (ZrtpSession * session, guint8 * out,
    gsize * size);

G_END_DECLS

#endif
