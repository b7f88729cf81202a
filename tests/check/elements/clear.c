/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Back to clear, with both users' consent, and to secure again.
 */
#include "endpoint.h"

#define END VOICE "! zrtpenc name=enc cache=:memory: allow-clear=true " \
    "require-encryption=false enc.rtp_src_0 ! " NET_SINK "async=false " \
    NET_SRC "! zrtpdec name=dec ! " EAR "async=false"

static gboolean
act (Endpoint * endpoint, const char *action)
{
  gboolean done = FALSE;

  g_signal_emit_by_name (endpoint->enc, action, &done);
  return done;
}

GST_START_TEST (test_clear_and_back)
{
  Endpoint *alice = endpoint_new (END);
  Endpoint *bob = endpoint_new (END);
  guint64 clear;
  gint heard;

  endpoint_connect (alice, bob);
  endpoint_play (alice);
  endpoint_play (bob);
  endpoint_wait_secure (alice, bob);
  endpoint_wait_media (alice, 5);
  fail_if (act (bob, "accept-clear"));

  clear = endpoint_get_stat (bob->enc, "sent-clear-count");
  fail_unless (act (alice, "go-clear"));
  endpoint_wait_state (alice, "clear");
  gst_structure_free (endpoint_wait (bob, "GstZrtpClearRequested"));
  /* Bob has not agreed: nothing in the clear from him, Alice hears nothing. */
  fail_unless_equals_uint64 (endpoint_get_stat (bob->enc, "sent-clear-count"),
      clear);
  heard = g_atomic_int_get (&alice->heard);
  fail_unless (act (bob, "accept-clear"));
  endpoint_wait_media (alice, 5);
  fail_unless (g_atomic_int_get (&alice->heard) > heard);
  fail_unless (endpoint_get_stat (bob->enc, "sent-clear-count") > clear);

  fail_unless (act (bob, "go-secure"));
  endpoint_wait_state (bob, "negotiating");
  endpoint_wait_secure (alice, bob);
  endpoint_wait_media (alice, 5);
  endpoint_wait_media (bob, 5);
  endpoint_free (alice);
  endpoint_free (bob);
}

GST_END_TEST;

static Suite *
clear_suite (void)
{
  Suite *s = suite_create ("clear");
  TCase *tc = tcase_create ("clear");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_clear_and_back);
  return s;
}

GST_CHECK_MAIN (clear);
