/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Feeds the message codec: an input is tried as a packet, as a packet whose
 * CRC was put right, as a message, and as both kinds of plain text. Whatever
 * is accepted must survive being written and read again.
 */
#include "fuzz.h"

#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage.h"

static void
try_confirm_body (const guint8 * data, gsize size)
{
  ZrtpConfirmBody body, again;
  guint8 out[ZRTP_MAX_MESSAGE_SIZE], twice[ZRTP_MAX_MESSAGE_SIZE];
  gsize written;

  if (!zrtp_confirm_body_parse (data, size, &body))
    return;
  written = zrtp_confirm_body_write (&body, out, sizeof out);
  /* A signature whose type starts with NUL is none. */
  FUZZ_CHECK (written == size || (written == 40 && size == 44));
  FUZZ_CHECK (zrtp_confirm_body_parse (out, written, &again));
  FUZZ_CHECK (zrtp_confirm_body_write (&again, twice, sizeof twice) == written);
  FUZZ_CHECK (memcmp (out, twice, written) == 0);
}

static void
try_sas_relay_body (const guint8 * data, gsize size)
{
  ZrtpSasRelayBody body, again;
  guint8 out[ZRTP_MAX_MESSAGE_SIZE], twice[ZRTP_MAX_MESSAGE_SIZE];
  gsize written;

  if (!zrtp_sas_relay_body_parse (data, size, &body))
    return;
  written = zrtp_sas_relay_body_write (&body, out, sizeof out);
  FUZZ_CHECK (written == size || (written == 40 && size == 44));
  FUZZ_CHECK (zrtp_sas_relay_body_parse (out, written, &again));
  FUZZ_CHECK (zrtp_sas_relay_body_write (&again, twice, sizeof twice) ==
      written);
  FUZZ_CHECK (memcmp (out, twice, written) == 0);
}

/* Octets at the end that the writer leaves to zrtp_message_sign(). */
static gsize
mac_size (ZrtpMessageType type)
{
  switch (type) {
    case ZRTP_MESSAGE_HELLO:
    case ZRTP_MESSAGE_COMMIT:
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_DHPART2:
      return ZRTP_MAC_SIZE;
    default:
      return 0;
  }
}

static void
try_message (const guint8 * data, gsize size)
{
  static const guint8 key[ZRTP_IMAGE_SIZE] = { 1, 2, 3 };
  guint8 out[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpMessage message;
  gsize n;

  zrtp_message_check_mac (data, size, key);
  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    return;
  FUZZ_CHECK (zrtp_message_type_name (message.type) != NULL);
  FUZZ_CHECK (zrtp_message_write (&message, out, size - 1) == 0);
  FUZZ_CHECK (zrtp_message_write (&message, out, sizeof out) == size);
  n = size - mac_size (message.type);
  if (message.type == ZRTP_MESSAGE_HELLO) {
    /* The unused bits around the flags are not kept. */
    out[76] |= data[76] & 0x8f;
    out[77] |= data[77] & 0xf0;
  }
  FUZZ_CHECK (memcmp (out, data, n) == 0);
  if (n < size) {
    zrtp_message_sign (out, size, key);
    FUZZ_CHECK (zrtp_message_check_mac (out, size, key));
  }
  if (message.type == ZRTP_MESSAGE_CONFIRM1 ||
      message.type == ZRTP_MESSAGE_CONFIRM2)
    try_confirm_body (message.u.sealed.encrypted.data,
        message.u.sealed.encrypted.size);
  if (message.type == ZRTP_MESSAGE_SAS_RELAY)
    try_sas_relay_body (message.u.sealed.encrypted.data,
        message.u.sealed.encrypted.size);
}

static void
try_packet (const guint8 * data, gsize size)
{
  guint8 out[ZRTP_MAX_PACKET_SIZE];
  ZrtpPacket packet;

  if (zrtp_packet_parse (data, size, &packet) != ZRTP_DROP_NONE)
    return;
  FUZZ_CHECK (zrtp_packet_probe (data, size));
  FUZZ_CHECK (packet.message == data + ZRTP_PACKET_HEADER_SIZE);
  FUZZ_CHECK (zrtp_packet_write (out, sizeof out, packet.sequence, packet.ssrc,
          packet.message, packet.message_size) == size);
  FUZZ_CHECK (memcmp (out + 2, data + 2, size - 2 - ZRTP_CRC_SIZE) == 0);
  try_message (packet.message, packet.message_size);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  guint8 *copy = fuzz_copy (data, size);

  try_packet (copy, size);
  try_message (copy, size);
  try_confirm_body (copy, size);
  try_sas_relay_body (copy, size);
  if (size >= ZRTP_CRC_SIZE) {
    guint32 crc = zrtp_crc32c (copy, size - ZRTP_CRC_SIZE);
    guint i;

    for (i = 0; i < ZRTP_CRC_SIZE; i++)
      copy[size - ZRTP_CRC_SIZE + i] = (guint8) (crc >> (8 * i));
    try_packet (copy, size);
  }
  g_free (copy);
  return 0;
}
