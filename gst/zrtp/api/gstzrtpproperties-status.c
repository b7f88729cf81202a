/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Read-only properties.
 */
#include "api/gstzrtpproperties.h"

#include <string.h>

#define READ (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
/* The value differs from one element to the next: no default to document. */
#define READ_OWN (READ | GST_PARAM_DOC_SHOW_DEFAULT)

static void
make_stream_pspecs (GParamSpec ** pspecs)
{
  /**
   * GstZrtpBin:state:
   *
   * How far this stream is.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_STATE] = g_param_spec_enum ("state", "State",
      "How far this stream is on its way to being secure",
      GST_TYPE_ZRTP_STATE, ZRTP_STATE_IDLE, READ);

  /**
   * GstZrtpBin:role:
   *
   * Which part this endpoint had in the key agreement of this stream.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_ROLE] = g_param_spec_enum ("role", "Role",
      "Part of this endpoint in the key agreement", GST_TYPE_ZRTP_ROLE,
      ZRTP_ROLE_NONE, READ);

  /**
   * GstZrtpBin:hash:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_HASH] = g_param_spec_string ("hash", "Hash",
      "Hash algorithm that was agreed", NULL, READ);

  /**
   * GstZrtpBin:cipher:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_CIPHER] = g_param_spec_string ("cipher", "Cipher",
      "Cipher that was agreed", NULL, READ);

  /**
   * GstZrtpBin:auth-tag:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_AUTH_TAG] = g_param_spec_string ("auth-tag",
      "Authentication tag", "SRTP authentication tag that was agreed", NULL,
      READ);

  /**
   * GstZrtpBin:key-agreement:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_KEY_AGREEMENT] = g_param_spec_string ("key-agreement",
      "Key agreement", "Key agreement type that was agreed", NULL, READ);

  /**
   * GstZrtpBin:hello-hash:
   *
   * The value of the attribute `a=zrtp-hash` for this stream, to be sent to
   * the other side by the signalling. zrtpenc has it in any state; reading it
   * fixes what goes into the Hello. zrtpdec shows that of its partner. Where
   * there is no file of known peers yet, reading makes none; where it is not
   * open yet, reading waits for the disk, for 3 s at most.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_HELLO_HASH] = g_param_spec_string ("hello-hash",
      "Hello hash", "Value of a=zrtp-hash for this stream", NULL, READ_OWN);

  /**
   * GstZrtpBin:hello-hash-status:
   *
   * Whether the other side's Hello is the one that #GstZrtpBin:peer-hello-hash
   * announced.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_HELLO_HASH_STATUS] =
      g_param_spec_enum ("hello-hash-status", "Hello hash status",
      "Whether the other side's Hello is the one that was announced",
      GST_TYPE_ZRTP_HELLO_HASH_STATUS, ZRTP_HELLO_HASH_ABSENT, READ);

  /**
   * GstZrtpBin:zid:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_ZID] = g_param_spec_string ("zid", "ZID",
      "The number by which others know this endpoint, in hexadecimal digits",
      NULL, READ_OWN);

  /**
   * GstZrtpBin:peer-zid:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_PEER_ZID] = g_param_spec_string ("peer-zid", "Peer ZID",
      "The number by which the other side is known, in hexadecimal digits",
      NULL, READ);

  /**
   * GstZrtpBin:peer-client:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_PEER_CLIENT] = g_param_spec_string ("peer-client",
      "Peer client", "What the other side says it runs", NULL, READ);

  /**
   * GstZrtpBin:peer-disclosure:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_PEER_DISCLOSURE] =
      g_param_spec_boolean ("peer-disclosure", "Peer disclosure",
      "The other side says that it gives session keys to third parties", FALSE,
      READ);

  /**
   * GstZrtpBin:stats:
   *
   * A #GstStructure `application/x-zrtp-stats`: ZRTP messages sent, received,
   * retransmitted, the round trip and the time to secure in nanoseconds, what
   * was dropped by cause, and an array `streams` of `application/x-srtp-stream`
   * for every SSRC. The structure `memory` tells how far the process's memory
   * protects secrets: booleans `gmp-wipes` and `sqlite-wipes`, sizes in bytes
   * `size`, `locked` and `undumped` (Since: 0.2).
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_STATS] = g_param_spec_boxed ("stats", "Statistics",
      "Counters of the handshake and of the media", GST_TYPE_STRUCTURE,
      READ_OWN);
}

static void
make_session_pspecs (GParamSpec ** pspecs)
{
  /**
   * GstZrtpBin:sas:
   *
   * The short authentication string. Both users read it to each other; if it is
   * the same, there is no attacker between them.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SAS] = g_param_spec_string ("sas", "SAS",
      "Short authentication string for the users to compare", NULL, READ);

  /**
   * GstZrtpBin:sas-type:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SAS_TYPE] = g_param_spec_string ("sas-type", "SAS type",
      "Rendering of the short authentication string that was agreed", NULL,
      READ);

  /**
   * GstZrtpBin:sas-spelling:
   *
   * #GstZrtpBin:sas as one says it where letters are hard to hear: of B32 and
   * B10D the words of the spelling alphabet of aviation, of B32E the names of the
   * pictures, of B256 the words themselves.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SAS_SPELLING] = g_param_spec_string ("sas-spelling",
      "SAS spelling", "The short authentication string in spoken words", NULL,
      READ);

  /**
   * GstZrtpBin:sas-verified:
   *
   * Set to TRUE when the users compared the SAS and found it the same; stored
   * for the peer. The actions #GstZrtpBin::verify-sas and
   * #GstZrtpBin::reject-sas do it too.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SAS_VERIFIED] = g_param_spec_boolean ("sas-verified",
      "SAS verified", "The users compared the SAS and found it the same",
      FALSE, READ | G_PARAM_WRITABLE | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstZrtpBin:trust:
   *
   * How far the user may trust that there is no attacker in the middle.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_TRUST] = g_param_spec_enum ("trust", "Trust",
      "How far the user may trust that there is no attacker in "
      "the middle", GST_TYPE_ZRTP_TRUST, ZRTP_TRUST_NONE, READ);

  /**
   * GstZrtpBin:level:
   *
   * What to show of the call's security, as it is: that of the worst of all its
   * transports that have started. Of #GstZrtpBin:state, #GstZrtpBin:trust, what
   * may pass, and all alarms. #GstZrtpBin::level-changed tells when it changes. An
   * alarm that media does not stop for ends with #GstZrtpBin::verify-sas.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_PROP_LEVEL] = g_param_spec_enum ("level", "Level",
      "What to show of the call's security: the worst of all its transports",
      GST_TYPE_ZRTP_LEVEL, ZRTP_LEVEL_OFF, READ);

  /**
   * GstZrtpBin:level-text:
   *
   * #GstZrtpBin:level as a sentence for the user, in the language of the process
   * (gettext domain "gst-zrtp-1.0"); empty when it is off. It may change while
   * the level does not.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_PROP_LEVEL_TEXT] = g_param_spec_string ("level-text",
      "Level text", "The level as a sentence for the user", "", READ);

  /**
   * GstZrtpBin:aux-matched:
   *
   * Whether the other side has the same #GstZrtpBin:aux-secret, or
   * #GstZrtpBin:signalling-srtp-key where that is set. It excludes an attacker
   * without the secret; #GstZrtpBin:trust is about the SAS and stays unverified.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_PROP_AUX_MATCHED] = g_param_spec_enum ("aux-matched",
      "Auxiliary secret matched", "Whether the other side has the same "
      "auxiliary secret", GST_TYPE_ZRTP_AUX_MATCHED, GST_ZRTP_AUX_MATCHED_NONE,
      READ);

  /**
   * GstZrtpBin:known-peer-name:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_KNOWN_PEER_NAME] =
      g_param_spec_string ("known-peer-name", "Known peer name",
      "Name that was stored for the other side in an earlier call", NULL, READ);

  /**
   * GstZrtpBin:known-peer-zid:
   *
   * The endpoint that the user verified under #GstZrtpBin:peer-name, if it is
   * another one than the peer and the peer was not verified so: an alarm, see
   * #GstZrtpBin::peer-mismatch. Else NULL.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_PROP_KNOWN_PEER_ZID] = g_param_spec_string ("known-peer-zid",
      "Known peer ZID", "ZID that was verified under the expected name", NULL,
      READ);

  /**
   * GstZrtpBin:known-peer-last-seen:
   *
   * When #GstZrtpBin:known-peer-zid was last in a call, in Unix seconds; or 0.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_PROP_KNOWN_PEER_LAST_SEEN] =
      g_param_spec_int64 ("known-peer-last-seen", "Known peer last seen",
      "When known-peer-zid was last in a call, in Unix seconds", 0, G_MAXINT64,
      0, READ);

  /**
   * GstZrtpBin:exported-key:
   *
   * A key for uses of the application's own (RFC 6189 4.5.2); NULL while there
   * is none. A secret: never notified, never in a message.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_EXPORTED_KEY] = g_param_spec_boxed ("exported-key",
      "Exported key", "Secret key for the application's own uses",
      G_TYPE_BYTES, READ);
}

void
gst_zrtp_status_make_pspecs (GParamSpec ** pspecs)
{
  make_stream_pspecs (pspecs);
  make_session_pspecs (pspecs);
}
