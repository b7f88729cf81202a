/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The key agreements: published and recorded answers, sizes, and whether both
 * sides agree.
 */
#include "agreements.h"

#include <string.h>

static const ZrtpKeyAgreement *const agreements[] = {
  &zrtp_key_agreement_dh2k, &zrtp_key_agreement_dh3k, &zrtp_key_agreement_x255,
  &zrtp_key_agreement_e255, &zrtp_key_agreement_x448, &zrtp_key_agreement_ec25,
  &zrtp_key_agreement_ec38
};

/* Both sides of one exchange. */
static void
check_exchange (const ZrtpKeyAgreement * ka, GBytes * private_i,
    GBytes * private_r, GBytes * public_i, GBytes * public_r, GBytes * result)
{
  agreement_public (ka, private_i, public_i);
  agreement_public (ka, private_r, public_r);
  agreement_result (ka, private_i, public_r, result);
  agreement_result (ka, private_r, public_i, result);
}

/* Published answers */

typedef struct
{
  const char *title;
  const ZrtpKeyAgreement *ka;
  const char *private_i;
  const char *private_r;
  const char *public_i;
  const char *public_r;
  const char *result;
} Exchange;

/* *INDENT-OFF* */
static const Exchange exchanges[] = {
  {"RFC 5903 8.1", &zrtp_key_agreement_ec25,
    "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
    "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
    "DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180"
    "5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
    "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
    "56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
    "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE"},
  {"RFC 5903 8.2", &zrtp_key_agreement_ec38,
    "099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F16"
    "0647B67414DCE655E35B538041E649EE3FAEF896783AB194",
    "41CB0779B4BDB85D47846725FBEC3C9430FAB46CC8DC5060"
    "855CC9BDA0AA2942E0308312916B8ED2960E4BD55A7448FC",
    "667842D7D180AC2CDE6F74F37551F55755C7645C20EF73E3"
    "1634FE72B4C55EE6DE3AC808ACB4BDB4C88732AEE95F41AA"
    "9482ED1FC0EEB9CAFC4984625CCFC23F65032149E0E144AD"
    "A024181535A0F38EEB9FCFF3C2C947DAE69B4C634573A81C",
    "E558DBEF53EECDE3D3FCCFC1AEA08A89A987475D12FD950D"
    "83CFA41732BC509D0D1AC43A0336DEF96FDA41D0774A3571"
    "DCFBEC7AACF3196472169E838430367F66EEBE3C6E70C416"
    "DD5F0C68759DD1FFF83FA40142209DFF5EAAD96DB9E6386C",
    "11187331C279962D93D604243FD592CB9D0A926F422E4718"
    "7521287E7156C5C4D603135569B9E9D09CF5D4A270F59746"},
  {"RFC 5114 A.6", &zrtp_key_agreement_ec25,
    "814264145F2F56F2E96A8E337A1284993FAF432A5ABCE59E867B7291D507A3AF",
    "2CE1788EC197E096DB95A200CC0AB26A19CE6BCCAD562B8EEE1B593761CF7F41",
    "2AF502F3BE8952F2C9B5A8D4160D09E97165BE50BC42AE4A5E8D3B4BA83AEB15"
    "EB0FAF4CA986C4D38681A0F9872D79D56795BD4BFF6E6DE3C0F5015ECE5EFD85",
    "B120DE4AA36492795346E8DE6C2C8646AE06AAEA279FA775B3AB0715F6CE51B0"
    "9F1B7EECE20D7B5ED8EC685FA3F071D83727027092A8411385C34DDE5708B2B6",
    "DD0F5396219D1EA393310412D19A08F1F5811E9DC8EC8EEA7F80D21C820C2788"},
  {"RFC 5114 A.7", &zrtp_key_agreement_ec38,
    "D27335EA71664AF244DD14E9FD1260715DFD8A7965571C48"
    "D709EE7A7962A156D706A90CBCB5DF2986F05FEADB9376F1",
    "52D1791FDB4B70F89C0F00D456C2F7023B6125262C36A7DF"
    "1F80231121CCE3D39BE52E00C194A4132C4A6C768BCD94D2",
    "793148F1787634D5DA4C6D9074417D05E057AB62F82054D1"
    "0EE6B0403D6279547E6A8EA9D1FD77427D016FE27A8B8C66"
    "C6C41294331D23E6F480F4FB4CD40504C947392E94F4C3F0"
    "6B8F398BB29E42368F7A685923DE3B67BACED214A1A1D128",
    "5CD42AB9C41B5347F74B8D4EFB708B3D5B36DB65915359B4"
    "4ABC17647B6B9999789D72A84865AE2F223F12B5A1ABC120"
    "E171458FEAA939AAA3A8BFAC46B404BD8F6D5B348C0FA4D8"
    "0CECA16356CA933240BDE8723415A8ECE035B0EDF36755DE",
    "5EA1FC4AF7256D2055981B110575E0A8CAE53160137D904C"
    "59D926EB1B8456E427AA8A4540884C37DE159A58028ABC0E"},
  {"RFC 7748 6.1", &zrtp_key_agreement_x255,
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
  {"RFC 7748 6.1 as E255", &zrtp_key_agreement_e255,
    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
    "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
  {"RFC 7748 6.2", &zrtp_key_agreement_x448,
    "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
    "d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
    "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d"
    "6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
    "9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"
    "22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
    "3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"
    "27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
    "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"
    "b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d"},
};

/* RFC 7748 5.2: scalar, u-coordinate, product. */
static const struct
{
  const ZrtpKeyAgreement *ka;
  const char *scalar;
  const char *u;
  const char *product;
} ladders[] = {
  {&zrtp_key_agreement_x255,
    "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
    "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
    "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
  {&zrtp_key_agreement_x255,
    "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
    "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
    "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
  {&zrtp_key_agreement_x448,
    "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121"
    "700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3",
    "06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9"
    "814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086",
    "ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239f"
    "e14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f"},
  {&zrtp_key_agreement_x448,
    "203d494428b8399352665ddca42f9de8fef600908e0d461cb021f8c5"
    "38345dd77c3e4806e25f46d3315c44e0a5b4371282dd2c8d5be3095f",
    "0fbcc2f993cd56d3305b0b7d9e55d4c1a8fb5dbb52f8e9a1e9b6201b"
    "165d015894e56c4d3570bee52fe205e28a78b91cdfbde71ce8d157db",
    "884a02576239ff7a2f2f63b2db6a9ff37047ac13568e1e30fe63c4a7"
    "ad1b3ee3a5700df34321d62077e63633c575c1c954514e99da7c179d"},
};
/* *INDENT-ON* */

GST_START_TEST (test_published)
{
  /* Z-5.1.5-11 Z-5.1.5-12 */
  const Exchange *e = &exchanges[__i__];
  g_autoptr (GBytes) private_i = hex (e->private_i);
  g_autoptr (GBytes) private_r = hex (e->private_r);
  g_autoptr (GBytes) public_i = hex (e->public_i);
  g_autoptr (GBytes) public_r = hex (e->public_r);
  g_autoptr (GBytes) result = hex (e->result);

  GST_INFO ("%s", e->title);
  check_exchange (e->ka, private_i, private_r, public_i, public_r, result);
}

GST_END_TEST;

GST_START_TEST (test_montgomery_ladders)
{
  g_autoptr (GBytes) scalar = hex (ladders[__i__].scalar);
  g_autoptr (GBytes) u = hex (ladders[__i__].u);
  g_autoptr (GBytes) product = hex (ladders[__i__].product);

  agreement_result (ladders[__i__].ka, scalar, u, product);
}

GST_END_TEST;

GST_START_TEST (test_vectors)
{
  /* Z-4.4.1.2-07 Z-4.4.1.3-05 Z-5.1.5-11 Z-5.1.5-12 */
  static const char *const sessions[] = {
    "dh3k_s256_nocache", "ec38_s384_rs2rs2_aux_pbx", "ec25_s256_mismatch",
    "dh2k_s256_aes3_rs1"
  };
  g_autoptr (JsonNode) all = vectors_load ("vectors.json");
  JsonNode *session = vectors_get (all, sessions[__i__]);
  const ZrtpKeyAgreement *ka = (const ZrtpKeyAgreement *)
      vectors_algorithm (session, "parameters/keyagreement",
      ZRTP_KIND_KEY_AGREEMENT);
  g_autoptr (GBytes) svi = vectors_hex (session, "svi");
  g_autoptr (GBytes) svr = vectors_hex (session, "svr");
  g_autoptr (GBytes) pvi = vectors_hex (session, "pvi");
  g_autoptr (GBytes) pvr = vectors_hex (session, "pvr");
  g_autoptr (GBytes) result = vectors_hex (session, "DHResult");

  check_exchange (ka, svi, svr, pvi, pvr, result);
}

GST_END_TEST;

/* pvr of a recorded DHPart1, pvi of a DHPart2. */
static GBytes *
recorded_public (JsonNode * channel, const char *type, gsize size)
{
  for (guint i = 0; i < vectors_size (channel, "packets"); i++) {
    JsonNode *packet = vectors_getf (channel, "packets/%u", i);

    if (strcmp (vectors_text (packet, "type"), type) == 0) {
      g_autoptr (GBytes) octets = vectors_hex (packet, "hex");

      /* Packet header 12, type 12, H1 32, four secret IDs 32. */
      return g_bytes_new_from_bytes (octets, 12 + 12 + 32 + 32, size);
    }
  }
  fail ("no %s recorded", type);
  return NULL;
}

GST_START_TEST (test_field_vectors)
{
  /* Z-4.4.1.2-07 Z-4.4.1.3-05 */
  g_autoptr (JsonNode) all = vectors_load ("field-vectors.json");
  JsonNode *channel = vectors_getf (all, "%d/ch/0", __i__);
  const ZrtpKeyAgreement *ka = (const ZrtpKeyAgreement *)
      vectors_algorithm (channel, "alg/ka", ZRTP_KIND_KEY_AGREEMENT);
  const ZrtpCipher *cipher = (const ZrtpCipher *)
      vectors_algorithm (channel, "alg/cipher", ZRTP_KIND_CIPHER);
  g_autoptr (GBytes) private_i = vectors_hex (channel, "priv_i");
  g_autoptr (GBytes) private_r = vectors_hex (channel, "priv_r");
  g_autoptr (GBytes) result = vectors_hex (channel, "dhresult");
  g_autoptr (GBytes) public_i =
      recorded_public (channel, "DHPart2 ", ka->public_size);
  g_autoptr (GBytes) public_r =
      recorded_public (channel, "DHPart1 ", ka->public_size);

  fail_unless_equals_int (g_bytes_get_size (private_i),
      ka->private_size (cipher));
  check_exchange (ka, private_i, private_r, public_i, public_r, result);
}

GST_END_TEST;

/* Sizes */

GST_START_TEST (test_sizes)
{
  /* Z-4.4.1.1-04 Z-4.4.1.4-04 */
  static const gsize sizes[][2] = {
    {256, 256}, {384, 384}, {32, 32}, {32, 32}, {56, 56}, {64, 32}, {96, 48}
  };
  static const ZrtpCipher *const ciphers[] = {
    &zrtp_cipher_aes1, &zrtp_cipher_aes2, &zrtp_cipher_aes3
  };

  for (guint i = 0; i < G_N_ELEMENTS (agreements); i++) {
    fail_unless_equals_int (agreements[i]->public_size, sizes[i][0]);
    fail_unless_equals_int (agreements[i]->result_size, sizes[i][1]);
    for (guint c = 0; c < G_N_ELEMENTS (ciphers); c++)
      fail_unless (agreements[i]->private_size (ciphers[c]) <=
          ZRTP_MAX_PRIVATE_SIZE);
  }
  fail_unless_equals_int (zrtp_key_agreement_mult.public_size, 0);
  fail_unless_equals_int (zrtp_key_agreement_mult.result_size, 0);
}

GST_END_TEST;

GST_START_TEST (test_private_sizes)
{
  /* Z-5.1.5-08 Z-5.1.5-09 Z-5.1.5-10 */
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (agreements[i]->private_size (&zrtp_cipher_aes1),
        32);
    fail_unless_equals_int (agreements[i]->private_size (&zrtp_cipher_aes2),
        48);
    fail_unless_equals_int (agreements[i]->private_size (&zrtp_cipher_aes3),
        64);
  }
  for (guint i = 2; i < G_N_ELEMENTS (agreements); i++)
    fail_unless_equals_int (agreements[i]->private_size (&zrtp_cipher_aes3),
        agreements[i]->result_size);
}

GST_END_TEST;

/* A private value of another size is refused, not read past its end. */
GST_START_TEST (test_wrong_private_size)
{
  const ZrtpKeyAgreement *ka = agreements[__i__];
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE + 1];
  guint8 value[ZRTP_MAX_PUBLIC_SIZE], result[ZRTP_MAX_RESULT_SIZE];
  gsize good = ka->private_size (&zrtp_cipher_aes1);

  memset (private_value, 0x42, sizeof private_value);
  fail_unless (ka->make_public (ka, private_value, good, value));
  fail_unless (ka->agree (ka, private_value, good, value, result));

  fail_if (ka->make_public (ka, private_value, 0, value));
  fail_if (ka->agree (ka, private_value, 0, value, result));
  fail_if (ka->make_public (ka, private_value, sizeof private_value, value));
  fail_if (ka->agree (ka, private_value, sizeof private_value, value, result));
  if (__i__ >= 2) {
    fail_if (ka->make_public (ka, private_value, good - 1, value));
    fail_if (ka->agree (ka, private_value, good - 1, value, result));
  }
}

GST_END_TEST;

/* All of them */

GST_START_TEST (test_random_exchanges)
{
  const ZrtpKeyAgreement *ka = agreements[__i__];
  GRand *rand = g_rand_new_with_seed (4);
  gsize size = ka->private_size (&zrtp_cipher_aes3);

  for (guint round = 0; round < 16; round++) {
    guint8 priv[2][ZRTP_MAX_PRIVATE_SIZE];
    guint8 pub[2][ZRTP_MAX_PUBLIC_SIZE];
    guint8 result[2][ZRTP_MAX_RESULT_SIZE];

    for (guint side = 0; side < 2; side++) {
      for (gsize i = 0; i < size; i++)
        priv[side][i] = g_rand_int (rand);
      /* Below every order. */
      priv[side][0] &= 0x7f;
      fail_unless (ka->make_public (ka, priv[side], size, pub[side]));
      fail_unless (ka->validate (ka, pub[side]));
    }
    for (guint side = 0; side < 2; side++)
      fail_unless (ka->agree (ka, priv[side], size, pub[1 - side],
              result[side]));
    fail_unless (memcmp (pub[0], pub[1], ka->public_size) != 0);
    fail_unless (memcmp (result[0], result[1], ka->result_size) == 0);
  }
  g_rand_free (rand);
}

GST_END_TEST;

static Suite *
keyagreement_suite (void)
{
  Suite *s = suite_create ("keyagreement");
  TCase *tc = tcase_create ("general");
  guint n = G_N_ELEMENTS (agreements);

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_published, 0, G_N_ELEMENTS (exchanges));
  tcase_add_loop_test (tc, test_montgomery_ladders, 0, G_N_ELEMENTS (ladders));
  tcase_add_loop_test (tc, test_vectors, 0, 4);
  tcase_add_loop_test (tc, test_field_vectors, 0, 10);
  tcase_add_test (tc, test_sizes);
  tcase_add_test (tc, test_private_sizes);
  tcase_add_loop_test (tc, test_wrong_private_size, 0, n);
  tcase_add_loop_test (tc, test_random_exchanges, 0, n);
  return s;
}

GST_CHECK_MAIN (keyagreement);
