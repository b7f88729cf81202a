/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What SRTP does to the process and the process to SRTP. libsrtp2 is one for
 * all, so every case runs in a process of its own: this program with the
 * case's name.
 */
#include <gst/check/gstcheck.h>
#include <glib/gstdio.h>
#include <nettle/hmac.h>
#include <pthread.h>
#include <string.h>

#include "srtphooks.h"
#include "srtppackets.h"
#include "srtpreference.h"

#define NO_NETTLE "GST_ZRTP_NO_NETTLE_SRTP"

static void
assert_like_reference (ZrtpSrtp * sender, const ZrtpSrtpKeys * keys,
    guint16 seq)
{
  guint8 packet[MAX_PACKET], expected[MAX_PACKET];
  gsize size = protected_rtp (sender, packet, seq, TEST_SSRC, 160);
  gsize expected_size = make_rtp (expected, seq, TEST_SSRC, 0, -1, 160);
  ReferenceKeys reference;

  reference_derive (keys->key, keys->cipher->key_size, keys->salt,
      REFERENCE_SRTP, &reference);
  expected_size = reference_protect (&reference, expected, expected_size, 0,
      keys->auth_tag->tag_size);
  g_assert_cmpmem (packet, size, expected, expected_size);
}

static void
assert_cipher_works (const ZrtpCipher * cipher)
{
  ZrtpSrtpKeys keys = make_keys (cipher, &zrtp_auth_tag_hs80, 20);
  ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);

  assert_like_reference (sender, &keys, 1);
  zrtp_srtp_free (sender);
}

/* AES-192 shows that Nettle is at work: libsrtp2 alone can't have it right. */
static void
assert_accelerated (void)
{
  g_assert_true (zrtp_srtp_is_accelerated ());
  g_assert_true (zrtp_srtp_supports (&zrtp_cipher_aes2));
  assert_cipher_works (&zrtp_cipher_aes1);
  assert_cipher_works (&zrtp_cipher_aes2);
  assert_cipher_works (&zrtp_cipher_aes3);
}

static void
assert_not_accelerated (void)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes2, &zrtp_auth_tag_hs80, 20);
  ZrtpSrtpOptions options = { 128, FALSE, 10 };

  g_assert_false (zrtp_srtp_is_accelerated ());
  g_assert_true (zrtp_srtp_supports (&zrtp_cipher_aes1));
  g_assert_false (zrtp_srtp_supports (&zrtp_cipher_aes2));
  g_assert_true (zrtp_srtp_supports (&zrtp_cipher_aes3));
  g_assert_null (zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options));
  assert_cipher_works (&zrtp_cipher_aes1);
  assert_cipher_works (&zrtp_cipher_aes3);
}

/* A session as another element of the process would have it. */
static srtp_t
make_foreign (srtp_ssrc_type_t type, const ZrtpSrtpKeys * keys)
{
  guint8 key[SRTP_MAX_KEY_LEN];
  srtp_policy_t policy = { 0 };
  srtp_t session;

  srtp_crypto_policy_set_rtp_default (&policy.rtp);
  srtp_crypto_policy_set_rtcp_default (&policy.rtcp);
  memcpy (key, keys->key, 16);
  memcpy (key + 16, keys->salt, 14);
  policy.key = key;
  policy.ssrc.type = type;
  policy.window_size = 128;
  g_assert_cmpint (srtp_create (&session, &policy), ==, srtp_err_status_ok);
  return session;
}

static void
assert_foreign_works (srtp_t session, const ZrtpSrtpKeys * keys, guint16 seq)
{
  ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, keys);
  guint8 packet[MAX_PACKET];
  int length = make_rtp (packet, seq, TEST_SSRC, 0, -1, 160);
  gsize size;

  g_assert_cmpint (srtp_protect (session, packet, &length), ==,
      srtp_err_status_ok);
  size = length;
  g_assert_cmpint (zrtp_srtp_unprotect (receiver, packet, &size), ==,
      ZRTP_SRTP_OK);
  assert_rtp (packet, size, seq, TEST_SSRC, 160);
  zrtp_srtp_free (receiver);
}

static void
child_twice (char **args)
{
  g_assert_true (zrtp_srtp_init (NULL));
  g_assert_true (zrtp_srtp_init (NULL));
  assert_accelerated ();
}

/* srtpenc came first and has a session already. */
static void
child_second (char **args)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 21);
  srtp_t foreign;
  char *error = NULL;

  srtp_init ();
  srtp_init ();
  foreign = make_foreign (ssrc_any_outbound, &keys);
  g_assert_true (zrtp_srtp_init (&error));
  g_assert_null (error);
  assert_accelerated ();
  assert_foreign_works (foreign, &keys, 1);
  srtp_dealloc (foreign);
  foreign = make_foreign (ssrc_any_outbound, &keys);
  assert_foreign_works (foreign, &keys, 1);
  srtp_dealloc (foreign);
}

/* srtpenc comes later: its srtp_init() tests all ciphers and ends the process
 * if one fails. */
static void
child_first (char **args)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 21);
  ZrtpSrtp *sender;
  srtp_t foreign;

  g_assert_true (zrtp_srtp_init (NULL));
  sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  assert_like_reference (sender, &keys, 1);
  srtp_init ();
  srtp_init ();
  assert_like_reference (sender, &keys, 2);
  foreign = make_foreign (ssrc_any_outbound, &keys);
  assert_foreign_works (foreign, &keys, 1);
  srtp_dealloc (foreign);
  assert_accelerated ();
  zrtp_srtp_free (sender);
}

/* Another user of libsrtp2 ends it under our feet, and perhaps starts it again
 * with its own ciphers. */
static void
child_restarted (char **args)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 21);
  ZrtpSrtp *sender;

  g_assert_true (zrtp_srtp_init (NULL));
  sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  assert_like_reference (sender, &keys, 1);
  g_assert_cmpint (srtp_shutdown (), ==, srtp_err_status_ok);
  if (g_str_equal (args[0], "again"))
    g_assert_cmpint (srtp_init (), ==, srtp_err_status_ok);
  assert_like_reference (sender, &keys, 2);
  assert_accelerated ();
  assert_like_reference (sender, &keys, 3);
  zrtp_srtp_free (sender);
}

static void
child_no_nettle (char **args)
{
  g_setenv (NO_NETTLE, "1", TRUE);
  g_assert_true (zrtp_srtp_init (NULL));
  assert_not_accelerated ();
}

static void
child_refused (char **args)
{
  hook_replace_auth_type = srtp_err_status_algo_fail;
  g_assert_true (zrtp_srtp_init (NULL));
  assert_not_accelerated ();
}

static void
child_init_fails (char **args)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 21);
  ZrtpSrtpOptions options = { 128, FALSE, 10 };
  char *error = NULL;

  hook_init = srtp_err_status_init_fail;
  g_assert_false (zrtp_srtp_init (NULL));
  g_assert_false (zrtp_srtp_init (&error));
  g_assert_nonnull (strstr (error, "libsrtp2"));
  g_free (error);
  g_assert_false (zrtp_srtp_is_accelerated ());
  g_assert_null (zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options));

  hook_init = srtp_err_status_ok;
  g_assert_true (zrtp_srtp_init (NULL));
  assert_accelerated ();
}

/* T-71: a used up key is told from other failures. 2^48 packets are too many
 * for a test, so libsrtp2's answer is given for it. */
static void
child_results (char **args)
{
  static const struct
  {
    srtp_err_status_t status;
    ZrtpSrtpResult result;
  } cases[] = {
    {srtp_err_status_key_expired, ZRTP_SRTP_EXPIRED},
    {srtp_err_status_replay_fail, ZRTP_SRTP_REPLAY},
    {srtp_err_status_replay_old, ZRTP_SRTP_REPLAY},
    {srtp_err_status_pkt_idx_old, ZRTP_SRTP_REPLAY},
    {srtp_err_status_auth_fail, ZRTP_SRTP_BAD_AUTH},
    {srtp_err_status_cant_check, ZRTP_SRTP_BAD_AUTH},
    {srtp_err_status_parse_err, ZRTP_SRTP_MALFORMED},
    {srtp_err_status_bad_param, ZRTP_SRTP_MALFORMED},
    {srtp_err_status_cipher_fail, ZRTP_SRTP_FAILED},
    {srtp_err_status_alloc_fail, ZRTP_SRTP_FAILED},
  };
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes1, &zrtp_auth_tag_hs80, 21);
  guint8 packet[MAX_PACKET];
  ZrtpSrtp *sender;
  gsize size;
  guint i;

  g_assert_true (zrtp_srtp_init (NULL));
  sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  size = make_rtp (packet, 1, TEST_SSRC, 0, -1, 160);
  for (i = 0; i < G_N_ELEMENTS (cases); i++) {
    hook_protect = cases[i].status;
    g_assert_cmpint (zrtp_srtp_protect (sender, packet, &size, MAX_PACKET), ==,
        cases[i].result);
    g_assert_cmpuint (size, ==, 172);
  }
  zrtp_srtp_free (sender);
}

/* Interoperability: one process writes packets, another reads them. */

typedef struct
{
  const ZrtpCipher *cipher;
  const ZrtpAuthTag *auth_tag;
} Algorithms;

static const Algorithms suites[] = {
  {&zrtp_cipher_aes1, &zrtp_auth_tag_hs80},
  {&zrtp_cipher_aes1, &zrtp_auth_tag_hs32},
  {&zrtp_cipher_aes3, &zrtp_auth_tag_hs80},
  {&zrtp_cipher_aes3, &zrtp_auth_tag_hs32},
};

/* Two rounds of sequence numbers, with holes. */
#define N_INTEROP 1000
#define INTEROP_SEQ(i) ((guint16) (60000 + 131 * (i)))
#define INTEROP_PAYLOAD(i) ((i) * 37 % 1300)
#define INTEROP_RTCP(i) (8 + (i) % 50 * 4)

static void
start_child (const char *backend)
{
  gboolean nettle = g_str_equal (backend, "nettle");

  if (!nettle)
    g_setenv (NO_NETTLE, "1", TRUE);
  g_assert_true (zrtp_srtp_init (NULL));
  g_assert_cmpint (zrtp_srtp_is_accelerated (), ==, nettle);
}

static void
append (GByteArray * file, const guint8 * packet, gsize size)
{
  guint16 length = size;

  g_byte_array_append (file, (guint8 *) & length, sizeof (length));
  g_byte_array_append (file, packet, size);
}

static gsize
take (const char **next, guint8 * packet)
{
  guint16 length;

  memcpy (&length, *next, sizeof (length));
  memcpy (packet, *next + sizeof (length), length);
  *next += sizeof (length) + length;
  return length;
}

/* write BACKEND FILE */
static void
child_write (char **args)
{
  GByteArray *file = g_byte_array_new ();
  guint8 packet[MAX_PACKET];
  guint suite, i;
  gsize size;

  start_child (args[0]);
  for (suite = 0; suite < G_N_ELEMENTS (suites); suite++) {
    ZrtpSrtpKeys keys = make_keys (suites[suite].cipher,
        suites[suite].auth_tag, suite);
    ZrtpSrtp *sender = make_srtp (ZRTP_SRTP_SEND, &keys);

    for (i = 0; i < N_INTEROP; i++) {
      size = make_rtp (packet, INTEROP_SEQ (i), TEST_SSRC, i % 4, i % 7 - 1,
          INTEROP_PAYLOAD (i));
      g_assert_cmpint (zrtp_srtp_protect (sender, packet, &size, MAX_PACKET),
          ==, ZRTP_SRTP_OK);
      append (file, packet, size);
      size = make_rtcp (packet, TEST_SSRC, i, INTEROP_RTCP (i));
      g_assert_cmpint (zrtp_srtp_protect_rtcp (sender, packet, &size,
              MAX_PACKET), ==, ZRTP_SRTP_OK);
      append (file, packet, size);
    }
    zrtp_srtp_free (sender);
  }
  g_assert_true (g_file_set_contents (args[1], (char *) file->data, file->len,
          NULL));
  g_byte_array_unref (file);
}

/* read BACKEND FILE */
static void
child_read (char **args)
{
  guint8 packet[MAX_PACKET], expected[MAX_PACKET];
  gsize file_size, size, expected_size;
  const char *next;
  guint suite, i;
  char *file;

  start_child (args[0]);
  g_assert_true (g_file_get_contents (args[1], &file, &file_size, NULL));
  next = file;
  for (suite = 0; suite < G_N_ELEMENTS (suites); suite++) {
    ZrtpSrtpKeys keys = make_keys (suites[suite].cipher,
        suites[suite].auth_tag, suite);
    ZrtpSrtp *receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);
    guint32 roc;

    for (i = 0; i < N_INTEROP; i++) {
      size = take (&next, packet);
      g_assert_cmpint (zrtp_srtp_unprotect (receiver, packet, &size), ==,
          ZRTP_SRTP_OK);
      expected_size = make_rtp (expected, INTEROP_SEQ (i), TEST_SSRC, i % 4,
          i % 7 - 1, INTEROP_PAYLOAD (i));
      g_assert_cmpmem (packet, size, expected, expected_size);
      size = take (&next, packet);
      g_assert_cmpint (zrtp_srtp_unprotect_rtcp (receiver, packet, &size), ==,
          ZRTP_SRTP_OK);
      expected_size = make_rtcp (expected, TEST_SSRC, i, INTEROP_RTCP (i));
      g_assert_cmpmem (packet, size, expected, expected_size);
    }
    g_assert_true (zrtp_srtp_get_roc (receiver, TEST_SSRC, &roc));
    g_assert_cmpuint (roc, ==, (60000 + 131 * (N_INTEROP - 1)) >> 16);
    zrtp_srtp_free (receiver);
  }
  g_assert_true (next == file + file_size);
  g_free (file);
}

#if HAVE_HEAP_HOOKS
/* Valgrind has a heap of its own, in front of ours. */
static gboolean
is_heap_ours (void)
{
  const char *preload = g_getenv ("LD_PRELOAD");

  return !preload || !strstr (preload, "vgpreload");
}

/* The way of a packet neither allocates nor locks. */
static void
child_no_allocation (char **args)
{
  ZrtpSrtpKeys keys = make_keys (&zrtp_cipher_aes3, &zrtp_auth_tag_hs80, 23);
  guint8 packet[MAX_PACKET];
  pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  ZrtpSrtp *sender, *receiver;
  HookCounts counts;
  gsize size;
  guint i;

  if (!is_heap_ours ())
    return;
  g_assert_true (zrtp_srtp_init (NULL));
  sender = make_srtp (ZRTP_SRTP_SEND, &keys);
  receiver = make_srtp (ZRTP_SRTP_RECEIVE, &keys);

  hook_start_counting ();
  g_free (g_malloc (1));
  pthread_mutex_lock (&lock);
  pthread_mutex_unlock (&lock);
  counts = hook_stop_counting ();
  g_assert_cmpuint (counts.allocations, ==, 1);
  g_assert_cmpuint (counts.frees, ==, 1);
  g_assert_cmpuint (counts.locks, ==, 1);

  for (i = 0; i < 1000; i++) {
    /* The first packet of a source may. */
    if (i == 1)
      hook_start_counting ();
    size = protected_rtp (sender, packet, i, TEST_SSRC, 160);
    g_assert_cmpint (zrtp_srtp_unprotect (receiver, packet, &size), ==,
        ZRTP_SRTP_OK);
    size = make_rtcp (packet, TEST_SSRC, i, 60);
    g_assert_cmpint (zrtp_srtp_protect_rtcp (sender, packet, &size,
            MAX_PACKET), ==, ZRTP_SRTP_OK);
    g_assert_cmpint (zrtp_srtp_unprotect_rtcp (receiver, packet, &size), ==,
        ZRTP_SRTP_OK);
  }
  counts = hook_stop_counting ();
  g_assert_cmpuint (counts.allocations, ==, 0);
  g_assert_cmpuint (counts.frees, ==, 0);
  g_assert_cmpuint (counts.locks, ==, 0);

  zrtp_srtp_free (sender);
  zrtp_srtp_free (receiver);
}

/* Nothing that is freed holds a key or a salt any more. */
static void
child_wipe (char **args)
{
  static const ZrtpCipher *const ciphers[] = {
    &zrtp_cipher_aes1, &zrtp_cipher_aes2, &zrtp_cipher_aes3
  };
  guint8 *control;
  guint i, direction;

  if (!is_heap_ours ())
    return;
  g_assert_true (zrtp_srtp_init (NULL));
  for (i = 0; i < G_N_ELEMENTS (ciphers); i++) {
    for (direction = ZRTP_SRTP_SEND; direction <= ZRTP_SRTP_RECEIVE;
        direction++) {
      ZrtpSrtpKeys keys = make_keys (ciphers[i], &zrtp_auth_tag_hs80, 24);
      gsize key_size = ciphers[i]->key_size;
      ReferenceKeys rtp, rtcp;
      struct hmac_sha1_ctx hmac;
      guint8 packet[MAX_PACKET];
      ZrtpSrtp *srtp;

      reference_derive (keys.key, key_size, keys.salt, REFERENCE_SRTP, &rtp);
      reference_derive (keys.key, key_size, keys.salt, REFERENCE_SRTCP, &rtcp);
      hook_watch (keys.key, key_size);
      hook_watch (keys.salt, sizeof (keys.salt));
      hook_watch (rtp.cipher_key, key_size);
      hook_watch (rtp.salt, 12);
      hook_watch (rtp.auth_key, sizeof (rtp.auth_key));
      hmac_sha1_set_key (&hmac, sizeof (rtp.auth_key), rtp.auth_key);
      hook_watch ((guint8 *) hmac.inner.state, sizeof (hmac.inner.state));
      hook_watch ((guint8 *) hmac.outer.state, sizeof (hmac.outer.state));
      hook_watch (rtcp.cipher_key, key_size);
      hook_watch (rtcp.salt, 12);
      hook_watch (rtcp.auth_key, sizeof (rtcp.auth_key));

      srtp = make_srtp (direction, &keys);
      if (direction == ZRTP_SRTP_SEND)
        protected_rtp (srtp, packet, 1, TEST_SSRC, 160);
      zrtp_srtp_free (srtp);
      g_assert_cmpuint (hook_unwatch (), ==, 0);

      /* And it would have been noticed. */
      control = g_malloc (100);
      memcpy (control + 7, rtp.cipher_key, key_size);
      hook_watch (rtp.cipher_key, key_size);
      g_free (control);
      g_assert_cmpuint (hook_unwatch (), ==, 1);
    }
  }
}
#endif

static const struct
{
  const char *name;
  void (*run) (char **args);
} children[] = {
  {"twice", child_twice},
  {"second", child_second},
  {"first", child_first},
  {"restarted", child_restarted},
  {"no-nettle", child_no_nettle},
  {"refused", child_refused},
  {"init-fails", child_init_fails},
  {"results", child_results},
  {"write", child_write},
  {"read", child_read},
#if HAVE_HEAP_HOOKS
  {"no-allocation", child_no_allocation},
  {"wipe", child_wipe},
#endif
};

static void
run (const char *name, const char *argument_1, const char *argument_2)
{
  const char *argv[] = { "/proc/self/exe", name, argument_1, argument_2, NULL };
  GError *error = NULL;
  int status;

  fail_unless (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL,
          NULL, NULL, NULL, &status, &error));
  fail_unless (g_spawn_check_wait_status (status, &error), "%s %s: %s", name,
      argument_1 ? argument_1 : "", error ? error->message : "");
}

GST_START_TEST (test_initialization)
{
  run ("twice", NULL, NULL);
  run ("second", NULL, NULL);
  run ("first", NULL, NULL);
  run ("init-fails", NULL, NULL);
}

GST_END_TEST;

GST_START_TEST (test_restarted)
{
  run ("restarted", "ended", NULL);
  run ("restarted", "again", NULL);
}

GST_END_TEST;

GST_START_TEST (test_without_nettle)
{
  run ("no-nettle", NULL, NULL);
  run ("refused", NULL, NULL);
}

GST_END_TEST;

GST_START_TEST (test_results)
{
  run ("results", NULL, NULL);
}

GST_END_TEST;

GST_START_TEST (test_interop)
{
  static const char *const backends[] = { "nettle", "libsrtp2" };
  char *directory = g_dir_make_tmp ("srtp-XXXXXX", NULL);
  char *file = g_build_filename (directory, "packets", NULL);

  run ("write", backends[__i__], file);
  run ("read", backends[1 - __i__], file);
  fail_unless_equals_int (g_remove (file), 0);
  fail_unless_equals_int (g_rmdir (directory), 0);
  g_free (file);
  g_free (directory);
}

GST_END_TEST;

#if HAVE_HEAP_HOOKS
GST_START_TEST (test_no_allocation)
{
  run ("no-allocation", NULL, NULL);
}

GST_END_TEST;

GST_START_TEST (test_wipe)
{
  /* Z-4.5.3-09 Z-4.7.3-01 */
  run ("wipe", NULL, NULL);
}

GST_END_TEST;
#endif

static Suite *
srtpprocess_suite (void)
{
  Suite *suite = suite_create ("srtpprocess");
  TCase *tcase = tcase_create ("process");

  suite_add_tcase (suite, tcase);
  tcase_add_test (tcase, test_initialization);
  tcase_add_test (tcase, test_restarted);
  tcase_add_test (tcase, test_without_nettle);
  tcase_add_test (tcase, test_results);
  tcase_add_loop_test (tcase, test_interop, 0, 2);
#if HAVE_HEAP_HOOKS
  tcase_add_test (tcase, test_no_allocation);
  tcase_add_test (tcase, test_wipe);
#endif
  return suite;
}

int
main (int argc, char **argv)
{
  guint i;

  if (argc < 2) {
    gst_check_init (&argc, &argv);
    return gst_check_run_suite (srtpprocess_suite (), "srtpprocess", __FILE__);
  }
  g_unsetenv (NO_NETTLE);
  for (i = 0; i < G_N_ELEMENTS (children); i++) {
    if (g_str_equal (argv[1], children[i].name)) {
      children[i].run (argv + 2);
      return 0;
    }
  }
  return 2;
}
