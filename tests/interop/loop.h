/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An event loop around a ZRTP stack that does no I/O of its own: UDP, timers,
 * media. One thread.
 */
#ifndef LOOP_H
#define LOOP_H

#include "peer.h"

G_BEGIN_DECLS

/* Octets that SRTP or SRTCP may add. */
#define LOOP_TRAILER 64

typedef struct _Loop Loop;

/* One media stream: a UDP socket and one ZRTP exchange. */
typedef struct
{
  Loop *loop;
  guint index;
  guint32 ssrc;
  gpointer data;                /* the backend's */
  gboolean secure;
  gint64 next_send;
  PeerMedia media;
} LoopChannel;

typedef enum
{
  LOOP_MEDIA_OK,
  LOOP_MEDIA_NO_KEYS,
  LOOP_MEDIA_BAD
} LoopMediaResult;

/* One ZRTP stack with its SRTP. */
typedef struct
{
  /* Ready for everything below, the Hellos made. FALSE prints why itself. */
  gboolean (*open) (Loop * loop);
  void (*close) (Loop * loop);
  /* "1.10 <hex>", newly allocated. */
  char *(*get_hello_hash) (LoopChannel * channel);
  gboolean (*set_peer_hash) (LoopChannel * channel, const char *value);
  void (*start) (Loop * loop);
  void (*receive) (LoopChannel * channel, guint8 * data, gsize size);
  /* Timers; called whenever the loop turns. */
  void (*tick) (Loop * loop);
  /* Microseconds of the monotonic clock. */
  gint64 (*get_deadline) (Loop * loop);
  LoopMediaResult (*protect) (LoopChannel * channel, gboolean rtcp,
      guint8 * data, gsize * size);
  LoopMediaResult (*unprotect) (LoopChannel * channel, gboolean rtcp,
      guint8 * data, gsize * size);
} LoopBackend;

struct _Loop
{
  const LoopBackend *backend;
  PeerOptions options;
  LoopChannel channel[PEER_MAX_CHANNELS];
  guint n_channels;
  gpointer data;                /* the backend's */
  gint64 start_time;
};

int loop_main (int argc, char **argv, const LoopBackend * backend);

/* From the backend: a ZRTP packet to send. */
void loop_send (LoopChannel * channel, const guint8 * data, gsize size);
/* From the backend: both directions have keys. */
void loop_secure (LoopChannel * channel, const PeerAgreement * agreement);

G_END_DECLS

#endif
