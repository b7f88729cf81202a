/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpevents.h"

#include "api/gstzrtpnames.h"
#include "session/gstzrtplevel.h"
#include "session/gstzrtpnotifier.h"
#include "session/gstzrtpoutbox.h"

void
gst_zrtp_transport_apply_media (GstZrtpTransport * transport)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (transport->stream);

  gst_zrtp_sender_set_mode (&transport->sender, info->send);
  gst_zrtp_receiver_set_mode (&transport->receiver, info->receive);
}

void
gst_zrtp_transport_void_keys (GstZrtpTransport * transport)
{
  gst_zrtp_sender_set_mode (&transport->sender, ZRTP_MEDIA_BLOCKED);
  gst_zrtp_receiver_set_mode (&transport->receiver, ZRTP_MEDIA_BLOCKED);
  gst_zrtp_sender_set_keys (&transport->sender, NULL, NULL);
  gst_zrtp_receiver_set_keys (&transport->receiver, NULL, NULL);
}

/* Media under the old keys says nothing of the new ones. */
static void
forget_heard (GstZrtpTransport * transport)
{
  gst_zrtp_receiver_tell_again (&transport->receiver);
  g_mutex_lock (&transport->inbox.lock);
  transport->inbox.tell[ZRTP_MEDIA_SECURE] = FALSE;
  g_mutex_unlock (&transport->inbox.lock);
}

static void
take_keys (GstZrtpTransport * transport, const ZrtpEvent * event)
{
  ZrtpSrtpOptions options;
  gboolean ok;

  gst_zrtp_settings_get_srtp_options (transport->settings, event->keys.auth_tag,
      &options);
  if (event->type == ZRTP_EVENT_SEND_KEYS)
    ok = gst_zrtp_sender_set_keys (&transport->sender, &event->keys, &options);
  else
    ok = gst_zrtp_receiver_set_keys (&transport->receiver, &event->keys,
        &options);
  if (event->type == ZRTP_EVENT_RECEIVE_KEYS)
    forget_heard (transport);
  /* Without a context nothing passes, secure or not. */
  if (!ok)
    gst_zrtp_transport_add_notification (transport,
        gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
            GST_STREAM_ERROR_FAILED, NULL,
            "SRTP refuses the keys that were agreed on, so no media can "
            "pass. Set another \"ciphers\" or \"auth-tags\", or another libsrtp"));
}

static void
add_algorithm (GstStructure * s, const char *field, const ZrtpAlgorithm * row)
{
  char *name = gst_zrtp_algorithm_to_string (row);

  gst_structure_set (s, field, G_TYPE_STRING, name, NULL);
  g_free (name);
}

/* What a mismatch of the two ZIDs nearly always means (5.9). */
static void
warn_of_equal_zids (GstZrtpTransport * transport)
{
  const char *path = transport->session->cache_path;

  gst_zrtp_transport_add_notification (transport,
      gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_SETTINGS, path, "Both endpoints have the same "
          "ZID, as they do when they use one file of known peers. Set the "
          "property \"cache\" of one of them to another file, or to "
          "\":memory:\". If there is only one endpoint, it sends to itself: "
          "check addresses and ports"));
}

/* A peer that a policy refuses tries again with each Hello: one WARNING for each
 * cause. */
static void
warn_of_refusal (GstZrtpTransport * transport, const char *reason)
{
  if (g_strcmp0 (reason, transport->refusal) == 0)
    return;
  g_free (transport->refusal);
  transport->refusal = g_strdup (reason);
  gst_zrtp_transport_add_notification (transport,
      gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED, transport->session->cache_path,
          "No media passes: %s. To admit it, set the same \"aux-secret\" on "
          "both sides, or compare the SAS in a call without this policy, with "
          "the same files of known peers", reason));
}

static void
take_state (GstZrtpTransport * transport, const ZrtpEvent * event)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (transport->stream);
  GstZrtpNotification *notification;
  GstStructure *s;

  notification = gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_STATE,
      "state", G_TYPE_STRING, zrtp_state_nick (event->state),
      "previous", G_TYPE_STRING, zrtp_state_nick (transport->state),
      "error", G_TYPE_UINT, (guint) event->error,
      "reason", G_TYPE_STRING,
      event->text ? event->text : event->error ?
      zrtp_error_text (event->error) : NULL, NULL);
  s = gst_zrtp_notification_get_message (notification);
  gst_zrtp_session_add_level (transport->session, s);
  if (event->state == ZRTP_STATE_SECURE && info->cipher) {
    gst_structure_set (s, "role", G_TYPE_STRING, zrtp_role_nick (info->role),
        NULL);
    add_algorithm (s, "hash", &info->hash->base);
    add_algorithm (s, "cipher", &info->cipher->base);
    add_algorithm (s, "auth-tag", &info->auth_tag->base);
    add_algorithm (s, "key-agreement", &info->key_agreement->base);
  }
  gst_zrtp_transport_add_notification (transport, notification);
  transport->state = event->state;

  /* Any other failure is followed by another try, and media waits for that: one
   * forged packet must not have a file thrown away. */
  gst_zrtp_sender_set_over (&transport->sender,
      event->state == ZRTP_STATE_FAILED && info->final);
  gst_zrtp_receiver_tell_again (&transport->receiver);
  if (event->state == ZRTP_STATE_SECURE)
    gst_zrtp_transport_force_key_units (transport);
  if (event->state == ZRTP_STATE_NO_ZRTP)
    gst_zrtp_transport_add_notification (transport,
        gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_PEER_UNSUPPORTED,
            NULL));
  if (event->state == ZRTP_STATE_FAILED && event->text)
    warn_of_refusal (transport, event->text);
  if (event->error == ZRTP_ERROR_EQUAL_ZIDS)
    warn_of_equal_zids (transport);
}

/* As it is shown, and so is that of a PBX's other call. */
static GstZrtpNotification *
make_shown_notification (GstZrtpTransport * transport,
    GstZrtpNotificationKind kind)
{
  const ZrtpSessionInfo *info =
      zrtp_session_get_info (transport->session->engine);
  GstZrtpNotification *notification;

  notification = gst_zrtp_notification_new (kind,
      "sas", G_TYPE_STRING, info->sas,
      "sas-spelling", G_TYPE_STRING, info->sas_spelling,
      "relayed", G_TYPE_BOOLEAN, info->relayed,
      "peer-verified", G_TYPE_BOOLEAN, info->peer_verified, NULL);
  if (info->sas_type)
    add_algorithm (gst_zrtp_notification_get_message (notification), "sas-type",
        &info->sas_type->base);
  return notification;
}

static GstZrtpNotification *
make_sas_notification (GstZrtpTransport * transport)
{
  const ZrtpSessionInfo *info =
      zrtp_session_get_info (transport->session->engine);
  GstZrtpNotification *notification =
      make_shown_notification (transport, GST_ZRTP_NOTIFICATION_SAS);

  gst_structure_set (gst_zrtp_notification_get_message (notification),
      "sas-verified", G_TYPE_BOOLEAN, info->verified,
      "trust", G_TYPE_STRING, zrtp_trust_nick (info->trust),
      "enrollment", G_TYPE_STRING, zrtp_enrollment_nick (info->enrollment),
      "known-peer-name", G_TYPE_STRING, info->known_peer_name,
      "aux-matched", G_TYPE_STRING,
      gst_zrtp_aux_matched_nick (gst_zrtp_get_aux_matched (info)), NULL);
  /* Of another one the trust is told, too. */
  gst_clear_structure (&transport->session->notified_trust);
  return notification;
}

static GstZrtpNotification *
make_enrollment_notification (GstZrtpTransport * transport)
{
  const ZrtpSessionInfo *info =
      zrtp_session_get_info (transport->session->engine);
  char *zid = gst_zrtp_zid_to_string (info->peer_zid);
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_ENROLLMENT,
      "enrollment", G_TYPE_STRING, zrtp_enrollment_nick (info->enrollment),
      "zid", G_TYPE_STRING, zid, "client", G_TYPE_STRING,
      zrtp_stream_get_info (transport->stream)->peer_client, NULL);

  g_free (zid);
  return notification;
}

/* Whether nothing that the notification is about changed since the last one. */
static gboolean
is_told (GstZrtpSession * session, const GstStructure * s)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (session->engine);
  GstStructure *now = gst_structure_copy (s);
  gboolean told;

  gst_structure_set (now, "signature-status", G_TYPE_INT,
      info->signature_status, "enrollment", G_TYPE_INT, info->enrollment, NULL);
  told = session->notified_trust
      && gst_structure_is_equal (session->notified_trust, now);
  gst_clear_structure (&session->notified_trust);
  session->notified_trust = now;
  return told;
}

/* NULL if it is what was told before. */
static GstZrtpNotification *
make_trust_notification (GstZrtpTransport * transport)
{
  const ZrtpSessionInfo *info =
      zrtp_session_get_info (transport->session->engine);
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_TRUST,
      "trust", G_TYPE_STRING, zrtp_trust_nick (info->trust),
      "sas-verified", G_TYPE_BOOLEAN, info->verified,
      "peer-verified", G_TYPE_BOOLEAN, info->peer_verified,
      "signer", G_TYPE_STRING, info->signer,
      "known-peer-name", G_TYPE_STRING, info->known_peer_name,
      "aux-matched", G_TYPE_STRING,
      gst_zrtp_aux_matched_nick (gst_zrtp_get_aux_matched (info)), NULL);
  GstStructure *s = gst_zrtp_notification_get_message (notification);

  if (is_told (transport->session, s)) {
    gst_zrtp_notification_free (notification);
    return NULL;
  }
  gst_zrtp_session_add_level (transport->session, s);
  return notification;
}

/* NULL if it is the one that was told of before. */
static GstZrtpNotification *
make_peer_notification (GstZrtpTransport * transport)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (transport->stream);
  char *zid = gst_zrtp_zid_to_string (info->peer_zid);
  GstZrtpNotification *notification;
  GstStructure *s;

  notification = gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_PEER,
      "zid", G_TYPE_STRING, zid,
      "client", G_TYPE_STRING, info->peer_client,
      "ssrc", G_TYPE_UINT, info->peer_ssrc,
      "passive", G_TYPE_BOOLEAN, info->peer_passive,
      "mitm", G_TYPE_BOOLEAN, info->peer_mitm,
      "hello-hash", G_TYPE_STRING, info->peer_hello_hash, NULL);
  g_free (zid);
  s = gst_zrtp_notification_get_message (notification);
  if (transport->peer && gst_structure_is_equal (transport->peer, s)) {
    g_clear_pointer (&notification, gst_zrtp_notification_free);
  } else {
    gst_clear_structure (&transport->peer);
    transport->peer = gst_structure_copy (s);
  }
  return notification;
}

/* The texts of what happens in mid-call; NULL for others. */
static const char *
get_move_kind (ZrtpEventType type, const char **text)
{
  switch (type) {
    case ZRTP_EVENT_RESTART_REFUSED:
      *text = "An endpoint with the number of the peer wants new keys and does "
          "not have the secret that both kept: it is an attacker, or the peer "
          "lost its file of known peers. The call stays as it is";
      return "restart";
    case ZRTP_EVENT_PEER_CHANGED:
      *text = "This call was verified, and has moved to an endpoint that is "
          "not. Compare the SAS now: if it differs, an attacker is in the "
          "middle";
      return "peer-changed";
    default:
      return NULL;
  }
}

static GstZrtpNotification *
make_mismatch_notification (ZrtpEventType type)
{
  const char *text = "The secret kept from earlier calls with this endpoint is "
      "not what it has. Compare the SAS now: if it differs, an "
      "attacker is in the middle";
  const char *kind = get_move_kind (type, &text);

  if (type == ZRTP_EVENT_AUX_MISMATCH) {
    kind = "aux-secret";
    text = "The other side does not have our auxiliary secret, or has another "
        "SRTP key from the signalling";
  } else if (type == ZRTP_EVENT_NAME_MISMATCH) {
    kind = "name";
    text = "This endpoint is known under another name than was "
        "expected: another peer that both sides know may be in the " "middle";
  } else if (!kind) {
    kind = "cache";
  }
  return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_PEER_MISMATCH,
      "kind", G_TYPE_STRING, kind, "text", G_TYPE_STRING, text, NULL);
}

static GstZrtpNotification *
make_new_endpoint_notification (const ZrtpEvent * event)
{
  char *zid = gst_zrtp_zid_to_string (event->zid);
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_PEER_MISMATCH,
      "kind", G_TYPE_STRING, "new-endpoint",
      "text", G_TYPE_STRING,
      "This is not the endpoint that was verified under this "
      "name. Compare the SAS now: it may be a new device, or an "
      "attacker is in the middle",
      "zid", G_TYPE_STRING, zid,
      "last-seen", G_TYPE_INT64, event->last_seen, NULL);

  g_free (zid);
  return notification;
}

static GstZrtpNotification *
make_downgrade_notification (GstZrtpTransport * transport)
{
  const ZrtpSessionInfo *info =
      zrtp_session_get_info (transport->session->engine);

  return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_DOWNGRADE,
      "before", G_TYPE_STRING, info->stronger_before,
      "now", G_TYPE_STRING, info->weaker_now,
      "text", G_TYPE_STRING,
      "This call is encrypted less strongly than earlier ones "
      "with this endpoint. Unless its settings were changed, an "
      "attacker may be in the middle: compare the SAS", NULL);
}

static GstZrtpNotification *
make_fork_notification (const ZrtpEvent * event)
{
  char *zid = gst_zrtp_zid_to_string (event->zid);
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_FORK,
      "ssrc", G_TYPE_UINT, event->ssrc, "zid", G_TYPE_STRING, zid, NULL);

  g_free (zid);
  return notification;
}

static GBytes *
get_sashash (ZrtpSession * session)
{
  guint8 sashash[ZRTP_SECRET_SIZE];

  if (!zrtp_session_get_sashash (session, sashash))
    return NULL;
  return g_bytes_new (sashash, sizeof sashash);
}

static void
take_bytes (GstStructure * s, const char *field, GBytes * bytes)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_BYTES);
  g_value_take_boxed (&value, bytes);
  gst_structure_take_value (s, field, &value);
}

static GstZrtpNotification *
make_signature_wanted (GstZrtpTransport * transport)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (transport->stream);
  char *name = gst_zrtp_algorithm_to_string (&info->key_agreement->base);
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_SIGNATURE_WANTED,
      "key-agreement", G_TYPE_STRING, name, NULL);

  take_bytes (gst_zrtp_notification_get_message (notification), "sashash",
      get_sashash (transport->session->engine));
  g_free (name);
  return notification;
}

static GstZrtpNotification *
make_signature_received (GstZrtpTransport * transport)
{
  ZrtpSession *session = transport->session->engine;
  const ZrtpSessionInfo *info = zrtp_session_get_info (session);
  const ZrtpSignature *signature = zrtp_session_get_signature (session);
  GstZrtpNotification *notification =
      gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_SIGNATURE,
      "status", G_TYPE_STRING,
      zrtp_signature_status_nick (info->signature_status),
      "certificate", G_TYPE_BYTES, signature ? signature->certificate : NULL,
      "signature", G_TYPE_BYTES, signature ? signature->signature : NULL, NULL);

  take_bytes (gst_zrtp_notification_get_message (notification), "sashash",
      get_sashash (session));
  return notification;
}

static GstZrtpNotification *
make_notification (GstZrtpTransport * transport, const ZrtpEvent * event)
{
  switch (event->type) {
    case ZRTP_EVENT_SAS:
      return make_sas_notification (transport);
    case ZRTP_EVENT_TRUST:
      return make_trust_notification (transport);
    case ZRTP_EVENT_PEER:
      return make_peer_notification (transport);
    case ZRTP_EVENT_HELLO_HASH:
      return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_HELLO_HASH,
          "status", G_TYPE_STRING,
          zrtp_hello_hash_status_nick (zrtp_stream_get_info
              (transport->stream)->hello_hash_status), NULL);
    case ZRTP_EVENT_HELLO:
      if (!transport->hello.wanted)
        return NULL;
      return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_HELLO,
          "hello-hash", G_TYPE_STRING,
          zrtp_stream_get_hello_hash (transport->stream), NULL);
    case ZRTP_EVENT_CACHE_MISMATCH:
    case ZRTP_EVENT_AUX_MISMATCH:
    case ZRTP_EVENT_NAME_MISMATCH:
    case ZRTP_EVENT_RESTART_REFUSED:
    case ZRTP_EVENT_PEER_CHANGED:
      return make_mismatch_notification (event->type);
    case ZRTP_EVENT_NEW_ENDPOINT:
      return make_new_endpoint_notification (event);
    case ZRTP_EVENT_SIGN_SAS:
      return make_signature_wanted (transport);
    case ZRTP_EVENT_SIGNATURE:
      return make_signature_received (transport);
    case ZRTP_EVENT_DOWNGRADE:
      return make_downgrade_notification (transport);
    case ZRTP_EVENT_SECURITY:
      return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_SECURITY,
          "error", G_TYPE_UINT, (guint) event->error,
          "text", G_TYPE_STRING, event->text, NULL);
    case ZRTP_EVENT_ERROR:
      return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_ERROR,
          "error", G_TYPE_UINT, (guint) event->error,
          "text", G_TYPE_STRING, zrtp_error_text (event->error),
          "from-peer", G_TYPE_BOOLEAN, event->from_peer, NULL);
    case ZRTP_EVENT_FORK:
      return make_fork_notification (event);
    case ZRTP_EVENT_CLEAR_REQUESTED:
      return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_CLEAR_REQUESTED,
          NULL);
    case ZRTP_EVENT_ENROLLMENT:
      return make_enrollment_notification (transport);
    case ZRTP_EVENT_RELAYED_SAS:
      return make_shown_notification (transport,
          GST_ZRTP_NOTIFICATION_RELAYED_SAS);
    case ZRTP_EVENT_RELAY_ACK:
      return gst_zrtp_notification_new (GST_ZRTP_NOTIFICATION_RELAY_DONE,
          "error", G_TYPE_UINT, (guint) event->error, "reason", G_TYPE_STRING,
          event->error ? zrtp_error_text (event->error) : NULL, NULL);
    case ZRTP_EVENT_CACHE_FAILED:
      return gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_READ, transport->session->cache_path,
          "The file of known peers failed, this call goes on without it: %s",
          event->text);
    default:
      return NULL;
  }
}

void
gst_zrtp_transport_take_event (GstZrtpTransport * transport,
    const ZrtpEvent * event)
{
  GstZrtpNotification *notification;

  switch (event->type) {
    case ZRTP_EVENT_STATE:
      take_state (transport, event);
      break;
    case ZRTP_EVENT_MEDIA:
      gst_zrtp_sender_set_mode (&transport->sender, event->send);
      gst_zrtp_receiver_set_mode (&transport->receiver, event->receive);
      break;
    case ZRTP_EVENT_SEND_KEYS:
    case ZRTP_EVENT_RECEIVE_KEYS:
      take_keys (transport, event);
      break;
    case ZRTP_EVENT_KEYS_GONE:
      gst_zrtp_sender_set_keys (&transport->sender, NULL, NULL);
      gst_zrtp_receiver_set_keys (&transport->receiver, NULL, NULL);
      break;
    case ZRTP_EVENT_SSRC_COLLISION:
      gst_zrtp_transport_resolve_ssrc_collision (transport, event->ssrc);
      break;
    case ZRTP_EVENT_LISTEN:
      gst_zrtp_receiver_tell_again (&transport->receiver);
      break;
    default:
      notification = make_notification (transport, event);
      if (notification)
        gst_zrtp_transport_add_notification (transport, notification);
      if (event->type == ZRTP_EVENT_SAS)
        gst_zrtp_transport_notify_sas (transport);
      else if (event->type == ZRTP_EVENT_SECURITY)
        gst_zrtp_transport_warn_of_attack (transport, event->text);
      break;
  }
}
