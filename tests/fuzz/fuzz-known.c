/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "fuzz-known.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "zrtp/cache/zrtpcache-private.h"
#include "zrtp/crypto/zrtpcrypto.h"

/* In the header of a database: which journal its writers and readers use. */
#define JOURNAL_OFFSET 18
#define JOURNAL_ROLLBACK 1

#define WALL 1700000000         /* Unix seconds when a world begins */

/* -- Files -- */

static char *folder;
static ZrtpCache *files[2];
static ZrtpCache *gone;         /* its file is: all calls fail */

static void
remove_folder (void)
{
  GDir *dir;
  const char *name;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_clear_pointer (&files[i], zrtp_cache_unref);
  g_clear_pointer (&gone, zrtp_cache_unref);
  dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir))) {
    char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

/* Hands out one ZID. */
static void
fill_zid (gpointer user_data, guint8 * out, gsize size)
{
  memset (out, *(const char *) user_data, size);
}

static ZrtpCache *
open_file (char letter)
{
  const ZrtpRandom random = { fill_zid, &letter };
  const char name[] = { letter, '\0' };
  GError *error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  ZrtpCache *cache = zrtp_cache_open (path, &random, &error);

  if (!cache)
    g_error ("%s", error->message);
  g_free (path);
  return cache;
}

/* Moves an open cache from its file into memory, where a change costs neither a lock
 * nor a sync. All but the file's handling stays SQLite's. */
#ifndef FUZZ_REAL
static void
move_to_memory (ZrtpCache * cache)
{
  const guint flags = SQLITE_DESERIALIZE_FREEONCLOSE
      | SQLITE_DESERIALIZE_RESIZEABLE;
  sqlite3_int64 size;
  guint8 *image;

  FUZZ_CHECK (sqlite3_wal_checkpoint_v2 (cache->db, "main",
          SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK);
  image = sqlite3_serialize (cache->db, "main", &size, 0);
  FUZZ_CHECK (image && size > JOURNAL_OFFSET + 1);
  /* Memory has no WAL. */
  image[JOURNAL_OFFSET] = image[JOURNAL_OFFSET + 1] = JOURNAL_ROLLBACK;
  FUZZ_CHECK (sqlite3_deserialize (cache->db, "main", image, size, size, flags)
      == SQLITE_OK);
  FUZZ_CHECK (sqlite3_exec (cache->db, "PRAGMA journal_mode = MEMORY", NULL,
          NULL, NULL) == SQLITE_OK);
}
#endif

static char *
make_folder (void)
{
  const char *memory = "/dev/shm";
  char *path = g_build_filename (g_access (memory, W_OK) == 0 ? memory :
      g_get_tmp_dir (), "fuzz-known-XXXXXX", NULL);

  if (!g_mkdtemp (path))
    g_error ("%s: %s", path, g_strerror (errno));
  return path;
}

static void
open_files (void)
{
  char *path;

  folder = make_folder ();
  atexit (remove_folder);
  files[0] = open_file ('A');
  files[1] = open_file ('B');
#ifndef FUZZ_REAL
  move_to_memory (files[0]);
  move_to_memory (files[1]);
#endif
  gone = open_file ('G');
  path = g_build_filename (folder, "G", NULL);
  g_unlink (path);
  g_free (path);
}

static void
note_zid (const guint8 zid[ZRTP_ZID_SIZE], const ZrtpPeer * peer, gpointer zids)
{
  g_ptr_array_add (zids, g_bytes_new (zid, ZRTP_ZID_SIZE));
}

static void
change (ZrtpCache * cache, const guint8 * zid, const ZrtpPeerUpdate * update)
{
  GError *error = NULL;

  if (!zrtp_cache_update (cache, zid, WALL, update, &error))
    g_error ("%s", error->message);
}

ZrtpCache *
known_empty_cache (guint which)
{
  const ZrtpPeerUpdate forget = {.changes = ZRTP_PEER_FORGET };
  GPtrArray *zids = g_ptr_array_new_with_free_func ((GDestroyNotify)
      g_bytes_unref);

  if (!folder)
    open_files ();
  FUZZ_CHECK (zrtp_cache_foreach (files[which], WALL, note_zid, zids, NULL));
  for (guint i = 0; i < zids->len; i++)
    change (files[which], g_bytes_get_data (g_ptr_array_index (zids, i), NULL),
        &forget);
  g_ptr_array_unref (zids);
  return files[which];
}

void
known_run_job (World * world, Side * side, ZrtpJob * job)
{
  const gint64 wall = WALL + world->wall_ahead + world->now / ZRTP_SEC;
  ZrtpCache *cache = side->broken ? gone : side->cache;
  ZrtpJob *next;

  if (zrtp_job_get_kind (job) == ZRTP_JOB_COMPUTE) {
    zrtp_job_run (job, NULL, wall);
    return;
  }
  world->consulted = TRUE;
  if (g_queue_find (&side->storage, job)) {
    do {
      next = g_queue_pop_head (&side->storage);
      zrtp_job_run (next, cache, wall);
    } while (next != job);
  }
}

/* -- What happens to them -- */

static const guint8 *
other_zid (World * world, const Side * side)
{
  return world->sides[side == &world->sides[0]].zid;
}

/* @update says what more there is, all made of one octet. */
static void
set_secret (World * world, Side * side, guint8 octet, ZrtpPeerUpdate update)
{
  update.changes |= ZRTP_PEER_SET_RS1 | ZRTP_PEER_SET_VERIFIED
      | ZRTP_PEER_SET_CONFIRMED;
  memset (update.rs1, octet, sizeof update.rs1);
  memset (update.pbx, octet, sizeof update.pbx);
  update.name = (char *) "Bob";
  strcpy (update.algorithms, "S384AES3HS80X448");
  change (side->cache, other_zid (world, side), &update);
  side->vouched |= update.verified;
}

/* They talked before. */
static void
meet (World * world, guint8 how)
{
  const ZrtpPeerUpdate first = {.interval = ZRTP_CACHE_FOR_EVER };
  const ZrtpPeerUpdate last = {
    .changes = (how & 1 ? ZRTP_PEER_ROTATE : 0)
        | (how & 4 ? ZRTP_PEER_SET_PBX : 0)
        | (how & 16 ? ZRTP_PEER_SET_NAME : 0)
        | (how & 32 ? ZRTP_PEER_SET_ALGORITHMS : 0),
    .verified = !!(how & 2),
    .interval = how & 8 ? 60 : ZRTP_CACHE_FOR_EVER
  };

  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    if (how & 1)                /* twice */
      set_secret (world, side, how ^ 0xff, first);
    set_secret (world, side, how, last);
  }
  /* One of them may have looked already, or may find it expired by itself. */
  if (world->consulted || how & 8)
    world->memory_sound = FALSE;
}

/* Another endpoint was there instead. */
static void
meet_another (World * world, Side * side, guint8 how)
{
  const ZrtpPeerUpdate update = {
    .changes = how & 1 ? ZRTP_PEER_ROTATE : 0,
    .verified = side->vouched,
    .interval = ZRTP_CACHE_FOR_EVER
  };

  set_secret (world, side, how, update);
}

/* As with the copy of a file that is put back later. */
static void
back_up (World * world, Side * side)
{
  zrtp_peer_clear (&side->backup);
  FUZZ_CHECK (zrtp_cache_lookup (side->cache, other_zid (world, side), WALL,
          &side->backup, NULL));
}

static void
put_back (World * world, Side * side)
{
  const ZrtpPeer *peer = &side->backup;
  ZrtpPeerUpdate update = {.changes = ZRTP_PEER_FORGET,
    .interval = ZRTP_CACHE_FOR_EVER
  };

  if (peer->have_rs2) {
    update.changes |= ZRTP_PEER_SET_RS1;
    memcpy (update.rs1, peer->rs2, sizeof update.rs1);
    change (side->cache, other_zid (world, side), &update);
    update.changes = ZRTP_PEER_ROTATE;
  }
  if (peer->have_rs1) {
    update.changes |= ZRTP_PEER_SET_RS1 | ZRTP_PEER_SET_VERIFIED;
    update.verified = peer->verified;
    memcpy (update.rs1, peer->rs1, sizeof update.rs1);
  }
  change (side->cache, other_zid (world, side), &update);
}

void
known_act (World * world, Side * side)
{
  const guint8 act = fuzz_take (&world->input) % 7;
  const guint8 how = fuzz_take (&world->input);
  const ZrtpPeerUpdate forget = {.changes = ZRTP_PEER_FORGET };

  if (!side->cache)
    return;
  if (act > 1 && act < 6)
    world->memory_sound = FALSE;
  switch (act) {
    case 0:
      meet (world, how);
      break;
    case 1:
      back_up (world, side);
      break;
    case 2:
      put_back (world, side);
      break;
    case 3:
      change (side->cache, other_zid (world, side), &forget);
      break;
    case 4:
      meet_another (world, side, how);
      break;
    case 5:
      side->broken = !side->broken;
      break;
    case 6:
      world->wall_ahead += (gint64) 1 << how % 30;
      break;
  }
}

gboolean
known_same_secret (World * world)
{
  ZrtpPeer peers[2];
  gboolean same;

  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    FUZZ_CHECK (zrtp_cache_lookup (side->cache, other_zid (world, side), WALL,
            &peers[which], NULL));
  }
  same = peers[0].have_rs1 && peers[1].have_rs1
      && zrtp_equal (peers[0].rs1, peers[1].rs1, ZRTP_SECRET_SIZE);
  for (guint which = 0; which < 2; which++)
    zrtp_peer_clear (&peers[which]);
  return same;
}
