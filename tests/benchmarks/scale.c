/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Many calls in one process, elements and all: what setting them up takes, what
 * they weigh, what a full load of voice (50 packets a second each way) costs and
 * whether timers hold. A process for each number of calls. srtpenc and srtpdec
 * under the same load, for comparison.
 *
 *     scale [--json] [--quick] [--only=CALLS]
 */
#include "scale.h"

#include <gio/gio.h>
#include <stdlib.h>

#include "bench.h"

static const guint numbers[] = { 1, 10, 100, 1000, 5000 };

#define N_QUICK 2               /* of them */

typedef struct
{
  const char *name;
  guint most;                   /* calls */
} Subject;

/* With more calls the system's libsrtp2 takes minutes for their first packets. */
static const Subject subjects[] = {
  [SCALE_ZRTP] = {"zrtpenc, zrtpdec", G_MAXUINT},
  [SCALE_SRTP] = {"srtpenc, srtpdec", 100},
};

typedef struct
{
  const char *name;             /* in JSON */
  const char *head;
  int digits;
  gboolean common;              /* of srtpenc and srtpdec, too */
} Column;

static const Column columns[SCALE_N_FIGURES] = {
  [SCALE_SETUP_RATE] = {"setup_per_second", "calls/s", 0},
  [SCALE_SETUP_CPU] = {"setup_cpu_ms", "CPU, ms", 2},
  [SCALE_RESIDENT] = {"resident_kb", "kB/pair", 1, TRUE},
  [SCALE_HEAP] = {"heap_kb", "heap", 1, TRUE},
  [SCALE_THREADS_SETUP] = {"setup_threads", "threads", 0},
  [SCALE_THREADS_LOAD] = {"load_threads", "load", 0},
  [SCALE_LAG_MEDIAN] = {"lag_ms", "lag, ms", 2},
  [SCALE_LAG_99] = {"lag_p99_ms", "99%", 2},
  [SCALE_LOAD_WANTED] = {"packets_per_second", "packets/s", 0, TRUE},
  [SCALE_LOAD_CARRIED] = {"carried_percent", "carried", 1, TRUE},
  [SCALE_LOAD_PACKET] = {"packet_ns", "ns", 0, TRUE},
  [SCALE_LOAD_CPU] = {"load_cpu_percent", "CPU %", 1, TRUE},
};

static ScaleTask
make_task (ScaleSubject subject, guint calls, gboolean quick)
{
  return (ScaleTask) {
  subject, calls, quick ? 2 : 20, quick ? 0.2 : 4};
}

/* The figures of a process of its own. */
static void
run_worker (ScaleSubject subject, guint calls, gboolean quick, double *figures)
{
  char *option = g_strdup_printf ("--worker=%u", calls);
  char *subject_option = g_strdup_printf ("--subject=%u", subject);
  const char *args[] = { "/proc/self/exe", option, subject_option,
    quick ? "--quick" : NULL, NULL
  };
  GError *error = NULL;
  GSubprocess *process = g_subprocess_newv (args,
      G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  char *text = NULL, **words;

  if (!process || !g_subprocess_communicate_utf8 (process, NULL, NULL, &text,
          NULL, &error)
      || !g_subprocess_wait_check (process, NULL, &error))
    g_error ("%u calls: %s", calls, error->message);
  words = g_strsplit (g_strstrip (text), " ", -1);
  if (g_strv_length (words) != SCALE_N_FIGURES)
    g_error ("a worker says \"%s\"", text);
  for (guint i = 0; i < SCALE_N_FIGURES; i++)
    figures[i] = g_ascii_strtod (words[i], NULL);
  g_strfreev (words);
  g_free (text);
  g_object_unref (process);
  g_free (option);
  g_free (subject_option);
}

static void
work (ScaleSubject subject, guint calls, gboolean quick)
{
  const ScaleTask task = make_task (subject, calls, quick);
  double figures[SCALE_N_FIGURES];

  scale_work (&task, figures);
  for (guint i = 0; i < SCALE_N_FIGURES; i++) {
    char digits[G_ASCII_DTOSTR_BUF_SIZE];

    g_print ("%s%s", i > 0 ? " " : "", g_ascii_formatd (digits, sizeof digits,
            "%.4f", figures[i]));
  }
  g_print ("\n");
}

static gboolean
applies (ScaleSubject subject, ScaleFigure figure)
{
  return subject == SCALE_ZRTP || columns[figure].common;
}

static void
print_head (void)
{
  g_print ("%-16s calls", "");
  for (guint i = 0; i < SCALE_N_FIGURES; i++)
    g_print (" %9s", columns[i].head);
  g_print ("\n");
}

static void
print_row (ScaleSubject subject, guint calls, const double *figures)
{
  g_print ("%-16s %5u", subjects[subject].name, calls);
  for (guint i = 0; i < SCALE_N_FIGURES; i++) {
    if (applies (subject, i))
      g_print (" %9.*f", columns[i].digits, figures[i]);
    else
      g_print (" %9s", "-");
  }
  g_print ("\n");
}

static void
add_row (BenchJson * json, ScaleSubject subject, guint calls,
    const double *figures)
{
  bench_json_row (json);
  bench_json_text (json, "subject", subjects[subject].name);
  bench_json_number (json, "calls", calls);
  for (guint i = 0; i < SCALE_N_FIGURES; i++)
    if (applies (subject, i))
      bench_json_number (json, columns[i].name, figures[i]);
  bench_json_end_row (json);
}

static void
measure (BenchJson * json, ScaleSubject subject, guint calls, gboolean quick)
{
  double figures[SCALE_N_FIGURES];

  run_worker (subject, calls, quick, figures);
  if (json)
    add_row (json, subject, calls, figures);
  else
    print_row (subject, calls, figures);
}

int
main (int argc, char **argv)
{
  int only = 0, worker = 0, subject = 0;
  const GOptionEntry more[] = {
    {"only", 0, 0, G_OPTION_ARG_INT, &only, "Nothing but so many calls",
        "CALLS"},
    {"worker", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &worker, NULL, NULL},
    {"subject", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT, &subject, NULL,
        NULL},
    {NULL}
  };
  BenchJson *json = NULL;
  BenchOptions options;
  guint n;

  bench_parse (&options, &argc, &argv, more);
  if (worker) {
    work (subject, worker, options.quick);
    return 0;
  }
  n = only ? 1 : options.quick ? N_QUICK : G_N_ELEMENTS (numbers);
  if (options.json)
    json = bench_json_new ("scale");
  else
    print_head ();
  for (guint s = 0; s < G_N_ELEMENTS (subjects); s++) {
    for (guint i = 0; i < n; i++) {
      const guint calls = only ? (guint) only : numbers[i];

      if (calls <= subjects[s].most)
        measure (json, s, calls, options.quick);
    }
  }
  if (json)
    bench_json_print (json);
  return 0;
}
