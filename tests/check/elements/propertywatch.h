/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For tests: reading properties as text, counting and waiting for notify.
 */
#ifndef WATCH_H
#define WATCH_H

#include <gst/check/gstcheck.h>

G_BEGIN_DECLS

/* An element of no bin yet: a reference that is not floating. */
GstElement *propertywatch_make (const char *type, const char *session_id);
/* Takes them to NULL and drops the reference. */
void propertywatch_drop (GstElement * element);

/* A property as text, enumerations as nicks, NULL as "". Free with g_free(). */
char *propertywatch_get (GstElement * element, const char *property);
void propertywatch_assert (GstElement * element, const char *property,
    const char *text);
/* Both have the same, and it is not "". */
void propertywatch_assert_same (GstElement * a, GstElement * b, const char *property);

/* Counts notify of the property from here on. */
void propertywatch_start (GstElement * element, const char *property);
guint propertywatch_count (GstElement * element, const char *property);

/* Waits for a value; propertywatch_start() must have been called. Fails on time. */
void propertywatch_wait (GstElement * element, const char *property, const char *text);
/* Waits until notify came that often since propertywatch_start(). */
void propertywatch_wait_count (GstElement * element, const char *property, guint n);
/* For tests that have callbacks of their own: wakes up what waits here. */
void propertywatch_poke (void);
/* Waits until *@counter, which callbacks write, is at least @n. */
void propertywatch_wait_counter (gint * counter, gint n, const char *what);

/* Brings an element to a state and waits for it. */
void propertywatch_set_state (GstElement * element, GstState state);

/* The text of the next WARNING or ERROR on a bus that says @part; others of that
 * type are skipped. Fails on time. */
char *propertywatch_pop (GstBus * bus, GstMessageType type, const char *part);
/* None that says @part (NULL: none at all) is on the bus. */
void propertywatch_assert_none (GstBus * bus, GstMessageType type, const char *part);

G_END_DECLS

#endif
