/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint starts again in mid-call. The peer, of a stack that answers no Hello
 * while it is secure, goes on: nothing passes in clear.
 */
#include "cache-common.h"
#include "knownpeers-common.h"

static SimStream *
alice_of (Sim * sim)
{
  return &sim->ends[0].streams[0];
}

static const ZrtpStreamInfo *
info_of (Sim * sim)
{
  return zrtp_stream_get_info (alice_of (sim)->stream);
}

static void
hear (Sim * sim, ZrtpMedia kind)
{
  zrtp_stream_media_received (alice_of (sim)->stream, kind, sim->now);
  sim_drain (sim, 0);
}

/* Alice alone, whose policy allows clear media. */
static Sim *
begin (guint64 seed, const char *name)
{
  Sim *sim = knownpeers_new (seed);

  sim->ends[0].policy.require_encryption = FALSE;
  sim->ends[0].policy.allow_clear = TRUE;
  sim_make (sim, 0, 1);
  if (name)
    zrtp_session_set_peer_name (sim->ends[0].session, name, 0);
  return sim;
}

static void
assert_blocked (Sim * sim, gboolean blocked)
{
  const ZrtpMedia media = blocked ? ZRTP_MEDIA_BLOCKED : ZRTP_MEDIA_CLEAR;

  fail_unless_equals_int (info_of (sim)->send, media);
  fail_unless_equals_int (info_of (sim)->receive, media);
}

/* A verified call with "bob", which ended @ago seconds before the next. */
static void
call_bob (guint64 seed, guint ago)
{
  Sim *sim = knownpeers_new (seed);

  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  zrtp_session_set_peer_name (sim->ends[0].session, "bob", 0);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  knownpeers_settle (sim);
  fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
  knownpeers_settle (sim);
  sim_free (sim);
  knownpeers_wall += ago;
}

/* The transport had keys a moment ago: nothing in clear during the Hello schedule,
 * and none at all if the sources of that call go on. */
GST_START_TEST (test_suspected)
{
  const gboolean goes_on = __i__ & 1, clear_too = __i__ & 2;
  Sim *sim = begin (1 + __i__, NULL);

  zrtp_stream_suspect_lost_call (alice_of (sim)->stream);
  sim_start (sim, 0);
  sim_run (sim, 20 * SIM_MSEC);
  assert_blocked (sim, TRUE);
  if (goes_on)
    hear (sim, ZRTP_MEDIA_SECURE);
  if (clear_too)
    hear (sim, ZRTP_MEDIA_CLEAR);
  sim_run (sim, 3900 * SIM_MSEC);
  assert_blocked (sim, TRUE);
  fail_unless_equals_int (info_of (sim)->lost_call, goes_on);
  sim_run (sim, 300 * SIM_SEC);
  assert_blocked (sim, goes_on);
  fail_unless_equals_int (sim_state (sim, 0), clear_too && !goes_on ?
      ZRTP_STATE_NO_ZRTP : ZRTP_STATE_DISCOVERING);
  /* A new call forgets it. */
  zrtp_stream_stop (alice_of (sim)->stream, sim->now);
  sim_start (sim, 0);
  sim_run (sim, sim->now + SIM_SEC);
  assert_blocked (sim, FALSE);
  fail_if (info_of (sim)->lost_call);
  sim_free (sim);
}

GST_END_TEST;

/* The file knows the name that the application expects. */
GST_START_TEST (test_named)
{
  const gboolean recent = __i__ == 0;
  Sim *sim;

  call_bob (10, recent ? ZRTP_RECENT_CALL - 60 : ZRTP_RECENT_CALL + 60);
  sim = begin (11, "bob");
  sim_start (sim, 0);
  /* Before the file has been read. */
  assert_blocked (sim, TRUE);
  hear (sim, ZRTP_MEDIA_CLEAR);
  sim_run (sim, 300 * SIM_SEC);
  assert_blocked (sim, recent);
  fail_unless_equals_int (info_of (sim)->lost_call, recent);
  fail_unless_equals_int (sim_state (sim, 0), recent ?
      ZRTP_STATE_DISCOVERING : ZRTP_STATE_NO_ZRTP);
  /* The application decides. */
  zrtp_session_set_peer_name (sim->ends[0].session, "bob", sim->now);
  assert_blocked (sim, TRUE);
  zrtp_session_set_peer_name (sim->ends[0].session, NULL, sim->now);
  sim_drain (sim, 0);
  assert_blocked (sim, FALSE);
  fail_if (info_of (sim)->lost_call);
  sim_free (sim);
}

GST_END_TEST;

/* Names that no recent call had, and a peer that answers. */
GST_START_TEST (test_others)
{
  Sim *sim;

  call_bob (20, 60);
  sim = begin (21, "carol");
  sim_start (sim, 0);
  hear (sim, ZRTP_MEDIA_CLEAR);
  sim_run (sim, 300 * SIM_SEC);
  assert_blocked (sim, FALSE);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NO_ZRTP);
  sim_free (sim);

  sim = begin (22, "bob");
  zrtp_stream_suspect_lost_call (alice_of (sim)->stream);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  hear (sim, ZRTP_MEDIA_SECURE);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Once there are keys nothing is lost: a call with a peer of that name may go to clear
 * where both users want that, whenever the application names the peer. */
GST_START_TEST (test_clear_after_secure)
{
  Sim *sim;

  call_bob (30, 60);
  sim = begin (31, __i__ == 0 ? "bob" : NULL);
  sim->ends[1].policy.require_encryption = FALSE;
  sim->ends[1].policy.allow_clear = TRUE;
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  sim_talk (sim);
  if (__i__ == 1)
    zrtp_session_set_peer_name (sim->ends[0].session, "bob", sim->now);
  sim_drain (sim, 0);
  sim_run (sim, sim->now + SIM_SEC);
  fail_if (info_of (sim)->lost_call);
  fail_unless (zrtp_session_go_clear (sim->ends[0].session, sim->now));
  sim_drain (sim, 0);
  sim_run (sim, sim->now + SIM_SEC);
  zrtp_session_accept_clear (sim->ends[1].session, sim->now);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_CLEAR);
  assert_blocked (sim, FALSE);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
lostcall_suite (void)
{
  Suite *s = suite_create ("lostcall");
  TCase *tc = tcase_create ("lostcall");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_loop_test (tc, test_suspected, 0, 4);
  tcase_add_loop_test (tc, test_named, 0, 2);
  tcase_add_test (tc, test_others);
  tcase_add_loop_test (tc, test_clear_after_secure, 0, 2);
  return s;
}

GST_CHECK_MAIN (lostcall);
