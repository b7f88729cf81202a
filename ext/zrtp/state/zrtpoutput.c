/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/state/zrtpstate.h"

#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

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
      out->output.sequence++, out->ssrc, data, size);
  packet->retransmission = retransmission;
  g_queue_push_tail (&out->output.packets, packet);

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
  g_queue_push_tail (&stream->output.events, event);
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
zrtp_stream_queue_job (ZrtpStream * stream, ZrtpJob * job)
{
  job->owner = stream->id;
  g_queue_push_tail (&outer_of (stream)->output.jobs, job);
}

ZrtpOutPacket *
zrtp_stream_pop_packet (ZrtpStream * stream)
{
  return g_queue_pop_head (&stream->output.packets);
}

gboolean
zrtp_stream_pop_event (ZrtpStream * stream, ZrtpEvent * event)
{
  ZrtpEvent *head = g_queue_pop_head (&stream->output.events);

  if (!head)
    return FALSE;
  *event = *head;
  zrtp_secret_free (head);
  return TRUE;
}

ZrtpJob *
zrtp_stream_pop_job (ZrtpStream * stream)
{
  return g_queue_pop_head (&stream->output.jobs);
}

ZrtpEvent *
zrtp_trial_event (ZrtpStream * trial, ZrtpEventType type)
{
  ZrtpEvent *event;

  switch (type) {
    case ZRTP_EVENT_SIGN_SAS:
    case ZRTP_EVENT_CACHE_FAILED:
      return zrtp_stream_event (trial->outer, type);
    case ZRTP_EVENT_SEND_KEYS:
    case ZRTP_EVENT_RECEIVE_KEYS:
    case ZRTP_EVENT_SAS:
    case ZRTP_EVENT_TRUST:
    case ZRTP_EVENT_AUX_MISMATCH:
    case ZRTP_EVENT_NAME_MISMATCH:
    case ZRTP_EVENT_NEW_ENDPOINT:
    case ZRTP_EVENT_PEER_CHANGED:
    case ZRTP_EVENT_DOWNGRADE:
    case ZRTP_EVENT_SIGNATURE:
    case ZRTP_EVENT_ENROLLMENT:
      event = zrtp_secret_new0 (ZrtpEvent);
      event->type = type;
      g_queue_push_tail (&trial->output.events, event);
      return event;
    default:
      zrtp_event_clear (&trial->restart.ignored);
      trial->restart.ignored.type = type;
      return &trial->restart.ignored;
  }
}
