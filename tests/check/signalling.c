/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signalling that changes its mind (RFC 6189 5, 8.1): forked calls, transfers and
 * restarts, with and without a=zrtp-hash.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"
#include "trial-common.h"

#define OTHER "fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df"

static const gint64 delays[] = { 0, 30 * SIM_MSEC, 300 * SIM_MSEC,
  SIM_SEC, 3 * SIM_SEC
};

static void
announce (Sim * sim, guint which, const char *value)
{
  fail_unless (zrtp_stream_set_peer_hello_hash (trial_stream (sim,
              which)->stream, value, sim->now));
  trial_settle (sim, which);
}

static const char *
hash_of (Sim * sim, guint which)
{
  return zrtp_stream_get_hello_hash (trial_stream (sim, which)->stream);
}

/* A secure call where both sides were announced. */
static Sim *
announced_call (guint64 seed)
{
  Sim *sim = knownpeers_call (seed, 0);

  announce (sim, 0, hash_of (sim, 1));
  announce (sim, 1, hash_of (sim, 0));
  fail_unless_equals_int (trial_info (sim, 0)->hello_hash_status,
      ZRTP_HELLO_HASH_MATCH);
  return sim;
}

/* Each stream of either endpoint announces its Hello to the one at the other side. */
static void
announce_all (Sim * sim)
{
  for (guint which = 0; which < 2; which++) {
    for (guint i = 0; i < sim->ends[which].n_streams; i++) {
      const char *hash =
          zrtp_stream_get_hello_hash (sim->ends[1 - which].streams[i].stream);

      fail_unless (zrtp_stream_set_peer_hello_hash (sim->ends[which].streams[i].
              stream, hash, sim->now));
      sim_drain (sim, which);
    }
  }
}

static void
assert_no_alarm (Sim * sim)
{
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_SECURITY), 0);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_CACHE_MISMATCH),
      0);
  fail_unless_equals_int (trial_info (sim, 0)->hello_hash_status,
      ZRTP_HELLO_HASH_MATCH);
}

/* The endpoint at the other side gives way to another, as by a transfer, or it is
 * the same, restarted. */
static void
replace (Sim * sim, gboolean other)
{
  const guint n = sim->ends[1].n_streams;

  trial_kill (sim, 1);
  if (other) {
    knownpeers_replace_cache (1);
    sim->ends[1].cache = knownpeers_cache[1];
    sim->random.fill (sim->random.user_data, sim->ends[1].zid, ZRTP_ZID_SIZE);
  }
  sim_make (sim, 1, n);
}

/* The first answer announces another endpoint, whose Hello never comes. */
GST_START_TEST (test_second_answer)
{
  for (guint seed = 0; seed < 10; seed++) {
    Sim *sim = sim_new_pair (900 + seed);

    announce (sim, 0, OTHER);
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, sim->now + delays[__i__]);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
    announce (sim, 0, hash_of (sim, 1));
    fail_unless (sim_run_until_secure (sim, sim->now + 1250 * SIM_MSEC));
    sim_assert_agreed (sim);
    assert_no_alarm (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static gboolean
lose_first (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  return from->endpoint->id != 0;
}

/* The endpoint of the first answer came, too, and we negotiate with it. Until the
 * second answer comes our packets go there alone. */
GST_START_TEST (test_second_answer_in_exchange)
{
  for (guint seed = 0; seed < 10; seed++) {
    Sim *sim = sim_new_pair (920 + seed);
    MockPeer answerer;
    GBytes *hello;
    char *digest;

    sim->filter = lose_first;
    mock_peer_init (&answerer, trial_stream (sim, 0), 0x5000);
    hello = mock_peer_make_hello (&answerer);
    digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, hello);
    announce (sim, 0, digest);
    sim_start (sim, 0);
    mock_peer_hello (&answerer);
    mock_peer_ack (&answerer, ZRTP_MESSAGE_HELLO_ACK);
    if (seed % 2)
      mock_peer_commit (&answerer, NULL);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
    sim_start (sim, 1);
    sim_run (sim, sim->now + MAX (delays[__i__], 20 * SIM_MSEC));
    sim->filter = NULL;
    announce (sim, 0, hash_of (sim, 1));
    fail_unless (sim_run_until_secure (sim, sim->now + 1250 * SIM_MSEC));
    sim_assert_agreed (sim);
    assert_no_alarm (sim);
    g_bytes_unref (hello);
    g_free (digest);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The new endpoint says Hello before the announcement comes, or after it. */
GST_START_TEST (test_transfer)
{
  const gboolean other = __i__ & 1, early = __i__ >> 1;
  Sim *sim = announced_call (940 + __i__);
  char *sas = g_strdup (knownpeers_info (sim, 0)->sas);
  char *hash = g_strdup (hash_of (sim, 0));
  SimStream *alice = trial_stream (sim, 0);

  replace (sim, other);
  if (early) {
    sim_start (sim, 1);
    sim_run (sim, sim->now + 3 * SIM_SEC);
    /* Refused by its hash, but told of. */
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
    fail_unless_equals_int (alice->n_events[ZRTP_EVENT_FORK], 1);
    fail_if (zrtp_stream_accept_fork (alice->stream, sim->ends[1].zid,
            sim->now));
  }
  announce (sim, 0, hash_of (sim, 1));
  /* The answer announces the Hello of the next exchange. */
  fail_if (g_str_equal (hash, hash_of (sim, 0)));
  g_free (hash);
  hash = g_strdup (hash_of (sim, 0));
  announce (sim, 1, hash);
  if (!early) {
    /* Until the Hello comes the call goes on. */
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
    fail_unless_equals_int (trial_info (sim, 0)->hello_hash_status,
        ZRTP_HELLO_HASH_ABSENT);
    sim_run (sim, sim->now + 5 * SIM_SEC);
    fail_unless_equals_string (sas, knownpeers_info (sim, 0)->sas);
    sim_start (sim, 1);
  }
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
  fail_if (g_str_equal (sas, knownpeers_info (sim, 0)->sas));
  fail_unless_equals_string (hash, hash_of (sim, 0));
  assert_no_alarm (sim);
  g_free (sas);
  g_free (hash);
  sim_free (sim);
}

GST_END_TEST;

/* A first announcement that does not fit is an alarm still, also after one was
 * taken back that was of another. */
GST_START_TEST (test_tampering)
{
  Sim *sim = knownpeers_call (960, 0);

  announce (sim, 0, OTHER);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_SECURITY), 1);
  sim_free (sim);
}

GST_END_TEST;

/* A call with sound and picture is transferred, or its peer starts again: one SAS for
 * both streams, and no alarm. */
GST_START_TEST (test_transfer_of_two)
{
  const gboolean other = __i__ & 1, apart = __i__ >> 1;
  Sim *sim = knownpeers_new (960 + __i__);
  char *sas;

  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 2);
  announce_all (sim);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  knownpeers_settle (sim);
  sas = g_strdup (knownpeers_info (sim, 0)->sas);

  replace (sim, other);
  announce_all (sim);
  sim_run (sim, sim->now + 2 * SIM_SEC);
  /* The new values are those of the next exchange. */
  announce_all (sim);
  sim_start_stream (sim, 1, 0);
  if (apart)
    sim_run (sim, sim->now + SIM_SEC);
  sim_start_stream (sim, 1, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 3 * SIM_SEC));
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
  fail_if (g_str_equal (sas, knownpeers_info (sim, 0)->sas));
  for (guint i = 0; i < 2; i++) {
    SimStream *s = &sim->ends[0].streams[i];

    fail_unless_equals_int (s->n_events[ZRTP_EVENT_SECURITY], 0);
    fail_unless_equals_int (s->n_events[ZRTP_EVENT_CACHE_MISMATCH], 0);
    fail_unless_equals_int (zrtp_stream_get_info (s->stream)->hello_hash_status,
        ZRTP_HELLO_HASH_MATCH);
  }
  g_free (sas);
  sim_free (sim);
}

GST_END_TEST;

/* A transfer that is called off leaves the call as it is. */
GST_START_TEST (test_transfer_called_off)
{
  Sim *sim = announced_call (970);
  char *sas = g_strdup (knownpeers_info (sim, 0)->sas);

  announce (sim, 0, OTHER);
  sim_run (sim, sim->now + SIM_SEC);
  announce (sim, 0, NULL);
  announce (sim, 0, hash_of (sim, 1));
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless_equals_string (sas, knownpeers_info (sim, 0)->sas);
  assert_no_alarm (sim);
  g_free (sas);
  sim_free (sim);
}

GST_END_TEST;

static guint
count_acks (SimStream * stream)
{
  guint n = 0;

  for (const char *at = stream->trace->str; (at = strstr (at, "HelloACK"));
      at++)
    n++;
  return n;
}

/* Third parties' Hellos take eight places, of one SSRC two. The endpoint that
 * comes then is not acknowledged, so that it says Hello until it is
 * announced. */
GST_START_TEST (test_third_parties)
{
  Sim *sim = sim_new_pair (980);
  MockPeer others[20];

  announce (sim, 0, OTHER);
  sim_start (sim, 0);
  for (guint i = 0; i < 20; i++) {
    mock_peer_init (&others[i], trial_stream (sim, 0), i < 5 ? 0x2000 : i);
    mock_peer_hello (&others[i]);
    fail_unless_equals_int (count_acks (trial_stream (sim, 0)),
        i < 2 ? i + 1 : i < 5 ? 2 : MIN (i - 2, 8));
    sim_run (sim, sim->now + 100 * SIM_MSEC);
  }
  sim_start (sim, 1);
  sim_run (sim, sim->now + 500 * SIM_MSEC);
  fail_unless_equals_int (count_acks (trial_stream (sim, 0)), 8);
  announce (sim, 0, hash_of (sim, 1));
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  assert_no_alarm (sim);
  sim_free (sim);
}

GST_END_TEST;

/* The endpoint that lost a fork has our Hello, so it says none any more. */
GST_START_TEST (test_loser)
{
  const gboolean late = __i__;
  Sim *sim = sim_new_pair (990);
  SimStream *alice = trial_stream (sim, 0);
  MockPeer loser;

  sim->ends[0].policy.auto_secure = FALSE;
  zrtp_stream_update_policy (alice->stream, &sim->ends[0].policy, sim->now);
  sim_start (sim, 0);
  mock_peer_init (&loser, alice, 0x5000);
  mock_peer_hello (&loser);
  if (late)
    sim_run (sim, sim->now + 15 * SIM_SEC);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_FORK], !late);
  mock_peer_commit (&loser, NULL);
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_FORK], 1);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless (zrtp_stream_accept_fork (alice->stream, loser.hello.zid,
          sim->now));
  trial_settle (sim, 0);
  mock_peer_commit (&loser, NULL);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  fail_unless_equals_uint64 (trial_info (sim, 0)->peer_ssrc, 0x5000);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
signalling_suite (void)
{
  Suite *s = suite_create ("signalling");
  TCase *tc = tcase_create ("signalling");

  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_set_timeout (tc, 300);
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_second_answer, 0, G_N_ELEMENTS (delays));
  tcase_add_loop_test (tc, test_second_answer_in_exchange, 0,
      G_N_ELEMENTS (delays));
  tcase_add_loop_test (tc, test_transfer, 0, 4);
  tcase_add_loop_test (tc, test_transfer_of_two, 0, 4);
  tcase_add_test (tc, test_tampering);
  tcase_add_test (tc, test_transfer_called_off);
  tcase_add_test (tc, test_third_parties);
  tcase_add_loop_test (tc, test_loser, 0, 2);
  return s;
}

GST_CHECK_MAIN (signalling);
