/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which peers the policies require_verified and unattended admit, after the
 * peer's Confirm was good and before any key is given out (RFC 6189 4.3.2).
 */
#include "zrtp/handshake/zrtphandshake.h"

/* Why the policy does not admit the peer, or NULL. */
const char *
zrtp_admit_find_violation (const ZrtpStream * stream)
{
  const ZrtpSessionInfo *info = &stream->session->info;
  const gboolean strict = stream->policy.require_verified;

  if (!strict && !stream->policy.unattended)
    return NULL;
  if (info->signature_status == ZRTP_SIGNATURE_INVALID)
    return "the signature of the peer is wrong, or by another key";
  if (info->signature_status == ZRTP_SIGNATURE_VALID
      || zrtp_session_hello_is_authenticated (stream))
    return NULL;
  if (info->cache_mismatch)
    return "the peer does not have the secret kept from earlier calls";
  if (info->new_endpoint)
    return "the user verified another endpoint under the name of the peer";
  if (strict && zrtp_session_names_differ (stream->session))
    return "the peer is known under another name";
  /* A comparison in an earlier call proves more than an auxiliary secret. */
  if (info->aux_mismatch && !info->verified)
    return "the peer does not have the auxiliary secret (aux-secret)";
  if (strict && !info->verified && !info->aux_matched)
    return "the peer was not verified in an earlier call";
  return NULL;
}

void
zrtp_admit_refuse (ZrtpStream * stream, const char *reason, gint64 now)
{
  const char *policy = stream->policy.require_verified ? "require-verified" :
      stream->policy.unattended ? "unattended" : NULL;

  stream->guard.refused = TRUE;
  g_free (stream->failure.reason);
  stream->failure.reason =
      policy ? g_strdup_printf ("%s refuses the peer: %s", policy,
      reason) : g_strdup (reason);
  zrtp_stream_fail (stream, ZRTP_ERROR_UNAVAILABLE, now);
  zrtp_stream_give_up (stream);
}

/* The alarms that come with a secure call, for one that is refused. */
static void
announce_refused (ZrtpStream * stream)
{
  ZrtpSession *session = stream->session;

  if (session->info.signature_status == ZRTP_SIGNATURE_INVALID)
    zrtp_signature_report_malformed (stream);
  if (session->info.cache_mismatch)
    zrtp_stream_event (stream, ZRTP_EVENT_CACHE_MISMATCH);
  if (session->info.aux_mismatch)
    zrtp_stream_event (stream, ZRTP_EVENT_AUX_MISMATCH);
  zrtp_names_announce (session, stream);
}

ZrtpAdmission
zrtp_admit (ZrtpStream * stream, gint64 now)
{
  const ZrtpSignatureStatus status = stream->session->info.signature_status;
  const char *reason = zrtp_admit_find_violation (stream);

  if (!reason)
    return ZRTP_ADMISSION_GRANTED;
  if (status == ZRTP_SIGNATURE_UNCHECKED)
    return ZRTP_ADMISSION_HELD;
  announce_refused (stream);
  zrtp_admit_refuse (stream, reason, now);
  return ZRTP_ADMISSION_REFUSED;
}

/* Streams that start a new exchange because of this have to pass it as well. */
void
zrtp_admit_recheck (ZrtpSession * session, ZrtpStream * stream, gint64 now)
{
  const char *reason = zrtp_admit_find_violation (stream);
  GPtrArray *streams;

  if (!reason)
    return;
  streams = g_ptr_array_new ();
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other->exchange || zrtp_stream_is_settled (other))
      g_ptr_array_add (streams, other);
  }
  for (guint i = 0; i < streams->len; i++)
    zrtp_admit_refuse (g_ptr_array_index (streams, i), reason, now);
  g_ptr_array_unref (streams);
}
