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
} WireEntry;

/* TRUE lets a packet through. */
typedef gboolean (*WireRule) (const WireEntry * entry, gpointer user_data);

typedef struct
{
  Sim *sim;
  GPtrArray *entries;
  WireRule rule;                /* NULL: everything passes */
  gpointer rule_data;
} Wire;

/* Listens on @sim from now on. Free it before the simulation. */
Wire *wire_new (Sim * sim);
void wire_free (Wire * wire);
/* Forgets what was sent so far. */
void wire_reset (Wire * wire);

/* How many of a type an endpoint sent. */
guint wire_count (Wire * wire, guint from, ZrtpMessageType type);
/* The n-th of them; fails the test if there are not so many. */
const WireEntry *wire_get (Wire * wire, guint from, ZrtpMessageType type,
    guint n);
/* Fails unless exactly @n of a type were sent, at @times (milliseconds after
 * the first), all of them with the same octets. */
void wire_check_times (Wire * wire, guint from, ZrtpMessageType type,
    const gint * times, guint n);

#endif
