/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 6189 5.1.3: AES in CFB-128 for Confirm and SASrelay, over Nettle. The
 * last block may be cut. SRTP's counter mode lives with SRTP.
 */
#include "zrtp/crypto/zrtpcrypto.h"

#include <string.h>

#include <nettle/aes.h>
#include <nettle/cfb.h>

/* Nettle's macros would rename the members of ZrtpCipher. */
#undef cfb_encrypt
#undef cfb_decrypt

G_STATIC_ASSERT (ZRTP_IV_SIZE == AES_BLOCK_SIZE);

/* Both directions of CFB run the block cipher forwards. */
typedef void (*CfbFunction) (const void *ctx, nettle_cipher_func * f,
    size_t block_size, uint8_t * iv, size_t length, uint8_t * dst,
    const uint8_t * src);

static void
aes1_cfb (CfbFunction cfb, const guint8 * key, const guint8 * iv,
    guint8 * data, gsize size)
{
  struct aes128_ctx ctx;
  guint8 feedback[AES_BLOCK_SIZE];

  memcpy (feedback, iv, sizeof feedback);
  aes128_set_encrypt_key (&ctx, key);
  cfb (&ctx, (nettle_cipher_func *) aes128_encrypt, AES_BLOCK_SIZE, feedback,
      size, data, data);
  zrtp_wipe (&ctx, sizeof ctx);
}

static void
aes2_cfb (CfbFunction cfb, const guint8 * key, const guint8 * iv,
    guint8 * data, gsize size)
{
  struct aes192_ctx ctx;
  guint8 feedback[AES_BLOCK_SIZE];

  memcpy (feedback, iv, sizeof feedback);
  aes192_set_encrypt_key (&ctx, key);
  cfb (&ctx, (nettle_cipher_func *) aes192_encrypt, AES_BLOCK_SIZE, feedback,
      size, data, data);
  zrtp_wipe (&ctx, sizeof ctx);
}

static void
aes3_cfb (CfbFunction cfb, const guint8 * key, const guint8 * iv,
    guint8 * data, gsize size)
{
  struct aes256_ctx ctx;
  guint8 feedback[AES_BLOCK_SIZE];

  memcpy (feedback, iv, sizeof feedback);
  aes256_set_encrypt_key (&ctx, key);
  cfb (&ctx, (nettle_cipher_func *) aes256_encrypt, AES_BLOCK_SIZE, feedback,
      size, data, data);
  zrtp_wipe (&ctx, sizeof ctx);
}

#define CIPHER(row) \
static void \
row##_encrypt (const guint8 * key, const guint8 * iv, guint8 * data, \
    gsize size) \
{ \
  row##_cfb (nettle_cfb_encrypt, key, iv, data, size); \
} \
\
static void \
row##_decrypt (const guint8 * key, const guint8 * iv, guint8 * data, \
    gsize size) \
{ \
  row##_cfb (nettle_cfb_decrypt, key, iv, data, size); \
}

/* *INDENT-OFF* */
CIPHER (aes1)
CIPHER (aes2)
CIPHER (aes3)
/* *INDENT-ON* */

const ZrtpCipher zrtp_cipher_aes1 = {
  .base = {"AES1", ZRTP_KIND_CIPHER, TRUE, 128},
  .key_size = AES128_KEY_SIZE,
  .cfb_encrypt = aes1_encrypt,
  .cfb_decrypt = aes1_decrypt,
};

const ZrtpCipher zrtp_cipher_aes2 = {
  .base = {"AES2", ZRTP_KIND_CIPHER, FALSE, 192},
  .key_size = AES192_KEY_SIZE,
  .cfb_encrypt = aes2_encrypt,
  .cfb_decrypt = aes2_decrypt,
};

const ZrtpCipher zrtp_cipher_aes3 = {
  .base = {"AES3", ZRTP_KIND_CIPHER, FALSE, 256},
  .key_size = AES256_KEY_SIZE,
  .cfb_encrypt = aes3_encrypt,
  .cfb_decrypt = aes3_decrypt,
};
