/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "api/gstzrtpsignals.h"

#include "api/gstzrtpproperties.h"

#define MAX_PARAMS 3
#define MAX_PROPS 9

typedef GType (*GetType) (void);

/* A signal's parameters are fields of the message. Those of an enumerated type
 * are nicks in the message. */
typedef struct
{
  const char *field;
  GType type;
  GetType get_type;             /* instead of @type, where that is no constant */
} Param;

typedef struct
{
  const char *message;
  const char *signal;
  Param params[MAX_PARAMS + 1];
  guint props[MAX_PROPS + 1];
} Kind;

/* All signals are emitted on zrtpenc and zrtpdec, from a thread of their own and
 * with no lock held. All messages are posted by zrtpenc, and by zrtpdec if that is
 * in another pipeline; they have "session-id" and "stream-id" too. */
static const Kind kinds[GST_ZRTP_N_NOTIFICATIONS] = {
  /**
   * GstZrtpBin::state-changed:
   * @element: the element
   * @state: the new state, a #GstZrtpState
   * @error: a code of RFC 6189 5.9 if @state is failed, else 0
   * @reason: (nullable): the same in words; where #GstZrtpBin:require-verified or
   *     #GstZrtpBin:unattended refuses the peer, what speaks against it
   *
   * Message `GstZrtpState`: `state`, `previous`, `error`, `reason`; when secure
   * also `role`, `hash`, `cipher`, `auth-tag`, `key-agreement`; since 0.2 `level`,
   * `level-text`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_STATE] = {
        .message = "GstZrtpState",
        .signal = "state-changed",
        .params = {
              {.field = "state",.get_type = gst_zrtp_state_get_type},
              {.field = "error",.type = G_TYPE_UINT},
            {.field = "reason",.type = G_TYPE_STRING}},
        .props = {GST_ZRTP_PROP_STATE, GST_ZRTP_PROP_ROLE, GST_ZRTP_PROP_HASH,
              GST_ZRTP_PROP_CIPHER, GST_ZRTP_PROP_AUTH_TAG,
          GST_ZRTP_PROP_KEY_AGREEMENT, GST_ZRTP_PROP_PEER_DISCLOSURE}},

  /**
   * GstZrtpBin::sas-ready:
   * @element: the element
   * @sas: the short authentication string, to be shown to the user
   * @sas_type: how it is rendered
   * @sas_verified: the users compared one before, in an earlier call
   *
   * Message `GstZrtpSas`: `sas`, `sas-type`, `sas-spelling`, `sas-verified`,
   * `peer-verified`, `relayed`, `trust`, `enrollment`, `known-peer-name`; since 0.2
   * `aux-matched`. Where it is to be compared, an INFO message says so, once for
   * each SAS.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_SAS] = {
        .message = "GstZrtpSas",
        .signal = "sas-ready",
        .params = {
              {.field = "sas",.type = G_TYPE_STRING},
              {.field = "sas-type",.type = G_TYPE_STRING},
            {.field = "sas-verified",.type = G_TYPE_BOOLEAN}},
        .props = {GST_ZRTP_PROP_SAS, GST_ZRTP_PROP_SAS_TYPE,
              GST_ZRTP_PROP_SAS_SPELLING, GST_ZRTP_PROP_SAS_RELAYED,
              GST_ZRTP_PROP_TRUST, GST_ZRTP_PROP_SAS_VERIFIED,
              GST_ZRTP_PROP_ENROLLMENT, GST_ZRTP_PROP_KNOWN_PEER_NAME,
          GST_ZRTP_PROP_AUX_MATCHED}},

  /**
   * GstZrtpBin::trust-changed:
   * @element: the element
   * @trust: how far the user may trust, a #GstZrtpTrust
   * @sas_verified: the user here compared the SAS
   * @peer_verified: the user there says the same
   *
   * Not emitted again with the same values.
   *
   * Message `GstZrtpTrust`: `trust`, `sas-verified`, `peer-verified`, `signer`,
   * `known-peer-name`; since 0.2 `aux-matched`, `level`, `level-text`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_TRUST] = {
        .message = "GstZrtpTrust",
        .signal = "trust-changed",
        .params = {
              {.field = "trust",.get_type = gst_zrtp_trust_get_type},
              {.field = "sas-verified",.type = G_TYPE_BOOLEAN},
            {.field = "peer-verified",.type = G_TYPE_BOOLEAN}},
        .props = {GST_ZRTP_PROP_TRUST, GST_ZRTP_PROP_SAS_VERIFIED,
              GST_ZRTP_PROP_SIGNATURE_STATUS, GST_ZRTP_PROP_SIGNER,
              GST_ZRTP_PROP_ENROLLMENT, GST_ZRTP_PROP_KNOWN_PEER_NAME,
              GST_ZRTP_PROP_KNOWN_PEER_ZID,
          GST_ZRTP_PROP_KNOWN_PEER_LAST_SEEN}},

  /**
   * GstZrtpBin::level-changed:
   * @element: the element
   * @level: what to show, a #GstZrtpLevel
   * @level_text: the same as a sentence for the user, in the user's language
   * @sas: (nullable): the short authentication string, where showing it beside
   *     the sentence helps: compare it
   *
   * #GstZrtpBin:level, #GstZrtpBin:level-text or the SAS to show changed. All
   * that an indicator needs. Emitted by the elements of the transport with the
   * lowest #GstZrtpBin:stream-id; notify comes on all elements of the call. Each
   * alarm but a failure is a WARNING message too, once, with the same text.
   *
   * Message `GstZrtpLevel`: `level`, `level-text`, `sas`.
   *
   * Since: 0.2
   */
  [GST_ZRTP_NOTIFICATION_LEVEL] = {
        .message = "GstZrtpLevel",
        .signal = "level-changed",
        .params = {
              {.field = "level",.get_type = gst_zrtp_level_get_type},
              {.field = "level-text",.type = G_TYPE_STRING},
            {.field = "sas",.type = G_TYPE_STRING}},
      .props = {GST_ZRTP_PROP_LEVEL, GST_ZRTP_PROP_LEVEL_TEXT}},

  /**
   * GstZrtpBin::peer-found:
   * @element: the element
   * @zid: the number by which the other side is known
   * @client: what it says it runs
   *
   * Message `GstZrtpPeer`: `zid`, `client`, `ssrc`, `passive`, `mitm`,
   * `hello-hash`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_PEER] = {
        .message = "GstZrtpPeer",
        .signal = "peer-found",
        .params = {
              {.field = "zid",.type = G_TYPE_STRING},
            {.field = "client",.type = G_TYPE_STRING}},
        .props = {GST_ZRTP_PROP_PEER_ZID, GST_ZRTP_PROP_PEER_CLIENT,
          GST_ZRTP_PROP_PEER_MITM}},

  /**
   * GstZrtpBin::peer-unsupported:
   * @element: the element
   *
   * The other side sends RTP, and did not answer as ZRTP endpoints do.
   *
   * Message `GstZrtpPeerUnsupported`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_PEER_UNSUPPORTED] = {
        .message = "GstZrtpPeerUnsupported",
      .signal = "peer-unsupported"},

  /**
   * GstZrtpBin::peer-mismatch:
   * @element: the element
   * @kind: "cache", "name", "new-endpoint", "aux-secret", "restart" or
   *   "peer-changed"
   * @text: for the user
   *
   * An alarm: what is known of the other side does not fit. With "cache" the
   * secret kept from earlier calls is not what it has, and the users should
   * compare the SAS; with "name" it is known under another name than
   * #GstZrtpBin:peer-name; with "new-endpoint" (since 0.2) the user verified another
   * endpoint under that name, and not this one.
   *
   * With "restart" (since 0.2) an endpoint with the peer's ZID wants new keys in
   * mid-call and does not have that secret; the call stays as it is. At most once
   * a minute. With "peer-changed" (since 0.2) the call was verified and moved to an
   * endpoint that is not: #GstZrtpBin:trust is `peer-changed`.
   *
   * Message `GstZrtpPeerMismatch`: `kind`, `text`; with "new-endpoint" also `zid` of
   * the endpoint that was verified, and `last-seen` in Unix seconds (gint64).
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_PEER_MISMATCH] = {
        .message = "GstZrtpPeerMismatch",
        .signal = "peer-mismatch",
        .params = {
              {.field = "kind",.type = G_TYPE_STRING},
            {.field = "text",.type = G_TYPE_STRING}},
        .props = {GST_ZRTP_PROP_TRUST, GST_ZRTP_PROP_SAS_VERIFIED,
              GST_ZRTP_PROP_KNOWN_PEER_NAME, GST_ZRTP_PROP_KNOWN_PEER_ZID,
          GST_ZRTP_PROP_KNOWN_PEER_LAST_SEEN}},

  /**
   * GstZrtpBin::downgrade-detected:
   * @element: the element
   * @before: algorithms that earlier calls with this endpoint used, `AES3,X448`
   * @now: those that this call uses instead of them, in the same order
   * @text: for the user
   *
   * An alarm: this call is weaker than earlier ones with the same endpoint,
   * though we still offer what they used. Either the other side changed its
   * lists, or an attacker in the middle that can break the weaker one took the
   * others out; the users should compare the SAS. #GstZrtpBin::verify-sas makes
   * what is used now the measure for later calls.
   *
   * Message `GstZrtpDowngrade`: `before`, `now`, `text`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_DOWNGRADE] = {
        .message = "GstZrtpDowngrade",
        .signal = "downgrade-detected",
        .params = {
              {.field = "before",.type = G_TYPE_STRING},
              {.field = "now",.type = G_TYPE_STRING},
          {.field = "text",.type = G_TYPE_STRING}}},

  /**
   * GstZrtpBin::hello-changed:
   * @element: the element
   * @hello_hash: the new value of #GstZrtpBin:hello-hash
   *
   * The Hello was made again after the application had read its hash: what it
   * told the other side no longer holds.
   *
   * Message `GstZrtpHello`: `hello-hash`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_HELLO] = {
        .message = "GstZrtpHello",
        .signal = "hello-changed",
        .params = {{.field = "hello-hash",.type = G_TYPE_STRING}},
      .props = {GST_ZRTP_PROP_HELLO_HASH, GST_ZRTP_PROP_ZID}},

  /**
   * GstZrtpBin::hello-hash-checked:
   * @element: the element
   * @status: what came of it, a #GstZrtpHelloHashStatus
   *
   * The other side's Hello was compared with #GstZrtpBin:peer-hello-hash.
   *
   * Message `GstZrtpHelloHash`: `status`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_HELLO_HASH] = {
        .message = "GstZrtpHelloHash",
        .signal = "hello-hash-checked",
        .params = {{.field = "status",
                .get_type = gst_zrtp_hello_hash_status_get_type}},
      .props = {GST_ZRTP_PROP_HELLO_HASH_STATUS}},

  /**
   * GstZrtpBin::signature-wanted:
   * @element: the element
   * @sashash: what to sign: all of its 32 octets
   * @key_agreement: what was agreed. With an elliptic curve the key should be one
   *     of ECDSA, of the same size: P-384 with EC38 and X448, else P-256
   *
   * The other side can check signatures, and #GstZrtpBin:sign-sas is set: answer
   * by #GstZrtpBin::set-signature, on one of the two elements, within 3 s. The
   * call waits for it.
   *
   * Message `GstZrtpSignatureWanted`: `sashash`, `key-agreement`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_SIGNATURE_WANTED] = {
        .message = "GstZrtpSignatureWanted",
        .signal = "signature-wanted",
        .params = {
              {.field = "sashash",.get_type = g_bytes_get_type},
          {.field = "key-agreement",.type = G_TYPE_STRING}}},

  /**
   * GstZrtpBin::signature-received:
   * @element: the element
   * @sashash: what was signed
   * @certificate: (nullable): the signing key's X.509 certificate in DER; NULL
   *     with an OpenPGP signature
   * @signature: (nullable): with a certificate r and s of ECDSA, 64 octets with
   *     P-256 or 96 with P-384; else an OpenPGP signature packet. NULL if
   *     #GstZrtpBin:signature-status is "invalid" or "unsupported"
   *
   * The other side signed the SAS, and #GstZrtpBin:check-signatures is set.
   * Check that it is a signature on @sashash, and of the peer that the user
   * expects, then #GstZrtpBin::accept-signature or
   * #GstZrtpBin::reject-signature, on one of the two elements. The call is
   * secure already and does not wait, unless #GstZrtpBin:require-verified or
   * #GstZrtpBin:unattended admits the peer for its signature alone: then the
   * state is negotiating, and the call waits up to 6 s for
   * #GstZrtpBin::accept-signature.
   *
   * Message `GstZrtpSignature`: `status`, `sashash`, `certificate`, `signature`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_SIGNATURE] = {
        .message = "GstZrtpSignature",
        .signal = "signature-received",
        .params = {
              {.field = "sashash",.get_type = g_bytes_get_type},
              {.field = "certificate",.get_type = g_bytes_get_type},
            {.field = "signature",.get_type = g_bytes_get_type}},
      .props = {GST_ZRTP_PROP_SIGNATURE_STATUS}},

  /**
   * GstZrtpBin::security-alert:
   * @element: the element
   * @error: the code of RFC 6189 5.9 that fits, or 0
   * @text: for the user
   *
   * An alarm: proof of tampering with the handshake, or a signature on the SAS
   * that is wrong.
   *
   * Message `GstZrtpSecurity`: `error`, `text`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_SECURITY] = {
        .message = "GstZrtpSecurity",
        .signal = "security-alert",
        .params = {
              {.field = "error",.type = G_TYPE_UINT},
          {.field = "text",.type = G_TYPE_STRING}}},

  /**
   * GstZrtpBin::protocol-error:
   * @element: the element
   * @error: a code of RFC 6189 5.9
   * @text: the same in words
   * @from_peer: it came from the other side, without proof of that
   *
   * An Error message was sent or came.
   *
   * Message `GstZrtpError`: `error`, `text`, `from-peer`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_ERROR] = {
        .message = "GstZrtpError",
        .signal = "protocol-error",
        .params = {
              {.field = "error",.type = G_TYPE_UINT},
              {.field = "text",.type = G_TYPE_STRING},
          {.field = "from-peer",.type = G_TYPE_BOOLEAN}}},

  /**
   * GstZrtpBin::fork-detected:
   * @element: the element
   * @ssrc: the SSRC of the other endpoint
   * @zid: the number by which that is known
   *
   * Another endpoint talks ZRTP here, as after forking or a transfer. Nothing
   * changes, unless #GstZrtpBin::accept-fork with that @zid moves to it, or it
   * proves to be the peer, restarted.
   *
   * Message `GstZrtpFork`: `ssrc`, `zid`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_FORK] = {
        .message = "GstZrtpFork",
        .signal = "fork-detected",
        .params = {
              {.field = "ssrc",.type = G_TYPE_UINT},
          {.field = "zid",.type = G_TYPE_STRING}}},

  /**
   * GstZrtpBin::clear-requested:
   * @element: the element
   *
   * The other side ended the encryption. Media stops until the user agrees to go
   * on in the clear (#GstZrtpBin::accept-clear), or #GstZrtpBin::go-secure.
   *
   * Message `GstZrtpClearRequested`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_CLEAR_REQUESTED] = {
        .message = "GstZrtpClearRequested",
      .signal = "clear-requested"},

  /**
   * GstZrtpBin::enrollment-changed:
   * @element: the element
   * @enrollment: a #GstZrtpEnrollment
   * @zid: the number by which the other side is known
   * @client: what it says it runs
   *
   * With "offered", on a phone: the other side is a PBX that wants to be
   * trusted. Ask the user, and if they agree #GstZrtpBin::accept-enrollment; if
   * they do not, do nothing. With "accepted": that was done.
   *
   * Message `GstZrtpEnrollment`: `enrollment`, `zid`, `client`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_ENROLLMENT] = {
        .message = "GstZrtpEnrollment",
        .signal = "enrollment-changed",
        .params = {
              {.field = "enrollment",.get_type = gst_zrtp_enrollment_get_type},
              {.field = "zid",.type = G_TYPE_STRING},
            {.field = "client",.type = G_TYPE_STRING}},
      .props = {GST_ZRTP_PROP_ENROLLMENT}},

  /**
   * GstZrtpBin::relayed-sas:
   * @element: the element
   * @sas: the short authentication string, to be shown instead of the last
   * @sas_type: how it is rendered
   * @relayed: it is that of the other phone, see #GstZrtpBin:sas-relayed
   *
   * The PBX at the other end passes this call on to another phone. If @relayed,
   * it is trusted, and @sas is what the other user sees. Otherwise it only asked
   * for another rendering. #GstZrtpBin::sas-ready comes next.
   *
   * Message `GstZrtpRelayedSas`: `sas`, `sas-type`, `sas-spelling`, `relayed`,
   * `peer-verified`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_RELAYED_SAS] = {
        .message = "GstZrtpRelayedSas",
        .signal = "relayed-sas",
        .params = {
              {.field = "sas",.type = G_TYPE_STRING},
              {.field = "sas-type",.type = G_TYPE_STRING},
            {.field = "relayed",.type = G_TYPE_BOOLEAN}},
        .props = {GST_ZRTP_PROP_SAS, GST_ZRTP_PROP_SAS_TYPE,
              GST_ZRTP_PROP_SAS_SPELLING, GST_ZRTP_PROP_SAS_RELAYED,
          GST_ZRTP_PROP_PEER_DISCLOSURE}},

  /**
   * GstZrtpBin::relay-done:
   * @element: the element
   * @error: 0, or a code of RFC 6189 5.9
   * @reason: (nullable): the same in words
   *
   * On a PBX, for each of the two calls of #GstZrtpBin::relay-sas: the phone has
   * acknowledged, whether it shows the SAS or not; or with an @error it did not
   * answer.
   *
   * Message `GstZrtpRelayDone`: `error`, `reason`.
   *
   * Since: 0.1
   */
  [GST_ZRTP_NOTIFICATION_RELAY_DONE] = {
        .message = "GstZrtpRelayDone",
        .signal = "relay-done",
        .params = {
              {.field = "error",.type = G_TYPE_UINT},
          {.field = "reason",.type = G_TYPE_STRING}}},
};

static guint signals[GST_ZRTP_N_NOTIFICATIONS];

static GType
get_param_type (const Param * param)
{
  return param->get_type ? param->get_type () : param->type;
}

void
gst_zrtp_signals_install (GType element_type)
{
  for (guint i = 0; i < GST_ZRTP_N_NOTIFICATIONS; i++) {
    GType types[MAX_PARAMS];
    guint n;

    for (n = 0; kinds[i].params[n].field; n++)
      types[n] = get_param_type (&kinds[i].params[n]);
    signals[i] = g_signal_newv (kinds[i].signal, element_type,
        G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL, G_TYPE_NONE, n, types);
  }
}

const char *
gst_zrtp_notification_kind_get_message_name (GstZrtpNotificationKind kind)
{
  return kinds[kind].message;
}

const guint *
gst_zrtp_notification_kind_get_properties (GstZrtpNotificationKind kind)
{
  return kinds[kind].props;
}

static void
set_param (GValue * value, const Param * param, const GstStructure * message)
{
  const GValue *field = gst_structure_get_value (message, param->field);

  g_value_init (value, get_param_type (param));
  if (!field)
    return;
  if (G_VALUE_HOLDS_ENUM (value))
    gst_value_deserialize (value, g_value_get_string (field));
  else
    g_value_copy (field, value);
}

void
gst_zrtp_notification_kind_emit (GstZrtpNotificationKind kind,
    GstElement * element, const GstStructure * message)
{
  GValue values[1 + MAX_PARAMS] = { G_VALUE_INIT };
  guint n;

  g_value_init (&values[0], G_OBJECT_TYPE (element));
  g_value_set_object (&values[0], element);
  for (n = 0; kinds[kind].params[n].field; n++)
    set_param (&values[1 + n], &kinds[kind].params[n], message);
  g_signal_emitv (values, signals[kind], 0, NULL);
  for (guint i = 0; i <= n; i++)
    g_value_unset (&values[i]);
}
