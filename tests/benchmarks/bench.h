/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all benchmarks share: options, clocks, medians, output. Every one of
 * them runs what it compares in turn, in one run: ratios hold on any machine,
 * absolute times only on a quiet one.
 */
#ifndef BENCH_H
#define BENCH_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean json;                /* print JSON instead of a table */
  gboolean quick;               /* only show that it works */
  int rounds;                   /* 0: the benchmark's own */
} BenchOptions;

/* Reads --json, --quick, --rounds=N and @more (may be NULL); ends the program if
 * it can't. */
void bench_parse (BenchOptions * options, int *argc, char ***argv,
    const GOptionEntry * more);
/* How many rounds: as asked, or 2 of a quick run, or @normal. */
guint bench_rounds (const BenchOptions * options, guint normal);

/* CPU time used so far, in nanoseconds. */
double bench_process_ns (void);
double bench_thread_ns (void);

/* Sort @values. @percent: 50 is the median, 100 the largest. */
double bench_percentile (double *values, guint n, double percent);
double bench_median (double *values, guint n);
/* Median of @a[i] / @b[i], which were measured in one round: what slows the
 * machine down for a while slows both. Leaves them as they are. */
double bench_median_ratio (const double *a, const double *b, guint n);

typedef struct _BenchJson BenchJson;

/* A document { "benchmark": @name, "rows": [ ... ] }. */
BenchJson *bench_json_new (const char *name);
void bench_json_row (BenchJson * json);       /* opens one */
void bench_json_text (BenchJson * json, const char *name, const char *text);
/* Three digits after the point. */
void bench_json_number (BenchJson * json, const char *name, double value);
void bench_json_end_row (BenchJson * json);
/* Prints and frees it. */
void bench_json_print (BenchJson * json);

G_END_DECLS

#endif
