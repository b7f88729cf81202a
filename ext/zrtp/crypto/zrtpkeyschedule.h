/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The key schedule (RFC 6189 4.4.1.4, 4.4.3.2, 4.5) as pure functions.
 */
#ifndef ZRTP_KEY_SCHEDULE_H
#define ZRTP_KEY_SCHEDULE_H

#include "zrtp/crypto/zrtpcrypto.h"

G_BEGIN_DECLS

#define ZRTP_MAX_CONTEXT_SIZE (2 * ZRTP_ZID_SIZE + ZRTP_MAX_HASH_SIZE)

/* KDF_Context: ZIDi ++ ZIDr ++ total_hash. */
typedef struct
{
  guint8 data[ZRTP_MAX_CONTEXT_SIZE];
  gsize size;
} ZrtpKdfContext;

/* The keys of one direction's sender (4.5.3), as long as the stream may need
 * them: Confirm, SASrelay and GoClear after the handshake too. */
typedef struct
{
  guint8 mac_key[ZRTP_MAX_HASH_SIZE];
  guint8 zrtp_key[ZRTP_MAX_CIPHER_KEY_SIZE];
  guint8 srtp_key[ZRTP_MAX_CIPHER_KEY_SIZE];
  guint8 srtp_salt[ZRTP_SALT_SIZE];
} ZrtpSenderKeys;

typedef struct
{
  ZrtpSenderKeys initiator, responder;
} ZrtpStreamKeys;

/* What DH and Preshared mode make for the session (4.5.2, 4.6.1). */
typedef struct
{
  guint8 zrtp_sess[ZRTP_MAX_HASH_SIZE];
  guint8 sashash[ZRTP_SECRET_SIZE];
  guint8 exported_key[ZRTP_MAX_HASH_SIZE];
  guint8 new_rs1[ZRTP_SECRET_SIZE];
} ZrtpSessionKeys;

/* total_hash of whole messages (4.4.1.4: four, 4.4.3.2: two) and from it
 * KDF_Context. */
void zrtp_keys_context (const ZrtpHash * hash, const guint8 * zidi,
    const guint8 * zidr, const ZrtpOctets * messages, guint n_messages,
    ZrtpKdfContext * context);

/* s0 in DH mode. A null secret has size 0. */
void zrtp_keys_s0_dh (const ZrtpHash * hash, const guint8 * dh_result,
    gsize result_size, const ZrtpKdfContext * context, ZrtpOctets s1,
    ZrtpOctets s2, ZrtpOctets s3, guint8 * s0);

/* s0 in Multistream mode; @sess_size is the first exchange's hash length. */
void zrtp_keys_s0_multistream (const ZrtpHash * hash,
    const guint8 * zrtp_sess, gsize sess_size, const ZrtpKdfContext * context,
    guint8 * s0);

/* preshared_key and its ID (4.4.2.2). A null secret has size 0. */
void zrtp_keys_preshared (const ZrtpHash * hash, ZrtpOctets rs1,
    ZrtpOctets aux, ZrtpOctets pbx, guint8 * preshared_key, guint8 * key_id);

/* s0 in Preshared mode (4.4.2.4). */
void zrtp_keys_s0_preshared (const ZrtpHash * hash,
    const guint8 * preshared_key, const ZrtpKdfContext * context, guint8 * s0);

void zrtp_keys_for_stream (const ZrtpHash * hash, const ZrtpCipher * cipher,
    const guint8 * s0, const ZrtpKdfContext * context, ZrtpStreamKeys * keys);
/* 7.3.1; the ZIDs are in the roles of the exchange that made ZRTPSess. */
void zrtp_keys_pbxsecret (const ZrtpHash * hash, const guint8 * zrtp_sess,
    const guint8 * zidi, const guint8 * zidr,
    guint8 pbxsecret[ZRTP_SECRET_SIZE]);
void zrtp_keys_for_session (const ZrtpHash * hash, const guint8 * s0,
    const ZrtpKdfContext * context, ZrtpSessionKeys * keys);

/* 8.2: srtps from the SRTP master @key and @salt of the signalling; the ZIDs are
 * in the roles of the exchange that it goes into. */
void zrtp_keys_srtps (const ZrtpHash * hash, ZrtpOctets key, ZrtpOctets salt,
    const guint8 * zidi, const guint8 * zidr, guint8 srtps[ZRTP_SECRET_SIZE]);

G_END_DECLS

#endif
