/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two calls between the same two endpoints: one DH or Preshared exchange at a
 * time (RFC 6189 4.2, 4.4.1, 4.4.2), so that both caches end up alike.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "cache-common.h"
#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#define N_CALLS 2

/* Each end of each call is the same process: one cache, one table of pairs. */
typedef struct
{
  ZrtpCache *cache[2];
  ZrtpExchangeLocks *pairs[2];
  Sim *calls[N_CALLS];
  PacketLog *wires[N_CALLS];
  gint64 now;
} Town;

static void
make_calls (Town * town, guint64 seed, const char *key_agreements)
{
  town->now = 0;
  for (guint c = 0; c < N_CALLS; c++) {
    Sim *sim = town->calls[c] = sim_new (seed * N_CALLS + c + 1);

    sim->delay = 10 * SIM_MSEC;
    town->wires[c] = packet_log_new (sim);
    for (guint e = 0; e < 2; e++) {
      SimEndpoint *end = &sim->ends[e];

      end->policy.cacheless = FALSE;
      end->cache = town->cache[e];
      end->pairs = town->pairs[e];
      if (key_agreements)
        fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
                key_agreements,
                &end->policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
      sim_make (sim, e, 1);
    }
  }
}

static void
end_calls (Town * town)
{
  for (guint c = 0; c < N_CALLS; c++) {
    packet_log_free (town->wires[c]);
    sim_free (town->calls[c]);
  }
}

static Town *
town_new (guint64 seed)
{
  Town *town = g_new0 (Town, 1);

  for (guint e = 0; e < 2; e++) {
    char *name = g_strdup_printf ("%" G_GUINT64_FORMAT "-%u", seed, e);

    town->cache[e] = open_cache (in_folder (name));
    g_free (name);
    town->pairs[e] = zrtp_exchange_locks_new ();
  }
  make_calls (town, seed, NULL);
  return town;
}

static void
town_free (Town * town)
{
  end_calls (town);
  for (guint e = 0; e < 2; e++) {
    zrtp_cache_unref (town->cache[e]);
    zrtp_exchange_locks_unref (town->pairs[e]);
  }
  g_free (town);
}

static ZrtpStream *
stream_of (Town * town, guint call, guint end)
{
  return town->calls[call]->ends[end].streams[0].stream;
}

/* Past its Commit, and not over. */
static gboolean
is_exchanging (Town * town, guint call, guint end)
{
  const ZrtpStream *stream = stream_of (town, call, end);

  return stream->step >= ZRTP_STEP_COMMIT_RECEIVED
      && stream->step <= ZRTP_STEP_CONFIRM2_RECEIVED;
}

static void
run_one_millisecond (Town * town)
{
  town->now += SIM_MSEC;
  for (guint c = 0; c < N_CALLS; c++)
    sim_run (town->calls[c], town->now);
}

/* Runs both calls side by side. FALSE if they are not secure by @until. */
static gboolean
run_until_secure (Town * town, gint64 until)
{
  while (town->now < until) {
    gboolean all = TRUE;

    run_one_millisecond (town);
    for (guint e = 0; e < 2; e++) {
      /* Z-4.4.1-01 */
      fail_if (is_exchanging (town, 0, e) && is_exchanging (town, 1, e));
      for (guint c = 0; c < N_CALLS; c++)
        all = all && stream_of (town, c, e)->step == ZRTP_STEP_SECURE;
    }
    if (all)
      return TRUE;
  }
  return FALSE;
}

static void
run_for (Town * town, gint64 time)
{
  const gint64 until = town->now + time;

  while (town->now < until)
    run_one_millisecond (town);
}

static void
start (Town * town, guint call, guint end)
{
  sim_start (town->calls[call], end);
}

static void
start_all (Town * town)
{
  for (guint c = 0; c < N_CALLS; c++) {
    start (town, c, 0);
    start (town, c, 1);
  }
}

/* Both sides keep the same rs1 and, if there was one before, rs2. */
static void
assert_caches_agree (Town * town)
{
  ZrtpPeer peers[2];
  guint8 zid[ZRTP_ZID_SIZE];

  for (guint e = 0; e < 2; e++) {
    zrtp_cache_get_zid (town->cache[1 - e], zid);
    fail_unless (zrtp_cache_lookup (town->cache[e], zid, 0, &peers[e], NULL));
    fail_unless (peers[e].have_rs1 && peers[e].have_rs2);
  }
  fail_unless (memcmp (peers[0].rs1, peers[1].rs1, ZRTP_SECRET_SIZE) == 0);
  fail_unless (memcmp (peers[0].rs2, peers[1].rs2, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&peers[0]);
  zrtp_peer_clear (&peers[1]);
}

static void
assert_agreed (Town * town)
{
  for (guint c = 0; c < N_CALLS; c++) {
    sim_assert_agreed (town->calls[c]);
    for (guint e = 0; e < 2; e++)
      fail_if (zrtp_session_get_info (town->calls[c]->ends[e].session)->
          cache_mismatch);
  }
}

/* Both calls start together, whatever gets lost. */
GST_START_TEST (test_together)
{
  guint withdrawn = 0;

  for (guint seed = 0; seed < 60; seed++) {
    Town *town = town_new (seed);

    for (guint c = 0; c < N_CALLS; c++) {
      town->calls[c]->jitter = 10 * SIM_MSEC;
      town->calls[c]->job_delay = seed % 3 * 4 * SIM_MSEC;
      town->calls[c]->loss = seed % 4 == 3 ? 15 : 0;
    }
    start_all (town);
    fail_unless (run_until_secure (town, 60 * SIM_SEC), "seed %u", seed);
    run_for (town, 100 * SIM_MSEC);
    assert_agreed (town);
    /* Z-4.4.1-02 Z-4.2-07 */
    assert_caches_agree (town);
    for (guint c = 0; c < N_CALLS; c++)
      withdrawn += packet_log_count (town->wires[c], 0, ZRTP_MESSAGE_COMMIT) > 0
          && packet_log_count (town->wires[c], 1, ZRTP_MESSAGE_COMMIT) > 0;
    town_free (town);
  }
  fail_unless (withdrawn > 4);
}

GST_END_TEST;

/* Alice can send a Commit in the first call only, Bob in the second. */
static gboolean
call_of_one (const PacketLogEntry * entry, gpointer silent)
{
  return entry->message.type != ZRTP_MESSAGE_HELLO_ACK
      || entry->from != GPOINTER_TO_UINT (silent);
}

static const ZrtpCommit *
first_commit (Town * town, guint call, guint end)
{
  return &packet_log_get (town->wires[call], end, ZRTP_MESSAGE_COMMIT,
      0)->message.u.commit;
}

GST_START_TEST (test_crossed)
{
  guint won[2] = { 0, 0 };

  for (guint seed = 0; seed < 20; seed++) {
    Town *town = town_new (1000 + seed);
    guint winner;

    town->wires[0]->rule = town->wires[1]->rule = call_of_one;
    town->wires[0]->rule_data = GUINT_TO_POINTER (0);
    town->wires[1]->rule_data = GUINT_TO_POINTER (1);
    start_all (town);
    fail_unless (run_until_secure (town, 10 * SIM_SEC));
    assert_agreed (town);
    /* Z-4.2-04: the higher hvi stands, in whatever call it came. */
    winner = memcmp (first_commit (town, 0, 0)->hvi,
        first_commit (town, 1, 1)->hvi, ZRTP_HVI_SIZE) > 0 ? 0 : 1;
    fail_unless (stream_of (town, winner, 0)->info.counters.secured <
        stream_of (town, 1 - winner, 0)->info.counters.secured);
    won[winner]++;
    run_for (town, 100 * SIM_MSEC);
    assert_caches_agree (town);
    town_free (town);
  }
  fail_unless (won[0] > 2 && won[1] > 2);
}

GST_END_TEST;

static gboolean
no_hello_ack (const PacketLogEntry * entry, gpointer unused)
{
  return entry->message.type != ZRTP_MESSAGE_HELLO_ACK;
}

/* What a call read before the other one changed it is read again. */
GST_START_TEST (test_read_again)
{
  Town *town = town_new (5);

  town->wires[1]->rule = no_hello_ack;
  start (town, 1, 0);
  start (town, 1, 1);
  run_for (town, 100 * SIM_MSEC);
  for (guint e = 0; e < 2; e++) {
    fail_unless (stream_of (town, 1, e)->prepared.looked_up);
    fail_if (stream_of (town, 1, e)->prepared.peer.have_rs1);
  }
  start (town, 0, 0);
  start (town, 0, 1);
  run_for (town, SIM_SEC);
  fail_unless_equals_int (sim_state (town->calls[0], 0), ZRTP_STATE_SECURE);

  town->wires[1]->rule = NULL;
  fail_unless (run_until_secure (town, 10 * SIM_SEC));
  assert_agreed (town);
  for (guint e = 0; e < 2; e++)
    fail_unless (town->calls[1]->ends[e].session->s1_matched);
  run_for (town, 100 * SIM_MSEC);
  assert_caches_agree (town);
  town_free (town);
}

GST_END_TEST;

/* Nor is it missed by a stream that looked at another peer meanwhile. */
GST_START_TEST (test_change_behind_our_back)
{
  static const guint8 own[ZRTP_ZID_SIZE] = "own", peer[ZRTP_ZID_SIZE] = "peer",
      third[ZRTP_ZID_SIZE] = "thirdparty!";
  ZrtpExchangeLocks *pairs = zrtp_exchange_locks_new ();
  ZrtpExchangeLease *a = zrtp_exchange_lease_new (pairs), *b =
      zrtp_exchange_lease_new (pairs);
  const guint before = zrtp_exchange_lease_generation (a, own, peer);

  fail_unless_equals_int (zrtp_exchange_lease_generation (a, own, peer),
      before);
  zrtp_exchange_lease_generation (a, own, third);
  fail_unless_equals_int (zrtp_exchange_lease_acquire (b, own, peer, 0), 0);
  zrtp_exchange_lease_release (b, TRUE);
  fail_if (zrtp_exchange_lease_generation (a, own, peer) == before);
  zrtp_exchange_lease_free (a);
  zrtp_exchange_lease_free (b);
  zrtp_exchange_locks_unref (pairs);
}

GST_END_TEST;

/* Preshared exchanges count too. */
GST_START_TEST (test_preshared)
{
  Town *town = town_new (6);

  start_all (town);
  fail_unless (run_until_secure (town, 10 * SIM_SEC));
  for (guint e = 0; e < 2; e++)
    zrtp_session_verify_sas (town->calls[1]->ends[e].session, town->now);
  sim_drain (town->calls[1], 0);
  sim_drain (town->calls[1], 1);
  run_for (town, 100 * SIM_MSEC);
  end_calls (town);

  make_calls (town, 7, "Prsh,X255");
  start_all (town);
  fail_unless (run_until_secure (town, 10 * SIM_SEC));
  /* Z-4.4.2-01 Z-4.4.2-03 */
  for (guint c = 0; c < N_CALLS; c++)
    fail_unless_equals_string (stream_of (town, c,
            0)->info.key_agreement->base.name, "Prsh");
  assert_agreed (town);
  run_for (town, 100 * SIM_MSEC);
  assert_caches_agree (town);
  town_free (town);
}

GST_END_TEST;

/* A peer that falls silent in one call does not keep us from the other, and
 * neither does one that calls again and again. */
static gboolean
no_dhpart2 (const PacketLogEntry * entry, gpointer unused)
{
  return entry->message.type != ZRTP_MESSAGE_DHPART2;
}

GST_START_TEST (test_silent_peer)
{
  Town *town = town_new (8);

  town->wires[0]->rule = no_dhpart2;
  start (town, 0, 0);
  start (town, 0, 1);
  run_for (town, SIM_SEC);
  fail_unless (is_exchanging (town, 0, 0) && is_exchanging (town, 0, 1));
  start (town, 1, 0);
  start (town, 1, 1);
  run_for (town, SIM_SEC);
  fail_if (is_exchanging (town, 1, 0) || is_exchanging (town, 1, 1));
  run_for (town, 3 * SIM_SEC);
  fail_unless_equals_int (sim_state (town->calls[1], 0), ZRTP_STATE_SECURE);
  fail_unless_equals_int (sim_state (town->calls[1], 1), ZRTP_STATE_SECURE);
  town_free (town);
}

GST_END_TEST;

#define MAX_CLAIMS 40

static const guint8 own[ZRTP_ZID_SIZE] = { 1 }, peer[ZRTP_ZID_SIZE] = { 2 };

static gint64
take (ZrtpExchangeLease * lease, gint64 now)
{
  return zrtp_exchange_lease_acquire (lease, own, peer,
      now * SIM_MSEC) / SIM_MSEC;
}

GST_START_TEST (test_order)
{
  const ZrtpCommitRank rank = { ZRTP_COMMIT_DH, {0x80} };
  ZrtpExchangeLocks *pairs = zrtp_exchange_locks_new ();
  ZrtpExchangeLease *claims[MAX_CLAIMS];

  for (guint i = 0; i < MAX_CLAIMS; i++)
    claims[i] = zrtp_exchange_lease_new (pairs);
  fail_unless_equals_int (take (claims[0], 0), 0);
  fail_unless_equals_int (take (claims[1], 1), 21);
  fail_unless_equals_int (take (claims[2], 2), 42);
  for (guint i = 3; i < MAX_CLAIMS; i++)
    fail_unless (take (claims[i], 3) > 42);
  fail_unless_equals_int (take (claims[MAX_CLAIMS - 1], 4), 504);
  fail_unless_equals_int (take (claims[1], 21), 41);
  zrtp_exchange_lease_release (claims[0], TRUE);

  /* The first who waits, before those who come later or once more. */
  fail_if (take (claims[2], 42) == 42);
  fail_unless_equals_int (zrtp_exchange_lease_contend (claims[0], own, peer,
          &rank, FALSE, FALSE, 43 * SIM_MSEC), ZRTP_LEASE_BUSY);
  fail_unless_equals_int (take (claims[1], 44), 44);
  fail_unless_equals_int (zrtp_exchange_lease_generation (claims[1], own, peer),
      1);

  /* Those who no longer ask lose their turn. */
  fail_unless_equals_int (take (claims[2], 45), 65);
  zrtp_exchange_lease_release (claims[1], FALSE);
  fail_if (take (claims[0], 1000) == 1000);
  fail_unless_equals_int (take (claims[0], 1045), 1045);
  fail_unless_equals_int (zrtp_exchange_lease_generation (claims[0], own, peer),
      1);

  /* Another pair is another matter, but one claim holds one. */
  fail_unless_equals_int (zrtp_exchange_lease_acquire (claims[1], peer, own, 0),
      0);
  fail_if (zrtp_exchange_lease_acquire (claims[0], peer, own, 0) == 0);
  for (guint i = 0; i < MAX_CLAIMS; i++)
    zrtp_exchange_lease_free (claims[i]);
  zrtp_exchange_locks_unref (pairs);
}

GST_END_TEST;

/* -- Telling whose turn it is -- */

static gint n_refs;

static gpointer
ref_owner (gpointer owner)
{
  n_refs++;
  return owner;
}

static void
count_turn (gpointer owner)
{
  n_refs--;
  ++*(guint *) owner;
}

/* The first session that waits is told once the pair is free, and no other. */
GST_START_TEST (test_told)
{
  static const ZrtpTurnHook hook = { ref_owner, count_turn };
  const ZrtpCommitRank low = { ZRTP_COMMIT_DH, {0x10} }, high =
      { ZRTP_COMMIT_DH,
    {0x80}
  };
  ZrtpExchangeLocks *pairs = zrtp_exchange_locks_new ();
  ZrtpExchangeLease *claims[5];
  guint turns[5] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (claims); i++) {
    claims[i] = zrtp_exchange_lease_new (pairs);
    zrtp_exchange_lease_set_hook (claims[i], &hook, &turns[i]);
  }
  fail_unless_equals_int (take (claims[0], 0), 0);
  for (guint i = 1; i < 4; i++)
    fail_unless (take (claims[i], i) > 100);
  zrtp_exchange_lease_release (claims[0], TRUE);
  fail_unless_equals_int (turns[1], 1);

  /* It goes without having taken its turn: the next one's. */
  zrtp_exchange_lease_release (claims[1], FALSE);
  fail_unless_equals_int (turns[2], 1);
  fail_unless_equals_int (take (claims[2], 5), 5);
  /* One that waits behind others goes: no turn comes of it. */
  zrtp_exchange_lease_release (claims[3], FALSE);

  /* The peer committed in another call, and loses: it may not have our Commit. */
  fail_unless (zrtp_exchange_lease_rank (claims[2], &high));
  fail_unless_equals_int (zrtp_exchange_lease_contend (claims[4], own, peer,
          &low, FALSE, FALSE, 6 * SIM_MSEC), ZRTP_LEASE_LOST);
  fail_unless_equals_int (turns[2], 2);

  /* The holder is disposed of. */
  fail_unless (take (claims[4], 7) > 7);
  zrtp_exchange_lease_free (claims[2]);
  fail_unless_equals_int (turns[4], 1);
  /* Another pair, which leaves this one to those that wait here. */
  fail_unless (take (claims[3], 8) > 8);
  fail_unless_equals_int (zrtp_exchange_lease_acquire (claims[4], peer, own, 0),
      0);
  fail_unless_equals_int (turns[3], 1);
  fail_unless_equals_int (turns[0], 0);
  fail_unless_equals_int (turns[1] + turns[2] + turns[3] + turns[4], 5);
  fail_unless_equals_int (n_refs, 0);

  for (guint i = 0; i < G_N_ELEMENTS (claims); i++) {
    if (i != 2)
      zrtp_exchange_lease_free (claims[i]);
  }
  zrtp_exchange_locks_unref (pairs);
}

GST_END_TEST;

/* A holder that is silent for too long ends without a call of the hook. */
GST_START_TEST (test_overdue)
{
  static const ZrtpTurnHook hook = { ref_owner, count_turn };
  ZrtpExchangeLocks *pairs = zrtp_exchange_locks_new ();
  ZrtpExchangeLease *holder = zrtp_exchange_lease_new (pairs), *other =
      zrtp_exchange_lease_new (pairs);
  guint turns = 0;
  gint64 now = 0, due;

  zrtp_exchange_lease_set_hook (other, &hook, &turns);
  fail_unless_equals_int (take (holder, 0), 0);
  while ((due = take (other, now)) > now) {
    fail_unless (due - now <= 500);
    now = due;
  }
  fail_unless_equals_int (now, 4000);
  fail_unless_equals_int (turns, 0);
  zrtp_exchange_lease_free (holder);
  zrtp_exchange_lease_free (other);
  zrtp_exchange_locks_unref (pairs);
}

GST_END_TEST;

/* The first Commit of one end is lost, as if the other had been busy with another
 * call. If it is the one that stands, the other's Commit brings it again. */
static gboolean
first_commit_lost (const PacketLogEntry * entry, gpointer n_lost)
{
  if (entry->message.type != ZRTP_MESSAGE_COMMIT || entry->from != 0)
    return TRUE;
  return (*(guint *) n_lost)++ > 0;
}

GST_START_TEST (test_commit_again)
{
  guint stood = 0;

  for (guint seed = 0; seed < 40; seed++) {
    Town *town = town_new (2000 + seed);
    guint n_lost = 0;

    town->wires[0]->rule = first_commit_lost;
    town->wires[0]->rule_data = &n_lost;
    start (town, 0, 0);
    start (town, 0, 1);
    while (stream_of (town, 0, 0)->step != ZRTP_STEP_SECURE
        || stream_of (town, 0, 1)->step != ZRTP_STEP_SECURE) {
      run_one_millisecond (town);
      /* A Commit comes again after 150 ms by itself. */
      fail_unless (town->now < 140 * SIM_MSEC, "seed %u", seed);
    }
    if (n_lost > 1)
      stood++;
    town_free (town);
  }
  fail_unless (stood > 5);
}

GST_END_TEST;

/* Z-4.2-08: the stream whose Commit was dropped waits for the other's end. */
static gboolean
held_back (const PacketLogEntry * entry, gpointer open)
{
  if (entry->message.type == ZRTP_MESSAGE_HELLO_ACK)
    return entry->from != entry->stream;
  return *(gboolean *) open || entry->message.type != ZRTP_MESSAGE_DHPART2;
}

GST_START_TEST (test_loser_waits)
{
  gboolean open = FALSE;
  Sim *sim = sim_new (9);
  PacketLog *log = packet_log_new (sim);
  guint loser;

  log->rule = held_back;
  log->rule_data = &open;
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 2);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 200 * SIM_MSEC);
  fail_unless (packet_log_count (log, 0, ZRTP_MESSAGE_COMMIT) > 0);
  fail_unless (packet_log_count (log, 1, ZRTP_MESSAGE_COMMIT) > 0);
  loser = sim->ends[0].session->exchanging->info.role == ZRTP_ROLE_INITIATOR ?
      1 : 0;
  packet_log_reset (log);
  sim_run (sim, 800 * SIM_MSEC);
  fail_unless_equals_int (sim->ends[loser].streams[loser].stream->step,
      ZRTP_STEP_DISCOVERY);
  fail_unless_equals_int (packet_log_count (log, loser, ZRTP_MESSAGE_COMMIT),
      0);
  open = TRUE;
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_string (sim->ends[loser].streams[loser].stream->
      info.key_agreement->base.name, "Mult");
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
exchangelock_suite (void)
{
  Suite *suite = suite_create ("exchangelock");
  TCase *tc = tcase_create ("turns");

  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_together);
  tcase_add_test (tc, test_crossed);
  tcase_add_test (tc, test_read_again);
  tcase_add_test (tc, test_change_behind_our_back);
  tcase_add_test (tc, test_preshared);
  tcase_add_test (tc, test_silent_peer);
  tcase_add_test (tc, test_order);
  tcase_add_test (tc, test_told);
  tcase_add_test (tc, test_overdue);
  tcase_add_test (tc, test_commit_again);
  tcase_add_test (tc, test_loser_waits);
  return suite;
}

GST_CHECK_MAIN (exchangelock);
