/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of zrtpenc's ports is for what. @ports: GstZrtpEncPort, oldest first.
 * With the element's object lock, all of them; each gives a borrowed port, or
 * NULL.
 */
#ifndef GST_ZRTP_ENC_PORTS_H
#define GST_ZRTP_ENC_PORTS_H

#include "gstzrtpencpad.h"

G_BEGIN_DECLS

/* The one whose SSRC the handshake has. */
GstZrtpEncPort *gst_zrtp_enc_ports_find_media (GQueue * ports);
/* One that leads RTCP anywhere. */
GstZrtpEncPort *gst_zrtp_enc_ports_find_rtcp (GQueue * ports);
/* That of zrtp_src. */
GstZrtpEncPort *gst_zrtp_enc_ports_find_zrtp (GQueue * ports);
/* The one that the handshake leaves through: zrtp_src, else the first that leads
 * anywhere. */
GstZrtpEncPort *gst_zrtp_enc_ports_find_handshake (GQueue * ports);
/* The one with this number in its pads' names. */
GstZrtpEncPort *gst_zrtp_enc_ports_find_numbered (GQueue * ports, guint id,
    gboolean is_rtcp);

/* Must be called with zrtpenc's object lock held, as all of these. Fills in ->exit
 * and ->unused_enc. */
void gst_zrtp_enc_ports_inspect (GQueue * ports, GstZrtpSample * sample);

G_END_DECLS

#endif
