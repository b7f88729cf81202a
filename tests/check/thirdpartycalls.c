/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint that is not the peer says Hello, Commit and Error on a stream of
 * a call: it may cost time, but neither keys, nor the SAS, nor the peer's turn.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

static const char *const mult[ZRTP_N_KINDS] = {
  "S256", "AES1", "HS80", "Mult", "B32 "
};

static ZrtpStream *
stream_of (Sim * sim, guint which, guint index)
{
  return sim->ends[which].streams[index].stream;
}

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which, guint index)
{
  return zrtp_stream_get_info (stream_of (sim, which, index));
}

static void
assert_both_secure (Sim * sim, guint index)
{
  const SimStream *a = &sim->ends[0].streams[index];
  const SimStream *b = &sim->ends[1].streams[index];

  fail_unless_equals_int (info_of (sim, 0, index)->state, ZRTP_STATE_SECURE);
  fail_unless_equals_int (info_of (sim, 1, index)->state, ZRTP_STATE_SECURE);
  fail_unless (memcmp (a->send_keys.key, b->receive_keys.key, 16) == 0);
  fail_unless (memcmp (b->send_keys.key, a->receive_keys.key, 16) == 0);
}

/* A puppet that has what an eavesdropper has of the peer that @to is secure with:
 * its Hello, H2 of its Commit, H1 of its DHPart2. */
static void
eavesdrop (MockPeer * mock, SimStream * to, const ZrtpStream * peer)
{
  mock_peer_init (mock, to, peer->ssrc);
  memcpy (mock->h[1], peer->own.chain[1],
      sizeof peer->own.chain - sizeof peer->own.chain[0]);
  memcpy (mock->hello.zid, peer->zid, ZRTP_ZID_SIZE);
}

/* Z-4.4.3-01: our Multistream Commit goes unanswered for a while, and an
 * endpoint asks for Diffie-Hellman: the call's ZRTPSess and SAS stay what they
 * are. */
GST_START_TEST (test_dh_while_mult_waits)
{
  Sim *sim = sim_new_second_stream (1);
  PacketLog *log = packet_log_new (sim);
  SimStream *video = &sim->ends[0].streams[1];
  MockPeer slow, other;

  mock_peer_init (&slow, video, 0x4444);
  memcpy (slow.hello.zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  mock_peer_init (&other, video, 0x6666);
  sim_start_stream (sim, 0, 1);
  mock_peer_hello (&slow);
  mock_peer_ack (&slow, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_COMMIT), 1);
  mock_peer_hello (&other);
  /* Before we look for another endpoint by ourselves. */
  sim_run (sim, sim->now + 1020 * SIM_MSEC);
  fail_unless_equals_int (stream_of (sim, 0, 1)->step, ZRTP_STEP_COMMIT_SENT);
  mock_peer_commit (&other, NULL);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_DHPART1), 0);
  fail_unless (zrtp_session_get_info (sim->ends[0].session)->have_sas);
  assert_both_secure (sim, 0);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Bob, who answered and heard no SRTP since, believes that Alice starts over; but
 * not what only an eavesdropper would say. */
static void
check_start_over (Sim * sim, guint index, const char *const *names)
{
  SimStream *bob = &sim->ends[1].streams[index];
  PacketLog *log = packet_log_new (sim);
  MockPeer mock;

  eavesdrop (&mock, bob, stream_of (sim, 0, index));
  sim_run (sim, sim->now + 6 * SIM_SEC);
  mock_peer_commit (&mock, names);
  fail_unless_equals_int (packet_log_count (log, 1, ZRTP_MESSAGE_CONFIRM1), 0);
  fail_unless_equals_int (packet_log_count (log, 1, ZRTP_MESSAGE_DHPART1), 0);
  fail_unless (zrtp_session_get_info (sim->ends[1].session)->have_sas);
  assert_both_secure (sim, index);
  packet_log_free (log);
}

/* In Multistream mode what came of Diffie-Hellman can't be started over. Its
 * ZRTPSess would go first, and Confirm1, with our H0, be sealed with what is left
 * of it. */
GST_START_TEST (test_dh_started_over_by_mult)
{
  Sim *sim = sim_new_second_stream (2);

  check_start_over (sim, 0, mult);
  sim_free (sim);
}

GST_END_TEST;

/* Nor is there another Diffie-Hellman exchange while a second stream has keys of
 * the first one's (4.4.3). */
GST_START_TEST (test_dh_started_over_beside_mult)
{
  Sim *sim = sim_new_second_stream (3);

  sim_start_stream (sim, 0, 1);
  sim_start_stream (sim, 1, 1);
  sim_run (sim, sim->now + SIM_SEC);
  assert_both_secure (sim, 1);
  check_start_over (sim, 0, NULL);
  check_start_over (sim, 1, NULL);
  sim_free (sim);
}

GST_END_TEST;

static gboolean
no_conf2ack_for_video (const PacketLogEntry * entry, gpointer unused)
{
  return entry->message.type != ZRTP_MESSAGE_CONF2ACK || entry->stream == 0;
}

/* An honest one: Alice never gets the Conf2ACK of the second stream, and Bob has
 * stopped the first meanwhile. ZRTPSess is needed still. */
GST_START_TEST (test_mult_started_over)
{
  Sim *sim = sim_new_second_stream (4);
  PacketLog *log = packet_log_new (sim);

  log->rule = no_conf2ack_for_video;
  sim_start_stream (sim, 0, 1);
  sim_start_stream (sim, 1, 1);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless_equals_int (info_of (sim, 1, 1)->state, ZRTP_STATE_SECURE);
  fail_if (info_of (sim, 0, 1)->state == ZRTP_STATE_SECURE);
  zrtp_stream_stop (stream_of (sim, 1, 0), sim->now);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + 9 * SIM_SEC);
  log->rule = NULL;
  sim_run (sim, sim->now + 20 * SIM_SEC);
  fail_unless (packet_log_count (log, 0, ZRTP_MESSAGE_COMMIT) >= 2);
  assert_both_secure (sim, 1);
  for (guint e = 0; e < 2; e++)
    fail_unless_equals_int (sim->ends[e].
        streams[1].n_events[ZRTP_EVENT_SECURITY], 0);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Who has the peer's ZID but not ZRTPSess gets a Confirm1 and no further, and
 * after a while the peer gets its turn. */
GST_START_TEST (test_mult_held_up)
{
  Sim *sim = sim_new_second_stream (5);
  MockPeer mock;

  mock_peer_init (&mock, &sim->ends[1].streams[1], 0x6666);
  memcpy (mock.hello.zid, sim->ends[0].zid, ZRTP_ZID_SIZE);
  sim_start_stream (sim, 1, 1);
  mock_peer_hello (&mock);
  mock_peer_commit (&mock, mult);
  fail_unless_equals_int (info_of (sim, 1, 1)->state, ZRTP_STATE_NEGOTIATING);
  /* What was said to the third party is over by then. */
  sim_run (sim, sim->now + 100 * SIM_MSEC);
  sim_start_stream (sim, 0, 1);
  sim_run (sim, sim->now + 3 * SIM_SEC);
  assert_both_secure (sim, 1);
  sim_free (sim);
}

GST_END_TEST;

/* The answer to a Multistream Commit gets lost until Bob gives up; that Alice still
 * asks with the same nonce then is no attack (4.4.3.1). */
static gboolean
no_early_second_commit (const PacketLogEntry * entry, gpointer user_data)
{
  guint *commits = user_data;

  if (entry->message.type == ZRTP_MESSAGE_COMMIT)
    return (*commits)++ == 0 || entry->when > 14 * SIM_SEC;
  return entry->message.type != ZRTP_MESSAGE_CONFIRM1
      && entry->message.type != ZRTP_MESSAGE_ERROR;
}

GST_START_TEST (test_late_mult_commit)
{
  Sim *sim = sim_new (14);
  PacketLog *log;
  guint commits = 0;

  sim->ends[0].policy.retry_timeout_ms = 300;
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  sim_start_stream (sim, 0, 0);
  sim_start_stream (sim, 1, 0);
  sim_run (sim, SIM_SEC);
  log = packet_log_new (sim);
  log->rule = no_early_second_commit;
  log->rule_data = &commits;
  sim_start_stream (sim, 0, 1);
  sim_start_stream (sim, 1, 1);
  sim_run (sim, 12 * SIM_SEC);
  fail_unless_equals_int (sim->ends[1].streams[1].last_error,
      ZRTP_ERROR_TIMEOUT);
  sim_run (sim, 17 * SIM_SEC);
  fail_unless (commits > 2);
  fail_unless_equals_int (info_of (sim, 1, 1)->state, ZRTP_STATE_DISCOVERING);
  log->rule = NULL;
  sim_run (sim, 40 * SIM_SEC);
  assert_both_secure (sim, 1);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Once there is a peer no other endpoint speaks for it, in an Error as little
 * as in a HelloACK; before, it may be all that an endpoint of another version
 * says. */
GST_START_TEST (test_error_before_commit)
{
  Sim *sim = sim_new (6);
  MockPeer other;

  sim->ends[1].policy.passive = TRUE;
  sim->ends[0].policy.auto_secure = FALSE;
  sim->ends[0].policy.require_encryption = FALSE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, SIM_SEC);
  for (guint e = 0; e < 2; e++) {
    mock_peer_init (&other, &sim->ends[e].streams[0], 0x6666);
    mock_peer_error (&other, ZRTP_ERROR_SOFTWARE);
    fail_unless_equals_int (sim_state (sim, e), ZRTP_STATE_DISCOVERING);
  }
  fail_unless (zrtp_stream_go_secure (stream_of (sim, 0, 0), sim->now));
  sim_drain (sim, 0);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* On a further stream the call's peer comes before any other that says Hello,
 * be it that this one has our Hello, too, or could not do Multistream mode. */
GST_START_TEST (test_peer_of_the_call_first)
{
  for (guint with_mult = 0; with_mult < 2; with_mult++) {
    Sim *sim = sim_new_second_stream (7 + with_mult);
    MockPeer other;

    mock_peer_init (&other, &sim->ends[0].streams[1], 0x6666);
    other.hello.n_names[ZRTP_KIND_KEY_AGREEMENT] -= 1 - with_mult;
    sim_start_stream (sim, 0, 1);
    mock_peer_hello (&other);
    mock_peer_ack (&other, ZRTP_MESSAGE_HELLO_ACK);
    fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_DISCOVERING);
    sim_start_stream (sim, 1, 1);
    sim_run (sim, sim->now + 25 * SIM_MSEC);
    mock_peer_hello (&other);
    mock_peer_ack (&other, ZRTP_MESSAGE_HELLO_ACK);
    sim_run (sim, sim->now + SIM_SEC);
    assert_both_secure (sim, 1);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Discovery is over, and both wait until a user wants to go secure. Then many
 * others say Hello: the peer, which says it no more, is not forgotten. */
GST_START_TEST (test_peer_is_not_pushed_out)
{
  for (guint caller = 0; caller < 2; caller++) {
    Sim *sim = sim_new (9 + caller);

    for (guint e = 0; e < 2; e++) {
      sim->ends[e].policy.auto_secure = FALSE;
      sim_make (sim, e, 1);
    }
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 2 * SIM_SEC);
    for (guint i = 0; i < 50; i++) {
      MockPeer mock;

      mock_peer_init (&mock, &sim->ends[0].streams[0], 0x100 + i);
      mock_peer_hello (&mock);
      sim_run (sim, sim->now + 10 * SIM_MSEC);
    }
    fail_unless (zrtp_stream_go_secure (stream_of (sim, caller, 0), sim->now));
    sim_drain (sim, caller);
    fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Getting ready for each that says Hello, each with another key agreement and
 * another ZID, neither keeps us computing nor the disk reading. */
GST_START_TEST (test_little_is_prepared)
{
  Sim *sim = sim_new (11);

  sim->ends[0].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  for (guint i = 0; i < 3000; i++) {
    MockPeer mock;

    mock_peer_init (&mock, &sim->ends[0].streams[0], 0x66000000 + i);
    memcpy (mock.hello.names[ZRTP_KIND_KEY_AGREEMENT][0],
        i % 2 ? "EC25" : "X255", 4);
    mock_peer_hello (&mock);
    mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
    sim_run (sim, sim->now + 20 * SIM_MSEC);
  }
  /* In a minute. */
  fail_unless (sim->ends[0].jobs < 1300, "%u jobs", sim->ends[0].jobs);
  sim_free (sim);
}

GST_END_TEST;

/* After proof of tampering nothing passes in clear, though the user moves on to
 * another one who said Hello. */
GST_START_TEST (test_tampered_then_moved)
{
  Sim *sim = sim_new (15);
  ZrtpStream *stream;
  MockPeer other;
  char *wrong = g_strnfill (64, '0');

  sim->ends[0].policy.require_encryption = FALSE;
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  stream = stream_of (sim, 0, 0);
  while (stream->step != ZRTP_STEP_COMMIT_SENT)
    sim_run (sim, sim->now + SIM_MSEC);
  mock_peer_init (&other, &sim->ends[0].streams[0], 0x4444);
  mock_peer_hello (&other);
  sim->ends[1].dead = TRUE;
  fail_unless (zrtp_stream_set_peer_hello_hash (stream, wrong, sim->now));
  fail_unless_equals_int (info_of (sim, 0, 0)->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (info_of (sim, 0, 0)->send, ZRTP_MEDIA_BLOCKED);
  fail_unless (zrtp_stream_set_peer_hello_hash (stream, NULL, sim->now));
  fail_unless (zrtp_stream_accept_fork (stream, other.hello.zid, sim->now));
  fail_unless_equals_int (info_of (sim, 0, 0)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_int (info_of (sim, 0, 0)->send, ZRTP_MEDIA_BLOCKED);
  fail_unless_equals_int (info_of (sim, 0, 0)->receive, ZRTP_MEDIA_BLOCKED);
  /* The application's stop ends it. */
  zrtp_stream_stop (stream, sim->now);
  fail_unless_equals_int (info_of (sim, 0, 0)->send, ZRTP_MEDIA_CLEAR);
  g_free (wrong);
  sim_free (sim);
}

GST_END_TEST;

/* They are told of, but not a hundred times a second. */
GST_START_TEST (test_few_forks_are_told)
{
  Sim *sim = sim_new_second_stream (12);
  SimStream *audio = &sim->ends[0].streams[0];

  for (guint i = 0; i < 1000; i++) {
    MockPeer mock;

    mock_peer_init (&mock, audio, 0x66000000 + i);
    mock_peer_hello (&mock);
    sim_run (sim, sim->now + 10 * SIM_MSEC);
  }
  fail_unless (audio->n_events[ZRTP_EVENT_FORK] >= 10);
  fail_unless (audio->n_events[ZRTP_EVENT_FORK] < 20, "%u in ten seconds",
      audio->n_events[ZRTP_EVENT_FORK]);
  assert_both_secure (sim, 0);
  sim_free (sim);
}

GST_END_TEST;

/* The same of requests to end encryption that are not the peer's. */
GST_START_TEST (test_few_forgeries_are_told)
{
  const ZrtpMessage forged = {.type = ZRTP_MESSAGE_GO_CLEAR };
  Sim *sim = sim_new_second_stream (13);
  SimStream *audio = &sim->ends[0].streams[0];
  MockPeer mock;

  mock_peer_init (&mock, audio, 0x2000);
  for (guint i = 0; i < 1000; i++) {
    mock_peer_say (&mock, &forged, NULL);
    sim_run (sim, sim->now + 10 * SIM_MSEC);
  }
  fail_unless (audio->n_events[ZRTP_EVENT_SECURITY] >= 1);
  fail_unless (audio->n_events[ZRTP_EVENT_SECURITY] < 20,
      "%u in ten seconds", audio->n_events[ZRTP_EVENT_SECURITY]);
  fail_unless_equals_uint64 (info_of (sim, 0,
          0)->counters.dropped[ZRTP_DROP_BAD_MAC], 1000);
  assert_both_secure (sim, 0);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
thirdpartycalls_suite (void)
{
  Suite *suite = suite_create ("thirdpartycalls");
  TCase *tc = tcase_create ("third parties");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_dh_while_mult_waits);
  tcase_add_test (tc, test_dh_started_over_by_mult);
  tcase_add_test (tc, test_dh_started_over_beside_mult);
  tcase_add_test (tc, test_mult_started_over);
  tcase_add_test (tc, test_mult_held_up);
  tcase_add_test (tc, test_late_mult_commit);
  tcase_add_test (tc, test_error_before_commit);
  tcase_add_test (tc, test_peer_of_the_call_first);
  tcase_add_test (tc, test_peer_is_not_pushed_out);
  tcase_add_test (tc, test_little_is_prepared);
  tcase_add_test (tc, test_tampered_then_moved);
  tcase_add_test (tc, test_few_forks_are_told);
  tcase_add_test (tc, test_few_forgeries_are_told);
  return suite;
}

GST_CHECK_MAIN (thirdpartycalls);
