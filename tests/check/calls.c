/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole calls between two engines.
 */
#include "sim.h"

#include <gst/check/gstcheck.h>

GST_START_TEST (test_a_call)
{
  Sim *sim = sim_new_pair (1);

  sim_start (sim, 0);
  sim_start (sim, 1);
  ck_assert (sim_run_until_secure (sim, 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
calls_suite (void)
{
  Suite *suite = suite_create ("calls");
  TCase *tc = tcase_create ("calls");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_a_call);
  return suite;
}

GST_CHECK_MAIN (calls);
