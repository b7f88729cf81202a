/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For tests: an end of a call that has rtpbin, with a pair for every session of
 * it, found by name: "enc0", "dec0", "pay0" (voice), "net_sink0", "net_src0",
 * "rtcp_sink0", "rtcp_src0", "depay0", "ear" (all of them).
 */
#ifndef PHONE_H
#define PHONE_H

#include "endpoint.h"

G_BEGIN_DECLS

#define PHONE_MAX_SESSIONS 3

typedef enum
{
  PHONE_SIGNALS = 1 << 0,       /* rtpbin asks for the pair by signals; else the
                                 * pair is linked behind it */
  PHONE_MUX = 1 << 1,           /* RTCP on the RTP port (RFC 5761) */
  PHONE_LISTENS = 1 << 2,       /* sends no media: zrtp_src is the way out */
  PHONE_RTX = 1 << 3            /* lost packets are sent again (RFC 4588) */
} PhoneFlags;

/* What rtpbin asked for. */
typedef enum
{
  PHONE_RTP_ENCODER,
  PHONE_RTCP_ENCODER,
  PHONE_RTP_DECODER,
  PHONE_RTCP_DECODER,
  PHONE_N_REQUESTS
} PhoneRequest;

typedef struct
{
  Endpoint *endpoint;
  PhoneFlags flags;
  guint n_sessions;
  GstElement *rtpbin;           /* the pipeline's */
  GstElement *enc[PHONE_MAX_SESSIONS], *dec[PHONE_MAX_SESSIONS];
  gint requests[PHONE_N_REQUESTS];      /* atomic: how often */
} Phone;

/* All but the links to rtpbin, in NULL. */
Phone *phone_new (const char *session_id, guint n_sessions, PhoneFlags flags);
void phone_free (Phone * phone);

/* Borrowed. Fails if there is none. */
GstElement *phone_get (Phone * phone, const char *name, guint session);
/* Makes the links; with PHONE_SIGNALS rtpbin asks now. */
void phone_link (Phone * phone);
/* Both to READY, each one's sinks at the other's ports. */
void phone_connect (Phone * a, Phone * b);
/* Both to PLAYING. */
void phone_play (Phone * a, Phone * b);
/* Until all sessions of both are secure, and of each the same SAS. */
void phone_wait_secure (Phone * a, Phone * b);

/* What a session of rtpbin says of a source: our own that sends media, or the
 * other side's. Waits until @field is TRUE there. Free with
 * gst_structure_free(). */
GstStructure *phone_wait_source (Phone * phone, guint session,
    gboolean internal, const char *field);

G_END_DECLS

#endif
