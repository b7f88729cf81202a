/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Diffie-Hellman mode: DHPart1, DHPart2 and s0 (RFC 6189 4.4.1, 5.5, 5.6).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* DHPart1 as responder, DHPart2 as initiator; MAC under H0. */
GBytes *
zrtp_dhpart_make (ZrtpStream * stream, ZrtpRole role)
{
  const ZrtpExchange *x = stream->exchange;
  ZrtpMessage message = {.type = role == ZRTP_ROLE_INITIATOR ?
        ZRTP_MESSAGE_DHPART2 : ZRTP_MESSAGE_DHPART1
  };
  ZrtpDHPart *part = &message.u.dhpart;
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  gsize size;

  memcpy (part->h1, stream->own.chain[1], ZRTP_IMAGE_SIZE);
  zrtp_secrets_ids (&x->secrets, x->suite.hash, role, stream->own.chain[3],
      part);
  part->public_size = x->suite.key_agreement->public_size;
  memcpy (part->public_value, stream->prepared.key_pair.public_value,
      part->public_size);
  size = zrtp_message_write (&message, buffer, sizeof buffer);
  zrtp_message_sign (buffer, size, stream->own.chain[0]);

  return g_bytes_new (buffer, size);
}

/* 4.4.1.1, 4.4.1.2: once its public half was shown a pair serves no second
 * exchange. A Commit showed a hash only: an endpoint that loses contention
 * keeps the pair (4.2). */
void
zrtp_dhpart_spend_key_pair (ZrtpStream * stream)
{
  zrtp_wipe (&stream->prepared.key_pair, sizeof stream->prepared.key_pair);
}

void
zrtp_dhpart_send_dhpart1 (ZrtpStream * stream, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  x->dhpart1 = zrtp_dhpart_make (stream, ZRTP_ROLE_RESPONDER);
  zrtp_dhpart_spend_key_pair (stream);
  zrtp_step_set (stream, ZRTP_STEP_DHPART1_SENT);
  zrtp_stream_send_reply (stream, zrtp_octets_of (x->commit),
      g_bytes_ref (x->dhpart1));
}
