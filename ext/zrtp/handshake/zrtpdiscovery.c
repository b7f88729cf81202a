/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Our Hello and its schedule (RFC 6189 4.1, 5.2, 6).
 */
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* 6: T1 is sent again 20 times, for at least 12 s where ZRTP showed itself. */
#define T1_RETRANSMISSIONS 20
#define EVIDENCE_TIME (12 * ZRTP_SEC)
/* A peer that said Hello speaks ZRTP still, unless there is clear RTP for so long
 * and no further Hello. */
#define EVIDENCE_LIFE (120 * ZRTP_SEC)

void
zrtp_stream_retry (ZrtpStream * stream, gint64 at, gint64 now)
{
  stream->failure.retry_at = at;
  zrtp_timer_set (stream, ZRTP_TIMER_RESEND, MIN (at, now + ZRTP_SLOW_HELLO));
}

/* 5.2, 9: the chain, the message and its hash. */
void
zrtp_stream_make_hello (ZrtpStream * stream)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };
  ZrtpHello *hello = &message.u.hello;
  ZrtpAlgorithmList listed[ZRTP_N_KINDS];
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE], digest[32];
  char hex[2 * sizeof digest + 1];
  gsize size;

  zrtp_random_fill (stream->random, stream->own.chain[0], ZRTP_IMAGE_SIZE);
  stream->own.chain_spent = FALSE;
  for (guint i = 1; i < 4; i++)
    zrtp_sha256 (stream->own.chain[i - 1], ZRTP_IMAGE_SIZE,
        stream->own.chain[i]);

  memcpy (hello->version, ZRTP_VERSION, 4);
  memcpy (hello->client_id, stream->policy.client_id, ZRTP_CLIENT_ID_SIZE);
  memcpy (hello->h3, stream->own.chain[3], ZRTP_IMAGE_SIZE);
  memcpy (hello->zid, stream->zid, ZRTP_ZID_SIZE);
  hello->passive = stream->policy.passive;
  hello->mitm = stream->policy.mitm;
  hello->signature_capable = stream->policy.check_signatures;
  zrtp_negotiate_listed (&stream->policy, listed);
  zrtp_negotiate_offer (&stream->policy, stream->own.offer);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    hello->n_names[kind] = listed[kind].n;
    for (guint i = 0; i < listed[kind].n; i++)
      memcpy (hello->names[kind][i], listed[kind].item[i]->name, 4);
  }

  size = zrtp_message_write (&message, buffer, sizeof buffer);
  zrtp_message_sign (buffer, size, stream->own.chain[2]);
  zrtp_wipe_stack ();
  g_clear_pointer (&stream->own.message, g_bytes_unref);
  stream->own.message = g_bytes_new (buffer, size);

  zrtp_sha256 (buffer, size, digest);
  zrtp_hex (digest, sizeof digest, hex);
  g_free (stream->own.hash_text);
  stream->own.hash_text = g_strconcat (ZRTP_VERSION " ", hex, NULL);
}

void
zrtp_stream_send_hello (ZrtpStream * stream, gboolean retransmission,
    gint64 now)
{
  stream->own.sent = now;
  zrtp_stream_send (stream, stream->own.message, retransmission);
}

void
zrtp_discovery_note_evidence (ZrtpStream * stream, gint64 now)
{
  stream->discovery.zrtp_seen_until =
      MAX (stream->discovery.zrtp_seen_until, now + EVIDENCE_LIFE);
}

static gboolean
has_evidence (const ZrtpStream * stream, gint64 now)
{
  return now < stream->discovery.zrtp_seen_until || stream->info.lost_call;
}

void
zrtp_discovery_schedule (ZrtpStream * stream, gint64 now)
{
  const gint64 first = stream->policy.hello_timeout_ms * ZRTP_MSEC;

  zrtp_repeat_start (&stream->retransmit.message,
      g_bytes_ref (stream->own.message), first, 4 * first, T1_RETRANSMISSIONS,
      now);
  zrtp_timer_set (stream, ZRTP_TIMER_RESEND, now + first);
  stream->discovery.started = now;
  stream->discovery.schedule_over = FALSE;
  stream->discovery.early_retransmit = FALSE;
  zrtp_stream_send_hello (stream, FALSE, now);
}

/* The schedule is over, or no endpoint asks for it any more. Hellos go on
 * slowly: nothing that came so far proves that the peer has ours. */
void
zrtp_discovery_slow_down (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->retransmit.message;

  repeat->left = 0;
  repeat->interval = MAX (ZRTP_SLOW_HELLO, repeat->cap);
  stream->discovery.early_retransmit = FALSE;
  zrtp_timer_set (stream, ZRTP_TIMER_RESEND, now + repeat->interval);
}

/* The peer may have come up after our first Hello. If it heard that, its HelloACK
 * follows its Hello in no time, unless the way is long. Else it is as if we began
 * now. */
void
zrtp_discovery_hurry (ZrtpStream * stream, gint64 now)
{
  const gint64 due = now + stream->retransmit.message.interval / 4;

  stream->discovery.early_retransmit = due < stream->timers[ZRTP_TIMER_RESEND];
  if (stream->discovery.early_retransmit)
    zrtp_timer_set (stream, ZRTP_TIMER_RESEND, due);
}

void
zrtp_discovery_start (ZrtpStream * stream, gint64 now)
{
  zrtp_step_set (stream, ZRTP_STEP_DISCOVERY);
  stream->discovery.hello_acked = stream->discovery.acked_early =
      stream->discovery.acked_late = FALSE;
  stream->discovery.clear_media_seen = FALSE;
  /* 6: an announcement in the signalling is evidence of ZRTP, too. */
  if (stream->announced.hashes->len > 0)
    stream->discovery.zrtp_seen_until = ZRTP_NEVER;
  zrtp_timer_stop (stream, ZRTP_TIMER_SILENCE);
  zrtp_stop_error (stream);
  zrtp_soft_error_clear (stream);
  zrtp_step_publish (stream);
  zrtp_stream_update_media (stream);
  zrtp_discovery_schedule (stream, now);
  zrtp_exchange_prepare (stream);
}

/* The schedule has ended and clear RTP comes: the peer has no ZRTP (3). That RTP
 * may be forged: Hellos go on. */
static void
consider_no_zrtp (ZrtpStream * stream, gint64 now)
{
  if (stream->step == ZRTP_STEP_DISCOVERY && stream->discovery.schedule_over
      && stream->discovery.clear_media_seen && !has_evidence (stream, now)) {
    zrtp_step_set (stream, ZRTP_STEP_NO_PEER);
    zrtp_step_publish (stream);
  }
}

void
zrtp_discovery_retry_timeout (ZrtpStream * stream, gint64 now)
{
  if (now >= stream->failure.retry_at) {
    zrtp_discovery_start (stream, now);
    return;
  }
  zrtp_stream_send_hello (stream, TRUE, now);
  zrtp_stream_retry (stream, stream->failure.retry_at, now);
}

void
zrtp_discovery_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->retransmit.message;

  if (stream->discovery.early_retransmit) {
    zrtp_discovery_schedule (stream, now);
    return;
  }
  if (repeat->left == 0 && (!has_evidence (stream, now)
          || stream->discovery.hello_acked
          || now - stream->discovery.started >= EVIDENCE_TIME)) {
    stream->discovery.schedule_over = TRUE;
    zrtp_lost_call_schedule_over (stream);
    consider_no_zrtp (stream, now);
    repeat->interval = MAX (ZRTP_SLOW_HELLO, repeat->cap);
  }
  zrtp_timer_set (stream, ZRTP_TIMER_RESEND, zrtp_repeat_next (repeat, now));
  zrtp_stream_send_hello (stream, TRUE, now);
  if (stream->limits.peer_untold && zrtp_unproven_may_tell (stream, now)) {
    stream->limits.peer_untold = FALSE;
    zrtp_stream_event (stream, ZRTP_EVENT_PEER);
  }
}

void
zrtp_discovery_clear_media (ZrtpStream * stream, gint64 now)
{
  stream->discovery.clear_media_seen = TRUE;
  consider_no_zrtp (stream, now);
}

void
zrtp_discovery_reset (ZrtpStream * stream)
{
  stream->discovery.zrtp_seen_until = 0;
  stream->discovery.hello_acked = FALSE;
}

void
zrtp_discovery_set_acked (ZrtpStream * stream, guint32 ssrc)
{
  stream->discovery.hello_acked = TRUE;
  stream->discovery.acked_ssrc = ssrc;
}
