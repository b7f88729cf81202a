/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CRC, hashes, MACs, AES in CFB and the KDF against published answers.
 */
#include "vectors.h"

#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmpn.h"

/* CRC-32C */

/* Bit by bit, as the polynomial says. */
static guint32
slow_crc32c (const guint8 * data, gsize size)
{
  guint32 crc = 0xffffffffu;

  for (gsize i = 0; i < size; i++) {
    crc ^= data[i];
    for (guint bit = 0; bit < 8; bit++)
      crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
  }
  return ~crc;
}

static void
fill_seeded (guint8 * data, gsize size, guint32 seed)
{
  GRand *rand = g_rand_new_with_seed (seed);

  for (gsize i = 0; i < size; i++)
    data[i] = g_rand_int (rand);
  g_rand_free (rand);
}

GST_START_TEST (test_crc32c_published)
{
  guint8 data[32];

  fail_unless_equals_int_hex (zrtp_crc32c ((const guint8 *) "123456789", 9),
      0xe3069283);
  fail_unless_equals_int_hex (zrtp_crc32c (NULL, 0), 0);

  /* RFC 3720 B.4 */
  memset (data, 0, sizeof data);
  fail_unless_equals_int_hex (zrtp_crc32c (data, sizeof data), 0x8a9136aa);
  memset (data, 0xff, sizeof data);
  fail_unless_equals_int_hex (zrtp_crc32c (data, sizeof data), 0x62a8ab43);
  for (guint i = 0; i < sizeof data; i++)
    data[i] = i;
  fail_unless_equals_int_hex (zrtp_crc32c (data, sizeof data), 0x46dd794e);
  for (guint i = 0; i < sizeof data; i++)
    data[i] = 31 - i;
  fail_unless_equals_int_hex (zrtp_crc32c (data, sizeof data), 0x113fdb5c);
}

GST_END_TEST;

GST_START_TEST (test_crc32c_every_size_and_alignment)
{
  guint8 data[320 + 8];

  fill_seeded (data, sizeof data, 1);
  for (gsize offset = 0; offset < 8; offset++) {
    for (gsize size = 0; size <= 320; size++) {
      guint32 expected = slow_crc32c (data + offset, size);

      fail_unless_equals_int_hex (zrtp_crc32c (data + offset, size), expected);
      fail_unless_equals_int_hex (zrtp_crc32c_portable (data + offset, size),
          expected);
    }
  }
}

GST_END_TEST;

/* The CRC at the end of a packet, least significant octet first. */
static void
check_packet_crc (GBytes * packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (packet, &size);
  guint32 crc = zrtp_crc32c (data, size - ZRTP_CRC_SIZE);
  guint8 wire[] = { crc, crc >> 8, crc >> 16, crc >> 24 };
  GBytes *tail = g_bytes_new_from_bytes (packet, size - ZRTP_CRC_SIZE,
      ZRTP_CRC_SIZE);

  assert_octets (wire, sizeof wire, tail);
  g_bytes_unref (tail);
}

GST_START_TEST (test_crc32c_recorded_packets)
{
  /* Z-5-08 */
  g_autoptr (JsonNode) own = vectors_load ("vectors.json");
  g_autoptr (JsonNode) field = vectors_load ("field-vectors.json");
  g_auto (GStrv) sessions = vectors_names (own, "");
  guint n_packets = 0;

  for (char **session = sessions; *session; session++) {
    g_autofree char *path = g_strdup_printf ("%s/packets", *session);
    g_auto (GStrv) names = NULL;

    if (!vectors_has (own, path))
      continue;
    names = vectors_names (own, path);
    for (char **name = names; *name; name++) {
      g_autoptr (GBytes) packet = vectors_hex (vectors_get (own, path), *name);

      check_packet_crc (packet);
      n_packets++;
    }
  }
  for (guint s = 0; s < vectors_size (field, ""); s++) {
    JsonNode *channels = vectors_getf (field, "%u/ch", s);

    for (guint c = 0; c < vectors_size (channels, ""); c++) {
      JsonNode *packets = vectors_getf (channels, "%u/packets", c);

      for (guint p = 0; p < vectors_size (packets, ""); p++) {
        g_autoptr (GBytes) packet =
            vectors_hex (vectors_getf (packets, "%u", p), "hex");

        check_packet_crc (packet);
        n_packets++;
      }
    }
  }
  fail_unless (n_packets > 100, "only %u packets seen", n_packets);
}

GST_END_TEST;

/* Hashes */

typedef struct
{
  const char *message;
  const char *s256;
  const char *s384;
} DigestCase;

/* *INDENT-OFF* */
/* FIPS 180-4's examples. */
static const DigestCase digest_cases[] = {
  {"",
    "e3b0c44298fc1c149afbf4c8996fb924 27ae41e4649b934ca495991b7852b855",
    "38b060a751ac96384cd9327eb1b1e36a 21fdb71114be07434c0cc7bf63f6e1da"
    "274edebfe76f65fbd51ad2f14898b95b"},
  {"abc",
    "ba7816bf8f01cfea414140de5dae2223 b00361a396177a9cb410ff61f20015ad",
    "cb00753f45a35e8bb5a03d699ac65007 272c32ab0eded1631a8b605a43ff5bed"
    "8086072ba1e7cc2358baeca134c825a7"},
  {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039 a33ce45964ff2167f6ecedd419db06c1",
    "3391fdddfc8dc7393707a65b1b470939 7cf8b1d162af05abfe8f450de5f36bc6"
    "b0455a8520bc4e6f5fe95b1fe3c8452b"},
  {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    "cf5b16a778af8380036ce59e7b049237 0b249b11e8f07a51afac45037afee9d1",
    "09330c33f71147e83d192fc782cd1b47 53111b173b3b05d22fa08086e3b0f712"
    "fcc7c71a557e2db966c3e9fa91746039"},
};
/* *INDENT-ON* */

/* The message in every pair of parts. */
static void
check_digest (const ZrtpHash * hash, const char *message, const char *digits)
{
  gsize size = strlen (message);
  const guint8 *data = (const guint8 *) message;
  guint8 out[ZRTP_MAX_HASH_SIZE];

  for (gsize cut = 0; cut <= size; cut++) {
    ZrtpOctets head = { data, cut };
    ZrtpOctets tail = { data + cut, size - cut };
    ZrtpOctets parts[] = { head, tail };

    hash->digest (parts, 2, out);
    assert_octets_hex (out, hash->size, digits);
  }
}

GST_START_TEST (test_digests)
{
  /* Z-5.1.2-01 Z-5.1.2-02 */
  const DigestCase *c = &digest_cases[__i__];
  guint8 out[32];

  check_digest (&zrtp_hash_s256, c->message, c->s256);
  check_digest (&zrtp_hash_s384, c->message, c->s384);

  zrtp_sha256 ((const guint8 *) c->message, strlen (c->message), out);
  assert_octets_hex (out, sizeof out, c->s256);
}

GST_END_TEST;

typedef struct
{
  const char *key;
  const char *data;
  const char *s256;
  const char *s384;
} MacCase;

#define OCTETS_20(x) x x x x x x x x x x x x x x x x x x x x
#define OCTETS_50(x) OCTETS_20 (x) OCTETS_20 (x) x x x x x x x x x x
#define OCTETS_131(x) OCTETS_50 (x) OCTETS_50 (x) OCTETS_20 (x) \
  x x x x x x x x x x x

/* *INDENT-OFF* */
/* RFC 4231 section 4, cases 1 to 4, 6 and 7. */
static const MacCase mac_cases[] = {
  {OCTETS_20 ("0b"), "4869205468657265",
    "b0344c61d8db38535ca8afceaf0bf12b 881dc200c9833da726e9376c2e32cff7",
    "afd03944d84895626b0825f4ab46907f 15f9dadbe4101ec682aa034c7cebc59c"
    "faea9ea9076ede7f4af152e8b2fa9cb6"},
  {"4a656665", "7768617420646f2079612077616e7420 666f72206e6f7468696e673f",
    "5bdcc146bf60754e6a042426089575c7 5a003f089d2739839dec58b964ec3843",
    "af45d2e376484031617f78d2b58a6b1b 9c7ef464f5a01b47e42ec3736322445e"
    "8e2240ca5e69e2c78b3239ecfab21649"},
  {OCTETS_20 ("aa"), OCTETS_50 ("dd"),
    "773ea91e36800e46854db8ebd09181a7 2959098b3ef8c122d9635514ced565fe",
    "88062608d3e6ad8a0aa2ace014c8a86f 0aa635d947ac9febe83ef4e55966144b"
    "2a5ab39dc13814b94e3ab6e101a34f27"},
  {"0102030405060708090a0b0c0d0e0f10111213141516171819", OCTETS_50 ("cd"),
    "82558a389a443c0ea4cc819899f2083a 85f0faa3e578f8077a2e3ff46729665b",
    "3e8a69b7783c25851933ab6290af6ca7 7a9981480850009cc5577c6e1f573b4e"
    "6801dd23c4a7d679ccf8a386c674cffb"},
  {OCTETS_131 ("aa"),
    "54657374205573696e67204c61726765 72205468616e20426c6f636b2d53697a"
    "65204b6579202d2048617368204b6579 204669727374",
    "60e431591ee0b67f0d8a26aacbf5b77f 8e0bc6213728c5140546040f0ee37f54",
    "4ece084485813e9088d2c63a041bc5b4 4f9ef1012a2b588f3cd11f05033ac4c6"
    "0c2ef6ab4030fe8296248df163f44952"},
  {OCTETS_131 ("aa"),
    "5468697320697320612074657374207573696e672061206c6172676572207468"
    "616e20626c6f636b2d73697a65206b657920616e642061206c61726765722074"
    "68616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565"
    "647320746f20626520686173686564206265666f7265206265696e6720757365"
    "642062792074686520484d414320616c676f726974686d2e",
    "9b09ffa71b942fcb27635fbcd5b0e944 bfdc63644f0713938a7f51535c3a35e2",
    "6617178e941f020d351e2f254e8fd32c 602420feb0b8fb9adccebb82461e99c5"
    "a678cc31e799176d3860e6110c46523e"},
};
/* *INDENT-ON* */

static void
check_mac (const ZrtpHash * hash, GBytes * key, GBytes * message,
    const char *digits)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  guint8 out[ZRTP_MAX_HASH_SIZE];

  for (gsize cut = 0; cut <= size; cut++) {
    ZrtpOctets head = { data, cut };
    ZrtpOctets tail = { data + cut, size - cut };
    ZrtpOctets parts[] = { head, tail };

    hash->mac (OCTETS (key), parts, 2, out);
    assert_octets_hex (out, hash->size, digits);
  }
}

GST_START_TEST (test_macs)
{
  /* Z-5.1.2.1-01 */
  const MacCase *c = &mac_cases[__i__];
  g_autoptr (GBytes) key = hex (c->key);
  g_autoptr (GBytes) data = hex (c->data);

  check_mac (&zrtp_hash_s256, key, data, c->s256);
  check_mac (&zrtp_hash_s384, key, data, c->s384);
}

GST_END_TEST;

/* The MAC at the end of a message of the vectors, keyed by a hash image. */
static void
check_message_mac (JsonNode * session, const char *message, GBytes * key)
{
  g_autoptr (GBytes) octets = vectors_hex (session, message);
  gsize size = g_bytes_get_size (octets) - ZRTP_MAC_SIZE;
  g_autoptr (GBytes) end = g_bytes_new_from_bytes (octets, size, ZRTP_MAC_SIZE);
  guint8 mac[ZRTP_MAC_SIZE];

  zrtp_message_mac (g_bytes_get_data (key, NULL),
      g_bytes_get_data (octets, NULL), size, mac);
  assert_octets (mac, sizeof mac, end);
}

/* H0..H3 of one endpoint and the messages whose MACs they key. */
static void
check_hash_chain (JsonNode * session, const char *chain,
    const char *const messages[3])
{
  for (guint i = 0; i < 3; i++) {
    g_autoptr (GBytes) image = vectors_hex (vectors_getf (session, "%s/H%u",
            chain, i), "");
    g_autoptr (GBytes) next = vectors_hex (vectors_getf (session, "%s/H%u",
            chain, i + 1), "");
    guint8 hashed[ZRTP_IMAGE_SIZE];

    zrtp_sha256 (OCTETS (image), hashed);
    assert_octets (hashed, sizeof hashed, next);
    if (messages[i])
      check_message_mac (session, messages[i], image);
  }
}

GST_START_TEST (test_implicit_hash_and_mac)
{
  /* Z-5.1.2.2-01 */
  static const char *const sessions[] = {
    "dh3k_s256_nocache", "ec38_s384_rs2rs2_aux_pbx", "ec25_s256_mismatch",
    "dh2k_s256_aes3_rs1"
  };
  static const char *const initiator[] = {
    "DHPart2", "Commit", "Hello_initiator"
  };
  static const char *const responder[] = { "DHPart1", NULL, "Hello_responder" };
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  JsonNode *session = vectors_get (all, sessions[__i__]);
  g_autoptr (GBytes) hello = vectors_hex (session, "Hello_initiator");
  g_autoptr (GBytes) hello_hash = vectors_hex (session, "zrtp_hash_initiator");
  guint8 hashed[32];

  check_hash_chain (session, "H_initiator", initiator);
  check_hash_chain (session, "H_responder", responder);
  zrtp_sha256 (OCTETS (hello), hashed);
  assert_octets (hashed, sizeof hashed, hello_hash);
}

GST_END_TEST;

/* Ciphers */

typedef struct
{
  const ZrtpCipher *cipher;
  const char *key;
  const char *ciphertext;
} CfbCase;

/* *INDENT-OFF* */
/* NIST SP 800-38A F.3.13 to F.3.18. */
static const char cfb_iv[] = "000102030405060708090a0b0c0d0e0f";
static const char cfb_plaintext[] =
    "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710";
static const CfbCase cfb_cases[] = {
  {&zrtp_cipher_aes1, "2b7e151628aed2a6abf7158809cf4f3c",
    "3b3fd92eb72dad20333449f8e83cfb4a c8a64537a0b3a93fcde3cdad9f1ce58b"
    "26751f67a3cbb140b1808cf187a4f4df c04b05357c5d1c0eeac4c66f9ff7f2e6"},
  {&zrtp_cipher_aes2, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
    "cdc80d6fddf18cab34c25909c99a4174 67ce7f7f81173621961a2b70171d3d7a"
    "2e1e8a1dd59b88b1c8e60fed1efac4c9 c05f9f9ca9834fa042ae8fba584b09ff"},
  {&zrtp_cipher_aes3,
    "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
    "dc7e84bfda79164b7ecd8486985d3860 39ffed143b28b1c832113c6331e5407b"
    "df10132415e54b92a13ed0a8267ae2f9 75a385741ab9cef82031623d55b1e471"},
};
/* *INDENT-ON* */

GST_START_TEST (test_cfb)
{
  /* Z-5.1.3-01 Z-5.1.3-02 */
  const CfbCase *c = &cfb_cases[__i__];
  g_autoptr (GBytes) key = hex (c->key);
  g_autoptr (GBytes) iv = hex (cfb_iv);
  g_autoptr (GBytes) iv_before = hex (cfb_iv);
  g_autoptr (GBytes) plaintext = hex (cfb_plaintext);
  g_autoptr (GBytes) ciphertext = hex (c->ciphertext);
  const guint8 *k = g_bytes_get_data (key, NULL);
  const guint8 *v = g_bytes_get_data (iv, NULL);

  fail_unless_equals_int (c->cipher->key_size, g_bytes_get_size (key));

  /* Every size: a last block that is cut is the head of the whole one. */
  for (gsize size = 0; size <= g_bytes_get_size (plaintext); size++) {
    g_autoptr (GBytes) plain = g_bytes_new_from_bytes (plaintext, 0, size);
    g_autoptr (GBytes) sealed = g_bytes_new_from_bytes (ciphertext, 0, size);
    g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (plain, NULL), size);

    c->cipher->cfb_encrypt (k, v, data, size);
    assert_octets (data, size, sealed);
    c->cipher->cfb_decrypt (k, v, data, size);
    assert_octets (data, size, plain);
  }
  assert_octets (v, ZRTP_IV_SIZE, iv_before);
}

GST_END_TEST;

/* One Confirm of a session: its MAC over the sealed octets, and what is in
 * them. The body is confirm_mac, IV, sealed octets. */
static void
check_confirm (JsonNode * session, const char *message, const char *mackey,
    const char *zrtpkey)
{
  const ZrtpHash *hash = (const ZrtpHash *)
      vectors_algorithm (session, "parameters/hash", ZRTP_KIND_HASH);
  const ZrtpCipher *cipher = (const ZrtpCipher *)
      vectors_algorithm (session, "parameters/cipher", ZRTP_KIND_CIPHER);
  g_autoptr (GBytes) octets = vectors_hex (session, message);
  g_autoptr (GBytes) plain = vectors_hex (vectors_getf (session, "%s_plain",
          message), "");
  g_autoptr (GBytes) mac_key = vectors_hex (vectors_get (session, "keys"),
      mackey);
  g_autoptr (GBytes) key = vectors_hex (vectors_get (session, "keys"), zrtpkey);
  g_autoptr (GBytes) confirm_mac = g_bytes_new_from_bytes (octets, 12, 8);
  const guint8 *iv = (const guint8 *) g_bytes_get_data (octets, NULL) + 20;
  ZrtpOctets sealed = { iv + 16, g_bytes_get_size (octets) - 36 };
  g_autofree guint8 *data = g_memdup2 (sealed.data, sealed.size);
  guint8 mac[ZRTP_MAX_HASH_SIZE];

  fail_unless_equals_int (g_bytes_get_size (key), cipher->key_size);
  hash->mac (OCTETS (mac_key), &sealed, 1, mac);
  assert_octets (mac, ZRTP_MAC_SIZE, confirm_mac);
  cipher->cfb_decrypt (g_bytes_get_data (key, NULL), iv, data, sealed.size);
  assert_octets (data, sealed.size, plain);
}

static const char *const keyed_sessions[] = {
  "dh3k_s256_nocache", "multistream_of_dh3k", "multistream_roles_swapped",
  "ec38_s384_rs2rs2_aux_pbx", "ec25_s256_mismatch", "dh2k_s256_aes3_rs1",
  "preshared_rs1_aux", "preshared_rs1_only_s384"
};

GST_START_TEST (test_confirms)
{
  /* Z-5.1.3-04 */
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  JsonNode *session = vectors_get (all, keyed_sessions[__i__]);

  check_confirm (session, "Confirm1", "mackeyr", "zrtpkeyr");
  check_confirm (session, "Confirm2", "mackeyi", "zrtpkeyi");
}

GST_END_TEST;

/* KDF */

typedef struct
{
  const char *label;
  const char *own;              /* field in vectors.json */
  const char *field;            /* field in field-vectors.json */
} KdfLabel;

/* Out of s0 and KDF_Context (RFC 6189 4.5.2, 4.5.3, 4.6.1). */
static const KdfLabel kdf_labels[] = {
  {"ZRTP Session Key", "ZRTPSess", "zrtpsess"},
  {"SAS", "sashash", "sashash"},
  {"Exported key", "ExportedKey", "exported_key"},
  {"retained secret", "new_rs1", "retained_secret"},
  {"Initiator SRTP master key", "keys/srtpkeyi", "srtpkeyi"},
  {"Initiator SRTP master salt", "keys/srtpsalti", "srtpsalti"},
  {"Responder SRTP master key", "keys/srtpkeyr", "srtpkeyr"},
  {"Responder SRTP master salt", "keys/srtpsaltr", "srtpsaltr"},
  {"Initiator HMAC key", "keys/mackeyi", "mackeyi"},
  {"Responder HMAC key", "keys/mackeyr", "mackeyr"},
  {"Initiator ZRTP key", "keys/zrtpkeyi", "zrtpkeyi"},
  {"Responder ZRTP key", "keys/zrtpkeyr", "zrtpkeyr"},
};

static void
check_kdf (const ZrtpHash * hash, GBytes * key, const char *label,
    GBytes * context, GBytes * expected)
{
  guint8 out[ZRTP_MAX_HASH_SIZE];

  zrtp_kdf (hash, OCTETS (key), label, OCTETS (context), out,
      g_bytes_get_size (expected));
  assert_octets (out, g_bytes_get_size (expected), expected);
}

/* The same where key and answer are fields; FALSE if the session lacks it. */
static gboolean
check_kdf_field (const ZrtpHash * hash, JsonNode * session, const char *key,
    const char *label, GBytes * context, const char *field)
{
  g_autoptr (GBytes) k = NULL;
  g_autoptr (GBytes) expected = NULL;

  if (!vectors_has (session, field))
    return FALSE;
  k = vectors_hex (session, key);
  expected = vectors_hex (session, field);
  check_kdf (hash, k, label, context, expected);
  return TRUE;
}

GST_START_TEST (test_kdf_own)
{
  /* Z-4.5.1-01 Z-4.5.1-02 Z-4.5.1-03 Z-4.5.1-04 */
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  JsonNode *session = vectors_get (all, keyed_sessions[__i__]);
  gboolean mult = !vectors_has (session, "ZRTPSess");
  const ZrtpHash *hash = (const ZrtpHash *)
      vectors_algorithm (session, "parameters/hash", ZRTP_KIND_HASH);
  g_autoptr (GBytes) context = vectors_hex (session, "KDF_Context");
  g_autoptr (GBytes) zidi = vectors_hex (session, "ZIDi");
  g_autoptr (GBytes) zidr = vectors_hex (session, "ZIDr");
  g_autoptr (GBytes) zids = octets_join (zidi, zidr, NULL);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (kdf_labels); i++)
    n += check_kdf_field (hash, session, "s0", kdf_labels[i].label, context,
        kdf_labels[i].own);
  n += check_kdf_field (hash, session, "ZRTPSess", "Trusted MiTM key", zids,
      "pbxsecret_if_enrolled");
  n += check_kdf_field (hash, session, "ZRTPSess", "New ZRTP Session", zids,
      "ZRTPSess_after_GoClear");
  fail_unless_equals_int (n, mult ? 8 : 14);

  if (mult) {
    g_autoptr (GBytes) key = vectors_hex (all, "dh3k_s256_nocache/ZRTPSess");
    g_autoptr (GBytes) s0 = vectors_hex (session, "s0");

    check_kdf (hash, key, "ZRTP MSK", context, s0);
  }
  if (vectors_has (session, "preshared_key"))
    check_kdf_field (hash, session, "preshared_key", "ZRTP PSK", context, "s0");
}

GST_END_TEST;

GST_START_TEST (test_kdf_field)
{
  /* Z-4.5.1-01 Z-4.5.1-02 Z-4.5.1-03 Z-4.5.1-04 */
  g_autoptr (JsonNode) all = vectors_load ("field-vectors.json");
  JsonNode *session = vectors_getf (all, "%d", __i__);

  for (guint c = 0; c < vectors_size (session, "ch"); c++) {
    JsonNode *channel = vectors_getf (session, "ch/%u", c);
    gboolean mult = strcmp (vectors_text (channel, "alg/ka"), "Mult") == 0;
    const ZrtpHash *hash = (const ZrtpHash *)
        vectors_algorithm (channel, "alg/hash", ZRTP_KIND_HASH);
    g_autoptr (GBytes) context = vectors_hex (channel, "kdf_context");
    guint n = 0;

    for (guint i = 0; i < G_N_ELEMENTS (kdf_labels); i++)
      n += check_kdf_field (hash, channel, "s0", kdf_labels[i].label, context,
          kdf_labels[i].field);
    fail_unless_equals_int (n, mult ? 8 : 12);

    if (mult) {
      g_autoptr (GBytes) key = vectors_hex (session, "ch/0/zrtpsess");
      g_autoptr (GBytes) s0 = vectors_hex (channel, "s0");

      check_kdf (hash, key, "ZRTP MSK", context, s0);
    } else {
      check_kdf_field (hash, channel, "exported_key",
          vectors_text (channel, "export_label"), context, "export_value");
    }
  }
}

GST_END_TEST;

/* Small helpers */

GST_START_TEST (test_equal)
{
  guint8 a[40], b[40];

  fill_seeded (a, sizeof a, 2);
  memcpy (b, a, sizeof b);
  fail_unless (zrtp_equal (a, b, sizeof a) == TRUE);
  fail_unless (zrtp_equal (a, b, 0) == TRUE);
  for (guint i = 0; i < sizeof a; i++) {
    for (guint bit = 0; bit < 8; bit++) {
      b[i] ^= 1 << bit;
      fail_unless (zrtp_equal (a, b, sizeof a) == FALSE);
      fail_unless (zrtp_equal (a, b, i) == TRUE);
      b[i] ^= 1 << bit;
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_wipe)
{
  guint8 data[67];

  for (gsize size = 0; size <= 64; size++) {
    memset (data, 0xa5, sizeof data);
    zrtp_wipe (data + 1, size);
    fail_unless_equals_int_hex (data[0], 0xa5);
    for (gsize i = 1; i <= size; i++)
      fail_unless_equals_int (data[i], 0);
    fail_unless_equals_int_hex (data[size + 1], 0xa5);
  }
}

GST_END_TEST;

/* Against GMP's own import and export. */
GST_START_TEST (test_limbs)
{
  guint8 octets[40], back[40], wide[64];
  mp_limb_t limbs[8];
  mpz_t z;

  mpz_init (z);
  fill_seeded (octets, sizeof octets, 5);
  octets[0] |= 1;
  for (gsize size = 1; size <= sizeof octets; size++) {
    gsize n = ZRTP_LIMBS (size);
    g_autoptr (GBytes) expected = g_bytes_new (octets, size);
    g_autoptr (GBytes) tail = g_bytes_new (octets + 1, size - 1);

    memset (limbs, 0xa5, sizeof limbs);
    zrtp_limbs_from_octets (limbs, 8, octets, size);
    mpz_import (z, size, 1, 1, 1, 0, octets);
    fail_unless_equals_int (mpz_size (z), n);
    fail_unless_equals_int (mpn_cmp (limbs, mpz_limbs_read (z), n), 0);
    for (gsize i = n; i < 8; i++)
      fail_unless (limbs[i] == 0);

    zrtp_limbs_to_octets (limbs, n, back, size);
    assert_octets (back, size, expected);
    zrtp_limbs_to_octets (limbs, n, back, size - 1);
    assert_octets (back, size - 1, tail);

    /* Limbs past the number are not looked at. */
    memset (limbs + n, 0xa5, (8 - n) * sizeof (mp_limb_t));
    zrtp_limbs_to_octets (limbs, n, wide, sizeof wide);
    for (gsize i = 0; i < sizeof wide - size; i++)
      fail_unless_equals_int (wide[i], 0);
    assert_octets (wide + sizeof wide - size, size, expected);
  }
  mpz_clear (z);
}

GST_END_TEST;

static Suite *
crypto_suite (void)
{
  Suite *s = suite_create ("crypto");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_crc32c_published);
  tcase_add_test (tc, test_crc32c_every_size_and_alignment);
  tcase_add_test (tc, test_crc32c_recorded_packets);
  tcase_add_loop_test (tc, test_digests, 0, G_N_ELEMENTS (digest_cases));
  tcase_add_loop_test (tc, test_macs, 0, G_N_ELEMENTS (mac_cases));
  tcase_add_loop_test (tc, test_implicit_hash_and_mac, 0, 4);
  tcase_add_loop_test (tc, test_cfb, 0, G_N_ELEMENTS (cfb_cases));
  tcase_add_loop_test (tc, test_confirms, 0, G_N_ELEMENTS (keyed_sessions));
  tcase_add_loop_test (tc, test_kdf_own, 0, G_N_ELEMENTS (keyed_sessions));
  tcase_add_loop_test (tc, test_kdf_field, 0, 10);
  tcase_add_test (tc, test_equal);
  tcase_add_test (tc, test_wipe);
  tcase_add_test (tc, test_limbs);
  return s;
}

GST_CHECK_MAIN (crypto);
