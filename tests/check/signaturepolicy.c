/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signatures on the SAS where the policy admits verified peers only, or is
 * unattended (RFC 6189 4.3.2, 7.2): no key is given out before the application
 * accepts the signature.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"
#include "signing-common.h"
#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#define VICTIM 0
#define PEER 1

/* A call in which the victim takes verified peers only, and its application
 * waits for the test. */
static Sim *
new_call (guint64 seed, guint initiator)
{
  Sim *sim = signing_new (seed, initiator);

  sim->ends[VICTIM].policy.require_verified = TRUE;
  notary.ends[VICTIM].peer = NULL;
  return sim;
}

static void
wait_shown (Sim * sim)
{
  while (notary.ends[VICTIM].shown == 0) {
    fail_unless (sim->now < 60 * SIM_SEC);
    sim_run (sim, sim->now + SIM_MSEC);
  }
}

static void
start_and_wait (Sim * sim)
{
  signing_start (sim);
  wait_shown (sim);
}

static gboolean
give_verdict (Sim * sim, gboolean good)
{
  ZrtpSession *session = sim->ends[VICTIM].session;
  guint8 sashash[ZRTP_SECRET_SIZE] = { 0 };
  gboolean taken;

  zrtp_session_get_sashash (session, sashash);
  taken = good ?
      zrtp_session_accept_signature (session, sashash, "Bob", sim->now) :
      zrtp_session_reject_signature (session, sashash, sim->now);
  sim_drain (sim, VICTIM);
  return taken;
}

static void
assert_nothing_kept (guint which)
{
  ZrtpPeer peer = knownpeers_peer (which);

  fail_if (peer.known);
  zrtp_peer_clear (&peer);
}

static void
assert_shut (Sim * sim, guint index)
{
  const SimStream *s = &sim->ends[VICTIM].streams[index];

  fail_if (s->have_send || s->have_receive);
  fail_unless_equals_int (s->send, ZRTP_MEDIA_BLOCKED);
  fail_unless_equals_int (s->receive, ZRTP_MEDIA_BLOCKED);
}

/* Both ends know that the call is over, and why. */
static void
assert_refused (Sim * sim, const char *reason)
{
  const SimStream *s = &sim->ends[VICTIM].streams[0];

  fail_unless_equals_int (sim_state (sim, VICTIM), ZRTP_STATE_FAILED);
  fail_unless_equals_int (zrtp_stream_get_info (s->stream)->error,
      ZRTP_ERROR_UNAVAILABLE);
  fail_unless (strstr (s->last_text, reason) != NULL, "%s", s->last_text);
  assert_shut (sim, 0);
  /* An Error ends a call that stays silent for 9 T2 after it. */
  sim_run (sim, sim->now
      + 9 * sim->ends[PEER].policy.retry_timeout_ms * SIM_MSEC +
      200 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, PEER), ZRTP_STATE_FAILED);
  fail_unless_equals_int (sim->ends[PEER].streams[0].last_error,
      ZRTP_ERROR_UNAVAILABLE);
  for (guint i = 0; i < 2; i++) {
    fail_if (sim->ends[i].streams[0].have_send);
    fail_unless_equals_int (knownpeers_events (sim, i, ZRTP_EVENT_SAS), 0);
    assert_nothing_kept (i);
  }
}

/* Nothing of the call opens, and nothing is kept, before the application has
 * accepted the signature; then all of it does. */
GST_START_TEST (test_held)
{
  Sim *sim = new_call (1, __i__);
  ZrtpPeer peer;

  start_and_wait (sim);
  sim_run (sim, sim->now + 4 * SIM_SEC);
  fail_unless_equals_int (notary.ends[VICTIM].shown, 1);
  signing_assert_status (sim, VICTIM, ZRTP_SIGNATURE_UNCHECKED);
  signing_assert_trust (sim, VICTIM, ZRTP_TRUST_NONE);
  fail_unless_equals_int (knownpeers_events (sim, VICTIM, ZRTP_EVENT_SAS), 0);
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (sim_state (sim, i), ZRTP_STATE_NEGOTIATING);
    fail_if (sim->ends[i].streams[0].have_send);
    assert_nothing_kept (i);
  }
  assert_shut (sim, 0);

  fail_unless (give_verdict (sim, TRUE));
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
  fail_unless_equals_int (notary.ends[VICTIM].shown, 1);
  signing_assert_trust (sim, VICTIM, ZRTP_TRUST_SIGNED);
  fail_unless_equals_string (knownpeers_info (sim, VICTIM)->signer, "Bob");
  peer = knownpeers_peer (VICTIM);
  fail_unless (peer.have_rs1 && !peer.verified);
  zrtp_peer_clear (&peer);
  knownpeers_assert_same (FALSE);
  sim_free (sim);
}

GST_END_TEST;

/* The application answers in its handler. */
GST_START_TEST (test_at_once)
{
  const gboolean good = __i__ & 1;
  SigningKey *mallory = signing_key_new (256);
  Sim *sim = new_call (2, __i__ >> 1);

  notary.ends[VICTIM].peer = good ? signing_keys[PEER] : mallory;
  start_and_wait (sim);
  if (good) {
    fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
    sim_assert_agreed (sim);
    signing_assert_trust (sim, VICTIM, ZRTP_TRUST_SIGNED);
  } else {
    sim_run (sim, sim->now + SIM_MSEC);
    fail_unless_equals_int (knownpeers_events (sim, VICTIM,
            ZRTP_EVENT_SECURITY), 1);
    assert_refused (sim, "signature");
  }
  signing_key_free (mallory);
  sim_free (sim);
}

GST_END_TEST;

/* Thirty octets that look like a certificate and zeros, as a man in the middle
 * without any key would send. */
GST_START_TEST (test_junk)
{
  guint8 junk[30 + 2 + 64] = { 0x30, 28, };
  GBytes *block = g_bytes_new (junk, sizeof junk);
  Sim *sim = new_call (3, __i__ & 1);

  notary.ends[PEER].own = NULL;
  signing_start (sim);
  signing_wait (sim, PEER);
  signing_force (sim, PEER, "X509", block);
  sim_run (sim, sim->now + 3500 * SIM_MSEC);
  fail_unless_equals_int (notary.ends[VICTIM].shown, 1);
  fail_unless_equals_int (sim_state (sim, VICTIM), ZRTP_STATE_NEGOTIATING);
  assert_shut (sim, 0);
  if (__i__ & 2) {
    fail_unless (give_verdict (sim, FALSE));
  } else {
    sim_run (sim, sim->now + 6 * SIM_SEC);
  }
  assert_refused (sim, "signature");
  g_bytes_unref (block);
  sim_free (sim);
}

GST_END_TEST;

/* One in no form at all, or in an unknown one, is none. */
GST_START_TEST (test_odd)
{
  GBytes *block = g_bytes_new_take (g_malloc0 (64), 64);
  Sim *sim = new_call (4, __i__ & 1);

  notary.ends[PEER].own = NULL;
  signing_start (sim);
  signing_wait (sim, PEER);
  signing_force (sim, PEER, __i__ & 2 ? "CMS " : "X509", block);
  sim_run (sim, sim->now + 3100 * SIM_MSEC);
  fail_unless_equals_int (notary.ends[VICTIM].shown, 0);
  fail_unless_equals_int (knownpeers_events (sim, VICTIM, ZRTP_EVENT_SECURITY),
      __i__ & 2 ? 0 : 1);
  assert_refused (sim, __i__ & 2 ? "not verified" : "signature");
  g_bytes_unref (block);
  sim_free (sim);
}

GST_END_TEST;

/* No application answers: the call ends after 40 T2, at most 6 s, and a later answer
 * changes nothing. */
GST_START_TEST (test_no_answer)
{
  static const guint t2[] = { 50, 150, 300 };
  static const gint64 most[] = { 2000, 6000, 6000 };
  const guint k = __i__ >> 1;
  Sim *sim = new_call (5, __i__ & 1);
  gint64 shown;

  for (guint i = 0; i < 2; i++)
    sim->ends[i].policy.retry_timeout_ms = t2[k];
  start_and_wait (sim);
  shown = sim->now;
  sim_run (sim, shown + (most[k] - 10) * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, VICTIM), ZRTP_STATE_NEGOTIATING);
  sim_run (sim, shown + (most[k] + 10) * SIM_MSEC);
  assert_refused (sim, "in time");
  fail_if (give_verdict (sim, TRUE));
  fail_if (give_verdict (sim, FALSE));
  sim_free (sim);
}

GST_END_TEST;

/* Both users take as long to sign, and both applications as long to check, as
 * they may, over a bad network: no schedule ends before that. */
GST_START_TEST (test_slowest)
{
  Sim *sim = signing_new (6, __i__ & 1);
  gint64 shown[2] = { 0, 0 };
  gboolean answered[2] = { FALSE, FALSE };

  if (__i__ & 2)
    sim->loss = 20;
  sim->delay = 20 * SIM_MSEC;
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.require_verified = TRUE;
    notary.ends[i].own = notary.ends[i].peer = NULL;
  }
  signing_start (sim);
  signing_wait (sim, 0);
  signing_wait (sim, 1);
  sim_run (sim, sim->now + 2800 * SIM_MSEC);
  for (guint i = 0; i < 2; i++) {
    char *reason = NULL;

    fail_unless (signing_answer (sim, i, signing_keys[i], &reason), "%s",
        reason);
    sim_drain (sim, i);
  }
  while (!answered[0] || !answered[1]) {
    fail_unless (sim->now < 60 * SIM_SEC);
    sim_run (sim, sim->now + SIM_MSEC);
    for (guint i = 0; i < 2; i++) {
      guint8 sashash[ZRTP_SECRET_SIZE];

      if (notary.ends[i].shown && shown[i] == 0)
        shown[i] = sim->now;
      if (shown[i] == 0 || answered[i]
          || sim->now < shown[i] + 5900 * SIM_MSEC)
        continue;
      fail_unless (zrtp_session_get_sashash (sim->ends[i].session, sashash));
      fail_unless (zrtp_session_accept_signature (sim->ends[i].session,
              sashash, NULL, sim->now));
      sim_drain (sim, i);
      answered[i] = TRUE;
    }
  }
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* An answer that another one takes back, before and after the call is secure. */
GST_START_TEST (test_taken_back)
{
  const gboolean late = __i__ & 2;
  Sim *sim = new_call (7, __i__ & 1);
  const SimStream *s = &sim->ends[VICTIM].streams[0];

  sim->ends[VICTIM].disk_time = 20 * SIM_MSEC;
  sim->delay = 20 * SIM_MSEC;
  start_and_wait (sim);
  fail_unless (give_verdict (sim, TRUE));
  fail_if (sim_state (sim, VICTIM) == ZRTP_STATE_SECURE);
  if (late) {
    fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
    knownpeers_settle (sim);
  }
  fail_unless (give_verdict (sim, FALSE));
  fail_unless_equals_int (sim_state (sim, VICTIM), ZRTP_STATE_FAILED);
  fail_unless_equals_int (s->n_events[ZRTP_EVENT_KEYS_GONE], 1);
  fail_unless_equals_int (s->send, ZRTP_MEDIA_BLOCKED);
  fail_unless_equals_int (s->receive, ZRTP_MEDIA_BLOCKED);
  fail_if (give_verdict (sim, TRUE));
  sim_free (sim);
}

GST_END_TEST;

/* A verified peer needs no signature, so that none is waited for; but one that is
 * rejected ends all streams of the call where the policy is strict, and none
 * where it is not. */
GST_START_TEST (test_rejected_later)
{
  const gboolean strict = __i__ & 1, unattended = __i__ & 2;
  Sim *sim = new_call (8, 0);

  sim->ends[VICTIM].policy.require_verified = FALSE;
  knownpeers_run (sim);
  fail_unless (zrtp_session_verify_sas (sim->ends[VICTIM].session, sim->now));
  sim_drain (sim, VICTIM);
  knownpeers_settle (sim);
  sim_free (sim);

  sim = new_call (9, 0);
  sim->ends[VICTIM].policy.require_verified = strict;
  sim->ends[VICTIM].policy.unattended = unattended;
  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 2);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  fail_unless_equals_int (notary.ends[VICTIM].shown, 1);
  fail_unless (give_verdict (sim, FALSE));
  sim_run (sim, sim->now + 100 * SIM_MSEC);
  for (guint i = 0; i < 2; i++) {
    const SimStream *s = &sim->ends[VICTIM].streams[i];
    const gboolean stopped = strict || unattended;

    fail_unless_equals_int (zrtp_stream_get_info (s->stream)->state,
        stopped ? ZRTP_STATE_FAILED : ZRTP_STATE_SECURE);
    fail_unless_equals_int (s->send,
        stopped ? ZRTP_MEDIA_BLOCKED : ZRTP_MEDIA_SECURE);
    fail_unless_equals_int (s->receive,
        stopped ? ZRTP_MEDIA_BLOCKED : ZRTP_MEDIA_SECURE);
  }
  if (!strict && !unattended)
    signing_assert_trust (sim, VICTIM, ZRTP_TRUST_SIGNATURE_INVALID);
  sim_free (sim);
}

GST_END_TEST;

/* The other streams of the call wait as well. */
GST_START_TEST (test_multistream)
{
  Sim *sim = new_call (10, __i__);

  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 2);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
  wait_shown (sim);
  sim_run (sim, sim->now + 4 * SIM_SEC);
  assert_shut (sim, 0);
  assert_shut (sim, 1);
  fail_unless (give_verdict (sim, TRUE));
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_free (sim);
}

GST_END_TEST;

/* An unattended endpoint whose peer lost the secret: the signature explains it,
 * and only then the new secret takes the place of the old one. */
GST_START_TEST (test_unattended)
{
  const gboolean good = __i__ & 2;
  Sim *sim = signing_new (11, 0);
  ZrtpPeer before, after;

  knownpeers_run (sim);
  sim_free (sim);
  knownpeers_wall += 3600;
  knownpeers_lose_cache (PEER);
  before = knownpeers_peer (VICTIM);
  sim = new_call (12, __i__ & 1);
  sim->ends[VICTIM].policy.require_verified = FALSE;
  sim->ends[VICTIM].policy.unattended = TRUE;
  start_and_wait (sim);
  sim_run (sim, sim->now + SIM_SEC);
  assert_shut (sim, 0);
  after = knownpeers_peer (VICTIM);
  knownpeers_assert_unchanged (&before, &after);
  zrtp_peer_clear (&after);

  fail_unless (give_verdict (sim, good));
  sim_run (sim, sim->now + 2 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, VICTIM),
      good ? ZRTP_STATE_SECURE : ZRTP_STATE_FAILED);
  after = knownpeers_peer (VICTIM);
  if (good) {
    signing_assert_trust (sim, VICTIM, ZRTP_TRUST_SIGNED);
    fail_if (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) == 0);
    fail_unless (memcmp (before.rs1, after.rs2, ZRTP_SECRET_SIZE) == 0);
  } else {
    knownpeers_assert_unchanged (&before, &after);
  }
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* Where clear media is allowed a peer that was refused gets none of it, nor does
 * the attacker who took its place. */
GST_START_TEST (test_not_in_clear)
{
  Sim *sim = new_call (13, 0);

  sim->ends[VICTIM].policy.require_encryption = FALSE;
  start_and_wait (sim);
  if (__i__)
    fail_unless (give_verdict (sim, FALSE));
  else
    sim_run (sim, sim->now + 6100 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, VICTIM), ZRTP_STATE_FAILED);
  assert_shut (sim, 0);
  sim_run (sim, sim->now + 20 * SIM_SEC);
  assert_shut (sim, 0);
  /* The next call is another one. */
  zrtp_stream_stop (sim->ends[VICTIM].streams[0].stream, sim->now);
  sim_drain (sim, VICTIM);
  fail_unless_equals_int (sim->ends[VICTIM].streams[0].send, ZRTP_MEDIA_CLEAR);
  sim_free (sim);
}

GST_END_TEST;

/* The user turns the policy off while the call waits. */
GST_START_TEST (test_policy_changes)
{
  Sim *sim = new_call (14, __i__);

  start_and_wait (sim);
  sim_run (sim, sim->now + SIM_SEC);
  sim->ends[VICTIM].policy.require_verified = FALSE;
  zrtp_stream_update_policy (sim->ends[VICTIM].streams[0].stream,
      &sim->ends[VICTIM].policy, sim->now);
  sim_drain (sim, VICTIM);
  fail_unless (sim_run_until_secure (sim, sim->now + 2 * SIM_SEC));
  knownpeers_settle (sim);
  signing_assert_trust (sim, VICTIM, ZRTP_TRUST_UNVERIFIED);
  fail_unless_equals_int (notary.ends[VICTIM].shown, 1);
  /* It may still be judged. */
  fail_unless (give_verdict (sim, TRUE));
  signing_assert_trust (sim, VICTIM, ZRTP_TRUST_SIGNED);
  sim_free (sim);
}

GST_END_TEST;

/* A call that ends while it is held leaves nothing behind. */
GST_START_TEST (test_stopped)
{
  Sim *sim = new_call (15, __i__);
  ZrtpStream *stream;

  start_and_wait (sim);
  stream = sim->ends[VICTIM].streams[0].stream;
  zrtp_stream_stop (stream, sim->now);
  sim_drain (sim, VICTIM);
  fail_unless (zrtp_stream_get_deadline (stream) == ZRTP_NEVER);
  fail_if (give_verdict (sim, TRUE));
  assert_nothing_kept (VICTIM);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
signaturepolicy_suite (void)
{
  Suite *suite = suite_create ("signaturepolicy");
  TCase *tcase = tcase_create ("signaturepolicy");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, signing_setup, signing_teardown);
  tcase_add_loop_test (tcase, test_held, 0, 2);
  tcase_add_loop_test (tcase, test_at_once, 0, 4);
  tcase_add_loop_test (tcase, test_junk, 0, 4);
  tcase_add_loop_test (tcase, test_odd, 0, 4);
  tcase_add_loop_test (tcase, test_no_answer, 0, 6);
  tcase_add_loop_test (tcase, test_slowest, 0, 4);
  tcase_add_loop_test (tcase, test_taken_back, 0, 4);
  tcase_add_loop_test (tcase, test_rejected_later, 0, 4);
  tcase_add_loop_test (tcase, test_multistream, 0, 2);
  tcase_add_loop_test (tcase, test_unattended, 0, 4);
  tcase_add_loop_test (tcase, test_not_in_clear, 0, 2);
  tcase_add_loop_test (tcase, test_policy_changes, 0, 2);
  tcase_add_loop_test (tcase, test_stopped, 0, 2);
  return suite;
}

GST_CHECK_MAIN (signaturepolicy);
