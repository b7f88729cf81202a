/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The renderings of the SAS, what they are made of and how they are spelled.
 */
#include "vectors.h"

#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"
#include "zrtp/crypto/zrtpsas-emoji.h"
#include "zrtp/crypto/zrtpsas-words.h"

static void
check_hash (const ZrtpSasType * type, const guint8 * sashash,
    const char *expected)
{
  g_autofree char *text = type->render (sashash);

  fail_unless_equals_string (text, expected);
}

/* Whatever follows the sasvalue. */
static void
check_sas (const ZrtpSasType * type, guint32 sasvalue, const char *expected)
{
  guint8 sashash[ZRTP_SECRET_SIZE];

  memset (sashash, sasvalue * 31 >> 24, sizeof sashash);
  for (guint i = 0; i < 4; i++)
    sashash[i] = sasvalue >> (24 - 8 * i);
  check_hash (type, sashash, expected);
}

static void
check_spelling (const ZrtpSasType * type, guint32 sasvalue,
    const char *expected)
{
  const guint8 sashash[ZRTP_SECRET_SIZE] = {
    sasvalue >> 24, sasvalue >> 16 & 255, sasvalue >> 8 & 255, sasvalue & 255
  };
  g_autofree char *text = type->spell (sashash);

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

/* GNU ZRTP's type B32E: 20 bits like B32. Its table is the same in the C++ and
 * the Java library (zrtp/EmojiBase32.cpp, EmojiBase32.java). */
GST_START_TEST (test_b32e)
{
  g_autoptr (GString) all = g_string_new (NULL);
  guint8 hashed[32];

  for (guint32 i = 0; i < 32; i++)
    g_string_append_unichar (all, zrtp_sas_emoji[i].character);
  zrtp_sha256 ((const guint8 *) all->str, all->len, hashed);
  assert_octets_hex (hashed, sizeof hashed,
      "80908dd6cb54315fd3308d53a58498ec06c8ce7ff8758f30d07ee8038499ad3c");

  check_sas (&zrtp_sas_b32e, 0x00000000, "😁😁😁😁");
  check_sas (&zrtp_sas_b32e, 0x00443fff, "😁😺👥🌲");
  check_sas (&zrtp_sas_b32e, 0xffffffff, "🚩🚩🚩🚩");
  check_sas (&zrtp_sas_b32e, 0x29cb8fff, "✋🐵✋📗");
  for (guint place = 0; place < 4; place++) {
    for (guint32 quintet = 0; quintet < 32; quintet++) {
      g_autoptr (GString) expected = g_string_new (NULL);

      for (guint i = 0; i < 4; i++)
        g_string_append_unichar (expected,
            zrtp_sas_emoji[i == place ? quintet : 0].character);
      check_sas (&zrtp_sas_b32e, quintet << (27 - 5 * place), expected->str);
    }
  }
}

GST_END_TEST;

static void
check_b10d (const char *first_octets, const char *expected)
{
  g_autoptr (GBytes) octets = hex (first_octets);
  guint8 sashash[ZRTP_SECRET_SIZE] = { 0 };
  gsize size;
  gconstpointer data = g_bytes_get_data (octets, &size);

  memcpy (sashash, data, size);
  check_hash (&zrtp_sas_b10d, sashash, expected);
}

/* GNU ZRTP's type B10D (sasDigit() in zrtp/ZRtp.cpp): the remainders by 1000 of
 * the first two words of the sashash that are not above 4294967000, each word an
 * octet further on, put together without leading zeros. */
GST_START_TEST (test_b10d)
{
  check_b10d ("0000000000", "00");
  check_b10d ("0000000100", "1256");
  check_b10d ("000003e700", "999744");
  /* 4294967000 will do, 4294967001 won't. */
  check_b10d ("fffffed800", "0520");
  check_b10d ("fffffed900", "776176");
  /* The first five words are too large. */
  check_b10d ("ffffffffffffff0000", "76080");
  check_b10d
      ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
      "00");
}

GST_END_TEST;

GST_START_TEST (test_spelling)
{
  g_autofree char *all = zrtp_spell ("aBcdefghijklmnopqrstuvwxyZ");
  g_autofree char *digits = zrtp_spell ("0123456789");
  g_autofree char *others = zrtp_spell ("a-é");
  g_autofree char *empty = zrtp_spell ("");

  fail_unless_equals_string (all, "Alfa Bravo Charlie Delta Echo Foxtrot Golf "
      "Hotel India Juliett Kilo Lima Mike November Oscar Papa Quebec Romeo "
      "Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu");
  fail_unless_equals_string (digits,
      "Zero One Two Three Four Five Six Seven Eight Nine");
  fail_unless_equals_string (others, "Alfa - é");
  fail_unless_equals_string (empty, "");

  check_spelling (&zrtp_sas_b32, 0x00000000, "Yankee Yankee Yankee Yankee");
  check_spelling (&zrtp_sas_b32, 0xffff0000, "Nine Nine Nine Oscar");
  check_spelling (&zrtp_sas_b256, 0xffff0000, "Zulu Yucatan");
  check_spelling (&zrtp_sas_b32e, 0x29cb8000,
      "raised hand, monkey face, raised hand, green book");
  check_spelling (&zrtp_sas_b10d, 0x00000001, "One Two Five Six");
}

GST_END_TEST;

GST_START_TEST (test_vectors)
{
  /* Z-5.1.6-03 Z-5.1.6-04 */
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  g_auto (GStrv) names = vectors_names (all, "");
  guint n = 0;

  for (char **name = names; *name; name++) {
    JsonNode *session = vectors_get (all, *name);
    g_autoptr (GBytes) sashash = NULL;

    if (!vectors_has (session, "sas_B32"))
      continue;
    sashash = vectors_hex (session, "sashash");
    check_hash (&zrtp_sas_b32, g_bytes_get_data (sashash, NULL),
        vectors_text (session, "sas_B32"));
    check_hash (&zrtp_sas_b256, g_bytes_get_data (sashash, NULL),
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
    g_autoptr (GBytes) sashash = vectors_hex (channel, "sashash");

    g_strdelimit (expected, ":", ' ');
    check_hash (type, g_bytes_get_data (sashash, NULL), expected);
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
  tcase_add_test (tc, test_b32e);
  tcase_add_test (tc, test_b10d);
  tcase_add_test (tc, test_spelling);
  tcase_add_test (tc, test_vectors);
  tcase_add_test (tc, test_field_vectors);
  return s;
}

GST_CHECK_MAIN (sas);
