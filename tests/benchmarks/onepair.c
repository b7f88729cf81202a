/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many calls at once between two gateways, each with one file of known peers. RFC
 * 6189 4.4.1 allows one key exchange at a time between two ZIDs, so the calls take
 * turns; next to it as many calls between endpoints of their own, which need not.
 * No network: zrtp_src is linked to the zrtpdec of the other end. Times are from
 * the start of the first element until both ends of a call are secure.
 *
 *     onepair [--json] [--quick] [--rounds=CALLS]
 */
#include <glib/gstdio.h>

#include "bench.h"
#include "plugins.h"

#define PATIENCE (60 * G_TIME_SPAN_SECOND)

typedef struct
{
  const char *name;
  const char *key_agreement;
  gboolean shared;              /* one file a gateway; else known to no peer */
} Case;

static const Case cases[] = {
  {"one pair X255", "X255", TRUE},
  {"one pair DH3k", "DH3k", TRUE},
  {"pairs X255", "X255", FALSE},
};

typedef struct
{
  GstElement *enc, *dec;
} End;

typedef struct
{
  End ends[2];
  guint missing;                /* lock: ends that are not secure yet */
  gint64 secured;               /* lock */
} Call;

static GMutex lock;
static GCond changed;
static guint n_secure;          /* lock: calls */
static char *folder;

static void
note_secure (Call * call)
{
  g_mutex_lock (&lock);
  if (call->missing > 0 && --call->missing == 0) {
    call->secured = g_get_monotonic_time ();
    n_secure++;
    g_cond_signal (&changed);
  }
  g_mutex_unlock (&lock);
}

static void
notify_state (GstElement * element, GParamSpec * pspec, Call * call)
{
  GValue value = G_VALUE_INIT;
  char *nick;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (element), pspec->name, &value);
  nick = gst_value_serialize (&value);
  if (g_str_equal (nick, "secure"))
    note_secure (call);
  g_free (nick);
  g_value_unset (&value);
}

static void
make_end (const Case * c, Call * call, guint nth, guint e)
{
  End *end = &call->ends[e];
  char *session = g_strdup_printf ("%s %u %u", c->name, nth, e);
  char *cache = c->shared ? g_strdup_printf ("%s/%s-%u.sqlite", folder,
      c->key_agreement, e) : g_strdup (":memory:");

  end->enc = gst_object_ref_sink (plugins_make ("zrtpenc"));
  end->dec = gst_object_ref_sink (plugins_make ("zrtpdec"));
  g_object_set (end->enc, "session-id", session, "cache", cache,
      "key-agreements", c->key_agreement, NULL);
  g_object_set (end->dec, "session-id", session, NULL);
  g_signal_connect (end->enc, "notify::state", G_CALLBACK (notify_state), call);
  gst_object_unref (gst_element_request_pad_simple (end->enc, "zrtp_src"));
  g_free (session);
  g_free (cache);
}

static void
link_ends (End * from, End * to)
{
  GstPad *src = gst_element_get_static_pad (from->enc, "zrtp_src");
  GstPad *sink = gst_element_get_static_pad (to->dec, "rtp_sink");

  if (gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING)
      != GST_PAD_LINK_OK)
    g_error ("no link");
  gst_object_unref (src);
  gst_object_unref (sink);
}

static void
set_state (End * end, GstState state)
{
  gst_element_set_state (end->dec, state);
  gst_element_set_state (end->enc, state);
}

static void
free_call (Call * call)
{
  for (guint e = 0; e < 2; e++)
    set_state (&call->ends[e], GST_STATE_NULL);
  for (guint e = 0; e < 2; e++) {
    g_signal_handlers_disconnect_by_data (call->ends[e].enc, call);
    gst_object_unref (call->ends[e].enc);
    gst_object_unref (call->ends[e].dec);
  }
}

/* @ms: of each call that became secure. Their number. */
static guint
run (const Case * c, guint n, double *ms)
{
  Call *calls = g_new0 (Call, n);
  guint done = 0;
  gint64 start;

  for (guint i = 0; i < n; i++) {
    calls[i].missing = 2;
    for (guint e = 0; e < 2; e++)
      make_end (c, &calls[i], i, e);
    for (guint e = 0; e < 2; e++)
      link_ends (&calls[i].ends[e], &calls[i].ends[1 - e]);
    for (guint e = 0; e < 2; e++)
      set_state (&calls[i].ends[e], GST_STATE_READY);
  }
  n_secure = 0;
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++) {
    for (guint e = 0; e < 2; e++)
      set_state (&calls[i].ends[e], GST_STATE_PLAYING);
  }
  g_mutex_lock (&lock);
  while (n_secure < n)
    if (!g_cond_wait_until (&changed, &lock, start + PATIENCE))
      break;
  for (guint i = 0; i < n; i++) {
    if (calls[i].missing == 0)
      ms[done++] = (calls[i].secured - start) / 1e3;
  }
  g_mutex_unlock (&lock);
  for (guint i = 0; i < n; i++)
    free_call (&calls[i]);
  g_free (calls);
  return done;
}

static void
print_row (BenchJson * json, const Case * c, guint n, double *ms, guint done)
{
  if (!json) {
    g_print ("%-14s %5u %6u %8.1f %8.1f %8.1f\n", c->name, n, n - done,
        bench_median (ms, done), bench_percentile (ms, done, 99),
        bench_percentile (ms, done, 100));
    return;
  }
  bench_json_row (json);
  bench_json_text (json, "subject", c->name);
  bench_json_number (json, "calls", n);
  bench_json_number (json, "failed", n - done);
  bench_json_number (json, "median_ms", bench_median (ms, done));
  bench_json_number (json, "p99_ms", bench_percentile (ms, done, 99));
  bench_json_number (json, "max_ms", bench_percentile (ms, done, 100));
  bench_json_end_row (json);
}

static void
open_folder (void)
{
  GError *error = NULL;

  folder = g_dir_make_tmp ("gst-zrtp-onepair-XXXXXX", &error);
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
  BenchOptions options;
  gboolean failed = FALSE;
  BenchJson *json;
  guint n;

  bench_parse (&options, &argc, &argv, NULL);
  n = bench_rounds (&options, 200);
  plugins_init ("coreelements", NULL);
  plugins_load_zrtp ();
  json = options.json ? bench_json_new ("onepair") : NULL;
  open_folder ();
  if (!json)
    g_print ("ms until secure, %u calls at once\n"
        "               calls failed   median      99%%      max\n", n);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    double *ms = g_new0 (double, n);
    guint done = run (&cases[i], n, ms);

    print_row (json, &cases[i], n, ms, done);
    failed |= done < n;
    g_free (ms);
  }
  if (json)
    bench_json_print (json);
  remove_folder ();
  return failed ? 1 : 0;
}
