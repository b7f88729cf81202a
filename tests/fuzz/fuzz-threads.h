/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The threads, timers and clock of the plugin in a harness: all run on the harness's own
 * thread, when it says so, and time passes only then. The plugin is compiled with the
 * names of these functions in place of GLib's (FUZZ_THREADS in meson.build).
 */
#ifndef TESTS_FUZZ_THREADS_H
#define TESTS_FUZZ_THREADS_H

#include <glib.h>

/* Runs what waits for a thread, and what comes of it. */
void fuzz_threads_run (void);
/* Goes on to the next timer, if there is one in the next @limit microseconds, and
 * runs what it starts. FALSE if there is none. */
gboolean fuzz_threads_wait (gint64 limit);

/* Clock and random numbers begin again. Checks that no task and no timer is left. */
void fuzz_threads_reset (void);

#endif
