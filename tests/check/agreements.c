/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "agreements.h"

#include <string.h>

void
agreement_public (const ZrtpKeyAgreement * ka, GBytes * private_value,
    GBytes * expected)
{
  guint8 value[ZRTP_MAX_PUBLIC_SIZE];

  fail_unless (ka->make_public (ka, OCTETS (private_value), value));
  assert_octets (value, ka->public_size, expected);
  fail_unless (ka->validate (ka, value));
}

void
agreement_result (const ZrtpKeyAgreement * ka, GBytes * private_value,
    GBytes * peer_value, GBytes * expected)
{
  guint8 result[ZRTP_MAX_RESULT_SIZE];

  fail_unless_equals_int (g_bytes_get_size (peer_value), ka->public_size);
  fail_unless (ka->agree (ka, OCTETS (private_value),
          g_bytes_get_data (peer_value, NULL), result));
  assert_octets (result, ka->result_size, expected);
}

void
agreement_refuses (const ZrtpKeyAgreement * ka, GBytes * peer_value)
{
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE];
  guint8 result[ZRTP_MAX_RESULT_SIZE];

  memset (private_value, 0x42, sizeof private_value);
  fail_unless_equals_int (g_bytes_get_size (peer_value), ka->public_size);
  fail_if (ka->validate (ka, g_bytes_get_data (peer_value, NULL)));
  fail_if (ka->agree (ka, private_value, ka->private_size (&zrtp_cipher_aes1),
          g_bytes_get_data (peer_value, NULL), result));
}

void
agreement_accepts (const ZrtpKeyAgreement * ka, GBytes * peer_value)
{
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE];
  guint8 result[ZRTP_MAX_RESULT_SIZE];

  memset (private_value, 0x42, sizeof private_value);
  fail_unless (ka->validate (ka, g_bytes_get_data (peer_value, NULL)));
  fail_unless (ka->agree (ka, private_value,
          ka->private_size (&zrtp_cipher_aes1),
          g_bytes_get_data (peer_value, NULL), result));
}

GBytes *
number_octets (const mpz_t number, int offset, gsize size)
{
  guint8 *octets = g_malloc0 (size);
  mpz_t shifted;
  gsize n;

  mpz_init_set (shifted, number);
  if (offset < 0)
    mpz_sub_ui (shifted, shifted, -offset);
  else
    mpz_add_ui (shifted, shifted, offset);
  n = (mpz_sizeinbase (shifted, 2) + 7) / 8;
  fail_unless (n <= size);
  mpz_export (octets + size - n, NULL, 1, 1, 1, 0, shifted);
  mpz_clear (shifted);
  return g_bytes_new_take (octets, size);
}
