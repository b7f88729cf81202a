/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "gstzrtpstats.h"

#include "zrtp/zrtp.h"

#include <string.h>

#define TO_NANOSECONDS(us) ((guint64) (us) * 1000)

static void
add_drop (GstStructure * drops, const char *cause, guint64 n)
{
  if (n > 0)
    gst_structure_set (drops, cause, G_TYPE_UINT64, n, NULL);
}

static void
take_drops (GstStructure * stats, const char *field, GstStructure * drops)
{
  gst_structure_set (stats, field, GST_TYPE_STRUCTURE, drops, NULL);
  gst_structure_free (drops);
}

static void
add_handshake (GstStructure * stats, ZrtpStream * stream)
{
  const ZrtpStreamCounters *c = &zrtp_stream_get_info (stream)->counters;
  GstStructure *drops = gst_structure_new_empty ("application/x-zrtp-drops");
  gint64 took = c->secured > c->started ? c->secured - c->started : 0;

  gst_structure_set (stats,
      "zrtp-sent", G_TYPE_UINT64, c->sent,
      "zrtp-received", G_TYPE_UINT64, c->received,
      "zrtp-retransmitted", G_TYPE_UINT64, c->retransmitted,
      "round-trip", G_TYPE_UINT64, TO_NANOSECONDS (c->round_trip),
      "time-to-secure", G_TYPE_UINT64, TO_NANOSECONDS (took), NULL);
  for (guint drop = ZRTP_DROP_NONE + 1; drop < ZRTP_N_DROPS; drop++)
    add_drop (drops, zrtp_drop_nick (drop), c->dropped[drop]);
  take_drops (stats, "zrtp-drops", drops);
}

static void
append_stream (GValue * streams, GstStructure * s)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, GST_TYPE_STRUCTURE);
  g_value_take_boxed (&value, s);
  gst_value_array_append_and_take_value (streams, &value);
}

/* Structures are made after the lock: media does not wait for them. */
typedef struct
{
  guint32 ssrc, roc;
  guint64 packets, octets;
} Source;

/* Must be called with the lock of @srtp held. */
static void
take_source (GArray * sources, ZrtpSrtp * srtp, guint32 ssrc, guint64 packets,
    guint64 octets)
{
  Source source = { ssrc, 0, packets, octets };

  if (srtp)
    zrtp_srtp_get_roc (srtp, ssrc, &source.roc);
  g_array_append_val (sources, source);
}

static GArray *
sources_new (void)
{
  return g_array_sized_new (FALSE, FALSE, sizeof (Source),
      ZRTP_SRTP_MAX_SOURCES);
}

/* Takes ownership of @sources. Adds to @packets and @octets. */
static void
append_sources (GValue * streams, const char *direction, GArray * sources,
    guint64 * packets, guint64 * octets)
{
  for (guint i = 0; i < sources->len; i++) {
    const Source *source = &g_array_index (sources, Source, i);

    *packets += source->packets;
    *octets += source->octets;
    append_stream (streams, gst_structure_new ("application/x-srtp-stream",
            "direction", G_TYPE_STRING, direction,
            "ssrc", G_TYPE_UINT, source->ssrc, "roc", G_TYPE_UINT, source->roc,
            "packets", G_TYPE_UINT64, source->packets,
            "octets", G_TYPE_UINT64, source->octets, NULL));
  }
  g_array_unref (sources);
}

static void
add_sender (GstStructure * stats, GstZrtpSender * sender, GValue * streams)
{
  GstStructure *drops = gst_structure_new_empty ("application/x-zrtp-drops");
  guint64 n_drops[GST_ZRTP_N_SEND_DROPS];
  guint64 packets = 0, octets = 0, rtcp, clear;
  GArray *sources = sources_new ();
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&sender->lock);
  g_hash_table_iter_init (&iter, sender->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GstZrtpSendSource *source = value;

    take_source (sources, sender->srtp, source->ssrc, source->packets,
        source->octets);
  }
  memcpy (n_drops, sender->drops, sizeof n_drops);
  rtcp = sender->rtcp_packets;
  clear = sender->clear_packets;
  g_mutex_unlock (&sender->lock);

  append_sources (streams, "send", sources, &packets, &octets);
  for (guint drop = 0; drop < GST_ZRTP_N_SEND_DROPS; drop++)
    add_drop (drops, gst_zrtp_send_drop_nick (drop), n_drops[drop]);
  gst_structure_set (stats,
      "sent-count", G_TYPE_UINT64, packets,
      "sent-octets", G_TYPE_UINT64, octets,
      "sent-rtcp-count", G_TYPE_UINT64, rtcp,
      "sent-clear-count", G_TYPE_UINT64, clear, NULL);
  take_drops (stats, "sent-drops", drops);
}

static void
add_receiver (GstStructure * stats, GstZrtpReceiver * receiver,
    GValue * streams)
{
  GstStructure *drops = gst_structure_new_empty ("application/x-zrtp-drops");
  guint64 n_drops[GST_ZRTP_N_RECEIVE_DROPS];
  guint64 packets, octets, rtcp, clear, all_drops = 0;
  GArray *sources = sources_new ();
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&receiver->lock);
  g_hash_table_iter_init (&iter, receiver->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    GstZrtpReceiveSource *source = value;

    take_source (sources, receiver->srtp, source->ssrc, source->packets,
        source->octets);
  }
  memcpy (n_drops, receiver->drops, sizeof n_drops);
  packets = receiver->old_packets;
  octets = receiver->old_octets;
  rtcp = receiver->rtcp_packets;
  clear = receiver->clear_packets;
  g_mutex_unlock (&receiver->lock);

  append_sources (streams, "receive", sources, &packets, &octets);
  for (guint drop = 0; drop < GST_ZRTP_N_RECEIVE_DROPS; drop++) {
    all_drops += n_drops[drop];
    add_drop (drops, gst_zrtp_receive_drop_nick (drop), n_drops[drop]);
  }
  gst_structure_set (stats,
      "recv-count", G_TYPE_UINT64, packets,
      "recv-octets", G_TYPE_UINT64, octets,
      "recv-rtcp-count", G_TYPE_UINT64, rtcp,
      "recv-clear-count", G_TYPE_UINT64, clear,
      "recv-drop-count", G_TYPE_UINT64, all_drops, NULL);
  take_drops (stats, "recv-drops", drops);
}

/* Of the process, not of the transport. */
static void
add_memory (GstStructure * stats)
{
  GstStructure *memory;
  ZrtpMemoryInfo info;

  zrtp_memory_get_info (&info);
  memory = gst_structure_new ("application/x-zrtp-memory",
      "gmp-wipes", G_TYPE_BOOLEAN, info.gmp_wipes,
      "sqlite-wipes", G_TYPE_BOOLEAN, info.sqlite_wipes,
      "size", G_TYPE_UINT64, (guint64) info.mapped,
      "locked", G_TYPE_UINT64, (guint64) info.locked,
      "undumped", G_TYPE_UINT64, (guint64) info.undumped, NULL);
  gst_structure_set (stats, "memory", GST_TYPE_STRUCTURE, memory, NULL);
  gst_structure_free (memory);
}

GstStructure *
gst_zrtp_transport_make_stats (GstZrtpTransport * transport)
{
  GstStructure *stats = gst_structure_new_empty ("application/x-zrtp-stats");
  GValue streams = G_VALUE_INIT;

  g_value_init (&streams, GST_TYPE_ARRAY);
  if (transport->stream)
    add_handshake (stats, transport->stream);
  add_sender (stats, &transport->sender, &streams);
  add_receiver (stats, &transport->receiver, &streams);
  gst_structure_take_value (stats, "streams", &streams);
  add_memory (stats);
  return stats;
}
