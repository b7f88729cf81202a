/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Timers: one thread and one heap for the process. The thread runs while a
 * timer is armed and a little longer.
 *
 * A timer's function runs on that thread with the heap locked. It may only mark
 * something ready and schedule a work: it must not push, emit, post, arm timers
 * or take the lock of a call, since one that blocks silences every call of the
 * process.
 */
#ifndef GST_ZRTP_TIMER_H
#define GST_ZRTP_TIMER_H

#include <glib.h>

G_BEGIN_DECLS

typedef void (*GstZrtpTimerFunc) (gpointer user_data);

/* Part of its owner. */
typedef struct
{
  GstZrtpTimerFunc func;
  gpointer user_data;           /* borrowed: the owner clears the timer first */
  gint64 due;                   /* monotonic microseconds */
  guint position;               /* in the heap from 1 on, 0: not armed */
} GstZrtpTimer;

void gst_zrtp_timer_init (GstZrtpTimer * timer, GstZrtpTimerFunc func,
    gpointer user_data);
/* (Re)arms; G_MAXINT64 disarms. */
void gst_zrtp_timer_set (GstZrtpTimer * timer, gint64 due);
/* Disarms. When it returns the function is not running and will not run. */
void gst_zrtp_timer_clear (GstZrtpTimer * timer);

G_END_DECLS

#endif
