/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Part of zrtpstate.h: what the streams of a session share.
 */
#ifndef ZRTP_SESSION_PRIVATE_H
#define ZRTP_SESSION_PRIVATE_H

G_BEGIN_DECLS

/* zrtpenrollment.c */
/* @stream has s3 and ZRTPSess: whether we set E, and what it is about. */
void zrtp_pbx_derived (ZrtpSession * session, ZrtpStream * stream);
/* The peer's Confirm has E. */
void zrtp_pbx_offered (ZrtpSession * session, ZrtpStream * stream);
void zrtp_pbx_distrust (ZrtpSession * session);

/* zrtpdowngrade.c */
/* The exchange of @stream is agreed: compares it with earlier ones. */
void zrtp_strength_derived (ZrtpSession * session, const ZrtpStream * stream);
/* Puts into @update what is to be kept of that; with @verified, the user knows
 * whom he talks to. */
void zrtp_strength_fill (const ZrtpSession * session, gboolean verified,
    ZrtpPeerUpdate * update);
void zrtp_strength_announce (ZrtpSession * session, ZrtpStream * stream);
void zrtp_strength_forget (ZrtpSession * session);

/* zrtpauxsecret.c */
/* The auxsecret of an exchange, whose role, hash and peer are known. */
void zrtp_session_take_aux (const ZrtpStream * stream, ZrtpExchange * x);
void zrtp_session_wipe_aux (ZrtpSession * session);

/* zrtpsignature.c */
/* A DH exchange, and no other (7.2), has a sashash: asks the application to sign
 * it, if that is due. */
void zrtp_signature_ask (ZrtpStream * stream, gint64 now);
void zrtp_signature_timeout (ZrtpStream * stream, gint64 now);
/* The peer's Confirm was good; @type is "" without a signature. */
void zrtp_signature_received (ZrtpStream * stream, const char type[5],
    ZrtpOctets block);
/* The peer's Confirm is held until the application accepts its signature. */
void zrtp_signature_hold (ZrtpStream * stream, gint64 now);
void zrtp_signature_report_malformed (ZrtpStream * stream);
void zrtp_signature_check_timeout (ZrtpStream * stream, gint64 now);
void zrtp_signature_announce (ZrtpSession * session, ZrtpStream * stream);
void zrtp_signature_forget (ZrtpSession * session);

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
/* Takes a Confirm that was held if the policy changed, and admits the peer. */
void zrtp_admit_reconsider (ZrtpStream * stream, gint64 now);
/* Refuses all streams of the session if the policy of @stream no longer admits
 * the peer. */
void zrtp_admit_recheck (ZrtpSession * session, ZrtpStream * stream,
    gint64 now);

/* zrtppeername.c */
/* The peer was stored under another name than the one that the user expects. */
gboolean zrtp_session_names_differ (const ZrtpSession * session);
void zrtp_session_set_known_name (ZrtpSession * session, const char *name);
/* The cache answered a LOOKUP, or a FIND_NAME: then the alarm may be due. */
void zrtp_names_found (ZrtpSession * session, ZrtpJob * job);
void zrtp_names_found_late (ZrtpSession * session, ZrtpJob * job, gint64 now);
/* Asks the cache again if the name changed since it was asked. */
void zrtp_names_refresh (ZrtpSession * session);
/* Sets new_endpoint and what belongs to it. */
void zrtp_names_update (ZrtpSession * session);
/* Emits the alarms about names. */
void zrtp_names_announce (ZrtpSession * session, ZrtpStream * stream);

/* zrtpsession.c */
/* @stream stops, fails or leaves; if no other has use for ZRTPSess the session
 * is forgotten. @call_goes_on: the application dropped this one stream only. */
void zrtp_session_stream_gone (ZrtpSession * session, ZrtpStream * stream,
    gboolean call_goes_on);
/* 4.4.3.1: nonces of either side that led to keys, whose Confirm was good: of the
 * others nothing was encrypted, and anybody could make us keep any number. */
gboolean zrtp_session_knows_nonce (const ZrtpSession * session,
    const guint8 nonce[ZRTP_NONCE_SIZE]);
void zrtp_session_note_nonce (ZrtpSession * session,
    const guint8 nonce[ZRTP_NONCE_SIZE]);
/* The DH exchange of @stream has s0: ZRTPSess, SAS, trust; nothing shows yet. */
void zrtp_session_derive (ZrtpSession * session, ZrtpStream * stream);
/* The peer's Confirm was good. */
void zrtp_session_confirmed (ZrtpSession * session, ZrtpStream * stream,
    gboolean peer_verified);
/* 8.1.1: authenticated signalling vouches for the peer's Hello. */
gboolean zrtp_session_is_vouched_for (const ZrtpStream * stream);
/* The job that updates the cache at the point of 4.6.1, or NULL when there is
 * nothing to write (now). */
ZrtpJob *zrtp_session_update_job (ZrtpSession * session, ZrtpStream * stream);
/* A Multistream Confirm of the peer is good, so it has ZRTPSess and with it our
 * Confirm2: an exchange that still waits for its Conf2ACK is over. So is one of
 * which only the cache still waits: its SAS is told before anything else is
 * secure. */
void zrtp_session_first_is_done (ZrtpSession * session, gint64 now);
/* The peer's SRTP came: it has what we kept. */
void zrtp_session_media_came (ZrtpSession * session);
/* An empty change of the peer's entry; gives it out, or frees it if it is still
 * empty or there is no cache. */
ZrtpJob *zrtp_session_new_job (const ZrtpSession * session);
void zrtp_session_give_job (ZrtpSession * session, ZrtpJob * job);
/* The SAS that is shown: ours, or what a PBX made of it. */
void zrtp_session_render_sas (ZrtpSession * session);
/* Judges trust anew and tells. */
void zrtp_session_update_trust (ZrtpSession * session);
/* The stream is secure: SAS, trust and alarms are told. */
void zrtp_session_announce (ZrtpSession * session, ZrtpStream * stream);
/* 4.7.2.1 */
void zrtp_session_replace_sess (ZrtpSession * session);
void zrtp_session_forget (ZrtpSession * session);
/* A stream other than @stream has keys. */
gboolean zrtp_session_is_secure_beside (ZrtpSession * session,
    const ZrtpStream * stream);
/* 4.6.1.1: there is evidence against a man in the middle now. */
void zrtp_session_write_pending (ZrtpSession * session);
/* Our V flag for a Confirm. */
gboolean zrtp_session_own_v_flag (ZrtpSession * session);

G_END_DECLS

#endif
