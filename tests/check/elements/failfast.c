/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * In one process for all tests (CK_FORK=no) a test that failed leaves its pipelines
 * running, in the way of those that follow and of the end of the process. So the
 * first failure ends the suite, with its reason.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gst/check/gstcheck.h>

typedef void (*AssertFailed) (const char *file, int line, const char *expr,
    ...);

/* Stands before the function of libcheck that its macros call. */
void
_ck_assert_failed (const char *file, int line, const char *expr, ...)
{
  const char *fork = g_getenv ("CK_FORK"), *format;
  char *text = NULL;
  AssertFailed next;
  va_list args;

  va_start (args, expr);
  format = va_arg (args, const char *);
  if (format)
    text = g_strdup_vprintf (format, args);
  va_end (args);
  if (g_strcmp0 (fork, "no") == 0) {
    printf ("%s:%d: %s\nThe suite ends with the first failure (CK_FORK=no)\n",
        file, line, text ? text : expr);
    fflush (stdout);
    _exit (EXIT_FAILURE);
  }
  next = (AssertFailed) dlsym (RTLD_NEXT, "_ck_assert_failed");
  if (text)
    next (file, line, expr, "%s", text, NULL);
  else
    next (file, line, expr, NULL);
  abort ();
}
