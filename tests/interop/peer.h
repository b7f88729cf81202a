/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The face that every endpoint program shows to the test driver: options,
 * sockets, loss, output.
 *
 * Lines on standard output (key=value, one event a line):
 *   hello-hash channel=0 value=1.10 <hex>     with --print-hash
 *   started
 *   secure channel=0 role=... sas=... ... ms=...
 *   note ...                                  whatever else the stack tells
 *   done                                      every goal is reached
 *   media channel=0 srtp-received=N srtp-bad=N ...    at the end, per channel
 *   timeout
 * Exit status: 0 every goal reached, 1 wrong use or set-up, 2 timeout.
 */
#ifndef PEER_H
#define PEER_H

#include <glib.h>

G_BEGIN_DECLS

#define PEER_MAX_CHANNELS 2
#define PEER_MEDIA_INTERVAL (20 * G_TIME_SPAN_MILLISECOND)
#define PEER_RTP_PER_RTCP 5

/* The command line. */
typedef struct
{
  int channels;
  int fd[PEER_MAX_CHANNELS];    /* connected UDP sockets */
  guint32 ssrc[PEER_MAX_CHANNELS];

  char *hashes, *ciphers, *auth_tags, *key_agreements, *sas_types;
  char *cache;                  /* NULL: none */
  gboolean forget_secrets;      /* keeps the ZID, loses every peer's secrets */
  char *aux_secret;             /* hex */
  int srtcp_tag_size;           /* with HS32 */
  gboolean verify;              /* the user compared the SAS */
  gboolean accept_fork;         /* moves to another endpoint that calls */
  gboolean print_hash;
  char **peer_hashes;           /* or NULL; see peer_read_hash() */

  int send, expect;             /* SRTP packets, on each channel */
  int first_sequence;
  gboolean rtcp;
  gboolean any_media;           /* authentic is good enough */

  int start_delay_ms, timeout_s;
  gboolean linger;              /* goes on until standard input ends */
} PeerOptions;

/* What a channel has seen of media. */
typedef struct
{
  guint sent, received, bad, early;
  guint rtcp_sent, rtcp_received, rtcp_bad;
} PeerMedia;

/* What was agreed. */
typedef struct
{
  gboolean initiator;
  const char *sas;              /* rendered; "" if another channel made it */
  const char *hash, *cipher, *auth_tag, *key_agreement, *sas_type;
  gboolean cache_mismatch;
  gboolean verified;            /* both V flags */
  const char *aux;              /* match, mismatch, unset */
} PeerAgreement;

/* Reads the command line and opens the sockets. FALSE prints why. */
gboolean peer_init (int *argc, char ***argv, PeerOptions * options);
void peer_clear (PeerOptions * options);
/* a=zrtp-hash of the peer for @channel into @value; "-" on the command line
 * stands for a line of standard input, which may take its time. FALSE: there
 * is none. */
gboolean peer_read_hash (const PeerOptions * options, guint channel,
    char value[256]);
/* Octets from hex; FALSE unless it is such. */
gboolean peer_parse_hex (const char *hex, GByteArray * out);

/* Whether this datagram is to be sent: --loss and, for ZRTP, --drop. */
gboolean peer_passes_out (const guint8 * data, gsize size);
/* Whether a datagram that came is to be taken notice of: --loss. */
gboolean peer_passes_in (void);
/* The message type of a ZRTP packet, 8 characters and NUL, blanks cut. */
void peer_message_type (const guint8 * packet, gsize size, char type[9]);

/* A line. */
void peer_note (const char *format, ...) G_GNUC_PRINTF (1, 2);
void peer_tell_hash (guint channel, const char *value);
void peer_tell_secure (guint channel, const PeerAgreement * agreement,
    gint64 started);
void peer_tell_media (guint channel, const PeerMedia * media);

/* Whether a channel has sent and received what it should. */
gboolean peer_media_done (const PeerOptions * options,
    const PeerMedia * media);

G_END_DECLS

#endif
