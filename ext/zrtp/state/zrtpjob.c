/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/state/zrtpstate.h"

#include "zrtp/crypto/zrtpmemory.h"

guint64
zrtp_next_serial (void)
{
  static guint64 serial;

  return __atomic_add_fetch (&serial, 1, __ATOMIC_RELAXED);
}

ZrtpJob *
zrtp_job_new (ZrtpTask task)
{
  ZrtpJob *job = zrtp_secret_new0 (ZrtpJob);

  job->task = task;
  job->serial = zrtp_next_serial ();
  return job;
}

ZrtpJobKind
zrtp_job_get_kind (const ZrtpJob * job)
{
  return job->task == ZRTP_TASK_KEY_PAIR || job->task == ZRTP_TASK_AGREE ?
      ZRTP_JOB_COMPUTE : ZRTP_JOB_STORAGE;
}

static gboolean
find_name (ZrtpJob * job, ZrtpCache * cache, GError ** error)
{
  return !job->name || zrtp_cache_find_name (cache, job->name, job->zid,
      &job->namesake, error);
}

/* A recent call with a verified peer of that name. */
static gboolean
find_call (ZrtpJob * job, ZrtpCache * cache, gint64 wall_now, GError ** error)
{
  if (!find_name (job, cache, error))
    return FALSE;
  job->recent = job->namesake.found
      && job->namesake.last_seen >= wall_now - ZRTP_RECENT_CALL;
  return TRUE;
}

static void
run_storage (ZrtpJob * job, ZrtpCache * cache, gint64 wall_now)
{
  GError *error = NULL;

  if (!cache)
    job->ok = TRUE;
  else if (job->task == ZRTP_TASK_LOOKUP)
    job->ok = zrtp_cache_lookup (cache, job->zid, wall_now, &job->peer, &error)
        && find_name (job, cache, &error);
  else if (job->task == ZRTP_TASK_FIND_NAME)
    job->ok = find_name (job, cache, &error);
  else if (job->task == ZRTP_TASK_FIND_CALL)
    job->ok = find_call (job, cache, wall_now, &error);
  else
    job->ok =
        zrtp_cache_update (cache, job->zid, wall_now, &job->update, &error);
  if (error) {
    job->error = g_strdup (error->message);
    g_error_free (error);
  }
}

void
zrtp_job_run (ZrtpJob * job, ZrtpCache * cache, gint64 wall_now)
{
  const ZrtpKeyAgreement *ka = job->key_agreement;

  zrtp_memory_init ();
  switch (job->task) {
    case ZRTP_TASK_KEY_PAIR:
      job->ok = ka->make_public (ka, job->private_value, job->private_size,
          job->public_value);
      break;
    case ZRTP_TASK_AGREE:
      job->ok = ka->agree (ka, job->private_value, job->private_size,
          job->public_value, job->result);
      break;
    case ZRTP_TASK_LOOKUP:
    case ZRTP_TASK_FIND_NAME:
    case ZRTP_TASK_FIND_CALL:
    case ZRTP_TASK_UPDATE:
      run_storage (job, cache, wall_now);
      break;
  }
  zrtp_wipe_stack ();
}

void
zrtp_job_free (ZrtpJob * job)
{
  zrtp_peer_clear (&job->peer);
  zrtp_peer_update_clear (&job->update);
  g_free (job->name);
  g_free (job->error);
  zrtp_secret_free (job);
}
