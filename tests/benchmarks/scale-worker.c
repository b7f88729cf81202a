/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A process full of calls: sets them up, weighs them, lets media flow.
 */
#include "scale.h"

#include <gst/gst.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "plugins.h"
#include "scale-call.h"

#define TICK (20 * 1000)        /* of a voice, in microseconds */
#define N_PUSHERS 2
#define SETUP_TIME (300 * G_TIME_SPAN_SECOND)

/* Looks */

static guint
count_threads (void)
{
  GDir *dir = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  if (!dir)
    g_error ("no /proc");
  while (g_dir_read_name (dir))
    n++;
  g_dir_close (dir);
  return n;
}

typedef struct
{
  double resident, heap;        /* kB */
} Memory;

static Memory
weigh (void)
{
  struct mallinfo2 info = mallinfo2 ();
  FILE *file = fopen ("/proc/self/statm", "r");
  unsigned long size, resident;

  if (!file || fscanf (file, "%lu %lu", &size, &resident) != 2)
    g_error ("no /proc/self/statm");
  fclose (file);
  return (Memory) {
  resident *sysconf (_SC_PAGESIZE) / 1e3, (info.uordblks + info.hblkhd) / 1e3};
}

/* Pushing */

typedef struct
{
  ScaleCall *calls;
  guint n;
  gint64 end;
  guint64 packets;
  double ns;                    /* CPU time of pushing them */
} Pusher;

/* One packet each way in every call. Made first: that does not count. */
static void
push_tick (Pusher * pusher, GstBuffer ** packets)
{
  double start;

  for (guint i = 0; i < 2 * pusher->n; i++)
    packets[i] = scale_call_make_packet (&pusher->calls[i / 2].ends[i % 2]);
  start = bench_thread_ns ();
  for (guint i = 0; i < 2 * pusher->n; i++)
    if (gst_pad_push (pusher->calls[i / 2].ends[i % 2].in, packets[i])
        != GST_FLOW_OK)
      g_error ("a packet can't be pushed");
  pusher->ns += bench_thread_ns () - start;
  pusher->packets += 2 * pusher->n;
}

/* What the first packet of a source brings about. */
static void
push_first (const ScaleTask * task, ScaleCall * calls)
{
  Pusher pusher = { calls, task->calls };
  GstBuffer **packets = g_new (GstBuffer *, 2 * task->calls);

  push_tick (&pusher, packets);
  g_free (packets);
}

static gpointer
run_pusher (gpointer data)
{
  Pusher *pusher = data;
  GstBuffer **packets = g_new (GstBuffer *, 2 * pusher->n);
  gint64 next = g_get_monotonic_time ();

  while (next < pusher->end && g_get_monotonic_time () < pusher->end) {
    gint64 wait = next - g_get_monotonic_time ();

    if (wait > 0)
      g_usleep (wait);
    push_tick (pusher, packets);
    next += TICK;
  }
  g_free (packets);
  return NULL;
}

/* Setting up */

static guint
wait_for (guint n_calls, guint most_threads)
{
  const gint64 end = g_get_monotonic_time () + SETUP_TIME;

  while (scale_call_count_missing (n_calls) > 0) {
    if (g_get_monotonic_time () > end)
      g_error ("%u ends do not get secure", scale_call_count_missing (n_calls));
    g_usleep (1000);
    most_threads = MAX (most_threads, count_threads ());
  }
  return most_threads;
}

static void
open_call (const ScaleTask * task, ScaleCall * call, guint number)
{
  if (task->subject == SCALE_ZRTP)
    scale_call_open (call, number);
  else
    scale_call_open_srtp (call, number);
}

static void
set_up (const ScaleTask * task, ScaleCall * calls, double *figures)
{
  const gint64 start = g_get_monotonic_time ();
  const double cpu = bench_process_ns ();
  const Memory before = weigh ();
  guint threads = 0;
  double seconds;
  Memory after;

  for (guint i = 0; i < task->calls; i++) {
    open_call (task, &calls[i], i + 1);
    if (i % 16 == 0)
      threads = MAX (threads, count_threads ());
  }
  /* One more made it to its end before. */
  if (task->subject == SCALE_ZRTP)
    threads = wait_for (task->calls + 1, threads);
  seconds = (g_get_monotonic_time () - start) / 1e6;
  figures[SCALE_SETUP_RATE] = task->calls / seconds;
  figures[SCALE_SETUP_CPU] = (bench_process_ns () - cpu) / 1e6 / task->calls;
  figures[SCALE_THREADS_SETUP] = threads - 1;

  push_first (task, calls);
  after = weigh ();
  figures[SCALE_RESIDENT] = (after.resident - before.resident)
      / (2 * task->calls);
  figures[SCALE_HEAP] = (after.heap - before.heap) / (2 * task->calls);
}

/* Load */

/* Nothing gets lost on the way: pads are linked to pads. */
static void
check (const ScaleTask * task, const ScaleCall * calls)
{
  for (guint i = 0; i < task->calls; i++)
    for (guint e = 0; e < 2; e++)
      if (calls[i].ends[1 - e].heard != calls[i].ends[e].seq)
        g_error ("%u of %u packets of call %u come out",
            calls[i].ends[1 - e].heard, calls[i].ends[e].seq, i);
}

static guint
watch_threads (gint64 end)
{
  guint most = 0;

  while (g_get_monotonic_time () < end) {
    most = MAX (most, count_threads ());
    g_usleep (10000);
  }
  return most;
}

static void
load (const ScaleTask * task, ScaleCall * calls, double *figures)
{
  const double wanted = 2e6 / TICK * task->calls;
  const gint64 end = g_get_monotonic_time () + task->seconds * 1e6;
  const double cpu = bench_process_ns ();
  GThread *threads[N_PUSHERS];
  Pusher pushers[N_PUSHERS];
  guint64 packets = 0;
  double ns = 0;

  for (guint p = 0; p < N_PUSHERS; p++) {
    guint first = p * task->calls / N_PUSHERS;

    pushers[p] = (Pusher) {
    calls + first, (p + 1) * task->calls / N_PUSHERS - first, end};
    threads[p] = g_thread_new ("pusher", run_pusher, &pushers[p]);
  }
  figures[SCALE_THREADS_LOAD] = watch_threads (end) - 1 - N_PUSHERS;
  for (guint p = 0; p < N_PUSHERS; p++) {
    g_thread_join (threads[p]);
    packets += pushers[p].packets;
    ns += pushers[p].ns;
  }
  figures[SCALE_LOAD_WANTED] = wanted;
  figures[SCALE_LOAD_CARRIED] = 100 * packets / (wanted * task->seconds);
  figures[SCALE_LOAD_PACKET] = ns / packets;
  figures[SCALE_LOAD_CPU] = (bench_process_ns () - cpu) / 1e7 / task->seconds;
  check (task, calls);
}

/* Timers, while there is load. */

static void
read_lags (ScaleLonely * lonely, guint n, double *figures)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i < n; i++)
    g_array_append_vals (all, lonely[i].lags->data, lonely[i].lags->len);
  if (all->len == 0)
    g_error ("no Hello was repeated");
  figures[SCALE_LAG_MEDIAN] = bench_median ((double *) all->data, all->len);
  figures[SCALE_LAG_99] = bench_percentile ((double *) all->data, all->len, 99);
  g_array_unref (all);
}

static void
load_and_watch (const ScaleTask * task, ScaleCall * calls, double *figures)
{
  ScaleLonely *lonely = g_new0 (ScaleLonely, task->lonely);

  for (guint i = 0; i < task->lonely; i++)
    scale_lonely_open (&lonely[i], i);
  load (task, calls, figures);
  for (guint i = 0; i < task->lonely; i++)
    gst_pad_set_active (lonely[i].out, FALSE);
  read_lags (lonely, task->lonely, figures);
  for (guint i = 0; i < task->lonely; i++)
    scale_lonely_close (&lonely[i]);
  g_free (lonely);
}

void
scale_work (const ScaleTask * task, double *figures)
{
  ScaleCall *calls = g_new (ScaleCall, task->calls);
  ScaleCall first;

  memset (figures, 0, SCALE_N_FIGURES * sizeof *figures);
  plugins_init ("coreelements", NULL);
  if (task->subject == SCALE_ZRTP)
    plugins_load_zrtp ();
  else if (!plugins_try ("srtp"))
    g_error ("no srtpenc");
  /* What is made once in a process is none of the calls'. */
  open_call (task, &first, 0);
  if (task->subject == SCALE_ZRTP)
    wait_for (1, 0);
  scale_call_close (&first);

  set_up (task, calls, figures);
  if (task->subject == SCALE_ZRTP)
    load_and_watch (task, calls, figures);
  else
    load (task, calls, figures);
  for (guint i = 0; i < task->calls; i++)
    scale_call_close (&calls[i]);
  g_free (calls);
}
