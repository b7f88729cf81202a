/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nettle's ciphers and HMAC as libsrtp2 calls them, for other elements' packets
 * too: they are there for the whole process.
 */
#include <gst/check/gstcheck.h>
#include <srtp2/auth.h>
#include <srtp2/cipher.h>
#include <string.h>

#include "srtpreference.h"
#include "zrtp/srtp/zrtpsrtp.h"

/* Exported by libsrtp2, though in none of its headers. */
extern srtp_err_status_t srtp_crypto_kernel_alloc_cipher
    (srtp_cipher_type_id_t id, srtp_cipher_pointer_t * cipher, int key_len,
    int tag_len);
extern srtp_err_status_t srtp_crypto_kernel_alloc_auth
    (srtp_auth_type_id_t id, srtp_auth_pointer_t * auth, int key_len,
    int tag_len);

/* 2^16 blocks: all that one IV is good for. */
#define LIMIT (0x10000 * 16)

typedef struct
{
  guint8 key[SRTP_MAX_KEY_LEN]; /* and salt */
  gsize key_size;
  srtp_cipher_pointer_t cipher;
} Keyed;

static const struct
{
  gsize key_size;
  srtp_cipher_type_id_t id;
} ciphers[] = {
  {16, SRTP_AES_ICM_128},
  {24, SRTP_AES_ICM_192},
  {32, SRTP_AES_ICM_256},
  /* The id says nothing that the size does not. */
  {32, SRTP_AES_ICM_128},
  {16, SRTP_AES_ICM_256},
};

static Keyed
make_cipher (srtp_cipher_type_id_t id, gsize key_size)
{
  Keyed keyed = {.key_size = key_size };
  guint i;

  for (i = 0; i < key_size + 14; i++)
    keyed.key[i] = 11 * i + 5;
  fail_unless_equals_int (srtp_crypto_kernel_alloc_cipher (id, &keyed.cipher,
          key_size + 14, 0), srtp_err_status_ok);
  fail_unless_equals_int (srtp_cipher_get_key_length (keyed.cipher),
      key_size + 14);
  fail_unless (strstr (keyed.cipher->type->description, "Nettle") != NULL);
  fail_unless_equals_int (srtp_cipher_init (keyed.cipher, keyed.key),
      srtp_err_status_ok);
  return keyed;
}

/* Starts the cipher at block @block of an IV, and writes the keystream that is
 * to come. */
static void
start_at (Keyed * keyed, guint16 block, guint8 * expected, gsize size)
{
  guint8 iv[16] = { 0 }, counter[16];
  guint i;

  iv[4] = 0x55;
  iv[9] = 0xaa;
  iv[14] = block >> 8;
  iv[15] = block & 0xff;
  for (i = 0; i < 16; i++)
    counter[i] = iv[i] ^ (i < 14 ? keyed->key[keyed->key_size + i] : 0);
  memset (expected, 0, size);
  reference_ctr (keyed->key, keyed->key_size, counter, expected, size);
  fail_unless_equals_int (srtp_cipher_set_iv (keyed->cipher, iv,
          srtp_direction_encrypt), srtp_err_status_ok);
}

static srtp_err_status_t
take_keystream (Keyed * keyed, guint8 * data, gsize size)
{
  unsigned int n = size;
  srtp_err_status_t status = srtp_cipher_encrypt (keyed->cipher, data, &n);

  fail_unless_equals_uint64 (n, size);
  return status;
}

/* Header encryption (RFC 6904), which srtpenc may use, takes keystream in
 * pieces. The piece that ends at octet 129 has the counter carry behind it. */
GST_START_TEST (test_pieces)
{
  static const gsize pieces[] = { 1, 15, 16, 17, 3, 0, 5, 32, 40, 1, 14, 48 };
  Keyed keyed = make_cipher (ciphers[__i__].id, ciphers[__i__].key_size);
  guint8 data[192] = { 0 }, expected[192];
  gsize done = 0;
  guint i;

  start_at (&keyed, 0x00f7, expected, sizeof (expected));
  for (i = 0; i < G_N_ELEMENTS (pieces); i++) {
    fail_unless_equals_int (take_keystream (&keyed, data + done, pieces[i]),
        srtp_err_status_ok);
    done += pieces[i];
  }
  fail_unless_equals_uint64 (done, sizeof (data));
  fail_unless (memcmp (data, expected, sizeof (data)) == 0);

  /* A new IV leaves nothing of the old keystream. */
  memset (data, 0, sizeof (data));
  start_at (&keyed, 0, expected, sizeof (expected));
  fail_unless_equals_int (take_keystream (&keyed, data, 5), srtp_err_status_ok);
  start_at (&keyed, 7, expected, sizeof (expected));
  memset (data, 0, sizeof (data));
  fail_unless_equals_int (take_keystream (&keyed, data, 100),
      srtp_err_status_ok);
  fail_unless (memcmp (data, expected, 100) == 0);
  srtp_cipher_dealloc (keyed.cipher);
}

GST_END_TEST;

GST_START_TEST (test_limit)
{
  Keyed keyed = make_cipher (ciphers[__i__].id, ciphers[__i__].key_size);
  guint8 *data = g_malloc0 (LIMIT + 1);
  guint8 expected[64];

  /* No IV, no keystream. */
  fail_unless_equals_int (take_keystream (&keyed, data, 1),
      srtp_err_status_terminus);

  start_at (&keyed, 0, expected, sizeof (expected));
  fail_unless_equals_int (take_keystream (&keyed, data, LIMIT + 1),
      srtp_err_status_terminus);
  fail_unless_equals_int (data[0], 0);
  fail_unless_equals_int (take_keystream (&keyed, data, LIMIT),
      srtp_err_status_ok);
  fail_unless (memcmp (data, expected, sizeof (expected)) == 0);
  fail_unless_equals_int (take_keystream (&keyed, data, 0), srtp_err_status_ok);
  fail_unless_equals_int (take_keystream (&keyed, data, 1),
      srtp_err_status_terminus);

  /* In pieces: what is left of the last block may still go. */
  memset (data, 0, 64);
  start_at (&keyed, 0xfffc, expected, sizeof (expected));
  fail_unless_equals_int (take_keystream (&keyed, data, 60),
      srtp_err_status_ok);
  fail_unless_equals_int (take_keystream (&keyed, data + 60, 5),
      srtp_err_status_terminus);
  fail_unless_equals_int (take_keystream (&keyed, data + 60, 4),
      srtp_err_status_ok);
  fail_unless (memcmp (data, expected, 64) == 0);
  fail_unless_equals_int (take_keystream (&keyed, data, 1),
      srtp_err_status_terminus);
  g_free (data);
  srtp_cipher_dealloc (keyed.cipher);
}

GST_END_TEST;

GST_START_TEST (test_cipher_sizes)
{
  srtp_cipher_pointer_t cipher;
  int key_len;

  for (key_len = 0; key_len <= SRTP_MAX_KEY_LEN; key_len++) {
    if (key_len == 30 || key_len == 38 || key_len == 46)
      continue;
    fail_unless_equals_int (srtp_crypto_kernel_alloc_cipher (SRTP_AES_ICM_128,
            &cipher, key_len, 0), srtp_err_status_bad_param);
  }
}

GST_END_TEST;

/* RFC 2202, test case 2, after a message that was given up. */
GST_START_TEST (test_hmac)
{
  static const guint8 expected[] = {
    0xef, 0xfc, 0xdf, 0x6a, 0xe5, 0xeb, 0x2f, 0xa2, 0xd2, 0x74, 0x16, 0xd5,
    0xf1, 0x84, 0xdf, 0x9c, 0x25, 0x9a, 0x7c, 0x79
  };
  const guint8 *key = (const guint8 *) "Jefe";
  const guint8 *data = (const guint8 *) "what do ya want for nothing?";
  srtp_auth_pointer_t auth;
  guint8 tag[20];
  guint i;

  fail_unless_equals_int (srtp_crypto_kernel_alloc_auth (SRTP_HMAC_SHA1, &auth,
          4, 21), srtp_err_status_bad_param);
  fail_unless_equals_int (srtp_crypto_kernel_alloc_auth (SRTP_HMAC_SHA1, &auth,
          4, 20), srtp_err_status_ok);
  fail_unless (strstr (auth->type->description, "Nettle") != NULL);
  fail_unless_equals_int (srtp_auth_init (auth, key), srtp_err_status_ok);
  for (i = 0; i < 2; i++) {
    srtp_auth_start (auth);
    srtp_auth_update (auth, key, 4);
    srtp_auth_start (auth);
    srtp_auth_update (auth, data, 10);
    fail_unless_equals_int (srtp_auth_compute (auth, data + 10, 18, tag),
        srtp_err_status_ok);
    fail_unless (memcmp (tag, expected, sizeof (expected)) == 0);
  }
  srtp_auth_dealloc (auth);
}

GST_END_TEST;

/* A thread has one message at a time, as libsrtp2 has. Two at once get an error,
 * never a tag of half of a message. */
GST_START_TEST (test_hmac_one_by_one)
{
  srtp_auth_pointer_t auth[2];
  guint8 tag[20] = { 0 };

  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (srtp_crypto_kernel_alloc_auth (SRTP_HMAC_SHA1,
            &auth[i], 4, 20), srtp_err_status_ok);
    srtp_auth_init (auth[i], (const guint8 *) "Jefe");
  }
  srtp_auth_start (auth[0]);
  srtp_auth_update (auth[0], tag, 4);
  srtp_auth_start (auth[1]);
  fail_unless (srtp_auth_update (auth[0], tag, 4) != srtp_err_status_ok);
  fail_unless (srtp_auth_compute (auth[0], tag, 4, tag) != srtp_err_status_ok);
  fail_unless_equals_int (srtp_auth_compute (auth[1], tag, 4, tag),
      srtp_err_status_ok);
  /* The next is none of what came before. */
  fail_unless (srtp_auth_update (auth[1], tag, 4) != srtp_err_status_ok);
  for (guint i = 0; i < 2; i++)
    srtp_auth_dealloc (auth[i]);
}

GST_END_TEST;

static Suite *
srtptypes_suite (void)
{
  Suite *suite = suite_create ("srtptypes");
  TCase *tcase = tcase_create ("types");

  g_assert_true (zrtp_srtp_init (NULL));
  g_assert_true (zrtp_srtp_is_accelerated ());

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_pieces, 0, G_N_ELEMENTS (ciphers));
  tcase_add_loop_test (tcase, test_limit, 0, G_N_ELEMENTS (ciphers));
  tcase_add_test (tcase, test_cipher_sizes);
  tcase_add_test (tcase, test_hmac);
  tcase_add_test (tcase, test_hmac_one_by_one);
  return suite;
}

GST_CHECK_MAIN (srtptypes);
