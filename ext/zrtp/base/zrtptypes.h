/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sizes, enumerations and small value types that the whole engine shares.
 * Names are RFC 6189's.
 */
#ifndef ZRTP_TYPES_H
#define ZRTP_TYPES_H

#include <glib.h>

G_BEGIN_DECLS

#define ZRTP_VERSION "1.10"             /* RFC 6189 4.1.1 */

#define ZRTP_ZID_SIZE 12                /* 4.9 */
#define ZRTP_CLIENT_ID_SIZE 16          /* 5.2, padded with spaces */
#define ZRTP_IMAGE_SIZE 32              /* H0..H3, always SHA-256 (9) */
#define ZRTP_MAC_SIZE 8                 /* message MACs, confirm_mac, clear_mac */
#define ZRTP_HVI_SIZE 32                /* 4.4.1.1 */
#define ZRTP_NONCE_SIZE 16              /* 4.4.2.1, 4.4.3.1 */
#define ZRTP_KEY_ID_SIZE 8              /* 4.4.2.2 */
#define ZRTP_SECRET_ID_SIZE 8           /* rs1ID .. pbxsecretID (4.3.1) */
#define ZRTP_IV_SIZE 16                 /* 4.6 */
#define ZRTP_SECRET_SIZE 32             /* rs1, rs2, pbxsecret, sashash */
#define ZRTP_SALT_SIZE 14               /* 4.5.3, 112 bits for every cipher */
#define ZRTP_MAX_HASH_SIZE 48           /* S384 */
#define ZRTP_MAX_CIPHER_KEY_SIZE 32     /* AES3 */
#define ZRTP_MAX_PUBLIC_SIZE 384        /* pvi, pvr of DH3k */
#define ZRTP_MAX_PRIVATE_SIZE 64        /* svi, svr: 512 bits */
#define ZRTP_MAX_RESULT_SIZE 384        /* DHResult of DH3k */
#define ZRTP_MAX_ALGORITHMS 7           /* of a kind in a Hello (5.2) */

#define ZRTP_PACKET_HEADER_SIZE 12
#define ZRTP_CRC_SIZE 4
/* The longest message: a Confirm or SASrelay with 511 signature words. */
#define ZRTP_MAX_MESSAGE_SIZE ((19 + 511) * 4)
#define ZRTP_MAX_PACKET_SIZE \
  (ZRTP_PACKET_HEADER_SIZE + ZRTP_MAX_MESSAGE_SIZE + ZRTP_CRC_SIZE)

/* No deadline. */
#define ZRTP_NEVER G_MAXINT64

/* A run of octets that the caller owns. */
typedef struct
{
  const guint8 *data;
  gsize size;
} ZrtpOctets;

static inline ZrtpOctets
zrtp_octets (const guint8 * data, gsize size)
{
  const ZrtpOctets octets = { data, size };

  return octets;
}

static inline ZrtpOctets
zrtp_octets_of (GBytes * bytes)
{
  ZrtpOctets octets;

  octets.data = (const guint8 *) g_bytes_get_data (bytes, &octets.size);
  return octets;
}

/* The state that an application sees (the property "state"). */
typedef enum
{
  ZRTP_STATE_IDLE,
  ZRTP_STATE_DISCOVERING,       /* Hellos go out, or a peer is known and waits */
  ZRTP_STATE_NEGOTIATING,       /* a Commit was sent or accepted */
  ZRTP_STATE_SECURE,
  ZRTP_STATE_CLEAR,             /* after GoClear */
  ZRTP_STATE_NO_ZRTP,           /* the Hello schedule ended and clear RTP came */
  ZRTP_STATE_FAILED
} ZrtpState;

typedef enum
{
  ZRTP_ROLE_NONE,
  ZRTP_ROLE_INITIATOR,
  ZRTP_ROLE_RESPONDER
} ZrtpRole;

/* How far the user may trust a secure session (the property "trust"). */
typedef enum
{
  ZRTP_TRUST_NONE,
  ZRTP_TRUST_UNVERIFIED,        /* the SAS was not compared yet */
  ZRTP_TRUST_PEER_UNVERIFIED,   /* we did, but the peer's V flag is 0 (7.1) */
  ZRTP_TRUST_VERIFIED,
  ZRTP_TRUST_CACHE_MISMATCH,    /* we hold rs1 and s1 came out null (4.3.2) */
  ZRTP_TRUST_NAME_MISMATCH,     /* the cache names someone else for this ZID */
  ZRTP_TRUST_SAS_MISMATCH,      /* the user said that the SAS differ */
  ZRTP_TRUST_MITM_RELAYED,      /* SAS relayed by a trusted PBX (7.3) */
  ZRTP_TRUST_SIGNED,            /* not compared, but the SAS is signed (7.2) */
  ZRTP_TRUST_SIGNATURE_INVALID, /* ... by another key, or wrongly */
  ZRTP_TRUST_NEW_ENDPOINT,      /* the name was verified for another ZID */
  ZRTP_TRUST_PEER_CHANGED       /* unverified, but the call was verified before
                                 * it moved to this endpoint */
} ZrtpTrust;

/* The peer's signature on the SAS (7.2; the property "signature-status"). */
typedef enum
{
  ZRTP_SIGNATURE_NONE,          /* none came, or we set no S flag */
  ZRTP_SIGNATURE_UNCHECKED,     /* up to the application */
  ZRTP_SIGNATURE_VALID,
  ZRTP_SIGNATURE_INVALID,
  ZRTP_SIGNATURE_UNSUPPORTED    /* of a type that this engine does not know */
} ZrtpSignatureStatus;

/* Whether a PBX may relay SAS to us (7.3.1; the property "enrollment"). */
typedef enum
{
  ZRTP_ENROLLMENT_NONE,
  ZRTP_ENROLLMENT_OFFERED,      /* it set E, or we did: up to the phone's user */
  ZRTP_ENROLLMENT_ACCEPTED,     /* in this call: counts from the next one on */
  ZRTP_ENROLLMENT_ENROLLED      /* both hold the pbxsecret (s3) */
} ZrtpEnrollment;

/* a=zrtp-hash against the Hello that came (8.1). */
typedef enum
{
  ZRTP_HELLO_HASH_ABSENT,
  ZRTP_HELLO_HASH_MATCH,
  ZRTP_HELLO_HASH_MISMATCH
} ZrtpHelloHashStatus;

/* What may pass in one direction. */
typedef enum
{
  ZRTP_MEDIA_BLOCKED,
  ZRTP_MEDIA_CLEAR,
  ZRTP_MEDIA_SECURE
} ZrtpMedia;

/* RFC 6189 5.9, Table 8. */
typedef enum
{
  ZRTP_ERROR_NONE = 0,
  ZRTP_ERROR_MALFORMED = 0x10,
  ZRTP_ERROR_SOFTWARE = 0x20,
  ZRTP_ERROR_VERSION = 0x30,
  ZRTP_ERROR_HELLO_MISMATCH = 0x40,
  ZRTP_ERROR_HASH = 0x51,
  ZRTP_ERROR_CIPHER = 0x52,
  ZRTP_ERROR_KEY_AGREEMENT = 0x53,
  ZRTP_ERROR_AUTH_TAG = 0x54,
  ZRTP_ERROR_SAS = 0x55,
  ZRTP_ERROR_NO_SHARED_SECRET = 0x56,
  ZRTP_ERROR_BAD_PUBLIC_VALUE = 0x61,
  ZRTP_ERROR_BAD_HVI = 0x62,
  ZRTP_ERROR_UNTRUSTED_MITM = 0x63,
  ZRTP_ERROR_BAD_CONFIRM_MAC = 0x70,
  ZRTP_ERROR_NONCE_REUSED = 0x80,
  ZRTP_ERROR_EQUAL_ZIDS = 0x90,
  ZRTP_ERROR_SSRC_COLLISION = 0x91,
  ZRTP_ERROR_UNAVAILABLE = 0xA0,
  ZRTP_ERROR_TIMEOUT = 0xB0,
  ZRTP_ERROR_GOCLEAR_REFUSED = 0x100
} ZrtpErrorCode;

/* Why a received ZRTP packet was dropped; counted one by one. */
typedef enum
{
  ZRTP_DROP_NONE,
  ZRTP_DROP_TOO_SHORT,          /* below 28 octets */
  ZRTP_DROP_NOT_ZRTP,           /* first octet or magic cookie */
  ZRTP_DROP_BAD_CRC,            /* 5: silently */
  ZRTP_DROP_BAD_LENGTH,         /* datagram, length field and type disagree */
  ZRTP_DROP_MALFORMED,          /* length right, contents impossible */
  ZRTP_DROP_UNKNOWN_TYPE,
  ZRTP_DROP_UNEXPECTED,         /* well-formed, but not due in this state */
  ZRTP_DROP_BAD_PREIMAGE,       /* hash chain (9): forged or foreign */
  ZRTP_DROP_BAD_MAC,
  ZRTP_DROP_BAD_HELLO_HASH,     /* contradicts a=zrtp-hash (8.1) */
  ZRTP_DROP_FOREIGN_SOURCE,     /* not the source this stream is bound to (5) */
  ZRTP_N_DROPS
} ZrtpDrop;

/* Where random octets come from. Handed in, so that tests are repeatable. */
typedef struct
{
  void (*fill) (gpointer user_data, guint8 * out, gsize size);
  gpointer user_data;
} ZrtpRandom;

/* The kernel's generator (getrandom): seeded from physical entropy and a DRBG,
 * as RFC 6189 4.8 asks. Aborts the process if the kernel has none to give. */
extern const ZrtpRandom zrtp_random_system;

/* Nicks for logs, messages and property values: "idle", "cache-mismatch", ... */
const char *zrtp_state_nick (ZrtpState state);
const char *zrtp_role_nick (ZrtpRole role);
const char *zrtp_trust_nick (ZrtpTrust trust);
const char *zrtp_enrollment_nick (ZrtpEnrollment enrollment);
const char *zrtp_signature_status_nick (ZrtpSignatureStatus status);
const char *zrtp_hello_hash_status_nick (ZrtpHelloHashStatus status);
const char *zrtp_drop_nick (ZrtpDrop drop);
/* One plain sentence for each code of Table 8. */
const char *zrtp_error_text (ZrtpErrorCode code);

G_END_DECLS

#endif
