/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Life of a stream: made, started, reset, freed.
 */
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

void
zrtp_session_remove (ZrtpSession * session, ZrtpStream * stream)
{
  g_return_if_fail (stream->session == session);

  zrtp_trial_end (stream);
  zrtp_todo_forget (stream);
  g_ptr_array_remove_fast (session->streams, stream);
  stream->session = NULL;
  zrtp_session_stream_left (session, stream, TRUE);
}

void
zrtp_trial_end (ZrtpStream * stream)
{
  ZrtpSession *session = stream->session;

  zrtp_timer_stop (stream, ZRTP_TIMER_TRIAL);
  stream->restart.probes_left = 0;
  if (!stream->trial)
    return;
  zrtp_lifecycle_free (g_steal_pointer (&stream->trial));
  zrtp_session_drop_unused_successor (session);
  /* Another trial may have waited for this one. */
  for (guint i = 0; i < session->streams->len; i++) {
    const ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other->trial)
      zrtp_timer_set (other->trial, ZRTP_TIMER_HOLD, 0);
  }
}

ZrtpStream *
zrtp_lifecycle_new (const ZrtpPolicy * policy, const guint8 zid[ZRTP_ZID_SIZE],
    const ZrtpRandom * random)
{
  ZrtpStream *stream = zrtp_secret_new0 (ZrtpStream);
  guint8 octets[2];

  stream->id = zrtp_next_serial ();
  stream->policy = *policy;
  stream->random = random;
  memcpy (stream->zid, zid, ZRTP_ZID_SIZE);
  stream->announced.hashes = g_array_new (FALSE, FALSE, 32);
  zrtp_timers_stop (stream);
  g_queue_init (&stream->output.packets);
  g_queue_init (&stream->output.events);
  g_queue_init (&stream->output.jobs);
  zrtp_stream_make_hello (stream);

  /* 5: random, but in 1..0x7fff: libbzrtp drops what is not above the last
   * number it saw, and does not wrap. */
  zrtp_random_fill (random, octets, sizeof octets);
  stream->output.sequence = MAX (1, (octets[0] << 8 | octets[1]) & 0x7fff);
  zrtp_step_init (stream);
  return stream;
}

static void
free_event (gpointer event)
{
  zrtp_event_clear (event);
  zrtp_secret_free (event);
}

/* Everything of an exchange, running or done. */
static void
wipe_exchange (ZrtpStream * stream)
{
  zrtp_exchange_free (stream);
  zrtp_retransmit_reset (stream);
  zrtp_relay_clear (stream);
  zrtp_timers_stop (stream);
  zrtp_remotes_clear (stream);
  zrtp_remote_clear (&stream->bound.remote);
  zrtp_limits_reset (stream);
  stream->forks.events = 0;
  zrtp_exchange_forget_prepared (stream);
  zrtp_bound_wipe_keys (stream);
}

void
zrtp_lifecycle_free (ZrtpStream * stream)
{
  if (stream->session)
    zrtp_session_remove (stream->session, stream);
  wipe_exchange (stream);
  zrtp_fork_forget (stream);
  zrtp_hello_hash_forget (stream);
  zrtp_event_clear (&stream->restart.ignored);
  g_queue_clear_full (&stream->output.packets, g_free);
  g_queue_clear_full (&stream->output.events, free_event);
  g_queue_clear_full (&stream->output.jobs, (GDestroyNotify) zrtp_job_free);
  g_array_unref (stream->announced.hashes);
  g_clear_pointer (&stream->discovery.pending_hello, g_bytes_unref);
  g_bytes_unref (stream->own.message);
  g_free (stream->own.hash_text);
  g_free (stream->prepared.name);
  g_free (stream->failure.reason);
  zrtp_secret_free (stream);
}

void
zrtp_lifecycle_start (ZrtpStream * stream, guint32 ssrc, gint64 now)
{
  g_return_if_fail (stream->session != NULL);

  if (stream->step != ZRTP_STEP_IDLE) {
    if (ssrc == stream->ssrc || stream->exchange
        || zrtp_stream_is_settled (stream))
      return;
  } else {
    stream->info.counters.started = now;
    if (stream->own.chain_spent) {
      zrtp_stream_make_hello (stream);
      zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
    }
  }
  if (stream->step == ZRTP_STEP_IDLE)
    zrtp_lost_call_begin (stream);
  stream->ssrc = ssrc;
  zrtp_discovery_start (stream, now);
}

/* Of what was told only the counters, and where we are, outlive a call. */
static void
forget_info (ZrtpStream * stream)
{
  const ZrtpStreamInfo old = stream->info;

  memset (&stream->info, 0, sizeof stream->info);
  stream->info.state = old.state;
  stream->info.send = old.send;
  stream->info.receive = old.receive;
  stream->info.counters = old.counters;
}

/* The call ended, and with it what the users said in it. */
static void
end_call (ZrtpSession * session)
{
  for (guint i = 0; i < session->streams->len; i++) {
    const ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    if (stream->step != ZRTP_STEP_IDLE)
      return;
  }
  session->was_verified = FALSE;
}

void
zrtp_lifecycle_forget_attempts (ZrtpStream * stream)
{
  stream->backoff.aborted_exchanges = 0;
  stream->backoff.hold_until = 0;
  stream->limits.guesses = 0;
  memset (stream->remotes.bans, 0, sizeof stream->remotes.bans);
}

void
zrtp_lifecycle_reset (ZrtpStream * stream, gboolean move, gint64 now)
{
  const gboolean had_keys = stream->guard.was_secure;

  zrtp_trial_end (stream);
  wipe_exchange (stream);
  if (stream->own.chain_spent)
    zrtp_wipe (stream->own.chain, sizeof stream->own.chain);
  if (!move) {
    zrtp_fork_forget (stream);
    memset (stream->restart.refused_chains, 0,
        sizeof stream->restart.refused_chains);
    zrtp_hello_hash_forget (stream);
    stream->remotes.only_one = FALSE;
  }
  stream->restart.probes_left = 0;
  stream->restart.stale = FALSE;
  zrtp_step_set (stream, ZRTP_STEP_IDLE);
  stream->guard.tampered = move && stream->guard.tampered;
  stream->guard.refused = move && stream->guard.refused;
  zrtp_lifecycle_forget_attempts (stream);
  stream->remotes.unanswered_commits = 0;
  stream->guard.was_secure = move && had_keys;
  stream->media_confirmed = FALSE;
  stream->backoff.go_secure_requested = FALSE;
  stream->backoff.no_preshared = FALSE;
  memset (&stream->clearing, 0, sizeof stream->clearing);
  zrtp_discovery_reset (stream);
  zrtp_lost_call_reset (stream);
  if (had_keys)
    zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
  forget_info (stream);
  zrtp_step_publish (stream);
  zrtp_stream_update_media (stream);
  if (stream->session) {
    ZrtpSession *session = stream->session;

    zrtp_session_stream_left (session, stream, !move);
    zrtp_contention_end (session, stream, now);
    if (!move)
      end_call (session);
  }
}
