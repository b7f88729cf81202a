/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What applications are told: notifies, signals and messages. A notice is made
 * where something happened, with all it has to say, and delivered later by the
 * pair's notifier: first property notifies on every element that shares the
 * value, then the signal on both elements, then the message on the bus, posted
 * by zrtpenc (and by zrtpdec, if that lives under another top-level bin).
 */
#ifndef GST_ZRTP_NOTICE_H
#define GST_ZRTP_NOTICE_H

#include "session/gstzrtptransport.h"
#include "api/gstzrtpsignals.h"

G_BEGIN_DECLS

typedef struct _GstZrtpNotice GstZrtpNotice;

/* The fields of the message follow, as for gst_structure_new(). */
GstZrtpNotice *gst_zrtp_notice_new (GstZrtpNoticeKind kind, ...)
    G_GNUC_NULL_TERMINATED;
/* A WARNING message, with @debug for the curious. */
GstZrtpNotice *gst_zrtp_notice_new_warning (GQuark domain, gint code,
    const char *debug, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* An ERROR message: the application stops the pipeline. */
GstZrtpNotice *gst_zrtp_notice_new_error (GQuark domain, gint code,
    const char *text);
/* The same as an INFO message. */
GstZrtpNotice *gst_zrtp_notice_new_info (GQuark domain, gint code,
    const char *debug, const char *format, ...) G_GNUC_PRINTF (4, 5);
void gst_zrtp_notice_free (GstZrtpNotice * notice);
/* Counts the messages of a pair that the application has not taken yet. */
GstZrtpBacklog *gst_zrtp_backlog_new (void);
void gst_zrtp_backlog_unref (GstZrtpBacklog * backlog);
/* To add fields before it is queued. */
GstStructure *gst_zrtp_notice_get_message (GstZrtpNotice * notice);

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
