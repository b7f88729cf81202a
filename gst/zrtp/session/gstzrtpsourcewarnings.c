/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsourcewarnings.h"

#include "session/gstzrtpnotifier.h"

void
gst_zrtp_transport_warn_of_failing_source (GstZrtpTransport * transport,
    guint32 ssrc, GstZrtpReceiveDrop drop)
{
  gst_zrtp_transport_notify (transport,
      gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_DECRYPT, NULL,
          "No packet of SSRC %08x has been decrypted for 3 s: all are "
          "dropped as \"%s\". If its media is missing, restart the payloader at "
          "the peer with another SSRC, or restart the call", ssrc,
          gst_zrtp_receive_drop_nick (drop)));
}

void
gst_zrtp_transport_warn_of_restarted_source (GstZrtpTransport * transport,
    guint32 ssrc)
{
  gst_zrtp_transport_notify (transport,
      gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT, NULL,
          "SSRC %08x resumed at a lower sequence number, so its packets "
          "are dropped as \"repeated\". The source ignored the request for "
          "another SSRC (GstRTPCollision). Set another SSRC, or continue the "
          "sequence numbers (on a payloader: seqnum-offset)", ssrc));
}

void
gst_zrtp_transport_warn_of_repeated_packets (GstZrtpTransport * transport,
    guint32 ssrc)
{
  gst_zrtp_transport_notify (transport,
      gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT, NULL,
          "Packets of SSRC %08x come a second time and are dropped as "
          "\"repeated\". If upstream resends lost packets under the same SSRC, "
          "set allow-repeat-tx=true", ssrc));
}

void
gst_zrtp_transport_warn_of_shared_ssrc (GstZrtpTransport * transport,
    guint32 ssrc, const char *pad_name)
{
  gst_zrtp_transport_notify (transport,
      gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_FORMAT, NULL,
          "Packets on %s are dropped as \"ssrc-collision\": another pad "
          "sends SSRC %08x too, and the source ignored the request for another "
          "(GstRTPCollision). Set another SSRC. A stream that cannot change, "
          "such as ST 2022-1 FEC, needs a zrtpenc with a stream-id of its own",
          pad_name, ssrc));
}

void
gst_zrtp_transport_warn_of_crowd (GstZrtpTransport * transport, gint * crowded,
    const char *done)
{
  if (G_LIKELY (g_atomic_int_get (crowded) != GST_ZRTP_CROWDING_DUE)
      || !g_atomic_int_compare_and_exchange (crowded, GST_ZRTP_CROWDING_DUE,
          GST_ZRTP_CROWDING_TOLD))
    return;
  gst_zrtp_transport_notify (transport,
      gst_zrtp_notification_new_warning (GST_STREAM_ERROR,
          GST_STREAM_ERROR_FAILED, NULL,
          "More than %u SSRCs %s in this call: packets of further "
          "ones are dropped. A peer that uses that many is broken or "
          "hostile", ZRTP_SRTP_MAX_SOURCES, done));
}
