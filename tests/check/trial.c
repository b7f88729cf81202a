/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The peer restarts in mid-call: it moves the call if it proves the retained
 * secret, while the call stays as it is; nothing else does by itself.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#include "cache-common.h"
#include "knownpeers-common.h"
#include "thirdparty.h"
#include "trial-common.h"

/* -- The peer restarts -- */

GST_START_TEST (test_restarted_peer)
{
  const guint caller = __i__ & 1, passive = __i__ >> 1;

  for (guint round = 0; round < 5; round++) {
    Sim *sim = trial_call (1 + round, caller);
    TrialBefore before = trial_look (sim);
    gint64 began;

    sim->delay = round * 20 * SIM_MSEC;
    trial_kill (sim, 1);
    /* Alice is passive, or Bob, or neither. */
    sim->ends[1].policy.passive = passive;
    sim_make (sim, 1, 1);
    sim_start (sim, 1);
    began = sim->now;
    fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
    fail_unless (sim->now - began < 400 * SIM_MSEC + 12 * sim->delay,
        "%" G_GINT64_FORMAT " us", sim->now - began);
    sim_talk (sim);
    knownpeers_settle (sim);
    trial_assert_moved (sim, &before);
    knownpeers_assert_same (TRUE);
    /* And once more. */
    before = trial_look (sim);
    trial_restart (sim, 1, 1);
    fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
    trial_assert_moved (sim, &before);
    sim_free (sim);
  }
}

GST_END_TEST;

GST_START_TEST (test_lossy)
{
  for (guint seed = 0; seed < 40; seed++) {
    Sim *sim = trial_call (100 + seed, seed & 1);
    TrialBefore before = trial_look (sim);

    trial_restart (sim, 1, 1);
    sim->loss = 20;
    sim->duplication = 10;
    sim->jitter = 30 * SIM_MSEC;
    fail_unless (sim_run_until_secure (sim, sim->now + 60 * SIM_SEC),
        "seed %u", seed);
    sim->loss = 0;
    sim_talk (sim);
    knownpeers_settle (sim);
    sim_run (sim, sim->now + 15 * SIM_SEC);
    trial_assert_moved (sim, &before);
    knownpeers_assert_same (TRUE);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Keys without Diffie-Hellman prove the secret by themselves. */
GST_START_TEST (test_preshared)
{
  for (guint n = 0; n < 3; n++) {
    Sim *sim = knownpeers_new (200 + n);
    TrialBefore before;

    for (guint i = 0; i < 2; i++)
      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
              "Prsh,X255,Mult", &sim->ends[i].policy.algorithms
              [ZRTP_KIND_KEY_AGREEMENT], NULL));
    knownpeers_run (sim);
    trial_talks[0] = trial_talks[1] = TRUE;
    sim->listener = trial_on_event;
    trial_verify (sim);
    before = trial_look (sim);
    trial_restart (sim, 1, 1);
    fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
    if (n > 0)
      fail_unless_equals_string (trial_info (sim, 0)->key_agreement->base.name,
          "Prsh");
    sim_talk (sim);
    knownpeers_settle (sim);
    trial_assert_moved (sim, &before);
    sim_free (sim);
    knownpeers_wall += 3600;
  }
}

GST_END_TEST;

/* The announcement of the signalling has to fit. */
GST_START_TEST (test_announced)
{
  Sim *sim = trial_call (210, 0);
  TrialBefore before = trial_look (sim);
  char *both;

  fail_unless (zrtp_stream_set_peer_hello_hash (trial_stream (sim, 0)->stream,
          zrtp_stream_get_hello_hash (trial_stream (sim, 1)->stream),
          sim->now));
  both = g_strdup (zrtp_stream_get_hello_hash (trial_stream (sim, 1)->stream));
  trial_restart (sim, 1, 1);
  sim_run (sim, sim->now + 5 * SIM_SEC);
  trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
  before = trial_look (sim);
  {
    char *old = both;

    both = g_strconcat (old, "\n",
        zrtp_stream_get_hello_hash (trial_stream (sim, 1)->stream), NULL);
    g_free (old);
  }
  fail_unless (zrtp_stream_set_peer_hello_hash (trial_stream (sim, 0)->stream,
          both, sim->now));
  zrtp_stream_restart_discovery (trial_stream (sim, 1)->stream, sim->now);
  trial_settle (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  trial_assert_moved (sim, &before);
  fail_unless_equals_int (trial_info (sim, 0)->hello_hash_status,
      ZRTP_HELLO_HASH_MATCH);
  g_free (both);
  sim_free (sim);
}

GST_END_TEST;

/* Whatever third parties with the peer's ZID say, every 4 s or faster, before,
 * while and after the peer restarts. */
GST_START_TEST (test_restart_among_third_parties)
{
  static const gint64 intervals[] = {
    4 * SIM_SEC, 2 * SIM_SEC, SIM_SEC, SIM_SEC / 10
  };
  const guint32 ssrc = __i__ & 1 ? 0x2000 : 0x4242;
  const gboolean commits = __i__ & 2, passive = __i__ & 4;
  const gboolean answers = __i__ & 8;

  for (guint n = 0; n < 3 * 8; n++) {
    Sim *sim = trial_call (300 + n, 0);
    TrialBefore before = trial_look (sim);
    const gint64 interval = intervals[n % 4];
    const gint64 dies = 7 * SIM_SEC + n * 500 * SIM_MSEC;
    const gint64 start = sim->now;
    gint64 restarted = 0;

    for (gint64 t = 0; sim->now < start + dies + 7 * SIM_SEC; t += interval) {
      MockPeer mock;

      trial_puppet (&mock, sim, sim->ends[1].zid, ssrc);
      mock_peer_hello (&mock);
      mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
      if (answers)
        third_send (&mock, THIRD_DHPART1);
      if (commits)
        mock_peer_commit (&mock, NULL);
      if (t >= dies && !restarted) {
        trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
        before = trial_look (sim);
        trial_kill (sim, 1);
        sim->ends[1].policy.passive = passive;
        sim_make (sim, 1, 1);
        sim_start (sim, 1);
        restarted = sim->now;
      }
      if (restarted && sim_run_until_secure (sim, start + t + interval))
        break;
      sim_run (sim, start + t + interval);
    }
    fail_unless (sim_run_until_secure (sim, restarted + 6 * SIM_SEC), "%u", n);
    sim_assert_agreed (sim);
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_VERIFIED);
    g_free (before.sas);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The application expects another peer while the trial runs, or before it. */
GST_START_TEST (test_name_during_trial)
{
  Sim *sim = trial_call (390, 0);
  ZrtpSession *session = sim->ends[0].session;
  SimStream *alice = trial_stream (sim, 0);

  zrtp_session_set_peer_name (session, "bob", sim->now);
  trial_verify (sim);
  trial_settle (sim, 0);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_VERIFIED);
  trial_restart (sim, 1, 1);
  while (!alice->stream->trial)
    sim_run (sim, sim->now + SIM_MSEC);
  if (__i__)
    sim_run (sim, sim->now + __i__ * 10 * SIM_MSEC);
  fail_unless (alice->stream->trial != NULL);
  zrtp_session_set_peer_name (session, "carol", sim->now);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  trial_settle (sim, 0);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
      ZRTP_TRUST_NAME_MISMATCH);
  fail_unless (alice->n_events[ZRTP_EVENT_NAME_MISMATCH] > 0);
  sim_free (sim);
}

GST_END_TEST;

/* -- Others -- */

/* While both talk a Hello brings about nothing at all. */
GST_START_TEST (test_forged_hello)
{
  Sim *sim = trial_call (400, 0);
  TrialBefore before = trial_look (sim);
  guint hellos = 0;
  const guint jobs = sim->ends[0].jobs;

  for (guint i = 0; i < 1000; i++) {
    MockPeer mock;

    trial_puppet (&mock, sim, sim->ends[1].zid, 0x4000 + i);
    mock_peer_hello (&mock);
    mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
    mock_peer_commit (&mock, NULL);
    sim_run (sim, sim->now + 10 * SIM_MSEC);
  }
  trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (sim->ends[0].jobs, jobs);
  fail_unless (knownpeers_events (sim, 0, ZRTP_EVENT_LISTEN) < 60);
  fail_unless (knownpeers_events (sim, 0, ZRTP_EVENT_FORK) < 20);
  fail_unless_equals_int (knownpeers_events (sim, 0,
          ZRTP_EVENT_RESTART_REFUSED), 0);
  for (char *p = trial_stream (sim, 0)->trace->str; (p = strstr (p, "Hello "));
      p++)
    hellos++;
  fail_unless (hellos < 5, "%u", hellos);
  sim_free (sim);
}

GST_END_TEST;

/* On a one-way link without RTCP the sender never hears its peer: a trial runs, of
 * which nothing comes, in no time, memory or messages without bound. */
GST_START_TEST (test_one_way)
{
  const gboolean commits = __i__;
  Sim *sim = trial_call (410, 0);
  TrialBefore before = trial_look (sim), bob_before = { 0 };
  const gint64 start = sim->now;
  guint jobs = sim->ends[0].jobs, packets;

  bob_before.media = trial_stream (sim, 1)->n_events[ZRTP_EVENT_MEDIA];
  trial_talks[1] = FALSE;
  packets = sim->packets;
  for (guint i = 0; i < 600; i++) {
    MockPeer mock;

    trial_puppet (&mock, sim, sim->ends[1].zid, 0x4000 + i);
    mock_peer_hello (&mock);
    if (commits)
      mock_peer_commit (&mock, NULL);
    sim_run (sim, start + i * 100 * SIM_MSEC);
  }
  sim_run (sim, sim->now + 60 * SIM_SEC);
  trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_SECURE);
  fail_unless_equals_int (trial_stream (sim, 1)->n_events[ZRTP_EVENT_MEDIA],
      bob_before.media);
  fail_unless_equals_int (knownpeers_events (sim, 0,
          ZRTP_EVENT_RESTART_REFUSED), 0);
  /* In two minutes, for 600 forged Hellos. */
  fail_unless (sim->ends[0].jobs - jobs < 200, "%u", sim->ends[0].jobs - jobs);
  fail_unless (sim->packets - packets < 6000, "%u", sim->packets - packets);
  /* Nothing is left that would go on. */
  packets = sim->packets;
  sim_run (sim, sim->now + 60 * SIM_SEC);
  fail_unless_equals_int (sim->packets, packets);
  fail_unless (zrtp_stream_get_deadline (trial_stream (sim, 0)->stream)
      == ZRTP_NEVER);
  sim_free (sim);
}

GST_END_TEST;

/* Both are silent, and a forged Hello makes both believe that the other one has
 * restarted: they agree on new keys, as it is the very peer. */
GST_START_TEST (test_both_silent)
{
  for (guint seed = 0; seed < 10; seed++) {
    Sim *sim = trial_call (420 + seed, 0);
    MockPeer mock;

    trial_talks[0] = trial_talks[1] = FALSE;
    trial_puppet (&mock, sim, sim->ends[1].zid, 0x4242);
    mock_peer_hello (&mock);
    sim_run (sim, sim->now + 30 * SIM_SEC);
    fail_unless (sim_run_until_secure (sim, sim->now));
    sim_assert_agreed (sim);
    for (guint i = 0; i < 2; i++)
      fail_unless_equals_int (knownpeers_info (sim, i)->trust,
          ZRTP_TRUST_VERIFIED);
    sim_talk (sim);
    knownpeers_settle (sim);
    knownpeers_assert_same (TRUE);
    sim_free (sim);
  }
}

GST_END_TEST;

/* An endpoint with the peer's ZID, but not the secret: Mallory, or Bob with a file
 * that he lost. Nothing moves, nothing is written, the user is told; the next call
 * of the genuine peer is verified. */
GST_START_TEST (test_without_the_secret)
{
  const guint passive = __i__;
  Sim *sim = trial_call (500, 0);
  ZrtpCache *genuine = zrtp_cache_ref (knownpeers_cache[1]);
  ZrtpPeer alice = knownpeers_peer (0), bob =
      knownpeers_peer (1), mallory, after;
  TrialBefore before = trial_look (sim);

  trial_kill (sim, 1);
  knownpeers_lose_cache (1);
  sim->ends[1].cache = knownpeers_cache[1];
  sim->ends[1].policy.passive = passive;
  sim_make (sim, 1, 1);
  sim_start (sim, 1);
  sim_run (sim, sim->now + 55 * SIM_SEC);
  trial_assert_untouched (sim, &before, ZRTP_TRUST_VERIFIED);
  fail_if (sim_state (sim, 1) == ZRTP_STATE_SECURE);
  fail_unless_equals_int (knownpeers_events (sim, 0,
          ZRTP_EVENT_RESTART_REFUSED), 1);
  sim_run (sim, sim->now + 600 * SIM_SEC);
  fail_unless (knownpeers_events (sim, 0, ZRTP_EVENT_RESTART_REFUSED) <= 11);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&alice, &after);
  zrtp_peer_clear (&after);
  mallory = knownpeers_peer (1);
  fail_if (mallory.known);

  /* The user believes it all the same: as in any call without the secret. */
  if (passive) {
    zrtp_stream_restart_discovery (trial_stream (sim, 1)->stream, sim->now);
    trial_settle (sim, 1);
    sim_run (sim, sim->now + 100 * SIM_MSEC);
    fail_unless (zrtp_stream_accept_fork (trial_stream (sim, 0)->stream,
            sim->ends[1].zid, sim->now));
    trial_settle (sim, 0);
    fail_unless (sim_run_until_secure (sim, sim->now + 10 * SIM_SEC));
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_CACHE_MISMATCH);
    after = knownpeers_peer (0);
    knownpeers_assert_unchanged (&alice, &after);
    zrtp_peer_clear (&after);
  }
  sim_free (sim);

  zrtp_cache_unref (knownpeers_cache[1]);
  knownpeers_cache[1] = genuine;
  after = knownpeers_peer (1);
  knownpeers_assert_unchanged (&bob, &after);
  zrtp_peer_clear (&after);
  zrtp_peer_clear (&alice);
  zrtp_peer_clear (&bob);
  zrtp_peer_clear (&mallory);
  sim = knownpeers_call (501, 0);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (knownpeers_info (sim, 1)->trust, ZRTP_TRUST_VERIFIED);
  sim_free (sim);
}

GST_END_TEST;

/* The user said that the SAS differs: it is not the peer, whatever it proves. */
GST_START_TEST (test_rejected)
{
  Sim *sim = trial_call (510, 0);
  TrialBefore before;

  sim->ends[0].disk_time = 30 * SIM_SEC;
  fail_unless (zrtp_session_reject_sas (sim->ends[0].session, sim->now));
  trial_settle (sim, 0);
  before = trial_look (sim);
  trial_restart (sim, 1, 1);
  sim_run (sim, sim->now + 20 * SIM_SEC);
  trial_assert_untouched (sim, &before, ZRTP_TRUST_SAS_MISMATCH);
  sim_free (sim);
}

GST_END_TEST;

/* Without a file nothing can be proven. */
GST_START_TEST (test_cacheless)
{
  Sim *sim = sim_new_pair (520);
  SimStream *alice = trial_stream (sim, 0);

  trial_talks[0] = trial_talks[1] = TRUE;
  sim->listener = trial_on_event;
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  trial_restart (sim, 1, 1);
  sim_run (sim, sim->now + 30 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_RESTART_REFUSED], 1);
  fail_unless (zrtp_stream_accept_fork (alice->stream, sim->ends[1].zid,
          sim->now));
  trial_settle (sim, 0);
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* -- Calls of several streams -- */

static Sim *
two_streams (guint64 seed)
{
  Sim *sim = knownpeers_new (seed);

  trial_talks[0] = trial_talks[1] = TRUE;
  sim->listener = trial_on_event;
  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 2);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_talk (sim);
  knownpeers_settle (sim);
  trial_verify (sim);
  return sim;
}

GST_START_TEST (test_two_streams)
{
  for (guint n = 0; n < 8; n++) {
    Sim *sim = two_streams (700 + n);
    TrialBefore before = trial_look (sim);
    const gint64 gap = (n & 3) * 700 * SIM_MSEC;
    gint64 began;

    trial_kill (sim, 1);
    sim->ends[1].policy.passive = n >> 2;
    sim_make (sim, 1, 2);
    began = sim->now;
    /* One of its transports comes up later. */
    sim_start_stream (sim, 1, n & 1);
    sim_run (sim, sim->now + gap);
    sim_start_stream (sim, 1, 1 - (n & 1));
    fail_unless (sim_run_until_secure (sim, sim->now + 6 * SIM_SEC),
        "case %u", n);
    fail_unless (n >> 2 || sim->now - began < gap + SIM_SEC,
        "case %u: %" G_GINT64_FORMAT, n, sim->now - began);
    sim_talk (sim);
    knownpeers_settle (sim);
    trial_assert_moved (sim, &before);
    knownpeers_assert_same (TRUE);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The peer's program goes on, and starts one of its transports again. */
GST_START_TEST (test_one_of_two_streams)
{
  for (guint n = 0; n < 4; n++) {
    Sim *sim = two_streams (720 + n);
    TrialBefore before = trial_look (sim);
    SimStream *bob = &sim->ends[1].streams[n & 1];

    sim_run (sim, sim->now + SIM_SEC);
    trial_talks[1] = FALSE;
    zrtp_stream_stop (bob->stream, sim->now);
    sim->ends[1].policy.passive = n >> 1;
    zrtp_stream_renew_hello (bob->stream, &sim->ends[1].policy,
        sim->ends[1].zid);
    trial_settle (sim, 1);
    sim_start_stream (sim, 1, n & 1);
    fail_unless (sim_run_until_secure (sim, sim->now + 6 * SIM_SEC),
        "case %u", n);
    sim_assert_agreed (sim);
    /* The same call. */
    fail_unless_equals_string (knownpeers_info (sim, 0)->sas, before.sas);
    fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
        ZRTP_TRUST_VERIFIED);
    g_free (before.sas);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Everything may end while a trial runs. */
GST_START_TEST (test_ends_at_any_moment)
{
  for (gint64 when = 270 * SIM_MSEC; when < 450 * SIM_MSEC;
      when += 5 * SIM_MSEC) {
    const guint n_streams = __i__ < 2 ? 1 : 2;
    Sim *sim = n_streams == 1 ? trial_call (740, 0) : two_streams (740);

    trial_restart (sim, 1, n_streams);
    sim_run (sim, sim->now + when);
    switch (__i__) {
      case 0:
        trial_talks[0] = FALSE;
        zrtp_stream_stop (trial_stream (sim, 0)->stream, sim->now);
        zrtp_stream_renew_hello (trial_stream (sim, 0)->stream,
            &sim->ends[0].policy, sim->ends[0].zid);
        trial_settle (sim, 0);
        sim_start (sim, 0);
        break;
      case 1:
        trial_talks[0] = FALSE;
        zrtp_stream_accept_fork (trial_stream (sim, 0)->stream,
            sim->ends[1].zid, sim->now);
        trial_settle (sim, 0);
        break;
      case 2:
        zrtp_stream_stop (sim->ends[0].streams[1].stream, sim->now);
        trial_settle (sim, 0);
        break;
      default:
        fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now)
            || sim_state (sim, 0) != ZRTP_STATE_SECURE);
        trial_restart (sim, 1, 2);
        break;
    }
    sim_run (sim, sim->now + 60 * SIM_SEC);
    fail_unless (sim_state (sim, 0) == ZRTP_STATE_SECURE
        && sim_state (sim, 1) == ZRTP_STATE_SECURE,
        "at %" G_GINT64_FORMAT " us", when);
    sim_free (sim);
  }
}

GST_END_TEST;

static Suite *
trial_suite (void)
{
  Suite *s = suite_create ("trial");
  TCase *tc = tcase_create ("trial");

  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_set_timeout (tc, 300);
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_restarted_peer, 0, 3);
  tcase_add_test (tc, test_lossy);
  tcase_add_test (tc, test_preshared);
  tcase_add_test (tc, test_announced);
  tcase_add_loop_test (tc, test_restart_among_third_parties, 0, 16);
  tcase_add_loop_test (tc, test_name_during_trial, 0, 3);
  tcase_add_test (tc, test_forged_hello);
  tcase_add_loop_test (tc, test_one_way, 0, 2);
  tcase_add_test (tc, test_both_silent);
  tcase_add_loop_test (tc, test_without_the_secret, 0, 2);
  tcase_add_test (tc, test_rejected);
  tcase_add_test (tc, test_cacheless);
  tcase_add_test (tc, test_two_streams);
  tcase_add_test (tc, test_one_of_two_streams);
  tcase_add_loop_test (tc, test_ends_at_any_moment, 0, 4);
  return s;
}

GST_CHECK_MAIN (trial);
