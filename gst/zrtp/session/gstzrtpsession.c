/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsession.h"

#include "threads/gstzrtpdiskqueue.h"

GstZrtpCall *
gst_zrtp_call_ref (GstZrtpCall * call)
{
  g_atomic_int_inc (&call->refs);
  return call;
}

void
gst_zrtp_call_unref (GstZrtpCall * call)
{
  if (!g_atomic_int_dec_and_test (&call->refs))
    return;
  g_assert (call->pairs->len == 0 && !call->session);
  g_ptr_array_unref (call->pairs);
  gst_zrtp_call_drop_cache (call);
  gst_clear_structure (&call->told_trust);
  g_free (call->told_sas);
  g_free (call->asked_sas);
  g_free (call->warned_attack);
  g_free (call->cache_path);
  g_free (call->cache_error);
  g_cond_clear (&call->opened);
  g_free (call->key);
  g_mutex_clear (&call->lock);
  g_free (call);
}

void
gst_zrtp_call_drop_cache (GstZrtpCall * call)
{
  if (call->cache)
    gst_zrtp_storage_unref_cache (call->cache_path, call->cache);
  call->cache = NULL;
}

gboolean
gst_zrtp_call_is_cacheless (GstZrtpCall * call)
{
  return !call->cache || zrtp_cache_is_volatile (call->cache);
}
