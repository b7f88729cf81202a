/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the streams of a call share (RFC 6189 4.4.3, 4.5.2, 4.6.1, 7).
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

ZrtpSession *
zrtp_session_new (void)
{
  ZrtpSession *session = zrtp_secret_new0 (ZrtpSession);

  session->streams = g_ptr_array_new ();
  session->nonces = g_array_new (FALSE, FALSE, ZRTP_NONCE_SIZE);
  return session;
}

/* 4.5.2: everything that one call agreed on. What the application set stays. */
void
zrtp_session_forget (ZrtpSession * session)
{
  ZrtpSessionInfo *info = &session->info;
  char *peer_name = g_steal_pointer (&info->peer_name);

  g_free (info->sas);
  g_free (info->sas_spelling);
  g_free (info->known_peer_name);
  zrtp_signature_forget (session);
  zrtp_strength_forget (session);
  memset (info, 0, sizeof *info);
  info->peer_name = peer_name;

  zrtp_wipe (&session->keys, sizeof session->keys);
  session->have_sess = FALSE;
  session->epoch++;
  session->master = NULL;
  zrtp_pbx_distrust (session);
  memset (&session->relayed, 0, sizeof session->relayed);
  session->v_flag = FALSE;
  session->verified_now = FALSE;
  session->rejected = FALSE;
  session->update_pending = FALSE;
  session->no_exported_key = FALSE;
  session->share_pending = FALSE;
  g_array_set_size (session->nonces, 0);
}

void
zrtp_session_free (ZrtpSession * session)
{
  g_return_if_fail (session->streams->len == 0);

  zrtp_session_forget (session);
  g_free (session->info.peer_name);
  g_free (session->namesake_name);
  zrtp_session_wipe_aux (session);
  g_clear_pointer (&session->claim, zrtp_claim_free);
  g_ptr_array_unref (session->streams);
  g_array_unref (session->nonces);
  zrtp_secret_free (session);
}

void
zrtp_session_share (ZrtpSession * session, ZrtpPairs * pairs)
{
  g_return_if_fail (!session->claim && !session->exchanging);

  session->claim = zrtp_claim_new (pairs);
}

void
zrtp_session_set_turn_hook (ZrtpSession * session, const ZrtpTurnHook * hook,
    gpointer owner)
{
  g_return_if_fail (session->claim != NULL);

  zrtp_claim_set_hook (session->claim, hook, owner);
}

void
zrtp_session_take_turn (ZrtpSession * session, gint64 now)
{
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    zrtp_contention_check (stream, now);
    zrtp_commit_resend (stream, now);
    zrtp_commit_try (stream, now);
  }
  if (session->successor)
    zrtp_session_take_turn (session->successor, now);
}

gboolean
zrtp_session_add (ZrtpSession * session, ZrtpStream * stream)
{
  g_return_val_if_fail (stream->session == NULL, FALSE);

  if (session->streams->len > 0) {
    const ZrtpStream *first = g_ptr_array_index (session->streams, 0);

    if (memcmp (first->zid, stream->zid, ZRTP_ZID_SIZE) != 0)
      return FALSE;
  }
  g_ptr_array_add (session->streams, stream);
  stream->session = session;
  memset (&stream->info.counters, 0, sizeof stream->info.counters);
  return TRUE;
}

gboolean
zrtp_session_is_secure_beside (ZrtpSession * session, const ZrtpStream * stream)
{
  for (guint i = 0; i < session->streams->len; i++) {
    const ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other != stream && (other->step == ZRTP_STEP_SECURE
            || other->step == ZRTP_STEP_CLEARING))
      return TRUE;
  }
  return FALSE;
}

/* Does @stream need ZRTPSess, or will it? Keys, or an exchange that makes them of
 * it, do. So does a stream that looks for the peer of a call that goes on: the
 * peer has ZRTPSess as well. */
static gboolean
carries_session (const ZrtpSession * session, const ZrtpStream * stream,
    gboolean call_goes_on)
{
  switch (stream->step) {
    case ZRTP_STEP_SECURE:
    case ZRTP_STEP_CLEARING:
    case ZRTP_STEP_CLEAR:
      return TRUE;
    case ZRTP_STEP_DISCOVERY:
      return call_goes_on && session->info.have_sas;
    default:
      return stream->exchange
          && stream->exchange->mode == ZRTP_COMMIT_MULTISTREAM;
  }
}

void
zrtp_session_stream_gone (ZrtpSession * session, ZrtpStream * stream,
    gboolean call_goes_on)
{
  ZrtpStream *heir = NULL;

  zrtp_contention_stopped (session, stream, FALSE);
  for (guint i = 0; i < session->streams->len && !heir; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other != stream && !other->outer
        && carries_session (session, other, call_goes_on))
      heir = other;
  }
  /* What an exchange on another stream has derived so far is not ours. */
  if (session->exchanging)
    return;
  /* 4.4.3: the first exchange has to be complete. Until then nobody was told its
   * SAS, or what speaks against it. */
  if (!session->info.have_sas)
    heir = NULL;
  if (!heir && (session->master == stream || !session->master))
    zrtp_session_forget (session);
  else if (session->master == stream)
    session->master = heir;
}

void
zrtp_session_remove (ZrtpSession * session, ZrtpStream * stream)
{
  g_return_if_fail (stream->session == session);

  zrtp_trial_end (stream);
  g_ptr_array_remove_fast (session->streams, stream);
  stream->session = NULL;
  zrtp_session_stream_gone (session, stream, TRUE);
}

const ZrtpSessionInfo *
zrtp_session_get_info (ZrtpSession * session)
{
  return &session->info;
}

gboolean
zrtp_session_knows_nonce (const ZrtpSession * session,
    const guint8 nonce[ZRTP_NONCE_SIZE])
{
  for (guint i = 0; i < session->nonces->len; i++) {
    if (memcmp (session->nonces->data + i * ZRTP_NONCE_SIZE, nonce,
            ZRTP_NONCE_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

void
zrtp_session_note_nonce (ZrtpSession * session,
    const guint8 nonce[ZRTP_NONCE_SIZE])
{
  g_array_append_vals (session->nonces, nonce, 1);
}

static ZrtpTrust
judge_peer (const ZrtpSession * session)
{
  const ZrtpSessionInfo *info = &session->info;
  const gboolean is_signed = info->signature_status == ZRTP_SIGNATURE_VALID;

  if (!info->have_sas)
    return ZRTP_TRUST_NONE;
  if (session->rejected)
    return ZRTP_TRUST_SAS_MISMATCH;
  if (info->signature_status == ZRTP_SIGNATURE_INVALID
      && !session->verified_now)
    return ZRTP_TRUST_SIGNATURE_INVALID;
  /* 4.3.2: a signature will do for the comparison. */
  if (info->cache_mismatch && !session->verified_now && !is_signed)
    return ZRTP_TRUST_CACHE_MISMATCH;
  /* 7.3: the PBX can listen, whoever compared what. */
  if (info->relayed)
    return ZRTP_TRUST_MITM_RELAYED;
  if (zrtp_session_names_differ (session))
    return ZRTP_TRUST_NAME_MISMATCH;
  if (info->new_endpoint && !session->verified_now && !is_signed)
    return ZRTP_TRUST_NEW_ENDPOINT;
  /* 7.1: both flags count, unless the users compared just now. */
  if (info->verified && (session->verified_now || info->peer_verified))
    return ZRTP_TRUST_VERIFIED;
  if (is_signed)
    return ZRTP_TRUST_SIGNED;
  return info->verified ? ZRTP_TRUST_PEER_UNVERIFIED : ZRTP_TRUST_UNVERIFIED;
}

/* A call that was verified and is not any longer is an alarm, until the users
 * compare again. */
static ZrtpTrust
judge_trust (ZrtpSession * session)
{
  const ZrtpTrust trust = judge_peer (session);

  if (trust == ZRTP_TRUST_VERIFIED)
    session->was_verified = TRUE;
  return trust == ZRTP_TRUST_UNVERIFIED && session->was_verified ?
      ZRTP_TRUST_PEER_CHANGED : trust;
}

/* Session events and jobs go through the stream that made ZRTPSess. */
void
zrtp_session_update_trust (ZrtpSession * session)
{
  zrtp_names_update (session);
  session->info.trust = judge_trust (session);
  for (guint i = 0; i < session->streams->len; i++)
    zrtp_stream_update_media (g_ptr_array_index (session->streams, i));
  if (session->master && session->info.have_sas)
    zrtp_stream_event (session->master, ZRTP_EVENT_TRUST);
}

gboolean
zrtp_session_own_v_flag (ZrtpSession * session)
{
  return session->v_flag;
}

void
zrtp_session_derive (ZrtpSession * session, ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  ZrtpSessionInfo *info = &session->info;

  zrtp_keys_for_session (x->suite.hash, x->s0, &x->context, &session->keys);
  session->preshared = x->mode == ZRTP_COMMIT_PRESHARED;
  session->sess_hash = x->suite.hash;
  session->sess_suite = x->suite;
  memcpy (initiator ? session->zidi : session->zidr, stream->zid,
      ZRTP_ZID_SIZE);
  memcpy (initiator ? session->zidr : session->zidi, x->peer.zid,
      ZRTP_ZID_SIZE);
  memcpy (info->peer_zid, x->peer.zid, ZRTP_ZID_SIZE);
  info->have_peer = TRUE;

  /* 4.3.2: no entry is no mismatch, and neither is an expired one. */
  info->cache_mismatch = x->held_rs1 && x->matched.s1.size == 0;
  session->s1_matched = x->matched.s1.size > 0;
  session->s1_was_rs2 = x->matched.s1.data == x->secrets.peer.rs2;
  session->unread = x->unread;
  info->aux_matched = x->matched.s2.size > 0;
  info->aux_mismatch = x->secrets.aux != NULL && !info->aux_matched;
  /* 7.1: V is about earlier calls with the one who shares the secret. */
  session->v_flag = x->secrets.peer.verified && x->matched.s1.size > 0;
  info->verified = session->v_flag;
  zrtp_trial_inherit (stream);
  zrtp_names_update (session);
  zrtp_pbx_derived (session, stream);
  zrtp_strength_derived (session, stream);
}

void
zrtp_session_confirmed (ZrtpSession * session, ZrtpStream * stream,
    gboolean peer_verified)
{
  zrtp_trial_inherit (stream);
  session->info.peer_verified = peer_verified;
  session->interval = stream->exchange->interval;
  session->have_sess = TRUE;
  session->master = stream;
}

/* 4.6.1 with 4.9: what a finished exchange writes. */
static void
fill_secret_update (const ZrtpSession * session, ZrtpPeerUpdate * update)
{
  if (session->interval > 0) {
    /* The old rs1 becomes rs2 in DH mode only; and not where rs2 was what both
     * hold: an rs1 that the peer never had can't make up for a last message that
     * is lost next time. So each side always keeps one that the other has,
     * however many calls in a row are cut off. V goes with the secret: what an
     * entry says of another one doesn't count. */
    update->changes |= ZRTP_PEER_SET_RS1 | ZRTP_PEER_SET_VERIFIED;
    update->verified = session->v_flag;
    if (!session->preshared && !session->s1_was_rs2)
      update->changes |= ZRTP_PEER_ROTATE;
    update->interval = session->interval;
    memcpy (update->rs1, session->keys.new_rs1, ZRTP_SECRET_SIZE);
  } else {
    update->changes |= ZRTP_PEER_EXPIRE;
  }
  zrtp_strength_fill (session, FALSE, update);
  if (session->offering) {      /* 7.3.1 */
    update->changes |= ZRTP_PEER_SET_PBX;
    memcpy (update->pbx, session->pbxsecret, ZRTP_SECRET_SIZE);
  }
}

ZrtpJob *
zrtp_session_new_job (const ZrtpSession * session)
{
  ZrtpJob *job = zrtp_job_new (ZRTP_TASK_UPDATE);

  memcpy (job->zid, session->info.peer_zid, ZRTP_ZID_SIZE);
  return job;
}

static gboolean
is_cacheless (const ZrtpSession * session)
{
  return session->master->policy.cacheless;
}

gboolean
zrtp_session_is_vouched_for (const ZrtpStream * stream)
{
  return stream->policy.signalling_trusted
      && stream->info.hello_hash_status == ZRTP_HELLO_HASH_MATCH;
}

ZrtpJob *
zrtp_session_update_job (ZrtpSession * session, ZrtpStream * stream)
{
  ZrtpJob *job;

  if (stream->policy.cacheless)
    return NULL;
  /* Where the cache could not be read there may be a mismatch, too. 4.6.1.1: a
   * Hello that is vouched for will do, and so will a signature. */
  if ((session->info.cache_mismatch || session->unread)
      && session->info.signature_status != ZRTP_SIGNATURE_VALID
      && !zrtp_session_is_vouched_for (stream)) {
    session->update_pending = TRUE;
    return NULL;
  }
  job = zrtp_session_new_job (session);
  fill_secret_update (session, &job->update);
  /* Conf2ACK tells the initiator that the responder has written; what the
   * responder wrote of a new peer it may be alone with (two generals), until
   * SRTP shows that its Conf2ACK came. */
  if (stream->info.role == ZRTP_ROLE_INITIATOR || session->s1_matched)
    job->update.changes |= ZRTP_PEER_SET_SHARED;
  else
    session->share_pending = TRUE;
  zrtp_wipe (session->keys.new_rs1, ZRTP_SECRET_SIZE);
  session->update_serial = job->serial;
  return job;
}

void
zrtp_session_render_sas (ZrtpSession * session)
{
  const ZrtpRelayState *relayed = &session->relayed;
  ZrtpSessionInfo *info = &session->info;
  const guint8 *sashash = relayed->shown ? relayed->sashash :
      session->keys.sashash;

  info->sasvalue = (guint32) sashash[0] << 24 | sashash[1] << 16
      | sashash[2] << 8 | sashash[3];
  info->sas_type = relayed->sas_type ? relayed->sas_type :
      session->sess_suite.sas_type;
  g_free (info->sas);
  g_free (info->sas_spelling);
  info->sas = info->sas_type->render (sashash);
  info->sas_spelling = info->sas_type->spell (sashash);
  info->relayed = relayed->shown;
  info->verified = relayed->shown ? relayed->verified : session->v_flag;
}

void
zrtp_session_announce (ZrtpSession * session, ZrtpStream * stream)
{
  ZrtpSessionInfo *info = &session->info;

  zrtp_session_render_sas (session);
  info->have_sas = TRUE;
  zrtp_names_update (session);
  info->trust = judge_trust (session);
  zrtp_stream_event (stream, ZRTP_EVENT_SAS);
  if (info->cache_mismatch)
    zrtp_stream_event (stream, ZRTP_EVENT_CACHE_MISMATCH);
  if (info->aux_mismatch)
    zrtp_stream_event (stream, ZRTP_EVENT_AUX_MISMATCH);
  zrtp_names_announce (session, stream);
  if (info->trust == ZRTP_TRUST_PEER_CHANGED)
    zrtp_stream_event (stream, ZRTP_EVENT_PEER_CHANGED);
  zrtp_strength_announce (session, stream);
  if (session->offered)
    zrtp_stream_event (stream, ZRTP_EVENT_ENROLLMENT);
  zrtp_signature_announce (session, stream);
  zrtp_stream_event (stream, ZRTP_EVENT_TRUST);
  zrtp_names_refresh (session);
}

void
zrtp_session_give_job (ZrtpSession * session, ZrtpJob * job)
{
  if (job->update.changes && !is_cacheless (session))
    zrtp_stream_give_job (session->master, job);
  else
    zrtp_job_free (job);
}

void
zrtp_session_first_is_done (ZrtpSession * session, gint64 now)
{
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    if (!stream->exchange || stream->exchange->mode == ZRTP_COMMIT_MULTISTREAM)
      continue;
    if (stream->step == ZRTP_STEP_CONFIRM2_SENT)
      zrtp_receive_conf2ack (stream, now);
    else if (stream->step == ZRTP_STEP_CONFIRM2_RECEIVED)
      zrtp_confirm_stored (stream, now);
  }
}

void
zrtp_session_media_came (ZrtpSession * session)
{
  ZrtpJob *job;

  if (!session->share_pending || !session->master)
    return;
  session->share_pending = FALSE;
  job = zrtp_session_new_job (session);
  job->update.changes = ZRTP_PEER_SET_SHARED;
  zrtp_session_give_job (session, job);
}

static void
take_pending (ZrtpSession * session, ZrtpPeerUpdate * update)
{
  if (!session->update_pending)
    return;
  session->update_pending = FALSE;
  fill_secret_update (session, update);
  update->changes |= ZRTP_PEER_SET_SHARED;
  zrtp_wipe (session->keys.new_rs1, ZRTP_SECRET_SIZE);
}

void
zrtp_session_write_pending (ZrtpSession * session)
{
  ZrtpJob *job = zrtp_session_new_job (session);

  take_pending (session, &job->update);
  zrtp_session_give_job (session, job);
}

/* 4.9: with interval 0 no entry is made for the sake of a flag. */
static void
verify_own (ZrtpSession * session, ZrtpPeerUpdate * update)
{
  ZrtpSessionInfo *info = &session->info;

  session->v_flag = TRUE;
  zrtp_strength_fill (session, TRUE, update);
  if (session->interval > 0) {
    update->changes |= ZRTP_PEER_SET_VERIFIED | ZRTP_PEER_SET_SHARED;
    update->verified = TRUE;
    if (info->peer_name) {
      update->changes |= ZRTP_PEER_SET_NAME;
      update->name = g_strdup (info->peer_name);
    }
  }
  if (info->peer_name) {
    g_free (info->known_peer_name);
    info->known_peer_name = g_strdup (info->peer_name);
  }
}

gboolean
zrtp_session_verify_sas (ZrtpSession * session, gint64 now)
{
  ZrtpJob *job;

  if (!session->info.have_sas || !session->master)
    return FALSE;
  session->info.verified = TRUE;
  session->verified_now = TRUE;
  session->rejected = FALSE;
  session->alarmed = FALSE;

  job = zrtp_session_new_job (session);
  take_pending (session, &job->update);
  /* A comparison of the SAS that a PBX relayed vouches for this call, not for the
   * PBX: its entry stays as it is. */
  if (session->relayed.shown)
    session->relayed.verified = TRUE;
  else
    verify_own (session, &job->update);
  zrtp_session_give_job (session, job);
  zrtp_session_update_trust (session);
  return TRUE;
}

gboolean
zrtp_session_unverify_sas (ZrtpSession * session, gint64 now)
{
  ZrtpJob *job;

  if (!session->info.have_sas || !session->master)
    return FALSE;
  session->info.verified = session->relayed.verified = FALSE;
  session->verified_now = FALSE;
  if (session->info.trust != ZRTP_TRUST_PEER_CHANGED)
    session->was_verified = FALSE;      /* the user takes it back */
  if (!session->relayed.shown) {
    session->v_flag = FALSE;
    job = zrtp_session_new_job (session);
    if (session->interval > 0)
      job->update.changes = ZRTP_PEER_SET_VERIFIED;
    zrtp_session_give_job (session, job);
  }
  zrtp_session_update_trust (session);
  return TRUE;
}

/* What was kept of this peer may be an attacker's, so it goes. */
static void
drop_peer (ZrtpSession * session, guint changes)
{
  ZrtpJob *job = zrtp_session_new_job (session);

  session->info.verified = session->v_flag = FALSE;
  session->relayed.verified = FALSE;
  session->verified_now = FALSE;
  session->update_pending = FALSE;
  zrtp_wipe (session->keys.new_rs1, ZRTP_SECRET_SIZE);
  zrtp_pbx_distrust (session);
  job->update.changes = changes;
  zrtp_session_give_job (session, job);
}

gboolean
zrtp_session_reject_sas (ZrtpSession * session, gint64 now)
{
  if (!session->info.have_sas || !session->master)
    return FALSE;
  if (session->relayed.shown)
    session->info.verified = session->relayed.verified = FALSE;
  else
    drop_peer (session, ZRTP_PEER_CLEAR_SECRETS | ZRTP_PEER_CLEAR_PBX);
  session->rejected = TRUE;
  zrtp_session_update_trust (session);
  return TRUE;
}

gboolean
zrtp_session_forget_peer (ZrtpSession * session, gint64 now)
{
  if (!session->info.have_sas || !session->master)
    return FALSE;
  if (session->info.trust != ZRTP_TRUST_PEER_CHANGED)
    session->was_verified = FALSE;
  drop_peer (session, ZRTP_PEER_FORGET);
  /* 7.3: without an enrolment nothing that was relayed is shown. */
  if (session->relayed.shown) {
    session->relayed.shown = FALSE;
    zrtp_session_render_sas (session);
    zrtp_stream_event (session->master, ZRTP_EVENT_SAS);
  }
  g_clear_pointer (&session->info.known_peer_name, g_free);
  zrtp_session_update_trust (session);
  return TRUE;
}

/* 4.7.2.1: both sides, once for each GoClear; the roles are those of the
 * exchange that made it. What else came of s0 goes. */
void
zrtp_session_replace_sess (ZrtpSession * session)
{
  ZrtpSessionKeys *keys = &session->keys;
  guint8 zids[2 * ZRTP_ZID_SIZE], next[ZRTP_MAX_HASH_SIZE];
  const gsize size = session->sess_hash->size;

  memcpy (zids, session->zidi, ZRTP_ZID_SIZE);
  memcpy (zids + ZRTP_ZID_SIZE, session->zidr, ZRTP_ZID_SIZE);
  zrtp_kdf (session->sess_hash, keys->zrtp_sess, size, "New ZRTP Session",
      zids, sizeof zids, next, size);
  memcpy (keys->zrtp_sess, next, size);
  session->epoch++;
  zrtp_wipe (next, sizeof next);
  zrtp_wipe (keys->exported_key, sizeof keys->exported_key);
  session->no_exported_key = TRUE;
}

gboolean
zrtp_session_get_exported_key (ZrtpSession * session, guint8 * out,
    gsize * size)
{
  if (!session->info.have_sas || session->no_exported_key)
    return FALSE;
  memcpy (out, session->keys.exported_key, session->sess_hash->size);
  *size = session->sess_hash->size;
  return TRUE;
}
