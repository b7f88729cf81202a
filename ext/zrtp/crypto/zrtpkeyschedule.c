/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/crypto/zrtpkeyschedule.h"

#include <string.h>

#define KDF_MARK "ZRTP-HMAC-KDF"        /* 13 octets, no NUL (4.4.1.4) */

void
zrtp_keys_context (const ZrtpHash * hash, const guint8 * zidi,
    const guint8 * zidr, const ZrtpOctets * messages, guint n_messages,
    ZrtpKdfContext * context)
{
  memcpy (context->data, zidi, ZRTP_ZID_SIZE);
  memcpy (context->data + ZRTP_ZID_SIZE, zidr, ZRTP_ZID_SIZE);
  hash->digest (messages, n_messages, context->data + 2 * ZRTP_ZID_SIZE);
  context->size = 2 * ZRTP_ZID_SIZE + hash->size;
}

/* len(secret) ++ secret for each, null ones as their length alone. @lengths
 * and @parts have room for them. Returns the number of parts. */
static guint
with_lengths (const ZrtpOctets * secrets, guint n_secrets,
    guint8 lengths[][4], ZrtpOctets * parts)
{
  guint n = 0;

  for (guint i = 0; i < n_secrets; i++) {
    const guint32 length = GUINT32_TO_BE ((guint32) secrets[i].size);

    memcpy (lengths[i], &length, 4);
    parts[n++] = zrtp_octets (lengths[i], 4);
    if (secrets[i].size > 0)
      parts[n++] = secrets[i];
  }
  return n;
}

void
zrtp_keys_s0_dh (const ZrtpHash * hash, const guint8 * dh_result,
    gsize result_size, const ZrtpKdfContext * context, ZrtpOctets s1,
    ZrtpOctets s2, ZrtpOctets s3, guint8 * s0)
{
  static const guint8 counter[4] = { 0, 0, 0, 1 };
  const ZrtpOctets secrets[3] = { s1, s2, s3 };
  guint8 lengths[3][4];
  ZrtpOctets parts[10] = {
    {counter, 4},
    {dh_result, result_size},
    {(const guint8 *) KDF_MARK, strlen (KDF_MARK)},
    {context->data, context->size},     /* ZIDi, ZIDr, total_hash */
  };
  const guint n = 4 + with_lengths (secrets, 3, lengths, parts + 4);

  hash->digest (parts, n, s0);
}

void
zrtp_keys_s0_multistream (const ZrtpHash * hash, const guint8 * zrtp_sess,
    gsize sess_size, const ZrtpKdfContext * context, guint8 * s0)
{
  zrtp_kdf (hash, zrtp_sess, sess_size, "ZRTP MSK", context->data,
      context->size, s0, hash->size);
}

void
zrtp_keys_preshared (const ZrtpHash * hash, ZrtpOctets rs1, ZrtpOctets aux,
    ZrtpOctets pbx, guint8 * preshared_key, guint8 * key_id)
{
  const ZrtpOctets secrets[3] = { rs1, aux, pbx };
  const ZrtpOctets text = zrtp_octets ((const guint8 *) "Prsh", 4);
  guint8 lengths[3][4], mac[ZRTP_MAX_HASH_SIZE];
  ZrtpOctets parts[6];

  hash->digest (parts, with_lengths (secrets, 3, lengths, parts),
      preshared_key);
  hash->mac (preshared_key, hash->size, &text, 1, mac);
  memcpy (key_id, mac, ZRTP_KEY_ID_SIZE);
}

void
zrtp_keys_s0_preshared (const ZrtpHash * hash, const guint8 * preshared_key,
    const ZrtpKdfContext * context, guint8 * s0)
{
  zrtp_kdf (hash, preshared_key, hash->size, "ZRTP PSK", context->data,
      context->size, s0, hash->size);
}

void
zrtp_keys_for_stream (const ZrtpHash * hash, const ZrtpCipher * cipher,
    const guint8 * s0, const ZrtpKdfContext * context, ZrtpStreamKeys * keys)
{
  ZrtpSenderKeys *i = &keys->initiator, *r = &keys->responder;
  const struct
  {
    const char *label;
    guint8 *out;
    gsize size;
  } rows[] = {
    {"Initiator HMAC key", i->mac_key, hash->size},
    {"Initiator ZRTP key", i->zrtp_key, cipher->key_size},
    {"Initiator SRTP master key", i->srtp_key, cipher->key_size},
    {"Initiator SRTP master salt", i->srtp_salt, ZRTP_SALT_SIZE},
    {"Responder HMAC key", r->mac_key, hash->size},
    {"Responder ZRTP key", r->zrtp_key, cipher->key_size},
    {"Responder SRTP master key", r->srtp_key, cipher->key_size},
    {"Responder SRTP master salt", r->srtp_salt, ZRTP_SALT_SIZE},
  };

  for (guint n = 0; n < G_N_ELEMENTS (rows); n++)
    zrtp_kdf (hash, s0, hash->size, rows[n].label, context->data,
        context->size, rows[n].out, rows[n].size);
}

void
zrtp_keys_for_session (const ZrtpHash * hash, const guint8 * s0,
    const ZrtpKdfContext * context, ZrtpSessionKeys * keys)
{
  const struct
  {
    const char *label;
    guint8 *out;
    gsize size;
  } rows[] = {
    {"ZRTP Session Key", keys->zrtp_sess, hash->size},
    {"SAS", keys->sashash, ZRTP_SECRET_SIZE},
    {"Exported key", keys->exported_key, hash->size},
    {"retained secret", keys->new_rs1, ZRTP_SECRET_SIZE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    zrtp_kdf (hash, s0, hash->size, rows[i].label, context->data,
        context->size, rows[i].out, rows[i].size);
}

void
zrtp_keys_pbxsecret (const ZrtpHash * hash, const guint8 * zrtp_sess,
    const guint8 * zidi, const guint8 * zidr,
    guint8 pbxsecret[ZRTP_SECRET_SIZE])
{
  guint8 zids[2 * ZRTP_ZID_SIZE];

  memcpy (zids, zidi, ZRTP_ZID_SIZE);
  memcpy (zids + ZRTP_ZID_SIZE, zidr, ZRTP_ZID_SIZE);
  zrtp_kdf (hash, zrtp_sess, hash->size, "Trusted MiTM key", zids, sizeof zids,
      pbxsecret, ZRTP_SECRET_SIZE);
}

void
zrtp_keys_srtps (const ZrtpHash * hash, ZrtpOctets key, ZrtpOctets salt,
    const guint8 * zidi, const guint8 * zidr, guint8 srtps[ZRTP_SECRET_SIZE])
{
  guint8 context[2 * ZRTP_ZID_SIZE + ZRTP_SALT_SIZE];

  memcpy (context, zidi, ZRTP_ZID_SIZE);
  memcpy (context + ZRTP_ZID_SIZE, zidr, ZRTP_ZID_SIZE);
  memcpy (context + 2 * ZRTP_ZID_SIZE, salt.data, salt.size);
  zrtp_kdf (hash, key.data, key.size, "SRTP Secret", context,
      2 * ZRTP_ZID_SIZE + salt.size, srtps, ZRTP_SECRET_SIZE);
  zrtp_wipe (context, sizeof context);
}
