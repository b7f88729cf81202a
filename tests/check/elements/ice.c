/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call over ICE: two agents of libnice, and their elements.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include <nice/agent.h>

typedef struct
{
  Endpoint *endpoint;
  NiceAgent *agent;
  guint stream;
  gint gathered, ready, pairs;  /* atomic: how often that was told */
  gint foreign;                 /* atomic: packets that are none of ours */
} Phone;

static GMainContext *context;
static GMainLoop *loop;
static GThread *thread;

static gpointer
run (gpointer data)
{
  g_main_loop_run (loop);
  return NULL;
}

static void
setup (void)
{
  context = g_main_context_new ();
  loop = g_main_loop_new (context, FALSE);
  thread = g_thread_new ("ice", run, NULL);
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
teardown (void)
{
  g_main_context_invoke (context, quit, NULL);
  g_thread_join (thread);
  g_main_loop_unref (loop);
  g_main_context_unref (context);
}

static void
count (gint * counter)
{
  g_atomic_int_inc (counter);
  propertywatch_poke ();
}

static void
discover (Phone * phone)
{
  gboolean ok;

  g_signal_emit_by_name (phone->endpoint->enc, "discover", &ok);
  fail_unless (ok);
}

static void
gathering_done (NiceAgent * agent, guint stream, gpointer data)
{
  Phone *phone = data;

  count (&phone->gathered);
}

static void
state_changed (NiceAgent * agent, guint stream, guint component, guint state,
    gpointer data)
{
  Phone *phone = data;

  if (state != NICE_COMPONENT_STATE_READY)
    return;
  discover (phone);
  count (&phone->ready);
}

static void
new_pair (NiceAgent * agent, guint stream, guint component,
    NiceCandidate * local, NiceCandidate * remote, gpointer data)
{
  Phone *phone = data;

  count (&phone->pairs);
}

/* Only what RFC 7983 gives to ZRTP and to RTP passes here. */
static GstPadProbeReturn
check_packet (GstPad * pad, GstPadProbeInfo * info, gpointer data)
{
  Phone *phone = data;
  guint8 first = 0xff;

  gst_buffer_extract (GST_PAD_PROBE_INFO_BUFFER (info), 0, &first, 1);
  if (first >> 6 != 2 && (first < 16 || first > 19))
    g_atomic_int_inc (&phone->foreign);
  return GST_PAD_PROBE_OK;
}

static void
probe (Phone * phone, const char *element, const char *pad_name)
{
  GstElement *found = gst_bin_get_by_name (GST_BIN (phone->endpoint->pipeline),
      element);
  GstPad *pad = gst_element_get_static_pad (found, pad_name);

  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, check_packet, phone, NULL);
  gst_object_unref (pad);
  gst_object_unref (found);
}

static void
phone_init (Phone * phone, gboolean controlling)
{
  NiceAddress loopback;

  memset (phone, 0, sizeof *phone);
  phone->agent = nice_agent_new_full (context, NICE_COMPATIBILITY_RFC5245,
      NICE_AGENT_OPTION_REGULAR_NOMINATION);
  g_object_set (phone->agent, "ice-tcp", FALSE, "upnp", FALSE,
      "controlling-mode", controlling, NULL);
  nice_address_init (&loopback);
  fail_unless (nice_address_set_from_string (&loopback, "127.0.0.1"));
  fail_unless (nice_agent_add_local_address (phone->agent, &loopback));
  phone->stream = nice_agent_add_stream (phone->agent, 1);
  g_signal_connect (phone->agent, "candidate-gathering-done",
      G_CALLBACK (gathering_done), phone);
  g_signal_connect (phone->agent, "component-state-changed",
      G_CALLBACK (state_changed), phone);
  g_signal_connect (phone->agent, "new-selected-pair-full",
      G_CALLBACK (new_pair), phone);

  phone->endpoint = endpoint_new (VOICE "! zrtpenc name=enc cache=:memory: "
      "auto-discover=false enc.rtp_src_0 ! "
      "nicesink name=net_sink async=false sync=false "
      "nicesrc name=net_src ! " VOICE_CAPS " ! zrtpdec name=dec ! " EAR
      "async=false");
  gst_child_proxy_set (GST_CHILD_PROXY (phone->endpoint->pipeline),
      "net_src::agent", phone->agent, "net_src::stream", phone->stream,
      "net_src::component", 1, "net_sink::agent", phone->agent,
      "net_sink::stream", phone->stream, "net_sink::component", 1, NULL);
  probe (phone, "net_src", "src");
  probe (phone, "net_sink", "sink");
}

static void
phone_clear (Phone * phone)
{
  fail_unless_equals_int (g_atomic_int_get (&phone->foreign), 0);
  endpoint_free (phone->endpoint);
  g_object_unref (phone->agent);
}

/* What the signalling of an application does. */
static void
tell (Phone * from, Phone * to)
{
  GSList *candidates = nice_agent_get_local_candidates (from->agent,
      from->stream, 1);
  char *ufrag, *password;

  fail_unless (nice_agent_get_local_credentials (from->agent, from->stream,
          &ufrag, &password));
  fail_unless (nice_agent_set_remote_credentials (to->agent, to->stream, ufrag,
          password));
  fail_unless (nice_agent_set_remote_candidates (to->agent, to->stream, 1,
          candidates) > 0);
  g_slist_free_full (candidates, (GDestroyNotify) nice_candidate_free);
  g_free (ufrag);
  g_free (password);
}

static void
wait_for_both (Phone phones[2], gsize offset, gint n, const char *what)
{
  for (guint i = 0; i < 2; i++)
    propertywatch_wait_counter ((gint *) ((guint8 *) & phones[i] + offset), n,
        what);
}

#define WAIT(phones, counter, n) \
    wait_for_both (phones, G_STRUCT_OFFSET (Phone, counter), n, #counter)

static void
start (Phone phones[2])
{
  for (guint i = 0; i < 2; i++) {
    phone_init (&phones[i], i == 0);
    endpoint_play (phones[i].endpoint);
    fail_unless (nice_agent_gather_candidates (phones[i].agent,
            phones[i].stream));
  }
  WAIT (phones, gathered, 1);
  /* Z-3-01: as long as there is no pair, not even a Hello is made. */
  for (guint i = 0; i < 2; i++) {
    fail_unless_equals_uint64 (endpoint_get_stat (phones[i].endpoint->enc,
            "zrtp-sent"), 0);
    propertywatch_assert (phones[i].endpoint->enc, "state", "idle");
  }
  tell (&phones[0], &phones[1]);
  tell (&phones[1], &phones[0]);
  WAIT (phones, ready, 1);
}

static void
talk (Phone phones[2])
{
  for (guint i = 0; i < 2; i++)
    endpoint_wait_media (phones[i].endpoint, 10);
}

/* Z-3-01: the handshake begins when the component is ready, and shares
 * its socket with STUN. */
GST_START_TEST (test_call)
{
  Phone phones[2];

  start (phones);
  endpoint_wait_secure (phones[0].endpoint, phones[1].endpoint);
  talk (phones);
  phone_clear (&phones[0]);
  phone_clear (&phones[1]);
}

GST_END_TEST;

/* ICE restarts while the call is secure: checks by STUN pass between its packets,
 * a new pair takes over, keys and SAS stay. */
GST_START_TEST (test_ice_restart)
{
  Phone phones[2];
  char *sas;

  start (phones);
  endpoint_wait_secure (phones[0].endpoint, phones[1].endpoint);
  talk (phones);
  sas = propertywatch_get (phones[0].endpoint->enc, "sas");

  for (guint i = 0; i < 2; i++)
    fail_unless (nice_agent_restart (phones[i].agent));
  tell (&phones[0], &phones[1]);
  tell (&phones[1], &phones[0]);
  WAIT (phones, ready, 2);
  WAIT (phones, pairs, 2);
  talk (phones);
  for (guint i = 0; i < 2; i++) {
    propertywatch_assert (phones[i].endpoint->enc, "state", "secure");
    propertywatch_assert (phones[i].endpoint->enc, "sas", sas);
    fail_unless_equals_uint64 (endpoint_get_stat (phones[i].endpoint->dec,
            "recv-drops/not-rtp"), 0);
    endpoint_assert_quiet (phones[i].endpoint);
  }
  g_free (sas);
  phone_clear (&phones[0]);
  phone_clear (&phones[1]);
}

GST_END_TEST;

static Suite *
ice_suite (void)
{
  Suite *s = suite_create ("ice");
  TCase *tc = tcase_create ("ice");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_call);
  tcase_add_test (tc, test_ice_restart);
  return s;
}

GST_CHECK_MAIN (ice);
