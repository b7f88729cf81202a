/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the tests of the cache of known peers share: a folder for each test,
 * short forms of the calls, and processes that a test starts.
 */
#ifndef CACHE_COMMON_H
#define CACHE_COMMON_H

#include <gio/gio.h>
#include <gst/check/gstcheck.h>

#include "zrtp/cache/zrtpcache.h"

/* The folder of the running test, made before it and removed after it; its
 * files too, whatever their modes. */
extern char *cache_folder;
void cache_folder_make (void);
void cache_folder_remove (void);
/* @name in the folder; freed with it. */
const char *in_folder (const char *name);
/* Names in the folder, sorted, joined by a space. Freed by the caller. */
char *folder_listing (void);
/* TRUE if @size octets at @data are in some file of the folder. */
gboolean folder_contains (gconstpointer data, gsize size);

/* A secret and a ZID that a number stands for. */
void secret_of (guint number, guint8 out[ZRTP_SECRET_SIZE]);
guint number_of (const guint8 secret[ZRTP_SECRET_SIZE]);
const guint8 *zid_of (guint number);

/* These fail the test if the call fails. */
ZrtpCache *open_cache (const char *path);
ZrtpPeer lookup (ZrtpCache * cache, guint zid, gint64 now);
void update (ZrtpCache * cache, guint zid, gint64 now,
    const ZrtpPeerUpdate * change);
/* SET_RS1 forever, with @more (ROTATE) beside it. */
void set_rs1 (ZrtpCache * cache, guint zid, gint64 now, guint secret,
    guint more);
void set_name (ZrtpCache * cache, guint zid, gint64 now, const char *name);
/* EXPIRE, CLEAR_SECRETS, FORGET or none. */
void plain_change (ZrtpCache * cache, guint zid, gint64 now, guint changes);

/* These fail the test if the call works or fails otherwise; the message says
 * what to do. */
void open_fails (const char *path, ZrtpCacheError code);
void update_fails (ZrtpCache * cache, guint zid, ZrtpCacheError code);
void lookup_fails (ZrtpCache * cache, guint zid, ZrtpCacheError code);
gboolean try_rotate (ZrtpCache * cache, guint zid, guint secret,
    GError ** error);

/* Runs @sql on a connection of its own in the sqlite3 library; the first
 * column of the first row, or NULL. Don't use on a file that this process has
 * open: closing it drops the locks. */
char *sql (const char *path, const char *statement);

/* Runs @func in a child process. The test fails unless it returns TRUE. */
typedef gboolean (*ChildFunc) (gpointer data);
void run_child (ChildFunc func, gpointer data);
/* The same without root's power over permissions; the folder is the child's. */
void run_unprivileged (ChildFunc func, gpointer data);

/* For child processes, where a failed check can't use the test's: */
#define CHILD_CHECK(expression) G_STMT_START { \
    if (!(expression)) { \
      g_printerr ("%s:%d: %s\n", __FILE__, __LINE__, #expression); \
      return FALSE; \
    } \
  } G_STMT_END

/* This program again, as `PROGRAM --child @arguments`. */
typedef struct
{
  GPid pid;
  int input;                    /* its standard input; -1 once closed */
  int output;                   /* its standard output */
} Child;
void child_start (Child * child, const char *const *arguments);
/* Reads one line, without its end; NULL at the end of the output. */
char *child_read_line (Child * child);
void child_close_input (Child * child);
/* Waits for it; TRUE if it exited with 0. */
gboolean child_finish (Child * child);

/* The main function of these tests: runs @suite, or as a child @child_main. */
int cache_main (int argc, char **argv, Suite * suite, const char *name,
    int (*child_main) (int argc, char **argv));

#endif
