/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE             /* RTLD_NEXT */
/* Its inline realpath() can't be defined a second time. */
#undef _FORTIFY_SOURCE
#include "disk.h"

#include <gst/check/gstcheck.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sqlite3.h>
#include <sys/stat.h>

#define EXPORT __attribute__((visibility("default")))
#define PATIENCE (20 * G_TIME_SPAN_SECOND)

typedef int (*OpenFunc) (const char *path, int flags, int mode);
typedef int (*StatFunc) (const char *path, struct stat * st);

static GMutex lock;
static GCond changed;
static char *hanging_part;      /* lock; NULL: the disk is well */
static guint n_hanging;         /* lock */
static OpenFunc real_open;
static StatFunc real_stat;

static void
touch (const char *path)
{
  g_mutex_lock (&lock);
  if (hanging_part && strstr (path, hanging_part)) {
    n_hanging++;
    g_cond_broadcast (&changed);
    while (hanging_part)
      g_cond_wait (&changed, &lock);
    n_hanging--;
  }
  g_mutex_unlock (&lock);
}

/* In front of that of the C library. */
EXPORT char *
realpath (const char *path, char *resolved)
{
  char *(*real) (const char *, char *) = dlsym (RTLD_NEXT, "realpath");

  touch (path);
  return real (path, resolved);
}

static int
open_on_disk (const char *path, int flags, int mode)
{
  touch (path);
  return real_open (path, flags, mode);
}

static int
stat_on_disk (const char *path, struct stat *st)
{
  touch (path);
  return real_stat (path, st);
}

/* SQLite lets tests have its system calls. */
static void
stand_before_sqlite (void)
{
  sqlite3_vfs *vfs = sqlite3_vfs_find (NULL);

  if (real_open)
    return;
  real_open = (OpenFunc) vfs->xGetSystemCall (vfs, "open");
  real_stat = (StatFunc) vfs->xGetSystemCall (vfs, "stat");
  fail_unless_equals_int (vfs->xSetSystemCall (vfs, "open",
          (sqlite3_syscall_ptr) open_on_disk), SQLITE_OK);
  fail_unless_equals_int (vfs->xSetSystemCall (vfs, "stat",
          (sqlite3_syscall_ptr) stat_on_disk), SQLITE_OK);
}

void
disk_hang (const char *part)
{
  g_mutex_lock (&lock);
  stand_before_sqlite ();
  g_free (hanging_part);
  hanging_part = g_strdup (part);
  g_mutex_unlock (&lock);
}

void
disk_wait_hanging (guint n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;

  g_mutex_lock (&lock);
  while (n_hanging < n)
    fail_unless (g_cond_wait_until (&changed, &lock, until),
        "%u hang, not %u", n_hanging, n);
  g_mutex_unlock (&lock);
}

guint
disk_count_hanging (void)
{
  guint n;

  g_mutex_lock (&lock);
  n = n_hanging;
  g_mutex_unlock (&lock);
  return n;
}

void
disk_mend (void)
{
  g_mutex_lock (&lock);
  g_clear_pointer (&hanging_part, g_free);
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}
