/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who gives the engine what was received.
 */
#include <gst/check/gstcheck.h>

#include "gstzrtpbin.h"
#include "session/gstzrtpservice.h"

#define PATIENCE (20 * G_TIME_SPAN_SECOND)

static GstZrtpSession *session;
static GstZrtpTransport *transport;

/* The test keeps a lock, or threads, until the test is done. */
static GMutex lock;
static GCond changed;
static gboolean busy, done;

static void
setup (void)
{
  /* Settings have the defaults of the properties. */
  g_type_class_unref (g_type_class_ref (GST_TYPE_ZRTP_BIN));
  session = gst_zrtp_session_new (NULL);
  transport = gst_zrtp_transport_new (session, 0);
  busy = done = FALSE;
}

static void
teardown (void)
{
  gst_zrtp_transport_unref (transport);
  gst_zrtp_session_unref (session);
}

static void
wait_until_done (gpointer unused)
{
  g_mutex_lock (&lock);
  while (!done)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
}

static void
let_go (void)
{
  g_mutex_lock (&lock);
  done = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

static gpointer
keep_busy (gpointer unused)
{
  gst_zrtp_session_lock (session);
  g_mutex_lock (&lock);
  busy = TRUE;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
  wait_until_done (NULL);
  gst_zrtp_session_unlock (session);
  return NULL;
}

static void
receive (void)
{
  fail_unless (gst_zrtp_transport_receive (transport, (const guint8 *) "?", 1));
  gst_zrtp_transport_serve (transport);
}

/* There is no engine in this pair, and that is counted. */
static guint64
count_served (void)
{
  guint64 n;

  g_mutex_lock (&transport->receiver.lock);
  n = transport->receiver.drops[GST_ZRTP_RECEIVE_DROP_NO_PARTNER];
  g_mutex_unlock (&transport->receiver.lock);
  return n;
}

GST_START_TEST (test_served_at_once)
{
  for (guint i = 1; i <= 100; i++) {
    receive ();
    fail_unless_equals_uint64 (count_served (), i);
  }
}

GST_END_TEST;

/* The thread that brings packets does not wait for a call that is busy. */
GST_START_TEST (test_served_later)
{
  GThread *thread = g_thread_new ("busy", keep_busy, NULL);

  g_mutex_lock (&lock);
  while (!busy)
    g_cond_wait (&changed, &lock);
  g_mutex_unlock (&lock);
  for (guint i = 0; i < 10; i++)
    receive ();
  fail_unless_equals_uint64 (count_served (), 0);

  let_go ();
  g_thread_join (thread);
  gst_zrtp_work_wait (&transport->engine_work,
      g_get_monotonic_time () + PATIENCE);
  fail_unless_equals_uint64 (count_served (), 10);
}

GST_END_TEST;

/* Nor is media held up by packets that any sender can make. */
GST_START_TEST (test_media_goes_first)
{
  for (guint i = 0; i < MAX (2, g_get_num_processors ()); i++)
    gst_zrtp_pool_run (GST_ZRTP_POOL_SERVICE, wait_until_done, NULL);
  transport->receiver.mode = ZRTP_MEDIA_SECURE;
  transport->receiver.told[ZRTP_MEDIA_SECURE] = TRUE;
  receive ();
  fail_unless_equals_uint64 (count_served (), 0);

  /* Until another exchange. */
  gst_zrtp_receiver_tell_again (&transport->receiver);
  receive ();
  fail_unless_equals_uint64 (count_served (), 2);
  let_go ();
  gst_zrtp_work_wait (&transport->engine_work,
      g_get_monotonic_time () + PATIENCE);
}

GST_END_TEST;

static Suite *
transport_suite (void)
{
  Suite *s = suite_create ("transport");
  TCase *tc = tcase_create ("serving");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_served_at_once);
  tcase_add_test (tc, test_served_later);
  tcase_add_test (tc, test_media_goes_first);
  return s;
}

GST_CHECK_MAIN (transport);
