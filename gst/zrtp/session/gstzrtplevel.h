/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an application can show of a call as it is: a level and a sentence, of the
 * worst of all transports. Which case has which level is up to zrtplevel.h.
 */
#ifndef GST_ZRTP_LEVEL_H
#define GST_ZRTP_LEVEL_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

/* The sentence for a reason, in the user's language; static, "" for none. */
const char *gst_zrtp_reason_get_text (ZrtpReason reason);

/* Must be called with call->lock held. */

/* Adds the fields "level" and "level-text". */
void gst_zrtp_session_add_level (GstZrtpSession * session, GstStructure * s);
/* The value of the property "level" or "level-text". */
void gst_zrtp_session_read_level (GstZrtpSession * session, guint id,
    GValue * value);
/* Notifies of a level and warns of alarms that were not told yet. */
void gst_zrtp_session_update_level (GstZrtpSession * session);
/* There is a SAS that may be another one: its alarms are told again, and an INFO
 * message asks to compare it. */
void gst_zrtp_transport_notify_sas (GstZrtpTransport * transport);
/* A ZRTP_EVENT_SECURITY: a WARNING message, not twice in a row with one @text. */
void gst_zrtp_transport_warn_of_attack (GstZrtpTransport * transport,
    const char *text);

G_END_DECLS

#endif
