/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which of zrtpenc's ports is for what. @ports: GstZrtpEncPad, oldest first.
 * With the element's object lock, all of them; each gives a borrowed port, or
 * NULL.
 */
#ifndef GST_ZRTP_ENC_PADS_H
#define GST_ZRTP_ENC_PADS_H

#include "gstzrtpencpad.h"

G_BEGIN_DECLS

/* The one whose SSRC the handshake has. */
GstZrtpEncPad *gst_zrtp_enc_pads_find_media (GQueue * enc_pads);
/* One that leads RTCP anywhere. */
GstZrtpEncPad *gst_zrtp_enc_pads_find_rtcp (GQueue * enc_pads);
/* That of zrtp_src. */
GstZrtpEncPad *gst_zrtp_enc_pads_find_zrtp (GQueue * enc_pads);
/* The one that the handshake leaves through: zrtp_src, else the first that leads
 * anywhere. */
GstZrtpEncPad *gst_zrtp_enc_pads_find_handshake (GQueue * enc_pads);
/* The one with this number in its pads' names. */
GstZrtpEncPad *gst_zrtp_enc_pads_find_numbered (GQueue * enc_pads, guint id,
    gboolean is_rtcp);

/* Must be called with zrtpenc's object lock held, as all of these. Fills in ->exit
 * and ->unused_enc. */
void gst_zrtp_enc_pads_inspect (GQueue * enc_pads, GstZrtpSample * sample);

G_END_DECLS

#endif
