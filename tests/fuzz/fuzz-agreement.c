/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The key agreements of a fuzzer: the rows of the real ones, with their sizes, over
 * Diffie-Hellman in a field of 61 bits. It stands in for zrtpkeyagreement-*.c and
 * protects nothing. Bad values exist as in the real ones: the cheap check finds them
 * for DH and the NIST curves, the agreement for the Montgomery curves.
 */
#include "zrtp/crypto/zrtpalgorithm.h"
#include "zrtp/crypto/zrtpkeyagreement.h"

#include <string.h>

#define PRIME ((G_GUINT64_CONSTANT (1) << 61) - 1)
#define GENERATOR 37

static guint64
multiply (guint64 a, guint64 b)
{
  const unsigned __int128 product = (unsigned __int128) a * b;
  const guint64 sum = (guint64) (product & PRIME) + (guint64) (product >> 61);

  return sum >= PRIME ? sum - PRIME : sum;
}

static guint64
power (guint64 base, guint64 exponent)
{
  guint64 result = 1;

  for (; exponent > 0; exponent >>= 1) {
    if (exponent & 1)
      result = multiply (result, base);
    base = multiply (base, base);
  }
  return result;
}

/* Every octet counts, so that a change of any is another value. */
static guint64
fold (const guint8 * octets, gsize size)
{
  guint64 value = 0;

  for (gsize i = 0; i < size; i++)
    value = (multiply (value, 256) + octets[i]) % PRIME;
  return value;
}

static void
unfold (guint64 value, guint8 * octets, gsize size)
{
  memset (octets, 0, size);
  for (gsize i = size; i-- > 0 && value > 0; value >>= 8)
    octets[i] = (guint8) value;
}

static gboolean
is_good (guint64 value)
{
  return value > 1 && value < PRIME - 1;
}

static gboolean
make_public (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, guint8 * public_value)
{
  const guint64 value = power (GENERATOR, fold (private_value, private_size));

  unfold (value, public_value, self->public_size);
  return is_good (value);
}

static gboolean
validate_value (const ZrtpKeyAgreement * self, const guint8 * peer_value)
{
  return is_good (fold (peer_value, self->public_size));
}

static gboolean
validate_nothing (const ZrtpKeyAgreement * self, const guint8 * peer_value)
{
  return TRUE;
}

static gboolean
agree (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, const guint8 * peer_value, guint8 * result)
{
  const guint64 value = fold (peer_value, self->public_size);

  unfold (power (value, fold (private_value, private_size)), result,
      self->result_size);
  return is_good (value);
}

static gsize
dh_private_size (const ZrtpCipher * cipher)
{
  return 2 * cipher->key_size;
}

static gsize
private_size_32 (const ZrtpCipher * cipher)
{
  return 32;
}

static gsize
private_size_48 (const ZrtpCipher * cipher)
{
  return 48;
}

static gsize
private_size_56 (const ZrtpCipher * cipher)
{
  return 56;
}

#define ROW(variable, name, mandatory, strength, place, value_size, size_of_result, \
    hash, size_of_private, check)                                               \
const ZrtpKeyAgreement variable = {                                             \
  .base = {name, ZRTP_KIND_KEY_AGREEMENT, mandatory, strength},                 \
  .rank = place,                                                                \
  .public_size = value_size,                                                    \
  .result_size = size_of_result,                                                \
  .required_hash = hash,                                                        \
  .private_size = size_of_private,                                              \
  .make_public = make_public,                                                   \
  .validate = check,                                                            \
  .agree = agree,                                                               \
}

ROW (zrtp_key_agreement_dh2k, "DH2k", FALSE, 112, ZRTP_RANK_DH2K, 256, 256,
    NULL, dh_private_size, validate_value);
ROW (zrtp_key_agreement_dh3k, "DH3k", TRUE, 128, ZRTP_RANK_DH3K, 384, 384,
    NULL, dh_private_size, validate_value);
ROW (zrtp_key_agreement_x255, "X255", FALSE, 128, ZRTP_RANK_X255, 32, 32,
    NULL, private_size_32, validate_nothing);
ROW (zrtp_key_agreement_e255, "E255", FALSE, 128, ZRTP_RANK_E255, 32, 32,
    NULL, private_size_32, validate_nothing);
ROW (zrtp_key_agreement_x448, "X448", FALSE, 224, ZRTP_RANK_X448, 56, 56,
    NULL, private_size_56, validate_nothing);
ROW (zrtp_key_agreement_ec25, "EC25", FALSE, 128, ZRTP_RANK_EC25, 64, 32,
    NULL, private_size_32, validate_value);
ROW (zrtp_key_agreement_ec38, "EC38", FALSE, 192, ZRTP_RANK_EC38, 96, 48,
    "S384", private_size_48, validate_value);
