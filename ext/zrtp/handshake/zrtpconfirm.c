/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Confirm1, Confirm2 and Conf2ACK: both sides prove that they have the keys,
 * and media is cut over (RFC 6189 4.6, 4.6.1, 5.7, 5.8).
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

static guint32
own_expiry (ZrtpStream * stream)
{
  const ZrtpPolicy *policy = &stream->policy;

  if (stream->exchange->mode == ZRTP_COMMIT_MULTISTREAM)
    return ZRTP_CACHE_FOR_EVER; /* 4.9 */
  /* A peer that kept what we can't would take us for another endpoint next
   * time. Of one that we know, what we have will do: it is its rs2 then. */
  if (policy->cacheless
      || (policy->read_only && !stream->exchange->secrets.peer.known))
    return 0;
  return policy->cache_expiry;
}

/* Confirm1 as responder, Confirm2 as initiator. */
static GBytes *
make_confirm (ZrtpStream * stream, ZrtpMessageType type)
{
  const ZrtpSession *session = stream->session;
  ZrtpMessage message = {.type = type };
  ZrtpConfirmBody body = { 0 };
  const ZrtpExchange *x = stream->exchange;
  guint8 text[ZRTP_MAX_MESSAGE_SIZE];
  GBytes *bytes;

  memcpy (body.h0, stream->own.chain[0], ZRTP_IMAGE_SIZE);
  stream->own.chain_spent = TRUE;
  body.verified = zrtp_session_own_v_flag (stream->session)
      && !stream->policy.cacheless;
  body.enrollment = session->offering && x->mode != ZRTP_COMMIT_MULTISTREAM;
  /* 7.3.1: no GoClear in a session with E. */
  body.allow_clear = stream->clearing.allowed =
      zrtp_clear_is_allowed (&stream->policy) && !session->offering
      && !session->offered;
  body.disclosure = stream->policy.disclosure;
  body.cache_expiry = own_expiry (stream);
  if (x->signature) {
    memcpy (body.signature_type, x->signature_type, 4);
    body.signature = zrtp_octets_of (x->signature);
  }

  zrtp_sealed_encrypt_and_mac (stream, text,
      zrtp_confirm_body_write (&body, text, sizeof text), &message.u.sealed);
  bytes = zrtp_stream_bytes (&message);

  zrtp_wipe (&body, sizeof body);
  return bytes;
}

/* An initiator that is held repeats its DHPart2 meanwhile, which keeps the
 * responder's patience; a responder that is held lets the peer repeat its
 * Confirm2. Either schedule is longer than the hold (RFC 6189 6). */
static void
hold (ZrtpStream * stream, ZrtpOctets confirm, gint64 now)
{
  stream->exchange->held_confirm = g_bytes_new (confirm.data, confirm.size);
  zrtp_timer_stop (stream, ZRTP_TIMER_SILENCE);
  stream->retransmit.message.left = MAX (stream->retransmit.message.left, 10);
  zrtp_signature_hold (stream, now);
}

/* Opens the peer's Confirm: MAC over the cipher text first (4.6), then H0
 * against the chain (9), then the MAC that H0 is the key of. On ZRTP_DROP_NONE
 * @body is good, its signature in *@text, which is to be freed; else
 * ZRTP_DROP_BAD_MAC with *@tampered: an earlier message was changed and the chain
 * proves it. */
static ZrtpDrop
open_confirm (ZrtpStream * stream, const ZrtpSealed * sealed,
    ZrtpConfirmBody * body, guint8 ** text, gboolean * tampered)
{
  const ZrtpExchange *x = stream->exchange;
  const gboolean initiator = stream->info.role == ZRTP_ROLE_INITIATOR;
  const gboolean dh = x->mode == ZRTP_COMMIT_DH;
  const guint8 *known;
  GBytes *sealed_by_chain;
  guint steps;

  *tampered = FALSE;
  if (!zrtp_sealed_check_mac (stream, sealed))
    return ZRTP_DROP_BAD_MAC;

  *text = zrtp_sealed_decrypt (stream, sealed);
  if (!zrtp_confirm_body_parse (*text, sealed->encrypted.size, body))
    return ZRTP_DROP_MALFORMED;

  /* 9: what of the chain we hold, and how many steps above H0 it is. */
  if (dh) {
    known = x->peer_h1;
    steps = 1;
    sealed_by_chain = initiator ? x->dhpart1 : x->dhpart2;
  } else {
    known = initiator ? x->peer.h3 : x->peer_h2;
    steps = initiator ? 3 : 2;
    sealed_by_chain = initiator ? x->peer.hello : x->commit;
  }
  switch (zrtp_chain_check (body->h0, steps, known, sealed_by_chain)) {
    case ZRTP_CHAIN_OPENS:
      return ZRTP_DROP_NONE;
    case ZRTP_CHAIN_CHANGED:
      *tampered = TRUE;
      return ZRTP_DROP_BAD_MAC;
    default:
      return ZRTP_DROP_BAD_PREIMAGE;
  }
}

/* 7.3.1: E makes A void, that of either side and of all streams. */
static void
apply_allow_clear (ZrtpStream * stream, const ZrtpConfirmBody * body)
{
  const ZrtpSession *session = stream->session;
  const gboolean enrolling = body->enrollment || session->offering
      || session->offered;

  stream->info.peer_allow_clear = body->allow_clear && !enrolling;
  stream->clearing.allowed = stream->clearing.allowed && !enrolling;
}

/* What a good Confirm of a first exchange says of the session. */
static void
apply_first_confirm (ZrtpStream * stream, const ZrtpConfirmBody * body)
{
  ZrtpExchange *x = stream->exchange;

  x->interval = MIN (own_expiry (stream), body->cache_expiry);
  zrtp_session_confirmed (stream->session, stream, body->verified);
  if (body->enrollment)
    zrtp_pbx_offered (stream->session, stream);
}

/* @body is that of @confirm, and genuine. Nothing of it counts before the policy
 * admits the peer. FALSE if it does not, or not yet. */
static gboolean
apply_confirm (ZrtpStream * stream, const ZrtpConfirmBody * body,
    ZrtpOctets confirm, gint64 now)
{
  ZrtpExchange *x = stream->exchange;

  zrtp_soft_error_clear (stream);
  if (x->mode != ZRTP_COMMIT_MULTISTREAM) {
    if (!x->signature_told)
      zrtp_signature_received (stream, body->signature_type, body->signature);
    if (zrtp_probe_refuse (stream, stream->session->s1_matched, now))
      return FALSE;
    /* On trial it is the peer that was admitted before. */
    switch (stream->outer ? ZRTP_ADMISSION_GRANTED : zrtp_admit (stream, now)) {
      case ZRTP_ADMISSION_GRANTED:
        break;
      case ZRTP_ADMISSION_HELD:
        hold (stream, confirm, now);
        return FALSE;
      case ZRTP_ADMISSION_REFUSED:
        return FALSE;
    }
    apply_first_confirm (stream, body);
  } else {
    zrtp_session_finish_first_exchange (stream->session, now);
  }
  stream->info.peer_disclosure = body->disclosure;
  if (x->mode != ZRTP_COMMIT_DH)
    zrtp_session_note_nonce (stream->session, x->hvi_or_nonce);
  apply_allow_clear (stream, body);
  return TRUE;
}

/* *@taken: @confirm is good and the policy admits the peer. */
static ZrtpOutcome
accept_confirm (ZrtpStream * stream, ZrtpOctets confirm,
    const ZrtpSealed * sealed, gint64 now, gboolean * taken)
{
  ZrtpConfirmBody body = { 0 };
  guint8 *text = NULL;
  gboolean tampered;
  ZrtpOutcome outcome =
      { open_confirm (stream, sealed, &body, &text, &tampered) };

  *taken = FALSE;
  if (outcome.drop == ZRTP_DROP_NONE) {
    *taken = apply_confirm (stream, &body, confirm, now);
  } else if (tampered) {
    outcome.failure = ZRTP_FAILURE_SECURITY;
    outcome.error = ZRTP_ERROR_MALFORMED;
    outcome.text = "an earlier message of the peer was changed on its way";
  } else if (outcome.drop == ZRTP_DROP_BAD_MAC) {
    zrtp_soft_error_set (stream, ZRTP_SOFT_ERROR_CONFIRM,
        ZRTP_ERROR_BAD_CONFIRM_MAC, now);
  }
  if (text)
    zrtp_wipe (text, sealed->encrypted.size);
  g_free (text);
  zrtp_wipe (&body, sizeof body);
  return outcome;
}

/* 4.4.3: the ZRTPSess that a Multistream Commit was about was forgotten, or went
 * with a GoClear. No keys come of it, least of all of what is there instead; both
 * sides try again when it has timed out. */
static gboolean
is_stale_multistream (const ZrtpStream * stream)
{
  const ZrtpExchange *x = stream->exchange;

  return x && x->mode == ZRTP_COMMIT_MULTISTREAM
      && x->epoch != stream->session->epoch;
}

/* Responder. */
void
zrtp_confirm_send_confirm1 (ZrtpStream * stream, gint64 now)
{
  const ZrtpExchange *x = stream->exchange;
  GBytes *request = x->mode == ZRTP_COMMIT_DH ? x->dhpart2 : x->commit;

  zrtp_step_set (stream, ZRTP_STEP_CONFIRM1_SENT);
  zrtp_timer_set (stream, ZRTP_TIMER_SILENCE,
      now + zrtp_stream_silence (stream));
  zrtp_stream_send_reply (stream, zrtp_octets_of (request),
      make_confirm (stream, ZRTP_MESSAGE_CONFIRM1));
}

/* Initiator. */
static ZrtpOutcome
handle_confirm1 (ZrtpStream * stream, ZrtpOctets message,
    const ZrtpSealed * sealed, gint64 now)
{
  ZrtpExchange *x = stream->exchange;
  const gboolean due = x && (stream->step == ZRTP_STEP_DHPART2_SENT
      || (stream->step == ZRTP_STEP_COMMIT_SENT && x->mode != ZRTP_COMMIT_DH));
  ZrtpOutcome outcome;
  gboolean taken;

  if (!due || is_stale_multistream (stream))
    return ZRTP_DROPPED (UNEXPECTED);
  if (x->held_confirm) {
    zrtp_soft_error_clear_unless_confirm (stream);
    return ZRTP_OK;
  }
  if (x->mode == ZRTP_COMMIT_MULTISTREAM && !x->have_keys)
    zrtp_confirm_derive_multistream (stream);
  else if (x->mode == ZRTP_COMMIT_PRESHARED && !x->have_keys)
    zrtp_preshared_derive (stream);
  if (!x->have_keys || x->signing) {
    /* The peer was faster than our DHResult, or than the application's signature. */
    g_clear_pointer (&x->early_confirm1, g_bytes_unref);
    x->early_confirm1 = g_bytes_new (message.data, message.size);
    zrtp_soft_error_clear_unless_confirm (stream);
    return ZRTP_OK;
  }
  outcome = accept_confirm (stream, message, sealed, now, &taken);
  if (!taken)
    return outcome;

  /* 4.6: the responder's SRTP may come before its Conf2ACK, and stands for
   * it: the keys to try it with come first. */
  zrtp_contention_accepted (stream);
  zrtp_step_set (stream, ZRTP_STEP_CONFIRM2_SENT);
  zrtp_secure_give_keys (stream, ZRTP_EVENT_RECEIVE_KEYS,
      zrtp_stream_peer_keys (stream));
  zrtp_stream_update_media (stream);
  zrtp_stream_send_repeated (stream,
      make_confirm (stream, ZRTP_MESSAGE_CONFIRM2), now);
  return ZRTP_OK;
}

ZrtpOutcome
zrtp_confirm1_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  return handle_confirm1 (stream, zrtp_octets (received->packet->message,
          received->packet->message_size), &received->message->u.sealed, now);
}

ZrtpOutcome
zrtp_confirm_continue (ZrtpStream * stream, gint64 now)
{
  ZrtpExchange *x = stream->exchange;
  ZrtpOutcome outcome = ZRTP_OK;

  if (x->signing)
    return outcome;
  if (stream->info.role == ZRTP_ROLE_RESPONDER) {
    zrtp_confirm_send_confirm1 (stream, now);
  } else if (x->early_confirm1) {
    GBytes *early = g_steal_pointer (&x->early_confirm1);
    const ZrtpOctets octets = zrtp_octets_of (early);
    ZrtpMessage message;

    if (zrtp_message_parse (octets.data, octets.size, &message)
        == ZRTP_DROP_NONE)
      outcome = handle_confirm1 (stream, octets, &message.u.sealed, now);
    g_bytes_unref (early);
  }
  return outcome;
}

static ZrtpOutcome
accept_confirm2 (ZrtpStream * stream, ZrtpOctets octets,
    const ZrtpSealed * sealed, gint64 now)
{
  ZrtpExchange *x = stream->exchange;
  ZrtpOutcome outcome;
  ZrtpJob *job = NULL;
  gboolean taken;

  outcome = accept_confirm (stream, octets, sealed, now, &taken);
  if (!taken)
    return outcome;

  zrtp_step_set (stream, ZRTP_STEP_CONFIRM2_RECEIVED);
  zrtp_timer_stop (stream, ZRTP_TIMER_SILENCE);
  zrtp_secure_give_keys (stream, ZRTP_EVENT_RECEIVE_KEYS,
      zrtp_stream_peer_keys (stream));
  zrtp_stream_update_media (stream);
  x->confirm2 = g_bytes_new (octets.data, octets.size);

  /* 4.6.1: the responder may write now. Its Conf2ACK waits for the disk, but
   * not beyond T2, when the initiator asks again. If we die in between, our rs1
   * is the old one; the initiator, which writes on Conf2ACK, still has that as
   * rs2. If we die after writing and before Conf2ACK, it is our rs2 that still
   * fits the initiator's rs1. Either way the next call finds s1 (4.3). */
  if (x->mode != ZRTP_COMMIT_MULTISTREAM)
    job = zrtp_session_update_job (stream->session, stream);
  if (job) {
    x->store_serial = job->serial;
    zrtp_stream_queue_job (stream, job);
    zrtp_timer_set (stream, ZRTP_TIMER_CONF2ACK,
        now + stream->policy.retry_timeout_ms * ZRTP_MSEC);
  } else {
    zrtp_confirm_stored (stream, now);
  }
  return ZRTP_OK;
}

/* Responder. */
ZrtpOutcome
zrtp_confirm2_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpPacket *packet = received->packet;

  if (is_stale_multistream (stream))
    return ZRTP_DROPPED (UNEXPECTED);
  if (stream->exchange->held_confirm) {
    zrtp_soft_error_clear_unless_confirm (stream);
    return ZRTP_OK;
  }
  return accept_confirm2 (stream, zrtp_octets (packet->message,
          packet->message_size), &received->message->u.sealed, now);
}

ZrtpOutcome
zrtp_confirm_release (ZrtpStream * stream, gint64 now)
{
  GBytes *confirm = g_steal_pointer (&stream->exchange->held_confirm);
  const ZrtpOctets octets = zrtp_octets_of (confirm);
  ZrtpMessage message;
  ZrtpOutcome outcome;

  zrtp_timer_stop (stream, ZRTP_TIMER_CHECK);
  if (zrtp_message_parse (octets.data, octets.size, &message)
      != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  if (stream->info.role == ZRTP_ROLE_INITIATOR)
    outcome = handle_confirm1 (stream, octets, &message.u.sealed, now);
  else
    outcome = accept_confirm2 (stream, octets, &message.u.sealed, now);
  g_bytes_unref (confirm);
  return outcome;
}

/* Responder: the cache has it, or had its time. */
void
zrtp_confirm_stored (ZrtpStream * stream, gint64 now)
{
  const ZrtpMessage ack = {.type = ZRTP_MESSAGE_CONF2ACK };

  zrtp_stream_send_reply (stream, zrtp_octets_of (stream->exchange->confirm2),
      zrtp_stream_bytes (&ack));
  zrtp_secure_enter (stream, now);
}

/* Initiator: the Conf2ACK came, or what stands for it: SRTP (4.6), or a Confirm of
 * another stream in Multistream mode. */
static ZrtpOutcome
handle_conf2ack (ZrtpStream * stream, gint64 now)
{
  ZrtpJob *job = NULL;

  if (is_stale_multistream (stream))
    return ZRTP_DROPPED (UNEXPECTED);
  if (stream->exchange->mode != ZRTP_COMMIT_MULTISTREAM)
    job = zrtp_session_update_job (stream->session, stream);
  if (job)
    zrtp_stream_queue_job (stream, job);
  zrtp_secure_enter (stream, now);
  return ZRTP_OK;
}

void
zrtp_session_finish_first_exchange (ZrtpSession * session, gint64 now)
{
  for (guint i = 0; i < session->streams->len; i++) {
    ZrtpStream *stream = g_ptr_array_index (session->streams, i);

    if (!stream->exchange || stream->exchange->mode == ZRTP_COMMIT_MULTISTREAM)
      continue;
    if (stream->step == ZRTP_STEP_CONFIRM2_SENT)
      zrtp_settle (stream, handle_conf2ack (stream, now), now);
    else if (stream->step == ZRTP_STEP_CONFIRM2_RECEIVED)
      zrtp_confirm_stored (stream, now);
  }
}

ZrtpOutcome
zrtp_conf2ack_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  return handle_conf2ack (stream, now);
}

void
zrtp_confirm_media (ZrtpStream * stream, gint64 now)
{
  if (stream->step == ZRTP_STEP_CONFIRM2_SENT)
    zrtp_settle (stream, handle_conf2ack (stream, now), now);
  stream->media_confirmed = stream->step == ZRTP_STEP_SECURE;
  if (stream->media_confirmed)
    zrtp_session_srtp_received (stream->session);
}

void
zrtp_admit_reconsider (ZrtpStream * stream, gint64 now)
{
  if (stream->exchange && stream->exchange->held_confirm
      && !zrtp_admit_find_violation (stream))
    zrtp_settle (stream, zrtp_confirm_release (stream, now), now);
}
