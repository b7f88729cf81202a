/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The action signals of zrtpenc and zrtpdec.
 */
#include "gstzrtpactions.h"

#include "api/gstzrtpnames.h"
#include "session/gstzrtpjobs.h"
#include "session/gstzrtpservice.h"

#include <string.h>

/* @zid: or NULL */
typedef gboolean (*StreamAct) (ZrtpStream * stream, const guint8 * zid,
    gint64 now);

static gboolean
act_on_stream (GstZrtpBin * self, StreamAct act, const guint8 * zid)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);
  gboolean ok = FALSE;

  if (!transport)
    return FALSE;
  gst_zrtp_session_lock (transport->session);
  if (transport->stream && zrtp_stream_get_session (transport->stream)) {
    ok = act (transport->stream, zid, g_get_monotonic_time ());
    gst_zrtp_session_drain (transport->session);
  }
  gst_zrtp_session_unlock (transport->session);
  gst_zrtp_transport_unref (transport);
  return ok;
}

static gboolean
discover (GstZrtpBin * self)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);
  gboolean ok = transport && gst_zrtp_transport_discover (transport);

  if (transport)
    gst_zrtp_transport_unref (transport);
  return ok;
}

static gboolean
stream_go_secure (ZrtpStream * stream, const guint8 * zid, gint64 now)
{
  return zrtp_stream_go_secure (stream, now);
}

static gboolean
go_secure (GstZrtpBin * self)
{
  return act_on_stream (self, stream_go_secure, NULL);
}

static gboolean
accept_fork (GstZrtpBin * self, const char *text)
{
  guint8 zid[ZRTP_ZID_SIZE];

  return gst_zrtp_zid_from_string (text, zid)
      && act_on_stream (self, zrtp_stream_accept_fork, zid);
}

static gboolean
verify_sas (GstZrtpBin * self)
{
  return gst_zrtp_bin_act_on_session (self, zrtp_session_verify_sas);
}

static gboolean
reject_sas (GstZrtpBin * self)
{
  return gst_zrtp_bin_act_on_session (self, zrtp_session_reject_sas);
}

static gboolean
forget_peer (GstZrtpBin * self)
{
  return gst_zrtp_bin_act_on_session (self, zrtp_session_forget_peer);
}

static gboolean
go_clear (GstZrtpBin * self)
{
  return gst_zrtp_bin_act_on_session (self, zrtp_session_go_clear);
}

static gboolean
accept_clear (GstZrtpBin * self)
{
  return gst_zrtp_bin_act_on_session (self, zrtp_session_accept_clear);
}

static void
set_secret (GstZrtpBin * self, const char *property, GBytes * secret)
{
  GstBuffer *buffer = secret ? gst_buffer_new_wrapped_bytes (secret) : NULL;

  g_object_set (self, property, buffer, NULL);
  gst_clear_buffer (&buffer);
}

static void
set_aux_secret (GstZrtpBin * self, GBytes * secret)
{
  set_secret (self, "aux-secret", secret);
}

static void
set_signalling_srtp_key (GstZrtpBin * self, GBytes * key)
{
  set_secret (self, "signalling-srtp-key", key);
}

static void
install_action (GstZrtpBinClass * klass, const char *name, GCallback callback,
    GType return_type, guint n_params, GType param)
{
  g_signal_new_class_handler (name, G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, callback, NULL, NULL, NULL,
      return_type, n_params, param);
}

void
gst_zrtp_actions_install (GstZrtpBinClass * klass)
{
  /**
   * GstZrtpBin::discover:
   * @element: the element
   *
   * The transport is ready, or it has changed: sends a Hello now and begins the
   * schedule of Hellos again (RFC 6189 3, 6). Where #GstZrtpBin:auto-discover
   * is FALSE none was sent before. With ICE, call it when the component becomes
   * ready and for every new selected pair. It may come as early as READY and is
   * forgotten from PAUSED to READY. Once an exchange is under way or over it
   * changes nothing. From any thread.
   *
   * Returns: FALSE if the element is in NULL
   *
   * Since: 0.1
   */
  install_action (klass, "discover", G_CALLBACK (discover), G_TYPE_BOOLEAN, 0,
      G_TYPE_NONE);

  /**
   * GstZrtpBin::go-secure:
   * @element: the element
   *
   * Starts the key agreement now, where #GstZrtpBin:auto-secure is FALSE or
   * after a failure.
   *
   * Returns: FALSE if that is not possible now, as in state clear where
   * #GstZrtpBin:passive is TRUE: there only the peer can lead back
   *
   * Since: 0.1
   */
  install_action (klass, "go-secure", G_CALLBACK (go_secure), G_TYPE_BOOLEAN,
      0, G_TYPE_NONE);

  /**
   * GstZrtpBin::go-clear:
   * @element: the element
   *
   * Asks the other side to end encryption, on all streams of the call. Media
   * stops at once and goes on in the clear when it agreed.
   * #GstZrtpBin::go-secure leads back.
   *
   * Returns: FALSE if the call is not secure, the other side does not allow it,
   * or #GstZrtpBin:require-encryption is TRUE
   *
   * Since: 0.1
   */
  install_action (klass, "go-clear", G_CALLBACK (go_clear), G_TYPE_BOOLEAN,
      0, G_TYPE_NONE);
  /**
   * GstZrtpBin::accept-clear:
   * @element: the element
   *
   * The user agrees that the call goes on in the clear, after
   * #GstZrtpBin::clear-requested. No media flows before.
   *
   * Returns: FALSE if the other side did not ask
   *
   * Since: 0.1
   */
  install_action (klass, "accept-clear", G_CALLBACK (accept_clear),
      G_TYPE_BOOLEAN, 0, G_TYPE_NONE);
  /**
   * GstZrtpBin::verify-sas:
   * @element: the element
   *
   * The users compared the SAS and found it the same.
   *
   * Returns: FALSE if there is no SAS yet
   *
   * Since: 0.1
   */
  install_action (klass, "verify-sas", G_CALLBACK (verify_sas), G_TYPE_BOOLEAN,
      0, G_TYPE_NONE);

  /**
   * GstZrtpBin::reject-sas:
   * @element: the element
   *
   * The users compared the SAS and found it different: an attacker is in the
   * middle. What is kept of this peer is erased. Media stops in both directions
   * unless #GstZrtpBin:stop-on-reject is FALSE (since 0.2; it went on before).
   *
   * Returns: FALSE if there is no SAS yet
   *
   * Since: 0.1
   */
  install_action (klass, "reject-sas", G_CALLBACK (reject_sas), G_TYPE_BOOLEAN,
      0, G_TYPE_NONE);

  /**
   * GstZrtpBin::forget-peer:
   * @element: the element
   *
   * Removes this peer from the file of known peers.
   *
   * Returns: FALSE if there is no peer yet
   *
   * Since: 0.1
   */
  install_action (klass, "forget-peer", G_CALLBACK (forget_peer),
      G_TYPE_BOOLEAN, 0, G_TYPE_NONE);

  /**
   * GstZrtpBin::accept-fork:
   * @element: the element
   * @zid: the endpoint's ZID, 24 hexadecimal digits, as in
   * #GstZrtpBin::fork-detected
   *
   * Moves the call to an endpoint that #GstZrtpBin::fork-detected told of: new
   * keys, a new SAS (RFC 6189 5). Transports of the call that were told of the
   * same endpoint move with this one. No endpoint with another ZID can become
   * the peer after that. Where the call was verified #GstZrtpBin:trust becomes
   * `peer-changed` until the users compare the SAS. From any thread.
   *
   * Returns: FALSE, and nothing changes, if @zid is no ZID, if no signal told of
   * it, if its last Hello came more than ten minutes ago, or if the signal told
   * of 16 other endpoints since
   *
   * Since: 0.2
   */
  install_action (klass, "accept-fork", G_CALLBACK (accept_fork),
      G_TYPE_BOOLEAN, 1, G_TYPE_STRING);

  /**
   * GstZrtpBin::set-aux-secret:
   * @element: the element
   * @secret: (nullable): the secret
   *
   * Sets #GstZrtpBin:aux-secret; NULL takes it away. A WARNING message tells of a
   * value that is refused.
   *
   * Since: 0.1
   */
  install_action (klass, "set-aux-secret", G_CALLBACK (set_aux_secret),
      G_TYPE_NONE, 1, G_TYPE_BYTES);

  /**
   * GstZrtpBin::set-signalling-srtp-key:
   * @element: the element
   * @key: (nullable): master key and salt, 28 to 46 octets
   *
   * Sets #GstZrtpBin:signalling-srtp-key.
   *
   * Since: 0.1
   */
  install_action (klass, "set-signalling-srtp-key",
      G_CALLBACK (set_signalling_srtp_key), G_TYPE_NONE, 1, G_TYPE_BYTES);
}
