/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shared secrets and their IDs (RFC 6189 4.3, 4.3.1): what two sides find that
 * they have in common when each sees nothing but the other's IDs.
 */
#include <string.h>

#include "sim.h"
#include "vectors.h"
#include "zrtp/crypto/zrtpmemory.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

static const ZrtpHash *const hashes[] = { &zrtp_hash_s256, &zrtp_hash_s384 };

/* One side: its secrets and the H3 of its Hello. */
typedef struct
{
  ZrtpSecrets secrets;
  guint8 h3[ZRTP_IMAGE_SIZE];
} Side;

static void
side_init (Side * side, Sim * sim)
{
  zrtp_secrets_init (&side->secrets, &sim->random);
  zrtp_random_fill (&sim->random, side->h3, sizeof side->h3);
}

/* A secret is made of one letter; 0 is none. */
static void
side_set (Side * side, guint rs1, guint rs2, guint pbx)
{
  ZrtpPeer *peer = &side->secrets.peer;

  peer->have_rs1 = rs1 != 0;
  peer->have_rs2 = rs2 != 0;
  peer->have_pbx = pbx != 0;
  memset (peer->rs1, rs1, sizeof peer->rs1);
  memset (peer->rs2, rs2, sizeof peer->rs2);
  memset (peer->pbx, pbx, sizeof peer->pbx);
}

static void
side_set_aux (Side * side, const char *text)
{
  zrtp_secret_free (side->secrets.aux);
  side->secrets.aux = text ? zrtp_secret_dup (text, strlen (text)) : NULL;
  side->secrets.aux_size = text ? strlen (text) : 0;
}

/* The IDs that a side sends in a role. */
static ZrtpDHPart
side_sends (const Side * side, const ZrtpHash * hash, ZrtpRole role)
{
  ZrtpDHPart part = { 0 };

  zrtp_secrets_ids (&side->secrets, hash, role, side->h3, &part);
  return part;
}

static ZrtpMatchedSecrets
side_matches (const Side * side, const ZrtpHash * hash, ZrtpRole role,
    const Side * peer)
{
  const ZrtpDHPart received = side_sends (peer, hash,
      role == ZRTP_ROLE_INITIATOR ? ZRTP_ROLE_RESPONDER : ZRTP_ROLE_INITIATOR);
  ZrtpMatchedSecrets matched;

  zrtp_secrets_match (&side->secrets, hash, role, peer->h3, &received,
      &matched);
  return matched;
}

/* The letter of a matched secret. */
static guint
letter (ZrtpOctets secret)
{
  if (secret.size == 0)
    return 0;
  ck_assert_uint_eq (secret.size, ZRTP_SECRET_SIZE);
  return secret.data[0];
}

/* 4.3 as it is written: about the initiator's secrets. */
static guint
expected_s1 (const guint initiator[2], const guint responder[2])
{
  for (guint i = 0; i < 2; i++)
    for (guint r = 0; r < 2; r++)
      if (initiator[i] != 0 && initiator[i] == responder[r])
        return initiator[i];
  return 0;
}

GST_START_TEST (test_matrix)
{
  static const guint letters[] = { 0, 'a', 'b', 'c' };
  const ZrtpHash *hash = hashes[__i__];
  Sim *sim = sim_new (3);
  guint shared = 0;
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  /* Two secrets a side, each absent or one of three: all 256 pairs. */
  for (guint n = 0; n < 256; n++) {
    const guint i[2] = { letters[n & 3], letters[n >> 2 & 3] };
    const guint r[2] = { letters[n >> 4 & 3], letters[n >> 6 & 3] };
    const guint expected = expected_s1 (i, r);

    side_set (&a, i[0], i[1], 0);
    side_set (&b, r[0], r[1], 0);
    /* Z-4.3-02 Z-4.3-03 Z-4.3-04 */
    ck_assert_uint_eq (letter (side_matches (&a, hash, ZRTP_ROLE_INITIATOR,
                &b).s1), expected);
    ck_assert_uint_eq (letter (side_matches (&b, hash, ZRTP_ROLE_RESPONDER,
                &a).s1), expected);
    shared += expected != 0;
  }
  ck_assert_uint_eq (shared, 135);
  sim_free (sim);
}

GST_END_TEST;

/* The same in words: what a call that was cut off leaves behind. */
GST_START_TEST (test_after_a_lost_update)
{
  static const struct
  {
    guint i1, i2, r1, r2, s1;
  } rows[] = {
    {'n', 'o', 'n', 'o', 'n'},  /* both updated */
    {'o', 'x', 'n', 'o', 'o'},  /* only the responder did */
    {'n', 'o', 'o', 'x', 'o'},  /* only the initiator did */
    {'n', 'o', 'm', 'o', 'o'},  /* both did, not the same */
    {'o', 'n', 'n', 'o', 'o'},  /* both match: the initiator's rs1 it is */
    {'n', 'o', 'o', 'n', 'n'},
    {'n', 0, 'o', 0, 0},
    {'n', 0, 0, 0, 0},
    {0, 0, 0, 0, 0},
  };
  Sim *sim = sim_new (4);
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    side_set (&a, rows[i].i1, rows[i].i2, 0);
    side_set (&b, rows[i].r1, rows[i].r2, 0);
    /* Z-4.3-02 Z-4.3-03 Z-4.3-04 */
    ck_assert_uint_eq (letter (side_matches (&a, hashes[0],
                ZRTP_ROLE_INITIATOR, &b).s1), rows[i].s1);
    ck_assert_uint_eq (letter (side_matches (&b, hashes[0],
                ZRTP_ROLE_RESPONDER, &a).s1), rows[i].s1);
  }
  sim_free (sim);
}

GST_END_TEST;

static void
check_aux (Side * a, Side * b, const ZrtpHash * hash, const char *text)
{
  const ZrtpOctets i = side_matches (a, hash, ZRTP_ROLE_INITIATOR, b).s2;
  const ZrtpOctets r = side_matches (b, hash, ZRTP_ROLE_RESPONDER, a).s2;

  ck_assert_uint_eq (i.size, text ? strlen (text) : 0);
  ck_assert_uint_eq (r.size, i.size);
  if (text) {
    ck_assert (memcmp (i.data, text, i.size) == 0);
    ck_assert (memcmp (r.data, text, r.size) == 0);
  }
}

GST_START_TEST (test_auxsecret)
{
  const ZrtpHash *hash = hashes[__i__];
  Sim *sim = sim_new (5);
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  /* Z-4.3-06 */
  check_aux (&a, &b, hash, NULL);
  side_set_aux (&a, "a pass phrase");
  check_aux (&a, &b, hash, NULL);
  side_set_aux (&b, "another one");
  check_aux (&a, &b, hash, NULL);
  side_set_aux (&b, "a pass phrase ");
  check_aux (&a, &b, hash, NULL);
  /* Z-4.3-05 */
  side_set_aux (&b, "a pass phrase");
  check_aux (&a, &b, hash, "a pass phrase");

  side_set_aux (&a, NULL);
  side_set_aux (&b, NULL);
  sim_free (sim);
}

GST_END_TEST;

/* Both sides' auxsecretIDs differ though the secret is one: each is made with
 * its sender's H3. */
GST_START_TEST (test_auxsecret_roles)
{
  Sim *sim = sim_new (6);
  ZrtpMatchedSecrets matched;
  ZrtpDHPart i, r;
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  side_set_aux (&a, "secret");
  side_set_aux (&b, "secret");
  i = side_sends (&a, hashes[0], ZRTP_ROLE_INITIATOR);
  r = side_sends (&b, hashes[0], ZRTP_ROLE_RESPONDER);
  /* Z-4.3.1-02 */
  ck_assert (memcmp (i.aux_id, r.aux_id, ZRTP_SECRET_ID_SIZE) != 0);
  zrtp_secrets_match (&a.secrets, hashes[0], ZRTP_ROLE_INITIATOR, b.h3, &r,
      &matched);
  ck_assert_uint_eq (matched.s2.size, 6);
  zrtp_secrets_match (&a.secrets, hashes[0], ZRTP_ROLE_INITIATOR, a.h3, &r,
      &matched);
  ck_assert_uint_eq (matched.s2.size, 0);
  /* Our own come back match nothing. */
  zrtp_secrets_match (&a.secrets, hashes[0], ZRTP_ROLE_INITIATOR, b.h3, &i,
      &matched);
  ck_assert_uint_eq (matched.s2.size, 0);

  side_set_aux (&a, NULL);
  side_set_aux (&b, NULL);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_pbxsecret)
{
  Sim *sim = sim_new (7);
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  for (guint n = 0; n < 9; n++) {
    static const guint letters[] = { 0, 'p', 'q' };
    const guint i = letters[n % 3], r = letters[n / 3];

    side_set (&a, 0, 0, i);
    side_set (&b, 0, 0, r);
    /* Z-4.3-07 Z-4.3-08 Z-7.3-01 */
    ck_assert_uint_eq (letter (side_matches (&a, hashes[0],
                ZRTP_ROLE_INITIATOR, &b).s3), i == r ? i : 0);
    ck_assert_uint_eq (letter (side_matches (&b, hashes[0],
                ZRTP_ROLE_RESPONDER, &a).s3), i == r ? i : 0);
  }
  sim_free (sim);
}

GST_END_TEST;

/* A secret of one kind is none of another. */
GST_START_TEST (test_kinds_do_not_mix)
{
  Sim *sim = sim_new (8);
  ZrtpMatchedSecrets matched;
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  side_set (&a, 'a', 0, 0);
  side_set (&b, 0, 0, 'a');
  matched = side_matches (&a, hashes[0], ZRTP_ROLE_INITIATOR, &b);
  ck_assert_uint_eq (matched.s1.size + matched.s2.size + matched.s3.size, 0);
  matched = side_matches (&b, hashes[0], ZRTP_ROLE_RESPONDER, &a);
  ck_assert_uint_eq (matched.s1.size + matched.s2.size + matched.s3.size, 0);
  sim_free (sim);
}

GST_END_TEST;

/* Stand-ins */

static void
assert_all_differ (const ZrtpDHPart * a, const ZrtpDHPart * b)
{
  ck_assert (memcmp (a->rs1_id, b->rs1_id, ZRTP_SECRET_ID_SIZE) != 0);
  ck_assert (memcmp (a->rs2_id, b->rs2_id, ZRTP_SECRET_ID_SIZE) != 0);
  ck_assert (memcmp (a->aux_id, b->aux_id, ZRTP_SECRET_ID_SIZE) != 0);
  ck_assert (memcmp (a->pbx_id, b->pbx_id, ZRTP_SECRET_ID_SIZE) != 0);
}

GST_START_TEST (test_stand_ins_are_fresh)
{
  Sim *sim = sim_new (9);
  ZrtpDHPart first, second;
  Side a, b;

  side_init (&a, sim);
  b = a;
  zrtp_secrets_init (&b.secrets, &sim->random);
  /* Z-4.3-09 */
  for (guint i = 0; i < 2; i++) {
    const ZrtpRole role = i ? ZRTP_ROLE_INITIATOR : ZRTP_ROLE_RESPONDER;

    first = side_sends (&a, hashes[0], role);
    second = side_sends (&b, hashes[0], role);
    assert_all_differ (&first, &second);
    ck_assert (memcmp (first.rs1_id, first.rs2_id, ZRTP_SECRET_ID_SIZE) != 0);
    ck_assert (memcmp (first.rs1_id, first.pbx_id, ZRTP_SECRET_ID_SIZE) != 0);
  }
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_stand_ins_never_match)
{
  Sim *sim = sim_new (10);
  Side a, b;

  side_init (&a, sim);
  side_init (&b, sim);
  /* The peer, by a wonder, has the very same: still nothing is shared. */
  memcpy (b.secrets.stand_in, a.secrets.stand_in, sizeof a.secrets.stand_in);
  for (guint i = 0; i < 2; i++) {
    const ZrtpRole role = i ? ZRTP_ROLE_INITIATOR : ZRTP_ROLE_RESPONDER;
    const ZrtpMatchedSecrets matched = side_matches (&a, hashes[0], role, &b);

    /* Z-4.3-09 */
    ck_assert_uint_eq (matched.s1.size, 0);
    ck_assert_uint_eq (matched.s2.size, 0);
    ck_assert_uint_eq (matched.s3.size, 0);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Computed and recorded IDs */

static GBytes *
secret_of (JsonNode * set, const char *name, const char *role)
{
  char *path = g_strdup_printf ("secrets/%s_%s", name, role);
  GBytes *octets = vectors_has (set, path) ? vectors_hex (set, path) : NULL;

  g_free (path);
  return octets;
}

static gboolean
take (JsonNode * set, const char *name, const char *role, guint8 * out)
{
  GBytes *octets = secret_of (set, name, role);

  if (!octets)
    return FALSE;
  memcpy (out, g_bytes_get_data (octets, NULL), ZRTP_SECRET_SIZE);
  g_bytes_unref (octets);
  return TRUE;
}

static void
side_load (Side * side, JsonNode * set, const char *role)
{
  ZrtpPeer *peer = &side->secrets.peer;
  char *path = g_strdup_printf ("H_%s/H3", *role == 'i' ? "initiator" :
      "responder");
  GBytes *h3 = vectors_hex (set, path);
  GBytes *aux = secret_of (set, "auxsecret", role);

  memset (side, 0, sizeof *side);
  memcpy (side->h3, g_bytes_get_data (h3, NULL), sizeof side->h3);
  peer->have_rs1 = take (set, "rs1", role, peer->rs1);
  peer->have_rs2 = take (set, "rs2", role, peer->rs2);
  peer->have_pbx = take (set, "pbxsecret", role, peer->pbx);
  if (aux) {
    side->secrets.aux = zrtp_secret_dup (OCTETS (aux));
    side->secrets.aux_size = g_bytes_get_size (aux);
    g_bytes_unref (aux);
  }
  g_bytes_unref (h3);
  g_free (path);
}

static guint
check_id (JsonNode * set, const char *name, const char *role, gboolean have,
    const guint8 * id)
{
  char *path = g_strconcat ("ids/", name, "ID", role, NULL);
  GBytes *expected = vectors_hex (set, path);

  if (have)
    octets_check (__FILE__, __LINE__, path, id, ZRTP_SECRET_ID_SIZE, expected);
  g_bytes_unref (expected);
  g_free (path);
  return have ? 1 : 0;
}

static guint
check_ids (JsonNode * set, const Side * side, const ZrtpHash * hash,
    const char *role)
{
  const ZrtpPeer *peer = &side->secrets.peer;
  const ZrtpDHPart part = side_sends (side, hash, *role == 'i' ?
      ZRTP_ROLE_INITIATOR : ZRTP_ROLE_RESPONDER);

  /* Z-4.3.1-01 Z-4.3.1-02 Z-4.3.1-03 */
  return check_id (set, "rs1", role, peer->have_rs1, part.rs1_id)
      + check_id (set, "rs2", role, peer->have_rs2, part.rs2_id)
      + check_id (set, "auxsecret", role, side->secrets.aux != NULL,
      part.aux_id)
      + check_id (set, "pbxsecret", role, peer->have_pbx, part.pbx_id);
}

/* What a side makes of the IDs in the DHPart that it received. */
static void
check_matched (JsonNode * set, const Side * side, const ZrtpHash * hash,
    ZrtpRole role, const Side * peer)
{
  GBytes *octets = vectors_hex (set, role == ZRTP_ROLE_INITIATOR ?
      "DHPart1" : "DHPart2");
  static const char *const names[3] = { "s1", "s2", "s3" };
  ZrtpMatchedSecrets matched;
  ZrtpMessage message;
  ZrtpOctets found[3];

  ck_assert_int_eq (zrtp_message_parse (OCTETS (octets), &message),
      ZRTP_DROP_NONE);
  zrtp_secrets_match (&side->secrets, hash, role, peer->h3,
      &message.u.dhpart, &matched);
  found[0] = matched.s1;
  found[1] = matched.s2;
  found[2] = matched.s3;
  for (guint i = 0; i < 3; i++) {
    GBytes *expected = vectors_hex (set, names[i]);

    /* Z-4.3-03 Z-4.3-05 Z-4.3-07 Z-4.3.1-04 */
    octets_check (__FILE__, __LINE__, names[i], found[i].data, found[i].size,
        expected);
    g_bytes_unref (expected);
  }
  g_bytes_unref (octets);
}

GST_START_TEST (test_vectors)
{
  static const char *const names[] = {
    "dh3k_s256_nocache", "ec38_s384_rs2rs2_aux_pbx", "ec25_s256_mismatch",
    "dh2k_s256_aes3_rs1"
  };
  JsonNode *root = vectors_load ("vectors.json");
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    JsonNode *set = vectors_get (root, names[i]);
    const ZrtpHash *hash = (const ZrtpHash *) vectors_algorithm (set,
        "parameters/hash", ZRTP_KIND_HASH);
    Side a, b;

    side_load (&a, set, "i");
    side_load (&b, set, "r");
    n += check_ids (set, &a, hash, "i");
    n += check_ids (set, &b, hash, "r");
    check_matched (set, &a, hash, ZRTP_ROLE_INITIATOR, &b);
    check_matched (set, &b, hash, ZRTP_ROLE_RESPONDER, &a);
    zrtp_secrets_clear (&a.secrets);
    zrtp_secrets_clear (&b.secrets);
  }
  ck_assert_uint_eq (n, 2 * 4 + 2 * 2 + 2 * 1);
  json_node_unref (root);
}

GST_END_TEST;

/* 4.4.1.4: in a call, secrets go as soon as s0 is there. */

static gboolean
is_zero (gconstpointer data, gsize size)
{
  const guint8 *octets = data;

  for (gsize i = 0; i < size; i++)
    if (octets[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
watch_exchange (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer seen)
{
  const ZrtpExchange *x = from->stream->exchange;

  if (x && x->have_keys) {
    /* Z-4.4.1.4-08 */
    ck_assert (is_zero (&x->secrets, sizeof x->secrets));
    ck_assert (is_zero (x->private_value, sizeof x->private_value));
    (*(guint *) seen)++;
  }
  return TRUE;
}

GST_START_TEST (test_wiped_in_time)
{
  Sim *sim = sim_new_pair (11);
  guint seen = 0;

  sim->filter = watch_exchange;
  sim->filter_data = &seen;
  for (guint i = 0; i < 2; i++) {
    zrtp_session_set_aux_secret (sim->ends[i].session,
        (const guint8 *) "secret", 6);
    sim_start (sim, i);
  }
  ck_assert (sim_run_until_secure (sim, 2 * SIM_SEC));
  ck_assert_uint_ge (seen, 2);
  for (guint i = 0; i < 2; i++) {
    ZrtpStream *stream = sim->ends[i].streams[0].stream;

    /* Z-4.6.1-09 Z-4.5.3-09 */
    ck_assert (stream->exchange == NULL);
    ck_assert (is_zero (&stream->prepared.key_pair,
            sizeof stream->prepared.key_pair));
    ck_assert (is_zero (&stream->prepared.peer, sizeof (ZrtpPeer)));
    ck_assert (is_zero (stream->bound.keys.initiator.srtp_key,
            ZRTP_MAX_CIPHER_KEY_SIZE));
    ck_assert (is_zero (stream->bound.keys.responder.srtp_key,
            ZRTP_MAX_CIPHER_KEY_SIZE));
  }
  sim_free (sim);
}

GST_END_TEST;

/* 4.7.3, 4.5.2: and the rest when the call is over. */
GST_START_TEST (test_wiped_at_the_end)
{
  Sim *sim = sim_new_pair (12);
  guint8 key[2][ZRTP_MAX_HASH_SIZE];
  gsize size[2];

  fail_if (zrtp_session_get_exported_key (sim->ends[0].session, key[0],
          &size[0]));
  for (guint i = 0; i < 2; i++) {
    zrtp_session_set_aux_secret (sim->ends[i].session,
        (const guint8 *) "secret", 6);
    sim_start (sim, i);
  }
  ck_assert (sim_run_until_secure (sim, 2 * SIM_SEC));
  /* Z-4.5.2-07 */
  for (guint i = 0; i < 2; i++)
    ck_assert (zrtp_session_get_exported_key (sim->ends[i].session, key[i],
            &size[i]));
  ck_assert_uint_eq (size[0], 32);
  ck_assert_uint_eq (size[1], 32);
  ck_assert (memcmp (key[0], key[1], 32) == 0);

  for (guint i = 0; i < 2; i++) {
    ZrtpSession *session = sim->ends[i].session;
    ZrtpStream *stream = sim->ends[i].streams[0].stream;

    ck_assert (!is_zero (&session->keys, sizeof session->keys));
    ck_assert (!is_zero (&stream->bound.keys, sizeof stream->bound.keys));
    zrtp_stream_stop (stream, sim->now);
    sim_drain (sim, i);
    /* Z-4.7.3-01 Z-4.7.3-02 Z-4.5.2-04 Z-4.5.3-09 */
    ck_assert (is_zero (&session->keys, sizeof session->keys));
    ck_assert (is_zero (&stream->bound.keys, sizeof stream->bound.keys));
    ck_assert_uint_eq (sim->ends[i].streams[0].n_events[ZRTP_EVENT_KEYS_GONE],
        1);
    ck_assert (!zrtp_session_get_exported_key (session, key[i], &size[i]));
  }
  sim_free (sim);
}

GST_END_TEST;

static gboolean
drop_confirm1 (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer unused)
{
  ZrtpMessage message;

  return sim_packet_type (data, *size, &message) != ZRTP_MESSAGE_CONFIRM1;
}

/* Z-4.7.1-01: and at once where an exchange ends before anything was secure. */
GST_START_TEST (test_wiped_after_failure)
{
  Sim *sim = sim_new_pair (13);

  sim->filter = drop_confirm1;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 300 * SIM_MSEC);
  for (guint i = 0; i < 2; i++) {
    ZrtpSession *session = sim->ends[i].session;
    ZrtpStream *stream = sim->ends[i].streams[0].stream;

    ck_assert (!is_zero (&session->keys, sizeof session->keys));
    ck_assert (!is_zero (&stream->bound.keys, sizeof stream->bound.keys));
    zrtp_stream_fail (stream, ZRTP_ERROR_UNAVAILABLE, sim->now);
    ck_assert (stream->exchange == NULL);
    ck_assert (is_zero (&session->keys, sizeof session->keys));
    ck_assert (is_zero (&stream->bound.keys, sizeof stream->bound.keys));
  }
  sim_free (sim);
}

GST_END_TEST;

static Suite *
secrets_suite (void)
{
  Suite *suite = suite_create ("secrets");
  TCase *tc = tcase_create ("secrets");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_matrix, 0, G_N_ELEMENTS (hashes));
  tcase_add_test (tc, test_after_a_lost_update);
  tcase_add_loop_test (tc, test_auxsecret, 0, G_N_ELEMENTS (hashes));
  tcase_add_test (tc, test_auxsecret_roles);
  tcase_add_test (tc, test_pbxsecret);
  tcase_add_test (tc, test_kinds_do_not_mix);
  tcase_add_test (tc, test_stand_ins_are_fresh);
  tcase_add_test (tc, test_stand_ins_never_match);
  tcase_add_test (tc, test_vectors);
  tcase_add_test (tc, test_wiped_in_time);
  tcase_add_test (tc, test_wiped_at_the_end);
  tcase_add_test (tc, test_wiped_after_failure);
  return suite;
}

GST_CHECK_MAIN (secrets);
