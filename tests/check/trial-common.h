/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Calls between known peers, one of which is restarted or replaced in mid-call.
 */
#ifndef TRIAL_COMMON_H
#define TRIAL_COMMON_H

#include "mockpeer.h"

typedef struct
{
  char *sas;
  guint media, gone, told;
  ZrtpSrtpKeys keys;
} TrialBefore;

/* Whose SRTP arrives at the other side. */
extern gboolean trial_talks[2];

SimStream *trial_stream (Sim * sim, guint which);
const ZrtpStreamInfo *trial_info (Sim * sim, guint which);
void trial_settle (Sim * sim, guint which);
/* A SimListener: SRTP answers ZRTP_EVENT_LISTEN. */
void trial_on_event (SimStream * s, const ZrtpEvent * event);
/* Both users compare the SAS. */
void trial_verify (Sim * sim);
/* A verified call in which both talk. */
Sim *trial_call (guint64 seed, guint initiator);
/* The program of an endpoint dies; and starts again. */
void trial_kill (Sim * sim, guint which);
void trial_restart (Sim * sim, guint which, guint n_streams);
TrialBefore trial_look (Sim * sim);
/* Nothing happened to the call of the first endpoint, or it goes on with the
 * restarted peer. Both free @before. */
void trial_assert_untouched (Sim * sim, TrialBefore * before, ZrtpTrust trust);
void trial_assert_moved (Sim * sim, TrialBefore * before);
/* A puppet for the first endpoint, with that ZID. */
void trial_puppet (MockPeer * mock, Sim * sim, const guint8 * zid,
    guint32 ssrc);

#endif
