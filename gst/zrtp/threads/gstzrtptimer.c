/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "threads/gstzrtptimer.h"

/* How long the thread stays with nothing to wait for. */
#define LINGER (2 * G_TIME_SPAN_SECOND)

static GMutex lock;
static GCond changed;
static GPtrArray *heap;         /* binary, by due; index 0 is unused */
static gboolean thread_runs;

static GstZrtpTimer *
at (guint position)
{
  return g_ptr_array_index (heap, position);
}

static void
place (GstZrtpTimer * timer, guint position)
{
  g_ptr_array_index (heap, position) = timer;
  timer->position = position;
}

static void
sift_up (GstZrtpTimer * timer, guint position)
{
  while (position > 1 && timer->due < at (position / 2)->due) {
    place (at (position / 2), position);
    position /= 2;
  }
  place (timer, position);
}

static void
sift_down (GstZrtpTimer * timer, guint position)
{
  guint child;

  while ((child = 2 * position) < heap->len) {
    if (child + 1 < heap->len && at (child + 1)->due < at (child)->due)
      child++;
    if (timer->due <= at (child)->due)
      break;
    place (at (child), position);
    position = child;
  }
  place (timer, position);
}

static void
heap_insert (GstZrtpTimer * timer)
{
  if (!heap) {
    heap = g_ptr_array_new ();
    g_ptr_array_add (heap, NULL);
  }
  g_ptr_array_add (heap, timer);
  sift_up (timer, heap->len - 1);
}

static void
heap_remove (GstZrtpTimer * timer)
{
  guint position = timer->position;
  GstZrtpTimer *last;

  if (position == 0)
    return;
  timer->position = 0;
  last = at (heap->len - 1);
  g_ptr_array_set_size (heap, heap->len - 1);
  if (last == timer)
    return;
  sift_up (last, position);
  sift_down (last, last->position);
}

static gpointer
run (gpointer unused)
{
  g_mutex_lock (&lock);
  for (;;) {
    gint64 now = g_get_monotonic_time ();

    if (heap->len <= 1) {
      if (!g_cond_wait_until (&changed, &lock, now + LINGER) && heap->len <= 1)
        break;
    } else if (at (1)->due <= now) {
      GstZrtpTimer *timer = at (1);

      heap_remove (timer);
      timer->func (timer->user_data);
    } else {
      g_cond_wait_until (&changed, &lock, at (1)->due);
    }
  }
  thread_runs = FALSE;
  g_mutex_unlock (&lock);
  return NULL;
}

void
gst_zrtp_timer_init (GstZrtpTimer * timer, GstZrtpTimerFunc func,
    gpointer user_data)
{
  timer->func = func;
  timer->user_data = user_data;
  timer->due = G_MAXINT64;
  timer->position = 0;
}

void
gst_zrtp_timer_set (GstZrtpTimer * timer, gint64 due)
{
  g_mutex_lock (&lock);
  if (timer->position == 0 || timer->due != due) {
    heap_remove (timer);
    timer->due = due;
    if (due != G_MAXINT64) {
      heap_insert (timer);
      if (!thread_runs) {
        thread_runs = TRUE;
        g_thread_unref (g_thread_new ("zrtp-timer", run, NULL));
      } else if (timer->position == 1) {
        g_cond_signal (&changed);
      }
    }
  }
  g_mutex_unlock (&lock);
}

void
gst_zrtp_timer_clear (GstZrtpTimer * timer)
{
  g_mutex_lock (&lock);
  heap_remove (timer);
  g_mutex_unlock (&lock);
}
