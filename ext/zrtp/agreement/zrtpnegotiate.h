/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Algorithm negotiation (RFC 6189 4.1.2, 5.2) as pure functions of two lists.
 */
#ifndef ZRTP_NEGOTIATE_H
#define ZRTP_NEGOTIATE_H

#include "zrtp/message/zrtpmessage.h"
#include "zrtp/agreement/zrtppolicy.h"

G_BEGIN_DECLS

/* One algorithm of each kind. */
typedef struct
{
  const ZrtpHash *hash;
  const ZrtpCipher *cipher;
  const ZrtpAuthTag *auth_tag;
  const ZrtpKeyAgreement *key_agreement;
  const ZrtpSasType *sas_type;
} ZrtpSuite;

/* What our Hello lists: the policy's algorithms, with Mult if there is room
 * (5.1.5: peers refuse Multistream to endpoints that do not list it) and S384
 * where EC38 wants it (5.1.2; without room, or if the policy is strict and does
 * not name S384, EC38 goes instead). */
void zrtp_negotiate_listed (const ZrtpPolicy * policy,
    ZrtpAlgorithmList listed[ZRTP_N_KINDS]);

/* Our offer as the peer has to read that Hello: with the mandatory algorithms
 * added. A strict policy offers only what is listed. */
void zrtp_negotiate_offer (const ZrtpPolicy * policy,
    ZrtpAlgorithmList offer[ZRTP_N_KINDS]);

/* The lists of a received Hello: known names only, mandatory ones added. */
void zrtp_negotiate_read_hello (const ZrtpHello * hello,
    ZrtpAlgorithmList lists[ZRTP_N_KINDS]);

/* What an initiator chooses for DH mode. ZRTP_ERROR_NONE, or the code of the
 * kind that has nothing in common. Both sides get the same key agreement. */
ZrtpErrorCode zrtp_negotiate_choose (const ZrtpAlgorithmList own[ZRTP_N_KINDS],
    const ZrtpAlgorithmList peer[ZRTP_N_KINDS], ZrtpSuite * suite);

/* What a responder makes of a Commit's names: each must be one that we offered
 * (5.4), and EC38 needs its hash (5.1.5). For Multistream the SAS type does not
 * matter (4.4.3.1) and stays NULL. */
ZrtpErrorCode zrtp_negotiate_accept (const ZrtpAlgorithmList own[ZRTP_N_KINDS],
    const ZrtpCommit * commit, ZrtpSuite * suite);

G_END_DECLS

#endif
