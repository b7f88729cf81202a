/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The check of a revealed hash image against an earlier message (RFC 6189 9).
 */
#include "zrtp/message/zrtpchain.h"

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage.h"

#include <string.h>

ZrtpChainCheck
zrtp_chain_check (const guint8 image[ZRTP_IMAGE_SIZE], guint steps,
    const guint8 known[ZRTP_IMAGE_SIZE], GBytes * message)
{
  guint8 key[ZRTP_IMAGE_SIZE], above[ZRTP_IMAGE_SIZE];
  ZrtpChainCheck result = ZRTP_CHAIN_OTHER;
  const guint8 *data;
  gsize size;

  memcpy (above, image, ZRTP_IMAGE_SIZE);
  do {
    memcpy (key, above, ZRTP_IMAGE_SIZE);
    zrtp_sha256 (key, ZRTP_IMAGE_SIZE, above);
  } while (--steps > 0);
  if (zrtp_equal (above, known, ZRTP_IMAGE_SIZE)) {
    data = g_bytes_get_data (message, &size);
    result = zrtp_message_check_mac (data, size, key) ? ZRTP_CHAIN_OPENS :
        ZRTP_CHAIN_CHANGED;
  }
  zrtp_wipe (key, sizeof key);
  zrtp_wipe (above, sizeof above);
  return result;
}
