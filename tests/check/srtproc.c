/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Rollover counters after outages that the estimate of RFC 3711 3.3.1 does not
 * cover: found again by what authenticates, and by nothing else.
 */
#include <gst/check/gstcheck.h>
#include <string.h>

#include "srtppackets.h"
#include "srtpreference.h"

#define PAYLOAD 160
/* Packets after an outage that may be lost until the counter is found: 2^-40 is
 * the chance that one of the two nearest counters takes longer. */
#define PATIENCE 110

typedef struct
{
  ZrtpSrtpKeys keys;
  ReferenceKeys reference;
  ZrtpSrtp *receiver;
} Line;

static Line
line_new (const ZrtpCipher * cipher, const ZrtpAuthTag * auth_tag)
{
  Line line = {.keys = make_keys (cipher, auth_tag, 17) };

  reference_derive (line.keys.key, cipher->key_size, line.keys.salt,
      REFERENCE_SRTP, &line.reference);
  line.receiver = make_srtp (ZRTP_SRTP_RECEIVE, &line.keys);
  return line;
}

static Line
line_new_default (void)
{
  return line_new (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80);
}

/* The packet of a peer at that place of the stream, forged if @flip is not 0. */
static ZrtpSrtpResult
receive (Line * line, guint32 ssrc, guint64 index, guint32 flip)
{
  const gsize tag_size = line->keys.auth_tag->tag_size;
  guint8 packet[MAX_PACKET];
  gsize size = make_rtp (packet, index & 0xffff, ssrc, 0, -1, PAYLOAD);
  ZrtpSrtpResult result;

  size = reference_protect (&line->reference, packet, size, index >> 16,
      tag_size);
  for (guint i = 0; i < 4; i++)
    packet[size - tag_size + i] ^= flip >> 8 * i;
  result = zrtp_srtp_unprotect (line->receiver, packet, &size);
  if (result == ZRTP_SRTP_OK)
    assert_rtp (packet, size, index & 0xffff, ssrc, PAYLOAD);
  return result;
}

static void
receive_ok (Line * line, guint32 ssrc, guint64 index)
{
  fail_unless_equals_int (receive (line, ssrc, index, 0), ZRTP_SRTP_OK);
}

/* Brings a source to @index, in steps that the estimate covers. */
static void
walk_to (Line * line, guint32 ssrc, guint64 index)
{
  for (guint64 at = index % 0x4000; at <= index; at += 0x4000)
    receive_ok (line, ssrc, at);
}

static guint32
get_roc (Line * line, guint32 ssrc)
{
  guint32 roc;

  fail_unless (zrtp_srtp_get_roc (line->receiver, ssrc, &roc));
  return roc;
}

/* Packets from @index on until one authenticates; its index. */
static guint64
recover (Line * line, guint32 ssrc, guint64 index, guint patience)
{
  for (guint i = 0; i < patience; i++, index++) {
    if (receive (line, ssrc, index, 0) == ZRTP_SRTP_OK)
      return index;
  }
  fail ("not found again after %u packets", patience);
  return 0;
}

/* A source at @before loses @lost packets. */
static void
check_outage (Line * line, guint64 before, guint64 lost, guint patience)
{
  guint64 index;

  walk_to (line, TEST_SSRC, before - 19);
  for (guint i = 1; i < 20; i++)
    receive_ok (line, TEST_SSRC, before - 19 + i);
  index = recover (line, TEST_SSRC, before + 1 + lost, patience);
  fail_unless_equals_int (get_roc (line, TEST_SSRC), index >> 16);
  for (guint i = 1; i <= 200; i++)
    receive_ok (line, TEST_SSRC, index + i);

  /* None of all these passes a second time, nor any of before. */
  for (guint i = 0; i < 20; i++)
    fail_unless (receive (line, TEST_SSRC, before - 19 + i, 0) != ZRTP_SRTP_OK);
  for (guint i = 0; i <= 200; i++)
    fail_unless (receive (line, TEST_SSRC, index + i, 0) != ZRTP_SRTP_OK);
  receive_ok (line, TEST_SSRC, index + 201);
}

GST_START_TEST (test_outages)
{
  static const struct
  {
    guint64 before, lost;
    guint patience;
  } outages[] = {
    {0x10000 + 100, 33000, PATIENCE},   /* no rollover in between */
    {0x10000 + 100, 50000, PATIENCE},
    {0x10000 + 40000, 50000, PATIENCE}, /* one */
    {0x1ffff, 0x8001, PATIENCE},
    {100, 70000, PATIENCE},
    {65000, 70000, 800},        /* two */
    {0x50000 + 7, 10 * 0x10000, 3000},
    {0x50000 + 7, 200 * 0x10000, 60000},
    {0x10000 - 1, 0x10000, PATIENCE},   /* the same number again */
    {0x20000 + 1000, 0xfff0, PATIENCE},
  };
  Line line = line_new_default ();

  check_outage (&line, outages[__i__].before, outages[__i__].lost,
      outages[__i__].patience);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

GST_START_TEST (test_outage_with_each_algorithm)
{
  static const ZrtpCipher *const ciphers[] = {
    &zrtp_cipher_aes1, &zrtp_cipher_aes2, &zrtp_cipher_aes3
  };
  Line line = line_new (ciphers[__i__ / 2], __i__ % 2 ? &zrtp_auth_tag_hs32 :
      &zrtp_auth_tag_hs80);

  check_outage (&line, 1000, 70000, PATIENCE);
  receive_ok (&line, 7, 0x10000 + 3);
  fail_unless_equals_int (get_roc (&line, 7), 1);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

/* A source that starts shortly before a rollover, its first packets lost. */
GST_START_TEST (test_first_packets_lost)
{
  Line line = line_new_default ();

  for (guint i = 2; i < 400; i++)
    receive_ok (&line, TEST_SSRC, 0x10000 + i);
  fail_unless_equals_int (get_roc (&line, TEST_SSRC), 1);
  /* Late, new, and inside the window: as RFC 3711 3.3.2 has it. */
  receive_ok (&line, TEST_SSRC, 0x10000 + 399 - 127 + 128);
  for (guint i = 2; i < 400; i++)
    fail_unless_equals_int (receive (&line, TEST_SSRC, 0x10000 + i, 0),
        ZRTP_SRTP_REPLAY);

  /* The lost ones come late after all. */
  receive_ok (&line, 8, 0x10000 + 2);
  receive_ok (&line, 8, 0xfffe);
  fail_unless_equals_int (receive (&line, 8, 0xfffe, 0), ZRTP_SRTP_REPLAY);
  receive_ok (&line, 8, 0x10000 + 3);

  /* Further ahead, other numbers. */
  recover (&line, 9, 0x30000 + 0x9000, 800);
  fail_unless_equals_int (get_roc (&line, 9), 3);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

/* Many sources, more than a session of libsrtp2 holds here, lose their first
 * packets or go through an outage at the same time, packet by packet in turn. */
GST_START_TEST (test_many_sources)
{
  Line line = line_new_default ();
  gboolean found[40] = { FALSE };
  guint n_found = 0;

  for (guint s = 0; s < G_N_ELEMENTS (found); s++)
    receive_ok (&line, s, s % 2 ? 0x10000 + s : 60000 + s);
  for (guint i = 0; i < 4 * PATIENCE && n_found < G_N_ELEMENTS (found); i++) {
    for (guint s = 0; s < G_N_ELEMENTS (found); s++) {
      const guint64 index = 0x10000 + 0xf000 + i;

      if (receive (&line, s, index, 0) == ZRTP_SRTP_OK && !found[s]) {
        found[s] = TRUE;
        n_found++;
      }
    }
  }
  fail_unless_equals_int (n_found, G_N_ELEMENTS (found));
  for (guint s = 0; s < G_N_ELEMENTS (found); s++)
    fail_unless_equals_int (get_roc (&line, s), 1);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

/* What does not authenticate moves nothing, however much of it comes, and the
 * genuine source stays where it is. */
GST_START_TEST (test_forged)
{
  Line line = line_new_default ();
  guint32 roc;

  receive_ok (&line, TEST_SSRC, 0x10000 + 5);
  for (guint i = 1; i < 20000; i++) {
    fail_unless (receive (&line, TEST_SSRC, 7 * i, i * 0x9e3779b9 | 1)
        != ZRTP_SRTP_OK);
    fail_unless (receive (&line, 77 + i, i, i * 0x9e3779b9 | 1)
        != ZRTP_SRTP_OK);
  }
  fail_unless_equals_int (get_roc (&line, TEST_SSRC), 1);
  fail_if (zrtp_srtp_get_roc (line.receiver, 78, &roc));
  receive_ok (&line, TEST_SSRC, 0x10000 + 6);
  receive_ok (&line, 78, 40000);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

/* Packets that a third party sends in between, as many as it likes and with tags
 * of its choice, do not keep the counter from being found. */
GST_START_TEST (test_found_among_forged)
{
  Line line = line_new_default ();
  guint found = 0;

  receive_ok (&line, TEST_SSRC, 100);
  for (guint i = 0; i < PATIENCE && !found; i++) {
    for (guint j = 1; j <= 50; j++)
      fail_unless (receive (&line, TEST_SSRC, j * 1000, j) != ZRTP_SRTP_OK);
    if (receive (&line, TEST_SSRC, 80000 + i, 0) == ZRTP_SRTP_OK)
      found = i;
  }
  fail_unless (found > 0);
  receive_ok (&line, TEST_SSRC, 80000 + found + 1);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

/* A third party plays old packets again and again while the source is silent. */
GST_START_TEST (test_replayed)
{
  Line line = line_new_default ();
  guint32 roc;

  for (guint64 index = 0x10000 - 200; index < 0x10000 + 200; index++)
    receive_ok (&line, TEST_SSRC, index);
  for (guint n = 0; n < 20; n++) {
    for (guint64 index = 0x10000 - 200; index < 0x10000 + 200; index++)
      fail_unless (receive (&line, TEST_SSRC, index, 0) != ZRTP_SRTP_OK);
  }
  roc = get_roc (&line, TEST_SSRC);
  fail_unless_equals_int (roc, 1);
  receive_ok (&line, TEST_SSRC, 0x10000 + 200);

  /* Nor those that were held back at the time and are older than the window. */
  walk_to (&line, 5, 0x10000 + 40000);
  for (guint64 index = 0x10000; index < 0x10000 + 7000; index++)
    fail_unless (receive (&line, 5, index, 0) != ZRTP_SRTP_OK);
  zrtp_srtp_free (line.receiver);
}

GST_END_TEST;

static Suite *
srtproc_suite (void)
{
  Suite *suite = suite_create ("srtproc");
  TCase *tcase = tcase_create ("rollover counters");

  g_assert_true (zrtp_srtp_init (NULL));
  suite_add_tcase (suite, tcase);
  tcase_add_loop_test (tcase, test_outages, 0, 10);
  tcase_add_loop_test (tcase, test_outage_with_each_algorithm, 0, 6);
  tcase_add_test (tcase, test_first_packets_lost);
  tcase_add_test (tcase, test_many_sources);
  tcase_add_test (tcase, test_forged);
  tcase_add_test (tcase, test_found_among_forged);
  tcase_add_test (tcase, test_replayed);
  return suite;
}

GST_CHECK_MAIN (srtproc);
