/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 */
#include "gstzrtpbypass.h"

#include <stdio.h>
#include <string.h>

#include "gstzrtpenc.h"

/* Whether the element that @pad belongs to encrypts; takes ownership of @pad, which
 * may be NULL. */
static gboolean
is_of_encoder (GstPad * pad)
{
  GstElement *element = pad ? gst_pad_get_parent_element (pad) : NULL;
  gboolean result = element && GST_IS_ZRTP_ENC (element);

  gst_clear_object (&element);
  gst_clear_object (&pad);
  return result;
}

/* What leaves the bin by this pad was encrypted within, or is right behind. */
static gboolean
is_encrypted (GstPad * pad)
{
  return (GST_IS_GHOST_PAD (pad)
      && is_of_encoder (gst_ghost_pad_get_target (GST_GHOST_PAD (pad))))
      || is_of_encoder (gst_pad_get_peer (pad));
}

/* RTP of a session is encrypted within rtpbin, and its RTCP is not. */
static gboolean
check_rtcp_pad (GstElement * rtpbin, GstPad * pad, gpointer data)
{
  gboolean *clear = data;
  char *name = gst_pad_get_name (pad), *rtp_name;
  GstPad *rtp = NULL;
  guint session;

  if (sscanf (name, "send_rtcp_src_%u", &session) == 1) {
    rtp_name = g_strdup_printf ("send_rtp_src_%u", session);
    rtp = gst_element_get_static_pad (rtpbin, rtp_name);
    g_free (rtp_name);
  }
  if (rtp && is_encrypted (rtp) && gst_pad_is_linked (pad)
      && !is_encrypted (pad))
    *clear = TRUE;
  gst_clear_object (&rtp);
  g_free (name);
  return TRUE;
}

static gboolean
is_rtpbin (GstObject * object)
{
  GstElementFactory *factory = GST_IS_ELEMENT (object)
      ? gst_element_get_factory (GST_ELEMENT (object)) : NULL;

  return factory && strcmp (GST_OBJECT_NAME (factory), "rtpbin") == 0;
}

void
gst_zrtp_bypass_inspect (GstElement * enc, GstZrtpSample * sample)
{
  GstObject *parent = gst_object_get_parent (GST_OBJECT (enc));

  if (parent && is_rtpbin (parent)) {
    sample->in_rtpbin = TRUE;
    gst_element_foreach_src_pad (GST_ELEMENT (parent), check_rtcp_pad,
        &sample->clear_rtcp);
  }
  gst_clear_object (&parent);
}
