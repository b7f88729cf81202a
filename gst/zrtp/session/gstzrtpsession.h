/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One call: the pairs that share a session-id, the engine's session and the one
 * lock for it and all its streams, and the file of known peers.
 *
 * Locks, in this order: the registry's, a call's, then the small ones (sender,
 * receiver, inbox, timers, runners, settings, objects). Under a call's lock
 * nothing is pushed, emitted, posted or finalised.
 */
#ifndef GST_ZRTP_CALL_H
#define GST_ZRTP_CALL_H

#include "api/gstzrtpsettings.h"
#include "threads/gstzrtptimer.h"

G_BEGIN_DECLS

typedef struct _GstZrtpCall GstZrtpCall;
typedef struct _GstZrtpOpening GstZrtpOpening;
typedef struct _GstZrtpPair GstZrtpPair;

typedef void (*GstZrtpOpenedFunc) (GstZrtpCall * call);

struct _GstZrtpCall
{
  gint refs;
  char *key;                    /* the registry's; NULL: nobody can join */
  GMutex lock;
  /* All that follows: under the lock. */
  GPtrArray *pairs;             /* borrowed; those with a member */
  guint active;                 /* elements at or above PAUSED */
  ZrtpSession *session;         /* while one is active */
  GstBuffer *applied_aux;       /* what the session was told */
  GstBuffer *applied_srtp_key;
  char *applied_name;
  GstStructure *told_trust;     /* of the last GstZrtpTrust, or NULL */
  ZrtpReason told_reason;       /* of the last GstZrtpLevel ... */
  char *told_sas;               /* ... and its SAS, or NULL */
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

GstZrtpCall *gst_zrtp_call_new (const char *key);
GstZrtpCall *gst_zrtp_call_ref (GstZrtpCall * call);
void gst_zrtp_call_unref (GstZrtpCall * call);

static inline GstZrtpPair *
gst_zrtp_call_pair_at (GstZrtpCall * call, guint i)
{
  return g_ptr_array_index (call->pairs, i);
}

static inline void
gst_zrtp_call_lock (GstZrtpCall * call)
{
  g_mutex_lock (&call->lock);
}

/* FALSE if somebody has it. */
static inline gboolean
gst_zrtp_call_trylock (GstZrtpCall * call)
{
  return g_mutex_trylock (&call->lock);
}

static inline void
gst_zrtp_call_unlock (GstZrtpCall * call)
{
  g_mutex_unlock (&call->lock);
}

/* With the lock held, all of them. */


/* -- The file of known peers (gstzrtpsession-cache.c) --
 *
 * Opened where a disk may take its time. @done is called with the lock held when the
 * file is open or can't be, or after 3 s: then the call goes on without one. */

/* Makes zid that of the file at @path, unless streams are bound to another. The
 * file is made only if a call @starts: who merely looks leaves no trace. TRUE if
 * there is nothing to wait for. */
gboolean gst_zrtp_call_open_cache (GstZrtpCall * call, const char *path,
    gboolean starts, GstZrtpOpenedFunc done);
/* The call starts with the zid that it has: makes the file if that was put off.
 * TRUE as above. */
gboolean gst_zrtp_call_make_cache (GstZrtpCall * call, GstZrtpOpenedFunc done);
/* Waits for what is under way; lets go of the lock meanwhile. */
void gst_zrtp_call_wait_opened (GstZrtpCall * call);
/* opening_end's. */
void gst_zrtp_call_opening_fired (gpointer call);
/* Must be called with call->lock held. Tells of a file that was made or filled for
 * the call, once in the process. */
void gst_zrtp_call_tell_of_new_cache (GstZrtpCall * call, GstZrtpPair * pair);
/* Takes over what another call has open, if this one has nothing. */
void gst_zrtp_call_adopt_cache (GstZrtpCall * call, GstZrtpCall * from);
void gst_zrtp_call_drop_cache (GstZrtpCall * call);
gboolean gst_zrtp_call_is_cacheless (GstZrtpCall * call);

G_END_DECLS

#endif
