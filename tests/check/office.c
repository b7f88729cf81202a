/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "office.h"

#include <string.h>

#include "cache-common.h"

#define WALL 1800000000

ZrtpCache *office_cache[OFFICE_SIZE];

/* Hands out one ZID. */
static void
fill_zid (gpointer user_data, guint8 * out, gsize size)
{
  memset (out, 'A' + GPOINTER_TO_UINT (user_data), size);
}

void
office_setup (void)
{
  cache_folder_make ();
  for (guint i = 0; i < OFFICE_SIZE; i++) {
    const ZrtpRandom random = { fill_zid, GUINT_TO_POINTER (i) };
    char *name = g_strdup_printf ("%u.sqlite", i);
    GError *error = NULL;

    office_cache[i] = zrtp_cache_open (in_folder (name), &random, &error);
    fail_unless (office_cache[i] != NULL, "%s", error ? error->message : "");
    g_free (name);
  }
}

void
office_teardown (void)
{
  for (guint i = 0; i < OFFICE_SIZE; i++)
    g_clear_pointer (&office_cache[i], zrtp_cache_unref);
  cache_folder_remove ();
}

Sim *
office_new (guint64 seed, Office phone, Office pbx)
{
  Sim *sim = sim_new (seed);

  sim->wall = WALL;
  sim->ends[PHONE_END].cache = office_cache[phone];
  sim->ends[PBX_END].cache = office_cache[pbx];
  for (guint e = 0; e < 2; e++)
    sim->ends[e].policy.cacheless = FALSE;
  sim->ends[PBX_END].policy.mitm = TRUE;
  return sim;
}

void
office_settle (Sim * sim)
{
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
}

void
office_run (Sim * sim)
{
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  /* They talk. */
  for (guint e = 0; e < 2; e++)
    zrtp_stream_media_received (office_stream (sim, e)->stream,
        ZRTP_MEDIA_SECURE, sim->now);
  office_settle (sim);
}

Sim *
office_call (guint64 seed, Office phone, Office pbx)
{
  Sim *sim = office_new (seed, phone, pbx);

  office_run (sim);
  sim_assert_agreed (sim);
  return sim;
}

void
office_enroll (guint64 seed, Office phone, Office pbx)
{
  Sim *sim = office_new (seed, phone, pbx);

  sim->ends[PBX_END].policy.enroll = TRUE;
  office_run (sim);
  fail_unless (zrtp_session_accept_enrollment (sim->ends[PHONE_END].session,
          sim->now));
  office_settle (sim);
  fail_unless_equals_int (office_info (sim, PHONE_END)->enrollment,
      ZRTP_ENROLLMENT_ACCEPTED);
  sim_free (sim);
}

ZrtpPeer
office_peer (Office who, Office whom)
{
  guint8 zid[ZRTP_ZID_SIZE];
  ZrtpPeer peer;

  zrtp_cache_get_zid (office_cache[whom], zid);
  fail_unless (zrtp_cache_lookup (office_cache[who], zid, WALL, &peer, NULL));
  return peer;
}

gboolean
office_has_pbxsecret (Office who, Office whom)
{
  ZrtpPeer peer = office_peer (who, whom);
  const gboolean result = peer.have_pbx;

  zrtp_peer_clear (&peer);
  return result;
}

SimStream *
office_stream (Sim * sim, guint end)
{
  return &sim->ends[end].streams[0];
}

const ZrtpSessionInfo *
office_info (Sim * sim, guint end)
{
  return zrtp_session_get_info (sim->ends[end].session);
}

guint
office_events (Sim * sim, guint end, ZrtpEventType type)
{
  return office_stream (sim, end)->n_events[type];
}

void
office_read_confirm (Wire * wire, guint end, ZrtpConfirmBody * body)
{
  ZrtpStream *peer = office_stream (wire->sim, 1 - end)->stream;
  const ZrtpMessageType type =
      zrtp_stream_get_info (peer)->role == ZRTP_ROLE_RESPONDER ?
      ZRTP_MESSAGE_CONFIRM2 : ZRTP_MESSAGE_CONFIRM1;
  const ZrtpSealed *sealed = &wire_get (wire, end, type, 0)->message.u.sealed;
  guint8 *text;

  fail_unless (zrtp_sealed_check_mac (peer, sealed));
  text = zrtp_sealed_decrypt (peer, sealed);
  fail_unless (zrtp_confirm_body_parse (text, sealed->encrypted.size, body));
  body->signature = zrtp_octets (NULL, 0);
  g_free (text);
}

gboolean
office_change_confirm (SimStream * from, guint8 * data, gsize * size,
    OfficeChange change)
{
  ZrtpStream *stream = from->stream;
  guint8 text[ZRTP_MAX_MESSAGE_SIZE], buffer[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpConfirmBody body;
  ZrtpMessage message;
  ZrtpPacket packet;
  ZrtpSealed *sealed = &message.u.sealed;
  guint8 *plain;

  if (zrtp_packet_parse (data, *size, &packet) != ZRTP_DROP_NONE
      || zrtp_message_parse (packet.message, packet.message_size, &message)
      != ZRTP_DROP_NONE || (message.type != ZRTP_MESSAGE_CONFIRM1
          && message.type != ZRTP_MESSAGE_CONFIRM2))
    return FALSE;
  plain = g_memdup2 (sealed->encrypted.data, sealed->encrypted.size);
  stream->bound.cipher->cfb_decrypt (zrtp_stream_own_keys (stream)->zrtp_key,
      sealed->iv, plain, sealed->encrypted.size);
  fail_unless (zrtp_confirm_body_parse (plain, sealed->encrypted.size, &body));
  change (&body);
  zrtp_sealed_encrypt_and_mac (stream, text,
      zrtp_confirm_body_write (&body, text, sizeof text), sealed);
  *size = zrtp_packet_write (data, ZRTP_MAX_PACKET_SIZE, packet.sequence,
      packet.ssrc, buffer, zrtp_message_write (&message, buffer,
          sizeof buffer));
  fail_unless (*size > 0);
  g_free (plain);
  return TRUE;
}
