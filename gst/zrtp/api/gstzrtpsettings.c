/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "api/gstzrtpsettings.h"

#include "zrtp/zrtp.h"

#include <string.h>

#define FIRST GST_ZRTP_SETTING_SESSION_ID

struct _GstZrtpSettings
{
  gint refs;
  GMutex lock;
  GValue values[GST_ZRTP_N_SETTINGS];
  guint64 stamps[GST_ZRTP_N_SETTINGS];  /* when it was set, 0: never */
};

static GParamSpec *pspecs[GST_ZRTP_N_SETTINGS];

static guint64
next_stamp (void)
{
  static GMutex lock;
  static guint64 last;
  guint64 stamp;

  g_mutex_lock (&lock);
  stamp = ++last;
  g_mutex_unlock (&lock);
  return stamp;
}

GstZrtpScope
gst_zrtp_setting_get_scope (GstZrtpSetting setting)
{
  switch (setting) {
    case GST_ZRTP_SETTING_SESSION_ID:
    case GST_ZRTP_SETTING_STREAM_ID:
      return GST_ZRTP_SCOPE_ELEMENT;
    case GST_ZRTP_SETTING_CACHE:
    case GST_ZRTP_SETTING_PEER_NAME:
    case GST_ZRTP_SETTING_AUX_SECRET:
    case GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY:
    case GST_ZRTP_SETTING_MITM:
    case GST_ZRTP_SETTING_ENROLL:
    case GST_ZRTP_SETTING_UNATTENDED:
    case GST_ZRTP_SETTING_REQUIRE_VERIFIED:
    case GST_ZRTP_SETTING_STOP_ON_REJECT:
    case GST_ZRTP_SETTING_CHECK_SIGNATURES:
    case GST_ZRTP_SETTING_SIGN_SAS:
      return GST_ZRTP_SCOPE_CALL;
    default:
      return GST_ZRTP_SCOPE_PAIR;
  }
}

gboolean
gst_zrtp_setting_is_in_hello (GstZrtpSetting setting)
{
  return setting == GST_ZRTP_SETTING_CACHE || setting == GST_ZRTP_SETTING_MITM
      || setting == GST_ZRTP_SETTING_CHECK_SIGNATURES
      || (setting >= GST_ZRTP_SETTING_HASHES
      && setting <= GST_ZRTP_SETTING_PASSIVE);
}

gboolean
gst_zrtp_setting_is_secret (GstZrtpSetting setting)
{
  return setting == GST_ZRTP_SETTING_AUX_SECRET
      || setting == GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY;
}

void
gst_zrtp_settings_class_init (GParamSpec ** specs)
{
  for (guint i = FIRST; i < GST_ZRTP_N_SETTINGS; i++)
    pspecs[i] = specs[i];
}

GParamSpec *
gst_zrtp_setting_get_pspec (GstZrtpSetting setting)
{
  return pspecs[setting];
}

GstZrtpSettings *
gst_zrtp_settings_new (void)
{
  GstZrtpSettings *settings = g_new0 (GstZrtpSettings, 1);

  settings->refs = 1;
  g_mutex_init (&settings->lock);
  for (guint i = FIRST; i < GST_ZRTP_N_SETTINGS; i++) {
    g_value_init (&settings->values[i], pspecs[i]->value_type);
    g_param_value_set_default (pspecs[i], &settings->values[i]);
  }
  return settings;
}

GstZrtpSettings *
gst_zrtp_settings_ref (GstZrtpSettings * settings)
{
  g_atomic_int_inc (&settings->refs);
  return settings;
}

void
gst_zrtp_settings_unref (GstZrtpSettings * settings)
{
  if (!g_atomic_int_dec_and_test (&settings->refs))
    return;
  for (guint i = FIRST; i < GST_ZRTP_N_SETTINGS; i++)
    g_value_unset (&settings->values[i]);
  g_mutex_clear (&settings->lock);
  g_free (settings);
}

void
gst_zrtp_settings_set (GstZrtpSettings * settings, GstZrtpSetting setting,
    const GValue * value)
{
  g_mutex_lock (&settings->lock);
  g_value_copy (value, &settings->values[setting]);
  settings->stamps[setting] = next_stamp ();
  g_mutex_unlock (&settings->lock);
}

void
gst_zrtp_settings_get (GstZrtpSettings * settings, GstZrtpSetting setting,
    GValue * value)
{
  g_mutex_lock (&settings->lock);
  g_value_copy (&settings->values[setting], value);
  g_mutex_unlock (&settings->lock);
}

static guint64
get_stamped (GstZrtpSettings * settings, GstZrtpSetting setting, GValue * value)
{
  guint64 stamp;

  g_value_init (value, pspecs[setting]->value_type);
  g_mutex_lock (&settings->lock);
  g_value_copy (&settings->values[setting], value);
  stamp = settings->stamps[setting];
  g_mutex_unlock (&settings->lock);
  return stamp;
}

void
gst_zrtp_settings_merge (GstZrtpSettings * into, GstZrtpSettings * from,
    GstZrtpScope scope)
{
  for (guint i = FIRST; i < GST_ZRTP_N_SETTINGS; i++) {
    GValue value = G_VALUE_INIT;
    guint64 stamp;

    if (gst_zrtp_setting_get_scope (i) != scope)
      continue;
    stamp = get_stamped (from, i, &value);
    g_mutex_lock (&into->lock);
    if (stamp > into->stamps[i]) {
      g_value_copy (&value, &into->values[i]);
      into->stamps[i] = stamp;
    }
    g_mutex_unlock (&into->lock);
    g_value_unset (&value);
  }
}

static gboolean
same_octets (GstBuffer * a, GstBuffer * b)
{
  GstMapInfo map;
  gboolean same;

  if (!a || !b || gst_buffer_get_size (a) != gst_buffer_get_size (b))
    return a == b;
  if (!gst_buffer_map (a, &map, GST_MAP_READ))
    return FALSE;
  same = gst_buffer_memcmp (b, 0, map.data, map.size) == 0;
  gst_buffer_unmap (a, &map);
  return same;
}

static gboolean
same_value (GstZrtpSetting setting, const GValue * a, const GValue * b)
{
  if (gst_zrtp_setting_is_secret (setting))
    return same_octets (gst_value_get_buffer (a), gst_value_get_buffer (b));
  return g_param_values_cmp (pspecs[setting], a, b) == 0;
}

gboolean
gst_zrtp_settings_contradict (GstZrtpSettings * a, GstZrtpSettings * b,
    GstZrtpSetting setting)
{
  GValue value_a = G_VALUE_INIT, value_b = G_VALUE_INIT;
  guint64 stamp_a = get_stamped (a, setting, &value_a);
  guint64 stamp_b = get_stamped (b, setting, &value_b);
  gboolean result = stamp_a && stamp_b
      && !same_value (setting, &value_a, &value_b);

  g_value_unset (&value_a);
  g_value_unset (&value_b);
  return result;
}

gboolean
gst_zrtp_settings_same_hello (GstZrtpSettings * a, GstZrtpSettings * b)
{
  for (guint i = FIRST; i < GST_ZRTP_N_SETTINGS; i++) {
    GValue value_a = G_VALUE_INIT, value_b = G_VALUE_INIT;
    gboolean same;

    if (!gst_zrtp_setting_is_in_hello (i))
      continue;
    get_stamped (a, i, &value_a);
    get_stamped (b, i, &value_b);
    same = same_value (i, &value_a, &value_b);
    g_value_unset (&value_a);
    g_value_unset (&value_b);
    if (!same)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_algorithm_list (GstZrtpSetting setting)
{
  return setting >= GST_ZRTP_SETTING_HASHES
      && setting <= GST_ZRTP_SETTING_SAS_TYPES;
}

/* A copy that wipes itself. */
static GstBuffer *
copy_secret (GstBuffer * buffer)
{
  gsize size = gst_buffer_get_size (buffer);
  gpointer secret = zrtp_secret_alloc0 (size);

  gst_buffer_extract (buffer, 0, secret, size);
  return gst_buffer_new_wrapped_full (GST_MEMORY_FLAG_READONLY, secret, size, 0,
      size, secret, zrtp_secret_free);
}

static gboolean
normalize_secret (GstZrtpSetting setting, GstBuffer * buffer, GValue * normal,
    char **reason)
{
  if (!buffer)
    return TRUE;
  if (setting == GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY
      && !zrtp_sdes_salt_size (gst_buffer_get_size (buffer))) {
    *reason = g_strdup_printf ("an SRTP master key of 16, 24 or 32 octets and "
        "its salt of 14, or 12 with AES-GCM, don't make %" G_GSIZE_FORMAT,
        gst_buffer_get_size (buffer));
    return FALSE;
  }
  if (setting == GST_ZRTP_SETTING_AUX_SECRET
      && gst_buffer_get_size (buffer) < GST_ZRTP_MIN_AUX_SIZE) {
    *reason = g_strdup_printf ("it has %" G_GSIZE_FORMAT " octets, and fewer "
        "than %d can be guessed from what the handshake shows; use %d random "
        "octets or more", gst_buffer_get_size (buffer), GST_ZRTP_MIN_AUX_SIZE,
        GST_ZRTP_GOOD_AUX_SIZE);
    return FALSE;
  }
  gst_value_take_buffer (normal, copy_secret (buffer));
  return TRUE;
}

/* NULL is the default, an empty list a mistake: RFC 6189 would fill it with what
 * is mandatory. */
static gboolean
normalize_list (GstZrtpSetting setting, const char *text, GValue * normal,
    char **reason)
{
  const ZrtpKind kind = ZRTP_KIND_HASH + setting - GST_ZRTP_SETTING_HASHES;
  ZrtpAlgorithmList list;

  if (!text) {
    g_param_value_set_default (pspecs[setting], normal);
    return TRUE;
  }
  if (!zrtp_algorithm_list_parse (kind, text, &list, reason))
    return FALSE;
  if (list.n == 0) {
    char *known = zrtp_algorithm_names (kind);

    *reason = g_strdup_printf ("the list is empty; known are %s", known);
    g_free (known);
    return FALSE;
  }
  g_value_take_string (normal, zrtp_algorithm_list_to_string (&list));
  return TRUE;
}

gboolean
gst_zrtp_settings_normalize (GstZrtpSetting setting, const GValue * value,
    GValue * normal, char **reason)
{
  const char *text;

  g_value_init (normal, pspecs[setting]->value_type);
  g_value_copy (value, normal);
  if (gst_zrtp_setting_is_secret (setting)) {
    return normalize_secret (setting, gst_value_get_buffer (value), normal,
        reason);
  } else if (setting == GST_ZRTP_SETTING_PEER_NAME) {
    text = g_value_get_string (value);
    if (text && (strlen (text) > ZRTP_CACHE_MAX_NAME
            || !g_utf8_validate (text, -1, NULL))) {
      *reason = g_strdup_printf ("a name is UTF-8 of at most %d octets",
          ZRTP_CACHE_MAX_NAME);
      return FALSE;
    }
  } else if (is_algorithm_list (setting)) {
    return normalize_list (setting, g_value_get_string (value), normal, reason);
  }
  return TRUE;
}

gboolean
gst_zrtp_settings_get_boolean (GstZrtpSettings * settings,
    GstZrtpSetting setting)
{
  gboolean result;

  g_mutex_lock (&settings->lock);
  result = g_value_get_boolean (&settings->values[setting]);
  g_mutex_unlock (&settings->lock);
  return result;
}

guint
gst_zrtp_settings_get_uint (GstZrtpSettings * settings, GstZrtpSetting setting)
{
  guint result;

  g_mutex_lock (&settings->lock);
  result = g_value_get_uint (&settings->values[setting]);
  g_mutex_unlock (&settings->lock);
  return result;
}

gint
gst_zrtp_settings_get_enum (GstZrtpSettings * settings, GstZrtpSetting setting)
{
  gint result;

  g_mutex_lock (&settings->lock);
  result = g_value_get_enum (&settings->values[setting]);
  g_mutex_unlock (&settings->lock);
  return result;
}

char *
gst_zrtp_settings_get_string (GstZrtpSettings * settings,
    GstZrtpSetting setting)
{
  char *result;

  g_mutex_lock (&settings->lock);
  result = g_value_dup_string (&settings->values[setting]);
  g_mutex_unlock (&settings->lock);
  return result;
}

GstBuffer *
gst_zrtp_settings_get_buffer (GstZrtpSettings * settings,
    GstZrtpSetting setting)
{
  GstBuffer *result;

  g_mutex_lock (&settings->lock);
  result = gst_value_get_buffer (&settings->values[setting]);
  if (result)
    gst_buffer_ref (result);
  g_mutex_unlock (&settings->lock);
  return result;
}

char *
gst_zrtp_settings_get_cache_path (GstZrtpSettings * settings)
{
  char *path = gst_zrtp_settings_get_string (settings, GST_ZRTP_SETTING_CACHE);

  if (path && *path)
    return path;
  g_free (path);
  return zrtp_cache_default_path ();
}

/* Not every build of libsrtp2 has AES-192 right: what SRTP can't do is not
 * offered. */
static void
remove_unsupported_ciphers (ZrtpAlgorithmList * ciphers)
{
  guint n = 0;

  for (guint i = 0; i < ciphers->n; i++)
    if (zrtp_srtp_supports ((const ZrtpCipher *) ciphers->item[i]))
      ciphers->item[n++] = ciphers->item[i];
  ciphers->n = n;
}

void
gst_zrtp_settings_get_policy (GstZrtpSettings * settings, ZrtpPolicy * policy)
{
  zrtp_policy_init (policy);
  for (guint kind = 0; kind < ZRTP_N_KINDS; kind++) {
    char *text = gst_zrtp_settings_get_string (settings,
        GST_ZRTP_SETTING_HASHES + kind);

    zrtp_algorithm_list_parse (kind, text, &policy->algorithms[kind], NULL);
    g_free (text);
  }
  remove_unsupported_ciphers (&policy->algorithms[ZRTP_KIND_CIPHER]);
#define BOOLEAN(slot, NAME) policy->slot = \
    gst_zrtp_settings_get_boolean (settings, GST_ZRTP_SETTING_ ## NAME)
#define UINT(slot, NAME) policy->slot = \
    gst_zrtp_settings_get_uint (settings, GST_ZRTP_SETTING_ ## NAME)
  BOOLEAN (strict_algorithms, STRICT_ALGORITHMS);
  BOOLEAN (passive, PASSIVE);
  BOOLEAN (mitm, MITM);
  BOOLEAN (enroll, ENROLL);
  BOOLEAN (unattended, UNATTENDED);
  BOOLEAN (require_verified, REQUIRE_VERIFIED);
  BOOLEAN (stop_on_reject, STOP_ON_REJECT);
  BOOLEAN (check_signatures, CHECK_SIGNATURES);
  BOOLEAN (sign_sas, SIGN_SAS);
  UINT (mtu, MTU);
  BOOLEAN (allow_clear, ALLOW_CLEAR);
  BOOLEAN (disclosure, DISCLOSURE);
  BOOLEAN (auto_secure, AUTO_SECURE);
  BOOLEAN (require_encryption, REQUIRE_ENCRYPTION);
  BOOLEAN (signalling_trusted, SIGNALLING_TRUSTED);
  UINT (cache_expiry, CACHE_EXPIRY);
  UINT (hello_timeout_ms, HELLO_TIMEOUT);
  UINT (retry_timeout_ms, RETRY_TIMEOUT);
#undef BOOLEAN
#undef UINT
}

void
gst_zrtp_settings_get_srtp_options (GstZrtpSettings * settings,
    const ZrtpAuthTag * auth_tag, ZrtpSrtpOptions * options)
{
  gboolean may_be_short = auth_tag == &zrtp_auth_tag_hs32;
  gint tag = gst_zrtp_settings_get_enum (settings, GST_ZRTP_SETTING_SRTCP_TAG);

  options->window_size = gst_zrtp_settings_get_uint (settings,
      GST_ZRTP_SETTING_REPLAY_WINDOW_SIZE);
  options->allow_repeat_tx = gst_zrtp_settings_get_boolean (settings,
      GST_ZRTP_SETTING_ALLOW_REPEAT_TX);
  options->srtcp_tag_size = may_be_short && tag == GST_ZRTP_SRTCP_TAG_32
      ? 4 : 10;
  options->either_srtcp_tag = may_be_short && tag == GST_ZRTP_SRTCP_TAG_AUTO;
}
