/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the read-only properties show.
 */
#ifndef GST_ZRTP_STATUS_H
#define GST_ZRTP_STATUS_H

#include "api/gstzrtpproperties.h"
#include "session/gstzrtptransport.h"

G_BEGIN_DECLS /* The value of a property that is no setting. @transport NULL:
               * the default. Takes the * call's lock. */ void gst_zrtp_property_read
    (GstZrtpTransport * transport, guint id, GValue * value);

G_END_DECLS

#endif
