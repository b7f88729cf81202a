/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Part of zrtpstate.h: a call that goes on at the peer, while this endpoint
 * has lost it, as by a restart. Other ZRTP stacks answer no Hello in a secure call,
 * so its SRTP looks like RTP in clear of a peer without ZRTP.
 */
#ifndef ZRTP_LOST_CALL_H
#define ZRTP_LOST_CALL_H

#include "zrtp/state/zrtpjob.h"
#include "zrtp/zrtpstream.h"

G_BEGIN_DECLS

/* What is known of such a call. Until it is known nothing passes in clear. */
typedef struct
{
  gboolean suspected;           /* keys were in use here a moment ago: until the
                                 * Hello schedule is over */
  gboolean heard;               /* the SRTP of that call goes on */
  guint64 serial;               /* the job that looks for the expected name, or 0 */
  gboolean named;               /* calls with that name had keys a moment ago */
} ZrtpLostCall;

/* Discovery begins with a new call. */
void zrtp_lost_call_begin (ZrtpStream * stream);
/* The stream stops, or is secure: its keys make up for what was lost. */
void zrtp_lost_call_reset (ZrtpStream * stream);
/* The application expects another name. */
void zrtp_lost_call_renamed (ZrtpStream * stream);
/* ZRTP_TASK_FIND_CALL is done. */
void zrtp_lost_call_found (ZrtpStream * stream, const ZrtpJob * job);
/* SRTP of a source of the earlier call came. */
void zrtp_lost_call_hear (ZrtpStream * stream);
/* The Hello schedule is over. */
void zrtp_lost_call_schedule_over (ZrtpStream * stream);
/* TRUE if nothing may pass in clear because of it. */
gboolean zrtp_lost_call_forbids_clear (const ZrtpStream * stream);

G_END_DECLS

#endif
