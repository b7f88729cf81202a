/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PBXs and phones, each with a file of known peers. A call between a phone and a
 * PBX is a simulation: end 0 is the phone, end 1 the PBX with its M flag.
 */
#ifndef OFFICE_H
#define OFFICE_H

#include "wire.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

typedef enum
{
  ALICE,
  BOB,
  ATLANTA,                      /* a PBX, and the other one */
  BILOXI,
  OFFICE_SIZE
} Office;

#define PHONE_END 0
#define PBX_END 1

extern ZrtpCache *office_cache[OFFICE_SIZE];

/* A fixture. */
void office_setup (void);
void office_teardown (void);

/* A call with default policies and caches, not yet made or started. */
Sim *office_new (guint64 seed, Office phone, Office pbx);
/* Makes, starts, and runs until both are secure and all is written. */
void office_run (Sim * sim);
Sim *office_call (guint64 seed, Office phone, Office pbx);
/* Lets finish what a call into the engine began. */
void office_settle (Sim * sim);
/* An enrolment call whose user agrees. */
void office_enroll (guint64 seed, Office phone, Office pbx);

/* What one knows of another, read from its file; zrtp_peer_clear() it. */
ZrtpPeer office_peer (Office who, Office whom);
gboolean office_has_pbxsecret (Office who, Office whom);

SimStream *office_stream (Sim * sim, guint end);
const ZrtpSessionInfo *office_info (Sim * sim, guint end);
guint office_events (Sim * sim, guint end, ZrtpEventType type);

/* The plain text of a Confirm that an end sent while @wire listened. */
void office_read_confirm (Wire * wire, guint end, ZrtpConfirmBody * body);
/* Changes the plain text of a Confirm that is on its way, as its sender could
 * have; call it from a SimFilter. FALSE if the packet is none. */
typedef void (*OfficeChange) (ZrtpConfirmBody * body);
gboolean office_change_confirm (SimStream * from, guint8 * data, gsize * size,
    OfficeChange change);

#endif
