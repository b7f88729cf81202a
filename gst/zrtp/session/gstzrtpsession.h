/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call: the transports that share a session-id, the engine's session and
 * the one lock for it and all its streams, and the file of known peers.
 *
 * Locks, in this order: the registry's, a call's, then the small ones (sender,
 * receiver, inbox, timers, works, settings, objects). Under a call's lock
 * nothing is pushed, emitted, posted or finalised.
 */
#ifndef GST_ZRTP_SESSION_H
#define GST_ZRTP_SESSION_H

#include "api/gstzrtpsettings.h"
#include "threads/gstzrtptimer.h"

G_BEGIN_DECLS

typedef struct _GstZrtpSession GstZrtpSession;
typedef struct _GstZrtpOpening GstZrtpOpening;
typedef struct _GstZrtpTransport GstZrtpTransport;

typedef void (*GstZrtpOpenedFunc) (GstZrtpSession * session);

struct _GstZrtpSession
{
  gint refs;
  char *key;                    /* the registry's; NULL: no element can join */
  GMutex lock;
  /* All that follows: under the lock. */
  GPtrArray *transports;             /* borrowed; those with a member */
  guint active;                 /* elements at or above PAUSED */
  ZrtpSession *engine;          /* while an element is active */
  GstBuffer *applied_aux;       /* what the session was told */
  GstBuffer *applied_srtp_key;
  char *applied_name;
  GstStructure *notified_trust;     /* of the last GstZrtpTrust, or NULL */
  ZrtpReason notified_reason;       /* of the last GstZrtpLevel ... */
  char *notified_sas;               /* ... and its SAS, or NULL */
  ZrtpReasons warned_reasons;   /* that are there and were told */
  char *warned_attack;          /* the last one in a WARNING, or NULL */
  char *asked_sas;              /* that an INFO message was about, or NULL */
  ZrtpCache *cache;             /* NULL: none could be opened, or not yet */
  char *cache_path;             /* as it was asked for; NULL: not yet opened */
  char *cache_error;            /* why there is none */
  guint8 zid[ZRTP_ZID_SIZE];    /* once cache_path is set */
  GstZrtpOpening *opening;      /* of the file, under way; or NULL. Its own */
  GstZrtpOpenedFunc opening_done;
  GstZrtpTimer opening_end;
  gint64 opening_due;           /* the timer's, monotonic */
  GCond opened;                 /* it is over, one way or the other */
};

GstZrtpSession *gst_zrtp_session_new (const char *key);
GstZrtpSession *gst_zrtp_session_ref (GstZrtpSession * session);
void gst_zrtp_session_unref (GstZrtpSession * session);

static inline GstZrtpTransport *
gst_zrtp_session_pair_at (GstZrtpSession * session, guint i)
{
  return g_ptr_array_index (session->transports, i);
}

static inline void
gst_zrtp_session_lock (GstZrtpSession * session)
{
  g_mutex_lock (&session->lock);
}

/* FALSE if another thread has it. */
static inline gboolean
gst_zrtp_session_trylock (GstZrtpSession * session)
{
  return g_mutex_trylock (&session->lock);
}

static inline void
gst_zrtp_session_unlock (GstZrtpSession * session)
{
  g_mutex_unlock (&session->lock);
}

/* All of these must be called with session->lock held. */


/* -- The file of known peers (gstzrtpsession-cache.c) --
 *
 * Opened where a disk may take its time. @done is called with the lock held when the
 * file is open or can't be, or after 3 s: then the call goes on without one. */

/* Makes zid that of the file at @path, unless streams are bound to another. The
 * file is made only if a call @starts: reading a property leaves no trace. TRUE
 * if there is nothing to wait for. */
gboolean gst_zrtp_session_open_cache (GstZrtpSession * session,
    const char *path, gboolean starts, GstZrtpOpenedFunc done);
/* The call starts with the zid that it has: makes the file if that was put off.
 * TRUE as above. */
gboolean gst_zrtp_session_make_cache (GstZrtpSession * session,
    GstZrtpOpenedFunc done);
/* Waits for what is under way; lets go of the lock meanwhile. */
void gst_zrtp_session_wait_opened (GstZrtpSession * session);
/* opening_end's. */
void gst_zrtp_session_opening_fired (gpointer session);
/* Must be called with call->lock held. Tells of a file that was made or filled for
 * the call, once in the process. */
void gst_zrtp_session_tell_of_new_cache (GstZrtpSession * session,
    GstZrtpTransport * transport);
/* Takes over what another call has open, if this one has nothing. */
void gst_zrtp_session_adopt_cache (GstZrtpSession * session,
    GstZrtpSession * from);
void gst_zrtp_session_drop_cache (GstZrtpSession * session);
gboolean gst_zrtp_session_is_cacheless (GstZrtpSession * session);

G_END_DECLS

#endif
