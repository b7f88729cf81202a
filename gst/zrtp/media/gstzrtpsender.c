/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "media/gstzrtpsender.h"

#include "media/gstzrtpdebug.h"

#include <string.h>

/* Repeated packets in a row that are no burst of resent ones: the source resumed
 * at a lower sequence number. */
#define RESTART_RUN 16
/* Time for upstream to obey, in packets. */
#define STUCK_RUN (RESTART_RUN + 64)
/* Single repeated packets that are no chance. */
#define MAX_REPEATS 16

const char *
gst_zrtp_send_drop_nick (GstZrtpSendDrop drop)
{
  static const char *const nicks[GST_ZRTP_N_SEND_DROPS] = {
    "before-secure", "ssrc-collision", "repeated", "malformed", "key-used-up",
    "too-many-sources", "failed"
  };

  return nicks[drop];
}

void
gst_zrtp_sender_init (GstZrtpSender * sender)
{
  g_mutex_init (&sender->lock);
  g_cond_init (&sender->changed);
  sender->mode = ZRTP_MEDIA_BLOCKED;
  sender->sources = g_hash_table_new_full (NULL, NULL, NULL, g_free);
}

void
gst_zrtp_sender_drop (GstZrtpSender * sender, GstZrtpSendDrop drop, guint n)
{
  sender->drops[drop] += n;
  gst_zrtp_debug_drop ("sent", gst_zrtp_send_drop_nick (drop), n);
}

void
gst_zrtp_sender_clear (GstZrtpSender * sender)
{
  zrtp_srtp_free (sender->srtp);
  g_hash_table_unref (sender->sources);
  g_cond_clear (&sender->changed);
  g_mutex_clear (&sender->lock);
}

void
gst_zrtp_sender_begin (GstZrtpSender * sender)
{
  g_mutex_lock (&sender->lock);
  g_hash_table_remove_all (sender->sources);
  g_atomic_int_set (&sender->crowded, GST_ZRTP_CROWDING_NONE);
  sender->clear_packets = sender->rtcp_packets = 0;
  memset (sender->drops, 0, sizeof sender->drops);
  g_mutex_unlock (&sender->lock);
}

gboolean
gst_zrtp_sender_set_keys (GstZrtpSender * sender, const ZrtpSrtpKeys * keys,
    const ZrtpSrtpOptions * options)
{
  ZrtpSrtp *srtp = keys ? zrtp_srtp_new (ZRTP_SRTP_SEND, keys, options) : NULL;
  ZrtpSrtp *old;

  g_mutex_lock (&sender->lock);
  old = sender->srtp;
  sender->srtp = srtp;
  g_atomic_int_set (&sender->short_rtcp, FALSE);
  g_mutex_unlock (&sender->lock);
  zrtp_srtp_free (old);
  return srtp || !keys;
}

void
gst_zrtp_sender_set_mode (GstZrtpSender * sender, ZrtpMedia mode)
{
  g_mutex_lock (&sender->lock);
  g_atomic_int_set (&sender->mode, mode);
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_set_over (GstZrtpSender * sender, gboolean over)
{
  g_mutex_lock (&sender->lock);
  sender->over = over;
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_set_before_secure (GstZrtpSender * sender, gint before_secure)
{
  g_mutex_lock (&sender->lock);
  g_atomic_int_set (&sender->before_secure, before_secure);
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_set_busy (GstZrtpSender * sender, gboolean busy)
{
  g_mutex_lock (&sender->lock);
  if (sender->busy != busy) {
    sender->busy = busy;
    g_cond_broadcast (&sender->changed);
  }
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_stop_port (GstZrtpSender * sender, GstZrtpSendPort * port,
    gboolean stopped)
{
  g_mutex_lock (&sender->lock);
  port->stopped = stopped;
  port->flushing = FALSE;
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_flush_port (GstZrtpSender * sender, GstZrtpSendPort * port,
    gboolean flushing)
{
  g_mutex_lock (&sender->lock);
  port->flushing = flushing;
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_unlink_port (GstZrtpSender * sender, GstZrtpSendPort * port,
    gboolean unlinked)
{
  g_mutex_lock (&sender->lock);
  port->unlinked = unlinked;
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_end_port (GstZrtpSender * sender, GstZrtpSendPort * port,
    gboolean ended)
{
  g_mutex_lock (&sender->lock);
  port->ended = ended;
  g_cond_broadcast (&sender->changed);
  g_mutex_unlock (&sender->lock);
}

void
gst_zrtp_sender_release (GstZrtpSender * sender, gconstpointer owner)
{
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&sender->lock);
  g_hash_table_iter_init (&iter, sender->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GstZrtpSendSource *source = value;

    if (source->owner == owner)
      source->owner = NULL;
  }
  g_mutex_unlock (&sender->lock);
}

static gboolean
must_go (GstZrtpSendPort * port)
{
  return port->stopped || port->flushing;
}

GstZrtpWait
gst_zrtp_sender_wait (GstZrtpSender * sender, GstZrtpSendPort * port,
    gint before_secure, gint64 until)
{
  GstZrtpWait result = GST_ZRTP_WAIT_OPEN;

  g_mutex_lock (&sender->lock);
  sender->waiting++;
  while (sender->mode == ZRTP_MEDIA_BLOCKED && !sender->over
      && !must_go (port) && !port->unlinked && !port->ended
      && sender->before_secure == before_secure)
    if (!g_cond_wait_until (&sender->changed, &sender->lock, until))
      break;
  sender->waiting--;
  if (must_go (port) || (port->unlinked && sender->mode == ZRTP_MEDIA_BLOCKED))
    result = GST_ZRTP_WAIT_STOPPED;
  else if (sender->mode == ZRTP_MEDIA_BLOCKED)
    result = sender->over || port->ended ? GST_ZRTP_WAIT_VAIN
        : GST_ZRTP_WAIT_CHANGED;
  g_mutex_unlock (&sender->lock);
  return result;
}

void
gst_zrtp_sender_wait_idle (GstZrtpSender * sender, GstZrtpSendPort * port,
    gint64 until)
{
  g_mutex_lock (&sender->lock);
  while (sender->busy && !must_go (port))
    if (!g_cond_wait_until (&sender->changed, &sender->lock, until))
      break;
  g_mutex_unlock (&sender->lock);
}

GstZrtpSendResult
gst_zrtp_sender_claim (GstZrtpSender * sender, GstZrtpSendPort * port,
    gconstpointer owner, guint32 ssrc)
{
  GstZrtpSendSource *source = port->source;

  if (G_LIKELY (source && source->ssrc == ssrc && source->owner == owner))
    return GST_ZRTP_SEND_OK;

  source = g_hash_table_lookup (sender->sources, GUINT_TO_POINTER (ssrc));
  if (!source) {
    if (g_hash_table_size (sender->sources) >= ZRTP_SRTP_MAX_SOURCES)
      return GST_ZRTP_SEND_DROPPED;
    source = g_new0 (GstZrtpSendSource, 1);
    source->ssrc = ssrc;
    g_hash_table_insert (sender->sources, GUINT_TO_POINTER (ssrc), source);
  } else if (source->owner && source->owner != owner) {
    /* Two pads with one SSRC would repeat keystream. */
    gst_zrtp_sender_drop (sender, GST_ZRTP_SEND_DROP_COLLISION, 1);
    return GST_ZRTP_SEND_COLLISION;
  }
  source->owner = owner;
  port->source = source;
  return GST_ZRTP_SEND_OK;
}

static void
count_failure (GstZrtpSender * sender, ZrtpSrtpResult result)
{
  GstZrtpSendDrop drop = GST_ZRTP_SEND_DROP_FAILED;

  switch (result) {
    case ZRTP_SRTP_REPLAY:
      drop = GST_ZRTP_SEND_DROP_REPEATED;
      break;
    case ZRTP_SRTP_MALFORMED:
      drop = GST_ZRTP_SEND_DROP_MALFORMED;
      break;
    case ZRTP_SRTP_EXPIRED:
      drop = GST_ZRTP_SEND_DROP_KEY_USED_UP;
      break;
    case ZRTP_SRTP_TOO_MANY_SOURCES:
      drop = GST_ZRTP_SEND_DROP_TOO_MANY_SOURCES;
      gst_zrtp_crowding_note (&sender->crowded);
      break;
    default:
      break;
  }
  gst_zrtp_sender_drop (sender, drop, 1);
}

static void
set_report (GstZrtpSendPort * port, GstZrtpSendReport report)
{
  port->report = report;
  port->report_ssrc = port->source->ssrc;
}

/* Sending them would repeat keystream. */
static void
note_repeated (GstZrtpSendPort * port)
{
  GstZrtpSendSource *source = port->source;

  source->run++;
  if (source->run == RESTART_RUN)
    set_report (port, GST_ZRTP_SEND_REPORT_RESTARTED);
  if (source->run == STUCK_RUN && !source->reported) {
    source->reported = TRUE;
    set_report (port, GST_ZRTP_SEND_REPORT_STUCK);
  }
}

/* A packet that was not sent before ends a run of repeated ones. */
static void
end_run (GstZrtpSendPort * port)
{
  GstZrtpSendSource *source = port->source;
  const guint before = source->repeats;

  if (source->run < RESTART_RUN)
    source->repeats += source->run;
  source->run = 0;
  if (before < MAX_REPEATS && source->repeats >= MAX_REPEATS)
    set_report (port, GST_ZRTP_SEND_REPORT_REPEATS);
}

GstZrtpSendReport
gst_zrtp_sender_take_report (GstZrtpSendPort * port, guint32 * ssrc)
{
  GstZrtpSendReport report = port->report;

  port->report = GST_ZRTP_SEND_REPORT_NONE;
  *ssrc = port->report_ssrc;
  return report;
}

static ZrtpSrtpResult
protect_rtp (GstZrtpSender * sender, GstZrtpSendPort * port, guint8 * data,
    gsize * size)
{
  gsize octets = *size;
  ZrtpSrtpResult result = zrtp_srtp_protect (sender->srtp, data, size,
      octets + ZRTP_SRTP_MAX_TRAILER);

  if (G_LIKELY (result == ZRTP_SRTP_OK)) {
    port->source->packets++;
    port->source->octets += octets;
    if (G_UNLIKELY (port->source->run > 0))
      end_run (port);
  } else if (result == ZRTP_SRTP_REPLAY) {
    note_repeated (port);
  }
  return result;
}

static ZrtpSrtpResult
protect_rtcp (GstZrtpSender * sender, guint8 * data, gsize * size)
{
  ZrtpSrtpResult result;

  if (g_atomic_int_get (&sender->short_rtcp))
    zrtp_srtp_shorten_rtcp (sender->srtp);
  result = zrtp_srtp_protect_rtcp (sender->srtp, data, size,
      *size + ZRTP_SRTP_MAX_TRAILER);
  if (result == ZRTP_SRTP_OK)
    sender->rtcp_packets++;
  return result;
}

GstZrtpSendResult
gst_zrtp_sender_protect (GstZrtpSender * sender, GstZrtpSendPort * port,
    gconstpointer owner, guint8 * data, gsize * size, gboolean is_rtcp)
{
  GstZrtpSendResult claimed;
  ZrtpSrtpResult result;

  /* Things may have changed since the caller looked. */
  if (G_UNLIKELY (sender->mode != ZRTP_MEDIA_SECURE || !sender->srtp)) {
    gst_zrtp_sender_drop (sender, GST_ZRTP_SEND_DROP_BEFORE_SECURE, 1);
    return GST_ZRTP_SEND_DROPPED;
  }
  if (is_rtcp) {
    result = protect_rtcp (sender, data, size);
  } else {
    claimed = gst_zrtp_sender_claim (sender, port, owner,
        gst_zrtp_rtp_get_ssrc (data));
    if (G_UNLIKELY (claimed == GST_ZRTP_SEND_COLLISION))
      return claimed;
    result = G_LIKELY (claimed == GST_ZRTP_SEND_OK)
        ? protect_rtp (sender, port, data, size) : ZRTP_SRTP_TOO_MANY_SOURCES;
  }
  if (G_LIKELY (result == ZRTP_SRTP_OK))
    return GST_ZRTP_SEND_OK;
  count_failure (sender, result);
  return GST_ZRTP_SEND_DROPPED;
}

void
gst_zrtp_sender_count_drops (GstZrtpSender * sender, GstZrtpSendDrop drop,
    guint n)
{
  g_mutex_lock (&sender->lock);
  gst_zrtp_sender_drop (sender, drop, n);
  g_mutex_unlock (&sender->lock);
}
