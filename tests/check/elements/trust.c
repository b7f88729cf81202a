/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the users say of the SAS, what it does to trust, and what is kept of it
 * in the file of known peers for the next call.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include "zrtp/zrtp.h"

#define END VOICE "! zrtpenc name=enc cache=%s/%s peer-name=%s " \
    "passive=%d enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC \
    "! zrtpdec name=dec ! " EAR "async=false"

/* Alice and Bob, each with a file in one folder; calls one after the other. */
typedef struct
{
  char *folder;
  const char *bob_is;           /* the peer that Alice expects */
  const char *bobs_file;
  gboolean bob_starts;          /* sends the Commit; else Alice */
  Endpoint *alice, *bob;        /* during a call */
} People;

static void
people_init (People * people)
{
  memset (people, 0, sizeof *people);
  people->folder = endpoint_make_folder ();
  people->bob_is = "bob";
  people->bobs_file = "bob";
}

static void
people_clear (People * people)
{
  endpoint_remove_folder (people->folder);
}

static void
dial (People * people)
{
  people->alice = endpoint_new (END, people->folder, "alice", people->bob_is,
      people->bob_starts);
  people->bob = endpoint_new (END, people->folder, people->bobs_file, "alice",
      !people->bob_starts);
}

static void
call (People * people)
{
  dial (people);
  propertywatch_start (people->alice->enc, "trust");
  propertywatch_start (people->bob->enc, "trust");
  endpoint_connect (people->alice, people->bob);
  endpoint_play (people->alice);
  endpoint_play (people->bob);
  endpoint_wait_secure (people->alice, people->bob);
}

/* What was said is on the disk when the element is in NULL. */
static void
hang_up (People * people)
{
  gst_element_set_state (people->alice->pipeline, GST_STATE_NULL);
  gst_element_set_state (people->bob->pipeline, GST_STATE_NULL);
  endpoint_free (people->alice);
  endpoint_free (people->bob);
}

static gboolean
says (GstElement * element, const char *action)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, action, &done);
  return done;
}

/* The only peer in a file; zrtp_peer_clear(). */
typedef struct
{
  ZrtpPeer peer;
  guint n;
} Known;

static void
take_peer (const guint8 * zid, const ZrtpPeer * peer, gpointer data)
{
  Known *known = data;

  known->n++;
  known->peer = *peer;
  known->peer.name = g_strdup (peer->name);
}

static Known
read_file (People * people, const char *whose)
{
  char *path = g_build_filename (people->folder, whose, NULL);
  ZrtpCache *cache = zrtp_cache_open (path, &zrtp_random_system, NULL);
  Known known = { 0 };

  fail_unless (cache != NULL);
  fail_unless (zrtp_cache_foreach (cache, g_get_real_time () / G_USEC_PER_SEC,
          take_peer, &known, NULL));
  fail_unless (known.n <= 1);
  zrtp_cache_unref (cache);
  g_free (path);
  return known;
}

/* A flag of the file: what it says of V. */
static void
assert_kept (People * people, const char *whose, gboolean verified)
{
  Known known = read_file (people, whose);

  fail_unless_equals_int (known.n, 1);
  fail_unless (known.peer.have_rs1);
  fail_unless_equals_int (known.peer.verified, verified);
  zrtp_peer_clear (&known.peer);
}

static void
assert_trust (Endpoint * endpoint, const char *trust, gboolean verified)
{
  propertywatch_wait (endpoint->enc, "trust", trust);
  propertywatch_assert (endpoint->dec, "trust", trust);
  propertywatch_assert (endpoint->enc, "sas-verified",
      verified ? "true" : "false");
  propertywatch_assert (endpoint->dec, "sas-verified",
      verified ? "true" : "false");
}

/* -- The SAS is the same -- */

GST_START_TEST (test_nobody_compared)
{
  People people;

  people_init (&people);
  for (guint i = 0; i < 2; i++) {
    call (&people);
    assert_trust (people.alice, "unverified", FALSE);
    assert_trust (people.bob, "unverified", FALSE);
    propertywatch_assert (people.alice->enc, "known-peer-name", "");
    hang_up (&people);
    assert_kept (&people, "alice", FALSE);
    assert_kept (&people, "bob", FALSE);
  }
  people_clear (&people);
}

GST_END_TEST;

/* By the action or by the property, on either element. No application has to do
 * it again. */
GST_START_TEST (test_both_compared)
{
  People people;
  Known known;

  people_init (&people);
  call (&people);
  if (__i__)
    fail_unless (says (people.alice->dec, "verify-sas"));
  else
    g_object_set (people.alice->enc, "sas-verified", TRUE, NULL);
  assert_trust (people.alice, "verified", TRUE);
  assert_trust (people.bob, "unverified", FALSE);
  fail_unless (says (people.bob->enc, "verify-sas"));
  assert_trust (people.bob, "verified", TRUE);
  hang_up (&people);
  known = read_file (&people, "alice");
  fail_unless_equals_string (known.peer.name, "bob");
  zrtp_peer_clear (&known.peer);
  assert_kept (&people, "alice", TRUE);
  assert_kept (&people, "bob", TRUE);

  call (&people);
  assert_trust (people.alice, "verified", TRUE);
  assert_trust (people.bob, "verified", TRUE);
  propertywatch_assert (people.alice->dec, "known-peer-name", "bob");
  hang_up (&people);
  people_clear (&people);
}

GST_END_TEST;

/* The other side's word counts, too. */
GST_START_TEST (test_one_compared)
{
  People people;

  people_init (&people);
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  hang_up (&people);
  call (&people);
  assert_trust (people.alice, "peer-unverified", TRUE);
  assert_trust (people.bob, "unverified", FALSE);
  hang_up (&people);
  people_clear (&people);
}

GST_END_TEST;

/* A slip of the finger. */
GST_START_TEST (test_taken_back)
{
  People people;

  people_init (&people);
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  assert_trust (people.alice, "verified", TRUE);
  g_object_set (people.alice->dec, "sas-verified", FALSE, NULL);
  assert_trust (people.alice, "unverified", FALSE);
  hang_up (&people);
  assert_kept (&people, "alice", FALSE);
  people_clear (&people);
}

GST_END_TEST;

/* -- It differs -- */

/* Media of this endpoint is dropped both ways: both counters of that grow, and
 * neither that of packets which leave nor that of packets let through. */
static void
assert_stopped (Endpoint * endpoint)
{
  const guint64 sent = endpoint_get_stat (endpoint->enc, "sent-count");
  const guint64 received = endpoint_get_stat (endpoint->enc, "recv-count");
  const guint64 out = endpoint_get_stat (endpoint->enc,
      "sent-drops/before-secure");
  const guint64 in = endpoint_get_stat (endpoint->enc,
      "recv-drops/before-secure");

  while (endpoint_get_stat (endpoint->enc, "sent-drops/before-secure")
      < out + 3 || endpoint_get_stat (endpoint->enc,
          "recv-drops/before-secure") < in + 3)
    endpoint_pump (endpoint);
  fail_unless_equals_uint64 (endpoint_get_stat (endpoint->enc, "sent-count"),
      sent);
  fail_unless_equals_uint64 (endpoint_get_stat (endpoint->enc, "recv-count"),
      received);
}

/* What was kept goes, and media stops; the other one, who still has it, is alarmed in the next
 * call, and keeps it until the SAS was compared. */
GST_START_TEST (test_rejected)
{
  People people;
  Known before, after;

  /* Who sends the Commit knows that the other one has written. */
  people_init (&people);
  people.bob_starts = TRUE;
  call (&people);
  endpoint_wait_media (people.alice, 2);
  endpoint_wait_media (people.bob, 2);
  fail_unless (says (people.alice->enc, "verify-sas"));
  fail_unless (says (people.alice->dec, "reject-sas"));
  assert_trust (people.alice, "sas-mismatch", FALSE);
  assert_stopped (people.alice);
  /* The application says otherwise, and back. */
  g_object_set (people.alice->dec, "stop-on-reject", FALSE, NULL);
  endpoint_wait_media (people.alice, 2);
  endpoint_wait_media (people.bob, 2);
  g_object_set (people.alice->enc, "stop-on-reject", TRUE, NULL);
  assert_stopped (people.alice);
  hang_up (&people);
  after = read_file (&people, "alice");
  fail_if (after.peer.have_rs1 || after.peer.have_rs2 || after.peer.verified);
  zrtp_peer_clear (&after.peer);
  before = read_file (&people, "bob");
  fail_unless (before.peer.have_rs1);

  people.bob_starts = FALSE;
  call (&people);
  assert_trust (people.alice, "unverified", FALSE);
  assert_trust (people.bob, "cache-mismatch", FALSE);
  hang_up (&people);
  after = read_file (&people, "bob");
  fail_unless (memcmp (before.peer.rs1, after.peer.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&after.peer);

  /* Neither has what the other has, until both say that it is them. */
  call (&people);
  assert_trust (people.alice, "cache-mismatch", FALSE);
  assert_trust (people.bob, "cache-mismatch", FALSE);
  fail_unless (says (people.alice->enc, "verify-sas"));
  fail_unless (says (people.bob->enc, "verify-sas"));
  assert_trust (people.alice, "verified", TRUE);
  assert_trust (people.bob, "verified", TRUE);
  hang_up (&people);
  after = read_file (&people, "bob");
  fail_if (memcmp (before.peer.rs1, after.peer.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&before.peer);
  zrtp_peer_clear (&after.peer);

  call (&people);
  assert_trust (people.alice, "verified", TRUE);
  assert_trust (people.bob, "verified", TRUE);
  hang_up (&people);
  people_clear (&people);
}

GST_END_TEST;

GST_START_TEST (test_forgotten)
{
  People people;
  Known known;

  people_init (&people);
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  fail_unless (says (people.alice->dec, "forget-peer"));
  assert_trust (people.alice, "unverified", FALSE);
  propertywatch_assert (people.alice->enc, "known-peer-name", "");
  hang_up (&people);
  known = read_file (&people, "alice");
  fail_unless_equals_int (known.n, 0);
  people_clear (&people);
}

GST_END_TEST;

/* -- Alarms -- */

static void
expect_alarm (Endpoint * endpoint, const char *kind)
{
  GstStructure *alarm = endpoint_wait (endpoint, "GstZrtpPeerMismatch");

  fail_unless_equals_string (gst_structure_get_string (alarm, "kind"), kind);
  fail_unless (strlen (gst_structure_get_string (alarm, "text")) > 20);
  gst_structure_free (alarm);
}

/* A peer that both know might be in the middle (12). */
GST_START_TEST (test_other_name)
{
  People people;
  Known known;

  people_init (&people);
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  fail_unless (says (people.bob->enc, "verify-sas"));
  hang_up (&people);

  people.bob_is = "carol";
  call (&people);
  assert_trust (people.alice, "name-mismatch", TRUE);
  propertywatch_assert (people.alice->enc, "known-peer-name", "bob");
  propertywatch_assert (people.alice->enc, "peer-name", "carol");
  /* Told at once where the user changes the name. */
  g_object_set (people.alice->dec, "peer-name", "bob", NULL);
  assert_trust (people.alice, "verified", TRUE);
  g_object_set (people.alice->dec, "peer-name", "dave", NULL);
  expect_alarm (people.alice, "name");
  assert_trust (people.alice, "name-mismatch", TRUE);
  hang_up (&people);
  known = read_file (&people, "alice");
  fail_unless_equals_string (known.peer.name, "bob");
  zrtp_peer_clear (&known.peer);

  /* The users compared: so it is Carol. */
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  assert_trust (people.alice, "verified", TRUE);
  propertywatch_assert (people.alice->enc, "known-peer-name", "carol");
  hang_up (&people);
  known = read_file (&people, "alice");
  fail_unless_equals_string (known.peer.name, "carol");
  zrtp_peer_clear (&known.peer);
  people_clear (&people);
}

GST_END_TEST;

static void
clear_secrets (const guint8 * zid, const ZrtpPeer * peer, gpointer cache)
{
  const ZrtpPeerUpdate update = {.changes = ZRTP_PEER_CLEAR_SECRETS };

  fail_unless (zrtp_cache_update (cache, zid, peer->last_seen, &update, NULL));
}

static void
lose_secrets (People * people, const char *whose)
{
  char *path = g_build_filename (people->folder, whose, NULL);
  ZrtpCache *cache = zrtp_cache_open (path, &zrtp_random_system, NULL);

  fail_unless (cache != NULL);
  fail_unless (zrtp_cache_foreach (cache, 0, clear_secrets, cache, NULL));
  zrtp_cache_unref (cache);
  g_free (path);
}

typedef struct
{
  gint alarms, trusts;
} Heard;

static void
hear_alarm (GstElement * element, const char *kind, const char *text,
    Heard * heard)
{
  fail_unless_equals_string (kind, "cache");
  fail_unless (strstr (text, "SAS") != NULL);
  propertywatch_assert (element, "trust", "cache-mismatch");
  heard->alarms++;
}

static void
hear_trust (GstElement * element, gint trust, gboolean verified,
    gboolean peer_verified, Heard * heard)
{
  fail_unless_equals_int (trust, ZRTP_TRUST_CACHE_MISMATCH);
  fail_if (verified || peer_verified);
  heard->trusts++;
}

static void
hear_state (GstElement * element, gint state, guint error, const char *reason,
    Heard * heard)
{
  fail_if (state == ZRTP_STATE_SECURE && heard->alarms == 0);
}

/* Who has a known endpoint's ZID and not its secret: told by signal, message and
 * property before the call is secure; V of earlier calls is worth nothing. */
GST_START_TEST (test_lost_secret)
{
  Heard heard = { 0, 0 };
  People people;

  people_init (&people);
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  hang_up (&people);
  lose_secrets (&people, "bob");

  dial (&people);
  g_signal_connect (people.alice->dec, "peer-mismatch",
      G_CALLBACK (hear_alarm), &heard);
  g_signal_connect (people.alice->dec, "state-changed",
      G_CALLBACK (hear_state), &heard);
  g_signal_connect (people.alice->enc, "trust-changed",
      G_CALLBACK (hear_trust), &heard);
  endpoint_connect (people.alice, people.bob);
  endpoint_play (people.alice);
  endpoint_play (people.bob);
  expect_alarm (people.alice, "cache");
  endpoint_wait_secure (people.alice, people.bob);
  hang_up (&people);
  fail_unless_equals_int (heard.alarms, 1);
  fail_unless (heard.trusts >= 1);
  assert_kept (&people, "alice", TRUE);
  people_clear (&people);
}

GST_END_TEST;

/* The same where no user can compare: refused before anything passes. */
GST_START_TEST (test_unattended)
{
  People people;

  people_init (&people);
  call (&people);
  hang_up (&people);
  lose_secrets (&people, "bob");

  dial (&people);
  g_object_set (people.alice->dec, "unattended", TRUE, NULL);
  endpoint_connect (people.alice, people.bob);
  endpoint_play (people.alice);
  endpoint_play (people.bob);
  expect_alarm (people.alice, "cache");
  endpoint_wait_state (people.alice, "failed");
  fail_unless_equals_uint64 (endpoint_get_stat (people.alice->enc,
          "sent-count"), 0);
  hang_up (&people);
  people_clear (&people);
}

GST_END_TEST;

/* Who was never verified is refused; who was is not. */
GST_START_TEST (test_third_parties)
{
  People people;

  people_init (&people);
  dial (&people);
  g_object_set (people.alice->dec, "require-verified", TRUE, NULL);
  endpoint_connect (people.alice, people.bob);
  endpoint_play (people.alice);
  endpoint_play (people.bob);
  endpoint_wait_state (people.alice, "failed");
  fail_unless_equals_uint64 (endpoint_get_stat (people.alice->enc,
          "sent-count"), 0);
  hang_up (&people);

  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  hang_up (&people);
  dial (&people);
  g_object_set (people.alice->dec, "require-verified", TRUE, NULL);
  endpoint_connect (people.alice, people.bob);
  endpoint_play (people.alice);
  endpoint_play (people.bob);
  endpoint_wait_secure (people.alice, people.bob);
  hang_up (&people);
  people_clear (&people);
}

GST_END_TEST;

/* Bob's name with another endpoint than the one that Alice verified. */
GST_START_TEST (test_new_endpoint)
{
  People people;
  GstStructure *alarm;
  char *zid, *shown;
  gint64 seen = 0;

  people_init (&people);
  call (&people);
  fail_unless (says (people.alice->enc, "verify-sas"));
  zid = propertywatch_get (people.alice->enc, "peer-zid");
  hang_up (&people);

  people.bobs_file = "mallory";
  dial (&people);
  propertywatch_start (people.alice->enc, "trust");
  endpoint_connect (people.alice, people.bob);
  endpoint_play (people.alice);
  endpoint_play (people.bob);
  alarm = endpoint_wait (people.alice, "GstZrtpPeerMismatch");
  fail_unless_equals_string (gst_structure_get_string (alarm, "kind"),
      "new-endpoint");
  fail_unless_equals_string (gst_structure_get_string (alarm, "zid"), zid);
  fail_unless (gst_structure_get_int64 (alarm, "last-seen", &seen));
  fail_unless (seen > 0);
  gst_structure_free (alarm);
  endpoint_wait_secure (people.alice, people.bob);
  assert_trust (people.alice, "new-endpoint", FALSE);
  propertywatch_assert (people.alice->dec, "known-peer-zid", zid);
  shown = propertywatch_get (people.alice->enc, "known-peer-last-seen");
  fail_unless_equals_int64 (g_ascii_strtoll (shown, NULL, 10), seen);
  g_free (shown);
  fail_unless (says (people.alice->enc, "verify-sas"));
  assert_trust (people.alice, "verified", TRUE);
  propertywatch_assert (people.alice->dec, "known-peer-zid", "");
  hang_up (&people);

  call (&people);
  assert_trust (people.alice, "peer-unverified", TRUE);
  hang_up (&people);
  g_free (zid);
  people_clear (&people);
}

GST_END_TEST;

static Suite *
trust_suite (void)
{
  Suite *s = suite_create ("trust");
  TCase *tc = tcase_create ("trust");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_nobody_compared);
  tcase_add_loop_test (tc, test_both_compared, 0, 2);
  tcase_add_test (tc, test_one_compared);
  tcase_add_test (tc, test_taken_back);
  tcase_add_test (tc, test_rejected);
  tcase_add_test (tc, test_forgotten);
  tcase_add_test (tc, test_other_name);
  tcase_add_test (tc, test_new_endpoint);
  tcase_add_test (tc, test_lost_secret);
  tcase_add_test (tc, test_unattended);
  tcase_add_test (tc, test_third_parties);
  return s;
}

GST_CHECK_MAIN (trust);
