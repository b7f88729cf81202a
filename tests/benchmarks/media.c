/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of a packet in zrtpenc and zrtpdec, next to srtpenc and srtpdec and
 * their DTLS-SRTP likes as the system has them, to identity, and to libsrtp2
 * without GStreamer. Two
 * processes measure in turn, a moment each: the one has never loaded the plugin
 * of this tree, so that its libsrtp2 is what it was. Packets are pushed
 * straight into the element, from one thread, and freed where they come out;
 * making them does not count.
 *
 *     media [--json] [--quick] [--rounds=N] [--only=SUBJECT]
 */
#include <gio/gio.h>
#include <string.h>

#include "bench.h"
#include "media.h"

/* A worker process. */
typedef struct
{
  GSubprocess *process;
  GOutputStream *in;
  GDataInputStream *out;
} Worker;

static void
start_worker (Worker * worker, MediaWorker kind, const char *only)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new
      (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  char *option = g_strconcat ("--worker=", media_worker_names[kind], NULL);
  char *only_option = only ? g_strconcat ("--only=", only, NULL) : NULL;
  const char *args[] = { "/proc/self/exe", option, only_option, NULL };
  GError *error = NULL;

  g_subprocess_launcher_unsetenv (launcher, "GST_ZRTP_NO_NETTLE_SRTP");
  g_subprocess_launcher_unsetenv (launcher, "GST_DEBUG");
  worker->process = g_subprocess_launcher_spawnv (launcher, args, &error);
  if (!worker->process)
    g_error ("%s", error->message);
  worker->in = g_subprocess_get_stdin_pipe (worker->process);
  worker->out = g_data_input_stream_new (g_subprocess_get_stdout_pipe
      (worker->process));
  g_object_unref (launcher);
  g_free (option);
  g_free (only_option);
}

static void
stop_worker (Worker * worker)
{
  GError *error = NULL;

  g_output_stream_close (worker->in, NULL, NULL);
  if (!g_subprocess_wait_check (worker->process, NULL, &error))
    g_error ("a worker: %s", error->message);
  g_object_unref (worker->out);
  g_object_unref (worker->process);
}

static double
run_case (Worker * worker, guint index)
{
  char *text = g_strdup_printf ("%u\n", index);
  GError *error = NULL;
  double value;

  if (!g_output_stream_write_all (worker->in, text, strlen (text), NULL, NULL,
          &error))
    g_error ("a worker does not listen: %s", error->message);
  g_free (text);
  text = g_data_input_stream_read_line (worker->out, NULL, NULL, NULL);
  if (!text)
    g_error ("a worker died");
  value = g_ascii_strtod (text, NULL);
  g_free (text);
  return value;
}

typedef struct
{
  const GArray *cases;
  guint rounds;
  double **values;              /* [case][round], in nanoseconds */
} Results;

static void
measure (Results * results, const char *only)
{
  const guint n = results->cases->len;
  Worker workers[MEDIA_N_WORKERS];

  results->values = g_new (double *, n);
  for (guint i = 0; i < n; i++)
    results->values[i] = g_new (double, results->rounds);
  for (guint w = 0; w < MEDIA_N_WORKERS; w++)
    start_worker (&workers[w], w, only);
  /* The first time only warms up. */
  for (guint round = 0; round <= results->rounds; round++) {
    for (guint i = 0; i < n; i++) {
      const MediaCase *c = &g_array_index (results->cases, MediaCase, i);

      results->values[i][round > 0 ? round - 1 : 0] =
          run_case (&workers[c->worker], i);
    }
  }
  for (guint w = 0; w < MEDIA_N_WORKERS; w++)
    stop_worker (&workers[w]);
}

static void
free_values (Results * results)
{
  for (guint i = 0; i < results->cases->len; i++)
    g_free (results->values[i]);
  g_free (results->values);
}

/* The values of a case; NULL if it was not measured. */
static const double *
find (const Results * results, const MediaCase * wanted)
{
  for (guint i = 0; i < results->cases->len; i++) {
    const MediaCase *c = &g_array_index (results->cases, MediaCase, i);

    if (c->worker == wanted->worker && c->subject == wanted->subject
        && g_str_equal (c->cipher, wanted->cipher)
        && c->octets == wanted->octets && c->list == wanted->list
        && c->pieces == wanted->pieces)
      return results->values[i];
  }
  return NULL;
}

static double
get_median (const Results * results, const double *values)
{
  double *copy = g_memdup2 (values, results->rounds * sizeof *values);
  double median = bench_median (copy, results->rounds);

  g_free (copy);
  return median;
}

/* 0 if one of them was not measured. */
static double
get_ratio (const Results * results, const double *a, const double *b)
{
  return a && b ? bench_median_ratio (a, b, results->rounds) : 0;
}

/* How many times srtpenc's or srtpdec's CPU time is ours; srtpdec takes no
 * lists, so that single buffers stand in. */
static double
get_gain (const Results * results, const MediaCase * c)
{
  MediaCase stock = *c;

  stock.worker = MEDIA_STOCK;
  if (c->subject == MEDIA_DECRYPT)
    stock.list = FALSE;
  return get_ratio (results, find (results, &stock), find (results, c));
}

/* A packet of a list, in terms of a single one. */
static double
get_list_cost (const Results * results, const MediaCase * c)
{
  MediaCase single = *c;

  single.list = FALSE;
  return get_ratio (results, find (results, c), find (results, &single));
}

/* In terms of what can't be avoided: an element that does nothing, and
 * libsrtp2 with Nettle. */
static double
get_least_cost (const Results * results, const MediaCase * c)
{
  MediaCase identity = *c, bare = *c;
  const double *a, *b;
  double *least, ratio;

  identity.subject = MEDIA_IDENTITY;
  identity.cipher = "";
  bare.subject = c->subject == MEDIA_ENCRYPT ? MEDIA_BARE_PROTECT
      : MEDIA_BARE_UNPROTECT;
  bare.pieces = 1;
  a = find (results, &identity);
  b = find (results, &bare);
  if (!a || !b)
    return 0;
  least = g_new (double, results->rounds);
  for (guint i = 0; i < results->rounds; i++)
    least[i] = a[i] + b[i];
  ratio = get_ratio (results, find (results, c), least);
  g_free (least);
  return ratio;
}

/* 0 where one makes no sense. */
typedef struct
{
  double gain, list, least;
} Ratios;

static Ratios
compare (const Results * results, const MediaCase * c)
{
  const gboolean ours = c->worker == MEDIA_ZRTP
      && (c->subject == MEDIA_ENCRYPT || c->subject == MEDIA_DECRYPT);
  Ratios ratios = { 0 };

  if (ours)
    ratios.gain = get_gain (results, c);
  if (c->list)
    ratios.list = get_list_cost (results, c);
  if (ours && !c->list)
    ratios.least = get_least_cost (results, c);
  return ratios;
}

/* Output */

static void
print_ratio (double ratio)
{
  if (ratio > 0)
    g_print (" %8.2f", ratio);
  else
    g_print (" %8s", "");
}

static void
print_row (const MediaCase * c, double value, const Ratios * ratios)
{
  g_print ("%-18s %-4s %6u  %-6s  %u %8.0f ns", media_subject_name (c),
      c->cipher, c->octets, c->list ? "list" : "single", c->pieces, value);
  print_ratio (ratios->gain);
  print_ratio (ratios->list);
  print_ratio (ratios->least);
  g_print ("\n");
}

static void
add_ratio (BenchJson * json, const char *name, double ratio)
{
  if (ratio > 0)
    bench_json_number (json, name, ratio);
}

static void
add_row (BenchJson * json, const MediaCase * c, double value,
    const Ratios * ratios)
{
  bench_json_row (json);
  bench_json_text (json, "subject", media_subject_name (c));
  bench_json_text (json, "process", media_worker_names[c->worker]);
  bench_json_text (json, "cipher", c->cipher);
  bench_json_number (json, "octets", c->octets);
  bench_json_text (json, "unit", c->list ? "list" : "single");
  bench_json_number (json, "pieces", c->pieces);
  bench_json_number (json, "ns", value);
  add_ratio (json, "gain", ratios->gain);
  add_ratio (json, "list_to_single", ratios->list);
  add_ratio (json, "to_bare_and_identity", ratios->least);
  bench_json_end_row (json);
}

static void
print_results (const Results * results, gboolean as_json)
{
  BenchJson *json = as_json ? bench_json_new ("media") : NULL;

  if (!json)
    g_print ("CPU time a packet           octets         pieces        "
        "  gain     list    least\n");
  for (guint i = 0; i < results->cases->len; i++) {
    const MediaCase *c = &g_array_index (results->cases, MediaCase, i);
    Ratios ratios = compare (results, c);
    double median = get_median (results, results->values[i]);

    if (json)
      add_row (json, c, median, &ratios);
    else
      print_row (c, median, &ratios);
  }
  if (json)
    bench_json_print (json);
  else
    g_print ("gain: CPU time of srtpenc or srtpdec (single buffers), in terms "
        "of it\nlist: in terms of single buffers\nleast: in terms of identity "
        "and libsrtp2 with Nettle\nsrtpdec of GStreamer 1.22 crashes on buffer "
        "lists: left out\n");
}

int
main (int argc, char **argv)
{
  char *only = NULL, *worker = NULL;
  const GOptionEntry more[] = {
    {"only", 0, 0, G_OPTION_ARG_STRING, &only, "Nothing but this, say zrtpenc",
        "SUBJECT"},
    {"worker", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &worker, NULL,
        NULL},
    {NULL}
  };
  BenchOptions options;
  Results results;
  GArray *cases;

  bench_parse (&options, &argc, &argv, more);
  cases = media_cases (only);
  if (worker) {
    media_work (g_str_equal (worker, media_worker_names[MEDIA_STOCK])
        ? MEDIA_STOCK : MEDIA_ZRTP, cases);
  } else {
    results = (Results) {
    cases, bench_rounds (&options, 51)};
    measure (&results, only);
    print_results (&results, options.json);
    free_values (&results);
  }
  g_array_unref (cases);
  g_free (only);
  g_free (worker);
  return 0;
}
