/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Values that can't be used: told in time, on the bus, with what to do.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include <gst/sdp/sdp.h>
#include <string.h>

static const char *const types[] = { "zrtpenc", "zrtpdec" };

/* -- Before a call -- */

static const struct
{
  const char *property, *bad, *hint, *good;
} refused[] = {
  {"ciphers", "AES256", "AES1, AES2, AES3", "AES3"},
  {"ciphers", "aes1", "AES1, AES2, AES3", "AES1"},
  {"ciphers", "", "AES1, AES2, AES3", "AES1"},
  {"ciphers", " ", "AES1, AES2, AES3", "AES1"},
  {"ciphers", "AES1,AES1", "twice", "AES1"},
  {"hashes", "SHA256", "S256, S384", "S256"},
  {"auth-tags", "HS128", "HS80, HS32", "HS80"},
  {"key-agreements", "X25519", "X255", "X255"},
  {"sas-types", "B32;B256", "commas", "B32,B256"},
  {"sas-types", "B32 B256", "B32, B256, B32E, B10D", "B256"},
  {"aux-secret", "00", "8", "00112233445566778899aabbccddeeff"},
  {"aux-secret", "00112233445566", "16", "00112233445566778899aabbccddeeff"},
};

static GstStateChangeReturn
pause_element (GstElement * element)
{
  return gst_element_set_state (element, GST_STATE_PAUSED);
}

/* A value of a pipeline's text is set before there is a bus. An element with one
 * that it can't use does not go to PAUSED with the default instead. */
GST_START_TEST (test_refused_at_paused)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    GstElement *element = propertywatch_make (types[i], "refused");
    GstBus *bus = gst_bus_new ();
    char *text;

    g_object_set (element, "cache", ":memory:", NULL);
    ASSERT_WARNING (gst_util_set_object_arg (G_OBJECT (element),
            refused[__i__].property, refused[__i__].bad));
    gst_element_set_bus (element, bus);
    propertywatch_set_state (element, GST_STATE_READY);
    fail_unless_equals_int (pause_element (element), GST_STATE_CHANGE_FAILURE);
    text = propertywatch_pop (bus, GST_MESSAGE_ERROR, refused[__i__].property);
    fail_unless (strstr (text, refused[__i__].hint), "%s", text);
    g_free (text);

    /* The next value counts. */
    gst_util_set_object_arg (G_OBJECT (element), refused[__i__].property,
        refused[__i__].good);
    propertywatch_set_state (element, GST_STATE_PAUSED);
    propertywatch_assert_none (bus, GST_MESSAGE_ERROR, NULL);
    propertywatch_set_state (element, GST_STATE_NULL);
    gst_element_set_bus (element, NULL);
    gst_object_unref (bus);
    propertywatch_drop (element);
  }
}

GST_END_TEST;

/* NULL is the default again. */
GST_START_TEST (test_default_again)
{
  GstElement *element = propertywatch_make ("zrtpenc", NULL);

  g_object_set (element, "ciphers", "AES3", NULL);
  ASSERT_WARNING (g_object_set (element, "ciphers", "AES", NULL));
  propertywatch_assert (element, "ciphers", "AES3");
  g_object_set (element, "ciphers", NULL, "cache", ":memory:", NULL);
  propertywatch_assert (element, "ciphers", "AES1,AES3,AES2");
  propertywatch_set_state (element, GST_STATE_PAUSED);
  propertywatch_drop (element);
}

GST_END_TEST;

/* In a call the WARNING is enough: the call goes on, and so does the next. */
GST_START_TEST (test_refused_in_call)
{
  GstElement *element = propertywatch_make ("zrtpenc", "in-call");
  GstBus *bus = gst_bus_new ();

  g_object_set (element, "cache", ":memory:", NULL);
  gst_element_set_bus (element, bus);
  propertywatch_set_state (element, GST_STATE_PAUSED);
  g_object_set (element, "ciphers", "AES9", NULL);
  g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING, "AES1, AES2, AES3"));
  propertywatch_set_state (element, GST_STATE_READY);
  propertywatch_set_state (element, GST_STATE_PAUSED);
  propertywatch_assert_none (bus, GST_MESSAGE_ERROR, NULL);
  propertywatch_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

/* -- Auxiliary secrets -- */

static void
set_secret (GstElement * element, gsize size)
{
  GBytes *bytes = g_bytes_new_take (g_strnfill (size, 'q'), size);

  g_signal_emit_by_name (element, "set-aux-secret", bytes);
  g_bytes_unref (bytes);
}

/* A short one is warned of at the start, and when it is set in a call; its value
 * is never shown. */
GST_START_TEST (test_short_secret)
{
  GstElement *element = propertywatch_make (types[__i__], "short");
  GstBus *bus = gst_bus_new ();

  g_object_set (element, "cache", ":memory:", NULL);
  set_secret (element, 15);
  gst_element_set_bus (element, bus);
  propertywatch_set_state (element, GST_STATE_PAUSED);
  g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING, "15 octets"));
  for (gsize size = 0; size < 20; size++) {
    char *text;

    set_secret (element, size);
    if (size >= 16) {
      propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
      continue;
    }
    text = propertywatch_pop (bus, GST_MESSAGE_WARNING, "16 random octets");
    fail_unless ((strstr (text, "no value") != NULL) == (size < 8));
    fail_if (strstr (text, "qq") || strstr (text, "7171"), "%s", text);
    g_free (text);
  }
  g_signal_emit_by_name (element, "set-aux-secret", NULL);
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  propertywatch_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

/* -- What can't change in a call -- */

GST_START_TEST (test_names_are_frozen)
{
  GstElement *element = propertywatch_make (types[__i__], "the call");
  GstBus *bus = gst_bus_new ();

  g_object_set (element, "cache", ":memory:", "stream-id", 3, NULL);
  gst_element_set_bus (element, bus);
  propertywatch_set_state (element, GST_STATE_READY);
  g_object_set (element, "stream-id", 4, NULL);
  propertywatch_set_state (element, GST_STATE_PAUSED);
  g_object_set (element, "stream-id", 4, "session-id", "the call", NULL);
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);

  g_object_set (element, "stream-id", 5, NULL);
  g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING,
          "\"stream-id\" can't change"));
  propertywatch_assert (element, "stream-id", "4");
  g_object_set (element, "session-id", "another", NULL);
  g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING,
          "\"session-id\" can't change"));
  propertywatch_assert (element, "session-id", "the call");

  propertywatch_set_state (element, GST_STATE_READY);
  propertywatch_assert (element, "stream-id", "5");
  propertywatch_assert (element, "session-id", "another");
  g_object_set (element, "stream-id", 6, NULL);
  propertywatch_set_state (element, GST_STATE_PAUSED);
  propertywatch_assert (element, "stream-id", "6");
  /* The last word counts: it stays. */
  g_object_set (element, "stream-id", 7, NULL);
  g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING,
          "\"stream-id\" can't change"));
  g_object_set (element, "stream-id", 6, NULL);
  propertywatch_set_state (element, GST_STATE_READY);
  propertywatch_assert (element, "stream-id", "6");
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  propertywatch_set_state (element, GST_STATE_NULL);
  gst_element_set_bus (element, NULL);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

/* -- What is no SDP -- */

GST_START_TEST (test_no_sdp)
{
  static const char *const actions[] = { "read-sdp", "write-sdp" };
  GstElement *element = propertywatch_make (types[__i__], "sdp");
  GstBus *bus = gst_bus_new ();
  GstSDPMessage *sdp;

  fail_unless_equals_int (gst_sdp_message_new (&sdp), GST_SDP_OK);
  gst_element_set_bus (element, bus);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++) {
    gboolean ok = TRUE;

    g_signal_emit_by_name (element, actions[i], NULL, 0, &ok);
    fail_if (ok);
    g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING, "NULL"));
    ok = TRUE;
    g_signal_emit_by_name (element, actions[i], sdp, 0, &ok);
    fail_if (ok);
    g_free (propertywatch_pop (bus, GST_MESSAGE_WARNING,
            "no media description 0"));
  }
  propertywatch_assert_none (bus, GST_MESSAGE_WARNING, NULL);
  gst_element_set_bus (element, NULL);
  gst_sdp_message_free (sdp);
  gst_object_unref (bus);
  propertywatch_drop (element);
}

GST_END_TEST;

static Suite *
values_suite (void)
{
  Suite *suite = suite_create ("values");
  TCase *tc = tcase_create ("values");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_refused_at_paused, 0, G_N_ELEMENTS (refused));
  tcase_add_test (tc, test_default_again);
  tcase_add_test (tc, test_refused_in_call);
  tcase_add_loop_test (tc, test_short_secret, 0, 2);
  tcase_add_loop_test (tc, test_names_are_frozen, 0, 2);
  tcase_add_loop_test (tc, test_no_sdp, 0, 2);
  return suite;
}

GST_CHECK_MAIN (values);
