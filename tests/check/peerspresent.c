/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The peers that are present (RFC 6189 3, 4.1, 5.2, 5.15, 6): none, ourselves,
 * one without ZRTP, one that is late, one that waits to be called.
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
make_both (Sim * sim)
{
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
}

static void
start_with (Sim * sim, guint which, guint32 ssrc)
{
  zrtp_stream_start (stream_of (sim, which)->stream, ssrc, sim->now);
  sim_drain (sim, which);
}

/* As after any call into the engine. */
static void
settle (Sim * sim, guint which)
{
  sim_drain (sim, which);
  sim_run (sim, sim->now);
}

static void
clear_media (Sim * sim, guint which)
{
  zrtp_stream_media_received (stream_of (sim, which)->stream,
      ZRTP_MEDIA_CLEAR, sim->now);
  settle (sim, which);
}

/* Ourselves */

GST_START_TEST (test_equal_zids)
{
  Sim *sim = sim_new (1);

  memcpy (sim->ends[1].zid, sim->ends[0].zid, ZRTP_ZID_SIZE);
  make_both (sim);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 5 * SIM_SEC);
  for (guint i = 0; i < 2; i++) {
    /* Z-5.2-15 */
    fail_unless_equals_int (info_of (sim, i)->state, ZRTP_STATE_FAILED);
    fail_unless_equals_int (info_of (sim, i)->error, ZRTP_ERROR_EQUAL_ZIDS);
    fail_unless_equals_int (info_of (sim, i)->send, ZRTP_MEDIA_BLOCKED);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Our Hello thrown back at us while a peer is there. */
GST_START_TEST (test_reflected_hello)
{
  MockPeer mirror, mock;
  Sim *sim = sim_new (2);

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  mock_peer_init (&mock, stream_of (sim, 0), 7);
  mock_peer_init (&mirror, stream_of (sim, 0), 0x1000);
  memcpy (mirror.hello.zid, sim->ends[0].zid, ZRTP_ZID_SIZE);
  mock_peer_hello (&mock);
  mock_peer_hello (&mirror);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  sim_free (sim);
}

GST_END_TEST;

/* 4.1: one SSRC for both */

static void
start_in_collision (Sim * sim)
{
  make_both (sim);
  start_with (sim, 0, 0x5555);
  start_with (sim, 1, 0x5555);
}

GST_START_TEST (test_ssrc_collision)
{
  Sim *sim = sim_new (3);
  PacketLog *log = packet_log_new (sim);

  start_in_collision (sim);
  sim_run (sim, 3 * SIM_SEC);
  for (guint i = 0; i < 2; i++) {
    /* Z-4.1-06 Z-4.1-07 */
    fail_unless_equals_int (info_of (sim, i)->state, ZRTP_STATE_FAILED);
    fail_unless_equals_int (info_of (sim, i)->error, ZRTP_ERROR_SSRC_COLLISION);
    fail_unless_equals_int (packet_log_get (log, i, ZRTP_MESSAGE_ERROR,
            0)->message.u.error_code, 0x91);
    /* Z-4.1-08: it is told once, with the SSRC to change. */
    fail_unless_equals_int (stream_of (sim,
            i)->n_events[ZRTP_EVENT_SSRC_COLLISION], 1);
    fail_unless_equals_int (packet_log_count (log, i, ZRTP_MESSAGE_COMMIT), 0);
  }
  /* Z-4.1-09 */
  start_with (sim, 0, 0x6666);
  start_with (sim, 1, 0x7777);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_uint64 (info_of (sim, 0)->peer_ssrc, 0x7777);
  fail_unless_equals_uint64 (info_of (sim, 1)->peer_ssrc, 0x6666);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Packets with our SSRC go on for more than a second. */
static void
say_for_a_second (MockPeer * mock, ZrtpMessageType type)
{
  Sim *sim = mock->to->endpoint->sim;

  for (guint i = 0; i < 3; i++) {
    if (i > 0)
      sim_run (sim, sim->now + 510 * SIM_MSEC);
    if (type == ZRTP_MESSAGE_HELLO)
      mock_peer_hello (mock);
    else
      mock_peer_ack (mock, type);
  }
}

GST_START_TEST (test_collision_ends_negotiation)
{
  Sim *sim = sim_new (4);
  MockPeer mock;

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  mock_peer_init (&mock, stream_of (sim, 0), 0x1000);
  say_for_a_second (&mock, ZRTP_MESSAGE_HELLO);
  mock_peer_commit (&mock, NULL);
  /* Z-4.1-07 */
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
  fail_unless (strstr (stream_of (sim, 0)->trace->str, "DHPart1") == NULL);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.1-06: any message shows it, also in an exchange; but not once secure. */
GST_START_TEST (test_collision_in_any_message)
{
  MockPeer mock;
  Sim *sim = sim_new (5);

  make_both (sim);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 25 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  mock_peer_init (&mock, stream_of (sim, 0), 0x1000);
  /* What only our peer may say is a third party's, and ignored. */
  mock_peer_ack (&mock, ZRTP_MESSAGE_CONF2ACK);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  /* If the other one has another SSRC it goes on. */
  sim->ends[1].dead = TRUE;
  sim_run (sim, sim->now + 20 * SIM_MSEC);
  say_for_a_second (&mock, ZRTP_MESSAGE_HELLO_ACK);
  sim_run (sim, sim->now + 1400 * SIM_MSEC);
  fail_unless_equals_int (info_of (sim, 0)->error, ZRTP_ERROR_SSRC_COLLISION);
  sim_free (sim);

  sim = sim_new_pair (6);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  mock_peer_init (&mock, stream_of (sim, 0), 0x1000);
  mock_peer_ack (&mock, ZRTP_MESSAGE_CONF2ACK);
  mock_peer_hello (&mock);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Our own HelloACK thrown back looks like an endpoint with our SSRC. If that
 * gave us a new one each time we would say Hello to ourselves forever. */
GST_START_TEST (test_mirror_takes_few_ssrcs)
{
  Sim *sim = sim_new (17);
  const guint *n_collisions;
  MockPeer mirror;

  make_both (sim);
  n_collisions = &stream_of (sim, 0)->n_events[ZRTP_EVENT_SSRC_COLLISION];
  mock_peer_init (&mirror, stream_of (sim, 0), 0);
  for (guint i = 0; i < 100; i++) {
    mirror.ssrc = 0x1000 + *n_collisions;
    start_with (sim, 0, mirror.ssrc);
    say_for_a_second (&mirror, ZRTP_MESSAGE_HELLO_ACK);
    fail_unless (*n_collisions <= 8 + sim->now / (10 * SIM_SEC) + 1);
  }
  /* It does not keep the peer out. */
  start_with (sim, 1, 0x7777);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

static gboolean
lose_errors (const PacketLogEntry * entry, gpointer until)
{
  return entry->message.type != ZRTP_MESSAGE_ERROR
      || entry->when > *(gint64 *) until;
}

/* An Error of the first try that is still unacknowledged must not end the
 * second. */
GST_START_TEST (test_old_error_spares_new_exchange)
{
  gint64 until = 1500 * SIM_MSEC;
  Sim *sim = sim_new (7);
  PacketLog *log = packet_log_new (sim);

  sim->delay = 60 * SIM_MSEC;
  log->rule = lose_errors;
  log->rule_data = &until;
  start_in_collision (sim);
  sim_run (sim, 1500 * SIM_MSEC);
  fail_unless_equals_int (info_of (sim, 0)->error, ZRTP_ERROR_SSRC_COLLISION);
  fail_unless_equals_int (info_of (sim, 1)->error, ZRTP_ERROR_SSRC_COLLISION);
  start_with (sim, 0, 0x6666);
  start_with (sim, 1, 0x7777);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  sim_run (sim, 20 * SIM_SEC);
  sim_assert_agreed (sim);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* No peer with ZRTP */

GST_START_TEST (test_no_zrtp)
{
  for (guint media_first = 0; media_first < 2; media_first++) {
    Sim *sim = sim_new (8);
    PacketLog *log = packet_log_new (sim);

    sim->ends[0].policy.require_encryption = FALSE;
    sim_make (sim, 0, 1);
    sim_start (sim, 0);
    if (media_first)
      clear_media (sim, 0);
    sim_run (sim, 3940 * SIM_MSEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
    sim_run (sim, 10 * SIM_SEC);
    if (!media_first) {
      fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
      clear_media (sim, 0);
    }
    /* Z-3-02 */
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NO_ZRTP);
    packet_log_reset (log);
    sim_run (sim, 60 * SIM_SEC);
    /* That media may be forged: Hellos go on, every 1.5 s. */
    fail_unless_equals_int (log->entries->len, 33);
    fail_unless_equals_int (stream_of (sim, 0)->send, ZRTP_MEDIA_CLEAR);
    fail_unless_equals_int (stream_of (sim, 0)->receive, ZRTP_MEDIA_CLEAR);
    packet_log_free (log);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Silence alone proves nothing: people start minutes apart. */
GST_START_TEST (test_nobody_there)
{
  Sim *sim = sim_new (9);

  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_run (sim, 600 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* A peer that showed itself is not taken for one without ZRTP. */
GST_START_TEST (test_evidence_against_no_zrtp)
{
  Sim *sim = sim_new (10);
  MockPeer mock;

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  mock_peer_init (&mock, stream_of (sim, 0), 7);
  mock_peer_hello (&mock);
  clear_media (sim, 0);
  sim_run (sim, 60 * SIM_SEC);
  clear_media (sim, 0);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  sim_free (sim);
}

GST_END_TEST;

static void
give_up_on_zrtp (Sim * sim)
{
  make_both (sim);
  sim_start (sim, 0);
  clear_media (sim, 0);
  sim_run (sim, 8 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NO_ZRTP);
}

GST_START_TEST (test_late_hello)
{
  for (guint passive = 0; passive < 3; passive++) {
    Sim *sim = sim_new (11);

    if (passive)
      sim->ends[passive - 1].policy.passive = TRUE;
    give_up_on_zrtp (sim);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static gboolean
lose_hello_acks (const PacketLogEntry * entry, gpointer user_data)
{
  return entry->from == 0 || entry->message.type != ZRTP_MESSAGE_HELLO_ACK;
}

/* Hellos have run out unanswered; 15 s later the peer sends its Commit. */
GST_START_TEST (test_late_commit)
{
  Sim *sim = sim_new (12);
  PacketLog *log = packet_log_new (sim);

  log->rule = lose_hello_acks;
  sim->ends[1].policy.auto_secure = FALSE;
  make_both (sim);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 15 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  fail_unless (zrtp_stream_go_secure (stream_of (sim, 1)->stream, sim->now));
  settle (sim, 1);
  /* Z-6-10 */
  fail_unless (sim_run_until_secure (sim, 16 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_int (info_of (sim, 0)->role, ZRTP_ROLE_RESPONDER);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Late, and after we took it for an endpoint without ZRTP: its Hello came
 * before, for it was we that were acknowledged too early. */
GST_START_TEST (test_commit_after_no_zrtp)
{
  Sim *sim = sim_new (13);
  MockPeer mock;

  give_up_on_zrtp (sim);
  mock_peer_init (&mock, stream_of (sim, 0), 7);
  mock_peer_hello (&mock);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  mock_peer_commit (&mock, NULL);
  /* Z-6-10 Z-5.3-03 */
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  sim_free (sim);
}

GST_END_TEST;

/* The caller */

GST_START_TEST (test_both_passive)
{
  Sim *sim = sim_new (14);
  PacketLog *log = packet_log_new (sim);

  sim->ends[0].policy.passive = sim->ends[1].policy.passive = TRUE;
  make_both (sim);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 60 * SIM_SEC);
  for (guint i = 0; i < 2; i++) {
    /* Z-5.2-05 Z-5.2-06 */
    fail_unless (packet_log_get (log, i, ZRTP_MESSAGE_HELLO,
            0)->message.u.hello.passive);
    fail_unless (info_of (sim, i)->peer_passive);
    fail_unless_equals_int (packet_log_count (log, i, ZRTP_MESSAGE_COMMIT), 0);
    fail_unless_equals_int (sim_state (sim, i), ZRTP_STATE_DISCOVERING);
    /* Not even if asked to. */
    zrtp_stream_go_secure (stream_of (sim, i)->stream, sim->now);
    settle (sim, i);
    fail_unless_equals_int (packet_log_count (log, i, ZRTP_MESSAGE_COMMIT), 0);
  }
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_go_secure)
{
  for (guint who = 0; who < 2; who++) {
    Sim *sim = sim_new (15);

    sim->ends[0].policy.auto_secure = FALSE;
    sim->ends[1].policy.auto_secure = FALSE;
    make_both (sim);
    fail_if (zrtp_stream_go_secure (stream_of (sim, who)->stream, 0));
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 5 * SIM_SEC);
    /* Z-3-03: both know each other and wait. */
    for (guint i = 0; i < 2; i++) {
      fail_unless_equals_int (sim_state (sim, i), ZRTP_STATE_DISCOVERING);
      fail_unless (info_of (sim, i)->have_peer);
    }
    fail_unless (zrtp_stream_go_secure (stream_of (sim, who)->stream,
            sim->now));
    settle (sim, who);
    fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
    sim_assert_agreed (sim);
    fail_unless_equals_int (info_of (sim, who)->role, ZRTP_ROLE_INITIATOR);
    fail_if (zrtp_stream_go_secure (stream_of (sim, who)->stream, sim->now));
    sim_free (sim);
  }
}

GST_END_TEST;

/* Asked before the peer is there, and by a change of policy. */
GST_START_TEST (test_go_secure_early)
{
  for (guint by_policy = 0; by_policy < 2; by_policy++) {
    Sim *sim = sim_new (16);
    ZrtpPolicy policy;

    sim->ends[0].policy.auto_secure = FALSE;
    sim->ends[1].policy.passive = TRUE;
    make_both (sim);
    sim_start (sim, 0);
    if (!by_policy)
      fail_unless (zrtp_stream_go_secure (stream_of (sim, 0)->stream, 0));
    sim_start (sim, 1);
    sim_run (sim, 2 * SIM_SEC);
    if (by_policy) {
      fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
      policy = sim->ends[0].policy;
      policy.auto_secure = TRUE;
      zrtp_stream_update_policy (stream_of (sim, 0)->stream, &policy, sim->now);
      settle (sim, 0);
    }
    fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
    sim_free (sim);
  }
}

GST_END_TEST;

/* Ping */

static void
ping (Sim * sim, PacketLog * log, guint32 ssrc, const char *version)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_PING };
  const ZrtpPingAck *ack;
  MockPeer mock;
  guint n = packet_log_count (log, 0, ZRTP_MESSAGE_PING_ACK);
  const ZrtpState state = sim_state (sim, 0);

  mock_peer_init (&mock, stream_of (sim, 0), ssrc);
  memcpy (message.u.ping.version, version, 4);
  memcpy (message.u.ping.endpoint_hash, "pinghash", 8);
  mock_peer_say (&mock, &message, NULL);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_PING_ACK),
      n + 1);
  ack = &packet_log_get (log, 0, ZRTP_MESSAGE_PING_ACK, n)->message.u.ping_ack;
  /* Z-5.16-03 Z-5.16-04 Z-5.16-05 Z-5.16-07 */
  fail_unless_equals_string (ack->version, "1.10");
  fail_unless (memcmp (ack->endpoint_hash, sim->ends[0].zid, 8) == 0);
  fail_unless (memcmp (ack->received_endpoint_hash, "pinghash", 8) == 0);
  fail_unless_equals_uint64 (ack->ssrc, ssrc);
  fail_unless_equals_int (sim_state (sim, 0), state);
}

GST_START_TEST (test_ping)
{
  Sim *sim = sim_new (17);
  PacketLog *log = packet_log_new (sim);

  make_both (sim);
  sim_start (sim, 0);
  /* Z-5.15-01 Z-5.16-01 Z-5.16-02 Z-5.1.1-03 */
  ping (sim, log, 0x99, "1.10");
  ping (sim, log, 0x99, "2.00");
  sim_start (sim, 1);
  sim_run (sim, 25 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
  ping (sim, log, 0x99, "1.10");
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_assert_agreed (sim);
  ping (sim, log, 0x2000, "1.10");
  ping (sim, log, 0, "9.99");
  sim_assert_agreed (sim);
  fail_unless_equals_int (packet_log_count (log, 1, ZRTP_MESSAGE_PING_ACK), 0);
  /* Z-5.15-02 */
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_PING), 0);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_ping_when_it_is_over)
{
  Sim *sim = sim_new (18);
  PacketLog *log = packet_log_new (sim);
  MockPeer mock;

  give_up_on_zrtp (sim);
  ping (sim, log, 0x99, "1.10");
  packet_log_free (log);
  sim_free (sim);

  sim = sim_new (19);
  log = packet_log_new (sim);
  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  mock_peer_init (&mock, stream_of (sim, 0), 7);
  memcpy (mock.hello.zid, sim->ends[0].zid, ZRTP_ZID_SIZE);
  say_for_a_second (&mock, ZRTP_MESSAGE_HELLO);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
  ping (sim, log, 0x99, "1.10");
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* What is told of the peer */

GST_START_TEST (test_peer_client)
{
  static const struct
  {
    const char *octets, *text;
  } rows[] = {
    {"Client v1.2     ", "Client v1.2"},
    {"exactly sixteen!", "exactly sixteen!"},
    {"BZRTPv1.1\0\0\0\0\0\0\0", "BZRTPv1.1"},
    {"                ", ""},
    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", ""},
    {"a\nb\tc\033[2Jd\x7f    ", "a?b?c?[2Jd?"},
    {"\xc3\xa9\xff\xfe <b>%s</b>  ", "???? <b>%s</b>"},
    {"a\0b             ", "a?b"},
  };
  Sim *sim = sim_new (20);
  MockPeer mock;

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    mock_peer_init (&mock, stream_of (sim, 0), 100 + i);
    memcpy (mock.hello.client_id, rows[i].octets, ZRTP_CLIENT_ID_SIZE);
    mock.hello.mitm = i & 1;
    mock_peer_hello (&mock);
    fail_unless_equals_string (info_of (sim, 0)->peer_client, rows[i].text);
    fail_unless_equals_uint64 (info_of (sim, 0)->peer_ssrc, 100 + i);
    fail_unless (memcmp (info_of (sim, 0)->peer_zid, mock.hello.zid,
            ZRTP_ZID_SIZE) == 0);
    fail_unless_equals_int (info_of (sim, 0)->peer_mitm, i & 1);
    fail_unless_equals_int (stream_of (sim, 0)->n_events[ZRTP_EVENT_PEER],
        i + 1);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Z-11-03 Z-11-01 Z-5.7-08 */
GST_START_TEST (test_disclosure)
{
  Sim *sim = sim_new (21);

  sim->ends[1].policy.disclosure = TRUE;
  make_both (sim);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  fail_unless (info_of (sim, 0)->peer_disclosure);
  fail_if (info_of (sim, 1)->peer_disclosure);
  sim_free (sim);
}

GST_END_TEST;

/* What may pass where there are no keys. calls.c has the states up to secure. */

static void
assert_media (Sim * sim, ZrtpMedia send, ZrtpMedia receive)
{
  fail_unless_equals_int (stream_of (sim, 0)->send, send);
  fail_unless_equals_int (stream_of (sim, 0)->receive, receive);
}

GST_START_TEST (test_media_without_keys)
{
  for (guint required = 0; required < 2; required++) {
    const ZrtpMedia open = required ? ZRTP_MEDIA_BLOCKED : ZRTP_MEDIA_CLEAR;
    Sim *sim = sim_new (22);
    MockPeer mock;

    sim->ends[0].policy.require_encryption = required;
    sim_make (sim, 0, 1);
    assert_media (sim, open, open);
    sim_start (sim, 0);
    assert_media (sim, open, open);
    clear_media (sim, 0);
    sim_run (sim, 10 * SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NO_ZRTP);
    assert_media (sim, open, open);

    mock_peer_init (&mock, stream_of (sim, 0), 7);
    mock_peer_hello (&mock);
    assert_media (sim, open, open);
    mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
    /* Z-4-06: from the answer on, see test_media_points. */
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
    assert_media (sim, open, open);
    mock_peer_error (&mock, ZRTP_ERROR_UNAVAILABLE);
    sim_run (sim, sim->now + 1400 * SIM_MSEC);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
    assert_media (sim, open, open);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The policy may change at any time, but never opens what was secure. */
GST_START_TEST (test_media_follows_policy)
{
  ZrtpPolicy policy;
  Sim *sim = sim_new (23);

  make_both (sim);
  sim_start (sim, 0);
  assert_media (sim, ZRTP_MEDIA_BLOCKED, ZRTP_MEDIA_BLOCKED);
  policy = sim->ends[0].policy;
  policy.require_encryption = FALSE;
  zrtp_stream_update_policy (stream_of (sim, 0)->stream, &policy, sim->now);
  settle (sim, 0);
  assert_media (sim, ZRTP_MEDIA_CLEAR, ZRTP_MEDIA_CLEAR);

  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_media (sim, ZRTP_MEDIA_SECURE, ZRTP_MEDIA_SECURE);
  policy.require_encryption = TRUE;
  zrtp_stream_update_policy (stream_of (sim, 0)->stream, &policy, sim->now);
  policy.require_encryption = FALSE;
  zrtp_stream_update_policy (stream_of (sim, 0)->stream, &policy, sim->now);
  settle (sim, 0);
  assert_media (sim, ZRTP_MEDIA_SECURE, ZRTP_MEDIA_SECURE);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
peerspresent_suite (void)
{
  Suite *suite = suite_create ("peerspresent");
  TCase *tc = tcase_create ("presence");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_equal_zids);
  tcase_add_test (tc, test_reflected_hello);
  tcase_add_test (tc, test_ssrc_collision);
  tcase_add_test (tc, test_collision_ends_negotiation);
  tcase_add_test (tc, test_collision_in_any_message);
  tcase_add_test (tc, test_mirror_takes_few_ssrcs);
  tcase_add_test (tc, test_old_error_spares_new_exchange);
  tcase_add_test (tc, test_no_zrtp);
  tcase_add_test (tc, test_nobody_there);
  tcase_add_test (tc, test_evidence_against_no_zrtp);
  tcase_add_test (tc, test_late_hello);
  tcase_add_test (tc, test_late_commit);
  tcase_add_test (tc, test_commit_after_no_zrtp);
  tcase_add_test (tc, test_both_passive);
  tcase_add_test (tc, test_go_secure);
  tcase_add_test (tc, test_go_secure_early);
  tcase_add_test (tc, test_ping);
  tcase_add_test (tc, test_ping_when_it_is_over);
  tcase_add_test (tc, test_peer_client);
  tcase_add_test (tc, test_disclosure);
  tcase_add_test (tc, test_media_without_keys);
  tcase_add_test (tc, test_media_follows_policy);
  return suite;
}

GST_CHECK_MAIN (peerspresent);
