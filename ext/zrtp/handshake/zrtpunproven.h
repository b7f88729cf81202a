/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Part of zrtpstate.h: limits for packets that prove nothing.
 */
#ifndef ZRTP_UNPROVEN_H
#define ZRTP_UNPROVEN_H

G_BEGIN_DECLS

/* How long a failure lasts that another try may overcome. */
#define ZRTP_FAILED_TIME (10 * ZRTP_SEC)

/* FALSE if @burst are used up. One comes back each @interval. */
gboolean zrtp_rate_limit_allow (ZrtpRateLimit * limit, guint burst,
    gint64 interval, gint64 now);
/* May a packet be answered that anybody can send? */
gboolean zrtp_unproven_may_answer (ZrtpStream * stream, gint64 now);
/* The same for an answer that no exchange depends on. */
gboolean zrtp_unproven_may_pong (ZrtpStream * stream, gint64 now);
/* May a packet that anybody can send cause a message to the application? */
gboolean zrtp_unproven_may_tell (ZrtpStream * stream, gint64 now);
/* An alarm that a forged packet can raise. */
void zrtp_unproven_alarm (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now);
/* Tells the peer, and the application, why its Hello or Commit is of no use.
 * Changes no state. */
void zrtp_unproven_refuse (ZrtpStream * stream, ZrtpErrorCode error,
    gint64 now);
/* A packet that anybody can send shows why there can be no call: equal ZIDs, or
 * nothing in common. The application hears of it at once. The state becomes FAILED
 * when that goes on for a second, and until ZRTP_FAILED_TIME after the last one. */
void zrtp_unproven_hinder (ZrtpStream * stream, ZrtpHindrance * hindrance,
    ZrtpErrorCode error, gint64 now);
/* A packet had our SSRC. TRUE if that goes on for a second. */
gboolean zrtp_unproven_is_collision (ZrtpStream * stream, gint64 now);
/* TRUE if the peer of the exchange showed that our messages reach it. */
gboolean zrtp_unproven_is_over (const ZrtpStream * stream);
/* Gives up the exchange of a chain that proved nothing, and leaves that chain
 * alone for a while. Discovery goes on. @text: an alarm, or NULL. */
void zrtp_unproven_drop (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now);
/* Counts a guess at the SAS. */
void zrtp_unproven_count_guess (ZrtpStream * stream, gint64 now);
/* No Commit of @peer is answered while guesses are held back. After that the
 * endpoint that acknowledged our Hello comes first, or the next third party's
 * Commit would take its place each time. */
gboolean zrtp_unproven_is_held (const ZrtpStream * stream,
    const ZrtpCandidate * peer, gint64 now);
/* Has our Hello go on while the exchange proves nothing. */
void zrtp_unproven_schedule_hello (ZrtpStream * stream, gint64 now);
void zrtp_unproven_hello_timeout (ZrtpStream * stream, gint64 now);
/* An endpoint said Hello during the exchange. */
void zrtp_unproven_hear_hello (ZrtpStream * stream,
    const ZrtpCandidate * candidate, gboolean is_new, gint64 now);
/* Has the exchange led nowhere for so long that another may take its place? */
gboolean zrtp_unproven_gives_way (const ZrtpStream * stream, gint64 now);
/* Ends it for another one's sake. */
void zrtp_unproven_abandon (ZrtpStream * stream, gint64 now);

G_END_DECLS

#endif
