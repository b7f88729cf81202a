/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Why there is silence: situations of a transport in which media or the handshake
 * is due and can't go, or nothing has come of what was expected. A sample is taken
 * now and then; each situation that lasts is reported once.
 */
#ifndef GST_ZRTP_SITUATION_H
#define GST_ZRTP_SITUATION_H

#include <gst/gst.h>

#include "zrtp/zrtp.h"

G_BEGIN_DECLS

/* How the handshake leaves zrtpenc. */
typedef enum
{
  GST_ZRTP_EXIT_NONE,           /* no pad for it */
  GST_ZRTP_EXIT_UNLINKED,       /* no source pad for it is linked */
  GST_ZRTP_EXIT_ENDED,          /* each that is linked has had EOS */
  GST_ZRTP_EXIT_OPEN
} GstZrtpExit;

typedef struct
{
  gint64 now;                   /* monotonic, microseconds */
  gboolean have_enc, have_dec;  /* the transport's elements */
  GstZrtpExit exit;
  gboolean in_rtpbin;           /* zrtpenc is a child of an rtpbin */
  gboolean may_start;           /* the application keeps no start back */
  gboolean started;             /* the engine runs */
  gboolean unused_enc, unused_dec, clear_rtcp, clear_rtcp_in;   /* pads without
                                 * a peer, or with another: see the situations */
  guint64 offered;              /* packets that came to zrtpenc */
  guint64 arrived;              /* to zrtpdec, of any kind */
  guint64 media_arrived;        /* of these, RTP and RTCP */
  guint64 decrypted, undecryptable;     /* of these, while secure */
  ZrtpState state;
  ZrtpErrorCode error;          /* with ZRTP_STATE_FAILED */
  gboolean lost_call;           /* the peer seems to go on with a lost call */
  gboolean have_peer;           /* the peer's Hello came */
  gboolean passive, peer_passive;
  gboolean auto_secure;
  gboolean clear_allowed;       /* require-encryption is FALSE */
  guint64 sent, received;       /* ZRTP packets */
} GstZrtpSample;

typedef enum
{
  GST_ZRTP_SITUATION_NO_PARTNER,        /* one of the elements is missing */
  GST_ZRTP_SITUATION_UNUSED_ENC,        /* a requested sink pad of zrtpenc has no
                                         * peer */
  GST_ZRTP_SITUATION_UNUSED_DEC,        /* rtp_sink of zrtpdec has none */
  GST_ZRTP_SITUATION_CLEAR_RTCP,        /* RTCP leaves rtpbin past zrtpenc */
  GST_ZRTP_SITUATION_CLEAR_RTCP_IN,     /* RTCP enters rtpbin past zrtpdec */
  GST_ZRTP_SITUATION_CANNOT_ANSWER,     /* the peer calls, no exit is linked */
  GST_ZRTP_SITUATION_CANNOT_LEAVE,      /* media comes, no exit is linked */
  GST_ZRTP_SITUATION_ENDED,     /* a handshake is due, each exit has ended */
  GST_ZRTP_SITUATION_NOTHING_HEARD,     /* Hellos go out, nothing comes */
  GST_ZRTP_SITUATION_LOST_CALL, /* media of a call comes whose keys are lost */
  GST_ZRTP_SITUATION_NO_HELLO,  /* media comes, ZRTP does not */
  GST_ZRTP_SITUATION_BUSY_PEER, /* the peer acknowledges Hellos, and sends none */
  GST_ZRTP_SITUATION_STALLED,   /* Hellos are exchanged, and nothing follows */
  GST_ZRTP_SITUATION_BOTH_PASSIVE,
  GST_ZRTP_SITUATION_FAILED,
  GST_ZRTP_SITUATION_UNDECRYPTABLE,     /* secure, and nothing that comes can be
                                         * decrypted */
  GST_ZRTP_N_SITUATIONS
} GstZrtpSituation;

/* Zeroed at first, and when the transport starts. */
typedef struct
{
  gint64 begun;                 /* the first sample */
  gint64 since[GST_ZRTP_N_SITUATIONS];  /* 0: it is not so */
  gboolean reported[GST_ZRTP_N_SITUATIONS];
  GstZrtpSample last;
  gint64 discovering_since;     /* 0: not in that state */
  guint64 sent_before, received_before, arrived_before, media_before;
  gint64 heard_at;              /* when something was decrypted, or secure began */
  guint64 undecryptable_before;
} GstZrtpWatch;

/* Takes a sample into account. TRUE if a situation is to be reported now, at most
 * one a call. No situation is reported twice before the call is secure. */
gboolean gst_zrtp_watch_update (GstZrtpWatch * watch,
    const GstZrtpSample * sample, GstZrtpSituation * situation);
/* The time until the next sample is due, in microseconds. */
gint64 gst_zrtp_watch_interval (const GstZrtpWatch * watch);
/* Media or RTCP goes past an element. */
gboolean gst_zrtp_situation_is_bypass (GstZrtpSituation situation);
/* What is wrong and what to do, for the WARNING. Newly allocated. */
char *gst_zrtp_situation_describe (GstZrtpSituation situation,
    const GstZrtpWatch * watch);

G_END_DECLS

#endif
