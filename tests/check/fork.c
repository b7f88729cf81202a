/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The peer's program dies in mid-call and starts again, or the call is forked:
 * a secure stream hears of another endpoint and moves to it if told so.
 */
#include "sim.h"

#include <gst/check/gstcheck.h>

/* The endpoint as it is after its program was started again. */
static void
restart (Sim * sim, guint which)
{
  SimEndpoint *end = &sim->ends[which];

  for (guint i = 0; i < end->n_streams; i++) {
    zrtp_stream_free (end->streams[i].stream);
    g_free (end->streams[i].last_text);
    g_string_free (end->streams[i].trace, TRUE);
  }
  zrtp_session_free (end->session);
  sim->random.fill (sim->random.user_data, end->zid, ZRTP_ZID_SIZE);
  sim_make (sim, which, end->n_streams);
  sim_start (sim, which);
}

/* A secure pair whose second endpoint has been restarted. */
static Sim *
new_restarted (guint64 seed, gint64 delay, char **old_sas)
{
  Sim *sim = sim_new_pair (seed);

  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  *old_sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);
  restart (sim, 1);
  sim_run (sim, sim->now + delay);
  return sim;
}

/* Whenever the user decides: the newcomer's Hello was acknowledged and does
 * not come again (6). */
GST_START_TEST (test_accept)
{
  static const gint64 delays[] = {
    50 * SIM_MSEC, SIM_SEC, 20 * SIM_SEC
  };

  for (guint seed = 0; seed < 20; seed++) {
    char *old_sas;
    Sim *sim = new_restarted (seed + 1, delays[__i__], &old_sas);
    SimStream *stream = &sim->ends[0].streams[0];

    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
    fail_unless_equals_int (stream->n_events[ZRTP_EVENT_FORK], 1);
    fail_unless (zrtp_stream_accept_fork (stream->stream,
            sim->ends[1].zid, sim->now));
    sim_drain (sim, 0);
    fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
    sim_assert_agreed (sim);
    fail_if (g_str_equal (old_sas,
            zrtp_session_get_info (sim->ends[0].session)->sas));
    fail_unless (stream->n_events[ZRTP_EVENT_KEYS_GONE] > 0);
    g_free (old_sas);
    sim_free (sim);
  }
}

GST_END_TEST;

GST_START_TEST (test_not_accepted)
{
  char *old_sas;
  Sim *sim = new_restarted (7, 30 * SIM_SEC, &old_sas);
  SimStream *stream = &sim->ends[0].streams[0];

  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless_equals_int (stream->n_events[ZRTP_EVENT_FORK], 1);
  fail_unless_equals_int (stream->n_events[ZRTP_EVENT_KEYS_GONE], 0);
  fail_if (sim_state (sim, 1) == ZRTP_STATE_SECURE);
  g_free (old_sas);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_nobody_to_accept)
{
  Sim *sim = sim_new_pair (3);

  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  fail_if (zrtp_stream_accept_fork (sim->ends[0].streams[0].stream,
          sim->ends[1].zid, sim->now));
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
fork_suite (void)
{
  Suite *s = suite_create ("fork");
  TCase *tc = tcase_create ("general");

  tcase_add_loop_test (tc, test_accept, 0, 3);
  tcase_add_test (tc, test_not_accepted);
  tcase_add_test (tc, test_nobody_to_accept);
  suite_add_tcase (s, tc);
  return s;
}

GST_CHECK_MAIN (fork);
