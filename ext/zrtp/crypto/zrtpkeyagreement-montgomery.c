/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 7748 in ZRTP: X255 (libbzrtp's name) and E255 (GNU ZRTP's) are X25519,
 * X448 is X448. Values travel as RFC 7748 has them, little-endian.
 */
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpkeyagreement.h"

#include <nettle/curve25519.h>
#include <nettle/curve448.h>

/* A point of small order gives zeros whatever the private value is: no secret
 * at all (RFC 7748 6.1, 6.2). */
static gboolean
is_secret (const guint8 * result, gsize size)
{
  guint8 all = 0;

  for (gsize i = 0; i < size; i++)
    all |= result[i];
  return all != 0;
}

/* Every string of octets is a public value; the bad ones show in the result. */
static gboolean
montgomery_validate (const ZrtpKeyAgreement * self, const guint8 * peer_value)
{
  return TRUE;
}

static gsize
x255_private_size (const ZrtpCipher * cipher)
{
  return CURVE25519_SIZE;
}

static gboolean
x255_make_public (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, guint8 * public_value)
{
  if (private_size != CURVE25519_SIZE)
    return FALSE;
  curve25519_mul_g (public_value, private_value);
  return TRUE;
}

static gboolean
x255_agree (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, const guint8 * peer_value, guint8 * result)
{
  if (private_size != CURVE25519_SIZE)
    return FALSE;
  curve25519_mul (result, private_value, peer_value);
  return is_secret (result, CURVE25519_SIZE);
}

static gsize
x448_private_size (const ZrtpCipher * cipher)
{
  return CURVE448_SIZE;
}

static gboolean
x448_make_public (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, guint8 * public_value)
{
  if (private_size != CURVE448_SIZE)
    return FALSE;
  curve448_mul_g (public_value, private_value);
  return TRUE;
}

static gboolean
x448_agree (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, const guint8 * peer_value, guint8 * result)
{
  if (private_size != CURVE448_SIZE)
    return FALSE;
  curve448_mul (result, private_value, peer_value);
  return is_secret (result, CURVE448_SIZE);
}

const ZrtpKeyAgreement zrtp_key_agreement_x255 = {
  .base = {"X255", ZRTP_KIND_KEY_AGREEMENT, FALSE, 128},
  .rank = ZRTP_RANK_X255,
  .public_size = CURVE25519_SIZE,
  .result_size = CURVE25519_SIZE,
  .private_size = x255_private_size,
  .make_public = x255_make_public,
  .validate = montgomery_validate,
  .agree = x255_agree,
};

const ZrtpKeyAgreement zrtp_key_agreement_e255 = {
  .base = {"E255", ZRTP_KIND_KEY_AGREEMENT, FALSE, 128},
  .rank = ZRTP_RANK_E255,
  .public_size = CURVE25519_SIZE,
  .result_size = CURVE25519_SIZE,
  .private_size = x255_private_size,
  .make_public = x255_make_public,
  .validate = montgomery_validate,
  .agree = x255_agree,
};

const ZrtpKeyAgreement zrtp_key_agreement_x448 = {
  .base = {"X448", ZRTP_KIND_KEY_AGREEMENT, FALSE, 224},
  .rank = ZRTP_RANK_X448,
  .public_size = CURVE448_SIZE,
  .result_size = CURVE448_SIZE,
  .private_size = x448_private_size,
  .make_public = x448_make_public,
  .validate = montgomery_validate,
  .agree = x448_agree,
};
