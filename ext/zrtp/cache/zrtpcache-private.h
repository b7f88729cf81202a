/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the cache of known peers share: zrtpcache-file.c makes
 * the file and knows what can be wrong with one, zrtpcache-access.c checks its
 * owner and rights, zrtpcache-backup.c copies it, zrtpcache-schema.c opens it and
 * checks what is in it, zrtpcache.c shares one object a file, zrtpcache-peers.c
 * reads and changes entries.
 */
#ifndef ZRTP_CACHE_PRIVATE_H
#define ZRTP_CACHE_PRIVATE_H

#include "zrtp/cache/zrtpcache.h"

#include <sqlite3.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* "ZRTP": marks the file as ours (sqlite.org/magic). */
#define ZRTP_CACHE_APPLICATION_ID 0x5a525450
/* A file of a later version is refused, one of an earlier version migrated, or
 * read as it is where it can't be written. 2: column "algorithms". */
#define ZRTP_CACHE_SCHEMA_VERSION 2

/* How long a call waits for another process. Tests shorten it. */
extern guint zrtp_cache_busy_ms;

#define ZRTP_CACHE_FULL_TEXT \
  "can't be written, the disk or the quota is full: make room"

typedef enum
{
  ZRTP_CACHE_BEGIN,
  ZRTP_CACHE_COMMIT,
  ZRTP_CACHE_ROLLBACK,
  ZRTP_CACHE_FIND,
  ZRTP_CACHE_FIND_NAME,
  ZRTP_CACHE_LIST,
  ZRTP_CACHE_STORE,
  ZRTP_CACHE_DELETE,
  ZRTP_CACHE_N_STATEMENTS
} ZrtpCacheStatement;

typedef struct _ZrtpCacheFile ZrtpCacheFile;

struct _ZrtpCache
{
  gint refs;                    /* atomic; 1 to 0 under the place's lock */
  ZrtpCacheFile *file;        /* NULL if volatile */
  char *path;                   /* canonical, or ":memory:" */
  gboolean is_volatile;
  guint8 zid[ZRTP_ZID_SIZE];    /* constant once others have the object */
  pid_t pid;                    /* the process that opened it */

  gint origin;                  /* ZrtpCacheOrigin, atomic */
  gint read_only;               /* atomic, written with the lock */
  GMutex lock;                  /* guards what follows */
  sqlite3 *db;                  /* NULL before there is a file, and once it
                                 * was replaced */
  sqlite3_stmt *statements[ZRTP_CACHE_N_STATEMENTS];
  gboolean deferred;            /* no file yet */
  gboolean fold_due;            /* the WAL may still hold old secrets */
  gint64 deadline;              /* of the running call, monotonic µs */
};

/* Makes folder and file if need be and returns the canonical path; NULL with
 * @error set if there can be no such file, or if its owner and rights, or those of
 * its folders, are not safe. Sets @made if it made the file. Opens no file that
 * exists: closing it would drop the locks that SQLite holds. */
char *zrtp_cache_file_prepare (const char *path, gboolean * made,
    GError ** error);

/* Checks owner and rights as ssh does (its "StrictModes"). @canonical is the
 * canonical form of @path, which is for the error. The
 * file, its -wal, -shm and -journal have to be regular files with one name each.
 * They and the folders up to the home folder or the root have to belong to this
 * user or to root, and no other user may write to them. A group of the user's own
 * may. A folder with the sticky bit may be above the cache's folder. */
gboolean zrtp_cache_access_check (const char *path, const char *canonical,
    GError ** error);
/* The same for the folders alone. @folder is canonical; @path is for the error. */
gboolean zrtp_cache_access_check_folder (const char *path, const char *folder,
    GError ** error);

/* The canonical path that a file will have which does not exist yet. */
char *zrtp_cache_file_resolve (const char *path);

/* Makes the secrets readable to the owner alone, those in SQLite's side files
 * too. A file of another user or on a read-only disk stays as it is, unless
 * others could put secrets of their own into it: that is an error. */
gboolean zrtp_cache_file_restrict_permissions (const char *path,
    GError ** error);

/* Opens @cache->path into @cache->db, checks it, makes the schema if it is empty
 * (origin: WAS_EMPTY) with @cache->zid as the ZID, prepares the statements. @zid is the one that
 * the file has. A file that is refused is left as it was. */
gboolean zrtp_cache_file_open (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE],
    GError ** error);
void zrtp_cache_file_close (ZrtpCache * cache);

/* Must be called with cache->lock held. Moves the content of the WAL into the
 * database and truncates the WAL: its frames hold what secure_delete overwrites
 * in the pages, and the database alone is whole afterwards. A reader in another
 * process prevents it for as long as it reads; then the next call tries again.
 * The changes in the WAL are on the disk in either case. */
void zrtp_cache_file_fold (ZrtpCache * cache);

/* TRUE if another file, or none, is now where ours was. */
gboolean zrtp_cache_file_is_moved (ZrtpCache * cache);

/* "Cache of known peers @path " and the text. */
void zrtp_cache_file_error (GError ** error, ZrtpCacheError code,
    const char *path, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* The error for SQLite's result @rc, with what the user can do about it. */
/* errno of a full disk or quota. */
gboolean zrtp_cache_means_full (int number);
void zrtp_cache_file_set_error (ZrtpCache * cache, int rc, GError ** error);

/* Every call that needs the file is between these two. The first takes the
 * lock and starts the clock for other processes, unless it returns FALSE; the
 * second turns SQLite's result into the call's. */
gboolean zrtp_cache_begin_call (ZrtpCache * cache, GError ** error);
gboolean zrtp_cache_end_call (ZrtpCache * cache, int rc, GError ** error);

G_END_DECLS

#endif
