/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of a packet in zrtpenc and zrtpdec, next to srtpenc and srtpdec as
 * the system has them, to identity, and to libsrtp2 without GStreamer. Two
 * processes measure in turn, a moment each: the one has never loaded the plugin
 * of this tree, so that its libsrtp2 is what it was. Packets are pushed
 * straight into the element, from one thread, and freed where they come out;
 * making them does not count.
 *
 *     media [--json] [--quick] [--rounds=N] [--only=SUBJECT]
 */
#include <gio/gio.h>

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

/* One round: @values has one for each case. */
static void
run_round (Worker * worker, guint n_cases, double *values)
{
  GError *error = NULL;
  char *line;

  if (!g_output_stream_write_all (worker->in, "\n", 1, NULL, NULL, &error))
    g_error ("a worker does not listen: %s", error->message);
  while ((line = g_data_input_stream_read_line (worker->out, NULL, NULL, NULL))
      && *line) {
    char *end;
    guint64 index = g_ascii_strtoull (line, &end, 10);

    if (index >= n_cases)
      g_error ("a worker says \"%s\"", line);
    values[index] = g_ascii_strtod (end, NULL);
    g_free (line);
  }
  if (!line)
    g_error ("a worker died");
  g_free (line);
}

/* Medians, one for each case, in nanoseconds. */
static double *
measure (const GArray * cases, guint rounds, const char *only)
{
  double *values = g_new0 (double, cases->len);
  double **all = g_new (double *, cases->len);
  Worker workers[MEDIA_N_WORKERS];

  for (guint i = 0; i < cases->len; i++)
    all[i] = g_new (double, rounds);
  for (guint w = 0; w < MEDIA_N_WORKERS; w++) {
    start_worker (&workers[w], w, only);
    /* Warms up. */
    run_round (&workers[w], cases->len, values);
  }
  for (guint round = 0; round < rounds; round++) {
    for (guint w = 0; w < MEDIA_N_WORKERS; w++)
      run_round (&workers[w], cases->len, values);
    for (guint i = 0; i < cases->len; i++)
      all[i][round] = values[i];
  }
  for (guint w = 0; w < MEDIA_N_WORKERS; w++)
    stop_worker (&workers[w]);
  for (guint i = 0; i < cases->len; i++) {
    values[i] = bench_median (all[i], rounds);
    g_free (all[i]);
  }
  g_free (all);
  return values;
}

/* What a row is compared with. */

typedef struct
{
  const GArray *cases;
  const double *values;
} Results;

/* The value of that case; 0 if it was not measured. */
static double
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
  return 0;
}

static double
divide (double a, double b)
{
  return b > 0 ? a / b : 0;
}

/* How many times srtpenc's or srtpdec's CPU time is ours; srtpdec takes no
 * lists, so that single buffers stand in. */
static double
gain (const Results * results, const MediaCase * c, double value)
{
  MediaCase stock = *c;

  stock.worker = MEDIA_STOCK;
  if (c->subject == MEDIA_DECRYPT)
    stock.list = FALSE;
  return divide (find (results, &stock), value);
}

/* A packet of a list, in terms of a single one. */
static double
list_cost (const Results * results, const MediaCase * c, double value)
{
  MediaCase single = *c;

  single.list = FALSE;
  return divide (value, find (results, &single));
}

/* In terms of what can't be avoided: an element that does nothing, and
 * libsrtp2 with Nettle. */
static double
least_cost (const Results * results, const MediaCase * c, double value)
{
  MediaCase identity = *c, bare = *c;
  double a, b;

  identity.subject = MEDIA_IDENTITY;
  identity.cipher = "";
  bare.subject = c->subject == MEDIA_ENCRYPT ? MEDIA_BARE_PROTECT
      : MEDIA_BARE_UNPROTECT;
  bare.pieces = 1;
  a = find (results, &identity);
  b = find (results, &bare);
  return a > 0 && b > 0 ? value / (a + b) : 0;
}

/* 0 where one makes no sense. */
typedef struct
{
  double gain, list, least;
} Ratios;

static Ratios
compare (const Results * results, const MediaCase * c, double value)
{
  const gboolean ours = c->worker == MEDIA_ZRTP
      && (c->subject == MEDIA_ENCRYPT || c->subject == MEDIA_DECRYPT);
  Ratios ratios = { 0 };

  if (ours)
    ratios.gain = gain (results, c, value);
  if (c->list)
    ratios.list = list_cost (results, c, value);
  if (ours && !c->list)
    ratios.least = least_cost (results, c, value);
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
    Ratios ratios = compare (results, c, results->values[i]);

    if (json)
      add_row (json, c, results->values[i], &ratios);
    else
      print_row (c, results->values[i], &ratios);
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
    double *values = measure (cases, bench_rounds (&options, 51), only);

    results = (Results) {
    cases, values};
    print_results (&results, options.json);
    g_free (values);
  }
  g_array_unref (cases);
  g_free (only);
  g_free (worker);
  return 0;
}
