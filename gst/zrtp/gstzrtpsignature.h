/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Actions for signatures on the SAS (RFC 6189 7.2).
 */
#ifndef GST_ZRTP_SIGNATURE_H
#define GST_ZRTP_SIGNATURE_H

#include "gstzrtpbin.h"

G_BEGIN_DECLS

void gst_zrtp_signature_class_init (GstZrtpBinClass * klass);

G_END_DECLS

#endif
