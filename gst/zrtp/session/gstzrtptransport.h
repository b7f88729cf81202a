/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One media transport: what a zrtpenc and a zrtpdec share. The engine's stream,
 * the two directions of SRTP, and the workers that serve them:
 *
 *   engine_work  feeds the engine: received packets, deadlines, starts
 *   push_work    pushes handshake packets and upstream events out of zrtpenc
 *   notify_work  emits signals, posts messages
 *
 * Each runs on a shared pool when there is something to do. The service never
 * blocks; the other two may, for as long as a sink or an application likes,
 * without holding up anything but themselves.
 */
#ifndef GST_ZRTP_TRANSPORT_H
#define GST_ZRTP_TRANSPORT_H

#include "session/gstzrtpsession.h"
#include "media/gstzrtpreceiver.h"
#include "media/gstzrtpsender.h"
#include "session/gstzrtpsituation.h"
#include "session/gstzrtpnotification.h"
#include "threads/gstzrtptimer.h"
#include "threads/gstzrtpwork.h"

G_BEGIN_DECLS

typedef enum
{
  GST_ZRTP_SIDE_SEND,
  GST_ZRTP_SIDE_RECEIVE,
  GST_ZRTP_N_SIDES
} GstZrtpSide;

/* A slot of the transport. */
typedef struct
{
  gconstpointer id;             /* the element; NULL: no element */
  GWeakRef element;
  GstZrtpSettings *settings;
  gboolean reserved;            /* at or above READY: no other may take it */
  gboolean active;              /* at or above PAUSED */
} GstZrtpSlot;

/* For the service; what comes in faster than it is served is dropped. */
typedef struct
{
  GMutex lock;
  GQueue packets;               /* GBytes */
  gboolean tell[ZRTP_MEDIA_SECURE + 1];
  gboolean start, restart;
  guint32 ssrc;                 /* with @start */
} GstZrtpInbox;

/* When a Hello is made, and with which ZID. gstzrtphello.c writes it. */
typedef struct
{
  GstZrtpSettings *settings;    /* what counted when it was made */
  GstZrtpSettings *due;         /* of one that waits for the file of known
                                 * peers; NULL: none does */
  gboolean read;                /* the application knows it: fixed */
  gboolean wanted;              /* it asked for one: tell it of the next */
  gboolean spent;               /* was used in a call, or has a ZID that is none
                                 * yet: not again */
  gboolean starting;            /* the start of the handshake waits, too */
} GstZrtpHelloState;

typedef enum
{
  GST_ZRTP_TRANSPORT_DEADLINE,  /* of the stream */
  GST_ZRTP_TRANSPORT_BLOCKED,   /* of a push: a sink may wait for preroll */
  GST_ZRTP_TRANSPORT_STALLED,   /* of a push: the application is told */
  GST_ZRTP_TRANSPORT_LOOK,      /* of the watch */
  GST_ZRTP_TRANSPORT_HELD,      /* of notifications that wait for room */
  GST_ZRTP_N_TRANSPORT_TIMERS
} GstZrtpTransportTimerId;

typedef struct
{
  GstZrtpTimer timer;
  GstZrtpWork *work;            /* the transport's: takes @fired */
  gint fired;                   /* atomic */
} GstZrtpTransportTimer;

/* For the pusher. */
typedef struct
{
  GMutex lock;
  GQueue packets;               /* ZrtpOutPacket */
  gboolean pushing;
  gboolean keyframes;           /* ask the video encoders */
  GArray *collisions;           /* SSRCs that we must give up */
  GArray *pli_ssrcs;        /* SSRCs of the peer to ask for a key frame */
} GstZrtpOutbox;


struct _GstZrtpTransport
{
  gint refs;
  GstZrtpSession *session;            /* for life */
  guint stream_id;

  GstZrtpSender sender;
  GstZrtpReceiver receiver;
  gint request_keyframe;        /* atomic: for the data path */

  GstZrtpInbox inbox;
  GstZrtpOutbox outbox;
  GMutex notifications_lock;
  GQueue notifications;               /* GstZrtpNotification */
  GQueue held;                  /* notifier: those that wait for room on the bus */
  GstZrtpBacklog *backlog;      /* what is on the bus */
  GstZrtpWork engine_work, push_work, notify_work;
  GstZrtpTransportTimer timers[GST_ZRTP_N_TRANSPORT_TIMERS];
  gint push_blocked;                   /* atomic: a handshake packet does, in a sink */

  /* All that follows: under the call's lock. */
  GstZrtpSlot slots[GST_ZRTP_N_SIDES];
  GstZrtpSettings *settings;    /* what counts; from defaults and all members */
  ZrtpStream *stream;           /* once there is a Hello */
  guint generation;             /* counts streams, for jobs that come late */
  const char *logged_step;      /* static; the last one in the log */
  GstZrtpHelloState hello;
  char *applied_peer_hash;      /* what the stream was told */
  gboolean transport_ready;     /* the application says so */
  gboolean started;
  gboolean had_keys;            /* a moment before it was activated */
  gboolean called;              /* the peer sent a handshake packet */
  guint32 ssrc;                 /* once started */
  ZrtpState state;
  char *refusal;                /* why a policy refused the peer last, or NULL */
  GstStructure *peer;           /* the one that was told of last */
  gboolean watching;            /* whether the watch goes on */
  GstZrtpWatch watch;
  guint storing;                /* storage jobs on their way */
  GCond stored;
};

GstZrtpTransport *gst_zrtp_transport_ref (GstZrtpTransport * transport);
void gst_zrtp_transport_unref (GstZrtpTransport * transport);
/* The element in a slot, or NULL; unref without locks. */
GstElement *gst_zrtp_transport_get_element (GstZrtpTransport * transport,
    GstZrtpSide side);
gboolean gst_zrtp_transport_is_active (GstZrtpTransport * transport);

/* The elements of a call, or of a transport only: strong references. */
GPtrArray *gst_zrtp_registry_list (GstZrtpTransport * transport,
    gboolean whole_call);

/* The top-level bin of an element, NULL if it has no parent. */
GstObject *gst_zrtp_registry_get_toplevel (GstElement * element);

/* What waits for the pusher. */
void gst_zrtp_outbox_init (GstZrtpOutbox * outbox);
void gst_zrtp_outbox_clear (GstZrtpOutbox * outbox);
void gst_zrtp_outbox_flush (GstZrtpOutbox * outbox);
/* Nothing waits and no push is under way. */
gboolean gst_zrtp_outbox_is_empty (GstZrtpOutbox * outbox);

G_END_DECLS

#endif
