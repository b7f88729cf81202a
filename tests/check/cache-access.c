/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owner and rights of the cache's files and folders, as ssh checks those of its own;
 * what a path may look like.
 */
#include "cache-common.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define NOW G_GINT64_CONSTANT (1700000000)
#define STRANGER 65533

static gboolean
am_root (void)
{
  return geteuid () == 0;
}

/* To another user, which root alone can do; others take a right instead that
 * lets another user do the same. */
static void
give (const char *path, guint uid)
{
  if (am_root ())
    fail_unless (lchown (path, uid, uid) == 0);
  else
    fail_unless (g_chmod (path, 0777) == 0);
}

static void
change_mode (const char *path, guint mode)
{
  fail_unless (g_chmod (path, mode) == 0, "%s", path);
}

static const char *
make_cache (const char *name)
{
  const char *path = in_folder (name);
  ZrtpCache *cache = open_cache (path);

  set_rs1 (cache, 1, NOW, 1, 0);
  zrtp_cache_unref (cache);
  return path;
}

static void
expect_accepted (const char *path)
{
  zrtp_cache_unref (open_cache (path));
}

static void
expect_refused (const char *path, const char *part)
{
  GError *error = NULL;

  fail_unless (zrtp_cache_open (path, &zrtp_random_system, &error) == NULL);
  fail_unless (strstr (error->message, part) != NULL, "\"%s\" lacks \"%s\"",
      error->message, part);
  g_error_free (error);
  open_fails (path, ZRTP_CACHE_ERROR_OPEN);
}

/* As root: its secrets do not go into the file of a user. */
GST_START_TEST (test_owner_of_file)
{
  const char *path = make_cache ("peers");

  give (path, STRANGER);
  expect_refused (path, am_root ()? "another user" : "write to the file");
}

GST_END_TEST;

static gboolean
open_as_nobody (gpointer data)
{
  GError *error = NULL;
  ZrtpCache *cache = zrtp_cache_open (data, &zrtp_random_system, &error);

  CHILD_CHECK (cache == NULL);
  CHILD_CHECK (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_OPEN));
  CHILD_CHECK (strstr (error->message, "is not safe") != NULL);
  g_error_free (error);
  return TRUE;
}

static gboolean
read_as_nobody (gpointer data)
{
  ZrtpCache *cache = zrtp_cache_open (data, &zrtp_random_system, NULL);

  CHILD_CHECK (cache != NULL);
  zrtp_cache_unref (cache);
  return TRUE;
}

/* Readable, and in a folder where another user could put it: nothing of it
 * counts. One of root's is provisioned. */
GST_START_TEST (test_owner_as_user)
{
  const char *path = make_cache ("peers");

  give (path, STRANGER);
  if (am_root ())
    change_mode (path, 0644);
  run_unprivileged (open_as_nobody, (gpointer) path);
  if (am_root ())
    fail_unless (chown (path, 0, 0) == 0);
  else
    change_mode (path, 0600);
  run_unprivileged (read_as_nobody, (gpointer) path);
}

GST_END_TEST;

GST_START_TEST (test_modes_of_file)
{
  const char *path = make_cache ("peers");
  struct stat st;

  change_mode (path, 0602);
  expect_refused (path, "chmod go-w");
  if (am_root ()) {
    fail_unless (chown (path, 0, STRANGER) == 0);
    change_mode (path, 0620);
    expect_refused (path, "chmod go-w");
    fail_unless (chown (path, 0, 0) == 0);
  }
  /* A right to read is taken away. */
  change_mode (path, 0644);
  expect_accepted (path);
  fail_unless (stat (path, &st) == 0 && (st.st_mode & 07777) == 0600);
}

GST_END_TEST;

GST_START_TEST (test_folder)
{
  const char *folder = in_folder ("folder"), *path = make_cache
      ("folder/peers");

  change_mode (folder, 0777);
  expect_refused (path, "the folder");
  /* Others can't take the file away, but put a -journal beside it. */
  change_mode (folder, 01777);
  expect_refused (path, "the folder");
  change_mode (folder, 0755);
  expect_accepted (path);
  if (am_root ()) {
    fail_unless (chown (folder, 0, STRANGER) == 0);
    change_mode (folder, 0770);
    expect_refused (path, "the folder");
    change_mode (folder, 0750);
    expect_accepted (path);
  }
  give (folder, STRANGER);
  expect_refused (path, "the folder");
}

GST_END_TEST;

GST_START_TEST (test_folder_above)
{
  const char *above = in_folder ("above"), *path = make_cache
      ("above/folder/peers");

  change_mode (above, 0777);
  expect_refused (path, "the folder");
  change_mode (above, 01777);
  expect_accepted (path);
  give (above, STRANGER);
  if (!am_root ())
    change_mode (above, 0777);
  expect_refused (path, "the folder");
}

GST_END_TEST;

GST_START_TEST (test_nothing_made)
{
  const char *folder = in_folder ("folder");
  char *listing;

  fail_unless (g_mkdir (folder, 0700) == 0);
  change_mode (folder, 01777);
  expect_refused (in_folder ("folder/peers"), "the folder");
  fail_if (g_file_test (in_folder ("folder/peers"), G_FILE_TEST_EXISTS));
  listing = folder_listing ();
  fail_unless_equals_string (listing, "folder");
  g_free (listing);
}

GST_END_TEST;

/* What counts is where a link leads to. */
GST_START_TEST (test_links)
{
  const char *safe = make_cache ("safe/peers"), *open_one = make_cache
      ("open/peers"), *link = in_folder ("open/link"), *folder_link =
      in_folder ("folder-link");

  change_mode (in_folder ("open"), 0777);
  fail_unless (symlink (safe, link) == 0);
  expect_accepted (link);
  fail_unless (symlink (open_one, in_folder ("safe/link")) == 0);
  expect_refused (in_folder ("safe/link"), "the folder");
  fail_unless (symlink (in_folder ("open"), folder_link) == 0);
  expect_refused (in_folder ("folder-link/peers"), "the folder");
}

GST_END_TEST;

GST_START_TEST (test_side_files)
{
  static const char *const names[] = { "peers-wal", "peers-shm",
    "peers-journal"
  };
  const char *path = make_cache ("peers"), *victim = in_folder ("victim");

  fail_unless (g_file_set_contents (victim, "", 0, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *side = in_folder (names[i]);

    fail_unless (symlink (victim, side) == 0);
    expect_refused (path, names[i]);
    fail_unless (g_remove (side) == 0);
    fail_unless (link (victim, side) == 0);
    expect_refused (path, names[i]);
    fail_unless (g_remove (side) == 0);
    fail_unless (mkfifo (side, 0600) == 0);
    expect_refused (path, names[i]);
    fail_unless (g_remove (side) == 0);
    fail_unless (g_file_set_contents (side, "", 0, NULL));
    change_mode (side, 0606);
    expect_refused (path, names[i]);
    change_mode (side, 0600);
    give (side, STRANGER);
    expect_refused (path, names[i]);
    fail_unless (g_remove (side) == 0);
  }
  expect_accepted (path);
}

GST_END_TEST;

/* Paths. Folders of the user are read once in a process: hence a new one. */

static int
child_main (int argc, char **argv)
{
  char *path = zrtp_cache_default_path (), *expanded;

  printf ("%s\n", path);
  for (int i = 0; i < argc; i++) {
    expanded = zrtp_cache_expand_path (argv[i], NULL);
    printf ("%s\n", expanded ? expanded : "refused");
    g_free (expanded);
  }
  g_free (path);
  return 0;
}

static void
expect_line (Child * child, const char *text)
{
  char *line = child_read_line (child);

  fail_unless_equals_string (line, text);
  g_free (line);
}

GST_START_TEST (test_paths)
{
  static const char *const arguments[] = { "~/x/peers", "./~/x", "~", "~peers",
    "~other/x", "a~/b", NULL
  };
  static const char *const data[] = { "relative/data", "/absolute" };
  static const char *const defaults[] = {
    "/home/of/alice/.local/share/gst-zrtp/peers.sqlite",
    "/absolute/gst-zrtp/peers.sqlite"
  };

  g_setenv ("HOME", "/home/of/alice", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (data); i++) {
    Child child;

    g_setenv ("XDG_DATA_HOME", data[i], TRUE);
    child_start (&child, arguments);
    expect_line (&child, defaults[i]);
    expect_line (&child, "/home/of/alice/x/peers");
    expect_line (&child, "./~/x");
    expect_line (&child, "~");
    expect_line (&child, "~peers");
    expect_line (&child, "refused");
    expect_line (&child, "a~/b");
    fail_unless (child_finish (&child));
  }
  open_fails ("~other/peers", ZRTP_CACHE_ERROR_OPEN);
}

GST_END_TEST;

static Suite *
cache_access_suite (void)
{
  Suite *suite = suite_create ("cache-access");
  TCase *tc = tcase_create ("access");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_owner_of_file);
  tcase_add_test (tc, test_owner_as_user);
  tcase_add_test (tc, test_modes_of_file);
  tcase_add_test (tc, test_folder);
  tcase_add_test (tc, test_folder_above);
  tcase_add_test (tc, test_nothing_made);
  tcase_add_test (tc, test_links);
  tcase_add_test (tc, test_side_files);
  tcase_add_test (tc, test_paths);
  return suite;
}

int
main (int argc, char **argv)
{
  return cache_main (argc, argv, cache_access_suite (), "cache-access",
      child_main);
}
