/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "zrtp/base/zrtptypes.h"

#include <errno.h>
#include <sys/random.h>

static void
random_fill_system (gpointer user_data, guint8 * out, gsize size)
{
  while (size > 0) {
    gssize n = getrandom (out, size, 0);

    if (n < 0) {
      if (errno == EINTR)
        continue;
      g_error ("getrandom() failed: %s", g_strerror (errno));
    }
    out += n;
    size -= n;
  }
}

const ZrtpRandom zrtp_random_system = { random_fill_system, NULL };

const char *
zrtp_state_nick (ZrtpState state)
{
  static const char *const nicks[] = {
    "idle", "discovering", "negotiating", "secure", "clear", "no-zrtp", "failed"
  };

  g_return_val_if_fail (state < G_N_ELEMENTS (nicks), "unknown");
  return nicks[state];
}

const char *
zrtp_role_nick (ZrtpRole role)
{
  static const char *const nicks[] = { "none", "initiator", "responder" };

  g_return_val_if_fail (role < G_N_ELEMENTS (nicks), "unknown");
  return nicks[role];
}

const char *
zrtp_trust_nick (ZrtpTrust trust)
{
  static const char *const nicks[] = {
    "none", "unverified", "peer-unverified", "verified", "cache-mismatch",
    "name-mismatch", "sas-mismatch", "mitm-relayed", "signed",
    "signature-invalid", "new-endpoint", "peer-changed"
  };

  g_return_val_if_fail (trust < G_N_ELEMENTS (nicks), "unknown");
  return nicks[trust];
}

const char *
zrtp_signature_status_nick (ZrtpSignatureStatus status)
{
  static const char *const nicks[] = {
    "none", "unchecked", "valid", "invalid", "unsupported"
  };

  g_return_val_if_fail (status < G_N_ELEMENTS (nicks), "unknown");
  return nicks[status];
}

const char *
zrtp_hello_hash_status_nick (ZrtpHelloHashStatus status)
{
  static const char *const nicks[] = { "absent", "match", "mismatch" };

  g_return_val_if_fail (status < G_N_ELEMENTS (nicks), "unknown");
  return nicks[status];
}

const char *
zrtp_enrollment_nick (ZrtpEnrollment enrollment)
{
  static const char *const nicks[] = {
    "none", "offered", "accepted", "enrolled"
  };

  g_return_val_if_fail (enrollment < G_N_ELEMENTS (nicks), "unknown");
  return nicks[enrollment];
}

const char *
zrtp_drop_nick (ZrtpDrop drop)
{
  static const char *const nicks[ZRTP_N_DROPS] = {
    "none", "too-short", "not-zrtp", "bad-crc", "bad-length", "malformed",
    "unknown-type", "unexpected", "bad-preimage", "bad-mac", "bad-hello-hash",
    "foreign-source"
  };

  g_return_val_if_fail (drop < ZRTP_N_DROPS, "unknown");
  return nicks[drop];
}

const char *
zrtp_error_text (ZrtpErrorCode code)
{
  switch (code) {
    case ZRTP_ERROR_NONE:
      return "no error";
    case ZRTP_ERROR_MALFORMED:
      return "malformed packet (CRC correct, structure wrong)";
    case ZRTP_ERROR_SOFTWARE:
      return "critical software error";
    case ZRTP_ERROR_VERSION:
      return "unsupported ZRTP version";
    case ZRTP_ERROR_HELLO_MISMATCH:
      return "no common set of algorithms in the Hello messages";
    case ZRTP_ERROR_HASH:
      return "hash type not supported";
    case ZRTP_ERROR_CIPHER:
      return "cipher type not supported";
    case ZRTP_ERROR_KEY_AGREEMENT:
      return "public key exchange not supported";
    case ZRTP_ERROR_AUTH_TAG:
      return "SRTP authentication tag not supported";
    case ZRTP_ERROR_SAS:
      return "SAS rendering scheme not supported";
    case ZRTP_ERROR_NO_SHARED_SECRET:
      return "no shared secret available, Diffie-Hellman mode required";
    case ZRTP_ERROR_BAD_PUBLIC_VALUE:
      return "bad public value in a DHPart message (attack)";
    case ZRTP_ERROR_BAD_HVI:
      return "the hash commitment does not fit the DHPart2 message (attack)";
    case ZRTP_ERROR_UNTRUSTED_MITM:
      return "SAS relayed by an intermediary that is not trusted";
    case ZRTP_ERROR_BAD_CONFIRM_MAC:
      return "authentication of a Confirm message failed";
    case ZRTP_ERROR_NONCE_REUSED:
      return "nonce reused";
    case ZRTP_ERROR_EQUAL_ZIDS:
      return "both endpoints have the same ZID";
    case ZRTP_ERROR_SSRC_COLLISION:
      return "both endpoints have the same SSRC";
    case ZRTP_ERROR_UNAVAILABLE:
      return "service unavailable";
    case ZRTP_ERROR_TIMEOUT:
      return "the other endpoint stopped answering";
    case ZRTP_ERROR_GOCLEAR_REFUSED:
      return "GoClear received but not allowed";
  }
  return "unknown error code";
}
