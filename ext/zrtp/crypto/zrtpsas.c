/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 6189 5.1.6: from the sashash to what two people read to each other.
 */
#include "zrtp/crypto/zrtpalgorithm.h"
#include "zrtp/crypto/zrtpsas-emoji.h"
#include "zrtp/crypto/zrtpsas-words.h"

#define QUINTETS 4

static guint32
sasvalue_at (const guint8 * octets)
{
  return (guint32) octets[0] << 24 | octets[1] << 16 | octets[2] << 8
      | octets[3];
}

/* -- Spelling -- */

static const char *const letters[26] = {
  "Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel",
  "India", "Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa",
  "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey",
  "X-ray", "Yankee", "Zulu"
};

static const char *const digits[10] = {
  "Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight",
  "Nine"
};

char *
zrtp_spell (const char *text)
{
  GString *words = g_string_new (NULL);

  for (const char *c = text; *c; c = g_utf8_next_char (c)) {
    if (c > text)
      g_string_append_c (words, ' ');
    if (g_ascii_isalpha (*c))
      g_string_append (words, letters[g_ascii_tolower (*c) - 'a']);
    else if (g_ascii_isdigit (*c))
      g_string_append (words, digits[*c - '0']);
    else
      g_string_append_len (words, c, g_utf8_next_char (c) - c);
  }
  return g_string_free (words, FALSE);
}

/* -- B32: the leftmost 20 bits, five a letter -- */

static guint
quintet_at (const guint8 * sashash, guint place)
{
  return sasvalue_at (sashash) >> (27 - 5 * place) & 31;
}

static char *
b32_render (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
  char *text = g_malloc (QUINTETS + 1);

  for (guint i = 0; i < QUINTETS; i++)
    text[i] = alphabet[quintet_at (sashash, i)];
  text[QUINTETS] = '\0';
  return text;
}

static char *
b32_spell (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  char *text = b32_render (sashash);
  char *words = zrtp_spell (text);

  g_free (text);
  return words;
}

/* -- B256: the leftmost 16 bits, an octet a word, even words first -- */

static char *
b256_render (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  return g_strjoin (" ", zrtp_sas_words[sashash[0]][0],
      zrtp_sas_words[sashash[1]][1], NULL);
}

/* -- B32E: the bits of B32 as pictures -- */

static char *
b32e_render (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < QUINTETS; i++)
    g_string_append_unichar (text,
        zrtp_sas_emoji[quintet_at (sashash, i)].character);
  return g_string_free (text, FALSE);
}

static char *
b32e_spell (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  const char *names[QUINTETS];

  for (guint i = 0; i < QUINTETS; i++)
    names[i] = zrtp_sas_emoji[quintet_at (sashash, i)].name;
  return g_strjoin (", ", names[0], names[1], names[2], names[3], NULL);
}

/* -- B10D: two numbers below 1000, without leading zeros -- */

/* The largest multiple of 1000: with it and less, a remainder is no likelier
 * than another. */
#define MAX_EVEN_VALUE 4294967000u

/* The first two words of four octets that will do; each word starts an octet
 * after the one before. A hash as it comes has more of them than are needed,
 * and one that is made up gets zeros. */
static char *
b10d_render (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  guint numbers[2] = { 0, 0 };
  guint n = 0;

  for (guint i = 0; i < ZRTP_SECRET_SIZE - 4 && n < 2; i++) {
    const guint32 value = sasvalue_at (sashash + i);

    if (value <= MAX_EVEN_VALUE)
      numbers[n++] = value % 1000;
  }
  return g_strdup_printf ("%u%u", numbers[0], numbers[1]);
}

static char *
b10d_spell (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  char *text = b10d_render (sashash);
  char *words = zrtp_spell (text);

  g_free (text);
  return words;
}

const ZrtpSasType zrtp_sas_b32 = {
  .base = {"B32 ", ZRTP_KIND_SAS, TRUE},
  .render = b32_render,
  .spell = b32_spell,
};

/* Words need no spelling. */
const ZrtpSasType zrtp_sas_b256 = {
  .base = {"B256", ZRTP_KIND_SAS, FALSE},
  .render = b256_render,
  .spell = b256_render,
};

const ZrtpSasType zrtp_sas_b32e = {
  .base = {"B32E", ZRTP_KIND_SAS, FALSE},
  .render = b32e_render,
  .spell = b32e_spell,
};

const ZrtpSasType zrtp_sas_b10d = {
  .base = {"B10D", ZRTP_KIND_SAS, FALSE},
  .render = b10d_render,
  .spell = b10d_spell,
};
