/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A user's key and X.509 certificate, as GnuTLS makes them, and what they do to
 * the SAS (RFC 6189 7.2.2).
 */
#ifndef NOTARYKEY_H
#define NOTARYKEY_H

#include <glib.h>
#include <gnutls/abstract.h>

typedef struct
{
  guint bits;                   /* 256 or 384 */
  gnutls_privkey_t key;
  gnutls_pubkey_t public_key;
  GBytes *certificate;          /* DER, self-signed */
} SigningKey;

SigningKey *signing_key_new (guint bits);
void signing_key_free (SigningKey * key);

/* r and s of ECDSA with SHA-256 or SHA-384, which goes with the curve. */
GBytes *signing_key_sign (const SigningKey * key,
    const guint8 sashash[32]);
/* It is that key's certificate, and its signature. */
gboolean signing_key_check (const SigningKey * key,
    const guint8 sashash[32], GBytes * certificate, GBytes * signature);

#endif
