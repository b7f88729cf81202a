/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Whole calls: two endpoints, real sockets, media both ways.
 */
#include "endpoint.h"

#define END(more) VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! " \
    NET_SINK more NET_SRC "! zrtpdec name=dec ! " EAR

/* Two endpoints on loopback agree on keys, see one SAS, hear each other. */
GST_START_TEST (test_udp)
{
  Endpoint *a = endpoint_new (END ("async=false ") "async=false");
  Endpoint *b = endpoint_new (END ("async=false ") "async=false");
  char *sas, *cipher, *zid, *peer_zid;

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 20);
  endpoint_wait_media (b, 20);

  g_object_get (a->dec, "sas", &sas, "cipher", &cipher, "zid", &zid, NULL);
  g_object_get (b->enc, "peer-zid", &peer_zid, NULL);
  fail_unless_equals_string (sas, a->sas);
  fail_unless_equals_string (cipher, "AES1");
  fail_unless_equals_string (zid, peer_zid);
  g_free (sas);
  g_free (cipher);
  g_free (zid);
  g_free (peer_zid);
  fail_unless (endpoint_get_stat (a->enc, "recv-count") >= 20);
  fail_unless_equals_uint64 (endpoint_get_stat (a->enc, "sent-clear-count"), 0);
  endpoint_assert_quiet (a);
  endpoint_assert_quiet (b);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* The line that a newcomer types: sinks as they come wait for a first buffer
 * and for each other. */
GST_START_TEST (test_default_sinks)
{
  Endpoint *a = endpoint_new (END ("") "sync=true");
  Endpoint *b = endpoint_new (END ("") "sync=true");

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 20);
  endpoint_wait_media (b, 20);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
call_suite (void)
{
  Suite *s = suite_create ("call");
  TCase *tc = tcase_create ("udp");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_udp);
  tcase_add_test (tc, test_default_sinks);
  return s;
}

GST_CHECK_MAIN (call);
