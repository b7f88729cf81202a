/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 6189 5.1.5, ECDH of SP 800-56A: EC25 (P-256) and EC38 (P-384). A public
 * value is X ++ Y, the result X alone, as in RFC 5903.
 */
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpkeyagreement.h"
#include "zrtp/crypto/zrtpmpn.h"

#include <nettle/ecc.h>
#include <nettle/ecc-curve.h>

#define EC25_SIZE 32
#define EC38_SIZE 48

static const struct ecc_curve *
curve_of (const ZrtpKeyAgreement * self)
{
  return self->result_size == EC38_SIZE ? nettle_get_secp_384r1 () :
      nettle_get_secp_256r1 ();
}

/* A number of exactly the coordinate's limbs, so that nothing is ever moved
 * and clear_number() wipes all of it. */
static void
init_number (mpz_t z, gsize size)
{
  mpz_init2 (z, size * 8);
}

static void
set_number (mpz_t z, const guint8 * octets, gsize size)
{
  gsize n = ZRTP_LIMBS (size);

  zrtp_limbs_from_octets (mpz_limbs_write (z, n), n, octets, size);
  mpz_limbs_finish (z, n);
}

static void
get_number (const mpz_t z, guint8 * octets, gsize size)
{
  zrtp_limbs_to_octets (mpz_limbs_read (z), mpz_size (z), octets, size);
}

static void
clear_number (mpz_t z, gsize size)
{
  zrtp_wipe (mpz_limbs_write (z, ZRTP_LIMBS (size)),
      ZRTP_LIMBS (size) * sizeof (mp_limb_t));
  mpz_clear (z);
}

/* FALSE unless 2 <= private value < order. */
static gboolean
set_scalar (struct ecc_scalar *scalar, const guint8 * private_value, gsize size)
{
  gboolean usable;
  mpz_t z;

  init_number (z, size);
  set_number (z, private_value, size);
  usable = mpz_cmp_ui (z, 1) > 0 && ecc_scalar_set (scalar, z);
  clear_number (z, size);
  return usable;
}

static void
clear_scalar (struct ecc_scalar *scalar, gsize size)
{
  zrtp_wipe (scalar->p, ZRTP_LIMBS (size) * sizeof (mp_limb_t));
  ecc_scalar_clear (scalar);
}

/* Partial validation (SP 800-56A 5.6.2.6): coordinates below the prime and the
 * point on the curve. The infinite point has no such form, and the cofactor is
 * 1, so that every valid point has the full order. */
static gboolean
set_point (struct ecc_point *point, const guint8 * value, gsize size)
{
  gboolean valid;
  mpz_t x, y;

  init_number (x, size);
  init_number (y, size);
  set_number (x, value, size);
  set_number (y, value + size, size);
  valid = ecc_point_set (point, x, y) != 0;
  mpz_clear (x);
  mpz_clear (y);
  return valid;
}

/* X, and Y if @y_out is given. */
static void
get_point (const struct ecc_point *point, guint8 * x_out, guint8 * y_out,
    gsize size)
{
  mpz_t x, y;

  init_number (x, size);
  init_number (y, size);
  ecc_point_get (point, x, y);
  get_number (x, x_out, size);
  if (y_out)
    get_number (y, y_out, size);
  clear_number (x, size);
  clear_number (y, size);
}

static void
clear_point (struct ecc_point *point, gsize size)
{
  zrtp_wipe (point->p, 2 * ZRTP_LIMBS (size) * sizeof (mp_limb_t));
  ecc_point_clear (point);
}

static gboolean
nist_validate (const ZrtpKeyAgreement * self, const guint8 * peer_value)
{
  struct ecc_point point;
  gboolean valid;

  ecc_point_init (&point, curve_of (self));
  valid = set_point (&point, peer_value, self->result_size);
  ecc_point_clear (&point);
  return valid;
}

static gboolean
nist_make_public (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, guint8 * public_value)
{
  gsize size = self->result_size;
  struct ecc_scalar scalar;
  struct ecc_point point;
  gboolean usable;

  if (private_size != size)
    return FALSE;

  ecc_scalar_init (&scalar, curve_of (self));
  ecc_point_init (&point, curve_of (self));
  usable = set_scalar (&scalar, private_value, size);
  if (usable) {
    ecc_point_mul_g (&point, &scalar);
    get_point (&point, public_value, public_value + size, size);
  }
  ecc_point_clear (&point);
  clear_scalar (&scalar, size);
  return usable;
}

static gboolean
nist_agree (const ZrtpKeyAgreement * self, const guint8 * private_value,
    gsize private_size, const guint8 * peer_value, guint8 * result)
{
  gsize size = self->result_size;
  struct ecc_scalar scalar;
  struct ecc_point point;
  gboolean good;

  if (private_size != size)
    return FALSE;

  ecc_scalar_init (&scalar, curve_of (self));
  ecc_point_init (&point, curve_of (self));
  good = set_point (&point, peer_value, size) &&
      set_scalar (&scalar, private_value, size);
  if (good) {
    ecc_point_mul (&point, &scalar, &point);
    get_point (&point, result, NULL, size);
  }
  clear_point (&point, size);
  clear_scalar (&scalar, size);
  return good;
}

static gsize
ec25_private_size (const ZrtpCipher * cipher)
{
  return EC25_SIZE;
}

static gsize
ec38_private_size (const ZrtpCipher * cipher)
{
  return EC38_SIZE;
}

const ZrtpKeyAgreement zrtp_key_agreement_ec25 = {
  .base = {"EC25", ZRTP_KIND_KEY_AGREEMENT, FALSE, 128},
  .rank = ZRTP_RANK_EC25,
  .public_size = 2 * EC25_SIZE,
  .result_size = EC25_SIZE,
  .private_size = ec25_private_size,
  .make_public = nist_make_public,
  .validate = nist_validate,
  .agree = nist_agree,
};

const ZrtpKeyAgreement zrtp_key_agreement_ec38 = {
  .base = {"EC38", ZRTP_KIND_KEY_AGREEMENT, FALSE, 192},
  .rank = ZRTP_RANK_EC38,
  .public_size = 2 * EC38_SIZE,
  .result_size = EC38_SIZE,
  .required_hash = "S384",
  .private_size = ec38_private_size,
  .make_public = nist_make_public,
  .validate = nist_validate,
  .agree = nist_agree,
};
