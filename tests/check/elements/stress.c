/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call to which everything happens at once: media, packets of third parties,
 * states up and down, pads that come and go, flushes, actions and properties,
 * each from its own thread and by chance. Nothing crashes or hangs or leaves in
 * the clear, and afterwards the same elements make a call.
 */
#define _GNU_SOURCE
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#include <string.h>

#define N_CALLS 4               /* one after the other */
#define N_STEPS 1000            /* of each thread, in a call */
#define SIZE 64
/* Nothing else in a packet looks like so many of it. */
#define PLAIN 0x5a
#define RUN 12

typedef struct
{
  GstElement *enc, *dec;
  GMutex upstream;              /* is pushing into zrtpenc ... */
  GstPad *in;                   /* ... from here */
  GstPad *wire;                 /* where its packets come out */
  GMutex network;               /* is pushing into zrtpdec ... */
  GstPad *net;                  /* ... from here */
  GstPad *out;                  /* behind zrtpdec */
  gint heard;                   /* atomic */
} End;

typedef struct
{
  End ends[2];
  guint32 seed;
  gint leaks;                   /* atomic: packets in the clear */
} Call;

/* -- The call -- */

static GstFlowReturn
hear (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  End *end = gst_pad_get_element_private (pad);

  g_atomic_int_inc (&end->heard);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static gboolean
is_plain (GstBuffer * buffer)
{
  guint8 expected[RUN];
  GstMapInfo map;
  gboolean result;

  memset (expected, PLAIN, sizeof expected);
  fail_unless (gst_buffer_map (buffer, &map, GST_MAP_READ));
  result = memmem (map.data, map.size, expected, sizeof expected) != NULL;
  gst_buffer_unmap (buffer, &map);
  return result;
}

/* As from a socket, with what a socket's element tells. */
static void
arrive (End * end, GstBuffer * buffer)
{
  g_mutex_lock (&end->network);
  gst_pad_push (end->net, buffer);
  g_mutex_unlock (&end->network);
}

/* On the wire. */
static GstFlowReturn
leave (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  Call *call = gst_pad_get_element_private (pad);

  if (is_plain (buffer))
    g_atomic_int_inc (&call->leaks);
  arrive (&call->ends[call->ends[0].wire == pad], buffer);
  return GST_FLOW_OK;
}

static gboolean
ignore (GstPad * pad, GstObject * parent, GstEvent * event)
{
  gst_event_unref (event);
  return TRUE;
}

/* Applications do this in handlers, which run in the plugin's threads. */
static void
on_sas (GstElement * enc, const char *sas, const char *type, gboolean again,
    gpointer unused)
{
  gboolean ok;

  g_free (propertywatch_get (enc, "sas-spelling"));
  g_object_set (enc, "peer-name", sas, NULL);
  g_signal_emit_by_name (enc, "verify-sas", &ok);
}

static void
on_state (GstElement * enc, gint state, guint error, const char *reason,
    gpointer unused)
{
  g_free (propertywatch_get (enc, "trust"));
  g_free (propertywatch_get (enc, "stats"));
}

static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer unused)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ELEMENT)
    g_free (propertywatch_get (GST_ELEMENT (GST_MESSAGE_SRC (message)),
            "state"));
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static GstElement *
make (const char *type, const char *session_id)
{
  GstElement *element = propertywatch_make (type, session_id);
  GstBus *bus = gst_bus_new ();

  gst_bus_set_sync_handler (bus, on_message, NULL, NULL);
  gst_element_set_bus (element, bus);
  gst_object_unref (bus);
  g_object_set (element, "cache", ":memory:", "hello-timeout", 10,
      "retry-timeout", 20, NULL);
  return element;
}

static void
link_in (Call * call, guint e)
{
  End *end = &call->ends[e];
  GstPad *sink = gst_element_request_pad_simple (end->enc, "rtp_sink_0");
  GstPad *src = gst_element_get_static_pad (end->enc, "rtp_src_0");

  fail_unless_equals_int (gst_pad_link_full (src, end->wire,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
  fail_unless_equals_int (gst_pad_link_full (end->in, sink,
          GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
  gst_object_unref (sink);
  gst_object_unref (src);
}

/* Without it a pad's first caps would be its only ones. */
static GstStaticPadTemplate any[] = {
  GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS,
      GST_STATIC_CAPS_ANY),
  GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
      GST_STATIC_CAPS_ANY)
};

static GstPad *
make_pad (GstPadDirection direction, gpointer data, GstPadChainFunction chain)
{
  GstPad *pad = gst_pad_new_from_static_template (&any[direction
          == GST_PAD_SINK], NULL);

  gst_pad_set_element_private (pad, data);
  if (chain) {
    gst_pad_set_chain_function (pad, chain);
    gst_pad_set_event_function (pad, ignore);
  }
  gst_pad_set_active (pad, TRUE);
  return pad;
}

static void
link_to (GstPad * pad, GstElement * element, const char *name)
{
  GstPad *other = gst_element_get_static_pad (element, name);
  const gboolean out = GST_PAD_IS_SRC (pad);

  fail_unless_equals_int (gst_pad_link_full (out ? pad : other,
          out ? other : pad, GST_PAD_LINK_CHECK_NOTHING), GST_PAD_LINK_OK);
  gst_object_unref (other);
}

static void
open_end (Call * call, guint e)
{
  End *end = &call->ends[e];
  char *id = g_strdup_printf ("turmoil-%u-%u", call->seed, e);

  end->enc = make ("zrtpenc", id);
  end->dec = make ("zrtpdec", id);
  g_signal_connect (end->enc, "sas-ready", G_CALLBACK (on_sas), NULL);
  g_signal_connect (end->enc, "state-changed", G_CALLBACK (on_state), NULL);
  g_mutex_init (&end->upstream);
  g_mutex_init (&end->network);
  end->in = make_pad (GST_PAD_SRC, NULL, NULL);
  end->wire = make_pad (GST_PAD_SINK, call, leave);
  end->net = make_pad (GST_PAD_SRC, NULL, NULL);
  end->out = make_pad (GST_PAD_SINK, end, hear);
  link_to (end->net, end->dec, "rtp_sink");
  link_to (end->out, end->dec, "rtp_src");
  link_in (call, e);
  g_free (id);
}

static void
set_all (Call * call, GstState state)
{
  for (guint e = 0; e < 2; e++) {
    gst_element_set_state (call->ends[e].dec, state);
    gst_element_set_state (call->ends[e].enc, state);
  }
}

static void
close_end (End * end)
{
  GstPad *pads[] = { end->in, end->wire, end->net, end->out };

  propertywatch_drop (end->enc);
  propertywatch_drop (end->dec);
  for (guint i = 0; i < G_N_ELEMENTS (pads); i++) {
    gst_pad_set_active (pads[i], FALSE);
    gst_object_unref (pads[i]);
  }
  g_mutex_clear (&end->upstream);
  g_mutex_clear (&end->network);
}

/* -- What happens to it -- */

typedef struct
{
  Call *call;
  guint e;                      /* end */
  GRand *rand;
  guint16 seq;
} Actor;

static gboolean
chance (Actor * actor, guint one_in)
{
  return g_rand_int_range (actor->rand, 0, one_in) == 0;
}

static guint
pick (Actor * actor, guint n)
{
  return g_rand_int_range (actor->rand, 0, n);
}

static guint32
get_ssrc (guint e)
{
  return BENCH_SSRC + e;
}

static void
push_events (GstPad * pad, guint e)
{
  char *text = g_strdup_printf (BENCH_CAPS ",ssrc=(uint)%u", get_ssrc (e));
  GstCaps *caps = gst_caps_from_string (text);
  GstSegment segment;

  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (pad, gst_event_new_stream_start ("turmoil"));
  gst_pad_push_event (pad, gst_event_new_caps (caps));
  gst_pad_push_event (pad, gst_event_new_segment (&segment));
  gst_caps_unref (caps);
  g_free (text);
}

static GstBuffer *
make_packet (Actor * actor)
{
  guint32 ssrc = get_ssrc (actor->e) + (chance (actor, 20) ? 2 : 0);

  if (chance (actor, 10))
    return harness_make_rtcp (ssrc);
  return chance (actor, 2) ? harness_make_rtp (ssrc, actor->seq++, SIZE, PLAIN)
      : harness_make_rtp_pieces (ssrc, actor->seq++, SIZE, PLAIN);
}

/* Upstream of zrtpenc: it goes on whatever pushing returns. */
static void
send (Actor * actor)
{
  GMutex *upstream = &actor->call->ends[actor->e].upstream;
  GstPad *in = actor->call->ends[actor->e].in;

  g_mutex_lock (upstream);
  if (chance (actor, 30)) {
    gst_pad_push_event (in, gst_event_new_eos ());
    push_events (in, actor->e);
  } else if (chance (actor, 20)) {
    gst_pad_push_event (in, gst_event_new_gap (0, GST_SECOND));
  } else if (chance (actor, 5)) {
    GstBufferList *list = gst_buffer_list_new ();

    for (guint n = pick (actor, 5); n > 0; n--)
      gst_buffer_list_add (list, make_packet (actor));
    gst_pad_push_list (in, list);
  } else {
    gst_pad_push (in, make_packet (actor));
  }
  g_mutex_unlock (upstream);
}

/* On the network: packets that no endpoint sent. */
static void
inject (Actor * actor)
{
  static const char *const wanted[] = { "stats", "state", "sas", "hello-hash",
    "trust", "peer-zid"
  };
  End *end = &actor->call->ends[actor->e];
  gsize size = pick (actor, 200);
  guint8 *octets = g_malloc (size + 1);

  for (gsize i = 0; i < size; i++)
    octets[i] = pick (actor, 256);
  octets[0] = chance (actor, 2) ? 0x80 : 0x10;
  arrive (end, gst_buffer_new_wrapped (octets, size));
  g_free (propertywatch_get (chance (actor, 2) ? end->enc : end->dec,
          wanted[pick (actor, G_N_ELEMENTS (wanted))]));
}

static void
act (Actor * actor, GstElement * enc)
{
  static const char *const actions[] = { "discover", "go-secure", "go-clear",
    "accept-clear", "verify-sas", "reject-sas", "forget-peer"
  };
  const guint n = pick (actor, G_N_ELEMENTS (actions) + 1);
  gboolean ok;

  if (n < G_N_ELEMENTS (actions)) {
    g_signal_emit_by_name (enc, actions[n], &ok);
  } else {
    char *zid = propertywatch_get (enc, "peer-zid");

    g_signal_emit_by_name (enc, "accept-fork", zid, &ok);
    g_free (zid);
  }
}

static void
set (Actor * actor)
{
  static const char *const flags[] = { "auto-discover", "disclosure", "enroll",
    "request-keyframe", "allow-repeat-tx", "sign-sas", "unattended"
  };
  GstElement *enc = actor->call->ends[actor->e].enc;

  g_object_set (enc, "auto-secure", !chance (actor, 5), NULL);
  if (chance (actor, 3))
    g_object_set (enc, "before-secure", pick (actor, 3), NULL);
  else
    g_object_set (enc, flags[pick (actor, G_N_ELEMENTS (flags))],
        chance (actor, 2), NULL);
}

static void
replace_pad (Actor * actor)
{
  GstElement *enc = actor->call->ends[actor->e].enc;
  GstPad *pad = gst_element_get_static_pad (enc, "rtp_sink_0");

  gst_element_release_request_pad (enc, pad);
  gst_object_unref (pad);
  link_in (actor->call, actor->e);
}

/* Others, which no application links. */
static void
add_pad (Actor * actor)
{
  static const char *const names[] = { "rtp_sink_%u", "rtcp_sink_%u",
    "zrtp_src", "rtcp_sink_0"
  };
  GstElement *enc = actor->call->ends[actor->e].enc;
  GstPad *pad = gst_element_request_pad_simple (enc,
      names[pick (actor, G_N_ELEMENTS (names))]);

  if (!pad)
    return;
  gst_element_release_request_pad (enc, pad);
  gst_object_unref (pad);
}

/* What an element upstream does that was told to flush. */
static void
flush (Actor * actor)
{
  End *end = &actor->call->ends[actor->e];

  gst_pad_push_event (end->in, gst_event_new_flush_start ());
  g_mutex_lock (&end->upstream);
  gst_pad_push_event (end->in, gst_event_new_flush_stop (TRUE));
  push_events (end->in, actor->e);
  g_mutex_unlock (&end->upstream);
}

/* Down, which must free each thread held up inside, and up again. */
static void
restart (Actor * actor, GstElement * element, GMutex * lock, GstPad * pad)
{
  gst_element_set_state (element, GST_STATE_NULL + pick (actor, 2));
  g_mutex_lock (lock);
  gst_element_set_state (element, GST_STATE_PAUSED + pick (actor, 2));
  push_events (pad, actor->e);
  g_mutex_unlock (lock);
}

static void
ask (Actor * actor)
{
  End *end = &actor->call->ends[actor->e];
  GstQuery *query = gst_query_new_latency ();

  gst_pad_peer_query (end->in, query);
  gst_pad_peer_query (end->out, query);
  gst_query_unref (query);
  gst_caps_unref (gst_pad_peer_query_caps (end->in, NULL));
  gst_pad_push_event (end->out, gst_event_new_reconfigure ());
}

/* The application's hand, one for each end. Seldom what takes the call down, so
 * that it is up now and then. */
static void
stir (Actor * actor)
{
  End *end = &actor->call->ends[actor->e];

  switch (pick (actor, 100)) {
    case 0:
      restart (actor, end->enc, &end->upstream, end->in);
      break;
    case 1:
      restart (actor, end->dec, &end->network, end->net);
      break;
    case 2:
      gst_element_set_state (end->enc, GST_STATE_PLAYING);
      gst_element_set_state (end->dec, GST_STATE_PLAYING);
      break;
    case 3:
      replace_pad (actor);
      break;
    case 4:
    case 5:
      act (actor, end->enc);
      break;
    default:
      (chance (actor, 2) ? chance (actor, 2) ? add_pad : flush
          : chance (actor, 2) ? set : ask) (actor);
      break;
  }
}

typedef void (*Part) (Actor * actor);

typedef struct
{
  Actor actor;
  Part part;
  gint *playing;                /* atomic: parts that are not through */
} Role;

/* All of them go on until the last is through, so that they meet. */
static gpointer
play (gpointer data)
{
  Role *role = data;

  for (guint i = 0; i < N_STEPS || g_atomic_int_get (role->playing) > 0; i++) {
    role->part (&role->actor);
    if (i == N_STEPS)
      g_atomic_int_add (role->playing, -1);
  }
  return NULL;
}

static void
start_all (Call * call)
{
  set_all (call, GST_STATE_PLAYING);
  /* Somewhere to arrive first. */
  for (guint e = 0; e < 2; e++)
    push_events (call->ends[e].net, 1 - e);
  for (guint e = 0; e < 2; e++)
    push_events (call->ends[e].in, e);
}

static void
make_turmoil (Call * call)
{
  static const Part parts[] = { send, inject, stir };
  const guint n = 2 * G_N_ELEMENTS (parts);
  Role roles[2 * G_N_ELEMENTS (parts)];
  GThread *threads[2 * G_N_ELEMENTS (parts)];
  gint playing = n;

  for (guint i = 0; i < n; i++) {
    roles[i] = (Role) {
      .actor = {.call = call,.e = i % 2,
        .rand = g_rand_new_with_seed (n * call->seed + i)
    },.part = parts[i / 2],.playing = &playing};
    threads[i] = g_thread_new ("actor", play, &roles[i]);
  }
  /* The first two may be held up, with no thread left to end it. */
  for (guint i = n; i-- > 0;) {
    if (i == 1)
      for (guint e = 0; e < 2; e++)
        gst_util_set_object_arg (G_OBJECT (call->ends[e].enc), "before-secure",
            "drop");
    g_thread_join (threads[i]);
    g_rand_free (roles[i].actor.rand);
  }
}

/* As an application would that begins its next call. */
static void
make_call (Call * call)
{
  set_all (call, GST_STATE_NULL);
  for (guint e = 0; e < 2; e++) {
    g_object_set (call->ends[e].enc, "auto-secure", TRUE, "auto-discover", TRUE,
        "unattended", FALSE, NULL);
    propertywatch_start (call->ends[e].enc, "state");
  }
  start_all (call);
  for (guint e = 0; e < 2; e++)
    propertywatch_wait (call->ends[e].enc, "state", "secure");
  propertywatch_assert_same (call->ends[0].enc, call->ends[1].enc, "sas");
  for (guint e = 0; e < 2; e++) {
    const gint before = g_atomic_int_get (&call->ends[1 - e].heard);

    fail_unless_equals_int (gst_pad_push (call->ends[e].in,
            harness_make_rtp (get_ssrc (e), 1, SIZE, PLAIN)), GST_FLOW_OK);
    fail_unless_equals_int (g_atomic_int_get (&call->ends[1 - e].heard),
        before + 1);
  }
}

GST_START_TEST (test_turmoil)
{
  Call call = {.seed = __i__ };

  for (guint e = 0; e < 2; e++)
    open_end (&call, e);
  make_call (&call);
  make_turmoil (&call);
  make_call (&call);
  fail_unless_equals_int (g_atomic_int_get (&call.leaks), 0);
  set_all (&call, GST_STATE_NULL);
  for (guint e = 0; e < 2; e++)
    close_end (&call.ends[e]);
}

GST_END_TEST;

static Suite *
stress_suite (void)
{
  Suite *suite = suite_create ("stress");
  TCase *tc = tcase_create ("turmoil");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_turmoil, 0, N_CALLS);
  return suite;
}

GST_CHECK_MAIN (stress);
