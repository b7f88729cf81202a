/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What zrtpenc and zrtpdec have in common: properties, signals, actions, the
 * slot in a transport.
 */
#ifndef GST_ZRTP_BIN_H
#define GST_ZRTP_BIN_H

#include "session/gstzrtpmember.h"

G_BEGIN_DECLS

#define GST_TYPE_ZRTP_BIN (gst_zrtp_bin_get_type ())
#define GST_ZRTP_BIN(obj) \
  (G_TYPE_CHECK_INSTANCE_CAST ((obj), GST_TYPE_ZRTP_BIN, GstZrtpBin))
#define GST_IS_ZRTP_BIN(obj) \
  (G_TYPE_CHECK_INSTANCE_TYPE ((obj), GST_TYPE_ZRTP_BIN))

GType gst_zrtp_bin_get_type (void);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstZrtpBin, gst_object_unref)

G_END_DECLS

#endif
