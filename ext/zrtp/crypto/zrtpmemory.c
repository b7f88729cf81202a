/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* mlock2() */
#endif
#include "zrtp/crypto/zrtpmemory-private.h"

#include "zrtp/crypto/zrtpcrypto.h"

#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* A slab holds blocks of one size, and is aligned to its own size, so that a
 * block's address tells its slab. */
#define SLAB_SIZE ((gsize) 64 * 1024)
#define GRAIN ((gsize) 16)
/* A larger block has a slab of its own. */
#define MAX_SHARED ((gsize) 8 * 1024)
#define N_SIZES (MAX_SHARED / GRAIN + 1)

typedef struct _Slab Slab;
typedef struct _Block Block;

struct _Block
{
  Block *next;
};

struct _Slab
{
  Slab *next, *previous;        /* those of this size with room */
  gsize block_size;
  gsize mapped;                 /* bytes, this header among them */
  guint capacity, used;
  guint untouched;              /* blocks at the end that were never given out */
  gboolean locked, undumped;
  Block *free;
};

G_STATIC_ASSERT (sizeof (Slab) % 16 == 0);

static GMutex pool_lock;
static Slab *with_room[N_SIZES];
static gsize total_mapped, total_locked, total_undumped, total_used;

/* Sanitizers see each block, and look for leaks in the heap alone. */
#if defined (__SANITIZE_ADDRESS__) || defined (__SANITIZE_THREAD__)
#define USE_HEAP TRUE
#elif defined (__has_feature)
#if __has_feature (address_sanitizer) || __has_feature (thread_sanitizer) \
    || __has_feature (memory_sanitizer)
#define USE_HEAP TRUE
#endif
#endif
#ifndef USE_HEAP
#define USE_HEAP FALSE
#endif

/* More than half of what the user may lock is left to the application, unless
 * that is less than one slab. */
static gboolean
may_lock (gsize size)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_MEMLOCK, &limit) != 0)
    return FALSE;
  return limit.rlim_cur == RLIM_INFINITY
      || total_locked + size <= MAX (limit.rlim_cur / 2, SLAB_SIZE);
}

/* Only pages in use are brought into memory, where the system has that call. */
static gboolean
lock_pages (gpointer memory, gsize size)
{
#ifdef MLOCK_ONFAULT
  if (mlock2 (memory, size, MLOCK_ONFAULT) == 0)
    return TRUE;
#endif
  return mlock (memory, size) == 0;
}

/* Must be called with pool_lock held. */
static Slab *
map_slab (gsize block_size, gsize size)
{
  const gsize whole = size + SLAB_SIZE;
  guint8 *start, *aligned;
  gsize before;
  Slab *slab;

  start = mmap (NULL, whole, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED)
    g_error ("no memory for %" G_GSIZE_FORMAT " bytes of secrets", size);
  before = (SLAB_SIZE - (guintptr) start % SLAB_SIZE) % SLAB_SIZE;
  aligned = start + before;
  if (before > 0)
    munmap (start, before);
  munmap (aligned + size, whole - before - size);

  slab = (Slab *) aligned;
  if (may_lock (size))
    slab->locked = lock_pages (aligned, size);
#ifdef MADV_DONTDUMP
  slab->undumped = madvise (aligned, size, MADV_DONTDUMP) == 0;
#endif
  slab->block_size = block_size;
  slab->mapped = size;
  slab->capacity = slab->untouched = (size - sizeof (Slab)) / block_size;
  total_mapped += size;
  total_locked += slab->locked ? size : 0;
  total_undumped += slab->undumped ? size : 0;
  return slab;
}

/* Must be called with pool_lock held. */
static void
unmap_slab (Slab * slab)
{
  total_mapped -= slab->mapped;
  total_locked -= slab->locked ? slab->mapped : 0;
  total_undumped -= slab->undumped ? slab->mapped : 0;
  munmap (slab, slab->mapped);
}

/* Must be called with pool_lock held. */
static void
link_slab (Slab * slab)
{
  Slab **head = &with_room[slab->block_size / GRAIN];

  slab->previous = NULL;
  slab->next = *head;
  if (slab->next)
    slab->next->previous = slab;
  *head = slab;
}

/* Must be called with pool_lock held. */
static void
unlink_slab (Slab * slab)
{
  if (slab->previous)
    slab->previous->next = slab->next;
  else
    with_room[slab->block_size / GRAIN] = slab->next;
  if (slab->next)
    slab->next->previous = slab->previous;
}

/* Must be called with pool_lock held. */
static gpointer
take_block (Slab * slab)
{
  Block *block = slab->free;

  if (block) {
    slab->free = block->next;
    block->next = NULL;
  } else {
    block = (Block *) ((guint8 *) (slab + 1)
        + (slab->capacity - slab->untouched--) * slab->block_size);
  }
  slab->used++;
  total_used += slab->block_size;
  return block;
}

static gpointer
alloc_shared (gsize block_size)
{
  Slab *slab;
  gpointer block;

  g_mutex_lock (&pool_lock);
  slab = with_room[block_size / GRAIN];
  if (!slab) {
    slab = map_slab (block_size, SLAB_SIZE);
    link_slab (slab);
  }
  block = take_block (slab);
  if (slab->used == slab->capacity)
    unlink_slab (slab);
  g_mutex_unlock (&pool_lock);
  return block;
}

static gpointer
alloc_alone (gsize size)
{
  const gsize n_slabs = (size + sizeof (Slab) + SLAB_SIZE - 1) / SLAB_SIZE;
  gpointer block;

  g_mutex_lock (&pool_lock);
  block = take_block (map_slab (size, n_slabs * SLAB_SIZE));
  g_mutex_unlock (&pool_lock);
  return block;
}

gpointer
zrtp_secret_alloc0 (gsize size)
{
  const gsize block_size = MAX ((size + GRAIN - 1) / GRAIN * GRAIN, GRAIN);

  if (USE_HEAP)
    return g_malloc0 (block_size);
  return block_size <= MAX_SHARED ? alloc_shared (block_size)
      : alloc_alone (block_size);
}

gpointer
zrtp_secret_dup (gconstpointer data, gsize size)
{
  gpointer copy;

  if (size == 0)
    return NULL;
  copy = zrtp_secret_alloc0 (size);
  memcpy (copy, data, size);
  return copy;
}

/* One empty slab of a size stays, for the next call. Must be called with
 * pool_lock held. */
static void
give_back (Slab * slab, Block * block)
{
  block->next = slab->free;
  slab->free = block;
  if (slab->used-- == slab->capacity)
    link_slab (slab);
  if (slab->used == 0 && (slab->next || slab->previous)) {
    unlink_slab (slab);
    unmap_slab (slab);
  }
}

static void
free_heap (gpointer memory)
{
  zrtp_wipe (memory, malloc_usable_size (memory));
  g_free (memory);
}

void
zrtp_secret_free (gpointer memory)
{
  Slab *slab;

  if (!memory)
    return;
  if (USE_HEAP) {
    free_heap (memory);
    return;
  }
  slab = (Slab *) ((guintptr) memory / SLAB_SIZE * SLAB_SIZE);
  zrtp_wipe (memory, slab->block_size);
  g_mutex_lock (&pool_lock);
  total_used -= slab->block_size;
  if (slab->block_size > MAX_SHARED)
    unmap_slab (slab);
  else
    give_back (slab, memory);
  g_mutex_unlock (&pool_lock);
}

void
zrtp_memory_get_info (ZrtpMemoryInfo * info)
{
  zrtp_memory_init ();
  info->gmp_wipes = zrtp_memory_gmp_wipes ();
  info->sqlite_wipes = zrtp_memory_sqlite_wipes ();
  g_mutex_lock (&pool_lock);
  info->used = total_used;
  info->mapped = total_mapped;
  info->locked = total_locked;
  info->undumped = total_undumped;
  g_mutex_unlock (&pool_lock);
}
