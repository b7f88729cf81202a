/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * PBXs and phones, each with a file of known peers. A call between a phone and a
 * PBX is a simulation: end 0 is the phone, end 1 the PBX with its M flag.
 */
#ifndef OFFICE_H
#define OFFICE_H

#include "packetlog.h"
#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

typedef enum
{
  ALICE,
  BOB,
  ATLANTA,                      /* a PBX, and the other one */
  BILOXI,
  OFFICE_SIZE
} PbxParty;

#define PHONE_END 0
#define PBX_END 1

extern ZrtpCache *pbx_common_cache[OFFICE_SIZE];

/* A fixture. */
void pbx_common_setup (void);
void pbx_common_teardown (void);

/* A call with default policies and caches, not yet made or started. */
Sim *pbx_common_new (guint64 seed, PbxParty phone, PbxParty pbx);
/* Makes, starts, and runs until both are secure and all is written. */
void pbx_common_run (Sim * sim);
Sim *pbx_common_call (guint64 seed, PbxParty phone, PbxParty pbx);
/* Lets finish what a call into the engine began. */
void pbx_common_settle (Sim * sim);
/* An enrolment call whose user agrees. */
void pbx_common_enroll (guint64 seed, PbxParty phone, PbxParty pbx);

/* What one knows of another, read from its file; zrtp_peer_clear() it. */
ZrtpPeer pbx_common_peer (PbxParty who, PbxParty of);
gboolean pbx_common_has_pbxsecret (PbxParty who, PbxParty of);

SimStream *pbx_common_stream (Sim * sim, guint end);
const ZrtpSessionInfo *pbx_common_info (Sim * sim, guint end);
guint pbx_common_events (Sim * sim, guint end, ZrtpEventType type);

/* The plain text of a Confirm that an end sent while @wire listened. */
void pbx_common_read_confirm (PacketLog * log, guint end, ZrtpConfirmBody * body);
/* Changes the plain text of a Confirm that is on its way, as its sender could
 * have; call it from a SimFilter. FALSE if the packet is none. */
typedef void (*PbxChange) (ZrtpConfirmBody * body);
gboolean pbx_common_change_confirm (SimStream * from, guint8 * data, gsize * size,
    PbxChange change);

#endif
