/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "threads/gstzrtpelasticpool.h"

/* If no thread has ended anything for so long, those that began before are
 * blocked: other work takes microseconds. On a machine that is merely slow one
 * does. */
#define BLOCKED_TIME (50 * G_TIME_SPAN_MILLISECOND)
#define MIN_SIZE 4

typedef struct
{
  GstZrtpCrowd *crowd;
  void (*work) (gpointer data);
  gpointer data;
  GList link;                   /* in "running" */
  gint64 started;
  gboolean blocked;
} Task;

static void run_task (gpointer data, gpointer unused);
static void watch (gpointer data, gpointer unused);

guint
gst_zrtp_elastic_pool_get_size (void)
{
  return MAX (MIN_SIZE, g_get_num_processors ());
}

static GThreadPool *
get_pool (GstZrtpCrowd * crowd)
{
  if (g_once_init_enter (&crowd->pool))
    g_once_init_leave (&crowd->pool, (gsize) g_thread_pool_new (run_task, NULL,
            gst_zrtp_elastic_pool_get_size (), FALSE, NULL));
  return (GThreadPool *) crowd->pool;
}

static GThreadPool *
get_watch_pool (GstZrtpCrowd * crowd)
{
  if (g_once_init_enter (&crowd->watch_pool))
    g_once_init_leave (&crowd->watch_pool, (gsize) g_thread_pool_new (watch,
            NULL, 1, FALSE, NULL));
  return (GThreadPool *) crowd->watch_pool;
}

/* Two more for one that blocks: where many do there is soon room for all. */
static guint
get_limit (GstZrtpCrowd * crowd)
{
  return gst_zrtp_elastic_pool_get_size () + 2 * crowd->n_blocked;
}

/* With the lock: whether a thread has to start looking. */
static gboolean
needs_watch (GstZrtpCrowd * crowd)
{
  if (crowd->watched || crowd->waiting == 0
      || crowd->running.length + crowd->waiting <= get_limit (crowd))
    return FALSE;
  crowd->watched = TRUE;
  return TRUE;
}

static void
start_watch (GstZrtpCrowd * crowd)
{
  g_thread_pool_push (get_watch_pool (crowd), crowd, NULL);
}

static void
run_task (gpointer data, gpointer unused)
{
  Task *task = data;
  GstZrtpCrowd *crowd = task->crowd;
  gboolean must_watch;

  g_mutex_lock (&crowd->lock);
  crowd->waiting--;
  task->started = g_get_monotonic_time ();
  g_queue_push_tail_link (&crowd->running, &task->link);
  g_mutex_unlock (&crowd->lock);

  task->work (task->data);

  g_mutex_lock (&crowd->lock);
  g_queue_unlink (&crowd->running, &task->link);
  crowd->last_end = g_get_monotonic_time ();
  if (task->blocked) {
    crowd->n_blocked--;
    g_thread_pool_set_max_threads (get_pool (crowd), get_limit (crowd), NULL);
  }
  must_watch = needs_watch (crowd);
  g_mutex_unlock (&crowd->lock);
  if (must_watch)
    start_watch (crowd);
  g_free (task);
}

/* With the lock. */
static void
look_for_blocked (GstZrtpCrowd * crowd)
{
  const gint64 since = g_get_monotonic_time () - BLOCKED_TIME;
  const guint before = crowd->n_blocked;

  if (crowd->last_end > since)
    return;
  for (GList * link = crowd->running.head; link; link = link->next) {
    Task *task = link->data;

    if (!task->blocked && task->started <= since) {
      task->blocked = TRUE;
      crowd->n_blocked++;
    }
  }
  if (crowd->n_blocked > before)
    g_thread_pool_set_max_threads (get_pool (crowd), get_limit (crowd), NULL);
}

/* A thread of its own while there is something to look at. */
static void
watch (gpointer data, gpointer unused)
{
  GstZrtpCrowd *crowd = data;

  g_mutex_lock (&crowd->lock);
  crowd->last_end = g_get_monotonic_time ();
  while (crowd->waiting > 0) {
    g_mutex_unlock (&crowd->lock);
    g_usleep (BLOCKED_TIME / 2);
    g_mutex_lock (&crowd->lock);
    look_for_blocked (crowd);
  }
  crowd->watched = FALSE;
  g_mutex_unlock (&crowd->lock);
}

void
gst_zrtp_elastic_pool_run (GstZrtpCrowd * crowd, void (*work) (gpointer data),
    gpointer data)
{
  Task *task = g_new0 (Task, 1);
  gboolean must_watch;

  task->crowd = crowd;
  task->work = work;
  task->data = data;
  task->link.data = task;
  g_mutex_lock (&crowd->lock);
  crowd->waiting++;
  must_watch = needs_watch (crowd);
  g_mutex_unlock (&crowd->lock);
  g_thread_pool_push (get_pool (crowd), task, NULL);
  if (must_watch)
    start_watch (crowd);
}
