/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The frame around a message: RFC 6189 5, Figure 2.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "samples.h"

/* HelloACK, sequence number 1, source 0x22222222, as in vectors.json. */
static const guint8 hello_ack[28] = {
  0x10, 0x00, 0x00, 0x01, 0x5a, 0x52, 0x54, 0x50, 0x22, 0x22, 0x22, 0x22,
  0x50, 0x5a, 0x00, 0x03, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x41, 0x43, 0x4b,
  0x2d, 0x3a, 0xb3, 0x0f
};

#define ASSERT_DROP(data, size, drop) G_STMT_START {                        \
  ZrtpPacket packet_;                                                       \
  memset (&packet_, 0x77, sizeof packet_);                                  \
  fail_unless_equals_string (zrtp_drop_nick (zrtp_packet_parse (data, size, \
              &packet_)), zrtp_drop_nick (drop));                           \
  if ((drop) != ZRTP_DROP_NONE)                                             \
    fail_unless_equals_int (packet_.sequence, 0x7777);                      \
} G_STMT_END

GST_START_TEST (test_probe)
{
  guint8 packet[28];
  gsize size;
  guint i;

  memcpy (packet, hello_ack, sizeof packet);
  /* Z-5-02: all of 0x10 to 0x1f are ZRTP; RTP and SRTP (0x80 and up), STUN
   * (0 to 3) and DTLS (20 to 63) are not. */
  for (i = 0; i < 256; i++) {
    packet[0] = (guint8) i;
    fail_unless_equals_int (zrtp_packet_probe (packet, sizeof packet),
        i >= 0x10 && i <= 0x1f);
  }
  packet[0] = 0x10;

  /* Z-5-04 */
  for (i = 0; i < 32; i++) {
    packet[4 + i / 8] ^= 1 << i % 8;
    fail_if (zrtp_packet_probe (packet, sizeof packet));
    ASSERT_DROP (packet, sizeof packet, ZRTP_DROP_NOT_ZRTP);
    packet[4 + i / 8] ^= 1 << i % 8;
  }

  for (size = 0; size <= sizeof packet; size++) {
    const guint8 *cut = guarded_copy (packet, size);

    fail_unless_equals_int (zrtp_packet_probe (cut, size), size >= 8);
  }
}

GST_END_TEST;

GST_START_TEST (test_header)
{
  static const guint16 sequences[] = { 0, 1, 0x1234, 0x7fff, 0x8000, 0xffff };
  static const guint32 ssrcs[] = { 0, 1, 0x01020304, 0xffffffff };
  guint8 packet[64];
  ZrtpPacket parsed;
  guint i, j;

  for (i = 0; i < G_N_ELEMENTS (sequences); i++) {
    for (j = 0; j < G_N_ELEMENTS (ssrcs); j++) {
      fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet,
              sequences[i], ssrcs[j], hello_ack + 12, 12), 28);
      /* Z-5-01 Z-5-07 */
      fail_unless_equals_int (packet[0], 0x10);
      fail_unless_equals_int (packet[1], 0x00);
      fail_unless_equals_int (GST_READ_UINT16_BE (packet + 2), sequences[i]);
      /* Z-5-04 */
      fail_unless (memcmp (packet + 4, "ZRTP", 4) == 0);
      /* Z-5-05 */
      fail_unless_equals_uint64 (GST_READ_UINT32_BE (packet + 8), ssrcs[j]);

      fail_unless_equals_int (zrtp_packet_parse (packet, 28, &parsed),
          ZRTP_DROP_NONE);
      fail_unless_equals_int (parsed.sequence, sequences[i]);
      fail_unless_equals_uint64 (parsed.ssrc, ssrcs[j]);
      fail_unless (parsed.message == packet + 12);
      fail_unless_equals_int (parsed.message_size, 12);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_crc)
{
  guint8 packet[28];
  guint bit;

  /* Z-5-08: least significant octet first, over header and message. */
  fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet, 1,
          0x22222222, hello_ack + 12, 12), sizeof packet);
  fail_unless (memcmp (packet, hello_ack, sizeof packet) == 0);
  ASSERT_DROP (hello_ack, sizeof hello_ack, ZRTP_DROP_NONE);

  /* Most significant octet first is wrong. */
  packet[24] = hello_ack[27];
  packet[25] = hello_ack[26];
  packet[26] = hello_ack[25];
  packet[27] = hello_ack[24];
  ASSERT_DROP (packet, sizeof packet, ZRTP_DROP_BAD_CRC);

  /* A retransmission with the next sequence number has another CRC. */
  memcpy (packet, hello_ack, sizeof packet);
  packet[3]++;
  ASSERT_DROP (packet, sizeof packet, ZRTP_DROP_BAD_CRC);

  for (bit = 0; bit < 32; bit++) {
    memcpy (packet, hello_ack, sizeof packet);
    packet[24 + bit / 8] ^= 1 << bit % 8;
    ASSERT_DROP (packet, sizeof packet, ZRTP_DROP_BAD_CRC);
  }
}

GST_END_TEST;

GST_START_TEST (test_flipped_bits)
{
  guint8 message[SAMPLE_CAPACITY], packet[ZRTP_MAX_PACKET_SIZE];
  guint i;

  for (i = 0; i < n_samples; i++) {
    gsize size = zrtp_packet_write (packet, sizeof packet, (guint16) (i + 7),
        0xdecade00 + i, message, sample_build (i, message));
    gsize bit;

    fail_unless (size > 0);
    ASSERT_DROP (packet, size, ZRTP_DROP_NONE);
    /* Z-5-09: the cookie and the four bits in front mark ZRTP; every other
     * bit is damage, the length field's too. */
    for (bit = 0; bit < 8 * size; bit++) {
      gboolean marks = (bit < 8 && bit % 8 >= 4) || (bit >= 32 && bit < 64);

      packet[bit / 8] ^= 1 << bit % 8;
      ASSERT_DROP (packet, size,
          marks ? ZRTP_DROP_NOT_ZRTP : ZRTP_DROP_BAD_CRC);
      packet[bit / 8] ^= 1 << bit % 8;
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_unused_header_bits)
{
  guint8 packet[28];
  guint bits;

  memcpy (packet, hello_ack, sizeof packet);
  /* Z-5-02 */
  for (bits = 0; bits < 0x1000; bits++) {
    packet[0] = (guint8) (0x10 | bits >> 8);
    packet[1] = (guint8) bits;
    packet_set_crc (packet, sizeof packet);
    ASSERT_DROP (packet, sizeof packet, ZRTP_DROP_NONE);
  }
}

GST_END_TEST;

GST_START_TEST (test_sizes)
{
  guint8 message[SAMPLE_CAPACITY], packet[ZRTP_MAX_PACKET_SIZE + 16];
  guint i;

  memset (packet, 0, sizeof packet);
  for (i = 0; i < n_samples; i++) {
    gsize whole = zrtp_packet_write (packet, sizeof packet, 1, 2, message,
        sample_build (i, message));
    gsize size;

    /* Z-5.2-01: the datagram is the length field's words and 16 octets, with
     * the CRC right for what came. */
    for (size = 0; size <= whole + 16; size++) {
      guint8 *datagram;
      ZrtpDrop expected = ZRTP_DROP_BAD_LENGTH;

      memset (packet + whole, 0, 16);
      datagram = guarded_copy (packet, size);
      if (size < 28)
        expected = ZRTP_DROP_TOO_SHORT;
      else if (size == whole)
        expected = ZRTP_DROP_NONE;
      if (size >= 28)
        packet_set_crc (datagram, size);
      ASSERT_DROP (datagram, size, expected);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_length_field)
{
  guint8 message[SAMPLE_CAPACITY], packet[ZRTP_MAX_PACKET_SIZE];
  guint i, words;

  for (i = 0; i < n_samples; i++) {
    gsize size = zrtp_packet_write (packet, sizeof packet, 1, 2, message,
        sample_build (i, message));

    /* Z-5.2-01 Z-5.4-03 Z-5.1.5-21 */
    for (words = 0; words <= 0xffff; words += words < 600 ? 1 : 97) {
      sample_set_words (packet + 12, words);
      packet_set_crc (packet, size);
      ASSERT_DROP (packet, size,
          words == samples[i].words ? ZRTP_DROP_NONE : ZRTP_DROP_BAD_LENGTH);
    }

    /* Damaged on the way it is a bad CRC and not a bad length. */
    sample_set_words (packet + 12, samples[i].words);
    packet_set_crc (packet, size);
    sample_set_words (packet + 12, samples[i].words + 1);
    ASSERT_DROP (packet, size, ZRTP_DROP_BAD_CRC);
    sample_set_words (packet + 12, samples[i].words - 1);
    ASSERT_DROP (packet, size, ZRTP_DROP_BAD_CRC);
  }
}

GST_END_TEST;

/* Longer than any message, though the length field agrees. */
GST_START_TEST (test_oversized)
{
  gsize message_size = ZRTP_MAX_MESSAGE_SIZE + 4;
  gsize size = message_size + 16;
  guint8 *packet = g_malloc0 (size);

  memcpy (packet, hello_ack, 24);
  sample_set_words (packet + 12, message_size / 4);
  packet_set_crc (packet, size);
  ASSERT_DROP (packet, size, ZRTP_DROP_BAD_LENGTH);
  g_free (packet);

  size = 65504;
  packet = g_malloc0 (size);
  memcpy (packet, hello_ack, 24);
  sample_set_words (packet + 12, (size - 16) / 4);
  packet_set_crc (packet, size);
  ASSERT_DROP (packet, size, ZRTP_DROP_BAD_LENGTH);
  g_free (packet);
}

GST_END_TEST;

/* bzrtp cuts long messages up: first octet 0x11 and, where a message would
 * start, numbers of its own. */
GST_START_TEST (test_fragment)
{
  guint8 packet[12 + 8 + 100 + 4];

  memset (packet, 0xa5, sizeof packet);
  memcpy (packet, hello_ack, 12);
  packet[0] = 0x11;
  GST_WRITE_UINT16_BE (packet + 12, 1);
  GST_WRITE_UINT16_BE (packet + 14, 250);
  GST_WRITE_UINT16_BE (packet + 16, 0);
  GST_WRITE_UINT16_BE (packet + 18, 25);
  packet_set_crc (packet, sizeof packet);
  fail_unless (zrtp_packet_probe (packet, sizeof packet));
  ASSERT_DROP (packet, sizeof packet, ZRTP_DROP_MALFORMED);

  /* Another preamble, and the length field right. */
  memcpy (packet, hello_ack, 28);
  packet[13] = 0x5b;
  packet_set_crc (packet, 28);
  ASSERT_DROP (packet, 28, ZRTP_DROP_MALFORMED);
}

GST_END_TEST;

GST_START_TEST (test_write)
{
  guint8 message[SAMPLE_CAPACITY + 4], expected[ZRTP_MAX_PACKET_SIZE];
  guint8 packet[ZRTP_MAX_PACKET_SIZE + 4];
  guint i;

  for (i = 0; i < n_samples; i++) {
    gsize message_size = sample_build (i, message);
    gsize size = zrtp_packet_write (expected, sizeof expected, 0xfffe,
        0x89abcdef, message, message_size);
    gsize capacity;

    fail_unless_equals_int (size, message_size + 16);
    /* In the place where it is already, or one header further left. */
    memcpy (packet + 12, message, message_size);
    fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet, 0xfffe,
            0x89abcdef, packet + 12, message_size), size);
    fail_unless (memcmp (packet, expected, size) == 0);
    memcpy (packet, message, message_size);
    fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet, 0xfffe,
            0x89abcdef, packet, message_size), size);
    fail_unless (memcmp (packet, expected, size) == 0);

    /* No octet behind the room that is there. */
    for (capacity = 0; capacity < size; capacity++)
      fail_unless_equals_int (zrtp_packet_write (guarded_copy (NULL, capacity),
              capacity, 1, 2, message, message_size), 0);
    fail_unless_equals_int (zrtp_packet_write (guarded_copy (NULL, size), size,
            1, 2, message, message_size), size);
  }

  memset (message, 0, sizeof message);
  fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet, 1, 2,
          message, 8), 0);
  fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet, 1, 2,
          message, 13), 0);
  fail_unless_equals_int (zrtp_packet_write (packet, sizeof packet, 1, 2,
          message, ZRTP_MAX_MESSAGE_SIZE + 4), 0);
}

GST_END_TEST;

static Suite *
packet_suite (void)
{
  Suite *suite = suite_create ("packet");
  TCase *tcase = tcase_create ("packet");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_probe);
  tcase_add_test (tcase, test_header);
  tcase_add_test (tcase, test_crc);
  tcase_add_test (tcase, test_flipped_bits);
  tcase_add_test (tcase, test_unused_header_bits);
  tcase_add_test (tcase, test_sizes);
  tcase_add_test (tcase, test_length_field);
  tcase_add_test (tcase, test_oversized);
  tcase_add_test (tcase, test_fragment);
  tcase_add_test (tcase, test_write);
  return suite;
}

GST_CHECK_MAIN (packet);
