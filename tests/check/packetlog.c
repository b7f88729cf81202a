/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "packetlog.h"

#include <gst/check/gstcheck.h>
#include <string.h>

static void
entry_free (gpointer data)
{
  PacketLogEntry *entry = data;

  g_bytes_unref (entry->octets);
  g_free (entry);
}

static gboolean
note (Sim * sim, SimStream * from, guint8 * data, gsize * size,
    gpointer user_data)
{
  PacketLog *log = user_data;
  PacketLogEntry *entry = g_new0 (PacketLogEntry, 1);
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
  g_ptr_array_add (log->entries, entry);
  return !log->rule || log->rule (entry, log->rule_data);
}

PacketLog *
packet_log_new (Sim * sim)
{
  PacketLog *log = g_new0 (PacketLog, 1);

  log->sim = sim;
  log->entries = g_ptr_array_new_with_free_func (entry_free);
  sim->filter = note;
  sim->filter_data = log;
  return log;
}

void
packet_log_free (PacketLog * log)
{
  log->sim->filter = NULL;
  g_ptr_array_unref (log->entries);
  g_free (log);
}

void
packet_log_reset (PacketLog * log)
{
  g_ptr_array_set_size (log->entries, 0);
}

static gboolean
is_of (const PacketLogEntry * entry, guint from, ZrtpMessageType type)
{
  return entry->from == from && entry->message.type == type;
}

guint
packet_log_count (PacketLog * log, guint from, ZrtpMessageType type)
{
  guint n = 0;

  for (guint i = 0; i < log->entries->len; i++) {
    if (is_of (g_ptr_array_index (log->entries, i), from, type))
      n++;
  }
  return n;
}

const PacketLogEntry *
packet_log_get (PacketLog * log, guint from, ZrtpMessageType type, guint n)
{
  for (guint i = 0; i < log->entries->len; i++) {
    const PacketLogEntry *entry = g_ptr_array_index (log->entries, i);

    if (is_of (entry, from, type) && n-- == 0)
      return entry;
  }
  fail ("not so many %s", zrtp_message_type_name (type));
  return NULL;
}

void
packet_log_check_times (PacketLog * log, guint from, ZrtpMessageType type,
    const gint * times, guint n)
{
  const PacketLogEntry *start = packet_log_get (log, from, type, 0);

  for (guint i = 0; i < n; i++) {
    const PacketLogEntry *entry = packet_log_get (log, from, type, i);

    fail_unless_equals_int64 (entry->when - start->when, times[i] * SIM_MSEC);
    fail_unless (g_bytes_equal (entry->octets, start->octets));
  }
  fail_unless_equals_int (packet_log_count (log, from, type), n);
}
