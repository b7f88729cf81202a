/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the network benchmark measures: how long calls take over a network with
 * delay and loss.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <glib.h>

G_BEGIN_DECLS

/* A call that is not secure by then counts as this, and as failed. */
#define NETWORK_PATIENCE_MS 30000

typedef struct
{
  guint rtt;                    /* milliseconds: twice the delay of each way */
  guint loss;                   /* percent of packets, each way */
} NetworkCondition;

/* Calls of one subject under one condition. */
typedef struct
{
  const char *subject;
  NetworkCondition condition;
  guint calls, failed;
  double *ms;                   /* of each call */
} NetworkRow;

/* The engine and libbzrtp on a simulated clock: fills in failed and ms. FALSE if
 * there is no such stack here. */
gboolean network_run_virtual (NetworkRow * row);

/* Nothing to wait for but the other end: such calls run one at a time. */
gboolean network_is_alone (const NetworkCondition * condition);

/* Elements, in real time: all calls of all rows, a new one every so often.
 * Subjects: "zrtpenc, zrtpdec" and "dtlssrtpenc, dtlssrtpdec". */
void network_start_real (void);
gboolean network_has_real (const char *subject);
void network_run_real (NetworkRow ** rows, guint n);

G_END_DECLS

#endif
