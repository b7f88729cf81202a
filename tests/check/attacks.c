/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Attacks that were published against other stacks, as far as no other suite
 * shows what becomes of them here: see tests/data/attacks.md.
 */
#include "attacker.h"
#include "mockpeer.h"
#include "samples.h"

#include <gst/check/gstcheck.h>
#include <string.h>

/* A datagram that must change nothing at @sim: it is dropped, counted, and not
 * answered. */
static void
assert_dropped (SimStream * to, const guint8 * data, gsize size)
{
  const guint64 before = all_dropped (to);
  const ZrtpState state = info_of (to)->state;
  const gsize sent = to->trace->len;

  sim_deliver (to, data, size);
  fail_unless_equals_uint64 (all_dropped (to), before + 1);
  fail_unless_equals_int (info_of (to)->state, state);
  fail_unless_equals_int (to->trace->len, sent);
}

/* Where Alice stands when the attack comes. */
typedef enum
{
  DISCOVERING,
  NEGOTIATING,
  SECURE,
  N_MOMENTS
} Moment;

static Sim *
call_at (guint64 seed, Moment moment)
{
  Sim *sim = attacker_new_call (seed, "X255");

  if (moment == NEGOTIATING) {
    while (ALICE->stream->step != ZRTP_STEP_COMMIT_SENT)
      sim_run (sim, sim->now + SIM_MSEC);
  } else if (moment == SECURE) {
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
  }
  return sim;
}

/* Whatever came in between, the call gets there. */
static void
assert_call_goes_on (Sim * sim)
{
  fail_unless (sim_run_until_secure (sim, sim->now + 10 * SIM_SEC));
  assert_unharmed (sim);
  sim_free (sim);
}

/* Every message there is, cut after every octet: as a datagram that was cut,
 * and framed again, as an attacker does to get past the first checks. */

static void
deliver_cut (SimStream * to, const guint8 * message, gsize size)
{
  guint8 cut[ZRTP_MAX_MESSAGE_SIZE], packet[ZRTP_MAX_PACKET_SIZE];
  const gsize framed = ZRTP_PACKET_HEADER_SIZE + size + ZRTP_CRC_SIZE;
  gsize whole;

  memset (cut, 0, sizeof cut);
  memcpy (cut, message, size);
  /* The longest frame there is, cut, with a CRC over what is left of it. */
  whole = zrtp_packet_write (packet, sizeof packet, 1, 0x2000, cut, sizeof cut);
  fail_unless (whole >= framed);
  packet_set_crc (packet, framed);
  assert_dropped (to, packet, framed);
  if (size < 12 || size % 4 != 0)
    return;
  sample_set_words (cut, size / 4);
  whole = zrtp_packet_write (packet, sizeof packet, 1, 0x2000, cut, size);
  assert_dropped (to, packet, whole);
}

GST_START_TEST (test_cut_messages)
{
  Sim *sim = call_at (1 + __i__, __i__);
  guint8 message[SAMPLE_CAPACITY];

  for (guint i = 0; i < n_samples; i++) {
    const gsize whole = sample_build (i, message);

    for (gsize size = 0; size < whole; size++)
      deliver_cut (ALICE, message, size);
  }
  if (__i__ == SECURE)
    sim_assert_agreed (sim);
  assert_call_goes_on (sim);
}

GST_END_TEST;

/* Hellos with 0 to 15 names of each kind, known, unknown and double ones. */

static const char *const pool[ZRTP_N_KINDS][6] = {
  {"S256", "S384", "N256", "SKN2", "\377\376\001\002", "    "},
  {"AES1", "AES3", "2FS1", "GCM ", "\0\0\0\0", "AES "},
  {"HS80", "HS32", "SK32", "SK64", "hs80", "GCM "},
  {"X255", "DH3k", "Mult", "EC52", "KYB1", "Prsh"},
  {"B32 ", "B256", "B32E", "B10D", "B64 ", "\177\0\0\0"},
};

/* @counts may be more than a Hello can have. Returns the packet's size. */
static gsize
make_hostile_hello (Sim * sim, MockPeer * mock, const guint * counts,
    guint8 * packet)
{
  guint8 message[4 * (22 + 5 * 15)];
  ZrtpMessage plain = {.type = ZRTP_MESSAGE_HELLO };
  guint32 flags = 0;
  gsize size = 80;

  memset (mock->hello.n_names, 0, sizeof mock->hello.n_names);
  plain.u.hello = mock->hello;
  fail_unless_equals_int (zrtp_message_write (&plain, message,
          sizeof message), 88);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    flags |= counts[kind] << (16 - 4 * kind);
    for (guint i = 0; i < counts[kind]; i++, size += 4)
      memcpy (message + size, pool[kind][sim_random (sim, 6)], 4);
  }
  flags = GUINT32_TO_BE (flags);
  memcpy (message + 76, &flags, 4);
  size += ZRTP_MAC_SIZE;
  sample_set_words (message, size / 4);
  zrtp_message_sign (message, size, mock->h[2]);
  return zrtp_packet_write (packet, ZRTP_MAX_PACKET_SIZE, 1, mock->ssrc,
      message, size);
}

/* The Commit that Alice sends is made of what both sides know. */
static gboolean
watch_commit (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  guint *commits = user_data;
  ZrtpMessage message;

  if (sim_packet_type (data, *size, &message) == ZRTP_MESSAGE_COMMIT) {
    for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
      fail_unless (zrtp_algorithm_find (kind,
              message.u.commit.names[kind]) != NULL);
    (*commits)++;
  }
  return TRUE;
}

static void
greet (guint64 seed, const guint * counts)
{
  gboolean possible = TRUE;
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  Sim *sim = sim_new (seed);
  guint commits = 0;
  MockPeer mock;
  gsize size;

  sim_make (sim, 0, 1);
  sim->filter = watch_commit;
  sim->filter_data = &commits;
  sim_start (sim, 0);
  mock_peer_init (&mock, ALICE, 0x2000);
  size = make_hostile_hello (sim, &mock, counts, packet);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    possible = possible && counts[kind] <= ZRTP_MAX_ALGORITHMS;
  if (possible) {
    sim_deliver (ALICE, packet, size);
    fail_unless (g_str_has_suffix (ALICE->trace->str, "HelloACK"));
    fail_unless_equals_uint64 (all_dropped (ALICE), 0);
  } else {
    assert_dropped (ALICE, packet, size);
    fail_unless_equals_uint64 (dropped (ALICE, ZRTP_DROP_MALFORMED), 1);
  }
  mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
  sim_run (sim, sim->now + 100 * SIM_MSEC);
  fail_unless_equals_int (commits > 0, possible);
  sim_free (sim);
}

GST_START_TEST (test_hostile_hellos)
{
  guint counts[ZRTP_N_KINDS] = { 0 };

  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    for (guint n = 0; n < 16; n++) {
      counts[kind] = n;
      greet (100 + 16 * kind + n, counts);
    }
    counts[kind] = 0;
  }
  for (guint seed = 200; seed < 400; seed++) {
    Sim *dice = sim_new (seed);

    for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
      counts[kind] = sim_random (dice, seed < 300 ? 8 : 16);
    sim_free (dice);
    greet (seed, counts);
  }
}

GST_END_TEST;

/* A stack in the field cuts long messages into fragments, and once trusted their
 * offsets. We have no such messages: a fragment is nothing but noise. */

typedef struct
{
  guint16 id, total, offset, length;    /* in words */
} Fragment;

static const Fragment fragments[] = {
  {1, 250, 0, 25},              /* as it should be */
  {1, 250, 240, 25},            /* past the end */
  {1, 0xffff, 0xfffe, 0xffff},
  {2, 0, 0, 0},                 /* of nothing */
  {2, 0, 25, 25},
  {1, 250, 10, 25},             /* overlapping */
  {1, 30, 0, 25},               /* another total */
  {0, 250, 0, 25},              /* the first id is 0 */
  {7, 250, 25, 25},             /* another id */
};

GST_START_TEST (test_fragments)
{
  Sim *sim = call_at (500 + __i__, __i__);
  guint8 packet[12 + 8 + 100 + ZRTP_CRC_SIZE];

  for (guint i = 0; i < 10 * G_N_ELEMENTS (fragments); i++) {
    const Fragment *fragment = &fragments[i % G_N_ELEMENTS (fragments)];

    memset (packet, 0xa5, sizeof packet);
    zrtp_packet_write (packet, sizeof packet, i, 0x2000,
        (const guint8 *) "PZ\0\3HelloACK", 12);
    packet[0] = 0x11;
    GST_WRITE_UINT16_BE (packet + 12, fragment->id);
    GST_WRITE_UINT16_BE (packet + 14, fragment->total);
    GST_WRITE_UINT16_BE (packet + 16, fragment->offset);
    GST_WRITE_UINT16_BE (packet + 18, fragment->length);
    packet_set_crc (packet, sizeof packet);
    assert_dropped (ALICE, packet, sizeof packet);
  }
  fail_unless_equals_uint64 (dropped (ALICE, ZRTP_DROP_MALFORMED),
      10 * G_N_ELEMENTS (fragments));
  assert_call_goes_on (sim);
}

GST_END_TEST;

/* Key agreements that commit to a nonce and encapsulate (KEM) are not ours: a
 * Commit that asks for one is refused, so there is no commitment to forget. */
GST_START_TEST (test_no_kem)
{
  static const char *const kems[] = { "KYB1", "HQC1", "K255", "K448", "X255" };
  const char *names[ZRTP_N_KINDS] = { "S256", "AES1", "HS80", NULL, "B32 " };

  for (guint i = 0; i < G_N_ELEMENTS (kems); i++) {
    const gboolean ours = i + 1 == G_N_ELEMENTS (kems);
    Sim *sim = sim_new (600 + i);
    MockPeer mock;

    sim->ends[0].policy.passive = TRUE;
    sim_make (sim, 0, 1);
    sim_start (sim, 0);
    mock_peer_init (&mock, ALICE, 0x2000);
    mock_peer_hello (&mock);
    mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
    names[ZRTP_KIND_KEY_AGREEMENT] = kems[i];
    mock_peer_commit (&mock, names);
    if (ours) {
      fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_NEGOTIATING);
    } else {
      assert_chain_dropped (ALICE, ZRTP_ERROR_KEY_AGREEMENT, FALSE);
    }
    sim_free (sim);
  }
}

GST_END_TEST;

/* Sequence numbers wrap where they like, on either side or both. */

typedef struct
{
  guint16 next[2];
  guint wrapped[2];
} Sequences;

static gboolean
follow_sequence (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Sequences *sequences = user_data;
  const guint e = from->endpoint->id;
  ZrtpPacket packet;

  fail_unless_equals_int (zrtp_packet_parse (data, *size, &packet),
      ZRTP_DROP_NONE);
  fail_unless_equals_int (packet.sequence, sequences->next[e]);
  sequences->next[e]++;
  if (packet.sequence == 0)
    sequences->wrapped[e]++;
  return TRUE;
}

GST_START_TEST (test_sequence_wrap)
{
  for (guint before = 0; before < 5; before++) {
    Sequences sequences = { {1, 1}, {0, 0}
    };
    Sim *sim = sim_new (700 + 5 * __i__ + before);

    sim->ends[1].policy.passive = TRUE;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    for (guint e = 0; e < 2; e++) {
      ZrtpStream *stream = sim->ends[e].streams[0].stream;

      if (__i__ & (1 << e))
        stream->output.sequence = (guint16) (0 - before);
      sequences.next[e] = stream->output.sequence;
    }
    sim->filter = follow_sequence;
    sim->filter_data = &sequences;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    for (guint e = 0; e < 2; e++) {
      fail_unless_equals_int (sequences.wrapped[e], (__i__ >> e) & 1);
      fail_unless_equals_uint64 (all_dropped (&sim->ends[e].streams[0]), 0);
    }
    assert_unharmed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Whatever the peer says went wrong, the application learns it. */
GST_START_TEST (test_every_error_is_told)
{
  static const guint codes[] = {
    0x10, 0x20, 0x30, 0x40, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x61, 0x62,
    0x63, 0x70, 0x80, 0x90, 0x91, 0xA0, 0xB0, 0x100, 0x0, 0x7777, 0xffffffff
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    ZrtpMessage message = {.type = ZRTP_MESSAGE_ERROR };
    guint8 packet[ZRTP_MAX_PACKET_SIZE];
    Sim *sim = call_at (800 + i, NEGOTIATING);
    gsize size;

    message.u.error_code = codes[i];
    size = sim_packet (packet, 0x2000, &message, NULL);
    sim_deliver (ALICE, packet, size);
    sim->ends[1].dead = TRUE;
    sim_run (sim, sim->now + 1400 * SIM_MSEC);
    assert_failed (ALICE, codes[i]);
    fail_unless_equals_int (ALICE->n_events[ZRTP_EVENT_ERROR], 1);
    fail_unless (ALICE->error_from_peer);
    fail_unless (ALICE->last_error == codes[i]);
    fail_unless (*zrtp_error_text (codes[i]) != '\0');
    sim_free (sim);
  }
}

GST_END_TEST;

/* A SAS, and with it the word "secure", is there only once the other side has
 * proved by its Confirm that it came to the same keys. */

static gboolean
drop_type (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const ZrtpMessageType *type = user_data;
  ZrtpMessage message;

  return sim_packet_type (data, *size, &message) != (gint) * type;
}

GST_START_TEST (test_nothing_secure_before_confirm)
{
  static const ZrtpMessageType types[] = {
    ZRTP_MESSAGE_DHPART1, ZRTP_MESSAGE_DHPART2, ZRTP_MESSAGE_CONFIRM1,
    ZRTP_MESSAGE_CONFIRM2
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    Sim *sim = attacker_new_call (900 + i, "X255");
    ZrtpMessageType type = types[i];

    sim->filter = drop_type;
    sim->filter_data = &type;
    while (sim->now < 30 * SIM_SEC) {
      sim_run (sim, sim->now + 100 * SIM_MSEC);
      for (guint e = 0; e < 2; e++) {
        SimStream *s = &sim->ends[e].streams[0];

        fail_unless (info_of (s)->state != ZRTP_STATE_SECURE);
        fail_unless_equals_int (info_of (s)->send, ZRTP_MEDIA_BLOCKED);
        fail_unless_equals_int (s->n_events[ZRTP_EVENT_SAS], 0);
        fail_if (s->have_send);
        fail_if (zrtp_session_get_info (s->endpoint->session)->have_sas);
      }
    }
    sim_free (sim);
  }
}

GST_END_TEST;

/* Before each genuine packet a forged one of every kind, from the source that
 * the peer has or from another, whichever proves nothing. */

typedef struct
{
  ZrtpMessageType type;
  gboolean of_peer;             /* from its SSRC */
} Forged;

static const Forged forged[] = {
  {ZRTP_MESSAGE_GO_CLEAR, FALSE},
  {ZRTP_MESSAGE_ERROR, FALSE},
  {ZRTP_MESSAGE_CONFIRM1, FALSE},
  {ZRTP_MESSAGE_CONFIRM2, FALSE},
  {ZRTP_MESSAGE_CONF2ACK, FALSE},
  {ZRTP_MESSAGE_SAS_RELAY, FALSE},
  {ZRTP_MESSAGE_RELAY_ACK, FALSE},
  {ZRTP_MESSAGE_PING, FALSE},
  {ZRTP_MESSAGE_PING_ACK, FALSE},
  {ZRTP_MESSAGE_CLEAR_ACK, FALSE},
  {ZRTP_MESSAGE_ERROR_ACK, FALSE},
  {ZRTP_MESSAGE_SAS_RELAY, TRUE},
  {ZRTP_MESSAGE_RELAY_ACK, TRUE},
  {ZRTP_MESSAGE_PING, TRUE},
  {ZRTP_MESSAGE_PING_ACK, TRUE},
  {ZRTP_MESSAGE_CLEAR_ACK, TRUE},
  {ZRTP_MESSAGE_ERROR_ACK, TRUE},
  {ZRTP_MESSAGE_GO_CLEAR, TRUE},
};

/* What is sent back to a forged message: Ping and Error have an answer in any
 * state, and so has a SASrelay of a peer that may send one. */
static gboolean
is_answered (const Forged * row)
{
  return row->type == ZRTP_MESSAGE_PING || row->type == ZRTP_MESSAGE_ERROR
      || (row->type == ZRTP_MESSAGE_SAS_RELAY && row->of_peer);
}

static void
forge (Sim * sim, SimStream * to, const Forged * row)
{
  ZrtpMessage message = {.type = row->type };
  const guint64 drops = all_dropped (to), sent = info_of (to)->counters.sent;
  const ZrtpState state = info_of (to)->state;
  guint8 packet[ZRTP_MAX_PACKET_SIZE], text[40];
  guint32 ssrc = 0x66660000 + sim_random (sim, 1000);

  if (row->of_peer)
    ssrc = to->endpoint->id == 0 ? 0x2000 : 0x1000;
  memset (text, 0x3c, sizeof text);
  if (row->type == ZRTP_MESSAGE_PING || row->type == ZRTP_MESSAGE_PING_ACK)
    memcpy (message.u.ping.version, "1.10", 4);
  else if (row->type == ZRTP_MESSAGE_ERROR)
    message.u.error_code = ZRTP_ERROR_SOFTWARE;
  else if (row->type != ZRTP_MESSAGE_GO_CLEAR)
    message.u.sealed.encrypted = zrtp_octets (text, sizeof text);
  sim_deliver (to, packet, sim_packet (packet, ssrc, &message, NULL));
  fail_unless (all_dropped (to) > drops || info_of (to)->counters.sent > sent,
      "%s was neither dropped nor answered",
      zrtp_message_type_name (row->type));
  if (!is_answered (row))
    fail_unless_equals_uint64 (info_of (to)->counters.sent, sent);
  fail_unless_equals_int (info_of (to)->state, state);
}

static gboolean
is_due (SimStream * to, const Forged * row)
{
  const ZrtpStream *stream = to->stream;

  /* While no peer is known, an Error may come from any sender. */
  if (row->type == ZRTP_MESSAGE_ERROR)
    return stream->exchange != NULL;
  /* Under keys a GoClear with a bad MAC is an alarm: forgery shows it. */
  if (row->type == ZRTP_MESSAGE_GO_CLEAR && row->of_peer)
    return !zrtp_stream_is_settled (stream);
  return stream->step != ZRTP_STEP_IDLE;
}

static gboolean
forge_all (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  SimFilter filter = sim->filter;

  /* Not before what the forgeries themselves are answered with. */
  sim->filter = NULL;
  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < G_N_ELEMENTS (forged); i++) {
      SimStream *to = &sim->ends[e].streams[0];

      if (to != from && is_due (to, &forged[i]))
        forge (sim, to, &forged[i]);
    }
  }
  sim->filter = filter;
  return TRUE;
}

GST_START_TEST (test_forged_at_every_step)
{
  for (guint mode = 0; mode < 2; mode++) {
    Sim *sim = sim_new (1000 + mode);

    /* Both may call, or Bob only answers. */
    sim->ends[1].policy.passive = mode;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim->filter = forge_all;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 10 * SIM_SEC));
    sim_run (sim, sim->now + SIM_SEC);
    forge_all (sim, ALICE, NULL, NULL, NULL);
    forge_all (sim, BOB, NULL, NULL, NULL);
    assert_unharmed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* One stream of a call is secure, the other's Commit goes unanswered. An
 * endpoint that says Hello and Commit on that one meanwhile takes no other's
 * place: the SAS stays, and the genuine peer comes in. */

static gboolean
silence_second (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  ZrtpMessage message;

  return from != &sim->ends[0].streams[1] || *(gboolean *) user_data
      || sim_packet_type (data, *size, &message) != ZRTP_MESSAGE_COMMIT;
}

GST_START_TEST (test_third_party_beside_secure)
{
  static const char *const agreements[] = { "X255", "Mult" };
  const char *names[ZRTP_N_KINDS] = { "S256", "AES1", "HS80", NULL, "B32 " };
  const ZrtpSessionInfo *info;
  gboolean open = FALSE;
  SimStream *waiting;
  Sim *sim = sim_new (1300);
  MockPeer mock;
  char *sas;

  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  waiting = &sim->ends[0].streams[1];
  sim->filter = silence_second;
  sim->filter_data = &open;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 2 * SIM_SEC);
  fail_unless_equals_int (info_of (ALICE)->state, ZRTP_STATE_SECURE);
  fail_unless_equals_int (waiting->stream->step, ZRTP_STEP_COMMIT_SENT);
  sas = g_strdup (zrtp_session_get_info (sim->ends[0].session)->sas);

  for (guint i = 0; i < G_N_ELEMENTS (agreements); i++) {
    mock_peer_init (&mock, waiting, 0x66660000 + i);
    mock_peer_hello (&mock);
    names[ZRTP_KIND_KEY_AGREEMENT] = agreements[i];
    mock_peer_commit (&mock, names);
    fail_unless_equals_int (waiting->stream->step, ZRTP_STEP_COMMIT_SENT);
    info = zrtp_session_get_info (sim->ends[0].session);
    fail_unless_equals_string (info->sas, sas);
  }
  open = TRUE;
  assert_call_goes_on (sim);
  g_free (sas);
}

GST_END_TEST;

/* The same with the peer's own name: H2 was in its Commit, so any sender may
 * write another Commit, and the genuine DHPart2 or Confirm2 alone has H1. */
GST_START_TEST (test_old_image_beside_secure)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  const guint8 wrong[ZRTP_IMAGE_SIZE] = { 1 };
  ZrtpCommit *commit = &message.u.commit;
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  SimStream *waiting;
  Sim *sim = sim_new (1301);
  gsize size;

  sim->ends[0].policy.passive = TRUE;
  sim_make (sim, 0, 2);
  sim_make (sim, 1, 2);
  waiting = &sim->ends[0].streams[1];
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  /* No SRTP for longer than all retransmissions take. */
  sim_run (sim, sim->now + 60 * SIM_SEC);
  memcpy (commit->h2, sim->ends[1].streams[1].stream->own.chain[2],
      ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, sim->ends[1].zid, ZRTP_ZID_SIZE);
  memcpy (commit->names[ZRTP_KIND_HASH], "S256", 4);
  memcpy (commit->names[ZRTP_KIND_CIPHER], "AES1", 4);
  memcpy (commit->names[ZRTP_KIND_AUTH_TAG], "HS80", 4);
  memcpy (commit->names[ZRTP_KIND_KEY_AGREEMENT], "X255", 4);
  memcpy (commit->names[ZRTP_KIND_SAS], "B32 ", 4);
  size = sim_packet (packet, 0x2001, &message, wrong);
  assert_dropped (waiting, packet, size);
  sim_run (sim, sim->now + SIM_SEC);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* A third party that says Hello and Commit under a new name every few
 * milliseconds does not keep us computing: a key pair serves until it was used,
 * and what was answered takes its time to fail. */
GST_START_TEST (test_few_computations)
{
  Sim *sim = sim_new (1200);

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  for (guint i = 0; i < 3000; i++) {
    MockPeer mock;

    mock_peer_init (&mock, ALICE, 0x66000000 + i);
    mock_peer_hello (&mock);
    mock_peer_ack (&mock, ZRTP_MESSAGE_HELLO_ACK);
    mock_peer_commit (&mock, NULL);
    sim_run (sim, sim->now + 20 * SIM_MSEC);
    fail_unless (info_of (ALICE)->state != ZRTP_STATE_SECURE);
  }
  /* In a minute. */
  fail_unless (sim->ends[0].computations < 20, "%u computations",
      sim->ends[0].computations);
  sim_free (sim);
}

GST_END_TEST;

/* Keystream is never used twice: the same two endpoints, hearing all of the last
 * call again, come to other keys for the same SSRCs. */

static void
assert_new (GHashTable * seen, const ZrtpSrtpKeys * keys)
{
  fail_unless (g_hash_table_add (seen, g_bytes_new (keys->key,
              keys->cipher->key_size)));
  fail_unless (g_hash_table_add (seen, g_bytes_new (keys->salt,
              ZRTP_SALT_SIZE)));
}

typedef struct
{
  gboolean playing;
  GPtrArray *to[2];
} Tape;

static gboolean
keep_or_play (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const guint other = 1 - from->endpoint->id;
  Tape *tape = user_data;

  if (!tape->playing) {
    g_ptr_array_add (tape->to[other], g_bytes_new (data, *size));
    return TRUE;
  }
  /* Answers to what is played must not start it again forever. */
  for (guint i = 0; i < tape->to[other]->len && sim->packets <= 40; i++) {
    GBytes *packet = g_ptr_array_index (tape->to[other], i);

    sim_inject (&sim->ends[other].streams[0], g_bytes_get_data (packet, NULL),
        g_bytes_get_size (packet));
  }
  return TRUE;
}

GST_START_TEST (test_keys_are_fresh)
{
  GHashTable *seen = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
      (GDestroyNotify) g_bytes_unref, NULL);
  Tape tape = { FALSE, {NULL, NULL}
  };
  guint8 zid[2][ZRTP_ZID_SIZE];

  for (guint e = 0; e < 2; e++)
    tape.to[e] =
        g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint call = 0; call < 4; call++) {
    Sim *sim = sim_new (1100 + call);

    tape.playing = call > 0;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    for (guint e = 0; e < 2; e++) {
      SimEndpoint *end = &sim->ends[e];

      /* The processes started again, and have their files. */
      if (call == 0)
        memcpy (zid[e], end->zid, ZRTP_ZID_SIZE);
      zrtp_stream_renew_hello (end->streams[0].stream, &end->policy, zid[e]);
    }
    sim->filter = keep_or_play;
    sim->filter_data = &tape;
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 30 * SIM_SEC));
    sim_assert_agreed (sim);
    assert_new (seen, &ALICE->send_keys);
    assert_new (seen, &BOB->send_keys);
    sim_free (sim);
  }
  g_ptr_array_unref (tape.to[0]);
  g_ptr_array_unref (tape.to[1]);
  g_hash_table_unref (seen);
}

GST_END_TEST;

static Suite *
attacks_suite (void)
{
  Suite *suite = suite_create ("attacks");
  TCase *tc = tcase_create ("attacks");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_cut_messages, 0, N_MOMENTS);
  tcase_add_test (tc, test_hostile_hellos);
  tcase_add_loop_test (tc, test_fragments, 0, N_MOMENTS);
  tcase_add_test (tc, test_no_kem);
  tcase_add_loop_test (tc, test_sequence_wrap, 1, 4);
  tcase_add_test (tc, test_every_error_is_told);
  tcase_add_test (tc, test_nothing_secure_before_confirm);
  tcase_add_test (tc, test_forged_at_every_step);
  tcase_add_test (tc, test_third_party_beside_secure);
  tcase_add_test (tc, test_old_image_beside_secure);
  tcase_add_test (tc, test_few_computations);
  tcase_add_test (tc, test_keys_are_fresh);
  return suite;
}

GST_CHECK_MAIN (attacks);
