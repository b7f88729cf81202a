/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells ThreadSanitizer how GLib and GStreamer order threads. Debian's builds
 * of them are not instrumented, and GLib's locks are bare futexes: without this
 * every access under a GMutex looks like a race. Preloaded in front of them;
 * each function calls the real one and says what it orders.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <gst/gst.h>

/* ThreadSanitizer's own; absent in helper processes that are not built with it
 * (gst-plugin-scanner). */
extern void __tsan_acquire (void *address) __attribute__((weak));
extern void __tsan_release (void *address) __attribute__((weak));

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire && address)
    __tsan_acquire ((void *) address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release && address)
    __tsan_release ((void *) address);
}

/* The function of that name behind this one. Racing look-ups find the same. */
#define REAL(name) ({                                                       \
  static __typeof__ (&name) real;                                           \
  if (!__atomic_load_n (&real, __ATOMIC_ACQUIRE))                           \
    __atomic_store_n (&real,                                                \
        (__typeof__ (&name)) dlsym (RTLD_NEXT, #name), __ATOMIC_RELEASE);   \
  __atomic_load_n (&real, __ATOMIC_ACQUIRE);                                \
})

#define EXPORT __attribute__((visibility ("default")))

/* Locks: what came before an unlock is seen after the next lock. */
#define LOCK(name, type)                                                    \
  EXPORT void name (type * lock) {                                          \
    REAL (name) (lock);                                                     \
    acquire (lock);                                                         \
  }
#define TRYLOCK(name, type)                                                 \
  EXPORT gboolean name (type * lock) {                                      \
    gboolean locked = REAL (name) (lock);                                   \
    if (locked)                                                             \
      acquire (lock);                                                       \
    return locked;                                                          \
  }
#define UNLOCK(name, type)                                                  \
  EXPORT void name (type * lock) {                                          \
    release (lock);                                                         \
    REAL (name) (lock);                                                     \
  }

/* *INDENT-OFF* */
LOCK (g_mutex_lock, GMutex)
TRYLOCK (g_mutex_trylock, GMutex)
UNLOCK (g_mutex_unlock, GMutex)
LOCK (g_rec_mutex_lock, GRecMutex)
TRYLOCK (g_rec_mutex_trylock, GRecMutex)
UNLOCK (g_rec_mutex_unlock, GRecMutex)
LOCK (g_rw_lock_reader_lock, GRWLock)
TRYLOCK (g_rw_lock_reader_trylock, GRWLock)
UNLOCK (g_rw_lock_reader_unlock, GRWLock)
LOCK (g_rw_lock_writer_lock, GRWLock)
TRYLOCK (g_rw_lock_writer_trylock, GRWLock)
UNLOCK (g_rw_lock_writer_unlock, GRWLock)
/* *INDENT-ON* */

EXPORT void
g_cond_wait (GCond * cond, GMutex * mutex)
{
  release (mutex);
  REAL (g_cond_wait) (cond, mutex);
  acquire (mutex);
}

EXPORT gboolean
g_cond_wait_until (GCond * cond, GMutex * mutex, gint64 end_time)
{
  gboolean woken;

  release (mutex);
  woken = REAL (g_cond_wait_until) (cond, mutex, end_time);
  acquire (mutex);
  return woken;
}

/* One-time initialisation. GLib has macros of these names too. */
#undef g_once_init_enter
#undef g_once_init_leave

EXPORT gboolean
g_once_init_enter (volatile void *location)
{
  gboolean enter = REAL (g_once_init_enter) (location);

  acquire ((gconstpointer) location);
  return enter;
}

EXPORT void
g_once_init_leave (volatile void *location, gsize result)
{
  release ((gconstpointer) location);
  REAL (g_once_init_leave) (location, result);
}

/* Queues: who pops sees what the one who pushed did. */
EXPORT void
g_async_queue_push (GAsyncQueue * queue, gpointer data)
{
  release (data);
  REAL (g_async_queue_push) (queue, data);
}

EXPORT gpointer
g_async_queue_pop (GAsyncQueue * queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  acquire (data);
  return data;
}

EXPORT gpointer
g_async_queue_try_pop (GAsyncQueue * queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  acquire (data);
  return data;
}

EXPORT gpointer
g_async_queue_timeout_pop (GAsyncQueue * queue, guint64 timeout)
{
  gpointer data = REAL (g_async_queue_timeout_pop) (queue, timeout);

  acquire (data);
  return data;
}

/* Thread pools: a task sees what the one who pushed it did, and who frees the
 * pool with waiting sees what its tasks did. */
typedef struct
{
  GFunc func;
  gpointer user_data;
} PoolTask;

static void
run_pool_task (gpointer data, gpointer user_data)
{
  PoolTask *task = user_data;

  acquire (data);
  task->func (data, task->user_data);
  release (task);
}

static GHashTable *pool_tasks;
static GMutex pool_lock;

EXPORT GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads,
    gboolean exclusive, GError ** error)
{
  PoolTask *task = g_new0 (PoolTask, 1);
  GThreadPool *pool;

  task->func = func;
  task->user_data = user_data;
  release (task);
  pool = REAL (g_thread_pool_new) (run_pool_task, task, max_threads,
      exclusive, error);
  g_mutex_lock (&pool_lock);
  if (!pool_tasks)
    pool_tasks = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (pool_tasks, pool, task);
  g_mutex_unlock (&pool_lock);
  return pool;
}

EXPORT gboolean
g_thread_pool_push (GThreadPool * pool, gpointer data, GError ** error)
{
  release (data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

EXPORT void
g_thread_pool_free (GThreadPool * pool, gboolean immediate, gboolean wait)
{
  PoolTask *task;

  g_mutex_lock (&pool_lock);
  task = pool_tasks ? g_hash_table_lookup (pool_tasks, pool) : NULL;
  if (task)
    g_hash_table_remove (pool_tasks, pool);
  g_mutex_unlock (&pool_lock);
  REAL (g_thread_pool_free) (pool, immediate, wait);
  acquire (task);
}

/* Reference counts: who drops the last one sees what the others did. */
#define UNREF(name, type)                                                   \
  EXPORT void name (type object) {                                          \
    release (object);                                                       \
    acquire (object);                                                       \
    REAL (name) (object);                                                   \
  }

/* *INDENT-OFF* */
UNREF (g_object_unref, gpointer)
UNREF (gst_mini_object_unref, GstMiniObject *)
UNREF (g_bytes_unref, GBytes *)
/* *INDENT-ON* */

/* Signal closures, events and messages cross threads inside GStreamer, which
 * orders them with the locks above. Clock callbacks do not: */
typedef struct
{
  GstClockCallback func;
  gpointer user_data;
  GDestroyNotify destroy;
} ClockTask;

static gboolean
run_clock_task (GstClock * clock, GstClockTime time, GstClockID id,
    gpointer user_data)
{
  ClockTask *task = user_data;

  acquire (task);
  return task->func (clock, time, id, task->user_data);
}

static void
free_clock_task (gpointer user_data)
{
  ClockTask *task = user_data;

  if (task->destroy)
    task->destroy (task->user_data);
  g_free (task);
}

EXPORT GstClockReturn
gst_clock_id_wait_async (GstClockID id, GstClockCallback func,
    gpointer user_data, GDestroyNotify destroy_data)
{
  ClockTask *task = g_new0 (ClockTask, 1);

  task->func = func;
  task->user_data = user_data;
  task->destroy = destroy_data;
  release (task);
  return REAL (gst_clock_id_wait_async) (id, run_clock_task, task,
      free_clock_task);
}
