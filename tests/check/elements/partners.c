/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Which zrtpenc and which zrtpdec find each other, in which order of events, and
 * what a user is told if they do not.
 */
#include "endpoint.h"
#include "propertywatch.h"

#define SEND VOICE "! zrtpenc name=enc cache=:memory: %s enc.rtp_src_0 ! " \
    NET_SINK "async=false "
#define RECEIVE NET_SRC "! zrtpdec name=dec %s ! " EAR "async=false"

/* A pipeline of bare elements, in NULL. */
static GstElement *
make_pipeline (const char *description)
{
  GError *error = NULL;
  GstElement *element = gst_parse_launch (description, &error);
  GstElement *pipeline = element;

  fail_unless (error == NULL, "%s: %s", description,
      error ? error->message : "");
  if (!GST_IS_PIPELINE (element)) {
    pipeline = gst_pipeline_new (NULL);
    gst_bin_add (GST_BIN (pipeline), element);
  }
  return gst_object_ref_sink (pipeline);
}

static GstElement *
get (GstElement * bin, const char *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (bin), name);

  fail_unless (element != NULL, "no %s", name);
  gst_object_unref (element);
  return element;
}

/* zrtpdec shows the hello-hash of its partner. */
static void
assert_pair (GstElement * enc, GstElement * dec)
{
  propertywatch_assert_same (enc, dec, "hello-hash");
}

static void
assert_single (GstElement * dec)
{
  propertywatch_assert (dec, "hello-hash", "");
}

/* -- Who belongs together -- */

GST_START_TEST (test_one_pipeline)
{
  GstElement *pipeline = make_pipeline ("zrtpenc name=enc cache=:memory: "
      "zrtpdec name=dec");

  propertywatch_set_state (pipeline, GST_STATE_READY);
  assert_pair (get (pipeline, "enc"), get (pipeline, "dec"));
  propertywatch_drop (pipeline);
}

GST_END_TEST;

/* The outermost bin counts, however deep they sit in it. */
GST_START_TEST (test_nested_bins)
{
  GstElement *pipeline = make_pipeline ("bin.( bin.( zrtpenc name=enc "
      "cache=:memory: ) ) bin.( zrtpdec name=dec )");

  propertywatch_set_state (pipeline, GST_STATE_READY);
  assert_pair (get (pipeline, "enc"), get (pipeline, "dec"));
  propertywatch_drop (pipeline);
}

GST_END_TEST;

GST_START_TEST (test_stream_ids)
{
  GstElement *pipeline = make_pipeline ("zrtpdec name=dec7 stream-id=7 "
      "zrtpenc name=enc0 cache=:memory: zrtpenc name=enc7 stream-id=7 "
      "zrtpdec name=dec0 zrtpdec name=dec8 stream-id=8");
  char *hash;

  propertywatch_set_state (pipeline, GST_STATE_READY);
  assert_pair (get (pipeline, "enc0"), get (pipeline, "dec0"));
  assert_pair (get (pipeline, "enc7"), get (pipeline, "dec7"));
  assert_single (get (pipeline, "dec8"));
  hash = propertywatch_get (get (pipeline, "enc0"), "hello-hash");
  fail_if (g_str_equal (hash, "") || strcmp (hash, "1.10 ") < 0);
  g_free (hash);
  propertywatch_drop (pipeline);
}

GST_END_TEST;

/* One call has one ZID, so that Multistream can derive keys; another call in the
 * same pipeline has its own. */
GST_START_TEST (test_calls_in_one_pipeline)
{
  GstElement *pipeline = make_pipeline ("zrtpenc name=a0 session-id=a "
      "cache=:memory: zrtpdec name=da0 session-id=a "
      "zrtpenc name=a1 session-id=a stream-id=1 zrtpdec name=da1 session-id=a "
      "stream-id=1 zrtpenc name=b0 session-id=b cache=:memory: "
      "zrtpdec name=db0 session-id=b");
  char *zid_a, *zid_b;

  propertywatch_set_state (pipeline, GST_STATE_PAUSED);
  assert_pair (get (pipeline, "a0"), get (pipeline, "da0"));
  assert_pair (get (pipeline, "a1"), get (pipeline, "da1"));
  assert_pair (get (pipeline, "b0"), get (pipeline, "db0"));
  propertywatch_assert_same (get (pipeline, "a0"), get (pipeline, "a1"), "zid");
  zid_a = propertywatch_get (get (pipeline, "a0"), "zid");
  zid_b = propertywatch_get (get (pipeline, "b0"), "zid");
  fail_if (g_str_equal (zid_a, zid_b));
  g_free (zid_a);
  g_free (zid_b);
  propertywatch_drop (pipeline);
}

GST_END_TEST;

/* Without a session-id, elements of different pipelines are apart, and so are
 * those of none. */
GST_START_TEST (test_third_parties)
{
  GstElement *one = make_pipeline ("zrtpenc name=enc cache=:memory:");
  GstElement *other = make_pipeline ("zrtpdec name=dec");
  GstElement *enc = propertywatch_make ("zrtpenc", NULL);
  GstElement *dec = propertywatch_make ("zrtpdec", NULL);

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_set_state (one, GST_STATE_READY);
  propertywatch_set_state (other, GST_STATE_READY);
  propertywatch_set_state (enc, GST_STATE_READY);
  propertywatch_set_state (dec, GST_STATE_READY);
  g_free (propertywatch_get (enc, "hello-hash"));
  g_free (propertywatch_get (get (one, "enc"), "hello-hash"));
  assert_single (dec);
  assert_single (get (other, "dec"));
  propertywatch_drop (one);
  propertywatch_drop (other);
  propertywatch_drop (enc);
  propertywatch_drop (dec);
}

GST_END_TEST;

GST_START_TEST (test_session_id_without_bins)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "no-bins");
  GstElement *dec = propertywatch_make ("zrtpdec", "no-bins");
  GstElement *other = propertywatch_make ("zrtpdec", "no-bin");

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_set_state (dec, GST_STATE_READY);
  propertywatch_set_state (other, GST_STATE_READY);
  propertywatch_set_state (enc, GST_STATE_READY);
  assert_pair (enc, dec);
  assert_single (other);
  propertywatch_drop (enc);
  propertywatch_drop (dec);
  propertywatch_drop (other);
}

GST_END_TEST;

/* Names that change under way count from the next start on. */
GST_START_TEST (test_fixed_at_start)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "fixed");
  GstElement *dec = propertywatch_make ("zrtpdec", "fixed");

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_set_state (enc, GST_STATE_PAUSED);
  propertywatch_set_state (dec, GST_STATE_PAUSED);
  assert_pair (enc, dec);
  ASSERT_WARNING (g_object_set (dec, "session-id", "moved", NULL));
  assert_pair (enc, dec);

  propertywatch_set_state (dec, GST_STATE_READY);
  propertywatch_set_state (dec, GST_STATE_PAUSED);
  assert_single (dec);
  ASSERT_WARNING (g_object_set (dec, "session-id", "fixed", NULL));
  propertywatch_set_state (dec, GST_STATE_READY);
  propertywatch_set_state (dec, GST_STATE_PAUSED);
  assert_pair (enc, dec);
  propertywatch_drop (enc);
  propertywatch_drop (dec);
}

GST_END_TEST;

/* -- In any order -- */

/* An endpoint in two parts, each of them a bin. */
typedef struct
{
  GstElement *send, *receive;
  GstElement *send_pipeline, *receive_pipeline; /* may be one */
  gint heard;
} Parts;

static GstElement *
make_part (const char *format, const char *more)
{
  GError *error = NULL;
  char *text = g_strdup_printf (format, more);
  GstElement *bin = gst_parse_bin_from_description (text, FALSE, &error);

  fail_unless (error == NULL, "%s: %s", text, error ? error->message : "");
  g_free (text);
  return bin;
}

static void
add_part (GstElement * pipeline, GstElement * part, GstState state)
{
  gst_element_set_locked_state (part, TRUE);
  fail_unless (gst_bin_add (GST_BIN (pipeline), part));
  if (state != GST_STATE_NULL)
    fail_if (gst_element_set_state (part, state) == GST_STATE_CHANGE_FAILURE);
}

static void
count (GstElement * sink, GstBuffer * buffer, GstPad * pad, Parts * parts)
{
  g_atomic_int_inc (&parts->heard);
  propertywatch_poke ();
}

static void
aim (GstElement * from, GstElement * to)
{
  gint port;

  /* A udpsrc has its port from READY on. */
  gst_element_set_state (get (to, "net_src"), GST_STATE_READY);
  g_object_get (get (to, "net_src"), "port", &port, NULL);
  g_object_set (get (from, "net_sink"), "port", port, NULL);
}

static void
fail_on_errors (GstElement * pipeline)
{
  GstBus *bus = gst_element_get_bus (pipeline);

  propertywatch_assert_none (bus, GST_MESSAGE_ERROR, NULL);
  gst_object_unref (bus);
}

/* One part comes first and waits in NULL, READY or PLAYING until the other plays,
 * both in one pipeline or in one each. Bits 1: which, 2: pipelines; rest: state. */
GST_START_TEST (test_order)
{
  static const GstState states[] = { GST_STATE_NULL, GST_STATE_READY,
    GST_STATE_PLAYING
  };
  const char *name = __i__ & 2 ? "session-id=order" : "";
  Endpoint *b = endpoint_new (SEND RECEIVE, "", "");
  GstElement *early, *late, *early_pipeline, *late_pipeline, *enc, *dec;
  Parts a = { NULL, };

  a.send = make_part (SEND, name);
  a.receive = make_part (RECEIVE, name);
  a.send_pipeline = gst_object_ref_sink (gst_pipeline_new (NULL));
  a.receive_pipeline = __i__ & 2 ? gst_object_ref_sink (gst_pipeline_new (NULL))
      : gst_object_ref (a.send_pipeline);
  g_signal_connect (get (a.receive, "ear"), "handoff", G_CALLBACK (count), &a);
  enc = get (a.send, "enc");
  dec = get (a.receive, "dec");
  propertywatch_start (enc, "state");
  propertywatch_start (dec, "state");
  aim (a.send, b->pipeline);
  aim (b->pipeline, a.receive);
  endpoint_play (b);

  early = __i__ & 1 ? a.send : a.receive;
  late = __i__ & 1 ? a.receive : a.send;
  early_pipeline = __i__ & 1 ? a.send_pipeline : a.receive_pipeline;
  late_pipeline = __i__ & 1 ? a.receive_pipeline : a.send_pipeline;
  gst_element_set_state (early_pipeline, GST_STATE_PLAYING);
  gst_element_set_state (late_pipeline, GST_STATE_PLAYING);
  add_part (early_pipeline, early, states[__i__ / 4]);
  add_part (late_pipeline, late, GST_STATE_PLAYING);
  if (states[__i__ / 4] != GST_STATE_PLAYING)
    fail_if (gst_element_set_state (early, GST_STATE_PLAYING)
        == GST_STATE_CHANGE_FAILURE);

  propertywatch_wait (enc, "state", "secure");
  propertywatch_wait (dec, "state", "secure");
  endpoint_wait_state (b, "secure");
  propertywatch_assert (enc, "sas", b->sas);
  propertywatch_assert (dec, "sas", b->sas);
  propertywatch_wait_counter (&a.heard, 5, "heard by a");
  endpoint_wait_media (b, 5);
  fail_on_errors (a.send_pipeline);
  fail_on_errors (a.receive_pipeline);

  gst_element_set_state (early, GST_STATE_NULL);
  gst_element_set_state (late, GST_STATE_NULL);
  propertywatch_drop (a.send_pipeline);
  propertywatch_drop (a.receive_pipeline);
  endpoint_free (b);
}

GST_END_TEST;

static gboolean
has_message (GstElement * pipeline, const char *name)
{
  GstBus *bus = gst_element_get_bus (pipeline);
  gboolean found = FALSE;
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    found |= gst_message_has_name (message, name);
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  return found;
}

/* Messages come from zrtpenc, and where zrtpdec lives elsewhere from both. */
GST_START_TEST (test_messages_in_each_pipeline)
{
  GstElement *one = make_pipeline ("zrtpenc name=enc cache=:memory: "
      "session-id=each enc.zrtp_src ! fakesink async=false");
  GstElement *other = make_pipeline ("zrtpdec name=dec session-id=each");
  GstElement *both = make_pipeline ("zrtpenc name=enc cache=:memory: "
      "enc.zrtp_src ! fakesink async=false zrtpdec name=dec");
  GstBus *bus = gst_element_get_bus (both);
  GstMessage *message;

  propertywatch_start (get (other, "dec"), "state");
  propertywatch_start (get (both, "dec"), "state");
  propertywatch_set_state (other, GST_STATE_PLAYING);
  propertywatch_set_state (one, GST_STATE_PLAYING);
  propertywatch_set_state (both, GST_STATE_PLAYING);
  propertywatch_wait_count (get (other, "dec"), "state", 1);
  propertywatch_wait_count (get (both, "dec"), "state", 1);
  /* Once the next state is notified, the messages of that one are out. */
  gst_element_set_state (one, GST_STATE_READY);
  gst_element_set_state (other, GST_STATE_READY);
  propertywatch_wait_count (get (other, "dec"), "state", 2);
  fail_unless (has_message (one, "GstZrtpState"));
  fail_unless (has_message (other, "GstZrtpState"));

  message = gst_bus_timed_pop_filtered (bus, PATIENCE, GST_MESSAGE_ELEMENT);
  fail_unless (message && GST_MESSAGE_SRC (message)
      == GST_OBJECT (get (both, "enc")));
  gst_message_unref (message);
  while ((message = gst_bus_pop_filtered (bus, GST_MESSAGE_ELEMENT))) {
    fail_unless (GST_MESSAGE_SRC (message) == GST_OBJECT (get (both, "enc")));
    gst_message_unref (message);
  }
  gst_object_unref (bus);
  propertywatch_drop (one);
  propertywatch_drop (other);
  propertywatch_drop (both);
}

GST_END_TEST;

/* -- What goes wrong -- */

/* Two seconds after PAUSED, not before, and not where there is a partner. */
GST_START_TEST (test_missing_partner)
{
  static const char *const lonely[] = {
    "zrtpenc name=e cache=:memory:", "zrtpdec name=e",
    "zrtpenc name=e cache=:memory: session-id=lonely stream-id=3"
  };
  GstElement *happy = make_pipeline ("zrtpenc cache=:memory: "
      "appsrc ! zrtpdec");
  GstElement *pipelines[G_N_ELEMENTS (lonely)];
  gint64 start;

  propertywatch_set_state (happy, GST_STATE_PAUSED);
  start = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (lonely); i++) {
    pipelines[i] = make_pipeline (lonely[i]);
    propertywatch_set_state (pipelines[i], GST_STATE_PAUSED);
  }
  for (guint i = 0; i < G_N_ELEMENTS (lonely); i++) {
    GstBus *bus = gst_element_get_bus (pipelines[i]);
    char *text = propertywatch_pop (bus, GST_MESSAGE_WARNING,
        i == 1 ? "There is no zrtpenc" : "There is no zrtpdec");

    fail_unless (g_get_monotonic_time () - start > 1900000);
    fail_unless (strstr (text, "session-id"), "%s", text);
    fail_unless (strstr (text, i == 2 ? "stream-id (here 3)"
            : "stream-id (here 0)"), "%s", text);
    g_free (text);
    gst_object_unref (bus);
    propertywatch_drop (pipelines[i]);
  }
  propertywatch_assert_none (GST_ELEMENT_BUS (happy), GST_MESSAGE_WARNING,
      NULL);
  propertywatch_drop (happy);
}

GST_END_TEST;

/* Bit 1: decoders, 2: by session-id. */
GST_START_TEST (test_clash)
{
  const char *type = __i__ & 1 ? "zrtpdec" : "zrtpenc";
  char *description = g_strdup_printf ("zrtpenc name=enc cache=:memory: %s "
      "zrtpdec name=dec %s", __i__ & 2 ? "session-id=clash" : "",
      __i__ & 2 ? "session-id=clash" : "");
  GstElement *pipeline = make_pipeline (description);
  GstElement *another = propertywatch_make (type, __i__ & 2 ? "clash" : NULL);
  GstBus *bus = gst_element_get_bus (pipeline);
  char *text;

  propertywatch_set_state (pipeline, GST_STATE_READY);
  fail_unless (gst_bin_add (GST_BIN (pipeline), another));
  fail_unless_equals_int (gst_element_set_state (another, GST_STATE_READY),
      GST_STATE_CHANGE_FAILURE);
  text = propertywatch_pop (bus, GST_MESSAGE_ERROR, type);
  fail_unless (strstr (text, "stream-id 0"), "%s", text);
  fail_unless (strstr (text, "session-id"), "%s", text);
  fail_unless (strstr (text, __i__ & 2 ? "\"clash\"" : "this pipeline"), "%s",
      text);
  g_free (text);

  /* The first two are what they were; the third follows the advice. */
  assert_pair (get (pipeline, "enc"), get (pipeline, "dec"));
  g_object_set (another, "stream-id", 1, NULL);
  propertywatch_set_state (another, GST_STATE_READY);
  assert_pair (get (pipeline, "enc"), get (pipeline, "dec"));
  propertywatch_assert_none (bus, GST_MESSAGE_ERROR, NULL);

  gst_object_unref (bus);
  gst_object_unref (another);
  propertywatch_drop (pipeline);
  g_free (description);
}

GST_END_TEST;

/* A seat is kept from READY on; an element that went to NULL gives way. */
GST_START_TEST (test_successor)
{
  GstElement *enc = propertywatch_make ("zrtpenc", "successor");
  GstElement *old = propertywatch_make ("zrtpdec", "successor");
  GstElement *young = propertywatch_make ("zrtpdec", "successor");

  g_object_set (enc, "cache", ":memory:", NULL);
  propertywatch_set_state (enc, GST_STATE_READY);
  propertywatch_set_state (old, GST_STATE_READY);
  assert_pair (enc, old);
  gst_element_set_state (old, GST_STATE_NULL);
  propertywatch_set_state (young, GST_STATE_READY);
  assert_pair (enc, young);
  assert_single (old);
  propertywatch_drop (enc);
  propertywatch_drop (old);
  propertywatch_drop (young);
}

GST_END_TEST;

static void
take_over (GstElement * old, GstPad * pad, GstElement * young)
{
  propertywatch_set_state (young, GST_STATE_READY);
}

/* ... and so does one that is about to be gone, however far that has come. */
GST_START_TEST (test_successor_in_dispose)
{
  GstElement *dec = propertywatch_make ("zrtpdec", "heir");
  GstElement *old = propertywatch_make ("zrtpenc", "heir");
  GstElement *young = propertywatch_make ("zrtpenc", "heir");

  g_object_set (young, "cache", ":memory:", NULL);
  gst_object_unref (gst_element_request_pad_simple (old, "zrtp_src"));
  g_object_set (old, "cache", ":memory:", NULL);
  propertywatch_set_state (dec, GST_STATE_READY);
  propertywatch_set_state (old, GST_STATE_READY);
  assert_pair (old, dec);
  g_signal_connect (old, "pad-removed", G_CALLBACK (take_over), young);
  propertywatch_drop (old);
  assert_pair (young, dec);
  propertywatch_drop (young);
  propertywatch_drop (dec);
}

GST_END_TEST;

/* A listener without a way back is told of it when a peer calls, unless the
 * application has not said yet that there is a transport. */
GST_START_TEST (test_no_way_back)
{
  Endpoint *early = endpoint_new ("zrtpenc name=enc cache=:memory: "
      "auto-discover=false " RECEIVE, "");
  Endpoint *listener = endpoint_new ("zrtpenc name=enc cache=:memory: "
      RECEIVE, "");
  Endpoint *callers[2];
  char *text;

  for (guint i = 0; i < G_N_ELEMENTS (callers); i++) {
    Endpoint *called = i == 0 ? early : listener;

    callers[i] = endpoint_new (SEND RECEIVE, "", "");
    gst_element_set_state (called->pipeline, GST_STATE_READY);
    endpoint_point (callers[i], called);
    endpoint_play (called);
    endpoint_play (callers[i]);
  }
  text = endpoint_wait_warning (listener, "no answer can leave");
  fail_unless (strstr (text, "\"zrtp_src\"") != NULL, "%s", text);
  g_free (text);
  endpoint_assert_quiet (early);
  for (guint i = 0; i < G_N_ELEMENTS (callers); i++)
    endpoint_free (callers[i]);
  endpoint_free (early);
  endpoint_free (listener);
}

GST_END_TEST;

static Suite *
partners_suite (void)
{
  Suite *s = suite_create ("partners");
  TCase *tc = tcase_create ("names");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_one_pipeline);
  tcase_add_test (tc, test_nested_bins);
  tcase_add_test (tc, test_stream_ids);
  tcase_add_test (tc, test_calls_in_one_pipeline);
  tcase_add_test (tc, test_third_parties);
  tcase_add_test (tc, test_session_id_without_bins);
  tcase_add_test (tc, test_fixed_at_start);

  tc = tcase_create ("order");
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_order, 0, 12);
  tcase_add_test (tc, test_messages_in_each_pipeline);

  tc = tcase_create ("trouble");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_missing_partner);
  tcase_add_test (tc, test_no_way_back);
  tcase_add_loop_test (tc, test_clash, 0, 4);
  tcase_add_test (tc, test_successor);
  tcase_add_test (tc, test_successor_in_dispose);
  return s;
}

GST_CHECK_MAIN (partners);
