/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Ten recorded calls of another implementation, computed again from the packets
 * and the two private keys alone: shared secret, key schedule, SAS, Confirms.
 */
#include <string.h>

#include "vectors.h"
#include "zrtp/crypto/zrtpkeyschedule.h"
#include "zrtp/message/zrtpmessage.h"

/* One recorded exchange: its messages by type and sender. */
typedef struct
{
  JsonNode *node;
  const ZrtpHash *hash;
  const ZrtpCipher *cipher;
  GBytes *zidi, *zidr;
  GBytes *by_initiator[ZRTP_N_MESSAGES];
  GBytes *by_responder[ZRTP_N_MESSAGES];
} Channel;

static void
channel_add (Channel * channel, JsonNode * entry, gboolean by_initiator)
{
  GBytes **list = by_initiator ? channel->by_initiator : channel->by_responder;
  GBytes *octets = vectors_hex (entry, "hex");
  ZrtpMessage message;
  ZrtpPacket packet;

  ck_assert_int_eq (zrtp_packet_parse (OCTETS (octets), &packet),
      ZRTP_DROP_NONE);
  ck_assert_int_eq (zrtp_message_parse (packet.message, packet.message_size,
          &message), ZRTP_DROP_NONE);
  g_clear_pointer (&list[message.type], g_bytes_unref);
  list[message.type] = g_bytes_new (packet.message, packet.message_size);
  g_bytes_unref (octets);
}

static void
channel_open (Channel * channel, JsonNode * node)
{
  const char *initiator = vectors_text (node, "initiator");
  const guint n = vectors_size (node, "packets");

  memset (channel, 0, sizeof *channel);
  channel->node = node;
  channel->hash = (const ZrtpHash *) vectors_algorithm (node, "alg/hash",
      ZRTP_KIND_HASH);
  channel->cipher = (const ZrtpCipher *) vectors_algorithm (node,
      "alg/cipher", ZRTP_KIND_CIPHER);
  channel->zidi = vectors_hex (node, "zidi");
  channel->zidr = vectors_hex (node, "zidr");
  for (guint i = 0; i < n; i++) {
    JsonNode *entry = vectors_getf (node, "packets/%u", i);

    channel_add (channel, entry,
        g_str_equal (vectors_text (entry, "from"), initiator));
  }
}

static void
channel_close (Channel * channel)
{
  g_bytes_unref (channel->zidi);
  g_bytes_unref (channel->zidr);
  for (guint i = 0; i < ZRTP_N_MESSAGES; i++) {
    g_clear_pointer (&channel->by_initiator[i], g_bytes_unref);
    g_clear_pointer (&channel->by_responder[i], g_bytes_unref);
  }
}

static void
check_field (const Channel * channel, const char *name, const guint8 * data,
    gsize size)
{
  GBytes *expected = vectors_hex (channel->node, name);

  octets_check (__FILE__, __LINE__, name, data, size, expected);
  g_bytes_unref (expected);
}

static void
parse (GBytes * octets, ZrtpMessage * message)
{
  ck_assert_int_eq (zrtp_message_parse (OCTETS (octets), message),
      ZRTP_DROP_NONE);
}

/* From the packets: Hello, Commit and, in DH mode, both DHParts. */
static void
make_context (const Channel * channel, ZrtpKdfContext * context)
{
  GBytes *messages[4] = {
    channel->by_responder[ZRTP_MESSAGE_HELLO],
    channel->by_initiator[ZRTP_MESSAGE_COMMIT],
    channel->by_responder[ZRTP_MESSAGE_DHPART1],
    channel->by_initiator[ZRTP_MESSAGE_DHPART2],
  };
  const guint n = messages[2] ? 4 : 2;
  ZrtpOctets parts[4];

  for (guint i = 0; i < n; i++)
    parts[i] = zrtp_octets_of (messages[i]);
  zrtp_keys_context (channel->hash, g_bytes_get_data (channel->zidi, NULL),
      g_bytes_get_data (channel->zidr, NULL), parts, n, context);
  check_field (channel, "kdf_context", context->data, context->size);
  check_field (channel, "total_hash", context->data + 24, channel->hash->size);
}

/* Both private keys, each with the other's public value. */
static void
make_result (const Channel * channel, guint8 * result, gsize * size)
{
  const ZrtpKeyAgreement *ka = (const ZrtpKeyAgreement *)
      vectors_algorithm (channel->node, "alg/ka", ZRTP_KIND_KEY_AGREEMENT);
  GBytes *private_i = vectors_hex (channel->node, "priv_i");
  GBytes *private_r = vectors_hex (channel->node, "priv_r");
  guint8 own[ZRTP_MAX_PUBLIC_SIZE];
  ZrtpMessage part1, part2;

  parse (channel->by_responder[ZRTP_MESSAGE_DHPART1], &part1);
  parse (channel->by_initiator[ZRTP_MESSAGE_DHPART2], &part2);
  ck_assert_uint_eq (part1.u.dhpart.public_size, ka->public_size);
  ck_assert_uint_eq (part2.u.dhpart.public_size, ka->public_size);

  ck_assert (ka->make_public (ka, OCTETS (private_i), own));
  ck_assert (memcmp (own, part2.u.dhpart.public_value, ka->public_size) == 0);
  /* Z-4.4.1.2-07 Z-4.4.1.3-05 Z-4.4.1.4-04 */
  ck_assert (ka->agree (ka, OCTETS (private_i), part1.u.dhpart.public_value,
          result));
  check_field (channel, "dhresult", result, ka->result_size);
  ck_assert (ka->agree (ka, OCTETS (private_r), part2.u.dhpart.public_value,
          result));
  check_field (channel, "dhresult", result, ka->result_size);
  *size = ka->result_size;
  g_bytes_unref (private_i);
  g_bytes_unref (private_r);
}

static void
make_s0_dh (const Channel * channel, const ZrtpKdfContext * context,
    guint8 * s0)
{
  const ZrtpOctets null = { NULL, 0 };
  guint8 result[ZRTP_MAX_RESULT_SIZE];
  GBytes *s1 = vectors_hex (channel->node, "s1");
  GBytes *s2 = vectors_hex (channel->node, "s2");
  gsize size;

  make_result (channel, result, &size);
  zrtp_keys_s0_dh (channel->hash, result, size, context, zrtp_octets_of (s1),
      zrtp_octets_of (s2), null, s0);
  /* Z-4.4.1.4-01 Z-4.4.1.4-05 Z-4.4.1.4-09 */
  check_field (channel, "s0", s0, channel->hash->size);
  g_bytes_unref (s1);
  g_bytes_unref (s2);
}

static void
check_session_keys (const Channel * channel, const guint8 * s0,
    const ZrtpKdfContext * context, ZrtpSessionKeys * keys)
{
  const ZrtpSasType *sas = (const ZrtpSasType *)
      vectors_algorithm (channel->node, "alg/sas", ZRTP_KIND_SAS);
  char *text;

  zrtp_keys_for_session (channel->hash, s0, context, keys);
  /* Z-4.5.2-01 Z-4.5.2-06 Z-4.5.2-08 Z-4.6.1-07 Z-7-03 */
  check_field (channel, "zrtpsess", keys->zrtp_sess, channel->hash->size);
  check_field (channel, "exported_key", keys->exported_key,
      channel->hash->size);
  check_field (channel, "retained_secret", keys->new_rs1, 32);
  check_field (channel, "sashash", keys->sashash, 32);
  text = sas->render (keys->sashash);
  /* The other implementation puts a colon between the two words. */
  g_strdelimit (text, " ", ':');
  ck_assert_str_eq (text, vectors_text (channel->node, "sas"));
  g_free (text);
}

static void
check_stream_keys (const Channel * channel, const ZrtpStreamKeys * keys)
{
  const gsize mac = channel->hash->size, key = channel->cipher->key_size;

  /* Z-4.5.3-02 Z-4.5.3-03 Z-4.5.3-07 Z-4.5.3-08 Z-5.1.2.1-01 */
  check_field (channel, "mackeyi", keys->initiator.mac_key, mac);
  check_field (channel, "mackeyr", keys->responder.mac_key, mac);
  check_field (channel, "zrtpkeyi", keys->initiator.zrtp_key, key);
  check_field (channel, "zrtpkeyr", keys->responder.zrtp_key, key);
  check_field (channel, "srtpkeyi", keys->initiator.srtp_key, key);
  check_field (channel, "srtpkeyr", keys->responder.srtp_key, key);
  check_field (channel, "srtpsalti", keys->initiator.srtp_salt, 14);
  check_field (channel, "srtpsaltr", keys->responder.srtp_salt, 14);
}

/* Opens a recorded Confirm with a sender's keys. FALSE: the MAC is not its. */
static gboolean
open_confirm (const Channel * channel, GBytes * octets,
    const ZrtpSenderKeys * keys, guint8 plain[40])
{
  guint8 mac[ZRTP_MAX_HASH_SIZE];
  const ZrtpSealed *sealed;
  ZrtpMessage message;

  parse (octets, &message);
  sealed = &message.u.sealed;
  ck_assert_uint_eq (sealed->encrypted.size, 40);
  channel->hash->mac (keys->mac_key, channel->hash->size, &sealed->encrypted,
      1, mac);
  if (!zrtp_equal (mac, sealed->mac, ZRTP_MAC_SIZE))
    return FALSE;
  memcpy (plain, sealed->encrypted.data, 40);
  channel->cipher->cfb_decrypt (keys->zrtp_key, sealed->iv, plain, 40);
  return TRUE;
}

/* The chain from the H0 that a Confirm reveals up to the Hello's H3. */
static void
check_chain (const guint8 * h0, GBytes * hello, GBytes * commit, GBytes * part)
{
  guint8 h[4][ZRTP_IMAGE_SIZE];
  ZrtpMessage message;

  memcpy (h[0], h0, ZRTP_IMAGE_SIZE);
  for (guint i = 1; i < 4; i++)
    zrtp_sha256 (h[i - 1], ZRTP_IMAGE_SIZE, h[i]);
  parse (hello, &message);
  /* Z-9-01 Z-9-02 Z-9-03 Z-5.2-14 Z-5.4-06 Z-5.5-03 Z-5.6-02 */
  ck_assert (memcmp (message.u.hello.h3, h[3], ZRTP_IMAGE_SIZE) == 0);
  ck_assert (zrtp_message_check_mac (OCTETS (hello), h[2]));
  if (commit) {
    parse (commit, &message);
    ck_assert (memcmp (message.u.commit.h2, h[2], ZRTP_IMAGE_SIZE) == 0);
    ck_assert (zrtp_message_check_mac (OCTETS (commit), h[1]));
  }
  if (part) {
    parse (part, &message);
    ck_assert (memcmp (message.u.dhpart.h1, h[1], ZRTP_IMAGE_SIZE) == 0);
    ck_assert (zrtp_message_check_mac (OCTETS (part), h[0]));
  }
}

static void
check_confirms (const Channel * channel, const ZrtpStreamKeys * keys)
{
  GBytes *confirm1 = channel->by_responder[ZRTP_MESSAGE_CONFIRM1];
  GBytes *confirm2 = channel->by_initiator[ZRTP_MESSAGE_CONFIRM2];
  guint8 plain[40];

  /* Z-4.6-02 Z-4.6-03 Z-5.7-09 Z-5.7-11 Z-5.7-12 Z-5.1.3-04 */
  ck_assert (open_confirm (channel, confirm2, &keys->initiator, plain));
  check_field (channel, "confirm2_plain", plain, sizeof plain);
  check_field (channel, "h0_i", plain, ZRTP_IMAGE_SIZE);
  check_chain (plain, channel->by_initiator[ZRTP_MESSAGE_HELLO],
      channel->by_initiator[ZRTP_MESSAGE_COMMIT],
      channel->by_initiator[ZRTP_MESSAGE_DHPART2]);
  ck_assert (open_confirm (channel, confirm1, &keys->responder, plain));
  check_field (channel, "confirm1_plain", plain, sizeof plain);
  check_field (channel, "h0_r", plain, ZRTP_IMAGE_SIZE);
  check_chain (plain, channel->by_responder[ZRTP_MESSAGE_HELLO],
      channel->by_responder[ZRTP_MESSAGE_COMMIT],
      channel->by_responder[ZRTP_MESSAGE_DHPART1]);
  ck_assert (!open_confirm (channel, confirm1, &keys->initiator, plain));
  ck_assert (!open_confirm (channel, confirm2, &keys->responder, plain));
}

/* 4.4.1.1: the Commit that stood is bound to DHPart2 and the other's Hello. */
static void
check_hvi (const Channel * channel)
{
  const ZrtpOctets parts[2] = {
    zrtp_octets_of (channel->by_initiator[ZRTP_MESSAGE_DHPART2]),
    zrtp_octets_of (channel->by_responder[ZRTP_MESSAGE_HELLO])
  };
  guint8 digest[ZRTP_MAX_HASH_SIZE];
  ZrtpMessage commit;

  parse (channel->by_initiator[ZRTP_MESSAGE_COMMIT], &commit);
  channel->hash->digest (parts, 2, digest);
  /* Z-4.4.1.1-05 Z-4.4.1.1-06 Z-5.4-05 */
  ck_assert (memcmp (commit.u.commit.hvi, digest, ZRTP_HVI_SIZE) == 0);
}

/* Both sent a Commit; 4.2: the lower hvi or nonce lost. */
static void
check_contention (const Channel * channel)
{
  ZrtpMessage won, lost;

  parse (channel->by_initiator[ZRTP_MESSAGE_COMMIT], &won);
  parse (channel->by_responder[ZRTP_MESSAGE_COMMIT], &lost);
  /* Z-4.2-04 Z-4.2-05 */
  if (zrtp_commit_mode (&won.u.commit) == ZRTP_COMMIT_MULTISTREAM)
    ck_assert_int_gt (memcmp (won.u.commit.nonce, lost.u.commit.nonce,
            ZRTP_NONCE_SIZE), 0);
  else
    ck_assert_int_gt (memcmp (won.u.commit.hvi, lost.u.commit.hvi,
            ZRTP_HVI_SIZE), 0);
}

static void
check_hello_hash (const Channel * channel)
{
  const gboolean a = g_str_equal (vectors_text (channel->node, "initiator"),
      "A");
  guint8 digest[32];

  /* Z-8.1-01 */
  zrtp_sha256 (OCTETS (channel->by_initiator[ZRTP_MESSAGE_HELLO]), digest);
  check_field (channel, a ? "helloHash/A" : "helloHash/B", digest, 32);
  zrtp_sha256 (OCTETS (channel->by_responder[ZRTP_MESSAGE_HELLO]), digest);
  check_field (channel, a ? "helloHash/B" : "helloHash/A", digest, 32);
}

/* @session is what channel 0 made and the others start from. */
static void
check_channel (JsonNode * node, gboolean first, ZrtpSessionKeys * session)
{
  guint8 s0[ZRTP_MAX_HASH_SIZE];
  ZrtpKdfContext context;
  ZrtpStreamKeys keys;
  Channel channel;

  channel_open (&channel, node);
  make_context (&channel, &context);
  if (first) {
    make_s0_dh (&channel, &context, s0);
    check_session_keys (&channel, s0, &context, session);
    check_hvi (&channel);
  } else {
    /* Z-4.4.3.2-01 Z-4.4.3.2-02 Z-4.4.3.2-03 */
    zrtp_keys_s0_multistream (channel.hash, session->zrtp_sess,
        channel.hash->size, &context, s0);
    check_field (&channel, "s0", s0, channel.hash->size);
  }
  zrtp_keys_for_stream (channel.hash, channel.cipher, s0, &context, &keys);
  check_stream_keys (&channel, &keys);
  check_confirms (&channel, &keys);
  check_contention (&channel);
  check_hello_hash (&channel);
  channel_close (&channel);
}

GST_START_TEST (test_call)
{
  JsonNode *root = vectors_load ("field-vectors.json");
  JsonNode *call = vectors_getf (root, "%d", __i__);
  const guint n = vectors_size (call, "ch");
  ZrtpSessionKeys session;

  for (guint i = 0; i < n; i++)
    check_channel (vectors_getf (call, "ch/%u", i), i == 0, &session);
  json_node_unref (root);
}

GST_END_TEST;

/* 4.6.1: what a call retains is s1 of the next. */
GST_START_TEST (test_chained_calls)
{
  JsonNode *root = vectors_load ("field-vectors.json");
  guint chained = 0;

  for (guint i = 1; i < vectors_size (root, ""); i++) {
    const char *s1 = vectors_text (vectors_getf (root, "%u/ch/0", i), "s1");

    if (*s1 == '\0')
      continue;
    ck_assert_str_eq (s1, vectors_text (vectors_getf (root, "%u/ch/0", i - 1),
            "retained_secret"));
    chained++;
  }
  ck_assert_uint_eq (chained, 2);
  json_node_unref (root);
}

GST_END_TEST;

static Suite *
keys_field_suite (void)
{
  Suite *suite = suite_create ("keys-field");
  TCase *tc = tcase_create ("keys-field");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_call, 0, 10);
  tcase_add_test (tc, test_chained_calls);
  return suite;
}

GST_CHECK_MAIN (keys_field);
