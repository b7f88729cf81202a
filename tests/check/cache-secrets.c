/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Secrets that were replaced are in none of the cache's files: not after any of
 * many calls, nor after processes that were killed, ended without a close, or
 * shared the file.
 */
#include "cache-common.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "knownpeers-common.h"
#include "zrtp/cache/zrtpcache-private.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define CALLS 20

/* Children */

static ZrtpCache *
child_open (char **arguments)
{
  return zrtp_cache_open (arguments[0], &zrtp_random_system, NULL);
}

/* PATH FIRST: rotates peer 1 until it is killed, and tells of each. */
static gboolean
child_endless (char **arguments)
{
  ZrtpCache *cache = child_open (arguments);

  CHILD_CHECK (cache != NULL);
  for (guint i = atoi (arguments[1]);; i++) {
    CHILD_CHECK (try_rotate (cache, 1, i, NULL));
    printf ("%u\n", i);
    fflush (stdout);
  }
}

/* PATH FIRST: rotates peer 1 once and ends without a close. */
static gboolean
child_leave (char **arguments)
{
  ZrtpCache *cache = child_open (arguments);

  CHILD_CHECK (cache != NULL);
  CHILD_CHECK (try_rotate (cache, 1, atoi (arguments[1]), NULL));
  _exit (0);
}

/* PATH SQL: runs SQL and keeps the connection until the input ends. */
static gboolean
child_hold (char **arguments)
{
  sqlite3 *db = NULL;
  char octet;

  CHILD_CHECK (sqlite3_open (arguments[0], &db) == SQLITE_OK);
  CHILD_CHECK (sqlite3_exec (db, arguments[1], NULL, NULL, NULL) == SQLITE_OK);
  printf ("held\n");
  fflush (stdout);
  while (read (STDIN_FILENO, &octet, 1) > 0);
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
    {"endless", child_endless}, {"leave", child_leave}, {"hold", child_hold}
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strcmp (argv[0], parts[i].name) == 0)
      return parts[i].func (argv + 1) ? 0 : 1;
  return 2;
}

static void
start (Child * child, const char *part, const char *path, guint first)
{
  char *number = g_strdup_printf ("%u", first);
  const char *const arguments[] = { part, path, number, NULL };

  child_start (child, arguments);
  g_free (number);
}

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

/* Secrets below @first are gone. */
static void
assert_gone (guint first)
{
  guint8 secret[ZRTP_SECRET_SIZE];

  for (guint i = 1; i < first; i++) {
    secret_of (i, secret);
    fail_if (folder_contains (secret, sizeof secret), "%u of %u", i, first);
  }
}

static guint
read_rs1 (ZrtpCache * cache)
{
  ZrtpPeer peer = lookup (cache, 1, NOW);
  guint number = number_of (peer.rs1);

  zrtp_peer_clear (&peer);
  return number;
}

/* One process */

GST_START_TEST (test_rotations)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  for (guint i = 1; i <= CALLS; i++) {
    set_rs1 (cache, 1, NOW, i, ZRTP_PEER_ROTATE);
    assert_gone (MAX (i, 1) - 1);
  }
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* Entries that move between pages leave nothing behind. */
GST_START_TEST (test_many_peers)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  GRand *rand = g_rand_new_with_seed (412);
  GHashTable *current = g_hash_table_new (NULL, NULL);
  guint peers[2][200];
  guint n = 0;

  memset (peers, 0, sizeof peers);
  for (guint i = 0; i < 600; i++) {
    const guint peer = g_rand_int_range (rand, 0, 200);
    char *name = g_strnfill (g_rand_int_range (rand, 0, 200), 'n');

    if (g_rand_int_range (rand, 0, 8) == 0) {
      plain_change (cache, peer, NOW, ZRTP_PEER_FORGET);
      peers[0][peer] = peers[1][peer] = 0;
    } else {
      set_rs1 (cache, peer, NOW, 1000 + ++n, ZRTP_PEER_ROTATE);
      peers[1][peer] = peers[0][peer];
      peers[0][peer] = 1000 + n;
      set_name (cache, peer, NOW, name);
    }
    g_free (name);
  }
  for (guint i = 0; i < 400; i++)
    g_hash_table_add (current, GUINT_TO_POINTER (peers[i % 2][i / 2]));
  for (guint i = 1; i <= n; i++) {
    const gboolean kept = g_hash_table_contains (current,
        GUINT_TO_POINTER (1000 + i));
    guint8 secret[ZRTP_SECRET_SIZE];

    secret_of (1000 + i, secret);
    fail_unless_equals_int (folder_contains (secret, sizeof secret), kept);
  }
  g_hash_table_unref (current);
  g_rand_free (rand);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* Real calls */

GST_START_TEST (test_calls)
{
  guint8 seen[2 * CALLS][ZRTP_SECRET_SIZE];

  for (guint i = 0; i < CALLS; i++) {
    Sim *sim = knownpeers_call (1 + i, i % 2);

    for (guint e = 0; e < 2; e++) {
      ZrtpPeer peer = knownpeers_peer (e);

      fail_unless (peer.have_rs1);
      memcpy (seen[2 * i + e], peer.rs1, ZRTP_SECRET_SIZE);
      zrtp_peer_clear (&peer);
    }
    /* The one before this one is rs2 now. */
    for (guint j = 0; i > 0 && j < 2 * (i - 1); j++)
      fail_if (folder_contains (seen[j], ZRTP_SECRET_SIZE), "%u in %u", j, i);
    sim_free (sim);
    knownpeers_wall += 3600;
  }
}

GST_END_TEST;

/* Several processes */

/* A process that is killed between two steps of an update. */
GST_START_TEST (test_killed)
{
  const char *path = in_folder ("peers");
  GRand *rand = g_rand_new_with_seed (4602);
  guint next = 1;

  zrtp_cache_unref (open_cache (path));
  for (guint round = 0; round < CALLS; round++) {
    const guint target = next + g_rand_int_range (rand, 0, 10);
    guint done = 0;
    ZrtpCache *cache;
    Child child;
    char *line;

    start (&child, "endless", path, next);
    while (done < target) {
      line = child_read_line (&child);
      fail_unless (line != NULL);
      done = atoi (line);
      g_free (line);
    }
    kill (child.pid, SIGKILL);
    fail_if (child_finish (&child));
    cache = open_cache (path);
    next = read_rs1 (cache);
    assert_gone (next - 1);
    zrtp_cache_unref (cache);
    next++;
  }
  g_rand_free (rand);
}

GST_END_TEST;

GST_START_TEST (test_left_without_close)
{
  const char *path = in_folder ("peers");

  for (guint i = 1; i <= CALLS; i++) {
    Child child;

    start (&child, "leave", path, i);
    fail_unless (child_finish (&child));
    assert_gone (MAX (i, 1) - 1);
  }
}

GST_END_TEST;

/* Another process has the file open all the time, but does not read. */
GST_START_TEST (test_shared)
{
  const char *path = in_folder ("peers");
  Child holder;

  zrtp_cache_unref (open_cache (path));
  hold (&holder, path, "SELECT * FROM peers");
  for (guint i = 1; i <= CALLS; i++) {
    Child child;

    start (&child, "leave", path, i);
    fail_unless (child_finish (&child));
    assert_gone (MAX (i, 1) - 1);
  }
  fail_unless (child_finish (&holder));
}

GST_END_TEST;

/* While another process reads, the WAL stays; the update does not wait for it, and
 * the look-up of the next call empties it. */
GST_START_TEST (test_reader)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = open_cache (path);
  guint8 old[ZRTP_SECRET_SIZE];
  Child child;

  set_rs1 (cache, 1, NOW, 1, 0);
  hold (&child, path, "BEGIN; SELECT * FROM peers");
  set_rs1 (cache, 1, NOW, 2, ZRTP_PEER_ROTATE);
  set_rs1 (cache, 1, NOW, 3, ZRTP_PEER_ROTATE);
  fail_unless_equals_int (read_rs1 (cache), 3);
  secret_of (1, old);
  fail_unless (folder_contains (old, sizeof old));
  fail_unless (child_finish (&child));
  fail_unless_equals_int (read_rs1 (cache), 3);
  assert_gone (2);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

static Suite *
cache_secrets_suite (void)
{
  Suite *suite = suite_create ("cache-secrets");
  TCase *tc = tcase_create ("secrets"), *calls = tcase_create ("calls");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_rotations);
  tcase_add_test (tc, test_many_peers);
  tcase_add_test (tc, test_killed);
  tcase_add_test (tc, test_left_without_close);
  tcase_add_test (tc, test_shared);
  tcase_add_test (tc, test_reader);
  suite_add_tcase (suite, calls);
  tcase_set_timeout (calls, 120);
  tcase_add_checked_fixture (calls, knownpeers_setup, knownpeers_teardown);
  tcase_add_test (calls, test_calls);
  return suite;
}

int
main (int argc, char **argv)
{
  return cache_main (argc, argv, cache_secrets_suite (), "cache-secrets",
      child_main);
}
