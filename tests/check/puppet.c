/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "puppet.h"

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
puppet_init (Puppet * puppet, SimStream * to, guint32 ssrc)
{
  const ZrtpRandom *random = &to->endpoint->sim->random;
  ZrtpHello *hello = &puppet->hello;

  memset (puppet, 0, sizeof *puppet);
  puppet->to = to;
  puppet->ssrc = ssrc;
  puppet->sequence = 1;
  zrtp_random_fill (random, puppet->h[0], ZRTP_IMAGE_SIZE);
  for (guint i = 1; i < 4; i++)
    zrtp_sha256 (puppet->h[i - 1], ZRTP_IMAGE_SIZE, puppet->h[i]);

  memcpy (hello->version, ZRTP_VERSION, 4);
  memcpy (hello->client_id, "puppet          ", ZRTP_CLIENT_ID_SIZE);
  memcpy (hello->h3, puppet->h[3], ZRTP_IMAGE_SIZE);
  zrtp_random_fill (random, hello->zid, ZRTP_ZID_SIZE);
  add_name (hello, ZRTP_KIND_KEY_AGREEMENT, "X255");
  add_name (hello, ZRTP_KIND_KEY_AGREEMENT, "DH3k");
  add_name (hello, ZRTP_KIND_KEY_AGREEMENT, "Mult");
}

void
puppet_say (Puppet * puppet, const ZrtpMessage * message, const guint8 * seal)
{
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE], packet[ZRTP_MAX_PACKET_SIZE];
  gsize size = zrtp_message_write (message, octets, sizeof octets);

  fail_unless (size > 0);
  if (seal)
    zrtp_message_sign (octets, size, seal);
  size = zrtp_packet_write (packet, sizeof packet, puppet->sequence++,
      puppet->ssrc, octets, size);
  sim_deliver (puppet->to, packet, size);
  sim_run (puppet->to->endpoint->sim, puppet->to->endpoint->sim->now);
}

void
puppet_hello (Puppet * puppet)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };

  message.u.hello = puppet->hello;
  puppet_say (puppet, &message, puppet->h[2]);
}

GBytes *
puppet_make_hello (const Puppet * puppet)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE];
  gsize size;

  message.u.hello = puppet->hello;
  size = zrtp_message_write (&message, octets, sizeof octets);
  zrtp_message_sign (octets, size, puppet->h[2]);
  return g_bytes_new (octets, size);
}

void
puppet_ack (Puppet * puppet, ZrtpMessageType type)
{
  const ZrtpMessage message = {.type = type };

  puppet_say (puppet, &message, NULL);
}

void
puppet_commit (Puppet * puppet, const char *const names[ZRTP_N_KINDS])
{
  static const char *const usual[ZRTP_N_KINDS] = {
    "S256", "AES1", "HS80", "X255", "B32 "
  };
  const ZrtpRandom *random = &puppet->to->endpoint->sim->random;
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  ZrtpCommit *commit = &message.u.commit;

  memcpy (commit->h2, puppet->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, puppet->hello.zid, ZRTP_ZID_SIZE);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    memcpy (commit->names[kind], (names ? names : usual)[kind], 4);
  zrtp_random_fill (random, commit->hvi, ZRTP_HVI_SIZE);
  zrtp_random_fill (random, commit->nonce, ZRTP_NONCE_SIZE);
  puppet_say (puppet, &message, puppet->h[1]);
}

void
puppet_error (Puppet * puppet, ZrtpErrorCode code)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_ERROR };

  message.u.error_code = code;
  puppet_say (puppet, &message, NULL);
}
