/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The state of streams and sessions, and what the files of this folder offer to the
 * floors above.
 */
#ifndef ZRTP_STATE_H
#define ZRTP_STATE_H

#include "zrtp/agreement/zrtpexchangelock.h"
#include "zrtp/agreement/zrtpnegotiate.h"
#include "zrtp/agreement/zrtpsecrets.h"
#include "zrtp/crypto/zrtpkeyschedule.h"
#include "zrtp/message/zrtpchain.h"
#include "zrtp/message/zrtpsignature-format.h"
#include "zrtp/state/zrtpinfo.h"

G_BEGIN_DECLS

/* What packets that proved nothing may cause (see zrtpstream.c): a few times at
 * once, then at intervals. 0 at first. */
typedef gint64 ZrtpRateLimit;

/* Bursts of these limits. */
#define ZRTP_BURST 8
#define ZRTP_ANSWER_BURST 40

/* Packets that show one reason why there can be no call. */
typedef struct
{
  guint n;
  gint64 first, last;           /* times of arrival */
} ZrtpHindrance;

/* What is known of such a call. Until it is known nothing passes in clear. */
typedef struct
{
  gboolean suspected;           /* keys were in use here a moment ago: until the
                                 * Hello schedule is over */
  gboolean heard;               /* the SRTP of that call goes on */
  guint64 serial;               /* the job that looks for the expected name, or 0 */
  gboolean named;               /* calls with that name had keys a moment ago */
} ZrtpLostCall;

#define ZRTP_MSEC ((gint64) 1000)
#define ZRTP_SEC ((gint64) 1000000)

/* 6: a responder that hears nothing for this long gives up; on trial sooner, as
 * the restarted peer may wait behind a third party. */
#define ZRTP_SILENCE (10 * ZRTP_SEC)
#define ZRTP_TRIAL_SILENCE (2 * ZRTP_SEC)

#define ZRTP_USUAL_REMOTES 4
#define ZRTP_MAX_REMOTES 8
/* Endpoints that the application was told of and may name. */
#define ZRTP_MAX_FORKS 16
#define ZRTP_MAX_REFUSED_HELLOS 8

/* The packet of a Confirm without a signature. */
#define ZRTP_UNSIGNED_CONFIRM_SIZE \
  (ZRTP_PACKET_HEADER_SIZE + 19 * 4 + ZRTP_CRC_SIZE)

/* Where an exchange stands; the message named was the last step taken. */
typedef enum
{
  ZRTP_STEP_IDLE,
  ZRTP_STEP_DISCOVERY,          /* Hellos */
  ZRTP_STEP_NO_PEER,            /* the same, where the peer seems to have no ZRTP */
  ZRTP_STEP_RETRYING,           /* the same, between two Commits: another comes */
  ZRTP_STEP_RESUMING,           /* the same, after CLEAR: a Commit leads back */
  ZRTP_STEP_COMMIT_SENT,        /* initiator */
  ZRTP_STEP_COMMIT_RECEIVED,    /* responder: DHPart1 waits for jobs */
  ZRTP_STEP_DHPART1_SENT,       /* responder */
  ZRTP_STEP_DHPART2_SENT,       /* initiator */
  ZRTP_STEP_DHPART2_RECEIVED,   /* responder: Confirm1 waits for DHResult */
  ZRTP_STEP_CONFIRM1_SENT,      /* responder */
  ZRTP_STEP_CONFIRM2_SENT,      /* initiator */
  ZRTP_STEP_CONFIRM2_RECEIVED,  /* responder: Conf2ACK waits for the cache */
  ZRTP_STEP_SECURE,
  ZRTP_STEP_CLEARING,           /* our GoClear is out */
  ZRTP_STEP_CLEAR,
  ZRTP_STEP_FAILED,
  ZRTP_N_STEPS
} ZrtpStep;

typedef enum
{
  ZRTP_TIMER_RESEND,            /* the message in ->repeat */
  ZRTP_TIMER_ERROR,             /* our Error, in ->repeat_error */
  ZRTP_TIMER_SILENCE,           /* responder: 10 s without a message (6) */
  ZRTP_TIMER_SIGN,              /* the application had its time to sign */
  ZRTP_TIMER_CHECK,             /* ... and to accept the peer's signature */
  ZRTP_TIMER_CONF2ACK,          /* the cache had its time (T2) */
  ZRTP_TIMER_CLEAR_ACK,         /* once more, while the user thinks */
  ZRTP_TIMER_RELAY,             /* our SASrelay, in ->repeat_relay */
  ZRTP_TIMER_HOLD,              /* we may try again (->hold_until) */
  ZRTP_TIMER_LOOKUP,            /* the cache had its time */
  ZRTP_TIMER_SOFT_ERROR,             /* the peer had its time to go on */
  ZRTP_TIMER_HELLO,             /* our Hello, while an exchange proved nothing */
  ZRTP_TIMER_TRIAL,             /* a probe or a trial ends (zrtptrial.c) */
  ZRTP_N_TIMERS
} ZrtpTimer;

/* What may be over if the peer does not go on. */
typedef enum
{
  ZRTP_SOFT_ERROR_PEER,             /* it seems to have sent an Error */
  ZRTP_SOFT_ERROR_SSRC,              /* or to have our SSRC */
  ZRTP_SOFT_ERROR_CONFIRM            /* the MAC of a Confirm is false */
} ZrtpSoftError;

/* A message of ours that is sent again until it is answered (6). */
typedef struct
{
  GBytes *message;              /* NULL: nothing repeats */
  gint64 interval, cap;
  gint64 first_sent;
  guint left;                   /* retransmissions to go */
  guint sent;                   /* retransmissions made */
} ZrtpRepeat;

/* A Hello that came, from one endpoint. There may be several on a transport
 * (5: forking), and forged ones. */
typedef struct
{
  GBytes *hello;                /* NULL: free slot */
  guint32 ssrc;
  guint8 h3[ZRTP_IMAGE_SIZE];
  guint8 zid[ZRTP_ZID_SIZE];
  guint64 arrival;              /* in the order in which they came first */
  gint64 last_seen;
  guint unanswered;             /* exchanges that it let run dry */
  gboolean unsuitable;          /* it has no algorithm of ours */
  ZrtpErrorCode refused_with;   /* if unsuitable */
  guint8 nonce[ZRTP_NONCE_SIZE];        /* of its last Multistream Commit */
  gint64 committed;             /* on trial: time of its last Commit, or 0 */
  gboolean served;              /* ... which was answered */
  gint64 answered;              /* on trial: when it first answered a Commit, or 0 */
  gboolean announced;           /* peer in use: the signalling did once */
} ZrtpRemote;

/* A chain that proved false, or was lied about: no exchange with it for now. */
typedef struct
{
  guint8 h3[ZRTP_IMAGE_SIZE];
  gint64 until;
} ZrtpBan;

/* A key pair made ahead of need (4.1.2). */
typedef struct
{
  const ZrtpKeyAgreement *key_agreement;        /* NULL: none */
  gboolean ready;
  guint64 serial;               /* of the job, 0: none runs */
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE];
  gsize private_size;
  guint8 public_value[ZRTP_MAX_PUBLIC_SIZE];
} ZrtpKeyPair;

/* One run from Commit to Conf2ACK. Freed, and with it wiped, once secure. */
typedef struct
{
  gint64 started;
  ZrtpRemote peer;           /* a copy with its own reference */
  ZrtpCommitMode mode;
  guint epoch;                  /* the session's, for Multistream mode */
  ZrtpSuite suite;
  ZrtpSecrets secrets;
  gboolean secrets_ready;       /* looked up, or nothing to look up */
  ZrtpMatchedSecrets matched;
  gboolean held_rs1;            /* an rs1 not expired, that the peer has, too */
  gboolean cache_unavailable;              /* or may have: the cache could not be read */
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE];
  gsize private_size;
  GBytes *commit, *dhpart1, *dhpart2;
  guint8 hvi_or_nonce[ZRTP_HVI_SIZE];   /* ours, for contention */
  guint8 preshared_key[ZRTP_MAX_HASH_SIZE];     /* until s0 (4.4.2.4) */
  guint8 key_id[ZRTP_KEY_ID_SIZE];      /* of the Preshared Commit */
  guint8 peer_h2[ZRTP_IMAGE_SIZE];      /* verified */
  guint8 peer_h1[ZRTP_IMAGE_SIZE];
  guint64 agree_serial;         /* the DHResult job, 0: none runs */
  gboolean have_keys;
  guint8 s0[ZRTP_MAX_HASH_SIZE];
  ZrtpKdfContext context;
  gboolean signing;             /* our Confirm waits for a signature (7.2) */
  GBytes *signature;            /* ours, what follows the type block; or NULL */
  const char *signature_type;   /* goes with it */
  GBytes *held_confirm;         /* the peer's: good, and its signature has to be
                                 * accepted before it counts */
  gboolean signature_told;      /* ZRTP_EVENT_SIGNATURE went out for that */
  GBytes *early_confirm1;       /* came before our DHResult was ready, or that */
  GBytes *confirm2;             /* received; its Conf2ACK waits ... */
  guint64 store_serial;         /* ... for this job */
  guint32 interval;             /* cache interval agreed (4.9) */
} ZrtpExchange;

/* The parts of a stream. Each has the file that owns it, where its reset is. */

/* Our Hello, and the chain behind it (9). zrtpdiscovery.c */
typedef struct
{
  guint8 chain[4][ZRTP_IMAGE_SIZE];     /* H0 to H3 */
  gboolean chain_spent;         /* a Confirm revealed H0 */
  GBytes *message;
  ZrtpAlgorithmList offer[ZRTP_N_KINDS];
  char *hash_text;              /* for a=zrtp-hash */
  gint64 sent;                  /* when it left last */
} ZrtpOwnHello;

/* zrtpdiscovery.c */
typedef struct
{
  gint64 started;
  gboolean early_retransmit;    /* the schedule begins again with the next Hello */
  gboolean schedule_over;       /* it ended without an answer */
  gint64 zrtp_seen_until;       /* till then the peer speaks ZRTP (6) */
  gboolean clear_media_seen;
  gboolean hello_acked;         /* a HelloACK came */
  gboolean acked_early;         /* ... before its sender's Hello */
  gboolean acked_late;          /* ... after a Hello */
  guint32 acked_ssrc;
  GBytes *pending_hello;        /* packet with the last Hello before the start */
  gint64 pending_came;
} ZrtpDiscovery;

/* What the signalling announced (8). zrtphellohash.c */
typedef struct
{
  GArray *hashes;               /* guint8[32] each, from a=zrtp-hash */
  gboolean refused;             /* one Hello contradicted them: told once */
  ZrtpRemote kept[ZRTP_MAX_REFUSED_HELLOS];
} ZrtpAnnounced;

/* Endpoints whose Hello came. zrtpremote.c */
typedef struct
{
  ZrtpRemote slots[ZRTP_MAX_REMOTES];
  guint64 last_arrival;
  guint unanswered_commits;     /* of ours, in a row */
  ZrtpBan bans[ZRTP_MAX_REMOTES];
  gboolean only_one;            /* only this one can become the peer: */
  guint8 only_zid[ZRTP_ZID_SIZE];
} ZrtpRemotes;

/* Those of ZRTP_EVENT_FORK. zrtpfork.c */
typedef struct
{
  ZrtpRemote slots[ZRTP_MAX_FORKS];
  ZrtpRateLimit events;
} ZrtpForks;

/* zrtpunproven.c */
typedef struct
{
  ZrtpRateLimit collisions;     /* of our SSRC */
  ZrtpHindrance equal_zids, nothing_in_common, collision;
  ZrtpRateLimit preparations;   /* for another endpoint */
  ZrtpRateLimit commit_resends; /* before their time */
  ZrtpRateLimit guesses;        /* at the SAS, by exchanges that proved nothing */
  ZrtpRateLimit replies;        /* packets that a received one asks for */
  ZrtpRateLimit alarms;         /* that a forged packet can raise */
  ZrtpRateLimit reports;        /* of peers and of Errors */
  gboolean peer_untold;         /* the peer changed, and ->reports was used up */
} ZrtpLimits;

/* zrtpsofterror.c */
typedef struct
{
  ZrtpSoftError kind;               /* while its timer runs */
  ZrtpErrorCode error;
} ZrtpSoftErrorState;

/* zrtpretransmit.c */
typedef struct
{
  ZrtpRepeat message, error, relay;
  /* The last request that was accepted and its reply, for duplicates (6). */
  guint8 last_request[32];      /* its SHA-256 */
  GBytes *last_reply;
  gboolean have_last_request;
} ZrtpRetransmit;

/* Key pair and cache entry, ahead of need (4.1.2). zrtpexchange.c */
typedef struct
{
  ZrtpKeyPair key_pair;
  guint64 lookup_serial;        /* the cache look-up, 0: none runs */
  guint8 zid[ZRTP_ZID_SIZE];
  char *name;                   /* or NULL */
  guint generation;
  gboolean looked_up;
  gboolean cache_unavailable;
  ZrtpPeer peer;
} ZrtpPrepared;

/* What holds exchanges back. zrtplifecycle.c */
typedef struct
{
  guint aborted_exchanges;      /* lost after keys were agreed */
  gint64 hold_until;            /* no exchange before */
  gboolean no_preshared;        /* the peer could not, or we: DH it is */
  gboolean go_secure_requested;
  gboolean commit_paused;       /* another endpoint said Hello since our Commit */
} ZrtpBackoff;

/* After the exchange: for SASrelay, GoClear, late duplicates. zrtpsecure.c */
typedef struct
{
  ZrtpRemote remote;         /* the peer that the keys belong to */
  const ZrtpHash *hash;
  const ZrtpCipher *cipher;
  ZrtpStreamKeys keys;
  GArray *relays_seen;          /* guint8[8]: MACs of SASrelays; or NULL */
} ZrtpBinding;

/* zrtpgoclear.c */
typedef struct
{
  gboolean allowed;             /* the A flag of our Confirm */
  gboolean sent;                /* our GoClear, not acknowledged */
  gint64 forged_at;             /* when the last one with a false MAC came */
  gboolean asks_user;           /* 4.7.2: no media before the user agrees */
} ZrtpClearing;

/* Each of these: no clear media any more. zrtpstep.c reads them. */
typedef struct
{
  gboolean tampered;            /* proved once */
  gboolean refused;             /* by the policy */
  gboolean was_secure;          /* keys were given out */
} ZrtpClearGuard;

/* zrtpfail.c */
typedef struct
{
  gint64 at;
  gint64 retry_at;              /* FAILED: when discovery starts again */
  char *reason;                 /* of a refusal, for its event; or NULL */
} ZrtpFailed;

/* A peer that seems to have restarted. zrtpprobe.c */
typedef struct
{
  guint probes_left;            /* 0: no probe runs */
  gboolean heard;               /* SRTP of the old peer, in this probe */
  gboolean stale;               /* the ZRTPSess of its keys was replaced */
  ZrtpRateLimit trials;
  ZrtpBan refused_chains[ZRTP_MAX_REMOTES];  /* they failed a trial */
  ZrtpEvent ignored;            /* of a trial: takes what is not told */
} ZrtpRestart;

/* zrtpoutput.c */
typedef struct
{
  guint16 sequence;
  GQueue packets;               /* ZrtpOutPacket */
  GQueue events;                /* ZrtpEvent */
  GQueue jobs;                  /* ZrtpJob */
} ZrtpOutput;

struct _ZrtpStream
{
  ZrtpSession *session;
  ZrtpPolicy policy;
  const ZrtpRandom *random;
  guint64 id;                   /* of the state machine: its jobs come back to
                                 * it */
  guint8 zid[ZRTP_ZID_SIZE];
  guint32 ssrc;
  ZrtpStreamInfo info;
  ZrtpStep step;
  gint64 timers[ZRTP_N_TIMERS];
  ZrtpExchange *exchange;
  ZrtpStream *trial;            /* the exchange with a peer that seems to have
                                 * restarted; owned, or NULL */
  ZrtpStream *outer;            /* of a trial: the stream that owns it */
  gboolean media_confirmed;     /* the peer's SRTP came: it has the keys */

  ZrtpOwnHello own;
  ZrtpDiscovery discovery;
  ZrtpAnnounced announced;
  ZrtpRemotes remotes;
  ZrtpForks forks;
  ZrtpLimits limits;
  ZrtpSoftErrorState soft_error;
  ZrtpRetransmit retransmit;
  ZrtpPrepared prepared;
  ZrtpBackoff backoff;
  ZrtpBinding bound;
  ZrtpClearing clearing;
  ZrtpClearGuard guard;
  ZrtpFailed failure;
  ZrtpRestart restart;
  ZrtpLostCall lost_call;
  ZrtpOutput output;
};

/* A received message, and the packet that it came in. */
typedef struct
{
  const ZrtpPacket *packet;
  const ZrtpMessage *message;
} ZrtpReceived;

typedef enum
{
  ZRTP_FAILURE_NONE,
  ZRTP_FAILURE_EXCHANGE,        /* an Error is sent */
  ZRTP_FAILURE_SECURITY,        /* the same, with an alarm, and the stream stays shut */
  ZRTP_FAILURE_CHAIN            /* of a chain that proved nothing: it goes, with an
                                 * alarm if there is a text, and discovery goes on */
} ZrtpFailure;

/* What a handler made of a message, a timer or a job. zrtp_settle() counts the drop and
 * ends the exchange. All 0: all is well. */
typedef struct
{
  ZrtpDrop drop;
  ZrtpFailure failure;
  ZrtpErrorCode error;
  const char *text;             /* static */
} ZrtpOutcome;

#define ZRTP_OK ((ZrtpOutcome) { ZRTP_DROP_NONE })
#define ZRTP_DROPPED(cause) ((ZrtpOutcome) { ZRTP_DROP_##cause })
#define ZRTP_OUTCOME(cause, what, code, text) ((ZrtpOutcome) \
  { ZRTP_DROP_##cause, ZRTP_FAILURE_##what, code, text })
#define ZRTP_FAILED(code) \
  ZRTP_OUTCOME (NONE, EXCHANGE, ZRTP_ERROR_##code, NULL)
#define ZRTP_TAMPERED(code) \
  ZRTP_OUTCOME (NONE, SECURITY, ZRTP_ERROR_##code, \
      zrtp_error_text (ZRTP_ERROR_##code))

/* What a handler asks for. The dispatcher does it before it returns. */
typedef enum
{
  ZRTP_TODO_RESTART,            /* discovery starts again */
  ZRTP_TODO_ANSWER,             /* responder: the next message may be due */
  ZRTP_TODO_COMMIT,             /* our Commit may be due */
  ZRTP_TODO_RECHECK             /* the policy may no longer admit the peer */
} ZrtpTodoKind;

typedef struct
{
  ZrtpStream *stream;
  ZrtpTodoKind kind;
} ZrtpTodo;

/* What a PBX made of the SAS (7.3). */
typedef struct
{
  gboolean shown;               /* this one instead of ours */
  guint8 sashash[ZRTP_SECRET_SIZE];
  gboolean verified;            /* the users compared it */
  const ZrtpSasType *sas_type;  /* the rendering, or NULL: as agreed */
} ZrtpRelayState;

struct _ZrtpSession
{
  GPtrArray *streams;           /* borrowed */
  GQueue todo;                  /* ZrtpTodo, of all streams */
  ZrtpSessionInfo info;
  ZrtpStream *master;           /* made ZRTPSess; speaks for the session */
  ZrtpStream *exchanging;       /* runs a DH exchange (4.4.1: one at a time) */
  ZrtpExchangeLease *lease;             /* ... over all calls; NULL: of this one only */
  guint64 update_serial;        /* of the job that writes what it left, or 0 */
  ZrtpSession *successor;       /* that of trials; owned, or NULL */
  gint64 refusal_told;          /* time of the last ZRTP_EVENT_RESTART_REFUSED */
  gboolean was_verified;        /* in this call, whatever it moved to since */

  guint8 *aux, *sdes_key;      /* what the application set, or NULL */
  gsize aux_size, sdes_key_size;

  gboolean have_sess;           /* derived, and the Confirm was good */
  guint epoch;                  /* another one with each ZRTPSess */
  const ZrtpHash *sess_hash;    /* of the exchange that made it */
  ZrtpSuite sess_suite;
  ZrtpSessionKeys keys;         /* rs1 is kept only while its update waits */
  guint8 zidi[ZRTP_ZID_SIZE], zidr[ZRTP_ZID_SIZE];
  GArray *nonces;               /* guint8[16] each, both sides' (4.4.3.1) */

  char strongest[ZRTP_CACHE_ALGORITHMS_SIZE];   /* that the peer used; or "" */
  gboolean v_flag;              /* ours for this peer: kept and sent (7.1) */
  gboolean verified_now;        /* the user compared in this call */
  gboolean rejected;
  gboolean alarmed;             /* proof of tampering, not verified since */
  gboolean cache_unavailable;              /* the cache could not be read */
  gboolean s1_matched, s1_was_rs2;
  gboolean confirm_pending;       /* we, as responder, may be alone with rs1 */
  gboolean update_pending;      /* 4.6.1.1: new_rs1 waits for the user */
  guint32 interval;             /* the agreed cache interval */
  gboolean no_exported_key;     /* it went with a GoClear */
  gboolean preshared;           /* ZRTPSess came of Preshared mode */

  gboolean enrolled;            /* both hold the pbxsecret: s3 (7.3) */
  gboolean offering, offered;   /* the E flag of our Confirm, of the peer's */
  guint8 pbxsecret[ZRTP_SECRET_SIZE];   /* with either of them */
  ZrtpRelayState relayed;

  ZrtpSignature signature;      /* the peer's, if it can be checked (7.2) */
  gboolean signature_told;      /* before the stream was secure */

  /* The answer of the cache to "which other endpoint has this name?", and the
   * peer and the name of the question. */
  ZrtpNamesake namesake;
  char *namesake_name;
  guint8 namesake_peer[ZRTP_ZID_SIZE];
};

/* After the schedule of Hellos we keep asking: people start minutes apart. */
#define ZRTP_SLOW_HELLO (1500 * ZRTP_MSEC)

/* Past its exchange: what has no MAC under its keys changes nothing. */
static inline gboolean
zrtp_stream_is_settled (const ZrtpStream * stream)
{
  return stream->step == ZRTP_STEP_SECURE || stream->step == ZRTP_STEP_CLEARING
      || stream->step == ZRTP_STEP_CLEAR;
}

static inline gint64
zrtp_stream_silence (const ZrtpStream * stream)
{
  return stream->outer ? MAX (ZRTP_TRIAL_SILENCE,
      10 * stream->policy.retry_timeout_ms * ZRTP_MSEC) : ZRTP_SILENCE;
}

/* zrtpjob.c */
guint64 zrtp_next_serial (void);

typedef enum
{
  ZRTP_TASK_KEY_PAIR,
  ZRTP_TASK_AGREE,
  ZRTP_TASK_LOOKUP,             /* and the expected name, if there is one */
  ZRTP_TASK_FIND_NAME,
  ZRTP_TASK_FIND_CALL,          /* a recent one with the expected name */
  ZRTP_TASK_UPDATE
} ZrtpTask;

struct _ZrtpJob
{
  ZrtpTask task;
  guint64 serial;
  guint64 owner;                /* id of the stream that gave it out */
  /* KEY_PAIR, AGREE */
  const ZrtpKeyAgreement *key_agreement;
  guint8 private_value[ZRTP_MAX_PRIVATE_SIZE];
  gsize private_size;
  guint8 public_value[ZRTP_MAX_PUBLIC_SIZE];    /* AGREE: the peer's */
  guint8 result[ZRTP_MAX_RESULT_SIZE];
  /* LOOKUP, UPDATE */
  guint8 zid[ZRTP_ZID_SIZE];
  ZrtpPeer peer;
  ZrtpPeerUpdate update;
  /* LOOKUP, FIND_NAME, FIND_CALL */
  char *name;                   /* or NULL */
  ZrtpNamesake namesake;
  gboolean recent;              /* FIND_CALL: there was one a moment ago */

  gboolean ok;
  char *error;                  /* why not, for the user */
};

ZrtpJob *zrtp_job_new (ZrtpTask task);

/* zrtpoutput.c */
GBytes *zrtp_stream_bytes (const ZrtpMessage * message);
void zrtp_stream_send (ZrtpStream * stream, GBytes * message,
    gboolean retransmission);
/* A message without a body: HelloACK, Conf2ACK, ErrorACK, RelayACK. */
void zrtp_stream_send_ack (ZrtpStream * stream, ZrtpMessageType type);
void zrtp_stream_drop (ZrtpStream * stream, ZrtpDrop cause);
ZrtpEvent *zrtp_stream_event (ZrtpStream * stream, ZrtpEventType type);
void zrtp_stream_security_event (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text);
void zrtp_stream_queue_job (ZrtpStream * stream, ZrtpJob * job);
/* Where an event of a trial goes: to the application now, or when the trial
 * succeeds, or nowhere. */
ZrtpEvent *zrtp_trial_event (ZrtpStream * trial, ZrtpEventType type);

/* zrtptimer.c */
void zrtp_timer_set (ZrtpStream * stream, ZrtpTimer timer, gint64 at);
void zrtp_timer_stop (ZrtpStream * stream, ZrtpTimer timer);
void zrtp_timers_stop (ZrtpStream * stream);
gboolean zrtp_timer_is_set (const ZrtpStream * stream, ZrtpTimer timer);
/* ZRTP_NEVER: none is set. */
gint64 zrtp_timers_next (const ZrtpStream * stream);

/* zrtptodo.c */
/* The session whose queue it is: of a trial that of the call. NULL: none yet. */
ZrtpSession *zrtp_todo_call_of (const ZrtpStream * stream);
void zrtp_todo_add (ZrtpStream * stream, ZrtpTodoKind kind);
/* FALSE if there is none. */
gboolean zrtp_todo_pop (ZrtpSession * session, ZrtpTodo * todo);
/* Must be called before @stream leaves its session. */
void zrtp_todo_forget (ZrtpStream * stream);

/* zrtpretransmit.c */
void zrtp_retransmit_reset (ZrtpStream * stream);
/* Sends and keeps sending on T2. Takes ownership of @message. */
void zrtp_stream_send_repeated (ZrtpStream * stream, GBytes * message,
    gint64 now);
void zrtp_stream_stop_repeating (ZrtpStream * stream);
/* Remembers @request and sends (takes) @answer; duplicates get it again. */
void zrtp_stream_send_reply (ZrtpStream * stream, ZrtpOctets request,
    GBytes * answer);
/* TRUE if @request was seen before: its answer, if ready, went out again. */
gboolean zrtp_stream_resend_reply (ZrtpStream * stream,
    ZrtpOctets request, gint64 now, ZrtpOutcome * outcome);
/* Takes ownership of @message. The interval starts at @first and doubles up to
 * @cap. */
void zrtp_repeat_start (ZrtpRepeat * repeat, GBytes * message, gint64 first,
    gint64 cap, guint retransmissions, gint64 now);
/* Counts one retransmission and doubles the interval, up to its cap, while
 * retransmissions are left. Returns the time of the next (6). */
gint64 zrtp_repeat_next (ZrtpRepeat * repeat, gint64 now);
void zrtp_repeat_clear (ZrtpRepeat * repeat);
void zrtp_send_error (ZrtpStream * stream, ZrtpErrorCode error, gint64 now);
void zrtp_stop_error (ZrtpStream * stream);
void zrtp_error_timeout (ZrtpStream * stream, gint64 now);
ZrtpOutcome zrtp_error_ack_receive (ZrtpStream * stream,
    const ZrtpReceived * received, gint64 now);
/* Other keys, or none: what was relayed under the old ones is void. */
void zrtp_relay_clear (ZrtpStream * stream);

/* zrtpstep.c */
/* The only writer of ->step. What the application is to know of it, and what may pass,
 * follows by the next two once all that they tell is in place. */
void zrtp_step_set (ZrtpStream * stream, ZrtpStep step);
/* Tells the state that the step has for the application. */
void zrtp_step_publish (ZrtpStream * stream);
/* Of a stream that was made, or became a trial: what may pass. No event. */
void zrtp_step_init (ZrtpStream * stream);
/* A call became what its trial is: tells that, with @events between. */
void zrtp_step_publish_all (ZrtpStream * stream, GQueue * events);
/* Hellos go out and no exchange runs. */
gboolean zrtp_step_is_discovery (const ZrtpStream * stream);
void zrtp_stream_update_media (ZrtpStream * stream);
/* TRUE in an exchange of this mode, once it has keys. */
gboolean zrtp_preshared_has_keys (const ZrtpStream * stream);
/* TRUE if the peer of the exchange showed that our messages reach it. */
gboolean zrtp_step_is_proven (const ZrtpStream * stream);
/* TRUE if nothing may pass in clear because of it. */
gboolean zrtp_lost_call_forbids_clear (const ZrtpStream * stream);

/* zrtpremote.c */
void zrtp_remotes_clear (ZrtpStream * stream);
void zrtp_remote_clear (ZrtpRemote * remote);
void zrtp_remote_copy (ZrtpRemote * to, const ZrtpRemote * from);
/* The endpoint to call: the peer of the call, if it goes on already; one that
 * has our Hello; one that let no exchange run dry; the one heard last. NULL:
 * none. */
ZrtpRemote *zrtp_remotes_best (ZrtpStream * stream);
/* @h1 proves @peer's chain: forgets Hellos of this chain that its H2 did not
 * seal. TRUE if one with the SSRC of @peer remains. */
gboolean zrtp_remotes_drop_forged (ZrtpStream * stream, const ZrtpRemote * peer,
    const guint8 h1[ZRTP_IMAGE_SIZE]);
/* 4.4.3: the peer of all streams, by its ZID. FALSE before the first is secure. */
gboolean zrtp_remotes_is_of_call (const ZrtpStream * stream,
    const ZrtpRemote * remote);
/* An endpoint that has not said Hello can't speak for one that has. */
gboolean zrtp_remotes_is_unknown (ZrtpStream * stream, guint32 ssrc);
void zrtp_stream_publish_peer (ZrtpStream * stream,
    const ZrtpRemote * remote);
/* The same, told as far as the limit of messages goes. */
void zrtp_stream_publish_peer_limited (ZrtpStream * stream,
    const ZrtpRemote * remote, gint64 now);
/* A slot for one whose Hello we had, as if it came now. */
ZrtpRemote *zrtp_remotes_restore (ZrtpStream * stream,
    const ZrtpRemote * remote, gint64 now);
void zrtp_stream_forget_peer (ZrtpStream * stream);
/* What its Hello lists, and what it has to support. */
void zrtp_remote_read_lists (const ZrtpRemote * remote,
    ZrtpAlgorithmList lists[ZRTP_N_KINDS]);
/* No exchange with this chain for now. */
void zrtp_stream_ban (ZrtpStream * stream, const ZrtpRemote * peer,
    gint64 now);
/* The slot of that very Hello, or NULL. */
ZrtpRemote *zrtp_remotes_find (ZrtpStream * stream, guint32 ssrc,
    const guint8 * data, gsize size);
/* A slot for a Hello that came for the first time. */
ZrtpRemote *zrtp_remotes_add (ZrtpStream * stream,
    const ZrtpPacket * packet, const ZrtpHello * hello);
gboolean zrtp_remote_is_same_hello (const ZrtpRemote * a, const ZrtpRemote * b);
gboolean zrtp_remotes_is_banned (ZrtpStream * stream, const ZrtpHello * hello,
    gint64 now);

/* zrtpsofterror.c */
/* Unless the peer goes on, the stream fails. */
void zrtp_soft_error_set (ZrtpStream * stream, ZrtpSoftError kind,
    ZrtpErrorCode error, gint64 now);
/* It goes on, or this no longer matters. */
void zrtp_soft_error_clear (ZrtpStream * stream);
/* It repeats a message, so it has not given up. */
void zrtp_soft_error_clear_unless_confirm (ZrtpStream * stream);

/* zrtpunproven.c */
void zrtp_limits_reset (ZrtpStream * stream);
/* How long a failure lasts that another try may overcome. */
#define ZRTP_FAILED_TIME (10 * ZRTP_SEC)
/* The same as far as the limit of answers goes. */
void zrtp_stream_send_limited_ack (ZrtpStream * stream, ZrtpMessageType type,
    gint64 now);
/* FALSE if @burst are used up. One comes back each @interval. */
gboolean zrtp_rate_limit_allow (ZrtpRateLimit * limit, guint burst,
    gint64 interval, gint64 now);
/* May a packet be answered that proves nothing? */
gboolean zrtp_unproven_may_answer (ZrtpStream * stream, gint64 now);
/* The same for an answer that no exchange depends on. */
gboolean zrtp_unproven_may_pong (ZrtpStream * stream, gint64 now);
/* May a packet that proves nothing cause a message to the application? */
gboolean zrtp_unproven_may_tell (ZrtpStream * stream, gint64 now);
/* An alarm that a forged packet can raise. */
void zrtp_unproven_alarm (ZrtpStream * stream, ZrtpErrorCode error,
    const char *text, gint64 now);
/* Tells the peer, and the application, why its Hello or Commit is of no use.
 * Changes no state. */
void zrtp_unproven_refuse (ZrtpStream * stream, ZrtpErrorCode error,
    gint64 now);
/* A packet had our SSRC. TRUE if that goes on for a second. */
gboolean zrtp_unproven_is_collision (ZrtpStream * stream, gint64 now);
/* One more packet of a hindrance came. TRUE if the hindrance stays. */
gboolean zrtp_hindrance_is_persistent (ZrtpHindrance * hindrance, gint64 now);

G_END_DECLS

#endif
