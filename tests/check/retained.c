/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What calls keep for the next ones (RFC 6189 4.3, 4.6.1, 4.9, 4.9.1), with a
 * real cache on each side.
 */
#include <string.h>

#include "cache-common.h"
#include "knownpeers-common.h"
#include "packetlog.h"

static void
hang_up (Sim * sim)
{
  sim_free (sim);
  knownpeers_wall += 3600;
}

static void
assert_no_alarm (Sim * sim, guint which)
{
  fail_if (knownpeers_info (sim, which)->cache_mismatch);
  fail_unless_equals_int (knownpeers_events (sim, which,
          ZRTP_EVENT_CACHE_MISMATCH), 0);
  fail_unless_equals_int (knownpeers_events (sim, which,
          ZRTP_EVENT_CACHE_FAILED), 0);
}

static void
verify (Sim * sim, guint which)
{
  fail_unless (zrtp_session_verify_sas (sim->ends[which].session, sim->now));
  knownpeers_settle (sim);
}

/* Series of calls */

GST_START_TEST (test_first_call)
{
  Sim *sim = knownpeers_call (1, __i__);
  ZrtpPeer peer;

  for (guint i = 0; i < 2; i++) {
    /* Z-4.3.2-01 Z-4.6.1.1-05 */
    assert_no_alarm (sim, i);
    fail_unless_equals_int (knownpeers_info (sim, i)->trust,
        ZRTP_TRUST_UNVERIFIED);
    peer = knownpeers_peer (i);
    /* Z-4.6.1-10 Z-7.1-04 Z-4.3-01 Z-4.1-03 */
    fail_unless (peer.known && peer.have_rs1);
    fail_if (peer.have_rs2 || peer.have_pbx || peer.verified || peer.expired);
    /* Z-4.9-09 */
    fail_unless (peer.expires == ZRTP_NEVER);
    zrtp_peer_clear (&peer);
  }
  knownpeers_assert_same (FALSE);
  sim_free (sim);
}

GST_END_TEST;

/* Roles change from call to call. */
GST_START_TEST (test_second_call)
{
  ZrtpPeer before, after;
  Sim *sim;

  hang_up (knownpeers_call (2, __i__ & 1));
  before = knownpeers_peer (0);
  sim = knownpeers_call (3, __i__ >> 1);
  for (guint i = 0; i < 2; i++)
    assert_no_alarm (sim, i);
  knownpeers_assert_same (TRUE);
  after = knownpeers_peer (0);
  /* Z-4.6.1-05 Z-4.6.1-10 */
  fail_unless (memcmp (after.rs2, before.rs1, ZRTP_SECRET_SIZE) == 0);
  fail_if (memcmp (after.rs1, before.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_many_calls)
{
  guint8 last[ZRTP_SECRET_SIZE] = { 0 };

  for (guint i = 0; i < 8; i++) {
    Sim *sim = knownpeers_new (10 + i);
    ZrtpPeer peer;

    /* Either side may turn out to be the initiator. */
    knownpeers_run (sim);
    assert_no_alarm (sim, 0);
    assert_no_alarm (sim, 1);
    knownpeers_assert_same (i > 0);
    peer = knownpeers_peer (i & 1);
    fail_if (memcmp (peer.rs1, last, ZRTP_SECRET_SIZE) == 0);
    if (i > 0)
      fail_unless (memcmp (peer.rs2, last, ZRTP_SECRET_SIZE) == 0);
    memcpy (last, peer.rs1, ZRTP_SECRET_SIZE);
    zrtp_peer_clear (&peer);
    hang_up (sim);
  }
}

GST_END_TEST;

/* Verified once by both users, and so in the next call. */
GST_START_TEST (test_secret_is_used)
{
  Sim *sim;

  hang_up (knownpeers_call (20, 0));
  sim = knownpeers_call (21, 0);
  verify (sim, 0);
  verify (sim, 1);
  hang_up (sim);
  sim = knownpeers_call (22, 0);
  for (guint i = 0; i < 2; i++) {
    /* Z-7.1-01: V is about earlier calls. */
    fail_unless (knownpeers_info (sim, i)->verified);
    fail_unless (knownpeers_info (sim, i)->peer_verified);
    fail_unless_equals_int (knownpeers_info (sim, i)->trust,
        ZRTP_TRUST_VERIFIED);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.9-02: entries of other peers stay what they are. */
GST_START_TEST (test_peers_are_apart)
{
  ZrtpPeer before, after;
  guint8 zid[ZRTP_ZID_SIZE];

  hang_up (knownpeers_call (23, 0));
  zrtp_cache_get_zid (knownpeers_cache[1], zid);
  before = knownpeers_peer (0);
  /* Bob's second device. */
  knownpeers_replace_cache (1);
  hang_up (knownpeers_call (24, 0));
  knownpeers_assert_same (FALSE);
  fail_unless (zrtp_cache_lookup (knownpeers_cache[0], zid, knownpeers_wall,
          &after, NULL));
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
}

GST_END_TEST;

/* Z-4.4.3-02 Z-4.6.1-01 Z-4.6.1-08: Multistream touches no cache. */
static gboolean
watch_expiry (const PacketLogEntry * entry, gpointer seen)
{
  if (entry->stream == 1 && entry->message.type == ZRTP_MESSAGE_COMMIT)
    (*(guint *) seen)++;
  return TRUE;
}

GST_START_TEST (test_multistream)
{
  Sim *sim = knownpeers_new (25);
  PacketLog *log = packet_log_new (sim);
  ZrtpPeer before, after;
  guint commits = 0, jobs[2];

  log->rule = watch_expiry;
  log->rule_data = &commits;
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 2);
    zrtp_stream_start (sim->ends[i].streams[0].stream, 1 + i, sim->now);
  }
  knownpeers_settle (sim);
  before = knownpeers_peer (0);
  jobs[0] = sim->ends[0].jobs;
  jobs[1] = sim->ends[1].jobs;
  for (guint i = 0; i < 2; i++)
    zrtp_stream_start (sim->ends[i].streams[1].stream, 3 + i, sim->now);
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
  fail_unless (commits > 0);
  after = knownpeers_peer (0);
  knownpeers_assert_unchanged (&before, &after);
  knownpeers_assert_same (FALSE);
  /* Neither read nor written. */
  fail_unless_equals_int (sim->ends[0].jobs, jobs[0]);
  fail_unless_equals_int (sim->ends[1].jobs, jobs[1]);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* A failed exchange leaves no entry behind. */
static gboolean
lose_confirm2 (const PacketLogEntry * entry, gpointer user_data)
{
  return entry->message.type != ZRTP_MESSAGE_CONFIRM2;
}

GST_START_TEST (test_failed_call)
{
  Sim *sim = knownpeers_new (26);
  PacketLog *log = packet_log_new (sim);
  ZrtpPeer peer;

  log->rule = lose_confirm2;
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 1);
    sim_start (sim, i);
  }
  sim_run (sim, 30 * SIM_SEC);
  for (guint i = 0; i < 2; i++) {
    peer = knownpeers_peer (i);
    /* Z-4.6.1-03 Z-4.6.1-04 */
    fail_if (peer.known);
  }
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Expiry */

static Sim *
call_with_expiry (guint64 seed, guint32 a, guint32 b)
{
  Sim *sim = knownpeers_new (seed);

  sim->ends[0].policy.cache_expiry = a;
  sim->ends[1].policy.cache_expiry = b;
  knownpeers_run (sim);
  return sim;
}

GST_START_TEST (test_expiry)
{
  static const struct
  {
    guint32 a, b, interval;
  } rows[] = {
    {1000, 5000, 1000}, {5000, 1000, 1000}, {ZRTP_CACHE_FOR_EVER, 60, 60},
    {7, ZRTP_CACHE_FOR_EVER, 7}, {0xfffffffe, ZRTP_CACHE_FOR_EVER, 0xfffffffe},
  };
  const gint64 start = knownpeers_wall;

  hang_up (call_with_expiry (30, rows[__i__].a, rows[__i__].b));
  for (guint i = 0; i < 2; i++) {
    ZrtpPeer peer = knownpeers_peer (i);

    /* Z-4.9-04 Z-4.9-05: counted from Confirm, within the second. */
    fail_unless_equals_int64 (peer.expires, start + rows[__i__].interval);
    zrtp_peer_clear (&peer);
    knownpeers_wall = start + rows[__i__].interval - 1;
    peer = knownpeers_peer (i);
    fail_if (peer.expired);
    zrtp_peer_clear (&peer);
    knownpeers_wall++;
    peer = knownpeers_peer (i);
    fail_unless (peer.expired && peer.have_rs1);
    zrtp_peer_clear (&peer);
  }
}

GST_END_TEST;

/* Zero from either side: nothing is stored, and what was there lapses. */
GST_START_TEST (test_expiry_zero)
{
  const guint32 a = __i__ & 1 ? 0 : ZRTP_CACHE_FOR_EVER;
  const guint32 b = __i__ & 1 ? ZRTP_CACHE_FOR_EVER : 0;
  ZrtpPeer before, after;
  Sim *sim;

  /* Z-4.9-08 Z-4.6.1-02 */
  hang_up (call_with_expiry (31, a, b));
  for (guint i = 0; i < 2; i++) {
    after = knownpeers_peer (i);
    fail_if (after.known);
  }
  hang_up (knownpeers_call (32, 0));
  before = knownpeers_peer (0);
  sim = call_with_expiry (33, a, b);
  assert_no_alarm (sim, 0);
  verify (sim, 0);
  hang_up (sim);
  after = knownpeers_peer (0);
  /* Z-4.9-06 Z-4.9-07 */
  fail_unless (after.have_rs1 && after.expired);
  fail_unless (memcmp (after.rs1, before.rs1, ZRTP_SECRET_SIZE) == 0);
  fail_if (after.have_rs2);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);

  /* Z-4.9-12: it is still good for matching, and then renewed. */
  sim = knownpeers_call (34, 1);
  assert_no_alarm (sim, 0);
  assert_no_alarm (sim, 1);
  knownpeers_assert_same (TRUE);
  after = knownpeers_peer (0);
  fail_if (after.expired);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.9-11 Z-4.3.2-01: the peer may have thrown away what has expired. */
GST_START_TEST (test_expired_is_no_alarm)
{
  Sim *sim;

  hang_up (call_with_expiry (35, 60, 60));
  knownpeers_wall += 61;
  knownpeers_lose_cache (1);
  sim = knownpeers_call (36, __i__);
  assert_no_alarm (sim, 0);
  assert_no_alarm (sim, 1);
  /* And nothing held the update up. */
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust,
      ZRTP_TRUST_UNVERIFIED);
  hang_up (sim);
  sim = knownpeers_call (37, __i__);
  assert_no_alarm (sim, 0);
  assert_no_alarm (sim, 1);
  sim_free (sim);
}

GST_END_TEST;

/* The same a moment earlier is one. */
GST_START_TEST (test_not_yet_expired_is_an_alarm)
{
  Sim *sim;

  hang_up (call_with_expiry (38, 7200, 7200));
  knownpeers_lose_cache (1);
  sim = knownpeers_call (39, __i__);
  fail_unless (knownpeers_info (sim, 0)->cache_mismatch);
  fail_if (knownpeers_info (sim, 1)->cache_mismatch);
  sim_free (sim);
}

GST_END_TEST;

/* Endpoints that keep nothing */

GST_START_TEST (test_cacheless)
{
  const guint keeper = 1 - __i__;
  ZrtpPeer peer;
  Sim *sim;

  /* Both remember each other, verified. */
  sim = knownpeers_call (40, 0);
  verify (sim, 0);
  verify (sim, 1);
  hang_up (sim);
  /* Then one goes cacheless; the application runs no job on its file. */
  sim = knownpeers_new (41);
  sim->ends[__i__].policy.cacheless = TRUE;
  sim->ends[__i__].cache = NULL;
  zrtp_cache_get_zid (knownpeers_cache[__i__], sim->ends[__i__].zid);
  knownpeers_run (sim);
  /* Z-4.9.1-02 */
  fail_if (knownpeers_info (sim, keeper)->peer_verified);
  fail_unless_equals_int (sim->ends[__i__].
      streams[0].n_events[ZRTP_EVENT_CACHE_FAILED], 0);
  /* It may verify, for this call. */
  verify (sim, __i__);
  fail_unless_equals_int (knownpeers_info (sim, __i__)->trust,
      ZRTP_TRUST_VERIFIED);
  hang_up (sim);
  /* Z-4.9.1-01 Z-4.9-07: the keeper's entry has lapsed, once the mismatch that
   * it saw was confirmed; until then it is as it was (4.6.1.1). */
  peer = knownpeers_peer (keeper);
  fail_if (peer.expired);
  fail_unless (peer.verified);
  zrtp_peer_clear (&peer);
}

GST_END_TEST;

/* Z-4.9.1-01 Z-4.9-08 Z-4.9.1-03: for a third party no entry is made. */
GST_START_TEST (test_cacheless_third_party)
{
  ZrtpPeer peer;
  Sim *sim = knownpeers_new (42);

  sim->ends[1].policy.cacheless = TRUE;
  sim->ends[1].cache = NULL;
  knownpeers_run (sim);
  assert_no_alarm (sim, 0);
  verify (sim, 0);
  hang_up (sim);
  peer = knownpeers_peer (0);
  fail_if (peer.known);
  zrtp_peer_clear (&peer);
}

GST_END_TEST;

/* Nor where a file can be read but not written: the keeper would miss us in the
 * next call. */
GST_START_TEST (test_read_only)
{
  ZrtpPeer peer;

  knownpeers_make_read_only (1);
  hang_up (knownpeers_call (44, __i__));
  peer = knownpeers_peer (0);
  fail_if (peer.known);
  zrtp_peer_clear (&peer);
}

GST_END_TEST;

/* Who is in there stays known: the other one keeps that secret, too. */
GST_START_TEST (test_read_only_known)
{
  hang_up (knownpeers_call (45, 0));
  knownpeers_make_read_only (1);
  for (guint i = 0; i < 4; i++) {
    Sim *sim = knownpeers_call (46 + i, i % 2);

    fail_if (knownpeers_info (sim, 0)->cache_mismatch);
    fail_if (knownpeers_info (sim, 1)->cache_mismatch);
    hang_up (sim);
  }
}

GST_END_TEST;

/* ":memory:" comes to the same. */
GST_START_TEST (test_memory)
{
  ZrtpPeer peer;
  Sim *sim;

  zrtp_cache_unref (knownpeers_cache[1]);
  knownpeers_cache[1] = zrtp_cache_open (":memory:", &zrtp_random_system, NULL);
  sim = knownpeers_new (43);
  sim->ends[1].policy.cacheless = TRUE;
  knownpeers_run (sim);
  assert_no_alarm (sim, 0);
  assert_no_alarm (sim, 1);
  hang_up (sim);
  peer = knownpeers_peer (0);
  fail_if (peer.known);
  zrtp_peer_clear (&peer);
}

GST_END_TEST;

/* A disk that hangs holds no call up. Nothing is known of the peer then, which is
 * no alarm; and nothing is written over what is there, before the user says so. */
GST_START_TEST (test_disk_that_hangs)
{
  const guint slow = __i__ & 1;
  ZrtpPeer before, after;
  Sim *sim;

  hang_up (knownpeers_call (50, 0));
  before = knownpeers_peer (slow);
  sim = knownpeers_new (51);
  sim->ends[slow].disk_time = 30 * SIM_SEC;
  sim->ends[1 - __i__ / 2].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 3500 * SIM_MSEC));
  sim_assert_agreed (sim);
  fail_unless_equals_int (knownpeers_events (sim, slow,
          ZRTP_EVENT_CACHE_FAILED), 1);
  fail_if (knownpeers_info (sim, slow)->cache_mismatch);
  fail_unless_equals_int (knownpeers_info (sim, slow)->trust,
      ZRTP_TRUST_UNVERIFIED);

  /* The answer comes late. */
  sim_run (sim, sim->now + 40 * SIM_SEC);
  sim_assert_agreed (sim);
  after = knownpeers_peer (slow);
  knownpeers_assert_unchanged (&before, &after);
  hang_up (sim);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
}

GST_END_TEST;

static Suite *
retained_suite (void)
{
  Suite *suite = suite_create ("retained");
  TCase *tc = tcase_create ("retained");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_loop_test (tc, test_first_call, 0, 2);
  tcase_add_loop_test (tc, test_second_call, 0, 4);
  tcase_add_test (tc, test_many_calls);
  tcase_add_test (tc, test_secret_is_used);
  tcase_add_test (tc, test_peers_are_apart);
  tcase_add_test (tc, test_multistream);
  tcase_add_test (tc, test_failed_call);
  tcase_add_loop_test (tc, test_expiry, 0, 5);
  tcase_add_loop_test (tc, test_expiry_zero, 0, 2);
  tcase_add_loop_test (tc, test_expired_is_no_alarm, 0, 2);
  tcase_add_loop_test (tc, test_not_yet_expired_is_an_alarm, 0, 2);
  tcase_add_loop_test (tc, test_cacheless, 0, 2);
  tcase_add_test (tc, test_cacheless_third_party);
  tcase_add_loop_test (tc, test_read_only, 0, 2);
  tcase_add_test (tc, test_read_only_known);
  tcase_add_test (tc, test_memory);
  tcase_add_loop_test (tc, test_disk_that_hangs, 0, 4);
  return suite;
}

GST_CHECK_MAIN (retained);
