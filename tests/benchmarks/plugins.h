/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * GStreamer without a registry: nothing is there but what was asked for, so
 * that nothing else in the process changes what is measured.
 */
#ifndef PLUGINS_H
#define PLUGINS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* Starts GStreamer, then loads these plugins of the system (names without "lib",
 * "gst" and ".so"; NULL ends them). */
void plugins_init (const char *name, ...) G_GNUC_NULL_TERMINATED;
/* FALSE if the system does not have it. */
gboolean plugins_try (const char *name);
/* The plugin that this tree builds. */
void plugins_load_zrtp (void);

/* The program ends if there is no such element. */
GstElement *plugins_make (const char *factory);

G_END_DECLS

#endif
