/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ten thousand calls between endpoints that keep files of known peers: random
 * policies, losses up to 40 %, several streams, crossed Commits, processes that
 * die, clocks that jump. Every call ends secure with equal SAS and keys, or
 * refused for a reason; none hangs, none disagrees, none raises a false alarm,
 * none lets clear media pass where that is not wanted.
 */
#include "sim.h"

#include <glib/gstdio.h>
#include <gst/check/gstcheck.h>
#include <string.h>

#define BATCHES 20
#define CALLS 500               /* a batch, with one pair of files */

typedef struct
{
  Sim *dice;                    /* decides what happens */
  char *folder;
  ZrtpCache *cache[2];
  ZrtpPairs *pairs[2];
  gint64 wall;
  guint secure, refused, cut_off;
} World;

static void
world_init (World * world, guint batch)
{
  memset (world, 0, sizeof *world);
  world->dice = sim_new (900000 + batch);
  /* In memory where there is such a folder: a disk would take minutes. */
  world->folder = g_mkdtemp (g_strdup ("/dev/shm/gst-zrtp-XXXXXX"));
  if (!world->folder)
    world->folder = g_dir_make_tmp ("gst-zrtp-XXXXXX", NULL);
  world->wall = 1800000000;
  for (guint e = 0; e < 2; e++) {
    char *path = g_strdup_printf ("%s/%u", world->folder, e);

    world->cache[e] = zrtp_cache_open (path, &world->dice->random, NULL);
    fail_unless (world->cache[e] != NULL);
    world->pairs[e] = zrtp_pairs_new ();
    g_free (path);
  }
}

static void
world_clear (World * world)
{
  const char *name;
  GDir *dir;

  for (guint e = 0; e < 2; e++) {
    zrtp_cache_unref (world->cache[e]);
    zrtp_pairs_unref (world->pairs[e]);
  }
  dir = g_dir_open (world->folder, 0, NULL);
  while ((name = g_dir_read_name (dir))) {
    char *path = g_build_filename (world->folder, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (world->folder);
  g_free (world->folder);
  sim_free (world->dice);
}

static const char *
any_of (Sim * dice, const char *const *texts, guint n)
{
  return texts[sim_random (dice, n)];
}

static void
random_policy (Sim * dice, ZrtpPolicy * policy)
{
  static const char *const agreements[] = {
    "X255,EC25,DH3k,E255,EC38,DH2k,Mult", "EC25", "X255,Mult", "Prsh,X255",
    "E255,EC25", "X448,X255", "Prsh,EC25,X255,Mult", "EC38,X255"
  };
  static const char *const hashes[] = { "S256,S384", "S384", "" };
  static const char *const ciphers[] =
      { "AES1,AES3", "AES3,AES2,AES1", "AES3" };
  static const char *const tags[] = { "HS80,HS32", "HS32", "" };
  static const char *const sas_types[] = { "B32,B256", "B256", "" };
  const struct
  {
    ZrtpKind kind;
    const char *text;
  } lists[] = {
    {ZRTP_KIND_KEY_AGREEMENT, any_of (dice, agreements,
            G_N_ELEMENTS (agreements))},
    {ZRTP_KIND_HASH, any_of (dice, hashes, G_N_ELEMENTS (hashes))},
    {ZRTP_KIND_CIPHER, any_of (dice, ciphers, G_N_ELEMENTS (ciphers))},
    {ZRTP_KIND_AUTH_TAG, any_of (dice, tags, G_N_ELEMENTS (tags))},
    {ZRTP_KIND_SAS, any_of (dice, sas_types, G_N_ELEMENTS (sas_types))},
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    fail_unless (zrtp_algorithm_list_parse (lists[i].kind, lists[i].text,
            &policy->algorithms[lists[i].kind], NULL));
  policy->cacheless = FALSE;
  policy->require_encryption = sim_random (dice, 3) > 0;
  policy->allow_clear = sim_random (dice, 2);
  policy->strict_algorithms = sim_random (dice, 8) == 0;
  policy->hello_timeout_ms = 50 + sim_random (dice, 3) * 100;
  policy->retry_timeout_ms = 150 + sim_random (dice, 3) * 150;
  policy->sign_sas = sim_random (dice, 4) == 0;
  policy->check_signatures = sim_random (dice, 2);
}

/* In the form of a signature with a certificate, no more. */
static gboolean
sign (ZrtpSession * session, const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now)
{
  static const guint8 der[402] = { 0x30, 0x82, 398 >> 8, 398 & 0xff };
  static const guint8 octets[64] = { 1 };
  ZrtpSignature signature;
  char *reason = NULL;
  gboolean taken;

  signature.certificate = g_bytes_new_static (der, sizeof der);
  signature.signature = g_bytes_new_static (octets, sizeof octets);
  taken = zrtp_session_sign_sas (session, sashash, &signature, now, &reason);
  zrtp_signature_clear (&signature);
  g_free (reason);
  return taken;
}

/* Applications that sign, decline, or do not answer. */
static void
listen_to (SimStream * from, const ZrtpEvent * event)
{
  Sim *sim = from->endpoint->sim;
  ZrtpSession *session = from->endpoint->session;
  guint8 sashash[ZRTP_SECRET_SIZE];
  char *reason = NULL;

  if (event->type != ZRTP_EVENT_SIGN_SAS && event->type != ZRTP_EVENT_SIGNATURE)
    return;
  fail_unless (zrtp_session_get_sashash (session, sashash));
  if (event->type == ZRTP_EVENT_SIGNATURE) {
    fail_unless (zrtp_session_accept_signature (session, sashash, NULL,
            sim->now));
    return;
  }
  switch (sim_random (sim, 3)) {
    case 0:
      fail_unless (sign (session, sashash, sim->now));
      break;
    case 1:
      fail_unless (zrtp_session_sign_sas (session, sashash, NULL, sim->now,
              &reason));
      break;
    default:
      break;
  }
}

static Sim *
new_call (World * world, guint64 seed)
{
  Sim *dice = world->dice;
  Sim *sim = sim_new (seed);
  const guint n_streams = 1 + sim_random (dice, 6) / 4;

  /* A clock may be set back or forth, by years. */
  if (sim_random (dice, 20) == 0)
    world->wall += (gint64) sim_random (dice, 200000000) - 100000000;
  sim->listener = listen_to;
  sim->wall = world->wall;
  world->wall += 3600;

  for (guint e = 0; e < 2; e++) {
    random_policy (dice, &sim->ends[e].policy);
    sim->ends[e].cache = world->cache[e];
    sim->ends[e].pairs = world->pairs[e];
  }
  if (sim_random (dice, 6) == 0)
    sim->ends[sim_random (dice, 2)].policy.passive = TRUE;
  sim_make (sim, 0, n_streams);
  sim_make (sim, 1, n_streams);
  sim->loss = sim_random (dice, 41);
  sim->duplication = sim_random (dice, 21);
  sim->delay = sim_random (dice, 80) * SIM_MSEC;
  sim->jitter = sim_random (dice, 150) * SIM_MSEC;
  sim->job_delay = sim_random (dice, 3) ? 0 : 80 * SIM_MSEC;
  return sim;
}

/* 4.1.2: who has strict lists without anything in common is refused, with the
 * Error that says what; both ends tell it. */
static gboolean
is_refusal (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    const ZrtpStreamInfo *info =
        zrtp_stream_get_info (sim->ends[e].streams[0].stream);

    if (info->state == ZRTP_STATE_FAILED && info->error >= ZRTP_ERROR_HASH
        && info->error <= ZRTP_ERROR_SAS)
      return sim->ends[0].policy.strict_algorithms
          || sim->ends[1].policy.strict_algorithms;
  }
  return FALSE;
}

static void
check_no_alarm (Sim * sim, guint64 seed)
{
  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < sim->ends[e].n_streams; i++) {
      const SimStream *s = &sim->ends[e].streams[i];

      fail_unless (s->n_events[ZRTP_EVENT_CACHE_MISMATCH] == 0,
          "seed %" G_GUINT64_FORMAT ": false alarm", seed);
      fail_unless (s->n_events[ZRTP_EVENT_SECURITY] == 0,
          "seed %" G_GUINT64_FORMAT ": %s", seed, s->last_text);
      fail_unless (s->n_events[ZRTP_EVENT_CACHE_FAILED] == 0);
      if (sim->ends[e].policy.require_encryption)
        fail_unless (s->send != ZRTP_MEDIA_CLEAR
            && s->receive != ZRTP_MEDIA_CLEAR);
    }
  }
}

static void
run_call (World * world, guint64 seed)
{
  Sim *dice = world->dice;
  Sim *sim = new_call (world, seed);
  const gboolean dies = sim_random (dice, 4) == 0;

  sim_start (sim, 0);
  sim_run (sim, sim_random (dice, 2000) * SIM_MSEC);
  sim_start (sim, 1);
  if (dies) {
    sim_run (sim, sim->now + sim_random (dice, 800) * SIM_MSEC);
    sim->ends[sim_random (dice, 2)].dead = TRUE;
    sim_run (sim, sim->now + 5 * SIM_SEC);
    world->cut_off++;
  } else if (sim_run_until_secure (sim, 300 * SIM_SEC)) {
    sim_assert_agreed (sim);
    sim_talk (sim);
    /* The last writes. */
    sim_run (sim, sim->now + 5 * SIM_SEC);
    if (sim_random (dice, 3) == 0) {
      for (guint e = 0; e < 2; e++) {
        fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
        sim_drain (sim, e);
      }
      sim_run (sim, sim->now + SIM_SEC);
    }
    world->secure++;
  } else {
    fail_unless (is_refusal (sim), "seed %" G_GUINT64_FORMAT " hangs in %s/%s",
        seed, zrtp_state_nick (sim_state (sim, 0)),
        zrtp_state_nick (sim_state (sim, 1)));
    world->refused++;
  }
  check_no_alarm (sim, seed);
  sim_free (sim);
}

GST_START_TEST (test_calls)
{
  World world;

  world_init (&world, __i__);
  for (guint i = 0; i < CALLS; i++)
    run_call (&world, 1000000 + __i__ * CALLS + i);
  fail_unless_equals_int (world.secure + world.refused + world.cut_off, CALLS);
  fail_unless (world.secure > CALLS / 2);
  fail_unless (world.cut_off > CALLS / 20);
  world_clear (&world);
}

GST_END_TEST;

static Suite *
chaos_suite (void)
{
  Suite *suite = suite_create ("chaos");
  TCase *tc = tcase_create ("chaos");

  suite_add_tcase (suite, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_loop_test (tc, test_calls, 0, BATCHES);
  return suite;
}

GST_CHECK_MAIN (chaos);
