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
tell_secret (GstZrtpSession * session, GstZrtpSettings * settings,
    GstZrtpSetting setting, GstBuffer ** applied, TakeSecret take)
{
  GstBuffer *secret = gst_zrtp_settings_get_buffer (settings, setting);
  GstMapInfo map = GST_MAP_INFO_INIT;

  if (secret != *applied) {
    if (secret && gst_buffer_map (secret, &map, GST_MAP_READ)) {
      take (session->engine, map.data, map.size);
      gst_buffer_unmap (secret, &map);
    } else {
      take (session->engine, NULL, 0);
    }
    gst_buffer_replace (applied, secret);
  }
  gst_clear_buffer (&secret);
}

/* The secrets and the name of a call are settings of any of its elements: all
 * transports have the same. */
static void
tell_session (GstZrtpSession * session)
{
  GstZrtpSettings *settings;
  char *name;

  if (!session->engine || session->transports->len == 0)
    return;
  settings = gst_zrtp_session_pair_at (session, 0)->settings;

  tell_secret (session, settings, GST_ZRTP_SETTING_AUX_SECRET,
      &session->applied_aux, zrtp_session_set_aux_secret);
  tell_secret (session, settings, GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY,
      &session->applied_srtp_key, take_srtp_key);

  name = gst_zrtp_settings_get_string (settings, GST_ZRTP_SETTING_PEER_NAME);
  if (g_strcmp0 (name, session->applied_name) != 0) {
    zrtp_session_set_peer_name (session->engine, name, g_get_monotonic_time ());
    g_free (session->applied_name);
    session->applied_name = g_strdup (name);
  }
  g_free (name);
}

static void
merge_members (GstZrtpSettings * into, GstZrtpTransport * transport,
    GstZrtpScope scope)
{
  for (guint side = 0; side < GST_ZRTP_N_SIDES; side++)
    if (transport->slots[side].id)
      gst_zrtp_settings_merge (into, transport->slots[side].settings, scope);
}

void
gst_zrtp_session_refresh (GstZrtpSession * session)
{
  for (guint i = 0; i < session->transports->len; i++) {
    GstZrtpTransport *transport = gst_zrtp_session_pair_at (session, i);
    GstZrtpSettings *settings = gst_zrtp_settings_new ();

    merge_members (settings, transport, GST_ZRTP_SCOPE_PAIR);
    for (guint j = 0; j < session->transports->len; j++)
      merge_members (settings, gst_zrtp_session_pair_at (session, j),
          GST_ZRTP_SCOPE_CALL);
    gst_zrtp_settings_unref (transport->settings);
    transport->settings = settings;
    gst_zrtp_transport_apply_settings (transport);
  }
  tell_session (session);
  gst_zrtp_session_drain (session);
}

void
gst_zrtp_transport_get_policy (GstZrtpTransport * transport,
    GstZrtpSettings * settings, ZrtpPolicy * policy)
{
  gst_zrtp_settings_get_policy (settings, policy);
  policy->cacheless = gst_zrtp_session_is_cacheless (transport->session);
  policy->read_only = transport->session->cache
      && zrtp_cache_is_read_only (transport->session->cache);
}

gboolean
gst_zrtp_transport_apply_peer_hash (GstZrtpTransport * transport,
    const char *text)
{
  if (g_strcmp0 (text, transport->applied_peer_hash) == 0)
    return TRUE;
  if (!zrtp_stream_set_peer_hello_hash (transport->stream, text,
          g_get_monotonic_time ()))
    return FALSE;
  g_free (transport->applied_peer_hash);
  transport->applied_peer_hash = g_strdup (text);
  return TRUE;
}

void
gst_zrtp_transport_apply_settings (GstZrtpTransport * transport)
{
  ZrtpPolicy policy;
  char *peer_hash;

  gst_zrtp_sender_set_before_secure (&transport->sender,
      gst_zrtp_settings_get_enum (transport->settings,
          GST_ZRTP_SETTING_BEFORE_SECURE));
  g_atomic_int_set (&transport->request_keyframe,
      gst_zrtp_settings_get_boolean (transport->settings,
          GST_ZRTP_SETTING_REQUEST_KEYFRAME));
  if (!transport->stream)
    return;

  gst_zrtp_transport_get_policy (transport, transport->settings, &policy);
  zrtp_stream_update_policy (transport->stream, &policy,
      g_get_monotonic_time ());
  /* Discovery may have waited for a setting. */
  if (!transport->started && zrtp_stream_get_session (transport->stream))
    gst_zrtp_work_schedule (&transport->engine_work);

  peer_hash = gst_zrtp_settings_get_string (transport->settings,
      GST_ZRTP_SETTING_PEER_HELLO_HASH);
  if (!gst_zrtp_transport_apply_peer_hash (transport, peer_hash))
    gst_zrtp_transport_notify (transport,
        gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS, NULL,
            "peer-hello-hash \"%s\" can't be "
            "read: it is the value of the other side's a=zrtp-hash, like "
            "\"1.10 \" and 64 hexadecimal digits", peer_hash));
  g_free (peer_hash);
}

void
gst_zrtp_transport_warn_of_contradictions (GstZrtpTransport * transport)
{
  GstZrtpSlot *enc = &transport->slots[GST_ZRTP_SIDE_SEND];
  GstZrtpSlot *dec = &transport->slots[GST_ZRTP_SIDE_RECEIVE];

  if (!enc->id || !dec->id)
    return;
  for (guint i = 1; i < GST_ZRTP_N_SETTINGS; i++) {
    if (gst_zrtp_setting_get_scope (i) != GST_ZRTP_SCOPE_ELEMENT
        && gst_zrtp_settings_contradict (enc->settings, dec->settings, i))
      gst_zrtp_transport_notify (transport,
          gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
              GST_RESOURCE_ERROR_SETTINGS, NULL, "zrtpenc and zrtpdec have "
              "different values of \"%s\", which they share: the one that was "
              "set last counts. Set it on one of them",
              gst_zrtp_setting_get_pspec (i)->name));
  }
}
