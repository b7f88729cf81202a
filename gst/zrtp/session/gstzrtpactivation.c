/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements start and stop, and with them the transport and the session.
 */
#include "session/gstzrtpactivation.h"

#include "session/gstzrtpconfigure.h"
#include "session/gstzrtpevents.h"
#include "session/gstzrtphello.h"
#include "session/gstzrtpjobs.h"
#include "session/gstzrtplevel.h"
#include "session/gstzrtpsilence.h"
#include "threads/gstzrtpstopbudget.h"

/* All calls of the process know of each other's exchanges (RFC 6189 4.4.1). */
static ZrtpExchangeLocks *
pairs_of_process (void)
{
  static ZrtpExchangeLocks *transports;

  if (g_once_init_enter (&transports))
    g_once_init_leave (&transports, zrtp_exchange_locks_new ());
  return transports;
}

static gpointer
ref_call (gpointer session)
{
  return gst_zrtp_session_ref (session);
}

static void
take_turn (gpointer data)
{
  GstZrtpSession *session = data;

  gst_zrtp_session_lock (session);
  if (session->engine) {
    zrtp_session_take_turn (session->engine, g_get_monotonic_time ());
    gst_zrtp_session_drain (session);
  }
  gst_zrtp_session_unlock (session);
  gst_zrtp_session_unref (session);
}

/* Called with another call's lock held, which is to be released first. */
static void
take_turn_later (gpointer session)
{
  gst_zrtp_pool_run (GST_ZRTP_POOL_SERVICE, take_turn, session);
}

void
gst_zrtp_session_enter (GstZrtpSession * session)
{
  static const ZrtpTurnHook hook = { ref_call, take_turn_later };

  if (session->active++ > 0)
    return;
  session->engine = zrtp_session_new ();
  zrtp_session_share (session->engine, pairs_of_process ());
  zrtp_session_set_turn_hook (session->engine, &hook, session);
}

void
gst_zrtp_session_leave (GstZrtpSession * session)
{
  g_assert (session->active > 0);
  if (--session->active > 0)
    return;
  g_clear_pointer (&session->engine, zrtp_session_free);
  gst_clear_buffer (&session->applied_aux);
  gst_clear_buffer (&session->applied_srtp_key);
  g_clear_pointer (&session->applied_name, g_free);
  gst_clear_structure (&session->notified_trust);
  g_clear_pointer (&session->asked_sas, g_free);
  g_clear_pointer (&session->warned_attack, g_free);
}

void
gst_zrtp_transport_activate (GstZrtpTransport * transport, GstZrtpSide side)
{
  GstZrtpSession *session = transport->session;
  gboolean first;

  gst_zrtp_session_lock (session);
  first = !gst_zrtp_transport_is_active (transport);
  if (first) {
    gst_zrtp_sender_begin (&transport->sender);
    transport->had_keys = gst_zrtp_receiver_begin (&transport->receiver);
  }
  gst_zrtp_session_enter (session);
  transport->slots[side].active = TRUE;
  gst_zrtp_session_refresh (session);
  if (side == GST_ZRTP_SIDE_SEND)
    gst_zrtp_transport_ensure_hello (transport, TRUE);
  if (first)
    gst_zrtp_transport_begin_watch (transport);
  else
    gst_zrtp_transport_warn_of_contradictions (transport);
  gst_zrtp_session_drain (session);
  gst_zrtp_session_unlock (session);
}

/* Both elements stopped: the keys go. */
static void
stop (GstZrtpTransport * transport)
{
  gst_zrtp_timer_clear (&transport->timers[GST_ZRTP_TRANSPORT_DEADLINE].timer);
  gst_zrtp_transport_end_watch (transport);
  gst_zrtp_transport_cancel_start (transport);
  if (transport->stream) {
    zrtp_stream_stop (transport->stream, g_get_monotonic_time ());
    gst_zrtp_session_drain (transport->session);
    if (zrtp_stream_get_session (transport->stream))
      zrtp_session_remove (transport->session->engine, transport->stream);
    gst_zrtp_transport_spend_hello (transport);
  }
  transport->started = transport->transport_ready = transport->called = FALSE;
  gst_clear_structure (&transport->peer);
  g_clear_pointer (&transport->refusal, g_free);
  gst_zrtp_transport_void_keys (transport);
  g_mutex_lock (&transport->inbox.lock);
  g_queue_clear_full (&transport->inbox.packets,
      (GDestroyNotify) g_bytes_unref);
  transport->inbox.start = transport->inbox.restart = FALSE;
  memset (transport->inbox.tell, 0, sizeof transport->inbox.tell);
  g_mutex_unlock (&transport->inbox.lock);
  gst_zrtp_outbox_flush (&transport->outbox);
  gst_zrtp_transport_update_handshake_pending (transport);
}

void
gst_zrtp_transport_deactivate (GstZrtpTransport * transport, GstZrtpSide side)
{
  GstZrtpSession *session = transport->session;

  gst_zrtp_session_lock (session);
  transport->slots[side].active = FALSE;
  if (!gst_zrtp_transport_is_active (transport))
    stop (transport);
  gst_zrtp_session_leave (session);
  gst_zrtp_session_update_level (session);
  /* An application that read the old Hello's hash wants to know the next
   * one's. */
  if (transport->hello.spent && transport->hello.read) {
    gst_zrtp_transport_ensure_hello (transport, FALSE);
    gst_zrtp_transport_drain (transport);
  }
  gst_zrtp_session_unlock (session);
}

void
gst_zrtp_transport_wait_stored (GstZrtpTransport * transport)
{
  GstZrtpStopBudget *budget = gst_zrtp_stop_budget_of_thread ();
  gint64 began, until;

  gst_zrtp_session_lock (transport->session);
  gst_zrtp_session_wait_opened (transport->session);
  began = g_get_monotonic_time ();
  until = began + gst_zrtp_stop_budget_get (budget, began);
  while (transport->storing > 0)
    if (!g_cond_wait_until (&transport->stored, &transport->session->lock,
            until))
      break;
  gst_zrtp_session_unlock (transport->session);
  gst_zrtp_stop_budget_spend (budget, began, g_get_monotonic_time ());
}

void
gst_zrtp_transport_wait_notified (GstZrtpTransport * transport)
{
  GstZrtpStopBudget *budget = gst_zrtp_stop_budget_of_thread ();
  const gint64 began = g_get_monotonic_time ();

  gst_zrtp_work_wait (&transport->notify_work,
      began + gst_zrtp_stop_budget_get (budget, began));
  gst_zrtp_stop_budget_spend (budget, began, g_get_monotonic_time ());
}
