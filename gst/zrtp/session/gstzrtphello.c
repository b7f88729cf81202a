/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When a Hello is made, and with which ZID.
 */
#include "session/gstzrtphello.h"

#include "session/gstzrtpconfigure.h"
#include "session/gstzrtpevents.h"
#include "session/gstzrtpjobs.h"
#include "session/gstzrtpnotifier.h"

/* Whether the one that is there can't be sent, whatever it says. */
static gboolean
lacks_hello (GstZrtpTransport * transport)
{
  guint8 zid[ZRTP_ZID_SIZE];

  if (!transport->stream || transport->hello.spent)
    return TRUE;
  zrtp_stream_get_zid (transport->stream, zid);
  return transport->session->cache_path
      && memcmp (zid, transport->session->zid, sizeof zid) != 0;
}

/* Whether the one that is there will not do. */
static gboolean
needs_new_hello (GstZrtpTransport * transport)
{
  return lacks_hello (transport) || (!transport->hello.read
      && !gst_zrtp_settings_same_hello (transport->settings,
          transport->hello.settings));
}

static gboolean
is_bound (GstZrtpTransport * transport)
{
  return transport->stream && zrtp_stream_get_session (transport->stream);
}

static void
make_hello (GstZrtpTransport * transport, GstZrtpSettings * settings,
    const guint8 zid[ZRTP_ZID_SIZE])
{
  ZrtpPolicy policy;

  gst_zrtp_transport_get_policy (transport, settings, &policy);
  if (transport->stream) {
    zrtp_stream_renew_hello (transport->stream, &policy, zid);
  } else {
    transport->stream = zrtp_stream_new (&policy, zid, &zrtp_random_system);
    transport->generation++;
  }
}

static void
make_due_hello (GstZrtpTransport * transport)
{
  g_clear_pointer (&transport->hello.settings, gst_zrtp_settings_unref);
  transport->hello.settings = g_steal_pointer (&transport->hello.due);
  make_hello (transport, transport->hello.settings, transport->session->zid);
  transport->hello.spent = FALSE;
  transport->hello.read = FALSE;
  gst_zrtp_transport_apply_settings (transport);
}

/* Until the ZID is known there is a stream whose Hello is never sent nor shown. It
 * knows what media may do meanwhile, and keeps the peer's Hello. */
static void
make_provisional (GstZrtpTransport * transport)
{
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_random_system.fill (zrtp_random_system.user_data, zid, sizeof zid);
  make_hello (transport, transport->settings, zid);
  transport->hello.spent = TRUE;
}

static void
await_cache (GstZrtpTransport * transport)
{
  if (!transport->stream)
    make_provisional (transport);
  if (transport->hello.starting)
    gst_zrtp_transport_apply_media (transport);
}

/* With what counts now, unless a call has started with what counted then. */
static void
want_hello (GstZrtpTransport * transport)
{
  if (transport->hello.due && transport->hello.starting)
    return;
  g_clear_pointer (&transport->hello.due, gst_zrtp_settings_unref);
  transport->hello.due = gst_zrtp_settings_ref (transport->settings);
}

static void
cache_opened (GstZrtpSession * session)
{
  for (guint i = 0; i < session->transports->len; i++)
    gst_zrtp_transport_cache_opened (g_ptr_array_index (session->transports,
            i));
  gst_zrtp_session_drain (session);
}

void
gst_zrtp_transport_ensure_hello (GstZrtpTransport * transport, gboolean starts)
{
  /* Under way: nothing to change. */
  const gboolean needed = !is_bound (transport) && needs_new_hello (transport);
  gboolean opened;

  if (needed)
    want_hello (transport);
  transport->hello.starting = transport->hello.starting || starts;
  if (needed) {
    char *path = gst_zrtp_settings_get_cache_path (transport->settings);

    opened =
        gst_zrtp_session_open_cache (transport->session, path, starts,
        cache_opened);
    g_free (path);
  } else if (starts) {
    opened = gst_zrtp_session_make_cache (transport->session, cache_opened);
  } else {
    return;
  }
  if (opened)
    gst_zrtp_transport_cache_opened (transport);
  else
    await_cache (transport);
}

/* What the encoder starts with: a Hello that goes with what counts, and a place in
 * the session. */
static void
begin (GstZrtpTransport * transport)
{
  GstZrtpSession *session = transport->session;

  if (!is_bound (transport))
    zrtp_session_add (session->engine, transport->stream);
  transport->state = zrtp_stream_get_info (transport->stream)->state;
  gst_zrtp_transport_apply_media (transport);
  if (session->cache_error)
    gst_zrtp_transport_notify (transport,
        gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_OPEN_READ_WRITE, session->cache_path,
            "No file of known peers in this call, so other endpoints look new: "
            "%s", session->cache_error));
  else
    gst_zrtp_session_tell_of_new_cache (session, transport);
  gst_zrtp_work_schedule (&transport->engine_work);
}

void
gst_zrtp_transport_cache_opened (GstZrtpTransport * transport)
{
  /* Another stream of the call may have brought another ZID. */
  if (transport->hello.starting && !is_bound (transport)
      && lacks_hello (transport))
    want_hello (transport);
  if (transport->hello.due && !is_bound (transport))
    make_due_hello (transport);
  if (transport->hello.starting) {
    transport->hello.starting = FALSE;
    begin (transport);
  }
}

void
gst_zrtp_transport_cancel_start (GstZrtpTransport * transport)
{
  transport->hello.starting = FALSE;
}

void
gst_zrtp_transport_spend_hello (GstZrtpTransport * transport)
{
  transport->hello.spent = TRUE;
}

char *
gst_zrtp_transport_read_hello_hash (GstZrtpTransport * transport)
{
  char *result = NULL;

  gst_zrtp_session_lock (transport->session);
  if (transport->slots[GST_ZRTP_SIDE_SEND].id)
    gst_zrtp_transport_ensure_hello (transport, FALSE);
  gst_zrtp_session_wait_opened (transport->session);
  if (transport->stream) {
    result = g_strdup (zrtp_stream_get_hello_hash (transport->stream));
    transport->hello.read = transport->hello.wanted = TRUE;
  }
  gst_zrtp_session_unlock (transport->session);
  return result;
}

void
gst_zrtp_transport_drop_stream (GstZrtpTransport * transport)
{
  g_clear_pointer (&transport->stream, zrtp_stream_free);
  transport->hello.read = transport->hello.spent = FALSE;
  g_clear_pointer (&transport->hello.due, gst_zrtp_settings_unref);
  g_clear_pointer (&transport->applied_peer_hash, g_free);
  gst_zrtp_timer_clear (&transport->timers[GST_ZRTP_TRANSPORT_DEADLINE].timer);
}

void
gst_zrtp_transport_adopt_stream (GstZrtpTransport * transport,
    GstZrtpTransport * from)
{
  g_assert (!transport->stream);
  transport->stream = g_steal_pointer (&from->stream);
  transport->generation++;
  transport->hello.read = from->hello.read;
  transport->hello.wanted = from->hello.wanted;
  transport->hello.spent = from->hello.spent;
  transport->hello.settings = g_steal_pointer (&from->hello.settings);
  g_clear_pointer (&from->hello.due, gst_zrtp_settings_unref);
  transport->applied_peer_hash = g_steal_pointer (&from->applied_peer_hash);
  gst_zrtp_timer_clear (&from->timers[GST_ZRTP_TRANSPORT_DEADLINE].timer);
}
