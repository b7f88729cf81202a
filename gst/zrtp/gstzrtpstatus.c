/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpstatus.h"

#include "api/gstzrtpnames.h"
#include "gstzrtpstats.h"
#include "session/gstzrtphello.h"
#include "session/gstzrtplevel.h"

#include <string.h>

static void
take_algorithm (GValue * value, const ZrtpAlgorithm * algorithm)
{
  g_value_take_string (value, gst_zrtp_algorithm_to_string (algorithm));
}

static void
read_exported_key (ZrtpSession * session, GValue * value)
{
  guint8 key[ZRTP_MAX_HASH_SIZE];
  gsize size;

  if (zrtp_session_get_exported_key (session, key, &size))
    g_value_take_boxed (value, g_bytes_new (key, size));
  explicit_bzero (key, sizeof key);
}

static void
read_session (ZrtpSession * session, guint id, GValue * value)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (session);

  switch (id) {
    case GST_ZRTP_PROP_SAS:
      g_value_set_string (value, info->sas);
      break;
    case GST_ZRTP_PROP_SAS_TYPE:
      take_algorithm (value, info->sas_type ? &info->sas_type->base : NULL);
      break;
    case GST_ZRTP_PROP_SAS_SPELLING:
      g_value_set_string (value, info->sas_spelling);
      break;
    case GST_ZRTP_PROP_SAS_RELAYED:
      g_value_set_boolean (value, info->relayed);
      break;
    case GST_ZRTP_PROP_ENROLLMENT:
      g_value_set_enum (value, info->enrollment);
      break;
    case GST_ZRTP_PROP_SAS_VERIFIED:
      g_value_set_boolean (value, info->verified);
      break;
    case GST_ZRTP_PROP_TRUST:
      g_value_set_enum (value, info->trust);
      break;
    case GST_ZRTP_PROP_AUX_MATCHED:
      g_value_set_enum (value, gst_zrtp_get_aux_matched (info));
      break;
    case GST_ZRTP_PROP_SIGNATURE_STATUS:
      g_value_set_enum (value, info->signature_status);
      break;
    case GST_ZRTP_PROP_SIGNER:
      g_value_set_string (value, info->signer);
      break;
    case GST_ZRTP_PROP_KNOWN_PEER_NAME:
      g_value_set_string (value, info->known_peer_name);
      break;
    case GST_ZRTP_PROP_KNOWN_PEER_ZID:
      if (info->new_endpoint)
        g_value_take_string (value, gst_zrtp_zid_to_string (info->known_zid));
      break;
    case GST_ZRTP_PROP_KNOWN_PEER_LAST_SEEN:
      g_value_set_int64 (value, MAX (info->known_last_seen, 0));
      break;
    case GST_ZRTP_PROP_EXPORTED_KEY:
      read_exported_key (session, value);
      break;
    default:
      g_assert_not_reached ();
  }
}

static void
read_zid (ZrtpStream * stream, GValue * value)
{
  guint8 zid[ZRTP_ZID_SIZE];

  zrtp_stream_get_zid (stream, zid);
  g_value_take_string (value, gst_zrtp_zid_to_string (zid));
}

static void
read_stream (ZrtpStream * stream, guint id, GValue * value)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (stream);

  switch (id) {
    case GST_ZRTP_PROP_STATE:
      g_value_set_enum (value, info->state);
      break;
    case GST_ZRTP_PROP_ROLE:
      g_value_set_enum (value, info->role);
      break;
    case GST_ZRTP_PROP_HASH:
      take_algorithm (value, info->hash ? &info->hash->base : NULL);
      break;
    case GST_ZRTP_PROP_CIPHER:
      take_algorithm (value, info->cipher ? &info->cipher->base : NULL);
      break;
    case GST_ZRTP_PROP_AUTH_TAG:
      take_algorithm (value, info->auth_tag ? &info->auth_tag->base : NULL);
      break;
    case GST_ZRTP_PROP_KEY_AGREEMENT:
      take_algorithm (value,
          info->key_agreement ? &info->key_agreement->base : NULL);
      break;
    case GST_ZRTP_PROP_HELLO_HASH_STATUS:
      g_value_set_enum (value, info->hello_hash_status);
      break;
    case GST_ZRTP_PROP_ZID:
      read_zid (stream, value);
      break;
    case GST_ZRTP_PROP_PEER_ZID:
      if (info->have_peer)
        g_value_take_string (value, gst_zrtp_zid_to_string (info->peer_zid));
      break;
    case GST_ZRTP_PROP_PEER_CLIENT:
      if (info->have_peer)
        g_value_set_string (value, info->peer_client);
      break;
    case GST_ZRTP_PROP_PEER_DISCLOSURE:
      g_value_set_boolean (value, info->peer_disclosure);
      break;
    case GST_ZRTP_PROP_PEER_MITM:
      g_value_set_boolean (value, info->peer_mitm);
      break;
    default:
      g_assert_not_reached ();
  }
}

void
gst_zrtp_property_read (GstZrtpTransport * transport, guint id, GValue * value)
{
  g_param_value_set_default (gst_zrtp_property_get_pspec (id), value);
  if (!transport) {
    if (id == GST_ZRTP_PROP_STATS)
      g_value_take_boxed (value,
          gst_structure_new_empty ("application/x-zrtp-stats"));
    return;
  }
  if (id == GST_ZRTP_PROP_HELLO_HASH) {
    g_value_take_string (value, gst_zrtp_transport_read_hello_hash (transport));
    return;
  }

  gst_zrtp_session_lock (transport->session);
  if (id == GST_ZRTP_PROP_ZID)
    gst_zrtp_session_wait_opened (transport->session);
  if (id == GST_ZRTP_PROP_STATS) {
    g_value_take_boxed (value, gst_zrtp_transport_make_stats (transport));
  } else if (id == GST_ZRTP_PROP_LEVEL || id == GST_ZRTP_PROP_LEVEL_TEXT) {
    gst_zrtp_session_read_level (transport->session, id, value);
  } else if (id == GST_ZRTP_PROP_SAS_VERIFIED || id >= GST_ZRTP_PROP_SAS) {
    if (transport->session->engine)
      read_session (transport->session->engine, id, value);
  } else if (transport->stream) {
    read_stream (transport->stream, id, value);
  }
  gst_zrtp_session_unlock (transport->session);
}
