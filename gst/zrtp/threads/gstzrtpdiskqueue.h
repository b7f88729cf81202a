/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work that waits for a disk. What concerns one file is done in order, one after
 * the other, since it has one connection; files don't wait for each other. So
 * what a disk or a network mount that hangs holds up is what uses that file, and
 * there never are more threads at work than files that have something to do, nor
 * more than a few while none of them hangs (gstzrtpelasticpool.h).
 *
 * A file goes by the name that it was asked for by. Two names of one file wait
 * for each other in the cache itself.
 */
#ifndef GST_ZRTP_DISK_QUEUE_H
#define GST_ZRTP_DISK_QUEUE_H

#include "threads/gstzrtpwork.h"

#include "zrtp/zrtp.h"

G_BEGIN_DECLS /* Runs @work (@data) once,
    after all that was given before for @path. With or * without locks. */ void gst_zrtp_disk_queue_run (const char
    *path, GstZrtpWorkFunc work, gpointer data);

/* Drops a reference without waiting; the last one closes the file over there.
 * With or without locks. */
void gst_zrtp_disk_queue_unref_cache (const char *path, ZrtpCache * cache);
/* Waits until nothing is about to close @path, but no longer than @until
 * (monotonic). */
void gst_zrtp_disk_queue_wait_closed (const char *path, gint64 until);

G_END_DECLS

#endif
