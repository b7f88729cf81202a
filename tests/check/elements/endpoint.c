/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "endpoint.h"

#include "propertywatch.h"

#include <glib/gstdio.h>

static void
handoff (GstElement * sink, GstBuffer * buffer, GstPad * pad, gpointer data)
{
  Endpoint *endpoint = data;

  g_atomic_int_inc (&endpoint->heard);
}

/* In the thread that posts it: each WARNING of an element of ours that is trouble.
 * Those about the peer have an element message too, which the tests look at. */
static void
on_warning (GstBus * bus, GstMessage * message, gpointer data)
{
  Endpoint *endpoint = data;
  GError *error;

  if (!g_str_has_prefix (G_OBJECT_TYPE_NAME (GST_MESSAGE_SRC (message)),
          "GstZrtp"))
    return;
  gst_message_parse_warning (message, &error, NULL);
  g_mutex_lock (&endpoint->lock);
  if (!g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_AUTHORIZED))
    g_ptr_array_add (endpoint->warnings, g_strdup (error->message));
  g_mutex_unlock (&endpoint->lock);
  g_error_free (error);
}

/* The test has seen it. */
static void
strike_warning (Endpoint * endpoint, const char *text)
{
  g_mutex_lock (&endpoint->lock);
  for (guint i = 0; i < endpoint->warnings->len; i++) {
    if (g_str_equal (g_ptr_array_index (endpoint->warnings, i), text)) {
      g_ptr_array_remove_index (endpoint->warnings, i);
      break;
    }
  }
  g_mutex_unlock (&endpoint->lock);
}

static void
assert_no_warning (Endpoint * endpoint)
{
  fail_unless (endpoint->warnings->len == 0 || endpoint->may_warn,
      "a WARNING that no test waited for: %s",
      (char *) g_ptr_array_index (endpoint->warnings, 0));
}

Endpoint *
endpoint_new (const char *description, ...)
{
  Endpoint *endpoint = g_new0 (Endpoint, 1);
  GError *error = NULL;
  GstElement *ear;
  va_list args;
  char *text;

  va_start (args, description);
  text = g_strdup_vprintf (description, args);
  va_end (args);
  endpoint->pipeline = gst_parse_launch (text, &error);
  fail_unless (error == NULL, "%s: %s", text, error ? error->message : "");
  g_free (text);
  endpoint->bus = gst_element_get_bus (endpoint->pipeline);
  endpoint->warnings = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&endpoint->lock);
  gst_bus_enable_sync_message_emission (endpoint->bus);
  g_signal_connect (endpoint->bus, "sync-message::warning",
      G_CALLBACK (on_warning), endpoint);
  endpoint->enc = gst_bin_get_by_name (GST_BIN (endpoint->pipeline), "enc");
  endpoint->dec = gst_bin_get_by_name (GST_BIN (endpoint->pipeline), "dec");
  ear = gst_bin_get_by_name (GST_BIN (endpoint->pipeline), "ear");
  if (ear) {
    g_signal_connect (ear, "handoff", G_CALLBACK (handoff), endpoint);
    gst_object_unref (ear);
  }
  return endpoint;
}

void
endpoint_free (Endpoint * endpoint)
{
  gst_element_set_state (endpoint->pipeline, GST_STATE_NULL);
  gst_clear_object (&endpoint->enc);
  gst_clear_object (&endpoint->dec);
  g_signal_handlers_disconnect_by_data (endpoint->bus, endpoint);
  gst_object_unref (endpoint->bus);
  gst_object_unref (endpoint->pipeline);
  assert_no_warning (endpoint);
  g_ptr_array_unref (endpoint->warnings);
  g_mutex_clear (&endpoint->lock);
  g_free (endpoint->sas);
  g_free (endpoint->state);
  g_free (endpoint);
}

void
endpoint_point (Endpoint * from, Endpoint * to)
{
  GstElement *sink = gst_bin_get_by_name (GST_BIN (from->pipeline), "net_sink");
  GstElement *src = gst_bin_get_by_name (GST_BIN (to->pipeline), "net_src");
  gint port;

  g_object_get (src, "port", &port, NULL);
  fail_unless (port > 0);
  g_object_set (sink, "port", port, NULL);
  gst_object_unref (sink);
  gst_object_unref (src);
}

void
endpoint_connect (Endpoint * a, Endpoint * b)
{
  /* A udpsrc has its port from READY on. */
  gst_element_set_state (a->pipeline, GST_STATE_READY);
  gst_element_set_state (b->pipeline, GST_STATE_READY);
  endpoint_point (a, b);
  endpoint_point (b, a);
}

void
endpoint_play (Endpoint * endpoint)
{
  GstStateChangeReturn ret;

  ret = gst_element_set_state (endpoint->pipeline, GST_STATE_PLAYING);
  fail_if (ret == GST_STATE_CHANGE_FAILURE);
}

static void
note (Endpoint * endpoint, GstMessage * message)
{
  const GstStructure *s = gst_message_get_structure (message);

  if (gst_message_has_name (message, "GstZrtpState")) {
    g_free (endpoint->state);
    endpoint->state = g_strdup (gst_structure_get_string (s, "state"));
  } else if (gst_message_has_name (message, "GstZrtpSas")) {
    g_free (endpoint->sas);
    endpoint->sas = g_strdup (gst_structure_get_string (s, "sas"));
  }
}

static void
fail_on_error (GstMessage * message)
{
  GError *error;
  char *debug;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return;
  gst_message_parse_error (message, &error, &debug);
  fail ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message, debug);
}

/* The next message of these types, noted. */
static GstMessage *
pop (Endpoint * endpoint, GstMessageType types, const char *what)
{
  GstMessage *message = gst_bus_timed_pop_filtered (endpoint->bus, PATIENCE,
      types | GST_MESSAGE_ERROR | GST_MESSAGE_ELEMENT);

  fail_unless (message != NULL, "waited too long for %s", what);
  fail_on_error (message);
  note (endpoint, message);
  return message;
}

GstStructure *
endpoint_wait (Endpoint * endpoint, const char *name)
{
  GstStructure *result = NULL;

  while (!result) {
    GstMessage *message = pop (endpoint, GST_MESSAGE_ELEMENT, name);

    if (gst_message_has_name (message, name))
      result = gst_structure_copy (gst_message_get_structure (message));
    gst_message_unref (message);
  }
  return result;
}

void
endpoint_wait_state (Endpoint * endpoint, const char *state)
{
  while (g_strcmp0 (endpoint->state, state) != 0)
    gst_message_unref (pop (endpoint, GST_MESSAGE_ELEMENT, state));
}

char *
endpoint_wait_warning (Endpoint * endpoint, const char *text)
{
  for (;;) {
    GstMessage *message = pop (endpoint, GST_MESSAGE_WARNING, text);
    GError *error = NULL;
    char *result = NULL;

    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning (message, &error, NULL);
      if (strstr (error->message, text)) {
        result = g_strdup (error->message);
        strike_warning (endpoint, result);
      }
      g_error_free (error);
    }
    gst_message_unref (message);
    if (result)
      return result;
  }
}

void
endpoint_pump (Endpoint * endpoint)
{
  GstMessage *message = gst_bus_timed_pop (endpoint->bus, 5 * GST_MSECOND);

  if (message) {
    fail_on_error (message);
    note (endpoint, message);
    gst_message_unref (message);
  }
}

void
endpoint_wait_heard (Endpoint * endpoint, gint n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  while (g_atomic_int_get (&endpoint->heard) < n) {
    endpoint_pump (endpoint);
    fail_unless (g_get_monotonic_time () < until, "media does not come");
  }
}

void
endpoint_wait_media (Endpoint * endpoint, gint n)
{
  endpoint_wait_heard (endpoint, g_atomic_int_get (&endpoint->heard) + n);
}

static gboolean
has_stopped_source (Endpoint * endpoint)
{
  GstIterator *sources = gst_bin_iterate_sources (GST_BIN (endpoint->pipeline));
  GValue item = G_VALUE_INIT;
  gboolean stopped = FALSE;

  while (gst_iterator_next (sources, &item) == GST_ITERATOR_OK) {
    GstPad *pad = gst_element_get_static_pad (g_value_get_object (&item),
        "src");

    if (pad) {
      stopped |= gst_pad_get_task_state (pad) == GST_TASK_PAUSED;
      gst_object_unref (pad);
    }
    g_value_reset (&item);
  }
  g_value_unset (&item);
  gst_iterator_free (sources);
  return stopped;
}

void
endpoint_resume (Endpoint * endpoint, Endpoint * other, gint n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  gint goal = g_atomic_int_get (&endpoint->heard) + n;
  gint other_goal = g_atomic_int_get (&other->heard) + n;

  propertywatch_set_state (endpoint->pipeline, GST_STATE_PLAYING);
  while (g_atomic_int_get (&endpoint->heard) < goal
      || g_atomic_int_get (&other->heard) < other_goal) {
    endpoint_pump (endpoint);
    fail_unless (g_get_monotonic_time () < until, "media does not come");
    if (has_stopped_source (endpoint)) {
      propertywatch_set_state (endpoint->pipeline, GST_STATE_PAUSED);
      propertywatch_set_state (endpoint->pipeline, GST_STATE_PLAYING);
    }
  }
}

void
endpoint_wait_eos (Endpoint * endpoint)
{
  for (;;) {
    GstMessage *message = pop (endpoint, GST_MESSAGE_EOS, "the end of stream");
    gboolean done = GST_MESSAGE_TYPE (message) == GST_MESSAGE_EOS;

    gst_message_unref (message);
    if (done)
      return;
  }
}

void
endpoint_assert_quiet (Endpoint * endpoint)
{
  GstMessage *message;

  while ((message = gst_bus_pop (endpoint->bus))) {
    GError *error;
    char *debug;

    fail_on_error (message);
    note (endpoint, message);
    if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_WARNING) {
      gst_message_parse_warning (message, &error, &debug);
      fail ("%s: %s (%s)", GST_MESSAGE_SRC_NAME (message), error->message,
          debug);
    }
    gst_message_unref (message);
  }
}

void
endpoint_wait_secure (Endpoint * a, Endpoint * b)
{
  endpoint_wait_state (a, "secure");
  endpoint_wait_state (b, "secure");
  fail_unless (a->sas && *a->sas);
  fail_unless_equals_string (a->sas, b->sas);
}

guint64
endpoint_get_stat (GstElement * element, const char *path)
{
  GstStructure *stats = NULL;
  const GstStructure *s;
  char **parts = g_strsplit (path, "/", 2);
  guint64 value = 0;

  g_object_get (element, "stats", &stats, NULL);
  fail_unless (stats != NULL);
  s = stats;
  if (parts[1])
    s = gst_value_get_structure (gst_structure_get_value (stats, parts[0]));
  gst_structure_get_uint64 (s, parts[1] ? parts[1] : parts[0], &value);
  gst_structure_free (stats);
  g_strfreev (parts);
  return value;
}

guint
endpoint_count_streams (GstElement * element)
{
  GstStructure *stats;
  guint n;

  g_object_get (element, "stats", &stats, NULL);
  n = gst_value_array_get_size (gst_structure_get_value (stats, "streams"));
  gst_structure_free (stats);
  return n;
}

char *
endpoint_make_folder (void)
{
  GError *error = NULL;
  char *folder = g_dir_make_tmp ("gst-zrtp-XXXXXX", &error);

  fail_unless (folder != NULL, "%s", error ? error->message : "");
  return folder;
}

void
endpoint_remove_folder (char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    char *path = g_build_filename (folder, name, NULL);

    g_remove (path);
    g_free (path);
  }
  if (dir)
    g_dir_close (dir);
  g_rmdir (folder);
  g_free (folder);
}
