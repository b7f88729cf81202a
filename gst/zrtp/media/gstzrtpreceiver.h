/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The receiving side of a transport: what may come in and how, the SRTP context
 * of all SSRCs, counters. Lives in the transport; zrtpdec's sink pads go
 * through it. One lock, held for one packet or one list.
 */
#ifndef GST_ZRTP_RECEIVER_H
#define GST_ZRTP_RECEIVER_H

#include "media/gstzrtpsender.h"

G_BEGIN_DECLS

/* Why a received packet went no further. */
typedef enum
{
  GST_ZRTP_RECEIVE_DROP_BEFORE_SECURE,
  GST_ZRTP_RECEIVE_DROP_REPLAYED,
  GST_ZRTP_RECEIVE_DROP_BAD_AUTH,       /* forged, damaged, or in the clear */
  GST_ZRTP_RECEIVE_DROP_MALFORMED,
  GST_ZRTP_RECEIVE_DROP_KEY_USED_UP,
  GST_ZRTP_RECEIVE_DROP_TOO_MANY_SOURCES,
  GST_ZRTP_RECEIVE_DROP_FAILED,
  GST_ZRTP_RECEIVE_DROP_NOT_RTP,
  GST_ZRTP_RECEIVE_DROP_ZRTP_ON_RTCP,   /* ZRTP travels with RTP (5) */
  GST_ZRTP_RECEIVE_DROP_ZRTP_OVERFLOW,  /* more than the handshake can eat */
  GST_ZRTP_RECEIVE_DROP_NO_PARTNER,     /* no zrtpenc to hand ZRTP to */
  GST_ZRTP_N_RECEIVE_DROPS
} GstZrtpReceiveDrop;

/* Sources of the last call that are remembered. */
#define GST_ZRTP_MAX_FORMER 16

/* One SSRC that authenticated. */
typedef struct
{
  guint32 ssrc;
  guint keys;                   /* which keys it was last seen under */
  guint64 packets, octets;
  guint failures;               /* since the last one that authenticated */
  gint64 failing_since;         /* the first of them */
  gboolean reported;            /* as failing */
} GstZrtpReceiveSource;

typedef struct
{
  GMutex lock;
  gint mode;                    /* ZrtpMedia */
  ZrtpSrtp *srtp;
  guint keys;                   /* counts new keys */
  gboolean told[ZRTP_MEDIA_SECURE + 1]; /* the engine knows of such media */
  GHashTable *sources;          /* SSRC to GstZrtpReceiveSource */
  GstZrtpReceiveSource *last;
  guint64 old_packets, old_octets;      /* of sources that left the table */
  gint crowded;                 /* GstZrtpCrowding, atomic */
  guint64 n_authenticated;                /* packets that authenticated, of any kind */
  guint64 clear_packets, rtcp_packets;
  guint64 drops[GST_ZRTP_N_RECEIVE_DROPS];
  gint64 keys_ended;            /* monotonic, when the last keys went, or 0 */
  guint32 former[GST_ZRTP_MAX_FORMER];  /* sources of the last call, if that ended
                                         * a moment ago */
  guint n_former;
} GstZrtpReceiver;

/* What to do with a packet. */
typedef struct
{
  gboolean pass;
  gboolean first;               /* of its SSRC under these keys: DISCONT */
  guint32 ssrc;                 /* if @first or @failing */
  ZrtpMedia tell;               /* tell the engine of such media, or BLOCKED */
  gboolean short_rtcp;          /* the peer shortens SRTCP tags */
  gboolean failing;             /* a source that was good only fails, for @drop,
                                 * and this is the time to say so */
  GstZrtpReceiveDrop drop;
} GstZrtpVerdict;

const char *gst_zrtp_receive_drop_nick (GstZrtpReceiveDrop drop);

void gst_zrtp_receiver_init (GstZrtpReceiver * receiver);
void gst_zrtp_receiver_clear (GstZrtpReceiver * receiver);
/* A call begins, and all counters are 0. TRUE if there were keys a moment ago: until
 * there are others, RTP of the sources of that call counts as secure, and does not
 * pass. */
gboolean gst_zrtp_receiver_begin (GstZrtpReceiver * receiver);

/* From the engine's events. @keys NULL: they are void. FALSE if these keys
 * can't be used. */
gboolean gst_zrtp_receiver_set_keys (GstZrtpReceiver * receiver,
    const ZrtpSrtpKeys * keys, const ZrtpSrtpOptions * options);
void gst_zrtp_receiver_set_mode (GstZrtpReceiver * receiver, ZrtpMedia mode);
/* The state changed: the engine wants to hear of media once more. */
void gst_zrtp_receiver_tell_again (GstZrtpReceiver * receiver);

/* With the lock held. In place. @kind is RTP or RTCP. Counts. */
GstZrtpVerdict gst_zrtp_receiver_take (GstZrtpReceiver * receiver,
    GstZrtpPacketKind kind, guint8 * data, gsize * size);

/* Takes the lock: whether media passed since the state changed. */
gboolean gst_zrtp_receiver_is_receiving (GstZrtpReceiver * receiver);
/* Takes the lock. */
/* Must be called with receiver->lock held. */
void gst_zrtp_receiver_drop (GstZrtpReceiver * receiver,
    GstZrtpReceiveDrop drop);
void gst_zrtp_receiver_count_drop (GstZrtpReceiver * receiver,
    GstZrtpReceiveDrop drop);

G_END_DECLS

#endif
