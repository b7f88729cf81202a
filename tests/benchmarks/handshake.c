/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * CPU time of a handshake, both ends together, of the engine and of libbzrtp.
 * Two ends in memory call each other, nothing waits, each packet arrives at
 * once but for the responder's HelloACK: that makes one end initiate, so that
 * no stack is luckier than the other with Commits that cross.
 *
 *     handshake [--json] [--quick] [--rounds=N] [--only=NAME]
 */
#include <string.h>

#include "bench.h"
#include "stack.h"

#define TICK_MS 10
#define LIMIT_MS 5000
#define MAX_DATAGRAM 2048
#define MESSAGE_TYPE 16         /* offset in a packet */
#define INITIATOR 0

typedef struct
{
  guint end, stream;            /* where to */
  gsize size;
  guint8 data[MAX_DATAGRAM];
} Datagram;

struct _Wire
{
  GQueue queue;
};

/* "Mult": the second stream of a session that X255 made. */
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
};

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

static Times
run_call (const Stack * stack, const Case * c)
{
  gboolean second = g_str_equal (c->key_agreement, "Mult");
  const char *first = second ? "X255" : c->key_agreement;
  Wire wire = { G_QUEUE_INIT };
  double times[4];
  gpointer call;

  times[0] = bench_process_ns ();
  call = stack->open (&wire, first, c->cipher, second ? 2 : 1);
  if (second)
    run_stream (stack, call, &wire, 0, first);
  times[1] = bench_process_ns ();
  run_stream (stack, call, &wire, second ? 1 : 0, c->key_agreement);
  times[2] = bench_process_ns ();
  stack->close (call);
  times[3] = bench_process_ns ();

  return (Times) {
  times[2] - times[1], times[3] - times[0]};
}

static gboolean
applies (const Stack * stack, const Case * c)
{
  return stack->has (c->key_agreement);
}

/* Medians; the first stack in terms of the second, 0 if that does not have it. */
typedef struct
{
  Times times[N_STACKS];
  Times ratio;
} Result;

/* Every stack that has it, in turn. */
static void
measure (const Case * c, guint rounds, Result * result)
{
  double *exchange[N_STACKS], *whole[N_STACKS];

  for (guint s = 0; s < N_STACKS; s++) {
    exchange[s] = g_new0 (double, rounds);
    whole[s] = g_new0 (double, rounds);
  }
  for (guint round = 0; round < rounds; round++) {
    for (guint s = 0; s < N_STACKS; s++) {
      for (guint i = 0; i < c->repeat && applies (stacks[s], c); i++) {
        Times times = run_call (stacks[s], c);

        exchange[s][round] += times.exchange / c->repeat;
        whole[s][round] += times.whole / c->repeat;
      }
    }
  }
  result->ratio = (Times) {
  0};
  if (N_STACKS > 1 && applies (stacks[N_STACKS - 1], c)) {
    result->ratio.exchange = bench_median_ratio (exchange[0],
        exchange[N_STACKS - 1], rounds);
    result->ratio.whole = bench_median_ratio (whole[0], whole[N_STACKS - 1],
        rounds);
  }
  for (guint s = 0; s < N_STACKS; s++) {
    result->times[s].exchange = bench_median (exchange[s], rounds);
    result->times[s].whole = bench_median (whole[s], rounds);
    g_free (exchange[s]);
    g_free (whole[s]);
  }
}

static void
print_row (const Case * c, const Result * result)
{
  g_print ("%s %s ", c->key_agreement, c->cipher);
  for (guint s = 0; s < N_STACKS; s++) {
    if (applies (stacks[s], c))
      g_print (" %10.1f us", result->times[s].exchange / 1e3);
    else
      g_print (" %13s", "-");
  }
  if (result->ratio.exchange > 0)
    g_print (" %8.2f", result->ratio.exchange);
  g_print ("\n");
}

static void
add_row (BenchJson * json, const Case * c, const Result * result)
{
  bench_json_row (json);
  bench_json_text (json, "key_agreement", c->key_agreement);
  bench_json_text (json, "cipher", c->cipher);
  for (guint s = 0; s < N_STACKS; s++) {
    char *exchange = g_strdup_printf ("%s_us", stacks[s]->name);
    char *whole = g_strdup_printf ("%s_whole_us", stacks[s]->name);

    if (applies (stacks[s], c)) {
      bench_json_number (json, exchange, result->times[s].exchange / 1e3);
      bench_json_number (json, whole, result->times[s].whole / 1e3);
    }
    g_free (exchange);
    g_free (whole);
  }
  if (result->ratio.exchange > 0) {
    bench_json_number (json, "ratio", result->ratio.exchange);
    bench_json_number (json, "whole_ratio", result->ratio.whole);
  }
  bench_json_end_row (json);
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
  BenchJson *json = NULL;
  BenchOptions options;

  bench_parse (&options, &argc, &argv, more);
  if (options.json) {
    json = bench_json_new ("handshake");
  } else {
    g_print ("CPU time of a handshake, both ends\n%10s", "");
    for (guint s = 0; s < N_STACKS; s++)
      g_print (" %13s", stacks[s]->name);
    g_print ("%s\n", N_STACKS > 1 ? "    ratio" : "");
  }
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Result result;

    if (only && !g_str_equal (only, cases[i].key_agreement))
      continue;
    measure (&cases[i], bench_rounds (&options, 101), &result);
    if (json)
      add_row (json, &cases[i], &result);
    else
      print_row (&cases[i], &result);
  }
  if (json)
    bench_json_print (json);
  g_free (only);
  return 0;
}
