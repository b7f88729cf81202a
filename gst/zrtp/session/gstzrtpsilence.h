/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Looks at a transport now and then, and tells the application by a WARNING why
 * there is silence. gstzrtpsituation.h has the situations.
 */
#ifndef GST_ZRTP_SILENCE_H
#define GST_ZRTP_SILENCE_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* Must be called with the call's lock held: the transport starts, or stops. */
void gst_zrtp_transport_begin_watch (GstZrtpTransport * transport);
void gst_zrtp_transport_end_watch (GstZrtpTransport * transport);
/* For the notifier, when the watch's timer has fired. Takes the call's lock and
 * those of the elements, one after the other. */
void gst_zrtp_transport_look (GstZrtpTransport * transport);

G_END_DECLS

#endif
