/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The cache of known peers between processes: none loses another's change, all
 * have one ZID, and one that is killed leaves the file whole.
 */
#include "cache-common.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "zrtp/cache/zrtpcache-private.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define PATIENT_MS 50000

/* What a child does: waits for the end of its input, so that all start at
 * once, or that the parent says when it may go on. */
static void
wait_for_parent (void)
{
  char octet;

  while (read (STDIN_FILENO, &octet, 1) > 0);
}

static void
say (const char *text)
{
  printf ("%s\n", text);
  fflush (stdout);
}

static ZrtpCache *
child_open (const char *path)
{
  GError *error = NULL;
  ZrtpCache *cache = zrtp_cache_open (path, &zrtp_random_system, &error);

  if (cache == NULL)
    g_printerr ("%s\n", error->message);
  return cache;
}

/* PATH: prints the file's ZID. */
static gboolean
child_zid (char **arguments)
{
  guint8 zid[ZRTP_ZID_SIZE];
  GString *text = g_string_new (NULL);
  ZrtpCache *cache;

  wait_for_parent ();
  cache = child_open (arguments[0]);
  CHILD_CHECK (cache != NULL);
  zrtp_cache_get_zid (cache, zid);
  for (guint i = 0; i < sizeof zid; i++)
    g_string_append_printf (text, "%02x", zid[i]);
  say (text->str);
  g_string_free (text, TRUE);
  zrtp_cache_unref (cache);
  return TRUE;
}

/* PATH FIRST COUNT: rotates peer 1 COUNT times, with secrets from FIRST on. */
static gboolean
child_rotate (char **arguments)
{
  guint first = atoi (arguments[1]), count = atoi (arguments[2]);
  ZrtpCache *cache;
  GError *error = NULL;

  wait_for_parent ();
  cache = child_open (arguments[0]);
  CHILD_CHECK (cache != NULL);
  /* For the log that the test made. */
  sqlite3_db_config (cache->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, NULL);
  for (guint i = 0; i < count; i++)
    if (!try_rotate (cache, 1, first + i, &error)) {
      g_printerr ("rotate %u: %s\n", i, error->message);
      return FALSE;
    }
  zrtp_cache_unref (cache);
  return TRUE;
}

/* PATH COUNT: names peer 1 COUNT times; no other process does. */
static gboolean
child_name (char **arguments)
{
  guint count = atoi (arguments[1]);
  ZrtpCache *cache;

  wait_for_parent ();
  cache = child_open (arguments[0]);
  CHILD_CHECK (cache != NULL);
  for (guint i = 0; i < count; i++) {
    ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_NAME };
    ZrtpPeer peer;

    change.name = g_strdup_printf ("name %u", i);
    CHILD_CHECK (zrtp_cache_update (cache, zid_of (1), NOW, &change, NULL));
    CHILD_CHECK (zrtp_cache_lookup (cache, zid_of (1), NOW, &peer, NULL));
    CHILD_CHECK (g_strcmp0 (peer.name, change.name) == 0);
    zrtp_peer_clear (&peer);
    zrtp_peer_update_clear (&change);
  }
  zrtp_cache_unref (cache);
  return TRUE;
}

/* PATH FIRST: rotates peer 1 until it is killed, and says each that is done. */
static gboolean
child_endless (char **arguments)
{
  ZrtpCache *cache = child_open (arguments[0]);

  CHILD_CHECK (cache != NULL);
  for (guint i = atoi (arguments[1]);; i++) {
    CHILD_CHECK (try_rotate (cache, 1, i, NULL));
    printf ("%u\n", i);
    fflush (stdout);
  }
}

/* PATH SQL: runs SQL and keeps the connection until the input ends. */
static gboolean
child_hold (char **arguments)
{
  sqlite3 *db = NULL;

  CHILD_CHECK (sqlite3_open (arguments[0], &db) == SQLITE_OK);
  CHILD_CHECK (sqlite3_exec (db, arguments[1], NULL, NULL, NULL) == SQLITE_OK);
  say ("held");
  wait_for_parent ();
  sqlite3_close (db);
  return TRUE;
}

static int
child_main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
      gboolean (*func) (char **arguments);
  } parts[] = {
    {"zid", child_zid}, {"rotate", child_rotate}, {"name", child_name},
    {"endless", child_endless}, {"hold", child_hold}
  };

  zrtp_cache_busy_ms = PATIENT_MS;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strcmp (argv[0], parts[i].name) == 0)
      return parts[i].func (argv + 1) ? 0 : 1;
  return 2;
}

static void
expect_sound (const char *path)
{
  char *result = sql (path, "PRAGMA integrity_check");

  fail_unless_equals_string (result, "ok");
  g_free (result);
}

/* Together */

#define RACERS 8
#define RACES 12

GST_START_TEST (test_zid_race)
{
  /* Z-4.9-01 */
  for (guint race = 0; race < RACES; race++) {
    char *folder = g_strdup_printf ("%u/new", race);
    const char *path;
    Child children[RACERS];
    char *common = NULL;

    /* Every other time the file is there, and empty. */
    if (race % 2 == 1) {
      g_free (folder);
      folder = g_strdup_printf ("empty%u", race);
      fail_unless (g_file_set_contents (in_folder (folder), "", 0, NULL));
      path = in_folder (folder);
    } else {
      char *file = g_build_filename (folder, "peers", NULL);

      path = in_folder (file);
      g_free (file);
    }
    g_free (folder);

    for (guint i = 0; i < RACERS; i++) {
      const char *const arguments[] = { "zid", path, NULL };

      child_start (&children[i], arguments);
    }
    for (guint i = 0; i < RACERS; i++)
      child_close_input (&children[i]);
    for (guint i = 0; i < RACERS; i++) {
      char *zid = child_read_line (&children[i]);

      fail_unless (child_finish (&children[i]));
      fail_unless (zid != NULL && strlen (zid) == 2 * ZRTP_ZID_SIZE);
      if (common == NULL)
        common = g_strdup (zid);
      fail_unless_equals_string (zid, common);
      g_free (zid);
    }
    g_free (common);
    expect_sound (path);
  }
}

GST_END_TEST;

#define ROTATORS 3
#define ROTATIONS 120

/* A trigger of the test's own writes down each rotation, in the transaction
 * that makes it: were one lost, a link of the chain would be missing. */
GST_START_TEST (test_no_update_lost)
{
  const char *path = in_folder ("peers");
  Child children[ROTATORS + 1];
  char *text;

  zrtp_cache_unref (open_cache (path));
  g_free (sql (path,
          "CREATE TABLE log (id INTEGER PRIMARY KEY, rs1 BLOB, rs2 BLOB);"
          "CREATE TRIGGER logger AFTER INSERT ON peers BEGIN"
          " INSERT INTO log (rs1, rs2) VALUES (NEW.rs1, NEW.rs2); END"));

  for (guint i = 0; i < ROTATORS; i++) {
    char *first = g_strdup_printf ("%u", 10000 * (i + 1));
    const char *const arguments[] = { "rotate", path, first,
      G_STRINGIFY (ROTATIONS), NULL
    };

    child_start (&children[i], arguments);
    g_free (first);
  }
  {
    const char *const arguments[] = { "name", path, "200", NULL };

    child_start (&children[ROTATORS], arguments);
  }
  for (guint i = 0; i <= ROTATORS; i++)
    child_close_input (&children[i]);
  for (guint i = 0; i <= ROTATORS; i++)
    fail_unless (child_finish (&children[i]));

  text = sql (path, "SELECT count (*) FROM log");
  fail_unless_equals_int (atoi (text), ROTATORS * ROTATIONS);
  g_free (text);
  /* Z-4.6.1-05 */
  text = sql (path, "SELECT count (*) FROM log AS a JOIN log AS b"
      " ON b.id = a.id + 1 WHERE b.rs2 IS NOT a.rs1");
  fail_unless_equals_string (text, "0");
  g_free (text);
  text = sql (path, "SELECT name FROM peers");
  fail_unless_equals_string (text, "name 199");
  g_free (text);
  expect_sound (path);
}

GST_END_TEST;

#define KILLS 25

GST_START_TEST (test_killed)
{
  const char *path = in_folder ("peers");
  GRand *rand = g_rand_new_with_seed (4601);
  guint next = 1;

  zrtp_cache_unref (open_cache (path));
  for (guint round = 0; round < KILLS; round++) {
    char *start = g_strdup_printf ("%u", next);
    const char *const arguments[] = { "endless", path, start, NULL };
    guint target = next + g_rand_int_range (rand, 0, 40), done = 0;
    ZrtpCache *cache;
    ZrtpPeer peer;
    Child child;
    char *line;

    child_start (&child, arguments);
    g_free (start);
    while (done < target) {
      line = child_read_line (&child);
      fail_unless (line != NULL);
      done = atoi (line);
      g_free (line);
    }
    kill (child.pid, SIGKILL);
    while ((line = child_read_line (&child)) != NULL) {
      if (*line != '\0')
        done = atoi (line);
      g_free (line);
    }
    fail_if (child_finish (&child));

    /* Either all of the update that was under way is there or nothing. */
    cache = open_cache (path);
    peer = lookup (cache, 1, NOW);
    next = number_of (peer.rs1);
    fail_unless (next == done || next == done + 1, "%u after %u", next, done);
    if (next > 1)
      fail_unless_equals_int (number_of (peer.rs2), next - 1);
    next++;
    zrtp_peer_clear (&peer);
    zrtp_cache_unref (cache);
    expect_sound (path);
  }
  g_rand_free (rand);
}

GST_END_TEST;

/* Locked */

static void
hold (Child * child, const char *path, const char *statements)
{
  const char *const arguments[] = { "hold", path, statements, NULL };
  char *line;

  child_start (child, arguments);
  line = child_read_line (child);
  fail_unless_equals_string (line, "held");
  g_free (line);
}

GST_START_TEST (test_busy)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = open_cache (path);
  Child child;
  ZrtpPeer peer;
  gint64 start;

  set_rs1 (cache, 1, NOW, 1, 0);
  hold (&child, path, "BEGIN IMMEDIATE");
  zrtp_cache_busy_ms = 30;
  start = g_get_monotonic_time ();
  update_fails (cache, 1, ZRTP_CACHE_ERROR_BUSY);
  fail_unless (g_get_monotonic_time () - start >= 30000);
  /* A reader doesn't mind. */
  peer = lookup (cache, 1, NOW);
  fail_unless_equals_int (number_of (peer.rs1), 1);
  zrtp_peer_clear (&peer);

  fail_unless (child_finish (&child));
  zrtp_cache_busy_ms = PATIENT_MS;
  set_rs1 (cache, 1, NOW, 2, ZRTP_PEER_ROTATE);
  peer = lookup (cache, 1, NOW);
  fail_unless_equals_int (number_of (peer.rs1), 2);
  fail_unless_equals_int (number_of (peer.rs2), 1);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_busy_open)
{
  const char *path = in_folder ("peers"), *empty = in_folder ("empty");
  Child child;

  zrtp_cache_unref (open_cache (path));
  hold (&child, path, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;"
      "CREATE TABLE x (y)");
  zrtp_cache_busy_ms = 30;
  open_fails (path, ZRTP_CACHE_ERROR_BUSY);
  fail_unless (child_finish (&child));
  zrtp_cache_unref (open_cache (path));

  /* A process makes the file just now, and takes too long. */
  hold (&child, empty, "BEGIN EXCLUSIVE");
  open_fails (empty, ZRTP_CACHE_ERROR_BUSY);
  fail_unless (child_finish (&child));
  zrtp_cache_unref (open_cache (empty));
}

GST_END_TEST;

/* SQLite itself doesn't wait where a file is turned to WAL. */
GST_START_TEST (test_busy_turning)
{
  const char *path = in_folder ("peers");
  gint64 start;
  Child child;

  zrtp_cache_unref (open_cache (path));
  g_free (sql (path, "PRAGMA journal_mode = DELETE"));
  hold (&child, path, "BEGIN IMMEDIATE");
  zrtp_cache_busy_ms = 30;
  start = g_get_monotonic_time ();
  open_fails (path, ZRTP_CACHE_ERROR_BUSY);
  fail_unless (g_get_monotonic_time () - start >= 30000);
  fail_unless (child_finish (&child));
  zrtp_cache_unref (open_cache (path));
}

GST_END_TEST;

static gpointer
update_thread (gpointer data)
{
  return GINT_TO_POINTER (try_rotate (data, 1, 7, NULL));
}

GST_START_TEST (test_waits)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = open_cache (path);
  GThread *thread;
  Child child;

  hold (&child, path, "BEGIN IMMEDIATE");
  zrtp_cache_busy_ms = PATIENT_MS;
  thread = g_thread_new ("update", update_thread, cache);
  fail_unless (child_finish (&child));
  fail_unless (GPOINTER_TO_INT (g_thread_join (thread)));
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* A reader elsewhere keeps the WAL; the next update drops what it held. */
GST_START_TEST (test_forget_with_reader)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = open_cache (path);
  guint8 secret[ZRTP_SECRET_SIZE];
  Child child;

  set_rs1 (cache, 1, NOW, 1, 0);
  hold (&child, path, "BEGIN; SELECT * FROM peers");
  zrtp_cache_busy_ms = 30;
  plain_change (cache, 1, NOW, ZRTP_PEER_FORGET);
  secret_of (1, secret);
  fail_unless (folder_contains (secret, sizeof secret));
  fail_unless (child_finish (&child));
  zrtp_cache_busy_ms = PATIENT_MS;
  set_name (cache, 2, NOW, "Bob");
  /* Z-7.1-03 */
  fail_if (folder_contains (secret, sizeof secret));
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* Descriptors in the folder, none of which is to reach other programs. */
static guint
count_descriptors (void)
{
  GDir *dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;
  guint found = 0;

  while ((name = g_dir_read_name (dir)) != NULL) {
    char *link = g_build_filename ("/proc/self/fd", name, NULL);
    char *target = g_file_read_link (link, NULL);

    if (target != NULL && g_str_has_prefix (target, cache_folder)
        && (fcntl (atoi (name), F_GETFD) & FD_CLOEXEC) != 0)
      found++;
    g_free (target);
    g_free (link);
  }
  g_dir_close (dir);
  return found;
}

/* fork() without exec() */

static gboolean
forked (gpointer data)
{
  ZrtpCache *cache = data, *other;
  guint8 zid[ZRTP_ZID_SIZE];
  GError *error = NULL;
  ZrtpPeer peer;

  zrtp_cache_get_zid (cache, zid);
  CHILD_CHECK (!zrtp_cache_lookup (cache, zid_of (1), NOW, &peer, &error));
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_FAILED));
  g_clear_error (&error);
  CHILD_CHECK (!try_rotate (cache, 1, 9, &error));
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_FAILED));
  g_clear_error (&error);
  CHILD_CHECK (zrtp_cache_open (zrtp_cache_get_path (cache),
          &zrtp_random_system, &error) == NULL);
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_FAILED));
  g_clear_error (&error);
  other = zrtp_cache_open (in_folder ("child"), &zrtp_random_system, NULL);
  CHILD_CHECK (other != NULL && try_rotate (other, 1, 9, NULL));
  zrtp_cache_unref (other);
  /* The parent's connection is left alone. */
  CHILD_CHECK (count_descriptors () == 3);
  zrtp_cache_unref (cache);
  CHILD_CHECK (count_descriptors () == 3);
  return TRUE;
}

GST_START_TEST (test_fork)
{
  const char *path = in_folder ("peers");
  const char *const arguments[] = { "rotate", path, "2", "1", NULL };
  ZrtpCache *cache = open_cache (path);
  ZrtpPeer peer;
  Child child;

  set_rs1 (cache, 1, NOW, 1, 0);
  run_child (forked, cache);
  /* After exec() all is well, and the parent never noticed. */
  child_start (&child, arguments);
  fail_unless (child_finish (&child));
  set_rs1 (cache, 1, NOW, 3, ZRTP_PEER_ROTATE);
  peer = lookup (cache, 1, NOW);
  fail_unless_equals_int (number_of (peer.rs1), 3);
  fail_unless_equals_int (number_of (peer.rs2), 2);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_close_on_exec)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  set_rs1 (cache, 1, NOW, 1, 0);
  fail_unless_equals_int (count_descriptors (), 3);
  zrtp_cache_unref (cache);
  fail_unless_equals_int (count_descriptors (), 0);
}

GST_END_TEST;

static Suite *
cache_processes_suite (void)
{
  Suite *suite = suite_create ("cache-processes");
  TCase *tc = tcase_create ("processes");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_zid_race);
  tcase_add_test (tc, test_no_update_lost);
  tcase_add_test (tc, test_killed);
  tcase_add_test (tc, test_busy);
  tcase_add_test (tc, test_busy_open);
  tcase_add_test (tc, test_busy_turning);
  tcase_add_test (tc, test_waits);
  tcase_add_test (tc, test_forget_with_reader);
  tcase_add_test (tc, test_fork);
  tcase_add_test (tc, test_close_on_exec);
  return suite;
}

int
main (int argc, char **argv)
{
  return cache_main (argc, argv, cache_processes_suite (), "cache-processes",
      child_main);
}
