/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signatures on the SAS: when one is asked for, what becomes of one that came
 * (RFC 6189 7.2, 4.3.2, 4.6.1.1).
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

/* How long a Confirm waits for the application: in units of T2, and at most.
 * The initiator repeats its DHPart2 for 63 of T2 (6). */
#define SIGN_RETRIES 20
#define SIGN_TIME (3 * ZRTP_SEC)
/* How long the peer's Confirm waits for the application's word on its signature:
 * in units of T2, and at most. With the time to sign that leaves 11 of the 71 T2
 * in which an initiator gives up. */
#define CHECK_RETRIES 40
#define CHECK_TIME (6 * ZRTP_SEC)

/* 7.2: not to a peer without the S flag. */
void
zrtp_signature_ask (ZrtpStream * stream, gint64 now)
{
  const ZrtpPolicy *policy = &stream->policy;

  if (!policy->sign_sas || !stream->info.peer_signature_capable)
    return;
  stream->exchange->signing = TRUE;
  zrtp_timer_set (stream, ZRTP_TIMER_SIGN,
      now + MIN (SIGN_RETRIES * policy->retry_timeout_ms * ZRTP_MSEC,
          SIGN_TIME));
  zrtp_stream_event (stream, ZRTP_EVENT_SIGN_SAS);
}

/* The stream whose Confirm waits, if any. */
ZrtpStream *
zrtp_signature_find_signing (ZrtpSession * session)
{
  ZrtpStream *stream = session->exchanging;

  return stream && stream->exchange && stream->exchange->signing ?
      stream : NULL;
}

/* The stream that the application was told the peer's signature of, before it
 * is secure; or NULL. */
ZrtpStream *
zrtp_signature_find_told (ZrtpSession * session)
{
  ZrtpStream *stream = session->exchanging;

  return stream && stream->exchange && stream->exchange->signature_told ?
      stream : NULL;
}

gboolean
zrtp_session_get_sashash (ZrtpSession * session,
    guint8 sashash[ZRTP_SECRET_SIZE])
{
  /* That which ZRTP_EVENT_SIGN_SAS is about. */
  if (session->successor && zrtp_signature_find_signing (session->successor))
    session = session->successor;
  if (!session->info.have_sas && !zrtp_signature_find_signing (session)
      && !zrtp_signature_find_told (session))
    return FALSE;
  memcpy (sashash, session->keys.sashash, ZRTP_SECRET_SIZE);
  return TRUE;
}

gboolean
zrtp_signature_is_our_sashash (const ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE])
{
  return memcmp (sashash, session->keys.sashash, ZRTP_SECRET_SIZE) == 0;
}

/* With the peer's first Confirm. A stream without the S flag can't tell a good
 * one from a bad one, and in other modes there is none (7.2): then it is as if
 * none came. */
void
zrtp_signature_received (ZrtpStream * stream, const char type[5],
    ZrtpOctets block)
{
  ZrtpSession *session = stream->session;

  zrtp_signature_forget (session);
  if (!stream->policy.check_signatures || type[0] == '\0'
      || stream->exchange->mode != ZRTP_COMMIT_DH)
    return;
  session->info.signature_status = zrtp_signature_parse (type, block,
      &session->signature);
}

void
zrtp_signature_report_malformed (ZrtpStream * stream)
{
  zrtp_stream_security_event (stream, ZRTP_ERROR_NONE,
      "the signature that the peer sent is not in the form that it says");
}

void
zrtp_signature_hold (ZrtpStream * stream, gint64 now)
{
  zrtp_timer_set (stream, ZRTP_TIMER_CHECK, now + MIN (CHECK_TIME,
          CHECK_RETRIES * stream->policy.retry_timeout_ms * ZRTP_MSEC));
  stream->exchange->signature_told = TRUE;
  stream->session->signature_told = TRUE;
  zrtp_stream_event (stream, ZRTP_EVENT_SIGNATURE);
}

/* @stream is secure. */
void
zrtp_signature_announce (ZrtpSession * session, ZrtpStream * stream)
{
  const ZrtpSignatureStatus status = session->info.signature_status;

  if (status == ZRTP_SIGNATURE_NONE || session->signature_told)
    return;
  zrtp_stream_event (stream, ZRTP_EVENT_SIGNATURE);
  if (status == ZRTP_SIGNATURE_INVALID)
    zrtp_signature_report_malformed (stream);
}

const ZrtpSignature *
zrtp_session_get_signature (ZrtpSession * session)
{
  return session->signature.signature ? &session->signature : NULL;
}
