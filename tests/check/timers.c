/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * T2 and the other clocks of an exchange (RFC 6189 6), to the millisecond.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"

#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

/* 150, 300, 600, then 1200 ms, ten times; 1200 ms later it is over. */
static const gint t2_times[] = {
  0, 150, 450, 1050, 2250, 3450, 4650, 5850, 7050, 8250, 9450
};

#define T2_OVER 10650

/* A call that Alice initiates, on record; what a rule says gets lost. */
typedef struct
{
  Sim *sim;
  PacketLog *log;
  SimStream *alice, *bob;
  guint lost;                   /* bits of ZrtpMessageType */
  gint64 until;                 /* ... while it is earlier than this */
} Call;

static gboolean
pass (const PacketLogEntry * entry, gpointer user_data)
{
  const Call *call = user_data;

  return entry->when >= call->until || !(call->lost >> entry->message.type & 1);
}

static void
call_make (Call * call, guint64 seed, guint retry_timeout_ms)
{
  memset (call, 0, sizeof *call);
  call->sim = sim_new (seed);
  call->log = packet_log_new (call->sim);
  call->log->rule = pass;
  call->log->rule_data = call;
  call->until = ZRTP_NEVER;
  for (guint i = 0; i < 2; i++) {
    ZrtpPolicy *policy = &call->sim->ends[i].policy;

    policy->retry_timeout_ms = retry_timeout_ms;
    policy->passive = i == 1;
    sim_make (call->sim, i, 1);
  }
  call->alice = &call->sim->ends[0].streams[0];
  call->bob = &call->sim->ends[1].streams[0];
}

static void
call_start (Call * call, guint lost)
{
  call->lost = lost;
  sim_start (call->sim, 0);
  sim_start (call->sim, 1);
}

static void
call_clear (Call * call)
{
  packet_log_free (call->log);
  sim_free (call->sim);
}

static const ZrtpStreamInfo *
info_of (SimStream * s)
{
  return zrtp_stream_get_info (s->stream);
}

static void
run_for (Call * call, gint64 start, gint ms)
{
  sim_run (call->sim, start + ms * SIM_MSEC);
}

/* T2 */

static const struct
{
  ZrtpMessageType repeated, lost;
} repeats[] = {
  /* Z-6-04 Z-6-07 Z-6-01 */
  {ZRTP_MESSAGE_COMMIT, ZRTP_MESSAGE_DHPART1},
  {ZRTP_MESSAGE_DHPART2, ZRTP_MESSAGE_CONFIRM1},
  {ZRTP_MESSAGE_CONFIRM2, ZRTP_MESSAGE_CONF2ACK},
};

static void
scale (gint * times, gint factor, gint divisor)
{
  for (guint i = 0; i < G_N_ELEMENTS (t2_times); i++)
    times[i] = t2_times[i] * factor / divisor;
}

GST_START_TEST (test_t2)
{
  for (guint slow = 0; slow < 2; slow++) {
    const guint first_ms = slow ? 300 : 150;
    gint times[G_N_ELEMENTS (t2_times)];
    gint64 start;
    Call call;

    scale (times, first_ms, 150);
    call_make (&call, 1, first_ms);
    call_start (&call, 1 << repeats[__i__].lost);
    sim_run (call.sim, 100 * SIM_MSEC);
    start = packet_log_get (call.log, 0, repeats[__i__].repeated, 0)->when;
    run_for (&call, start, T2_OVER * first_ms / 150 - 1);
    packet_log_check_times (call.log, 0, repeats[__i__].repeated, times,
        G_N_ELEMENTS (times));
    fail_unless_equals_int (info_of (call.alice)->state,
        ZRTP_STATE_NEGOTIATING);
    /* All answered, nothing said unasked (Z-6-05). */
    fail_unless_equals_int (packet_log_count (call.log, 1, repeats[__i__].lost),
        G_N_ELEMENTS (times));

    run_for (&call, start, T2_OVER * first_ms / 150);
    fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_FAILED);
    fail_unless_equals_int (info_of (call.alice)->error, ZRTP_ERROR_TIMEOUT);
    fail_unless_equals_int (call.alice->send, ZRTP_MEDIA_BLOCKED);
    fail_if (call.alice->have_send || call.alice->have_receive);
    call_clear (&call);
  }
}

GST_END_TEST;

/* After it all was in vain, and the network is back. */
GST_START_TEST (test_recovery)
{
  Call call;

  call_make (&call, 2, 150);
  call.until = 12 * SIM_SEC;
  call_start (&call, 1 << repeats[__i__].lost);
  sim_run (call.sim, 11 * SIM_SEC);
  fail_if (info_of (call.alice)->state == ZRTP_STATE_SECURE);
  fail_unless (sim_run_until_secure (call.sim, 30 * SIM_SEC));
  sim_assert_agreed (call.sim);
  call_clear (&call);
}

GST_END_TEST;

/* An unanswered Commit, though no endpoint is there but the one that is
 * silent. */
GST_START_TEST (test_commit_into_the_void)
{
  MockPeer mock;
  gint64 start;
  Call call;

  call_make (&call, 3, 150);
  sim_start (call.sim, 0);
  mock_peer_init (&mock, call.alice, 0x2000);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  start = packet_log_get (call.log, 0, ZRTP_MESSAGE_COMMIT, 0)->when;
  run_for (&call, start, T2_OVER);
  packet_log_check_times (call.log, 0, ZRTP_MESSAGE_COMMIT, t2_times,
      G_N_ELEMENTS (t2_times));
  fail_unless_equals_int (info_of (call.alice)->error, ZRTP_ERROR_TIMEOUT);
  /* The same Hello again brings it back. */
  packet_log_reset (call.log);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (packet_log_count (call.log, 0, ZRTP_MESSAGE_COMMIT),
      1);
  call_clear (&call);
}

GST_END_TEST;

/* The responder */

GST_START_TEST (test_responder_silence)
{
  static const gint error_times[] = { 0, 150, 450, 1050 };
  MockPeer mock;
  gint64 start;
  Call call;

  call_make (&call, 4, 150);
  sim_start (call.sim, 0);
  mock_peer_init (&mock, call.alice, 0x2000);
  mock_peer_hello (&mock);
  mock_peer_commit (&mock, NULL);
  start = call.sim->now;
  fail_unless_equals_int (packet_log_count (call.log, 0, ZRTP_MESSAGE_DHPART1),
      1);
  packet_log_reset (call.log);
  run_for (&call, start, 9999);
  /* Z-6-05: not a word of its own, but for Hellos. */
  fail_unless_equals_int (call.log->entries->len,
      packet_log_count (call.log, 0, ZRTP_MESSAGE_HELLO));
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_NEGOTIATING);
  run_for (&call, start, 10000);
  /* Z-6-13 */
  fail_unless_equals_int (info_of (call.alice)->error, ZRTP_ERROR_TIMEOUT);
  fail_unless_equals_int (packet_log_get (call.log, 0, ZRTP_MESSAGE_ERROR,
          0)->message.u.error_code, 0xb0);
  run_for (&call, start, 11999);
  packet_log_check_times (call.log, 0, ZRTP_MESSAGE_ERROR, error_times, 4);
  /* Then it looks for the peer again, and of the Error no more is heard. */
  run_for (&call, start, 20000);
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_int (packet_log_count (call.log, 0, ZRTP_MESSAGE_ERROR),
      4);
  call_clear (&call);
}

GST_END_TEST;

/* Silence counts from the last word: a slow link whose Confirm1 comes through
 * at the initiator's last try is none. */
GST_START_TEST (test_duplicates_break_silence)
{
  gint64 start;
  Call call;

  call_make (&call, 5, 150);
  call.sim->delay = 450 * SIM_MSEC;
  call_start (&call, 1 << repeats[__i__].lost);
  sim_run (call.sim, 4 * SIM_SEC);
  start = packet_log_get (call.log, 0, repeats[__i__].repeated, 0)->when;
  /* Only the answer to the last repetition arrives. */
  call.until = start + (9450 + 450) * SIM_MSEC;
  fail_unless (sim_run_until_secure (call.sim, start + 14 * SIM_SEC));
  sim_assert_agreed (call.sim);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (packet_log_count (call.log, i, ZRTP_MESSAGE_ERROR),
        0);
    fail_unless_equals_int (call.sim->ends[i].
        streams[0].n_events[ZRTP_EVENT_ERROR], 0);
  }
  call_clear (&call);
}

GST_END_TEST;

static void
say_again (Call * call, const PacketLogEntry * entry)
{
  SimStream *to = entry->from == 0 ? call->bob : call->alice;
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  gsize size;

  size = zrtp_packet_write (packet, sizeof packet, 9, entry->ssrc,
      g_bytes_get_data (entry->octets, NULL), g_bytes_get_size (entry->octets));
  sim_deliver (to, packet, size);
}

/* Z-5.8-01 Z-6-05: each repetition gets the same answer, also once secure. */
GST_START_TEST (test_duplicates_are_answered)
{
  const ZrtpMessageType request = repeats[__i__].repeated;
  const ZrtpMessageType answer = repeats[__i__].lost;
  const PacketLogEntry *original;
  Call call;

  call_make (&call, 6, 150);
  call_start (&call, 0);
  while (packet_log_count (call.log, 1, answer) == 0)
    sim_run (call.sim, call.sim->now + SIM_MSEC);
  original = packet_log_get (call.log, 1, answer, 0);
  for (guint i = 1; i < 5; i++) {
    say_again (&call, packet_log_get (call.log, 0, request, 0));
    fail_unless_equals_int (packet_log_count (call.log, 1, answer), i + 1);
    fail_unless (g_bytes_equal (original->octets,
            packet_log_get (call.log, 1, answer, i)->octets));
    fail_if (original->crc == packet_log_get (call.log, 1, answer, i)->crc);
  }
  fail_unless (sim_run_until_secure (call.sim, SIM_SEC));
  sim_assert_agreed (call.sim);
  if (request == ZRTP_MESSAGE_CONFIRM2) {
    sim_run (call.sim, 60 * SIM_SEC);
    say_again (&call, packet_log_get (call.log, 0, request, 0));
    fail_unless_equals_int (packet_log_count (call.log, 1, answer), 6);
  } else {
    /* What is past gets no answer and does no harm. */
    say_again (&call, packet_log_get (call.log, 0, request, 0));
    fail_unless_equals_int (packet_log_count (call.log, 1, answer), 5);
  }
  sim_assert_agreed (call.sim);
  fail_unless_equals_int (call.bob->n_events[ZRTP_EVENT_SEND_KEYS], 1);
  call_clear (&call);
}

GST_END_TEST;

/* Error */

/* A loop: Alice hears herself. */
static void
return_hello (Call * call)
{
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  gsize size;
  const guint8 *hello =
      g_bytes_get_data (call->alice->stream->own.message, &size);

  size = zrtp_packet_write (packet, sizeof packet, 1, 0x1000, hello, size);
  sim_deliver (call->alice, packet, size);
  sim_run (call->sim, call->sim->now);
}

GST_START_TEST (test_error_schedule)
{
  gint64 start;
  Call call;

  call_make (&call, 7, 150);
  sim_start (call.sim, 0);
  return_hello (&call);
  start = call.sim->now;
  /* Z-6-06 Z-6-04 */
  run_for (&call, start, 9900);
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_FAILED);
  run_for (&call, start, 60000);
  packet_log_check_times (call.log, 0, ZRTP_MESSAGE_ERROR, t2_times,
      G_N_ELEMENTS (t2_times));
  call_clear (&call);
}

GST_END_TEST;

/* Z-5.10-01 Z-6-06 */
GST_START_TEST (test_error_ack)
{
  MockPeer mock;
  Call call;

  call_make (&call, 8, 150);
  sim_start (call.sim, 0);
  mock_peer_init (&mock, call.alice, 0x2000);
  return_hello (&call);
  sim_run (call.sim, 200 * SIM_MSEC);
  mock_peer_ack (&mock, ZRTP_MESSAGE_ERROR_ACK);
  sim_run (call.sim, 60 * SIM_SEC);
  packet_log_check_times (call.log, 0, ZRTP_MESSAGE_ERROR, t2_times, 2);
  fail_unless_equals_int (packet_log_count (call.log, 0, ZRTP_MESSAGE_ERROR),
      2);
  call_clear (&call);
}

GST_END_TEST;

/* Conf2ACK and what stands for it */

static void
media (Call * call, SimStream * s, ZrtpMedia kind)
{
  zrtp_stream_media_received (s->stream, kind, call->sim->now);
  sim_drain (call->sim, s->endpoint->id);
}

GST_START_TEST (test_srtp_for_conf2ack)
{
  Call call;

  call_make (&call, 9, 150);
  call_start (&call, 1 << ZRTP_MESSAGE_CONF2ACK);
  /* Before Confirm2 nothing stands for anything. */
  sim_run (call.sim, 45 * SIM_MSEC);
  media (&call, call.alice, ZRTP_MEDIA_SECURE);
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_NEGOTIATING);
  sim_run (call.sim, 300 * SIM_MSEC);
  fail_unless_equals_int (info_of (call.bob)->state, ZRTP_STATE_SECURE);
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_NEGOTIATING);
  /* Z-4-07: it can receive, not send. */
  fail_unless_equals_int (call.alice->receive, ZRTP_MEDIA_SECURE);
  fail_unless_equals_int (call.alice->send, ZRTP_MEDIA_BLOCKED);
  media (&call, call.alice, ZRTP_MEDIA_CLEAR);
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_NEGOTIATING);
  /* Z-4.6-04 Z-5.8-02 Z-6-07 */
  media (&call, call.alice, ZRTP_MEDIA_SECURE);
  sim_assert_agreed (call.sim);
  packet_log_reset (call.log);
  sim_run (call.sim, 60 * SIM_SEC);
  fail_unless_equals_int (call.log->entries->len, 0);
  sim_assert_agreed (call.sim);
  call_clear (&call);
}

GST_END_TEST;

/* Z-4.6-05: first the one, then the other. */
GST_START_TEST (test_srtp_and_conf2ack)
{
  Call call;

  call_make (&call, 10, 150);
  call.until = 200 * SIM_MSEC;
  call_start (&call, 1 << ZRTP_MESSAGE_CONF2ACK);
  sim_run (call.sim, 100 * SIM_MSEC);
  media (&call, call.alice, ZRTP_MEDIA_SECURE);
  sim_assert_agreed (call.sim);
  say_again (&call, packet_log_get (call.log, 1, ZRTP_MESSAGE_CONF2ACK, 0));
  media (&call, call.alice, ZRTP_MEDIA_SECURE);
  sim_assert_agreed (call.sim);
  fail_unless_equals_int (call.alice->n_events[ZRTP_EVENT_SAS], 1);
  fail_unless_equals_int (call.alice->n_events[ZRTP_EVENT_SEND_KEYS], 1);
  call_clear (&call);
}

GST_END_TEST;

/* The peer computes faster: its Confirm1 is here before our DHResult. */
GST_START_TEST (test_early_confirm1)
{
  const PacketLogEntry *confirm1;
  Call call;

  call_make (&call, 11, 150);
  call_start (&call, 0);
  sim_run (call.sim, 35 * SIM_MSEC);
  call.sim->ends[0].job_time = 120 * SIM_MSEC;
  sim_run (call.sim, 100 * SIM_MSEC);
  confirm1 = packet_log_get (call.log, 1, ZRTP_MESSAGE_CONFIRM1, 0);
  fail_unless (confirm1->when < 70 * SIM_MSEC);
  fail_unless_equals_int (packet_log_count (call.log, 0, ZRTP_MESSAGE_CONFIRM2),
      0);
  fail_unless_equals_int (info_of (call.alice)->state, ZRTP_STATE_NEGOTIATING);
  /* It did not have to be asked for again. */
  fail_unless (sim_run_until_secure (call.sim, 200 * SIM_MSEC));
  sim_assert_agreed (call.sim);
  fail_unless_equals_int (packet_log_count (call.log, 1, ZRTP_MESSAGE_CONFIRM1),
      1);
  fail_unless_equals_uint64 (info_of (call.alice)->
      counters.dropped[ZRTP_DROP_UNEXPECTED], 0);
  call_clear (&call);
}

GST_END_TEST;

/* DHResult takes longer than T2 on both sides. */
GST_START_TEST (test_slow_results)
{
  Call call;

  call_make (&call, 12, 150);
  call_start (&call, 0);
  sim_run (call.sim, 35 * SIM_MSEC);
  call.sim->ends[0].job_time = 3 * SIM_SEC;
  call.sim->ends[1].job_time = 2 * SIM_SEC;
  fail_unless (sim_run_until_secure (call.sim, 5 * SIM_SEC));
  sim_assert_agreed (call.sim);
  fail_unless (packet_log_count (call.log, 0, ZRTP_MESSAGE_DHPART2) > 3);
  call_clear (&call);
}

GST_END_TEST;

/* Calling too early or too late does no harm. */
GST_START_TEST (test_timeouts_out_of_time)
{
  Call call;

  call_make (&call, 13, 150);
  call_start (&call, 0);
  for (guint ms = 0; ms < 200; ms++) {
    for (guint i = 0; i < 2; i++) {
      zrtp_stream_timeout (call.sim->ends[i].streams[0].stream, call.sim->now);
      sim_drain (call.sim, i);
    }
    sim_run (call.sim, ms * SIM_MSEC);
  }
  sim_assert_agreed (call.sim);
  fail_unless_equals_int (packet_log_count (call.log, 0, ZRTP_MESSAGE_HELLO),
      1);
  /* A machine that slept for an hour. */
  zrtp_stream_timeout (call.alice->stream, 3600 * SIM_SEC);
  sim_drain (call.sim, 0);
  sim_assert_agreed (call.sim);
  call_clear (&call);
}

GST_END_TEST;

static Suite *
timers_suite (void)
{
  Suite *suite = suite_create ("timers");
  TCase *tc = tcase_create ("timers");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_t2, 0, G_N_ELEMENTS (repeats));
  tcase_add_loop_test (tc, test_recovery, 0, G_N_ELEMENTS (repeats));
  tcase_add_test (tc, test_commit_into_the_void);
  tcase_add_test (tc, test_responder_silence);
  tcase_add_loop_test (tc, test_duplicates_break_silence, 0,
      G_N_ELEMENTS (repeats));
  tcase_add_loop_test (tc, test_duplicates_are_answered, 0,
      G_N_ELEMENTS (repeats));
  tcase_add_test (tc, test_error_schedule);
  tcase_add_test (tc, test_error_ack);
  tcase_add_test (tc, test_srtp_for_conf2ack);
  tcase_add_test (tc, test_srtp_and_conf2ack);
  tcase_add_test (tc, test_early_confirm1);
  tcase_add_test (tc, test_slow_results);
  tcase_add_test (tc, test_timeouts_out_of_time);
  return suite;
}

GST_CHECK_MAIN (timers);
