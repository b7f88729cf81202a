/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Who belongs to whom, what that shares, and when it ends.
 */
#include "endpoint.h"

#define ENC "zrtpenc name=enc cache=:memory: "
#define SENDER VOICE "! " ENC "session-id=%s enc.rtp_src_0 ! " NET_SINK \
    "async=false "
#define RECEIVER NET_SRC "! zrtpdec name=dec session-id=%s ! " EAR
#define WHOLE VOICE "! " ENC "enc.rtp_src_0 ! " NET_SINK "async=false " \
    NET_SRC "! zrtpdec name=dec ! " EAR

/* Alone, each of the two is told what to do about it. */
GST_START_TEST (test_missing_partner)
{
  Endpoint *enc = endpoint_new (VOICE "! " ENC "! fakesink");
  Endpoint *dec = endpoint_new (NET_SRC "! zrtpdec ! " EAR);
  char *text;

  endpoint_play (enc);
  endpoint_play (dec);
  text = endpoint_wait_warning (enc, "There is no zrtpdec");
  fail_unless (strstr (text, "session-id") && strstr (text, "stream-id"));
  g_free (text);
  text = endpoint_wait_warning (dec, "There is no zrtpenc");
  fail_unless (strstr (text, "session-id") && strstr (text, "stream-id"));
  g_free (text);
  endpoint_free (enc);
  endpoint_free (dec);
}

GST_END_TEST;

/* Two of a kind under one name: the second does not start, and says why. */
GST_START_TEST (test_clash)
{
  Endpoint *e = endpoint_new ("zrtpenc name=enc zrtpdec name=dec "
      "%s name=other", __i__ == 0 ? "zrtpenc" : "zrtpdec");
  GstElement *other = gst_bin_get_by_name (GST_BIN (e->pipeline), "other");
  GstMessage *message;
  GError *error;

  fail_unless_equals_int (gst_element_set_state (e->pipeline,
          GST_STATE_READY), GST_STATE_CHANGE_FAILURE);
  message = gst_bus_pop_filtered (e->bus, GST_MESSAGE_ERROR);
  fail_unless (message != NULL);
  gst_message_parse_error (message, &error, NULL);
  fail_unless (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_SETTINGS));
  fail_unless (strstr (error->message, "stream-id") != NULL);
  g_error_free (error);
  gst_message_unref (message);

  /* With another number both find a place. */
  gst_element_set_state (e->pipeline, GST_STATE_NULL);
  g_object_set (other, "stream-id", 1, NULL);
  fail_unless_equals_int (gst_element_set_state (e->pipeline,
          GST_STATE_READY), GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (other);
  endpoint_free (e);
}

GST_END_TEST;

/* Sender and receiver in pipelines of their own, started in either order. */
GST_START_TEST (test_two_pipelines)
{
  Endpoint *out = endpoint_new (SENDER, "two");
  Endpoint *in = endpoint_new (RECEIVER, "two");
  Endpoint *b = endpoint_new (WHOLE);

  gst_element_set_state (out->pipeline, GST_STATE_READY);
  gst_element_set_state (in->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  endpoint_point (out, b);
  endpoint_point (b, in);
  endpoint_play (b);
  endpoint_play (__i__ == 0 ? out : in);
  endpoint_play (__i__ == 0 ? in : out);
  /* Told on both buses: neither pipeline sees the other's. */
  endpoint_wait_secure (out, b);
  endpoint_wait_state (in, "secure");
  fail_unless_equals_string (in->sas, out->sas);
  endpoint_wait_media (in, 10);
  endpoint_wait_media (b, 10);
  endpoint_free (out);
  endpoint_free (in);
  endpoint_free (b);
}

GST_END_TEST;

/* While one of the two stops, the other keeps the keys: media goes on without
 * another handshake. */
GST_START_TEST (test_restart_of_one)
{
  Endpoint *out = endpoint_new (SENDER, "restart");
  Endpoint *in = endpoint_new (RECEIVER, "restart");
  Endpoint *b = endpoint_new (WHOLE);
  guint64 sent;

  gst_element_set_state (out->pipeline, GST_STATE_READY);
  gst_element_set_state (in->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  endpoint_point (out, b);
  endpoint_point (b, in);
  endpoint_play (b);
  endpoint_play (in);
  endpoint_play (out);
  endpoint_wait_secure (out, b);
  endpoint_wait_media (b, 10);
  endpoint_wait_media (in, 10);
  sent = endpoint_get_stat (in->dec, "zrtp-sent");

  gst_element_set_state (out->pipeline, GST_STATE_READY);
  endpoint_wait_media (in, 10);
  endpoint_play (out);
  endpoint_wait_media (b, 10);
  fail_unless_equals_uint64 (endpoint_get_stat (in->dec, "zrtp-sent"), sent);
  fail_unless_equals_string (b->state, "secure");
  endpoint_free (out);
  endpoint_free (in);
  endpoint_free (b);
}

GST_END_TEST;

/* When both stopped, the keys are gone, and the next call has others. */
GST_START_TEST (test_restart_of_both)
{
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);
  char *first, *hash, *next_hash, *sas = NULL;

  g_object_get (a->enc, "hello-hash", &hash, NULL);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  first = g_strdup (a->sas);

  gst_element_set_state (a->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  g_object_get (a->enc, "sas", &sas, "hello-hash", &next_hash, NULL);
  fail_unless (sas == NULL);
  fail_if (g_str_equal (hash, next_hash));
  endpoint_wait_state (a, "idle");
  endpoint_wait_state (b, "idle");

  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  fail_if (g_str_equal (first, a->sas));
  g_free (first);
  g_free (hash);
  g_free (next_hash);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* Two calls in one process of which one is PAUSED, so that its handshake packet
 * hangs in the sink: the other goes on. */
GST_START_TEST (test_paused_neighbour)
{
  Endpoint *stuck =
      endpoint_new (VOICE_FILE "! " ENC "enc.rtp_src_0 ! " NET_SINK NET_SRC
      "! zrtpdec name=dec ! " EAR);
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);
  char *text;

  gst_element_set_state (stuck->pipeline, GST_STATE_PAUSED);
  text = endpoint_wait_warning (stuck, "blocks since a second");
  fail_unless (strstr (text, "async=false") && strstr (text, "rtp_src_0")
      && strstr (text, "net_sink"));
  g_free (text);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_free (stuck);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* For callbacks to wake the test up. */
static GMutex lock;
static GCond told;
static gboolean was_told;

static void
tell (void)
{
  g_mutex_lock (&lock);
  was_told = TRUE;
  g_cond_signal (&told);
  g_mutex_unlock (&lock);
}

static void
wait_until_told (void)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  g_mutex_lock (&lock);
  while (!was_told)
    fail_unless (g_cond_wait_until (&told, &lock, until), "it hangs");
  was_told = FALSE;
  g_mutex_unlock (&lock);
}

/* An application that takes its time over a signal holds up nothing. */
static GMutex gate;

static void
dawdle (GstElement * element, gpointer unused)
{
  g_mutex_lock (&gate);
  g_mutex_unlock (&gate);
}

GST_START_TEST (test_slow_application)
{
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);

  g_mutex_lock (&gate);
  g_signal_connect (a->enc, "state-changed", G_CALLBACK (dawdle), NULL);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_state (b, "secure");
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  g_mutex_unlock (&gate);
  endpoint_wait_state (a, "secure");
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* It may even stop the element from there. */
static void
stop_it (GstElement * element, gint state, guint error, const char *reason,
    GstElement * pipeline)
{
  static gint calls;

  if (g_atomic_int_add (&calls, 1) > 0)
    return;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  tell ();
}

GST_START_TEST (test_stopped_from_signal)
{
  Endpoint *a = endpoint_new (WHOLE);
  Endpoint *b = endpoint_new (WHOLE);

  g_signal_connect (a->dec, "state-changed", G_CALLBACK (stop_it), a->pipeline);
  endpoint_connect (a, b);
  endpoint_play (b);
  endpoint_play (a);
  wait_until_told ();
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static GstPadProbeReturn
see_segment (GstPad * pad, GstPadProbeInfo * info, gpointer unused)
{
  GstEvent *event = gst_pad_probe_info_get_event (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_SEGMENT)
    tell ();
  return GST_PAD_PROBE_OK;
}

/* A sink that never gets anything keeps the pipeline from PLAYING, so that our
 * packets and gaps hang in the other sinks, while live sources run already and
 * want to tell of their segments. It must be possible to stop all the same. */
GST_START_TEST (test_stop_while_sinks_wait)
{
  Endpoint *a = endpoint_new (VOICE "! " ENC "enc.rtp_src_0 ! " NET_SINK NET_SRC
      "! zrtpdec name=dec ! " EAR "udpsrc address=127.0.0.1 port=0 ! fakesink");
  Endpoint *b = endpoint_new (WHOLE);
  GstElement *src = gst_bin_get_by_name (GST_BIN (a->pipeline), "net_src");
  GstPad *pad = gst_element_get_static_pad (src, "src");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, see_segment,
      NULL, NULL);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  wait_until_told ();
  fail_unless_equals_int (gst_element_set_state (a->pipeline, GST_STATE_NULL),
      GST_STATE_CHANGE_SUCCESS);
  gst_object_unref (pad);
  gst_object_unref (src);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* Pads may be requested without a name, and released again. */
GST_START_TEST (test_pads)
{
  GstElement *enc = gst_element_factory_make ("zrtpenc", NULL);
  static const char *const templates[] = { "rtp_sink_%u", "rtcp_sink_%u" };

  for (guint t = 0; t < G_N_ELEMENTS (templates); t++) {
    GstPadTemplate *template = gst_element_get_pad_template (enc,
        templates[t]);
    GstPad *pad0 = gst_element_request_pad (enc, template, NULL, NULL);
    GstPad *pad1 = gst_element_request_pad (enc, template, NULL, NULL);
    GstPad *src;
    char *name;

    name = g_strdup_printf (templates[t], 0);
    fail_unless_equals_string (GST_PAD_NAME (pad0), name);
    g_free (name);
    name = g_strdup_printf (templates[t], 1);
    fail_unless_equals_string (GST_PAD_NAME (pad1), name);
    g_free (name);
    name = g_strdup_printf (t == 0 ? "rtp_src_%u" : "rtcp_src_%u", 1);
    src = gst_element_get_static_pad (enc, name);
    fail_unless (src != NULL);
    gst_object_unref (src);
    gst_element_release_request_pad (enc, pad1);
    gst_object_unref (pad1);
    fail_unless (gst_element_get_static_pad (enc, name) == NULL);
    g_free (name);
    gst_object_unref (pad0);
  }
  gst_object_unref (enc);
}

GST_END_TEST;

static Suite *
pairing_suite (void)
{
  Suite *s = suite_create ("pairing");
  TCase *tc = tcase_create ("pairs");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_missing_partner);
  tcase_add_loop_test (tc, test_clash, 0, 2);
  tcase_add_loop_test (tc, test_two_pipelines, 0, 2);
  tcase_add_test (tc, test_restart_of_one);
  tcase_add_test (tc, test_restart_of_both);
  tcase_add_test (tc, test_paused_neighbour);
  tcase_add_test (tc, test_slow_application);
  tcase_add_test (tc, test_stopped_from_signal);
  tcase_add_test (tc, test_stop_while_sinks_wait);
  tcase_add_test (tc, test_pads);
  return s;
}

GST_CHECK_MAIN (pairing);
