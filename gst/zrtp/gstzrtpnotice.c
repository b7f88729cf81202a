/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpnotice.h"

#include "gstzrtpproperties.h"
#include "gstzrtpregistry.h"

struct _GstZrtpNotice
{
  GstZrtpNoticeKind kind;       /* GST_ZRTP_N_NOTICES: ... */
  GstStructure *message;

  gboolean is_info;             /* ... an INFO message, or a WARNING */
  GQuark domain;
  gint code;
  char *text, *debug;
};

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
new_text (gboolean is_info, GQuark domain, gint code, const char *debug,
    char *text)
{
  GstZrtpNotice *notice = g_new0 (GstZrtpNotice, 1);

  notice->kind = GST_ZRTP_N_NOTICES;
  notice->is_info = is_info;
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
  return new_text (FALSE, domain, code, debug, text);
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
  return new_text (TRUE, domain, code, debug, text);
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

void
gst_zrtp_pair_add_notice (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  g_mutex_lock (&pair->notices_lock);
  g_queue_push_tail (&pair->notices, notice);
  g_mutex_unlock (&pair->notices_lock);
}

void
gst_zrtp_pair_tell_notices (GstZrtpPair * pair)
{
  gboolean any;

  g_mutex_lock (&pair->notices_lock);
  any = pair->notices.length > 0;
  g_mutex_unlock (&pair->notices_lock);
  if (any)
    gst_zrtp_runner_poke (&pair->notifier);
}

void
gst_zrtp_pair_notify (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  gst_zrtp_pair_add_notice (pair, notice);
  gst_zrtp_pair_tell_notices (pair);
}

static void
notify_properties (GstZrtpPair * pair, GstZrtpNoticeKind kind)
{
  GPtrArray *own = gst_zrtp_registry_list (pair, FALSE);
  GPtrArray *all = gst_zrtp_registry_list (pair, TRUE);

  for (const guint * id = gst_zrtp_notice_kind_get_properties (kind); *id; id++) {
    GPtrArray *who = gst_zrtp_property_is_call_wide (*id) ? all : own;

    for (guint i = 0; i < who->len; i++)
      g_object_notify_by_pspec (g_ptr_array_index (who, i),
          gst_zrtp_property_get_pspec (*id));
  }
  g_ptr_array_unref (own);
  g_ptr_array_unref (all);
}

static gboolean
same_toplevel (GstElement * a, GstElement * b)
{
  GstObject *top_a = gst_zrtp_registry_get_toplevel (a);
  GstObject *top_b = gst_zrtp_registry_get_toplevel (b);
  gboolean same = top_a == top_b;

  gst_clear_object (&top_a);
  gst_clear_object (&top_b);
  return same;
}

static GstMessage *
make_message (GstElement * element, GstZrtpNotice * notice)
{
  GError *error;
  GstMessage *message;

  if (notice->message)
    return gst_message_new_element (GST_OBJECT (element),
        gst_structure_copy (notice->message));
  error = g_error_new_literal (notice->domain, notice->code, notice->text);
  message = notice->is_info
      ? gst_message_new_info (GST_OBJECT (element), error, notice->debug)
      : gst_message_new_warning (GST_OBJECT (element), error, notice->debug);
  g_error_free (error);
  return message;
}

/* A bin hands on what its children post without a reference to itself, and this
 * is no streaming thread that it would wait for: it must not go away meanwhile.
 * One that is about to has set its children to NULL and let them go. */
static void
post (GstElement * element, GstMessage * message)
{
  GPtrArray *bins = g_ptr_array_new_with_free_func (gst_object_unref);
  GstObject *parent = gst_object_get_parent (GST_OBJECT (element));
  gboolean gone;

  GST_OBJECT_LOCK (element);
  gone = !parent && GST_STATE (element) == GST_STATE_NULL;
  GST_OBJECT_UNLOCK (element);
  for (; parent; parent = gst_object_get_parent (parent))
    g_ptr_array_add (bins, parent);
  if (gone)
    gst_message_unref (message);
  else
    gst_element_post_message (element, message);
  g_ptr_array_unref (bins);
}

static void
deliver (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  GstElement *enc = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_ENC);
  GstElement *dec = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_DEC);

  if (notice->message) {
    GstZrtpBin *named = (GstZrtpBin *) (enc ? enc : dec);

    notify_properties (pair, notice->kind);
    if (named) {
      char *session_id = gst_zrtp_settings_get_string (named->settings,
          GST_ZRTP_SETTING_SESSION_ID);

      gst_structure_set (notice->message,
          "session-id", G_TYPE_STRING, session_id,
          "stream-id", G_TYPE_UINT, pair->stream_id, NULL);
      g_free (session_id);
    }
    if (enc)
      gst_zrtp_notice_kind_emit (notice->kind, enc, notice->message);
    if (dec)
      gst_zrtp_notice_kind_emit (notice->kind, dec, notice->message);
  }

  if (enc)
    post (enc, make_message (enc, notice));
  if (dec && (!enc || !same_toplevel (enc, dec)))
    post (dec, make_message (dec, notice));
  gst_clear_object (&enc);
  gst_clear_object (&dec);
}

void
gst_zrtp_pair_deliver_notices (GstZrtpPair * pair)
{
  GstZrtpNotice *notice;

  for (;;) {
    g_mutex_lock (&pair->notices_lock);
    notice = g_queue_pop_head (&pair->notices);
    g_mutex_unlock (&pair->notices_lock);
    if (!notice)
      return;
    deliver (pair, notice);
    gst_zrtp_notice_free (notice);
  }
}
