/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What arrives on a transport, told apart by a few octets.
 */
#ifndef GST_ZRTP_PACKET_H
#define GST_ZRTP_PACKET_H

#include <gst/gst.h>

#include "zrtp/zrtp.h"

G_BEGIN_DECLS

/* RFC 5761 4, RFC 7983. */
typedef enum
{
  GST_ZRTP_PACKET_OTHER,
  GST_ZRTP_PACKET_RTP,
  GST_ZRTP_PACKET_RTCP,
  GST_ZRTP_PACKET_ZRTP
} GstZrtpPacketKind;

#define GST_ZRTP_RTP_HEADER_SIZE 12
#define GST_ZRTP_RTCP_HEADER_SIZE 8

/* @marked: the second octet of RTP with the marker, where the caps of the pad have
 * one of the payload types 64 to 95, which RTCP has otherwise; or 0. */
static inline GstZrtpPacketKind
gst_zrtp_packet_get_kind (const guint8 * data, gsize size, guint8 marked)
{
  if (size >= GST_ZRTP_RTCP_HEADER_SIZE && data[0] >> 6 == 2) {
    if (data[1] >= 192 && data[1] <= 223 && data[1] != marked)
      return GST_ZRTP_PACKET_RTCP;
    return size >= GST_ZRTP_RTP_HEADER_SIZE ? GST_ZRTP_PACKET_RTP
        : GST_ZRTP_PACKET_OTHER;
  }
  return zrtp_packet_probe (data, size) ? GST_ZRTP_PACKET_ZRTP
      : GST_ZRTP_PACKET_OTHER;
}

static inline guint32
gst_zrtp_rtp_get_ssrc (const guint8 * data)
{
  return GST_READ_UINT32_BE (data + 8);
}

G_END_DECLS

#endif
