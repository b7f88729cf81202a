/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media.h"

#include <string.h>

#define RTP_HEADER_SIZE 12
#define SENDER_REPORT_SIZE 28
#define DESCRIPTION_SIZE 20

static guint8 *
put16 (guint8 * out, guint16 value)
{
  out[0] = value >> 8;
  out[1] = value & 0xff;
  return out + 2;
}

static guint8 *
put32 (guint8 * out, guint32 value)
{
  return put16 (put16 (out, value >> 16), value & 0xffff);
}

static guint32
get32 (const guint8 * data)
{
  return (guint32) data[0] << 24 | data[1] << 16 | data[2] << 8 | data[3];
}

MediaKind
media_probe (const guint8 * data, gsize size)
{
  if (size < RTP_HEADER_SIZE)
    return MEDIA_OTHER;
  if (data[0] >> 4 == 1)
    return MEDIA_ZRTP;
  if (data[0] >> 6 != 2)
    return MEDIA_OTHER;
  return data[1] >= 192 && data[1] <= 223 ? MEDIA_RTCP : MEDIA_RTP;
}

gsize
media_make_rtp (guint8 out[MEDIA_MAX_SIZE], guint32 ssrc, guint16 sequence)
{
  gboolean long_header = sequence % 5 == 0;
  gsize payload = 20 + (sequence * 37) % 160;
  guint8 *p = out;

  *p++ = long_header ? 0x91 : 0x80;
  *p++ = 0;                     /* PCMU */
  p = put16 (p, sequence);
  p = put32 (p, sequence * 160u);
  p = put32 (p, ssrc);
  if (long_header) {
    p = put32 (p, ~ssrc);
    p = put32 (p, 0xbede0001);  /* RFC 8285, one word */
    p = put32 (p, 0x10000000 | sequence);
  }
  for (gsize i = 0; i < payload; i++)
    *p++ = sequence * 31 + i * 7 + (ssrc >> (8 * (i % 4)));
  return p - out;
}

gboolean
media_check_rtp (const guint8 * data, gsize size, guint32 * ssrc)
{
  guint8 expected[MEDIA_MAX_SIZE];

  if (size < RTP_HEADER_SIZE)
    return FALSE;
  *ssrc = get32 (data + 8);
  return media_make_rtp (expected, *ssrc, data[2] << 8 | data[3]) == size
      && memcmp (data, expected, size) == 0;
}

gsize
media_make_rtcp (guint8 out[MEDIA_MAX_SIZE], guint32 ssrc, guint32 number)
{
  guint8 *p = out;

  p = put32 (p, 0x80c80006);    /* sender report, 7 words */
  p = put32 (p, ssrc);
  p = put32 (p, number * 0x01010101u);
  p = put32 (p, ~number);
  p = put32 (p, number * 160);
  p = put32 (p, number);
  p = put32 (p, number * 100);
  p = put32 (p, 0x81ca0004);    /* description, 5 words */
  p = put32 (p, ssrc);
  memcpy (p, "\001\011peer@test\000", 12);      /* CNAME, end, padding */
  return p + 12 - out;
}

gboolean
media_check_rtcp (const guint8 * data, gsize size, guint32 * ssrc)
{
  guint8 expected[MEDIA_MAX_SIZE];

  if (size < SENDER_REPORT_SIZE + DESCRIPTION_SIZE)
    return FALSE;
  *ssrc = get32 (data + 4);
  return media_make_rtcp (expected, *ssrc, get32 (data + 20)) == size
      && memcmp (data, expected, size) == 0;
}
