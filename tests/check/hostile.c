/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Forgery, tampering, replay, reflection, truncation. The attacker of these
 * tests sees every packet; where a test says so he even knows the peer's
 * secrets, to get past the checks that would stop anybody else.
 */
#include "sim.h"
#include "vectors.h"
#include "zrtp/zrtpcrypto.h"
#include "zrtp/zrtpstream-private.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#define ALICE (&sim->ends[0].streams[0])
#define BOB (&sim->ends[1].streams[0])

/* Alice initiates. */
static Sim *
new_call (guint64 seed, const char *key_agreement)
{
  Sim *sim = sim_new (seed);

  for (guint e = 0; e < 2; e++)
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            key_agreement,
            &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  return sim;
}

static Sim *
new_secure_call (guint64 seed)
{
  Sim *sim = new_call (seed, "X255");

  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_run (sim, sim->now + SIM_SEC);
  return sim;
}

static const ZrtpStreamInfo *
info_of (SimStream * s)
{
  return zrtp_stream_get_info (s->stream);
}

static guint64
dropped (SimStream * s, ZrtpDrop cause)
{
  return info_of (s)->counters.dropped[cause];
}

static guint64
all_dropped (SimStream * s)
{
  guint64 sum = 0;

  for (guint i = 0; i < ZRTP_N_DROPS; i++)
    sum += dropped (s, i);
  return sum;
}

/* Changes one message on its way. */
typedef void (*Tamper) (Sim * sim, SimStream * from, ZrtpMessage * message);

typedef struct
{
  ZrtpMessageType type;
  Tamper tamper;
  gboolean once;                /* then the next one passes as it is */
  gboolean reseal;              /* with the sender's own chain */
  guint hits;
} Change;

static const guint8 *
seal_of (SimStream * from, ZrtpMessageType type)
{
  switch (type) {
    case ZRTP_MESSAGE_HELLO:
      return from->stream->h[2];
    case ZRTP_MESSAGE_COMMIT:
      return from->stream->h[1];
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_DHPART2:
      return from->stream->h[0];
    default:
      return NULL;
  }
}

static gboolean
change_message (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Change *change = user_data;
  ZrtpMessage message;
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpPacket packet;
  const guint8 *seal;
  gsize message_size;

  if (sim_packet_type (data, *size, &message) != (gint) change->type
      || (change->once && change->hits > 0))
    return TRUE;
  change->hits++;
  fail_unless_equals_int (zrtp_packet_parse (data, *size, &packet),
      ZRTP_DROP_NONE);
  seal = seal_of (from, change->type);
  change->tamper (sim, from, &message);
  message_size = zrtp_message_write (&message, buffer, sizeof buffer);
  if (seal && change->reseal)
    zrtp_message_seal (buffer, message_size, seal);
  else if (seal)                /* the old MAC stays */
    memcpy (buffer + message_size - ZRTP_MAC_SIZE,
        packet.message + packet.message_size - ZRTP_MAC_SIZE, ZRTP_MAC_SIZE);
  *size = zrtp_packet_write (data, ZRTP_MAX_PACKET_SIZE, packet.sequence,
      packet.ssrc, buffer, message_size);
  return TRUE;
}

static Sim *
run_changed (guint64 seed, const char *key_agreement, Change * change)
{
  Sim *sim = sim_new (seed);

  for (guint e = 0; e < 2; e++)
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            key_agreement,
            &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->filter = change_message;
  sim->filter_data = change;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 3 * SIM_SEC);
  fail_unless (change->hits > 0);
  return sim;
}

static void
assert_failed (SimStream * s, ZrtpErrorCode error)
{
  const ZrtpStreamInfo *info = info_of (s);

  fail_unless_equals_int (info->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (info->error, error);
  fail_unless_equals_int (info->send, ZRTP_MEDIA_BLOCKED);
  fail_if (s->have_send);
  fail_unless (s->n_events[ZRTP_EVENT_SAS] == 0);
}

static void
assert_alarm (SimStream * s, ZrtpErrorCode error)
{
  assert_failed (s, error);
  fail_unless (s->n_events[ZRTP_EVENT_SECURITY] == 1);
  fail_unless (s->last_text != NULL);
}

/* The exchange got through in spite of what was done to one message. */
static void
assert_unharmed (Sim * sim)
{
  sim_assert_agreed (sim);
  fail_unless (ALICE->n_events[ZRTP_EVENT_SECURITY] == 0);
  fail_unless (BOB->n_events[ZRTP_EVENT_SECURITY] == 0);
}

static void
flip_public_value (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.public_value[5] ^= 1;
}

static void
flip_secret_id (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.rs1_id[0] ^= 1;
}

static void
flip_h1 (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.dhpart.h1[0] ^= 1;
}

static void
flip_h2 (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.commit.h2[31] ^= 1;
}

static void
flip_hvi (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.commit.hvi[0] ^= 1;
}

static void
flip_client_id (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  if (from->endpoint->id == 0)
    message->u.hello.client_id[0] ^= 1;
}

static void
flip_responders_client_id (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  if (from->endpoint->id == 1)
    message->u.hello.client_id[0] ^= 1;
}

/* CVE-2016-6271: the commitment is checked. */
/* Z-4.4.1.2-06 Z-5.6-02 Z-4.4.1.1-06 */
GST_START_TEST (test_hvi_is_checked)
{
  static const Tamper tampers[] = { flip_public_value, flip_secret_id };

  for (guint i = 0; i < G_N_ELEMENTS (tampers); i++) {
    for (guint reseal = 0; reseal < 2; reseal++) {
      Change change = { ZRTP_MESSAGE_DHPART2, tampers[i], FALSE, reseal, 0 };
      Sim *sim = run_changed (1, "DH3k", &change);

      assert_alarm (BOB, ZRTP_ERROR_BAD_HVI);
      assert_failed (ALICE, ZRTP_ERROR_BAD_HVI);
      fail_unless (ALICE->error_from_peer);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* 9: a message whose chain does not fit is dropped and the genuine one, sent
 * again, is taken. */
/* Z-9-05 Z-9-07 Z-9-06 Z-4.7.1-03 */
GST_START_TEST (test_forged_preimages_do_no_harm)
{
  static const struct
  {
    ZrtpMessageType type;
    Tamper tamper;
  } rows[] = {
    {ZRTP_MESSAGE_COMMIT, flip_h2},
    {ZRTP_MESSAGE_DHPART1, flip_h1},
    {ZRTP_MESSAGE_DHPART2, flip_h1},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Change change = { rows[i].type, rows[i].tamper, TRUE, TRUE, 0 };
    Sim *sim = run_changed (2 + i, "X255", &change);

    assert_unharmed (sim);
    fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_PREIMAGE)
        + dropped (BOB, ZRTP_DROP_BAD_PREIMAGE), 1);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Z-8.1.1-01 Z-8.1.1-02 Z-5.2-14 Z-5.4-06 Z-5.5-03 Z-9-08 */
GST_START_TEST (test_changed_messages_raise_an_alarm)
{
  /* The initiator's Hello: the responder finds out by the Commit. */
  Change hello_i = { ZRTP_MESSAGE_HELLO, flip_client_id, FALSE, FALSE, 0 };
  /* The responder's: the initiator finds out by DHPart1. */
  Change hello_r = { ZRTP_MESSAGE_HELLO, flip_responders_client_id, FALSE,
    FALSE, 0
  };
  /* Commit: by DHPart2. */
  Change commit = { ZRTP_MESSAGE_COMMIT, flip_hvi, FALSE, FALSE, 0 };
  /* DHPart1 in transit: total_hash differs, so Confirm1 does not open. */
  Change dhpart1 = { ZRTP_MESSAGE_DHPART1, flip_secret_id, FALSE, FALSE, 0 };
  Sim *sim;

  sim = run_changed (10, "X255", &hello_i);
  assert_alarm (BOB, ZRTP_ERROR_HELLO_MISMATCH);
  sim_free (sim);

  sim = run_changed (11, "X255", &hello_r);
  assert_alarm (ALICE, ZRTP_ERROR_HELLO_MISMATCH);
  sim_free (sim);

  sim = run_changed (12, "X255", &commit);
  assert_alarm (BOB, ZRTP_ERROR_MALFORMED);
  sim_free (sim);

  sim = run_changed (13, "X255", &dhpart1);
  assert_alarm (ALICE, ZRTP_ERROR_BAD_CONFIRM_MAC);
  sim_free (sim);
}

GST_END_TEST;

/* A peer that seals its DHPart with a wrong key is found out at Confirm: both
 * sides hashed the same octets, only the MAC is false. */
/* Z-5.5-03 Z-5.6-02 */
GST_START_TEST (test_false_dhpart_mac)
{
  for (guint liar = 0; liar < 2; liar++) {
    Sim *sim = new_call (14 + liar, "X255");
    ZrtpStream *stream = sim->ends[liar].streams[0].stream;
    const ZrtpStep sent = liar == 0 ? ZRTP_STEP_DHPART2_SENT :
        ZRTP_STEP_DHPART1_SENT;

    /* DHPart messages are sealed with H0; Confirm then shows another. */
    stream->h[0][0] ^= 1;
    while (stream->step != sent)
      sim_run (sim, sim->now + SIM_MSEC);
    stream->h[0][0] ^= 1;
    sim_run (sim, 2 * SIM_SEC);
    assert_alarm (&sim->ends[1 - liar].streams[0], ZRTP_ERROR_MALFORMED);
    fail_unless_equals_int (dropped (&sim->ends[1 - liar].streams[0],
            ZRTP_DROP_BAD_MAC), 1);
    sim_free (sim);
  }
}

GST_END_TEST;

static void
flip_cipher_text (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  ((guint8 *) message->u.sealed.encrypted.data)[3] ^= 0x10;
}

static void
flip_confirm_mac (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.sealed.mac[7] ^= 0x80;
}

/* Z-4.6-06 Z-5.7-11 */
GST_START_TEST (test_changed_confirms)
{
  static const Tamper tampers[] = { flip_cipher_text, flip_confirm_mac };

  for (guint i = 0; i < G_N_ELEMENTS (tampers); i++) {
    Change one = { ZRTP_MESSAGE_CONFIRM1, tampers[i], FALSE, FALSE, 0 };
    Change two = { ZRTP_MESSAGE_CONFIRM2, tampers[i], FALSE, FALSE, 0 };
    Sim *sim = run_changed (16, "X255", &one);

    assert_alarm (ALICE, ZRTP_ERROR_BAD_CONFIRM_MAC);
    assert_failed (BOB, ZRTP_ERROR_BAD_CONFIRM_MAC);
    sim_free (sim);

    sim = run_changed (17, "X255", &two);
    assert_alarm (BOB, ZRTP_ERROR_BAD_CONFIRM_MAC);
    fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_FAILED);
    fail_unless_equals_int (info_of (ALICE)->send, ZRTP_MEDIA_BLOCKED);
    sim_free (sim);
  }
}

GST_END_TEST;

/* A changed IV changes only the first block: H0 does not fit, the message is
 * dropped and the genuine one, sent again, is good (the MAC does not cover the
 * IV, 4.6). */
static void
flip_iv (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.sealed.iv[0] ^= 1;
}

/* Z-4.6-03 Z-5.7-12 */
GST_START_TEST (test_changed_iv)
{
  Change change = { ZRTP_MESSAGE_CONFIRM1, flip_iv, TRUE, FALSE, 0 };
  Sim *sim = run_changed (18, "X255", &change);

  assert_unharmed (sim);
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_PREIMAGE), 1);
  sim_free (sim);
}

GST_END_TEST;

/* Public values that would make the result known. The peer itself sends them,
 * properly sealed and committed to. */
/* Z-4.4.1.2-03 Z-4.4.1.2-05 Z-4.4.1.3-01 Z-4.4.1.3-03 Z-5.1.5-13 */
static const struct
{
  const char *name;
  gint kind;
} bad_values[] = {
  {"DH3k", 0}, {"DH3k", 1}, {"DH3k", 2}, {"DH2k", 0}, {"DH2k", 1},
  {"DH2k", 2}, {"EC25", 0}, {"EC25", 1}, {"EC38", 0}, {"EC38", 1},
  {"X255", 0}, {"X448", 0}
};

static void
make_bad_value (guint8 * value, gsize size, gint kind)
{
  if (kind == 2)                /* above the prime */
    memset (value, 0xff, size);
  else
    memset (value, 0, size);
  if (kind == 1)                /* 1; for curves a point that is on none */
    value[size - 1] = 1;
}

static void
make_responder_bad (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  make_bad_value (message->u.dhpart.public_value,
      message->u.dhpart.public_size, bad_values[sim->wall].kind);
}

GST_START_TEST (test_bad_public_values)
{
  const char *name = bad_values[__i__].name;
  Change change = { ZRTP_MESSAGE_DHPART1, make_responder_bad, FALSE, TRUE, 0 };
  Sim *sim = sim_new (20 + __i__);
  ZrtpKeyPair *pair;

  /* pvr */
  for (guint e = 0; e < 2; e++)
    zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT, name,
        &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL);
  sim->wall = __i__;
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->filter = change_message;
  sim->filter_data = &change;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 2 * SIM_SEC);
  assert_alarm (ALICE, ZRTP_ERROR_BAD_PUBLIC_VALUE);
  assert_failed (BOB, ZRTP_ERROR_BAD_PUBLIC_VALUE);
  sim_free (sim);

  /* pvi: put into Alice's key pair before she commits to it */
  sim = new_call (40 + __i__, name);
  pair = &ALICE->stream->key_pair;
  ALICE->stream->policy.auto_secure = FALSE;
  sim_run (sim, 500 * SIM_MSEC);
  fail_unless (pair->ready);
  make_bad_value (pair->public_value, pair->key_agreement->public_size,
      bad_values[__i__].kind);
  zrtp_stream_go_secure (ALICE->stream, sim->now);
  sim_drain (sim, 0);
  sim_run (sim, 2 * SIM_SEC);
  assert_alarm (BOB, ZRTP_ERROR_BAD_PUBLIC_VALUE);
  sim_free (sim);
}

GST_END_TEST;

/* Z-5.4-02 Z-5.4-07 Z-5.1.5-14 */
static void
wrong_zid (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  message->u.commit.zid[3] ^= 1;
}

static void
unoffered (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  static const char names[ZRTP_N_KINDS][5] = {
    "N256", "2FS1", "SK32", "EC52", "B10D"
  };

  memcpy (message->u.commit.names[sim->wall], names[sim->wall], 4);
}

static void
ec38_with_s256 (Sim * sim, SimStream * from, ZrtpMessage * message)
{
  memcpy (message->u.commit.names[ZRTP_KIND_KEY_AGREEMENT], "EC38", 4);
  memcpy (message->u.commit.names[ZRTP_KIND_HASH], "S256", 4);
}

GST_START_TEST (test_commits_that_lie)
{
  static const ZrtpErrorCode codes[ZRTP_N_KINDS] = {
    ZRTP_ERROR_HASH, ZRTP_ERROR_CIPHER, ZRTP_ERROR_AUTH_TAG,
    ZRTP_ERROR_KEY_AGREEMENT, ZRTP_ERROR_SAS
  };
  Change change = { ZRTP_MESSAGE_COMMIT, wrong_zid, FALSE, TRUE, 0 };
  Sim *sim = run_changed (60, "X255", &change);

  assert_failed (BOB, ZRTP_ERROR_HELLO_MISMATCH);
  sim_free (sim);

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    Change lie = { ZRTP_MESSAGE_COMMIT, unoffered, FALSE, TRUE, 0 };

    sim = sim_new (61);
    sim->wall = kind;
    sim->ends[1].policy.passive = TRUE;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim->filter = change_message;
    sim->filter_data = &lie;
    sim_start (sim, 0);
    sim_start (sim, 1);
    sim_run (sim, 2 * SIM_SEC);
    assert_failed (BOB, codes[kind]);
    assert_failed (ALICE, codes[kind]);
    sim_free (sim);
  }

  change = (Change) {
  ZRTP_MESSAGE_COMMIT, ec38_with_s256, FALSE, TRUE, 0};
  sim = run_changed (62, "EC38,X255", &change);
  assert_failed (BOB, ZRTP_ERROR_HASH);
  sim_free (sim);
}

GST_END_TEST;

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
  Sim *sim = new_call (70, "EC25");

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

        /* If one is secure alone, nobody understands it: the other never
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
  Sim *sim = new_secure_call (400);

  size = sim_packet (packet, 0x2000, &error, NULL);
  g_string_truncate (ALICE->trace, 0);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "ErrorACK");
  sim_assert_agreed (sim);
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_UNEXPECTED), 1);
  sim_free (sim);

  sim = new_call (401, "X255");
  while (ALICE->stream->step != ZRTP_STEP_COMMIT_SENT)
    sim_run (sim, sim->now + SIM_MSEC);
  /* Not from our peer: answered, otherwise ignored. */
  size = sim_packet (packet, 0x6666, &error, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_NEGOTIATING);
  size = sim_packet (packet, 0x2000, &error, NULL);
  sim_deliver (ALICE, packet, size);
  assert_failed (ALICE, ZRTP_ERROR_SOFTWARE);
  fail_unless (ALICE->error_from_peer);
  fail_unless (g_str_has_suffix (ALICE->trace->str, "ErrorACK"));
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
  Sim *sim = new_secure_call (410);
  gsize size;

  /* forged */
  g_string_truncate (ALICE->trace, 0);
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "");
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_MAC), 1);
  fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_SECURITY], 1);

  /* Alice's own, come back to her */
  ALICE->stream->key_hash->mac (zrtp_stream_own_keys (ALICE->stream)->mac_key,
      32, &part, 1, mac);
  memcpy (message.u.clear_mac, mac, ZRTP_MAC_SIZE);
  size = sim_packet (packet, 0x2000, &message, NULL);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_string (ALICE->trace->str, "");
  fail_unless_equals_int (dropped (ALICE, ZRTP_DROP_BAD_MAC), 2);

  /* genuine, from somebody who ignores that we never set A */
  BOB->stream->key_hash->mac (zrtp_stream_own_keys (BOB->stream)->mac_key, 32,
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
  Sim *sim = new_secure_call (420);
  const ZrtpSenderKeys *keys = zrtp_stream_own_keys (BOB->stream);
  char *sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);
  gsize size;

  memset (body.sashash, 0x55, sizeof body.sashash);
  message.u.sealed.encrypted.data = text;
  message.u.sealed.encrypted.size =
      zrtp_sas_relay_body_write (&body, text, sizeof text);
  text[33] |= 0xff;             /* of the 15 unused bits */
  BOB->stream->key_cipher->cfb_encrypt (keys->zrtp_key, message.u.sealed.iv,
      text, message.u.sealed.encrypted.size);
  BOB->stream->key_hash->mac (keys->mac_key, 32, &message.u.sealed.encrypted,
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
 * of something (a loop, 0x90); the rest is nobody's. */
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
  Sim *sim = new_call (430, "X255");
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
      OCTETS (ALICE->stream->hello));
  sim_deliver (ALICE, packet, size);
  assert_failed (ALICE, ZRTP_ERROR_EQUAL_ZIDS);
  sim_free (sim);

  /* Not once there is somebody to talk to. */
  sim = new_secure_call (432);
  size = zrtp_packet_write (packet, sizeof packet, 1, 0x1000,
      OCTETS (ALICE->stream->hello));
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
  Sim *sim = new_secure_call (450);
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
  fail_unless (zrtp_session_take_nonce (sim->ends[1].session, reused_nonce));
  fail_if (zrtp_session_take_nonce (sim->ends[1].session, reused_nonce));
  sim->filter = change_message;
  sim->filter_data = &change;
  zrtp_stream_start (sim->ends[0].streams[1].stream, 3, sim->now);
  zrtp_stream_start (sim->ends[1].streams[1].stream, 4, sim->now);
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
  fail_unless_equals_int (info_of (&sim->ends[1].streams[1])->error,
      ZRTP_ERROR_NONCE_REUSED);
  fail_unless_equals_int (info_of (BOB)->state, ZRTP_STATE_SECURE);
  sim_free (sim);
}

GST_END_TEST;

/* Preshared mode asked of somebody who does not do it: DH comes of it. */
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
  memcpy (commit->h2, BOB->stream->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  memcpy (commit->names[ZRTP_KIND_HASH], "S256", 4);
  memcpy (commit->names[ZRTP_KIND_CIPHER], "AES1", 4);
  memcpy (commit->names[ZRTP_KIND_AUTH_TAG], "HS80", 4);
  memcpy (commit->names[ZRTP_KIND_SAS], "B32 ", 4);
  make_preshared (sim, BOB, &message);
  size = sim_packet (packet, 0x2000, &message, BOB->stream->h[1]);
  sim_deliver (ALICE, packet, size);
  fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_DISCOVERING);
  zrtp_stream_go_secure (ALICE->stream, sim->now);
  sim_drain (sim, 0);
  sim_deliver (ALICE, packet, size);    /* crossed: DH stands */
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  fail_unless_equals_int (info_of (ALICE)->role, ZRTP_ROLE_INITIATOR);
  sim_free (sim);

  /* Somebody who never commits says why. */
  sim = sim_new (471);
  sim->ends[0].policy.passive = TRUE;
  sim->ends[1].policy.auto_secure = FALSE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, SIM_SEC);
  memcpy (commit->h2, BOB->stream->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  size = sim_packet (packet, 0x2000, &message, BOB->stream->h[1]);
  sim_deliver (ALICE, packet, size);
  assert_failed (ALICE, ZRTP_ERROR_NO_SHARED_SECRET);
  sim_free (sim);
}

GST_END_TEST;

/* Whoever breaks an exchange off once he can tell the SAS gets few further
 * tries, however he does it: one chance in 65,536 must not become many. */
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
  guint guesses = 0;
  Sim *sim = sim_new (480);

  sim->ends[0].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->filter = break_off;
  sim->filter_data = &guesses;
  sim_start (sim, 0);
  sim_start (sim, 1);
  while (sim->now < 3600 * SIM_SEC) {
    sim_run (sim, sim->now + 200 * SIM_MSEC);
    zrtp_stream_stop (BOB->stream, sim->now);
    zrtp_stream_renew_hello (BOB->stream, &sim->ends[1].policy,
        sim->ends[1].zid);
    sim_drain (sim, 1);
    sim->ends[1].dead = FALSE;
    sim_start (sim, 1);
  }
  fail_unless (guesses > 5);
  fail_unless (guesses < 80, "%u guesses in an hour", guesses);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
hostile_suite (void)
{
  Suite *suite = suite_create ("hostile");
  TCase *tc = tcase_create ("hostile");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_hvi_is_checked);
  tcase_add_test (tc, test_forged_preimages_do_no_harm);
  tcase_add_test (tc, test_changed_messages_raise_an_alarm);
  tcase_add_test (tc, test_false_dhpart_mac);
  tcase_add_test (tc, test_changed_confirms);
  tcase_add_test (tc, test_changed_iv);
  tcase_add_loop_test (tc, test_bad_public_values, 0,
      G_N_ELEMENTS (bad_values));
  tcase_add_test (tc, test_commits_that_lie);
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

GST_CHECK_MAIN (hostile);
