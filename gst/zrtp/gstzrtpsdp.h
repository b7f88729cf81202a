/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The attribute a=zrtp-hash of SDP (RFC 6189 8): actions of both elements that
 * write it into a media description and read it out of one.
 */
#ifndef GST_ZRTP_SDP_H
#define GST_ZRTP_SDP_H

#include "gstzrtpbin.h"

G_BEGIN_DECLS

/* Adds the actions "write-sdp" and "read-sdp". They may be emitted from any
 * thread and in any state, with no lock held. */
void gst_zrtp_sdp_class_init (GstZrtpBinClass * klass);

G_END_DECLS

#endif
