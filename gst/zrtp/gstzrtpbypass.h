/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Media that an rtpbin around zrtpenc leads past it.
 */
#ifndef GST_ZRTP_BYPASS_H
#define GST_ZRTP_BYPASS_H

#include "gstzrtpsituation.h"

G_BEGIN_DECLS

/* Fills in ->in_rtpbin and ->clear_rtcp. MT safe; must be called without locks. */
void gst_zrtp_bypass_inspect (GstElement * enc, GstZrtpSample * sample);

G_END_DECLS

#endif
