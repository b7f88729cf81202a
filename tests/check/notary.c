/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "notary.h"

#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#include "known.h"
#include "zrtp/zrtpstream-private.h"

#define COORDINATE(key) ((key)->bits / 8)

static void
must (gint result)
{
  fail_unless (result >= 0, "GnuTLS: %s", gnutls_strerror (result));
}

static gnutls_sign_algorithm_t
algorithm_of (const NotaryKey * key)
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
  must (gnutls_x509_crt_sign2 (crt, crt, private_key, GNUTLS_DIG_SHA256, 0));
  must (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &der));
  gnutls_x509_crt_deinit (crt);
  return take_datum (&der);
}

NotaryKey *
notary_key_new (guint bits)
{
  NotaryKey *key = g_new0 (NotaryKey, 1);
  gnutls_x509_privkey_t private_key;

  key->bits = bits;
  must (gnutls_x509_privkey_init (&private_key));
  must (gnutls_x509_privkey_generate (private_key, GNUTLS_PK_ECDSA,
          GNUTLS_CURVE_TO_BITS (bits == 256 ? GNUTLS_ECC_CURVE_SECP256R1
              : GNUTLS_ECC_CURVE_SECP384R1), 0));
  key->certificate = make_certificate (private_key);
  must (gnutls_privkey_init (&key->key));
  must (gnutls_privkey_import_x509 (key->key, private_key,
          GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE));
  must (gnutls_pubkey_init (&key->public_key));
  must (gnutls_pubkey_import_privkey (key->public_key, key->key, 0, 0));
  return key;
}

void
notary_key_free (NotaryKey * key)
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
notary_key_sign (const NotaryKey * key, const guint8 sashash[ZRTP_SECRET_SIZE])
{
  const gsize size = COORDINATE (key);
  gnutls_datum_t data = { (guint8 *) sashash, ZRTP_SECRET_SIZE };
  gnutls_datum_t der, r, s;
  guint8 *octets = g_malloc (2 * size);

  must (gnutls_privkey_sign_data2 (key->key, algorithm_of (key), 0, &data,
          &der));
  must (gnutls_decode_rs_value (&der, &r, &s));
  put_number (octets, size, &r);
  put_number (octets + size, size, &s);
  gnutls_free (r.data);
  gnutls_free (s.data);
  gnutls_free (der.data);
  return g_bytes_new_take (octets, 2 * size);
}

gboolean
notary_key_check (const NotaryKey * key,
    const guint8 sashash[ZRTP_SECRET_SIZE], const ZrtpSignature * signature)
{
  const gsize size = COORDINATE (key);
  const ZrtpOctets octets = zrtp_octets_of (signature->signature);
  gnutls_datum_t data = { (guint8 *) sashash, ZRTP_SECRET_SIZE };
  gnutls_datum_t r, s, der;
  gboolean good;

  if (!signature->certificate || octets.size != 2 * size
      || !g_bytes_equal (signature->certificate, key->certificate))
    return FALSE;
  r.data = (guint8 *) octets.data;
  s.data = (guint8 *) octets.data + size;
  r.size = s.size = size;
  must (gnutls_encode_rs_value (&der, &r, &s));
  good = gnutls_pubkey_verify_data2 (key->public_key, algorithm_of (key), 0,
      &data, &der) >= 0;
  gnutls_free (der.data);
  return good;
}

/* -- Calls -- */

NotaryKey *notary_keys[2];
Notary notary;

void
notary_setup (void)
{
  known_setup ();
  for (guint i = 0; i < 2; i++)
    notary_keys[i] = notary_key_new (256);
}

void
notary_teardown (void)
{
  for (guint i = 0; i < 2; i++)
    notary_key_free (notary_keys[i]);
  known_teardown ();
}

gboolean
notary_answer (Sim * sim, guint which, const NotaryKey * key, char **reason)
{
  NotaryEnd *end = &notary.ends[which];
  GBytes *made = notary_key_sign (key, end->sashash);
  const ZrtpSignature signature = { key->certificate, made };
  gboolean taken = zrtp_session_sign_sas (sim->ends[which].session,
      end->sashash, &signature, sim->now, reason);

  g_bytes_unref (made);
  return taken;
}

static void
judge (NotaryEnd * end, ZrtpSession * session, gint64 now)
{
  const ZrtpSignature *signature = zrtp_session_get_signature (session);
  guint8 sashash[ZRTP_SECRET_SIZE];

  fail_unless (zrtp_session_get_sashash (session, sashash));
  if (!signature || !end->peer)
    return;
  if (notary_key_check (end->peer, sashash, signature))
    fail_unless (zrtp_session_accept_signature (session, sashash, "Alice",
            now));
  else
    fail_unless (zrtp_session_reject_signature (session, sashash, now));
}

/* What the applications do. */
static void
listen_to (SimStream * from, const ZrtpEvent * event)
{
  SimEndpoint *endpoint = from->endpoint;
  NotaryEnd *end = &notary.ends[endpoint->id];
  char *reason = NULL;

  if (event->type == ZRTP_EVENT_SIGN_SAS) {
    end->asked++;
    fail_unless (zrtp_session_get_sashash (endpoint->session, end->sashash));
    if (end->own)
      fail_unless (notary_answer (endpoint->sim, endpoint->id, end->own,
              &reason), "%s", reason);
  } else if (event->type == ZRTP_EVENT_SIGNATURE) {
    end->shown++;
    judge (end, endpoint->session, endpoint->sim->now);
  }
}

Sim *
notary_new (guint64 seed, guint initiator)
{
  Sim *sim = known_new (seed);

  memset (&notary, 0, sizeof notary);
  sim->ends[1 - initiator].policy.passive = TRUE;
  sim->listener = listen_to;
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.sign_sas = TRUE;
    sim->ends[i].policy.check_signatures = TRUE;
    notary.ends[i].own = notary_keys[i];
    notary.ends[i].peer = notary_keys[1 - i];
  }
  return sim;
}

void
notary_start (Sim * sim)
{
  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 1);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
}

void
notary_wait (Sim * sim, guint which)
{
  while (notary.ends[which].asked == 0) {
    fail_unless (sim->now < 60 * SIM_SEC);
    sim_run (sim, sim->now + SIM_MSEC);
  }
}

void
notary_force (Sim * sim, guint which, const char *type, GBytes * block)
{
  ZrtpExchange *x = sim->ends[which].streams[0].stream->exchange;

  x->signature = g_bytes_ref (block);
  x->signature_type = type;
}

void
notary_assert_trust (Sim * sim, guint which, ZrtpTrust trust)
{
  fail_unless_equals_string (zrtp_trust_nick (known_info (sim, which)->trust),
      zrtp_trust_nick (trust));
}

void
notary_assert_status (Sim * sim, guint which, ZrtpSignatureStatus status)
{
  fail_unless_equals_string (zrtp_signature_status_nick (known_info (sim,
              which)->signature_status), zrtp_signature_status_nick (status));
}
