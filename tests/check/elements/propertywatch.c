/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "propertywatch.h"

#include "endpoint.h"

static GMutex lock;
static GCond changed;

GstElement *
propertywatch_make (const char *type, const char *session_id)
{
  GstElement *element = gst_element_factory_make (type, NULL);

  fail_unless (element != NULL, "no element %s", type);
  gst_object_ref_sink (element);
  g_object_set (element, "session-id", session_id, NULL);
  return element;
}

void
propertywatch_drop (GstElement * element)
{
  gst_element_set_state (element, GST_STATE_NULL);
  gst_object_unref (element);
}

char *
propertywatch_get (GstElement * element, const char *property)
{
  GParamSpec *pspec = g_object_class_find_property
      (G_OBJECT_GET_CLASS (element), property);
  GValue value = G_VALUE_INIT;
  char *text;

  fail_unless (pspec != NULL, "no property %s", property);
  g_value_init (&value, pspec->value_type);
  g_object_get_property (G_OBJECT (element), property, &value);
  if (G_VALUE_HOLDS_STRING (&value))
    text = g_value_dup_string (&value);
  else
    text = gst_value_serialize (&value);
  g_value_unset (&value);
  return text ? text : g_strdup ("");
}

void
propertywatch_assert (GstElement * element, const char *property,
    const char *text)
{
  char *value = propertywatch_get (element, property);

  fail_unless (g_str_equal (value, text), "%s: %s is \"%s\", not \"%s\"",
      GST_OBJECT_NAME (element), property, value, text);
  g_free (value);
}

void
propertywatch_assert_same (GstElement * a, GstElement * b, const char *property)
{
  char *value = propertywatch_get (a, property);

  fail_unless (*value != '\0', "%s: %s is empty", GST_OBJECT_NAME (a),
      property);
  propertywatch_assert (b, property, value);
  g_free (value);
}

static guint *
get_counter (GstElement * element, const char *property)
{
  char *name = g_strconcat ("watch-", property, NULL);
  guint *counter = g_object_get_data (G_OBJECT (element), name);

  if (!counter) {
    counter = g_new0 (guint, 1);
    g_object_set_data_full (G_OBJECT (element), name, counter, g_free);
  }
  g_free (name);
  return counter;
}

static void
notified (GObject * object, GParamSpec * pspec, gpointer counter)
{
  g_mutex_lock (&lock);
  (*(guint *) counter)++;
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

void
propertywatch_start (GstElement * element, const char *property)
{
  char *signal = g_strconcat ("notify::", property, NULL);

  g_signal_connect (element, signal, G_CALLBACK (notified),
      get_counter (element, property));
  g_free (signal);
}

guint
propertywatch_count (GstElement * element, const char *property)
{
  guint *counter = get_counter (element, property);
  guint n;

  g_mutex_lock (&lock);
  n = *counter;
  g_mutex_unlock (&lock);
  return n;
}

static gboolean
has_value (GstElement * element, const char *property, const char *text)
{
  char *value = propertywatch_get (element, property);
  gboolean result = g_str_equal (value, text);

  g_free (value);
  return result;
}

void
propertywatch_wait (GstElement * element, const char *property,
    const char *text)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  guint *counter = get_counter (element, property);

  for (;;) {
    guint before = propertywatch_count (element, property);

    /* Not under the lock: the getter may wait for one who notifies. */
    if (has_value (element, property, text))
      return;
    g_mutex_lock (&lock);
    while (*counter == before)
      fail_unless (g_cond_wait_until (&changed, &lock, until),
          "%s: %s does not become \"%s\"", GST_OBJECT_NAME (element), property,
          text);
    g_mutex_unlock (&lock);
  }
}

void
propertywatch_wait_count (GstElement * element, const char *property, guint n)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;
  guint *counter = get_counter (element, property);

  g_mutex_lock (&lock);
  while (*counter < n)
    fail_unless (g_cond_wait_until (&changed, &lock, until),
        "%s: notify::%s came %u times, not %u", GST_OBJECT_NAME (element),
        property, *counter, n);
  g_mutex_unlock (&lock);
}

void
propertywatch_poke (void)
{
  g_mutex_lock (&lock);
  g_cond_broadcast (&changed);
  g_mutex_unlock (&lock);
}

void
propertywatch_wait_counter (gint * counter, gint n, const char *what)
{
  gint64 until = g_get_monotonic_time () + PATIENCE / 1000;

  g_mutex_lock (&lock);
  while (g_atomic_int_get (counter) < n)
    fail_unless (g_cond_wait_until (&changed, &lock, until),
        "%s: %d, not %d", what, g_atomic_int_get (counter), n);
  g_mutex_unlock (&lock);
}

void
propertywatch_set_state (GstElement * element, GstState state)
{
  GstStateChangeReturn ret = gst_element_set_state (element, state);

  if (ret == GST_STATE_CHANGE_ASYNC)
    ret = gst_element_get_state (element, NULL, NULL, PATIENCE);
  fail_unless (ret == GST_STATE_CHANGE_SUCCESS
      || ret == GST_STATE_CHANGE_NO_PREROLL, "%s does not get to %s: %s",
      GST_OBJECT_NAME (element), gst_element_state_get_name (state),
      gst_element_state_change_return_get_name (ret));
}

static char *
get_text (GstMessage * message)
{
  GError *error = NULL;
  char *text;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else
    gst_message_parse_warning (message, &error, NULL);
  text = g_strdup (error->message);
  g_error_free (error);
  return text;
}

char *
propertywatch_pop (GstBus * bus, GstMessageType type, const char *part)
{
  for (;;) {
    GstMessage *message = gst_bus_timed_pop_filtered (bus, PATIENCE, type);
    char *text;

    fail_unless (message != NULL, "waited too long for \"%s\"", part);
    text = get_text (message);
    gst_message_unref (message);
    if (strstr (text, part))
      return text;
    g_free (text);
  }
}

void
propertywatch_assert_none (GstBus * bus, GstMessageType type, const char *part)
{
  GstMessage *message;

  while ((message = gst_bus_pop_filtered (bus, type))) {
    char *text = get_text (message);

    fail_if (!part || strstr (text, part), "%s: %s",
        GST_MESSAGE_SRC_NAME (message), text);
    g_free (text);
    gst_message_unref (message);
  }
}
