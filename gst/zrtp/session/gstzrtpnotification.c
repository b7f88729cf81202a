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

GstZrtpNotice *
gst_zrtp_notice_new (GstZrtpNoticeKind kind, ...)
{
  GstZrtpNotice *notice = g_new0 (GstZrtpNotice, 1);
  const char *first_field;
  va_list args;

  notice->kind = kind;
  va_start (args, kind);
  first_field = va_arg (args, const char *);
  notice->message =
      gst_structure_new_valist (gst_zrtp_notice_kind_get_message_name (kind),
      first_field, args);
  va_end (args);
  return notice;
}

/* Takes ownership of @text. */
static GstZrtpNotice *
new_text (GstMessageType type, GQuark domain, gint code, const char *debug,
    char *text)
{
  GstZrtpNotice *notice = g_new0 (GstZrtpNotice, 1);

  notice->kind = GST_ZRTP_N_NOTICES;
  notice->type = type;
  notice->domain = domain;
  notice->code = code;
  notice->debug = g_strdup (debug);
  notice->text = text;
  return notice;
}

GstZrtpNotice *
gst_zrtp_notice_new_warning (GQuark domain, gint code, const char *debug,
    const char *format, ...)
{
  va_list args;
  char *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  return new_text (GST_MESSAGE_WARNING, domain, code, debug, text);
}

GstZrtpNotice *
gst_zrtp_notice_new_error (GQuark domain, gint code, const char *text)
{
  return new_text (GST_MESSAGE_ERROR, domain, code, NULL, g_strdup (text));
}

GstZrtpNotice *
gst_zrtp_notice_new_info (GQuark domain, gint code, const char *debug,
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
gst_zrtp_notice_free (GstZrtpNotice * notice)
{
  g_clear_pointer (&notice->message, gst_structure_free);
  g_free (notice->text);
  g_free (notice->debug);
  g_free (notice);
}

GstStructure *
gst_zrtp_notice_get_message (GstZrtpNotice * notice)
{
  return notice->message;
}
