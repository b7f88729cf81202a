/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source pad that is fed from two sides: the streaming thread of its sink pad
 * and a worker that has a handshake packet (or the wish to let sinks preroll)
 * before any media came.
 *
 * Stream-start, caps and a TIME segment precede the first buffer whichever side
 * comes first, and default events never follow the real ones.
 *
 * A worker's push may hang in a sink that waits for PLAYING. The streaming
 * thread's events must not hang behind it: live sources push theirs with a lock
 * held that a change of state needs, so the pipeline could not be stopped any
 * more. While a worker pushes, sticky events stay on the pad and go out with the
 * next buffer. EOS, gaps and others are left to the worker, which pushes them once
 * its own push returns.
 *
 * One thread at a time pushes events. GStreamer clears the pad's mark of pending
 * events before it pushes them, so the buffer of a second thread would overtake
 * the segment.
 */
#ifndef GST_ZRTP_SRC_PAD_H
#define GST_ZRTP_SRC_PAD_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct
{
  GstPad *pad;                  /* a reference */
  const char *caps_name;        /* stand-in caps: bare, of this name */
  gboolean ask_downstream;      /* ... unless downstream has fixed ones */
  gint known;                   /* atomic: which of the three are on the pad */
  gint settled;                 /* atomic: they are downstream, as long as the
                                 * pad has no pending events */
  GMutex lock;
  GCond changed;
  /* Under the lock. */
  gboolean working;             /* a worker's push is under way */
  gboolean pushing;             /* events are, of whatever thread */
  gboolean stored;              /* meanwhile events were left on the pad ... */
  GQueue later;                 /* ... and these GstEvents to the worker */
  gboolean inactive;            /* stopped or flushing: no thread waits */
  gboolean bare;                /* the stand-in caps are on the pad */
  GstEvent *end;                /* for a worker to push; of this run */
} GstZrtpSrcPad;

void gst_zrtp_src_pad_init (GstZrtpSrcPad * src_pad, GstPad * pad,
    const char *caps_name, gboolean ask_downstream);
void gst_zrtp_src_pad_clear (GstZrtpSrcPad * src_pad);

/* For state changes, before and after the pad's. */
void gst_zrtp_src_pad_set_active (GstZrtpSrcPad * src_pad, gboolean active);
/* Once the pad is inactive: until no worker uses it any more, half a second at
 * most. Without locks. */
void gst_zrtp_src_pad_wait_worker (GstZrtpSrcPad * src_pad);

/* -- The streaming thread -- */

/* Forwards an event of the sink pad, now or after a worker's push. Takes
 * ownership of @event. */
gboolean gst_zrtp_src_pad_push_event (GstZrtpSrcPad * src_pad,
    GstEvent * event);
GstFlowReturn gst_zrtp_src_pad_push (GstZrtpSrcPad * src_pad,
    GstBuffer * buffer);
GstFlowReturn gst_zrtp_src_pad_push_list (GstZrtpSrcPad * src_pad,
    GstBufferList * list);

/* Ends a stream that no sink pad feeds alone, whether anything came of it or not.
 * What comes later is another stream. Takes @event, an EOS. */
void gst_zrtp_src_pad_end (GstZrtpSrcPad * src_pad, GstEvent * event);

/* -- Workers -- */

GstFlowReturn gst_zrtp_src_pad_work (GstZrtpSrcPad * src_pad,
    GstBuffer * buffer);
/* Takes @event. */
void gst_zrtp_src_pad_work_event (GstZrtpSrcPad * src_pad, GstEvent * event);

/* From any thread: a worker is to push @event, an EOS, which is taken. FALSE if
 * nothing runs here that could end. */
gboolean gst_zrtp_src_pad_want_end (GstZrtpSrcPad * src_pad, GstEvent * event);
/* Pushes it, unless that run is over. */
void gst_zrtp_src_pad_work_end (GstZrtpSrcPad * src_pad);

/* Downstream has to do with bare caps. */
gboolean gst_zrtp_src_pad_is_bare (GstZrtpSrcPad * src_pad);

G_END_DECLS

#endif
