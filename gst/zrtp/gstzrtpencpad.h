/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One way through zrtpenc: a sink pad and the source pad that belongs to it (or
 * zrtp_src, which has no sink pad), with the data path between them.
 */
#ifndef GST_ZRTP_ENC_PAD_H
#define GST_ZRTP_ENC_PAD_H

#include "gstzrtpbin.h"
#include "media/gstzrtpsrcpad.h"

G_BEGIN_DECLS

typedef struct _GstZrtpEncPad GstZrtpEncPad;

/* What a port asks of the zrtpenc that it belongs to. Called without locks. */
typedef struct
{
  /* A sink pad learned an SSRC. */
  void (*check_start) (GstZrtpBin * enc);
  /* A source pad was linked. */
  void (*linked) (GstZrtpBin * enc);
  /* The SSRC that was chosen because upstream has none yet; FALSE: none was. */
  gboolean (*get_offered_ssrc) (GstZrtpBin * enc, GstZrtpEncPad * enc_pad,
      guint32 * ssrc);
} GstZrtpEncPadOwner;

struct _GstZrtpEncPad
{
  gint refs;
  const GstZrtpEncPadOwner *owner;
  GstZrtpBin *enc;              /* borrowed: the pads' parent */
  guint id;                     /* the number in the pads' names */
  gboolean is_rtcp;
  GstPad *sink;                 /* NULL for zrtp_src */
  GstZrtpSrcPad src_pad;
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
 * each other until gst_zrtp_enc_pad_release(). @owner is static, @sink may be
 * NULL. */
GstZrtpEncPad *gst_zrtp_enc_pad_new (const GstZrtpEncPadOwner * owner,
    GstZrtpBin * enc, guint id, GstPad * sink, GstPad * src, gboolean is_rtcp);
GstZrtpEncPad *gst_zrtp_enc_pad_ref (GstZrtpEncPad * enc_pad);
void gst_zrtp_enc_pad_unref (GstZrtpEncPad * enc_pad);

static inline GstPad *
gst_zrtp_enc_pad_get_src (GstZrtpEncPad * enc_pad)
{
  return enc_pad->src_pad.pad;
}

static inline gboolean
gst_zrtp_enc_pad_is_media (GstZrtpEncPad * enc_pad)
{
  return enc_pad->sink && !enc_pad->is_rtcp;
}

/* Wakes up all waiters, and no thread waits until it is set again. */
void gst_zrtp_enc_pad_set_active (GstZrtpEncPad * enc_pad, gboolean active);
/* The application ends the stream: media that waits for keys is dropped, until
 * the end of stream comes or another stream begins. MT safe. */
void gst_zrtp_enc_pad_expect_eos (GstZrtpEncPad * enc_pad);
/* The pads are inactive and about to be removed: takes them apart, and leaves
 * its SSRCs to other ports. */
void gst_zrtp_enc_pad_release (GstZrtpEncPad * enc_pad);

/* For workers: encrypts an RTCP packet of our own and sends it here. */
GstFlowReturn gst_zrtp_enc_pad_send_rtcp (GstZrtpEncPad * enc_pad,
    const guint8 * data, gsize size);
/* For workers: the end of stream of a port without a sink pad, once the
 * handshake's pending replies are out. */
void gst_zrtp_enc_pad_end (GstZrtpEncPad * enc_pad);
/* Upstream is to choose another SSRC. */
void gst_zrtp_enc_pad_refuse_ssrc (GstZrtpEncPad * enc_pad, guint32 ssrc);

G_END_DECLS

#endif
