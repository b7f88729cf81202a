/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Functions of libsrtp2 and libc that this program has in front of the real
 * ones: to make them fail, to count them, to look at what is freed.
 */
#ifndef SRTP_HOOKS_H
#define SRTP_HOOKS_H

#include <glib.h>
#include <srtp2/srtp.h>

/* What these return instead of doing anything; ok for the real function. */
extern srtp_err_status_t hook_init;
extern srtp_err_status_t hook_replace_auth_type;
extern srtp_err_status_t hook_protect;

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_HEAP_HOOKS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_HEAP_HOOKS 0
#endif
#endif
#ifndef HAVE_HEAP_HOOKS
#define HAVE_HEAP_HOOKS 1
#endif

#if HAVE_HEAP_HOOKS
typedef struct
{
  guint allocations;
  guint frees;
  guint locks;
} HookCounts;

/* Between these two the functions count. */
void hook_start_counting (void);
HookCounts hook_stop_counting (void);

/* Freed memory is searched for these octets, which stay the caller's. */
void hook_watch (const guint8 * secret, gsize size);
/* How often they were there; forgets them. */
guint hook_unwatch (void);
#endif

#endif
