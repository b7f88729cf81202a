/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Streams of one session (RFC 6189 4.4.3, 4.5.2, 4.7.1): what becomes of one
 * when another stops, fails or finds another peer.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"
#include "zrtp/crypto/zrtpkeyschedule.h"

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which, guint index)
{
  return zrtp_stream_get_info (sim->ends[which].streams[index].stream);
}

static void
stop_stream (Sim * sim, guint which, guint index)
{
  zrtp_stream_stop (sim->ends[which].streams[index].stream, sim->now);
  sim_drain (sim, which);
  sim_run (sim, sim->now);
}

/* An endpoint with Bob's ZID, that Alice's second stream has sent its Commit
 * to. */
static void
make_impostor (MockPeer * mock, Sim * sim)
{
  mock_peer_init (mock, &sim->ends[0].streams[1], 0x4444);
  memcpy (mock->hello.zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  sim_start_stream (sim, 0, 1);
  mock_peer_hello (mock);
  mock_peer_ack (mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_NEGOTIATING);
}

static void
assert_got_nothing (Sim * sim, PacketLog * log)
{
  const SimStream *video = &sim->ends[0].streams[1];

  fail_if (info_of (sim, 0, 1)->state == ZRTP_STATE_SECURE);
  fail_if (video->have_send || video->have_receive);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_CONFIRM2), 0);
}

/* Confirm1 of an endpoint that takes @sess for ZRTPSess. */
static void
say_confirm1 (MockPeer * mock, const PacketLogEntry * commit,
    const guint8 * sess)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_CONFIRM1 };
  ZrtpSealed *sealed = &message.u.sealed;
  GBytes *hello = mock_peer_make_hello (mock);
  const ZrtpOctets parts[2] = {
    zrtp_octets_of (hello), zrtp_octets_of (commit->octets)
  };
  guint8 s0[ZRTP_MAX_HASH_SIZE], text[40], mac[ZRTP_MAX_HASH_SIZE];
  ZrtpConfirmBody body = {.cache_expiry = 0xffffffff };
  ZrtpKdfContext context;
  ZrtpStreamKeys keys;

  zrtp_keys_context (&zrtp_hash_s256, commit->message.u.commit.zid,
      mock->hello.zid, parts, 2, &context);
  zrtp_keys_s0_multistream (&zrtp_hash_s256, sess, 32, &context, s0);
  zrtp_keys_for_stream (&zrtp_hash_s256, &zrtp_cipher_aes1, s0, &context,
      &keys);
  memcpy (body.h0, mock->h[0], ZRTP_IMAGE_SIZE);
  zrtp_confirm_body_write (&body, text, sizeof text);
  zrtp_cipher_aes1.cfb_encrypt (keys.responder.zrtp_key, sealed->iv, text,
      sizeof text);
  sealed->encrypted = zrtp_octets (text, sizeof text);
  zrtp_hash_s256.mac (keys.responder.mac_key, 32, &sealed->encrypted, 1, mac);
  memcpy (sealed->mac, mac, ZRTP_MAC_SIZE);
  mock_peer_say (mock, &message, NULL);
  g_bytes_unref (hello);
}

/* An endpoint with the peer's ZID holds the second stream up with its Commit
 * sent, until the first stops and ZRTPSess is wiped: what is left of it is no
 * key. */
GST_START_TEST (test_session_gone_in_exchange)
{
  static const guint8 nothing[ZRTP_MAX_HASH_SIZE];
  Sim *sim = sim_new_second_stream (1);
  PacketLog *log = packet_log_new (sim);
  MockPeer mock;

  make_impostor (&mock, sim);
  stop_stream (sim, 0, 0);
  say_confirm1 (&mock, packet_log_get (log, 0, ZRTP_MESSAGE_COMMIT, 0),
      nothing);
  mock_peer_ack (&mock, ZRTP_MESSAGE_CONF2ACK);
  /* Z-4.4.3-01 Z-4.5.2-04 */
  assert_got_nothing (sim, log);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The same, but audio starts again, and a Diffie-Hellman Commit there makes room
 * for another ZRTPSess. */
GST_START_TEST (test_session_replaced_in_exchange)
{
  static const guint8 nothing[ZRTP_MAX_HASH_SIZE];
  Sim *sim = sim_new_second_stream (7);
  PacketLog *log = packet_log_new (sim);
  MockPeer mock, other;

  make_impostor (&mock, sim);
  stop_stream (sim, 0, 0);
  sim_start_stream (sim, 0, 0);
  mock_peer_init (&other, &sim->ends[0].streams[0], 0x6666);
  mock_peer_hello (&other);
  mock_peer_commit (&other, NULL);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_DHPART1), 1);
  say_confirm1 (&mock, packet_log_get (log, 0, ZRTP_MESSAGE_COMMIT, 0),
      nothing);
  mock_peer_ack (&mock, ZRTP_MESSAGE_CONF2ACK);
  assert_got_nothing (sim, log);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The same with an honest peer: audio goes while video comes, on one side or on
 * both, and video goes on with what audio began. */
GST_START_TEST (test_first_stops_in_exchange)
{
  for (gint64 after = 0; after < 80 * SIM_MSEC; after += 5 * SIM_MSEC) {
    for (guint who = 0; who < 3; who++) {
      Sim *sim = sim_new_second_stream (2);
      char *sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);

      sim_start_stream (sim, 0, 1);
      sim_start_stream (sim, 1, 1);
      sim_run (sim, sim->now + after);
      if (who != 1)
        stop_stream (sim, 0, 0);
      if (who != 0)
        stop_stream (sim, 1, 0);
      sim_run (sim, sim->now + SIM_SEC);
      for (guint i = 0; i < 2; i++) {
        fail_unless_equals_int (info_of (sim, i, 1)->state, ZRTP_STATE_SECURE);
        /* Z-7-01 Z-4.5.2-05 */
        fail_unless_equals_string (zrtp_session_get_info (sim->ends[i].
                session)->sas, sas);
      }
      fail_unless (memcmp (sim->ends[0].streams[1].send_keys.key,
              sim->ends[1].streams[1].receive_keys.key, 16) == 0);
      /* Z-4.5.2-04: it goes with the last. */
      stop_stream (sim, 0, 0);
      stop_stream (sim, 0, 1);
      fail_if (zrtp_session_get_info (sim->ends[0].session)->have_sas);
      g_free (sas);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* Z-4.4.3-06: another endpoint on the second stream. */
GST_START_TEST (test_other_zid)
{
  Sim *sim = sim_new_second_stream (3);
  PacketLog *log = packet_log_new (sim);
  const char *const names[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", "Mult", "B32 "
  };
  MockPeer mock;

  mock_peer_init (&mock, &sim->ends[0].streams[1], 0x4444);
  sim_start_stream (sim, 0, 1);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_COMMIT), 0);
  mock_peer_commit (&mock, names);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_CONFIRM1), 0);
  fail_if (info_of (sim, 0, 1)->state == ZRTP_STATE_SECURE);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.7.1-02: an Error on one stream leaves the others alone. */
GST_START_TEST (test_error_on_one)
{
  Sim *sim = sim_new_second_stream (4);
  MockPeer mock;

  mock_peer_init (&mock, &sim->ends[0].streams[1], 0x4444);
  memcpy (mock.hello.zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  sim_start_stream (sim, 0, 1);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  mock_peer_error (&mock, ZRTP_ERROR_UNAVAILABLE);
  sim_run (sim, sim->now + 1400 * SIM_MSEC);
  fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless (zrtp_session_get_info (sim->ends[0].session)->have_sas);
  sim_free (sim);
}

GST_END_TEST;

/* A peer that lists no Mult (5.1.5) can't have a second stream; the first
 * stays. */
GST_START_TEST (test_peer_without_mult)
{
  Sim *sim = sim_new_second_stream (5);
  MockPeer mock;

  mock_peer_init (&mock, &sim->ends[0].streams[1], 0x4444);
  memcpy (mock.hello.zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  mock.hello.n_names[ZRTP_KIND_KEY_AGREEMENT] = 2;
  sim_start_stream (sim, 0, 1);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (sim->ends[0].streams[1].last_error,
      ZRTP_ERROR_KEY_AGREEMENT);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_DISCOVERING);
    sim_run (sim, sim->now + 510 * SIM_MSEC);
    mock_peer_hello (&mock);
  }
  fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (info_of (sim, 0, 1)->error, ZRTP_ERROR_KEY_AGREEMENT);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.4.3-06: streams of one session have one ZID. */
GST_START_TEST (test_session_wants_one_zid)
{
  Sim *sim = sim_new_pair (6);
  ZrtpStream *stream = zrtp_stream_new (&sim->ends[0].policy,
      sim->ends[0].zid, &sim->random);

  fail_if (zrtp_session_add (sim->ends[1].session, stream));
  fail_unless (zrtp_stream_get_session (stream) == NULL);
  fail_unless (zrtp_session_add (sim->ends[0].session, stream));
  fail_unless (zrtp_stream_get_session (stream) == sim->ends[0].session);
  zrtp_session_remove (sim->ends[0].session, stream);
  zrtp_stream_free (stream);
  sim_free (sim);
}

GST_END_TEST;

/* Nothing that makes Alice's first exchange complete, and no Confirm2 of the
 * second before that was given up. */
static gboolean
hold_confirm2_back (const PacketLogEntry * entry, gpointer until)
{
  if (entry->message.type == ZRTP_MESSAGE_CONFIRM2)
    return entry->stream == 0 || entry->when > *(gint64 *) until;
  return entry->message.type != ZRTP_MESSAGE_CONF2ACK || entry->stream > 0;
}

/* Z-4.4.3-05: ZRTPSess of an exchange that was never complete, whose SAS no
 * user was shown, is no ground for a second stream: it would be secure with any
 * endpoint that withholds a Conf2ACK, and without any SAS or alarm. */
GST_START_TEST (test_first_is_never_complete)
{
  Sim *sim = sim_new (8);
  PacketLog *log = packet_log_new (sim);
  gint64 until = 30 * SIM_SEC;

  log->rule = hold_confirm2_back;
  log->rule_data = &until;
  sim->ends[1].policy.auto_secure = FALSE;
  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 2);
    sim_start (sim, e);
  }
  sim_run (sim, 4 * SIM_SEC);
  fail_unless_equals_int (info_of (sim, 1, 0)->state, ZRTP_STATE_SECURE);
  fail_unless_equals_int (info_of (sim, 0, 0)->state, ZRTP_STATE_NEGOTIATING);
  fail_unless (zrtp_stream_go_secure (sim->ends[1].streams[1].stream,
          sim->now));
  sim_drain (sim, 1);
  while (info_of (sim, 0, 0)->state == ZRTP_STATE_NEGOTIATING)
    sim_run (sim, sim->now + 10 * SIM_MSEC);
  fail_unless_equals_int (info_of (sim, 0, 1)->state, ZRTP_STATE_NEGOTIATING);
  until = sim->now;
  sim_run (sim, sim->now + 1300 * SIM_MSEC);
  fail_if (info_of (sim, 0, 1)->state == ZRTP_STATE_SECURE);
  fail_if (sim->ends[0].streams[1].have_receive);
  /* What got lost no more, both get right by themselves. */
  log->rule = NULL;
  fail_unless (sim_run_until_secure (sim, 90 * SIM_SEC));
  sim_assert_agreed (sim);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The same as responder, while the disk keeps its Conf2ACK waiting. The second
 * stream's Confirm proves as much: the SAS is told first. */
GST_START_TEST (test_second_before_first_is_stored)
{
  Sim *sim = sim_new (9);
  const ZrtpSessionInfo *session;

  sim->ends[0].policy.passive = TRUE;
  sim->ends[0].policy.cacheless = FALSE;
  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 2);
    sim_start (sim, e);
  }
  while (info_of (sim, 0, 0)->state != ZRTP_STATE_NEGOTIATING)
    sim_run (sim, sim->now + SIM_MSEC);
  sim->ends[0].disk_time = 30 * SIM_SEC;
  while (!sim->ends[0].streams[0].have_receive)
    sim_run (sim, sim->now + SIM_MSEC);
  /* The peer talks: for Bob that is as good as Conf2ACK. */
  zrtp_stream_media_received (sim->ends[1].streams[0].stream,
      ZRTP_MEDIA_SECURE, sim->now);
  sim_drain (sim, 1);
  while (info_of (sim, 0, 1)->state != ZRTP_STATE_SECURE)
    sim_run (sim, sim->now + SIM_MSEC);
  session = zrtp_session_get_info (sim->ends[0].session);
  fail_unless (session->have_sas);
  fail_unless_equals_int (sim->ends[0].streams[0].n_events[ZRTP_EVENT_SAS], 1);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
multistream_suite (void)
{
  Suite *suite = suite_create ("multistream");
  TCase *tc = tcase_create ("multistream");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_session_gone_in_exchange);
  tcase_add_test (tc, test_session_replaced_in_exchange);
  tcase_add_test (tc, test_first_stops_in_exchange);
  tcase_add_test (tc, test_other_zid);
  tcase_add_test (tc, test_error_on_one);
  tcase_add_test (tc, test_peer_without_mult);
  tcase_add_test (tc, test_session_wants_one_zid);
  tcase_add_test (tc, test_first_is_never_complete);
  tcase_add_test (tc, test_second_before_first_is_stored);
  return suite;
}

GST_CHECK_MAIN (multistream);
