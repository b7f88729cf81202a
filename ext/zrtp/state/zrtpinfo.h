/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the owner of streams and sessions may see of them.
 */
#ifndef ZRTP_INFO_H
#define ZRTP_INFO_H

#include "zrtp/agreement/zrtppolicy.h"
#include "zrtp/state/zrtpevent.h"
#include "zrtp/state/zrtpjob.h"

G_BEGIN_DECLS

/* Seconds for which a verified peer is remembered as one that has ZRTP, by the name
 * that the application expects. */
#define ZRTP_RECENT_CALL 3600

typedef struct _ZrtpSession ZrtpSession;
typedef struct _ZrtpStream ZrtpStream;

typedef struct
{
  guint64 sent, received;       /* ZRTP packets, sound ones */
  guint64 retransmitted;
  guint64 dropped[ZRTP_N_DROPS];
  gint64 started;               /* time of zrtp_stream_start() */
  gint64 secured;               /* time of the last step to SECURE, or 0 */
  gint64 round_trip;            /* of the last message answered at once, or 0 */
} ZrtpStreamCounters;

/* What a stream knows of itself. Borrowed; valid until the next call. */
typedef struct
{
  ZrtpState state;
  ZrtpErrorCode error;          /* why FAILED */
  gboolean lost_call;           /* DISCOVERING: the peer seems to go on with a call
                                 * whose keys are lost here */
  gboolean final;               /* FAILED for good: a policy refused the peer */
  ZrtpRole role;
  ZrtpMedia send, receive;
  gboolean exchange_done;       /* both keys are agreed and in use */
  /* Agreed algorithms; NULL before a Commit. */
  const ZrtpHash *hash;
  const ZrtpCipher *cipher;
  const ZrtpAuthTag *auth_tag;
  const ZrtpKeyAgreement *key_agreement;
  /* The peer, once its Hello came. */
  gboolean have_peer;
  guint32 peer_ssrc;
  guint8 peer_zid[ZRTP_ZID_SIZE];
  char peer_client[ZRTP_CLIENT_ID_SIZE + 1];    /* trailing blanks cut, ASCII */
  gboolean peer_passive, peer_mitm;
  gboolean peer_signature_capable;      /* S of its Hello */
  gboolean peer_disclosure;     /* D of its Confirm */
  gboolean peer_allow_clear;    /* A of its Confirm */
  char peer_hello_hash[65];     /* of the Hello that came, "" before */
  ZrtpHelloHashStatus hello_hash_status;
  ZrtpStreamCounters counters;
} ZrtpStreamInfo;

/* A packet to send. */
typedef struct
{
  gsize size;
  gboolean retransmission;
  guint8 data[];
} ZrtpOutPacket;

/* What a session knows of its call. Borrowed; valid until the next call. */
typedef struct
{
  gboolean have_sas;
  guint32 sasvalue;             /* leftmost 32 bits of sashash (4.5.2) */
  const ZrtpSasType *sas_type;
  char *sas;                    /* rendered, NULL before */
  char *sas_spelling;           /* the same, to be said on a bad line */
  gboolean relayed;             /* it is that of a PBX's other leg (7.3) */
  gboolean verified;            /* the users compared it (7.1) */
  gboolean peer_verified;       /* the V flag that the other side sent */
  ZrtpTrust trust;
  ZrtpEnrollment enrollment;
  ZrtpSignatureStatus signature_status; /* of the peer's (7.2) */
  char *signer;                 /* whose it is, if valid and known, or NULL */
  gboolean cache_mismatch, aux_mismatch, aux_matched;
  gboolean have_peer;
  guint8 peer_zid[ZRTP_ZID_SIZE];
  char *peer_name;              /* the peer that the user expects, or NULL */
  char *known_peer_name;        /* the name kept for this ZID, or NULL */
  /* The user verified another endpoint under @peer_name, and not this one: its
   * ZID, and when it was last seen (Unix seconds). */
  gboolean new_endpoint;
  guint8 known_zid[ZRTP_ZID_SIZE];
  gint64 known_last_seen;
  /* Names of algorithms that calls with this ZID used before and this one does
   * not, e.g. "AES3,EC38", and of those that it uses instead, in the same order;
   * or NULL. Compared in DH mode, each kind for itself. What is kept gets weaker
   * only by zrtp_session_verify_sas(). No alarm is what the lists of both sides
   * lead to as long as the stronger one is in both, or if we no longer offer
   * that. */
  char *stronger_before, *weaker_now;
} ZrtpSessionInfo;

/* Where the handshake of a stream stands, for logs: "commit-sent". Static. */
const char *zrtp_stream_get_step (ZrtpStream * stream);
/* What came of a call, in order; NULL or FALSE when that is all. */
ZrtpOutPacket *zrtp_stream_pop_packet (ZrtpStream * stream);    /* g_free() */
gboolean zrtp_stream_pop_event (ZrtpStream * stream, ZrtpEvent * event);
ZrtpJob *zrtp_stream_pop_job (ZrtpStream * stream);

G_END_DECLS

#endif
