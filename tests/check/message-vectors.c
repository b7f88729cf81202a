/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The codec against whole recorded and computed exchanges: everything parses,
 * and written again it is the same to the last octet.
 */
#include <string.h>

#include "vectors.h"
#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/message/zrtpmessage.h"

/* Parses and writes back. A MAC under the hash chain that starts at @h0 is made
 * again: keyed by H2 in a Hello, H1 in a Commit, H0 in a DHPart (8.1.1). */
static void
check_message (GBytes * octets, GBytes * h0, ZrtpMessage * message)
{
  const guint8 *data = g_bytes_get_data (octets, NULL);
  gsize size = g_bytes_get_size (octets);
  guint8 out[ZRTP_MAX_MESSAGE_SIZE], key[ZRTP_IMAGE_SIZE];
  gint hashes = -1;

  fail_unless_equals_string (zrtp_drop_nick (zrtp_message_parse (data, size,
              message)), "none");
  fail_unless_equals_int (zrtp_message_write (message, out, sizeof out), size);
  if (message->type == ZRTP_MESSAGE_HELLO)
    hashes = 2;
  else if (message->type == ZRTP_MESSAGE_COMMIT)
    hashes = 1;
  else if (message->type == ZRTP_MESSAGE_DHPART1 ||
      message->type == ZRTP_MESSAGE_DHPART2)
    hashes = 0;
  if (hashes >= 0) {
    memcpy (key, g_bytes_get_data (h0, NULL), sizeof key);
    while (hashes-- > 0)
      zrtp_sha256 (key, sizeof key, key);
    /* Z-5.1.2.2-01 Z-5.4-06 Z-5.5-03 Z-5.6-02: SHA-256, also where S384 was
     * negotiated. */
    zrtp_message_sign (out, size, key);
    fail_unless (zrtp_message_check_mac (data, size, key));
  }
  assert_octets (out, size, octets);
}

/* Opens a Confirm, and writes its plain text back. */
static void
check_confirm (const ZrtpMessage * message, const ZrtpAlgorithm * hash,
    const ZrtpAlgorithm * cipher, GBytes * mac_key, GBytes * zrtp_key,
    GBytes * expected)
{
  const ZrtpSealed *sealed = &message->u.sealed;
  guint8 plain[64], out[64], mac[ZRTP_MAX_HASH_SIZE];
  gsize size = sealed->encrypted.size;
  ZrtpConfirmBody body;

  fail_unless (size <= sizeof plain);
  ((const ZrtpHash *) hash)->mac (OCTETS (mac_key), &sealed->encrypted, 1, mac);
  fail_unless (zrtp_equal (mac, sealed->mac, ZRTP_MAC_SIZE));
  memcpy (plain, sealed->encrypted.data, size);
  ((const ZrtpCipher *) cipher)->cfb_decrypt (g_bytes_get_data (zrtp_key,
          NULL), sealed->iv, plain, size);
  assert_octets (plain, size, expected);

  /* Z-5.7-02 Z-5.7-12 */
  fail_unless (zrtp_confirm_body_parse (plain, size, &body));
  fail_unless_equals_uint64 (body.cache_expiry, 0xffffffff);
  fail_if (body.enrollment || body.allow_clear || body.disclosure);
  fail_unless_equals_int (zrtp_confirm_body_write (&body, out, sizeof out),
      size);
  assert_octets (out, size, expected);
}

/* What a message of vectors.json belongs to. */
typedef struct
{
  const char *field;
  ZrtpMessageType type;
  gboolean by_initiator;
} OwnMessage;

static const OwnMessage own_messages[] = {
  {"Hello_initiator", ZRTP_MESSAGE_HELLO, TRUE},
  {"Hello_responder", ZRTP_MESSAGE_HELLO, FALSE},
  {"Commit", ZRTP_MESSAGE_COMMIT, TRUE},
  {"DHPart1", ZRTP_MESSAGE_DHPART1, FALSE},
  {"DHPart2", ZRTP_MESSAGE_DHPART2, TRUE},
  {"Confirm1", ZRTP_MESSAGE_CONFIRM1, FALSE},
  {"Confirm2", ZRTP_MESSAGE_CONFIRM2, TRUE},
};

static void
check_own_confirm (JsonNode * set, const OwnMessage * own,
    const ZrtpMessage * message)
{
  const char *role = own->by_initiator ? "i" : "r";
  char *plain_path = g_strconcat (own->field, "_plain", NULL);
  char *mac_path = g_strconcat ("keys/mackey", role, NULL);
  char *key_path = g_strconcat ("keys/zrtpkey", role, NULL);
  GBytes *mac_key = vectors_hex (set, mac_path);
  GBytes *zrtp_key = vectors_hex (set, key_path);
  GBytes *plain = vectors_hex (set, plain_path);

  check_confirm (message,
      vectors_algorithm (set, "parameters/hash", ZRTP_KIND_HASH),
      vectors_algorithm (set, "parameters/cipher", ZRTP_KIND_CIPHER),
      mac_key, zrtp_key, plain);
  g_bytes_unref (plain);
  g_bytes_unref (zrtp_key);
  g_bytes_unref (mac_key);
  g_free (key_path);
  g_free (mac_path);
  g_free (plain_path);
}

static guint
check_own_messages (JsonNode * set)
{
  gboolean chain = vectors_has (set, "H_initiator");
  GBytes *h0i = vectors_hex (set, chain ? "H_initiator/H0" : "H0_initiator");
  GBytes *h0r = vectors_hex (set, chain ? "H_responder/H0" : "H0_responder");
  guint i, n = 0;

  for (i = 0; i < G_N_ELEMENTS (own_messages); i++) {
    const OwnMessage *own = &own_messages[i];
    ZrtpMessage message;
    GBytes *octets;

    if (!vectors_has (set, own->field))
      continue;
    octets = vectors_hex (set, own->field);
    check_message (octets, own->by_initiator ? h0i : h0r, &message);
    fail_unless_equals_int (message.type, own->type);
    if (own->type == ZRTP_MESSAGE_CONFIRM1 ||
        own->type == ZRTP_MESSAGE_CONFIRM2)
      check_own_confirm (set, own, &message);
    g_bytes_unref (octets);
    n++;
  }
  g_bytes_unref (h0i);
  g_bytes_unref (h0r);
  return n;
}

GST_START_TEST (test_own_messages)
{
  JsonNode *root = vectors_load ("vectors.json");
  char **names = vectors_names (root, "");
  guint i, n = 0;

  for (i = 0; names[i]; i++) {
    JsonNode *set = vectors_get (root, names[i]);

    if (JSON_NODE_HOLDS_OBJECT (set) && vectors_has (set, "Hello_initiator"))
      n += check_own_messages (set);
  }
  /* Four of seven messages, four of five without DHParts. */
  fail_unless_equals_int (n, 4 * 7 + 4 * 5);
  g_strfreev (names);
  json_node_unref (root);
}

GST_END_TEST;

static void
check_packet (GBytes * octets, ZrtpPacket * packet)
{
  guint8 out[ZRTP_MAX_PACKET_SIZE];

  /* Z-5-01 Z-5-08 Z-5.2-01 */
  fail_unless (zrtp_packet_probe (OCTETS (octets)));
  fail_unless_equals_string (zrtp_drop_nick (zrtp_packet_parse (OCTETS
              (octets), packet)), "none");
  fail_unless_equals_int (zrtp_packet_write (out, sizeof out, packet->sequence,
          packet->ssrc, packet->message, packet->message_size),
      g_bytes_get_size (octets));
  assert_octets (out, g_bytes_get_size (octets), octets);
}

/* Names like "Error 0x61 initiator seq 2" say what is inside. */
static void
check_own_packet (JsonNode * packets, const char *name)
{
  GBytes *octets = vectors_hex (packets, name);
  gboolean by_initiator = strstr (name, "initiator") != NULL;
  const char *sequence = strstr (name, " seq ");
  ZrtpMessage message;
  ZrtpPacket packet;

  fail_unless (sequence != NULL);
  check_packet (octets, &packet);
  fail_unless_equals_int (packet.sequence, strtoul (sequence + 5, NULL, 0));
  fail_unless_equals_uint64 (packet.ssrc,
      by_initiator ? 0x11111111 : 0x22222222);
  fail_unless_equals_int (zrtp_message_parse (packet.message,
          packet.message_size, &message), ZRTP_DROP_NONE);
  fail_unless (g_str_has_prefix (name, zrtp_message_type_name (message.type)));
  /* Z-5.9-01 */
  if (message.type == ZRTP_MESSAGE_ERROR)
    fail_unless_equals_uint64 (message.u.error_code,
        ZRTP_ERROR_BAD_PUBLIC_VALUE);
  g_bytes_unref (octets);
}

GST_START_TEST (test_own_packets)
{
  JsonNode *root = vectors_load ("vectors.json");
  char **names = vectors_names (root, "");
  guint i, j, n = 0;

  for (i = 0; names[i]; i++) {
    JsonNode *set = vectors_get (root, names[i]);
    char **packets;

    if (!JSON_NODE_HOLDS_OBJECT (set) || !vectors_has (set, "packets"))
      continue;
    packets = vectors_names (set, "packets");
    for (j = 0; packets[j]; j++, n++)
      check_own_packet (vectors_get (set, "packets"), packets[j]);
    g_strfreev (packets);
  }
  fail_unless_equals_int (n, 16);
  g_strfreev (names);
  json_node_unref (root);
}

GST_END_TEST;

static void
check_field_confirm (JsonNode * channel, const ZrtpMessage * message)
{
  gboolean first = message->type == ZRTP_MESSAGE_CONFIRM1;
  GBytes *mac_key = vectors_hex (channel, first ? "mackeyr" : "mackeyi");
  GBytes *zrtp_key = vectors_hex (channel, first ? "zrtpkeyr" : "zrtpkeyi");
  GBytes *plain = vectors_hex (channel, first ? "confirm1_plain" :
      "confirm2_plain");

  check_confirm (message,
      vectors_algorithm (channel, "alg/hash", ZRTP_KIND_HASH),
      vectors_algorithm (channel, "alg/cipher", ZRTP_KIND_CIPHER),
      mac_key, zrtp_key, plain);
  g_bytes_unref (plain);
  g_bytes_unref (zrtp_key);
  g_bytes_unref (mac_key);
}

static guint
check_field_channel (JsonNode * channel)
{
  const char *initiator = vectors_text (channel, "initiator");
  guint n = vectors_size (channel, "packets");
  guint i;

  for (i = 0; i < n; i++) {
    JsonNode *entry = vectors_getf (channel, "packets/%u", i);
    GBytes *octets = vectors_hex (entry, "hex");
    gboolean by_initiator = g_str_equal (vectors_text (entry, "from"),
        initiator);
    GBytes *h0 = vectors_hex (channel, by_initiator ? "h0_i" : "h0_r");
    ZrtpPacket packet;
    ZrtpMessage message;
    GBytes *inner;

    check_packet (octets, &packet);
    inner = g_bytes_new (packet.message, packet.message_size);
    check_message (inner, h0, &message);
    fail_unless (memcmp (packet.message + 4, vectors_text (entry, "type"),
            8) == 0);
    if (message.type == ZRTP_MESSAGE_CONFIRM1 ||
        message.type == ZRTP_MESSAGE_CONFIRM2)
      check_field_confirm (channel, &message);
    g_bytes_unref (inner);
    g_bytes_unref (h0);
    g_bytes_unref (octets);
  }
  return n;
}

GST_START_TEST (test_field_packets)
{
  JsonNode *root = vectors_load ("field-vectors.json");
  guint sets = vectors_size (root, "");
  guint i, j, n = 0;

  for (i = 0; i < sets; i++) {
    JsonNode *set = vectors_getf (root, "%u", i);
    guint channels = vectors_size (set, "ch");

    for (j = 0; j < channels; j++)
      n += check_field_channel (vectors_getf (set, "ch/%u", j));
  }
  fail_unless_equals_int (n, 10 * 11 + 4 * 9);
  json_node_unref (root);
}

GST_END_TEST;

static Suite *
message_vectors_suite (void)
{
  Suite *suite = suite_create ("message-vectors");
  TCase *tcase = tcase_create ("message-vectors");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_own_messages);
  tcase_add_test (tcase, test_own_packets);
  tcase_add_test (tcase, test_field_packets);
  return suite;
}

GST_CHECK_MAIN (message_vectors);
