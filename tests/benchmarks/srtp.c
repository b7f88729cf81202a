/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of one SRTP packet in zrtp_srtp_protect() and zrtp_srtp_unprotect()
 * with Nettle, and in libsrtp2 with the ciphers it was built with. Sessions
 * that exist before the swap keep their ciphers, so both run in turn in one
 * process: ratios hold where absolute times don't.
 *
 *     srtp [--json] [--quick] [--rounds=N]
 */
#include "bench.h"

#include <srtp2/srtp.h>

#include "bare.h"

typedef struct
{
  const ZrtpCipher *cipher;
  gsize octets;
} Case;

static const Case cases[] = {
  {&zrtp_cipher_aes1, 160},
  {&zrtp_cipher_aes1, 1200},
  {&zrtp_cipher_aes3, 160},
  {&zrtp_cipher_aes3, 1200},
};

enum
{
  PROTECT,
  UNPROTECT,
  N_OPERATIONS
};

static const char *const operations[N_OPERATIONS] = { "protect", "unprotect" };

typedef struct
{
  double libsrtp, nettle;       /* nanoseconds a packet */
  double ratio;
} Times;

static void
measure (Bare * libsrtp, Bare * nettle, gsize octets, guint rounds,
    Times medians[N_OPERATIONS])
{
  double *values[2][N_OPERATIONS];

  for (guint i = 0; i < 2 * N_OPERATIONS; i++)
    values[i / 2][i % 2] = g_new (double, rounds);
  for (guint i = 0; i < rounds; i++) {
    bare_run (libsrtp, octets, &values[0][PROTECT][i],
        &values[0][UNPROTECT][i]);
    bare_run (nettle, octets, &values[1][PROTECT][i], &values[1][UNPROTECT][i]);
  }
  for (guint i = 0; i < N_OPERATIONS; i++) {
    medians[i].ratio = bench_median_ratio (values[0][i], values[1][i], rounds);
    medians[i].libsrtp = bench_median (values[0][i], rounds);
    medians[i].nettle = bench_median (values[1][i], rounds);
    g_free (values[0][i]);
    g_free (values[1][i]);
  }
}

static void
print_row (const Case * c, const char *operation, const Times * times)
{
  g_print ("%s %-9s %4u octets  %10.0f ns  %10.0f ns  %6.1f\n",
      c->cipher->base.name, operation, (guint) c->octets, times->libsrtp,
      times->nettle, times->ratio);
}

static void
add_row (BenchJson * json, const Case * c, const char *operation,
    const Times * times)
{
  bench_json_row (json);
  bench_json_text (json, "cipher", c->cipher->base.name);
  bench_json_text (json, "operation", operation);
  bench_json_number (json, "octets", c->octets);
  bench_json_number (json, "libsrtp2_ns", times->libsrtp);
  bench_json_number (json, "nettle_ns", times->nettle);
  bench_json_number (json, "ratio", times->ratio);
  bench_json_end_row (json);
}

int
main (int argc, char **argv)
{
  Bare *libsrtp[G_N_ELEMENTS (cases)];
  BenchJson *json = NULL;
  BenchOptions options;

  bench_parse (&options, &argc, &argv, NULL);
  if (srtp_init () != srtp_err_status_ok)
    g_error ("libsrtp2 does not start");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    libsrtp[i] = bare_new_libsrtp (cases[i].cipher);
  if (!zrtp_srtp_init (NULL) || !zrtp_srtp_is_accelerated ())
    g_error ("Nettle is not in place");

  if (options.json)
    json = bench_json_new ("srtp");
  else
    g_print
        ("CPU time a packet, HS80    libsrtp2 2.x    with Nettle   ratio\n");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Bare *nettle = bare_new_nettle (cases[i].cipher);
    Times times[N_OPERATIONS];

    measure (libsrtp[i], nettle, cases[i].octets,
        bench_rounds (&options, 101), times);
    for (guint j = 0; j < N_OPERATIONS; j++) {
      if (json)
        add_row (json, &cases[i], operations[j], &times[j]);
      else
        print_row (&cases[i], operations[j], &times[j]);
    }
    bare_free (nettle);
    bare_free (libsrtp[i]);
  }
  if (json)
    bench_json_print (json);
  return 0;
}
