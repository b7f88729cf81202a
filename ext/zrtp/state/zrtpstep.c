/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where a stream stands: step, state and what may pass. No other file assigns these.
 */
#include "zrtp/state/zrtpstate.h"
#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* What a step means to the application, and which keys are in use. The initiator must
 * try to authenticate SRTP from Confirm2 on (4.6), the responder before it sends
 * Conf2ACK. */
static const struct
{
  const char *name;
  ZrtpState state;
  gboolean sends_keys, receives_keys;
  gboolean is_discovery;
} steps[ZRTP_N_STEPS] = {
  [ZRTP_STEP_IDLE] = {"idle", ZRTP_STATE_IDLE},
  [ZRTP_STEP_DISCOVERY] = {"discovery", ZRTP_STATE_DISCOVERING,.is_discovery =
        TRUE},
  [ZRTP_STEP_NO_PEER] = {"no-peer", ZRTP_STATE_NO_ZRTP,.is_discovery = TRUE},
  [ZRTP_STEP_RETRYING] = {"retrying", ZRTP_STATE_NEGOTIATING,.is_discovery =
        TRUE},
  [ZRTP_STEP_RESUMING] = {"resuming", ZRTP_STATE_CLEAR,.is_discovery = TRUE},
  [ZRTP_STEP_COMMIT_SENT] = {"commit-sent", ZRTP_STATE_NEGOTIATING},
  [ZRTP_STEP_COMMIT_RECEIVED] = {"commit-received", ZRTP_STATE_NEGOTIATING},
  [ZRTP_STEP_DHPART1_SENT] = {"dhpart1-sent", ZRTP_STATE_NEGOTIATING},
  [ZRTP_STEP_DHPART2_SENT] = {"dhpart2-sent", ZRTP_STATE_NEGOTIATING},
  [ZRTP_STEP_DHPART2_RECEIVED] = {"dhpart2-received", ZRTP_STATE_NEGOTIATING},
  [ZRTP_STEP_CONFIRM1_SENT] = {"confirm1-sent", ZRTP_STATE_NEGOTIATING},
  [ZRTP_STEP_CONFIRM2_SENT] = {"confirm2-sent", ZRTP_STATE_NEGOTIATING,
      .receives_keys = TRUE},
  [ZRTP_STEP_CONFIRM2_RECEIVED] = {"confirm2-received", ZRTP_STATE_NEGOTIATING,
      .receives_keys = TRUE},
  [ZRTP_STEP_SECURE] = {"secure", ZRTP_STATE_SECURE,.sends_keys = TRUE,
      .receives_keys = TRUE},
  [ZRTP_STEP_CLEARING] = {"clearing", ZRTP_STATE_SECURE,.receives_keys = TRUE},
  [ZRTP_STEP_CLEAR] = {"clear", ZRTP_STATE_CLEAR},
  [ZRTP_STEP_FAILED] = {"failed", ZRTP_STATE_FAILED},
};

void
zrtp_step_set (ZrtpStream * stream, ZrtpStep step)
{
  stream->step = step;
}

gboolean
zrtp_step_is_discovery (const ZrtpStream * stream)
{
  return steps[stream->step].is_discovery;
}

const char *
zrtp_stream_get_step (ZrtpStream * stream)
{
  return steps[stream->step].name;
}

void
zrtp_step_publish (ZrtpStream * stream)
{
  const ZrtpState state = steps[stream->step].state;
  ZrtpEvent *event;

  if (state != ZRTP_STATE_FAILED) {
    stream->info.error = ZRTP_ERROR_NONE;
    stream->info.final = FALSE;
  }
  if (stream->info.state == state)
    return;
  stream->info.state = state;
  zrtp_stream_update_media (stream);
  event = zrtp_stream_event (stream, ZRTP_EVENT_STATE);
  event->state = state;
  event->error = stream->info.error;
  if (state == ZRTP_STATE_FAILED)
    event->text = g_steal_pointer (&stream->failure.reason);
}

/* A Commit, ours or the peer's, was answered by an endpoint that has our
 * messages, or may have them. */
static gboolean
is_commit_answered (const ZrtpStream * stream)
{
  return stream->step == ZRTP_STEP_DHPART2_SENT || zrtp_step_is_proven (stream);
}

/* What may pass while there are no keys for a direction. RFC 6189 4: clear RTP
 * SHOULD NOT be sent once a Commit was sent or received. A third party can send
 * or cause one, so here that counts from its answer on. After secure, and after
 * proof of tampering, clear RTP never passes again. */
static ZrtpMedia
media_without_keys (ZrtpStream * stream, gboolean sending)
{
  if (stream->clearing.asks_user)
    return ZRTP_MEDIA_BLOCKED;
  if (stream->policy.require_encryption || stream->guard.was_secure
      || stream->guard.tampered || stream->guard.refused
      || zrtp_lost_call_forbids_clear (stream))
    return ZRTP_MEDIA_BLOCKED;
  if (sending && stream->info.state == ZRTP_STATE_NEGOTIATING
      && is_commit_answered (stream))
    return ZRTP_MEDIA_BLOCKED;
  return ZRTP_MEDIA_CLEAR;
}

/* An attacker reads and writes what passes once the user rejected the SAS. */
static gboolean
is_stopped (const ZrtpStream * stream)
{
  return stream->policy.stop_on_reject && stream->session
      && stream->session->rejected;
}

void
zrtp_stream_update_media (ZrtpStream * stream)
{
  ZrtpStreamInfo *info = &stream->info;
  ZrtpMedia send = ZRTP_MEDIA_BLOCKED, receive = ZRTP_MEDIA_BLOCKED;

  if (!is_stopped (stream)) {
    send = steps[stream->step].sends_keys ? ZRTP_MEDIA_SECURE :
        media_without_keys (stream, TRUE);
    receive = steps[stream->step].receives_keys ? ZRTP_MEDIA_SECURE :
        media_without_keys (stream, FALSE);
  }
  if (send != info->send || receive != info->receive) {
    ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_MEDIA);

    info->send = event->send = send;
    info->receive = event->receive = receive;
  }
}

/* A Commit, a DHPart1 and a HelloACK refer to nothing of ours, and a Hello
 * neither. A DHPart2 that fits its hvi was made by an endpoint that has our
 * Hello; a Confirm that opens, by one that has our DHPart, or our secrets. */
gboolean
zrtp_step_is_proven (const ZrtpStream * stream)
{
  if (stream->exchange && stream->exchange->held_confirm)
    return TRUE;
  switch (stream->step) {
    case ZRTP_STEP_DHPART2_RECEIVED:
    case ZRTP_STEP_CONFIRM1_SENT:
      return stream->exchange->mode == ZRTP_COMMIT_DH;
    case ZRTP_STEP_CONFIRM2_SENT:
    case ZRTP_STEP_CONFIRM2_RECEIVED:
      return TRUE;
    default:
      return zrtp_stream_is_settled (stream);
  }
}

gboolean
zrtp_lost_call_forbids_clear (const ZrtpStream * stream)
{
  const ZrtpLostCall *call = &stream->lost_call;

  return call->suspected || call->heard || call->serial != 0 || call->named;
}

gboolean
zrtp_preshared_has_keys (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  return x && x->mode == ZRTP_COMMIT_PRESHARED && x->have_keys;
}

void
zrtp_step_init (ZrtpStream * stream)
{
  stream->info.send = media_without_keys (stream, TRUE);
  stream->info.receive = media_without_keys (stream, FALSE);
}

static void
report_state (ZrtpStream * stream, ZrtpState state)
{
  stream->info.state = state;
  zrtp_stream_event (stream, ZRTP_EVENT_STATE)->state = state;
}

/* The keys are among @events: they come first, then what uses them. */
void
zrtp_step_publish_all (ZrtpStream * stream, GQueue * events)
{
  ZrtpEvent *event;

  report_state (stream, ZRTP_STATE_NEGOTIATING);
  while ((event = g_queue_pop_head (events)))
    g_queue_push_tail (&stream->output.events, event);
  stream->info.send = stream->info.receive = ZRTP_MEDIA_SECURE;
  zrtp_stream_update_media (stream);
  if (stream->step == ZRTP_STEP_SECURE)
    report_state (stream, ZRTP_STATE_SECURE);
}
