/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the endpoints of a simulation send, written down packet by packet; and
 * what of it gets lost.
 */
#ifndef WIRE_H
#define WIRE_H

#include "sim.h"

typedef struct
{
  gint64 when;
  guint from;                   /* endpoint */
  guint stream;
  guint16 sequence;
  guint32 ssrc;
  guint32 crc;                  /* as on the wire */
  GBytes *octets;               /* the message */
  ZrtpMessage message;
} PacketLogEntry;

/* TRUE lets a packet through. */
typedef gboolean (*PacketLogRule) (const PacketLogEntry * entry, gpointer user_data);

typedef struct
{
  Sim *sim;
  GPtrArray *entries;
  PacketLogRule rule;                /* NULL: everything passes */
  gpointer rule_data;
} PacketLog;

/* Listens on @sim from now on. Free it before the simulation. */
PacketLog *packet_log_new (Sim * sim);
void packet_log_free (PacketLog * log);
/* Forgets what was sent so far. */
void packet_log_reset (PacketLog * log);

/* How many of a type an endpoint sent. */
guint packet_log_count (PacketLog * log, guint from, ZrtpMessageType type);
/* The n-th of them; fails the test if there are not so many. */
const PacketLogEntry *packet_log_get (PacketLog * log, guint from, ZrtpMessageType type,
    guint n);
/* Fails unless exactly @n of a type were sent, at @times (milliseconds after
 * the first), all of them with the same octets. */
void packet_log_check_times (PacketLog * log, guint from, ZrtpMessageType type,
    const gint * times, guint n);

#endif
