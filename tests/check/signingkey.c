/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "signingkey.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#define COORDINATE(key) ((key)->bits / 8)

static void
must (gint result)
{
  fail_unless (result >= 0, "GnuTLS: %s", gnutls_strerror (result));
}

static gnutls_sign_algorithm_t
algorithm_of (const SigningKey * key)
{
  return key->bits == 256 ? GNUTLS_SIGN_ECDSA_SHA256 : GNUTLS_SIGN_ECDSA_SHA384;
}

static GBytes *
take_datum (gnutls_datum_t * datum)
{
  GBytes *bytes = g_bytes_new (datum->data, datum->size);

  gnutls_free (datum->data);
  return bytes;
}

static GBytes *
make_certificate (gnutls_x509_privkey_t private_key)
{
  static const char name[] = "Alice";
  gnutls_x509_crt_t crt;
  gnutls_datum_t der;

  must (gnutls_x509_crt_init (&crt));
  must (gnutls_x509_crt_set_version (crt, 3));
  must (gnutls_x509_crt_set_serial (crt, "\1", 1));
  must (gnutls_x509_crt_set_activation_time (crt, 1700000000));
  must (gnutls_x509_crt_set_expiration_time (crt, 2000000000));
  must (gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0,
          name, strlen (name)));
  must (gnutls_x509_crt_set_key (crt, private_key));
  must (gnutls_x509_crt_sign2 (crt, crt, private_key, GNUTLS_DIG_SHA256,
          GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE));
  must (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der));
  gnutls_x509_crt_deinit (crt);
  return take_datum (&der);
}

/* Keys for tests, one of P-384, of P-256 one after the other, so that two runs have the same. */
static const char *const pems[] = {
  "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIH4kuKZ0/3cL1yS7TA7P3wevmd9NsyA0uKp+bcDebaccoAoGCCqGSM49\n"
      "AwEHoUQDQgAEef98tJnHd7NTk5Eo22ZB0ycF8MZxc7cLBa5zi0YfviulHqAIAfNB\n"
      "nJ0k9yL9pS3Jau43WsN7pzaOxqKAniM5zQ==\n" "-----END EC PRIVATE KEY-----\n",
  "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIMV1kpA+guPAFoH2s+eBfCazkdNxvPSmSC3waA+fbuEnoAoGCCqGSM49\n"
      "AwEHoUQDQgAE9tuIQXYiBId4ZwMyQ2WOUMF8tnUV2l3BJDW/HqE866b08YkTrngJ\n"
      "iyNqq8/iTlVqeuLoYHzAWJj537NBYyCcVw==\n" "-----END EC PRIVATE KEY-----\n",
  "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIKMcdlxNzwZsCUgBqoJoXYWCwmSp0EwHsROc6KjMGd/LoAoGCCqGSM49\n"
      "AwEHoUQDQgAEVOP8fezRTaz2Y//2fVmaWBs+Mp24X3I6dDmXht5PbilAsLfXuIJ9\n"
      "0hyEbVG+5p+gv3zS3Pzra9gR5Yrsf+dMUQ==\n" "-----END EC PRIVATE KEY-----\n",
  "-----BEGIN EC PRIVATE KEY-----\n"
      "MHcCAQEEIJViElyy2AvOTxMeoaUGXVjz3aZqOwM1vSjrA02ST9UeoAoGCCqGSM49\n"
      "AwEHoUQDQgAETnBWepd7KYFC/qB3mRrE8Ct1zJq57ASnZxcR+nNq4w6MePlh+ONw\n"
      "UzVoGUeDi2ma22Sfgx+a+n98tBvi4WhOTA==\n" "-----END EC PRIVATE KEY-----\n"
};

static const char pem_384[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MIGkAgEBBDBsoud3hqQx7ikpm0PRsTpAV9OtduapYidSqisg98MILV8GPuKJh3Gw\n"
    "4HD5iPSd76GgBwYFK4EEACKhZANiAARdghNUqeymcTM6wuRhQ/P4qCr0zjmVUZdg\n"
    "QWl3bmINgdzMhQ9LJbITRvYV0QHSP8FeLuW2Ccy8QEkmRMnaiTUhNwwHZtfVxXIC\n"
    "ktTonrHhvLVmtYzjckXSDzu9peKatLQ=\n" "-----END EC PRIVATE KEY-----\n";

static void
import_pem (gnutls_x509_privkey_t private_key, guint bits)
{
  static guint n;
  const char *pem = bits == 256 ? pems[n++ % G_N_ELEMENTS (pems)] : pem_384;
  gnutls_datum_t data = { (guint8 *) pem, strlen (pem) };

  must (gnutls_x509_privkey_import (private_key, &data, GNUTLS_X509_FMT_PEM));
}

SigningKey *
signing_key_new (guint bits)
{
  SigningKey *key = g_new0 (SigningKey, 1);
  gnutls_x509_privkey_t private_key;

  key->bits = bits;
  must (gnutls_x509_privkey_init (&private_key));
  import_pem (private_key, bits);
  key->certificate = make_certificate (private_key);
  must (gnutls_privkey_init (&key->key));
  must (gnutls_privkey_import_x509 (key->key, private_key,
          GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE));
  must (gnutls_pubkey_init (&key->public_key));
  must (gnutls_pubkey_import_privkey (key->public_key, key->key, 0, 0));
  return key;
}

void
signing_key_free (SigningKey * key)
{
  gnutls_pubkey_deinit (key->public_key);
  gnutls_privkey_deinit (key->key);
  g_bytes_unref (key->certificate);
  g_free (key);
}

/* A number as long as the field; GnuTLS has it as DER does: without zeros in
 * front, but for one where the first bit is set. */
static void
put_number (guint8 * out, gsize size, const gnutls_datum_t * number)
{
  const guint skip = number->size > size ? number->size - size : 0;
  const guint n = number->size - skip;

  memset (out, 0, size - n);
  memcpy (out + size - n, number->data + skip, n);
}

GBytes *
signing_key_sign (const SigningKey * key, const guint8 sashash[32])
{
  const gsize size = COORDINATE (key);
  gnutls_datum_t data = { (guint8 *) sashash, 32 };
  gnutls_datum_t der, r, s;
  guint8 *octets = g_malloc (2 * size);

  must (gnutls_privkey_sign_data2 (key->key, algorithm_of (key),
          GNUTLS_PRIVKEY_FLAG_REPRODUCIBLE, &data, &der));
  must (gnutls_decode_rs_value (&der, &r, &s));
  put_number (octets, size, &r);
  put_number (octets + size, size, &s);
  gnutls_free (r.data);
  gnutls_free (s.data);
  gnutls_free (der.data);
  return g_bytes_new_take (octets, 2 * size);
}

gboolean
signing_key_check (const SigningKey * key,
    const guint8 sashash[32], GBytes * certificate, GBytes * signature)
{
  const gsize size = COORDINATE (key);
  gsize n;
  guint8 *octets = (guint8 *) g_bytes_get_data (signature, &n);
  gnutls_datum_t data = { (guint8 *) sashash, 32 };
  gnutls_datum_t r, s, der;
  gboolean good;

  if (!certificate || n != 2 * size
      || !g_bytes_equal (certificate, key->certificate))
    return FALSE;
  r.data = octets;
  s.data = octets + size;
  r.size = s.size = size;
  must (gnutls_encode_rs_value (&der, &r, &s));
  good = gnutls_pubkey_verify_data2 (key->public_key, algorithm_of (key), 0,
      &data, &der) >= 0;
  gnutls_free (der.data);
  return good;
}
