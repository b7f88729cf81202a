/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint dies in the middle of a call: after each packet that it sends and
 * after each job that it does. Whatever it had written, the next call finds a
 * secret that both share (RFC 6189 4.3, 4.6.1).
 */
#include <string.h>
#include <unistd.h>

#include "cache-common.h"
#include "knownpeers-common.h"
#include "packetlog.h"

static void
hang_up (Sim * sim)
{
  sim_free (sim);
  knownpeers_wall += 3600;
}

/* Two calls, the users compared: from here on a secret that is found shows as
 * verified, and one that is not found as an alarm. */
static void
get_to_know (void)
{
  for (guint i = 0; i < 2; i++) {
    Sim *sim = knownpeers_call (1 + i, i);

    for (guint e = 0; e < 2; e++)
      fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
    knownpeers_settle (sim);
    hang_up (sim);
  }
}

static void
assert_still_known (guint seed, const char *what)
{
  for (guint i = 0; i < 2; i++) {
    Sim *sim = knownpeers_call (seed + i, i);

    for (guint e = 0; e < 2; e++)
      fail_unless (knownpeers_info (sim, e)->trust == ZRTP_TRUST_VERIFIED,
          "%s: endpoint %u", what, e);
    hang_up (sim);
  }
}

typedef struct
{
  guint who, initiator;
  gboolean by_job;
  gint64 job_time;              /* of both; 0: at once */
} Kill;

/* A call in which an endpoint dies; FALSE if it had nothing more to do. */
static gboolean
call_and_die (const Kill * kill, guint after)
{
  Sim *sim = knownpeers_new (10 + after);
  SimEndpoint *victim = &sim->ends[kill->who];
  gboolean died;

  sim->ends[1 - kill->initiator].policy.passive = TRUE;
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 1);
    sim->ends[i].job_time = kill->job_time;
  }
  if (kill->by_job)
    victim->last_job = after;
  else
    victim->last_packet = after;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 8 * SIM_SEC);
  died = victim->dead;
  hang_up (sim);
  return died;
}

static const Kill kills[] = {
  {0, 0, FALSE, 0}, {0, 1, FALSE, 0}, {1, 0, FALSE, 0}, {1, 1, FALSE, 0},
  {0, 0, TRUE, 0}, {0, 1, TRUE, 0}, {1, 0, TRUE, 0}, {1, 1, TRUE, 0},
  /* With a disk that is slower than T2. */
  {0, 0, FALSE, 400000}, {0, 1, FALSE, 400000},
  {0, 0, TRUE, 400000}, {0, 1, TRUE, 400000},
};

/* Z-4.6.1-03 Z-4.6.1-04 Z-4.6.1-05 Z-4.3-02 Z-4.3-03 */
GST_START_TEST (test_kill_points)
{
  const Kill *kill = &kills[__i__];
  guint after;

  get_to_know ();
  for (after = 1; call_and_die (kill, after); after++) {
    char *what = g_strdup_printf ("after %s %u", kill->by_job ? "job" :
        "packet", after);

    assert_still_known (100 + after, what);
    g_free (what);
  }
  /* Hello to Confirm2 or Conf2ACK; key pair, look-up, DHResult, update. */
  fail_unless (after > (kill->by_job ? 4 : 5), "%u", after);
}

GST_END_TEST;

/* Several calls in a row whose initiator dies with its last message, so that
 * the responder alone has the new secret: whichever side that is, both still
 * have one in common. */
GST_START_TEST (test_cut_in_a_row)
{
  char *what = g_strdup_printf ("initiators %u", __i__);

  get_to_know ();
  for (guint call = 0; call < 4; call++) {
    const guint initiator = __i__ >> call & 1;
    const Kill kill = { initiator, initiator, FALSE, 0 };

    fail_unless (call_and_die (&kill, 5));
  }
  assert_still_known (200, what);
  g_free (what);
}

GST_END_TEST;

/* Calls over bad networks that are hung up at any moment. */
GST_START_TEST (test_random_cuts)
{
  guint cut = 0, whole = 0;

  get_to_know ();
  for (guint i = 0; i < 60; i++) {
    const guint64 seed = 1000 * (__i__ + 1) + i;
    Sim *sim = knownpeers_new (seed);
    char *what = g_strdup_printf ("seed %" G_GUINT64_FORMAT, seed);

    sim->loss = sim_random (sim, 40);
    sim->duplication = sim_random (sim, 20);
    sim->jitter = sim_random (sim, 50) * SIM_MSEC;
    sim->job_delay = sim_random (sim, 2) * sim_random (sim, 300) * SIM_MSEC;
    for (guint e = 0; e < 2; e++) {
      sim_make (sim, e, 1);
      sim_start (sim, e);
    }
    if (sim_run_until_secure (sim, sim_random (sim, 1000) * SIM_MSEC))
      whole++;
    else
      cut++;
    hang_up (sim);
    assert_still_known (seed + 500, what);
    g_free (what);
  }
  fail_unless (cut > 10 && whole > 5, "%u cut, %u whole", cut, whole);
}

GST_END_TEST;

/* When Conf2ACK goes out */

typedef struct
{
  gint64 confirm2, conf2ack;    /* arrival, departure */
  gboolean written;
} Ack;

/* TRUE if the responder's file has the rs1 of this call already. */
static gboolean
is_written (void)
{
  ZrtpPeer peer = knownpeers_peer (1);
  const gboolean have = peer.have_rs1;

  zrtp_peer_clear (&peer);
  return have;
}

static gboolean
watch_ack (const PacketLogEntry * entry, gpointer user_data)
{
  Ack *ack = user_data;

  if (entry->message.type == ZRTP_MESSAGE_CONFIRM2 && !ack->confirm2)
    ack->confirm2 = entry->when + 10 * SIM_MSEC;
  if (entry->message.type == ZRTP_MESSAGE_CONF2ACK && !ack->conf2ack) {
    ack->conf2ack = entry->when;
    ack->written = is_written ();
  }
  return TRUE;
}

GST_START_TEST (test_conf2ack_waits)
{
  static const struct
  {
    gint64 disk;
    guint retry_timeout_ms;
    gint64 waits;
    gboolean written;
  } rows[] = {
    {0, 150, 0, TRUE},
    {100 * SIM_MSEC, 150, 100 * SIM_MSEC, TRUE},
    {149 * SIM_MSEC, 150, 149 * SIM_MSEC, TRUE},
    {160 * SIM_MSEC, 150, 150 * SIM_MSEC, FALSE},
    {5 * SIM_SEC, 150, 150 * SIM_MSEC, FALSE},
    {5 * SIM_SEC, 600, 600 * SIM_MSEC, FALSE},
  };
  Sim *sim = knownpeers_new (20);
  PacketLog *log = packet_log_new (sim);
  Ack ack = { 0 };

  log->rule = watch_ack;
  log->rule_data = &ack;
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.passive = i == 1;
    sim->ends[i].policy.retry_timeout_ms = rows[__i__].retry_timeout_ms;
    sim_make (sim, i, 1);
    sim_start (sim, i);
  }
  while (!ack.confirm2)
    sim_run (sim, sim->now + SIM_MSEC);
  sim->ends[0].job_time = sim->ends[1].job_time = rows[__i__].disk;
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  fail_unless_equals_int64 (ack.conf2ack - ack.confirm2, rows[__i__].waits);
  fail_unless_equals_int (ack.written, rows[__i__].written);
  sim_assert_agreed (sim);
  /* Asked again meanwhile or not, it is all one exchange. */
  fail_unless_equals_int (knownpeers_events (sim, 1, ZRTP_EVENT_SAS), 1);
  sim_run (sim, sim->now + 10 * SIM_SEC);
  knownpeers_assert_same (FALSE);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The write fails, at once or late: the call goes on and it is told. */
GST_START_TEST (test_write_fails)
{
  Sim *sim = knownpeers_new (21);
  ZrtpCache *broken = zrtp_cache_open (in_folder ("broken.sqlite"),
      &zrtp_random_system, NULL);

  fail_unless (broken != NULL);
  fail_unless (unlink (in_folder ("broken.sqlite")) == 0);
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.passive = i == 1;
    sim_make (sim, i, 1);
    sim_start (sim, i);
  }
  sim_run (sim, 55 * SIM_MSEC);
  sim->ends[__i__].cache = broken;
  if (__i__)
    sim->ends[1].job_time = 200 * SIM_MSEC;
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
  fail_unless_equals_int (knownpeers_events (sim, __i__,
          ZRTP_EVENT_CACHE_FAILED), 1);
  fail_unless (strstr (sim->ends[__i__].streams[0].last_text, "broken"));
  sim_free (sim);
  zrtp_cache_unref (broken);
}

GST_END_TEST;

static Suite *
killpoints_suite (void)
{
  Suite *suite = suite_create ("killpoints");
  TCase *tc = tcase_create ("killpoints");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_loop_test (tc, test_kill_points, 0, G_N_ELEMENTS (kills));
  tcase_add_loop_test (tc, test_cut_in_a_row, 0, 16);
  tcase_add_loop_test (tc, test_random_cuts, 0, 2);
  tcase_add_loop_test (tc, test_conf2ack_waits, 0, 6);
  tcase_add_loop_test (tc, test_write_fails, 0, 2);
  return suite;
}

GST_CHECK_MAIN (killpoints);
