/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP and RTCP packets whose every octet follows from SSRC and number, so that
 * the receiver can tell whether what it decrypted is what was sent.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include <glib.h>

G_BEGIN_DECLS

#define MEDIA_MAX_SIZE 256      /* of a packet made here, before SRTP */

typedef enum
{
  MEDIA_ZRTP,
  MEDIA_RTP,
  MEDIA_RTCP,
  MEDIA_OTHER
} MediaKind;

/* RFC 7983 for ZRTP and RTP, RFC 5761 4 for RTCP on the same port. */
MediaKind media_probe (const guint8 * data, gsize size);

/* Writes packet @sequence of @ssrc; returns its size. Sizes differ; every
 * fifth packet has a CSRC and a header extension, which SRTP leaves clear. */
gsize media_make_rtp (guint8 out[MEDIA_MAX_SIZE], guint32 ssrc,
    guint16 sequence);
gboolean media_check_rtp (const guint8 * data, gsize size, guint32 * ssrc);

/* A compound of a sender report and a description. */
gsize media_make_rtcp (guint8 out[MEDIA_MAX_SIZE], guint32 ssrc,
    guint32 number);
gboolean media_check_rtcp (const guint8 * data, gsize size, guint32 * ssrc);

G_END_DECLS

#endif
