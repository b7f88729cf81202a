/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An attacker that sees the packets of a call and adds others, but can't keep
 * any from arriving: it must not keep two honest ends apart (RFC 6189 9), nor
 * use up what they have.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

static const char *const mult[ZRTP_N_KINDS] = {
  "S256", "AES1", "HS80", "Mult", "B32 "
};

static ZrtpStream *
stream_of (Sim * sim, guint which, guint index)
{
  return sim->ends[which].streams[index].stream;
}

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which, guint index)
{
  return zrtp_stream_get_info (stream_of (sim, which, index));
}

static void
assert_no_alarm (Sim * sim)
{
  for (guint e = 0; e < 2; e++)
    for (guint i = 0; i < sim->ends[e].n_streams; i++)
      fail_unless_equals_int (sim->ends[e].
          streams[i].n_events[ZRTP_EVENT_SECURITY], 0);
}

/* Commit and the DHPart2 that it is about; @packet has the latter. */
static gsize
go_as_far_as_dhpart2 (MockPeer * mock, guint8 * packet, ZrtpMessage * dhpart2)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_COMMIT };
  ZrtpCommit *commit = &message.u.commit;
  ZrtpDHPart *part = &dhpart2->u.dhpart;
  guint8 octets[ZRTP_MAX_MESSAGE_SIZE], digest[ZRTP_MAX_HASH_SIZE];
  ZrtpOctets parts[2];
  gsize size;

  memcpy (part->h1, mock->h[1], ZRTP_IMAGE_SIZE);
  part->public_size = zrtp_key_agreement_x255.public_size;
  memset (part->public_value, 9, part->public_size);
  size = zrtp_message_write (dhpart2, octets, sizeof octets);
  zrtp_message_sign (octets, size, mock->h[0]);
  parts[0] = zrtp_octets (octets, size);
  parts[1] = zrtp_octets_of (mock->to->stream->own.message);
  zrtp_hash_s256.digest (parts, 2, digest);

  memcpy (commit->h2, mock->h[2], ZRTP_IMAGE_SIZE);
  memcpy (commit->zid, mock->hello.zid, ZRTP_ZID_SIZE);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++)
    memcpy (commit->names[kind], mult[kind], 4);
  memcpy (commit->names[ZRTP_KIND_KEY_AGREEMENT], "X255", 4);
  memcpy (commit->hvi, digest, ZRTP_HVI_SIZE);
  mock_peer_hello (mock);
  mock_peer_say (mock, &message, mock->h[1]);
  mock_peer_say (mock, dhpart2, mock->h[0]);
  return zrtp_packet_write (packet, ZRTP_MAX_PACKET_SIZE, 9, mock->ssrc,
      octets, size);
}

/* After GoClear, in which both users agreed, the one who asks for keys is the
 * peer of the call. Others end neither the clear media nor what leads back. */
GST_START_TEST (test_third_party_in_clear)
{
  for (guint with_mult = 0; with_mult < 2; with_mult++) {
    Sim *sim = sim_new (1 + with_mult);
    MockPeer mock;

    for (guint e = 0; e < 2; e++) {
      sim->ends[e].policy.require_encryption = FALSE;
      sim->ends[e].policy.allow_clear = TRUE;
      sim_make (sim, e, 1);
      sim_start (sim, e);
    }
    fail_unless (sim_run_until_secure (sim, SIM_SEC));
    sim_run (sim, sim->now + SIM_SEC);
    fail_unless (zrtp_session_go_clear (sim->ends[0].session, sim->now));
    sim_drain (sim, 0);
    sim_run (sim, sim->now + SIM_SEC);
    fail_unless (zrtp_session_accept_clear (sim->ends[1].session, sim->now));
    sim_drain (sim, 1);

    mock_peer_init (&mock, &sim->ends[1].streams[0], 0x6666);
    memcpy (mock.hello.zid, sim->ends[0].zid, ZRTP_ZID_SIZE);
    mock_peer_hello (&mock);
    mock_peer_commit (&mock, with_mult ? mult : NULL);
    sim_run (sim, sim->now + SIM_SEC);
    fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_CLEAR);
    fail_unless_equals_int (info_of (sim, 1, 0)->send, ZRTP_MEDIA_CLEAR);
    fail_unless_equals_int (info_of (sim, 1, 0)->receive, ZRTP_MEDIA_CLEAR);

    fail_unless (zrtp_stream_go_secure (stream_of (sim, 0, 0), sim->now));
    sim_drain (sim, 0);
    fail_unless (sim_run_until_secure (sim, sim->now + SIM_SEC));
    sim_assert_agreed (sim);
    fail_unless (info_of (sim, 0,
            0)->key_agreement == &zrtp_key_agreement_mult);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Who breaks off a Multistream exchange at once and begins another, again and
 * again, costs no memory. */
GST_START_TEST (test_nonces_are_bounded)
{
  Sim *sim = sim_new_second_stream (3);
  const GArray *nonces = sim->ends[1].session->nonces;
  MockPeer mock;

  mock_peer_init (&mock, &sim->ends[1].streams[1], 0x6666);
  memcpy (mock.hello.zid, sim->ends[0].zid, ZRTP_ZID_SIZE);
  sim_start_stream (sim, 1, 1);
  mock_peer_hello (&mock);
  for (guint i = 0; i < 20000; i++) {
    mock_peer_commit (&mock, mult);
    mock_peer_error (&mock, ZRTP_ERROR_UNAVAILABLE);
    sim_run (sim, sim->now + SIM_MSEC);
  }
  fail_unless (nonces->len < 100, "%u nonces", nonces->len);
  sim_free (sim);
}

GST_END_TEST;

/* Bob, who does not ask by himself, is told by a third party to go secure, and
 * then that nothing will come of it. Meanwhile Alice came up: no side waits
 * forever. */
GST_START_TEST (test_third_party_gives_up)
{
  for (guint before = 0; before < 2; before++) {
    Sim *sim = sim_new (4 + before);
    MockPeer mock;

    sim->ends[1].policy.passive = TRUE;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim_start (sim, 1);
    mock_peer_init (&mock, &sim->ends[1].streams[0], 0x6666);
    mock_peer_hello (&mock);
    mock_peer_commit (&mock, NULL);
    fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_NEGOTIATING);
    if (before)
      mock_peer_error (&mock, ZRTP_ERROR_UNAVAILABLE);
    sim_run (sim, sim->now + 100 * SIM_MSEC);
    sim_start (sim, 0);
    sim_run (sim, sim->now + 100 * SIM_MSEC);
    if (!before)
      mock_peer_error (&mock, ZRTP_ERROR_UNAVAILABLE);
    fail_unless (sim_run_until_secure (sim, sim->now + 5 * SIM_SEC));
    sim_assert_agreed (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

/* Bob's answer to a DHPart2 is never confirmed. An endpoint that goes that far,
 * and then sends the same again and again, must not keep Alice out. */
GST_START_TEST (test_dhpart2_again_and_again)
{
  Sim *sim = sim_new (7);
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  ZrtpMessage message = {.type = ZRTP_MESSAGE_DHPART2 };
  gsize size;
  MockPeer mock;

  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 1);
  mock_peer_init (&mock, &sim->ends[1].streams[0], 0x6666);
  size = go_as_far_as_dhpart2 (&mock, packet, &message);
  fail_unless_equals_int (stream_of (sim, 1, 0)->step, ZRTP_STEP_CONFIRM1_SENT);
  sim_start (sim, 0);
  for (guint i = 0; i < 30; i++) {
    sim_deliver (&sim->ends[1].streams[0], packet, size);
    sim_run (sim, sim->now + SIM_SEC);
  }
  fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_SECURE);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

/* 4.6, 9: a Confirm that any sender may have made ends nothing: the genuine one
 * comes, if there is one. */
typedef struct
{
  ZrtpMessageType after;        /* is followed ... */
  gint64 delay;                 /* ... so much later ... */
  guint to;                     /* ... at this endpoint ... */
  ZrtpMessageType type;         /* ... by this one */
} Injection;

static gboolean
inject_forged (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const Injection *injection = user_data;
  SimStream *to = &sim->ends[injection->to].streams[from->index];
  guint8 packet[ZRTP_MAX_PACKET_SIZE], text[40] = { 0 };
  ZrtpMessage message = {.type = injection->type };
  const guint32 ssrc = stream_of (sim, 1 - injection->to, from->index)->ssrc;

  if (sim_packet_type (data, *size, &message) != (gint) injection->after)
    return TRUE;
  memset (&message, 0, sizeof message);
  message.type = injection->type;
  if (injection->type == ZRTP_MESSAGE_ERROR)
    message.u.error_code = ZRTP_ERROR_UNAVAILABLE;
  else
    message.u.sealed.encrypted = zrtp_octets (text, sizeof text);
  sim_inject_later (to, packet, sim_packet (packet, ssrc, &message, NULL),
      injection->delay);
  return TRUE;
}

static void
check_injection (guint64 seed, const Injection * injection, guint n_streams)
{
  Sim *sim = sim_new (seed);

  sim->filter = inject_forged;
  sim->filter_data = (gpointer) injection;
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, n_streams);
  sim_make (sim, 1, n_streams);
  sim_start (sim, 0);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC),
      "%s after %s: %s/%s", zrtp_message_type_name (injection->type),
      zrtp_message_type_name (injection->after),
      zrtp_state_nick (sim_state (sim, 0)),
      zrtp_state_nick (sim_state (sim, 1)));
  sim_run (sim, sim->now + 5 * SIM_SEC);
  sim_assert_agreed (sim);
  assert_no_alarm (sim);
  sim_free (sim);
}

GST_START_TEST (test_forged_confirms)
{
  static const Injection injections[] = {
    /* Before the genuine Confirm1, and before there are keys */
    {ZRTP_MESSAGE_CONFIRM1, 0, 0, ZRTP_MESSAGE_CONFIRM1},
    {ZRTP_MESSAGE_DHPART2, 0, 0, ZRTP_MESSAGE_CONFIRM1},
    {ZRTP_MESSAGE_COMMIT, 0, 0, ZRTP_MESSAGE_CONFIRM1},
    /* Before the genuine Confirm2 */
    {ZRTP_MESSAGE_CONFIRM1, 0, 1, ZRTP_MESSAGE_CONFIRM2},
    {ZRTP_MESSAGE_CONFIRM2, 0, 1, ZRTP_MESSAGE_CONFIRM2},
    {ZRTP_MESSAGE_COMMIT, 15 * SIM_MSEC, 1, ZRTP_MESSAGE_CONFIRM2},
  };

  for (guint i = 0; i < G_N_ELEMENTS (injections); i++) {
    check_injection (10 + i, &injections[i], 1);
    check_injection (20 + i, &injections[i], 2);
  }
}

GST_END_TEST;

/* 4.7.1: the same of an Error. */
GST_START_TEST (test_forged_errors)
{
  static const ZrtpMessageType after[] = {
    ZRTP_MESSAGE_HELLO, ZRTP_MESSAGE_HELLO_ACK, ZRTP_MESSAGE_COMMIT,
    ZRTP_MESSAGE_DHPART1, ZRTP_MESSAGE_DHPART2, ZRTP_MESSAGE_CONFIRM1,
    ZRTP_MESSAGE_CONFIRM2
  };

  for (guint i = 0; i < G_N_ELEMENTS (after); i++) {
    for (guint to = 0; to < 2; to++) {
      const Injection before = { after[i], 0, to, ZRTP_MESSAGE_ERROR };
      const Injection later = { after[i], 15 * SIM_MSEC, to,
        ZRTP_MESSAGE_ERROR
      };

      check_injection (30 + 4 * i + to, &before, 1 + to);
      check_injection (32 + 4 * i + to, &later, 2 - to);
    }
  }
}

GST_END_TEST;

/* Changes of a Hello that passes, for the one that gets it. */
typedef struct
{
  guint to;
  guint n;                      /* so many for each, ... */
  gint64 apart;
  gint64 delay;                 /* ... so much later */
  gboolean own_chain;           /* or another client with the same chain */
  gint64 until;
} Hellos;

static gboolean
inject_hellos (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  const Hellos *hellos = user_data;
  SimStream *to = &sim->ends[1 - from->endpoint->id].streams[from->index];
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  ZrtpMessage message;

  if (sim_packet_type (data, *size, &message) != ZRTP_MESSAGE_HELLO
      || to->endpoint->id != hellos->to || sim->now > hellos->until)
    return TRUE;
  for (guint i = 0; i < hellos->n; i++) {
    zrtp_random_fill (&sim->random, message.u.hello.client_id, 16);
    if (hellos->own_chain)
      zrtp_random_fill (&sim->random, message.u.hello.h3, ZRTP_IMAGE_SIZE);
    sim_inject_later (to, packet, sim_packet (packet, from->stream->ssrc,
            &message, message.u.hello.h3), hellos->delay + i * hellos->apart);
  }
  return TRUE;
}

/* 9: a sender that knows the SSRC can say Hello with it, and with the same
 * chain, too. The genuine one is not lost, and is tried. */
GST_START_TEST (test_forged_hellos)
{
  for (guint i = 0; i < 32; i++) {
    Hellos hellos = { i & 1, i & 2 ? 20 : 1, SIM_MSEC,
      i & 4 ? 15 * SIM_MSEC : 0, (i & 8) != 0, ZRTP_NEVER
    };
    Sim *sim = sim_new (200 + i);

    /* Ahead of the genuine one so many would crowd it out; instead there is one
     * more while Commit waits for its answer. */
    if (hellos.n > 1 && hellos.delay == 0) {
      hellos.n = 2;
      hellos.apart = 22 * SIM_MSEC;
    }
    sim->filter = inject_hellos;
    sim->filter_data = &hellos;
    sim->ends[1].policy.passive = (i & 16) != 0;
    sim_make (sim, 0, 1);
    sim_make (sim, 1, 1);
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 8 * SIM_SEC), "case %u: %s/%s", i,
        zrtp_state_nick (sim_state (sim, 0)),
        zrtp_state_nick (sim_state (sim, 1)));
    sim_assert_agreed (sim);
    assert_no_alarm (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static gboolean
reflect (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer unused)
{
  sim_inject_later (from, data, *size, 15 * SIM_MSEC);
  return TRUE;
}

/* 4.1: each packet comes back to its sender, with an SSRC of no other
 * endpoint. */
GST_START_TEST (test_reflected)
{
  for (guint i = 0; i < 4; i++) {
    Sim *sim = sim_new (300 + i);

    sim->filter = reflect;
    sim->ends[1].policy.passive = i & 1;
    for (guint e = 0; e < 2; e++)
      sim_make (sim, e, 1 + i / 2);
    sim_start (sim, 0);
    sim_start (sim, 1);
    fail_unless (sim_run_until_secure (sim, 3 * SIM_SEC), "case %u", i);
    sim_assert_agreed (sim);
    assert_no_alarm (sim);
    sim_free (sim);
  }
}

GST_END_TEST;

static Suite *
injected_suite (void)
{
  Suite *suite = suite_create ("injected");
  TCase *tc = tcase_create ("injected");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_third_party_in_clear);
  tcase_add_test (tc, test_nonces_are_bounded);
  tcase_add_test (tc, test_third_party_gives_up);
  tcase_add_test (tc, test_dhpart2_again_and_again);
  tcase_add_test (tc, test_forged_confirms);
  tcase_add_test (tc, test_forged_errors);
  tcase_add_test (tc, test_forged_hellos);
  tcase_add_test (tc, test_reflected);
  return suite;
}

GST_CHECK_MAIN (injected);
