/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/srtp/zrtpsrtcptag.h"

#include <nettle/aes.h>
#include <nettle/hmac.h>
#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

struct _ZrtpSrtcpTag
{
  struct hmac_sha1_ctx hmac;
};

/* RFC 3711 4.3.1 and 4.3.3, RFC 6188 3: the first octets of counter mode's
 * keystream under the master key. The first block of CFB over zeros is the block
 * cipher itself. */
void
zrtp_srtp_derive_auth_key (const ZrtpSrtpKeys * keys, guint8 label,
    guint8 out[ZRTP_SRTP_AUTH_KEY_SIZE])
{
  guint8 counter[AES_BLOCK_SIZE] = { 0 }, block[AES_BLOCK_SIZE];

  memcpy (counter, keys->salt, sizeof keys->salt);
  counter[7] ^= label;
  for (gsize done = 0; done < ZRTP_SRTP_AUTH_KEY_SIZE; done += sizeof block) {
    memset (block, 0, sizeof block);
    keys->cipher->cfb_encrypt (keys->key, counter, block, sizeof block);
    memcpy (out + done, block, MIN (sizeof block,
            ZRTP_SRTP_AUTH_KEY_SIZE - done));
    counter[15]++;
  }
  zrtp_wipe (counter, sizeof counter);
  zrtp_wipe (block, sizeof block);
}

ZrtpSrtcpTag *
zrtp_srtcp_tag_new (const ZrtpSrtpKeys * keys)
{
  ZrtpSrtcpTag *self = zrtp_secret_new0 (ZrtpSrtcpTag);
  guint8 key[ZRTP_SRTP_AUTH_KEY_SIZE];

  zrtp_srtp_derive_auth_key (keys, ZRTP_SRTCP_AUTH_LABEL, key);
  hmac_sha1_set_key (&self->hmac, sizeof key, key);
  zrtp_wipe (key, sizeof key);
  return self;
}

void
zrtp_srtcp_tag_free (ZrtpSrtcpTag * self)
{
  zrtp_secret_free (self);
}

gboolean
zrtp_srtcp_tag_lengthen (ZrtpSrtcpTag * self, const guint8 * packet,
    gsize size, guint8 tag[ZRTP_SRTCP_LONG_TAG])
{
  gsize signed_size = size - ZRTP_SRTCP_SHORT_TAG;
  guint8 right[ZRTP_SRTCP_LONG_TAG];
  gboolean ok;

  hmac_sha1_update (&self->hmac, signed_size, packet);
  hmac_sha1_digest (&self->hmac, sizeof right, right);
  ok = zrtp_equal (right, packet + signed_size, ZRTP_SRTCP_SHORT_TAG);
  if (ok)
    memcpy (tag, right, sizeof right);
  zrtp_wipe (right, sizeof right);
  return ok;
}
