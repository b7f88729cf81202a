/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * SRTP and SRTCP in both directions: an input chooses the algorithms and is a list of
 * packets to protect, to deliver, to change on the way and to forge. The receiver
 * accepts only packets that the sender protected, each once and as it was, and a
 * forged packet leaves nothing behind.
 */
#include "fuzz.h"

#include "zrtp/srtp/zrtpsrtp.h"

#define MAX_STEPS 64
#define MAX_SIZE 400            /* of a plain packet */
/* Bytes of heap that refused packets may cost, and an input when it is over. */
#define MAX_HEAP_FORGED (16 << 10)
#define MAX_HEAP_LEFT (64 << 10)

typedef struct
{
  gboolean is_rtcp, accepted;
  GBytes *plain, *protected;
} Sent;

typedef struct
{
  Input input;
  ZrtpSrtp *sender, *receiver;
  GPtrArray *sent;              /* Sent */
} Channel;

static void
sent_free (gpointer data)
{
  Sent *sent = data;

  g_bytes_unref (sent->plain);
  g_bytes_unref (sent->protected);
  g_free (sent);
}

static gboolean
has_octets (GBytes * bytes, const guint8 * data, gsize size)
{
  return g_bytes_get_size (bytes) == size
      && memcmp (g_bytes_get_data (bytes, NULL), data, size) == 0;
}

/* Fills @packet with a header that is mostly right, and what the input has. */
static gsize
make_packet (Channel * channel, gboolean is_rtcp, guint8 * packet)
{
  const guint8 shape = fuzz_take (&channel->input);
  const guint8 source = fuzz_take (&channel->input);
  gsize size = (is_rtcp ? 8 : 12) + fuzz_take (&channel->input);

  memset (packet, shape, size);
  packet[0] = 0x80 | (is_rtcp ? shape & 0x1f : shape & 0x3f);
  packet[1] = is_rtcp ? 200 + shape % 8 : shape & 0x7f;
  packet[2] = fuzz_take (&channel->input);
  packet[3] = fuzz_take (&channel->input);
  memset (packet + (is_rtcp ? 4 : 8), source & 3, 4);
  if (source & 0x80) {          /* as the input wants the rest */
    const gsize n = MIN (size, fuzz_take (&channel->input));

    for (gsize i = 0; i < n; i++)
      packet[i] = fuzz_take (&channel->input);
  } else if (!is_rtcp && packet[0] & 0x10) {    /* an extension that fits */
    const gsize at = 12 + 4 * (packet[0] & 0x0f);

    if (at + 4 <= size) {
      const gsize words = (size - at - 4) / 4;

      packet[at + 2] = 0;
      packet[at + 3] = (guint8) (source % (words + 1));
    }
  }
  return size;
}

static void
protect (Channel * channel, gboolean is_rtcp)
{
  guint8 plain[MAX_SIZE];
  gsize size = make_packet (channel, is_rtcp, plain);
  const gsize capacity = size + fuzz_take (&channel->input) % 18;
  guint8 *packet = g_malloc (capacity);
  const gsize before = size;
  ZrtpSrtpResult result;

  memcpy (packet, plain, size);
  result = is_rtcp ?
      zrtp_srtp_protect_rtcp (channel->sender, packet, &size, capacity) :
      zrtp_srtp_protect (channel->sender, packet, &size, capacity);
  if (result == ZRTP_SRTP_OK) {
    Sent *sent = g_new0 (Sent, 1);

    FUZZ_CHECK (size > before && size <= before + ZRTP_SRTP_MAX_TRAILER);
    sent->is_rtcp = is_rtcp;
    sent->plain = g_bytes_new (plain, before);
    sent->protected = g_bytes_new (packet, size);
    g_ptr_array_add (channel->sent, sent);
  } else {
    FUZZ_CHECK (size == before);
  }
  g_free (packet);
}

/* Whether @packet is this one, or this SRTCP packet with a shorter tag. */
static gboolean
is_sent (const Sent * sent, gboolean is_rtcp, const guint8 * packet, gsize size)
{
  const gsize whole = g_bytes_get_size (sent->protected);

  if (sent->is_rtcp != is_rtcp || size > whole
      || (size < whole && (!is_rtcp || size != whole - 6)))
    return FALSE;
  return memcmp (g_bytes_get_data (sent->protected, NULL), packet, size) == 0;
}

/* A packet is accepted as one that was sent and not accepted before. With
 * allow_repeat_tx the same one may have been sent twice. */
static void
check_accepted (Channel * channel, gboolean is_rtcp, const guint8 * packet,
    gsize size, const guint8 * plain, gsize plain_size)
{
  gboolean found = FALSE;

  for (guint i = 0; i < channel->sent->len; i++) {
    Sent *sent = g_ptr_array_index (channel->sent, i);

    if (!is_sent (sent, is_rtcp, packet, size))
      continue;
    FUZZ_CHECK (has_octets (sent->plain, plain, plain_size));
    FUZZ_CHECK (!sent->accepted || found);
    sent->accepted = found = TRUE;
  }
  FUZZ_CHECK (found);
}

static ZrtpSrtpResult
receive (Channel * channel, gboolean is_rtcp, const guint8 * data, gsize size)
{
  guint8 *packet = fuzz_copy (data, size);
  gsize after = size;
  ZrtpSrtpResult result = is_rtcp ?
      zrtp_srtp_unprotect_rtcp (channel->receiver, packet, &after) :
      zrtp_srtp_unprotect (channel->receiver, packet, &after);

  if (result == ZRTP_SRTP_OK) {
    FUZZ_CHECK (after < size);
    check_accepted (channel, is_rtcp, data, size, packet, after);
  } else {
    FUZZ_CHECK (after == size && memcmp (packet, data, size) == 0);
  }
  g_free (packet);
  return result;
}

static Sent *
pick_sent (Channel * channel)
{
  const guint8 n = fuzz_take (&channel->input);

  return channel->sent->len > 0 ? g_ptr_array_index (channel->sent,
      (channel->sent->len - 1) - n % channel->sent->len) : NULL;
}

static void
deliver (Channel * channel)
{
  Sent *sent = pick_sent (channel);
  const gboolean again = sent && sent->accepted;
  gsize size;
  const guint8 *data;

  if (!sent)
    return;
  data = g_bytes_get_data (sent->protected, &size);
  if (receive (channel, sent->is_rtcp, data, size) == ZRTP_SRTP_OK)
    FUZZ_CHECK (!again);
}

/* Changed, cut, or taken for the other kind. */
static void
deliver_changed (Channel * channel)
{
  Sent *sent = pick_sent (channel);
  const guint8 at = fuzz_take (&channel->input);
  const guint8 by = fuzz_take (&channel->input);
  const guint8 cut = fuzz_take (&channel->input);
  guint8 *copy;
  gsize size;

  if (!sent)
    return;
  copy = g_bytes_unref_to_data (g_bytes_new (g_bytes_get_data
          (sent->protected, NULL), g_bytes_get_size (sent->protected)), &size);
  copy[at % size] ^= by;
  size -= MIN (size, cut & 0x7f);
  receive (channel, sent->is_rtcp != !!(cut & 0x80), copy, size);
  g_free (copy);
}

/* Packets of third parties, under SSRCs that were never heard of. */
static void
forge (Channel * channel, gboolean is_rtcp)
{
  guint8 packet[MAX_SIZE];
  const gsize size = make_packet (channel, is_rtcp, packet);
  const guint n = 1 + fuzz_take (&channel->input) % 32;
  const gsize heap = fuzz_get_heap ();

  for (guint i = 0; i < n; i++) {
    packet[is_rtcp ? 5 : 9] = (guint8) (0x40 + i);
    FUZZ_CHECK (receive (channel, is_rtcp, packet, size) != ZRTP_SRTP_OK);
  }
  FUZZ_CHECK (fuzz_get_heap () <= heap + MAX_HEAP_FORGED);
}

static void
check_roc (Channel * channel)
{
  guint32 ssrc, roc;

  memset (&ssrc, fuzz_take (&channel->input), sizeof ssrc);
  zrtp_srtp_get_roc (channel->sender, ssrc, &roc);
  zrtp_srtp_get_roc (channel->receiver, ssrc, &roc);
}

static gboolean
open_channel (Channel * channel)
{
  static const ZrtpCipher *const ciphers[] = { &zrtp_cipher_aes1,
    &zrtp_cipher_aes3, &zrtp_cipher_aes2
  };
  const guint8 how = fuzz_take (&channel->input);
  const guint8 more = fuzz_take (&channel->input);
  const ZrtpSrtpOptions options = {
    .window_size = more & 0x80 ? more : 64 + (more & 0x3f),
    .allow_repeat_tx = !!(how & 8),
    .srtcp_tag_size = how & 0x10 ? 4 : 10,
    .either_srtcp_tag = !!(how & 0x20)
  };
  ZrtpSrtpKeys keys = {
    .cipher = ciphers[(how & 3) % G_N_ELEMENTS (ciphers)],
    .auth_tag = how & 4 ? &zrtp_auth_tag_hs32 : &zrtp_auth_tag_hs80
  };

  memset (keys.key, 0x11, sizeof keys.key);
  memset (keys.salt, 0x22, sizeof keys.salt);
  channel->sender = zrtp_srtp_new (ZRTP_SRTP_SEND, &keys, &options);
  channel->receiver = zrtp_srtp_new (ZRTP_SRTP_RECEIVE, &keys, &options);
  FUZZ_CHECK (!channel->sender == !channel->receiver);
  return channel->sender != NULL;
}

static void
step (Channel * channel)
{
  const guint8 code = fuzz_take (&channel->input);

  switch (code & 7) {
    case 0:
    case 1:
      protect (channel, !!(code & 0x80));
      break;
    case 2:
    case 3:
      deliver (channel);
      break;
    case 4:
      deliver_changed (channel);
      break;
    case 5:
      forge (channel, !!(code & 0x80));
      break;
    case 6:
      check_roc (channel);
      break;
    case 7:
      zrtp_srtp_shorten_rtcp (channel->sender);
      zrtp_srtp_is_rtcp_short (channel->receiver);
      break;
  }
}

int
LLVMFuzzerTestOneInput (const guint8 * data, gsize size)
{
  static gboolean started;
  Channel channel = {.input = {data, size} };
  gsize heap;

  if (!started)
    started = zrtp_srtp_init (NULL);
  FUZZ_CHECK (started);
  heap = fuzz_get_heap ();
  channel.sent = g_ptr_array_new_with_free_func (sent_free);
  if (open_channel (&channel))
    for (guint n = 0; n < MAX_STEPS && channel.input.left > 0; n++)
      step (&channel);
  zrtp_srtp_free (channel.sender);
  zrtp_srtp_free (channel.receiver);
  g_ptr_array_unref (channel.sent);
  FUZZ_CHECK (fuzz_get_heap () <= heap + MAX_HEAP_LEFT);
  return 0;
}
