/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtplog.h"

#include "media/gstzrtpdebug.h"

#include <string.h>

#define GST_CAT_DEFAULT gst_zrtp_debug_get_category ()

/* RFC 6189 5: the type of a message, in the packet. */
#define TYPE_AT 16
#define TYPE_SIZE 8

static void
log_packet (GstZrtpTransport * transport, const char *what, const guint8 * data,
    gsize size)
{
  char type[TYPE_SIZE + 1] = "";

  for (guint i = 0; i < TYPE_SIZE && TYPE_AT + i < size; i++) {
    const guint8 octet = data[TYPE_AT + i];

    type[i] = g_ascii_isprint (octet) ? octet : '?';
  }
  GST_DEBUG ("stream %u: %s %s, %" G_GSIZE_FORMAT
      " octets, sequence number %u, " "SSRC %08x", transport->stream_id, what,
      g_strchomp (type), size, size >= 4 ? GST_READ_UINT16_BE (data + 2) : 0,
      size >= 12 ? GST_READ_UINT32_BE (data + 8) : 0);
}

void
gst_zrtp_log_receive (GstZrtpTransport * transport, const guint8 * data,
    gsize size, GstZrtpLogMark * mark)
{
  mark->on = gst_zrtp_debug_is_on (GST_LEVEL_DEBUG);
  if (!mark->on)
    return;
  log_packet (transport, "received", data, size);
  memcpy (mark->dropped,
      zrtp_stream_get_info (transport->stream)->counters.dropped,
      sizeof mark->dropped);
}

void
gst_zrtp_log_received (GstZrtpTransport * transport,
    const GstZrtpLogMark * mark)
{
  const ZrtpStreamCounters *counters;

  if (!mark->on)
    return;
  counters = &zrtp_stream_get_info (transport->stream)->counters;
  for (guint i = 0; i < ZRTP_N_DROPS; i++)
    if (counters->dropped[i] != mark->dropped[i])
      GST_DEBUG ("stream %u: dropped it as %s", transport->stream_id,
          zrtp_drop_nick (i));
}

void
gst_zrtp_log_send (GstZrtpTransport * transport, const ZrtpOutPacket * packet)
{
  if (gst_zrtp_debug_is_on (GST_LEVEL_DEBUG))
    log_packet (transport, packet->retransmission ? "sends again" : "sends",
        packet->data, packet->size);
}

static const char *
get_media_nick (ZrtpMedia media)
{
  return media == ZRTP_MEDIA_SECURE ? "encrypted" :
      media == ZRTP_MEDIA_CLEAR ? "clear" : "blocked";
}

void
gst_zrtp_log_event (GstZrtpTransport * transport, const ZrtpEvent * event)
{
  if (!gst_zrtp_debug_is_on (GST_LEVEL_INFO))
    return;
  switch (event->type) {
    case ZRTP_EVENT_STATE:
      GST_INFO ("stream %u: state %s, was %s%s%s", transport->stream_id,
          zrtp_state_nick (event->state), zrtp_state_nick (transport->state),
          event->error ? ": " : "",
          event->error ? zrtp_error_text (event->error) : "");
      break;
    case ZRTP_EVENT_MEDIA:
      GST_INFO ("stream %u: media sent is %s, received %s",
          transport->stream_id, get_media_nick (event->send),
          get_media_nick (event->receive));
      break;
    case ZRTP_EVENT_SEND_KEYS:
      GST_DEBUG ("stream %u: keys to send with", transport->stream_id);
      break;
    case ZRTP_EVENT_RECEIVE_KEYS:
      GST_DEBUG ("stream %u: keys to receive with", transport->stream_id);
      break;
    case ZRTP_EVENT_KEYS_GONE:
      GST_DEBUG ("stream %u: keys are void", transport->stream_id);
      break;
    case ZRTP_EVENT_PEER:
      GST_DEBUG ("stream %u: a peer's Hello", transport->stream_id);
      break;
    case ZRTP_EVENT_FORK:
      GST_DEBUG ("stream %u: another endpoint, SSRC %08x", transport->stream_id,
          event->ssrc);
      break;
    case ZRTP_EVENT_SSRC_COLLISION:
      GST_INFO ("stream %u: the peer has our SSRC %08x", transport->stream_id,
          event->ssrc);
      break;
    default:
      break;
  }
}

void
gst_zrtp_log_job (GstZrtpTransport * transport, const ZrtpJob * job,
    const char *what)
{
  if (gst_zrtp_debug_is_on (GST_LEVEL_DEBUG))
    GST_DEBUG ("stream %u: %s job %s", transport->stream_id,
        zrtp_job_get_kind (job) == ZRTP_JOB_STORAGE ? "storage" : "compute",
        what);
}

void
gst_zrtp_log_step (GstZrtpTransport * transport)
{
  const char *step = zrtp_stream_get_step (transport->stream);

  if (step == transport->logged_step)
    return;
  GST_DEBUG ("stream %u: step %s, was %s", transport->stream_id, step,
      transport->logged_step ? transport->logged_step : "none");
  transport->logged_step = step;
}
