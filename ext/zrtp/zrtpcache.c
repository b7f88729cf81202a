/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtpcache-private.h"

#include "zrtpcrypto.h"

#include <string.h>
#include <unistd.h>

#define MEMORY ":memory:"

/* The process's open files by canonical path. An object in it has at least one
 * reference; one whose file was replaced is no longer in it. */
static GMutex table_lock;
static GHashTable *table;

GQuark
zrtp_cache_error_quark (void)
{
  return g_quark_from_static_string ("zrtp-cache-error-quark");
}

char *
zrtp_cache_default_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "gst-zrtp", "peers.sqlite",
      NULL);
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

static void
cache_free (ZrtpCache * cache)
{
  zrtp_cache_file_close (cache);
  g_mutex_clear (&cache->lock);
  g_free (cache->path);
  g_free (cache);
}

static gboolean
was_forked (ZrtpCache * cache, GError ** error)
{
  if (cache->pid == getpid ())
    return FALSE;
  zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FAILED, cache->path,
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

/* The open object for a file, or NULL if there is none. Table locked. */
static ZrtpCache *
find_open (const char *path)
{
  ZrtpCache *cache = g_hash_table_lookup (table, path);
  gboolean moved;

  if (cache == NULL || cache->pid != getpid ())
    return cache;
  g_mutex_lock (&cache->lock);
  moved = was_moved (cache);
  g_mutex_unlock (&cache->lock);
  if (!moved)
    return cache;
  g_hash_table_remove (table, path);
  return NULL;
}

/* Table locked. The object stays as it was if that fails. */
static gboolean
make_foreseen (ZrtpCache * cache, GError ** error)
{
  char *canonical = zrtp_cache_file_prepare (cache->path, error);
  guint8 zid[ZRTP_ZID_SIZE];
  gboolean ok;

  if (canonical == NULL)
    return FALSE;
  g_mutex_lock (&cache->lock);
  ok = zrtp_cache_file_open (cache, zid, error);
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

  if (was_forked (cache, error))
    return FALSE;
  g_mutex_lock (&table_lock);
  if (cache->foreseen)
    ok = make_foreseen (cache, error);
  g_mutex_unlock (&table_lock);
  return ok;
}

/* Table locked. */
static ZrtpCache *
open_new (const char *path, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = cache_new (path, random);

  if (!zrtp_cache_file_open (cache, cache->zid, error)) {
    cache_free (cache);
    return NULL;
  }
  g_hash_table_insert (table, cache->path, cache);
  return cache;
}

/* Table locked. */
static ZrtpCache *
open_shared (const char *path, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = find_open (path);

  if (cache != NULL && was_forked (cache, error))
    return NULL;
  if (cache != NULL && cache->foreseen && !make_foreseen (cache, NULL)) {
    g_hash_table_remove (table, path);
    cache = NULL;
  }
  return cache != NULL ? zrtp_cache_ref (cache)
      : open_new (path, random, error);
}

/* Table locked. */
static ZrtpCache *
foresee_shared (const char *path, const ZrtpRandom * random, GError ** error)
{
  ZrtpCache *cache = find_open (path);

  if (cache != NULL)
    return was_forked (cache, error) ? NULL : zrtp_cache_ref (cache);
  cache = cache_new (path, random);
  cache->foreseen = TRUE;
  g_hash_table_insert (table, cache->path, cache);
  return cache;
}

static ZrtpCache *
open_any (const char *path, gboolean make, const ZrtpRandom * random,
    GError ** error)
{
  ZrtpCache *cache = NULL;
  char *canonical;

  if (strcmp (path, MEMORY) == 0) {
    cache = cache_new (path, random);
    cache->is_volatile = TRUE;
    return cache;
  }

  g_mutex_lock (&table_lock);
  if (table == NULL)
    table = g_hash_table_new (g_str_hash, g_str_equal);
  if (make || g_file_test (path, G_FILE_TEST_EXISTS)) {
    canonical = zrtp_cache_file_prepare (path, error);
    if (canonical != NULL)
      cache = open_shared (canonical, random, error);
  } else {
    canonical = zrtp_cache_file_foresee (path);
    cache = foresee_shared (canonical, random, error);
  }
  g_free (canonical);
  g_mutex_unlock (&table_lock);
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

void
zrtp_cache_unref (ZrtpCache * cache)
{
  gint refs;

  /* Only the last reference needs the table. */
  while ((refs = g_atomic_int_get (&cache->refs)) > 1)
    if (g_atomic_int_compare_and_exchange (&cache->refs, refs, refs - 1))
      return;
  /* SQLite can't close a parent's connection: the child leaves it alone. */
  if (cache->pid != getpid ())
    return;

  g_mutex_lock (&table_lock);
  if (g_atomic_int_dec_and_test (&cache->refs)) {
    if (table != NULL && g_hash_table_lookup (table, cache->path) == cache)
      g_hash_table_remove (table, cache->path);
    cache_free (cache);
  }
  g_mutex_unlock (&table_lock);
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

void
zrtp_cache_get_zid (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE])
{
  memcpy (zid, cache->zid, ZRTP_ZID_SIZE);
}

gboolean
zrtp_cache_begin_call (ZrtpCache * cache, GError ** error)
{
  if (was_forked (cache, error))
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
  return rc == SQLITE_OK;
}
