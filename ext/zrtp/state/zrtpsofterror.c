/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What ends an exchange if the peer said it, and what any third party could
 * have said: an Error (RFC 6189 4.7.1), a Confirm whose MAC is false (4.6),
 * anything with our SSRC (4.1). As long as correct messages come the exchange
 * goes on (9); an attacker off the path can't keep any of them from arriving.
 */
#include "zrtp/state/zrtpstate.h"

/* In units of T2: longer than a peer that waits takes to ask again (6). */
#define SOFT_ERROR_TIME 9

void
zrtp_soft_error_set (ZrtpStream * stream, ZrtpSoftError kind,
    ZrtpErrorCode error, gint64 now)
{
  if (!zrtp_timer_is_set (stream, ZRTP_TIMER_SOFT_ERROR))
    zrtp_timer_set (stream, ZRTP_TIMER_SOFT_ERROR,
        now + SOFT_ERROR_TIME * stream->policy.retry_timeout_ms * ZRTP_MSEC);
  else if (kind != ZRTP_SOFT_ERROR_CONFIRM)
    return;
  stream->soft_error.kind = kind;
  stream->soft_error.error = error;
}

void
zrtp_soft_error_clear (ZrtpStream * stream)
{
  zrtp_timer_stop (stream, ZRTP_TIMER_SOFT_ERROR);
}

void
zrtp_soft_error_clear_unless_confirm (ZrtpStream * stream)
{
  if (stream->soft_error.kind != ZRTP_SOFT_ERROR_CONFIRM)
    zrtp_soft_error_clear (stream);
}
