/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owner and rights of the cache's files and of the folders above them, by the rules
 * that ssh has for its own files.
 */
#define _GNU_SOURCE             /* O_PATH */
#include "zrtp/cache/zrtpcache-private.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* For passwd and group entries; larger ones count as unknown. */
#define ENTRY_SIZE 16384

typedef enum
{
  FLAW_NONE,
  FLAW_OWNER,
  FLAW_WRITABLE,
  FLAW_TYPE
} Flaw;

/* Many systems give each user a group of the same name, and folders that this
 * group may write. */
static gboolean
is_group_of_one (uid_t uid, gid_t gid)
{
  struct passwd user, *found_user = NULL;
  struct group group, *found_group = NULL;
  char *entries = g_malloc (2 * ENTRY_SIZE);
  gboolean result = FALSE;

  getpwuid_r (uid, &user, entries, ENTRY_SIZE, &found_user);
  getgrgid_r (gid, &group, entries + ENTRY_SIZE, ENTRY_SIZE, &found_group);
  if (found_user != NULL && found_group != NULL
      && strcmp (user.pw_name, group.gr_name) == 0) {
    result = TRUE;
    for (char **member = group.gr_mem; *member != NULL; member++)
      result = result && strcmp (*member, user.pw_name) == 0;
  }
  g_free (entries);
  return result;
}

static gboolean
may_others_write (const struct stat *st)
{
  return (st->st_mode & S_IWOTH) != 0 || ((st->st_mode & S_IWGRP) != 0
      && !is_group_of_one (st->st_uid, st->st_gid));
}

static Flaw
find_flaw (const struct stat *st)
{
  if (st->st_uid != geteuid () && st->st_uid != 0)
    return FLAW_OWNER;
  return may_others_write (st) ? FLAW_WRITABLE : FLAW_NONE;
}

static gboolean
report (const char *path, const char *what, const char *name, Flaw flaw,
    GError ** error)
{
  char *shown = g_filename_display_name (name);

  if (flaw == FLAW_OWNER)
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "is not safe: %s \"%s\" belongs to another user, and so could the "
        "known peers: take it over (chown), or name another cache", what,
        shown);
  else if (flaw == FLAW_WRITABLE)
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "is not safe: other users can write to %s \"%s\" and replace the known "
        "peers: take that right away (chmod go-w), or name another cache", what,
        shown);
  else if (flaw == FLAW_TYPE)
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "is not safe: %s \"%s\" is no file of its own: remove it, or name "
        "another cache", what, shown);
  g_free (shown);
  return flaw == FLAW_NONE;
}

/* In a folder with the sticky bit others can't rename what is ours, but make a
 * file beside it, such as a -journal: so it may be above the cache's folder and
 * not be it. */
static gboolean
check_folder (const char *path, const char *folder, gboolean is_lowest,
    GError ** error)
{
  struct stat st;
  Flaw flaw;

  if (stat (folder, &st) < 0) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "can't be opened (%s): name another cache", g_strerror (errno));
    return FALSE;
  }
  flaw = find_flaw (&st);
  if (flaw == FLAW_WRITABLE && !is_lowest && (st.st_mode & S_ISVTX) != 0)
    flaw = FLAW_NONE;
  return report (path, "the folder", folder, flaw, error);
}

gboolean
zrtp_cache_access_check_folder (const char *path, const char *folder,
    GError ** error)
{
  char *home = realpath (g_get_home_dir (), NULL);
  char *current = g_strdup (folder), *above;
  gboolean is_lowest = TRUE, ok;

  /* What is above the home folder is the system's affair, as for ssh. */
  while ((ok = check_folder (path, current, is_lowest, error))
      && g_strcmp0 (current, home) != 0 && strcmp (current, "/") != 0) {
    above = g_path_get_dirname (current);
    g_free (current);
    current = above;
    is_lowest = FALSE;
  }
  g_free (current);
  free (home);
  return ok;
}

/* Closing an O_PATH descriptor leaves SQLite's locks alone. */
static gboolean
check_file (const char *path, int folder, const char *name, GError ** error)
{
  int fd = openat (folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  Flaw flaw = FLAW_NONE;
  struct stat st;

  if (fd < 0)
    return errno == ENOENT || report (path, "the file", name, FLAW_TYPE, error);
  if (fstat (fd, &st) < 0 || !S_ISREG (st.st_mode) || st.st_nlink > 1)
    flaw = FLAW_TYPE;
  else
    flaw = find_flaw (&st);
  close (fd);
  return report (path, "the file", name, flaw, error);
}

gboolean
zrtp_cache_access_check (const char *path, const char *canonical,
    GError ** error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
  char *name = g_path_get_dirname (canonical);
  char *base = g_path_get_basename (canonical);
  int folder = open (name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  gboolean ok = zrtp_cache_access_check_folder (path, name, error);

  if (ok && folder < 0) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "can't be opened (%s): name another cache", g_strerror (errno));
    ok = FALSE;
  }
  for (guint i = 0; ok && i < G_N_ELEMENTS (suffixes); i++) {
    char *file = g_strconcat (base, suffixes[i], NULL);

    ok = check_file (path, folder, file, error);
    g_free (file);
  }
  if (folder >= 0)
    close (folder);
  g_free (base);
  g_free (name);
  return ok;
}
