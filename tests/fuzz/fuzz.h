/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The parts of every fuzz harness: libFuzzer's entry point, which replay.c calls as
 * well, a check that stays in optimised builds, the octets of an input one by one,
 * and a bound on the memory that an input costs.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

int LLVMFuzzerTestOneInput (const guint8 * data, gsize size);

/* Of AddressSanitizer; NULL without it. */
extern size_t __sanitizer_get_current_allocated_bytes (void)
    __attribute__ ((weak));

#define FUZZ_CHECK(condition) G_STMT_START {                          \
  if (!(condition)) {                                                 \
    g_printerr ("%s:%d: %s\n", __FILE__, __LINE__, #condition);       \
    abort ();                                                         \
  }                                                                   \
} G_STMT_END

typedef struct
{
  const guint8 *data;
  gsize left;
} Input;

/* The next octet of the input, 0 behind its end. */
static inline guint8
fuzz_take (Input * input)
{
  if (input->left == 0)
    return 0;
  input->left--;
  return *input->data++;
}

/* A copy without a NUL or spare octets behind it, so that a sanitizer sees a read too
 * far. Free with g_free(). */
static inline guint8 *
fuzz_copy (const guint8 * data, gsize size)
{
  guint8 *copy = g_malloc (MAX (size, 1));

  if (size > 0)
    memcpy (copy, data, size);
  return copy;
}

/* Bytes on the heap. */
static inline gsize
fuzz_get_heap (void)
{
  struct mallinfo2 info;

  if (__sanitizer_get_current_allocated_bytes)
    return __sanitizer_get_current_allocated_bytes ();
  info = mallinfo2 ();
  return info.uordblks + info.hblkhd;
}

#endif
