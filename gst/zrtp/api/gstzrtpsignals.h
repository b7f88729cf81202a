/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The kinds of news that applications get: each is a signal, a message and some
 * properties to notify.
 */
#ifndef GST_ZRTP_SIGNALS_H
#define GST_ZRTP_SIGNALS_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef enum
{
  GST_ZRTP_NOTICE_STATE,
  GST_ZRTP_NOTICE_SAS,
  GST_ZRTP_NOTICE_TRUST,
  GST_ZRTP_NOTICE_LEVEL,
  GST_ZRTP_NOTICE_PEER,
  GST_ZRTP_NOTICE_PEER_UNSUPPORTED,
  GST_ZRTP_NOTICE_PEER_MISMATCH,
  GST_ZRTP_NOTICE_DOWNGRADE,
  GST_ZRTP_NOTICE_HELLO,
  GST_ZRTP_NOTICE_HELLO_HASH,
  GST_ZRTP_NOTICE_SIGNATURE_WANTED,
  GST_ZRTP_NOTICE_SIGNATURE,
  GST_ZRTP_NOTICE_SECURITY,
  GST_ZRTP_NOTICE_ERROR,
  GST_ZRTP_NOTICE_FORK,
  GST_ZRTP_NOTICE_CLEAR_REQUESTED,
  GST_ZRTP_NOTICE_ENROLLMENT,
  GST_ZRTP_NOTICE_RELAYED_SAS,
  GST_ZRTP_NOTICE_RELAY_DONE,
  GST_ZRTP_N_NOTICES
} GstZrtpNoticeKind;

void gst_zrtp_signals_install (GType element_type);

const char *gst_zrtp_notice_kind_get_message_name (GstZrtpNoticeKind kind);
/* Property ids, ends with 0. */
const guint *gst_zrtp_notice_kind_get_properties (GstZrtpNoticeKind kind);
/* Emits the signal with the fields of the message as parameters. */
void gst_zrtp_notice_kind_emit (GstZrtpNoticeKind kind, GstElement * element,
    const GstStructure * message);

G_END_DECLS

#endif
