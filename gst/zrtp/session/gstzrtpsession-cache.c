/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A call's file of known peers.
 */
#include "session/gstzrtpsession.h"

#include "session/gstzrtpnotifier.h"
#include "threads/gstzrtpdiskqueue.h"

#include <string.h>

/* As long as for a look-up: who holds a lock is waited for in the cache. */
#define OPENING_TIME (ZRTP_CACHE_BUSY_MS * G_TIME_SPAN_MILLISECOND \
    + G_TIME_SPAN_SECOND)

/* What is done where disks may hang; the call knows the last one. */
struct _GstZrtpOpening
{
  GstZrtpCall *call;            /* a reference */
  char *path;
  gboolean starts, makes;
  ZrtpCache *cache;             /* a reference: @makes: whose file is to be made;
                                 * else the result */
};

GstZrtpCall *
gst_zrtp_call_new (const char *key)
{
  GstZrtpCall *call = g_new0 (GstZrtpCall, 1);

  call->refs = 1;
  call->key = g_strdup (key);
  g_mutex_init (&call->lock);
  g_cond_init (&call->opened);
  gst_zrtp_timer_init (&call->opening_end, gst_zrtp_call_opening_fired, call);
  call->pairs = g_ptr_array_new ();
  return call;
}

/* What streams are bound to, or will be, stays. */
static gboolean
is_settled (GstZrtpCall * call)
{
  for (guint i = 0; i < call->pairs->len; i++) {
    GstZrtpPair *pair = g_ptr_array_index (call->pairs, i);

    if (pair->stream && zrtp_stream_get_session (pair->stream))
      return TRUE;
  }
  return FALSE;
}

static void
set_error (GstZrtpCall * call, const char *error)
{
  g_free (call->cache_error);
  call->cache_error = g_strdup (error);
}

/* Takes @cache, or NULL with @error. */
static void
take_opened (GstZrtpCall * call, const char *path, ZrtpCache * cache,
    const char *error)
{
  const gboolean same = g_strcmp0 (call->cache_path, path) == 0;

  if (cache) {
    zrtp_cache_get_zid (cache, call->zid);
  } else if (!same || call->cache) {
    zrtp_random_system.fill (zrtp_random_system.user_data, call->zid,
        sizeof call->zid);
  }
  gst_zrtp_call_drop_cache (call);
  call->cache = cache;
  set_error (call, error);
  if (!same) {
    g_free (call->cache_path);
    call->cache_path = g_strdup (path);
  }
}

/* Takes @cache. Where the file can't be made the zid that was announced serves
 * without. */
static void
take_result (GstZrtpCall * call, const GstZrtpOpening * opening,
    ZrtpCache * cache, const char *error)
{
  if (!opening->makes) {
    take_opened (call, opening->path, cache, error);
  } else if (error) {
    gst_zrtp_call_drop_cache (call);
    set_error (call, error);
  }
}

static void
end_opening (GstZrtpCall * call)
{
  call->opening = NULL;
  gst_zrtp_timer_clear (&call->opening_end);
  g_cond_broadcast (&call->opened);
  call->opening_done (call);
}

static gboolean
is_wanted (GstZrtpOpening * opening)
{
  gboolean wanted;

  gst_zrtp_call_lock (opening->call);
  wanted = opening->call->opening == opening;
  gst_zrtp_call_unlock (opening->call);
  return wanted;
}

/* With the disk, no locks. */
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
  GstZrtpCall *call = opening->call;
  GError *error = is_wanted (opening) ? open_or_make (opening) : NULL;

  gst_zrtp_call_lock (call);
  if (call->opening == opening) {
    take_result (call, opening, g_steal_pointer (&opening->cache),
        error ? error->message : NULL);
    end_opening (call);
  }
  gst_zrtp_call_unlock (call);

  g_clear_error (&error);
  g_clear_pointer (&opening->cache, zrtp_cache_unref);
  gst_zrtp_call_unref (call);
  g_free (opening->path);
  g_free (opening);
}

/* The disk had its time: the call goes on without it, and what comes of the
 * opening then, nobody wants any more. */
static void
give_up (gpointer data)
{
  GstZrtpCall *call = data;
  char *name, *error;

  gst_zrtp_call_lock (call);
  if (call->opening && g_get_monotonic_time () >= call->opening_due) {
    name = g_filename_display_name (call->opening->path);
    error = g_strdup_printf ("Cache of known peers \"%s\" is on a disk that "
        "does not answer: see to the disk, or name another cache", name);
    take_result (call, call->opening, NULL, error);
    end_opening (call);
    g_free (error);
    g_free (name);
  }
  gst_zrtp_call_unlock (call);
  gst_zrtp_call_unref (call);
}

/* Timer thread. What is under way has a reference to the call. */
void
gst_zrtp_call_opening_fired (gpointer call)
{
  gst_zrtp_pool_run (GST_ZRTP_POOL_SERVICE, give_up, gst_zrtp_call_ref (call));
}

/* In place of one that is under way. */
static void
begin_opening (GstZrtpCall * call, const char *path, gboolean starts,
    gboolean makes, GstZrtpOpenedFunc done)
{
  GstZrtpOpening *opening = g_new0 (GstZrtpOpening, 1);

  opening->call = gst_zrtp_call_ref (call);
  opening->path = g_strdup (path);
  opening->starts = starts;
  opening->makes = makes;
  opening->cache = makes ? zrtp_cache_ref (call->cache) : NULL;
  call->opening = opening;
  call->opening_done = done;
  call->opening_due = g_get_monotonic_time () + OPENING_TIME;
  gst_zrtp_timer_set (&call->opening_end, call->opening_due);
  gst_zrtp_storage_run (path, run_opening, opening);
}

gboolean
gst_zrtp_call_open_cache (GstZrtpCall * call, const char *path, gboolean starts,
    GstZrtpOpenedFunc done)
{
  if (call->cache_path && is_settled (call))
    return TRUE;
  if (call->opening && (call->opening->starts
          || (!starts && g_str_equal (call->opening->path, path))))
    return FALSE;
  if (!g_str_equal (path, ZRTP_CACHE_MEMORY)) {
    /* The same file gives the same object, unless it was replaced since. */
    begin_opening (call, path, starts, FALSE, done);
    return FALSE;
  }
  if (g_strcmp0 (call->cache_path, path) != 0)
    take_opened (call, path, zrtp_cache_open (path, &zrtp_random_system, NULL),
        NULL);
  if (call->opening)
    end_opening (call);
  return TRUE;
}

gboolean
gst_zrtp_call_make_cache (GstZrtpCall * call, GstZrtpOpenedFunc done)
{
  if (is_settled (call))
    return TRUE;
  if (call->opening && call->opening->starts)
    return FALSE;
  if (gst_zrtp_call_is_cacheless (call))
    return TRUE;
  begin_opening (call, call->cache_path, TRUE, TRUE, done);
  return FALSE;
}

void
gst_zrtp_call_wait_opened (GstZrtpCall * call)
{
  while (call->opening)
    g_cond_wait (&call->opened, &call->lock);
}

void
gst_zrtp_call_adopt_cache (GstZrtpCall * call, GstZrtpCall * from)
{
  if (call->cache_path || !from->cache_path)
    return;
  call->cache = from->cache ? zrtp_cache_ref (from->cache) : NULL;
  call->cache_path = g_strdup (from->cache_path);
  call->cache_error = g_strdup (from->cache_error);
  memcpy (call->zid, from->zid, sizeof call->zid);
}

/* A mistyped name makes a new file, with a new ZID. */
void
gst_zrtp_call_tell_of_new_cache (GstZrtpCall * call, GstZrtpPair * pair)
{
  ZrtpCache *cache = call->cache;
  const ZrtpCacheOrigin origin =
      cache ? zrtp_cache_take_origin (cache) : ZRTP_CACHE_EXISTED;

  if (origin == ZRTP_CACHE_NEW)
    gst_zrtp_pair_notify (pair,
        gst_zrtp_notice_new_info (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_NOT_FOUND, NULL, "New file of known peers "
            "\"%s\": no peer is known yet, and this endpoint has a new ZID",
            zrtp_cache_get_path (cache)));
  else if (origin == ZRTP_CACHE_WAS_EMPTY)
    gst_zrtp_pair_notify (pair,
        gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_READ, NULL, "The file of known peers \"%s\" was "
            "empty and starts as a new one: no peer is known, and this endpoint "
            "has a new ZID. If it had content before, replace it by a backup "
            "while no call uses it", zrtp_cache_get_path (cache)));
}
