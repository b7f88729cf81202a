/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A trusted PBX in the middle (RFC 6189 7.3): it has one call with each of two
 * phones, and relays the SAS of one of them to the other, so that the two users
 * have something to compare. It does so only for a phone that was enrolled.
 */
#ifndef ZRTP_SAS_RELAY_H
#define ZRTP_SAS_RELAY_H

#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS

/* What a SASrelay says (5.13). */
typedef struct
{
  const ZrtpSasType *sas_type;  /* how both users see it */
  guint8 sashash[ZRTP_SECRET_SIZE];     /* zeros: sas_type is all it is about */
  gboolean verified, allow_clear, disclosure;   /* of the other phone */
} ZrtpRelayedSas;

/* What a PBX knows of one of its two calls. */
typedef struct
{
  gboolean enrolled;            /* the phone trusts us (s3) */
  gboolean peer_mitm;           /* it is a PBX itself */
  ZrtpAlgorithmList sas_types;  /* that it can render */
  const ZrtpSasType *sas_type;  /* agreed on */
  guint8 sashash[ZRTP_SECRET_SIZE];
  gboolean verified, allow_clear, disclosure;   /* of its Confirm */
} ZrtpLeg;

/* 7.3: which phone gets the SAS of which. One of the two gets the other's, and
 * it is enrolled; a PBX comes second. The other one learns the rendering only.
 * FALSE if neither is enrolled: then nothing may be relayed. */
gboolean zrtp_relay_plan (const ZrtpLeg * a, const ZrtpLeg * b,
    ZrtpRelayedSas * to_a, ZrtpRelayedSas * to_b);

/* PBX (7.3). What a leg has to offer to zrtp_relay_plan(). FALSE if its Hello
 * had no M flag or it is not secure. */
gboolean zrtp_stream_get_leg (ZrtpStream * stream, ZrtpLeg * leg);
/* Sends a SASrelay, until ZRTP_EVENT_RELAY_ACK; a new one replaces an old one. To
 * a peer that is not enrolled the sashash goes as zeros. FALSE if our Hello had
 * no M flag, if the stream is not secure, or if the peer can't render that. */
gboolean zrtp_stream_relay_sas (ZrtpStream * stream,
    const ZrtpRelayedSas * relayed, gint64 now);

G_END_DECLS

#endif
