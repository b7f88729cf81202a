/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Hellos against what the signalling announced (RFC 6189 8, 8.1). Part
 * of zrtpstream-private.h.
 */
#ifndef ZRTP_HELLO_HASH_H
#define ZRTP_HELLO_HASH_H

#include "zrtpstream-private.h"

G_BEGIN_DECLS

void zrtp_hello_hash_set_status (ZrtpStream * stream,
    ZrtpHelloHashStatus status);
gboolean zrtp_hello_hash_is_known (ZrtpStream * stream, GBytes * hello);
/* FALSE if the signalling announced other Hellos (8.1). */
gboolean zrtp_hello_hash_is_announced (ZrtpStream * stream, GBytes * hello);
/* The announcement came, or changed. */
void zrtp_hello_hash_check (ZrtpStream * stream, gint64 now);

G_END_DECLS

#endif
