/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls that are weaker than earlier ones with the same peer: when that is an
 * alarm, when it is the users' own doing, and what is remembered.
 */
#include "cache-common.h"
#include "knownpeers-common.h"
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#include <string.h>

/* Alice's and Bob's lists for the next call, and who may call; NULL for the
 * defaults. */
typedef struct
{
  const char *list[2][ZRTP_N_KINDS];
  guint initiator;
} Lists;

static const Lists strong = {
  {{NULL, "AES3,AES1", NULL, "X448,X255", NULL},
      {NULL, "AES3,AES1", NULL, "X448,X255", NULL}}, 0
};

/* What Bob's lists look like once an attacker has stripped them. */
static const Lists stripped = {
  {{NULL, "AES3,AES1", NULL, "X448,X255", NULL},
      {NULL, "AES1", NULL, "X255", NULL}}, 0
};

static const Lists plain = {
  {{NULL, NULL, NULL, NULL, NULL},
      {NULL, NULL, NULL, NULL, NULL}}, 0
};

static void
set_lists (ZrtpPolicy * policy, const char *const *lists)
{
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    if (lists[kind])
      fail_unless (zrtp_algorithm_list_parse (kind, lists[kind],
              &policy->algorithms[kind], NULL));
}

static Sim *
call (guint64 seed, const Lists * lists)
{
  Sim *sim = knownpeers_new (seed);

  for (guint i = 0; i < 2; i++)
    set_lists (&sim->ends[i].policy, lists->list[i]);
  sim->ends[1 - lists->initiator].policy.passive = TRUE;
  knownpeers_run (sim);
  return sim;
}

static void
hang_up (Sim * sim)
{
  sim_free (sim);
  knownpeers_wall += 3600;
}

/* @before NULL: no alarm. */
static void
assert_told (Sim * sim, guint which, const char *before, const char *now)
{
  const ZrtpSessionInfo *info = knownpeers_info (sim, which);

  fail_unless_equals_string (info->stronger_before, before);
  fail_unless_equals_string (info->weaker_now, now);
  fail_unless_equals_int (knownpeers_events (sim, which, ZRTP_EVENT_DOWNGRADE),
      before != NULL);
}

static void
assert_kept (guint which, const char *algorithms)
{
  ZrtpPeer peer = knownpeers_peer (which);

  fail_unless_equals_string (peer.algorithms, algorithms);
  zrtp_peer_clear (&peer);
}

static void
run (guint64 seed, const Lists * lists, const char *before, const char *now)
{
  Sim *sim = call (seed, lists);

  assert_told (sim, 0, before, now);
  hang_up (sim);
}

GST_START_TEST (test_weaker)
{
  Sim *sim;

  run (1, &strong, NULL, NULL);
  assert_kept (0, "S256AES3HS80X448");
  assert_kept (1, "S256AES3HS80X448");
  /* In each call, until the user compares: what is kept stays as it is. Bob,
   * whose lists are said to be short, does not offer more. */
  for (guint i = 0; i < 3; i++) {
    sim = call (2 + i, &stripped);
    assert_told (sim, 0, "AES3,X448", "AES1,X255");
    assert_told (sim, 1, NULL, NULL);
    fail_if (knownpeers_info (sim, 0)->cache_mismatch);
    hang_up (sim);
    assert_kept (0, "S256AES3HS80X448");
    assert_kept (1, "S256AES3HS80X448");
  }
  /* He does, and what he says counts from the next call on. */
  sim = call (5, &stripped);
  assert_told (sim, 0, "AES3,X448", "AES1,X255");
  fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
  knownpeers_settle (sim);
  hang_up (sim);
  assert_kept (0, "S256AES1HS80X255");
  assert_kept (1, "S256AES3HS80X448");
  run (6, &stripped, NULL, NULL);
  /* Up without a word, and down with an alarm again. */
  run (7, &strong, NULL, NULL);
  assert_kept (0, "S256AES3HS80X448");
  run (8, &stripped, "AES3,X448", "AES1,X255");
}

GST_END_TEST;

/* Each kind, whichever side calls. */

typedef struct
{
  ZrtpKind kind;
  const char *both, *left;      /* of the list of Bob */
  const char *before, *now;     /* NULL: no alarm */
} Kind;

static const Kind kinds[] = {
  {ZRTP_KIND_CIPHER, "AES2,AES1", "AES1", "AES2", "AES1"},
  {ZRTP_KIND_CIPHER, "AES3,AES2", "AES2", "AES3", "AES2"},
  {ZRTP_KIND_KEY_AGREEMENT, "EC38,X255", "X255", "EC38", "X255"},
  /* As strong as the other: no alarm. */
  {ZRTP_KIND_KEY_AGREEMENT, "EC25,X255", "X255", NULL, NULL},
  {ZRTP_KIND_KEY_AGREEMENT, "X255,DH3k", "DH3k", NULL, NULL},
  /* Every Hello offers DH3k, of which this is the faster one. */
  {ZRTP_KIND_KEY_AGREEMENT, "DH3k,DH2k", "DH2k", NULL, NULL},
};

/* EC38 brings S384 along, so that has a test of its own. */
GST_START_TEST (test_hash)
{
  Lists lists = plain;

  lists.initiator = __i__;
  for (guint i = 0; i < 2; i++) {
    lists.list[i][ZRTP_KIND_HASH] = "S384,S256";
    lists.list[i][ZRTP_KIND_KEY_AGREEMENT] = "X255";
  }
  run (10, &lists, NULL, NULL);
  lists.list[1][ZRTP_KIND_HASH] = "S256";
  run (11, &lists, "S384", "S256");
}

GST_END_TEST;

GST_START_TEST (test_kinds)
{
  const Kind *row = &kinds[__i__ >> 1];
  Lists lists = plain;

  lists.initiator = __i__ & 1;
  lists.list[0][row->kind] = lists.list[1][row->kind] = row->both;
  run (20, &lists, NULL, NULL);
  lists.list[1][row->kind] = row->left;
  run (21, &lists, row->before, row->now);
}

GST_END_TEST;

/* HS32 after HS80 takes a Commit that wants it: every Hello offers both. */
static gboolean
commit_to_short_tag (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpMessage message;
  ZrtpPacket packet;
  gsize n;

  if (sim_packet_type (data, *size, &message) != ZRTP_MESSAGE_COMMIT)
    return TRUE;
  zrtp_packet_parse (data, *size, &packet);
  memcpy (message.u.commit.names[ZRTP_KIND_AUTH_TAG], "HS32", 4);
  n = zrtp_message_write (&message, octets, sizeof octets);
  zrtp_message_sign (octets, n, from->stream->own.chain[1]);
  /* The peer itself does that: it hashes what it sent. */
  g_bytes_unref (from->stream->exchange->commit);
  from->stream->exchange->commit = g_bytes_new (octets, n);
  from->stream->exchange->suite.auth_tag = &zrtp_auth_tag_hs32;
  from->stream->info.auth_tag = &zrtp_auth_tag_hs32;
  *size = zrtp_packet_write (data, ZRTP_MAX_PACKET_SIZE, packet.sequence,
      packet.ssrc, octets, n);
  return TRUE;
}

GST_START_TEST (test_commit_against_the_lists)
{
  Sim *sim;

  run (30, &plain, NULL, NULL);
  sim = knownpeers_new (31);
  sim->ends[0].policy.passive = TRUE;
  sim->filter = commit_to_short_tag;
  knownpeers_run (sim);
  /* Bob's own lists do not lead to what he asked for. */
  assert_told (sim, 0, "HS80", "HS32");
  hang_up (sim);
}

GST_END_TEST;

/* No alarm is what the users did themselves. */

GST_START_TEST (test_own_lists)
{
  Lists lists = stripped;

  run (40, &strong, NULL, NULL);
  /* Alice no longer wants what was used: her own doing, whatever Bob says. */
  lists.list[0][ZRTP_KIND_CIPHER] = "AES1";
  lists.list[0][ZRTP_KIND_KEY_AGREEMENT] = "X255";
  run (41, &lists, NULL, NULL);
  /* It was no reason to forget. */
  assert_kept (0, "S256AES3HS80X448");
  run (42, &stripped, "AES3,X448", "AES1,X255");
}

GST_END_TEST;

/* Either prefers something else, and who calls decides. */
GST_START_TEST (test_order)
{
  Lists lists = plain;

  lists.list[0][ZRTP_KIND_CIPHER] = "AES1,AES3";
  lists.list[1][ZRTP_KIND_CIPHER] = "AES3,AES1";
  lists.initiator = 1;
  run (50, &lists, NULL, NULL);
  assert_kept (0, "S256AES3HS80X255");
  lists.initiator = 0;
  run (51, &lists, NULL, NULL);
  lists.initiator = 1;
  run (52, &lists, NULL, NULL);
  assert_kept (0, "S256AES3HS80X255");
  /* Not in the list at all is something else. */
  lists.list[1][ZRTP_KIND_CIPHER] = "AES1";
  run (53, &lists, "AES3", "AES1");
}

GST_END_TEST;

/* The further streams of a call, and calls without DH, say nothing new. */
GST_START_TEST (test_other_modes)
{
  static const char *const preshared[ZRTP_N_KINDS] = {
    NULL, "AES1", NULL, "Prsh,X255", NULL
  };
  Sim *sim = call (60, &strong);

  for (guint i = 0; i < 2; i++)
    fail_unless (zrtp_session_verify_sas (sim->ends[i].session, sim->now));
  knownpeers_settle (sim);
  hang_up (sim);
  sim = knownpeers_new (61);
  for (guint i = 0; i < 2; i++) {
    set_lists (&sim->ends[i].policy, strong.list[i]);
    sim_make (sim, i, 3);
    sim_start (sim, i);
  }
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  knownpeers_settle (sim);
  for (guint s = 0; s < 3; s++) {
    const SimStream *stream = &sim->ends[0].streams[s];

    fail_unless_equals_int (stream->n_events[ZRTP_EVENT_DOWNGRADE], 0);
  }
  hang_up (sim);
  assert_kept (0, "S256AES3HS80X448");

  sim = knownpeers_new (62);
  for (guint i = 0; i < 2; i++)
    set_lists (&sim->ends[i].policy, preshared);
  knownpeers_run (sim);
  fail_unless (sim->ends[0].streams[0].stream->info.key_agreement
      == &zrtp_key_agreement_prsh);
  assert_told (sim, 0, NULL, NULL);
  fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
  knownpeers_settle (sim);
  hang_up (sim);
  assert_kept (0, "S256AES3HS80X448");
}

GST_END_TEST;

/* A name that a later version wrote is kept, whatever it means. */
GST_START_TEST (test_unknown_name)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_ALGORITHMS };
  guint8 zid[ZRTP_ZID_SIZE];

  run (70, &strong, NULL, NULL);
  zrtp_cache_get_zid (knownpeers_cache[1], zid);
  g_strlcpy (change.algorithms, "S512AES1HS80KYB9", sizeof change.algorithms);
  fail_unless (zrtp_cache_update (knownpeers_cache[0], zid, knownpeers_wall,
          &change, NULL));
  run (71, &stripped, NULL, NULL);
  assert_kept (0, "S512AES1HS80KYB9");
  run (72, &strong, NULL, NULL);
  assert_kept (0, "S512AES3HS80KYB9");
}

GST_END_TEST;

/* With a mismatch of secrets nothing is written before the user compares. */
GST_START_TEST (test_mismatch)
{
  Sim *sim;

  run (80, &strong, NULL, NULL);
  run (81, &strong, NULL, NULL);
  knownpeers_lose_cache (1);
  sim = call (82, &stripped);
  fail_unless (knownpeers_info (sim, 0)->cache_mismatch);
  assert_told (sim, 0, "AES3,X448", "AES1,X255");
  assert_kept (0, "S256AES3HS80X448");
  fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
  knownpeers_settle (sim);
  hang_up (sim);
  assert_kept (0, "S256AES1HS80X255");
}

GST_END_TEST;

static Suite *
downgrade_suite (void)
{
  Suite *suite = suite_create ("downgrade");
  TCase *tc = tcase_create ("downgrade");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_test (tc, test_weaker);
  tcase_add_loop_test (tc, test_hash, 0, 2);
  tcase_add_loop_test (tc, test_kinds, 0, 2 * G_N_ELEMENTS (kinds));
  tcase_add_test (tc, test_commit_against_the_lists);
  tcase_add_test (tc, test_own_lists);
  tcase_add_test (tc, test_order);
  tcase_add_test (tc, test_other_modes);
  tcase_add_test (tc, test_unknown_name);
  tcase_add_test (tc, test_mismatch);
  return suite;
}

GST_CHECK_MAIN (downgrade);
