/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTCP tags of 32 bits next to those of 80. RFC 3711 3.4 has 80 whatever SRTP
 * has; some endpoints shorten both where HS32 was agreed. Either is a part of
 * one HMAC-SHA1 under one key, so a short tag that is right tells the long one,
 * and SRTCP needs but one context with one replay list for both. For zrtpsrtp.c
 * alone.
 */
#ifndef ZRTP_SRTCP_TAG_H
#define ZRTP_SRTCP_TAG_H

#include "zrtp/srtp/zrtpsrtp.h"

G_BEGIN_DECLS

#define ZRTP_SRTCP_LONG_TAG 10
#define ZRTP_SRTCP_SHORT_TAG 4

#define ZRTP_SRTP_AUTH_KEY_SIZE 20      /* RFC 3711 5.2 */

/* RFC 3711 4.3.2. */
#define ZRTP_SRTP_AUTH_LABEL 1
#define ZRTP_SRTCP_AUTH_LABEL 4

/* Derives the session authentication key of @label. The caller wipes @out. */
void zrtp_srtp_derive_auth_key (const ZrtpSrtpKeys * keys, guint8 label,
    guint8 out[ZRTP_SRTP_AUTH_KEY_SIZE]);

typedef struct _ZrtpSrtcpTag ZrtpSrtcpTag;

/* Of the SRTCP that goes under these keys. */
ZrtpSrtcpTag *zrtp_srtcp_tag_new (const ZrtpSrtpKeys * keys);
/* Wipes the key; NULL is fine. */
void zrtp_srtcp_tag_free (ZrtpSrtcpTag * self);

/* Whether the last ZRTP_SRTCP_SHORT_TAG octets of @packet are its tag, compared
 * in constant time. Then @tag is the long one. */
gboolean zrtp_srtcp_tag_lengthen (ZrtpSrtcpTag * self, const guint8 * packet,
    gsize size, guint8 tag[ZRTP_SRTCP_LONG_TAG]);

G_END_DECLS

#endif
