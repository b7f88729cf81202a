/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Stacks in memory on a simulated network and clock: computing takes no time.
 */
#include "network.h"

#include <string.h>

#include "stack.h"

#define KEY_AGREEMENT "X255"
#define CIPHER "AES1"
/* The second end begins up to so many milliseconds later. */
#define MAX_LATE 20

typedef struct
{
  guint end, stream;            /* where to */
  gint64 due;
  gsize size;
  guint8 data[];
} Datagram;

struct _Wire
{
  GRand *random;
  const NetworkCondition *condition;
  gint64 now;
  GQueue queue;                 /* the delay is constant: oldest first */
};

static const Stack *const stacks[] = {
  &stack_engine,
#ifdef HAVE_BZRTP
  &stack_bzrtp,
#endif
};

void
wire_send (Wire * wire, guint end, guint stream, const guint8 * data,
    gsize size)
{
  Datagram *datagram;

  if (g_rand_int_range (wire->random, 0, 100) < (gint) wire->condition->loss)
    return;
  datagram = g_malloc (sizeof *datagram + size);
  datagram->end = 1 - end;
  datagram->stream = stream;
  datagram->due = wire->now + wire->condition->rtt / 2;
  datagram->size = size;
  memcpy (datagram->data, data, size);
  g_queue_push_tail (&wire->queue, datagram);
}

/* An end that has not begun hears nothing. */
static void
deliver (const Stack * stack, gpointer call, Wire * wire,
    const gint64 begins[2])
{
  Datagram *datagram;

  while ((datagram = g_queue_peek_head (&wire->queue))
      && datagram->due <= wire->now) {
    g_queue_pop_head (&wire->queue);
    if (wire->now >= begins[datagram->end])
      stack->receive (call, datagram->end, datagram->stream, datagram->data,
          datagram->size);
    g_free (datagram);
  }
}

static void
step (const Stack * stack, gpointer call, Wire * wire, const gint64 begins[2])
{
  for (guint e = 0; e < 2; e++) {
    if (wire->now >= begins[e])
      stack->tick (call, e, 0, wire->now);
    if (wire->now == begins[e])
      stack->start (call, e, 0);
  }
  deliver (stack, call, wire, begins);
}

/* Milliseconds from when both are there until both are secure; FALSE if that
 * takes too long. */
static gboolean
run_call (const Stack * stack, const NetworkCondition * condition,
    GRand * random, double *ms)
{
  Wire wire = { random, condition, 0, G_QUEUE_INIT };
  const guint late = g_rand_int_range (random, 0, MAX_LATE + 1);
  const gboolean which = g_rand_boolean (random);
  const gint64 begins[2] = { which ? late : 0, which ? 0 : late };
  gpointer call = stack->open (&wire, KEY_AGREEMENT, CIPHER, 1);
  gboolean ok = FALSE;

  for (; !ok && wire.now < late + NETWORK_PATIENCE_MS; wire.now++) {
    step (stack, call, &wire, begins);
    ok = stack->agreed (call, 0) != NULL;
    *ms = wire.now - late;
  }
  stack->close (call);
  g_queue_clear_full (&wire.queue, g_free);
  return ok;
}

gboolean
network_run_virtual (NetworkRow * row)
{
  const Stack *stack = NULL;
  GRand *random;

  for (guint i = 0; i < G_N_ELEMENTS (stacks); i++)
    if (g_str_equal (stacks[i]->name, row->subject))
      stack = stacks[i];
  if (!stack)
    return FALSE;
  random = g_rand_new_with_seed (1);
  for (guint i = 0; i < row->calls; i++) {
    if (!run_call (stack, &row->condition, random, &row->ms[i])) {
      row->ms[i] = NETWORK_PATIENCE_MS;
      row->failed++;
    }
  }
  g_rand_free (random);
  return TRUE;
}
