/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTCP tags of 80 and of 32 bits under one key, against a plain reading of
 * RFC 3711.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "srtppackets.h"
#include "srtpreference.h"

static const ZrtpCipher *const ciphers[] = {
  &zrtp_cipher_aes1, &zrtp_cipher_aes2, &zrtp_cipher_aes3
};

/* A receiver or sender, and what else has its keys. */
typedef struct
{
  ZrtpSrtp *srtp;
  ReferenceKeys reference;
} Side;

static Side
make_side (ZrtpSrtpDirection direction, guint cipher, guint tag,
    gboolean either)
{
  ZrtpSrtpKeys keys = make_keys (ciphers[cipher], &zrtp_auth_tag_hs32, 9);
  ZrtpSrtpOptions options = { 128, FALSE, tag, either };
  Side side;

  side.srtp = zrtp_srtp_new (direction, &keys, &options);
  fail_unless (side.srtp != NULL);
  reference_derive (keys.key, ciphers[cipher]->key_size, keys.salt,
      REFERENCE_SRTCP, &side.reference);
  return side;
}

/* The peer's packet number @index. */
static gsize
make_packet (Side * side, guint index, gsize size, gsize tag, guint8 * packet)
{
  make_rtcp (packet, TEST_SSRC, index, size);
  return reference_protect_rtcp (&side->reference, packet, size, index, TRUE,
      tag);
}

static ZrtpSrtpResult
receive (Side * side, guint index, gsize size, gsize tag)
{
  guint8 packet[MAX_PACKET], plain[MAX_PACKET];
  gsize got = make_packet (side, index, size, tag, packet);
  ZrtpSrtpResult result = zrtp_srtp_unprotect_rtcp (side->srtp, packet, &got);

  if (result == ZRTP_SRTP_OK) {
    make_rtcp (plain, TEST_SSRC, index, size);
    fail_unless_equals_uint64 (got, size);
    fail_unless (memcmp (packet, plain, size) == 0);
  }
  return result;
}

/* Either is understood, in any order, and the peer's habit is noted. */
GST_START_TEST (test_either)
{
  static const gsize sizes[] = { 8, 12, 28, 100, 1200 };
  Side side = make_side (ZRTP_SRTP_RECEIVE, __i__, 10, TRUE);

  for (guint index = 0; index < 200; index++) {
    gboolean is_short = index >= 50 && index % 3 != 0;

    fail_unless_equals_int (receive (&side, index,
            sizes[index % G_N_ELEMENTS (sizes)], is_short ? 4 : 10),
        ZRTP_SRTP_OK);
    fail_unless (zrtp_srtp_is_rtcp_short (side.srtp) == (index >= 50));
  }
  zrtp_srtp_free (side.srtp);
}

GST_END_TEST;

/* Any sender can cut a long tag to a short one: that is the same packet. */
GST_START_TEST (test_one_replay_list)
{
  Side side = make_side (ZRTP_SRTP_RECEIVE, 0, 10, TRUE);

  fail_unless_equals_int (receive (&side, 1, 28, 10), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (&side, 1, 28, 4), ZRTP_SRTP_REPLAY);
  fail_if (zrtp_srtp_is_rtcp_short (side.srtp));
  fail_unless_equals_int (receive (&side, 2, 28, 4), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (&side, 2, 28, 4), ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (&side, 2, 28, 10), ZRTP_SRTP_REPLAY);
  zrtp_srtp_free (side.srtp);
}

GST_END_TEST;

/* What is wrong stays as it came, and shows nothing. */
GST_START_TEST (test_forged)
{
  Side side = make_side (ZRTP_SRTP_RECEIVE, 0, 10, TRUE);
  guint8 packet[MAX_PACKET], before[MAX_PACKET];
  gsize size = make_packet (&side, 1, 28, 4, packet), got;

  for (gsize octet = 0; octet < size; octet++) {
    packet[octet] ^= 1;
    memcpy (before, packet, size);
    got = size;
    fail_if (zrtp_srtp_unprotect_rtcp (side.srtp, packet, &got)
        == ZRTP_SRTP_OK, "octet %" G_GSIZE_FORMAT, octet);
    fail_unless_equals_uint64 (got, size);
    fail_unless (memcmp (packet, before, size) == 0);
    packet[octet] ^= 1;
  }
  for (gsize cut = 0; cut < size; cut++) {
    got = cut;
    fail_if (zrtp_srtp_unprotect_rtcp (side.srtp, packet, &got)
        == ZRTP_SRTP_OK);
  }
  fail_if (zrtp_srtp_is_rtcp_short (side.srtp));
  got = size;
  fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (side.srtp, packet, &got),
      ZRTP_SRTP_OK);
  zrtp_srtp_free (side.srtp);
}

GST_END_TEST;

/* The index goes on when tags become short: it never counts again under one
 * key. */
GST_START_TEST (test_shorten)
{
  Side side = make_side (ZRTP_SRTP_SEND, __i__, 10, TRUE);

  for (guint index = 1; index <= 20; index++) {
    gsize size = 28, tag = index > 10 ? 4 : 10, expected_size;
    guint8 packet[MAX_PACKET], expected[MAX_PACKET];

    make_rtcp (packet, TEST_SSRC, index, size);
    expected_size = make_packet (&side, index, size, tag, expected);
    fail_unless_equals_int (zrtp_srtp_protect_rtcp (side.srtp, packet, &size,
            size + ZRTP_SRTP_MAX_TRAILER), ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (size, expected_size);
    fail_unless (memcmp (packet, expected, size) == 0);
    if (index == 10)
      zrtp_srtp_shorten_rtcp (side.srtp);
  }
  zrtp_srtp_free (side.srtp);
}

GST_END_TEST;

/* Where one length was asked for, the other is refused. */
GST_START_TEST (test_forced)
{
  guint tag = __i__ ? 10 : 4;
  Side receiver = make_side (ZRTP_SRTP_RECEIVE, 0, tag, FALSE);
  Side sender = make_side (ZRTP_SRTP_SEND, 0, tag, FALSE);
  guint8 packet[MAX_PACKET];
  gsize size = make_rtcp (packet, TEST_SSRC, 1, 28);

  fail_unless_equals_int (receive (&receiver, 1, 28, 14 - tag),
      ZRTP_SRTP_BAD_AUTH);
  fail_unless_equals_int (receive (&receiver, 1, 28, tag), ZRTP_SRTP_OK);
  fail_if (zrtp_srtp_is_rtcp_short (receiver.srtp));
  zrtp_srtp_shorten_rtcp (sender.srtp);
  fail_unless_equals_int (zrtp_srtp_protect_rtcp (sender.srtp, packet, &size,
          MAX_PACKET), ZRTP_SRTP_OK);
  fail_unless_equals_uint64 (size, 28 + 4 + tag);
  zrtp_srtp_free (receiver.srtp);
  zrtp_srtp_free (sender.srtp);
}

GST_END_TEST;

static Suite *
srtcptag_suite (void)
{
  Suite *s = suite_create ("srtcptag");
  TCase *tc = tcase_create ("srtcptag");

  g_assert_true (zrtp_srtp_init (NULL));
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_either, 0, G_N_ELEMENTS (ciphers));
  tcase_add_test (tc, test_one_replay_list);
  tcase_add_test (tc, test_forged);
  tcase_add_loop_test (tc, test_shorten, 0, G_N_ELEMENTS (ciphers));
  tcase_add_loop_test (tc, test_forced, 0, 2);
  return s;
}

GST_CHECK_MAIN (srtcptag);
