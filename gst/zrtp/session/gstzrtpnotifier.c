/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work that tells applications. It may block in a handler.
 */
#include "session/gstzrtpnotifier.h"

#include "api/gstzrtpproperties.h"
#include "session/gstzrtpmember.h"

/* Notifications of one kind that wait for the notify work, and messages of one
 * kind that the application has not taken from the bus. Third parties cause
 * some of them. */
#define MAX_WAITING 64
/* Messages that wait for room on the bus are tried again after this time. */
#define TRY_AGAIN (1 * G_TIME_SPAN_SECOND)

typedef struct
{
  GstZrtpBacklog *backlog;
  GstZrtpNotificationKind kind;
} Posted;

static void
message_gone (gpointer data, GstMiniObject * message)
{
  Posted *posted = data;

  g_atomic_int_add (&posted->backlog->messages[posted->kind], -1);
  gst_zrtp_backlog_unref (posted->backlog);
  g_free (posted);
}

static void
count_message (GstZrtpTransport * transport, GstZrtpNotificationKind kind,
    GstMessage * message)
{
  Posted *posted = g_new (Posted, 1);

  g_atomic_ref_count_inc (&transport->backlog->refs);
  g_atomic_int_inc (&transport->backlog->messages[kind]);
  posted->backlog = transport->backlog;
  posted->kind = kind;
  gst_mini_object_weak_ref (GST_MINI_OBJECT (message), message_gone, posted);
}

static gboolean
has_room_on_bus (GstZrtpTransport * transport, GstZrtpNotificationKind kind)
{
  return g_atomic_int_get (&transport->backlog->messages[kind]) < MAX_WAITING;
}

static const char *
get_text (const GstZrtpNotification * notification)
{
  return notification->
      message ? gst_structure_get_string (notification->message,
      "text") : notification->text;
}

/* Takes ownership of @notification. With @most of its kind in @queue, the last
 * one that it makes superfluous goes. An alarm leaves others alone. */
static void
push_bounded (GQueue * queue, GstZrtpNotification * notification, guint most)
{
  GList *same = NULL;
  guint n = 0;

  for (GList * link = queue->tail; link; link = link->prev) {
    GstZrtpNotification *other = link->data;

    if (other->kind != notification->kind)
      continue;
    n++;
    if (!same && g_strcmp0 (get_text (other), get_text (notification)) == 0)
      same = link;
  }
  if (n >= most && same) {
    gst_zrtp_notification_free (same->data);
    g_queue_delete_link (queue, same);
  }
  g_queue_push_tail (queue, notification);
}

void
gst_zrtp_transport_add_notification (GstZrtpTransport * transport,
    GstZrtpNotification * notification)
{
  g_mutex_lock (&transport->notifications_lock);
  push_bounded (&transport->notifications, notification, MAX_WAITING);
  g_mutex_unlock (&transport->notifications_lock);
}

void
gst_zrtp_transport_schedule_notifications (GstZrtpTransport * transport)
{
  gboolean any;

  g_mutex_lock (&transport->notifications_lock);
  any = transport->notifications.length > 0;
  g_mutex_unlock (&transport->notifications_lock);
  if (any)
    gst_zrtp_work_schedule (&transport->notify_work);
}

void
gst_zrtp_transport_notify (GstZrtpTransport * transport,
    GstZrtpNotification * notification)
{
  gst_zrtp_transport_add_notification (transport, notification);
  gst_zrtp_transport_schedule_notifications (transport);
}

static void
notify_properties (GstZrtpTransport * transport, GstZrtpNotificationKind kind)
{
  GPtrArray *own = gst_zrtp_registry_list (transport, FALSE);
  GPtrArray *all = gst_zrtp_registry_list (transport, TRUE);

  for (const guint * id = gst_zrtp_notification_kind_get_properties (kind); *id;
      id++) {
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

/* gst-launch-1.0 prints the debug text of an INFO message and nothing else. */
static GstMessage *
make_info (GstElement * element, GError * error,
    GstZrtpNotification * notification)
{
  char *debug =
      g_strconcat (notification->text, notification->debug ? "\n" : NULL,
      notification->debug, NULL);
  GstMessage *message = gst_message_new_info (GST_OBJECT (element), error,
      debug);

  g_free (debug);
  return message;
}

static GstMessage *
make_message (GstElement * element, GstZrtpNotification * notification)
{
  GError *error;
  GstMessage *message;

  if (notification->message)
    return gst_message_new_element (GST_OBJECT (element),
        gst_structure_copy (notification->message));
  error =
      g_error_new_literal (notification->domain, notification->code,
      notification->text);
  switch (notification->type) {
    case GST_MESSAGE_INFO:
      message = make_info (element, error, notification);
      break;
    case GST_MESSAGE_ERROR:
      message = gst_message_new_error (GST_OBJECT (element), error,
          notification->debug);
      break;
    default:
      message = gst_message_new_warning (GST_OBJECT (element), error,
          notification->debug);
      break;
  }
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
deliver (GstZrtpTransport * transport, GstZrtpNotification * notification)
{
  GstElement *enc =
      gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_SEND);
  GstElement *dec =
      gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_RECEIVE);

  if (notification->message) {
    GstZrtpBin *named = (GstZrtpBin *) (enc ? enc : dec);

    notify_properties (transport, notification->kind);
    if (named) {
      char *session_id = gst_zrtp_settings_get_string (named->settings,
          GST_ZRTP_SETTING_SESSION_ID);

      gst_structure_set (notification->message,
          "session-id", G_TYPE_STRING, session_id,
          "stream-id", G_TYPE_UINT, transport->stream_id, NULL);
      g_free (session_id);
    }
    if (enc)
      gst_zrtp_notification_kind_emit (notification->kind, enc,
          notification->message);
    if (dec)
      gst_zrtp_notification_kind_emit (notification->kind, dec,
          notification->message);
  }

  gst_clear_object (&enc);
  gst_clear_object (&dec);
}

static void
post_counted (GstZrtpTransport * transport, GstElement * element,
    GstZrtpNotification * notification)
{
  GstMessage *message = make_message (element, notification);

  count_message (transport, notification->kind, message);
  post (element, message);
}

static gboolean
is_held (GstZrtpTransport * transport, GstZrtpNotificationKind kind)
{
  for (GList * link = transport->held.head; link; link = link->next)
    if (((GstZrtpNotification *) link->data)->kind == kind)
      return TRUE;
  return FALSE;
}

/* Takes ownership of @notification. The application may make room at any
 * moment: a notification of a kind that is held joins the queue, so that it
 * does not overtake. */
static void
put_on_bus (GstZrtpTransport * transport, GstZrtpNotification * notification)
{
  GstElement *enc, *dec;

  if (is_held (transport, notification->kind)
      || !has_room_on_bus (transport, notification->kind)) {
    push_bounded (&transport->held, notification, 1);
    return;
  }
  enc = gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_SEND);
  dec = gst_zrtp_transport_get_element (transport, GST_ZRTP_SIDE_RECEIVE);
  if (enc)
    post_counted (transport, enc, notification);
  if (dec && (!enc || !same_toplevel (enc, dec)))
    post_counted (transport, dec, notification);
  gst_clear_object (&enc);
  gst_clear_object (&dec);
  gst_zrtp_notification_free (notification);
}

/* The application may have taken messages meanwhile. */
static void
put_held_on_bus (GstZrtpTransport * transport)
{
  GQueue held = transport->held;
  GstZrtpNotification *notification;

  g_queue_init (&transport->held);
  while ((notification = g_queue_pop_head (&held)))
    put_on_bus (transport, notification);
}

void
gst_zrtp_transport_deliver_notifications (GstZrtpTransport * transport)
{
  GstZrtpNotification *notification;

  put_held_on_bus (transport);

  for (;;) {
    g_mutex_lock (&transport->notifications_lock);
    notification = g_queue_pop_head (&transport->notifications);
    g_mutex_unlock (&transport->notifications_lock);
    if (!notification)
      break;
    deliver (transport, notification);
    put_on_bus (transport, notification);
  }
  if (transport->held.length > 0)
    gst_zrtp_timer_set (&transport->timers[GST_ZRTP_TRANSPORT_HELD].timer,
        g_get_monotonic_time () + TRY_AGAIN);
}
