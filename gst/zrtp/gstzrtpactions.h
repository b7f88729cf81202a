/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The action signals of zrtpenc and zrtpdec.
 */
#ifndef GST_ZRTP_ACTIONS_H
#define GST_ZRTP_ACTIONS_H

#include "gstzrtpbin.h"

G_BEGIN_DECLS

void gst_zrtp_actions_install (GstZrtpBinClass * klass);

G_END_DECLS

#endif
