/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An attacker on the simulated network. He sees every packet; where a test says
 * so he even knows the peer's secrets, to get past the checks that would stop
 * any other endpoint.
 */
#ifndef ATTACKER_H
#define ATTACKER_H

#include "sim.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#define ALICE (&sim->ends[0].streams[0])
#define BOB (&sim->ends[1].streams[0])

/* A call that Alice initiates, just started; one that is secure. */
Sim *attacker_new_call (guint64 seed, const char *key_agreement);
Sim *attacker_new_secure_call (guint64 seed);

const ZrtpStreamInfo *info_of (SimStream * s);
guint64 dropped (SimStream * s, ZrtpDrop cause);
guint64 all_dropped (SimStream * s);

/* Changes one message on its way. */
typedef void (*Tamper) (Sim * sim, SimStream * from, ZrtpMessage * message);

typedef struct
{
  ZrtpMessageType type;
  Tamper tamper;
  gboolean once;                /* then the next one passes as it is */
  gboolean reseal;              /* with the sender's own chain */
  guint hits;
} Change;

/* A SimFilter; its user_data is a Change. */
gboolean attacker_change (Sim * sim, SimStream * from, guint8 * data,
    gsize * size, gpointer user_data);
/* A call of 3 s with that change, which must have met its message. */
Sim *attacker_run_changed (guint64 seed, const char *key_agreement,
    Change * change);

void assert_failed (SimStream * s, ZrtpErrorCode error);
/* Failed, and the user was told of tampering. */
void assert_alarm (SimStream * s, ZrtpErrorCode error);
/* Its chain proved nothing: the exchange is gone, the user was told, and discovery
 * goes on. @alarm: of tampering. */
void assert_chain_dropped (SimStream * s, ZrtpErrorCode error, gboolean alarm);
/* The exchange got through in spite of what was done to one message. */
void assert_unharmed (Sim * sim);

#endif
