/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Preshared mode: keys from what both sides kept of an earlier call, without
 * Diffie-Hellman (RFC 6189 4.4.2).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

gboolean
zrtp_preshared_is_offered (ZrtpStream * stream,
    const ZrtpAlgorithmList * peer_list)
{
  const ZrtpAlgorithm *prsh = &zrtp_key_agreement_prsh.base;

  return zrtp_algorithm_list_has (&stream->own.offer[ZRTP_KIND_KEY_AGREEMENT],
      prsh)
      && zrtp_algorithm_list_has (peer_list, prsh)
      && !stream->backoff.no_preshared && !stream->policy.cacheless;
}

/* 4.4.2.1: we rely only on a secret whose first exchange the user verified. And
 * only if there is an rs2 as well: this mode leaves none of its own (4.6.1), so
 * without the one of an earlier DH exchange a call that is cut off in its last
 * message would look like an attack in the next. */
gboolean
zrtp_preshared_is_possible (ZrtpStream * stream,
    const ZrtpAlgorithmList * peer_list)
{
  const ZrtpPeer *known = &stream->prepared.peer;

  return zrtp_preshared_is_offered (stream, peer_list)
      && known->have_rs1 && known->have_rs2 && !known->expired
      && known->verified;
}

/* The key from one subset of what we hold, and its ID. */
static void
make_key (const ZrtpExchange * x, gboolean with_aux, gboolean with_pbx,
    guint8 * preshared_key, guint8 * key_id, ZrtpMatchedSecrets * matched)
{
  const ZrtpSecrets *secrets = &x->secrets;

  memset (matched, 0, sizeof *matched);
  matched->s1 = zrtp_octets (secrets->peer.rs1, ZRTP_SECRET_SIZE);
  if (with_aux)
    matched->s2 = zrtp_octets (secrets->aux, secrets->aux_size);
  if (with_pbx)
    matched->s3 = zrtp_octets (secrets->peer.pbx, ZRTP_SECRET_SIZE);
  zrtp_keys_preshared (x->suite.hash, matched->s1, matched->s2, matched->s3,
      preshared_key, key_id);
}

void
zrtp_preshared_prepare (ZrtpStream * stream)
{
  ZrtpExchange *x = stream->exchange;

  do {
    zrtp_random_fill (stream->random, x->hvi_or_nonce, ZRTP_NONCE_SIZE);
  } while (zrtp_session_knows_nonce (stream->session, x->hvi_or_nonce));
  make_key (x, x->secrets.aux != NULL, x->secrets.peer.have_pbx,
      x->preshared_key, x->key_id, &x->matched);
}

/* 4.4.2.3: with everything, without auxsecret, without pbxsecret, without
 * both; never rs2. But only with an rs2 in hand, as zrtp_preshared_is_possible()
 * asks for. Without one, or after an exchange in this mode that failed, our own DH
 * Commit is the answer. */
gboolean
zrtp_preshared_find (ZrtpStream * stream)
{
  static const struct
  {
    gboolean aux, pbx;
  } subsets[] = { {TRUE, TRUE}, {FALSE, TRUE}, {TRUE, FALSE}, {FALSE, FALSE} };
  ZrtpExchange *x = stream->exchange;
  const gboolean have_aux = x->secrets.aux != NULL;

  if (stream->backoff.no_preshared || !x->secrets.peer.have_rs1
      || !x->secrets.peer.have_rs2)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (subsets); i++) {
    guint8 key_id[ZRTP_KEY_ID_SIZE];

    if ((subsets[i].aux && !have_aux)
        || (subsets[i].pbx && !x->secrets.peer.have_pbx))
      continue;
    make_key (x, subsets[i].aux, subsets[i].pbx, x->preshared_key, key_id,
        &x->matched);
    if (zrtp_equal (key_id, x->key_id, ZRTP_KEY_ID_SIZE))
      return TRUE;
  }
  zrtp_wipe (x->preshared_key, sizeof x->preshared_key);
  return FALSE;
}
