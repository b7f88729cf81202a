/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A pool for work that may block: as many threads as there are calls would be
 * needed if all of it did, a few if none does, and which it is shows only when
 * it happens. There are few. Only while work waits, and those few have not ended
 * theirs for a while, there are more, and no longer than they stay blocked.
 */
#ifndef GST_ZRTP_ELASTIC_POOL_H
#define GST_ZRTP_ELASTIC_POOL_H

#include <glib.h>

G_BEGIN_DECLS

/* One lives as long as the process and starts out as zeros. */
typedef struct
{
  GMutex lock;
  GQueue running;               /* tasks */
  guint waiting;                /* tasks that no thread has taken yet */
  guint n_blocked;              /* of those that run */
  gint64 last_end;              /* of a task */
  gboolean watched;             /* a thread looks for those that block */
  gsize pool, watch_pool;       /* GThreadPool, once there is something to do */
} GstZrtpCrowd;

/* Runs @work (@data) once, on a thread that it may block for any time. */
void gst_zrtp_elastic_pool_run (GstZrtpCrowd * crowd, void (*work) (gpointer
    data), gpointer data);
/* How many threads a pool has at most while none of them blocks. */
guint gst_zrtp_elastic_pool_get_size (void);

G_END_DECLS

#endif
