/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A PBX in the middle of two calls, and a phone behind it (RFC 6189 7.3): the
 * actions of both.
 */
#ifndef GST_ZRTP_PBX_H
#define GST_ZRTP_PBX_H

#include "gstzrtpbin.h"

G_BEGIN_DECLS

void gst_zrtp_pbx_class_init (GstZrtpBinClass * klass);

G_END_DECLS

#endif
