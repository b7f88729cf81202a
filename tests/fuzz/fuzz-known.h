/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the two keep of each other, in files of known peers (FUZZ_REAL) or in
 * SQLite's memory, and what may happen to those.
 */
#ifndef TESTS_FUZZ_KNOWN_H
#define TESTS_FUZZ_KNOWN_H

#include "fuzz-world.h"

/* The file of Alice (0) or Bob (1), with no peer in it. It is the process's, and
 * goes when that ends. */
ZrtpCache *known_empty_cache (guint which);

/* Runs a job with the side's file, after those of that file that came before
 * it: nothing overtakes on the way to a disk. */
void known_run_job (World * world, Side * side, ZrtpJob * job);

/* One of the things that happen to files; nothing without one. */
void known_act (World * world, Side * side);

/* TRUE if both files have the same rs1. */
gboolean known_same_secret (World * world);

#endif
