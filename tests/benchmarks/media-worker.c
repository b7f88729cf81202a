/* gst-zrtp: ZRTP for GStreamer
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One of the media benchmark's processes: elements between two pads, packets
 * pushed straight into them from one thread.
 */
#include <stdio.h>

#include "bare.h"
#include "media.h"
#include "packets.h"
#include "pairs.h"
#include "plugins.h"

#define CHUNK PACKETS_LIST
#define DTLS_TIME (20 * G_TIME_SPAN_SECOND)
#define N_CHUNKS 16             /* of one measurement */

/* What one cipher needs. */
typedef struct
{
  const char *cipher;
  Bare *bare;
  Pairs pairs;
  Pairs dtls;                   /* of the cipher that it agrees on */
  PacketSource source;
} Kit;

typedef struct
{
  MediaWorker worker;
  Kit kits[2];
  Way *nothing, *identity;
  PacketSource source;
} Bench;

/* srtpenc and srtpdec */

static void
open_srtp (Kit * kit)
{
  const gboolean is_256 = g_str_equal (kit->cipher, "AES3");
  const char *cipher = is_256 ? "aes-256-icm" : "aes-128-icm";
  GstElement *enc = plugins_make ("srtpenc");
  const gsize size = is_256 ? 46 : 30;
  GstBuffer *key = gst_buffer_new_allocate (NULL, size, NULL);
  GstCaps *caps;

  gst_buffer_memset (key, 0, 0x17, size);
  g_object_set (enc, "key", key, NULL);
  gst_buffer_unref (key);
  gst_util_set_object_arg (G_OBJECT (enc), "rtp-cipher", cipher);
  gst_util_set_object_arg (G_OBJECT (enc), "rtcp-cipher", cipher);
  kit->pairs.encrypt =
      pairs_make_way (enc, "rtp_sink_0", "rtp_src_0", PAIRS_RTP,
      kit->source.ssrc, NULL);

  /* With the key in them. */
  caps = way_get_caps (kit->pairs.encrypt);
  kit->pairs.decrypt = way_new (plugins_make ("srtpdec"), "rtp_sink", "rtp_src",
      caps, NULL);
  gst_caps_unref (caps);
}

/* dtlssrtpenc and dtlssrtpdec: a call, too */

static GstElement *
make_dtls (const char *factory, const char *end)
{
  GstElement *element = plugins_make (factory);

  g_object_set (element, "connection-id", end, NULL);
  return element;
}

static void
count_key (gint * keys)
{
  g_atomic_int_inc (keys);
}

static Way *
make_dtls_encrypt (const char *end, gboolean is_client, guint32 ssrc,
    GstPad * relay, gint * keys)
{
  GstElement *enc = make_dtls ("dtlssrtpenc", end);

  g_object_set (enc, "is-client", is_client, NULL);
  g_signal_connect_swapped (enc, "on-key-set", G_CALLBACK (count_key), keys);
  return pairs_make_way (enc, "rtp_sink_0", "src", PAIRS_RTP, ssrc, relay);
}

/* The decrypters first, then the server: the client begins when all are there. */
static void
open_dtls (Pairs * pairs, guint32 ssrc)
{
  const gint64 end = g_get_monotonic_time () + DTLS_TIME;
  static gint keys;

  pairs->decrypt = pairs_make_way (make_dtls ("dtlssrtpdec", "b"), "sink",
      "rtp_src", PAIRS_SRTP, ssrc, NULL);
  pairs->back[1] = pairs_make_way (make_dtls ("dtlssrtpdec", "a"), "sink",
      "rtp_src", PAIRS_SRTP, ssrc + 1, NULL);
  pairs->encrypt = make_dtls_encrypt ("a", FALSE, ssrc, pairs->decrypt->in,
      &keys);
  pairs->back[0] = make_dtls_encrypt ("b", TRUE, ssrc + 1, pairs->back[1]->in,
      &keys);
  while (g_atomic_int_get (&keys) < 2) {
    if (g_get_monotonic_time () > end)
      g_error ("the DTLS-SRTP call does not get secure");
    g_usleep (1000);
  }
  pairs->encrypt->relay = pairs->back[0]->relay = NULL;
}

/* Measuring: CPU time in nanoseconds of CHUNK packets. Few at a time, made right
 * before, are in the processor's cache as they are in a pipeline. */

static double
push_chunk (Way * way, GPtrArray * items)
{
  const guint before = way->n;
  double ns = way_push (way, items);

  if (way->n - before != CHUNK)
    g_error ("%u of %u packets came out", way->n - before, CHUNK);
  return ns;
}

static GPtrArray *
keep_chunk (Way * way, GPtrArray * items)
{
  way->kept = g_ptr_array_new_with_free_func
      ((GDestroyNotify) gst_buffer_unref);
  push_chunk (way, items);
  return g_steal_pointer (&way->kept);
}

static double
encrypt_chunk (Pairs * pairs, PacketSource * source, const MediaCase * c)
{
  return push_chunk (pairs->encrypt, packets_make (source, CHUNK, c->octets,
          c->pieces, c->list));
}

static double
decrypt_chunk (Pairs * pairs, PacketSource * source, const MediaCase * c)
{
  GPtrArray *sent = keep_chunk (pairs->encrypt, packets_make (source, CHUNK,
          c->octets, 1, FALSE));

  return push_chunk (pairs->decrypt, packets_receive (sent, c->list));
}

/* What is measured works: the same packets come out at the other end. */

static GPtrArray *
copy_octets (GPtrArray * items)
{
  GPtrArray *octets = g_ptr_array_new_with_free_func
      ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < items->len; i++) {
    GstBuffer *buffer = g_ptr_array_index (items, i);
    gpointer data;
    gsize size;

    gst_buffer_extract_dup (buffer, 0, -1, &data, &size);
    g_ptr_array_add (octets, g_bytes_new_take (data, size));
  }
  return octets;
}

static void
check (Pairs * pairs, PacketSource * packets, guint pieces, gboolean list)
{
  const PacketSource before = *packets;
  GPtrArray *sent = packets_make (packets, CHUNK, 500, pieces, FALSE);
  GPtrArray *expected = copy_octets (sent), *received;

  if (list) {
    g_ptr_array_unref (sent);
    *packets = before;
    sent = packets_make (packets, CHUNK, 500, pieces, TRUE);
  }
  sent = keep_chunk (pairs->encrypt, sent);
  sent = keep_chunk (pairs->decrypt, packets_receive (sent, FALSE));
  received = copy_octets (sent);
  for (guint i = 0; i < CHUNK; i++)
    if (!g_bytes_equal (g_ptr_array_index (received, i),
            g_ptr_array_index (expected, i)))
      g_error ("packet %u does not come out as it went in", i);
  g_ptr_array_unref (sent);
  g_ptr_array_unref (expected);
  g_ptr_array_unref (received);
}

static Kit *
find_kit (Bench * bench, const char *cipher)
{
  for (guint i = 0; i < G_N_ELEMENTS (bench->kits); i++)
    if (g_str_equal (bench->kits[i].cipher, cipher))
      return &bench->kits[i];
  return NULL;
}

static double
run_chunk (Bench * bench, Kit * kit, const MediaCase * c)
{
  switch (c->subject) {
    case MEDIA_DTLS_ENCRYPT:
      return encrypt_chunk (&kit->dtls, &kit->source, c);
    case MEDIA_DTLS_DECRYPT:
      return decrypt_chunk (&kit->dtls, &kit->source, c);
    case MEDIA_ENCRYPT:
      return encrypt_chunk (&kit->pairs, &kit->source, c);
    case MEDIA_DECRYPT:
      return decrypt_chunk (&kit->pairs, &kit->source, c);
    default:
      return push_chunk (c->subject == MEDIA_NOTHING ? bench->nothing
          : bench->identity, packets_make (&bench->source, CHUNK, c->octets,
              c->pieces, c->list));
  }
}

static double
run_case (Bench * bench, const MediaCase * c)
{
  Kit *kit = find_kit (bench, c->cipher);
  double protect, unprotect, ns = 0;

  switch (c->subject) {
    case MEDIA_BARE_PROTECT:
      bare_run (kit->bare, c->octets, &protect, &unprotect);
      return protect;
    case MEDIA_BARE_UNPROTECT:
      bare_run (kit->bare, c->octets, &protect, &unprotect);
      return unprotect;
    default:
      for (guint i = 0; i < N_CHUNKS; i++)
        ns += run_chunk (bench, kit, c);
      return ns / (N_CHUNKS * CHUNK);
  }
}

static void
open_kit (Kit * kit, MediaWorker worker, const ZrtpCipher * cipher, guint32 n)
{
  kit->cipher = cipher->base.name;
  kit->source.ssrc = 0x1000 * n;
  /* In the other process the plugin has put Nettle into libsrtp2. */
  kit->bare = bare_new_libsrtp (cipher);
  if (worker == MEDIA_STOCK)
    open_srtp (kit);
  else
    pairs_open (&kit->pairs, kit->cipher, kit->cipher, kit->source.ssrc);
  for (guint i = 0; i < 4; i++)
    check (&kit->pairs, &kit->source, i % 2 ? 3 : 1, i / 2);
  if (worker == MEDIA_STOCK && cipher == &zrtp_cipher_aes1) {
    open_dtls (&kit->dtls, kit->source.ssrc);
    check (&kit->dtls, &kit->source, 1, FALSE);
  }
}

static void
close_kit (Kit * kit)
{
  bare_free (kit->bare);
  pairs_close (&kit->pairs);
  if (kit->dtls.encrypt)
    pairs_close (&kit->dtls);
}

static void
open_bench (Bench * bench, MediaWorker worker)
{
  plugins_init ("coreelements", NULL);
  bench->worker = worker;
  bench->source.ssrc = 1;
  if (worker == MEDIA_STOCK) {
    /* Starts libsrtp2, too. */
    if (!plugins_try ("srtp") || !plugins_try ("dtls"))
      g_error ("no srtpenc or no dtlssrtpenc");
  } else {
    plugins_load_zrtp ();
  }
  bench->nothing = pairs_make_way (NULL, NULL, NULL, PAIRS_RTP, 1, NULL);
  bench->identity =
      pairs_make_way (plugins_make ("identity"), "sink", "src", PAIRS_RTP, 1,
      NULL);
  open_kit (&bench->kits[0], worker, &zrtp_cipher_aes1, 1);
  open_kit (&bench->kits[1], worker, &zrtp_cipher_aes3, 2);
}

static void
close_bench (Bench * bench)
{
  for (guint i = 0; i < G_N_ELEMENTS (bench->kits); i++)
    close_kit (&bench->kits[i]);
  way_free (bench->nothing);
  way_free (bench->identity);
}

void
media_work (MediaWorker worker, const GArray * cases)
{
  Bench bench = { 0 };
  char line[16];

  open_bench (&bench, worker);
  while (fgets (line, sizeof line, stdin)) {
    guint64 index = g_ascii_strtoull (line, NULL, 10);

    if (index >= cases->len)
      g_error ("no case %s", line);
    printf ("%.3f\n", run_case (&bench, &g_array_index (cases, MediaCase,
                index)));
    fflush (stdout);
  }
  close_bench (&bench);
}
