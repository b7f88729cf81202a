/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The element zrtpdec.
 */
#ifndef GST_ZRTP_DEC_H
#define GST_ZRTP_DEC_H

#include "gstzrtpbin.h"

G_BEGIN_DECLS

#define GST_TYPE_ZRTP_DEC (gst_zrtp_dec_get_type ())
G_DECLARE_FINAL_TYPE (GstZrtpDec, gst_zrtp_dec, GST, ZRTP_DEC, GstZrtpBin)

GST_ELEMENT_REGISTER_DECLARE (zrtpdec);

G_END_DECLS

#endif
