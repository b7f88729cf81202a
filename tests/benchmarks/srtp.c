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

#include <srtp2/crypto_types.h>
#include <srtp2/srtp.h>
#include <string.h>

#include "zrtp/zrtpsrtp.h"

#define BATCH 512               /* packets a round, within the replay window */
#define MAX_PACKET 1280

typedef struct
{
  const char *operation;
  const ZrtpCipher *cipher;
  gsize payload;
  double stock, nettle;         /* ns a packet, medians */
} Row;

static Row rows[] = {
  {"protect", &zrtp_cipher_aes1, 160},
  {"unprotect", &zrtp_cipher_aes1, 160},
  {"protect", &zrtp_cipher_aes1, 1200},
  {"unprotect", &zrtp_cipher_aes1, 1200},
  {"protect", &zrtp_cipher_aes3, 160},
  {"unprotect", &zrtp_cipher_aes3, 160},
  {"protect", &zrtp_cipher_aes3, 1200},
  {"unprotect", &zrtp_cipher_aes3, 1200},
};

/* Both ends of one direction, in both ways. */
typedef struct
{
  srtp_t stock_send, stock_receive;
  ZrtpSrtp *send, *receive;
  guint16 seq;
} Ends;

static guint8 packets[BATCH][MAX_PACKET];

static ZrtpSrtpKeys
make_keys (const ZrtpCipher * cipher)
{
  ZrtpSrtpKeys keys = { cipher, &zrtp_auth_tag_hs80 };
  guint i;

  for (i = 0; i < sizeof (keys.key); i++)
    keys.key[i] = 3 * i + 1;
  for (i = 0; i < sizeof (keys.salt); i++)
    keys.salt[i] = 5 * i + 2;
  return keys;
}

static srtp_t
make_stock (srtp_ssrc_type_t type, const ZrtpSrtpKeys * keys)
{
  guint8 key[SRTP_MAX_KEY_LEN];
  srtp_policy_t policy = { 0 };
  srtp_t session;

  if (keys->cipher->key_size == SRTP_AES_256_KEY_LEN)
    srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80 (&policy.rtp);
  else
    srtp_crypto_policy_set_rtp_default (&policy.rtp);
  policy.rtcp = policy.rtp;
  memcpy (key, keys->key, keys->cipher->key_size);
  memcpy (key + keys->cipher->key_size, keys->salt, ZRTP_SALT_SIZE);
  policy.key = key;
  policy.ssrc.type = type;
  policy.window_size = 2 * BATCH;
  if (srtp_create (&session, &policy) != srtp_err_status_ok)
    g_error ("libsrtp2 makes no session");
  return session;
}

static ZrtpSrtp *
make_nettle (ZrtpSrtpDirection direction, const ZrtpSrtpKeys * keys)
{
  ZrtpSrtpOptions options = { 2 * BATCH, FALSE, 10 };
  ZrtpSrtp *srtp = zrtp_srtp_new (direction, keys, &options);

  if (!srtp)
    g_error ("no SRTP session");
  return srtp;
}

static void
fill_batch (Ends * ends, gsize payload)
{
  guint i;

  for (i = 0; i < BATCH; i++) {
    guint8 *packet = packets[i];

    memset (packet, 0, 12 + payload);
    packet[0] = 0x80;
    packet[2] = ends->seq >> 8;
    packet[3] = ends->seq & 0xff;
    packet[11] = 1;
    ends->seq++;
  }
}

static void
run_stock (srtp_t session, gboolean protect, gsize size)
{
  guint i;

  for (i = 0; i < BATCH; i++) {
    int length = size;

    if ((protect ? srtp_protect : srtp_unprotect) (session, packets[i],
            &length) != srtp_err_status_ok)
      g_error ("libsrtp2 fails");
  }
}

static void
run_nettle (ZrtpSrtp * srtp, gboolean protect, gsize size)
{
  guint i;

  for (i = 0; i < BATCH; i++) {
    gsize length = size;
    ZrtpSrtpResult result = protect
        ? zrtp_srtp_protect (srtp, packets[i], &length, MAX_PACKET)
        : zrtp_srtp_unprotect (srtp, packets[i], &length);

    if (result != ZRTP_SRTP_OK)
      g_error ("the engine fails");
  }
}

/* Times of one round: { protect, unprotect } of libsrtp2 as it comes, and of
 * the engine. */
static void
run_round (Ends * ends, gsize payload, double stock[2], double nettle[2])
{
  double times[5];

  fill_batch (ends, payload);
  times[0] = bench_process_ns ();
  run_stock (ends->stock_send, TRUE, 12 + payload);
  times[1] = bench_process_ns ();
  run_stock (ends->stock_receive, FALSE, 12 + payload + 10);
  times[2] = bench_process_ns ();
  run_nettle (ends->send, TRUE, 12 + payload);
  times[3] = bench_process_ns ();
  run_nettle (ends->receive, FALSE, 12 + payload + 10);
  times[4] = bench_process_ns ();
  stock[0] = (times[1] - times[0]) / BATCH;
  stock[1] = (times[2] - times[1]) / BATCH;
  nettle[0] = (times[3] - times[2]) / BATCH;
  nettle[1] = (times[4] - times[3]) / BATCH;
}

/* @pair: the rows of protecting and unprotecting one payload. */
static void
measure (Row * pair, Ends * ends, guint rounds)
{
  double *stock[2], *nettle[2];
  guint i, j;

  for (j = 0; j < 2; j++) {
    stock[j] = g_new (double, rounds);
    nettle[j] = g_new (double, rounds);
  }
  for (i = 0; i < rounds; i++) {
    double s[2], n[2];

    run_round (ends, pair->payload, s, n);
    for (j = 0; j < 2; j++) {
      stock[j][i] = s[j];
      nettle[j][i] = n[j];
    }
  }
  for (j = 0; j < 2; j++) {
    pair[j].stock = bench_median (stock[j], rounds);
    pair[j].nettle = bench_median (nettle[j], rounds);
    g_free (stock[j]);
    g_free (nettle[j]);
  }
}

static void
print_table (void)
{
  guint i;

  g_print ("CPU time a packet, HS80    libsrtp2 2.x    with Nettle   ratio\n");
  for (i = 0; i < G_N_ELEMENTS (rows); i++)
    g_print ("%s %-9s %4u octets  %10.0f ns  %10.0f ns  %6.1f\n",
        rows[i].cipher->base.name, rows[i].operation, (guint) rows[i].payload,
        rows[i].stock, rows[i].nettle, rows[i].stock / rows[i].nettle);
}

static void
print_json (void)
{
  BenchJson *json = bench_json_new ("srtp");
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++) {
    bench_json_row (json);
    bench_json_text (json, "cipher", rows[i].cipher->base.name);
    bench_json_text (json, "operation", rows[i].operation);
    bench_json_number (json, "octets", rows[i].payload);
    bench_json_number (json, "libsrtp2_ns", rows[i].stock);
    bench_json_number (json, "nettle_ns", rows[i].nettle);
    bench_json_number (json, "ratio", rows[i].stock / rows[i].nettle);
    bench_json_end_row (json);
  }
  bench_json_print (json);
}

int
main (int argc, char **argv)
{
  BenchOptions options;
  Ends ends[G_N_ELEMENTS (rows)] = { {0} };
  guint rounds, i;

  bench_parse (&options, &argc, &argv, NULL);
  rounds = bench_rounds (&options, 101);

  if (srtp_init () != srtp_err_status_ok)
    g_error ("libsrtp2 does not start");
  for (i = 0; i < G_N_ELEMENTS (rows); i += 2) {
    ZrtpSrtpKeys keys = make_keys (rows[i].cipher);

    ends[i].stock_send = make_stock (ssrc_any_outbound, &keys);
    ends[i].stock_receive = make_stock (ssrc_any_inbound, &keys);
  }
  if (!zrtp_srtp_init (NULL) || !zrtp_srtp_is_accelerated ())
    g_error ("Nettle is not in place");

  for (i = 0; i < G_N_ELEMENTS (rows); i += 2) {
    ZrtpSrtpKeys keys = make_keys (rows[i].cipher);

    ends[i].send = make_nettle (ZRTP_SRTP_SEND, &keys);
    ends[i].receive = make_nettle (ZRTP_SRTP_RECEIVE, &keys);
    measure (&rows[i], &ends[i], rounds);
    zrtp_srtp_free (ends[i].send);
    zrtp_srtp_free (ends[i].receive);
    srtp_dealloc (ends[i].stock_send);
    srtp_dealloc (ends[i].stock_receive);
  }
  if (options.json)
    print_json ();
  else
    print_table ();
  return 0;
}
