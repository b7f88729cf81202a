/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/cache/zrtpcache-private.h"

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>
#include <unistd.h>

/* Where a file is, by its canonical path. Opening, making and closing it take
 * their time on the disk: the file's lock makes those of one file wait for each
 * other, and no others. */
struct _ZrtpCacheFile
{
  char *path;
  pid_t pid;                    /* the process that made it: the lock is that
                                 * process's */
  guint users;                  /* under the table's lock */
  GMutex lock;                  /* after it a cache's */
  gboolean made;                /* its file was made here and has no content yet */
  ZrtpCache *cache;             /* the open object, with a reference or more;
                                 * NULL if there is none, or it was replaced */
};

/* Path to file. Held for a moment only. */
static GMutex table_lock;
static GHashTable *table;

char *
zrtp_cache_default_path (void)
{
  const char *data = g_get_user_data_dir ();

  if (g_path_is_absolute (data))
    return g_build_filename (data, "gst-zrtp", "peers.sqlite", NULL);
  return g_build_filename (g_get_home_dir (), ".local", "share", "gst-zrtp",
      "peers.sqlite", NULL);
}

char *
zrtp_cache_expand_path (const char *path, GError ** error)
{
  if (*path != '~' || strchr (path, '/') == NULL)
    return g_strdup (path);
  if (path[1] == '/')
    return g_build_filename (g_get_home_dir (), path + 2, NULL);
  zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
      "names the folder of another user: write it out, write \"./~...\" for a "
      "folder of that name, or name another cache");
  return NULL;
}

/* Adds a user. */
static ZrtpCacheFile *
cache_file_get (const char *path)
{
  ZrtpCacheFile *file;

  g_mutex_lock (&table_lock);
  if (table == NULL)
    table = g_hash_table_new (g_str_hash, g_str_equal);
  file = g_hash_table_lookup (table, path);
  if (file == NULL) {
    file = g_new0 (ZrtpCacheFile, 1);
    file->path = g_strdup (path);
    file->pid = getpid ();
    g_mutex_init (&file->lock);
    g_hash_table_insert (table, file->path, file);
  }
  file->users++;
  g_mutex_unlock (&table_lock);
  return file;
}

static void
cache_file_leave (ZrtpCacheFile * file)
{
  gboolean last;

  g_mutex_lock (&table_lock);
  last = --file->users == 0;
  if (last)
    g_hash_table_remove (table, file->path);
  g_mutex_unlock (&table_lock);
  if (!last)
    return;
  g_mutex_clear (&file->lock);
  g_free (file->path);
  g_free (file);
}

static ZrtpCache *
cache_new (const char *path, const ZrtpRandom * random)
{
  ZrtpCache *cache = g_new0 (ZrtpCache, 1);

  cache->refs = 1;
  cache->path = g_strdup (path);
  cache->pid = getpid ();
  zrtp_random_fill (random, cache->zid, sizeof cache->zid);
  g_mutex_init (&cache->lock);
  return cache;
}

static ZrtpCache *
cache_new_at (ZrtpCacheFile * file, const ZrtpRandom * random)
{
  ZrtpCache *cache = cache_new (file->path, random);

  cache->file = cache_file_get (file->path);
  return cache;
}

static void
cache_free (ZrtpCache * cache)
{
  if (cache->file != NULL)
    cache_file_leave (cache->file);
  g_mutex_clear (&cache->lock);
  g_free (cache->path);
  g_free (cache);
}

static gboolean
was_forked (pid_t pid, const char *path, GError ** error)
{
  if (pid == getpid ())
    return FALSE;
  zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FAILED, path,
      "was opened before fork(): open it only in the child, or call exec()");
  return TRUE;
}

/* TRUE if the file is no longer ours; then the connection is closed, so that it
 * shares no lock with that of a new file at the same path. Locked. */
static gboolean
was_moved (ZrtpCache * cache)
{
  if (cache->db != NULL && zrtp_cache_file_is_moved (cache))
    zrtp_cache_file_close (cache);
  return cache->db == NULL && !cache->deferred;
}

/* The open object for the file, or NULL if there is none. Place locked. */
static ZrtpCache *
find_open (ZrtpCacheFile * file)
{
  ZrtpCache *cache = file->cache;
  gboolean moved;

  if (cache == NULL)
    return NULL;
  g_mutex_lock (&cache->lock);
  moved = was_moved (cache);
  g_mutex_unlock (&cache->lock);
  if (moved)
    file->cache = NULL;
  return file->cache;
}

/* Must be called with cache->file->lock held. */
static gboolean
open_file (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE], GError ** error)
{
  if (!zrtp_cache_file_open (cache, zid, error))
    return FALSE;
  if (cache->file->made)
    g_atomic_int_compare_and_exchange (&cache->origin, ZRTP_CACHE_WAS_EMPTY,
        ZRTP_CACHE_NEW);
  cache->file->made = FALSE;
  return TRUE;
}

/* Must be called with file->lock held. */
static char *
prepare (ZrtpCacheFile * file, const char *path, GError ** error)
{
  gboolean made;
  char *canonical = zrtp_cache_file_prepare (path, &made, error);

  file->made = file->made || made;
  return canonical;
}

/* Place locked. The object stays as it was if that fails. */
static gboolean
create_deferred (ZrtpCache * cache, GError ** error)
{
  char *canonical = prepare (cache->file, cache->path, error);
  guint8 zid[ZRTP_ZID_SIZE];
  gboolean ok;

  if (canonical == NULL)
    return FALSE;
  g_mutex_lock (&cache->lock);
  ok = open_file (cache, zid, error);
  if (ok && (memcmp (zid, cache->zid, sizeof zid) != 0
          || strcmp (canonical, cache->path) != 0)) {
    zrtp_cache_file_close (cache);
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FAILED, cache->path,
        "was made by another process at the same time: this call goes on "
        "without it, the next one takes it");
    ok = FALSE;
  }
  cache->deferred = !ok;
  g_mutex_unlock (&cache->lock);
  g_free (canonical);
  return ok;
}

gboolean
zrtp_cache_create_file (ZrtpCache * cache, GError ** error)
{
  gboolean ok = TRUE;

  if (was_forked (cache->pid, cache->path, error))
    return FALSE;
  if (cache->file == NULL)
    return TRUE;
  g_mutex_lock (&cache->file->lock);
  if (cache->deferred)
    ok = create_deferred (cache, error);
  g_mutex_unlock (&cache->file->lock);
  return ok;
}

/* Place locked. */
static ZrtpCache *
open_new (ZrtpCacheFile * file, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = cache_new_at (file, random);

  if (!open_file (cache, cache->zid, error)) {
    cache_free (cache);
    return NULL;
  }
  file->cache = cache;
  return cache;
}

/* Place locked. */
static ZrtpCache *
open_shared (ZrtpCacheFile * file, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = find_open (file);

  if (cache != NULL && cache->deferred && !create_deferred (cache, NULL))
    cache = file->cache = NULL;
  return cache != NULL ? zrtp_cache_ref (cache)
      : open_new (file, random, error);
}

/* Place locked. */
static ZrtpCache *
foresee_shared (ZrtpCacheFile * file, const ZrtpRandom * random)
{
  ZrtpCache *cache = find_open (file);

  if (cache != NULL)
    return zrtp_cache_ref (cache);
  cache = cache_new_at (file, random);
  cache->deferred = TRUE;
  file->cache = cache;
  return cache;
}

/* @path as it was asked for. Place locked. */
static ZrtpCache *
open_at (ZrtpCacheFile * file, const char *path, gboolean make,
    const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = NULL;
  char *canonical;

  if (!make && !g_file_test (path, G_FILE_TEST_EXISTS))
    return foresee_shared (file, random);
  canonical = prepare (file, path, error);
  if (canonical != NULL && strcmp (canonical, file->path) == 0)
    cache = open_shared (file, random, error);
  else if (canonical != NULL)
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "was moved while it was opened: try again");
  g_free (canonical);
  return cache;
}

static ZrtpCache *
open_any (const char *name, gboolean make, const ZrtpRandom * random,
    GError ** error)
{
  ZrtpCache *cache = NULL;
  ZrtpCacheFile *file;
  char *path, *canonical;

  zrtp_memory_init ();
  if (strcmp (name, ZRTP_CACHE_MEMORY) == 0) {
    cache = cache_new (name, random);
    cache->is_volatile = TRUE;
    return cache;
  }

  path = zrtp_cache_expand_path (name, error);
  if (path == NULL)
    return NULL;
  canonical = zrtp_cache_file_resolve (path);
  file = cache_file_get (canonical);
  if (!was_forked (file->pid, path, error)) {
    g_mutex_lock (&file->lock);
    cache = open_at (file, path, make, random, error);
    g_mutex_unlock (&file->lock);
  }
  cache_file_leave (file);
  g_free (canonical);
  g_free (path);
  return cache;
}

ZrtpCache *
zrtp_cache_open (const char *path, const ZrtpRandom * random, GError ** error)
{
  g_return_val_if_fail (path != NULL && random != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return open_any (path, TRUE, random, error);
}

ZrtpCache *
zrtp_cache_open_deferred (const char *path, const ZrtpRandom * random,
    GError ** error)
{
  g_return_val_if_fail (path != NULL && random != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return open_any (path, FALSE, random, error);
}

ZrtpCache *
zrtp_cache_ref (ZrtpCache * cache)
{
  g_atomic_int_inc (&cache->refs);
  return cache;
}

gboolean
zrtp_cache_try_unref (ZrtpCache * cache)
{
  gint refs;

  while ((refs = g_atomic_int_get (&cache->refs)) > 1)
    if (g_atomic_int_compare_and_exchange (&cache->refs, refs, refs - 1))
      return TRUE;
  return FALSE;
}

void
zrtp_cache_unref (ZrtpCache * cache)
{
  ZrtpCacheFile *file = cache->file;
  gboolean last;

  if (zrtp_cache_try_unref (cache))
    return;
  /* SQLite can't close a parent's connection: the child leaves it alone. */
  if (cache->pid != getpid ())
    return;

  /* The last one, unless another thread finds it in its file just now. */
  if (file != NULL)
    g_mutex_lock (&file->lock);
  last = g_atomic_int_dec_and_test (&cache->refs);
  if (last && file != NULL) {
    if (file->cache == cache)
      file->cache = NULL;
    zrtp_cache_file_close (cache);
  }
  if (file != NULL)
    g_mutex_unlock (&file->lock);
  if (last)
    cache_free (cache);
}

const char *
zrtp_cache_get_path (ZrtpCache * cache)
{
  return cache->path;
}

gboolean
zrtp_cache_is_volatile (ZrtpCache * cache)
{
  return cache->is_volatile;
}

gboolean
zrtp_cache_is_read_only (ZrtpCache * cache)
{
  return g_atomic_int_get (&cache->read_only);
}

ZrtpCacheOrigin
zrtp_cache_take_origin (ZrtpCache * cache)
{
  ZrtpCacheOrigin origin = g_atomic_int_get (&cache->origin);

  if (origin != ZRTP_CACHE_EXISTED
      && g_atomic_int_compare_and_exchange (&cache->origin, origin,
          ZRTP_CACHE_EXISTED))
    return origin;
  return ZRTP_CACHE_EXISTED;
}

void
zrtp_cache_get_zid (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE])
{
  memcpy (zid, cache->zid, ZRTP_ZID_SIZE);
}

gboolean
zrtp_cache_begin_call (ZrtpCache * cache, GError ** error)
{
  if (was_forked (cache->pid, cache->path, error))
    return FALSE;
  g_mutex_lock (&cache->lock);
  cache->deadline = g_get_monotonic_time ()
      + G_GINT64_CONSTANT (1000) * zrtp_cache_busy_ms;
  if (cache->db != NULL && !was_moved (cache))
    return TRUE;
  zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FAILED, cache->path,
      cache->deferred ? "is not there yet: it is made when a call starts"
      : "was deleted, moved or replaced while in use: the calls that use it go "
      "on without it, new ones take the file that is there then");
  g_mutex_unlock (&cache->lock);
  return FALSE;
}

gboolean
zrtp_cache_end_call (ZrtpCache * cache, int rc, GError ** error)
{
  if (rc != SQLITE_OK)
    zrtp_cache_file_set_error (cache, rc, error);
  g_mutex_unlock (&cache->lock);
  zrtp_wipe_stack ();
  return rc == SQLITE_OK;
}
