/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Sample messages, one of each type and form, made octet by octet from the
 * figures of RFC 6189 5 and not by the codec under test; and memory that ends
 * where a sample ends.
 */
#ifndef TESTS_SAMPLES_H
#define TESTS_SAMPLES_H

#include "zrtp/message/zrtpmessage.h"

typedef struct
{
  const char *label;
  ZrtpMessageType type;
  const char *wire_name;
  guint words;
  /* Hello: the word after the ZID. */
  guint32 flags;
  /* Commit: the key agreement. */
  const char *key_agreement;
} Sample;

extern const Sample samples[];
extern const guint n_samples;

/* Room for every sample. */
#define SAMPLE_CAPACITY ZRTP_MAX_MESSAGE_SIZE

/* Writes sample @index. The octet at offset i of a body is i & 0xff, but for
 * flags and names. Returns its size. */
gsize sample_build (guint index, guint8 * out);

/* Whether @words is a length that RFC 6189 allows for a message like this. */
gboolean sample_allows_words (const Sample * sample, guint words);

/* Overwrites the length field. */
void sample_set_words (guint8 * message, guint words);

/* A copy of @size octets that ends at a page that no code may touch. Reused by
 * the next call; @data may be NULL for room alone. */
guint8 *guarded_copy (const guint8 * data, gsize size);

/* Recomputes the CRC of a packet. */
void packet_set_crc (guint8 * packet, gsize size);

/* A small generator of repeatable noise. */
guint32 noise_next (guint64 * state);

#endif
