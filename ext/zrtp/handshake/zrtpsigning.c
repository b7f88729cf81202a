/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The application's answers about signatures on the SAS (RFC 6189 7.2).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

static void
end_signing (ZrtpStream * stream, gint64 now)
{
  stream->exchange->signing = FALSE;
  zrtp_timer_stop (stream, ZRTP_TIMER_SIGN);
  zrtp_settle (stream, zrtp_confirm_continue (stream, now), now);
}

void
zrtp_signature_timeout (ZrtpStream * stream, gint64 now)
{
  end_signing (stream, now);
}

gboolean
zrtp_signing_sign (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const ZrtpSignature * signature,
    gint64 now, char **reason)
{
  ZrtpStream *stream;
  GBytes *block = NULL;
  gsize size;

  if (session->successor
      && zrtp_signature_is_our_sashash (session->successor, sashash))
    session = session->successor;
  stream = zrtp_signature_find_signing (session);
  if (!stream || !zrtp_signature_is_our_sashash (session, sashash)) {
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

void
zrtp_signature_check_timeout (ZrtpStream * stream, gint64 now)
{
  zrtp_admit_refuse (stream, "the signature of the peer was not accepted in "
      "time", now);
}

/* The stream that speaks for the signature on @sashash, or NULL. */
static ZrtpStream *
find_signed (ZrtpSession * session, const guint8 sashash[ZRTP_SECRET_SIZE])
{
  ZrtpStream *stream = zrtp_signature_find_told (session);

  if (!stream && session->info.have_sas)
    stream = session->master;
  return session->signature.signature
      && zrtp_signature_is_our_sashash (session, sashash) ? stream : NULL;
}

gboolean
zrtp_signing_accept (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const char *signer, gint64 now)
{
  ZrtpSessionInfo *info = &session->info;
  ZrtpStream *stream = find_signed (session, sashash);

  if (!stream)
    return FALSE;
  info->signature_status = ZRTP_SIGNATURE_VALID;
  g_free (info->signer);
  info->signer = g_strdup (signer);
  if (stream->exchange && stream->exchange->held_confirm)
    zrtp_settle (stream, zrtp_confirm_release (stream, now), now);
  /* 4.6.1.1: what waited for a comparison of the SAS may be written. */
  if (session->master)
    zrtp_session_write_pending (session);
  zrtp_session_update_trust (session);
  return TRUE;
}

gboolean
zrtp_signing_reject (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now)
{
  ZrtpSessionInfo *info = &session->info;
  ZrtpStream *stream = find_signed (session, sashash);

  if (!stream)
    return FALSE;
  g_clear_pointer (&info->signer, g_free);
  if (info->signature_status != ZRTP_SIGNATURE_INVALID)
    zrtp_stream_security_event (stream, ZRTP_ERROR_NONE,
        "the signature on the SAS is not that of the expected peer");
  info->signature_status = ZRTP_SIGNATURE_INVALID;
  zrtp_session_update_trust (session);
  zrtp_admit_recheck (session, stream, now);
  return TRUE;
}
