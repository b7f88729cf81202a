/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Limits for packets that prove nothing (RFC 6189 6, 9). The table in
 * zrtpstream.c says what each message may change before its sender proved
 * anything.
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

/* Answers. The schedules of four endpoints that say Hello fit in: each sends 21
 * Hellos in 3.75 s, three of them in the first 150 ms. A HelloACK names no
 * Hello, so the next one stands for those that the limit held back. */
#define ANSWER_INTERVAL (25 * ZRTP_MSEC)
/* Pings leave room for HelloACKs. */
#define PONG_BURST (ZRTP_ANSWER_BURST / 4)
/* Messages to the application. */
#define TELL_INTERVAL (1 * ZRTP_SEC)
/* So many packets over so long show a hindrance that stays. Slow Hellos are
 * ZRTP_SLOW_HELLO apart, and one of them may be lost. */
#define HINDRANCE_PACKETS 3
#define HINDRANCE_TIME (1 * ZRTP_SEC)
#define HINDRANCE_GAP (5 * ZRTP_SEC)

void
zrtp_stream_send_limited_ack (ZrtpStream * stream, ZrtpMessageType type,
    gint64 now)
{
  if (zrtp_unproven_may_answer (stream, now))
    zrtp_stream_send_ack (stream, type);
}

gboolean
zrtp_rate_limit_allow (ZrtpRateLimit * limit, guint burst, gint64 interval,
    gint64 now)
{
  /* *limit is ahead of @now by what was taken and has not come back. */
  if (*limit - now > (burst - 1) * interval)
    return FALSE;
  *limit = MAX (*limit, now) + interval;
  return TRUE;
}

gboolean
zrtp_unproven_may_answer (ZrtpStream * stream, gint64 now)
{
  return zrtp_rate_limit_allow (&stream->limits.replies, ZRTP_ANSWER_BURST,
      ANSWER_INTERVAL, now);
}

gboolean
zrtp_unproven_may_pong (ZrtpStream * stream, gint64 now)
{
  return zrtp_rate_limit_allow (&stream->limits.replies, PONG_BURST,
      ANSWER_INTERVAL, now);
}

gboolean
zrtp_unproven_may_tell (ZrtpStream * stream, gint64 now)
{
  return zrtp_rate_limit_allow (&stream->limits.reports, ZRTP_BURST,
      TELL_INTERVAL, now);
}

void
zrtp_unproven_alarm (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now)
{
  if (zrtp_rate_limit_allow (&stream->limits.alarms, ZRTP_BURST, TELL_INTERVAL,
          now))
    zrtp_stream_security_event (stream, error, text);
}

/* An endpoint that hinders a call repeats itself (6); a forger may say it once. */
gboolean
zrtp_hindrance_is_persistent (ZrtpHindrance * hindrance, gint64 now)
{
  if (hindrance->n == 0 || now - hindrance->last > HINDRANCE_GAP) {
    hindrance->n = 0;
    hindrance->first = now;
  }
  hindrance->last = now;
  if (hindrance->n < HINDRANCE_PACKETS)
    hindrance->n++;
  return hindrance->n == HINDRANCE_PACKETS
      && now - hindrance->first >= HINDRANCE_TIME;
}

gboolean
zrtp_unproven_is_collision (ZrtpStream * stream, gint64 now)
{
  return zrtp_hindrance_is_persistent (&stream->limits.collision, now);
}

/* One Error for each Hello or Commit. It is not repeated by itself (6), for it
 * goes to the peer, which may have said neither. */
void
zrtp_unproven_refuse (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_ERROR };
  GBytes *bytes;

  if (!zrtp_unproven_may_tell (stream, now))
    return;
  zrtp_stream_event (stream, ZRTP_EVENT_ERROR)->error = error;
  message.u.error_code = error;
  bytes = zrtp_stream_bytes (&message);
  zrtp_stream_send (stream, bytes, FALSE);
  g_bytes_unref (bytes);
}

/* Guesses at the SAS, and the limits of what this endpoint does by itself, go on. */
void
zrtp_limits_reset (ZrtpStream * stream)
{
  ZrtpLimits *limits = &stream->limits;

  limits->preparations = limits->replies = limits->alarms = 0;
  limits->reports = 0;
  memset (&limits->equal_zids, 0, sizeof limits->equal_zids);
  memset (&limits->nothing_in_common, 0, sizeof limits->nothing_in_common);
  memset (&limits->collision, 0, sizeof limits->collision);
  limits->peer_untold = FALSE;
}
