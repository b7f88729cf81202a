/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz-threads.h"

#include <sys/random.h>

#include "fuzz.h"
#include "threads/gstzrtpelasticpool.h"
#include "threads/gstzrtptimer.h"

typedef struct
{
  GFunc work;
  gpointer data, user_data;
} Task;

/* GLib's pool, as far as the plugin uses it. */
typedef struct
{
  GFunc work;
  gpointer user_data;
} Pool;

#define START (1000 * G_USEC_PER_SEC)
#define SEED G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static gint64 now = START;
static guint64 state = SEED;    /* of the generator */
static GQueue tasks;            /* Task */
static GPtrArray *timers;       /* GstZrtpTimer: armed ones */

/* -- Tasks -- */

static void
add_task (GFunc work, gpointer data, gpointer user_data)
{
  Task *task = g_new (Task, 1);

  *task = (Task) {
  work, data, user_data};
  g_queue_push_tail (&tasks, task);
}

static gboolean
run_task (void)
{
  Task *task = g_queue_pop_head (&tasks);

  if (!task)
    return FALSE;
  task->work (task->data, task->user_data);
  g_free (task);
  return TRUE;
}

void
fuzz_threads_run (void)
{
  while (run_task ());
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads,
    gboolean exclusive, GError ** error)
{
  Pool *pool = g_new (Pool, 1);

  *pool = (Pool) {
  func, user_data};
  return (GThreadPool *) pool;
}

gboolean
g_thread_pool_push (GThreadPool * thread_pool, gpointer data, GError ** error)
{
  Pool *pool = (Pool *) thread_pool;

  add_task (pool->work, data, pool->user_data);
  return TRUE;
}

static void
run_work (gpointer data, gpointer work)
{
  ((void (*)(gpointer)) work) (data);
}

void
gst_zrtp_elastic_pool_run (GstZrtpCrowd * crowd, void (*work) (gpointer data),
    gpointer data)
{
  add_task (run_work, data, (gpointer) work);
}

guint
gst_zrtp_elastic_pool_get_size (void)
{
  return 1;
}

/* -- Timers -- */

static GstZrtpTimer *
find_next_timer (void)
{
  GstZrtpTimer *next = NULL;

  for (guint i = 0; timers && i < timers->len; i++) {
    GstZrtpTimer *timer = g_ptr_array_index (timers, i);

    if (!next || timer->due < next->due)
      next = timer;
  }
  return next;
}

void
gst_zrtp_timer_init (GstZrtpTimer * timer, GstZrtpTimerFunc func,
    gpointer user_data)
{
  *timer = (GstZrtpTimer) {
  func, user_data, G_MAXINT64, 0};
}

void
gst_zrtp_timer_clear (GstZrtpTimer * timer)
{
  if (timer->position > 0)
    g_ptr_array_remove (timers, timer);
  timer->position = 0;
}

void
gst_zrtp_timer_set (GstZrtpTimer * timer, gint64 due)
{
  gst_zrtp_timer_clear (timer);
  timer->due = due;
  if (due == G_MAXINT64)
    return;
  if (!timers)
    timers = g_ptr_array_new ();
  g_ptr_array_add (timers, timer);
  timer->position = 1;
}

static gboolean
fire_timer (gint64 until)
{
  GstZrtpTimer *timer = find_next_timer ();

  if (!timer || timer->due > until)
    return FALSE;
  now = MAX (now, timer->due);
  gst_zrtp_timer_clear (timer);
  timer->func (timer->user_data);
  return TRUE;
}

gboolean
fuzz_threads_wait (gint64 limit)
{
  if (!fire_timer (now + limit))
    return FALSE;
  fuzz_threads_run ();
  return TRUE;
}

/* -- Waiting -- */

gint64
g_get_monotonic_time (void)
{
  return now;
}

/* The threads that could signal it run, or time passes. */
gboolean
g_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end_time)
{
  gboolean woken;

  g_mutex_unlock (mutex);
  woken = run_task () || fire_timer (end_time);
  g_mutex_lock (mutex);
  if (!woken)
    now = MAX (now, end_time);
  return woken;
}

void
g_cond_wait (GCond * cond, GMutex * mutex)
{
  /* There is no thread that could ever end this wait. */
  FUZZ_CHECK (g_cond_wait_until (cond, mutex, G_MAXINT64 - 1));
}

/* -- Chance -- */

ssize_t
getrandom (void *out, size_t size, unsigned int flags)
{
  for (gsize i = 0; i < size; i++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    ((guint8 *) out)[i] = (guint8) (state >> 32);
  }
  return size;
}

void
fuzz_threads_reset (void)
{
  FUZZ_CHECK (g_queue_is_empty (&tasks));
  FUZZ_CHECK (!find_next_timer ());
  now = START;
  state = SEED;
}
