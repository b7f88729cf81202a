/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtppbx.h"

#include "session/gstzrtpjobs.h"
#include "session/gstzrtpregistry.h"

static gboolean
accept_enrollment (GstZrtpBin * self)
{
  return gst_zrtp_bin_act_on_session (self, zrtp_session_accept_enrollment);
}

/* -- Relaying -- */

/* What the PBX knows of a call: any secure stream has it. */
static gboolean
get_leg (GstZrtpSession * session, ZrtpLeg * leg)
{
  gboolean found = FALSE;

  gst_zrtp_session_lock (session);
  for (guint i = 0; i < session->transports->len && !found; i++) {
    GstZrtpTransport *transport = g_ptr_array_index (session->transports, i);

    found = transport->stream && zrtp_stream_get_leg (transport->stream, leg);
  }
  gst_zrtp_session_unlock (session);
  return found;
}

/* On one stream: the SAS is the call's. */
static gboolean
relay (GstZrtpSession * session, const ZrtpRelayedSas * relayed)
{
  gboolean done = FALSE;

  gst_zrtp_session_lock (session);
  for (guint i = 0; i < session->transports->len && !done; i++) {
    GstZrtpTransport *transport = g_ptr_array_index (session->transports, i);

    done = transport->stream
        && zrtp_stream_relay_sas (transport->stream, relayed,
        g_get_monotonic_time ());
  }
  gst_zrtp_session_drain (session);
  gst_zrtp_session_unlock (session);
  return done;
}

/* One call's lock after the other's, never both. If one of them gets other keys
 * in between, the phones show different SAS until it is relayed again. */
static gboolean
relay_between (GstZrtpSession * a, GstZrtpSession * b)
{
  ZrtpRelayedSas to_a, to_b;
  ZrtpLeg leg_a, leg_b;

  if (!get_leg (a, &leg_a) || !get_leg (b, &leg_b)
      || !zrtp_relay_plan (&leg_a, &leg_b, &to_a, &to_b))
    return FALSE;
  return relay (a, &to_a) && relay (b, &to_b);
}

static gboolean
relay_sas (GstZrtpBin * self, const char *session_id)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);
  GstZrtpSession *other = gst_zrtp_registry_find_call (session_id);
  gboolean done = FALSE;

  if (transport && other && transport->session != other)
    done = relay_between (transport->session, other);
  if (other)
    gst_zrtp_session_unref (other);
  if (transport)
    gst_zrtp_transport_unref (transport);
  return done;
}

void
gst_zrtp_pbx_class_init (GstZrtpBinClass * klass)
{
  /**
   * GstZrtpBin::accept-enrollment:
   * @element: the element
   *
   * For a phone, after #GstZrtpBin::enrollment-changed with "offered": the user
   * trusts this PBX to say which SAS the other phone has (RFC 6189 7.3.1), and
   * with that to listen to any call that it passes on. Kept in the file of
   * known peers, and good from the next call on. No phone is enrolled without
   * this; #GstZrtpBin::forget-peer undoes it.
   *
   * Have the user compare the SAS with an operator of the PBX before, or enrol
   * on a network that can be trusted: an attacker between phone and PBX in this
   * call is trusted with all later ones.
   *
   * Returns: FALSE if nothing was offered, #GstZrtpBin:cache keeps nothing, or
   * #GstZrtpBin:trust is one of the mismatches
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("accept-enrollment", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (accept_enrollment),
      NULL, NULL, NULL, G_TYPE_BOOLEAN, 0);

  /**
   * GstZrtpBin::relay-sas:
   * @element: an element of one call
   * @session_id: #GstZrtpBin:session-id of another call in this process
   *
   * For a PBX (#GstZrtpBin:mitm) that passes media on from one call to another:
   * sends the SAS of one of them to the phone of the other, so that both users
   * see the same (SASrelay, RFC 6189 7.3). Which one gets it follows from the
   * enrolments; neither is, and nothing is sent. The other phone is told the
   * rendering only.
   *
   * It does not matter on which of the two calls it is emitted. Emit it whenever
   * one of them has become secure: the second time it works, and after new keys
   * it has to be done again. #GstZrtpBin::relay-done tells on each of the two
   * when its phone has acknowledged.
   *
   * Returns: FALSE if there is no such call, one of the two is not secure or not
   * a PBX's, or neither phone is enrolled
   *
   * Since: 0.1
   */
  g_signal_new_class_handler ("relay-sas", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION, G_CALLBACK (relay_sas), NULL, NULL,
      NULL, G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
}
