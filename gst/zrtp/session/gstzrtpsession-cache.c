/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's file of known peers.
 */
#include "session/gstzrtpsession.h"

#include "session/gstzrtpnotifier.h"
#include "threads/gstzrtpdiskqueue.h"

#include <string.h>

/* As long as for a look-up: a process that holds a lock is waited for in the
 * cache. */
#define OPENING_TIME (ZRTP_CACHE_BUSY_MS * G_TIME_SPAN_MILLISECOND \
    + G_TIME_SPAN_SECOND)

/* What is done where disks may hang; the call knows the last one. */
struct _GstZrtpOpening
{
  GstZrtpSession *session;      /* a reference */
  char *path;
  gboolean starts, makes;
  ZrtpCache *cache;             /* a reference: @makes: whose file is to be made;
                                 * else the result */
};

GstZrtpSession *
gst_zrtp_session_new (const char *key)
{
  GstZrtpSession *session = g_new0 (GstZrtpSession, 1);

  session->refs = 1;
  session->key = g_strdup (key);
  g_mutex_init (&session->lock);
  g_cond_init (&session->opened);
  gst_zrtp_timer_init (&session->opening_end, gst_zrtp_session_opening_fired,
      session);
  session->transports = g_ptr_array_new ();
  return session;
}

/* What streams are bound to, or will be, stays. */
static gboolean
is_settled (GstZrtpSession * session)
{
  for (guint i = 0; i < session->transports->len; i++) {
    GstZrtpTransport *transport = g_ptr_array_index (session->transports, i);

    if (transport->stream && zrtp_stream_get_session (transport->stream))
      return TRUE;
  }
  return FALSE;
}

static void
set_error (GstZrtpSession * session, const char *error)
{
  g_free (session->cache_error);
  session->cache_error = g_strdup (error);
}

/* Takes ownership of @cache, or NULL with @error. */
static void
take_opened (GstZrtpSession * session, const char *path, ZrtpCache * cache,
    const char *error)
{
  const gboolean same = g_strcmp0 (session->cache_path, path) == 0;

  if (cache) {
    zrtp_cache_get_zid (cache, session->zid);
  } else if (!same || session->cache) {
    zrtp_random_system.fill (zrtp_random_system.user_data, session->zid,
        sizeof session->zid);
  }
  gst_zrtp_session_drop_cache (session);
  session->cache = cache;
  set_error (session, error);
  if (!same) {
    g_free (session->cache_path);
    session->cache_path = g_strdup (path);
  }
}

/* Takes ownership of @cache. Where the file can't be made the zid that was
 * announced serves without. */
static void
take_result (GstZrtpSession * session, const GstZrtpOpening * opening,
    ZrtpCache * cache, const char *error)
{
  if (!opening->makes) {
    take_opened (session, opening->path, cache, error);
  } else if (error) {
    gst_zrtp_session_drop_cache (session);
    set_error (session, error);
  }
}

static void
end_opening (GstZrtpSession * session)
{
  session->opening = NULL;
  gst_zrtp_timer_clear (&session->opening_end);
  g_cond_broadcast (&session->opened);
  session->opening_done (session);
}

static gboolean
is_wanted (GstZrtpOpening * opening)
{
  gboolean wanted;

  gst_zrtp_session_lock (opening->session);
  wanted = opening->session->opening == opening;
  gst_zrtp_session_unlock (opening->session);
  return wanted;
}

/* May block on the disk. Called without locks. */
static GError *
open_or_make (GstZrtpOpening * opening)
{
  GError *error = NULL;

  if (opening->makes) {
    zrtp_cache_create_file (opening->cache, &error);
    /* The call has one of its own. */
    g_clear_pointer (&opening->cache, zrtp_cache_unref);
  } else if (opening->starts) {
    opening->cache = zrtp_cache_open (opening->path, &zrtp_random_system,
        &error);
  } else {
    opening->cache =
        zrtp_cache_open_deferred (opening->path, &zrtp_random_system, &error);
  }
  return error;
}

static void
run_opening (gpointer data)
{
  GstZrtpOpening *opening = data;
  GstZrtpSession *session = opening->session;
  GError *error = is_wanted (opening) ? open_or_make (opening) : NULL;

  gst_zrtp_session_lock (session);
  if (session->opening == opening) {
    take_result (session, opening, g_steal_pointer (&opening->cache),
        error ? error->message : NULL);
    end_opening (session);
  }
  gst_zrtp_session_unlock (session);

  g_clear_error (&error);
  g_clear_pointer (&opening->cache, zrtp_cache_unref);
  gst_zrtp_session_unref (session);
  g_free (opening->path);
  g_free (opening);
}

/* Opening the file timed out: the session goes on without it, and drops what
 * comes of the opening then. */
static void
give_up (gpointer data)
{
  GstZrtpSession *session = data;
  char *name, *error;

  gst_zrtp_session_lock (session);
  if (session->opening && g_get_monotonic_time () >= session->opening_due) {
    name = g_filename_display_name (session->opening->path);
    error = g_strdup_printf ("Cache of known peers \"%s\" is on a disk that "
        "does not respond. Check the disk, or set another \"cache\"", name);
    take_result (session, session->opening, NULL, error);
    end_opening (session);
    g_free (error);
    g_free (name);
  }
  gst_zrtp_session_unlock (session);
  gst_zrtp_session_unref (session);
}

/* Timer thread. What is under way has a reference to the call. */
void
gst_zrtp_session_opening_fired (gpointer session)
{
  gst_zrtp_pool_run (GST_ZRTP_POOL_SERVICE, give_up,
      gst_zrtp_session_ref (session));
}

/* In place of one that is under way. */
static void
begin_opening (GstZrtpSession * session, const char *path, gboolean starts,
    gboolean makes, GstZrtpOpenedFunc done)
{
  GstZrtpOpening *opening = g_new0 (GstZrtpOpening, 1);

  opening->session = gst_zrtp_session_ref (session);
  opening->path = g_strdup (path);
  opening->starts = starts;
  opening->makes = makes;
  opening->cache = makes ? zrtp_cache_ref (session->cache) : NULL;
  session->opening = opening;
  session->opening_done = done;
  session->opening_due = g_get_monotonic_time () + OPENING_TIME;
  gst_zrtp_timer_set (&session->opening_end, session->opening_due);
  gst_zrtp_disk_queue_run (path, run_opening, opening);
}

gboolean
gst_zrtp_session_open_cache (GstZrtpSession * session, const char *path,
    gboolean starts, GstZrtpOpenedFunc done)
{
  if (session->cache_path && is_settled (session))
    return TRUE;
  if (session->opening && (session->opening->starts
          || (!starts && g_str_equal (session->opening->path, path))))
    return FALSE;
  if (!g_str_equal (path, ZRTP_CACHE_MEMORY)) {
    /* The same file gives the same object, unless it was replaced since. */
    begin_opening (session, path, starts, FALSE, done);
    return FALSE;
  }
  if (g_strcmp0 (session->cache_path, path) != 0)
    take_opened (session, path, zrtp_cache_open (path, &zrtp_random_system,
            NULL), NULL);
  if (session->opening)
    end_opening (session);
  return TRUE;
}

gboolean
gst_zrtp_session_make_cache (GstZrtpSession * session, GstZrtpOpenedFunc done)
{
  if (is_settled (session))
    return TRUE;
  if (session->opening && session->opening->starts)
    return FALSE;
  if (gst_zrtp_session_is_cacheless (session))
    return TRUE;
  begin_opening (session, session->cache_path, TRUE, TRUE, done);
  return FALSE;
}

void
gst_zrtp_session_wait_opened (GstZrtpSession * session)
{
  while (session->opening)
    g_cond_wait (&session->opened, &session->lock);
}

void
gst_zrtp_session_adopt_cache (GstZrtpSession * session, GstZrtpSession * from)
{
  if (session->cache_path || !from->cache_path)
    return;
  session->cache = from->cache ? zrtp_cache_ref (from->cache) : NULL;
  session->cache_path = g_strdup (from->cache_path);
  session->cache_error = g_strdup (from->cache_error);
  memcpy (session->zid, from->zid, sizeof session->zid);
}

/* A mistyped name makes a new file, with a new ZID. */
void
gst_zrtp_session_tell_of_new_cache (GstZrtpSession * session,
    GstZrtpTransport * transport)
{
  ZrtpCache *cache = session->cache;
  const ZrtpCacheOrigin origin =
      cache ? zrtp_cache_take_origin (cache) : ZRTP_CACHE_EXISTED;

  if (origin == ZRTP_CACHE_NEW)
    gst_zrtp_transport_notify (transport,
        gst_zrtp_notification_new_info (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_NOT_FOUND, NULL, "New file of known peers "
            "\"%s\": no peer is known yet, and this endpoint has a new ZID",
            zrtp_cache_get_path (cache)));
  else if (origin == ZRTP_CACHE_WAS_EMPTY)
    gst_zrtp_transport_notify (transport,
        gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_READ, NULL, "The file of known peers \"%s\" was "
            "empty and starts as a new one: no peer is known, and this endpoint "
            "has a new ZID. If it had content before, replace it by a backup "
            "while no call uses it", zrtp_cache_get_path (cache)));
}
