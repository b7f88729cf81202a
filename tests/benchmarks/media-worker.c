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
#include "plugins.h"
#include "way.h"

#define CHUNK PACKETS_LIST
#define N_CHUNKS 16             /* of one measurement */
#define SECURE_TIME (20 * G_TIME_SPAN_SECOND)
#define RTP "application/x-rtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=96,ssrc=(uint)"
#define SRTP "application/x-srtp,media=audio,clock-rate=8000," \
    "encoding-name=PCMA,payload=96,ssrc=(uint)"

/* What one cipher needs. */
typedef struct
{
  const char *cipher;
  Bare *bare;
  Way *encrypt, *decrypt;
  Way *back[2];                 /* of a call: the other direction */
  PacketSource source;
} Kit;

typedef struct
{
  MediaWorker worker;
  Kit kits[2];
  Way *nothing, *identity;
  PacketSource source;
} Bench;

static GstCaps *
make_caps (const char *type, guint32 ssrc)
{
  char *text = g_strdup_printf ("%s%u", type, ssrc);
  GstCaps *caps = gst_caps_from_string (text);

  g_free (text);
  return caps;
}

static Way *
make_way (GstElement * element, const char *sink, const char *src,
    const char *type, guint32 ssrc, GstPad * relay)
{
  GstCaps *caps = make_caps (type, ssrc);
  Way *way = way_new (element, sink, src, caps, relay);

  gst_caps_unref (caps);
  return way;
}

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
  kit->encrypt = make_way (enc, "rtp_sink_0", "rtp_src_0", RTP,
      kit->source.ssrc, NULL);

  /* With the key in them. */
  caps = way_get_caps (kit->encrypt);
  kit->decrypt = way_new (plugins_make ("srtpdec"), "rtp_sink", "rtp_src",
      caps, NULL);
  gst_caps_unref (caps);
}

/* zrtpenc and zrtpdec: a call between two pairs in this process */

static GstElement *
make_zrtp (const char *factory, Kit * kit, const char *name)
{
  GstElement *element = plugins_make (factory);
  char *id = g_strdup_printf ("%s-%s", name, kit->cipher);

  g_object_set (element, "session-id", id, "cache", ":memory:",
      "ciphers", kit->cipher, NULL);
  g_free (id);
  return element;
}

static gboolean
is_secure (Way * way)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS
      (way->element), "state");
  GEnumValue *value;
  gint state;

  g_object_get (way->element, "state", &state, NULL);
  value = g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, state);
  return value && g_str_equal (value->value_nick, "secure");
}

static void
wait_secure (Kit * kit)
{
  const gint64 end = g_get_monotonic_time () + SECURE_TIME;
  char *cipher;

  while (!is_secure (kit->encrypt) || !is_secure (kit->back[0])) {
    if (g_get_monotonic_time () > end)
      g_error ("the call does not get secure");
    g_usleep (1000);
  }
  g_object_get (kit->encrypt->element, "cipher", &cipher, NULL);
  if (!g_str_equal (cipher, kit->cipher))
    g_error ("%s instead of %s", cipher, kit->cipher);
  g_free (cipher);
}

static void
open_zrtp (Kit * kit)
{
  const guint32 ssrc = kit->source.ssrc;

  kit->decrypt = make_way (make_zrtp ("zrtpdec", kit, "b"), "rtp_sink",
      "rtp_src", SRTP, ssrc, NULL);
  kit->back[1] = make_way (make_zrtp ("zrtpdec", kit, "a"), "rtp_sink",
      "rtp_src", SRTP, ssrc + 1, NULL);
  kit->encrypt = make_way (make_zrtp ("zrtpenc", kit, "a"), "rtp_sink_0",
      "rtp_src_0", RTP, ssrc, kit->decrypt->in);
  kit->back[0] = make_way (make_zrtp ("zrtpenc", kit, "b"), "rtp_sink_0",
      "rtp_src_0", RTP, ssrc + 1, kit->back[1]->in);
  wait_secure (kit);
  kit->encrypt->relay = kit->back[0]->relay = NULL;
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
encrypt_chunk (Kit * kit, const MediaCase * c)
{
  return push_chunk (kit->encrypt, packets_make (&kit->source, CHUNK,
          c->octets, c->pieces, c->list));
}

static double
decrypt_chunk (Kit * kit, const MediaCase * c)
{
  GPtrArray *sent = keep_chunk (kit->encrypt, packets_make (&kit->source, CHUNK,
          c->octets, 1, FALSE));

  return push_chunk (kit->decrypt, packets_receive (sent, c->list));
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
check (Kit * kit, guint pieces, gboolean list)
{
  const PacketSource source = kit->source;
  GPtrArray *sent = packets_make (&kit->source, CHUNK, 500, pieces, FALSE);
  GPtrArray *expected = copy_octets (sent), *received;

  if (list) {
    g_ptr_array_unref (sent);
    kit->source = source;
    sent = packets_make (&kit->source, CHUNK, 500, pieces, TRUE);
  }
  sent = keep_chunk (kit->encrypt, sent);
  sent = keep_chunk (kit->decrypt, packets_receive (sent, FALSE));
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
    case MEDIA_ENCRYPT:
      return encrypt_chunk (kit, c);
    case MEDIA_DECRYPT:
      return decrypt_chunk (kit, c);
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
    open_zrtp (kit);
  for (guint i = 0; i < 4; i++)
    check (kit, i % 2 ? 3 : 1, i / 2);
}

static void
close_kit (Kit * kit)
{
  bare_free (kit->bare);
  way_free (kit->encrypt);
  way_free (kit->decrypt);
  for (guint i = 0; i < G_N_ELEMENTS (kit->back); i++)
    g_clear_pointer (&kit->back[i], way_free);
}

static void
open_bench (Bench * bench, MediaWorker worker)
{
  plugins_init ("coreelements", NULL);
  bench->worker = worker;
  bench->source.ssrc = 1;
  if (worker == MEDIA_STOCK) {
    /* Starts libsrtp2, too. */
    if (!plugins_try ("srtp"))
      g_error ("no srtpenc");
  } else {
    plugins_load_zrtp ();
  }
  bench->nothing = make_way (NULL, NULL, NULL, RTP, 1, NULL);
  bench->identity = make_way (plugins_make ("identity"), "sink", "src", RTP, 1,
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
