/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The shape of one datagram (RFC 3550 5.1, 6.1; RFC 7983).
 */
#include "wirertp.h"

#include "zrtp/message/zrtpmessage.h"

#define STUN_COOKIE 0x2112a442
#define STUN_HEADER 20
#define RTP_HEADER 12
/* Payload types 64 to 95 are RTCP's packet types without their top bit
 * (RFC 5761 4). */
#define FIRST_RTCP_TYPE 192
#define LAST_RTCP_TYPE 223

static guint16
get_u16 (const guint8 * data)
{
  return (guint16) (data[0] << 8 | data[1]);
}

static guint32
get_u32 (const guint8 * data)
{
  return (guint32) get_u16 (data) << 16 | get_u16 (data + 2);
}

static gboolean
is_empty (const guint8 * data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (data[i] != 0)
      return FALSE;
  return size <= 4;
}

/* A classic message has no cookie: its length has to fit instead. */
static gboolean
is_stun (const guint8 * data, gsize size)
{
  if (size < STUN_HEADER || data[0] > 3 || get_u16 (data + 2) % 4 != 0)
    return FALSE;
  if (get_u32 (data + 4) == STUN_COOKIE)
    return (gsize) STUN_HEADER + get_u16 (data + 2) <= size;
  return data[0] <= 1 && (gsize) STUN_HEADER + get_u16 (data + 2) == size;
}

static gboolean
is_zrtp (const guint8 * data, gsize size)
{
  ZrtpPacket packet;

  return zrtp_packet_probe (data, size)
      && zrtp_packet_parse (data, size, &packet) == ZRTP_DROP_NONE;
}

/* SRTCP ends in an index and a tag, which add up to no packet. */
static gboolean
is_rtcp (const guint8 * data, gsize size)
{
  gsize at = 0;

  while (at + 4 <= size) {
    if (data[at] >> 6 != 2 || data[at + 1] < FIRST_RTCP_TYPE
        || data[at + 1] > LAST_RTCP_TYPE)
      return FALSE;
    at += 4 * ((gsize) get_u16 (data + at + 2) + 1);
  }
  return at == size && size >= 8;
}

static gboolean
parse_rtp (const guint8 * data, gsize size, WireRtp * rtp)
{
  gsize header = RTP_HEADER;
  guint padding = 0;

  if (size < RTP_HEADER)
    return FALSE;
  rtp->n_csrcs = data[0] & 15;
  rtp->marker = data[1] >> 7;
  rtp->payload_type = data[1] & 127;
  rtp->seqnum = get_u16 (data + 2);
  rtp->timestamp = get_u32 (data + 4);
  rtp->ssrc = get_u32 (data + 8);
  header += 4 * (gsize) rtp->n_csrcs;
  if (data[0] & 0x10) {
    if (size < header + 4)
      return FALSE;
    header += 4 + 4 * (gsize) get_u16 (data + header + 2);
  }
  if (size < header)
    return FALSE;
  if (data[0] & 0x20) {
    padding = data[size - 1];
    if (padding == 0 || padding > size - header)
      return FALSE;
  }
  rtp->payload_size = (guint) (size - header - padding);
  return rtp->payload_type < 64 || rtp->payload_type > 95;
}

WireShape
wire_shape_of (const guint8 * data, gsize size, WireRtp * rtp)
{
  if (is_empty (data, size))
    return WIRE_SHAPE_EMPTY;
  if (is_stun (data, size))
    return WIRE_SHAPE_STUN;
  if (is_zrtp (data, size))
    return WIRE_SHAPE_ZRTP;
  if (data[0] >= 20 && data[0] <= 63)
    return WIRE_SHAPE_DTLS;
  if (data[0] >= 64 && data[0] <= 79)
    return WIRE_SHAPE_TURN;
  if (data[0] >> 6 != 2)
    return WIRE_SHAPE_OTHER;
  if (is_rtcp (data, size)) {
    rtp->ssrc = get_u32 (data + 4);
    return WIRE_SHAPE_RTCP;
  }
  return parse_rtp (data, size, rtp) ? WIRE_SHAPE_RTP : WIRE_SHAPE_OTHER;
}

gboolean
wire_rtp_get_samples (const WireRtp * rtp, guint * samples)
{
  const guint size = rtp->payload_size;

  *samples = 0;
  switch (rtp->payload_type) {
    case 0:                    /* PCMU, PCMA, G722: an octet a tick of 8 kHz */
    case 8:
    case 9:
      *samples = size;
      return TRUE;
    case 3:                    /* GSM */
      *samples = size / 33 * 160;
      return size % 33 == 0;
    case 7:                    /* LPC */
      *samples = size / 14 * 160;
      return size % 14 == 0;
    case 10:                   /* L16, two channels */
      *samples = size / 4;
      return size % 4 == 0;
    case 11:                   /* L16 */
      *samples = size / 2;
      return size % 2 == 0;
    case 18:                   /* G729, perhaps with a frame of comfort noise */
      if (size % 10 == 0)
        *samples = size / 10 * 80;
      return size % 10 == 0 || size % 10 == 2;
    default:
      return TRUE;
  }
}
