/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Algorithm negotiation (RFC 6189 4.1.2, 5.1.5, 5.2): what two lists lead to.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "zrtp/agreement/zrtpnegotiate.h"

/* One side as a policy makes it, and as its peer reads its Hello. */
typedef struct
{
  ZrtpPolicy policy;
  ZrtpAlgorithmList offer[ZRTP_N_KINDS];
  ZrtpAlgorithmList seen[ZRTP_N_KINDS];
} Side;

static void
set_list (ZrtpPolicy * policy, ZrtpKind kind, const char *names)
{
  char *error = NULL;

  fail_unless (zrtp_algorithm_list_parse (kind, names,
          &policy->algorithms[kind], &error), "%s", error);
}

static void
side_offer (Side * side)
{
  ZrtpAlgorithmList listed[ZRTP_N_KINDS];
  ZrtpHello hello = { 0 };

  zrtp_negotiate_listed (&side->policy, listed);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    fail_unless (listed[kind].n <= ZRTP_MAX_ALGORITHMS);
    hello.n_names[kind] = listed[kind].n;
    for (guint i = 0; i < listed[kind].n; i++)
      memcpy (hello.names[kind][i], listed[kind].item[i]->name, 4);
  }
  zrtp_negotiate_offer (&side->policy, side->offer);
  zrtp_negotiate_read_hello (&hello, side->seen);
}

static void
side_init (Side * side, const char *key_agreements)
{
  zrtp_policy_init (&side->policy);
  set_list (&side->policy, ZRTP_KIND_KEY_AGREEMENT, key_agreements);
  side_offer (side);
}

/* The suite that @a chooses for a call with @b. */
static ZrtpErrorCode
choose (const Side * a, const Side * b, ZrtpSuite * suite)
{
  memset (suite, 0, sizeof *suite);
  return zrtp_negotiate_choose (a->offer, b->seen, suite);
}

/* Both choose the same key agreement, by name. */
static const char *
chosen (const Side * a, const Side * b)
{
  ZrtpSuite mine, theirs;

  fail_unless_equals_int (choose (a, b, &mine), ZRTP_ERROR_NONE);
  fail_unless_equals_int (choose (b, a, &theirs), ZRTP_ERROR_NONE);
  fail_unless (mine.key_agreement == theirs.key_agreement);
  return mine.key_agreement->base.name;
}

static void
check_list (const ZrtpAlgorithmList * list, const char *expected)
{
  char *text = zrtp_algorithm_list_to_string (list);

  fail_unless_equals_string (text, expected);
  g_free (text);
}

/* What a Hello lists, and how it is read */

GST_START_TEST (test_rfc_example)
{
  Side alice, bob;

  side_init (&alice, "DH2k,DH3k,EC25");
  side_init (&bob, "EC38,EC25,DH3k");
  /* Z-4.1.2-02 Z-4.1.2-03 */
  fail_unless_equals_string (chosen (&alice, &bob), "EC25");
}

GST_END_TEST;

/* Z-5.1.5-19: for those who say that they are slow. */
GST_START_TEST (test_slow_device)
{
  Side slow, other;

  side_init (&slow, "DH2k,DH3k");
  side_init (&other, "DH3k,DH2k,EC38");
  fail_unless_equals_string (chosen (&slow, &other), "DH2k");
  fail_unless_equals_string (chosen (&other, &slow), "DH2k");
}

GST_END_TEST;

GST_START_TEST (test_ranks)
{
  /* Z-4.1.2-04: fastest first; the field names in between. */
  static const char *const order[] = {
    "DH2k", "X255", "E255", "EC25", "X448", "DH3k", "EC38"
  };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    for (guint j = i + 1; j < G_N_ELEMENTS (order); j++) {
      char *fast_first = g_strdup_printf ("%s,%s", order[i], order[j]);
      char *slow_first = g_strdup_printf ("%s,%s", order[j], order[i]);
      Side a, b;

      side_init (&a, fast_first);
      side_init (&b, slow_first);
      fail_unless_equals_string (chosen (&a, &b), order[i]);
      fail_unless_equals_string (chosen (&b, &a), order[i]);
      /* Both prefer the slow one: theirs it is. */
      side_init (&a, slow_first);
      fail_unless_equals_string (chosen (&a, &b), order[j]);
      g_free (fast_first);
      g_free (slow_first);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_listed)
{
  ZrtpAlgorithmList listed[ZRTP_N_KINDS];
  Side side;

  /* Z-5.1.5-22 */
  side_init (&side, "EC25");
  zrtp_negotiate_listed (&side.policy, listed);
  check_list (&listed[ZRTP_KIND_KEY_AGREEMENT], "EC25,Mult");
  check_list (&side.offer[ZRTP_KIND_KEY_AGREEMENT], "EC25,Mult,DH3k");
  check_list (&side.seen[ZRTP_KIND_KEY_AGREEMENT], "EC25,Mult,DH3k");
  side_init (&side, "Mult,EC25");
  zrtp_negotiate_listed (&side.policy, listed);
  check_list (&listed[ZRTP_KIND_KEY_AGREEMENT], "Mult,EC25");
  /* Seven are all that fit (Z-5.2-09). */
  side_init (&side, "X255,EC25,DH3k,E255,EC38,DH2k,X448");
  zrtp_negotiate_listed (&side.policy, listed);
  check_list (&listed[ZRTP_KIND_KEY_AGREEMENT],
      "X255,EC25,DH3k,E255,EC38,DH2k,X448");

  /* Z-5.1.2-03: EC38 brings S384 along. */
  side_init (&side, "EC38");
  set_list (&side.policy, ZRTP_KIND_HASH, "S256");
  zrtp_negotiate_listed (&side.policy, listed);
  check_list (&listed[ZRTP_KIND_HASH], "S256,S384");
  side.policy.strict_algorithms = TRUE;
  zrtp_negotiate_listed (&side.policy, listed);
  check_list (&listed[ZRTP_KIND_HASH], "S256");
  check_list (&listed[ZRTP_KIND_KEY_AGREEMENT], "Mult");
}

GST_END_TEST;

GST_START_TEST (test_defaults)
{
  ZrtpAlgorithmList listed[ZRTP_N_KINDS];
  ZrtpPolicy policy;

  zrtp_policy_init (&policy);
  zrtp_negotiate_listed (&policy, listed);
  check_list (&listed[ZRTP_KIND_HASH], "S256,S384");
  check_list (&listed[ZRTP_KIND_CIPHER], "AES1,AES3,AES2");
  check_list (&listed[ZRTP_KIND_AUTH_TAG], "HS80,HS32");
  /* Z-5.1.5-20: no EC52. */
  check_list (&listed[ZRTP_KIND_KEY_AGREEMENT],
      "X255,EC25,DH3k,E255,EC38,DH2k,Mult");
  check_list (&listed[ZRTP_KIND_SAS], "B32,B256");
}

GST_END_TEST;

GST_START_TEST (test_empty_hello)
{
  static const ZrtpHello nothing;
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpSuite suite;
  Side side;

  /* Z-5.2-10 */
  zrtp_negotiate_read_hello (&nothing, lists);
  check_list (&lists[ZRTP_KIND_HASH], "S256");
  check_list (&lists[ZRTP_KIND_CIPHER], "AES1");
  check_list (&lists[ZRTP_KIND_AUTH_TAG], "HS80,HS32");
  check_list (&lists[ZRTP_KIND_KEY_AGREEMENT], "DH3k");
  check_list (&lists[ZRTP_KIND_SAS], "B32");

  side_init (&side, "X255,EC25");
  fail_unless_equals_int (zrtp_negotiate_choose (side.offer, lists, &suite),
      ZRTP_ERROR_NONE);
  fail_unless (suite.key_agreement == &zrtp_key_agreement_dh3k);
  fail_unless (suite.hash == &zrtp_hash_s256);
}

GST_END_TEST;

/* What the peer lists goes before what it only implies, of each kind. */
GST_START_TEST (test_listed_first)
{
  static const struct
  {
    ZrtpKind kind;
    const char *own, *peer, *chosen;
  } rows[] = {
    {ZRTP_KIND_AUTH_TAG, "HS80,HS32", "HS32", "HS32"},
    {ZRTP_KIND_AUTH_TAG, "HS80", "HS32", "HS32"},
    {ZRTP_KIND_HASH, "S256,S384", "S384", "S384"},
    {ZRTP_KIND_CIPHER, "AES1,AES3", "AES3", "AES3"},
    {ZRTP_KIND_SAS, "B32,B256", "B256", "B256"},
    {ZRTP_KIND_KEY_AGREEMENT, "DH3k,EC25", "EC25", "EC25"},
    /* Nothing that the peer lists is common. */
    {ZRTP_KIND_CIPHER, "AES1", "AES3", "AES1"},
    {ZRTP_KIND_KEY_AGREEMENT, "X255", "EC25", "DH3k"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const ZrtpAlgorithm *chosen[ZRTP_N_KINDS];
    ZrtpSuite suite;
    Side own, peer;

    side_init (&own, "DH3k,EC25");
    side_init (&peer, "DH3k,EC25");
    set_list (&own.policy, rows[i].kind, rows[i].own);
    set_list (&peer.policy, rows[i].kind, rows[i].peer);
    side_offer (&own);
    side_offer (&peer);
    fail_unless_equals_int (choose (&own, &peer, &suite), ZRTP_ERROR_NONE);
    chosen[ZRTP_KIND_HASH] = &suite.hash->base;
    chosen[ZRTP_KIND_CIPHER] = &suite.cipher->base;
    chosen[ZRTP_KIND_AUTH_TAG] = &suite.auth_tag->base;
    chosen[ZRTP_KIND_KEY_AGREEMENT] = &suite.key_agreement->base;
    chosen[ZRTP_KIND_SAS] = &suite.sas_type->base;
    fail_unless (g_str_has_prefix (chosen[rows[i].kind]->name, rows[i].chosen),
        "row %u: %s", i, chosen[rows[i].kind]->name);
  }
}

GST_END_TEST;

/* A peer that lists HS32 alone and refuses what it does not list (libzrtp's
 * default): whichever side starts first, the call becomes secure. */
GST_START_TEST (test_short_tags_alone)
{
  for (guint earlier = 0; earlier < 2; earlier++) {
    for (guint passive = 0; passive < 3; passive++) {
      Sim *sim = sim_new (70 + 3 * earlier + passive);

      set_list (&sim->ends[1].policy, ZRTP_KIND_AUTH_TAG, "HS32");
      sim->ends[1].policy.strict_algorithms = TRUE;
      if (passive < 2)
        sim->ends[passive].policy.passive = TRUE;
      sim_make (sim, 0, 1);
      sim_make (sim, 1, 1);
      sim_start (sim, earlier);
      sim_run (sim, SIM_SEC);
      sim_start (sim, 1 - earlier);
      fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
      for (guint e = 0; e < 2; e++) {
        SimStream *s = &sim->ends[e].streams[0];

        fail_unless (zrtp_stream_get_info (s->stream)->auth_tag ==
            (const ZrtpAuthTag *) zrtp_algorithm_find (ZRTP_KIND_AUTH_TAG,
                "HS32"));
        fail_unless_equals_int (s->n_events[ZRTP_EVENT_ERROR], 0);
      }
      sim_free (sim);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_unknown_names)
{
  static const char *const names[] = {
    "SKN2", "EC52", "EC25", "E414", "EC25", "X255", "zzzz"
  };
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpHello hello = { 0 };

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    hello.n_names[kind] = G_N_ELEMENTS (names);
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      memcpy (hello.names[kind][i], names[i], 4);
  }
  zrtp_negotiate_read_hello (&hello, lists);
  /* Z-5.1-02 Z-5.2-12 */
  check_list (&lists[ZRTP_KIND_HASH], "S256");
  check_list (&lists[ZRTP_KIND_CIPHER], "AES1");
  check_list (&lists[ZRTP_KIND_AUTH_TAG], "HS80,HS32");
  check_list (&lists[ZRTP_KIND_KEY_AGREEMENT], "EC25,X255,DH3k");
  check_list (&lists[ZRTP_KIND_SAS], "B32");
}

GST_END_TEST;

/* Z-5.2-11: a mandatory name that is listed keeps its place. */
GST_START_TEST (test_mandatory_listed)
{
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpHello hello = { 0 };

  hello.n_names[ZRTP_KIND_AUTH_TAG] = 1;
  memcpy (hello.names[ZRTP_KIND_AUTH_TAG][0], "HS32", 4);
  hello.n_names[ZRTP_KIND_KEY_AGREEMENT] = 2;
  memcpy (hello.names[ZRTP_KIND_KEY_AGREEMENT][0], "DH3k", 4);
  memcpy (hello.names[ZRTP_KIND_KEY_AGREEMENT][1], "EC25", 4);
  zrtp_negotiate_read_hello (&hello, lists);
  check_list (&lists[ZRTP_KIND_AUTH_TAG], "HS32,HS80");
  check_list (&lists[ZRTP_KIND_KEY_AGREEMENT], "DH3k,EC25");
}

GST_END_TEST;

/* Choosing */

GST_START_TEST (test_companions)
{
  ZrtpSuite suite;
  Side a, b;

  /* Z-4.1.2-06 Z-5.1.5-14 Z-5.1.5-15 */
  side_init (&a, "EC38");
  side_init (&b, "EC38");
  fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  fail_unless (suite.hash == &zrtp_hash_s384);
  fail_unless (suite.cipher == &zrtp_cipher_aes3);
  /* Z-5.1.5-16 */
  set_list (&b.policy, ZRTP_KIND_CIPHER, "AES1,AES2");
  side_offer (&b);
  fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  fail_unless (suite.cipher == &zrtp_cipher_aes2);
  set_list (&b.policy, ZRTP_KIND_CIPHER, "AES1");
  side_offer (&b);
  fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  fail_unless (suite.cipher == &zrtp_cipher_aes1);

  /* Z-5.1.5-18 */
  side_init (&a, "DH2k");
  side_init (&b, "DH2k");
  set_list (&a.policy, ZRTP_KIND_CIPHER, "AES3,AES1");
  set_list (&b.policy, ZRTP_KIND_CIPHER, "AES3");
  side_offer (&a);
  side_offer (&b);
  fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  fail_unless (suite.cipher == &zrtp_cipher_aes1);
  /* ... unless a policy rules AES-128 out. */
  a.policy.strict_algorithms = TRUE;
  set_list (&a.policy, ZRTP_KIND_CIPHER, "AES3");
  side_offer (&a);
  fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  fail_unless (suite.cipher == &zrtp_cipher_aes3);
}

GST_END_TEST;

/* EC38 is common by name, but one side has no S384 (5.1.5). */
GST_START_TEST (test_ec38_without_hash)
{
  ZrtpHello hello = { 0 };
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpSuite suite;
  Side side;

  hello.n_names[ZRTP_KIND_KEY_AGREEMENT] = 1;
  memcpy (hello.names[ZRTP_KIND_KEY_AGREEMENT][0], "EC38", 4);
  zrtp_negotiate_read_hello (&hello, lists);
  side_init (&side, "EC38,DH3k");
  /* Z-5.1.5-14 */
  fail_unless_equals_int (zrtp_negotiate_choose (side.offer, lists, &suite),
      ZRTP_ERROR_NONE);
  fail_unless (suite.key_agreement == &zrtp_key_agreement_dh3k);
}

GST_END_TEST;

/* A strict side against one that lists something else of one kind. */
GST_START_TEST (test_strict)
{
  static const struct
  {
    ZrtpKind kind;
    const char *strict, *other;
    ZrtpErrorCode code;
  } rows[] = {
    {ZRTP_KIND_HASH, "S384", "S256", ZRTP_ERROR_HASH},
    {ZRTP_KIND_CIPHER, "AES3", "AES1", ZRTP_ERROR_CIPHER},
    {ZRTP_KIND_KEY_AGREEMENT, "EC25", "X255", ZRTP_ERROR_KEY_AGREEMENT},
    {ZRTP_KIND_SAS, "B256", "B32", ZRTP_ERROR_SAS},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    ZrtpSuite suite;
    Side a, b;

    zrtp_policy_init (&a.policy);
    zrtp_policy_init (&b.policy);
    a.policy.strict_algorithms = TRUE;
    /* EC38 would bring S384 along. */
    set_list (&b.policy, ZRTP_KIND_KEY_AGREEMENT, "X255");
    set_list (&a.policy, rows[i].kind, rows[i].strict);
    set_list (&b.policy, rows[i].kind, rows[i].other);
    side_offer (&a);
    side_offer (&b);
    /* Z-4.1.2-07 Z-5.2-16 */
    fail_unless_equals_int (choose (&a, &b, &suite), rows[i].code);
    /* Without strictness the mandatory ones are always common. */
    a.policy.strict_algorithms = FALSE;
    side_offer (&a);
    fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  }
}

GST_END_TEST;

/* Both tags are mandatory: it takes two strict sides to have none in common,
 * and even then each believes that the other has both. */
GST_START_TEST (test_strict_auth_tags)
{
  ZrtpCommit commit = { 0 };
  ZrtpSuite suite;
  Side a, b;

  zrtp_policy_init (&a.policy);
  a.policy.strict_algorithms = TRUE;
  b = a;
  set_list (&a.policy, ZRTP_KIND_AUTH_TAG, "HS80");
  set_list (&b.policy, ZRTP_KIND_AUTH_TAG, "HS32");
  side_offer (&a);
  side_offer (&b);
  fail_unless_equals_int (choose (&a, &b, &suite), ZRTP_ERROR_NONE);
  fail_unless (suite.auth_tag == &zrtp_auth_tag_hs80);
  memcpy (commit.names, "S256AES1HS80X255B32 ", 20);
  fail_unless_equals_int (zrtp_negotiate_accept (b.offer, &commit, &suite),
      ZRTP_ERROR_AUTH_TAG);
}

GST_END_TEST;

/* Random lists */

static void
random_list (Sim * sim, ZrtpPolicy * policy, ZrtpKind kind)
{
  const ZrtpAlgorithm *const *rows = zrtp_algorithms (kind);
  ZrtpAlgorithmList *list = &policy->algorithms[kind];
  const guint want = sim_random (sim, ZRTP_MAX_ALGORITHMS + 1);
  guint n = 0;

  while (rows[n])
    n++;
  list->n = 0;
  for (guint i = 0; i < want; i++) {
    const ZrtpAlgorithm *row = rows[sim_random (sim, n)];

    if (!zrtp_algorithm_list_has (list, row))
      list->item[list->n++] = row;
  }
}

static void
random_side (Sim * sim, Side * side)
{
  zrtp_policy_init (&side->policy);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    random_list (sim, &side->policy, kind);
  side_offer (side);
}

/* 4.1.2 word by word: the owner's list without what the other lacks; its head.
 * EC38 counts only where both have S384, Mult is no Diffie-Hellman. @listed: what
 * the other only implies, it lacks. */
static const ZrtpKeyAgreement *
first_choice_of (const Side * owner, const Side * other, gboolean listed)
{
  gboolean (*has) (const ZrtpAlgorithmList * list,
      const ZrtpAlgorithm * algorithm) = listed ? zrtp_algorithm_list_names :
      zrtp_algorithm_list_has;
  const ZrtpAlgorithmList *list = &owner->seen[ZRTP_KIND_KEY_AGREEMENT];
  const ZrtpAlgorithm *s384 = &zrtp_hash_s384.base;

  for (guint i = 0; i < list->n; i++) {
    if (!has (&other->seen[ZRTP_KIND_KEY_AGREEMENT], list->item[i])
        || strcmp (list->item[i]->name, "Mult") == 0
        || strcmp (list->item[i]->name, "Prsh") == 0)
      continue;
    if (strcmp (list->item[i]->name, "EC38") == 0
        && !(zrtp_algorithm_list_has (&owner->seen[ZRTP_KIND_HASH], s384)
            && zrtp_algorithm_list_has (&other->seen[ZRTP_KIND_HASH], s384)))
      continue;
    return (const ZrtpKeyAgreement *) list->item[i];
  }
  return NULL;
}

static const ZrtpKeyAgreement *
first_choice (const Side * owner, const Side * other)
{
  const ZrtpKeyAgreement *choice = first_choice_of (owner, other, TRUE);

  return choice ? choice : first_choice_of (owner, other, FALSE);
}

/* What one side chose, the other accepts as a Commit. */
static void
check_acceptable (const Side * responder, const ZrtpSuite * suite)
{
  const ZrtpAlgorithm *names[ZRTP_N_KINDS] = {
    &suite->hash->base, &suite->cipher->base, &suite->auth_tag->base,
    &suite->key_agreement->base, &suite->sas_type->base
  };
  ZrtpCommit commit = { 0 };
  ZrtpSuite accepted;

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    memcpy (commit.names[kind], names[kind]->name, 4);
  /* Z-4.1.2-05 Z-4.4.1.1-01 */
  fail_unless_equals_int (zrtp_negotiate_accept (responder->offer, &commit,
          &accepted), ZRTP_ERROR_NONE);
  fail_unless (memcmp (&accepted, suite, sizeof accepted) == 0);
}

GST_START_TEST (test_random_lists)
{
  Sim *sim = sim_new (__i__);
  guint differing = 0;

  for (guint i = 0; i < 5000; i++) {
    const ZrtpKeyAgreement *mine, *theirs, *faster;
    ZrtpSuite suite;
    Side a, b;

    random_side (sim, &a);
    random_side (sim, &b);
    mine = first_choice (&a, &b);
    theirs = first_choice (&b, &a);
    faster = mine->rank < theirs->rank ? mine : theirs;
    /* Z-4.1.2-03 Z-5.2-13 */
    fail_unless_equals_string (chosen (&a, &b), faster->base.name);
    choose (&a, &b, &suite);
    check_acceptable (&b, &suite);
    choose (&b, &a, &suite);
    check_acceptable (&a, &suite);
    fail_unless (faster != &zrtp_key_agreement_ec38
        || suite.hash == &zrtp_hash_s384);
    differing += mine != theirs;
  }
  fail_unless (differing > 300, "%u", differing);
  sim_free (sim);
}

GST_END_TEST;

/* Accepting */

static ZrtpErrorCode
accept_names (const Side * side, const char *names, ZrtpSuite * suite)
{
  ZrtpCommit commit = { 0 };

  fail_unless_equals_int (strlen (names), 20);
  memcpy (commit.names, names, 20);
  return zrtp_negotiate_accept (side->offer, &commit, suite);
}

GST_START_TEST (test_accept)
{
  static const struct
  {
    const char *names;
    ZrtpErrorCode code;
  } rows[] = {
    {"S256AES1HS80X255B32 ", ZRTP_ERROR_NONE},
    {"S384AES3HS32DH3kB256", ZRTP_ERROR_NONE},
    /* Z-5.4-07 */
    {"S512AES1HS80X255B32 ", ZRTP_ERROR_HASH},
    {"S256AES2HS80X255B32 ", ZRTP_ERROR_CIPHER},
    {"S2562FS1HS80X255B32 ", ZRTP_ERROR_CIPHER},
    {"S256AES1SK32X255B32 ", ZRTP_ERROR_AUTH_TAG},
    {"S256AES1HS80X448B32 ", ZRTP_ERROR_KEY_AGREEMENT},
    {"S256AES1HS80EC52B32 ", ZRTP_ERROR_KEY_AGREEMENT},
    {"S256AES1HS80PrshB32 ", ZRTP_ERROR_KEY_AGREEMENT},
    {"S256AES1HS80X255B10D", ZRTP_ERROR_SAS},
    /* Z-5.1.5-14 */
    {"S384AES3HS80EC38B32 ", ZRTP_ERROR_NONE},
    {"S384AES1HS80EC38B32 ", ZRTP_ERROR_NONE},
    {"S256AES3HS80EC38B32 ", ZRTP_ERROR_HASH},
    /* Z-4.4.3.1-04 Z-4.4.3.1-02 */
    {"S256AES1HS80MultB10D", ZRTP_ERROR_NONE},
    {"S384AES3HS32Mult    ", ZRTP_ERROR_NONE},
    {"S512AES1HS80MultB32 ", ZRTP_ERROR_HASH},
    {"S256AES2HS80MultB32 ", ZRTP_ERROR_CIPHER},
    {"S256AES1SK64MultB32 ", ZRTP_ERROR_AUTH_TAG},
  };
  ZrtpSuite suite;
  Side side;

  zrtp_policy_init (&side.policy);
  set_list (&side.policy, ZRTP_KIND_KEY_AGREEMENT, "X255,EC38");
  set_list (&side.policy, ZRTP_KIND_CIPHER, "AES3");
  side_offer (&side);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    fail_unless (accept_names (&side, rows[i].names, &suite) == rows[i].code,
        "%s", rows[i].names);
}

GST_END_TEST;

GST_START_TEST (test_accept_strict)
{
  ZrtpSuite suite;
  Side side;

  zrtp_policy_init (&side.policy);
  side.policy.strict_algorithms = TRUE;
  set_list (&side.policy, ZRTP_KIND_HASH, "S384");
  set_list (&side.policy, ZRTP_KIND_CIPHER, "AES3");
  set_list (&side.policy, ZRTP_KIND_AUTH_TAG, "HS80");
  set_list (&side.policy, ZRTP_KIND_KEY_AGREEMENT, "X448");
  set_list (&side.policy, ZRTP_KIND_SAS, "B256");
  side_offer (&side);
  fail_unless_equals_int (accept_names (&side, "S384AES3HS80X448B256",
          &suite), ZRTP_ERROR_NONE);
  fail_unless_equals_int (accept_names (&side, "S256AES3HS80X448B256",
          &suite), ZRTP_ERROR_HASH);
  fail_unless_equals_int (accept_names (&side, "S384AES1HS80X448B256",
          &suite), ZRTP_ERROR_CIPHER);
  fail_unless_equals_int (accept_names (&side, "S384AES3HS32X448B256",
          &suite), ZRTP_ERROR_AUTH_TAG);
  fail_unless_equals_int (accept_names (&side, "S384AES3HS80DH3kB256",
          &suite), ZRTP_ERROR_KEY_AGREEMENT);
  fail_unless_equals_int (accept_names (&side, "S384AES3HS80X448B32 ",
          &suite), ZRTP_ERROR_SAS);
}

GST_END_TEST;

/* On a stream */

/* Commits that name what was not offered end the exchange with its code. */
GST_START_TEST (test_commits_refused)
{
  static const char *const usual[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", "X255", "B32 "
  };
  static const ZrtpErrorCode codes[ZRTP_N_KINDS] = {
    ZRTP_ERROR_HASH, ZRTP_ERROR_CIPHER, ZRTP_ERROR_AUTH_TAG,
    ZRTP_ERROR_KEY_AGREEMENT, ZRTP_ERROR_SAS
  };

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    const char *names[ZRTP_N_KINDS];
    Sim *sim = sim_new (20 + kind);
    SimStream *alice;
    MockPeer mock;

    sim_make (sim, 0, 1);
    alice = &sim->ends[0].streams[0];
    sim_start (sim, 0);
    mock_peer_init (&mock, alice, 7);
    mock_peer_hello (&mock);
    memcpy (names, usual, sizeof names);
    names[kind] = "????";
    mock_peer_commit (&mock, names);
    /* Z-5.4-07 Z-5.9-01 Z-4.4.1.1-01 */
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
    fail_unless_equals_int (alice->last_error, codes[kind]);
    fail_unless (g_str_has_suffix (alice->trace->str, " Error"));
    sim_free (sim);
  }
}

GST_END_TEST;

/* A strict side that shares nothing with its peer says so. */
GST_START_TEST (test_nothing_in_common)
{
  Sim *sim = sim_new (30);

  set_list (&sim->ends[0].policy, ZRTP_KIND_HASH, "S384");
  set_list (&sim->ends[1].policy, ZRTP_KIND_HASH, "S256");
  set_list (&sim->ends[1].policy, ZRTP_KIND_KEY_AGREEMENT, "X255");
  sim->ends[0].policy.strict_algorithms = TRUE;
  /* So that no side sends a Commit meanwhile. */
  sim->ends[1].policy.passive = TRUE;
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 1);
    sim_start (sim, i);
  }
  sim_run (sim, 5 * SIM_SEC);
  for (guint i = 0; i < 2; i++) {
    SimStream *s = &sim->ends[i].streams[0];

    /* Z-5.2-16 */
    fail_unless_equals_int (sim_state (sim, i),
        i == 0 ? ZRTP_STATE_FAILED : ZRTP_STATE_DISCOVERING);
    fail_unless_equals_int (s->last_error, ZRTP_ERROR_HASH);
    fail_unless_equals_int (s->error_from_peer, i == 1);
    fail_unless_equals_int (s->send, ZRTP_MEDIA_BLOCKED);
  }
  sim_free (sim);
}

GST_END_TEST;

static Suite *
negotiate_suite (void)
{
  Suite *suite = suite_create ("negotiate");
  TCase *tc = tcase_create ("negotiate");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_rfc_example);
  tcase_add_test (tc, test_slow_device);
  tcase_add_test (tc, test_ranks);
  tcase_add_test (tc, test_listed);
  tcase_add_test (tc, test_defaults);
  tcase_add_test (tc, test_empty_hello);
  tcase_add_test (tc, test_listed_first);
  tcase_add_test (tc, test_short_tags_alone);
  tcase_add_test (tc, test_unknown_names);
  tcase_add_test (tc, test_mandatory_listed);
  tcase_add_test (tc, test_companions);
  tcase_add_test (tc, test_ec38_without_hash);
  tcase_add_test (tc, test_strict);
  tcase_add_test (tc, test_strict_auth_tags);
  tcase_add_loop_test (tc, test_random_lists, 0, 4);
  tcase_add_test (tc, test_accept);
  tcase_add_test (tc, test_accept_strict);
  tcase_add_test (tc, test_commits_refused);
  tcase_add_test (tc, test_nothing_in_common);
  return suite;
}

GST_CHECK_MAIN (negotiate);
