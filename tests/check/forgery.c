/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Messages made up, cut, garbled, reflected or played again.
 */
#include "attacker.h"
#include "vectors.h"
#include "zrtp/crypto/zrtpcrypto.h"

#include <string.h>

/* Every packet of a call, cut at every length, delivered where the whole one
 * was about to arrive. */
typedef struct
{
  guint64 cut;
} Cuts;

static gboolean
deliver_cuts (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Cuts *cuts = user_data;
  SimStream *to = &sim->ends[1 - from->endpoint->id].streams[0];

  for (gsize n = 0; n < *size; n++) {
    sim_inject (to, data, n);
    cuts->cut++;
  }
  return TRUE;
}

GST_START_TEST (test_truncation)
{
  Cuts cuts = { 0 };
  Sim *sim = attacker_new_call (70, "EC25");

  sim->filter = deliver_cuts;
  sim->filter_data = &cuts;
  sim_run (sim, 2 * SIM_SEC);
  assert_unharmed (sim);
  fail_unless (cuts.cut > 700);
  fail_unless_equals_int (all_dropped (ALICE) + all_dropped (BOB), cuts.cut);
  sim_free (sim);
}

GST_END_TEST;

/* Before each genuine packet a storm of well-framed rubbish: the genuine
 * message with some octets changed and the CRC right, from the right source.
 * The call must end secure or, where a Confirm or Error was hit, refused; never
 * secure with different keys. */
static gboolean
deliver_mutants (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  SimStream *to = &sim->ends[1 - from->endpoint->id].streams[0];
  ZrtpPacket packet;
  guint8 message[ZRTP_MAX_MESSAGE_SIZE], mutant[ZRTP_MAX_PACKET_SIZE];

  zrtp_packet_parse (data, *size, &packet);
  for (guint i = 0; i < 20; i++) {
    gsize n;

    memcpy (message, packet.message, packet.message_size);
    for (guint k = 1 + sim_random (sim, 3); k > 0; k--)
      message[sim_random (sim, packet.message_size)] = sim_random (sim, 256);
    n = zrtp_packet_write (mutant, sizeof mutant, sim_random (sim, 65536),
        packet.ssrc, message, packet.message_size);
    sim_deliver (to, mutant, n);
  }
  return TRUE;
}

GST_START_TEST (test_mutants)
{
  guint secure = 0, refused = 0;

  for (guint seed = 0; seed < 300; seed++) {
    Sim *sim = sim_new (80 + seed);

    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim->filter = deliver_mutants;
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 3 * SIM_SEC);
    sim->filter = NULL;
    if (sim_state (sim, 0) == ZRTP_STATE_SECURE
        && sim_state (sim, 1) == ZRTP_STATE_SECURE) {
      sim_assert_agreed (sim);
      secure++;
    } else {
      for (guint e = 0; e < 2; e++) {
        SimStream *s = &sim->ends[e].streams[0];

        /* If one is secure alone, no peer understands it: the other never
         * passes anything in clear. */
        fail_unless (info_of (s)->send != ZRTP_MEDIA_CLEAR);
        fail_unless (info_of (s)->receive != ZRTP_MEDIA_CLEAR);
      }
      refused++;
    }
    sim_free (sim);
  }
  fail_unless_equals_int (secure + refused, 300);
}

GST_END_TEST;

/* 4.7.1: an Error ends what is under way, never what is secure. */
/* Z-4.7.1-01 Z-4.7.1-03 Z-5.10-01 */
GST_START_TEST (test_error_messages)
{
  const ZrtpMessage error = {.type = ZRTP_MESSAGE_ERROR,.u.error_code =
        ZRTP_ERROR_SOFTWARE
  };
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  gsize size;
  Sim *sim = attacker_new_secure_call (400);

  size = sim_packet (packet, 0x2000, &error, NULL);
  g_string_truncate (ALICE->trace, 0);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "ErrorACK");
  sim_assert_agreed (sim);
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_UNEXPECTED), 1);
  sim_free (sim);

  sim = attacker_new_call (401, "X255");
  while (ALICE->stream->step != ZRTP_STEP_COMMIT_SENT)
    sim_run (sim, sim->now + SIM_MSEC);
  /* Not from our peer: answered, otherwise ignored. */
  size = sim_packet (packet, 0x6666, &error, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_NEGOTIATING);
  size = sim_packet (packet, 0x2000, &error, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless (g_str_has_suffix (ALICE->trace->str, "ErrorACK"));
  /* Not if the peer goes on nevertheless. */
  sim->ends[1].dead = TRUE;
  sim_run (sim, sim->now + 1400 * SIM_MSEC);
  assert_failed (ALICE, ZRTP_ERROR_SOFTWARE);
  fail_unless (ALICE->error_from_peer);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.7.2-03 Z-4.7.2-04 Z-4.7.2-05 Z-4.7.2-07 Z-4.7.2-16 Z-4.7.2-01 */
GST_START_TEST (test_go_clear_is_refused)
{
  static const guint8 text[] = "GoClear ";
  const ZrtpOctets part = { text, 8 };
  ZrtpMessage message = {.type = ZRTP_MESSAGE_GO_CLEAR };
  guint8 packet[ZRTP_MAX_PACKET_SIZE], mac[ZRTP_MAX_HASH_SIZE];
  Sim *sim = attacker_new_secure_call (410);
  gsize size;

  /* forged */
  g_string_truncate (ALICE->trace, 0);
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "");
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_MAC), 1);
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_SECURITY], 1);

  /* One alarm for all that a peer sends again, as libzrtp does, whose MAC is over
   * another text; one more for the next burst. */
  for (guint i = 0; i < 10; i++) {
    sim_run (sim, sim->now + 150 * SIM_MSEC);
    sim_deliver (ALICE, packet, size);
  }
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_MAC), 11);
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_SECURITY], 1);
  sim_run (sim, sim->now + 6 * SIM_SEC);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_SECURITY], 2);

  /* Alice's own, come back to her */
  ALICE->stream->bound.hash->mac (zrtp_stream_own_keys (ALICE->stream)->mac_key,
      32, &part, 1, mac);
  memcpy (message.u.clear_mac, mac, ZRTP_MAC_SIZE);
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "");
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_MAC), 13);

  /* genuine, from a peer that ignores that we never set A */
  BOB->stream->bound.hash->mac (zrtp_stream_own_keys (BOB->stream)->mac_key, 32,
      &part, 1, mac);
  memcpy (message.u.clear_mac, mac, ZRTP_MAC_SIZE);
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "Error");
  fail_unless_equals_int (ALICE->last_error, ZRTP_ERROR_GOCLEAR_REFUSED);
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  fail_unless (g_str_has_suffix (BOB->trace->str, "ErrorACK"));
  sim_free (sim);
}

GST_END_TEST;

/* Z-5.13-04 Z-5.13-05 Z-5.13-06 Z-5.13-14 Z-5.14-01 Z-7.3-05 Z-5.13-08 */
GST_START_TEST (test_relayed_sas_is_never_shown)
{
  ZrtpSasRelayBody body = {.verified = TRUE,.sas_type = "B256" };
  ZrtpMessage message = {.type = ZRTP_MESSAGE_SAS_RELAY };
  guint8 packet[ZRTP_MAX_PACKET_SIZE], text[64], mac[ZRTP_MAX_HASH_SIZE];
  Sim *sim = attacker_new_secure_call (420);
  const ZrtpSenderKeys *keys = zrtp_stream_own_keys (BOB->stream);
  char *sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);
  gsize size;

  memset (body.sashash, 0x55, sizeof body.sashash);
  message.u.sealed.encrypted.data = text;
  message.u.sealed.encrypted.size =
      zrtp_sas_relay_body_write (&body, text, sizeof text);
  text[33] |= 0xff;             /* of the 15 unused bits */
  BOB->stream->bound.cipher->cfb_encrypt (keys->zrtp_key, message.u.sealed.iv,
      text, message.u.sealed.encrypted.size);
  BOB->stream->bound.hash->mac (keys->mac_key, 32, &message.u.sealed.encrypted,
      1, mac);
  memcpy (message.u.sealed.mac, mac, ZRTP_MAC_SIZE);

  g_string_truncate (ALICE->trace, 0);
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "RelayACK");
  fail_unless_equals_string (zrtp_session_get_info (sim->ends[0].session)->sas,
      sas);
  fail_if (zrtp_session_get_info (sim->ends[0].session)->peer_verified);

  text[5] ^= 1;
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "RelayACK");
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_MAC), 1);
  g_free (sas);
  sim_free (sim);
}

GST_END_TEST;

/* Everything that Alice sends also comes back to her. Only her Hello is proof
 * of something (a loop, 0x90); the rest belongs to no exchange. */
/* Z-5.2-15 */
static gboolean
reflect_all_but_hello (Sim * sim, SimStream * from, guint8 * data,
    gsize * size, gpointer user_data)
{
  ZrtpMessage message;
  ZrtpPacket packet;
  guint8 changed[ZRTP_MAX_PACKET_SIZE];
  gsize n;

  if (sim_packet_type (data, *size, &message) == ZRTP_MESSAGE_HELLO)
    return TRUE;
  /* Under the other one's SSRC, else it is a collision (4.1). */
  zrtp_packet_parse (data, *size, &packet);
  n = zrtp_packet_write (changed, sizeof changed, packet.sequence,
      from->endpoint->id == 0 ? 0x2000 : 0x1000, packet.message,
      packet.message_size);
  sim_inject (from, changed, n);
  return TRUE;
}

GST_START_TEST (test_reflection)
{
  Sim *sim = attacker_new_call (430, "X255");
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  gsize size;

  sim->filter = reflect_all_but_hello;
  sim_run (sim, 3 * SIM_SEC);
  sim_assert_agreed (sim);
  sim_free (sim);

  /* Her Hello: the two ends of a cable that goes nowhere. */
  sim = sim_new_pair (431);
  sim_start (sim, 0);
  size = zrtp_packet_write (packet, sizeof packet, 1, 0x1000,
      OCTETS (ALICE->stream->own.message));
  sim_deliver (ALICE, packet, size);
  assert_failed (ALICE, ZRTP_ERROR_EQUAL_ZIDS);
  sim_free (sim);

  /* Not once there is a peer to talk to. */
  sim = attacker_new_secure_call (432);
  size = zrtp_packet_write (packet, sizeof packet, 1, 0x1000,
      OCTETS (ALICE->stream->own.message));
  sim_deliver (ALICE, packet, size);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* A whole recorded call, played to both sides of the next one. */
typedef struct
{
  GPtrArray *to[2];
  guint replays;                /* an answer to a replay starts another */
} Recording;

static gboolean
record (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Recording *recording = user_data;

  g_ptr_array_add (recording->to[1 - from->endpoint->id],
      g_bytes_new (data, *size));
  return TRUE;
}

static gboolean
replay_all (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Recording *recording = user_data;
  SimStream *to = &sim->ends[1 - from->endpoint->id].streams[0];

  if (recording->replays++ > 200)
    return TRUE;
  for (guint i = 0; i < recording->to[to->endpoint->id]->len; i++)
    sim_inject (to, OCTETS ((GBytes *) g_ptr_array_index (recording->to
                [to->endpoint->id], i)));
  return TRUE;
}

GST_START_TEST (test_replayed_call)
{
  Recording recording = { {NULL, NULL}, 0 };
  Sim *sim = sim_new_pair (440);

  for (guint i = 0; i < 2; i++)
    recording.to[i] =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  sim->filter = record;
  sim->filter_data = &recording;
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_run (sim, SIM_SEC);
  sim_free (sim);

  sim = sim_new_pair (441);
  sim->filter = replay_all;
  sim->filter_data = &recording;
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 30 * SIM_SEC));
  sim_assert_agreed (sim);
  /* And once more when it is over. */
  recording.replays = 100;
  replay_all (sim, ALICE, NULL, NULL, &recording);
  replay_all (sim, BOB, NULL, NULL, &recording);
  sim_run (sim, sim->now + 30 * SIM_SEC);
  sim_assert_agreed (sim);
  sim_free (sim);
  g_ptr_array_unref (recording.to[0]);
  g_ptr_array_unref (recording.to[1]);
}

GST_END_TEST;

/* Once secure, nothing unauthenticated changes anything: every message type,
 * from the peer's source and from others. */
GST_START_TEST (test_nothing_undoes_secure)
{
  Sim *sim = attacker_new_secure_call (450);
  guint8 packet[ZRTP_MAX_PACKET_SIZE];

  sim->ends[0].policy.require_encryption = FALSE;
  for (guint round = 0; round < 2000; round++) {
    ZrtpMessage message;
    guint8 text[40];
    gsize size;

    sim->random.fill (sim->random.user_data, (guint8 *) & message,
        sizeof message);
    message.type = round % ZRTP_N_MESSAGES;
    if (message.type == ZRTP_MESSAGE_HELLO) {
      memcpy (message.u.hello.version, "1.10", 5);
      for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
        message.u.hello.n_names[kind] = sim_random (sim, 8);
      message.u.hello.passive = message.u.hello.mitm =
          message.u.hello.signature_capable = TRUE;
    } else if (message.type == ZRTP_MESSAGE_DHPART1
        || message.type == ZRTP_MESSAGE_DHPART2) {
      message.u.dhpart.public_size = 32;
    } else if (message.type == ZRTP_MESSAGE_CONFIRM1
        || message.type == ZRTP_MESSAGE_CONFIRM2
        || message.type == ZRTP_MESSAGE_SAS_RELAY) {
      message.u.sealed.encrypted.data = text;
      message.u.sealed.encrypted.size = sizeof text;
    } else if (message.type == ZRTP_MESSAGE_PING
        || message.type == ZRTP_MESSAGE_PING_ACK) {
      memcpy (message.u.ping.version, "1.10", 5);
    }
    size = sim_packet (packet, sim_random (sim, 2) ? 0x2000 :
        sim_random (sim, 5), &message, NULL);
    sim_deliver (ALICE, packet, size);
    sim_run (sim, sim->now + sim_random (sim, 100) * SIM_MSEC);
    fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_SECURE);
    fail_unless_equals_int (info_of (ALICE)->send, ZRTP_MEDIA_SECURE);
    fail_unless_equals_int (info_of (ALICE)->receive, ZRTP_MEDIA_SECURE);
  }
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* Z-4.4.3.1-06 Z-4.8-01 */
static guint8 reused_nonce[ZRTP_NONCE_SIZE];

static void
reuse_nonce (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  if (zrtp_commit_mode (&message->u.commit) == ZRTP_COMMIT_MULTISTREAM)
    memcpy (message->u.commit.nonce, reused_nonce, ZRTP_NONCE_SIZE);
}

GST_START_TEST (test_reused_nonce)
{
  Change change = { ZRTP_MESSAGE_COMMIT, reuse_nonce, FALSE, TRUE, 0 };
  Sim *sim = sim_new (460);

  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  zrtp_stream_start (ALICE->stream, 1, 0);
  zrtp_stream_start (BOB->stream, 2, 0);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, SIM_SEC);
  fail_unless_equals_int (info_of (BOB)->state, ZRTP_STATE_SECURE);

  /* The nonce of some earlier stream of this session. */
  memset (reused_nonce, 7, sizeof reused_nonce);
  zrtp_session_note_nonce (sim->ends[1].session, reused_nonce);
  sim->filter = attacker_change;
  sim->filter_data = &change;
  zrtp_stream_start (sim->ends[0].streams[1].stream, 3, sim->now);
  zrtp_stream_start (sim->ends[1].streams[1].stream, 4, sim->now);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless_equals_int (sim->ends[1].streams[1].last_error,
      ZRTP_ERROR_NONCE_REUSED);
  fail_unless_equals_int (info_of (BOB)->state, ZRTP_STATE_SECURE);
  sim_free (sim);
}

GST_END_TEST;

/* Preshared mode asked of a peer that does not do it: DH comes of it. */
/* Z-4.2-02 Z-4.4.2.3-03 */
static void
make_preshared (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  memcpy (message->u.commit.names[ZRTP_KIND_KEY_AGREEMENT], "Prsh", 4);
}

GST_START_TEST (test_preshared_commit)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  ZrtpCommit *commit = &message.u.commit;
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  Sim *sim = sim_new_pair (470);
  gsize size;

  /* Both say Hello, but Bob holds his Commit back. */
  BOB->stream->policy.auto_secure = FALSE;
  ALICE->stream->policy.auto_secure = FALSE;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, SIM_SEC);
  memcpy (commit->h2, BOB->stream->own.chain[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  memcpy (commit->names[ZRTP_KIND_HASH], "S256", 4);
  memcpy (commit->names[ZRTP_KIND_CIPHER], "AES1", 4);
  memcpy (commit->names[ZRTP_KIND_AUTH_TAG], "HS80", 4);
  memcpy (commit->names[ZRTP_KIND_SAS], "B32 ", 4);
  make_preshared (sim, BOB, &message);
  size = sim_packet (packet, 0x2000, &message, BOB->stream->own.chain[1]);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_DISCOVERING);
  zrtp_stream_go_secure (ALICE->stream, sim->now);
  sim_drain (sim, 0);
  sim_deliver (ALICE, packet, size);    /* crossed: DH stands */
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  fail_unless_equals_int (info_of (ALICE)->role, ZRTP_ROLE_INITIATOR);
  sim_free (sim);

  /* A peer that never commits says why. */
  sim = sim_new (471);
  sim->ends[0].policy.passive = TRUE;
  sim->ends[1].policy.auto_secure = FALSE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, SIM_SEC);
  memcpy (commit->h2, BOB->stream->own.chain[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  size = sim_packet (packet, 0x2000, &message, BOB->stream->own.chain[1]);
  sim_deliver (ALICE, packet, size);
  assert_chain_dropped (ALICE, ZRTP_ERROR_NO_SHARED_SECRET, FALSE);
  sim_free (sim);
}

GST_END_TEST;

/* An attacker that breaks an exchange off once the SAS is known gets few
 * further tries, by whatever way: one chance in 65,536 must not become many. */
static gboolean
break_off (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const ZrtpMessage error = {.type = ZRTP_MESSAGE_ERROR,.u.error_code =
        ZRTP_ERROR_UNAVAILABLE
  };
  guint *guesses = user_data;
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  ZrtpMessage message;

  if (from == ALICE && sim_packet_type (data, *size, &message) ==
      ZRTP_MESSAGE_DHPART1 && !from->endpoint->sim->ends[1].dead) {
    (*guesses)++;
    sim_inject (ALICE, packet, sim_packet (packet, 0x2000, &error, NULL));
    sim->ends[1].dead = TRUE;
  }
  return TRUE;
}

GST_START_TEST (test_few_guesses)
{
  guint guesses = 0, in_a_minute = 0;
  Sim *sim = sim_new (480);

  sim->ends[0].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->filter = break_off;
  sim->filter_data = &guesses;
  sim_start (sim, 0);
  sim_start (sim, 1);
  /* Eight at once, then one in 8 s: third parties off the path, which look the
   * same, may hold the genuine call no longer than that. A user waits a minute, in
   * which there are 16 chances of 1 in 65,536 or less. */
  while (sim->now < 3600 * SIM_SEC) {
    if (sim->now < 60 * SIM_SEC)
      in_a_minute = guesses;
    sim_run (sim, sim->now + 200 * SIM_MSEC);
    zrtp_stream_stop (BOB->stream, sim->now);
    zrtp_stream_renew_hello (BOB->stream, &sim->ends[1].policy,
        sim->ends[1].zid);
    sim_drain (sim, 1);
    sim->ends[1].dead = FALSE;
    sim_start (sim, 1);
  }
  fail_unless (guesses > 5);
  fail_unless (in_a_minute <= 16, "%u guesses in a minute", in_a_minute);
  fail_unless (guesses <= 8 + 3600 / 8, "%u guesses in an hour", guesses);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
forgery_suite (void)
{
  Suite *suite = suite_create ("forgery");
  TCase *tc = tcase_create ("forgery");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_truncation);
  tcase_add_test (tc, test_mutants);
  tcase_add_test (tc, test_error_messages);
  tcase_add_test (tc, test_go_clear_is_refused);
  tcase_add_test (tc, test_relayed_sas_is_never_shown);
  tcase_add_test (tc, test_reflection);
  tcase_add_test (tc, test_replayed_call);
  tcase_add_test (tc, test_nothing_undoes_secure);
  tcase_add_test (tc, test_reused_nonce);
  tcase_add_test (tc, test_preshared_commit);
  tcase_add_test (tc, test_few_guesses);
  return suite;
}

GST_CHECK_MAIN (forgery);
