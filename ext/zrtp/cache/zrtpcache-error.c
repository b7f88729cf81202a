/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Errors of the cache, in words for the user.
 */
#include "zrtp/cache/zrtpcache-private.h"

#include <errno.h>

GQuark
zrtp_cache_error_quark (void)
{
  return g_quark_from_static_string ("zrtp-cache-error-quark");
}

guint zrtp_cache_busy_ms = ZRTP_CACHE_BUSY_MS;

void
zrtp_cache_file_error (GError ** error, ZrtpCacheError code, const char *path,
    const char *format, ...)
{
  char *name = g_filename_display_name (path);
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, ZRTP_CACHE_ERROR, code,
      "Cache of known peers \"%s\" %s", name, text);
  g_free (text);
  g_free (name);
}

gboolean
zrtp_cache_means_full (int number)
{
  return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

/* SQLite knows ENOSPC alone. What the system said of a quota or a limit is kept
 * by the connection or, for a commit, by the file: the database or its WAL. */
static gboolean
is_full (sqlite3 * db, int rc)
{
  sqlite3_file *journal = NULL;
  int number = 0;

  if ((rc & 0xff) == SQLITE_FULL || rc == SQLITE_IOERR_SHMSIZE)
    return TRUE;
  if ((rc & 0xff) != SQLITE_IOERR && (rc & 0xff) != SQLITE_CANTOPEN)
    return FALSE;
  if (zrtp_cache_means_full (sqlite3_system_errno (db)))
    return TRUE;
  sqlite3_file_control (db, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
  if (zrtp_cache_means_full (number))
    return TRUE;
  sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &journal);
  if (journal != NULL && journal->pMethods != NULL)
    journal->pMethods->xFileControl (journal, SQLITE_FCNTL_LAST_ERRNO, &number);
  return zrtp_cache_means_full (number);
}

void
zrtp_cache_file_set_error (ZrtpCache * cache, int rc, GError ** error)
{
  const char *path = cache->path;

  if (cache->db != NULL && is_full (cache->db, rc)) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FULL, path,
        ZRTP_CACHE_FULL_TEXT);
    return;
  }
  switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_BUSY, path,
          "stayed locked by another process for %u ms: end that process or "
          "name another cache", zrtp_cache_busy_ms);
      break;
    case SQLITE_READONLY:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_READ_ONLY, path,
          "can't be written: make the file and its folder writable or name "
          "another cache");
      break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_CORRUPT, path,
          "is damaged or not an SQLite file and is left as it is: name another "
          "cache or, if it was one, move it away to start with an empty one");
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
          "can't be opened: make the file and its folder readable and "
          "writable, or name another cache");
      break;
    default:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FAILED, path,
          "failed (%s, SQLite result %d): try again or name another cache",
          sqlite3_errstr (rc), rc);
      break;
  }
}
