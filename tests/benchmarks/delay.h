/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Networks in real time: what goes into a pad comes out of another one some time
 * later, or never.
 */
#ifndef DELAY_H
#define DELAY_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _Delay Delay;

/* Takes what @from pushes, drops @loss percent of it and pushes the rest into @to
 * after @delay (microseconds), from a thread that some of them share. Events are
 * not handed on: @caps and what else belongs to them come first. */
Delay *delay_new (GstPad * from, GstPad * to, GstCaps * caps, gint64 delay,
    guint loss);
/* What is under way is lost. */
void delay_free (Delay * delay);

G_END_DECLS

#endif
