/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Phones that a PBX may relay SAS to: enrolment, and the choice between its two
 * calls (RFC 6189 7.3, 7.3.1).
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

/* As long as ZRTPSess is that of the exchange. */
static void
derive_pbxsecret (ZrtpSession * session)
{
  zrtp_keys_pbxsecret (session->sess_hash, session->keys.zrtp_sess,
      session->zidi, session->zidr, session->pbxsecret);
}

/* A PBX offers what a phone does not have yet. To do it again would leave a phone
 * whose user does not agree again with an old secret. */
void
zrtp_pbx_derived (ZrtpSession * session, ZrtpStream * stream)
{
  const ZrtpPolicy *policy = &stream->policy;

  session->enrolled = stream->exchange->matched.s3.size > 0;
  session->offering = policy->mitm && policy->enroll && !policy->cacheless
      && !session->enrolled;
  session->offered = FALSE;
  if (session->offering)
    derive_pbxsecret (session);
  session->info.enrollment = session->enrolled ? ZRTP_ENROLLMENT_ENROLLED :
      session->offering ? ZRTP_ENROLLMENT_OFFERED : ZRTP_ENROLLMENT_NONE;
}

/* A peer without the M flag can't relay (5.2): there is nothing to trust it with.
 * One whose pbxsecret matched in this exchange is enrolled already. Some PBXes
 * keep the old secret then, and another one here would end the enrolment. */
void
zrtp_pbx_offered (ZrtpSession * session, ZrtpStream * stream)
{
  if (!stream->info.peer_mitm || session->enrolled)
    return;
  derive_pbxsecret (session);
  session->offered = TRUE;
  session->info.enrollment = ZRTP_ENROLLMENT_OFFERED;
}

gboolean
zrtp_session_accept_enrollment (ZrtpSession * session, gint64 now)
{
  ZrtpSessionInfo *info = &session->info;
  ZrtpJob *job;

  if (!info->have_sas || !session->master || !session->offered
      || session->master->policy.cacheless)
    return FALSE;
  if (info->trust == ZRTP_TRUST_CACHE_MISMATCH
      || info->trust == ZRTP_TRUST_NAME_MISMATCH
      || info->trust == ZRTP_TRUST_NEW_ENDPOINT
      || info->trust == ZRTP_TRUST_SIGNATURE_INVALID
      || info->trust == ZRTP_TRUST_PEER_CHANGED
      || info->trust == ZRTP_TRUST_SAS_MISMATCH)
    return FALSE;
  job = zrtp_session_new_job (session);
  job->update.changes = ZRTP_PEER_SET_PBX;
  memcpy (job->update.pbx, session->pbxsecret, ZRTP_SECRET_SIZE);
  zrtp_session_queue_job (session, job);
  info->enrollment = ZRTP_ENROLLMENT_ACCEPTED;
  zrtp_stream_event (session->master, ZRTP_EVENT_ENROLLMENT);
  return TRUE;
}
