/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sending side of a transport: whether media may leave and how, the SRTP
 * context of all SSRCs, what waits for keys, counters. Lives in the transport;
 * the sink pads of zrtpenc go through it. One lock, held for one packet or one
 * list.
 */
#ifndef GST_ZRTP_SENDER_H
#define GST_ZRTP_SENDER_H

#include "media/gstzrtppacket.h"

G_BEGIN_DECLS

/* Why a packet did not leave. */
typedef enum
{
  GST_ZRTP_SEND_DROP_BEFORE_SECURE,
  GST_ZRTP_SEND_DROP_COLLISION, /* the SSRC belongs to another pad */
  GST_ZRTP_SEND_DROP_REPEATED,  /* and allow-repeat-tx is off */
  GST_ZRTP_SEND_DROP_MALFORMED,
  GST_ZRTP_SEND_DROP_KEY_USED_UP,
  GST_ZRTP_SEND_DROP_TOO_MANY_SOURCES,
  GST_ZRTP_SEND_DROP_FAILED,
  GST_ZRTP_N_SEND_DROPS
} GstZrtpSendDrop;

/* Whether packets of too many SSRCs came, and a warning says so. */
typedef enum
{
  GST_ZRTP_CROWDING_NONE,
  GST_ZRTP_CROWDING_DUE,        /* and the warning is due */
  GST_ZRTP_CROWDING_TOLD
} GstZrtpCrowding;

static inline void
gst_zrtp_crowding_note (gint * crowded)
{
  g_atomic_int_compare_and_exchange (crowded, GST_ZRTP_CROWDING_NONE,
      GST_ZRTP_CROWDING_DUE);
}

/* One SSRC that was seen; lives until the next call begins. */
typedef struct
{
  guint32 ssrc;
  gconstpointer owner;          /* the pad that sends it, NULL if that left */
  guint64 packets, octets;
  guint run;                    /* of repeated packets, since a new one */
  guint repeats;                /* in shorter runs, all together */
  gboolean reported;            /* that it resumed and keeps its SSRC */
} GstZrtpSendSource;

/* What a port has to do about repeated packets, once no lock is held. */
typedef enum
{
  GST_ZRTP_SEND_REPORT_NONE,
  GST_ZRTP_SEND_REPORT_RESTARTED,       /* ask upstream for another SSRC */
  GST_ZRTP_SEND_REPORT_STUCK,   /* upstream did not listen: a WARNING */
  GST_ZRTP_SEND_REPORT_REPEATS  /* single packets come again: a WARNING */
} GstZrtpSendReport;

/* What the sender keeps for one sink pad. Part of its owner. */
typedef struct
{
  gboolean stopped, flushing;   /* lock: with either, no thread waits here */
  gboolean unlinked;            /* lock: threads that wait for keys wake up */
  gboolean ended;               /* lock: the application sent EOS to the source */
  GstZrtpSendSource *source;    /* of the last packet */
  GstZrtpSendReport report;     /* lock: due, for ... */
  guint32 report_ssrc;
} GstZrtpSendPort;

typedef struct
{
  GMutex lock;
  GCond changed;                /* all that is waited for */
  gint mode;                    /* ZrtpMedia; atomic, written under the lock */
  gint before_secure;           /* GstZrtpBeforeSecure; like mode */
  guint waiting;                /* threads that hold media */
  gboolean over;                /* the key agreement failed */
  gboolean busy;                /* a handshake message waits for its answer */
  ZrtpSrtp *srtp;
  gint short_rtcp;              /* atomic: the peer shortens SRTCP tags */
  GHashTable *sources;          /* SSRC to GstZrtpSendSource */
  gint crowded;                 /* GstZrtpCrowding, atomic */
  guint64 clear_packets, rtcp_packets;
  guint64 drops[GST_ZRTP_N_SEND_DROPS];
} GstZrtpSender;

typedef enum
{
  GST_ZRTP_SEND_OK,
  GST_ZRTP_SEND_DROPPED,        /* and counted */
  GST_ZRTP_SEND_COLLISION       /* dropped: the pad must choose another SSRC */
} GstZrtpSendResult;

/* Why a wait ended. */
typedef enum
{
  GST_ZRTP_WAIT_OPEN,           /* media may leave */
  GST_ZRTP_WAIT_VAIN,           /* there will be no keys */
  GST_ZRTP_WAIT_STOPPED,        /* the port was stopped, unlinked, or flushes */
  GST_ZRTP_WAIT_CHANGED         /* the application has other wishes, or it is
                                 * time */
} GstZrtpWait;

const char *gst_zrtp_send_drop_nick (GstZrtpSendDrop drop);

void gst_zrtp_sender_init (GstZrtpSender * sender);
void gst_zrtp_sender_clear (GstZrtpSender * sender);
/* A call begins, none of its ports has: counts again. */
void gst_zrtp_sender_begin (GstZrtpSender * sender);

/* From the engine's events. @keys NULL: they are void. FALSE if these keys
 * can't be used. What the peer does with SRTCP tags is open again. */
gboolean gst_zrtp_sender_set_keys (GstZrtpSender * sender,
    const ZrtpSrtpKeys * keys, const ZrtpSrtpOptions * options);
void gst_zrtp_sender_set_mode (GstZrtpSender * sender, ZrtpMedia mode);
void gst_zrtp_sender_set_over (GstZrtpSender * sender, gboolean over);
void gst_zrtp_sender_set_busy (GstZrtpSender * sender, gboolean busy);

void gst_zrtp_sender_set_before_secure (GstZrtpSender * sender,
    gint before_secure);

/* Each wakes up all waiters at this port, and no thread waits until it is
 * unset: the first for changes of state, which also end a flush, the other for
 * flushes. */
void gst_zrtp_sender_stop_port (GstZrtpSender * sender, GstZrtpSendPort * port,
    gboolean stopped);
void gst_zrtp_sender_flush_port (GstZrtpSender * sender,
    GstZrtpSendPort * port, gboolean flushing);
/* The pad was unlinked, so that threads that wait for keys there wake up; or
 * (FALSE) a linked element is about to. */
void gst_zrtp_sender_unlink_port (GstZrtpSender * sender,
    GstZrtpSendPort * port, gboolean unlinked);
/* Wakes up the thread that waits for keys here, and lets none wait until unset:
 * the application ends the stream, and an end of stream overtakes no media. */
void gst_zrtp_sender_end_port (GstZrtpSender * sender, GstZrtpSendPort * port,
    gboolean ended);
/* The pad leaves: its SSRCs are free for others. */
void gst_zrtp_sender_release (GstZrtpSender * sender, gconstpointer owner);

static inline ZrtpMedia
gst_zrtp_sender_get_mode (GstZrtpSender * sender)
{
  return g_atomic_int_get (&sender->mode);
}

/* Holds the caller until media may leave or there is nothing to wait for any
 * more, as long as before_secure is as the caller saw it, and to @until (monotonic)
 * at most. */
GstZrtpWait gst_zrtp_sender_wait (GstZrtpSender * sender,
    GstZrtpSendPort * port, gint before_secure, gint64 until);
/* Holds the caller until no reply of the handshake is due, to @until at most. */
void gst_zrtp_sender_wait_idle (GstZrtpSender * sender, GstZrtpSendPort * port,
    gint64 until);

/* Must be called with sender->lock held. An RTP packet of @ssrc comes from
 * @owner. COLLISION: that SSRC is another pad's, and it is counted. DROPPED:
 * the call has ZRTP_SRTP_MAX_SOURCES other SSRCs. */
GstZrtpSendResult gst_zrtp_sender_claim (GstZrtpSender * sender,
    GstZrtpSendPort * port, gconstpointer owner, guint32 ssrc);
/* With the lock held. In place; @data holds @size and
 * ZRTP_SRTP_MAX_TRAILER. Counts. */
GstZrtpSendResult gst_zrtp_sender_protect (GstZrtpSender * sender,
    GstZrtpSendPort * port, gconstpointer owner, guint8 * data, gsize * size,
    gboolean is_rtcp);

/* Must be called with the lock held. Returns what is due once, and its @ssrc. */
GstZrtpSendReport gst_zrtp_sender_take_report (GstZrtpSendPort * port,
    guint32 * ssrc);

/* Takes the lock. */
/* Must be called with sender->lock held. */
void gst_zrtp_sender_drop (GstZrtpSender * sender, GstZrtpSendDrop drop,
    guint n);
void gst_zrtp_sender_count_drops (GstZrtpSender * sender,
    GstZrtpSendDrop drop, guint n);

G_END_DECLS

#endif
