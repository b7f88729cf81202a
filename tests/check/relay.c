/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls through a trusted PBX, whose two phones see the same SAS (RFC 6189 7.3).
 */
#include "pbx-common.h"

#include <gst/check/gstcheck.h>
#include <string.h>

static ZrtpStream *
stream_of (Sim * sim, guint end)
{
  return pbx_common_stream (sim, end)->stream;
}

static ZrtpLeg
leg_of (Sim * sim)
{
  ZrtpLeg leg;

  fail_unless (zrtp_stream_get_leg (stream_of (sim, PBX_END), &leg));
  return leg;
}

/* What a PBX does once both of its calls are secure. */
static gboolean
relay (Sim * a, Sim * b)
{
  const ZrtpLeg leg_a = leg_of (a), leg_b = leg_of (b);
  ZrtpRelayedSas to_a, to_b;

  if (!zrtp_relay_plan (&leg_a, &leg_b, &to_a, &to_b))
    return FALSE;
  fail_unless (zrtp_stream_relay_sas (stream_of (a, PBX_END), &to_a, a->now));
  fail_unless (zrtp_stream_relay_sas (stream_of (b, PBX_END), &to_b, b->now));
  pbx_common_settle (a);
  pbx_common_settle (b);
  return TRUE;
}

static void
assert_sas (Sim * sim, guint end, const char *sas, gboolean relayed,
    ZrtpTrust trust)
{
  const ZrtpSessionInfo *info = pbx_common_info (sim, end);

  fail_unless_equals_string (info->sas, sas);
  fail_unless_equals_int (info->relayed, relayed);
  fail_unless_equals_int (info->trust, trust);
}

static char *
sas_of (Sim * sim)
{
  return g_strdup (pbx_common_info (sim, PHONE_END)->sas);
}

static void
assert_told (Sim * sim, guint n)
{
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_RELAYED_SAS), n);
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END, ZRTP_EVENT_SAS),
      1 + n);
}

/* The n-th SASrelay of the PBX, opened. */
static ZrtpSasRelayBody
read_relay (PacketLog * log, guint n)
{
  const ZrtpSealed *sealed =
      &packet_log_get (log, PBX_END, ZRTP_MESSAGE_SAS_RELAY,
      n)->message.u.sealed;
  ZrtpStream *phone = stream_of (log->sim, PHONE_END);
  ZrtpSasRelayBody body;
  guint8 *text;

  fail_unless (zrtp_sealed_check_mac (phone, sealed));
  text = zrtp_sealed_decrypt (phone, sealed);
  /* 15 unused bits, no signature, three flags */
  fail_unless (text[0] == 0 && text[1] == 0 && text[2] == 0 && text[3] < 8);
  fail_unless_equals_int (sealed->encrypted.size, 40);
  fail_unless (zrtp_sas_relay_body_parse (text, 40, &body));
  g_free (text);
  return body;
}

static gboolean
is_zero (const guint8 * sashash)
{
  for (guint i = 0; i < ZRTP_SECRET_SIZE; i++) {
    if (sashash[i])
      return FALSE;
  }
  return TRUE;
}

/* Alice calls from outside, Bob is enrolled; whichever side initiates which
 * call. */
/* Z-7.3-03 Z-7.3-06 Z-7.3-07 Z-5.13-01 Z-5.13-06 Z-5.13-07 Z-5.13-10 */
/* Z-5.13-12 Z-5.13-13 Z-5.14-01 Z-4.3-07 Z-4.3-08 Z-10-06 */
GST_START_TEST (test_one_enrolled)
{
  pbx_common_enroll (1, BOB, ATLANTA);
  for (guint i = 0; i < 4; i++) {
    Sim *alice = pbx_common_new (10 + i, ALICE, ATLANTA);
    Sim *bob = pbx_common_new (20 + i, BOB, ATLANTA);
    PacketLog *packet_log_a = packet_log_new (alice), *packet_log_b =
        packet_log_new (bob);
    ZrtpSasRelayBody body;
    char *sas, *bobs;

    alice->ends[i % 2].policy.passive = TRUE;
    bob->ends[i / 2].policy.passive = TRUE;
    pbx_common_run (alice);
    pbx_common_run (bob);
    sas = sas_of (alice);
    bobs = sas_of (bob);
    fail_if (strcmp (sas, bobs) == 0);

    fail_unless (relay (alice, bob));
    assert_sas (alice, PHONE_END, sas, FALSE, ZRTP_TRUST_UNVERIFIED);
    assert_sas (bob, PHONE_END, sas, TRUE, ZRTP_TRUST_MITM_RELAYED);
    assert_told (alice, 0);
    assert_told (bob, 1);
    fail_unless_equals_int (pbx_common_info (bob, PHONE_END)->sasvalue,
        pbx_common_info (alice, PHONE_END)->sasvalue);
    /* The PBX shows what it agreed on with each of them. */
    assert_sas (alice, PBX_END, sas, FALSE, ZRTP_TRUST_UNVERIFIED);
    assert_sas (bob, PBX_END, bobs, FALSE, ZRTP_TRUST_UNVERIFIED);

    body = read_relay (packet_log_a, 0);
    fail_unless (is_zero (body.sashash));
    fail_unless_equals_string (body.sas_type, "B32 ");
    body = read_relay (packet_log_b, 0);
    fail_unless (memcmp (body.sashash, leg_of (alice).sashash,
            ZRTP_SECRET_SIZE) == 0);
    for (guint e = 0; e < 2; e++) {
      PacketLog *log = e ? packet_log_b : packet_log_a;

      fail_unless_equals_int (packet_log_count (log, PBX_END,
              ZRTP_MESSAGE_SAS_RELAY), 1);
      fail_unless_equals_int (packet_log_count (log, PHONE_END,
              ZRTP_MESSAGE_RELAY_ACK), 1);
      fail_unless_equals_int (pbx_common_events (log->sim, PBX_END,
              ZRTP_EVENT_RELAY_ACK), 1);
      fail_unless_equals_int (pbx_common_stream (log->sim,
              PBX_END)->last_error, ZRTP_ERROR_NONE);
      fail_unless (zrtp_stream_get_deadline (stream_of (log->sim, PBX_END))
          == ZRTP_NEVER);
    }
    g_free (sas);
    g_free (bobs);
    packet_log_free (packet_log_a);
    packet_log_free (packet_log_b);
    sim_free (alice);
    sim_free (bob);
  }
}

GST_END_TEST;

static void
set_sas_types (Sim * sim, guint end, const char *names)
{
  fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_SAS, names,
          &sim->ends[end].policy.algorithms[ZRTP_KIND_SAS], NULL));
}

/* Both see the SAS in the same rendering: that of the call that is relayed if
 * the other phone has it, else the one that everybody has. */
/* Z-7.3-06 Z-7.3-07 Z-5.13-12 */
GST_START_TEST (test_rendering)
{
  static const struct
  {
    const char *alice, *bob, *result;
  } rows[] = {
    {"B256,B32", "B32,B256", "B256"},
    {"B32,B256", "B256,B32", "B32 "},
    {"B256,B32", "B32", "B32 "},
    {"B32E", "B256,B10D", "B32 "},
    {"B32E", "B256,B32E", "B32E"},
    {"B10D", "B10D", "B10D"},
  };

  pbx_common_enroll (2, BOB, ATLANTA);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Sim *alice = pbx_common_new (30 + i, ALICE, ATLANTA);
    Sim *bob = pbx_common_new (40 + i, BOB, ATLANTA);

    set_sas_types (alice, PHONE_END, rows[i].alice);
    set_sas_types (bob, PHONE_END, rows[i].bob);
    for (guint e = 0; e < 2; e++) {
      Sim *sim = e ? bob : alice;

      set_sas_types (sim, PBX_END, "B32,B256,B32E,B10D");
      /* The phone chooses. */
      sim->ends[PBX_END].policy.passive = TRUE;
      pbx_common_run (sim);
    }
    fail_unless (relay (alice, bob));
    fail_unless_equals_string (pbx_common_info (alice,
            PHONE_END)->sas_type->base.name, rows[i].result);
    fail_unless_equals_string (pbx_common_info (bob,
            PHONE_END)->sas_type->base.name, rows[i].result);
    fail_unless_equals_string (pbx_common_info (alice, PHONE_END)->sas,
        pbx_common_info (bob, PHONE_END)->sas);
    fail_unless_equals_string (pbx_common_info (alice, PHONE_END)->sas_spelling,
        pbx_common_info (bob, PHONE_END)->sas_spelling);
    fail_if (pbx_common_info (alice, PHONE_END)->relayed);
    sim_free (alice);
    sim_free (bob);
  }
}

GST_END_TEST;

/* Who gets it, of all that a PBX may have to do with. */
/* Z-7.3-02 Z-7.3-03 Z-7.3-04 Z-7.3-08 */
GST_START_TEST (test_plan)
{
  for (guint i = 0; i < 16; i++) {
    ZrtpLeg a = {.enrolled = i & 1,.peer_mitm = i >> 1 & 1,
      .sas_type = &zrtp_sas_b32
    };
    ZrtpLeg b = {.enrolled = i >> 2 & 1,.peer_mitm = i >> 3 & 1,
      .sas_type = &zrtp_sas_b32
    };
    ZrtpRelayedSas to_a, to_b;
    gboolean a_gets, b_gets;

    memset (a.sashash, 'A', sizeof a.sashash);
    memset (b.sashash, 'B', sizeof b.sashash);
    if (!zrtp_relay_plan (&a, &b, &to_a, &to_b)) {
      fail_if (a.enrolled || b.enrolled);
      continue;
    }
    a_gets = to_a.sashash[0] == 'B' && to_a.sashash[31] == 'B';
    b_gets = to_b.sashash[0] == 'A' && to_b.sashash[31] == 'A';
    fail_unless (a_gets != b_gets);
    fail_unless (is_zero (a_gets ? to_b.sashash : to_a.sashash));
    fail_unless (a_gets ? a.enrolled : b.enrolled);
    /* Both are: the one that is no PBX, or else the first. */
    if (a.enrolled && b.enrolled)
      fail_unless_equals_int (b_gets, a.peer_mitm && !b.peer_mitm);
  }
}

GST_END_TEST;

/* With no phone enrolled nothing is relayed, with both enrolled exactly one
 * gets it. */
/* Z-7.3-02 Z-7.3-04 */
GST_START_TEST (test_none_and_both_enrolled)
{
  Sim *alice = pbx_common_call (50, ALICE, ATLANTA);
  Sim *bob = pbx_common_call (51, BOB, ATLANTA);
  char *sas;

  fail_if (relay (alice, bob));
  sim_free (alice);
  sim_free (bob);

  pbx_common_enroll (52, ALICE, ATLANTA);
  pbx_common_enroll (53, BOB, ATLANTA);
  alice = pbx_common_call (54, ALICE, ATLANTA);
  bob = pbx_common_call (55, BOB, ATLANTA);
  sas = sas_of (bob);
  fail_unless (relay (alice, bob));
  assert_sas (alice, PHONE_END, sas, TRUE, ZRTP_TRUST_MITM_RELAYED);
  assert_sas (bob, PHONE_END, sas, FALSE, ZRTP_TRUST_UNVERIFIED);
  g_free (sas);
  sim_free (alice);
  sim_free (bob);
}

GST_END_TEST;

/* Alice - Atlanta - Biloxi - Bob: both see what the two PBXs agreed on, also if
 * these are enrolled with each other; no PBX shows what another relays. */
/* Z-7.3-08 Z-7.3-03 */
GST_START_TEST (test_two_pbxs)
{
  pbx_common_enroll (60, ALICE, ATLANTA);
  pbx_common_enroll (62, BOB, BILOXI);
  for (guint enrolled = 0; enrolled < 2; enrolled++) {
    Sim *alice, *bob, *trunk;
    ZrtpRelayedSas to_phone, to_pbx;
    ZrtpLeg phone, pbx;
    char *sas;

    if (enrolled)
      pbx_common_enroll (64, ATLANTA, BILOXI);
    alice = pbx_common_call (66, ALICE, ATLANTA);
    bob = pbx_common_call (67, BOB, BILOXI);
    trunk = pbx_common_new (68, ATLANTA, BILOXI);
    trunk->ends[PHONE_END].policy.mitm = TRUE;
    pbx_common_run (trunk);
    sas = sas_of (trunk);

    /* Biloxi, whose end of the trunk is the simulation's PBX end. */
    fail_unless (relay (trunk, bob));
    /* Atlanta */
    fail_unless (zrtp_stream_get_leg (stream_of (trunk, PHONE_END), &pbx));
    fail_unless (pbx.peer_mitm);
    fail_unless_equals_int (pbx.enrolled, enrolled);
    phone = leg_of (alice);
    fail_unless (zrtp_relay_plan (&pbx, &phone, &to_pbx, &to_phone));
    fail_unless (is_zero (to_pbx.sashash));
    fail_unless (zrtp_relay_plan (&phone, &pbx, &to_phone, &to_pbx));
    fail_unless (is_zero (to_pbx.sashash));
    fail_unless (zrtp_stream_relay_sas (stream_of (alice, PBX_END), &to_phone,
            alice->now));
    fail_unless (zrtp_stream_relay_sas (stream_of (trunk, PHONE_END), &to_pbx,
            trunk->now));
    pbx_common_settle (alice);
    pbx_common_settle (trunk);

    assert_sas (alice, PHONE_END, sas, TRUE, ZRTP_TRUST_MITM_RELAYED);
    assert_sas (bob, PHONE_END, sas, TRUE, ZRTP_TRUST_MITM_RELAYED);
    for (guint e = 0; e < 2; e++)
      assert_sas (trunk, e, sas, FALSE, ZRTP_TRUST_UNVERIFIED);

    /* Even if it says something. */
    if (enrolled) {
      memset (to_pbx.sashash, 1, sizeof to_pbx.sashash);
      fail_unless (zrtp_stream_relay_sas (stream_of (trunk, PBX_END), &to_pbx,
              trunk->now));
      pbx_common_settle (trunk);
      assert_sas (trunk, PHONE_END, sas, FALSE, ZRTP_TRUST_UNVERIFIED);
    }
    g_free (sas);
    sim_free (alice);
    sim_free (bob);
    sim_free (trunk);
  }
}

GST_END_TEST;

static Suite *
relay_suite (void)
{
  Suite *suite = suite_create ("relay");
  TCase *tc = tcase_create ("relay");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, pbx_common_setup, pbx_common_teardown);
  tcase_add_test (tc, test_one_enrolled);
  tcase_add_test (tc, test_rendering);
  tcase_add_test (tc, test_plan);
  tcase_add_test (tc, test_none_and_both_enrolled);
  tcase_add_test (tc, test_two_pbxs);
  return suite;
}

GST_CHECK_MAIN (relay);
