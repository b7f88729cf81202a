/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of flows, transports and calls.
 */
#include "wireflow.h"

#include <string.h>

struct _WireFlows
{
  GHashTable *flows;            /* WireFlow by its addresses */
  GHashTable *transports;       /* WireTransport by its inside */
  GPtrArray *calls;             /* WireCall */
  GQueue confirmed;             /* WireFlow of calls that the inside takes part in */
  GQueue others;                /* those that may go */
  guint32 seed;
  guint max_flows;
  guint last_transport, last_call;
};

static guint
hash_octets (guint hash, const guint8 * data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    hash = (hash ^ data[i]) * 16777619;
  return hash;
}

static guint
address_hash_seeded (const WireAddress * address, guint32 seed)
{
  return hash_octets (seed ^ address->port * 2654435761u, address->ip,
      sizeof address->ip);
}

static guint
address_hash (gconstpointer key)
{
  return address_hash_seeded (key, 0);
}

static gboolean
address_equal (gconstpointer a, gconstpointer b)
{
  const WireAddress *one = a, *other = b;

  return one->port == other->port
      && memcmp (one->ip, other->ip, sizeof one->ip) == 0;
}

static guint
flow_hash (gconstpointer key)
{
  return ((const WireFlow *) key)->hash;
}

static gboolean
flow_equal (gconstpointer a, gconstpointer b)
{
  const WireFlow *one = a, *other = b;

  return address_equal (&one->inside, &other->inside)
      && address_equal (&one->outside, &other->outside);
}

static void
call_free (gpointer data)
{
  WireCall *call = data;

  g_array_unref (call->outside);
  g_free (call);
}

WireFlows *
wire_flows_new (guint max_flows, guint32 seed)
{
  WireFlows *flows = g_new0 (WireFlows, 1);

  g_return_val_if_fail (max_flows > 0, NULL);
  flows->flows = g_hash_table_new_full (flow_hash, flow_equal, NULL, g_free);
  flows->transports = g_hash_table_new_full (address_hash, address_equal, NULL,
      g_free);
  flows->calls = g_ptr_array_new_with_free_func (call_free);
  flows->max_flows = max_flows;
  flows->seed = seed;
  return flows;
}

void
wire_flows_free (WireFlows * flows)
{
  g_hash_table_unref (flows->flows);
  g_hash_table_unref (flows->transports);
  g_ptr_array_unref (flows->calls);
  g_free (flows);
}

guint
wire_flows_count (WireFlows * flows)
{
  return g_hash_table_size (flows->flows);
}

/* -- Calls and transports -- */

static gboolean
leads_to (const WireCall * call, const guint8 ip[16])
{
  for (guint i = 0; i < call->outside->len; i++)
    if (memcmp (call->outside->data + i * 16, ip, 16) == 0)
      return TRUE;
  return FALSE;
}

static WireCall *
find_call (WireFlows * flows, const WireFlow * flow)
{
  WireCall *call;

  for (guint i = 0; i < flows->calls->len; i++) {
    call = g_ptr_array_index (flows->calls, i);
    if (memcmp (call->inside_ip, flow->inside.ip, 16) == 0
        && leads_to (call, flow->outside.ip))
      return call;
  }
  call = g_new0 (WireCall, 1);
  call->id = ++flows->last_call;
  memcpy (call->inside_ip, flow->inside.ip, 16);
  call->outside = g_array_new (FALSE, FALSE, 16);
  g_ptr_array_add (flows->calls, call);
  return call;
}

static WireTransport *
make_transport (WireFlows * flows, const WireFlow * flow)
{
  WireTransport *transport = g_new0 (WireTransport, 1);

  transport->id = ++flows->last_transport;
  transport->inside = flow->inside;
  transport->call = find_call (flows, flow);
  transport->call->n_transports++;
  g_hash_table_insert (flows->transports, &transport->inside, transport);
  return transport;
}

/* The transport that a flow of this kind belongs to. RTCP makes none: it waits
 * for the RTP beside it. */
static WireTransport *
find_transport (WireFlows * flows, const WireFlow * flow)
{
  const WireFlowKind kind = flow->recognizer.kind;
  WireAddress inside = flow->inside;
  WireTransport *transport;

  if (kind == WIRE_FLOW_UNDECIDED || kind == WIRE_FLOW_OTHER)
    return NULL;
  transport = g_hash_table_lookup (flows->transports, &inside);
  if (transport || kind != WIRE_FLOW_RTCP)
    return transport ? transport : make_transport (flows, flow);
  inside.port--;
  return g_hash_table_lookup (flows->transports, &inside);
}

static void
join (WireFlows * flows, WireFlow * flow)
{
  WireTransport *transport = find_transport (flows, flow);

  if (!transport)
    return;
  flow->transport = transport;
  transport->n_flows++;
  if (!leads_to (transport->call, flow->outside.ip))
    g_array_append_vals (transport->call->outside, flow->outside.ip, 1);
}

static void
leave (WireFlows * flows, WireFlow * flow)
{
  WireTransport *transport = flow->transport;

  if (!transport || --transport->n_flows > 0)
    return;
  if (--transport->call->n_transports == 0)
    g_ptr_array_remove_fast (flows->calls, transport->call);
  g_hash_table_remove (flows->transports, &transport->inside);
}

/* -- Flows -- */

static void
forget (WireFlows * flows, WireFlow * flow)
{
  leave (flows, flow);
  g_queue_unlink (flow->queue, &flow->link);
  g_hash_table_remove (flows->flows, flow);
}

/* A flood from outside takes its own places, not those of calls. */
static gboolean
make_room (WireFlows * flows)
{
  if (wire_flows_count (flows) < flows->max_flows)
    return TRUE;
  if (!flows->others.tail)
    return FALSE;
  forget (flows, flows->others.tail->data);
  return TRUE;
}

static void
enqueue (WireFlows * flows, WireFlow * flow)
{
  if (flow->queue)
    g_queue_unlink (flow->queue, &flow->link);
  flow->queue = flow->transport && flow->spoken ? &flows->confirmed :
      &flows->others;
  g_queue_push_head_link (flow->queue, &flow->link);
}

static WireFlow *
get_flow (WireFlows * flows, const WireAddress * inside,
    const WireAddress * outside)
{
  WireFlow key = {.inside = *inside,.outside = *outside };
  WireFlow *flow;

  key.hash = address_hash_seeded (outside, flows->seed);
  key.hash = address_hash_seeded (inside, key.hash);
  flow = g_hash_table_lookup (flows->flows, &key);
  if (flow)
    return flow;
  if (!make_room (flows))
    return NULL;
  flow = g_new0 (WireFlow, 1);
  flow->inside = *inside;
  flow->outside = *outside;
  flow->hash = key.hash;
  flow->link.data = flow;
  wire_recognizer_init (&flow->recognizer, inside->port, outside->port);
  g_hash_table_add (flows->flows, flow);
  return flow;
}

WireFlow *
wire_flows_packet (WireFlows * flows, const WireAddress * inside,
    const WireAddress * outside, WireDirection from, const guint8 * data,
    gsize size, gint64 now)
{
  WireFlow *flow = get_flow (flows, inside, outside);
  WireFlowKind kind;

  if (!flow)
    return NULL;
  flow->heard = now;
  flow->spoken |= from == WIRE_FROM_INSIDE;
  kind = wire_recognizer_packet (&flow->recognizer, from, data, size, now);
  if (!flow->transport)
    join (flows, flow);
  if (kind == WIRE_FLOW_ZRTP && flow->transport)
    flow->transport->transparent = TRUE;
  enqueue (flows, flow);
  return flow;
}

static void
expire (WireFlows * flows, GQueue * queue, gint64 idle, gint64 now)
{
  while (queue->tail) {
    WireFlow *flow = queue->tail->data;

    if (now - flow->heard < idle)
      break;
    forget (flows, flow);
  }
}

guint
wire_flows_expire (WireFlows * flows, gint64 idle, gint64 now)
{
  expire (flows, &flows->confirmed, idle, now);
  expire (flows, &flows->others, idle, now);
  return wire_flows_count (flows);
}
