/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "threads/gstzrtpstopbudget.h"

gint64
gst_zrtp_stop_budget_get (GstZrtpStopBudget * budget, gint64 now)
{
  if (now - budget->last >= GST_ZRTP_STOP_BUDGET)
    budget->spent = 0;
  return MAX (0, GST_ZRTP_STOP_BUDGET - budget->spent);
}

void
gst_zrtp_stop_budget_spend (GstZrtpStopBudget * budget, gint64 began,
    gint64 now)
{
  budget->spent += MAX (0, now - began);
  budget->last = now;
}

GstZrtpStopBudget *
gst_zrtp_stop_budget_of_thread (void)
{
  static GPrivate budgets = G_PRIVATE_INIT (g_free);
  GstZrtpStopBudget *budget = g_private_get (&budgets);

  if (!budget) {
    budget = g_new0 (GstZrtpStopBudget, 1);
    budget->last = G_MININT64 / 2;
    g_private_set (&budgets, budget);
  }
  return budget;
}
