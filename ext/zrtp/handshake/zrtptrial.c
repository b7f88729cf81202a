/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A peer that restarted in mid-call. Its new Hello has its ZID and another hash
 * chain, which any third party can send. So the call stays as it is, and the
 * new exchange runs beside it, on trial: a stream of its own in a session of
 * its own, with a fresh hash chain. Keys, SAS and trust are taken over at the
 * moment when the peer's Confirm proves the retained secret (4.3), or ZRTPSess
 * in Multistream mode; without that proof nothing of the call changes, and
 * nothing is written.
 *
 * A trial puts out packets and jobs by the stream that owns it. Before it there is
 * a probe: as long as SRTP of the old peer comes, it has not restarted.
 */
#include "zrtp/handshake/zrtphandshake.h"

#include "zrtp/crypto/zrtpmemory.h"

#include <string.h>

/* Without another Hello, and longest without a Confirm. */
#define TRIAL_TIME (4 * ZRTP_SEC)
#define EXCHANGE_TIME (10 * ZRTP_SEC)
/* Trials beyond the first few. */
#define TRIAL_AGAIN (2 * ZRTP_SEC)
#define ASK_AGAIN (200 * ZRTP_MSEC)
/* Where other streams of the call still work the peer knows the mode. */
#define COMMIT_TIME (2 * ZRTP_SEC)
/* What any third party may have begun gives way after this time. */
#define GIVE_WAY_AFTER (ZRTP_SEC / 2)
/* After a swap of the whole: back to where it was. */
#define KEEP(a, b, field) \
  swap_octets (&(a)->field, &(b)->field, sizeof (a)->field)

/* Another stream that goes on under the ZRTPSess of the call, as far as is
 * known. */
static gboolean
is_call_alive_beside (ZrtpStream * stream)
{
  const ZrtpSession *session = stream->session;

  for (guint i = 0; i < session->streams->len; i++) {
    const ZrtpStream *other = g_ptr_array_index (session->streams, i);

    if (other != stream && !other->outer && other->step == ZRTP_STEP_SECURE
        && !other->restart.stale && !other->trial
        && !zrtp_timer_is_set (other, ZRTP_TIMER_TRIAL))
      return TRUE;
  }
  return FALSE;
}

static void
add_remotes (ZrtpStream * stream, const ZrtpRemote * remotes, guint n,
    gint64 now)
{
  for (guint i = 0; i < n; i++) {
    const ZrtpRemote *remote = &remotes[i];

    if (remote->hello && now - remote->last_seen <= TRIAL_TIME
        && memcmp (remote->zid, stream->bound.remote.zid, ZRTP_ZID_SIZE) == 0
        && memcmp (remote->h3, stream->bound.remote.h3, ZRTP_IMAGE_SIZE) != 0
        && !zrtp_probe_is_refused (stream, remote->h3, now))
      zrtp_remotes_restore (stream->trial, remote, now);
  }
}

/* Keys of an earlier ZRTPSess, or no retained secret: only the ZRTPSess of the
 * call can prove anything. */
static gboolean
is_multistream_only (const ZrtpStream * stream)
{
  return stream->restart.stale || stream->policy.cacheless;
}

static ZrtpStream *
make_trial (ZrtpStream * stream)
{
  ZrtpSession *session = stream->session;
  ZrtpStream *trial = zrtp_lifecycle_new (&stream->policy, stream->zid,
      stream->random);

  trial->outer = stream;
  trial->ssrc = stream->ssrc;
  trial->guard.was_secure = TRUE;
  trial->backoff.go_secure_requested = TRUE;
  zrtp_step_init (trial);
  trial->remotes.only_one = TRUE;
  memcpy (trial->remotes.only_zid, stream->bound.remote.zid, ZRTP_ZID_SIZE);
  g_array_append_vals (trial->announced.hashes, stream->announced.hashes->data,
      stream->announced.hashes->len);
  zrtp_session_add (is_multistream_only (stream) ? session :
      zrtp_session_get_successor (session), trial);
  return trial;
}

static void
start (ZrtpStream * stream, gint64 now)
{
  ZrtpStream *trial;

  /* Nothing was kept, so nothing can be proven. */
  if (is_multistream_only (stream)
      && !zrtp_session_has_other_secure_stream (stream->session, stream)) {
    zrtp_probe_report_refusal (stream, now);
    return;
  }
  if (!zrtp_rate_limit_allow (&stream->restart.trials, ZRTP_BURST, TRIAL_AGAIN,
          now)) {
    zrtp_timer_set (stream, ZRTP_TIMER_TRIAL, now + ASK_AGAIN);
    return;
  }
  trial = stream->trial = make_trial (stream);
  add_remotes (stream, stream->forks.slots, ZRTP_MAX_FORKS, now);
  add_remotes (stream, stream->remotes.slots, ZRTP_MAX_REMOTES, now);
  zrtp_hello_hash_check (trial, now);
  if (!zrtp_remotes_best (trial)) {
    zrtp_trial_end (stream);
    return;
  }
  zrtp_timer_set (stream, ZRTP_TIMER_TRIAL, now + TRIAL_TIME);
  if (!stream->restart.stale && is_call_alive_beside (stream)) {
    trial->policy.passive = TRUE;
    zrtp_timer_set (stream, ZRTP_TIMER_TRIAL, now + COMMIT_TIME);
  }
  zrtp_discovery_note_evidence (trial, now);
  zrtp_discovery_start (trial, now);
  zrtp_commit_try (trial, now);
}

/* A Hello of that ZID came a short while ago, or an exchange runs. */
static gboolean
is_in_use (const ZrtpStream * trial, gint64 now)
{
  const ZrtpExchange *x = trial->exchange;

  if (x && now - x->started < EXCHANGE_TIME)
    return TRUE;
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    if (trial->remotes.slots[i].hello
        && now - trial->remotes.slots[i].last_seen < TRIAL_TIME)
      return TRUE;
  }
  return FALSE;
}

static void
go_on (ZrtpStream * stream, gint64 now)
{
  ZrtpStream *trial = stream->trial;

  if (trial->policy.passive != stream->policy.passive) {
    /* The peer sent no Commit. */
    trial->policy.passive = stream->policy.passive;
    if (!trial->exchange && trial->session == stream->session->successor
        && is_call_alive_beside (stream))
      zrtp_session_move_trial (stream, stream->session);
    zrtp_commit_try (trial, now);
  } else if (!is_in_use (trial, now)) {
    zrtp_trial_end (stream);
    return;
  }
  zrtp_timer_set (stream, ZRTP_TIMER_TRIAL, now + TRIAL_TIME);
}

void
zrtp_trial_timeout (ZrtpStream * stream, gint64 now)
{
  if (stream->step != ZRTP_STEP_SECURE) {
    zrtp_trial_end (stream);
  } else if (stream->trial) {
    go_on (stream, now);
  } else if (stream->restart.probes_left > 0 && stream->restart.heard) {
    if (--stream->restart.probes_left > 0)
      zrtp_probe_start (stream, now);
  } else {
    stream->restart.probes_left = 0;
    start (stream, now);
  }
}

static gboolean
is_duplicate (const ZrtpStream * stream, const ZrtpPacket * packet)
{
  guint8 digest[32];

  zrtp_sha256 (packet->message, packet->message_size, digest);
  return stream->retransmit.have_last_request
      && memcmp (digest, stream->retransmit.last_request, sizeof digest) == 0;
}

static gboolean
is_for_trial (const ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpMessage * message)
{
  guint8 h3[ZRTP_IMAGE_SIZE];

  if (packet->ssrc == stream->ssrc)
    return FALSE;
  switch (message->type) {
    case ZRTP_MESSAGE_HELLO_ACK:
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_CONFIRM1:
    case ZRTP_MESSAGE_CONF2ACK:
      return TRUE;
    case ZRTP_MESSAGE_COMMIT:
      zrtp_sha256 (message->u.commit.h2, ZRTP_IMAGE_SIZE, h3);
      return memcmp (h3, stream->bound.remote.h3, ZRTP_IMAGE_SIZE) != 0;
    case ZRTP_MESSAGE_DHPART2:
    case ZRTP_MESSAGE_CONFIRM2:
      return !is_duplicate (stream, packet);
    case ZRTP_MESSAGE_ERROR:
      return !stream->clearing.sent;
    case ZRTP_MESSAGE_ERROR_ACK:
      return !stream->retransmit.error.message;
    default:
      return FALSE;
  }
}

static gboolean
has_chain_of (const ZrtpStream * trial, const ZrtpCommit * commit)
{
  guint8 h3[ZRTP_IMAGE_SIZE];

  zrtp_sha256 (commit->h2, ZRTP_IMAGE_SIZE, h3);
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    const ZrtpRemote *remote = &trial->remotes.slots[i];

    if (remote->hello && memcmp (remote->h3, h3, ZRTP_IMAGE_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

/* May the trial leave what it does for a Commit in another mode? */
static gboolean
may_leave (const ZrtpStream * trial, gint64 now)
{
  switch (trial->step) {
    case ZRTP_STEP_DISCOVERY:
    case ZRTP_STEP_NO_PEER:
    case ZRTP_STEP_RETRYING:
    case ZRTP_STEP_RESUMING:
    case ZRTP_STEP_COMMIT_SENT:
      return TRUE;
    case ZRTP_STEP_DHPART1_SENT:
    case ZRTP_STEP_CONFIRM1_SENT:
      return now - trial->exchange->started >= GIVE_WAY_AFTER;
    default:
      return FALSE;
  }
}

/* The peer knows whether it still has ZRTPSess: its Commit decides. */
static void
follow_mode (ZrtpStream * stream, const ZrtpCommit * commit, gint64 now)
{
  const gboolean mult = zrtp_commit_mode (commit) == ZRTP_COMMIT_MULTISTREAM;
  ZrtpSession *session = stream->session;
  ZrtpStream *trial = stream->trial;

  if (mult == (trial->session == session)
      || (!mult && is_multistream_only (stream))
      || (mult && !zrtp_session_has_other_secure_stream (session, stream))
      || !may_leave (trial, now) || !has_chain_of (trial, commit))
    return;
  if (trial->exchange) {
    zrtp_stream_stop_repeating (trial);
    zrtp_exchange_free (trial);
    zrtp_timer_stop (trial, ZRTP_TIMER_SILENCE);
    zrtp_step_set (trial, ZRTP_STEP_RETRYING);
  }
  zrtp_session_move_trial (stream,
      mult ? session : zrtp_session_get_successor (session));
}

gboolean
zrtp_trial_wants (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpMessage * message, gint64 now)
{
  if (!stream->trial || !is_for_trial (stream, packet, message))
    return FALSE;
  if (message->type == ZRTP_MESSAGE_COMMIT)
    follow_mode (stream, &message->u.commit, now);
  return TRUE;
}

static void
swap_octets (gpointer a, gpointer b, gsize size)
{
  guint8 *x = a, *y = b;

  for (gsize i = 0; i < size; i++) {
    const guint8 octet = x[i];

    x[i] = y[i];
    y[i] = octet;
  }
}

static void
rename_stream (ZrtpStream ** link, const ZrtpStream * from, ZrtpStream * to)
{
  if (*link == from)
    *link = to;
}

/* The session of the call becomes what that of the trial is. */
static void
take_over_session (ZrtpStream * stream, ZrtpStream * trial)
{
  ZrtpSession *session = stream->session;
  ZrtpSession *next = g_steal_pointer (&session->successor);
  const guint epoch = MAX (session->epoch, next->epoch) + 1;

  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *other = g_ptr_array_index (session->streams, i);

    other->restart.stale = other->step == ZRTP_STEP_SECURE;
  }
  swap_octets (session, next, sizeof *session);
  KEEP (session, next, streams);
  KEEP (session, next, todo);
  KEEP (session, next, info.peer_name);
  KEEP (session, next, aux);
  KEEP (session, next, aux_size);
  KEEP (session, next, sdes_key);
  KEEP (session, next, sdes_key_size);
  KEEP (session, next, successor);
  KEEP (session, next, refusal_told);
  KEEP (session, next, alarmed);
  session->epoch = epoch;
  rename_stream (&session->master, trial, stream);
  rename_stream (&session->exchanging, trial, stream);
  while (next->streams->len > 0) {
    ZrtpStream *other = g_ptr_array_remove_index_fast (next->streams, 0);

    other->session = session;
    g_ptr_array_add (session->streams, other);
  }
  zrtp_session_free (next);
}

/* The stream goes on as the trial; @trial has what is no longer of use. */
static void
take_over_stream (ZrtpStream * stream, ZrtpStream * trial)
{
  const ZrtpStreamCounters *counters = &trial->info.counters;

  if (counters->round_trip)
    stream->info.counters.round_trip = counters->round_trip;
  if (counters->secured)
    stream->info.counters.secured = counters->secured;
  swap_octets (stream, trial, sizeof *stream);
  KEEP (stream, trial, session);
  KEEP (stream, trial, policy);
  KEEP (stream, trial, info.counters);
  KEEP (stream, trial, output.sequence);
  KEEP (stream, trial, guard.tampered);
  KEEP (stream, trial, discovery.pending_hello);
  KEEP (stream, trial, discovery.pending_came);
  KEEP (stream, trial, limits.collisions);
  KEEP (stream, trial, announced.hashes);
  KEEP (stream, trial, announced.refused);
  KEEP (stream, trial, announced.kept);
  KEEP (stream, trial, forks.slots);
  KEEP (stream, trial, forks.events);
  KEEP (stream, trial, limits.replies);
  KEEP (stream, trial, limits.alarms);
  KEEP (stream, trial, limits.reports);
  KEEP (stream, trial, remotes.only_one);
  KEEP (stream, trial, remotes.only_zid);
  KEEP (stream, trial, trial);
  KEEP (stream, trial, outer);
  KEEP (stream, trial, restart.trials);
  KEEP (stream, trial, restart.refused_chains);
  KEEP (stream, trial, output.packets);
  KEEP (stream, trial, output.events);
  KEEP (stream, trial, output.jobs);
}

static void
tell (ZrtpStream * stream, GQueue * events)
{
  const ZrtpHelloHashStatus status = stream->info.hello_hash_status;

  zrtp_stream_event (stream, ZRTP_EVENT_HELLO);
  zrtp_stream_publish_peer (stream, stream->exchange ? &stream->exchange->peer :
      &stream->bound.remote);
  if (status != ZRTP_HELLO_HASH_ABSENT)
    zrtp_stream_event (stream, ZRTP_EVENT_HELLO_HASH);
  zrtp_step_publish_all (stream, events);
}

static void
succeed (ZrtpStream * stream)
{
  ZrtpStream *trial = g_steal_pointer (&stream->trial);
  ZrtpSession *session = stream->session;

  zrtp_todo_forget (trial);
  g_ptr_array_remove_fast (trial->session->streams, trial);
  if (trial->session != session)
    take_over_session (stream, trial);
  trial->session = NULL;
  trial->outer = NULL;
  take_over_stream (stream, trial);
  tell (stream, &trial->output.events);
  zrtp_lifecycle_free (trial);
}

void
zrtp_trial_check (ZrtpStream * stream, gint64 now)
{
  ZrtpStream *trial = stream->trial;

  if (stream->step != ZRTP_STEP_SECURE) {
    zrtp_trial_end (stream);
    return;
  }
  switch (trial->step) {
    case ZRTP_STEP_CONFIRM2_SENT:
    case ZRTP_STEP_CONFIRM2_RECEIVED:
    case ZRTP_STEP_SECURE:
      succeed (stream);
      break;
    case ZRTP_STEP_FAILED:
      if (zrtp_remotes_best (trial)) {
        zrtp_discovery_start (trial, now);
        zrtp_commit_try (trial, now);
      } else {
        zrtp_trial_end (stream);
      }
      break;
    default:
      break;
  }
}
