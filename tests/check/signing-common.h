/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The applications at both ends of a simulated call that sign the SAS and check
 * signatures on it, with keys of their own.
 */
#ifndef NOTARY_H
#define NOTARY_H

#include "signingkey.h"
#include "sim.h"

/* What one end does when it is asked. */
typedef struct
{
  const SigningKey *own;         /* NULL: does not answer */
  const SigningKey *peer;        /* the expected peer; NULL: does not judge */
  guint asked, shown;
  guint8 sashash[ZRTP_SECRET_SIZE];     /* that it was asked to sign */
} SigningEnd;

typedef struct
{
  SigningEnd ends[2];
} Signing;

/* -- Calls between two endpoints that know each other (known.h) -- */

/* A fixture: signing_keys are those of the two users, P-256. */
void signing_setup (void);
void signing_teardown (void);
extern SigningKey *signing_keys[2];
/* Of the present call. */
extern Signing notary;

/* A call in which both sign and check, and have each other's key; not yet made
 * or started. */
Sim *signing_new (guint64 seed, guint initiator);
void signing_start (Sim * sim);
/* Runs until that end is asked to sign. */
void signing_wait (Sim * sim, guint which);
/* Signs with that key what an end was asked for. */
gboolean signing_answer (Sim * sim, guint which, const SigningKey * key,
    char **reason);
/* Puts what follows the type block into the Confirm of an endpoint, past all
 * checks. */
void signing_force (Sim * sim, guint which, const char *type, GBytes * block);

void signing_assert_trust (Sim * sim, guint which, ZrtpTrust trust);
void signing_assert_status (Sim * sim, guint which,
    ZrtpSignatureStatus status);

#endif
