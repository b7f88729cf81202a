/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Properties of signatures on the SAS.
 */
#include "api/gstzrtpproperties.h"

#define READ (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)
#define WRITE (G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS)

static void
make_settings (GParamSpec ** pspecs)
{
  /**
   * GstZrtpBin:check-signatures:
   *
   * The application can check signatures on the SAS: X.509 certificates with
   * ECDSA, which it must be able to, and OpenPGP, which it should (the S flag,
   * RFC 6189 7.2). Each one that comes is given out by
   * #GstZrtpBin::signature-received. Without this, those that come are ignored.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_CHECK_SIGNATURES] =
      g_param_spec_boolean ("check-signatures", "Check signatures",
      "Tell the other side that the application can check signatures on the SAS",
      FALSE, READ | WRITE | GST_PARAM_MUTABLE_READY);

  /**
   * GstZrtpBin:sign-sas:
   *
   * Ask the application to sign the SAS if the other side can check that:
   * #GstZrtpBin::signature-wanted. The call does not become secure before the
   * answer, or before 3 s are over (less with a #GstZrtpBin:retry-timeout below
   * 150), so leave it FALSE where no application answers.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_SIGN_SAS] = g_param_spec_boolean ("sign-sas",
      "Sign the SAS", "Ask the application to sign the SAS, by "
      "signature-wanted, if the other side can check that", FALSE,
      READ | WRITE | GST_PARAM_MUTABLE_PLAYING);

  /**
   * GstZrtpBin:mtu:
   *
   * Longest handshake packet that a signature may make, without the headers of
   * UDP and IP. One that is fragmented may never arrive, and with it the call
   * would fail: a signature that would make a longer one is refused (RFC 6189
   * 7.2). An ECDSA signature and a certificate with no more in it than a name
   * take about 600.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_SETTING_MTU] = g_param_spec_uint ("mtu", "MTU",
      "Octets of the longest handshake packet that a signature may make", 96,
      ZRTP_MAX_PACKET_SIZE, 1400, READ | WRITE | GST_PARAM_MUTABLE_PLAYING);
}

static void
make_readings (GParamSpec ** pspecs)
{
  /**
   * GstZrtpBin:signature-status:
   *
   * What is known of the other side's signature on the SAS.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SIGNATURE_STATUS] =
      g_param_spec_enum ("signature-status", "Signature status",
      "What is known of the other side's signature on the SAS",
      GST_TYPE_ZRTP_SIGNATURE_STATUS, ZRTP_SIGNATURE_NONE, READ);

  /**
   * GstZrtpBin:signer:
   *
   * Whose signature it is, as the application said in
   * #GstZrtpBin::accept-signature. NULL in all other cases.
   *
   * Since: 0.1
   */
  pspecs[GST_ZRTP_PROP_SIGNER] = g_param_spec_string ("signer", "Signer",
      "The signer of the SAS on the other side, as the "
      "application found", NULL, READ);
}

void
gst_zrtp_signature_make_pspecs (GParamSpec ** pspecs)
{
  make_settings (pspecs);
  make_readings (pspecs);
}
