/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where random octets come from: from the kernel alone. This program has a
 * getrandom() of its own, which the engine then calls.
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include <gst/check/gstcheck.h>

#include "zrtp/zrtp.h"

static guint calls, interruptions;
static gsize most;              /* octets that one call gives */
static guint8 next;             /* they count up */
static gboolean flags_seen;

ssize_t
getrandom (void *buffer, size_t size, unsigned int flags)
{
  guint8 *out = buffer;

  calls++;
  flags_seen |= flags != 0;
  if (interruptions > 0) {
    interruptions--;
    errno = EINTR;
    return -1;
  }
  size = MIN (size, most);
  for (size_t i = 0; i < size; i++)
    out[i] = next++;
  return (ssize_t) size;
}

/* Z-4.8-03 Z-4.8-04: the kernel seeds its DRBG from physical entropy, and without
 * flags it gives nothing before that was done. */
GST_START_TEST (test_kernel)
{
  guint8 out[1000];

  most = __i__ ? 7 : G_MAXINT16;
  interruptions = __i__;
  calls = 0;
  next = 0;
  memset (out, 0xee, sizeof out);
  zrtp_random_system.fill (zrtp_random_system.user_data, out, sizeof out);
  for (guint i = 0; i < sizeof out; i++)
    fail_unless_equals_int (out[i], (guint8) i);
  fail_unless_equals_int (calls, __i__ ? 143 + __i__ : 1);
  fail_if (flags_seen);
}

GST_END_TEST;

/* All that a stream draws comes from what it was given. */
GST_START_TEST (test_stream)
{
  ZrtpPolicy policy;
  ZrtpStream *stream;
  guint8 zid[ZRTP_ZID_SIZE] = { 1 };

  most = G_MAXINT16;
  calls = 0;
  zrtp_policy_init (&policy);
  stream = zrtp_stream_new (&policy, zid, &zrtp_random_system);
  fail_unless (calls > 0);
  zrtp_stream_free (stream);
}

GST_END_TEST;

static Suite *
random_suite (void)
{
  Suite *suite = suite_create ("random");
  TCase *tc = tcase_create ("random");

  suite_add_tcase (suite, tc);
  tcase_add_loop_test (tc, test_kernel, 0, 3);
  tcase_add_test (tc, test_stream);
  return suite;
}

GST_CHECK_MAIN (random);
