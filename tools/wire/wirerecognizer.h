/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Finds the calls among the UDP flows of a host, without signalling.
 *
 * A flow is what passes between one address and port inside, which belongs to
 * the program that is protected, and one outside. Packets from inside alone
 * decide that a flow is no call: else an attacker on the way could send one
 * packet of another protocol, and the call would stay in the clear.
 */
#ifndef WIRE_RECOGNIZER_H
#define WIRE_RECOGNIZER_H

#include "wirertp.h"

G_BEGIN_DECLS

typedef enum
{
  WIRE_FLOW_UNDECIDED,
  WIRE_FLOW_RTP,                /* media of a call, to be encrypted */
  WIRE_FLOW_RTCP,               /* belongs to the RTP flow one port below, if any */
  WIRE_FLOW_ZRTP,               /* the program inside speaks ZRTP: transparent */
  WIRE_FLOW_OTHER,              /* no call */
  WIRE_N_FLOW_KINDS
} WireFlowKind;

typedef enum
{
  WIRE_FROM_INSIDE,
  WIRE_FROM_OUTSIDE,
  WIRE_N_DIRECTIONS
} WireDirection;

/* RTP packets of one source that may follow each other. */
#define WIRE_N_RUNS 4
/* How many make a call. */
#define WIRE_RUN_LENGTH 4

typedef struct
{
  guint length;                 /* 0: free */
  WireRtp last;
  guint expected;               /* samples of @last; 0: unknown */
  gint64 began, heard;          /* microseconds, as the caller counts */
} WireRun;

typedef struct
{
  WireFlowKind kind;
  guint16 inside_port, outside_port;
  WireRun runs[WIRE_N_DIRECTIONS][WIRE_N_RUNS];
  guint n_rtcp;                 /* in order, of one source */
  guint32 rtcp_ssrc;
  guint n_in_vain;              /* packets from inside that made no run */
} WireRecognizer;

void wire_recognizer_init (WireRecognizer * recognizer, guint16 inside_port,
    guint16 outside_port);

/* Looks at one datagram of the flow and returns what is known by now. RTP, RTCP
 * and OTHER stay, but for ZRTP from inside, which is seen at any time. @now is
 * in microseconds and never goes back. */
WireFlowKind wire_recognizer_packet (WireRecognizer * recognizer,
    WireDirection from, const guint8 * data, gsize size, gint64 now);

const char *wire_flow_kind_nick (WireFlowKind kind);

G_END_DECLS

#endif
