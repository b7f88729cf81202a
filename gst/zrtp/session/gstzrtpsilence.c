/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "session/gstzrtpsilence.h"

#include "session/gstzrtpmember.h"
#include "session/gstzrtpnotifier.h"

#include <string.h>

static void
sample_engine (GstZrtpPair * pair, GstZrtpSample * sample)
{
  const ZrtpStreamInfo *info = zrtp_stream_get_info (pair->stream);

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
get_setting (GstZrtpPair * pair, GstZrtpSetting setting)
{
  return gst_zrtp_settings_get_boolean (pair->settings, setting);
}

/* Must be called with the call's lock held. */
static void
sample_pair (GstZrtpPair * pair, GstZrtpSample * sample)
{
  sample->have_enc = pair->members[GST_ZRTP_HALF_ENC].id != NULL;
  sample->have_dec = pair->members[GST_ZRTP_HALF_DEC].id != NULL;
  sample->started = pair->started;
  sample->may_start = !pair->starting && (pair->transport_ready
      || get_setting (pair, GST_ZRTP_SETTING_AUTO_DISCOVER));
  sample->passive = get_setting (pair, GST_ZRTP_SETTING_PASSIVE);
  sample->auto_secure = get_setting (pair, GST_ZRTP_SETTING_AUTO_SECURE);
  sample->clear_allowed =
      !get_setting (pair, GST_ZRTP_SETTING_REQUIRE_ENCRYPTION);
  if (pair->stream)
    sample_engine (pair, sample);
  if (pair->called && sample->arrived == 0)
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
  sample->decrypted = receiver->heard;
  sample->media_arrived = receiver->heard + receiver->clear_packets;
  for (guint i = 0; i < GST_ZRTP_N_RECEIVE_DROPS; i++)
    *(is_media_drop (i) ? &sample->media_arrived : &others) +=
        receiver->drops[i];
  sample->undecryptable = receiver->drops[GST_ZRTP_RECEIVE_DROP_BAD_AUTH]
      + receiver->drops[GST_ZRTP_RECEIVE_DROP_REPLAYED];
  g_mutex_unlock (&receiver->lock);
  sample->arrived = zrtp + others + sample->media_arrived;
}

static void
sample_element (GstZrtpPair * pair, GstZrtpHalf half, GstZrtpSample * sample)
{
  GstElement *element = gst_zrtp_pair_get_element (pair, half);

  if (!element)
    return;
  GST_ZRTP_BIN_GET_CLASS (element)->inspect ((GstZrtpBin *) element, sample);
  gst_object_unref (element);
}

static char *
describe (GstZrtpPair * pair, GstZrtpSituation situation)
{
  const GstZrtpSample *s = &pair->watch.last;

  /* The WARNINGs of a refusal and of equal ZIDs said more. */
  if (situation == GST_ZRTP_SITUATION_FAILED && (pair->refusal
          || s->error == ZRTP_ERROR_EQUAL_ZIDS))
    return NULL;
  if (situation == GST_ZRTP_SITUATION_NO_PARTNER)
    return g_strdup_printf ("There is no %s that belongs to "
        "this %s, so no keys can be agreed on. Put one in the same "
        "pipeline with the same stream-id (here %u), or set the same "
        "session-id on both. Media may be passing unencrypted: in rtpbin, "
        "see that both request handlers return their element",
        s->have_enc ? "zrtpdec" : "zrtpenc",
        s->have_enc ? "zrtpenc" : "zrtpdec", pair->stream_id);
  return gst_zrtp_situation_describe (situation, &pair->watch);
}

static void
set_timer (GstZrtpPair * pair, gint64 interval)
{
  gst_zrtp_timer_set (&pair->look, g_get_monotonic_time () + interval);
}

void
gst_zrtp_pair_begin_watch (GstZrtpPair * pair)
{
  memset (&pair->watch, 0, sizeof pair->watch);
  pair->watching = TRUE;
  set_timer (pair, 0);
}

void
gst_zrtp_pair_end_watch (GstZrtpPair * pair)
{
  pair->watching = FALSE;
  gst_zrtp_timer_clear (&pair->look);
}

void
gst_zrtp_pair_look (GstZrtpPair * pair)
{
  GstZrtpSample sample = { 0 };
  GstZrtpSituation situation = GST_ZRTP_N_SITUATIONS;
  gboolean fatal = FALSE;
  char *text = NULL;

  sample_element (pair, GST_ZRTP_HALF_ENC, &sample);
  sample_element (pair, GST_ZRTP_HALF_DEC, &sample);

  gst_zrtp_call_lock (pair->call);
  sample.now = g_get_monotonic_time ();
  sample_pair (pair, &sample);
  sample_sender (&pair->sender, &sample);
  sample_receiver (&pair->receiver, &sample);
  if (pair->watching) {
    if (gst_zrtp_watch_update (&pair->watch, &sample, &situation))
      text = describe (pair, situation);
    fatal = gst_zrtp_situation_is_bypass (situation)
        && get_setting (pair, GST_ZRTP_SETTING_ERROR_ON_BYPASS);
    set_timer (pair, gst_zrtp_watch_interval (&pair->watch));
  }
  gst_zrtp_call_unlock (pair->call);

  if (text)
    gst_zrtp_pair_notify (pair, fatal ?
        gst_zrtp_notice_new_error (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS, text) :
        gst_zrtp_notice_new_warning (GST_RESOURCE_ERROR,
            GST_RESOURCE_ERROR_SETTINGS, NULL, "%s", text));
  g_free (text);
}
