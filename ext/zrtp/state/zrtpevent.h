/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a stream has to tell its owner. Drained in order after every call.
 */
#ifndef ZRTP_EVENT_H
#define ZRTP_EVENT_H

#include "zrtp/srtp/zrtpsrtp.h"

G_BEGIN_DECLS

typedef enum
{
  /* The application's state changed (state, error for ZRTP_STATE_FAILED; text if
   * the policy refuses the peer: why). */
  ZRTP_EVENT_STATE,
  /* What may pass changed (send, receive). Applies from here on. */
  ZRTP_EVENT_MEDIA,
  /* Keys of a direction (keys). Come before the ZRTP_EVENT_MEDIA that puts
   * them to use; new ones replace old ones. */
  ZRTP_EVENT_SEND_KEYS,
  ZRTP_EVENT_RECEIVE_KEYS,
  /* The keys of both directions are void: free and wipe them. */
  ZRTP_EVENT_KEYS_GONE,
  /* The session has a SAS: see zrtp_session_get_info(). Once for a session, and
   * again after ZRTP_EVENT_RELAYED_SAS. */
  ZRTP_EVENT_SAS,
  /* Trust, V flags or the known name changed: see zrtp_session_get_info(). */
  ZRTP_EVENT_TRUST,
  /* A peer was found (its Hello came): see zrtp_stream_get_info(). */
  ZRTP_EVENT_PEER,
  /* a=zrtp-hash was compared (8.1): see zrtp_stream_get_info(). */
  ZRTP_EVENT_HELLO_HASH,
  /* Our Hello was made again: zrtp_stream_get_hello_hash() changed. */
  ZRTP_EVENT_HELLO,
  /* 4.3.2: we hold rs1 for this peer and s1 came out null. */
  ZRTP_EVENT_CACHE_MISMATCH,
  /* 4.3.2: we hold an auxsecret and s2 came out null. */
  ZRTP_EVENT_AUX_MISMATCH,
  /* The name kept for this ZID is not the one that the user expects (12). */
  ZRTP_EVENT_NAME_MISMATCH,
  /* The user verified another endpoint under the expected name, and not this one:
   * its ZID (zid), and when it was last seen (last_seen). */
  ZRTP_EVENT_NEW_ENDPOINT,
  /* Weaker algorithms than in earlier calls with this ZID, though we still offer
   * those: see stronger_before in zrtp_session_get_info(). */
  ZRTP_EVENT_DOWNGRADE,
  /* 8.1.1, 4.4.1.2, 4.6: proof of tampering (error, text). */
  ZRTP_EVENT_SECURITY,
  /* An Error was sent or came (error, from_peer). */
  ZRTP_EVENT_ERROR,
  /* 5: another endpoint talks ZRTP on this transport (ssrc, zid). Once for each,
   * but of many not more than one a second. See zrtp_stream_accept_fork(). */
  ZRTP_EVENT_FORK,
  /* The peer may have restarted: call zrtp_stream_media_received() for the next
   * SRTP packet that authenticates, too. */
  ZRTP_EVENT_LISTEN,
  /* An endpoint with the peer's ZID (zid) could not prove to be the peer: the
   * call stays as it is. At most once a minute. See zrtp_stream_accept_fork(). */
  ZRTP_EVENT_RESTART_REFUSED,
  /* The call was verified and goes on with an endpoint that is not: trust is
   * ZRTP_TRUST_PEER_CHANGED. */
  ZRTP_EVENT_PEER_CHANGED,
  /* 7.2: the other side wants the sashash signed, our Confirm waits: see
   * zrtp_session_sign_sas(). */
  ZRTP_EVENT_SIGN_SAS,
  /* 7.2: the peer's signature came, signature_status says whether there is
   * something to check: see zrtp_session_accept_signature(). */
  ZRTP_EVENT_SIGNATURE,
  /* 7.3.1: the peer is a PBX that offers to be trusted with SAS; see
   * zrtp_session_accept_enrollment(). Again when it was accepted. */
  ZRTP_EVENT_ENROLLMENT,
  /* 7.3: a trusted PBX relayed the SAS of its other leg, or a PBX wants the SAS
   * rendered otherwise, or says that the other phone gives keys away: see
   * zrtp_session_get_info(), peer_disclosure. ZRTP_EVENT_SAS comes next. */
  ZRTP_EVENT_RELAYED_SAS,
  /* 5.14: our SASrelay arrived, or with an error it went unanswered. */
  ZRTP_EVENT_RELAY_ACK,
  /* 4.7.2: the peer ended encryption; nothing is sent until
   * zrtp_session_accept_clear(), or zrtp_stream_go_secure(). */
  ZRTP_EVENT_CLEAR_REQUESTED,
  /* 4.1: the peer's SSRC is ours; choose another (RFC 3550 8.2) and start the
   * stream again (ssrc). */
  ZRTP_EVENT_SSRC_COLLISION,
  /* The cache could not be read or written (text says what to do). The call
   * goes on without it. */
  ZRTP_EVENT_CACHE_FAILED
} ZrtpEventType;

typedef struct
{
  ZrtpEventType type;
  ZrtpState state;
  ZrtpMedia send, receive;
  ZrtpSrtpKeys keys;
  ZrtpErrorCode error;
  gboolean from_peer;
  guint32 ssrc;
  guint8 zid[ZRTP_ZID_SIZE];
  gint64 last_seen;             /* Unix seconds */
  char *text;
} ZrtpEvent;

/* Wipes and frees what an event holds, not the struct itself. */
void zrtp_event_clear (ZrtpEvent * event);

G_END_DECLS

#endif
