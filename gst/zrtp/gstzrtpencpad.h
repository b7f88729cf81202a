/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One way through zrtpenc: a sink pad and the source pad that belongs to it (or
 * zrtp_src, which has no sink pad), with the data path between them.
 */
#ifndef GST_ZRTP_ENC_PORT_H
#define GST_ZRTP_ENC_PORT_H

#include "gstzrtpbin.h"
#include "media/gstzrtpsrcpad.h"

G_BEGIN_DECLS

typedef struct _GstZrtpEncPort GstZrtpEncPort;

/* What a port asks of the zrtpenc that it belongs to. Called without locks. */
typedef struct
{
  /* A sink pad learned an SSRC. */
  void (*check_start) (GstZrtpBin * enc);
  /* A source pad was linked. */
  void (*linked) (GstZrtpBin * enc);
  /* The SSRC that was chosen because upstream has none yet; FALSE: none was. */
  gboolean (*get_offered_ssrc) (GstZrtpBin * enc, GstZrtpEncPort * port,
      guint32 * ssrc);
} GstZrtpEncPortOwner;

struct _GstZrtpEncPort
{
  gint refs;
  const GstZrtpEncPortOwner *owner;
  GstZrtpBin *enc;              /* borrowed: the pads' parent */
  guint id;                     /* the number in the pads' names */
  gboolean is_rtcp;
  GstPad *sink;                 /* NULL for zrtp_src */
  GstZrtpOutlet outlet;
  GstZrtpSendPort gate;

  gint marked;                  /* atomic: gst_zrtp_caps_get_marked() */

  /* Streaming thread only. */
  gboolean live_known, live;
  gboolean have_refused;
  guint32 refused_ssrc;         /* upstream was told to choose another */
  guint n_refused;              /* packets of it since, up to the WARNING */

  /* Object lock of zrtpenc. */
  gboolean have_ssrc;
  guint32 ssrc;                 /* of the caps, else of the first packet */
  gboolean is_video;
};

/* Sets the pads' functions up; the caller adds them. The pads and the port hold
 * each other until gst_zrtp_enc_port_release(). @owner is static, @sink may be
 * NULL. */
GstZrtpEncPort *gst_zrtp_enc_port_new (const GstZrtpEncPortOwner * owner,
    GstZrtpBin * enc, guint id, GstPad * sink, GstPad * src, gboolean is_rtcp);
GstZrtpEncPort *gst_zrtp_enc_port_ref (GstZrtpEncPort * port);
void gst_zrtp_enc_port_unref (GstZrtpEncPort * port);

static inline GstPad *
gst_zrtp_enc_port_get_src (GstZrtpEncPort * port)
{
  return port->outlet.pad;
}

static inline gboolean
gst_zrtp_enc_port_is_media (GstZrtpEncPort * port)
{
  return port->sink && !port->is_rtcp;
}

/* Whoever waits in there goes, and none waits until it is set again. */
void gst_zrtp_enc_port_set_active (GstZrtpEncPort * port, gboolean active);
/* The application ends the stream: media that waits for keys is dropped, until
 * the end of stream comes or another stream begins. MT safe. */
void gst_zrtp_enc_port_expect_eos (GstZrtpEncPort * port);
/* The pads are inactive and about to be removed: takes them apart, and leaves
 * its SSRCs to other ports. */
void gst_zrtp_enc_port_release (GstZrtpEncPort * port);

/* For workers: encrypts an RTCP packet of our own and sends it here. */
GstFlowReturn gst_zrtp_enc_port_send_rtcp (GstZrtpEncPort * port,
    const guint8 * data, gsize size);
/* For workers: the end of stream of a port without a sink pad, once the
 * handshake's pending replies are out. */
void gst_zrtp_enc_port_end (GstZrtpEncPort * port);
/* Upstream is to choose another SSRC. */
void gst_zrtp_enc_port_refuse_ssrc (GstZrtpEncPort * port, guint32 ssrc);

G_END_DECLS

#endif
