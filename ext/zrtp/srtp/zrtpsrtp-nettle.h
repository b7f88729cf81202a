/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Nettle's AES and SHA-1 as libsrtp2's ciphers AES-ICM 128, 192, 256 and its
 * HMAC-SHA1. For
 * zrtpsrtp-library.c alone.
 */
#ifndef ZRTP_SRTP_NETTLE_H
#define ZRTP_SRTP_NETTLE_H

#include <glib.h>

G_BEGIN_DECLS

/* Puts the four types into libsrtp2's process-wide lists, which have no lock:
 * after srtp_init() and before sessions are made in other threads. libsrtp2
 * takes a type only if it passes its own vectors and those of the type that it
 * replaces. FALSE if one was refused; what was taken before stays. */
gboolean zrtp_srtp_nettle_install (void);

/* Around srtp_create(), in one thread. The second one is FALSE if Nettle had no
 * part in it: another library restarted libsrtp2, which then has its own types
 * back.
 *
 * libsrtp2 2.5 derives the session keys of an AES-192 session with AES-256, the
 * key of which is the master key and eight octets of salt; RFC 6188 section 3
 * wants AES-192 under the master key. With @kdf_192 that is what it gets. */
void zrtp_srtp_nettle_begin (gboolean kdf_192);
gboolean zrtp_srtp_nettle_end (void);

G_END_DECLS

#endif
