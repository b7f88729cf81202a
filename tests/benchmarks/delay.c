/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "delay.h"

/* Decrypting and handshakes run in these threads, too. */
#define N_CARRIERS 4

typedef struct
{
  GMutex lock;
  GCond changed;
  GSequence *items;             /* Item, by due */
  GRand *random;
} Carrier;

struct _Delay
{
  Carrier *carrier;
  GstPad *in, *out;
  gint64 delay;
  gint loss;
};

typedef struct
{
  gint64 due;
  guint64 serial;               /* keeps the order */
  GstPad *to;                   /* a reference */
  GstBuffer *buffer;
} Item;

static gint
compare (gconstpointer a, gconstpointer b, gpointer unused)
{
  const Item *x = a, *y = b;

  if (x->due != y->due)
    return x->due < y->due ? -1 : 1;
  return x->serial < y->serial ? -1 : x->serial > y->serial;
}

/* With the lock. The next that is due; waits for it. */
static Item *
wait_for_item (Carrier * carrier)
{
  for (;;) {
    GSequenceIter *first = g_sequence_get_begin_iter (carrier->items);
    Item *item = g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);

    if (!item) {
      g_cond_wait (&carrier->changed, &carrier->lock);
    } else if (item->due > g_get_monotonic_time ()) {
      g_cond_wait_until (&carrier->changed, &carrier->lock, item->due);
    } else {
      g_sequence_remove (first);
      return item;
    }
  }
}

static gpointer
carry (gpointer data)
{
  Carrier *carrier = data;

  for (;;) {
    Item *item;

    g_mutex_lock (&carrier->lock);
    item = wait_for_item (carrier);
    g_mutex_unlock (&carrier->lock);
    gst_pad_push (item->to, item->buffer);
    gst_object_unref (item->to);
    g_free (item);
  }
  return NULL;
}

/* For the rest of the process; in turn. */
static Carrier *
get_carrier (void)
{
  static Carrier carriers[N_CARRIERS];
  static guint n;
  Carrier *carrier = &carriers[n++ % N_CARRIERS];

  if (!carrier->items) {
    g_mutex_init (&carrier->lock);
    g_cond_init (&carrier->changed);
    carrier->items = g_sequence_new (NULL);
    carrier->random = g_rand_new_with_seed (n);
    g_thread_unref (g_thread_new ("carrier", carry, carrier));
  }
  return carrier;
}

static GstFlowReturn
chain (GstPad * pad, GstObject * parent, GstBuffer * buffer)
{
  static gint64 serial;
  Delay *delay = gst_pad_get_element_private (pad);
  Carrier *carrier = delay->carrier;

  g_mutex_lock (&carrier->lock);
  if (g_rand_int_range (carrier->random, 0, 100) >= delay->loss) {
    Item *item = g_new (Item, 1);

    item->due = g_get_monotonic_time () + delay->delay;
    item->serial = __atomic_add_fetch (&serial, 1, __ATOMIC_RELAXED);
    item->to = gst_object_ref (delay->out);
    item->buffer = gst_buffer_ref (buffer);
    g_sequence_insert_sorted (carrier->items, item, compare, NULL);
    g_cond_signal (&carrier->changed);
  }
  g_mutex_unlock (&carrier->lock);
  gst_buffer_unref (buffer);
  return GST_FLOW_OK;
}

static void
link_pads (GstPad * src, GstPad * sink)
{
  if (gst_pad_link_full (src, sink, GST_PAD_LINK_CHECK_NOTHING)
      != GST_PAD_LINK_OK)
    g_error ("pads can't be linked");
}

Delay *
delay_new (GstPad * from, GstPad * to, GstCaps * caps, gint64 time, guint loss)
{
  Delay *delay = g_new0 (Delay, 1);
  GstSegment segment;

  delay->carrier = get_carrier ();
  delay->delay = time;
  delay->loss = loss;
  delay->in = gst_pad_new (NULL, GST_PAD_SINK);
  delay->out = gst_pad_new (NULL, GST_PAD_SRC);
  gst_pad_set_element_private (delay->in, delay);
  gst_pad_set_chain_function (delay->in, chain);
  gst_pad_set_active (delay->in, TRUE);
  gst_pad_set_active (delay->out, TRUE);
  gst_segment_init (&segment, GST_FORMAT_TIME);
  gst_pad_push_event (delay->out, gst_event_new_stream_start ("network"));
  gst_pad_push_event (delay->out, gst_event_new_caps (caps));
  gst_pad_push_event (delay->out, gst_event_new_segment (&segment));
  link_pads (from, delay->in);
  link_pads (delay->out, to);
  return delay;
}

void
delay_free (Delay * delay)
{
  gst_pad_set_active (delay->in, FALSE);
  gst_pad_set_active (delay->out, FALSE);
  gst_object_unref (delay->in);
  gst_object_unref (delay->out);
  g_free (delay);
}
