/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "plugins.h"

static gboolean
load (const char *path, GError ** error)
{
  GstPlugin *plugin = gst_plugin_load_file (path, error);

  if (!plugin)
    return FALSE;
  gst_object_unref (plugin);
  return TRUE;
}

static gboolean
load_system (const char *name, GError ** error)
{
  char *path = g_strdup_printf ("%s/libgst%s.so", PLUGINS_DIR, name);
  gboolean ok = load (path, error);

  g_free (path);
  return ok;
}

void
plugins_init (const char *name, ...)
{
  va_list names;

  g_setenv ("GST_REGISTRY_DISABLE", "yes", TRUE);
  gst_init (NULL, NULL);
  va_start (names, name);
  for (; name; name = va_arg (names, const char *))
  {
    GError *error = NULL;

    if (!load_system (name, &error))
      g_error ("%s", error->message);
  }
  va_end (names);
}

gboolean
plugins_try (const char *name)
{
  return load_system (name, NULL);
}

void
plugins_load_zrtp (void)
{
  GError *error = NULL;

  if (!load (ZRTP_PLUGIN, &error))
    g_error ("%s", error->message);
}

GstElement *
plugins_make (const char *factory)
{
  GstElement *element = gst_element_factory_make (factory, NULL);

  if (!element)
    g_error ("no %s", factory);
  return element;
}
