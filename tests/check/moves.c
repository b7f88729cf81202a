/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The application moves a call, to the endpoint with the ZID that it names and to
 * no other; a call that was verified and is not any longer is an alarm.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"
#include "trial-common.h"

/* In mid-call an attacker on the path keeps the peer's packets back, says one
 * Hello with the peer's ZID, then talks with a ZID of its own. */
GST_START_TEST (test_attacker_takes_call)
{
  Sim *sim = trial_call (600, 0);
  TrialBefore before = trial_look (sim);
  MockPeer bait, mallory;
  guint8 own[ZRTP_ZID_SIZE];

  trial_talks[0] = trial_talks[1] = FALSE;
  sim->ends[1].dead = TRUE;
  trial_puppet (&bait, sim, sim->ends[1].zid, 0x2000);
  mock_peer_hello (&bait);
  mock_peer_init (&mallory, trial_stream (sim, 0), 0x6666);
  memcpy (own, mallory.hello.zid, sizeof own);
  for (guint i = 0; i < 100; i++) {
    mock_peer_hello (&mallory);
    mock_peer_ack (&mallory, ZRTP_MESSAGE_HELLO_ACK);
    mock_peer_commit (&mallory, NULL);
    sim_run (sim, sim->now + 300 * SIM_MSEC);
  }
  trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_FORK), 2);
  fail_if (memcmp (trial_info (sim, 0)->peer_zid, own, sizeof own) == 0);
  sim_free (sim);
}

GST_END_TEST;

/* The application was told of one, and accepts that; meanwhile another spoke. */
GST_START_TEST (test_named_is_who_is_meant)
{
  Sim *sim = trial_call (610, 0);
  MockPeer named, later;
  SimStream *alice = trial_stream (sim, 0);

  mock_peer_init (&named, alice, 0x5555);
  mock_peer_hello (&named);
  mock_peer_init (&later, alice, 0x6666);
  mock_peer_hello (&later);
  fail_unless (zrtp_stream_accept_fork (alice->stream, named.hello.zid,
          sim->now));
  trial_settle (sim, 0);
  fail_unless (memcmp (trial_info (sim, 0)->peer_zid, named.hello.zid,
          ZRTP_ZID_SIZE) == 0);
  /* Nor can the other one put itself in its place. */
  for (guint i = 0; i < 20; i++) {
    mock_peer_hello (&later);
    mock_peer_ack (&later, ZRTP_MESSAGE_HELLO_ACK);
    mock_peer_commit (&later, NULL);
    sim_run (sim, sim->now + 200 * SIM_MSEC);
    fail_unless (memcmp (trial_info (sim, 0)->peer_zid, named.hello.zid,
            ZRTP_ZID_SIZE) == 0);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  }
  mock_peer_ack (&named, ZRTP_MESSAGE_HELLO_ACK);
  mock_peer_commit (&named, NULL);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  /* The application may change its mind. */
  fail_unless (zrtp_stream_accept_fork (alice->stream, later.hello.zid,
          sim->now));
  trial_settle (sim, 0);
  fail_unless (memcmp (trial_info (sim, 0)->peer_zid, later.hello.zid,
          ZRTP_ZID_SIZE) == 0);
  sim_free (sim);
}

GST_END_TEST;

/* FALSE, and nothing happens. */
GST_START_TEST (test_nobody_of_that_name)
{
  Sim *sim = trial_call (620, 0);
  TrialBefore before = trial_look (sim);
  SimStream *alice = trial_stream (sim, 0);
  MockPeer puppets[17];
  guint8 unknown[ZRTP_ZID_SIZE] = { 1, 2, 3 };

  fail_if (zrtp_stream_accept_fork (alice->stream, unknown, sim->now));
  fail_if (zrtp_stream_accept_fork (alice->stream, sim->ends[1].zid, sim->now));
  for (guint i = 0; i < 17; i++) {
    mock_peer_init (&puppets[i], alice, 0x100 + i);
    mock_peer_hello (&puppets[i]);
    sim_run (sim, sim->now + 2 * SIM_SEC);
  }
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_FORK), 17);
  /* 16 are kept; those that say nothing for ten minutes are not. */
  fail_if (zrtp_stream_accept_fork (alice->stream, puppets[0].hello.zid,
          sim->now));
  sim_run (sim, sim->now + 500 * SIM_SEC);
  mock_peer_hello (&puppets[16]);
  sim_run (sim, sim->now + 101 * SIM_SEC);
  fail_if (zrtp_stream_accept_fork (alice->stream, puppets[15].hello.zid,
          sim->now));
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_FORK), 17);
  trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
  fail_unless (zrtp_stream_accept_fork (alice->stream, puppets[16].hello.zid,
          sim->now));
  trial_settle (sim, 0);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  sim_free (sim);
}

GST_END_TEST;

/* A call that was verified goes on with an endpoint that is not: an alarm, until
 * the users say what they think of it. */
GST_START_TEST (test_verified_no_more)
{
  const guint verified = __i__ & 1, answer = __i__ >> 1;
  Sim *sim = knownpeers_call (630, 0);
  SimStream *alice = trial_stream (sim, 0);
  const ZrtpTrust expected = verified ? ZRTP_TRUST_PEER_CHANGED :
      ZRTP_TRUST_UNVERIFIED;

  if (verified)
    trial_verify (sim);
  trial_kill (sim, 1);
  knownpeers_replace_cache (1);
  sim->ends[1].cache = knownpeers_cache[1];
  sim_make (sim, 1, 1);
  sim_start (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless (zrtp_stream_accept_fork (alice->stream, sim->ends[1].zid,
          sim->now));
  trial_settle (sim, 0);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_NONE);
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, expected);
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_PEER_CHANGED], verified);
  /* It does not go away by itself, nor by another exchange. */
  trial_talks[0] = TRUE;
  sim->listener = trial_on_event;
  knownpeers_settle (sim);
  trial_restart (sim, 1, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  knownpeers_settle (sim);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, expected);
  if (answer == 0) {
    fail_unless (zrtp_session_unverify_sas (sim->ends[0].session, sim->now));
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust, expected);
    fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_VERIFIED);
    /* Taken back by the user, it is no alarm. */
    fail_unless (zrtp_session_unverify_sas (sim->ends[0].session, sim->now));
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_UNVERIFIED);
  } else if (answer == 1) {
    fail_unless (zrtp_session_reject_sas (sim->ends[0].session, sim->now));
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_SAS_MISMATCH);
  } else {
    /* Another call is another matter. */
    zrtp_stream_stop (alice->stream, sim->now);
    trial_talks[0] = FALSE;
    zrtp_stream_renew_hello (alice->stream, &sim->ends[0].policy,
        sim->ends[0].zid);
    trial_settle (sim, 0);
    sim_start (sim, 0);
    sim_run (sim, sim->now + 20 * SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_UNVERIFIED);
  }
  sim_free (sim);
}

GST_END_TEST;

static Suite *
moves_suite (void)
{
  Suite *s = suite_create ("moves");
  TCase *tc = tcase_create ("moves");

  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_set_timeout (tc, 300);
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_attacker_takes_call);
  tcase_add_test (tc, test_named_is_who_is_meant);
  tcase_add_test (tc, test_nobody_of_that_name);
  tcase_add_loop_test (tc, test_verified_no_more, 0, 6);
  return s;
}

GST_CHECK_MAIN (moves);
