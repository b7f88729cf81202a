/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "api/gstzrtpproperties.h"

static GParamSpec *pspecs[GST_ZRTP_N_PROPS];

#define READ (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define WRITE (G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS)
#define READY (READ | WRITE | GST_PARAM_MUTABLE_READY)
#define PLAYING (READ | WRITE | GST_PARAM_MUTABLE_PLAYING)

static void
install_identity (void)
{
  /**
   * GstZrtpBin:session-id:
   *
   * Elements with the same session-id form one call with one peer. Those
   * without one belong to the call of the pipeline that they are in.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_SESSION_ID] = g_param_spec_string ("session-id",
      "Session ID", "Name of the call that this element belongs to (NULL = "
      "the call of the pipeline that it is in)", NULL, READY);

  /**
   * GstZrtpBin:stream-id:
   *
   * Tells the transports of one call apart: the zrtpenc and the zrtpdec of a
   * transport have the same number. In PAUSED and PLAYING it stays as it is, as
   * #GstZrtpBin:session-id does: a WARNING message says that the new value counts
   * once the element was in READY.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_STREAM_ID] = g_param_spec_uint ("stream-id",
      "Stream ID", "Number of the transport within the call; zrtpenc and "
      "zrtpdec of one transport have the same", 0, G_MAXUINT, 0, READY);

  /**
   * GstZrtpBin:cache:
   *
   * The file of known peers: what ~/.ssh/known_hosts is to ssh. It also holds
   * the number (ZID) by which others know this endpoint, so two endpoints that
   * are to talk to each other can't share one. Part of the Hello: a new value
   * counts from the next one on.
   *
   * A leading "~/" is the home folder. The file and its folders have to belong to
   * this user or to root, and no other user may write to them: otherwise the call
   * goes on without the file, and a WARNING message says so. An INFO message
   * tells of a file that was made.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_CACHE] = g_param_spec_string ("cache", "Cache",
      "SQLite file of known peers (NULL = peers.sqlite in the folder gst-zrtp "
      "of the user's data directory, \":memory:\" = keep nothing)", NULL,
      READY);

  /**
   * GstZrtpBin:peer-name:
   *
   * The peer that the user expects at the other end. Stored for the peer's ZID
   * once the SAS was verified, and compared in later calls: another name is an
   * alarm.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_PEER_NAME] = g_param_spec_string ("peer-name",
      "Peer name", "The peer that the user expects at the other end; kept for "
      "it once the SAS was verified", NULL, PLAYING);

  /**
   * GstZrtpBin:aux-secret:
   *
   * A secret that both users have from elsewhere (RFC 6189 4.3). On a command
   * line, where it is written in hexadecimal digits, other users of the machine
   * can see it. Counts from the next key agreement on. #GstZrtpBin:aux-matched
   * shows whether the other side has the same.
   *
   * At least 8 octets, better 16 random ones or more: identifiers made of it go
   * over the wire (RFC 6189 4.3.1), and what has few possible values can be guessed
   * from them. Since 0.2 fewer than 8 are refused, and a WARNING message tells of
   * fewer than 16. #GstZrtpBin:unattended and #GstZrtpBin:require-verified refuse a
   * peer without it.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_AUX_SECRET] = g_param_spec_boxed ("aux-secret",
      "Auxiliary secret", "A secret that both users have from elsewhere; "
      "hexadecimal on the command line, where others can see it",
      GST_TYPE_BUFFER, WRITE | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstZrtpBin:signalling-srtp-key:
   *
   * The SRTP master key and after it the salt that the signalling agreed on,
   * for one with `a=crypto` (SDES, RFC 4568) what its `inline:` has in base64:
   * 16, 24 or 32 octets and 14, or 12 with AES-GCM. It encrypts nothing. A
   * secret made of it goes into the keys of ZRTP (srtps, RFC 6189 8.2), in the
   * place of #GstZrtpBin:aux-secret, so that an attacker that breaks ZRTP has
   * to have read the signalling, too; an attacker that did read it has won
   * nothing.
   *
   * Both sides have to set the same one: SDES has a key for each direction and
   * each stream, so take that of the offer's first stream. Otherwise
   * #GstZrtpBin::peer-mismatch tells of it and the call goes on without. Counts
   * from the next key agreement on.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_SIGNALLING_SRTP_KEY] =
      g_param_spec_boxed ("signalling-srtp-key", "Signalling SRTP key",
      "SRTP master key and salt that the signalling agreed on; hexadecimal on "
      "the command line, where others can see it", GST_TYPE_BUFFER,
      WRITE | GST_PARAM_MUTABLE_PLAYING);
}

static void
install_algorithms (void)
{
  /**
   * GstZrtpBin:hashes:
   *
   * Hash algorithms by their RFC 6189 names, in order of preference. As with
   * all lists, what is mandatory to implement is added at the end, and a new
   * value counts from the next Hello on. Names that are unknown or listed twice, and
   * an empty list, are refused: a WARNING message has the names that are known, and
   * an element whose last value was refused below PAUSED does not go to PAUSED
   * (since 0.2). NULL is the default.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_HASHES] = g_param_spec_string ("hashes", "Hashes",
      "Hash algorithms in order of preference, separated by commas: S256, S384",
      "S256,S384", READY);

  /**
   * GstZrtpBin:ciphers:
   *
   * Ciphers by their RFC 6189 names, in order of preference.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_CIPHERS] = g_param_spec_string ("ciphers", "Ciphers",
      "Ciphers in order of preference, separated by commas: AES1, AES2, AES3",
      "AES1,AES3,AES2", READY);

  /**
   * GstZrtpBin:auth-tags:
   *
   * SRTP authentication tags by their RFC 6189 names, in order of preference.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_AUTH_TAGS] = g_param_spec_string ("auth-tags",
      "Authentication tags", "SRTP authentication tags in order of "
      "preference, separated by commas: HS80, HS32", "HS80,HS32", READY);

  /**
   * GstZrtpBin:key-agreements:
   *
   * Key agreement types in order of preference: DH2k, DH3k, EC25, EC38, Mult of
   * RFC 6189, and X255, X448, E255 that other implementations have.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_KEY_AGREEMENTS] =
      g_param_spec_string ("key-agreements", "Key agreements",
      "Key agreement types in order of preference, separated by commas: DH2k, "
      "DH3k, EC25, EC38, X255, X448, E255, Mult",
      "X255,EC25,DH3k,E255,EC38,DH2k,Mult", READY);

  /**
   * GstZrtpBin:sas-types:
   *
   * How the short authentication string is shown: B32 (four characters), B256
   * (two words), B32E (four pictures) or B10D (up to six digits), in order of
   * preference. The latter two are GNU ZRTP's.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_SAS_TYPES] = g_param_spec_string ("sas-types",
      "SAS types", "Renderings of the short authentication string in order "
      "of preference, separated by commas: B32, B256, B32E, B10D", "B32,B256",
      READY);

  /**
   * GstZrtpBin:strict-algorithms:
   *
   * RFC 6189 lets every endpoint fall back to the mandatory algorithms. With
   * this set, a call that would use one that is not listed fails.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_STRICT_ALGORITHMS] =
      g_param_spec_boolean ("strict-algorithms", "Strict algorithms",
      "Refuse algorithms that are not listed, even if they are mandatory to "
      "implement", FALSE, READY);

  /**
   * GstZrtpBin:passive:
   *
   * Never start the key agreement (the P flag).
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_PASSIVE] = g_param_spec_boolean ("passive",
      "Passive", "Never start the key agreement, only answer", FALSE, READY);
}

static void
install_pbx (void)
{
  /**
   * GstZrtpBin:mitm:
   *
   * That this endpoint is a PBX, which decrypts what one phone sends and encrypts
   * it for another (the M flag, RFC 6189 7.3). It may then relay the SAS of one
   * to the other (#GstZrtpBin::relay-sas) where that is enrolled. Part of the
   * Hello.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_MITM] = g_param_spec_boolean ("mitm", "MiTM",
      "This endpoint is a PBX that passes media on from one call to another",
      FALSE, READY);

  /**
   * GstZrtpBin:enroll:
   *
   * Whether a PBX (#GstZrtpBin:mitm) asks the phone at the other end to enrol
   * (the E flag, RFC 6189 7.3.1): to be set in calls to the number that it has for
   * that, not in all. A phone that is enrolled already is not asked. A PBX needs
   * a #GstZrtpBin:cache for it. Counts from the next key agreement on.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_ENROLL] = g_param_spec_boolean ("enroll", "Enroll",
      "Ask the phone at the other end to trust this PBX with the SAS of its "
      "calls", FALSE, PLAYING);

  /**
   * GstZrtpBin:enrollment:
   *
   * On a phone: whether the PBX at the other end may relay SAS to it. On a PBX:
   * the same of the phone, without its user's answer: a PBX sees in the next call
   * what became of its offer.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_ENROLLMENT] = g_param_spec_enum ("enrollment",
      "Enrollment", "Whether the PBX of this call may relay SAS to the phone",
      GST_TYPE_ZRTP_ENROLLMENT, ZRTP_ENROLLMENT_NONE, READ);

  /**
   * GstZrtpBin:peer-mitm:
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_PEER_MITM] = g_param_spec_boolean ("peer-mitm",
      "Peer MiTM", "The other side says that it is a PBX, which can listen",
      FALSE, READ);

  /**
   * GstZrtpBin:sas-relayed:
   *
   * That #GstZrtpBin:sas is not of the call with the PBX, but of the PBX's call
   * with the other phone, where the users see the same. Only a PBX that this
   * endpoint is enrolled with can make it TRUE.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SAS_RELAYED] = g_param_spec_boolean ("sas-relayed",
      "SAS relayed", "The SAS is what a trusted PBX agreed on with the other "
      "phone", FALSE, READ);
}

static void
install_policy (void)
{
  /**
   * GstZrtpBin:require-encryption:
   *
   * Whether media passes only encrypted. When FALSE, media is in the clear
   * until the call is secure, and stays so if the other side has no ZRTP. Since
   * 0.2 it is not where the peer goes on with a call that this endpoint has lost,
   * or where a verified peer named #GstZrtpBin:peer-name was seen less than an hour
   * ago.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_REQUIRE_ENCRYPTION] =
      g_param_spec_boolean ("require-encryption", "Require encryption",
      "Let no media pass in either direction until the call is secure", TRUE,
      PLAYING);

  /**
   * GstZrtpBin:before-secure:
   *
   * What happens to media that may not leave yet: packets of a live source are
   * lost anyway and better dropped, a file had better wait. What waits already
   * follows a new value.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_BEFORE_SECURE] = g_param_spec_enum ("before-secure",
      "Before secure", "What happens to media that may not leave yet",
      GST_TYPE_ZRTP_BEFORE_SECURE, GST_ZRTP_BEFORE_SECURE_AUTO, PLAYING);

  /**
   * GstZrtpBin:auto-discover:
   *
   * Whether Hellos go out as soon as there is a way for them. Where a transport
   * has to be found first, as by ICE, set it to FALSE before PAUSED and call
   * #GstZrtpBin::discover when it is ready (RFC 6189 3). Until then the state
   * is idle. Counts until discovery has started.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_AUTO_DISCOVER] =
      g_param_spec_boolean ("auto-discover", "Discover automatically",
      "Look for the other side as soon as packets can leave (FALSE: wait for "
      "the action discover)", TRUE, PLAYING);

  /**
   * GstZrtpBin:auto-secure:
   *
   * Agree on keys as soon as a ZRTP endpoint was found. When FALSE, that waits
   * for #GstZrtpBin::go-secure (or for the other side).
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_AUTO_SECURE] = g_param_spec_boolean ("auto-secure",
      "Auto secure", "Agree on keys as soon as a ZRTP endpoint was found, "
      "without waiting for go-secure", TRUE, PLAYING);

  /**
   * GstZrtpBin:allow-clear:
   *
   * Lets the other side end the encryption of a secure call (the A flag, RFC
   * 6189 4.7.2). Media then stops until the user agrees by
   * #GstZrtpBin::accept-clear. Has no effect while
   * #GstZrtpBin:require-encryption is TRUE.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_ALLOW_CLEAR] = g_param_spec_boolean ("allow-clear",
      "Allow clear", "Let the other side end encryption, if the user agrees; "
      "not with require-encryption", FALSE, PLAYING);
  /**
   * GstZrtpBin:unattended:
   *
   * No user here can compare a SAS, as in a door phone or a recorder. A peer
   * that should have the secret of earlier calls and has not (the alarm "cache"
   * of #GstZrtpBin::peer-mismatch) is then refused before any media passes: the
   * state is failed, with error 0xA0, until the peer has it again or is removed
   * from the file of known peers (`gst-zrtp-peers`). A peer passes all the same
   * if #GstZrtpBin:signalling-trusted signalling vouches for it. One that
   * signed the SAS (#GstZrtpBin:check-signatures) passes once the application
   * accepts the signature (RFC 6189 4.3.2): #GstZrtpBin::accept-signature.
   * Until then no key is given out, the state is negotiating, and nothing is
   * kept; after 6 s (40 times #GstZrtpBin:retry-timeout, if that is less)
   * without an answer the peer is refused. A signature that the application
   * rejects ends the call at any time. A peer that was refused gets no media in
   * the clear either. Peers that were never heard of are not affected: see
   * #GstZrtpBin:require-verified. If #GstZrtpBin:aux-secret is set, a peer
   * without that secret is refused too (since 0.2), unless its SAS was compared
   * in an earlier call. The reason in #GstZrtpBin::state-changed names the
   * policy and the cause.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_UNATTENDED] = g_param_spec_boolean ("unattended",
      "Unattended", "No user can compare the SAS: refuse a peer that lost the "
      "secret of earlier calls", FALSE, PLAYING);
  /**
   * GstZrtpBin:require-verified:
   *
   * As #GstZrtpBin:unattended, and also refuses every peer whose SAS was not
   * compared in an earlier call (#GstZrtpBin::verify-sas), or that is known under
   * another name than #GstZrtpBin:peer-name. For links between machines that have
   * met before. A peer that has the same #GstZrtpBin:aux-secret needs no earlier
   * call. Set it before PAUSED: it counts when keys are agreed on.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_REQUIRE_VERIFIED] =
      g_param_spec_boolean ("require-verified", "Require verified",
      "Refuse a peer whose SAS was not compared in an earlier call", FALSE,
      PLAYING);
  /**
   * GstZrtpBin:stop-on-reject:
   *
   * Whether #GstZrtpBin::reject-sas stops media in both directions on all
   * transports of the call, RTCP too: an attacker is in the middle. The state stays
   * secure, #GstZrtpBin:trust is sas-mismatch, and dropped packets count as
   * `before-secure`. #GstZrtpBin::verify-sas lets media pass again. If FALSE, media
   * goes on. Counts at once, also after the rejection.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_SETTING_STOP_ON_REJECT] =
      g_param_spec_boolean ("stop-on-reject", "Stop on reject",
      "Let no media pass once the user found the SAS different", TRUE, PLAYING);
  /**
   * GstZrtpBin:disclosure:
   *
   * Tells the other side that this endpoint gives session keys away, as laws
   * want it in some places (the D flag, RFC 6189 11).
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_DISCLOSURE] = g_param_spec_boolean ("disclosure",
      "Disclosure", "Tell the other side that this endpoint gives session "
      "keys to third parties", FALSE, PLAYING);

  /**
   * GstZrtpBin:cache-expiry:
   *
   * How long the secret of this call counts, in seconds; the shorter wish of the two
   * sides applies (RFC 6189 4.9). After that Preshared mode does not use it, and a
   * peer that lacks it raises no alarm. Where both sides still have it, it goes on
   * proving that the peer is the same, and the next call replaces it. `forget-peer`
   * deletes it at once.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_CACHE_EXPIRY] = g_param_spec_uint ("cache-expiry",
      "Cache expiry",
      "Seconds for which the secret of this call is kept for the "
      "next (0 = not at all, 4294967295 = forever)", 0, G_MAXUINT32,
      ZRTP_CACHE_FOR_EVER, PLAYING);

  /**
   * GstZrtpBin:peer-hello-hash:
   *
   * The value of the other side's `a=zrtp-hash` attribute, or several of them
   * on lines of their own. A Hello that does not fit is refused (RFC 6189 8.1).
   * May change at any time: where the peer of a secure call fitted the earlier
   * value, the call moves when a Hello comes that fits the new one. Where it was
   * never announced, a value that does not fit it is proof of tampering.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_PEER_HELLO_HASH] =
      g_param_spec_string ("peer-hello-hash", "Peer Hello hash",
      "Value of the other side's a=zrtp-hash, as the signalling brought it",
      NULL, PLAYING);

  /**
   * GstZrtpBin:signalling-trusted:
   *
   * Whether the signalling that brought #GstZrtpBin:peer-hello-hash is
   * authenticated from end to end (TLS to a server is not).
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_SIGNALLING_TRUSTED] =
      g_param_spec_boolean ("signalling-trusted", "Signalling trusted",
      "The signalling that brought peer-hello-hash is authenticated end to end",
      FALSE, PLAYING);

  /**
   * GstZrtpBin:hello-timeout:
   *
   * Time until the first Hello is repeated (T1 of RFC 6189 6); it doubles twice.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_HELLO_TIMEOUT] = g_param_spec_uint ("hello-timeout",
      "Hello timeout", "Milliseconds until a Hello is repeated first (the "
      "interval grows to four times that)", 10, 10000, 50, PLAYING);

  /**
   * GstZrtpBin:retry-timeout:
   *
   * Time until another message is repeated (T2 of RFC 6189 6). On links of long
   * delay, set it above the round trip.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_RETRY_TIMEOUT] = g_param_spec_uint ("retry-timeout",
      "Retry timeout", "Milliseconds until another message is repeated first "
      "(the interval grows to eight times that)", 20, 60000, 150, PLAYING);
}

static void
install_media (void)
{
  /**
   * GstZrtpBin:srtcp-tag:
   *
   * Some endpoints shorten the SRTCP tag along with that of SRTP when HS32 was
   * agreed; RFC 3711 wants 80 bits. "auto" takes either, and sends 80 until the
   * other side has sent 32. The others send and take one length only. Counts
   * from the next keys on.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_SRTCP_TAG] = g_param_spec_enum ("srtcp-tag",
      "SRTCP tag",
      "Length of the SRTCP authentication tag when HS32 was agreed",
      GST_TYPE_ZRTP_SRTCP_TAG, GST_ZRTP_SRTCP_TAG_AUTO, PLAYING);

  /**
   * GstZrtpBin:replay-window-size:
   *
   * Packets of one source by which a received packet may be late (RFC 3711
   * 3.3.2). Later packets are dropped as `replayed`. Set at least the packet rate
   * times the longest delay: video of 1400 packets a second, one in ten late by
   * 150 ms, loses 5.6 % with 128 and none with 1024. A source takes an eighth of
   * an octet of memory for each packet, and larger windows cost no measurable
   * time. Takes effect with the next keys. The default was 128 before 0.2.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_REPLAY_WINDOW_SIZE] =
      g_param_spec_uint ("replay-window-size", "Replay window size",
      "Packets by which one may be late and still be accepted; at least the "
      "packet rate times the longest delay", 64, 32767, 1024, PLAYING);

  /**
   * GstZrtpBin:allow-repeat-tx:
   *
   * Whether a packet may be sent again with the same sequence number, as
   * retransmission without RTX does (RFC 4588 has RTX, under an SSRC of its own,
   * which needs no setting). If FALSE such packets are dropped as `repeated`; after
   * 16 of them a WARNING names this property. TRUE is safe only where repeated
   * packets have the same contents: others would repeat keystream. Takes effect
   * with the next keys.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_ALLOW_REPEAT_TX] =
      g_param_spec_boolean ("allow-repeat-tx", "Allow repeated sending",
      "Let a packet be sent twice with the same sequence number and contents",
      FALSE, PLAYING);

  /**
   * GstZrtpBin:error-on-bypass:
   *
   * Whether media or RTCP that goes past zrtpenc or zrtpdec, or may, is an ERROR
   * message instead of a WARNING: a requested sink pad of zrtpenc, or `rtp_sink` of
   * zrtpdec, that is not linked 1.5 s after PAUSED; RTCP that rtpbin leads past them;
   * an element without a partner. rtpbin goes on without encryption where a handler
   * returns no element that it can use. Set it on both elements.
   *
   * Since: 0.2
   */
  pspecs[GST_ZRTP_SETTING_ERROR_ON_BYPASS] =
      g_param_spec_boolean ("error-on-bypass", "Error on bypass",
      "Post an ERROR where media or RTCP goes past this element", FALSE,
      PLAYING);

  /**
   * GstZrtpBin:request-keyframe:
   *
   * Whether zrtpenc asks the other side for a key frame, by an RTCP picture
   * loss indication of its own, when the first video packet that can be
   * decrypted has come. For receivers without an RTP session.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_REQUEST_KEYFRAME] =
      g_param_spec_boolean ("request-keyframe", "Request key frame",
      "Ask the other side for a key frame once its video can be decrypted",
      FALSE, PLAYING);
}

void
gst_zrtp_properties_install (GObjectClass * klass)
{
  install_identity ();
  install_algorithms ();
  install_pbx ();
  install_policy ();
  install_media ();
  gst_zrtp_status_make_pspecs (pspecs);
  gst_zrtp_signature_make_pspecs (pspecs);
  g_object_class_install_properties (klass, GST_ZRTP_N_PROPS, pspecs);
  gst_zrtp_settings_class_init (pspecs);
}

GParamSpec *
gst_zrtp_property_get_pspec (guint id)
{
  return pspecs[id];
}

gboolean
gst_zrtp_property_is_call_wide (guint id)
{
  if (id < GST_ZRTP_N_SETTINGS)
    return gst_zrtp_setting_get_scope (id) == GST_ZRTP_SCOPE_CALL;
  return id == GST_ZRTP_PROP_SAS_VERIFIED || id >= GST_ZRTP_PROP_SAS;
}
