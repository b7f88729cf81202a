/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "notary.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "known.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

NotaryKey *notary_keys[2];
Notary notary;

void
notary_setup (void)
{
  known_setup ();
  for (guint i = 0; i < 2; i++)
    notary_keys[i] = notary_key_new (256);
}

void
notary_teardown (void)
{
  for (guint i = 0; i < 2; i++)
    notary_key_free (notary_keys[i]);
  known_teardown ();
}

gboolean
notary_answer (Sim * sim, guint which, const NotaryKey * key, char **reason)
{
  NotaryEnd *end = &notary.ends[which];
  GBytes *made = notary_key_sign (key, end->sashash);
  const ZrtpSignature signature = { key->certificate, made };
  gboolean taken = zrtp_session_sign_sas (sim->ends[which].session,
      end->sashash, &signature, sim->now, reason);

  g_bytes_unref (made);
  return taken;
}

static void
judge (NotaryEnd * end, ZrtpSession * session, gint64 now)
{
  const ZrtpSignature *signature = zrtp_session_get_signature (session);
  guint8 sashash[ZRTP_SECRET_SIZE];

  fail_unless (zrtp_session_get_sashash (session, sashash));
  if (!signature || !end->peer)
    return;
  if (notary_key_check (end->peer, sashash, signature->certificate,
          signature->signature))
    fail_unless (zrtp_session_accept_signature (session, sashash, "Alice",
            now));
  else
    fail_unless (zrtp_session_reject_signature (session, sashash, now));
}

/* What the applications do. */
static void
listen_to (SimStream * from, const ZrtpEvent * event)
{
  SimEndpoint *endpoint = from->endpoint;
  NotaryEnd *end = &notary.ends[endpoint->id];
  char *reason = NULL;

  if (event->type == ZRTP_EVENT_SIGN_SAS) {
    end->asked++;
    fail_unless (zrtp_session_get_sashash (endpoint->session, end->sashash));
    if (end->own)
      fail_unless (notary_answer (endpoint->sim, endpoint->id, end->own,
              &reason), "%s", reason);
  } else if (event->type == ZRTP_EVENT_SIGNATURE) {
    end->shown++;
    judge (end, endpoint->session, endpoint->sim->now);
  }
}

Sim *
notary_new (guint64 seed, guint initiator)
{
  Sim *sim = known_new (seed);

  memset (&notary, 0, sizeof notary);
  sim->ends[1 - initiator].policy.passive = TRUE;
  sim->listener = listen_to;
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.sign_sas = TRUE;
    sim->ends[i].policy.check_signatures = TRUE;
    notary.ends[i].own = notary_keys[i];
    notary.ends[i].peer = notary_keys[1 - i];
  }
  return sim;
}

void
notary_start (Sim * sim)
{
  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 1);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
}

void
notary_wait (Sim * sim, guint which)
{
  while (notary.ends[which].asked == 0) {
    fail_unless (sim->now < 60 * SIM_SEC);
    sim_run (sim, sim->now + SIM_MSEC);
  }
}

void
notary_force (Sim * sim, guint which, const char *type, GBytes * block)
{
  ZrtpExchange *x = sim->ends[which].streams[0].stream->exchange;

  x->signature = g_bytes_ref (block);
  x->signature_type = type;
}

void
notary_assert_trust (Sim * sim, guint which, ZrtpTrust trust)
{
  fail_unless_equals_string (zrtp_trust_nick (known_info (sim, which)->trust),
      zrtp_trust_nick (trust));
}

void
notary_assert_status (Sim * sim, guint which, ZrtpSignatureStatus status)
{
  fail_unless_equals_string (zrtp_signature_status_nick (known_info (sim,
              which)->signature_status), zrtp_signature_status_nick (status));
}
