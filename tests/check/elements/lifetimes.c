/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements and calls by the thousand, one after the other: nothing stays behind,
 * no element, no thread, no descriptor.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

/* How often each kind of life is lived, in all; the first tenth is to get pools
 * and caches to their size. */
#define N_BARE 3000
#define N_STARTED 2000
#define N_CALLS 300
/* Pools of threads grow where the machine is busy; far less than one a life. */
#define SLACK 60

static guint
count_entries (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  fail_unless (dir != NULL);
  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

static void
count_end (gint * counter)
{
  g_atomic_int_inc (counter);
  propertywatch_poke ();
}

/* GObject lets go of its data last: pads and children of @element are gone then. A
 * worker may have the last reference. */
static void
count_finalized (GstElement * element, gint * counter)
{
  g_object_set_data_full (G_OBJECT (element), "lifetimes-end", counter,
      (GDestroyNotify) count_end);
}

static gint made, gone;

/* Its end will be waited for. */
static void
follow (GstElement * element)
{
  made++;
  count_finalized (element, &gone);
}

typedef void (*LifeFunc) (guint i);

static void
live (LifeFunc life, guint n)
{
  guint threads = 0, descriptors = 0;

  for (guint i = 0; i < n; i++) {
    life (i);
    if (i == n / 10) {
      threads = count_entries ("/proc/self/task");
      descriptors = count_entries ("/proc/self/fd");
    }
  }
  fail_unless (count_entries ("/proc/self/task") <= threads + SLACK,
      "%u threads, and %u earlier", count_entries ("/proc/self/task"), threads);
  fail_unless (count_entries ("/proc/self/fd") <= descriptors + SLACK,
      "%u descriptors, and %u earlier", count_entries ("/proc/self/fd"),
      descriptors);
  propertywatch_wait_counter (&gone, made, "elements gone");
}

/* Made, looked at, given pads, thrown away. */
static void
live_bare (guint i)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  GstElement *dec = gst_element_factory_make ("zrtpdec", NULL);
  char *session_id = g_strdup_printf ("bare-%u", i % 7);
  GstPad *pad;
  char *hash;

  follow (gst_object_ref_sink (enc));
  follow (gst_object_ref_sink (dec));
  g_object_set (enc, "cache", ":memory:", "session-id", session_id, NULL);
  g_object_set (dec, "session-id", session_id, NULL);
  hash = propertywatch_get (enc, "hello-hash");
  fail_if (*hash == '\0');
  g_free (hash);
  pad = gst_element_request_pad_simple (enc, "rtp_sink_%u");
  if (i % 2)
    gst_element_release_request_pad (enc, pad);
  gst_object_unref (pad);
  g_free (session_id);
  gst_object_unref (enc);
  gst_object_unref (dec);
}

/* Started, and stopped while it looks for a peer. */
static void
live_started (guint i)
{
  Endpoint *endpoint = endpoint_new ("fakesrc is-live=true ! "
      BENCH_CAPS ",ssrc=(uint)7 ! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! fakesink async=false zrtpdec name=dec");

  follow (endpoint->enc);
  follow (endpoint->dec);
  endpoint_play (endpoint);
  if (i % 3 == 0)
    endpoint_wait_state (endpoint, "discovering");
  endpoint_free (endpoint);
}

/* A whole call. */
static void
live_call (guint i)
{
  Harness *harness = harness_new ();

  follow (harness->enc_a);
  follow (harness->dec_a);
  follow (harness->enc_b);
  follow (harness->dec_b);
  harness_secure (harness);
  gst_harness_push (harness->in, harness_make_rtp (BENCH_SSRC, i, 160, i));
  harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, i, 160, i);
  harness_free (harness);
}

GST_START_TEST (test_bare)
{
  live (live_bare, N_BARE);
}

GST_END_TEST;

GST_START_TEST (test_started)
{
  live (live_started, N_STARTED);
}

GST_END_TEST;

GST_START_TEST (test_calls)
{
  live (live_call, N_CALLS);
}

GST_END_TEST;

/* -- Dropped while it posts -- */

static GMutex gate;
static gint at_gate, dropped;

static GstBusSyncReply
hold (GstBus * bus, GstMessage * message, gpointer data)
{
  if (gst_message_has_name (message, "GstZrtpState")
      && g_atomic_int_compare_and_exchange (&at_gate, 0, 1)) {
    propertywatch_poke ();
    g_mutex_lock (&gate);
    g_mutex_unlock (&gate);
  }
  return GST_BUS_PASS;
}

static void
count_dropped_child (GstElement * bin, const char *name)
{
  GstElement *child = gst_bin_get_by_name (GST_BIN (bin), name);

  count_finalized (child, &dropped);
  gst_object_unref (child);
}

/* The application lets its pipeline go while a worker of ours is in the middle of
 * posting a message through its bins: they stay until it is through. */
GST_START_TEST (test_dropped_while_posting)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *inner = gst_parse_bin_from_description ("fakesrc is-live=true ! "
      BENCH_CAPS ",ssrc=(uint)7 ! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! fakesink async=false zrtpdec name=dec", FALSE, NULL);
  GstBus *bus;

  fail_unless (inner != NULL);
  gst_bin_add (GST_BIN (pipeline), inner);
  count_finalized (pipeline, &dropped);
  count_dropped_child (inner, "enc");
  count_dropped_child (inner, "dec");
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, hold, NULL, NULL);
  g_mutex_lock (&gate);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  propertywatch_wait_counter (&at_gate, 1, "messages");
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  fail_unless_equals_int (g_atomic_int_get (&dropped), 0);
  g_mutex_unlock (&gate);
  propertywatch_wait_counter (&dropped, 1, "pipelines gone");
  gst_object_unref (bus);
  propertywatch_wait_counter (&dropped, 3, "elements gone");
}

GST_END_TEST;

static Suite *
lifetimes_suite (void)
{
  Suite *s = suite_create ("lifetimes");
  TCase *tc = tcase_create ("lifetimes");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 120);
  tcase_add_test (tc, test_bare);
  tcase_add_test (tc, test_started);
  tcase_add_test (tc, test_calls);
  tcase_add_test (tc, test_dropped_while_posting);
  return s;
}

GST_CHECK_MAIN (lifetimes);
