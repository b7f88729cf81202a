/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a Hello is made, and with which ZID.
 */
#ifndef GST_ZRTP_HELLO_H
#define GST_ZRTP_HELLO_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* The value of a=zrtp-hash, a copy; makes the Hello if there is none yet, which
 * waits for the file of known peers: for 3 s at most. NULL if the transport has
 * no zrtpenc. From here on it is fixed. */
char *gst_zrtp_transport_read_hello_hash (GstZrtpTransport * transport);
/* Has a Hello made, or another one if that is due and no application knows the
 * old; and if a call @starts, the file of known peers, and then the start. Now
 * or later. */
void gst_zrtp_transport_ensure_hello (GstZrtpTransport * transport,
    gboolean starts);
/* There is a file of known peers, or there will be none. */
void gst_zrtp_transport_cache_opened (GstZrtpTransport * transport);
/* The call ends before the file of known peers is open. */
void gst_zrtp_transport_cancel_start (GstZrtpTransport * transport);
/* A call used the Hello: the next one gets another (RFC 6189 9). */
void gst_zrtp_transport_spend_hello (GstZrtpTransport * transport);
/* Stream away, with all that hangs on it. */
void gst_zrtp_transport_drop_stream (GstZrtpTransport * transport);
/* Moves an unused stream and its Hello to a transport that has none. */
void gst_zrtp_transport_adopt_stream (GstZrtpTransport * transport,
    GstZrtpTransport * from);

G_END_DECLS

#endif
