/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The other side's program ends without a word and is started again.
 */
#include <string.h>

#include "endpoint.h"
#include "propertywatch.h"

#define END(cache) VOICE "! zrtpenc name=enc cache=" cache " enc.rtp_src_0 ! " \
    NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " EAR "async=false"

static void
send_to (Endpoint * from, Endpoint * to)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (to->pipeline), "net_src");
  GstElement *sink = gst_bin_get_by_name (GST_BIN (from->pipeline),
      "net_sink");
  gint port;

  g_object_get (src, "port", &port, NULL);
  g_object_set (sink, "port", port, NULL);
  gst_object_unref (src);
  gst_object_unref (sink);
}

static void
on_mismatch (GstElement * element, const char *kind, const char *text,
    gint * n_changed)
{
  fail_unless_equals_string (kind, "peer-changed");
  fail_unless (strstr (text, "Compare the SAS") != NULL);
  g_atomic_int_inc (n_changed);
}

/* Bob's program dies and comes back with what it kept; Alice's goes on. */
static void
run (const char *cache_of_bob, const char *cache_of_his_next, gboolean same)
{
  char *folder = endpoint_make_folder ();
  Endpoint *alice, *bob;
  GstStructure *fork;
  char *first_sas;
  gint64 began;
  gint n_changed = 0;

  alice = endpoint_new (END ("%s/alice"), folder);
  bob = endpoint_new (END ("%s/%s"), folder, cache_of_bob);
  endpoint_connect (alice, bob);
  endpoint_play (alice);
  endpoint_play (bob);
  endpoint_wait_secure (alice, bob);
  endpoint_wait_media (alice, 10);
  first_sas = g_strdup (alice->sas);
  propertywatch_start (alice->enc, "trust");
  g_signal_connect (alice->enc, "peer-mismatch", G_CALLBACK (on_mismatch),
      &n_changed);
  for (guint i = 0; i < 2; i++) {
    gboolean verified = FALSE;

    g_signal_emit_by_name (i ? bob->enc : alice->enc, "verify-sas", &verified);
    fail_unless (verified);
  }
  endpoint_free (bob);

  bob = endpoint_new (END ("%s/%s"), folder, cache_of_his_next);
  gst_element_set_state (bob->pipeline, GST_STATE_READY);
  send_to (alice, bob);
  send_to (bob, alice);
  began = g_get_monotonic_time ();
  endpoint_play (bob);
  fork = endpoint_wait (alice, "GstZrtpFork");
  if (same) {
    endpoint_wait_state (alice, "negotiating");
  } else {
    /* Another endpoint: only if the user wants it. */
    gboolean accepted = FALSE;
    char *state;

    g_object_get (alice->enc, "sas", &state, NULL);
    fail_unless_equals_string (state, first_sas);
    g_free (state);
    g_signal_emit_by_name (alice->enc, "accept-fork",
        gst_structure_get_string (fork, "zid"), &accepted);
    fail_unless (accepted);
    endpoint_wait_state (alice, "discovering");
  }
  gst_structure_free (fork);
  endpoint_wait_secure (alice, bob);
  GST_INFO ("back after %" G_GINT64_FORMAT " ms",
      (g_get_monotonic_time () - began) / 1000);
  fail_if (g_str_equal (alice->sas, first_sas));
  if (same) {
    propertywatch_wait (alice->enc, "trust", "verified");
  } else {
    /* What was said of the old one does not hold for another. */
    propertywatch_wait (alice->enc, "trust", "peer-changed");
    propertywatch_assert (alice->enc, "sas-verified", "false");
    fail_unless_equals_int (g_atomic_int_get (&n_changed), 1);
    g_free (endpoint_wait_warning (alice, "took over this call"));
  }
  endpoint_wait_media (alice, 10);
  endpoint_wait_media (bob, 10);
  fail_unless_equals_uint64 (endpoint_get_stat (alice->enc,
          "sent-clear-count"), 0);

  g_free (first_sas);
  endpoint_free (alice);
  endpoint_free (bob);
  endpoint_remove_folder (folder);
}

GST_START_TEST (test_same_peer)
{
  run ("bob", "bob", TRUE);
}

GST_END_TEST;

GST_START_TEST (test_other_peer)
{
  run ("bob", "mallory", FALSE);
}

GST_END_TEST;

static void
announce (Endpoint * from, Endpoint * to)
{
  char *hash;

  g_object_get (from->enc, "hello-hash", &hash, NULL);
  fail_unless (hash != NULL);
  g_object_set (to->enc, "peer-hello-hash", hash, NULL);
  g_free (hash);
}

static void
on_security (GstElement * element, guint error, const char *text,
    gint * n_alarms)
{
  g_atomic_int_inc (n_alarms);
}

/* The call is transferred: signalling brings another a=zrtp-hash, and that endpoint
 * has said Hello already. */
GST_START_TEST (test_transfer)
{
  char *folder = endpoint_make_folder ();
  Endpoint *alice, *bob, *carol;
  gboolean accepted = TRUE;
  GstStructure *fork;
  char *first_sas;
  gint n_alarms = 0;

  alice = endpoint_new (END ("%s/alice"), folder);
  bob = endpoint_new (END ("%s/bob"), folder);
  endpoint_connect (alice, bob);
  announce (alice, bob);
  announce (bob, alice);
  g_signal_connect (alice->enc, "security-alert", G_CALLBACK (on_security),
      &n_alarms);
  endpoint_play (alice);
  endpoint_play (bob);
  endpoint_wait_secure (alice, bob);
  endpoint_wait_media (alice, 10);
  first_sas = g_strdup (alice->sas);
  endpoint_free (bob);

  carol = endpoint_new (END ("%s/carol"), folder);
  gst_element_set_state (carol->pipeline, GST_STATE_READY);
  send_to (alice, carol);
  send_to (carol, alice);
  endpoint_play (carol);
  fork = endpoint_wait (alice, "GstZrtpFork");
  g_signal_emit_by_name (alice->enc, "accept-fork",
      gst_structure_get_string (fork, "zid"), &accepted);
  fail_if (accepted);
  gst_structure_free (fork);
  announce (carol, alice);
  endpoint_wait_state (alice, "discovering");
  endpoint_wait_secure (alice, carol);
  fail_if (g_str_equal (alice->sas, first_sas));
  propertywatch_start (alice->enc, "hello-hash-status");
  propertywatch_wait (alice->enc, "hello-hash-status", "match");
  fail_unless_equals_int (g_atomic_int_get (&n_alarms), 0);
  endpoint_wait_media (alice, 10);
  endpoint_wait_media (carol, 10);
  fail_unless_equals_uint64 (endpoint_get_stat (alice->enc,
          "sent-clear-count"), 0);

  g_free (first_sas);
  endpoint_free (alice);
  endpoint_free (carol);
  endpoint_remove_folder (folder);
}

GST_END_TEST;

static Suite *
restart_suite (void)
{
  Suite *s = suite_create ("restart");
  TCase *tc = tcase_create ("restart");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_same_peer);
  tcase_add_test (tc, test_other_peer);
  tcase_add_test (tc, test_transfer);
  return s;
}

GST_CHECK_MAIN (restart);
