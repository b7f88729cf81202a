/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Received Hellos against what the signalling announced (RFC 6189 8, 8.1). The
 * announcement may change: another endpoint answers a forked call, or the call is
 * transferred. Hellos that do not fit are kept, since a HelloACK silences their
 * senders (6), and count as if they came when the announcement changes.
 */
#include "zrtp/handshake/zrtphandshake.h"

#include <string.h>

/* A kept Hello gives way to another after this time in silence. */
#define REFUSED_LIFE (60 * ZRTP_SEC)
#define REFUSED_OF_ONE_SSRC 2

void
zrtp_hello_hash_set_status (ZrtpStream * stream, ZrtpHelloHashStatus status)
{
  if (stream->info.hello_hash_status == status)
    return;
  stream->info.hello_hash_status = status;
  zrtp_stream_event (stream, ZRTP_EVENT_HELLO_HASH);
}

gboolean
zrtp_hello_hash_is_known (ZrtpStream * stream, GBytes * hello)
{
  guint8 digest[32];
  gsize size;
  const guint8 *data = g_bytes_get_data (hello, &size);

  zrtp_sha256 (data, size, digest);
  for (guint i = 0; i < stream->announced.hashes->len; i++) {
    if (zrtp_equal (digest, stream->announced.hashes->data + i * 32, 32))
      return TRUE;
  }
  return FALSE;
}

gboolean
zrtp_hello_hash_is_announced (ZrtpStream * stream, GBytes * hello)
{
  return stream->announced.hashes->len == 0
      || zrtp_hello_hash_is_known (stream, hello);
}

/* NULL if there is no room. A Hello that is kept never gives way to another soon:
 * a third party could say Hello all the time. */
static ZrtpRemote *
find_room (ZrtpStream * stream, guint32 ssrc, gint64 now)
{
  ZrtpRemote *room = NULL;
  guint n_of_ssrc = 0;

  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++) {
    ZrtpRemote *refused = &stream->announced.kept[i];
    const gboolean is_free = !refused->hello;

    if (is_free || now - refused->last_seen > REFUSED_LIFE) {
      if (!room || (is_free && room->hello))
        room = refused;
    } else if (refused->ssrc == ssrc) {
      n_of_ssrc++;
    }
  }
  return n_of_ssrc < REFUSED_OF_ONE_SSRC ? room : NULL;
}

/* TRUE if it is kept. */
gboolean
zrtp_hello_hash_keep (ZrtpStream * stream, const ZrtpRemote * remote,
    gint64 now)
{
  ZrtpRemote *refused;

  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++) {
    refused = &stream->announced.kept[i];
    if (refused->hello && refused->ssrc == remote->ssrc
        && g_bytes_equal (refused->hello, remote->hello)) {
      refused->last_seen = remote->last_seen;
      return TRUE;
    }
  }
  refused = find_room (stream, remote->ssrc, now);
  if (!refused)
    return FALSE;
  zrtp_remote_clear (refused);
  memset (refused, 0, sizeof *refused);
  refused->hello = g_bytes_ref (remote->hello);
  refused->ssrc = remote->ssrc;
  refused->last_seen = remote->last_seen;
  memcpy (refused->h3, remote->h3, ZRTP_IMAGE_SIZE);
  memcpy (refused->zid, remote->zid, ZRTP_ZID_SIZE);
  return TRUE;
}

gboolean
zrtp_hello_hash_admit (ZrtpStream * stream, const ZrtpPacket * packet,
    const ZrtpHello * hello, gint64 now)
{
  ZrtpRemote remote = { NULL };
  gboolean ok;

  if (stream->announced.hashes->len == 0
      || memcmp (hello->version, ZRTP_VERSION, 3) != 0
      || memcmp (hello->zid, stream->zid, ZRTP_ZID_SIZE) == 0)
    return TRUE;
  remote.hello = g_bytes_new (packet->message, packet->message_size);
  remote.ssrc = packet->ssrc;
  remote.last_seen = now;
  memcpy (remote.h3, hello->h3, ZRTP_IMAGE_SIZE);
  memcpy (remote.zid, hello->zid, ZRTP_ZID_SIZE);
  ok = zrtp_hello_hash_is_known (stream, remote.hello)
      || zrtp_hello_hash_keep (stream, &remote, now);
  zrtp_remote_clear (&remote);
  return ok;
}

void
zrtp_hello_hash_forget (ZrtpStream * stream)
{
  for (guint i = 0; i < ZRTP_MAX_REFUSED_HELLOS; i++)
    zrtp_remote_clear (&stream->announced.kept[i]);
}

/* All of them, for another exchange. */
void
zrtp_hello_hash_keep_all (ZrtpStream * stream, gint64 now)
{
  for (guint i = 0; i < ZRTP_MAX_REMOTES; i++) {
    ZrtpRemote *remote = &stream->remotes.slots[i];

    if (remote->hello)
      zrtp_hello_hash_keep (stream, remote, now);
    zrtp_remote_clear (remote);
  }
}

gboolean
zrtp_hello_hash_is_transfer (ZrtpStream * stream)
{
  return !stream->outer && zrtp_stream_is_settled (stream)
      && stream->announced.hashes->len > 0
      && !zrtp_hello_hash_is_known (stream, stream->bound.remote.hello);
}
