/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The forms of signatures on the SAS: what is taken apart, what is refused to be
 * sent (RFC 6189 7.2, 7.2.1, 7.2.2).
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "signingkey.h"
#include "samples.h"
#include "signaturesamples.h"
#include "zrtp/zrtp.h"

static const guint8 sashash[ZRTP_SECRET_SIZE] = { 1, 2, 3 };

/* Where no word begins: GST_WRITE_UINT16_BE() is for those. */
static void
write_u16 (guint8 * out, guint value)
{
  out[0] = value >> 8;
  out[1] = value;
}

static ZrtpSignatureStatus
parse (const char *type, const guint8 * data, gsize size,
    ZrtpSignature * signature)
{
  memset (signature, 0, sizeof *signature);
  return zrtp_signature_parse (type, zrtp_octets (guarded_copy (data, size),
          size), signature);
}

static void
assert_status (const char *type, const guint8 * data, gsize size,
    ZrtpSignatureStatus status)
{
  ZrtpSignature signature;

  fail_unless_equals_string (zrtp_signature_status_nick (parse (type, data,
              size, &signature)), zrtp_signature_status_nick (status));
  fail_unless_equals_int (signature.signature != NULL,
      status == ZRTP_SIGNATURE_UNCHECKED);
  zrtp_signature_clear (&signature);
}

static void
assert_refused (const ZrtpSignature * signature, const char *why)
{
  char *reason = NULL;

  fail_unless (zrtp_signature_write (signature, &reason) == NULL, "%s", why);
  fail_unless (strstr (reason, why) != NULL, "%s", reason);
  g_free (reason);
}

/* -- X.509 -- */

GST_START_TEST (test_x509)
{
  SigningKey *key = signing_key_new (__i__ ? 384 : 256);
  GBytes *made = signing_key_sign (key, sashash);
  const ZrtpSignature signature = { key->certificate, made };
  const ZrtpOctets der = zrtp_octets_of (key->certificate);
  const gsize padded = (der.size + 3) / 4 * 4, size = __i__ ? 96 : 64;
  ZrtpSignature again;
  ZrtpOctets block;
  GBytes *written;
  char *reason;

  /* Z-7.2.2-01: the certificate, zeros to the next word, r and s. */
  written = zrtp_signature_write (&signature, &reason);
  fail_unless (written != NULL);
  fail_unless_equals_string (zrtp_signature_type (&signature), "X509");
  block = zrtp_octets_of (written);
  fail_unless_equals_int (block.size, padded + size);
  fail_unless (memcmp (block.data, der.data, der.size) == 0);
  fail_unless (memcmp (block.data + der.size, "\0\0\0", padded - der.size)
      == 0);
  fail_unless (memcmp (block.data + padded, g_bytes_get_data (made, NULL), size)
      == 0);

  /* Z-7.2-10 */
  fail_unless_equals_int (parse ("X509", block.data, block.size, &again),
      ZRTP_SIGNATURE_UNCHECKED);
  fail_unless (g_bytes_equal (again.certificate, key->certificate));
  fail_unless (g_bytes_equal (again.signature, made));
  fail_unless (signing_key_check (key, sashash, again.certificate,
          again.signature));
  zrtp_signature_clear (&again);

  /* Whatever else may be there, it is no such block. */
  for (gsize n = 0; n < block.size; n++)
    assert_status ("X509", block.data, n, n == padded + 64 && size == 96 ?
        ZRTP_SIGNATURE_UNCHECKED : ZRTP_SIGNATURE_INVALID);
  assert_status ("PGP ", block.data, block.size, ZRTP_SIGNATURE_INVALID);
  assert_status ("X508", block.data, block.size, ZRTP_SIGNATURE_UNSUPPORTED);
  assert_status ("x509", block.data, block.size, ZRTP_SIGNATURE_UNSUPPORTED);
  g_bytes_unref (written);
  g_bytes_unref (made);
  signing_key_free (key);
}

GST_END_TEST;

/* Lengths of the certificate: what DER allows, and only that. */
GST_START_TEST (test_der_lengths)
{
  static const struct
  {
    guint8 head[6];
    gsize size;                 /* head and contents */
    gboolean ok;
  } cases[] = {
    {{0x30, 0x7f}, 129, TRUE},
    {{0x30, 0x00}, 2, TRUE},
    {{0x30, 0x80}, 2, FALSE},   /* without end */
    {{0x30, 0x81, 0x80}, 131, TRUE},
    {{0x30, 0x81, 0x7f}, 130, FALSE},
    {{0x30, 0x82, 0x01, 0x00}, 260, TRUE},
    {{0x30, 0x82, 0x00, 0xff}, 259, FALSE},
    {{0x30, 0x83, 0x00, 0x01, 0x00}, 261, FALSE},
    {{0x31, 0x7f}, 129, FALSE},
    {{0x30, 0x82, 0xff, 0xff}, 1900, FALSE},
    {{0xff, 0xff, 0xff, 0xff, 0xff}, 100, FALSE},
  };
  guint8 data[ZRTP_MAX_SIGNATURE_SIZE];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    memset (data, 0, sizeof data);
    memcpy (data, cases[i].head, sizeof cases[i].head);
    assert_status ("X509", data, (cases[i].size + 3) / 4 * 4 + 64,
        cases[i].ok ? ZRTP_SIGNATURE_UNCHECKED : ZRTP_SIGNATURE_INVALID);
  }
}

GST_END_TEST;

static GBytes *
make_der (gsize size)
{
  guint8 *data = g_malloc0 (size);

  data[0] = 0x30;
  data[1] = 0x82;
  write_u16 (data + 2, size - 4);
  return g_bytes_new_take (data, size);
}

static GBytes *
make_zeros (gsize size)
{
  return g_bytes_new_take (g_malloc0 (size), size);
}

GST_START_TEST (test_x509_refused)
{
  GBytes *der = make_der (300), *longer = make_zeros (301);
  GBytes *rs = make_zeros (64), *rsa = make_zeros (256);
  GBytes *nothing = make_zeros (0);
  const ZrtpSignature no_ecdsa = { der, rsa }, empty = { der, nothing };
  const ZrtpSignature no_der = { longer, rs }, no_certificate = { nothing, rs };

  assert_refused (&no_ecdsa, "P-256");
  assert_refused (&empty, "P-256");
  assert_refused (&no_der, "DER");
  assert_refused (&no_certificate, "DER");
  g_bytes_unref (der);
  g_bytes_unref (longer);
  g_bytes_unref (rs);
  g_bytes_unref (rsa);
  g_bytes_unref (nothing);
}

GST_END_TEST;

GST_START_TEST (test_x509_longest)
{
  GBytes *rs = make_zeros (96);

  /* Z-7.2.2-02: 510 words and the type block. */
  for (gsize size = 1940; size < 1950; size++) {
    GBytes *der = make_der (size), *block;
    const ZrtpSignature signature = { der, rs };
    char *reason;

    if (size <= 2040 - 96) {
      block = zrtp_signature_write (&signature, &reason);
      fail_unless_equals_int (g_bytes_get_size (block),
          (size + 3) / 4 * 4 + 96);
      g_bytes_unref (block);
    } else {
      assert_refused (&signature, "2040");
    }
    g_bytes_unref (der);
  }
  g_bytes_unref (rs);
}

GST_END_TEST;

/* -- OpenPGP -- */

static void
assert_pgp (const guint8 * data, gsize size)
{
  GBytes *packet = g_bytes_new (data, size), *written;
  const ZrtpSignature signature = { NULL, packet };
  guint8 padded[ZRTP_MAX_SIGNATURE_SIZE] = { 0, };
  ZrtpSignature again;
  char *reason = NULL;

  written = zrtp_signature_write (&signature, &reason);
  fail_unless (written != NULL, "%s", reason);
  fail_unless_equals_string (zrtp_signature_type (&signature), "PGP ");
  fail_unless (g_bytes_equal (written, packet));
  g_bytes_unref (written);

  /* Z-7.2-09: with the zeros that a Confirm puts after it. */
  memcpy (padded, data, size);
  fail_unless_equals_int (parse ("PGP ", padded, (size + 3) / 4 * 4, &again),
      ZRTP_SIGNATURE_UNCHECKED);
  fail_unless (again.certificate == NULL);
  fail_unless (g_bytes_equal (again.signature, packet));
  zrtp_signature_clear (&again);
  assert_status ("PGP ", padded, (size + 3) / 4 * 4 + 4,
      ZRTP_SIGNATURE_INVALID);
  for (gsize n = 0; n < size; n++)
    assert_status ("PGP ", data, n, ZRTP_SIGNATURE_INVALID);
  g_bytes_unref (packet);
}

GST_START_TEST (test_gnupg)
{
  assert_pgp (gpg_ecdsa, sizeof gpg_ecdsa);
  assert_pgp (gpg_dsa, sizeof gpg_dsa);
}

GST_END_TEST;

/* A signature packet of which everything can be wrong. */
typedef struct
{
  guint8 version, algorithm, hash;
  guint8 subpacket;             /* type of the one with the URI */
  const char *uri;
  guint r_bits, s_bits;
} Packet;

static const Packet good = { 4, 19, 8, 24, "hkps://keys.example", 256, 255 };

static void
append_mpi (GByteArray * array, guint bits)
{
  guint8 head[2];

  write_u16 (head, bits);
  g_byte_array_append (array, head, 2);
  for (guint i = 0; i < (bits + 7) / 8; i++)
    g_byte_array_append (array, (const guint8 *) "\1", 1);
}

static GBytes *
make_packet (const Packet * packet)
{
  GByteArray *body = g_byte_array_new ();
  const guint8 start[4] = { packet->version, 0, packet->algorithm,
    packet->hash
  };
  const guint n = strlen (packet->uri);
  const guint8 subpacket[4] = { 0, n + 2, n + 1, packet->subpacket };
  guint8 head[3] = { 0x89 };

  g_byte_array_append (body, start, 4);
  g_byte_array_append (body, subpacket, 4);
  g_byte_array_append (body, (const guint8 *) packet->uri, n);
  g_byte_array_append (body, (const guint8 *) "\0\0\1\2", 4);
  append_mpi (body, packet->r_bits);
  append_mpi (body, packet->s_bits);
  write_u16 (head + 1, body->len);
  g_byte_array_prepend (body, head, 3);
  return g_byte_array_free_to_bytes (body);
}

/* NULL: may be made. In any case it may be received. */
static void
check_packet (const Packet * packet, const char *why)
{
  GBytes *made = make_packet (packet), *written;
  const ZrtpSignature signature = { NULL, made };
  const ZrtpOctets octets = zrtp_octets_of (made);
  guint8 padded[ZRTP_MAX_SIGNATURE_SIZE] = { 0, };
  char *reason = NULL;

  if (why) {
    assert_refused (&signature, why);
  } else {
    written = zrtp_signature_write (&signature, &reason);
    fail_unless (written != NULL, "%s", reason);
    g_bytes_unref (written);
  }
  memcpy (padded, octets.data, octets.size);
  assert_status ("PGP ", padded, (octets.size + 3) / 4 * 4,
      packet->version == 4 ? ZRTP_SIGNATURE_UNCHECKED : ZRTP_SIGNATURE_INVALID);
  g_bytes_unref (made);
}

GST_START_TEST (test_pgp_rules)
{
  Packet packet = good;

  check_packet (&packet, NULL);
  packet.version = 3;
  check_packet (&packet, "version 4");

  /* Z-7.2-13 Z-7.2-14: MD5, SHA-1, RIPEMD-160 and what is unknown. */
  packet = good;
  for (guint hash = 0; hash < 256; hash++) {
    const gboolean approved = (hash >= 8 && hash <= 12) || hash == 14;

    packet.hash = hash;
    check_packet (&packet, approved ? NULL : "SHA-2");
  }

  /* Z-7.2.1-01 Z-7.2.1-02: RSA, ElGamal, EdDSA are not sent, but taken. */
  packet = good;
  for (guint algorithm = 0; algorithm < 256; algorithm++) {
    packet.algorithm = algorithm;
    check_packet (&packet, algorithm == 17 || algorithm == 19 ? NULL :
        "DSA or ECDSA");
  }

  /* Z-7.2.1-05: another subpacket, an empty URI. */
  packet = good;
  packet.subpacket = 23;
  check_packet (&packet, "key server");
  packet = good;
  packet.uri = "";
  check_packet (&packet, "key server");
  packet = good;
  packet.subpacket |= 0x80;     /* critical */
  check_packet (&packet, NULL);
}

GST_END_TEST;

GST_START_TEST (test_pgp_key_sizes)
{
  Packet packet = good;

  /* Z-7.2.1-04: P-192 and P-521 are no good. r and s of a good one may be short,
   * but not both by much. */
  for (guint bits = 1; bits <= 521; bits++) {
    packet.r_bits = bits;
    packet.s_bits = bits - 1;
    check_packet (&packet, bits > 192 && bits <= 384 ? NULL : "P-224");
    packet.r_bits = 200;
    packet.s_bits = bits;
    check_packet (&packet, bits <= 384 ? NULL : "P-224");
  }
  /* The order of a DSA group goes with the size of the key: 160 bits with 1024,
   * 224 or 256 with 2048 and 3072. */
  packet.algorithm = 17;
  for (guint bits = 1; bits <= 300; bits++) {
    packet.r_bits = packet.s_bits = bits;
    check_packet (&packet, bits > 160 && bits <= 256 ? NULL : "2048");
  }
}

GST_END_TEST;

GST_START_TEST (test_pgp_longest)
{
  char *uri = g_strnfill (180, 'u');
  Packet packet = good;
  GBytes *made, *joined;
  GByteArray *twice = g_byte_array_new ();
  ZrtpSignature signature = { NULL, NULL };

  packet.uri = uri;
  check_packet (&packet, NULL);
  /* Two packets are not one. */
  made = make_packet (&good);
  for (guint i = 0; i < 2; i++)
    g_byte_array_append (twice, g_bytes_get_data (made, NULL),
        g_bytes_get_size (made));
  joined = signature.signature = g_byte_array_free_to_bytes (twice);
  assert_refused (&signature, "one OpenPGP signature packet");
  g_bytes_unref (joined);

  /* Cut off within the packet. */
  for (gsize n = 3; n < g_bytes_get_size (made); n++) {
    guint8 *data = g_memdup2 (g_bytes_get_data (made, NULL), n);

    write_u16 (data + 1, n - 3);
    signature.signature = g_bytes_new_take (data, n);
    assert_refused (&signature, "");
    g_bytes_unref (signature.signature);
  }
  g_bytes_unref (made);
  g_free (uri);
}

GST_END_TEST;

/* Z-7.2.1-06: no more than 511 words. */
GST_START_TEST (test_pgp_too_long)
{
  for (guint over = 0; over < 2; over++) {
    const gsize size = ZRTP_MAX_SIGNATURE_SIZE + over, head = 3;
    guint8 *data = g_malloc0 (size);
    const ZrtpOctets mpis = { (const guint8 *) "\1\0", 2 };
    const gsize rest = 2 + 2 + 2 * (2 + 32), start = head + 4 + 2;
    const gsize hashed = size - start - rest;
    ZrtpSignature signature = { NULL, NULL };
    char *reason = NULL;
    GBytes *written;

    data[0] = 0x89;
    write_u16 (data + 1, size - head);
    memcpy (data + head, "\4\0\23\10", 4);
    write_u16 (data + head + 4, hashed);
    /* One subpacket, five octets of length. */
    data[start] = 255;
    write_u16 (data + start + 3, hashed - 5);
    data[start + 5] = 24;
    for (guint i = 0; i < 2; i++)
      memcpy (data + size - 68 + 34 * i, mpis.data, mpis.size);
    signature.signature = g_bytes_new_take (data, size);
    written = zrtp_signature_write (&signature, &reason);
    fail_unless_equals_int (written != NULL, !over);
    if (over)
      fail_unless (strstr (reason, "2040") != NULL, "%s", reason);
    g_clear_pointer (&written, g_bytes_unref);
    zrtp_signature_clear (&signature);
    g_free (reason);
  }
}

GST_END_TEST;

/* Packet heads of either format; what follows is @size octets. */
GST_START_TEST (test_pgp_heads)
{
  static const struct
  {
    guint8 head[6];
    gsize head_size, size;
    gboolean ok;
  } cases[] = {
    {{0x88, 60}, 2, 60, TRUE},
    {{0x89, 0, 60}, 3, 60, TRUE},
    {{0x8a, 0, 0, 0, 60}, 5, 60, TRUE},
    {{0x8b}, 1, 60, FALSE},     /* without end */
    {{0xc2, 191}, 2, 191, TRUE},
    {{0xc2, 192, 0}, 3, 192, TRUE},
    {{0xc2, 193, 1}, 3, 449, TRUE},
    {{0xc2, 255, 0, 0, 0, 60}, 6, 60, TRUE},
    {{0xc2, 224, 4}, 2, 60, FALSE},     /* in parts */
    {{0xc2, 254, 4}, 2, 60, FALSE},
    {{0xc2, 255, 255, 255, 255, 255}, 6, 60, FALSE},
    {{0x8a, 255, 255, 255, 255}, 5, 60, FALSE},
    {{0x8c, 60}, 2, 60, FALSE}, /* another packet */
    {{0xc3, 60}, 2, 60, FALSE},
    {{0x08, 60}, 2, 60, FALSE}, /* none */
    {{0x42, 60}, 2, 60, FALSE},
    {{0x88, 0}, 2, 0, FALSE},
    {{0x88, 61}, 2, 58, FALSE},
    {{0x88, 52}, 2, 60, FALSE},
  };
  guint8 data[600];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const gsize n = cases[i].head_size + cases[i].size;

    memset (data, 0, sizeof data);
    memcpy (data, cases[i].head, cases[i].head_size);
    if (cases[i].size > 0)
      data[cases[i].head_size] = 4;
    assert_status ("PGP ", data, (n + 3) / 4 * 4, cases[i].ok ?
        ZRTP_SIGNATURE_UNCHECKED : ZRTP_SIGNATURE_INVALID);
  }
}

GST_END_TEST;

static Suite *
signatureforms_suite (void)
{
  Suite *suite = suite_create ("signatureforms");
  TCase *tcase = tcase_create ("signatureforms");

  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_x509, 0, 2);
  tcase_add_test (tcase, test_der_lengths);
  tcase_add_test (tcase, test_x509_refused);
  tcase_add_test (tcase, test_x509_longest);
  tcase_add_test (tcase, test_gnupg);
  tcase_add_test (tcase, test_pgp_rules);
  tcase_add_test (tcase, test_pgp_key_sizes);
  tcase_add_test (tcase, test_pgp_longest);
  tcase_add_test (tcase, test_pgp_too_long);
  tcase_add_test (tcase, test_pgp_heads);
  return suite;
}

GST_CHECK_MAIN (signatureforms);
