/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kinds of notifications that applications get: each is a signal, a message
 * and some properties to notify.
 */
#ifndef GST_ZRTP_SIGNALS_H
#define GST_ZRTP_SIGNALS_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  GST_ZRTP_NOTIFICATION_STATE,
  GST_ZRTP_NOTIFICATION_SAS,
  GST_ZRTP_NOTIFICATION_TRUST,
  GST_ZRTP_NOTIFICATION_LEVEL,
  GST_ZRTP_NOTIFICATION_PEER,
  GST_ZRTP_NOTIFICATION_PEER_UNSUPPORTED,
  GST_ZRTP_NOTIFICATION_PEER_MISMATCH,
  GST_ZRTP_NOTIFICATION_DOWNGRADE,
  GST_ZRTP_NOTIFICATION_HELLO,
  GST_ZRTP_NOTIFICATION_HELLO_HASH,
  GST_ZRTP_NOTIFICATION_SIGNATURE_WANTED,
  GST_ZRTP_NOTIFICATION_SIGNATURE,
  GST_ZRTP_NOTIFICATION_SECURITY,
  GST_ZRTP_NOTIFICATION_ERROR,
  GST_ZRTP_NOTIFICATION_FORK,
  GST_ZRTP_NOTIFICATION_CLEAR_REQUESTED,
  GST_ZRTP_NOTIFICATION_ENROLLMENT,
  GST_ZRTP_NOTIFICATION_RELAYED_SAS,
  GST_ZRTP_NOTIFICATION_RELAY_DONE,
  GST_ZRTP_N_NOTIFICATIONS
} GstZrtpNotificationKind;

void gst_zrtp_signals_install (GType element_type);

const char *gst_zrtp_notification_kind_get_message_name (GstZrtpNotificationKind
    kind);
/* Property ids, ends with 0. */
const guint *gst_zrtp_notification_kind_get_properties (GstZrtpNotificationKind
    kind);
/* Emits the signal with the fields of the message as parameters. */
void gst_zrtp_notification_kind_emit (GstZrtpNotificationKind kind,
    GstElement * element, const GstStructure * message);

G_END_DECLS

#endif
