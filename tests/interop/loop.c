/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media.h"

static struct
{
  gboolean started, done, quit;
  gint64 end_time;
} state;

static int
get_socket (LoopChannel * channel)
{
  return channel->loop->options.fd[channel->index];
}

void
loop_send (LoopChannel * channel, const guint8 * data, gsize size)
{
  if (!peer_passes_out (data, size))
    return;
  /* A peer that is not there yet answers with ECONNREFUSED: nothing to do. */
  if (send (get_socket (channel), data, size, 0) < 0 && errno != ECONNREFUSED)
    peer_note ("note channel=%u send-error=%d", channel->index, errno);
}

void
loop_secure (LoopChannel * channel, const PeerAgreement * agreement)
{
  channel->secure = TRUE;
  channel->next_send = g_get_monotonic_time ();
  peer_tell_secure (channel->index, agreement, channel->loop->start_time);
}

/* Media */

static void
send_one (LoopChannel * channel, gboolean rtcp)
{
  guint8 packet[MEDIA_MAX_SIZE + LOOP_TRAILER];
  PeerMedia *media = &channel->media;
  gsize size;

  if (rtcp)
    size = media_make_rtcp (packet, channel->ssrc, media->rtcp_sent++);
  else
    size = media_make_rtp (packet, channel->ssrc,
        channel->loop->options.first_sequence + media->sent++);
  if (channel->loop->backend->protect (channel, rtcp, packet, &size)
      == LOOP_MEDIA_OK)
    loop_send (channel, packet, size);
  else
    peer_note ("note channel=%u protect-failed", channel->index);
}

static gboolean
has_to_send (LoopChannel * channel)
{
  return channel->secure
      && channel->media.sent < (guint) channel->loop->options.send;
}

static void
send_media (LoopChannel * channel, gint64 now)
{
  while (has_to_send (channel) && channel->next_send <= now) {
    if (channel->loop->options.rtcp
        && channel->media.sent % PEER_RTP_PER_RTCP == 0)
      send_one (channel, TRUE);
    send_one (channel, FALSE);
    channel->next_send += PEER_MEDIA_INTERVAL;
  }
}

static void
receive_media (LoopChannel * channel, gboolean rtcp, guint8 * data, gsize size)
{
  PeerMedia *media = &channel->media;
  guint32 ssrc;
  gboolean good;

  switch (channel->loop->backend->unprotect (channel, rtcp, data, &size)) {
    case LOOP_MEDIA_OK:
      good = channel->loop->options.any_media
          || (rtcp ? media_check_rtcp (data, size, &ssrc)
          : media_check_rtp (data, size, &ssrc));
      break;
    case LOOP_MEDIA_NO_KEYS:
      media->early++;
      return;
    default:
      good = FALSE;
  }
  if (rtcp)
    *(good ? &media->rtcp_received : &media->rtcp_bad) += 1;
  else
    *(good ? &media->received : &media->bad) += 1;
}

static void
receive_datagram (LoopChannel * channel)
{
  guint8 data[4096];
  gssize size = recv (get_socket (channel), data, sizeof data, 0);

  if (size <= 0 || !state.started || !peer_passes_in ())
    return;
  switch (media_probe (data, size)) {
    case MEDIA_ZRTP:
      channel->loop->backend->receive (channel, data, size);
      break;
    case MEDIA_RTP:
      receive_media (channel, FALSE, data, size);
      break;
    case MEDIA_RTCP:
      receive_media (channel, TRUE, data, size);
      break;
    case MEDIA_OTHER:
      break;
  }
}

/* The loop */

static gboolean
is_done (Loop * loop)
{
  for (guint i = 0; i < loop->n_channels; i++)
    if (!loop->channel[i].secure
        || !peer_media_done (&loop->options, &loop->channel[i].media))
      return FALSE;
  return TRUE;
}

static gint64
get_wake_up (Loop * loop)
{
  gint64 wake_up = state.end_time;

  if (!state.started)
    return MIN (wake_up, loop->start_time);
  wake_up = MIN (wake_up, loop->backend->get_deadline (loop));
  for (guint i = 0; i < loop->n_channels; i++)
    if (has_to_send (&loop->channel[i]))
      wake_up = MIN (wake_up, loop->channel[i].next_send);
  return wake_up;
}

static void
wait_and_receive (Loop * loop)
{
  struct pollfd fds[PEER_MAX_CHANNELS + 1];
  gint64 left = get_wake_up (loop) - g_get_monotonic_time ();
  guint n = loop->n_channels;

  for (guint i = 0; i < n; i++) {
    fds[i].fd = loop->options.fd[i];
    fds[i].events = POLLIN;
  }
  fds[n].fd = loop->options.linger ? STDIN_FILENO : -1;
  fds[n].events = POLLIN;
  if (poll (fds, n + 1, left <= 0 ? 0 : (left + 999) / 1000) <= 0)
    return;
  for (guint i = 0; i < n; i++)
    if (fds[i].revents != 0)
      receive_datagram (&loop->channel[i]);
  if (fds[n].revents != 0) {
    char octet;

    state.quit = read (STDIN_FILENO, &octet, 1) <= 0;
  }
}

/* One turn; FALSE when it is over. */
static gboolean
turn (Loop * loop)
{
  gint64 now = g_get_monotonic_time ();

  if (now >= state.end_time) {
    if (!state.done)
      peer_note ("timeout");
    return FALSE;
  }
  if (!state.started && now >= loop->start_time) {
    state.started = TRUE;
    loop->backend->start (loop);
    peer_note ("started");
  }
  if (state.started)
    loop->backend->tick (loop);
  for (guint i = 0; i < loop->n_channels; i++)
    send_media (&loop->channel[i], now);
  if (!state.done && is_done (loop)) {
    state.done = TRUE;
    peer_note ("done");
    if (!loop->options.linger)
      return FALSE;
  }
  wait_and_receive (loop);
  return !state.quit;
}

static gboolean
exchange_hashes (Loop * loop)
{
  const LoopBackend *backend = loop->backend;
  char value[256];

  for (guint i = 0; loop->options.print_hash && i < loop->n_channels; i++) {
    char *hash = backend->get_hello_hash (&loop->channel[i]);

    peer_tell_hash (i, hash);
    g_free (hash);
  }
  for (guint i = 0; i < loop->n_channels; i++)
    if (peer_read_hash (&loop->options, i, value)
        && !backend->set_peer_hash (&loop->channel[i], value))
      return FALSE;
  return TRUE;
}

int
loop_main (int argc, char **argv, const LoopBackend * backend)
{
  Loop loop = {.backend = backend };

  if (!peer_init (&argc, &argv, &loop.options))
    return 1;
  loop.n_channels = loop.options.channels;
  for (guint i = 0; i < loop.n_channels; i++) {
    loop.channel[i].loop = &loop;
    loop.channel[i].index = i;
    loop.channel[i].ssrc = loop.options.ssrc[i];
  }
  if (!backend->open (&loop))
    return 1;
  if (!exchange_hashes (&loop)) {
    g_printerr ("Unusable --peer-hash\n");
    return 1;
  }
  loop.start_time = g_get_monotonic_time ()
      + loop.options.start_delay_ms * G_TIME_SPAN_MILLISECOND;
  state.end_time = loop.start_time
      + loop.options.timeout_s * G_TIME_SPAN_SECOND;
  while (turn (&loop));
  for (guint i = 0; i < loop.n_channels; i++)
    peer_tell_media (i, &loop.channel[i].media);
  backend->close (&loop);
  peer_clear (&loop.options);
  return state.done ? 0 : 2;
}
