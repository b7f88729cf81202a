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
/* Guesses at the SAS, see zrtp_unproven_count_guess(). */
#define GUESS_INTERVAL (8 * ZRTP_SEC)
/* An exchange that proved nothing by now gives way to another. */
#define GIVE_WAY_AFTER (1 * ZRTP_SEC)
/* So many packets over so long show a hindrance that stays. Slow Hellos are
 * ZRTP_SLOW_HELLO apart, and one of them may be lost. */
#define HINDRANCE_PACKETS 3
#define HINDRANCE_TIME (1 * ZRTP_SEC)
#define HINDRANCE_GAP (5 * ZRTP_SEC)
/* After a hold, for the endpoint that acknowledged our Hello: its Commit is
 * repeated at least each 1.2 s (6), and one may be lost. */
#define PREFERENCE_TIME (2500 * ZRTP_MSEC)
/* Our Hello leaves an exchange alone for its first moments. */
#define HELLO_AFTER (250 * ZRTP_MSEC)

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
  return zrtp_rate_limit_allow (&stream->answers, ZRTP_ANSWER_BURST,
      ANSWER_INTERVAL, now);
}

gboolean
zrtp_unproven_may_pong (ZrtpStream * stream, gint64 now)
{
  return zrtp_rate_limit_allow (&stream->answers, PONG_BURST, ANSWER_INTERVAL,
      now);
}

gboolean
zrtp_unproven_may_tell (ZrtpStream * stream, gint64 now)
{
  return zrtp_rate_limit_allow (&stream->news, ZRTP_BURST, TELL_INTERVAL, now);
}

void
zrtp_unproven_alarm (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now)
{
  if (zrtp_rate_limit_allow (&stream->alarms, ZRTP_BURST, TELL_INTERVAL, now))
    zrtp_stream_security_event (stream, error, text);
}

/* An endpoint that hinders a call repeats itself (6); a forger may say it once. */
static gboolean
is_persistent (ZrtpHindrance * hindrance, gint64 now)
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
  return is_persistent (&stream->collision, now);
}

void
zrtp_unproven_hinder (ZrtpStream * stream, ZrtpHindrance * hindrance,
    ZrtpErrorCode error, gint64 now)
{
  const gboolean persistent = is_persistent (hindrance, now);

  /* The failure lasts as long as its cause. */
  if (stream->step == ZRTP_STEP_FAILED && stream->info.error == error) {
    stream->retry_at = MAX (stream->retry_at, now + ZRTP_FAILED_TIME);
    return;
  }
  if (stream->step != ZRTP_STEP_DISCOVERY || zrtp_discovery_best (stream))
    return;
  if (persistent)
    zrtp_stream_fail (stream, error, now);
  else if (hindrance->n == 1)
    zrtp_unproven_refuse (stream, error, now);
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

/* A Commit, a DHPart1 and a HelloACK refer to nothing of ours, and a Hello
 * neither. A DHPart2 that fits its hvi was made by an endpoint that has our
 * Hello; a Confirm that opens, by one that has our DHPart, or our secrets. */
gboolean
zrtp_unproven_is_over (const ZrtpStream * stream)
{
  if (stream->exchange && stream->exchange->held_confirm)
    return TRUE;
  switch (stream->step) {
    case ZRTP_STEP_DHPART2_RECEIVED:
    case ZRTP_STEP_CONFIRM1_SENT:
      return stream->exchange->mode == ZRTP_COMMIT_DH;
    case ZRTP_STEP_CONFIRM2_SENT:
    case ZRTP_STEP_CONFIRM2_RECEIVED:
      return TRUE;
    default:
      return zrtp_stream_is_settled (stream);
  }
}

void
zrtp_unproven_drop (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now)
{
  ZrtpSession *session = stream->session;
  ZrtpCandidate peer = { NULL };

  if (text)
    zrtp_unproven_alarm (stream, error, text, now);
  zrtp_candidate_copy (&peer, &stream->exchange->peer);
  zrtp_stream_end_exchange (stream, now);
  zrtp_stream_ban (stream, &peer, now);
  zrtp_candidate_clear (&peer);
  zrtp_discovery_start (stream, now);
  zrtp_unproven_refuse (stream, error, now);
  zrtp_contention_end (session, stream, now);
}

/* An active attacker learns the SAS from our DHPart and breaks off if it is of no
 * use: one guess, with a chance of 1 in 65,536 or less. Its Commit looks like that
 * of a third party off the path, which never sees our DHPart and has no guess.
 * Eight are free. Each further one comes back after GUESS_INTERVAL, so a third
 * party that stops holds the genuine call for 8 s at most. Users wait for a call for about a
 * minute: an attacker then has 16 guesses, 1 chance in 4,096, and 458 in an hour.
 * An exchange lost after a proof costs more (zrtp_exchange_lost()). */
void
zrtp_unproven_count_guess (ZrtpStream * stream, gint64 now)
{
  stream->guesses = MAX (stream->guesses, now) + GUESS_INTERVAL;
  stream->hold_until = MAX (stream->hold_until,
      stream->guesses - (ZRTP_BURST - 1) * GUESS_INTERVAL);
}

/* A HelloACK carries no proof: ten chains a second with one each can still take
 * every turn (see "pause by guesses" in tests/data/attacks.md). */
gboolean
zrtp_unproven_is_held (const ZrtpStream * stream, const ZrtpCandidate * peer,
    gint64 now)
{
  if (now < stream->hold_until)
    return TRUE;
  if (stream->step != ZRTP_STEP_DISCOVERY || stream->hold_until == 0
      || now - stream->hold_until >= PREFERENCE_TIME || !stream->acked
      || stream->acked_ssrc == peer->ssrc)
    return FALSE;
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->candidates[i].hello && !stream->candidates[i].unsuitable
        && stream->candidates[i].ssrc == stream->acked_ssrc)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_unproven_exchange (const ZrtpStream * stream)
{
  return stream->exchange && !zrtp_unproven_is_over (stream);
}

/* The schedule goes on through an exchange of a chain that may be a third
 * party's: the peer that waits for our Hello must hear of us. */
static gint64
next_hello (const ZrtpStream * stream)
{
  return stream->hello_sent + MAX (ZRTP_SLOW_HELLO,
      4 * stream->policy.hello_timeout_ms * ZRTP_MSEC);
}

void
zrtp_unproven_schedule_hello (ZrtpStream * stream, gint64 now)
{
  stream->timers[ZRTP_TIMER_HELLO] = MAX (now + HELLO_AFTER,
      next_hello (stream));
}

gboolean
zrtp_unproven_gives_way (const ZrtpStream * stream, gint64 now)
{
  const gint64 t2 = stream->policy.retry_timeout_ms * ZRTP_MSEC;
  const ZrtpExchange *x = stream->exchange;

  switch (stream->step) {
    case ZRTP_STEP_COMMIT_RECEIVED:
    case ZRTP_STEP_DHPART1_SENT:
    case ZRTP_STEP_CONFIRM1_SENT:
      return is_unproven_exchange (stream)
          && now - x->started >= MAX (GIVE_WAY_AFTER, 6 * t2);
    default:
      return FALSE;
  }
}

void
zrtp_unproven_abandon (ZrtpStream * stream, gint64 now)
{
  GBytes *hello = g_bytes_ref (stream->exchange->peer.hello);

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello && g_bytes_equal (candidate->hello, hello))
      candidate->unanswered++;
  }
  g_bytes_unref (hello);
  zrtp_stream_end_exchange (stream, now);
  zrtp_discovery_start (stream, now);
}

/* Is there another endpoint that we would call if we were free? */
static gboolean
is_another_waiting (ZrtpStream * stream)
{
  const ZrtpCandidate *peer = &stream->exchange->peer;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    const ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello && !candidate->unsuitable
        && !g_bytes_equal (candidate->hello, peer->hello))
      return TRUE;
  }
  return FALSE;
}

/* Our Commit went unanswered, or the peer of an exchange that we answered fell
 * silent, while another endpoint says Hello. */
static gboolean
leave_for_another (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = stream->session;

  if (!is_another_waiting (stream))
    return FALSE;
  if (stream->step == ZRTP_STEP_COMMIT_SENT)
    return zrtp_commit_give_way (stream, now);
  if (stream->policy.passive || !zrtp_unproven_gives_way (stream, now))
    return FALSE;
  zrtp_unproven_abandon (stream, now);
  zrtp_contention_end (session, stream, now);
  return TRUE;
}

void
zrtp_unproven_hello_timeout (ZrtpStream * stream, gint64 now)
{
  if (!is_unproven_exchange (stream) || leave_for_another (stream, now))
    return;
  /* With a Commit it leaves more often. */
  if (now >= next_hello (stream))
    zrtp_stream_send_hello (stream, TRUE, now);
  zrtp_unproven_schedule_hello (stream, now);
}

void
zrtp_unproven_hear_hello (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gboolean is_new, gint64 now)
{
  if (!is_unproven_exchange (stream)
      || g_bytes_equal (candidate->hello, stream->exchange->peer.hello)
      || leave_for_another (stream, now) || !is_new)
    return;
  /* It came up just now and has not heard our earlier ones. */
  if (zrtp_unproven_may_answer (stream, now)) {
    /* An endpoint that acknowledged our Hello may have started again. */
    stream->commit_paused = stream->step == ZRTP_STEP_COMMIT_SENT
        && stream->acked_late;
    zrtp_stream_send_hello (stream, TRUE, now);
    zrtp_unproven_schedule_hello (stream, now);
  }
}
