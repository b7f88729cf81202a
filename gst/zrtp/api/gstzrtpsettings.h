/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What an application wants: the writable properties of one element, and how
 * those of the elements of a transport and a call make one set. Only values
 * that were set explicitly count; among those the one that was set last.
 *
 * Thread-safe: every object has a lock of its own that is held for no longer
 * than a copy.
 */
#ifndef GST_ZRTP_SETTINGS_H
#define GST_ZRTP_SETTINGS_H

#include "api/gstzrtpenums.h"

#include "zrtp/zrtp.h"

G_BEGIN_DECLS

/* Property ids start with these. */
typedef enum
{
  GST_ZRTP_SETTING_SESSION_ID = 1,
  GST_ZRTP_SETTING_STREAM_ID,
  GST_ZRTP_SETTING_CACHE,
  GST_ZRTP_SETTING_PEER_NAME,
  GST_ZRTP_SETTING_AUX_SECRET,
  GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY,
  GST_ZRTP_SETTING_MITM,
  GST_ZRTP_SETTING_ENROLL,
  GST_ZRTP_SETTING_UNATTENDED,
  GST_ZRTP_SETTING_REQUIRE_VERIFIED,
  GST_ZRTP_SETTING_STOP_ON_REJECT,
  GST_ZRTP_SETTING_CHECK_SIGNATURES,
  GST_ZRTP_SETTING_SIGN_SAS,
  GST_ZRTP_SETTING_MTU,
  GST_ZRTP_SETTING_HASHES,      /* in the order of ZrtpKind from here ... */
  GST_ZRTP_SETTING_CIPHERS,
  GST_ZRTP_SETTING_AUTH_TAGS,
  GST_ZRTP_SETTING_KEY_AGREEMENTS,
  GST_ZRTP_SETTING_SAS_TYPES,   /* ... to here */
  GST_ZRTP_SETTING_STRICT_ALGORITHMS,
  GST_ZRTP_SETTING_PASSIVE,
  GST_ZRTP_SETTING_REQUIRE_ENCRYPTION,
  GST_ZRTP_SETTING_BEFORE_SECURE,
  GST_ZRTP_SETTING_AUTO_DISCOVER,
  GST_ZRTP_SETTING_AUTO_SECURE,
  GST_ZRTP_SETTING_ALLOW_CLEAR,
  GST_ZRTP_SETTING_DISCLOSURE,
  GST_ZRTP_SETTING_CACHE_EXPIRY,
  GST_ZRTP_SETTING_PEER_HELLO_HASH,
  GST_ZRTP_SETTING_SIGNALLING_TRUSTED,
  GST_ZRTP_SETTING_HELLO_TIMEOUT,
  GST_ZRTP_SETTING_RETRY_TIMEOUT,
  GST_ZRTP_SETTING_SRTCP_TAG,
  GST_ZRTP_SETTING_REPLAY_WINDOW_SIZE,
  GST_ZRTP_SETTING_ALLOW_REPEAT_TX,
  GST_ZRTP_SETTING_REQUEST_KEYFRAME,
  GST_ZRTP_SETTING_ERROR_ON_BYPASS,
  GST_ZRTP_N_SETTINGS
} GstZrtpSetting;

/* The elements that share a setting. */
typedef enum
{
  GST_ZRTP_SCOPE_ELEMENT,       /* nobody: it names the element's place */
  GST_ZRTP_SCOPE_CALL,          /* all elements with one session-id */
  GST_ZRTP_SCOPE_PAIR           /* a zrtpenc and a zrtpdec */
} GstZrtpScope;

typedef struct _GstZrtpSettings GstZrtpSettings;

GstZrtpScope gst_zrtp_setting_get_scope (GstZrtpSetting setting);
/* Goes into the Hello, so that it can't change under one (RFC 6189 8.1). */
gboolean gst_zrtp_setting_is_in_hello (GstZrtpSetting setting);

/* What the identifiers of an auxiliary secret in the handshake let an attacker
 * guess offline: they are HMACs under it of what both sides send (RFC 6189 4.3.1).
 * Eight random octets take 10^10 guesses a second 58 years, seven 83 days. Below
 * 16 octets an element warns, since few secrets are random. */
#define GST_ZRTP_MIN_AUX_SIZE 8
#define GST_ZRTP_GOOD_AUX_SIZE 16

/* Its value is never shown. */
gboolean gst_zrtp_setting_is_secret (GstZrtpSetting setting);

/* The pspecs are those of the element class, indexed by GstZrtpSetting; kept
 * for the life of the process. */
void gst_zrtp_settings_class_init (GParamSpec ** pspecs);
GParamSpec *gst_zrtp_setting_get_pspec (GstZrtpSetting setting);

GstZrtpSettings *gst_zrtp_settings_new (void);
GstZrtpSettings *gst_zrtp_settings_ref (GstZrtpSettings * settings);
void gst_zrtp_settings_unref (GstZrtpSettings * settings);

/* Stores a value that was checked. For lists of algorithms: see
 * gst_zrtp_settings_normalize(). */
void gst_zrtp_settings_set (GstZrtpSettings * settings,
    GstZrtpSetting setting, const GValue * value);
/* @value is initialised with the pspec's type. */
void gst_zrtp_settings_get (GstZrtpSettings * settings,
    GstZrtpSetting setting, GValue * value);

/* Takes over what was set in @from, was set later than in @into, and is shared
 * within @scope. */
void gst_zrtp_settings_merge (GstZrtpSettings * into, GstZrtpSettings * from,
    GstZrtpScope scope);
/* Both were set, to different values. */
gboolean gst_zrtp_settings_contradict (GstZrtpSettings * a,
    GstZrtpSettings * b, GstZrtpSetting setting);
/* Whether two sets would make the same Hello. */
gboolean gst_zrtp_settings_same_hello (GstZrtpSettings * a,
    GstZrtpSettings * b);

/* Checks a value and brings it into one form ("B32 , B256" to "B32,B256").
 * FALSE with a reason if it can't be taken. */
gboolean gst_zrtp_settings_normalize (GstZrtpSetting setting,
    const GValue * value, GValue * normal, char **reason);

gboolean gst_zrtp_settings_get_boolean (GstZrtpSettings * settings,
    GstZrtpSetting setting);
guint gst_zrtp_settings_get_uint (GstZrtpSettings * settings,
    GstZrtpSetting setting);
gint gst_zrtp_settings_get_enum (GstZrtpSettings * settings,
    GstZrtpSetting setting);
/* A copy. */
char *gst_zrtp_settings_get_string (GstZrtpSettings * settings,
    GstZrtpSetting setting);
/* A reference, or NULL. */
GstBuffer *gst_zrtp_settings_get_buffer (GstZrtpSettings * settings,
    GstZrtpSetting setting);

/* The file of known peers: what was set, else the default. Free with
 * g_free(). */
char *gst_zrtp_settings_get_cache_path (GstZrtpSettings * settings);
void gst_zrtp_settings_get_policy (GstZrtpSettings * settings,
    ZrtpPolicy * policy);
/* @auth_tag is what was agreed, or NULL. */
void gst_zrtp_settings_get_srtp_options (GstZrtpSettings * settings,
    const ZrtpAuthTag * auth_tag, ZrtpSrtpOptions * options);

G_END_DECLS

#endif
