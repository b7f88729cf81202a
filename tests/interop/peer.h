/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What both interop programs share: options, UDP, loss, media, the event loop.
 * A program supplies a PeerBackend: one ZRTP stack with its SRTP. One thread.
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
#include <netinet/in.h>

G_BEGIN_DECLS

#define PEER_MAX_CHANNELS 2
/* Octets that SRTP or SRTCP may add. */
#define PEER_TRAILER 64

typedef struct _Peer Peer;

/* One media stream: a UDP socket and one ZRTP exchange. */
typedef struct
{
  Peer *peer;
  guint index;
  guint32 ssrc;
  int fd;
  gpointer data;                /* the backend's */

  gboolean secure;
  gint64 next_send;
  guint sent, received, bad, early;
  guint rtcp_sent, rtcp_received, rtcp_bad;
} PeerChannel;

/* What the command line asks of the backend. */
typedef struct
{
  char *hashes, *ciphers, *auth_tags, *key_agreements, *sas_types;
  char *cache;                  /* NULL: none */
  gboolean forget_secrets;      /* keeps the ZID, loses every peer's secrets */
  char *aux_secret;             /* hex */
  int srtcp_tag_size;           /* with HS32 */
  gboolean verify;               /* the user compared the SAS */
} PeerOptions;

/* What was agreed. */
typedef struct
{
  gboolean initiator;
  const char *sas;              /* rendered, "" for a further channel */
  const char *hash, *cipher, *auth_tag, *key_agreement, *sas_type;
  gboolean cache_mismatch;
  gboolean verified;            /* both V flags */
  const char *aux;              /* match, mismatch, unset */
} PeerAgreement;

typedef enum
{
  PEER_MEDIA_OK,
  PEER_MEDIA_NO_KEYS,
  PEER_MEDIA_BAD
} PeerMediaResult;

typedef struct
{
  /* Ready for everything below, the Hellos made. FALSE prints why itself. */
  gboolean (*open) (Peer * peer);
  void (*close) (Peer * peer);
  /* "1.10 <hex>", newly allocated. */
  char *(*get_hello_hash) (PeerChannel * channel);
  gboolean (*set_peer_hash) (PeerChannel * channel, const char *value);
  void (*start) (Peer * peer);
  void (*receive) (PeerChannel * channel, guint8 * data, gsize size);
  /* Timers; called whenever the loop turns. */
  void (*tick) (Peer * peer);
  /* Microseconds of the monotonic clock. */
  gint64 (*get_deadline) (Peer * peer);
  PeerMediaResult (*protect) (PeerChannel * channel, gboolean rtcp,
      guint8 * data, gsize * size);
  PeerMediaResult (*unprotect) (PeerChannel * channel, gboolean rtcp,
      guint8 * data, gsize * size);
} PeerBackend;

struct _Peer
{
  const PeerBackend *backend;
  PeerOptions options;
  PeerChannel channel[PEER_MAX_CHANNELS];
  guint n_channels;
  gpointer data;                /* the backend's */
};

int peer_main (int argc, char **argv, const PeerBackend * backend);

/* From the backend: a ZRTP packet to send. Subject to --loss and --drop. */
void peer_send (PeerChannel * channel, const guint8 * data, gsize size);
/* The channel is secure: both directions have keys. */
void peer_secure (PeerChannel * channel, const PeerAgreement * agreement);
/* A line of its own. */
void peer_note (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The message type of a ZRTP packet, 8 characters and NUL, blanks cut. */
void peer_message_type (const guint8 * packet, gsize size, char type[9]);
/* Octets from hex; FALSE unless it is such. */
gboolean peer_parse_hex (const char *hex, GByteArray * out);

G_END_DECLS

#endif
