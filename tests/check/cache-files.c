/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of the cache of known peers: who may read it, and what happens when
 * it is damaged, foreign, read-only, replaced, or the disk is full.
 */
#define _GNU_SOURCE             /* unshare() */
#include "cache-common.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "zrtp/cache/zrtpcache-private.h"

#define NOW G_GINT64_CONSTANT (1700000000)

static void
expect_rs1 (ZrtpCache * cache, guint zid, guint rs1)
{
  ZrtpPeer peer = lookup (cache, zid, NOW);

  fail_unless_equals_int (peer.known, rs1 != 0);
  if (rs1 != 0) {
    fail_unless_equals_int (number_of (peer.rs1), rs1);
  }
  zrtp_peer_clear (&peer);
}

static guint
mode_of (const char *path)
{
  struct stat st;

  fail_unless (stat (path, &st) == 0, "%s: %s", path, g_strerror (errno));
  return st.st_mode & 07777;
}

/* A file with @count peers, 1 to @count, folded into one file. */
static const char *
make_cache (const char *name, guint count)
{
  const char *path = in_folder (name);
  ZrtpCache *cache = open_cache (path);

  for (guint i = 1; i <= count; i++)
    set_rs1 (cache, i, NOW, 100 + i, ZRTP_PEER_ROTATE);
  zrtp_cache_unref (cache);
  return path;
}

/* Permissions */

GST_START_TEST (test_modes_of_new)
{
  mode_t old = umask (0);
  const char *path = in_folder ("some/new/folder/peers");
  ZrtpCache *cache;

  cache = open_cache (path);
  set_rs1 (cache, 1, NOW, 1, 0);
  umask (old);
  fail_unless_equals_int (zrtp_cache_take_origin (cache), ZRTP_CACHE_NEW);
  fail_unless_equals_int (zrtp_cache_take_origin (cache), ZRTP_CACHE_EXISTED);
  fail_unless_equals_int_hex (mode_of (in_folder ("some")), 0700);
  fail_unless_equals_int_hex (mode_of (in_folder ("some/new")), 0700);
  fail_unless_equals_int_hex (mode_of (in_folder ("some/new/folder")), 0700);
  fail_unless_equals_int_hex (mode_of (path), 0600);
  fail_unless_equals_int_hex (mode_of (in_folder
          ("some/new/folder/peers-wal")), 0600);
  fail_unless_equals_int_hex (mode_of (in_folder
          ("some/new/folder/peers-shm")), 0600);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_modes_of_existing)
{
  const char *path, *link;
  mode_t old = umask (0);
  ZrtpCache *cache;

  fail_unless (g_mkdir (in_folder ("open"), 0755) == 0);
  path = make_cache ("open/peers", 1);
  link = in_folder ("link");
  fail_unless (symlink (path, link) == 0);
  fail_unless (g_chmod (path, 0644) == 0);
  fail_unless (g_file_set_contents (in_folder ("open/peers-wal"), "", 0, NULL));
  fail_unless (g_chmod (in_folder ("open/peers-wal"), 0644) == 0);
  cache = open_cache (link);
  fail_unless_equals_int_hex (mode_of (path), 0600);
  fail_unless_equals_int_hex (mode_of (in_folder ("open/peers-wal")), 0600);
  fail_unless_equals_int_hex (mode_of (in_folder ("open/peers-shm")), 0600);
  fail_unless_equals_int_hex (mode_of (in_folder ("open")), 0755);
  set_rs1 (cache, 1, NOW, 2, 0);
  fail_unless_equals_int_hex (mode_of (in_folder ("open/peers-wal")), 0600);
  zrtp_cache_unref (cache);
  umask (old);
}

GST_END_TEST;

static gboolean
open_foreign (gpointer data)
{
  GError *error = NULL;

  CHILD_CHECK (zrtp_cache_open (data, &zrtp_random_system, &error) == NULL);
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_OPEN));
  g_error_free (error);
  return TRUE;
}

/* A file of another user that others can write says nothing about peers. Only
 * root can make one here; for others it is a file that can't be read. */
GST_START_TEST (test_writable_by_others)
{
  const char *path = make_cache ("peers", 1);

  fail_unless (g_chmod (path, geteuid () == 0 ? 0666 : 0) == 0);
  run_unprivileged (open_foreign, (gpointer) path);
}

GST_END_TEST;

/* What is no cache */

typedef struct
{
  char *data;
  gsize size;
} Contents;

static Contents
read_contents (const char *path)
{
  Contents contents;

  fail_unless (g_file_get_contents (path, &contents.data, &contents.size,
          NULL));
  return contents;
}

/* Opening fails and changes nothing, neither in the file nor beside it. @mode
 * is that of the file afterwards. */
static void
expect_refused_with_mode (const char *path, guint mode)
{
  char *before = folder_listing (), *after;
  Contents was = read_contents (path), is;

  fail_unless (g_chmod (path, 0664) == 0);
  open_fails (path, ZRTP_CACHE_ERROR_CORRUPT);
  fail_unless_equals_int_hex (mode_of (path), mode);
  is = read_contents (path);
  fail_unless_equals_int (was.size, is.size);
  fail_unless (memcmp (was.data, is.data, is.size) == 0);
  after = folder_listing ();
  fail_unless_equals_string (after, before);
  g_free (was.data);
  g_free (is.data);
  g_free (before);
  g_free (after);
}

/* It may be any user's: its permissions do not change either. */
static void
expect_refused (const char *path)
{
  expect_refused_with_mode (path, 0664);
}

/* It is ours by its header, and may hold secrets. */
static void
expect_ours_refused (const char *path)
{
  expect_refused_with_mode (path, 0600);
}

GST_START_TEST (test_garbage)
{
  static const gsize sizes[] = { 1, 15, 16, 17, 99, 100, 511, 512, 4096, 9999 };
  GRand *rand = g_rand_new_with_seed (49);
  const char *path = in_folder ("garbage");
  guint8 octets[9999];

  for (guint i = 0; i < sizeof octets; i++)
    octets[i] = g_rand_int (rand);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    fail_unless (g_file_set_contents (path, (char *) octets, sizes[i], NULL));
    expect_refused (path);
  }
  fail_unless (g_file_set_contents (path, "[peers]\n", -1, NULL));
  expect_refused (path);
  /* A header and nothing behind it. */
  memset (octets, 0, sizeof octets);
  memcpy (octets, "SQLite format 3", 16);
  fail_unless (g_file_set_contents (path, (char *) octets, 16, NULL));
  expect_refused (path);
  fail_unless (g_file_set_contents (path, (char *) octets, 4096, NULL));
  expect_refused (path);
  g_rand_free (rand);
}

GST_END_TEST;

GST_START_TEST (test_truncated)
{
  const char *path = make_cache ("peers", 200);
  Contents whole = read_contents (path);

  for (gsize size = 1; size < whole.size;
      size += size < 4096 ? 409 : 1 + whole.size / 9) {
    fail_unless (g_file_set_contents (path, whole.data, size, NULL));
    expect_refused (path);
  }
  fail_unless (g_file_set_contents (path, whole.data, whole.size - 1, NULL));
  expect_refused (path);

  /* Put right, it is as it was. */
  fail_unless (g_file_set_contents (path, whole.data, whole.size, NULL));
  {
    ZrtpCache *cache = open_cache (path);

    expect_rs1 (cache, 200, 300);
    zrtp_cache_unref (cache);
  }
  g_free (whole.data);
}

GST_END_TEST;

/* A page of noise anywhere but in a secret's own octets, which have no check
 * sum, is found before anything is written. */
GST_START_TEST (test_damaged_page)
{
  const char *path = make_cache ("peers", 200);
  Contents whole = read_contents (path);
  char *noise = g_malloc (4096);

  fail_unless (whole.size >= 5 * 4096);
  memset (noise, 0xee, 4096);
  for (gsize page = 0; page < whole.size / 4096; page++) {
    char *damaged = g_memdup2 (whole.data, whole.size);

    memcpy (damaged + page * 4096, noise, 4096);
    fail_unless (g_file_set_contents (path, damaged, whole.size, NULL));
    expect_refused (path);
    g_free (damaged);
  }
  g_free (noise);
  g_free (whole.data);
}

GST_END_TEST;

GST_START_TEST (test_other_programs_file)
{
  const char *path = in_folder ("other");

  /* Marked by another program, by its tables alone, and with a WAL. */
  g_free (sql (path, "PRAGMA application_id = 1; CREATE TABLE a (b)"));
  expect_refused (path);
  fail_unless (g_remove (path) == 0);
  g_free (sql (path, "CREATE TABLE peers (zid)"));
  expect_refused (path);
  fail_unless (g_remove (path) == 0);
  g_free (sql (path, "PRAGMA journal_mode = WAL; CREATE TABLE a (b);"
          "INSERT INTO a VALUES (1)"));
  expect_refused (path);
  fail_unless (g_remove (path) == 0);
  g_free (sql (path, "PRAGMA user_version = 1"));
  expect_refused (path);
}

GST_END_TEST;

GST_START_TEST (test_other_schema)
{
  const char *path = make_cache ("peers", 3);

  g_free (sql (path, "PRAGMA user_version = 3"));
  expect_refused (path);
  g_free (sql (path, "PRAGMA user_version = 0"));
  expect_refused (path);
  g_free (sql (path, "PRAGMA user_version = 2;"
          "ALTER TABLE peers RENAME COLUMN rs2 TO rs3"));
  expect_ours_refused (path);
  g_free (sql (path, "ALTER TABLE peers RENAME COLUMN rs3 TO rs2;"
          "DELETE FROM self"));
  expect_ours_refused (path);
  g_free (sql (path, "INSERT INTO self VALUES (1, zeroblob (12))"));
  make_cache ("peers", 4);
  /* What the checks would have kept out. */
  g_free (sql (path, "PRAGMA ignore_check_constraints = ON;"
          "UPDATE peers SET rs1 = x'00'"));
  expect_refused (path);
  g_free (sql (path, "PRAGMA ignore_check_constraints = ON;"
          "UPDATE peers SET rs1 = zeroblob (32);" "DROP TABLE peers"));
  expect_ours_refused (path);
}

GST_END_TEST;

static void
copy_file (const char *from, const char *to)
{
  Contents contents = read_contents (from);

  fail_unless (g_file_set_contents (to, contents.data, contents.size, NULL));
  g_free (contents.data);
}

/* A later version's change may still be in the WAL alone. */
GST_START_TEST (test_later_version_in_wal)
{
  const char *path = make_cache ("peers", 3);
  const char *copy = in_folder ("copy"), *wal = in_folder ("copy-wal");
  Contents was, is;
  sqlite3 *db;

  /* Copied while it is open: as a process that was killed leaves it. */
  fail_unless_equals_int (sqlite3_open (path, &db), SQLITE_OK);
  fail_unless_equals_int (sqlite3_exec (db, "PRAGMA user_version = 3", NULL,
          NULL, NULL), SQLITE_OK);
  copy_file (path, copy);
  copy_file (in_folder ("peers-wal"), wal);
  sqlite3_close (db);

  was = read_contents (wal);
  fail_unless (was.size > 0);
  open_fails (copy, ZRTP_CACHE_ERROR_CORRUPT);
  is = read_contents (wal);
  fail_unless_equals_int (was.size, is.size);
  fail_unless (memcmp (was.data, is.data, is.size) == 0);
  g_free (was.data);
  g_free (is.data);
}

GST_END_TEST;

GST_START_TEST (test_not_a_file)
{
  const char *path = in_folder ("it");

  fail_unless (g_mkdir (path, 0700) == 0);
  open_fails (path, ZRTP_CACHE_ERROR_OPEN);
  fail_unless (g_rmdir (path) == 0);

  fail_unless (mkfifo (path, 0600) == 0);
  open_fails (path, ZRTP_CACHE_ERROR_OPEN);
  fail_unless (g_remove (path) == 0);

  fail_unless (symlink (in_folder ("nowhere"), path) == 0);
  open_fails (path, ZRTP_CACHE_ERROR_OPEN);
  fail_unless (g_remove (path) == 0);

  make_cache ("it", 1);
  fail_unless (link (path, in_folder ("second")) == 0);
  open_fails (path, ZRTP_CACHE_ERROR_OPEN);

  open_fails (in_folder ("it/inside"), ZRTP_CACHE_ERROR_OPEN);
  open_fails ("/dev/null", ZRTP_CACHE_ERROR_OPEN);
  open_fails ("", ZRTP_CACHE_ERROR_OPEN);
}

GST_END_TEST;

/* An SQLite URI is a strange file name and nothing more. */
GST_START_TEST (test_strange_names)
{
  static const char *const names[] = {
    "file:x?mode=memory", "with space", "Zo\303\253", "100%25#a?b", "\377\376",
    "-wal", "a'b\"c"
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    ZrtpCache *cache = open_cache (in_folder (names[i]));

    set_rs1 (cache, 1, NOW, 1, 0);
    zrtp_cache_unref (cache);
    fail_unless (g_file_test (in_folder (names[i]), G_FILE_TEST_IS_REGULAR));
    cache = open_cache (in_folder (names[i]));
    expect_rs1 (cache, 1, 1);
    zrtp_cache_unref (cache);
  }
}

GST_END_TEST;

GST_START_TEST (test_empty_file)
{
  const char *path = in_folder ("empty");
  ZrtpCache *cache;
  char *text;

  fail_unless (g_file_set_contents (path, "", 0, NULL));
  fail_unless (g_chmod (path, 0644) == 0);
  cache = open_cache (path);
  fail_unless_equals_int (zrtp_cache_take_origin (cache), ZRTP_CACHE_WAS_EMPTY);
  fail_unless_equals_int (zrtp_cache_take_origin (cache), ZRTP_CACHE_EXISTED);
  set_rs1 (cache, 1, NOW, 1, 0);
  zrtp_cache_unref (cache);
  fail_unless_equals_int_hex (mode_of (path), 0600);
  cache = open_cache (path);
  fail_unless_equals_int (zrtp_cache_take_origin (cache), ZRTP_CACHE_EXISTED);
  zrtp_cache_unref (cache);
  text = sql (path, "PRAGMA journal_mode");
  fail_unless_equals_string (text, "wal");
  g_free (text);
}

GST_END_TEST;

/* Read-only */

static gboolean
use_read_only (gpointer data)
{
  GError *error = NULL;
  ZrtpCache *cache = zrtp_cache_open (data, &zrtp_random_system, &error);
  ZrtpPeer peer;

  if (cache == NULL)
    g_printerr ("%s\n", error->message);
  CHILD_CHECK (cache != NULL);
  CHILD_CHECK (zrtp_cache_lookup (cache, zid_of (2), NOW, &peer, NULL));
  CHILD_CHECK (peer.known && number_of (peer.rs1) == 102);
  zrtp_peer_clear (&peer);
  CHILD_CHECK (!try_rotate (cache, 2, 9, &error));
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_READ_ONLY));
  g_clear_error (&error);
  CHILD_CHECK (zrtp_cache_lookup (cache, zid_of (2), NOW, &peer, NULL));
  CHILD_CHECK (peer.known && number_of (peer.rs1) == 102);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
  return TRUE;
}

static void
give_away (const char *path)
{
  if (geteuid () == 0)
    fail_unless (chown (path, 65534, 65534) == 0);
}

GST_START_TEST (test_read_only_file)
{
  const char *path = make_cache ("peers", 3);

  give_away (path);
  fail_unless (g_chmod (path, 0400) == 0);
  run_unprivileged (use_read_only, (gpointer) path);
  fail_unless_equals_int_hex (mode_of (path), 0400);
}

GST_END_TEST;

/* SQLite can't put its side files there. */
GST_START_TEST (test_read_only_folder)
{
  const char *path;
  Contents was, is;

  fail_unless (g_mkdir (in_folder ("#?%"), 0700) == 0);
  path = make_cache ("#?%/peers", 3);
  was = read_contents (path);
  give_away (path);
  give_away (in_folder ("#?%"));
  fail_unless (g_chmod (in_folder ("#?%"), 0500) == 0);
  run_unprivileged (use_read_only, (gpointer) path);
  fail_unless (g_chmod (path, 0400) == 0);
  run_unprivileged (use_read_only, (gpointer) path);
  is = read_contents (path);
  fail_unless_equals_int (was.size, is.size);
  fail_unless (memcmp (was.data, is.data, is.size) == 0);
  g_free (was.data);
  g_free (is.data);
}

GST_END_TEST;

static gboolean
enter_own_mounts (void)
{
  return unshare (CLONE_NEWNS | (geteuid () == 0 ? 0 : CLONE_NEWUSER)) == 0
      && mount ("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0;
}

static gboolean
have_own_mounts (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (enter_own_mounts ()? 0 : 1);
  return waitpid (pid, &status, 0) == pid && status == 0;
}

/* A read-only disk: in a mount name space of the child's own. Where there is
 * none to be had (many containers), taking away the permission has to do. */
static gboolean
use_read_only_disk (gpointer data)
{
  const char *folder = in_folder ("disk");
  char *file = g_build_filename (folder, "new", NULL);
  GError *error = NULL;

  if (enter_own_mounts ()) {
    CHILD_CHECK (mount (folder, folder, "none", MS_BIND, NULL) == 0);
    CHILD_CHECK (mount ("none", folder, "none",
            MS_BIND | MS_REMOUNT | MS_RDONLY, NULL) == 0);
  } else {
    CHILD_CHECK (g_chmod (folder, 0500) == 0);
  }
  CHILD_CHECK (use_read_only (data));
  CHILD_CHECK (zrtp_cache_open (file, &zrtp_random_system, &error) == NULL);
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_OPEN));
  g_error_free (error);
  g_free (file);
  return TRUE;
}

GST_START_TEST (test_read_only_disk)
{
  const char *path;
  char *listing;

  fail_unless (g_mkdir (in_folder ("disk"), 0700) == 0);
  path = make_cache ("disk/peers", 3);
  /* Others may read it, and there is nothing to be done about that. */
  fail_unless (g_chmod (path, 0644) == 0);
  if (have_own_mounts ()) {
    run_child (use_read_only_disk, (gpointer) path);
  } else {
    give_away (path);
    give_away (in_folder ("disk"));
    run_unprivileged (use_read_only_disk, (gpointer) path);
  }
  fail_unless_equals_int_hex (mode_of (path), 0644);
  listing = folder_listing ();
  fail_unless_equals_string (listing, "disk");
  g_free (listing);
}

GST_END_TEST;

typedef struct
{
  const char *path;
  gint code;
} Refusal;

static gboolean
is_refused (gpointer data)
{
  const Refusal *refusal = data;
  GError *error = NULL;

  CHILD_CHECK (zrtp_cache_open (refusal->path, &zrtp_random_system,
          &error) == NULL);
  CHILD_CHECK (error->domain == ZRTP_CACHE_ERROR);
  CHILD_CHECK (error->code == refusal->code);
  g_error_free (error);
  return TRUE;
}

GST_START_TEST (test_unwritable)
{
  Refusal refusal = { in_folder ("locked/peers"), ZRTP_CACHE_ERROR_OPEN };
  const char *hidden = make_cache ("hidden", 1);
  char *listing;

  /* No file, and none can be made. */
  fail_unless (g_mkdir (in_folder ("locked"), 0500) == 0);
  give_away (in_folder ("locked"));
  run_unprivileged (is_refused, &refusal);
  refusal.path = in_folder ("locked/deeper/peers");
  run_unprivileged (is_refused, &refusal);

  /* An empty one that can't be filled. */
  refusal.path = in_folder ("empty");
  refusal.code = ZRTP_CACHE_ERROR_READ_ONLY;
  fail_unless (g_file_set_contents (refusal.path, "", 0, NULL));
  give_away (refusal.path);
  fail_unless (g_chmod (refusal.path, 0400) == 0);
  run_unprivileged (is_refused, &refusal);

  /* One that can't be read. */
  refusal.path = hidden;
  refusal.code = ZRTP_CACHE_ERROR_OPEN;
  give_away (refusal.path);
  fail_unless (g_chmod (refusal.path, 0) == 0);
  run_unprivileged (is_refused, &refusal);

  listing = folder_listing ();
  fail_unless_equals_string (listing, "empty hidden locked");
  g_free (listing);
}

GST_END_TEST;

/* A full disk */

static gboolean
limit_files (rlim_t size)
{
  struct rlimit limit;

  signal (SIGXFSZ, SIG_IGN);
  return getrlimit (RLIMIT_FSIZE, &limit) == 0
      && (limit.rlim_cur = size, setrlimit (RLIMIT_FSIZE, &limit) == 0);
}

static gboolean
fill_up (gpointer data)
{
  ZrtpCache *cache = zrtp_cache_open (data, &zrtp_random_system, NULL);
  GError *error = NULL;
  ZrtpPeer peer;
  guint last = 0;

  CHILD_CHECK (cache != NULL);
  CHILD_CHECK (limit_files (20000));
  while (try_rotate (cache, 1 + last % 500, 1000 + last, &error))
    last++;
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_FULL));
  g_clear_error (&error);
  CHILD_CHECK (last > 0);
  CHILD_CHECK (!try_rotate (cache, 1 + last % 500, 1000 + last, NULL));

  /* What was there is there, and the failed one left no trace. */
  CHILD_CHECK (zrtp_cache_lookup (cache, zid_of (last), NOW, &peer, NULL));
  CHILD_CHECK (peer.known && number_of (peer.rs1) == 999 + last);
  zrtp_peer_clear (&peer);
  CHILD_CHECK (zrtp_cache_lookup (cache, zid_of (last + 1), NOW, &peer, NULL));
  CHILD_CHECK (!peer.known);

  /* There is room again. */
  CHILD_CHECK (limit_files (RLIM_INFINITY));
  CHILD_CHECK (try_rotate (cache, 1 + last % 500, 1000 + last, NULL));
  zrtp_cache_unref (cache);
  return TRUE;
}

GST_START_TEST (test_full)
{
  const char *path = in_folder ("peers");
  char *result;

  run_unprivileged (fill_up, (gpointer) path);
  result = sql (path, "PRAGMA integrity_check");
  fail_unless_equals_string (result, "ok");
  g_free (result);
}

GST_END_TEST;

static gboolean
open_when_full (gpointer data)
{
  Refusal refusal = { data, ZRTP_CACHE_ERROR_FULL };
  ZrtpCache *cache;

  for (rlim_t size = 0; size < 12288; size += 512) {
    CHILD_CHECK (limit_files (size));
    CHILD_CHECK (is_refused (&refusal));
  }
  CHILD_CHECK (limit_files (RLIM_INFINITY));
  cache = zrtp_cache_open (data, &zrtp_random_system, NULL);
  CHILD_CHECK (cache != NULL && try_rotate (cache, 1, 1, NULL));
  zrtp_cache_unref (cache);
  return TRUE;
}

GST_START_TEST (test_full_at_first)
{
  run_unprivileged (open_when_full, (gpointer) in_folder ("peers"));
}

GST_END_TEST;

/* Deleted and replaced */

GST_START_TEST (test_deleted)
{
  const char *path = in_folder ("peers");
  ZrtpCache *old = open_cache (path), *cache;
  guint8 old_zid[ZRTP_ZID_SIZE], zid[ZRTP_ZID_SIZE];

  set_rs1 (old, 1, NOW, 1, 0);
  zrtp_cache_get_zid (old, old_zid);
  fail_unless (g_remove (path) == 0);
  update_fails (old, 1, ZRTP_CACHE_ERROR_FAILED);
  lookup_fails (old, 1, ZRTP_CACHE_ERROR_FAILED);
  fail_if (g_file_test (path, G_FILE_TEST_EXISTS));

  /* A newcomer starts with a new file, whichever process still holds the old
   * one. */
  cache = open_cache (path);
  fail_if (cache == old);
  zrtp_cache_get_zid (cache, zid);
  fail_if (memcmp (zid, old_zid, sizeof zid) == 0);
  expect_rs1 (cache, 1, 0);
  set_rs1 (cache, 1, NOW, 2, 0);
  update_fails (old, 1, ZRTP_CACHE_ERROR_FAILED);
  zrtp_cache_unref (old);
  set_rs1 (cache, 1, NOW, 3, ZRTP_PEER_ROTATE);
  old = open_cache (path);
  fail_unless (old == cache);
  zrtp_cache_unref (old);
  zrtp_cache_unref (cache);

  cache = open_cache (path);
  expect_rs1 (cache, 1, 3);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_replaced)
{
  const char *backup = make_cache ("backup", 3), *path = in_folder ("peers");
  ZrtpCache *old = open_cache (path), *cache;

  set_rs1 (old, 1, NOW, 1, 0);
  plain_change (old, 1, NOW, ZRTP_PEER_CLEAR_SECRETS);
  fail_unless (g_rename (backup, path) == 0);
  /* Found by the newcomer, before the old one was used. */
  cache = open_cache (path);
  fail_if (cache == old);
  expect_rs1 (cache, 1, 101);
  set_rs1 (cache, 1, NOW, 5, ZRTP_PEER_ROTATE);
  lookup_fails (old, 1, ZRTP_CACHE_ERROR_FAILED);
  zrtp_cache_unref (cache);
  zrtp_cache_unref (old);

  cache = open_cache (path);
  expect_rs1 (cache, 1, 5);
  expect_rs1 (cache, 2, 102);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

static Suite *
cache_files_suite (void)
{
  Suite *suite = suite_create ("cache-files");
  TCase *tc = tcase_create ("files");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_modes_of_new);
  tcase_add_test (tc, test_modes_of_existing);
  tcase_add_test (tc, test_writable_by_others);
  tcase_add_test (tc, test_garbage);
  tcase_add_test (tc, test_truncated);
  tcase_add_test (tc, test_damaged_page);
  tcase_add_test (tc, test_other_programs_file);
  tcase_add_test (tc, test_other_schema);
  tcase_add_test (tc, test_later_version_in_wal);
  tcase_add_test (tc, test_not_a_file);
  tcase_add_test (tc, test_strange_names);
  tcase_add_test (tc, test_empty_file);
  tcase_add_test (tc, test_read_only_file);
  tcase_add_test (tc, test_read_only_folder);
  tcase_add_test (tc, test_read_only_disk);
  tcase_add_test (tc, test_unwritable);
  tcase_add_test (tc, test_full);
  tcase_add_test (tc, test_full_at_first);
  tcase_add_test (tc, test_deleted);
  tcase_add_test (tc, test_replaced);
  return suite;
}

int
main (int argc, char **argv)
{
  return cache_main (argc, argv, cache_files_suite (), "cache-files", NULL);
}
