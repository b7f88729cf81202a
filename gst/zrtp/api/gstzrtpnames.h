/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ZIDs and algorithms as text.
 */
#ifndef GST_ZRTP_NAMES_H
#define GST_ZRTP_NAMES_H

#include "api/gstzrtpenums.h"
#include "zrtp/zrtp.h"

G_BEGIN_DECLS

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
