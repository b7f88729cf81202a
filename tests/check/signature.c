/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signing the SAS (RFC 6189 7.2): which application is asked to when, and which
 * call an answer that is late, wrong or missing can't harm.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"
#include "signing-common.h"
#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

GST_START_TEST (test_call)
{
  Sim *sim = signing_new (1, __i__);
  PacketLog *log = packet_log_new (sim);
  gsize size;

  knownpeers_run (sim);
  for (guint i = 0; i < 2; i++) {
    const ZrtpSignature *signature =
        zrtp_session_get_signature (sim->ends[i].session);
    const ZrtpMessageType type = i == (guint) __i__ ? ZRTP_MESSAGE_CONFIRM2 :
        ZRTP_MESSAGE_CONFIRM1;

    /* Z-7.2-02 Z-7.2-03 Z-7-04: it stands beside what users compare. */
    fail_unless_equals_int (notary.ends[i].asked, 1);
    fail_unless_equals_int (notary.ends[i].shown, 1);
    signing_assert_status (sim, i, ZRTP_SIGNATURE_VALID);
    signing_assert_trust (sim, i, ZRTP_TRUST_SIGNED);
    fail_unless_equals_string (knownpeers_info (sim, i)->signer, "Alice");
    fail_if (knownpeers_info (sim, i)->verified);
    fail_if (knownpeers_info (sim, i)->peer_verified);
    fail_unless (g_bytes_equal (signature->certificate,
            signing_keys[1 - i]->certificate));

    /* 19 words, the type block, the certificate up to a word, 16 words. */
    size = 4 * (19 + 1 + 16);
    size += (g_bytes_get_size (signing_keys[i]->certificate) + 3) / 4 * 4;
    fail_unless_equals_int (g_bytes_get_size (packet_log_get (log, i, type,
                0)->octets), size);
  }
  /* It goes with the call. */
  zrtp_stream_stop (sim->ends[0].streams[0].stream, sim->now);
  sim_drain (sim, 0);
  signing_assert_status (sim, 0, ZRTP_SIGNATURE_NONE);
  fail_unless (knownpeers_info (sim, 0)->signer == NULL);
  fail_unless (zrtp_session_get_signature (sim->ends[0].session) == NULL);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_whole_sashash)
{
  Sim *sim = signing_new (2, 0);
  const ZrtpSignature *signature;
  guint8 sashash[2][ZRTP_SECRET_SIZE];

  knownpeers_run (sim);
  for (guint i = 0; i < 2; i++)
    fail_unless (zrtp_session_get_sashash (sim->ends[i].session, sashash[i]));
  fail_unless (memcmp (sashash[0], sashash[1], ZRTP_SECRET_SIZE) == 0);
  fail_unless (memcmp (sashash[0], notary.ends[0].sashash, ZRTP_SECRET_SIZE)
      == 0);
  signature = zrtp_session_get_signature (sim->ends[0].session);
  fail_unless (signing_key_check (signing_keys[1], sashash[0],
          signature->certificate, signature->signature));
  /* Z-7.2-04: each of its 32 octets counts, not only the SAS. */
  for (guint i = 0; i < ZRTP_SECRET_SIZE; i++) {
    sashash[0][i] ^= 1;
    fail_if (signing_key_check (signing_keys[1], sashash[0],
            signature->certificate, signature->signature));
    fail_if (zrtp_session_accept_signature (sim->ends[0].session, sashash[0],
            NULL, sim->now));
    fail_if (zrtp_session_reject_signature (sim->ends[0].session, sashash[0],
            sim->now));
    sashash[0][i] ^= 1;
  }
  signing_assert_trust (sim, 0, ZRTP_TRUST_SIGNED);
  sim_free (sim);
}

GST_END_TEST;

/* Z-5.1.2.1-02: whatever hash and key agreement, whatever key. */
GST_START_TEST (test_algorithms)
{
  static const char *const agreements[] = { "X255", "EC25", "EC38", "DH3k" };
  SigningKey *large = signing_key_new (384);

  for (guint i = 0; i < 2 * G_N_ELEMENTS (agreements); i++) {
    Sim *sim = signing_new (10 + i, i & 1);

    for (guint e = 0; e < 2; e++) {
      ZrtpAlgorithmList *lists = sim->ends[e].policy.algorithms;

      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
              agreements[i / 2], &lists[ZRTP_KIND_KEY_AGREEMENT], NULL));
      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_HASH,
              i & 1 ? "S384" : "S256", &lists[ZRTP_KIND_HASH], NULL));
    }
    notary.ends[0].own = notary.ends[1].peer = large;
    knownpeers_run (sim);
    signing_assert_status (sim, 0, ZRTP_SIGNATURE_VALID);
    signing_assert_status (sim, 1, ZRTP_SIGNATURE_VALID);
    sim_free (sim);
  }
  signing_key_free (large);
}

GST_END_TEST;

/* Each side may want to sign, and be able to check, or not. */
GST_START_TEST (test_who_signs)
{
  Sim *sim = signing_new (20, __i__ & 1);
  gboolean signs[2];

  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.sign_sas = __i__ >> (1 + i) & 1;
    sim->ends[i].policy.check_signatures = __i__ >> (3 + i) & 1;
  }
  knownpeers_run (sim);
  for (guint i = 0; i < 2; i++)
    /* Z-7.2-06 Z-5.2-03: only to a peer whose Hello has the S flag. */
    signs[i] = sim->ends[i].policy.sign_sas
        && sim->ends[1 - i].policy.check_signatures;
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (zrtp_stream_get_info (sim->ends[i].streams[0].
            stream)->peer_signature_capable,
        sim->ends[1 - i].policy.check_signatures);
    fail_unless_equals_int (notary.ends[i].asked, signs[i]);
    signing_assert_status (sim, i, signs[1 - i] ? ZRTP_SIGNATURE_VALID :
        ZRTP_SIGNATURE_NONE);
    signing_assert_trust (sim, i, signs[1 - i] ? ZRTP_TRUST_SIGNED :
        ZRTP_TRUST_UNVERIFIED);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Z-7.2-05: Multistream has none. */
GST_START_TEST (test_multistream)
{
  Sim *sim = signing_new (30, 0);

  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (notary.ends[i].asked, 1);
    fail_unless_equals_int (notary.ends[i].shown, 1);
    signing_assert_status (sim, i, ZRTP_SIGNATURE_VALID);
  }
  sim_free (sim);
}

GST_END_TEST;

static const PacketLogEntry *
first_confirm (PacketLog * log, guint which, guint initiator)
{
  return packet_log_get (log, which,
      which == initiator ? ZRTP_MESSAGE_CONFIRM2 : ZRTP_MESSAGE_CONFIRM1, 0);
}

/* Who is asked and does not answer holds the call up for 20 T2, at most 3 s. */
GST_START_TEST (test_no_answer)
{
  static const guint t2[] = { 20, 150, 1000 };
  static const gint64 most[] = { 400, 3000, 3000 };
  const guint silent = __i__ & 1, initiator = __i__ >> 1 & 1;
  const guint k = __i__ >> 2;
  Sim *sim = signing_new (40, initiator);
  PacketLog *log = packet_log_new (sim);
  const PacketLogEntry *confirm;
  char *reason = NULL;
  gint64 asked;

  sim->delay = SIM_MSEC;
  for (guint i = 0; i < 2; i++)
    sim->ends[i].policy.retry_timeout_ms = t2[k];
  notary.ends[silent].own = NULL;
  signing_start (sim);
  signing_wait (sim, silent);
  asked = sim->now;
  fail_unless (zrtp_stream_is_busy (sim->ends[silent].streams[0].stream));
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  knownpeers_settle (sim);
  confirm = first_confirm (log, silent, initiator);
  fail_unless_equals_int (confirm->octets ? g_bytes_get_size (confirm->octets)
      : 0, 4 * 19);
  fail_unless ((confirm->when - asked + SIM_MSEC) / SIM_MSEC <= most[k] + 2);
  fail_unless ((confirm->when - asked + SIM_MSEC) / SIM_MSEC >= most[k]);

  signing_assert_status (sim, silent, ZRTP_SIGNATURE_VALID);
  signing_assert_status (sim, 1 - silent, ZRTP_SIGNATURE_NONE);
  signing_assert_trust (sim, 1 - silent, ZRTP_TRUST_UNVERIFIED);
  /* Then it is too late. */
  fail_if (signing_answer (sim, silent, signing_keys[silent], &reason));
  fail_unless (strstr (reason, "too late") != NULL);
  g_free (reason);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The answer takes a while: the user has to enter a PIN. */
GST_START_TEST (test_slow_answer)
{
  const guint slow = __i__ & 1, initiator = __i__ >> 1;
  Sim *sim = signing_new (50, initiator);
  char *reason;

  notary.ends[slow].own = NULL;
  signing_start (sim);
  signing_wait (sim, slow);
  sim_run (sim, sim->now + 2 * SIM_SEC);
  fail_if (sim_state (sim, 0) == ZRTP_STATE_SECURE);
  fail_unless (signing_answer (sim, slow, signing_keys[slow], &reason));
  sim_drain (sim, slow);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  signing_assert_status (sim, 0, ZRTP_SIGNATURE_VALID);
  signing_assert_status (sim, 1, ZRTP_SIGNATURE_VALID);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_declined)
{
  const guint who = __i__;
  Sim *sim = signing_new (60, 0);
  char *reason = NULL;
  gint64 asked;

  notary.ends[who].own = NULL;
  signing_start (sim);
  signing_wait (sim, who);
  asked = sim->now;
  fail_unless (zrtp_session_sign_sas (sim->ends[who].session,
          notary.ends[who].sashash, NULL, sim->now, &reason));
  fail_if (zrtp_session_sign_sas (sim->ends[who].session,
          notary.ends[who].sashash, NULL, sim->now, &reason));
  g_free (reason);
  sim_drain (sim, who);
  fail_unless (sim_run_until_secure (sim, asked + 100 * SIM_MSEC));
  signing_assert_status (sim, 1 - who, ZRTP_SIGNATURE_NONE);
  signing_assert_status (sim, who, ZRTP_SIGNATURE_VALID);
  sim_free (sim);
}

GST_END_TEST;

/* What can't be sent is refused at once, with the reason, and another one may
 * follow. */
GST_START_TEST (test_refused)
{
  Sim *sim = signing_new (70, 0);
  ZrtpSession *session;
  guint8 other[ZRTP_SECRET_SIZE] = { 0, };
  GBytes *garbage = g_bytes_new_static ("0123456789abcdef", 16);
  const ZrtpSignature pgp = { NULL, garbage };
  const ZrtpSignature x509 = { signing_keys[0]->certificate, garbage };
  char *reason = NULL;

  notary.ends[0].own = NULL;
  signing_start (sim);
  session = sim->ends[0].session;
  fail_if (zrtp_session_sign_sas (session, other, NULL, sim->now, &reason));
  g_clear_pointer (&reason, g_free);
  fail_if (zrtp_session_get_sashash (session, other));
  signing_wait (sim, 0);
  fail_if (zrtp_session_sign_sas (session, other, NULL, sim->now, &reason));
  g_clear_pointer (&reason, g_free);
  fail_if (zrtp_session_sign_sas (session, notary.ends[0].sashash, &pgp,
          sim->now, &reason));
  fail_unless (strstr (reason, "OpenPGP") != NULL);
  g_clear_pointer (&reason, g_free);
  fail_if (zrtp_session_sign_sas (session, notary.ends[0].sashash, &x509,
          sim->now, &reason));
  fail_unless (strstr (reason, "ECDSA") != NULL);
  g_clear_pointer (&reason, g_free);
  fail_unless (signing_answer (sim, 0, signing_keys[0], &reason));
  sim_drain (sim, 0);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  signing_assert_status (sim, 1, ZRTP_SIGNATURE_VALID);
  g_bytes_unref (garbage);
  sim_free (sim);
}

GST_END_TEST;

/* A certificate that is as long as one may be. */
static SigningKey *
new_long_key (void)
{
  SigningKey *key = signing_key_new (256);
  const gsize size = ZRTP_MAX_SIGNATURE_SIZE - 64;
  guint8 *der = g_malloc0 (size);

  der[0] = 0x30;
  der[1] = 0x82;
  GST_WRITE_UINT16_BE (der + 2, size - 4);
  g_bytes_unref (key->certificate);
  key->certificate = g_bytes_new_take (der, size);
  return key;
}

/* Z-7.2-12: nothing that would be fragmented; up to 511 words where that is
 * allowed. */
GST_START_TEST (test_size)
{
  static const guint whole = ZRTP_MAX_PACKET_SIZE;
  SigningKey *key = new_long_key ();

  for (guint i = 0; i < 2; i++) {
    Sim *sim = signing_new (80 + i, i);
    PacketLog *log = packet_log_new (sim);
    char *reason = NULL;

    sim->ends[0].policy.mtu = whole - 1;
    notary.ends[0].own = NULL;
    notary.ends[1].peer = key;
    signing_start (sim);
    signing_wait (sim, 0);
    fail_if (signing_answer (sim, 0, key, &reason));
    fail_unless (strstr (reason, "2136 octets") != NULL, "%s", reason);
    g_free (reason);
    sim->ends[0].policy.mtu = whole;
    zrtp_stream_update_policy (sim->ends[0].streams[0].stream,
        &sim->ends[0].policy, sim->now);
    fail_unless (signing_answer (sim, 0, key, &reason));
    sim_drain (sim, 0);
    fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
    knownpeers_settle (sim);
    fail_unless_equals_int (g_bytes_get_size (first_confirm (log, 0,
                i)->octets), ZRTP_MAX_MESSAGE_SIZE);
    signing_assert_status (sim, 1, ZRTP_SIGNATURE_VALID);
    packet_log_free (log);
    sim_free (sim);
  }
  signing_key_free (key);
}

GST_END_TEST;

/* A call that ends while the user thinks. */
GST_START_TEST (test_stopped)
{
  const guint who = __i__;
  Sim *sim = signing_new (90, 0);
  ZrtpStream *stream;
  char *reason = NULL;

  notary.ends[who].own = NULL;
  signing_start (sim);
  signing_wait (sim, who);
  stream = sim->ends[who].streams[0].stream;
  zrtp_stream_stop (stream, sim->now);
  sim_drain (sim, who);
  fail_unless (zrtp_stream_get_deadline (stream) == ZRTP_NEVER);
  fail_if (signing_answer (sim, who, signing_keys[who], &reason));
  g_clear_pointer (&reason, g_free);

  /* The next call asks again, and the old answer is none. */
  zrtp_stream_start (stream, 0x7777, sim->now);
  sim_drain (sim, who);
  sim_run (sim, sim->now + 20 * SIM_SEC);
  fail_unless_equals_int (notary.ends[who].asked, 2);
  sim_free (sim);
}

GST_END_TEST;

/* An exchange that ends while the user thinks. */
GST_START_TEST (test_failed)
{
  const guint who = __i__;
  Sim *sim = signing_new (95, 0);
  char *reason = NULL;

  notary.ends[who].own = NULL;
  signing_start (sim);
  signing_wait (sim, who);
  zrtp_stream_fail (sim->ends[1 - who].streams[0].stream,
      ZRTP_ERROR_UNAVAILABLE, sim->now);
  sim_drain (sim, 1 - who);
  sim_run (sim, sim->now + 1400 * SIM_MSEC);
  fail_unless_equals_int (sim_state (sim, who), ZRTP_STATE_FAILED);
  sim_run (sim, sim->now + 4 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, who), ZRTP_STATE_FAILED);
  fail_if (signing_answer (sim, who, signing_keys[who], &reason));
  g_free (reason);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
signature_suite (void)
{
  Suite *suite = suite_create ("signature");
  TCase *tcase = tcase_create ("signature");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, signing_setup, signing_teardown);
  tcase_add_loop_test (tcase, test_call, 0, 2);
  tcase_add_test (tcase, test_whole_sashash);
  tcase_add_test (tcase, test_algorithms);
  tcase_add_loop_test (tcase, test_who_signs, 0, 32);
  tcase_add_test (tcase, test_multistream);
  tcase_add_loop_test (tcase, test_no_answer, 0, 12);
  tcase_add_loop_test (tcase, test_slow_answer, 0, 4);
  tcase_add_loop_test (tcase, test_declined, 0, 2);
  tcase_add_test (tcase, test_refused);
  tcase_add_test (tcase, test_size);
  tcase_add_loop_test (tcase, test_stopped, 0, 2);
  tcase_add_loop_test (tcase, test_failed, 0, 2);
  return suite;
}

GST_CHECK_MAIN (signature);
