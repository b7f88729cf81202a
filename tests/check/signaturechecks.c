/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The other side's signature on the SAS (RFC 6189 7.2): what is made of it, and
 * the call that a wrong or odd one can't harm.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"
#include "signing-common.h"
#include "pbx-common.h"

GST_START_TEST (test_other_signer)
{
  const guint victim = __i__;
  Sim *sim = signing_new (100, 0);
  SigningKey *mallory = signing_key_new (256);
  guint8 sashash[ZRTP_SECRET_SIZE];
  ZrtpSession *session;
  SimStream *s;

  notary.ends[1 - victim].own = mallory;
  knownpeers_run (sim);
  s = &sim->ends[victim].streams[0];
  session = sim->ends[victim].session;
  signing_assert_status (sim, victim, ZRTP_SIGNATURE_INVALID);
  signing_assert_trust (sim, victim, ZRTP_TRUST_SIGNATURE_INVALID);
  fail_unless_equals_int (s->n_events[ZRTP_EVENT_SECURITY], 1);
  fail_unless (strstr (s->last_text, "signature") != NULL);
  fail_unless (knownpeers_info (sim, victim)->signer == NULL);
  signing_assert_trust (sim, 1 - victim, ZRTP_TRUST_SIGNED);
  /* Media flows: what follows is up to the user. */
  sim_assert_agreed (sim);

  /* He may compare the SAS, and the application may find out better. */
  fail_unless (zrtp_session_verify_sas (session, sim->now));
  signing_assert_trust (sim, victim, ZRTP_TRUST_VERIFIED);
  fail_unless (zrtp_session_unverify_sas (session, sim->now));
  signing_assert_trust (sim, victim, ZRTP_TRUST_SIGNATURE_INVALID);
  fail_unless (zrtp_session_get_sashash (session, sashash));
  fail_unless (zrtp_session_accept_signature (session, sashash, "Mallory",
          sim->now));
  signing_assert_trust (sim, victim, ZRTP_TRUST_SIGNED);
  fail_unless (zrtp_session_reject_signature (session, sashash, sim->now));
  signing_assert_trust (sim, victim, ZRTP_TRUST_SIGNATURE_INVALID);
  fail_unless (zrtp_session_reject_sas (session, sim->now));
  signing_assert_trust (sim, victim, ZRTP_TRUST_SAS_MISMATCH);
  fail_unless (zrtp_session_accept_signature (session, sashash, NULL,
          sim->now));
  signing_assert_trust (sim, victim, ZRTP_TRUST_SAS_MISMATCH);
  signing_key_free (mallory);
  sim_free (sim);
}

GST_END_TEST;

/* A man in the middle has one sashash with each side: what one signed is worth
 * nothing to the other. */
GST_START_TEST (test_moved)
{
  Sim *sim = signing_new (110, 0);
  GBytes *made, *block;
  ZrtpSignature signature;
  char *reason;

  knownpeers_run (sim);
  made = signing_key_sign (signing_keys[0], notary.ends[0].sashash);
  signature.certificate = signing_keys[0]->certificate;
  signature.signature = made;
  block = zrtp_signature_write (&signature, &reason);
  g_bytes_unref (made);
  sim_free (sim);

  sim = signing_new (111, 0);
  notary.ends[0].own = NULL;
  signing_start (sim);
  signing_wait (sim, 0);
  signing_force (sim, 0, "X509", block);
  fail_unless (sim_run_until_secure (sim, sim->now + 4 * SIM_SEC));
  signing_assert_trust (sim, 1, ZRTP_TRUST_SIGNATURE_INVALID);
  g_bytes_unref (block);
  sim_free (sim);
}

GST_END_TEST;

/* No application looks at it: that is no more than none. */
GST_START_TEST (test_unjudged)
{
  Sim *sim = signing_new (120, 0);

  notary.ends[0].peer = NULL;
  knownpeers_run (sim);
  signing_assert_status (sim, 0, ZRTP_SIGNATURE_UNCHECKED);
  signing_assert_trust (sim, 0, ZRTP_TRUST_UNVERIFIED);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_SECURITY), 0);
  sim_free (sim);
}

GST_END_TEST;

static const struct
{
  const char *type;
  gsize size;
  ZrtpSignatureStatus status;
} odd[] = {
  {"X509", 0, ZRTP_SIGNATURE_INVALID},
  {"PGP ", 0, ZRTP_SIGNATURE_INVALID},
  {"X509", 4, ZRTP_SIGNATURE_INVALID},
  {"X509", 4 * 510, ZRTP_SIGNATURE_INVALID},
  {"PGP ", 4 * 510, ZRTP_SIGNATURE_INVALID},
  {"CMS ", 0, ZRTP_SIGNATURE_UNSUPPORTED},
  {"CMS ", 64, ZRTP_SIGNATURE_UNSUPPORTED},
  {"\377\1\2\3", 4 * 510, ZRTP_SIGNATURE_UNSUPPORTED},
};

/* Z-7.2-11: odd ones never end a call, and those in a form that they do not say
 * never go unnoticed. */
GST_START_TEST (test_odd)
{
  const gboolean invalid = odd[__i__].status == ZRTP_SIGNATURE_INVALID;
  GBytes *block = g_bytes_new_take (g_malloc0 (odd[__i__].size),
      odd[__i__].size);
  guint8 sashash[ZRTP_SECRET_SIZE];

  for (guint sender = 0; sender < 2; sender++) {
    const guint victim = 1 - sender;
    Sim *sim = signing_new (130 + sender, 0);

    notary.ends[sender].own = NULL;
    signing_start (sim);
    signing_wait (sim, sender);
    signing_force (sim, sender, odd[__i__].type, block);
    fail_unless (sim_run_until_secure (sim, sim->now + 4 * SIM_SEC));
    sim_assert_agreed (sim);
    signing_assert_status (sim, victim, odd[__i__].status);
    fail_unless_equals_int (notary.ends[victim].shown, 1);
    signing_assert_trust (sim, victim, invalid ? ZRTP_TRUST_SIGNATURE_INVALID :
        ZRTP_TRUST_UNVERIFIED);
    fail_unless_equals_int (knownpeers_events (sim, victim,
            ZRTP_EVENT_SECURITY), invalid);
    /* Nothing there that could be judged. */
    fail_unless (zrtp_session_get_sashash (sim->ends[victim].session, sashash));
    fail_if (zrtp_session_accept_signature (sim->ends[victim].session,
            sashash, NULL, sim->now));
    fail_if (zrtp_session_reject_signature (sim->ends[victim].session,
            sashash, sim->now));
    sim_free (sim);
  }
  g_bytes_unref (block);
}

GST_END_TEST;

/* A signature in a Confirm where none belongs. */
static GBytes *uninvited;

static void
add_signature (ZrtpConfirmBody * body)
{
  memcpy (body->signature_type, "X509", 5);
  body->signature = zrtp_octets_of (uninvited);
}

static gboolean
add_to_confirms (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  guint *n = user_data;

  if (from->endpoint->id == 0 && from->index == sim->ends[0].n_streams - 1)
    *n += pbx_common_change_confirm (from, data, size, add_signature);
  return TRUE;
}

/* Runs a call whose end 0 has one in the Confirm of its last stream. */
static void
run_uninvited (Sim * sim, guint n_streams, const ZrtpKeyAgreement * agreed)
{
  guint n = 0;

  uninvited = signing_keys[0]->certificate;
  sim->filter = add_to_confirms;
  sim->filter_data = &n;
  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, n_streams);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless (n > 0);
  fail_unless (zrtp_stream_get_info (sim->ends[1].streams[n_streams -
              1].stream)->key_agreement == agreed);
}

GST_START_TEST (test_uninvited)
{
  Sim *sim = signing_new (140, 0);

  /* Without the S flag. */
  sim->ends[1].policy.check_signatures = FALSE;
  notary.ends[0].own = NULL;
  run_uninvited (sim, 1, &zrtp_key_agreement_x255);
  signing_assert_status (sim, 1, ZRTP_SIGNATURE_NONE);
  signing_assert_trust (sim, 1, ZRTP_TRUST_UNVERIFIED);
  fail_unless_equals_int (notary.ends[1].shown, 0);
  fail_unless_equals_int (knownpeers_events (sim, 1, ZRTP_EVENT_SECURITY), 0);
  sim_free (sim);
}

GST_END_TEST;

/* Z-7.2-05: in Multistream mode; that of the first stream stands. */
GST_START_TEST (test_uninvited_multistream)
{
  Sim *sim = signing_new (150, 0);

  run_uninvited (sim, 2, &zrtp_key_agreement_mult);
  signing_assert_status (sim, 1, ZRTP_SIGNATURE_VALID);
  fail_unless_equals_int (notary.ends[1].shown, 1);
  sim_free (sim);
}

GST_END_TEST;

/* Z-7.2-05: Preshared mode has none, asked for or not. */
GST_START_TEST (test_preshared)
{
  Sim *sim = knownpeers_call (31, 0);

  for (guint i = 0; i < 2; i++)
    fail_unless (zrtp_session_verify_sas (sim->ends[i].session, sim->now));
  knownpeers_settle (sim);
  sim_free (sim);
  sim_free (knownpeers_call (32, 0));   /* for an rs2 */

  sim = signing_new (33, 0);
  for (guint i = 0; i < 2; i++)
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            "X255,Prsh,Mult",
            &sim->ends[i].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
  run_uninvited (sim, 1, &zrtp_key_agreement_prsh);
  fail_unless_equals_int (notary.ends[0].asked + notary.ends[1].asked, 0);
  signing_assert_status (sim, 1, ZRTP_SIGNATURE_NONE);
  signing_assert_trust (sim, 1, ZRTP_TRUST_VERIFIED);
  sim_free (sim);
}

GST_END_TEST;

/* -- What else it is good for -- */

/* Z-4.3.2-06 Z-4.6.1.1-03: one side lost what it knew. */
GST_START_TEST (test_mismatch)
{
  const gboolean good = __i__;
  Sim *sim = signing_new (160, 0);
  ZrtpPeer before, after;

  knownpeers_run (sim);
  sim_free (sim);
  knownpeers_wall += 3600;
  knownpeers_lose_cache (1);
  before = knownpeers_peer (0);
  sim = signing_new (161, 0);
  if (!good)
    notary.ends[0].peer = NULL;
  knownpeers_run (sim);
  fail_unless (knownpeers_info (sim, 0)->cache_mismatch);
  signing_assert_trust (sim, 0,
      good ? ZRTP_TRUST_SIGNED : ZRTP_TRUST_CACHE_MISMATCH);
  /* The user is warned in any case. */
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_CACHE_MISMATCH),
      1);
  after = knownpeers_peer (0);
  fail_unless_equals_int (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) != 0,
      good);
  fail_if (after.verified);
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
  knownpeers_wall += 3600;
  if (good) {
    before = knownpeers_peer (0);
    after = knownpeers_peer (1);
    fail_unless (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) == 0);
    zrtp_peer_clear (&before);
    zrtp_peer_clear (&after);
    sim = signing_new (162, 1);
    knownpeers_run (sim);
    fail_if (knownpeers_info (sim, 0)->cache_mismatch);
    sim_free (sim);
  }
}

GST_END_TEST;

/* It says nothing of the peer's user: V stays his. */
GST_START_TEST (test_v_flag)
{
  Sim *sim = signing_new (170, 0);

  knownpeers_run (sim);
  fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
  signing_assert_trust (sim, 0, ZRTP_TRUST_VERIFIED);
  knownpeers_settle (sim);
  sim_free (sim);
  knownpeers_wall += 3600;

  /* Compared here, not there; signed here, not there. */
  sim = signing_new (171, 0);
  notary.ends[0].own = NULL;
  knownpeers_run (sim);
  signing_assert_trust (sim, 0, ZRTP_TRUST_SIGNED);
  fail_unless (knownpeers_info (sim, 0)->verified);
  signing_assert_trust (sim, 1, ZRTP_TRUST_UNVERIFIED);
  fail_unless (knownpeers_info (sim, 1)->peer_verified);
  sim_free (sim);
}

GST_END_TEST;

static gboolean
run_slowly (Sim * sim, const guint * patience)
{
  guint waited[2] = { 0, 0 };
  char *reason = NULL;

  while (sim_state (sim, 0) != ZRTP_STATE_SECURE
      || sim_state (sim, 1) != ZRTP_STATE_SECURE) {
    sim_run (sim, sim->now + 10 * SIM_MSEC);
    for (guint i = 0; i < 2; i++) {
      if (notary.ends[i].asked > 0 && ++waited[i] == patience[i]) {
        signing_answer (sim, i, signing_keys[i], &reason);
        g_clear_pointer (&reason, g_free);
        sim_drain (sim, i);
      }
    }
    if (sim->now > 60 * SIM_SEC)
      return FALSE;
  }
  return TRUE;
}

/* Lost, doubled and late packets, answers that are slow or too late. */
GST_START_TEST (test_bad_network)
{
  guint n_signed = 0, n_unsigned = 0;

  for (guint seed = 0; seed < 100; seed++) {
    Sim *sim = signing_new (1000 + seed, seed & 1);
    const guint patience[2] = { 1 + sim_random (sim, 450),
      1 + sim_random (sim, 450)
    };

    sim->loss = 30;
    sim->duplication = 20;
    sim->jitter = 40 * SIM_MSEC;
    notary.ends[0].own = notary.ends[1].own = NULL;
    signing_start (sim);
    fail_unless (run_slowly (sim, patience), "seed %u", seed);
    sim_assert_agreed (sim);
    for (guint i = 0; i < 2; i++) {
      const gboolean came = knownpeers_info (sim, i)->signature_status ==
          ZRTP_SIGNATURE_VALID;

      if (!came)
        signing_assert_status (sim, i, ZRTP_SIGNATURE_NONE);
      n_signed += came;
      n_unsigned += !came;
    }
    sim_free (sim);
  }
  fail_unless (n_signed > 50);
  fail_unless (n_unsigned > 20);
}

GST_END_TEST;

static Suite *
signaturechecks_suite (void)
{
  Suite *suite = suite_create ("signaturechecks");
  TCase *tcase = tcase_create ("signaturechecks");

  suite_add_tcase (suite, tcase);
  tcase_add_checked_fixture (tcase, signing_setup, signing_teardown);
  tcase_add_loop_test (tcase, test_other_signer, 0, 2);
  tcase_add_test (tcase, test_moved);
  tcase_add_test (tcase, test_unjudged);
  tcase_add_loop_test (tcase, test_odd, 0, G_N_ELEMENTS (odd));
  tcase_add_test (tcase, test_uninvited);
  tcase_add_test (tcase, test_uninvited_multistream);
  tcase_add_test (tcase, test_preshared);
  tcase_add_loop_test (tcase, test_mismatch, 0, 2);
  tcase_add_test (tcase, test_v_flag);
  tcase_add_test (tcase, test_bad_network);
  return suite;
}

GST_CHECK_MAIN (signaturechecks);
