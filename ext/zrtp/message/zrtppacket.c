/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage-private.h"

#define MAGIC_COOKIE 0x5a525450 /* "ZRTP" */
#define MIN_PACKET_SIZE \
  (ZRTP_PACKET_HEADER_SIZE + ZRTP_MESSAGE_HEADER_SIZE + ZRTP_CRC_SIZE)

gboolean
zrtp_packet_probe (const guint8 * data, gsize size)
{
  ZrtpReader reader = zrtp_reader (data, size);
  guint16 first = zrtp_read_u16 (&reader);

  zrtp_read_u16 (&reader);      /* sequence number */
  /* The twelve bits after the first four are unused: ignored (5). */
  return first >> 12 == 1 && zrtp_read_u32 (&reader) == MAGIC_COOKIE;
}

/* The CRC travels least significant octet first, unlike every other integer:
 * RFC 4960 appendix B swaps the octets and RFC 6189 5 takes that over. */
static void
crc_to_octets (guint32 crc, guint8 out[ZRTP_CRC_SIZE])
{
  guint i;

  for (i = 0; i < ZRTP_CRC_SIZE; i++)
    out[i] = (guint8) (crc >> (8 * i));
}

ZrtpDrop
zrtp_packet_parse (const guint8 * data, gsize size, ZrtpPacket * packet)
{
  ZrtpReader reader;
  ZrtpPacket parsed;
  guint8 crc[ZRTP_CRC_SIZE];
  gsize covered;

  if (size < MIN_PACKET_SIZE)
    return ZRTP_DROP_TOO_SHORT;
  if (!zrtp_packet_probe (data, size))
    return ZRTP_DROP_NOT_ZRTP;
  if (size % 4 != 0)
    return ZRTP_DROP_BAD_LENGTH;

  /* The CRC comes first: a damaged length field is damage, not a malformed
   * packet. */
  covered = size - ZRTP_CRC_SIZE;
  crc_to_octets (zrtp_crc32c (data, covered), crc);
  if (memcmp (data + covered, crc, ZRTP_CRC_SIZE) != 0)
    return ZRTP_DROP_BAD_CRC;

  reader = zrtp_reader (data, covered);
  zrtp_read_u16 (&reader);      /* version and unused bits */
  parsed.sequence = zrtp_read_u16 (&reader);
  zrtp_read_u32 (&reader);      /* magic cookie */
  parsed.ssrc = zrtp_read_u32 (&reader);
  parsed.message = reader.next;
  parsed.message_size = reader.left;

  if (zrtp_read_u16 (&reader) != ZRTP_PREAMBLE)
    return ZRTP_DROP_MALFORMED;
  if ((gsize) zrtp_read_u16 (&reader) * 4 != parsed.message_size ||
      parsed.message_size > ZRTP_MAX_MESSAGE_SIZE)
    return ZRTP_DROP_BAD_LENGTH;

  *packet = parsed;
  return ZRTP_DROP_NONE;
}

gsize
zrtp_packet_write (guint8 * out, gsize capacity, guint16 sequence,
    guint32 ssrc, const guint8 * message, gsize message_size)
{
  ZrtpWriter writer;
  guint8 crc[ZRTP_CRC_SIZE];

  if (message_size < ZRTP_MESSAGE_HEADER_SIZE || message_size % 4 != 0 ||
      message_size > ZRTP_MAX_MESSAGE_SIZE ||
      capacity < ZRTP_PACKET_HEADER_SIZE + message_size + ZRTP_CRC_SIZE)
    return 0;

  /* The message first: it may lie in @out where the header goes. */
  memmove (out + ZRTP_PACKET_HEADER_SIZE, message, message_size);
  writer = zrtp_writer (out, capacity);
  zrtp_write_u16 (&writer, 0x1000);
  zrtp_write_u16 (&writer, sequence);
  zrtp_write_u32 (&writer, MAGIC_COOKIE);
  zrtp_write_u32 (&writer, ssrc);
  zrtp_write_in_place (&writer, message_size);
  crc_to_octets (zrtp_crc32c (out, writer.size), crc);
  zrtp_write (&writer, crc, ZRTP_CRC_SIZE);
  return writer.size;
}
