/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages that are answered in any state and change none: Ping (RFC 6189
 * 5.15, 5.16) and a SASrelay from somebody who is no trusted PBX (5.13).
 */
#include "zrtpstream-private.h"

#include <string.h>

void
zrtp_receive_ping (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpPing * ping, gint64 now)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_PING_ACK };
  ZrtpPingAck *ack = &message.u.ping_ack;
  GBytes *bytes;

  /* We know one format only, so a Ping of another version gets that (5.16).
   * The ZID's head is an EndpointHash that stays the same between calls. */
  memcpy (ack->version, ZRTP_VERSION, 4);
  memcpy (ack->endpoint_hash, stream->zid, sizeof ack->endpoint_hash);
  memcpy (ack->received_endpoint_hash, ping->endpoint_hash,
      sizeof ack->received_endpoint_hash);
  ack->ssrc = packet->ssrc;
  bytes = zrtp_stream_bytes (&message);
  zrtp_stream_send (stream, bytes, FALSE);
  g_bytes_unref (bytes);

  stream->evidence = TRUE;      /* 6 */
}

/* Acknowledged if genuine, and then forgotten: without a matched pbxsecret a
 * relayed SAS is never shown (7.3). */
void
zrtp_receive_sas_relay (ZrtpStream * stream, const ZrtpSealed * sealed)
{
  guint8 mac[ZRTP_MAX_HASH_SIZE];
  gboolean genuine;

  if (stream->step != ZRTP_STEP_SECURE) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  stream->key_hash->mac (zrtp_stream_peer_keys (stream)->mac_key,
      stream->key_hash->size, &sealed->encrypted, 1, mac);
  genuine = zrtp_equal (mac, sealed->mac, ZRTP_MAC_SIZE);
  zrtp_wipe (mac, sizeof mac);
  if (genuine)
    zrtp_stream_send_ack (stream, ZRTP_MESSAGE_RELAY_ACK);
  else
    zrtp_stream_drop (stream, ZRTP_DROP_BAD_MAC);
}
