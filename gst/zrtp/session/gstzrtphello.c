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
make_hello (GstZrtpPair * pair, GstZrtpSettings * settings,
    const guint8 zid[ZRTP_ZID_SIZE])
{
  ZrtpPolicy policy;

  gst_zrtp_pair_get_policy (pair, settings, &policy);
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
