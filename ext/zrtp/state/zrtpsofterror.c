/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What ends an exchange if the peer said it, and what anybody could have said: an
 * Error (RFC 6189 4.7.1), a Confirm whose MAC is false (4.6), anything with our SSRC
 * (4.1). As long as correct
 * messages come the exchange goes on (9); who made that up can't keep any of them
 * from arriving, or would not need to make it up.
 */
#include "zrtp/state/zrtpstate.h"

/* In units of T2: longer than a peer that waits takes to ask again (6). */
#define DOUBT_TIME 9

void
zrtp_doubt_raise (ZrtpStream * stream, ZrtpDoubt doubt, ZrtpErrorCode error,
    gint64 now)
{
  if (!zrtp_timer_is_set (stream, ZRTP_TIMER_DOUBT))
    zrtp_timer_set (stream, ZRTP_TIMER_DOUBT,
        now + DOUBT_TIME * stream->policy.retry_timeout_ms * ZRTP_MSEC);
  else if (doubt != ZRTP_DOUBT_CONFIRM)
    return;
  stream->soft_error.kind = doubt;
  stream->soft_error.error = error;
}

void
zrtp_doubt_settle (ZrtpStream * stream)
{
  zrtp_timer_stop (stream, ZRTP_TIMER_DOUBT);
}

void
zrtp_doubt_peer_waits (ZrtpStream * stream)
{
  if (stream->soft_error.kind != ZRTP_DOUBT_CONFIRM)
    zrtp_doubt_settle (stream);
}
