/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the user is told of a peer (RFC 6189 4.3.2, 7.1, 12): both V flags,
 * names, auxsecret, and a cache that fails.
 */
#include <string.h>
#include <unistd.h>

#include "cache-common.h"
#include "knownpeers-common.h"

static void
hang_up (Sim * sim)
{
  sim_free (sim);
  knownpeers_wall += 3600;
}

static ZrtpSession *
session_of (Sim * sim, guint which)
{
  return sim->ends[which].session;
}

static void
verify (Sim * sim, guint which)
{
  fail_unless (zrtp_session_verify_sas (session_of (sim, which), sim->now));
  knownpeers_settle (sim);
}

static void
assert_trust (Sim * sim, guint which, ZrtpTrust trust)
{
  fail_unless_equals_string (zrtp_trust_nick (knownpeers_info (sim,
              which)->trust), zrtp_trust_nick (trust));
}

/* V flags. Each user may have compared in the first call or not. */
GST_START_TEST (test_v_flags)
{
  const gboolean own = __i__ & 1, peer = __i__ >> 1 & 1;
  const guint initiator = __i__ >> 2;
  Sim *sim = knownpeers_call (1, initiator);

  for (guint i = 0; i < 2; i++)
    assert_trust (sim, i, ZRTP_TRUST_UNVERIFIED);
  if (own)
    verify (sim, 0);
  if (peer)
    verify (sim, 1);
  /* In the call itself it is what each side knows. */
  assert_trust (sim, 0, own ? ZRTP_TRUST_VERIFIED : ZRTP_TRUST_UNVERIFIED);
  assert_trust (sim, 1, peer ? ZRTP_TRUST_VERIFIED : ZRTP_TRUST_UNVERIFIED);
  /* Z-7.1-02 */
  fail_if (knownpeers_info (sim, 0)->peer_verified);
  hang_up (sim);

  sim = knownpeers_call (2, initiator);
  /* Z-7.1-01: both sides' flags count. */
  fail_unless_equals_int (knownpeers_info (sim, 0)->verified, own);
  fail_unless_equals_int (knownpeers_info (sim, 0)->peer_verified, peer);
  fail_unless_equals_int (knownpeers_info (sim, 1)->verified, peer);
  fail_unless_equals_int (knownpeers_info (sim, 1)->peer_verified, own);
  assert_trust (sim, 0, !own ? ZRTP_TRUST_UNVERIFIED : peer ?
      ZRTP_TRUST_VERIFIED : ZRTP_TRUST_PEER_UNVERIFIED);
  assert_trust (sim, 1, !peer ? ZRTP_TRUST_UNVERIFIED : own ?
      ZRTP_TRUST_VERIFIED : ZRTP_TRUST_PEER_UNVERIFIED);
  /* Comparing now settles it. */
  verify (sim, 0);
  assert_trust (sim, 0, ZRTP_TRUST_VERIFIED);
  hang_up (sim);
}

GST_END_TEST;

GST_START_TEST (test_unverify)
{
  Sim *sim = knownpeers_call (3, 0);
  ZrtpPeer peer;

  verify (sim, 0);
  fail_unless (zrtp_session_unverify_sas (session_of (sim, 0), sim->now));
  knownpeers_settle (sim);
  assert_trust (sim, 0, ZRTP_TRUST_UNVERIFIED);
  peer = knownpeers_peer (0);
  fail_if (peer.verified);
  fail_unless (peer.have_rs1);
  zrtp_peer_clear (&peer);
  /* Every change is told. */
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_TRUST), 3);
  hang_up (sim);
  sim = knownpeers_call (4, 0);
  assert_trust (sim, 0, ZRTP_TRUST_UNVERIFIED);
  fail_if (knownpeers_info (sim, 1)->peer_verified);
  hang_up (sim);
}

GST_END_TEST;

/* V survives calls in which no user says anything. */
GST_START_TEST (test_v_lasts)
{
  Sim *sim = knownpeers_call (5, 0);

  verify (sim, 0);
  verify (sim, 1);
  hang_up (sim);
  for (guint i = 0; i < 4; i++) {
    sim = knownpeers_call (6 + i, i & 1);
    assert_trust (sim, 0, ZRTP_TRUST_VERIFIED);
    assert_trust (sim, 1, ZRTP_TRUST_VERIFIED);
    hang_up (sim);
  }
}

GST_END_TEST;

/* Names */

static Sim *
call_named (guint64 seed, const char *name)
{
  Sim *sim = knownpeers_new (seed);

  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 1);
  zrtp_session_set_peer_name (session_of (sim, 0), name, 0);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  knownpeers_settle (sim);
  return sim;
}

static void
assert_names (Sim * sim, const char *expected, const char *known)
{
  fail_unless_equals_string (knownpeers_info (sim, 0)->peer_name, expected);
  fail_unless_equals_string (knownpeers_info (sim, 0)->known_peer_name, known);
}

GST_START_TEST (test_names)
{
  ZrtpPeer peer;
  Sim *sim = call_named (10, "bob@example.org");

  /* Z-12-01: stored only once verified. */
  assert_names (sim, "bob@example.org", NULL);
  peer = knownpeers_peer (0);
  fail_unless (peer.name == NULL);
  zrtp_peer_clear (&peer);
  verify (sim, 0);
  assert_names (sim, "bob@example.org", "bob@example.org");
  peer = knownpeers_peer (0);
  fail_unless_equals_string (peer.name, "bob@example.org");
  zrtp_peer_clear (&peer);
  hang_up (sim);

  /* The same, no name, another name. */
  sim = call_named (11, "bob@example.org");
  assert_names (sim, "bob@example.org", "bob@example.org");
  assert_trust (sim, 0, ZRTP_TRUST_PEER_UNVERIFIED);
  hang_up (sim);
  sim = call_named (12, NULL);
  assert_names (sim, NULL, "bob@example.org");
  assert_trust (sim, 0, ZRTP_TRUST_PEER_UNVERIFIED);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NAME_MISMATCH),
      0);
  hang_up (sim);
  sim = call_named (13, "carol@example.org");
  assert_names (sim, "carol@example.org", "bob@example.org");
  assert_trust (sim, 0, ZRTP_TRUST_NAME_MISMATCH);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NAME_MISMATCH),
      1);
  /* An alarm is not a cache mismatch: secrets go on as ever. */
  fail_if (knownpeers_info (sim, 0)->cache_mismatch);
  knownpeers_assert_same (TRUE);
  hang_up (sim);
}

GST_END_TEST;

/* Bob has several telephones, and one of them is Carol's as well. */
/* Z-12-02 */
GST_START_TEST (test_names_and_endpoints)
{
  ZrtpPeer peer;
  Sim *sim;

  for (guint phone = 0; phone < 3; phone++) {
    sim = call_named (14 + phone, "bob@example.org");
    assert_names (sim, "bob@example.org", NULL);
    fail_unless_equals_int (knownpeers_events (sim, 0,
            ZRTP_EVENT_NAME_MISMATCH), 0);
    fail_if (knownpeers_info (sim, 0)->cache_mismatch);
    verify (sim, 0);
    hang_up (sim);
    peer = knownpeers_peer (0);
    fail_unless_equals_string (peer.name, "bob@example.org");
    zrtp_peer_clear (&peer);
    if (phone < 2)
      knownpeers_replace_cache (1);
  }
  /* What is kept for the endpoint serves any of its users. */
  sim = call_named (20, "carol@example.org");
  fail_if (knownpeers_info (sim, 0)->cache_mismatch);
  assert_names (sim, "carol@example.org", "bob@example.org");
  knownpeers_assert_same (TRUE);
  hang_up (sim);
}

GST_END_TEST;

static void
assert_new_endpoint (Sim * sim, gboolean alarm)
{
  const ZrtpSessionInfo *info = knownpeers_info (sim, 0);
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (knownpeers_cache[1], zid);
  fail_unless_equals_int (info->new_endpoint, alarm);
  fail_unless_equals_int (info->known_last_seen != 0, alarm);
  fail_if (memcmp (info->known_zid, zid, ZRTP_ZID_SIZE) == 0);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NEW_ENDPOINT),
      alarm);
}

/* The user verified Bob's phone, and now the name comes with another ZID: a new
 * phone, or a man in the middle with a ZID of his own. */
GST_START_TEST (test_new_endpoint)
{
  gint64 seen = knownpeers_wall;
  guint8 old_zid[ZRTP_ZID_SIZE];
  Sim *sim = call_named (40, "bob@example.org");

  assert_new_endpoint (sim, FALSE);
  verify (sim, 0);
  hang_up (sim);
  zrtp_cache_get_zid (knownpeers_cache[1], old_zid);
  knownpeers_wall += 3600;
  knownpeers_replace_cache (1);

  /* Other names, and the same in other letters, are others. */
  sim = call_named (41, "Bob@example.org");
  assert_new_endpoint (sim, FALSE);
  assert_trust (sim, 0, ZRTP_TRUST_UNVERIFIED);
  hang_up (sim);
  sim = call_named (42, NULL);
  assert_new_endpoint (sim, FALSE);
  hang_up (sim);

  sim = call_named (43, "bob@example.org");
  assert_new_endpoint (sim, TRUE);
  assert_trust (sim, 0, ZRTP_TRUST_NEW_ENDPOINT);
  fail_unless (memcmp (knownpeers_info (sim, 0)->known_zid, old_zid,
          ZRTP_ZID_SIZE)
      == 0);
  fail_unless (knownpeers_info (sim, 0)->known_last_seen >= seen
      && knownpeers_info (sim, 0)->known_last_seen < knownpeers_wall);
  /* The users compare: the name belongs to both from now on. */
  verify (sim, 0);
  assert_trust (sim, 0, ZRTP_TRUST_VERIFIED);
  fail_if (knownpeers_info (sim, 0)->new_endpoint);
  hang_up (sim);
  sim = call_named (44, "bob@example.org");
  assert_new_endpoint (sim, FALSE);
  hang_up (sim);
}

GST_END_TEST;

/* The name becomes known in mid-call, and is corrected. */
GST_START_TEST (test_new_endpoint_late)
{
  Sim *sim = call_named (45, "bob@example.org");

  verify (sim, 0);
  hang_up (sim);
  knownpeers_replace_cache (1);
  sim = call_named (46, NULL);
  zrtp_session_set_peer_name (session_of (sim, 0), "bob@example.org", sim->now);
  sim_drain (sim, 0);
  knownpeers_settle (sim);
  assert_new_endpoint (sim, TRUE);
  assert_trust (sim, 0, ZRTP_TRUST_NEW_ENDPOINT);
  zrtp_session_set_peer_name (session_of (sim, 0), "carol@example.org",
      sim->now);
  sim_drain (sim, 0);
  knownpeers_settle (sim);
  assert_trust (sim, 0, ZRTP_TRUST_UNVERIFIED);
  hang_up (sim);
}

GST_END_TEST;

/* Where no user can compare the new endpoint is refused: by either policy, even
 * if it has the auxsecret. */
GST_START_TEST (test_new_endpoint_is_refused)
{
  Sim *sim = call_named (47, "bob@example.org");

  verify (sim, 0);
  hang_up (sim);
  knownpeers_replace_cache (1);
  sim = knownpeers_new (48);
  sim->ends[0].policy.unattended = __i__ == 0;
  sim->ends[0].policy.require_verified = __i__ == 1;
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 1);
    zrtp_session_set_aux_secret (session_of (sim, i), (const guint8 *) "same",
        4);
  }
  zrtp_session_set_peer_name (session_of (sim, 0), "bob@example.org", 0);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 500 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
  fail_if (sim->ends[0].streams[0].have_send);
  fail_unless (strstr (sim->ends[0].streams[0].last_text, "another endpoint")
      != NULL);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NEW_ENDPOINT),
      1);
  hang_up (sim);
}

GST_END_TEST;

/* The user says that it is Carol after all. */
GST_START_TEST (test_name_corrected)
{
  ZrtpPeer peer;
  Sim *sim = call_named (20, "bob@example.org");

  verify (sim, 0);
  hang_up (sim);
  sim = call_named (21, "carol@example.org");
  verify (sim, 0);
  assert_trust (sim, 0, ZRTP_TRUST_VERIFIED);
  assert_names (sim, "carol@example.org", "carol@example.org");
  peer = knownpeers_peer (0);
  fail_unless_equals_string (peer.name, "carol@example.org");
  zrtp_peer_clear (&peer);
  hang_up (sim);
}

GST_END_TEST;

/* The name becomes known in mid-call. */
GST_START_TEST (test_name_late)
{
  Sim *sim = call_named (22, "bob@example.org");

  verify (sim, 0);
  hang_up (sim);
  sim = call_named (23, NULL);
  zrtp_session_set_peer_name (session_of (sim, 0), "carol@example.org",
      sim->now);
  knownpeers_settle (sim);
  assert_trust (sim, 0, ZRTP_TRUST_NAME_MISMATCH);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NAME_MISMATCH),
      1);
  zrtp_session_set_peer_name (session_of (sim, 0), "bob@example.org", sim->now);
  knownpeers_settle (sim);
  assert_trust (sim, 0, ZRTP_TRUST_PEER_UNVERIFIED);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NAME_MISMATCH),
      1);
  hang_up (sim);
}

GST_END_TEST;

/* A mismatch of secrets is the graver alarm. */
GST_START_TEST (test_name_and_cache_mismatch)
{
  Sim *sim = call_named (24, "bob@example.org");

  verify (sim, 0);
  hang_up (sim);
  knownpeers_lose_cache (1);
  sim = call_named (25, "carol@example.org");
  assert_trust (sim, 0, ZRTP_TRUST_CACHE_MISMATCH);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_NAME_MISMATCH),
      1);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_CACHE_MISMATCH),
      1);
  hang_up (sim);
}

GST_END_TEST;

/* auxsecret */

static const struct
{
  const char *a, *b;
  gboolean matched, mismatch_a, mismatch_b;
} aux_rows[] = {
  {NULL, NULL, FALSE, FALSE, FALSE},
  {"one", NULL, FALSE, TRUE, FALSE},
  {NULL, "one", FALSE, FALSE, TRUE},
  {"one", "two", FALSE, TRUE, TRUE},
  {"one", "one", TRUE, FALSE, FALSE},
};

static void
set_aux (Sim * sim, guint which, const char *text)
{
  zrtp_session_set_aux_secret (session_of (sim, which),
      (const guint8 *) text, text ? strlen (text) : 0);
}

GST_START_TEST (test_aux)
{
  Sim *sim = knownpeers_new (30);

  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 1);
    /* Something else before, which no longer counts. */
    set_aux (sim, i, "old");
    set_aux (sim, i, i ? aux_rows[__i__].b : aux_rows[__i__].a);
    sim_start (sim, i);
  }
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  knownpeers_settle (sim);
  /* Z-4.3-05 Z-4.3-06 Z-4.3-11 Z-4.3.2-10 */
  sim_assert_agreed (sim);
  for (guint i = 0; i < 2; i++) {
    const gboolean mismatch = i ? aux_rows[__i__].mismatch_b :
        aux_rows[__i__].mismatch_a;

    /* Z-4.3.2-09: the side that has one is told. */
    fail_unless_equals_int (knownpeers_info (sim, i)->aux_matched,
        aux_rows[__i__].matched);
    fail_unless_equals_int (knownpeers_info (sim, i)->aux_mismatch, mismatch);
    fail_unless_equals_int (knownpeers_events (sim, i, ZRTP_EVENT_AUX_MISMATCH),
        mismatch);
  }
  knownpeers_assert_same (FALSE);
  hang_up (sim);
}

GST_END_TEST;

/* Set in mid-call, it counts from the next exchange on. */
GST_START_TEST (test_aux_counts_from_next)
{
  Sim *sim = knownpeers_call (31, 0);

  set_aux (sim, 0, "one");
  set_aux (sim, 1, "one");
  knownpeers_settle (sim);
  fail_if (knownpeers_info (sim, 0)->aux_matched);
  for (guint i = 0; i < 2; i++)
    zrtp_stream_stop (sim->ends[i].streams[0].stream, sim->now);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless (knownpeers_info (sim, 0)->aux_matched);
  fail_unless (knownpeers_info (sim, 1)->aux_matched);
  hang_up (sim);
}

GST_END_TEST;

/* A cache that fails never ends a call, and is told. */
GST_START_TEST (test_cache_fails)
{
  char *path;
  Sim *sim;

  hang_up (knownpeers_call (40, 0));
  path = g_strdup (zrtp_cache_get_path (knownpeers_cache[__i__]));
  fail_unless (unlink (path) == 0);
  sim = knownpeers_new (41);
  knownpeers_run (sim);
  sim_assert_agreed (sim);
  /* The look-up failed; without it the update waits for the user. */
  fail_unless_equals_int (knownpeers_events (sim, __i__,
          ZRTP_EVENT_CACHE_FAILED), 1);
  fail_unless (strstr (sim->ends[__i__].streams[0].last_text, path) != NULL);
  fail_unless_equals_int (knownpeers_events (sim, 1 - __i__,
          ZRTP_EVENT_CACHE_FAILED), 0);
  assert_trust (sim, __i__, ZRTP_TRUST_UNVERIFIED);
  /* The other one finds that it is not known any more. */
  assert_trust (sim, 1 - __i__, ZRTP_TRUST_CACHE_MISMATCH);
  verify (sim, __i__);
  assert_trust (sim, __i__, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (knownpeers_events (sim, __i__,
          ZRTP_EVENT_CACHE_FAILED), 2);
  g_free (path);
  hang_up (sim);
}

GST_END_TEST;

static Suite *
trust_suite (void)
{
  Suite *suite = suite_create ("trust");
  TCase *tc = tcase_create ("trust");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_loop_test (tc, test_v_flags, 0, 8);
  tcase_add_test (tc, test_unverify);
  tcase_add_test (tc, test_v_lasts);
  tcase_add_test (tc, test_names);
  tcase_add_test (tc, test_names_and_endpoints);
  tcase_add_test (tc, test_new_endpoint);
  tcase_add_test (tc, test_new_endpoint_late);
  tcase_add_loop_test (tc, test_new_endpoint_is_refused, 0, 2);
  tcase_add_test (tc, test_name_corrected);
  tcase_add_test (tc, test_name_late);
  tcase_add_test (tc, test_name_and_cache_mismatch);
  tcase_add_loop_test (tc, test_aux, 0, G_N_ELEMENTS (aux_rows));
  tcase_add_test (tc, test_aux_counts_from_next);
  tcase_add_loop_test (tc, test_cache_fails, 0, 2);
  return suite;
}

GST_CHECK_MAIN (trust);
