/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The elements behind rtpbin, and inside of it: then it asks for them by signals,
 * has them in NULL and without a parent, and starts them with its lock held.
 */
#include "phone.h"
#include "propertywatch.h"

typedef struct
{
  Phone *a, *b;
} Call;

static Call
make_call (guint n_sessions, PhoneFlags flags_of_a, PhoneFlags flags_of_b)
{
  Call call = { phone_new ("rtpbin-a", n_sessions, flags_of_a),
    phone_new ("rtpbin-b", n_sessions, flags_of_b)
  };

  phone_link (call.a);
  phone_link (call.b);
  phone_connect (call.a, call.b);
  return call;
}

static void
end_call (Call * call)
{
  phone_free (call->a);
  phone_free (call->b);
}

static void
assert_nothing_clear (Phone * phone)
{
  for (guint i = 0; i < phone->n_sessions; i++)
    fail_unless_equals_uint64 (endpoint_get_stat (phone->enc[i],
            "sent-clear-count") + endpoint_get_stat (phone->dec[i],
            "recv-clear-count"), 0);
}

static void
assert_talking (Call * call)
{
  phone_wait_secure (call->a, call->b);
  endpoint_wait_media (call->a->endpoint, 10);
  endpoint_wait_media (call->b->endpoint, 10);
  assert_nothing_clear (call->a);
  assert_nothing_clear (call->b);
}

/* Linked by pads or asked for by signals, RTCP apart or among RTP. */
static const PhoneFlags ways[] = { 0, PHONE_SIGNALS, PHONE_MUX,
  PHONE_SIGNALS | PHONE_MUX
};

/* And one way at one end goes with another at the other. */
GST_START_TEST (test_call)
{
  PhoneFlags flags = ways[__i__];
  Call call = make_call (1, flags, flags ^ PHONE_SIGNALS);

  phone_play (call.a, call.b);
  assert_talking (&call);
  end_call (&call);
}

GST_END_TEST;

/* Linked while all runs already. */
GST_START_TEST (test_late_links)
{
  static const char *const sources[] = { "net_src", "rtcp_src", "pay" };
  Call call = { phone_new ("rtpbin-a", 1, PHONE_SIGNALS),
    phone_new ("rtpbin-b", 1, PHONE_SIGNALS)
  };
  Phone *phones[2] = { call.a, call.b };

  phone_connect (call.a, call.b);
  for (guint i = 0; i < 2; i++) {
    /* A source without a peer would be an error. */
    for (guint k = 0; k < G_N_ELEMENTS (sources); k++)
      gst_element_set_locked_state (phone_get (phones[i], sources[k], 0),
          k < 2);
    gst_element_set_state (phones[i]->rtpbin, GST_STATE_PLAYING);
    phone_link (phones[i]);
    for (guint k = 0; k < G_N_ELEMENTS (sources); k++)
      gst_element_set_locked_state (phone_get (phones[i], sources[k], 0),
          FALSE);
  }
  phone_play (call.a, call.b);
  assert_talking (&call);
  end_call (&call);
}

GST_END_TEST;

/* Each a transport of its own: one call, one SAS, and keys of all but the first
 * by Multistream. */
GST_START_TEST (test_sessions)
{
  Call call = make_call (3, ways[__i__], ways[__i__]);
  guint multistream = 0;

  phone_play (call.a, call.b);
  assert_talking (&call);
  for (guint i = 0; i < 3; i++) {
    char *agreement;

    g_object_get (call.a->enc[i], "key-agreement", &agreement, NULL);
    multistream += g_str_equal (agreement, "Mult");
    g_free (agreement);
    fail_unless (endpoint_get_stat (call.a->dec[i], "recv-count") > 0);
  }
  fail_unless_equals_int (multistream, 2);
  end_call (&call);
}

GST_END_TEST;

/* An end that only listens: rtpbin never asks for an RTP encoder there. */
GST_START_TEST (test_listener)
{
  Call call = make_call (1, ways[__i__], ways[__i__] | PHONE_LISTENS);
  Phone *b = call.b;

  phone_play (call.a, call.b);
  phone_wait_secure (call.a, call.b);
  endpoint_wait_media (b->endpoint, 10);
  fail_unless_equals_int (b->requests[PHONE_RTP_ENCODER], 0);
  if (b->flags & PHONE_SIGNALS) {
    fail_unless_equals_int (b->requests[PHONE_RTCP_ENCODER], 1);
    fail_unless_equals_int (b->requests[PHONE_RTP_DECODER], 1);
    fail_unless_equals_int (b->requests[PHONE_RTCP_DECODER], 1);
  }
  /* Its reports come back. */
  gst_structure_free (phone_wait_source (call.a, 0, FALSE, "have-rb"));
  assert_nothing_clear (call.a);
  assert_nothing_clear (call.b);
  end_call (&call);
}

GST_END_TEST;

/* -- Whose the elements are -- */

typedef struct
{
  GMutex lock;
  GCond cond;
  GstElement *element;          /* set to NULL when it is gone */
  guint requests;
} Gift;

/* Any thread: a worker may hold the last reference for a moment. */
static void
gift_gone (gpointer data, GObject * element)
{
  Gift *gift = data;

  g_mutex_lock (&gift->lock);
  gift->element = NULL;
  g_cond_signal (&gift->cond);
  g_mutex_unlock (&gift->lock);
}

static void
gift_wait_gone (Gift * gift)
{
  const gint64 until = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;

  g_mutex_lock (&gift->lock);
  while (gift->element)
    fail_unless (g_cond_wait_until (&gift->cond, &gift->lock, until));
  g_mutex_unlock (&gift->lock);
}

/* Gives it away: no other reference is left. */
static GstElement *
give_away (GstElement * rtpbin, guint session, Gift * gift)
{
  if (gift->requests++ > 0)
    return gst_object_ref (gift->element);
  gift->element = gst_element_factory_make ("zrtpdec", NULL);
  g_object_set (gift->element, "session-id", "gift", NULL);
  g_object_weak_ref (G_OBJECT (gift->element), gift_gone, gift);
  return gift->element;
}

/* rtpbin keeps what was given away as long as any of its pads is there, and runs
 * it as it runs itself. */
GST_START_TEST (test_given_away)
{
  GstElement *rtpbin = gst_element_factory_make ("rtpbin", NULL);
  Gift gift = { 0 };
  GstPad *rtp, *rtcp;
  GstState state;

  gst_object_ref_sink (rtpbin);
  g_signal_connect (rtpbin, "request-rtp-decoder", G_CALLBACK (give_away),
      &gift);
  g_signal_connect (rtpbin, "request-rtcp-decoder", G_CALLBACK (give_away),
      &gift);
  gst_element_set_state (rtpbin, GST_STATE_PLAYING);
  rtp = gst_element_request_pad_simple (rtpbin, "recv_rtp_sink_0");
  rtcp = gst_element_request_pad_simple (rtpbin, "recv_rtcp_sink_0");
  fail_unless (rtp && rtcp);
  fail_unless_equals_int (gift.requests, 2);
  fail_unless (GST_OBJECT_PARENT (gift.element) == GST_OBJECT (rtpbin));
  gst_element_get_state (gift.element, &state, NULL, 0);
  fail_unless_equals_int (state, GST_STATE_PLAYING);

  gst_element_release_request_pad (rtpbin, rtp);
  gst_object_unref (rtp);
  fail_unless (gift.element != NULL);
  gst_element_release_request_pad (rtpbin, rtcp);
  gst_object_unref (rtcp);
  gst_element_set_state (rtpbin, GST_STATE_NULL);
  gst_object_unref (rtpbin);
  gift_wait_gone (&gift);
}

GST_END_TEST;

static void
release (GstElement * rtpbin, const char *name)
{
  GstPad *pad = gst_element_get_static_pad (rtpbin, name);
  GstPad *peer = gst_pad_get_peer (pad);

  if (peer && GST_PAD_IS_SRC (peer))
    gst_pad_unlink (peer, pad);
  else if (peer)
    gst_pad_unlink (pad, peer);
  g_clear_object (&peer);
  gst_element_release_request_pad (rtpbin, pad);
  gst_object_unref (pad);
}

/* A bin counts as a source as long as zrtpenc is in it: rtpbin is not meant. */
static gboolean
is_bin (const GValue * item)
{
  return GST_IS_BIN (g_value_get_object (item));
}

static void
rest (const GValue * item, gpointer unused)
{
  if (is_bin (item))
    return;
  gst_element_set_locked_state (g_value_get_object (item), TRUE);
  gst_element_set_state (g_value_get_object (item), GST_STATE_READY);
}

static void
go_on (const GValue * item, gpointer unused)
{
  if (is_bin (item))
    return;
  gst_element_set_locked_state (g_value_get_object (item), FALSE);
  gst_element_sync_state_with_parent (g_value_get_object (item));
}

static void
for_each_source (Phone * phone, GstIteratorForeachFunction func)
{
  GstIterator *iterator = gst_bin_iterate_sources
      (GST_BIN (phone->endpoint->pipeline));

  fail_unless_equals_int (gst_iterator_foreach (iterator, func, NULL),
      GST_ITERATOR_DONE);
  gst_iterator_free (iterator);
}

/* An application takes its media apart while all runs and builds them up again:
 * rtpbin gives the elements back when their last pad goes, and gets them for
 * another call. */
GST_START_TEST (test_released)
{
  static const char *const pads[] = { "send_rtp_sink_0", "recv_rtp_sink_0",
    "recv_rtcp_sink_0", "send_rtcp_src_0"
  };
  Call call = make_call (1, PHONE_SIGNALS, PHONE_SIGNALS);
  gboolean accepted = FALSE;
  GstStructure *fork;
  Phone *a = call.a;

  phone_play (call.a, call.b);
  assert_talking (&call);
  for_each_source (a, rest);
  for (guint i = 0; i < G_N_ELEMENTS (pads); i++)
    release (a->rtpbin, pads[i]);
  fail_unless (GST_OBJECT_PARENT (a->enc[0]) == NULL);
  fail_unless (GST_OBJECT_PARENT (a->dec[0]) == NULL);
  propertywatch_assert (a->enc[0], "state", "idle");
  /* The other side does not know. */
  propertywatch_assert (call.b->enc[0], "state", "secure");

  phone_link (a);
  for_each_source (a, go_on);
  /* Without a file of known peers the application decides. */
  fork = endpoint_wait (call.b->endpoint, "GstZrtpFork");
  g_signal_emit_by_name (call.b->enc[0], "accept-fork",
      gst_structure_get_string (fork, "zid"), &accepted);
  fail_unless (accepted);
  gst_structure_free (fork);
  endpoint_wait_state (call.b->endpoint, "discovering");
  assert_talking (&call);
  end_call (&call);
}

GST_END_TEST;

/* -- Reports -- */

static guint
get_uint (const GstStructure * s, const char *field)
{
  guint value;

  fail_unless (gst_structure_get_uint (s, field, &value), "no %s", field);
  return value;
}

/* What @phone heard in reports of the other side agrees with what that side did,
 * and with what became of it. */
static void
check_reports (Phone * phone, Phone * other)
{
  GstStructure *remote = phone_wait_source (phone, 0, FALSE, "have-sr");
  GstStructure *own, *sent;
  guint64 reported, done;
  gint lost;

  sent = phone_wait_source (other, 0, TRUE, "internal");
  fail_unless_equals_int (get_uint (remote, "ssrc"), get_uint (sent, "ssrc"));
  fail_unless (get_uint (remote, "sr-packet-count") > 0);
  gst_structure_get_uint64 (remote, "sr-ntptime", &reported);
  fail_unless (reported > 0);
  reported = get_uint (remote, "sr-packet-count");
  fail_unless (gst_structure_get_uint64 (sent, "packets-sent", &done));
  fail_unless (reported <= done);
  gst_structure_free (remote);

  remote = phone_wait_source (phone, 0, FALSE, "have-rb");
  own = phone_wait_source (phone, 0, TRUE, "internal");
  fail_unless_equals_int (get_uint (remote, "rb-ssrc"), get_uint (own, "ssrc"));
  fail_unless (gst_structure_get_int (remote, "rb-packetslost", &lost));
  fail_unless_equals_int (lost, 0);
  gst_structure_free (remote);
  gst_structure_free (own);
  gst_structure_free (sent);
}

GST_START_TEST (test_reports)
{
  Call call = make_call (1, ways[__i__], ways[__i__]);

  phone_play (call.a, call.b);
  assert_talking (&call);
  check_reports (call.a, call.b);
  check_reports (call.b, call.a);
  fail_unless (endpoint_get_stat (call.a->dec[0], "recv-rtcp-count") > 0);
  end_call (&call);
}

GST_END_TEST;

/* -- Loss -- */

/* Loses some packets of SRTP, and no others. */
typedef struct
{
  gint n;                       /* packets seen */
  gint lost;                    /* atomic */
} Loss;

#define FIRST_LOST 20
#define EVERY 10
#define N_LOST 5

static GstPadProbeReturn
lose (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  GstBuffer *buffer = gst_pad_probe_info_get_buffer (info);
  Loss *loss = data;
  guint8 start[2];

  if (gst_buffer_extract (buffer, 0, start, 2) < 2 || start[0] >> 6 != 2
      || (start[1] & 0x7f) != 8)
    return GST_PAD_PROBE_OK;
  if (loss->n++ < FIRST_LOST || loss->n % EVERY != 0
      || g_atomic_int_get (&loss->lost) == N_LOST)
    return GST_PAD_PROBE_OK;
  g_atomic_int_inc (&loss->lost);
  return GST_PAD_PROBE_DROP;
}

static void
lose_from (Phone * phone, Loss * loss)
{
  GstPad *pad = gst_element_get_static_pad (phone_get (phone, "net_sink", 0),
      "sink");

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, lose, loss, NULL);
  gst_object_unref (pad);
}

/* The other side's report says how many. */
GST_START_TEST (test_reported_loss)
{
  Call call = make_call (1, ways[__i__], ways[__i__]);
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  Loss loss = { 0, 0 };
  gint lost = 0;

  lose_from (call.a, &loss);
  phone_play (call.a, call.b);
  phone_wait_secure (call.a, call.b);
  while (lost < N_LOST) {
    GstStructure *remote = phone_wait_source (call.a, 0, FALSE, "have-rb");

    gst_structure_get_int (remote, "rb-packetslost", &lost);
    gst_structure_free (remote);
    endpoint_pump (call.a->endpoint);
    fail_unless (g_get_monotonic_time () < until, "%d are reported lost", lost);
  }
  fail_unless_equals_int (lost, N_LOST);
  end_call (&call);
}

GST_END_TEST;

/* Of all of them: there is one for each SSRC. */
static guint64
get_jitterbuffer_stat (Phone * phone, const char *field)
{
  GstIterator *iterator = gst_bin_iterate_all_by_element_factory_name
      (GST_BIN (phone->rtpbin), "rtpjitterbuffer");
  GValue item = G_VALUE_INIT;
  GstStructure *stats;
  guint64 value, sum = 0;

  while (gst_iterator_next (iterator, &item) == GST_ITERATOR_OK) {
    g_object_get (g_value_get_object (&item), "stats", &stats, NULL);
    if (gst_structure_get_uint64 (stats, field, &value))
      sum += value;
    gst_structure_free (stats);
    g_value_reset (&item);
  }
  g_value_unset (&item);
  gst_iterator_free (iterator);
  return sum;
}

/* What was lost is asked for again by NACK, comes under an SSRC of its own, and
 * is media again. */
GST_START_TEST (test_retransmission)
{
  PhoneFlags flags = ways[__i__] | PHONE_RTX;
  Call call = make_call (1, flags, flags);
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  Loss loss = { 0, 0 };

  lose_from (call.a, &loss);
  phone_play (call.a, call.b);
  phone_wait_secure (call.a, call.b);
  while (get_jitterbuffer_stat (call.b, "rtx-success-count") < N_LOST) {
    endpoint_pump (call.b->endpoint);
    fail_unless (g_get_monotonic_time () < until, "%" G_GUINT64_FORMAT
        " of %d came again", get_jitterbuffer_stat (call.b,
            "rtx-success-count"), loss.lost);
  }
  fail_unless_equals_uint64 (get_jitterbuffer_stat (call.b, "num-lost"), 0);
  fail_unless_equals_uint64 (endpoint_get_stat (call.a->enc[0],
          "sent-drops/ssrc-collision"), 0);
  end_call (&call);
}

GST_END_TEST;

static Suite *
rtpbin_suite (void)
{
  Suite *s = suite_create ("rtpbin");
  TCase *tc = tcase_create ("calls");
  guint n = G_N_ELEMENTS (ways);

  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_call, 0, n);
  tcase_add_test (tc, test_late_links);
  tcase_add_loop_test (tc, test_sessions, 0, n);
  tcase_add_loop_test (tc, test_listener, 0, n);
  tcase_add_test (tc, test_given_away);
  tcase_add_test (tc, test_released);
  tc = tcase_create ("reports");
  suite_add_tcase (s, tc);
  tcase_add_loop_test (tc, test_reports, 0, n);
  tcase_add_loop_test (tc, test_reported_loss, 0, n);
  tcase_add_loop_test (tc, test_retransmission, 0, n);
  return s;
}

GST_CHECK_MAIN (rtpbin);
