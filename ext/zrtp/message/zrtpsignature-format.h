/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forms of a signature on the SAS (RFC 6189 7.2.1, 7.2.2).
 */
#ifndef ZRTP_SIGNATURE_FORMAT_H
#define ZRTP_SIGNATURE_FORMAT_H

#include "zrtp/base/zrtptypes.h"

G_BEGIN_DECLS

/* Most octets of certificate, padding and signature: what nine bits count in
 * words, without the type block (5.7). */
#define ZRTP_MAX_SIGNATURE_SIZE (4 * 510)

/* In one of two forms:
 *
 * OpenPGP (7.2.1): no certificate; the signature is one version 4 signature
 * packet in binary, of a binary document that is the sashash.
 *
 * X.509 (7.2.2): the certificate of the signing key in DER; the signature is r
 * and s of ECDSA, each as long as the curve's field, which makes 64 octets with
 * P-256 and 96 with P-384. */
typedef struct
{
  GBytes *certificate;          /* NULL: OpenPGP */
  GBytes *signature;
} ZrtpSignature;

void zrtp_signature_clear (ZrtpSignature * signature);

/* Takes apart what follows the type block. ZRTP_SIGNATURE_UNCHECKED and
 * @signature (zrtp_signature_clear() it); ZRTP_SIGNATURE_UNSUPPORTED if the type
 * is of another kind, ZRTP_SIGNATURE_INVALID if the block lacks the form that
 * its type asks for. */
ZrtpSignatureStatus zrtp_signature_parse (const char type[5],
    ZrtpOctets block, ZrtpSignature * signature);

/* What follows the type block; NULL with a reason if it is too long, has not the
 * form, or is one of OpenPGP that must not be made: with a hash other than
 * SHA-2 or SHA-3, with a key that is no DSA or ECDSA key of the sizes in 7.2.1,
 * without the URI of a key server. */
GBytes *zrtp_signature_write (const ZrtpSignature * signature, char **reason);
/* The type block that goes with it: "PGP " or "X509". */
const char *zrtp_signature_type (const ZrtpSignature * signature);

G_END_DECLS

#endif
