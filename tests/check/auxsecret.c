/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * srtps: an SRTP key that the signalling agreed on as auxsecret (RFC 6189 8.2).
 */
#include <string.h>

#include "cache-common.h"
#include "knownpeers-common.h"
#include "vectors.h"
#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

/* What an SDES attribute of AES_CM_128 has in it: key and salt. */
static const char one[] = "0123456789abcdefONE-SALT-14-OC";
static const char other[] = "0123456789abcdefANOTHER-14-OCT";

#define SIZE 30

G_STATIC_ASSERT (sizeof one == SIZE + 1 && sizeof other == SIZE + 1);

/* Computed by Python's hmac. The key counts up from 00, the salt from 80, ZIDi
 * from a0, ZIDr from b0. */
typedef struct
{
  guint key, salt;
  const char *s256, *s384;
} Answer;

static const Answer answers[] = {
  {16, 14,
        "fbd5e6967eec96a28836f4dce9e7a286499c0571a67454dd1581d3e0368916f8",
      "1debb1cc7ea79e37f1eaba74d25538400bfac8bebd34d9e6773ca1e1ecce96ed"},
  {24, 14,
        "60a302f90ff7928e094dfcdbb06fe71c57bb72908323578f39da3a65e84fc7aa",
      "50ced8c68f1babbc32ebc6673a2ccff890220b4353868012dca6babb7db07793"},
  {32, 14,
        "c7723af0c4b1d0e9cef7e1f1a91750b730395bca7687be6e40e64b3a524025ca",
      "12756c5b8a8781231692047336da48ee7c15fcc170aaa244fb2ca87b63daceb2"},
  {16, 12,
        "87d5183707f6dd8d998463cbdebded2914d8dedb1a153761586608a3dc7b81f4",
      "9ad71774ec3889feb726014f04e4175af0a94eb4d4ee2636af971631d7246d9d"},
  {32, 12,
        "728777bdf9fee696fbb3b97439b26811f6079dc0e37ed6208ed5a37d548b5a2f",
      "8ee2bb23ae7dafffda9eda4059f6ad9080177e6a8deb721cb1701cf339cf3807"},
};

static void
count_up (guint8 * out, guint first, gsize size)
{
  for (gsize i = 0; i < size; i++)
    out[i] = first + i;
}

/* Z-8.2-01 */
GST_START_TEST (test_known_answers)
{
  guint8 key[32], salt[ZRTP_SALT_SIZE], zidi[ZRTP_ZID_SIZE];
  guint8 zidr[ZRTP_ZID_SIZE], srtps[ZRTP_SECRET_SIZE];

  count_up (key, 0, sizeof key);
  count_up (salt, 0x80, sizeof salt);
  count_up (zidi, 0xa0, sizeof zidi);
  count_up (zidr, 0xb0, sizeof zidr);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    const Answer *a = &answers[i];

    zrtp_keys_srtps (&zrtp_hash_s256, zrtp_octets (key, a->key),
        zrtp_octets (salt, a->salt), zidi, zidr, srtps);
    assert_octets_hex (srtps, sizeof srtps, a->s256);
    zrtp_keys_srtps (&zrtp_hash_s384, zrtp_octets (key, a->key),
        zrtp_octets (salt, a->salt), zidi, zidr, srtps);
    assert_octets_hex (srtps, sizeof srtps, a->s384);
    fail_unless_equals_int (zrtp_sdes_salt_size (a->key + a->salt), a->salt);
  }
}

GST_END_TEST;

static gboolean
set_key (Sim * sim, guint end, const char *key)
{
  return zrtp_session_set_sdes_key (sim->ends[end].session,
      (const guint8 *) key, SIZE);
}

static void
set_aux (Sim * sim, guint end, const char *text)
{
  zrtp_session_set_aux_secret (sim->ends[end].session,
      (const guint8 *) text, strlen (text));
}

/* A size that no crypto suite has is refused; what was set before stays. */
GST_START_TEST (test_sizes)
{
  Sim *sim = sim_new_pair (1);
  ZrtpSession *session = sim->ends[0].session;
  guint8 octets[64] = { 0 };
  guint good = 0;

  fail_unless (set_key (sim, 0, one));
  for (gsize size = 0; size <= sizeof octets; size++) {
    if (zrtp_sdes_salt_size (size)) {
      good++;
      continue;
    }
    fail_if (zrtp_session_set_sdes_key (session, octets, size));
    fail_unless_equals_int (session->sdes_key_size, SIZE);
    fail_unless (memcmp (session->sdes_key, one, SIZE) == 0);
  }
  fail_unless_equals_int (good, G_N_ELEMENTS (answers));
  fail_unless (zrtp_session_set_sdes_key (session, NULL, 0));
  fail_unless (session->sdes_key == NULL);
  sim_free (sim);
}

GST_END_TEST;

static void
start_call (Sim * sim, guint initiator)
{
  sim->ends[1 - initiator].policy.passive = TRUE;
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
}

static void
finish_call (Sim * sim)
{
  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  sim_assert_agreed (sim);
}

static void
assert_told (Sim * sim, guint end, gboolean matched, gboolean mismatch)
{
  const ZrtpSessionInfo *info = knownpeers_info (sim, end);

  fail_unless_equals_int (info->aux_matched, matched);
  fail_unless_equals_int (info->aux_mismatch, mismatch);
  fail_unless_equals_int (sim->ends[end].streams[0].n_events
      [ZRTP_EVENT_AUX_MISMATCH], mismatch);
}

/* The same key on both sides goes into s0, and anything else is as if there were
 * none, except that who has one is told; the call is secure in any case. */
/* Z-8.2-01 Z-4.3-11 */
GST_START_TEST (test_calls)
{
  static const struct
  {
    const char *key[2];
    gboolean matched;
  } rows[] = {
    {{one, one}, TRUE},
    {{one, other}, FALSE},
    {{one, NULL}, FALSE},
    {{NULL, one}, FALSE},
    {{NULL, NULL}, FALSE},
  };

  for (guint i = 0; i < 4 * G_N_ELEMENTS (rows); i++) {
    const char *const *key = rows[i / 4].key;
    Sim *sim = sim_new (20 + i);

    for (guint e = 0; e < 2; e++)
      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_HASH,
              i & 2 ? "S384" : "S256",
              &sim->ends[e].policy.algorithms[ZRTP_KIND_HASH], NULL));
    start_call (sim, i & 1);
    for (guint e = 0; e < 2; e++)
      if (key[e])
        fail_unless (set_key (sim, e, key[e]));
    finish_call (sim);
    for (guint e = 0; e < 2; e++)
      assert_told (sim, e, rows[i / 4].matched, key[e] && !rows[i / 4].matched);
    sim_free (sim);
  }
}

GST_END_TEST;

/* What the initiator sends is made of srtps with its own ZID in front. */
/* Z-8.2-01 */
GST_START_TEST (test_roles)
{
  for (guint initiator = 0; initiator < 2; initiator++) {
    Sim *sim = sim_new (50 + initiator);
    const guint8 *zidi = sim->ends[initiator].zid;
    const guint8 *zidr = sim->ends[1 - initiator].zid;
    guint8 srtps[ZRTP_SECRET_SIZE], mac[ZRTP_MAX_HASH_SIZE];
    const ZrtpMessage *hello, *part;
    PacketLog *log = packet_log_new (sim);
    ZrtpOctets h3;

    start_call (sim, initiator);
    for (guint e = 0; e < 2; e++)
      fail_unless (set_key (sim, e, one));
    finish_call (sim);
    zrtp_keys_srtps (&zrtp_hash_s256,
        zrtp_octets ((const guint8 *) one, 16),
        zrtp_octets ((const guint8 *) one + 16, 14), zidi, zidr, srtps);
    hello = &packet_log_get (log, initiator, ZRTP_MESSAGE_HELLO, 0)->message;
    h3 = zrtp_octets (hello->u.hello.h3, ZRTP_IMAGE_SIZE);
    zrtp_hash_s256.mac (srtps, sizeof srtps, &h3, 1, mac);
    part = &packet_log_get (log, initiator, ZRTP_MESSAGE_DHPART2, 0)->message;
    fail_unless (memcmp (part->u.dhpart.aux_id, mac, ZRTP_SECRET_ID_SIZE) == 0);
    packet_log_free (log);
    sim_free (sim);
  }
}

GST_END_TEST;

/* What the signalling gave comes before what was provisioned, and that is back
 * in its place without it (4.3). */
GST_START_TEST (test_order)
{
  for (guint i = 0; i < 2; i++) {
    Sim *sim = sim_new (60 + i);

    start_call (sim, i);
    set_aux (sim, 0, "a family key");
    set_aux (sim, 1, i ? "a family key" : "another one");
    for (guint e = 0; e < 2; e++)
      fail_unless (set_key (sim, e, i == 0 || e == 0 ? one : other));
    if (i == 1) {
      for (guint e = 0; e < 2; e++)
        fail_unless (zrtp_session_set_sdes_key (sim->ends[e].session, NULL, 0));
    }
    finish_call (sim);
    for (guint e = 0; e < 2; e++)
      assert_told (sim, e, TRUE, FALSE);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Part of the key in Preshared mode, too. */
GST_START_TEST (test_preshared)
{
  for (guint i = 0; i < 4; i++) {
    Sim *sim = knownpeers_new (70 + i);

    for (guint e = 0; e < 2; e++)
      fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
              "Prsh,X255,Mult",
              &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
    start_call (sim, i & 1);
    for (guint e = 0; i >= 2 && e < 2; e++)
      fail_unless (set_key (sim, e, one));
    finish_call (sim);
    for (guint e = 0; e < 2; e++) {
      fail_unless (zrtp_session_verify_sas (sim->ends[e].session, sim->now));
      assert_told (sim, e, i >= 2, FALSE);
      fail_unless_equals_int (sim->ends[e].session->preshared, i >= 2);
    }
    sim_talk (sim);
    knownpeers_settle (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static Suite *
auxsecret_suite (void)
{
  Suite *suite = suite_create ("auxsecret");
  TCase *tc = tcase_create ("auxsecret");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_test (tc, test_known_answers);
  tcase_add_test (tc, test_sizes);
  tcase_add_test (tc, test_calls);
  tcase_add_test (tc, test_roles);
  tcase_add_test (tc, test_order);
  tcase_add_test (tc, test_preshared);
  return suite;
}

GST_CHECK_MAIN (auxsecret);
