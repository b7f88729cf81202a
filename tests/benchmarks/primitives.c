/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of each primitive, median of many runs.
 *
 *     primitives [--json] [--quick] [--rounds=N]
 */
#include "bench.h"

#include "zrtp/crypto/zrtpcrypto.h"

typedef struct
{
  const ZrtpKeyAgreement *ka;
  gsize private_size;
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE];
  guint8 public_value[ZRTP_MAX_PUBLIC_SIZE];
  guint8 result[ZRTP_MAX_RESULT_SIZE];
} Exchange;

typedef struct
{
  guint8 data[512];
  guint8 key[32];
  guint8 out[ZRTP_MAX_HASH_SIZE];
  guint32 crc;
} Small;

typedef void (*Function) (gpointer work);

static BenchOptions options;
static BenchJson *json;         /* NULL: a table */

/* @repeat calls make one run, so that the clock's own cost does not show. */
static void
measure (const char *name, Function function, gpointer work, guint repeat)
{
  guint rounds = bench_rounds (&options, 101);
  double *runs = g_new (double, rounds);
  double us;

  for (guint i = 0; i < rounds; i++) {
    double start = bench_process_ns ();

    for (guint n = 0; n < repeat; n++)
      function (work);
    runs[i] = (bench_process_ns () - start) / repeat;
  }
  us = bench_median (runs, rounds) / 1e3;
  g_free (runs);
  if (json) {
    bench_json_row (json);
    bench_json_text (json, "name", name);
    bench_json_number (json, "us", us);
    bench_json_end_row (json);
  } else {
    g_print ("%-28s %10.3f us\n", name, us);
  }
}

static void
run_make_public (gpointer work)
{
  Exchange *e = work;

  e->ka->make_public (e->ka, e->private_value, e->private_size,
      e->public_value);
}

static void
run_validate (gpointer work)
{
  Exchange *e = work;

  e->ka->validate (e->ka, e->public_value);
}

static void
run_agree (gpointer work)
{
  Exchange *e = work;

  e->ka->agree (e->ka, e->private_value, e->private_size, e->public_value,
      e->result);
}

static void
measure_key_agreement (const ZrtpKeyAgreement * ka, const ZrtpCipher * cipher)
{
  static const struct
  {
    const char *name;
    Function function;
  } steps[] = {
    {"make public", run_make_public},
    {"validate", run_validate},
    {"agree", run_agree},
  };
  Exchange e = { ka, ka->private_size (cipher) };

  do {
    zrtp_random_fill (&zrtp_random_system, e.private_value, e.private_size);
  } while (!ka->make_public (ka, e.private_value, e.private_size,
          e.public_value));

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    char *name = g_strdup_printf ("%s %s %s", ka->base.name,
        cipher->base.name, steps[i].name);

    measure (name, steps[i].function, &e, 3);
    g_free (name);
  }
}

static void
run_crc (gpointer work)
{
  Small *s = work;

  s->crc ^= zrtp_crc32c (s->data, sizeof s->data);
}

static void
run_sha256 (gpointer work)
{
  Small *s = work;

  zrtp_sha256 (s->data, sizeof s->data, s->out);
}

static void
run_s384 (gpointer work)
{
  Small *s = work;
  ZrtpOctets part = { s->data, sizeof s->data };

  zrtp_hash_s384.digest (&part, 1, s->out);
}

static void
run_message_mac (gpointer work)
{
  Small *s = work;

  zrtp_message_mac (s->key, s->data, 120, s->out);
}

static void
run_kdf_s256 (gpointer work)
{
  Small *s = work;

  zrtp_kdf (&zrtp_hash_s256, s->key, 32, "SAS", s->data, 56, s->out, 32);
}

static void
run_kdf_s384 (gpointer work)
{
  Small *s = work;

  zrtp_kdf (&zrtp_hash_s384, s->key, 32, "SAS", s->data, 72, s->out, 32);
}

static void
run_confirm (gpointer work)
{
  Small *s = work;

  zrtp_cipher_aes1.cfb_encrypt (s->key, s->key + 16, s->data, 40);
}

int
main (int argc, char **argv)
{
  static const ZrtpCipher *const ciphers[] = {
    &zrtp_cipher_aes1, &zrtp_cipher_aes3
  };
  const ZrtpAlgorithm *const *rows = zrtp_algorithms (ZRTP_KIND_KEY_AGREEMENT);
  Small s = { {0} };

  bench_parse (&options, &argc, &argv, NULL);
  if (options.json)
    json = bench_json_new ("primitives");
  for (guint i = 0; rows[i]; i++) {
    const ZrtpKeyAgreement *ka = (const ZrtpKeyAgreement *) rows[i];
    gsize last_size = 0;

    /* The cipher only matters where the private value grows with its key. */
    for (guint c = 0; ka->agree && c < G_N_ELEMENTS (ciphers); c++) {
      if (ka->private_size (ciphers[c]) != last_size)
        measure_key_agreement (ka, ciphers[c]);
      last_size = ka->private_size (ciphers[c]);
    }
  }

  zrtp_random_fill (&zrtp_random_system, s.data, sizeof s.data);
  zrtp_random_fill (&zrtp_random_system, s.key, sizeof s.key);
  measure ("CRC-32C, 512 octets", run_crc, &s, 200);
  measure ("SHA-256, 512 octets", run_sha256, &s, 200);
  measure ("SHA-384, 512 octets", run_s384, &s, 200);
  measure ("message MAC, 120 octets", run_message_mac, &s, 200);
  measure ("KDF S256", run_kdf_s256, &s, 200);
  measure ("KDF S384", run_kdf_s384, &s, 200);
  measure ("AES1 CFB, a Confirm", run_confirm, &s, 200);
  if (json)
    bench_json_print (json);
  return 0;
}
