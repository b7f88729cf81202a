/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call that is weaker than earlier ones: what the application hears of it.
 */
#include "endpoint.h"

#define END VOICE "! zrtpenc name=enc cache=%s/%s passive=%d ciphers=%s " \
    "key-agreements=%s enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC \
    "! zrtpdec name=dec ! fakesink async=false"

typedef struct
{
  gint alarms;                  /* atomic */
  char *before, *now;           /* of the last, read when it is all over */
} Heard;

static void
hear (GstElement * element, const char *before, const char *now,
    const char *text, Heard * heard)
{
  fail_unless (strlen (text) > 20);
  g_free (heard->before);
  g_free (heard->now);
  heard->before = g_strdup (before);
  heard->now = g_strdup (now);
  g_atomic_int_inc (&heard->alarms);
}

static gboolean
say (GstElement * element, const char *action)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (element, action, &done);
  return done;
}

/* Alice offers all; @bob says what Bob does. Returns how often Alice's decoder
 * told of a downgrade. */
static guint
call (const char *folder, gboolean bob_weak, gboolean verify, guint expected)
{
  Endpoint *alice = endpoint_new (END, folder, "alice", FALSE, "AES3,AES1",
      "X448,X255");
  Endpoint *bob = endpoint_new (END, folder, "bob", TRUE,
      bob_weak ? "AES1" : "AES3,AES1", bob_weak ? "X255" : "X448,X255");
  Heard heard = { 0, NULL, NULL };

  g_signal_connect (alice->dec, "downgrade-detected", G_CALLBACK (hear),
      &heard);
  endpoint_connect (alice, bob);
  endpoint_play (alice);
  endpoint_play (bob);
  if (expected > 0) {
    GstStructure *s = endpoint_wait (alice, "GstZrtpDowngrade");

    fail_unless_equals_string (gst_structure_get_string (s, "before"),
        "AES3,X448");
    fail_unless_equals_string (gst_structure_get_string (s, "now"),
        "AES1,X255");
    fail_unless (gst_structure_get_string (s, "text") != NULL);
    fail_unless (gst_structure_has_field_typed (s, "stream-id", G_TYPE_UINT));
    gst_structure_free (s);
    g_free (endpoint_wait_warning (alice, "less strongly"));
  }
  endpoint_wait_secure (alice, bob);
  if (verify)
    fail_unless (say (alice->enc, "verify-sas"));
  gst_element_set_state (alice->pipeline, GST_STATE_NULL);
  gst_element_set_state (bob->pipeline, GST_STATE_NULL);
  endpoint_free (alice);
  endpoint_free (bob);
  if (expected > 0) {
    fail_unless_equals_string (heard.before, "AES3,X448");
    fail_unless_equals_string (heard.now, "AES1,X255");
  }
  g_free (heard.before);
  g_free (heard.now);
  return heard.alarms;
}

GST_START_TEST (test_told)
{
  char *folder = endpoint_make_folder ();

  fail_unless_equals_int (call (folder, FALSE, FALSE, 0), 0);
  fail_unless_equals_int (call (folder, FALSE, FALSE, 0), 0);
  fail_unless_equals_int (call (folder, TRUE, FALSE, 1), 1);
  fail_unless_equals_int (call (folder, TRUE, TRUE, 1), 1);
  /* The user knows. */
  fail_unless_equals_int (call (folder, TRUE, FALSE, 0), 0);
  endpoint_remove_folder (folder);
}

GST_END_TEST;

static Suite *
downgrade_suite (void)
{
  Suite *s = suite_create ("downgrade");
  TCase *tc = tcase_create ("downgrade");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_told);
  return s;
}

GST_CHECK_MAIN (downgrade);
