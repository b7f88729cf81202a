/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * auxsecret: provisioned by the application, or srtps, that which the signalling
 * gave (RFC 6189 4.3, 8.2).
 */
#include "zrtp/session/zrtpsession-private.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

static void
wipe (guint8 ** data, gsize * size)
{
  g_clear_pointer (data, zrtp_secret_free);
  *size = 0;
}

static void
replace (guint8 ** data, gsize * size, const guint8 * from, gsize from_size)
{
  wipe (data, size);
  if (from && from_size > 0) {
    *data = zrtp_secret_dup (from, from_size);
    *size = from_size;
  }
}

void
zrtp_session_wipe_aux (ZrtpSession * session)
{
  wipe (&session->aux, &session->aux_size);
  wipe (&session->sdes_key, &session->sdes_key_size);
}

void
zrtp_session_set_aux_secret (ZrtpSession * session, const guint8 * data,
    gsize size)
{
  replace (&session->aux, &session->aux_size, data, size);
}

gsize
zrtp_sdes_salt_size (gsize size)
{
  static const struct
  {
    gsize key, salt;
  } suites[] = {
    {16, ZRTP_SALT_SIZE}, {24, ZRTP_SALT_SIZE}, {32, ZRTP_SALT_SIZE},
    {16, 12}, {32, 12},         /* AES-GCM */
  };

  for (guint i = 0; i < G_N_ELEMENTS (suites); i++) {
    if (size == suites[i].key + suites[i].salt)
      return suites[i].salt;
  }
  return 0;
}

gboolean
zrtp_session_set_sdes_key (ZrtpSession * session, const guint8 * data,
    gsize size)
{
  if (data && !zrtp_sdes_salt_size (size))
    return FALSE;
  replace (&session->sdes_key, &session->sdes_key_size, data, size);
  return TRUE;
}

/* 8.2; each exchange has roles and a hash of its own. */
static void
derive_srtps (const ZrtpStream * stream, ZrtpExchange * x)
{
  const ZrtpSession *session = stream->session;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  const gsize size = session->sdes_key_size;
  const gsize key_size = size - zrtp_sdes_salt_size (size);

  x->secrets.aux = zrtp_secret_alloc0 (ZRTP_SECRET_SIZE);
  x->secrets.aux_size = ZRTP_SECRET_SIZE;
  zrtp_keys_srtps (x->suite.hash,
      zrtp_octets (session->sdes_key, key_size),
      zrtp_octets (session->sdes_key + key_size, size - key_size),
      initiator ? stream->zid : x->peer.zid,
      initiator ? x->peer.zid : stream->zid, x->secrets.aux);
}

void
zrtp_session_use_aux (const ZrtpStream * stream, ZrtpExchange * x)
{
  const ZrtpSession *session = stream->session;

  if (session->sdes_key) {
    derive_srtps (stream, x);
  } else if (session->aux) {
    x->secrets.aux = zrtp_secret_dup (session->aux, session->aux_size);
    x->secrets.aux_size = session->aux_size;
  }
}
