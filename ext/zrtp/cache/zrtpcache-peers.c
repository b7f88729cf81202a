/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/cache/zrtpcache-private.h"

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* An entry as the file has it. */
typedef struct
{
  guint8 zid[ZRTP_ZID_SIZE];
  ZrtpPeer peer;
  gint64 rs1_set;
  guint32 rs1_interval;
} Entry;

void
zrtp_peer_clear (ZrtpPeer * peer)
{
  g_free (peer->name);
  zrtp_wipe (peer, sizeof *peer);
}

void
zrtp_peer_update_clear (ZrtpPeerUpdate * update)
{
  g_free (update->name);
  zrtp_wipe (update, sizeof *update);
}

/* Runs a statement that returns no row and lets go of what was bound. */
static int
run (ZrtpCache * cache, ZrtpCacheStatement which)
{
  sqlite3_stmt *statement = cache->statements[which];
  int rc = sqlite3_step (statement);

  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* Reading entries */

static gboolean
read_octets (sqlite3_stmt * row, int column, guint8 * out, int size)
{
  if (sqlite3_column_type (row, column) != SQLITE_BLOB
      || sqlite3_column_bytes (row, column) != size)
    return FALSE;
  memcpy (out, sqlite3_column_blob (row, column), size);
  return TRUE;
}

static void
read_algorithms (sqlite3_stmt * row, int column, char *out)
{
  const char *text = (const char *) sqlite3_column_text (row, column);

  if (text != NULL && strlen (text) == ZRTP_CACHE_ALGORITHMS_SIZE - 1)
    memcpy (out, text, ZRTP_CACHE_ALGORITHMS_SIZE);
}

/* 4.9. Exact for whatever numbers the file holds. */
static void
judge_expiry (Entry * entry, gint64 now)
{
  ZrtpPeer *peer = &entry->peer;
  guint64 elapsed = 0;

  if (entry->rs1_interval == ZRTP_CACHE_FOR_EVER
      || entry->rs1_set > G_MAXINT64 - (gint64) entry->rs1_interval)
    peer->expires = ZRTP_NEVER;
  else
    peer->expires = entry->rs1_set + entry->rs1_interval;

  if (now > entry->rs1_set)
    elapsed = (guint64) now - (guint64) entry->rs1_set;
  peer->expired = peer->have_rs1
      && entry->rs1_interval != ZRTP_CACHE_FOR_EVER
      && elapsed >= entry->rs1_interval;
}

static int
read_entry (sqlite3_stmt * row, gint64 now, Entry * entry)
{
  ZrtpPeer *peer = &entry->peer;
  const char *name = (const char *) sqlite3_column_text (row, 7);

  memset (entry, 0, sizeof *entry);
  if (!read_octets (row, 0, entry->zid, ZRTP_ZID_SIZE))
    return SQLITE_CORRUPT;
  peer->known = TRUE;
  peer->have_rs1 = read_octets (row, 1, peer->rs1, ZRTP_SECRET_SIZE);
  peer->have_rs2 = read_octets (row, 2, peer->rs2, ZRTP_SECRET_SIZE);
  peer->have_pbx = read_octets (row, 3, peer->pbx, ZRTP_SECRET_SIZE);
  entry->rs1_set = sqlite3_column_int64 (row, 4);
  entry->rs1_interval = (guint32) sqlite3_column_int64 (row, 5);
  peer->verified = sqlite3_column_int (row, 6) != 0;
  peer->name = name != NULL ? g_utf8_make_valid (name, -1) : NULL;
  peer->first_seen = sqlite3_column_int64 (row, 8);
  peer->last_seen = sqlite3_column_int64 (row, 9);
  peer->confirmed = sqlite3_column_int (row, 10) != 0;
  read_algorithms (row, 11, peer->algorithms);
  judge_expiry (entry, now);
  return SQLITE_OK;
}

/* Without an entry, @entry is zero but for the ZID. */
static int
find (ZrtpCache * cache, const guint8 * zid, gint64 now, Entry * entry)
{
  sqlite3_stmt *statement = cache->statements[ZRTP_CACHE_FIND];
  int rc;

  memset (entry, 0, sizeof *entry);
  rc = sqlite3_bind_blob (statement, 1, zid, ZRTP_ZID_SIZE, SQLITE_STATIC);
  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement);
  if (rc == SQLITE_ROW) {
    rc = read_entry (statement, now, entry);
  } else if (rc == SQLITE_DONE) {
    memcpy (entry->zid, zid, ZRTP_ZID_SIZE);
    rc = SQLITE_OK;
  }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return rc;
}

gboolean
zrtp_cache_lookup (ZrtpCache * cache, const guint8 zid[ZRTP_ZID_SIZE],
    gint64 now, ZrtpPeer * peer, GError ** error)
{
  Entry entry;
  int rc;

  memset (peer, 0, sizeof *peer);
  if (cache->is_volatile)
    return TRUE;
  if (!zrtp_cache_begin_call (cache, error))
    return FALSE;
  rc = find (cache, zid, now, &entry);
  if (rc == SQLITE_OK)
    *peer = entry.peer;
  else
    g_free (entry.peer.name);
  zrtp_wipe (&entry, sizeof entry);
  if (cache->fold_due)
    zrtp_cache_file_fold (cache);
  return zrtp_cache_end_call (cache, rc, error);
}

static int
find_name (ZrtpCache * cache, const char *name, const guint8 * zid,
    ZrtpNamesake * namesake)
{
  sqlite3_stmt *statement = cache->statements[ZRTP_CACHE_FIND_NAME];
  int rc;

  rc = sqlite3_bind_text (statement, 1, name, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_blob (statement, 2, zid, ZRTP_ZID_SIZE, SQLITE_STATIC);
  if (rc == SQLITE_OK)
    rc = sqlite3_step (statement);
  if (rc == SQLITE_ROW) {
    namesake->found = TRUE;
    namesake->last_seen = sqlite3_column_int64 (statement, 1);
    rc = read_octets (statement, 0, namesake->zid, ZRTP_ZID_SIZE) ?
        SQLITE_OK : SQLITE_CORRUPT;
  } else if (rc == SQLITE_DONE) {
    rc = SQLITE_OK;
  }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return rc;
}

gboolean
zrtp_cache_find_name (ZrtpCache * cache, const char *name,
    const guint8 zid[ZRTP_ZID_SIZE], ZrtpNamesake * namesake, GError ** error)
{
  ZrtpNamesake result = { FALSE };
  int rc;

  memset (namesake, 0, sizeof *namesake);
  if (cache->is_volatile)
    return TRUE;
  if (!zrtp_cache_begin_call (cache, error))
    return FALSE;
  rc = find_name (cache, name, zid, &result);
  if (rc == SQLITE_OK)
    *namesake = result;
  return zrtp_cache_end_call (cache, rc, error);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  zrtp_peer_clear (&entry->peer);
  zrtp_secret_free (entry);
}

static int
list (ZrtpCache * cache, gint64 now, GPtrArray * entries)
{
  sqlite3_stmt *statement = cache->statements[ZRTP_CACHE_LIST];
  int rc;

  while ((rc = sqlite3_step (statement)) == SQLITE_ROW) {
    Entry *entry = zrtp_secret_new0 (Entry);

    g_ptr_array_add (entries, entry);
    rc = read_entry (statement, now, entry);
    if (rc != SQLITE_OK)
      break;
  }
  sqlite3_reset (statement);
  return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

gboolean
zrtp_cache_foreach (ZrtpCache * cache, gint64 now, ZrtpCacheFunc func,
    gpointer user_data, GError ** error)
{
  GPtrArray *entries;
  gboolean ok;

  if (cache->is_volatile)
    return TRUE;
  if (!zrtp_cache_begin_call (cache, error))
    return FALSE;
  entries = g_ptr_array_new_with_free_func (entry_free);
  ok = zrtp_cache_end_call (cache, list (cache, now, entries), error);
  for (guint i = 0; ok && i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index (entries, i);

    func (entry->zid, &entry->peer, user_data);
  }
  g_ptr_array_unref (entries);
  return ok;
}

/* Changing entries */

static void
drop_secrets (Entry * entry)
{
  ZrtpPeer *peer = &entry->peer;

  peer->have_rs1 = peer->have_rs2 = peer->verified = peer->confirmed = FALSE;
  zrtp_wipe (peer->rs1, sizeof peer->rs1);
  zrtp_wipe (peer->rs2, sizeof peer->rs2);
  entry->rs1_interval = 0;
}

static void
set_rs1 (Entry * entry, gint64 now, const ZrtpPeerUpdate * update)
{
  ZrtpPeer *peer = &entry->peer;

  if ((update->changes & ZRTP_PEER_ROTATE) && peer->have_rs1
      && !zrtp_equal (peer->rs1, update->rs1, ZRTP_SECRET_SIZE)) {
    memcpy (peer->rs2, peer->rs1, ZRTP_SECRET_SIZE);
    peer->have_rs2 = TRUE;
  }
  memcpy (peer->rs1, update->rs1, ZRTP_SECRET_SIZE);
  peer->have_rs1 = TRUE;
  entry->rs1_set = now;
  entry->rs1_interval = update->interval;
}

/* Changes @entry from what the file has to what it shall have. */
static void
apply (Entry * entry, gint64 now, const ZrtpPeerUpdate * update)
{
  const guint makes_entry = ZRTP_PEER_SET_RS1 | ZRTP_PEER_SET_VERIFIED
      | ZRTP_PEER_SET_NAME | ZRTP_PEER_SET_PBX;
  ZrtpPeer *peer = &entry->peer;

  if (update->changes & ZRTP_PEER_FORGET)
    zrtp_peer_clear (peer);
  if (!peer->known && (update->changes & makes_entry)) {
    peer->known = TRUE;
    peer->first_seen = now;
    entry->rs1_interval = 0;
  }
  peer->last_seen = now;
  if (update->changes & ZRTP_PEER_CLEAR_SECRETS)
    drop_secrets (entry);
  if (update->changes & ZRTP_PEER_CLEAR_PBX) {
    peer->have_pbx = FALSE;
    zrtp_wipe (peer->pbx, sizeof peer->pbx);
  }
  if (update->changes & ZRTP_PEER_SET_RS1)
    set_rs1 (entry, now, update);
  if (update->changes & ZRTP_PEER_SET_PBX) {
    memcpy (peer->pbx, update->pbx, ZRTP_SECRET_SIZE);
    peer->have_pbx = TRUE;
  }
  if (update->changes & ZRTP_PEER_SET_CONFIRMED)
    peer->confirmed = peer->have_rs1;
  if (update->changes & ZRTP_PEER_SET_VERIFIED)
    peer->verified = update->verified;
  if (update->changes & ZRTP_PEER_SET_NAME) {
    g_free (peer->name);
    peer->name = update->name != NULL && *update->name != '\0'
        ? g_strdup (update->name) : NULL;
  }
  if (update->changes & ZRTP_PEER_SET_ALGORITHMS)
    memcpy (peer->algorithms, update->algorithms, sizeof peer->algorithms);
  if (update->changes & ZRTP_PEER_EXPIRE)
    entry->rs1_interval = 0;
}

static int
bind_secret (sqlite3_stmt * statement, int index, gboolean have,
    const guint8 * secret)
{
  if (!have)
    return sqlite3_bind_null (statement, index);
  return sqlite3_bind_blob (statement, index, secret, ZRTP_SECRET_SIZE,
      SQLITE_STATIC);
}

static int
store (ZrtpCache * cache, const Entry * entry)
{
  sqlite3_stmt *statement = cache->statements[ZRTP_CACHE_STORE];
  const ZrtpPeer *peer = &entry->peer;
  int rc;

  rc = sqlite3_bind_blob (statement, 1, entry->zid, ZRTP_ZID_SIZE,
      SQLITE_STATIC);
  if (rc == SQLITE_OK)
    rc = bind_secret (statement, 2, peer->have_rs1, peer->rs1);
  if (rc == SQLITE_OK)
    rc = bind_secret (statement, 3, peer->have_rs2, peer->rs2);
  if (rc == SQLITE_OK)
    rc = bind_secret (statement, 4, peer->have_pbx, peer->pbx);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_int64 (statement, 5, entry->rs1_set);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_int64 (statement, 6, entry->rs1_interval);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_int (statement, 7, peer->verified ? 1 : 0);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_text (statement, 8, peer->name, -1, SQLITE_STATIC);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_int64 (statement, 9, peer->first_seen);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_int64 (statement, 10, peer->last_seen);
  if (rc == SQLITE_OK)
    rc = sqlite3_bind_int (statement, 11, peer->confirmed ? 1 : 0);
  if (rc == SQLITE_OK && *peer->algorithms != '\0')
    rc = sqlite3_bind_text (statement, 12, peer->algorithms, -1, SQLITE_STATIC);
  return rc == SQLITE_OK ? run (cache, ZRTP_CACHE_STORE) : rc;
}

static int
delete (ZrtpCache * cache, const guint8 * zid)
{
  sqlite3_stmt *statement = cache->statements[ZRTP_CACHE_DELETE];
  int rc;

  rc = sqlite3_bind_blob (statement, 1, zid, ZRTP_ZID_SIZE, SQLITE_STATIC);
  return rc == SQLITE_OK ? run (cache, ZRTP_CACHE_DELETE) : rc;
}

/* BEGIN IMMEDIATE before the entry is read: what is changed is what the file
 * has at that moment, whichever process wrote it. */
static int
change (ZrtpCache * cache, const guint8 * zid, gint64 now,
    const ZrtpPeerUpdate * update)
{
  Entry entry;
  gboolean existed;
  int rc;

  rc = run (cache, ZRTP_CACHE_BEGIN);
  if (rc != SQLITE_OK)
    return rc;
  rc = find (cache, zid, now, &entry);
  existed = entry.peer.known;
  if (rc == SQLITE_OK) {
    apply (&entry, now, update);
    if (entry.peer.known)
      rc = store (cache, &entry);
    else if (existed)
      rc = delete (cache, zid);
  }
  zrtp_peer_clear (&entry.peer);
  if (rc == SQLITE_OK)
    rc = run (cache, ZRTP_CACHE_COMMIT);
  if (rc != SQLITE_OK && !sqlite3_get_autocommit (cache->db))
    run (cache, ZRTP_CACHE_ROLLBACK);
  return rc;
}

static gboolean
check_name (const ZrtpPeerUpdate * update, GError ** error)
{
  if ((update->changes & ZRTP_PEER_SET_NAME) == 0 || update->name == NULL)
    return TRUE;
  if (strlen (update->name) > ZRTP_CACHE_MAX_NAME) {
    g_set_error (error, ZRTP_CACHE_ERROR, ZRTP_CACHE_ERROR_FAILED,
        "The peer's name is longer than %d octets", ZRTP_CACHE_MAX_NAME);
    return FALSE;
  }
  if (!g_utf8_validate (update->name, -1, NULL)) {
    g_set_error (error, ZRTP_CACHE_ERROR, ZRTP_CACHE_ERROR_FAILED,
        "The peer's name is not valid UTF-8");
    return FALSE;
  }
  return TRUE;
}

gboolean
zrtp_cache_update (ZrtpCache * cache, const guint8 zid[ZRTP_ZID_SIZE],
    gint64 now, const ZrtpPeerUpdate * update, GError ** error)
{
  int rc;

  if (!check_name (update, error))
    return FALSE;
  if (cache->is_volatile)
    return TRUE;
  if (!zrtp_cache_begin_call (cache, error))
    return FALSE;
  rc = cache->read_only ? SQLITE_READONLY : change (cache, zid, now, update);
  if (rc == SQLITE_OK)
    zrtp_cache_file_fold (cache);
  return zrtp_cache_end_call (cache, rc, error);
}
