/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element zrtpenc.
 */
#ifndef GST_ZRTP_ENC_H
#define GST_ZRTP_ENC_H

#include "gstzrtpencpad.h"

G_BEGIN_DECLS

#define GST_TYPE_ZRTP_ENC (gst_zrtp_enc_get_type ())
G_DECLARE_FINAL_TYPE (GstZrtpEnc, gst_zrtp_enc, GST, ZRTP_ENC, GstZrtpBin)

GST_ELEMENT_REGISTER_DECLARE (zrtpenc);

G_END_DECLS

#endif
