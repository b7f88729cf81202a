/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The level that a user is shown: the table, and calls.
 */
#include "attacker.h"
#include "knownpeers-common.h"

#include <gst/check/gstcheck.h>
#include <string.h>

/* -- The table -- */

#define N_STATES (ZRTP_STATE_FAILED + 1)
#define N_MEDIA (ZRTP_MEDIA_SECURE + 1)

static const struct
{
  ZrtpTrust trust;
  ZrtpLevel level;              /* of secure media both ways */
} trusts[] = {
  {ZRTP_TRUST_NONE, ZRTP_LEVEL_BUSY},
  {ZRTP_TRUST_UNVERIFIED, ZRTP_LEVEL_ENCRYPTED},
  {ZRTP_TRUST_PEER_UNVERIFIED, ZRTP_LEVEL_ENCRYPTED},
  {ZRTP_TRUST_VERIFIED, ZRTP_LEVEL_VERIFIED},
  {ZRTP_TRUST_CACHE_MISMATCH, ZRTP_LEVEL_ALARM},
  {ZRTP_TRUST_NAME_MISMATCH, ZRTP_LEVEL_ALARM},
  {ZRTP_TRUST_SAS_MISMATCH, ZRTP_LEVEL_ALARM},
  {ZRTP_TRUST_MITM_RELAYED, ZRTP_LEVEL_ENCRYPTED},
  {ZRTP_TRUST_SIGNED, ZRTP_LEVEL_VERIFIED},
  {ZRTP_TRUST_SIGNATURE_INVALID, ZRTP_LEVEL_ALARM},
  {ZRTP_TRUST_NEW_ENDPOINT, ZRTP_LEVEL_ALARM},
  {ZRTP_TRUST_PEER_CHANGED, ZRTP_LEVEL_ALARM},
};

/* Where trust is no alarm: with nothing in the clear, and with something. */
static const struct
{
  ZrtpLevel level, open;
} states[N_STATES] = {
  [ZRTP_STATE_IDLE] = {ZRTP_LEVEL_OFF, ZRTP_LEVEL_OPEN},
  [ZRTP_STATE_DISCOVERING] = {ZRTP_LEVEL_BUSY, ZRTP_LEVEL_OPEN},
  [ZRTP_STATE_NEGOTIATING] = {ZRTP_LEVEL_BUSY, ZRTP_LEVEL_OPEN},
  [ZRTP_STATE_SECURE] = {ZRTP_LEVEL_BUSY, ZRTP_LEVEL_OPEN},
  [ZRTP_STATE_CLEAR] = {ZRTP_LEVEL_BUSY, ZRTP_LEVEL_OPEN},
  [ZRTP_STATE_NO_ZRTP] = {ZRTP_LEVEL_BUSY, ZRTP_LEVEL_OPEN},
  [ZRTP_STATE_FAILED] = {ZRTP_LEVEL_ALARM, ZRTP_LEVEL_ALARM},
};

static ZrtpLevel
expected (ZrtpState state, ZrtpMedia send, ZrtpMedia receive, guint row)
{
  if (trusts[row].level == ZRTP_LEVEL_ALARM)
    return ZRTP_LEVEL_ALARM;
  if (send == ZRTP_MEDIA_CLEAR || receive == ZRTP_MEDIA_CLEAR)
    return states[state].open;
  if (state == ZRTP_STATE_SECURE && send == ZRTP_MEDIA_SECURE
      && receive == ZRTP_MEDIA_SECURE)
    return trusts[row].level;
  return states[state].level;
}

GST_START_TEST (test_table)
{
  for (guint state = 0; state < N_STATES; state++)
    for (guint send = 0; send < N_MEDIA; send++)
      for (guint receive = 0; receive < N_MEDIA; receive++)
        for (guint row = 0; row < G_N_ELEMENTS (trusts); row++) {
          const ZrtpReason reason = zrtp_reason_of_stream (state, send,
              receive, trusts[row].trust);

          fail_unless_equals_int (zrtp_reason_level (reason),
              expected (state, send, receive, row));
          fail_if (reason == ZRTP_REASON_UNKNOWN_ALARM);
        }
}

GST_END_TEST;

/* A trust value without a row is no good news. */
GST_START_TEST (test_unknown_trust)
{
  const ZrtpTrust trust = G_N_ELEMENTS (trusts) + 50;

  fail_unless_equals_int (zrtp_reason_of_trust (trust),
      ZRTP_REASON_UNKNOWN_ALARM);
  fail_unless_equals_int (zrtp_reason_of_stream (ZRTP_STATE_SECURE,
          ZRTP_MEDIA_SECURE, ZRTP_MEDIA_SECURE, trust),
      ZRTP_REASON_UNKNOWN_ALARM);
}

GST_END_TEST;

/* Of several reasons the gravest counts, so levels have to get worse in the order
 * of reasons; off is that of no call at all. */
GST_START_TEST (test_order)
{
  fail_unless_equals_int (zrtp_reasons_worst (0), ZRTP_REASON_NONE);
  for (guint i = 0; i < ZRTP_N_REASONS; i++) {
    fail_unless_equals_int (zrtp_reasons_worst ((ZrtpReasons) 1 << i | 1), i);
    if (i > 1)
      fail_unless (zrtp_reason_level (i) <= zrtp_reason_level (i - 1));
  }
  fail_unless_equals_int (zrtp_reason_level (ZRTP_REASON_NONE), ZRTP_LEVEL_OFF);
  fail_unless (ZRTP_LEVEL_ALARM < ZRTP_LEVEL_OFF
      && ZRTP_LEVEL_OPEN < ZRTP_LEVEL_BUSY
      && ZRTP_LEVEL_BUSY < ZRTP_LEVEL_ENCRYPTED
      && ZRTP_LEVEL_ENCRYPTED < ZRTP_LEVEL_VERIFIED);
  fail_unless_equals_string (zrtp_level_nick (ZRTP_LEVEL_ALARM), "alarm");
  fail_unless_equals_string (zrtp_level_nick (ZRTP_LEVEL_OFF), "off");
  fail_unless_equals_string (zrtp_level_nick (ZRTP_LEVEL_VERIFIED), "verified");
}

GST_END_TEST;

/* -- In calls -- */

static ZrtpSession *
session_of (Sim * sim, guint which)
{
  return sim->ends[which].session;
}

static ZrtpReasons
all_reasons (Sim * sim, guint which)
{
  ZrtpReasons result = 0;

  for (guint i = 0; i < sim->ends[which].n_streams; i++)
    result |= zrtp_stream_get_reasons (sim->ends[which].streams[i].stream);
  return result;
}

static void
assert_reason (Sim * sim, guint which, ZrtpReason reason)
{
  fail_unless_equals_int (zrtp_reasons_worst (all_reasons (sim, which)),
      reason);
}

static void
verify (Sim * sim, guint which)
{
  fail_unless (zrtp_session_verify_sas (session_of (sim, which), sim->now));
  knownpeers_settle (sim);
}

/* The worst of all transports counts, but for those that have not started. */
GST_START_TEST (test_transports)
{
  Sim *sim = knownpeers_new (1);

  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 2);
    assert_reason (sim, e, ZRTP_REASON_NONE);
  }
  sim_start_stream (sim, 0, 0);
  assert_reason (sim, 0, ZRTP_REASON_DISCOVERING);
  sim_start_stream (sim, 1, 0);
  sim_run (sim, 2 * SIM_SEC);
  assert_reason (sim, 0, ZRTP_REASON_UNVERIFIED);
  verify (sim, 0);
  verify (sim, 1);
  assert_reason (sim, 0, ZRTP_REASON_VERIFIED);

  sim_start_stream (sim, 0, 1);
  assert_reason (sim, 0, ZRTP_REASON_DISCOVERING);
  sim_start_stream (sim, 1, 1);
  sim_run (sim, sim->now + 4 * SIM_SEC);
  assert_reason (sim, 0, ZRTP_REASON_VERIFIED);
  fail_unless (zrtp_session_reject_sas (session_of (sim, 0), sim->now));
  assert_reason (sim, 0, ZRTP_REASON_SAS_MISMATCH);
  sim_free (sim);
}

GST_END_TEST;

/* Media in the clear is open, however far the key agreement is. */
GST_START_TEST (test_open)
{
  Sim *sim = knownpeers_new (2);

  sim->ends[0].policy.require_encryption = FALSE;
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  assert_reason (sim, 0, ZRTP_REASON_OPEN);
  assert_reason (sim, 1, ZRTP_REASON_NONE);
  sim_start (sim, 0);
  assert_reason (sim, 0, ZRTP_REASON_OPEN);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_reason (sim, 0, ZRTP_REASON_UNVERIFIED);
  sim_free (sim);
}

GST_END_TEST;

static void
set_aux (Sim * sim, guint which, const char *text)
{
  zrtp_session_set_aux_secret (session_of (sim, which),
      (const guint8 *) text, strlen (text));
}

/* A mismatch that trust does not show is an alarm until the users compare. */
GST_START_TEST (test_aux)
{
  Sim *sim = knownpeers_new (3);

  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 1);
    set_aux (sim, e, "what both were built with");
    if (__i__)
      set_aux (sim, e, e ? "one" : "the other");
    sim_start (sim, e);
  }
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_reason (sim, 0, __i__ ? ZRTP_REASON_AUX_MISMATCH : ZRTP_REASON_SHARED);
  verify (sim, 0);
  assert_reason (sim, 0, ZRTP_REASON_VERIFIED);
  sim_free (sim);
}

GST_END_TEST;

/* Both mismatches are there, though trust has room for one. */
GST_START_TEST (test_several_alarms)
{
  Sim *sim = knownpeers_new (4);

  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  zrtp_session_set_peer_name (session_of (sim, 0), "bob", sim->now);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  verify (sim, 0);
  sim_free (sim);
  knownpeers_lose_cache (1);

  sim = knownpeers_new (5);
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  zrtp_session_set_peer_name (session_of (sim, 0), "carol", sim->now);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  knownpeers_settle (sim);
  fail_unless_equals_int (all_reasons (sim, 0),
      1 << ZRTP_REASON_CACHE_MISMATCH | 1 << ZRTP_REASON_NAME_MISMATCH);
  verify (sim, 0);
  assert_reason (sim, 0, ZRTP_REASON_VERIFIED);
  sim_free (sim);
}

GST_END_TEST;

/* -- Proof of tampering -- */

/* Tampering that was proved stays an alarm of the call, whatever its streams do
 * next, until the users compare: here the signalling contradicts one of two
 * streams that are secure, and then does not any more. */
GST_START_TEST (test_tampered)
{
  Sim *sim = knownpeers_new (6);
  ZrtpStream *second;
  char *wrong, *last;
  const char *right;

  for (guint e = 0; e < 2; e++) {
    sim_make (sim, e, 2);
    sim_start (sim, e);
  }
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  knownpeers_settle (sim);
  assert_reason (sim, 0, ZRTP_REASON_UNVERIFIED);

  second = sim->ends[0].streams[1].stream;
  right = zrtp_stream_get_hello_hash (sim->ends[1].streams[1].stream);
  wrong = g_strdup (right);
  last = wrong + strlen (wrong) - 1;
  *last = *last == '0' ? '1' : '0';
  fail_unless (zrtp_stream_set_peer_hello_hash (second, wrong, sim->now));
  knownpeers_settle (sim);
  fail_unless (all_reasons (sim, 0) & 1 << ZRTP_REASON_SECURITY);
  fail_unless (zrtp_stream_set_peer_hello_hash (second, right, sim->now));
  sim_run (sim, sim->now + 20 * SIM_SEC);
  assert_reason (sim, 0, ZRTP_REASON_SECURITY);
  verify (sim, 0);
  fail_if (all_reasons (sim, 0) & 1 << ZRTP_REASON_SECURITY);
  g_free (wrong);
  sim_free (sim);
}

GST_END_TEST;

/* What a third party can make up is told, and leaves no alarm behind. */
static void
flip_public_value (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.public_value[5] ^= 1;
}

GST_START_TEST (test_unproven)
{
  Change change = { ZRTP_MESSAGE_DHPART2, flip_public_value, TRUE, TRUE, 0 };
  Sim *sim = attacker_run_changed (7, "X255", &change);

  fail_unless (knownpeers_events (sim, 1, ZRTP_EVENT_SECURITY) > 0);
  sim_run (sim, sim->now + 100 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_SECURE);
  assert_reason (sim, 1, ZRTP_REASON_UNVERIFIED);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
level_suite (void)
{
  Suite *suite = suite_create ("level");
  TCase *tc = tcase_create ("level");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_test (tc, test_table);
  tcase_add_test (tc, test_unknown_trust);
  tcase_add_test (tc, test_order);
  tcase_add_test (tc, test_transports);
  tcase_add_test (tc, test_open);
  tcase_add_loop_test (tc, test_aux, 0, 2);
  tcase_add_test (tc, test_several_alarms);
  tcase_add_test (tc, test_tampered);
  tcase_add_test (tc, test_unproven);
  return suite;
}

GST_CHECK_MAIN (level);
