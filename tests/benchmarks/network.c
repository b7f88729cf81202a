/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How long it takes until two ends are secure over a network with delay and
 * loss: from when both are there until both have the keys of both directions.
 * No media flows. The engine and libbzrtp run on a simulated clock, where
 * computing takes no time; elements in real time.
 *
 *     network [--json] [--quick] [--rounds=CALLS] [--only=SUBJECT]
 */
#include "network.h"

#include "bench.h"

static const guint rtts[] = { 0, 50, 150, 600 };
static const guint losses[] = { 0, 5, 20 };

/* The first two are simulated: many calls take little time. */
static const char *const subjects[] = {
  "engine", "libbzrtp", "zrtpenc, zrtpdec", "dtlssrtpenc, dtlssrtpdec"
};

#define N_VIRTUAL 2
#define N_CONDITIONS (G_N_ELEMENTS (rtts) * G_N_ELEMENTS (losses))
#define VIRTUAL_CALLS 500
#define REAL_CALLS 100
#define ALONE_CALLS 500         /* quickly done */
#define QUICK_CALLS 3

/* A quick run leaves out what takes long. */
static guint
count_conditions (gboolean quick)
{
  return quick ? 2 : N_CONDITIONS;
}

static NetworkCondition
get_condition (guint nth)
{
  return (NetworkCondition) {
    rtts[nth / G_N_ELEMENTS (losses)], losses[nth % G_N_ELEMENTS (losses)]
  };
}

gboolean
network_is_alone (const NetworkCondition * condition)
{
  return condition->rtt == 0 && condition->loss == 0;
}

/* Of @usual calls, unless the options want others. */
static NetworkRow *
row_new (const char *subject, NetworkCondition condition, guint usual,
    const BenchOptions * options)
{
  NetworkRow *row = g_new0 (NetworkRow, 1);

  row->subject = subject;
  row->condition = condition;
  row->calls = options->rounds > 0 ? (guint) options->rounds
      : options->quick ? QUICK_CALLS : usual;
  row->ms = g_new (double, row->calls);
  return row;
}

static void
row_free (gpointer data)
{
  NetworkRow *row = data;

  g_free (row->ms);
  g_free (row);
}

static void
measure_virtual (GPtrArray * rows, const char *subject,
    const BenchOptions * options)
{
  for (guint i = 0; i < count_conditions (options->quick); i++) {
    NetworkRow *row = row_new (subject, get_condition (i), VIRTUAL_CALLS,
        options);

    if (network_run_virtual (row))
      g_ptr_array_add (rows, row);
    else
      row_free (row);
  }
}

static void
add_real (GPtrArray * rows, const char *subject, const BenchOptions * options)
{
  for (guint i = 0; i < count_conditions (options->quick); i++) {
    const NetworkCondition condition = get_condition (i);

    if (network_has_real (subject))
      g_ptr_array_add (rows, row_new (subject, condition,
              network_is_alone (&condition) ? ALONE_CALLS : REAL_CALLS,
              options));
  }
}

static GPtrArray *
measure (const BenchOptions * options, const char *only)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (row_free);
  guint first_real;

  for (guint s = 0; s < N_VIRTUAL; s++)
    if (!only || g_str_equal (only, subjects[s]))
      measure_virtual (rows, subjects[s], options);
  first_real = rows->len;
  network_start_real ();
  for (guint s = N_VIRTUAL; s < G_N_ELEMENTS (subjects); s++)
    if (!only || g_str_equal (only, subjects[s]))
      add_real (rows, subjects[s], options);
  network_run_real ((NetworkRow **) rows->pdata + first_real,
      rows->len - first_real);
  return rows;
}

static void
print_row (NetworkRow * row)
{
  g_print ("%-24s %4u %4u %6u %6u %9.1f %9.1f\n", row->subject,
      row->condition.rtt, row->condition.loss, row->calls, row->failed,
      bench_median (row->ms, row->calls),
      bench_percentile (row->ms, row->calls, 99));
}

static void
add_row (BenchJson * json, NetworkRow * row)
{
  bench_json_row (json);
  bench_json_text (json, "subject", row->subject);
  bench_json_number (json, "rtt_ms", row->condition.rtt);
  bench_json_number (json, "loss_percent", row->condition.loss);
  bench_json_number (json, "calls", row->calls);
  bench_json_number (json, "failed", row->failed);
  bench_json_number (json, "median_ms", bench_median (row->ms, row->calls));
  bench_json_number (json, "p99_ms", bench_percentile (row->ms, row->calls,
          99));
  bench_json_end_row (json);
}

static void
print_results (GPtrArray * rows, gboolean as_json)
{
  BenchJson *json = as_json ? bench_json_new ("network") : NULL;

  if (!json)
    g_print ("ms to secure              RTT loss  calls failed    median"
        "       99%%\n");
  for (guint i = 0; i < rows->len; i++) {
    if (json)
      add_row (json, g_ptr_array_index (rows, i));
    else
      print_row (g_ptr_array_index (rows, i));
  }
  if (json)
    bench_json_print (json);
}

int
main (int argc, char **argv)
{
  char *only = NULL;
  const GOptionEntry more[] = {
    {"only", 0, 0, G_OPTION_ARG_STRING, &only, "Nothing but this, say engine",
        "SUBJECT"},
    {NULL}
  };
  BenchOptions options;
  GPtrArray *rows;

  bench_parse (&options, &argc, &argv, more);
  rows = measure (&options, only);
  print_results (rows, options.json);
  g_ptr_array_unref (rows);
  g_free (only);
  return 0;
}
