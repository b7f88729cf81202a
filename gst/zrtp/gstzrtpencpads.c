/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpencpads.h"

GstZrtpEncPort *
gst_zrtp_enc_ports_find_media (GQueue * ports)
{
  for (GList * link = ports->head; link; link = link->next)
    if (gst_zrtp_enc_port_is_media (link->data))
      return link->data;
  return NULL;
}

GstZrtpEncPort *
gst_zrtp_enc_ports_find_rtcp (GQueue * ports)
{
  for (GList * link = ports->head; link; link = link->next) {
    GstZrtpEncPort *port = link->data;

    if (port->is_rtcp && gst_pad_is_linked (port->outlet.pad))
      return port;
  }
  return NULL;
}

GstZrtpEncPort *
gst_zrtp_enc_ports_find_zrtp (GQueue * ports)
{
  for (GList * link = ports->head; link; link = link->next) {
    GstZrtpEncPort *port = link->data;

    if (!port->sink)
      return port;
  }
  return NULL;
}

static gboolean
leads_out (GstZrtpEncPort * port)
{
  GstPad *pad = port->outlet.pad;
  gboolean result;

  GST_OBJECT_LOCK (pad);
  result = GST_PAD_PEER (pad) && !GST_PAD_IS_EOS (pad);
  GST_OBJECT_UNLOCK (pad);
  return result;
}

GstZrtpEncPort *
gst_zrtp_enc_ports_find_handshake (GQueue * ports)
{
  GstZrtpEncPort *port = gst_zrtp_enc_ports_find_zrtp (ports);

  if (port)
    return port;
  for (GList * link = ports->head; link; link = link->next)
    if (gst_zrtp_enc_port_is_media (link->data) && leads_out (link->data))
      return link->data;
  return gst_zrtp_enc_ports_find_media (ports);
}

GstZrtpEncPort *
gst_zrtp_enc_ports_find_numbered (GQueue * ports, guint id, gboolean is_rtcp)
{
  for (GList * link = ports->head; link; link = link->next) {
    GstZrtpEncPort *port = link->data;

    if (port->sink && port->id == id && port->is_rtcp == is_rtcp)
      return port;
  }
  return NULL;
}

static GstZrtpExit
get_exit (GstZrtpEncPort * port)
{
  GstPad *pad = port->outlet.pad;
  GstZrtpExit result = GST_ZRTP_EXIT_UNLINKED;

  GST_OBJECT_LOCK (pad);
  if (GST_PAD_PEER (pad))
    result = GST_PAD_IS_EOS (pad) ? GST_ZRTP_EXIT_ENDED : GST_ZRTP_EXIT_OPEN;
  GST_OBJECT_UNLOCK (pad);
  return result;
}

void
gst_zrtp_enc_ports_inspect (GQueue * ports, GstZrtpSample * sample)
{
  GstZrtpEncPort *way = gst_zrtp_enc_ports_find_handshake (ports);

  sample->exit = way ? get_exit (way) : GST_ZRTP_EXIT_NONE;
  for (GList * link = ports->head; link; link = link->next) {
    GstZrtpEncPort *port = link->data;

    if (port->sink && !gst_pad_is_linked (port->sink))
      sample->unused_enc = TRUE;
  }
}
