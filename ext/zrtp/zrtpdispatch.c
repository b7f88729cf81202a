/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The dispatcher: which file handles a message, a timer, a job and follow-up work.
 */
#include "zrtp/zrtpdispatch.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"
#include "zrtp/handshake/zrtphandshake.h"

/* How long a Hello from before the start counts: until a patient peer's next. */
#define EARLY_TIME (2 * ZRTP_SEC)
/* A peer that fell silent may come back. */
#define RETRY_AFTER_SILENCE (2 * ZRTP_SEC)
#define RETRY_SOON (250 * ZRTP_MSEC)
/* Two that chose one SSRC do so once. */
#define MOVE_AGAIN (10 * ZRTP_SEC)

void
zrtp_dispatch_todo (ZrtpStream * stream, gint64 now)
{
  ZrtpSession *session = zrtp_todo_call_of (stream);
  ZrtpTodo todo;

  while (session && zrtp_todo_pop (session, &todo)) {
    switch (todo.kind) {
      case ZRTP_TODO_RESTART:
        zrtp_discovery_start (todo.stream, now);
        break;
      case ZRTP_TODO_ANSWER:
        zrtp_settle (todo.stream, zrtp_commit_answer (todo.stream, now), now);
        break;
      case ZRTP_TODO_COMMIT:
        zrtp_commit_try (todo.stream, now);
        break;
      case ZRTP_TODO_RECHECK:
        zrtp_admit_recheck (todo.stream->session, todo.stream, now);
        break;
    }
  }
}

/* What messages, timers or jobs made of the trials of a call. */
static void
check_trials (ZrtpStream * stream, gint64 now)
{
  const ZrtpSession *session = stream->session;

  /* A trial does not end within a call of its own. */
  if (!session || stream->outer)
    return;
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other->trial) {
      zrtp_trial_check (other, now);
      zrtp_dispatch_todo (other, now);
    }
  }
}

/* A peer that was ready first says Hello while we get ready: heard only at its
 * next one, that would cost T1 or, after its schedule, seconds. */
static void
keep_early (ZrtpStream * stream, const guint8 * data, gsize size, gint64 now)
{
  g_clear_pointer (&stream->discovery.pending_hello, g_bytes_unref);
  stream->discovery.pending_hello = g_bytes_new (data, size);
  stream->discovery.pending_came = now;
}

#define STEP(name) (1 << ZRTP_STEP_##name)
#define ANY_STEP (~0u)
#define DISCOVERY (STEP (DISCOVERY) | STEP (NO_PEER) | STEP (RETRYING) \
    | STEP (RESUMING))

/* Which file handles which message. A message that is not due is dropped. */
static const struct
{
  ZrtpOutcome (*receive) (ZrtpStream * stream, const ZrtpReceived * received,
      gint64 now);
  guint due;                    /* in these steps */
  gboolean from_peer;           /* 5: from the SSRC of the exchange's peer alone */
  gboolean is_request;          /* 6: a duplicate gets the last answer again */
  gboolean uses_secrets;        /* which leaves copies in the frames of Nettle's
                                 * functions */
} messages[ZRTP_N_MESSAGES] = {
  [ZRTP_MESSAGE_HELLO] = {zrtp_hello_receive, ANY_STEP},
  [ZRTP_MESSAGE_HELLO_ACK] = {zrtp_hello_ack_receive, DISCOVERY},
  [ZRTP_MESSAGE_COMMIT] = {zrtp_commit_receive, ANY_STEP,.is_request = TRUE,
      .uses_secrets = TRUE},
  [ZRTP_MESSAGE_DHPART1] = {zrtp_dhpart1_receive, STEP (COMMIT_SENT),
      .from_peer = TRUE,.uses_secrets = TRUE},
  [ZRTP_MESSAGE_DHPART2] = {zrtp_dhpart2_receive,
        STEP (DHPART1_SENT) | STEP (DHPART2_RECEIVED),
      .from_peer = TRUE,.is_request = TRUE,.uses_secrets = TRUE},
  [ZRTP_MESSAGE_CONFIRM1] = {zrtp_confirm1_receive,
        STEP (COMMIT_SENT) | STEP (DHPART2_SENT),
      .from_peer = TRUE,.uses_secrets = TRUE},
  [ZRTP_MESSAGE_CONFIRM2] = {zrtp_confirm2_receive, STEP (CONFIRM1_SENT),
      .from_peer = TRUE,.is_request = TRUE,.uses_secrets = TRUE},
  [ZRTP_MESSAGE_CONF2ACK] = {zrtp_conf2ack_receive, STEP (CONFIRM2_SENT),
      .from_peer = TRUE},
  [ZRTP_MESSAGE_ERROR] = {zrtp_error_receive, ANY_STEP},
  [ZRTP_MESSAGE_ERROR_ACK] = {zrtp_error_ack_receive, ANY_STEP},
  [ZRTP_MESSAGE_GO_CLEAR] = {zrtp_go_clear_receive,
        STEP (SECURE) | STEP (CLEARING),
      .from_peer = TRUE,.is_request = TRUE,.uses_secrets = TRUE},
  [ZRTP_MESSAGE_CLEAR_ACK] = {zrtp_clear_ack_receive, ANY_STEP},
  [ZRTP_MESSAGE_SAS_RELAY] = {zrtp_sas_relay_receive, STEP (SECURE),
      .from_peer = TRUE,.uses_secrets = TRUE},
  [ZRTP_MESSAGE_RELAY_ACK] = {zrtp_relay_ack_receive, ANY_STEP,
      .from_peer = TRUE},
  [ZRTP_MESSAGE_PING] = {zrtp_ping_receive, ANY_STEP},
  /* PingACK: this engine sends no Ping. */
};

static gboolean
is_foreign (ZrtpStream * stream, const ZrtpReceived * received)
{
  const ZrtpMessageType type = received->message->type;
  const ZrtpRemote *peer = stream->exchange ? &stream->exchange->peer :
      &stream->bound.remote;

  /* On trial an endpoint with the ZID of the peer may answer our Commit. */
  if (!messages[type].from_peer
      || (type == ZRTP_MESSAGE_DHPART1 && stream->outer))
    return FALSE;
  return peer->hello && peer->ssrc != received->packet->ssrc;
}

/* What a packet may change before its sender has proved anything. Most messages
 * carry no proof of their own, so that a third party that sends to our port can
 * make them: no packet of it may leave anything that lasts. Rate limits,
 * counted drops (->counters.dropped) and a slot among four remotes are all it
 * gets.
 *
 *   message     proves                             may do before that
 *   Hello       nothing                            take a slot; be acknowledged, shown
 *                                                  and told of within limits; start
 *                                                  the Hello schedule again
 *   HelloACK    nothing                            slow our Hellos down, once its
 *                                                  source said Hello; show that
 *                                                  there is ZRTP
 *   Commit      that its chain is its Hello's      begin an exchange that gives way
 *                                                  after 1 s, and during which Hellos
 *                                                  and clear media go on
 *   DHPart1     that its chain is its Hello's      continue our exchange; fail it
 *   DHPart2     by its hvi, that it has our Hello  drop its own exchange: an alarm
 *                                                  within a limit, a ban of its chain
 *   Confirm     by its MAC, the keys; by its       nothing; a soft error for 9 T2
 *               H0, that no message was changed
 *   Conf2ACK    nothing                            end our Confirm2s: we have keys
 *   Error       nothing                            with an exchange, set a soft error
 *                                                  that a correct message settles
 *   ErrorACK    nothing                            end our Errors
 *   GoClear     by its MAC, the keys               an alarm within a limit
 *   ClearACK    nothing                            end our GoClears
 *   SASrelay    by its MAC, the keys               nothing
 *   RelayACK    nothing                            end our SASrelays
 *   Ping        nothing                            be answered within a limit
 *   PingACK     nothing                            nothing
 *
 * Answers (HelloACK, ErrorACK, PingACK, a repeated answer, a Hello for a Hello) share
 * one limit, alarms another, what else is told (GstZrtpPeer, GstZrtpError) a third;
 * see zrtpunproven.c. FAILED lasts only if the application's own policy, or that of a
 * peer that proved something, refused the other side (->info.final): unattended,
 * require-verified, check-signatures. Otherwise Hellos go on and discovery starts
 * again. Guesses at the SAS are counted: zrtp_contention_count_guess(). */
static ZrtpOutcome
dispatch (ZrtpStream * stream, const ZrtpReceived * received, gint64 now)
{
  const ZrtpOctets request = { received->packet->message,
    received->packet->message_size
  };
  const ZrtpMessageType type = received->message->type;
  ZrtpOutcome outcome;

  if (messages[type].is_request
      && zrtp_stream_resend_reply (stream, request, now, &outcome))
    return outcome;
  if (!messages[type].receive || !(messages[type].due >> stream->step & 1))
    return ZRTP_DROPPED (UNEXPECTED);
  return messages[type].receive (stream, received, now);
}

/* 4.1: the peer has our SSRC. Our own Hello come back is told from that by its
 * ZID (0x90); of other messages that can't be told, so an attacker that throws
 * them back must not make this stream move each time. */
static gboolean
ssrc_collides (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpMessage * message, gint64 now)
{
  if (packet->ssrc != stream->ssrc || (message->type == ZRTP_MESSAGE_HELLO
          && memcmp (message->u.hello.zid, stream->zid, ZRTP_ZID_SIZE) == 0))
    return FALSE;
  zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
  if (zrtp_stream_is_settled (stream) || stream->step == ZRTP_STEP_FAILED
      || !zrtp_unproven_is_collision (stream, now)
      || !zrtp_rate_limit_allow (&stream->limits.collisions, ZRTP_BURST,
          MOVE_AGAIN, now))
    return TRUE;
  /* An endpoint that has heard us, or goes on, is not the one with our SSRC:
   * that may be our own packet come back. */
  if (!stream->exchange && !zrtp_remotes_best (stream))
    zrtp_stream_fail_collision (stream, now);
  else if (stream->exchange || !stream->discovery.hello_acked)
    zrtp_soft_error_set (stream, ZRTP_SOFT_ERROR_SSRC,
        ZRTP_ERROR_SSRC_COLLISION, now);
  return TRUE;
}

void
zrtp_dispatch_receive (ZrtpStream * stream, const guint8 * data, gsize size,
    gint64 now)
{
  ZrtpPacket packet;
  ZrtpMessage message;
  const ZrtpReceived received = { &packet, &message };
  ZrtpDrop drop = zrtp_packet_parse (data, size, &packet);

  if (drop == ZRTP_DROP_NONE)
    drop = zrtp_message_parse (packet.message, packet.message_size, &message);
  if (drop == ZRTP_DROP_NONE && stream->step == ZRTP_STEP_IDLE) {
    if (message.type == ZRTP_MESSAGE_HELLO) {
      keep_early (stream, data, size, now);
      return;
    }
    drop = ZRTP_DROP_UNEXPECTED;
  }
  if (drop == ZRTP_DROP_NONE
      && zrtp_trial_wants (stream, &packet, &message, now)) {
    zrtp_dispatch_receive (stream->trial, data, size, now);
    check_trials (stream, now);
    return;
  }
  if (drop == ZRTP_DROP_NONE && is_foreign (stream, &received))
    drop = ZRTP_DROP_FOREIGN_SOURCE;
  if (drop != ZRTP_DROP_NONE) {
    zrtp_stream_drop (stream, drop);
    return;
  }
  (stream->outer ? stream->outer : stream)->info.counters.received++;
  zrtp_contention_check (stream, now);
  if (ssrc_collides (stream, &packet, &message, now)) {
    zrtp_dispatch_todo (stream, now);
    return;
  }
  zrtp_settle (stream, dispatch (stream, &received, now), now);
  zrtp_dispatch_todo (stream, now);
  check_trials (stream, now);
  if (messages[message.type].uses_secrets)
    zrtp_wipe_stack ();
}

/* Commit, DHPart2 or Confirm2 went unanswered for another interval (6), or
 * after the last one it is time to look for the peer again. */
static void
resend (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->retransmit.message;

  if (zrtp_step_is_discovery (stream)) {
    zrtp_discovery_timeout (stream, now);
    return;
  }
  if (stream->step == ZRTP_STEP_FAILED) {
    zrtp_discovery_retry_timeout (stream, now);
    return;
  }
  if (repeat->left == 0 && stream->clearing.sent) {
    zrtp_clear_exhausted (stream);
    return;
  }
  if (repeat->left == 0) {
    /* An exchange that proved nothing may have been a third party's. */
    const gint64 pause = zrtp_step_is_proven (stream) ?
        RETRY_AFTER_SILENCE : RETRY_SOON;

    zrtp_stream_abort (stream, ZRTP_ERROR_TIMEOUT, now);
    zrtp_stream_retry (stream, now + pause, now);
    zrtp_contention_end (stream->session, stream, now);
    return;
  }
  zrtp_timer_set (stream, ZRTP_TIMER_RESEND, zrtp_repeat_next (repeat, now));
  if (stream->step == ZRTP_STEP_COMMIT_SENT)
    zrtp_commit_timeout (stream, now);
  else
    zrtp_stream_send (stream, repeat->message, TRUE);
}

/* The peer of an exchange that was answered said nothing for too long (6). */
static void
silence_timeout (ZrtpStream * stream, gint64 now)
{
  zrtp_settle (stream, ZRTP_FAILED (TIMEOUT), now);
  zrtp_stream_retry (stream, now + RETRY_AFTER_SILENCE, now);
}

static void (*const timeouts[ZRTP_N_TIMERS]) (ZrtpStream * stream, gint64 now) = {
  [ZRTP_TIMER_RESEND] = resend,
  [ZRTP_TIMER_ERROR] = zrtp_error_timeout,
  [ZRTP_TIMER_SILENCE] = silence_timeout,
  [ZRTP_TIMER_SIGN] = zrtp_signature_timeout,
  [ZRTP_TIMER_CHECK] = zrtp_signature_check_timeout,
  [ZRTP_TIMER_CONF2ACK] = zrtp_confirm_stored,
  [ZRTP_TIMER_CLEAR_ACK] = zrtp_clear_timeout,
  [ZRTP_TIMER_RELAY] = zrtp_relay_timeout,
  [ZRTP_TIMER_HOLD] = zrtp_commit_try,
  [ZRTP_TIMER_LOOKUP] = zrtp_exchange_lookup_timeout,
  [ZRTP_TIMER_SOFT_ERROR] = zrtp_soft_error_timeout,
  [ZRTP_TIMER_HELLO] = zrtp_commit_hello_timeout,
  [ZRTP_TIMER_TRIAL] = zrtp_trial_timeout,
};

void
zrtp_dispatch_timeout (ZrtpStream * stream, gint64 now)
{
  zrtp_contention_check (stream, now);
  for (guint timer = 0; timer < ZRTP_N_TIMERS; timer++) {
    if (stream->timers[timer] > now)
      continue;
    zrtp_timer_stop (stream, timer);
    timeouts[timer] (stream, now);
    zrtp_dispatch_todo (stream, now);
  }
  if (stream->trial)
    zrtp_dispatch_timeout (stream->trial, now);
  check_trials (stream, now);
}

static void
report_cache_failure (ZrtpStream * stream, const ZrtpJob * job)
{
  ZrtpEvent *event = zrtp_stream_event (stream, ZRTP_EVENT_CACHE_FAILED);

  event->text = g_strdup (job->error);
}

static ZrtpOutcome
key_pair_done (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  zrtp_exchange_key_pair_ready (stream, job, now);
  return ZRTP_OK;
}

static ZrtpOutcome
lookup_done (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  zrtp_exchange_lookup_ready (stream, job, now);
  return ZRTP_OK;
}

static ZrtpOutcome
find_name_done (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  zrtp_names_found_late (stream->session, job, now);
  return ZRTP_OK;
}

static ZrtpOutcome
find_call_done (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  zrtp_lost_call_found (stream, job);
  return ZRTP_OK;
}

static ZrtpOutcome
update_done (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  if (stream->step == ZRTP_STEP_CONFIRM2_RECEIVED
      && stream->exchange->store_serial == job->serial)
    zrtp_confirm_stored (stream, now);
  zrtp_contention_updated (stream->session, job);
  return ZRTP_OK;
}

static ZrtpOutcome (*const jobs[]) (ZrtpStream * stream, ZrtpJob * job,
    gint64 now) = {
  [ZRTP_TASK_KEY_PAIR] = key_pair_done,
  [ZRTP_TASK_AGREE] = zrtp_dhpart_agreed,
  [ZRTP_TASK_LOOKUP] = lookup_done,
  [ZRTP_TASK_FIND_NAME] = find_name_done,
  [ZRTP_TASK_FIND_CALL] = find_call_done,
  [ZRTP_TASK_UPDATE] = update_done,
};

void
zrtp_dispatch_job (ZrtpStream * stream, ZrtpJob * job, gint64 now)
{
  if (stream->trial && stream->trial->id == job->owner) {
    zrtp_dispatch_job (stream->trial, job, now);
    check_trials (stream, now);
    return;
  }
  if (job->error)
    report_cache_failure (stream, job);
  if (stream->session) {
    zrtp_settle (stream, jobs[job->task] (stream, job, now), now);
    zrtp_dispatch_todo (stream, now);
    check_trials (stream, now);
  }
  zrtp_job_free (job);
  zrtp_wipe_stack ();
}

void
zrtp_dispatch_early (ZrtpStream * stream, gint64 now)
{
  GBytes *early = g_steal_pointer (&stream->discovery.pending_hello);

  if (!early)
    return;
  if (now - stream->discovery.pending_came <= EARLY_TIME)
    zrtp_dispatch_receive (stream, g_bytes_get_data (early, NULL),
        g_bytes_get_size (early), now);
  g_bytes_unref (early);
}
