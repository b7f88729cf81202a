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
  GstZrtpTransport *transport;
  guint generation;             /* of the stream that gave it out */
  ZrtpJob *job;
  ZrtpCache *cache;             /* or NULL */
  gboolean storage;
} Job;

void
gst_zrtp_session_drain (GstZrtpSession * session)
{
  for (guint i = 0; i < session->transports->len; i++)
    gst_zrtp_transport_drain (gst_zrtp_session_pair_at (session, i));
  gst_zrtp_session_update_level (session);
}

static void
run_job (gpointer data)
{
  Job *job = data;
  GstZrtpTransport *transport = job->transport;

  zrtp_job_run (job->job, job->cache, g_get_real_time () / G_USEC_PER_SEC);
  g_clear_pointer (&job->cache, zrtp_cache_unref);

  gst_zrtp_session_lock (transport->session);
  gst_zrtp_log_job (transport, job->job, "ends");
  if (transport->stream && transport->generation == job->generation)
    zrtp_stream_finish_job (transport->stream, job->job,
        g_get_monotonic_time ());
  else
    zrtp_job_free (job->job);
  if (job->storage && --transport->storing == 0)
    g_cond_broadcast (&transport->stored);
  gst_zrtp_session_drain (transport->session);
  gst_zrtp_session_unlock (transport->session);

  gst_zrtp_transport_unref (transport);
  g_free (job);
}

static void
submit_job (GstZrtpTransport * transport, ZrtpJob * zrtp_job)
{
  Job *job = g_new0 (Job, 1);

  job->transport = gst_zrtp_transport_ref (transport);
  job->generation = transport->generation;
  job->job = zrtp_job;
  job->storage = zrtp_job_get_kind (zrtp_job) == ZRTP_JOB_STORAGE;
  gst_zrtp_log_job (transport, zrtp_job, "begins");
  if (job->storage)
    transport->storing++;
  if (job->storage && !gst_zrtp_session_is_cacheless (transport->session)) {
    job->cache = zrtp_cache_ref (transport->session->cache);
    gst_zrtp_disk_queue_run (transport->session->cache_path, run_job, job);
  } else {
    gst_zrtp_pool_run (job->storage ? GST_ZRTP_POOL_SERVICE
        : GST_ZRTP_POOL_COMPUTE, run_job, job);
  }
}

void
gst_zrtp_transport_update_handshake_pending (GstZrtpTransport * transport)
{
  gst_zrtp_sender_set_busy (&transport->sender, transport->stream
      && (zrtp_stream_is_busy (transport->stream)
          || !gst_zrtp_outbox_is_empty (&transport->outbox)));
}

void
gst_zrtp_transport_drain (GstZrtpTransport * transport)
{
  ZrtpEvent event;
  ZrtpOutPacket *packet;
  ZrtpJob *job;

  if (!transport->stream)
    return;
  gst_zrtp_log_step (transport);
  /* Events first: the keys must be there before the message that allows the
   * peer to use them leaves. */
  while (zrtp_stream_pop_event (transport->stream, &event)) {
    gst_zrtp_log_event (transport, &event);
    gst_zrtp_transport_take_event (transport, &event);
    zrtp_event_clear (&event);
  }
  while ((packet = zrtp_stream_pop_packet (transport->stream))) {
    gst_zrtp_log_send (transport, packet);
    gst_zrtp_transport_send (transport, packet);
  }
  while ((job = zrtp_stream_pop_job (transport->stream)))
    submit_job (transport, job);
  /* Last: the peer waits for the packets, and the thread that is woken first gets
   * the processor. */
  gst_zrtp_transport_schedule_notifications (transport);
  gst_zrtp_timer_set (&transport->timers[GST_ZRTP_TRANSPORT_DEADLINE].timer,
      zrtp_stream_get_deadline (transport->stream));
  gst_zrtp_transport_update_handshake_pending (transport);
}
