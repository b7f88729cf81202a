/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Elements that belong together: elements with one session-id, else those of
 * one top-level bin, form a call; within it the stream-id tells the transports
 * apart.
 */
#ifndef GST_ZRTP_REGISTRY_H
#define GST_ZRTP_REGISTRY_H

#include "session/gstzrtpmember.h"

G_BEGIN_DECLS

/* Gives an element the slot where its properties and its place in the bins want
 * it, with its Hello if it brings an unused one. @reserve: no other may take
 * the slot from it, and if it is taken, that is a clash: FALSE with a text.
 * Otherwise a taken slot leaves the element in a call of its own. */
gboolean gst_zrtp_registry_join (GstZrtpBin * bin, gboolean reserve,
    char **clash);
/* Still in its slot, but others may have it. */
void gst_zrtp_registry_release (GstZrtpBin * bin);
/* If its file of known peers is closed with it, waits for that: 2 s at most. */
void gst_zrtp_registry_leave (GstZrtpBin * bin);

/* The call with that session-id: a reference, or NULL. */
GstZrtpSession *gst_zrtp_registry_find_call (const char *session_id);

G_END_DECLS

#endif
