/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is answered in any state and changes none: Ping (RFC 6189 5.15, 5.16).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

ZrtpOutcome
zrtp_ping_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPing *ping = &received->message->u.ping;
  ZrtpMessage message = {.type = ZRTP_MESSAGE_PING_ACK };
  ZrtpPingAck *ack = &message.u.ping_ack;
  GBytes *bytes;

  zrtp_discovery_note_evidence (stream, now);   /* 6 */
  if (!zrtp_unproven_may_pong (stream, now))
    return ZRTP_DROPPED (UNEXPECTED);
  /* We know one format only, so a Ping of another version gets that (5.16).
   * The ZID's head is an EndpointHash that stays the same between calls. */
  memcpy (ack->version, ZRTP_VERSION, 4);
  memcpy (ack->endpoint_hash, stream->zid, sizeof ack->endpoint_hash);
  memcpy (ack->received_endpoint_hash, ping->endpoint_hash,
      sizeof ack->received_endpoint_hash);
  ack->ssrc = received->packet->ssrc;
  bytes = zrtp_stream_bytes (&message);
  zrtp_stream_send (stream, bytes, FALSE);
  g_bytes_unref (bytes);
  return ZRTP_OK;
}
