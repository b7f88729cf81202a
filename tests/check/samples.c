/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "samples.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "zrtp/crypto/zrtpcrypto.h"

const Sample samples[] = {
  {"Hello without lists", ZRTP_MESSAGE_HELLO, "Hello   ", 22, 0x00000000, NULL},
  {"Hello", ZRTP_MESSAGE_HELLO, "Hello   ", 33, 0x50022241, NULL},
  {"Hello with full lists", ZRTP_MESSAGE_HELLO, "Hello   ", 57, 0x20077777,
      NULL},
  {"HelloACK", ZRTP_MESSAGE_HELLO_ACK, "HelloACK", 3, 0, NULL},
  {"Commit DH3k", ZRTP_MESSAGE_COMMIT, "Commit  ", 29, 0, "DH3k"},
  {"Commit of an unknown key agreement", ZRTP_MESSAGE_COMMIT, "Commit  ", 29, 0,
      "ZZ99"},
  {"Commit Mult", ZRTP_MESSAGE_COMMIT, "Commit  ", 25, 0, "Mult"},
  {"Commit Prsh", ZRTP_MESSAGE_COMMIT, "Commit  ", 27, 0, "Prsh"},
  {"DHPart1 DH3k", ZRTP_MESSAGE_DHPART1, "DHPart1 ", 117, 0, NULL},
  {"DHPart2 DH2k", ZRTP_MESSAGE_DHPART2, "DHPart2 ", 85, 0, NULL},
  {"DHPart1 EC25", ZRTP_MESSAGE_DHPART1, "DHPart1 ", 37, 0, NULL},
  {"DHPart2 EC38", ZRTP_MESSAGE_DHPART2, "DHPart2 ", 45, 0, NULL},
  {"DHPart1 EC52", ZRTP_MESSAGE_DHPART1, "DHPart1 ", 54, 0, NULL},
  {"Confirm1", ZRTP_MESSAGE_CONFIRM1, "Confirm1", 19, 0, NULL},
  {"Confirm1 with a signature", ZRTP_MESSAGE_CONFIRM1, "Confirm1", 40, 0, NULL},
  {"Confirm2", ZRTP_MESSAGE_CONFIRM2, "Confirm2", 19, 0, NULL},
  {"Confirm2 at its longest", ZRTP_MESSAGE_CONFIRM2, "Confirm2", 530, 0, NULL},
  {"Conf2ACK", ZRTP_MESSAGE_CONF2ACK, "Conf2ACK", 3, 0, NULL},
  {"Error", ZRTP_MESSAGE_ERROR, "Error   ", 4, 0, NULL},
  {"ErrorACK", ZRTP_MESSAGE_ERROR_ACK, "ErrorACK", 3, 0, NULL},
  {"GoClear", ZRTP_MESSAGE_GO_CLEAR, "GoClear ", 5, 0, NULL},
  {"ClearACK", ZRTP_MESSAGE_CLEAR_ACK, "ClearACK", 3, 0, NULL},
  {"SASrelay", ZRTP_MESSAGE_SAS_RELAY, "SASrelay", 19, 0, NULL},
  {"SASrelay at its longest", ZRTP_MESSAGE_SAS_RELAY, "SASrelay", 530, 0, NULL},
  {"RelayACK", ZRTP_MESSAGE_RELAY_ACK, "RelayACK", 3, 0, NULL},
  {"Ping", ZRTP_MESSAGE_PING, "Ping    ", 6, 0, NULL},
  {"PingACK", ZRTP_MESSAGE_PING_ACK, "PingACK ", 9, 0, NULL},
};

const guint n_samples = G_N_ELEMENTS (samples);

void
sample_set_words (guint8 * message, guint words)
{
  message[2] = (guint8) (words >> 8);
  message[3] = (guint8) words;
}

gsize
sample_build (guint index, guint8 * out)
{
  const Sample *sample = &samples[index];
  gsize size = 4 * sample->words;
  gsize i;

  for (i = 12; i < size; i++)
    out[i] = (guint8) i;
  out[0] = 0x50;
  out[1] = 0x5a;
  sample_set_words (out, sample->words);
  memcpy (out + 4, sample->wire_name, 8);
  if (sample->type == ZRTP_MESSAGE_HELLO) {
    guint32 flags = GUINT32_TO_BE (sample->flags);

    memcpy (out + 76, &flags, 4);
  }
  if (sample->key_agreement)
    memcpy (out + 68, sample->key_agreement, 4);
  return size;
}

gboolean
sample_allows_words (const Sample * sample, guint words)
{
  switch (sample->type) {
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_DHPART2:
      return words >= 21 + 1 && words <= 21 + 96;
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONFIRM2:
    case ZRTP_MESSAGE_SAS_RELAY:
      return words >= 19 && words <= 19 + 511;
    default:
      return words == sample->words;
  }
}

guint8 *
guarded_copy (const guint8 * data, gsize size)
{
  static guint8 *pages = NULL;
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  guint8 *copy;

  if (pages == NULL) {
    pages = mmap (NULL, 2 * page, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    g_assert (pages != MAP_FAILED);
    g_assert (mprotect (pages + page, page, PROT_NONE) == 0);
  }
  g_assert (size <= page);
  copy = pages + page - size;
  if (data)
    memcpy (copy, data, size);
  return copy;
}

void
packet_set_crc (guint8 * packet, gsize size)
{
  guint32 crc = zrtp_crc32c (packet, size - 4);

  packet[size - 4] = (guint8) crc;
  packet[size - 3] = (guint8) (crc >> 8);
  packet[size - 2] = (guint8) (crc >> 16);
  packet[size - 1] = (guint8) (crc >> 24);
}

guint32
noise_next (guint64 * state)
{
  *state = *state * G_GUINT64_CONSTANT (6364136223846793005) +
      G_GUINT64_CONSTANT (1442695040888963407);
  return (guint32) (*state >> 33);
}
