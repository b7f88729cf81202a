/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * s0 in each mode, and what is derived from it (RFC 6189 4.4.1.4, 4.4.2.4, 4.4.3.2,
 * 4.5).
 */
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

void
zrtp_session_derive (ZrtpSession * session, ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  ZrtpSessionInfo *info = &session->info;

  zrtp_keys_for_session (x->suite.hash, x->s0, &x->context, &session->keys);
  session->preshared = x->mode == ZRTP_COMMIT_PRESHARED;
  session->sess_hash = x->suite.hash;
  session->sess_suite = x->suite;
  memcpy (initiator ? session->zidi : session->zidr, stream->zid,
      ZRTP_ZID_SIZE);
  memcpy (initiator ? session->zidr : session->zidi, x->peer.zid,
      ZRTP_ZID_SIZE);
  memcpy (info->peer_zid, x->peer.zid, ZRTP_ZID_SIZE);
  info->have_peer = TRUE;

  /* 4.3.2: no entry is no mismatch, and neither is an expired one. */
  info->cache_mismatch = x->held_rs1 && x->matched.s1.size == 0;
  session->s1_matched = x->matched.s1.size > 0;
  session->s1_was_rs2 = x->matched.s1.data == x->secrets.peer.rs2;
  session->cache_unavailable = x->cache_unavailable;
  info->aux_matched = x->matched.s2.size > 0;
  info->aux_mismatch = x->secrets.aux != NULL && !info->aux_matched;
  /* 7.1: V is about earlier calls with the endpoint that shares the secret. */
  session->v_flag = x->secrets.peer.verified && x->matched.s1.size > 0;
  info->verified = session->v_flag;
  zrtp_trial_inherit (stream);
  zrtp_names_update (session);
  zrtp_pbx_derived (session, stream);
  zrtp_downgrade_derived (session, stream);
}

/* 4.4.2.4 */
void
zrtp_preshared_derive (ZrtpStream * stream)
{
  ZrtpExchange *x = stream->exchange;

  zrtp_exchange_commit_context (stream);
  zrtp_keys_s0_preshared (x->suite.hash, x->preshared_key, &x->context, x->s0);
  zrtp_wipe (x->preshared_key, sizeof x->preshared_key);
  zrtp_confirm_derive (stream);
  zrtp_session_derive (stream->session, stream);
  zrtp_secrets_clear (&x->secrets);
}

/* 4.5.3, from x->s0. */
void
zrtp_confirm_derive (ZrtpStream * stream)
{
  ZrtpExchange *x = stream->exchange;

  zrtp_keys_for_stream (x->suite.hash, x->suite.cipher, x->s0, &x->context,
      &stream->bound.keys);
  stream->bound.hash = x->suite.hash;
  stream->bound.cipher = x->suite.cipher;
  x->have_keys = TRUE;
}

void
zrtp_exchange_commit_context (ZrtpStream * stream)
{
  ZrtpExchange *x = stream->exchange;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  const ZrtpOctets parts[2] = {
    zrtp_octets_of (initiator ? x->peer.hello : stream->own.message),
    zrtp_octets_of (x->commit)
  };

  zrtp_keys_context (x->suite.hash, initiator ? stream->zid : x->peer.zid,
      initiator ? x->peer.zid : stream->zid, parts, 2, &x->context);
}

/* 4.4.3.2 */
void
zrtp_confirm_derive_multistream (ZrtpStream * stream)
{
  ZrtpExchange *x = stream->exchange;
  ZrtpSession *session = stream->session;

  zrtp_exchange_commit_context (stream);
  zrtp_keys_s0_multistream (x->suite.hash, session->keys.zrtp_sess,
      session->sess_hash->size, &x->context, x->s0);
  zrtp_confirm_derive (stream);
}

/* 4.4.1.4 */
void
zrtp_derive_s0_dh (ZrtpStream * stream, const guint8 * dh_result)
{
  ZrtpExchange *x = stream->exchange;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  const guint8 *zidi = initiator ? stream->zid : x->peer.zid;
  const guint8 *zidr = initiator ? x->peer.zid : stream->zid;
  GBytes *messages[4] = {
    initiator ? x->peer.hello : stream->own.message, x->commit, x->dhpart1,
    x->dhpart2
  };
  ZrtpOctets parts[4];

  for (guint i = 0; i < 4; i++)
    parts[i] = zrtp_octets_of (messages[i]);
  zrtp_keys_context (x->suite.hash, zidi, zidr, parts, 4, &x->context);
  zrtp_keys_s0_dh (x->suite.hash, dh_result,
      x->suite.key_agreement->result_size, &x->context, x->matched.s1,
      x->matched.s2, x->matched.s3, x->s0);
}
