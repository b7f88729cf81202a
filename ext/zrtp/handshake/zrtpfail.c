/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How exchanges end other than well: Error and ErrorACK (RFC 6189 4.7.1, 5.9,
 * 5.10).
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

#define ERROR_RETRANSMISSIONS 10
/* How long a chain is left alone that was part of an attack. */
#define BAN_TIME ZRTP_FAILED_TIME

void
zrtp_send_error (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_ERROR };
  const gint64 first = stream->policy.retry_timeout_ms * ZRTP_MSEC;
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = error;
  message.u.error_code = error;
  zrtp_repeat_start (&stream->repeat_error, zrtp_stream_bytes (&message), first,
      8 * first, ERROR_RETRANSMISSIONS, now);
  stream->timers[ZRTP_TIMER_ERROR] = now + first;
  zrtp_stream_send (stream, stream->repeat_error.message, FALSE);
}

/* What it was about is over: it must not end what comes next. */
void
zrtp_stop_error (ZrtpStream * stream)
{
  zrtp_repeat_clear (&stream->repeat_error);
  stream->timers[ZRTP_TIMER_ERROR] = ZRTP_NEVER;
}

void
zrtp_error_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->repeat_error;

  if (repeat->left == 0) {
    zrtp_stop_error (stream);
    return;
  }
  repeat->left--;
  repeat->interval = MIN (2 * repeat->interval, repeat->cap);
  stream->timers[ZRTP_TIMER_ERROR] = now + repeat->interval;
  zrtp_stream_send (stream, repeat->message, TRUE);
}

void
zrtp_receive_error_ack (ZrtpStream * stream)
{
  if (!stream->repeat_error.message) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  zrtp_stop_error (stream);
}

void
zrtp_stream_end_exchange (ZrtpStream * stream, gint64 now)
{
  if (zrtp_preshared_has_keys (stream))
    stream->no_preshared = TRUE;
  if (stream->outer)            /* the next of that ZID has its turn */
    zrtp_stream_ban (stream, stream->exchange ? &stream->exchange->peer :
        &stream->bound, now);
  zrtp_exchange_lost (stream, now);
  zrtp_stream_stop_repeating (stream);
  stream->timers[ZRTP_TIMER_SILENCE] = ZRTP_NEVER;
  stream->timers[ZRTP_TIMER_CONF2ACK] = ZRTP_NEVER;
  zrtp_doubt_settle (stream);
  zrtp_exchange_free (stream);
  stream->have_last_request = FALSE;
  if (stream->was_secure) {
    zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
    zrtp_candidate_clear (&stream->bound);
  }
  zrtp_wipe (&stream->keys, sizeof stream->keys);
  stream->key_hash = NULL;
  stream->step = ZRTP_STEP_FAILED;
  /* 4.7.1: ZRTPSess goes with the last stream that had it. */
  if (stream->session)
    zrtp_session_stream_gone (stream->session, stream, FALSE);
  stream->info.exchange_done = FALSE;
}

void
zrtp_stream_retry (ZrtpStream * stream, gint64 at, gint64 now)
{
  stream->retry_at = at;
  stream->timers[ZRTP_TIMER_RESEND] = MIN (at, now + ZRTP_SLOW_HELLO);
}

void
zrtp_stream_give_up (ZrtpStream * stream)
{
  stream->info.final = TRUE;
  stream->retry_at = stream->timers[ZRTP_TIMER_RESEND] = ZRTP_NEVER;
}

void
zrtp_stream_fail_quietly (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  stream->failed_at = now;
  zrtp_stream_end_exchange (stream, now);
  zrtp_stream_retry (stream, now + ZRTP_FAILED_TIME, now);
  stream->info.error = error;
  zrtp_stream_set_state (stream, ZRTP_STATE_FAILED);
  zrtp_stream_update_media (stream);
}

void
zrtp_stream_fail (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  ZrtpSession *session = stream->session;

  zrtp_stream_fail_quietly (stream, error, now);
  zrtp_send_error (stream, error, now);
  zrtp_contention_end (session, stream, now);
}

/* Neither a replayed call nor a changed message shall keep the genuine peer
 * out: who was found out has to wait, others need not. */
void
zrtp_stream_ban (ZrtpStream * stream, const ZrtpCandidate * peer, gint64 now)
{
  ZrtpBan *oldest = &stream->bans[0];

  if (!peer->hello)
    return;
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->candidates[i].hello
        && memcmp (stream->candidates[i].h3, peer->h3, ZRTP_IMAGE_SIZE) == 0)
      zrtp_candidate_clear (&stream->candidates[i]);
    if (stream->bans[i].until < oldest->until)
      oldest = &stream->bans[i];
  }
  memcpy (oldest->h3, peer->h3, ZRTP_IMAGE_SIZE);
  oldest->until = now + BAN_TIME;
}

void
zrtp_stream_fail_collision (ZrtpStream * stream, gint64 now)
{
  zrtp_stream_fail (stream, ZRTP_ERROR_SSRC_COLLISION, now);
  zrtp_stream_event (stream, ZRTP_EVENT_SSRC_COLLISION)->ssrc = stream->ssrc;
}

void
zrtp_stream_fail_security (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now)
{
  zrtp_stream_security_event (stream, error, text);
  /* A trial that ends leaves the call as it is. */
  if (!stream->outer && zrtp_unproven_is_over (stream))
    stream->tampered = stream->session->alarmed = TRUE;
  zrtp_stream_ban (stream, stream->exchange ? &stream->exchange->peer :
      &stream->bound, now);
  zrtp_stream_fail_quietly (stream, error, now);
  if (error != ZRTP_ERROR_NONE)
    zrtp_send_error (stream, error, now);
  zrtp_contention_end (stream->session, stream, now);
}

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
