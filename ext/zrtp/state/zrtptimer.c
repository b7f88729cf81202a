/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Deadlines of a stream. No other file assigns these.
 */
#include "zrtp/state/zrtpstate.h"

void
zrtp_timer_set (ZrtpStream * stream, ZrtpTimer timer, gint64 at)
{
  stream->timers[timer] = at;
}

void
zrtp_timer_stop (ZrtpStream * stream, ZrtpTimer timer)
{
  stream->timers[timer] = ZRTP_NEVER;
}

void
zrtp_timers_stop (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_N_TIMERS; i++)
    stream->timers[i] = ZRTP_NEVER;
}

gboolean
zrtp_timer_is_set (const ZrtpStream * stream, ZrtpTimer timer)
{
  return stream->timers[timer] != ZRTP_NEVER;
}

gint64
zrtp_timers_next (const ZrtpStream * stream)
{
  gint64 deadline = ZRTP_NEVER;

  for (guint i = 0; i < ZRTP_N_TIMERS; i++)
    deadline = MIN (deadline, stream->timers[i]);
  return deadline;
}
