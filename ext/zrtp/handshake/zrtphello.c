/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Discovery: Hello and HelloACK (RFC 6189 4.1, 5.2, 5.3, 6).
 */
#include "zrtp/state/zrtpstate.h"

#include <string.h>

#include "zrtp/crypto/zrtpmemory.h"

/* 6: T1 is sent again 20 times, for at least 12 s where ZRTP showed itself. */
#define T1_RETRANSMISSIONS 20
#define EVIDENCE_TIME (12 * ZRTP_SEC)
/* A peer that said Hello speaks ZRTP still, unless there is clear RTP for so long
 * and no further Hello. */
#define EVIDENCE_LIFE (120 * ZRTP_SEC)
/* A Hello known before a failure counts again. */
#define REVIVE_AFTER (5 * ZRTP_SEC)
/* Hellos that answer Hellos, beyond the first few. */
#define HELLO_AGAIN (100 * ZRTP_MSEC)
/* An endpoint that just came up sends its HelloACK and its Hello together. A Hello
 * that came long before that HelloACK may be a third party's. */
#define STALE_HELLO (500 * ZRTP_MSEC)
#define HELLO_FOLLOWS (20 * ZRTP_MSEC)
/* Of those who said Hello so many stay, whoever else does. */
#define EARLY_PLACES 2

/* 5.2, 9: the chain, the message and its hash. */
void
zrtp_stream_make_hello (ZrtpStream * stream)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_HELLO };
  ZrtpHello *hello = &message.u.hello;
  ZrtpAlgorithmList listed[ZRTP_N_KINDS];
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE], digest[32];
  char hex[2 * sizeof digest + 1];
  gsize size;

  zrtp_random_fill (stream->random, stream->h[0], ZRTP_IMAGE_SIZE);
  stream->chain_spent = FALSE;
  for (guint i = 1; i < 4; i++)
    zrtp_sha256 (stream->h[i - 1], ZRTP_IMAGE_SIZE, stream->h[i]);

  memcpy (hello->version, ZRTP_VERSION, 4);
  memcpy (hello->client_id, stream->policy.client_id, ZRTP_CLIENT_ID_SIZE);
  memcpy (hello->h3, stream->h[3], ZRTP_IMAGE_SIZE);
  memcpy (hello->zid, stream->zid, ZRTP_ZID_SIZE);
  hello->passive = stream->policy.passive;
  hello->mitm = stream->policy.mitm;
  hello->signature_capable = stream->policy.check_signatures;
  zrtp_negotiate_listed (&stream->policy, listed);
  zrtp_negotiate_offer (&stream->policy, stream->offer);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    hello->n_names[kind] = listed[kind].n;
    for (guint i = 0; i < listed[kind].n; i++)
      memcpy (hello->names[kind][i], listed[kind].item[i]->name, 4);
  }

  size = zrtp_message_write (&message, buffer, sizeof buffer);
  zrtp_message_seal (buffer, size, stream->h[2]);
  zrtp_wipe_stack ();
  g_clear_pointer (&stream->hello, g_bytes_unref);
  stream->hello = g_bytes_new (buffer, size);

  zrtp_sha256 (buffer, size, digest);
  zrtp_hex (digest, sizeof digest, hex);
  g_free (stream->hello_hash);
  stream->hello_hash = g_strconcat (ZRTP_VERSION " ", hex, NULL);
}

void
zrtp_stream_send_hello (ZrtpStream * stream, gboolean retransmission,
    gint64 now)
{
  stream->hello_sent = now;
  zrtp_stream_send (stream, stream->hello, retransmission);
}

void
zrtp_discovery_note_evidence (ZrtpStream * stream, gint64 now)
{
  stream->evidence_until = MAX (stream->evidence_until, now + EVIDENCE_LIFE);
}

static gboolean
has_evidence (const ZrtpStream * stream, gint64 now)
{
  return now < stream->evidence_until || stream->info.lost_call;
}

static void
schedule_hello (ZrtpStream * stream, gint64 now)
{
  const gint64 first = stream->policy.hello_timeout_ms * ZRTP_MSEC;

  zrtp_repeat_start (&stream->repeat, g_bytes_ref (stream->hello), first,
      4 * first, T1_RETRANSMISSIONS, now);
  stream->timers[ZRTP_TIMER_RESEND] = now + first;
  stream->discovery_started = now;
  stream->schedule_over = FALSE;
  stream->hurried = FALSE;
  zrtp_stream_send_hello (stream, FALSE, now);
}

/* The schedule is over, or nobody asks for it any more. Hellos go on slowly:
 * nothing that came so far proves that the peer has ours. */
static void
slow_down (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->repeat;

  repeat->left = 0;
  repeat->interval = MAX (ZRTP_SLOW_HELLO, repeat->cap);
  stream->hurried = FALSE;
  stream->timers[ZRTP_TIMER_RESEND] = now + repeat->interval;
}

/* The peer may have come up after our first Hello. If it heard that, its HelloACK
 * follows its Hello in no time, unless the way is long. Else it is as if we began
 * now. */
static void
hurry_hello (ZrtpStream * stream, gint64 now)
{
  const gint64 due = now + stream->repeat.interval / 4;

  stream->hurried = due < stream->timers[ZRTP_TIMER_RESEND];
  if (stream->hurried)
    stream->timers[ZRTP_TIMER_RESEND] = due;
}

void
zrtp_discovery_start (ZrtpStream * stream, gint64 now)
{
  stream->step = ZRTP_STEP_DISCOVERY;
  stream->acked = stream->acked_early = stream->acked_late = FALSE;
  stream->clear_media_seen = FALSE;
  /* 6: an announcement in the signalling is evidence of ZRTP, too. */
  if (stream->peer_hashes->len > 0)
    stream->evidence_until = ZRTP_NEVER;
  stream->timers[ZRTP_TIMER_SILENCE] = ZRTP_NEVER;
  zrtp_stop_error (stream);
  zrtp_doubt_settle (stream);
  zrtp_stream_set_state (stream, ZRTP_STATE_DISCOVERING);
  zrtp_stream_update_media (stream);
  schedule_hello (stream, now);
  zrtp_exchange_prepare (stream);
}

/* The schedule has ended and clear RTP comes: the peer has no ZRTP (3). That RTP
 * may be forged: Hellos go on. */
static void
consider_no_zrtp (ZrtpStream * stream, gint64 now)
{
  if (stream->info.state == ZRTP_STATE_DISCOVERING && stream->schedule_over
      && stream->clear_media_seen && !has_evidence (stream, now))
    zrtp_stream_set_state (stream, ZRTP_STATE_NO_ZRTP);
}

void
zrtp_discovery_retry_timeout (ZrtpStream * stream, gint64 now)
{
  if (now >= stream->retry_at) {
    zrtp_discovery_start (stream, now);
    return;
  }
  zrtp_stream_send_hello (stream, TRUE, now);
  zrtp_stream_retry (stream, stream->retry_at, now);
}

void
zrtp_discovery_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->repeat;

  if (stream->hurried) {
    schedule_hello (stream, now);
    return;
  }
  if (repeat->left > 0) {
    repeat->left--;
    repeat->interval = MIN (2 * repeat->interval, repeat->cap);
  } else if (!has_evidence (stream, now) || stream->acked
      || now - stream->discovery_started >= EVIDENCE_TIME) {
    stream->schedule_over = TRUE;
    zrtp_lost_call_schedule_over (stream);
    consider_no_zrtp (stream, now);
    repeat->interval = MAX (ZRTP_SLOW_HELLO, repeat->cap);
  }
  stream->timers[ZRTP_TIMER_RESEND] = now + repeat->interval;
  repeat->sent++;
  zrtp_stream_send_hello (stream, TRUE, now);
  if (stream->peer_untold && zrtp_unproven_may_tell (stream, now)) {
    stream->peer_untold = FALSE;
    zrtp_stream_event (stream, ZRTP_EVENT_PEER);
  }
}

void
zrtp_discovery_clear_media (ZrtpStream * stream, gint64 now)
{
  stream->clear_media_seen = TRUE;
  consider_no_zrtp (stream, now);
}

gboolean
zrtp_discovery_is_of_call (const ZrtpStream * stream,
    const ZrtpCandidate * candidate)
{
  const ZrtpSession *session = stream->session;

  return session && session->have_sess
      && memcmp (candidate->zid, session->info.peer_zid, ZRTP_ZID_SIZE) == 0;
}

static gboolean
has_chain (const ZrtpCandidate * candidate, const guint8 h3[ZRTP_IMAGE_SIZE])
{
  return memcmp (candidate->h3, h3, ZRTP_IMAGE_SIZE) == 0;
}

/* An endpoint that answers has our Commit. Third parties may send DHPart1 at any
 * time; the first answer is most likely one. */
static gboolean
answered_before (const ZrtpCandidate * a, const ZrtpCandidate * b)
{
  return a->answered != 0 && (b->answered == 0 || a->answered < b->answered);
}

static gboolean
is_better (ZrtpStream * stream, const ZrtpCandidate * a,
    const ZrtpCandidate * b)
{
  const gboolean a_heard_us = stream->acked && stream->acked_ssrc == a->ssrc;
  const gboolean b_heard_us = stream->acked && stream->acked_ssrc == b->ssrc;
  const gboolean a_is_of_call = zrtp_discovery_is_of_call (stream, a);

  if (a_is_of_call != zrtp_discovery_is_of_call (stream, b))
    return a_is_of_call;
  if (a->answered != b->answered)
    return answered_before (a, b);
  if (a_heard_us != b_heard_us)
    return a_heard_us;
  if (a->unanswered != b->unanswered)
    return a->unanswered < b->unanswered;
  /* 9: nobody else can have an H3 before its owner said Hello. A chain of its own
   * under somebody's SSRC anybody can have; so can that endpoint, started anew. */
  if (has_chain (a, b->h3))
    return a->place < b->place;
  return stream->in_vain % 2 == 0 ? a->last_seen > b->last_seen :
      a->place < b->place;
}

ZrtpCandidate *
zrtp_discovery_best (ZrtpStream * stream)
{
  ZrtpCandidate *best = NULL;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello && !candidate->unsuitable
        && (!best || is_better (stream, candidate, best)))
      best = candidate;
  }
  return best;
}

gboolean
zrtp_discovery_sift (ZrtpStream * stream, const ZrtpCandidate * peer,
    const guint8 h2[ZRTP_IMAGE_SIZE])
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];
    const guint8 *data;
    gsize size;

    if (!candidate->hello || !has_chain (candidate, peer->h3))
      continue;
    data = g_bytes_get_data (candidate->hello, &size);
    if (zrtp_message_check_mac (data, size, h2))
      any |= candidate->ssrc == peer->ssrc;
    else
      zrtp_candidate_clear (candidate);
  }
  return any;
}

static void
note_peer (ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  ZrtpStreamInfo *info = &stream->info;
  gsize size;
  const guint8 *data = g_bytes_get_data (candidate->hello, &size);
  ZrtpMessage message;
  guint8 digest[32];
  guint n = ZRTP_CLIENT_ID_SIZE;

  if (zrtp_message_parse (data, size, &message) != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  zrtp_sha256 (data, size, digest);

  info->have_peer = TRUE;
  info->peer_ssrc = candidate->ssrc;
  memcpy (info->peer_zid, candidate->zid, ZRTP_ZID_SIZE);
  info->peer_passive = message.u.hello.passive;
  info->peer_mitm = message.u.hello.mitm;
  info->peer_signature_capable = message.u.hello.signature_capable;
  zrtp_hex (digest, sizeof digest, info->peer_hello_hash);

  memcpy (info->peer_client, message.u.hello.client_id, n);
  while (n > 0 && (info->peer_client[n - 1] == ' '
          || info->peer_client[n - 1] == '\0'))
    n--;
  info->peer_client[n] = '\0';
  for (guint i = 0; i < n; i++) {
    if (!g_ascii_isprint (info->peer_client[i]))
      info->peer_client[i] = '?';
  }
}

void
zrtp_discovery_set_peer (ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  note_peer (stream, candidate);
  stream->peer_untold = FALSE;
  zrtp_stream_event (stream, ZRTP_EVENT_PEER);
}

void
zrtp_discovery_show_peer (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  if (zrtp_unproven_may_tell (stream, now)) {
    zrtp_discovery_set_peer (stream, candidate);
  } else {
    note_peer (stream, candidate);
    stream->peer_untold = TRUE;
  }
}

void
zrtp_discovery_forget_peer (ZrtpStream * stream)
{
  ZrtpStreamInfo *info = &stream->info;

  info->have_peer = info->peer_passive = info->peer_mitm = FALSE;
  info->peer_signature_capable = FALSE;
  info->peer_ssrc = 0;
  memset (info->peer_zid, 0, sizeof info->peer_zid);
  memset (info->peer_client, 0, sizeof info->peer_client);
  memset (info->peer_hello_hash, 0, sizeof info->peer_hello_hash);
}

/* 4.1.1: 1 if the version is to be talked to, 0 to be ignored, -1 too old. */
static gint
judge_version (const char *version)
{
  const gint order = memcmp (version, ZRTP_VERSION, 3);

  return order == 0 ? 1 : order > 0 ? 0 : -1;
}

static ZrtpCandidate *
find_candidate (ZrtpStream * stream, guint32 ssrc, const guint8 * data,
    gsize size)
{
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (candidate->hello && candidate->ssrc == ssrc
        && g_bytes_get_size (candidate->hello) == size
        && memcmp (g_bytes_get_data (candidate->hello, NULL), data, size) == 0)
      return candidate;
  }
  return NULL;
}

static gboolean
is_early (const ZrtpStream * stream, const ZrtpCandidate * candidate)
{
  guint before = 0;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++)
    before += stream->candidates[i].hello
        && stream->candidates[i].place < candidate->place;
  return before < EARLY_PLACES;
}

/* Less worth keeping. Endpoints with the ZID of the call's peer stay, which may
 * have restarted. The two who came first stay, as others could say Hello all
 * the time; then who answered us last and says Hello no more. */
static gboolean
is_older (const ZrtpStream * stream, const ZrtpCandidate * a,
    const ZrtpCandidate * b)
{
  const gboolean a_was_first = is_early (stream, a);
  const gboolean b_was_first = is_early (stream, b);
  const gboolean a_answered = stream->acked_ssrc == a->ssrc;
  const gboolean b_answered = stream->acked_ssrc == b->ssrc;
  const gboolean b_is_of_call = zrtp_discovery_is_of_call (stream, b);

  if (zrtp_discovery_is_of_call (stream, a) != b_is_of_call)
    return b_is_of_call;
  if (a->answered != b->answered)
    return answered_before (b, a);
  if ((a->committed > 0) != (b->committed > 0))
    return b->committed > 0;
  if (a_was_first != b_was_first)
    return b_was_first;
  return a_answered != b_answered ? b_answered : a->last_seen < b->last_seen;
}

/* A free slot, else that of the endpoint not heard for longest. */
static ZrtpCandidate *
free_candidate (ZrtpStream * stream)
{
  ZrtpCandidate *oldest = &stream->candidates[0];
  /* A restarted peer says Hello once. */
  const guint n = stream->outer || stream->step == ZRTP_STEP_SECURE ?
      ZRTP_MAX_CANDIDATES : ZRTP_USUAL_CANDIDATES;

  for (guint i = 0; i < n; i++) {
    ZrtpCandidate *candidate = &stream->candidates[i];

    if (!candidate->hello)
      return candidate;
    if (is_older (stream, candidate, oldest))
      oldest = candidate;
  }
  zrtp_candidate_clear (oldest);
  return oldest;
}

static ZrtpCandidate *
add_candidate (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello)
{
  ZrtpCandidate *candidate;

  /* The same source with another chain was started anew: it has not seen our
   * Hello, whoever acknowledged it. While an exchange runs we would not send it. */
  for (guint i = 0; !stream->exchange && i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->candidates[i].hello
        && stream->candidates[i].ssrc == packet->ssrc
        && stream->acked_ssrc == packet->ssrc)
      stream->acked = FALSE;
  }
  candidate = free_candidate (stream);
  memset (candidate, 0, sizeof *candidate);
  candidate->hello = g_bytes_new (packet->message, packet->message_size);
  candidate->ssrc = packet->ssrc;
  candidate->place = ++stream->last_place;
  memcpy (candidate->h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (candidate->zid, hello->zid, ZRTP_ZID_SIZE);
  return candidate;
}

ZrtpCandidate *
zrtp_discovery_remember (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (candidate->hello, &size);
  ZrtpCandidate *slot = find_candidate (stream, candidate->ssrc, data, size);

  if (!slot) {
    slot = free_candidate (stream);
    memset (slot, 0, sizeof *slot);
    zrtp_candidate_copy (slot, candidate);
    slot->place = ++stream->last_place;
  }
  slot->last_seen = now;
  return slot;
}

static gboolean
is_same_hello (const ZrtpCandidate * a, const ZrtpCandidate * b)
{
  return a->hello && b->hello && a->ssrc == b->ssrc
      && g_bytes_equal (a->hello, b->hello);
}

/* May a Hello bring discovery back to life? After a failure a new one may at
 * once, after silence any, else an old one after a while. */
static gboolean
may_revive (ZrtpStream * stream, gboolean is_new, gint64 now)
{
  if (stream->info.state == ZRTP_STATE_NO_ZRTP)
    return TRUE;
  return stream->step == ZRTP_STEP_FAILED
      && (is_new || stream->info.error == ZRTP_ERROR_TIMEOUT
      || now - stream->failed_at >= REVIVE_AFTER);
}

static gboolean
is_banned (ZrtpStream * stream, const ZrtpHello * hello, gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->bans[i].until > now
        && memcmp (stream->bans[i].h3, hello->h3, ZRTP_IMAGE_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_our_hello (const ZrtpStream * stream, const ZrtpPacket * packet)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (stream->hello, &size);

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

  if (stream->peer_hashes->len == 0)
    return FALSE;
  bytes = g_bytes_new (packet->message, packet->message_size);
  announced = zrtp_hello_hash_is_known (stream, bytes);
  g_bytes_unref (bytes);
  if (announced)
    return FALSE;
  zrtp_stream_drop (stream, ZRTP_DROP_BAD_HELLO_HASH);
  if (!stream->peer_hash_refused && stream->step == ZRTP_STEP_DISCOVERY) {
    stream->peer_hash_refused = TRUE;
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MISMATCH);
  }
  if (zrtp_stream_is_settled (stream))
    zrtp_fork_hear (stream, packet, hello, now);
  return TRUE;
}

/* TRUE if the Hello is of no use, and why was dealt with. */
static gboolean
refuse_hello (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  const gboolean idle = stream->step == ZRTP_STEP_DISCOVERY;
  const gint version = judge_version (hello->version);

  if (is_banned (stream, hello, now)) {
    zrtp_stream_drop (stream, ZRTP_DROP_FOREIGN_SOURCE);
    return TRUE;
  }
  if (memcmp (hello->zid, stream->zid, ZRTP_ZID_SIZE) == 0) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    /* Our own Hello is proof of a loop, unless there is a peer: then a third
     * party throws it back at us. */
    if (idle && !zrtp_discovery_best (stream) && is_our_hello (stream, packet))
      zrtp_stream_fail (stream, ZRTP_ERROR_EQUAL_ZIDS, now);
    else
      zrtp_unproven_hinder (stream, &stream->equal_zids, ZRTP_ERROR_EQUAL_ZIDS,
          now);
    return TRUE;
  }
  if (version <= 0) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    if (version == 0)           /* it may come down to ours */
      zrtp_discovery_note_evidence (stream, now);
    else if (idle && !zrtp_discovery_best (stream))
      zrtp_unproven_refuse (stream, ZRTP_ERROR_VERSION, now);
    return TRUE;
  }
  return refuse_unannounced (stream, packet, hello, now);
}

/* Another endpoint than the peer, while there is one. */
static void
hear_another (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, const ZrtpCandidate * candidate, gboolean is_new,
    gint64 now)
{
  if (stream->outer) {
    /* It may be the peer, restarted since our Hello went out. */
    if (is_new && zrtp_rate_limit_allow (&stream->trials, ZRTP_BURST,
            HELLO_AGAIN, now))
      zrtp_stream_send (stream, stream->hello, TRUE);
    return;
  }
  zrtp_stream_drop (stream, ZRTP_DROP_FOREIGN_SOURCE);
  zrtp_fork_report (stream, candidate, now);
  zrtp_trial_hear (stream, packet, hello, now);
}

void
zrtp_receive_hello (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  /* 5.3: every Hello is acknowledged, of whatever version. */
  if (zrtp_hello_hash_admit (stream, packet, hello, now))
    zrtp_stream_send_limited_ack (stream, ZRTP_MESSAGE_HELLO_ACK, now);
  zrtp_discovery_hear (stream, packet, hello, now);
}

void
zrtp_discovery_hear (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  ZrtpCandidate *candidate;
  gboolean is_new = FALSE;

  if (refuse_hello (stream, packet, hello, now))
    return;
  if (zrtp_hello_hash_is_transfer (stream))
    zrtp_hello_hash_move (stream, now);
  if (stream->peer_hashes->len > 0)
    zrtp_hello_hash_set_status (stream, ZRTP_HELLO_HASH_MATCH);
  /* The application named another endpoint. */
  if (stream->one_zid
      && memcmp (hello->zid, stream->only_zid, ZRTP_ZID_SIZE) != 0) {
    zrtp_stream_drop (stream, ZRTP_DROP_FOREIGN_SOURCE);
    zrtp_fork_hear (stream, packet, hello, now);
    return;
  }

  candidate = find_candidate (stream, packet->ssrc, packet->message,
      packet->message_size);
  if (!candidate) {
    candidate = add_candidate (stream, packet, hello);
    is_new = TRUE;
  }
  candidate->last_seen = now;
  zrtp_discovery_note_evidence (stream, now);

  if (candidate->unsuitable)
    zrtp_unproven_hinder (stream, &stream->nothing_in_common,
        candidate->refused_with, now);
  else if (may_revive (stream, is_new, now))
    zrtp_discovery_start (stream, now);
  if (stream->step != ZRTP_STEP_DISCOVERY) {
    const ZrtpCandidate *peer = stream->exchange ? &stream->exchange->peer :
        &stream->bound;

    if (!is_same_hello (candidate, peer) && stream->step != ZRTP_STEP_FAILED)
      hear_another (stream, packet, hello, candidate, is_new, now);
    zrtp_unproven_hear_hello (stream, candidate, is_new, now);
    return;
  }

  if (is_new) {
    zrtp_doubt_settle (stream);
    zrtp_discovery_show_peer (stream, candidate, now);
    /* 6: a peer that just came up has not heard our earlier Hellos. */
    if (!stream->acked || stream->acked_ssrc != packet->ssrc) {
      if (stream->repeat.sent == 0 && stream->repeat.message)
        hurry_hello (stream, now);
      else if (zrtp_unproven_may_answer (stream, now))
        schedule_hello (stream, now);
    } else if (stream->acked_early && zrtp_unproven_may_answer (stream, now)) {
      /* Its HelloACK may be forged: a Commit without our Hello has no answer. */
      zrtp_stream_send_hello (stream, TRUE, now);
    }
    stream->acked_early = FALSE;
  }
  zrtp_commit_try (stream, now);
}

gboolean
zrtp_discovery_is_stranger (ZrtpStream * stream, guint32 ssrc)
{
  gboolean any = FALSE;

  for (guint i = 0; i < ZRTP_MAX_CANDIDATES; i++) {
    if (stream->candidates[i].hello && stream->candidates[i].ssrc == ssrc)
      return FALSE;
    any = any || stream->candidates[i].hello;
  }
  return any;
}

void
zrtp_receive_hello_ack (ZrtpStream * stream, const ZrtpPacket * packet,
    gint64 now)
{
  if (stream->step != ZRTP_STEP_DISCOVERY) {
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  /* Once there is a peer no other source speaks for it. */
  if (zrtp_discovery_is_stranger (stream, packet->ssrc)) {
    zrtp_stream_drop (stream, ZRTP_DROP_FOREIGN_SOURCE);
    return;
  }
  stream->acked = TRUE;
  stream->acked_ssrc = packet->ssrc;
  stream->acked_early = !zrtp_discovery_best (stream);
  stream->acked_late = !stream->acked_early;
  zrtp_discovery_note_evidence (stream, now);
  /* It may come before the Hello of its sender. Until then it stops nothing. */
  if (stream->acked_early) {
    if (stream->info.state == ZRTP_STATE_NO_ZRTP)
      zrtp_stream_set_state (stream, ZRTP_STATE_DISCOVERING);
    zrtp_stream_drop (stream, ZRTP_DROP_UNEXPECTED);
    return;
  }
  if (stream->doubt == ZRTP_DOUBT_SSRC)
    zrtp_doubt_settle (stream); /* with the SSRC that it has */
  if (stream->repeat.message && stream->repeat.sent == 0)
    stream->info.counters.round_trip = now - stream->repeat.first_sent;
  slow_down (stream, now);
  if (now - zrtp_discovery_best (stream)->last_seen >= STALE_HELLO)
    stream->timers[ZRTP_TIMER_HOLD] = MIN (stream->timers[ZRTP_TIMER_HOLD],
        now + HELLO_FOLLOWS);
  else
    zrtp_commit_try (stream, now);
}
