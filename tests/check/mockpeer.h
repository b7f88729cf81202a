/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A peer without a will of its own: it says to one stream of a simulation what
 * the test tells it to, right or wrong; what is due at that moment is done.
 */
#ifndef PUPPET_H
#define PUPPET_H

#include "sim.h"

typedef struct
{
  SimStream *to;
  guint8 h[4][ZRTP_IMAGE_SIZE];
  guint32 ssrc;
  guint16 sequence;
  ZrtpHello hello;              /* to be changed before mock_peer_hello() */
} MockPeer;

/* A fresh chain and ZID; the Hello lists X255, DH3k and Mult. */
void mock_peer_init (MockPeer * mock, SimStream * to, guint32 ssrc);
/* The Hello as it stands, sealed with H2; at once. */
void mock_peer_hello (MockPeer * mock);
/* The same, to look at. */
GBytes *mock_peer_make_hello (const MockPeer * mock);
/* HelloACK, Conf2ACK, ErrorACK, ... */
void mock_peer_ack (MockPeer * mock, ZrtpMessageType type);
/* A Commit, sealed with H1, with random hvi or nonce. Names may be NULL for
 * S256, AES1, HS80, X255 and B32. */
void mock_peer_commit (MockPeer * mock, const char *const names[ZRTP_N_KINDS]);
void mock_peer_error (MockPeer * mock, ZrtpErrorCode code);
/* Any message; @seal is the key for its MAC, or NULL. */
void mock_peer_say (MockPeer * mock, const ZrtpMessage * message,
    const guint8 * seal);

#endif
