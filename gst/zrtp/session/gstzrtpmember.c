/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What all elements of a call have: their place in it, and a way to warn.
 */
#include "session/gstzrtpmember.h"

#include "session/gstzrtpjobs.h"

#include <string.h>

GstZrtpPair *
gst_zrtp_bin_get_pair (GstZrtpBin * self)
{
  GstZrtpPair *pair;

  GST_OBJECT_LOCK (self);
  pair = self->pair ? gst_zrtp_pair_ref (self->pair) : NULL;
  GST_OBJECT_UNLOCK (self);
  return pair;
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
  GstZrtpPair *pair = gst_zrtp_bin_get_pair (self);
  gboolean ok = FALSE;

  if (!pair)
    return FALSE;
  gst_zrtp_call_lock (pair->call);
  if (pair->call->session) {
    ok = act (pair->call->session, g_get_monotonic_time ());
    gst_zrtp_call_drain (pair->call);
  }
  gst_zrtp_call_unlock (pair->call);
  gst_zrtp_pair_unref (pair);
  return ok;
}
