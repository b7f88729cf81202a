/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpnotification.h"

GstZrtpBacklog *
gst_zrtp_backlog_new (void)
{
  GstZrtpBacklog *backlog = g_new0 (GstZrtpBacklog, 1);

  g_atomic_ref_count_init (&backlog->refs);
  return backlog;
}

void
gst_zrtp_backlog_unref (GstZrtpBacklog * backlog)
{
  if (g_atomic_ref_count_dec (&backlog->refs))
    g_free (backlog);
}

GstZrtpNotification *
gst_zrtp_notification_new (GstZrtpNotificationKind kind, ...)
{
  GstZrtpNotification *notification = g_new0 (GstZrtpNotification, 1);
  const char *first_field;
  va_list args;

  notification->kind = kind;
  va_start (args, kind);
  first_field = va_arg (args, const char *);
  notification->message =
      gst_structure_new_valist (gst_zrtp_notification_kind_get_message_name
      (kind), first_field, args);
  va_end (args);
  return notification;
}

/* Takes ownership of @text. */
static GstZrtpNotification *
new_text (GstMessageType type, GQuark domain, gint code, const char *debug,
    char *text)
{
  GstZrtpNotification *notification = g_new0 (GstZrtpNotification, 1);

  notification->kind = GST_ZRTP_N_NOTIFICATIONS;
  notification->type = type;
  notification->domain = domain;
  notification->code = code;
  notification->debug = g_strdup (debug);
  notification->text = text;
  return notification;
}

GstZrtpNotification *
gst_zrtp_notification_new_warning (GQuark domain, gint code, const char *debug,
    const char *format, ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return new_text (GST_MESSAGE_WARNING, domain, code, debug, text);
}

GstZrtpNotification *
gst_zrtp_notification_new_error (GQuark domain, gint code, const char *text)
{
  return new_text (GST_MESSAGE_ERROR, domain, code, NULL, g_strdup (text));
}

GstZrtpNotification *
gst_zrtp_notification_new_info (GQuark domain, gint code, const char *debug,
    const char *format, ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return new_text (GST_MESSAGE_INFO, domain, code, debug, text);
}

void
gst_zrtp_notification_free (GstZrtpNotification * notification)
{
  g_clear_pointer (&notification->message, gst_structure_free);
  g_free (notification->text);
  g_free (notification->debug);
  g_free (notification);
}

GstStructure *
gst_zrtp_notification_get_message (GstZrtpNotification * notification)
{
  return notification->message;
}
