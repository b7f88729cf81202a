/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Runs a harness over the files of a folder, without a fuzzer.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

static void
replay (const char *path)
{
  GError *error = NULL;
  char *contents;
  gsize size;
  guint8 *copy;

  if (!g_file_get_contents (path, &contents, &size, &error))
    g_error ("%s", error->message);
  /* The contents are followed by a NUL: an input has none. */
  copy = g_malloc (MAX (size, 1));
  memcpy (copy, contents, size);
  g_free (contents);
  LLVMFuzzerTestOneInput (copy, size);
  g_free (copy);
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
  const char *name;
  guint n = 0;
  GDir *dir;

  if (argc != 2) {
    g_printerr ("usage: %s FOLDER\n", argv[0]);
    return EXIT_FAILURE;
  }
  dir = g_dir_open (argv[1], 0, &error);
  if (dir == NULL) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  while ((name = g_dir_read_name (dir))) {
    char *path = g_build_filename (argv[1], name, NULL);

    replay (path);
    g_free (path);
    n++;
  }
  g_dir_close (dir);
  g_print ("%u inputs\n", n);
  return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
