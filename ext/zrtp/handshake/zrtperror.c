/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Errors (RFC 6189 4.7.1, 5.9).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* A peer that refuses a Preshared Commit repeats that until an ErrorACK comes;
 * meanwhile our Diffie-Hellman Commit, which needs no secret, may be out. */
static gboolean
is_about_earlier (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  return stream->backoff.no_preshared && (!x || x->mode == ZRTP_COMMIT_DH);
}

static void
tell_error (ZrtpStream * stream, ZrtpErrorCode code)
{
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = code;
  event->from_peer = TRUE;
}

/* 4.7.1. An Error carries no proof of its sender: it may end what is not secure
 * yet, and nothing else. */
ZrtpOutcome
zrtp_error_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpErrorCode code = received->message->u.error_code;
  const guint32 ssrc = received->packet->ssrc;
  const gboolean foreign = stream->exchange ?
      stream->exchange->peer.ssrc != ssrc :
      zrtp_remotes_is_unknown (stream, ssrc);

  zrtp_stream_send_limited_ack (stream, ZRTP_MESSAGE_ERROR_ACK, now);
  if (code == ZRTP_ERROR_GOCLEAR_REFUSED && stream->clearing.sent) {
    zrtp_clear_refused (stream);
    return ZRTP_OK;
  }
  if (zrtp_stream_is_settled (stream) || stream->step == ZRTP_STEP_FAILED
      || foreign)
    return ZRTP_DROPPED (UNEXPECTED);
  /* Nothing is under way that it could end. */
  if (zrtp_step_is_discovery (stream)) {
    if (zrtp_unproven_may_tell (stream, now))
      tell_error (stream, code);
    return ZRTP_DROPPED (UNEXPECTED);
  }
  if (code == ZRTP_ERROR_NO_SHARED_SECRET
      && zrtp_commit_fall_back (stream, now))
    return ZRTP_OK;
  if (code == ZRTP_ERROR_NO_SHARED_SECRET && is_about_earlier (stream))
    return ZRTP_DROPPED (UNEXPECTED);
  zrtp_soft_error_set (stream, ZRTP_SOFT_ERROR_PEER, code, now);
  return ZRTP_OK;
}
