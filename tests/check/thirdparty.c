/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "thirdparty.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "samples.h"
#include "zrtp/crypto/zrtpcrypto.h"

const char *
third_name (ThirdPacket kind)
{
  static const char *const names[N_THIRD] = {
    "Hello", "Hello with a false MAC", "Hello 1.00", "Hello 2.00",
    "Hello with nothing in common", "HelloACK", "Commit", "Commit Mult",
    "Commit Prsh", "Commit of an unknown cipher", "Commit of another ZID",
    "DHPart1", "DHPart2", "DHPart2 of a false key", "Confirm1", "Confirm2",
    "Conf2ACK", "Error", "ErrorACK", "GoClear", "ClearACK", "SASrelay",
    "RelayACK", "Ping", "PingACK"
  };

  return names[kind];
}

static gsize
frame (MockPeer * mock, const ZrtpMessage * message, const guint8 * seal,
    guint8 * out)
{
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE];
  gsize size = zrtp_message_write (message, octets, sizeof octets);

  fail_unless (size > 0);
  if (seal)
    zrtp_message_sign (octets, size, seal);
  return zrtp_packet_write (out, ZRTP_MAX_PACKET_SIZE, mock->sequence++,
      mock->ssrc, octets, size);
}

static gsize
make_hello (MockPeer * mock, ThirdPacket kind, guint8 * out)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };
  ZrtpHello *hello = &message.u.hello;

  *hello = mock->hello;
  if (kind == THIRD_HELLO_OLD)
    memcpy (hello->version, "1.00", 4);
  if (kind == THIRD_HELLO_LATER)
    memcpy (hello->version, "2.00", 4);
  if (kind == THIRD_HELLO_NOTHING_IN_COMMON) {
    hello->n_names[ZRTP_KIND_KEY_AGREEMENT] = 1;
    memcpy (hello->names[ZRTP_KIND_KEY_AGREEMENT][0], "EC52", 4);
  }
  return frame (mock, &message,
      mock->h[kind == THIRD_HELLO_FALSE_MAC ? 1 : 2], out);
}

static gsize
make_commit (MockPeer * mock, ThirdPacket kind, guint8 * out)
{
  static const char *const usual[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", "X255", "B32 "
  };
  const ZrtpRandom *random = &mock->to->endpoint->sim->random;
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  ZrtpCommit *commit = &message.u.commit;

  memcpy (commit->h2, mock->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, mock->hello.zid, ZRTP_ZID_SIZE);
  for (guint i = 0; i < ZRTP_N_KINDS; i++)
    memcpy (commit->names[i], usual[i], 4);
  if (kind == THIRD_COMMIT_MULT)
    memcpy (commit->names[ZRTP_KIND_KEY_AGREEMENT], "Mult", 4);
  if (kind == THIRD_COMMIT_PRSH)
    memcpy (commit->names[ZRTP_KIND_KEY_AGREEMENT], "Prsh", 4);
  if (kind == THIRD_COMMIT_LIE)
    memcpy (commit->names[ZRTP_KIND_CIPHER], "2FS3", 4);
  if (kind == THIRD_COMMIT_OTHER_ZID)
    commit->zid[0] ^= 1;
  zrtp_random_fill (random, commit->hvi, ZRTP_HVI_SIZE);
  zrtp_random_fill (random, commit->nonce, ZRTP_NONCE_SIZE);
  return frame (mock, &message, mock->h[1], out);
}

static gsize
make_dhpart (MockPeer * mock, ThirdPacket kind, guint8 * out)
{
  ZrtpMessage message = {.type = kind == THIRD_DHPART1 ?
        ZRTP_MESSAGE_DHPART1 : ZRTP_MESSAGE_DHPART2
  };
  ZrtpDHPart *part = &message.u.dhpart;

  memcpy (part->h1, mock->h[1], ZRTP_IMAGE_SIZE);
  if (kind == THIRD_DHPART2_FALSE_KEY)
    part->h1[0] ^= 1;
  part->public_size = 32;
  zrtp_random_fill (&mock->to->endpoint->sim->random, part->public_value,
      part->public_size);
  return frame (mock, &message, mock->h[0], out);
}

static gsize
make_other (MockPeer * mock, ZrtpMessageType type, guint8 * out)
{
  const ZrtpRandom *random = &mock->to->endpoint->sim->random;
  ZrtpMessage message = {.type = type };
  guint8 text[40];

  switch (type) {
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONFIRM2:
    case ZRTP_MESSAGE_SAS_RELAY:
      zrtp_random_fill (random, text, sizeof text);
      message.u.sealed.encrypted = zrtp_octets (text, sizeof text);
      break;
    case ZRTP_MESSAGE_ERROR:
      message.u.error_code = ZRTP_ERROR_UNAVAILABLE;
      break;
    case ZRTP_MESSAGE_PING:
      memcpy (message.u.ping.version, ZRTP_VERSION, 4);
      break;
    case ZRTP_MESSAGE_PING_ACK:
      memcpy (message.u.ping_ack.version, ZRTP_VERSION, 4);
      break;
    default:
      break;
  }
  return frame (mock, &message, NULL, out);
}

gsize
third_make (MockPeer * mock, ThirdPacket kind, guint8 * out)
{
  static const ZrtpMessageType types[N_THIRD] = {
    [THIRD_HELLO_ACK] = ZRTP_MESSAGE_HELLO_ACK,
    [THIRD_CONFIRM1] = ZRTP_MESSAGE_CONFIRM1,
    [THIRD_CONFIRM2] = ZRTP_MESSAGE_CONFIRM2,
    [THIRD_CONF2ACK] = ZRTP_MESSAGE_CONF2ACK,
    [THIRD_ERROR] = ZRTP_MESSAGE_ERROR,
    [THIRD_ERROR_ACK] = ZRTP_MESSAGE_ERROR_ACK,
    [THIRD_GO_CLEAR] = ZRTP_MESSAGE_GO_CLEAR,
    [THIRD_CLEAR_ACK] = ZRTP_MESSAGE_CLEAR_ACK,
    [THIRD_SAS_RELAY] = ZRTP_MESSAGE_SAS_RELAY,
    [THIRD_RELAY_ACK] = ZRTP_MESSAGE_RELAY_ACK,
    [THIRD_PING] = ZRTP_MESSAGE_PING,
    [THIRD_PING_ACK] = ZRTP_MESSAGE_PING_ACK,
  };

  if (kind <= THIRD_HELLO_NOTHING_IN_COMMON)
    return make_hello (mock, kind, out);
  if (kind >= THIRD_COMMIT && kind <= THIRD_COMMIT_OTHER_ZID)
    return make_commit (mock, kind, out);
  if (kind >= THIRD_DHPART1 && kind <= THIRD_DHPART2_FALSE_KEY)
    return make_dhpart (mock, kind, out);
  return make_other (mock, types[kind], out);
}

void
third_send (MockPeer * mock, ThirdPacket kind)
{
  guint8 packet[ZRTP_MAX_PACKET_SIZE];

  sim_deliver (mock->to, packet, third_make (mock, kind, packet));
}

void
third_renew_hello (guint8 * packet, gsize size, guint32 number)
{
  /* H3 follows version and client ID (5.2). */
  GST_WRITE_UINT32_BE (packet + ZRTP_PACKET_HEADER_SIZE + 12 + 4 + 16, number);
  packet_set_crc (packet, size);
}
