/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Work away from streaming threads, on pools that the whole process shares. No
 * thread waits for work: an idle one goes back to GLib. For the disk there is
 * gstzrtpdiskqueue.h.
 */
#ifndef GST_ZRTP_WORK_H
#define GST_ZRTP_WORK_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  GST_ZRTP_POOL_SERVICE,        /* short work that never blocks; bounded */
  GST_ZRTP_POOL_BLOCKING,       /* pushes, signals: may block for any time; see
                                 * gstzrtpelasticpool.h */
  GST_ZRTP_POOL_COMPUTE,        /* milliseconds of CPU; bounded */
  GST_ZRTP_N_POOLS
} GstZrtpPool;

typedef void (*GstZrtpWorkFunc) (gpointer data);

/* Runs @work (@data) once on a thread of @pool. */
void gst_zrtp_pool_run (GstZrtpPool pool, GstZrtpWorkFunc work, gpointer data);

/* Whether this process is a fork of one whose pools ran: it has none of their
 * threads, and no call of it makes progress. */
gboolean gst_zrtp_pool_is_lost (void);

/* A work calls one function on a pool whenever it was scheduled: never twice at
 * a time, and always once more after that. What there is to do is the owner's
 * to remember; the owner lives on while the function may run. */
typedef struct
{
  GstZrtpPool pool;
  GstZrtpWorkFunc work;
  gpointer owner;
  gpointer (*ref) (gpointer owner);
  void (*unref) (gpointer owner);
  GMutex lock;
  GCond idle;
  gboolean poked, running;
  GThread *thread;              /* whose stack the function is on */
} GstZrtpWork;

void gst_zrtp_work_init (GstZrtpWork * runner, GstZrtpPool pool,
    GstZrtpWorkFunc work, gpointer owner, gpointer (*ref) (gpointer),
    void (*unref) (gpointer));
void gst_zrtp_work_clear (GstZrtpWork * runner);
/* From any thread, also with locks held. */
void gst_zrtp_work_schedule (GstZrtpWork * runner);
/* Waits until it has done what it was scheduled for, but no longer than @until
 * (monotonic), and not at all on the thread that the function runs on. The
 * caller has a reference to the owner. */
void gst_zrtp_work_wait (GstZrtpWork * runner, gint64 until);

G_END_DECLS

#endif
