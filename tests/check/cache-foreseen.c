/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The file of the cache of known peers that is not made before it is needed.
 */
#include "cache-common.h"

#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define NOW G_GINT64_CONSTANT (1700000000)

static ZrtpCache *
foresee (const char *path)
{
  GError *error = NULL;
  ZrtpCache *cache =
      zrtp_cache_open_deferred (path, &zrtp_random_system, &error);

  fail_unless (cache != NULL, "%s", error ? error->message : "");
  return cache;
}

static void
make (ZrtpCache * cache)
{
  GError *error = NULL;

  fail_unless (zrtp_cache_create_file (cache, &error), "%s",
      error ? error->message : "");
}

static void
make_fails (ZrtpCache * cache, ZrtpCacheError code, const char *part)
{
  GError *error = NULL;

  fail_if (zrtp_cache_create_file (cache, &error));
  fail_unless (g_error_matches (error, ZRTP_CACHE_ERROR, code), "%s",
      error->message);
  fail_unless (strstr (error->message, part) != NULL, "%s", error->message);
  g_error_free (error);
}

static void
expect_zid (ZrtpCache * cache, const guint8 zid[ZRTP_ZID_SIZE], gboolean same)
{
  guint8 other[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (cache, other);
  fail_unless_equals_int (memcmp (zid, other, sizeof other) == 0, same);
}

static void
expect_files (const char *names)
{
  char *listing = folder_listing ();

  fail_unless_equals_string (listing, names);
  g_free (listing);
}

/* A process that looks leaves nothing behind; all that look see one ZID, and it
 * is that of the file. */
GST_START_TEST (test_one_zid)
{
  const char *path = in_folder ("peers");
  ZrtpCache *cache = foresee (path), *again, *opened;
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (cache, zid);
  again = foresee (path);
  fail_unless (again == cache);
  fail_unless_equals_string (zrtp_cache_get_path (cache), path);
  fail_if (zrtp_cache_is_volatile (cache));
  lookup_fails (cache, 1, ZRTP_CACHE_ERROR_FAILED);
  update_fails (cache, 1, ZRTP_CACHE_ERROR_FAILED);
  expect_files ("");

  make (cache);
  make (cache);
  set_rs1 (again, 1, NOW, 7, 0);
  expect_zid (cache, zid, TRUE);
  opened = open_cache (path);
  fail_unless (opened == cache);
  zrtp_cache_unref (cache);
  zrtp_cache_unref (again);
  zrtp_cache_unref (opened);

  opened = foresee (path);
  expect_zid (opened, zid, TRUE);
  fail_unless_equals_int (lookup (opened, 1, NOW).known, TRUE);
  zrtp_cache_unref (opened);
}

GST_END_TEST;

/* No process made it: then there is another ZID next time, and still no
 * file. */
GST_START_TEST (test_never_made)
{
  ZrtpCache *cache = foresee (in_folder ("new/peers"));
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (cache, zid);
  zrtp_cache_unref (cache);
  cache = foresee (in_folder ("new/peers"));
  expect_zid (cache, zid, FALSE);
  zrtp_cache_unref (cache);
  expect_files ("");
}

GST_END_TEST;

/* Who opens it means to have it. */
GST_START_TEST (test_opened)
{
  ZrtpCache *cache = foresee (in_folder ("new/peers"));
  ZrtpCache *opened = open_cache (in_folder ("new/peers"));

  fail_unless (opened == cache);
  set_rs1 (cache, 1, NOW, 7, 0);
  make (cache);
  zrtp_cache_unref (opened);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* One file, whatever it is called. */
GST_START_TEST (test_names)
{
  ZrtpCache *plain, *linked, *dotted;

  fail_unless (symlink (cache_folder, in_folder ("link")) == 0);
  plain = foresee (in_folder ("new/peers"));
  linked = foresee (in_folder ("link/new/peers"));
  dotted = foresee (in_folder ("new/../new/./peers"));
  fail_unless (linked == plain && dotted == plain);
  make (linked);
  zrtp_cache_unref (linked);
  linked = open_cache (in_folder ("link/new/peers"));
  fail_unless (linked == plain);
  zrtp_cache_unref (plain);
  zrtp_cache_unref (linked);
  zrtp_cache_unref (dotted);
}

GST_END_TEST;

/* Another process made the file meanwhile. It stays as it is; a process that
 * announced the ZID that was foreseen keeps that, without a file. */
GST_START_TEST (test_another_was_first)
{
  ZrtpCache *other = open_cache (in_folder ("other"));
  ZrtpCache *cache = foresee (in_folder ("peers"));
  guint8 zid[ZRTP_ZID_SIZE], other_zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (other, other_zid);
  zrtp_cache_unref (other);
  fail_unless (g_rename (in_folder ("other"), in_folder ("peers")) == 0);
  zrtp_cache_get_zid (cache, zid);
  for (guint i = 0; i < 2; i++)
    make_fails (cache, ZRTP_CACHE_ERROR_FAILED, "another process");
  expect_zid (cache, zid, TRUE);
  update_fails (cache, 1, ZRTP_CACHE_ERROR_FAILED);

  other = foresee (in_folder ("peers"));
  expect_zid (other, other_zid, TRUE);
  set_rs1 (other, 1, NOW, 7, 0);
  make_fails (cache, ZRTP_CACHE_ERROR_FAILED, "another process");
  set_rs1 (other, 2, NOW, 8, 0);
  zrtp_cache_unref (cache);
  cache = open_cache (in_folder ("peers"));
  fail_unless (cache == other);
  zrtp_cache_unref (other);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* What prevents the file is told when it is needed, and may be mended. */
GST_START_TEST (test_mended)
{
  ZrtpCache *cache;
  guint8 zid[ZRTP_ZID_SIZE];

  fail_unless (g_file_set_contents (in_folder ("new"), "in the way", -1, NULL));
  cache = foresee (in_folder ("new/peers"));
  zrtp_cache_get_zid (cache, zid);
  make_fails (cache, ZRTP_CACHE_ERROR_OPEN, "can't be");
  fail_unless (g_remove (in_folder ("new")) == 0);
  make (cache);
  set_rs1 (cache, 1, NOW, 7, 0);
  expect_zid (cache, zid, TRUE);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* A file that is no cache is refused as always. */
GST_START_TEST (test_refused)
{
  GError *error = NULL;

  fail_unless (g_file_set_contents (in_folder ("letter"), "Dear diary", -1,
          NULL));
  fail_if (zrtp_cache_open_deferred (in_folder ("letter"), &zrtp_random_system,
          &error) != NULL);
  fail_unless (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_CORRUPT));
  g_error_free (error);
}

GST_END_TEST;

static Suite *
foreseen_suite (void)
{
  Suite *s = suite_create ("cache-foreseen");
  TCase *tc = tcase_create ("foreseen");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_one_zid);
  tcase_add_test (tc, test_never_made);
  tcase_add_test (tc, test_opened);
  tcase_add_test (tc, test_names);
  tcase_add_test (tc, test_another_was_first);
  tcase_add_test (tc, test_mended);
  tcase_add_test (tc, test_refused);
  return s;
}

GST_CHECK_MAIN (foreseen);
