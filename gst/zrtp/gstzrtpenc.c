/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/**
 * SECTION:element-zrtpenc
 * @title: zrtpenc
 * @see_also: zrtpdec, srtpenc
 *
 * zrtpenc encrypts RTP and RTCP with keys that it agrees on with the other
 * endpoint by itself, over the media's own way: ZRTP, RFC 6189. Nothing but the
 * two addresses has to be known beforehand, no server and no certificate; the
 * users make sure that there is no attacker between them by reading a short
 * authentication string to each other (#GstZrtpBin:sas).
 *
 * Every transport has a zrtpenc and a zrtpdec, which find each other: those in
 * one pipeline by themselves, others by #GstZrtpBin:session-id. A call with
 * several transports (say audio and video on ports of their own) has a zrtpenc
 * and a zrtpdec for each, told apart by #GstZrtpBin:stream-id.
 *
 * Request a pad `rtp_sink_%u` (or `rtcp_sink_%u`), and the source pad of the same
 * number is there too. Pads of one zrtpenc lead to one transport: its keys serve
 * every SSRC on it. The handshake leaves through the first `rtp_src_%u` that is
 * linked and has not ended, or through `zrtp_src` if that was requested: an
 * endpoint that only receives has no other way. An end of stream that the application sends to the pipeline ends
 * `zrtp_src` too.
 *
 * Until the call is secure nothing leaves in the clear, unless
 * #GstZrtpBin:require-encryption is FALSE: packets of live sources are dropped,
 * others wait. Network sinks should not wait for media either, which a receiver
 * may get only after the handshake: set `async=false` on them.
 *
 * All that happens is a signal, a property and an element message on the bus
 * (`gst-launch-1.0 -m`): see #GstZrtpBin.
 *
 * ## Example pipelines
 *
 * |[
 * gst-launch-1.0 -m audiotestsrc is-live=true wave=ticks ! opusenc ! rtpopuspay pt=96 ! zrtpenc name=enc cache=zrtp-a.sqlite enc.rtp_src_0 ! udpsink host=127.0.0.1 port=5004 async=false udpsrc port=5006 caps="application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96" ! zrtpdec ! rtpopusdepay ! opusdec ! audioconvert ! autoaudiosink
 * ]| One end of a voice call. It shows the short authentication string in the
 * message GstZrtpSas.
 * |[
 * gst-launch-1.0 -m audiotestsrc is-live=true wave=ticks ! opusenc ! rtpopuspay pt=96 ! zrtpenc name=enc cache=zrtp-b.sqlite enc.rtp_src_0 ! udpsink host=127.0.0.1 port=5006 async=false udpsrc port=5004 caps="application/x-rtp,media=audio,clock-rate=48000,encoding-name=OPUS,payload=96" ! zrtpdec ! rtpopusdepay ! opusdec ! audioconvert ! autoaudiosink
 * ]| The other end, in another terminal. Two ends on one machine need two files
 * of known peers, as here, since that file holds the endpoint's own number.
 *
 * Since: 0.1
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "gstzrtpenc.h"

#include "gstzrtpbypass.h"
#include "gstzrtpencpads.h"
#include "media/gstzrtpcaps.h"
#include "session/gstzrtpservice.h"

#include <gst/video/video-event.h>

GST_DEBUG_CATEGORY_EXTERN (gst_zrtp_enc_debug);
#define GST_CAT_DEFAULT gst_zrtp_enc_debug

/* How long a source may be silent before an SSRC is chosen for it. */
#define SILENCE_TIME (G_TIME_SPAN_SECOND / 2)

struct _GstZrtpEnc
{
  GstZrtpBin parent;

  GstZrtpTimer silence_timer;
  GstZrtpWork ssrc_work;        /* chooses an SSRC */
  GstZrtpWork eos_work;         /* ends zrtp_src */
  GMutex requests;              /* from the choice of a port's number until it is
                                 * in "ports" */

  /* Object lock. */
  GQueue enc_pads;              /* GstZrtpEncPad, oldest first */
  gboolean running;             /* from PAUSED on */
  gboolean closed;              /* from leaving PAUSED on: no port holds media */
  gboolean have_offered;
  guint32 offered_ssrc;
};

G_DEFINE_TYPE (GstZrtpEnc, gst_zrtp_enc, GST_TYPE_ZRTP_BIN);
GST_ELEMENT_REGISTER_DEFINE_WITH_CODE (zrtpenc, "zrtpenc", GST_RANK_NONE,
    GST_TYPE_ZRTP_ENC,
    GST_DEBUG_CATEGORY_INIT (gst_zrtp_enc_debug, "zrtpenc", 0,
        "ZRTP encrypter"));

static GstStaticPadTemplate rtp_sink_template =
GST_STATIC_PAD_TEMPLATE ("rtp_sink_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_RTP));

static GstStaticPadTemplate rtp_src_template =
GST_STATIC_PAD_TEMPLATE ("rtp_src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_SRTP));

static GstStaticPadTemplate rtcp_sink_template =
GST_STATIC_PAD_TEMPLATE ("rtcp_sink_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_RTCP));

static GstStaticPadTemplate rtcp_src_template =
GST_STATIC_PAD_TEMPLATE ("rtcp_src_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_SRTCP));

static GstStaticPadTemplate zrtp_src_template =
GST_STATIC_PAD_TEMPLATE ("zrtp_src", GST_PAD_SRC, GST_PAD_REQUEST,
    GST_STATIC_CAPS (GST_ZRTP_CAPS_SRTP));

/* -- Ports -- */

typedef GstZrtpEncPad *(*FindFunc) (GQueue * enc_pads);

/* A reference, for use without the lock. */
static GstZrtpEncPad *
get_enc_pad (GstZrtpEnc * self, FindFunc find)
{
  GstZrtpEncPad *enc_pad;

  GST_OBJECT_LOCK (self);
  enc_pad = find (&self->enc_pads);
  if (enc_pad)
    gst_zrtp_enc_pad_ref (enc_pad);
  GST_OBJECT_UNLOCK (self);
  return enc_pad;
}

/* References to all. */
static GList *
get_enc_pads (GstZrtpEnc * self)
{
  GList *enc_pads;

  GST_OBJECT_LOCK (self);
  enc_pads = g_list_copy_deep (self->enc_pads.head,
      (GCopyFunc) (void (*)(void)) gst_zrtp_enc_pad_ref, NULL);
  GST_OBJECT_UNLOCK (self);
  return enc_pads;
}

static void
free_enc_pads (GList * enc_pads)
{
  g_list_free_full (enc_pads, (GDestroyNotify) gst_zrtp_enc_pad_unref);
}

/* -- Starting the handshake -- */

/* The SSRC of the first sink pad; if it has none yet, the one that was chosen
 * for it. Object lock held. */
static gboolean
find_ssrc (GstZrtpEnc * self, guint32 * ssrc)
{
  GstZrtpEncPad *media = gst_zrtp_enc_pads_find_media (&self->enc_pads);

  if (media && media->have_ssrc)
    *ssrc = media->ssrc;
  else if (self->have_offered)
    *ssrc = self->offered_ssrc;
  else
    return FALSE;
  return TRUE;
}

static void
check_start (GstZrtpEnc * self)
{
  gboolean start = FALSE;
  GstZrtpEncPad *way;
  GstZrtpTransport *transport;
  guint32 ssrc;

  GST_OBJECT_LOCK (self);
  way =
      self->running ? gst_zrtp_enc_pads_find_handshake (&self->enc_pads) : NULL;
  if (way && gst_pad_is_linked (way->src_pad.pad)) {
    start = find_ssrc (self, &ssrc);
    /* Without a source there is nothing to wait for. */
    if (!start)
      gst_zrtp_timer_set (&self->silence_timer, g_get_monotonic_time ()
          +
          (gst_zrtp_enc_pads_find_media (&self->enc_pads) ? SILENCE_TIME : 0));
  }
  GST_OBJECT_UNLOCK (self);
  if (start && (transport = gst_zrtp_bin_get_pair (GST_ZRTP_BIN (self)))) {
    gst_zrtp_transport_start (transport, ssrc);
    gst_zrtp_transport_unref (transport);
  }
}

static void
linked (GstZrtpBin * bin)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  GstZrtpTransport *transport;
  gboolean running;

  check_start (self);
  GST_OBJECT_LOCK (self);
  running = self->running;
  GST_OBJECT_UNLOCK (self);
  if (running && (transport = gst_zrtp_bin_get_pair (bin))) {
    gst_zrtp_transport_restart_discovery (transport);
    gst_zrtp_transport_unref (transport);
  }
}

static gboolean
get_offered_ssrc (GstZrtpBin * bin, GstZrtpEncPad * enc_pad, guint32 * ssrc)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  gboolean result;

  GST_OBJECT_LOCK (self);
  result = self->have_offered
      && gst_zrtp_enc_pads_find_media (&self->enc_pads) == enc_pad;
  *ssrc = self->offered_ssrc;
  GST_OBJECT_UNLOCK (self);
  return result;
}

static void
port_learned_ssrc (GstZrtpBin * bin)
{
  check_start (GST_ZRTP_ENC (bin));
}

static const GstZrtpEncPadOwner enc_pad_owner = {
  port_learned_ssrc, linked, get_offered_ssrc
};

/* Timer thread. */
static void
silence_fired (gpointer data)
{
  GstZrtpEnc *self = data;

  gst_zrtp_work_schedule (&self->ssrc_work);
}

static void
choose_ssrc (gpointer data)
{
  GstZrtpEnc *self = data;
  guint32 ssrc, known;

  zrtp_random_system.fill (zrtp_random_system.user_data, (guint8 *) & ssrc,
      sizeof ssrc);
  GST_OBJECT_LOCK (self);
  if (self->running && !find_ssrc (self, &known)) {
    self->have_offered = TRUE;
    self->offered_ssrc = ssrc;
  }
  GST_OBJECT_UNLOCK (self);
  check_start (self);
}

static void
end_zrtp_src (gpointer data)
{
  GstZrtpEncPad *enc_pad = get_enc_pad (data, gst_zrtp_enc_pads_find_zrtp);

  if (enc_pad) {
    gst_zrtp_enc_pad_end (enc_pad);
    gst_zrtp_enc_pad_unref (enc_pad);
  }
}

/* References to all ports; one that is added later sees that itself. */
static GList *
close_enc_pads (GstZrtpEnc * self, gboolean closed)
{
  GST_OBJECT_LOCK (self);
  self->closed = closed;
  GST_OBJECT_UNLOCK (self);
  return get_enc_pads (self);
}

/* A bin gives the application's EOS to its sources alone. Held media would keep
 * one of them from taking it, and nothing is upstream of zrtp_src. Bins look for
 * sources when an element is added to them: those further up don't. */
static void
mark_as_source (GstZrtpEnc * self)
{
  GstObject *object = gst_object_ref (self), *parent;

  while (object) {
    GST_OBJECT_LOCK (object);
    GST_OBJECT_FLAG_SET (object, GST_ELEMENT_FLAG_SOURCE);
    GST_OBJECT_UNLOCK (object);
    parent = gst_object_get_parent (object);
    gst_object_unref (object);
    if (parent && (!GST_IS_BIN (parent)
            || (gst_bin_get_suppressed_flags (GST_BIN (parent))
                & GST_ELEMENT_FLAG_SOURCE)))
      gst_clear_object (&parent);
    object = parent;
  }
}

static void
gst_zrtp_enc_start (GstZrtpBin * bin)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  GList *enc_pads = close_enc_pads (self, FALSE);

  mark_as_source (self);
  for (GList * link = enc_pads; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    enc_pad->gate.source = NULL;
    enc_pad->live_known = enc_pad->have_refused = FALSE;
    gst_zrtp_enc_pad_set_active (enc_pad, TRUE);
  }
  free_enc_pads (enc_pads);
}

static void
gst_zrtp_enc_started (GstZrtpBin * bin)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);

  GST_OBJECT_LOCK (self);
  self->running = TRUE;
  GST_OBJECT_UNLOCK (self);
  check_start (self);
}

static void
gst_zrtp_enc_unblock (GstZrtpBin * bin)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  GList *enc_pads = close_enc_pads (self, TRUE);

  for (GList * link = enc_pads; link; link = link->next)
    gst_zrtp_enc_pad_set_active (link->data, FALSE);
  free_enc_pads (enc_pads);
}

static void
gst_zrtp_enc_stop (GstZrtpBin * bin)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  GList *enc_pads = get_enc_pads (self);

  for (GList * link = enc_pads; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    gst_zrtp_src_pad_wait_worker (&enc_pad->src_pad);
    /* Another zrtpenc may come in this one's place, for the same sources. */
    gst_zrtp_sender_release (&bin->transport->sender, enc_pad);
  }
  free_enc_pads (enc_pads);

  GST_OBJECT_LOCK (self);
  self->running = self->have_offered = FALSE;
  for (GList * link = self->enc_pads.head; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    enc_pad->have_ssrc = enc_pad->is_video = FALSE;
  }
  GST_OBJECT_UNLOCK (self);
  gst_zrtp_timer_clear (&self->silence_timer);
}

/* -- The pusher's doings -- */

static void
gst_zrtp_enc_push_handshake (GstZrtpBin * bin, GstBuffer * buffer)
{
  GstZrtpEncPad *enc_pad =
      get_enc_pad (GST_ZRTP_ENC (bin), gst_zrtp_enc_pads_find_handshake);
  GstFlowReturn ret;

  if (!enc_pad) {
    gst_buffer_unref (buffer);
    return;
  }
  ret = gst_zrtp_src_pad_work (&enc_pad->src_pad, buffer);
  /* Not linked, not active, flushing: all that may pass, and what was lost will
   * be repeated. */
  if (ret != GST_FLOW_OK)
    GST_DEBUG_OBJECT (enc_pad->src_pad.pad, "handshake packet lost: %s",
        gst_flow_get_name (ret));
  gst_zrtp_enc_pad_unref (enc_pad);
}

static GstPad *
gst_zrtp_enc_get_handshake_pad (GstZrtpBin * bin)
{
  GstZrtpEncPad *enc_pad =
      get_enc_pad (GST_ZRTP_ENC (bin), gst_zrtp_enc_pads_find_handshake);
  GstPad *pad = NULL;

  if (enc_pad) {
    pad = gst_object_ref (enc_pad->src_pad.pad);
    gst_zrtp_enc_pad_unref (enc_pad);
  }
  return pad;
}

static void
gst_zrtp_enc_inspect (GstZrtpBin * bin, GstZrtpSample * sample)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);

  GST_OBJECT_LOCK (self);
  if (self->running)
    gst_zrtp_enc_pads_inspect (&self->enc_pads, sample);
  GST_OBJECT_UNLOCK (self);
  gst_zrtp_bypass_inspect_enc (GST_ELEMENT (bin), sample);
}

/* The other side has our SSRC (RFC 6189 4.1, RFC 3550 8.2). */
static void
gst_zrtp_enc_give_up_ssrc (GstZrtpBin * bin, guint32 ssrc)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  GList *enc_pads = get_enc_pads (self);

  GST_OBJECT_LOCK (self);
  if (self->have_offered && self->offered_ssrc == ssrc)
    self->have_offered = FALSE;
  for (GList * link = enc_pads; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;

    if (enc_pad->have_ssrc && enc_pad->ssrc == ssrc)
      enc_pad->have_ssrc = FALSE;
  }
  GST_OBJECT_UNLOCK (self);

  for (GList * link = enc_pads; link; link = link->next)
    if (gst_zrtp_enc_pad_is_media (link->data))
      gst_zrtp_enc_pad_refuse_ssrc (link->data, ssrc);
  free_enc_pads (enc_pads);
  check_start (self);
}

static void
gst_zrtp_enc_ask_for_keyframes (GstZrtpBin * bin)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  GList *enc_pads = get_enc_pads (self);

  for (GList * link = enc_pads; link; link = link->next) {
    GstZrtpEncPad *enc_pad = link->data;
    gboolean is_video;

    GST_OBJECT_LOCK (self);
    is_video = enc_pad->is_video;
    GST_OBJECT_UNLOCK (self);
    if (enc_pad->sink && is_video)
      gst_pad_push_event (enc_pad->sink,
          gst_video_event_new_upstream_force_key_unit (GST_CLOCK_TIME_NONE,
              TRUE, 0));
  }
  free_enc_pads (enc_pads);
}

/* An empty receiver report and a picture loss indication (RFC 4585 6.3.1). */
static void
gst_zrtp_enc_report_loss (GstZrtpBin * bin, guint32 ssrc)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (bin);
  guint8 packet[20] = { 0x80, 201, 0, 1, 0, 0, 0, 0, 0x81, 206, 0, 2 };
  GstZrtpEncPad *enc_pad = get_enc_pad (self, gst_zrtp_enc_pads_find_rtcp);
  gboolean have_ssrc;
  guint32 own = 0;

  if (!enc_pad)
    enc_pad = get_enc_pad (self, gst_zrtp_enc_pads_find_handshake);
  GST_OBJECT_LOCK (self);
  have_ssrc = find_ssrc (self, &own);
  GST_OBJECT_UNLOCK (self);
  if (!enc_pad)
    return;
  if (have_ssrc) {
    GST_WRITE_UINT32_BE (packet + 4, own);
    GST_WRITE_UINT32_BE (packet + 12, own);
    GST_WRITE_UINT32_BE (packet + 16, ssrc);
    gst_zrtp_enc_pad_send_rtcp (enc_pad, packet, sizeof packet);
  }
  gst_zrtp_enc_pad_unref (enc_pad);
}

/* -- Pads -- */

/* A port that is released has left the list before its pads leave the element;
 * its source pad is the last. */
static gboolean
is_taken (GstZrtpEnc * self, guint id, gboolean is_rtcp)
{
  gboolean taken;
  char *name;
  GstPad *pad;

  GST_OBJECT_LOCK (self);
  taken =
      gst_zrtp_enc_pads_find_numbered (&self->enc_pads, id, is_rtcp) != NULL;
  GST_OBJECT_UNLOCK (self);
  if (taken)
    return TRUE;
  name = g_strdup_printf (is_rtcp ? "rtcp_src_%u" : "rtp_src_%u", id);
  pad = gst_element_get_static_pad (GST_ELEMENT (self), name);
  g_free (name);
  taken = pad != NULL;
  gst_clear_object (&pad);
  return taken;
}

/* The number in "rtp_sink_3"; the first that is free if there is no name, or that
 * of the template. With the requests' lock. */
static gboolean
choose_id (GstZrtpEnc * self, const char *name, gboolean is_rtcp, guint * id)
{
  guint64 number = 0;

  if (!name || strchr (name, '%')) {
    while (is_taken (self, number, is_rtcp))
      number++;
  } else if (!g_ascii_string_to_unsigned (strrchr (name, '_') + 1, 10, 0,
          G_MAXUINT, &number, NULL) || is_taken (self, number, is_rtcp)) {
    return FALSE;
  }
  *id = number;
  return TRUE;
}

/* With the requests' lock. */
static void
enlist (GstZrtpEnc * self, GstZrtpEncPad * enc_pad)
{
  GST_OBJECT_LOCK (self);
  /* No other thread knows it yet. */
  enc_pad->gate.stopped = self->closed;
  g_queue_push_tail (&self->enc_pads, enc_pad);
  GST_OBJECT_UNLOCK (self);
}

/* @sink may be NULL. */
static void
add_pads (GstZrtpEnc * self, GstPad * sink, GstPad * src)
{
  if (sink)
    gst_element_add_pad (GST_ELEMENT (self), sink);
  gst_element_add_pad (GST_ELEMENT (self), src);
  check_start (self);
}

static GstPad *
request_media_pad (GstZrtpEnc * self, GstPadTemplate * template,
    const char *name, gboolean is_rtcp)
{
  GstPad *sink, *src;
  char *text;
  guint id;

  g_mutex_lock (&self->requests);
  if (!choose_id (self, name, is_rtcp, &id)) {
    g_mutex_unlock (&self->requests);
    GST_WARNING_OBJECT (self, "no pad %s: the name is taken or no number",
        name);
    return NULL;
  }
  text = g_strdup_printf (is_rtcp ? "rtcp_sink_%u" : "rtp_sink_%u", id);
  sink = gst_pad_new_from_template (template, text);
  g_free (text);
  text = g_strdup_printf (is_rtcp ? "rtcp_src_%u" : "rtp_src_%u", id);
  src = gst_pad_new_from_static_template (is_rtcp ? &rtcp_src_template
      : &rtp_src_template, text);
  g_free (text);
  enlist (self, gst_zrtp_enc_pad_new (&enc_pad_owner, GST_ZRTP_BIN (self), id,
          sink, src, is_rtcp));
  g_mutex_unlock (&self->requests);
  add_pads (self, sink, src);
  return sink;
}

static GstPad *
request_zrtp_pad (GstZrtpEnc * self, GstPadTemplate * template)
{
  GstPad *src = NULL;
  GstZrtpEncPad *enc_pad;

  g_mutex_lock (&self->requests);
  enc_pad = get_enc_pad (self, gst_zrtp_enc_pads_find_zrtp);
  if (enc_pad) {
    gst_zrtp_enc_pad_unref (enc_pad);
  } else {
    src = gst_pad_new_from_template (template, "zrtp_src");
    enlist (self, gst_zrtp_enc_pad_new (&enc_pad_owner, GST_ZRTP_BIN (self), 0,
            NULL, src, FALSE));
  }
  g_mutex_unlock (&self->requests);
  if (!src)
    return NULL;
  add_pads (self, NULL, src);
  return src;
}

static gboolean
gst_zrtp_enc_send_event (GstElement * element, GstEvent * event)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (element);
  GstZrtpEncPad *zrtp;
  gboolean ok = TRUE;
  GList *enc_pads;

  if (GST_EVENT_TYPE (event) != GST_EVENT_EOS)
    return GST_ELEMENT_CLASS (gst_zrtp_enc_parent_class)->send_event (element,
        event);

  enc_pads = get_enc_pads (self);
  for (GList * link = enc_pads; link; link = link->next)
    gst_zrtp_enc_pad_expect_eos (link->data);
  free_enc_pads (enc_pads);

  zrtp = get_enc_pad (self, gst_zrtp_enc_pads_find_zrtp);
  if (zrtp) {
    ok = gst_zrtp_src_pad_want_end (&zrtp->src_pad, event);
    if (ok)
      gst_zrtp_work_schedule (&self->eos_work);
    gst_zrtp_enc_pad_unref (zrtp);
  } else {
    gst_event_unref (event);
  }
  return ok;
}

static GstPad *
gst_zrtp_enc_request_new_pad (GstElement * element, GstPadTemplate * template,
    const gchar * name, const GstCaps * caps)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (element);
  const char *kind = GST_PAD_TEMPLATE_NAME_TEMPLATE (template);

  if (g_str_equal (kind, "zrtp_src"))
    return request_zrtp_pad (self, template);
  return request_media_pad (self, template, name,
      g_str_has_prefix (kind, "rtcp"));
}

static void
remove_enc_pad (GstZrtpEnc * self, GstZrtpEncPad * enc_pad)
{
  GstElement *element = GST_ELEMENT (self);

  gst_zrtp_enc_pad_set_active (enc_pad, FALSE);
  /* In the order of state changes: whom a probe blocks on this one is free, so
   * that the other need not wait for him. */
  gst_pad_set_active (enc_pad->src_pad.pad, FALSE);
  if (enc_pad->sink)
    gst_pad_set_active (enc_pad->sink, FALSE);
  gst_zrtp_enc_pad_release (enc_pad);
  if (enc_pad->sink)
    gst_element_remove_pad (element, enc_pad->sink);
  gst_element_remove_pad (element, enc_pad->src_pad.pad);
  gst_zrtp_enc_pad_unref (enc_pad);
}

static void
gst_zrtp_enc_release_pad (GstElement * element, GstPad * pad)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (element);
  GstZrtpEncPad *enc_pad = NULL;

  GST_OBJECT_LOCK (self);
  for (GList * link = self->enc_pads.head; link && !enc_pad; link = link->next) {
    GstZrtpEncPad *other = link->data;

    if (pad == other->sink || (pad == other->src_pad.pad && !other->sink)) {
      enc_pad = other;
      g_queue_delete_link (&self->enc_pads, link);
      break;
    }
  }
  GST_OBJECT_UNLOCK (self);
  if (!enc_pad)
    return;
  remove_enc_pad (self, enc_pad);
  /* The handshake goes on elsewhere, if it was here. */
  check_start (self);
}

/* -- The class -- */

static void
gst_zrtp_enc_dispose (GObject * object)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (object);
  GstZrtpEncPad *enc_pad;

  while ((enc_pad = g_queue_pop_head (&self->enc_pads)))
    remove_enc_pad (self, enc_pad);
  G_OBJECT_CLASS (gst_zrtp_enc_parent_class)->dispose (object);
}

static void
gst_zrtp_enc_finalize (GObject * object)
{
  GstZrtpEnc *self = GST_ZRTP_ENC (object);

  gst_zrtp_work_clear (&self->ssrc_work);
  gst_zrtp_work_clear (&self->eos_work);
  g_mutex_clear (&self->requests);
  G_OBJECT_CLASS (gst_zrtp_enc_parent_class)->finalize (object);
}

static void
gst_zrtp_enc_class_init (GstZrtpEncClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstZrtpBinClass *bin_class = (GstZrtpBinClass *) klass;

  object_class->dispose = gst_zrtp_enc_dispose;
  object_class->finalize = gst_zrtp_enc_finalize;
  element_class->request_new_pad =
      GST_DEBUG_FUNCPTR (gst_zrtp_enc_request_new_pad);
  element_class->release_pad = GST_DEBUG_FUNCPTR (gst_zrtp_enc_release_pad);
  element_class->send_event = GST_DEBUG_FUNCPTR (gst_zrtp_enc_send_event);
  bin_class->side = GST_ZRTP_SIDE_SEND;
  bin_class->start = gst_zrtp_enc_start;
  bin_class->started = gst_zrtp_enc_started;
  bin_class->unblock = gst_zrtp_enc_unblock;
  bin_class->stop = gst_zrtp_enc_stop;
  bin_class->push_handshake = gst_zrtp_enc_push_handshake;
  bin_class->get_handshake_pad = gst_zrtp_enc_get_handshake_pad;
  bin_class->inspect = gst_zrtp_enc_inspect;
  bin_class->resolve_ssrc_collision = gst_zrtp_enc_give_up_ssrc;
  bin_class->send_pli = gst_zrtp_enc_report_loss;
  bin_class->force_key_units = gst_zrtp_enc_ask_for_keyframes;

  gst_element_class_add_static_pad_template (element_class, &rtp_sink_template);
  gst_element_class_add_static_pad_template (element_class, &rtp_src_template);
  gst_element_class_add_static_pad_template (element_class,
      &rtcp_sink_template);
  gst_element_class_add_static_pad_template (element_class, &rtcp_src_template);
  gst_element_class_add_static_pad_template (element_class, &zrtp_src_template);
  gst_element_class_set_static_metadata (element_class, "ZRTP encrypter",
      "Filter/Network/SRTP",
      "Encrypts RTP and RTCP with keys agreed on with the other side by ZRTP "
      "(RFC 6189)", "The gst-zrtp project");
}

static void
gst_zrtp_enc_init (GstZrtpEnc * self)
{
  GST_OBJECT_FLAG_SET (self, GST_ELEMENT_FLAG_SOURCE);
  g_queue_init (&self->enc_pads);
  g_mutex_init (&self->requests);
  gst_zrtp_timer_init (&self->silence_timer, silence_fired, self);
  gst_zrtp_work_init (&self->ssrc_work, GST_ZRTP_POOL_SERVICE, choose_ssrc,
      self, gst_object_ref, gst_object_unref);
  gst_zrtp_work_init (&self->eos_work, GST_ZRTP_POOL_BLOCKING, end_zrtp_src,
      self, gst_object_ref, gst_object_unref);
}
