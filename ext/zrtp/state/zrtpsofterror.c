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
#define RETRY_AFTER (1 * ZRTP_SEC)

void
zrtp_doubt_raise (ZrtpStream * stream, ZrtpDoubt doubt, ZrtpErrorCode error,
    gint64 now)
{
  if (stream->timers[ZRTP_TIMER_DOUBT] == ZRTP_NEVER)
    stream->timers[ZRTP_TIMER_DOUBT] =
        now + DOUBT_TIME * stream->policy.retry_timeout_ms * ZRTP_MSEC;
  else if (doubt != ZRTP_DOUBT_CONFIRM)
    return;
  stream->doubt = doubt;
  stream->doubt_error = error;
}

void
zrtp_doubt_settle (ZrtpStream * stream)
{
  stream->timers[ZRTP_TIMER_DOUBT] = ZRTP_NEVER;
}

void
zrtp_doubt_peer_waits (ZrtpStream * stream)
{
  if (stream->doubt != ZRTP_DOUBT_CONFIRM)
    zrtp_doubt_settle (stream);
}

/* Somebody else said Hello, and may wait since for what a stranger began. */
static gboolean
is_somebody_waiting (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  for (guint i = 0; x && i < ZRTP_MAX_CANDIDATES; i++) {
    GBytes *hello = stream->candidates[i].hello;

    if (hello && !g_bytes_equal (hello, x->peer.hello))
      return TRUE;
  }
  return FALSE;
}

static void
fail_by_error (ZrtpStream * stream, gint64 now)
{
  /* A peer that heard nothing for too long looks for us anew, and may have said
   * Hello by now. */
  const gboolean again = stream->doubt_error == ZRTP_ERROR_TIMEOUT
      || zrtp_preshared_has_keys (stream)
      || is_somebody_waiting (stream);
  /* The policy of a peer that has our messages: it would refuse us again. */
  const gboolean refused = stream->doubt_error == ZRTP_ERROR_UNAVAILABLE
      && zrtp_unproven_is_over (stream);
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = stream->doubt_error;
  event->from_peer = TRUE;
  zrtp_stream_fail_quietly (stream, stream->doubt_error, now);
  if (again)
    zrtp_stream_retry (stream, now + RETRY_AFTER, now);
  else if (refused)
    zrtp_stream_give_up (stream);
  zrtp_contention_end (stream->session, stream, now);
}

/* The peer may derive other keys in this mode, as libzrtp does. With Diffie-Hellman
 * its retained secret counts all the same. */
static void
fail_preshared (ZrtpStream * stream, gint64 now)
{
  zrtp_unproven_alarm (stream, stream->doubt_error,
      zrtp_error_text (stream->doubt_error), now);
  zrtp_stream_fail (stream, stream->doubt_error, now);
  zrtp_stream_retry (stream, now + RETRY_AFTER, now);
}

void
zrtp_doubt_timeout (ZrtpStream * stream, gint64 now)
{
  switch (stream->doubt) {
    case ZRTP_DOUBT_ERROR:
      fail_by_error (stream, now);
      break;
    case ZRTP_DOUBT_SSRC:
      zrtp_stream_fail_collision (stream, now);
      break;
    case ZRTP_DOUBT_CONFIRM:
      if (zrtp_preshared_has_keys (stream)) {
        fail_preshared (stream, now);
        break;
      }
      zrtp_stream_fail_security (stream, stream->doubt_error,
          zrtp_error_text (stream->doubt_error), now);
      break;
  }
}
