/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/srtp/zrtpsrtp-nettle.h"

#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <nettle/hmac.h>
#include <nettle/memxor.h>
#include <srtp2/auth.h>
#include <srtp2/cipher.h>
#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

/* The block counter has 16 bits (RFC 3711 4.1.1); the next bit up belongs to
 * the packet index. */
#define ICM_MAX_BLOCKS 0x10000

/* A call's data are seldom in the processor's cache when its next packet comes:
 * what is used together stands together, and is no larger than it must be. */

/* libsrtp2's key of a counter mode cipher is key and salt in one. */
typedef struct
{
  srtp_cipher_t cipher;         /* libsrtp2's part */
  nettle_cipher_func *encrypt;
  gsize key_size;
  union
  {
    struct aes128_ctx aes128;
    struct aes192_ctx aes192;
    struct aes256_ctx aes256;
  } aes;
  guint8 salt[AES_BLOCK_SIZE];  /* the last two octets are 0 */
  guint8 counter[AES_BLOCK_SIZE];
  guint8 keystream[AES_BLOCK_SIZE];     /* the last @unused octets are unused */
  guint unused;
  guint blocks_left;
} Icm;

static const srtp_cipher_type_t icm_128, icm_192, icm_256;
static const srtp_auth_type_t hmac_sha1;

/* What begin() and end() tell this thread's ciphers and hear of them. */
static __thread struct
{
  gboolean kdf_192;
  gboolean used;
} creation;

void
zrtp_srtp_nettle_begin (gboolean kdf_192)
{
  creation.kdf_192 = kdf_192;
  creation.used = FALSE;
}

gboolean
zrtp_srtp_nettle_end (void)
{
  creation.kdf_192 = FALSE;
  return creation.used;
}

/* As in libsrtp2, the length alone decides, whatever id was asked for. */
static srtp_err_status_t
icm_alloc (srtp_cipher_pointer_t * out, int key_len, int tag_len)
{
  const srtp_cipher_type_t *type;
  Icm *icm;

  switch (key_len) {
    case SRTP_AES_ICM_128_KEY_LEN_WSALT:
      type = &icm_128;
      break;
    case SRTP_AES_ICM_192_KEY_LEN_WSALT:
      type = &icm_192;
      break;
    case SRTP_AES_ICM_256_KEY_LEN_WSALT:
      type = &icm_256;
      break;
    default:
      return srtp_err_status_bad_param;
  }

  icm = zrtp_secret_new0 (Icm);
  icm->key_size = key_len - SRTP_SALT_LEN;
  icm->cipher.type = type;
  icm->cipher.state = icm;
  icm->cipher.key_len = key_len;
  icm->cipher.algorithm = type->id;
  *out = &icm->cipher;
  return srtp_err_status_ok;
}

static srtp_err_status_t
icm_dealloc (srtp_cipher_pointer_t cipher)
{
  Icm *icm = cipher->state;

  zrtp_secret_free (icm);
  return srtp_err_status_ok;
}

static srtp_err_status_t
icm_init (void *state, const uint8_t * key)
{
  Icm *icm = state;
  gsize key_size = icm->key_size;

  creation.used = TRUE;
  /* The key is an AES-192 session's master key and salt, padded with zeros to
   * the size of AES-256. */
  if (creation.kdf_192 && key_size == AES256_KEY_SIZE)
    key_size = AES192_KEY_SIZE;
  switch (key_size) {
    case AES128_KEY_SIZE:
      aes128_set_encrypt_key (&icm->aes.aes128, key);
      icm->encrypt = (nettle_cipher_func *) aes128_encrypt;
      break;
    case AES192_KEY_SIZE:
      aes192_set_encrypt_key (&icm->aes.aes192, key);
      icm->encrypt = (nettle_cipher_func *) aes192_encrypt;
      break;
    default:
      aes256_set_encrypt_key (&icm->aes.aes256, key);
      icm->encrypt = (nettle_cipher_func *) aes256_encrypt;
      break;
  }
  memcpy (icm->salt, key + key_size, SRTP_SALT_LEN);
  icm->blocks_left = 0;
  icm->unused = 0;
  return srtp_err_status_ok;
}

static srtp_err_status_t
icm_set_iv (void *state, uint8_t * iv, srtp_cipher_direction_t direction)
{
  Icm *icm = state;

  memxor3 (icm->counter, icm->salt, iv, AES_BLOCK_SIZE);
  icm->blocks_left =
      ICM_MAX_BLOCKS - (icm->counter[14] << 8 | icm->counter[15]);
  icm->unused = 0;
  return srtp_err_status_ok;
}

/* May be called again and again for one IV: the keystream goes on where it
 * stopped, in the middle of a block too. */
static srtp_err_status_t
icm_crypt (void *state, uint8_t * data, unsigned int *size)
{
  Icm *icm = state;
  gsize left = *size;
  gsize n = MIN (left, icm->unused);
  gsize blocks;

  blocks = (left - n + AES_BLOCK_SIZE - 1) / AES_BLOCK_SIZE;
  if (blocks > icm->blocks_left)
    return srtp_err_status_terminus;
  icm->blocks_left -= blocks;

  if (n > 0) {
    memxor (data, icm->keystream + AES_BLOCK_SIZE - icm->unused, n);
    icm->unused -= n;
    data += n;
    left -= n;
  }

  n = left - left % AES_BLOCK_SIZE;
  ctr_crypt (&icm->aes, icm->encrypt, AES_BLOCK_SIZE, icm->counter, n, data,
      data);
  data += n;
  left -= n;

  if (left > 0) {
    icm->encrypt (&icm->aes, AES_BLOCK_SIZE, icm->keystream, icm->counter);
    /* blocks_left keeps this from leaving the counter's 16 bits. */
    if (++icm->counter[15] == 0)
      icm->counter[14]++;
    memxor (data, icm->keystream, left);
    icm->unused = AES_BLOCK_SIZE - left;
  }
  return srtp_err_status_ok;
}

/* What a key makes of SHA-1's state: that after each of HMAC's padded keys
 * (RFC 2104 4). */
typedef struct
{
  srtp_auth_t auth;             /* libsrtp2's part */
  guint32 inner[_SHA1_DIGEST_LENGTH];
  guint32 outer[_SHA1_DIGEST_LENGTH];
} Hmac;

/* The tag that a thread is at: libsrtp2 makes one after the other. */
static __thread struct
{
  const Hmac *hmac;
  struct sha1_ctx sha1;
} running;

static void
begin_hash (const guint32 * state)
{
  memcpy (running.sha1.state, state, sizeof running.sha1.state);
  running.sha1.count = 1;
  running.sha1.index = 0;
}

static srtp_err_status_t
hmac_alloc (srtp_auth_pointer_t * out, int key_len, int out_len)
{
  Hmac *hmac;

  if (key_len < 0 || out_len < 0 || out_len > SHA1_DIGEST_SIZE)
    return srtp_err_status_bad_param;

  hmac = zrtp_secret_new0 (Hmac);
  hmac->auth.type = &hmac_sha1;
  hmac->auth.state = hmac;
  hmac->auth.key_len = key_len;
  hmac->auth.out_len = out_len;
  *out = &hmac->auth;
  return srtp_err_status_ok;
}

static srtp_err_status_t
hmac_dealloc (srtp_auth_pointer_t auth)
{
  Hmac *hmac = auth->state;

  zrtp_secret_free (hmac);
  return srtp_err_status_ok;
}

static srtp_err_status_t
hmac_start (void *state)
{
  Hmac *hmac = state;

  running.hmac = hmac;
  begin_hash (hmac->inner);
  return srtp_err_status_ok;
}

static srtp_err_status_t
hmac_init (void *state, const uint8_t * key, int key_len)
{
  Hmac *hmac = state;
  struct hmac_sha1_ctx keyed;

  hmac_sha1_set_key (&keyed, key_len, key);
  memcpy (hmac->inner, keyed.inner.state, sizeof hmac->inner);
  memcpy (hmac->outer, keyed.outer.state, sizeof hmac->outer);
  zrtp_wipe (&keyed, sizeof keyed);
  return hmac_start (hmac);
}

static srtp_err_status_t
hmac_do_update (void *state, const uint8_t * data, int size)
{
  if (running.hmac != state)
    return srtp_err_status_auth_fail;
  sha1_update (&running.sha1, size, data);
  return srtp_err_status_ok;
}

static srtp_err_status_t
hmac_compute (void *state, const uint8_t * data, int size, int tag_len,
    uint8_t * tag)
{
  guint8 digest[SHA1_DIGEST_SIZE];
  Hmac *hmac = state;

  if (tag_len > SHA1_DIGEST_SIZE || running.hmac != hmac)
    return srtp_err_status_bad_param;
  sha1_update (&running.sha1, size, data);
  sha1_digest (&running.sha1, sizeof digest, digest);
  begin_hash (hmac->outer);
  sha1_update (&running.sha1, sizeof digest, digest);
  sha1_digest (&running.sha1, tag_len, tag);
  running.hmac = NULL;
  return srtp_err_status_ok;
}

/* RFC 3711 B.2 and RFC 6188 7.1 to 7.3: the first three blocks of keystream
 * under one salt and IV 0. */
#define ICM_SALT \
  0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, \
  0xfc, 0xfd
#define ICM_TEST_SIZE 48

static guint8 icm_test_iv[AES_BLOCK_SIZE];
static const guint8 icm_test_zeros[ICM_TEST_SIZE];

static const guint8 icm_128_key[] = {
  0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09,
  0xcf, 0x4f, 0x3c, ICM_SALT
};

static const guint8 icm_128_keystream[ICM_TEST_SIZE] = {
  0xe0, 0x3e, 0xad, 0x09, 0x35, 0xc9, 0x5e, 0x80, 0xe1, 0x66, 0xb1, 0x6d, 0xd9,
  0x2b, 0x4e, 0xb4, 0xd2, 0x35, 0x13, 0x16, 0x2b, 0x02, 0xd0, 0xf7, 0x2a, 0x43,
  0xa2, 0xfe, 0x4a, 0x5f, 0x97, 0xab, 0x41, 0xe9, 0x5b, 0x3b, 0xb0, 0xa2, 0xe8,
  0xdd, 0x47, 0x79, 0x01, 0xe4, 0xfc, 0xa8, 0x94, 0xc0
};

static const guint8 icm_192_key[] = {
  0xea, 0xb2, 0x34, 0x76, 0x4e, 0x51, 0x7b, 0x2d, 0x3d, 0x16, 0x0d, 0x58, 0x7d,
  0x8c, 0x86, 0x21, 0x97, 0x40, 0xf6, 0x5f, 0x99, 0xb6, 0xbc, 0xf7, ICM_SALT
};

static const guint8 icm_192_keystream[ICM_TEST_SIZE] = {
  0x35, 0x09, 0x6c, 0xba, 0x46, 0x10, 0x02, 0x8d, 0xc1, 0xb5, 0x75, 0x03, 0x80,
  0x4c, 0xe3, 0x7c, 0x5d, 0xe9, 0x86, 0x29, 0x1d, 0xcc, 0xe1, 0x61, 0xd5, 0x16,
  0x5e, 0xc4, 0x56, 0x8f, 0x5c, 0x9a, 0x47, 0x4a, 0x40, 0xc7, 0x78, 0x94, 0xbc,
  0x17, 0x18, 0x02, 0x02, 0x27, 0x2a, 0x4c, 0x26, 0x4d
};

static const guint8 icm_256_key[] = {
  0x57, 0xf8, 0x2f, 0xe3, 0x61, 0x3f, 0xd1, 0x70, 0xa8, 0x5e, 0xc9, 0x3c, 0x40,
  0xb1, 0xf0, 0x92, 0x2e, 0xc4, 0xcb, 0x0d, 0xc0, 0x25, 0xb5, 0x82, 0x72, 0x14,
  0x7c, 0xc4, 0x38, 0x94, 0x4a, 0x98, ICM_SALT
};

static const guint8 icm_256_keystream[ICM_TEST_SIZE] = {
  0x92, 0xbd, 0xd2, 0x8a, 0x93, 0xc3, 0xf5, 0x25, 0x11, 0xc6, 0x77, 0xd0, 0x8b,
  0x55, 0x15, 0xa4, 0x9d, 0xa7, 0x1b, 0x23, 0x78, 0xa8, 0x54, 0xf6, 0x70, 0x50,
  0x75, 0x6d, 0xed, 0x16, 0x5b, 0xac, 0x63, 0xc4, 0x86, 0x8b, 0x70, 0x96, 0xd8,
  0x84, 0x21, 0xb5, 0x63, 0xb8, 0xc9, 0x4c, 0x9a, 0x31
};

/* RFC 2202, test case 1. */
static const guint8 hmac_key[] = {
  0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b,
  0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b, 0x0b
};

static const guint8 hmac_data[] = {
  'H', 'i', ' ', 'T', 'h', 'e', 'r', 'e'
};

static const guint8 hmac_tag[] = {
  0xb6, 0x17, 0x31, 0x86, 0x55, 0x05, 0x72, 0x64, 0xe2, 0x8b, 0xc0, 0xb6, 0xfb,
  0x37, 0x8c, 0x8e, 0xf1, 0x46, 0xbe, 0x00
};

#define ICM_TYPE(bits) \
static const srtp_cipher_test_case_t icm_##bits##_test = { \
  .key_length_octets = sizeof (icm_##bits##_key), \
  .key = icm_##bits##_key, \
  .idx = icm_test_iv, \
  .plaintext_length_octets = ICM_TEST_SIZE, \
  .plaintext = icm_test_zeros, \
  .ciphertext_length_octets = ICM_TEST_SIZE, \
  .ciphertext = icm_##bits##_keystream, \
}; \
static const srtp_cipher_type_t icm_##bits = { \
  .alloc = icm_alloc, \
  .dealloc = icm_dealloc, \
  .init = icm_init, \
  .encrypt = icm_crypt, \
  .decrypt = icm_crypt, \
  .set_iv = icm_set_iv, \
  .description = "AES-" #bits " counter mode using Nettle", \
  .test_data = &icm_##bits##_test, \
  .id = SRTP_AES_ICM_##bits, \
}

ICM_TYPE (128);
ICM_TYPE (192);
ICM_TYPE (256);

static const srtp_auth_test_case_t hmac_test = {
  .key_length_octets = sizeof (hmac_key),
  .key = hmac_key,
  .data_length_octets = sizeof (hmac_data),
  .data = hmac_data,
  .tag_length_octets = sizeof (hmac_tag),
  .tag = hmac_tag,
};

static const srtp_auth_type_t hmac_sha1 = {
  .alloc = hmac_alloc,
  .dealloc = hmac_dealloc,
  .init = hmac_init,
  .compute = hmac_compute,
  .update = hmac_do_update,
  .start = hmac_start,
  .description = "HMAC-SHA1 using Nettle",
  .test_data = &hmac_test,
  .id = SRTP_HMAC_SHA1,
};

gboolean
zrtp_srtp_nettle_install (void)
{
  static const srtp_cipher_type_t *const ciphers[] = {
    &icm_128, &icm_192, &icm_256
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (ciphers); i++) {
    if (srtp_replace_cipher_type (ciphers[i], ciphers[i]->id))
      return FALSE;
  }
  return srtp_replace_auth_type (&hmac_sha1, SRTP_HMAC_SHA1)
      == srtp_err_status_ok;
}
