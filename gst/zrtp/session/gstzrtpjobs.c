/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Drains the engine: packets, events, and jobs on their pools and back.
 */
#include "session/gstzrtpjobs.h"

#include "session/gstzrtpevents.h"
#include "session/gstzrtplevel.h"
#include "session/gstzrtplog.h"
#include "session/gstzrtpnotifier.h"
#include "session/gstzrtpoutbox.h"
#include "threads/gstzrtpdiskqueue.h"

typedef struct
{
  GstZrtpPair *pair;
  guint generation;             /* of the stream that gave it out */
  ZrtpJob *job;
  ZrtpCache *cache;             /* or NULL */
  gboolean storage;
} Job;

void
gst_zrtp_call_drain (GstZrtpCall * call)
{
  for (guint i = 0; i < call->pairs->len; i++)
    gst_zrtp_pair_drain (gst_zrtp_call_pair_at (call, i));
  gst_zrtp_call_update_level (call);
}

static void
run_job (gpointer data)
{
  Job *job = data;
  GstZrtpPair *pair = job->pair;

  zrtp_job_run (job->job, job->cache, g_get_real_time () / G_USEC_PER_SEC);
  g_clear_pointer (&job->cache, zrtp_cache_unref);

  gst_zrtp_call_lock (pair->call);
  gst_zrtp_log_job (pair, job->job, "ends");
  if (pair->stream && pair->generation == job->generation)
    zrtp_stream_finish_job (pair->stream, job->job, g_get_monotonic_time ());
  else
    zrtp_job_free (job->job);
  if (job->storage && --pair->storing == 0)
    g_cond_broadcast (&pair->stored);
  gst_zrtp_call_drain (pair->call);
  gst_zrtp_call_unlock (pair->call);

  gst_zrtp_pair_unref (pair);
  g_free (job);
}

static void
submit_job (GstZrtpPair * pair, ZrtpJob * zrtp_job)
{
  Job *job = g_new0 (Job, 1);

  job->pair = gst_zrtp_pair_ref (pair);
  job->generation = pair->generation;
  job->job = zrtp_job;
  job->storage = zrtp_job_get_kind (zrtp_job) == ZRTP_JOB_STORAGE;
  gst_zrtp_log_job (pair, zrtp_job, "begins");
  if (job->storage)
    pair->storing++;
  if (job->storage && !gst_zrtp_call_is_cacheless (pair->call)) {
    job->cache = zrtp_cache_ref (pair->call->cache);
    gst_zrtp_storage_run (pair->call->cache_path, run_job, job);
  } else {
    gst_zrtp_pool_run (job->storage ? GST_ZRTP_POOL_SERVICE
        : GST_ZRTP_POOL_COMPUTE, run_job, job);
  }
}

void
gst_zrtp_pair_update_busy (GstZrtpPair * pair)
{
  gst_zrtp_sender_set_busy (&pair->sender, pair->stream
      && (zrtp_stream_is_busy (pair->stream)
          || !gst_zrtp_outbox_is_empty (&pair->outbox)));
}

void
gst_zrtp_pair_drain (GstZrtpPair * pair)
{
  ZrtpEvent event;
  ZrtpOutPacket *packet;
  ZrtpJob *job;

  if (!pair->stream)
    return;
  /* Events first: the keys must be there before the message that allows the
   * peer to use them leaves. */
  while (zrtp_stream_pop_event (pair->stream, &event)) {
    gst_zrtp_log_event (pair, &event);
    gst_zrtp_pair_take_event (pair, &event);
    zrtp_event_clear (&event);
  }
  while ((packet = zrtp_stream_pop_packet (pair->stream))) {
    gst_zrtp_log_send (pair, packet);
    gst_zrtp_pair_send (pair, packet);
  }
  while ((job = zrtp_stream_pop_job (pair->stream)))
    submit_job (pair, job);
  /* Last: the peer waits for the packets, and the thread that is woken first gets
   * the processor. */
  gst_zrtp_pair_tell_notices (pair);
  gst_zrtp_timer_set (&pair->deadline, zrtp_stream_get_deadline (pair->stream));
  gst_zrtp_pair_update_busy (pair);
}
