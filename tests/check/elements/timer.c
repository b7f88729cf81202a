/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The process's timers.
 */
#include <gst/check/gstcheck.h>

#include "threads/gstzrtptimer.h"

#define N 200

typedef struct
{
  GstZrtpTimer timer;
  guint number;
} Numbered;

static GMutex lock;
static GCond changed;
static GArray *fired;           /* numbers, in order */

static void
fire (gpointer data)
{
  Numbered *numbered = data;

  g_mutex_lock (&lock);
  g_array_append_val (fired, numbered->number);
  g_cond_signal (&changed);
  g_mutex_unlock (&lock);
}

static void
wait_for (guint n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&lock);
  while (fired->len < n)
    fail_unless (g_cond_wait_until (&changed, &lock, until), "nothing fires");
  g_mutex_unlock (&lock);
}

static guint
number_at (guint i)
{
  return g_array_index (fired, guint, i);
}

static void
setup (void)
{
  fired = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
teardown (void)
{
  g_array_unref (fired);
}

/* In the order of their times, however they were armed, moved and disarmed. */
GST_START_TEST (test_order)
{
  Numbered *timers = g_new0 (Numbered, N);
  gint64 base = g_get_monotonic_time () + G_TIME_SPAN_SECOND / 5;
  GRand *rand = g_rand_new_with_seed (__i__);

  for (guint i = 0; i < N; i++) {
    timers[i].number = i;
    gst_zrtp_timer_init (&timers[i].timer, fire, &timers[i]);
  }
  /* Far ahead: none fires before the last word, however slow this is. */
  for (guint i = 0; i < 10 * N; i++) {
    GstZrtpTimer *timer = &timers[g_rand_int_range (rand, 0, N)].timer;

    if (g_rand_int_range (rand, 0, 4) == 0)
      gst_zrtp_timer_clear (timer);
    else
      gst_zrtp_timer_set (timer, base + G_TIME_SPAN_HOUR
          + g_rand_int_range (rand, -1000, 1000));
  }
  /* The last word: odd ones never, even ones in a row; if the first of them fire
   * while the last are armed, that is their order, too. */
  for (guint i = 0; i < N; i++) {
    if (i % 2)
      gst_zrtp_timer_set (&timers[i].timer, G_MAXINT64);
    else
      gst_zrtp_timer_set (&timers[i].timer, base + i * 100);
  }
  wait_for (N / 2);
  fail_unless (g_get_monotonic_time () >= base);
  for (guint i = 0; i < N / 2; i++)
    fail_unless_equals_int (number_at (i), 2 * i);
  for (guint i = 0; i < N; i++)
    gst_zrtp_timer_clear (&timers[i].timer);
  fail_unless_equals_int (fired->len, N / 2);
  g_rand_free (rand);
  g_free (timers);
}

GST_END_TEST;

/* An earlier time wakes the thread up that waits for a later one. */
GST_START_TEST (test_earlier)
{
  Numbered late = {.number = 1 }, soon = {.number = 2 };
  gint64 now = g_get_monotonic_time ();

  gst_zrtp_timer_init (&late.timer, fire, &late);
  gst_zrtp_timer_init (&soon.timer, fire, &soon);
  gst_zrtp_timer_set (&late.timer, now + 60 * G_TIME_SPAN_SECOND);
  gst_zrtp_timer_set (&soon.timer, now);
  wait_for (1);
  fail_unless_equals_int (number_at (0), 2);
  /* The same, moved. */
  gst_zrtp_timer_set (&late.timer, now);
  wait_for (2);
  fail_unless_equals_int (number_at (1), 1);
}

GST_END_TEST;

static gboolean inside;

static void
fire_slowly (gpointer data)
{
  g_atomic_int_set (&inside, TRUE);
  for (guint i = 0; i < 1000; i++)
    g_thread_yield ();
  g_atomic_int_set (&inside, FALSE);
}

/* When it is disarmed, its function is not running any more. */
GST_START_TEST (test_clear_waits)
{
  GstZrtpTimer timer;

  gst_zrtp_timer_init (&timer, fire_slowly, NULL);
  for (guint i = 0; i < 100; i++) {
    gst_zrtp_timer_set (&timer, g_get_monotonic_time ());
    while (i % 2 && !g_atomic_int_get (&inside))
      gst_zrtp_timer_set (&timer, g_get_monotonic_time ());
    gst_zrtp_timer_clear (&timer);
    fail_if (g_atomic_int_get (&inside));
  }
}

GST_END_TEST;

static Suite *
timer_suite (void)
{
  Suite *s = suite_create ("timer");
  TCase *tc = tcase_create ("timers");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_loop_test (tc, test_order, 0, 3);
  tcase_add_test (tc, test_earlier);
  tcase_add_test (tc, test_clear_waits);
  return s;
}

GST_CHECK_MAIN (timer);
