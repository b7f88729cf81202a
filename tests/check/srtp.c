/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTP and SRTCP of the engine against a plain reading of RFC 3711 and 6188,
 * and their state: replay, rollover, many sources.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "srtppackets.h"
#include "srtpreference.h"

static const ZrtpCipher *const ciphers[] = {
  &zrtp_cipher_aes1, &zrtp_cipher_aes2, &zrtp_cipher_aes3
};

static const ZrtpAuthTag *const auth_tags[] = {
  &zrtp_auth_tag_hs32, &zrtp_auth_tag_hs80
};

static void
assert_octets (const guint8 * octets, gsize size, const char *hex)
{
  GString *text = g_string_new (NULL);
  gsize i;

  for (i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", octets[i]);
  fail_unless_equals_string (text->str, hex);
  g_string_free (text, TRUE);
}

static void
from_hex (const char *hex, guint8 * out)
{
  for (; *hex; hex += 2)
    *out++ = g_ascii_xdigit_value (hex[0]) * 16 + g_ascii_xdigit_value (hex[1]);
}

static void
assert_derivation (const char *key, const char *salt, const char *cipher_key,
    const char *session_salt, const char *auth_key)
{
  guint8 master_key[32], master_salt[14];
  ReferenceKeys keys;

  from_hex (key, master_key);
  from_hex (salt, master_salt);
  reference_derive (master_key, strlen (key) / 2, master_salt, REFERENCE_SRTP,
      &keys);
  assert_octets (keys.cipher_key, keys.key_size, cipher_key);
  assert_octets (keys.salt, 14, session_salt);
  assert_octets (keys.auth_key, 20, auth_key);
}

/* The measure itself: RFC 3711 B.2 and B.3, RFC 6188 7.1 to 7.4. */
GST_START_TEST (test_reference)
{
  guint8 counter[16] = { 0 }, key[32], keystream[48];

  assert_derivation ("e1f97a0d3e018be0d64fa32c06de4139",
      "0ec675ad498afeebb6960b3aabe6",
      "c61e7a93744f39ee10734afe3ff7a087", "30cbbc08863d8c85d49db34a9ae1",
      "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
  assert_derivation ("73edc66c4fa15776fb57f9505c17136550ffda71f3e8e5f1",
      "c8522f3acd4ce86d5add78edbb11",
      "31874736a8f1143870c26e4857d8a5b2c4a354407faadabb",
      "2372b82d639b6d8503a47adc0a6c",
      "355b10973cd95b9eacf4061c7e1a7151e7cfbfcb");
  assert_derivation
      ("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6",
      "3b04803de51ee7c96423ab5b78d2",
      "5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4",
      "fa31791685ca444a9e07c6c64e93",
      "fd9c32d39ed5fbb5a9dc96b30818454d1313dc05");

  from_hex ("2b7e151628aed2a6abf7158809cf4f3c", key);
  from_hex ("f0f1f2f3f4f5f6f7f8f9fafbfcfd", counter);
  memset (keystream, 0, sizeof (keystream));
  reference_ctr (key, 16, counter, keystream, sizeof (keystream));
  assert_octets (keystream, sizeof (keystream),
      "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
      "41e95b3bb0a2e8dd477901e4fca894c0");
}

GST_END_TEST;

/* Protects a packet like the reference and takes it back. */
static void
assert_like_reference (ZrtpSrtp * sender, ZrtpSrtp * receiver,
    const ReferenceKeys * reference, const guint8 * plain, gsize plain_size,
    guint32 roc, gsize tag_size)
{
  guint8 packet[MAX_PACKET], expected[MAX_PACKET];
  gsize size = plain_size, expected_size;

  memcpy (packet, plain, size);
  memcpy (expected, plain, size);
  expected_size = reference_protect (reference, expected, size, roc, tag_size);

  fail_unless_equals_int (zrtp_srtp_protect (sender, packet, &size,
          size + tag_size), ZRTP_SRTP_OK);
  fail_unless_equals_uint64 (size, expected_size);
  fail_unless (memcmp (packet, expected, size) == 0);

  fail_unless_equals_int (zrtp_srtp_unprotect (receiver, packet, &size),
      ZRTP_SRTP_OK);
  fail_unless_equals_uint64 (size, plain_size);
  fail_unless (memcmp (packet, plain, size) == 0);
}

GST_START_TEST (test_rtp)
{
  /* Z-5.1.3-01 Z-5.1.3-02 Z-5.1.4-01 Z-4.5.3-05 */
  static const guint n_csrcs[] = { 0, 1, 2, 15 };
  static const int extensions[] = { -1, 0, 1, 9 };
  static const gsize payloads[] = { 0, 1, 15, 16, 17, 33, 160, 1200, 1400 };
  const ZrtpCipher *cipher = ciphers[__i__ / 2];
  const ZrtpAuthTag *auth_tag = auth_tags[__i__ % 2];
  ZrtpSrtpKeys keys = make_keys (cipher, auth_tag, 1);
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  ReferenceKeys reference;
  guint8 plain[MAX_PACKET];
  guint16 seq = 0x1234;
  guint i, j, k;

  reference_derive (keys.key, cipher->key_size, keys.salt, REFERENCE_SRTP,
      &reference);
  for (i = 0; i < G_N_ELEMENTS (n_csrcs); i++) {
    for (j = 0; j < G_N_ELEMENTS (extensions); j++) {
      for (k = 0; k < G_N_ELEMENTS (payloads); k++, seq++) {
        gsize size = make_rtp (plain, seq, TEST_SSRC, n_csrcs[i],
            extensions[j], payloads[k]);

        assert_like_reference (sender, receiver, &reference, plain, size, 0,
            auth_tag->tag_size);
      }
    }
  }
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_rtcp)
{
  /* Z-4.5.3-06 */
  static const gsize sizes[] = { 8, 12, 28, 100, 1200 };
  const ZrtpCipher *cipher = ciphers[__i__ / 2];
  /* The tag of SRTCP is an option of its own, whatever that of SRTP is. */
  const ZrtpAuthTag *auth_tag = auth_tags[1 - __i__ % 2];
  gsize tag_size = __i__ % 2 ? 10 : 4;
  ZrtpSrtpKeys keys = make_keys (cipher, auth_tag, 2);
  ZrtpSrtpOptions options = { 128, FALSE, tag_size };
  ZrtpSrtp *sender = zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options);
  ZrtpSrtp *receiver = zrtp_srtp_new (ZRTP_SRTP_RECEIVE, &keys, &options);
  ReferenceKeys reference;
  guint index;

  reference_derive (keys.key, cipher->key_size, keys.salt, REFERENCE_SRTCP,
      &reference);
  /* libsrtp2 counts from 1, RFC 3711 3.4 would have 0; a receiver reads it. */
  for (index = 1; index <= 300; index++) {
    guint8 plain[MAX_PACKET], packet[MAX_PACKET], expected[MAX_PACKET];
    gsize plain_size = make_rtcp (plain, TEST_SSRC, index,
        sizes[index % G_N_ELEMENTS (sizes)]);
    gsize size = plain_size, expected_size;

    memcpy (packet, plain, size);
    memcpy (expected, plain, size);
    expected_size = reference_protect_rtcp (&reference, expected, size, index,
        TRUE, tag_size);
    fail_unless_equals_int (zrtp_srtp_protect_rtcp (sender, packet, &size,
            size + 4 + tag_size), ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (size, expected_size);
    fail_unless (memcmp (packet, expected, size) == 0);

    fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (receiver, packet, &size),
        ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (size, plain_size);
    fail_unless (memcmp (packet, plain, size) == 0);
  }
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

/* What other implementations send first: index 0. */
GST_START_TEST (test_rtcp_index_0)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 2);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  ReferenceKeys reference;
  guint8 packet[MAX_PACKET];
  gsize size = make_rtcp (packet, TEST_SSRC, 0, 100);

  reference_derive (keys.key, keys.cipher->key_size, keys.salt,
      REFERENCE_SRTCP, &reference);
  size = reference_protect_rtcp (&reference, packet, size, 0, TRUE, 10);
  fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (receiver, packet, &size),
      ZRTP_SRTP_OK);
  fail_unless_equals_uint64 (size, 100);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_directions)
{
  /* Z-4.5.3-04 */
  ZrtpSrtpKeys keys_i = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 3);
  ZrtpSrtpKeys keys_r = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 4);
  ZrtpSrtp *i_sends = make_srtp (ZRTP_SRTP_SEND, &keys_i);
  ZrtpSrtp *i_receives = make_srtp (ZRTP_SRTP_RECEIVE, &keys_r);
  ZrtpSrtp *r_sends = make_srtp (ZRTP_SRTP_SEND, &keys_r);
  ZrtpSrtp *r_receives = make_srtp (ZRTP_SRTP_RECEIVE, &keys_i);
  guint8 packet[MAX_PACKET], reflected[MAX_PACKET];
  gsize size, reflected_size;

  /* One SSRC and sequence number both ways: only the keys differ. */
  size = protected_rtp (i_sends, packet, 1, TEST_SSRC, 160);
  reflected_size = size;
  memcpy (reflected, packet, size);
  fail_unless_equals_int (zrtp_srtp_unprotect (r_receives, packet, &size),
      ZRTP_SRTP_OK);
  assert_rtp (packet, size, 1, TEST_SSRC, 160);
  fail_unless_equals_int (zrtp_srtp_unprotect (i_receives, reflected,
          &reflected_size), ZRTP_SRTP_BAD_AUTH);

  size = protected_rtp (r_sends, packet, 1, TEST_SSRC, 160);
  fail_unless (memcmp (packet + 12, reflected + 12, 160) != 0);
  fail_unless_equals_int (zrtp_srtp_unprotect (i_receives, packet, &size),
      ZRTP_SRTP_OK);
  assert_rtp (packet, size, 1, TEST_SSRC, 160);

  zrtp_srtp_free (i_sends);
  zrtp_srtp_free (i_receives);
  zrtp_srtp_free (r_sends);
  zrtp_srtp_free (r_receives);
}

GST_END_TEST;

static ZrtpSrtpResult
receive (ZrtpSrtp * receiver, const ReferenceKeys * reference, guint64 index)
{
  guint8 packet[MAX_PACKET];
  gsize size = make_rtp (packet, index & 0xffff, TEST_SSRC, 0, -1, 20);
  ZrtpSrtpResult result;

  size = reference_protect (reference, packet, size, index >> 16, 10);
  result = zrtp_srtp_unprotect (receiver, packet, &size);
  if (result == ZRTP_SRTP_OK)
    assert_rtp (packet, size, index & 0xffff, TEST_SSRC, 20);
  return result;
}

static ZrtpSrtp *
make_receiver (guint window_size, ReferenceKeys * reference)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 5);
  ZrtpSrtpOptions options = { window_size, FALSE, 10 };

  reference_derive (keys.key, keys.cipher->key_size, keys.salt, REFERENCE_SRTP,
      reference);
  return zrtp_srtp_new (ZRTP_SRTP_RECEIVE, &keys, &options);
}

GST_START_TEST (test_replay_window)
{
  static const guint windows[] = { 64, 128, 1000, 32767 };
  guint window = windows[__i__];
  ReferenceKeys reference;
  ZrtpSrtp *receiver = make_receiver (window, &reference);
  guint64 top = 65536 + 40000;
  /* Windows are kept in words of 32 packets. */
  guint kept = (window + 31) / 32 * 32;
  guint64 i;

  /* 32767 at a time is as far as a sequence number can be told to jump. */
  for (i = 20000; i < top; i += 20000)
    fail_unless_equals_int (receive (receiver, &reference, i), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, top), ZRTP_SRTP_OK);

  fail_unless_equals_int (receive (receiver, &reference, top),
      ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (receiver, &reference, top - window + 1),
      ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, top - window + 1),
      ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (receiver, &reference, top - kept),
      ZRTP_SRTP_REPLAY);

  /* The window moves on: the oldest falls out, the youngest stay marked. */
  fail_unless_equals_int (receive (receiver, &reference, top + 1),
      ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, top),
      ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (receiver, &reference, top + 1 - kept),
      ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (receiver, &reference, top + 2 - window),
      ZRTP_SRTP_OK);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_replay_reordered)
{
  ReferenceKeys reference;
  ZrtpSrtp *receiver = make_receiver (64, &reference);
  GRand *rand = g_rand_new_with_seed (20260722);
  guint8 seen[4096] = { 0 };
  guint64 highest = 0;
  guint i;

  /* Every packet exactly once, and none that is older than the window. */
  for (i = 0; i < 20000; i++) {
    guint back = g_rand_int_range (rand, 0, 96);
    guint64 index = i / 5 - MIN (i / 5, back);
    gboolean old = index + 64 <= highest || seen[index];
    ZrtpSrtpResult result = receive (receiver, &reference, index);

    fail_unless_equals_int (result, old ? ZRTP_SRTP_REPLAY : ZRTP_SRTP_OK);
    seen[index] |= result == ZRTP_SRTP_OK;
    highest = MAX (highest, index);
  }
  g_rand_free (rand);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_replay_rtcp)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 6);
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  guint8 older[MAX_PACKET], newer[MAX_PACKET], packet[MAX_PACKET];
  gsize older_size = make_rtcp (older, TEST_SSRC, 1, 60);
  gsize newer_size = make_rtcp (newer, TEST_SSRC, 2, 60);
  gsize size;
  guint i;

  zrtp_srtp_protect_rtcp (sender, older, &older_size, MAX_PACKET);
  zrtp_srtp_protect_rtcp (sender, newer, &newer_size, MAX_PACKET);

  for (i = 0; i < 2; i++) {
    memcpy (packet, newer, size = newer_size);
    fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (receiver, packet, &size),
        i == 0 ? ZRTP_SRTP_OK : ZRTP_SRTP_REPLAY);
  }
  for (i = 0; i < 2; i++) {
    memcpy (packet, older, size = older_size);
    fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (receiver, packet, &size),
        i == 0 ? ZRTP_SRTP_OK : ZRTP_SRTP_REPLAY);
  }
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

static void
assert_roc (ZrtpSrtp * srtp, guint32 ssrc, guint32 expected)
{
  guint32 roc = 0xbad;

  fail_unless (zrtp_srtp_get_roc (srtp, ssrc, &roc));
  fail_unless_equals_int (roc, expected);
}

/* Three times round; one packet out of 97 and all near the wraps, so that
 * sender and receiver also have gaps to jump. */
GST_START_TEST (test_rollover)
{
  const ZrtpCipher *cipher = ciphers[__i__];
  ZrtpSrtpKeys keys = make_keys (cipher, &zrtp_auth_tag_hs32, 7);
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  guint8 plain[MAX_PACKET];
  ReferenceKeys reference;
  guint32 index, roc;

  reference_derive (keys.key, cipher->key_size, keys.salt, REFERENCE_SRTP,
      &reference);
  fail_if (zrtp_srtp_get_roc (sender, TEST_SSRC, &roc));
  for (index = 0; index < 3 * 65536 + 100; index++) {
    if (index % 97 != 0 && ((index + 50) & 0xffff) > 100)
      continue;
    assert_like_reference (sender, receiver, &reference, plain,
        make_rtp (plain, index & 0xffff, TEST_SSRC, 0, -1, 20), index >> 16, 4);
    assert_roc (sender, TEST_SSRC, index >> 16);
    assert_roc (receiver, TEST_SSRC, index >> 16);
  }
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_late_across_the_wrap)
{
  ReferenceKeys reference;
  ZrtpSrtp *receiver = make_receiver (128, &reference);

  fail_unless_equals_int (receive (receiver, &reference, 65500), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, 65534), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, 65538), ZRTP_SRTP_OK);
  assert_roc (receiver, TEST_SSRC, 1);
  /* From before the wrap, at the wrap, after it. */
  fail_unless_equals_int (receive (receiver, &reference, 65533), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, 65535), ZRTP_SRTP_OK);
  fail_unless_equals_int (receive (receiver, &reference, 65536), ZRTP_SRTP_OK);
  assert_roc (receiver, TEST_SSRC, 1);
  fail_unless_equals_int (receive (receiver, &reference, 65534),
      ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (receiver, &reference, 65535),
      ZRTP_SRTP_REPLAY);
  fail_unless_equals_int (receive (receiver, &reference, 65537), ZRTP_SRTP_OK);
  /* No endpoint could tell that this one is of the next round but one. */
  fail_unless_equals_int (receive (receiver, &reference, 2 * 65536 + 30000),
      ZRTP_SRTP_BAD_AUTH);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

/* A sender whose packets leave out of order around the wrap, as RTX and FEC of
 * one SSRC may, and its receiver. */
GST_START_TEST (test_sender_out_of_order)
{
  static const guint32 order[] = {
    65530, 65534, 65537, 65533, 65536, 65535, 65540, 65538, 65539
  };
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes3, &zrtp_auth_tag_hs80, 8);
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  guint8 plain[MAX_PACKET];
  ReferenceKeys reference;
  guint i;

  reference_derive (keys.key, keys.cipher->key_size, keys.salt, REFERENCE_SRTP,
      &reference);
  for (i = 0; i < G_N_ELEMENTS (order); i++)
    assert_like_reference (sender, receiver, &reference, plain,
        make_rtp (plain, order[i] & 0xffff, TEST_SSRC, 0, -1, 20),
        order[i] >> 16, 10);
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_many_sources)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 9);
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  guint8 plain[MAX_PACKET];
  ReferenceKeys reference;
  guint32 n, i, roc;

  reference_derive (keys.key, keys.cipher->key_size, keys.salt, REFERENCE_SRTP,
      &reference);
  /* Source n is n packets ahead: half of the 500 roll over under way. */
  for (i = 0; i < 20; i++) {
    for (n = 0; n < 500; n++) {
      guint32 index = 65536 - 260 + n + i;

      assert_like_reference (sender, receiver, &reference, plain,
          make_rtp (plain, index & 0xffff, 0xfffffe00 + n, 0, -1, 20),
          index < 65536 || 65536 - 260 + n < 65536 ? index >> 16 : 0, 10);
    }
  }
  for (n = 0; n < 500; n++) {
    assert_roc (receiver, 0xfffffe00 + n, n < 260 && n + 19 >= 260 ? 1 : 0);
    assert_roc (sender, 0xfffffe00 + n, n < 260 && n + 19 >= 260 ? 1 : 0);
  }
  fail_if (zrtp_srtp_get_roc (sender, 500, &roc));
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

/* A source that is refused leaves nothing, and none that is known makes way: its
 * packets could be played again. */
GST_START_TEST (test_too_many_sources)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 9);
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
  guint8 oldest[MAX_PACKET], packet[MAX_PACKET], copy[MAX_PACKET];
  gsize oldest_size = 0, size, copy_size;
  guint32 roc;

  /* Several senders with one key: none of them is at its own limit. */
  for (guint part = 0; part < 4; part++) {
    ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);

    for (guint n = 0; n < ZRTP_SRTP_MAX_SOURCES / 2; n++) {
      const guint32 ssrc = part * ZRTP_SRTP_MAX_SOURCES + n;

      size = make_rtp (packet, 1, ssrc, 0, -1, 20);
      fail_unless (zrtp_srtp_protect (sender, packet, &size, sizeof packet)
          == ZRTP_SRTP_OK);
      if (oldest_size == 0) {
        memcpy (oldest, packet, size);
        oldest_size = size;
      }
      copy_size = size;
      memcpy (copy, packet, size);
      fail_unless_equals_int (zrtp_srtp_unprotect (receiver, packet, &size),
          part < 2 ? ZRTP_SRTP_OK : ZRTP_SRTP_TOO_MANY_SOURCES);
      if (part >= 2) {
        fail_unless_equals_int (size, copy_size);
        fail_unless (memcmp (packet, copy, size) == 0);
        fail_if (zrtp_srtp_get_roc (receiver, ssrc, &roc));
      }
    }
    zrtp_srtp_free (sender);
  }
  fail_unless_equals_int (zrtp_srtp_unprotect (receiver, oldest, &oldest_size),
      ZRTP_SRTP_REPLAY);

  /* RTCP of a new source is refused too. */
  {
    ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);

    size = make_rtcp (packet, 0xabcdef, 1, 60);
    fail_unless (zrtp_srtp_protect_rtcp (sender, packet, &size, sizeof packet)
        == ZRTP_SRTP_OK);
    fail_unless_equals_int (zrtp_srtp_unprotect_rtcp (receiver, packet, &size),
        ZRTP_SRTP_TOO_MANY_SOURCES);
    zrtp_srtp_free (sender);
  }
  zrtp_srtp_free (receiver);
}

GST_END_TEST;

GST_START_TEST (test_repeat_tx)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 10);
  ZrtpSrtpOptions options = { 64, __i__ == 1, 10 };
  ZrtpSrtp *sender = zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options);
  guint8 once[MAX_PACKET], again[MAX_PACKET];
  gsize size, again_size;

  size = protected_rtp (sender, once, 1000, TEST_SSRC, 160);
  again_size = make_rtp (again, 1000, TEST_SSRC, 0, -1, 160);
  if (options.allow_repeat_tx) {
    fail_unless_equals_int (zrtp_srtp_protect (sender, again, &again_size,
            MAX_PACKET), ZRTP_SRTP_OK);
    fail_unless_equals_uint64 (again_size, size);
    fail_unless (memcmp (once, again, size) == 0);
  } else {
    fail_unless_equals_int (zrtp_srtp_protect (sender, again, &again_size,
            MAX_PACKET), ZRTP_SRTP_REPLAY);
    assert_rtp (again, again_size, 1000, TEST_SSRC, 160);
  }

  /* Beyond the window the sender can't know: never twice. */
  protected_rtp (sender, again, 1100, TEST_SSRC, 160);
  again_size = make_rtp (again, 1000, TEST_SSRC, 0, -1, 160);
  fail_unless_equals_int (zrtp_srtp_protect (sender, again, &again_size,
          MAX_PACKET), ZRTP_SRTP_REPLAY);
  zrtp_srtp_free (sender);
}

GST_END_TEST;

static Suite *
srtp_suite (void)
{
  Suite *suite = suite_create ("srtp");
  TCase *packets = tcase_create ("packets");
  TCase *state = tcase_create ("state");

  g_assert_true (zrtp_srtp_init (NULL));
  g_assert_true (zrtp_srtp_is_accelerated ());

  suite_add_tcase (suite, packets);
  tcase_add_test (packets, test_reference);
  tcase_add_loop_test (packets, test_rtp, 0, 6);
  tcase_add_loop_test (packets, test_rtcp, 0, 6);
  tcase_add_test (packets, test_rtcp_index_0);
  tcase_add_test (packets, test_directions);

  suite_add_tcase (suite, state);
  tcase_add_loop_test (state, test_replay_window, 0, 4);
  tcase_add_test (state, test_replay_reordered);
  tcase_add_test (state, test_replay_rtcp);
  tcase_add_loop_test (state, test_rollover, 0, 3);
  tcase_add_test (state, test_late_across_the_wrap);
  tcase_add_test (state, test_sender_out_of_order);
  tcase_add_test (state, test_many_sources);
  tcase_add_test (state, test_too_many_sources);
  tcase_add_loop_test (state, test_repeat_tx, 0, 2);
  return suite;
}

GST_CHECK_MAIN (srtp);
