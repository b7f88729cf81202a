/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The two renderings of the SAS and the words of one of them.
 */
#include "vectors.h"

#include <string.h>

#include "zrtp/zrtpcrypto.h"
#include "zrtp/zrtpsas-words.h"

static void
check_sas (const ZrtpSasType * type, guint32 sasvalue, const char *expected)
{
  g_autofree char *text = type->render (sasvalue);

  fail_unless_equals_string (text, expected);
}

GST_START_TEST (test_b32)
{
  /* Z-5.1.6-01 Z-5.1.6-03 */
  static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";

  check_sas (&zrtp_sas_b32, 0x00000000, "yyyy");
  check_sas (&zrtp_sas_b32, 0xfffff000, "9999");
  check_sas (&zrtp_sas_b32, 0xffff0000, "999o");

  /* The low 12 bits do not count. */
  check_sas (&zrtp_sas_b32, 0x00000fff, "yyyy");
  check_sas (&zrtp_sas_b32, 0xffffffff, "9999");

  /* Every letter in every place. */
  for (guint place = 0; place < 4; place++) {
    for (guint32 quintet = 0; quintet < 32; quintet++) {
      char expected[] = "yyyy";

      expected[place] = alphabet[quintet];
      check_sas (&zrtp_sas_b32, quintet << (27 - 5 * place), expected);
    }
  }
}

GST_END_TEST;

GST_START_TEST (test_b256)
{
  /* Z-5.1.6-02 Z-5.1.6-04 */
  check_sas (&zrtp_sas_b256, 0x00000000, "aardvark adroitness");
  check_sas (&zrtp_sas_b256, 0xffff0000, "Zulu Yucatan");
  check_sas (&zrtp_sas_b256, 0x0001ffff, "aardvark adviser");
  check_sas (&zrtp_sas_b256, 0x0100ffff, "absurd adroitness");
  check_sas (&zrtp_sas_b256, 0xfcfe0000, "wayside yesteryear");

  for (guint32 even = 0; even < 256; even++) {
    guint32 odd = (even * 7 + 3) & 255;
    g_autofree char *expected = g_strdup_printf ("%s %s",
        zrtp_sas_words[even][0], zrtp_sas_words[odd][1]);

    check_sas (&zrtp_sas_b256, even << 24 | odd << 16, expected);
  }
}

GST_END_TEST;

GST_START_TEST (test_words)
{
  /* Z-5.1.6-02 */
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash,
      g_str_equal, g_free, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 hashed[32];

  for (guint i = 0; i < 256; i++) {
    for (guint place = 0; place < 2; place++) {
      const char *word = zrtp_sas_words[i][place];

      fail_unless (strlen (word) >= 4 && strlen (word) < ZRTP_SAS_WORD_SIZE);
      fail_unless (g_hash_table_add (seen, g_ascii_strdown (word, -1)),
          "%s is there twice", word);
    }
    if (i > 0)
      fail_unless (g_ascii_strcasecmp (zrtp_sas_words[i - 1][0],
              zrtp_sas_words[i][0]) < 0);
    g_string_append_printf (text, "%s %s\n", zrtp_sas_words[i][0],
        zrtp_sas_words[i][1]);
  }
  fail_unless_equals_int (g_hash_table_size (seen), 512);

  /* A typing error in a word would only show between two implementations. */
  zrtp_sha256 ((const guint8 *) text->str, text->len, hashed);
  assert_octets_hex (hashed, sizeof hashed,
      "f816e91d6148165fc67361aa1886eb71ad6b19c9d65673ca40fa96e160f02f5a");
}

GST_END_TEST;

static guint32
sasvalue_of (JsonNode * session)
{
  g_autoptr (GBytes) sashash = vectors_hex (session, "sashash");
  const guint8 *octets = g_bytes_get_data (sashash, NULL);

  return (guint32) octets[0] << 24 | octets[1] << 16 | octets[2] << 8 |
      octets[3];
}

GST_START_TEST (test_vectors)
{
  /* Z-5.1.6-03 Z-5.1.6-04 */
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  g_auto (GStrv) names = vectors_names (all, "");
  guint n = 0;

  for (char **name = names; *name; name++) {
    JsonNode *session = vectors_get (all, *name);

    if (!vectors_has (session, "sas_B32"))
      continue;
    check_sas (&zrtp_sas_b32, sasvalue_of (session),
        vectors_text (session, "sas_B32"));
    check_sas (&zrtp_sas_b256, sasvalue_of (session),
        vectors_text (session, "sas_B256"));
    n++;
  }
  fail_unless_equals_int (n, 6);
}

GST_END_TEST;

/* What libbzrtp showed; it puts a colon between two words. */
GST_START_TEST (test_field_vectors)
{
  /* Z-5.1.6-03 Z-5.1.6-04 */
  g_autoptr (JsonNode) all = vectors_load ("field-vectors.json");

  for (guint i = 0; i < vectors_size (all, ""); i++) {
    JsonNode *channel = vectors_getf (all, "%u/ch/0", i);
    const ZrtpSasType *type = (const ZrtpSasType *)
        vectors_algorithm (channel, "alg/sas", ZRTP_KIND_SAS);
    g_autofree char *expected = g_strdup (vectors_text (channel, "sas"));

    g_strdelimit (expected, ":", ' ');
    check_sas (type, sasvalue_of (channel), expected);
  }
}

GST_END_TEST;

static Suite *
sas_suite (void)
{
  Suite *s = suite_create ("sas");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_b32);
  tcase_add_test (tc, test_b256);
  tcase_add_test (tc, test_words);
  tcase_add_test (tc, test_vectors);
  tcase_add_test (tc, test_field_vectors);
  return s;
}

GST_CHECK_MAIN (sas);
