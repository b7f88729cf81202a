/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * DH2k and DH3k: the primes, the range of public values, leading zeros.
 */
#include "agreements.h"

#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"

/* Finite field: the primes */

/* floor (2^bits * arctan (1/x)), a little below for each of its terms. */
static void
arctan_inverse (mpz_t sum, guint x, guint bits)
{
  mpz_t power, term;

  mpz_inits (power, term, NULL);
  mpz_setbit (power, bits);
  mpz_fdiv_q_ui (power, power, x);
  mpz_set (sum, power);
  for (guint n = 3; mpz_sgn (power) != 0; n += 2) {
    mpz_fdiv_q_ui (power, power, x * x);
    mpz_fdiv_q_ui (term, power, n);
    if (n % 4 == 3)
      mpz_sub (sum, sum, term);
    else
      mpz_add (sum, sum, term);
  }
  mpz_clears (power, term, NULL);
}

/* floor (2^bits * pi), by Machin: pi = 16 arctan (1/5) - 4 arctan (1/239). */
static void
pi_bits (mpz_t pi, guint bits)
{
  const guint guard = 64;
  mpz_t other;

  mpz_init (other);
  arctan_inverse (pi, 5, bits + guard);
  arctan_inverse (other, 239, bits + guard);
  mpz_mul_ui (pi, pi, 16);
  mpz_submul_ui (pi, other, 4);
  mpz_fdiv_q_2exp (pi, pi, guard);
  mpz_clear (other);
}

/* RFC 3526: 2^bits - 2^(bits-64) - 1 + 2^64 (floor (2^(bits-130) pi) + extra) */
static void
rfc3526_prime (mpz_t p, guint bits, guint extra)
{
  mpz_t power;

  mpz_init (power);
  pi_bits (p, bits - 130);
  mpz_add_ui (p, p, extra);
  mpz_mul_2exp (p, p, 64);
  mpz_setbit (power, bits);
  mpz_add (p, p, power);
  mpz_set_ui (power, 0);
  mpz_setbit (power, bits - 64);
  mpz_sub (p, p, power);
  mpz_sub_ui (p, p, 1);
  mpz_clear (power);
}

static const struct
{
  const ZrtpKeyAgreement *ka;
  guint extra;
  const char *sha256;
} groups[] = {
  {&zrtp_key_agreement_dh2k, 124476,
      "d66436f79bbd6b2e38c0ffbd079be904d2641415e2e67140e09448be9a60890e"},
  {&zrtp_key_agreement_dh3k, 1690314,
      "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c"},
};

static void
group_prime (guint group, mpz_t p)
{
  rfc3526_prime (p, groups[group].ka->public_size * 8, groups[group].extra);
}

/* That p-2 passes and p-1 does not pins the prime that is in use. */
GST_START_TEST (test_dh_range)
{
  /* Z-4.4.1.2-03 Z-4.4.1.3-01 Z-5.1.5-06 */
  const ZrtpKeyAgreement *ka = groups[__i__].ka;
  gsize size = ka->public_size;
  g_autoptr (GBytes) p_octets = NULL;
  guint8 hashed[32];
  mpz_t p, zero;

  mpz_inits (p, zero, NULL);
  group_prime (__i__, p);
  p_octets = number_octets (p, 0, size);
  zrtp_sha256 (OCTETS (p_octets), hashed);
  assert_octets_hex (hashed, sizeof hashed, groups[__i__].sha256);

  for (int offset = -1; offset <= 1; offset++) {
    g_autoptr (GBytes) near_p = number_octets (p, offset, size);

    agreement_refuses (ka, near_p);
  }
  for (int small = 0; small <= 1; small++) {
    g_autoptr (GBytes) octets = number_octets (zero, small, size);

    agreement_refuses (ka, octets);
  }
  {
    g_autofree guint8 *ones = g_malloc (size);
    g_autoptr (GBytes) octets = NULL;

    memset (ones, 0xff, size);
    octets = g_bytes_new_static (ones, size);
    agreement_refuses (ka, octets);
  }
  {
    g_autoptr (GBytes) two = number_octets (zero, 2, size);
    g_autoptr (GBytes) p_minus_2 = number_octets (p, -2, size);

    agreement_accepts (ka, two);
    agreement_accepts (ka, p_minus_2);
  }
  mpz_clears (p, zero, NULL);
}

GST_END_TEST;

/* Finite field: powers */

GST_START_TEST (test_dh_generator)
{
  /* Z-4.4.1.1-03 Z-4.4.1.2-02 Z-5.1.5-07 */
  const ZrtpKeyAgreement *ka = groups[__i__].ka;
  guint8 five[32] = { 0 };
  g_autofree guint8 *value = g_malloc (ka->public_size);

  five[31] = 5;
  memset (value, 0xff, ka->public_size);
  fail_unless (ka->make_public (ka, five, sizeof five, value));
  for (gsize i = 0; i < ka->public_size - 1; i++)
    fail_unless_equals_int (value[i], 0);
  fail_unless_equals_int (value[ka->public_size - 1], 32);
}

GST_END_TEST;

GST_START_TEST (test_dh_small_result)
{
  /* Z-4.4.1.4-03 */
  const ZrtpKeyAgreement *ka = groups[__i__].ka;
  guint8 three[32] = { 0 };
  g_autofree guint8 *peer = g_malloc0 (ka->public_size);
  g_autofree guint8 *result = g_malloc (ka->result_size);

  three[31] = 3;
  peer[ka->public_size - 1] = 32;
  memset (result, 0xff, ka->result_size);
  fail_unless (ka->agree (ka, three, sizeof three, peer, result));
  for (gsize i = 0; i < ka->result_size - 2; i++)
    fail_unless_equals_int (result[i], 0);
  fail_unless_equals_int (result[ka->result_size - 2], 0x80);   /* 32^3 */
  fail_unless_equals_int (result[ka->result_size - 1], 0);
}

GST_END_TEST;

GST_START_TEST (test_dh_zero_exponent)
{
  const ZrtpKeyAgreement *ka = groups[__i__].ka;
  guint8 zero[64] = { 0 };
  guint8 value[ZRTP_MAX_PUBLIC_SIZE];

  fail_if (ka->make_public (ka, zero, 32, value));
  fail_if (ka->make_public (ka, zero, 64, value));
}

GST_END_TEST;

/* Against GMP's plain power function, for exponents of all sorts. */
GST_START_TEST (test_dh_powers)
{
  const ZrtpKeyAgreement *ka = groups[__i__].ka;
  GRand *rand = g_rand_new_with_seed (3);
  mpz_t p, base, exponent, power;

  mpz_inits (p, base, exponent, power, NULL);
  group_prime (__i__, p);
  for (guint round = 0; round < 24; round++) {
    gsize size = 32 + 16 * (round % 3);
    gsize zeros = round < 6 ? 0 : g_rand_int_range (rand, 0, size);
    guint8 private_value[64] = { 0 };
    g_autoptr (GBytes) private_octets = NULL;
    g_autoptr (GBytes) public_octets = NULL;
    g_autoptr (GBytes) peer_octets = NULL;
    g_autoptr (GBytes) result_octets = NULL;

    for (gsize i = zeros; i < size; i++)
      private_value[i] = g_rand_int (rand) | (i == size - 1);
    private_octets = g_bytes_new (private_value, size);
    mpz_import (exponent, size, 1, 1, 1, 0, private_value);

    mpz_set_ui (base, 2);
    mpz_powm (power, base, exponent, p);
    public_octets = number_octets (power, 0, ka->public_size);
    agreement_public (ka, private_octets, public_octets);

    /* Some peer's value: 3 to the power of ours. */
    mpz_set_ui (base, 3);
    mpz_powm (base, base, exponent, p);
    peer_octets = number_octets (base, 0, ka->public_size);
    mpz_powm (power, base, exponent, p);
    result_octets = number_octets (power, 0, ka->result_size);
    agreement_result (ka, private_octets, peer_octets, result_octets);
  }
  mpz_clears (p, base, exponent, power, NULL);
  g_rand_free (rand);
}

GST_END_TEST;

static Suite *
keyagreement_dh_suite (void)
{
  Suite *s = suite_create ("keyagreement-dh");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_dh_range, 0, G_N_ELEMENTS (groups));
  tcase_add_loop_test (tc, test_dh_generator, 0, G_N_ELEMENTS (groups));
  tcase_add_loop_test (tc, test_dh_small_result, 0, G_N_ELEMENTS (groups));
  tcase_add_loop_test (tc, test_dh_zero_exponent, 0, G_N_ELEMENTS (groups));
  tcase_add_loop_test (tc, test_dh_powers, 0, G_N_ELEMENTS (groups));
  return s;
}

GST_CHECK_MAIN (keyagreement_dh);
