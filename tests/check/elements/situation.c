/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of situations: which samples of a transport lead to which WARNING, when,
 * and that a healthy transport has none.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "session/gstzrtpsituation.h"

#define SECOND ((gint64) G_TIME_SPAN_SECOND)
/* Longest patience, and some more. */
#define LONG (12 * SECOND)

static GstZrtpWatch watch;
static GstZrtpSample sample;
static GstZrtpSituation last;
static guint n_reports;

/* A transport that is about to start, with all that it needs. */
static void
setup (void)
{
  memset (&watch, 0, sizeof watch);
  memset (&sample, 0, sizeof sample);
  n_reports = 0;
  sample.now = 1000 * SECOND;
  sample.have_enc = sample.have_dec = TRUE;
  sample.exit = GST_ZRTP_EXIT_OPEN;
  sample.may_start = sample.auto_secure = TRUE;
}

static void
look (void)
{
  if (gst_zrtp_watch_update (&watch, &sample, &last))
    n_reports++;
}

/* What a transport may do from one sample to the next. */
static void
let_pass (gint64 time, void (*change) (void))
{
  const gint64 end = sample.now + time;

  while (sample.now < end) {
    sample.now += gst_zrtp_watch_interval (&watch);
    if (change)
      change ();
    look ();
  }
}

static void
say_hello (void)
{
  sample.sent++;
}

static void
hear_media (void)
{
  sample.sent++;
  sample.media_arrived += 50;
  sample.arrived += 50;
}

static void
hear_acks (void)
{
  hear_media ();
  sample.received++;
  sample.arrived++;
}

static void
fail_to_decrypt (void)
{
  sample.undecryptable += 50;
  sample.media_arrived += 50;
  sample.arrived += 50;
}

static void
start (ZrtpState state)
{
  look ();
  sample.started = TRUE;
  sample.state = state;
  look ();
}

static void
assert_reported (GstZrtpSituation situation, const char *text)
{
  char *described;

  fail_unless_equals_int (n_reports, 1);
  fail_unless_equals_int (last, situation);
  described = gst_zrtp_situation_describe (situation, &watch);
  fail_unless (strstr (described, text), "%s", described);
  g_free (described);
}

/* -- Each situation -- */

GST_START_TEST (test_no_partner)
{
  sample.have_dec = FALSE;
  look ();
  let_pass (LONG, NULL);
  fail_unless_equals_int (n_reports, 1);
  fail_unless_equals_int (last, GST_ZRTP_SITUATION_NO_PARTNER);
}

GST_END_TEST;

/* Media past the element is reported within two seconds. */
GST_START_TEST (test_past_the_element)
{
  static const GstZrtpSituation situations[] = {
    GST_ZRTP_SITUATION_UNUSED_ENC, GST_ZRTP_SITUATION_UNUSED_DEC,
    GST_ZRTP_SITUATION_CLEAR_RTCP, GST_ZRTP_SITUATION_CLEAR_RTCP_IN
  };
  static const char *const texts[] = {
    "request-rtp-encoder", "request-rtp-encoder", "request-rtcp-encoder",
    "request-rtcp-decoder"
  };

  sample.unused_enc = __i__ == 0;
  sample.unused_dec = __i__ == 1;
  sample.clear_rtcp = __i__ == 2;
  sample.clear_rtcp_in = __i__ == 3;
  look ();
  let_pass (2 * SECOND, NULL);
  assert_reported (situations[__i__], texts[__i__]);
  fail_unless (gst_zrtp_situation_is_bypass (situations[__i__]));
  let_pass (10 * LONG, NULL);
  fail_unless_equals_int (n_reports, 1);
}

GST_END_TEST;

/* A pad that is linked a moment after it was requested is nothing to tell. */
GST_START_TEST (test_linked_late)
{
  sample.unused_enc = TRUE;
  look ();
  let_pass (SECOND, NULL);
  sample.unused_enc = FALSE;
  let_pass (SECOND, NULL);
  sample.unused_enc = TRUE;
  let_pass (SECOND, NULL);
  fail_unless_equals_int (n_reports, 0);
}

GST_END_TEST;

GST_START_TEST (test_cannot_answer)
{
  sample.exit = GST_ZRTP_EXIT_UNLINKED;
  sample.in_rtpbin = __i__;
  look ();
  let_pass (LONG, NULL);
  fail_unless_equals_int (n_reports, 0);
  sample.arrived = 1;
  let_pass (LONG, NULL);
  assert_reported (GST_ZRTP_SITUATION_CANNOT_ANSWER,
      __i__ ? "gst_element_link_pads" : "zrtp_src");
}

GST_END_TEST;

GST_START_TEST (test_cannot_leave)
{
  sample.exit = GST_ZRTP_EXIT_UNLINKED;
  look ();
  if (__i__)
    sample.offered = 1;
  else
    sample.arrived = sample.media_arrived = 5;
  let_pass (LONG, NULL);
  assert_reported (GST_ZRTP_SITUATION_CANNOT_LEAVE, "rtp_src_N");
}

GST_END_TEST;

/* An application that starts the handshake itself knows why it waits. */
GST_START_TEST (test_kept_back)
{
  sample.exit = GST_ZRTP_EXIT_UNLINKED;
  sample.may_start = FALSE;
  sample.offered = 5;
  look ();
  let_pass (LONG, NULL);
  fail_unless_equals_int (n_reports, 0);
}

GST_END_TEST;

GST_START_TEST (test_ended)
{
  start (ZRTP_STATE_DISCOVERING);
  sample.exit = GST_ZRTP_EXIT_ENDED;
  let_pass (3 * SECOND, say_hello);
  assert_reported (GST_ZRTP_SITUATION_ENDED, "zrtp_src");
}

GST_END_TEST;

GST_START_TEST (test_nothing_heard)
{
  start (ZRTP_STATE_DISCOVERING);
  let_pass (7 * SECOND, say_hello);
  fail_unless_equals_int (n_reports, 0);
  let_pass (LONG, say_hello);
  assert_reported (GST_ZRTP_SITUATION_NOTHING_HEARD, "firewall");
}

GST_END_TEST;

/* Also where the schedule of Hellos has ended. */
GST_START_TEST (test_no_hello)
{
  start (ZRTP_STATE_DISCOVERING);
  let_pass (4 * SECOND, hear_media);
  if (__i__)
    sample.state = ZRTP_STATE_NO_ZRTP;
  let_pass (LONG, hear_media);
  assert_reported (GST_ZRTP_SITUATION_NO_HELLO, "rtpjitterbuffer");
}

GST_END_TEST;

GST_START_TEST (test_busy_peer)
{
  start (ZRTP_STATE_DISCOVERING);
  let_pass (LONG, hear_acks);
  assert_reported (GST_ZRTP_SITUATION_BUSY_PEER, "another endpoint");
}

GST_END_TEST;

GST_START_TEST (test_stalled)
{
  start (ZRTP_STATE_DISCOVERING);
  sample.have_peer = TRUE;
  sample.received = 2;
  let_pass (LONG, say_hello);
  assert_reported (GST_ZRTP_SITUATION_STALLED, "key agreement");
}

GST_END_TEST;

/* Attempts that time out, and begin again, are one stall. */
GST_START_TEST (test_stalled_attempts)
{
  start (ZRTP_STATE_DISCOVERING);
  sample.have_peer = TRUE;
  for (guint i = 0; i < 12; i++) {
    sample.state = i % 2 ? ZRTP_STATE_FAILED : ZRTP_STATE_NEGOTIATING;
    sample.error = i % 2 ? ZRTP_ERROR_TIMEOUT : ZRTP_ERROR_NONE;
    let_pass (2 * SECOND, say_hello);
  }
  assert_reported (GST_ZRTP_SITUATION_STALLED, "key agreement");
}

GST_END_TEST;

GST_START_TEST (test_both_passive)
{
  start (ZRTP_STATE_DISCOVERING);
  sample.have_peer = sample.passive = sample.peer_passive = TRUE;
  sample.clear_allowed = __i__;
  let_pass (LONG, say_hello);
  assert_reported (GST_ZRTP_SITUATION_BOTH_PASSIVE,
      __i__ ? "in clear" : "passive=false");
}

GST_END_TEST;

GST_START_TEST (test_failed)
{
  start (ZRTP_STATE_DISCOVERING);
  sample.state = ZRTP_STATE_FAILED;
  sample.error = ZRTP_ERROR_SSRC_COLLISION;
  let_pass (4 * SECOND, NULL);
  fail_unless_equals_int (n_reports, 0);
  let_pass (LONG, NULL);
  assert_reported (GST_ZRTP_SITUATION_FAILED,
      zrtp_error_text (ZRTP_ERROR_SSRC_COLLISION));
}

GST_END_TEST;

GST_START_TEST (test_undecryptable)
{
  start (ZRTP_STATE_SECURE);
  let_pass (20 * SECOND, fail_to_decrypt);
  assert_reported (GST_ZRTP_SITUATION_UNDECRYPTABLE, "transferred");
}

GST_END_TEST;

/* -- Health -- */

static void
talk (void)
{
  sample.decrypted += 50;
  sample.arrived += 50;
  sample.media_arrived += 50;
  /* What the network doubles, and what third parties send. */
  sample.undecryptable += 20;
}

/* A call as it should be: nothing is said of it. */
GST_START_TEST (test_healthy)
{
  look ();
  let_pass (5 * SECOND, NULL);
  start (ZRTP_STATE_DISCOVERING);
  let_pass (2 * SECOND, say_hello);
  sample.have_peer = TRUE;
  let_pass (SECOND, hear_acks);
  sample.state = ZRTP_STATE_NEGOTIATING;
  let_pass (SECOND, hear_acks);
  sample.state = ZRTP_STATE_SECURE;
  let_pass (60 * SECOND, talk);
  /* The peer is silent; its media has ended. */
  let_pass (60 * SECOND, NULL);
  sample.exit = GST_ZRTP_EXIT_ENDED;
  let_pass (60 * SECOND, talk);
  sample.state = ZRTP_STATE_CLEAR;
  let_pass (60 * SECOND, hear_media);
  fail_unless (n_reports == 0, "situation %d", last);
}

GST_END_TEST;

/* Each situation is told once, and once more after the next call was secure. */
GST_START_TEST (test_once)
{
  start (ZRTP_STATE_DISCOVERING);
  let_pass (300 * SECOND, say_hello);
  fail_unless_equals_int (n_reports, 1);
  sample.state = ZRTP_STATE_SECURE;
  let_pass (10 * SECOND, talk);
  sample.state = ZRTP_STATE_DISCOVERING;
  let_pass (300 * SECOND, say_hello);
  fail_unless_equals_int (n_reports, 2);
}

GST_END_TEST;

/* A transport that waits costs little. */
GST_START_TEST (test_interval)
{
  start (ZRTP_STATE_DISCOVERING);
  fail_unless (gst_zrtp_watch_interval (&watch) <= SECOND / 2);
  let_pass (120 * SECOND, say_hello);
  fail_unless_equals_int64 (gst_zrtp_watch_interval (&watch), 5 * SECOND);
  setup ();
  start (ZRTP_STATE_SECURE);
  fail_unless_equals_int64 (gst_zrtp_watch_interval (&watch), 5 * SECOND);
}

GST_END_TEST;

/* Each text says what is wrong and what to do. */
GST_START_TEST (test_texts)
{
  look ();
  for (guint i = GST_ZRTP_SITUATION_NO_PARTNER + 1; i < GST_ZRTP_N_SITUATIONS;
      i++) {
    char *text = gst_zrtp_situation_describe (i, &watch);

    fail_unless (text && strlen (text) > 60, "situation %u", i);
    g_free (text);
  }
}

GST_END_TEST;

static Suite *
situation_suite (void)
{
  Suite *suite = suite_create ("situation");
  TCase *tcase = tcase_create ("situations");

  tcase_add_checked_fixture (tcase, setup, NULL);
  tcase_add_test (tcase, test_no_partner);
  tcase_add_loop_test (tcase, test_past_the_element, 0, 4);
  tcase_add_test (tcase, test_linked_late);
  tcase_add_loop_test (tcase, test_cannot_answer, 0, 2);
  tcase_add_loop_test (tcase, test_cannot_leave, 0, 2);
  tcase_add_test (tcase, test_kept_back);
  tcase_add_test (tcase, test_ended);
  tcase_add_test (tcase, test_nothing_heard);
  tcase_add_loop_test (tcase, test_no_hello, 0, 2);
  tcase_add_test (tcase, test_busy_peer);
  tcase_add_test (tcase, test_stalled);
  tcase_add_test (tcase, test_stalled_attempts);
  tcase_add_loop_test (tcase, test_both_passive, 0, 2);
  tcase_add_test (tcase, test_failed);
  tcase_add_test (tcase, test_undecryptable);
  tcase_add_test (tcase, test_healthy);
  tcase_add_test (tcase, test_once);
  tcase_add_test (tcase, test_interval);
  tcase_add_test (tcase, test_texts);
  suite_add_tcase (suite, tcase);
  return suite;
}

GST_CHECK_MAIN (situation);
