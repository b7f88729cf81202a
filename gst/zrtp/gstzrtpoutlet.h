/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A source pad that is fed from two sides: the streaming thread of its sink pad
 * and a worker that has a handshake packet (or the wish to let sinks preroll)
 * before any media came. Stream-start, caps and a TIME segment precede the first
 * buffer whoever comes first, and the worker's stand-ins never follow the real
 * ones: who pushes one of the three takes turns with the other side. A wait for
 * the turn ends with a flush.
 */
#ifndef GST_ZRTP_OUTLET_H
#define GST_ZRTP_OUTLET_H

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _GstZrtpOutlet GstZrtpOutlet;

struct _GstZrtpOutlet
{
  GstPad *pad;                  /* a reference */
  const char *caps_name;        /* stand-in caps: bare, of this name */
  gboolean ask_downstream;      /* ... unless downstream has fixed ones */
  GMutex lock;
  GCond turn;
  gboolean taken;               /* lock */
  gboolean flushing;            /* lock */
  gint sent;                    /* atomic: which of the three are out */
  gboolean bare;                /* lock: the stand-in caps are out */
};

void gst_zrtp_outlet_init (GstZrtpOutlet * outlet, GstPad * pad,
    const char *caps_name, gboolean ask_downstream);
void gst_zrtp_outlet_clear (GstZrtpOutlet * outlet);

/* Unblocks whoever waits for the turn, and lets nobody wait until it is unset.
 * Also forgets what was sent: for state changes. */
void gst_zrtp_outlet_set_active (GstZrtpOutlet * outlet, gboolean active);

/* Forwards an event of the sink pad. Takes @event. */
gboolean gst_zrtp_outlet_push_event (GstZrtpOutlet * outlet, GstEvent * event);

/* Sees to it that the three are out. GST_FLOW_FLUSHING if they can't be now. Caps
 * that downstream refuses show in the result of the next push. */
GstFlowReturn gst_zrtp_outlet_open (GstZrtpOutlet * outlet);

GstFlowReturn gst_zrtp_outlet_push (GstZrtpOutlet * outlet, GstBuffer * buffer);
GstFlowReturn gst_zrtp_outlet_push_list (GstZrtpOutlet * outlet,
    GstBufferList * list);

/* Downstream had to do with bare caps. */
gboolean gst_zrtp_outlet_is_bare (GstZrtpOutlet * outlet);

G_END_DECLS

#endif
