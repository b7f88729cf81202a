/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "signing-common.h"

#include <gst/check/gstcheck.h>
#include <string.h>

#include "knownpeers-common.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

SigningKey *signing_keys[2];
Signing notary;

void
signing_setup (void)
{
  knownpeers_setup ();
  for (guint i = 0; i < 2; i++)
    signing_keys[i] = signing_key_new (256);
}

void
signing_teardown (void)
{
  for (guint i = 0; i < 2; i++)
    signing_key_free (signing_keys[i]);
  knownpeers_teardown ();
}

gboolean
signing_answer (Sim * sim, guint which, const SigningKey * key, char **reason)
{
  SigningEnd *end = &notary.ends[which];
  GBytes *made = signing_key_sign (key, end->sashash);
  const ZrtpSignature signature = { key->certificate, made };
  gboolean taken = zrtp_session_sign_sas (sim->ends[which].session,
      end->sashash, &signature, sim->now, reason);

  g_bytes_unref (made);
  return taken;
}

static void
judge (SigningEnd * end, ZrtpSession * session, gint64 now)
{
  const ZrtpSignature *signature = zrtp_session_get_signature (session);
  guint8 sashash[ZRTP_SECRET_SIZE];

  fail_unless (zrtp_session_get_sashash (session, sashash));
  if (!signature || !end->peer)
    return;
  if (signing_key_check (end->peer, sashash, signature->certificate,
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
  SigningEnd *end = &notary.ends[endpoint->id];
  char *reason = NULL;

  if (event->type == ZRTP_EVENT_SIGN_SAS) {
    end->asked++;
    fail_unless (zrtp_session_get_sashash (endpoint->session, end->sashash));
    if (end->own)
      fail_unless (signing_answer (endpoint->sim, endpoint->id, end->own,
              &reason), "%s", reason);
  } else if (event->type == ZRTP_EVENT_SIGNATURE) {
    end->shown++;
    judge (end, endpoint->session, endpoint->sim->now);
  }
}

Sim *
signing_new (guint64 seed, guint initiator)
{
  Sim *sim = knownpeers_new (seed);

  memset (&notary, 0, sizeof notary);
  sim->ends[1 - initiator].policy.passive = TRUE;
  sim->listener = listen_to;
  for (guint i = 0; i < 2; i++) {
    sim->ends[i].policy.sign_sas = TRUE;
    sim->ends[i].policy.check_signatures = TRUE;
    notary.ends[i].own = signing_keys[i];
    notary.ends[i].peer = signing_keys[1 - i];
  }
  return sim;
}

void
signing_start (Sim * sim)
{
  for (guint i = 0; i < 2; i++)
    sim_make (sim, i, 1);
  for (guint i = 0; i < 2; i++)
    sim_start (sim, i);
}

void
signing_wait (Sim * sim, guint which)
{
  while (notary.ends[which].asked == 0) {
    fail_unless (sim->now < 60 * SIM_SEC);
    sim_run (sim, sim->now + SIM_MSEC);
  }
}

void
signing_force (Sim * sim, guint which, const char *type, GBytes * block)
{
  ZrtpExchange *x = sim->ends[which].streams[0].stream->exchange;

  x->signature = g_bytes_ref (block);
  x->signature_type = type;
}

void
signing_assert_trust (Sim * sim, guint which, ZrtpTrust trust)
{
  fail_unless_equals_string (zrtp_trust_nick (knownpeers_info (sim,
              which)->trust), zrtp_trust_nick (trust));
}

void
signing_assert_status (Sim * sim, guint which, ZrtpSignatureStatus status)
{
  fail_unless_equals_string (zrtp_signature_status_nick (knownpeers_info (sim,
              which)->signature_status), zrtp_signature_status_nick (status));
}
