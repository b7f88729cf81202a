/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long a change of state may wait for a disk or for a signal handler. A thread
 * that stops a pipeline stops its elements one after the other. They share one
 * budget, so that a handler that hangs delays the pipeline once.
 */
#ifndef GST_ZRTP_STOP_BUDGET_H
#define GST_ZRTP_STOP_BUDGET_H

#include <glib.h>

G_BEGIN_DECLS

#define GST_ZRTP_STOP_BUDGET (3 * G_TIME_SPAN_SECOND / 2)

typedef struct
{
  gint64 spent;                 /* microseconds in which a thread waited */
  gint64 last;                  /* monotonic: the end of its last wait */
} GstZrtpStopBudget;

/* What is left of the budget, in microseconds. A budget is whole again when as
 * much time as it allows has passed without a wait. */
gint64 gst_zrtp_stop_budget_get (GstZrtpStopBudget * budget, gint64 now);
/* A wait lasted from @began to @now. */
void gst_zrtp_stop_budget_spend (GstZrtpStopBudget * budget, gint64 began,
    gint64 now);

/* The calling thread's. */
GstZrtpStopBudget *gst_zrtp_stop_budget_of_thread (void);

G_END_DECLS

#endif
