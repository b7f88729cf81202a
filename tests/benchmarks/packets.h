/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RTP packets as payloaders make them.
 */
#ifndef PACKETS_H
#define PACKETS_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define PACKETS_LIST 32         /* packets of a list */

typedef struct
{
  guint32 ssrc;
  guint16 seq;                  /* of the next packet */
} PacketSource;

/* @n packets (a multiple of PACKETS_LIST) with @octets of payload; the items are
 * buffers, or buffer lists of PACKETS_LIST if @list. @pieces: memories of a
 * buffer; 1, or 3: a header, a payload descriptor, and a part of a larger frame
 * (what payloaders of video make). */
GPtrArray *packets_make (PacketSource * source, guint n, guint octets,
    guint pieces, gboolean list);
/* Buffers of all @sources in turn, beginning with that at @first. */
GPtrArray *packets_make_mixed (PacketSource * sources, guint n_sources,
    guint first, guint n, guint octets);
/* The same packets in memory of their own with room behind, as udpsrc hands them
 * over. Takes @buffers (buffers only). */
GPtrArray *packets_receive (GPtrArray * buffers, gboolean list);

G_END_DECLS

#endif
