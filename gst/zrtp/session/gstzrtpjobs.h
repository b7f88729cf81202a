/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drains the engine: packets, events, and jobs on their pools and back.
 */
#ifndef GST_ZRTP_JOBS_H
#define GST_ZRTP_JOBS_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

void gst_zrtp_pair_drain (GstZrtpPair * pair);
void gst_zrtp_pair_update_busy (GstZrtpPair * pair);

/* Takes what the streams put out: after every call of the engine. */
void gst_zrtp_call_drain (GstZrtpCall * call);

G_END_DECLS

#endif
