/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/cache/zrtpcache-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

gboolean
zrtp_cache_file_restrict_permissions (const char *path, GError ** error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };
  gboolean ok = TRUE;

  for (guint i = 0; ok && i < G_N_ELEMENTS (suffixes); i++) {
    char *name = g_strconcat (path, suffixes[i], NULL);
    struct stat st;

    if (lstat (name, &st) == 0 && S_ISREG (st.st_mode)
        && (st.st_mode & 077) != 0
        && chmod (name, st.st_mode & 0600) < 0
        && errno != EROFS && (st.st_mode & 022) != 0) {
      zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
          "may be written by other users: take it over (chown), set its mode "
          "to 0600, or name another cache");
      ok = FALSE;
    }
    g_free (name);
  }
  return ok;
}

/* @folder is canonical and safe. */
static int
make_file (const char *folder, const char *path, gboolean * made)
{
  int parent = open (folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  char *name = g_path_get_basename (path);
  int fd = -1, number;

  if (parent >= 0)
    fd = openat (parent, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        | O_CLOEXEC, 0600);
  number = errno;
  *made = fd >= 0;
  if (fd >= 0)
    close (fd);
  if (parent >= 0)
    close (parent);
  g_free (name);
  errno = number;
  /* Another process may have been first. */
  return *made || (parent >= 0 && number == EEXIST) ? 0 : -1;
}

static void
fail_to_make (const char *path, GError ** error)
{
  const int number = errno;

  if (zrtp_cache_means_full (number))
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_FULL, path,
        ZRTP_CACHE_FULL_TEXT);
  else
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "can't be made (%s): make its folder writable or name another cache",
        g_strerror (number));
}

static gboolean
make_if_missing (const char *path, gboolean * made, GError ** error)
{
  char *folder, *real = NULL;
  struct stat st;
  gboolean ok = FALSE;

  if (stat (path, &st) == 0 || errno != ENOENT)
    return TRUE;
  folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    real = realpath (folder, NULL);
  if (real == NULL) {
    fail_to_make (path, error);
  } else if (zrtp_cache_access_check_folder (path, real, error)) {
    ok = make_file (real, path, made) == 0;
    if (!ok)
      fail_to_make (path, error);
  }
  free (real);
  g_free (folder);
  return ok;
}

/* What exists of the path has one name, what doesn't none but this. */
char *
zrtp_cache_file_resolve (const char *path)
{
  char *folder = g_canonicalize_filename (path, NULL);
  char *rest = NULL, *parent, *real, *result;

  while (!(real = realpath (folder, NULL)) && strcmp (folder, "/") != 0) {
    char *name = g_path_get_basename (folder);
    char *longer = g_build_filename (name, rest, NULL);

    g_free (name);
    g_free (rest);
    rest = longer;
    parent = g_path_get_dirname (folder);
    g_free (folder);
    folder = parent;
  }
  result = g_build_filename (real ? real : folder, rest, NULL);
  free (real);
  g_free (folder);
  g_free (rest);
  return result;
}

char *
zrtp_cache_file_prepare (const char *path, gboolean * made, GError ** error)
{
  struct stat st;
  char *real, *canonical;

  *made = FALSE;
  if (!make_if_missing (path, made, error))
    return NULL;
  real = realpath (path, NULL);
  if (real == NULL || stat (real, &st) < 0) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "can't be opened (%s): name another cache", g_strerror (errno));
    free (real);
    return NULL;
  }
  canonical = g_strdup (real);
  free (real);

  if (!S_ISREG (st.st_mode)) {
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "is %s, not a file: name another cache",
        S_ISDIR (st.st_mode) ? "a folder" : "a device, pipe or socket");
  } else if (st.st_nlink > 1) {
    /* SQLite finds the WAL by the file's name: two names, two WALs. */
    zrtp_cache_file_error (error, ZRTP_CACHE_ERROR_OPEN, path,
        "has more than one name (hard links): remove the others or name "
        "another cache");
  } else if (zrtp_cache_access_check (path, canonical, error)) {
    return canonical;
  }
  g_free (canonical);
  return NULL;
}
