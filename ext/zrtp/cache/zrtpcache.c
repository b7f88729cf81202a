/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/cache/zrtpcache-private.h"

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>
#include <unistd.h>

/* Where a file is, by its canonical path. Opening, making and closing it take
 * their time on the disk: the place's lock makes those of one file wait for each
 * other, and nobody else. */
struct _ZrtpCachePlace
{
  char *path;
  pid_t pid;                    /* who made it: the lock is that process's */
  guint users;                  /* under the table's lock */
  GMutex lock;                  /* after it a cache's */
  gboolean made;                /* its file was made here and has no content yet */
  ZrtpCache *cache;             /* the open object, with a reference or more;
                                 * NULL if there is none, or it was replaced */
};

/* Path to place. Held for a moment only. */
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
static ZrtpCachePlace *
place_get (const char *path)
{
  ZrtpCachePlace *place;

  g_mutex_lock (&table_lock);
  if (table == NULL)
    table = g_hash_table_new (g_str_hash, g_str_equal);
  place = g_hash_table_lookup (table, path);
  if (place == NULL) {
    place = g_new0 (ZrtpCachePlace, 1);
    place->path = g_strdup (path);
    place->pid = getpid ();
    g_mutex_init (&place->lock);
    g_hash_table_insert (table, place->path, place);
  }
  place->users++;
  g_mutex_unlock (&table_lock);
  return place;
}

static void
place_leave (ZrtpCachePlace * place)
{
  gboolean last;

  g_mutex_lock (&table_lock);
  last = --place->users == 0;
  if (last)
    g_hash_table_remove (table, place->path);
  g_mutex_unlock (&table_lock);
  if (!last)
    return;
  g_mutex_clear (&place->lock);
  g_free (place->path);
  g_free (place);
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
cache_new_at (ZrtpCachePlace * place, const ZrtpRandom * random)
{
  ZrtpCache *cache = cache_new (place->path, random);

  cache->place = place_get (place->path);
  return cache;
}

static void
cache_free (ZrtpCache * cache)
{
  if (cache->place != NULL)
    place_leave (cache->place);
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
 * shares no lock with that of a new file at the same place. Locked. */
static gboolean
was_moved (ZrtpCache * cache)
{
  if (cache->db != NULL && zrtp_cache_file_is_moved (cache))
    zrtp_cache_file_close (cache);
  return cache->db == NULL && !cache->foreseen;
}

/* The open object for the file, or NULL if there is none. Place locked. */
static ZrtpCache *
find_open (ZrtpCachePlace * place)
{
  ZrtpCache *cache = place->cache;
  gboolean moved;

  if (cache == NULL)
    return NULL;
  g_mutex_lock (&cache->lock);
  moved = was_moved (cache);
  g_mutex_unlock (&cache->lock);
  if (moved)
    place->cache = NULL;
  return place->cache;
}

/* Must be called with cache->place->lock held. */
static gboolean
open_file (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE], GError ** error)
{
  if (!zrtp_cache_file_open (cache, zid, error))
    return FALSE;
  if (cache->place->made)
    g_atomic_int_compare_and_exchange (&cache->origin, ZRTP_CACHE_WAS_EMPTY,
        ZRTP_CACHE_NEW);
  cache->place->made = FALSE;
  return TRUE;
}

/* Must be called with place->lock held. */
static char *
prepare (ZrtpCachePlace * place, const char *path, GError ** error)
{
  gboolean made;
  char *canonical = zrtp_cache_file_prepare (path, &made, error);

  place->made = place->made || made;
  return canonical;
}

/* Place locked. The object stays as it was if that fails. */
static gboolean
make_foreseen (ZrtpCache * cache, GError ** error)
{
  char *canonical = prepare (cache->place, cache->path, error);
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
  cache->foreseen = !ok;
  g_mutex_unlock (&cache->lock);
  g_free (canonical);
  return ok;
}

gboolean
zrtp_cache_make (ZrtpCache * cache, GError ** error)
{
  gboolean ok = TRUE;

  if (was_forked (cache->pid, cache->path, error))
    return FALSE;
  if (cache->place == NULL)
    return TRUE;
  g_mutex_lock (&cache->place->lock);
  if (cache->foreseen)
    ok = make_foreseen (cache, error);
  g_mutex_unlock (&cache->place->lock);
  return ok;
}

/* Place locked. */
static ZrtpCache *
open_new (ZrtpCachePlace * place, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = cache_new_at (place, random);

  if (!open_file (cache, cache->zid, error)) {
    cache_free (cache);
    return NULL;
  }
  place->cache = cache;
  return cache;
}

/* Place locked. */
static ZrtpCache *
open_shared (ZrtpCachePlace * place, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = find_open (place);

  if (cache != NULL && cache->foreseen && !make_foreseen (cache, NULL))
    cache = place->cache = NULL;
  return cache != NULL ? zrtp_cache_ref (cache)
      : open_new (place, random, error);
}

/* Place locked. */
static ZrtpCache *
foresee_shared (ZrtpCachePlace * place, const ZrtpRandom * random)
{
  ZrtpCache *cache = find_open (place);

  if (cache != NULL)
    return zrtp_cache_ref (cache);
  cache = cache_new_at (place, random);
  cache->foreseen = TRUE;
  place->cache = cache;
  return cache;
}

/* @path as it was asked for. Place locked. */
static ZrtpCache *
open_at (ZrtpCachePlace * place, const char *path, gboolean make,
    const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = NULL;
  char *canonical;

  if (!make && !g_file_test (path, G_FILE_TEST_EXISTS))
    return foresee_shared (place, random);
  canonical = prepare (place, path, error);
  if (canonical != NULL && strcmp (canonical, place->path) == 0)
    cache = open_shared (place, random, error);
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
  ZrtpCachePlace *place;
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
  canonical = zrtp_cache_file_foresee (path);
  place = place_get (canonical);
  if (!was_forked (place->pid, path, error)) {
    g_mutex_lock (&place->lock);
    cache = open_at (place, path, make, random, error);
    g_mutex_unlock (&place->lock);
  }
  place_leave (place);
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
zrtp_cache_foresee (const char *path, const ZrtpRandom * random,
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
  ZrtpCachePlace *place = cache->place;
  gboolean last;

  if (zrtp_cache_try_unref (cache))
    return;
  /* SQLite can't close a parent's connection: the child leaves it alone. */
  if (cache->pid != getpid ())
    return;

  /* The last one, unless somebody finds it in its place just now. */
  if (place != NULL)
    g_mutex_lock (&place->lock);
  last = g_atomic_int_dec_and_test (&cache->refs);
  if (last && place != NULL) {
    if (place->cache == cache)
      place->cache = NULL;
    zrtp_cache_file_close (cache);
  }
  if (place != NULL)
    g_mutex_unlock (&place->lock);
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
      cache->foreseen ? "is not there yet: it is made when a call starts"
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
