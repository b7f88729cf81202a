/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a streaming thread that holds media must know of the sources upstream.
 */
#ifndef GST_ZRTP_UPSTREAM_H
#define GST_ZRTP_UPSTREAM_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* TRUE while another thread holds the state lock of a source upstream of @pad, a
 * sink pad. Such a thread sends the source an event or changes its state, and
 * GstBaseSrc makes it wait for the streaming thread. MT safe; takes no lock that
 * outlives the call. */
gboolean gst_zrtp_upstream_is_locked (GstPad * pad);

G_END_DECLS

#endif
