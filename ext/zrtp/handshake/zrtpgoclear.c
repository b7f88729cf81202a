/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Back to clear and to secure again: GoClear and ClearACK (RFC 6189 4.7.2,
 * 5.11, 5.12). One GoClear ends the encryption of all streams of a session.
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* 4.7.2: keeps a NAT's binding until the user decides. */
#define CLEAR_ACK_INTERVAL (5 * ZRTP_SEC)
/* Longest pause within the retransmissions of a GoClear. */
#define BURST_GAP (5 * ZRTP_SEC)

/* MAC(mackey of the sender's role, "GoClear "). */
static void
make_clear_mac (ZrtpStream * stream, const ZrtpSenderKeys * sender,
    guint8 clear_mac[ZRTP_MAC_SIZE])
{
  const ZrtpOctets text = zrtp_octets ((const guint8 *) "GoClear ", 8);
  guint8 mac[ZRTP_MAX_HASH_SIZE];

  stream->bound.hash->mac (sender->mac_key, stream->bound.hash->size, &text, 1,
      mac);
  memcpy (clear_mac, mac, ZRTP_MAC_SIZE);
  zrtp_wipe (mac, stream->bound.hash->size);
}

gboolean
zrtp_clear_is_allowed (const ZrtpPolicy * policy)
{
  return policy->allow_clear && !policy->require_encryption;
}

/* 4.7.2.1: everything goes but ZRTPSess, which the caller replaces. */
static void
clear_stream (ZrtpStream * stream, gboolean ask_user)
{
  if (stream->step != ZRTP_STEP_SECURE && stream->step != ZRTP_STEP_CLEARING)
    return;
  zrtp_stream_event (stream, ZRTP_EVENT_KEYS_GONE);
  zrtp_bound_wipe_keys (stream);
  stream->info.exchange_done = FALSE;
  zrtp_step_set (stream, ZRTP_STEP_CLEAR);
  stream->clearing.asks_user = ask_user;
  /* Both users wanted it: clear media may flow again. */
  stream->guard.was_secure = FALSE;
  stream->backoff.go_secure_requested = FALSE;
  zrtp_step_publish (stream);
  zrtp_stream_update_media (stream);
}

static void
clear_session (ZrtpSession * session, gboolean ask_user)
{
  zrtp_session_ratchet (session);
  for (guint i = 0; i < session->streams->len; i++)
    clear_stream (g_ptr_array_index (session->streams, i), ask_user);
}

gboolean
zrtp_session_go_clear (ZrtpSession * session, gint64 now)
{
  ZrtpStream *stream = session->master;
  ZrtpMessage message = {.type = ZRTP_MESSAGE_GO_CLEAR };

  if (!stream || stream->step != ZRTP_STEP_SECURE
      || !stream->info.peer_allow_clear || stream->policy.require_encryption)
    return FALSE;
  make_clear_mac (stream, zrtp_stream_own_keys (stream), message.u.clear_mac);
  zrtp_step_set (stream, ZRTP_STEP_CLEARING);
  stream->clearing.sent = TRUE;
  zrtp_stream_update_media (stream);
  zrtp_stream_send_repeated (stream, zrtp_stream_bytes (&message), now);
  return TRUE;
}

static void
clear_acknowledged (ZrtpStream * stream)
{
  zrtp_stream_stop_repeating (stream);
  stream->clearing.sent = FALSE;
  clear_session (stream->session, FALSE);
}

/* No peer will acknowledge our GoClear (4.7.2). The peer may have acted on it,
 * and replaced ZRTPSess, or not (two generals): ours is of no use any more, so
 * the way back is by Diffie-Hellman. */
void
zrtp_clear_exhausted (ZrtpStream * stream)
{
  ZrtpSession *session = stream->session;

  if (stream->step == ZRTP_STEP_CLEARING)
    clear_acknowledged (stream);
  zrtp_stream_stop_repeating (stream);
  stream->clearing.sent = FALSE;
  zrtp_session_forget (session);
}

void
zrtp_clear_refused (ZrtpStream * stream)
{
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_ERROR);

  event->error = ZRTP_ERROR_GOCLEAR_REFUSED;
  event->from_peer = TRUE;
  zrtp_stream_stop_repeating (stream);
  stream->clearing.sent = FALSE;
  if (stream->step == ZRTP_STEP_CLEARING)
    zrtp_step_set (stream, ZRTP_STEP_SECURE);
  zrtp_stream_update_media (stream);
}

ZrtpOutcome
zrtp_clear_ack_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  if (stream->clearing.sent)
    clear_acknowledged (stream);
  else if (stream->step != ZRTP_STEP_CLEAR)
    return ZRTP_DROPPED (UNEXPECTED);
  return ZRTP_OK;
}

/* On whatever stream: then our user need not be asked. */
static gboolean
we_asked (ZrtpSession * session)
{
  for (guint i = 0; i < session->streams->len; i++) {
    const ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    if (stream->clearing.sent)
      return TRUE;
  }
  return FALSE;
}

/* One alarm for a GoClear and its retransmissions. */
static void
report_false_mac (ZrtpStream * stream, gint64 now)
{
  const gboolean repeated = stream->clearing.forged_at > 0
      && now - stream->clearing.forged_at < BURST_GAP;

  stream->clearing.forged_at = now;
  if (!repeated)
    zrtp_unproven_alarm (stream, ZRTP_ERROR_NONE,
        "a request to end encryption came whose MAC is false: it is forged, "
        "or of a peer that makes the MAC in another way", now);
}

ZrtpOutcome
zrtp_go_clear_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPacket *packet = received->packet;
  const ZrtpOctets octets = zrtp_octets (packet->message, packet->message_size);
  const ZrtpMessage ack = {.type = ZRTP_MESSAGE_CLEAR_ACK };
  const gboolean asked_too = we_asked (stream->session);
  guint8 expected[ZRTP_MAC_SIZE];

  make_clear_mac (stream, zrtp_stream_peer_keys (stream), expected);
  if (!zrtp_equal (expected, received->message->u.clear_mac, ZRTP_MAC_SIZE)) {
    report_false_mac (stream, now);
    return ZRTP_DROPPED (BAD_MAC);
  }
  if (!stream->clearing.allowed) {
    /* The A flag of our Confirm was 0: the request is refused. */
    if (!stream->retransmit.error.message)
      zrtp_send_error (stream, ZRTP_ERROR_GOCLEAR_REFUSED, now);
    return ZRTP_OK;
  }

  zrtp_stream_send_reply (stream, octets, zrtp_stream_bytes (&ack));
  clear_session (stream->session, !asked_too);
  if (!asked_too) {
    zrtp_stream_event (stream, ZRTP_EVENT_CLEAR_REQUESTED);
    zrtp_timer_set (stream, ZRTP_TIMER_CLEAR_ACK, now + CLEAR_ACK_INTERVAL);
  }
  return ZRTP_OK;
}

/* The user has not answered yet. */
void
zrtp_clear_timeout (ZrtpStream * stream, gint64 now)
{
  if (!stream->clearing.asks_user)
    return;
  zrtp_stream_send_ack (stream, ZRTP_MESSAGE_CLEAR_ACK);
  zrtp_timer_set (stream, ZRTP_TIMER_CLEAR_ACK, now + CLEAR_ACK_INTERVAL);
}

gboolean
zrtp_session_accept_clear (ZrtpSession * session, gint64 now)
{
  gboolean asked = FALSE;

  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    if (stream->step != ZRTP_STEP_CLEAR || !stream->clearing.asks_user)
      continue;
    asked = TRUE;
    stream->clearing.asks_user = FALSE;
    zrtp_timer_stop (stream, ZRTP_TIMER_CLEAR_ACK);
    zrtp_stream_update_media (stream);
  }
  return asked;
}

/* The way back starts with a Commit; both know the other's Hello still. What
 * goes wrong from here on does not end in the clear. */
void
zrtp_clear_resume (ZrtpStream * stream, gint64 now)
{
  ZrtpRemote *peer = zrtp_remotes_restore (stream, &stream->bound.remote, now);

  zrtp_timer_stop (stream, ZRTP_TIMER_CLEAR_ACK);
  stream->clearing.asks_user = FALSE;
  stream->clearing.sent = FALSE;
  zrtp_stream_stop_repeating (stream);
  zrtp_step_set (stream, ZRTP_STEP_RESUMING);
  stream->guard.was_secure = TRUE;
  stream->backoff.go_secure_requested = TRUE;
  zrtp_discovery_set_acked (stream, peer->ssrc);
  zrtp_stream_update_media (stream);
}

void
zrtp_clear_resume_all (ZrtpSession * session, gint64 now)
{
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    if (stream->step == ZRTP_STEP_CLEAR)
      zrtp_clear_resume (stream, now);
  }
  for (guint i = 0; i < session->streams->len; i++)
    zrtp_commit_try (g_ptr_array_index (session->streams, i), now);
}
