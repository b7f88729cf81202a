/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The rule: four RTP packets of one source in one direction, with one payload
 * type and CSRC count, in step. Random octets pass it once in 10^20 flows.
 */
#include "wirerecognizer.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT (1000000)
/* Between the first and the last packet of a run. Voice with pauses has some
 * three packets a second. */
#define RUN_TIME (5 * SECOND)
#define MAX_SEQNUM_STEP 16
/* 11 s at 90 kHz, forwards or, as pictures may, backwards. */
#define MAX_TIMESTAMP_STEP (1 << 20)
#define RTCP_LENGTH 2
/* Packets from inside, after which a flow without a run is no call. */
#define MAX_IN_VAIN 32

/* Protocols with ports of their own above 1023 that have fixed places. */
static const guint16 well_known[] = { 1194, 3478, 5353, 5355, 51820 };

static gboolean
is_well_known (guint16 port)
{
  if (port < 1024)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (well_known); i++)
    if (port == well_known[i])
      return TRUE;
  return FALSE;
}

void
wire_recognizer_init (WireRecognizer * recognizer, guint16 inside_port,
    guint16 outside_port)
{
  memset (recognizer, 0, sizeof *recognizer);
  recognizer->inside_port = inside_port;
  recognizer->outside_port = outside_port;
  if (is_well_known (inside_port))
    recognizer->kind = WIRE_FLOW_OTHER;
}

static gboolean
is_timestamp_next (const WireRun * run, const WireRtp * rtp)
{
  const guint16 steps = (guint16) (rtp->seqnum - run->last.seqnum);
  const gint32 step = (gint32) (rtp->timestamp - run->last.timestamp);

  if (run->expected == 0)
    return ABS ((gint64) step) <= MAX_TIMESTAMP_STEP;
  /* After a pause, after packets that were lost: later. */
  if (rtp->marker || steps > 1)
    return step >= (gint32) run->expected && step <= MAX_TIMESTAMP_STEP;
  return step == (gint32) run->expected;
}

static gboolean
is_next (const WireRun * run, const WireRtp * rtp, gint64 now)
{
  const guint16 steps = (guint16) (rtp->seqnum - run->last.seqnum);

  return rtp->payload_type == run->last.payload_type
      && rtp->n_csrcs == run->last.n_csrcs
      && steps >= 1 && steps <= MAX_SEQNUM_STEP
      && now - run->began <= RUN_TIME && is_timestamp_next (run, rtp);
}

/* The run of a source, a free one, or the one that was heard longest ago. */
static WireRun *
find_run (WireRun runs[WIRE_N_RUNS], guint32 ssrc)
{
  WireRun *oldest = &runs[0];

  for (guint i = 0; i < WIRE_N_RUNS; i++) {
    if (runs[i].length > 0 && runs[i].last.ssrc == ssrc)
      return &runs[i];
    if (runs[i].length == 0 || runs[i].heard < oldest->heard)
      oldest = &runs[i];
  }
  oldest->length = 0;
  return oldest;
}

/* TRUE if @rtp completes a run. */
static gboolean
take_rtp (WireRun runs[WIRE_N_RUNS], const WireRtp * rtp, gint64 now)
{
  WireRun *run = find_run (runs, rtp->ssrc);
  guint samples;

  if (!wire_rtp_get_samples (rtp, &samples)) {
    run->length = 0;
    return FALSE;
  }
  if (run->length == 0 || !is_next (run, rtp, now)) {
    run->length = 0;
    run->began = now;
  }
  run->length++;
  run->last = *rtp;
  run->expected = samples;
  run->heard = now;
  return run->length == WIRE_RUN_LENGTH;
}

static gboolean
take_rtcp (WireRecognizer * recognizer, const WireRtp * rtcp)
{
  if (recognizer->rtcp_ssrc != rtcp->ssrc)
    recognizer->n_rtcp = 0;
  recognizer->rtcp_ssrc = rtcp->ssrc;
  return ++recognizer->n_rtcp == RTCP_LENGTH;
}

/* The attacker may have written the outside port into the signalling: it counts
 * only with a packet that is none of a call. */
static gboolean
is_no_call (WireRecognizer * recognizer, WireShape shape)
{
  switch (shape) {
    case WIRE_SHAPE_DTLS:
    case WIRE_SHAPE_TURN:
      return TRUE;
    case WIRE_SHAPE_OTHER:
      return is_well_known (recognizer->outside_port)
          || ++recognizer->n_in_vain == MAX_IN_VAIN;
    case WIRE_SHAPE_RTP:
      return ++recognizer->n_in_vain == MAX_IN_VAIN;
    default:
      return FALSE;
  }
}

WireFlowKind
wire_recognizer_packet (WireRecognizer * recognizer, WireDirection from,
    const guint8 * data, gsize size, gint64 now)
{
  WireRtp rtp;
  WireShape shape;

  if (recognizer->kind == WIRE_FLOW_OTHER || recognizer->kind == WIRE_FLOW_ZRTP)
    return recognizer->kind;
  shape = wire_shape_of (data, size, &rtp);
  if (shape == WIRE_SHAPE_ZRTP)
    /* 10: an endpoint inside is left alone; one outside opens a call. */
    recognizer->kind = from == WIRE_FROM_INSIDE ? WIRE_FLOW_ZRTP :
        WIRE_FLOW_RTP;
  else if (recognizer->kind == WIRE_FLOW_RTP)
    return WIRE_FLOW_RTP;
  else if (shape == WIRE_SHAPE_RTP
      && take_rtp (recognizer->runs[from], &rtp, now))
    recognizer->kind = WIRE_FLOW_RTP;
  else if (recognizer->kind == WIRE_FLOW_RTCP)
    return WIRE_FLOW_RTCP;
  else if (shape == WIRE_SHAPE_RTCP && take_rtcp (recognizer, &rtp))
    recognizer->kind = WIRE_FLOW_RTCP;
  else if (from == WIRE_FROM_INSIDE && is_no_call (recognizer, shape))
    recognizer->kind = WIRE_FLOW_OTHER;
  return recognizer->kind;
}

const char *
wire_flow_kind_nick (WireFlowKind kind)
{
  static const char *const nicks[WIRE_N_FLOW_KINDS] = {
    "undecided", "rtp", "rtcp", "zrtp", "other"
  };

  g_return_val_if_fail (kind < WIRE_N_FLOW_KINDS, "unknown");
  return nicks[kind];
}
