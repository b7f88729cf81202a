/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Signatures on the SAS (RFC 6189 7.2): properties and actions, and the news
 * that ask for them.
 */
#ifndef GST_ZRTP_SIGNATURE_H
#define GST_ZRTP_SIGNATURE_H

#include "gstzrtpbin.h"
#include "session/gstzrtpnotification.h"

G_BEGIN_DECLS

void gst_zrtp_signature_class_init (GstZrtpBinClass * klass);
/* Fills in those at ids of ours. */
void gst_zrtp_signature_make_pspecs (GParamSpec ** pspecs);

/* With the call's lock held, for ZRTP_EVENT_SIGN_SAS and _SIGNATURE. */
GstZrtpNotice *gst_zrtp_signature_make_wanted (GstZrtpPair * pair);
GstZrtpNotice *gst_zrtp_signature_make_received (GstZrtpPair * pair);

G_END_DECLS

#endif
