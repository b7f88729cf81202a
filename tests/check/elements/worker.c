/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Pools and runners.
 */
#include <gst/check/gstcheck.h>

#include "threads/gstzrtpelasticpool.h"
#include "threads/gstzrtpdiskqueue.h"
#include "threads/gstzrtpwork.h"

#define N_ORDER 5000
#define PATIENCE (20 * G_TIME_SPAN_SECOND)

static GMutex lock;
static GCond changed;

/* -- Runners -- */

typedef struct
{
  GstZrtpWork runner;
  gint refs;
  gint wanted, seen;            /* atomic: what is to be done, what was */
  gint inside;                  /* atomic */
} Owner;

static gpointer
owner_ref (gpointer data)
{
  g_atomic_int_inc (&((Owner *) data)->refs);
  return data;
}

static void
owner_unref (gpointer data)
{
  Owner *owner = data;

  g_mutex_lock (&lock);
  if (g_atomic_int_dec_and_test (&owner->refs))
    g_cond_signal (&changed);
  g_mutex_unlock (&lock);
}

static void
work (gpointer data)
{
  Owner *owner = data;

  fail_unless (g_atomic_int_add (&owner->inside, 1) == 0, "twice at a time");
  g_atomic_int_set (&owner->seen, g_atomic_int_get (&owner->wanted));
  g_atomic_int_add (&owner->inside, -1);
}

static void
wait_until_done (Owner * owner)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&lock);
  while (g_atomic_int_get (&owner->refs) > 0)
    fail_unless (g_cond_wait_until (&changed, &lock, until), "it never ends");
  g_mutex_unlock (&lock);
}

static gpointer
poke_often (gpointer data)
{
  Owner *owner = data;

  for (guint i = 0; i < 2000; i++) {
    g_atomic_int_inc (&owner->wanted);
    gst_zrtp_work_schedule (&owner->runner);
  }
  return NULL;
}

/* Poked from all sides it never runs twice at a time, and always once more after
 * the last poke. */
GST_START_TEST (test_runner)
{
  Owner owner = { 0, };
  GThread *threads[4];

  gst_zrtp_work_init (&owner.runner, GST_ZRTP_POOL_SERVICE, work, &owner,
      owner_ref, owner_unref);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("poker", poke_often, &owner);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  wait_until_done (&owner);
  fail_unless_equals_int (owner.seen, 8000);
  gst_zrtp_work_clear (&owner.runner);
}

GST_END_TEST;

/* -- Pools -- */

static gint started, ended;
static gboolean let_go;
static gint order[N_ORDER];

static void
block (gpointer unused)
{
  g_mutex_lock (&lock);
  started++;
  g_cond_broadcast (&changed);
  while (!let_go)
    g_cond_wait (&changed, &lock);
  ended++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

static void
wait_for (gint * counter, gint n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&lock);
  while (*counter < n)
    fail_unless (g_cond_wait_until (&changed, &lock, until),
        "%d, not %d", *counter, n);
  g_mutex_unlock (&lock);
}

static void
block_and_wait (gpointer owner)
{
  block (NULL);
  /* No thread waits for it. */
  gst_zrtp_work_wait (&((Owner *) owner)->runner,
      g_get_monotonic_time () + 2 * PATIENCE);
}

static gpointer
let_it_go (gpointer unused)
{
  g_mutex_lock (&lock);
  let_go = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  return NULL;
}

/* Waiting ends with the time, or with the work. */
GST_START_TEST (test_runner_wait)
{
  gint64 now = g_get_monotonic_time ();
  Owner owner = { 0, };
  GThread *thread;

  gst_zrtp_work_init (&owner.runner, GST_ZRTP_POOL_BLOCKING, block_and_wait,
      &owner, owner_ref, owner_unref);
  gst_zrtp_work_wait (&owner.runner, now + PATIENCE);
  gst_zrtp_work_schedule (&owner.runner);
  gst_zrtp_work_wait (&owner.runner, now);
  wait_for (&started, 1);
  gst_zrtp_work_wait (&owner.runner, now);
  fail_unless_equals_int (ended, 0);
  thread = g_thread_new ("let go", let_it_go, NULL);
  gst_zrtp_work_wait (&owner.runner, now + PATIENCE);
  fail_unless_equals_int (ended, 1);
  g_thread_join (thread);
  wait_until_done (&owner);
  gst_zrtp_work_clear (&owner.runner);
}

GST_END_TEST;

/* A thread that blocks there holds no other up. */
GST_START_TEST (test_blocking_pool)
{
  for (guint i = 0; i < 50; i++)
    gst_zrtp_pool_run (GST_ZRTP_POOL_BLOCKING, block, NULL);
  wait_for (&started, 50);
  g_mutex_lock (&lock);
  let_go = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  wait_for (&ended, 50);
}

GST_END_TEST;

static gint inside;             /* atomic: threads at work */
static gint most;               /* lock */

static void
be_seen (gpointer unused)
{
  gint n = g_atomic_int_add (&inside, 1) + 1;

  g_thread_yield ();
  g_mutex_lock (&lock);
  most = MAX (most, n);
  ended++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  g_atomic_int_add (&inside, -1);
}

/* As long as none blocks there are few threads, whatever there is to do. If the
 * machine keeps all of them from running for a while they look blocked: room for
 * that. */
GST_START_TEST (test_few_threads)
{
  for (guint i = 0; i < 5000; i++)
    gst_zrtp_pool_run (GST_ZRTP_POOL_BLOCKING, be_seen, NULL);
  wait_for (&ended, 5000);
  g_mutex_lock (&lock);
  fail_unless (most <= 3 * (gint) gst_zrtp_elastic_pool_get_size (),
      "%d threads", most);
  g_mutex_unlock (&lock);
}

GST_END_TEST;

/* -- The disk -- */

static void
note (gpointer number)
{
  gint n = g_atomic_int_add (&inside, 1) + 1;

  g_thread_yield ();
  g_mutex_lock (&lock);
  most = MAX (most, n);
  order[ended++] = GPOINTER_TO_INT (number);
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  g_atomic_int_add (&inside, -1);
}

/* What is to be written to a file is written in order, by one thread, whatever
 * there is to do. */
GST_START_TEST (test_storage_order)
{
  for (gint i = 0; i < N_ORDER; i++)
    gst_zrtp_disk_queue_run ("file", note, GINT_TO_POINTER (i));
  wait_for (&ended, N_ORDER);
  for (gint i = 0; i < N_ORDER; i++)
    fail_unless_equals_int (order[i], i);
  fail_unless_equals_int (most, 1);
}

GST_END_TEST;

/* Files that hang take a thread each, however much there is to do with them; the
 * others don't wait for them. */
GST_START_TEST (test_storage_hangs)
{
  const gint hanging = __i__, each = 20;

  for (gint i = 0; i < hanging * each; i++) {
    char *path = g_strdup_printf ("hanging %d", i % hanging);

    gst_zrtp_disk_queue_run (path, block, NULL);
    g_free (path);
  }
  wait_for (&started, hanging);
  for (gint i = 0; i < 100; i++)
    gst_zrtp_disk_queue_run (i % 2 ? "one" : "other", be_seen, NULL);
  wait_for (&ended, 100);
  fail_unless_equals_int (started, hanging);
  let_it_go (NULL);
  wait_for (&ended, 100 + hanging * each);
  fail_unless_equals_int (started, hanging * each);
}

GST_END_TEST;

static void
setup (void)
{
  started = ended = most = 0;
  let_go = FALSE;
}

static Suite *
worker_suite (void)
{
  Suite *s = suite_create ("worker");
  TCase *tc = tcase_create ("pools");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, NULL);
  tcase_add_test (tc, test_runner);
  /* In one process (CK_FORK=no) those that the others blocked would stay. */
  tcase_add_test (tc, test_few_threads);
  tcase_add_test (tc, test_runner_wait);
  tcase_add_test (tc, test_blocking_pool);

  tc = tcase_create ("storage");
  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, NULL);
  tcase_add_test (tc, test_storage_order);
  tcase_add_loop_test (tc, test_storage_hangs, 1, 12);
  return s;
}

GST_CHECK_MAIN (worker);
