/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/state/zrtpstate.h"

#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* RFC 6189 6: T2 doubles up to eight times its first value, ten times. */
#define T2_RETRANSMISSIONS 10

GBytes *
zrtp_stream_bytes (const ZrtpMessage * message)
{
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  gsize size = zrtp_message_write (message, buffer, sizeof buffer);

  g_assert (size > 0);
  return g_bytes_new (buffer, size);
}

/* What a trial puts out leaves by the stream that owns it. */
static ZrtpStream *
outer_of (ZrtpStream * stream)
{
  return stream->outer ? stream->outer : stream;
}

void
zrtp_stream_send (ZrtpStream * stream, GBytes * message,
    gboolean retransmission)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  gsize capacity = size + ZRTP_PACKET_HEADER_SIZE + ZRTP_CRC_SIZE;
  ZrtpOutPacket *packet = g_malloc (sizeof *packet + capacity);
  ZrtpStream *out = outer_of (stream);

  packet->size = zrtp_packet_write (packet->data, capacity,
      out->sequence++, out->ssrc, data, size);
  packet->retransmission = retransmission;
  g_queue_push_tail (&out->packets, packet);

  out->info.counters.sent++;
  if (retransmission)
    out->info.counters.retransmitted++;
}

void
zrtp_stream_send_ack (ZrtpStream * stream, ZrtpMessageType type)
{
  const ZrtpMessage message = {.type = type };
  GBytes *bytes = zrtp_stream_bytes (&message);

  zrtp_stream_send (stream, bytes, FALSE);
  g_bytes_unref (bytes);
}

void
zrtp_stream_send_limited_ack (ZrtpStream * stream, ZrtpMessageType type,
    gint64 now)
{
  if (zrtp_unproven_may_answer (stream, now))
    zrtp_stream_send_ack (stream, type);
}

void
zrtp_stream_send_repeated (ZrtpStream * stream, GBytes * message, gint64 now)
{
  const gint64 first = stream->policy.retry_timeout_ms * ZRTP_MSEC;

  zrtp_repeat_start (&stream->repeat, message, first, 8 * first,
      T2_RETRANSMISSIONS, now);
  stream->timers[ZRTP_TIMER_RESEND] = now + first;
  zrtp_stream_send (stream, message, FALSE);
}

void
zrtp_stream_stop_repeating (ZrtpStream * stream)
{
  zrtp_repeat_clear (&stream->repeat);
  stream->timers[ZRTP_TIMER_RESEND] = ZRTP_NEVER;
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

void
zrtp_repeat_clear (ZrtpRepeat * repeat)
{
  g_clear_pointer (&repeat->message, g_bytes_unref);
}

void
zrtp_stream_answer (ZrtpStream * stream, ZrtpOctets request, GBytes * answer)
{
  zrtp_sha256 (request.data, request.size, stream->last_request);
  stream->have_last_request = TRUE;
  g_clear_pointer (&stream->last_answer, g_bytes_unref);
  stream->last_answer = answer;
  zrtp_stream_send (stream, answer, FALSE);
}

gboolean
zrtp_stream_answer_duplicate (ZrtpStream * stream, ZrtpOctets request,
    gint64 now)
{
  guint8 digest[32];

  if (!stream->have_last_request)
    return FALSE;
  zrtp_sha256 (request.data, request.size, digest);
  if (memcmp (digest, stream->last_request, sizeof digest) != 0)
    return FALSE;
  if (!zrtp_unproven_may_answer (stream, now)) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return TRUE;
  }
  zrtp_stream_send (stream, stream->last_answer, TRUE);
  zrtp_doubt_peer_waits (stream);
  /* Who asks again is not silent. */
  if (stream->timers[ZRTP_TIMER_SILENCE] != ZRTP_NEVER)
    stream->timers[ZRTP_TIMER_SILENCE] = now + zrtp_stream_silence (stream);
  return TRUE;
}

void
zrtp_stream_drop (ZrtpStream * stream, ZrtpDrop cause)
{
  outer_of (stream)->info.counters.dropped[cause]++;
}

ZrtpEvent *
zrtp_stream_event (ZrtpStream * stream, ZrtpEventType type)
{
  ZrtpEvent *event;

  if (stream->outer)
    return zrtp_trial_event (stream, type);
  event = zrtp_secret_new0 (ZrtpEvent);
  event->type = type;
  g_queue_push_tail (&stream->events, event);
  return event;
}

void
zrtp_stream_security_event (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text)
{
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_SECURITY);

  event->error = error;
  event->text = g_strdup (text);
}

void
zrtp_event_clear (ZrtpEvent * event)
{
  g_free (event->text);
  zrtp_wipe (event, sizeof *event);
}

void
zrtp_stream_give_job (ZrtpStream * stream, ZrtpJob * job)
{
  job->owner = stream->id;
  g_queue_push_tail (&outer_of (stream)->jobs, job);
}

void
zrtp_stream_set_state (ZrtpStream * stream, ZrtpState state)
{
  ZrtpEvent *event;

  if (state != ZRTP_STATE_FAILED) {
    stream->info.error = ZRTP_ERROR_NONE;
    stream->info.final = FALSE;
  }
  if (stream->info.state == state)
    return;
  stream->info.state = state;
  zrtp_stream_update_media (stream);
  event = zrtp_stream_event (stream, ZRTP_EVENT_STATE);
  event->state = state;
  event->error = stream->info.error;
  if (state == ZRTP_STATE_FAILED)
    event->text = g_steal_pointer (&stream->refusal);
}

/* A Commit, ours or the peer's, was answered by an endpoint that has our
 * messages, or may have them. */
static gboolean
is_commit_answered (const ZrtpStream * stream)
{
  return stream->step == ZRTP_STEP_DHPART2_SENT
      || zrtp_unproven_is_over (stream);
}

/* What may pass while there are no keys for a direction. RFC 6189 4: clear RTP
 * SHOULD NOT be sent once a Commit was sent or received. A third party can send
 * or cause one, so here that counts from its answer on. After secure, and after
 * proof of tampering, clear RTP never passes again. */
static ZrtpMedia
media_without_keys (ZrtpStream * stream, gboolean sending)
{
  if (stream->clear_asks_user)
    return ZRTP_MEDIA_BLOCKED;
  if (stream->policy.require_encryption || stream->was_secure
      || stream->tampered || stream->refused
      || zrtp_lost_call_forbids_clear (stream))
    return ZRTP_MEDIA_BLOCKED;
  if (sending && stream->info.state == ZRTP_STATE_NEGOTIATING
      && is_commit_answered (stream))
    return ZRTP_MEDIA_BLOCKED;
  return ZRTP_MEDIA_CLEAR;
}

/* An attacker reads and writes what passes once the user rejected the SAS. */
static gboolean
is_stopped (const ZrtpStream * stream)
{
  return stream->policy.stop_on_reject && stream->session
      && stream->session->rejected;
}

void
zrtp_stream_update_media (ZrtpStream * stream)
{
  ZrtpStreamInfo *info = &stream->info;
  const gboolean stopped = is_stopped (stream);
  const gboolean send_keys = stream->step == ZRTP_STEP_SECURE;
  /* The initiator must try to authenticate SRTP from Confirm2 on (4.6), the
   * responder before it sends Conf2ACK. */
  const gboolean receive_keys = send_keys
      || stream->step == ZRTP_STEP_CLEARING
      || stream->step == ZRTP_STEP_CONFIRM2_SENT
      || stream->step == ZRTP_STEP_CONFIRM2_RECEIVED;
  const ZrtpMedia send = stopped ? ZRTP_MEDIA_BLOCKED :
      send_keys ? ZRTP_MEDIA_SECURE : media_without_keys (stream, TRUE);
  const ZrtpMedia receive = stopped ? ZRTP_MEDIA_BLOCKED :
      receive_keys ? ZRTP_MEDIA_SECURE : media_without_keys (stream, FALSE);

  if (send != info->send || receive != info->receive) {
    ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_MEDIA);

    info->send = event->send = send;
    info->receive = event->receive = receive;
  }
}

void
zrtp_candidate_clear (ZrtpCandidate * candidate)
{
  g_clear_pointer (&candidate->hello, g_bytes_unref);
}

void
zrtp_candidate_copy (ZrtpCandidate * to, const ZrtpCandidate * from)
{
  GBytes *hello = g_bytes_ref (from->hello);

  zrtp_candidate_clear (to);
  *to = *from;
  to->hello = hello;
}

ZrtpOutPacket *
zrtp_stream_pop_packet (ZrtpStream * stream)
{
  return g_queue_pop_head (&stream->packets);
}

gboolean
zrtp_stream_pop_event (ZrtpStream * stream, ZrtpEvent * event)
{
  ZrtpEvent *head = g_queue_pop_head (&stream->events);

  if (!head)
    return FALSE;
  *event = *head;
  zrtp_secret_free (head);
  return TRUE;
}

ZrtpJob *
zrtp_stream_pop_job (ZrtpStream * stream)
{
  return g_queue_pop_head (&stream->jobs);
}
