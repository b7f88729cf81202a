/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTP and SRTCP that was cut, forged or made up. Every packet lies in memory
 * of exactly its size, so that a sanitizer sees each octet read too far.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "srtppackets.h"
#include "srtpreference.h"

typedef ZrtpSrtpResult (*Unprotect) (ZrtpSrtp * srtp, guint8 * packet,
    gsize * size);

/* Of a copy without an octet to spare; a packet that fails must not change. */
static ZrtpSrtpResult
unprotect_copy (Unprotect unprotect, ZrtpSrtp * receiver, const guint8 * packet,
    gsize packet_size)
{
  guint8 *copy = g_memdup2 (packet, packet_size);
  gsize size = packet_size;
  ZrtpSrtpResult result = unprotect (receiver, copy, &size);

  if (result != ZRTP_SRTP_OK) {
    fail_unless_equals_uint64 (size, packet_size);
    fail_unless (packet_size == 0 || memcmp (copy, packet, size) == 0);
  }
  g_free (copy);
  return result;
}

static ZrtpSrtpResult
unprotect_rtp (ZrtpSrtp * receiver, const guint8 * packet, gsize size)
{
  return unprotect_copy (zrtp_srtp_unprotect, receiver, packet, size);
}

static ZrtpSrtpResult
unprotect_rtcp (ZrtpSrtp * receiver, const guint8 * packet, gsize size)
{
  return unprotect_copy (zrtp_srtp_unprotect_rtcp, receiver, packet, size);
}

typedef struct
{
  ZrtpSrtpKeys keys;
  ZrtpSrtp *sender, *receiver;
} Pair;

static Pair
make_pair (const ZrtpCipher * cipher, const ZrtpAuthTag * auth_tag)
{
  Pair pair = { make_keys (cipher, auth_tag, 11), NULL, NULL };

  pair.sender = make_srtp (ZRTP_SRTP_SEND, &pair.keys);
  pair.receiver = make_srtp (ZRTP_SRTP_RECEIVE, &pair.keys);
  return pair;
}

static void
free_pair (Pair * pair)
{
  zrtp_srtp_free (pair->sender);
  zrtp_srtp_free (pair->receiver);
}

GST_START_TEST (test_truncated_rtp)
{
  Pair pair = make_pair (&zrtp_cipher_aes3,
      __i__ ? &zrtp_auth_tag_hs32 : &zrtp_auth_tag_hs80);
  gsize tag_size = pair.keys.auth_tag->tag_size;
  guint8 packet[MAX_PACKET];
  gsize size = make_rtp (packet, 7, TEST_SSRC, 3, 2, 50);
  gsize header = reference_rtp_header_size (packet);
  gsize cut;

  fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
          MAX_PACKET), ZRTP_SRTP_OK);
  for (cut = 0; cut < size; cut++)
    fail_unless_equals_int (unprotect_rtp (pair.receiver, packet, cut),
        cut < header + tag_size ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_BAD_AUTH);
  fail_unless_equals_int (unprotect_rtp (pair.receiver, packet, size),
      ZRTP_SRTP_OK);
  free_pair (&pair);
}

GST_END_TEST;

GST_START_TEST (test_truncated_rtcp)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  guint8 packet[MAX_PACKET];
  gsize size = make_rtcp (packet, TEST_SSRC, 1, 60);
  gsize cut;

  fail_unless_equals_int (zrtp_srtp_protect_rtcp (pair.sender, packet, &size,
          MAX_PACKET), ZRTP_SRTP_OK);
  for (cut = 0; cut < size; cut++)
    fail_unless_equals_int (unprotect_rtcp (pair.receiver, packet, cut),
        cut < 8 + 4 + 10 ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_BAD_AUTH);
  fail_unless_equals_int (unprotect_rtcp (pair.receiver, packet, size),
      ZRTP_SRTP_OK);
  free_pair (&pair);
}

GST_END_TEST;

/* The sender trusts its payloader no more than the receiver the network. */
GST_START_TEST (test_truncated_before_protecting)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  guint8 plain[MAX_PACKET];
  gsize full = make_rtp (plain, 0, TEST_SSRC, 3, 2, 20);
  gsize header = reference_rtp_header_size (plain);
  gsize cut;

  for (cut = 0; cut <= full; cut++) {
    guint8 *packet = g_malloc (cut + 10);
    gsize size = cut;

    plain[3] = cut;
    memcpy (packet, plain, cut);
    fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
            cut + 10), cut < header ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (size, cut < header ? cut : cut + 10);
    g_free (packet);
  }

  full = make_rtcp (plain, TEST_SSRC, 0, 28);
  for (cut = 0; cut <= full; cut++) {
    guint8 *packet = g_malloc (cut + 14);
    gsize size = cut;

    memcpy (packet, plain, cut);
    fail_unless_equals_int (zrtp_srtp_protect_rtcp (pair.sender, packet, &size,
            cut + 14), cut < 8 ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (size, cut < 8 ? cut : cut + 14);
    g_free (packet);
  }
  free_pair (&pair);
}

GST_END_TEST;

/* CSRC counts and extension lengths beyond the end, at every size around it. */
GST_START_TEST (test_header_lies)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  static const guint16 words[] = { 0, 1, 2, 3, 255, 0x7fff, 0x8000, 0xffff };
  guint8 packet[MAX_PACKET];
  guint n_csrcs, i;
  gsize size;

  for (n_csrcs = 0; n_csrcs < 16; n_csrcs++) {
    for (i = 0; i <= G_N_ELEMENTS (words); i++) {
      gsize header = 12 + 4 * n_csrcs;

      make_rtp (packet, 1, TEST_SSRC, n_csrcs, -1, 100);
      if (i > 0) {
        packet[0] |= 0x10;
        packet[header + 2] = words[i - 1] >> 8;
        packet[header + 3] = words[i - 1] & 0xff;
        header += 4 + 4 * words[i - 1];
      }
      for (size = 12; size <= 100; size++) {
        guint8 *copy = g_malloc (size + 10);
        gsize n = size;

        fail_unless_equals_int (unprotect_rtp (pair.receiver, packet, size),
            size < header + 10 ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_BAD_AUTH);
        if (size < header) {
          memcpy (copy, packet, size);
          fail_unless_equals_int (zrtp_srtp_protect (pair.sender, copy, &n,
                  size + 10), ZRTP_SRTP_MALFORMED);
        }
        g_free (copy);
      }
    }
  }
  free_pair (&pair);
}

GST_END_TEST;

GST_START_TEST (test_version)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  guint8 packet[MAX_PACKET];
  guint version;
  gsize size;

  for (version = 0; version < 4; version++) {
    ZrtpSrtpResult expected = version == 2 ? ZRTP_SRTP_OK : ZRTP_SRTP_MALFORMED;

    size = make_rtp (packet, 1, TEST_SSRC, 0, -1, 100);
    packet[0] = version << 6;
    fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
            MAX_PACKET), expected);
    size = make_rtcp (packet, TEST_SSRC, 0, 100);
    packet[0] = version << 6;
    fail_unless_equals_int (zrtp_srtp_protect_rtcp (pair.sender, packet, &size,
            MAX_PACKET), expected);
    if (version != 2) {
      fail_unless_equals_int (unprotect_rtp (pair.receiver, packet, size),
          ZRTP_SRTP_MALFORMED);
      fail_unless_equals_int (unprotect_rtcp (pair.receiver, packet, size),
          ZRTP_SRTP_MALFORMED);
    }
  }
  free_pair (&pair);
}

GST_END_TEST;

GST_START_TEST (test_flipped_bits)
{
  Pair pair = make_pair (&zrtp_cipher_aes1,
      __i__ ? &zrtp_auth_tag_hs32 : &zrtp_auth_tag_hs80);
  guint8 rtp[MAX_PACKET], rtcp[MAX_PACKET];
  gsize rtp_size = protected_rtp (pair.sender, rtp, 100, TEST_SSRC, 40);
  gsize rtcp_size = make_rtcp (rtcp, TEST_SSRC, 1, 60);
  ZrtpSrtpResult result;
  guint32 roc;
  gsize bit;

  zrtp_srtp_protect_rtcp (pair.sender, rtcp, &rtcp_size, MAX_PACKET);
  for (bit = 0; bit < 8 * rtp_size; bit++) {
    rtp[bit / 8] ^= 1 << bit % 8;
    result = unprotect_rtp (pair.receiver, rtp, rtp_size);
    /* The first octet tells version and length of the header. */
    fail_unless (result == ZRTP_SRTP_BAD_AUTH
        || (bit < 8 && result == ZRTP_SRTP_MALFORMED));
    rtp[bit / 8] ^= 1 << bit % 8;
  }
  for (bit = 0; bit < 8 * rtcp_size; bit++) {
    rtcp[bit / 8] ^= 1 << bit % 8;
    result = unprotect_rtcp (pair.receiver, rtcp, rtcp_size);
    fail_unless (result == ZRTP_SRTP_BAD_AUTH
        || (bit / 2 == 3 && result == ZRTP_SRTP_MALFORMED));
    rtcp[bit / 8] ^= 1 << bit % 8;
  }

  /* Nothing of that has left a trace. */
  fail_if (zrtp_srtp_get_roc (pair.receiver, TEST_SSRC, &roc));
  fail_unless_equals_int (unprotect_rtp (pair.receiver, rtp, rtp_size),
      ZRTP_SRTP_OK);
  fail_unless_equals_int (unprotect_rtcp (pair.receiver, rtcp, rtcp_size),
      ZRTP_SRTP_OK);
  fail_unless (zrtp_srtp_get_roc (pair.receiver, TEST_SSRC, &roc));
  free_pair (&pair);
}

GST_END_TEST;

/* Forged packets neither move the window nor make sources known. */
GST_START_TEST (test_forged_state)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  guint8 packet[MAX_PACKET], forged[MAX_PACKET];
  gsize size = protected_rtp (pair.sender, packet, 1, TEST_SSRC, 20);
  guint32 i, roc;

  fail_unless_equals_int (unprotect_rtp (pair.receiver, packet, size),
      ZRTP_SRTP_OK);
  size = protected_rtp (pair.sender, packet, 2, TEST_SSRC, 20);
  memcpy (forged, packet, size);
  for (i = 0; i < 2000; i++) {
    forged[2] = 1 + i % 125;    /* ahead by 256 to 32000 */
    fail_unless_equals_int (unprotect_rtp (pair.receiver, forged, size),
        ZRTP_SRTP_BAD_AUTH);
  }
  forged[2] = 0;
  for (i = 1; i < 2000; i++) {
    forged[8] = i >> 8;
    forged[9] = i & 0xff;
    fail_unless_equals_int (unprotect_rtp (pair.receiver, forged, size),
        ZRTP_SRTP_BAD_AUTH);
    fail_if (zrtp_srtp_get_roc (pair.receiver, i << 16 | (TEST_SSRC & 0xffff),
            &roc));
  }
  fail_unless_equals_int (unprotect_rtp (pair.receiver, packet, size),
      ZRTP_SRTP_OK);
  fail_unless (zrtp_srtp_get_roc (pair.receiver, TEST_SSRC, &roc));
  fail_unless_equals_int (roc, 0);
  free_pair (&pair);
}

GST_END_TEST;

/* Any octets whatever, half of them with a likely first one. */
GST_START_TEST (test_noise)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  GRand *rand = g_rand_new_with_seed (3711);
  guint8 noise[256];
  guint i, j;

  for (i = 0; i < 20000; i++) {
    gsize size = g_rand_int_range (rand, 0, sizeof (noise));

    for (j = 0; j < size; j++)
      noise[j] = g_rand_int (rand) >> 24;
    if (i % 2)
      noise[0] = 0x80 | (noise[0] & 0x3f);
    fail_if (unprotect_rtp (pair.receiver, noise, size) == ZRTP_SRTP_OK);
    fail_if (unprotect_rtcp (pair.receiver, noise, size) == ZRTP_SRTP_OK);
  }
  g_rand_free (rand);
  free_pair (&pair);
}

GST_END_TEST;

GST_START_TEST (test_wrong_keys)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes3, &zrtp_auth_tag_hs80, 12);
  ZrtpSrtpKeys wrong[5];
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  guint8 rtp[MAX_PACKET], rtcp[MAX_PACKET];
  gsize rtp_size = protected_rtp (sender, rtp, 1, TEST_SSRC, 160);
  gsize rtcp_size = make_rtcp (rtcp, TEST_SSRC, 1, 60);
  guint i;

  zrtp_srtp_protect_rtcp (sender, rtcp, &rtcp_size, MAX_PACKET);
  for (i = 0; i < G_N_ELEMENTS (wrong); i++)
    wrong[i] = keys;
  wrong[0].key[0] ^= 1;
  wrong[1].key[31] ^= 0x80;
  wrong[2].salt[0] ^= 1;
  wrong[3].salt[13] ^= 0x80;
  wrong[4].cipher = &zrtp_cipher_aes1;
  for (i = 0; i < G_N_ELEMENTS (wrong); i++) {
    ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &wrong[i]);

    fail_unless_equals_int (unprotect_rtp (receiver, rtp, rtp_size),
        ZRTP_SRTP_BAD_AUTH);
    fail_unless_equals_int (unprotect_rtcp (receiver, rtcp, rtcp_size),
        ZRTP_SRTP_BAD_AUTH);
    zrtp_srtp_free (receiver);
  }
  zrtp_srtp_free (sender);
}

GST_END_TEST;

/* RFC 3711 3.4 knows SRTCP that is authenticated but not encrypted. ZRTP has no
 * such thing, so the peer that sends it holds something back. */
GST_START_TEST (test_unencrypted_rtcp)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  guint8 packet[MAX_PACKET];
  gsize size = make_rtcp (packet, TEST_SSRC, 1, 60);
  ReferenceKeys reference;

  reference_derive (pair.keys.key, 16, pair.keys.salt, REFERENCE_SRTCP,
      &reference);
  size = reference_protect_rtcp (&reference, packet, size, 5, FALSE, 10);
  fail_unless_equals_int (unprotect_rtcp (pair.receiver, packet, size),
      ZRTP_SRTP_BAD_AUTH);
  size = make_rtcp (packet, TEST_SSRC, 1, 60);
  size = reference_protect_rtcp (&reference, packet, size, 5, TRUE, 10);
  fail_unless_equals_int (unprotect_rtcp (pair.receiver, packet, size),
      ZRTP_SRTP_OK);
  free_pair (&pair);
}

GST_END_TEST;

GST_START_TEST (test_capacity)
{
  Pair pair = make_pair (&zrtp_cipher_aes1,
      __i__ ? &zrtp_auth_tag_hs32 : &zrtp_auth_tag_hs80);
  gsize tag_size = pair.keys.auth_tag->tag_size;
  gsize capacity, size;
  guint8 *packet;

  /* A refused packet does not use its sequence number up. */
  for (capacity = 172; capacity <= 172 + tag_size; capacity++) {
    packet = g_malloc (capacity);
    size = make_rtp (packet, 1, TEST_SSRC, 0, -1, 160);
    fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
            capacity),
        capacity < 172 + tag_size ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_OK);
    if (capacity < 172 + tag_size)
      assert_rtp (packet, size, 1, TEST_SSRC, 160);
    else
      fail_unless_equals_uint64 (size, capacity);
    g_free (packet);
  }
  for (capacity = 60; capacity <= 60 + 14; capacity++) {
    packet = g_malloc (capacity);
    size = make_rtcp (packet, TEST_SSRC, 1, 60);
    fail_unless_equals_int (zrtp_srtp_protect_rtcp (pair.sender, packet, &size,
            capacity), capacity < 74 ? ZRTP_SRTP_MALFORMED : ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (size, capacity < 74 ? 60 : 74);
    g_free (packet);
  }
  fail_unless (4 + 10 <= ZRTP_SRTP_MAX_TRAILER);
  free_pair (&pair);
}

GST_END_TEST;

/* One octet more, and the block counter would run into the packet index: two
 * packets under one keystream. */
GST_START_TEST (test_longest_payload)
{
  Pair pair = make_pair (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
  gsize capacity = 12 + ZRTP_SRTP_MAX_PAYLOAD + 1 + 10;
  guint8 *packet = g_malloc0 (capacity);
  guint8 *expected = g_malloc0 (capacity);
  ReferenceKeys reference;
  gsize size, plain_size;

  reference_derive (pair.keys.key, 16, pair.keys.salt, REFERENCE_SRTP,
      &reference);
  size = plain_size = make_rtp (packet, 1, TEST_SSRC, 0, -1, 0)
      + ZRTP_SRTP_MAX_PAYLOAD;
  memcpy (expected, packet, 12);
  reference_protect (&reference, expected, size, 0, 10);
  fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
          capacity), ZRTP_SRTP_OK);
  fail_unless (memcmp (packet, expected, size) == 0);
  fail_unless_equals_int (zrtp_srtp_unprotect (pair.receiver, packet, &size),
      ZRTP_SRTP_OK);
  fail_unless_equals_uint64 (size, plain_size);

  size = plain_size + 1;
  fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
          capacity), ZRTP_SRTP_MALFORMED);
  size = plain_size + 1 + 10;
  fail_unless_equals_int (zrtp_srtp_unprotect (pair.receiver, packet, &size),
      ZRTP_SRTP_MALFORMED);
  size = 8 + ZRTP_SRTP_MAX_PAYLOAD + 1;
  fail_unless_equals_int (zrtp_srtp_protect_rtcp (pair.sender, packet, &size,
          G_MAXSIZE), ZRTP_SRTP_MALFORMED);
  size = 8 + ZRTP_SRTP_MAX_PAYLOAD + 1 + 14;
  fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (pair.receiver, packet,
          &size), ZRTP_SRTP_MALFORMED);
  size = G_MAXSIZE;
  fail_unless_equals_int (zrtp_srtp_protect (pair.sender, packet, &size,
          G_MAXSIZE), ZRTP_SRTP_MALFORMED);
  g_free (packet);
  g_free (expected);
  free_pair (&pair);
}

GST_END_TEST;

GST_START_TEST (test_options)
{
  static const struct
  {
    ZrtpSrtpOptions options;
    gboolean good;
  } cases[] = {
    {{64, FALSE, 10}, TRUE},
    {{32767, TRUE, 4}, TRUE},
    {{0, FALSE, 10}, FALSE},
    {{63, FALSE, 10}, FALSE},
    {{32768, FALSE, 10}, FALSE},
    {{128, FALSE, 0}, FALSE},
    {{128, FALSE, 5}, FALSE},
    {{128, FALSE, 20}, FALSE},
  };
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 13);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    ZrtpSrtp *srtp = zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &cases[i].options);

    fail_unless_equals_int (srtp != NULL, cases[i].good);
    zrtp_srtp_free (srtp);
  }
}

GST_END_TEST;

static Suite *
srtphostile_suite (void)
{
  Suite *suite = suite_create ("srtphostile");
  TCase *tcase = tcase_create ("hostile");

  g_assert_true (zrtp_srtp_init (NULL));

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_truncated_rtp, 0, 2);
  tcase_add_test (tcase, test_truncated_rtcp);
  tcase_add_test (tcase, test_truncated_before_protecting);
  tcase_add_test (tcase, test_header_lies);
  tcase_add_test (tcase, test_version);
  tcase_add_loop_test (tcase, test_flipped_bits, 0, 2);
  tcase_add_test (tcase, test_forged_state);
  tcase_add_test (tcase, test_noise);
  tcase_add_test (tcase, test_wrong_keys);
  tcase_add_test (tcase, test_unencrypted_rtcp);
  tcase_add_loop_test (tcase, test_capacity, 0, 2);
  tcase_add_test (tcase, test_longest_payload);
  tcase_add_test (tcase, test_options);
  return suite;
}

GST_CHECK_MAIN (srtphostile);
