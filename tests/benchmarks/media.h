/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the media benchmark measures, and the two processes that do it.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include <glib.h>

G_BEGIN_DECLS

/* Nettle's code goes into libsrtp2 for a whole process: what is measured without
 * it has a process of its own. */
typedef enum
{
  MEDIA_STOCK,
  MEDIA_ZRTP,
  MEDIA_N_WORKERS
} MediaWorker;

extern const char *const media_worker_names[MEDIA_N_WORKERS];

typedef enum
{
  MEDIA_NOTHING,                /* two pads */
  MEDIA_IDENTITY,
  MEDIA_BARE_PROTECT,           /* no GStreamer: libsrtp2 as it is there */
  MEDIA_BARE_UNPROTECT,
  MEDIA_DTLS_ENCRYPT,           /* dtlssrtpenc, once it has keys */
  MEDIA_DTLS_DECRYPT,
  MEDIA_ENCRYPT,                /* srtpenc or zrtpenc */
  MEDIA_DECRYPT
} MediaSubject;

typedef struct
{
  MediaWorker worker;
  MediaSubject subject;
  const char *cipher;           /* "AES1", "AES3"; "" if it does not matter */
  guint octets;                 /* of payload */
  gboolean list;                /* lists of 32, else single buffers */
  guint pieces;                 /* memories of a buffer that comes in */
} MediaCase;

/* How a table calls it. */
const char *media_subject_name (const MediaCase * c);

/* All cases in order; the element is a MediaCase. @only: name of a subject, or
 * NULL. */
GArray *media_cases (const char *only);

/* Reads lines from stdin, each the index of a case to measure once, and answers
 * each with a line: the CPU time of a packet in nanoseconds. */
void media_work (MediaWorker worker, const GArray * cases);

G_END_DECLS

#endif
