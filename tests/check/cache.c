/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The cache of known peers in one process: what it keeps and what an update
 * makes of it (RFC 6189 4.3, 4.6.1, 4.9, 7.1, 12).
 */
#include "cache-common.h"

#include <string.h>
#include <unistd.h>

#include "zrtp/cache/zrtpcache-private.h"

#define NOW G_GINT64_CONSTANT (1700000000)

static void
check_secret (gboolean have, const guint8 * secret, guint number)
{
  static const guint8 none[ZRTP_SECRET_SIZE];

  fail_unless_equals_int (have, number != 0);
  if (have) {
    fail_unless_equals_int (number_of (secret), number);
  } else {
    fail_unless (memcmp (secret, none, sizeof none) == 0);
  }
}

static void
check_secrets (const ZrtpPeer * peer, guint rs1, guint rs2)
{
  check_secret (peer->have_rs1, peer->rs1, rs1);
  check_secret (peer->have_rs2, peer->rs2, rs2);
}

/* Looks a peer up and compares its secrets; 0 stands for none. */
static void
expect_secrets (ZrtpCache * cache, guint zid, guint rs1, guint rs2)
{
  ZrtpPeer peer = lookup (cache, zid, NOW);

  check_secrets (&peer, rs1, rs2);
  zrtp_peer_clear (&peer);
}

static gboolean
is_known (ZrtpCache * cache, guint zid)
{
  ZrtpPeer peer = lookup (cache, zid, NOW);
  gboolean known = peer.known;

  zrtp_peer_clear (&peer);
  return known;
}

/* Our own ZID and the object */

static void
fill_count (gpointer user_data, guint8 * out, gsize size)
{
  guint8 *next = user_data;

  for (gsize i = 0; i < size; i++)
    out[i] = (*next)++;
}

GST_START_TEST (test_zid)
{
  guint8 counter = 7, zid[ZRTP_ZID_SIZE], again[ZRTP_ZID_SIZE];
  const ZrtpRandom random = { fill_count, &counter };
  ZrtpCache *cache;

  /* Z-4.9-01 Z-4.9-03 */
  cache = zrtp_cache_open (in_folder ("a"), &random, NULL);
  fail_unless (cache != NULL);
  zrtp_cache_get_zid (cache, zid);
  for (guint i = 0; i < sizeof zid; i++)
    fail_unless_equals_int (zid[i], 7 + i);
  zrtp_cache_unref (cache);

  cache = zrtp_cache_open (in_folder ("a"), &random, NULL);
  fail_unless (cache != NULL);
  zrtp_cache_get_zid (cache, again);
  fail_unless (memcmp (zid, again, sizeof zid) == 0);
  zrtp_cache_unref (cache);

  cache = zrtp_cache_open (in_folder ("b"), &random, NULL);
  fail_unless (cache != NULL);
  zrtp_cache_get_zid (cache, again);
  fail_if (memcmp (zid, again, sizeof zid) == 0);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_one_object_a_file)
{
  const char *path = in_folder ("peers.sqlite");
  ZrtpCache *a = open_cache (path), *b, *other;
  char *old, *real = realpath (path, NULL);

  fail_unless_equals_string (zrtp_cache_get_path (a), real);
  free (real);
  b = open_cache (path);
  fail_unless (a == b);
  zrtp_cache_unref (b);

  old = g_get_current_dir ();
  fail_unless (chdir (cache_folder) == 0);
  b = open_cache ("peers.sqlite");
  fail_unless (a == b);
  zrtp_cache_unref (b);
  b = open_cache (".//./peers.sqlite");
  fail_unless (a == b);
  zrtp_cache_unref (b);
  fail_unless (chdir (old) == 0);
  g_free (old);

  fail_unless (symlink (path, in_folder ("link")) == 0);
  b = open_cache (in_folder ("link"));
  fail_unless (a == b);
  zrtp_cache_unref (b);

  other = open_cache (in_folder ("other.sqlite"));
  fail_if (a == other);
  zrtp_cache_unref (other);

  /* The last reference counts, not the first. */
  b = zrtp_cache_ref (a);
  zrtp_cache_unref (a);
  set_rs1 (b, 1, NOW, 1, 0);
  expect_secrets (b, 1, 1, 0);
  zrtp_cache_unref (b);
}

GST_END_TEST;

GST_START_TEST (test_memory)
{
  guint8 zid_a[ZRTP_ZID_SIZE], zid_b[ZRTP_ZID_SIZE];
  ZrtpCache *a = open_cache (":memory:"), *b = open_cache (":memory:");
  char *listing;

  /* Z-4.9.1-03 */
  fail_unless (zrtp_cache_is_volatile (a));
  fail_unless_equals_string (zrtp_cache_get_path (a), ":memory:");
  zrtp_cache_get_zid (a, zid_a);
  zrtp_cache_get_zid (b, zid_b);
  fail_if (memcmp (zid_a, zid_b, sizeof zid_a) == 0);
  set_rs1 (a, 1, NOW, 1, ZRTP_PEER_ROTATE);
  set_name (a, 1, NOW, "Alice");
  fail_if (is_known (a, 1));
  listing = folder_listing ();
  fail_unless_equals_string (listing, "");
  g_free (listing);
  zrtp_cache_unref (a);
  zrtp_cache_unref (b);

  a = open_cache (in_folder ("file"));
  fail_if (zrtp_cache_is_volatile (a));
  zrtp_cache_unref (a);
}

GST_END_TEST;

GST_START_TEST (test_default_path)
{
  char *path = zrtp_cache_default_path ();

  fail_unless (g_str_has_prefix (path, g_get_user_data_dir ()));
  fail_unless (g_str_has_suffix (path, "/gst-zrtp/peers.sqlite"));
  g_free (path);
}

GST_END_TEST;

/* Secrets */

GST_START_TEST (test_unknown_peer)
{
  static const ZrtpPeer nothing;
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  ZrtpPeer peer;

  set_rs1 (cache, 2, NOW, 1, 0);
  memset (&peer, 0x55, sizeof peer);
  fail_unless (zrtp_cache_lookup (cache, zid_of (1), NOW, &peer, NULL));
  fail_unless (memcmp (&peer, &nothing, sizeof peer) == 0);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_rotate)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  /* Z-4.3-01 Z-4.6.1.1-05 */
  set_rs1 (cache, 1, NOW, 11, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 11, 0);
  /* Z-4.6.1-05 */
  set_rs1 (cache, 1, NOW, 12, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 12, 11);
  set_rs1 (cache, 1, NOW, 13, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 13, 12);
  /* A repeat moves nothing. */
  set_rs1 (cache, 1, NOW, 13, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 13, 12);
  /* Z-4.6.1-06 */
  set_rs1 (cache, 1, NOW, 14, 0);
  expect_secrets (cache, 1, 14, 12);
  /* Alone it says nothing. */
  plain_change (cache, 1, NOW, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 14, 12);

  /* Z-4.9-02 */
  set_rs1 (cache, 2, NOW, 21, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 2, 21, 0);
  expect_secrets (cache, 1, 14, 12);
  zrtp_cache_unref (cache);

  cache = open_cache (in_folder ("peers"));
  expect_secrets (cache, 1, 14, 12);
  expect_secrets (cache, 2, 21, 0);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* Which changes make an entry where there is none. */
GST_START_TEST (test_no_entry)
{
  static const struct
  {
    guint changes;
    gboolean makes;
  } rows[] = {
    {0, FALSE},
    {ZRTP_PEER_ROTATE, FALSE},
    /* Z-4.9-08 */
    {ZRTP_PEER_EXPIRE, FALSE},
    {ZRTP_PEER_CLEAR_SECRETS, FALSE},
    {ZRTP_PEER_CLEAR_PBX, FALSE},
    {ZRTP_PEER_FORGET, FALSE},
    {ZRTP_PEER_FORGET | ZRTP_PEER_EXPIRE | ZRTP_PEER_CLEAR_SECRETS, FALSE},
    {ZRTP_PEER_SET_RS1, TRUE},
    {ZRTP_PEER_SET_RS1 | ZRTP_PEER_ROTATE, TRUE},
    {ZRTP_PEER_SET_VERIFIED, TRUE},
    {ZRTP_PEER_SET_NAME, TRUE},
    {ZRTP_PEER_SET_PBX, TRUE},
    {ZRTP_PEER_SET_NAME | ZRTP_PEER_EXPIRE, TRUE},
    {ZRTP_PEER_SET_NAME | ZRTP_PEER_FORGET, TRUE},
  };
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    plain_change (cache, i, NOW, rows[i].changes);
    fail_unless_equals_int (is_known (cache, i), rows[i].makes);
  }
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_clear_and_forget)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1
        | ZRTP_PEER_SET_VERIFIED | ZRTP_PEER_SET_NAME | ZRTP_PEER_SET_PBX,
    .interval = 60,.verified = TRUE,.name = (char *) "Bob"
  };
  ZrtpPeer peer;

  secret_of (1, change.rs1);
  secret_of (9, change.pbx);
  update (cache, 1, NOW, &change);
  set_rs1 (cache, 1, NOW, 2, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 2, 1);

  /* Z-7.1-03 */
  plain_change (cache, 1, NOW + 5, ZRTP_PEER_CLEAR_SECRETS);
  peer = lookup (cache, 1, NOW + 5);
  fail_unless (peer.known && !peer.verified && !peer.expired);
  check_secrets (&peer, 0, 0);
  fail_unless_equals_string (peer.name, "Bob");
  fail_unless (peer.have_pbx);
  fail_unless_equals_int (number_of (peer.pbx), 9);
  fail_unless_equals_int64 (peer.first_seen, NOW);
  fail_unless_equals_int64 (peer.last_seen, NOW + 5);
  zrtp_peer_clear (&peer);

  fail_unless (folder_contains (change.pbx, sizeof change.pbx));
  plain_change (cache, 1, NOW + 6, ZRTP_PEER_CLEAR_PBX);
  fail_if (folder_contains (change.pbx, sizeof change.pbx));
  peer = lookup (cache, 1, NOW + 6);
  fail_if (peer.have_pbx);
  fail_unless_equals_string (peer.name, "Bob");
  zrtp_peer_clear (&peer);

  /* rs2 doesn't come from what was cleared. */
  set_rs1 (cache, 1, NOW, 3, ZRTP_PEER_ROTATE);
  expect_secrets (cache, 1, 3, 0);

  plain_change (cache, 1, NOW, ZRTP_PEER_FORGET);
  fail_if (is_known (cache, 1));

  /* FORGET comes first: the entry is a new one. */
  set_name (cache, 1, NOW, "Bob");
  change.changes = ZRTP_PEER_FORGET | ZRTP_PEER_SET_RS1 | ZRTP_PEER_ROTATE;
  update (cache, 1, NOW + 9, &change);
  peer = lookup (cache, 1, NOW + 9);
  check_secrets (&peer, 1, 0);
  fail_unless (peer.name == NULL);
  fail_unless_equals_int64 (peer.first_seen, NOW + 9);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* Secrets that were dropped are in no file of the folder. */
GST_START_TEST (test_nothing_left)
{
  static const guint drops[] = { ZRTP_PEER_FORGET, ZRTP_PEER_CLEAR_SECRETS };
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  guint8 rs1[ZRTP_SECRET_SIZE], rs2[ZRTP_SECRET_SIZE], last[ZRTP_SECRET_SIZE];

  /* Z-7.1-03 */
  for (guint i = 0; i < G_N_ELEMENTS (drops); i++) {
    for (guint peer = 0; peer < 40; peer++)
      set_rs1 (cache, peer, NOW, 100 + peer, ZRTP_PEER_ROTATE);
    set_rs1 (cache, 20, NOW, 1020, ZRTP_PEER_ROTATE);
    secret_of (120, rs2);
    secret_of (1020, rs1);
    fail_unless (folder_contains (rs1, sizeof rs1));
    fail_unless (folder_contains (rs2, sizeof rs2));
    plain_change (cache, 20, NOW, drops[i]);
    fail_if (folder_contains (rs1, sizeof rs1));
    fail_if (folder_contains (rs2, sizeof rs2));
    secret_of (119, last);
    fail_unless (folder_contains (last, sizeof last));
  }

  /* One that fell out of rs2 is gone once the WAL was folded in. */
  for (guint i = 1; i <= 3; i++)
    set_rs1 (cache, 50, NOW, 5000 + i, ZRTP_PEER_ROTATE);
  zrtp_cache_unref (cache);
  secret_of (5001, last);
  fail_if (folder_contains (last, sizeof last));
  secret_of (5002, last);
  fail_unless (folder_contains (last, sizeof last));
}

GST_END_TEST;

/* Expiry */

GST_START_TEST (test_expiry_table)
{
  static const struct
  {
    gint64 set;
    guint32 interval;
    gint64 now;
    gboolean expired;
    gint64 expires;
  } rows[] = {
    /* Z-4.9-04 */
    {NOW, 60, NOW, FALSE, NOW + 60},
    {NOW, 60, NOW + 59, FALSE, NOW + 60},
    {NOW, 60, NOW + 60, TRUE, NOW + 60},
    {NOW, 60, NOW + 61, TRUE, NOW + 60},
    {NOW, 1, NOW, FALSE, NOW + 1},
    {NOW, 1, NOW + 1, TRUE, NOW + 1},
    {NOW, 0xfffffffe, NOW + 0xfffffffdll, FALSE, NOW + 0xfffffffell},
    {NOW, 0xfffffffe, NOW + 0xfffffffell, TRUE, NOW + 0xfffffffell},
    {NOW, 0x80000000, NOW + 0x7fffffffll, FALSE, NOW + 0x80000000ll},
    {NOW, 0x80000000, NOW + 0x80000000ll, TRUE, NOW + 0x80000000ll},
    /* Z-4.9-09 */
    {NOW, 0xffffffff, NOW, FALSE, ZRTP_NEVER},
    {NOW, 0xffffffff, NOW + 0xffffffffll, FALSE, ZRTP_NEVER},
    {NOW, 0xffffffff, G_MAXINT64, FALSE, ZRTP_NEVER},
    {G_MININT64, 0xffffffff, G_MAXINT64, FALSE, ZRTP_NEVER},
    /* Set to 0: in force at no time. */
    {NOW, 0, NOW, TRUE, NOW},
    {NOW, 0, NOW - 1, TRUE, NOW},
    {NOW, 0, G_MININT64, TRUE, NOW},
    /* A clock that jumped back: no time has passed. */
    {NOW, 60, NOW - 1, FALSE, NOW + 60},
    {NOW, 60, 0, FALSE, NOW + 60},
    {NOW, 60, G_MININT64, FALSE, NOW + 60},
    /* No overflow. */
    {G_MININT64, 60, G_MAXINT64, TRUE, G_MININT64 + 60},
    {G_MININT64, 60, G_MININT64 + 59, FALSE, G_MININT64 + 60},
    {G_MAXINT64, 60, G_MAXINT64, FALSE, ZRTP_NEVER},
    {G_MAXINT64 - 60, 60, G_MAXINT64, TRUE, G_MAXINT64},
    {-1, 60, 0, FALSE, 59},
  };
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1,
      .interval = rows[i].interval
    };
    ZrtpPeer peer;

    secret_of (i + 1, change.rs1);
    update (cache, i, rows[i].set, &change);
    peer = lookup (cache, i, rows[i].now);
    fail_unless (peer.expired == rows[i].expired, "row %u", i);
    fail_unless (peer.expires == rows[i].expires, "row %u", i);
    check_secrets (&peer, i + 1, 0);
    zrtp_peer_clear (&peer);
  }
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_expire)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  ZrtpPeer peer;

  /* Z-4.9-07 Z-4.9-12 */
  set_rs1 (cache, 1, NOW, 1, ZRTP_PEER_ROTATE);
  set_rs1 (cache, 1, NOW, 2, ZRTP_PEER_ROTATE);
  plain_change (cache, 1, NOW, ZRTP_PEER_EXPIRE);
  zrtp_cache_unref (cache);

  cache = open_cache (in_folder ("peers"));
  peer = lookup (cache, 1, NOW - 1000);
  fail_unless (peer.expired);
  fail_unless_equals_int64 (peer.expires, NOW);
  check_secrets (&peer, 2, 1);
  zrtp_peer_clear (&peer);

  /* A new secret is in force again. */
  set_rs1 (cache, 1, NOW + 5, 3, ZRTP_PEER_ROTATE);
  peer = lookup (cache, 1, NOW + 5);
  fail_if (peer.expired);
  check_secrets (&peer, 3, 2);
  zrtp_peer_clear (&peer);

  /* Without rs1 there is nothing to expire. */
  set_name (cache, 2, NOW, "Bob");
  plain_change (cache, 2, NOW, ZRTP_PEER_EXPIRE);
  peer = lookup (cache, 2, NOW);
  fail_if (peer.expired);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

/* The other members */

/* No change touches what it doesn't name. */
GST_START_TEST (test_members_apart)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_VERIFIED,
    .verified = TRUE,.name = (char *) "not set",.interval = 1
  };
  ZrtpPeer peer;

  secret_of (77, change.rs1);
  secret_of (78, change.pbx);
  set_rs1 (cache, 1, NOW, 1, 0);
  /* Z-7.1-01 */
  update (cache, 1, NOW + 1, &change);
  peer = lookup (cache, 1, NOW + 1000);
  check_secrets (&peer, 1, 0);
  fail_unless (peer.verified && !peer.have_pbx && !peer.expired);
  fail_unless (peer.name == NULL);
  zrtp_peer_clear (&peer);

  /* Z-12-01 */
  change.changes = ZRTP_PEER_SET_NAME;
  change.verified = FALSE;
  change.name = (char *) "Zo\303\253";
  update (cache, 1, NOW + 2, &change);
  peer = lookup (cache, 1, NOW + 1000);
  check_secrets (&peer, 1, 0);
  fail_unless (peer.verified && !peer.have_pbx);
  fail_unless_equals_string (peer.name, "Zo\303\253");
  zrtp_peer_clear (&peer);

  /* Z-7.1-04 */
  set_rs1 (cache, 2, NOW, 5, ZRTP_PEER_ROTATE);
  peer = lookup (cache, 2, NOW);
  fail_unless (!peer.verified && peer.have_rs1 && !peer.have_pbx);
  zrtp_peer_clear (&peer);

  change.changes = ZRTP_PEER_SET_PBX;
  update (cache, 1, NOW + 3, &change);
  set_rs1 (cache, 1, NOW + 4, 2, ZRTP_PEER_ROTATE);
  change.changes = ZRTP_PEER_SET_VERIFIED;
  update (cache, 1, NOW + 5, &change);
  peer = lookup (cache, 1, NOW + 1000);
  check_secrets (&peer, 2, 1);
  fail_unless (peer.have_pbx && !peer.verified);
  fail_unless_equals_int (number_of (peer.pbx), 78);
  fail_unless_equals_string (peer.name, "Zo\303\253");
  fail_unless_equals_int64 (peer.first_seen, NOW);
  fail_unless_equals_int64 (peer.last_seen, NOW + 5);
  zrtp_peer_clear (&peer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

static void
name_fails (ZrtpCache * cache, const char *name)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_NAME,
    .name = (char *) name
  };
  GError *error = NULL;

  fail_if (zrtp_cache_update (cache, zid_of (1), NOW, &change, &error));
  fail_unless (g_error_matches (error, ZRTP_CACHE_ERROR,
          ZRTP_CACHE_ERROR_FAILED));
  g_error_free (error);
}

GST_START_TEST (test_names)
{
  static const char *const good[] = {
    "Alice", "'; DROP TABLE peers; --", "%s%n", "\"", " ", "a\nb",
    "\360\237\224\222 \330\271\331\204\331\212"
  };
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  char *longest = g_strnfill (ZRTP_CACHE_MAX_NAME, 'x');
  char *longer = g_strnfill (ZRTP_CACHE_MAX_NAME + 1, 'x');
  ZrtpPeer peer;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++) {
    set_name (cache, 1, NOW, good[i]);
    peer = lookup (cache, 1, NOW);
    fail_unless_equals_string (peer.name, good[i]);
    zrtp_peer_clear (&peer);
  }
  set_name (cache, 1, NOW, longest);

  name_fails (cache, longer);
  name_fails (cache, "\xff");
  name_fails (cache, "Zo\303");
  name_fails (cache, "\355\240\200");
  peer = lookup (cache, 1, NOW);
  fail_unless_equals_string (peer.name, longest);
  zrtp_peer_clear (&peer);

  set_name (cache, 1, NOW, NULL);
  peer = lookup (cache, 1, NOW);
  fail_unless (peer.known && peer.name == NULL);
  zrtp_peer_clear (&peer);
  set_name (cache, 1, NOW, "x");
  set_name (cache, 1, NOW, "");
  peer = lookup (cache, 1, NOW);
  fail_unless (peer.known && peer.name == NULL);
  zrtp_peer_clear (&peer);
  g_free (longest);
  g_free (longer);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

typedef struct
{
  ZrtpCache *cache;
  GString *order;
} Walk;

static void
walk (const guint8 zid[ZRTP_ZID_SIZE], const ZrtpPeer * peer, gpointer data)
{
  Walk *state = data;

  fail_unless (peer->known);
  g_string_append_printf (state->order, "%u%s ", zid[0],
      peer->expired ? "x" : "");
  /* No lock is held: a change from in here is fine. */
  plain_change (state->cache, zid[0], NOW, ZRTP_PEER_FORGET);
}

GST_START_TEST (test_foreach)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));
  Walk state = { cache, g_string_new (NULL) };

  fail_unless (zrtp_cache_foreach (cache, NOW, walk, &state, NULL));
  fail_unless_equals_string (state.order->str, "");

  set_rs1 (cache, 3, NOW + 1, 1, 0);
  set_rs1 (cache, 1, NOW + 3, 1, 0);
  set_rs1 (cache, 2, NOW + 2, 1, 0);
  set_rs1 (cache, 5, NOW + 2, 1, 0);
  plain_change (cache, 3, NOW + 4, ZRTP_PEER_EXPIRE);
  fail_unless (zrtp_cache_foreach (cache, NOW, walk, &state, NULL));
  fail_unless_equals_string (state.order->str, "3x 1 2 5 ");
  fail_if (is_known (cache, 3));
  g_string_free (state.order, TRUE);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

GST_START_TEST (test_clear_wipes)
{
  static const ZrtpPeer no_peer;
  static const ZrtpPeerUpdate no_update;
  ZrtpPeer peer;
  ZrtpPeerUpdate change;

  memset (&peer, 0x55, sizeof peer);
  peer.name = g_strdup ("Bob");
  zrtp_peer_clear (&peer);
  fail_unless (memcmp (&peer, &no_peer, sizeof peer) == 0);
  memset (&change, 0x55, sizeof change);
  change.name = NULL;
  zrtp_peer_update_clear (&change);
  fail_unless (memcmp (&change, &no_update, sizeof change) == 0);
}

GST_END_TEST;

/* Threads */

#define THREADS 8
#define ROUNDS 40

static const char *hammered;

static gpointer
hammer (gpointer data)
{
  const guint number = GPOINTER_TO_UINT (data);

  for (guint i = 1; i <= ROUNDS; i++) {
    ZrtpCache *cache = zrtp_cache_open (hammered, &zrtp_random_system, NULL);
    ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1 | ZRTP_PEER_ROTATE,
      .interval = ZRTP_CACHE_FOR_EVER
    };
    guint8 zid[ZRTP_ZID_SIZE] = { number };
    ZrtpPeer peer;
    gboolean ok;

    if (cache == NULL)
      return GUINT_TO_POINTER (i);
    secret_of (number * 1000 + i, change.rs1);
    ok = zrtp_cache_update (cache, zid, NOW, &change, NULL)
        && zrtp_cache_lookup (cache, zid, NOW, &peer, NULL);
    if (!ok)
      return GUINT_TO_POINTER (i);
    ok = number_of (peer.rs1) == number * 1000 + i
        && (i == 1 || number_of (peer.rs2) == number * 1000 + i - 1);
    zrtp_peer_clear (&peer);
    zrtp_cache_unref (cache);
    if (!ok)
      return GUINT_TO_POINTER (i);
  }
  return NULL;
}

/* Opening, closing and changing from all sides. */
GST_START_TEST (test_threads)
{
  GThread *threads[THREADS];
  char *result;

  hammered = in_folder ("peers");
  for (guint i = 0; i < THREADS; i++)
    threads[i] = g_thread_new ("hammer", hammer, GUINT_TO_POINTER (i));
  for (guint i = 0; i < THREADS; i++)
    fail_unless_equals_int (GPOINTER_TO_UINT (g_thread_join (threads[i])), 0);
  result = sql (hammered, "PRAGMA integrity_check");
  fail_unless_equals_string (result, "ok");
  g_free (result);
}

GST_END_TEST;

/* Opening makes ready what calls need; none of it is made again while they wait. */
GST_START_TEST (test_prepared_once)
{
  ZrtpCache *cache = open_cache (in_folder ("peers"));

  set_rs1 (cache, 1, NOW, 7, 0);
  fail_unless_equals_int (lookup (cache, 1, NOW).known, TRUE);
  for (guint i = 0; i < ZRTP_CACHE_N_STATEMENTS; i++)
    fail_unless_equals_int (sqlite3_stmt_status (cache->statements[i],
            SQLITE_STMTSTATUS_REPREPARE, FALSE), 0);
  zrtp_cache_unref (cache);
}

GST_END_TEST;

static Suite *
cache_suite (void)
{
  Suite *suite = suite_create ("cache");
  TCase *tc = tcase_create ("one process");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, cache_folder_make, cache_folder_remove);
  tcase_add_test (tc, test_zid);
  tcase_add_test (tc, test_one_object_a_file);
  tcase_add_test (tc, test_memory);
  tcase_add_test (tc, test_default_path);
  tcase_add_test (tc, test_unknown_peer);
  tcase_add_test (tc, test_rotate);
  tcase_add_test (tc, test_no_entry);
  tcase_add_test (tc, test_clear_and_forget);
  tcase_add_test (tc, test_nothing_left);
  tcase_add_test (tc, test_expiry_table);
  tcase_add_test (tc, test_expire);
  tcase_add_test (tc, test_members_apart);
  tcase_add_test (tc, test_names);
  tcase_add_test (tc, test_foreach);
  tcase_add_test (tc, test_clear_wipes);
  tcase_add_test (tc, test_threads);
  tcase_add_test (tc, test_prepared_once);
  return suite;
}

int
main (int argc, char **argv)
{
  return cache_main (argc, argv, cache_suite (), "cache", NULL);
}
