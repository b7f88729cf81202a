/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What applications are told: notifies, signals and messages. A notification is
 * made where something happened, with all it has to say, and delivered later by
 * the transport's notify work: first property notifies on every element that
 * shares the value, then the signal on both elements, then the message on the
 * bus, posted by zrtpenc (and by zrtpdec, if that lives under another top-level
 * bin).
 */
#ifndef GST_ZRTP_NOTIFICATION_H
#define GST_ZRTP_NOTIFICATION_H

#include "api/gstzrtpsignals.h"

G_BEGIN_DECLS

typedef struct _GstZrtpNotification GstZrtpNotification;
typedef struct _GstZrtpBacklog GstZrtpBacklog;

struct _GstZrtpNotification
{
  GstZrtpNotificationKind kind;       /* GST_ZRTP_N_NOTIFICATIONS: ... */
  GstStructure *message;

  GstMessageType type;          /* ... an INFO, WARNING or ERROR message */
  GQuark domain;
  gint code;
  char *text, *debug;
};

/* A message on the bus can outlive its transport, and this does, too. */
struct _GstZrtpBacklog
{
  gatomicrefcount refs;
  gint messages[GST_ZRTP_N_NOTIFICATIONS + 1];        /* atomic, by kind */
};

/* The fields of the message follow, as for gst_structure_new(). */
GstZrtpNotification *gst_zrtp_notification_new (GstZrtpNotificationKind kind, ...)
    G_GNUC_NULL_TERMINATED;
/* A WARNING message, with @debug for the curious. */
GstZrtpNotification *gst_zrtp_notification_new_warning (GQuark domain,
    gint code, const char *debug, const char *format, ...) G_GNUC_PRINTF (4, 5);
/* An ERROR message: the application stops the pipeline. */
GstZrtpNotification *gst_zrtp_notification_new_error (GQuark domain, gint code,
    const char *text);
/* The same as an INFO message. */
GstZrtpNotification *gst_zrtp_notification_new_info (GQuark domain, gint code,
    const char *debug, const char *format, ...) G_GNUC_PRINTF (4, 5);
void gst_zrtp_notification_free (GstZrtpNotification * notification);
/* Counts the messages of a transport that the application has not taken yet. */
GstZrtpBacklog *gst_zrtp_backlog_new (void);
void gst_zrtp_backlog_unref (GstZrtpBacklog * backlog);
/* To add fields before it is queued. */
GstStructure *gst_zrtp_notification_get_message (GstZrtpNotification *
    notification);

G_END_DECLS

#endif
