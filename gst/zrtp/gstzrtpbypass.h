/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Media that an rtpbin leads past zrtpenc or zrtpdec.
 */
#ifndef GST_ZRTP_BYPASS_H
#define GST_ZRTP_BYPASS_H

#include "session/gstzrtpsituation.h"

G_BEGIN_DECLS

/* Fill in ->in_rtpbin and ->clear_rtcp, or ->clear_rtcp_in. MT safe; must be called
 * without locks. */
void gst_zrtp_bypass_inspect_enc (GstElement * enc, GstZrtpSample * sample);
void gst_zrtp_bypass_inspect_dec (GstElement * dec, GstZrtpSample * sample);

G_END_DECLS

#endif
