/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all elements of a call have: their place in it, and a way to warn.
 */
#include "session/gstzrtpmember.h"

#include "session/gstzrtpjobs.h"

#include <string.h>

GstZrtpTransport *
gst_zrtp_bin_get_pair (GstZrtpBin * self)
{
  GstZrtpTransport *transport;

  GST_OBJECT_LOCK (self);
  transport = self->transport ? gst_zrtp_transport_ref (self->transport) : NULL;
  GST_OBJECT_UNLOCK (self);
  return transport;
}

void
gst_zrtp_bin_warn (GstZrtpBin * self, const char *text)
{
  GstBus *bus = gst_element_get_bus (GST_ELEMENT (self));

  if (bus) {
    gst_object_unref (bus);
    GST_ELEMENT_WARNING (self, RESOURCE, SETTINGS, ("%s", text), (NULL));
  } else {
    g_warning ("%s: %s", GST_OBJECT_NAME (self), text);
  }
}

gboolean
gst_zrtp_bin_act_on_session (GstZrtpBin * self, GstZrtpSessionAct act)
{
  GstZrtpTransport *transport = gst_zrtp_bin_get_pair (self);
  gboolean ok = FALSE;

  if (!transport)
    return FALSE;
  gst_zrtp_session_lock (transport->session);
  if (transport->session->engine) {
    ok = act (transport->session->engine, g_get_monotonic_time ());
    gst_zrtp_session_drain (transport->session);
  }
  gst_zrtp_session_unlock (transport->session);
  gst_zrtp_transport_unref (transport);
  return ok;
}
