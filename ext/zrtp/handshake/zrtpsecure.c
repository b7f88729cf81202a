/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The end of an exchange: keys, SAS and alarms (RFC 6189 4.6).
 */
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* An endpoint that waits repeats its Commit for so long. */
#define LIVE_TIME (10 * ZRTP_SEC)

void
zrtp_session_confirmed (ZrtpSession * session, ZrtpStream * stream,
    gboolean peer_verified)
{
  zrtp_trial_inherit (stream);
  session->info.peer_verified = peer_verified;
  session->interval = stream->exchange->interval;
  session->have_sess = TRUE;
  session->master = stream;
}

void
zrtp_session_announce (ZrtpSession * session, ZrtpStream * stream)
{
  ZrtpSessionInfo *info = &session->info;

  zrtp_session_render_sas (session);
  info->have_sas = TRUE;
  zrtp_names_update (session);
  info->trust = zrtp_session_evaluate_trust (session);
  zrtp_stream_event (stream, ZRTP_EVENT_SAS);
  if (info->cache_mismatch)
    zrtp_stream_event (stream, ZRTP_EVENT_CACHE_MISMATCH);
  if (info->aux_mismatch)
    zrtp_stream_event (stream, ZRTP_EVENT_AUX_MISMATCH);
  zrtp_names_announce (session, stream);
  if (info->trust == ZRTP_TRUST_PEER_CHANGED)
    zrtp_stream_event (stream, ZRTP_EVENT_PEER_CHANGED);
  zrtp_downgrade_announce (session, stream);
  if (session->offered)
    zrtp_stream_event (stream, ZRTP_EVENT_ENROLLMENT);
  zrtp_signature_announce (session, stream);
  zrtp_stream_event (stream, ZRTP_EVENT_TRUST);
  zrtp_names_refresh (session);
}

void
zrtp_secure_give_keys (ZrtpStream * stream, ZrtpEventType type,
    const ZrtpSenderKeys * keys)
{
  ZrtpEvent *event = zrtp_stream_event (stream, type);

  stream->guard.was_secure = TRUE;
  event->keys.cipher = stream->info.cipher;
  event->keys.auth_tag = stream->info.auth_tag;
  memcpy (event->keys.key, keys->srtp_key, stream->info.cipher->key_size);
  memcpy (event->keys.salt, keys->srtp_salt, ZRTP_SALT_SIZE);
}

/* The exchange is over. From here the stream lives without ->exchange; s0 and
 * the SRTP master keys, which the events carry, go (4.6.1). */
void
zrtp_secure_enter (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = stream->session;
  const gboolean first = stream->exchange->mode != ZRTP_COMMIT_MULTISTREAM;
  const gint64 began = stream->exchange->started;

  zrtp_stream_stop_repeating (stream);
  zrtp_soft_error_clear (stream);
  zrtp_relay_clear (stream);
  zrtp_lost_call_reset (stream);
  zrtp_timer_stop (stream, ZRTP_TIMER_SILENCE);
  zrtp_timer_stop (stream, ZRTP_TIMER_CONF2ACK);
  zrtp_secure_give_keys (stream, ZRTP_EVENT_SEND_KEYS,
      zrtp_stream_own_keys (stream));
  zrtp_wipe (stream->bound.keys.initiator.srtp_key, ZRTP_MAX_CIPHER_KEY_SIZE);
  zrtp_wipe (stream->bound.keys.responder.srtp_key, ZRTP_MAX_CIPHER_KEY_SIZE);
  zrtp_wipe (stream->bound.keys.initiator.srtp_salt, ZRTP_SALT_SIZE);
  zrtp_wipe (stream->bound.keys.responder.srtp_salt, ZRTP_SALT_SIZE);
  zrtp_remote_copy (&stream->bound.remote, &stream->exchange->peer);
  zrtp_exchange_free (stream);
  zrtp_exchange_forget_prepared (stream);
  zrtp_timer_stop (stream, ZRTP_TIMER_LOOKUP);

  zrtp_step_set (stream, ZRTP_STEP_SECURE);
  stream->guard.refused = FALSE;
  stream->info.exchange_done = TRUE;
  stream->info.counters.secured = now;
  if (first)
    zrtp_session_announce (session, stream);
  zrtp_stream_update_media (stream);
  zrtp_step_publish (stream);
  zrtp_contention_end (session, stream, now);
  zrtp_probe_secured (stream, began, now);
  zrtp_fork_secured (stream, now);
}

static void
report_live (ZrtpStream * stream, const ZrtpRemote * remotes, guint n,
    gint64 now)
{
  for (guint i = 0; i < n; i++) {
    const ZrtpRemote *remote = &remotes[i];

    if (remote->hello && !remote->unsuitable
        && now - remote->last_seen <= LIVE_TIME)
      zrtp_fork_committed (stream, remote, now);
  }
}

void
zrtp_fork_secured (ZrtpStream * stream, gint64 now)
{
  report_live (stream, stream->remotes.slots, ZRTP_MAX_REMOTES, now);
  report_live (stream, stream->announced.kept, ZRTP_MAX_REFUSED_HELLOS, now);
}
