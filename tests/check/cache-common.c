/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE             /* memmem() */
#include "cache-common.h"

#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "zrtp/cache/zrtpcache-private.h"

#define NOBODY 65534

char *cache_folder;
static GStringChunk *paths;
static char *program;

/* The folder */

void
cache_folder_make (void)
{
  GError *error = NULL;

  zrtp_cache_busy_ms = ZRTP_CACHE_BUSY_MS;
  cache_folder = g_dir_make_tmp ("zrtp-cache-XXXXXX", &error);
  fail_unless (cache_folder != NULL, "%s", error ? error->message : "");
  paths = g_string_chunk_new (256);
}

static void
remove_tree (const char *path)
{
  struct stat st;

  if (g_lstat (path, &st) < 0)
    return;
  if (S_ISDIR (st.st_mode)) {
    GDir *dir;
    const char *name;

    g_chmod (path, 0700);
    dir = g_dir_open (path, 0, NULL);
    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
      g_free (child);
    }
    g_clear_pointer (&dir, g_dir_close);
  }
  g_remove (path);
}

void
cache_folder_remove (void)
{
  remove_tree (cache_folder);
  g_clear_pointer (&cache_folder, g_free);
  g_clear_pointer (&paths, g_string_chunk_free);
}

const char *
in_folder (const char *name)
{
  char *path = g_build_filename (cache_folder, name, NULL);
  const char *kept = g_string_chunk_insert (paths, path);

  g_free (path);
  return kept;
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static GPtrArray *
folder_names (void)
{
  GDir *dir = g_dir_open (cache_folder, 0, NULL);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  fail_unless (dir != NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_dir_close (dir);
  g_ptr_array_sort (names, compare_names);
  return names;
}

char *
folder_listing (void)
{
  GPtrArray *names = folder_names ();
  char *listing;

  g_ptr_array_add (names, NULL);
  listing = g_strjoinv (" ", (char **) names->pdata);
  g_ptr_array_unref (names);
  return listing;
}

gboolean
folder_contains (gconstpointer data, gsize size)
{
  GPtrArray *names = folder_names ();
  gboolean found = FALSE;

  for (guint i = 0; i < names->len; i++) {
    char *contents;
    gsize length;

    fail_unless (g_file_get_contents (in_folder (g_ptr_array_index (names, i)),
            &contents, &length, NULL));
    if (memmem (contents, length, data, size) != NULL)
      found = TRUE;
    g_free (contents);
  }
  g_ptr_array_unref (names);
  return found;
}

/* Values */

void
secret_of (guint number, guint8 out[ZRTP_SECRET_SIZE])
{
  for (guint i = 0; i < ZRTP_SECRET_SIZE; i++)
    out[i] = (number >> 8 * (i % 4)) ^ (i * 29 + 0x41);
}

guint
number_of (const guint8 secret[ZRTP_SECRET_SIZE])
{
  guint8 again[ZRTP_SECRET_SIZE];
  guint number = 0;

  for (guint i = 0; i < 4; i++)
    number |= (guint) (secret[i] ^ (i * 29 + 0x41)) << 8 * i;
  secret_of (number, again);
  return memcmp (secret, again, sizeof again) == 0 ? number : G_MAXUINT;
}

const guint8 *
zid_of (guint number)
{
  static guint8 zid[ZRTP_ZID_SIZE];

  memset (zid, 0x5a, sizeof zid);
  zid[0] = number;
  zid[1] = number >> 8;
  return zid;
}

/* Calls that work */

ZrtpCache *
open_cache (const char *path)
{
  GError *error = NULL;
  ZrtpCache *cache = zrtp_cache_open (path, &zrtp_random_system, &error);

  fail_unless (cache != NULL, "%s", error ? error->message : "no error");
  fail_unless (error == NULL);
  return cache;
}

ZrtpPeer
lookup (ZrtpCache * cache, guint zid, gint64 now)
{
  GError *error = NULL;
  ZrtpPeer peer;

  fail_unless (zrtp_cache_lookup (cache, zid_of (zid), now, &peer, &error),
      "%s", error ? error->message : "no error");
  return peer;
}

void
update (ZrtpCache * cache, guint zid, gint64 now, const ZrtpPeerUpdate * change)
{
  GError *error = NULL;

  fail_unless (zrtp_cache_update (cache, zid_of (zid), now, change, &error),
      "%s", error ? error->message : "no error");
}

void
set_rs1 (ZrtpCache * cache, guint zid, gint64 now, guint secret, guint more)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1 | more,
    .interval = ZRTP_CACHE_FOR_EVER
  };

  secret_of (secret, change.rs1);
  update (cache, zid, now, &change);
}

void
set_name (ZrtpCache * cache, guint zid, gint64 now, const char *name)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_NAME,
    .name = (char *) name
  };

  update (cache, zid, now, &change);
}

void
plain_change (ZrtpCache * cache, guint zid, gint64 now, guint changes)
{
  ZrtpPeerUpdate change = {.changes = changes };

  update (cache, zid, now, &change);
}

/* Calls that fail */

static void
check_error (GError * error, ZrtpCacheError code)
{
  fail_unless (error != NULL);
  fail_unless (error->domain == ZRTP_CACHE_ERROR);
  fail_unless (error->code == (gint) code, "code %d: %s", error->code,
      error->message);
  fail_unless (strchr (error->message, ':') != NULL,
      "\"%s\" does not say what to do", error->message);
  g_error_free (error);
}

void
open_fails (const char *path, ZrtpCacheError code)
{
  GError *error = NULL;

  fail_unless (zrtp_cache_open (path, &zrtp_random_system, &error) == NULL);
  fail_unless (error != NULL);
  fail_unless (*path == '\0' || strstr (error->message, path) != NULL,
      "\"%s\" does not name %s", error->message, path);
  fail_unless (strstr (error->message, "another cache") != NULL
      || code == ZRTP_CACHE_ERROR_FULL,
      "\"%s\" does not say what to do", error->message);
  check_error (error, code);
}

gboolean
try_rotate (ZrtpCache * cache, guint zid, guint secret, GError ** error)
{
  ZrtpPeerUpdate change = {.changes = ZRTP_PEER_SET_RS1 | ZRTP_PEER_ROTATE,
    .interval = ZRTP_CACHE_FOR_EVER
  };

  secret_of (secret, change.rs1);
  return zrtp_cache_update (cache, zid_of (zid), 1000, &change, error);
}

void
update_fails (ZrtpCache * cache, guint zid, ZrtpCacheError code)
{
  GError *error = NULL;

  fail_if (try_rotate (cache, zid, 99, &error));
  check_error (error, code);
}

void
lookup_fails (ZrtpCache * cache, guint zid, ZrtpCacheError code)
{
  static const ZrtpPeer nothing;
  GError *error = NULL;
  ZrtpPeer peer;

  memset (&peer, 0x55, sizeof peer);
  fail_if (zrtp_cache_lookup (cache, zid_of (zid), 1000, &peer, &error));
  fail_unless (memcmp (&peer, &nothing, sizeof peer) == 0);
  check_error (error, code);
}

char *
sql (const char *path, const char *statement)
{
  sqlite3 *db = NULL;
  const char *rest = statement;
  char *result = NULL;

  fail_unless_equals_int (sqlite3_open (path, &db), SQLITE_OK);
  sqlite3_busy_timeout (db, 20000);
  while (rest != NULL && *rest != '\0') {
    sqlite3_stmt *prepared = NULL;
    int rc;

    rc = sqlite3_prepare_v2 (db, rest, -1, &prepared, &rest);
    fail_unless (rc == SQLITE_OK, "%s", sqlite3_errmsg (db));
    while ((rc = sqlite3_step (prepared)) == SQLITE_ROW)
      if (result == NULL)
        result = g_strdup ((const char *) sqlite3_column_text (prepared, 0));
    fail_unless (rc == SQLITE_DONE, "%s: %s", statement, sqlite3_errmsg (db));
    sqlite3_finalize (prepared);
  }
  sqlite3_close (db);
  return result;
}

/* Processes */

void
run_child (ChildFunc func, gpointer data)
{
  int status;
  pid_t pid = fork ();

  fail_unless (pid >= 0);
  if (pid == 0)
    _exit (func (data) ? 0 : 1);
  fail_unless (waitpid (pid, &status, 0) == pid);
  fail_unless (WIFEXITED (status) && WEXITSTATUS (status) == 0,
      "child ended with %d", status);
}

typedef struct
{
  ChildFunc func;
  gpointer data;
} Unprivileged;

static gboolean
become_nobody (gpointer data)
{
  const Unprivileged *rest = data;

  if (geteuid () == 0)
    CHILD_CHECK (setgroups (0, NULL) == 0 && setgid (NOBODY) == 0
        && setuid (NOBODY) == 0);
  return rest->func (rest->data);
}

void
run_unprivileged (ChildFunc func, gpointer data)
{
  Unprivileged rest = { func, data };

  if (geteuid () == 0)
    fail_unless (chown (cache_folder, NOBODY, NOBODY) == 0);
  run_child (become_nobody, &rest);
}

void
child_start (Child * child, const char *const *arguments)
{
  GPtrArray *argv = g_ptr_array_new ();
  GError *error = NULL;

  g_ptr_array_add (argv, program);
  g_ptr_array_add (argv, (gpointer) "--child");
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);
  fail_unless (g_spawn_async_with_pipes (NULL, (char **) argv->pdata, NULL,
          G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child->pid, &child->input,
          &child->output, NULL, &error), "%s", error ? error->message : "");
  g_ptr_array_unref (argv);
}

char *
child_read_line (Child * child)
{
  GString *line = g_string_new (NULL);
  char octet;

  while (read (child->output, &octet, 1) == 1) {
    if (octet == '\n')
      return g_string_free (line, FALSE);
    g_string_append_c (line, octet);
  }
  g_string_free (line, TRUE);
  return NULL;
}

void
child_close_input (Child * child)
{
  if (child->input >= 0)
    close (child->input);
  child->input = -1;
}

gboolean
child_finish (Child * child)
{
  int status;

  child_close_input (child);
  fail_unless (waitpid (child->pid, &status, 0) == child->pid);
  close (child->output);
  g_spawn_close_pid (child->pid);
  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

int
cache_main (int argc, char **argv, Suite * suite, const char *name,
    int (*child_main) (int argc, char **argv))
{
  int result;

  if (argc > 2 && strcmp (argv[1], "--child") == 0)
    return child_main (argc - 2, argv + 2);
  program = g_file_read_link ("/proc/self/exe", NULL);
  gst_check_init (&argc, &argv);
  result = gst_check_run_suite (suite, name, __FILE__);
  g_free (program);
  return result;
}
