/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work that tells applications. It may block in a handler.
 */
#ifndef GST_ZRTP_NOTIFIER_H
#define GST_ZRTP_NOTIFIER_H

#include "session/gstzrtpnotification.h"
#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* Queues it for the notifier. Takes @notice. With or without locks. */
void gst_zrtp_pair_notify (GstZrtpPair * pair, GstZrtpNotice * notice);
/* The same in two steps, for several. */
void gst_zrtp_pair_add_notice (GstZrtpPair * pair, GstZrtpNotice * notice);
void gst_zrtp_pair_tell_notices (GstZrtpPair * pair);
/* The notifier's work. What waits for it, or on the bus, is bounded for each kind:
 * from there on a newer notice replaces an older one. Alarms count as the same kind
 * if their text is the same. */
void gst_zrtp_pair_deliver_notices (GstZrtpPair * pair);

G_END_DECLS

#endif
