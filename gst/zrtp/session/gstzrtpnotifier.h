/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work that tells applications. It may block in a handler.
 */
#ifndef GST_ZRTP_NOTIFIER_H
#define GST_ZRTP_NOTIFIER_H

#include "session/gstzrtpnotification.h"
#include "session/gstzrtptransport.h"

G_BEGIN_DECLS /* Queues it for the notify work. Takes ownership of
               * @notification. With or without locks. */ void gst_zrtp_transport_notify (GstZrtpTransport * transport,
    GstZrtpNotification * notification);
/* The same in two steps, for several. */
void gst_zrtp_transport_add_notification (GstZrtpTransport * transport,
    GstZrtpNotification * notification);
void gst_zrtp_transport_schedule_notifications (GstZrtpTransport * transport);
/* The notifier's work. What waits for it, or on the bus, is bounded for each
 * kind: from there on a newer notification replaces an older one. Alarms count
 * as the same kind if their text is the same. */
void gst_zrtp_transport_deliver_notifications (GstZrtpTransport * transport);

G_END_DECLS

#endif
