/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The encrypted bodies of Confirm and SASrelay (RFC 6189 5.7, 5.13).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

const ZrtpSenderKeys *
zrtp_stream_own_keys (ZrtpStream * stream)
{
  return stream->info.role ==
      ZRTP_ROLE_INITIATOR ? &stream->bound.keys.initiator : &stream->bound.keys.
      responder;
}

const ZrtpSenderKeys *
zrtp_stream_peer_keys (ZrtpStream * stream)
{
  return stream->info.role ==
      ZRTP_ROLE_INITIATOR ? &stream->bound.keys.responder : &stream->bound.keys.
      initiator;
}

void
zrtp_sealed_encrypt_and_mac (ZrtpStream * stream, guint8 * text, gsize size,
    ZrtpSealed * sealed)
{
  const ZrtpSenderKeys *keys = zrtp_stream_own_keys (stream);
  guint8 mac[ZRTP_MAX_HASH_SIZE];

  zrtp_random_fill (stream->random, sealed->iv, ZRTP_IV_SIZE);
  stream->bound.cipher->cfb_encrypt (keys->zrtp_key, sealed->iv, text, size);
  sealed->encrypted = zrtp_octets (text, size);
  stream->bound.hash->mac (keys->mac_key, stream->bound.hash->size,
      &sealed->encrypted, 1, mac);
  memcpy (sealed->mac, mac, ZRTP_MAC_SIZE);
  zrtp_wipe (mac, stream->bound.hash->size);
}

gboolean
zrtp_sealed_check_mac (ZrtpStream * stream, const ZrtpSealed * sealed)
{
  guint8 mac[ZRTP_MAX_HASH_SIZE];
  gboolean genuine;

  stream->bound.hash->mac (zrtp_stream_peer_keys (stream)->mac_key,
      stream->bound.hash->size, &sealed->encrypted, 1, mac);
  genuine = zrtp_equal (mac, sealed->mac, ZRTP_MAC_SIZE);
  zrtp_wipe (mac, stream->bound.hash->size);
  return genuine;
}

guint8 *
zrtp_sealed_decrypt (ZrtpStream * stream, const ZrtpSealed * sealed)
{
  guint8 *text = g_memdup2 (sealed->encrypted.data, sealed->encrypted.size);

  stream->bound.cipher->cfb_decrypt (zrtp_stream_peer_keys (stream)->zrtp_key,
      sealed->iv, text, sealed->encrypted.size);
  return text;
}

void
zrtp_bound_wipe_keys (ZrtpStream * stream)
{
  zrtp_wipe (&stream->bound.keys, sizeof stream->bound.keys);
  stream->bound.hash = NULL;
  stream->bound.cipher = NULL;
}
