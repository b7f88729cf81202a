/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Names of peers (RFC 6189 12): the one that the user expects, the one kept for
 * the peer's ZID, and the verified endpoint that has the expected one.
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

gboolean
zrtp_session_names_differ (const ZrtpSession * session)
{
  const ZrtpSessionInfo *info = &session->info;

  return info->peer_name && info->known_peer_name
      && strcmp (info->peer_name, info->known_peer_name) != 0;
}

void
zrtp_session_set_known_name (ZrtpSession * session, const char *name)
{
  if (session->have_sess)
    return;
  g_free (session->info.known_peer_name);
  session->info.known_peer_name = g_strdup (name);
}

/* The cache was asked about this peer and the expected name. */
static gboolean
is_current (const ZrtpSession * session)
{
  const ZrtpSessionInfo *info = &session->info;

  return g_strcmp0 (session->namesake_name, info->peer_name) == 0
      && memcmp (session->namesake_peer, info->peer_zid, ZRTP_ZID_SIZE) == 0;
}

/* This peer itself is verified under the expected name, beside others. */
static gboolean
is_expected (const ZrtpSession * session)
{
  const ZrtpSessionInfo *info = &session->info;

  return session->v_flag
      && g_strcmp0 (info->peer_name, info->known_peer_name) == 0;
}

void
zrtp_names_update (ZrtpSession * session)
{
  ZrtpSessionInfo *info = &session->info;
  const ZrtpNamesake *namesake = &session->namesake;

  info->new_endpoint = info->have_peer && info->peer_name && namesake->found
      && is_current (session) && !is_expected (session);
  info->known_last_seen = info->new_endpoint ? namesake->last_seen : 0;
  memset (info->known_zid, 0, ZRTP_ZID_SIZE);
  if (info->new_endpoint)
    memcpy (info->known_zid, namesake->zid, ZRTP_ZID_SIZE);
}

void
zrtp_names_announce_endpoint (ZrtpSession * session, ZrtpStream * stream)
{
  const ZrtpSessionInfo *info = &session->info;
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_NEW_ENDPOINT);

  memcpy (event->zid, info->known_zid, ZRTP_ZID_SIZE);
  event->last_seen = info->known_last_seen;
}

void
zrtp_names_announce (ZrtpSession * session, ZrtpStream * stream)
{
  if (zrtp_session_names_differ (session))
    zrtp_stream_event (stream, ZRTP_EVENT_NAME_MISMATCH);
  if (session->info.new_endpoint)
    zrtp_names_announce_endpoint (session, stream);
}

void
zrtp_names_found (ZrtpSession * session, ZrtpJob * job)
{
  g_free (session->namesake_name);
  session->namesake_name = g_steal_pointer (&job->name);
  memcpy (session->namesake_peer, job->zid, ZRTP_ZID_SIZE);
  session->namesake = job->namesake;
}

void
zrtp_names_refresh (ZrtpSession * session)
{
  const ZrtpSessionInfo *info = &session->info;
  ZrtpJob *job;

  if (!session->master || !info->have_sas || !info->peer_name
      || is_current (session) || session->master->policy.cacheless)
    return;
  job = zrtp_job_new (ZRTP_TASK_FIND_NAME);
  memcpy (job->zid, info->peer_zid, ZRTP_ZID_SIZE);
  job->name = g_strdup (info->peer_name);
  zrtp_stream_queue_job (session->master, job);
}
