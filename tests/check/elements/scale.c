/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many calls in one process: what there is only once, and what a call weighs.
 */
#include <malloc.h>

#include "endpoint.h"
#include "propertywatch.h"

#define MANY 300
#define FEW 10
#define MAX_PAIR_SIZE (100 * 1000)

/* One call: two endpoints that only listen, linked to each other. */
typedef struct
{
  GstElement *enc[2], *dec[2];
} Call;

static gint secure;             /* atomic: ends */
static gint most_threads;       /* atomic: seen at a time */

static void
see_threads (void)
{
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  gint n = 0, most;

  fail_unless (dir != NULL);
  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  do {
    most = g_atomic_int_get (&most_threads);
  } while (n > most
      && !g_atomic_int_compare_and_exchange (&most_threads, most, n));
}

/* From a thread of the plugin, when it has most to do. */
static void
on_state (GstElement * enc, gint state, guint error, const char *reason,
    gpointer unused)
{
  char *nick = propertywatch_get (enc, "state");

  see_threads ();
  if (g_str_equal (nick, "secure")) {
    g_atomic_int_inc (&secure);
    propertywatch_poke ();
  }
  g_free (nick);
}

/* @cache: of one end of all calls. The others keep nothing, so that no two calls
 * have the same two endpoints, which would wait for each other. */
static GstElement *
make (const char *type, guint number, guint end, const char *cache)
{
  char *id = g_strdup_printf ("scale-%u-%u", number, end);
  GstElement *element = propertywatch_make (type, id);

  g_object_set (element, "cache", end == 0 ? cache : ":memory:", NULL);
  g_free (id);
  return element;
}

static void
open_call (Call * call, guint number, const char *cache)
{
  for (guint e = 0; e < 2; e++) {
    call->enc[e] = make ("zrtpenc", number, e, cache);
    call->dec[e] = make ("zrtpdec", number, e, cache);
    g_signal_connect (call->enc[e], "state-changed", G_CALLBACK (on_state),
        NULL);
  }
  for (guint e = 0; e < 2; e++)
    fail_unless (gst_element_link_pads (call->enc[e], "zrtp_src",
            call->dec[1 - e], "rtp_sink"));
  for (guint e = 0; e < 2; e++) {
    propertywatch_set_state (call->dec[e], GST_STATE_PLAYING);
    propertywatch_set_state (call->enc[e], GST_STATE_PLAYING);
  }
}

static void
close_call (Call * call)
{
  for (guint e = 0; e < 2; e++) {
    propertywatch_drop (call->enc[e]);
    propertywatch_drop (call->dec[e]);
  }
}

/* All of them at once. Octets of heap that a pair of elements takes when they
 * are secure, and the most threads that there were. */
static void
run_calls (guint n, const char *cache, gsize * pair_size, gint * threads)
{
  const gsize before = mallinfo2 ().uordblks + mallinfo2 ().hblkhd;
  Call *calls = g_new (Call, n);

  g_atomic_int_set (&secure, 0);
  g_atomic_int_set (&most_threads, 0);
  for (guint i = 0; i < n; i++)
    open_call (&calls[i], i, cache);
  propertywatch_wait_counter (&secure, 2 * n, "ends that are secure");
  *threads = g_atomic_int_get (&most_threads);
  *pair_size = (mallinfo2 ().uordblks + mallinfo2 ().hblkhd - before) / (2 * n);
  for (guint i = 0; i < n; i++)
    close_call (&calls[i]);
  g_free (calls);
}

/* The pools: service, computing, what may block (a few, and twice as many where a
 * busy machine made those look blocked), who watches over that, the disk (one at
 * a time, for one file); the timers, GLib's and this thread. */
static gint
get_bound (void)
{
  const gint n = g_get_num_processors ();

  return MAX (2, n) + n + 3 * MAX (4, n) + 1 + MAX (4, n) + 1 + 1 + 1;
}

/* Threads do not grow with calls, and a call is small; without a file of known
 * peers, and with one for all. */
GST_START_TEST (test_many_calls)
{
  char *folder = endpoint_make_folder ();
  char *cache = __i__ ? g_build_filename (folder, "peers.sqlite", NULL)
      : g_strdup (":memory:");
  gint few, many;
  gsize size;

  run_calls (FEW, cache, &size, &few);
  fail_unless (few <= get_bound (), "%d threads for %d calls", few, FEW);
  run_calls (MANY, cache, &size, &many);
  fail_unless (many <= get_bound (), "%d threads for %d calls", many, MANY);
  fail_unless (size <= MAX_PAIR_SIZE, "a pair takes %" G_GSIZE_FORMAT, size);
  g_free (cache);
  endpoint_remove_folder (folder);
}

GST_END_TEST;

static Suite *
scale_suite (void)
{
  Suite *s = suite_create ("scale");
  TCase *tc = tcase_create ("calls");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_many_calls, 0, 2);
  return s;
}

GST_CHECK_MAIN (scale);
