/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Follow-up work: what has to come next, on this or on another stream of the call.
 */
#include "zrtp/state/zrtpstate.h"

ZrtpSession *
zrtp_todo_call_of (const ZrtpStream * stream)
{
  return stream->outer ? stream->outer->session : stream->session;
}

void
zrtp_todo_add (ZrtpStream * stream, ZrtpTodoKind kind)
{
  ZrtpSession *session = zrtp_todo_call_of (stream);
  ZrtpTodo *todo;

  if (!session)
    return;
  todo = g_new (ZrtpTodo, 1);
  todo->stream = stream;
  todo->kind = kind;
  g_queue_push_tail (&session->todo, todo);
}

gboolean
zrtp_todo_pop (ZrtpSession * session, ZrtpTodo * todo)
{
  ZrtpTodo *head = g_queue_pop_head (&session->todo);

  if (!head)
    return FALSE;
  *todo = *head;
  g_free (head);
  return TRUE;
}

void
zrtp_todo_forget (ZrtpStream * stream)
{
  GQueue *queue = &zrtp_todo_call_of (stream)->todo;
  GList *link = queue->head;

  while (link) {
    GList *next = link->next;
    ZrtpTodo *todo = link->data;

    if (todo->stream == stream) {
      g_free (todo);
      g_queue_delete_link (queue, link);
    }
    link = next;
  }
}
