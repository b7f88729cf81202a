/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * libsrtp2 as a whole: its start, and sessions of it with Nettle inside. For
 * zrtpsrtp.c and zrtpsrtp-sources.c alone.
 */
#ifndef ZRTP_SRTP_LIBRARY_H
#define ZRTP_SRTP_LIBRARY_H

#include <glib.h>
#include <srtp2/crypto_types.h>
#include <srtp2/srtp.h>

G_BEGIN_DECLS

/* srtp_create() that gives no session at all rather than one without the code
 * that zrtp_srtp_init() put there. Another library in this process may have
 * ended libsrtp2, and started it again or not: it is started once more,
 * then. */
srtp_err_status_t zrtp_srtp_library_create (srtp_t * session,
    const srtp_policy_t * policy);
/* The same for srtp_add_stream(). */
srtp_err_status_t zrtp_srtp_library_add_stream (srtp_t session,
    const srtp_policy_t * policy);

G_END_DECLS

#endif
