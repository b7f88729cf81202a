/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpsignature.h"

#include "session/gstzrtpjobs.h"

typedef struct
{
  const guint8 *sashash;
  const ZrtpSignature *signature;
  const char *signer;
  char *reason;
} Request;

typedef gboolean (*Act) (ZrtpSession * session, Request * request, gint64 now);

/* FALSE too if there is no session. */
static gboolean
act (GstZrtpBin * self, GBytes * sashash, Act func, Request * request)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);
  gboolean ok = FALSE;

  if (transport && sashash && g_bytes_get_size (sashash) == ZRTP_SECRET_SIZE) {
    request->sashash = g_bytes_get_data (sashash, NULL);
    gst_zrtp_session_lock (transport->session);
    if (transport->session->engine) {
      ok = func (transport->session->engine, request, g_get_monotonic_time ());
      gst_zrtp_session_drain (transport->session);
    }
    gst_zrtp_session_unlock (transport->session);
  }
  if (transport)
    gst_zrtp_transport_unref (transport);
  return ok;
}

static gboolean
sign (ZrtpSession * session, Request * request, gint64 now)
{
  return zrtp_session_sign_sas (session, request->sashash, request->signature,
      now, &request->reason);
}

static gboolean
set_signature (GstZrtpBin * self, GBytes * sashash, GBytes * certificate,
    GBytes * octets)
{
  const ZrtpSignature signature = { certificate, octets };
  Request request = {.signature = octets ? &signature : NULL };
  gboolean ok = act (self, sashash, sign, &request);
  char *text;

  if (!ok) {
    text = g_strdup_printf ("This signature is not sent: %s", request.reason ?
        request.reason : "there is no call that it could be for");
    gst_zrtp_bin_warn (self, text);
    g_free (text);
  }
  g_free (request.reason);
  return ok;
}

static gboolean
accept (ZrtpSession * session, Request * request, gint64 now)
{
  return zrtp_session_accept_signature (session, request->sashash,
      request->signer, now);
}

static gboolean
accept_signature (GstZrtpBin * self, GBytes * sashash, const char *signer)
{
  Request request = {.signer = signer };

  if (signer && !g_utf8_validate (signer, -1, NULL))
    return FALSE;
  return act (self, sashash, accept, &request);
}

static gboolean
reject (ZrtpSession * session, Request * request, gint64 now)
{
  return zrtp_session_reject_signature (session, request->sashash, now);
}

static gboolean
reject_signature (GstZrtpBin * self, GBytes * sashash)
{
  Request request = { NULL };

  return act (self, sashash, reject, &request);
}

void
gst_zrtp_signature_class_init (GstZrtpBinClass * klass)
{
  /**
   * GstZrtpBin::set-signature:
   * @element: the element
   * @sashash: what was signed, as #GstZrtpBin::signature-wanted had it
   * @certificate: (nullable): the X.509 certificate of the signing key in DER;
   *     NULL with an OpenPGP signature
   * @signature: (nullable): with a certificate r and s of ECDSA, each as long as
   *     the field (64 octets with P-256 and SHA-256, 96 with P-384 and SHA-384),
   *     not in DER; without one an OpenPGP signature packet, not armored. NULL
   *     if the user does not want to sign after all
   *
   * The answer to #GstZrtpBin::signature-wanted, from within its handler or
   * later, from any thread: the signature goes to the other side, and the call
   * goes on.
   *
   * An OpenPGP signature must name the key server to get the key from, use
   * SHA-2 or SHA-3, and be made by a key of DSA with 2048 to 3072 bits or of
   * ECDSA with P-224, P-256 or P-384 (RFC 6189 7.2.1).
   *
   * Returns: FALSE if it is not sent, and a WARNING says why: no thread waits
   * for it
   *     (any more); or it may not be sent or is longer than #GstZrtpBin:mtu
   *     allows, in which case there is still time for another one
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("set-signature", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (set_signature), NULL,
      NULL, NULL, G_TYPE_BOOLEAN, 3, G_TYPE_BYTES, G_TYPE_BYTES, G_TYPE_BYTES);

  /**
   * GstZrtpBin::accept-signature:
   * @element: the element
   * @sashash: what it is about, as #GstZrtpBin::signature-received had it
   * @signer: (nullable): whose signature it is, for #GstZrtpBin:signer
   *
   * The other side's signature is right, and that of the peer that the user
   * expects: #GstZrtpBin:trust becomes "signed". #GstZrtpBin:sas-verified stays
   * FALSE, as that is about what the users compared. After an alarm about the
   * secret kept from earlier calls, the new one is kept from now on (RFC 6189
   * 4.6.1.1). A call that #GstZrtpBin:require-verified or
   * #GstZrtpBin:unattended holds back goes on.
   *
   * Make sure that the key is not the user's own: an attacker that gets the
   * signature can send it back.
   *
   * Returns: FALSE if there is no signature on @sashash that could be judged
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("accept-signature", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (accept_signature), NULL,
      NULL, NULL, G_TYPE_BOOLEAN, 2, G_TYPE_BYTES, G_TYPE_STRING);

  /**
   * GstZrtpBin::reject-signature:
   * @element: the element
   * @sashash: what it is about, as #GstZrtpBin::signature-received had it
   *
   * The other side's signature is wrong, or that of another key: an alarm.
   * #GstZrtpBin:trust becomes "signature-invalid", #GstZrtpBin::security-alert
   * tells. The call goes on; what is kept of the other side is kept, unless
   * #GstZrtpBin::reject-sas comes next. With #GstZrtpBin:require-verified or
   * #GstZrtpBin:unattended the call ends instead, at any time and on all
   * streams: the state is failed, with error 0xA0.
   *
   * Where it can't be checked, as nothing is known of the key, neither accept
   * nor reject: "unchecked" is what it is, and the users compare the SAS. Where
   * no user is there to compare it, reject, so that the call does not wait.
   *
   * Returns: FALSE if there is no signature on @sashash that could be judged
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("reject-signature", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (reject_signature), NULL,
      NULL, NULL, G_TYPE_BOOLEAN, 1, G_TYPE_BYTES);
}
