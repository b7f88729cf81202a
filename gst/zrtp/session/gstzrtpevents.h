/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a stream puts out, and where it goes: keys and permissions to sender and
 * receiver, packets to the push work, jobs to their pools, notifications to the
 * notify work. Everything here runs with the call's lock held.
 */
#ifndef GST_ZRTP_EVENTS_H
#define GST_ZRTP_EVENTS_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* What may pass, as the stream has it now. */
void gst_zrtp_transport_apply_media (GstZrtpTransport * transport);
/* No keys, nothing passes. */
void gst_zrtp_transport_void_keys (GstZrtpTransport * transport);

/* Takes what @event holds. */
void gst_zrtp_transport_take_event (GstZrtpTransport * transport,
    const ZrtpEvent * event);

G_END_DECLS

#endif
