/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The cache of known peers (RFC 6189 4.3, 4.9, 12): what ~/.ssh/known_hosts is
 * to ssh. One SQLite file in WAL mode, mode 0600 in a folder of mode 0700,
 * secure_delete on; every update is one transaction; several processes may use
 * one file. A ZrtpCache is the process's one connection to a file: opening the
 * same file again returns the same object with one more reference.
 *
 * Thread-safe. Every call but the getters, ref and try_unref may block on the
 * disk (a commit is synchronous; one that hangs, for as long as it does) and, for
 * at most ZRTP_CACHE_BUSY_MS, on another process: call them from where that does
 * not matter. Calls for one file wait for each other, those for others don't.
 *
 * A file that is locked, read-only, full or corrupt never loses anything
 * readable and never ends a call: the failing call returns FALSE with an error
 * that says what to do, and the caller goes on without it.
 *
 * Where the file comes from and goes to:
 * - An existing file that its group or others may read is set to 0600. File,
 *   side files and folders that belong to another user, or that others may
 *   write, are refused, as ssh refuses its own (see zrtpcache-private.h).
 *   Root can't use the file of a user. Hard links are refused, symbolic links
 *   followed. It must lie on a local disk: SQLite's WAL shares memory.
 * - Deleted, moved or replaced while open: every call fails and nothing is
 *   written any more, for our ZID is that of the old file. The next
 *   zrtp_cache_open() takes the file that is there then. Put a backup back only
 *   while nobody uses the file, and remove its -wal and -shm first.
 * - After fork() without exec() the child can use neither the object nor the
 *   file (SQLite's locks don't survive it): its calls fail.
 * - Secrets that were dropped or replaced are overwritten in the file, and its
 *   WAL is emptied, before the update returns, and after an unclean end when the
 *   file is opened again. While another process reads the file the WAL stays; the
 *   next call empties it. Out of reach are copies that a disk keeps of
 *   overwritten blocks, and SQLite's page cache in memory.
 * - Between two updates the file alone is whole: its -wal is empty.
 *
 * Time: an interval counts from the @now of its SET_RS1. A clock that is behind
 * that moment counts as no time having passed, so a secret that had lapsed
 * is in force again until the clock is right: the error to make, since only a
 * secret in force warns of a man in the middle. EXPIRE doesn't depend on clocks.
 */
#ifndef ZRTP_CACHE_H
#define ZRTP_CACHE_H

#include "zrtp/base/zrtptypes.h"

G_BEGIN_DECLS

#define ZRTP_CACHE_BUSY_MS 2000
#define ZRTP_CACHE_MEMORY ":memory:"    /* as a path: keep nothing */
#define ZRTP_CACHE_MAX_NAME 255         /* octets of UTF-8 */
#define ZRTP_CACHE_FOR_EVER 0xffffffffu /* as an interval (4.9) */
/* Names of a hash, cipher, auth tag and key agreement, and a NUL. */
#define ZRTP_CACHE_ALGORITHMS_SIZE (4 * 4 + 1)

#define ZRTP_CACHE_ERROR (zrtp_cache_error_quark ())
GQuark zrtp_cache_error_quark (void);

typedef enum
{
  ZRTP_CACHE_ERROR_OPEN,        /* folder or file can't be made or opened */
  ZRTP_CACHE_ERROR_READ_ONLY,
  ZRTP_CACHE_ERROR_BUSY,        /* another process holds it */
  ZRTP_CACHE_ERROR_FULL,
  ZRTP_CACHE_ERROR_CORRUPT,     /* or not such a file, or of a later version */
  ZRTP_CACHE_ERROR_FAILED
} ZrtpCacheError;

typedef struct _ZrtpCache ZrtpCache;

/* What is known of a peer. Holds secrets: clear with zrtp_peer_clear(). */
typedef struct
{
  gboolean known;               /* an entry exists */
  gboolean have_rs1, have_rs2, have_pbx;
  gboolean expired;             /* rs1's interval is over or was set to 0 (4.9) */
  gboolean verified;            /* our V flag (7.1) */
  gboolean confirmed;              /* the peer is known to have kept it, too */
  guint8 rs1[ZRTP_SECRET_SIZE];
  guint8 rs2[ZRTP_SECRET_SIZE];
  guint8 pbx[ZRTP_SECRET_SIZE];
  char *name;                   /* or NULL (12) */
  gint64 first_seen, last_seen; /* Unix seconds */
  gint64 expires;               /* rs1's, Unix seconds; ZRTP_NEVER if it never
                                 * does, the past if it was set to 0 */
  /* Of each kind the strongest that calls used, e.g. "S256AES3HS80X255", since
   * the user last compared the SAS; "" if that is not known. */
  char algorithms[ZRTP_CACHE_ALGORITHMS_SIZE];
} ZrtpPeer;

/* One change of one peer's entry, made as a whole or not at all, in this order:
 * FORGET, the CLEARs, ROTATE, the SETs, EXPIRE. What no flag names is left
 * alone. The SETs make an entry if there is none, the others don't. */
typedef enum
{
  ZRTP_PEER_SET_RS1 = 1 << 0,           /* 4.6.1 */
  /* With SET_RS1 (DH mode): first rs2 := the file's rs1, if there is one that
   * isn't the new one, so that a repeated update moves nothing twice. */
  ZRTP_PEER_ROTATE = 1 << 1,
  ZRTP_PEER_EXPIRE = 1 << 2,            /* interval := 0, rs1 stays (4.9) */
  ZRTP_PEER_SET_VERIFIED = 1 << 3,
  ZRTP_PEER_SET_NAME = 1 << 4,
  ZRTP_PEER_SET_PBX = 1 << 5,           /* 7.3.1 */
  ZRTP_PEER_CLEAR_SECRETS = 1 << 6,     /* 7.1: rs1, rs2 and V go, entry stays */
  /* rs1 was seen to be on both sides; without that the want of it is no alarm:
   * the peer may have died before it could write. Entries only. */
  ZRTP_PEER_SET_CONFIRMED = 1 << 8,
  ZRTP_PEER_FORGET = 1 << 7,            /* the whole entry goes */
  ZRTP_PEER_CLEAR_PBX = 1 << 9,         /* 7.3.1: no trusted PBX any more */
  ZRTP_PEER_SET_ALGORITHMS = 1 << 10    /* entries only */
} ZrtpPeerChange;

typedef struct
{
  guint changes;                /* ZrtpPeerChange */
  guint8 rs1[ZRTP_SECRET_SIZE];
  guint32 interval;             /* with SET_RS1: seconds */
  gboolean verified;
  guint8 pbx[ZRTP_SECRET_SIZE];
  char *name;                   /* UTF-8; NULL or "" removes it. Not owned by
                                 * zrtp_cache_update() */
  char algorithms[ZRTP_CACHE_ALGORITHMS_SIZE];
} ZrtpPeerUpdate;

/* How the file came to be there. */
typedef enum
{
  ZRTP_CACHE_EXISTED,           /* as a cache; or nothing is kept at all */
  ZRTP_CACHE_NEW,               /* this process made it, with a new ZID */
  ZRTP_CACHE_WAS_EMPTY          /* it was there without content: a new ZID */
} ZrtpCacheOrigin;

/* The default file: <user data dir>/gst-zrtp/peers.sqlite, below ~/.local/share
 * where XDG_DATA_HOME is relative (the XDG specification ignores it then). Free
 * with g_free(). */
char *zrtp_cache_default_path (void);

/* @path with the home folder in place of a leading "~/". NULL with @error set for
 * "~name/": no other user's folder is looked up. Free with g_free(). */
char *zrtp_cache_expand_path (const char *path, GError ** error);

/* Opens or makes the file with its folder. A leading "~/" is the home folder.
 * @path ":memory:" keeps nothing:
 * then zrtp_cache_is_volatile() is TRUE, the ZID is random, peers are never
 * found and updates do nothing (4.9.1: a cacheless endpoint). The ZID is drawn
 * from @random when the file has none yet. NULL with @error set on failure; a
 * file that is corrupt is left as it is. */
ZrtpCache *zrtp_cache_open (const char *path, const ZrtpRandom * random,
    GError ** error);
/* The same without leaving a trace: where there is no file yet, none is made.
 * The object then has the ZID that the file will get, the same for all callers
 * in this process, and no peer can be looked up or stored in it. */
ZrtpCache *zrtp_cache_open_deferred (const char *path,
    const ZrtpRandom * random, GError ** error);
/* Makes the file that was foreseen, with its ZID; does nothing if it is there.
 * FALSE with @error set if it can't be made or if another process was first:
 * then all calls of this object fail, and zrtp_cache_open() has another ZID. */
gboolean zrtp_cache_create_file (ZrtpCache * cache, GError ** error);
ZrtpCache *zrtp_cache_ref (ZrtpCache * cache);
/* The last reference closes the file. */
void zrtp_cache_unref (ZrtpCache * cache);
/* Drops a reference if there are others; never blocks. FALSE: nothing was done,
 * zrtp_cache_unref() would close the file. */
gboolean zrtp_cache_try_unref (ZrtpCache * cache);

/* The file, absolute and without symbolic links, or ":memory:". */
const char *zrtp_cache_get_path (ZrtpCache * cache);
gboolean zrtp_cache_is_volatile (ZrtpCache * cache);
/* Whether the file, when it was opened, could be read but not written: look-ups
 * work, updates fail. Never blocks. */
gboolean zrtp_cache_is_read_only (ZrtpCache * cache);
/* How the file came to be there: NEW and WAS_EMPTY for the first caller that asks
 * after it was made, EXISTED for all others. Never blocks. */
ZrtpCacheOrigin zrtp_cache_take_origin (ZrtpCache * cache);
/* Our own ZID (4.9), the same as long as the file lives. */
void zrtp_cache_get_zid (ZrtpCache * cache, guint8 zid[ZRTP_ZID_SIZE]);

/* Reads a peer's entry; @peer->known is FALSE if there is none. @now is Unix
 * seconds. Updates nothing. On failure @peer is all zero. */
gboolean zrtp_cache_lookup (ZrtpCache * cache,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now, ZrtpPeer * peer,
    GError ** error);

/* A peer that the user verified, found by its name. */
typedef struct
{
  gboolean found;
  guint8 zid[ZRTP_ZID_SIZE];
  gint64 last_seen;             /* Unix seconds */
} ZrtpNamesake;

/* The verified peer other than @zid that has @name, octet for octet; of several
 * the one that was seen last. @namesake->found is FALSE if there is none. On
 * failure @namesake is all zero. */
gboolean zrtp_cache_find_name (ZrtpCache * cache, const char *name,
    const guint8 zid[ZRTP_ZID_SIZE], ZrtpNamesake * namesake, GError ** error);

/* Makes one change in one transaction that reads the entry again, so that two
 * processes never undo each other's. Sets last_seen to @now. On return with
 * TRUE it is on the disk. A name that is too long or not UTF-8 is an error. */
gboolean zrtp_cache_update (ZrtpCache * cache,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now,
    const ZrtpPeerUpdate * update, GError ** error);

/* For tools and tests: calls @func for each peer, most recently seen first, with
 * no lock held. */
typedef void (*ZrtpCacheFunc) (const guint8 zid[ZRTP_ZID_SIZE],
    const ZrtpPeer * peer, gpointer user_data);
gboolean zrtp_cache_foreach (ZrtpCache * cache, gint64 now,
    ZrtpCacheFunc func, gpointer user_data, GError ** error);

/* Writes all peers with their secrets, and the ZID, into one new file @path, mode
 * 0600, which is on the disk on return. It is a cache itself. An existing file is
 * not overwritten. On failure there is no such file. */
gboolean zrtp_cache_backup (ZrtpCache * cache, const char *path,
    GError ** error);

/* Wipes and frees what they hold, not the structs themselves. */
void zrtp_peer_clear (ZrtpPeer * peer);
void zrtp_peer_update_clear (ZrtpPeerUpdate * update);

G_END_DECLS

#endif
