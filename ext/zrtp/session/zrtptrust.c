/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Trust in the peer: SAS, V flags, the user's decision (RFC 6189 7.1, 12).
 */
#include "zrtp/session/zrtpsession-private.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

static ZrtpTrust
evaluate_peer (const ZrtpSession * session)
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
  /* 7.3: the PBX can listen, whatever the users compared. */
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
ZrtpTrust
zrtp_session_evaluate_trust (ZrtpSession * session)
{
  const ZrtpTrust trust = evaluate_peer (session);

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
  session->info.trust = zrtp_session_evaluate_trust (session);
  for (guint i = 0; i < session->streams->len; i++)
    zrtp_stream_update_media (g_ptr_array_index (session->streams, i));
  if (session->master && session->info.have_sas)
    zrtp_stream_event (session->master, ZRTP_EVENT_TRUST);
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

/* 4.9: with interval 0 no entry is made for the sake of a flag. */
static void
verify_own (ZrtpSession * session, ZrtpPeerUpdate * update)
{
  ZrtpSessionInfo *info = &session->info;

  session->v_flag = TRUE;
  zrtp_downgrade_fill (session, TRUE, update);
  if (session->interval > 0) {
    update->changes |= ZRTP_PEER_SET_VERIFIED | ZRTP_PEER_SET_CONFIRMED;
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
  zrtp_session_collect_pending (session, &job->update);
  /* A comparison of the SAS that a PBX relayed vouches for this call, not for the
   * PBX: its entry stays as it is. */
  if (session->relayed.shown)
    session->relayed.verified = TRUE;
  else
    verify_own (session, &job->update);
  zrtp_session_queue_job (session, job);
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
    zrtp_session_queue_job (session, job);
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
  zrtp_session_queue_job (session, job);
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

void
zrtp_names_found_late (ZrtpSession * session, ZrtpJob * job, gint64 now)
{
  ZrtpSessionInfo *info = &session->info;

  if (!job->ok || g_strcmp0 (job->name, info->peer_name) != 0
      || memcmp (job->zid, info->peer_zid, ZRTP_ZID_SIZE) != 0)
    return;
  zrtp_names_found (session, job);
  zrtp_names_update (session);
  if (!info->new_endpoint || !info->have_sas || !session->master)
    return;
  zrtp_names_announce_endpoint (session, session->master);
  zrtp_session_update_trust (session);
  zrtp_todo_add (session->master, ZRTP_TODO_RECHECK);
}

void
zrtp_session_set_peer_name (ZrtpSession * session, const char *name, gint64 now)
{
  ZrtpSessionInfo *info = &session->info;

  g_free (info->peer_name);
  info->peer_name = g_strdup (name);
  zrtp_names_update (session);
  if (session->master && info->have_sas)
    zrtp_names_announce (session, session->master);
  zrtp_session_update_trust (session);
  zrtp_names_refresh (session);
  for (guint i = 0; i < session->streams->len; i++)
    zrtp_lost_call_renamed (g_ptr_array_index (session->streams, i));
  if (session->successor)
    zrtp_session_set_peer_name (session->successor, name, now);
}

void
zrtp_trial_inherit (ZrtpStream * stream)
{
  ZrtpSession *next = stream->session;
  const ZrtpSession *session;

  if (!stream->outer || next == stream->outer->session)
    return;
  session = stream->outer->session;
  next->v_flag = next->info.verified = session->v_flag;
  next->verified_now = session->verified_now;
  next->was_verified = session->was_verified;
}
