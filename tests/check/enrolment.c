/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A phone is enrolled with a PBX, or is not (RFC 6189 7.3.1).
 */
#include "pbx-common.h"
#include "vectors.h"

#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"

/* Z-7.3.1-01 */
GST_START_TEST (test_known_answers)
{
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  g_auto (GStrv) names = vectors_names (all, "");
  guint n = 0;

  for (char **name = names; *name; name++) {
    JsonNode *set = vectors_get (all, *name);
    guint8 pbxsecret[ZRTP_SECRET_SIZE];
    const ZrtpHash *hash;

    if (!vectors_has (set, "pbxsecret_if_enrolled"))
      continue;
    hash = (const ZrtpHash *) vectors_algorithm (set, "parameters/hash",
        ZRTP_KIND_HASH);
    {
      g_autoptr (GBytes) sess = vectors_hex (set, "ZRTPSess");
      g_autoptr (GBytes) zidi = vectors_hex (set, "ZIDi");
      g_autoptr (GBytes) zidr = vectors_hex (set, "ZIDr");
      g_autoptr (GBytes) expected = vectors_hex (set, "pbxsecret_if_enrolled");

      zrtp_keys_pbxsecret (hash, g_bytes_get_data (sess, NULL),
          g_bytes_get_data (zidi, NULL), g_bytes_get_data (zidr, NULL),
          pbxsecret);
      assert_octets (pbxsecret, sizeof pbxsecret, expected);
    }
    n++;
  }
  fail_unless (n >= 4);
}

GST_END_TEST;

static Sim *
new_offer (guint64 seed, PbxParty phone)
{
  Sim *sim = pbx_common_new (seed, phone, ATLANTA);

  sim->ends[PBX_END].policy.enroll = TRUE;
  return sim;
}

static gboolean
accept (Sim * sim)
{
  const gboolean ok =
      zrtp_session_accept_enrollment (sim->ends[PHONE_END].session, sim->now);

  pbx_common_settle (sim);
  return ok;
}

static void
assert_enrollment (Sim * sim, ZrtpEnrollment phone, ZrtpEnrollment pbx)
{
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->enrollment, phone);
  fail_unless_equals_int (pbx_common_info (sim, PBX_END)->enrollment, pbx);
}

static void
assert_same_pbxsecret (PbxParty phone)
{
  ZrtpPeer a = pbx_common_peer (phone, ATLANTA), b =
      pbx_common_peer (ATLANTA, phone);

  fail_unless (a.have_pbx && b.have_pbx);
  fail_unless (zrtp_equal (a.pbx, b.pbx, ZRTP_SECRET_SIZE));
  zrtp_peer_clear (&a);
  zrtp_peer_clear (&b);
}

/* Whichever side initiates: E and not A on the wire, the user is asked, and
 * nothing is stored before the answer. */
/* Z-7.3.1-02 Z-7.3.1-03 Z-7.3.1-04 Z-7.3.1-06 Z-7.3-01 Z-4.3-07 Z-4.3-08 */
/* Z-5.2-04 */
GST_START_TEST (test_enrolment)
{
  for (guint initiator = 0; initiator < 2; initiator++) {
    const PbxParty phone = initiator == 0 ? ALICE : BOB;
    Sim *sim = new_offer (10 + initiator, phone);
    ZrtpConfirmBody body;
    PacketLog *log = packet_log_new (sim);

    for (guint e = 0; e < 2; e++) {
      sim->ends[e].policy.allow_clear = TRUE;
      sim->ends[e].policy.require_encryption = FALSE;
    }
    sim->ends[1 - initiator].policy.passive = TRUE;
    pbx_common_run (sim);
    fail_if (packet_log_get (log, PHONE_END, ZRTP_MESSAGE_HELLO,
            0)->message.u.hello.mitm);
    fail_unless (packet_log_get (log, PBX_END, ZRTP_MESSAGE_HELLO,
            0)->message.u.hello.mitm);
    pbx_common_read_confirm (log, PBX_END, &body);
    fail_unless (body.enrollment);
    fail_if (body.allow_clear);
    pbx_common_read_confirm (log, PHONE_END, &body);
    fail_if (body.enrollment);
    assert_enrollment (sim, ZRTP_ENROLLMENT_OFFERED, ZRTP_ENROLLMENT_OFFERED);
    fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
            ZRTP_EVENT_ENROLLMENT), 1);
    fail_unless_equals_int (pbx_common_events (sim, PBX_END,
            ZRTP_EVENT_ENROLLMENT), 0);
    fail_unless (pbx_common_has_pbxsecret (ATLANTA, phone));
    fail_if (pbx_common_has_pbxsecret (phone, ATLANTA));
    packet_log_free (log);
    sim_free (sim);

    /* No answer is a no: the next call is not enrolled, and is asked again. */
    sim = new_offer (20 + initiator, phone);
    pbx_common_run (sim);
    fail_if (pbx_common_has_pbxsecret (phone, ATLANTA));
    fail_unless (accept (sim));
    assert_enrollment (sim, ZRTP_ENROLLMENT_ACCEPTED, ZRTP_ENROLLMENT_OFFERED);
    fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
            ZRTP_EVENT_ENROLLMENT), 2);
    fail_unless (pbx_common_has_pbxsecret (phone, ATLANTA));
    sim_free (sim);

    /* Enrolled: there is nothing to offer any more. */
    sim = new_offer (30 + initiator, phone);
    sim->ends[initiator].policy.passive = TRUE;
    log = packet_log_new (sim);
    pbx_common_run (sim);
    assert_enrollment (sim, ZRTP_ENROLLMENT_ENROLLED, ZRTP_ENROLLMENT_ENROLLED);
    pbx_common_read_confirm (log, PBX_END, &body);
    fail_if (body.enrollment);
    fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
            ZRTP_EVENT_ENROLLMENT), 0);
    fail_if (accept (sim));
    packet_log_free (log);
    sim_free (sim);
  }
  /* Another phone is another matter. */
  fail_if (pbx_common_has_pbxsecret (ALICE, BILOXI));
}

GST_END_TEST;

static void
set_enrollment (ZrtpConfirmBody * body)
{
  body->enrollment = TRUE;
}

static gboolean
offer_again (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  if (from->endpoint->id == PBX_END
      && pbx_common_change_confirm (from, data, size, set_enrollment))
    ++ * (guint *) user_data;
  return TRUE;
}

/* libzrtp's PBX sets E in each call, and keeps the secret of the first: a phone
 * whose secret matched keeps its own as well. */
GST_START_TEST (test_offered_again)
{
  ZrtpPeer before, after;
  guint offers = 0;
  Sim *sim = new_offer (50, ALICE);

  pbx_common_run (sim);
  fail_unless (accept (sim));
  sim_free (sim);
  before = pbx_common_peer (ALICE, ATLANTA);
  fail_unless (before.have_pbx);

  sim = new_offer (51, ALICE);
  sim->filter = offer_again;
  sim->filter_data = &offers;
  pbx_common_run (sim);
  fail_unless (offers > 0);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->enrollment,
      ZRTP_ENROLLMENT_ENROLLED);
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_ENROLLMENT), 0);
  fail_if (accept (sim));
  after = pbx_common_peer (ALICE, ATLANTA);
  fail_unless (zrtp_equal (before.pbx, after.pbx, ZRTP_SECRET_SIZE));
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* What a PBX may not say: both E and A. */
static void
set_allow_clear (ZrtpConfirmBody * body)
{
  fail_unless (body->enrollment);
  body->allow_clear = TRUE;
}

static gboolean
allow_clear_too (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  if (from->endpoint->id == PBX_END
      && pbx_common_change_confirm (from, data, size, set_allow_clear))
    ++ * (guint *) user_data;
  return TRUE;
}

/* GoClear is off for the whole of an enrolment call, on either side. */
/* Z-7.3.1-05 */
GST_START_TEST (test_no_go_clear)
{
  for (guint initiator = 0; initiator < 2; initiator++) {
    const PbxParty phone = initiator == 0 ? ALICE : BOB;
    Sim *sim = new_offer (40 + initiator, phone);
    guint changed = 0;

    for (guint e = 0; e < 2; e++) {
      sim->ends[e].policy.allow_clear = TRUE;
      sim->ends[e].policy.require_encryption = FALSE;
    }
    sim->ends[1 - initiator].policy.passive = TRUE;
    sim->filter = allow_clear_too;
    sim->filter_data = &changed;
    pbx_common_run (sim);
    fail_unless (changed > 0);
    for (guint e = 0; e < 2; e++) {
      SimStream *s = pbx_common_stream (sim, e);

      fail_if (zrtp_stream_get_info (s->stream)->peer_allow_clear);
      fail_if (s->stream->clearing.allowed);
      fail_if (zrtp_session_go_clear (sim->ends[e].session, sim->now));
    }
    /* The pbxsecret is that of this ZRTPSess. */
    fail_unless (accept (sim));
    assert_same_pbxsecret (phone);
    sim_free (sim);
  }
}

GST_END_TEST;

static gboolean
enroll_without_mitm (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  if (from->endpoint->id == PBX_END)
    pbx_common_change_confirm (from, data, size, set_enrollment);
  return TRUE;
}

/* E from an endpoint that is no PBX: nothing to trust it with. */
GST_START_TEST (test_enrolment_without_mitm)
{
  Sim *sim = pbx_common_new (50, ALICE, ATLANTA);

  sim->ends[PBX_END].policy.mitm = FALSE;
  /* 5.2: without M, E is not sent either. */
  sim->ends[PBX_END].policy.enroll = TRUE;
  sim->filter = enroll_without_mitm;
  pbx_common_run (sim);
  assert_enrollment (sim, ZRTP_ENROLLMENT_NONE, ZRTP_ENROLLMENT_NONE);
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_ENROLLMENT), 0);
  fail_if (accept (sim));
  fail_if (pbx_common_has_pbxsecret (ALICE, ATLANTA));
  fail_if (pbx_common_has_pbxsecret (ATLANTA, ALICE));
  sim_free (sim);
}

GST_END_TEST;

/* Not while something speaks against the peer, not after it was found out, and
 * not without a cache. */
/* Z-7.3.1-08 Z-7.3.1-06 */
GST_START_TEST (test_refused)
{
  const ZrtpPeerUpdate forget = {.changes = ZRTP_PEER_FORGET };
  ZrtpSession *session;
  guint8 zid[ZRTP_ZID_SIZE];
  Sim *sim;

  /* Atlanta lost its memory of Alice. */
  sim_free (pbx_common_call (60, ALICE, ATLANTA));
  zrtp_cache_get_zid (pbx_common_cache[ALICE], zid);
  fail_unless (zrtp_cache_update (pbx_common_cache[ATLANTA], zid, 1800000000,
          &forget, NULL));
  sim = new_offer (61, ALICE);
  pbx_common_run (sim);
  session = sim->ends[PHONE_END].session;
  assert_enrollment (sim, ZRTP_ENROLLMENT_OFFERED, ZRTP_ENROLLMENT_OFFERED);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->trust,
      ZRTP_TRUST_CACHE_MISMATCH);
  fail_if (accept (sim));
  fail_if (pbx_common_has_pbxsecret (ALICE, ATLANTA));
  /* The users compare: all is well. */
  fail_unless (zrtp_session_verify_sas (session, sim->now));
  fail_unless (accept (sim));
  fail_unless (pbx_common_has_pbxsecret (ALICE, ATLANTA));
  /* Or not, after all. */
  fail_unless (zrtp_session_reject_sas (session, sim->now));
  pbx_common_settle (sim);
  fail_if (pbx_common_has_pbxsecret (ALICE, ATLANTA));
  assert_enrollment (sim, ZRTP_ENROLLMENT_NONE, ZRTP_ENROLLMENT_OFFERED);
  fail_if (accept (sim));
  sim_free (sim);

  /* Bob keeps nothing. */
  sim = new_offer (62, BOB);
  sim->ends[PHONE_END].policy.cacheless = TRUE;
  pbx_common_run (sim);
  assert_enrollment (sim, ZRTP_ENROLLMENT_OFFERED, ZRTP_ENROLLMENT_OFFERED);
  fail_if (accept (sim));
  sim_free (sim);

  /* And neither does this PBX. */
  sim = pbx_common_new (63, BOB, BILOXI);
  sim->ends[PBX_END].policy.enroll = TRUE;
  sim->ends[PBX_END].policy.cacheless = TRUE;
  pbx_common_run (sim);
  assert_enrollment (sim, ZRTP_ENROLLMENT_NONE, ZRTP_ENROLLMENT_NONE);
  sim_free (sim);
}

GST_END_TEST;

/* An attacker calls the PBX under Alice's ZID: it does not come between
 * them. */
GST_START_TEST (test_impostor)
{
  ZrtpPeer before, after;
  guint8 zid[ZRTP_ZID_SIZE];
  Sim *sim;

  pbx_common_enroll (70, ALICE, ATLANTA);
  before = pbx_common_peer (ATLANTA, ALICE);
  sim = new_offer (71, BOB);
  zrtp_cache_get_zid (pbx_common_cache[ALICE], zid);
  memcpy (sim->ends[PHONE_END].zid, zid, sizeof zid);
  sim->ends[PHONE_END].cache = NULL;
  pbx_common_run (sim);
  fail_unless_equals_int (pbx_common_info (sim, PBX_END)->trust,
      ZRTP_TRUST_CACHE_MISMATCH);
  after = pbx_common_peer (ATLANTA, ALICE);
  fail_unless (zrtp_equal (before.pbx, after.pbx, ZRTP_SECRET_SIZE));
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);

  sim = pbx_common_call (72, ALICE, ATLANTA);
  assert_enrollment (sim, ZRTP_ENROLLMENT_ENROLLED, ZRTP_ENROLLMENT_ENROLLED);
  sim_free (sim);
}

GST_END_TEST;

/* In Preshared mode too, and the pbxsecret becomes part of that key. */
/* Z-4.4.2.2-02 */
GST_START_TEST (test_preshared)
{
  for (guint i = 0; i < 5; i++) {
    Sim *sim = pbx_common_new (80 + i, ALICE, ATLANTA);

    for (guint e = 0; e < 2; e++)
      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
              "Prsh,X255,Mult",
              &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
    sim->ends[PBX_END].policy.enroll = i == 2;
    pbx_common_run (sim);
    sim_assert_agreed (sim);
    if (i < 2) {
      for (guint e = 0; e < 2; e++)
        fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
    } else {
      fail_unless (zrtp_stream_get_info (pbx_common_stream (sim,
                  PHONE_END)->stream)->key_agreement ==
          &zrtp_key_agreement_prsh);
    }
    if (i == 2) {
      fail_unless (accept (sim));
      assert_same_pbxsecret (ALICE);
    } else if (i > 2) {
      assert_enrollment (sim, ZRTP_ENROLLMENT_ENROLLED,
          ZRTP_ENROLLMENT_ENROLLED);
    }
    pbx_common_settle (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Commits of Preshared mode that cross: the PBX responds, whatever the nonces. */
/* Z-4.2-03 */
GST_START_TEST (test_preshared_contention)
{
  guint crossed = 0;

  for (guint i = 0; i < 20; i++) {
    Sim *sim = pbx_common_new (100 + i, ALICE, ATLANTA);
    PacketLog *log = packet_log_new (sim);

    for (guint e = 0; e < 2; e++)
      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
              "Prsh,X255,Mult",
              &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
    pbx_common_run (sim);
    if (i < 2) {
      for (guint e = 0; e < 2; e++)
        fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
      pbx_common_settle (sim);
    } else if (packet_log_count (log, PHONE_END, ZRTP_MESSAGE_COMMIT)
        && packet_log_count (log, PBX_END, ZRTP_MESSAGE_COMMIT)) {
      fail_unless_equals_int (zrtp_stream_get_info (pbx_common_stream (sim,
                  PBX_END)->stream)->role, ZRTP_ROLE_RESPONDER);
      crossed++;
    }
    packet_log_free (log);
    sim_free (sim);
  }
  fail_unless (crossed > 5);
}

GST_END_TEST;

static Suite *
enrolment_suite (void)
{
  Suite *suite = suite_create ("enrolment");
  TCase *tc = tcase_create ("enrolment");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, pbx_common_setup, pbx_common_teardown);
  tcase_add_test (tc, test_known_answers);
  tcase_add_test (tc, test_enrolment);
  tcase_add_test (tc, test_offered_again);
  tcase_add_test (tc, test_no_go_clear);
  tcase_add_test (tc, test_enrolment_without_mitm);
  tcase_add_test (tc, test_refused);
  tcase_add_test (tc, test_impostor);
  tcase_add_test (tc, test_preshared);
  tcase_add_test (tc, test_preshared_contention);
  return suite;
}

GST_CHECK_MAIN (enrolment);
