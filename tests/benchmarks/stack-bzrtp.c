/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libbzrtp, the ZRTP stack of Linphone.
 */
#include "stack.h"

#include <bzrtp/bzrtp.h>
#include <string.h>

typedef struct _Call Call;

typedef struct
{
  Call *call;
  guint end, stream;
  guint32 ssrc;
  gboolean secure;
  guint8 key_agreement;
  char sas[32];
} Channel;

typedef struct
{
  bzrtpContext_t *context;
  Channel channels[STACK_MAX_STREAMS];
} End;

struct _Call
{
  Wire *wire;
  guint n_streams;
  End ends[2];
};

typedef struct
{
  const char *name;
  guint8 id;
} Name;

static const Name key_agreements[] = {
  {"DH2k", ZRTP_KEYAGREEMENT_DH2k}, {"X255", ZRTP_KEYAGREEMENT_X255},
  {"X448", ZRTP_KEYAGREEMENT_X448}, {"DH3k", ZRTP_KEYAGREEMENT_DH3k},
  {"Mult", ZRTP_KEYAGREEMENT_Mult}, {NULL}
};

static const Name ciphers[] = {
  {"AES1", ZRTP_CIPHER_AES1}, {"AES3", ZRTP_CIPHER_AES3}, {NULL}
};

static const Name *
find_name (const Name * names, const char *name)
{
  for (; names->name; names++)
    if (g_str_equal (names->name, name))
      return names;
  return NULL;
}

static gboolean
bzrtp_has (const char *key_agreement)
{
  return find_name (key_agreements, key_agreement) != NULL;
}

/* What libbzrtp calls */

static int
on_message (void *data, const uint8_t level, const uint8_t id, const char *text)
{
  return 0;
}

static int
on_send (void *data, const uint8_t * packet, uint16_t size)
{
  Channel *channel = data;

  wire_send (channel->call->wire, channel->end, channel->stream, packet, size);
  return 0;
}

static int
on_secrets (void *data, const bzrtpSrtpSecrets_t * secrets, uint8_t part)
{
  return 0;
}

static int
on_secure (void *data, const bzrtpSrtpSecrets_t * secrets, int32_t verified)
{
  Channel *channel = data;

  channel->secure = TRUE;
  channel->key_agreement = secrets->keyAgreementAlgo;
  g_strlcpy (channel->sas, secrets->sas ? secrets->sas : "",
      sizeof channel->sas);
  return 0;
}

static void
open_end (Call * call, guint e, const Name * key_agreement, const Name * cipher)
{
  static const bzrtpCallbacks_t callbacks = {
    .bzrtp_statusMessage = on_message,
    .bzrtp_sendData = on_send,
    .bzrtp_srtpSecretsAvailable = on_secrets,
    .bzrtp_startSrtpSession = on_secure
  };
  End *end = &call->ends[e];
  guint8 ids[7] = { key_agreement->id };

  end->context = bzrtp_createBzrtpContext ();
  bzrtp_setSupportedCryptoTypes (end->context, ZRTP_KEYAGREEMENT_TYPE, ids, 1);
  ids[0] = cipher->id;
  bzrtp_setSupportedCryptoTypes (end->context, ZRTP_CIPHERBLOCK_TYPE, ids, 1);
  bzrtp_setCallbacks (end->context, &callbacks);
  for (guint i = 0; i < call->n_streams; i++) {
    Channel *channel = &end->channels[i];

    *channel = (Channel) {
    call, e, i, 2 * i + e + 1};
    if ((i == 0 ? bzrtp_initBzrtpContext : bzrtp_addChannel) (end->context,
            channel->ssrc) != 0)
      g_error ("libbzrtp makes no channel");
    bzrtp_setClientData (end->context, channel->ssrc, channel);
  }
}

static gpointer
bzrtp_open (Wire * wire, const char *key_agreement, const char *cipher,
    guint n_streams)
{
  Call *call = g_new0 (Call, 1);

  call->wire = wire;
  call->n_streams = n_streams;
  for (guint e = 0; e < 2; e++)
    open_end (call, e, find_name (key_agreements, key_agreement),
        find_name (ciphers, cipher));
  return call;
}

static void
bzrtp_close (gpointer data)
{
  Call *call = data;

  for (guint e = 0; e < 2; e++)
    for (guint i = call->n_streams; i-- > 0;)
      bzrtp_destroyBzrtpContext (call->ends[e].context,
          call->ends[e].channels[i].ssrc);
  g_free (call);
}

static void
bzrtp_start (gpointer data, guint end, guint stream)
{
  Call *call = data;

  if (bzrtp_startChannelEngine (call->ends[end].context,
          call->ends[end].channels[stream].ssrc) != 0)
    g_error ("libbzrtp does not start");
}

static void
bzrtp_receive (gpointer data, guint end, guint stream, guint8 * packet,
    gsize size)
{
  Call *call = data;

  bzrtp_processMessage (call->ends[end].context,
      call->ends[end].channels[stream].ssrc, packet, size);
}

static void
bzrtp_tick (gpointer data, guint end, guint stream, gint64 now_ms)
{
  Call *call = data;

  bzrtp_iterate (call->ends[end].context,
      call->ends[end].channels[stream].ssrc, now_ms);
}

static const char *
bzrtp_agreed (gpointer data, guint stream)
{
  Call *call = data;
  const Channel *a = &call->ends[0].channels[stream];
  const Channel *b = &call->ends[1].channels[stream];

  if (!a->secure || !b->secure)
    return NULL;
  if (!g_str_equal (a->sas, b->sas))
    g_error ("libbzrtp's ends disagree");
  for (const Name * name = key_agreements; name->name; name++)
    if (name->id == a->key_agreement)
      return name->name;
  return "none";
}

const Stack stack_bzrtp = {
  "libbzrtp", bzrtp_has, bzrtp_open, bzrtp_close, bzrtp_start, bzrtp_receive,
  bzrtp_tick, bzrtp_agreed
};
