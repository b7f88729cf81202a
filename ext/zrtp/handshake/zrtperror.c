/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Errors (RFC 6189 4.7.1, 5.9).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* Whoever refuses a Preshared Commit says so until an ErrorACK comes; meanwhile
 * our Diffie-Hellman Commit, which needs no secret, may be out. */
static gboolean
is_about_earlier (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  return stream->no_preshared && (!x || x->mode == ZRTP_COMMIT_DH);
}

static void
tell_error (ZrtpStream * stream, ZrtpErrorCode code)
{
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = code;
  event->from_peer = TRUE;
}

/* 4.7.1. An Error carries no proof of who sent it: it may end what is not
 * secure yet, and nothing else. */
void
zrtp_receive_error (ZrtpStream * stream, const ZrtpPacket * packet,
    ZrtpErrorCode code, gint64 now)
{
  const gboolean foreign = stream->exchange ?
      stream->exchange->peer.ssrc != packet->ssrc :
      zrtp_discovery_is_stranger (stream, packet->ssrc);

  zrtp_stream_send_limited_ack (stream, ZRTP_MESSAGE_ERROR_ACK, now);
  if (code == ZRTP_ERROR_GOCLEAR_REFUSED && stream->go_clear_sent) {
    zrtp_clear_refused (stream);
    return;
  }
  if (zrtp_stream_is_settled (stream) || stream->step == ZRTP_STEP_FAILED
      || foreign) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  /* Nothing is under way that it could end. */
  if (stream->step == ZRTP_STEP_DISCOVERY) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    if (zrtp_unproven_may_tell (stream, now))
      tell_error (stream, code);
    return;
  }
  if (code == ZRTP_ERROR_NO_SHARED_SECRET
      && zrtp_commit_fall_back (stream, now))
    return;
  if (code == ZRTP_ERROR_NO_SHARED_SECRET && is_about_earlier (stream)) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  zrtp_doubt_raise (stream, ZRTP_DOUBT_ERROR, code, now);
}
