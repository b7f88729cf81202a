/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Feeds the table of flows: an input is a row of datagrams between a few ports
 * inside and a few addresses outside, each with its side, its time and its size.
 */
#include "fuzz.h"

#include "wireflow.h"

#define MAX_FLOWS 6
#define IDLE (30 * G_GINT64_CONSTANT (1000000))

static WireAddress
address (guint n, guint16 port)
{
  WireAddress result = {.port = port };

  result.ip[10] = result.ip[11] = 0xff;
  result.ip[15] = (guint8) n;
  return result;
}

static void
check_flow (WireFlows * flows, const WireFlow * flow, const WireFlow * before,
    WireDirection from)
{
  const WireFlowKind kind = flow->recognizer.kind;

  FUZZ_CHECK (wire_flows_count (flows) <= MAX_FLOWS);
  FUZZ_CHECK (flow->spoken || (kind != WIRE_FLOW_OTHER
          && kind != WIRE_FLOW_ZRTP));
  FUZZ_CHECK (kind != WIRE_FLOW_RTP || flow->transport);
  if (flow->transport) {
    FUZZ_CHECK (flow->transport->n_flows > 0);
    FUZZ_CHECK (flow->transport->call->n_transports > 0);
    FUZZ_CHECK (flow->transport->call->outside->len > 0);
  }
  /* What an attacker sends never takes a call back. */
  if (from == WIRE_FROM_OUTSIDE && before->recognizer.kind == WIRE_FLOW_RTP)
    FUZZ_CHECK (kind == WIRE_FLOW_RTP);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  Input input = { data, size };
  WireFlows *flows = wire_flows_new (MAX_FLOWS, 1);
  WireFlow before;
  gint64 now = 0;

  while (input.left > 0) {
    const guint8 what = fuzz_take (&input);
    const WireDirection from = what & 1 ? WIRE_FROM_OUTSIDE : WIRE_FROM_INSIDE;
    const WireAddress inside = address (what & 2 ? 11 : 0,
        (guint16) (7078 + (what >> 2 & 3)));
    const WireAddress outside = address (what >> 4 & 3, 5004);
    const guint8 wanted = fuzz_take (&input);
    const gsize n = MIN (wanted, input.left);
    guint8 *packet = fuzz_copy (input.data, n);
    WireFlow *flow;

    input.data += n;
    input.left -= n;
    now += (what >> 6) * G_GINT64_CONSTANT (20000);
    if (what == 0xff)
      now += IDLE;
    wire_flows_expire (flows, IDLE, now);
    /* Its kind before the packet. */
    flow = wire_flows_packet (flows, &inside, &outside, from, NULL, 0, now);
    if (flow) {
      before = *flow;
      flow = wire_flows_packet (flows, &inside, &outside, from, packet, n, now);
      check_flow (flows, flow, &before, from);
    }
    g_free (packet);
  }
  now += IDLE;
  FUZZ_CHECK (wire_flows_expire (flows, IDLE, now) == 0);
  wire_flows_free (flows);
  return 0;
}
