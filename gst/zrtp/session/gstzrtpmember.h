/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An element of a call as the other files of this folder know it: its settings, its
 * place, and what it does for them.
 */
#ifndef GST_ZRTP_MEMBER_H
#define GST_ZRTP_MEMBER_H

#include "session/gstzrtptransport.h"

G_BEGIN_DECLS

typedef struct _GstZrtpBin GstZrtpBin;
typedef struct _GstZrtpBinClass GstZrtpBinClass;

#define GST_ZRTP_BIN_GET_CLASS(obj) \
  (G_TYPE_INSTANCE_GET_CLASS ((obj), GST_TYPE_ZRTP_BIN, GstZrtpBinClass))

struct _GstZrtpBinClass
{
  GstBinClass parent_class;

  GstZrtpSide side;

  /* The element is about to start or has stopped: bin->transport is set. Called
   * on either side of the pads' activation, never pushes. */
  void (*start) (GstZrtpBin * bin);
  void (*stop) (GstZrtpBin * bin);
  /* The pads are active. */
  void (*started) (GstZrtpBin * bin);
  /* The pads are about to be deactivated: let go whatever waits. */
  void (*unblock) (GstZrtpBin * bin);

  /* Fills in what the element's pads tell of silence. From any thread, without
   * locks; takes the object lock. */
  void (*inspect) (GstZrtpBin * bin, GstZrtpSample * sample);

  /* zrtpdec: sinks are to become ready before media comes. From any thread, does
   * not block. */
  void (*open) (GstZrtpBin * bin);

  /* zrtpenc, from the pusher; may block. */
  void (*push_handshake) (GstZrtpBin * bin, GstBuffer * buffer);
  void (*resolve_ssrc_collision) (GstZrtpBin * bin, guint32 ssrc);
  void (*send_pli) (GstZrtpBin * bin, guint32 ssrc);
  void (*force_key_units) (GstZrtpBin * bin);
  /* A reference, or NULL. */
  GstPad *(*get_handshake_pad) (GstZrtpBin * bin);
};

struct _GstZrtpBin
{
  GstBin parent;

  /* For life. */
  GstZrtpSettings *settings;
  /* Changes below PAUSED only, under the registry's and the object's lock. The
   * data path reads it without. */
  GstZrtpTransport *transport;

  /* Under the object's lock: names that were set in a call, for the next. */
  GValue later[GST_ZRTP_SETTING_STREAM_ID + 1];
  /* Under the object's lock: why a value that was set last, below PAUSED, does not
   * count; NULL: it does. */
  char *refused[GST_ZRTP_N_SETTINGS];
};

/* A reference, or NULL. */
GstZrtpTransport *gst_zrtp_bin_get_pair (GstZrtpBin * bin);
/* Calls the engine for an action. FALSE if that says so, or there is no session. */
typedef gboolean (*GstZrtpSessionAct) (ZrtpSession * session, gint64 now);
gboolean gst_zrtp_bin_act_on_session (GstZrtpBin * bin, GstZrtpSessionAct act);
/* Tells the application what it did wrong: a WARNING, or g_warning() where there
 * is no bus yet. */
void gst_zrtp_bin_warn (GstZrtpBin * bin, const char *text);

G_END_DECLS

#endif
