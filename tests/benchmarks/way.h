/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An element between two pads of ours: what is pushed into the one comes out of
 * the other, in the same thread.
 */
#ifndef WAY_H
#define WAY_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  GstElement *element;          /* owned; NULL: our pads are linked directly */
  GstPad *in, *out;
  /* What becomes of what comes out. Not to be changed meanwhile. */
  GPtrArray *kept;              /* buffers are put here, if not NULL */
  GstPad *relay;                /* else pushed here, if not NULL; else freed */
  guint n;                      /* packets that came out */
} Way;

/* Takes @element, sets it PLAYING and pushes stream-start, @caps and a segment.
 * @sink, @src: names of its pads; one that is not there is requested. What may
 * come out from here on goes to @relay (may be NULL, borrowed). */
Way *way_new (GstElement * element, const char *sink, const char *src,
    GstCaps * caps, GstPad * relay);
void way_free (Way * way);

/* The caps that come out, or NULL. */
GstCaps *way_get_caps (Way * way);
/* Pushes all @items (buffers or buffer lists) and takes the array. CPU time of
 * this thread in nanoseconds. */
double way_push (Way * way, GPtrArray * items);

G_END_DECLS

#endif
