/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the read-only properties show.
 */
#ifndef GST_ZRTP_READINGS_H
#define GST_ZRTP_READINGS_H

#include "api/gstzrtpproperties.h"

G_BEGIN_DECLS

/* The properties that show stream and session; @pspecs by id. */
void gst_zrtp_readings_make_pspecs (GParamSpec ** pspecs);
/* The value of a property that is no setting. @pair NULL: the default. Takes the
 * call's lock. */
void gst_zrtp_property_read (GstZrtpPair * pair, guint id, GValue * value);

/* "b0a1...", 24 digits; g_free(). */
char *gst_zrtp_zid_to_string (const guint8 zid[ZRTP_ZID_SIZE]);
/* FALSE if @text, which may be NULL, is no such string. */
gboolean gst_zrtp_zid_from_string (const char *text,
    guint8 zid[ZRTP_ZID_SIZE]);
/* "B32", without the blanks of the wire; NULL for NULL; g_free(). */
char *gst_zrtp_algorithm_to_string (const ZrtpAlgorithm * algorithm);

/* What came of comparing the auxiliary secrets. */
GstZrtpAuxMatched gst_zrtp_get_aux_matched (const ZrtpSessionInfo * info);

G_END_DECLS

#endif
