/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The order of the key agreements (RFC 6189 4.1.2), fastest first. The names
 * that the RFC doesn't know stand where the stacks in the field put them: a
 * peer must come to the same choice.
 */
#ifndef ZRTP_KEY_AGREEMENT_H
#define ZRTP_KEY_AGREEMENT_H

typedef enum
{
  ZRTP_RANK_DH2K,
  ZRTP_RANK_X255,
  ZRTP_RANK_E255,
  ZRTP_RANK_EC25,
  ZRTP_RANK_X448,
  ZRTP_RANK_DH3K,
  ZRTP_RANK_EC38,
  ZRTP_RANK_NONE                /* Mult, Prsh: never compared */
} ZrtpKeyAgreementRank;

#endif
