/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The time that a thread may wait for handlers and disks while it stops elements.
 */
#include <gst/check/gstcheck.h>

#include "threads/gstzrtpstopbudget.h"

#define MSEC G_TIME_SPAN_MILLISECOND

static GstZrtpStopBudget budget;

static void
setup (void)
{
  budget.spent = 0;
  budget.last = G_MININT64 / 2;
}

/* Two elements of one pipeline, and two waits of each, wait for one hanging handler
 * no longer than one wait may last. */
GST_START_TEST (test_shared)
{
  gint64 now = 1000 * MSEC, total = 0;

  for (guint i = 0; i < 4; i++) {
    const gint64 left = gst_zrtp_stop_budget_get (&budget, now);

    gst_zrtp_stop_budget_spend (&budget, now, now + left);
    now += left;
    total += left;
  }
  fail_unless_equals_int64 (total, GST_ZRTP_STOP_BUDGET);
  fail_unless (total < 2 * G_TIME_SPAN_SECOND);
}

GST_END_TEST;

/* Waits that end at once use nothing up, however many follow each other. */
GST_START_TEST (test_quick_waits)
{
  for (gint64 now = 0; now < 10000 * MSEC; now += MSEC) {
    fail_unless_equals_int64 (gst_zrtp_stop_budget_get (&budget, now),
        GST_ZRTP_STOP_BUDGET);
    gst_zrtp_stop_budget_spend (&budget, now, now);
  }
}

GST_END_TEST;

/* Pipelines that are stopped later have a budget of their own. */
GST_START_TEST (test_whole_again)
{
  const gint64 now = 5000 * MSEC;

  gst_zrtp_stop_budget_spend (&budget, 0, now);
  fail_unless_equals_int64 (gst_zrtp_stop_budget_get (&budget, now), 0);
  fail_unless_equals_int64 (gst_zrtp_stop_budget_get (&budget,
          now + GST_ZRTP_STOP_BUDGET - 1), 0);
  fail_unless_equals_int64 (gst_zrtp_stop_budget_get (&budget,
          now + GST_ZRTP_STOP_BUDGET), GST_ZRTP_STOP_BUDGET);
}

GST_END_TEST;

static gpointer
spend_all (gpointer data)
{
  GstZrtpStopBudget *own = gst_zrtp_stop_budget_of_thread ();

  fail_unless_equals_int64 (gst_zrtp_stop_budget_get (own, 0),
      GST_ZRTP_STOP_BUDGET);
  gst_zrtp_stop_budget_spend (own, 0, GST_ZRTP_STOP_BUDGET);
  return NULL;
}

/* A thread that waits takes nothing from another. */
GST_START_TEST (test_threads)
{
  GstZrtpStopBudget *own = gst_zrtp_stop_budget_of_thread ();

  g_thread_join (g_thread_new ("other", spend_all, NULL));
  fail_unless (own == gst_zrtp_stop_budget_of_thread ());
  fail_unless_equals_int64 (gst_zrtp_stop_budget_get (own, 0),
      GST_ZRTP_STOP_BUDGET);
}

GST_END_TEST;

static Suite *
stopbudget_suite (void)
{
  Suite *suite = suite_create ("stopbudget");
  TCase *tcase = tcase_create ("budget");

  tcase_add_checked_fixture (tcase, setup, NULL);
  tcase_add_test (tcase, test_shared);
  tcase_add_test (tcase, test_quick_waits);
  tcase_add_test (tcase, test_whole_again);
  tcase_add_test (tcase, test_threads);
  suite_add_tcase (suite, tcase);
  return suite;
}

GST_CHECK_MAIN (stopbudget);
