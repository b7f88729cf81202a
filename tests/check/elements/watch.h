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
GstElement *watch_make (const char *type, const char *session_id);
/* Takes them to NULL and drops the reference. */
void watch_drop (GstElement * element);

/* A property as text, enumerations as nicks, NULL as "". Free with g_free(). */
char *watch_get (GstElement * element, const char *property);
void watch_assert (GstElement * element, const char *property,
    const char *text);
/* Both have the same, and it is not "". */
void watch_assert_same (GstElement * a, GstElement * b, const char *property);

/* Counts notify of the property from here on. */
void watch_start (GstElement * element, const char *property);
guint watch_count (GstElement * element, const char *property);

/* Waits for a value; watch_start() must have been called. Fails on time. */
void watch_wait (GstElement * element, const char *property, const char *text);
/* Waits until notify came that often since watch_start(). */
void watch_wait_count (GstElement * element, const char *property, guint n);
/* For tests that have callbacks of their own: wakes up what waits here. */
void watch_poke (void);
/* Waits until *@counter, which callbacks write, is at least @n. */
void watch_wait_counter (gint * counter, gint n, const char *what);

/* Brings an element to a state and waits for it. */
void watch_set_state (GstElement * element, GstState state);

/* The text of the next WARNING or ERROR on a bus that says @part; others of that
 * type are skipped. Fails on time. */
char *watch_pop (GstBus * bus, GstMessageType type, const char *part);
/* None that says @part (NULL: none at all) is on the bus. */
void watch_assert_none (GstBus * bus, GstMessageType type, const char *part);

G_END_DECLS

#endif
