/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Shared secrets and their IDs (RFC 6189 4.3, 4.3.1): which of what both sides
 * kept goes into s0. Pure functions.
 */
#ifndef ZRTP_SECRETS_H
#define ZRTP_SECRETS_H

#include "zrtp/cache/zrtpcache.h"
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage.h"

G_BEGIN_DECLS

/* Our secrets for one exchange. A secret that we do not have is null here and
 * has a random stand-in for its IDs, so that no peer learns of its absence. */
typedef struct
{
  ZrtpPeer peer;                /* rs1, rs2, pbxsecret */
  guint8 *aux;                  /* auxsecret, of zrtp_secret_alloc0(), or NULL */
  gsize aux_size;
  guint8 stand_in[4][ZRTP_SECRET_SIZE]; /* rs1, rs2, aux, pbx */
} ZrtpSecrets;

/* What both hold. Points into the ZrtpSecrets; size 0 is null. */
typedef struct
{
  ZrtpOctets s1, s2, s3;
} ZrtpMatchedSecrets;

/* Draws the stand-ins; peer and aux are filled in by the caller. */
void zrtp_secrets_init (ZrtpSecrets * secrets, const ZrtpRandom * random);
/* Wipes. */
void zrtp_secrets_clear (ZrtpSecrets * secrets);

/* The four IDs that @role's side computes or expects. @h3 is that of the
 * endpoint in @role, for auxsecretID. Fills in the IDs of @part only. */
void zrtp_secrets_ids (const ZrtpSecrets * secrets, const ZrtpHash * hash,
    ZrtpRole role, const guint8 h3[ZRTP_IMAGE_SIZE], ZrtpDHPart * part);

/* 4.3: s1, s2, s3 from the IDs that the peer sent; @role is ours. @peer_h3 is
 * the peer's. */
void zrtp_secrets_match (const ZrtpSecrets * secrets, const ZrtpHash * hash,
    ZrtpRole role, const guint8 peer_h3[ZRTP_IMAGE_SIZE],
    const ZrtpDHPart * received, ZrtpMatchedSecrets * matched);

G_END_DECLS

#endif
