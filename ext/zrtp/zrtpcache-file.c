/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtpcache-private.h"

#include "zrtpcrypto.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

guint zrtp_cache_busy_ms = ZRTP_CACHE_BUSY_MS;

/* The interval counts from rs1_set (RFC 6189 4.9). The checks keep out what no
 * version of this file could have written. */
static const char schema_sql[] =
    "CREATE TABLE self ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " zid BLOB NOT NULL CHECK (typeof (zid) = 'blob' AND length (zid) = 12));"
    "CREATE TABLE peers ("
    " zid BLOB PRIMARY KEY NOT NULL"
    "  CHECK (typeof (zid) = 'blob' AND length (zid) = 12),"
    " rs1 BLOB CHECK (rs1 IS NULL"
    "  OR (typeof (rs1) = 'blob' AND length (rs1) = 32)),"
    " rs2 BLOB CHECK (rs2 IS NULL"
    "  OR (typeof (rs2) = 'blob' AND length (rs2) = 32)),"
    " pbx BLOB CHECK (pbx IS NULL"
    "  OR (typeof (pbx) = 'blob' AND length (pbx) = 32)),"
    " rs1_set INTEGER NOT NULL CHECK (typeof (rs1_set) = 'integer'),"
    " rs1_interval INTEGER NOT NULL CHECK (typeof (rs1_interval) = 'integer'"
    "  AND rs1_interval BETWEEN 0 AND 4294967295),"
    " verified INTEGER NOT NULL CHECK (verified IN (0, 1)),"
    " name TEXT CHECK (name IS NULL OR typeof (name) = 'text'),"
    " first_seen INTEGER NOT NULL CHECK (typeof (first_seen) = 'integer'),"
    " last_seen INTEGER NOT NULL CHECK (typeof (last_seen) = 'integer')"
    ") WITHOUT ROWID;"
    "PRAGMA application_id = " G_STRINGIFY (ZRTP_CACHE_APPLICATION_ID) ";"
    "PRAGMA user_version = " G_STRINGIFY (ZRTP_CACHE_SCHEMA_VERSION) ";";

#define PEER_COLUMNS "zid, rs1, rs2, pbx, rs1_set, rs1_interval, verified," \
    " name, first_seen, last_seen"

     static const char *const
         statement_sql[ZRTP_CACHE_N_STATEMENTS] = {
       [ZRTP_CACHE_BEGIN] = "BEGIN IMMEDIATE",
       [ZRTP_CACHE_COMMIT] = "COMMIT",
       [ZRTP_CACHE_ROLLBACK] = "ROLLBACK",
       [ZRTP_CACHE_FIND] = "SELECT " PEER_COLUMNS " FROM peers WHERE zid = ?1",
       [ZRTP_CACHE_LIST] = "SELECT " PEER_COLUMNS " FROM peers"
           " ORDER BY last_seen DESC, zid",
       [ZRTP_CACHE_STORE] = "INSERT OR REPLACE INTO peers (" PEER_COLUMNS ")"
           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
       [ZRTP_CACHE_DELETE] = "DELETE FROM peers WHERE zid = ?1",
     };

/* What a file is, by its header and schema. */
typedef enum
{
  KIND_EMPTY,
  KIND_OURS,
  KIND_LATER,
  KIND_FOREIGN
} FileKind;

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

static gboolean
is_full (sqlite3 * db, int rc)
{
  int number = db != NULL ? sqlite3_system_errno (db) : 0;

  if ((rc & 0xff) == SQLITE_FULL || rc == SQLITE_IOERR_SHMSIZE)
    return TRUE;
  return (rc & 0xff) == SQLITE_IOERR
      && (number == ENOSPC || number == EDQUOT || number == EFBIG);
}

void
zrtp_cache_file_set_error (ZrtpCache * cache, int rc, GError ** error)
{
  const char *path = cache->path;

  if (is_full (cache->db, rc)) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FULL, path,
        "can't be written, the disk or the quota is full: make room");
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
          "is damaged or not an SQLite file and is left as it is: move it away "
          "to start with an empty one, or name another cache");
      break;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
          "can't be opened: see to it that you may read and write the file and "
          "its folder, or name another cache");
      break;
    default:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FAILED, path,
          "failed (%s, SQLite result %d): try again or name another cache",
          sqlite3_errstr (rc), rc);
      break;
  }
}

/* Makes the secrets readable to the owner alone, those in SQLite's side files
 * too. A file of somebody else or on a read-only disk stays as it is, unless
 * others could put secrets of their own into it. */
static gboolean
tighten (const char *path, GError ** error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < G_N_ELEMENTS (suffixes); i++) {
    char *name = g_strconcat (path, suffixes[i], NULL);
    struct stat st;

    if (lstat (name, &st) == 0 && S_ISREG (st.st_mode)
        && (st.st_mode & 077) != 0
        && chmod (name, st.st_mode & 0600) < 0
        && errno != EROFS && (st.st_mode & 022) != 0) {
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
          "may be written by other users: take it over (chown), set its mode "
          "to 0600, or name another cache");
      ok = FALSE;
    }
    g_free (name);
  }
  return ok;
}

static gboolean
make_if_missing (const char *path, GError ** error)
{
  char *folder = g_path_get_dirname (path);
  struct stat st;
  gboolean ok = TRUE;
  int fd;

  if (stat (path, &st) < 0 && errno == ENOENT) {
    if (g_mkdir_with_parents (folder, 0700) < 0) {
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
          "has no folder and none can be made (%s): make it or name another "
          "cache", g_strerror (errno));
      ok = FALSE;
    } else {
      fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      if (fd >= 0) {
        close (fd);
      } else if (errno != EEXIST) {     /* else another process was first */
        zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
            "can't be made (%s): make its folder writable or name another "
            "cache", g_strerror (errno));
        ok = FALSE;
      }
    }
  }
  g_free (folder);
  return ok;
}

char *
zrtp_cache_file_prepare (const char *path, GError ** error)
{
  struct stat st;
  char *real, *canonical;

  if (!make_if_missing (path, error))
    return NULL;
  real = realpath (path, NULL);
  if (real == NULL || stat (real, &st) < 0) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "can't be opened (%s): name another cache", g_strerror (errno));
    free (real);
    return NULL;
  }
  canonical = g_strdup (real);
  free (real);

  if (!S_ISREG (st.st_mode)) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "is %s, not a file: name another cache",
        S_ISDIR (st.st_mode) ? "a folder" : "a device, pipe or socket");
  } else if (st.st_nlink > 1) {
    /* SQLite finds the WAL by the file's name: two names, two WALs. */
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "has more than one name (hard links): remove the others or name "
        "another cache");
  } else if (tighten (canonical, error)) {
    return canonical;
  }
  g_free (canonical);
  return NULL;
}

/* SQLite's own schedule counts sleeps, not time, and is coarse. */
static int
wait_for_lock (void *user_data, int count)
{
  ZrtpCache *cache = user_data;

  if (g_get_monotonic_time () >= cache->deadline)
    return 0;
  g_usleep (MIN (200 + 200 * count, 5000));
  return 1;
}

static int
query_int (sqlite3 * db, const char *sql, gint64 * value)
{
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  if (rc == SQLITE_OK) {
    rc = sqlite3_step (statement);
    if (rc == SQLITE_ROW) {
      *value = sqlite3_column_int64 (statement, 0);
      rc = SQLITE_OK;
    } else if (rc == SQLITE_DONE) {
      rc = SQLITE_CORRUPT;
    }
  }
  sqlite3_finalize (statement);
  return rc;
}

/* Call in a transaction: another process may be making the schema. */
static int
identify (sqlite3 * db, FileKind * kind)
{
  gint64 application = 0, version = 0, tables = 0;
  int rc;

  rc = query_int (db, "PRAGMA application_id", &application);
  if (rc == SQLITE_OK)
    rc = query_int (db, "PRAGMA user_version", &version);
  if (rc == SQLITE_OK)
    rc = query_int (db, "SELECT count (*) FROM sqlite_schema", &tables);

  if (application == 0 && version == 0 && tables == 0)
    *kind = KIND_EMPTY;
  else if (application == ZRTP_CACHE_APPLICATION_ID
      && version == ZRTP_CACHE_SCHEMA_VERSION)
    *kind = KIND_OURS;
  else if (application == ZRTP_CACHE_APPLICATION_ID
      && version > ZRTP_CACHE_SCHEMA_VERSION)
    *kind = KIND_LATER;
  else
    *kind = KIND_FOREIGN;
  return rc;
}

/* Nothing is written into a file with a damaged page: what is still readable
 * can be saved with SQLite's tools. */
static int
check_pages (sqlite3 * db)
{
  sqlite3_stmt *statement = NULL;
  int rc;

  rc = sqlite3_prepare_v2 (db, "PRAGMA quick_check (1)", -1, &statement, NULL);
  if (rc == SQLITE_OK) {
    rc = sqlite3_step (statement);
    if (rc == SQLITE_ROW) {
      const char *text = (const char *) sqlite3_column_text (statement, 0);

      rc = g_strcmp0 (text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    } else if (rc == SQLITE_DONE) {
      rc = SQLITE_CORRUPT;
    }
  }
  sqlite3_finalize (statement);
  return rc;
}

static int
exec (sqlite3 * db, const char *sql)
{
  return sqlite3_exec (db, sql, NULL, NULL, NULL);
}

static void
end_transaction (sqlite3 * db, int *rc)
{
  if (*rc == SQLITE_OK)
    *rc = exec (db, "COMMIT");
  if (!sqlite3_get_autocommit (db))
    exec (db, "ROLLBACK");
}

static int
check (ZrtpCache * cache, FileKind * kind)
{
  int rc = exec (cache->db, "BEGIN");

  if (rc == SQLITE_OK)
    rc = identify (cache->db, kind);
  if (rc == SQLITE_OK && *kind == KIND_OURS)
    rc = check_pages (cache->db);
  end_transaction (cache->db, &rc);
  return rc;
}

/* One transaction, so that processes that start together on a new file get one
 * schema and one ZID (RFC 6189 4.9). */
static int
make_schema (ZrtpCache * cache, const ZrtpRandom * random, FileKind * kind)
{
  static const char sql[] = "INSERT INTO self (id, zid) VALUES (1, ?1)";
  sqlite3_stmt *statement = NULL;
  guint8 zid[ZRTP_ZID_SIZE];
  int rc;

  rc = exec (cache->db, "BEGIN IMMEDIATE");
  if (rc == SQLITE_OK)
    rc = identify (cache->db, kind);
  if (rc == SQLITE_OK && *kind == KIND_EMPTY) {
    zrtp_random_fill (random, zid, sizeof zid);
    rc = exec (cache->db, schema_sql);
    if (rc == SQLITE_OK)
      rc = sqlite3_prepare_v2 (cache->db, sql, -1, &statement, NULL);
    if (rc == SQLITE_OK)
      rc = sqlite3_bind_blob (statement, 1, zid, sizeof zid, SQLITE_STATIC);
    if (rc == SQLITE_OK && (rc = sqlite3_step (statement)) == SQLITE_DONE)
      rc = SQLITE_OK;
    sqlite3_finalize (statement);
    if (rc == SQLITE_OK)
      *kind = KIND_OURS;
  }
  end_transaction (cache->db, &rc);
  return rc;
}

/* SQLite doesn't call the busy handler where it changes the journal mode. On a
 * file system that can't do WAL the file keeps its rollback journal: slower,
 * and as safe. */
static int
use_wal (ZrtpCache * cache)
{
  int rc;

  while ((rc = exec (cache->db, "PRAGMA journal_mode = WAL")) != SQLITE_OK
      && (rc & 0xff) == SQLITE_BUSY
      && g_get_monotonic_time () < cache->deadline)
    g_usleep (1000);
  return rc;
}

static int
read_own_zid (ZrtpCache * cache)
{
  sqlite3_stmt *statement = NULL;
  int rc;

  rc = sqlite3_prepare_v2 (cache->db, "SELECT zid FROM self", -1, &statement,
      NULL);
  if (rc == SQLITE_OK) {
    rc = sqlite3_step (statement);
    if (rc == SQLITE_ROW
        && sqlite3_column_bytes (statement, 0) == ZRTP_ZID_SIZE) {
      memcpy (cache->zid, sqlite3_column_blob (statement, 0), ZRTP_ZID_SIZE);
      rc = SQLITE_OK;
    } else if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
      rc = SQLITE_CORRUPT;
    }
  }
  sqlite3_finalize (statement);
  return rc;
}

static int
prepare_statements (ZrtpCache * cache)
{
  int rc = read_own_zid (cache);

  for (guint i = 0; rc == SQLITE_OK && i < ZRTP_CACHE_N_STATEMENTS; i++)
    rc = sqlite3_prepare_v3 (cache->db, statement_sql[i], -1,
        SQLITE_PREPARE_PERSISTENT, &cache->statements[i], NULL);
  /* Ours by its header, but a table or a column is missing. */
  return rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc;
}

static int
configure (ZrtpCache * cache)
{
  sqlite3 *db = cache->db;

  sqlite3_extended_result_codes (db, 1);
  sqlite3_busy_handler (db, wait_for_lock, cache);
  /* The file is data, not program: a trigger in it is not ours. */
  sqlite3_db_config (db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  /* A small WAL is written over again soon, and old secrets with it. */
  return exec (db, "PRAGMA secure_delete = ON;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA cell_size_check = ON;" "PRAGMA wal_autocheckpoint = 16;");
}

/* @immutable: for a file in a folder where SQLite can't put its side files. */
static int
open_handle (ZrtpCache * cache, gboolean immutable)
{
  char *uri, *name;
  int rc;

  if (!immutable)
    return sqlite3_open_v2 (cache->path, &cache->db,
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  uri = g_filename_to_uri (cache->path, NULL, NULL);
  name = g_strconcat (uri, "?immutable=1", NULL);
  rc = sqlite3_open_v2 (name, &cache->db,
      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
  g_free (name);
  g_free (uri);
  return rc;
}

static gboolean
wal_has_content (ZrtpCache * cache)
{
  char *name = g_strconcat (cache->path, "-wal", NULL);
  struct stat st;
  gboolean content = stat (name, &st) == 0 && st.st_size > 0;

  g_free (name);
  return content;
}

static int
open_and_check (ZrtpCache * cache, const ZrtpRandom * random,
    gboolean immutable, FileKind * kind)
{
  int rc = open_handle (cache, immutable);

  if (rc == SQLITE_OK)
    rc = configure (cache);
  if (rc == SQLITE_OK) {
    cache->read_only = sqlite3_db_readonly (cache->db, "main") == 1;
    rc = check (cache, kind);
  }
  if (rc == SQLITE_OK && *kind == KIND_EMPTY)
    rc = cache->read_only ? SQLITE_READONLY : make_schema (cache, random, kind);
  if (rc == SQLITE_OK && *kind == KIND_OURS) {
    if (!cache->read_only)
      rc = use_wal (cache);
    if (rc == SQLITE_OK)
      rc = prepare_statements (cache);
  }
  return rc;
}

static gboolean
set_kind_error (ZrtpCache * cache, FileKind kind, GError ** error)
{
  switch (kind) {
    case KIND_OURS:
      return FALSE;
    case KIND_LATER:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_CORRUPT, cache->path,
          "was made by a later version of gst-zrtp and is left as it is: "
          "upgrade, or name another cache");
      return TRUE;
    default:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_CORRUPT, cache->path,
          "is an SQLite file of another program and is left as it is: name "
          "another cache");
      return TRUE;
  }
}

gboolean
zrtp_cache_file_open (ZrtpCache * cache, const ZrtpRandom * random,
    GError ** error)
{
  FileKind kind = KIND_FOREIGN;
  gboolean had_wal = wal_has_content (cache);
  int rc;

  cache->deadline = g_get_monotonic_time ()
  + (gint64) zrtp_cache_busy_ms *1000;
  rc = open_and_check (cache, random, FALSE, &kind);
  if ((rc & 0xff) == SQLITE_CANTOPEN && !had_wal) {
    zrtp_cache_file_close (cache);
    rc = open_and_check (cache, random, TRUE, &kind);
  }

  if (rc == SQLITE_OK && !set_kind_error (cache, kind, error)) {
    sqlite3_db_config (cache->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    return TRUE;
  }
  if (rc != SQLITE_OK)
    zrtp_cache_file_set_error (cache, rc, error);
  /* Leave a refused file as it is, and no empty WAL beside it. */
  if (cache->db != NULL && !had_wal)
    sqlite3_db_config (cache->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  zrtp_cache_file_close (cache);
  return FALSE;
}

void
zrtp_cache_file_close (ZrtpCache * cache)
{
  for (guint i = 0; i < ZRTP_CACHE_N_STATEMENTS; i++)
    sqlite3_finalize (g_steal_pointer (&cache->statements[i]));
  sqlite3_close (g_steal_pointer (&cache->db));
}

gboolean
zrtp_cache_file_is_moved (ZrtpCache * cache)
{
  int moved = 0;

  return sqlite3_file_control (cache->db, "main", SQLITE_FCNTL_HAS_MOVED,
      &moved) == SQLITE_OK && moved != 0;
}
