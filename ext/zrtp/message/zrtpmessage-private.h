/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of the message codec share. A body is what follows the
 * message type block (RFC 6189 5.1.1).
 */
#ifndef ZRTP_MESSAGE_PRIVATE_H
#define ZRTP_MESSAGE_PRIVATE_H

#include "zrtp/message/zrtpmessage.h"
#include "zrtp/base/zrtpoctets.h"

G_BEGIN_DECLS

#define ZRTP_PREAMBLE 0x505a            /* 5.2 */
/* Preamble, length field and message type block: the shortest message. */
#define ZRTP_MESSAGE_HEADER_SIZE 12

/* Readers of bodies return ZRTP_DROP_MALFORMED if the contents are impossible,
 * else ZRTP_DROP_NONE; the caller then checks that @reader ended exactly. */
ZrtpDrop zrtp_hello_read (ZrtpReader * reader, ZrtpMessage * message);
ZrtpDrop zrtp_commit_read (ZrtpReader * reader, ZrtpMessage * message);
ZrtpDrop zrtp_dhpart_read (ZrtpReader * reader, ZrtpMessage * message);
ZrtpDrop zrtp_sealed_read (ZrtpReader * reader, ZrtpMessage * message);

/* Writers of bodies fail @writer if @message can't be expressed. */
void zrtp_hello_write (ZrtpWriter * writer, const ZrtpMessage * message);
void zrtp_commit_write (ZrtpWriter * writer, const ZrtpMessage * message);
void zrtp_dhpart_write (ZrtpWriter * writer, const ZrtpMessage * message);
void zrtp_sealed_write (ZrtpWriter * writer, const ZrtpMessage * message);

G_END_DECLS

#endif
