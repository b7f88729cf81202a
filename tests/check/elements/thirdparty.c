/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A third party sends packets to the port of zrtpdec: media that waits for the peer
 * still waits, a call goes on, and what an application does not take from its bus
 * stays small.
 *
 * With ZRTP_FLOOD in the environment, a number of seconds, test_flood runs that long
 * for each kind, at 20,000 packets a second, and prints what it measured.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#include <malloc.h>
#include <string.h>
#include <time.h>

#include "../thirdparty.h"

static Harness *harness;
static Sim *dice;               /* makes the packets */
static GstBus *bus;             /* of both elements of a; not read */

static void
setup (void)
{
  harness = harness_new ();
  bus = gst_bus_new ();
  gst_element_set_bus (harness->enc_a, bus);
  gst_element_set_bus (harness->dec_a, bus);
  dice = sim_new (1);
  sim_make (dice, 0, 1);
}

static void
teardown (void)
{
  gst_element_set_bus (harness->enc_a, NULL);
  gst_element_set_bus (harness->dec_a, NULL);
  harness_free (harness);
  gst_bus_set_flushing (bus, TRUE);
  gst_object_unref (bus);
  sim_free (dice);
}

static void
init_party (MockPeer * party, guint32 ssrc)
{
  mock_peer_init (party, &dice->ends[0].streams[0], ssrc);
}

/* What udpsrc would push. */
static void
send_to_a (const guint8 * packet, gsize size)
{
  GstPad *pad = gst_element_get_static_pad (harness->dec_a, "rtp_sink");

  fail_unless_equals_int (gst_pad_chain (pad,
          gst_buffer_new_memdup (packet, size)), GST_FLOW_OK);
  gst_object_unref (pad);
}

static void
begin_stream_to_a (void)
{
  GstPad *pad = gst_element_get_static_pad (harness->dec_a, "rtp_sink");
  GstCaps *caps = gst_caps_new_empty_simple ("application/x-srtp");
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  fail_unless (gst_pad_send_event (pad, gst_event_new_stream_start ("a")));
  fail_unless (gst_pad_send_event (pad, gst_event_new_caps (caps)));
  fail_unless (gst_pad_send_event (pad, gst_event_new_segment (&segment)));
  gst_caps_unref (caps);
  gst_object_unref (pad);
}

static void
send_kind (MockPeer * party, ThirdPacket kind)
{
  guint8 packet[ZRTP_MAX_PACKET_SIZE];

  send_to_a (packet, third_make (party, kind, packet));
}

#define PACKETS 5

static gpointer
push_file (gpointer unused)
{
  GstFlowReturn ret = GST_FLOW_OK;

  for (guint i = 0; i < PACKETS && ret == GST_FLOW_OK; i++)
    ret =
        gst_harness_push (harness->in, harness_make_rtp (BENCH_SSRC, i, 20, 9));
  return GINT_TO_POINTER (ret);
}

/* A file waits for the peer. Every kind of packet of a third party comes, alone and
 * after a Hello of its chain. The peer then gets all of the file. */
GST_START_TEST (test_file_loses_nothing)
{
  GThread *thread;
  guint64 sent = 0;

  gst_harness_set_live (harness->in, FALSE);
  thread = g_thread_new ("source", push_file, NULL);
  begin_stream_to_a ();
  /* Its SSRC is known, and discovery runs. */
  while (endpoint_get_stat (harness->enc_a, "zrtp-sent") == 0)
    g_thread_yield ();
  for (guint round = 0; round < 2; round++) {
    for (guint kind = 0; kind < N_THIRD; kind++) {
      MockPeer party;

      init_party (&party, 0x66000000 + kind);
      if (round)
        send_kind (&party, THIRD_HELLO);
      send_kind (&party, kind);
      sent += round + 1;
    }
  }
  /* The inbox may drop what comes too fast, so one more. */
  while (endpoint_get_stat (harness->enc_a, "zrtp-received") < sent / 2) {
    MockPeer party;

    init_party (&party, 0x77);
    send_kind (&party, THIRD_PING);
  }
  harness_secure (harness);
  fail_unless_equals_int (GPOINTER_TO_INT (g_thread_join (thread)),
      GST_FLOW_OK);
  for (guint i = 0; i < PACKETS; i++)
    harness_check_rtp (gst_harness_pull (harness->out), BENCH_SSRC, i, 20, 9);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-drops/before-secure"), 0);
}

GST_END_TEST;

static guint
count_messages (const char *name, GstStructure ** last)
{
  GstMessage *message;
  guint n = 0;

  while ((message = gst_bus_pop (bus))) {
    const GstStructure *s = gst_message_get_structure (message);

    if (s && gst_structure_has_name (s, name)) {
      n++;
      gst_clear_structure (last);
      *last = gst_structure_copy (s);
    }
    gst_message_unref (message);
  }
  return n;
}

/* The newest message of @name will have @value in @field. Returns how many came. */
static guint
wait_for_last (const char *name, const char *field, const char *value,
    GstStructure ** last)
{
  const gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  guint n = count_messages (name, last);

  while (!*last || g_strcmp0 (gst_structure_get_string (*last, field), value)) {
    fail_unless (g_get_monotonic_time () < until, "the last one is lost");
    g_usleep (10000);
    n += count_messages (name, last);
  }
  return n;
}

/* An application that does not read its bus finds some messages of a kind there
 * when it does, and after them the last one. */
GST_START_TEST (test_bus_is_bounded)
{
  GstStructure *last = NULL;
  gboolean done;
  guint n;

  harness_secure (harness);
  propertywatch_start (harness->enc_a, "trust");
  for (guint i = 0; i < 200; i++) {
    g_object_set (harness->enc_a, "sas-verified", i % 2 == 0, NULL);
    propertywatch_wait_count (harness->enc_a, "trust", i + 1);
  }
  g_signal_emit_by_name (harness->enc_a, "reject-sas", &done);
  fail_unless (done);
  propertywatch_wait (harness->enc_a, "trust", "sas-mismatch");
  n = count_messages ("GstZrtpTrust", &last);
  fail_unless (n >= 32 && n <= 128, "%u messages", n);
  wait_for_last ("GstZrtpTrust", "trust", "sas-mismatch", &last);
  gst_structure_free (last);
}

GST_END_TEST;

/* Runs in the notifier, between the signal and the message of the last change. */
static void
read_bus_at_mismatch (GstElement * enc, GParamSpec * pspec, gpointer data)
{
  char *trust = propertywatch_get (enc, "trust");
  GstStructure *older = NULL;

  if (g_strcmp0 (trust, "sas-mismatch") == 0)
    count_messages ("GstZrtpTrust", &older);
  gst_clear_structure (&older);
  g_free (trust);
}

/* The application makes room on its bus while messages wait: they keep their order. */
GST_START_TEST (test_bus_keeps_order)
{
  GstStructure *last = NULL;
  gboolean done;

  harness_secure (harness);
  propertywatch_start (harness->enc_a, "trust");
  for (guint i = 0; i < 200; i++) {
    g_object_set (harness->enc_a, "sas-verified", i % 2 == 0, NULL);
    propertywatch_wait_count (harness->enc_a, "trust", i + 1);
  }
  g_signal_connect (harness->enc_a, "notify::trust",
      G_CALLBACK (read_bus_at_mismatch), NULL);
  g_signal_emit_by_name (harness->enc_a, "reject-sas", &done);
  fail_unless (done);
  propertywatch_wait (harness->enc_a, "trust", "sas-mismatch");
  wait_for_last ("GstZrtpTrust", "trust", "sas-mismatch", &last);
  /* Of those before it, none comes after it. */
  g_object_set (harness->enc_a, "sas-verified", TRUE, NULL);
  fail_unless_equals_int (wait_for_last ("GstZrtpTrust", "trust", "verified",
          &last), 1);
  gst_structure_free (last);
}

GST_END_TEST;

static glong
resident_kb (void)
{
  char *text = NULL;
  glong pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    pages = strtol (strchr (text, ' '), NULL, 10);
  g_free (text);
  return pages * 4;
}

static const ThirdPacket floods[] = {
  THIRD_HELLO, THIRD_COMMIT, THIRD_DHPART1, THIRD_DHPART2, THIRD_CONFIRM1,
  THIRD_CONFIRM2, THIRD_CONF2ACK, THIRD_ERROR, THIRD_GO_CLEAR, THIRD_CLEAR_ACK,
  THIRD_SAS_RELAY, THIRD_PING
};

typedef struct
{
  guint sent, lost, packets;
} Media;

/* 50 packets a second, of which all should arrive. */
static void
send_media (Media * media)
{
  static guint16 seq = 1000;
  GstBuffer *buffer;

  gst_harness_push (harness->in, harness_make_rtp (BENCH_SSRC, seq++, 160, 9));
  media->sent++;
  buffer = gst_harness_try_pull (harness->out);
  if (!buffer)
    media->lost++;
  else
    gst_buffer_unref (buffer);
}

static void
flood (ThirdPacket kind, guint32 ssrc, guint seconds)
{
  const guint n = seconds ? seconds * 20000 : 500;
  const gint64 start = g_get_monotonic_time ();
  const glong before = resident_kb ();
  const clock_t cpu = clock ();
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  Media media = { 0 };
  MockPeer party;
  gsize size;

  init_party (&party, ssrc);
  size = third_make (&party, kind, packet);
  for (guint i = 0; i < n; i++) {
    if (kind == THIRD_HELLO)
      third_renew_hello (packet, size, i);
    send_to_a (packet, size);
    if (i % 400 == 0)
      send_media (&media);
    /* In bursts of a millisecond. */
    if (seconds && i % 20 == 19) {
      const gint64 due = start + (i + 1) * 50;
      const gint64 now = g_get_monotonic_time ();

      if (due > now)
        g_usleep (due - now);
    }
  }
  if (seconds)
    g_print ("%-10s %s: %u packets in %.2f s, media %u of %u lost, "
        "RSS %+ld kB, %.1f us of CPU each\n", third_name (kind),
        ssrc == 0x666 ? "blind" : "known", n,
        (g_get_monotonic_time () - start) / 1e6, media.lost, media.sent,
        resident_kb () - before, (clock () - cpu) / (double) n);
}

/* Of b, as GstZrtpPeer told. */
static guint32
peer_ssrc (void)
{
  GstStructure *last = NULL;
  guint ssrc;

  fail_unless (count_messages ("GstZrtpPeer", &last) > 0);
  fail_unless (gst_structure_get_uint (last, "ssrc", &ssrc));
  gst_structure_free (last);
  return ssrc;
}

GST_START_TEST (test_flood)
{
  const char *text = g_getenv ("ZRTP_FLOOD");
  const guint seconds = text ? strtoul (text, NULL, 10) : 0;
  guint32 ssrc;

  harness_secure (harness);
  ssrc = peer_ssrc ();
  for (guint i = 0; i < G_N_ELEMENTS (floods); i++) {
    flood (floods[i], 0x666, seconds);
    flood (floods[i], ssrc, seconds);
  }
  propertywatch_assert (harness->enc_a, "state", "secure");
}

GST_END_TEST;

static Suite *
thirdparty_suite (void)
{
  Suite *s = suite_create ("thirdparty");
  TCase *tc = tcase_create ("third party");

  suite_add_tcase (s, tc);
  tcase_set_timeout (tc, 600);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_file_loses_nothing);
  tcase_add_test (tc, test_bus_is_bounded);
  tcase_add_test (tc, test_bus_keeps_order);
  tcase_add_test (tc, test_flood);
  return s;
}

GST_CHECK_MAIN (thirdparty);
