/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elliptic curves: ranges, points that are none, points of small order.
 */
#include "agreements.h"

#include <string.h>

/* NIST curves */

typedef struct
{
  const ZrtpKeyAgreement *ka;
  const char *order;
  const char *prime;
  const char *generator_x, *generator_y;
  guint zero_x;                 /* multiple of G with X < 2^(n-8) */
  const char *zero_x_point;
  guint zero_y;                 /* the same of Y */
  const char *zero_y_point;
  const char *small_x, *small_y;        /* point with x + p in n bits ... */
  const char *large_x;          /* ... that is, this x */
} Curve;

/* *INDENT-OFF* */
static const Curve curves[] = {
  {&zrtp_key_agreement_ec25,
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
    379,
    "005543894AF3D00ED7D740ABDBD75C96B06877B787DB5F70EEA78B90A8D7C00A"
    "BB4C85A3D8EA29EFAAFA24406912DD84D5B14DC32BF656EF6C6BD58A5D943F92",
    43,
    "986AE2506F1FF104D04230861D8F4B498F4BC4C6D009B30F7544DC129B82D28D"
    "003CCCC0A6460E0AE328A4D97D3C7B61D86FC6289C189F2525110C441BB07E97",
    "0000000000000000000000000000000000000000000000000000000000000005",
    "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
    "ffffffff00000001000000000000000000000001000000000000000000000004"},
  {&zrtp_key_agreement_ec38,
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "fffffffffffffffeffffffff0000000000000000ffffffff",
    "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98"
    "59f741e082542a385502f25dbf55296c3a545e3872760ab7",
    "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c"
    "e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    197,
    "004D104B26EE5671F72C10C986841D3E65D285E2516161B7"
    "BAA341B12631B9E32B6F0D5896D8431C51D5D93A37CBC90E"
    "F11A1E3F8B7B90538EE42CC00EE934A6E2EE25541607D8FB"
    "65C7A8B11E2F886853886EEF3865EC933200B9F25599F29F",
    176,
    "D03AA748F5F48EB3E0C54B683F25D2E2D7D7E3201282A95B"
    "57A59FFB8F94CF4C43B1107CA944B9211C351112DE16ED18"
    "000A08C602DC5E0031DAD088C19305F6B252A2BC3F245F7A"
    "5B80B484C7B99F6981C32374C714A7683255F5331F66BB06",
    "000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000000000000000000002",
    "8cdeadbbd04911a3c1931e26df3fa6439dca9c7eb286fbd4"
    "6fc319f0e2bb780232baf57825fc0c1912ada2fefe84024c",
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "fffffffffffffffeffffffff000000000000000100000001"},
};
/* *INDENT-ON* */

/* New: a point of two texts. */
static GBytes *
point (const char *x, const char *y)
{
  g_autofree char *both = g_strconcat (x, y, NULL);

  return hex (both);
}

static GBytes *
generator (const Curve * curve)
{
  return point (curve->generator_x, curve->generator_y);
}

/* New: a small number as a private value. */
static GBytes *
scalar (const Curve * curve, guint number)
{
  mpz_t z;
  GBytes *octets;

  mpz_init_set_ui (z, number);
  octets = number_octets (z, 0, curve->ka->result_size);
  mpz_clear (z);
  return octets;
}

GST_START_TEST (test_curve_leading_zeros)
{
  /* Z-4.4.1.1-03 Z-4.4.1.2-02 Z-4.4.1.4-03 Z-5.1.5-12 */
  const Curve *curve = &curves[__i__];
  gsize size = curve->ka->result_size;
  g_autoptr (GBytes) g = generator (curve);
  g_autoptr (GBytes) by_x = scalar (curve, curve->zero_x);
  g_autoptr (GBytes) x_point = hex (curve->zero_x_point);
  g_autoptr (GBytes) x = g_bytes_new_from_bytes (x_point, 0, size);
  g_autoptr (GBytes) by_y = scalar (curve, curve->zero_y);
  g_autoptr (GBytes) y_point = hex (curve->zero_y_point);

  agreement_public (curve->ka, by_x, x_point);
  agreement_public (curve->ka, by_y, y_point);
  agreement_result (curve->ka, by_x, g, x);
}

GST_END_TEST;

/* Usable are 2 .. order - 1. */
GST_START_TEST (test_curve_private_range)
{
  const Curve *curve = &curves[__i__];
  const ZrtpKeyAgreement *ka = curve->ka;
  g_autoptr (GBytes) order = hex (curve->order);
  g_autoptr (GBytes) g = generator (curve);
  guint8 value[ZRTP_MAX_PUBLIC_SIZE], result[ZRTP_MAX_RESULT_SIZE];
  mpz_t n;

  mpz_init (n);
  mpz_import (n, g_bytes_get_size (order), 1, 1, 1, 0,
      g_bytes_get_data (order, NULL));

  for (guint small = 0; small <= 3; small++) {
    g_autoptr (GBytes) octets = scalar (curve, small);

    fail_unless_equals_int (ka->make_public (ka, OCTETS (octets), value),
        small >= 2);
    fail_unless_equals_int (ka->agree (ka, OCTETS (octets),
            g_bytes_get_data (g, NULL), result), small >= 2);
  }
  for (int offset = -2; offset <= 2; offset++) {
    g_autoptr (GBytes) octets = number_octets (n, offset, ka->result_size);

    fail_unless_equals_int (ka->make_public (ka, OCTETS (octets), value),
        offset < 0);
  }

  /* (order - 1) G = -G: the same X. */
  {
    g_autoptr (GBytes) last = number_octets (n, -1, ka->result_size);
    g_autoptr (GBytes) x = hex (curve->generator_x);

    fail_unless (ka->make_public (ka, OCTETS (last), value));
    assert_octets (value, ka->result_size, x);
    fail_unless (memcmp (value, g_bytes_get_data (g, NULL),
            ka->public_size) != 0);
  }
  mpz_clear (n);
}

GST_END_TEST;

GST_START_TEST (test_curve_validation)
{
  /* Z-5.1.5-13 */
  const Curve *curve = &curves[__i__];
  const ZrtpKeyAgreement *ka = curve->ka;
  g_autoptr (GBytes) g = generator (curve);
  g_autoptr (GBytes) swapped = point (curve->generator_y, curve->generator_x);
  g_autoptr (GBytes) small = point (curve->small_x, curve->small_y);
  g_autoptr (GBytes) large = point (curve->large_x, curve->small_y);
  g_autoptr (GBytes) x_is_p = point (curve->prime, curve->generator_y);
  g_autoptr (GBytes) y_is_p = point (curve->generator_x, curve->prime);
  g_autofree guint8 *data = g_malloc0 (ka->public_size);
  g_autoptr (GBytes) octets = g_bytes_new_static (data, ka->public_size);

  agreement_accepts (ka, g);
  agreement_refuses (ka, swapped);
  agreement_refuses (ka, octets);       /* all zero, the infinite point's usual form */
  memset (data, 0xff, ka->public_size);
  agreement_refuses (ka, octets);
  agreement_refuses (ka, x_is_p);
  agreement_refuses (ka, y_is_p);

  /* The same point, but a coordinate not below the prime. */
  agreement_accepts (ka, small);
  agreement_refuses (ka, large);

  /* Any single bit off. */
  for (gsize bit = 0; bit < ka->public_size * 8; bit++) {
    memcpy (data, g_bytes_get_data (g, NULL), ka->public_size);
    data[bit / 8] ^= 1 << bit % 8;
    fail_if (ka->validate (ka, data));
  }
}

GST_END_TEST;

/* Montgomery curves */

/* *INDENT-OFF* */
static const struct
{
  const ZrtpKeyAgreement *ka;
  const char *u;
} small_orders[] = {
  /* Curve25519: 0, 1, the two of order 8, p - 1, p, p + 1 */
  {&zrtp_key_agreement_x255,
    "0000000000000000000000000000000000000000000000000000000000000000"},
  {&zrtp_key_agreement_x255,
    "0100000000000000000000000000000000000000000000000000000000000000"},
  {&zrtp_key_agreement_x255,
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"},
  {&zrtp_key_agreement_x255,
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"},
  {&zrtp_key_agreement_x255,
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
  {&zrtp_key_agreement_x255,
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
  {&zrtp_key_agreement_x255,
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"},
  /* Curve448: 0, 1, p - 1, p, p + 1 */
  {&zrtp_key_agreement_x448,
    "00000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000"},
  {&zrtp_key_agreement_x448,
    "01000000000000000000000000000000000000000000000000000000"
    "00000000000000000000000000000000000000000000000000000000"},
  {&zrtp_key_agreement_x448,
    "feffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "feffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
  {&zrtp_key_agreement_x448,
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
    "feffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
  {&zrtp_key_agreement_x448,
    "00000000000000000000000000000000000000000000000000000000"
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
};
/* *INDENT-ON* */

/* These give zero whatever the private value is. */
static void
check_no_secret (const ZrtpKeyAgreement * ka, const guint8 * u)
{
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE], result[ZRTP_MAX_RESULT_SIZE];

  for (guint round = 1; round <= 5; round++) {
    memset (private_value, 0x31 * round, sizeof private_value);
    fail_if (ka->agree (ka, private_value, ka->private_size (NULL), u, result));
  }
}

GST_START_TEST (test_small_order)
{
  const ZrtpKeyAgreement *ka = small_orders[__i__].ka;
  g_autoptr (GBytes) u = hex (small_orders[__i__].u);
  guint8 data[ZRTP_MAX_PUBLIC_SIZE];

  fail_unless_equals_int (g_bytes_get_size (u), ka->public_size);
  memcpy (data, g_bytes_get_data (u, NULL), ka->public_size);
  check_no_secret (ka, data);
  if (ka == &zrtp_key_agreement_x255) {
    check_no_secret (&zrtp_key_agreement_e255, data);
    data[31] |= 0x80;           /* the top bit does not count (RFC 7748 5) */
    check_no_secret (ka, data);
  }
}

GST_END_TEST;

static Suite *
keyagreement_curves_suite (void)
{
  Suite *s = suite_create ("keyagreement-curves");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_curve_leading_zeros, 0, G_N_ELEMENTS (curves));
  tcase_add_loop_test (tc, test_curve_private_range, 0, G_N_ELEMENTS (curves));
  tcase_add_loop_test (tc, test_curve_validation, 0, G_N_ELEMENTS (curves));
  tcase_add_loop_test (tc, test_small_order, 0, G_N_ELEMENTS (small_orders));
  return s;
}

GST_CHECK_MAIN (keyagreement_curves);
