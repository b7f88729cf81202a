/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpevents.h"

#include "api/gstzrtpnames.h"
#include "session/gstzrtplevel.h"
#include "session/gstzrtpnotifier.h"
#include "session/gstzrtpoutbox.h"

void
gst_zrtp_pair_apply_media (GstZrtpPair * pair)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (pair->stream);

  gst_zrtp_sender_set_mode (&pair->sender, info->send);
  gst_zrtp_receiver_set_mode (&pair->receiver, info->receive);
}

void
gst_zrtp_pair_void_keys (GstZrtpPair * pair)
{
  gst_zrtp_sender_set_mode (&pair->sender, ZRTP_MEDIA_BLOCKED);
  gst_zrtp_receiver_set_mode (&pair->receiver, ZRTP_MEDIA_BLOCKED);
  gst_zrtp_sender_set_keys (&pair->sender, NULL, NULL);
  gst_zrtp_receiver_set_keys (&pair->receiver, NULL, NULL);
}

/* Media under the old keys says nothing of the new ones. */
static void
forget_heard (GstZrtpPair * pair)
{
  gst_zrtp_receiver_tell_again (&pair->receiver);
  g_mutex_lock (&pair->inbox.lock);
  pair->inbox.tell[ZRTP_MEDIA_SECURE] = FALSE;
  g_mutex_unlock (&pair->inbox.lock);
}

static void
take_keys (GstZrtpPair * pair, const ZrtpEvent * event)
{
  ZrtpSrtpOptions options;
  gboolean ok;

  gst_zrtp_settings_get_srtp_options (pair->settings, event->keys.auth_tag,
      &options);
  if (event->type == ZRTP_EVENT_SEND_KEYS)
    ok = gst_zrtp_sender_set_keys (&pair->sender, &event->keys, &options);
  else
    ok = gst_zrtp_receiver_set_keys (&pair->receiver, &event->keys, &options);
  if (event->type == ZRTP_EVENT_RECEIVE_KEYS)
    forget_heard (pair);
  /* Without a context nothing passes, secure or not. */
  if (!ok)
    gst_zrtp_pair_add_notice (pair,
        gst_zrtp_notice_new_warning (GST_STREAM_ERROR, GST_STREAM_ERROR_FAILED,
            NULL, "SRTP refuses the keys that were agreed on, so no media can "
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
warn_of_equal_zids (GstZrtpPair * pair)
{
  const char *path = pair->call->cache_path;

  gst_zrtp_pair_add_notice (pair,
      gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_SETTINGS, path, "Both endpoints have the same "
          "ZID, as they do when they use one file of known peers. Set the "
          "property \"cache\" of one of them to another file, or to "
          "\":memory:\". If there is only one endpoint, it sends to itself: "
          "check addresses and ports"));
}

/* A peer that a policy refuses tries again with each Hello: one WARNING for each
 * cause. */
static void
warn_of_refusal (GstZrtpPair * pair, const char *reason)
{
  if (g_strcmp0 (reason, pair->refusal) == 0)
    return;
  g_free (pair->refusal);
  pair->refusal = g_strdup (reason);
  gst_zrtp_pair_add_notice (pair,
      gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED, pair->call->cache_path,
          "No media passes: %s. To admit it, set the same \"aux-secret\" on "
          "both sides, or compare the SAS in a call without this policy, with "
          "the same files of known peers", reason));
}

static void
take_state (GstZrtpPair * pair, const ZrtpEvent * event)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (pair->stream);
  GstZrtpNotice *notice;
  GstStructure *s;

  notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_STATE,
      "state", G_TYPE_STRING, zrtp_state_nick (event->state),
      "previous", G_TYPE_STRING, zrtp_state_nick (pair->state),
      "error", G_TYPE_UINT, (guint) event->error,
      "reason", G_TYPE_STRING,
      event->text ? event->text : event->error ?
      zrtp_error_text (event->error) : NULL, NULL);
  s = gst_zrtp_notice_get_message (notice);
  gst_zrtp_call_add_level (pair->call, s);
  if (event->state == ZRTP_STATE_SECURE && info->cipher) {
    gst_structure_set (s, "role", G_TYPE_STRING, zrtp_role_nick (info->role),
        NULL);
    add_algorithm (s, "hash", &info->hash->base);
    add_algorithm (s, "cipher", &info->cipher->base);
    add_algorithm (s, "auth-tag", &info->auth_tag->base);
    add_algorithm (s, "key-agreement", &info->key_agreement->base);
  }
  gst_zrtp_pair_add_notice (pair, notice);
  pair->state = event->state;

  /* Any other failure is followed by another try, and media waits for that: one
   * forged packet must not have a file thrown away. */
  gst_zrtp_sender_set_over (&pair->sender,
      event->state == ZRTP_STATE_FAILED && info->final);
  gst_zrtp_receiver_tell_again (&pair->receiver);
  if (event->state == ZRTP_STATE_SECURE)
    gst_zrtp_pair_want_keyframes (pair);
  if (event->state == ZRTP_STATE_NO_ZRTP)
    gst_zrtp_pair_add_notice (pair,
        gst_zrtp_notice_new (GST_ZRTP_NOTICE_PEER_UNSUPPORTED, NULL));
  if (event->state == ZRTP_STATE_FAILED && event->text)
    warn_of_refusal (pair, event->text);
  if (event->error == ZRTP_ERROR_EQUAL_ZIDS)
    warn_of_equal_zids (pair);
}

/* As it is shown, and so is that of a PBX's other call. */
static GstZrtpNotice *
make_shown_notice (GstZrtpPair * pair, GstZrtpNoticeKind kind)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (pair->call->session);
  GstZrtpNotice *notice;

  notice = gst_zrtp_notice_new (kind,
      "sas", G_TYPE_STRING, info->sas,
      "sas-spelling", G_TYPE_STRING, info->sas_spelling,
      "relayed", G_TYPE_BOOLEAN, info->relayed,
      "peer-verified", G_TYPE_BOOLEAN, info->peer_verified, NULL);
  if (info->sas_type)
    add_algorithm (gst_zrtp_notice_get_message (notice), "sas-type",
        &info->sas_type->base);
  return notice;
}

static GstZrtpNotice *
make_sas_notice (GstZrtpPair * pair)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (pair->call->session);
  GstZrtpNotice *notice = make_shown_notice (pair, GST_ZRTP_NOTICE_SAS);

  gst_structure_set (gst_zrtp_notice_get_message (notice),
      "sas-verified", G_TYPE_BOOLEAN, info->verified,
      "trust", G_TYPE_STRING, zrtp_trust_nick (info->trust),
      "enrollment", G_TYPE_STRING, zrtp_enrollment_nick (info->enrollment),
      "known-peer-name", G_TYPE_STRING, info->known_peer_name,
      "aux-matched", G_TYPE_STRING,
      gst_zrtp_aux_matched_nick (gst_zrtp_get_aux_matched (info)), NULL);
  /* Of another one the trust is told, too. */
  gst_clear_structure (&pair->call->told_trust);
  return notice;
}

static GstZrtpNotice *
make_enrollment_notice (GstZrtpPair * pair)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (pair->call->session);
  char *zid = gst_zrtp_zid_to_string (info->peer_zid);
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_ENROLLMENT,
      "enrollment", G_TYPE_STRING, zrtp_enrollment_nick (info->enrollment),
      "zid", G_TYPE_STRING, zid, "client", G_TYPE_STRING,
      zrtp_stream_get_info (pair->stream)->peer_client, NULL);

  g_free (zid);
  return notice;
}

/* Whether nothing that the notice is about changed since the last one. */
static gboolean
is_told (GstZrtpCall * call, const GstStructure * s)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (call->session);
  GstStructure *now = gst_structure_copy (s);
  gboolean told;

  gst_structure_set (now, "signature-status", G_TYPE_INT,
      info->signature_status, "enrollment", G_TYPE_INT, info->enrollment, NULL);
  told = call->told_trust && gst_structure_is_equal (call->told_trust, now);
  gst_clear_structure (&call->told_trust);
  call->told_trust = now;
  return told;
}

/* NULL if it is what was told before. */
static GstZrtpNotice *
make_trust_notice (GstZrtpPair * pair)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (pair->call->session);
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_TRUST,
      "trust", G_TYPE_STRING, zrtp_trust_nick (info->trust),
      "sas-verified", G_TYPE_BOOLEAN, info->verified,
      "peer-verified", G_TYPE_BOOLEAN, info->peer_verified,
      "signer", G_TYPE_STRING, info->signer,
      "known-peer-name", G_TYPE_STRING, info->known_peer_name,
      "aux-matched", G_TYPE_STRING,
      gst_zrtp_aux_matched_nick (gst_zrtp_get_aux_matched (info)), NULL);
  GstStructure *s = gst_zrtp_notice_get_message (notice);

  if (is_told (pair->call, s)) {
    gst_zrtp_notice_free (notice);
    return NULL;
  }
  gst_zrtp_call_add_level (pair->call, s);
  return notice;
}

/* NULL if it is the one that was told of before. */
static GstZrtpNotice *
make_peer_notice (GstZrtpPair * pair)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (pair->stream);
  char *zid = gst_zrtp_zid_to_string (info->peer_zid);
  GstZrtpNotice *notice;
  GstStructure *s;

  notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_PEER,
      "zid", G_TYPE_STRING, zid,
      "client", G_TYPE_STRING, info->peer_client,
      "ssrc", G_TYPE_UINT, info->peer_ssrc,
      "passive", G_TYPE_BOOLEAN, info->peer_passive,
      "mitm", G_TYPE_BOOLEAN, info->peer_mitm,
      "hello-hash", G_TYPE_STRING, info->peer_hello_hash, NULL);
  g_free (zid);
  s = gst_zrtp_notice_get_message (notice);
  if (pair->peer && gst_structure_is_equal (pair->peer, s)) {
    g_clear_pointer (&notice, gst_zrtp_notice_free);
  } else {
    gst_clear_structure (&pair->peer);
    pair->peer = gst_structure_copy (s);
  }
  return notice;
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

static GstZrtpNotice *
make_mismatch_notice (ZrtpEventType type)
{
  const char *text = "The secret kept from earlier calls with this endpoint "
      "is not what it has. Compare the SAS now: if it differs, somebody is in "
      "the middle";
  const char *kind = get_move_kind (type, &text);

  if (type == ZRTP_EVENT_AUX_MISMATCH) {
    kind = "aux-secret";
    text = "The other side does not have our auxiliary secret, or has another "
        "SRTP key from the signalling";
  } else if (type == ZRTP_EVENT_NAME_MISMATCH) {
    kind = "name";
    text = "This endpoint is known under another name than was expected: "
        "somebody whom both sides know may be in the middle";
  } else if (!kind) {
    kind = "cache";
  }
  return gst_zrtp_notice_new (GST_ZRTP_NOTICE_PEER_MISMATCH,
      "kind", G_TYPE_STRING, kind, "text", G_TYPE_STRING, text, NULL);
}

static GstZrtpNotice *
make_new_endpoint_notice (const ZrtpEvent * event)
{
  char *zid = gst_zrtp_zid_to_string (event->zid);
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_PEER_MISMATCH,
      "kind", G_TYPE_STRING, "new-endpoint",
      "text", G_TYPE_STRING,
      "This is not the endpoint that was verified under this name. Compare the "
      "SAS now: it may be a new device, or somebody is in the middle",
      "zid", G_TYPE_STRING, zid,
      "last-seen", G_TYPE_INT64, event->last_seen, NULL);

  g_free (zid);
  return notice;
}

static GstZrtpNotice *
make_downgrade_notice (GstZrtpPair * pair)
{
  const ZrtpSessionInfo *info = zrtp_session_get_info (pair->call->session);

  return gst_zrtp_notice_new (GST_ZRTP_NOTICE_DOWNGRADE,
      "before", G_TYPE_STRING, info->stronger_before,
      "now", G_TYPE_STRING, info->weaker_now,
      "text", G_TYPE_STRING,
      "This call is encrypted less strongly than earlier "
      "ones with this endpoint. Unless its settings were changed, somebody may "
      "be in the middle: compare the SAS", NULL);
}

static GstZrtpNotice *
make_fork_notice (const ZrtpEvent * event)
{
  char *zid = gst_zrtp_zid_to_string (event->zid);
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_FORK,
      "ssrc", G_TYPE_UINT, event->ssrc, "zid", G_TYPE_STRING, zid, NULL);

  g_free (zid);
  return notice;
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

static GstZrtpNotice *
make_signature_wanted (GstZrtpPair * pair)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (pair->stream);
  char *name = gst_zrtp_algorithm_to_string (&info->key_agreement->base);
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_SIGNATURE_WANTED,
      "key-agreement", G_TYPE_STRING, name, NULL);

  take_bytes (gst_zrtp_notice_get_message (notice), "sashash",
      get_sashash (pair->call->session));
  g_free (name);
  return notice;
}

static GstZrtpNotice *
make_signature_received (GstZrtpPair * pair)
{
  ZrtpSession *session = pair->call->session;
  const ZrtpSessionInfo *info = zrtp_session_get_info (session);
  const ZrtpSignature *signature = zrtp_session_get_signature (session);
  GstZrtpNotice *notice = gst_zrtp_notice_new (GST_ZRTP_NOTICE_SIGNATURE,
      "status", G_TYPE_STRING,
      zrtp_signature_status_nick (info->signature_status),
      "certificate", G_TYPE_BYTES, signature ? signature->certificate : NULL,
      "signature", G_TYPE_BYTES, signature ? signature->signature : NULL, NULL);

  take_bytes (gst_zrtp_notice_get_message (notice), "sashash",
      get_sashash (session));
  return notice;
}

static GstZrtpNotice *
make_notice (GstZrtpPair * pair, const ZrtpEvent * event)
{
  switch (event->type) {
    case ZRTP_EVENT_SAS:
      return make_sas_notice (pair);
    case ZRTP_EVENT_TRUST:
      return make_trust_notice (pair);
    case ZRTP_EVENT_PEER:
      return make_peer_notice (pair);
    case ZRTP_EVENT_HELLO_HASH:
      return gst_zrtp_notice_new (GST_ZRTP_NOTICE_HELLO_HASH,
          "status", G_TYPE_STRING,
          zrtp_hello_hash_status_nick (zrtp_stream_get_info
              (pair->stream)->hello_hash_status), NULL);
    case ZRTP_EVENT_HELLO:
      if (!pair->hello_wanted)
        return NULL;
      return gst_zrtp_notice_new (GST_ZRTP_NOTICE_HELLO, "hello-hash",
          G_TYPE_STRING, zrtp_stream_get_hello_hash (pair->stream), NULL);
    case ZRTP_EVENT_CACHE_MISMATCH:
    case ZRTP_EVENT_AUX_MISMATCH:
    case ZRTP_EVENT_NAME_MISMATCH:
    case ZRTP_EVENT_RESTART_REFUSED:
    case ZRTP_EVENT_PEER_CHANGED:
      return make_mismatch_notice (event->type);
    case ZRTP_EVENT_NEW_ENDPOINT:
      return make_new_endpoint_notice (event);
    case ZRTP_EVENT_SIGN_SAS:
      return make_signature_wanted (pair);
    case ZRTP_EVENT_SIGNATURE:
      return make_signature_received (pair);
    case ZRTP_EVENT_DOWNGRADE:
      return make_downgrade_notice (pair);
    case ZRTP_EVENT_SECURITY:
      return gst_zrtp_notice_new (GST_ZRTP_NOTICE_SECURITY,
          "error", G_TYPE_UINT, (guint) event->error,
          "text", G_TYPE_STRING, event->text, NULL);
    case ZRTP_EVENT_ERROR:
      return gst_zrtp_notice_new (GST_ZRTP_NOTICE_ERROR,
          "error", G_TYPE_UINT, (guint) event->error,
          "text", G_TYPE_STRING, zrtp_error_text (event->error),
          "from-peer", G_TYPE_BOOLEAN, event->from_peer, NULL);
    case ZRTP_EVENT_FORK:
      return make_fork_notice (event);
    case ZRTP_EVENT_CLEAR_REQUESTED:
      return gst_zrtp_notice_new (GST_ZRTP_NOTICE_CLEAR_REQUESTED, NULL);
    case ZRTP_EVENT_ENROLLMENT:
      return make_enrollment_notice (pair);
    case ZRTP_EVENT_RELAYED_SAS:
      return make_shown_notice (pair, GST_ZRTP_NOTICE_RELAYED_SAS);
    case ZRTP_EVENT_RELAY_ACK:
      return gst_zrtp_notice_new (GST_ZRTP_NOTICE_RELAY_DONE,
          "error", G_TYPE_UINT, (guint) event->error, "reason", G_TYPE_STRING,
          event->error ? zrtp_error_text (event->error) : NULL, NULL);
    case ZRTP_EVENT_CACHE_FAILED:
      return gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_READ, pair->call->cache_path,
          "The file of known peers failed, this call goes on without it: %s",
          event->text);
    default:
      return NULL;
  }
}

void
gst_zrtp_pair_take_event (GstZrtpPair * pair, const ZrtpEvent * event)
{
  GstZrtpNotice *notice;

  switch (event->type) {
    case ZRTP_EVENT_STATE:
      take_state (pair, event);
      break;
    case ZRTP_EVENT_MEDIA:
      gst_zrtp_sender_set_mode (&pair->sender, event->send);
      gst_zrtp_receiver_set_mode (&pair->receiver, event->receive);
      break;
    case ZRTP_EVENT_SEND_KEYS:
    case ZRTP_EVENT_RECEIVE_KEYS:
      take_keys (pair, event);
      break;
    case ZRTP_EVENT_KEYS_GONE:
      gst_zrtp_sender_set_keys (&pair->sender, NULL, NULL);
      gst_zrtp_receiver_set_keys (&pair->receiver, NULL, NULL);
      break;
    case ZRTP_EVENT_SSRC_COLLISION:
      gst_zrtp_pair_give_up_ssrc (pair, event->ssrc);
      break;
    case ZRTP_EVENT_LISTEN:
      gst_zrtp_receiver_tell_again (&pair->receiver);
      break;
    default:
      notice = make_notice (pair, event);
      if (notice)
        gst_zrtp_pair_add_notice (pair, notice);
      if (event->type == ZRTP_EVENT_SAS)
        gst_zrtp_pair_tell_sas (pair);
      else if (event->type == ZRTP_EVENT_SECURITY)
        gst_zrtp_pair_warn_of_attack (pair, event->text);
      break;
  }
}
