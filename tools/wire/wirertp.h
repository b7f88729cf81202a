/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The protocols that share a UDP port with RTP (RFC 7983), by the shape of one
 * datagram.
 */
#ifndef WIRE_RTP_H
#define WIRE_RTP_H

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WIRE_SHAPE_OTHER,             /* no protocol of a call */
  WIRE_SHAPE_RTP,               /* version 2, with a payload type and its lengths */
  WIRE_SHAPE_RTCP,              /* a compound packet whose lengths add up */
  WIRE_SHAPE_STUN,              /* RFC 8489, or RFC 3489 without a magic cookie */
  WIRE_SHAPE_ZRTP,              /* with magic cookie and CRC */
  WIRE_SHAPE_DTLS,              /* first octet 20 to 63 */
  WIRE_SHAPE_TURN,              /* channel data: first octet 64 to 79 */
  WIRE_SHAPE_EMPTY,             /* keepalive: no octet, or up to 4 of value 0 */
} WireShape;

typedef struct
{
  guint32 ssrc, timestamp;
  guint16 seqnum;
  guint8 payload_type, n_csrcs;
  gboolean marker;
  guint payload_size;           /* octets, without padding */
} WireRtp;

/* Fills @rtp for WIRE_SHAPE_RTP, the ssrc alone for WIRE_SHAPE_RTCP. */
WireShape wire_shape_of (const guint8 * data, gsize size, WireRtp * rtp);

/* How far the timestamp goes on with this packet's payload (RFC 3551, static
 * audio types). FALSE if @rtp can't carry its payload type. *@samples: 0 if the
 * type does not tell. */
gboolean wire_rtp_get_samples (const WireRtp * rtp, guint * samples);

G_END_DECLS

#endif
