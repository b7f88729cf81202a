/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages that repeat until they are answered, and answers to duplicates
 * (RFC 6189 6).
 */
#include "zrtp/state/zrtpstate.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* RFC 6189 6: T2 doubles up to eight times its first value, ten times. */
#define T2_RETRANSMISSIONS 10
#define ERROR_RETRANSMISSIONS 10

void
zrtp_stream_send_repeated (ZrtpStream * stream, GBytes * message, gint64 now)
{
  const gint64 first = stream->policy.retry_timeout_ms * ZRTP_MSEC;

  zrtp_repeat_start (&stream->retransmit.message, message, first, 8 * first,
      T2_RETRANSMISSIONS, now);
  zrtp_timer_set (stream, ZRTP_TIMER_RESEND, now + first);
  zrtp_stream_send (stream, message, FALSE);
}

void
zrtp_stream_stop_repeating (ZrtpStream * stream)
{
  zrtp_repeat_clear (&stream->retransmit.message);
  zrtp_timer_stop (stream, ZRTP_TIMER_RESEND);
}

void
zrtp_repeat_start (ZrtpRepeat * repeat, GBytes * message, gint64 first,
    gint64 cap, guint retransmissions, gint64 now)
{
  zrtp_repeat_clear (repeat);
  repeat->message = message;
  repeat->interval = first;
  repeat->cap = cap;
  repeat->first_sent = now;
  repeat->left = retransmissions;
  repeat->sent = 0;
}

gint64
zrtp_repeat_next (ZrtpRepeat * repeat, gint64 now)
{
  if (repeat->left > 0) {
    repeat->left--;
    repeat->interval = MIN (2 * repeat->interval, repeat->cap);
  }
  repeat->sent++;
  return now + repeat->interval;
}

void
zrtp_repeat_clear (ZrtpRepeat * repeat)
{
  g_clear_pointer (&repeat->message, g_bytes_unref);
}

void
zrtp_stream_send_reply (ZrtpStream * stream, ZrtpOctets request,
    GBytes * answer)
{
  zrtp_sha256 (request.data, request.size, stream->retransmit.last_request);
  stream->retransmit.have_last_request = TRUE;
  g_clear_pointer (&stream->retransmit.last_reply, g_bytes_unref);
  stream->retransmit.last_reply = answer;
  zrtp_stream_send (stream, answer, FALSE);
}

gboolean
zrtp_stream_resend_reply (ZrtpStream * stream, ZrtpOctets request,
    gint64 now, ZrtpOutcome * outcome)
{
  guint8 digest[32];

  *outcome = ZRTP_OK;
  if (!stream->retransmit.have_last_request)
    return FALSE;
  zrtp_sha256 (request.data, request.size, digest);
  if (memcmp (digest, stream->retransmit.last_request, sizeof digest) != 0)
    return FALSE;
  if (!zrtp_unproven_may_answer (stream, now)) {
    *outcome = ZRTP_DROPPED (UNEXPECTED);
    return TRUE;
  }
  zrtp_stream_send (stream, stream->retransmit.last_reply, TRUE);
  zrtp_soft_error_clear_unless_confirm (stream);
  /* A peer that retransmits is not silent. */
  if (zrtp_timer_is_set (stream, ZRTP_TIMER_SILENCE))
    zrtp_timer_set (stream, ZRTP_TIMER_SILENCE,
        now + zrtp_stream_silence (stream));
  return TRUE;
}

void
zrtp_send_error (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_ERROR };
  const gint64 first = stream->policy.retry_timeout_ms * ZRTP_MSEC;
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = error;
  message.u.error_code = error;
  zrtp_repeat_start (&stream->retransmit.error, zrtp_stream_bytes (&message),
      first, 8 * first, ERROR_RETRANSMISSIONS, now);
  zrtp_timer_set (stream, ZRTP_TIMER_ERROR, now + first);
  zrtp_stream_send (stream, stream->retransmit.error.message, FALSE);
}

/* What it was about is over: it must not end what comes next. */
void
zrtp_stop_error (ZrtpStream * stream)
{
  zrtp_repeat_clear (&stream->retransmit.error);
  zrtp_timer_stop (stream, ZRTP_TIMER_ERROR);
}

void
zrtp_error_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->retransmit.error;

  if (repeat->left == 0) {
    zrtp_stop_error (stream);
    return;
  }
  zrtp_timer_set (stream, ZRTP_TIMER_ERROR, zrtp_repeat_next (repeat, now));
  zrtp_stream_send (stream, repeat->message, TRUE);
}

ZrtpOutcome
zrtp_error_ack_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  if (!stream->retransmit.error.message)
    return ZRTP_DROPPED (UNEXPECTED);
  zrtp_stop_error (stream);
  return ZRTP_OK;
}

void
zrtp_relay_clear (ZrtpStream * stream)
{
  zrtp_repeat_clear (&stream->retransmit.relay);
  zrtp_timer_stop (stream, ZRTP_TIMER_RELAY);
  g_clear_pointer (&stream->bound.relays_seen, g_array_unref);
}

void
zrtp_retransmit_reset (ZrtpStream * stream)
{
  zrtp_repeat_clear (&stream->retransmit.message);
  zrtp_repeat_clear (&stream->retransmit.error);
  g_clear_pointer (&stream->retransmit.last_reply, g_bytes_unref);
  stream->retransmit.have_last_request = FALSE;
}
