/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages of a handshake that were changed on their way.
 */
#include "attacker.h"
#include "vectors.h"
#include "zrtp/crypto/zrtpcrypto.h"

#include <string.h>

static void
flip_public_value (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.public_value[5] ^= 1;
}

static void
flip_secret_id (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.rs1_id[0] ^= 1;
}

static void
flip_h1 (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.h1[0] ^= 1;
}

static void
flip_h2 (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.commit.h2[31] ^= 1;
}

static void
flip_hvi (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.commit.hvi[0] ^= 1;
}

static void
flip_client_id (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  if (from->endpoint->id == 0)
    message->u.hello.client_id[0] ^= 1;
}

static void
flip_responders_client_id (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  if (from->endpoint->id == 1)
    message->u.hello.client_id[0] ^= 1;
}

/* CVE-2016-6271: the commitment is checked. */
/* Z-4.4.1.2-06 Z-5.6-02 Z-4.4.1.1-06 */
GST_START_TEST (test_hvi_is_checked)
{
  static const Tamper tampers[] = { flip_public_value, flip_secret_id };

  for (guint i = 0; i < G_N_ELEMENTS (tampers); i++) {
    for (guint reseal = 0; reseal < 2; reseal++) {
      Change change = { ZRTP_MESSAGE_DHPART2, tampers[i], FALSE, reseal, 0 };
      Sim *sim = attacker_run_changed (1, "DH3k", &change);

      assert_chain_dropped (BOB, ZRTP_ERROR_BAD_HVI, TRUE);
      assert_failed (ALICE, ZRTP_ERROR_BAD_HVI);
      fail_unless (ALICE->error_from_peer);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* 9: a message whose chain does not fit is dropped and the genuine one, sent
 * again, is taken. */
/* Z-9-05 Z-9-07 Z-9-06 Z-4.7.1-03 */
GST_START_TEST (test_forged_preimages_do_no_harm)
{
  static const struct
  {
    ZrtpMessageType type;
    Tamper tamper;
  } rows[] = {
    {ZRTP_MESSAGE_COMMIT, flip_h2},
    {ZRTP_MESSAGE_DHPART1, flip_h1},
    {ZRTP_MESSAGE_DHPART2, flip_h1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Change change = { rows[i].type, rows[i].tamper, TRUE, TRUE, 0 };
    Sim *sim = attacker_run_changed (2 + i, "X255", &change);

    assert_unharmed (sim);
    fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_PREIMAGE)
        + dropped (BOB, ZRTP_DROP_BAD_PREIMAGE), 1);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Z-8.1.1-01 Z-8.1.1-02 Z-5.2-14 Z-5.4-06 Z-5.5-03 Z-9-08 */
GST_START_TEST (test_changed_messages_raise_an_alarm)
{
  /* The initiator's Hello: the responder finds out by the Commit. */
  Change hello_i = { ZRTP_MESSAGE_HELLO, flip_client_id, FALSE, FALSE, 0 };
  /* The responder's: the initiator finds out by DHPart1. */
  Change hello_r = { ZRTP_MESSAGE_HELLO, flip_responders_client_id, FALSE,
    FALSE, 0
  };
  /* Commit: by DHPart2. */
  Change commit = { ZRTP_MESSAGE_COMMIT, flip_hvi, FALSE, FALSE, 0 };
  /* DHPart1 in transit: total_hash differs, so Confirm1 does not open. */
  Change dhpart1 = { ZRTP_MESSAGE_DHPART1, flip_secret_id, FALSE, FALSE, 0 };
  Sim *sim;

  /* A third party can make such a chain: told, and Bob still waits. */
  sim = attacker_run_changed (10, "X255", &hello_i);
  assert_chain_dropped (BOB, ZRTP_ERROR_HELLO_MISMATCH, TRUE);
  sim_free (sim);

  sim = attacker_run_changed (11, "X255", &hello_r);
  assert_alarm (ALICE, ZRTP_ERROR_HELLO_MISMATCH);
  sim_free (sim);

  sim = attacker_run_changed (12, "X255", &commit);
  assert_chain_dropped (BOB, ZRTP_ERROR_MALFORMED, TRUE);
  sim_free (sim);

  sim = attacker_run_changed (13, "X255", &dhpart1);
  assert_alarm (ALICE, ZRTP_ERROR_BAD_CONFIRM_MAC);
  sim_free (sim);
}

GST_END_TEST;

/* A peer that seals its DHPart with a wrong key is found out at Confirm: both
 * sides hashed the same octets, only the MAC is false. */
/* Z-5.5-03 Z-5.6-02 */
GST_START_TEST (test_false_dhpart_mac)
{
  for (guint liar = 0; liar < 2; liar++) {
    Sim *sim = attacker_new_call (14 + liar, "X255");
    ZrtpStream *stream = sim->ends[liar].streams[0].stream;
    const ZrtpStep sent = liar == 0 ? ZRTP_STEP_DHPART2_SENT :
        ZRTP_STEP_DHPART1_SENT;

    /* DHPart messages are sealed with H0; Confirm then shows another. */
    stream->own.chain[0][0] ^= 1;
    while (stream->step != sent)
      sim_run (sim, sim->now + SIM_MSEC);
    stream->own.chain[0][0] ^= 1;
    sim_run (sim, 2 * SIM_SEC);
    assert_alarm (&sim->ends[1 - liar].streams[0], ZRTP_ERROR_MALFORMED);
    fail_unless_equals_int (dropped (&sim->ends[1 - liar].streams[0],
            ZRTP_DROP_BAD_MAC), 1);
    sim_free (sim);
  }
}

GST_END_TEST;

static void
flip_cipher_text (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  ((guint8 *) message->u.sealed.encrypted.data)[3] ^= 0x10;
}

static void
flip_confirm_mac (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.sealed.mac[7] ^= 0x80;
}

/* Z-4.6-06 Z-5.7-11 */
GST_START_TEST (test_changed_confirms)
{
  static const Tamper tampers[] = { flip_cipher_text, flip_confirm_mac };

  for (guint i = 0; i < G_N_ELEMENTS (tampers); i++) {
    Change one = { ZRTP_MESSAGE_CONFIRM1, tampers[i], FALSE, FALSE, 0 };
    Change two = { ZRTP_MESSAGE_CONFIRM2, tampers[i], FALSE, FALSE, 0 };
    Sim *sim = attacker_run_changed (16, "X255", &one);

    assert_alarm (ALICE, ZRTP_ERROR_BAD_CONFIRM_MAC);
    assert_failed (BOB, ZRTP_ERROR_BAD_CONFIRM_MAC);
    sim_free (sim);

    sim = attacker_run_changed (17, "X255", &two);
    assert_alarm (BOB, ZRTP_ERROR_BAD_CONFIRM_MAC);
    fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_FAILED);
    fail_unless_equals_int (info_of (ALICE)->send, ZRTP_MEDIA_BLOCKED);
    sim_free (sim);
  }
}

GST_END_TEST;

/* A changed IV changes only the first block: H0 does not fit, the message is
 * dropped and the genuine one, sent again, is good (the MAC does not cover the
 * IV, 4.6). */
static void
flip_iv (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.sealed.iv[0] ^= 1;
}

/* Z-4.6-03 Z-5.7-12 */
GST_START_TEST (test_changed_iv)
{
  Change change = { ZRTP_MESSAGE_CONFIRM1, flip_iv, TRUE, FALSE, 0 };
  Sim *sim = attacker_run_changed (18, "X255", &change);

  assert_unharmed (sim);
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_PREIMAGE), 1);
  sim_free (sim);
}

GST_END_TEST;

/* Public values that would make the result known. The peer itself sends them,
 * properly sealed and committed to. */
/* Z-4.4.1.2-03 Z-4.4.1.2-05 Z-4.4.1.3-01 Z-4.4.1.3-03 Z-5.1.5-13 */
static const struct
{
  const char *name;
  gint kind;
} bad_values[] = {
  {"DH3k", 0}, {"DH3k", 1}, {"DH3k", 2}, {"DH2k", 0}, {"DH2k", 1},
  {"DH2k", 2}, {"EC25", 0}, {"EC25", 1}, {"EC38", 0}, {"EC38", 1},
  {"X255", 0}, {"X448", 0}
};

static void
make_bad_value (guint8 * value, gsize size, gint kind)
{
  if (kind == 2)                /* above the prime */
    memset (value, 0xff, size);
  else
    memset (value, 0, size);
  if (kind == 1)                /* 1; for curves a point that is on none */
    value[size - 1] = 1;
}

static void
make_responder_bad (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  make_bad_value (message->u.dhpart.public_value,
      message->u.dhpart.public_size, bad_values[sim->wall].kind);
}

GST_START_TEST (test_bad_public_values)
{
  const char *name = bad_values[__i__].name;
  Change change = { ZRTP_MESSAGE_DHPART1, make_responder_bad, FALSE, TRUE, 0 };
  Sim *sim = sim_new (20 + __i__);
  ZrtpKeyPair *pair;

  /* pvr */
  for (guint e = 0; e < 2; e++)
    zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT, name,
        &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL);
  sim->wall = __i__;
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->filter = attacker_change;
  sim->filter_data = &change;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 2 * SIM_SEC);
  assert_alarm (ALICE, ZRTP_ERROR_BAD_PUBLIC_VALUE);
  assert_failed (BOB, ZRTP_ERROR_BAD_PUBLIC_VALUE);
  sim_free (sim);

  /* pvi: put into Alice's key pair before she commits to it */
  sim = attacker_new_call (40 + __i__, name);
  pair = &ALICE->stream->prepared.key_pair;
  ALICE->stream->policy.auto_secure = FALSE;
  sim_run (sim, 500 * SIM_MSEC);
  fail_unless (pair->ready);
  make_bad_value (pair->public_value, pair->key_agreement->public_size,
      bad_values[__i__].kind);
  zrtp_stream_go_secure (ALICE->stream, sim->now);
  sim_drain (sim, 0);
  sim_run (sim, 2 * SIM_SEC);
  /* Where only the result shows it, Alice has proved by then that she has Bob's
   * Hello. */
  if (__i__ < 10)
    assert_chain_dropped (BOB, ZRTP_ERROR_BAD_PUBLIC_VALUE, TRUE);
  else
    assert_alarm (BOB, ZRTP_ERROR_BAD_PUBLIC_VALUE);
  sim_free (sim);
}

GST_END_TEST;

/* Z-5.4-02 Z-5.4-07 Z-5.1.5-14 */
static void
wrong_zid (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.commit.zid[3] ^= 1;
}

static void
unoffered (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  static const char names[ZRTP_N_KINDS][5] = {
    "N256", "2FS1", "SK32", "EC52", "B10D"
  };

  memcpy (message->u.commit.names[sim->wall], names[sim->wall], 4);
}

static void
ec38_with_s256 (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  memcpy (message->u.commit.names[ZRTP_KIND_KEY_AGREEMENT], "EC38", 4);
  memcpy (message->u.commit.names[ZRTP_KIND_HASH], "S256", 4);
}

GST_START_TEST (test_commits_that_lie)
{
  static const ZrtpErrorCode codes[ZRTP_N_KINDS] = {
    ZRTP_ERROR_HASH, ZRTP_ERROR_CIPHER, ZRTP_ERROR_AUTH_TAG,
    ZRTP_ERROR_KEY_AGREEMENT, ZRTP_ERROR_SAS
  };
  Change change = { ZRTP_MESSAGE_COMMIT, wrong_zid, FALSE, TRUE, 0 };
  Sim *sim = attacker_run_changed (60, "X255", &change);

  assert_chain_dropped (BOB, ZRTP_ERROR_HELLO_MISMATCH, FALSE);
  sim_free (sim);

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    Change lie = { ZRTP_MESSAGE_COMMIT, unoffered, FALSE, TRUE, 0 };

    sim = sim_new (61);
    sim->wall = kind;
    sim->ends[1].policy.passive = TRUE;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim->filter = attacker_change;
    sim->filter_data = &lie;
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 2 * SIM_SEC);
    assert_chain_dropped (BOB, codes[kind], FALSE);
    assert_failed (ALICE, codes[kind]);
    sim_free (sim);
  }

  change = (Change) {
  ZRTP_MESSAGE_COMMIT, ec38_with_s256, FALSE, TRUE, 0};
  sim = attacker_run_changed (62, "EC38,X255", &change);
  assert_chain_dropped (BOB, ZRTP_ERROR_HASH, FALSE);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
tampering_suite (void)
{
  Suite *suite = suite_create ("tampering");
  TCase *tc = tcase_create ("tampering");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_hvi_is_checked);
  tcase_add_test (tc, test_forged_preimages_do_no_harm);
  tcase_add_test (tc, test_changed_messages_raise_an_alarm);
  tcase_add_test (tc, test_false_dhpart_mac);
  tcase_add_test (tc, test_changed_confirms);
  tcase_add_test (tc, test_changed_iv);
  tcase_add_loop_test (tc, test_bad_public_values, 0,
      G_N_ELEMENTS (bad_values));
  tcase_add_test (tc, test_commits_that_lie);
  return suite;
}

GST_CHECK_MAIN (tampering);
