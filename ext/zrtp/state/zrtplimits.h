/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Part of zrtpstate.h: what is counted of packets that prove nothing.
 */
#ifndef ZRTP_LIMITS_H
#define ZRTP_LIMITS_H

#include <glib.h>

G_BEGIN_DECLS

/* What packets that proved nothing may cause (see zrtpstream.c): a few times at
 * once, then at intervals. 0 at first. */
typedef gint64 ZrtpRateLimit;

/* Bursts of these limits. */
#define ZRTP_BURST 8
#define ZRTP_ANSWER_BURST 40

/* Packets that show one reason why there can be no call. */
typedef struct
{
  guint n;
  gint64 first, last;           /* times of arrival */
} ZrtpHindrance;

G_END_DECLS

#endif
