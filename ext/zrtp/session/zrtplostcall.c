/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Evidence that the peer goes on with a call whose keys this endpoint has lost. It
 * comes from the transport, which knows the sources of its last call, and from the
 * file of known peers.
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

static void
tell (ZrtpStream * stream)
{
  ZrtpLostCall *call = &stream->lost_call;

  stream->info.lost_call = call->heard || call->named;
  if (stream->info.lost_call && stream->step == ZRTP_STEP_NO_PEER) {
    zrtp_step_set (stream, ZRTP_STEP_DISCOVERY);
    zrtp_step_publish (stream);
  }
  zrtp_stream_update_media (stream);
}

/* Where nothing may pass in clear anyway, there is nothing to find out. */
static void
ask (ZrtpStream * stream)
{
  const char *name = stream->session->info.peer_name;
  ZrtpJob *job;

  if (!name || stream->policy.require_encryption || stream->policy.cacheless
      || stream->outer)
    return;
  job = zrtp_job_new (ZRTP_TASK_FIND_CALL);
  job->name = g_strdup (name);
  stream->lost_call.serial = job->serial;
  zrtp_stream_queue_job (stream, job);
}

void
zrtp_lost_call_begin (ZrtpStream * stream)
{
  ask (stream);
}

void
zrtp_lost_call_reset (ZrtpStream * stream)
{
  memset (&stream->lost_call, 0, sizeof stream->lost_call);
  stream->info.lost_call = FALSE;
}

void
zrtp_lost_call_renamed (ZrtpStream * stream)
{
  if (zrtp_stream_is_settled (stream))
    return;
  stream->lost_call.serial = 0;
  stream->lost_call.named = FALSE;
  if (stream->step != ZRTP_STEP_IDLE)
    ask (stream);
  tell (stream);
}

void
zrtp_lost_call_found (ZrtpStream * stream, const ZrtpJob * job)
{
  if (job->serial != stream->lost_call.serial)
    return;
  stream->lost_call.serial = 0;
  stream->lost_call.named = job->ok && job->recent;
  tell (stream);
}

void
zrtp_lost_call_suspect (ZrtpStream * stream)
{
  stream->lost_call.suspected = TRUE;
  zrtp_stream_update_media (stream);
}

void
zrtp_lost_call_srtp_received (ZrtpStream * stream)
{
  if (!zrtp_step_is_discovery (stream) || stream->lost_call.heard)
    return;
  stream->lost_call.heard = TRUE;
  tell (stream);
}

void
zrtp_lost_call_schedule_over (ZrtpStream * stream)
{
  if (!stream->lost_call.suspected)
    return;
  stream->lost_call.suspected = FALSE;
  zrtp_stream_update_media (stream);
}
