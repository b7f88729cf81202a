/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signatures on the SAS: when one is asked for, what becomes of one that came
 * (RFC 6189 7.2, 4.3.2, 4.6.1.1).
 */
#include "zrtp/state/zrtpstate.h"

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

void
zrtp_signature_forget (ZrtpSession * session)
{
  zrtp_signature_clear (&session->signature);
  session->info.signature_status = ZRTP_SIGNATURE_NONE;
  session->signature_told = FALSE;
  g_clear_pointer (&session->info.signer, g_free);
}

/* -- Ours -- */

/* 7.2: not to a peer without the S flag. */
void
zrtp_signature_ask (ZrtpStream * stream, gint64 now)
{
  const ZrtpPolicy *policy = &stream->policy;

  if (!policy->sign_sas || !stream->info.peer_signature_capable)
    return;
  stream->exchange->signing = TRUE;
  stream->timers[ZRTP_TIMER_SIGN] = now
      + MIN (SIGN_RETRIES * policy->retry_timeout_ms * ZRTP_MSEC, SIGN_TIME);
  zrtp_stream_event (stream, ZRTP_EVENT_SIGN_SAS);
}

static void
end_signing (ZrtpStream * stream, gint64 now)
{
  stream->exchange->signing = FALSE;
  stream->timers[ZRTP_TIMER_SIGN] = ZRTP_NEVER;
  zrtp_confirm_continue (stream, now);
}

void
zrtp_signature_timeout (ZrtpStream * stream, gint64 now)
{
  end_signing (stream, now);
}

/* The stream whose Confirm waits, if any. */
static ZrtpStream *
find_signing (ZrtpSession * session)
{
  ZrtpStream *stream = session->exchanging;

  return stream && stream->exchange && stream->exchange->signing ?
      stream : NULL;
}

/* The stream that the application was told the peer's signature of, before it
 * is secure; or NULL. */
static ZrtpStream *
find_told (ZrtpSession * session)
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
  if (session->successor && find_signing (session->successor))
    session = session->successor;
  if (!session->info.have_sas && !find_signing (session)
      && !find_told (session))
    return FALSE;
  memcpy (sashash, session->keys.sashash, ZRTP_SECRET_SIZE);
  return TRUE;
}

static gboolean
is_our_sashash (const ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE])
{
  return memcmp (sashash, session->keys.sashash, ZRTP_SECRET_SIZE) == 0;
}

gboolean
zrtp_session_sign_sas (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const ZrtpSignature * signature,
    gint64 now, char **reason)
{
  ZrtpStream *stream;
  GBytes *block = NULL;
  gsize size;

  if (session->successor && is_our_sashash (session->successor, sashash))
    session = session->successor;
  stream = find_signing (session);
  if (!stream || !is_our_sashash (session, sashash)) {
    *reason = g_strdup ("nothing waits for a signature on that: it comes too "
        "late, or is about another exchange");
    return FALSE;
  }
  if (signature) {
    block = zrtp_signature_write (signature, reason);
    if (!block)
      return FALSE;
    size = ZRTP_UNSIGNED_CONFIRM_SIZE + 4 + g_bytes_get_size (block);
    size = (size + 3) / 4 * 4;
    if (size > stream->policy.mtu) {
      g_bytes_unref (block);
      *reason = g_strdup_printf ("it would make a packet of %" G_GSIZE_FORMAT
          " octets, more than the %u that get through in one piece", size,
          stream->policy.mtu);
      return FALSE;
    }
    stream->exchange->signature = block;
    stream->exchange->signature_type = zrtp_signature_type (signature);
  }
  end_signing (stream, now);
  return TRUE;
}

/* -- The peer's -- */

/* With the peer's first Confirm. Who set no S flag can't tell a good one from a
 * bad one, and in other modes there is none (7.2): then it is as if none came. */
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
  stream->timers[ZRTP_TIMER_CHECK] = now + MIN (CHECK_TIME,
      CHECK_RETRIES * stream->policy.retry_timeout_ms * ZRTP_MSEC);
  stream->exchange->signature_told = TRUE;
  stream->session->signature_told = TRUE;
  zrtp_stream_event (stream, ZRTP_EVENT_SIGNATURE);
}

void
zrtp_signature_check_timeout (ZrtpStream * stream, gint64 now)
{
  zrtp_admit_refuse (stream, "the signature of the peer was not accepted in "
      "time", now);
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

/* The stream that speaks for the signature on @sashash, or NULL. */
static ZrtpStream *
find_judged (ZrtpSession * session, const guint8 sashash[ZRTP_SECRET_SIZE])
{
  ZrtpStream *stream = find_told (session);

  if (!stream && session->info.have_sas)
    stream = session->master;
  return session->signature.signature && is_our_sashash (session, sashash) ?
      stream : NULL;
}

gboolean
zrtp_session_accept_signature (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const char *signer, gint64 now)
{
  ZrtpSessionInfo *info = &session->info;
  ZrtpStream *stream = find_judged (session, sashash);

  if (!stream)
    return FALSE;
  info->signature_status = ZRTP_SIGNATURE_VALID;
  g_free (info->signer);
  info->signer = g_strdup (signer);
  if (stream->exchange && stream->exchange->held_confirm)
    zrtp_confirm_release (stream, now);
  /* 4.6.1.1: what waited for a comparison of the SAS may be written. */
  if (session->master)
    zrtp_session_write_pending (session);
  zrtp_session_update_trust (session);
  return TRUE;
}

gboolean
zrtp_session_reject_signature (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now)
{
  ZrtpSessionInfo *info = &session->info;
  ZrtpStream *stream = find_judged (session, sashash);

  if (!stream)
    return FALSE;
  g_clear_pointer (&info->signer, g_free);
  if (info->signature_status != ZRTP_SIGNATURE_INVALID)
    zrtp_stream_security_event (stream, ZRTP_ERROR_NONE,
        "the signature on the SAS is not one of whom the user expects");
  info->signature_status = ZRTP_SIGNATURE_INVALID;
  zrtp_session_update_trust (session);
  zrtp_admit_recheck (session, stream, now);
  return TRUE;
}
