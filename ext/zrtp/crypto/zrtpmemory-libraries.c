/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nettle takes its scratch memory from GMP's functions and frees it with the
 * Diffie-Hellman result in it. SQLite frees pages with retained secrets in them.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* dladdr() */
#endif
#include "zrtp/crypto/zrtpmemory-private.h"

#include <dlfcn.h>
#include <gmp.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* GMP exports its default functions, but gmp.h does not declare them. NULL where
 * a build of GMP hides them. */
extern void *__gmp_default_allocate (size_t size) __attribute__((weak));
extern void *__gmp_default_reallocate (void *memory, size_t old_size,
    size_t size) __attribute__((weak));
extern void __gmp_default_free (void *memory, size_t size)
    __attribute__((weak));

typedef void *(*GmpAllocate) (size_t size);
typedef void *(*GmpReallocate) (void *memory, size_t old_size, size_t size);
typedef void (*GmpFree) (void *memory, size_t size);

/* Not zrtp_wipe(): a test takes what goes through that for secrets and looks for
 * it in logs, but most blocks of a library hold none. */
static void
wipe_block (void *memory, gsize size)
{
  memset (memory, 0, size);
  __asm__ volatile (""::"r" (memory):"memory");
}

/* The block's real size: callers of mp_get_memory_functions() are known to pass
 * sizes that are too small. */
static void
wipe_and_free (void *memory)
{
  if (memory)
    wipe_block (memory, malloc_usable_size (memory));
  free (memory);
}

static void *
gmp_allocate (size_t size)
{
  void *memory = malloc (size);

  if (!memory)
    g_error ("GMP: no memory for %" G_GSIZE_FORMAT " bytes", size);
  return memory;
}

static void *
gmp_reallocate (void *memory, size_t old_size, size_t size)
{
  void *larger = gmp_allocate (size);

  if (memory)
    memcpy (larger, memory, MIN (malloc_usable_size (memory), size));
  wipe_and_free (memory);
  return larger;
}

static void
gmp_free (void *memory, size_t size)
{
  wipe_and_free (memory);
}

/* Blocks of GMP's default functions are malloc()'s as well. So either set may
 * free what the other allocated, and a thread that runs in GMP meanwhile sees no
 * difference. */
static void
init_gmp (void)
{
  GmpAllocate allocate;
  GmpReallocate reallocate;
  GmpFree release;

  mp_get_memory_functions (&allocate, &reallocate, &release);
  if (__gmp_default_free && allocate == __gmp_default_allocate
      && reallocate == __gmp_default_reallocate
      && release == __gmp_default_free)
    mp_set_memory_functions (gmp_allocate, gmp_reallocate, gmp_free);
}

/* GnuTLS, once loaded, gives GMP functions that wipe, unless there are others
 * already. */
static gboolean
is_of_gnutls (gconstpointer function)
{
  Dl_info info;

  return dladdr (function, &info) && info.dli_fname
      && strstr (info.dli_fname, "libgnutls") != NULL;
}

gboolean
zrtp_memory_gmp_wipes (void)
{
  GmpReallocate reallocate;
  GmpFree release;

  mp_get_memory_functions (NULL, &reallocate, &release);
  return (reallocate == gmp_reallocate && release == gmp_free)
      || (is_of_gnutls (reallocate) && is_of_gnutls (release));
}

/* Those that were there before: SQLite's own, or the application's. */
static sqlite3_mem_methods sqlite_methods;
static gboolean sqlite_wipes;

static void
sqlite_free (void *memory)
{
  wipe_block (memory, sqlite_methods.xSize (memory));
  sqlite_methods.xFree (memory);
}

static void *
sqlite_reallocate (void *memory, int size)
{
  const int old_size = sqlite_methods.xSize (memory);
  void *other = sqlite_methods.xMalloc (size);

  if (!other)
    return NULL;
  memcpy (other, memory, MIN (old_size, size));
  sqlite_free (memory);
  return other;
}

/* Every function but these two stays, and both hand over to those that were
 * there: a thread that starts SQLite meanwhile works with any mixture. */
static gboolean
init_sqlite (void)
{
  sqlite3_mem_methods methods;

  if (sqlite3_config (SQLITE_CONFIG_GETMALLOC, &methods) != SQLITE_OK)
    return FALSE;
  sqlite_methods = methods;
  methods.xFree = sqlite_free;
  methods.xRealloc = sqlite_reallocate;
  return sqlite3_config (SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK;
}

gboolean
zrtp_memory_sqlite_wipes (void)
{
  return sqlite_wipes;
}

void
zrtp_memory_init (void)
{
  static gsize done;

  /* Each time: a library that had set its own may have set GMP's back. */
  init_gmp ();
  if (!g_once_init_enter (&done))
    return;
  sqlite_wipes = init_sqlite ();
  g_once_init_leave (&done, 1);
}
