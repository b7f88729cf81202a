/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "attacker.h"

#include <gst/check/gstcheck.h>
#include <string.h>

Sim *
attacker_new_call (guint64 seed, const char *key_agreement)
{
  Sim *sim = sim_new (seed);

  for (guint e = 0; e < 2; e++)
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            key_agreement,
            &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim_start (sim, 0);
  sim_start (sim, 1);
  return sim;
}

Sim *
attacker_new_secure_call (guint64 seed)
{
  Sim *sim = attacker_new_call (seed, "X255");

  fail_unless (sim_run_until_secure (sim, SIM_SEC));
  sim_run (sim, sim->now + SIM_SEC);
  return sim;
}

const ZrtpStreamInfo *
info_of (SimStream * s)
{
  return zrtp_stream_get_info (s->stream);
}

guint64
dropped (SimStream * s, ZrtpDrop cause)
{
  return info_of (s)->counters.dropped[cause];
}

guint64
all_dropped (SimStream * s)
{
  guint64 sum = 0;

  for (guint i = 0; i < ZRTP_N_DROPS; i++)
    sum += dropped (s, i);
  return sum;
}

static const guint8 *
seal_of (SimStream * from, ZrtpMessageType type)
{
  switch (type) {
    case ZRTP_MESSAGE_HELLO:
      return from->stream->own.chain[2];
    case ZRTP_MESSAGE_COMMIT:
      return from->stream->own.chain[1];
    case ZRTP_MESSAGE_DHPART1:
    case ZRTP_MESSAGE_DHPART2:
      return from->stream->own.chain[0];
    default:
      return NULL;
  }
}

gboolean
attacker_change (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Change *change = user_data;
  ZrtpMessage message;
  guint8 buffer[ZRTP_MAX_MESSAGE_SIZE];
  ZrtpPacket packet;
  const guint8 *seal;
  gsize message_size;

  if (sim_packet_type (data, *size, &message) != (gint) change->type
      || (change->once && change->hits > 0))
    return TRUE;
  change->hits++;
  fail_unless_equals_int (zrtp_packet_parse (data, *size, &packet),
      ZRTP_DROP_NONE);
  seal = seal_of (from, change->type);
  change->tamper (sim, from, &message);
  message_size = zrtp_message_write (&message, buffer, sizeof buffer);
  if (seal && change->reseal)
    zrtp_message_sign (buffer, message_size, seal);
  else if (seal)                /* the old MAC stays */
    memcpy (buffer + message_size - ZRTP_MAC_SIZE,
        packet.message + packet.message_size - ZRTP_MAC_SIZE, ZRTP_MAC_SIZE);
  *size = zrtp_packet_write (data, ZRTP_MAX_PACKET_SIZE, packet.sequence,
      packet.ssrc, buffer, message_size);
  return TRUE;
}

Sim *
attacker_run_changed (guint64 seed, const char *key_agreement, Change * change)
{
  Sim *sim = sim_new (seed);

  for (guint e = 0; e < 2; e++)
    fail_unless (zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
            key_agreement,
            &sim->ends[e].policy.algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL));
  sim->ends[1].policy.passive = TRUE;
  sim_make (sim, 0, 1);
  sim_make (sim, 1, 1);
  sim->filter = attacker_change;
  sim->filter_data = change;
  sim_start (sim, 0);
  sim_start (sim, 1);
  sim_run (sim, 3 * SIM_SEC);
  fail_unless (change->hits > 0);
  return sim;
}

void
assert_failed (SimStream * s, ZrtpErrorCode error)
{
  const ZrtpStreamInfo *info = info_of (s);

  fail_unless_equals_int (info->state, ZRTP_STATE_FAILED);
  fail_unless_equals_int (info->error, error);
  fail_unless_equals_int (info->send, ZRTP_MEDIA_BLOCKED);
  fail_if (s->have_send);
  fail_unless (s->n_events[ZRTP_EVENT_SAS] == 0);
}

void
assert_alarm (SimStream * s, ZrtpErrorCode error)
{
  assert_failed (s, error);
  fail_unless (s->n_events[ZRTP_EVENT_SECURITY] == 1);
  fail_unless (s->last_text != NULL);
}

void
assert_chain_dropped (SimStream * s, ZrtpErrorCode error, gboolean alarm)
{
  fail_unless_equals_int (info_of (s)->state, ZRTP_STATE_DISCOVERING);
  fail_unless_equals_int (info_of (s)->send, ZRTP_MEDIA_BLOCKED);
  fail_unless (s->stream->exchange == NULL);
  fail_if (s->stream->guard.tampered);
  fail_if (s->have_send);
  fail_unless_equals_int (s->n_events[ZRTP_EVENT_SAS], 0);
  fail_unless_equals_int (s->n_events[ZRTP_EVENT_SECURITY] > 0, alarm);
  fail_unless (s->n_events[ZRTP_EVENT_SECURITY] <= ZRTP_BURST);
  fail_unless_equals_int (s->last_error, error);
}

void
assert_unharmed (Sim * sim)
{
  sim_assert_agreed (sim);
  fail_unless (ALICE->n_events[ZRTP_EVENT_SECURITY] == 0);
  fail_unless (BOB->n_events[ZRTP_EVENT_SECURITY] == 0);
}
