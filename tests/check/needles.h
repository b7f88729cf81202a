/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A search of this process's writable memory, freed or not, for secrets. The
 * needles are kept under a mask, so that the search never finds itself.
 */
#ifndef NEEDLES_H
#define NEEDLES_H

#include <glib.h>

/* Forgets all needles. */
void needles_reset (void);
/* Adds the forms in which @size octets at @data, at least 12, can be left in
 * memory: plain, as GMP limbs, under HMAC's pads, as the words of SHA-2. */
void needles_add (const char *name, gconstpointer data, gsize size);
/* The number of different secrets of that name. */
guint needles_count (const char *name);

/* Names of what the memory holds, sorted, separated by blanks; "" if nothing.
 * Free with g_free(). */
char *needles_search (void);
/* Where and in which form each needle was found last, a line each; for the
 * message of a test that fails. */
const char *needles_report (void);
/* Octets that the last search read. */
gsize needles_searched (void);

#endif
