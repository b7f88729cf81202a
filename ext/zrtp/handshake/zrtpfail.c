/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How exchanges end other than well: Error and ErrorACK (RFC 6189 4.7.1, 5.9,
 * 5.10).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

#define RETRY_AFTER (1 * ZRTP_SEC)

/* Another endpoint said Hello, and may wait since because of an exchange that a
 * third party began. */
static gboolean
is_another_remote_waiting (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  for (guint i = 0; x && i < ZRTP_MAX_REMOTES; i++) {
    GBytes *hello = stream->remotes.slots[i].hello;

    if (hello && !g_bytes_equal (hello, x->peer.hello))
      return TRUE;
  }
  return FALSE;
}

static void
fail_by_error (ZrtpStream * stream, gint64 now)
{
  /* A peer that heard nothing for too long looks for us again, and may have
   * said Hello by now. */
  const gboolean again = stream->soft_error.error == ZRTP_ERROR_TIMEOUT
      || zrtp_preshared_has_keys (stream)
      || is_another_remote_waiting (stream);
  /* The policy of a peer that has our messages: it would refuse us again. */
  const gboolean refused = stream->soft_error.error == ZRTP_ERROR_UNAVAILABLE
      && zrtp_step_is_proven (stream);
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = stream->soft_error.error;
  event->from_peer = TRUE;
  zrtp_stream_abort (stream, stream->soft_error.error, now);
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
  zrtp_unproven_alarm (stream, stream->soft_error.error,
      zrtp_error_text (stream->soft_error.error), now);
  zrtp_stream_fail (stream, stream->soft_error.error, now);
  zrtp_stream_retry (stream, now + RETRY_AFTER, now);
}

void
zrtp_soft_error_timeout (ZrtpStream * stream, gint64 now)
{
  switch (stream->soft_error.kind) {
    case ZRTP_SOFT_ERROR_PEER:
      fail_by_error (stream, now);
      break;
    case ZRTP_SOFT_ERROR_SSRC:
      zrtp_stream_fail_collision (stream, now);
      break;
    case ZRTP_SOFT_ERROR_CONFIRM:
      if (zrtp_preshared_has_keys (stream)) {
        fail_preshared (stream, now);
        break;
      }
      zrtp_stream_fail_security (stream, stream->soft_error.error,
          zrtp_error_text (stream->soft_error.error), now);
      break;
  }
}

void
zrtp_stream_hinder (ZrtpStream * stream, ZrtpHindrance * hindrance,
    ZrtpErrorCode error, gint64 now)
{
  const gboolean persistent = zrtp_hindrance_is_persistent (hindrance, now);

  /* The failure lasts as long as its cause. */
  if (stream->step == ZRTP_STEP_FAILED && stream->info.error == error) {
    stream->failure.retry_at =
        MAX (stream->failure.retry_at, now + ZRTP_FAILED_TIME);
    return;
  }
  if (!zrtp_step_is_discovery (stream) || zrtp_remotes_best (stream))
    return;
  if (persistent)
    zrtp_stream_fail (stream, error, now);
  else if (hindrance->n == 1)
    zrtp_unproven_refuse (stream, error, now);
}

void
zrtp_stream_drop_chain (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now)
{
  ZrtpSession *session = stream->session;
  ZrtpRemote peer = { NULL };

  if (text)
    zrtp_unproven_alarm (stream, error, text, now);
  zrtp_remote_copy (&peer, &stream->exchange->peer);
  zrtp_stream_end_exchange (stream, now);
  zrtp_stream_ban (stream, &peer, now);
  zrtp_remote_clear (&peer);
  zrtp_discovery_start (stream, now);
  zrtp_unproven_refuse (stream, error, now);
  zrtp_contention_end (session, stream, now);
}

void
zrtp_stream_abandon (ZrtpStream * stream, gint64 now)
{
  GBytes *hello = g_bytes_ref (stream->exchange->peer.hello);

  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello && g_bytes_equal (remote->hello, hello))
      remote->unanswered++;
  }
  g_bytes_unref (hello);
  zrtp_stream_end_exchange (stream, now);
  zrtp_discovery_start (stream, now);
}

void
zrtp_stream_end_exchange (ZrtpStream * stream, gint64 now)
{
  if (zrtp_preshared_has_keys (stream))
    stream->backoff.no_preshared = TRUE;
  if (stream->outer)            /* the next of that ZID has its turn */
    zrtp_stream_ban (stream, stream->exchange ? &stream->exchange->peer :
        &stream->bound.remote, now);
  zrtp_exchange_aborted (stream, now);
  zrtp_stream_stop_repeating (stream);
  zrtp_timer_stop (stream, ZRTP_TIMER_SILENCE);
  zrtp_timer_stop (stream, ZRTP_TIMER_CONF2ACK);
  zrtp_soft_error_clear (stream);
  zrtp_exchange_free (stream);
  stream->retransmit.have_last_request = FALSE;
  if (stream->guard.was_secure) {
    zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
    zrtp_remote_clear (&stream->bound.remote);
  }
  zrtp_bound_wipe_keys (stream);
  zrtp_step_set (stream, ZRTP_STEP_FAILED);
  /* 4.7.1: ZRTPSess goes with the last stream that had it. */
  if (stream->session)
    zrtp_session_stream_left (stream->session, stream, FALSE);
  stream->info.exchange_done = FALSE;
}

void
zrtp_stream_give_up (ZrtpStream * stream)
{
  stream->info.final = TRUE;
  stream->failure.retry_at = ZRTP_NEVER;
  zrtp_timer_stop (stream, ZRTP_TIMER_RESEND);
}

void
zrtp_stream_abort (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  stream->failure.at = now;
  zrtp_stream_end_exchange (stream, now);
  zrtp_stream_retry (stream, now + ZRTP_FAILED_TIME, now);
  stream->info.error = error;
  zrtp_step_publish (stream);
  zrtp_stream_update_media (stream);
}

void
zrtp_stream_fail (ZrtpStream * stream, ZrtpErrorCode error, gint64 now)
{
  ZrtpSession *session = stream->session;

  zrtp_stream_abort (stream, error, now);
  zrtp_send_error (stream, error, now);
  zrtp_contention_end (session, stream, now);
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
  if (!stream->outer && zrtp_step_is_proven (stream))
    stream->guard.tampered = stream->session->alarmed = TRUE;
  zrtp_stream_ban (stream, stream->exchange ? &stream->exchange->peer :
      &stream->bound.remote, now);
  zrtp_stream_abort (stream, error, now);
  if (error != ZRTP_ERROR_NONE)
    zrtp_send_error (stream, error, now);
  zrtp_contention_end (stream->session, stream, now);
}

void
zrtp_settle (ZrtpStream * stream, ZrtpOutcome outcome, gint64 now)
{
  if (outcome.drop != ZRTP_DROP_NONE)
    zrtp_stream_drop (stream, outcome.drop);
  switch (outcome.failure) {
    case ZRTP_FAILURE_NONE:
      break;
    case ZRTP_FAILURE_EXCHANGE:
      zrtp_stream_fail (stream, outcome.error, now);
      break;
    case ZRTP_FAILURE_SECURITY:
      zrtp_stream_fail_security (stream, outcome.error, outcome.text, now);
      break;
    case ZRTP_FAILURE_CHAIN:
      zrtp_stream_drop_chain (stream, outcome.error, outcome.text, now);
      break;
  }
}
