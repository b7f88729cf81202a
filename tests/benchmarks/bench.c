/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "bench.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

void
bench_parse (BenchOptions * options, int *argc, char ***argv,
    const GOptionEntry * more)
{
  const GOptionEntry entries[] = {
    {"json", 0, 0, G_OPTION_ARG_NONE, &options->json, "Print JSON", NULL},
    {"quick", 0, 0, G_OPTION_ARG_NONE, &options->quick,
        "Only show that it works", NULL},
    {"rounds", 0, 0, G_OPTION_ARG_INT, &options->rounds,
        "How often each measurement is made", "N"},
    {NULL}
  };
  GOptionContext *context = g_option_context_new (NULL);
  GError *error = NULL;

  *options = (BenchOptions) {
  FALSE};
  g_option_context_add_main_entries (context, entries, NULL);
  if (more)
    g_option_context_add_main_entries (context, more, NULL);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    exit (2);
  }
  g_option_context_free (context);
}

guint
bench_rounds (const BenchOptions * options, guint normal)
{
  if (options->rounds > 0)
    return options->rounds;
  return options->quick ? 2 : normal;
}

static double
read_clock (clockid_t id)
{
  struct timespec t;

  clock_gettime (id, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

double
bench_process_ns (void)
{
  return read_clock (CLOCK_PROCESS_CPUTIME_ID);
}

double
bench_thread_ns (void)
{
  return read_clock (CLOCK_THREAD_CPUTIME_ID);
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

double
bench_percentile (double *values, guint n, double percent)
{
  guint rank;

  g_assert (n > 0);
  qsort (values, n, sizeof (values[0]), compare);
  rank = ceil (n * percent / 100);
  return values[rank > 0 ? rank - 1 : 0];
}

double
bench_median (double *values, guint n)
{
  return bench_percentile (values, n, 50);
}

double
bench_median_ratio (const double *a, const double *b, guint n)
{
  double *ratios = g_new (double, n), median;

  for (guint i = 0; i < n; i++)
    ratios[i] = a[i] / b[i];
  median = bench_median (ratios, n);
  g_free (ratios);
  return median;
}

struct _BenchJson
{
  GString *text;
  guint n_rows, n_members;      /* members: of this row */
};

BenchJson *
bench_json_new (const char *name)
{
  BenchJson *json = g_new0 (BenchJson, 1);

  json->text = g_string_new (NULL);
  g_string_append_printf (json->text,
      "{\n  \"benchmark\": \"%s\",\n  \"rows\": [", name);
  return json;
}

void
bench_json_row (BenchJson * json)
{
  g_string_append (json->text, json->n_rows++ > 0 ? ",\n    { " : "\n    { ");
  json->n_members = 0;
}

static void
add_name (BenchJson * json, const char *name)
{
  g_string_append_printf (json->text, "%s\"%s\": ",
      json->n_members++ > 0 ? ", " : "", name);
}

void
bench_json_text (BenchJson * json, const char *name, const char *text)
{
  char *escaped = g_strescape (text, NULL);

  add_name (json, name);
  g_string_append_printf (json->text, "\"%s\"", escaped);
  g_free (escaped);
}

void
bench_json_number (BenchJson * json, const char *name, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  add_name (json, name);
  g_string_append (json->text, g_ascii_formatd (digits, sizeof digits, "%.3f",
          value));
}

void
bench_json_end_row (BenchJson * json)
{
  g_string_append (json->text, " }");
}

void
bench_json_print (BenchJson * json)
{
  g_print ("%s\n  ]\n}\n", json->text->str);
  g_string_free (json->text, TRUE);
  g_free (json);
}
