/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define _GNU_SOURCE
#include "srtphooks.h"

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <srtp2/auth.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

srtp_err_status_t hook_init;
srtp_err_status_t hook_replace_auth_type;
srtp_err_status_t hook_protect;

EXPORT srtp_err_status_t
srtp_init (void)
{
  srtp_err_status_t (*real) (void) = dlsym (RTLD_NEXT, "srtp_init");

  return hook_init ? hook_init : real ();
}

EXPORT srtp_err_status_t
srtp_replace_auth_type (const srtp_auth_type_t * type, srtp_auth_type_id_t id)
{
  srtp_err_status_t (*real) (const srtp_auth_type_t *, srtp_auth_type_id_t) =
      dlsym (RTLD_NEXT, "srtp_replace_auth_type");

  return hook_replace_auth_type ? hook_replace_auth_type : real (type, id);
}

EXPORT srtp_err_status_t
srtp_protect (srtp_t session, void *packet, int *size)
{
  static srtp_err_status_t (*real) (srtp_t, void *, int *);

  if (!real)
    real = dlsym (RTLD_NEXT, "srtp_protect");
  return hook_protect ? hook_protect : real (session, packet, size);
}

#if HAVE_HEAP_HOOKS

#define MAX_SECRETS 16

extern void *__libc_malloc (size_t size);
extern void *__libc_calloc (size_t n, size_t size);
extern void *__libc_realloc (void *memory, size_t size);
extern void __libc_free (void *memory);

static gboolean counting;
static HookCounts counts;

static struct
{
  const guint8 *octets;
  gsize size;
} secrets[MAX_SECRETS];
static guint n_secrets;
static guint found;

void
hook_start_counting (void)
{
  memset (&counts, 0, sizeof (counts));
  counting = TRUE;
}

HookCounts
hook_stop_counting (void)
{
  counting = FALSE;
  return counts;
}

void
hook_watch (const guint8 * secret, gsize size)
{
  g_assert_cmpuint (n_secrets, <, MAX_SECRETS);
  secrets[n_secrets].octets = secret;
  secrets[n_secrets].size = size;
  n_secrets++;
}

guint
hook_unwatch (void)
{
  guint result = found;

  n_secrets = 0;
  found = 0;
  return result;
}

static void
search (void *memory)
{
  guint i;

  for (i = 0; memory && i < n_secrets; i++) {
    if (memmem (memory, malloc_usable_size (memory), secrets[i].octets,
            secrets[i].size))
      found++;
  }
}

EXPORT void *
malloc (size_t size)
{
  counts.allocations += counting;
  return __libc_malloc (size);
}

EXPORT void *
calloc (size_t n, size_t size)
{
  counts.allocations += counting;
  return __libc_calloc (n, size);
}

EXPORT void *
realloc (void *memory, size_t size)
{
  counts.allocations += counting;
  return __libc_realloc (memory, size);
}

EXPORT void
free (void *memory)
{
  counts.frees += counting;
  if (n_secrets > 0)
    search (memory);
  __libc_free (memory);
}

EXPORT int
pthread_mutex_lock (pthread_mutex_t * mutex)
{
  static int (*real) (pthread_mutex_t *);

  if (!real)
    real = dlsym (RTLD_NEXT, "pthread_mutex_lock");
  counts.locks += counting;
  return real (mutex);
}
#endif
