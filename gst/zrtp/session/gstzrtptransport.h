/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One media transport: what a zrtpenc and a zrtpdec share. The engine's stream,
 * the two directions of SRTP, and the workers that serve them:
 *
 *   service   feeds the engine: received packets, deadlines, starts
 *   pusher    pushes handshake packets and upstream events out of zrtpenc
 *   notifier  emits signals, posts messages
 *
 * Each runs on a shared pool when there is something to do. The service never
 * blocks; the other two may, for as long as a sink or an application likes,
 * without holding up anything but themselves.
 */
#ifndef GST_ZRTP_PAIR_H
#define GST_ZRTP_PAIR_H

#include "session/gstzrtpsession.h"
#include "media/gstzrtpreceiver.h"
#include "media/gstzrtpsender.h"
#include "session/gstzrtpsituation.h"
#include "threads/gstzrtptimer.h"
#include "threads/gstzrtpwork.h"

G_BEGIN_DECLS

typedef enum
{
  GST_ZRTP_HALF_ENC,
  GST_ZRTP_HALF_DEC,
  GST_ZRTP_N_HALVES
} GstZrtpHalf;

/* A seat of the pair. */
typedef struct
{
  gconstpointer id;             /* the element; NULL: nobody sits here */
  GWeakRef element;
  GstZrtpSettings *settings;
  gboolean reserved;            /* at or above READY: nobody else may take it */
  gboolean active;              /* at or above PAUSED */
} GstZrtpMember;

/* For the service; what comes in faster than it is served is dropped. */
typedef struct
{
  GMutex lock;
  GQueue packets;               /* GBytes */
  gboolean tell[ZRTP_MEDIA_SECURE + 1];
  gboolean start, restart;
  guint32 ssrc;                 /* with @start */
} GstZrtpInbox;

/* For the pusher. */
typedef struct
{
  GMutex lock;
  GQueue packets;               /* ZrtpOutPacket */
  gboolean pushing;
  gboolean keyframes;           /* ask the video encoders */
  GArray *collisions;           /* SSRCs that we must give up */
  GArray *lost_pictures;        /* SSRCs of the peer to ask for a key frame */
} GstZrtpOutbox;

typedef struct _GstZrtpBacklog GstZrtpBacklog;   /* gstzrtpnotification.h */

struct _GstZrtpPair
{
  gint refs;
  GstZrtpCall *call;            /* for life */
  guint stream_id;

  GstZrtpSender sender;
  GstZrtpReceiver receiver;
  gint request_keyframe;        /* atomic: for the data path */

  GstZrtpInbox inbox;
  GstZrtpOutbox outbox;
  GMutex notices_lock;
  GQueue notices;               /* GstZrtpNotice */
  GQueue held;                  /* notifier: those that wait for room on the bus */
  GstZrtpBacklog *backlog;      /* what is on the bus */
  GstZrtpTimer held_due;
  GstZrtpRunner service, pusher, notifier;
  GstZrtpTimer deadline, hang, stall, look;
  gint deadline_came, hang_came, stalled, look_due;     /* atomic */
  gint hangs;                   /* atomic: a handshake packet does, in a sink */

  /* All that follows: under the call's lock. */
  GstZrtpMember members[GST_ZRTP_N_HALVES];
  GstZrtpSettings *settings;    /* what counts; from defaults and all members */
  ZrtpStream *stream;           /* once there is a Hello */
  guint generation;             /* counts streams, for jobs that come late */
  GstZrtpSettings *hello_settings;      /* what counted when it was made */
  gboolean hello_read;          /* the application knows it: fixed */
  gboolean hello_wanted;        /* it asked for one: tell it of the next */
  gboolean hello_spent;         /* was used in a call, or has a ZID that is none
                                 * yet: not again */
  GstZrtpSettings *hello_due;   /* of one that waits for the file of known
                                 * peers; NULL: none does */
  gboolean starting;            /* and so does the start of the handshake */
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

GstZrtpPair *gst_zrtp_pair_new (GstZrtpCall * call, guint stream_id);
GstZrtpPair *gst_zrtp_pair_ref (GstZrtpPair * pair);
void gst_zrtp_pair_unref (GstZrtpPair * pair);

/* -- For elements: take the lock themselves -- */

/* READY to PAUSED and back. */
void gst_zrtp_pair_activate (GstZrtpPair * pair, GstZrtpHalf half);
void gst_zrtp_pair_deactivate (GstZrtpPair * pair, GstZrtpHalf half);
/* Waits until nothing is being opened any more (3 s at most) and what was learned
 * of the peer is on the disk, and until the application was told what happened
 * and has no handler running: it may throw away what those need. For what is left
 * of the thread's GstZrtpStopBudget. */
void gst_zrtp_pair_wait_stored (GstZrtpPair * pair);
void gst_zrtp_pair_wait_told (GstZrtpPair * pair);

/* The value of a=zrtp-hash, a copy; makes the Hello if there is none yet, which
 * waits for the file of known peers: for 3 s at most. NULL if no zrtpenc sits in
 * the pair. From here on it is fixed. */
char *gst_zrtp_pair_read_hello_hash (GstZrtpPair * pair);

/* The handshake may start, or go on with another SSRC. Without locks. */
void gst_zrtp_pair_start (GstZrtpPair * pair, guint32 ssrc);
/* The transport changed under us. */
void gst_zrtp_pair_restart_discovery (GstZrtpPair * pair);
/* The application says that, or that it is ready now. FALSE if no element is in
 * READY. */
gboolean gst_zrtp_pair_discover (GstZrtpPair * pair);
/* A datagram that is ZRTP; copied. gst_zrtp_pair_serve() is due then. FALSE if too
 * many wait already. Like the next two, also with the receiver's lock held. */
gboolean gst_zrtp_pair_receive (GstZrtpPair * pair, const guint8 * data,
    gsize size);
/* Media of that kind came. */
void gst_zrtp_pair_tell (GstZrtpPair * pair, ZrtpMedia kind);
/* Wants a key frame of this SSRC of the peer. */
void gst_zrtp_pair_lose_picture (GstZrtpPair * pair, guint32 ssrc);
/* Gives the engine what was received. That takes it microseconds, and it pushes
 * nothing and waits for nothing: whoever brings a packet does it, as a thread
 * that has to wake up first comes late where others compute. Unless media comes
 * the same way, which a flood of packets must not hold up, or the call is busy:
 * then a worker does it. Without locks. */
void gst_zrtp_pair_serve (GstZrtpPair * pair);

/* The element in a seat, or NULL; unref without locks. */
GstElement *gst_zrtp_pair_get_element (GstZrtpPair * pair, GstZrtpHalf half);

/* -- With the call's lock held -- */

gboolean gst_zrtp_pair_is_active (GstZrtpPair * pair);
/* Has a Hello made, or another one if that is due and nobody knows the old; and
 * if a call @starts, the file of known peers, and then the start. Now or later. */
void gst_zrtp_pair_ensure_hello (GstZrtpPair * pair, gboolean starts);
/* There is a file of known peers, or there will be none. */
void gst_zrtp_pair_cache_opened (GstZrtpPair * pair);
/* Stream away, with all that hangs on it. */
void gst_zrtp_pair_drop_stream (GstZrtpPair * pair);
/* Moves an unused stream and its Hello to a pair that has none. */
void gst_zrtp_pair_adopt_stream (GstZrtpPair * pair, GstZrtpPair * from);
/* Settings changed: tells the stream. */
void gst_zrtp_pair_apply_settings (GstZrtpPair * pair);
/* FALSE if the text is no such value. */
gboolean gst_zrtp_pair_apply_peer_hash (GstZrtpPair * pair, const char *text);
void gst_zrtp_pair_drain (GstZrtpPair * pair);
void gst_zrtp_pair_update_busy (GstZrtpPair * pair);

G_END_DECLS

#endif
