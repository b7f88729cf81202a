/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * RFC 6189 5.1.6: from the sasvalue to what two people read to each other.
 */
#include "zrtpalgorithm.h"
#include "zrtpsas-words.h"

/* The leftmost 20 bits, five a letter. */
static char *
b32_render (guint32 sasvalue)
{
  static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
  char *text = g_malloc (5);

  for (guint i = 0; i < 4; i++)
    text[i] = alphabet[sasvalue >> (27 - 5 * i) & 31];
  text[4] = '\0';
  return text;
}

/* The leftmost 16 bits, an octet a word: first the even word, then the odd. */
static char *
b256_render (guint32 sasvalue)
{
  return g_strjoin (" ", zrtp_sas_words[sasvalue >> 24][0],
      zrtp_sas_words[sasvalue >> 16 & 255][1], NULL);
}

const ZrtpSasType zrtp_sas_b32 = {
  .base = {"B32 ", ZRTP_KIND_SAS, TRUE},
  .render = b32_render,
};

const ZrtpSasType zrtp_sas_b256 = {
  .base = {"B256", ZRTP_KIND_SAS, FALSE},
  .render = b256_render,
};
