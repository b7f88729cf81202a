/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Bounds-checked reading and writing of octets in network byte order (RFC 6189
 * 5), private to the message codec. A reader or writer that once ran out of
 * room stays failed: reads then give zeros, writes do nothing, and the one
 * check that matters is the one at the end.
 */
#ifndef ZRTP_OCTETS_H
#define ZRTP_OCTETS_H

#include <string.h>

#include "zrtp/base/zrtptypes.h"

G_BEGIN_DECLS

typedef struct
{
  const guint8 *next;
  gsize left;
  gboolean failed;
} ZrtpReader;

static inline ZrtpReader
zrtp_reader (const guint8 * data, gsize size)
{
  ZrtpReader reader = { data, size, FALSE };

  return reader;
}

/* The next @size octets in place, NULL if there are fewer. */
static inline const guint8 *
zrtp_read_in_place (ZrtpReader * reader, gsize size)
{
  const guint8 *octets = reader->next;

  if (reader->failed || size > reader->left) {
    reader->failed = TRUE;
    return NULL;
  }
  reader->next += size;
  reader->left -= size;
  return octets;
}

static inline void
zrtp_read (ZrtpReader * reader, gpointer out, gsize size)
{
  const guint8 *octets = zrtp_read_in_place (reader, size);

  if (octets)
    memcpy (out, octets, size);
  else
    memset (out, 0, size);
}

static inline guint16
zrtp_read_u16 (ZrtpReader * reader)
{
  guint8 octets[2];

  zrtp_read (reader, octets, sizeof octets);
  return (guint16) (octets[0] << 8 | octets[1]);
}

static inline guint32
zrtp_read_u32 (ZrtpReader * reader)
{
  guint8 octets[4];

  zrtp_read (reader, octets, sizeof octets);
  return (guint32) octets[0] << 24 | octets[1] << 16 | octets[2] << 8 |
      octets[3];
}

/* A block of four characters (5.1), terminated for C. */
static inline void
zrtp_read_name (ZrtpReader * reader, char out[5])
{
  zrtp_read (reader, out, 4);
  out[4] = '\0';
}

/* TRUE if what was read is exactly what there was. */
static inline gboolean
zrtp_reader_is_done (const ZrtpReader * reader)
{
  return !reader->failed && reader->left == 0;
}

typedef struct
{
  guint8 *data;
  gsize capacity;
  gsize size;
  gboolean failed;
} ZrtpWriter;

static inline ZrtpWriter
zrtp_writer (guint8 * out, gsize capacity)
{
  ZrtpWriter writer = { out, capacity, 0, FALSE };

  return writer;
}

/* Room for @size octets, NULL if there is less. */
static inline guint8 *
zrtp_write_in_place (ZrtpWriter * writer, gsize size)
{
  guint8 *octets = writer->data + writer->size;

  if (writer->failed || size > writer->capacity - writer->size) {
    writer->failed = TRUE;
    return NULL;
  }
  writer->size += size;
  return octets;
}

static inline void
zrtp_write (ZrtpWriter * writer, gconstpointer data, gsize size)
{
  guint8 *octets = zrtp_write_in_place (writer, size);

  if (octets && size > 0)
    memmove (octets, data, size);
}

static inline void
zrtp_write_zeros (ZrtpWriter * writer, gsize size)
{
  guint8 *octets = zrtp_write_in_place (writer, size);

  if (octets)
    memset (octets, 0, size);
}

static inline void
zrtp_write_u16 (ZrtpWriter * writer, guint16 value)
{
  guint8 octets[2] = { (guint8) (value >> 8), (guint8) value };

  zrtp_write (writer, octets, sizeof octets);
}

static inline void
zrtp_write_u32 (ZrtpWriter * writer, guint32 value)
{
  guint8 octets[4] = { (guint8) (value >> 24), (guint8) (value >> 16),
    (guint8) (value >> 8), (guint8) value
  };

  zrtp_write (writer, octets, sizeof octets);
}

G_END_DECLS

#endif
