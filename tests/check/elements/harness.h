/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For tests of the data path: two endpoints without a network or a pipeline.
 *
 *   in -> enc_a -> dec_b -> out        handshake and media, tapped in between
 *         dec_a <- enc_b               handshake, through zrtp_src
 */
#ifndef BENCH_H
#define BENCH_H

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>

G_BEGIN_DECLS

#define BENCH_SSRC 0x11223344
#define BENCH_CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=8"

typedef struct
{
  GstElement *enc_a, *dec_a, *enc_b, *dec_b;
  GstHarness *in, *out;
  gint refs;                    /* atomic: a signal may be on its way */
  GMutex lock;
  GCond changed;
  GPtrArray *wire;              /* lock: SRTP that left enc_a, GBytes */
} Harness;

/* All of it PLAYING except enc_b, without which no endpoint answers. */
Harness *harness_new (void);
/* The same with a property set on both encoders. */
Harness *harness_new_with (const char *property, const char *value);
void harness_free (Harness * harness);
/* Lets enc_b answer, and waits until a and b are secure. */
void harness_secure (Harness * harness);
void harness_wait_state (Harness * harness, GstElement * element, const char *nick);

/* "state" as its nick. */
char *harness_get_state (GstElement * element);

/* An RTP packet with @size octets of payload, all of them @fill. */
GstBuffer *harness_make_rtp (guint32 ssrc, guint16 seq, guint size, guint8 fill);
/* The same in several memories, as payloaders make it. */
GstBuffer *harness_make_rtp_pieces (guint32 ssrc, guint16 seq, guint size,
    guint8 fill);
/* A receiver report. */
GstBuffer *harness_make_rtcp (guint32 ssrc);
/* Fails unless it is what harness_make_rtp() would make. Takes @buffer. */
void harness_check_rtp (GstBuffer * buffer, guint32 ssrc, guint16 seq,
    guint size, guint8 fill);

/* The wire's n-th SRTP or SRTCP packet as a buffer. */
GstBuffer *harness_get_wire (Harness * harness, guint n);
guint harness_count_wire (Harness * harness);

G_END_DECLS

#endif
