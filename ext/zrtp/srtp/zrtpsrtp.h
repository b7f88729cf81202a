/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTP and SRTCP under the keys of a ZRTP exchange (RFC 6189 4.5.3), by
 * libsrtp2 with Nettle's AES and SHA-1 behind it.
 *
 * A ZrtpSrtp is one direction of one transport: every SSRC on it, keyed by
 * SSRC inside, rollover counter 0 at the first packet of each. Not thread-safe:
 * the owner keeps one lock a direction. A source becomes known by its first
 * packet that protects or authenticates; what a packet costs does not depend on
 * how many there are. ZRTP_SRTP_MAX_SOURCES of them limit the memory that a
 * hostile peer can take; packets of further ones fail before any cryptography.
 */
#ifndef ZRTP_SRTP_H
#define ZRTP_SRTP_H

#include "zrtp/crypto/zrtpalgorithm.h"

G_BEGIN_DECLS

/* Octets that protecting may add to an RTP or an RTCP packet. */
#define ZRTP_SRTP_MAX_TRAILER 16
/* Octets of a packet behind its RTP or RTCP header: what counter mode can
 * encrypt under one packet index (RFC 3711 4.1.1). */
#define ZRTP_SRTP_MAX_PAYLOAD (0x10000 * 16)

/* SSRCs that one direction takes under one key. */
#define ZRTP_SRTP_MAX_SOURCES 1024

/* One direction's master key and salt. Wipe with zrtp_wipe(). */
typedef struct
{
  const ZrtpCipher *cipher;
  const ZrtpAuthTag *auth_tag;
  guint8 key[ZRTP_MAX_CIPHER_KEY_SIZE];
  guint8 salt[ZRTP_SALT_SIZE];
} ZrtpSrtpKeys;

typedef struct
{
  guint window_size;            /* replay window in packets, 64..32767 */
  gboolean allow_repeat_tx;     /* a packet may be protected twice (RTX) */
  guint srtcp_tag_size;         /* 10 or 4 octets */
  /* With 10: SRTCP tags of 4 octets are taken too, and sent once
   * zrtp_srtp_shorten_rtcp() was called. */
  gboolean either_srtcp_tag;
} ZrtpSrtpOptions;

typedef enum
{
  ZRTP_SRTP_OK,
  ZRTP_SRTP_REPLAY,             /* seen before, or older than the window */
  ZRTP_SRTP_BAD_AUTH,
  ZRTP_SRTP_MALFORMED,          /* no RTP/RTCP, too short, no room for a tag */
  ZRTP_SRTP_EXPIRED,            /* 2^48 or 2^31 packets: the key is used up */
  ZRTP_SRTP_TOO_MANY_SOURCES,   /* ZRTP_SRTP_MAX_SOURCES others are known */
  ZRTP_SRTP_FAILED
} ZrtpSrtpResult;

typedef struct _ZrtpSrtp ZrtpSrtp;

typedef enum
{
  ZRTP_SRTP_SEND,
  ZRTP_SRTP_RECEIVE
} ZrtpSrtpDirection;

/* Once in a process, before any other call: starts libsrtp2 if no other library
 * did yet, then puts Nettle's code behind its AES-CM and HMAC-SHA1 after that
 * has passed known answers. With GST_ZRTP_NO_NETTLE_SRTP set in the
 * environment, or if a check fails, libsrtp2 stays as it is (slower, no less
 * secure). FALSE with a text if libsrtp2 itself does not start. Idempotent.
 * Takes some 20 ms.
 *
 * Both lists are libsrtp2's own, for the whole process and without a lock: no
 * other thread may start libsrtp2 or make a session meanwhile, and this code
 * must never be unloaded. Inside GStreamer's plugin_init both hold, as srtpenc
 * and srtpdec start libsrtp2 from there too. */
gboolean zrtp_srtp_init (char **error);
/* Whether all of Nettle's code is in place. */
gboolean zrtp_srtp_is_accelerated (void);
/* Whether zrtp_srtp_new() can have this cipher: AES-192 needs Nettle, for
 * libsrtp2 2.5 alone derives its session keys against RFC 6188. */
gboolean zrtp_srtp_supports (const ZrtpCipher * cipher);

/* NULL if the cipher is not supported or an option out of range. */
ZrtpSrtp *zrtp_srtp_new (ZrtpSrtpDirection direction,
    const ZrtpSrtpKeys * keys, const ZrtpSrtpOptions * options);
/* Wipes the keys. */
void zrtp_srtp_free (ZrtpSrtp * srtp);

/* In place. @size is the packet's size, in and out; @capacity what the memory
 * holds (@size + ZRTP_SRTP_MAX_TRAILER is always enough). Without ZRTP_SRTP_OK
 * the size stays, and what could not be unprotected is as it came. */
ZrtpSrtpResult zrtp_srtp_protect (ZrtpSrtp * srtp, guint8 * packet,
    gsize * size, gsize capacity);
ZrtpSrtpResult zrtp_srtp_unprotect (ZrtpSrtp * srtp, guint8 * packet,
    gsize * size);
ZrtpSrtpResult zrtp_srtp_protect_rtcp (ZrtpSrtp * srtp, guint8 * packet,
    gsize * size, gsize capacity);
ZrtpSrtpResult zrtp_srtp_unprotect_rtcp (ZrtpSrtp * srtp, guint8 * packet,
    gsize * size);

/* Where either_srtcp_tag is set, else nothing: SRTCP leaves with tags of 4 octets
 * from here on. */
void zrtp_srtp_shorten_rtcp (ZrtpSrtp * srtp);
/* Whether it does; for receiving: whether such a packet came and was new and
 * right, which is how a peer shows that it shortens them. */
gboolean zrtp_srtp_is_rtcp_short (ZrtpSrtp * srtp);

/* The rollover counter of one SSRC; FALSE if that SSRC was never seen. */
gboolean zrtp_srtp_get_roc (ZrtpSrtp * srtp, guint32 ssrc, guint32 * roc);

G_END_DECLS

#endif
