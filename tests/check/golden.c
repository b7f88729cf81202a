/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "zrtp/handshake/zrtphandshake.h"
#include "zrtp/zrtpstream.h"

/* In a trace the system's randomness repeats itself: ZIDs of caches come of it. The
 * engine calls this one. */
ssize_t
getrandom (void *buffer, size_t size, unsigned int flags)
{
  static guint64 state;
  guint8 *out = buffer;

  if (!g_getenv ("ZRTP_GOLDEN"))
    return syscall (SYS_getrandom, buffer, size, flags);
  for (size_t i = 0; i < size; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    out[i] = state >> 56;
  }
  return size;
}

static GChecksum *trace;
static guint64 n_items;
static FILE *items;             /* ZRTP_GOLDEN_ITEMS: one line an item */

static void
write_line (void)
{
  FILE *file = fopen (g_getenv ("ZRTP_GOLDEN"), "a");

  if (!file) {
    perror (g_getenv ("ZRTP_GOLDEN"));
    return;
  }
  fprintf (file, "%s %" G_GUINT64_FORMAT " %s\n", g_get_prgname (), n_items,
      g_checksum_get_string (trace));
  fclose (file);
  g_checksum_free (trace);
}

static gboolean
is_on (void)
{
  if (trace)
    return TRUE;
  if (!g_getenv ("ZRTP_GOLDEN"))
    return FALSE;
  trace = g_checksum_new (G_CHECKSUM_SHA256);
  if (g_getenv ("ZRTP_GOLDEN_ITEMS"))
    items = fopen (g_getenv ("ZRTP_GOLDEN_ITEMS"), "a");
  atexit (write_line);
  return TRUE;
}

static void
add (gconstpointer data, gsize size)
{
  const guint8 *octets = data;

  g_checksum_update (trace, data, size);
  if (items)
    fputc (' ', items);
  for (gsize i = 0; items && i < MIN (size, 24); i++)
    fprintf (items, "%02x", octets[i]);
}

/* Each item begins with its kind, and with when the stream wants to be called next. */
static void
begin (ZrtpStream * stream, char kind)
{
  const gint64 deadline = zrtp_stream_get_deadline (stream);

  n_items++;
  if (items)
    fprintf (items, "\n%c", kind);
  add (&kind, sizeof kind);
  add (&deadline, sizeof deadline);
}

void
golden_packet (ZrtpStream * stream, const ZrtpOutPacket * packet)
{
  if (!is_on ())
    return;
  begin (stream, 'P');
  add (packet->data, packet->size);
}

void
golden_event (ZrtpStream * stream, const ZrtpEvent * event)
{
  const gint32 values[] = {
    event->type, event->state, event->send, event->receive, event->error,
    event->from_peer, event->ssrc
  };

  if (!is_on ())
    return;
  begin (stream, 'E');
  add (values, sizeof values);
  add (event->zid, sizeof event->zid);
  add (event->keys.key, sizeof event->keys.key);
  add (event->keys.salt, sizeof event->keys.salt);
  /* It names a folder that is another one each time. */
  if (event->text && event->type != ZRTP_EVENT_CACHE_FAILED)
    add (event->text, strlen (event->text));
}

void
golden_job (ZrtpStream * stream, const ZrtpJob * job)
{
  const gint32 values[] = { job->task, job->update.changes };

  if (!is_on ())
    return;
  begin (stream, 'J');
  add (values, sizeof values);
  add (job->zid, sizeof job->zid);
  add (job->private_value, job->private_size);
}
