/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Caps on either side of the elements: application/x-rtp and x-rtcp in the
 * clear, x-srtp and x-srtcp on the wire, otherwise the same. Keys never stand in
 * them.
 */
#ifndef GST_ZRTP_CAPS_H
#define GST_ZRTP_CAPS_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_ZRTP_CAPS_RTP "application/x-rtp"
#define GST_ZRTP_CAPS_RTCP "application/x-rtcp"
#define GST_ZRTP_CAPS_SRTP "application/x-srtp"
#define GST_ZRTP_CAPS_SRTCP "application/x-srtcp"

/* New caps. */
typedef GstCaps *(*GstZrtpCapsFunc) (GstCaps * caps);

/* What comes out encrypted. */
GstCaps *gst_zrtp_caps_protect (GstCaps * caps);
/* What comes out decrypted. */
GstCaps *gst_zrtp_caps_unprotect (GstCaps * caps);
/* What may come in to be decrypted to these: with ZRTP the SDP says RTP/AVP, so
 * either name will do. */
GstCaps *gst_zrtp_caps_receivable (GstCaps * caps);

/* Answers a CAPS query on @pad: what the peer of @other takes or gives, as
 * @translate makes it, within the template of @pad. */
void gst_zrtp_caps_answer (GstPad * pad, GstPad * other, GstQuery * query,
    GstZrtpCapsFunc translate);

/* The ssrc field. */
gboolean gst_zrtp_caps_get_ssrc (GstCaps * caps, guint32 * ssrc);
gboolean gst_zrtp_caps_is_video (GstCaps * caps);

/* For gst_zrtp_packet_get_kind(). */
guint8 gst_zrtp_caps_get_marked (GstCaps * caps);

G_END_DECLS

#endif
