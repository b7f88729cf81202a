/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Keys and packets that are the same in every run and every process.
 */
#ifndef SRTP_PACKETS_H
#define SRTP_PACKETS_H

#include "zrtp/srtp/zrtpsrtp.h"

#define MAX_PACKET 2048
#define TEST_SSRC 0xcafebabe

/* Keys of one direction; another @seed gives others. */
ZrtpSrtpKeys make_keys (const ZrtpCipher * cipher,
    const ZrtpAuthTag * auth_tag, guint seed);
/* With a window of 128, no repetition and SRTCP tags of 10 octets. */
ZrtpSrtp *make_srtp (ZrtpSrtpDirection direction, const ZrtpSrtpKeys * keys);

/* A packet whose octets depend on the arguments alone; its size. @extension is
 * the extension's length in words, -1 for none. */
gsize make_rtp (guint8 * packet, guint16 seq, guint32 ssrc, guint n_csrcs,
    int extension, gsize payload);
gsize make_rtcp (guint8 * packet, guint32 ssrc, guint serial, gsize size);

/* make_rtp() without CSRCs and extension, protected. */
gsize protected_rtp (ZrtpSrtp * sender, guint8 * packet, guint16 seq,
    guint32 ssrc, gsize payload);
/* That @packet is what make_rtp() made. */
void assert_rtp (const guint8 * packet, gsize size, guint16 seq, guint32 ssrc,
    gsize payload);

#endif
