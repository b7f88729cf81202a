/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The messages of RFC 6189 5: layouts, lengths, what is tolerated and what is
 * refused.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "samples.h"
#include "zrtp/crypto/zrtpcrypto.h"

#define ASSERT_PARSE(data, size, drop) G_STMT_START {                       \
  ZrtpMessage message_;                                                     \
  memset (&message_, 0x77, sizeof message_);                                \
  fail_unless_equals_string (zrtp_drop_nick (zrtp_message_parse (data,      \
              size, &message_)), zrtp_drop_nick (drop));                    \
  if ((drop) != ZRTP_DROP_NONE)                                             \
    fail_unless_equals_int (message_.type, 0x77777777);                     \
} G_STMT_END

/* Octets of a sample's body count up: the first of a field tells its place. */
#define ASSERT_FIELD(field, offset) G_STMT_START {                          \
  gsize i_;                                                                 \
  for (i_ = 0; i_ < sizeof (field); i_++)                                   \
    fail_unless_equals_int (((const guint8 *) (field))[i_],                 \
        ((offset) + i_) & 0xff);                                            \
} G_STMT_END

#define ASSERT_ZERO(field) G_STMT_START {                                   \
  gsize i_;                                                                 \
  for (i_ = 0; i_ < sizeof (field); i_++)                                   \
    fail_unless_equals_int (((const guint8 *) (field))[i_], 0);             \
} G_STMT_END

static guint
find_sample (const char *label)
{
  guint i;

  for (i = 0; i < n_samples; i++) {
    if (g_str_equal (samples[i].label, label))
      return i;
  }
  g_assert_not_reached ();
}

static void
parse_sample (const char *label, ZrtpMessage * message)
{
  static guint8 data[SAMPLE_CAPACITY];
  gsize size = sample_build (find_sample (label), data);

  fail_unless_equals_int (zrtp_message_parse (data, size, message),
      ZRTP_DROP_NONE);
}

GST_START_TEST (test_types)
{
  static const char *const names[] = {
    "Hello", "HelloACK", "Commit", "DHPart1", "DHPart2", "Confirm1",
    "Confirm2", "Conf2ACK", "Error", "ErrorACK", "GoClear", "ClearACK",
    "SASrelay", "RelayACK", "Ping", "PingACK"
  };
  guint8 data[SAMPLE_CAPACITY];
  ZrtpMessage message;
  guint seen = 0;
  guint i;

  /* Z-5.1.1-01 Z-5.1.1-03 Z-5.1-01 */
  for (i = 0; i < n_samples; i++) {
    gsize size = sample_build (i, data);

    fail_unless_equals_int (zrtp_message_parse (data, size, &message),
        ZRTP_DROP_NONE);
    fail_unless_equals_int (message.type, samples[i].type);
    seen |= 1u << message.type;
  }
  fail_unless_equals_int (seen, (1u << ZRTP_N_MESSAGES) - 1);

  fail_unless_equals_int (G_N_ELEMENTS (names), ZRTP_N_MESSAGES);
  for (i = 0; i < ZRTP_N_MESSAGES; i++)
    fail_unless_equals_string (zrtp_message_type_name (i), names[i]);
}

GST_END_TEST;

GST_START_TEST (test_hello_layout)
{
  ZrtpMessage message;
  const ZrtpHello *hello = &message.u.hello;
  guint kind, i, offset = 80;

  parse_sample ("Hello", &message);
  ASSERT_FIELD (hello->h3, 32);
  ASSERT_FIELD (hello->zid, 64);
  /* Z-5.2-02 */
  ASSERT_FIELD (hello->client_id, 16);
  fail_unless (memcmp (hello->version, "\x0c\x0d\x0e\x0f", 5) == 0);
  fail_unless (hello->signature_capable && !hello->mitm && hello->passive);
  /* Z-5.2-09 Z-5.2-13 */
  fail_unless_equals_int (hello->n_names[ZRTP_KIND_HASH], 2);
  fail_unless_equals_int (hello->n_names[ZRTP_KIND_CIPHER], 2);
  fail_unless_equals_int (hello->n_names[ZRTP_KIND_AUTH_TAG], 2);
  fail_unless_equals_int (hello->n_names[ZRTP_KIND_KEY_AGREEMENT], 4);
  fail_unless_equals_int (hello->n_names[ZRTP_KIND_SAS], 1);
  for (kind = 0; kind < ZRTP_N_KINDS; kind++) {
    for (i = 0; i < hello->n_names[kind]; i++, offset += 4)
      ASSERT_FIELD (hello->names[kind][i], offset);
  }
}

GST_END_TEST;

GST_START_TEST (test_hello_flags)
{
  guint8 data[SAMPLE_CAPACITY], out[SAMPLE_CAPACITY];
  gsize size = sample_build (find_sample ("Hello without lists"), data);
  ZrtpMessage message;
  guint bits;

  /* Z-5.2-03 Z-5.2-04 Z-5.2-05: S, M and P one by one. */
  for (bits = 0; bits < 8; bits++) {
    data[76] = (guint8) (bits << 4);
    fail_unless_equals_int (zrtp_message_parse (data, size, &message),
        ZRTP_DROP_NONE);
    fail_unless_equals_int (message.u.hello.signature_capable, bits >> 2 & 1);
    fail_unless_equals_int (message.u.hello.mitm, bits >> 1 & 1);
    fail_unless_equals_int (message.u.hello.passive, bits & 1);
    fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out),
        size);
    fail_unless (memcmp (out + 76, data + 76, 4) == 0);
  }
}

GST_END_TEST;

GST_START_TEST (test_hello_unused_bits)
{
  guint8 data[SAMPLE_CAPACITY], out[SAMPLE_CAPACITY];
  gsize size = sample_build (find_sample ("Hello"), data);
  ZrtpMessage plain, message;

  fail_unless_equals_int (zrtp_message_parse (data, size, &plain),
      ZRTP_DROP_NONE);
  /* Z-5.2-08: the eight, and the one in front of S. */
  data[76] |= 0x8f;
  data[77] |= 0xf0;
  fail_unless_equals_int (zrtp_message_parse (data, size, &message),
      ZRTP_DROP_NONE);
  fail_unless (memcmp (&message, &plain, sizeof plain) == 0);

  /* Z-5.2-07 */
  fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out), size);
  fail_unless_equals_int (out[76], 0x50);
  fail_unless_equals_int (out[77], 0x02);
}

GST_END_TEST;

GST_START_TEST (test_hello_counts)
{
  guint8 data[4 * (22 + 5 * 15)];
  ZrtpMessage message;
  guint kind, count;

  /* Z-5.2-09: 8 to 15 are refused whatever the length says. */
  for (kind = 0; kind < ZRTP_N_KINDS; kind++) {
    for (count = 0; count < 16; count++) {
      guint32 flags = GUINT32_TO_BE (count << (16 - 4 * kind));
      guint words;

      memset (data, 'x', sizeof data);
      sample_build (find_sample ("Hello without lists"), data);
      memcpy (data + 76, &flags, 4);
      for (words = 22; words <= 22 + 15; words++) {
        ZrtpDrop expected = ZRTP_DROP_BAD_LENGTH;

        if (count > ZRTP_MAX_ALGORITHMS)
          expected = ZRTP_DROP_MALFORMED;
        else if (words == 22 + count)
          expected = ZRTP_DROP_NONE;
        sample_set_words (data, words);
        ASSERT_PARSE (guarded_copy (data, 4 * words), 4 * words, expected);
      }
    }
  }

  /* All fifteen each: the length is right, the counts are not. */
  memset (data, 'x', sizeof data);
  sample_build (find_sample ("Hello without lists"), data);
  memcpy (data + 76, "\x00\x0f\xff\xff", 4);
  sample_set_words (data, sizeof data / 4);
  ASSERT_PARSE (data, sizeof data, ZRTP_DROP_MALFORMED);

  /* Z-5.2-10: no list at all is fine. */
  parse_sample ("Hello without lists", &message);
  for (kind = 0; kind < ZRTP_N_KINDS; kind++)
    fail_unless_equals_int (message.u.hello.n_names[kind], 0);
}

GST_END_TEST;

GST_START_TEST (test_unknown_names)
{
  static const char unknown[] = "SKN2GCM \377\376\001\002" "E414B10D";
  guint8 data[SAMPLE_CAPACITY];
  gsize size = sample_build (find_sample ("Hello without lists"), data);
  ZrtpMessage message;
  guint kind;

  /* Z-5.1-02: kept as they came, never to be chosen. */
  memcpy (data + 76, "\x00\x01\x11\x11", 4);
  memcpy (data + 80, unknown, 20);
  size += 20;
  sample_set_words (data, size / 4);
  fail_unless_equals_int (zrtp_message_parse (data, size, &message),
      ZRTP_DROP_NONE);
  for (kind = 0; kind < ZRTP_N_KINDS; kind++) {
    fail_unless_equals_int (message.u.hello.n_names[kind], 1);
    fail_unless (memcmp (message.u.hello.names[kind][0], unknown + 4 * kind,
            4) == 0);
  }

  size = sample_build (find_sample ("Commit DH3k"), data);
  memcpy (data + 56, unknown, 20);
  fail_unless_equals_int (zrtp_message_parse (data, size, &message),
      ZRTP_DROP_NONE);
  fail_unless (memcmp (message.u.commit.names, unknown, 20) == 0);
  fail_unless_equals_int (zrtp_commit_mode (&message.u.commit), ZRTP_COMMIT_DH);
}

GST_END_TEST;

GST_START_TEST (test_commit_layout)
{
  ZrtpMessage message;
  const ZrtpCommit *commit = &message.u.commit;

  /* Z-5.4-04 */
  parse_sample ("Commit DH3k", &message);
  ASSERT_FIELD (commit->h2, 12);
  ASSERT_FIELD (commit->zid, 44);
  ASSERT_FIELD (commit->names[ZRTP_KIND_HASH], 56);
  ASSERT_FIELD (commit->names[ZRTP_KIND_CIPHER], 60);
  ASSERT_FIELD (commit->names[ZRTP_KIND_AUTH_TAG], 64);
  fail_unless (memcmp (commit->names[ZRTP_KIND_KEY_AGREEMENT], "DH3k", 4) == 0);
  ASSERT_FIELD (commit->names[ZRTP_KIND_SAS], 72);
  ASSERT_FIELD (commit->hvi, 76);
  ASSERT_ZERO (commit->nonce);
  ASSERT_ZERO (commit->key_id);
  fail_unless_equals_int (zrtp_commit_mode (commit), ZRTP_COMMIT_DH);

  parse_sample ("Commit Mult", &message);
  fail_unless_equals_int (zrtp_commit_mode (commit), ZRTP_COMMIT_MULTISTREAM);
  ASSERT_FIELD (commit->nonce, 76);
  /* What this form lacks is zero. */
  ASSERT_ZERO (commit->hvi);
  ASSERT_ZERO (commit->key_id);

  parse_sample ("Commit Prsh", &message);
  fail_unless_equals_int (zrtp_commit_mode (commit), ZRTP_COMMIT_PRESHARED);
  ASSERT_FIELD (commit->nonce, 76);
  ASSERT_FIELD (commit->key_id, 92);
  ASSERT_ZERO (commit->hvi);

  parse_sample ("Commit of an unknown key agreement", &message);
  fail_unless_equals_int (zrtp_commit_mode (commit), ZRTP_COMMIT_DH);
}

GST_END_TEST;

GST_START_TEST (test_dhpart_layout)
{
  ZrtpMessage message;
  const ZrtpDHPart *dhpart = &message.u.dhpart;
  guint i, j;

  /* Z-5.5-02 Z-5.6-01 */
  for (i = 0; i < n_samples; i++) {
    if (samples[i].type != ZRTP_MESSAGE_DHPART1 &&
        samples[i].type != ZRTP_MESSAGE_DHPART2)
      continue;
    parse_sample (samples[i].label, &message);
    ASSERT_FIELD (dhpart->h1, 12);
    ASSERT_FIELD (dhpart->rs1_id, 44);
    ASSERT_FIELD (dhpart->rs2_id, 52);
    ASSERT_FIELD (dhpart->aux_id, 60);
    ASSERT_FIELD (dhpart->pbx_id, 68);
    fail_unless_equals_int (dhpart->public_size, 4 * (samples[i].words - 21));
    for (j = 0; j < dhpart->public_size; j++)
      fail_unless_equals_int (dhpart->public_value[j], (76 + j) & 0xff);
  }
}

GST_END_TEST;

GST_START_TEST (test_sealed_layout)
{
  guint8 data[SAMPLE_CAPACITY];
  ZrtpMessage message;
  const ZrtpSealed *sealed = &message.u.sealed;
  guint i;

  /* Z-5.7-02 Z-5.7-07 Z-5.13-10 */
  for (i = 0; i < n_samples; i++) {
    gsize size = sample_build (i, data);

    if (samples[i].type != ZRTP_MESSAGE_CONFIRM1 &&
        samples[i].type != ZRTP_MESSAGE_CONFIRM2 &&
        samples[i].type != ZRTP_MESSAGE_SAS_RELAY)
      continue;
    fail_unless_equals_int (zrtp_message_parse (data, size, &message),
        ZRTP_DROP_NONE);
    ASSERT_FIELD (sealed->mac, 12);
    ASSERT_FIELD (sealed->iv, 20);
    fail_unless (sealed->encrypted.data == data + 36);
    fail_unless_equals_int (sealed->encrypted.size, size - 36);
  }
}

GST_END_TEST;

GST_START_TEST (test_small_layouts)
{
  ZrtpMessage message;

  /* Z-5.9-01 Z-5-07 */
  parse_sample ("Error", &message);
  fail_unless_equals_uint64 (message.u.error_code, 0x0c0d0e0f);

  /* Z-5.11-01 */
  parse_sample ("GoClear", &message);
  ASSERT_FIELD (message.u.clear_mac, 12);

  /* Z-5.15-03 */
  parse_sample ("Ping", &message);
  fail_unless (memcmp (message.u.ping.version, "\x0c\x0d\x0e\x0f", 5) == 0);
  ASSERT_FIELD (message.u.ping.endpoint_hash, 16);

  /* Z-5.16-07 */
  parse_sample ("PingACK", &message);
  fail_unless (memcmp (message.u.ping_ack.version, "\x0c\x0d\x0e\x0f", 5) == 0);
  ASSERT_FIELD (message.u.ping_ack.endpoint_hash, 16);
  ASSERT_FIELD (message.u.ping_ack.received_endpoint_hash, 24);
  fail_unless_equals_uint64 (message.u.ping_ack.ssrc, 0x20212223);
}

GST_END_TEST;

GST_START_TEST (test_round_trip)
{
  guint8 data[SAMPLE_CAPACITY], out[SAMPLE_CAPACITY + 1];
  guint i;

  for (i = 0; i < n_samples; i++) {
    gsize size = sample_build (i, data);
    gsize mac_size = 0, capacity;
    ZrtpMessage message;

    fail_unless_equals_int (zrtp_message_parse (data, size, &message),
        ZRTP_DROP_NONE);
    memset (out, 0xee, sizeof out);
    fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out),
        size);
    if (message.type == ZRTP_MESSAGE_HELLO ||
        message.type == ZRTP_MESSAGE_COMMIT ||
        message.type == ZRTP_MESSAGE_DHPART1 ||
        message.type == ZRTP_MESSAGE_DHPART2) {
      mac_size = ZRTP_MAC_SIZE;
      fail_unless (memcmp (out + size - 8, "\0\0\0\0\0\0\0\0", 8) == 0);
    }
    fail_unless (memcmp (out, data, size - mac_size) == 0);
    fail_unless_equals_int (out[size], 0xee);

    /* No octet behind the room that is there. */
    for (capacity = 0; capacity < size; capacity++)
      fail_unless_equals_int (zrtp_message_write (&message,
              guarded_copy (NULL, capacity), capacity), 0);
    fail_unless_equals_int (zrtp_message_write (&message,
            guarded_copy (NULL, size), size), size);
  }
}

GST_END_TEST;

GST_START_TEST (test_write_refuses)
{
  static const gsize public_sizes[] = { 0, 1, 2, 3, 31, 33, 385, 388, 65536 };
  static const gsize sealed_sizes[] = { 0, 36, 39, 41, 42, 2085, 2088, 65536 };
  guint8 out[ZRTP_MAX_MESSAGE_SIZE + 64];
  guint8 *encrypted = g_malloc0 (65536);
  ZrtpMessage message;
  guint i;

  for (i = 0; i < ZRTP_N_KINDS; i++) {
    parse_sample ("Hello", &message);
    message.u.hello.n_names[i] = ZRTP_MAX_ALGORITHMS + 1;
    fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out), 0);
    message.u.hello.n_names[i] = 16 + 2;
    fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out), 0);
  }
  for (i = 0; i < G_N_ELEMENTS (public_sizes); i++) {
    parse_sample ("DHPart1 DH3k", &message);
    message.u.dhpart.public_size = public_sizes[i];
    fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out), 0);
  }
  for (i = 0; i < G_N_ELEMENTS (sealed_sizes); i++) {
    parse_sample ("Confirm1", &message);
    message.u.sealed.encrypted.data = encrypted;
    message.u.sealed.encrypted.size = sealed_sizes[i];
    fail_unless_equals_int (zrtp_message_write (&message, out, sizeof out), 0);
  }
  g_free (encrypted);
}

GST_END_TEST;

/* Every message, cut off anywhere and with up to 16 octets more, its length
 * field as it was and as it would fit. */
GST_START_TEST (test_truncated_and_extended)
{
  guint8 data[SAMPLE_CAPACITY + 16];
  guint i;

  for (i = 0; i < n_samples; i++) {
    gsize whole = sample_build (i, data);
    gsize size;

    memset (data + whole, 0, 16);
    for (size = 0; size <= whole + 16; size++) {
      guint8 *cut = guarded_copy (data, size);

      ASSERT_PARSE (cut, size, size == whole ? ZRTP_DROP_NONE :
          ZRTP_DROP_BAD_LENGTH);
      if (size < 4 || size == whole)
        continue;
      sample_set_words (cut, size / 4);
      ASSERT_PARSE (cut, size, size >= 12 && size % 4 == 0 &&
          sample_allows_words (&samples[i], size / 4) ? ZRTP_DROP_NONE :
          ZRTP_DROP_BAD_LENGTH);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_length_field)
{
  guint8 data[SAMPLE_CAPACITY];
  guint i, words;

  /* Z-5.2-01 Z-5.4-03 Z-5.1.5-21: off by one in both directions, and all
   * else. */
  for (i = 0; i < n_samples; i++) {
    gsize size = sample_build (i, data);

    for (words = 0; words <= 0xffff; words += words < 600 ? 1 : 97) {
      if (words == samples[i].words)
        continue;
      sample_set_words (data, words);
      ASSERT_PARSE (data, size, ZRTP_DROP_BAD_LENGTH);
    }
  }
}

GST_END_TEST;

/* Every type at every length that a datagram could have, length field right. */
GST_START_TEST (test_exact_lengths)
{
  guint8 data[4 * 700];
  guint i, words;

  for (i = 0; i < n_samples; i++) {
    memset (data, 0, sizeof data);
    sample_build (i, data);
    /* Z-5.4-03 Z-5.1.5-21 Z-5.7-07 Z-5.13-10 Z-5.3-02 Z-5.8-01 Z-5.9-01 */
    for (words = 3; words < 700; words++) {
      sample_set_words (data, words);
      ASSERT_PARSE (data, 4 * words, sample_allows_words (&samples[i], words) ?
          ZRTP_DROP_NONE : ZRTP_DROP_BAD_LENGTH);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_unknown_types)
{
  static const char *const names[] = {
    "Hello\0\0\0", "hello   ", "HELLO   ", " Hello  ", "HelloAck", "Commit\0 ",
    "DHPart3 ", "DHPart12", "Confirm3", "Conf1ACK", "GoClear\0", "PingACK\0",
    "PingAck ", "\0\0\0\0\0\0\0\0", "\377\377\377\377\377\377\377\377"
  };
  guint8 data[SAMPLE_CAPACITY];
  guint i, j;

  /* Z-5.1.1-04 Z-5.1-01 */
  for (i = 0; i < n_samples; i++) {
    gsize size = sample_build (i, data);

    for (j = 0; j < G_N_ELEMENTS (names); j++) {
      memcpy (data + 4, names[j], 8);
      ASSERT_PARSE (data, size, ZRTP_DROP_UNKNOWN_TYPE);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_preamble)
{
  guint8 data[SAMPLE_CAPACITY];
  guint i, bit;

  for (i = 0; i < n_samples; i++) {
    gsize size = sample_build (i, data);

    for (bit = 0; bit < 16; bit++) {
      data[bit / 8] ^= 1 << bit % 8;
      ASSERT_PARSE (data, size, ZRTP_DROP_MALFORMED);
      data[bit / 8] ^= 1 << bit % 8;
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_mac)
{
  guint8 data[SAMPLE_CAPACITY], key[ZRTP_IMAGE_SIZE], mac[ZRTP_MAC_SIZE];
  gsize size = sample_build (find_sample ("Commit DH3k"), data);
  gsize bit;

  memset (key, 0x42, sizeof key);
  zrtp_message_mac (key, data, size - 8, mac);
  zrtp_message_sign (data, size, key);
  fail_unless (memcmp (data + size - 8, mac, 8) == 0);
  fail_unless (zrtp_message_check_mac (data, size, key));
  for (bit = 0; bit < 8 * size; bit++) {
    data[bit / 8] ^= 1 << bit % 8;
    fail_if (zrtp_message_check_mac (data, size, key));
    data[bit / 8] ^= 1 << bit % 8;
  }
  key[31] ^= 1;
  fail_if (zrtp_message_check_mac (data, size, key));

  /* The MAC behind a bare header; and too short to hold one. */
  zrtp_message_sign (data, 20, key);
  fail_unless (zrtp_message_check_mac (guarded_copy (data, 20), 20, key));
  size = sample_build (find_sample ("HelloACK"), data);
  fail_if (zrtp_message_check_mac (guarded_copy (data, size), size, key));
  fail_if (zrtp_message_check_mac (guarded_copy (data, 4), 4, key));
}

GST_END_TEST;

/* What was accepted can be written, and means the same when read again. */
static void
check_accepted (const ZrtpMessage * message, gsize size)
{
  guint8 once[ZRTP_MAX_MESSAGE_SIZE], twice[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpMessage again;

  fail_unless_equals_int (zrtp_message_write (message, once, sizeof once),
      size);
  fail_unless_equals_int (zrtp_message_parse (once, size, &again),
      ZRTP_DROP_NONE);
  fail_unless_equals_int (zrtp_message_write (&again, twice, sizeof twice),
      size);
  fail_unless (memcmp (once, twice, size) == 0);
}

static void
mutate (guint64 * noise, guint8 * data, gsize size)
{
  guint n = 1 + noise_next (noise) % 3;

  while (n-- > 0) {
    gsize at = noise_next (noise) % size;

    if (noise_next (noise) % 2)
      data[at] ^= 1 << noise_next (noise) % 8;
    else
      data[at] = (guint8) noise_next (noise);
  }
}

/* A million packets with a valid CRC and something wrong inside. */
GST_START_TEST (test_mutations)
{
  enum
  { ROUNDS = 1000000 };
  guint64 noise = 20110411;     /* when RFC 6189 was published */
  guint8 message[SAMPLE_CAPACITY], packet[ZRTP_MAX_PACKET_SIZE];
  guint8 *packets[64];
  gsize sizes[64];
  guint accepted = 0, refused = 0;
  guint i;

  g_assert (n_samples <= G_N_ELEMENTS (packets));
  for (i = 0; i < n_samples; i++) {
    packets[i] = g_malloc (ZRTP_MAX_PACKET_SIZE);
    sizes[i] = zrtp_packet_write (packets[i], ZRTP_MAX_PACKET_SIZE, 1, 2,
        message, sample_build (i, message));
  }

  for (i = 0; i < ROUNDS; i++) {
    guint index = noise_next (&noise) % n_samples;
    ZrtpPacket parsed;
    ZrtpMessage result;
    gsize size;

    /* The longest ones cost most and differ least. */
    if (samples[index].words > 100 && i % 64 != 0)
      index = i % 8;
    size = sizes[index];
    memcpy (packet, packets[index], size);
    /* Half of the hits where the structure is. */
    mutate (&noise, packet + 12, noise_next (&noise) % 2 ? 12 : size - 16);
    if (noise_next (&noise) % 8 == 0)
      size = 28 + 4 * (noise_next (&noise) % (size / 4 - 6));
    if (noise_next (&noise) % 2)
      sample_set_words (packet + 12, (size - 16) / 4);
    packet_set_crc (packet, size);
    if (zrtp_packet_parse (packet, size, &parsed) == ZRTP_DROP_NONE &&
        zrtp_message_parse (parsed.message, parsed.message_size, &result) ==
        ZRTP_DROP_NONE) {
      check_accepted (&result, parsed.message_size);
      accepted++;
    } else {
      refused++;
    }
  }
  fail_unless (accepted > ROUNDS / 10);
  fail_unless (refused > ROUNDS / 10);
  for (i = 0; i < n_samples; i++)
    g_free (packets[i]);
}

GST_END_TEST;

static Suite *
message_suite (void)
{
  Suite *suite = suite_create ("message");
  TCase *tcase = tcase_create ("message");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_types);
  tcase_add_test (tcase, test_hello_layout);
  tcase_add_test (tcase, test_hello_flags);
  tcase_add_test (tcase, test_hello_unused_bits);
  tcase_add_test (tcase, test_hello_counts);
  tcase_add_test (tcase, test_unknown_names);
  tcase_add_test (tcase, test_commit_layout);
  tcase_add_test (tcase, test_dhpart_layout);
  tcase_add_test (tcase, test_sealed_layout);
  tcase_add_test (tcase, test_small_layouts);
  tcase_add_test (tcase, test_round_trip);
  tcase_add_test (tcase, test_write_refuses);
  tcase_add_test (tcase, test_truncated_and_extended);
  tcase_add_test (tcase, test_length_field);
  tcase_add_test (tcase, test_exact_lengths);
  tcase_add_test (tcase, test_unknown_types);
  tcase_add_test (tcase, test_preamble);
  tcase_add_test (tcase, test_mac);
  tcase_add_test (tcase, test_mutations);
  return suite;
}

GST_CHECK_MAIN (message);
