/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsession.h"

#include "threads/gstzrtpdiskqueue.h"

GstZrtpSession *
gst_zrtp_session_ref (GstZrtpSession * session)
{
  g_atomic_int_inc (&session->refs);
  return session;
}

void
gst_zrtp_session_unref (GstZrtpSession * session)
{
  if (!g_atomic_int_dec_and_test (&session->refs))
    return;
  g_assert (session->transports->len == 0 && !session->engine);
  g_ptr_array_unref (session->transports);
  gst_zrtp_session_drop_cache (session);
  gst_clear_structure (&session->notified_trust);
  g_free (session->notified_sas);
  g_free (session->asked_sas);
  g_free (session->warned_attack);
  g_free (session->cache_path);
  g_free (session->cache_error);
  g_cond_clear (&session->opened);
  g_free (session->key);
  g_mutex_clear (&session->lock);
  g_free (session);
}

void
gst_zrtp_session_drop_cache (GstZrtpSession * session)
{
  if (session->cache)
    gst_zrtp_disk_queue_unref_cache (session->cache_path, session->cache);
  session->cache = NULL;
}

gboolean
gst_zrtp_session_is_cacheless (GstZrtpSession * session)
{
  return !session->cache || zrtp_cache_is_volatile (session->cache);
}
