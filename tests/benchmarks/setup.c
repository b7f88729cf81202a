/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long two ends take until media may flow both ways: from setting their
 * pipelines PLAYING, one after the other, until both have the keys of both
 * directions; "late": from setting the second one PLAYING, some 300 ms after
 * the first, which found no endpoint there. Real UDP sockets on 127.0.0.1, live sources, pipelines made again
 * for each call; zrtpenc and zrtpdec, and dtlssrtpenc and dtlssrtpdec, in turn.
 *
 *     setup [--json] [--quick] [--rounds=CALLS] [--only=NAME]
 */
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "bench.h"
#include "plugins.h"

#define PATIENCE (20 * G_TIME_SPAN_SECOND)

/* 20 ms of A-law a packet. */
#define VOICE "audiotestsrc is-live=true samplesperbuffer=160 ! " \
    "audio/x-raw,rate=8000,channels=1 ! alawenc ! rtppcmapay "
#define VOICE_CAPS "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=8"
/* A port of its own: with "reuse" the system may give it one that another socket
 * has, which then gets its packets. */
#define NET_SRC "udpsrc name=net_src address=127.0.0.1 port=%u reuse=false "
#define NET_SINK "udpsink name=net_sink host=127.0.0.1 async=false sync=false "
#define EAR "fakesink async=false sync=false "

typedef struct
{
  const char *name;
  const char *key_agreement;    /* NULL: DTLS-SRTP */
  gboolean cache;               /* known peers in a file, else in memory */
  gboolean late;                /* the second end is not there yet */
  guint share;                  /* one of so many rounds */
} Case;

/* Of these only the first waits for the disk. */
static const Case cases[] = {
  {"zrtp X255 file", "X255", TRUE, FALSE, 1},
  {"zrtp X255", "X255", FALSE, FALSE, 1},
  {"dtls-srtp", NULL, FALSE, FALSE, 1},
  {"zrtp EC25", "EC25", FALSE, FALSE, 4},
  {"zrtp DH3k", "DH3k", FALSE, FALSE, 4},
  {"zrtp X255 late", "X255", FALSE, TRUE, 4},
  {"dtls-srtp late", NULL, FALSE, TRUE, 4},
};

#define N_CASES G_N_ELEMENTS (cases)

/* One call, and what its threads tell. */
typedef struct
{
  GMutex lock;
  GCond changed;
  guint missing;                /* signs of security still to come */
  gint64 secured;
  double cpu;                   /* of the process, at that time */
} Call;

typedef struct
{
  double ms, cpu_ms;
} Duration;

static char *folder;            /* for the files of known peers */

static void
tell (Call * call)
{
  g_mutex_lock (&call->lock);
  if (call->missing > 0 && --call->missing == 0) {
    call->secured = g_get_monotonic_time ();
    call->cpu = bench_process_ns ();
    g_cond_signal (&call->changed);
  }
  g_mutex_unlock (&call->lock);
}

static gboolean
wait_secure (Call * call)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE;
  gboolean ok = TRUE;

  g_mutex_lock (&call->lock);
  while (call->missing > 0 && ok)
    ok = g_cond_wait_until (&call->changed, &call->lock, end);
  g_mutex_unlock (&call->lock);
  return ok;
}

/* In the thread that posts. */
static GstBusSyncReply
on_message (GstBus * bus, GstMessage * message, gpointer call)
{
  /* Such a call fails, and counts as that. */
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR) {
    GError *error;
    char *debug;

    gst_message_parse_error (message, &error, &debug);
    g_printerr ("%s: %s (%s)\n", GST_MESSAGE_SRC_NAME (message),
        error->message, debug);
    g_error_free (error);
    g_free (debug);
  }
  if (gst_message_has_name (message, "GstZrtpState")
      && g_strcmp0 (gst_structure_get_string (gst_message_get_structure
              (message), "state"), "secure") == 0)
    tell (call);
  gst_message_unref (message);
  return GST_BUS_DROP;
}

static GstElement *
make_pipeline (Call * call, const char *description)
{
  GError *error = NULL;
  GstElement *pipeline = gst_parse_launch (description, &error);
  GstBus *bus;

  if (error)
    g_error ("%s", error->message);
  bus = gst_element_get_bus (pipeline);
  gst_bus_set_sync_handler (bus, on_message, call, NULL);
  gst_object_unref (bus);
  return pipeline;
}

static GstElement *
make_zrtp_end (Call * call, const Case * c, guint end, guint port)
{
  char *cache = c->cache ? g_strdup_printf ("%s/%u.sqlite", folder, end)
      : g_strdup (":memory:");
  char *text = g_strdup_printf (VOICE "! zrtpenc name=enc cache=\"%s\" "
      "key-agreements=%s enc.rtp_src_0 ! " NET_SINK NET_SRC
      "caps=\"" VOICE_CAPS "\" ! zrtpdec ! " EAR, cache, c->key_agreement,
      port);
  GstElement *pipeline = make_pipeline (call, text);

  g_free (text);
  g_free (cache);
  return pipeline;
}

static void
connect_tell (GstElement * pipeline, const char *name, const char *signal,
    Call * call)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);

  g_signal_connect_swapped (element, signal, G_CALLBACK (tell), call);
  gst_object_unref (element);
}

/* Who is the client changes from one call to the next. */
static GstElement *
make_dtls_end (Call * call, guint nth, guint end, guint port)
{
  static guint serial;
  char *text = g_strdup_printf (NET_SRC "caps=application/x-srtp ! "
      "dtlssrtpdec name=dec connection-id=c%u dec.rtp_src ! " EAR VOICE
      "! enc.rtp_sink_0 dtlssrtpenc name=enc connection-id=c%u is-client=%s ! "
      NET_SINK, port, serial, serial, (nth + end) % 2 ? "true" : "false");
  GstElement *pipeline = make_pipeline (call, text);
  GstElement *dec = gst_bin_get_by_name (GST_BIN (pipeline), "dec");
  GstIterator *inner = gst_bin_iterate_all_by_element_factory_name
      (GST_BIN (dec), "dtlsdec");
  GValue value = G_VALUE_INIT;

  if (gst_iterator_next (inner, &value) != GST_ITERATOR_OK)
    g_error ("dtlssrtpdec has no dtlsdec");
  g_signal_connect_swapped (g_value_get_object (&value), "on-key-received",
      G_CALLBACK (tell), call);
  connect_tell (pipeline, "enc", "on-key-set", call);
  g_value_unset (&value);
  gst_iterator_free (inner);
  gst_object_unref (dec);
  g_free (text);
  serial++;
  return pipeline;
}

static void
set_state (GstElement * pipeline, GstState state)
{
  if (gst_element_set_state (pipeline, state) == GST_STATE_CHANGE_FAILURE)
    g_error ("a pipeline does not get %s", gst_element_state_get_name (state));
}

static guint
get_port (GstElement * pipeline)
{
  GstElement *src = gst_bin_get_by_name (GST_BIN (pipeline), "net_src");
  gint port;

  g_object_get (src, "port", &port, NULL);
  gst_object_unref (src);
  return port;
}

static void
aim (GstElement * pipeline, guint port)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (pipeline), "net_sink");

  g_object_set (sink, "port", port, NULL);
  gst_object_unref (sink);
}

/* Of 127.0.0.1; no other program is likely to take it soon. */
static guint
find_free_port (void)
{
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
      G_SOCKET_PROTOCOL_UDP, NULL);
  GSocketAddress *any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  GSocketAddress *own = NULL;
  guint port;

  if (!socket || !g_socket_bind (socket, any, FALSE, NULL)
      || !(own = g_socket_get_local_address (socket, NULL)))
    g_error ("no free port");
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (own));
  g_object_unref (own);
  g_object_unref (any);
  g_object_unref (socket);
  return port;
}

/* Up to READY, where it opens its sockets: what comes from then on waits. */
static GstElement *
make_end (const Case * c, Call * call, guint nth, guint end, guint port)
{
  GstElement *pipeline = c->key_agreement ? make_zrtp_end (call, c, end, port)
      : make_dtls_end (call, nth, end, port);

  set_state (pipeline, GST_STATE_READY);
  return pipeline;
}

static void
make_ends (const Case * c, Call * call, guint nth, GstElement * ends[2])
{
  guint port = 0;

  ends[0] = make_end (c, call, nth, 0, 0);
  if (c->late) {
    port = find_free_port ();
    aim (ends[0], port);
    set_state (ends[0], GST_STATE_PLAYING);
    g_usleep ((200 + 37 * nth % 200) * 1000);
  }
  ends[1] = make_end (c, call, nth, 1, port);
  aim (ends[0], get_port (ends[1]));
  aim (ends[1], get_port (ends[0]));
}

/* Why a call failed, as far as an end knows. */
static void
explain (GstElement * pipeline, const char *name)
{
  GstElement *element = gst_bin_get_by_name (GST_BIN (pipeline), name);
  GObjectClass *klass = element ? G_OBJECT_GET_CLASS (element) : NULL;
  GstStructure *stats = NULL;
  char *text;

  if (klass && g_object_class_find_property (klass, "stats")) {
    g_object_get (element, "stats", &stats, NULL);
    text = gst_structure_to_string (stats);
    g_printerr ("  %s: %s\n", name, text);
    g_free (text);
    gst_structure_free (stats);
  }
  gst_clear_object (&element);
}

/* The @nth of its kind. FALSE if it did not get secure. */
static gboolean
run_call (const Case * c, guint nth, Duration * duration)
{
  Call call = { 0 };
  GstElement *ends[2];
  double cpu;
  gint64 start;
  gboolean ok;

  g_mutex_init (&call.lock);
  g_cond_init (&call.changed);
  call.missing = c->key_agreement ? 2 : 4;
  make_ends (c, &call, nth, ends);

  start = g_get_monotonic_time ();
  cpu = bench_process_ns ();
  for (guint e = 0; e < 2; e++)
    set_state (ends[e], GST_STATE_PLAYING);
  ok = wait_secure (&call);
  duration->ms = (call.secured - start) / 1e3;
  duration->cpu_ms = (call.cpu - cpu) / 1e6;
  if (!ok)
    g_printerr ("%s: call %u does not get secure\n", c->name, nth);

  for (guint e = 0; e < 2; e++) {
    if (!ok)
      explain (ends[e], "enc");
    set_state (ends[e], GST_STATE_NULL);
    gst_object_unref (ends[e]);
  }
  g_cond_clear (&call.changed);
  g_mutex_clear (&call.lock);
  return ok;
}

/* Of one case. */
typedef struct
{
  double *ms, *cpu_ms;
  guint n, failed;
} Results;

static void
run_round (guint round, Results results[N_CASES],
    const gboolean wanted[N_CASES])
{
  for (guint i = 0; i < N_CASES; i++) {
    Results *r = &results[i];
    Duration duration;

    if (!wanted[i] || round % cases[i].share != 0)
      continue;
    if (run_call (&cases[i], r->n + r->failed, &duration)) {
      r->ms[r->n] = duration.ms;
      r->cpu_ms[r->n++] = duration.cpu_ms;
    } else {
      r->failed++;
    }
  }
}

static void
print_row (const Case * c, Results * r)
{
  g_print ("%-14s %5u %6u %8.1f %8.1f %8.1f %8.1f %8.1f\n", c->name, r->n,
      r->failed, bench_median (r->ms, r->n), bench_percentile (r->ms, r->n, 90),
      bench_percentile (r->ms, r->n, 99), bench_percentile (r->ms, r->n, 100),
      bench_median (r->cpu_ms, r->n));
}

static void
add_row (BenchJson * json, const Case * c, Results * r)
{
  bench_json_row (json);
  bench_json_text (json, "subject", c->name);
  bench_json_number (json, "calls", r->n);
  bench_json_number (json, "failed", r->failed);
  bench_json_number (json, "median_ms", bench_median (r->ms, r->n));
  bench_json_number (json, "p90_ms", bench_percentile (r->ms, r->n, 90));
  bench_json_number (json, "p99_ms", bench_percentile (r->ms, r->n, 99));
  bench_json_number (json, "max_ms", bench_percentile (r->ms, r->n, 100));
  bench_json_number (json, "cpu_ms", bench_median (r->cpu_ms, r->n));
  bench_json_end_row (json);
}

static void
print_results (Results results[N_CASES], gboolean as_json)
{
  BenchJson *json = as_json ? bench_json_new ("setup") : NULL;

  if (!json)
    g_print ("ms from PLAYING to secure, both ways\n"
        "               calls failed   median      90%%      99%%      max "
        " CPU, both\n");
  for (guint i = 0; i < N_CASES; i++) {
    if (results[i].n == 0)
      continue;
    if (json)
      add_row (json, &cases[i], &results[i]);
    else
      print_row (&cases[i], &results[i]);
  }
  if (json)
    bench_json_print (json);
}

static void
open_folder (void)
{
  GError *error = NULL;

  folder = g_dir_make_tmp ("gst-zrtp-setup-XXXXXX", &error);
  if (!folder)
    g_error ("%s", error->message);
}

static void
remove_folder (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    char *path = g_build_filename (folder, name, NULL);

    g_unlink (path);
    g_free (path);
  }
  if (dir)
    g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  char *only = NULL;
  const GOptionEntry more[] = {
    {"only", 0, 0, G_OPTION_ARG_STRING, &only, "Nothing but this", "NAME"},
    {NULL}
  };
  Results results[N_CASES] = { {0} };
  gboolean wanted[N_CASES];
  BenchOptions options;
  gboolean have_dtls;
  guint rounds;

  bench_parse (&options, &argc, &argv, more);
  rounds = bench_rounds (&options, 200);
  plugins_init ("coreelements", "audiotestsrc", "alaw", "rtp", "udp", NULL);
  have_dtls = plugins_try ("srtp") && plugins_try ("dtls");
  plugins_load_zrtp ();
  open_folder ();
  for (guint i = 0; i < N_CASES; i++) {
    Duration unused;

    results[i].ms = g_new (double, rounds);
    results[i].cpu_ms = g_new (double, rounds);
    wanted[i] = (cases[i].key_agreement || have_dtls)
        && (!only || g_str_equal (only, cases[i].name));
    /* Warms up: certificate, files, threads. */
    if (wanted[i] && !cases[i].late && !options.quick)
      run_call (&cases[i], 0, &unused);
  }
  for (guint round = 0; round < rounds; round++)
    run_round (round, results, wanted);
  print_results (results, options.json);
  for (guint i = 0; i < N_CASES; i++) {
    g_free (results[i].ms);
    g_free (results[i].cpu_ms);
  }
  remove_folder ();
  g_free (only);
  return 0;
}
