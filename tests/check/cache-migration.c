/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of the cache of known peers as earlier versions made it: nothing in
 * it is lost, whichever program opens it and however.
 */
#include "cache-common.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "zrtp/cache/zrtpcache-private.h"

#define NOW G_GINT64_CONSTANT (1700000000)
#define N_PEERS 3
#define STRONG "S384AES3HS80EC38"

/* A file of version 1, as it was made before there was a version 2. */
static const char schema_1[] =
    "PRAGMA application_id = 0x5a525450; PRAGMA user_version = 1;"
    "PRAGMA journal_mode = WAL;"
    "CREATE TABLE self (id INTEGER PRIMARY KEY CHECK (id = 1),"
    " zid BLOB NOT NULL CHECK (typeof (zid) = 'blob' AND length (zid) = 12));"
    "CREATE TABLE peers (zid BLOB PRIMARY KEY NOT NULL,"
    " rs1 BLOB, rs2 BLOB, pbx BLOB,"
    " rs1_set INTEGER NOT NULL, rs1_interval INTEGER NOT NULL,"
    " verified INTEGER NOT NULL, name TEXT,"
    " first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " shared INTEGER NOT NULL CHECK (shared IN (0, 1))) WITHOUT ROWID;"
    "INSERT INTO self VALUES (1, x'0102030405060708090a0b0c');";

static char *
hex_of (const guint8 * data, gsize size)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return g_string_free (hex, FALSE);
}

static const char *
make_old (const char *name)
{
  const char *path = in_folder (name);

  g_free (sql (path, schema_1));
  for (guint i = 1; i <= N_PEERS; i++) {
    guint8 secret[ZRTP_SECRET_SIZE];
    char *rs1, *zid = hex_of (zid_of (i), ZRTP_ZID_SIZE), *statement;

    secret_of (100 + i, secret);
    rs1 = hex_of (secret, sizeof secret);
    statement = g_strdup_printf ("INSERT INTO peers VALUES (x'%s', x'%s',"
        " NULL, NULL, %" G_GINT64_FORMAT ", 4294967295, 1, 'Peer %u', 5, 6, 1)",
        zid, rs1, NOW, i);
    g_free (sql (path, statement));
    g_free (statement);
    g_free (rs1);
    g_free (zid);
  }
  return path;
}

static gboolean
all_there (ZrtpCache * cache)
{
  static const guint8 own[] = "\1\2\3\4\5\6\7\10\11\12\13\14";
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (cache, zid);
  CHILD_CHECK (memcmp (zid, own, sizeof zid) == 0);
  for (guint i = 1; i <= N_PEERS; i++) {
    char *name = g_strdup_printf ("Peer %u", i);
    ZrtpPeer peer;

    CHILD_CHECK (zrtp_cache_lookup (cache, zid_of (i), NOW, &peer, NULL));
    CHILD_CHECK (peer.known && peer.have_rs1 && !peer.have_rs2 && peer.verified
        && peer.confirmed && !peer.expired);
    CHILD_CHECK (number_of (peer.rs1) == 100 + i);
    CHILD_CHECK (g_strcmp0 (peer.name, name) == 0);
    CHILD_CHECK (peer.first_seen == 5 && peer.last_seen == 6);
    CHILD_CHECK (*peer.algorithms == '\0');
    zrtp_peer_clear (&peer);
    g_free (name);
  }
  return TRUE;
}

static void
set_algorithms (ZrtpCache * cache, guint zid, const char *algorithms)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_ALGORITHMS };

  g_strlcpy (change.algorithms, algorithms, sizeof change.algorithms);
  update (cache, zid, NOW, &change);
}

static void
assert_algorithms (ZrtpCache * cache, guint zid, const char *algorithms)
{
  ZrtpPeer peer = lookup (cache, zid, NOW);

  fail_unless_equals_string (peer.algorithms, algorithms);
  zrtp_peer_clear (&peer);
}

GST_START_TEST (test_migrated)
{
  const char *path = make_old ("peers");
  ZrtpCache *cache = open_cache (path);
  char *version;

  fail_unless (all_there (cache));
  set_algorithms (cache, 2, STRONG);
  zrtp_cache_unref (cache);
  version = sql (path, "PRAGMA user_version");
  fail_unless_equals_string (version, "2");
  g_free (version);

  cache = open_cache (path);
  assert_algorithms (cache, 1, "");
  assert_algorithms (cache, 2, STRONG);
  zrtp_cache_unref (cache);
  /* What no version could have written. */
  g_free (sql (path, "PRAGMA ignore_check_constraints = ON;"
          "UPDATE peers SET algorithms = 'S256'"));
  open_fails (path, ZRTP_CACHE_ERROR_CORRUPT);
}

GST_END_TEST;

/* Where it can't be written it is read as it is. */

static gboolean
read_old (gpointer data)
{
  GError *error = NULL;
  ZrtpCache *cache = zrtp_cache_open (data, &zrtp_random_system, &error);
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_ALGORITHMS };

  CHILD_CHECK (cache != NULL);
  CHILD_CHECK (all_there (cache));
  CHILD_CHECK (!zrtp_cache_update (cache, zid_of (1), NOW, &change, &error));
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_READ_ONLY));
  g_error_free (error);
  zrtp_cache_unref (cache);
  return TRUE;
}

GST_START_TEST (test_read_only)
{
  const char *path = make_old ("peers");
  char *version;

  fail_unless (chmod (path, 0400) == 0);
  if (geteuid () == 0)
    fail_unless (chown (path, 65534, 65534) == 0);
  run_unprivileged (read_old, (gpointer) path);
  version = sql (path, "PRAGMA user_version");
  fail_unless_equals_string (version, "1");
  g_free (version);
}

GST_END_TEST;

/* Processes that meet it at the same time. */

static int
child_main (int argc, char **argv)
{
  ZrtpCache *cache = zrtp_cache_open (argv[0], &zrtp_random_system, NULL);
  gboolean ok = cache != NULL && all_there (cache);

  g_clear_pointer (&cache, zrtp_cache_unref);
  return ok ? 0 : 1;
}

GST_START_TEST (test_together)
{
  for (guint round = 0; round < 5; round++) {
    char *name = g_strdup_printf ("peers%u", round);
    const char *arguments[] = { make_old (name), NULL };
    Child children[4];

    for (guint i = 0; i < G_N_ELEMENTS (children); i++)
      child_start (&children[i], arguments);
    for (guint i = 0; i < G_N_ELEMENTS (children); i++)
      fail_unless (child_finish (&children[i]));
    g_free (name);
  }
}

GST_END_TEST;

/* By its header a file of version 1, by its tables none. */
GST_START_TEST (test_no_such_file)
{
  static const char *const damages[] = {
    "ALTER TABLE peers ADD COLUMN algorithms TEXT",
    "DROP TABLE peers",
    "DELETE FROM self",
  };

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++) {
    char *name = g_strdup_printf ("peers%u", i), *version;
    const char *path = make_old (name);

    g_free (sql (path, damages[i]));
    open_fails (path, ZRTP_CACHE_ERROR_CORRUPT);
    if (i < 2) {
      version = sql (path, "PRAGMA user_version");
      fail_unless_equals_string (version, "1");
      g_free (version);
    }
    g_free (name);
  }
}

GST_END_TEST;

/* They go with the entry, and stay with what else is taken from it. */
GST_START_TEST (test_life)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  /* They make no entry. */
  set_algorithms (cache, 1, STRONG);
  assert_algorithms (cache, 1, "");
  set_rs1 (cache, 1, NOW, 1, 0);
  assert_algorithms (cache, 1, "");
  set_algorithms (cache, 1, STRONG);
  set_rs1 (cache, 1, NOW, 2, ZRTP_PEER_ROTATE);
  plain_change (cache, 1, NOW, ZRTP_PEER_CLEAR_SECRETS);
  assert_algorithms (cache, 1, STRONG);
  set_algorithms (cache, 1, "S256AES1HS32DH2k");
  assert_algorithms (cache, 1, "S256AES1HS32DH2k");
  plain_change (cache, 1, NOW, ZRTP_PEER_FORGET);
  assert_algorithms (cache, 1, "");
  zrtp_cache_unref (cache);
}

GST_END_TEST;

static Suite *
cache_migration_suite (void)
{
  Suite *suite = suite_create ("cache-migration");
  TCase *tc = tcase_create ("migration");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_migrated);
  tcase_add_test (tc, test_read_only);
  tcase_add_test (tc, test_together);
  tcase_add_test (tc, test_no_such_file);
  tcase_add_test (tc, test_life);
  return suite;
}

int
main (int argc, char **argv)
{
  return cache_main (argc, argv, cache_migration_suite (), "cache-migration",
      child_main);
}
