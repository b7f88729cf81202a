/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The few cryptographic helpers that are not an algorithm row.
 */
#ifndef ZRTP_CRYPTO_H
#define ZRTP_CRYPTO_H

#include "zrtp/crypto/zrtpalgorithm.h"

G_BEGIN_DECLS

/* KDF of 4.5.1: leftmost @out_size octets of
 * MAC(@key, 00000001 ++ @label ++ 00 ++ @context ++ bits).
 * @out_size is at most the hash's size. */
void zrtp_kdf (const ZrtpHash * hash, const guint8 * key, gsize key_size,
    const char *label, const guint8 * context, gsize context_size,
    guint8 * out, gsize out_size);

/* The implicit hash and MAC (5.1.2.2), SHA-256 whatever was negotiated. */
void zrtp_sha256 (const guint8 * data, gsize size, guint8 out[32]);
/* Leftmost 64 bits of HMAC-SHA-256 under a hash image. */
void zrtp_message_mac (const guint8 key[ZRTP_IMAGE_SIZE], const guint8 * data,
    gsize size, guint8 out[ZRTP_MAC_SIZE]);

/* CRC-32C (RFC 4960 appendix B). */
guint32 zrtp_crc32c (const guint8 * data, gsize size);
/* The same on a processor without an instruction for it. */
guint32 zrtp_crc32c_portable (const guint8 * data, gsize size);

/* Wipes memory; the compiler can't leave it out. */
void zrtp_wipe (gpointer data, gsize size);
/* Compares secrets and MACs in constant time. */
gboolean zrtp_equal (gconstpointer a, gconstpointer b, gsize size);

/* Digits in lower case and a NUL: @out holds 2 * @size + 1. */
void zrtp_hex (const guint8 * data, gsize size, char *out);

static inline void
zrtp_random_fill (const ZrtpRandom * random, guint8 * out, gsize size)
{
  random->fill (random->user_data, out, size);
}

G_END_DECLS

#endif
