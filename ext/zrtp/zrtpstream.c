/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The public calls: each acts, and has the dispatcher do what follows from that.
 */
#include "zrtp/zrtpstream.h"

#include <string.h>

#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpdispatch.h"

ZrtpStream *
zrtp_stream_new (const ZrtpPolicy * policy, const guint8 zid[ZRTP_ZID_SIZE],
    const ZrtpRandom * random)
{
  return zrtp_lifecycle_new (policy, zid, random);
}

void
zrtp_stream_free (ZrtpStream * stream)
{
  zrtp_lifecycle_free (stream);
}

ZrtpSession *
zrtp_stream_get_session (ZrtpStream * stream)
{
  return stream->session;
}

const ZrtpStreamInfo *
zrtp_stream_get_info (ZrtpStream * stream)
{
  return &stream->info;
}

void
zrtp_stream_get_zid (ZrtpStream * stream, guint8 zid[ZRTP_ZID_SIZE])
{
  memcpy (zid, stream->zid, ZRTP_ZID_SIZE);
}

const char *
zrtp_stream_get_hello_hash (ZrtpStream * stream)
{
  return stream->own.hash_text;
}

static gboolean
parse_hex_digest (const char *text, guint8 digest[32])
{
  if (strlen (text) != 64)
    return FALSE;
  for (guint i = 0; i < 32; i++) {
    const gint high = g_ascii_xdigit_value (text[2 * i]);
    const gint low = g_ascii_xdigit_value (text[2 * i + 1]);

    if (high < 0 || low < 0)
      return FALSE;
    digest[i] = high << 4 | low;
  }
  return TRUE;
}

static gboolean
is_hex (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789abcdefABCDEF")] == '\0';
}

/* One "<version> <hex>" or "<hex>". Other versions' values are none of ours
 * and are left out; their hash may be of another size. */
static gboolean
parse_hash_line (char *line, GArray * hashes)
{
  guint8 digest[32];
  char *hex;

  g_strstrip (line);
  hex = strpbrk (line, " \t");
  if (hex)
    *hex++ = '\0';
  if (hex && strncmp (line, ZRTP_VERSION, 3) != 0)
    return is_hex (g_strstrip (hex));
  if (!parse_hex_digest (hex ? g_strstrip (hex) : line, digest))
    return FALSE;
  g_array_append_vals (hashes, digest, 1);
  return TRUE;
}

gboolean
zrtp_stream_set_peer_hello_hash (ZrtpStream * stream, const char *value,
    gint64 now)
{
  GArray *hashes = g_array_new (FALSE, FALSE, 32);
  char **lines = g_strsplit_set (value ? value : "", ",\n", -1);
  gboolean ok = TRUE;

  for (guint i = 0; lines[i] && ok; i++) {
    if (lines[i][strspn (lines[i], " \t\r")] != '\0')
      ok = parse_hash_line (lines[i], hashes);
  }
  g_strfreev (lines);
  if (!ok) {
    g_array_unref (hashes);
    return FALSE;
  }
  zrtp_hello_hash_announce (stream, hashes, now);
  zrtp_dispatch_todo (stream, now);
  return TRUE;
}

static void
update_policy (ZrtpStream * stream, const ZrtpPolicy * policy, gint64 now)
{
  ZrtpPolicy *own = &stream->policy;

  own->auto_secure = policy->auto_secure;
  own->require_encryption = policy->require_encryption;
  own->unattended = policy->unattended;
  own->require_verified = policy->require_verified;
  own->stop_on_reject = policy->stop_on_reject;
  own->signalling_trusted = policy->signalling_trusted;
  own->disclosure = policy->disclosure;
  own->allow_clear = policy->allow_clear;
  own->enroll = policy->enroll;
  own->sign_sas = policy->sign_sas;
  own->mtu = policy->mtu;
  own->cache_expiry = policy->cache_expiry;
  own->hello_timeout_ms = policy->hello_timeout_ms;
  own->retry_timeout_ms = policy->retry_timeout_ms;
  zrtp_stream_update_media (stream);
  if (stream->trial)
    update_policy (stream->trial, policy, now);
  if (stream->session) {
    zrtp_admit_reconsider (stream, now);
    zrtp_commit_try (stream, now);
  }
}

void
zrtp_stream_update_policy (ZrtpStream * stream, const ZrtpPolicy * policy,
    gint64 now)
{
  update_policy (stream, policy, now);
  zrtp_dispatch_todo (stream, now);
}

void
zrtp_stream_start (ZrtpStream * stream, guint32 ssrc, gint64 now)
{
  g_return_if_fail (stream->session != NULL);

  zrtp_lifecycle_start (stream, ssrc, now);
  zrtp_dispatch_todo (stream, now);
  zrtp_dispatch_early (stream, now);
}

void
zrtp_stream_stop (ZrtpStream * stream, gint64 now)
{
  g_clear_pointer (&stream->discovery.pending_hello, g_bytes_unref);
  if (stream->step != ZRTP_STEP_IDLE)
    zrtp_lifecycle_reset (stream, FALSE, now);
  zrtp_dispatch_todo (stream, now);
}

void
zrtp_stream_renew_hello (ZrtpStream * stream, const ZrtpPolicy * policy,
    const guint8 zid[ZRTP_ZID_SIZE])
{
  g_return_if_fail (stream->step == ZRTP_STEP_IDLE);

  stream->policy = *policy;
  memcpy (stream->zid, zid, ZRTP_ZID_SIZE);
  zrtp_stream_make_hello (stream);
  zrtp_stream_update_media (stream);
  zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
}

void
zrtp_stream_restart_discovery (ZrtpStream * stream, gint64 now)
{
  if (zrtp_step_is_discovery (stream) || stream->step == ZRTP_STEP_FAILED)
    zrtp_discovery_start (stream, now);
  zrtp_dispatch_todo (stream, now);
}

void
zrtp_stream_receive (ZrtpStream * stream, const guint8 * data, gsize size,
    gint64 now)
{
  zrtp_dispatch_receive (stream, data, size, now);
}

void
zrtp_stream_timeout (ZrtpStream * stream, gint64 now)
{
  zrtp_dispatch_timeout (stream, now);
}

void
zrtp_stream_finish_job (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  zrtp_dispatch_job (stream, job, now);
}

void
zrtp_stream_suspect_lost_call (ZrtpStream * stream)
{
  zrtp_lost_call_suspect (stream);
}

void
zrtp_stream_media_received (ZrtpStream * stream, ZrtpMedia kind, gint64 now)
{
  if (kind == ZRTP_MEDIA_CLEAR) {
    zrtp_discovery_clear_media (stream, now);
  } else if (kind == ZRTP_MEDIA_SECURE) {
    zrtp_lost_call_srtp_received (stream);
    zrtp_confirm_media (stream, now);
  }
  zrtp_probe_media (stream);
  zrtp_dispatch_todo (stream, now);
}

gboolean
zrtp_stream_go_secure (ZrtpStream * stream, gint64 now)
{
  if (stream->step == ZRTP_STEP_IDLE || stream->step == ZRTP_STEP_SECURE)
    return FALSE;
  if (stream->step == ZRTP_STEP_CLEARING)
    return FALSE;
  /* Neither side may commit. */
  if (stream->policy.passive && stream->info.have_peer
      && stream->info.peer_passive)
    return FALSE;
  if (stream->step == ZRTP_STEP_CLEAR) {
    /* Only the peer may commit: the call goes on in clear until it does. */
    if (stream->policy.passive)
      return FALSE;
    zrtp_clear_resume_all (stream->session, now);
    zrtp_dispatch_todo (stream, now);
    return TRUE;
  }
  stream->backoff.go_secure_requested = TRUE;
  if (stream->step == ZRTP_STEP_FAILED || stream->step == ZRTP_STEP_NO_PEER) {
    /* The user knows what happened and asks for another try. */
    zrtp_lifecycle_forget_attempts (stream);
    zrtp_discovery_start (stream, now);
  }
  zrtp_commit_try (stream, now);
  zrtp_dispatch_todo (stream, now);
  return TRUE;
}

/* Streams that waited for this one go on first: it is out of the call meanwhile. */
static void
move_to_fork (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE], gint64 now)
{
  zrtp_lifecycle_reset (stream, TRUE, now);
  zrtp_dispatch_todo (stream, now);
  zrtp_transfer_to_fork (stream, zid, now);
}

gboolean
zrtp_stream_accept_fork (ZrtpStream * stream, const guint8 zid[ZRTP_ZID_SIZE],
    gint64 now)
{
  ZrtpSession *session = stream->session;

  if (!zrtp_transfer_knows (stream, zid, now))
    return FALSE;
  move_to_fork (stream, zid, now);
  zrtp_dispatch_todo (stream, now);
  /* 4.4.3: one peer for all streams. Those that heard of it as well move with
   * this one, those that it refused try again. */
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (zrtp_transfer_knows (other, zid, now))
      move_to_fork (other, zid, now);
    else if (other->step == ZRTP_STEP_FAILED && !other->outer)
      zrtp_discovery_start (other, now);
    zrtp_dispatch_todo (other, now);
  }
  return TRUE;
}

gint64
zrtp_stream_get_deadline (ZrtpStream * stream)
{
  gint64 deadline = zrtp_timers_next (stream);

  if (stream->trial)
    deadline = MIN (deadline, zrtp_stream_get_deadline (stream->trial));
  return deadline;
}

gboolean
zrtp_stream_is_busy (ZrtpStream * stream)
{
  return stream->exchange != NULL || stream->clearing.sent
      || !g_queue_is_empty (&stream->output.packets);
}

/* The queue is that of the call, whichever stream or trial asked. */
static void
finish (ZrtpSession * session, gint64 now)
{
  if (session->streams->len > 0)
    zrtp_dispatch_todo (g_ptr_array_index (session->streams, 0), now);
}

void
zrtp_session_take_turn (ZrtpSession * session, gint64 now)
{
  zrtp_commit_take_turn (session, now);
  finish (session, now);
}

gboolean
zrtp_session_sign_sas (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const ZrtpSignature * signature,
    gint64 now, char **reason)
{
  const gboolean ok = zrtp_signing_sign (session, sashash, signature, now,
      reason);

  finish (session, now);
  return ok;
}

gboolean
zrtp_session_accept_signature (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], const char *signer, gint64 now)
{
  const gboolean ok = zrtp_signing_accept (session, sashash, signer, now);

  finish (session, now);
  return ok;
}

gboolean
zrtp_session_reject_signature (ZrtpSession * session,
    const guint8 sashash[ZRTP_SECRET_SIZE], gint64 now)
{
  const gboolean ok = zrtp_signing_reject (session, sashash, now);

  finish (session, now);
  return ok;
}
