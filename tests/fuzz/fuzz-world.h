/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two endpoints whose network, clock and application are the steps of a fuzzer's
 * input; and what must hold in between, whatever those are.
 */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H

#include "fuzz.h"

#include "zrtp/zrtp.h"
#include "zrtp/handshake/zrtphandshake.h"

#define N_STREAMS 2

/* The first octet of an input: what the two want. */
#define WANT_CLEAR 0x01         /* clear media is allowed, and GoClear */
#define WANT_PASSIVE 0x02       /* Bob */
#define WANT_STREAMS 0x04       /* two each */
#define WANT_CACHE 0x08         /* a file of known peers each, empty at first */
#define WANT_MITM 0x10          /* Bob is a PBX that enrolls */
#define WANT_ASKING 0x20        /* Alice does not commit by herself */
#define WANT_SIGNATURES 0x40
#define WANT_ENCRYPTION 0x80    /* whatever the above says, Alice */

/* Enough of an SRTP master key to tell it from all others. */
typedef struct
{
  guint64 half[2];
} Key;

typedef struct
{
  ZrtpStream *stream;
  GQueue waiting;               /* GBytes: packets on their way to it */
  GQueue jobs;                  /* ZrtpJob */
  GBytes *last_sent;
  gboolean had_keys;            /* since it was started, or went clear */
  Key send_key, receive_key;
} End;

typedef struct
{
  ZrtpSession *session;
  ZrtpPolicy policy;
  guint8 zid[ZRTP_ZID_SIZE];
  End ends[N_STREAMS];
  GArray *keys;                 /* Key: every SRTP key that it ever held */
  ZrtpCache *cache;             /* borrowed, or NULL */
  gboolean broken;              /* it can't be used for now */
  GQueue storage;               /* ZrtpJob: not run yet, of all its streams */
  ZrtpPeer backup;              /* what it knew of the other once */
  gboolean vouched;             /* the user compared a SAS once */
} Side;

typedef struct
{
  Input input;
  guint n_streams;
  guint64 state;                /* of the generator */
  ZrtpRandom random;
  gint64 now, wall_ahead;       /* the latter in seconds */
  gboolean consulted;           /* what is kept, by any endpoint */
  gsize heap;                   /* bytes in use when it began */
  gboolean relayed;             /* a SAS, by a PBX */
  gboolean memory_sound;        /* both have what they should: no alarm */
  Side sides[2];
  GPtrArray *history;           /* GBytes: what was sent, by any endpoint */
} World;

/* Makes both as the first two octets of the input want them, not started. */
void world_init (World * world, const guint8 * data, gsize size);
/* Checks that no memory is left in use, too. */
void world_clear (World * world);
/* Checks that what the input did costs a bounded amount of memory. */
void world_check_heap (World * world);
void world_start (World * world, guint which, guint i);

/* Takes what the streams have to say, and checks that it may be so: no stream gets
 * keys that the other never had, nothing is clear that was secure. */
void world_drain (World * world);

/* A packet comes: any, the one that waited longest. */
void world_receive (World * world, End * to, const guint8 * data, gsize size);
void world_receive_bytes (World * world, End * to, GBytes * packet);
void world_deliver (World * world, End * to);

/* Time goes on to @then; timers that are due. */
void world_wait_until (World * world, gint64 then);
/* The next timer, at its time. */
void world_wait_for_timer (World * world);
void world_finish_job (World * world, Side * side, End * end);
/* The honest network: what waits, and what comes of it, round by round. */
void world_let_flow (World * world, guint rounds);

#endif
