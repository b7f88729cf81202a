/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/message/zrtpmessage-private.h"

#include "zrtp/crypto/zrtpcrypto.h"

/* The bodies that are too short for a file of their own. */

static ZrtpDrop
empty_read (ZrtpReader * reader, ZrtpMessage * message)
{
  return ZRTP_DROP_NONE;
}

static void
empty_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
}

/* 5.9 */
static ZrtpDrop
error_read (ZrtpReader * reader, ZrtpMessage * message)
{
  message->u.error_code = zrtp_read_u32 (reader);
  return ZRTP_DROP_NONE;
}

static void
error_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  zrtp_write_u32 (writer, message->u.error_code);
}

/* 5.11 */
static ZrtpDrop
go_clear_read (ZrtpReader * reader, ZrtpMessage * message)
{
  zrtp_read (reader, message->u.clear_mac, ZRTP_MAC_SIZE);
  return ZRTP_DROP_NONE;
}

static void
go_clear_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  zrtp_write (writer, message->u.clear_mac, ZRTP_MAC_SIZE);
}

/* 5.15 */
static ZrtpDrop
ping_read (ZrtpReader * reader, ZrtpMessage * message)
{
  ZrtpPing *ping = &message->u.ping;

  zrtp_read_name (reader, ping->version);
  zrtp_read (reader, ping->endpoint_hash, sizeof ping->endpoint_hash);
  return ZRTP_DROP_NONE;
}

static void
ping_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  const ZrtpPing *ping = &message->u.ping;

  zrtp_write (writer, ping->version, 4);
  zrtp_write (writer, ping->endpoint_hash, sizeof ping->endpoint_hash);
}

/* 5.16 */
static ZrtpDrop
ping_ack_read (ZrtpReader * reader, ZrtpMessage * message)
{
  ZrtpPingAck *ack = &message->u.ping_ack;

  zrtp_read_name (reader, ack->version);
  zrtp_read (reader, ack->endpoint_hash, sizeof ack->endpoint_hash);
  zrtp_read (reader, ack->received_endpoint_hash,
      sizeof ack->received_endpoint_hash);
  ack->ssrc = zrtp_read_u32 (reader);
  return ZRTP_DROP_NONE;
}

static void
ping_ack_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  const ZrtpPingAck *ack = &message->u.ping_ack;

  zrtp_write (writer, ack->version, 4);
  zrtp_write (writer, ack->endpoint_hash, sizeof ack->endpoint_hash);
  zrtp_write (writer, ack->received_endpoint_hash,
      sizeof ack->received_endpoint_hash);
  zrtp_write_u32 (writer, ack->ssrc);
}

/* Names on the wire (Table 1) and what reads and writes the body. */
typedef struct
{
  char wire_name[9];
  const char *name;
    ZrtpDrop (*read) (ZrtpReader * reader, ZrtpMessage * message);
  void (*write) (ZrtpWriter * writer, const ZrtpMessage * message);
} MessageRow;

static const MessageRow rows[ZRTP_N_MESSAGES] = {
  [ZRTP_MESSAGE_HELLO] =
      {"Hello   ", "Hello", zrtp_hello_read, zrtp_hello_write},
  [ZRTP_MESSAGE_HELLO_ACK] = {"HelloACK", "HelloACK", empty_read, empty_write},
  [ZRTP_MESSAGE_COMMIT] =
      {"Commit  ", "Commit", zrtp_commit_read, zrtp_commit_write},
  [ZRTP_MESSAGE_DHPART1] =
      {"DHPart1 ", "DHPart1", zrtp_dhpart_read, zrtp_dhpart_write},
  [ZRTP_MESSAGE_DHPART2] =
      {"DHPart2 ", "DHPart2", zrtp_dhpart_read, zrtp_dhpart_write},
  [ZRTP_MESSAGE_CONFIRM1] =
      {"Confirm1", "Confirm1", zrtp_sealed_read, zrtp_sealed_write},
  [ZRTP_MESSAGE_CONFIRM2] =
      {"Confirm2", "Confirm2", zrtp_sealed_read, zrtp_sealed_write},
  [ZRTP_MESSAGE_CONF2ACK] = {"Conf2ACK", "Conf2ACK", empty_read, empty_write},
  [ZRTP_MESSAGE_ERROR] = {"Error   ", "Error", error_read, error_write},
  [ZRTP_MESSAGE_ERROR_ACK] = {"ErrorACK", "ErrorACK", empty_read, empty_write},
  [ZRTP_MESSAGE_GO_CLEAR] =
      {"GoClear ", "GoClear", go_clear_read, go_clear_write},
  [ZRTP_MESSAGE_CLEAR_ACK] = {"ClearACK", "ClearACK", empty_read, empty_write},
  [ZRTP_MESSAGE_SAS_RELAY] =
      {"SASrelay", "SASrelay", zrtp_sealed_read, zrtp_sealed_write},
  [ZRTP_MESSAGE_RELAY_ACK] = {"RelayACK", "RelayACK", empty_read, empty_write},
  [ZRTP_MESSAGE_PING] = {"Ping    ", "Ping", ping_read, ping_write},
  [ZRTP_MESSAGE_PING_ACK] =
      {"PingACK ", "PingACK", ping_ack_read, ping_ack_write},
};

static const MessageRow *
find_row (const guint8 wire_name[8])
{
  guint i;

  for (i = 0; i < ZRTP_N_MESSAGES; i++) {
    if (memcmp (rows[i].wire_name, wire_name, 8) == 0)
      return &rows[i];
  }
  return NULL;
}

ZrtpDrop
zrtp_message_parse (const guint8 * data, gsize size, ZrtpMessage * message)
{
  ZrtpReader reader = zrtp_reader (data, size);
  const guint8 *wire_name;
  const MessageRow *row;
  ZrtpMessage parsed;
  ZrtpDrop drop;
  guint16 preamble = zrtp_read_u16 (&reader);
  guint16 words = zrtp_read_u16 (&reader);

  wire_name = zrtp_read_in_place (&reader, 8);
  if (wire_name == NULL)
    return ZRTP_DROP_BAD_LENGTH;
  if (preamble != ZRTP_PREAMBLE)
    return ZRTP_DROP_MALFORMED;
  if ((gsize) words * 4 != size)
    return ZRTP_DROP_BAD_LENGTH;
  row = find_row (wire_name);
  if (row == NULL)
    return ZRTP_DROP_UNKNOWN_TYPE;

  memset (&parsed, 0, sizeof parsed);
  parsed.type = (ZrtpMessageType) (row - rows);
  drop = row->read (&reader, &parsed);
  if (drop != ZRTP_DROP_NONE)
    return drop;
  if (!zrtp_reader_is_done (&reader))
    return ZRTP_DROP_BAD_LENGTH;

  *message = parsed;
  return ZRTP_DROP_NONE;
}

gsize
zrtp_message_write (const ZrtpMessage * message, guint8 * out, gsize capacity)
{
  ZrtpWriter writer = zrtp_writer (out, capacity);
  const MessageRow *row;
  gsize size;

  g_return_val_if_fail (message->type < ZRTP_N_MESSAGES, 0);

  row = &rows[message->type];
  zrtp_write_u16 (&writer, ZRTP_PREAMBLE);
  zrtp_write_u16 (&writer, 0);
  zrtp_write (&writer, row->wire_name, 8);
  row->write (&writer, message);
  if (writer.failed)
    return 0;

  /* The length field counts words and is known only now. */
  size = writer.size;
  writer = zrtp_writer (out, ZRTP_MESSAGE_HEADER_SIZE);
  zrtp_write_u16 (&writer, ZRTP_PREAMBLE);
  zrtp_write_u16 (&writer, (guint16) (size / 4));
  return size;
}

void
zrtp_message_sign (guint8 * message, gsize size,
    const guint8 key[ZRTP_IMAGE_SIZE])
{
  g_return_if_fail (size >= ZRTP_MESSAGE_HEADER_SIZE + ZRTP_MAC_SIZE);

  zrtp_message_mac (key, message, size - ZRTP_MAC_SIZE,
      message + size - ZRTP_MAC_SIZE);
}

gboolean
zrtp_message_check_mac (const guint8 * message, gsize size,
    const guint8 key[ZRTP_IMAGE_SIZE])
{
  guint8 mac[ZRTP_MAC_SIZE];

  if (size < ZRTP_MESSAGE_HEADER_SIZE + ZRTP_MAC_SIZE)
    return FALSE;

  zrtp_message_mac (key, message, size - ZRTP_MAC_SIZE, mac);
  return zrtp_equal (mac, message + size - ZRTP_MAC_SIZE, ZRTP_MAC_SIZE);
}

const char *
zrtp_message_type_name (ZrtpMessageType type)
{
  g_return_val_if_fail (type < ZRTP_N_MESSAGES, "unknown");
  return rows[type].name;
}
