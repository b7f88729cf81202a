/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "pbx-common.h"

#include <string.h>

#include "cache-common.h"

#define WALL 1800000000

ZrtpCache *pbx_common_cache[OFFICE_SIZE];

/* Hands out one ZID. */
static void
fill_zid (gpointer user_data, guint8 * out, gsize size)
{
  memset (out, 'A' + GPOINTER_TO_UINT (user_data), size);
}

void
pbx_common_setup (void)
{
  cache_folder_make ();
  for (guint i = 0; i < OFFICE_SIZE; i++) {
    const ZrtpRandom random = { fill_zid, GUINT_TO_POINTER (i) };
    char *name = g_strdup_printf ("%u.sqlite", i);
    GError *error = NULL;

    pbx_common_cache[i] = zrtp_cache_open (in_folder (name), &random, &error);
    fail_unless (pbx_common_cache[i] != NULL, "%s",
        error ? error->message : "");
    g_free (name);
  }
}

void
pbx_common_teardown (void)
{
  for (guint i = 0; i < OFFICE_SIZE; i++)
    g_clear_pointer (&pbx_common_cache[i], zrtp_cache_unref);
  cache_folder_remove ();
}

Sim *
pbx_common_new (guint64 seed, PbxParty phone, PbxParty pbx)
{
  Sim *sim = sim_new (seed);

  sim->wall = WALL;
  sim->ends[PHONE_END].cache = pbx_common_cache[phone];
  sim->ends[PBX_END].cache = pbx_common_cache[pbx];
  for (guint e = 0; e < 2; e++)
    sim->ends[e].policy.cacheless = FALSE;
  sim->ends[PBX_END].policy.mitm = TRUE;
  return sim;
}

void
pbx_common_settle (Sim * sim)
{
  sim_drain (sim, 0);
  sim_drain (sim, 1);
  sim_run (sim, sim->now + SIM_SEC);
}

void
pbx_common_run (Sim * sim)
{
  for (guint e = 0; e < 2; e++)
    sim_make (sim, e, 1);
  for (guint e = 0; e < 2; e++)
    sim_start (sim, e);
  fail_unless (sim_run_until_secure (sim, 5 * SIM_SEC));
  /* They talk. */
  for (guint e = 0; e < 2; e++)
    zrtp_stream_media_received (pbx_common_stream (sim, e)->stream,
        ZRTP_MEDIA_SECURE, sim->now);
  pbx_common_settle (sim);
}

Sim *
pbx_common_call (guint64 seed, PbxParty phone, PbxParty pbx)
{
  Sim *sim = pbx_common_new (seed, phone, pbx);

  pbx_common_run (sim);
  sim_assert_agreed (sim);
  return sim;
}

void
pbx_common_enroll (guint64 seed, PbxParty phone, PbxParty pbx)
{
  Sim *sim = pbx_common_new (seed, phone, pbx);

  sim->ends[PBX_END].policy.enroll = TRUE;
  pbx_common_run (sim);
  fail_unless (zrtp_session_accept_enrollment (sim->ends[PHONE_END].session,
          sim->now));
  pbx_common_settle (sim);
  fail_unless_equals_int (pbx_common_info (sim, PHONE_END)->enrollment,
      ZRTP_ENROLLMENT_ACCEPTED);
  sim_free (sim);
}

ZrtpPeer
pbx_common_peer (PbxParty who, PbxParty of)
{
  guint8 zid[ZRTP_ZID_SIZE];
  ZrtpPeer peer;

  zrtp_cache_get_zid (pbx_common_cache[of], zid);
  fail_unless (zrtp_cache_lookup (pbx_common_cache[who], zid, WALL, &peer,
          NULL));
  return peer;
}

gboolean
pbx_common_has_pbxsecret (PbxParty who, PbxParty of)
{
  ZrtpPeer peer = pbx_common_peer (who, of);
  const gboolean result = peer.have_pbx;

  zrtp_peer_clear (&peer);
  return result;
}

SimStream *
pbx_common_stream (Sim * sim, guint end)
{
  return &sim->ends[end].streams[0];
}

const ZrtpSessionInfo *
pbx_common_info (Sim * sim, guint end)
{
  return zrtp_session_get_info (sim->ends[end].session);
}

guint
pbx_common_events (Sim * sim, guint end, ZrtpEventType type)
{
  return pbx_common_stream (sim, end)->n_events[type];
}

void
pbx_common_read_confirm (PacketLog * log, guint end, ZrtpConfirmBody * body)
{
  ZrtpStream *peer = pbx_common_stream (log->sim, 1 - end)->stream;
  const ZrtpMessageType type =
      zrtp_stream_get_info (peer)->role == ZRTP_ROLE_RESPONDER ?
      ZRTP_MESSAGE_CONFIRM2 : ZRTP_MESSAGE_CONFIRM1;
  const ZrtpSealed *sealed =
      &packet_log_get (log, end, type, 0)->message.u.sealed;
  guint8 *text;

  fail_unless (zrtp_sealed_check_mac (peer, sealed));
  text = zrtp_sealed_decrypt (peer, sealed);
  fail_unless (zrtp_confirm_body_parse (text, sealed->encrypted.size, body));
  body->signature = zrtp_octets (NULL, 0);
  g_free (text);
}

gboolean
pbx_common_change_confirm (SimStream * from, guint8 * data, gsize * size,
    PbxChange change)
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
