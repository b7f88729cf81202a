/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Memory that holds secrets: the engine's own, and what GMP, SQLite and the stack
 * keep of them.
 */
#ifndef ZRTP_MEMORY_H
#define ZRTP_MEMORY_H

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean gmp_wipes;           /* GMP wipes what it frees */
  gboolean sqlite_wipes;        /* SQLite does */
  gsize used;                   /* bytes that zrtp_secret_alloc0() gave out */
  gsize mapped;                 /* bytes mapped for them ... */
  gsize locked;                 /* ... of which these never reach swap */
  gsize undumped;               /* ... and these no core dump */
} ZrtpMemoryInfo;

/* Makes GMP and SQLite wipe what they free. GMP: unless the process has memory
 * functions of its own. SQLite: unless the process has started it before, as it
 * takes memory functions only until then. Cheap to repeat: call it before secrets
 * go into either. MT safe. Functions of this code stay in both libraries, so it
 * must never be unloaded. */
void zrtp_memory_init (void);
/* The state at this moment: another library may have set GMP's functions since.
 * MT safe. */
void zrtp_memory_get_info (ZrtpMemoryInfo * info);

/* Zeroed memory for secrets, aligned to 16 bytes. Where the system permits, it
 * stays out of core dumps and swap; if not, it is ordinary memory. Aborts
 * without memory, as g_malloc0(). MT safe. */
gpointer zrtp_secret_alloc0 (gsize size);
/* A copy of @size bytes at @data, NULL if @size is 0. */
gpointer zrtp_secret_dup (gconstpointer data, gsize size);
/* Wipes. NULL is allowed. MT safe. */
void zrtp_secret_free (gpointer memory);

#define zrtp_secret_new0(type) ((type *) zrtp_secret_alloc0 (sizeof (type)))

/* Wipes the part of the stack that functions called before have used, and the
 * registers, for libraries that leave secrets there. */
void zrtp_wipe_stack (void);
/* The registers alone. What copies memory leaves it in vector registers, which the
 * dynamic linker, a signal or a switch of threads writes to memory. */
void zrtp_wipe_registers (void);

G_END_DECLS

#endif
