/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What every fuzz harness has: libFuzzer's entry point, which replay.c calls
 * as well; and a check that stays in optimised builds.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdlib.h>

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

#define FUZZ_CHECK(condition) G_STMT_START {                          \
  if (!(condition)) {                                                 \
    g_printerr ("%s:%d: %s\n", __FILE__, __LINE__, #condition);       \
    abort ();                                                         \
  }                                                                   \
} G_STMT_END

#endif
