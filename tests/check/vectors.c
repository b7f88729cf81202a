/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "vectors.h"

#include <stdarg.h>
#include <string.h>

JsonNode *
vectors_load (const char *file)
{
  const char *directory = g_getenv ("ZRTP_TEST_DATA");
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *path = NULL;
  GError *error = NULL;

  fail_unless (directory != NULL, "ZRTP_TEST_DATA names no directory");
  path = g_build_filename (directory, file, NULL);
  if (!json_parser_load_from_file (parser, path, &error))
    fail ("%s: %s", path, error->message);
  return json_node_ref (json_parser_get_root (parser));
}

/* One step down; NULL if there is none. */
static JsonNode *
child (JsonNode * node, const char *name)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_member (json_node_get_object (node), name);
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    guint64 index;

    if (json_array_get_length (array) > 0 &&
        g_ascii_string_to_unsigned (name, 10, 0,
            json_array_get_length (array) - 1, &index, NULL))
      return json_array_get_element (array, index);
  }
  return NULL;
}

static JsonNode *
find (JsonNode * node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (char **name = names; node && *name; name++)
    node = child (node, *name);
  return node;
}

gboolean
vectors_has (JsonNode * node, const char *path)
{
  return find (node, path) != NULL;
}

JsonNode *
vectors_get (JsonNode * node, const char *path)
{
  JsonNode *found = find (node, path);

  fail_unless (found != NULL, "no %s in the vectors", path);
  return found;
}

JsonNode *
vectors_getf (JsonNode * node, const char *format, ...)
{
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, format);
  path = g_strdup_vprintf (format, args);
  va_end (args);
  return vectors_get (node, path);
}

guint
vectors_size (JsonNode * node, const char *path)
{
  JsonNode *found = vectors_get (node, path);

  if (JSON_NODE_HOLDS_ARRAY (found))
    return json_array_get_length (json_node_get_array (found));
  fail_unless (JSON_NODE_HOLDS_OBJECT (found), "%s has no parts", path);
  return json_object_get_size (json_node_get_object (found));
}

char **
vectors_names (JsonNode * node, const char *path)
{
  JsonNode *found = vectors_get (node, path);
  GPtrArray *names = g_ptr_array_new ();
  JsonObjectIter iter;
  const char *name;

  fail_unless (JSON_NODE_HOLDS_OBJECT (found), "%s has no members", path);
  json_object_iter_init_ordered (&iter, json_node_get_object (found));
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

const char *
vectors_text (JsonNode * node, const char *path)
{
  JsonNode *found = vectors_get (node, path);

  fail_unless (JSON_NODE_HOLDS_VALUE (found) &&
      json_node_get_value_type (found) == G_TYPE_STRING, "%s is no text", path);
  return json_node_get_string (found);
}

GBytes *
vectors_hex (JsonNode * node, const char *path)
{
  return hex (vectors_text (node, path));
}

const ZrtpAlgorithm *
vectors_algorithm (JsonNode * node, const char *path, ZrtpKind kind)
{
  const char *name = vectors_text (node, path);
  const ZrtpAlgorithm *row = zrtp_algorithm_find (kind, name);

  fail_unless (row != NULL, "%s: unknown algorithm %s", path, name);
  return row;
}

GBytes *
hex (const char *digits)
{
  GByteArray *octets = g_byte_array_new ();
  gint high = -1;

  for (const char *c = digits; *c; c++) {
    gint digit = g_ascii_xdigit_value (*c);

    if (g_ascii_isspace (*c))
      continue;
    fail_unless (digit >= 0, "not hex: %s", digits);
    if (high < 0) {
      high = digit;
    } else {
      guint8 octet = high << 4 | digit;

      g_byte_array_append (octets, &octet, 1);
      high = -1;
    }
  }
  fail_unless (high < 0, "half an octet: %s", digits);
  return g_byte_array_free_to_bytes (octets);
}

GBytes *
octets_join (GBytes * first, ...)
{
  GByteArray *octets = g_byte_array_new ();
  va_list args;

  va_start (args, first);
  for (GBytes * part = first; part; part = va_arg (args, GBytes *))
    g_byte_array_append (octets, OCTETS (part));
  va_end (args);
  return g_byte_array_free_to_bytes (octets);
}

static char *
to_hex (const guint8 * data, gsize size)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

void
octets_check (const char *file, int line, const char *what,
    const guint8 * data, gsize size, GBytes * expected)
{
  gsize expected_size = g_bytes_get_size (expected);
  const guint8 *expected_data = g_bytes_get_data (expected, NULL);
  g_autofree char *is = NULL;
  g_autofree char *should = NULL;

  if (size == expected_size &&
      (size == 0 || memcmp (data, expected_data, size) == 0))
    return;
  is = to_hex (data, size);
  should = to_hex (expected_data, expected_size);
  fail ("%s:%d: %s is %s, should be %s", file, line, what, is, should);
}
