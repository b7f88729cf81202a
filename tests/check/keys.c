/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The key schedule against the computed exchanges of vectors.json: every value
 * from the hash chain to the SRTP keys.
 */
#include <string.h>

#include "vectors.h"
#include "zrtp/crypto/zrtpkeyschedule.h"
#include "zrtp/message/zrtpmessage.h"

static const char *const dh_sets[] = {
  "dh3k_s256_nocache", "ec38_s384_rs2rs2_aux_pbx", "ec25_s256_mismatch",
  "dh2k_s256_aes3_rs1"
};

static const char *const preshared_sets[] = {
  "preshared_rs1_aux", "preshared_rs1_only_s384"
};

static const char *const multistream_sets[] = {
  "multistream_of_dh3k", "multistream_roles_swapped"
};

/* A set of the file with what every test wants of it. */
typedef struct
{
  JsonNode *root, *set;
  const ZrtpHash *hash;
  const ZrtpCipher *cipher;
  GBytes *zidi, *zidr;
} Vector;

static void
vector_open (Vector * vector, const char *name)
{
  vector->root = vectors_load ("vectors.json");
  vector->set = vectors_get (vector->root, name);
  vector->hash = (const ZrtpHash *) vectors_algorithm (vector->set,
      "parameters/hash", ZRTP_KIND_HASH);
  vector->cipher = (const ZrtpCipher *) vectors_algorithm (vector->set,
      "parameters/cipher", ZRTP_KIND_CIPHER);
  vector->zidi = vectors_hex (vector->set, "ZIDi");
  vector->zidr = vectors_hex (vector->set, "ZIDr");
}

static void
vector_close (Vector * vector)
{
  g_bytes_unref (vector->zidi);
  g_bytes_unref (vector->zidr);
  json_node_unref (vector->root);
}

/* The field in hex is what these octets are. */
static void
check_field (const Vector * vector, const char *path, const guint8 * data,
    gsize size)
{
  GBytes *expected = vectors_hex (vector->set, path);

  octets_check (__FILE__, __LINE__, path, data, size, expected);
  g_bytes_unref (expected);
}

/* KDF_Context from the fields that hold the messages. */
static void
make_context (const Vector * vector, const char *const *fields, guint n,
    ZrtpKdfContext * context)
{
  GBytes *messages[4];
  ZrtpOctets parts[4];

  for (guint i = 0; i < n; i++) {
    messages[i] = vectors_hex (vector->set, fields[i]);
    parts[i] = zrtp_octets_of (messages[i]);
  }
  zrtp_keys_context (vector->hash, g_bytes_get_data (vector->zidi, NULL),
      g_bytes_get_data (vector->zidr, NULL), parts, n, context);
  for (guint i = 0; i < n; i++)
    g_bytes_unref (messages[i]);
}

static void
make_dh_context (const Vector * vector, ZrtpKdfContext * context)
{
  static const char *const fields[] = {
    "Hello_responder", "Commit", "DHPart1", "DHPart2"
  };

  make_context (vector, fields, 4, context);
}

static void
make_short_context (const Vector * vector, ZrtpKdfContext * context)
{
  static const char *const fields[] = { "Hello_responder", "Commit" };

  make_context (vector, fields, 2, context);
}

/* 4.4.1.4, 4.4.2.4, 4.4.3.2: total_hash and KDF_Context. */

static void
check_context (const Vector * vector, const ZrtpKdfContext * context)
{
  check_field (vector, "KDF_Context", context->data, context->size);
  check_field (vector, "total_hash", context->data + 2 * ZRTP_ZID_SIZE,
      vector->hash->size);
  ck_assert_uint_eq (context->size, 24 + vector->hash->size);
}

GST_START_TEST (test_context)
{
  ZrtpKdfContext context;
  Vector vector;

  /* Z-4.4.1.4-01 Z-4.4.1.4-02 Z-4.4.1.4-09 */
  for (guint i = 0; i < G_N_ELEMENTS (dh_sets); i++) {
    vector_open (&vector, dh_sets[i]);
    make_dh_context (&vector, &context);
    check_context (&vector, &context);
    vector_close (&vector);
  }
  /* Z-4.4.2.4-01 Z-4.4.2.4-02 */
  for (guint i = 0; i < G_N_ELEMENTS (preshared_sets); i++) {
    vector_open (&vector, preshared_sets[i]);
    make_short_context (&vector, &context);
    check_context (&vector, &context);
    vector_close (&vector);
  }
  /* Z-4.4.3.2-01 Z-4.4.3.2-02 */
  for (guint i = 0; i < G_N_ELEMENTS (multistream_sets); i++) {
    vector_open (&vector, multistream_sets[i]);
    make_short_context (&vector, &context);
    check_context (&vector, &context);
    vector_close (&vector);
  }
}

GST_END_TEST;

/* s0 */

GST_START_TEST (test_s0_dh)
{
  for (guint i = 0; i < G_N_ELEMENTS (dh_sets); i++) {
    guint8 s0[ZRTP_MAX_HASH_SIZE];
    GBytes *result, *s1, *s2, *s3;
    ZrtpKdfContext context;
    Vector vector;

    vector_open (&vector, dh_sets[i]);
    make_dh_context (&vector, &context);
    result = vectors_hex (vector.set, "DHResult");
    s1 = vectors_hex (vector.set, "s1");
    s2 = vectors_hex (vector.set, "s2");
    s3 = vectors_hex (vector.set, "s3");
    zrtp_keys_s0_dh (vector.hash, OCTETS (result), &context,
        zrtp_octets_of (s1), zrtp_octets_of (s2), zrtp_octets_of (s3), s0);
    /* Z-4.4.1.4-05 Z-4.3-10 */
    check_field (&vector, "s0", s0, vector.hash->size);

    g_bytes_unref (result);
    g_bytes_unref (s1);
    g_bytes_unref (s2);
    g_bytes_unref (s3);
    vector_close (&vector);
  }
}

GST_END_TEST;

static void
append (GByteArray * array, gconstpointer data, gsize size)
{
  g_byte_array_append (array, data, size);
}

static void
append_secret (GByteArray * array, ZrtpOctets secret)
{
  const guint8 length[4] = { 0, 0, 0, secret.size };

  append (array, length, 4);
  if (secret.size > 0)
    append (array, secret.data, secret.size);
}

/* The formula of 4.4.1.4 written down octet by octet. */
static GByteArray *
plain_s0_input (const guint8 * result, gsize result_size,
    const ZrtpKdfContext * context, const ZrtpOctets secrets[3])
{
  static const guint8 counter[4] = { 0, 0, 0, 1 };
  GByteArray *array = g_byte_array_new ();

  append (array, counter, 4);
  append (array, result, result_size);
  append (array, "ZRTP-HMAC-KDF", 13);
  append (array, context->data, context->size);
  for (guint i = 0; i < 3; i++)
    append_secret (array, secrets[i]);
  return array;
}

GST_START_TEST (test_s0_null_secrets)
{
  static const ZrtpHash *const hashes[] = { &zrtp_hash_s256, &zrtp_hash_s384 };
  const ZrtpHash *hash = hashes[__i__ & 1];
  guint8 result[384], rs[32], aux[20], pbx[32];
  ZrtpKdfContext context = {.size = 24 + hash->size };
  /* Each of the eight combinations of null and given. */
  const guint given = __i__ >> 1;
  const ZrtpOctets secrets[3] = {
    {rs, given & 1 ? sizeof rs : 0},
    {aux, given & 2 ? sizeof aux : 0},
    {pbx, given & 4 ? sizeof pbx : 0},
  };
  guint8 s0[ZRTP_MAX_HASH_SIZE], expected[ZRTP_MAX_HASH_SIZE];
  GByteArray *input;
  ZrtpOctets part;

  memset (result, 0x5a, sizeof result);
  /* Z-4.4.1.4-03: a small DHResult keeps its zeros. */
  memset (result, 0, 3);
  memset (rs, 1, sizeof rs);
  memset (aux, 2, sizeof aux);
  memset (pbx, 3, sizeof pbx);
  memset (context.data, 4, sizeof context.data);

  zrtp_keys_s0_dh (hash, result, sizeof result, &context, secrets[0],
      secrets[1], secrets[2], s0);
  input = plain_s0_input (result, sizeof result, &context, secrets);
  part = zrtp_octets (input->data, input->len);
  hash->digest (&part, 1, expected);
  /* Z-4.4.1.4-05 Z-4.4.1.4-06 Z-4.4.1.4-07 Z-4.3-10 */
  ck_assert (memcmp (s0, expected, hash->size) == 0);
  g_byte_array_unref (input);
}

GST_END_TEST;

GST_START_TEST (test_s0_multistream)
{
  for (guint i = 0; i < G_N_ELEMENTS (multistream_sets); i++) {
    guint8 s0[ZRTP_MAX_HASH_SIZE];
    ZrtpKdfContext context;
    GBytes *sess;
    Vector vector;

    vector_open (&vector, multistream_sets[i]);
    make_short_context (&vector, &context);
    sess = vectors_hex (vector.root, "dh3k_s256_nocache/ZRTPSess");
    zrtp_keys_s0_multistream (vector.hash, OCTETS (sess), &context, s0);
    /* Z-4.4.3.2-03 */
    check_field (&vector, "s0", s0, vector.hash->size);
    g_bytes_unref (sess);
    vector_close (&vector);
  }
}

GST_END_TEST;

/* What comes of s0 */

static void
check_sender (const Vector * vector, const ZrtpSenderKeys * keys,
    const char *role)
{
  const struct
  {
    const char *name;
    const guint8 *data;
    gsize size;
  } rows[] = {
    {"srtpkey", keys->srtp_key, vector->cipher->key_size},
    {"srtpsalt", keys->srtp_salt, 14},
    {"mackey", keys->mac_key, vector->hash->size},
    {"zrtpkey", keys->zrtp_key, vector->cipher->key_size},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    char *path = g_strconcat ("keys/", rows[i].name, role, NULL);

    check_field (vector, path, rows[i].data, rows[i].size);
    g_free (path);
  }
}

static void
check_stream_keys (const Vector * vector, const guint8 * s0,
    const ZrtpKdfContext * context)
{
  ZrtpStreamKeys keys;

  zrtp_keys_for_stream (vector->hash, vector->cipher, s0, context, &keys);
  check_sender (vector, &keys.initiator, "i");
  check_sender (vector, &keys.responder, "r");
}

static void
check_session_keys (const Vector * vector, const guint8 * s0,
    const ZrtpKdfContext * context)
{
  ZrtpSessionKeys keys;
  char *text;

  zrtp_keys_for_session (vector->hash, s0, context, &keys);
  /* Z-4.5.2-01 Z-4.5.2-08 Z-4.6.1-07 */
  check_field (vector, "ZRTPSess", keys.zrtp_sess, vector->hash->size);
  check_field (vector, "ExportedKey", keys.exported_key, vector->hash->size);
  check_field (vector, "new_rs1", keys.new_rs1, 32);
  /* Z-4.5.2-06 */
  check_field (vector, "sashash", keys.sashash, 32);
  text = zrtp_sas_b32.render (keys.sashash);
  ck_assert_str_eq (text, vectors_text (vector->set, "sas_B32"));
  g_free (text);
  text = zrtp_sas_b256.render (keys.sashash);
  ck_assert_str_eq (text, vectors_text (vector->set, "sas_B256"));
  g_free (text);
}

static void
check_derived (const char *name, gboolean session)
{
  ZrtpKdfContext context;
  Vector vector;
  GBytes *field, *s0;

  vector_open (&vector, name);
  field = vectors_hex (vector.set, "KDF_Context");
  s0 = vectors_hex (vector.set, "s0");
  context.size = g_bytes_get_size (field);
  memcpy (context.data, g_bytes_get_data (field, NULL), context.size);

  check_stream_keys (&vector, g_bytes_get_data (s0, NULL), &context);
  if (session)
    check_session_keys (&vector, g_bytes_get_data (s0, NULL), &context);
  g_bytes_unref (field);
  g_bytes_unref (s0);
  vector_close (&vector);
}

GST_START_TEST (test_derived)
{
  /* Z-4.5.1-01 Z-4.5.1-02 Z-4.5.1-03 Z-4.5.1-04 */
  /* Z-4.5.3-01 Z-4.5.3-02 Z-4.5.3-03 Z-4.5.3-07 Z-4.5.3-08 */
  for (guint i = 0; i < G_N_ELEMENTS (dh_sets); i++)
    check_derived (dh_sets[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (preshared_sets); i++)
    check_derived (preshared_sets[i], TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (multistream_sets); i++)
    check_derived (multistream_sets[i], FALSE);
}

GST_END_TEST;

/* The chain, and what its images are keys of (9, 8.1.1). */

static void
check_chain (const Vector * vector, const char *role)
{
  char *path = g_strdup_printf ("H_%s/H0", role);
  GBytes *h0 = vectors_hex (vector->set, path);
  guint8 image[ZRTP_IMAGE_SIZE];

  memcpy (image, g_bytes_get_data (h0, NULL), sizeof image);
  for (guint i = 1; i <= 3; i++) {
    g_free (path);
    path = g_strdup_printf ("H_%s/H%u", role, i);
    zrtp_sha256 (image, sizeof image, image);
    check_field (vector, path, image, sizeof image);
  }
  g_bytes_unref (h0);
  g_free (path);
}

static gboolean
check_mac (const Vector * vector, const char *message, const char *image)
{
  GBytes *octets = vectors_hex (vector->set, message);
  GBytes *key = vectors_hex (vector->set, image);
  gboolean ok = zrtp_message_check_mac (OCTETS (octets),
      g_bytes_get_data (key, NULL));

  g_bytes_unref (octets);
  g_bytes_unref (key);
  return ok;
}

GST_START_TEST (test_chain)
{
  for (guint i = 0; i < G_N_ELEMENTS (dh_sets); i++) {
    Vector vector;

    vector_open (&vector, dh_sets[i]);
    /* Z-9-01 Z-9-02 Z-9-03 */
    check_chain (&vector, "initiator");
    check_chain (&vector, "responder");
    /* Z-5.2-14 Z-5.4-06 Z-5.5-03 Z-5.6-02 Z-8.1.1-03 Z-5.1.2.2-01 */
    ck_assert (check_mac (&vector, "Hello_initiator", "H_initiator/H2"));
    ck_assert (check_mac (&vector, "Hello_responder", "H_responder/H2"));
    ck_assert (check_mac (&vector, "Commit", "H_initiator/H1"));
    ck_assert (check_mac (&vector, "DHPart1", "H_responder/H0"));
    ck_assert (check_mac (&vector, "DHPart2", "H_initiator/H0"));
    ck_assert (!check_mac (&vector, "Hello_responder", "H_initiator/H2"));
    ck_assert (!check_mac (&vector, "Commit", "H_initiator/H2"));
    ck_assert (!check_mac (&vector, "DHPart2", "H_initiator/H1"));
    vector_close (&vector);
  }
}

GST_END_TEST;

/* 4.4.1.1: hvi; 8.1: zrtp-hash. */
GST_START_TEST (test_commitment)
{
  for (guint i = 0; i < G_N_ELEMENTS (dh_sets); i++) {
    guint8 digest[ZRTP_MAX_HASH_SIZE];
    GBytes *dhpart2, *hello_i, *hello_r, *octets;
    ZrtpMessage commit;
    ZrtpOctets parts[2];
    Vector vector;

    vector_open (&vector, dh_sets[i]);
    dhpart2 = vectors_hex (vector.set, "DHPart2");
    hello_i = vectors_hex (vector.set, "Hello_initiator");
    hello_r = vectors_hex (vector.set, "Hello_responder");
    parts[0] = zrtp_octets_of (dhpart2);
    parts[1] = zrtp_octets_of (hello_r);
    vector.hash->digest (parts, 2, digest);
    /* Z-4.4.1.1-05 Z-5.4-05 */
    check_field (&vector, "hvi", digest, ZRTP_HVI_SIZE);
    octets = vectors_hex (vector.set, "Commit");
    ck_assert_int_eq (zrtp_message_parse (OCTETS (octets), &commit),
        ZRTP_DROP_NONE);
    /* Z-4.4.1.1-07 */
    check_field (&vector, "hvi", commit.u.commit.hvi, ZRTP_HVI_SIZE);

    /* Z-8.1-01 */
    zrtp_sha256 (OCTETS (hello_i), digest);
    check_field (&vector, "zrtp_hash_initiator", digest, 32);
    zrtp_sha256 (OCTETS (hello_r), digest);
    check_field (&vector, "zrtp_hash_responder", digest, 32);

    g_bytes_unref (octets);
    g_bytes_unref (dhpart2);
    g_bytes_unref (hello_i);
    g_bytes_unref (hello_r);
    vector_close (&vector);
  }
}

GST_END_TEST;

/* 4.7.2: the MAC of GoClear, under the sender's mackey. */
GST_START_TEST (test_clear_mac)
{
  static const char *const roles[] = { "initiator", "responder" };
  const ZrtpOctets text = { (const guint8 *) "GoClear ", 8 };

  for (guint i = 0; i < G_N_ELEMENTS (dh_sets); i++) {
    Vector vector;

    vector_open (&vector, dh_sets[i]);
    for (guint j = 0; j < 2; j++) {
      guint8 mac[ZRTP_MAX_HASH_SIZE];
      GBytes *key = vectors_hex (vector.set, j == 0 ? "keys/mackeyi" :
          "keys/mackeyr");
      char *path = g_strconcat ("clear_mac_", roles[j], NULL);

      vector.hash->mac (OCTETS (key), &text, 1, mac);
      /* Z-4.7.2-01 */
      check_field (&vector, path, mac, ZRTP_MAC_SIZE);
      g_free (path);
      g_bytes_unref (key);
    }
    vector_close (&vector);
  }
}

GST_END_TEST;

static Suite *
keys_suite (void)
{
  Suite *suite = suite_create ("keys");
  TCase *tc = tcase_create ("keys");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_context);
  tcase_add_test (tc, test_s0_dh);
  tcase_add_loop_test (tc, test_s0_null_secrets, 0, 16);
  tcase_add_test (tc, test_s0_multistream);
  tcase_add_test (tc, test_derived);
  tcase_add_test (tc, test_chain);
  tcase_add_test (tc, test_commitment);
  tcase_add_test (tc, test_clear_mac);
  return suite;
}

GST_CHECK_MAIN (keys);
