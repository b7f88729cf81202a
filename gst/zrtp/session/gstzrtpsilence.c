/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsilence.h"

#include "session/gstzrtpmember.h"
#include "session/gstzrtpnotifier.h"

#include <string.h>

static void
sample_engine (GstZrtpTransport * transport, GstZrtpSample * sample)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (transport->stream);

  sample->state = info->state;
  sample->error = info->error;
  sample->have_peer = info->have_peer;
  sample->lost_call = info->lost_call;
  sample->peer_passive = info->peer_passive;
  sample->sent = info->counters.sent;
  sample->received = info->counters.received;
  sample->arrived = info->counters.received;
  for (guint i = 0; i < ZRTP_N_DROPS; i++)
    sample->arrived += info->counters.dropped[i];
}

static gboolean
get_setting (GstZrtpTransport * transport, GstZrtpSetting setting)
{
  return gst_zrtp_settings_get_boolean (transport->settings, setting);
}

/* Must be called with the call's lock held. */
static void
sample_pair (GstZrtpTransport * transport, GstZrtpSample * sample)
{
  sample->have_enc = transport->slots[GST_ZRTP_SIDE_SEND].id != NULL;
  sample->have_dec = transport->slots[GST_ZRTP_SIDE_RECEIVE].id != NULL;
  sample->started = transport->started;
  sample->may_start = !transport->hello.starting && (transport->transport_ready
      || get_setting (transport, GST_ZRTP_SETTING_AUTO_DISCOVER));
  sample->passive = get_setting (transport, GST_ZRTP_SETTING_PASSIVE);
  sample->auto_secure = get_setting (transport, GST_ZRTP_SETTING_AUTO_SECURE);
  sample->clear_allowed =
      !get_setting (transport, GST_ZRTP_SETTING_REQUIRE_ENCRYPTION);
  if (transport->stream)
    sample_engine (transport, sample);
  if (transport->called && sample->arrived == 0)
    sample->arrived = 1;        /* before the engine runs it counts nothing */
}

static void
sample_sender (GstZrtpSender * sender, GstZrtpSample * sample)
{
  g_mutex_lock (&sender->lock);
  sample->offered = sender->clear_packets + sender->rtcp_packets
      + sender->waiting;
  for (guint i = 0; i < GST_ZRTP_N_SEND_DROPS; i++)
    sample->offered += sender->drops[i];
  g_mutex_unlock (&sender->lock);
}

/* Whether a drop of this cause was a media packet. */
static gboolean
is_media_drop (GstZrtpReceiveDrop drop)
{
  return drop < GST_ZRTP_RECEIVE_DROP_NOT_RTP;
}

static void
sample_receiver (GstZrtpReceiver * receiver, GstZrtpSample * sample)
{
  const guint64 zrtp = sample->arrived;
  guint64 others = 0;

  g_mutex_lock (&receiver->lock);
  sample->decrypted = receiver->n_authenticated;
  sample->media_arrived = receiver->n_authenticated + receiver->clear_packets;
  for (guint i = 0; i < GST_ZRTP_N_RECEIVE_DROPS; i++)
    *(is_media_drop (i) ? &sample->media_arrived : &others) +=
        receiver->drops[i];
  sample->undecryptable = receiver->drops[GST_ZRTP_RECEIVE_DROP_BAD_AUTH]
      + receiver->drops[GST_ZRTP_RECEIVE_DROP_REPLAYED];
  g_mutex_unlock (&receiver->lock);
  sample->arrived = zrtp + others + sample->media_arrived;
}

static void
sample_element (GstZrtpTransport * transport, GstZrtpSide side,
    GstZrtpSample * sample)
{
  GstElement *element = gst_zrtp_transport_get_element (transport, side);

  if (!element)
    return;
  GST_ZRTP_BIN_GET_CLASS (element)->inspect ((GstZrtpBin *) element, sample);
  gst_object_unref (element);
}

static char *
describe (GstZrtpTransport * transport, GstZrtpSituation situation)
{
  const GstZrtpSample *s = &transport->watch.last;

  /* The WARNINGs of a refusal and of equal ZIDs said more. */
  if (situation == GST_ZRTP_SITUATION_FAILED && (transport->refusal
          || s->error == ZRTP_ERROR_EQUAL_ZIDS))
    return NULL;
  if (situation == GST_ZRTP_SITUATION_NO_PARTNER)
    return g_strdup_printf ("There is no %s that belongs to "
        "this %s, so no keys can be agreed on. Put one in the same "
        "pipeline with the same stream-id (here %u), or set the same "
        "session-id on both. Media may be passing unencrypted: in rtpbin, "
        "see that both request handlers return their element",
        s->have_enc ? "zrtpdec" : "zrtpenc",
        s->have_enc ? "zrtpenc" : "zrtpdec", transport->stream_id);
  return gst_zrtp_situation_describe (situation, &transport->watch);
}

static void
set_timer (GstZrtpTransport * transport, gint64 interval)
{
  gst_zrtp_timer_set (&transport->timers[GST_ZRTP_TRANSPORT_LOOK].timer,
      g_get_monotonic_time () + interval);
}

void
gst_zrtp_transport_begin_watch (GstZrtpTransport * transport)
{
  memset (&transport->watch, 0, sizeof transport->watch);
  transport->watching = TRUE;
  set_timer (transport, 0);
}

void
gst_zrtp_transport_end_watch (GstZrtpTransport * transport)
{
  transport->watching = FALSE;
  gst_zrtp_timer_clear (&transport->timers[GST_ZRTP_TRANSPORT_LOOK].timer);
}

void
gst_zrtp_transport_look (GstZrtpTransport * transport)
{
  GstZrtpSample sample = { 0 };
  GstZrtpSituation situation = GST_ZRTP_N_SITUATIONS;
  gboolean fatal = FALSE;
  char *text = NULL;

  sample_element (transport, GST_ZRTP_SIDE_SEND, &sample);
  sample_element (transport, GST_ZRTP_SIDE_RECEIVE, &sample);

  gst_zrtp_session_lock (transport->session);
  sample.now = g_get_monotonic_time ();
  sample_pair (transport, &sample);
  sample_sender (&transport->sender, &sample);
  sample_receiver (&transport->receiver, &sample);
  if (transport->watching) {
    if (gst_zrtp_watch_update (&transport->watch, &sample, &situation))
      text = describe (transport, situation);
    fatal = gst_zrtp_situation_is_bypass (situation)
        && get_setting (transport, GST_ZRTP_SETTING_ERROR_ON_BYPASS);
    set_timer (transport, gst_zrtp_watch_interval (&transport->watch));
  }
  gst_zrtp_session_unlock (transport->session);

  if (text)
    gst_zrtp_transport_notify (transport, fatal ?
        gst_zrtp_notification_new_error (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS, text) :
        gst_zrtp_notification_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS, NULL, "%s", text));
  g_free (text);
}
