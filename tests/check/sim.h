/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Two endpoints on a simulated network: one clock, one seeded generator, loss,
 * duplication, delay and reordering; jobs run on the spot or after a delay.
 * Everything is decided by the seed.
 */
#ifndef SIM_H
#define SIM_H

#include "zrtp/zrtp.h"

#define SIM_MAX_STREAMS 3
#define SIM_MSEC ((gint64) 1000)
#define SIM_SEC ((gint64) 1000000)

typedef struct _Sim Sim;
typedef struct _SimEndpoint SimEndpoint;

typedef struct
{
  ZrtpStream *stream;
  SimEndpoint *endpoint;
  guint index;
  gboolean have_send, have_receive;
  ZrtpSrtpKeys send_keys, receive_keys;
  ZrtpMedia send, receive;
  gboolean ever_blocked_after_secure;
  guint n_events[32];           /* by ZrtpEventType */
  ZrtpErrorCode last_error;     /* of the last ZRTP_EVENT_ERROR, _SECURITY,
                                 * _RELAY_ACK */
  gboolean error_from_peer;
  char *last_text;
  GString *trace;               /* names of messages sent, blank separated */
} SimStream;

struct _SimEndpoint
{
  Sim *sim;
  guint id;                     /* 0: alice, 1: bob */
  ZrtpSession *session;
  ZrtpPolicy policy;
  ZrtpCache *cache;             /* borrowed, may be NULL */
  ZrtpExchangeLocks *pairs;             /* likewise: of all calls of its process */
  guint8 zid[ZRTP_ZID_SIZE];
  SimStream streams[SIM_MAX_STREAMS];
  guint n_streams;
  gboolean dead;                /* gets and sends nothing any more */
  guint packets, jobs;          /* sent, and done, so far */
  guint computations;           /* those of the jobs that take CPU time */
  guint last_packet, last_job;  /* dies after this many; 0: never */
  gint64 job_time;              /* beside the simulation's job_delay, exactly */
  gint64 disk_time;             /* what a job of the cache takes more */
};

/* Sees each packet before the network does; may change it in place (*size up
 * to ZRTP_MAX_PACKET_SIZE). FALSE drops it. */
typedef gboolean (*SimFilter) (Sim * sim, SimStream * from, guint8 * data,
    gsize * size, gpointer user_data);

/* Sees each event of the engine, after it was counted; may call it. */
typedef void (*SimListener) (SimStream * from, const ZrtpEvent * event);

/* Sees each job that ran, before its stream takes the result. */
typedef void (*SimJobListener) (SimStream * to, const ZrtpJob * job);

struct _Sim
{
  guint64 state;                /* of the generator */
  ZrtpRandom random;
  gint64 now;
  gint64 wall;                  /* Unix seconds at now == 0 */
  guint loss, duplication;      /* percent */
  gint64 delay, jitter;         /* microseconds, one way */
  gint64 job_delay;             /* most that a job takes; 0: on the spot */
  SimFilter filter;
  gpointer filter_data;
  SimListener listener;
  SimJobListener job_listener;
  SimEndpoint ends[2];
  GSequence *queue;
  guint64 serial;
  guint packets;                /* sent so far */
};

Sim *sim_new (guint64 seed);
void sim_free (Sim * sim);
guint32 sim_random (Sim * sim, guint32 below);

/* Makes an endpoint's session and streams from its policy. */
void sim_make (Sim * sim, guint which, guint n_streams);
/* sim_new() and both endpoints with one stream and default policies. */
Sim *sim_new_pair (guint64 seed);
/* Starts all streams of an endpoint (SSRCs 0x1000 * (which + 1) + index). */
void sim_start (Sim * sim, guint which);
/* Starts one of them, and works off what is due now. */
void sim_start_stream (Sim * sim, guint which, guint index);
/* Two endpoints with two streams each, of which the first is secure and the
 * second not started. Alice calls; Bob is passive. */
Sim *sim_new_second_stream (guint64 seed);
/* Works off what is due until @until, or until nothing is left. */
void sim_run (Sim * sim, gint64 until);
/* Runs until both ends' streams are all SECURE; FALSE at @until. */
gboolean sim_run_until_secure (Sim * sim, gint64 until);
/* SRTP of each side comes to the other and authenticates. */
void sim_talk (Sim * sim);
/* After a call into the engine from a test. */
void sim_drain (Sim * sim, guint which);
/* Puts a datagram on its way to a stream, now. */
void sim_inject (SimStream * to, const guint8 * data, gsize size);
/* ... or so much later. */
void sim_inject_later (SimStream * to, const guint8 * data, gsize size,
    gint64 delay);
/* Hands it over at once. */
void sim_deliver (SimStream * to, const guint8 * data, gsize size);

ZrtpState sim_state (Sim * sim, guint which);
/* Both sides: SECURE, same SAS, keys mirrored, opposite roles. */
void sim_assert_agreed (Sim * sim);
/* Makes and frames a message. @seal: key for its MAC, or NULL. */
gsize sim_packet (guint8 * out, guint32 ssrc, const ZrtpMessage * message,
    const guint8 * seal);
/* Type of the message in a packet; -1 if it has none. */
gint sim_packet_type (const guint8 * data, gsize size, ZrtpMessage * message);

#endif
