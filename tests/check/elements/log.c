/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The log tells the story of a call, and is silent at lower levels.
 */
#include "harness.h"
#include "endpoint.h"
#include "propertywatch.h"

#include <string.h>

static GMutex lock;
static GString *story;          /* lock; a worker may still write at the end */

static void
take_line (GstDebugCategory * category, GstDebugLevel level, const char *file,
    const char *function, int line, GObject * object,
    GstDebugMessage * message, gpointer data)
{
  if (strcmp (gst_debug_category_get_name (category), "zrtp") != 0)
    return;
  g_mutex_lock (&lock);
  g_string_append_printf (story, "%s\n", gst_debug_message_get (message));
  g_mutex_unlock (&lock);
}

static gboolean
has_line (const char *text)
{
  gboolean found;

  g_mutex_lock (&lock);
  found = strstr (story->str, text) != NULL;
  g_mutex_unlock (&lock);
  return found;
}

static void
listen_at (GstDebugLevel level)
{
  g_mutex_lock (&lock);
  if (!story)
    story = g_string_new (NULL);
  g_string_truncate (story, 0);
  g_mutex_unlock (&lock);
  gst_debug_remove_log_function (gst_debug_log_default);
  gst_debug_add_log_function (take_line, NULL, NULL);
  gst_debug_set_threshold_for_name ("zrtp*", level);
}

static void
stop_listening (void)
{
  gst_debug_unset_threshold_for_name ("zrtp*");
  gst_debug_remove_log_function (take_line);
  gst_debug_add_log_function (gst_debug_log_default, NULL, NULL);
}

/* Each message in and out by its name, states, media, keys, jobs. */
GST_START_TEST (test_story)
{
  static const char *const lines[] = {
    ": sends Hello", ": received Hello,", ": sends HelloACK",
    ": received HelloACK", ": sends Commit", ": received Commit",
    ": sends DHPart1", ": received DHPart1", ": sends DHPart2",
    ": received DHPart2", ": sends Confirm1", ": received Confirm1",
    ": sends Confirm2", ": received Confirm2", ": sends Conf2ACK",
    ": received Conf2ACK", "state discovering, was idle",
    "state negotiating, was discovering", "state secure, was negotiating",
    "media sent is encrypted", "keys to send with", "keys to receive with",
    "compute job begins", "compute job ends", "storage job ends",
    ": step discovery, was idle", ": step commit-sent, was discovery",
    ": step dhpart1-sent, was ", ": step secure, was "
  };
  Harness *harness;

  listen_at (GST_LEVEL_DEBUG);
  harness = harness_new ();
  harness_secure (harness);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    fail_unless (has_line (lines[i]), "no line says \"%s\":\n%s", lines[i],
        story->str);
  harness_free (harness);
  stop_listening ();
}

GST_END_TEST;

static void
send_to_a (Harness * harness, const guint8 * packet, gsize size)
{
  GstPad *pad = gst_element_get_static_pad (harness->dec_a, "rtp_sink");

  gst_pad_chain (pad, gst_buffer_new_memdup (packet, size));
  gst_object_unref (pad);
}

/* What a peer sends is shown as printable ASCII, and why it was dropped is told. */
GST_START_TEST (test_hostile_type)
{
  guint8 packet[] = "\x10\0\0\1ZRTP\0\0\0\7PZ\0\3\x1b[2J\n\xff%s\0\0\0\0";
  const guint64 before = 1;
  Harness *harness;

  listen_at (GST_LEVEL_DEBUG);
  harness = harness_new ();
  harness_secure (harness);
  send_to_a (harness, packet, sizeof packet - 1);
  while (endpoint_get_stat (harness->enc_a, "zrtp-drops/bad-crc") < before)
    g_thread_yield ();
  fail_unless (has_line ("received ?[2J??%s, 28 octets"), "%s", story->str);
  fail_unless (has_line ("dropped it as bad-crc"), "%s", story->str);
  harness_free (harness);
  stop_listening ();
}

GST_END_TEST;

/* Media that is dropped has a line of its own, with the cause, from level 6 on. */
GST_START_TEST (test_media_drops)
{
  const GstDebugLevel level = __i__ == 0 ? GST_LEVEL_DEBUG : GST_LEVEL_LOG;
  guint8 packet[32] = { 0x80, 0x60, 0, 1 };
  const guint64 before = 1;
  Harness *harness;

  listen_at (level);
  harness = harness_new ();
  harness_secure (harness);
  send_to_a (harness, packet, sizeof packet);
  while (endpoint_get_stat (harness->enc_a, "recv-drops/bad-auth") < before)
    g_thread_yield ();
  fail_unless (has_line ("dropped 1 media packets received as bad-auth")
      == (level == GST_LEVEL_LOG), "%s", story->str);
  harness_free (harness);
  stop_listening ();
}

GST_END_TEST;

/* At the level of INFO there are states and media, and no packets. */
GST_START_TEST (test_info)
{
  Harness *harness;

  listen_at (GST_LEVEL_INFO);
  harness = harness_new ();
  harness_secure (harness);
  fail_unless (has_line ("state secure, was negotiating"));
  fail_if (has_line ("sends"));
  fail_if (has_line ("received Hello"));
  harness_free (harness);
  stop_listening ();
}

GST_END_TEST;

static Suite *
log_suite (void)
{
  Suite *s = suite_create ("log");
  TCase *tc = tcase_create ("log");

  suite_add_tcase (s, tc);
  tcase_add_test (tc, test_story);
  tcase_add_test (tc, test_hostile_type);
  tcase_add_loop_test (tc, test_media_drops, 0, 2);
  tcase_add_test (tc, test_info);
  return s;
}

GST_CHECK_MAIN (log);
