/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "threads/gstzrtpwork.h"

#include "threads/gstzrtpelasticpool.h"

#include <unistd.h>

typedef struct
{
  GstZrtpWorkFunc work;
  gpointer data;
} Task;

static GstZrtpCrowd crowd;
static gint pool_pid;           /* atomic: the process whose threads they are */

static void
run_task (gpointer data, gpointer unused)
{
  Task *task = data;

  task->work (task->data);
  g_free (task);
}

static GThreadPool *
get_pool (GstZrtpPool pool)
{
  static gsize pools[GST_ZRTP_N_POOLS];
  gsize *slot = &pools[pool];

  if (g_once_init_enter (slot)) {
    gint max_threads = g_get_num_processors ();

    if (pool == GST_ZRTP_POOL_SERVICE)
      max_threads = MAX (2, max_threads);
    g_once_init_leave (slot,
        (gsize) g_thread_pool_new (run_task, NULL, max_threads, FALSE, NULL));
  }
  return (GThreadPool *) * slot;
}

void
gst_zrtp_pool_run (GstZrtpPool pool, GstZrtpWorkFunc work, gpointer data)
{
  Task *task;

  g_atomic_int_compare_and_exchange (&pool_pid, 0, (gint) getpid ());
  if (pool == GST_ZRTP_POOL_BLOCKING) {
    gst_zrtp_elastic_pool_run (&crowd, work, data);
    return;
  }
  task = g_new (Task, 1);
  task->work = work;
  task->data = data;
  /* A thread that can't be made now is not an error: the task waits for one
   * that is already there. */
  g_thread_pool_push (get_pool (pool), task, NULL);
}

gboolean
gst_zrtp_pool_is_lost (void)
{
  const gint pid = g_atomic_int_get (&pool_pid);

  return pid != 0 && pid != (gint) getpid ();
}

void
gst_zrtp_work_init (GstZrtpWork * runner, GstZrtpPool pool,
    GstZrtpWorkFunc work, gpointer owner, gpointer (*ref) (gpointer),
    void (*unref) (gpointer))
{
  runner->pool = pool;
  runner->work = work;
  runner->owner = owner;
  runner->ref = ref;
  runner->unref = unref;
  runner->poked = runner->running = FALSE;
  runner->thread = NULL;
  g_mutex_init (&runner->lock);
  g_cond_init (&runner->idle);
}

void
gst_zrtp_work_clear (GstZrtpWork * runner)
{
  g_mutex_clear (&runner->lock);
  g_cond_clear (&runner->idle);
}

static void
runner_run (gpointer data)
{
  GstZrtpWork *runner = data;
  gboolean again;

  do {
    g_mutex_lock (&runner->lock);
    again = runner->running = runner->poked;
    runner->poked = FALSE;
    runner->thread = again ? g_thread_self () : NULL;
    if (!again)
      g_cond_broadcast (&runner->idle);
    g_mutex_unlock (&runner->lock);
    if (again)
      runner->work (runner->owner);
  } while (again);
  runner->unref (runner->owner);
}

void
gst_zrtp_work_schedule (GstZrtpWork * runner)
{
  gboolean start;

  g_mutex_lock (&runner->lock);
  runner->poked = TRUE;
  start = !runner->running;
  runner->running = TRUE;
  if (start)
    runner->ref (runner->owner);
  g_mutex_unlock (&runner->lock);
  if (start)
    gst_zrtp_pool_run (runner->pool, runner_run, runner);
}

void
gst_zrtp_work_wait (GstZrtpWork * runner, gint64 until)
{
  g_mutex_lock (&runner->lock);
  while (runner->running && runner->thread != g_thread_self ())
    if (!g_cond_wait_until (&runner->idle, &runner->lock, until))
      break;
  g_mutex_unlock (&runner->lock);
}
