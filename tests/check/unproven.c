/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What packets that prove nothing may do (RFC 6189 6, 9): nothing that lasts, and
 * nothing without a limit.
 */
#include "attacker.h"
#include "thirdparty.h"
#include "packetlog.h"

#include <gst/check/gstcheck.h>
#include <malloc.h>
#include <string.h>

/* Packets of each kind, in each state, of each source. */
#define PACKETS 10000
/* 20,000 a second. */
#define APART 50
/* Beyond what is counted as memory of the engine. */
#define HEAP_LIMIT (128 * 1024)

typedef enum
{
  ALONE,                        /* no other endpoint is there */
  WAITING,                      /* for go-secure, with the peer */
  NEGOTIATING,                  /* Commit was sent, DHPart1 comes late */
  SECURE,
  N_STATES
} When;

typedef struct
{
  guint security, told, state, sent;
} Counts;

static guint
packets_of_each (void)
{
  const char *text = g_getenv ("ZRTP_UNPROVEN_PACKETS");

  return text ? strtoul (text, NULL, 10) : PACKETS;
}

static void
count (SimStream * s, Counts * counts)
{
  counts->security = s->n_events[ZRTP_EVENT_SECURITY];
  counts->told = s->n_events[ZRTP_EVENT_PEER] + s->n_events[ZRTP_EVENT_ERROR]
      + s->n_events[ZRTP_EVENT_FORK];
  counts->state = s->n_events[ZRTP_EVENT_STATE];
  counts->sent = info_of (s)->counters.sent;
}

static Sim *
call_in (When when, guint64 seed)
{
  Sim *sim = sim_new (seed);

  sim->ends[1].policy.passive = TRUE;
  sim->ends[0].policy.auto_secure = when != WAITING;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  if (when != ALONE)
    sim_start (sim, 1);
  switch (when) {
    case ALONE:
    case WAITING:
      sim_run (sim, SIM_SEC);
      break;
    case NEGOTIATING:
      while (ALICE->stream->step != ZRTP_STEP_COMMIT_SENT)
        sim_run (sim, sim->now + SIM_MSEC);
      break;
    default:
      fail_unless (sim_run_until_secure (sim, SIM_SEC));
      break;
  }
  return sim;
}

static void
forget_trace (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    g_string_free (sim->ends[e].streams[0].trace, TRUE);
    sim->ends[e].streams[0].trace = g_string_new (NULL);
  }
}

static gsize
heap_in_use (void)
{
  return mallinfo2 ().uordblks;
}

/* Chains of which packets are made beforehand. */
#define CHAINS 16

typedef struct
{
  guint8 packets[CHAINS][2][ZRTP_MAX_PACKET_SIZE];
  gsize sizes[CHAINS][2];
  gboolean with_hello;
} Flood;

static void
flood_init (Flood * flood, SimStream * to, ThirdPacket kind, gboolean known)
{
  flood->with_hello = kind >= THIRD_COMMIT && kind <= THIRD_DHPART2_FALSE_KEY;
  for (guint i = 0; i < CHAINS; i++) {
    MockPeer mock;

    mock_peer_init (&mock, to, known ? 0x2000 : 0x66000000 + i);
    flood->sizes[i][0] = third_make (&mock, kind, flood->packets[i][0]);
    flood->sizes[i][1] = third_make (&mock, THIRD_HELLO, flood->packets[i][1]);
  }
}

static void
flood_run (Flood * flood, SimStream * to, ThirdPacket kind, guint n)
{
  Sim *sim = to->endpoint->sim;

  for (guint i = 0; i < n; i++) {
    const guint chain = i / 8 % CHAINS;
    const guint which = flood->with_hello && i % 8 == 0;

    if (kind <= THIRD_HELLO_FALSE_MAC)
      third_renew_hello (flood->packets[chain][which],
          flood->sizes[chain][which], i);
    sim_deliver (to, flood->packets[chain][which], flood->sizes[chain][which]);
    sim_run (sim, sim->now + APART);
    if (i % 1000 == 0)
      forget_trace (sim);
  }
  forget_trace (sim);
}

static void
check_counts (SimStream * s, const Counts * before, gint64 since,
    const char *what)
{
  const guint seconds = (s->endpoint->sim->now - since) / SIM_SEC + 1;
  Counts after;

  count (s, &after);
  fail_unless (after.security - before->security <= 9 + seconds,
      "%s: %u alarms in %u s", what, after.security - before->security,
      seconds);
  /* News, forks, and what few exchanges tell. */
  fail_unless (after.told - before->told <= 3 * (9 + seconds),
      "%s: %u messages in %u s", what, after.told - before->told, seconds);
  fail_unless (after.state - before->state <= 2 * (9 + seconds),
      "%s: %u changes of state in %u s", what, after.state - before->state,
      seconds);
  /* Answers, and Hellos of our own. */
  fail_unless (after.sent - before->sent <= 80 + 60 * seconds,
      "%s: %u packets in %u s", what, after.sent - before->sent, seconds);
}

static void
run_flood (ThirdPacket kind, When when, gboolean known)
{
  Sim *sim = call_in (when, 100 * kind + 10 * when + known);
  char *what = g_strdup_printf ("%s, state %u, %s source", third_name (kind),
      when, known ? "known" : "blind");
  Flood flood;
  Counts before;
  gint64 start;
  gsize heap;

  flood_init (&flood, ALICE, kind, known);
  flood_run (&flood, ALICE, kind, 200);
  heap = heap_in_use ();
  count (ALICE, &before);
  start = sim->now;
  flood_run (&flood, ALICE, kind, packets_of_each ());
  fail_unless (heap_in_use () <= heap + HEAP_LIMIT, "%s: %" G_GSIZE_FORMAT
      " bytes", what, heap_in_use () - heap);
  check_counts (ALICE, &before, start, what);
  fail_if (ALICE->stream->guard.tampered, "%s", what);

  if (when == ALONE)
    sim_start (sim, 1);
  if (when == WAITING)
    fail_unless (zrtp_stream_go_secure (ALICE->stream, sim->now));
  sim_drain (sim, 0);
  /* A third party's three messages that look like a slow peer's exchange are
   * the most that can be in the way. */
  fail_unless (sim_run_until_secure (sim, sim->now + 10 * SIM_SEC),
      "%s: %s/%s", what, zrtp_state_nick (sim_state (sim, 0)),
      zrtp_state_nick (sim_state (sim, 1)));
  sim_assert_agreed (sim);
  if (when == SECURE)
    fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_KEYS_GONE], 0);
  g_free (what);
  sim_free (sim);
}

GST_START_TEST (test_floods)
{
  for (guint when = 0; when < N_STATES; when++) {
    run_flood (__i__, when, FALSE);
    run_flood (__i__, when, TRUE);
  }
}

GST_END_TEST;

/* -- Opportunistic calls with a peer that has no ZRTP -- */

typedef struct
{
  ThirdPacket packets[5];
  guint n;
} Chain;

static const Chain chains[] = {
  {{THIRD_HELLO}, 1},
  {{THIRD_HELLO_FALSE_MAC, THIRD_COMMIT}, 2},
  {{THIRD_HELLO, THIRD_COMMIT}, 2},
  {{THIRD_HELLO, THIRD_COMMIT_LIE}, 2},
  {{THIRD_HELLO, THIRD_COMMIT_MULT}, 2},
  {{THIRD_HELLO, THIRD_COMMIT, THIRD_DHPART2}, 3},
  {{THIRD_HELLO, THIRD_COMMIT, THIRD_DHPART2_FALSE_KEY}, 3},
  {{THIRD_HELLO, THIRD_COMMIT, THIRD_ERROR}, 3},
  {{THIRD_HELLO, THIRD_HELLO_ACK}, 2},
  {{THIRD_HELLO, THIRD_HELLO_ACK, THIRD_ERROR}, 3},
  {{THIRD_HELLO_ACK}, 1},
  {{THIRD_HELLO_OLD}, 1},
  {{THIRD_ERROR}, 1},
  {{THIRD_PING}, 1},
};

static void
send_chain (SimStream * to, guint which, guint32 ssrc)
{
  MockPeer mock;

  mock_peer_init (&mock, to, ssrc);
  for (guint i = 0; i < chains[which].n; i++) {
    third_send (&mock, chains[which].packets[i]);
    sim_run (to->endpoint->sim, to->endpoint->sim->now);
  }
}

/* Clear media of both directions goes on through all that a third party says,
 * and the peer is found to have no ZRTP in the end. */
GST_START_TEST (test_clear_media_goes_on)
{
  Sim *sim = sim_new (1 + __i__);

  sim->ends[0].policy.require_encryption = FALSE;
  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  sim_run (sim, SIM_SEC);
  for (guint i = 0; i < 3; i++) {
    send_chain (ALICE, __i__, 0x666 + i);
    for (guint k = 0; k < 150; k++) {
      zrtp_stream_media_received (ALICE->stream, ZRTP_MEDIA_CLEAR, sim->now);
      sim_drain (sim, 0);
      sim_run (sim, sim->now + 100 * SIM_MSEC);
      fail_unless_equals_int (ALICE->send, ZRTP_MEDIA_CLEAR);
      fail_unless_equals_int (ALICE->receive, ZRTP_MEDIA_CLEAR);
    }
  }
  for (guint k = 0; k < 150; k++) {
    zrtp_stream_media_received (ALICE->stream, ZRTP_MEDIA_CLEAR, sim->now);
    sim_drain (sim, 0);
    sim_run (sim, sim->now + SIM_SEC);
  }
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NO_ZRTP);
  fail_unless (ALICE->n_events[ZRTP_EVENT_SECURITY] <= 3);
  sim_free (sim);
}

GST_END_TEST;

/* A responder is not shut for good by a chain that lies, and the peer comes in. */
GST_START_TEST (test_no_sticky_shut)
{
  Sim *sim = sim_new (40 + __i__);

  for (guint e = 0; e < 2; e++) {
    sim->ends[e].policy.require_encryption = FALSE;
    sim_make (sim, e, 1);
  }
  sim_start (sim, 0);
  sim_run (sim, SIM_SEC);
  send_chain (ALICE, __i__, 0x666);
  sim_run (sim, 20 * SIM_SEC);
  fail_unless_equals_int (ALICE->send, ZRTP_MEDIA_CLEAR);
  fail_if (ALICE->stream->guard.tampered);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* -- Guesses -- */

/* 21 packets in 63 s, or as many again: they have no guess, so that they do not
 * delay the call. */
GST_START_TEST (test_guesses_of_third_parties)
{
  Sim *sim = sim_new (60 + __i__);

  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  for (guint i = 0; i < 7; i++) {
    send_chain (ALICE, __i__ ? 2 : 5, 0x666 + i);
    sim_run (sim, sim->now + 9 * SIM_SEC);
  }
  fail_unless (ALICE->n_events[ZRTP_EVENT_SECURITY] <= 7);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Chains of Hello, Commit and DHPart2, each its own, packets evenly apart. */
typedef struct
{
  MockPeer mock;
  guint next;                   /* packet */
  guint32 ssrc;
  gint64 due, apart;
} ThirdParties;

static void
third_parties_run (ThirdParties * others, Sim * sim, gint64 until)
{
  static const ThirdPacket kinds[] = {
    THIRD_HELLO, THIRD_COMMIT, THIRD_DHPART2
  };

  while (others->due <= until) {
    guint8 packet[ZRTP_MAX_PACKET_SIZE];
    gsize size;

    sim_run (sim, others->due);
    if (others->next == 0)
      mock_peer_init (&others->mock, ALICE, others->ssrc++);
    size = third_make (&others->mock, kinds[others->next], packet);
    sim_deliver (ALICE, packet, size);
    others->next = (others->next + 1) % G_N_ELEMENTS (kinds);
    others->due += others->apart;
  }
  sim_run (sim, until);
}

/* Third parties keep chains up before and during a call. */
GST_START_TEST (test_chains_all_the_time)
{
  static const guint rates[] = { 3, 30, 148 };
  const guint rate = rates[__i__ % 3], passive = __i__ / 3;
  gint64 longest = 0;

  for (guint seed = 0; seed < 10; seed++) {
    Sim *sim = sim_new (1000 + 100 * __i__ + seed);
    ThirdParties others = {.ssrc = 0x66000000,.apart = SIM_SEC / rate };
    gint64 start;

    if (passive < 2)
      sim->ends[passive].policy.passive = TRUE;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim_start (sim, 0);
    third_parties_run (&others, sim, 30 * SIM_SEC + seed * 777 * SIM_MSEC);
    sim_start (sim, 1);
    start = sim->now;
    while (sim_state (sim, 0) != ZRTP_STATE_SECURE
        || sim_state (sim, 1) != ZRTP_STATE_SECURE) {
      third_parties_run (&others, sim, sim->now + 10 * SIM_MSEC);
      fail_unless (sim->now - start <= 60 * SIM_SEC,
          "%u packets/s, passive %u, seed %u", rate, passive, seed);
    }
    longest = MAX (longest, sim->now - start);
    sim_assert_agreed (sim);
    sim_free (sim);
  }
  g_print ("%u packets/s, passive %u: secure after %.2f s at most\n", rate,
      passive, longest / 1e6);
  fail_unless (longest <= 10 * SIM_SEC);
}

GST_END_TEST;

/* Twice as many chains as are free, just before the call. */
GST_START_TEST (test_many_chains_before)
{
  const guint n[] = { 9, 16, 63, 640 };
  Sim *sim = sim_new (1900 + __i__);
  ThirdParties others = {.ssrc = 0x66000000 };
  gint64 start;

  sim->ends[__i__ % 2].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  others.apart = 63 * SIM_SEC / (3 * n[__i__ / 2]);
  third_parties_run (&others, sim, 63 * SIM_SEC);
  sim_start (sim, 1);
  start = sim->now;
  fail_unless (sim_run_until_secure (sim, start + 10 * SIM_SEC));
  g_print ("%u chains, passive %u: secure after %.2f s\n", n[__i__ / 2],
      __i__ % 2, (sim->now - start) / 1e6);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* -- HelloACK -- */

/* A HelloACK with the peer's SSRC, before its first Hello: the Commit that
 * follows finds the peer with our Hello all the same. */
GST_START_TEST (test_hello_ack_before_hello)
{
  Sim *sim = sim_new (70 + __i__);
  MockPeer mock;
  gint64 start;

  sim->ends[1].policy.passive = __i__;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_run (sim, 30 * SIM_SEC);
  mock_peer_init (&mock, ALICE, 0x2000);
  third_send (&mock, THIRD_HELLO_ACK);
  sim_run (sim, 31 * SIM_SEC);
  start = sim->now;
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, start + SIM_SEC / 5));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* -- Answers -- */

/* Four endpoints with the schedule of 6, each Hello is acknowledged. */
GST_START_TEST (test_real_peers_are_answered)
{
  Sim *sim = sim_new (80);
  PacketLog *log = packet_log_new (sim);
  MockPeer puppets[4];
  gint64 at = 0;

  sim->ends[0].policy.auto_secure = FALSE;
  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  for (guint i = 0; i < 4; i++)
    mock_peer_init (&puppets[i], ALICE, 0x100 + i);
  for (guint i = 0; i <= 20; i++) {
    sim_run (sim, at);
    for (guint k = 0; k < 4; k++)
      mock_peer_hello (&puppets[k]);
    at += i == 0 ? 50 * SIM_MSEC : i == 1 ? 100 * SIM_MSEC : 200 * SIM_MSEC;
  }
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_HELLO_ACK),
      84);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Pings in masses are answered seldom, and a Hello among them at once. */
GST_START_TEST (test_few_answers)
{
  static const ThirdPacket kinds[] = {
    THIRD_PING, THIRD_HELLO, THIRD_ERROR, THIRD_HELLO_OLD
  };
  static const ZrtpMessageType answers[] = {
    ZRTP_MESSAGE_PING_ACK, ZRTP_MESSAGE_HELLO_ACK, ZRTP_MESSAGE_ERROR_ACK,
    ZRTP_MESSAGE_HELLO_ACK
  };
  Sim *sim = call_in (__i__ < 4 ? SECURE : WAITING, 90 + __i__);
  PacketLog *log = packet_log_new (sim);
  Flood flood;
  MockPeer mock;
  guint n;

  flood_init (&flood, ALICE, kinds[__i__ % 4], FALSE);
  flood_run (&flood, ALICE, kinds[__i__ % 4], 40000);
  n = packet_log_count (log, 0, answers[__i__ % 4]);
  /* In two seconds. */
  fail_unless (n >= 1 && n <= 40 + 80, "%u answers", n);
  if (kinds[__i__ % 4] == THIRD_PING) {
    n = packet_log_count (log, 0, ZRTP_MESSAGE_HELLO_ACK);
    mock_peer_init (&mock, ALICE, 0x777);
    mock_peer_hello (&mock);
    fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_HELLO_ACK),
        n + 1);
  }
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* A Commit that is said again and again is answered seldom, too: DHPart1 is larger
 * than it. */
GST_START_TEST (test_no_amplification)
{
  Sim *sim = sim_new (99);
  PacketLog *log = packet_log_new (sim);
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  MockPeer mock;
  gsize size;

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  mock_peer_init (&mock, ALICE, 0x666);
  third_send (&mock, THIRD_HELLO);
  size = third_make (&mock, THIRD_COMMIT, packet);
  for (guint i = 0; i < 20000; i++) {
    sim_deliver (ALICE, packet, size);
    sim_run (sim, sim->now + APART);
  }
  fail_unless (packet_log_count (log, 0, ZRTP_MESSAGE_DHPART1) <= 40 + 40);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* -- Several streams -- */

/* A third party's Commit on one stream does not keep the peer from the other. */
GST_START_TEST (test_one_stream_of_two)
{
  Sim *sim = sim_new (110 + __i__);

  sim->ends[__i__].policy.passive = TRUE;
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 2);
  sim_start (sim, 0);
  sim_run (sim, 5 * SIM_SEC);
  send_chain (&sim->ends[0].streams[1], 2, 0x666);
  sim_run (sim, 5500 * SIM_MSEC);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* -- What hinders every call -- */

static const ZrtpErrorCode hindrances[] = {
  ZRTP_ERROR_EQUAL_ZIDS, ZRTP_ERROR_SSRC_COLLISION, ZRTP_ERROR_HASH
};

static void
hindrance_init (MockPeer * mock, SimStream * to, guint which)
{
  mock_peer_init (mock, to, which == 1 ? 0x1000 : 0x666);
  if (which == 0)
    memcpy (mock->hello.zid, to->endpoint->zid, ZRTP_ZID_SIZE);
}

/* One forged Hello, or eight at once, change no state. When it goes on for a second
 * the call has failed, until 10 s after the last one. The peer comes in all the
 * same. */
GST_START_TEST (test_hindrance)
{
  const guint which = __i__ % 3;
  Sim *sim = sim_new (2000 + __i__);
  MockPeer mock;
  guint n;

  for (guint e = 0; e < 2; e++) {
    /* A puppet has the mandatory S256 only. */
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_HASH, "S384",
            &sim->ends[e].policy.algorithms[ZRTP_KIND_HASH], NULL));
    sim->ends[e].policy.strict_algorithms = TRUE;
    sim_make (sim, e, 1);
  }
  sim_start (sim, 0);
  sim_run (sim, 20 * SIM_SEC);
  hindrance_init (&mock, ALICE, which);
  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i <= 7 * (round % 2); i++)
      mock_peer_hello (&mock);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
    sim_run (sim, sim->now + 9 * SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  }
  /* Told, but not each time; a collision is told once it is sure. */
  n = ALICE->n_events[ZRTP_EVENT_ERROR];
  fail_unless (which == 1 ? n == 0 : n >= 1 && n <= 3, "%u", n);
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_SSRC_COLLISION], 0);
  for (guint i = 0; i < 20; i++) {
    mock_peer_hello (&mock);
    sim_run (sim, sim->now + 500 * SIM_MSEC);
    if (i >= 3)
      fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
  }
  fail_unless_equals_int (info_of (ALICE)->error, hindrances[which]);
  if (__i__ < 3) {
    sim_run (sim, sim->now + 12 * SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  }
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
unproven_suite (void)
{
  Suite *suite = suite_create ("unproven");
  TCase *tc = tcase_create ("unproven");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 600);
  tcase_add_loop_test (tc, test_floods, 0, N_THIRD);
  tcase_add_loop_test (tc, test_clear_media_goes_on, 0, G_N_ELEMENTS (chains));
  tcase_add_loop_test (tc, test_no_sticky_shut, 0, G_N_ELEMENTS (chains));
  tcase_add_loop_test (tc, test_guesses_of_third_parties, 0, 2);
  tcase_add_loop_test (tc, test_chains_all_the_time, 0, 9);
  tcase_add_loop_test (tc, test_many_chains_before, 0, 8);
  tcase_add_loop_test (tc, test_hello_ack_before_hello, 0, 2);
  tcase_add_test (tc, test_real_peers_are_answered);
  tcase_add_loop_test (tc, test_few_answers, 0, 8);
  tcase_add_test (tc, test_no_amplification);
  tcase_add_loop_test (tc, test_one_stream_of_two, 0, 2);
  tcase_add_loop_test (tc, test_hindrance, 0, 6);
  return suite;
}

GST_CHECK_MAIN (unproven);
