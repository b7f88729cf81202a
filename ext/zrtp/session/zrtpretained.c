/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an exchange writes to the cache, and when (RFC 6189 4.6.1, 4.9).
 */
#include "zrtp/session/zrtpsession-private.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

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
  zrtp_downgrade_fill (session, FALSE, update);
  if (session->offering) {      /* 7.3.1 */
    update->changes |= ZRTP_PEER_SET_PBX;
    memcpy (update->pbx, session->pbxsecret, ZRTP_SECRET_SIZE);
  }
}

ZrtpJob *
zrtp_session_update_job (ZrtpSession * session, ZrtpStream * stream)
{
  ZrtpJob *job;

  if (stream->policy.cacheless)
    return NULL;
  /* Where the cache could not be read there may be a mismatch, too. 4.6.1.1: a
   * Hello that is vouched for will do, and so will a signature. */
  if ((session->info.cache_mismatch || session->cache_unavailable)
      && session->info.signature_status != ZRTP_SIGNATURE_VALID
      && !zrtp_session_hello_is_authenticated (stream)) {
    session->update_pending = TRUE;
    return NULL;
  }
  job = zrtp_session_new_job (session);
  fill_secret_update (session, &job->update);
  /* Conf2ACK tells the initiator that the responder has written; what the
   * responder wrote of a new peer it may be alone with (two generals), until
   * SRTP shows that its Conf2ACK came. */
  if (stream->info.role == ZRTP_ROLE_INITIATOR || session->s1_matched)
    job->update.changes |= ZRTP_PEER_SET_CONFIRMED;
  else
    session->confirm_pending = TRUE;
  zrtp_wipe (session->keys.new_rs1, ZRTP_SECRET_SIZE);
  session->update_serial = job->serial;
  return job;
}

void
zrtp_session_srtp_received (ZrtpSession * session)
{
  ZrtpJob *job;

  if (!session->confirm_pending || !session->master)
    return;
  session->confirm_pending = FALSE;
  job = zrtp_session_new_job (session);
  job->update.changes = ZRTP_PEER_SET_CONFIRMED;
  zrtp_session_queue_job (session, job);
}

void
zrtp_session_collect_pending (ZrtpSession * session, ZrtpPeerUpdate * update)
{
  if (!session->update_pending)
    return;
  session->update_pending = FALSE;
  fill_secret_update (session, update);
  update->changes |= ZRTP_PEER_SET_CONFIRMED;
  zrtp_wipe (session->keys.new_rs1, ZRTP_SECRET_SIZE);
}

void
zrtp_session_write_pending (ZrtpSession * session)
{
  ZrtpJob *job = zrtp_session_new_job (session);

  zrtp_session_collect_pending (session, &job->update);
  zrtp_session_queue_job (session, job);
}
