/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The chain of hash images H0 to H3 that ties an endpoint's messages together
 * (RFC 6189 9).
 */
#ifndef ZRTP_CHAIN_H
#define ZRTP_CHAIN_H

#include "zrtp/base/zrtptypes.h"

G_BEGIN_DECLS

typedef enum
{
  ZRTP_CHAIN_OTHER,             /* the image belongs to another chain */
  ZRTP_CHAIN_CHANGED,           /* it belongs to this chain; the message was changed */
  ZRTP_CHAIN_OPENS,             /* it belongs to this chain and opens the message */
} ZrtpChainCheck;

/* Hashes @image, which an endpoint has revealed, @steps times (1 to 3) and
 * compares it with @known, the image of the same chain that came earlier. The
 * image one step below @known is the key of the MAC of @message, the earlier
 * message that carried @known (9). Constant time; wipes what it computes. */
ZrtpChainCheck zrtp_chain_check (const guint8 image[ZRTP_IMAGE_SIZE],
    guint steps, const guint8 known[ZRTP_IMAGE_SIZE], GBytes * message);

G_END_DECLS

#endif
