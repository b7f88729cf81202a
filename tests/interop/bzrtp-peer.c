/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An endpoint around libbzrtp, the ZRTP stack of Linphone, and a libsrtp2 as
 * Debian builds it: nothing of this project is in it but the test's own loop.
 */
#include "loop.h"

#include <bzrtp/bzrtp.h>
#include <sqlite3.h>
#include <srtp2/srtp.h>
#include <string.h>

/* libbzrtp only looks at its clock when asked. */
#define TICK (5 * G_TIME_SPAN_MILLISECOND)
#define MAX_NAMES 7

typedef struct
{
  const char *name;
  guint8 id;
} Name;

static const Name hashes[] = {
  {"S256", ZRTP_HASH_S256}, {"S384", ZRTP_HASH_S384}, {NULL}
};

static const Name ciphers[] = {
  {"AES1", ZRTP_CIPHER_AES1}, {"AES3", ZRTP_CIPHER_AES3}, {NULL}
};

static const Name auth_tags[] = {
  {"HS80", ZRTP_AUTHTAG_HS80}, {"HS32", ZRTP_AUTHTAG_HS32},
#ifdef ZRTP_AUTHTAG_GCM
  {"GCM", ZRTP_AUTHTAG_GCM},
#endif
  {NULL}
};

static const Name key_agreements[] = {
  {"X255", ZRTP_KEYAGREEMENT_X255}, {"X448", ZRTP_KEYAGREEMENT_X448},
  {"DH3k", ZRTP_KEYAGREEMENT_DH3k}, {"DH2k", ZRTP_KEYAGREEMENT_DH2k},
  {"Mult", ZRTP_KEYAGREEMENT_Mult}, {NULL}
};

static const Name sas_types[] = {
  {"B32", ZRTP_SAS_B32}, {"B256", ZRTP_SAS_B256}, {NULL}
};

typedef struct
{
  bzrtpContext_t *context;
  sqlite3 *cache;
  guint n_started;
} BzrtpPeer;

/* A channel's SRTP, and what shows its role. */
typedef struct
{
  srtp_t send, receive;
  gboolean initiator;
} BzrtpChannel;

static const char *
name_of (const Name * names, guint8 id)
{
  for (; names->name != NULL; names++)
    if (names->id == id)
      return names->name;
  return "none";
}

static gboolean
set_algorithms (bzrtpContext_t * context, guint8 kind, const Name * names,
    const char *text)
{
  char **items;
  guint8 ids[MAX_NAMES];
  guint n = 0;
  gboolean ok = TRUE;

  if (text == NULL)
    return TRUE;
  items = g_strsplit (text, ",", -1);
  for (guint i = 0; items[i] != NULL && ok; i++) {
    const Name *name = names;

    while (name->name != NULL && !g_str_equal (name->name, items[i]))
      name++;
    ok = name->name != NULL && n < MAX_NAMES;
    if (ok)
      ids[n++] = name->id;
    else
      g_printerr ("libbzrtp has no %s\n", items[i]);
  }
  if (ok)
    bzrtp_setSupportedCryptoTypes (context, kind, ids, n);
  g_strfreev (items);
  return ok;
}

/* What libbzrtp calls */

static int
on_send (void *data, const uint8_t * packet, uint16_t size)
{
  LoopChannel *channel = data;
  BzrtpChannel *self = channel->data;
  char type[9];

  /* Only an initiator sends Confirm2. */
  peer_message_type (packet, size, type);
  if (g_str_equal (type, "Confirm2"))
    self->initiator = TRUE;
  loop_send (channel, packet, size);
  return 0;
}

static int
on_status (void *data, const uint8_t level, const uint8_t id, const char *text)
{
  LoopChannel *channel = data;

  peer_note ("note channel=%u bzrtp-status=%u", channel->index, id);
  return 0;
}

/* libbzrtp 5.3 and later: AES-GCM instead of AES-CM and HMAC. */
static gboolean
is_gcm (const bzrtpSrtpSecrets_t * secrets)
{
#ifdef ZRTP_AUTHTAG_GCM
  return secrets->authTagAlgo == ZRTP_AUTHTAG_GCM;
#else
  return FALSE;
#endif
}

static void
set_policy (srtp_crypto_policy_t * policy, gboolean gcm, gboolean long_key)
{
  if (gcm && long_key)
    srtp_crypto_policy_set_aes_gcm_256_16_auth (policy);
  else if (gcm)
    srtp_crypto_policy_set_aes_gcm_128_16_auth (policy);
  else if (long_key)
    srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 (policy);
  else
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80 (policy);
}

static srtp_t
make_srtp (LoopChannel * channel, const bzrtpSrtpSecrets_t * secrets,
    srtp_ssrc_type_t direction, const guint8 * key, gsize key_size,
    const guint8 * salt, gsize salt_size)
{
  gboolean long_key = secrets->cipherAlgo == ZRTP_CIPHER_AES3;
  gboolean gcm = is_gcm (secrets);
  gboolean short_tag = secrets->authTagAlgo == ZRTP_AUTHTAG_HS32;
  srtp_policy_t policy = {.ssrc.type = direction,.window_size = 128 };
  guint8 master[SRTP_MAX_KEY_LEN];
  srtp_t srtp = NULL;

  if (key_size + salt_size > sizeof master || key_size != (long_key ? 32 : 16)
      || salt_size != (gcm ? 12 : 14))
    g_error ("libbzrtp gave a key of %zu and a salt of %zu octets", key_size,
        salt_size);
  set_policy (&policy.rtp, gcm, long_key);
  policy.rtcp = policy.rtp;
  if (short_tag) {
    policy.rtp.auth_tag_len = 4;
    policy.rtcp.auth_tag_len = channel->loop->options.srtcp_tag_size;
  }
  memcpy (master, key, key_size);
  memcpy (master + key_size, salt, salt_size);
  policy.key = master;
  if (srtp_create (&srtp, &policy) != srtp_err_status_ok)
    g_error ("srtp_create() failed");
  return srtp;
}

static int
on_secrets (void *data, const bzrtpSrtpSecrets_t * secrets, uint8_t part)
{
  LoopChannel *channel = data;
  BzrtpChannel *self = channel->data;

  if ((part & ZRTP_SRTP_SECRETS_FOR_SENDER) != 0 && self->send == NULL)
    self->send = make_srtp (channel, secrets, ssrc_any_outbound,
        secrets->selfSrtpKey, secrets->selfSrtpKeyLength,
        secrets->selfSrtpSalt, secrets->selfSrtpSaltLength);
  if ((part & ZRTP_SRTP_SECRETS_FOR_RECEIVER) != 0 && self->receive == NULL)
    self->receive = make_srtp (channel, secrets, ssrc_any_inbound,
        secrets->peerSrtpKey, secrets->peerSrtpKeyLength,
        secrets->peerSrtpSalt, secrets->peerSrtpSaltLength);
  return 0;
}

static int
on_secure (void *data, const bzrtpSrtpSecrets_t * secrets, int32_t verified)
{
  static const char *const aux[] = { "match", "mismatch", "unset" };
  LoopChannel *channel = data;
  BzrtpChannel *self = channel->data;
  PeerAgreement agreement = {
    .initiator = self->initiator,
    .sas = secrets->sas != NULL ? secrets->sas : "",
    .hash = name_of (hashes, secrets->hashAlgo),
    .cipher = name_of (ciphers, secrets->cipherAlgo),
    .auth_tag = name_of (auth_tags, secrets->authTagAlgo),
    .key_agreement = name_of (key_agreements, secrets->keyAgreementAlgo),
    .sas_type = name_of (sas_types, secrets->sasAlgo),
    .cache_mismatch = secrets->cacheMismatch != 0,
    .verified = verified != 0,
    .aux = aux[MIN (secrets->auxSecretMismatch, 2)]
  };

  loop_secure (channel, &agreement);
  return 0;
}

/* What the loop calls */

static gboolean
open_cache (Loop * loop, BzrtpPeer * self)
{
  int status;

  if (loop->options.cache == NULL)
    return TRUE;
  if (sqlite3_open (loop->options.cache, &self->cache) != SQLITE_OK)
    return FALSE;
  status = bzrtp_setZIDCache (self->context, self->cache,
      "sip:bzrtp@localhost", "sip:peer@localhost");
  if (status != 0 && status != BZRTP_CACHE_SETUP)
    return FALSE;
  return !loop->options.forget_secrets || sqlite3_exec (self->cache,
      "DELETE FROM zrtp", NULL, NULL, NULL) == SQLITE_OK;
}

static gboolean
set_up_context (Loop * loop, BzrtpPeer * self)
{
  static const bzrtpCallbacks_t callbacks = {
    .bzrtp_statusMessage = on_status,
    .bzrtp_messageLevel = BZRTP_MESSAGE_WARNING,
    .bzrtp_sendData = on_send,
    .bzrtp_srtpSecretsAvailable = on_secrets,
    .bzrtp_startSrtpSession = on_secure
  };
  const PeerOptions *o = &loop->options;
  bzrtpContext_t *context = self->context;

  return open_cache (loop, self)
      && bzrtp_setCallbacks (context, &callbacks) == 0
      && set_algorithms (context, ZRTP_HASH_TYPE, hashes, o->hashes)
      && set_algorithms (context, ZRTP_CIPHERBLOCK_TYPE, ciphers, o->ciphers)
      && set_algorithms (context, ZRTP_AUTHTAG_TYPE, auth_tags, o->auth_tags)
      && set_algorithms (context, ZRTP_KEYAGREEMENT_TYPE, key_agreements,
      o->key_agreements)
      && set_algorithms (context, ZRTP_SAS_TYPE, sas_types, o->sas_types)
      && bzrtp_initBzrtpContext (context, loop->channel[0].ssrc) == 0;
}

static gboolean
set_up_channels (Loop * loop, BzrtpPeer * self)
{
  for (guint i = 0; i < loop->n_channels; i++) {
    LoopChannel *channel = &loop->channel[i];

    if (i > 0 && bzrtp_addChannel (self->context, channel->ssrc) != 0)
      return FALSE;
    channel->data = g_new0 (BzrtpChannel, 1);
    bzrtp_setClientData (self->context, channel->ssrc, channel);
  }
  return TRUE;
}

static gboolean
set_up_aux (Loop * loop, BzrtpPeer * self)
{
  GByteArray *secret;
  gboolean ok;

  if (loop->options.aux_secret == NULL)
    return TRUE;
  secret = g_byte_array_new ();
  ok = peer_parse_hex (loop->options.aux_secret, secret)
      && bzrtp_setAuxiliarySharedSecret (self->context, secret->data,
      secret->len) == 0;
  g_byte_array_unref (secret);
  return ok;
}

static gboolean
backend_open (Loop * loop)
{
  BzrtpPeer *self = g_new0 (BzrtpPeer, 1);

  loop->data = self;
  self->context = bzrtp_createBzrtpContext ();
  if (srtp_init () == srtp_err_status_ok && set_up_context (loop, self)
      && set_up_channels (loop, self) && set_up_aux (loop, self))
    return TRUE;
  g_printerr ("libbzrtp could not be set up\n");
  return FALSE;
}

static void
backend_close (Loop * loop)
{
  BzrtpPeer *self = loop->data;

  for (guint i = loop->n_channels; i-- > 0;) {
    BzrtpChannel *channel = loop->channel[i].data;

    bzrtp_destroyBzrtpContext (self->context, loop->channel[i].ssrc);
    if (channel->send != NULL)
      srtp_dealloc (channel->send);
    if (channel->receive != NULL)
      srtp_dealloc (channel->receive);
    g_free (channel);
  }
  sqlite3_close (self->cache);
  g_free (self);
}

static char *
backend_get_hello_hash (LoopChannel * channel)
{
  BzrtpPeer *self = channel->loop->data;
  guint8 text[80] = "";

  bzrtp_getSelfHelloHash (self->context, channel->ssrc, text, sizeof text);
  return g_strdup ((char *) text);
}

static gboolean
backend_set_peer_hash (LoopChannel * channel, const char *value)
{
  BzrtpPeer *self = channel->loop->data;
  gsize size = strlen (value);
  guint8 *copy = g_memdup2 (value, size + 1);
  gboolean ok = bzrtp_setPeerHelloHash (self->context, channel->ssrc, copy,
      size) == 0;

  g_free (copy);
  return ok;
}

static void
backend_start (Loop * loop)
{
  BzrtpPeer *self = loop->data;

  bzrtp_startChannelEngine (self->context, loop->channel[0].ssrc);
  self->n_started = 1;
}

static void
backend_receive (LoopChannel * channel, guint8 * data, gsize size)
{
  BzrtpPeer *self = channel->loop->data;

  if (channel->index < self->n_started)
    bzrtp_processMessage (self->context, channel->ssrc, data, size);
}

static void
backend_tick (Loop * loop)
{
  BzrtpPeer *self = loop->data;
  guint64 now = g_get_monotonic_time () / G_TIME_SPAN_MILLISECOND;

  /* A further channel can only start once there is a ZRTPSess. */
  if (self->n_started < loop->n_channels && loop->channel[0].secure) {
    bzrtp_startChannelEngine (self->context,
        loop->channel[self->n_started].ssrc);
    self->n_started++;
  }
  for (guint i = 0; i < self->n_started; i++)
    bzrtp_iterate (self->context, loop->channel[i].ssrc, now);
  if (loop->options.verify && loop->channel[0].secure) {
    loop->options.verify = FALSE;
    bzrtp_SASVerified (self->context);
  }
}

static gint64
backend_get_deadline (Loop * loop)
{
  return g_get_monotonic_time () + TICK;
}

static LoopMediaResult
transform (srtp_t srtp, srtp_err_status_t (*function) (srtp_t, void *, int *),
    guint8 * data, gsize * size)
{
  int length = *size;

  if (srtp == NULL)
    return LOOP_MEDIA_NO_KEYS;
  if (function (srtp, data, &length) != srtp_err_status_ok)
    return LOOP_MEDIA_BAD;
  *size = length;
  return LOOP_MEDIA_OK;
}

static LoopMediaResult
backend_protect (LoopChannel * channel, gboolean rtcp, guint8 * data,
    gsize * size)
{
  BzrtpChannel *self = channel->data;

  return transform (self->send, rtcp ? srtp_protect_rtcp : srtp_protect, data,
      size);
}

static LoopMediaResult
backend_unprotect (LoopChannel * channel, gboolean rtcp, guint8 * data,
    gsize * size)
{
  BzrtpChannel *self = channel->data;

  return transform (self->receive,
      rtcp ? srtp_unprotect_rtcp : srtp_unprotect, data, size);
}

int
main (int argc, char **argv)
{
  static const LoopBackend backend = {
    .open = backend_open,
    .close = backend_close,
    .get_hello_hash = backend_get_hello_hash,
    .set_peer_hash = backend_set_peer_hash,
    .start = backend_start,
    .receive = backend_receive,
    .tick = backend_tick,
    .get_deadline = backend_get_deadline,
    .protect = backend_protect,
    .unprotect = backend_unprotect
  };

  return loop_main (argc, argv, &backend);
}
