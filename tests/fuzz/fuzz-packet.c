/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Tells RTP, RTCP and ZRTP apart (RFC 5761 4, RFC 6189 5, RFC 7983). Every packet is of
 * one kind, a kind promises the header that is read after it, and no ZRTP message
 * that the codec accepts is taken for media.
 */
#include "fuzz.h"

#include "media/gstzrtppacket.h"
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage.h"

static void
check_kind (const guint8 * data, gsize size)
{
  ZrtpPacket packet;

  switch (gst_zrtp_packet_get_kind (data, size, 0)) {
    case GST_ZRTP_PACKET_RTP:
      FUZZ_CHECK (size >= GST_ZRTP_RTP_HEADER_SIZE && data[0] >> 6 == 2);
      FUZZ_CHECK (data[1] < 192 || data[1] > 223);
      FUZZ_CHECK (gst_zrtp_rtp_get_ssrc (data) >> 24 == data[8]);
      break;
    case GST_ZRTP_PACKET_RTCP:
      FUZZ_CHECK (size >= GST_ZRTP_RTCP_HEADER_SIZE && data[0] >> 6 == 2);
      FUZZ_CHECK (data[1] >= 192 && data[1] <= 223);
      break;
    case GST_ZRTP_PACKET_ZRTP:
      FUZZ_CHECK (data[0] >> 6 == 0 && zrtp_packet_probe (data, size));
      return;
    case GST_ZRTP_PACKET_OTHER:
      break;
  }
  FUZZ_CHECK (zrtp_packet_parse (data, size, &packet) != ZRTP_DROP_NONE);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  guint8 *copy = fuzz_copy (data, size);

  check_kind (copy, size);
  if (size >= ZRTP_CRC_SIZE) {
    guint32 crc = zrtp_crc32c (copy, size - ZRTP_CRC_SIZE);

    for (guint i = 0; i < ZRTP_CRC_SIZE; i++)
      copy[size - ZRTP_CRC_SIZE + i] = (guint8) (crc >> (8 * i));
    check_kind (copy, size);
  }
  g_free (copy);
  return 0;
}
