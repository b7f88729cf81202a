/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "srtppackets.h"

#include <string.h>

static guint8
octet (guint32 seed, guint32 position)
{
  guint32 x = (seed ^ 0x9e3779b9) * 0x85ebca6b + position * 0xc2b2ae35;

  x ^= x >> 15;
  x *= 0x27d4eb2f;
  return x >> 24;
}

ZrtpSrtpKeys
make_keys (const ZrtpCipher * cipher, const ZrtpAuthTag * auth_tag, guint seed)
{
  ZrtpSrtpKeys keys = { cipher, auth_tag };
  guint i;

  for (i = 0; i < cipher->key_size; i++)
    keys.key[i] = octet (seed, i);
  for (i = 0; i < sizeof (keys.salt); i++)
    keys.salt[i] = octet (seed, 1000 + i);
  return keys;
}

ZrtpSrtp *
make_srtp (ZrtpSrtpDirection direction, const ZrtpSrtpKeys * keys)
{
  ZrtpSrtpOptions options = { 128, FALSE, 10 };
  ZrtpSrtp *srtp = zrtp_srtp_new (direction, keys, &options);

  g_assert_nonnull (srtp);
  return srtp;
}

static void
put_word (guint8 * out, guint32 word)
{
  word = GUINT32_TO_BE (word);
  memcpy (out, &word, 4);
}

gsize
make_rtp (guint8 * packet, guint16 seq, guint32 ssrc, guint n_csrcs,
    int extension, gsize payload)
{
  gsize size = 12 + 4 * n_csrcs + (extension < 0 ? 0 : 4 + 4 * extension)
      + payload;
  gsize i;

  for (i = 12; i < size; i++)
    packet[i] = octet (ssrc ^ seq, i);
  put_word (packet, (0x8000u | n_csrcs << 8 | 96) << 16 | seq);
  if (extension >= 0) {
    packet[0] |= 0x10;
    put_word (packet + 12 + 4 * n_csrcs, 0xbede0000u | extension);
  }
  put_word (packet + 4, 160 * seq);
  put_word (packet + 8, ssrc);
  return size;
}

gsize
make_rtcp (guint8 * packet, guint32 ssrc, guint serial, gsize size)
{
  gsize i;

  for (i = 8; i < size; i++)
    packet[i] = octet (ssrc ^ serial, i);
  put_word (packet, 0x80c80000u | (size / 4 - 1));
  put_word (packet + 4, ssrc);
  return size;
}

gsize
protected_rtp (ZrtpSrtp * sender, guint8 * packet, guint16 seq, guint32 ssrc,
    gsize payload)
{
  gsize size = make_rtp (packet, seq, ssrc, 0, -1, payload);
  ZrtpSrtpResult result = zrtp_srtp_protect (sender, packet, &size, MAX_PACKET);

  g_assert_cmpint (result, ==, ZRTP_SRTP_OK);
  return size;
}

void
assert_rtp (const guint8 * packet, gsize size, guint16 seq, guint32 ssrc,
    gsize payload)
{
  guint8 expected[MAX_PACKET];
  gsize expected_size = make_rtp (expected, seq, ssrc, 0, -1, payload);

  g_assert_cmpmem (packet, size, expected, expected_size);
}
