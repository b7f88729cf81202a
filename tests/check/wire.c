/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wire.h"

#include <gst/check/gstcheck.h>
#include <string.h>

static void
entry_free (gpointer data)
{
  WireEntry *entry = data;

  g_bytes_unref (entry->octets);
  g_free (entry);
}

static gboolean
note (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  Wire *wire = user_data;
  WireEntry *entry = g_new0 (WireEntry, 1);
  const guint8 *crc = data + *size - ZRTP_CRC_SIZE;
  ZrtpPacket packet;

  fail_unless_equals_int (zrtp_packet_parse (data, *size, &packet),
      ZRTP_DROP_NONE);
  entry->when = sim->now;
  entry->from = from->endpoint->id;
  entry->stream = from->index;
  entry->sequence = packet.sequence;
  entry->ssrc = packet.ssrc;
  entry->crc = (guint32) crc[0] << 24 | crc[1] << 16 | crc[2] << 8 | crc[3];
  entry->octets = g_bytes_new (packet.message, packet.message_size);
  fail_unless_equals_int (zrtp_message_parse (g_bytes_get_data (entry->octets,
              NULL), packet.message_size, &entry->message), ZRTP_DROP_NONE);
  g_ptr_array_add (wire->entries, entry);
  return !wire->rule || wire->rule (entry, wire->rule_data);
}

Wire *
wire_new (Sim * sim)
{
  Wire *wire = g_new0 (Wire, 1);

  wire->sim = sim;
  wire->entries = g_ptr_array_new_with_free_func (entry_free);
  sim->filter = note;
  sim->filter_data = wire;
  return wire;
}

void
wire_free (Wire * wire)
{
  wire->sim->filter = NULL;
  g_ptr_array_unref (wire->entries);
  g_free (wire);
}

void
wire_reset (Wire * wire)
{
  g_ptr_array_set_size (wire->entries, 0);
}

static gboolean
is_of (const WireEntry * entry, guint from, ZrtpMessageType type)
{
  return entry->from == from && entry->message.type == type;
}

guint
wire_count (Wire * wire, guint from, ZrtpMessageType type)
{
  guint n = 0;

  for (guint i = 0; i < wire->entries->len; i++) {
    if (is_of (g_ptr_array_index (wire->entries, i), from, type))
      n++;
  }
  return n;
}

const WireEntry *
wire_get (Wire * wire, guint from, ZrtpMessageType type, guint n)
{
  for (guint i = 0; i < wire->entries->len; i++) {
    const WireEntry *entry = g_ptr_array_index (wire->entries, i);

    if (is_of (entry, from, type) && n-- == 0)
      return entry;
  }
  fail ("not so many %s", zrtp_message_type_name (type));
  return NULL;
}

void
wire_check_times (Wire * wire, guint from, ZrtpMessageType type,
    const gint * times, guint n)
{
  const WireEntry *start = wire_get (wire, from, type, 0);

  for (guint i = 0; i < n; i++) {
    const WireEntry *entry = wire_get (wire, from, type, i);

    fail_unless_equals_int64 (entry->when - start->when, times[i] * SIM_MSEC);
    fail_unless (g_bytes_equal (entry->octets, start->octets));
  }
  fail_unless_equals_int (wire_count (wire, from, type), n);
}
