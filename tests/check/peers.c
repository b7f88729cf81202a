/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * gst-zrtp-peers, run as a user runs it.
 */
#define _GNU_SOURCE             /* memmem() */
#include "cache-common.h"

#include <string.h>
#include <sys/wait.h>

#include <glib/gstdio.h>

#define NOW G_GINT64_CONSTANT (1700000000)      /* 2023-11-14T22:13:20Z */
#define ZID_1 "01005a5a5a5a5a5a5a5a5a5a"
#define ZID_2 "02005a5a5a5a5a5a5a5a5a5a"

/* What the program said last. */
static char *output, *errors;

static void
forget_output (void)
{
  g_clear_pointer (&output, g_free);
  g_clear_pointer (&errors, g_free);
}

static void
teardown (void)
{
  forget_output ();
  cache_folder_remove ();
}

/* Runs the program with the default cache in the test's folder; returns its
 * exit code. The arguments end with NULL. */
static int
peers (const char *argument, ...)
{
  GPtrArray *argv = g_ptr_array_new ();
  char **environment = g_get_environ ();
  GError *error = NULL;
  va_list rest;
  int status;

  forget_output ();
  g_ptr_array_add (argv, (gpointer) g_getenv ("ZRTP_PEERS"));
  va_start (rest, argument);
  for (; argument != NULL; argument = va_arg (rest, const char *))
      g_ptr_array_add (argv, (gpointer) argument);
  va_end (rest);
  g_ptr_array_add (argv, NULL);
  environment = g_environ_setenv (environment, "XDG_DATA_HOME", cache_folder,
      TRUE);
  environment = g_environ_setenv (environment, "LC_ALL", "C.UTF-8", TRUE);
  fail_unless (g_spawn_sync (NULL, (char **) argv->pdata, environment, 0,
          NULL, NULL, &output, &errors, &status, &error), "%s",
      error ? error->message : "");
  g_strfreev (environment);
  g_ptr_array_unref (argv);
  fail_unless (WIFEXITED (status));
  return WEXITSTATUS (status);
}

static const char *
make_peers (void)
{
  const char *path = in_folder ("gst-zrtp/peers.sqlite");
  ZrtpCache *cache = open_cache (path);
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1
        | ZRTP_PEER_SET_VERIFIED | ZRTP_PEER_SET_PBX,.interval = 60,
    .verified = TRUE
  };

  secret_of (1, change.rs1);
  secret_of (2, change.pbx);
  update (cache, 1, NOW, &change);
  set_rs1 (cache, 2, NOW + 60, 3, 0);
  set_name (cache, 2, NOW + 61, "Zo\303\253");
  set_name (cache, 3, NOW - 1, "only a name");
  zrtp_cache_unref (cache);
  return path;
}

#define HEAD \
  "ZID                       VERIFIED  ENROLLED  FIRST-SEEN            " \
  "LAST-SEEN             EXPIRES               NAME\n"

GST_START_TEST (test_list)
{
  make_peers ();
  /* Z-12-01 */
  fail_unless_equals_int (peers ("list", NULL), 0);
  fail_unless_equals_string (errors, "");
  fail_unless_equals_string (output, HEAD
      "02005a5a5a5a5a5a5a5a5a5a  no        no        2023-11-14T22:14:20Z  "
      "2023-11-14T22:14:21Z  never                 Zo\303\253\n"
      "01005a5a5a5a5a5a5a5a5a5a  yes       yes       2023-11-14T22:13:20Z  "
      "2023-11-14T22:13:20Z  expired             \n"
      "03005a5a5a5a5a5a5a5a5a5a  no        no        2023-11-14T22:13:19Z  "
      "2023-11-14T22:13:19Z  -                     only a name\n");
}

GST_END_TEST;

/* The other forms of an expiry, and times that no calendar has. */
GST_START_TEST (test_times)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = open_cache (path);
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1,.interval = 60 };

  update (cache, 1, G_GINT64_CONSTANT (4102444740), &change);
  update (cache, 2, G_MAXINT64 - 60, &change);
  zrtp_cache_unref (cache);
  fail_unless_equals_int (peers ("--cache", path, "list", NULL), 0);
  fail_unless_equals_string (output, HEAD
      "02005a5a5a5a5a5a5a5a5a5a  no        no        ?                     "
      "?                     never               \n"
      "01005a5a5a5a5a5a5a5a5a5a  no        no        2099-12-31T23:59:00Z  "
      "2099-12-31T23:59:00Z  2100-01-01T00:00:00Z\n");
}

GST_END_TEST;

static gboolean
has_secret (const char *text)
{
  gboolean found = FALSE;

  for (guint i = 1; i <= 3; i++) {
    guint8 secret[ZRTP_SECRET_SIZE];
    char hex[2 * 4 + 1];

    secret_of (i, secret);
    for (guint k = 0; k < 4; k++)
      g_snprintf (hex + 2 * k, 3, "%02x", secret[k]);
    found |= strstr (text, hex) != NULL
        || memmem (text, strlen (text), secret, 4) != NULL;
  }
  return found;
}

GST_START_TEST (test_no_secret)
{
  make_peers ();
  fail_unless_equals_int (peers ("list", NULL), 0);
  fail_if (has_secret (output));
  fail_unless_equals_int (peers ("zid", NULL), 0);
  fail_if (has_secret (output));
  fail_unless_equals_int (peers ("forget", ZID_1, NULL), 0);
  fail_if (has_secret (output));
  fail_unless_equals_string (output, "");
}

GST_END_TEST;

GST_START_TEST (test_name)
{
  const char *path = make_peers ();
  ZrtpCache *cache;
  ZrtpPeer peer;

  fail_unless_equals_int (peers ("name", ZID_1, "Bob \360\237\224\222",
          NULL), 0);
  fail_unless_equals_string (output, "");
  fail_unless_equals_string (errors, "");
  cache = open_cache (path);
  peer = lookup (cache, 1, NOW);
  fail_unless_equals_string (peer.name, "Bob \360\237\224\222");
  /* Nothing else changed. */
  fail_unless (peer.verified && peer.have_pbx);
  fail_unless_equals_int (number_of (peer.rs1), 1);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);

  fail_unless_equals_int (peers ("name", "02:00:5A:5A5A5A5A5A5A5A5A5A", "",
          NULL), 0);
  /* A name that looks like an option, and one that would steer a terminal. */
  fail_unless_equals_int (peers ("name", ZID_1, "--help", NULL), 0);
  fail_unless (strstr (output, "Usage") != NULL);
  fail_unless_equals_int (peers ("--", "name", ZID_1, "--help", NULL), 0);
  fail_unless_equals_string (output, "");
  fail_unless_equals_int (peers ("name", "03005a5a5a5a5a5a5a5a5a5a",
          "a\033[2J\nb\342\200\256c", NULL), 0);
  fail_unless_equals_int (peers ("list", NULL), 0);
  fail_unless (strstr (output, "  --help\n") != NULL);
  fail_unless (strstr (output, "Zo\303\253") == NULL);
  fail_unless (strstr (output, "a\\u{1b}[2J\\u{a}b\\u{202e}c\n") != NULL);
}

GST_END_TEST;

GST_START_TEST (test_forget)
{
  const char *path = make_peers ();
  guint8 secret[ZRTP_SECRET_SIZE];
  ZrtpCache *cache;
  ZrtpPeer peer;

  fail_unless_equals_int (peers ("forget", ZID_1, NULL), 0);
  fail_unless_equals_string (errors, "");
  cache = open_cache (path);
  peer = lookup (cache, 1, NOW);
  fail_if (peer.known);
  peer = lookup (cache, 2, NOW);
  fail_unless (peer.known);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
  secret_of (1, secret);
  {
    char *contents;
    gsize size;

    fail_unless (g_file_get_contents (path, &contents, &size, NULL));
    fail_unless (memmem (contents, size, secret, sizeof secret) == NULL);
    g_free (contents);
  }

  /* Twice is once too often. */
  fail_unless_equals_int (peers ("forget", ZID_1, NULL), 1);
  fail_unless (strstr (errors, ZID_1) != NULL);
}

GST_END_TEST;

/* The pbxsecret goes, from the disk too, and nothing else. */
GST_START_TEST (test_unenroll)
{
  const char *path = make_peers ();
  ZrtpCache *cache;
  guint8 secret[ZRTP_SECRET_SIZE];
  char *contents;
  ZrtpPeer peer;
  gsize size;

  secret_of (2, secret);
  fail_unless (g_file_get_contents (path, &contents, &size, NULL));
  fail_unless (memmem (contents, size, secret, sizeof secret) != NULL);
  g_free (contents);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (peers ("unenroll", ZID_1, NULL), 0);
    fail_unless_equals_string (output, "");
    fail_unless_equals_string (errors, "");
    cache = open_cache (path);
    peer = lookup (cache, 1, NOW);
    fail_unless (peer.known && peer.verified && peer.have_rs1);
    fail_if (peer.have_pbx);
    zrtp_peer_clear (&peer);
    zrtp_cache_unref (cache);
  }
  fail_unless (g_file_get_contents (path, &contents, &size, NULL));
  fail_unless (memmem (contents, size, secret, sizeof secret) == NULL);
  g_free (contents);
  fail_unless_equals_int (peers ("list", NULL), 0);
  fail_unless (strstr (output, ZID_1 "  yes       no ") != NULL, "%s", output);
}

GST_END_TEST;

/* A program that has the file open sees the change. */
GST_START_TEST (test_beside_a_call)
{
  ZrtpCache *cache = open_cache (make_peers ());
  ZrtpPeer peer;

  fail_unless_equals_int (peers ("forget", ZID_1, NULL), 0);
  fail_unless_equals_int (peers ("name", ZID_2, "Bob", NULL), 0);
  peer = lookup (cache, 1, NOW);
  fail_if (peer.known);
  set_rs1 (cache, 2, NOW, 9, ZRTP_PEER_ROTATE);
  peer = lookup (cache, 2, NOW);
  fail_unless_equals_string (peer.name, "Bob");
  fail_unless_equals_int (number_of (peer.rs2), 3);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_zid)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = open_cache (path);
  guint8 zid[ZRTP_ZID_SIZE];
  GString *expected = g_string_new (NULL);

  zrtp_cache_get_zid (cache, zid);
  zrtp_cache_unref (cache);
  for (guint i = 0; i < sizeof zid; i++)
    g_string_append_printf (expected, "%02x", zid[i]);
  g_string_append_c (expected, '\n');
  fail_unless_equals_int (peers ("-c", path, "zid", NULL), 0);
  fail_unless_equals_string (output, expected->str);
  g_string_free (expected, TRUE);
}

GST_END_TEST;

/* Looking makes nothing. */
/* One whole file for its owner alone, which is a cache; nothing is overwritten. */
GST_START_TEST (test_backup)
{
  const char *path = make_peers (), *copy = in_folder ("copy");
  ZrtpCache *cache = open_cache (path), *backup;
  guint8 zid[ZRTP_ZID_SIZE], copied[ZRTP_ZID_SIZE];
  mode_t old = umask (0);
  ZrtpPeer peer, other;
  struct stat st;

  /* Even while a program uses the file, and has just written. */
  set_rs1 (cache, 1, NOW, 17, ZRTP_PEER_ROTATE);
  fail_unless_equals_int (peers ("backup", copy, NULL), 0);
  umask (old);
  fail_unless (stat (copy, &st) == 0 && (st.st_mode & 07777) == 0600);
  fail_if (g_file_test (in_folder ("copy-wal"), G_FILE_TEST_EXISTS));
  fail_if (g_file_test (in_folder ("copy-journal"), G_FILE_TEST_EXISTS));

  backup = open_cache (copy);
  zrtp_cache_get_zid (cache, zid);
  zrtp_cache_get_zid (backup, copied);
  fail_unless (memcmp (zid, copied, sizeof zid) == 0);
  peer = lookup (cache, 1, NOW);
  other = lookup (backup, 1, NOW);
  fail_unless (other.known && other.verified && other.have_pbx);
  fail_unless_equals_int (number_of (other.rs1), 17);
  fail_unless (memcmp (peer.rs2, other.rs2, sizeof peer.rs2) == 0);
  zrtp_peer_clear (&peer);
  zrtp_peer_clear (&other);
  zrtp_cache_unref (backup);
  zrtp_cache_unref (cache);

  fail_unless_equals_int (peers ("backup", copy, NULL), 1);
  fail_unless (strstr (errors, "exists already") != NULL, "%s", errors);
  fail_unless_equals_int (peers ("backup", in_folder ("no/where"), NULL), 1);
  fail_unless (strstr (errors, "can't be written") != NULL, "%s", errors);
}

GST_END_TEST;

GST_START_TEST (test_no_cache)
{
  char *listing;

  fail_unless_equals_int (peers ("list", NULL), 1);
  fail_unless (strstr (errors, in_folder ("gst-zrtp/peers.sqlite")) != NULL);
  fail_unless_equals_int (peers ("--cache", in_folder ("x"), "zid", NULL), 1);
  fail_unless (strstr (errors, in_folder ("x")) != NULL);
  fail_unless_equals_string (output, "");
  listing = folder_listing ();
  fail_unless_equals_string (listing, "");
  g_free (listing);
}

GST_END_TEST;

GST_START_TEST (test_not_a_cache)
{
  const char *path = in_folder ("text");
  char *contents;

  fail_unless (g_file_set_contents (path, "Dear Bob,\n", -1, NULL));
  fail_unless (g_chmod (path, 0644) == 0);
  fail_unless_equals_int (peers ("--cache", path, "list", NULL), 1);
  fail_unless_equals_string (output, "");
  fail_unless (g_str_has_prefix (errors, "gst-zrtp-peers: "));
  fail_unless (strstr (errors, path) != NULL);
  fail_unless (g_file_get_contents (path, &contents, NULL, NULL));
  fail_unless_equals_string (contents, "Dear Bob,\n");
  g_free (contents);
}

GST_END_TEST;

GST_START_TEST (test_usage)
{
  static const char *const wrong[][4] = {
    {NULL}, {"frobnicate"}, {"list", "x"}, {"zid", "x"}, {"forget"},
    {"forget", ZID_1, ZID_2}, {"name", ZID_1}, {"--frob", "list"},
    {"--cache"}, {"forget", ""}, {"forget", "01"},
    {"forget", ZID_1 "0"}, {"forget", "0x" ZID_1}, {"name", "Bob", ZID_1},
    {"unenroll"}, {"unenroll", "Bob"}, {"forget", "g1005a5a5a5a5a5a5a5a5a5a"}
  };

  make_peers ();
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    fail_unless_equals_int (peers (wrong[i][0], wrong[i][1], wrong[i][2],
            NULL), 2);
    fail_unless_equals_string (output, "");
    fail_unless (g_str_has_prefix (errors, "gst-zrtp-peers: "), "row %u", i);
  }
  fail_unless_equals_int (peers ("name", ZID_1, "\377", NULL), 1);
  fail_unless_equals_int (peers ("list", NULL), 0);
  fail_unless (strstr (output, ZID_1) != NULL);

  fail_unless_equals_int (peers ("--help", NULL), 0);
  fail_unless (strstr (output, "forget ZID") != NULL);
  fail_unless_equals_int (peers ("--version", NULL), 0);
  fail_unless (g_str_has_prefix (output, "gst-zrtp-peers "));
}

GST_END_TEST;

static Suite *
peers_suite (void)
{
  Suite *suite = suite_create ("peers");
  TCase *tc = tcase_create ("gst-zrtp-peers");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, teardown);
  tcase_add_test (tc, test_list);
  tcase_add_test (tc, test_times);
  tcase_add_test (tc, test_no_secret);
  tcase_add_test (tc, test_name);
  tcase_add_test (tc, test_unenroll);
  tcase_add_test (tc, test_forget);
  tcase_add_test (tc, test_beside_a_call);
  tcase_add_test (tc, test_zid);
  tcase_add_test (tc, test_backup);
  tcase_add_test (tc, test_no_cache);
  tcase_add_test (tc, test_not_a_cache);
  tcase_add_test (tc, test_usage);
  return suite;
}

int
main (int argc, char **argv)
{
  g_assert (g_getenv ("ZRTP_PEERS") != NULL);
  return cache_main (argc, argv, peers_suite (), "peers", NULL);
}
