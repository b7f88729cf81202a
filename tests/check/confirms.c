/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What Confirm messages say, read with the sender's keys, and what is made of
 * what they say, written with them (RFC 6189 4.6, 4.9, 5.7).
 */
#include <string.h>

#include "cache-common.h"
#include "knownpeers-common.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

/* The plain text of a Confirm, its head as octets. */
typedef struct
{
  guint8 text[ZRTP_MAX_MESSAGE_SIZE];
  gsize size;
  guint8 iv[ZRTP_IV_SIZE];
} Plain;

/* Changes the text in place. */
typedef void (*Rewrite) (Plain * plain);

typedef struct
{
  Plain seen[2][SIM_MAX_STREAMS];       /* by sender and stream */
  guint n;
  Rewrite rewrite;
  guint stream;                 /* whose Confirms are changed */
  gboolean lose_first;
} Reader;

#define FLAGS 35                /* offsets in the text */
#define EXPIRY 36

static void
open_confirm (ZrtpStream * sender, const ZrtpSealed * sealed, Plain * plain)
{
  const ZrtpSenderKeys *keys = zrtp_stream_own_keys (sender);

  plain->size = sealed->encrypted.size;
  memcpy (plain->iv, sealed->iv, ZRTP_IV_SIZE);
  memcpy (plain->text, sealed->encrypted.data, plain->size);
  sender->bound.cipher->cfb_decrypt (keys->zrtp_key, sealed->iv, plain->text,
      plain->size);
}

static gsize
close_confirm (ZrtpStream * sender, ZrtpMessage * message, Plain * plain,
    guint32 ssrc, guint8 * packet)
{
  const ZrtpSenderKeys *keys = zrtp_stream_own_keys (sender);
  ZrtpSealed *sealed = &message->u.sealed;
  guint8 mac[ZRTP_MAX_HASH_SIZE];

  sender->bound.cipher->cfb_encrypt (keys->zrtp_key, sealed->iv, plain->text,
      plain->size);
  sealed->encrypted = zrtp_octets (plain->text, plain->size);
  sender->bound.hash->mac (keys->mac_key, sender->bound.hash->size,
      &sealed->encrypted, 1, mac);
  memcpy (sealed->mac, mac, ZRTP_MAC_SIZE);
  return sim_packet (packet, ssrc, message, NULL);
}

static gboolean
read_confirm (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Reader *reader = user_data;
  Plain *plain = &reader->seen[from->endpoint->id][from->index];
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  const gboolean again = plain->size > 0;
  ZrtpMessage message;
  ZrtpPacket frame;
  Plain copy;

  switch (sim_packet_type (data, *size, &message)) {
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONFIRM2:
      break;
    default:
      return TRUE;
  }
  open_confirm (from->stream, &message.u.sealed, &copy);
  if (again) {
    fail_unless_equals_int (copy.size, plain->size);
    fail_unless (memcmp (copy.text, plain->text, copy.size) == 0);
    fail_unless (memcmp (copy.iv, plain->iv, ZRTP_IV_SIZE) == 0);
  }
  *plain = copy;
  reader->n++;
  if (reader->rewrite && from->index == reader->stream) {
    reader->rewrite (&copy);
    zrtp_packet_parse (data, *size, &frame);
    *size = close_confirm (from->stream, &message, &copy, frame.ssrc, packet);
    memcpy (data, packet, *size);
  }
  return !reader->lose_first || again;
}

static void
read_along (Sim * sim, Reader * reader)
{
  memset (reader, 0, sizeof *reader);
  sim->filter = read_confirm;
  sim->filter_data = reader;
}

static void
run_streams (Sim * sim, guint n_streams)
{
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, n_streams);
    sim_start (sim, i);
  }
  fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC));
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
}

static guint32
expiry_of (const Reader * reader, guint who, guint stream)
{
  const guint8 *octets = reader->seen[who][stream].text + EXPIRY;

  return (guint32) octets[0] << 24 | octets[1] << 16 | octets[2] << 8
      | octets[3];
}

static guint
flags_of (const Reader * reader, guint who)
{
  return reader->seen[who][0].text[FLAGS];
}

/* Sending */

GST_START_TEST (test_plain)
{
  Reader reader;
  Sim *sim = knownpeers_new (1);

  read_along (sim, &reader);
  run_streams (sim, 1);
  fail_unless_equals_int (reader.n, 2);
  for (guint i = 0; i < 2; i++) {
    const Plain *plain = &reader.seen[i][0];
    ZrtpStream *stream = sim->ends[i].streams[0].stream;

    /* Z-5.7-02 Z-5.7-03 Z-5.7-07 Z-5.7-08 Z-5.7-12 Z-4.6-01 */
    fail_unless_equals_int (plain->size, 40);
    fail_unless (memcmp (plain->text, stream->own.chain[0],
            ZRTP_IMAGE_SIZE) == 0);
    fail_unless (memcmp (plain->text + 32, "\0\0\0\0", 4) == 0);
    /* Z-4.9-09 */
    fail_unless_equals_uint64 (expiry_of (&reader, i, 0), 0xffffffff);
  }
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_flags)
{
  Reader reader;
  Sim *sim = knownpeers_call (2, 0);

  fail_unless (zrtp_session_verify_sas (sim->ends[0].session, sim->now));
  knownpeers_settle (sim);
  sim_free (sim);

  sim = knownpeers_new (3);
  sim->ends[0].policy.disclosure = TRUE;
  /* There is no way to go clear, so it is never offered. */
  sim->ends[0].policy.allow_clear = TRUE;
  read_along (sim, &reader);
  run_streams (sim, 1);
  /* Z-7.1-01 Z-11-01 Z-4.6-01: V and D. */
  fail_unless_equals_int (flags_of (&reader, 0), 0x04 | 0x01);
  fail_unless_equals_int (flags_of (&reader, 1), 0);
  fail_unless (knownpeers_info (sim, 1)->peer_verified);
  sim_free (sim);

  /* Z-4.9.1-01 Z-4.9.1-02 */
  sim = knownpeers_new (4);
  sim->ends[0].policy.cacheless = TRUE;
  sim->ends[1].policy.cache_expiry = 86400;
  read_along (sim, &reader);
  run_streams (sim, 1);
  fail_unless_equals_int (flags_of (&reader, 0), 0);
  fail_unless_equals_uint64 (expiry_of (&reader, 0, 0), 0);
  fail_unless_equals_uint64 (expiry_of (&reader, 1, 0), 86400);
  sim_free (sim);
}

GST_END_TEST;

/* Z-6-01 Z-5.7-10: a repeated Confirm is the same to the IV. */
GST_START_TEST (test_repeated)
{
  Reader reader;
  Sim *sim = knownpeers_new (5);

  read_along (sim, &reader);
  reader.lose_first = TRUE;
  run_streams (sim, 1);
  fail_unless (reader.n >= 4);
  fail_if (memcmp (reader.seen[0][0].iv, reader.seen[1][0].iv,
          ZRTP_IV_SIZE) == 0);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.9-10 */
GST_START_TEST (test_multistream)
{
  Reader reader;
  Sim *sim = knownpeers_new (6);

  sim->ends[0].policy.cacheless = TRUE;
  sim->ends[1].policy.cache_expiry = 60;
  read_along (sim, &reader);
  run_streams (sim, 2);
  for (guint i = 0; i < 2; i++) {
    const guint mult =
        zrtp_stream_get_info (sim->ends[0].streams[0].stream)->key_agreement ==
        &zrtp_key_agreement_mult ? 0 : 1;

    fail_unless_equals_uint64 (expiry_of (&reader, i, mult), 0xffffffff);
    fail_unless_equals_uint64 (expiry_of (&reader, i, 1 - mult), i ? 60 : 0);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Receiving */

static void
set_unused_bits (Plain * plain)
{
  plain->text[32] |= 0xff;
  plain->text[33] |= 0xfe;
  plain->text[FLAGS] |= 0xf0;
}

static void
set_allow_clear (Plain * plain)
{
  plain->text[FLAGS] |= 0x02;
}

static void
set_enrollment (Plain * plain)
{
  plain->text[FLAGS] |= 0x08 | 0x02;
}

static void
set_verified_and_disclosure (Plain * plain)
{
  plain->text[FLAGS] |= 0x04 | 0x01;
}

static void
add_signature (Plain * plain)
{
  /* Nine bits of length, in words, the type among them. */
  plain->text[34] = 17;
  memcpy (plain->text + 40, "PGP ", 4);
  memset (plain->text + 44, 0x5a, 64);
  plain->size = 40 + 17 * 4;
}

static void
add_longest_signature (Plain * plain)
{
  plain->text[33] |= 1;
  plain->text[34] = 0xff;
  memcpy (plain->text + 40, "X509", 4);
  memset (plain->text + 44, 0xa5, 510 * 4);
  plain->size = 40 + 511 * 4;
}

static const struct
{
  Rewrite rewrite;
  gboolean allow_clear, verified, disclosure;
} rewrites[] = {
  /* Z-5.7-04 Z-5.7-08 */
  {set_unused_bits, FALSE, FALSE, FALSE},
  /* Z-4.6-01 Z-7.3.1-05 */
  {set_allow_clear, TRUE, FALSE, FALSE},
  {set_enrollment, FALSE, FALSE, FALSE},
  {set_verified_and_disclosure, FALSE, TRUE, TRUE},
  /* Z-5.1.7-01 Z-5.7-05 Z-7.2-01 */
  {add_signature, FALSE, FALSE, FALSE},
  {add_longest_signature, FALSE, FALSE, FALSE},
};

GST_START_TEST (test_received)
{
  Reader reader;
  Sim *sim = knownpeers_new (7);

  read_along (sim, &reader);
  reader.rewrite = rewrites[__i__].rewrite;
  run_streams (sim, 1);
  for (guint i = 0; i < 2; i++) {
    const ZrtpStreamInfo *info =
        zrtp_stream_get_info (sim->ends[i].streams[0].stream);

    fail_unless_equals_int (info->peer_allow_clear,
        rewrites[__i__].allow_clear);
    fail_unless_equals_int (info->peer_disclosure, rewrites[__i__].disclosure);
    fail_unless_equals_int (knownpeers_info (sim, i)->peer_verified,
        rewrites[__i__].verified);
  }
  /* Z-7.3.1-06 */
  for (guint i = 0; i < 2; i++) {
    ZrtpPeer peer = knownpeers_peer (i);

    fail_unless (peer.have_rs1 && !peer.have_pbx);
    zrtp_peer_clear (&peer);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.9-10: what a Confirm of Multistream says of the cache does not matter. */
static void
set_expiry_zero (Plain * plain)
{
  memset (plain->text + EXPIRY, 0, 4);
}

GST_START_TEST (test_multistream_expiry_is_ignored)
{
  Reader reader;
  ZrtpPeer peer;
  Sim *sim = knownpeers_new (8);

  read_along (sim, &reader);
  for (guint i = 0; i < 2; i++) {
    sim_make (sim, i, 2);
    zrtp_stream_start (sim->ends[i].streams[0].stream, 1 + i, sim->now);
  }
  knownpeers_settle (sim);
  reader.rewrite = set_expiry_zero;
  reader.stream = 1;
  for (guint i = 0; i < 2; i++)
    zrtp_stream_start (sim->ends[i].streams[1].stream, 3 + i, sim->now);
  knownpeers_settle (sim);
  sim_assert_agreed (sim);
  knownpeers_assert_same (FALSE);
  for (guint i = 0; i < 2; i++) {
    fail_unless (zrtp_session_verify_sas (sim->ends[i].session, sim->now));
    knownpeers_settle (sim);
    peer = knownpeers_peer (i);
    fail_unless (peer.verified && !peer.expired);
    fail_unless (peer.expires == ZRTP_NEVER);
    zrtp_peer_clear (&peer);
  }
  sim_free (sim);
}

GST_END_TEST;

static Suite *
confirms_suite (void)
{
  Suite *suite = suite_create ("confirms");
  TCase *tc = tcase_create ("confirms");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, knownpeers_setup, knownpeers_teardown);
  tcase_add_test (tc, test_plain);
  tcase_add_test (tc, test_flags);
  tcase_add_test (tc, test_repeated);
  tcase_add_test (tc, test_multistream);
  tcase_add_loop_test (tc, test_received, 0, G_N_ELEMENTS (rewrites));
  tcase_add_test (tc, test_multistream_expiry_is_ignored);
  return suite;
}

GST_CHECK_MAIN (confirms);
