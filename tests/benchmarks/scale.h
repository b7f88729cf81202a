/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the scale benchmark finds out about a process full of calls.
 */
#ifndef SCALE_H
#define SCALE_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SCALE_ZRTP,                   /* zrtpenc and zrtpdec */
  SCALE_SRTP                    /* srtpenc and srtpdec with a key at hand, in a
                                 * process that never loaded our plugin */
} ScaleSubject;

typedef enum
{
  SCALE_SETUP_RATE,             /* calls a second: made, started, secure */
  SCALE_SETUP_CPU,              /* milliseconds a call, both ends */
  SCALE_RESIDENT,               /* kB a pair, once media flows */
  SCALE_HEAP,                   /* kB a pair, allocated and not freed */
  SCALE_THREADS_SETUP,          /* most that were there at a time, the */
  SCALE_THREADS_LOAD,           /* benchmark's own not counted */
  SCALE_LAG_MEDIAN,             /* milliseconds that retransmissions of others */
  SCALE_LAG_99,                 /* leave late meanwhile */
  SCALE_LOAD_WANTED,            /* packets a second, both ways */
  SCALE_LOAD_CARRIED,           /* percent of them */
  SCALE_LOAD_PACKET,            /* CPU nanoseconds of one, both elements */
  SCALE_LOAD_CPU,               /* percent of one core, the whole process */
  SCALE_N_FIGURES
} ScaleFigure;

typedef struct
{
  ScaleSubject subject;
  guint calls;
  guint lonely;                 /* pairs whose timers are watched */
  double seconds;               /* of load */
} ScaleTask;

/* In this process, which has not started GStreamer. @figures: SCALE_N_FIGURES; 0
 * what does not apply. */
void scale_work (const ScaleTask * task, double *figures);

G_END_DECLS

#endif
