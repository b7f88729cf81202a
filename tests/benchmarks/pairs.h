/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A secure call between two pairs in this process, of which one direction is to
 * be measured.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "way.h"

G_BEGIN_DECLS

#define PAIRS_RTP "application/x-rtp"
#define PAIRS_SRTP "application/x-srtp"

typedef struct
{
  Way *encrypt, *decrypt;       /* what comes out of them is freed */
  Way *back[2];                 /* the other direction; or NULL */
} Pairs;

/* @name, another one for each; @cipher must be what they agree on. @ssrc is that
 * of the handshake, the next one that of the other end. */
void pairs_open (Pairs * pairs, const char *name, const char *cipher,
    guint32 ssrc);
void pairs_close (Pairs * pairs);

GstCaps *pairs_make_caps (const char *type, guint32 ssrc);
/* way_new() with such caps. */
Way *pairs_make_way (GstElement * element, const char *sink, const char *src,
    const char *type, guint32 ssrc, GstPad * relay);

G_END_DECLS

#endif
