/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "api/gstzrtpenums.h"

#include "zrtp/zrtp.h"

/* g_once_init_enter() once for each type. @id must outlive the process's use of
 * it, @values too. */
static GType
register_enum (gsize * id, const char *name, const GEnumValue * values)
{
  if (g_once_init_enter (id)) {
    GType type = g_enum_register_static (name, values);

    gst_type_mark_as_plugin_api (type, 0);
    g_once_init_leave (id, type);
  }
  return *id;
}

/**
 * GstZrtpState:
 *
 * How far a stream is on its way to being secure.
 *
 * Since: 0.1
 */
GType
gst_zrtp_state_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_STATE_IDLE, "Not started", "idle"},
    {ZRTP_STATE_DISCOVERING, "Looking for a ZRTP endpoint, or waiting for "
          "go-secure", "discovering"},
    {ZRTP_STATE_NEGOTIATING, "Agreeing on keys", "negotiating"},
    {ZRTP_STATE_SECURE, "Media is encrypted in both directions", "secure"},
    {ZRTP_STATE_CLEAR, "Back to clear media on the user's wish", "clear"},
    {ZRTP_STATE_NO_ZRTP, "The other endpoint sends RTP but no ZRTP",
        "no-zrtp"},
    {ZRTP_STATE_FAILED, "The key agreement failed", "failed"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpState", values);
}

/**
 * GstZrtpRole:
 *
 * Which part this endpoint had in the key agreement.
 *
 * Since: 0.1
 */
GType
gst_zrtp_role_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_ROLE_NONE, "Not decided", "none"},
    {ZRTP_ROLE_INITIATOR, "Sent the Commit", "initiator"},
    {ZRTP_ROLE_RESPONDER, "Answered the Commit", "responder"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpRole", values);
}

/**
 * GstZrtpTrust:
 *
 * How far the user may trust that there is no attacker in the middle.
 *
 * Since: 0.1
 */
GType
gst_zrtp_trust_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_TRUST_NONE, "No secure session", "none"},
    {ZRTP_TRUST_UNVERIFIED, "The SAS was not compared yet", "unverified"},
    {ZRTP_TRUST_PEER_UNVERIFIED, "Compared here, but the other side says it "
          "did not", "peer-unverified"},
    {ZRTP_TRUST_VERIFIED, "The SAS was compared: here in this call, or on both "
          "sides in earlier ones", "verified"},
    {ZRTP_TRUST_CACHE_MISMATCH, "The secret kept from earlier calls is not "
          "the other side's: compare the SAS", "cache-mismatch"},
    {ZRTP_TRUST_NAME_MISMATCH, "This endpoint is known under another name",
        "name-mismatch"},
    {ZRTP_TRUST_SAS_MISMATCH, "The user said that the SAS differ",
        "sas-mismatch"},
    {ZRTP_TRUST_MITM_RELAYED, "SAS relayed by a trusted PBX", "mitm-relayed"},
    {ZRTP_TRUST_SIGNED,
          "The SAS was not compared, but the other side signed it",
        "signed"},
    {ZRTP_TRUST_SIGNATURE_INVALID,
        "The other side's signature on the SAS is wrong or by "
          "another key: compare the SAS", "signature-invalid"},
    {ZRTP_TRUST_NEW_ENDPOINT,
        "The user verified another endpoint under this "
          "name: compare the SAS", "new-endpoint"},
    {ZRTP_TRUST_PEER_CHANGED,
        "The call was verified and moved to an endpoint "
          "that is not: compare the SAS", "peer-changed"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpTrust", values);
}

/**
 * GstZrtpHelloHashStatus:
 *
 * What came of comparing the other side's Hello with the `a=zrtp-hash` of the
 * signalling.
 *
 * Since: 0.1
 */
GType
gst_zrtp_hello_hash_status_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_HELLO_HASH_ABSENT, "Nothing to compare", "absent"},
    {ZRTP_HELLO_HASH_MATCH, "The Hello is the one that was announced",
        "match"},
    {ZRTP_HELLO_HASH_MISMATCH, "Another Hello than was announced",
        "mismatch"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpHelloHashStatus", values);
}

/**
 * GstZrtpEnrollment:
 *
 * Whether a PBX may relay the SAS of others to a phone.
 *
 * Since: 0.1
 */
GType
gst_zrtp_enrollment_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_ENROLLMENT_NONE, "It may not", "none"},
    {ZRTP_ENROLLMENT_OFFERED, "It may not; the PBX asked for it, which is up "
          "to the user of the phone", "offered"},
    {ZRTP_ENROLLMENT_ACCEPTED, "The user agreed; it may from the next call on",
        "accepted"},
    {ZRTP_ENROLLMENT_ENROLLED, "It may", "enrolled"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpEnrollment", values);
}

/**
 * GstZrtpSignatureStatus:
 *
 * What is known of the other side's signature on the SAS.
 *
 * Since: 0.1
 */
GType
gst_zrtp_signature_status_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_SIGNATURE_NONE, "None came, or none is wanted here", "none"},
    {ZRTP_SIGNATURE_UNCHECKED, "It is up to the application to check it",
        "unchecked"},
    {ZRTP_SIGNATURE_VALID, "It is right, and that of the expected peer",
        "valid"},
    {ZRTP_SIGNATURE_INVALID, "It is wrong, or by another key", "invalid"},
    {ZRTP_SIGNATURE_UNSUPPORTED, "It is neither X.509 nor OpenPGP",
        "unsupported"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpSignatureStatus", values);
}

/**
 * GstZrtpLevel:
 *
 * What to show of a call's security. A greater number is never less safe: any
 * value from "encrypted" (3) on is encrypted, and "alarm" is negative.
 *
 * Since: 0.2
 */
GType
gst_zrtp_level_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {ZRTP_LEVEL_ALARM, "An alarm, or the key agreement failed", "alarm"},
    {ZRTP_LEVEL_OFF, "No call", "off"},
    {ZRTP_LEVEL_OPEN, "Media can pass in the clear", "open"},
    {ZRTP_LEVEL_BUSY, "No media passes in the clear, and not all of it is "
          "encrypted yet", "busy"},
    {ZRTP_LEVEL_ENCRYPTED, "Encrypted, to a peer that is not verified",
        "encrypted"},
    {ZRTP_LEVEL_VERIFIED, "Encrypted, to a peer that is verified", "verified"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpLevel", values);
}

static const GEnumValue aux_matched_values[] = {
  {GST_ZRTP_AUX_MATCHED_NONE, "No auxiliary secret is set here, or no keys are "
        "agreed on yet", "none"},
  {GST_ZRTP_AUX_MATCHED_MATCHED, "The other side has the same one", "matched"},
  {GST_ZRTP_AUX_MATCHED_MISMATCH, "The other side has none, or another one",
      "mismatch"},
  {0, NULL, NULL}
};

/**
 * GstZrtpAuxMatched:
 * @GST_ZRTP_AUX_MATCHED_NONE: none is set here, or there are no keys yet
 * @GST_ZRTP_AUX_MATCHED_MATCHED: the other side has the same one
 * @GST_ZRTP_AUX_MATCHED_MISMATCH: the other side has none, or another one
 *
 * What came of comparing the auxiliary secrets (RFC 6189 4.3).
 *
 * Since: 0.2
 */
GType
gst_zrtp_aux_matched_get_type (void)
{
  static gsize id = 0;

  return register_enum (&id, "GstZrtpAuxMatched", aux_matched_values);
}

const char *
gst_zrtp_aux_matched_nick (GstZrtpAuxMatched value)
{
  return aux_matched_values[value].value_nick;
}

/**
 * GstZrtpBeforeSecure:
 * @GST_ZRTP_BEFORE_SECURE_AUTO: drop from a live source, else block
 * @GST_ZRTP_BEFORE_SECURE_DROP: drop and count
 * @GST_ZRTP_BEFORE_SECURE_BLOCK: hold the source until there are keys
 *
 * What happens to media that may not pass yet.
 *
 * Since: 0.1
 */
GType
gst_zrtp_before_secure_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {GST_ZRTP_BEFORE_SECURE_AUTO, "Drop from a live source, else block",
        "auto"},
    {GST_ZRTP_BEFORE_SECURE_DROP, "Drop and count", "drop"},
    {GST_ZRTP_BEFORE_SECURE_BLOCK, "Hold the source until there are keys",
        "block"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpBeforeSecure", values);
}

/**
 * GstZrtpSrtcpTag:
 * @GST_ZRTP_SRTCP_TAG_AUTO: 80 bits, as RFC 3711 asks
 * @GST_ZRTP_SRTCP_TAG_80: 80 bits
 * @GST_ZRTP_SRTCP_TAG_32: 32 bits
 *
 * Length of the SRTCP authentication tag when HS32 was agreed.
 *
 * Since: 0.1
 */
GType
gst_zrtp_srtcp_tag_get_type (void)
{
  static gsize id = 0;
  static const GEnumValue values[] = {
    {GST_ZRTP_SRTCP_TAG_AUTO, "80 bits until the other side sends 32",
        "auto"},
    {GST_ZRTP_SRTCP_TAG_80, "80 bits, as RFC 3711 asks", "80"},
    {GST_ZRTP_SRTCP_TAG_32, "32 bits, for endpoints that shorten it along "
          "with the SRTP tag", "32"},
    {0, NULL, NULL}
  };

  return register_enum (&id, "GstZrtpSrtcpTag", values);
}

void
gst_zrtp_enums_register (void)
{
  gst_zrtp_state_get_type ();
  gst_zrtp_role_get_type ();
  gst_zrtp_trust_get_type ();
  gst_zrtp_hello_hash_status_get_type ();
  gst_zrtp_enrollment_get_type ();
  gst_zrtp_signature_status_get_type ();
  gst_zrtp_level_get_type ();
  gst_zrtp_aux_matched_get_type ();
  gst_zrtp_before_secure_get_type ();
  gst_zrtp_srtcp_tag_get_type ();
}
