/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call within a process: two pairs of elements, their pads linked to each
 * other.
 */
#ifndef SCALE_CALL_H
#define SCALE_CALL_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  GstElement *enc, *dec;
  GstPad *in, *out;             /* ours: before zrtpenc, behind zrtpdec */
  guint32 ssrc;
  guint16 seq;
  guint heard;                  /* packets that came out here */
} ScaleEnd;

typedef struct
{
  ScaleEnd ends[2];
} ScaleCall;

/* Both ends PLAYING. @number: another one for each. */
void scale_call_open (ScaleCall * call, guint number);
/* The same with srtpenc and srtpdec: media may flow at once. */
void scale_call_open_srtp (ScaleCall * call, guint number);
void scale_call_close (ScaleCall * call);
/* How many ends are not secure yet of @n calls that were opened. */
guint scale_call_count_missing (guint n);
/* A packet of 20 ms of voice. */
GstBuffer *scale_call_make_packet (ScaleEnd * end);

/* A pair whose Hellos no peer answers. */
typedef struct
{
  GstElement *enc, *dec;
  GstPad *in, *out;
  guint n;                      /* Hellos that came out so far */
  gint64 last;
  GArray *lags;                 /* double, milliseconds */
} ScaleLonely;

void scale_lonely_open (ScaleLonely * lonely, guint number);
void scale_lonely_close (ScaleLonely * lonely);

G_END_DECLS

#endif
