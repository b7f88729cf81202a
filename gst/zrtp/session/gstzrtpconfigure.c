/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Settings become what the engine's streams and session follow.
 */
#include "session/gstzrtpconfigure.h"

#include "session/gstzrtpjobs.h"
#include "session/gstzrtpnotifier.h"

typedef void (*TakeSecret) (ZrtpSession * session, const guint8 * data,
    gsize size);

static void
take_srtp_key (ZrtpSession * session, const guint8 * data, gsize size)
{
  /* Its size was checked where it was set. */
  if (!zrtp_session_set_sdes_key (session, data, size))
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
  settings = gst_zrtp_call_pair_at (call, 0)->settings;

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
    GstZrtpPair *pair = gst_zrtp_call_pair_at (call, i);
    GstZrtpSettings *settings = gst_zrtp_settings_new ();

    merge_members (settings, pair, GST_ZRTP_SCOPE_PAIR);
    for (guint j = 0; j < call->pairs->len; j++)
      merge_members (settings, gst_zrtp_call_pair_at (call, j),
          GST_ZRTP_SCOPE_CALL);
    gst_zrtp_settings_unref (pair->settings);
    pair->settings = settings;
    gst_zrtp_pair_apply_settings (pair);
  }
  tell_session (call);
  gst_zrtp_call_drain (call);
}

void
gst_zrtp_pair_get_policy (GstZrtpPair * pair, GstZrtpSettings * settings,
    ZrtpPolicy * policy)
{
  gst_zrtp_settings_get_policy (settings, policy);
  policy->cacheless = gst_zrtp_call_is_cacheless (pair->call);
  policy->read_only = pair->call->cache
      && zrtp_cache_is_read_only (pair->call->cache);
}

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

  gst_zrtp_pair_get_policy (pair, pair->settings, &policy);
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

void
gst_zrtp_pair_warn_of_contradictions (GstZrtpPair * pair)
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
