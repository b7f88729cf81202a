/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine's work: feeds it what came, deadlines and starts. It never blocks.
 */
#include "session/gstzrtpservice.h"

#include "session/gstzrtpjobs.h"
#include "session/gstzrtplog.h"
#include "session/gstzrtpnotifier.h"
#include "session/gstzrtppusher.h"
#include "session/gstzrtpsilence.h"

/* Received ZRTP packets that may wait: far more than any exchange has. */
#define MAX_INBOX 64

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

static void
notifier (gpointer data)
{
  GstZrtpPair *pair = data;

  if (g_atomic_int_compare_and_exchange (&pair->stalled, TRUE, FALSE))
    gst_zrtp_pair_warn_of_stall (pair);
  gst_zrtp_pair_deliver_notices (pair);
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
