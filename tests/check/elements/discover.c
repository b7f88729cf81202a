/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * When Hellos go out: a transport that is not ready yet, or changes.
 */
#include "endpoint.h"
#include "propertywatch.h"

#define ALONE VOICE "! zrtpenc name=enc cache=:memory: %s " \
    "enc.rtp_src_0 ! fakesink name=ear signal-handoffs=true async=false " \
    "zrtpdec name=dec"

static gboolean
discover (GstElement * element)
{
  gboolean ok;

  g_signal_emit_by_name (element, "discover", &ok);
  return ok;
}

static GstPadProbeReturn
count (GstPad * pad, GstPadProbeInfo * info, gpointer counter)
{
  g_atomic_int_inc ((gint *) counter);
  propertywatch_poke ();
  return GST_PAD_PROBE_OK;
}

/* The source talks for a while: whatever starts by itself has started. */
static void
wait_talked (Endpoint * endpoint)
{
  GstPad *pad = gst_element_get_static_pad (endpoint->enc, "rtp_sink_0");
  gint talked = 0;
  gulong id;

  id = gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, count, &talked, NULL);
  propertywatch_wait_counter (&talked, 10, "packets");
  gst_pad_remove_probe (pad, id);
  gst_object_unref (pad);
}

static void
assert_waiting (Endpoint * endpoint)
{
  guint64 sent = endpoint_get_stat (endpoint->enc, "zrtp-sent");

  wait_talked (endpoint);
  fail_unless_equals_uint64 (endpoint_get_stat (endpoint->enc, "zrtp-sent"),
      sent);
  fail_unless_equals_int (g_atomic_int_get (&endpoint->heard), 0);
  propertywatch_assert (endpoint->enc, "state", "idle");
}

/* Z-3-01: nothing leaves before the application says that it may; either element
 * takes its word. */
GST_START_TEST (test_waits)
{
  Endpoint *alone = endpoint_new (ALONE, "auto-discover=false");

  fail_if (discover (alone->enc));
  endpoint_play (alone);
  assert_waiting (alone);
  fail_unless (discover (__i__ == 0 ? alone->enc : alone->dec));
  endpoint_wait_state (alone, "discovering");
  endpoint_wait_heard (alone, 3);
  endpoint_free (alone);
}

GST_END_TEST;

/* The word may come before the pipeline runs; it holds for one call. */
GST_START_TEST (test_early_word)
{
  Endpoint *alone = endpoint_new (ALONE, "auto-discover=false");

  gst_element_set_state (alone->pipeline, GST_STATE_READY);
  fail_unless (discover (alone->enc));
  endpoint_play (alone);
  endpoint_wait_heard (alone, 1);

  propertywatch_set_state (alone->pipeline, GST_STATE_READY);
  g_atomic_int_set (&alone->heard, 0);
  endpoint_play (alone);
  assert_waiting (alone);

  gst_element_set_state (alone->pipeline, GST_STATE_READY);
  fail_unless (discover (alone->enc));
  gst_element_set_state (alone->pipeline, GST_STATE_NULL);
  fail_if (discover (alone->enc));
  endpoint_play (alone);
  assert_waiting (alone);
  endpoint_free (alone);
}

GST_END_TEST;

/* The setting may change while something waits for it. */
GST_START_TEST (test_setting)
{
  Endpoint *alone = endpoint_new (ALONE, "auto-discover=false");

  endpoint_play (alone);
  assert_waiting (alone);
  g_object_set (alone->dec, "auto-discover", TRUE, NULL);
  endpoint_wait_heard (alone, 1);
  endpoint_free (alone);
}

GST_END_TEST;

/* A new path is tried at once: the schedule alone would take longer than the
 * test waits. */
GST_START_TEST (test_new_path)
{
  Endpoint *alone = endpoint_new (ALONE, "hello-timeout=10000");

  endpoint_play (alone);
  endpoint_wait_heard (alone, 1);
  for (gint i = 2; i <= 6; i++) {
    fail_unless (discover (alone->enc));
    endpoint_wait_heard (alone, i);
  }
  endpoint_free (alone);
}

GST_END_TEST;

/* Once there are keys the word changes nothing. */
GST_START_TEST (test_secure)
{
  Endpoint *ends[2];

  for (guint i = 0; i < 2; i++)
    ends[i] = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
        "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC
        "! zrtpdec name=dec ! " EAR "async=false");
  endpoint_connect (ends[0], ends[1]);
  endpoint_play (ends[0]);
  endpoint_play (ends[1]);
  endpoint_wait_secure (ends[0], ends[1]);
  endpoint_wait_media (ends[0], 5);
  endpoint_wait_media (ends[1], 5);
  fail_unless (discover (ends[0]->enc));
  endpoint_wait_media (ends[0], 10);
  endpoint_wait_media (ends[1], 10);
  propertywatch_assert (ends[0]->enc, "state", "secure");
  propertywatch_assert_same (ends[0]->enc, ends[1]->enc, "sas");
  endpoint_free (ends[0]);
  endpoint_free (ends[1]);
}

GST_END_TEST;

static Suite *
discover_suite (void)
{
  Suite *s = suite_create ("discover");
  TCase *tc = tcase_create ("discover");

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_waits, 0, 2);
  tcase_add_test (tc, test_early_word);
  tcase_add_test (tc, test_setting);
  tcase_add_test (tc, test_new_path);
  tcase_add_test (tc, test_secure);
  return s;
}

GST_CHECK_MAIN (discover);
