/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The work that tells applications. It may block in a handler.
 */
#include "session/gstzrtpnotifier.h"

#include "api/gstzrtpproperties.h"
#include "session/gstzrtpmember.h"

/* Notices of one kind that wait for the notifier, and messages of one kind that the
 * application has not taken from the bus. Third parties cause some of them. */
#define MAX_WAITING 64
/* Messages that wait for room on the bus are tried again after this time. */
#define TRY_AGAIN (1 * G_TIME_SPAN_SECOND)

typedef struct
{
  GstZrtpBacklog *backlog;
  GstZrtpNoticeKind kind;
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
count_message (GstZrtpPair * pair, GstZrtpNoticeKind kind, GstMessage * message)
{
  Posted *posted = g_new (Posted, 1);

  g_atomic_ref_count_inc (&pair->backlog->refs);
  g_atomic_int_inc (&pair->backlog->messages[kind]);
  posted->backlog = pair->backlog;
  posted->kind = kind;
  gst_mini_object_weak_ref (GST_MINI_OBJECT (message), message_gone, posted);
}

static gboolean
has_room_on_bus (GstZrtpPair * pair, GstZrtpNoticeKind kind)
{
  return g_atomic_int_get (&pair->backlog->messages[kind]) < MAX_WAITING;
}

static const char *
get_text (const GstZrtpNotice * notice)
{
  return notice->message ? gst_structure_get_string (notice->message, "text") :
      notice->text;
}

/* Takes ownership of @notice. With @most of its kind in @queue, the last one that it
 * makes superfluous goes. An alarm leaves others alone. */
static void
push_bounded (GQueue * queue, GstZrtpNotice * notice, guint most)
{
  GList *same = NULL;
  guint n = 0;

  for (GList * link = queue->tail; link; link = link->prev) {
    GstZrtpNotice *other = link->data;

    if (other->kind != notice->kind)
      continue;
    n++;
    if (!same && g_strcmp0 (get_text (other), get_text (notice)) == 0)
      same = link;
  }
  if (n >= most && same) {
    gst_zrtp_notice_free (same->data);
    g_queue_delete_link (queue, same);
  }
  g_queue_push_tail (queue, notice);
}

void
gst_zrtp_pair_add_notice (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  g_mutex_lock (&pair->notices_lock);
  push_bounded (&pair->notices, notice, MAX_WAITING);
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

/* gst-launch-1.0 prints the debug text of an INFO message and nothing else. */
static GstMessage *
make_info (GstElement * element, GError * error, GstZrtpNotice * notice)
{
  char *debug = g_strconcat (notice->text, notice->debug ? "\n" : NULL,
      notice->debug, NULL);
  GstMessage *message = gst_message_new_info (GST_OBJECT (element), error,
      debug);

  g_free (debug);
  return message;
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
  switch (notice->type) {
    case GST_MESSAGE_INFO:
      message = make_info (element, error, notice);
      break;
    case GST_MESSAGE_ERROR:
      message = gst_message_new_error (GST_OBJECT (element), error,
          notice->debug);
      break;
    default:
      message = gst_message_new_warning (GST_OBJECT (element), error,
          notice->debug);
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

  gst_clear_object (&enc);
  gst_clear_object (&dec);
}

static void
post_counted (GstZrtpPair * pair, GstElement * element, GstZrtpNotice * notice)
{
  GstMessage *message = make_message (element, notice);

  count_message (pair, notice->kind, message);
  post (element, message);
}

static gboolean
is_held (GstZrtpPair * pair, GstZrtpNoticeKind kind)
{
  for (GList * link = pair->held.head; link; link = link->next)
    if (((GstZrtpNotice *) link->data)->kind == kind)
      return TRUE;
  return FALSE;
}

/* Takes ownership of @notice. The application may make room at any moment: a notice
 * of a kind that is held joins the queue, so that it does not overtake. */
static void
put_on_bus (GstZrtpPair * pair, GstZrtpNotice * notice)
{
  GstElement *enc, *dec;

  if (is_held (pair, notice->kind) || !has_room_on_bus (pair, notice->kind)) {
    push_bounded (&pair->held, notice, 1);
    return;
  }
  enc = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_ENC);
  dec = gst_zrtp_pair_get_element (pair, GST_ZRTP_HALF_DEC);
  if (enc)
    post_counted (pair, enc, notice);
  if (dec && (!enc || !same_toplevel (enc, dec)))
    post_counted (pair, dec, notice);
  gst_clear_object (&enc);
  gst_clear_object (&dec);
  gst_zrtp_notice_free (notice);
}

/* The application may have taken messages meanwhile. */
static void
put_held_on_bus (GstZrtpPair * pair)
{
  GQueue held = pair->held;
  GstZrtpNotice *notice;

  g_queue_init (&pair->held);
  while ((notice = g_queue_pop_head (&held)))
    put_on_bus (pair, notice);
}

void
gst_zrtp_pair_deliver_notices (GstZrtpPair * pair)
{
  GstZrtpNotice *notice;

  put_held_on_bus (pair);

  for (;;) {
    g_mutex_lock (&pair->notices_lock);
    notice = g_queue_pop_head (&pair->notices);
    g_mutex_unlock (&pair->notices_lock);
    if (!notice)
      break;
    deliver (pair, notice);
    put_on_bus (pair, notice);
  }
  if (pair->held.length > 0)
    gst_zrtp_timer_set (&pair->held_due, g_get_monotonic_time () + TRY_AGAIN);
}
