/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/srtp/zrtpsrtp-roc.h"

#include <nettle/hmac.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"
#include "zrtp/srtp/zrtpsrtcptag.h"

#define HALF_SEQ 0x8000         /* of the sequence numbers (RFC 3711 3.3.1) */

struct _ZrtpRocSearch
{
  struct hmac_sha1_ctx hmac;
  gsize tag_size;
  GHashTable *failures;         /* SSRC to a count; NULL: none fails. Known
                                 * sources only, so its size is bounded */
};

ZrtpRocSearch *
zrtp_roc_search_new (const ZrtpSrtpKeys * keys)
{
  ZrtpRocSearch *search = zrtp_secret_new0 (ZrtpRocSearch);
  guint8 key[ZRTP_SRTP_AUTH_KEY_SIZE];

  zrtp_srtp_derive_auth_key (keys, ZRTP_SRTP_AUTH_LABEL, key);
  hmac_sha1_set_key (&search->hmac, sizeof key, key);
  zrtp_wipe (key, sizeof key);
  search->tag_size = keys->auth_tag->tag_size;
  return search;
}

void
zrtp_roc_search_free (ZrtpRocSearch * search)
{
  if (!search)
    return;
  g_clear_pointer (&search->failures, g_hash_table_unref);
  zrtp_secret_free (search);
}

void
zrtp_roc_search_succeeded (ZrtpRocSearch * search, guint32 ssrc)
{
  if (G_LIKELY (!search->failures))
    return;
  g_hash_table_remove (search->failures, GUINT_TO_POINTER (ssrc));
  if (g_hash_table_size (search->failures) == 0)
    g_clear_pointer (&search->failures, g_hash_table_unref);
}

gboolean
zrtp_roc_search_failed (ZrtpRocSearch * search, guint32 ssrc)
{
  gpointer key = GUINT_TO_POINTER (ssrc);
  guint n;

  if (!search->failures)
    search->failures = g_hash_table_new (NULL, NULL);
  n = GPOINTER_TO_UINT (g_hash_table_lookup (search->failures, key));
  if (n < ZRTP_ROC_MIN_FAILURES)
    g_hash_table_insert (search->failures, key, GUINT_TO_POINTER (++n));
  return n >= ZRTP_ROC_MIN_FAILURES;
}

/* The nearest two in one half of all packets, the nearest 4, 16, 64 and 256 in an
 * eighth each: a gap of 256 rollovers costs 2048 packets on average, one of a
 * single rollover four. */
static guint32
draw_offset (const guint8 * tag)
{
  static const guint8 masks[] = { 0x03, 0x0f, 0x3f, 0xff };

  if (tag[0] & 1)
    return tag[1] & 1;
  return tag[1] & masks[tag[0] >> 1 & 3];
}

guint32
zrtp_roc_search_choose (const ZrtpRocSearch * search, gboolean known,
    guint32 roc, const guint8 * packet, gsize size)
{
  const guint seq = packet[2] << 8 | packet[3];
  const guint32 offset = draw_offset (packet + size - search->tag_size);

  /* A first packet was tried under 0 already, and after the loss of a few comes
   * the first rollover. */
  if (!known)
    return seq < HALF_SEQ ? 1 : 1 + offset;
  /* The estimate covers 0 for a source at 0. A source further on may have lost
   * more than 2^15 packets without a rollover. */
  return (roc > 0 ? roc : 1) + offset;
}

gboolean
zrtp_roc_search_matches (ZrtpRocSearch * search, guint32 roc,
    const guint8 * packet, gsize size)
{
  const gsize signed_size = size - search->tag_size;
  const guint32 suffix = GUINT32_TO_BE (roc);
  guint8 tag[SHA1_DIGEST_SIZE];
  gboolean ok;

  hmac_sha1_update (&search->hmac, signed_size, packet);
  hmac_sha1_update (&search->hmac, sizeof suffix, (const guint8 *) &suffix);
  hmac_sha1_digest (&search->hmac, sizeof tag, tag);
  ok = zrtp_equal (tag, packet + signed_size, search->tag_size);
  zrtp_wipe (tag, sizeof tag);
  return ok;
}
