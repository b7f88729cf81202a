/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the files of zrtpmemory.h share: zrtpmemory.c has the engine's own
 * memory, zrtpmemory-libraries.c that of GMP and SQLite.
 */
#ifndef ZRTP_MEMORY_PRIVATE_H
#define ZRTP_MEMORY_PRIVATE_H

#include "zrtp/crypto/zrtpmemory.h"

G_BEGIN_DECLS

gboolean zrtp_memory_gmp_wipes (void);
gboolean zrtp_memory_sqlite_wipes (void);

G_END_DECLS

#endif
