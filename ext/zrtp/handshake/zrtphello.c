/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Discovery: Hello and HelloACK (RFC 6189 4.1, 5.2, 5.3, 6).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

/* A Hello known before a failure counts again. */
#define REVIVE_AFTER (5 * ZRTP_SEC)
/* Hellos that answer Hellos, beyond the first few. */
#define HELLO_AGAIN (100 * ZRTP_MSEC)
/* An endpoint that just came up sends its HelloACK and its Hello together. A Hello
 * that came long before that HelloACK may be a third party's. */
#define STALE_HELLO (500 * ZRTP_MSEC)
#define HELLO_FOLLOWS (20 * ZRTP_MSEC)

/* 4.1.1: 1 if the version is to be talked to, 0 to be ignored, -1 too old. */
static gint
compare_version (const char *version)
{
  const gint order = memcmp (version, ZRTP_VERSION, 3);

  return order == 0 ? 1 : order > 0 ? 0 : -1;
}

/* May a Hello bring discovery back to life? After a failure a new one may at
 * once, after silence any, else an old one after a while. */
static gboolean
may_revive (ZrtpStream * stream, gboolean is_new, gint64 now)
{
  if (stream->step == ZRTP_STEP_NO_PEER)
    return TRUE;
  return stream->step == ZRTP_STEP_FAILED
      && (is_new || stream->info.error == ZRTP_ERROR_TIMEOUT
      || now - stream->failure.at >= REVIVE_AFTER);
}

static gboolean
is_our_hello (const ZrtpStream * stream, const ZrtpPacket * packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (stream->own.message, &size);

  return packet->message_size == size
      && memcmp (packet->message, data, size) == 0;
}

/* TRUE if the signalling announced other Hellos. */
static gboolean
refuse_unannounced (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  GBytes *bytes;
  gboolean announced;

  if (stream->announced.hashes->len == 0)
    return FALSE;
  bytes = g_bytes_new (packet->message, packet->message_size);
  announced = zrtp_hello_hash_is_known (stream, bytes);
  g_bytes_unref (bytes);
  if (announced)
    return FALSE;
  if (!stream->announced.refused && zrtp_step_is_discovery (stream)) {
    stream->announced.refused = TRUE;
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
  }
  if (zrtp_stream_is_settled (stream))
    zrtp_fork_note_hello (stream, packet, hello, now);
  return TRUE;
}

/* TRUE if the Hello is of no use, as *@outcome says. */
static gboolean
refuse_hello (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now, ZrtpOutcome * outcome)
{
  const gboolean idle = zrtp_step_is_discovery (stream);
  const gint version = compare_version (hello->version);

  *outcome = ZRTP_DROPPED (UNEXPECTED);
  if (zrtp_remotes_is_banned (stream, hello, now)) {
    *outcome = ZRTP_DROPPED (FOREIGN_SOURCE);
    return TRUE;
  }
  if (memcmp (hello->zid, stream->zid, ZRTP_ZID_SIZE) == 0) {
    /* Our own Hello is proof of a loop, unless there is a peer: then a third
     * party throws it back at us. */
    if (idle && !zrtp_remotes_best (stream) && is_our_hello (stream, packet))
      *outcome =
          ZRTP_OUTCOME (UNEXPECTED, EXCHANGE, ZRTP_ERROR_EQUAL_ZIDS, NULL);
    else
      zrtp_stream_hinder (stream, &stream->limits.equal_zids,
          ZRTP_ERROR_EQUAL_ZIDS, now);
    return TRUE;
  }
  if (version <= 0) {
    if (version == 0)           /* it may come down to ours */
      zrtp_discovery_note_evidence (stream, now);
    else if (idle && !zrtp_remotes_best (stream))
      zrtp_unproven_refuse (stream, ZRTP_ERROR_VERSION, now);
    return TRUE;
  }
  *outcome = ZRTP_DROPPED (BAD_HELLO_HASH);
  return refuse_unannounced (stream, packet, hello, now);
}

/* Another endpoint than the peer, while there is one. */
static ZrtpOutcome
note_another (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, const ZrtpRemote * remote, gboolean is_new,
    gint64 now)
{
  if (stream->outer) {
    /* It may be the peer, restarted since our Hello went out. */
    if (is_new && zrtp_rate_limit_allow (&stream->restart.trials, ZRTP_BURST,
            HELLO_AGAIN, now))
      zrtp_stream_send (stream, stream->own.message, TRUE);
    return ZRTP_OK;
  }
  zrtp_fork_report (stream, remote, now);
  if (zrtp_probe_note_hello (stream, hello, now))
    zrtp_settle (stream->trial,
        zrtp_hello_process (stream->trial, packet, hello, now), now);
  return ZRTP_DROPPED (FOREIGN_SOURCE);
}

ZrtpOutcome
zrtp_hello_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPacket *packet = received->packet;
  const ZrtpHello *hello = &received->message->u.hello;

  /* 5.3: every Hello is acknowledged, of whatever version. */
  if (zrtp_hello_hash_admit (stream, packet, hello, now))
    zrtp_stream_send_limited_ack (stream, ZRTP_MESSAGE_HELLO_ACK, now);
  return zrtp_hello_process (stream, packet, hello, now);
}

ZrtpOutcome
zrtp_hello_process (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  ZrtpOutcome outcome;
  ZrtpRemote *remote;
  gboolean is_new = FALSE;

  if (refuse_hello (stream, packet, hello, now, &outcome))
    return outcome;
  outcome = ZRTP_OK;
  if (zrtp_hello_hash_is_transfer (stream))
    zrtp_hello_hash_move (stream, now);
  if (stream->announced.hashes->len > 0)
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
  /* The application named another endpoint. */
  if (stream->remotes.only_one
      && memcmp (hello->zid, stream->remotes.only_zid, ZRTP_ZID_SIZE) != 0) {
    zrtp_fork_note_hello (stream, packet, hello, now);
    return ZRTP_DROPPED (FOREIGN_SOURCE);
  }

  remote = zrtp_remotes_find (stream, packet->ssrc, packet->message,
      packet->message_size);
  if (!remote) {
    remote = zrtp_remotes_add (stream, packet, hello);
    is_new = TRUE;
  }
  remote->last_seen = now;
  zrtp_discovery_note_evidence (stream, now);

  if (remote->unsuitable)
    zrtp_stream_hinder (stream, &stream->limits.nothing_in_common,
        remote->refused_with, now);
  else if (may_revive (stream, is_new, now))
    zrtp_discovery_start (stream, now);
  if (!zrtp_step_is_discovery (stream)) {
    const ZrtpRemote *peer = stream->exchange ? &stream->exchange->peer :
        &stream->bound.remote;

    if (!zrtp_remote_is_same_hello (remote, peer)
        && stream->step != ZRTP_STEP_FAILED)
      outcome = note_another (stream, packet, hello, remote, is_new, now);
    zrtp_commit_note_hello (stream, remote, is_new, now);
    return outcome;
  }

  if (is_new) {
    zrtp_soft_error_clear (stream);
    zrtp_stream_publish_peer_limited (stream, remote, now);
    /* 6: a peer that just came up has not heard our earlier Hellos. */
    if (!stream->discovery.hello_acked
        || stream->discovery.acked_ssrc != packet->ssrc) {
      if (stream->retransmit.message.sent == 0
          && stream->retransmit.message.message)
        zrtp_discovery_hurry (stream, now);
      else if (zrtp_unproven_may_answer (stream, now))
        zrtp_discovery_schedule (stream, now);
    } else if (stream->discovery.acked_early
        && zrtp_unproven_may_answer (stream, now)) {
      /* Its HelloACK may be forged: a Commit without our Hello has no answer. */
      zrtp_stream_send_hello (stream, TRUE, now);
    }
    stream->discovery.acked_early = FALSE;
  }
  zrtp_commit_try (stream, now);
  return ZRTP_OK;
}

ZrtpOutcome
zrtp_hello_ack_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const guint32 ssrc = received->packet->ssrc;

  /* Once there is a peer no other source speaks for it. */
  if (zrtp_remotes_is_unknown (stream, ssrc))
    return ZRTP_DROPPED (FOREIGN_SOURCE);
  zrtp_discovery_set_acked (stream, ssrc);
  stream->discovery.acked_early = !zrtp_remotes_best (stream);
  stream->discovery.acked_late = !stream->discovery.acked_early;
  zrtp_discovery_note_evidence (stream, now);
  /* It may come before the Hello of its sender. Until then it stops nothing. */
  if (stream->discovery.acked_early) {
    if (stream->step == ZRTP_STEP_NO_PEER) {
      zrtp_step_set (stream, ZRTP_STEP_DISCOVERY);
      zrtp_step_publish (stream);
    }
    return ZRTP_DROPPED (UNEXPECTED);
  }
  if (stream->soft_error.kind == ZRTP_SOFT_ERROR_SSRC)
    zrtp_soft_error_clear (stream);     /* with the SSRC that it has */
  if (stream->retransmit.message.message
      && stream->retransmit.message.sent == 0)
    stream->info.counters.round_trip =
        now - stream->retransmit.message.first_sent;
  zrtp_discovery_slow_down (stream, now);
  if (now - zrtp_remotes_best (stream)->last_seen >= STALE_HELLO)
    zrtp_timer_set (stream, ZRTP_TIMER_HOLD,
        MIN (stream->timers[ZRTP_TIMER_HOLD], now + HELLO_FOLLOWS));
  else
    zrtp_commit_try (stream, now);
  return ZRTP_OK;
}
