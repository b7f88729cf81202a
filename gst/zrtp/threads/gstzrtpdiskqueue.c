/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "threads/gstzrtpdiskqueue.h"

#include "threads/gstzrtpelasticpool.h"

typedef struct
{
  GstZrtpWorkFunc work;
  gpointer data;
} Task;

/* In the table as long as it has something to do. */
typedef struct
{
  char *path;
  GQueue tasks;                 /* Task; the first one is at work or next */
  guint closing;                /* of these, how many close the file */
} File;

typedef struct
{
  char *path;
  ZrtpCache *cache;
} Closing;

static GstZrtpCrowd crowd;
static GMutex lock;
static GCond closed;
static GHashTable *files;       /* path to File */

/* With the lock. */
static File *
get_file (const char *path)
{
  File *file;

  if (!files)
    files = g_hash_table_new (g_str_hash, g_str_equal);
  file = g_hash_table_lookup (files, path);
  if (!file) {
    file = g_new0 (File, 1);
    file->path = g_strdup (path);
    g_queue_init (&file->tasks);
    g_hash_table_insert (files, file->path, file);
  }
  return file;
}

/* One task a turn: files with many to do leave room for others. */
static void
serve (gpointer data)
{
  File *file = data;
  Task *task;
  gboolean more;

  g_mutex_lock (&lock);
  task = g_queue_peek_head (&file->tasks);
  g_mutex_unlock (&lock);

  task->work (task->data);
  g_free (task);

  g_mutex_lock (&lock);
  g_queue_pop_head (&file->tasks);
  more = file->tasks.length > 0;
  if (!more)
    g_hash_table_remove (files, file->path);
  g_mutex_unlock (&lock);
  if (more) {
    gst_zrtp_elastic_pool_run (&crowd, serve, file);
  } else {
    g_free (file->path);
    g_free (file);
  }
}

/* With the lock. */
static void
add_task (File * file, GstZrtpWorkFunc work, gpointer data)
{
  Task *task = g_new (Task, 1);

  task->work = work;
  task->data = data;
  g_queue_push_tail (&file->tasks, task);
  if (file->tasks.length == 1)
    gst_zrtp_elastic_pool_run (&crowd, serve, file);
}

void
gst_zrtp_disk_queue_run (const char *path, GstZrtpWorkFunc work, gpointer data)
{
  g_mutex_lock (&lock);
  add_task (get_file (path), work, data);
  g_mutex_unlock (&lock);
}

static void
close_cache (gpointer data)
{
  Closing *closing = data;

  zrtp_cache_unref (closing->cache);
  g_mutex_lock (&lock);
  get_file (closing->path)->closing--;
  g_cond_broadcast (&closed);
  g_mutex_unlock (&lock);
  g_free (closing->path);
  g_free (closing);
}

void
gst_zrtp_disk_queue_unref_cache (const char *path, ZrtpCache * cache)
{
  Closing *closing;
  File *file;

  if (zrtp_cache_try_unref (cache))
    return;
  if (zrtp_cache_is_volatile (cache)) {
    zrtp_cache_unref (cache);
    return;
  }
  closing = g_new (Closing, 1);
  closing->path = g_strdup (path);
  closing->cache = cache;
  g_mutex_lock (&lock);
  file = get_file (path);
  file->closing++;
  add_task (file, close_cache, closing);
  g_mutex_unlock (&lock);
}

void
gst_zrtp_disk_queue_wait_closed (const char *path, gint64 until)
{
  File *file;

  g_mutex_lock (&lock);
  while (files && (file = g_hash_table_lookup (files, path))
      && file->closing > 0)
    if (!g_cond_wait_until (&closed, &lock, until))
      break;
  g_mutex_unlock (&lock);
}
