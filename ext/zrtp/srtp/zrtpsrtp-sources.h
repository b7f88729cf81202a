/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The sources of one direction. libsrtp2 2.5 finds a source by a walk through a
 * list: a packet of one of 500 then costs zrtpenc twice and zrtpdec three times
 * as much as that of a single one (benchmark ssrcs). Here many libsrtp2 sessions
 * under the same keys have a few sources each. For zrtpsrtp.c alone.
 */
#ifndef ZRTP_SRTP_SOURCES_H
#define ZRTP_SRTP_SOURCES_H

#include <glib.h>
#include <srtp2/srtp.h>

G_BEGIN_DECLS

typedef struct _ZrtpSrtpSources ZrtpSrtpSources;

/* @policy is for any SSRC; its key, of @key_size octets, is copied. NULL if
 * libsrtp2 doesn't want it. */
ZrtpSrtpSources *zrtp_srtp_sources_new (const srtp_policy_t * policy,
    gsize key_size);
/* Wipes the keys. */
void zrtp_srtp_sources_free (ZrtpSrtpSources * sources);

/* The session that packets of @ssrc go through. Not @known: the one for those
 * that come new, or NULL without memory for it, or with ZRTP_SRTP_MAX_SOURCES
 * sources. No source makes way for another: its replay window and rollover
 * counter would go with it, and its packets could be played again. */
srtp_t zrtp_srtp_sources_find (ZrtpSrtpSources * sources, guint32 ssrc,
    gboolean * known);
/* The session that was found for @ssrc has taken it up. */
void zrtp_srtp_sources_add (ZrtpSrtpSources * sources, guint32 ssrc);

/* Makes a stream for @ssrc in @session, which zrtp_srtp_sources_find() gave for
 * it, before a packet of it authenticates: for one that does not begin at rollover
 * counter 0. zrtp_srtp_sources_add() or _remove_stream() is due then. */
gboolean zrtp_srtp_sources_make_stream (ZrtpSrtpSources * sources,
    srtp_t session, guint32 ssrc);
void zrtp_srtp_sources_remove_stream (srtp_t session, guint32 ssrc);
/* TRUE if there are ZRTP_SRTP_MAX_SOURCES sources. */
gboolean zrtp_srtp_sources_are_full (const ZrtpSrtpSources * sources);

G_END_DECLS

#endif
