/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The story of a call in the log, category zrtp: GST_DEBUG=zrtp*:5. Names, numbers
 * and causes; never a key, and nothing of what a peer sent but printable ASCII.
 */
#ifndef GST_ZRTP_LOG_H
#define GST_ZRTP_LOG_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean on;
  guint64 dropped[ZRTP_N_DROPS];
} GstZrtpLogMark;

/* Must be called with the call's lock held, as all of these. Before the engine gets a
 * packet, and after. */
void gst_zrtp_log_receive (GstZrtpTransport * transport, const guint8 * data,
    gsize size, GstZrtpLogMark * mark);
void gst_zrtp_log_received (GstZrtpTransport * transport,
    const GstZrtpLogMark * mark);
/* Where the handshake stands now, if that changed. */
void gst_zrtp_log_step (GstZrtpTransport * transport);
void gst_zrtp_log_send (GstZrtpTransport * transport,
    const ZrtpOutPacket * packet);
void gst_zrtp_log_event (GstZrtpTransport * transport, const ZrtpEvent * event);
void gst_zrtp_log_job (GstZrtpTransport * transport, const ZrtpJob * job,
    const char *what);

G_END_DECLS

#endif
