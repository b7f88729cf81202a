/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The plain texts of Confirm and SASrelay: RFC 6189 5.7 and 5.13.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "samples.h"

/* A body without a signature. */
#define UNSIGNED 40
#define MAX_BODY_SIZE (UNSIGNED + 4 * 511)

/* The two kinds have their flags word and their parser in different places,
 * and all else in common. */
typedef struct
{
  const char *label;
  guint flags_offset;
    gboolean (*accepts) (const guint8 * data, gsize size);
} BodyKind;

static gboolean
accepts_confirm (const guint8 * data, gsize size)
{
  ZrtpConfirmBody body;
  gboolean accepted;

  memset (&body, 0x77, sizeof body);
  accepted = zrtp_confirm_body_parse (data, size, &body);
  if (!accepted)
    fail_unless_equals_uint64 (body.cache_expiry, 0x77777777);
  return accepted;
}

static gboolean
accepts_sas_relay (const guint8 * data, gsize size)
{
  ZrtpSasRelayBody body;
  gboolean accepted;

  memset (&body, 0x77, sizeof body);
  accepted = zrtp_sas_relay_body_parse (data, size, &body);
  if (!accepted)
    fail_unless_equals_int (body.sashash[0], 0x77);
  return accepted;
}

static const BodyKind kinds[] = {
  {"Confirm", 32, accepts_confirm},
  {"SASrelay", 0, accepts_sas_relay},
};

/* Octets count up; the flags word has only the signature length. */
static gsize
build_body (const BodyKind * kind, guint signature_words, guint8 * out)
{
  gsize size = 40 + 4 * signature_words;
  gsize i;

  for (i = 0; i < size; i++)
    out[i] = (guint8) i;
  GST_WRITE_UINT32_BE (out + kind->flags_offset, signature_words << 8);
  return size;
}

GST_START_TEST (test_confirm_layout)
{
  guint8 data[MAX_BODY_SIZE];
  gsize size = build_body (&kinds[0], 0, data);
  ZrtpConfirmBody body;
  guint i;

  /* Z-5.7-02 Z-5.7-12 */
  fail_unless (zrtp_confirm_body_parse (data, size, &body));
  for (i = 0; i < sizeof body.h0; i++)
    fail_unless_equals_int (body.h0[i], i);
  fail_unless_equals_uint64 (body.cache_expiry, 0x24252627);
  fail_unless_equals_string (body.signature_type, "");
  fail_unless_equals_int (body.signature.size, 0);
}

GST_END_TEST;

GST_START_TEST (test_sas_relay_layout)
{
  guint8 data[MAX_BODY_SIZE];
  gsize size = build_body (&kinds[1], 0, data);
  ZrtpSasRelayBody body;
  guint i;

  /* Z-5.13-12 */
  memcpy (data + 4, "B256", 4);
  fail_unless (zrtp_sas_relay_body_parse (data, size, &body));
  fail_unless_equals_string (body.sas_type, "B256");
  for (i = 0; i < sizeof body.sashash; i++)
    fail_unless_equals_int (body.sashash[i], 8 + i);
  fail_unless_equals_string (body.signature_type, "");
  fail_unless_equals_int (body.signature.size, 0);
}

GST_END_TEST;

GST_START_TEST (test_confirm_flags)
{
  guint8 data[MAX_BODY_SIZE], out[MAX_BODY_SIZE];
  gsize size = build_body (&kinds[0], 0, data);
  ZrtpConfirmBody body;
  guint bits;

  /* Z-4.6-01: E is 8, V is 4, A is 2, D is 1. */
  for (bits = 0; bits < 16; bits++) {
    data[35] = (guint8) bits;
    fail_unless (zrtp_confirm_body_parse (data, size, &body));
    fail_unless_equals_int (body.enrollment, bits >> 3 & 1);
    fail_unless_equals_int (body.verified, bits >> 2 & 1);
    fail_unless_equals_int (body.allow_clear, bits >> 1 & 1);
    fail_unless_equals_int (body.disclosure, bits & 1);
    fail_unless_equals_int (zrtp_confirm_body_write (&body, out, sizeof out),
        size);
    fail_unless (memcmp (out, data, size) == 0);
  }
}

GST_END_TEST;

GST_START_TEST (test_sas_relay_flags)
{
  guint8 data[MAX_BODY_SIZE], out[MAX_BODY_SIZE];
  gsize size = build_body (&kinds[1], 0, data);
  ZrtpSasRelayBody body;
  guint bits;

  /* Z-5.13-11: as in a Confirm; the place of E stays zero. */
  for (bits = 0; bits < 16; bits++) {
    data[3] = (guint8) bits;
    fail_unless (zrtp_sas_relay_body_parse (data, size, &body));
    fail_unless_equals_int (body.verified, bits >> 2 & 1);
    fail_unless_equals_int (body.allow_clear, bits >> 1 & 1);
    fail_unless_equals_int (body.disclosure, bits & 1);
    fail_unless_equals_int (zrtp_sas_relay_body_write (&body, out, sizeof out),
        size);
    data[3] &= 7;
    fail_unless (memcmp (out, data, size) == 0);
  }
}

GST_END_TEST;

GST_START_TEST (test_unused_bits)
{
  guint8 data[MAX_BODY_SIZE], out[MAX_BODY_SIZE];
  ZrtpConfirmBody confirm;
  ZrtpSasRelayBody relay;
  gsize size;

  /* Z-5.7-04 Z-5.7-08: fifteen bits in front of the signature length and four
   * undefined flags. */
  size = build_body (&kinds[0], 2, data);
  data[32] = 0xff;
  data[33] = 0xfe;
  data[35] = 0xf4;
  fail_unless (zrtp_confirm_body_parse (data, size, &confirm));
  fail_unless (confirm.verified && !confirm.enrollment);
  fail_unless_equals_int (confirm.signature.size, 4);
  /* Z-5.7-03 */
  fail_unless_equals_int (zrtp_confirm_body_write (&confirm, out, sizeof out),
      size);
  fail_unless (memcmp (out + 32, "\x00\x00\x02\x04", 4) == 0);

  /* Z-5.13-08 */
  size = build_body (&kinds[1], 2, data);
  data[0] = 0xff;
  data[1] = 0xfe;
  data[3] = 0xfc;
  fail_unless (zrtp_sas_relay_body_parse (data, size, &relay));
  fail_unless (relay.verified && !relay.allow_clear && !relay.disclosure);
  fail_unless_equals_int (relay.signature.size, 4);
  /* Z-5.13-07 */
  fail_unless_equals_int (zrtp_sas_relay_body_write (&relay, out, sizeof out),
      size);
  fail_unless (memcmp (out, "\x00\x00\x02\x04", 4) == 0);
}

GST_END_TEST;

GST_START_TEST (test_signature_lengths)
{
  static const guint words[] = { 0, 1, 2, 255, 256, 257, 510, 511 };
  guint8 data[MAX_BODY_SIZE + 16];
  guint k, i;

  /* Z-5.7-05 Z-5.13-10 Z-5.1.7-01: nine bits over an octet's edge, the type
   * block counted; the plain text ends where they say. */
  for (k = 0; k < G_N_ELEMENTS (kinds); k++) {
    for (i = 0; i < G_N_ELEMENTS (words); i++) {
      gsize whole, size;

      memset (data, 0, sizeof data);
      whole = build_body (&kinds[k], words[i], data);
      for (size = 0; size <= whole + 16; size++)
        fail_unless_equals_int (kinds[k].accepts (guarded_copy (data, size),
                size), size == whole || (k == 0 && size == UNSIGNED));
    }
  }
}

GST_END_TEST;

/* A Confirm that ends before its signature has none, whatever its length says:
 * libzrtp sends such ones. */
GST_START_TEST (test_stale_signature_length)
{
  guint8 data[MAX_BODY_SIZE];
  ZrtpConfirmBody body;

  build_body (&kinds[0], 3, data);
  fail_unless (zrtp_confirm_body_parse (data, UNSIGNED, &body));
  fail_unless_equals_string (body.signature_type, "");
  fail_unless_equals_int (body.signature.size, 0);
  fail_unless (memcmp (body.h0, data, ZRTP_IMAGE_SIZE) == 0);
  fail_if (zrtp_confirm_body_parse (data, UNSIGNED + 4, &body));
}

GST_END_TEST;

GST_START_TEST (test_signature)
{
  guint8 data[MAX_BODY_SIZE], out[MAX_BODY_SIZE];
  ZrtpConfirmBody confirm;
  ZrtpSasRelayBody relay;
  guint words;

  for (words = 1; words <= 511; words++) {
    gsize size = build_body (&kinds[0], words, data);

    memcpy (data + 40, "PGP ", 4);
    fail_unless (zrtp_confirm_body_parse (data, size, &confirm));
    fail_unless_equals_string (confirm.signature_type, "PGP ");
    fail_unless (confirm.signature.data == data + 44);
    fail_unless_equals_int (confirm.signature.size, 4 * (words - 1));
    fail_unless_equals_int (zrtp_confirm_body_write (&confirm, out, sizeof out),
        size);
    fail_unless (memcmp (out, data, size) == 0);

    size = build_body (&kinds[1], words, data);
    memcpy (data + 40, "X509", 4);
    fail_unless (zrtp_sas_relay_body_parse (data, size, &relay));
    fail_unless_equals_string (relay.signature_type, "X509");
    fail_unless (relay.signature.data == data + 44);
    fail_unless_equals_int (relay.signature.size, 4 * (words - 1));
    fail_unless_equals_int (zrtp_sas_relay_body_write (&relay, out, sizeof out),
        size);
    fail_unless (memcmp (out, data, size) == 0);
  }
}

GST_END_TEST;

GST_START_TEST (test_signature_padding)
{
  guint8 signature[4 * 511], out[MAX_BODY_SIZE + 16];
  ZrtpConfirmBody body = { {0}, };
  ZrtpConfirmBody again;
  gsize n, size;

  memset (signature, 0xff, sizeof signature);
  memcpy (body.signature_type, "PGP ", 5);
  body.signature.data = signature;
  for (n = 0; n <= 4 * 510; n++) {
    gsize padded = (n + 3) / 4 * 4;

    body.signature.size = n;
    memset (out, 0xee, sizeof out);
    /* Z-5.7-06 */
    size = zrtp_confirm_body_write (&body, out, sizeof out);
    fail_unless_equals_int (size, 44 + padded);
    fail_unless (memcmp (out + 44 + n, "\0\0\0", padded - n) == 0);
    fail_unless (zrtp_confirm_body_parse (out, size, &again));
    fail_unless_equals_int (again.signature.size, padded);
  }

  /* One octet more has no room in nine bits. */
  body.signature.size = n;
  fail_unless_equals_int (zrtp_confirm_body_write (&body, out, sizeof out), 0);
  body.signature.size = 4 * 510 + 4 + (gsize) 512 *4;
  fail_unless_equals_int (zrtp_confirm_body_write (&body, out, sizeof out), 0);
}

GST_END_TEST;

GST_START_TEST (test_capacity)
{
  guint8 signature[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  ZrtpConfirmBody confirm = { {0}, };
  ZrtpSasRelayBody relay = { 0, };
  gsize capacity;

  memcpy (confirm.signature_type, "PGP ", 5);
  confirm.signature.data = signature;
  confirm.signature.size = sizeof signature;
  memcpy (relay.signature_type, "PGP ", 5);
  relay.signature = confirm.signature;
  for (capacity = 0; capacity < 56; capacity++) {
    guint8 *out = guarded_copy (NULL, capacity);

    fail_unless_equals_int (zrtp_confirm_body_write (&confirm, out, capacity),
        0);
    fail_unless_equals_int (zrtp_sas_relay_body_write (&relay, out, capacity),
        0);
  }
  fail_unless_equals_int (zrtp_confirm_body_write (&confirm,
          guarded_copy (NULL, 56), 56), 56);
  fail_unless_equals_int (zrtp_sas_relay_body_write (&relay,
          guarded_copy (NULL, 56), 56), 56);
}

GST_END_TEST;

/* What decryption under a wrong key would give: anything. */
GST_START_TEST (test_noise)
{
  guint64 noise = 6189;
  guint8 data[200];
  guint accepted[2] = { 0, 0 };
  guint i, k, j;

  for (i = 0; i < 100000; i++) {
    gsize size = noise_next (&noise) % (sizeof data + 1);

    for (j = 0; j < size; j++)
      data[j] = (guint8) noise_next (&noise);
    for (k = 0; k < G_N_ELEMENTS (kinds); k++) {
      guint8 *copy = guarded_copy (data, size);
      gsize words = noise_next (&noise) % 64;

      if (size >= 40)
        copy[kinds[k].flags_offset + 2] = (guint8) words;
      accepted[k] += kinds[k].accepts (copy, size);
    }
  }
  fail_unless (accepted[0] > 0);
  fail_unless (accepted[1] > 0);
}

GST_END_TEST;

static Suite *
confirm_body_suite (void)
{
  Suite *suite = suite_create ("confirm-body");
  TCase *tcase = tcase_create ("confirm-body");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_confirm_layout);
  tcase_add_test (tcase, test_sas_relay_layout);
  tcase_add_test (tcase, test_confirm_flags);
  tcase_add_test (tcase, test_sas_relay_flags);
  tcase_add_test (tcase, test_unused_bits);
  tcase_add_test (tcase, test_signature_lengths);
  tcase_add_test (tcase, test_stale_signature_length);
  tcase_add_test (tcase, test_signature);
  tcase_add_test (tcase, test_signature_padding);
  tcase_add_test (tcase, test_capacity);
  tcase_add_test (tcase, test_noise);
  return suite;
}

GST_CHECK_MAIN (confirm_body);
