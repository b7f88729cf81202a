/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bare.h"

#include <srtp2/srtp.h>
#include <string.h>

#include "bench.h"

#define HEADER 12
#define TAG 10
#define MAX_PACKET 1280

struct _Bare
{
  srtp_t libsrtp[2];            /* by ZrtpSrtpDirection */
  ZrtpSrtp *nettle[2];          /* or these */
  guint16 seq;
};

static guint8 packets[BARE_BATCH][MAX_PACKET];

static ZrtpSrtpKeys
make_keys (const ZrtpCipher * cipher)
{
  ZrtpSrtpKeys keys = { cipher, &zrtp_auth_tag_hs80 };

  for (guint i = 0; i < sizeof keys.key; i++)
    keys.key[i] = 3 * i + 1;
  for (guint i = 0; i < sizeof keys.salt; i++)
    keys.salt[i] = 5 * i + 2;
  return keys;
}

static srtp_t
make_session (srtp_ssrc_type_t type, const ZrtpSrtpKeys * keys)
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
  policy.window_size = 2 * BARE_BATCH;
  if (srtp_create (&session, &policy) != srtp_err_status_ok)
    g_error ("libsrtp2 makes no session");
  return session;
}

Bare *
bare_new_libsrtp (const ZrtpCipher * cipher)
{
  ZrtpSrtpKeys keys = make_keys (cipher);
  Bare *bare = g_new0 (Bare, 1);

  bare->libsrtp[ZRTP_SRTP_SEND] = make_session (ssrc_any_outbound, &keys);
  bare->libsrtp[ZRTP_SRTP_RECEIVE] = make_session (ssrc_any_inbound, &keys);
  return bare;
}

Bare *
bare_new_nettle (const ZrtpCipher * cipher)
{
  const ZrtpSrtpOptions options = { 2 * BARE_BATCH, FALSE, TAG };
  ZrtpSrtpKeys keys = make_keys (cipher);
  Bare *bare = g_new0 (Bare, 1);

  for (guint i = 0; i < 2; i++) {
    bare->nettle[i] = zrtp_srtp_new (i, &keys, &options);
    if (!bare->nettle[i])
      g_error ("no SRTP session");
  }
  return bare;
}

void
bare_free (Bare * bare)
{
  for (guint i = 0; i < 2; i++) {
    if (bare->nettle[i])
      zrtp_srtp_free (bare->nettle[i]);
    else
      srtp_dealloc (bare->libsrtp[i]);
  }
  g_free (bare);
}

static void
fill (Bare * bare, gsize payload)
{
  for (guint i = 0; i < BARE_BATCH; i++) {
    guint8 *packet = packets[i];

    memset (packet, 0, HEADER + payload);
    packet[0] = 0x80;
    packet[2] = bare->seq >> 8;
    packet[3] = bare->seq & 0xff;
    packet[11] = 1;
    bare->seq++;
  }
}

static void
run_libsrtp (srtp_t session, gboolean protect, gsize size)
{
  for (guint i = 0; i < BARE_BATCH; i++) {
    int length = size;

    if ((protect ? srtp_protect : srtp_unprotect) (session, packets[i],
            &length) != srtp_err_status_ok)
      g_error ("libsrtp2 fails");
  }
}

static void
run_nettle (ZrtpSrtp * srtp, gboolean protect, gsize size)
{
  for (guint i = 0; i < BARE_BATCH; i++) {
    gsize length = size;
    ZrtpSrtpResult result = protect
        ? zrtp_srtp_protect (srtp, packets[i], &length, MAX_PACKET)
        : zrtp_srtp_unprotect (srtp, packets[i], &length);

    if (result != ZRTP_SRTP_OK)
      g_error ("the engine fails");
  }
}

static double
run_end (Bare * bare, ZrtpSrtpDirection direction, gsize size)
{
  double start = bench_thread_ns ();

  if (bare->nettle[direction])
    run_nettle (bare->nettle[direction], direction == ZRTP_SRTP_SEND, size);
  else
    run_libsrtp (bare->libsrtp[direction], direction == ZRTP_SRTP_SEND, size);
  return (bench_thread_ns () - start) / BARE_BATCH;
}

void
bare_run (Bare * bare, gsize payload, double *protect, double *unprotect)
{
  g_assert (HEADER + payload + ZRTP_SRTP_MAX_TRAILER <= MAX_PACKET);
  fill (bare, payload);
  *protect = run_end (bare, ZRTP_SRTP_SEND, HEADER + payload);
  *unprotect = run_end (bare, ZRTP_SRTP_RECEIVE, HEADER + payload + TAG);
}
