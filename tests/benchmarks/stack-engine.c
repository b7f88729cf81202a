/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The engine of ext/zrtp; jobs run on the spot.
 */
#include "stack.h"

#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

#include <string.h>

#define PRESHARED "Prsh"

typedef struct
{
  ZrtpSession *session;
  ZrtpStream *streams[STACK_MAX_STREAMS];
} End;

typedef struct
{
  Wire *wire;
  guint n_streams;
  gboolean preshared;
  gint64 now;
  End ends[2];
} Call;

static gboolean
engine_has (const char *key_agreement)
{
  return zrtp_algorithm_find (ZRTP_KIND_KEY_AGREEMENT, key_agreement) != NULL;
}

static void
set_policy (ZrtpPolicy * policy, const char *key_agreement, const char *cipher)
{
  const gboolean preshared = g_str_equal (key_agreement, PRESHARED);

  zrtp_policy_init (policy);
  policy->cacheless = !preshared;
  if (!zrtp_algorithm_list_parse (ZRTP_KIND_KEY_AGREEMENT,
          preshared ? PRESHARED ",X255" : key_agreement,
          &policy->algorithms[ZRTP_KIND_KEY_AGREEMENT], NULL)
      || !zrtp_algorithm_list_parse (ZRTP_KIND_CIPHER, cipher,
          &policy->algorithms[ZRTP_KIND_CIPHER], NULL))
    g_error ("the engine has no %s or no %s", key_agreement, cipher);
}

static gpointer
engine_open (Wire * wire, const char *key_agreement, const char *cipher,
    guint n_streams)
{
  Call *call = g_new0 (Call, 1);
  ZrtpPolicy policy;

  call->wire = wire;
  call->n_streams = n_streams;
  call->preshared = g_str_equal (key_agreement, PRESHARED);
  set_policy (&policy, key_agreement, cipher);
  for (guint e = 0; e < 2; e++) {
    End *end = &call->ends[e];
    guint8 zid[ZRTP_ZID_SIZE];

    zrtp_random_fill (&zrtp_random_system, zid, sizeof zid);
    end->session = zrtp_session_new ();
    for (guint i = 0; i < n_streams; i++) {
      end->streams[i] = zrtp_stream_new (&policy, zid, &zrtp_random_system);
      zrtp_session_add (end->session, end->streams[i]);
    }
  }
  return call;
}

static void
engine_close (gpointer data)
{
  Call *call = data;

  for (guint e = 0; e < 2; e++) {
    for (guint i = 0; i < call->n_streams; i++)
      zrtp_stream_free (call->ends[e].streams[i]);
    zrtp_session_free (call->ends[e].session);
  }
  g_free (call);
}

/* What a file of known peers would say after two verified calls; what is to be
 * written is lost. */
static void
remember (ZrtpJob * job)
{
  ZrtpPeer *peer = &job->peer;

  job->ok = TRUE;
  if (job->task != ZRTP_TASK_LOOKUP)
    return;
  peer->known = peer->verified = peer->confirmed = TRUE;
  peer->have_rs1 = peer->have_rs2 = TRUE;
  peer->expires = ZRTP_NEVER;
  memset (peer->rs1, 0x51, sizeof peer->rs1);
  memset (peer->rs2, 0x52, sizeof peer->rs2);
}

/* TRUE if a job was run, which may bring more. */
static gboolean
drain_stream (Call * call, guint e, guint i)
{
  ZrtpStream *stream = call->ends[e].streams[i];
  ZrtpOutPacket *packet;
  gboolean ran = FALSE;
  ZrtpEvent event;
  ZrtpJob *job;

  while (zrtp_stream_pop_event (stream, &event))
    zrtp_event_clear (&event);
  while ((packet = zrtp_stream_pop_packet (stream))) {
    wire_send (call->wire, e, i, packet->data, packet->size);
    g_free (packet);
  }
  while ((job = zrtp_stream_pop_job (stream))) {
    if (call->preshared && zrtp_job_get_kind (job) == ZRTP_JOB_STORAGE)
      remember (job);
    else
      zrtp_job_run (job, NULL, 0);
    zrtp_stream_finish_job (stream, job, call->now);
    ran = TRUE;
  }
  return ran;
}

static void
drain (Call * call, guint e)
{
  gboolean again;

  do {
    again = FALSE;
    for (guint i = 0; i < call->n_streams; i++)
      again |= drain_stream (call, e, i);
  } while (again);
}

static void
engine_start (gpointer data, guint end, guint stream)
{
  Call *call = data;

  zrtp_stream_start (call->ends[end].streams[stream], 2 * stream + end + 1,
      call->now);
  drain (call, end);
}

static void
engine_receive (gpointer data, guint end, guint stream, guint8 * packet,
    gsize size)
{
  Call *call = data;

  zrtp_stream_receive (call->ends[end].streams[stream], packet, size,
      call->now);
  drain (call, end);
}

static void
engine_tick (gpointer data, guint end, guint stream, gint64 now_ms)
{
  Call *call = data;

  call->now = now_ms * 1000;
  zrtp_stream_timeout (call->ends[end].streams[stream], call->now);
  drain (call, end);
}

static const char *
engine_agreed (gpointer data, guint stream)
{
  Call *call = data;
  const ZrtpStreamInfo *infos[2];
  const ZrtpSessionInfo *sessions[2];

  for (guint e = 0; e < 2; e++) {
    infos[e] = zrtp_stream_get_info (call->ends[e].streams[stream]);
    sessions[e] = zrtp_session_get_info (call->ends[e].session);
    if (infos[e]->state != ZRTP_STATE_SECURE)
      return NULL;
  }
  if (sessions[0]->sasvalue != sessions[1]->sasvalue)
    g_error ("the engine's ends disagree");
  return infos[0]->key_agreement->base.name;
}

const Stack stack_engine = {
  "engine", engine_has, engine_open, engine_close, engine_start,
  engine_receive, engine_tick, engine_agreed
};
