/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Hellos against what the signalling announced (RFC 6189 8, 8.1). Part
 * of zrtpstate.h.
 */
#ifndef ZRTP_HELLO_HASH_H
#define ZRTP_HELLO_HASH_H

#include "zrtp/state/zrtpstate.h"

G_BEGIN_DECLS

void zrtp_hello_hash_set_status (ZrtpStream * stream,
    ZrtpHelloHashStatus status);
gboolean zrtp_hello_hash_is_known (ZrtpStream * stream, GBytes * hello);
/* FALSE if the signalling announced other Hellos (8.1). */
gboolean zrtp_hello_hash_is_announced (ZrtpStream * stream, GBytes * hello);
/* Compares the Hellos that came with the announcement. */
void zrtp_hello_hash_check (ZrtpStream * stream, gint64 now);
/* The announcement came, or changed. Takes ownership of @hashes. */
void zrtp_hello_hash_announce (ZrtpStream * stream, GArray * hashes,
    gint64 now);
/* TRUE if the Hello may be acknowledged. One that was not announced has to be
 * kept for that, as its sender then says Hello no more. */
gboolean zrtp_hello_hash_admit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now);
/* TRUE if the call is still secure with an endpoint that was announced earlier. */
gboolean zrtp_hello_hash_is_transfer (ZrtpStream * stream);
/* Ends the call with that endpoint, to begin with another. */
void zrtp_hello_hash_move (ZrtpStream * stream, gint64 now);
void zrtp_hello_hash_forget (ZrtpStream * stream);

G_END_DECLS

#endif
