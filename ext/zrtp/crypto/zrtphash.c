/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 6189 5.1.2 and 5.1.2.1 over Nettle.
 */
#include "zrtp/crypto/zrtpcrypto.h"

#include <nettle/hmac.h>
#include <nettle/sha2.h>

static void
s256_digest (const ZrtpOctets * parts, guint n_parts, guint8 * out)
{
  struct sha256_ctx ctx;

  sha256_init (&ctx);
  for (guint i = 0; i < n_parts; i++)
    sha256_update (&ctx, parts[i].size, parts[i].data);
  sha256_digest (&ctx, SHA256_DIGEST_SIZE, out);
  zrtp_wipe (&ctx, sizeof ctx);
}

static void
s256_mac (const guint8 * key, gsize key_size, const ZrtpOctets * parts,
    guint n_parts, guint8 * out)
{
  struct hmac_sha256_ctx ctx;

  hmac_sha256_set_key (&ctx, key_size, key);
  for (guint i = 0; i < n_parts; i++)
    hmac_sha256_update (&ctx, parts[i].size, parts[i].data);
  hmac_sha256_digest (&ctx, SHA256_DIGEST_SIZE, out);
  zrtp_wipe (&ctx, sizeof ctx);
}

static void
s384_digest (const ZrtpOctets * parts, guint n_parts, guint8 * out)
{
  struct sha384_ctx ctx;

  sha384_init (&ctx);
  for (guint i = 0; i < n_parts; i++)
    sha384_update (&ctx, parts[i].size, parts[i].data);
  sha384_digest (&ctx, SHA384_DIGEST_SIZE, out);
  zrtp_wipe (&ctx, sizeof ctx);
}

static void
s384_mac (const guint8 * key, gsize key_size, const ZrtpOctets * parts,
    guint n_parts, guint8 * out)
{
  struct hmac_sha384_ctx ctx;

  hmac_sha384_set_key (&ctx, key_size, key);
  for (guint i = 0; i < n_parts; i++)
    hmac_sha384_update (&ctx, parts[i].size, parts[i].data);
  hmac_sha384_digest (&ctx, SHA384_DIGEST_SIZE, out);
  zrtp_wipe (&ctx, sizeof ctx);
}

const ZrtpHash zrtp_hash_s256 = {
  .base = {"S256", ZRTP_KIND_HASH, TRUE, 128},
  .size = SHA256_DIGEST_SIZE,
  .digest = s256_digest,
  .mac = s256_mac,
};

const ZrtpHash zrtp_hash_s384 = {
  .base = {"S384", ZRTP_KIND_HASH, FALSE, 192},
  .size = SHA384_DIGEST_SIZE,
  .digest = s384_digest,
  .mac = s384_mac,
};
