/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/message/zrtpmessage-private.h"

/* The plain texts of Confirm and SASrelay have the same size, apart from the
 * signature: 10 words. */
#define MIN_BODY_SIZE 40
#define MAX_SIGNATURE_WORDS 511 /* nine bits; the type block counts */

/* The flags word: 15 unused bits, signature length, flag octet (5.7, 5.13).
 * Unused bits are zero when sent, ignored on receipt. */
#define FLAG_E 0x08u
#define FLAG_V 0x04u
#define FLAG_A 0x02u
#define FLAG_D 0x01u
#define SIGNATURE_WORDS(flags) ((flags) >> 8 & 0x1ff)

static gboolean
sealed_size_is_possible (gsize size)
{
  return size >= MIN_BODY_SIZE && size % 4 == 0 &&
      size <= MIN_BODY_SIZE + 4 * MAX_SIGNATURE_WORDS;
}

ZrtpDrop
zrtp_sealed_read (ZrtpReader * reader, ZrtpMessage * message)
{
  ZrtpSealed *sealed = &message->u.sealed;

  zrtp_read (reader, sealed->mac, sizeof sealed->mac);
  zrtp_read (reader, sealed->iv, sizeof sealed->iv);
  if (reader->failed || !sealed_size_is_possible (reader->left)) {
    reader->failed = TRUE;
    return ZRTP_DROP_NONE;
  }
  sealed->encrypted.size = reader->left;
  sealed->encrypted.data = zrtp_read_in_place (reader, reader->left);
  return ZRTP_DROP_NONE;
}

void
zrtp_sealed_write (ZrtpWriter * writer, const ZrtpMessage * message)
{
  const ZrtpSealed *sealed = &message->u.sealed;

  if (!sealed_size_is_possible (sealed->encrypted.size)) {
    writer->failed = TRUE;
    return;
  }
  zrtp_write (writer, sealed->mac, sizeof sealed->mac);
  zrtp_write (writer, sealed->iv, sizeof sealed->iv);
  zrtp_write (writer, sealed->encrypted.data, sealed->encrypted.size);
}

/* The end of both plain texts: the type block and the signature, or nothing. */
static void
read_signature (ZrtpReader * reader, guint words, char type[5],
    ZrtpOctets * signature)
{
  if (words == 0)
    return;
  zrtp_read_name (reader, type);
  signature->size = (words - 1) * 4;
  signature->data = zrtp_read_in_place (reader, signature->size);
}

static guint
count_signature_words (const char type[5], const ZrtpOctets * signature)
{
  if (type[0] == '\0' && signature->size == 0)
    return 0;
  return 1 + (guint) ((MIN (signature->size, G_MAXUINT16) + 3) / 4);
}

static void
write_signature (ZrtpWriter * writer, guint words, const char type[5],
    const ZrtpOctets * signature)
{
  if (words == 0)
    return;
  if (words > MAX_SIGNATURE_WORDS) {
    writer->failed = TRUE;
    return;
  }
  zrtp_write (writer, type, 4);
  zrtp_write (writer, signature->data, signature->size);
  zrtp_write_zeros (writer, (words - 1) * 4 - signature->size);
}

gboolean
zrtp_confirm_body_parse (const guint8 * data, gsize size,
    ZrtpConfirmBody * body)
{
  ZrtpReader reader = zrtp_reader (data, size);
  ZrtpConfirmBody parsed;
  guint32 flags;

  memset (&parsed, 0, sizeof parsed);
  zrtp_read (&reader, parsed.h0, sizeof parsed.h0);
  flags = zrtp_read_u32 (&reader);
  parsed.enrollment = (flags & FLAG_E) != 0;
  parsed.verified = (flags & FLAG_V) != 0;
  parsed.allow_clear = (flags & FLAG_A) != 0;
  parsed.disclosure = (flags & FLAG_D) != 0;
  parsed.cache_expiry = zrtp_read_u32 (&reader);
  /* libzrtp leaves stale octets in the length where no signature follows. The MAC
   * covers the message's size, so there is none. */
  if (!zrtp_reader_is_done (&reader))
    read_signature (&reader, SIGNATURE_WORDS (flags), parsed.signature_type,
        &parsed.signature);
  if (!zrtp_reader_is_done (&reader))
    return FALSE;

  *body = parsed;
  return TRUE;
}

gsize
zrtp_confirm_body_write (const ZrtpConfirmBody * body, guint8 * out,
    gsize capacity)
{
  ZrtpWriter writer = zrtp_writer (out, capacity);
  guint words = count_signature_words (body->signature_type, &body->signature);
  guint32 flags = words << 8;

  if (body->enrollment)
    flags |= FLAG_E;
  if (body->verified)
    flags |= FLAG_V;
  if (body->allow_clear)
    flags |= FLAG_A;
  if (body->disclosure)
    flags |= FLAG_D;

  zrtp_write (&writer, body->h0, sizeof body->h0);
  zrtp_write_u32 (&writer, flags);
  zrtp_write_u32 (&writer, body->cache_expiry);
  write_signature (&writer, words, body->signature_type, &body->signature);
  return writer.failed ? 0 : writer.size;
}

gboolean
zrtp_sas_relay_body_parse (const guint8 * data, gsize size,
    ZrtpSasRelayBody * body)
{
  ZrtpReader reader = zrtp_reader (data, size);
  ZrtpSasRelayBody parsed;
  guint32 flags;

  memset (&parsed, 0, sizeof parsed);
  flags = zrtp_read_u32 (&reader);
  parsed.verified = (flags & FLAG_V) != 0;
  parsed.allow_clear = (flags & FLAG_A) != 0;
  parsed.disclosure = (flags & FLAG_D) != 0;
  zrtp_read_name (&reader, parsed.sas_type);
  zrtp_read (&reader, parsed.sashash, sizeof parsed.sashash);
  read_signature (&reader, SIGNATURE_WORDS (flags), parsed.signature_type,
      &parsed.signature);
  if (!zrtp_reader_is_done (&reader))
    return FALSE;

  *body = parsed;
  return TRUE;
}

gsize
zrtp_sas_relay_body_write (const ZrtpSasRelayBody * body, guint8 * out,
    gsize capacity)
{
  ZrtpWriter writer = zrtp_writer (out, capacity);
  guint words = count_signature_words (body->signature_type, &body->signature);
  guint32 flags = words << 8;

  if (body->verified)
    flags |= FLAG_V;
  if (body->allow_clear)
    flags |= FLAG_A;
  if (body->disclosure)
    flags |= FLAG_D;

  zrtp_write_u32 (&writer, flags);
  zrtp_write (&writer, body->sas_type, 4);
  zrtp_write (&writer, body->sashash, sizeof body->sashash);
  write_signature (&writer, words, body->signature_type, &body->signature);
  return writer.failed ? 0 : writer.size;
}
