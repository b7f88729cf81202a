/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/cache/zrtpcache-private.h"

#include "zrtp/crypto/zrtpcrypto.h"

#include <string.h>
#include <sys/stat.h>

#define PEER_COLUMNS_1 "zid, rs1, rs2, pbx, rs1_set, rs1_interval, verified," \
    " name, first_seen, last_seen, shared"
#define PEER_COLUMNS PEER_COLUMNS_1 ", algorithms"

#define FIND_NAME_SQL "SELECT zid, last_seen FROM peers" \
    " WHERE name = ?1 AND verified = 1 AND zid <> ?2" \
    " ORDER BY last_seen DESC, zid LIMIT 1"

#define ALGORITHMS_COLUMN "algorithms TEXT CHECK (algorithms IS NULL" \
    " OR (typeof (algorithms) = 'text' AND length (algorithms) = 16))"

/* How long a checkpoint waits for readers in other processes. */
#define FOLD_BUSY_MS 100

/* What a file is, by its header and schema. */
typedef enum
{
  KIND_EMPTY,
  KIND_OURS,
  KIND_EARLIER,
  KIND_LATER,
  KIND_FOREIGN
} FileKind;

static const char *const statement_sql[ZRTP_CACHE_N_STATEMENTS] = {
  [ZRTP_CACHE_BEGIN] = "BEGIN IMMEDIATE",
  [ZRTP_CACHE_COMMIT] = "COMMIT",
  [ZRTP_CACHE_ROLLBACK] = "ROLLBACK",
  [ZRTP_CACHE_FIND] = "SELECT " PEER_COLUMNS " FROM peers WHERE zid = ?1",
  [ZRTP_CACHE_FIND_NAME] = FIND_NAME_SQL,
  [ZRTP_CACHE_LIST] = "SELECT " PEER_COLUMNS " FROM peers"
      " ORDER BY last_seen DESC, zid",
  [ZRTP_CACHE_STORE] = "INSERT OR REPLACE INTO peers (" PEER_COLUMNS ")"
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
  [ZRTP_CACHE_DELETE] = "DELETE FROM peers WHERE zid = ?1",
};

/* For a file of version 1 that can't be written. */
static const char *const reading_sql_1[ZRTP_CACHE_N_STATEMENTS] = {
  [ZRTP_CACHE_FIND] = "SELECT " PEER_COLUMNS_1 ", NULL FROM peers"
      " WHERE zid = ?1",
  [ZRTP_CACHE_FIND_NAME] = FIND_NAME_SQL,
  [ZRTP_CACHE_LIST] = "SELECT " PEER_COLUMNS_1 ", NULL FROM peers"
      " ORDER BY last_seen DESC, zid",
};

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
    " last_seen INTEGER NOT NULL CHECK (typeof (last_seen) = 'integer'),"
    " shared INTEGER NOT NULL CHECK (shared IN (0, 1)),"
    ALGORITHMS_COLUMN ") WITHOUT ROWID;";

static const char migration_sql[] = "ALTER TABLE peers ADD COLUMN "
    ALGORITHMS_COLUMN ";";

/* A file without it is read all the same, only slower. Earlier versions of this
 * program ignore it. */
static const char index_sql[] =
    "CREATE INDEX IF NOT EXISTS peers_by_name ON peers (name, last_seen)"
    " WHERE verified = 1";

static const char mark_sql[] = "PRAGMA application_id = "
    G_STRINGIFY (ZRTP_CACHE_APPLICATION_ID)
    ";PRAGMA user_version = "
    G_STRINGIFY (ZRTP_CACHE_SCHEMA_VERSION);

/* SQLite's own schedule counts sleeps, not time, and is coarse. */
     static int wait_for_lock (void *user_data, int count)
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
  else if (application == ZRTP_CACHE_APPLICATION_ID && version == 1)
    *kind = KIND_EARLIER;
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

static gboolean
wal_has_content (ZrtpCache * cache)
{
  char *name = g_strconcat (cache->path, "-wal", NULL);
  struct stat st;
  gboolean content = stat (name, &st) == 0 && st.st_size > 0;

  g_free (name);
  return content;
}

/* SQLite takes what a last page lacks for zeros, and a file of one octet for an
 * empty one. The WAL makes up for what a checkpoint left unfinished. */
static int
check_size (ZrtpCache * cache)
{
  gint64 page_size = 0;
  struct stat st;
  int rc;

  if (wal_has_content (cache) || stat (cache->path, &st) < 0)
    return SQLITE_OK;
  rc = query_int (cache->db, "PRAGMA page_size", &page_size);
  if (rc == SQLITE_OK && st.st_size % page_size != 0)
    rc = SQLITE_CORRUPT;
  return rc;
}

static int
check (ZrtpCache * cache, FileKind * kind)
{
  int rc = exec (cache->db, "BEGIN");
  gboolean ours;

  if (rc == SQLITE_OK)
    rc = identify (cache->db, kind);
  ours = *kind == KIND_OURS || *kind == KIND_EARLIER;
  if (rc == SQLITE_OK && ours)
    rc = check_pages (cache->db);
  if (rc == SQLITE_OK && (ours || *kind == KIND_EMPTY))
    rc = check_size (cache);
  end_transaction (cache->db, &rc);
  return rc;
}

static int
make_tables (ZrtpCache * cache)
{
  static const char zid_sql[] = "INSERT INTO self (id, zid) VALUES (1, ?1)";
  sqlite3_stmt *statement = NULL;
  int rc = exec (cache->db, schema_sql);

  if (rc == SQLITE_OK)
    rc = exec (cache->db, mark_sql);
  if (rc == SQLITE_OK)
    rc = sqlite3_prepare_v2 (cache->db, zid_sql, -1, &statement, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_blob (statement, 1, cache->zid, ZRTP_ZID_SIZE,
        SQLITE_STATIC);
  if (rc == SQLITE_OK && (rc = sqlite3_step (statement)) == SQLITE_DONE)
    rc = SQLITE_OK;
  sqlite3_finalize (statement);
  return rc;
}

static int
migrate (ZrtpCache * cache)
{
  int rc = exec (cache->db, migration_sql);

  if (rc == SQLITE_OK)
    rc = exec (cache->db, mark_sql);
  /* Ours by its header, but without the table. */
  return rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc;
}

/* One transaction, so that processes that start together on a new file get one
 * schema and one ZID (RFC 6189 4.9), and migrate an old one once. */
static int
make_schema (ZrtpCache * cache)
{
  FileKind kind = KIND_FOREIGN;
  int rc;

  rc = exec (cache->db, "BEGIN IMMEDIATE");
  if (rc == SQLITE_OK)
    rc = identify (cache->db, &kind);
  if (rc == SQLITE_OK && kind == KIND_EMPTY)
    rc = make_tables (cache);
  else if (rc == SQLITE_OK && kind == KIND_EARLIER)
    rc = migrate (cache);
  end_transaction (cache->db, &rc);
  if (rc == SQLITE_OK && kind == KIND_EMPTY)
    g_atomic_int_set (&cache->origin, ZRTP_CACHE_WAS_EMPTY);
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

void
zrtp_cache_file_fold (ZrtpCache * cache)
{
  const gint64 deadline = cache->deadline;
  int rc;

  /* Readers of this program are done in a moment. */
  cache->deadline = MIN (deadline, g_get_monotonic_time ()
      + FOLD_BUSY_MS * G_TIME_SPAN_MILLISECOND);
  rc = sqlite3_wal_checkpoint_v2 (cache->db, "main",
      SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  cache->deadline = deadline;
  cache->fold_due = rc != SQLITE_OK;
}

static int
read_own_zid (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE])
{
  sqlite3_stmt *statement = NULL;
  int rc;

  rc = sqlite3_prepare_v2 (cache->db, "SELECT zid FROM self", -1, &statement,
      NULL);
  if (rc == SQLITE_OK) {
    rc = sqlite3_step (statement);
    if (rc == SQLITE_ROW
        && sqlite3_column_bytes (statement, 0) == ZRTP_ZID_SIZE) {
      memcpy (zid, sqlite3_column_blob (statement, 0), ZRTP_ZID_SIZE);
      rc = SQLITE_OK;
    } else if (rc == SQLITE_ROW || rc == SQLITE_DONE) {
      rc = SQLITE_CORRUPT;
    }
  }
  sqlite3_finalize (statement);
  return rc;
}

static int
prepare_statements (ZrtpCache * cache, const char *const *sql,
    guint8 zid[ZRTP_ZID_SIZE])
{
  int rc = read_own_zid (cache, zid);

  for (guint i = 0; rc == SQLITE_OK && i < ZRTP_CACHE_N_STATEMENTS; i++)
    if (sql[i] != NULL)
      rc = sqlite3_prepare_v3 (cache->db, sql[i], -1,
          SQLITE_PREPARE_PERSISTENT, &cache->statements[i], NULL);
  /* Ours by its header, but a table or a column is missing. */
  return rc == SQLITE_ERROR ? SQLITE_CORRUPT : rc;
}

static void
checkpoint_on_close (ZrtpCache * cache, gboolean wanted)
{
  sqlite3_db_config (cache->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !wanted,
      NULL);
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
  checkpoint_on_close (cache, FALSE);
  /* Where no checkpoint was possible the WAL stays small all the same. */
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
is_usable (ZrtpCache * cache, FileKind kind, GError ** error)
{
  switch (kind) {
    case KIND_OURS:
    case KIND_EARLIER:
    case KIND_EMPTY:
      return TRUE;
    case KIND_LATER:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_CORRUPT, cache->path,
          "was made by a later version of gst-zrtp and is left as it is: "
          "upgrade, or name another cache");
      return FALSE;
    default:
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_CORRUPT, cache->path,
          "is an SQLite file of another program and is left as it is: name "
          "another cache");
      return FALSE;
  }
}

/* Nothing is changed, not even the mode, before the file is known to be ours.
 * Returns SQLite's result, or SQLITE_OK with @error set. */
static int
try_open (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE], gboolean immutable,
    GError ** error)
{
  const char *const *sql = statement_sql;
  FileKind kind = KIND_FOREIGN;
  gboolean read_only;
  int rc;

  rc = open_handle (cache, immutable);
  if (rc == SQLITE_OK)
    rc = configure (cache);
  if (rc == SQLITE_OK)
    rc = check (cache, &kind);
  if (rc != SQLITE_OK || !is_usable (cache, kind, error)
      || !zrtp_cache_file_restrict_permissions (cache->path, error))
    return rc;

  read_only = sqlite3_db_readonly (cache->db, "main") == 1;
  g_atomic_int_set (&cache->read_only, read_only);
  if (kind == KIND_EARLIER && read_only)
    sql = reading_sql_1;
  else if (kind != KIND_OURS)
    rc = read_only ? SQLITE_READONLY : make_schema (cache);
  if (rc == SQLITE_OK && !read_only) {
    rc = use_wal (cache);
    if (rc == SQLITE_OK)
      exec (cache->db, index_sql);
    /* A process that was killed leaves a WAL with what it wrote. */
    if (rc == SQLITE_OK)
      zrtp_cache_file_fold (cache);
  }
  if (rc == SQLITE_OK) {
    /* Later it would have every statement prepared again, while calls wait. */
    checkpoint_on_close (cache, TRUE);
    rc = prepare_statements (cache, sql, zid);
  }
  return rc;
}

gboolean
zrtp_cache_file_open (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE],
    GError ** error)
{
  gboolean had_wal = wal_has_content (cache);
  GError *refusal = NULL;
  int rc;

  cache->deadline = g_get_monotonic_time ()
      + G_GINT64_CONSTANT (1000) * zrtp_cache_busy_ms;
  rc = try_open (cache, zid, FALSE, &refusal);
  if (((rc & 0xff) == SQLITE_CANTOPEN || rc == SQLITE_READONLY_DIRECTORY)
      && !had_wal) {
    zrtp_cache_file_close (cache);
    rc = try_open (cache, zid, TRUE, &refusal);
  }

  if (rc == SQLITE_OK && refusal == NULL)
    return TRUE;
  if (refusal != NULL)
    g_propagate_error (error, refusal);
  else
    zrtp_cache_file_set_error (cache, rc, error);
  /* Leave a refused file as it is, and no empty WAL beside it. */
  if (cache->db != NULL)
    checkpoint_on_close (cache, !had_wal);
  zrtp_cache_file_close (cache);
  return FALSE;
}

void
zrtp_cache_file_close (ZrtpCache * cache)
{
  if (cache->db != NULL && cache->fold_due)
    zrtp_cache_file_fold (cache);
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
