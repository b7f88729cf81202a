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
transport_ref (gpointer transport)
{
  return gst_zrtp_transport_ref (transport);
}

static void
transport_unref (gpointer transport)
{
  gst_zrtp_transport_unref (transport);
}

static void
on_timer (gpointer data)
{
  GstZrtpTransportTimer *timer = data;

  g_atomic_int_set (&timer->fired, TRUE);
  gst_zrtp_work_schedule (timer->work);
}

static void
on_blocked (gpointer data)
{
  GstZrtpTransport *transport = data;

  g_atomic_int_set (&transport->push_blocked, TRUE);
  on_timer (&transport->timers[GST_ZRTP_TRANSPORT_BLOCKED]);
}

static gboolean
take_fired (GstZrtpTransport * transport, GstZrtpTransportTimerId id)
{
  return g_atomic_int_compare_and_exchange (&transport->timers[id].fired, TRUE,
      FALSE);
}

/* The file of known peers is not open yet, or the application has not said yet
 * that there is a transport. */
static gboolean
may_not_start (GstZrtpTransport * transport)
{
  return transport->hello.starting || (!transport->started
      && !transport->transport_ready
      && !gst_zrtp_settings_get_boolean (transport->settings,
          GST_ZRTP_SETTING_AUTO_DISCOVER));
}

static void
serve_start (GstZrtpTransport * transport)
{
  gboolean start, restart;
  guint32 ssrc;

  if (may_not_start (transport))
    return;
  g_mutex_lock (&transport->inbox.lock);
  start = transport->inbox.start;
  restart = transport->inbox.restart;
  ssrc = transport->inbox.ssrc;
  transport->inbox.start = transport->inbox.restart = FALSE;
  g_mutex_unlock (&transport->inbox.lock);

  if (!zrtp_stream_get_session (transport->stream))
    return;
  if (start && (!transport->started || ssrc != transport->ssrc)) {
    transport->started = TRUE;
    transport->ssrc = ssrc;
    if (transport->had_keys)
      zrtp_stream_suspect_lost_call (transport->stream);
    transport->had_keys = FALSE;
    zrtp_stream_start (transport->stream, ssrc, g_get_monotonic_time ());
  } else if (restart && transport->started) {
    zrtp_stream_restart_discovery (transport->stream, g_get_monotonic_time ());
  }
  gst_zrtp_session_drain (transport->session);
}

static void
serve_packets (GstZrtpTransport * transport)
{
  GBytes *packet;

  for (;;) {
    g_mutex_lock (&transport->inbox.lock);
    packet = g_queue_pop_head (&transport->inbox.packets);
    g_mutex_unlock (&transport->inbox.lock);
    if (!packet)
      return;
    if (transport->stream) {
      gsize size;
      const guint8 *data = g_bytes_get_data (packet, &size);

      GstZrtpLogMark mark;

      transport->called = TRUE;
      gst_zrtp_log_receive (transport, data, size, &mark);
      zrtp_stream_receive (transport->stream, data, size,
          g_get_monotonic_time ());
      gst_zrtp_log_received (transport, &mark);
      gst_zrtp_session_drain (transport->session);
    } else {
      gst_zrtp_receiver_count_drop (&transport->receiver,
          GST_ZRTP_RECEIVE_DROP_NO_PARTNER);
    }
    g_bytes_unref (packet);
  }
}

static void
serve_media (GstZrtpTransport * transport)
{
  gboolean tell[ZRTP_MEDIA_SECURE + 1];

  g_mutex_lock (&transport->inbox.lock);
  memcpy (tell, transport->inbox.tell, sizeof tell);
  memset (transport->inbox.tell, 0, sizeof transport->inbox.tell);
  g_mutex_unlock (&transport->inbox.lock);

  for (guint kind = 0; kind < G_N_ELEMENTS (tell); kind++) {
    if (tell[kind]) {
      zrtp_stream_media_received (transport->stream, kind,
          g_get_monotonic_time ());
      gst_zrtp_session_drain (transport->session);
    }
  }
}

/* Must be called with session->lock held. */
static void
serve_all (GstZrtpTransport * transport)
{
  if (transport->stream)
    serve_start (transport);
  serve_packets (transport);
  if (transport->stream) {
    serve_media (transport);
    if (take_fired (transport, GST_ZRTP_TRANSPORT_DEADLINE)) {
      zrtp_stream_timeout (transport->stream, g_get_monotonic_time ());
      gst_zrtp_session_drain (transport->session);
    }
  }
}

static void
engine_work (gpointer data)
{
  GstZrtpTransport *transport = data;

  if (take_fired (transport, GST_ZRTP_TRANSPORT_BLOCKED))
    gst_zrtp_transport_preroll_sinks (transport);
  gst_zrtp_session_lock (transport->session);
  serve_all (transport);
  gst_zrtp_session_unlock (transport->session);
  if (take_fired (transport, GST_ZRTP_TRANSPORT_LOOK))
    gst_zrtp_transport_look (transport);
}

static void
notify_work (gpointer data)
{
  GstZrtpTransport *transport = data;

  if (take_fired (transport, GST_ZRTP_TRANSPORT_STALLED))
    gst_zrtp_transport_warn_of_stalled_push (transport);
  gst_zrtp_transport_deliver_notifications (transport);
}

static void
init_timers (GstZrtpTransport * transport)
{
  GstZrtpWork *works[GST_ZRTP_N_TRANSPORT_TIMERS] = {
    [GST_ZRTP_TRANSPORT_DEADLINE] = &transport->engine_work,
    [GST_ZRTP_TRANSPORT_BLOCKED] = &transport->engine_work,
    [GST_ZRTP_TRANSPORT_STALLED] = &transport->notify_work,
    [GST_ZRTP_TRANSPORT_LOOK] = &transport->engine_work,
    [GST_ZRTP_TRANSPORT_HELD] = &transport->notify_work,
  };

  for (guint i = 0; i < GST_ZRTP_N_TRANSPORT_TIMERS; i++) {
    GstZrtpTransportTimer *timer = &transport->timers[i];

    timer->work = works[i];
    if (i == GST_ZRTP_TRANSPORT_BLOCKED)
      gst_zrtp_timer_init (&timer->timer, on_blocked, transport);
    else
      gst_zrtp_timer_init (&timer->timer, on_timer, timer);
  }
}

GstZrtpTransport *
gst_zrtp_transport_new (GstZrtpSession * session, guint stream_id)
{
  GstZrtpTransport *transport = g_new0 (GstZrtpTransport, 1);

  transport->refs = 1;
  transport->session = gst_zrtp_session_ref (session);
  transport->stream_id = stream_id;
  transport->settings = gst_zrtp_settings_new ();
  gst_zrtp_sender_init (&transport->sender);
  gst_zrtp_receiver_init (&transport->receiver);
  g_mutex_init (&transport->inbox.lock);
  g_queue_init (&transport->inbox.packets);
  gst_zrtp_outbox_init (&transport->outbox);
  g_mutex_init (&transport->notifications_lock);
  g_queue_init (&transport->notifications);
  g_queue_init (&transport->held);
  transport->backlog = gst_zrtp_backlog_new ();
  g_cond_init (&transport->stored);
  gst_zrtp_work_init (&transport->engine_work, GST_ZRTP_POOL_SERVICE,
      engine_work, transport, transport_ref, transport_unref);
  gst_zrtp_work_init (&transport->push_work, GST_ZRTP_POOL_BLOCKING,
      gst_zrtp_transport_push_handshake, transport, transport_ref,
      transport_unref);
  gst_zrtp_work_init (&transport->notify_work, GST_ZRTP_POOL_BLOCKING,
      notify_work, transport, transport_ref, transport_unref);
  init_timers (transport);
  for (guint side = 0; side < GST_ZRTP_N_SIDES; side++)
    g_weak_ref_init (&transport->slots[side].element, NULL);
  return transport;
}

void
gst_zrtp_transport_start (GstZrtpTransport * transport, guint32 ssrc)
{
  g_mutex_lock (&transport->inbox.lock);
  transport->inbox.start = TRUE;
  transport->inbox.ssrc = ssrc;
  g_mutex_unlock (&transport->inbox.lock);
  gst_zrtp_transport_serve (transport);
}

void
gst_zrtp_transport_restart_discovery (GstZrtpTransport * transport)
{
  g_mutex_lock (&transport->inbox.lock);
  transport->inbox.restart = TRUE;
  g_mutex_unlock (&transport->inbox.lock);
  gst_zrtp_work_schedule (&transport->engine_work);
}

gboolean
gst_zrtp_transport_discover (GstZrtpTransport * transport)
{
  gboolean ok;

  gst_zrtp_session_lock (transport->session);
  ok = transport->slots[GST_ZRTP_SIDE_SEND].reserved
      || transport->slots[GST_ZRTP_SIDE_RECEIVE].reserved;
  if (ok)
    transport->transport_ready = TRUE;
  gst_zrtp_session_unlock (transport->session);
  if (ok)
    gst_zrtp_transport_restart_discovery (transport);
  return ok;
}

gboolean
gst_zrtp_transport_receive (GstZrtpTransport * transport, const guint8 * data,
    gsize size)
{
  gboolean room;

  g_mutex_lock (&transport->inbox.lock);
  room = transport->inbox.packets.length < MAX_INBOX;
  if (room)
    g_queue_push_tail (&transport->inbox.packets, g_bytes_new (data, size));
  g_mutex_unlock (&transport->inbox.lock);
  return room;
}

void
gst_zrtp_transport_media_received (GstZrtpTransport * transport, ZrtpMedia kind)
{
  g_mutex_lock (&transport->inbox.lock);
  transport->inbox.tell[kind] = TRUE;
  g_mutex_unlock (&transport->inbox.lock);
  gst_zrtp_work_schedule (&transport->engine_work);
}

void
gst_zrtp_transport_serve (GstZrtpTransport * transport)
{
  if (gst_zrtp_receiver_is_receiving (&transport->receiver)
      || !gst_zrtp_session_trylock (transport->session)) {
    gst_zrtp_work_schedule (&transport->engine_work);
    return;
  }
  serve_all (transport);
  gst_zrtp_session_unlock (transport->session);
}
