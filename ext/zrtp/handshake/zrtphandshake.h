/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The messages of RFC 6189: what each file of this folder offers to the others, and to
 * the dispatcher. Files that come first know nothing of those that follow.
 */
#ifndef ZRTP_HANDSHAKE_H
#define ZRTP_HANDSHAKE_H

#include "zrtp/session/zrtpsession-private.h"

G_BEGIN_DECLS

/* zrtpexchange.c */
/* Wipes what was prepared ahead of need. */
void zrtp_exchange_forget_prepared (ZrtpStream * stream);
/* Begins again, whatever was before. Multistream mode has its secrets, and in
 * the other modes the session is busy from now on. */
ZrtpExchange *zrtp_exchange_begin (ZrtpStream * stream,
    const ZrtpRemote * peer, ZrtpCommitMode mode, const ZrtpSuite * suite,
    ZrtpRole role, gint64 now);
void zrtp_exchange_publish_suite (ZrtpStream * stream, const ZrtpSuite * suite,
    ZrtpRole role);
void zrtp_exchange_free (ZrtpStream * stream);
/* The exchange, or what it led to, is lost. Counts those that got as far as
 * keys: each gave an active attacker one guess at the SAS (see there). */
void zrtp_exchange_aborted (ZrtpStream * stream, gint64 now);
/* Has the key pair made that will most likely be needed. */
void zrtp_exchange_prepare (ZrtpStream * stream);
/* TRUE once it is there; has it made, or looked up, otherwise. */
gboolean zrtp_exchange_ensure_key_pair (ZrtpStream * stream,
    const ZrtpSuite * suite);
gboolean zrtp_exchange_ensure_lookup (ZrtpStream * stream, const guint8 * zid,
    gint64 now);
/* What was prepared moves into the exchange. */
void zrtp_exchange_use_key_pair (ZrtpStream * stream, ZrtpExchange * x);
void zrtp_exchange_use_secrets (ZrtpStream * stream, ZrtpExchange * x);
void zrtp_exchange_key_pair_ready (ZrtpStream * stream, ZrtpJob * job,
    gint64 now);
void zrtp_exchange_lookup_ready (ZrtpStream * stream, ZrtpJob * job,
    gint64 now);
void zrtp_exchange_lookup_timeout (ZrtpStream * stream, gint64 now);

/* zrtpdiscovery.c */
/* The endpoint with that @ssrc has our Hello. */
void zrtp_discovery_set_acked (ZrtpStream * stream, guint32 ssrc);
void zrtp_discovery_reset (ZrtpStream * stream);
void zrtp_stream_make_hello (ZrtpStream * stream);
void zrtp_discovery_start (ZrtpStream * stream, gint64 now);
void zrtp_discovery_timeout (ZrtpStream * stream, gint64 now);
void zrtp_stream_send_hello (ZrtpStream * stream, gboolean retransmission,
    gint64 now);
/* While FAILED. */
void zrtp_discovery_retry_timeout (ZrtpStream * stream, gint64 now);
/* The peer speaks ZRTP: it is not taken for one without for a while. */
void zrtp_discovery_note_evidence (ZrtpStream * stream, gint64 now);
void zrtp_discovery_clear_media (ZrtpStream * stream, gint64 now);
/* FAILED, but not for good: discovery starts again at @at, and Hellos go on
 * until then. ZRTP_NEVER: with the next Hello only. */
void zrtp_stream_retry (ZrtpStream * stream, gint64 at, gint64 now);
/* The Hello schedule begins. */
void zrtp_discovery_schedule (ZrtpStream * stream, gint64 now);
void zrtp_discovery_slow_down (ZrtpStream * stream, gint64 now);
void zrtp_discovery_hurry (ZrtpStream * stream, gint64 now);

/* zrtpfail.c */
/* Counts what was dropped and ends what failed. */
void zrtp_settle (ZrtpStream * stream, ZrtpOutcome outcome, gint64 now);
/* Ends what runs: FAILED, keys of the exchange wiped, an Error sent. */
void zrtp_stream_fail (ZrtpStream * stream, ZrtpErrorCode error, gint64 now);
/* The same, because of the SSRC. */
void zrtp_stream_fail_collision (ZrtpStream * stream, gint64 now);
/* The same, for proof of tampering: the stream stays shut. */
void zrtp_stream_fail_security (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now);
/* The same without an Error: the peer is gone or told us. */
void zrtp_stream_abort (ZrtpStream * stream, ZrtpErrorCode error,
    gint64 now);
/* What every end of an exchange has in common. The caller sets the step. */
void zrtp_stream_end_exchange (ZrtpStream * stream, gint64 now);
/* FAILED for good: only go-secure or a Hello starts discovery again. */
void zrtp_stream_give_up (ZrtpStream * stream);
void zrtp_soft_error_timeout (ZrtpStream * stream, gint64 now);
/* A packet that carries no proof shows why there can be no call: equal ZIDs, or
 * nothing in common. The application hears of it at once. The state becomes
 * FAILED when that goes on for a second, and until ZRTP_FAILED_TIME after the
 * last one. */
void zrtp_stream_hinder (ZrtpStream * stream, ZrtpHindrance * hindrance,
    ZrtpErrorCode error, gint64 now);
/* Gives up the exchange of a chain that proved nothing, and leaves that chain
 * alone for a while. Discovery goes on. @text: an alarm, or NULL. */
void zrtp_stream_drop_chain (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now);
/* Ends it for another one's sake. */
void zrtp_stream_abandon (ZrtpStream * stream, gint64 now);

/* zrtpsealed.c */
/* The keys of Confirm, SASrelay and GoClear, and all that is under them. */
void zrtp_bound_wipe_keys (ZrtpStream * stream);
/* What Confirm and SASrelay have in common (4.6, 5.13): encrypts @text in place,
 * where @sealed then points to. */
void zrtp_sealed_encrypt_and_mac (ZrtpStream * stream, guint8 * text,
    gsize size, ZrtpSealed * sealed);
gboolean zrtp_sealed_check_mac (ZrtpStream * stream,
    const ZrtpSealed * sealed);
/* The plain text, as long as the cipher text; g_free() it. */
guint8 *zrtp_sealed_decrypt (ZrtpStream * stream, const ZrtpSealed * sealed);
/* Role of ours to keys of a sender. */
const ZrtpSenderKeys *zrtp_stream_own_keys (ZrtpStream * stream);
const ZrtpSenderKeys *zrtp_stream_peer_keys (ZrtpStream * stream);

/* zrtpderive.c */
void zrtp_preshared_derive (ZrtpStream * stream);
/* KDF_Context of the modes without DHPart messages (4.4.2.4, 4.4.3.2). */
void zrtp_exchange_commit_context (ZrtpStream * stream);
/* s0 from ZRTPSess, and all below it. */
void zrtp_confirm_derive_multistream (ZrtpStream * stream);
void zrtp_confirm_derive (ZrtpStream * stream);
/* The DH exchange of @stream has s0: ZRTPSess, SAS, trust; nothing shows yet. */
void zrtp_session_derive (ZrtpSession * session, ZrtpStream * stream);
/* 4.4.1.4 */
void zrtp_derive_s0_dh (ZrtpStream * stream, const guint8 * dh_result);

/* zrtphellohash.c */
void zrtp_hello_hash_set_status (ZrtpStream * stream,
    ZrtpHelloHashStatus status);
gboolean zrtp_hello_hash_is_known (ZrtpStream * stream, GBytes * hello);
/* FALSE if the signalling announced other Hellos (8.1). */
gboolean zrtp_hello_hash_is_announced (ZrtpStream * stream, GBytes * hello);
/* TRUE if the Hello may be acknowledged. One that was not announced has to be
 * kept for that, as its sender then says Hello no more. */
gboolean zrtp_hello_hash_admit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now);
/* TRUE if the call is still secure with an endpoint that was announced earlier. */
gboolean zrtp_hello_hash_is_transfer (ZrtpStream * stream);
void zrtp_hello_hash_forget (ZrtpStream * stream);
/* Keeps a Hello that was not announced. TRUE if there is room. */
gboolean zrtp_hello_hash_keep (ZrtpStream * stream,
    const ZrtpRemote * remote, gint64 now);
void zrtp_hello_hash_keep_all (ZrtpStream * stream, gint64 now);

/* zrtpfork.c */
/* Reports @remote, which is not the peer, once and at most once a second. */
void zrtp_fork_report (ZrtpStream * stream, const ZrtpRemote * remote,
    gint64 now);
/* The same, for a Hello that no remote is made of. */
void zrtp_fork_note_hello (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now);
/* Another endpoint than the peer in use sent a Commit. */
void zrtp_fork_committed (ZrtpStream * stream, const ZrtpRemote * remote,
    gint64 now);
void zrtp_fork_forget (ZrtpStream * stream);

/* zrtpprobe.c */
/* A secure @stream got a Hello of another endpoint than its peer. TRUE if its trial
 * is to have it. */
gboolean zrtp_probe_note_hello (ZrtpStream * stream, const ZrtpHello * hello,
    gint64 now);
/* @stream is secure by an exchange that @began then: the peer may have restarted
 * within that. */
void zrtp_probe_secured (ZrtpStream * stream, gint64 began, gint64 now);
/* Media of the peer authenticated. */
void zrtp_probe_media (ZrtpStream * stream);
/* TRUE if @stream is a trial and its peer is not the one of the call, as
 * @has_secret says; then the exchange has failed, and the user is told. */
gboolean zrtp_probe_refuse (ZrtpStream * stream, gboolean has_secret,
    gint64 now);
void zrtp_probe_start (ZrtpStream * stream, gint64 now);
gboolean zrtp_probe_is_refused (ZrtpStream * stream,
    const guint8 h3[ZRTP_IMAGE_SIZE], gint64 now);
void zrtp_probe_report_refusal (ZrtpStream * stream, gint64 now);

/* zrtplifecycle.c */
/* Failures, guesses and bans so far no longer hold an exchange back. */
void zrtp_lifecycle_forget_attempts (ZrtpStream * stream);
/* Back to IDLE. @move: only to start again with another peer; what was secure, or
 * tampered with, once never falls back to clear on the way. */
void zrtp_lifecycle_reset (ZrtpStream * stream, gboolean move, gint64 now);
ZrtpStream *zrtp_lifecycle_new (const ZrtpPolicy * policy,
    const guint8 zid[ZRTP_ZID_SIZE], const ZrtpRandom * random);
void zrtp_lifecycle_free (ZrtpStream * stream);
/* Begins discovery under @ssrc, unless an exchange runs or is done. */
void zrtp_lifecycle_start (ZrtpStream * stream, guint32 ssrc, gint64 now);
void zrtp_trial_end (ZrtpStream * stream);

/* zrtptransfer.c */
/* TRUE if ZRTP_EVENT_FORK told of an endpoint with that @zid. */
gboolean zrtp_transfer_knows (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now);
/* Begins again with that endpoint alone. Must be called after zrtp_lifecycle_reset(). */
void zrtp_transfer_to_fork (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now);
/* Ends the call with that endpoint, to begin with another. */
void zrtp_hello_hash_move (ZrtpStream * stream, gint64 now);

/* zrtppreshared.c */
/* Would we do it, and the peer? @peer_list: the key agreements of its Hello. */
gboolean zrtp_preshared_is_offered (ZrtpStream * stream,
    const ZrtpAlgorithmList * peer_list);
/* May we ask for it, after what the cache said? */
gboolean zrtp_preshared_is_possible (ZrtpStream * stream,
    const ZrtpAlgorithmList * peer_list);
/* Initiator: nonce, key and keyID of the exchange. */
void zrtp_preshared_prepare (ZrtpStream * stream);
/* Responder: FALSE if no subset of our secrets has the received keyID. */
gboolean zrtp_preshared_find (ZrtpStream * stream);

/* zrtpdhpart.c */
GBytes *zrtp_dhpart_make (ZrtpStream * stream, ZrtpRole role);
void zrtp_dhpart_send_dhpart1 (ZrtpStream * stream, gint64 now);
void zrtp_dhpart_spend_key_pair (ZrtpStream * stream);

/* zrtpadmit.c */
typedef enum
{
  ZRTP_ADMISSION_GRANTED,
  ZRTP_ADMISSION_HELD,          /* it is up to the peer's signature */
  ZRTP_ADMISSION_REFUSED        /* the stream has failed */
} ZrtpAdmission;

/* A first exchange got a good Confirm, and the session is derived: does the
 * policy admit the peer? */
ZrtpAdmission zrtp_admit (ZrtpStream * stream, gint64 now);
/* Fails @stream, whose media stays shut. @reason is static. */
void zrtp_admit_refuse (ZrtpStream * stream, const char *reason, gint64 now);
/* Refuses all streams of the session if the policy of @stream no longer admits
 * the peer. */
void zrtp_admit_recheck (ZrtpSession * session, ZrtpStream * stream,
    gint64 now);
/* Why the policy refuses the peer; NULL if it does not. Static. */
const char *zrtp_admit_find_violation (const ZrtpStream * stream);

/* zrtpsecure.c */
/* The peer's Confirm was good. */
void zrtp_session_confirmed (ZrtpSession * session, ZrtpStream * stream,
    gboolean peer_verified);
/* The stream is secure: SAS, trust and alarms are told. */
void zrtp_session_announce (ZrtpSession * session, ZrtpStream * stream);
/* @stream is secure: tells of other endpoints that wait for an exchange. */
void zrtp_fork_secured (ZrtpStream * stream, gint64 now);
/* Both sides have the keys: the stream is secure. */
void zrtp_secure_enter (ZrtpStream * stream, gint64 now);
void zrtp_secure_give_keys (ZrtpStream * stream, ZrtpEventType type,
    const ZrtpSenderKeys * keys);

/* zrtpconfirm.c */
void zrtp_confirm_send_confirm1 (ZrtpStream * stream, gint64 now);
/* There are keys: goes on, unless a signature is waited for. */
ZrtpOutcome zrtp_confirm_continue (ZrtpStream * stream, gint64 now);
ZrtpOutcome zrtp_confirm1_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_confirm2_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_conf2ack_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
/* SRTP of the peer authenticated. */
void zrtp_confirm_media (ZrtpStream * stream, gint64 now);
void zrtp_confirm_stored (ZrtpStream * stream, gint64 now);
/* Takes the Confirm that is held: the policy admits the peer now. */
ZrtpOutcome zrtp_confirm_release (ZrtpStream * stream, gint64 now);
/* Takes a Confirm that was held if the policy changed, and admits the peer. */
void zrtp_admit_reconsider (ZrtpStream * stream, gint64 now);
/* A Multistream Confirm of the peer is good, so it has ZRTPSess and with it our
 * Confirm2: an exchange that still waits for its Conf2ACK is over. So is one of
 * which only the cache still waits: its SAS is told before anything else is
 * secure. */
void zrtp_session_finish_first_exchange (ZrtpSession * session, gint64 now);

/* zrtpgoclear.c */
/* The A flag: not where no clear media is wanted at all. */
gboolean zrtp_clear_is_allowed (const ZrtpPolicy * policy);
/* The peer answered our GoClear with an Error: still secure. */
void zrtp_clear_refused (ZrtpStream * stream);
void zrtp_clear_exhausted (ZrtpStream * stream);
void zrtp_clear_timeout (ZrtpStream * stream, gint64 now);
void zrtp_clear_resume (ZrtpStream * stream, gint64 now);
void zrtp_clear_resume_all (ZrtpSession * session, gint64 now);
ZrtpOutcome zrtp_go_clear_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_clear_ack_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);

/* zrtpcommit-send.c */
/* See zrtp_session_take_turn(). */
void zrtp_commit_take_turn (ZrtpSession * session, gint64 now);
/* Prepares for, and if all is there sends, our Commit. */
void zrtp_commit_try (ZrtpStream * stream, gint64 now);
/* Steps back from our Commit, which another one on this or on another stream of
 * the session beats; our turn comes when that exchange is over. @step: where
 * that leads. */
void zrtp_commit_withdraw (ZrtpStream * stream, ZrtpStep step);
/* Sends our Commit again before its time: the peer dropped it while it was busy with
 * another call of ours, or did not get it yet. Rate-limited, and only where
 * calls take turns (zrtp_session_share()). */
void zrtp_commit_resend (ZrtpStream * stream, gint64 now);
/* Another call's exchange comes first. */
void zrtp_commit_yield (ZrtpStream * stream, gint64 now);
/* It was about a forged Hello. */
void zrtp_commit_again (ZrtpStream * stream, gint64 now);
/* Our Commit was refused for want of a secret: Diffie-Hellman instead. FALSE if
 * that is no way out. */
gboolean zrtp_commit_fall_back (ZrtpStream * stream, gint64 now);
void zrtp_commit_timeout (ZrtpStream * stream, gint64 now);
/* FALSE if the Commit still has time, or there is no better endpoint. */
gboolean zrtp_commit_give_way (ZrtpStream * stream, gint64 now);
/* Steps back from our Commit if another call's came to stand instead. */
void zrtp_contention_check (ZrtpStream * stream, gint64 now);
void zrtp_commit_hello_timeout (ZrtpStream * stream, gint64 now);
/* An endpoint said Hello during the exchange. */
void zrtp_commit_note_hello (ZrtpStream * stream,
    const ZrtpRemote * remote, gboolean is_new, gint64 now);

/* zrtpcommit-receive.c */
ZrtpOutcome zrtp_commit_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
/* Responder: the next message is due when all that it takes is there. */
ZrtpOutcome zrtp_commit_answer (ZrtpStream * stream, gint64 now);

/* zrtpdhpart-receive.c */
ZrtpOutcome zrtp_dhpart1_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_dhpart2_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_dhpart_agreed (ZrtpStream * stream, ZrtpJob * job, gint64 now);

/* zrtperror.c */
ZrtpOutcome zrtp_error_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);

/* zrtphello.c */
ZrtpOutcome zrtp_hello_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_hello_ack_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
/* A Hello that was acknowledged. */
ZrtpOutcome zrtp_hello_process (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now);

/* zrtpannouncement.c */
/* Compares the Hellos that came with the announcement. */
void zrtp_hello_hash_check (ZrtpStream * stream, gint64 now);
/* The announcement came, or changed. Takes ownership of @hashes. */
void zrtp_hello_hash_announce (ZrtpStream * stream, GArray * hashes,
    gint64 now);

/* zrtptrial.c */
/* TRUE if the message is for the trial, which is ready for it. */
gboolean zrtp_trial_wants (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpMessage * message, gint64 now);
void zrtp_trial_timeout (ZrtpStream * stream, gint64 now);
/* After each call that may have brought the trial on its way: takes over what was
 * proven, ends what failed. */
void zrtp_trial_check (ZrtpStream * stream, gint64 now);

/* zrtpsigning.c */
/* See zrtp_session_sign_sas() and the like. */
gboolean zrtp_signing_sign (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const ZrtpSignature * signature,
    gint64 now, char **reason);
gboolean zrtp_signing_accept (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const char *signer, gint64 now);
gboolean zrtp_signing_reject (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now);
void zrtp_signature_timeout (ZrtpStream * stream, gint64 now);
void zrtp_signature_check_timeout (ZrtpStream * stream, gint64 now);

/* zrtpsasrelay.c */
ZrtpOutcome zrtp_sas_relay_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
ZrtpOutcome zrtp_relay_ack_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
void zrtp_relay_timeout (ZrtpStream * stream, gint64 now);

/* zrtpping.c */
ZrtpOutcome zrtp_ping_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);

G_END_DECLS

#endif
