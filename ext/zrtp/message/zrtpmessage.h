/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The message codec: packets and messages of RFC 6189 5 between octets and
 * structs. Pure functions; nothing here knows a state or a secret. Parsing is
 * strict about lengths (exact for each type) and tolerant where 5 asks for it
 * (unused bits, unknown algorithm names).
 */
#ifndef ZRTP_MESSAGE_H
#define ZRTP_MESSAGE_H

#include "zrtp/crypto/zrtpalgorithm.h"

G_BEGIN_DECLS

typedef enum
{
  ZRTP_MESSAGE_HELLO,
  ZRTP_MESSAGE_HELLO_ACK,
  ZRTP_MESSAGE_COMMIT,
  ZRTP_MESSAGE_DHPART1,
  ZRTP_MESSAGE_DHPART2,
  ZRTP_MESSAGE_CONFIRM1,
  ZRTP_MESSAGE_CONFIRM2,
  ZRTP_MESSAGE_CONF2ACK,
  ZRTP_MESSAGE_ERROR,
  ZRTP_MESSAGE_ERROR_ACK,
  ZRTP_MESSAGE_GO_CLEAR,
  ZRTP_MESSAGE_CLEAR_ACK,
  ZRTP_MESSAGE_SAS_RELAY,
  ZRTP_MESSAGE_RELAY_ACK,
  ZRTP_MESSAGE_PING,
  ZRTP_MESSAGE_PING_ACK,
  ZRTP_N_MESSAGES
} ZrtpMessageType;

/* A packet's frame (5, Figure 2). @message points into the packet. */
typedef struct
{
  guint16 sequence;
  guint32 ssrc;
  const guint8 *message;        /* from 0x505a on */
  gsize message_size;
} ZrtpPacket;

/* 5.2. Names are kept as received, unknown ones included. */
typedef struct
{
  char version[5];
  guint8 client_id[ZRTP_CLIENT_ID_SIZE];
  guint8 h3[ZRTP_IMAGE_SIZE];
  guint8 zid[ZRTP_ZID_SIZE];
  gboolean signature_capable;   /* S */
  gboolean mitm;                /* M */
  gboolean passive;             /* P */
  guint n_names[ZRTP_N_KINDS];
  char names[ZRTP_N_KINDS][ZRTP_MAX_ALGORITHMS][4];
} ZrtpHello;

/* 5.4. What follows the algorithms depends on the key agreement. */
typedef struct
{
  guint8 h2[ZRTP_IMAGE_SIZE];
  guint8 zid[ZRTP_ZID_SIZE];
  char names[ZRTP_N_KINDS][4];
  guint8 hvi[ZRTP_HVI_SIZE];            /* DH mode */
  guint8 nonce[ZRTP_NONCE_SIZE];        /* Mult, Prsh */
  guint8 key_id[ZRTP_KEY_ID_SIZE];      /* Prsh */
} ZrtpCommit;

typedef enum
{
  ZRTP_COMMIT_DH,
  ZRTP_COMMIT_PRESHARED,
  ZRTP_COMMIT_MULTISTREAM
} ZrtpCommitMode;

/* 5.5, 5.6. */
typedef struct
{
  guint8 h1[ZRTP_IMAGE_SIZE];
  guint8 rs1_id[ZRTP_SECRET_ID_SIZE];
  guint8 rs2_id[ZRTP_SECRET_ID_SIZE];
  guint8 aux_id[ZRTP_SECRET_ID_SIZE];
  guint8 pbx_id[ZRTP_SECRET_ID_SIZE];
  guint8 public_value[ZRTP_MAX_PUBLIC_SIZE];
  gsize public_size;            /* a multiple of 4 */
} ZrtpDHPart;

/* 5.7 and 5.13: Confirm1, Confirm2, SASrelay before decryption. */
typedef struct
{
  guint8 mac[ZRTP_MAC_SIZE];
  guint8 iv[ZRTP_IV_SIZE];
  /* Into the message when parsed; to be copied when written. At least 40
   * octets, a multiple of 4. */
  ZrtpOctets encrypted;
} ZrtpSealed;

/* The plain text of a Confirm (5.7). */
typedef struct
{
  guint8 h0[ZRTP_IMAGE_SIZE];
  gboolean enrollment;          /* E */
  gboolean verified;            /* V */
  gboolean allow_clear;         /* A */
  gboolean disclosure;          /* D */
  guint32 cache_expiry;         /* seconds, 0xffffffff: forever */
  char signature_type[5];       /* "" without a signature */
  ZrtpOctets signature;         /* into the plain text; padding included */
} ZrtpConfirmBody;

/* The plain text of a SASrelay (5.13). */
typedef struct
{
  gboolean verified, allow_clear, disclosure;
  char sas_type[5];
  guint8 sashash[ZRTP_SECRET_SIZE];
  char signature_type[5];
  ZrtpOctets signature;
} ZrtpSasRelayBody;

/* 5.15, 5.16 */
typedef struct
{
  char version[5];
  guint8 endpoint_hash[8];
} ZrtpPing;

typedef struct
{
  char version[5];
  guint8 endpoint_hash[8];              /* of the answering endpoint */
  guint8 received_endpoint_hash[8];     /* the Ping's */
  guint32 ssrc;                         /* of the Ping's packet */
} ZrtpPingAck;

typedef struct
{
  ZrtpMessageType type;
  union
  {
    ZrtpHello hello;
    ZrtpCommit commit;
    ZrtpDHPart dhpart;          /* DHPart1, DHPart2 */
    ZrtpSealed sealed;          /* Confirm1, Confirm2, SASrelay */
    guint32 error_code;         /* Error */
    guint8 clear_mac[ZRTP_MAC_SIZE];    /* GoClear */
    ZrtpPing ping;
    ZrtpPingAck ping_ack;
  } u;
} ZrtpMessage;

/* TRUE if a datagram is to be handed to ZRTP rather than to RTP: first octet
 * 0x10..0x1f and the magic cookie. Says nothing about whether it is sound. */
gboolean zrtp_packet_probe (const guint8 * data, gsize size);

/* Checks frame, cookie, CRC and that the length field fills the datagram
 * exactly, in an order that a flipped bit ends in ZRTP_DROP_BAD_CRC (or, in
 * the cookie and the bits that mark ZRTP, in _NOT_ZRTP). What is refused here
 * is no message and never worth an answer, not even an Error: among it are the
 * fragments that bzrtp sends (first octet 0x11), whose payload does not start
 * with 0x505a; they end in ZRTP_DROP_MALFORMED. @packet is written on
 * ZRTP_DROP_NONE only; its message then has at least 12 octets and at most
 * ZRTP_MAX_MESSAGE_SIZE. */
ZrtpDrop zrtp_packet_parse (const guint8 * data, gsize size,
    ZrtpPacket * packet);

/* Frames a message. Returns the packet's size, 0 if it does not fit or has no
 * message's size. @message may lie in @out. */
gsize zrtp_packet_write (guint8 * out, gsize capacity, guint16 sequence,
    guint32 ssrc, const guint8 * message, gsize message_size);

/* Parses a message whose length field was checked by zrtp_packet_parse()
 * (checked here again). ZRTP_DROP_NONE, _BAD_LENGTH, _MALFORMED or
 * _UNKNOWN_TYPE; @message is written on ZRTP_DROP_NONE only, with zeros where
 * the message's form lacks a field. */
ZrtpDrop zrtp_message_parse (const guint8 * data, gsize size,
    ZrtpMessage * message);

/* Writes a message; room for a trailing MAC (Hello, Commit, DHPart) is left
 * zero for zrtp_message_sign(). Returns its size, 0 if it does not fit or if
 * a count or size in @message is out of range. */
gsize zrtp_message_write (const ZrtpMessage * message, guint8 * out,
    gsize capacity);

/* Fills in the trailing MAC under a hash image (8.1.1) ... */
void zrtp_message_sign (guint8 * message, gsize size,
    const guint8 key[ZRTP_IMAGE_SIZE]);
/* ... and checks it, in constant time. */
gboolean zrtp_message_check_mac (const guint8 * message, gsize size,
    const guint8 key[ZRTP_IMAGE_SIZE]);

/* What kind of Commit, from its key agreement name. */
ZrtpCommitMode zrtp_commit_mode (const ZrtpCommit * commit);

/* Plain texts of Confirm and SASrelay. The parsers check the signature length
 * against @size and write @body on TRUE only; the writers pad a signature with
 * zeros to a word (5.7) and return the size, 0 if it does not fit or the
 * signature is longer than 511 words with its type. */
gboolean zrtp_confirm_body_parse (const guint8 * data, gsize size,
    ZrtpConfirmBody * body);
gsize zrtp_confirm_body_write (const ZrtpConfirmBody * body, guint8 * out,
    gsize capacity);
gboolean zrtp_sas_relay_body_parse (const guint8 * data, gsize size,
    ZrtpSasRelayBody * body);
gsize zrtp_sas_relay_body_write (const ZrtpSasRelayBody * body, guint8 * out,
    gsize capacity);

/* "Hello", "DHPart1", ... for logs. */
const char *zrtp_message_type_name (ZrtpMessageType type);

G_END_DECLS

#endif
