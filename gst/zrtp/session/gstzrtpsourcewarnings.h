/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * WARNING messages on single RTP sources whose packets are dropped although the
 * call is secure. The callers see to it that each comes once for a source.
 */
#ifndef GST_ZRTP_SOURCE_WARNINGS_H
#define GST_ZRTP_SOURCE_WARNINGS_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS /* All of them with or without locks. */ /* Received: @ssrc was
    decrypted before and only fails now,
    for @drop. */ void gst_zrtp_transport_warn_of_failing_source (GstZrtpTransport * transport,
    guint32 ssrc, GstZrtpReceiveDrop drop);
/* Sent: @ssrc resumed at a lower sequence number and keeps its SSRC. */
void gst_zrtp_transport_warn_of_restarted_source (GstZrtpTransport * transport,
    guint32 ssrc);
/* Sent: single packets of @ssrc come a second time. */
void gst_zrtp_transport_warn_of_repeated_packets (GstZrtpTransport * transport,
    guint32 ssrc);
/* Sent: @ssrc keeps coming in on @pad_name, and belongs to another pad. */
void gst_zrtp_transport_warn_of_shared_ssrc (GstZrtpTransport * transport,
    guint32 ssrc, const char *pad_name);
/* Queues a WARNING if packets of too many SSRCs were @done, "sent" or "received",
 * and none says so yet. MT safe, with or without locks. */
void gst_zrtp_transport_warn_of_crowd (GstZrtpTransport * transport,
    gint * crowded, const char *done);

G_END_DECLS

#endif
