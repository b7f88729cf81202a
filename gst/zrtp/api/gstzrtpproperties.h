/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The properties of both elements. Ids below GST_ZRTP_N_SETTINGS are settings;
 * the others show the shared stream and session.
 */
#ifndef GST_ZRTP_PROPERTIES_H
#define GST_ZRTP_PROPERTIES_H

#include "api/gstzrtpsettings.h"

G_BEGIN_DECLS

typedef enum
{
  GST_ZRTP_PROP_SAS_VERIFIED = GST_ZRTP_N_SETTINGS,
  /* Read-only from here on. Of the stream ... */
  GST_ZRTP_PROP_STATE,
  GST_ZRTP_PROP_ROLE,
  GST_ZRTP_PROP_HASH,
  GST_ZRTP_PROP_CIPHER,
  GST_ZRTP_PROP_AUTH_TAG,
  GST_ZRTP_PROP_KEY_AGREEMENT,
  GST_ZRTP_PROP_HELLO_HASH,
  GST_ZRTP_PROP_HELLO_HASH_STATUS,
  GST_ZRTP_PROP_ZID,
  GST_ZRTP_PROP_PEER_ZID,
  GST_ZRTP_PROP_PEER_CLIENT,
  GST_ZRTP_PROP_PEER_DISCLOSURE,
  GST_ZRTP_PROP_PEER_MITM,
  GST_ZRTP_PROP_STATS,
  /* ... and of the session. */
  GST_ZRTP_PROP_SAS,
  GST_ZRTP_PROP_SAS_TYPE,
  GST_ZRTP_PROP_SAS_SPELLING,
  GST_ZRTP_PROP_SAS_RELAYED,
  GST_ZRTP_PROP_ENROLLMENT,
  GST_ZRTP_PROP_TRUST,
  GST_ZRTP_PROP_LEVEL,
  GST_ZRTP_PROP_LEVEL_TEXT,
  GST_ZRTP_PROP_AUX_MATCHED,
  GST_ZRTP_PROP_SIGNATURE_STATUS,
  GST_ZRTP_PROP_SIGNER,
  GST_ZRTP_PROP_KNOWN_PEER_NAME,
  GST_ZRTP_PROP_KNOWN_PEER_ZID,
  GST_ZRTP_PROP_KNOWN_PEER_LAST_SEEN,
  GST_ZRTP_PROP_EXPORTED_KEY,
  GST_ZRTP_N_PROPS
} GstZrtpProp;

void gst_zrtp_properties_install (GObjectClass * klass);
GParamSpec *gst_zrtp_property_get_pspec (guint id);
/* Shown by all elements of a call, not only by those of the transport. */
gboolean gst_zrtp_property_is_call_wide (guint id);

/* The properties that show stream and session; @pspecs by id. */
void gst_zrtp_status_make_pspecs (GParamSpec ** pspecs);
/* The same for signatures: fills in those at its ids. */
void gst_zrtp_signature_make_pspecs (GParamSpec ** pspecs);

G_END_DECLS

#endif
