/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Any octets as the cache of known peers. The input is the file itself, or changes of
 * a sound file and of its WAL. Each call either works or says in an error why it does
 * not; a file that is refused stays as it was; an update that returned TRUE is found by
 * the next look-up.
 */
#include "fuzz.h"

#include <errno.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "zrtp/cache/zrtpcache-private.h"

#define WALL 1700000000         /* Unix seconds */
#define MAX_FILE (64 << 10)     /* octets */

/* The first octet of an input. */
#define IS_RAW 0x01             /* the rest is the file */
#define WITH_WAL 0x02           /* a sound WAL lies beside it */
#define READ_ONLY 0x04          /* file mode 0400 */

static char *folder, *path, *wal;
static GBytes *sound_file, *sound_wal;

static void
fill_zid (gpointer user_data, guint8 * out, gsize size)
{
  memset (out, 'Z', size);
}

static const ZrtpRandom random_zid = { fill_zid, NULL };

static void
remove_files (void)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    char *name = g_strconcat (path, suffixes[i], NULL);

    g_unlink (name);
    g_free (name);
  }
}

static void
remove_folder (void)
{
  remove_files ();
  g_rmdir (folder);
}

static GBytes *
read_file (const char *name)
{
  char *contents;
  gsize size;

  if (!g_file_get_contents (name, &contents, &size, NULL))
    return g_bytes_new (NULL, 0);
  return g_bytes_new_take (contents, size);
}

static void
write_file (const char *name, const guint8 * data, gsize size)
{
  FILE *file = g_fopen (name, "w");

  FUZZ_CHECK (file && fwrite (data, 1, size, file) == size);
  fclose (file);
  FUZZ_CHECK (g_chmod (name, 0600) == 0);
}

static void
set_peer (ZrtpCache * cache, guint8 octet)
{
  ZrtpPeerUpdate update = {
    .changes = ZRTP_PEER_SET_RS1 | ZRTP_PEER_ROTATE | ZRTP_PEER_SET_NAME
        | ZRTP_PEER_SET_ALGORITHMS,
    .interval = ZRTP_CACHE_FOR_EVER,.name = (char *) "Bob"
  };
  guint8 zid[ZRTP_ZID_SIZE];

  memset (zid, octet, sizeof zid);
  memset (update.rs1, octet, sizeof update.rs1);
  strcpy (update.algorithms, "S256AES1HS80X255");
  FUZZ_CHECK (zrtp_cache_update (cache, zid, WALL, &update, NULL));
}

/* A file of three peers, and one with a change that is in the WAL alone. */
static void
make_sound_files (void)
{
  const char *memory = "/dev/shm";
  ZrtpCache *cache;

  folder = g_build_filename (g_access (memory, W_OK) == 0 ? memory :
      g_get_tmp_dir (), "fuzz-cache-XXXXXX", NULL);
  FUZZ_CHECK (g_mkdtemp (folder));
  path = g_build_filename (folder, "peers", NULL);
  wal = g_strconcat (path, "-wal", NULL);
  atexit (remove_folder);
  cache = zrtp_cache_open (path, &random_zid, NULL);
  FUZZ_CHECK (cache);
  for (guint8 octet = 1; octet <= 3; octet++)
    set_peer (cache, octet);
  zrtp_cache_unref (cache);
  sound_file = read_file (path);
  cache = zrtp_cache_open (path, &random_zid, NULL);
  FUZZ_CHECK (cache);
  set_peer (cache, 4);
  sound_wal = read_file (wal);
  zrtp_cache_unref (cache);
  zrtp_cache_busy_ms = 20;
}

/* A list of changes: a position of two octets, how many octets, and these. */
static void
change_octets (Input * input, guint8 * data, gsize size, guint n_changes)
{
  for (guint i = 0; i < n_changes && input->left > 0 && size > 0; i++) {
    gsize at = fuzz_take (input);

    at = (at | (gsize) fuzz_take (input) << 8) % size;
    for (guint n = fuzz_take (input) % 16 + 1; n > 0 && at < size; n--)
      data[at++] = fuzz_take (input);
  }
}

static void
write_changed (Input * input, const char *name, GBytes * sound)
{
  const guint n_changes = fuzz_take (input) % 16;
  gsize size, cut = fuzz_take (input);
  guint8 *copy = g_memdup2 (g_bytes_get_data (sound, &size),
      g_bytes_get_size (sound));

  change_octets (input, copy, size, n_changes);
  /* From the end, mostly whole pages: less is refused at once. */
  cut = cut & 0x80 ? cut & 0x7f : cut << 9;
  write_file (name, copy, size - MIN (size, cut));
  g_free (copy);
}

static void
check_error (gboolean ok, GError ** error)
{
  FUZZ_CHECK (ok == (*error == NULL));
  if (*error) {
    FUZZ_CHECK ((*error)->domain == ZRTP_CACHE_ERROR);
    FUZZ_CHECK (g_utf8_validate ((*error)->message, -1, NULL));
    FUZZ_CHECK ((*error)->code != ZRTP_CACHE_ERROR_BUSY);
  }
  g_clear_error (error);
}

static void
check_peer (const ZrtpPeer * peer)
{
  FUZZ_CHECK (!peer->name || g_utf8_validate (peer->name, -1, NULL));
  FUZZ_CHECK (peer->known || !(peer->have_rs1 || peer->have_rs2));
  FUZZ_CHECK (memchr (peer->algorithms, 0, sizeof peer->algorithms));
}

static void
count_peer (const guint8 zid[ZRTP_ZID_SIZE], const ZrtpPeer * peer,
    gpointer count)
{
  check_peer (peer);
  ++*(guint *) count;
}

static void
use_peer (ZrtpCache * cache, guint8 octet, guint changes)
{
  ZrtpPeerUpdate update = {.changes = changes,.interval = 60,.verified = TRUE };
  const guint8 secret = (guint8) (octet ^ 0xff);
  guint8 zid[ZRTP_ZID_SIZE];
  GError *error = NULL;
  gboolean ok, stored;
  ZrtpPeer peer;

  memset (zid, octet, sizeof zid);
  memset (update.rs1, secret, sizeof update.rs1);
  strcpy (update.algorithms, "S384AES3HS80X448");
  ok = zrtp_cache_lookup (cache, zid, WALL, &peer, &error);
  check_error (ok, &error);
  check_peer (&peer);
  zrtp_peer_clear (&peer);
  stored = zrtp_cache_update (cache, zid, WALL, &update, &error);
  check_error (stored, &error);
  ok = zrtp_cache_lookup (cache, zid, WALL, &peer, &error);
  check_error (ok, &error);
  check_peer (&peer);
  if (ok && stored && changes & ZRTP_PEER_SET_RS1) {
    FUZZ_CHECK (peer.have_rs1 && peer.rs1[0] == secret);
    FUZZ_CHECK (peer.expired == !!(changes & ZRTP_PEER_EXPIRE));
  }
  if (ok && stored && changes & ZRTP_PEER_FORGET
      && !(changes & (ZRTP_PEER_SET_RS1 | ZRTP_PEER_SET_VERIFIED
              | ZRTP_PEER_SET_NAME | ZRTP_PEER_SET_PBX)))
    FUZZ_CHECK (!peer.known);
  zrtp_peer_clear (&peer);
}

static void
use_cache (ZrtpCache * cache, guint8 what)
{
  guint8 zid[ZRTP_ZID_SIZE];
  GError *error = NULL;
  guint count = 0;
  gboolean ok;

  zrtp_cache_get_zid (cache, zid);
  ok = zrtp_cache_foreach (cache, WALL, count_peer, &count, &error);
  check_error (ok, &error);
  use_peer (cache, 1, ZRTP_PEER_SET_RS1 | ZRTP_PEER_ROTATE);
  use_peer (cache, 2, ZRTP_PEER_FORGET);
  use_peer (cache, 9, what << 4 | (what & 0x0f));
  ok = zrtp_cache_foreach (cache, WALL, count_peer, &count, &error);
  check_error (ok, &error);
}

static void
open_and_use (guint8 what)
{
  GBytes *before = read_file (path);
  GError *error = NULL;
  ZrtpCache *cache = zrtp_cache_open (path, &random_zid, &error);

  check_error (cache != NULL, &error);
  if (cache) {
    use_cache (cache, what);
    zrtp_cache_unref (cache);
  } else {
    GBytes *after = read_file (path);

    FUZZ_CHECK (g_bytes_equal (before, after));
    g_bytes_unref (after);
  }
  g_bytes_unref (before);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  Input input = { data, size };
  guint8 how, what;

  if (!folder)
    make_sound_files ();
  remove_files ();
  how = fuzz_take (&input);
  what = fuzz_take (&input);
  if (how & IS_RAW)
    write_file (path, input.data, MIN (input.left, MAX_FILE));
  else
    write_changed (&input, path, sound_file);
  if (how & WITH_WAL)
    write_changed (&input, wal, sound_wal);
  if (how & READ_ONLY)
    FUZZ_CHECK (g_chmod (path, 0400) == 0);
  open_and_use (what);
  /* Twice: the first may have changed it. */
  open_and_use (what);
  return 0;
}
