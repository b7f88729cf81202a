/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Reads the known answers in tests/data. A path names a field, e.g.
 * "dh3k_s256_nocache/keys/srtpkeyi", or "0/ch/1/packets/3/hex" with indices in
 * arrays. Whatever is missing or is not hex fails the test.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <gst/check/gstcheck.h>
#include <json-glib/json-glib.h>

#include "zrtp/crypto/zrtpalgorithm.h"

G_BEGIN_DECLS

/* The whole of "vectors.json" or "field-vectors.json"; json_node_unref(). */
JsonNode *vectors_load (const char *file);

/* Everything below points into the tree of the node unless it says "new". */

gboolean vectors_has (JsonNode * node, const char *path);
JsonNode *vectors_get (JsonNode * node, const char *path);
/* The same with a path made by printf. */
JsonNode *vectors_getf (JsonNode * node, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
/* Elements of an array, members of an object. */
guint vectors_size (JsonNode * node, const char *path);
/* New, NULL-terminated: names of an object's members in the file's order. */
char **vectors_names (JsonNode * node, const char *path);
const char *vectors_text (JsonNode * node, const char *path);
/* New: the octets of a hex field ("" gives none). */
GBytes *vectors_hex (JsonNode * node, const char *path);
/* The row that a field like "S384" names. */
const ZrtpAlgorithm *vectors_algorithm (JsonNode * node, const char *path,
    ZrtpKind kind);

/* New: octets of hex digits; blanks and line ends between them do not count. */
GBytes *hex (const char *digits);
/* New: runs of octets put together; ends with NULL, frees nothing. */
GBytes *octets_join (GBytes * first, ...) G_GNUC_NULL_TERMINATED;

/* For g_bytes_get_data() and g_bytes_get_size() in arguments. */
#define OCTETS(bytes) \
  ((const guint8 *) g_bytes_get_data (bytes, NULL)), g_bytes_get_size (bytes)

/* Fails and shows both if the octets differ. */
#define assert_octets(data, size, expected) \
  octets_check (__FILE__, __LINE__, #data, data, size, expected)
#define assert_octets_hex(data, size, digits) G_STMT_START { \
  GBytes *expected__ = hex (digits); \
  octets_check (__FILE__, __LINE__, #data, data, size, expected__); \
  g_bytes_unref (expected__); \
} G_STMT_END
void octets_check (const char *file, int line, const char *what,
    const guint8 * data, gsize size, GBytes * expected);

G_END_DECLS

#endif
