/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpencpads.h"

GstZrtpEncPad *
gst_zrtp_enc_pads_find_media (GQueue * enc_pads)
{
  for (GList * link = enc_pads->head; link; link = link->next)
    if (gst_zrtp_enc_pad_is_media (link->data))
      return link->data;
  return NULL;
}

GstZrtpEncPad *
gst_zrtp_enc_pads_find_rtcp (GQueue * enc_pads)
{
  for (GList * link = enc_pads->head; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    if (enc_pad->is_rtcp && gst_pad_is_linked (enc_pad->src_pad.pad))
      return enc_pad;
  }
  return NULL;
}

GstZrtpEncPad *
gst_zrtp_enc_pads_find_zrtp (GQueue * enc_pads)
{
  for (GList * link = enc_pads->head; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    if (!enc_pad->sink)
      return enc_pad;
  }
  return NULL;
}

static gboolean
leads_out (GstZrtpEncPad * enc_pad)
{
  GstPad *pad = enc_pad->src_pad.pad;
  gboolean result;

  GST_OBJECT_LOCK (pad);
  result = GST_PAD_PEER (pad) && !GST_PAD_IS_EOS (pad);
  GST_OBJECT_UNLOCK (pad);
  return result;
}

GstZrtpEncPad *
gst_zrtp_enc_pads_find_handshake (GQueue * enc_pads)
{
  GstZrtpEncPad *enc_pad = gst_zrtp_enc_pads_find_zrtp (enc_pads);

  if (enc_pad)
    return enc_pad;
  for (GList * link = enc_pads->head; link; link = link->next)
    if (gst_zrtp_enc_pad_is_media (link->data) && leads_out (link->data))
      return link->data;
  return gst_zrtp_enc_pads_find_media (enc_pads);
}

GstZrtpEncPad *
gst_zrtp_enc_pads_find_numbered (GQueue * enc_pads, guint id, gboolean is_rtcp)
{
  for (GList * link = enc_pads->head; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    if (enc_pad->sink && enc_pad->id == id && enc_pad->is_rtcp == is_rtcp)
      return enc_pad;
  }
  return NULL;
}

static GstZrtpExit
get_exit (GstZrtpEncPad * enc_pad)
{
  GstPad *pad = enc_pad->src_pad.pad;
  GstZrtpExit result = GST_ZRTP_EXIT_UNLINKED;

  GST_OBJECT_LOCK (pad);
  if (GST_PAD_PEER (pad))
    result = GST_PAD_IS_EOS (pad) ? GST_ZRTP_EXIT_ENDED : GST_ZRTP_EXIT_OPEN;
  GST_OBJECT_UNLOCK (pad);
  return result;
}

void
gst_zrtp_enc_pads_inspect (GQueue * enc_pads, GstZrtpSample * sample)
{
  GstZrtpEncPad *way = gst_zrtp_enc_pads_find_handshake (enc_pads);

  sample->exit = way ? get_exit (way) : GST_ZRTP_EXIT_NONE;
  for (GList * link = enc_pads->head; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    if (enc_pad->sink && !gst_pad_is_linked (enc_pad->sink))
      sample->unused_enc = TRUE;
  }
}
