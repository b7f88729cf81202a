/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Enumerations that applications see, as registered types. The first five
 * mirror the engine's; their nicks are the engine's own.
 */
#ifndef GST_ZRTP_ENUMS_H
#define GST_ZRTP_ENUMS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/* What media waits for before there are keys. */
typedef enum
{
  GST_ZRTP_BEFORE_SECURE_AUTO,  /* drop from a live source, else block */
  GST_ZRTP_BEFORE_SECURE_DROP,
  GST_ZRTP_BEFORE_SECURE_BLOCK
} GstZrtpBeforeSecure;

/* Length of the SRTCP authentication tag when HS32 was agreed. */
typedef enum
{
  GST_ZRTP_SRTCP_TAG_AUTO,      /* RFC 3711: 80 bits */
  GST_ZRTP_SRTCP_TAG_80,
  GST_ZRTP_SRTCP_TAG_32
} GstZrtpSrtcpTag;

/* What came of comparing the auxiliary secrets. */
typedef enum
{
  GST_ZRTP_AUX_MATCHED_NONE,
  GST_ZRTP_AUX_MATCHED_MATCHED,
  GST_ZRTP_AUX_MATCHED_MISMATCH
} GstZrtpAuxMatched;

#define GST_TYPE_ZRTP_STATE (gst_zrtp_state_get_type ())
GType gst_zrtp_state_get_type (void);

#define GST_TYPE_ZRTP_ROLE (gst_zrtp_role_get_type ())
GType gst_zrtp_role_get_type (void);

#define GST_TYPE_ZRTP_TRUST (gst_zrtp_trust_get_type ())
GType gst_zrtp_trust_get_type (void);

#define GST_TYPE_ZRTP_HELLO_HASH_STATUS (gst_zrtp_hello_hash_status_get_type ())
GType gst_zrtp_hello_hash_status_get_type (void);

#define GST_TYPE_ZRTP_ENROLLMENT (gst_zrtp_enrollment_get_type ())
GType gst_zrtp_enrollment_get_type (void);

#define GST_TYPE_ZRTP_SIGNATURE_STATUS (gst_zrtp_signature_status_get_type ())
GType gst_zrtp_signature_status_get_type (void);

#define GST_TYPE_ZRTP_LEVEL (gst_zrtp_level_get_type ())
GType gst_zrtp_level_get_type (void);

#define GST_TYPE_ZRTP_AUX_MATCHED (gst_zrtp_aux_matched_get_type ())
GType gst_zrtp_aux_matched_get_type (void);
const char *gst_zrtp_aux_matched_nick (GstZrtpAuxMatched value);

#define GST_TYPE_ZRTP_BEFORE_SECURE (gst_zrtp_before_secure_get_type ())
GType gst_zrtp_before_secure_get_type (void);

#define GST_TYPE_ZRTP_SRTCP_TAG (gst_zrtp_srtcp_tag_get_type ())
GType gst_zrtp_srtcp_tag_get_type (void);

/* Registers them all and marks them as part of the plugin's API. */
void gst_zrtp_enums_register (void);

G_END_DECLS

#endif
