/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Before a trial: a Hello of the peer's ZID came, and as long as SRTP of the old
 * peer comes, it has not restarted. Chains that a trial refused.
 */
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* A peer that talks sends more often. One that is silent loses nothing by a
 * trial. */
#define PROBE_TIME (250 * ZRTP_MSEC)
/* SRTP may be older than the Hello that overtook it. */
#define PROBES 4
#define ALARM_AGAIN (60 * ZRTP_SEC)
/* A chain that was refused rests: each trial with it counts there as a guess at the
 * SAS (zrtp_contention_count_guess()). The first refusal may be due to a disk that
 * was slow. */
#define REFUSED_AGAIN (64 * ZRTP_SEC)
#define REFUSED_ONCE (10 * ZRTP_SEC)

static ZrtpBan *
find_refused (ZrtpStream * stream, const guint8 h3[ZRTP_IMAGE_SIZE])
{
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpBan *ban = &stream->restart.refused_chains[i];

    if (ban->until > 0 && memcmp (ban->h3, h3, ZRTP_IMAGE_SIZE) == 0)
      return ban;
  }
  return NULL;
}

gboolean
zrtp_probe_is_refused (ZrtpStream * stream, const guint8 h3[ZRTP_IMAGE_SIZE],
    gint64 now)
{
  const ZrtpBan *ban = find_refused (stream, h3);

  return ban && ban->until > now;
}

static void
note_refused (ZrtpStream * stream, const guint8 h3[ZRTP_IMAGE_SIZE], gint64 now)
{
  ZrtpBan *ban = find_refused (stream, h3);
  const gint64 span = ban ? REFUSED_AGAIN : REFUSED_ONCE;

  if (!ban) {
    ban = &stream->restart.refused_chains[0];
    for (guint i = 1; i < ZRTP_MAX_REMOTES; i++) {
      if (stream->restart.refused_chains[i].until < ban->until)
        ban = &stream->restart.refused_chains[i];
    }
  }
  memcpy (ban->h3, h3, ZRTP_IMAGE_SIZE);
  ban->until = now + span;
}

void
zrtp_probe_start (ZrtpStream * stream, gint64 now)
{
  stream->restart.heard = FALSE;
  zrtp_timer_set (stream, ZRTP_TIMER_TRIAL, now + PROBE_TIME);
  zrtp_stream_event (stream, ZRTP_EVENT_LISTEN);
}

gboolean
zrtp_probe_note_hello (ZrtpStream * stream, const ZrtpHello * hello, gint64 now)
{
  if (stream->step != ZRTP_STEP_SECURE
      || memcmp (hello->zid, stream->bound.remote.zid, ZRTP_ZID_SIZE) != 0
      || memcmp (hello->h3, stream->bound.remote.h3, ZRTP_IMAGE_SIZE) == 0
      || zrtp_probe_is_refused (stream, hello->h3, now))
    return FALSE;
  if (stream->trial)
    return TRUE;
  if (stream->restart.probes_left > 0) {
    stream->restart.probes_left = PROBES;
  } else if (!zrtp_timer_is_set (stream, ZRTP_TIMER_TRIAL)) {
    stream->restart.probes_left = PROBES;
    zrtp_probe_start (stream, now);
  }
  return FALSE;
}

void
zrtp_probe_secured (ZrtpStream * stream, gint64 began, gint64 now)
{
  for (guint i = 0; !stream->outer && i < ZRTP_MAX_REMOTES; i++) {
    const ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && remote->last_seen > began
        && !stream->policy.cacheless && stream->restart.probes_left == 0
        && memcmp (remote->zid, stream->bound.remote.zid, ZRTP_ZID_SIZE) == 0
        && memcmp (remote->h3, stream->bound.remote.h3, ZRTP_IMAGE_SIZE) != 0) {
      stream->restart.probes_left = PROBES;
      zrtp_probe_start (stream, now);
    }
  }
}

void
zrtp_probe_media (ZrtpStream * stream)
{
  stream->restart.heard = TRUE;
}

/* Tells that an endpoint with the peer's ZID could not prove to be the peer. */
void
zrtp_probe_report_refusal (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = stream->session;
  ZrtpEvent *event;

  if (session->refusal_told && now - session->refusal_told < ALARM_AGAIN)
    return;
  session->refusal_told = now;
  event = zrtp_stream_event (stream, ZRTP_EVENT_RESTART_REFUSED);
  memcpy (event->zid, stream->bound.remote.zid, ZRTP_ZID_SIZE);
}

gboolean
zrtp_probe_refuse (ZrtpStream * stream, gboolean has_secret, gint64 now)
{
  const ZrtpSession *session;

  if (!stream->outer)
    return FALSE;
  session = stream->outer->session;
  if (stream->session == session || (has_secret && !session->rejected))
    return FALSE;
  zrtp_probe_report_refusal (stream->outer, now);
  note_refused (stream->outer, stream->exchange->peer.h3, now);
  zrtp_stream_fail (stream, ZRTP_ERROR_UNAVAILABLE, now);
  return TRUE;
}
