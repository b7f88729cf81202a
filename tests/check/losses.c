/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each message of an exchange lost in turn, alone and in pairs, or doubled, or
 * overtaken by the next (RFC 6189 6).
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "packetlog.h"

/* Who sends what; @initiator tells whose role it is. */
typedef struct
{
  ZrtpMessageType type;
  gboolean initiator;
} Step;

static const Step dh_steps[] = {
  {ZRTP_MESSAGE_HELLO, TRUE}, {ZRTP_MESSAGE_HELLO, FALSE},
  {ZRTP_MESSAGE_HELLO_ACK, TRUE}, {ZRTP_MESSAGE_HELLO_ACK, FALSE},
  {ZRTP_MESSAGE_COMMIT, TRUE}, {ZRTP_MESSAGE_DHPART1, FALSE},
  {ZRTP_MESSAGE_DHPART2, TRUE}, {ZRTP_MESSAGE_CONFIRM1, FALSE},
  {ZRTP_MESSAGE_CONFIRM2, TRUE}, {ZRTP_MESSAGE_CONF2ACK, FALSE},
};

static const Step mult_steps[] = {
  {ZRTP_MESSAGE_HELLO, TRUE}, {ZRTP_MESSAGE_HELLO, FALSE},
  {ZRTP_MESSAGE_HELLO_ACK, TRUE}, {ZRTP_MESSAGE_HELLO_ACK, FALSE},
  {ZRTP_MESSAGE_COMMIT, TRUE}, {ZRTP_MESSAGE_CONFIRM1, FALSE},
  {ZRTP_MESSAGE_CONFIRM2, TRUE}, {ZRTP_MESSAGE_CONF2ACK, FALSE},
};

/* Loses the first packet of each of two steps, on one stream. */
typedef struct
{
  const Step *steps[2];
  gboolean done[2];
  guint initiator;              /* endpoint */
  guint stream;
} Loss;

static gboolean
lose (const PacketLogEntry * entry, gpointer user_data)
{
  Loss *loss = user_data;

  for (guint i = 0; i < 2; i++) {
    const Step *step = loss->steps[i];

    if (!step || loss->done[i] || entry->message.type != step->type
        || entry->stream != loss->stream
        || (entry->from == loss->initiator) != step->initiator)
      continue;
    loss->done[i] = TRUE;
    return FALSE;
  }
  return TRUE;
}

static Sim *
new_call (guint64 seed, guint initiator, guint n_streams)
{
  Sim *sim = sim_new (seed);

  sim->ends[1 - initiator].policy.passive = TRUE;
  sim_make (sim, 0, n_streams);
  sim_make (sim, 1, n_streams);
  return sim;
}

/* The responder says nothing twice that it was not asked for twice. */
static void
check_responder (PacketLog * log, guint initiator, gboolean mult)
{
  static const ZrtpMessageType pairs[][2] = {
    {ZRTP_MESSAGE_COMMIT, ZRTP_MESSAGE_DHPART1},
    {ZRTP_MESSAGE_DHPART2, ZRTP_MESSAGE_CONFIRM1},
    {ZRTP_MESSAGE_CONFIRM2, ZRTP_MESSAGE_CONF2ACK},
  };

  for (guint i = mult ? 2 : 0; i < G_N_ELEMENTS (pairs); i++) {
    guint asked = packet_log_count (log, initiator, pairs[i][0]);
    guint answered = packet_log_count (log, 1 - initiator, pairs[i][1]);

    fail_unless (answered <= asked);
  }
}

static void
check_losses (guint initiator, const Step * first_lost, const Step * then_lost,
    guint stream)
{
  Sim *sim = new_call (1, initiator, stream + 1);
  PacketLog *log = packet_log_new (sim);
  Loss loss = {
    .steps = {first_lost, then_lost},.initiator = initiator,.stream = stream
  };

  log->rule = lose;
  log->rule_data = &loss;
  sim_start (sim, 0);
  sim_start (sim, 1);
  /* Z-6-01 Z-6-05 Z-6-07 */
  fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC), "%s, %s",
      zrtp_message_type_name (first_lost->type),
      then_lost ? zrtp_message_type_name (then_lost->type) : "");
  fail_unless (loss.done[0]);
  /* Until all answers to what was repeated are through. */
  sim_run (sim, 10 * SIM_SEC);
  sim_assert_agreed (sim);
  check_responder (log, initiator, stream > 0);
  for (guint i = 0; i < 2; i++) {
    ZrtpStream *s = sim->ends[i].streams[stream].stream;

    fail_unless_equals_int (zrtp_stream_get_info (s)->role,
        i == initiator ? ZRTP_ROLE_INITIATOR : ZRTP_ROLE_RESPONDER);
    fail_unless (zrtp_stream_get_deadline (s) == ZRTP_NEVER);
    fail_unless_equals_int (packet_log_count (log, i, ZRTP_MESSAGE_ERROR), 0);
  }
  packet_log_free (log);
  sim_free (sim);
}

GST_START_TEST (test_one_lost)
{
  for (guint i = 0; i < G_N_ELEMENTS (dh_steps); i++)
    check_losses (__i__, &dh_steps[i], NULL, 0);
}

GST_END_TEST;

GST_START_TEST (test_two_lost)
{
  for (guint i = 0; i < G_N_ELEMENTS (dh_steps); i++)
    for (guint j = 0; j < G_N_ELEMENTS (dh_steps); j++)
      check_losses (__i__, &dh_steps[i], &dh_steps[j], 0);
}

GST_END_TEST;

GST_START_TEST (test_lost_in_multistream)
{
  for (guint i = 0; i < G_N_ELEMENTS (mult_steps); i++) {
    check_losses (__i__, &mult_steps[i], NULL, 1);
    for (guint j = 0; j < G_N_ELEMENTS (mult_steps); j++)
      check_losses (__i__, &mult_steps[i], &mult_steps[j], 1);
  }
}

GST_END_TEST;

/* Contention and a loss: whichever side wins in the end, both agree on it. */
GST_START_TEST (test_lost_in_contention)
{
  for (guint seed = 0; seed < 10; seed++) {
    for (guint i = 0; i < G_N_ELEMENTS (dh_steps); i++) {
      Sim *sim = sim_new_pair (100 + seed);
      PacketLog *log = packet_log_new (sim);
      Loss loss = {.steps = {&dh_steps[i], NULL},.initiator = __i__ };

      log->rule = lose;
      log->rule_data = &loss;
      sim_start (sim, 0);
      sim_start (sim, 1);
      fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
      sim_run (sim, 10 * SIM_SEC);
      sim_assert_agreed (sim);
      packet_log_free (log);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* Every packet comes twice. */
GST_START_TEST (test_all_doubled)
{
  for (guint streams = 1; streams <= 3; streams++) {
    Sim *sim = new_call (2, __i__, streams);

    sim->duplication = 100;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    sim_run (sim, 5 * SIM_SEC);
    sim_assert_agreed (sim);
    for (guint i = 0; i < 2; i++)
      fail_unless_equals_int (sim->ends[i].streams[0].
          n_events[ZRTP_EVENT_SEND_KEYS], 1);
    sim_free (sim);
  }
}

GST_END_TEST;

/* A packet of each step is held back and comes after the exchange. */
typedef struct
{
  const Step *step;
  guint initiator;
  GBytes *octets;
  guint32 ssrc;
} Hold;

static gboolean
hold (const PacketLogEntry * entry, gpointer user_data)
{
  Hold *held = user_data;

  if (held->octets || entry->message.type != held->step->type
      || (entry->from == held->initiator) != held->step->initiator)
    return TRUE;
  held->octets = g_bytes_ref (entry->octets);
  held->ssrc = entry->ssrc;
  return FALSE;
}

GST_START_TEST (test_stragglers)
{
  for (guint i = 0; i < G_N_ELEMENTS (dh_steps); i++) {
    const guint to = dh_steps[i].initiator ? 1 - __i__ : __i__;
    Sim *sim = new_call (3, __i__, 1);
    PacketLog *log = packet_log_new (sim);
    Hold held = {.step = &dh_steps[i],.initiator = __i__ };
    guint8 packet[ZRTP_MAX_PACKET_SIZE];
    gsize size;

    log->rule = hold;
    log->rule_data = &held;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
    sim_run (sim, 4 * SIM_SEC);
    size = zrtp_packet_write (packet, sizeof packet, 3, held.ssrc,
        g_bytes_get_data (held.octets, NULL), g_bytes_get_size (held.octets));
    sim_deliver (&sim->ends[to].streams[0], packet, size);
    sim_run (sim, 20 * SIM_SEC);
    sim_assert_agreed (sim);
    for (guint e = 0; e < 2; e++) {
      SimStream *s = &sim->ends[e].streams[0];

      fail_unless_equals_int (s->n_events[ZRTP_EVENT_SEND_KEYS], 1);
      fail_unless_equals_int (s->n_events[ZRTP_EVENT_FORK], 0);
      fail_unless_equals_int (s->n_events[ZRTP_EVENT_SECURITY], 0);
    }
    g_bytes_unref (held.octets);
    packet_log_free (log);
    sim_free (sim);
  }
}

GST_END_TEST;

static Suite *
losses_suite (void)
{
  Suite *suite = suite_create ("losses");
  TCase *tc = tcase_create ("losses");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_one_lost, 0, 2);
  tcase_add_loop_test (tc, test_two_lost, 0, 2);
  tcase_add_loop_test (tc, test_lost_in_multistream, 0, 2);
  tcase_add_loop_test (tc, test_lost_in_contention, 0, 2);
  tcase_add_loop_test (tc, test_all_doubled, 0, 2);
  tcase_add_loop_test (tc, test_stragglers, 0, 2);
  return suite;
}

GST_CHECK_MAIN (losses);
