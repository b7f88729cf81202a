/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsession.h"

#include "session/gstzrtplevel.h"
#include "session/gstzrtptransport.h"
#include "threads/gstzrtpwork.h"

GstZrtpCall *
gst_zrtp_call_new (const char *key)
{
  GstZrtpCall *call = g_new0 (GstZrtpCall, 1);

  call->refs = 1;
  call->key = g_strdup (key);
  g_mutex_init (&call->lock);
  g_cond_init (&call->opened);
  gst_zrtp_timer_init (&call->opening_end, gst_zrtp_call_opening_fired, call);
  call->pairs = g_ptr_array_new ();
  return call;
}

GstZrtpCall *
gst_zrtp_call_ref (GstZrtpCall * call)
{
  g_atomic_int_inc (&call->refs);
  return call;
}

void
gst_zrtp_call_unref (GstZrtpCall * call)
{
  if (!g_atomic_int_dec_and_test (&call->refs))
    return;
  g_assert (call->pairs->len == 0 && !call->session);
  g_ptr_array_unref (call->pairs);
  gst_zrtp_call_drop_cache (call);
  gst_clear_structure (&call->told_trust);
  g_free (call->told_sas);
  g_free (call->asked_sas);
  g_free (call->warned_attack);
  g_free (call->cache_path);
  g_free (call->cache_error);
  g_cond_clear (&call->opened);
  g_free (call->key);
  g_mutex_clear (&call->lock);
  g_free (call);
}

static GstZrtpPair *
pair_at (GstZrtpCall * call, guint i)
{
  return g_ptr_array_index (call->pairs, i);
}

typedef void (*TakeSecret) (ZrtpSession * session, const guint8 * data,
    gsize size);

static void
take_srtp_key (ZrtpSession * session, const guint8 * data, gsize size)
{
  /* Its size was checked where it was set. */
  if (!zrtp_session_set_signalled_key (session, data, size))
    g_assert_not_reached ();
}

static void
tell_secret (GstZrtpCall * call, GstZrtpSettings * settings,
    GstZrtpSetting setting, GstBuffer ** applied, TakeSecret take)
{
  GstBuffer *secret = gst_zrtp_settings_get_buffer (settings, setting);
  GstMapInfo map = GST_MAP_INFO_INIT;

  if (secret != *applied) {
    if (secret && gst_buffer_map (secret, &map, GST_MAP_READ)) {
      take (call->session, map.data, map.size);
      gst_buffer_unmap (secret, &map);
    } else {
      take (call->session, NULL, 0);
    }
    gst_buffer_replace (applied, secret);
  }
  gst_clear_buffer (&secret);
}

/* The secrets and the name of a call are settings of any of its elements: all
 * pairs have the same. */
static void
tell_session (GstZrtpCall * call)
{
  GstZrtpSettings *settings;
  char *name;

  if (!call->session || call->pairs->len == 0)
    return;
  settings = pair_at (call, 0)->settings;

  tell_secret (call, settings, GST_ZRTP_SETTING_AUX_SECRET,
      &call->applied_aux, zrtp_session_set_aux_secret);
  tell_secret (call, settings, GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY,
      &call->applied_srtp_key, take_srtp_key);

  name = gst_zrtp_settings_get_string (settings, GST_ZRTP_SETTING_PEER_NAME);
  if (g_strcmp0 (name, call->applied_name) != 0) {
    zrtp_session_set_peer_name (call->session, name, g_get_monotonic_time ());
    g_free (call->applied_name);
    call->applied_name = g_strdup (name);
  }
  g_free (name);
}

/* All calls of the process know of each other's exchanges (RFC 6189 4.4.1). */
static ZrtpPairs *
pairs_of_process (void)
{
  static ZrtpPairs *pairs;

  if (g_once_init_enter (&pairs))
    g_once_init_leave (&pairs, zrtp_pairs_new ());
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

static void
merge_members (GstZrtpSettings * into, GstZrtpPair * pair, GstZrtpScope scope)
{
  for (guint half = 0; half < GST_ZRTP_N_HALVES; half++)
    if (pair->members[half].id)
      gst_zrtp_settings_merge (into, pair->members[half].settings, scope);
}

void
gst_zrtp_call_refresh (GstZrtpCall * call)
{
  for (guint i = 0; i < call->pairs->len; i++) {
    GstZrtpPair *pair = pair_at (call, i);
    GstZrtpSettings *settings = gst_zrtp_settings_new ();

    merge_members (settings, pair, GST_ZRTP_SCOPE_PAIR);
    for (guint j = 0; j < call->pairs->len; j++)
      merge_members (settings, pair_at (call, j), GST_ZRTP_SCOPE_CALL);
    gst_zrtp_settings_unref (pair->settings);
    pair->settings = settings;
    gst_zrtp_pair_apply_settings (pair);
  }
  tell_session (call);
  gst_zrtp_call_drain (call);
}

void
gst_zrtp_call_drain (GstZrtpCall * call)
{
  for (guint i = 0; i < call->pairs->len; i++)
    gst_zrtp_pair_drain (pair_at (call, i));
  gst_zrtp_call_update_level (call);
}
