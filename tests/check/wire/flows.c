/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Flows, the transports and calls that they belong to, and what a flood of
 * others may do to them.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "wireflow.h"

#define MSEC G_GINT64_CONSTANT (1000)
#define SECOND (1000 * MSEC)
#define INSIDE WIRE_FROM_INSIDE
#define OUTSIDE WIRE_FROM_OUTSIDE

static WireAddress
v4 (guint8 last, guint16 port)
{
  WireAddress address = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, last}, port };

  return address;
}

static WireAddress
v6 (guint8 last, guint16 port)
{
  WireAddress address = {.ip = {0x20, 0x01, 0x0d, 0xb8,[15] = last}, port };

  return address;
}

/* A socket of a program on this host. */
static WireAddress
local (guint16 port)
{
  WireAddress address = {.port = port };

  return address;
}

static WireFlow *
send_rtp (WireFlows * flows, WireAddress inside, WireAddress outside,
    WireDirection from, guint n)
{
  WireFlow *flow = NULL;

  for (guint i = 0; i < n; i++) {
    const guint8 packet[172] = { 0x80, 0, 0, (guint8) i, 0, 0,
      (guint8) (i * 160 >> 8), (guint8) (i * 160), 0, 0, 0, 9
    };

    flow = wire_flows_packet (flows, &inside, &outside, from, packet,
        sizeof packet, i * 20 * MSEC);
  }
  return flow;
}

static WireFlow *
send_rtcp (WireFlows * flows, WireAddress inside, WireAddress outside)
{
  const guint8 report[8] = { 0x80, 0xc9, 0, 1, 0, 0, 0, 9 };

  wire_flows_packet (flows, &inside, &outside, INSIDE, report, sizeof report,
      0);
  return wire_flows_packet (flows, &inside, &outside, INSIDE, report,
      sizeof report, 5 * SECOND);
}

/* Sound sent by IPv4 and heard by IPv6, its RTCP, and the picture: one call with
 * two transports. */
GST_START_TEST (test_one_call)
{
  WireFlows *flows = wire_flows_new (100, 1);
  WireFlow *out = send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 4);
  WireTransport *sound = out->transport;
  WireFlow *in, *picture;

  fail_unless (sound != NULL);
  in = send_rtp (flows, local (7078), v6 (7, 7078), OUTSIDE, 4);
  fail_unless (in != out && in->transport == sound);
  fail_unless (send_rtcp (flows, local (7079), v6 (7, 7079))->transport
      == sound);
  picture = send_rtp (flows, local (9078), v6 (7, 9078), INSIDE, 4);
  fail_unless (picture->transport && picture->transport != sound);
  fail_unless (picture->transport->call == sound->call);
  fail_unless_equals_int (sound->call->n_transports, 2);
  fail_unless_equals_int (sound->n_flows, 3);
  wire_flows_free (flows);
}

GST_END_TEST;

/* Two hosts outside, and two phones behind a router with the same ports: calls
 * of their own. */
GST_START_TEST (test_several_calls)
{
  WireFlows *flows = wire_flows_new (100, 1);
  const WireAddress inside[] = { local (7078), local (7080), v4 (11, 7078),
    v4 (12, 7078)
  };
  const WireAddress outside[] = { v4 (7, 7078), v4 (8, 7078), v4 (7, 7078),
    v4 (7, 7078)
  };

  for (guint i = 0; i < G_N_ELEMENTS (inside); i++) {
    WireFlow *flow = send_rtp (flows, inside[i], outside[i], INSIDE, 4);

    fail_unless_equals_int (flow->transport->id, i + 1);
    fail_unless_equals_int (flow->transport->call->id, i + 1);
  }
  wire_flows_free (flows);
}

GST_END_TEST;

/* RTCP alone is no call; nor is what came before the fourth packet. */
GST_START_TEST (test_no_transport)
{
  WireFlows *flows = wire_flows_new (100, 1);

  fail_if (send_rtcp (flows, local (7079), v4 (7, 7079))->transport);
  fail_if (send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 3)->transport);
  wire_flows_free (flows);
}

GST_END_TEST;

/* RTCP was there first: it joins with its next packet. */
GST_START_TEST (test_late_rtp)
{
  WireFlows *flows = wire_flows_new (100, 1);
  WireTransport *transport;

  send_rtcp (flows, local (7079), v4 (7, 7079));
  transport =
      send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 4)->transport;
  fail_unless (send_rtcp (flows, local (7079), v4 (7,
              7079))->transport == transport);
  wire_flows_free (flows);
}

GST_END_TEST;

/* 10: the program speaks ZRTP itself. */
GST_START_TEST (test_transparent)
{
  static const guint8 hello_ack[28] = {
    0x10, 0x00, 0x00, 0x01, 0x5a, 0x52, 0x54, 0x50, 0x22, 0x22, 0x22, 0x22,
    0x50, 0x5a, 0x00, 0x03, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x41, 0x43, 0x4b,
    0x2d, 0x3a, 0xb3, 0x0f
  };
  WireFlows *flows = wire_flows_new (100, 1);
  const WireAddress inside = local (7078), outside = v4 (7, 7078);
  WireFlow *flow;

  flow = wire_flows_packet (flows, &inside, &outside, OUTSIDE, hello_ack,
      sizeof hello_ack, 0);
  fail_unless (flow->transport && !flow->transport->transparent);
  flow = wire_flows_packet (flows, &inside, &outside, INSIDE, hello_ack,
      sizeof hello_ack, 0);
  fail_unless (flow->transport->transparent);
  wire_flows_free (flows);
}

GST_END_TEST;

/* 10,000 sources outside, with RTP and without, and a table of 100: the call
 * stays, and so does the number. */
GST_START_TEST (test_flood)
{
  WireFlows *flows = wire_flows_new (100, 1);
  WireFlow *call = send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 4);
  const guint id = call->transport->id;

  for (guint i = 0; i < 10000; i++)
    fail_unless (send_rtp (flows, local ((guint16) (10000 + i)),
            v4 (9, (guint16) (20000 + i)), OUTSIDE, __i__));
  fail_unless_equals_int (wire_flows_count (flows), 100);
  call = send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 1);
  fail_unless_equals_int (call->transport->id, id);
  wire_flows_free (flows);
}

GST_END_TEST;

/* A table full of calls takes no other. */
GST_START_TEST (test_full)
{
  WireFlows *flows = wire_flows_new (3, 1);

  for (guint16 i = 0; i < 3; i++)
    fail_unless (send_rtp (flows, local (7000 + 2 * i), v4 (7, 7000), INSIDE,
            4));
  fail_if (send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 4));
  fail_unless_equals_int (wire_flows_count (flows), 3);
  wire_flows_free (flows);
}

GST_END_TEST;

/* Silence ends flows, and with the last one the transport and the call. */
GST_START_TEST (test_expire)
{
  WireFlows *flows = wire_flows_new (100, 1);
  WireFlow *flow;

  send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 4);
  send_rtcp (flows, local (7079), v4 (7, 7079));
  send_rtp (flows, local (5000), v4 (8, 5000), OUTSIDE, 1);
  fail_unless_equals_int (wire_flows_expire (flows, 30 * SECOND, 20 * SECOND),
      3);
  fail_unless_equals_int (wire_flows_expire (flows, 30 * SECOND, 34 * SECOND),
      1);
  flow = send_rtcp (flows, local (7079), v4 (7, 7079));
  fail_unless_equals_int (flow->transport->id, 1);
  fail_unless_equals_int (wire_flows_expire (flows, 30 * SECOND, 40 * SECOND),
      0);
  flow = send_rtp (flows, local (7078), v4 (7, 7078), INSIDE, 4);
  fail_unless_equals_int (flow->transport->id, 2);
  fail_unless_equals_int (flow->transport->call->id, 2);
  wire_flows_free (flows);
}

GST_END_TEST;

static Suite *
flows_suite (void)
{
  Suite *suite = suite_create ("flows");
  TCase *tcase = tcase_create ("flows");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_one_call);
  tcase_add_test (tcase, test_several_calls);
  tcase_add_test (tcase, test_no_transport);
  tcase_add_test (tcase, test_late_rtp);
  tcase_add_test (tcase, test_transparent);
  tcase_add_loop_test (tcase, test_flood, 1, 5);
  tcase_add_test (tcase, test_full);
  tcase_add_test (tcase, test_expire);
  return suite;
}

GST_CHECK_MAIN (flows);
