/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/crypto/zrtpcrypto.h"

#include <string.h>

void
zrtp_hex (const guint8 * data, gsize size, char *out)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < size; i++) {
    *out++ = digits[data[i] >> 4];
    *out++ = digits[data[i] & 0x0f];
  }
  *out = '\0';
}

void
zrtp_sha256 (const guint8 * data, gsize size, guint8 out[32])
{
  ZrtpOctets part = { data, size };

  zrtp_hash_s256.digest (&part, 1, out);
}

void
zrtp_message_mac (const guint8 key[ZRTP_IMAGE_SIZE], const guint8 * data,
    gsize size, guint8 out[ZRTP_MAC_SIZE])
{
  ZrtpOctets part = { data, size };
  guint8 mac[32];

  zrtp_hash_s256.mac (key, ZRTP_IMAGE_SIZE, &part, 1, mac);
  memcpy (out, mac, ZRTP_MAC_SIZE);
  zrtp_wipe (mac, sizeof mac);
}

void
zrtp_kdf (const ZrtpHash * hash, const guint8 * key, gsize key_size,
    const char *label, const guint8 * context, gsize context_size,
    guint8 * out, gsize out_size)
{
  /* The RFC prints the counter as 0x000001; it has 32 bits (4.5.1). */
  static const guint8 counter[4] = { 0, 0, 0, 1 };
  guint32 bits = GUINT32_TO_BE ((guint32) out_size * 8);
  ZrtpOctets parts[] = {
    {counter, sizeof counter},
    {(const guint8 *) label, strlen (label) + 1},       /* with the 00 octet */
    {context, context_size},
    {(const guint8 *) &bits, sizeof bits},
  };
  guint8 mac[ZRTP_MAX_HASH_SIZE];

  g_return_if_fail (out_size <= hash->size);

  hash->mac (key, key_size, parts, G_N_ELEMENTS (parts), mac);
  memcpy (out, mac, out_size);
  zrtp_wipe (mac, hash->size);
}
