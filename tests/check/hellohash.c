/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * a=zrtp-hash (RFC 6189 8, 8.1): what the signalling says about the peer's
 * Hello, in time, late, wrong or not at all.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "mockpeer.h"
#include "packetlog.h"
#include "zrtp/crypto/zrtpcrypto.h"

#define WRONG "fe30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df"

static SimStream *
stream_of (Sim * sim, guint which)
{
  return &sim->ends[which].streams[0];
}

static const ZrtpStreamInfo *
info_of (Sim * sim, guint which)
{
  return zrtp_stream_get_info (stream_of (sim, which)->stream);
}

static gboolean
announce (Sim * sim, guint which, const char *value)
{
  gboolean ok = zrtp_stream_set_peer_hello_hash (stream_of (sim,
          which)->stream, value, sim->now);

  sim_drain (sim, which);
  sim_run (sim, sim->now);
  return ok;
}

/* What an endpoint's signalling says of it. */
static const char *
hash_of (Sim * sim, guint which)
{
  return zrtp_stream_get_hello_hash (stream_of (sim, which)->stream);
}

static char *
hex_digest (GBytes * octets)
{
  guint8 digest[32];
  GString *text = g_string_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (octets, &size);

  zrtp_sha256 (data, size, digest);
  for (guint i = 0; i < sizeof digest; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

static char *
mock_peer_hash (const MockPeer * mock)
{
  GBytes *hello = mock_peer_make_hello (mock);
  char *text = hex_digest (hello);

  g_bytes_unref (hello);
  return text;
}

static void
start_both (Sim * sim)
{
  sim_start (sim, 0);
  sim_start (sim, 1);
}

static void
assert_status (Sim * sim, guint which, ZrtpHelloHashStatus status, guint told)
{
  fail_unless_equals_string (zrtp_hello_hash_status_nick (info_of (sim,
              which)->hello_hash_status), zrtp_hello_hash_status_nick (status));
  fail_unless_equals_int (stream_of (sim,
          which)->n_events[ZRTP_EVENT_HELLO_HASH], told);
}

/* Our own */

GST_START_TEST (test_own_value)
{
  Sim *sim = sim_new (1);
  PacketLog *log = packet_log_new (sim);
  char *before, *digest, *line;

  sim_make (sim, 0, 1);
  /* Z-8.1-05 Z-8-02 */
  before = g_strdup (hash_of (sim, 0));
  sim_start (sim, 0);
  sim_run (sim, SIM_SEC);
  digest = hex_digest (packet_log_get (log, 0, ZRTP_MESSAGE_HELLO, 3)->octets);
  line = g_strconcat ("1.10 ", digest, NULL);
  /* Z-8.1-01 Z-8-04 */
  fail_unless_equals_string (before, line);
  fail_unless_equals_string (hash_of (sim, 0), line);
  g_free (digest);
  g_free (line);

  /* Stopping keeps the Hello, renewing it does not. */
  zrtp_stream_stop (stream_of (sim, 0)->stream, sim->now);
  fail_unless_equals_string (hash_of (sim, 0), before);
  zrtp_stream_renew_hello (stream_of (sim, 0)->stream, &sim->ends[0].policy,
      sim->ends[0].zid);
  sim_drain (sim, 0);
  fail_if (strcmp (hash_of (sim, 0), before) == 0);
  fail_unless_equals_int (stream_of (sim, 0)->n_events[ZRTP_EVENT_HELLO], 1);
  g_free (before);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* Z-8-03: each stream has its own. */
GST_START_TEST (test_streams_differ)
{
  Sim *sim = sim_new (2);

  sim_make (sim, 0, 2);
  fail_if (strcmp (hash_of (sim, 0), zrtp_stream_get_hello_hash (sim->ends
              [0].streams[1].stream)) == 0);
  sim_free (sim);
}

GST_END_TEST;

/* In time */

GST_START_TEST (test_match)
{
  Sim *sim = sim_new_pair (3);

  fail_unless (announce (sim, 0, hash_of (sim, 1)));
  fail_unless (announce (sim, 1, hash_of (sim, 0)));
  assert_status (sim, 0, ZRTP_HELLO_HASH_ABSENT, 0);
  start_both (sim);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_assert_agreed (sim);
  for (guint i = 0; i < 2; i++) {
    /* Z-8.1-02 */
    assert_status (sim, i, ZRTP_HELLO_HASH_MATCH, 1);
    fail_unless_equals_string (info_of (sim, i)->peer_hello_hash,
        hash_of (sim, 1 - i) + 5);
  }
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_absent)
{
  Sim *sim = sim_new_pair (4);

  fail_unless (announce (sim, 0, NULL));
  fail_unless (announce (sim, 1, " \r\n"));
  start_both (sim);
  /* Z-8.1-03 */
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_status (sim, 0, ZRTP_HELLO_HASH_ABSENT, 0);
  assert_status (sim, 1, ZRTP_HELLO_HASH_ABSENT, 0);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_mismatch)
{
  Sim *sim = sim_new_pair (5);

  sim->ends[0].policy.require_encryption = FALSE;
  fail_unless (announce (sim, 0, WRONG));
  start_both (sim);
  sim_run (sim, 30 * SIM_SEC);
  /* Z-8.1-02: every Hello is refused, and it is told once. */
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  fail_if (info_of (sim, 0)->have_peer);
  assert_status (sim, 0, ZRTP_HELLO_HASH_MISMATCH, 1);
  fail_unless (info_of (sim,
          0)->counters.dropped[ZRTP_DROP_BAD_HELLO_HASH] > 0);
  /* Z-5.3-01 */
  fail_unless (strstr (stream_of (sim, 0)->trace->str, "HelloACK") != NULL);
  fail_unless (strstr (stream_of (sim, 0)->trace->str, "Commit") == NULL);
  sim_free (sim);
}

GST_END_TEST;

/* A false Hello does not keep the announced one out. */
GST_START_TEST (test_false_hello_first)
{
  Sim *sim = sim_new_pair (6);
  MockPeer other;

  mock_peer_init (&other, stream_of (sim, 0), 0x2000);
  fail_unless (announce (sim, 0, hash_of (sim, 1)));
  sim_start (sim, 0);
  mock_peer_hello (&other);
  mock_peer_commit (&other, NULL);
  assert_status (sim, 0, ZRTP_HELLO_HASH_MISMATCH, 1);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  sim_start (sim, 1);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_assert_agreed (sim);
  assert_status (sim, 0, ZRTP_HELLO_HASH_MATCH, 2);
  sim_free (sim);
}

GST_END_TEST;

/* How the value may be written */

GST_START_TEST (test_notations)
{
  static const char *const formats[] = {
    "1.10 %s", "%s", " 1.10\t%s \r\n", "1.1a %s", "\n\n%s\n",
    "1.10 %s,1.10 " WRONG, "1.10 " WRONG "\n1.10 %s\n",
    /* Z-4.1.1-02 Z-4.1.1-03 Z-4.1.1-04: other versions are none of ours,
     * whatever their hash is. */
    "2.00 " WRONG "\n1.10 %s", "1.10 %s\n2.00 " WRONG WRONG "\n1.00 abcd",
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++) {
    for (guint upper = 0; upper < 2; upper++) {
      Sim *sim = sim_new (7);
      char *digest, *value;
      MockPeer mock;

      sim_make (sim, 0, 1);
      mock_peer_init (&mock, stream_of (sim, 0), 7);
      digest = mock_peer_hash (&mock);
      if (upper) {
        char *lower = digest;

        digest = g_ascii_strup (lower, -1);
        g_free (lower);
      }
      value = g_strdup_printf (formats[i], digest);
      fail_unless (announce (sim, 0, value), "%s", value);
      sim_start (sim, 0);
      mock_peer_hello (&mock);
      /* Z-8-04 */
      assert_status (sim, 0, ZRTP_HELLO_HASH_MATCH, 1);
      fail_unless (info_of (sim, 0)->have_peer);
      g_free (digest);
      g_free (value);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* Only lines of other versions: nothing is announced about our Hello. */
GST_START_TEST (test_other_versions_only)
{
  Sim *sim = sim_new_pair (8);

  fail_unless (announce (sim, 0, "2.00 " WRONG));
  start_both (sim);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_status (sim, 0, ZRTP_HELLO_HASH_ABSENT, 0);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_garbage)
{
  static const char *const values[] = {
    "garbage", "1.10", "1.10 ", "1.10 abc", "1.10 " WRONG "0",
    "1.10 " WRONG " 1.10", "1.10:" WRONG, "1.10 x" WRONG, "0x" WRONG,
    "2.00 xyz", "1.10 " WRONG "\ngarbage",
    "1.10 ge30efd02423cb054e50efd0248742ac7a52c8f91bc2df881ae642c371ba46df",
  };
  Sim *sim = sim_new_pair (9);

  fail_unless (announce (sim, 0, hash_of (sim, 1)));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    fail_if (announce (sim, 0, values[i]), "%s", values[i]);
  /* What was announced before still holds. */
  start_both (sim);
  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  assert_status (sim, 0, ZRTP_HELLO_HASH_MATCH, 1);
  sim_free (sim);
}

GST_END_TEST;

/* Late */

/* Runs a call until the state in question and returns it. */
static Sim *
call_until (guint64 seed, gint64 until, ZrtpState state)
{
  Sim *sim = sim_new (seed);

  sim->ends[0].policy.require_encryption = FALSE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  start_both (sim);
  sim_run (sim, until);
  fail_unless_equals_int (sim_state (sim, 0), state);
  return sim;
}

static const struct
{
  gint64 until;
  ZrtpState state;
} moments[] = {
  {25 * SIM_MSEC, ZRTP_STATE_NEGOTIATING},
  {45 * SIM_MSEC, ZRTP_STATE_NEGOTIATING},
  {SIM_SEC, ZRTP_STATE_SECURE},
};

GST_START_TEST (test_late_match)
{
  Sim *sim = call_until (10, moments[__i__].until, moments[__i__].state);

  fail_unless (announce (sim, 0, hash_of (sim, 1)));
  assert_status (sim, 0, ZRTP_HELLO_HASH_MATCH, 1);
  fail_unless (sim_run_until_secure (sim, 2 * SIM_SEC));
  sim_assert_agreed (sim);
  fail_unless_equals_int (stream_of (sim, 0)->n_events[ZRTP_EVENT_SECURITY], 0);
  /* Said again, or taken back, it changes nothing but the status. */
  fail_unless (announce (sim, 0, hash_of (sim, 1)));
  assert_status (sim, 0, ZRTP_HELLO_HASH_MATCH, 1);
  fail_unless (announce (sim, 0, NULL));
  assert_status (sim, 0, ZRTP_HELLO_HASH_ABSENT, 2);
  sim_assert_agreed (sim);
  sim_free (sim);
}

GST_END_TEST;

GST_START_TEST (test_late_mismatch)
{
  Sim *sim = call_until (11, moments[__i__].until, moments[__i__].state);
  SimStream *alice = stream_of (sim, 0);

  fail_unless (announce (sim, 0, WRONG));
  /* Z-8.1-02 Z-8.1.1-01 Z-8.1.1-02 */
  assert_status (sim, 0, ZRTP_HELLO_HASH_MISMATCH, 1);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_FAILED);
  fail_unless_equals_int (alice->n_events[ZRTP_EVENT_SECURITY], 1);
  fail_unless (strstr (alice->last_text, "zrtp-hash") != NULL);
  fail_if (alice->have_send || alice->have_receive);
  fail_if (zrtp_session_get_info (sim->ends[0].session)->have_sas);
  sim_run (sim, 60 * SIM_SEC);
  /* Though clear media was allowed. */
  fail_unless_equals_int (alice->send, ZRTP_MEDIA_BLOCKED);
  fail_unless_equals_int (alice->receive, ZRTP_MEDIA_BLOCKED);
  sim_free (sim);
}

GST_END_TEST;

/* Before the Commit: the false one is forgotten, the right one is taken. */
GST_START_TEST (test_late_with_candidates)
{
  for (guint order = 0; order < 2; order++) {
    Sim *sim = sim_new (12);
    MockPeer good, bad;
    char *digest;

    sim->ends[0].policy.auto_secure = FALSE;
    sim_make (sim, 0, 1);
    sim_start (sim, 0);
    mock_peer_init (&good, stream_of (sim, 0), 7);
    mock_peer_init (&bad, stream_of (sim, 0), 8);
    mock_peer_hello (order ? &bad : &good);
    sim_run (sim, sim->now + 30 * SIM_MSEC);
    mock_peer_hello (order ? &good : &bad);
    mock_peer_ack (&bad, ZRTP_MESSAGE_HELLO_ACK);
    mock_peer_ack (&good, ZRTP_MESSAGE_HELLO_ACK);
    digest = mock_peer_hash (&good);
    fail_unless (announce (sim, 0, digest));
    assert_status (sim, 0, ZRTP_HELLO_HASH_MATCH, 1);
    mock_peer_commit (&bad, NULL);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
    zrtp_stream_go_secure (stream_of (sim, 0)->stream, sim->now);
    sim_drain (sim, 0);
    sim_run (sim, sim->now);
    fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_NEGOTIATING);
    fail_unless_equals_uint64 (info_of (sim, 0)->peer_ssrc, 7);
    g_free (digest);
    sim_free (sim);
  }
}

GST_END_TEST;

/* None of those that came: what is shown of a peer is not left standing. */
GST_START_TEST (test_late_with_false_candidate)
{
  Sim *sim = sim_new (13);
  MockPeer bad;

  sim_make (sim, 0, 1);
  sim_start (sim, 0);
  mock_peer_init (&bad, stream_of (sim, 0), 8);
  mock_peer_hello (&bad);
  fail_unless (info_of (sim, 0)->have_peer);
  fail_unless (announce (sim, 0, WRONG));
  assert_status (sim, 0, ZRTP_HELLO_HASH_MISMATCH, 1);
  fail_if (info_of (sim, 0)->have_peer);
  mock_peer_ack (&bad, ZRTP_MESSAGE_HELLO_ACK);
  mock_peer_commit (&bad, NULL);
  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_DISCOVERING);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
hellohash_suite (void)
{
  Suite *suite = suite_create ("hellohash");
  TCase *tc = tcase_create ("hellohash");

  suite_add_tcase (suite, tc);
  tcase_add_test (tc, test_own_value);
  tcase_add_test (tc, test_streams_differ);
  tcase_add_test (tc, test_match);
  tcase_add_test (tc, test_absent);
  tcase_add_test (tc, test_mismatch);
  tcase_add_test (tc, test_false_hello_first);
  tcase_add_test (tc, test_notations);
  tcase_add_test (tc, test_other_versions_only);
  tcase_add_test (tc, test_garbage);
  tcase_add_loop_test (tc, test_late_match, 0, G_N_ELEMENTS (moments));
  tcase_add_loop_test (tc, test_late_mismatch, 0, G_N_ELEMENTS (moments));
  tcase_add_test (tc, test_late_with_candidates);
  tcase_add_test (tc, test_late_with_false_candidate);
  return suite;
}

GST_CHECK_MAIN (hellohash);
