/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * For tests: a disk that hangs, as a network mount without its server does. This
 * program stands between the code and the system calls that name a file.
 */
#ifndef DISK_H
#define DISK_H

#include <glib.h>

G_BEGIN_DECLS

/* From here on a thread that opens, looks for, or looks at a file whose path
 * contains @part hangs. */
void disk_hang (const char *part);
/* Waits until @n threads hang. */
void disk_wait_hanging (guint n);
guint disk_count_hanging (void);
/* They go on, and no thread hangs any more. */
void disk_mend (void);

G_END_DECLS

#endif
