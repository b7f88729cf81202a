/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the streams of a call share (RFC 6189 4.4.3, 4.5.2, 4.6.1, 7).
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

/* The peer is not the one it claims to be: no relayed SAS from it either. */
void
zrtp_pbx_distrust (ZrtpSession * session)
{
  session->enrolled = session->offering = session->offered = FALSE;
  zrtp_wipe (session->pbxsecret, sizeof session->pbxsecret);
  session->info.enrollment = ZRTP_ENROLLMENT_NONE;
}

ZrtpSession *
zrtp_session_new (void)
{
  ZrtpSession *session = zrtp_secret_new0 (ZrtpSession);

  session->streams = g_ptr_array_new ();
  g_queue_init (&session->todo);
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
  zrtp_downgrade_forget (session);
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
  session->confirm_pending = FALSE;
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
  g_clear_pointer (&session->lease, zrtp_exchange_lease_free);
  g_ptr_array_unref (session->streams);
  g_array_unref (session->nonces);
  zrtp_secret_free (session);
}

void
zrtp_session_share (ZrtpSession * session, ZrtpExchangeLocks * pairs)
{
  g_return_if_fail (!session->lease && !session->exchanging);

  session->lease = zrtp_exchange_lease_new (pairs);
}

void
zrtp_session_set_turn_hook (ZrtpSession * session, const ZrtpTurnHook * hook,
    gpointer owner)
{
  g_return_if_fail (session->lease != NULL);

  zrtp_exchange_lease_set_hook (session->lease, hook, owner);
}

gboolean
zrtp_session_has_other_secure_stream (ZrtpSession * session,
    const ZrtpStream * stream)
{
  for (guint i = 0; i < session->streams->len; i++) {
    const ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other != stream && (other->step == ZRTP_STEP_SECURE
            || other->step == ZRTP_STEP_CLEARING))
      return TRUE;
  }
  return FALSE;
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

gboolean
zrtp_session_own_v_flag (ZrtpSession * session)
{
  return session->v_flag;
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
zrtp_session_hello_is_authenticated (const ZrtpStream * stream)
{
  return stream->policy.signalling_trusted
      && stream->info.hello_hash_status == ZRTP_HELLO_HASH_MATCH;
}

void
zrtp_session_queue_job (ZrtpSession * session, ZrtpJob * job)
{
  if (job->update.changes && !is_cacheless (session))
    zrtp_stream_queue_job (session->master, job);
  else
    zrtp_job_free (job);
}

/* 4.7.2.1: both sides, once for each GoClear; the roles are those of the
 * exchange that made it. What else came of s0 goes. */
void
zrtp_session_ratchet (ZrtpSession * session)
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

void
zrtp_signature_forget (ZrtpSession * session)
{
  zrtp_signature_clear (&session->signature);
  session->info.signature_status = ZRTP_SIGNATURE_NONE;
  session->signature_told = FALSE;
  g_clear_pointer (&session->info.signer, g_free);
}
