/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/message/zrtpmessage-private.h"

/* The word after the ZID (5.2, Figure 3). Bit 31 and bits 20 to 27 are unused:
 * zero when sent, ignored on receipt. */
#define FLAG_SIGNATURE_CAPABLE (1u << 30)
#define FLAG_MITM (1u << 29)
#define FLAG_PASSIVE (1u << 28)
/* Counts of four bits each, hash algorithms in front. */
#define COUNT_SHIFT(kind) (4 * (ZRTP_N_KINDS - 1 - (kind)))

ZrtpDrop
zrtp_hello_read (ZrtpReader * reader, ZrtpMessage * message)
{
  ZrtpHello *hello = &message->u.hello;
  guint32 flags;
  guint kind;

  zrtp_read_name (reader, hello->version);
  zrtp_read (reader, hello->client_id, sizeof hello->client_id);
  zrtp_read (reader, hello->h3, sizeof hello->h3);
  zrtp_read (reader, hello->zid, sizeof hello->zid);
  flags = zrtp_read_u32 (reader);
  hello->signature_capable = (flags & FLAG_SIGNATURE_CAPABLE) != 0;
  hello->mitm = (flags & FLAG_MITM) != 0;
  hello->passive = (flags & FLAG_PASSIVE) != 0;

  for (kind = 0; kind < ZRTP_N_KINDS; kind++) {
    hello->n_names[kind] = flags >> COUNT_SHIFT (kind) & 0xf;
    if (hello->n_names[kind] > ZRTP_MAX_ALGORITHMS)
      return ZRTP_DROP_MALFORMED;
  }
  for (kind = 0; kind < ZRTP_N_KINDS; kind++)
    zrtp_read (reader, hello->names[kind], 4 * hello->n_names[kind]);
  zrtp_read_in_place (reader, ZRTP_MAC_SIZE);
  return ZRTP_DROP_NONE;
}

void
zrtp_hello_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  const ZrtpHello *hello = &message->u.hello;
  guint32 flags = 0;
  guint kind;

  for (kind = 0; kind < ZRTP_N_KINDS; kind++) {
    if (hello->n_names[kind] > ZRTP_MAX_ALGORITHMS) {
      writer->failed = TRUE;
      return;
    }
    flags |= hello->n_names[kind] << COUNT_SHIFT (kind);
  }
  if (hello->signature_capable)
    flags |= FLAG_SIGNATURE_CAPABLE;
  if (hello->mitm)
    flags |= FLAG_MITM;
  if (hello->passive)
    flags |= FLAG_PASSIVE;

  zrtp_write (writer, hello->version, 4);
  zrtp_write (writer, hello->client_id, sizeof hello->client_id);
  zrtp_write (writer, hello->h3, sizeof hello->h3);
  zrtp_write (writer, hello->zid, sizeof hello->zid);
  zrtp_write_u32 (writer, flags);
  for (kind = 0; kind < ZRTP_N_KINDS; kind++)
    zrtp_write (writer, hello->names[kind], 4 * hello->n_names[kind]);
  zrtp_write_zeros (writer, ZRTP_MAC_SIZE);
}
