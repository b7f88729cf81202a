/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTP without GStreamer: packets in memory through libsrtp2 as it comes, or
 * through zrtp_srtp_protect() and zrtp_srtp_unprotect() with Nettle.
 */
#ifndef BARE_H
#define BARE_H

#include "zrtp/srtp/zrtpsrtp.h"

G_BEGIN_DECLS

#define BARE_BATCH 512          /* packets, within the replay window */

/* Both ends of one direction, HS80. */
typedef struct _Bare Bare;

/* Sessions keep the ciphers with which libsrtp2 made them. */
Bare *bare_new_libsrtp (const ZrtpCipher * cipher);
Bare *bare_new_nettle (const ZrtpCipher * cipher);
void bare_free (Bare * bare);

/* Protects and unprotects one batch of new packets with so much payload; CPU
 * time in nanoseconds a packet. */
void bare_run (Bare * bare, gsize payload, double *protect, double *unprotect);

G_END_DECLS

#endif
