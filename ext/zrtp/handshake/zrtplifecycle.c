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
  zrtp_session_stream_gone (session, stream, TRUE);
}

void
zrtp_trial_end (ZrtpStream * stream)
{
  ZrtpSession *session = stream->session;

  zrtp_timer_stop (stream, ZRTP_TIMER_TRIAL);
  stream->probes_left = 0;
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
  stream->peer_hashes = g_array_new (FALSE, FALSE, 32);
  zrtp_timers_stop (stream);
  g_queue_init (&stream->packets);
  g_queue_init (&stream->events);
  g_queue_init (&stream->jobs);
  zrtp_stream_make_hello (stream);

  /* 5: random, but in 1..0x7fff: libbzrtp drops what is not above the last
   * number it saw, and does not wrap. */
  zrtp_random_fill (random, octets, sizeof octets);
  stream->sequence = MAX (1, (octets[0] << 8 | octets[1]) & 0x7fff);
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
  zrtp_repeat_clear (&stream->repeat);
  zrtp_repeat_clear (&stream->repeat_error);
  zrtp_relay_clear (stream);
  zrtp_timers_stop (stream);
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++)
    zrtp_candidate_clear (&stream->candidates[i]);
  zrtp_candidate_clear (&stream->bound);
  stream->preparations = 0;
  stream->fork_events = stream->answers = stream->alarms = stream->news = 0;
  memset (&stream->equal_zids, 0, sizeof stream->equal_zids);
  memset (&stream->nothing_in_common, 0, sizeof stream->nothing_in_common);
  memset (&stream->collision, 0, sizeof stream->collision);
  stream->peer_untold = FALSE;
  g_clear_pointer (&stream->last_answer, g_bytes_unref);
  stream->have_last_request = FALSE;
  zrtp_wipe (&stream->key_pair, sizeof stream->key_pair);
  zrtp_wipe (&stream->keys, sizeof stream->keys);
  stream->key_hash = NULL;
  stream->key_cipher = NULL;
  zrtp_peer_clear (&stream->looked_up_peer);
  stream->looked_up = FALSE;
  stream->lookup_serial = 0;
}

void
zrtp_lifecycle_free (ZrtpStream * stream)
{
  if (stream->session)
    zrtp_session_remove (stream->session, stream);
  wipe_exchange (stream);
  zrtp_fork_forget (stream);
  zrtp_hello_hash_forget (stream);
  zrtp_event_clear (&stream->ignored);
  g_queue_clear_full (&stream->packets, g_free);
  g_queue_clear_full (&stream->events, free_event);
  g_queue_clear_full (&stream->jobs, (GDestroyNotify) zrtp_job_free);
  g_array_unref (stream->peer_hashes);
  g_clear_pointer (&stream->early, g_bytes_unref);
  g_bytes_unref (stream->hello);
  g_free (stream->hello_hash);
  g_free (stream->looked_up_name);
  g_free (stream->refusal);
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
    if (stream->chain_spent) {
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
zrtp_lifecycle_reset (ZrtpStream * stream, gboolean move, gint64 now)
{
  const gboolean had_keys = stream->was_secure;

  zrtp_trial_end (stream);
  wipe_exchange (stream);
  if (stream->chain_spent)
    zrtp_wipe (stream->h, sizeof stream->h);
  if (!move) {
    zrtp_fork_forget (stream);
    memset (stream->refused_chains, 0, sizeof stream->refused_chains);
    zrtp_hello_hash_forget (stream);
    stream->one_zid = FALSE;
  }
  stream->probes_left = 0;
  stream->stale = FALSE;
  zrtp_step_set (stream, ZRTP_STEP_IDLE);
  stream->tampered = move && stream->tampered;
  stream->refused = move && stream->refused;
  stream->spoiled = 0;
  stream->guesses = 0;
  stream->hold_until = 0;
  stream->in_vain = 0;
  memset (stream->bans, 0, sizeof stream->bans);
  stream->was_secure = move && had_keys;
  stream->media_confirmed = FALSE;
  stream->wanted = FALSE;
  stream->no_preshared = FALSE;
  stream->allowed_clear = stream->go_clear_sent = FALSE;
  stream->clear_asks_user = FALSE;
  stream->false_go_clear = 0;
  stream->evidence_until = 0;
  stream->acked = FALSE;
  zrtp_lost_call_reset (stream);
  if (had_keys)
    zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
  forget_info (stream);
  zrtp_step_publish (stream);
  zrtp_stream_update_media (stream);
  if (stream->session) {
    ZrtpSession *session = stream->session;

    zrtp_session_stream_gone (session, stream, !move);
    zrtp_contention_end (session, stream, now);
    if (!move)
      end_call (session);
  }
}
