/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Preshared mode (RFC 6189 4.4.2): known answers, then calls with real files of
 * known peers.
 */
#include "mockpeer.h"
#include "samples.h"
#include "sim.h"
#include "vectors.h"
#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#include <glib/gstdio.h>
#include <string.h>

#define ALICE (&sim->ends[0].streams[0])
#define BOB (&sim->ends[1].streams[0])

static ZrtpOctets
octets_at (JsonNode * node, const char *path, GPtrArray * keep)
{
  GBytes *bytes;

  if (!vectors_has (node, path))
    return zrtp_octets (NULL, 0);
  bytes = vectors_hex (node, path);
  g_ptr_array_add (keep, bytes);
  return zrtp_octets (OCTETS (bytes));
}

/* Z-4.4.2.2-03 Z-4.4.2.2-05 Z-4.4.2.4-01 Z-4.4.2.4-02 Z-4.4.2.4-03 */
GST_START_TEST (test_known_answers)
{
  static const char *const names[] = {
    "preshared_rs1_aux", "preshared_rs1_only_s384"
  };
  JsonNode *file = vectors_load ("vectors.json");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    GPtrArray *keep =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    JsonNode *node = vectors_get (file, names[i]);
    const ZrtpHash *hash = (const ZrtpHash *) vectors_algorithm (node,
        "parameters/hash", ZRTP_KIND_HASH);
    const ZrtpOctets messages[2] = {
      octets_at (node, "Hello_responder", keep),
      octets_at (node, "Commit", keep)
    };
    guint8 key[ZRTP_MAX_HASH_SIZE], id[ZRTP_KEY_ID_SIZE];
    guint8 s0[ZRTP_MAX_HASH_SIZE];
    ZrtpKdfContext context;
    ZrtpOctets expected;

    zrtp_keys_preshared (hash, octets_at (node, "secrets/rs1", keep),
        octets_at (node, "secrets/auxsecret", keep), zrtp_octets (NULL, 0),
        key, id);
    expected = octets_at (node, "preshared_key", keep);
    fail_unless (memcmp (key, expected.data, hash->size) == 0);
    expected = octets_at (node, "keyID", keep);
    fail_unless (memcmp (id, expected.data, sizeof id) == 0);
    zrtp_keys_context (hash, octets_at (node, "ZIDi", keep).data,
        octets_at (node, "ZIDr", keep).data, messages, 2, &context);
    expected = octets_at (node, "KDF_Context", keep);
    fail_unless_equals_int (context.size, expected.size);
    fail_unless (memcmp (context.data, expected.data, expected.size) == 0);
    zrtp_keys_s0_preshared (hash, key, &context, s0);
    expected = octets_at (node, "s0", keep);
    fail_unless (memcmp (s0, expected.data, hash->size) == 0);
    g_ptr_array_unref (keep);
  }
  json_node_unref (file);
}

GST_END_TEST;

/* -- Calls -- */

typedef struct
{
  char *folder;
  ZrtpCache *cache[2];
  guint64 seed;
  const char *key_agreements[2];
} Home;

static void
home_init (Home * home, guint64 seed)
{
  memset (home, 0, sizeof *home);
  home->folder = g_dir_make_tmp ("gst-zrtp-XXXXXX", NULL);
  home->seed = seed;
  for (guint e = 0; e < 2; e++) {
    char *path = g_strdup_printf ("%s/%u.sqlite", home->folder, e);

    home->cache[e] = zrtp_cache_open (path, &zrtp_random_system, NULL);
    fail_unless (home->cache[e] != NULL);
    home->key_agreements[e] = "Prsh,X255,DH3k,Mult";
    g_free (path);
  }
}

static void
home_clear (Home * home)
{
  const char *name;
  GDir *dir;

  zrtp_cache_unref (home->cache[0]);
  zrtp_cache_unref (home->cache[1]);
  dir = g_dir_open (home->folder, 0, NULL);
  while ((name = g_dir_read_name (dir))) {
    char *path = g_build_filename (home->folder, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  g_dir_close (dir);
  g_rmdir (home->folder);
  g_free (home->folder);
}

static Sim *
new_call (Home * home)
{
  Sim *sim = sim_new (home->seed++);

  for (guint e = 0; e < 2; e++) {
    SimEndpoint *end = &sim->ends[e];

    end->policy.cacheless = FALSE;
    end->cache = home->cache[e];
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            home->key_agreements[e],
            &end->policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
  }
  return sim;
}

static const char *
key_agreement_of (SimStream * s)
{
  return zrtp_stream_get_info (s->stream)->key_agreement->base.name;
}

static const ZrtpSessionInfo *
session_of (Sim * sim, guint which)
{
  return zrtp_session_get_info (sim->ends[which].session);
}

static void
make_and_start (Sim * sim)
{
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
}

static void
finish (Sim * sim, const char *key_agreement)
{
  fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  fail_unless_equals_string (key_agreement_of (ALICE), key_agreement);
  for (guint e = 0; e < 2; e++)
    fail_unless_equals_int (sim->ends[e].streams[0].n_events
        [ZRTP_EVENT_CACHE_MISMATCH], 0);
}

static void
verify_both (Sim * sim)
{
  for (guint e = 0; e < 2; e++) {
    fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
    sim_drain (sim, e);
  }
  sim_run (sim, sim->now + SIM_SEC);
}

/* Two calls that leave verified secrets on both sides. */
static void
first_calls (Home * home)
{
  for (guint i = 0; i < 2; i++) {
    Sim *sim = new_call (home);

    make_and_start (sim);
    finish (sim, "X255");
    verify_both (sim);
    sim_free (sim);
  }
}

static void
peer_of (Home * home, guint which, ZrtpPeer * peer)
{
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_cache_get_zid (home->cache[1 - which], zid);
  fail_unless (zrtp_cache_lookup (home->cache[which], zid, 1800000000, peer,
          NULL));
}

/* Z-4.4.2-05 Z-4.4.2.1-01 Z-4.4.2.1-02 Z-4.4.2.2-01 Z-4.4.2.2-02 */
/* Z-4.4.2.2-04 Z-4.4.2.3-06 Z-4.6.1-06 Z-5.1.5-02 */
GST_START_TEST (test_preshared_calls)
{
  Home home;
  ZrtpPeer before, after;
  Sim *sim;

  home_init (&home, 1);

  /* Nothing kept: DH. Kept, but not verified: DH. */
  sim = new_call (&home);
  make_and_start (sim);
  finish (sim, "X255");
  sim_free (sim);
  sim = new_call (&home);
  make_and_start (sim);
  finish (sim, "X255");
  verify_both (sim);
  sim_free (sim);

  for (guint i = 0; i < 3; i++) {
    peer_of (&home, 0, &before);
    sim = new_call (&home);
    sim->ends[1].policy.passive = TRUE;
    make_and_start (sim);
    finish (sim, "Prsh");
    fail_unless_equals_string (ALICE->trace->str,
        "Hello HelloACK Commit Confirm2");
    fail_unless_equals_string (BOB->trace->str,
        "Hello HelloACK Confirm1 Conf2ACK");
    fail_unless_equals_int (session_of (sim, 0)->trust, ZRTP_TRUST_VERIFIED);
    sim_free (sim);

    /* rs1 is new on both, rs2 is what it was. */
    peer_of (&home, 0, &after);
    fail_unless (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) != 0);
    fail_unless (before.have_rs2 && after.have_rs2);
    fail_unless (memcmp (before.rs2, after.rs2, ZRTP_SECRET_SIZE) == 0);
    zrtp_peer_clear (&before);
    peer_of (&home, 1, &before);
    fail_unless (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) == 0);
    zrtp_peer_clear (&before);
    zrtp_peer_clear (&after);
  }
  home_clear (&home);
}

GST_END_TEST;

/* In the packet of a Confirm. */
#define FALSE_MAC_AT (ZRTP_PACKET_HEADER_SIZE + 12)

/* A peer that derives other keys than we do in Preshared mode, as libzrtp does: what it
 * says with them can't be opened. */
static gboolean
derive_otherwise (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const ZrtpExchange *x = from->stream->exchange;
  ZrtpMessage message;

  if (x && x->mode == ZRTP_COMMIT_PRESHARED
      && sim_packet_type (data, *size, &message) == ZRTP_MESSAGE_CONFIRM1) {
    data[FALSE_MAC_AT] ^= 1;
    packet_set_crc (data, *size);
  }
  return TRUE;
}

/* The first call of such a peer in this mode fails, and becomes secure by
 * Diffie-Hellman. */
GST_START_TEST (test_peer_derives_otherwise)
{
  Home home;

  home_init (&home, 7);
  for (guint i = 0; i < 6; i++) {
    Sim *sim = new_call (&home);

    sim->ends[1].policy.passive = i & 1;
    sim->filter = derive_otherwise;
    make_and_start (sim);
    fail_unless (sim_run_until_secure (sim, sim->now + 3 * SIM_SEC));
    sim_run (sim, sim->now + SIM_SEC);
    sim_assert_agreed (sim);
    fail_unless_equals_string (key_agreement_of (ALICE), "X255");
    if (i == 1)
      verify_both (sim);
    for (guint e = 0; e < 2; e++)
      fail_unless (sim->ends[e].streams[0].n_events[ZRTP_EVENT_SECURITY] <= 1);
    sim_free (sim);
  }
  home_clear (&home);
}

GST_END_TEST;

/* A generator that repeats itself: once for a nonce. */
typedef struct
{
  ZrtpRandom real;
  guint8 nonce[ZRTP_NONCE_SIZE];
  guint left;                   /* times that it comes out */
} Stutter;

static void
fill_stuttering (gpointer user_data, guint8 * out, gsize size)
{
  Stutter *stutter = user_data;

  zrtp_random_fill (&stutter->real, out, size);
  if (size == ZRTP_NONCE_SIZE && stutter->left > 0) {
    stutter->left--;
    memcpy (out, stutter->nonce, size);
  }
}

/* Z-4.4.2.2-06 */
GST_START_TEST (test_nonce_is_new)
{
  Stutter stutter = {.left = 3 };
  const guint8 *nonce;
  PacketLog *log;
  Home home;
  Sim *sim;

  home_init (&home, 60);
  first_calls (&home);
  sim = new_call (&home);
  log = packet_log_new (sim);
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  memset (stutter.nonce, 7, sizeof stutter.nonce);
  zrtp_session_note_nonce (sim->ends[0].session, stutter.nonce);
  stutter.real = sim->random;
  sim->random.fill = fill_stuttering;
  sim->random.user_data = &stutter;
  sim_start (sim, 0);
  sim_start (sim, 1);
  finish (sim, "Prsh");
  fail_unless_equals_int (stutter.left, 0);
  nonce =
      packet_log_get (log, 0, ZRTP_MESSAGE_COMMIT, 0)->message.u.commit.nonce;
  fail_if (memcmp (nonce, stutter.nonce, sizeof stutter.nonce) == 0);
  packet_log_free (log);
  sim_free (sim);
  home_clear (&home);
}

GST_END_TEST;

static gboolean
is_wiped (const guint8 * data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (data[i] != 0)
      return FALSE;
  return TRUE;
}

/* Sees the key in its place while the Commit is out, and no longer there with s0,
 * before the exchange is over. */
static gboolean
watch_key (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const ZrtpExchange *x = from->stream->exchange;
  guint *seen = user_data;
  ZrtpMessage message;
  gboolean wiped;

  if (!x)
    return TRUE;
  wiped = is_wiped (x->preshared_key, sizeof x->preshared_key);
  switch (sim_packet_type (data, *size, &message)) {
    case ZRTP_MESSAGE_COMMIT:
      fail_if (wiped || x->have_keys);
      ++*seen;
      break;
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONFIRM2:
      fail_unless (wiped && x->have_keys);
      fail_if (is_wiped (x->s0, sizeof x->s0));
      ++*seen;
      break;
    default:
      break;
  }
  return TRUE;
}

/* Z-4.4.2.4-04 */
GST_START_TEST (test_key_is_wiped)
{
  guint seen = 0;
  Home home;
  Sim *sim;

  home_init (&home, 70);
  first_calls (&home);
  sim = new_call (&home);
  sim->ends[1].policy.passive = TRUE;
  sim->filter = watch_key;
  sim->filter_data = &seen;
  make_and_start (sim);
  finish (sim, "Prsh");
  fail_unless_equals_int (seen, 3);
  sim_free (sim);
  home_clear (&home);
}

GST_END_TEST;

/* Both ask at once, either may win; DH against Preshared: DH. */
/* Z-4.4.2.3-05 Z-4.2-02 Z-4.2-04 */
GST_START_TEST (test_contention)
{
  Home home;
  guint initiator[2] = { 0, 0 };

  home_init (&home, 100);
  first_calls (&home);
  for (guint i = 0; i < 30; i++) {
    Sim *sim = new_call (&home);

    make_and_start (sim);
    finish (sim, "Prsh");
    initiator[zrtp_stream_get_info (ALICE->stream)->role ==
        ZRTP_ROLE_INITIATOR ? 0 : 1]++;
    sim_free (sim);
  }
  fail_unless (initiator[0] > 3 && initiator[1] > 3);

  /* Bob does not offer it any more, so no endpoint asks. */
  home.key_agreements[1] = "X255,Mult";
  for (guint i = 0; i < 5; i++) {
    Sim *sim = new_call (&home);

    make_and_start (sim);
    finish (sim, "X255");
    sim_free (sim);
  }
  home_clear (&home);
}

GST_END_TEST;

/* One side lost what it kept: its answer is a DH Commit. */
/* Z-4.4.2.3-03 Z-4.4.2.3-04 */
GST_START_TEST (test_lost_secret)
{
  for (guint passive = 0; passive < 2; passive++) {
    const ZrtpPeerUpdate forget = {.changes = ZRTP_PEER_FORGET };
    guint8 zid[ZRTP_ZID_SIZE];
    Home home;
    Sim *sim;

    home_init (&home, 200);
    first_calls (&home);
    zrtp_cache_get_zid (home.cache[0], zid);
    fail_unless (zrtp_cache_update (home.cache[1], zid, 1800000000, &forget,
            NULL));

    sim = new_call (&home);
    /* A passive one can't commit and says so by Error 0x56. */
    sim->ends[1].policy.passive = passive;
    make_and_start (sim);
    if (passive) {
      sim_run (sim, 8 * SIM_SEC);
      fail_unless (strstr (ALICE->trace->str, "ErrorACK") != NULL);
    }
    fail_unless (sim_run_until_secure (sim, 40 * SIM_SEC));
    sim_run (sim, sim->now + SIM_SEC);
    sim_assert_agreed (sim);
    fail_unless_equals_string (key_agreement_of (ALICE), "X255");
    /* Alice's secret is not matched: an alarm on her side alone. */
    fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_CACHE_MISMATCH], 1);
    fail_unless_equals_int (BOB->n_events[ZRTP_EVENT_CACHE_MISMATCH], 0);
    sim_free (sim);
    home_clear (&home);
  }
}

GST_END_TEST;

/* A responder without an rs2 answers by a DH Commit: Preshared mode leaves none of
 * its own, and a peer that then keeps its rs1 would look like an attacker. */
GST_START_TEST (test_responder_without_rs2)
{
  for (guint answering = 0; answering < 2; answering++) {
    ZrtpPeerUpdate update = {.changes = ZRTP_PEER_FORGET };
    guint8 zid[ZRTP_ZID_SIZE];
    ZrtpPeer peer;
    Home home;
    Sim *sim;

    home_init (&home, 240 + 5 * answering);
    first_calls (&home);
    peer_of (&home, answering, &peer);
    fail_unless (peer.have_rs2);
    zrtp_cache_get_zid (home.cache[1 - answering], zid);
    fail_unless (zrtp_cache_update (home.cache[answering], zid, 1800000000,
            &update, NULL));
    update.changes = ZRTP_PEER_SET_RS1 | ZRTP_PEER_SET_VERIFIED;
    memcpy (update.rs1, peer.rs1, ZRTP_SECRET_SIZE);
    update.interval = ZRTP_CACHE_FOR_EVER;
    update.verified = TRUE;
    fail_unless (zrtp_cache_update (home.cache[answering], zid, 1800000000,
            &update, NULL));
    update.changes = ZRTP_PEER_SET_CONFIRMED;
    fail_unless (zrtp_cache_update (home.cache[answering], zid, 1800000000,
            &update, NULL));
    zrtp_peer_clear (&peer);

    /* It does not commit by itself, so that the other side's Commit comes. */
    sim = new_call (&home);
    sim->ends[answering].policy.auto_secure = FALSE;
    make_and_start (sim);
    finish (sim, "X255");
    for (guint e = 0; e < 2; e++)
      fail_unless_equals_int (session_of (sim, e)->trust, ZRTP_TRUST_VERIFIED);
    sim_free (sim);
    home_clear (&home);
  }
}

GST_END_TEST;

typedef struct
{
  guint commits, acks;
} Lost;

/* Loses Alice's first ErrorACK, and the Commit that she sends next. */
static gboolean
lose_ack_and_commit (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Lost *lost = user_data;
  ZrtpMessage message;

  switch (sim_packet_type (data, *size, &message)) {
    case ZRTP_MESSAGE_ERROR_ACK:
      return lost->acks++ > 0;
    case ZRTP_MESSAGE_COMMIT:
      return lost->commits++ != 1;
    default:
      return TRUE;
  }
}

/* Bob, who can't commit, repeats his Error: that is about the first Commit, and
 * not about the one that Alice sends next. */
GST_START_TEST (test_refused_twice)
{
  const ZrtpPeerUpdate forget = {.changes = ZRTP_PEER_FORGET };
  guint8 zid[ZRTP_ZID_SIZE];
  Lost lost = { 0, 0 };
  Home home;
  Sim *sim;

  home_init (&home, 250);
  first_calls (&home);
  zrtp_cache_get_zid (home.cache[0], zid);
  fail_unless (zrtp_cache_update (home.cache[1], zid, 1800000000, &forget,
          NULL));
  sim = new_call (&home);
  sim->ends[1].policy.passive = TRUE;
  sim->filter = lose_ack_and_commit;
  sim->filter_data = &lost;
  make_and_start (sim);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless (lost.acks > 1);
  fail_unless (lost.commits > 2);
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_ERROR], 0);
  sim_free (sim);
  home_clear (&home);
}

GST_END_TEST;

/* auxsecret on one side, on both, different: the responder finds the subset
 * that the initiator used, or there is DH. */
/* Z-4.4.2.3-01 */
GST_START_TEST (test_subsets)
{
  static const struct
  {
    const char *aux[2];
    const char *result;         /* if Alice initiates */
    gboolean matched;
  } rows[] = {
    {{NULL, NULL}, "Prsh", FALSE},
    {{"one", "one"}, "Prsh", TRUE},
    {{NULL, "one"}, "Prsh", FALSE},
    {{"one", NULL}, "X255", FALSE},
    {{"one", "two"}, "X255", FALSE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Home home;
    Sim *sim;

    home_init (&home, 300 + 10 * i);
    first_calls (&home);
    sim = new_call (&home);
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    for (guint e = 0; e < 2; e++)
      if (rows[i].aux[e])
        zrtp_session_set_aux_secret (sim->ends[e].session,
            (const guint8 *) rows[i].aux[e], strlen (rows[i].aux[e]));
    /* Bob waits to be asked. */
    {
      ZrtpPolicy policy = sim->ends[1].policy;

      policy.auto_secure = FALSE;
      zrtp_stream_update_policy (BOB->stream, &policy, 0);
    }
    sim_start (sim, 0);
    sim_start (sim, 1);
    finish (sim, rows[i].result);
    fail_unless_equals_int (session_of (sim, 0)->aux_matched, rows[i].matched);
    sim_free (sim);
    home_clear (&home);
  }
}

GST_END_TEST;

/* Never for a second stream (that is Multistream's), and never rs2. */
/* Z-4.4.2-01 Z-4.4.2-02 Z-4.4.2.3-02 */
GST_START_TEST (test_second_stream)
{
  Home home;
  Sim *sim;

  home_init (&home, 400);
  first_calls (&home);
  sim = new_call (&home);
  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless ((zrtp_stream_get_info (ALICE->stream)->key_agreement ==
          &zrtp_key_agreement_prsh)
      != (zrtp_stream_get_info (sim->ends[0].streams[1].stream)->key_agreement
          == &zrtp_key_agreement_prsh));
  sim_free (sim);
  home_clear (&home);
}

GST_END_TEST;

/* Calls that end after any packet: the next one is secure without a false
 * alarm, whether it is Preshared or DH. */
GST_START_TEST (test_deaths)
{
  Home home;

  home_init (&home, 500);
  first_calls (&home);
  for (guint dies_after = 1; dies_after <= 14; dies_after++) {
    Sim *sim = new_call (&home);

    make_and_start (sim);
    while (sim->packets < dies_after && sim->now < SIM_SEC)
      sim_run (sim, sim->now + SIM_MSEC);
    sim->ends[dies_after % 2].dead = TRUE;
    sim_run (sim, sim->now + 100 * SIM_MSEC);
    sim_free (sim);

    sim = new_call (&home);
    make_and_start (sim);
    fail_unless (sim_run_until_secure (sim, 10 * SIM_SEC));
    sim_run (sim, sim->now + SIM_SEC);
    sim_assert_agreed (sim);
    fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_CACHE_MISMATCH]
        + BOB->n_events[ZRTP_EVENT_CACHE_MISMATCH], 0);
    sim_free (sim);
  }
  home_clear (&home);
}

GST_END_TEST;

/* A keyID stays the same as long as rs1: an attacker that heard one can ask Bob
 * with it, and gets a Confirm1 and no further. */
static void
ask_with_old_key_id (Sim * sim, Home * home)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  const ZrtpOctets none = { NULL, 0 };
  guint8 key[ZRTP_MAX_HASH_SIZE];
  MockPeer mock;
  ZrtpPeer peer;

  mock_peer_init (&mock, BOB, 0x6666);
  zrtp_cache_get_zid (home->cache[0], mock.hello.zid);
  memcpy (message.u.commit.h2, mock.h[2], ZRTP_IMAGE_SIZE);
  memcpy (message.u.commit.zid, mock.hello.zid, ZRTP_ZID_SIZE);
  memcpy (message.u.commit.names[ZRTP_KIND_HASH], "S256", 4);
  memcpy (message.u.commit.names[ZRTP_KIND_CIPHER], "AES1", 4);
  memcpy (message.u.commit.names[ZRTP_KIND_AUTH_TAG], "HS80", 4);
  memcpy (message.u.commit.names[ZRTP_KIND_KEY_AGREEMENT], "Prsh", 4);
  memcpy (message.u.commit.names[ZRTP_KIND_SAS], "B32 ", 4);
  peer_of (home, 1, &peer);
  zrtp_keys_preshared (&zrtp_hash_s256, zrtp_octets (peer.rs1,
          ZRTP_SECRET_SIZE), none, none, key, message.u.commit.key_id);
  zrtp_peer_clear (&peer);
  mock_peer_hello (&mock);
  mock_peer_say (&mock, &message, mock.h[1]);
  fail_unless_equals_int (BOB->stream->step, ZRTP_STEP_CONFIRM1_SENT);
}

/* Alice gets her turn: after a second if that was in the same call, once the pair
 * has been held for long enough (4 s) if it was in another one of Bob's. */
GST_START_TEST (test_old_key_id)
{
  const gboolean other_call = __i__;
  ZrtpExchangeLocks *pairs = zrtp_exchange_locks_new ();
  Sim *sim, *other;
  Home home;

  home_init (&home, 600);
  first_calls (&home);
  sim = new_call (&home);
  other = new_call (&home);
  sim->ends[1].pairs = other->ends[1].pairs = pairs;
  sim->ends[1].policy.passive = other->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_make (other, 1, 1);
  sim_start (sim, 1);
  sim_start (other, 1);
  ask_with_old_key_id (other_call ? other : sim, &home);
  sim_start (sim, 0);
  sim_run (sim, other_call ? 3900 * SIM_MSEC : 900 * SIM_MSEC);
  fail_if (sim_state (sim, 0) == ZRTP_STATE_SECURE);
  fail_unless (sim_run_until_secure (sim, sim->now + 1400 * SIM_MSEC));
  finish (sim, "Prsh");
  sim_free (sim);
  sim_free (other);
  zrtp_exchange_locks_unref (pairs);
  home_clear (&home);
}

GST_END_TEST;

static Suite *
preshared_suite (void)
{
  Suite *suite = suite_create ("preshared");
  TCase *tc = tcase_create ("preshared");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_known_answers);
  tcase_add_test (tc, test_preshared_calls);
  tcase_add_test (tc, test_peer_derives_otherwise);
  tcase_add_test (tc, test_nonce_is_new);
  tcase_add_test (tc, test_key_is_wiped);
  tcase_add_test (tc, test_contention);
  tcase_add_test (tc, test_lost_secret);
  tcase_add_test (tc, test_responder_without_rs2);
  tcase_add_test (tc, test_refused_twice);
  tcase_add_test (tc, test_subsets);
  tcase_add_test (tc, test_second_stream);
  tcase_add_test (tc, test_deaths);
  tcase_add_loop_test (tc, test_old_key_id, 0, 2);
  return suite;
}

GST_CHECK_MAIN (preshared);
