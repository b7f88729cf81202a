/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reading properties, as gst-inspect-1.0 and dot files do, leaves no trace; what
 * was read holds in the call that follows.
 */
#include "endpoint.h"
#include "propertywatch.h"

#include <glib/gstdio.h>

static char *folder;

static void
setup (void)
{
  folder = endpoint_make_folder ();
}

static void
teardown (void)
{
  endpoint_remove_folder (folder);
}

static Endpoint *
make_end (const char *cache)
{
  return endpoint_new (VOICE "! zrtpenc name=enc cache=%s/%s "
      "enc.rtp_src_0 ! " NET_SINK "async=false " NET_SRC
      "! zrtpdec name=dec ! " EAR "async=false", folder, cache);
}

static void
read_all (GstElement * element)
{
  guint n;
  GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (element), &n);

  for (guint i = 0; i < n; i++) {
    GValue value = G_VALUE_INIT;

    if (!(specs[i]->flags & G_PARAM_READABLE))
      continue;
    g_object_get_property (G_OBJECT (element), specs[i]->name, &value);
    g_value_unset (&value);
  }
  g_free (specs);
}

static void
assert_folder_is_empty (void)
{
  GDir *dir = g_dir_open (folder, 0, NULL);

  fail_unless_equals_string (g_dir_read_name (dir), NULL);
  g_dir_close (dir);
}

static gboolean
has_file (const char *name)
{
  char *path = g_build_filename (folder, name, NULL);
  gboolean result = g_file_test (path, G_FILE_TEST_EXISTS);

  g_free (path);
  return result;
}

/* Tells @to the value of @from's a=zrtp-hash, which was read. */
static void
announce (Endpoint * from, Endpoint * to)
{
  char *hash = propertywatch_get (from->enc, "hello-hash");

  fail_if (*hash == '\0');
  g_object_set (to->enc, "peer-hello-hash", hash, NULL);
  g_free (hash);
}

static void
call (Endpoint * a, Endpoint * b)
{
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  endpoint_wait_secure (a, b);
  endpoint_wait_media (b, 5);
}

/* In any state below PAUSED. In the call the ZID of the Hello that was announced
 * is that of the file, and in the next call. */
GST_START_TEST (test_reading)
{
  Endpoint *a = make_end ("a.sqlite"), *b = make_end ("b.sqlite");
  char *zid;

  read_all (a->enc);
  read_all (a->dec);
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  read_all (a->enc);
  read_all (a->dec);
  assert_folder_is_empty ();

  announce (a, b);
  call (a, b);
  propertywatch_assert (b->enc, "hello-hash-status", "match");
  zid = propertywatch_get (a->enc, "zid");
  propertywatch_assert (b->enc, "peer-zid", zid);
  fail_unless (has_file ("a.sqlite"));
  endpoint_free (a);
  endpoint_free (b);

  a = make_end ("a.sqlite");
  b = make_end ("b.sqlite");
  read_all (a->enc);
  call (a, b);
  propertywatch_assert (b->enc, "peer-zid", zid);
  propertywatch_assert (a->enc, "zid", zid);
  g_free (zid);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

/* All calls of a process that read before any of them starts have one ZID. */
GST_START_TEST (test_several_calls)
{
  Endpoint *ends[3];
  char *zid;

  for (guint i = 0; i < 3; i++) {
    ends[i] = make_end ("a.sqlite");
    read_all (ends[i]->enc);
  }
  assert_folder_is_empty ();
  zid = propertywatch_get (ends[0]->enc, "zid");
  for (guint i = 0; i < 3; i++) {
    propertywatch_assert (ends[i]->enc, "zid", zid);
    gst_element_set_state (ends[i]->pipeline, GST_STATE_PAUSED);
    endpoint_assert_quiet (ends[i]);
    propertywatch_assert (ends[i]->enc, "zid", zid);
  }
  for (guint i = 0; i < 3; i++)
    endpoint_free (ends[i]);
  g_free (zid);
}

GST_END_TEST;

/* Another process made the file between the reading and the call: what was
 * announced still holds, and the user learns why nothing is kept. */
GST_START_TEST (test_overtaken)
{
  Endpoint *a = make_end ("a.sqlite"), *b = make_end ("b.sqlite");
  Endpoint *other = make_end ("other.sqlite");
  char *from = g_build_filename (folder, "other.sqlite", NULL);
  char *to = g_build_filename (folder, "a.sqlite", NULL);
  char *hash = propertywatch_get (a->enc, "hello-hash"), *text;

  announce (a, b);
  gst_element_set_state (other->pipeline, GST_STATE_PAUSED);
  endpoint_free (other);
  fail_unless (g_rename (from, to) == 0);
  endpoint_connect (a, b);
  endpoint_play (a);
  endpoint_play (b);
  text = endpoint_wait_warning (a, "another process");
  g_free (text);
  endpoint_wait_secure (a, b);
  propertywatch_assert (b->enc, "hello-hash-status", "match");
  propertywatch_assert (a->enc, "hello-hash", hash);
  g_free (hash);
  g_free (from);
  g_free (to);
  endpoint_free (a);
  endpoint_free (b);
}

GST_END_TEST;

static Suite *
inspection_suite (void)
{
  Suite *s = suite_create ("inspection");
  TCase *tc = tcase_create ("inspection");

  suite_add_tcase (s, tc);
  tcase_add_checked_fixture (tc, setup, teardown);
  tcase_add_test (tc, test_reading);
  tcase_add_test (tc, test_several_calls);
  tcase_add_test (tc, test_overtaken);
  return s;
}

GST_CHECK_MAIN (inspection);
