/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/agreement/zrtpsecrets.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

enum
{
  RS1,
  RS2,
  AUX,
  PBX
};

void
zrtp_secrets_init (ZrtpSecrets * secrets, const ZrtpRandom * random)
{
  memset (secrets, 0, sizeof *secrets);
  zrtp_random_fill (random, secrets->stand_in[0], sizeof secrets->stand_in);
}

void
zrtp_secrets_clear (ZrtpSecrets * secrets)
{
  zrtp_peer_clear (&secrets->peer);
  zrtp_secret_free (secrets->aux);
  zrtp_wipe (secrets, sizeof *secrets);
}

/* The secret itself, or its stand-in. */
static ZrtpOctets
secret_or_stand_in (const ZrtpSecrets * secrets, guint which)
{
  const ZrtpPeer *peer = &secrets->peer;

  if (which == RS1 && peer->have_rs1)
    return zrtp_octets (peer->rs1, ZRTP_SECRET_SIZE);
  if (which == RS2 && peer->have_rs2)
    return zrtp_octets (peer->rs2, ZRTP_SECRET_SIZE);
  if (which == AUX && secrets->aux)
    return zrtp_octets (secrets->aux, secrets->aux_size);
  if (which == PBX && peer->have_pbx)
    return zrtp_octets (peer->pbx, ZRTP_SECRET_SIZE);
  return zrtp_octets (secrets->stand_in[which], ZRTP_SECRET_SIZE);
}

static void
make_id (const ZrtpHash * hash, ZrtpOctets secret, ZrtpOctets text,
    guint8 id[ZRTP_SECRET_ID_SIZE])
{
  guint8 mac[ZRTP_MAX_HASH_SIZE];

  hash->mac (secret.data, secret.size, &text, 1, mac);
  memcpy (id, mac, ZRTP_SECRET_ID_SIZE);
}

void
zrtp_secrets_ids (const ZrtpSecrets * secrets, const ZrtpHash * hash,
    ZrtpRole role, const guint8 h3[ZRTP_IMAGE_SIZE], ZrtpDHPart * part)
{
  const char *name = role == ZRTP_ROLE_INITIATOR ? "Initiator" : "Responder";
  const ZrtpOctets text = { (const guint8 *) name, strlen (name) };
  const ZrtpOctets image = { h3, ZRTP_IMAGE_SIZE };

  make_id (hash, secret_or_stand_in (secrets, RS1), text, part->rs1_id);
  make_id (hash, secret_or_stand_in (secrets, RS2), text, part->rs2_id);
  make_id (hash, secret_or_stand_in (secrets, AUX), image, part->aux_id);
  make_id (hash, secret_or_stand_in (secrets, PBX), text, part->pbx_id);
}

static gboolean
same_id (gboolean have, const guint8 * mine, const guint8 * received)
{
  return have && zrtp_equal (mine, received, ZRTP_SECRET_ID_SIZE);
}

void
zrtp_secrets_match (const ZrtpSecrets * secrets, const ZrtpHash * hash,
    ZrtpRole role, const guint8 peer_h3[ZRTP_IMAGE_SIZE],
    const ZrtpDHPart * received, ZrtpMatchedSecrets * matched)
{
  const ZrtpPeer *peer = &secrets->peer;
  const ZrtpOctets rs1 = { peer->rs1, ZRTP_SECRET_SIZE };
  const ZrtpOctets rs2 = { peer->rs2, ZRTP_SECRET_SIZE };
  gboolean rs1_rs1, rs1_rs2, rs2_rs1, rs2_rs2;
  ZrtpDHPart mine;              /* what the peer sends if it holds the same */

  zrtp_secrets_ids (secrets, hash, role == ZRTP_ROLE_INITIATOR ?
      ZRTP_ROLE_RESPONDER : ZRTP_ROLE_INITIATOR, peer_h3, &mine);

  /* ours against theirs */
  rs1_rs1 = same_id (peer->have_rs1, mine.rs1_id, received->rs1_id);
  rs1_rs2 = same_id (peer->have_rs1, mine.rs1_id, received->rs2_id);
  rs2_rs1 = same_id (peer->have_rs2, mine.rs2_id, received->rs1_id);
  rs2_rs2 = same_id (peer->have_rs2, mine.rs2_id, received->rs2_id);

  /* 4.3: the initiator's rs1 if the responder holds it as rs1 or rs2, else
   * the initiator's rs2 likewise. */
  memset (matched, 0, sizeof *matched);
  if (rs1_rs1)
    matched->s1 = rs1;
  else if (role == ZRTP_ROLE_INITIATOR && (rs1_rs2 || rs2_rs1 || rs2_rs2))
    matched->s1 = rs1_rs2 ? rs1 : rs2;
  else if (role == ZRTP_ROLE_RESPONDER && (rs2_rs1 || rs1_rs2 || rs2_rs2))
    matched->s1 = rs2_rs1 ? rs2 : rs1_rs2 ? rs1 : rs2;

  if (same_id (secrets->aux != NULL, mine.aux_id, received->aux_id))
    matched->s2 = zrtp_octets (secrets->aux, secrets->aux_size);
  if (same_id (peer->have_pbx, mine.pbx_id, received->pbx_id))
    matched->s3 = zrtp_octets (peer->pbx, ZRTP_SECRET_SIZE);
}
