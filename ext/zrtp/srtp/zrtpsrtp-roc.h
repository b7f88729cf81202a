/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Search for a rollover counter that was lost. The estimate of RFC 3711 3.3.1
 * holds for gaps below 2^15 packets. After a longer outage, or where the first
 * packets of a source were lost around a rollover, no later packet authenticates.
 * For zrtpsrtp.c alone.
 *
 * A failed packet is tried under one higher counter. The choice depends on the
 * packet's own tag, so other packets in between cannot steer it. A forged packet
 * costs one more HMAC and no state.
 */
#ifndef ZRTP_SRTP_ROC_H
#define ZRTP_SRTP_ROC_H

#include "zrtp/srtp/zrtpsrtp.h"

G_BEGIN_DECLS

/* Failures in a row after which a known source counts as lost. */
#define ZRTP_ROC_MIN_FAILURES 8

typedef struct _ZrtpRocSearch ZrtpRocSearch;

ZrtpRocSearch *zrtp_roc_search_new (const ZrtpSrtpKeys * keys);
/* Wipes the key; NULL is fine. */
void zrtp_roc_search_free (ZrtpRocSearch * search);

/* A packet of @ssrc authenticated. */
void zrtp_roc_search_succeeded (ZrtpRocSearch * search, guint32 ssrc);

/* Counts a failure of a known source. TRUE from ZRTP_ROC_MIN_FAILURES in a row
 * on. */
gboolean zrtp_roc_search_failed (ZrtpRocSearch * search, guint32 ssrc);

/* The counter to try for a packet of a source at @roc, or of an unknown source
 * (@known FALSE). @packet ends with its tag. */
guint32 zrtp_roc_search_choose (const ZrtpRocSearch * search, gboolean known,
    guint32 roc, const guint8 * packet, gsize size);

/* Whether @packet authenticates under @roc (RFC 3711 4.2), compared in constant
 * time. */
gboolean zrtp_roc_search_matches (ZrtpRocSearch * search, guint32 roc,
    const guint8 * packet, gsize size);

G_END_DECLS

#endif
