/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Hello and HelloACK (RFC 6189 4.1, 5.2, 5.3, 6): when they go out, what stops
 * them, and what a Hello must not have.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"
#include "zrtp/crypto/zrtpcrypto.h"

/* Alice alone, listening; her Hellos on record. */
typedef struct
{
  Sim *sim;
  SimStream *alice;
  PacketLog *log;
  MockPeer mock;
} Alone;

static void
alone_init (Alone * alone, guint64 seed)
{
  alone->sim = sim_new (seed);
  alone->log = packet_log_new (alone->sim);
  alone->alice = &alone->sim->ends[0].streams[0];
}

static void
alone_start (Alone * alone)
{
  sim_make (alone->sim, 0, 1);
  mock_peer_init (&alone->mock, alone->alice, 0x70707070);
  sim_start (alone->sim, 0);
}

static void
alone_clear (Alone * alone)
{
  packet_log_free (alone->log);
  sim_free (alone->sim);
}

static const ZrtpStreamInfo *
info_of (Alone * alone)
{
  return zrtp_stream_get_info (alone->alice->stream);
}

static guint
count (Alone * alone, ZrtpMessageType type)
{
  return packet_log_count (alone->log, 0, type);
}

/* T1 */

/* 50, 100, then 200 ms: 21 Hellos in 3.75 s, 200 ms later one more, and from
 * there one every 1.5 s. */
static guint
usual_times (gint * times, gint last)
{
  guint n = 0;

  for (gint at = 0; at <= last; n++) {
    times[n] = at;
    at += n == 0 ? 50 : n == 1 ? 100 : n < 21 ? 200 : 1500;
  }
  return n;
}

GST_START_TEST (test_schedule)
{
  gint times[64];
  Alone alone;
  guint n;

  alone_init (&alone, 1);
  alone_start (&alone);
  sim_run (alone.sim, 3750 * SIM_MSEC);
  n = usual_times (times, 3750);
  fail_unless_equals_int (n, 21);
  /* Z-6-03 Z-6-01 Z-4.1-05 Z-3-02 Z-6-02 Z-8-01 */
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, n);
  sim_run (alone.sim, 30 * SIM_SEC);
  n = usual_times (times, 30000);
  fail_unless_equals_int (n, 21 + 18);
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, n);
  fail_unless_equals_int (alone.log->entries->len, n);
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_uint64 (info_of (&alone)->counters.sent, n);
  fail_unless_equals_uint64 (info_of (&alone)->counters.retransmitted, n - 1);
  alone_clear (&alone);
}

GST_END_TEST;

/* Z-6-11: links of long delay. */
GST_START_TEST (test_longer_timeout)
{
  gint times[32], at = 0;
  Alone alone;

  alone_init (&alone, 2);
  alone.sim->ends[0].policy.hello_timeout_ms = 600;
  alone_start (&alone);
  for (guint i = 0; i < 24; i++) {
    times[i] = at;
    at += i == 0 ? 600 : i == 1 ? 1200 : 2400;
  }
  /* 600 + 1200 + 18 * 2400; the slow rate is no faster than the cap. */
  fail_unless_equals_int (times[20], 45000);
  sim_run (alone.sim, times[23] * SIM_MSEC);
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, 24);
  alone_clear (&alone);
}

GST_END_TEST;

typedef void (*Evidence) (Alone * alone);

static void
show_hello (Alone * alone)
{
  mock_peer_hello (&alone->mock);
}

static void
show_hello_of_later_version (Alone * alone)
{
  memcpy (alone->mock.hello.version, "2.00", 4);
  mock_peer_hello (&alone->mock);
}

static void
show_ping (Alone * alone)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_PING };

  memcpy (message.u.ping.version, ZRTP_VERSION, 4);
  mock_peer_say (&alone->mock, &message, NULL);
}

static void
show_hello_hash (Alone * alone)
{
  fail_unless (zrtp_stream_set_peer_hello_hash (alone->alice->stream,
          "fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df",
          alone->sim->now));
}

static void
show_hello_hash_and_restart (Alone * alone)
{
  show_hello_hash (alone);
  zrtp_stream_stop (alone->alice->stream, alone->sim->now);
  sim_drain (alone->sim, 0);
  packet_log_reset (alone->log);
  sim_start (alone->sim, 0);
}

/* A peer that shows itself but is slow gets 12 s of the fast rate. */
GST_START_TEST (test_evidence)
{
  static const Evidence evidence[] = {
    show_hello, show_hello_of_later_version, show_ping, show_hello_hash,
    show_hello_hash_and_restart
  };
  gint times[80], at = 0;
  Alone alone;

  alone_init (&alone, 3);
  alone_start (&alone);
  evidence[__i__] (&alone);
  if (evidence[__i__] == show_hello) {
    sim_run (alone.sim, 12 * SIM_MSEC); /* see test_late_peer */
    packet_log_reset (alone.log);
  }
  for (guint i = 0; i < 66; i++) {
    times[i] = at;
    at += i == 0 ? 50 : i == 1 ? 100 : at < 12000 ? 200 : 1500;
  }
  fail_unless_equals_int (times[62], 12150);
  fail_unless_equals_int (times[63], 13650);
  sim_run (alone.sim, times[65] * SIM_MSEC + alone.sim->now + SIM_MSEC);
  /* Z-6-09 */
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, 66);
  alone_clear (&alone);
}

GST_END_TEST;

/* A late peer has not heard our first Hellos: the schedule starts again. */
GST_START_TEST (test_schedule_restarts)
{
  gint times[] = { 0, 50, 150, 350, 550 };
  Alone alone;

  alone_init (&alone, 4);
  alone_start (&alone);
  sim_run (alone.sim, 7000 * SIM_MSEC);
  packet_log_reset (alone.log);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 7700 * SIM_MSEC);
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, 5);
  /* The same Hello again does not. */
  packet_log_reset (alone.log);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 7700 * SIM_MSEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 0);
  alone_clear (&alone);
}

GST_END_TEST;

/* Z-3-01: a new transport is tried at once. */
GST_START_TEST (test_restart_discovery)
{
  gint times[] = { 0, 50, 150, 350 };
  Alone alone;

  alone_init (&alone, 5);
  alone_start (&alone);
  sim_run (alone.sim, 6 * SIM_SEC);
  packet_log_reset (alone.log);
  zrtp_stream_restart_discovery (alone.alice->stream, alone.sim->now);
  sim_drain (alone.sim, 0);
  sim_run (alone.sim, alone.sim->now + 400 * SIM_MSEC);
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, 4);
  alone_clear (&alone);
}

GST_END_TEST;

/* Who came up after our first Hello does not wait for T1; who heard it does not
 * get it twice. */
GST_START_TEST (test_late_peer)
{
  static const gint times[] = { 0, 50, 150 };
  Alone alone;

  alone_init (&alone, 16);
  alone_start (&alone);
  sim_run (alone.sim, 20 * SIM_MSEC);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 32 * SIM_MSEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 1);
  packet_log_reset (alone.log);
  sim_run (alone.sim, 200 * SIM_MSEC);
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, 3);
  fail_unless_equals_int (packet_log_get (alone.log, 0, ZRTP_MESSAGE_HELLO,
          0)->when, 20 * SIM_MSEC + 12500);
  alone_clear (&alone);

  alone_init (&alone, 17);
  alone_start (&alone);
  sim_run (alone.sim, 20 * SIM_MSEC);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 30 * SIM_MSEC);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  sim_run (alone.sim, 150 * SIM_MSEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 1);
  alone_clear (&alone);
}

GST_END_TEST;

/* A HelloACK ends the schedule. It may be forged, so Hellos go on slowly. */
GST_START_TEST (test_ack_stops_hello)
{
  Alone alone;

  alone_init (&alone, 6);
  alone.sim->ends[0].policy.auto_secure = FALSE;
  alone_start (&alone);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 120 * SIM_MSEC);
  packet_log_reset (alone.log);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  sim_run (alone.sim, 120 * SIM_MSEC + 30 * SIM_SEC);
  /* Z-4.1-05 Z-5.3-02 Z-6-07 */
  fail_unless_equals_int (alone.log->entries->len, 20);
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  alone_clear (&alone);
}

GST_END_TEST;

/* Z-5.3-03 Z-6-07 Z-4.1-05: so does a Commit. */
GST_START_TEST (test_commit_stops_hello)
{
  Alone alone;

  alone_init (&alone, 7);
  alone_start (&alone);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 120 * SIM_MSEC);
  mock_peer_commit (&alone.mock, NULL);
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_NEGOTIATING);
  fail_unless_equals_int (info_of (&alone)->role, ZRTP_ROLE_RESPONDER);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 3);
  sim_run (alone.sim, SIM_SEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 3);
  /* That Commit may be any sender's: Hellos go on slowly. */
  sim_run (alone.sim, 9 * SIM_SEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 8);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_DHPART1), 1);
  alone_clear (&alone);
}

GST_END_TEST;

/* The peer's own Hello does not stop ours, nor does an ack from elsewhere. */
GST_START_TEST (test_what_does_not_stop_hello)
{
  MockPeer other;
  Alone alone;

  alone_init (&alone, 8);
  alone_start (&alone);
  mock_peer_init (&other, alone.alice, 0x666);
  mock_peer_hello (&alone.mock);
  sim_run (alone.sim, 120 * SIM_MSEC);
  mock_peer_ack (&other, ZRTP_MESSAGE_HELLO_ACK);
  sim_run (alone.sim, 600 * SIM_MSEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 6);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 0);
  fail_unless_equals_uint64 (info_of (&alone)->counters.
      dropped[ZRTP_DROP_FOREIGN_SOURCE], 1);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  sim_run (alone.sim, 620 * SIM_MSEC);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
  alone_clear (&alone);
}

GST_END_TEST;

/* A Hello that a third party throws in does not keep us from the peer that
 * answers ours, though it be passive and wait for our Commit. */
GST_START_TEST (test_stray_hello)
{
  for (guint ack_first = 0; ack_first < 2; ack_first++) {
    MockPeer other;
    Alone alone;

    alone_init (&alone, 81);
    alone.sim->ends[0].policy.auto_secure = FALSE;
    alone_start (&alone);
    mock_peer_init (&other, alone.alice, 0x666);
    alone.mock.hello.passive = TRUE;
    mock_peer_hello (&alone.mock);
    if (ack_first)
      mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
    sim_run (alone.sim, 100 * SIM_MSEC);
    mock_peer_hello (&other);
    sim_run (alone.sim, 200 * SIM_MSEC);
    /* It acknowledges whatever Hello comes. */
    mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
    fail_unless (zrtp_stream_go_secure (alone.alice->stream, alone.sim->now));
    sim_drain (alone.sim, 0);
    sim_run (alone.sim, alone.sim->now);
    fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
    fail_unless_equals_uint64 (info_of (&alone)->peer_ssrc, 0x70707070);
    alone_clear (&alone);
  }
}

GST_END_TEST;

/* 5.4: a Commit takes both the peer's Hello and its HelloACK. */
GST_START_TEST (test_commit_needs_both)
{
  for (guint hello_first = 0; hello_first < 2; hello_first++) {
    Alone alone;

    alone_init (&alone, 9);
    alone_start (&alone);
    if (hello_first)
      mock_peer_hello (&alone.mock);
    else
      mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
    sim_run (alone.sim, SIM_SEC);
    /* Z-5.4-01 Z-4.1.1-06 */
    fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 0);
    if (hello_first)
      mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
    else
      mock_peer_hello (&alone.mock);
    sim_run (alone.sim, SIM_SEC + 20 * SIM_MSEC);
    fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
    fail_unless_equals_int (info_of (&alone)->role, ZRTP_ROLE_INITIATOR);
    alone_clear (&alone);
  }
}

GST_END_TEST;

/* Packets */

GST_START_TEST (test_sequence_numbers)
{
  guint16 lowest = G_MAXUINT16, highest = 0;

  for (guint seed = 0; seed < 200; seed++) {
    guint16 start = 0;
    Alone alone;

    alone_init (&alone, 1000 + seed);
    alone_start (&alone);
    for (guint i = 0; i < 5; i++) {
      mock_peer_hello (&alone.mock);
      show_ping (&alone);
      sim_run (alone.sim, alone.sim->now + 77 * SIM_MSEC);
    }
    /* Z-5-03: Hellos, acks and retransmissions alike. */
    fail_unless (alone.log->entries->len > 12);
    for (guint i = 0; i < alone.log->entries->len; i++) {
      const PacketLogEntry *entry = g_ptr_array_index (alone.log->entries, i);

      if (i == 0)
        start = entry->sequence;
      fail_unless_equals_int (entry->sequence, start + i);
      /* Z-5-05 */
      fail_unless_equals_uint64 (entry->ssrc, 0x1000);
    }
    fail_unless (start >= 1 && start <= 0x7fff);
    lowest = MIN (lowest, start);
    highest = MAX (highest, start);
    alone_clear (&alone);
  }
  fail_unless (lowest < 0x1000 && highest > 0x7000);
}

GST_END_TEST;

/* Z-6-01: each packet has its own CRC, for its number differs. */
GST_START_TEST (test_crc_differs)
{
  Alone alone;

  alone_init (&alone, 10);
  alone_start (&alone);
  sim_run (alone.sim, 400 * SIM_MSEC);
  fail_unless_equals_int (alone.log->entries->len, 4);
  for (guint i = 1; i < 4; i++) {
    const PacketLogEntry *a = g_ptr_array_index (alone.log->entries, i - 1);
    const PacketLogEntry *b = g_ptr_array_index (alone.log->entries, i);

    fail_unless (g_bytes_equal (a->octets, b->octets));
    fail_if (a->crc == b->crc);
  }
  alone_clear (&alone);
}

GST_END_TEST;

GST_START_TEST (test_own_hello)
{
  guint8 zid[ZRTP_ZID_SIZE];
  const ZrtpHello *hello;
  const guint8 *octets;
  Alone alone;

  alone_init (&alone, 11);
  alone_start (&alone);
  hello =
      &packet_log_get (alone.log, 0, ZRTP_MESSAGE_HELLO, 0)->message.u.hello;
  octets =
      g_bytes_get_data (packet_log_get (alone.log, 0, ZRTP_MESSAGE_HELLO,
          0)->octets, NULL);
  zrtp_stream_get_zid (alone.alice->stream, zid);
  /* Z-4.1.1-01 Z-4.1.1-07 Z-4.1-02 Z-4.1-03 Z-5.2-02 Z-5.2-03 Z-5.2-04 */
  fail_unless_equals_string (hello->version, "1.10");
  fail_unless (memcmp (octets + 12, "1.10", 4) == 0);
  fail_unless (memcmp (octets + 64, zid, ZRTP_ZID_SIZE) == 0);
  fail_unless (memcmp (hello->client_id, alone.sim->ends[0].policy.client_id,
          ZRTP_CLIENT_ID_SIZE) == 0);
  fail_if (hello->signature_capable || hello->mitm || hello->passive);
  /* Z-5.2-07: flags and unused bits. */
  fail_unless_equals_int (octets[76], 0);
  fail_unless_equals_int (octets[77] & 0xf0, 0);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    fail_unless (hello->n_names[kind] > 0);
  alone_clear (&alone);
}

GST_END_TEST;

/* A Hello that came while we got ready is answered with our first. */
GST_START_TEST (test_early_hello)
{
  const gboolean late = __i__ == 1, stopped = __i__ == 2;
  const guint known = late || stopped ? 0 : 1;
  Alone alone;

  alone_init (&alone, 20);
  sim_make (alone.sim, 0, 1);
  mock_peer_init (&alone.mock, alone.alice, 0x70707070);
  mock_peer_hello (&alone.mock);
  /* It is too early for anything else. */
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (alone.log->entries->len, 0);
  fail_unless_equals_int (info_of (&alone)->
      counters.dropped[ZRTP_DROP_UNEXPECTED], 1);
  sim_run (alone.sim, (late ? 2001 : 2000) * SIM_MSEC);
  if (stopped)
    zrtp_stream_stop (alone.alice->stream, alone.sim->now);

  sim_start (alone.sim, 0);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO), 1);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO_ACK), known);
  fail_unless_equals_int (info_of (&alone)->have_peer, known);
  fail_unless_equals_int (info_of (&alone)->counters.received, known);

  /* Only once. */
  zrtp_stream_stop (alone.alice->stream, alone.sim->now);
  sim_start (alone.sim, 0);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO_ACK), known);
  fail_unless (!info_of (&alone)->have_peer);
  alone_clear (&alone);
}

GST_END_TEST;

/* HelloACK and versions */

GST_START_TEST (test_every_hello_is_acked)
{
  static const char *const versions[] = {
    "1.10", "2.00", "1.20", "1.1a", "9.99", "1.11", "1.1 "
  };
  Alone alone;

  alone_init (&alone, 12);
  alone_start (&alone);
  for (guint i = 0; i < G_N_ELEMENTS (versions); i++) {
    memcpy (alone.mock.hello.version, versions[i], 4);
    mock_peer_hello (&alone.mock);
    mock_peer_hello (&alone.mock);
    /* Z-5.3-01 */
    fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO_ACK), 2 * i + 2);
  }
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  alone_clear (&alone);
}

GST_END_TEST;

GST_START_TEST (test_later_version)
{
  gint times[] = { 0, 50, 150, 350, 550, 750, 950 };
  Alone alone;

  alone_init (&alone, 13);
  alone_start (&alone);
  sim_run (alone.sim, 300 * SIM_MSEC);
  memcpy (alone.mock.hello.version, "2.00", 4);
  mock_peer_hello (&alone.mock);
  mock_peer_commit (&alone.mock, NULL);
  sim_run (alone.sim, SIM_SEC);
  /* Z-4.1.1-08 Z-4.1.1-09: nothing changes, ours goes on as it was. */
  packet_log_check_times (alone.log, 0, ZRTP_MESSAGE_HELLO, times, 7);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_ERROR), 0);
  fail_if (info_of (&alone)->have_peer);
  /* Z-4.1.1-06 */
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_DHPART1), 0);
  /* It then comes down to ours. */
  memcpy (alone.mock.hello.version, "1.10", 4);
  mock_peer_hello (&alone.mock);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
  alone_clear (&alone);
}

GST_END_TEST;

GST_START_TEST (test_earlier_version)
{
  static const char *const versions[] = { "1.00", "0.90", "1.0a", "0.85" };
  Alone alone;

  alone_init (&alone, 14);
  alone_start (&alone);
  memcpy (alone.mock.hello.version, versions[__i__], 4);
  mock_peer_hello (&alone.mock);
  /* Z-4.1.1-12 Z-4.1.1-15 Z-5.3-01 */
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO_ACK), 1);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_ERROR), 1);
  fail_unless_equals_int (packet_log_get (alone.log, 0, ZRTP_MESSAGE_ERROR,
          0)->message.u.error_code, 0x30);
  /* It may be any sender's: told, and Hellos go on. */
  fail_unless_equals_int (alone.alice->last_error, ZRTP_ERROR_VERSION);
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_ERROR_ACK);

  /* A Hello that we understand is welcome. */
  memcpy (alone.mock.hello.version, "1.10", 4);
  mock_peer_hello (&alone.mock);
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
  alone_clear (&alone);
}

GST_END_TEST;

/* A third party that says an old Hello in between cannot end it for our
 * peer. */
/* The other side speaks several versions and goes down by the rules, until it
 * comes to ours or to nothing. */
typedef struct
{
  const char *versions[4];      /* in the order in which they come */
  gboolean meets;
} Descent;

static const Descent descents[] = {
  {{"2.00", "1.10", NULL}, TRUE},
  {{"9.99", "2.00", "1.20", "1.10"}, TRUE},
  {{"2.00", "1.20", "1.00", NULL}, FALSE},
};

/* Z-4.1.1-13 */
GST_START_TEST (test_versions_meet)
{
  const Descent *row = &descents[__i__];
  Alone alone;

  alone_init (&alone, 40 + __i__);
  alone_start (&alone);
  for (guint i = 0; i < 4 && row->versions[i]; i++) {
    fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
    memcpy (alone.mock.hello.version, row->versions[i], 4);
    mock_peer_hello (&alone.mock);
    sim_run (alone.sim, alone.sim->now + 50 * SIM_MSEC);
  }
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), row->meets);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_ERROR) > 0, !row->meets);
  if (!row->meets)
    fail_unless_equals_int (alone.alice->last_error, ZRTP_ERROR_VERSION);
  alone_clear (&alone);
}

GST_END_TEST;

GST_START_TEST (test_earlier_version_from_elsewhere)
{
  MockPeer other;
  Alone alone;

  alone_init (&alone, 15);
  alone_start (&alone);
  mock_peer_init (&other, alone.alice, 0x666);
  memcpy (other.hello.version, "1.00", 4);
  mock_peer_hello (&alone.mock);
  mock_peer_hello (&other);
  fail_unless_equals_int (info_of (&alone)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_ERROR), 0);
  alone_clear (&alone);
}

GST_END_TEST;

/* Z-4.1.1-14: the fourth character means nothing. */
GST_START_TEST (test_fourth_character)
{
  static const char *const versions[] = { "1.1a", "1.1 ", "1.11", "1.19" };
  Alone alone;

  alone_init (&alone, 16);
  alone_start (&alone);
  memcpy (alone.mock.hello.version, versions[__i__], 4);
  mock_peer_hello (&alone.mock);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless (info_of (&alone)->have_peer);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
  alone_clear (&alone);
}

GST_END_TEST;

/* Unused bits */

static void
deliver_patched (Alone * alone, guint at, guint8 value)
{
  GBytes *hello = mock_peer_make_hello (&alone->mock);
  gsize size = g_bytes_get_size (hello);
  guint8 message[ZRTP_MAX_MESSAGE_SIZE], packet[ZRTP_MAX_PACKET_SIZE];
  guint32 crc;

  memcpy (message, g_bytes_get_data (hello, NULL), size);
  g_bytes_unref (hello);
  size = zrtp_packet_write (packet, sizeof packet, 9, alone->mock.ssrc,
      message, size);
  packet[at] |= value;
  if (at >= ZRTP_PACKET_HEADER_SIZE)
    zrtp_message_sign (packet + ZRTP_PACKET_HEADER_SIZE,
        size - ZRTP_PACKET_HEADER_SIZE - ZRTP_CRC_SIZE, alone->mock.h[2]);
  crc = zrtp_crc32c (packet, size - 4);
  for (guint i = 0; i < 4; i++)
    packet[size - 4 + i] = crc >> 8 * i;
  sim_deliver (alone->alice, packet, size);
  sim_run (alone->sim, alone->sim->now);
}

GST_START_TEST (test_unused_bits)
{
  static const struct
  {
    guint at;
    guint8 value;
  } rows[] = {
    {0, 0x0f}, {1, 0xff},       /* Z-5-02 */
    {12 + 76, 0x80}, {12 + 76, 0x0f}, {12 + 77, 0xf0},  /* Z-5.2-08 */
  };
  Alone alone;

  alone_init (&alone, 17);
  alone_start (&alone);
  deliver_patched (&alone, rows[__i__].at, rows[__i__].value);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_HELLO_ACK), 1);
  fail_unless (info_of (&alone)->have_peer);
  fail_unless_equals_uint64 (info_of (&alone)->counters.received, 1);
  mock_peer_ack (&alone.mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (count (&alone, ZRTP_MESSAGE_COMMIT), 1);
  alone_clear (&alone);
}

GST_END_TEST;

static Suite *
discovery_suite (void)
{
  Suite *suite = suite_create ("discovery");
  TCase *tc = tcase_create ("discovery");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_schedule);
  tcase_add_test (tc, test_longer_timeout);
  tcase_add_loop_test (tc, test_evidence, 0, 5);
  tcase_add_test (tc, test_schedule_restarts);
  tcase_add_test (tc, test_restart_discovery);
  tcase_add_test (tc, test_late_peer);
  tcase_add_test (tc, test_ack_stops_hello);
  tcase_add_test (tc, test_commit_stops_hello);
  tcase_add_test (tc, test_what_does_not_stop_hello);
  tcase_add_test (tc, test_stray_hello);
  tcase_add_test (tc, test_commit_needs_both);
  tcase_add_test (tc, test_sequence_numbers);
  tcase_add_test (tc, test_crc_differs);
  tcase_add_test (tc, test_own_hello);
  tcase_add_loop_test (tc, test_early_hello, 0, 3);
  tcase_add_test (tc, test_every_hello_is_acked);
  tcase_add_test (tc, test_later_version);
  tcase_add_loop_test (tc, test_earlier_version, 0, 4);
  tcase_add_loop_test (tc, test_versions_meet, 0, G_N_ELEMENTS (descents));
  tcase_add_test (tc, test_earlier_version_from_elsewhere);
  tcase_add_loop_test (tc, test_fourth_character, 0, 4);
  tcase_add_loop_test (tc, test_unused_bits, 0, 5);
  return suite;
}

GST_CHECK_MAIN (discovery);
