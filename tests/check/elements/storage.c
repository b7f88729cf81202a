/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A file of known peers on a disk that hangs: which threads it may hold up, for
 * how long, and what is told of it.
 */
#include "../disk.h"
#include "endpoint.h"
#include "propertywatch.h"

static char *folder;

static void
setup (void)
{
  folder = endpoint_make_folder ();
}

static void
teardown (void)
{
  disk_mend ();
  endpoint_remove_folder (folder);
}

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* @more: properties of its zrtpenc. */
static Endpoint *
make_end_with (const char *cache, const char *more)
{
  char *path = in_folder (cache);
  Endpoint *endpoint = endpoint_new (VOICE "! zrtpenc name=enc cache=%s %s "
      "enc.rtp_src_0 ! " NET_SINK "async=false sync=false " NET_SRC
      "! zrtpdec name=dec ! " EAR "async=false", path, more);

  g_free (path);
  return endpoint;
}

static Endpoint *
make_end (const char *cache)
{
  return make_end_with (cache, "");
}

static void
make_file (const char *cache)
{
  Endpoint *endpoint = make_end (cache);
  char *path = in_folder (cache);

  endpoint_play (endpoint);
  endpoint_free (endpoint);
  fail_unless (g_file_test (path, G_FILE_TEST_EXISTS));
  g_free (path);
}

/* From PLAYING to secure, with nothing to complain of. */
static void
call_well (const char *cache_a, const char *cache_b)
{
  Endpoint *a = make_end (cache_a), *b = make_end (cache_b);

  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_assert_quiet (a);
  endpoint_assert_quiet (b);
  endpoint_free (a);
  endpoint_free (b);
}

/* It hangs when a peer is looked up: calls that use other files never notice, nor
 * does one that begins with this one's opening. */
GST_START_TEST (test_other_files)
{
  Endpoint *a = make_end ("stuck.sqlite"), *b = make_end ("b.sqlite");
  char *text;

  endpoint_connect (a, b);
  endpoint_play (a);
  /* Its file is open: this waits for it. */
  g_free (propertywatch_get (a->enc, "hello-hash"));
  disk_hang ("stuck");
  endpoint_play (b);
  disk_wait_hanging (1);
  for (guint i = 0; i < 3; i++)
    call_well ("c.sqlite", "d.sqlite");

  text = endpoint_wait_warning (a, "does not respond");
  g_free (text);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (b, 5);
  fail_unless_equals_int (disk_count_hanging (), 1);
  disk_mend ();
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* It hangs when it is to be opened: the application's thread goes on at once, no
 * handshake begins before the disk had its time, and then the call is without a
 * file, as it is told first. With and without a file that is there. */
GST_START_TEST (test_opening)
{
  Endpoint *a = make_end ("stuck.sqlite"), *b = make_end ("b.sqlite");
  char *text;

  if (__i__)
    make_file ("stuck.sqlite");
  disk_hang ("stuck");
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  disk_wait_hanging (1);
  propertywatch_assert (a->enc, "state", "idle");
  call_well ("c.sqlite", "d.sqlite");

  /* Of that alone. */
  text = endpoint_wait_warning (a, "");
  fail_unless (a->state == NULL, "%s", a->state);
  fail_unless (g_str_has_prefix (text, "No file of known peers")
      && strstr (text, "stuck.sqlite")
      && strstr (text, "does not respond"), "%s", text);
  g_free (text);
  endpoint_wait_secure (a, b);
  propertywatch_assert (a->enc, "trust", "unverified");
  endpoint_wait_media (b, 5);
  fail_unless_equals_int (disk_count_hanging (), 1);
  endpoint_assert_quiet (b);
  endpoint_free (a);
  endpoint_free (b);

  /* Well again, it serves the next call. */
  disk_mend ();
  call_well ("stuck.sqlite", "b.sqlite");
}

GST_END_TEST;

/* Until the file is open no media leaves, or comes in: unless the application
 * wants it in clear meanwhile. */
GST_START_TEST (test_media_meanwhile)
{
  Endpoint *a = make_end_with ("stuck.sqlite", __i__ ?
      "require-encryption=false" : "");
  Endpoint *b = make_end_with ("b.sqlite", "require-encryption=false");
  guint64 dropped = 0;

  disk_hang ("stuck");
  endpoint_connect (a, b);
  endpoint_play (b);
  endpoint_play (a);
  disk_wait_hanging (1);
  if (__i__) {
    endpoint_wait_media (a, 5);
    endpoint_wait_media (b, 5);
  } else {
    while (dropped < 20) {
      endpoint_pump (a);
      dropped = endpoint_get_stat (a->enc, "sent-drops/before-secure");
    }
    fail_unless_equals_int (g_atomic_int_get (&a->heard), 0);
    fail_unless_equals_int (g_atomic_int_get (&b->heard), 0);
  }
  propertywatch_assert (a->enc, "state", "idle");
  fail_unless_equals_int (disk_count_hanging (), 1);
  disk_mend ();
  endpoint_wait_secure (a, b);
  endpoint_assert_quiet (a);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* What is in the Hello was settled when the call started; a new value says so. */
GST_START_TEST (test_late_value)
{
  Endpoint *a = make_end ("stuck.sqlite"), *b = make_end ("b.sqlite");
  char *text;

  disk_hang ("stuck");
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  disk_wait_hanging (1);
  g_object_set (a->enc, "ciphers", "AES3", NULL);
  text = endpoint_wait_warning (a, "ciphers");
  fail_unless (strstr (text, "next Hello"), "%s", text);
  g_free (text);
  disk_mend ();
  endpoint_wait_secure (a, b);
  propertywatch_assert (a->enc, "cipher", "AES1");
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* An application that needs the Hello's hash now waits for the file as long as
 * a call does. The hash that it got is that of the call. */
GST_START_TEST (test_hello_hash)
{
  Endpoint *a = make_end ("stuck.sqlite"), *b = make_end ("b.sqlite");
  char *hash, *zid, *text;

  disk_hang ("stuck");
  hash = propertywatch_get (a->enc, "hello-hash");
  fail_unless (g_str_has_prefix (hash, "1.10 "), "%s", hash);
  fail_unless_equals_int (disk_count_hanging (), 1);
  disk_mend ();
  zid = propertywatch_get (a->enc, "zid");
  g_object_set (b->dec, "peer-hello-hash", hash, NULL);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  text = endpoint_wait_warning (a, "No file of known peers");
  g_free (text);
  endpoint_wait_secure (a, b);
  propertywatch_assert (b->dec, "hello-hash-status", "match");
  propertywatch_assert (a->enc, "hello-hash", hash);
  propertywatch_assert (a->enc, "zid", zid);
  g_free (hash);
  g_free (zid);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* The file whose ZID was announced is made when the call starts: it is waited
 * for, and kept even if it then takes too long. */
GST_START_TEST (test_announced)
{
  Endpoint *a = make_end ("stuck.sqlite"), *b = make_end ("b.sqlite");
  char *hash = propertywatch_get (a->enc, "hello-hash");
  char *zid = propertywatch_get (a->enc, "zid"), *text;

  disk_hang ("stuck");
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  disk_wait_hanging (1);
  if (__i__) {
    /* Who asks again starts nothing early. */
    propertywatch_assert (a->enc, "hello-hash", hash);
    text = endpoint_wait_warning (a, "No file of known peers");
    g_free (text);
  } else {
    disk_mend ();
  }
  endpoint_wait_secure (a, b);
  propertywatch_assert (a->enc, "hello-hash", hash);
  propertywatch_assert (a->enc, "zid", zid);
  disk_mend ();
  endpoint_free (a);
  endpoint_free (b);

  a = make_end ("stuck.sqlite");
  g_free (hash);
  hash = propertywatch_get (a->enc, "hello-hash");
  propertywatch_assert (a->enc, "zid", zid);
  g_free (hash);
  g_free (zid);
  endpoint_free (a);
}

GST_END_TEST;

static gpointer
mend (gpointer unused)
{
  disk_wait_hanging (1);
  disk_mend ();
  return NULL;
}

/* Hung up before the file was open. What is set then counts for the next call. */
GST_START_TEST (test_stopped)
{
  Endpoint *a = make_end ("stuck.sqlite");
  Endpoint *b = make_end_with ("b.sqlite", "ciphers=AES3");
  GThread *thread;

  disk_hang ("stuck");
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  disk_wait_hanging (1);
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  g_object_set (a->enc, "ciphers", "AES3", NULL);
  endpoint_point (b, a);
  if (__i__) {
    endpoint_play (a);
    thread = g_thread_new ("mend", mend, NULL);
    endpoint_wait_secure (a, b);
    propertywatch_assert (a->enc, "cipher", "AES3");
    endpoint_assert_quiet (a);
  } else {
    thread = g_thread_new ("mend", mend, NULL);
  }
  endpoint_free (a);
  endpoint_free (b);
  g_thread_join (thread);
  call_well ("stuck.sqlite", "b.sqlite");
}

GST_END_TEST;

/* Two transports of a call: one file, one ZID, whichever comes first. */
GST_START_TEST (test_two_transports)
{
  Endpoint *a = make_end_with ("stuck.sqlite", "session-id=two");
  GstElement *enc = propertywatch_make ("zrtpenc", "two");
  char *path = in_folder ("stuck.sqlite"), *hash, *zid;

  g_object_set (a->dec, "session-id", "two", NULL);
  g_object_set (enc, "stream-id", 1, "cache", path, NULL);
  disk_hang ("stuck");
  endpoint_play (a);
  disk_wait_hanging (1);
  propertywatch_set_state (enc, GST_STATE_PAUSED);
  disk_mend ();
  hash = propertywatch_get (enc, "hello-hash");
  zid = propertywatch_get (enc, "zid");
  propertywatch_assert (a->enc, "zid", zid);
  endpoint_assert_quiet (a);
  g_free (hash);
  g_free (zid);
  g_free (path);
  propertywatch_drop (enc);
  endpoint_free (a);
}

GST_END_TEST;

static Suite *
storage_suite (void)
{
  Suite *s = suite_create ("storage");
  TCase *tc = tcase_create ("hanging");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_other_files);
  tcase_add_loop_test (tc, test_opening, 0, 2);
  tcase_add_loop_test (tc, test_media_meanwhile, 0, 2);
  tcase_add_test (tc, test_late_value);
  tcase_add_test (tc, test_hello_hash);
  tcase_add_loop_test (tc, test_announced, 0, 2);
  tcase_add_loop_test (tc, test_stopped, 0, 2);
  tcase_add_test (tc, test_two_transports);
  return s;
}

GST_CHECK_MAIN (storage);
