/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What comes to a stream from outside, and where it goes. For zrtpstream.c.
 */
#ifndef ZRTP_DISPATCH_H
#define ZRTP_DISPATCH_H

#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS /* See zrtp_stream_receive(), zrtp_stream_timeout(),
    zrtp_stream_finish_job(). */ void zrtp_dispatch_receive (ZrtpStream *
    stream, const guint8 * data, gsize size, gint64 now);
void zrtp_dispatch_timeout (ZrtpStream * stream, gint64 now);
void zrtp_dispatch_job (ZrtpStream * stream, ZrtpJob * job, gint64 now);
/* The Hello that came last before the start comes now. */
void zrtp_dispatch_early (ZrtpStream * stream, gint64 now);
/* Does what was asked for. Must be called after each act that may ask. */
void zrtp_dispatch_todo (ZrtpStream * stream, gint64 now);

G_END_DECLS

#endif
