/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Commits that cross, on one stream and on two, and what is made ready for them
 * (RFC 6189 4.1.2, 4.2, 4.8).
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which, guint index)
{
  return zrtp_stream_get_info (sim->ends[which].streams[index].stream);
}

/* The first Commit that an endpoint sent on a stream, or NULL. */
static const ZrtpCommit *
commit_of (PacketLog * log, guint from, guint stream)
{
  for (guint i = 0; i < log->entries->len; i++) {
    const PacketLogEntry *entry = g_ptr_array_index (log->entries, i);

    if (entry->from == from && entry->stream == stream
        && entry->message.type == ZRTP_MESSAGE_COMMIT)
      return &entry->message.u.commit;
  }
  return NULL;
}

/* Multistream against Diffie-Hellman */

static void
answer_with_commit (Sim * sim, guint stream, const char *key_agreement)
{
  const char *const names[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", key_agreement, "B32 "
  };
  MockPeer mock;

  mock_peer_init (&mock, &sim->ends[0].streams[stream], 0x4444);
  memcpy (mock.hello.zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  sim_start_stream (sim, 0, stream);
  mock_peer_hello (&mock);
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  fail_unless_equals_int (info_of (sim, 0, stream)->state,
      ZRTP_STATE_NEGOTIATING);
  mock_peer_commit (&mock, names);
  /* Z-4.2-06 */
  fail_unless_equals_int (info_of (sim, 0, stream)->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (info_of (sim, 0, stream)->error, ZRTP_ERROR_SOFTWARE);
}

GST_START_TEST (test_modes_mixed)
{
  Sim *sim = sim_new (1);

  sim_make (sim, 0, 1);
  answer_with_commit (sim, 0, "Mult");
  sim_free (sim);

  sim = sim_new (2);
  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  sim_start_stream (sim, 0, 0);
  sim_start_stream (sim, 1, 0);
  sim_run (sim, SIM_SEC);
  answer_with_commit (sim, 1, "X255");
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  sim_free (sim);
}

GST_END_TEST;

/* Crossed Multistream Commits */

GST_START_TEST (test_crossed_nonces)
{
  guint crossed = 0, won[2] = { 0, 0 };

  for (guint seed = 0; seed < 60; seed++) {
    Sim *sim = sim_new (100 + seed);
    PacketLog *log = packet_log_new (sim);
    const ZrtpCommit *a, *b;

    sim_make (sim, 0, 2);
    sim_make (sim, 1, 2);
    sim_start_stream (sim, 0, 0);
    sim_start_stream (sim, 1, 0);
    sim_run (sim, SIM_SEC);
    sim_start_stream (sim, 0, 1);
    sim_start_stream (sim, 1, 1);
    fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
    sim_assert_agreed (sim);
    a = commit_of (log, 0, 1);
    b = commit_of (log, 1, 1);
    if (a && b) {
      const guint winner = memcmp (a->nonce, b->nonce, ZRTP_NONCE_SIZE) > 0 ?
          0 : 1;

      /* Z-4.4.3.1-08 Z-4.2-04 Z-4.2-05 */
      fail_unless_equals_int (info_of (sim, winner, 1)->role,
          ZRTP_ROLE_INITIATOR);
      crossed++;
      won[winner]++;
    }
    packet_log_free (log);
    sim_free (sim);
  }
  fail_unless (crossed > 30 && won[0] > 5 && won[1] > 5);
}

GST_END_TEST;

/* Commits on two streams of one session */

/* Alice can send hers on the first stream only, Bob his on the second. */
static gboolean
one_stream_each (const PacketLogEntry * entry, gpointer open)
{
  return *(gboolean *) open || entry->message.type != ZRTP_MESSAGE_HELLO_ACK
      || entry->from != entry->stream;
}

GST_START_TEST (test_crossed_on_two_streams)
{
  guint won[2] = { 0, 0 };

  for (guint seed = 0; seed < 40; seed++) {
    Sim *sim = sim_new (200 + seed);
    PacketLog *log = packet_log_new (sim);
    const ZrtpCommit *a, *b;
    gboolean open = FALSE;
    guint winner;

    log->rule = one_stream_each;
    log->rule_data = &open;
    sim_make (sim, 0, 2);
    sim_make (sim, 1, 2);
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 35 * SIM_MSEC);
    a = commit_of (log, 0, 0);
    b = commit_of (log, 1, 1);
    fail_unless (a != NULL && b != NULL);
    fail_if (commit_of (log, 0, 1) || commit_of (log, 1, 0));
    winner = memcmp (a->hvi, b->hvi, ZRTP_HVI_SIZE) > 0 ? 0 : 1;
    open = TRUE;
    fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
    sim_assert_agreed (sim);
    /* Z-4.2-07: the higher hvi's exchange went on, on its stream ... */
    fail_unless_equals_int (info_of (sim, winner, winner)->role,
        ZRTP_ROLE_INITIATOR);
    fail_if (info_of (sim, 0, winner)->key_agreement ==
        &zrtp_key_agreement_mult);
    /* ... and the other's stream came after it (Z-4.2-08). */
    fail_unless (info_of (sim, 0, 1 - winner)->key_agreement ==
        &zrtp_key_agreement_mult);
    fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_DHPART2)
        + packet_log_count (log, 1, ZRTP_MESSAGE_DHPART2), 1);
    fail_unless (info_of (sim, 0, 1 - winner)->counters.secured
        > info_of (sim, 0, winner)->counters.secured);
    won[winner]++;
    packet_log_free (log);
    sim_free (sim);
  }
  fail_unless (won[0] > 5 && won[1] > 5);
}

GST_END_TEST;

/* What is made ready */

GST_START_TEST (test_prepared_at_hello)
{
  Sim *sim = sim_new (3);
  PacketLog *log = packet_log_new (sim);
  MockPeer mock;

  sim_make (sim, 0, 1);
  sim_start_stream (sim, 0, 0);
  mock_peer_init (&mock, &sim->ends[0].streams[0], 7);
  /* The key pair that most peers lead to: while the Hellos travel. */
  fail_unless_equals_int (sim->ends[0].jobs, 1);
  mock_peer_hello (&mock);
  /* Z-4.1.2-08: that, and what is known of the peer. */
  fail_unless_equals_int (sim->ends[0].jobs, 2);
  mock_peer_hello (&mock);
  fail_unless_equals_int (sim->ends[0].jobs, 2);
  /* As responder it has nothing more to compute. */
  sim->ends[0].job_time = SIM_SEC;
  mock_peer_commit (&mock, NULL);
  fail_unless_equals_int (packet_log_count (log, 0, ZRTP_MESSAGE_DHPART1), 1);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

static void
set_key_agreements (Sim * sim, guint which, const char *names)
{
  fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT, names,
          &sim->ends[which].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
}

/* The pair that was made ahead is not what the peer's list leads to: the right
 * one is made, and used. */
GST_START_TEST (test_prepared_another)
{
  Sim *sim = sim_new (4);

  set_key_agreements (sim, 0, "EC25,X255");
  set_key_agreements (sim, 1, "X255");
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  sim_start_stream (sim, 0, 0);
  fail_unless_equals_int (sim->ends[0].jobs, 1);
  sim_start_stream (sim, 1, 0);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless (info_of (sim, 0, 0)->key_agreement == &zrtp_key_agreement_x255);
  /* Pairs, look-ups, secrets in common and what is to be written. */
  fail_unless_equals_int (sim->ends[0].jobs, sim->ends[1].jobs + 1);
  sim_free (sim);
}

GST_END_TEST;

/* None is made where none may be needed: Preshared mode, Multistream. */
GST_START_TEST (test_prepared_nothing)
{
  Sim *sim = sim_new (5);
  guint jobs;

  set_key_agreements (sim, 0, "Prsh,X255,Mult");
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 2);
  sim_start_stream (sim, 0, 0);
  fail_unless_equals_int (sim->ends[0].jobs, 0);
  sim_start_stream (sim, 1, 0);
  sim_run (sim, 5 * SIM_SEC);
  fail_unless (info_of (sim, 0, 0)->state == ZRTP_STATE_SECURE);
  jobs = sim->ends[0].jobs;
  sim_start_stream (sim, 0, 1);
  fail_unless_equals_int (sim->ends[0].jobs, jobs);
  sim_free (sim);
}

GST_END_TEST;

/* A generator that has zero for the first private values. */
typedef struct
{
  ZrtpRandom usual;
  gsize size;
  guint zeros, draws;
} Zeros;

static void
fill_zeros (gpointer user_data, guint8 * out, gsize size)
{
  Zeros *zeros = user_data;

  zeros->usual.fill (zeros->usual.user_data, out, size);
  if (size == zeros->size && zeros->draws++ < zeros->zeros)
    memset (out, 0, size);
}

/* Z-4.8-02: such values are refused, and others drawn. */
GST_START_TEST (test_private_value_zero)
{
  static const struct
  {
    const char *name;
    gsize size;
  } rows[] = { {"EC38", 48}, {"DH2k", 32}, {"EC25", 32} };
  Sim *sim = sim_new (4);
  Zeros zeros = {.usual = sim->random,.size = rows[__i__].size };

  for (guint i = 0; i < 2; i++) {
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            rows[__i__].name,
            &sim->ends[i].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
    sim_make (sim, i, 1);
  }
  /* Both Hellos are made: what is drawn now of that size is private. */
  sim->random = (ZrtpRandom) {
  fill_zeros, &zeros};
  zeros.zeros = 4;
  sim_start_stream (sim, 0, 0);
  sim_start_stream (sim, 1, 0);
  fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_int (zeros.draws, 4 + 2);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
contention_suite (void)
{
  Suite *suite = suite_create ("contention");
  TCase *tc = tcase_create ("contention");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_modes_mixed);
  tcase_add_test (tc, test_crossed_nonces);
  tcase_add_test (tc, test_crossed_on_two_streams);
  tcase_add_test (tc, test_prepared_at_hello);
  tcase_add_test (tc, test_prepared_another);
  tcase_add_test (tc, test_prepared_nothing);
  tcase_add_loop_test (tc, test_private_value_zero, 0, 3);
  return suite;
}

GST_CHECK_MAIN (contention);
