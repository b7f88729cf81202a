/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What changes in the middle of a call: sources, caps, links, states, elements.
 * Keys outlive all of it but the end of the call, and nothing leaves in the
 * clear.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

/* -- Packet by packet -- */

static Harness *harness;
static guint64 handshake;       /* packets of it that a had sent */

static void
setup (void)
{
  harness = harness_new ();
  harness_secure (harness);
  handshake = endpoint_get_stat (harness->enc_a, "zrtp-sent");
}

static void
teardown (void)
{
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a, "zrtp-sent"),
      handshake);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->enc_a,
          "sent-clear-count"), 0);
  propertywatch_assert (harness->enc_a, "state", "secure");
  propertywatch_assert (harness->enc_b, "state", "secure");
  harness_free (harness);
}

static GstFlowReturn
push (guint32 ssrc, guint seq)
{
  return gst_harness_push (harness->in, harness_make_rtp (ssrc, seq, 40, seq));
}

/* It arrives; @fresh: it is marked as a new start. */
static void
pass (guint32 ssrc, guint seq, gboolean fresh)
{
  GstBuffer *buffer;

  fail_unless_equals_int (push (ssrc, seq), GST_FLOW_OK);
  buffer = gst_harness_pull (harness->out);
  fail_unless (buffer != NULL, "packet %u of %08x was lost", seq, ssrc);
  fail_unless (GST_BUFFER_IS_DISCONT (buffer) == fresh);
  harness_check_rtp (buffer, ssrc, seq, 40, seq);
}

static void
set_caps (const char *more)
{
  char *caps = g_strconcat (BENCH_CAPS, more, NULL);

  gst_harness_set_src_caps_str (harness->in, caps);
  g_free (caps);
}

/* On hold, and on with the same SSRC: its packets are counted on, whether the
 * numbers go on or over their end; or with another, and back again. */
GST_START_TEST (test_hold)
{
  guint32 other = BENCH_SSRC + 1;

  pass (BENCH_SSRC, 0xfff0, TRUE);
  pass (BENCH_SSRC, 0xffff, FALSE);
  /* A jump of half the numbers is as far as one can tell. */
  pass (BENCH_SSRC, 0x10000 + 0x7000, FALSE);

  set_caps (",ssrc=(uint)287454021");
  pass (other, 5, TRUE);
  pass (other, 6, FALSE);
  pass (BENCH_SSRC, 0x10000 + 0x7001, FALSE);
  pass (other, 7, FALSE);
}

GST_END_TEST;

/* Another codec: caps downstream follow, keys stay. */
GST_START_TEST (test_payload_type)
{
  GstPad *pad = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  GstCaps *caps;
  gint payload = 0;

  pass (BENCH_SSRC, 1, TRUE);
  gst_harness_set_src_caps_str (harness->in, "application/x-rtp,media=audio,"
      "clock-rate=8000,encoding-name=PCMU,payload=0");
  caps = gst_pad_get_current_caps (pad);
  fail_unless (gst_structure_has_name (gst_caps_get_structure (caps, 0),
          "application/x-srtp"));
  gst_structure_get_int (gst_caps_get_structure (caps, 0), "payload", &payload);
  fail_unless_equals_int (payload, 0);
  gst_caps_unref (caps);
  gst_object_unref (pad);
  pass (BENCH_SSRC, 2, FALSE);
}

GST_END_TEST;

/* Sound becomes video, as where one sender is used again: from then on it is
 * asked for key frames, not before. */
GST_START_TEST (test_medium)
{
  pass (BENCH_SSRC, 1, TRUE);
  gst_harness_set_src_caps_str (harness->in, "application/x-rtp,media=video,"
      "clock-rate=90000,encoding-name=VP8,payload=96");
  pass (BENCH_SSRC, 2, FALSE);
}

GST_END_TEST;

/* The network's end unlinked and linked again, and what comes meanwhile is told
 * as any element would. */
GST_START_TEST (test_relink)
{
  GstPad *src = gst_element_get_static_pad (harness->enc_a, "rtp_src_0");
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");

  pass (BENCH_SSRC, 1, TRUE);
  fail_unless (gst_pad_unlink (src, sink));
  fail_unless_equals_int (push (BENCH_SSRC, 2), GST_FLOW_NOT_LINKED);
  fail_unless_equals_int (gst_pad_link_full (src, sink,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
  pass (BENCH_SSRC, 3, FALSE);
  gst_object_unref (src);
  gst_object_unref (sink);
}

GST_END_TEST;

/* A flush at the receiver: what was seen before is a replay still. */
GST_START_TEST (test_flush)
{
  GstPad *sink = gst_element_get_static_pad (harness->dec_b, "rtp_sink");
  GstBuffer *seen;
  GstSegment segment;

  pass (BENCH_SSRC, 0xffff, TRUE);
  pass (BENCH_SSRC, 0x10000, FALSE);
  gst_harness_push_event (harness->in, gst_event_new_flush_start ());
  fail_unless_equals_int (push (BENCH_SSRC, 0x10001), GST_FLOW_FLUSHING);
  gst_harness_push_event (harness->in, gst_event_new_flush_stop (TRUE));
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_harness_push_event (harness->in, gst_event_new_segment (&segment));

  seen = harness_get_wire (harness, 1);
  fail_unless_equals_int (gst_pad_chain (sink, seen), GST_FLOW_OK);
  fail_unless_equals_uint64 (endpoint_get_stat (harness->dec_b,
          "recv-drops/replayed"), 1);
  pass (BENCH_SSRC, 0x10002, FALSE);
  gst_object_unref (sink);
}

GST_END_TEST;

/* -- Pipelines -- */

#define END VOICE "! zrtpenc name=enc cache=:memory: session-id=%s " \
    "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC \
    "! zrtpdec name=dec session-id=%s ! " EAR "async=false"

typedef struct
{
  Endpoint *a, *b;
  char *sas;                    /* of the first keys */
} Call;

static Call
make_call (void)
{
  Call call = { endpoint_new (END, "changes-a", "changes-a"),
    endpoint_new (END, "changes-b", "changes-b")
  };

  endpoint_connect (call.a, call.b);
  endpoint_play (call.a);
  endpoint_play (call.b);
  endpoint_wait_secure (call.a, call.b);
  endpoint_wait_media (call.a, 5);
  endpoint_wait_media (call.b, 5);
  call.sas = g_strdup (call.a->sas);
  return call;
}

static void
end_call (Call * call)
{
  fail_unless_equals_uint64 (endpoint_get_stat (call->a->enc,
          "sent-clear-count") + endpoint_get_stat (call->b->enc,
          "sent-clear-count"), 0);
  endpoint_free (call->a);
  endpoint_free (call->b);
  g_free (call->sas);
}

/* Both hear each other, under the first keys still. */
static void
assert_same_call (Call * call, guint64 sent)
{
  endpoint_wait_media (call->a, 10);
  endpoint_wait_media (call->b, 10);
  propertywatch_assert (call->a->enc, "state", "secure");
  propertywatch_assert (call->b->enc, "state", "secure");
  propertywatch_assert (call->a->enc, "sas", call->sas);
  propertywatch_assert (call->b->enc, "sas", call->sas);
  fail_unless_equals_uint64 (endpoint_get_stat (call->a->enc, "zrtp-sent"),
      sent);
}

GST_START_TEST (test_paused)
{
  Call call = make_call ();
  guint64 sent = endpoint_get_stat (call.a->enc, "zrtp-sent");

  for (guint i = 0; i < 3; i++) {
    propertywatch_set_state (call.a->pipeline, GST_STATE_PAUSED);
    /* The other one does not mind. */
    propertywatch_assert (call.b->enc, "state", "secure");
    endpoint_resume (call.a, call.b, 5);
    assert_same_call (&call, sent);
  }
  end_call (&call);
}

GST_END_TEST;

/* Both go to READY and start again: another call, other keys. */
GST_START_TEST (test_new_call)
{
  Call call = make_call ();
  Endpoint *ends[2] = { call.a, call.b };

  for (guint i = 0; i < 2; i++) {
    propertywatch_set_state (ends[i]->pipeline, GST_STATE_READY);
    propertywatch_assert (ends[i]->enc, "state", "idle");
    propertywatch_assert (ends[i]->enc, "sas", "");
    g_clear_pointer (&ends[i]->sas, g_free);
    g_clear_pointer (&ends[i]->state, g_free);
  }
  /* Messages of the first call are not those of the next. */
  gst_bus_set_flushing (call.a->bus, TRUE);
  gst_bus_set_flushing (call.a->bus, FALSE);
  gst_bus_set_flushing (call.b->bus, TRUE);
  gst_bus_set_flushing (call.b->bus, FALSE);
  endpoint_connect (call.a, call.b);
  endpoint_play (call.a);
  endpoint_play (call.b);
  endpoint_wait_secure (call.a, call.b);
  fail_if (g_str_equal (call.a->sas, call.sas));
  endpoint_wait_media (call.a, 10);
  endpoint_wait_media (call.b, 10);
  end_call (&call);
}

GST_END_TEST;

/* One goes to READY and back, which the other only sees from its Hello. Without a
 * file of known peers it can't prove anything: the application decides. */
GST_START_TEST (test_one_starts_anew)
{
  Call call = make_call ();
  GstStructure *fork, *refusal;
  gboolean accepted = FALSE;

  propertywatch_set_state (call.a->pipeline, GST_STATE_READY);
  propertywatch_assert (call.a->enc, "state", "idle");
  propertywatch_assert (call.b->enc, "state", "secure");
  gst_bus_set_flushing (call.a->bus, TRUE);
  gst_bus_set_flushing (call.a->bus, FALSE);
  g_clear_pointer (&call.a->state, g_free);
  endpoint_play (call.a);
  fork = endpoint_wait (call.b, "GstZrtpFork");
  refusal = endpoint_wait (call.b, "GstZrtpPeerMismatch");
  fail_unless_equals_string (gst_structure_get_string (refusal, "kind"),
      "restart");
  propertywatch_assert (call.b->enc, "state", "secure");
  propertywatch_assert (call.b->enc, "sas", call.sas);
  g_signal_emit_by_name (call.b->enc, "accept-fork",
      gst_structure_get_string (fork, "zid"), &accepted);
  fail_unless (accepted);
  endpoint_wait_state (call.b, "discovering");
  gst_structure_free (fork);
  gst_structure_free (refusal);
  endpoint_wait_secure (call.a, call.b);
  fail_if (g_str_equal (call.a->sas, call.sas));
  endpoint_wait_media (call.a, 10);
  endpoint_wait_media (call.b, 10);
  end_call (&call);
}

GST_END_TEST;

/* An application rebuilds its receiving branch while the other side talks: the
 * new element has what the old one had. */
GST_START_TEST (test_decoder_replaced)
{
  Call call = make_call ();
  Endpoint *a = call.a;
  guint64 sent = endpoint_get_stat (a->enc, "zrtp-sent");
  GstElement *net = gst_bin_get_by_name (GST_BIN (a->pipeline), "net_src");
  GstPad *out = gst_element_get_static_pad (a->dec, "rtp_src");
  GstPad *next = gst_pad_get_peer (out);
  GstPad *src;

  /* The source rests, or it would be an error that no element listens. */
  gst_element_set_state (net, GST_STATE_READY);
  gst_element_set_locked_state (net, TRUE);
  gst_element_set_state (a->dec, GST_STATE_NULL);
  fail_unless (gst_bin_remove (GST_BIN (a->pipeline), a->dec));
  gst_object_unref (out);
  gst_object_unref (a->dec);

  a->dec = propertywatch_make ("zrtpdec", "changes-a");
  fail_unless (gst_bin_add (GST_BIN (a->pipeline), a->dec));
  fail_unless (gst_element_link_pads (net, "src", a->dec, "rtp_sink"));
  src = gst_element_get_static_pad (a->dec, "rtp_src");
  fail_unless_equals_int (gst_pad_link (src, next), GST_PAD_LINK_OK);
  fail_unless (gst_element_sync_state_with_parent (a->dec));
  gst_element_set_locked_state (net, FALSE);
  /* It gets another port of the system's choice. */
  gst_element_set_state (net, GST_STATE_READY);
  endpoint_point (call.b, a);
  fail_unless (gst_element_sync_state_with_parent (net));
  assert_same_call (&call, sent);
  gst_object_unref (src);
  gst_object_unref (next);
  gst_object_unref (net);
  end_call (&call);
}

GST_END_TEST;

static GstPadProbeReturn
is_blocked (GstPad * pad, GstPadProbeInfo * info, gpointer blocked)
{
  g_atomic_int_set ((gint *) blocked, TRUE);
  propertywatch_poke ();
  return GST_PAD_PROBE_OK;
}

/* The sending branch likewise. */
GST_START_TEST (test_encoder_replaced)
{
  Call call = make_call ();
  Endpoint *a = call.a;
  GstPad *out = gst_element_get_static_pad (a->enc, "rtp_src_0");
  GstPad *in = gst_element_get_static_pad (a->enc, "rtp_sink_0");
  GstPad *network = gst_pad_get_peer (out), *media = gst_pad_get_peer (in);
  GstElement *pay = gst_pad_get_parent_element (media);
  guint64 sent = endpoint_get_stat (a->enc, "zrtp-sent");
  gint blocked = FALSE;
  gulong block = gst_pad_add_probe (media, GST_PAD_PROBE_TYPE_BLOCK_DOWNSTREAM,
      is_blocked, &blocked, NULL);

  propertywatch_wait_counter (&blocked, TRUE, "blocked");
  gst_pad_unlink (media, in);
  gst_element_set_state (a->enc, GST_STATE_NULL);
  fail_unless (gst_bin_remove (GST_BIN (a->pipeline), a->enc));
  gst_object_unref (in);
  gst_object_unref (out);
  gst_object_unref (a->enc);

  a->enc = propertywatch_make ("zrtpenc", "changes-a");
  g_object_set (a->enc, "cache", ":memory:", NULL);
  fail_unless (gst_bin_add (GST_BIN (a->pipeline), a->enc));
  in = gst_element_request_pad_simple (a->enc, "rtp_sink_0");
  out = gst_element_get_static_pad (a->enc, "rtp_src_0");
  fail_unless_equals_int (gst_pad_link (out, network), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_pad_link (media, in), GST_PAD_LINK_OK);
  fail_unless (gst_element_sync_state_with_parent (a->enc));
  gst_pad_remove_probe (media, block);
  assert_same_call (&call, sent);
  gst_object_unref (in);
  gst_object_unref (out);
  gst_object_unref (network);
  gst_object_unref (media);
  gst_object_unref (pay);
  end_call (&call);
}

GST_END_TEST;

static Suite *
changes_suite (void)
{
  Suite *s = suite_create ("changes");
  TCase *tc = tcase_create ("packets");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_hold);
  tcase_add_test (tc, test_payload_type);
  tcase_add_test (tc, test_medium);
  tcase_add_test (tc, test_relink);
  tcase_add_test (tc, test_flush);
  tc = tcase_create ("pipelines");
  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_paused);
  tcase_add_test (tc, test_new_call);
  tcase_add_test (tc, test_one_starts_anew);
  tcase_add_test (tc, test_decoder_replaced);
  tcase_add_test (tc, test_encoder_replaced);
  return s;
}

GST_CHECK_MAIN (changes);
