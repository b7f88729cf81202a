/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tables of algorithms, lists of names, and the default policy.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "vectors.h"

#include <string.h>

#include "zrtp/agreement/zrtppolicy.h"

/* Tables */

static guint
count (ZrtpKind kind, gboolean mandatory_only)
{
  guint n = 0;

  for (const ZrtpAlgorithm * const *row = zrtp_algorithms (kind); *row; row++)
    if ((*row)->mandatory || !mandatory_only)
      n++;
  return n;
}

GST_START_TEST (test_rows)
{
  ZrtpKind kind = __i__;
  const ZrtpAlgorithm *const *rows = zrtp_algorithms (kind);

  for (guint i = 0; rows[i]; i++) {
    const char *name = rows[i]->name;
    char on_wire[] = { name[0], name[1], name[2], name[3], 'x' };

    fail_unless_equals_int (strlen (name), 4);
    fail_unless_equals_int (rows[i]->kind, kind);
    fail_unless (zrtp_algorithm_find (kind, name) == rows[i]);
    fail_unless (zrtp_algorithm_find (kind, on_wire) == rows[i]);
    for (ZrtpKind other = 0; other < ZRTP_N_KINDS; other++)
      if (other != kind)
        fail_unless (zrtp_algorithm_find (other, name) == NULL);
  }

  /* The whole of a list and its completion must fit. */
  fail_unless (count (kind, TRUE) >= 1);
  fail_unless (count (kind, TRUE) + ZRTP_MAX_ALGORITHMS <=
      G_N_ELEMENTS (((ZrtpAlgorithmList *) NULL)->item));
}

GST_END_TEST;

GST_START_TEST (test_unknown_names)
{
  /* Z-5.1.5-20 */
  static const char *const names[] = {
    "EC52", "E414", "SKN2", "S512", "GCM ", "b32 ", "B32", ""
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    char name[5] = "";

    g_strlcpy (name, names[i], sizeof name);
    for (ZrtpKind kind = 0; kind < ZRTP_N_KINDS; kind++)
      fail_unless (zrtp_algorithm_find (kind, name) == NULL, "\"%s\"", name);
  }
}

GST_END_TEST;

GST_START_TEST (test_mandatory_rows)
{
  /* Z-5.1.2-01 Z-5.1.3-01 Z-5.1.4-01 Z-5.1.5-01 Z-5.1.6-01 */
  fail_unless (zrtp_hash_s256.base.mandatory);
  fail_unless (zrtp_cipher_aes1.base.mandatory);
  fail_unless (zrtp_auth_tag_hs32.base.mandatory);
  fail_unless (zrtp_auth_tag_hs80.base.mandatory);
  fail_unless (zrtp_key_agreement_dh3k.base.mandatory);
  fail_unless (zrtp_sas_b32.base.mandatory);

  fail_unless_equals_int (count (ZRTP_KIND_HASH, TRUE), 1);
  fail_unless_equals_int (count (ZRTP_KIND_CIPHER, TRUE), 1);
  fail_unless_equals_int (count (ZRTP_KIND_AUTH_TAG, TRUE), 2);
  fail_unless_equals_int (count (ZRTP_KIND_KEY_AGREEMENT, TRUE), 1);
  fail_unless_equals_int (count (ZRTP_KIND_SAS, TRUE), 1);
}

GST_END_TEST;

GST_START_TEST (test_sizes_in_octets)
{
  fail_unless_equals_int (zrtp_hash_s256.size, 32);
  fail_unless_equals_int (zrtp_hash_s384.size, 48);
  fail_unless_equals_int (zrtp_cipher_aes1.key_size, 16);
  fail_unless_equals_int (zrtp_cipher_aes2.key_size, 24);
  fail_unless_equals_int (zrtp_cipher_aes3.key_size, 32);
  fail_unless_equals_int (zrtp_auth_tag_hs32.tag_size, 4);
  fail_unless_equals_int (zrtp_auth_tag_hs80.tag_size, 10);
}

GST_END_TEST;

GST_START_TEST (test_key_agreement_order)
{
  /* Z-4.1.2-04 */
  static const ZrtpKeyAgreement *const fastest_first[] = {
    &zrtp_key_agreement_dh2k, &zrtp_key_agreement_x255,
    &zrtp_key_agreement_e255, &zrtp_key_agreement_ec25,
    &zrtp_key_agreement_x448, &zrtp_key_agreement_dh3k,
    &zrtp_key_agreement_ec38, &zrtp_key_agreement_mult
  };

  for (guint i = 1; i < G_N_ELEMENTS (fastest_first); i++)
    fail_unless (fastest_first[i - 1]->rank < fastest_first[i]->rank);
}

GST_END_TEST;

GST_START_TEST (test_required_hash)
{
  /* Z-5.1.2-03 */
  const ZrtpAlgorithm *const *rows = zrtp_algorithms (ZRTP_KIND_KEY_AGREEMENT);

  for (guint i = 0; rows[i]; i++) {
    const ZrtpKeyAgreement *row = (const ZrtpKeyAgreement *) rows[i];

    if (row == &zrtp_key_agreement_ec38)
      fail_unless (zrtp_algorithm_find (ZRTP_KIND_HASH, row->required_hash) ==
          &zrtp_hash_s384.base);
    else
      fail_unless (row->required_hash == NULL);
  }
}

GST_END_TEST;

/* Lists */

static void
check_list (ZrtpKind kind, const char *text, const char *expected)
{
  ZrtpAlgorithmList list = { 99 };
  char *error = NULL;
  g_autofree char *back = NULL;

  if (!zrtp_algorithm_list_parse (kind, text, &list, &error))
    fail ("\"%s\": %s", text, error);
  fail_unless (error == NULL);
  back = zrtp_algorithm_list_to_string (&list);
  fail_unless_equals_string (back, expected);
}

GST_START_TEST (test_list_parse)
{
  /* Z-4.1.2-01 Z-4.1.2-07 */
  check_list (ZRTP_KIND_KEY_AGREEMENT, "X255,EC25,DH3k", "X255,EC25,DH3k");
  check_list (ZRTP_KIND_KEY_AGREEMENT, "DH3k", "DH3k");
  check_list (ZRTP_KIND_KEY_AGREEMENT, " X255,\tEC25 , DH3k\n",
      "X255,EC25,DH3k");
  check_list (ZRTP_KIND_SAS, "B256,B32", "B256,B32");
  check_list (ZRTP_KIND_SAS, "B32 ,B256", "B32,B256");
  check_list (ZRTP_KIND_SAS, "B32E,B10D", "B32E,B10D");
  check_list (ZRTP_KIND_HASH, "S384", "S384");
  check_list (ZRTP_KIND_AUTH_TAG, "HS32,HS80", "HS32,HS80");
  check_list (ZRTP_KIND_CIPHER, "AES3,AES2,AES1", "AES3,AES2,AES1");
  check_list (ZRTP_KIND_KEY_AGREEMENT, "DH2k,DH3k,EC25,EC38,X255,X448,Mult",
      "DH2k,DH3k,EC25,EC38,X255,X448,Mult");
  check_list (ZRTP_KIND_CIPHER, "", "");
  check_list (ZRTP_KIND_CIPHER, " \t ", "");
}

GST_END_TEST;

/* Refused, the list left alone, and the complaint speaks of @word. */
static void
check_refused (ZrtpKind kind, const char *text, const char *word)
{
  ZrtpAlgorithmList list, before;
  g_autofree char *error = NULL;

  memset (&before, 0x5a, sizeof before);
  list = before;
  fail_if (zrtp_algorithm_list_parse (kind, text, &list, &error), "\"%s\"",
      text);
  fail_unless (memcmp (&list, &before, sizeof list) == 0);
  fail_unless (strstr (error, word) != NULL, "\"%s\": %s", text, error);

  fail_if (zrtp_algorithm_list_parse (kind, text, &list, NULL));
}

GST_START_TEST (test_list_refused)
{
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "X255,EC52", "EC52");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "x255", "x255");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "X255x", "X255x");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "X255 EC25", "X255 EC25");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "AES1", "AES1");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "X255,EC25,X255", "twice");
  check_refused (ZRTP_KIND_SAS, "B32,B32 ", "twice");
  check_refused (ZRTP_KIND_SAS, "B32,B2", "B2");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "X255,,EC25", "\"\"");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, "X255,", "\"\"");
  check_refused (ZRTP_KIND_KEY_AGREEMENT, ",", "\"\"");
  check_refused (ZRTP_KIND_KEY_AGREEMENT,
      "DH2k,X255,E255,EC25,X448,DH3k,EC38,Mult", "Mult");
}

GST_END_TEST;

static void
check_completed (ZrtpKind kind, const char *text, const char *expected)
{
  ZrtpAlgorithmList list;
  g_autofree char *back = NULL;

  fail_unless (zrtp_algorithm_list_parse (kind, text, &list, NULL));
  zrtp_algorithm_list_complete (kind, &list);
  zrtp_algorithm_list_complete (kind, &list);   /* no more to add */
  back = zrtp_algorithm_list_to_string (&list);
  fail_unless_equals_string (back, expected);
}

GST_START_TEST (test_list_complete)
{
  /* Z-5.2-10 Z-5.2-12 */
  check_completed (ZRTP_KIND_HASH, "", "S256");
  check_completed (ZRTP_KIND_HASH, "S384", "S384,S256");
  check_completed (ZRTP_KIND_HASH, "S256,S384", "S256,S384");
  check_completed (ZRTP_KIND_CIPHER, "AES3", "AES3,AES1");
  check_completed (ZRTP_KIND_AUTH_TAG, "", "HS80,HS32");
  check_completed (ZRTP_KIND_AUTH_TAG, "HS32", "HS32,HS80");
  check_completed (ZRTP_KIND_KEY_AGREEMENT, "EC25", "EC25,DH3k");
  check_completed (ZRTP_KIND_KEY_AGREEMENT,
      "DH2k,X255,E255,EC25,X448,EC38,Mult",
      "DH2k,X255,E255,EC25,X448,EC38,Mult,DH3k");
  check_completed (ZRTP_KIND_SAS, "B256", "B256,B32");
}

GST_END_TEST;

GST_START_TEST (test_list_has)
{
  ZrtpAlgorithmList list;

  fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_CIPHER, "AES3,AES1", &list,
          NULL));
  fail_unless (zrtp_algorithm_list_has (&list, &zrtp_cipher_aes1.base));
  fail_unless (zrtp_algorithm_list_has (&list, &zrtp_cipher_aes3.base));
  fail_if (zrtp_algorithm_list_has (&list, &zrtp_cipher_aes2.base));
  fail_if (zrtp_algorithm_list_has (&list, NULL));
}

GST_END_TEST;

/* Policy */

GST_START_TEST (test_policy_defaults)
{
  /* Z-5.1.5-20 Z-5.1.5-22 */
  static const char *const lists[ZRTP_N_KINDS] = {
    [ZRTP_KIND_HASH] = "S256,S384",
    [ZRTP_KIND_CIPHER] = "AES1,AES3,AES2",
    [ZRTP_KIND_AUTH_TAG] = "HS80,HS32",
    [ZRTP_KIND_KEY_AGREEMENT] = "X255,EC25,DH3k,E255,EC38,DH2k,Mult",
    [ZRTP_KIND_SAS] = "B32,B256"
  };
  g_autofree char *client_id = g_strdup_printf ("%-16s",
      "gst-zrtp " PACKAGE_VERSION);
  ZrtpPolicy policy;

  memset (&policy, 0x5a, sizeof policy);
  zrtp_policy_init (&policy);

  for (ZrtpKind kind = 0; kind < ZRTP_N_KINDS; kind++) {
    g_autofree char *text =
        zrtp_algorithm_list_to_string (&policy.algorithms[kind]);

    fail_unless_equals_string (text, lists[kind]);
  }
  fail_unless (policy.strict_algorithms == FALSE);
  fail_unless (policy.passive == FALSE);
  fail_unless (policy.allow_clear == FALSE);
  fail_unless (policy.disclosure == FALSE);
  fail_unless (policy.auto_secure == TRUE);
  fail_unless (policy.require_encryption == TRUE);
  fail_unless (policy.cacheless == FALSE);
  fail_unless (policy.signalling_trusted == FALSE);
  fail_unless (policy.cache_expiry == 0xffffffffu);
  fail_unless_equals_int (policy.hello_timeout_ms, 50);
  fail_unless_equals_int (policy.retry_timeout_ms, 150);
  fail_unless_equals_int (strlen (client_id), ZRTP_CLIENT_ID_SIZE);
  fail_unless (memcmp (policy.client_id, client_id, ZRTP_CLIENT_ID_SIZE) == 0);
}

GST_END_TEST;

static Suite *
algorithm_suite (void)
{
  Suite *s = suite_create ("algorithm");
  TCase *tc = tcase_create ("general");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_rows, 0, ZRTP_N_KINDS);
  tcase_add_test (tc, test_unknown_names);
  tcase_add_test (tc, test_mandatory_rows);
  tcase_add_test (tc, test_sizes_in_octets);
  tcase_add_test (tc, test_key_agreement_order);
  tcase_add_test (tc, test_required_hash);
  tcase_add_test (tc, test_list_parse);
  tcase_add_test (tc, test_list_refused);
  tcase_add_test (tc, test_list_complete);
  tcase_add_test (tc, test_list_has);
  tcase_add_test (tc, test_policy_defaults);
  return s;
}

GST_CHECK_MAIN (algorithm);
