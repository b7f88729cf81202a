/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/srtp/zrtpsrtp-library.h"

#include "zrtp/crypto/zrtpmemory.h"
#include "zrtp/srtp/zrtpsrtp-nettle.h"
#include "zrtp/srtp/zrtpsrtp.h"

static GMutex init_lock;
static gboolean initialized;
static gboolean accelerated;

/* srtp_init() tests all ciphers again when another user in this process, say
 * srtpenc, was here before, and then fails over its list of debug modules. */
static srtp_err_status_t
start_libsrtp (void)
{
  guint8 key[SRTP_AES_ICM_128_KEY_LEN_WSALT] = { 0 };
  srtp_policy_t policy = { 0 };
  srtp_err_status_t status = srtp_init ();
  srtp_t session;

  if (status != srtp_err_status_bad_param)
    return status;

  srtp_crypto_policy_set_rtp_default (&policy.rtp);
  srtp_crypto_policy_set_rtcp_default (&policy.rtcp);
  policy.ssrc.type = ssrc_any_inbound;
  policy.key = key;
  status = srtp_create (&session, &policy);
  if (status == srtp_err_status_ok)
    srtp_dealloc (session);
  return status;
}

/* With init_lock held. */
static srtp_err_status_t
start (void)
{
  srtp_err_status_t status = start_libsrtp ();

  initialized = status == srtp_err_status_ok;
  accelerated = initialized && !g_getenv ("GST_ZRTP_NO_NETTLE_SRTP")
      && zrtp_srtp_nettle_install ();
  return status;
}

gboolean
zrtp_srtp_init (char **error)
{
  srtp_err_status_t status = srtp_err_status_ok;

  g_mutex_lock (&init_lock);
  if (!initialized)
    status = start ();
  g_mutex_unlock (&init_lock);

  if (status != srtp_err_status_ok && error)
    *error = g_strdup_printf ("libsrtp2 does not start (its error %d)", status);
  return status == srtp_err_status_ok;
}

gboolean
zrtp_srtp_is_accelerated (void)
{
  gboolean result;

  g_mutex_lock (&init_lock);
  result = accelerated;
  g_mutex_unlock (&init_lock);
  return result;
}

gboolean
zrtp_srtp_supports (const ZrtpCipher * cipher)
{
  return cipher->key_size != SRTP_AES_192_KEY_LEN
      || zrtp_srtp_is_accelerated ();
}

static srtp_err_status_t
create_session (srtp_t * session, const srtp_policy_t * policy)
{
  gboolean is_192 = policy->rtp.cipher_type == SRTP_AES_ICM_192;
  srtp_err_status_t status;
  gboolean nettle;

  zrtp_srtp_nettle_begin (is_192);
  status = srtp_create (session, policy);
  nettle = zrtp_srtp_nettle_end ();
  zrtp_wipe_stack ();           /* its key derivation, and HMAC's pads */

  if (status == srtp_err_status_ok && !nettle
      && (is_192 || zrtp_srtp_is_accelerated ())) {
    srtp_dealloc (*session);
    status = srtp_err_status_algo_fail;
  }
  return status;
}

/* Another library in this process may have ended libsrtp2, and started it again
 * or not: once more, then. */
srtp_err_status_t
zrtp_srtp_library_create (srtp_t * session, const srtp_policy_t * policy)
{
  srtp_err_status_t status = create_session (session, policy);

  if (status == srtp_err_status_ok || status == srtp_err_status_bad_param)
    return status;
  g_mutex_lock (&init_lock);
  status = start ();
  g_mutex_unlock (&init_lock);
  return status == srtp_err_status_ok ? create_session (session, policy)
      : status;
}

srtp_err_status_t
zrtp_srtp_library_add_stream (srtp_t session, const srtp_policy_t * policy)
{
  gboolean is_192 = policy->rtp.cipher_type == SRTP_AES_ICM_192;
  srtp_err_status_t status;
  gboolean nettle;

  zrtp_srtp_nettle_begin (is_192);
  status = srtp_add_stream (session, policy);
  nettle = zrtp_srtp_nettle_end ();

  if (status == srtp_err_status_ok && !nettle
      && (is_192 || zrtp_srtp_is_accelerated ())) {
    srtp_remove_stream (session, g_htonl (policy->ssrc.value));
    status = srtp_err_status_algo_fail;
  }
  return status;
}
