/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Among other elements than udpsrc and udpsink: applications that bring and fetch
 * packets themselves, tee, multiudpsink, several calls in one pipeline.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

/* -- appsrc, appsink -- */

typedef struct _Side Side;
struct _Side
{
  Endpoint *endpoint;
  Side *other;
  gint heard;                   /* atomic: packets, in order */
  gint wrong;                   /* atomic: others */
};

#define N_PACKETS 50
#define PAYLOAD 160

/* An appsrc takes @buffer. */
static void
bring (Side * side, const char *name, GstBuffer * buffer)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (side->endpoint->pipeline),
      name);
  GstFlowReturn ret;

  g_signal_emit_by_name (src, "push-buffer", buffer, &ret);
  fail_unless_equals_int (ret, GST_FLOW_OK);
  gst_buffer_unref (buffer);
  gst_object_unref (src);
}

static GstBuffer *
fetch (GstElement * sink)
{
  GstSample *sample;
  GstBuffer *buffer;

  g_signal_emit_by_name (sink, "pull-sample", &sample);
  buffer = gst_buffer_copy (gst_sample_get_buffer (sample));
  gst_sample_unref (sample);
  return buffer;
}

/* The application is the network. */
static GstFlowReturn
carry (GstElement * sink, gpointer data)
{
  Side *side = data;

  bring (side->other, "from_net", fetch (sink));
  return GST_FLOW_OK;
}

static GstFlowReturn
hear (GstElement * sink, gpointer data)
{
  Side *side = data;
  guint8 packet[12 + PAYLOAD];
  GstBuffer *buffer = fetch (sink);
  gsize size = gst_buffer_extract (buffer, 0, packet, sizeof packet);

  if (size == sizeof packet && gst_buffer_get_size (buffer) == size
      && packet[size - 1] == g_atomic_int_get (&side->heard))
    g_atomic_int_inc (&side->heard);
  else
    g_atomic_int_inc (&side->wrong);
  gst_buffer_unref (buffer);
  propertywatch_poke ();
  return GST_FLOW_OK;
}

static void
listen_to (Side * side, const char *name, GCallback callback)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (side->endpoint->pipeline),
      name);

  g_signal_connect (sink, "new-sample", callback, side);
  gst_object_unref (sink);
}

static void
side_init (Side * side, Side * other, guint32 ssrc)
{
  memset (side, 0, sizeof *side);
  side->other = other;
  side->endpoint = endpoint_new ("appsrc name=voice format=time caps=\""
      BENCH_CAPS ",ssrc=(uint)%u\" ! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! appsink name=to_net emit-signals=true async=false "
      "sync=false "
      "appsrc name=from_net format=time is-live=true caps=\"" BENCH_CAPS "\" ! "
      "zrtpdec name=dec ! "
      "appsink name=heard emit-signals=true async=false sync=false", ssrc);
  listen_to (side, "to_net", G_CALLBACK (carry));
  listen_to (side, "heard", G_CALLBACK (hear));
}

/* An application that makes RTP itself loses none of it: what is there before the
 * keys waits, in order. */
GST_START_TEST (test_application)
{
  Side sides[2];

  for (guint i = 0; i < 2; i++)
    side_init (&sides[i], &sides[1 - i], BENCH_SSRC + i);
  for (guint i = 0; i < 2; i++)
    gst_element_set_state (sides[i].endpoint->pipeline, GST_STATE_PLAYING);
  for (guint n = 0; n < N_PACKETS; n++) {
    for (guint i = 0; i < 2; i++)
      bring (&sides[i], "voice", harness_make_rtp (BENCH_SSRC + i, n, PAYLOAD,
              n));
  }
  endpoint_wait_secure (sides[0].endpoint, sides[1].endpoint);
  for (guint i = 0; i < 2; i++)
    propertywatch_wait_counter (&sides[i].heard, N_PACKETS, "packets heard");
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_int (g_atomic_int_get (&sides[i].wrong), 0);
    gst_element_set_state (sides[i].endpoint->pipeline, GST_STATE_NULL);
  }
  endpoint_free (sides[0].endpoint);
  endpoint_free (sides[1].endpoint);
}

GST_END_TEST;

/* -- tee -- */

/* What an element of the wire branch got, and what became of it. */
typedef struct
{
  gint seen;                    /* atomic */
  gint clear, changed;          /* atomic: packets */
  GMutex lock;
  GQueue kept;                  /* lock: GstBuffer, with a copy in its qdata */
} Wire;

static GQuark
copy_quark (void)
{
  return g_quark_from_static_string ("copy");
}

/* A packet that is not ZRTP: keeps it with a copy of what is in it. */
static GstPadProbeReturn
keep (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Wire *wire = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  GstMapInfo map;
  GBytes *copy;

  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  copy = g_bytes_new (map.data, map.size);
  gst_buffer_unmap (buffer, &map);
  g_mutex_lock (&wire->lock);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (buffer), copy_quark (), copy,
      (GDestroyNotify) g_bytes_unref);
  g_queue_push_tail (&wire->kept, gst_buffer_ref (buffer));
  g_mutex_unlock (&wire->lock);
  g_atomic_int_inc (&wire->seen);
  propertywatch_poke ();
  return GST_PAD_PROBE_OK;
}

static void
judge_kept (gpointer data, gpointer user_data)
{
  GstBuffer *buffer = data;
  Wire *wire = user_data;
  GBytes *copy = gst_mini_object_get_qdata (GST_MINI_OBJECT (buffer),
      copy_quark ());
  gsize size;
  const guint8 *octets = g_bytes_get_data (copy, &size);

  if (gst_buffer_get_size (buffer) != size
      || gst_buffer_memcmp (buffer, 0, octets, size) != 0)
    wire->changed++;
  /* 12 octets of header and 160 of A-law. */
  if (size == 172)
    wire->clear++;
}

static void
add_keeper (Endpoint * endpoint, const char *name, Wire * wire)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (endpoint->pipeline),
      name);
  GstPad *pad = gst_element_get_static_pad (element, "sink");

  g_mutex_init (&wire->lock);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, keep, wire, NULL);
  gst_object_unref (pad);
  gst_object_unref (element);
}

/* After the pipeline has stopped. */
static void
clear_keeper (Wire * wire)
{
  g_queue_foreach (&wire->kept, judge_kept, wire);
  g_queue_clear_full (&wire->kept, (GDestroyNotify) gst_buffer_unref);
  g_mutex_clear (&wire->lock);
}

/* Wherever the stream is split, each branch has what it should: the user's own
 * recording clear sound, a recorder of the wire what came from there. */
GST_START_TEST (test_tee)
{
  Endpoint *a, *b;
  Wire own = { 0 }, wire = { 0 };

  a = endpoint_new (VOICE "! tee name=t t. ! queue ! zrtpenc name=enc "
      "cache=:memory: enc.rtp_src_0 ! " NET_SINK "async=false "
      "t. ! queue ! fakesink name=own async=false "
      NET_SRC "! zrtpdec name=dec ! " EAR "async=false");
  b = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK "async=false "
      NET_SRC "! tee name=w w. ! fakesink name=wire async=false "
      "w. ! zrtpdec name=dec ! tee name=t "
      "t. ! queue ! " EAR "async=false t. ! queue ! fakesink async=false");
  add_keeper (a, "own", &own);
  add_keeper (b, "wire", &wire);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  endpoint_free (a);
  endpoint_free (b);
  clear_keeper (&own);
  clear_keeper (&wire);
  fail_unless (own.seen >= 10 && wire.seen >= 10);
  fail_unless_equals_int (own.clear, own.seen);
  fail_unless_equals_int (own.changed, 0);
  fail_unless_equals_int (wire.clear, 0);
  fail_unless_equals_int (wire.changed, 0);
}

GST_END_TEST;

/* -- multiudpsink -- */

/* One who only taps the wire gets the same packets, and no sound. */
GST_START_TEST (test_multiudpsink)
{
  Endpoint *a, *b, *tap;
  Wire wire = { 0 };

  a = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! "
      "multiudpsink name=many async=false sync=false "
      NET_SRC "! zrtpdec name=dec ! " EAR "async=false");
  b = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: enc.rtp_src_0 ! "
      NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! " EAR
      "async=false");
  tap = endpoint_new (NET_SRC "! fakesink name=wire async=false");
  add_keeper (tap, "wire", &wire);
  endpoint_play (tap);
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  endpoint_point (b, a);
  for (guint i = 0; i < 2; i++) {
    GstElement *many = gst_bin_get_by_name (GST_BIN (a->pipeline), "many");
    GstElement *src = gst_bin_get_by_name (GST_BIN (i == 0 ? b->pipeline
            : tap->pipeline), "net_src");
    gint port;

    g_object_get (src, "port", &port, NULL);
    g_signal_emit_by_name (many, "add", "127.0.0.1", port, NULL);
    gst_object_unref (src);
    gst_object_unref (many);
  }
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_wait_media (b, 10);
  propertywatch_wait_counter (&wire.seen, 10, "packets tapped");
  endpoint_free (a);
  endpoint_free (b);
  endpoint_free (tap);
  clear_keeper (&wire);
  fail_unless_equals_int (wire.clear, 0);
}

GST_END_TEST;

/* -- Muxers, mixers -- */

#define PICTURES "videotestsrc is-live=true ! video/x-raw,width=160,height=120 ! " \
    "vp8enc deadline=1 keyframe-max-dist=5 ! rtpvp8pay pt=97 "
#define PICTURE_CAPS "application/x-rtp,media=video,clock-rate=90000," \
    "encoding-name=VP8,payload=97"

/* Depayloaders keep the segment back until media comes, and these complain of time
 * that passes without one: they see nothing but media. */
static const struct
{
  const char *source, *caps, *reader;
} readers[] = {
  {PICTURES, PICTURE_CAPS, "rtpvp8depay ! webmmux ! "},
  {VOICE, VOICE_CAPS, "rtppcmadepay ! alawdec ! audiomixer ! "}
};

GST_START_TEST (test_readers)
{
  Endpoint *a = endpoint_new ("zrtpenc name=enc cache=:memory: enc.zrtp_src ! "
      NET_SINK "async=false udpsrc name=net_src address=127.0.0.1 port=0 "
      "caps=\"%s\" ! zrtpdec name=dec ! %s fakesink name=ear "
      "signal-handoffs=true", readers[__i__].caps, readers[__i__].reader);
  Endpoint *b = endpoint_new ("%s ! zrtpenc name=enc cache=:memory: "
      "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC "! zrtpdec name=dec ! "
      "fakesink async=false", readers[__i__].source);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_wait_state (a, "discovering");
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (a, 10);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* -- Several calls in one pipeline -- */

#define N_CALLS 4

/* Both ends of a call. */
#define CALL_IN_COMMON \
    VOICE "! zrtpenc name=a%u session-id=a%u cache=:memory: " \
    "a%u.rtp_src_0 ! queue ! zrtpdec session-id=b%u ! rtppcmadepay ! " \
    "fakesink async=false sync=false " \
    VOICE "! zrtpenc name=b%u session-id=b%u cache=:memory: " \
    "b%u.rtp_src_0 ! queue ! zrtpdec session-id=a%u ! rtppcmadepay ! " \
    "fakesink async=false sync=false "

static char *
wait_for_sas (Endpoint * all, const char *prefix, guint i)
{
  char *name = g_strdup_printf ("%s%u", prefix, i);
  GstElement *enc = gst_bin_get_by_name (GST_BIN (all->pipeline), name);
  char *sas;

  propertywatch_start (enc, "state");
  propertywatch_wait (enc, "state", "secure");
  sas = propertywatch_get (enc, "sas");
  fail_if (*sas == '\0');
  gst_object_unref (enc);
  g_free (name);
  return sas;
}

GST_START_TEST (test_calls)
{
  GString *text = g_string_new (NULL);
  Endpoint *all;
  char *last = NULL;

  for (guint i = 0; i < N_CALLS; i++)
    g_string_append_printf (text, CALL_IN_COMMON, i, i, i, i, i, i, i, i);
  all = endpoint_new ("%s", text->str);
  g_string_free (text, TRUE);
  endpoint_play (all);
  for (guint i = 0; i < N_CALLS; i++) {
    char *a = wait_for_sas (all, "a", i), *b = wait_for_sas (all, "b", i);

    fail_unless_equals_string (a, b);
    fail_if (g_strcmp0 (a, last) == 0);
    g_free (last);
    g_free (b);
    last = a;
  }
  g_free (last);
  endpoint_assert_quiet (all);
  endpoint_free (all);
}

GST_END_TEST;

static Suite *
environment_suite (void)
{
  Suite *s = suite_create ("environment");
  TCase *tc = tcase_create ("surroundings");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_application);
  tcase_add_test (tc, test_tee);
  tcase_add_test (tc, test_multiudpsink);
  tcase_add_loop_test (tc, test_readers, 0, G_N_ELEMENTS (readers));
  tcase_add_test (tc, test_calls);
  return s;
}

GST_CHECK_MAIN (environment);
