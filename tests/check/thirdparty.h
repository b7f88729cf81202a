/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Packets of a third party that sees nothing of a call: a chain of its own, well
 * made as far as that goes, under an SSRC that it guessed or knows.
 */
#ifndef THIRDPARTY_H
#define THIRDPARTY_H

#include "mockpeer.h"

typedef enum
{
  THIRD_HELLO,
  THIRD_HELLO_FALSE_MAC,
  THIRD_HELLO_OLD,
  THIRD_HELLO_LATER,
  THIRD_HELLO_NOTHING_IN_COMMON,        /* in strict mode */
  THIRD_HELLO_ACK,
  THIRD_COMMIT,
  THIRD_COMMIT_MULT,
  THIRD_COMMIT_PRSH,
  THIRD_COMMIT_LIE,             /* with a cipher that no side offered */
  THIRD_COMMIT_OTHER_ZID,
  THIRD_DHPART1,
  THIRD_DHPART2,                /* not the one of the Commit */
  THIRD_DHPART2_FALSE_KEY,
  THIRD_CONFIRM1,
  THIRD_CONFIRM2,
  THIRD_CONF2ACK,
  THIRD_ERROR,
  THIRD_ERROR_ACK,
  THIRD_GO_CLEAR,
  THIRD_CLEAR_ACK,
  THIRD_SAS_RELAY,
  THIRD_RELAY_ACK,
  THIRD_PING,
  THIRD_PING_ACK,
  N_THIRD
} ThirdPacket;

const char *third_name (ThirdPacket kind);
/* Writes the packet into @out, of ZRTP_MAX_PACKET_SIZE. All packets of one
 * puppet have one chain. */
gsize third_make (MockPeer * mock, ThirdPacket kind, guint8 * out);
/* Makes and delivers it. */
void third_send (MockPeer * mock, ThirdPacket kind);
/* Gives a Hello another chain and CRC. */
void third_renew_hello (guint8 * packet, gsize size, guint32 number);

#endif
