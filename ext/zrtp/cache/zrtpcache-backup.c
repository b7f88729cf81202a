/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/cache/zrtpcache-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <glib/gstdio.h>

static gboolean
fail (const char *path, GError ** error)
{
  char *name = g_filename_display_name (path);
  int number = errno;

  if (number == EEXIST)
    g_set_error (error, ZRTP_CACHE_ERROR, ZRTP_CACHE_ERROR_OPEN,
        "The backup \"%s\" exists already: name another file", name);
  else
    g_set_error (error, ZRTP_CACHE_ERROR, ZRTP_CACHE_ERROR_OPEN,
        "The backup \"%s\" can't be written (%s): name another file", name,
        g_strerror (number));
  g_free (name);
  return FALSE;
}

/* SQLite takes an empty file for none, and does not sync what it writes here. */
static int
vacuum_into (sqlite3 * db, const char *path)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (db, "VACUUM INTO ?1", -1, &statement, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_bind_text (statement, 1, path, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK && (rc = sqlite3_step (statement)) == SQLITE_DONE)
    rc = SQLITE_OK;
  sqlite3_finalize (statement);
  return rc;
}

gboolean
zrtp_cache_backup (ZrtpCache * cache, const char *path, GError ** error)
{
  gboolean ok;
  int fd;

  if (!zrtp_cache_begin_call (cache, error))
    return FALSE;
  fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    fail (path, error);
    zrtp_cache_end_call (cache, SQLITE_OK, NULL);
    return FALSE;
  }
  ok = zrtp_cache_end_call (cache, vacuum_into (cache->db, path), error);
  if (ok && fsync (fd) < 0)
    ok = fail (path, error);
  close (fd);
  if (!ok)
    g_unlink (path);
  return ok;
}
