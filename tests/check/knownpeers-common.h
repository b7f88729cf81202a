/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls between two endpoints that remember each other, each in a cache file of
 * its own.
 */
#ifndef KNOWN_H
#define KNOWN_H

#include "sim.h"

/* The caches, made before each test and closed after it; a test may put others
 * in their place. */
extern ZrtpCache *knownpeers_cache[2];
/* Unix seconds when the next call starts; tests move it on. */
extern gint64 knownpeers_wall;

/* A fixture. */
void knownpeers_setup (void);
void knownpeers_teardown (void);
/* Closes an endpoint's cache and starts an empty file, with a ZID of its own or
 * with the old one (an endpoint whose entries were lost). */
void knownpeers_lose_cache (guint which);
void knownpeers_replace_cache (guint which);
/* Lets it read its file and not write it any more. */
void knownpeers_make_read_only (guint which);

/* A call between them with default policies, not yet made or started. */
Sim *knownpeers_new (guint64 seed);
/* The same, @initiator calling, run until both are secure and all is written.
 * Free it to hang up. */
Sim *knownpeers_call (guint64 seed, guint initiator);
/* Makes, starts and runs what knownpeers_new() gave. */
void knownpeers_run (Sim * sim);
/* Lets jobs finish that a call into the engine has made. */
void knownpeers_settle (Sim * sim);

/* What an endpoint knows of the other, read from its file. Secrets are for
 * comparing only; zrtp_peer_clear() it. */
ZrtpPeer knownpeers_peer (guint which);
/* Fails unless both files hold the same rs1, and the same rs2 if @rs2. */
void knownpeers_assert_same (gboolean rs2);
/* Fails unless nothing that counts differs between two readings. */
void knownpeers_assert_unchanged (const ZrtpPeer * before, const ZrtpPeer * after);

const ZrtpSessionInfo *knownpeers_info (Sim * sim, guint which);
/* How often an endpoint was told of something. */
guint knownpeers_events (Sim * sim, guint which, ZrtpEventType type);

#endif
