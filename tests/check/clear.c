/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GoClear, ClearACK and secure again (RFC 6189 4.7.2).
 */
#include "attacker.h"
#include "vectors.h"
#include "zrtp/crypto/zrtpcrypto.h"

#include <string.h>

static Sim *
new_call (guint64 seed, guint n_streams)
{
  Sim *sim = sim_new (seed);

  for (guint e = 0; e < 2; e++) {
    sim->ends[e].policy.allow_clear = TRUE;
    sim->ends[e].policy.require_encryption = FALSE;
    sim_make (sim, e, n_streams);
  }
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  return sim;
}

static void
go_clear (Sim * sim, guint which)
{
  fail_unless (zrtp_session_go_clear (sim->ends[which].session, sim->now));
  sim_drain (sim, which);
}

static void
go_secure (Sim * sim, guint which)
{
  fail_unless (zrtp_stream_go_secure (sim->ends[which].streams[0].stream,
          sim->now));
  sim_drain (sim, which);
}

static const guint8 *
sess_of (Sim * sim, guint which)
{
  return sim->ends[which].session->keys.zrtp_sess;
}

static void
assert_same_sess (Sim * sim)
{
  /* Who got no answer has none any more. */
  if (sim->ends[0].session->have_sess && sim->ends[1].session->have_sess)
    fail_unless (memcmp (sess_of (sim, 0), sess_of (sim, 1), 32) == 0);
}

static void
assert_media (SimStream * s, ZrtpMedia media)
{
  fail_unless_equals_int (info_of (s)->send, media);
  fail_unless_equals_int (info_of (s)->receive, media);
}

/* Z-4.7.2-01 Z-4.7.2.1-04 */
GST_START_TEST (test_known_answers)
{
  JsonNode *file = vectors_load ("vectors.json");
  char **names = vectors_names (file, "");
  guint checked = 0;

  for (guint i = 0; names[i]; i++) {
    JsonNode *node = vectors_get (file, names[i]);
    ZrtpSession *session;
    const ZrtpHash *hash;
    GBytes *bytes;

    if (!JSON_NODE_HOLDS_OBJECT (node)
        || !vectors_has (node, "ZRTPSess_after_GoClear"))
      continue;
    hash = (const ZrtpHash *) vectors_algorithm (node, "parameters/hash",
        ZRTP_KIND_HASH);
    session = zrtp_session_new ();
    session->sess_hash = hash;
    bytes = vectors_hex (node, "ZRTPSess");
    memcpy (session->keys.zrtp_sess, g_bytes_get_data (bytes, NULL),
        hash->size);
    g_bytes_unref (bytes);
    bytes = vectors_hex (node, "ZIDi");
    memcpy (session->zidi, g_bytes_get_data (bytes, NULL), ZRTP_ZID_SIZE);
    g_bytes_unref (bytes);
    bytes = vectors_hex (node, "ZIDr");
    memcpy (session->zidr, g_bytes_get_data (bytes, NULL), ZRTP_ZID_SIZE);
    g_bytes_unref (bytes);
    zrtp_session_ratchet (session);
    bytes = vectors_hex (node, "ZRTPSess_after_GoClear");
    assert_octets (session->keys.zrtp_sess, hash->size, bytes);
    g_bytes_unref (bytes);
    zrtp_session_free (session);
    checked++;
  }
  fail_unless (checked >= 4);
  g_strfreev (names);
  json_node_unref (file);
}

GST_END_TEST;

/* A passive endpoint can't lead back: it says so, and talks on until the peer does. */
GST_START_TEST (test_passive)
{
  Sim *sim = new_call (7, 1);
  SimStream *alice = &sim->ends[0].streams[0];

  go_clear (sim, 0);
  sim_run (sim, sim->now + SIM_SEC);
  zrtp_session_accept_clear (sim->ends[1].session, sim->now);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
  alice->stream->policy.passive = TRUE;
  fail_if (zrtp_stream_go_secure (alice->stream, sim->now));
  sim_drain (sim, 0);
  sim_run (sim, sim->now + 5 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_CLEAR);
  fail_unless_equals_int (info_of (alice)->send, ZRTP_MEDIA_CLEAR);
  fail_unless_equals_int (info_of (alice)->receive, ZRTP_MEDIA_CLEAR);
  fail_unless (zrtp_stream_go_secure (sim->ends[1].streams[0].stream,
          sim->now));
  sim_drain (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.7.2-06 Z-4.7.2-08 Z-4.7.2-09 Z-4.7.2-10 Z-4.7.2-12 Z-4.7.2-13 */
/* Z-4.7.2-15 Z-4.7.2.1-01 Z-4.7.2.1-02 Z-4.7.2.1-03 Z-4.7.2.1-06 */
/* Z-4.7.2.1-07 Z-4.4.3-08 Z-5.1.1-02 Z-5.1.5-05 Z-5.11-01 Z-5.12-01 */
GST_START_TEST (test_clear_and_secure_again)
{
  for (guint asker = 0; asker < 2; asker++) {
    Sim *sim = new_call (1 + asker, 2);
    SimStream *a = &sim->ends[asker].streams[0];
    SimStream *b = &sim->ends[1 - asker].streams[0];
    guint8 old[ZRTP_MAX_HASH_SIZE], key[ZRTP_MAX_HASH_SIZE];
    static const ZrtpStreamKeys none;
    gsize size;
    char *sas;

    sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);
    memcpy (old, sess_of (sim, 0), sizeof old);
    go_clear (sim, asker);
    /* Stops sending at once, still hears what is on its way. */
    fail_unless_equals_int (info_of (sim->ends[asker].session->master ==
            a->stream ? a : a + 1)->send, ZRTP_MEDIA_BLOCKED);
    sim_run (sim, sim->now + SIM_SEC);
    for (guint i = 0; i < 2; i++) {
      fail_unless_equals_int (info_of (a + i)->state, ZRTP_STATE_CLEAR);
      fail_unless_equals_int (info_of (b + i)->state, ZRTP_STATE_CLEAR);
      assert_media (a + i, ZRTP_MEDIA_CLEAR);
      /* The other user has not agreed: nothing flows there. */
      assert_media (b + i, ZRTP_MEDIA_BLOCKED);
      fail_if (a[i].have_send || b[i].have_send);
      fail_unless (memcmp (&a[i].stream->bound.keys, &none, sizeof none) == 0);
      fail_unless (memcmp (&b[i].stream->bound.keys, &none, sizeof none) == 0);
    }
    fail_unless_equals_int (b->n_events[ZRTP_EVENT_CLEAR_REQUESTED]
        + b[1].n_events[ZRTP_EVENT_CLEAR_REQUESTED], 1);
    fail_unless_equals_int (a->n_events[ZRTP_EVENT_CLEAR_REQUESTED], 0);
    assert_same_sess (sim);
    fail_unless (memcmp (old, sess_of (sim, 0), 32) != 0);
    fail_if (zrtp_session_get_exported_key (sim->ends[0].session, key, &size));

    /* While he thinks ClearACK keeps the path open. */
    g_string_truncate (b->trace, 0);
    g_string_truncate (b[1].trace, 0);
    sim_run (sim, sim->now + 11 * SIM_SEC);
    fail_unless_equals_string (b->trace->len ? b->trace->str :
        b[1].trace->str, "ClearACK ClearACK");
    fail_unless (zrtp_session_accept_clear (sim->ends[1 - asker].session,
            sim->now));
    fail_if (zrtp_session_accept_clear (sim->ends[1 - asker].session,
            sim->now));
    sim_drain (sim, 1 - asker);
    assert_media (b, ZRTP_MEDIA_CLEAR);
    assert_media (b + 1, ZRTP_MEDIA_CLEAR);

    /* Either may ask for keys again: Multistream, without a Hello. */
    g_string_truncate (a->trace, 0);
    g_string_truncate (b->trace, 0);
    go_secure (sim, asker);
    assert_media (a, ZRTP_MEDIA_BLOCKED);
    fail_unless (sim_run_until_secure (sim, sim->now + 3 * SIM_SEC));
    sim_assert_agreed (sim);
    fail_unless (strstr (a->trace->str, "Hello") == NULL);
    fail_unless (strstr (b->trace->str, "Hello") == NULL);
    fail_unless (info_of (a)->key_agreement == &zrtp_key_agreement_mult);
    fail_unless_equals_string (zrtp_session_get_info (sim->ends[0].
            session)->sas, sas);
    g_free (sas);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Again and again, asked for by either, over a network that loses a third. */
/* Z-4.7.2-02 Z-6-06 Z-4.7.2.1-05 */
GST_START_TEST (test_loss)
{
  for (guint seed = 0; seed < 100; seed++) {
    Sim *sim = new_call (100 + seed, 1 + seed % 2);

    sim->loss = 33;
    sim->jitter = 50 * SIM_MSEC;
    for (guint round = 0; round < 3; round++) {
      guint asker = sim_random (sim, 2);

      go_clear (sim, asker);
      /* Sometimes both at once. */
      if (sim_random (sim, 4) == 0
          && zrtp_session_go_clear (sim->ends[1 - asker].session, sim->now))
        sim_drain (sim, 1 - asker);
      sim_run (sim, sim->now + 15 * SIM_SEC);
      fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_CLEAR);
      fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_CLEAR);
      assert_same_sess (sim);
      for (guint e = 0; e < 2; e++) {
        zrtp_session_accept_clear (sim->ends[e].session, sim->now);
        sim_drain (sim, e);
      }
      sim->loss = 0;
      go_secure (sim, sim_random (sim, 2));
      fail_unless (sim_run_until_secure (sim, sim->now + 30 * SIM_SEC),
          "seed %u", seed);
      sim_assert_agreed (sim);
      sim_run (sim, sim->now + SIM_SEC);
      sim->loss = 33;
    }
    sim_free (sim);
  }
}

GST_END_TEST;

/* The peer vanished: the keys go all the same, and we are out of step, which
 * the next exchange mends by Diffie-Hellman. */
/* Z-4.7.2-14 */
static gboolean
drop_all (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  return FALSE;
}

GST_START_TEST (test_no_answer)
{
  Sim *sim = new_call (300, 1);

  sim->filter = drop_all;
  go_clear (sim, 0);
  sim_run (sim, sim->now + 5 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  assert_media (BOB, ZRTP_MEDIA_SECURE);
  sim_run (sim, sim->now + 10 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_CLEAR);
  fail_if (ALICE->have_send);

  /* Bob took it for a break in the line and still has keys. Alice asks for new
   * ones, he hears her after his own attempt. */
  sim->filter = NULL;
  fail_unless (zrtp_session_go_clear (sim->ends[1].session, sim->now));
  sim_drain (sim, 1);
  sim_run (sim, sim->now + 15 * SIM_SEC);
  fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_CLEAR);
  go_secure (sim, 0);
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_string (info_of (ALICE)->key_agreement->base.name, "X255");
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_SECURITY]
      + BOB->n_events[ZRTP_EVENT_SECURITY], 0);
  sim_free (sim);
}

GST_END_TEST;

/* Who does not allow it is not even asked; who requires encryption neither
 * asks nor allows, whatever else is set. */
GST_START_TEST (test_who_may)
{
  for (guint row = 0; row < 8; row++) {
    const gboolean allow = row & 1, require = row & 2, own = row & 4;
    Sim *sim = sim_new (310 + row);

    sim->ends[0].policy.require_encryption = own;
    sim->ends[1].policy.allow_clear = allow;
    sim->ends[1].policy.require_encryption = require;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    fail_unless_equals_int (info_of (ALICE)->peer_allow_clear,
        allow && !require);
    fail_unless_equals_int (zrtp_session_go_clear (sim->ends[0].session,
            sim->now), allow && !require && !own);
    sim_free (sim);
  }
}

GST_END_TEST;

/* A peer that says it allows it and then answers with an Error: still secure. */
GST_START_TEST (test_refused)
{
  Sim *sim = new_call (320, 1);

  BOB->stream->clearing.allowed = FALSE;
  go_clear (sim, 0);
  sim_run (sim, sim->now + 2 * SIM_SEC);
  sim_assert_agreed (sim);
  fail_unless_equals_int (ALICE->last_error, ZRTP_ERROR_GOCLEAR_REFUSED);
  fail_unless (ALICE->error_from_peer);
  sim_free (sim);
}

GST_END_TEST;

/* A recorded GoClear, and any other message, does nothing in the clear nor once
 * secure again. */
static gboolean
keep_go_clear (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  GBytes **kept = user_data;
  ZrtpMessage message;

  if (sim_packet_type (data, *size, &message) == ZRTP_MESSAGE_GO_CLEAR
      && !*kept)
    *kept = g_bytes_new (data, *size);
  return TRUE;
}

GST_START_TEST (test_replay)
{
  GBytes *kept = NULL;
  Sim *sim = new_call (330, 1);

  sim->filter = keep_go_clear;
  sim->filter_data = &kept;
  go_clear (sim, 0);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless (kept != NULL);
  /* Its ClearACK may have been lost: answered again, no second replacement. */
  g_string_truncate (BOB->trace, 0);
  sim_deliver (BOB, OCTETS (kept));
  fail_unless_equals_string (BOB->trace->str, "ClearACK");
  assert_same_sess (sim);
  assert_media (BOB, ZRTP_MEDIA_BLOCKED);

  go_secure (sim, 1);
  fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
  g_string_truncate (BOB->trace, 0);
  sim_deliver (BOB, OCTETS (kept));
  fail_unless_equals_string (BOB->trace->str, "");
  sim_assert_agreed (sim);
  g_bytes_unref (kept);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
clear_suite (void)
{
  Suite *suite = suite_create ("clear");
  TCase *tc = tcase_create ("clear");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_known_answers);
  tcase_add_test (tc, test_passive);
  tcase_add_test (tc, test_clear_and_secure_again);
  tcase_add_test (tc, test_loss);
  tcase_add_test (tc, test_no_answer);
  tcase_add_test (tc, test_who_may);
  tcase_add_test (tc, test_refused);
  tcase_add_test (tc, test_replay);
  return suite;
}

GST_CHECK_MAIN (clear);
