/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of algorithms, and lists of them as text.
 */
#include "zrtp/crypto/zrtpalgorithm.h"
#include "zrtp/crypto/zrtpkeyagreement.h"

#include <string.h>

const ZrtpAuthTag zrtp_auth_tag_hs32 = {
  .base = {"HS32", ZRTP_KIND_AUTH_TAG, TRUE, 32},
  .tag_size = 4,
};

const ZrtpAuthTag zrtp_auth_tag_hs80 = {
  .base = {"HS80", ZRTP_KIND_AUTH_TAG, TRUE, 80},
  .tag_size = 10,
};

const ZrtpKeyAgreement zrtp_key_agreement_mult = {
  .base = {"Mult", ZRTP_KIND_KEY_AGREEMENT, FALSE},
  .rank = ZRTP_RANK_NONE,
};

const ZrtpKeyAgreement zrtp_key_agreement_prsh = {
  .base = {"Prsh", ZRTP_KIND_KEY_AGREEMENT, FALSE},
  .rank = ZRTP_RANK_NONE,
};

static const ZrtpAlgorithm *const hashes[] = {
  &zrtp_hash_s256.base,
  &zrtp_hash_s384.base,
  NULL
};

static const ZrtpAlgorithm *const ciphers[] = {
  &zrtp_cipher_aes1.base,
  &zrtp_cipher_aes2.base,
  &zrtp_cipher_aes3.base,
  NULL
};

/* The longer tag first: mandatory rows are appended to lists in this order. */
static const ZrtpAlgorithm *const auth_tags[] = {
  &zrtp_auth_tag_hs80.base,
  &zrtp_auth_tag_hs32.base,
  NULL
};

static const ZrtpAlgorithm *const key_agreements[] = {
  &zrtp_key_agreement_dh2k.base,
  &zrtp_key_agreement_x255.base,
  &zrtp_key_agreement_e255.base,
  &zrtp_key_agreement_ec25.base,
  &zrtp_key_agreement_x448.base,
  &zrtp_key_agreement_dh3k.base,
  &zrtp_key_agreement_ec38.base,
  &zrtp_key_agreement_mult.base,
  &zrtp_key_agreement_prsh.base,
  NULL
};

static const ZrtpAlgorithm *const sas_types[] = {
  &zrtp_sas_b32.base,
  &zrtp_sas_b256.base,
  &zrtp_sas_b32e.base,
  &zrtp_sas_b10d.base,
  NULL
};

static const struct
{
  const ZrtpAlgorithm *const *rows;
  const char *title;            /* in error texts */
} kinds[ZRTP_N_KINDS] = {
  [ZRTP_KIND_HASH] = {hashes, "hash"},
  [ZRTP_KIND_CIPHER] = {ciphers, "cipher"},
  [ZRTP_KIND_AUTH_TAG] = {auth_tags, "auth tag"},
  [ZRTP_KIND_KEY_AGREEMENT] = {key_agreements, "key agreement"},
  [ZRTP_KIND_SAS] = {sas_types, "SAS type"},
};

const ZrtpAlgorithm *const *
zrtp_algorithms (ZrtpKind kind)
{
  g_return_val_if_fail (kind < ZRTP_N_KINDS, NULL);
  return kinds[kind].rows;
}

const ZrtpAlgorithm *
zrtp_algorithm_find (ZrtpKind kind, const char *name)
{
  for (const ZrtpAlgorithm * const *row = zrtp_algorithms (kind); *row; row++)
    if (memcmp ((*row)->name, name, 4) == 0)
      return *row;
  return NULL;
}

static gboolean
is_among (const ZrtpAlgorithmList * list, guint n,
    const ZrtpAlgorithm * algorithm)
{
  for (guint i = 0; i < n; i++)
    if (list->item[i] == algorithm)
      return TRUE;
  return FALSE;
}

gboolean
zrtp_algorithm_list_has (const ZrtpAlgorithmList * list,
    const ZrtpAlgorithm * algorithm)
{
  return is_among (list, list->n, algorithm);
}

gboolean
zrtp_algorithm_list_names (const ZrtpAlgorithmList * list,
    const ZrtpAlgorithm * algorithm)
{
  return is_among (list, list->n - list->n_implied, algorithm);
}

void
zrtp_algorithm_list_complete (ZrtpKind kind, ZrtpAlgorithmList * list)
{
  list->n_implied = 0;
  for (const ZrtpAlgorithm * const *row = zrtp_algorithms (kind); *row; row++) {
    if ((*row)->mandatory && !zrtp_algorithm_list_has (list, *row)) {
      g_return_if_fail (list->n < G_N_ELEMENTS (list->item));
      list->item[list->n++] = *row;
      list->n_implied++;
    }
  }
}

/* The row of a name as people write it, without the padding. */
static const ZrtpAlgorithm *
find_written (ZrtpKind kind, const char *name)
{
  char padded[5];

  if (*name == '\0' || strlen (name) > 4)
    return NULL;
  g_snprintf (padded, sizeof padded, "%-4s", name);
  return zrtp_algorithm_find (kind, padded);
}

char *
zrtp_algorithm_names (ZrtpKind kind)
{
  GString *text = g_string_new (NULL);

  for (const ZrtpAlgorithm * const *row = zrtp_algorithms (kind); *row; row++) {
    char *name = g_strchomp (g_strndup ((*row)->name, 4));

    g_string_append_printf (text, "%s%s", text->len ? ", " : "", name);
    g_free (name);
  }
  return g_string_free (text, FALSE);
}

static char *
complain_of_name (ZrtpKind kind, const char *name)
{
  char *known = zrtp_algorithm_names (kind);
  char *text = g_strdup_printf ("\"%s\" is not a known %s; separate names by "
      "commas, known are %s", name, kinds[kind].title, known);

  g_free (known);
  return text;
}

/* Appends one; the complaint, or NULL. */
static char *
append_written (ZrtpKind kind, ZrtpAlgorithmList * list, const char *name)
{
  const char *title = kinds[kind].title;
  const ZrtpAlgorithm *row = find_written (kind, name);

  if (!row)
    return complain_of_name (kind, name);
  if (zrtp_algorithm_list_has (list, row))
    return g_strdup_printf ("the %s %s is listed twice", title, name);
  if (list->n == ZRTP_MAX_ALGORITHMS)
    return g_strdup_printf ("%s is one too many: at most %d names of a kind "
        "fit into a Hello", name, ZRTP_MAX_ALGORITHMS);
  list->item[list->n++] = row;
  return NULL;
}

gboolean
zrtp_algorithm_list_parse (ZrtpKind kind, const char *text,
    ZrtpAlgorithmList * list, char **error)
{
  ZrtpAlgorithmList parsed = { 0 };
  char *complaint = NULL;
  char **names;

  g_return_val_if_fail (kind < ZRTP_N_KINDS, FALSE);

  names = g_strsplit (text, ",", -1);
  if (!(g_strv_length (names) == 1 && *g_strstrip (names[0]) == '\0')) {
    for (char **name = names; *name && !complaint; name++)
      complaint = append_written (kind, &parsed, g_strstrip (*name));
  }
  g_strfreev (names);

  if (complaint) {
    if (error)
      *error = complaint;
    else
      g_free (complaint);
    return FALSE;
  }
  *list = parsed;
  return TRUE;
}

char *
zrtp_algorithm_list_to_string (const ZrtpAlgorithmList * list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < list->n; i++) {
    if (i > 0)
      g_string_append_c (text, ',');
    g_string_append (text, list->item[i]->name);
    while (text->str[text->len - 1] == ' ')
      g_string_truncate (text, text->len - 1);
  }
  return g_string_free (text, FALSE);
}
