/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "trial-common.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"

/* Whose SRTP arrives at the other side. */
gboolean trial_talks[2];

SimStream *
trial_stream (Sim * sim, guint which)
{
  return &sim->ends[which].streams[0];
}

const ZrtpStreamInfo *
trial_info (Sim * sim, guint which)
{
  return zrtp_stream_get_info (trial_stream (sim, which)->stream);
}

void
trial_settle (Sim * sim, guint which)
{
  sim_drain (sim, which);
  sim_run (sim, sim->now);
}

void
trial_on_event (SimStream * s, const ZrtpEvent * event)
{
  if (event->type == ZRTP_EVENT_LISTEN && trial_talks[1 - s->endpoint->id])
    zrtp_stream_media_received (s->stream, ZRTP_MEDIA_SECURE,
        s->endpoint->sim->now);
}

void
trial_verify (Sim * sim)
{
  for (guint i = 0; i < 2; i++)
    fail_unless (zrtp_session_verify_sas (sim->ends[i].session, sim->now));
  knownpeers_settle (sim);
  for (guint i = 0; i < 2; i++)
    fail_unless_equals_int (knownpeers_info (sim, i)->trust,
        ZRTP_TRUST_VERIFIED);
}

/* A verified call in which both talk. */
Sim *
trial_call (guint64 seed, guint initiator)
{
  Sim *sim = knownpeers_call (seed, initiator);

  trial_talks[0] = trial_talks[1] = TRUE;
  sim->listener = trial_on_event;
  trial_verify (sim);
  return sim;
}

/* The program of an endpoint dies. */
void
trial_kill (Sim * sim, guint which)
{
  SimEndpoint *end = &sim->ends[which];

  sim_run (sim, sim->now + SIM_SEC);    /* jobs and packets on their way */
  trial_talks[which] = FALSE;
  for (guint i = 0; i < end->n_streams; i++) {
    zrtp_stream_free (end->streams[i].stream);
    g_free (end->streams[i].last_text);
    g_string_free (end->streams[i].trace, TRUE);
  }
  zrtp_session_free (end->session);
  end->session = NULL;
}

/* ... and starts again. */
void
trial_restart (Sim * sim, guint which, guint n_streams)
{
  trial_kill (sim, which);
  sim_make (sim, which, n_streams);
  sim_start (sim, which);
}

TrialBefore
trial_look (Sim * sim)
{
  const SimStream *s = trial_stream (sim, 0);
  TrialBefore before = { g_strdup (knownpeers_info (sim, 0)->sas),
    s->n_events[ZRTP_EVENT_MEDIA], s->n_events[ZRTP_EVENT_KEYS_GONE],
    s->n_events[ZRTP_EVENT_RESTART_REFUSED], s->send_keys
  };

  return before;
}

/* Nothing happened to Alice's call: keys, media, SAS, trust. Frees @before. */
void
trial_assert_untouched (Sim * sim, TrialBefore * before, ZrtpTrust trust)
{
  const SimStream *s = trial_stream (sim, 0);

  fail_unless_equals_int (sim_state (sim, 0), ZRTP_STATE_SECURE);
  fail_unless_equals_int (s->n_events[ZRTP_EVENT_MEDIA], before->media);
  fail_unless_equals_int (s->n_events[ZRTP_EVENT_KEYS_GONE], before->gone);
  fail_unless (memcmp (s->send_keys.key, before->keys.key, 16) == 0);
  fail_unless_equals_string (knownpeers_info (sim, 0)->sas, before->sas);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, trust);
  g_free (before->sas);
}

/* The call goes on with the restarted peer. */
void
trial_assert_moved (Sim * sim, TrialBefore * before)
{
  sim_assert_agreed (sim);
  fail_if (g_str_equal (knownpeers_info (sim, 0)->sas, before->sas));
  fail_unless_equals_int (trial_stream (sim, 0)->n_events[ZRTP_EVENT_KEYS_GONE],
      before->gone);
  fail_unless_equals_int (knownpeers_info (sim, 0)->trust, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (knownpeers_info (sim, 1)->trust, ZRTP_TRUST_VERIFIED);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_CACHE_MISMATCH),
      0);
  fail_unless_equals_int (knownpeers_events (sim, 0, ZRTP_EVENT_PEER_CHANGED),
      0);
  fail_unless_equals_int (knownpeers_events (sim, 0,
          ZRTP_EVENT_RESTART_REFUSED), before->told);
  g_free (before->sas);
}

void
trial_puppet (MockPeer * mock, Sim * sim, const guint8 * zid, guint32 ssrc)
{
  mock_peer_init (mock, trial_stream (sim, 0), ssrc);
  memcpy (mock->hello.zid, zid, ZRTP_ZID_SIZE);
}
