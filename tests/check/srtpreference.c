/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "srtpreference.h"

#include <nettle/nettle-meta.h>
#include <nettle/aes.h>
#include <nettle/sha1.h>
#include <string.h>

static void
aes_block (const guint8 * key, gsize key_size, const guint8 in[16],
    guint8 out[16])
{
  const struct nettle_cipher *aes = key_size == 16 ? &nettle_aes128
      : key_size == 24 ? &nettle_aes192 : &nettle_aes256;
  guint8 context[sizeof (struct aes256_ctx)] __attribute__((aligned (16)));

  g_assert_cmpuint (aes->key_size, ==, key_size);
  g_assert_cmpuint (aes->context_size, <=, sizeof (context));
  aes->set_encrypt_key (context, key);
  aes->encrypt (context, 16, out, in);
}

void
reference_ctr (const guint8 * key, gsize key_size, guint8 counter[16],
    guint8 * data, gsize size)
{
  guint8 block[16];
  gsize i;
  int j;

  for (i = 0; i < size; i++) {
    if (i % 16 == 0) {
      aes_block (key, key_size, counter, block);
      for (j = 15; j >= 0 && ++counter[j] == 0; j--);
    }
    data[i] ^= block[i % 16];
  }
}

/* RFC 2104 by its definition. */
static void
hmac_sha1 (const guint8 key[20], const guint8 * data, gsize size,
    guint32 suffix, gboolean with_suffix, guint8 out[20])
{
  guint8 pad[64];
  guint8 word[4];
  struct sha1_ctx sha1;
  guint i;

  for (i = 0; i < 64; i++)
    pad[i] = (i < 20 ? key[i] : 0) ^ 0x36;
  sha1_init (&sha1);
  sha1_update (&sha1, 64, pad);
  sha1_update (&sha1, size, data);
  if (with_suffix) {
    suffix = GUINT32_TO_BE (suffix);
    memcpy (word, &suffix, 4);
    sha1_update (&sha1, 4, word);
  }
  sha1_digest (&sha1, 20, out);

  for (i = 0; i < 64; i++)
    pad[i] ^= 0x36 ^ 0x5c;
  sha1_init (&sha1);
  sha1_update (&sha1, 64, pad);
  sha1_update (&sha1, 20, out);
  sha1_digest (&sha1, 20, out);
}

/* AES-CM PRF of 4.3.3: x = label * 2^48 XOR master salt, IV = x * 2^16. */
static void
prf (const guint8 * key, gsize key_size, const guint8 salt[14], guint8 label,
    guint8 * out, gsize size)
{
  guint8 counter[16] = { 0 };

  memcpy (counter, salt, 14);
  counter[7] ^= label;
  memset (out, 0, size);
  reference_ctr (key, key_size, counter, out, size);
}

void
reference_derive (const guint8 * master_key, gsize key_size,
    const guint8 master_salt[14], ReferenceLabel label, ReferenceKeys * keys)
{
  memset (keys, 0, sizeof (*keys));
  keys->key_size = key_size;
  prf (master_key, key_size, master_salt, label, keys->cipher_key, key_size);
  prf (master_key, key_size, master_salt, label + 1, keys->auth_key, 20);
  prf (master_key, key_size, master_salt, label + 2, keys->salt, 14);
}

gsize
reference_rtp_header_size (const guint8 * packet)
{
  gsize size = 12 + 4 * (packet[0] & 0x0f);

  if (packet[0] & 0x10)
    size += 4 + 4 * (packet[size + 2] * 256 + packet[size + 3]);
  return size;
}

/* 4.1.1: IV = (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16). */
static void
encrypt (const ReferenceKeys * keys, const guint8 ssrc[4], guint64 index,
    guint8 * data, gsize size)
{
  guint8 counter[16] = { 0 };
  guint i;

  memcpy (counter, keys->salt, 14);
  for (i = 0; i < 4; i++)
    counter[4 + i] ^= ssrc[i];
  for (i = 0; i < 6; i++)
    counter[13 - i] ^= (index >> (8 * i)) & 0xff;
  reference_ctr (keys->cipher_key, keys->key_size, counter, data, size);
}

gsize
reference_protect (const ReferenceKeys * keys, guint8 * packet, gsize size,
    guint32 roc, gsize tag_size)
{
  gsize header = reference_rtp_header_size (packet);
  guint64 index = (guint64) roc * 65536 + packet[2] * 256 + packet[3];
  guint8 tag[20];

  encrypt (keys, packet + 8, index, packet + header, size - header);
  hmac_sha1 (keys->auth_key, packet, size, roc, TRUE, tag);
  memcpy (packet + size, tag, tag_size);
  return size + tag_size;
}

gsize
reference_protect_rtcp (const ReferenceKeys * keys, guint8 * packet,
    gsize size, guint32 index, gboolean encrypted, gsize tag_size)
{
  guint32 word = GUINT32_TO_BE ((encrypted ? 0x80000000 : 0) | index);
  guint8 tag[20];

  if (encrypted)
    encrypt (keys, packet + 4, index, packet + 8, size - 8);
  memcpy (packet + size, &word, 4);
  hmac_sha1 (keys->auth_key, packet, size + 4, 0, FALSE, tag);
  memcpy (packet + size + 4, tag, tag_size);
  return size + 4 + tag_size;
}
