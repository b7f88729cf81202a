/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpcrowd.h"

/* If nobody has ended anything for so long, those who began before are blocked:
 * other work takes microseconds. On a machine that is merely slow somebody
 * does. */
#define BLOCKED_TIME (50 * G_TIME_SPAN_MILLISECOND)
#define MIN_SIZE 4

typedef struct
{
  void (*work) (gpointer data);
  gpointer data;
  GList link;                   /* in "running" */
  gint64 started;
  gboolean blocked;
} Task;

static GMutex lock;
static GQueue running = G_QUEUE_INIT;   /* Task */
static guint waiting;           /* tasks that no thread has taken yet */
static guint n_blocked;         /* of those that run */
static gint64 last_end;         /* of a task */
static gboolean watched;        /* somebody looks for those that block */

static void run_task (gpointer data, gpointer unused);
static void watch (gpointer data, gpointer unused);

guint
gst_zrtp_crowd_get_size (void)
{
  return MAX (MIN_SIZE, g_get_num_processors ());
}

static GThreadPool *
get_pool (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize) g_thread_pool_new (run_task, NULL,
            gst_zrtp_crowd_get_size (), FALSE, NULL));
  return (GThreadPool *) pool;
}

static GThreadPool *
get_watch_pool (void)
{
  static gsize pool;

  if (g_once_init_enter (&pool))
    g_once_init_leave (&pool, (gsize) g_thread_pool_new (watch, NULL, 1, FALSE,
            NULL));
  return (GThreadPool *) pool;
}

/* Two more for one that blocks: where many do there is soon room for all. */
static guint
get_limit (void)
{
  return gst_zrtp_crowd_get_size () + 2 * n_blocked;
}

/* With the lock: whether somebody has to start looking. */
static gboolean
needs_watch (void)
{
  if (watched || waiting == 0 || running.length + waiting <= get_limit ())
    return FALSE;
  watched = TRUE;
  return TRUE;
}

static void
start_watch (void)
{
  g_thread_pool_push (get_watch_pool (), GINT_TO_POINTER (TRUE), NULL);
}

static void
run_task (gpointer data, gpointer unused)
{
  Task *task = data;
  gboolean must_watch;

  g_mutex_lock (&lock);
  waiting--;
  task->started = g_get_monotonic_time ();
  g_queue_push_tail_link (&running, &task->link);
  g_mutex_unlock (&lock);

  task->work (task->data);

  g_mutex_lock (&lock);
  g_queue_unlink (&running, &task->link);
  last_end = g_get_monotonic_time ();
  if (task->blocked) {
    n_blocked--;
    g_thread_pool_set_max_threads (get_pool (), get_limit (), NULL);
  }
  must_watch = needs_watch ();
  g_mutex_unlock (&lock);
  if (must_watch)
    start_watch ();
  g_free (task);
}

/* With the lock. */
static void
look_for_blocked (void)
{
  const gint64 since = g_get_monotonic_time () - BLOCKED_TIME;
  const guint before = n_blocked;

  if (last_end > since)
    return;
  for (GList * link = running.head; link; link = link->next) {
    Task *task = link->data;

    if (!task->blocked && task->started <= since) {
      task->blocked = TRUE;
      n_blocked++;
    }
  }
  if (n_blocked > before)
    g_thread_pool_set_max_threads (get_pool (), get_limit (), NULL);
}

/* A thread of its own while there is something to look at. */
static void
watch (gpointer data, gpointer unused)
{
  g_mutex_lock (&lock);
  last_end = g_get_monotonic_time ();
  while (waiting > 0) {
    g_mutex_unlock (&lock);
    g_usleep (BLOCKED_TIME / 2);
    g_mutex_lock (&lock);
    look_for_blocked ();
  }
  watched = FALSE;
  g_mutex_unlock (&lock);
}

void
gst_zrtp_crowd_run (void (*work) (gpointer data), gpointer data)
{
  Task *task = g_new0 (Task, 1);
  gboolean must_watch;

  task->work = work;
  task->data = data;
  task->link.data = task;
  g_mutex_lock (&lock);
  waiting++;
  must_watch = needs_watch ();
  g_mutex_unlock (&lock);
  g_thread_pool_push (get_pool (), task, NULL);
  if (must_watch)
    start_watch ();
}
