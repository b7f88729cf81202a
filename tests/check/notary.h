/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The applications at both ends of a simulated call that sign the SAS and check
 * signatures on it, with keys of their own.
 */
#ifndef NOTARY_H
#define NOTARY_H

#include "notarykey.h"
#include "sim.h"

/* What one end does when it is asked. */
typedef struct
{
  const NotaryKey *own;         /* NULL: does not answer */
  const NotaryKey *peer;        /* whom it expects; NULL: does not judge */
  guint asked, shown;
  guint8 sashash[ZRTP_SECRET_SIZE];     /* that it was asked to sign */
} NotaryEnd;

typedef struct
{
  NotaryEnd ends[2];
} Notary;

/* -- Calls between two endpoints that know each other (known.h) -- */

/* A fixture: notary_keys are those of the two users, P-256. */
void notary_setup (void);
void notary_teardown (void);
extern NotaryKey *notary_keys[2];
/* Of the present call. */
extern Notary notary;

/* A call in which both sign and check, and have each other's key; not yet made
 * or started. */
Sim *notary_new (guint64 seed, guint initiator);
void notary_start (Sim * sim);
/* Runs until that end is asked to sign. */
void notary_wait (Sim * sim, guint which);
/* Signs with that key what an end was asked for. */
gboolean notary_answer (Sim * sim, guint which, const NotaryKey * key,
    char **reason);
/* Puts what follows the type block into the Confirm of an endpoint, past all
 * checks. */
void notary_force (Sim * sim, guint which, const char *type, GBytes * block);

void notary_assert_trust (Sim * sim, guint which, ZrtpTrust trust);
void notary_assert_status (Sim * sim, guint which,
    ZrtpSignatureStatus status);

#endif
