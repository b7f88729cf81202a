/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One media transport's ZRTP exchange (RFC 6189 3): its hash chain, state
 * machine, retransmissions and two sets of SRTP keys. No I/O, no threads, no
 * clock: every call that may change something takes the time and is followed by
 * draining what came of it:
 *
 *     zrtp_stream_receive (stream, data, size, now);
 *     while (zrtp_stream_pop_event (stream, &event)) ...
 *     while ((packet = zrtp_stream_pop_packet (stream))) ... send it
 *     while ((job = zrtp_stream_pop_job (stream))) ... run it, hand it back
 *     wake up at zrtp_stream_get_deadline (stream)
 *
 * Drain every stream of the session, not only the one that was called: an
 * exchange that ends on one stream may start one on another.
 *
 * Not thread-safe: one lock for a session and all its streams. Times are
 * microseconds of one monotonic clock.
 */
#ifndef ZRTP_STREAM_H
#define ZRTP_STREAM_H

#include "zrtp/handshake/zrtpsasrelay.h"
#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS

/* Makes the Hello at once, with a fresh hash chain (9). The stream belongs to
 * no session yet. @policy is copied, @random is borrowed for life. */
ZrtpStream *zrtp_stream_new (const ZrtpPolicy * policy,
    const guint8 zid[ZRTP_ZID_SIZE], const ZrtpRandom * random);
/* Wipes every secret; leaves its session. */
void zrtp_stream_free (ZrtpStream * stream);

ZrtpSession *zrtp_stream_get_session (ZrtpStream * stream);
const ZrtpStreamInfo *zrtp_stream_get_info (ZrtpStream * stream);
void zrtp_stream_get_zid (ZrtpStream * stream, guint8 zid[ZRTP_ZID_SIZE]);

/* The value for "a=zrtp-hash:": "1.10 <64 hex digits>" (8). Borrowed. */
const char *zrtp_stream_get_hello_hash (ZrtpStream * stream);
/* The peer's values out of the signalling, one a line or separated by commas,
 * each "<version> <hex>" or bare hex of version 1.10, upper or lower case;
 * NULL or "" for none. May come late (8.1): a Hello that came before is then
 * compared. FALSE if it can't be read. */
gboolean zrtp_stream_set_peer_hello_hash (ZrtpStream * stream,
    const char *value, gint64 now);

/* Parts of the policy that may change at any time. Which fields of @policy
 * count: auto_secure, require_encryption, unattended, require_verified,
 * stop_on_reject, signalling_trusted, disclosure, allow_clear, enroll, sign_sas,
 * mtu, cache_expiry and the timeouts. */
void zrtp_stream_update_policy (ZrtpStream * stream,
    const ZrtpPolicy * policy, gint64 now);

/* Starts discovery. @ssrc is that of the RTP which these packets belong to.
 * Must belong to a session. Starting again with another SSRC restarts
 * discovery unless an exchange is under way. The last Hello that came within
 * two seconds before counts as if it came now. */
void zrtp_stream_start (ZrtpStream * stream, guint32 ssrc, gint64 now);
/* Back to IDLE: keys void, handshake forgotten. The Hello stays as it is. */
void zrtp_stream_stop (ZrtpStream * stream, gint64 now);
/* A new Hello with a new hash chain, at once (IDLE only). */
void zrtp_stream_renew_hello (ZrtpStream * stream, const ZrtpPolicy * policy,
    const guint8 zid[ZRTP_ZID_SIZE]);
/* The transport changed under us (a new ICE pair, 3): the Hello schedule runs
 * again if discovery is not over. */
void zrtp_stream_restart_discovery (ZrtpStream * stream, gint64 now);

/* A datagram that zrtp_packet_probe() took for ZRTP. */
void zrtp_stream_receive (ZrtpStream * stream, const guint8 * data,
    gsize size, gint64 now);
/* The deadline has come. Too early or too late does no harm. */
void zrtp_stream_timeout (ZrtpStream * stream, gint64 now);
/* A job that this stream gave out has run. Takes ownership of @job. Stale jobs
 * are recognised and wiped. */
void zrtp_stream_finish_job (ZrtpStream * stream, ZrtpJob * job, gint64 now);
/* Media came from the peer: clear RTP during discovery (it ends in NO_ZRTP
 * once the schedule is over), or an SRTP packet that authenticated (it stands
 * for Conf2ACK, 4.6, and shows that the peer is secure too). Call once for each
 * kind after every change of state, and after ZRTP_EVENT_LISTEN. */
/* Keys were in use on this transport a moment ago, and the application starts again.
 * The peer may not know yet: nothing passes in clear during the Hello schedule.
 * Call it before zrtp_stream_start(). */
void zrtp_stream_suspect_lost_call (ZrtpStream * stream);
/* ZRTP_MEDIA_SECURE during discovery: SRTP of the earlier call goes on. */
void zrtp_stream_media_received (ZrtpStream * stream, ZrtpMedia kind,
    gint64 now);

/* The application acts. FALSE if that is not possible now. */
gboolean zrtp_stream_go_secure (ZrtpStream * stream, gint64 now);
/* Moves to the endpoint with that @zid, which a ZRTP_EVENT_FORK told of: keys
 * void, a new Hello, a new exchange, a new SAS. No other ZID can become the peer
 * then. Other streams of the session that were told of the same endpoint move with
 * it. FALSE, and nothing changes, if no event told of it, if its Hello came last
 * more than ten minutes ago, or if 16 others were told of since. */
gboolean zrtp_stream_accept_fork (ZrtpStream * stream,
    const guint8 zid[ZRTP_ZID_SIZE], gint64 now);

/* Draining: see also zrtp_stream_pop_packet() and the like in zrtpinfo.h. */
/* When to call zrtp_stream_timeout(), or ZRTP_NEVER. */
gint64 zrtp_stream_get_deadline (ZrtpStream * stream);
/* A handshake message of ours still waits for its answer, or a reply is about
 * to be made: an end of stream should wait. */
gboolean zrtp_stream_is_busy (ZrtpStream * stream);

G_END_DECLS

#endif
