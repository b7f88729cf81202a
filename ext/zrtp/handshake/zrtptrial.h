/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Other endpoints than the peer of a call: those that the application may name,
 * and a peer that seems to have restarted. Part of zrtpstate.h.
 */
#ifndef ZRTP_TRIAL_H
#define ZRTP_TRIAL_H

#include "zrtp/state/zrtpstate.h"

G_BEGIN_DECLS

/* zrtpfork.c */
/* Tells of @candidate, which is not the peer, once and at most once a second. */
void zrtp_fork_report (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now);
/* The same, for a Hello that no candidate is made of. */
void zrtp_fork_hear (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now);
/* Another endpoint than the peer in use sent a Commit. */
void zrtp_fork_committed (ZrtpStream * stream, const ZrtpCandidate * candidate,
    gint64 now);
/* @stream is secure: tells of other endpoints that wait for an exchange. */
void zrtp_fork_secured (ZrtpStream * stream, gint64 now);
void zrtp_fork_forget (ZrtpStream * stream);

/* zrtptrial.c */
/* A secure @stream got a Hello of another endpoint than its peer. */
void zrtp_trial_hear (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now);
/* @stream is secure by an exchange that @began then: the peer may have restarted
 * within that. */
void zrtp_trial_secured (ZrtpStream * stream, gint64 began, gint64 now);
/* Media of the peer authenticated. */
void zrtp_trial_media (ZrtpStream * stream);
/* TRUE if the message was for the trial, which has it now. */
gboolean zrtp_trial_receive (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpMessage * message, const guint8 * data, gsize size, gint64 now);
void zrtp_trial_timeout (ZrtpStream * stream, gint64 now);
/* After each call that may have brought a trial of the session on its way: takes
 * over what was proven, ends what failed. */
void zrtp_trial_check (ZrtpStream * stream, gint64 now);
void zrtp_trial_end (ZrtpStream * stream);
/* Where an event of a trial goes: to the application now, or when the trial
 * succeeds, or nowhere. */
ZrtpEvent *zrtp_trial_event (ZrtpStream * trial, ZrtpEventType type);
/* TRUE if @stream is a trial and its peer is not the one of the call, as
 * @has_secret says; then the exchange has failed, and the user is told. */
gboolean zrtp_trial_refuse (ZrtpStream * stream, gboolean has_secret,
    gint64 now);
/* What the users said in the call holds for the peer that proves to be it. */
void zrtp_trial_inherit (ZrtpStream * stream);

G_END_DECLS

#endif
