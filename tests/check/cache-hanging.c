/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The cache of known peers on a disk that hangs: files elsewhere serve as always.
 */
#include "cache-common.h"
#include "disk.h"

#define NOW G_GINT64_CONSTANT (1700000000)

/* To be hung up by @arg: a cache, or a path. */
static gpointer
do_open (gpointer path)
{
  return open_cache (path);
}

static gpointer
do_lookup (gpointer cache)
{
  ZrtpPeer peer = lookup (cache, 1, NOW);

  zrtp_peer_clear (&peer);
  return cache;
}

static gpointer
do_foresee (gpointer path)
{
  return zrtp_cache_open_deferred (path, &zrtp_random_system, NULL);
}

static gpointer
do_close (gpointer cache)
{
  zrtp_cache_unref (cache);
  return NULL;
}

static const struct
{
  GThreadFunc act;
  gboolean open;                /* it takes a cache */
} acts[] = {
  {do_open, FALSE}, {do_lookup, TRUE}, {do_foresee, FALSE}, {do_close, TRUE}
};

/* Whatever hangs there. */
GST_START_TEST (test_elsewhere)
{
  const char *path = in_folder ("stuck");
  gpointer subject = acts[__i__].open ? open_cache (path) : (gpointer) path;
  ZrtpCache *other;
  GThread *thread;

  if (acts[__i__].open)
    set_rs1 (subject, 1, NOW, 7, 0);
  disk_hang ("stuck");
  thread = g_thread_new ("hangs", acts[__i__].act, subject);
  disk_wait_hanging (1);
  for (guint i = 0; i < 2; i++) {
    other = i ? open_cache (in_folder ("new")) :
        zrtp_cache_open_deferred (in_folder ("new"), &zrtp_random_system, NULL);
    fail_unless (zrtp_cache_create_file (other, NULL));
    set_rs1 (other, 1, NOW, 7, 0);
    fail_unless_equals_int (lookup (other, 1, NOW).known, TRUE);
    fail_if (zrtp_cache_try_unref (other));
    zrtp_cache_unref (other);
  }
  fail_unless_equals_int (disk_count_hanging (), 1);
  disk_mend ();
  subject = g_thread_join (thread);
  if (subject)
    zrtp_cache_unref (subject);
}

GST_END_TEST;

/* Who has the file open goes on having it, and never hangs by letting go of one
 * reference of several. */
GST_START_TEST (test_try_unref)
{
  const char *path = in_folder ("stuck");
  ZrtpCache *cache = open_cache (path), *again = open_cache (path);
  GThread *thread;

  fail_unless (again == cache);
  disk_hang ("stuck");
  thread = g_thread_new ("hangs", do_lookup, cache);
  disk_wait_hanging (1);
  fail_unless (zrtp_cache_try_unref (again));
  fail_if (zrtp_cache_try_unref (cache));
  disk_mend ();
  g_thread_join (thread);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

static Suite *
hanging_suite (void)
{
  Suite *s = suite_create ("cache-hanging");
  TCase *tc = tcase_create ("hanging");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_loop_test (tc, test_elsewhere, 0, G_N_ELEMENTS (acts));
  tcase_add_test (tc, test_try_unref);
  return s;
}

GST_CHECK_MAIN (hanging);
