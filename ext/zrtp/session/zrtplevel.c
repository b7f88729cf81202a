/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/session/zrtplevel.h"

#include "zrtp/session/zrtpsession-private.h"

static const struct
{
  ZrtpLevel level;
  gboolean asks;
} reasons[ZRTP_N_REASONS] = {
  [ZRTP_REASON_NONE] = {ZRTP_LEVEL_OFF, FALSE},
  [ZRTP_REASON_VERIFIED] = {ZRTP_LEVEL_VERIFIED, FALSE},
  [ZRTP_REASON_SIGNED] = {ZRTP_LEVEL_VERIFIED, FALSE},
  [ZRTP_REASON_SHARED] = {ZRTP_LEVEL_ENCRYPTED, TRUE},
  [ZRTP_REASON_UNVERIFIED] = {ZRTP_LEVEL_ENCRYPTED, TRUE},
  [ZRTP_REASON_PEER_UNVERIFIED] = {ZRTP_LEVEL_ENCRYPTED, TRUE},
  [ZRTP_REASON_RELAYED] = {ZRTP_LEVEL_ENCRYPTED, TRUE},
  [ZRTP_REASON_NEGOTIATING] = {ZRTP_LEVEL_BUSY, FALSE},
  [ZRTP_REASON_DISCOVERING] = {ZRTP_LEVEL_BUSY, FALSE},
  [ZRTP_REASON_ENDING] = {ZRTP_LEVEL_BUSY, FALSE},
  [ZRTP_REASON_CLEAR_ASKED] = {ZRTP_LEVEL_BUSY, FALSE},
  [ZRTP_REASON_NO_ZRTP] = {ZRTP_LEVEL_BUSY, FALSE},
  [ZRTP_REASON_OPEN] = {ZRTP_LEVEL_OPEN, FALSE},
  [ZRTP_REASON_OPEN_CLEAR] = {ZRTP_LEVEL_OPEN, FALSE},
  [ZRTP_REASON_OPEN_NO_ZRTP] = {ZRTP_LEVEL_OPEN, FALSE},
  [ZRTP_REASON_FAILED] = {ZRTP_LEVEL_ALARM, FALSE},
  [ZRTP_REASON_OPEN_FAILED] = {ZRTP_LEVEL_ALARM, FALSE},
  [ZRTP_REASON_HELLO_HASH] = {ZRTP_LEVEL_ALARM, FALSE},
  [ZRTP_REASON_SECURITY] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_AUX_MISMATCH] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_DOWNGRADE] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_NAME_MISMATCH] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_NEW_ENDPOINT] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_PEER_CHANGED] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_SIGNATURE_INVALID] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_CACHE_MISMATCH] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_UNKNOWN_ALARM] = {ZRTP_LEVEL_ALARM, TRUE},
  [ZRTP_REASON_SAS_MISMATCH] = {ZRTP_LEVEL_ALARM, FALSE},
};

/* Of secure media both ways. */
static const ZrtpReason trusts[] = {
  [ZRTP_TRUST_NONE] = ZRTP_REASON_NEGOTIATING,
  [ZRTP_TRUST_UNVERIFIED] = ZRTP_REASON_UNVERIFIED,
  [ZRTP_TRUST_PEER_UNVERIFIED] = ZRTP_REASON_PEER_UNVERIFIED,
  [ZRTP_TRUST_VERIFIED] = ZRTP_REASON_VERIFIED,
  [ZRTP_TRUST_CACHE_MISMATCH] = ZRTP_REASON_CACHE_MISMATCH,
  [ZRTP_TRUST_NAME_MISMATCH] = ZRTP_REASON_NAME_MISMATCH,
  [ZRTP_TRUST_SAS_MISMATCH] = ZRTP_REASON_SAS_MISMATCH,
  [ZRTP_TRUST_MITM_RELAYED] = ZRTP_REASON_RELAYED,
  [ZRTP_TRUST_SIGNED] = ZRTP_REASON_SIGNED,
  [ZRTP_TRUST_SIGNATURE_INVALID] = ZRTP_REASON_SIGNATURE_INVALID,
  [ZRTP_TRUST_NEW_ENDPOINT] = ZRTP_REASON_NEW_ENDPOINT,
  [ZRTP_TRUST_PEER_CHANGED] = ZRTP_REASON_PEER_CHANGED,
};

ZrtpLevel
zrtp_reason_level (ZrtpReason reason)
{
  g_return_val_if_fail (reason < ZRTP_N_REASONS, ZRTP_LEVEL_ALARM);
  return reasons[reason].level;
}

gboolean
zrtp_reason_asks (ZrtpReason reason)
{
  g_return_val_if_fail (reason < ZRTP_N_REASONS, FALSE);
  return reasons[reason].asks;
}

const char *
zrtp_level_nick (ZrtpLevel level)
{
  static const char *const nicks[] = {
    "alarm", "off", "open", "busy", "encrypted", "verified"
  };
  const gint i = level - ZRTP_LEVEL_ALARM;

  g_return_val_if_fail (i >= 0 && i < (gint) G_N_ELEMENTS (nicks), "unknown");
  return nicks[i];
}

/* A new value of ZrtpTrust is an alarm until it has a row. */
static ZrtpReason
look_up_trust (ZrtpTrust trust)
{
  if (trust >= G_N_ELEMENTS (trusts))
    return ZRTP_REASON_UNKNOWN_ALARM;
  return trusts[trust];
}

ZrtpReason
zrtp_reason_of_trust (ZrtpTrust trust)
{
  const ZrtpReason reason = look_up_trust (trust);

  return zrtp_reason_level (reason) == ZRTP_LEVEL_ALARM ? reason :
      ZRTP_REASON_NONE;
}

ZrtpReason
zrtp_reason_of_stream (ZrtpState state, ZrtpMedia send, ZrtpMedia receive,
    ZrtpTrust trust)
{
  const ZrtpReason alarm = zrtp_reason_of_trust (trust);
  const gboolean open = send == ZRTP_MEDIA_CLEAR || receive == ZRTP_MEDIA_CLEAR;
  const gboolean encrypted = send == ZRTP_MEDIA_SECURE
      && receive == ZRTP_MEDIA_SECURE;

  if (alarm)
    return alarm;
  switch (state) {
    case ZRTP_STATE_IDLE:
      return open ? ZRTP_REASON_OPEN : ZRTP_REASON_NONE;
    case ZRTP_STATE_DISCOVERING:
      return open ? ZRTP_REASON_OPEN : ZRTP_REASON_DISCOVERING;
    case ZRTP_STATE_NEGOTIATING:
      return open ? ZRTP_REASON_OPEN : ZRTP_REASON_NEGOTIATING;
    case ZRTP_STATE_SECURE:
      return open ? ZRTP_REASON_OPEN : encrypted ? look_up_trust (trust) :
          ZRTP_REASON_ENDING;
    case ZRTP_STATE_CLEAR:
      return open ? ZRTP_REASON_OPEN_CLEAR : ZRTP_REASON_CLEAR_ASKED;
    case ZRTP_STATE_NO_ZRTP:
      return open ? ZRTP_REASON_OPEN_NO_ZRTP : ZRTP_REASON_NO_ZRTP;
    case ZRTP_STATE_FAILED:
      return open ? ZRTP_REASON_OPEN_FAILED : ZRTP_REASON_FAILED;
  }
  return ZRTP_REASON_UNKNOWN_ALARM;
}

static ZrtpReasons
bit (gboolean condition, ZrtpReason reason)
{
  return condition ? (ZrtpReasons) 1 << reason : 0;
}

ZrtpReasons
zrtp_session_get_alarms (const ZrtpSession * session)
{
  const ZrtpSessionInfo *info = &session->info;
  const ZrtpReason trust = zrtp_reason_of_trust (info->trust);
  ZrtpReasons result = bit (trust != ZRTP_REASON_NONE, trust);

  result |= bit (session->alarmed, ZRTP_REASON_SECURITY);
  if (!info->have_sas || session->verified_now)
    return result;
  result |= bit (info->aux_mismatch, ZRTP_REASON_AUX_MISMATCH);
  result |= bit (info->stronger_before != NULL, ZRTP_REASON_DOWNGRADE);
  result |= bit (zrtp_session_names_differ (session),
      ZRTP_REASON_NAME_MISMATCH);
  result |= bit (info->new_endpoint, ZRTP_REASON_NEW_ENDPOINT);
  return result;
}

/* What both sides have from elsewhere excludes a third party, though the users
 * have not compared. */
static ZrtpReason
refine (ZrtpReason reason, const ZrtpSessionInfo * info)
{
  return reason == ZRTP_REASON_UNVERIFIED && info->aux_matched ?
      ZRTP_REASON_SHARED : reason;
}

ZrtpReasons
zrtp_stream_get_reasons (ZrtpStream * stream)
{
  const ZrtpStreamInfo *info = &stream->info;
  const ZrtpSession *session = stream->session;
  ZrtpReason reason;

  if (!session)
    return 0;
  reason = refine (zrtp_reason_of_stream (info->state, info->send,
          info->receive, session->info.trust), &session->info);
  return bit (TRUE, reason) | zrtp_session_get_alarms (session)
      | bit (info->hello_hash_status == ZRTP_HELLO_HASH_MISMATCH,
      ZRTP_REASON_HELLO_HASH);
}

ZrtpReason
zrtp_reasons_worst (ZrtpReasons set)
{
  return set ? g_bit_storage (set) - 1 : ZRTP_REASON_NONE;
}
