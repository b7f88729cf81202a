/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint that starts again before or in the middle of an exchange, and
 * several endpoints on one transport (RFC 6189 5).
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"

static SimStream *
stream_of (Sim * sim, guint which)
{
  return &sim->ends[which].streams[0];
}

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which)
{
  return zrtp_stream_get_info (stream_of (sim, which)->stream);
}

static void
settle (Sim * sim, guint which)
{
  sim_drain (sim, which);
  sim_run (sim, sim->now);
}

/* The program died and was started again: another chain, all state lost. */
static void
restart (Sim * sim, guint which, guint32 ssrc, gboolean new_zid)
{
  SimEndpoint *end = &sim->ends[which];
  SimStream *s = &end->streams[0];

  zrtp_stream_free (s->stream);
  zrtp_session_free (end->session);
  g_free (s->last_text);
  g_string_free (s->trace, TRUE);
  if (new_zid)
    sim->random.fill (sim->random.user_data, end->zid, ZRTP_ZID_SIZE);
  sim_make (sim, which, 1);
  zrtp_stream_start (s->stream, ssrc, sim->now);
  sim_drain (sim, which);
}

/* The initiator (0) or the responder (1) starts again at any moment of the
 * exchange: the other end notices by itself, unless it was secure already. */
static void
check_restart (guint who, gint64 when, guint32 ssrc, gboolean new_zid)
{
  Sim *sim = sim_new (1 + when);
  const guint other = 1 - who;

  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, when);
  restart (sim, who, ssrc, new_zid);
  sim_run (sim, when + SIM_SEC);
  if (sim_state (sim, other) == ZRTP_STATE_SECURE
      && sim_state (sim, who) != ZRTP_STATE_SECURE) {
    /* It was, or what it lacked was on its way. */
    fail_unless (when >= 60 * SIM_MSEC);
    fail_unless_equals_int (stream_of (sim, other)->n_events[ZRTP_EVENT_FORK],
        1);
  } else {
    fail_unless (sim_run_until_secure (sim, 60 * SIM_SEC),
        "%u at %" G_GINT64_FORMAT " us", who, when);
    sim_assert_agreed (sim);
    fail_unless (memcmp (info_of (sim, other)->peer_zid,
            sim->ends[who].zid, ZRTP_ZID_SIZE) == 0);
    fail_unless_equals_uint64 (info_of (sim, other)->peer_ssrc, ssrc);
  }
  sim_free (sim);
}

GST_START_TEST (test_restart_at_any_moment)
{
  const guint who = __i__ & 1;
  const guint32 ssrc = __i__ & 2 ? 0x9999 : 0x1000 * (who + 1);

  for (gint64 when = 0; when < 110 * SIM_MSEC; when += 2500)
    check_restart (who, when, ssrc, (__i__ & 4) != 0);
}

GST_END_TEST;

/* Discovery is over and both wait for go-secure when one starts again. */
GST_START_TEST (test_restart_while_waiting)
{
  for (guint caller = 0; caller < 2; caller++) {
    Sim *sim = sim_new (2);

    sim->ends[0].policy.auto_secure = FALSE;
    sim->ends[1].policy.auto_secure = FALSE;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 20 * SIM_SEC);
    restart (sim, 1, 0x2000, FALSE);
    sim_run (sim, 21 * SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
    fail_unless (info_of (sim, 1)->have_peer);
    fail_unless (zrtp_stream_go_secure (stream_of (sim, caller)->stream,
            sim->now));
    settle (sim, caller);
    fail_unless (sim_run_until_secure (sim, 22 * SIM_SEC));
    sim_assert_agreed (sim);
    fail_unless_equals_int (info_of (sim, caller)->role, ZRTP_ROLE_INITIATOR);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The same endpoint stops and starts, with its Hello or a new one. */
GST_START_TEST (test_stop_and_start)
{
  for (guint renew = 0; renew < 2; renew++) {
    Sim *sim = sim_new_pair (3);
    SimStream *alice = stream_of (sim, 0);

    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 35 * SIM_MSEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
    zrtp_stream_stop (alice->stream, sim->now);
    settle (sim, 0);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_IDLE);
    fail_unless (zrtp_stream_get_deadline (alice->stream) == ZRTP_NEVER);
    if (renew)
      zrtp_stream_renew_hello (alice->stream, &sim->ends[0].policy,
          sim->ends[0].zid);
    sim_start (sim, 0);
    fail_unless (sim_run_until_secure (sim, 60 * SIM_SEC));
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Several endpoints */

static void
assert_forks (Sim * sim, guint n)
{
  fail_unless_equals_int (stream_of (sim, 0)->n_events[ZRTP_EVENT_FORK], n);
}

/* Z-5-06: two answer one Hello. Each is told from the other, one is called, and
 * what the other says does not disturb. */
GST_START_TEST (test_two_answer)
{
  MockPeer mock;
  Sim *sim = sim_new_pair (4);

  mock_peer_init (&mock, stream_of (sim, 0), 0x4242);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 5 * SIM_MSEC);
  mock_peer_hello (&mock);
  sim_run (sim, 35 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  fail_unless_equals_uint64 (info_of (sim, 0)->peer_ssrc, 0x2000);
  /* A copy of the peer's messages would be one's own from another source. */
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_CONF2ACK);
  mock_peer_commit (&mock, NULL);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_assert_agreed (sim);
  assert_forks (sim, 1);
  mock_peer_hello (&mock);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_CONF2ACK);
  assert_forks (sim, 1);
  fail_unless (info_of (sim,
          0)->counters.dropped[ZRTP_DROP_FOREIGN_SOURCE] >= 4);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Each newcomer is reported once, with its names. */
GST_START_TEST (test_forks_are_reported)
{
  Sim *sim = sim_new_pair (5);
  MockPeer puppets[3];

  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < 3; i++) {
      if (round == 0)
        mock_peer_init (&puppets[i], stream_of (sim, 0), 0x100 + i);
      sim_run (sim, sim->now + SIM_SEC);
      mock_peer_hello (&puppets[i]);
      assert_forks (sim, round == 0 ? i + 1 : 3);
    }
  }
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Many others do not push the one out that we wait for. */
GST_START_TEST (test_many_hellos)
{
  Sim *sim = sim_new_pair (6);

  sim->ends[1].policy.passive = TRUE;
  sim_start (sim, 0);
  for (guint i = 0; i < 50; i++) {
    MockPeer mock;

    mock_peer_init (&mock, stream_of (sim, 0), 0x100 + i);
    mock_peer_hello (&mock);
    sim_run (sim, sim->now + 10 * SIM_MSEC);
  }
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 60 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* accept-fork */

/* A secure call in which a new endpoint has said Hello: the old peer's program,
 * started again. */
static Sim *
call_with_fork (guint64 seed, gboolean required, gboolean auto_secure)
{
  Sim *sim = sim_new (seed);

  sim->ends[0].policy.require_encryption = required;
  sim->ends[0].policy.auto_secure = auto_secure;
  sim->ends[1].policy.passive = !auto_secure;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  if (!auto_secure)
    fail_unless (zrtp_stream_go_secure (stream_of (sim, 0)->stream, 0));
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  restart (sim, 1, 0x7777, TRUE);
  sim_run (sim, 2 * SIM_SEC);
  assert_forks (sim, 1);
  return sim;
}

static void
accept_fork (Sim * sim)
{
  fail_unless (zrtp_stream_accept_fork (stream_of (sim, 0)->stream,
          sim->ends[1].zid, sim->now));
  settle (sim, 0);
}

/* Also where clear media is allowed it never passes in between: the check is
 * in the simulation, which sees every step. */
GST_START_TEST (test_accept_never_clear)
{
  Sim *sim = call_with_fork (7, FALSE, TRUE);

  accept_fork (sim);
  fail_unless_equals_int (stream_of (sim, 0)->send, ZRTP_MEDIA_BLOCKED);
  fail_unless_equals_int (stream_of (sim, 0)->receive, ZRTP_MEDIA_BLOCKED);
  fail_if (stream_of (sim, 0)->have_send);
  fail_unless (sim_run_until_secure (sim, 4 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* The user asked for this exchange, so it needs no second word. */
GST_START_TEST (test_accept_goes_secure)
{
  Sim *sim = call_with_fork (8, TRUE, FALSE);

  accept_fork (sim);
  fail_unless (sim_run_until_secure (sim, 4 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_uint64 (info_of (sim, 0)->peer_ssrc, 0x7777);
  sim_free (sim);
}

GST_END_TEST;

/* A new chain, a new SAS, a new Hello that is told of. */
GST_START_TEST (test_accept_makes_all_new)
{
  Sim *sim = call_with_fork (9, TRUE, TRUE);
  SimStream *alice = stream_of (sim, 0);
  char *hash = g_strdup (zrtp_stream_get_hello_hash (alice->stream));
  const ZrtpSrtpKeys keys = alice->send_keys;

  accept_fork (sim);
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_HELLO], 1);
  fail_if (strcmp (hash, zrtp_stream_get_hello_hash (alice->stream)) == 0);
  fail_if (zrtp_session_get_info (sim->ends[0].session)->have_sas);
  fail_unless (sim_run_until_secure (sim, 4 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_SAS], 2);
  fail_if (memcmp (keys.key, alice->send_keys.key, 16) == 0);
  /* It was for that one only. */
  fail_if (zrtp_stream_accept_fork (alice->stream, sim->ends[1].zid, sim->now));
  g_free (hash);
  sim_free (sim);
}

GST_END_TEST;

/* A call of two streams: there is one session and so one peer. Whichever stream
 * the user says it on, the whole call moves. */

static void
restart_all (Sim * sim, guint which, gboolean new_zid, guint n_started)
{
  SimEndpoint *end = &sim->ends[which];

  for (guint i = 0; i < end->n_streams; i++) {
    zrtp_stream_free (end->streams[i].stream);
    g_free (end->streams[i].last_text);
    g_string_free (end->streams[i].trace, TRUE);
  }
  zrtp_session_free (end->session);
  if (new_zid)
    sim->random.fill (sim->random.user_data, end->zid, ZRTP_ZID_SIZE);
  sim_make (sim, which, end->n_streams);
  for (guint i = 0; i < n_started; i++)
    zrtp_stream_start (end->streams[i].stream, 0x1000 * (which + 1) + i,
        sim->now);
  sim_drain (sim, which);
}

GST_START_TEST (test_accept_with_two_streams)
{
  static const gint64 waits[] = { 0, 100 * SIM_MSEC, SIM_SEC, 20 * SIM_SEC };

  for (guint n = 0; n < 16; n++) {
    const guint first_told = n & 1, new_zid = n >> 1 & 1;
    const gint64 wait = waits[n >> 2];
    Sim *sim = sim_new (300 + n);
    char *sas;

    sim_make (sim, 0, 2);
    sim_make (sim, 1, 2);
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);
    restart_all (sim, 1, new_zid, 2);
    sim_run (sim, 2 * SIM_SEC);
    for (guint i = 0; i < 2; i++)
      fail_unless_equals_int (sim->ends[0].streams[i].n_events[ZRTP_EVENT_FORK],
          1);

    fail_unless (zrtp_stream_accept_fork (sim->ends[0].
            streams[first_told].stream, sim->ends[1].zid, sim->now));
    settle (sim, 0);
    sim_run (sim, sim->now + wait);
    /* Said on the other stream as well it is no other wish. */
    zrtp_stream_accept_fork (sim->ends[0].streams[1 - first_told].stream,
        sim->ends[1].zid, sim->now);
    settle (sim, 0);
    fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC),
        "case %u", n);
    sim_assert_agreed (sim);
    fail_if (strcmp (sas,
            zrtp_session_get_info (sim->ends[0].session)->sas) == 0);
    g_free (sas);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The newcomer's second stream comes later than its first. */
GST_START_TEST (test_accept_one_after_the_other)
{
  static const gint64 waits[] = { SIM_SEC, 3 * SIM_SEC, 15 * SIM_SEC };

  for (guint n = 0; n < 6; n++) {
    Sim *sim = sim_new (400 + n);
    SimEndpoint *alice = &sim->ends[0], *bob = &sim->ends[1];

    for (guint i = 0; i < 2; i++)
      sim_make (sim, i, 2);
    for (guint i = 0; i < 2; i++)
      sim_start (sim, i);
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    restart_all (sim, 1, n & 1, 1);
    sim_run (sim, 2 * SIM_SEC);
    fail_unless (zrtp_stream_accept_fork (alice->streams[0].stream,
            sim->ends[1].zid, sim->now));
    settle (sim, 0);
    sim_run (sim, sim->now + waits[n / 2]);
    /* Nothing happened to the other stream so far. */
    fail_unless_equals_int (zrtp_stream_get_info (alice->streams[1].
            stream)->state, ZRTP_STATE_SECURE);
    zrtp_stream_start (bob->streams[1].stream, 0x2001, sim->now);
    settle (sim, 1);
    sim_run (sim, sim->now + SIM_SEC);
    fail_unless (zrtp_stream_accept_fork (alice->streams[1].stream,
            sim->ends[1].zid, sim->now));
    settle (sim, 0);
    fail_unless (sim_run_until_secure (sim, sim->now + 20 * SIM_SEC),
        "case %u", n);
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static Suite *
restart_suite (void)
{
  Suite *suite = suite_create ("restart");
  TCase *tc = tcase_create ("restart");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_restart_at_any_moment, 0, 8);
  tcase_add_test (tc, test_restart_while_waiting);
  tcase_add_test (tc, test_stop_and_start);
  tcase_add_test (tc, test_two_answer);
  tcase_add_test (tc, test_forks_are_reported);
  tcase_add_test (tc, test_many_hellos);
  tcase_add_test (tc, test_accept_never_clear);
  tcase_add_test (tc, test_accept_goes_secure);
  tcase_add_test (tc, test_accept_makes_all_new);
  tcase_add_test (tc, test_accept_with_two_streams);
  tcase_add_test (tc, test_accept_one_after_the_other);
  return suite;
}

GST_CHECK_MAIN (restart);
