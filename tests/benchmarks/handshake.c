/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of a handshake, both ends together, of the engine and of libbzrtp;
 * its packets; what an end weighs once secure. Two ends in memory call each
 * other, nothing waits, each packet arrives at once but for the responder's
 * HelloACK: that makes one end initiate, so that no stack is luckier than the
 * other with Commits that cross.
 *
 *     handshake [--json] [--quick] [--rounds=N] [--only=NAME]
 */
#include <malloc.h>
#include <string.h>

#include "bench.h"
#include "stack.h"
#include "zrtp/crypto/zrtpmemory.h"

#define TICK_MS 10
#define LIMIT_MS 5000
#define MAX_DATAGRAM 2048
#define MESSAGE_TYPE 16         /* offset in a packet */
#define INITIATOR 0
#define REFERENCE "X255"
#define N_WEIGHED 64            /* calls that are there at a time */

typedef struct
{
  guint end, stream;            /* where to */
  gsize size;
  guint8 data[MAX_DATAGRAM];
} Datagram;

struct _Wire
{
  GQueue queue;
  guint packets, octets;        /* sent so far, lost or not */
};

/* "Mult": the second stream of a session that X255 made. "Prsh": with what was
 * kept of earlier calls, which is at hand. */
typedef struct
{
  const char *key_agreement, *cipher;
  guint repeat;                 /* handshakes in a round */
} Case;

static const Case cases[] = {
  {"X255", "AES1", 8},
  {"E255", "AES1", 8},
  {"X448", "AES1", 4},
  {"EC25", "AES1", 8},
  {"EC38", "AES1", 4},
  {"DH2k", "AES1", 1},
  {"DH3k", "AES1", 1},
  {"DH3k", "AES3", 1},
  {"Mult", "AES1", 8},
  {"Prsh", "AES1", 8},
};

#define N_CASES G_N_ELEMENTS (cases)

static const Stack *const stacks[] = {
  &stack_engine,
#ifdef HAVE_BZRTP
  &stack_bzrtp,
#endif
};

#define N_STACKS G_N_ELEMENTS (stacks)

/* CPU time in nanoseconds: of the packets and what they cause, and with making
 * and freeing both ends. */
typedef struct
{
  double exchange, whole;
} Times;

void
wire_send (Wire * wire, guint end, guint stream, const guint8 * data,
    gsize size)
{
  Datagram *datagram;

  g_assert (size <= MAX_DATAGRAM);
  wire->packets++;
  wire->octets += size;
  if (end == INITIATOR && memcmp (data + MESSAGE_TYPE, "HelloACK", 8) == 0)
    return;
  datagram = g_new (Datagram, 1);
  datagram->end = 1 - end;
  datagram->stream = stream;
  datagram->size = size;
  memcpy (datagram->data, data, size);
  g_queue_push_tail (&wire->queue, datagram);
}

/* Until both ends are secure and silent. */
static void
run_stream (const Stack * stack, gpointer call, Wire * wire, guint stream,
    const char *key_agreement)
{
  gint64 now = 0;

  for (guint e = 0; e < 2; e++)
    stack->start (call, e, stream);
  while (!stack->agreed (call, stream) || !g_queue_is_empty (&wire->queue)) {
    Datagram *datagram = g_queue_pop_head (&wire->queue);

    if (datagram) {
      stack->receive (call, datagram->end, datagram->stream, datagram->data,
          datagram->size);
      g_free (datagram);
    } else if (now < LIMIT_MS) {
      now += TICK_MS;
      for (guint e = 0; e < 2; e++)
        stack->tick (call, e, stream, now);
    } else {
      g_error ("%s: %s does not get secure", stack->name, key_agreement);
    }
  }
  if (!g_str_equal (stack->agreed (call, stream), key_agreement))
    g_error ("%s: %s instead of %s", stack->name, stack->agreed (call, stream),
        key_agreement);
}

/* The call, secure with all its streams; *times is that of the last. */
static gpointer
make_call (const Stack * stack, const Case * c, Wire * wire, Times * times)
{
  const gboolean second = g_str_equal (c->key_agreement, "Mult");
  const char *first = second ? "X255" : c->key_agreement;
  gpointer call = stack->open (wire, first, c->cipher, second ? 2 : 1);

  if (second)
    run_stream (stack, call, wire, 0, first);
  wire->packets = wire->octets = 0;
  times->exchange = bench_process_ns ();
  run_stream (stack, call, wire, second ? 1 : 0, c->key_agreement);
  times->exchange = bench_process_ns () - times->exchange;
  return call;
}

static Times
run_call (const Stack * stack, const Case * c)
{
  Wire wire = { G_QUEUE_INIT };
  const double start = bench_process_ns ();
  Times times;

  stack->close (make_call (stack, c, &wire, &times));
  times.whole = bench_process_ns () - start;
  return times;
}

static gboolean
applies (const Stack * stack, const Case * c)
{
  return stack->has (c->key_agreement);
}

/* What does not change from call to call. */
typedef struct
{
  guint packets, octets;        /* of a handshake */
  double kb;                    /* of an end once it is secure */
} Weight;

static double
get_heap (void)
{
  struct mallinfo2 info = mallinfo2 ();
  ZrtpMemoryInfo secrets;

  zrtp_memory_get_info (&secrets);
  return info.uordblks + info.hblkhd + secrets.used;
}

static Weight
weigh (const Stack * stack, const Case * c)
{
  gpointer calls[N_WEIGHED];
  Wire wire = { G_QUEUE_INIT };
  Times unused;
  double heap;

  stack->close (make_call (stack, c, &wire, &unused));
  heap = get_heap ();
  for (guint i = 0; i < N_WEIGHED; i++)
    calls[i] = make_call (stack, c, &wire, &unused);
  heap = get_heap () - heap;
  for (guint i = 0; i < N_WEIGHED; i++)
    stack->close (calls[i]);
  return (Weight) {
  wire.packets, wire.octets, heap / 1e3 / (2 * N_WEIGHED)};
}

/* Of a case: by stack and round. */
typedef struct
{
  double *exchange[N_STACKS], *whole[N_STACKS];
  Weight weight[N_STACKS];
} Values;

static void
measure_round (const Case * c, Values * values, guint round)
{
  for (guint s = 0; s < N_STACKS; s++) {
    values->exchange[s][round] = values->whole[s][round] = 0;
    for (guint i = 0; i < c->repeat && applies (stacks[s], c); i++) {
      Times times = run_call (stacks[s], c);

      values->exchange[s][round] += times.exchange / c->repeat;
      values->whole[s][round] += times.whole / c->repeat;
    }
  }
}

static void
values_init (Values * values, const Case * c, guint rounds)
{
  for (guint s = 0; s < N_STACKS; s++) {
    values->exchange[s] = g_new (double, rounds);
    values->whole[s] = g_new (double, rounds);
    if (applies (stacks[s], c))
      values->weight[s] = weigh (stacks[s], c);
  }
}

static void
values_clear (Values * values)
{
  for (guint s = 0; s < N_STACKS; s++) {
    g_free (values->exchange[s]);
    g_free (values->whole[s]);
  }
}

/* Medians. Ratios: the first stack in terms of the second, 0 if that does not
 * have it; in terms of the first stack's reference. */
typedef struct
{
  Times times[N_STACKS];
  Times ratio;
  double to_reference;
} Result;

static void
conclude (const Case * c, Values * values, const Values * reference,
    guint rounds, Result * result)
{
  const guint last = N_STACKS - 1;

  *result = (Result) {
  0};
  if (last > 0 && applies (stacks[last], c)) {
    result->ratio.exchange = bench_median_ratio (values->exchange[0],
        values->exchange[last], rounds);
    result->ratio.whole = bench_median_ratio (values->whole[0],
        values->whole[last], rounds);
  }
  if (reference)
    result->to_reference = bench_median_ratio (values->exchange[0],
        reference->exchange[0], rounds);
}

/* Spoils the order of the rounds. */
static void
take_medians (Values * values, guint rounds, Result * result)
{
  for (guint s = 0; s < N_STACKS; s++) {
    result->times[s].exchange = bench_median (values->exchange[s], rounds);
    result->times[s].whole = bench_median (values->whole[s], rounds);
  }
}

static void
print_head (void)
{
  g_print ("CPU time of a handshake, both ends\n%10s", "");
  for (guint s = 0; s < N_STACKS; s++)
    g_print (" %13s", stacks[s]->name);
  g_print ("%s  to %s  packets  octets", N_STACKS > 1 ? "    ratio" : "",
      REFERENCE);
  for (guint s = 0; s < N_STACKS; s++)
    g_print (" %11s", stacks[s]->name);
  g_print ("\n");
}

static void
print_row (const Case * c, const Values * values, const Result * result)
{
  g_print ("%s %s ", c->key_agreement, c->cipher);
  for (guint s = 0; s < N_STACKS; s++) {
    if (applies (stacks[s], c))
      g_print (" %10.1f us", result->times[s].exchange / 1e3);
    else
      g_print (" %13s", "-");
  }
  if (N_STACKS > 1 && result->ratio.exchange > 0)
    g_print (" %8.2f", result->ratio.exchange);
  else if (N_STACKS > 1)
    g_print (" %8s", "-");
  g_print (" %8.2f %8u %7u", result->to_reference, values->weight[0].packets,
      values->weight[0].octets);
  for (guint s = 0; s < N_STACKS; s++)
    if (applies (stacks[s], c))
      g_print (" %8.1f kB", values->weight[s].kb);
  g_print ("\n");
}

static void
add_figure (BenchJson * json, const char *stack, const char *what, double value)
{
  char *name = g_strconcat (stack, what, NULL);

  bench_json_number (json, name, value);
  g_free (name);
}

static void
add_row (BenchJson * json, const Case * c, const Values * values,
    const Result * result)
{
  bench_json_row (json);
  bench_json_text (json, "key_agreement", c->key_agreement);
  bench_json_text (json, "cipher", c->cipher);
  for (guint s = 0; s < N_STACKS; s++) {
    const char *name = stacks[s]->name;

    if (!applies (stacks[s], c))
      continue;
    add_figure (json, name, "_us", result->times[s].exchange / 1e3);
    add_figure (json, name, "_whole_us", result->times[s].whole / 1e3);
    add_figure (json, name, "_packets", values->weight[s].packets);
    add_figure (json, name, "_octets", values->weight[s].octets);
    add_figure (json, name, "_kb", values->weight[s].kb);
  }
  if (result->ratio.exchange > 0) {
    bench_json_number (json, "ratio", result->ratio.exchange);
    bench_json_number (json, "whole_ratio", result->ratio.whole);
  }
  bench_json_number (json, "to_x255", result->to_reference);
  bench_json_end_row (json);
}

/* All cases in each round, so that they can be compared, too. */
static void
measure (Values * values, const gboolean * wanted, guint rounds)
{
  for (guint i = 0; i < N_CASES; i++)
    if (wanted[i])
      values_init (&values[i], &cases[i], rounds);
  for (guint round = 0; round < rounds; round++)
    for (guint i = 0; i < N_CASES; i++)
      if (wanted[i])
        measure_round (&cases[i], &values[i], round);
}

static void
print_results (Values * values, const gboolean * wanted, guint rounds,
    gboolean as_json)
{
  BenchJson *json = as_json ? bench_json_new ("handshake") : NULL;
  Result results[N_CASES];

  /* The reference is the first case. */
  for (guint i = 0; i < N_CASES; i++)
    if (wanted[i])
      conclude (&cases[i], &values[i], wanted[0] ? &values[0] : NULL, rounds,
          &results[i]);
  if (!json)
    print_head ();
  for (guint i = 0; i < N_CASES; i++) {
    if (!wanted[i])
      continue;
    take_medians (&values[i], rounds, &results[i]);
    if (json)
      add_row (json, &cases[i], &values[i], &results[i]);
    else
      print_row (&cases[i], &values[i], &results[i]);
  }
  if (json)
    bench_json_print (json);
}

int
main (int argc, char **argv)
{
  char *only = NULL;
  const GOptionEntry more[] = {
    {"only", 0, 0, G_OPTION_ARG_STRING, &only, "Nothing but this key agreement",
        "NAME"},
    {NULL}
  };
  Values values[N_CASES] = { 0 };
  gboolean wanted[N_CASES];
  BenchOptions options;
  guint rounds;

  bench_parse (&options, &argc, &argv, more);
  rounds = bench_rounds (&options, 61);
  for (guint i = 0; i < N_CASES; i++)
    wanted[i] = !only || g_str_equal (only, cases[i].key_agreement);
  measure (values, wanted, rounds);
  print_results (values, wanted, rounds, options.json);
  for (guint i = 0; i < N_CASES; i++)
    values_clear (&values[i]);
  g_free (only);
  return 0;
}
