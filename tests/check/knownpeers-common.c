/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "knownpeers-common.h"

#include <string.h>

#include "cache-common.h"
#include "zrtp/crypto/zrtpcrypto.h"

ZrtpCache *knownpeers_cache[2];
gint64 knownpeers_wall;

static guint n_files;
static guint8 zids[2][ZRTP_ZID_SIZE];

/* Hands out one ZID. */
static void
fill_zid (gpointer user_data, guint8 * out, gsize size)
{
  fail_unless_equals_int (size, ZRTP_ZID_SIZE);
  memcpy (out, user_data, size);
}

static void
open_file (guint which)
{
  const ZrtpRandom random = { fill_zid, zids[which] };
  char *name = g_strdup_printf ("%u-%u.sqlite", which, n_files++);
  GError *error = NULL;

  knownpeers_cache[which] = zrtp_cache_open (in_folder (name), &random, &error);
  fail_unless (knownpeers_cache[which] != NULL, "%s",
      error ? error->message : "");
  g_free (name);
}

void
knownpeers_setup (void)
{
  cache_folder_make ();
  knownpeers_wall = 1800000000;
  n_files = 0;
  for (guint i = 0; i < 2; i++) {
    memset (zids[i], 'A' + i, ZRTP_ZID_SIZE);
    open_file (i);
  }
}

void
knownpeers_teardown (void)
{
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&knownpeers_cache[i], zrtp_cache_unref);
  cache_folder_remove ();
}

void
knownpeers_lose_cache (guint which)
{
  zrtp_cache_unref (knownpeers_cache[which]);
  open_file (which);
}

/* Permissions would not stop root. SQLite does not write to files whose format
 * is newer than it is (1.3.3 of its file format, octet 18). */
void
knownpeers_make_read_only (guint which)
{
  char *path =
      g_strdup (zrtp_cache_get_path (knownpeers_cache[which])), *octets;
  gsize size;

  zrtp_cache_unref (knownpeers_cache[which]);
  fail_unless (g_file_get_contents (path, &octets, &size, NULL));
  octets[18] = 3;
  fail_unless (g_file_set_contents (path, octets, size, NULL));
  g_free (octets);
  knownpeers_cache[which] = zrtp_cache_open (path, &zrtp_random_system, NULL);
  fail_unless (knownpeers_cache[which] != NULL);
  fail_unless (zrtp_cache_is_read_only (knownpeers_cache[which]));
  g_free (path);
}

void
knownpeers_replace_cache (guint which)
{
  zids[which][0]++;
  knownpeers_lose_cache (which);
}

Sim *
knownpeers_new (guint64 seed)
{
  Sim *sim = sim_new (seed);

  sim->wall = knownpeers_wall;
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].cache = knownpeers_cache[i];
    sim->ends[i].policy.cacheless = FALSE;
    sim->ends[i].policy.read_only =
        zrtp_cache_is_read_only (knownpeers_cache[i]);
  }
  return sim;
}

void
knownpeers_settle (Sim * sim)
{
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
}

void
knownpeers_run (Sim * sim)
{
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
  sim_talk (sim);
  knownpeers_settle (sim);
}

Sim *
knownpeers_call (guint64 seed, guint initiator)
{
  Sim *sim = knownpeers_new (seed);

  sim->ends[1 - initiator].policy.passive = TRUE;
  knownpeers_run (sim);
  return sim;
}

ZrtpPeer
knownpeers_peer (guint which)
{
  GError *error = NULL;
  guint8 zid[ZRTP_ZID_SIZE];
  ZrtpPeer peer;

  zrtp_cache_get_zid (knownpeers_cache[1 - which], zid);
  fail_unless (zrtp_cache_lookup (knownpeers_cache[which], zid, knownpeers_wall,
          &peer, &error), "%s", error ? error->message : "");
  return peer;
}

void
knownpeers_assert_same (gboolean rs2)
{
  ZrtpPeer a = knownpeers_peer (0), b = knownpeers_peer (1);

  fail_unless (a.have_rs1 && b.have_rs1);
  fail_unless (zrtp_equal (a.rs1, b.rs1, ZRTP_SECRET_SIZE));
  fail_unless_equals_int (a.have_rs2, rs2);
  fail_unless_equals_int (b.have_rs2, rs2);
  if (rs2)
    fail_unless (zrtp_equal (a.rs2, b.rs2, ZRTP_SECRET_SIZE));
  zrtp_peer_clear (&a);
  zrtp_peer_clear (&b);
}

void
knownpeers_assert_unchanged (const ZrtpPeer * before, const ZrtpPeer * after)
{
  fail_unless_equals_int (before->known, after->known);
  fail_unless_equals_int (before->have_rs1, after->have_rs1);
  fail_unless_equals_int (before->have_rs2, after->have_rs2);
  fail_unless_equals_int (before->have_pbx, after->have_pbx);
  fail_unless_equals_int (before->verified, after->verified);
  fail_unless_equals_int64 (before->expires, after->expires);
  fail_unless (zrtp_equal (before->rs1, after->rs1, ZRTP_SECRET_SIZE));
  fail_unless (zrtp_equal (before->rs2, after->rs2, ZRTP_SECRET_SIZE));
  fail_unless (zrtp_equal (before->pbx, after->pbx, ZRTP_SECRET_SIZE));
  fail_unless_equals_string (before->name, after->name);
}

const ZrtpSessionInfo *
knownpeers_info (Sim * sim, guint which)
{
  return zrtp_session_get_info (sim->ends[which].session);
}

guint
knownpeers_events (Sim * sim, guint which, ZrtpEventType type)
{
  return sim->ends[which].streams[0].n_events[type];
}
