/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SASrelay and RelayACK on one call: lost, forged, replayed, from those who may
 * not, and what a phone makes of it (RFC 6189 5.13, 5.14, 7.3).
 */
#include "pbx-common.h"

#include <gst/check/gstcheck.h>
#include <string.h>

static ZrtpStream *
stream_of (Sim * sim, guint end)
{
  return pbx_common_stream (sim, end)->stream;
}

/* A call of Bob's, enrolled or not. */
static Sim *
new_call (guint64 seed, gboolean enrolled)
{
  if (enrolled && !pbx_common_has_pbxsecret (BOB, ATLANTA))
    pbx_common_enroll (seed + 1000, BOB, ATLANTA);
  return pbx_common_new (seed, BOB, ATLANTA);
}

static Sim *
run_call (guint64 seed, gboolean enrolled)
{
  Sim *sim = new_call (seed, enrolled);

  pbx_common_run (sim);
  return sim;
}

static ZrtpRelayedSas
some_sas (guint8 first)
{
  ZrtpRelayedSas relayed = {.sas_type = &zrtp_sas_b32 };

  memset (relayed.sashash, first, sizeof relayed.sashash);
  return relayed;
}

static gboolean
send_sas (Sim * sim, const ZrtpRelayedSas * relayed)
{
  const gboolean ok = zrtp_stream_relay_sas (stream_of (sim, PBX_END), relayed,
      sim->now);

  sim_drain (sim, PBX_END);
  return ok;
}

static void
relay (Sim * sim, const ZrtpRelayedSas * relayed)
{
  fail_unless (send_sas (sim, relayed));
  pbx_common_settle (sim);
}

/* The first one that the PBX sent, opened. */
static ZrtpSasRelayBody
read_relay (PacketLog * log)
{
  const ZrtpSealed *sealed =
      &packet_log_get (log, PBX_END, ZRTP_MESSAGE_SAS_RELAY,
      0)->message.u.sealed;
  guint8 *text = zrtp_sealed_decrypt (stream_of (log->sim, PHONE_END), sealed);
  ZrtpSasRelayBody body;

  fail_unless (zrtp_sas_relay_body_parse (text, sealed->encrypted.size, &body));
  g_free (text);
  return body;
}

static void
assert_shown (Sim * sim, const char *sas, ZrtpTrust trust)
{
  const ZrtpSessionInfo *info = pbx_common_info (sim, PHONE_END);

  fail_unless_equals_string (info->sas, sas);
  fail_unless_equals_int (info->trust, trust);
}

static gboolean
lose_relays (const PacketLogEntry * entry, gpointer user_data)
{
  guint *left = user_data;

  if (entry->message.type != ZRTP_MESSAGE_SAS_RELAY || *left == 0)
    return TRUE;
  --*left;
  return FALSE;
}

static gboolean
lose_acks (const PacketLogEntry * entry, gpointer user_data)
{
  guint *left = user_data;

  if (entry->message.type != ZRTP_MESSAGE_RELAY_ACK || *left == 0)
    return TRUE;
  --*left;
  return FALSE;
}

static const gint t2_times[] = {
  0, 150, 450, 1050, 2250, 3450, 4650, 5850, 7050, 8250, 9450
};

/* Sent again on T2 until acknowledged, or until the schedule is over; the call
 * goes on either way. */
/* Z-5.13-02 Z-5.14-01 */
GST_START_TEST (test_repeated)
{
  static const guint losses[] = { 1, 3, 10, 11 };

  for (guint acks = 0; acks < 2; acks++) {
    for (guint i = 0; i < G_N_ELEMENTS (losses); i++) {
      const ZrtpRelayedSas relayed = some_sas (0xff);
      const guint sent = MIN (losses[i] + 1, 11);
      Sim *sim = new_call (10 * acks + i, TRUE);
      PacketLog *log = packet_log_new (sim);
      guint left = losses[i];

      pbx_common_run (sim);
      packet_log_reset (log);
      log->rule = acks ? lose_acks : lose_relays;
      log->rule_data = &left;
      fail_unless (send_sas (sim, &relayed));
      sim_run (sim, sim->now + 20 * SIM_SEC);
      packet_log_check_times (log, PBX_END, ZRTP_MESSAGE_SAS_RELAY, t2_times,
          sent);
      fail_unless_equals_int (pbx_common_events (sim, PBX_END,
              ZRTP_EVENT_RELAY_ACK), 1);
      fail_unless_equals_int (pbx_common_stream (sim, PBX_END)->last_error,
          losses[i] < 11 ? ZRTP_ERROR_NONE : ZRTP_ERROR_TIMEOUT);
      if (acks || losses[i] < 11)
        assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
      /* However often it came, the user was told once. */
      fail_unless (pbx_common_events (sim, PHONE_END,
              ZRTP_EVENT_RELAYED_SAS) <= 1);
      fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
      fail_unless_equals_int (sim_state (sim, 1), ZRTP_STATE_SECURE);
      fail_unless (zrtp_stream_get_deadline (stream_of (sim, PBX_END))
          == ZRTP_NEVER);
      packet_log_free (log);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* A RelayACK to no SASrelay. */
GST_START_TEST (test_stray_ack)
{
  const ZrtpMessage message = {.type = ZRTP_MESSAGE_RELAY_ACK };
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  Sim *sim = run_call (32, TRUE);
  const ZrtpStreamInfo *info = zrtp_stream_get_info (stream_of (sim, PBX_END));

  sim_deliver (pbx_common_stream (sim, PBX_END), packet,
      sim_packet (packet, 0x1000, &message, NULL));
  fail_unless_equals_int (info->counters.dropped[ZRTP_DROP_UNEXPECTED], 1);
  /* From another endpoint it ends nothing. */
  {
    const ZrtpRelayedSas relayed = some_sas (0xff);

    fail_unless (send_sas (sim, &relayed));
    sim_deliver (pbx_common_stream (sim, PBX_END), packet,
        sim_packet (packet, 0x7777, &message, NULL));
    fail_unless_equals_int (info->counters.dropped[ZRTP_DROP_FOREIGN_SOURCE],
        1);
    fail_unless_equals_int (pbx_common_events (sim, PBX_END,
            ZRTP_EVENT_RELAY_ACK), 0);
  }
  sim_free (sim);
}

GST_END_TEST;

/* Who may send it, and when. */
/* Z-5.13-01 Z-5.13-03 Z-5.13-13 Z-7.3-02 */
GST_START_TEST (test_who_may_send)
{
  ZrtpRelayedSas relayed = some_sas (0xff);
  ZrtpSasRelayBody body;
  PacketLog *log;
  char *sas;
  Sim *sim;

  /* Without M: neither phone nor PBX. */
  sim = new_call (40, TRUE);
  sim->ends[PBX_END].policy.mitm = FALSE;
  pbx_common_run (sim);
  fail_if (send_sas (sim, &relayed));
  fail_if (zrtp_stream_relay_sas (stream_of (sim, PHONE_END), &relayed,
          sim->now));
  sim_free (sim);

  /* Not before all is secure. */
  sim = new_call (41, TRUE);
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  fail_if (send_sas (sim, &relayed));
  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  while (sim_state (sim, PBX_END) != ZRTP_STATE_SECURE) {
    ZrtpLeg leg;

    fail_if (send_sas (sim, &relayed));
    fail_if (zrtp_stream_get_leg (stream_of (sim, PBX_END), &leg));
    sim_run (sim, sim->now + SIM_MSEC);
  }
  pbx_common_settle (sim);
  fail_unless (send_sas (sim, &relayed));
  zrtp_stream_stop (stream_of (sim, PBX_END), sim->now);
  fail_if (send_sas (sim, &relayed));
  sim_free (sim);

  /* A rendering that the phone never offered is of no use. */
  sim = run_call (42, TRUE);
  relayed.sas_type = &zrtp_sas_b10d;
  fail_if (send_sas (sim, &relayed));
  sim_free (sim);

  /* Who is not enrolled gets no sashash, whatever is asked for. */
  sim = pbx_common_new (43, ALICE, ATLANTA);
  log = packet_log_new (sim);
  pbx_common_run (sim);
  sas = g_strdup (pbx_common_info (sim, PHONE_END)->sas);
  relayed.sas_type = &zrtp_sas_b32;
  relay (sim, &relayed);
  body = read_relay (log);
  for (guint i = 0; i < ZRTP_SECRET_SIZE; i++)
    fail_unless_equals_int (body.sashash[i], 0);
  assert_shown (sim, sas, ZRTP_TRUST_UNVERIFIED);
  packet_log_free (log);
  g_free (sas);
  sim_free (sim);
}

GST_END_TEST;

/* -- What a phone makes of it -- */

/* Makes a SASrelay as @end could, with any plain text. */
static gsize
forge (Sim * sim, guint end, const guint8 * plain, gsize size, guint8 * packet)
{
  ZrtpMessage message = {.type = ZRTP_MESSAGE_SAS_RELAY };
  guint8 text[64];

  memcpy (text, plain, size);
  zrtp_sealed_encrypt_and_mac (stream_of (sim, end), text, size,
      &message.u.sealed);
  return sim_packet (packet, 0x1000 * (end + 1), &message, NULL);
}

static gsize
forge_body (Sim * sim, guint end, const ZrtpSasRelayBody * body,
    guint8 * packet)
{
  guint8 text[64];

  return forge (sim, end, text, zrtp_sas_relay_body_write (body, text,
          sizeof text), packet);
}

static void
give_phone (Sim * sim, const guint8 * packet, gsize size, const char *answer)
{
  GString *trace = pbx_common_stream (sim, PHONE_END)->trace;

  g_string_truncate (trace, 0);
  sim_deliver (pbx_common_stream (sim, PHONE_END), packet, size);
  fail_unless_equals_string (trace->str, answer);
}

/* From an endpoint without M, from one that is not enrolled: never the sashash,
 * and without M not even the rendering. Always a RelayACK, never an Error. */
/* Z-7.3-05 Z-7.3-07 Z-5.13-04 Z-5.13-05 */
GST_START_TEST (test_untrusted)
{
  ZrtpSasRelayBody body = {.verified = TRUE,.sas_type = "B256" };

  memset (body.sashash, 0xff, sizeof body.sashash);
  for (guint mitm = 0; mitm < 2; mitm++) {
    for (guint enrolled = 0; enrolled < 2; enrolled++) {
      Sim *sim =
          pbx_common_new (50 + 2 * mitm + enrolled, enrolled ? BOB : ALICE,
          ATLANTA);
      guint8 packet[ZRTP_MAX_PACKET_SIZE];
      char *sas;

      if (enrolled && !pbx_common_has_pbxsecret (BOB, ATLANTA))
        pbx_common_enroll (60, BOB, ATLANTA);
      sim->ends[PBX_END].policy.mitm = mitm;
      pbx_common_run (sim);
      sas = g_strdup (pbx_common_info (sim, PHONE_END)->sas);
      give_phone (sim, packet, forge_body (sim, PBX_END, &body, packet),
          "RelayACK");
      if (mitm && enrolled) {
        assert_shown (sim, "Zulu Yucatan", ZRTP_TRUST_MITM_RELAYED);
      } else if (mitm) {
        g_autofree char *other =
            zrtp_sas_b256.render (sim->ends[PHONE_END].session->keys.sashash);

        assert_shown (sim, other, ZRTP_TRUST_UNVERIFIED);
        fail_if (pbx_common_info (sim, PHONE_END)->relayed);
        fail_if (pbx_common_info (sim, PHONE_END)->peer_verified);
      } else {
        assert_shown (sim, sas, ZRTP_TRUST_UNVERIFIED);
        fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
                ZRTP_EVENT_RELAYED_SAS), 0);
      }
      fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
              ZRTP_EVENT_ERROR), 0);
      g_free (sas);
      sim_free (sim);
    }
  }
}

GST_END_TEST;

/* MAC, unused bits, contents that make no sense, in either role. */
/* Z-5.13-06 Z-5.13-08 Z-5.13-10 Z-5.13-11 Z-5.13-14 */
GST_START_TEST (test_contents)
{
  for (guint initiator = 0; initiator < 2; initiator++) {
    Sim *sim = new_call (70 + initiator, TRUE);
    const ZrtpStreamInfo *info;
    ZrtpSasRelayBody body = {.sas_type = "B32 " };
    guint8 packet[ZRTP_MAX_PACKET_SIZE], text[64];
    gsize size;
    char *sas;

    sim->ends[1 - initiator].policy.passive = TRUE;
    pbx_common_run (sim);
    info = zrtp_stream_get_info (stream_of (sim, PHONE_END));
    sas = g_strdup (pbx_common_info (sim, PHONE_END)->sas);
    memset (body.sashash, 0xff, sizeof body.sashash);

    /* One bit of the cipher text, one of the MAC. */
    for (guint i = 0; i < 2; i++) {
      ZrtpMessage message;
      guint8 changed[ZRTP_MAX_PACKET_SIZE];

      size = forge_body (sim, PBX_END, &body, packet);
      fail_unless_equals_int (sim_packet_type (packet, size, &message),
          ZRTP_MESSAGE_SAS_RELAY);
      memcpy (text, message.u.sealed.encrypted.data, 40);
      message.u.sealed.encrypted.data = text;
      if (i)
        message.u.sealed.mac[7] ^= 1;
      else
        text[39] ^= 1;
      give_phone (sim, changed, sim_packet (changed, 0x2000, &message, NULL),
          "");
      fail_unless_equals_int (info->counters.dropped[ZRTP_DROP_BAD_MAC], i + 1);
    }
    /* Our own thrown back: under the other side's keys. */
    {
      ZrtpMessage message;
      guint8 changed[ZRTP_MAX_PACKET_SIZE];

      size = forge_body (sim, PHONE_END, &body, packet);
      sim_packet_type (packet, size, &message);
      give_phone (sim, changed, sim_packet (changed, 0x2000, &message, NULL),
          "");
    }
    fail_unless_equals_int (info->counters.dropped[ZRTP_DROP_BAD_MAC], 3);

    /* Genuine, and of no use: a signature that is not there, a rendering that
     * no endpoint knows, one that we did not offer. */
    size = zrtp_sas_relay_body_write (&body, text, sizeof text);
    text[2] = 2;
    give_phone (sim, packet, forge (sim, PBX_END, text, size, packet), "");
    memcpy (body.sas_type, "B999", 4);
    give_phone (sim, packet, forge_body (sim, PBX_END, &body, packet), "");
    memcpy (body.sas_type, "B10D", 4);
    give_phone (sim, packet, forge_body (sim, PBX_END, &body, packet), "");
    fail_unless_equals_int (info->counters.dropped[ZRTP_DROP_MALFORMED], 3);
    assert_shown (sim, sas, ZRTP_TRUST_UNVERIFIED);
    fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
            ZRTP_EVENT_RELAYED_SAS), 0);

    /* Unused bits, and undefined flags. */
    memcpy (body.sas_type, "B32 ", 4);
    size = zrtp_sas_relay_body_write (&body, text, sizeof text);
    text[0] = 0xff;
    text[1] = 0xfe;
    text[3] |= 0xf8;
    give_phone (sim, packet, forge (sim, PBX_END, text, size, packet),
        "RelayACK");
    assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
    g_free (sas);
    sim_free (sim);
  }
}

GST_END_TEST;

/* The flags of the far phone: they warn and restrict, they permit nothing; V
 * counts along with a SAS. */
/* Z-5.13-11 */
GST_START_TEST (test_flags)
{
  ZrtpRelayedSas relayed = some_sas (0xff);
  const ZrtpStreamInfo *info;
  PacketLog *log;
  Sim *sim = new_call (80, TRUE);

  for (guint e = 0; e < 2; e++) {
    sim->ends[e].policy.allow_clear = TRUE;
    sim->ends[e].policy.require_encryption = FALSE;
  }
  pbx_common_run (sim);
  info = zrtp_stream_get_info (stream_of (sim, PHONE_END));
  fail_unless (info->peer_allow_clear && !info->peer_disclosure);

  relayed.allow_clear = TRUE;
  relayed.verified = TRUE;
  relay (sim, &relayed);
  fail_unless (info->peer_allow_clear && !info->peer_disclosure);
  fail_unless (pbx_common_info (sim, PHONE_END)->peer_verified);
  relayed.disclosure = TRUE;
  relayed.allow_clear = FALSE;
  relayed.verified = FALSE;
  relay (sim, &relayed);
  fail_unless (!info->peer_allow_clear && info->peer_disclosure);
  fail_if (pbx_common_info (sim, PHONE_END)->peer_verified);
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_RELAYED_SAS), 2);
  relayed.disclosure = FALSE;
  relayed.allow_clear = TRUE;
  relay (sim, &relayed);
  fail_unless (!info->peer_allow_clear && info->peer_disclosure);
  sim_free (sim);

  /* A PBX that gives keys away says so itself. */
  sim = new_call (81, TRUE);
  sim->ends[PBX_END].policy.disclosure = TRUE;
  log = packet_log_new (sim);
  pbx_common_run (sim);
  relayed.disclosure = FALSE;
  relay (sim, &relayed);
  fail_unless (read_relay (log).disclosure);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The call is passed on to another endpoint; what was said before does not come
 * back, nor does a change that is none reach the user. */
GST_START_TEST (test_passed_on)
{
  const ZrtpRelayedSas to_carol = some_sas (1), to_alice = some_sas (0xff);
  ZrtpRelayedSas scheme = some_sas (0);
  Sim *sim = new_call (90, TRUE);
  PacketLog *log = packet_log_new (sim);
  const ZrtpSessionInfo *info;
  GBytes *old;
  guint8 packet[ZRTP_MAX_PACKET_SIZE];
  gsize size;

  pbx_common_run (sim);
  info = pbx_common_info (sim, PHONE_END);
  relay (sim, &to_carol);
  fail_unless_equals_int (info->sasvalue, 0x01010101);
  relay (sim, &to_alice);
  assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_RELAYED_SAS), 2);
  relay (sim, &to_alice);
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_RELAYED_SAS), 2);

  old = packet_log_get (log, PBX_END, ZRTP_MESSAGE_SAS_RELAY, 0)->octets;
  size = zrtp_packet_write (packet, sizeof packet, 0x7000, 0x2000,
      g_bytes_get_data (old, NULL), g_bytes_get_size (old));
  give_phone (sim, packet, size, "RelayACK");
  assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);

  /* Only the rendering, of what is shown. */
  scheme.sas_type = &zrtp_sas_b256;
  relay (sim, &scheme);
  assert_shown (sim, "Zulu Yucatan", ZRTP_TRUST_MITM_RELAYED);
  packet_log_free (log);
  sim_free (sim);
}

GST_END_TEST;

/* The phone remembers a bounded number of them; a SASrelay that is not read is
 * not acknowledged either. */
GST_START_TEST (test_many)
{
  Sim *sim = run_call (95, TRUE);
  ZrtpSasRelayBody body = {.sas_type = "B32 " };
  guint8 packet[ZRTP_MAX_PACKET_SIZE];

  for (guint i = 1; i <= 100; i++) {
    memset (body.sashash, i, sizeof body.sashash);
    give_phone (sim, packet, forge_body (sim, PBX_END, &body, packet),
        i <= 64 ? "RelayACK" : "");
  }
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_RELAYED_SAS), 64);
  fail_unless_equals_int (stream_of (sim, PHONE_END)->bound.relays_seen->len,
      64);
  sim_free (sim);
}

GST_END_TEST;

/* confirm_mac of a SASrelay does not cover the IV. */
static gboolean
change_ivs (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  guint *left = user_data;
  ZrtpMessage message;
  guint8 text[64];

  if (sim_packet_type (data, *size, &message) != ZRTP_MESSAGE_SAS_RELAY
      || *left == 0)
    return TRUE;
  --*left;
  memcpy (text, message.u.sealed.encrypted.data,
      message.u.sealed.encrypted.size);
  message.u.sealed.encrypted.data = text;
  message.u.sealed.iv[0] ^= 1;
  *size = sim_packet (data, 0x1000 * (from->endpoint->id + 1), &message, NULL);
  return TRUE;
}

/* The phone can't read a SASrelay with another IV: the PBX is not told that it
 * arrived, and the user of the phone learns of it. What was changed once does
 * not keep the genuine one out. */
/* Z-5.14-01 */
GST_START_TEST (test_changed_iv)
{
  static const guint changes[] = { 1, 3, 11 };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    const ZrtpRelayedSas relayed = some_sas (0xff);
    const gboolean taken = changes[i] < 11;
    Sim *sim = run_call (97 + i, TRUE);
    const ZrtpStreamInfo *info =
        zrtp_stream_get_info (stream_of (sim, PHONE_END));
    char *sas = g_strdup (pbx_common_info (sim, PHONE_END)->sas);
    guint left = changes[i];

    sim->filter = change_ivs;
    sim->filter_data = &left;
    fail_unless (send_sas (sim, &relayed));
    sim_run (sim, sim->now + 20 * SIM_SEC);
    fail_unless_equals_int (left, 0);
    fail_unless_equals_int (info->counters.dropped[ZRTP_DROP_MALFORMED],
        changes[i]);
    fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
            ZRTP_EVENT_SECURITY), changes[i]);
    fail_unless_equals_int (pbx_common_events (sim, PBX_END,
            ZRTP_EVENT_RELAY_ACK), 1);
    fail_unless_equals_int (pbx_common_stream (sim, PBX_END)->last_error,
        taken ? ZRTP_ERROR_NONE : ZRTP_ERROR_TIMEOUT);
    if (taken)
      assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
    else
      assert_shown (sim, sas, ZRTP_TRUST_UNVERIFIED);
    g_free (sas);
    sim_free (sim);
  }
}

GST_END_TEST;

/* An attacker who sends such packets faster than any PBX is told of no more
 * often than other forgers. */
GST_START_TEST (test_changed_ivs_are_limited)
{
  ZrtpSasRelayBody body = {.sas_type = "B32 " };
  Sim *sim = run_call (99, TRUE);
  guint8 packet[ZRTP_MAX_PACKET_SIZE], changed[ZRTP_MAX_PACKET_SIZE];
  ZrtpMessage message;
  gsize size = forge_body (sim, PBX_END, &body, packet);

  sim_packet_type (packet, size, &message);
  for (guint i = 0; i < 1000; i++) {
    zrtp_random_fill (&sim->random, message.u.sealed.iv, ZRTP_IV_SIZE);
    give_phone (sim, changed, sim_packet (changed, 0x2000, &message, NULL), "");
  }
  fail_unless_equals_int (pbx_common_events (sim, PHONE_END,
          ZRTP_EVENT_SECURITY), ZRTP_BURST);
  fail_unless_equals_int (zrtp_stream_get_info (stream_of (sim,
              PHONE_END))->counters.dropped[ZRTP_DROP_MALFORMED], 1000);
  give_phone (sim, packet, size, "RelayACK");
  sim_free (sim);
}

GST_END_TEST;

/* What the users say of a relayed SAS is not about the PBX: its V flag, name and
 * secrets stay. */
/* Z-7.1-01 Z-7.1-03 */
GST_START_TEST (test_users)
{
  const ZrtpRelayedSas relayed = some_sas (0xff), other = some_sas (0xee);
  ZrtpPeer before, after;
  ZrtpSession *session;
  Sim *sim = new_call (100, TRUE);

  /* The PBX itself is known and verified. */
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  zrtp_session_set_peer_name (sim->ends[PHONE_END].session, "the office", 0);
  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  fail_unless (zrtp_session_verify_sas (sim->ends[PHONE_END].session,
          sim->now));
  pbx_common_settle (sim);
  sim_free (sim);
  before = pbx_common_peer (BOB, ATLANTA);
  fail_unless (before.verified && before.have_pbx);
  fail_unless_equals_string (before.name, "the office");

  sim = run_call (102, TRUE);
  session = sim->ends[PHONE_END].session;
  zrtp_session_set_peer_name (session, "Alice", sim->now);
  fail_unless (pbx_common_info (sim, PHONE_END)->verified);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->trust,
      ZRTP_TRUST_NAME_MISMATCH);
  relay (sim, &relayed);
  assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
  fail_if (pbx_common_info (sim, PHONE_END)->verified);

  fail_unless (zrtp_session_verify_sas (session, sim->now));
  pbx_common_settle (sim);
  fail_unless (pbx_common_info (sim, PHONE_END)->verified);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->trust,
      ZRTP_TRUST_MITM_RELAYED);
  fail_unless (zrtp_session_unverify_sas (session, sim->now));
  fail_if (pbx_common_info (sim, PHONE_END)->verified);
  fail_unless (zrtp_session_reject_sas (session, sim->now));
  pbx_common_settle (sim);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->trust,
      ZRTP_TRUST_SAS_MISMATCH);
  /* The next one to talk to is another endpoint. */
  relay (sim, &other);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->trust,
      ZRTP_TRUST_MITM_RELAYED);

  after = pbx_common_peer (BOB, ATLANTA);
  fail_unless (after.verified && after.have_pbx && after.have_rs1
      && after.have_rs2);
  fail_unless_equals_string (after.name, "the office");
  zrtp_peer_clear (&before);
  zrtp_peer_clear (&after);
  sim_free (sim);
}

GST_END_TEST;

/* An endpoint that forgets a PBX sees the SAS of the call with it again, and no
 * other, though the PBX goes on. */
/* Z-7.3-05 */
GST_START_TEST (test_forgotten)
{
  const ZrtpRelayedSas relayed = some_sas (0xff), other = some_sas (0xee);
  Sim *sim = run_call (103, TRUE);
  char *sas = g_strdup (pbx_common_info (sim, PHONE_END)->sas);
  ZrtpSession *session = sim->ends[PHONE_END].session;

  relay (sim, &relayed);
  assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
  fail_unless (zrtp_session_verify_sas (session, sim->now));
  fail_unless (zrtp_session_forget_peer (session, sim->now));
  pbx_common_settle (sim);
  for (guint i = 0; i < 2; i++) {
    assert_shown (sim, sas, ZRTP_TRUST_UNVERIFIED);
    fail_if (pbx_common_info (sim, PHONE_END)->relayed);
    fail_if (pbx_common_info (sim, PHONE_END)->verified);
    fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->enrollment,
        ZRTP_ENROLLMENT_NONE);
    fail_unless_equals_int (pbx_common_events (sim, PHONE_END, ZRTP_EVENT_SAS),
        3);
    relay (sim, &other);
  }
  fail_unless_equals_int (pbx_common_events (sim, PBX_END,
          ZRTP_EVENT_RELAY_ACK), 3);
  fail_if (pbx_common_has_pbxsecret (BOB, ATLANTA));
  g_free (sas);
  sim_free (sim);
}

GST_END_TEST;

/* The PBX lost its rs1, but not the pbxsecret: an alarm, and nothing is written
 * before the users compared. That vouches for no V flag. */
/* Z-4.6.1.1-01 Z-4.3.2-01 */
GST_START_TEST (test_mismatch)
{
  const ZrtpPeerUpdate clear = {.changes = ZRTP_PEER_CLEAR_SECRETS };
  const ZrtpRelayedSas relayed = some_sas (0xff);
  ZrtpPeer before, after;
  guint8 zid[ZRTP_ZID_SIZE];
  Sim *sim;

  sim_free (run_call (105, TRUE));
  zrtp_cache_get_zid (pbx_common_cache[BOB], zid);
  fail_unless (zrtp_cache_update (pbx_common_cache[ATLANTA], zid, 1800000000,
          &clear, NULL));
  before = pbx_common_peer (BOB, ATLANTA);
  sim = run_call (106, TRUE);
  relay (sim, &relayed);
  assert_shown (sim, "9999", ZRTP_TRUST_CACHE_MISMATCH);
  after = pbx_common_peer (BOB, ATLANTA);
  fail_unless (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) == 0);
  zrtp_peer_clear (&after);

  fail_unless (zrtp_session_verify_sas (sim->ends[PHONE_END].session,
          sim->now));
  pbx_common_settle (sim);
  assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
  after = pbx_common_peer (BOB, ATLANTA);
  fail_if (memcmp (before.rs1, after.rs1, ZRTP_SECRET_SIZE) == 0);
  fail_if (after.verified);
  zrtp_peer_clear (&after);
  zrtp_peer_clear (&before);
  sim_free (sim);
}

GST_END_TEST;

/* On a second stream, which has keys of its own and no SAS. */
/* Z-7-01 Z-5.13-06 */
GST_START_TEST (test_second_stream)
{
  const ZrtpRelayedSas relayed = some_sas (0xff);
  Sim *sim = new_call (110, TRUE);

  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 2);
  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  pbx_common_settle (sim);
  for (guint i = 0; i < 2; i++) {
    ZrtpStream *stream = sim->ends[PBX_END].streams[i].stream;

    if (zrtp_stream_get_info (stream)->key_agreement
        != &zrtp_key_agreement_mult)
      continue;
    fail_unless (zrtp_stream_relay_sas (stream, &relayed, sim->now));
    pbx_common_settle (sim);
    fail_unless (strstr (sim->ends[PHONE_END].streams[i].trace->str,
            "RelayACK") != NULL);
  }
  assert_shown (sim, "9999", ZRTP_TRUST_MITM_RELAYED);
  sim_free (sim);
}

GST_END_TEST;

static Suite *
sasrelay_suite (void)
{
  Suite *suite = suite_create ("sasrelay");
  TCase *tc = tcase_create ("sasrelay");

  suite_add_tcase (suite, tc);
  tcase_add_checked_fixture (tc, pbx_common_setup, pbx_common_teardown);
  tcase_add_test (tc, test_repeated);
  tcase_add_test (tc, test_stray_ack);
  tcase_add_test (tc, test_who_may_send);
  tcase_add_test (tc, test_untrusted);
  tcase_add_test (tc, test_contents);
  tcase_add_test (tc, test_flags);
  tcase_add_test (tc, test_passed_on);
  tcase_add_test (tc, test_many);
  tcase_add_test (tc, test_changed_iv);
  tcase_add_test (tc, test_changed_ivs_are_limited);
  tcase_add_test (tc, test_users);
  tcase_add_test (tc, test_forgotten);
  tcase_add_test (tc, test_mismatch);
  tcase_add_test (tc, test_second_stream);
  return suite;
}

GST_CHECK_MAIN (sasrelay);
