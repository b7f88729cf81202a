/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SASrelay and RelayACK, from either side (RFC 6189 5.13, 5.14, 7.3).
 */
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/handshake/zrtpsasrelay.h"

#include <string.h>

#define RETRANSMISSIONS 10
/* SASrelays of one peer that are read. A call that is passed on has a new one
 * each time. */
#define MAX_RELAYS 64

static void
read_hello (const ZrtpRemote * peer, ZrtpHello * hello)
{
  const ZrtpOctets octets = zrtp_octets_of (peer->hello);
  ZrtpMessage message;

  if (zrtp_message_parse (octets.data, octets.size, &message)
      != ZRTP_DROP_NONE)
    g_assert_not_reached ();
  *hello = message.u.hello;
}

gboolean
zrtp_stream_get_leg (ZrtpStream * stream, ZrtpLeg * leg)
{
  const ZrtpSession *session = stream->session;
  ZrtpAlgorithmList lists[ZRTP_N_KINDS];
  ZrtpHello hello;

  if (!stream->policy.mitm || stream->step != ZRTP_STEP_SECURE)
    return FALSE;
  read_hello (&stream->bound.remote, &hello);
  zrtp_negotiate_read_hello (&hello, lists);
  leg->enrolled = session->enrolled;
  leg->peer_mitm = hello.mitm;
  leg->sas_types = lists[ZRTP_KIND_SAS];
  leg->sas_type = session->sess_suite.sas_type;
  memcpy (leg->sashash, session->keys.sashash, ZRTP_SECRET_SIZE);
  leg->verified = session->info.peer_verified;
  leg->allow_clear = stream->info.peer_allow_clear;
  leg->disclosure = stream->info.peer_disclosure;
  return TRUE;
}

gboolean
zrtp_stream_relay_sas (ZrtpStream * stream, const ZrtpRelayedSas * relayed,
    gint64 now)
{
  const gint64 first = stream->policy.retry_timeout_ms * ZRTP_MSEC;
  ZrtpMessage message = {.type = ZRTP_MESSAGE_SAS_RELAY };
  ZrtpSasRelayBody body = { 0 };
  guint8 text[64];
  ZrtpLeg leg;

  if (!zrtp_stream_get_leg (stream, &leg)
      || !zrtp_algorithm_list_has (&leg.sas_types, &relayed->sas_type->base))
    return FALSE;
  body.verified = relayed->verified;
  body.allow_clear = relayed->allow_clear;
  body.disclosure = relayed->disclosure || stream->policy.disclosure;
  memcpy (body.sas_type, relayed->sas_type->base.name, 4);
  if (leg.enrolled)
    memcpy (body.sashash, relayed->sashash, ZRTP_SECRET_SIZE);
  zrtp_sealed_encrypt_and_mac (stream, text,
      zrtp_sas_relay_body_write (&body, text, sizeof text), &message.u.sealed);
  zrtp_repeat_start (&stream->retransmit.relay, zrtp_stream_bytes (&message),
      first, 8 * first, RETRANSMISSIONS, now);
  zrtp_timer_set (stream, ZRTP_TIMER_RELAY, now + first);
  zrtp_stream_send (stream, stream->retransmit.relay.message, FALSE);
  return TRUE;
}

static void
end_relay (ZrtpStream * stream, ZrtpErrorCode error)
{
  zrtp_repeat_clear (&stream->retransmit.relay);
  zrtp_timer_stop (stream, ZRTP_TIMER_RELAY);
  zrtp_stream_event (stream, ZRTP_EVENT_RELAY_ACK)->error = error;
}

void
zrtp_relay_timeout (ZrtpStream * stream, gint64 now)
{
  ZrtpRepeat *repeat = &stream->retransmit.relay;

  if (repeat->left == 0 || stream->step != ZRTP_STEP_SECURE) {
    end_relay (stream, ZRTP_ERROR_TIMEOUT);
    return;
  }
  zrtp_timer_set (stream, ZRTP_TIMER_RELAY, zrtp_repeat_next (repeat, now));
  zrtp_stream_send (stream, repeat->message, TRUE);
}

ZrtpOutcome
zrtp_relay_ack_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  if (!stream->retransmit.relay.message)
    return ZRTP_DROPPED (UNEXPECTED);
  end_relay (stream, ZRTP_ERROR_NONE);
  return ZRTP_OK;
}

/* Its MAC is as good as a serial number: the cipher text never repeats. What
 * comes again is a retransmission, or an attacker that wants an old SAS
 * back. */
static gboolean
was_seen (ZrtpStream * stream, const guint8 mac[ZRTP_MAC_SIZE])
{
  const GArray *seen = stream->bound.relays_seen;

  for (guint i = 0; seen && i < seen->len; i++) {
    if (memcmp (seen->data + i * ZRTP_MAC_SIZE, mac, ZRTP_MAC_SIZE) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
note_seen (ZrtpStream * stream, const guint8 mac[ZRTP_MAC_SIZE])
{
  if (!stream->bound.relays_seen)
    stream->bound.relays_seen = g_array_new (FALSE, FALSE, ZRTP_MAC_SIZE);
  g_array_append_vals (stream->bound.relays_seen, mac, 1);
}

/* A rendering that we offered, or NULL. */
static const ZrtpSasType *
find_rendering (ZrtpStream * stream, const char *name)
{
  const ZrtpAlgorithm *row = zrtp_algorithm_find (ZRTP_KIND_SAS, name);

  return row
      && zrtp_algorithm_list_has (&stream->own.offer[ZRTP_KIND_SAS],
      row) ? (const ZrtpSasType *) row : NULL;
}

static gboolean
is_zero (const guint8 sashash[ZRTP_SECRET_SIZE])
{
  static const guint8 zeros[ZRTP_SECRET_SIZE];

  return memcmp (sashash, zeros, sizeof zeros) == 0;
}

/* 7.3: the sashash counts if it comes from a PBX that we are enrolled with. One
 * PBX does not trust another, as no user looks at what it would show. */
static gboolean
apply_sashash (ZrtpStream * stream, const ZrtpSasRelayBody * body)
{
  ZrtpSession *session = stream->session;
  ZrtpRelayState *relayed = &session->relayed;
  gboolean changed;

  if (!session->enrolled || stream->policy.mitm || is_zero (body->sashash))
    return FALSE;
  changed = !relayed->shown
      || memcmp (relayed->sashash, body->sashash, ZRTP_SECRET_SIZE) != 0;
  if (changed) {
    memcpy (relayed->sashash, body->sashash, ZRTP_SECRET_SIZE);
    relayed->shown = TRUE;
    relayed->verified = FALSE;
    session->rejected = FALSE;  /* that was about another one */
  }
  changed |= session->info.peer_verified != body->verified;
  session->info.peer_verified = body->verified;
  return changed;
}

static void
handle_relay (ZrtpStream * stream, const ZrtpSasRelayBody * body,
    const ZrtpSasType * sas_type)
{
  ZrtpSession *session = stream->session;
  gboolean changed = apply_sashash (stream, body);

  /* The flags warn and restrict, whichever PBX relays them; they permit
   * nothing. */
  changed |= body->disclosure && !stream->info.peer_disclosure;
  stream->info.peer_disclosure |= body->disclosure;
  stream->info.peer_allow_clear &= body->allow_clear;
  changed |= session->info.sas_type != sas_type;
  session->relayed.sas_type = sas_type;
  if (!changed || !session->info.have_sas)
    return;
  zrtp_session_render_sas (session);
  zrtp_stream_event (session->master, ZRTP_EVENT_RELAYED_SAS);
  zrtp_stream_event (session->master, ZRTP_EVENT_SAS);
  zrtp_session_update_trust (session);
}

/* The MAC does not cover the IV (RFC 6189 5.13), so an attacker can make the
 * first 16 octets of the body random. FALSE if they make no sense; else *@body,
 * and its rendering. */
static gboolean
read_relay (ZrtpStream * stream, const ZrtpSealed * sealed,
    ZrtpSasRelayBody * body, const ZrtpSasType ** sas_type)
{
  guint8 *text = zrtp_sealed_decrypt (stream, sealed);
  const gboolean sound = zrtp_sas_relay_body_parse (text,
      sealed->encrypted.size, body);

  g_free (text);
  *sas_type = sound ? find_rendering (stream, body->sas_type) : NULL;
  return *sas_type != NULL;
}

static void
report_unreadable (ZrtpStream * stream, gint64 now)
{
  zrtp_unproven_alarm (stream, ZRTP_ERROR_NONE,
      "the SAS that a PBX relayed cannot be read: it was changed on its way, "
      "or rendered in a way that was not offered", now);
}

/* RelayACK answers a valid SASrelay only (RFC 6189 5.14): the PBX repeats another
 * one, and reports a failure in the end. One from a peer without the M flag is
 * acknowledged and not read (5.13). */
ZrtpOutcome
zrtp_sas_relay_receive (ZrtpStream * stream, const ZrtpReceived * received,
    gint64 now)
{
  const ZrtpSealed *sealed = &received->message->u.sealed;
  const ZrtpSasType *sas_type;
  ZrtpSasRelayBody body;
  ZrtpHello hello;

  if (!zrtp_sealed_check_mac (stream, sealed))
    return ZRTP_DROPPED (BAD_MAC);
  read_hello (&stream->bound.remote, &hello);
  if (!hello.mitm || was_seen (stream, sealed->mac)) {
    zrtp_stream_send_ack (stream, ZRTP_MESSAGE_RELAY_ACK);
    return ZRTP_OK;
  }
  if (stream->bound.relays_seen && stream->bound.relays_seen->len >= MAX_RELAYS)
    return ZRTP_DROPPED (UNEXPECTED);
  if (!read_relay (stream, sealed, &body, &sas_type)) {
    report_unreadable (stream, now);
    return ZRTP_DROPPED (MALFORMED);
  }
  zrtp_stream_send_ack (stream, ZRTP_MESSAGE_RELAY_ACK);
  note_seen (stream, sealed->mac);
  handle_relay (stream, &body, sas_type);
  return ZRTP_OK;
}

static void
fill (ZrtpRelayedSas * relayed, const ZrtpSasType * sas_type,
    const ZrtpLeg * other)
{
  memset (relayed, 0, sizeof *relayed);
  relayed->sas_type = sas_type;
  relayed->verified = other->verified;
  relayed->allow_clear = other->allow_clear;
  relayed->disclosure = other->disclosure;
}

gboolean
zrtp_relay_plan (const ZrtpLeg * a, const ZrtpLeg * b, ZrtpRelayedSas * to_a,
    ZrtpRelayedSas * to_b)
{
  const gboolean b_gets = b->enrolled && (!a->enrolled
      || (a->peer_mitm && !b->peer_mitm));
  const ZrtpLeg *receiver = b_gets ? b : a, *other = b_gets ? a : b;
  const ZrtpSasType *sas_type = other->sas_type;

  if (!a->enrolled && !b->enrolled)
    return FALSE;
  /* What both can render: B32 is mandatory. */
  if (!zrtp_algorithm_list_has (&receiver->sas_types, &sas_type->base))
    sas_type = &zrtp_sas_b32;
  fill (to_a, sas_type, b);
  fill (to_b, sas_type, a);
  memcpy (b_gets ? to_b->sashash : to_a->sashash, other->sashash,
      ZRTP_SECRET_SIZE);
  return TRUE;
}
