/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media/gstzrtpreceiver.h"

#include "media/gstzrtpdebug.h"

#include <string.h>

/* When a source that only fails is reported: more than a burst of packets that
 * the network doubled. */
#define FAILING_TIME (3 * G_TIME_SPAN_SECOND)
#define MIN_FAILURES 10
/* How long the sources of a call are remembered after its keys. */
#define FORMER_TIME (60 * G_TIME_SPAN_SECOND)

const char *
gst_zrtp_receive_drop_nick (GstZrtpReceiveDrop drop)
{
  static const char *const nicks[GST_ZRTP_N_RECEIVE_DROPS] = {
    "before-secure", "replayed", "bad-auth", "malformed", "key-used-up",
    "too-many-sources", "failed", "not-rtp", "zrtp-on-rtcp", "zrtp-overflow",
    "no-partner"
  };

  return nicks[drop];
}

void
gst_zrtp_receiver_init (GstZrtpReceiver * receiver)
{
  g_mutex_init (&receiver->lock);
  receiver->mode = ZRTP_MEDIA_BLOCKED;
  receiver->sources = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

void
gst_zrtp_receiver_drop (GstZrtpReceiver * receiver, GstZrtpReceiveDrop drop)
{
  receiver->drops[drop]++;
  gst_zrtp_debug_drop ("received", gst_zrtp_receive_drop_nick (drop), 1);
}

void
gst_zrtp_receiver_clear (GstZrtpReceiver * receiver)
{
  zrtp_srtp_free (receiver->srtp);
  g_hash_table_unref (receiver->sources);
  g_mutex_clear (&receiver->lock);
}

/* A start without keys since the last one leaves what that knew. */
static void
remember_sources (GstZrtpReceiver * receiver)
{
  GHashTableIter iter;
  gpointer ssrc;

  if (receiver->keys_ended == 0
      || g_get_monotonic_time () - receiver->keys_ended > FORMER_TIME) {
    receiver->n_former = 0;
    return;
  }
  if (g_hash_table_size (receiver->sources) == 0)
    return;
  receiver->n_former = 0;
  g_hash_table_iter_init (&iter, receiver->sources);
  while (receiver->n_former < GST_ZRTP_MAX_FORMER
      && g_hash_table_iter_next (&iter, &ssrc, NULL))
    receiver->former[receiver->n_former++] = GPOINTER_TO_UINT (ssrc);
}

gboolean
gst_zrtp_receiver_begin (GstZrtpReceiver * receiver)
{
  gboolean former;

  g_mutex_lock (&receiver->lock);
  remember_sources (receiver);
  former = receiver->n_former > 0;
  g_hash_table_remove_all (receiver->sources);
  receiver->last = NULL;
  receiver->old_packets = receiver->old_octets = 0;
  g_atomic_int_set (&receiver->crowded, GST_ZRTP_CROWDING_NONE);
  receiver->n_authenticated = receiver->clear_packets = receiver->rtcp_packets =
      0;
  memset (receiver->drops, 0, sizeof receiver->drops);
  g_mutex_unlock (&receiver->lock);
  return former;
}

gboolean
gst_zrtp_receiver_set_keys (GstZrtpReceiver * receiver,
    const ZrtpSrtpKeys * keys, const ZrtpSrtpOptions * options)
{
  ZrtpSrtp *srtp = keys
      ? zrtp_srtp_new (ZRTP_SRTP_RECEIVE, keys, options) : NULL;
  ZrtpSrtp *old;

  g_mutex_lock (&receiver->lock);
  old = receiver->srtp;
  if (old && !srtp)
    receiver->keys_ended = g_get_monotonic_time ();
  if (srtp)
    receiver->n_former = 0;
  receiver->srtp = srtp;
  receiver->keys++;
  g_mutex_unlock (&receiver->lock);
  zrtp_srtp_free (old);
  return srtp || !keys;
}

void
gst_zrtp_receiver_set_mode (GstZrtpReceiver * receiver, ZrtpMedia mode)
{
  g_mutex_lock (&receiver->lock);
  receiver->mode = mode;
  g_mutex_unlock (&receiver->lock);
}

void
gst_zrtp_receiver_tell_again (GstZrtpReceiver * receiver)
{
  g_mutex_lock (&receiver->lock);
  memset (receiver->told, 0, sizeof receiver->told);
  g_mutex_unlock (&receiver->lock);
}

static void
tell_once (GstZrtpReceiver * receiver, ZrtpMedia kind, GstZrtpVerdict * verdict)
{
  if (G_LIKELY (receiver->told[kind]))
    return;
  receiver->told[kind] = TRUE;
  verdict->tell = kind;
}

static GstZrtpReceiveDrop
count_failure (GstZrtpReceiver * receiver, ZrtpSrtpResult result)
{
  GstZrtpReceiveDrop drop = GST_ZRTP_RECEIVE_DROP_FAILED;

  switch (result) {
    case ZRTP_SRTP_REPLAY:
      drop = GST_ZRTP_RECEIVE_DROP_REPLAYED;
      break;
    case ZRTP_SRTP_BAD_AUTH:
      drop = GST_ZRTP_RECEIVE_DROP_BAD_AUTH;
      break;
    case ZRTP_SRTP_MALFORMED:
      drop = GST_ZRTP_RECEIVE_DROP_MALFORMED;
      break;
    case ZRTP_SRTP_EXPIRED:
      drop = GST_ZRTP_RECEIVE_DROP_KEY_USED_UP;
      break;
    case ZRTP_SRTP_TOO_MANY_SOURCES:
      drop = GST_ZRTP_RECEIVE_DROP_TOO_MANY_SOURCES;
      gst_zrtp_crowding_note (&receiver->crowded);
      break;
    default:
      break;
  }
  gst_zrtp_receiver_drop (receiver, drop);
  return drop;
}

/* A third party can send what fails, so no table grows here. */
static void
note_failure (GstZrtpReceiver * receiver, guint32 ssrc, GstZrtpReceiveDrop drop,
    GstZrtpVerdict * verdict)
{
  GstZrtpReceiveSource *source =
      g_hash_table_lookup (receiver->sources, GUINT_TO_POINTER (ssrc));
  gint64 now;

  if (!source || source->reported || (drop != GST_ZRTP_RECEIVE_DROP_REPLAYED
          && drop != GST_ZRTP_RECEIVE_DROP_BAD_AUTH))
    return;
  now = g_get_monotonic_time ();
  if (source->failures++ == 0)
    source->failing_since = now;
  if (source->failures < MIN_FAILURES
      || now - source->failing_since < FAILING_TIME)
    return;
  source->reported = verdict->failing = TRUE;
  verdict->ssrc = ssrc;
  verdict->drop = drop;
}

/* Sources of earlier keys make way; the SRTP context limits those of the present
 * ones. The counts stay. */
static void
make_room (GstZrtpReceiver * receiver)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, receiver->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GstZrtpReceiveSource *source = value;

    if (source->keys == receiver->keys)
      continue;
    receiver->old_packets += source->packets;
    receiver->old_octets += source->octets;
    if (receiver->last == source)
      receiver->last = NULL;
    g_hash_table_iter_remove (&iter);
  }
}

/* Only what authenticated gets an entry: third parties can't fill the table. */
static GstZrtpReceiveSource *
find_source (GstZrtpReceiver * receiver, guint32 ssrc)
{
  GstZrtpReceiveSource *source = receiver->last;

  if (G_LIKELY (source && source->ssrc == ssrc))
    return source;
  source = g_hash_table_lookup (receiver->sources, GUINT_TO_POINTER (ssrc));
  if (!source) {
    if (g_hash_table_size (receiver->sources) >= ZRTP_SRTP_MAX_SOURCES)
      make_room (receiver);
    source = g_new0 (GstZrtpReceiveSource, 1);
    source->ssrc = ssrc;
    g_hash_table_insert (receiver->sources, GUINT_TO_POINTER (ssrc), source);
  }
  receiver->last = source;
  return source;
}

static void
take_rtp (GstZrtpReceiver * receiver, guint8 * data, gsize * size,
    GstZrtpVerdict * verdict)
{
  ZrtpSrtpResult result = zrtp_srtp_unprotect (receiver->srtp, data, size);
  GstZrtpReceiveSource *source;

  if (G_UNLIKELY (result != ZRTP_SRTP_OK)) {
    GstZrtpReceiveDrop drop = count_failure (receiver, result);

    if (drop != GST_ZRTP_RECEIVE_DROP_MALFORMED)
      note_failure (receiver, gst_zrtp_rtp_get_ssrc (data), drop, verdict);
    return;
  }
  source = find_source (receiver, gst_zrtp_rtp_get_ssrc (data));
  receiver->n_authenticated++;
  source->packets++;
  source->octets += *size;
  source->failures = 0;
  verdict->pass = TRUE;
  tell_once (receiver, ZRTP_MEDIA_SECURE, verdict);
  if (G_UNLIKELY (source->keys != receiver->keys)) {
    source->keys = receiver->keys;
    verdict->first = TRUE;
    verdict->ssrc = source->ssrc;
  }
}

static void
take_rtcp (GstZrtpReceiver * receiver, guint8 * data, gsize * size,
    GstZrtpVerdict * verdict)
{
  ZrtpSrtpResult result = zrtp_srtp_unprotect_rtcp (receiver->srtp, data, size);

  if (G_UNLIKELY (result != ZRTP_SRTP_OK)) {
    count_failure (receiver, result);
    return;
  }
  receiver->n_authenticated++;
  receiver->rtcp_packets++;
  verdict->pass = TRUE;
  tell_once (receiver, ZRTP_MEDIA_SECURE, verdict);
  verdict->short_rtcp = zrtp_srtp_is_rtcp_short (receiver->srtp);
}

static gboolean
is_former (const GstZrtpReceiver * receiver, const guint8 * data, gsize size)
{
  if (size < GST_ZRTP_RTP_HEADER_SIZE)
    return FALSE;
  for (guint i = 0; i < receiver->n_former; i++)
    if (receiver->former[i] == gst_zrtp_rtp_get_ssrc (data))
      return TRUE;
  return FALSE;
}

GstZrtpVerdict
gst_zrtp_receiver_take (GstZrtpReceiver * receiver, GstZrtpPacketKind kind,
    guint8 * data, gsize * size)
{
  GstZrtpVerdict verdict = {.tell = ZRTP_MEDIA_BLOCKED };

  if (G_LIKELY (receiver->mode == ZRTP_MEDIA_SECURE && receiver->srtp)) {
    if (G_LIKELY (kind == GST_ZRTP_PACKET_RTP))
      take_rtp (receiver, data, size, &verdict);
    else
      take_rtcp (receiver, data, size, &verdict);
    return verdict;
  }

  if (G_UNLIKELY (receiver->n_former > 0) && kind == GST_ZRTP_PACKET_RTP
      && is_former (receiver, data, *size)) {
    tell_once (receiver, ZRTP_MEDIA_SECURE, &verdict);
    gst_zrtp_receiver_drop (receiver, GST_ZRTP_RECEIVE_DROP_BEFORE_SECURE);
    return verdict;
  }
  /* Whether it passes or not: the peer talks RTP. */
  if (kind == GST_ZRTP_PACKET_RTP)
    tell_once (receiver, ZRTP_MEDIA_CLEAR, &verdict);
  verdict.pass = receiver->mode == ZRTP_MEDIA_CLEAR;
  if (verdict.pass)
    receiver->clear_packets++;
  else
    gst_zrtp_receiver_drop (receiver, GST_ZRTP_RECEIVE_DROP_BEFORE_SECURE);
  return verdict;
}

gboolean
gst_zrtp_receiver_is_receiving (GstZrtpReceiver * receiver)
{
  gboolean hearing;

  g_mutex_lock (&receiver->lock);
  hearing = receiver->told[receiver->mode];
  g_mutex_unlock (&receiver->lock);
  return hearing;
}

void
gst_zrtp_receiver_count_drop (GstZrtpReceiver * receiver,
    GstZrtpReceiveDrop drop)
{
  g_mutex_lock (&receiver->lock);
  gst_zrtp_receiver_drop (receiver, drop);
  g_mutex_unlock (&receiver->lock);
}
