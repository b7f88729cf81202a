/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drives two endpoints and the network between them: an input is a list of
 * steps that deliver, lose, double, change, forge and play back packets, let time
 * pass, finish jobs and act for the application. Whatever comes, no stream is secure
 * without the other's keys or clear again after secure, timers lie ahead, and
 * afterwards a call without an attacker works.
 */
#include "fuzz-known.h"

#include <string.h>

#include "zrtp/crypto/zrtpcrypto.h"

#define MAX_STEPS 400
#define N_QUIET 6               /* timers of a call that is secure */

/* -- Packets -- */

static const guint8 *
get_seal (const ZrtpStream * stream, const guint8 * message)
{
  switch (message[4]) {
    case 'H':
      return message[9] == ' ' ? stream->own.chain[2] : NULL;
    case 'C':
      return message[7] == 'm' ? stream->own.chain[1] : NULL;
    case 'D':
      return stream->own.chain[0];
    default:
      return NULL;
  }
}

/* Changes an octet of what is next, its CRC right; with the sender's own chain
 * if @from is given, as the peer itself could. */
static void
deliver_changed (World * world, End * to, const ZrtpStream * from)
{
  const guint at = fuzz_take (&world->input) | fuzz_take (&world->input) << 8;
  const guint8 by = fuzz_take (&world->input);
  GBytes *waiting = g_queue_peek_head (&to->waiting);
  guint8 message[ZRTP_MAX_MESSAGE_SIZE], out[ZRTP_MAX_PACKET_SIZE];
  const guint8 *seal;
  ZrtpPacket packet;
  gsize size;

  if (!waiting || zrtp_packet_parse (g_bytes_get_data (waiting, NULL),
          g_bytes_get_size (waiting), &packet) != ZRTP_DROP_NONE)
    return;
  memcpy (message, packet.message, packet.message_size);
  message[at % packet.message_size] ^= by;
  seal = from ? get_seal (from, message) : NULL;
  if (seal && packet.message_size > 12 + ZRTP_MAC_SIZE)
    zrtp_message_sign (message, packet.message_size, seal);
  size = zrtp_packet_write (out, sizeof out, packet.sequence, packet.ssrc,
      message, packet.message_size);
  world_receive (world, to, out, size);
}

/* A message of any type, the body out of the input. */
static void
forge (World * world, End * to, guint32 peer_ssrc)
{
  static const struct
  {
    const char *name;
    guint words;
  } types[] = {
    {"Hello   ", 22}, {"HelloACK", 3}, {"Commit  ", 29}, {"Commit  ", 27},
    {"Commit  ", 25}, {"DHPart1 ", 29}, {"DHPart2 ", 29}, {"Confirm1", 19},
    {"Confirm2", 19}, {"Conf2ACK", 3}, {"Error   ", 4}, {"ErrorACK", 3},
    {"GoClear ", 5}, {"ClearACK", 3}, {"SASrelay", 19}, {"RelayACK", 3},
    {"Ping    ", 6}, {"PingACK ", 9}
  };
  const guint8 what = fuzz_take (&world->input);
  const guint8 source = fuzz_take (&world->input);
  const guint row = what % G_N_ELEMENTS (types);
  const gsize size = 4 * types[row].words;
  guint8 message[4 * 29], out[ZRTP_MAX_PACKET_SIZE];

  message[0] = 0x50;
  message[1] = 0x5a;
  message[2] = 0;
  message[3] = types[row].words;
  memcpy (message + 4, types[row].name, 8);
  for (gsize i = 12; i < size; i++)
    message[i] = fuzz_take (&world->input);
  if (row == 0) {
    memcpy (message + 12, ZRTP_VERSION, 4);
    memset (message + 77, 0, 3);        /* no list of its own */
  }
  world_receive (world, to, out, zrtp_packet_write (out, sizeof out, 7,
          source & 1 ? source : peer_ssrc, message, size));
}

static void
play_back (World * world, End * to)
{
  const guint n = fuzz_take (&world->input) | fuzz_take (&world->input) << 8;

  if (world->history->len > 0)
    world_receive_bytes (world, to, g_ptr_array_index (world->history,
            n % world->history->len));
}

/* What it sent last comes back, under the other's SSRC or its own. */
static void
reflect (World * world, End * to, guint32 peer_ssrc)
{
  const gboolean own = fuzz_take (&world->input) & 1;
  guint8 out[ZRTP_MAX_PACKET_SIZE];
  ZrtpPacket packet;

  if (!to->last_sent || zrtp_packet_parse (g_bytes_get_data (to->last_sent,
              NULL), g_bytes_get_size (to->last_sent), &packet)
      != ZRTP_DROP_NONE)
    return;
  world_receive (world, to, out, zrtp_packet_write (out, sizeof out, 9,
          own ? packet.ssrc : peer_ssrc, packet.message, packet.message_size));
}

static void
receive_noise (World * world, End * to)
{
  guint8 noise[64];
  const gsize size = fuzz_take (&world->input) % sizeof noise;

  for (gsize i = 0; i < size; i++)
    noise[i] = fuzz_take (&world->input);
  world_receive (world, to, noise, size);
}

/* -- What an application does -- */

static void
tell_hash (World * world, End * end, const End * other, guint8 how)
{
  const char *value = NULL;

  if (how == 0)
    value = zrtp_stream_get_hello_hash (other->stream);
  else if (how == 1)
    value = zrtp_stream_get_hello_hash (end->stream);
  zrtp_stream_set_peer_hello_hash (end->stream, value, world->now);
}

/* SRTP counts only if it can have authenticated. */
static void
let_media_come (World * world, End * end, const End * other)
{
  if (zrtp_stream_get_info (end->stream)->receive == ZRTP_MEDIA_SECURE
      && zrtp_stream_get_info (other->stream)->send == ZRTP_MEDIA_SECURE
      && memcmp (&end->receive_key, &other->send_key, sizeof (Key)) == 0)
    zrtp_stream_media_received (end->stream, ZRTP_MEDIA_SECURE, world->now);
}

static void
stop (World * world, End * end)
{
  zrtp_stream_stop (end->stream, world->now);
  FUZZ_CHECK (zrtp_stream_get_info (end->stream)->state == ZRTP_STATE_IDLE);
  end->had_keys = FALSE;        /* the call is over */
  world_drain (world);
}

static void
use_signatures (World * world, Side * side, guint8 how)
{
  ZrtpSignature signature = { NULL, NULL };
  guint8 sashash[ZRTP_SECRET_SIZE];
  char *reason = NULL;

  if (!zrtp_session_get_sashash (side->session, sashash))
    return;
  if (how & 2) {                /* of the form that X.509 has */
    signature.certificate = g_bytes_new (sashash, 30);
    signature.signature = g_bytes_new_take (g_malloc0 (64), 64);
  }
  zrtp_session_sign_sas (side->session, sashash,
      how & 2 ? &signature : NULL, world->now, &reason);
  zrtp_signature_clear (&signature);
  g_free (reason);
  if (how & 1)
    zrtp_session_accept_signature (side->session, sashash, NULL, world->now);
  else
    zrtp_session_reject_signature (side->session, sashash, world->now);
}

static void
relay (World * world, End * end)
{
  ZrtpRelayedSas relayed = {.sas_type = &zrtp_sas_b32,.verified = TRUE };

  world->relayed = TRUE;
  memset (relayed.sashash, fuzz_take (&world->input), sizeof relayed.sashash);
  zrtp_stream_relay_sas (end->stream, &relayed, world->now);
}

/* Whose user says so although the other has no SAS to compare counts on what the
 * other may never have written. */
static void
verify_sas (World * world, Side * side)
{
  const Side *other = &world->sides[side == &world->sides[0]];

  if (!zrtp_session_get_info (other->session)->have_sas)
    world->memory_sound = FALSE;
  side->vouched = TRUE;
  zrtp_session_verify_sas (side->session, world->now);
}

static void
act_on_session (World * world, Side * side, guint8 act)
{
  switch (act) {
    case 0:
      verify_sas (world, side);
      break;
    case 1:
      zrtp_session_unverify_sas (side->session, world->now);
      break;
    case 2:
      world->memory_sound = FALSE;
      zrtp_session_reject_sas (side->session, world->now);
      break;
    case 3:
      world->memory_sound = FALSE;
      zrtp_session_forget_peer (side->session, world->now);
      break;
    case 4:
      zrtp_session_go_clear (side->session, world->now);
      break;
    case 5:
      zrtp_session_accept_clear (side->session, world->now);
      break;
    case 6:
      zrtp_session_accept_enrollment (side->session, world->now);
      break;
    case 7:
      zrtp_session_set_peer_name (side->session,
          fuzz_take (&world->input) & 1 ? "Bob" : NULL, world->now);
      break;
    case 8:
      use_signatures (world, side, fuzz_take (&world->input));
      break;
    default:
      zrtp_session_set_aux_secret (side->session, side->zid,
          fuzz_take (&world->input) % sizeof side->zid);
      break;
  }
}

static void
act_on_stream (World * world, guint which, guint i, guint8 act)
{
  Side *side = &world->sides[which];
  End *end = &side->ends[i], *other = &world->sides[1 - which].ends[i];

  switch (act) {
    case 0:
      zrtp_stream_go_secure (end->stream, world->now);
      break;
    case 1:
      zrtp_stream_media_received (end->stream, ZRTP_MEDIA_CLEAR, world->now);
      break;
    case 2:
      let_media_come (world, end, other);
      break;
    case 3:
      zrtp_stream_accept_fork (end->stream, world->sides[1 - which].zid,
          world->now);
      break;
    case 4:
      stop (world, end);
      break;
    case 5:
      world_start (world, which, i);
      break;
    case 6:
      zrtp_stream_restart_discovery (end->stream, world->now);
      break;
    case 7:
      relay (world, end);
      break;
    default:
      tell_hash (world, end, other, fuzz_take (&world->input) % 3);
      break;
  }
}

/* Both users hang up, and call once more. */
static void
call_anew (World * world)
{
  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    for (guint i = 0; i < world->n_streams; i++) {
      stop (world, &side->ends[i]);
      zrtp_stream_renew_hello (side->ends[i].stream, &side->policy, side->zid);
    }
  }
  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world->n_streams; i++)
      world_start (world, which, i);
}

/* -- Steps -- */

static void
step (World * world)
{
  const guint8 code = fuzz_take (&world->input);
  const guint which = code >> 7, i = code >> 6 & (world->n_streams - 1);
  End *to = &world->sides[which].ends[i];
  End *other = &world->sides[1 - which].ends[i];
  const guint32 peer_ssrc = 0x1000 * (2 - which) + i;

  switch (code & 0x0f) {
    case 0:
    case 1:
      world_deliver (world, to);
      break;
    case 2:
      world_let_flow (world, 1);
      break;
    case 3:
      if (!g_queue_is_empty (&to->waiting))
        g_bytes_unref (g_queue_pop_head (&to->waiting));
      break;
    case 4:
      if (!g_queue_is_empty (&to->waiting))
        world_receive_bytes (world, to, g_queue_peek_head (&to->waiting));
      break;
    case 5:
      if (!g_queue_is_empty (&to->waiting))
        g_queue_push_tail (&to->waiting, g_queue_pop_head (&to->waiting));
      break;
    case 6:
      deliver_changed (world, to, NULL);
      break;
    case 7:
      world->memory_sound = FALSE;      /* it may say that it has no secret */
      deliver_changed (world, to, other->stream);
      break;
    case 8:
      forge (world, to, peer_ssrc);
      break;
    case 9:
      play_back (world, to);
      break;
    case 10:
      reflect (world, to, peer_ssrc);
      break;
    case 11:
      world_wait_for_timer (world);
      break;
    case 12:
      world_wait_until (world, world->now
          + fuzz_take (&world->input) * 100 * ZRTP_MSEC);
      break;
    case 13:
      if (code & 0x20)
        call_anew (world);
      else
        world_finish_job (world, &world->sides[which], to);
      break;
    case 14:
      if (code & 0x20)
        known_act (world, &world->sides[which]);
      else
        act_on_session (world, &world->sides[which],
            fuzz_take (&world->input) % 10);
      break;
    case 15:
      if (code & 0x20)
        receive_noise (world, to);
      else
        act_on_stream (world, which, i, fuzz_take (&world->input) % 9);
      break;
  }
  world_drain (world);
}

/* -- The end -- */

static gboolean
all_are_secure (World * world)
{
  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world->n_streams; i++)
      if (zrtp_stream_get_info (world->sides[which].ends[i].stream)->state
          != ZRTP_STATE_SECURE)
        return FALSE;
  return TRUE;
}

/* A call without an attacker: secure in time, and still so some timers later. */
static void
call_undisturbed (World * world)
{
  guint quiet = 0;

  call_anew (world);
  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world->n_streams; i++) {
      ZrtpStream *stream = world->sides[which].ends[i].stream;

      zrtp_stream_set_peer_hello_hash (stream, NULL, world->now);
      zrtp_stream_go_secure (stream, world->now);
    }
  for (guint n = 0; n < 200 && quiet < N_QUIET; n++) {
    world_let_flow (world, 2);
    world_wait_for_timer (world);
    quiet = all_are_secure (world) ? quiet + 1 : 0;
  }
  FUZZ_CHECK (quiet > 0);
}

/* The attacker is gone. */
static void
clear_the_way (World * world)
{
  world_let_flow (world, 1);
  for (guint which = 0; which < 2; which++) {
    Side *side = &world->sides[which];

    side->broken = FALSE;
    for (guint i = 0; i < world->n_streams; i++)
      g_queue_clear_full (&side->ends[i].waiting,
          (GDestroyNotify) g_bytes_unref);
  }
}

/* 4.6.1.1: the users compare their SAS, whatever alarm there was. */
static void
compare_sas (World * world)
{
  const char *sas[2];

  for (guint which = 0; which < 2; which++)
    sas[which] = zrtp_session_get_info (world->sides[which].session)->sas;
  FUZZ_CHECK (sas[0] && sas[1] && strcmp (sas[0], sas[1]) == 0);
  for (guint which = 0; which < 2; which++)
    verify_sas (world, &world->sides[which]);
  world_let_flow (world, 1);
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  World world;

  world_init (&world, data, size);
  for (guint which = 0; which < 2; which++)
    for (guint i = 0; i < world.n_streams; i++)
      world_start (&world, which, i);
  world_drain (&world);
  for (guint n = 0; n < MAX_STEPS && world.input.left > 0; n++)
    step (&world);
  world_check_heap (&world);
  clear_the_way (&world);
  call_undisturbed (&world);
  compare_sas (&world);
  if (world.sides[0].cache) {
    world.memory_sound = TRUE;
    call_undisturbed (&world);
    FUZZ_CHECK (known_same_secret (&world));
  }
  world_clear (&world);
  return 0;
}
