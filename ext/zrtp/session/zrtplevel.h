/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a user is shown of a call's security: one level, and the reason for it,
 * out of states, media, trust and alarms. Policies count through what they let
 * pass.
 */
#ifndef ZRTP_LEVEL_H
#define ZRTP_LEVEL_H

#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS

/* A greater number is never less safe, so that ">= ZRTP_LEVEL_ENCRYPTED" is no
 * trap. */
typedef enum
{
  ZRTP_LEVEL_ALARM = -1,
  ZRTP_LEVEL_OFF = 0,           /* no call, nothing passes */
  ZRTP_LEVEL_OPEN = 1,          /* media can pass in the clear */
  ZRTP_LEVEL_BUSY = 2,          /* nothing passes in the clear, and not all is
                                 * encrypted */
  ZRTP_LEVEL_ENCRYPTED = 3,     /* to a peer that is not verified */
  ZRTP_LEVEL_VERIFIED = 4
} ZrtpLevel;

/* From the least grave to the gravest: of several the last one counts. */
typedef enum
{
  ZRTP_REASON_NONE,             /* off */

  ZRTP_REASON_VERIFIED,         /* verified */
  ZRTP_REASON_SIGNED,

  ZRTP_REASON_SHARED,           /* encrypted: auxsecret matched */
  ZRTP_REASON_UNVERIFIED,
  ZRTP_REASON_PEER_UNVERIFIED,
  ZRTP_REASON_RELAYED,

  ZRTP_REASON_NEGOTIATING,      /* busy */
  ZRTP_REASON_DISCOVERING,
  ZRTP_REASON_ENDING,           /* GoClear is under way */
  ZRTP_REASON_CLEAR_ASKED,      /* the user has to agree to clear media */
  ZRTP_REASON_NO_ZRTP,

  ZRTP_REASON_OPEN,             /* open: no keys yet */
  ZRTP_REASON_OPEN_CLEAR,       /* after GoClear */
  ZRTP_REASON_OPEN_NO_ZRTP,

  ZRTP_REASON_FAILED,           /* alarm */
  ZRTP_REASON_OPEN_FAILED,
  ZRTP_REASON_HELLO_HASH,
  ZRTP_REASON_SECURITY,
  ZRTP_REASON_AUX_MISMATCH,
  ZRTP_REASON_DOWNGRADE,
  ZRTP_REASON_NAME_MISMATCH,
  ZRTP_REASON_NEW_ENDPOINT,
  ZRTP_REASON_PEER_CHANGED,
  ZRTP_REASON_SIGNATURE_INVALID,
  ZRTP_REASON_CACHE_MISMATCH,
  ZRTP_REASON_UNKNOWN_ALARM,    /* a trust value that this table lacks */
  ZRTP_REASON_SAS_MISMATCH,
  ZRTP_N_REASONS
} ZrtpReason;

ZrtpLevel zrtp_reason_level (ZrtpReason reason);
/* "off", "busy", ... */
const char *zrtp_level_nick (ZrtpLevel level);
/* The SAS belongs beside it: comparing helps. */
gboolean zrtp_reason_asks (ZrtpReason reason);

/* The reason that one stream gives, in a session of that trust. The table that
 * the level is defined by; pure. */
ZrtpReason zrtp_reason_of_stream (ZrtpState state, ZrtpMedia send,
    ZrtpMedia receive, ZrtpTrust trust);
/* The alarm that is in a trust value, or ZRTP_REASON_NONE. */
ZrtpReason zrtp_reason_of_trust (ZrtpTrust trust);

/* A set of reasons: bit n is the reason n. */
typedef guint32 ZrtpReasons;

G_STATIC_ASSERT (ZRTP_N_REASONS <= 32);

/* The alarms of a session, whatever its streams do. */
ZrtpReasons zrtp_session_get_alarms (const ZrtpSession * session);
/* All reasons that a stream and its session give. */
ZrtpReasons zrtp_stream_get_reasons (ZrtpStream * stream);
/* The gravest; ZRTP_REASON_NONE for 0. */
ZrtpReason zrtp_reasons_worst (ZrtpReasons reasons);

G_END_DECLS

#endif
