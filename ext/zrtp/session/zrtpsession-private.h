/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a session does for the handshakes of its streams.
 */
#ifndef ZRTP_SESSION_PRIVATE_H
#define ZRTP_SESSION_PRIVATE_H

#include "zrtp/session/zrtpsession.h"
#include "zrtp/session/zrtpsignature.h"
#include "zrtp/state/zrtpstate.h"

G_BEGIN_DECLS

/* zrtpsession.c */
void zrtp_pbx_distrust (ZrtpSession * session);
void zrtp_signature_forget (ZrtpSession * session);
/* 4.4.3.1: nonces of either side that led to keys, whose Confirm was good: of
 * the others nothing was encrypted, and a third party could make us keep any
 * number. */
gboolean zrtp_session_knows_nonce (const ZrtpSession * session,
    const guint8 nonce[ZRTP_NONCE_SIZE]);
void zrtp_session_note_nonce (ZrtpSession * session,
    const guint8 nonce[ZRTP_NONCE_SIZE]);
/* 8.1.1: authenticated signalling vouches for the peer's Hello. */
gboolean zrtp_session_hello_is_authenticated (const ZrtpStream * stream);
/* An empty change of the peer's entry; gives it out, or frees it if it is still
 * empty or there is no cache. */
ZrtpJob *zrtp_session_new_job (const ZrtpSession * session);
void zrtp_session_queue_job (ZrtpSession * session, ZrtpJob * job);
/* 4.7.2.1 */
void zrtp_session_ratchet (ZrtpSession * session);
void zrtp_session_forget (ZrtpSession * session);
/* A stream other than @stream has keys. */
gboolean zrtp_session_has_other_secure_stream (ZrtpSession * session,
    const ZrtpStream * stream);
/* Our V flag for a Confirm. */
gboolean zrtp_session_own_v_flag (ZrtpSession * session);

/* zrtpmembers.c */
/* @stream stops, fails or leaves; if no other has use for ZRTPSess the session
 * is forgotten. @call_goes_on: the application dropped this one stream only. */
void zrtp_session_stream_left (ZrtpSession * session, ZrtpStream * stream,
    gboolean call_goes_on);
/* The session of trials, made if there is none. */
ZrtpSession *zrtp_session_get_successor (ZrtpSession * session);
void zrtp_session_drop_unused_successor (ZrtpSession * session);
/* Moves the trial of @stream into session @to. */
void zrtp_session_move_trial (ZrtpStream * stream, ZrtpSession * to);

/* zrtpcontention.c */
typedef enum
{
  ZRTP_DECISION_ACCEPT,
  ZRTP_DECISION_DROP,            /* counted */
  ZRTP_DECISION_IGNORE,          /* rightly so: contention that we won */
  ZRTP_DECISION_FAIL             /* with *error */
} ZrtpDecision;

/* A received Commit against what streams of the session do. */
ZrtpDecision zrtp_contention_decide (ZrtpStream * stream,
    const ZrtpRemote * peer, const ZrtpCommitRank * received, gint64 now,
    ZrtpErrorCode * error);
/* On trial: our Commit is for an endpoint that answered an earlier one, and which
 * has time for this one. Meanwhile the Commits and answers of others change nothing. */
gboolean zrtp_contention_awaits_answer (const ZrtpStream * stream, gint64 now);
/* ... and against other calls with this peer: accepted, it is our turn. */
ZrtpDecision zrtp_contention_acquire (ZrtpStream * stream,
    const ZrtpRemote * peer, const ZrtpCommitRank * received, gint64 now);
/* Before a Commit of ours: @now, or, while another call's exchange is under way,
 * when to ask again. */
gint64 zrtp_contention_take_turn (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now);
/* FALSE if our turn was lost to another call meanwhile. */
gboolean zrtp_contention_rank (ZrtpStream * stream);
/* The peer answered our Commit: it stands. */
void zrtp_contention_accepted (ZrtpStream * stream);
/* Changes when what was read about this peer is no longer true. */
guint zrtp_contention_generation (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE]);
/* The cache has what the exchange left. */
void zrtp_contention_updated (ZrtpSession * session, const ZrtpJob * job);
/* May @stream send a Commit now, and in which mode? */
gboolean zrtp_contention_may_commit (ZrtpSession * session, ZrtpStream * stream,
    const ZrtpRemote * peer, ZrtpCommitMode * mode);
/* A DH exchange begins on, or is over on, @stream. */
void zrtp_contention_begin (ZrtpSession * session, ZrtpStream * stream);
void zrtp_contention_end (ZrtpSession * session, ZrtpStream * stream,
    gint64 now);
/* @stream exchanges no more. @written: what it left may still be on its way to
 * the cache. */
void zrtp_contention_stopped (ZrtpSession * session, ZrtpStream * stream,
    gboolean written);
/* Counts a guess at the SAS. */
void zrtp_contention_count_guess (ZrtpStream * stream, gint64 now);
/* No Commit of @peer is answered while guesses are held back. After that the
 * endpoint that acknowledged our Hello comes first, or the next third party's
 * Commit would take its place each time. */
gboolean zrtp_contention_is_held (const ZrtpStream * stream,
    const ZrtpRemote * peer, gint64 now);
/* Has our Hello go on while the exchange proves nothing. */
void zrtp_contention_schedule_hello (ZrtpStream * stream, gint64 now);
/* Has the exchange led nowhere for so long that another may take its place? */
gboolean zrtp_contention_gives_way (const ZrtpStream * stream, gint64 now);
/* NULL without a cache: several exchanges with a peer at once leave nothing behind. */
ZrtpExchangeLease *zrtp_contention_get_lease (const ZrtpStream * stream);
gboolean zrtp_contention_is_unproven (const ZrtpStream * stream);
gint64 zrtp_contention_next_hello (const ZrtpStream * stream);

/* zrtptrust.c */
void zrtp_names_found_late (ZrtpSession * session, ZrtpJob * job, gint64 now);
/* The SAS that is shown: ours, or what a PBX made of it. */
void zrtp_session_render_sas (ZrtpSession * session);
/* Evaluates trust again and reports it. */
void zrtp_session_update_trust (ZrtpSession * session);
/* What the users said in the call holds for the peer that proves to be it. */
void zrtp_trial_inherit (ZrtpStream * stream);
ZrtpTrust zrtp_session_evaluate_trust (ZrtpSession * session);

/* zrtppeername.c */
/* The peer was stored under another name than the one that the user expects. */
gboolean zrtp_session_names_differ (const ZrtpSession * session);
void zrtp_session_set_known_name (ZrtpSession * session, const char *name);
/* The cache answered a LOOKUP, or a FIND_NAME: then the alarm may be due. */
void zrtp_names_found (ZrtpSession * session, ZrtpJob * job);
/* Asks the cache again if the name changed since it was asked. */
void zrtp_names_refresh (ZrtpSession * session);
/* Sets new_endpoint and what belongs to it. */
void zrtp_names_update (ZrtpSession * session);
/* Emits the alarms about names. */
void zrtp_names_announce (ZrtpSession * session, ZrtpStream * stream);
void zrtp_names_announce_endpoint (ZrtpSession * session,
    ZrtpStream * stream);

/* zrtpretained.c */
/* The job that updates the cache at the point of 4.6.1, or NULL when there is
 * nothing to write (now). */
ZrtpJob *zrtp_session_update_job (ZrtpSession * session, ZrtpStream * stream);
/* The peer's SRTP came: it has what we kept. */
void zrtp_session_srtp_received (ZrtpSession * session);
/* 4.6.1.1: there is evidence against a man in the middle now. */
void zrtp_session_write_pending (ZrtpSession * session);
/* Moves an update that waited into @update. */
void zrtp_session_collect_pending (ZrtpSession * session,
    ZrtpPeerUpdate * update);

/* zrtplostcall.c */
/* Discovery begins with a new call. */
void zrtp_lost_call_begin (ZrtpStream * stream);
/* The stream stops, or is secure: its keys make up for what was lost. */
void zrtp_lost_call_reset (ZrtpStream * stream);
/* The application expects another name. */
void zrtp_lost_call_renamed (ZrtpStream * stream);
/* See zrtp_stream_suspect_lost_call(). */
void zrtp_lost_call_suspect (ZrtpStream * stream);
/* ZRTP_TASK_FIND_CALL is done. */
void zrtp_lost_call_found (ZrtpStream * stream, const ZrtpJob * job);
/* SRTP of a source of the earlier call came. */
void zrtp_lost_call_srtp_received (ZrtpStream * stream);
/* The Hello schedule is over. */
void zrtp_lost_call_schedule_over (ZrtpStream * stream);

/* zrtpdowngrade.c */
/* The exchange of @stream is agreed: compares it with earlier ones. */
void zrtp_downgrade_derived (ZrtpSession * session, const ZrtpStream * stream);
/* Puts into @update what is to be kept of that; with @verified, the user knows
 * the peer. */
void zrtp_downgrade_fill (const ZrtpSession * session, gboolean verified,
    ZrtpPeerUpdate * update);
void zrtp_downgrade_announce (ZrtpSession * session, ZrtpStream * stream);
void zrtp_downgrade_forget (ZrtpSession * session);

/* zrtpenrollment.c */
/* @stream has s3 and ZRTPSess: whether we set E, and what it is about. */
void zrtp_pbx_derived (ZrtpSession * session, ZrtpStream * stream);
/* The peer's Confirm has E. */
void zrtp_pbx_offered (ZrtpSession * session, ZrtpStream * stream);

/* zrtpauxsecret.c */
/* The auxsecret of an exchange, whose role, hash and peer are known. */
void zrtp_session_use_aux (const ZrtpStream * stream, ZrtpExchange * x);
void zrtp_session_wipe_aux (ZrtpSession * session);

/* zrtpsignature.c */
/* A DH exchange, and no other (7.2), has a sashash: asks the application to sign
 * it, if that is due. */
void zrtp_signature_ask (ZrtpStream * stream, gint64 now);
/* The peer's Confirm was good; @type is "" without a signature. */
void zrtp_signature_received (ZrtpStream * stream, const char type[5],
    ZrtpOctets block);
/* The peer's Confirm is held until the application accepts its signature. */
void zrtp_signature_hold (ZrtpStream * stream, gint64 now);
void zrtp_signature_report_malformed (ZrtpStream * stream);
void zrtp_signature_announce (ZrtpSession * session, ZrtpStream * stream);
/* The stream whose Confirm waits for our signature, or NULL. */
ZrtpStream *zrtp_signature_find_signing (ZrtpSession * session);
/* The stream that told of a signature before it is secure, or NULL. */
ZrtpStream *zrtp_signature_find_told (ZrtpSession * session);
gboolean zrtp_signature_is_our_sashash (const ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE]);

G_END_DECLS

#endif
