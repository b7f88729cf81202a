/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtptransport.h"

#include "session/gstzrtpevents.h"
#include "session/gstzrtpoutbox.h"
#include "session/gstzrtplog.h"
#include "session/gstzrtplevel.h"
#include "session/gstzrtpnotification.h"
#include "session/gstzrtpsilence.h"
#include "threads/gstzrtpstopbudget.h"

/* Received ZRTP packets that may wait: far more than any exchange has. */
#define MAX_INBOX 64

static void service (gpointer data);
static void notifier (gpointer data);

static gpointer
pair_ref (gpointer pair)
{
  return gst_zrtp_pair_ref (pair);
}

static void
pair_unref (gpointer pair)
{
  gst_zrtp_pair_unref (pair);
}

/* Timer thread. */

static void
deadline_fired (gpointer data)
{
  GstZrtpPair *pair = data;

  g_atomic_int_set (&pair->deadline_came, TRUE);
  gst_zrtp_runner_poke (&pair->service);
}

static void
hang_fired (gpointer data)
{
  GstZrtpPair *pair = data;

  g_atomic_int_set (&pair->hangs, TRUE);
  g_atomic_int_set (&pair->hang_came, TRUE);
  gst_zrtp_runner_poke (&pair->service);
}

static void
held_fired (gpointer data)
{
  GstZrtpPair *pair = data;

  gst_zrtp_runner_poke (&pair->notifier);
}

static void
stall_fired (gpointer data)
{
  GstZrtpPair *pair = data;

  g_atomic_int_set (&pair->stalled, TRUE);
  gst_zrtp_runner_poke (&pair->notifier);
}

static void
look_fired (gpointer data)
{
  GstZrtpPair *pair = data;

  g_atomic_int_set (&pair->look_due, TRUE);
  gst_zrtp_runner_poke (&pair->service);
}

GstZrtpPair *
gst_zrtp_pair_new (GstZrtpCall * call, guint stream_id)
{
  GstZrtpPair *pair = g_new0 (GstZrtpPair, 1);

  pair->refs = 1;
  pair->call = gst_zrtp_call_ref (call);
  pair->stream_id = stream_id;
  pair->settings = gst_zrtp_settings_new ();
  gst_zrtp_sender_init (&pair->sender);
  gst_zrtp_receiver_init (&pair->receiver);
  g_mutex_init (&pair->inbox.lock);
  g_queue_init (&pair->inbox.packets);
  gst_zrtp_outbox_init (&pair->outbox);
  g_mutex_init (&pair->notices_lock);
  g_queue_init (&pair->notices);
  g_queue_init (&pair->held);
  pair->backlog = gst_zrtp_backlog_new ();
  gst_zrtp_timer_init (&pair->held_due, held_fired, pair);
  g_cond_init (&pair->stored);
  gst_zrtp_timer_init (&pair->deadline, deadline_fired, pair);
  gst_zrtp_timer_init (&pair->hang, hang_fired, pair);
  gst_zrtp_timer_init (&pair->stall, stall_fired, pair);
  gst_zrtp_timer_init (&pair->look, look_fired, pair);
  gst_zrtp_runner_init (&pair->service, GST_ZRTP_POOL_SERVICE, service, pair,
      pair_ref, pair_unref);
  gst_zrtp_runner_init (&pair->pusher, GST_ZRTP_POOL_BLOCKING,
      gst_zrtp_pair_push_handshake, pair, pair_ref, pair_unref);
  gst_zrtp_runner_init (&pair->notifier, GST_ZRTP_POOL_BLOCKING, notifier,
      pair, pair_ref, pair_unref);
  for (guint half = 0; half < GST_ZRTP_N_HALVES; half++)
    g_weak_ref_init (&pair->members[half].element, NULL);
  return pair;
}

GstZrtpPair *
gst_zrtp_pair_ref (GstZrtpPair * pair)
{
  g_atomic_int_inc (&pair->refs);
  return pair;
}

void
gst_zrtp_pair_unref (GstZrtpPair * pair)
{
  if (!g_atomic_int_dec_and_test (&pair->refs))
    return;
  g_assert (!pair->stream);
  gst_zrtp_timer_clear (&pair->deadline);
  gst_zrtp_timer_clear (&pair->hang);
  gst_zrtp_timer_clear (&pair->stall);
  gst_zrtp_timer_clear (&pair->look);
  gst_zrtp_timer_clear (&pair->held_due);
  gst_zrtp_runner_clear (&pair->service);
  gst_zrtp_runner_clear (&pair->pusher);
  gst_zrtp_runner_clear (&pair->notifier);
  for (guint half = 0; half < GST_ZRTP_N_HALVES; half++) {
    g_weak_ref_clear (&pair->members[half].element);
    if (pair->members[half].settings)
      gst_zrtp_settings_unref (pair->members[half].settings);
  }
  g_queue_clear_full (&pair->inbox.packets, (GDestroyNotify) g_bytes_unref);
  g_mutex_clear (&pair->inbox.lock);
  gst_zrtp_outbox_clear (&pair->outbox);
  g_queue_clear_full (&pair->notices, (GDestroyNotify) gst_zrtp_notice_free);
  g_queue_clear_full (&pair->held, (GDestroyNotify) gst_zrtp_notice_free);
  gst_zrtp_backlog_unref (pair->backlog);
  g_mutex_clear (&pair->notices_lock);
  g_cond_clear (&pair->stored);
  gst_zrtp_sender_clear (&pair->sender);
  gst_zrtp_receiver_clear (&pair->receiver);
  g_clear_pointer (&pair->hello_settings, gst_zrtp_settings_unref);
  g_clear_pointer (&pair->hello_due, gst_zrtp_settings_unref);
  gst_zrtp_settings_unref (pair->settings);
  g_free (pair->applied_peer_hash);
  gst_clear_structure (&pair->peer);
  g_clear_pointer (&pair->refusal, g_free);
  gst_zrtp_call_unref (pair->call);
  g_free (pair);
}

gboolean
gst_zrtp_pair_is_active (GstZrtpPair * pair)
{
  return pair->members[GST_ZRTP_HALF_ENC].active
      || pair->members[GST_ZRTP_HALF_DEC].active;
}

GstElement *
gst_zrtp_pair_get_element (GstZrtpPair * pair, GstZrtpHalf half)
{
  return g_weak_ref_get (&pair->members[half].element);
}

/* -- The Hello -- */

/* Whether the one that is there can't be sent, whatever it says. */
static gboolean
lacks_hello (GstZrtpPair * pair)
{
  guint8 zid[ZRTP_ZID_SIZE];

  if (!pair->stream || pair->hello_spent)
    return TRUE;
  zrtp_stream_get_zid (pair->stream, zid);
  return pair->call->cache_path
      && memcmp (zid, pair->call->zid, sizeof zid) != 0;
}

/* Whether the one that is there will not do. */
static gboolean
needs_new_hello (GstZrtpPair * pair)
{
  return lacks_hello (pair) || (!pair->hello_read
      && !gst_zrtp_settings_same_hello (pair->settings, pair->hello_settings));
}

static gboolean
is_bound (GstZrtpPair * pair)
{
  return pair->stream && zrtp_stream_get_session (pair->stream);
}

static void
get_policy (GstZrtpPair * pair, GstZrtpSettings * settings, ZrtpPolicy * policy)
{
  gst_zrtp_settings_get_policy (settings, policy);
  policy->cacheless = gst_zrtp_call_is_cacheless (pair->call);
  policy->read_only = pair->call->cache
      && zrtp_cache_is_read_only (pair->call->cache);
}

static void
make_hello (GstZrtpPair * pair, GstZrtpSettings * settings,
    const guint8 zid[ZRTP_ZID_SIZE])
{
  ZrtpPolicy policy;

  get_policy (pair, settings, &policy);
  if (pair->stream) {
    zrtp_stream_renew_hello (pair->stream, &policy, zid);
  } else {
    pair->stream = zrtp_stream_new (&policy, zid, &zrtp_random_system);
    pair->generation++;
  }
}

static void
make_due_hello (GstZrtpPair * pair)
{
  g_clear_pointer (&pair->hello_settings, gst_zrtp_settings_unref);
  pair->hello_settings = g_steal_pointer (&pair->hello_due);
  make_hello (pair, pair->hello_settings, pair->call->zid);
  pair->hello_spent = FALSE;
  pair->hello_read = FALSE;
  gst_zrtp_pair_apply_settings (pair);
}

/* Until the ZID is known there is a stream whose Hello is never sent nor shown. It
 * knows what media may do meanwhile, and keeps the peer's Hello. */
static void
make_provisional (GstZrtpPair * pair)
{
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_random_system.fill (zrtp_random_system.user_data, zid, sizeof zid);
  make_hello (pair, pair->settings, zid);
  pair->hello_spent = TRUE;
}

static void
await_cache (GstZrtpPair * pair)
{
  if (!pair->stream)
    make_provisional (pair);
  if (pair->starting)
    gst_zrtp_pair_apply_media (pair);
}

/* With what counts now, unless a call has started with what counted then. */
static void
want_hello (GstZrtpPair * pair)
{
  if (pair->hello_due && pair->starting)
    return;
  g_clear_pointer (&pair->hello_due, gst_zrtp_settings_unref);
  pair->hello_due = gst_zrtp_settings_ref (pair->settings);
}

static void
cache_opened (GstZrtpCall * call)
{
  for (guint i = 0; i < call->pairs->len; i++)
    gst_zrtp_pair_cache_opened (g_ptr_array_index (call->pairs, i));
  gst_zrtp_call_drain (call);
}

void
gst_zrtp_pair_ensure_hello (GstZrtpPair * pair, gboolean starts)
{
  /* Under way: nothing to change. */
  const gboolean needed = !is_bound (pair) && needs_new_hello (pair);
  gboolean opened;

  if (needed)
    want_hello (pair);
  pair->starting = pair->starting || starts;
  if (needed) {
    char *path = gst_zrtp_settings_get_cache_path (pair->settings);

    opened = gst_zrtp_call_open_cache (pair->call, path, starts, cache_opened);
    g_free (path);
  } else if (starts) {
    opened = gst_zrtp_call_make_cache (pair->call, cache_opened);
  } else {
    return;
  }
  if (opened)
    gst_zrtp_pair_cache_opened (pair);
  else
    await_cache (pair);
}

/* What the encoder starts with: a Hello that goes with what counts, and a place in
 * the session. */
static void
begin (GstZrtpPair * pair)
{
  GstZrtpCall *call = pair->call;

  if (!is_bound (pair))
    zrtp_session_add (call->session, pair->stream);
  pair->state = zrtp_stream_get_info (pair->stream)->state;
  gst_zrtp_pair_apply_media (pair);
  if (call->cache_error)
    gst_zrtp_pair_notify (pair,
        gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_OPEN_READ_WRITE, call->cache_path,
            "No file of known peers in this call, so other endpoints look new: "
            "%s", call->cache_error));
  else
    gst_zrtp_call_tell_of_new_cache (call, pair);
  gst_zrtp_runner_poke (&pair->service);
}

void
gst_zrtp_pair_cache_opened (GstZrtpPair * pair)
{
  /* Another stream of the call may have brought another ZID. */
  if (pair->starting && !is_bound (pair) && lacks_hello (pair))
    want_hello (pair);
  if (pair->hello_due && !is_bound (pair))
    make_due_hello (pair);
  if (pair->starting) {
    pair->starting = FALSE;
    begin (pair);
  }
}

char *
gst_zrtp_pair_read_hello_hash (GstZrtpPair * pair)
{
  char *result = NULL;

  gst_zrtp_call_lock (pair->call);
  if (pair->members[GST_ZRTP_HALF_ENC].id)
    gst_zrtp_pair_ensure_hello (pair, FALSE);
  gst_zrtp_call_wait_opened (pair->call);
  if (pair->stream) {
    result = g_strdup (zrtp_stream_get_hello_hash (pair->stream));
    pair->hello_read = pair->hello_wanted = TRUE;
  }
  gst_zrtp_call_unlock (pair->call);
  return result;
}

void
gst_zrtp_pair_drop_stream (GstZrtpPair * pair)
{
  g_clear_pointer (&pair->stream, zrtp_stream_free);
  pair->hello_read = pair->hello_spent = FALSE;
  g_clear_pointer (&pair->hello_due, gst_zrtp_settings_unref);
  g_clear_pointer (&pair->applied_peer_hash, g_free);
  gst_zrtp_timer_clear (&pair->deadline);
}

void
gst_zrtp_pair_adopt_stream (GstZrtpPair * pair, GstZrtpPair * from)
{
  g_assert (!pair->stream);
  pair->stream = g_steal_pointer (&from->stream);
  pair->generation++;
  pair->hello_read = from->hello_read;
  pair->hello_wanted = from->hello_wanted;
  pair->hello_spent = from->hello_spent;
  pair->hello_settings = g_steal_pointer (&from->hello_settings);
  g_clear_pointer (&from->hello_due, gst_zrtp_settings_unref);
  pair->applied_peer_hash = g_steal_pointer (&from->applied_peer_hash);
  gst_zrtp_timer_clear (&from->deadline);
}

/* -- Settings -- */

gboolean
gst_zrtp_pair_apply_peer_hash (GstZrtpPair * pair, const char *text)
{
  if (g_strcmp0 (text, pair->applied_peer_hash) == 0)
    return TRUE;
  if (!zrtp_stream_set_peer_hello_hash (pair->stream, text,
          g_get_monotonic_time ()))
    return FALSE;
  g_free (pair->applied_peer_hash);
  pair->applied_peer_hash = g_strdup (text);
  return TRUE;
}

void
gst_zrtp_pair_apply_settings (GstZrtpPair * pair)
{
  ZrtpPolicy policy;
  char *peer_hash;

  gst_zrtp_sender_set_before_secure (&pair->sender,
      gst_zrtp_settings_get_enum (pair->settings,
          GST_ZRTP_SETTING_BEFORE_SECURE));
  g_atomic_int_set (&pair->request_keyframe,
      gst_zrtp_settings_get_boolean (pair->settings,
          GST_ZRTP_SETTING_REQUEST_KEYFRAME));
  if (!pair->stream)
    return;

  get_policy (pair, pair->settings, &policy);
  zrtp_stream_update_policy (pair->stream, &policy, g_get_monotonic_time ());
  /* Discovery may have waited for a setting. */
  if (!pair->started && zrtp_stream_get_session (pair->stream))
    gst_zrtp_runner_poke (&pair->service);

  peer_hash = gst_zrtp_settings_get_string (pair->settings,
      GST_ZRTP_SETTING_PEER_HELLO_HASH);
  if (!gst_zrtp_pair_apply_peer_hash (pair, peer_hash))
    gst_zrtp_pair_notify (pair,
        gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS, NULL,
            "peer-hello-hash \"%s\" can't be "
            "read: it is the value of the other side's a=zrtp-hash, like "
            "\"1.10 \" and 64 hexadecimal digits", peer_hash));
  g_free (peer_hash);
}

/* -- Starting and stopping -- */

static void
warn_of_contradictions (GstZrtpPair * pair)
{
  GstZrtpMember *enc = &pair->members[GST_ZRTP_HALF_ENC];
  GstZrtpMember *dec = &pair->members[GST_ZRTP_HALF_DEC];

  if (!enc->id || !dec->id)
    return;
  for (guint i = 1; i < GST_ZRTP_N_SETTINGS; i++) {
    if (gst_zrtp_setting_get_scope (i) != GST_ZRTP_SCOPE_ELEMENT
        && gst_zrtp_settings_contradict (enc->settings, dec->settings, i))
      gst_zrtp_pair_notify (pair,
          gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
              GST_RESOURCE_ERROR_SETTINGS, NULL, "zrtpenc and zrtpdec have "
              "different values of \"%s\", which they share: the one that was "
              "set last counts. Set it on one of them",
              gst_zrtp_setting_get_pspec (i)->name));
  }
}

void
gst_zrtp_pair_activate (GstZrtpPair * pair, GstZrtpHalf half)
{
  GstZrtpCall *call = pair->call;
  gboolean first;

  gst_zrtp_call_lock (call);
  first = !gst_zrtp_pair_is_active (pair);
  if (first) {
    gst_zrtp_sender_begin (&pair->sender);
    pair->had_keys = gst_zrtp_receiver_begin (&pair->receiver);
  }
  gst_zrtp_call_enter (call);
  pair->members[half].active = TRUE;
  gst_zrtp_call_refresh (call);
  if (half == GST_ZRTP_HALF_ENC)
    gst_zrtp_pair_ensure_hello (pair, TRUE);
  if (first)
    gst_zrtp_pair_begin_watch (pair);
  else
    warn_of_contradictions (pair);
  gst_zrtp_call_drain (call);
  gst_zrtp_call_unlock (call);
}

/* Both elements stopped: the keys go. */
static void
stop (GstZrtpPair * pair)
{
  gst_zrtp_timer_clear (&pair->deadline);
  gst_zrtp_pair_end_watch (pair);
  pair->starting = FALSE;
  if (pair->stream) {
    zrtp_stream_stop (pair->stream, g_get_monotonic_time ());
    gst_zrtp_call_drain (pair->call);
    if (zrtp_stream_get_session (pair->stream))
      zrtp_session_remove (pair->call->session, pair->stream);
    pair->hello_spent = TRUE;
  }
  pair->started = pair->transport_ready = pair->called = FALSE;
  gst_clear_structure (&pair->peer);
  g_clear_pointer (&pair->refusal, g_free);
  gst_zrtp_pair_void_keys (pair);
  g_mutex_lock (&pair->inbox.lock);
  g_queue_clear_full (&pair->inbox.packets, (GDestroyNotify) g_bytes_unref);
  pair->inbox.start = pair->inbox.restart = FALSE;
  memset (pair->inbox.tell, 0, sizeof pair->inbox.tell);
  g_mutex_unlock (&pair->inbox.lock);
  gst_zrtp_outbox_flush (&pair->outbox);
  gst_zrtp_pair_update_busy (pair);
}

void
gst_zrtp_pair_deactivate (GstZrtpPair * pair, GstZrtpHalf half)
{
  GstZrtpCall *call = pair->call;

  gst_zrtp_call_lock (call);
  pair->members[half].active = FALSE;
  if (!gst_zrtp_pair_is_active (pair))
    stop (pair);
  gst_zrtp_call_leave (call);
  gst_zrtp_call_update_level (call);
  /* Who read the old Hello's hash wants to know the next one's. */
  if (pair->hello_spent && pair->hello_read) {
    gst_zrtp_pair_ensure_hello (pair, FALSE);
    gst_zrtp_pair_drain (pair);
  }
  gst_zrtp_call_unlock (call);
}

void
gst_zrtp_pair_wait_stored (GstZrtpPair * pair)
{
  GstZrtpStopBudget *budget = gst_zrtp_stop_budget_of_thread ();
  gint64 began, until;

  gst_zrtp_call_lock (pair->call);
  gst_zrtp_call_wait_opened (pair->call);
  began = g_get_monotonic_time ();
  until = began + gst_zrtp_stop_budget_get (budget, began);
  while (pair->storing > 0)
    if (!g_cond_wait_until (&pair->stored, &pair->call->lock, until))
      break;
  gst_zrtp_call_unlock (pair->call);
  gst_zrtp_stop_budget_spend (budget, began, g_get_monotonic_time ());
}

void
gst_zrtp_pair_wait_told (GstZrtpPair * pair)
{
  GstZrtpStopBudget *budget = gst_zrtp_stop_budget_of_thread ();
  const gint64 began = g_get_monotonic_time ();

  gst_zrtp_runner_wait (&pair->notifier,
      began + gst_zrtp_stop_budget_get (budget, began));
  gst_zrtp_stop_budget_spend (budget, began, g_get_monotonic_time ());
}

/* -- The service -- */

void
gst_zrtp_pair_start (GstZrtpPair * pair, guint32 ssrc)
{
  g_mutex_lock (&pair->inbox.lock);
  pair->inbox.start = TRUE;
  pair->inbox.ssrc = ssrc;
  g_mutex_unlock (&pair->inbox.lock);
  gst_zrtp_pair_serve (pair);
}

void
gst_zrtp_pair_restart_discovery (GstZrtpPair * pair)
{
  g_mutex_lock (&pair->inbox.lock);
  pair->inbox.restart = TRUE;
  g_mutex_unlock (&pair->inbox.lock);
  gst_zrtp_runner_poke (&pair->service);
}

gboolean
gst_zrtp_pair_discover (GstZrtpPair * pair)
{
  gboolean ok;

  gst_zrtp_call_lock (pair->call);
  ok = pair->members[GST_ZRTP_HALF_ENC].reserved
      || pair->members[GST_ZRTP_HALF_DEC].reserved;
  if (ok)
    pair->transport_ready = TRUE;
  gst_zrtp_call_unlock (pair->call);
  if (ok)
    gst_zrtp_pair_restart_discovery (pair);
  return ok;
}

gboolean
gst_zrtp_pair_receive (GstZrtpPair * pair, const guint8 * data, gsize size)
{
  gboolean room;

  g_mutex_lock (&pair->inbox.lock);
  room = pair->inbox.packets.length < MAX_INBOX;
  if (room)
    g_queue_push_tail (&pair->inbox.packets, g_bytes_new (data, size));
  g_mutex_unlock (&pair->inbox.lock);
  return room;
}

void
gst_zrtp_pair_tell (GstZrtpPair * pair, ZrtpMedia kind)
{
  g_mutex_lock (&pair->inbox.lock);
  pair->inbox.tell[kind] = TRUE;
  g_mutex_unlock (&pair->inbox.lock);
  gst_zrtp_runner_poke (&pair->service);
}

/* The file of known peers is not open yet, or the application has not said yet
 * that there is a transport. */
static gboolean
may_not_start (GstZrtpPair * pair)
{
  return pair->starting || (!pair->started && !pair->transport_ready
      && !gst_zrtp_settings_get_boolean (pair->settings,
          GST_ZRTP_SETTING_AUTO_DISCOVER));
}

static void
serve_start (GstZrtpPair * pair)
{
  gboolean start, restart;
  guint32 ssrc;

  if (may_not_start (pair))
    return;
  g_mutex_lock (&pair->inbox.lock);
  start = pair->inbox.start;
  restart = pair->inbox.restart;
  ssrc = pair->inbox.ssrc;
  pair->inbox.start = pair->inbox.restart = FALSE;
  g_mutex_unlock (&pair->inbox.lock);

  if (!zrtp_stream_get_session (pair->stream))
    return;
  if (start && (!pair->started || ssrc != pair->ssrc)) {
    pair->started = TRUE;
    pair->ssrc = ssrc;
    if (pair->had_keys)
      zrtp_stream_suspect_lost_call (pair->stream);
    pair->had_keys = FALSE;
    zrtp_stream_start (pair->stream, ssrc, g_get_monotonic_time ());
  } else if (restart && pair->started) {
    zrtp_stream_restart_discovery (pair->stream, g_get_monotonic_time ());
  }
  gst_zrtp_call_drain (pair->call);
}

static void
serve_packets (GstZrtpPair * pair)
{
  GBytes *packet;

  for (;;) {
    g_mutex_lock (&pair->inbox.lock);
    packet = g_queue_pop_head (&pair->inbox.packets);
    g_mutex_unlock (&pair->inbox.lock);
    if (!packet)
      return;
    if (pair->stream) {
      gsize size;
      const guint8 *data = g_bytes_get_data (packet, &size);

      GstZrtpLogMark mark;

      pair->called = TRUE;
      gst_zrtp_log_receive (pair, data, size, &mark);
      zrtp_stream_receive (pair->stream, data, size, g_get_monotonic_time ());
      gst_zrtp_log_received (pair, &mark);
      gst_zrtp_call_drain (pair->call);
    } else {
      gst_zrtp_receiver_count_drop (&pair->receiver,
          GST_ZRTP_RECEIVE_DROP_NO_PARTNER);
    }
    g_bytes_unref (packet);
  }
}

static void
serve_tells (GstZrtpPair * pair)
{
  gboolean tell[ZRTP_MEDIA_SECURE + 1];

  g_mutex_lock (&pair->inbox.lock);
  memcpy (tell, pair->inbox.tell, sizeof tell);
  memset (pair->inbox.tell, 0, sizeof pair->inbox.tell);
  g_mutex_unlock (&pair->inbox.lock);

  for (guint kind = 0; kind < G_N_ELEMENTS (tell); kind++) {
    if (tell[kind]) {
      zrtp_stream_media_received (pair->stream, kind, g_get_monotonic_time ());
      gst_zrtp_call_drain (pair->call);
    }
  }
}

/* With the call's lock. */
static void
serve_all (GstZrtpPair * pair)
{
  if (pair->stream)
    serve_start (pair);
  serve_packets (pair);
  if (pair->stream) {
    serve_tells (pair);
    if (g_atomic_int_compare_and_exchange (&pair->deadline_came, TRUE, FALSE)) {
      zrtp_stream_timeout (pair->stream, g_get_monotonic_time ());
      gst_zrtp_call_drain (pair->call);
    }
  }
}

static void
service (gpointer data)
{
  GstZrtpPair *pair = data;

  if (g_atomic_int_compare_and_exchange (&pair->hang_came, TRUE, FALSE))
    gst_zrtp_pair_open_sinks (pair);
  gst_zrtp_call_lock (pair->call);
  serve_all (pair);
  gst_zrtp_call_unlock (pair->call);
  if (g_atomic_int_compare_and_exchange (&pair->look_due, TRUE, FALSE))
    gst_zrtp_pair_look (pair);
}

void
gst_zrtp_pair_serve (GstZrtpPair * pair)
{
  if (gst_zrtp_receiver_is_hearing (&pair->receiver)
      || !gst_zrtp_call_trylock (pair->call)) {
    gst_zrtp_runner_poke (&pair->service);
    return;
  }
  serve_all (pair);
  gst_zrtp_call_unlock (pair->call);
}

/* -- The notifier -- */

static void
notifier (gpointer data)
{
  GstZrtpPair *pair = data;

  if (g_atomic_int_compare_and_exchange (&pair->stalled, TRUE, FALSE))
    gst_zrtp_pair_warn_of_stall (pair);
  gst_zrtp_pair_deliver_notices (pair);
}
