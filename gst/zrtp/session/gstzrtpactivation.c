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
  static ZrtpExchangeLocks *pairs;

  if (g_once_init_enter (&pairs))
    g_once_init_leave (&pairs, zrtp_exchange_locks_new ());
  return pairs;
}

static gpointer
ref_call (gpointer call)
{
  return gst_zrtp_call_ref (call);
}

static void
take_turn (gpointer data)
{
  GstZrtpCall *call = data;

  gst_zrtp_call_lock (call);
  if (call->session) {
    zrtp_session_take_turn (call->session, g_get_monotonic_time ());
    gst_zrtp_call_drain (call);
  }
  gst_zrtp_call_unlock (call);
  gst_zrtp_call_unref (call);
}

/* Called with another call's lock held, which is to be released first. */
static void
take_turn_later (gpointer call)
{
  gst_zrtp_pool_run (GST_ZRTP_POOL_SERVICE, take_turn, call);
}

void
gst_zrtp_call_enter (GstZrtpCall * call)
{
  static const ZrtpTurnHook hook = { ref_call, take_turn_later };

  if (call->active++ > 0)
    return;
  call->session = zrtp_session_new ();
  zrtp_session_share (call->session, pairs_of_process ());
  zrtp_session_set_turn_hook (call->session, &hook, call);
}

void
gst_zrtp_call_leave (GstZrtpCall * call)
{
  g_assert (call->active > 0);
  if (--call->active > 0)
    return;
  g_clear_pointer (&call->session, zrtp_session_free);
  gst_clear_buffer (&call->applied_aux);
  gst_clear_buffer (&call->applied_srtp_key);
  g_clear_pointer (&call->applied_name, g_free);
  gst_clear_structure (&call->told_trust);
  g_clear_pointer (&call->asked_sas, g_free);
  g_clear_pointer (&call->warned_attack, g_free);
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
    gst_zrtp_pair_warn_of_contradictions (pair);
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
