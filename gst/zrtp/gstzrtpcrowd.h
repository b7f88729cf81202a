/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The pool for work that may block: as many threads as there are calls would be
 * needed if all of it did, a few if none does, and which it is shows only when
 * it happens. There are few. Only while work waits, and those few have not ended
 * theirs for a while, there are more, and no longer than they stay blocked.
 */
#ifndef GST_ZRTP_CROWD_H
#define GST_ZRTP_CROWD_H

#include <glib.h>

G_BEGIN_DECLS

/* Runs @work (@data) once, on a thread that it may block for any time. */
void gst_zrtp_crowd_run (void (*work) (gpointer data), gpointer data);
/* How many threads there are while none of them blocks. */
guint gst_zrtp_crowd_get_size (void);

G_END_DECLS

#endif
