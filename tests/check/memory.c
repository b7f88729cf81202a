/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What ended calls leave in the process's memory, freed or not, on the heap, on
 * stacks and in mappings of its own: no secret, whichever key agreement and mode
 * made it.
 */
#include <malloc.h>
#include <string.h>

#include "cache-common.h"
#include "knownpeers-common.h"
#include "needles.h"
#include "sim.h"
#include "srtppackets.h"
#include "srtpreference.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#define ALICE (&sim->ends[0].streams[0])

/* Names of DHResults that a search found while the job held them. */
static char *seen_in_job;

static void
setup (void)
{
  /* Meson has the C library overwrite what is freed. */
  mallopt (M_PERTURB, 0);
  needles_reset ();
  g_clear_pointer (&seen_in_job, g_free);
}

/* Octets that no constant and no other run has. */
static void
draw (guint8 * out, gsize size)
{
  zrtp_random_fill (&zrtp_random_system, out, size);
}

static void
assert_nothing_left (void)
{
  char *found;

  found = needles_search ();
  fail_unless (*found == '\0', "left in memory:\n%s", needles_report ());
  g_free (found);
}

static gboolean
is_found (const char *name)
{
  char *found = needles_search ();
  char **names = g_strsplit (found, " ", -1);
  const gboolean there = g_strv_contains ((const char *const *) names, name);

  g_strfreev (names);
  g_free (found);
  return there;
}

/* -- The search itself -- */

static guint8 *plant;

static void G_GNUC_NO_INLINE
clear_stack (void)
{
  guint8 frame[32768];

  zrtp_wipe (frame, sizeof frame);
}

static void G_GNUC_NO_INLINE
leave_on_stack (const guint8 * data, gsize size)
{
  volatile guint8 copy[2048];

  for (gsize i = 0; i < sizeof copy; i++)
    copy[i] = data[i % size];
}

/* Each place that memory may be in, and each form. */
GST_START_TEST (test_search_finds)
{
  guint8 secret[32], other[32];
  guint8 *heap = g_malloc (4096);

  draw (secret, sizeof secret);
  draw (other, sizeof other);
  needles_add ("other", other, sizeof other);
  zrtp_wipe (other, sizeof other);
  needles_add ("secret", secret, sizeof secret);
  fail_unless_equals_int (needles_count ("secret"), 1);

  /* On the stack that is in use, then nowhere. */
  fail_unless (is_found ("secret"));
  memcpy (heap + 1001, secret, sizeof secret);
  leave_on_stack (secret, sizeof secret);
  zrtp_wipe (secret, sizeof secret);
  fail_unless (is_found ("secret"));
  fail_if (is_found ("other"));

  memcpy (secret, heap + 1001, sizeof secret);
  zrtp_wipe (heap, 4096);
  for (guint form = 0; form < 6; form++) {
    for (guint i = 0; i < sizeof secret; i++)
      heap[77 + i] = form == 0 ? secret[i] : form == 1 ? secret[31 - i] :
          form == 2 ? secret[i] ^ 0x36 : form == 3 ? secret[i] ^ 0x5c :
          secret[i ^ (form == 4 ? 3 : 7)];
    /* In part is enough. */
    zrtp_wipe (heap + 77, form & 1 ? 16 : 0);
    plant = g_memdup2 (secret, sizeof secret);
    zrtp_wipe (secret, sizeof secret);
    for (guint i = 0; i < sizeof secret; i++)
      plant[i] = ~plant[i];
    fail_unless (is_found ("secret"), "form %u", form);
    for (guint i = 0; i < sizeof secret; i++)
      secret[i] = ~plant[i];
    g_free (plant);
    zrtp_wipe (heap, 4096);
  }
  zrtp_wipe (secret, sizeof secret);
  g_free (heap);
  fail_unless (needles_searched () > 1000000);
}

GST_END_TEST;

/* -- Calls -- */

static void
add_sender_keys (const ZrtpStream * stream, const ZrtpSenderKeys * keys)
{
  needles_add ("mac-key", keys->mac_key, stream->bound.hash->size);
  needles_add ("zrtp-key", keys->zrtp_key, stream->bound.cipher->key_size);
  needles_add ("srtp-key", keys->srtp_key, stream->bound.cipher->key_size);
  needles_add ("srtp-salt", keys->srtp_salt, ZRTP_SALT_SIZE);
}

static void
add_peer (const ZrtpPeer * peer)
{
  needles_add ("rs1", peer->rs1, sizeof peer->rs1);
  needles_add ("rs2", peer->rs2, sizeof peer->rs2);
  needles_add ("pbxsecret", peer->pbx, sizeof peer->pbx);
}

static void
add_exchange (const ZrtpExchange * x)
{
  if (x->private_size)
    needles_add ("private", x->private_value, x->private_size);
  add_peer (&x->secrets.peer);
  if (x->secrets.aux)
    needles_add ("auxsecret", x->secrets.aux, x->secrets.aux_size);
  needles_add ("preshared-key", x->preshared_key, x->suite.hash->size);
  needles_add ("s0", x->s0, x->suite.hash->size);
}

static void
add_session (const ZrtpSession * session)
{
  const ZrtpSessionKeys *keys = &session->keys;

  if (session->aux)
    needles_add ("auxsecret", session->aux, session->aux_size);
  if (!session->sess_hash)
    return;
  needles_add ("zrtpsess", keys->zrtp_sess, session->sess_hash->size);
  needles_add ("exported-key", keys->exported_key, session->sess_hash->size);
  needles_add ("rs1", keys->new_rs1, sizeof keys->new_rs1);
}

static void
add_stream (const ZrtpStream * stream)
{
  needles_add ("h0", stream->own.chain[0], ZRTP_IMAGE_SIZE);
  if (stream->prepared.key_pair.private_size)
    needles_add ("private", stream->prepared.key_pair.private_value,
        stream->prepared.key_pair.private_size);
  add_peer (&stream->prepared.peer);
  if (stream->exchange)
    add_exchange (stream->exchange);
  if (stream->bound.hash) {
    add_sender_keys (stream, &stream->bound.keys.initiator);
    add_sender_keys (stream, &stream->bound.keys.responder);
  }
}

static void
add_all (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    SimEndpoint *end = &sim->ends[e];

    if (end->session)
      add_session (end->session);
    for (guint i = 0; i < end->n_streams; i++) {
      const SimStream *s = &end->streams[i];

      if (s->stream)
        add_stream (s->stream);
      if (s->have_send) {
        needles_add ("srtp-key", s->send_keys.key,
            s->send_keys.cipher->key_size);
        needles_add ("srtp-salt", s->send_keys.salt, ZRTP_SALT_SIZE);
      }
    }
  }
}

static gboolean
on_packet (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  add_all (sim);
  return TRUE;
}

/* After it ran, before the stream has it. */
static void
on_job (SimStream * s, const ZrtpJob * job)
{
  if (job->private_size)
    needles_add ("private", job->private_value, job->private_size);
  if (job->task == ZRTP_TASK_AGREE) {
    needles_add ("dhresult", job->result, job->key_agreement->result_size);
    if (!seen_in_job)
      seen_in_job = needles_search ();
  }
  add_peer (&job->peer);
}

static Sim *
watch (Sim * sim, const char *key_agreements)
{
  sim->filter = on_packet;
  sim->job_listener = on_job;
  for (guint e = 0; e < 2; e++) {
    ZrtpPolicy *policy = &sim->ends[e].policy;

    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            key_agreements, &policy->algorithms[ZRTP_KIND_KEY_AGREEMENT],
            NULL));
  }
  sim->ends[1].policy.passive = TRUE;
  return sim;
}

static void
assert_known (const char *const *names)
{
  for (; *names; names++)
    fail_unless (needles_count (*names) > 0, "%s was never there", *names);
}

static void
assert_agreement (SimStream * s, const char *name)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (s->stream);

  fail_unless_equals_string (info->key_agreement->base.name, name);
}

static void
run_call (Sim * sim, guint n_streams)
{
  sim_make (sim, 0, n_streams);
  sim_make (sim, 1, n_streams);
  for (guint i = 0; i < n_streams; i++) {
    sim_start_stream (sim, 0, i);
    sim_start_stream (sim, 1, i);
    sim_run (sim, sim->now + SIM_SEC);
  }
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_talk (sim);
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  add_all (sim);
}

static const char *const key_agreements[] = {
  "X255", "E255", "X448", "EC25", "EC38", "DH2k", "DH3k"
};

GST_START_TEST (test_dh)
{
  static const char *const made[] = {
    "h0", "private", "dhresult", "s0", "zrtpsess", "exported-key", "mac-key",
    "zrtp-key", "srtp-key", "srtp-salt", "rs1", NULL
  };
  Sim *sim = watch (sim_new (__i__ + 1), key_agreements[__i__]);

  run_call (sim, 1);
  assert_agreement (ALICE, key_agreements[__i__]);
  assert_known (made);
  /* The needles are what a job and a call hold. */
  fail_unless (strstr (seen_in_job, "dhresult") != NULL);
  fail_unless (is_found ("zrtpsess"));
  sim_free (sim);
  assert_nothing_left ();
}

GST_END_TEST;

/* A stream that waits for its next call keeps nothing of the last one, and takes
 * another hash chain into the next (RFC 6189 9). */
GST_START_TEST (test_stopped)
{
  Sim *sim = watch (sim_new (10), "X255");

  run_call (sim, 1);
  fail_unless_equals_int (needles_count ("h0"), 2);
  for (guint e = 0; e < 2; e++) {
    SimStream *s = &sim->ends[e].streams[0];

    zrtp_stream_stop (s->stream, sim->now);
    sim_drain (sim, e);
    zrtp_wipe (&s->send_keys, sizeof s->send_keys);
    zrtp_wipe (&s->receive_keys, sizeof s->receive_keys);
  }
  assert_nothing_left ();

  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_assert_agreed (sim);
  add_all (sim);
  fail_unless_equals_int (needles_count ("h0"), 4);
  sim_free (sim);
  assert_nothing_left ();
}

GST_END_TEST;

GST_START_TEST (test_multistream)
{
  Sim *sim = watch (sim_new (20), "X255,Mult");

  run_call (sim, 2);
  assert_agreement (&sim->ends[0].streams[1], "Mult");
  fail_unless (needles_count ("s0") >= 2);
  fail_unless (needles_count ("srtp-key") >= 4);
  sim_free (sim);
  assert_nothing_left ();
}

GST_END_TEST;

/* What both hold of a PBX and what the application gave. */
static void
give_secrets (Sim * sim, const guint8 * aux, gsize size)
{
  for (guint e = 0; e < 2; e++)
    zrtp_session_set_aux_secret (sim->ends[e].session, aux, size);
}

static void
store_pbx (void)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_PBX };
  guint8 zid[ZRTP_ZID_SIZE];

  draw (change.pbx, sizeof change.pbx);
  needles_add ("pbxsecret", change.pbx, sizeof change.pbx);
  for (guint e = 0; e < 2; e++) {
    zrtp_cache_get_zid (knownpeers_cache[1 - e], zid);
    fail_unless (zrtp_cache_update (knownpeers_cache[e], zid, knownpeers_wall,
            &change, NULL));
  }
  zrtp_peer_update_clear (&change);
}

static void
knownpeers_watched (guint64 seed, const char *agreement, gboolean verify)
{
  Sim *sim = watch (knownpeers_new (seed), "Prsh,X255,Mult");
  guint8 aux[40];

  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  draw (aux, sizeof aux);
  give_secrets (sim, aux, sizeof aux);
  zrtp_wipe (aux, sizeof aux);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_talk (sim);
  knownpeers_settle (sim);
  assert_agreement (ALICE, agreement);
  if (verify) {
    for (guint e = 0; e < 2; e++)
      fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
    knownpeers_settle (sim);
  }
  add_all (sim);
  sim_free (sim);
  knownpeers_wall += 3600;
}

/* DH, DH, Preshared with one pair of files. */
GST_START_TEST (test_files)
{
  static const char *const made[] = {
    "auxsecret", "pbxsecret", "preshared-key", "private", "rs1", "s0",
    NULL
  };

  knownpeers_watched (30, "X255", TRUE);
  store_pbx ();
  knownpeers_watched (31, "X255", TRUE);
  knownpeers_watched (32, "Prsh", FALSE);
  assert_known (made);
  for (guint e = 0; e < 2; e++)
    g_clear_pointer (&knownpeers_cache[e], zrtp_cache_unref);
  assert_nothing_left ();
}

GST_END_TEST;

GST_START_TEST (test_volatile_cache)
{
  Sim *sim = watch (sim_new (40), "X255");

  for (guint e = 0; e < 2; e++) {
    sim->ends[e].cache = zrtp_cache_open (ZRTP_CACHE_MEMORY,
        &zrtp_random_system, NULL);
    sim->ends[e].policy.cacheless = FALSE;
  }
  run_call (sim, 1);
  fail_unless (needles_count ("rs1") > 0);
  for (guint e = 0; e < 2; e++)
    zrtp_cache_unref (sim->ends[e].cache);
  sim_free (sim);
  assert_nothing_left ();
}

GST_END_TEST;

/* -- SRTP -- */

static void
add_srtp_keys (const ZrtpSrtpKeys * keys)
{
  static const ReferenceLabel labels[] = { REFERENCE_SRTP, REFERENCE_SRTCP };
  ReferenceKeys session;

  needles_add ("master-key", keys->key, keys->cipher->key_size);
  needles_add ("master-salt", keys->salt, ZRTP_SALT_SIZE);
  for (guint i = 0; i < G_N_ELEMENTS (labels); i++) {
    reference_derive (keys->key, keys->cipher->key_size, keys->salt, labels[i],
        &session);
    needles_add ("session-key", session.cipher_key, session.key_size);
    needles_add ("auth-key", session.auth_key, sizeof session.auth_key);
    zrtp_wipe (&session, sizeof session);
  }
  /* Before the engine has its turn: what the reference left. */
  clear_stack ();
}

/* More sources than a session of libsrtp2 takes. */
static void
send_many (ZrtpSrtp * sender, ZrtpSrtp * receiver)
{
  guint8 packet[MAX_PACKET];

  for (guint ssrc = 1; ssrc <= 40; ssrc++) {
    gsize size = protected_rtp (sender, packet, 1, ssrc, 160);

    fail_unless_equals_int (zrtp_srtp_unprotect (receiver, packet, &size),
        ZRTP_SRTP_OK);
  }
}

GST_START_TEST (test_srtp)
{
  static const ZrtpCipher *const ciphers[] = {
    &zrtp_cipher_aes1, &zrtp_cipher_aes2, &zrtp_cipher_aes3
  };
  ZrtpSrtpKeys keys = {
    .cipher = ciphers[__i__],.auth_tag = &zrtp_auth_tag_hs80
  };
  const ZrtpSrtpOptions options = {
    .window_size = 128,.srtcp_tag_size = 10,.either_srtcp_tag = TRUE
  };
  ZrtpSrtp *sender, *receiver;

  fail_unless (zrtp_srtp_init (NULL));
  draw (keys.key, keys.cipher->key_size);
  draw (keys.salt, sizeof keys.salt);
  add_srtp_keys (&keys);
  sender = zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options);
  receiver = zrtp_srtp_new (ZRTP_SRTP_RECEIVE, &keys, &options);
  zrtp_wipe (&keys, sizeof keys);
  send_many (sender, receiver);
  fail_unless (is_found ("session-key"));
  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
  assert_nothing_left ();
}

GST_END_TEST;

static Suite *
memory_suite (void)
{
  Suite *s = suite_create ("memory");
  TCase *calls = tcase_create ("calls");
  TCase *files = tcase_create ("files");

  tcase_add_checked_fixture (calls, setup, NULL);
  tcase_add_test (calls, test_search_finds);
  tcase_add_loop_test (calls, test_dh, 0, G_N_ELEMENTS (key_agreements));
  tcase_add_test (calls, test_stopped);
  tcase_add_test (calls, test_multistream);
  tcase_add_test (calls, test_volatile_cache);
  tcase_add_loop_test (calls, test_srtp, 0, 3);
  suite_add_tcase (s, calls);
  tcase_add_checked_fixture (files, setup, NULL);
  tcase_add_checked_fixture (files, knownpeers_setup, knownpeers_teardown);
  tcase_add_test (files, test_files);
  suite_add_tcase (s, files);
  return s;
}

GST_CHECK_MAIN (memory);
