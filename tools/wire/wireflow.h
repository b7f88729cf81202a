/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The UDP flows of a host, the transports and the calls that they belong to.
 *
 *   WireFlow       one address and port inside, one outside
 *   WireTransport  a port inside, whatever is outside: RTP of a stream, and RTCP
 *                  at this port or the one above. A program may send by IPv4 and
 *                  hear by IPv6.
 *   WireCall       the transports of one program with one host outside: sound
 *                  and picture share a ZRTP session
 *
 * One thread uses a table. Times are microseconds and never go back.
 */
#ifndef WIRE_FLOW_H
#define WIRE_FLOW_H

#include "wirerecognizer.h"

G_BEGIN_DECLS

/* An IPv4 address is mapped: ::ffff:192.0.2.1. The inside of a program on this
 * host is ::, for its sockets are known by their ports alone. */
typedef struct
{
  guint8 ip[16];
  guint16 port;
} WireAddress;

typedef struct _WireFlows WireFlows;
typedef struct _WireFlow WireFlow;
typedef struct _WireTransport WireTransport;
typedef struct _WireCall WireCall;

struct _WireFlow
{
  WireAddress inside, outside;
  WireRecognizer recognizer;
  gboolean spoken;              /* a packet came from inside */
  gint64 heard;                 /* when the last packet came */
  WireTransport *transport;     /* owned by the table; NULL: none */
  guint hash;
  GQueue *queue;                /* the table's, of calls or of all else */
  GList link;                   /* in @queue, the one heard last first */
};

struct _WireTransport
{
  guint id;                     /* from 1 on, never again in this table */
  WireAddress inside;           /* its RTP port */
  WireCall *call;               /* owned by the table */
  guint n_flows;
  gboolean transparent;         /* the program inside speaks ZRTP itself (10) */
};

struct _WireCall
{
  guint id;                     /* from 1 on, never again in this table */
  guint8 inside_ip[16];
  GArray *outside;              /* guint8[16]: hosts that its flows lead to */
  guint n_transports;
};

/* @max_flows: how many may be known at once. @seed: random, so that no attacker
 * can choose addresses that fall together in the table. A new one beyond that takes the
 * place of the one heard longest ago that is no call or that no packet from
 * inside belongs to; without such a flow it is not looked at. */
WireFlows *wire_flows_new (guint max_flows, guint32 seed);
void wire_flows_free (WireFlows * flows);

/* Looks at a datagram. Returns its flow, which the table owns and which stays
 * until the next call, or NULL if there is no room. */
WireFlow *wire_flows_packet (WireFlows * flows, const WireAddress * inside,
    const WireAddress * outside, WireDirection from, const guint8 * data,
    gsize size, gint64 now);

/* Forgets flows that were silent for @idle microseconds, and the transports and
 * calls that have no flow any more. Returns the number of flows. */
guint wire_flows_expire (WireFlows * flows, gint64 idle, gint64 now);

guint wire_flows_count (WireFlows * flows);

G_END_DECLS

#endif
