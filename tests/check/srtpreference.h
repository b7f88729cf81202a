/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 3711 and RFC 6188 as slowly and plainly as they are written, to hold the
 * engine's SRTP against. Knows nothing of libsrtp2.
 */
#ifndef SRTP_REFERENCE_H
#define SRTP_REFERENCE_H

#include <glib.h>

typedef struct
{
  gsize key_size;               /* 16, 24, 32 */
  guint8 cipher_key[32];
  guint8 salt[14];
  guint8 auth_key[20];
} ReferenceKeys;

typedef enum
{
  REFERENCE_SRTP = 0,           /* first of the three labels of 4.3 */
  REFERENCE_SRTCP = 3
} ReferenceLabel;

/* Session keys (RFC 3711 4.3, RFC 6188 3), key derivation rate 0. */
void reference_derive (const guint8 * master_key, gsize key_size,
    const guint8 master_salt[14], ReferenceLabel label, ReferenceKeys * keys);

/* Octets of header, CSRCs and extension of a sound RTP packet. */
gsize reference_rtp_header_size (const guint8 * packet);

/* In place; the new size. The packet's place in the stream is @roc and its
 * sequence number, or @index. */
gsize reference_protect (const ReferenceKeys * keys, guint8 * packet,
    gsize size, guint32 roc, gsize tag_size);
gsize reference_protect_rtcp (const ReferenceKeys * keys, guint8 * packet,
    gsize size, guint32 index, gboolean encrypted, gsize tag_size);

/* Keystream of AES in counter mode; the counter is a number of 128 bits. */
void reference_ctr (const guint8 * key, gsize key_size, guint8 counter[16],
    guint8 * data, gsize size);

#endif
