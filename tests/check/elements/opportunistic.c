/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A peer that has no ZRTP: when that is certain, and what passes meanwhile.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include <gst/check/gstharness.h>

/* The first Hello and 20 repetitions (RFC 6189 6). */
#define SCHEDULE 21
#define CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=8"

/* One endpoint with nothing behind its pads but the test. */
typedef struct
{
  GstElement *enc, *dec;
  GstHarness *out, *in;         /* through zrtpenc, through zrtpdec */
} Lone;

static void
lone_init (Lone * lone, const char *name, gboolean require)
{
  lone->enc = propertywatch_make ("zrtpenc", name);
  lone->dec = propertywatch_make ("zrtpdec", name);
  g_object_set (lone->enc, "cache", ":memory:", "hello-timeout", 10,
      "require-encryption", require, NULL);
  gst_util_set_object_arg (G_OBJECT (lone->enc), "before-secure", "drop");
  propertywatch_start (lone->dec, "state");
  gst_object_unref (gst_element_request_pad_simple (lone->enc, "rtp_sink_0"));
  lone->in = gst_harness_new_with_element (lone->dec, "rtp_sink", "rtp_src");
  gst_harness_set_src_caps_str (lone->in, CAPS);
  lone->out = gst_harness_new_with_element (lone->enc, "rtp_sink_0",
      "rtp_src_0");
  gst_harness_set_src_caps_str (lone->out, CAPS ",ssrc=(uint)7");
  /* Media that comes before counts for nothing. */
  propertywatch_wait (lone->dec, "state", "discovering");
}

static void
lone_clear (Lone * lone)
{
  gst_harness_teardown (lone->in);
  gst_harness_teardown (lone->out);
  propertywatch_drop (lone->enc);
  propertywatch_drop (lone->dec);
}

static GstBuffer *
make_rtp (guint16 seq, guint32 ssrc)
{
  guint8 *packet = g_malloc0 (12 + 20);

  packet[0] = 0x80;
  packet[1] = 8;
  GST_WRITE_UINT16_BE (packet + 2, seq);
  GST_WRITE_UINT32_BE (packet + 8, ssrc);
  memset (packet + 12, seq, 20);
  return gst_buffer_new_wrapped (packet, 12 + 20);
}

static gboolean
is_zrtp (GstBuffer * buffer)
{
  guint8 cookie[4] = { 0, };

  gst_buffer_extract (buffer, 4, cookie, sizeof cookie);
  return memcmp (cookie, "ZRTP", 4) == 0;
}

static void
assert_hello (GstBuffer * buffer)
{
  guint8 type[8];

  fail_unless (is_zrtp (buffer));
  fail_unless_equals_int (gst_buffer_extract (buffer, 16, type, sizeof type),
      sizeof type);
  fail_unless (memcmp (type, "Hello   ", sizeof type) == 0);
}

static void
pull_hellos (Lone * lone, guint n)
{
  while (n-- > 0) {
    GstBuffer *buffer = gst_harness_pull (lone->out);

    fail_unless (buffer != NULL, "no Hello");
    assert_hello (buffer);
    gst_buffer_unref (buffer);
  }
}

static void
receive (Lone * lone, guint16 seq)
{
  fail_unless_equals_int (gst_harness_push (lone->in, make_rtp (seq, 9)),
      GST_FLOW_OK);
}

static void
send (Lone * lone, guint16 seq)
{
  fail_unless_equals_int (gst_harness_push (lone->out, make_rtp (seq, 7)),
      GST_FLOW_OK);
}

/* The next packet out of zrtpenc that is no Hello, or that of zrtpdec. */
static void
assert_passed (GstHarness * h, guint16 seq, guint32 ssrc)
{
  GstBuffer *wanted = make_rtp (seq, ssrc), *buffer;
  GstMapInfo map;

  while ((buffer = gst_harness_pull (h)) && is_zrtp (buffer))
    gst_buffer_unref (buffer);
  fail_unless (buffer != NULL, "packet %u did not pass", seq);
  fail_unless (gst_buffer_map (wanted, &map, GST_MAP_READ));
  fail_unless_equals_int (gst_buffer_get_size (buffer), map.size);
  fail_unless (gst_buffer_memcmp (buffer, 0, map.data, map.size) == 0);
  gst_buffer_unmap (wanted, &map);
  gst_buffer_unref (wanted);
  gst_buffer_unref (buffer);
}

/* RTP in the clear from the start: it may still be ZRTP, which begins late. */
GST_START_TEST (test_not_before_schedule)
{
  /* Z-3-02 */
  Lone lone;

  lone_init (&lone, "schedule", FALSE);
  receive (&lone, 0);
  for (guint i = 1; i < SCHEDULE; i++) {
    pull_hellos (&lone, 1);
    receive (&lone, i);
  }
  propertywatch_wait (lone.dec, "state", "no-zrtp");
  /* Not one Hello less. */
  fail_unless (endpoint_get_stat (lone.enc, "zrtp-sent") >= SCHEDULE);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.enc,
          "recv-clear-count"), SCHEDULE);
  lone_clear (&lone);
}

GST_END_TEST;

/* Silence says nothing: people start minutes apart. Hellos go on, slowly. */
GST_START_TEST (test_not_without_media)
{
  Lone lone;

  lone_init (&lone, "silence", TRUE);
  pull_hellos (&lone, SCHEDULE + 1);
  propertywatch_assert (lone.dec, "state", "discovering");
  receive (&lone, 0);
  propertywatch_wait (lone.dec, "state", "no-zrtp");
  lone_clear (&lone);
}

GST_END_TEST;

/* In both directions, as they are, without waiting for anything. */
GST_START_TEST (test_clear_until_secure)
{
  Lone lone;

  lone_init (&lone, "clear", FALSE);
  for (guint i = 0; i < 3; i++) {
    receive (&lone, i);
    assert_passed (lone.in, i, 9);
    send (&lone, i);
    assert_passed (lone.out, i, 7);
  }
  fail_unless_equals_uint64 (endpoint_get_stat (lone.enc,
          "sent-clear-count"), 3);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.enc,
          "recv-clear-count"), 3);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.enc,
          "recv-drop-count"), 0);
  lone_clear (&lone);
}

GST_END_TEST;

/* Not a packet, neither while it is open nor when it is certain. */
GST_START_TEST (test_nothing_in_clear)
{
  Lone lone;

  lone_init (&lone, "nothing", TRUE);
  for (guint i = 0; i < 3; i++) {
    receive (&lone, i);
    send (&lone, i);
  }
  propertywatch_wait (lone.dec, "state", "no-zrtp");
  for (guint i = 3; i < 6; i++) {
    receive (&lone, i);
    send (&lone, i);
  }
  fail_unless_equals_int (gst_harness_buffers_received (lone.in), 0);
  pull_hellos (&lone, gst_harness_buffers_in_queue (lone.out));
  fail_unless_equals_uint64 (endpoint_get_stat (lone.dec,
          "sent-drops/before-secure"), 6);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.dec,
          "recv-drops/before-secure"), 6);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.dec,
          "recv-drop-count"), 6);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.dec,
          "sent-clear-count"), 0);
  lone_clear (&lone);
}

GST_END_TEST;

/* The application asks its user, who agrees, then thinks better of it. */
GST_START_TEST (test_mind_changed)
{
  Lone lone;

  lone_init (&lone, "mind", TRUE);
  receive (&lone, 0);
  propertywatch_wait (lone.dec, "state", "no-zrtp");
  receive (&lone, 1);
  g_object_set (lone.dec, "require-encryption", FALSE, NULL);
  receive (&lone, 2);
  assert_passed (lone.in, 2, 9);
  send (&lone, 2);
  assert_passed (lone.out, 2, 7);
  g_object_set (lone.enc, "require-encryption", TRUE, NULL);
  receive (&lone, 3);
  send (&lone, 3);
  fail_unless_equals_int (gst_harness_buffers_in_queue (lone.in), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.enc,
          "recv-drops/before-secure"), 3);
  fail_unless_equals_uint64 (endpoint_get_stat (lone.enc,
          "sent-drops/before-secure"), 1);
  lone_clear (&lone);
}

GST_END_TEST;

static Suite *
opportunistic_suite (void)
{
  Suite *s = suite_create ("opportunistic");
  TCase *tc = tcase_create ("discovery");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_not_before_schedule);
  tcase_add_test (tc, test_not_without_media);

  tc = tcase_create ("media");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_clear_until_secure);
  tcase_add_test (tc, test_nothing_in_clear);
  tcase_add_test (tc, test_mind_changed);
  return s;
}

GST_CHECK_MAIN (opportunistic);
