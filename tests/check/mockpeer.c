/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "mockpeer.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"

static void
add_name (ZrtpHello * hello, ZrtpKind kind, const char *name)
{
  guint n = hello->n_names[kind]++;

  fail_unless (n < ZRTP_MAX_ALGORITHMS);
  memcpy (hello->names[kind][n], name, 4);
}

void
mock_peer_init (MockPeer * mock, SimStream * to, guint32 ssrc)
{
  const ZrtpRandom *random = &to->endpoint->sim->random;
  ZrtpHello *hello = &mock->hello;

  memset (mock, 0, sizeof *mock);
  mock->to = to;
  mock->ssrc = ssrc;
  mock->sequence = 1;
  zrtp_random_fill (random, mock->h[0], ZRTP_IMAGE_SIZE);
  for (guint i = 1; i < 4; i++)
    zrtp_sha256 (mock->h[i - 1], ZRTP_IMAGE_SIZE, mock->h[i]);

  memcpy (hello->version, ZRTP_VERSION, 4);
  memcpy (hello->client_id, "puppet          ", ZRTP_CLIENT_ID_SIZE);
  memcpy (hello->h3, mock->h[3], ZRTP_IMAGE_SIZE);
  zrtp_random_fill (random, hello->zid, ZRTP_ZID_SIZE);
  add_name (hello, ZRTP_KIND_KEY_AGREEMENT, "X255");
  add_name (hello, ZRTP_KIND_KEY_AGREEMENT, "DH3k");
  add_name (hello, ZRTP_KIND_KEY_AGREEMENT, "Mult");
}

void
mock_peer_say (MockPeer * mock, const ZrtpMessage * message,
    const guint8 * seal)
{
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE], packet[ZRTP_MAX_PACKET_SIZE];
  gsize size = zrtp_message_write (message, octets, sizeof octets);

  fail_unless (size > 0);
  if (seal)
    zrtp_message_sign (octets, size, seal);
  size = zrtp_packet_write (packet, sizeof packet, mock->sequence++,
      mock->ssrc, octets, size);
  sim_deliver (mock->to, packet, size);
  sim_run (mock->to->endpoint->sim, mock->to->endpoint->sim->now);
}

void
mock_peer_hello (MockPeer * mock)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };

  message.u.hello = mock->hello;
  mock_peer_say (mock, &message, mock->h[2]);
}

GBytes *
mock_peer_make_hello (const MockPeer * mock)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE];
  gsize size;

  message.u.hello = mock->hello;
  size = zrtp_message_write (&message, octets, sizeof octets);
  zrtp_message_sign (octets, size, mock->h[2]);
  return g_bytes_new (octets, size);
}

void
mock_peer_ack (MockPeer * mock, ZrtpMessageType type)
{
  const ZrtpMessage message = {.type = type };

  mock_peer_say (mock, &message, NULL);
}

void
mock_peer_commit (MockPeer * mock, const char *const names[ZRTP_N_KINDS])
{
  static const char *const usual[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", "X255", "B32 "
  };
  const ZrtpRandom *random = &mock->to->endpoint->sim->random;
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  ZrtpCommit *commit = &message.u.commit;

  memcpy (commit->h2, mock->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, mock->hello.zid, ZRTP_ZID_SIZE);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    memcpy (commit->names[kind], (names ? names : usual)[kind], 4);
  zrtp_random_fill (random, commit->hvi, ZRTP_HVI_SIZE);
  zrtp_random_fill (random, commit->nonce, ZRTP_NONCE_SIZE);
  mock_peer_say (mock, &message, mock->h[1]);
}

void
mock_peer_error (MockPeer * mock, ZrtpErrorCode code)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_ERROR };

  message.u.error_code = code;
  mock_peer_say (mock, &message, NULL);
}
